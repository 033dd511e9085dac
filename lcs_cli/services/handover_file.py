"""The file of a handover: a tar, encrypted as it is made to who gets it; nothing lies on the disk in the clear."""

import tarfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lcs_cli.errors import FailedError
from lcs_cli.records.value import Value
from lcs_cli.services.document_files import check_target, give_name
from lcs_cli.vault.age import Recipients
from lcs_cli.vault.files import clear_abandoned, new_file, sync_folder, unnamed

_BLOCK = tarfile.BLOCKSIZE


class Member(Value):
    """One file of the tar: ``size`` bytes, which ``chunks`` makes anew each time it is asked."""

    name: str
    size: int
    chunks: Callable[[], Iterable[bytes]]


class SealedFile:
    """A new private file beside where it gets its name, which it gets at the end or never."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._building = unnamed(out.parent)

    def write(self, recipients: Recipients, members: Iterable[Member]) -> None:
        """Write the tar, encrypted, to the disk."""
        try:
            with new_file(self._building) as file:
                recipients.encrypt(_Pieces(_tar(members)), file)
            clear_abandoned(self._building)
        except OSError as error:
            raise FailedError(
                f"out: cannot be written ({error.strerror}); nothing was handed over",
                "make room, or name another place",
            ) from error

    def release(self, ref: str) -> None:
        """Give it its name, in one step. It is registered already, as ``ref``: a failure says so."""
        again = "hand it over again, as a new file"
        try:
            give_name(self._building, self._out)
            sync_folder(self._out.parent)
        except OSError as error:
            raise FailedError(
                f"out: {ref} is registered, but its file could not be named ({error.strerror})", again
            ) from error

    def clear(self) -> None:
        """Take away what has no name."""
        with suppress(OSError):
            self._building.unlink(missing_ok=True)


@contextmanager
def sealed_file(out: Path, vault: Path) -> Iterator[SealedFile]:
    """A file to be handed over as ``out``; leaving without `SealedFile.release` takes it away again."""
    check_target(out, vault)
    file = SealedFile(out)
    try:
        yield file
    finally:
        file.clear()


class _Pieces:
    """What is read piece by piece from what makes it piece by piece."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = b""

    def read(self, size: int = -1, /) -> bytes:
        """At most ``size`` bytes; none at the end."""
        while not self._left:
            try:
                self._left = next(self._pieces)
            except StopIteration:
                return b""
        taken, self._left = (self._left, b"") if size < 0 else (self._left[:size], self._left[size:])
        return taken


def _tar(members: Iterable[Member]) -> Iterator[bytes]:
    """A tar (POSIX ustar) of these files, each private; two empty blocks end it."""
    for member in members:
        about = tarfile.TarInfo(member.name)
        about.size, about.mode = member.size, 0o600
        yield about.tobuf(tarfile.USTAR_FORMAT)
        yield from member.chunks()
        yield bytes(-member.size % _BLOCK)
    yield bytes(2 * _BLOCK)
