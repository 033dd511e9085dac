"""A document's file outside the vault: read in pieces as it comes in, written in pieces when somebody asks for it.

What a file is called may be a name: no path is kept, logged or repeated in an error.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lcs_cli.errors import FailedError, UsageError
from lcs_cli.records.document import MediaType
from lcs_cli.vault.documents import CHUNK
from lcs_cli.vault.files import clear_abandoned, new_file, refuse_own, sync_folder, unnamed

LARGEST = 20 * 1024 * 1024  # bytes
_MAGIC = {b"%PDF-": MediaType.PDF, b"\xff\xd8\xff": MediaType.JPEG, b"\x89PNG\r\n\x1a\n": MediaType.PNG}
# What begins like many others, or like nothing, is known by its name's end as well.
_ENDINGS = {
    ".docx": (b"PK\x03\x04", MediaType.DOCX),
    ".msg": (b"\xd0\xcf\x11\xe0", MediaType.MSG),
    ".eml": (b"", MediaType.EML),
    ".txt": (b"", MediaType.TXT),
}


class Source:
    """An open file of a known size: what is read is that many bytes, or the reading fails."""

    def __init__(self, handle: int, suffix: str) -> None:
        self._handle = handle
        self._before = os.fstat(handle)
        if not stat.S_ISREG(self._before.st_mode):
            raise UsageError("file: is no file with a content", "name the file itself")
        self.size = self._before.st_size
        _check_size(self.size)
        self.media = media_of(self._read(16), suffix)
        os.lseek(handle, 0, os.SEEK_SET)

    def chunks(self) -> Iterator[bytes]:
        """The content; UsageError where the file is not what it was when it was opened."""
        left = self.size
        while left:
            chunk = self._read(min(CHUNK, left))
            if len(chunk) < min(CHUNK, left):
                raise _changed()
            left -= len(chunk)
            if not left and self._has_changed():
                raise _changed()
            yield chunk

    def _has_changed(self) -> bool:
        after = os.fstat(self._handle)
        return (after.st_size, after.st_mtime_ns) != (self._before.st_size, self._before.st_mtime_ns)

    def _read(self, length: int) -> bytes:
        """So many bytes, or all that there are: a read may give fewer than were asked for."""
        read = b""
        try:
            while len(read) < length and (more := os.read(self._handle, length - len(read))):
                read += more
        except OSError as error:
            raise _unreadable(error) from error
        return read


@contextmanager
def reading(path: Path, vault: Path) -> Iterator[Source]:
    """Open a file to be added, which is none of the vault's; UsageError in one line where that cannot be."""
    refuse_own(path, vault, "file")
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
    except (OSError, ValueError) as error:
        raise _unreadable(error) from error
    try:
        yield Source(handle, path.suffix.lower())
    finally:
        os.close(handle)


def check(path: Path, vault: Path) -> None:
    """Refuse, before the next question, a file that `reading` would refuse."""
    with reading(path, vault):
        pass


def media_of(head: bytes, suffix: str) -> MediaType:
    """What a file seems to be, by its first bytes and the end of its name: a word, and nothing is opened."""
    for magic, media in _MAGIC.items():
        if head.startswith(magic):
            return media
    magic, media = _ENDINGS.get(suffix, (b"", MediaType.OTHER))
    return media if head.startswith(magic) else MediaType.OTHER


def check_target(path: Path, vault: Path, field: str = "out") -> None:
    """Refuse a place for a copy before anything is read: one that is taken, is nowhere, or lies in the vault."""
    try:
        folder = path.parent.resolve(strict=True)
        taken = os.path.lexists(path)
    except (OSError, ValueError, RuntimeError) as error:
        raise UsageError(f"{field}: its folder is not there", "name a new file in a folder that is there") from error
    if "\0" in path.name:
        raise UsageError(f"{field}: is a name that no file can have", "name a new file")
    if not folder.is_dir() or not path.name:
        raise UsageError(f"{field}: its folder is not there", "name a new file in a folder that is there")
    if folder.is_relative_to(vault.resolve()):
        raise UsageError(f"{field}: lies in the vault's folder", "name a place outside it")
    if taken:
        raise UsageError(f"{field}: something is there already", "name a new file: nothing is overwritten")


def write_out(path: Path, chunks: Iterable[bytes], option: str = "out") -> None:
    """Write a new private file, which gets its name when all of it is on the disk; errors name the ``option``."""
    building = unnamed(path.parent)
    try:
        _write(building, chunks)
        clear_abandoned(building)
        give_name(building, path)
        sync_folder(path.parent)
    except FileExistsError as error:
        raise FailedError(f"{option}: something of that name is there by now", "name a new file") from error
    except OSError as error:
        raise FailedError(
            f"{option}: cannot be written ({error.strerror})", "make room, or name another place"
        ) from error
    finally:
        with suppress(OSError):
            building.unlink(missing_ok=True)


def give_name(building: Path, path: Path) -> None:
    """Give it a name that nobody has: taken first, in one step, and without links, which a stick may not know."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        building.replace(path)
    except OSError:
        path.unlink()
        raise


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    with new_file(path) as file:
        for chunk in chunks:
            file.write(chunk)


def _check_size(size: int) -> None:
    if not size:
        raise UsageError("file: is empty", "name the file with the content")
    if size > LARGEST:
        raise UsageError("file: is larger than 20 MB (20,971,520 bytes)", "split it, or make a smaller one")


def _changed() -> UsageError:
    return UsageError("file: changed while it was read", "close the program that writes it, then try again")


def _unreadable(error: Exception) -> UsageError:
    why = f" ({error.strerror})" if isinstance(error, OSError) else ""
    return UsageError(f"file: cannot be read{why}", "check the path, and who may read it")
