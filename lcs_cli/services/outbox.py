"""What leaves: rows and manifest are written out of sight, and get their name when the register has them."""

import hashlib
import io
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Self

from lcs_cli.errors import FailedError, UsageError
from lcs_cli.records.disclosure import ExportEntry
from lcs_cli.records.export_format import Format
from lcs_cli.records.value import Value
from lcs_cli.vault.files import clear_abandoned, new_file, sync_folder, unnamed, write_new

MANIFEST = "datapackage.json"
_AROUND = {
    Format.CSV: ("FIELDS", "\n", "\n", "\n"),
    Format.JSON: ('{"schema": "lcs.attendance-export/1", "rows": [', "\n  ", ",\n  ", "\n]}\n"),
    Format.JSONL: ("", "", "\n", "\n"),
}
"""What stands before the lines of a file, before the first line, between two, and after the last."""


class Written(Value):
    """What was written: rows, SHA-256 and size in bytes of the data file."""

    rows: int
    sha256: str
    size: int


class Outbox:
    """A new private folder beside where the export goes, or memory where it goes to standard output.

    Leaving the context without `release` takes everything away again.
    """

    def __init__(self, into: Path | None) -> None:
        self._into = into
        self._building: Path | None = None
        self._memory = io.BytesIO()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._building is not None:
            shutil.rmtree(self._building, ignore_errors=True)

    @property
    def content(self) -> bytes:
        """What goes to standard output; empty where there is a folder."""
        return self._memory.getvalue()

    def write(self, entry: ExportEntry, format_: Format, families: Iterable[Sequence[str]]) -> Written:
        """Write the lines of each family to the data file, to the disk where there is a folder."""
        if self._into is None:
            rows, sha256 = _write(self._memory, entry.fields, format_, families)
            return Written(rows, sha256, self._memory.tell())
        self._building = _building(self._into)
        with _onto_the_disk(), new_file(self._building / file_name(entry)) as file:
            rows, sha256 = _write(file, entry.fields, format_, families)
            return Written(rows, sha256, file.tell())

    def add(self, name: str, content: bytes) -> None:
        """Write a whole file into the folder, to the disk; nothing where there is no folder."""
        if self._into is not None:
            self._building = self._building or _building(self._into)
            with _onto_the_disk():
                write_new(self._building / name, content)

    def add_streamed(self, name: str, chunks: Iterable[bytes]) -> str:
        """Write a file into the folder piece by piece, to the disk; the SHA-256 of what was written.

        Nothing where there is no folder.
        """
        digest = hashlib.sha256()
        if self._into is not None:
            self._building = self._building or _building(self._into)
            with _onto_the_disk(), new_file(self._building / name) as file:
                for chunk in chunks:
                    digest.update(chunk)
                    file.write(chunk)
        return digest.hexdigest()

    def add_manifest(self, content: dict[str, Any]) -> None:
        """Write the manifest beside the data file."""
        self.add(MANIFEST, (json.dumps(content, indent=2) + "\n").encode())

    def release(self, ref: str, again: str) -> Path | None:
        """Give the folder its name, in one step. It is registered already: a failure says how to do it ``again``."""
        if self._building is None:
            return None
        folder = self._building.with_name(ref)
        try:
            if os.path.lexists(folder):
                raise FileExistsError(17, "something of that name is there")
            sync_folder(self._building)  # the names of its files, or a power cut may leave the folder empty
            self._building.rename(folder)
            sync_folder(folder.parent)
        except OSError as error:
            raise FailedError(
                f"into: {ref} is registered, but its folder could not be named ({error.strerror})",
                f"write it again with: {again}",
            ) from error
        return folder


def not_handed_over(ref: str, because: str, look: str) -> FailedError:
    """What was registered, and may not leave any more before its folder has its name: nothing of it is left."""
    return FailedError(f"{ref} is registered and was not handed over: {because}; nothing is left", f"see: {look}")


def check_outside(vault: Path, into: Path | None) -> None:
    """What is told lies unencrypted: not in the vault's folder, to be copied with it for ever."""
    try:
        within = into is not None and into.resolve().is_relative_to(vault.resolve())
    except (OSError, ValueError, RuntimeError) as error:
        raise UsageError("into: is not a folder", "make it first, and name it with --into") from error
    if within:
        raise UsageError("into: is in the vault's own folder", "name a folder outside it")


@contextmanager
def _onto_the_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FailedError(f"into: cannot be written ({error.strerror}); nothing was told", "make room") from error


def file_name(entry: ExportEntry) -> str:
    """The data file's name: the same for everybody, so that no name can tell of anybody."""
    return f"attendance.{entry.format}"


def _building(into: Path) -> Path:
    if not into.is_dir():
        raise UsageError("into: is not a folder", "make it first, and name it with --into")
    building = unnamed(into)
    try:
        building.mkdir(mode=0o700)
    except OSError as error:
        raise FailedError(f"into: cannot be written ({error.strerror})", "name another folder with --into") from error
    clear_abandoned(building)
    return building


def _write(
    sink: IO[bytes], fields: Sequence[str], format_: Format, families: Iterable[Sequence[str]]
) -> tuple[int, str]:
    """Write the lines of each family; how many lines, and the SHA-256 of what was written."""
    digest, rows = hashlib.sha256(), 0

    def put(text: str) -> None:
        data = text.encode()
        digest.update(data)
        sink.write(data)

    head, first, between, end = _AROUND[format_]
    put(head.replace("FIELDS", ",".join(fields)))
    for lines in families:
        put((between if rows else first) + between.join(lines))
        rows += len(lines)
    put(end)
    return rows, digest.hexdigest()
