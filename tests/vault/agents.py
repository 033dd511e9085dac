"""Agents for the tests: served in a thread at a clock of the test's, or a process whose memory the test can read."""

import os
import select
import socket
import threading
from ast import literal_eval
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from lcs_cli.vault import agent, agent_process

LONGEST = 30  # seconds, on a machine that does something else as well


@contextmanager
def ending(pid: int) -> Iterator[None]:
    """What is done inside ends that process, which need not be a child; if need be it is waited for."""
    handle = os.pidfd_open(pid)
    try:
        yield
        assert select.select([handle], [], [], LONGEST)[0], "the process goes on"
    finally:
        os.close(handle)


def connected(path: Path) -> socket.socket:
    """A connection that has said nothing yet."""
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(path))
    except OSError:
        connection.close()
        raise
    connection.settimeout(LONGEST)
    return connection


def heard(connection: socket.socket) -> bytes:
    """Everything until the other end hangs up, whether or not it has heard everything."""
    said = b""
    with suppress(ConnectionResetError):
        while part := connection.recv(1 << 20):
            said += part
    return said


@dataclass
class Served:
    """An agent in a thread: its memory, its clock in seconds, and the thread."""

    content: bytearray
    now: list[float]
    thread: threading.Thread = field(init=False)

    def wiped(self) -> bool:
        """Whether it has ended, and nothing is left of its content."""
        self.thread.join(LONGEST)
        return not self.thread.is_alive() and not any(self.content)


@contextmanager
def serving(path: Path, content: bytes, idle: float = 600, longest: float = 28800) -> Iterator[Served]:
    """Serve in a thread, at a clock that stands still until the test moves it."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    served = Served(bytearray(agent_process.framed(content)), [0.0])
    memory = memoryview(served.content)
    box = agent_process.Box(memory, idle, longest, memory_locked=False, clock=lambda: served.now[0])
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    ended, ender = socket.socketpair()
    arguments = (path, path.lstat().st_ino, listener, box, ended)
    served.thread = threading.Thread(target=agent_process.serve, args=arguments)
    served.thread.start()
    try:
        yield served
    finally:
        ender.close()
        served.thread.join(LONGEST)
        ended.close()


WATCHED = """
import os, socket, sys
sys.path.append(sys.argv[1])
from lcs_cli.vault import agent_process

def hold_and_show(path, *rest):
    channel = socket.socket(socket.AF_UNIX)
    channel.connect(str(path) + ".watch")
    about = [open("/proc/self/" + name, "rb").read() for name in ("cmdline", "environ")]
    handles = [os.open("/proc/self/" + name, os.O_RDONLY) for name in ("mem", "maps")]
    socket.send_fds(channel, [repr(about).encode()], handles)
    hold(path, *rest)
    import ctypes, resource
    dumpable = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)  # PR_GET_DUMPABLE
    limits = resource.getrlimit(resource.RLIMIT_CORE)
    channel.sendall(repr((limits, dumpable, os.getcwd(), sorted(sys.modules))).encode())
    channel.recv(1)

hold, agent_process.hold = agent_process.hold, hold_and_show
agent_process.main(*sys.argv[2:])
"""
"""A program for an agent that lets itself be looked at: it opens its memory to the test before it is closed to all."""


@dataclass
class Watch:
    """A look into an agent: the command line and the environment that it was started with, and its memory."""

    command: bytes
    environment: bytes
    channel: socket.socket
    memory: int
    maps: int

    def counts(self, *pieces: bytes) -> list[int]:
        """How often each of some bytes is in the memory that the agent can write to."""
        found = [0] * len(pieces)
        os.lseek(self.maps, 0, os.SEEK_SET)
        for line in b"".join(iter(lambda: os.read(self.maps, 1 << 16), b"")).decode().splitlines():
            addresses, access = line.split()[:2]
            first, last = (int(address, 16) for address in addresses.split("-"))
            if access.startswith("rw"):
                content = os.pread(self.memory, last - first, first)
                assert len(content) == last - first
                found = [count + content.count(piece) for count, piece in zip(found, pieces, strict=True)]
        return found

    def after(self) -> tuple[tuple[int, int], int, str, list[str]]:
        """Once it has stopped serving: its limits of core files, whether it can be dumped, its folder, its modules."""
        limits, dumpable, folder, modules = literal_eval(self.channel.recv(1 << 16).decode())
        return limits, dumpable, folder, modules


@contextmanager
def watched(path: Path, content: bytes, env: Mapping[str, str] | None = None) -> Iterator[Watch]:
    """An agent that is started as agents are, except that it can be looked into, also when it has stopped serving."""
    path.parent.mkdir(mode=0o700)
    with ExitStack() as closing:
        listener = closing.enter_context(socket.socket(socket.AF_UNIX))
        listener.bind(f"{path}.watch")
        listener.listen()
        listener.settimeout(LONGEST)
        with patch.object(agent, "_PROGRAM", WATCHED):
            agent.start(path, content, idle=600, longest=28800, env=env)
        channel = closing.enter_context(listener.accept()[0])
        channel.settimeout(LONGEST)
        about, (memory, maps), _, _ = socket.recv_fds(channel, 1 << 16, 2)
        closing.callback(os.close, memory)
        closing.callback(os.close, maps)
        command, environment = literal_eval(about.decode())
        yield Watch(command, environment, channel, memory, maps)
