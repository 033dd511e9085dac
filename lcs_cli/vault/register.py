"""The register of disposals (`disposals.jsonl`): it says what goes before it goes, and outlives a data file put back.

It lies beside the data file: references only, one line a disposal, each line bound to the one before it, on the disk
before the rows go.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lcs_cli.errors import DamagedVaultError
from lcs_cli.vault.encoding import canonical
from lcs_cli.vault.files import sync_folder

_GENESIS = "0" * 64

Line = dict[str, Any]


class Register:
    """The register as it stands; DamagedVaultError where a line was altered, removed or put in between."""

    def __init__(self, path: Path, content: bytes | None = None) -> None:
        """Read the file; ``content`` is what one held that lies elsewhere."""
        self._path = path
        self.lines: list[Line] = []
        self._standing: dict[str, Line] = {}
        self._read = 0
        self._take(content if content is not None else path.read_bytes() if path.exists() else b"")

    def standing(self, review: str) -> Line | None:
        """The line of one proposal, by its reference, unless it was withdrawn."""
        return self._standing.get(review)

    def all_standing(self) -> list[Line]:
        """The lines of all proposals that were not withdrawn."""
        return list(self._standing.values())

    def enter(self, *bodies: Mapping[str, Any]) -> None:
        """Write lines, and wait until they are on the disk. A torn last line is taken away first."""
        if not bodies:
            return
        is_new = not self._path.exists()
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(handle, "rb+") as file:
            if file.seek(0, os.SEEK_END) < self._read:
                raise DamagedVaultError("the register of disposals was cut meanwhile", "restore it from a backup")
            file.seek(self._read)
            self._take(file.read())
            file.truncate(self._read)
            file.seek(self._read)
            written, previous = b"", self.lines[-1]["digest"] if self.lines else _GENESIS
            for body in bodies:
                line = {**body, "previous": previous}
                previous = hashlib.sha256(canonical(line)).hexdigest()
                written += canonical({**line, "digest": previous}) + b"\n"
            file.write(written)
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            sync_folder(self._path.parent)
        self._take(written)

    def _take(self, content: bytes) -> None:
        """Take in the whole lines of what stands there after those that are known."""
        whole = content.rfind(b"\n") + 1
        for raw in content[:whole].splitlines():
            line = _line(raw, self.lines[-1]["digest"] if self.lines else _GENESIS)
            if line is None:
                raise DamagedVaultError(
                    f"the register of disposals was altered at line {len(self.lines) + 1}", "restore it from a backup"
                )
            self.lines.append(line)
            if "review" in line:
                self._standing[line["review"]] = line
            else:
                self._standing.pop(line.get("withdrawn", ""), None)
        self._read += whole


def _line(raw: bytes, previous: str) -> Line | None:
    """One line, if it is whole and follows ``previous``."""
    try:
        line: Line = json.loads(raw)
        digest = line.pop("digest")
        sound = line["previous"] == previous and hashlib.sha256(canonical(line)).hexdigest() == digest
        sound = sound and all(isinstance(line.get(name, ""), str) for name in ("review", "withdrawn", "audit_head"))
        sound = sound and ("review" in line) == ("audit_head" in line)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return {**line, "digest": digest} if sound else None
