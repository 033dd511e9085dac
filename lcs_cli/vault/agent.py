"""Asking the agent: a process that holds one string of bytes for its user, until it is locked or its time is over."""

import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

from lcs_cli.errors import FailedError
from lcs_cli.records.value import Value
from lcs_cli.vault.agent_process import FETCH, LONGEST_ANSWER, READY, STATUS, STOP, framed, peer_uid

LARGEST = 64 * 1024 - 4  # bytes of content: with its length, what any system lets its users lock into memory
_LONGEST_PATH = 103 if sys.platform == "darwin" else 107  # bytes: sockaddr_un without its closing zero
_LONGEST_START = 20.0  # seconds, on a machine that does something else as well
_WITHOUT = "go on without it: every command can ask for the passphrase"
# Isolated and without the start-up code of site-packages: only the standard library and this package are loaded.
_PROGRAM = (
    "import sys; sys.path.append(sys.argv[1]); from lcs_cli.vault import agent_process as a; a.main(*sys.argv[2:])"
)


class AgentStatus(Value):
    """A running agent: seconds until it ends unused and at the latest, whether it is kept out of the swap, its id."""

    idle_left: float
    longest_left: float
    memory_locked: bool
    pid: int


def available() -> bool:
    """Whether this system tells each end of a UNIX socket which user is at the other."""
    return sys.platform in {"linux", "darwin"}


def start(path: Path, content: bytes, *, idle: float, longest: float, env: Mapping[str, str] | None = None) -> None:
    """Start an agent that answers at ``path``, in place of the one that may be there; FailedError if it cannot.

    It ends after ``idle`` seconds without a `fetch`, and ``longest`` seconds from now. ``content`` has 1 to `LARGEST`
    bytes. ``env`` is its whole environment: what this Python does not start without, such as LD_LIBRARY_PATH.
    """
    import subprocess

    if not available():
        raise FailedError("there is no agent on this system", _WITHOUT)
    if not 0 < len(content) <= LARGEST:
        raise ValueError(f"an agent holds 1 to {LARGEST} bytes")
    path = path.absolute()
    if len(os.fsencode(path)) > _LONGEST_PATH:
        raise FailedError(f"the agent's socket: its path has more than {_LONGEST_PATH} bytes", "name a shorter folder")
    answer = framed(content)
    argv = [sys.executable, "-I", "-S", "-c", _PROGRAM, str(Path(__file__).parents[2])]
    argv += [str(path), str(len(answer)), str(idle), str(longest)]
    try:
        if not _is_private(path.parent):
            path.parent.mkdir(mode=0o700, parents=True)
        stop(path)
        ran = subprocess.run(  # noqa: S603 -- this Python and this package
            argv,
            input=answer,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(env or {}),
            start_new_session=True,
            timeout=_LONGEST_START,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise FailedError(f"the agent did not start in {_LONGEST_START:.0f} seconds", _WITHOUT) from error
    except OSError as error:
        raise FailedError(f"the agent could not be started ({error.strerror})", _WITHOUT) from error
    if ran.stdout != READY:
        reason = ran.stdout.decode(errors="replace") or "it ended at once"
        raise FailedError(f"the agent could not be started ({reason})", _WITHOUT)


def fetch(path: Path) -> bytes | None:
    """The content of the agent at ``path``; None where no agent of this user's answers.

    FailedError where somebody else could have put something at ``path``.
    """
    return _answer(path, FETCH)


def status(path: Path) -> AgentStatus | None:
    """How the agent at ``path`` is, which does not count as use; otherwise as `fetch`."""
    answer = _answer(path, STATUS)
    if answer is None:
        return None
    idle_left, longest_left, memory_locked, pid = answer.split()
    return AgentStatus(float(idle_left), float(longest_left), memory_locked == b"True", int(pid))


def stop(path: Path) -> bool:
    """End the agent at ``path``: its memory is overwritten and its socket removed. Whether there was one.

    FailedError as in `fetch`, and where an agent is there and does not answer.
    """
    try:
        return _ask(path, STOP) is not None
    except TimeoutError as error:
        raise FailedError(
            "the agent does not answer, and may still hold its keys", "end it by hand: pkill -KILL -f agent_process"
        ) from error


def _answer(path: Path, request: bytes) -> bytes | None:
    """A whole answer, without its length."""
    try:
        answer = _ask(path, request)
    except TimeoutError:
        return None
    return answer[4:] if answer and answer == framed(answer[4:]) else None


def _ask(path: Path, request: bytes) -> bytes | None:
    """What this user's agent says until it hangs up, None without an agent; TimeoutError."""
    if not available() or not _is_private(path.parent):
        return None
    import socket

    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(LONGEST_ANSWER)
        answer = b""
        try:
            connection.connect(str(path))
            if peer_uid(connection) != os.geteuid():
                return None
            connection.sendall(request)
            while part := connection.recv(LARGEST + 4):
                answer += part
        except TimeoutError:
            raise
        except OSError:  # nobody is there, or nobody any more
            return None
        return answer


def _is_private(folder: Path) -> bool:
    """Whether the folder is there; FailedError where anybody else could have put a socket into it."""
    try:
        about = folder.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    if not stat.S_ISDIR(about.st_mode):
        raise FailedError("the agent's folder: it is a link, or no folder", f"remove it: {folder}")
    if about.st_uid != os.geteuid():
        raise FailedError("the agent's folder: it belongs to another user of this machine", "ask its owner")
    if stat.S_IMODE(about.st_mode) & 0o077:
        raise FailedError("the agent's folder: others on this machine can enter it", f"chmod 700 {folder}")
    return True
