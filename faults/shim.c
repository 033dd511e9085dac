/* What the system does to the files of one folder: counted, written down, and made to fail (LD_PRELOAD). */
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
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum { COUNTED, EIO_ONCE, EIO_ON, FULL, KILLED };
enum { READS, FREES, FILLS }; /* what a call does to the disk: only reads it, makes room, or takes it */

static char folder[PATH_MAX];
static int kind, armed, record = -1;
static long at, calls, failed;

#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

void faults_set(const char *where, int what, long which, int into) {
    snprintf(folder, sizeof folder, "%s/", where);
    kind = what; at = which; calls = failed = 0; record = into; armed = 1;
}
void faults_off(void) { armed = 0; }
long faults_calls(void) { return calls; }
long faults_failed(void) { return failed; }

static void put(const void *data, size_t size) {
    static ssize_t (*real)(int, const void *, size_t);
    if (!real) real = (__typeof__(real))dlsym(RTLD_NEXT, "write");
    while (size) {
        ssize_t done = real(record, data, size);
        if (done < 0) abort();
        data = (const char *)data + done; size -= done;
    }
}

/* One line of the record: what was done, and, after it, the bytes that were written. */
static void note(const char *format, ...) {
    char line[2 * PATH_MAX + 64];
    if (!armed || record < 0) return;
    va_list rest; va_start(rest, format);
    int size = vsnprintf(line, sizeof line, format, rest);
    va_end(rest);
    put(line, size);
}

static int ours(const char *path) { return armed && strncmp(path, folder, strlen(folder)) == 0; }
static const char *inside(const char *path) { return path + strlen(folder); }

/* The path of a name in an open folder; of the open file itself where there is no name. */
static const char *named(int fd, const char *name, char *path) {
    char link[64];
    if (!armed || (name && (*name == '/' || fd == AT_FDCWD))) return name ? name : "";
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length < 0) return "";
    path[length] = 0;
    if (name) snprintf(path + length, PATH_MAX - length, "/%s", name);
    return path;
}

static int ours_fd(int fd) { char path[PATH_MAX]; return armed && ours(named(fd, NULL, path)); }

/* Whether this call fails; errno is set. Reads fail with EIO only; what makes room does not fail on a full disk. */
static int fails(int does) {
    int saved = errno;
    if (does == READS && kind != EIO_ONCE && kind != EIO_ON) return 0;
    long now = ++calls;
    if (kind == KILLED && now == at) kill(getpid(), SIGKILL);
    if ((kind == EIO_ONCE && now == at) || (kind == EIO_ON && now >= at)) { failed++; errno = EIO; return 1; }
    if (kind == FULL && now >= at && does == FILLS) { failed++; errno = ENOSPC; return 1; }
    errno = saved;
    return 0;
}

static unsigned long node(int fd) { struct stat about; return fstat(fd, &about) ? 0 : about.st_ino; }

/* The first write on a full disk, and the one in whose middle the process is killed, go half way. */
static int halved(size_t size) { return size > 1 && calls + 1 == at && (kind == FULL || kind == KILLED); }

static ssize_t wrote(int fd, const void *data, off64_t offset, ssize_t done) {
    if (done > 0 && record >= 0) {
        note("write %lu %lld %zd\n", node(fd), (long long)offset, done);
        put(data, done);
    }
    return done;
}

ssize_t write(int fd, const void *data, size_t size) {
    REAL(write);
    if (!ours_fd(fd)) return real(fd, data, size);
    if (halved(size)) {
        ssize_t half = real(fd, data, size / 2);
        if (kind == FULL) { calls++; failed++; return half; }
    }
    if (fails(FILLS)) return -1;
    int whence = fcntl(fd, F_GETFL) & O_APPEND ? SEEK_END : SEEK_CUR;
    off64_t offset = lseek64(fd, 0, whence);
    return wrote(fd, data, offset, real(fd, data, size));
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
    REAL(pwrite64);
    if (!ours_fd(fd)) return real(fd, data, size, offset);
    if (halved(size)) {
        ssize_t half = real(fd, data, size / 2, offset);
        if (kind == FULL) { calls++; failed++; return half; }
    }
    if (fails(FILLS)) return -1;
    return wrote(fd, data, offset, real(fd, data, size, offset));
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) { return pwrite64(fd, data, size, offset); }

