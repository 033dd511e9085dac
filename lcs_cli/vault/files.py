"""Files and folders: new ones only, private, on the disk before they get their name; and the lock."""

import os
import re
import shutil
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from lcs_cli.errors import FailedError, UsageError, VaultBusyError

_DATA_FILE = r"\.?data-([1-9][0-9]{0,8})\.db(?:\.new)?"
LONGEST_WAIT = 30.0  # seconds: a sweep that rewrites a large vault takes about half of this

_ABANDONED = 3600  # seconds after which what has no name yet belongs to no running command


def refuse_own(path: Path, folder: Path, field: str) -> None:
    """UsageError, before it is opened, for what a user named and is a file of the vault, under whatever name.

    To close a second handle on the data file drops this process's locks on it, whatever is being written.
    """
    try:
        about, own = path.stat(), folder.stat()
        with os.scandir(folder) as entries:
            is_own = about.st_dev == own.st_dev and about.st_ino in {entry.inode() for entry in entries}
        is_own = is_own or folder.resolve() in path.resolve().parents
    except (OSError, ValueError, RuntimeError):  # what is not there is no file of the vault, or opens none
        return
    if is_own:
        raise UsageError(f"{field}: is a file of the vault", "name a file outside the vault's folder")


def unnamed(folder: Path) -> Path:
    """A path in this folder for what is written out of sight before it gets its name."""
    return folder / f".lcs-{os.urandom(8).hex()}"


def clear_abandoned(building: Path) -> None:
    """Remove what a command that was killed left out of sight beside this; one that runs now is younger."""
    before = building.stat().st_mtime - _ABANDONED
    for left in building.parent.glob(f".lcs-{'[0-9a-f]' * 16}"):
        with suppress(OSError):
            about = left.lstat()
            if about.st_mtime >= before:
                continue
            if stat.S_ISDIR(about.st_mode):
                shutil.rmtree(left, ignore_errors=True)
            elif stat.S_ISREG(about.st_mode):
                left.unlink()


def sync_folder(folder: Path) -> None:
    """Put the folder's entries on the disk, where the system can do that."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def new_file(path: Path, *, durably: bool = True) -> Iterator[IO[bytes]]:
    """A new private file, on the disk when it is left; FileExistsError if anything has that name."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(handle, "wb") as file:
        yield file
        file.flush()
        if durably:
            os.fsync(file.fileno())


def write_new(path: Path, content: bytes, *, durably: bool = True) -> None:
    """Write a new private file whole."""
    with new_file(path, durably=durably) as file:
        file.write(content)


def replace_file(path: Path, content: bytes, *, durably: bool = True, mark: str = "") -> None:
    """Put new content in place of a file in one step: whoever reads sees the old or the new, never a part.

    Unless ``durably``, a power cut soon after may leave the old content, or none. Those who may do so at once, without
    a lock, each have a ``mark`` of their own.
    """
    temporary = path.with_name(f".{path.name}{mark}.new")
    temporary.unlink(missing_ok=True)
    try:
        write_new(temporary, content, durably=durably)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if mark:  # what one that was killed left under its own mark nobody else takes for theirs
        before = path.stat().st_mtime - _ABANDONED
        for left in path.parent.glob(f".{path.name}.*.new"):
            with suppress(OSError):
                if left.lstat().st_mtime < before:
                    left.unlink()
    if durably:
        sync_folder(path.parent)


def check_private_folder(folder: Path) -> None:
    """Refuse a vault folder that belongs to, or can be entered by, somebody else; FailedError names the remedy."""
    if not hasattr(os, "geteuid"):
        return
    about = folder.stat()
    if about.st_uid != os.geteuid():
        raise FailedError("vault folder: it belongs to another user of this machine", "ask its owner")
    if stat.S_IMODE(about.st_mode) & 0o077:
        raise FailedError("vault folder: others on this machine can enter it", f"chmod 700 {folder}")


def shared_with(path: Path) -> list[str]:
    """Why somebody else may have a hand in this file; nothing on Windows, where such links are rare.

    Another name of the same file keeps what a disposal takes from this one; a link can be pointed elsewhere.
    """
    if os.name != "posix":
        return []
    about = path.lstat()
    found = {
        "it is a link: put the file itself there": stat.S_ISLNK(about.st_mode),
        "it has another name, in which what is disposed of stays: remove that one": about.st_nlink > 1,
        f"others on this machine can open it: chmod 600 {path.name}": bool(stat.S_IMODE(path.stat().st_mode) & 0o077),
    }
    return [said for said, so in found.items() if so]


def can_be_written(path: Path) -> bool:
    """Whether this file and others beside it could be written; not on a disk that is read only, also by root."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def newer_beside(path: Path) -> bool:
    """Whether a data file of a later number, whole or half-made, lies beside this one."""
    with os.scandir(path.parent) as beside:
        names = (path.name, *(entry.name for entry in beside if entry.is_file()))
        own, *others = (re.fullmatch(_DATA_FILE, name) for name in names)
    return own is not None and any(int(one[1]) > int(own[1]) for one in others if one)


@contextmanager
def locked(
    path: Path, longest_wait: float = LONGEST_WAIT, busy: str = "another command is using the vault"
) -> Iterator[None]:
    """Hold the vault's lock. The system queues those who wait, so that no one is starved; VaultBusyError after."""
    handle = _take_lock(path, longest_wait, busy)
    try:
        yield
    finally:
        os.close(handle)  # closing the last handle of an open file releases its lock


@contextmanager
def held_still(folder: Path, *, alone: bool = False) -> Iterator[None]:
    """Meanwhile no file of the folder is exchanged for another; ``alone``: nobody is about to read the one that is.

    SQLite locks a file and names its journal after it: between its opening and the first read of it, a file that takes
    its name would have that file's journal taken for its own, and removed. Where open files cannot be replaced, as on
    Windows, there is nothing to hold.
    """
    if os.name != "posix":
        yield
        return
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


def _take_lock(path: Path, longest_wait: float, busy: str) -> int:
    """The handle of the locked file; taken again where somebody removed the file and it is another one now."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        if not _lock(handle, longest_wait):
            raise VaultBusyError(busy, "try again in a minute")
        try:
            if os.path.samestat(os.fstat(handle), path.stat()):
                return handle
        except FileNotFoundError:
            pass
        os.close(handle)


def _lock(handle: int, longest_wait: float) -> bool:
    """Take the lock in a thread when it is not free, for the system's own queue has no time limit.

    A wait that is given up closes the handle as soon as the lock comes, so that nobody waits for a ghost.
    """
    if _take(handle, wait=False):
        return True
    if not longest_wait:
        os.close(handle)
        return False
    taken, undecided = threading.Event(), threading.Lock()  # whoever gets the second first decides

    def wait() -> None:
        _take(handle, wait=True)
        if undecided.acquire(blocking=False):
            taken.set()
        else:
            os.close(handle)

    threading.Thread(target=wait, daemon=True).start()
    taken.wait(longest_wait)
    return not undecided.acquire(blocking=False)


def _take(handle: int, *, wait: bool) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        return False
    return True
