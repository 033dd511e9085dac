"""The agent itself: locked memory and a socket that only its user gets an answer from.

What it holds is not known here. A connection carries one request of one byte; the answer is its length in four bytes,
and itself. Only the standard library is imported, so that it starts fast and nothing else runs beside what it holds.
"""

import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from socket import socket

FETCH, STATUS, STOP = b"f", b"s", b"q"
READY = b"ready"
LONGEST_ANSWER = 2.0  # seconds, either way: whoever is silent for longer has been stopped
_LONGEST_WAIT = 30.0  # seconds: a wait does not count the time asleep, so the clock is looked at this often
_MOST_CONNECTIONS = 64
_PR_SET_DUMPABLE = 4  # <linux/prctl.h>
_PT_DENY_ATTACH = 31  # <sys/ptrace.h> of macOS


def framed(answer: bytes) -> bytes:
    """An answer behind its length, so that one that was cut short is noticed."""
    return len(answer).to_bytes(4) + answer


def peer_uid(connection: "socket") -> int:
    """The effective user at the other end when it connected, or began to listen; OSError.

    Bytes 4 to 8 of what either system tells: `struct ucred` (unix(7)), `struct xucred` (<sys/ucred.h> of macOS).
    """
    import socket

    level, option, size = (socket.SOL_SOCKET, socket.SO_PEERCRED, 12) if sys.platform == "linux" else (0, 1, 76)
    return int.from_bytes(connection.getsockopt(level, option, size)[4:8], sys.byteorder)


def boot_clock() -> float:
    """Seconds that pass while the machine sleeps too: time.monotonic stands still then, on Linux as on macOS."""
    return time.clock_gettime(time.CLOCK_BOOTTIME if sys.platform == "linux" else time.CLOCK_MONOTONIC_RAW)


class Box:
    """The content, framed as its answer, and how long it is held: seconds of ``clock``."""

    def __init__(
        self,
        content: memoryview,
        idle: float,
        longest: float,
        *,
        memory_locked: bool,
        clock: Callable[[], float] = boot_clock,
    ) -> None:
        self.content = content
        self.memory_locked = memory_locked
        self._idle, self._longest, self._clock = idle, longest, clock
        self._began = self._used = clock()

    def left(self) -> tuple[float, float]:
        """Seconds until it has been unused for too long, and until its end at the latest."""
        now = self._clock()
        return self._used + self._idle - now, self._began + self._longest - now

    def answer(self, request: bytes) -> bytes | memoryview:
        """What to answer: nothing to what is no request, and nothing once the time is over."""
        if min(self.left()) <= 0:
            return b""
        if request == FETCH:
            self._used = self._clock()
            return self.content
        if request == STATUS:
            idle_left, longest_left = self.left()
            return framed(f"{idle_left} {longest_left} {self.memory_locked} {os.getpid()}".encode())
        return b""


def main(path: str, size: str, idle: str, longest: str) -> None:
    """The process as it is started: see `hold`."""
    if os.fork():  # nobody need wait for its end; and as it leads no session, no terminal can become its own
        os._exit(0)
    try:
        hold(Path(path), int(size), float(idle), float(longest))
    except OSError as error:
        os.write(1, str(error.strerror).encode())


def hold(path: Path, size: int, idle: float, longest: float) -> None:
    """Read what `FETCH` answers from standard input, say `READY` on standard output, and serve; OSError."""
    ended = _signals()
    os.umask(0o077)
    harden()
    content, memory_locked = _memory(size)
    taken = 0
    while part := os.readv(0, [content[taken:]]):  # from the pipe to its place: it never is an object of Python's
        taken += part
    if taken < size:  # whoever started it has gone
        return
    listener, own = _listen(path)
    os.write(1, READY)
    for handle in (0, 1):
        os.dup2(2, handle)  # /dev/null
    serve(path, own, listener, Box(content, idle, longest, memory_locked=memory_locked), ended)


def serve(path: Path, own: int, listener: "socket", box: Box, ended: "socket") -> None:
    """Answer until the box's time is over, a request or a byte from ``ended`` stops it, or ``path`` is another file.

    ``own`` is the number of the listener's own: while it is open, no other file gets that.
    Then the content is overwritten and ``path`` removed, before the last connection is closed.
    """
    import select

    connections: list[socket] = []
    try:
        while True:
            wait = max(0.0, min(*box.left(), _LONGEST_WAIT))
            # New connections come last: before one is given up for them, what it asks has been heard.
            ready, _, _ = select.select([ended, *connections, listener], [], [], wait)
            if ended in ready or min(box.left()) <= 0 or _file_number(path) != own:
                return
            for connection in ready:
                if connection is listener:
                    _accept(listener, connections)
                elif _hear(connection, box):
                    return
                else:
                    connections.remove(connection)
                    connection.close()
    finally:
        box.content[:] = bytes(len(box.content))
        if _file_number(path) == own:
            path.unlink(missing_ok=True)
        for connection in (listener, *connections):
            connection.close()


def _accept(listener: "socket", connections: "list[socket]") -> None:
    """Add a connection of this user's; of too many, the one that has been silent for longest is given up."""
    with suppress(OSError):  # it has hung up already
        connection, _ = listener.accept()
        if peer_uid(connection) != os.geteuid():
            connection.close()
            return
        connection.settimeout(LONGEST_ANSWER)
        connections.append(connection)
        if len(connections) > _MOST_CONNECTIONS:
            connections.pop(0).close()


def _hear(connection: "socket", box: Box) -> bool:
    """Answer the request of a connection; whether it was to stop."""
    with suppress(OSError):  # it has hung up, or does not read its answer
        request = connection.recv(2)  # two bytes are no request, however many follow
        if request == STOP:
            return True
        connection.sendall(box.answer(request))
    return False


def _file_number(path: Path) -> int | None:
    """Which file has that name."""
    try:
        return path.lstat().st_ino
    except OSError:
        return None


def _signals() -> "socket":
    """What a byte comes from when a signal asks for the end.

    A terminal that is closed sends none, as the agent has a session of its own: the user's other terminals go on.
    So SIGHUP, which systemd sends to what is left when the user has logged out, is an end like the others.
    """
    import signal
    import socket

    ended, ending = socket.socketpair()
    ending.setblocking(False)
    signal.set_wakeup_fd(ending.detach())
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    return ended


def harden() -> None:
    """Keep this process's memory from core files, and from debuggers of the same user; OSError."""
    import ctypes
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    libc = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "linux":
        refused = libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    else:
        refused = libc.ptrace(_PT_DENY_ATTACH, 0, None, 0)
    if refused:
        raise OSError(ctypes.get_errno(), "its memory cannot be closed to others")


def _memory(size: int) -> tuple[memoryview, bool]:
    """Pages of their own, and whether the system has promised to keep them out of the swap."""
    import ctypes
    import mmap

    pages = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANON)
    address = ctypes.addressof(ctypes.c_char.from_buffer(pages))
    refused = ctypes.CDLL(None).mlock(ctypes.c_void_p(address), ctypes.c_size_t(size))
    return memoryview(pages), not refused


def _listen(path: Path) -> "tuple[socket, int]":
    """A socket that listens already when it gets its name, and its file's number."""
    import socket

    listener = socket.socket(socket.AF_UNIX)
    os.chdir(path.parent)  # the passing name need not fit into an address together with its folder
    passing = Path(f".{os.getpid()}")
    listener.bind(str(passing))
    listener.listen(socket.SOMAXCONN)
    own = passing.lstat().st_ino
    passing.rename(path.name)
    os.chdir("/")
    return listener, own