ssize_t read(int fd, void *data, size_t size) {
    REAL(read);
    return ours_fd(fd) && fails(READS) ? -1 : real(fd, data, size);
}
ssize_t pread64(int fd, void *data, size_t size, off64_t offset) {
    REAL(pread64);
    return ours_fd(fd) && fails(READS) ? -1 : real(fd, data, size, offset);
}
ssize_t pread(int fd, void *data, size_t size, off_t offset) { return pread64(fd, data, size, offset); }

static int synced(int fd, int done) {
    char path[PATH_MAX];
    struct stat about;
    if (!done && !fstat(fd, &about)) {
        if (!S_ISDIR(about.st_mode)) note("sync %lu\n", about.st_ino);
        else note("folder %s\n", inside(named(fd, "", path)));
    }
    return done;
}
#define SYNCS(name) \
    int name(int fd) { \
        REAL(name); \
        char path[PATH_MAX]; \
        if (!armed || !ours(named(fd, "", path))) return real(fd); /* the folder itself, too */ \
        return fails(FILLS) ? -1 : synced(fd, real(fd)); \
    }
SYNCS(fsync)
SYNCS(fdatasync)

static int cut(int fd, off64_t size, int done) {
    if (!done) note("cut %lu %lld\n", node(fd), (long long)size);
    return done;
}
int ftruncate64(int fd, off64_t size) {
    REAL(ftruncate64);
    if (!ours_fd(fd)) return real(fd, size);
    return fails(FREES) ? -1 : cut(fd, size, real(fd, size));
}
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

static int removed(const char *path, int done) {
    if (!done) note("remove %s\n", inside(path));
    return done;
}
int unlink(const char *path) {
    REAL(unlink);
    if (!ours(path)) return real(path);
    return fails(FREES) ? -1 : removed(path, real(path));
}
int rmdir(const char *path) {
    REAL(rmdir);
    if (!ours(path)) return real(path);
    return fails(FREES) ? -1 : removed(path, real(path));
}
int unlinkat(int fd, const char *name, int flags) {
    REAL(unlinkat);
    char room[PATH_MAX];
    const char *path = named(fd, name, room);
    if (!ours(path)) return real(fd, name, flags);
    return fails(FREES) ? -1 : removed(path, real(fd, name, flags));
}
int rename(const char *path, const char *to) {
    REAL(rename);
    if (!ours(path)) return real(path, to);
    if (fails(FREES)) return -1;
    int done = real(path, to);
    if (!done) note("rename %s\t%s\n", inside(path), inside(to));
    return done;
}
int mkdir(const char *path, mode_t mode) {
    REAL(mkdir);
    if (!ours(path)) return real(path, mode);
    if (fails(FILLS)) return -1;
    int done = real(path, mode);
    if (!done) note("mkdir %s\n", inside(path));
    return done;
}
int chmod(const char *path, mode_t mode) {
    REAL(chmod);
    return ours(path) && fails(FREES) ? -1 : real(path, mode);
}

/* A file that is opened; where it is not there yet or is emptied, that takes room. */
#define OPENED(call) \
    int new = (flags & O_CREAT) && access(path, F_OK) != 0; \
    if (fails(flags & (O_CREAT | O_TRUNC) ? FILLS : READS)) return -1; \
    int opened = call; \
    if (opened >= 0 && new) note("create %lu %s\n", node(opened), inside(path)); \
    else if (opened >= 0 && flags & O_TRUNC) note("cut %lu 0\n", node(opened)); \
    return opened
#define MODE va_list rest; va_start(rest, flags); mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0; va_end(rest)
#define OPENS(name) \
    int name(const char *path, int flags, ...) { \
        REAL(name); MODE; \
        if (!ours(path)) return real(path, flags, mode); \
        OPENED(real(path, flags, mode)); \
    }
#define OPENS_AT(name) \
    int name(int fd, const char *in, int flags, ...) { \
        REAL(name); MODE; \
        char room[PATH_MAX]; \
        const char *path = named(fd, in, room); \
        if (!ours(path)) return real(fd, in, flags, mode); \
        OPENED(real(fd, in, flags, mode)); \
    }
OPENS(open)
OPENS(open64)
OPENS_AT(openat)
OPENS_AT(openat64)
