"""One file that leaves: written out of sight, given its name when what it tells is registered, else taken away."""

from contextlib import suppress
from pathlib import Path
from typing import Self

from lcs_cli.errors import FailedError
from lcs_cli.services.document_files import check_target, give_name
from lcs_cli.vault.files import clear_abandoned, sync_folder, unnamed, write_new


class FileOut:
    """A new private file. Leaving the context without `release` leaves nothing behind.

    ``field`` is the option that named it. UsageError for a name that is taken, or a place that is none.
    """

    def __init__(self, path: Path, vault: Path, field: str) -> None:
        check_target(path, vault, field)
        self._path = path
        self._field = field
        self._building = unnamed(path.parent)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._building.unlink(missing_ok=True)

    def write(self, content: bytes) -> None:
        """Write it whole, to the disk; FailedError where the system does not let it."""
        try:
            write_new(self._building, content)
            clear_abandoned(self._building)
        except OSError as error:
            raise FailedError(
                f"{self._field}: cannot be written ({error.strerror}); nothing was told",
                "make room, or name another place",
            ) from error

    def release(self, ref: str = "", again: str = "") -> None:
        """Give it its name. Where ``ref`` is registered already, a failure says so, and how to do it ``again``."""
        try:
            give_name(self._building, self._path)
            sync_folder(self._path.parent)
        except OSError as error:
            registered = f"{ref} is registered, but its file" if ref else "the file"
            raise FailedError(
                f"{self._field}: {registered} could not be named ({error.strerror})",
                f"write it again with: {again}" if ref else "name a new file",
            ) from error
