/* What the system does to the files of one folder, counted, logged and made to fail (LD_PRELOAD). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { COUNT, EIO_ONCE, EIO_ON, FULL, KILLED };

static char folder[PATH_MAX];
static int kind, armed;
static long at, calls, failed;

#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

void faults_set(const char *where, int what, long which) {
    snprintf(folder, sizeof folder, "%s", where);
    kind = what; at = which; calls = failed = 0; armed = 1;
}
void faults_off(void) { armed = 0; }
long faults_calls(void) { return calls; }
long faults_failed(void) { return failed; }

static int ours(const char *path) { return armed && strncmp(path, folder, strlen(folder)) == 0; }

static int ours_fd(int fd) {
    char link[64], path[PATH_MAX];
    if (!armed) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return ours(path);
}

/* Whether this call fails; errno is set. What frees room does not fail on a full disk. */
static int fails(int frees) {
    long now = ++calls;
    if (kind == KILLED && now == at) kill(getpid(), SIGKILL);
    if ((kind == EIO_ONCE && now == at) || (kind == EIO_ON && now >= at)) { failed++; errno = EIO; return 1; }
    if (kind == FULL && now >= at && !frees) { failed++; errno = ENOSPC; return 1; }
    return 0;
}

/* The first write on a full disk, and the one in whose middle the process is killed, go half way. */
static int halved(void) { return (kind == FULL || kind == KILLED) && calls + 1 == at; }

ssize_t write(int fd, const void *data, size_t size) {
    REAL(write);
    if (ours_fd(fd)) {
        if (halved() && size > 1) {
            ssize_t half = real(fd, data, size / 2);
            if (kind == FULL) { calls++; failed++; return half; }
        }
        if (fails(0)) return -1;
    }
    return real(fd, data, size);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
    REAL(pwrite64);
    if (ours_fd(fd)) {
        if (halved() && size > 1) {
            ssize_t half = real(fd, data, size / 2, offset);
            if (kind == FULL) { calls++; failed++; return half; }
        }
        if (fails(0)) return -1;
    }
    return real(fd, data, size, offset);
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) { return pwrite64(fd, data, size, offset); }

#define ON_FD(name, frees, types, ...) \
    int name types { REAL(name); return ours_fd(fd) && fails(frees) ? -1 : real(__VA_ARGS__); }
ON_FD(fsync, 0, (int fd), fd)
ON_FD(fdatasync, 0, (int fd), fd)
ON_FD(ftruncate, 1, (int fd, off_t size), fd, size)
ON_FD(ftruncate64, 1, (int fd, off64_t size), fd, size)

#define ON_PATH(name, types, ...) \
    int name types { REAL(name); return ours(path) && fails(1) ? -1 : real(__VA_ARGS__); }
ON_PATH(unlink, (const char *path), path)
ON_PATH(rename, (const char *path, const char *to), path, to)

#define OPENS(name) \
    int name(const char *path, int flags, ...) { \
        REAL(name); \
        va_list rest; va_start(rest, flags); mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0; va_end(rest); \
        return (flags & O_CREAT) && ours(path) && fails(0) ? -1 : real(path, flags, mode); \
    }
OPENS(open)
OPENS(open64)
