"""The register of disposals (`disposals.jsonl`): it says what goes before it goes, and outlives a data file put back.

It lies beside the data file from the vault's first day on: references only, one line a disposal, each line bound to the
one before it, on the disk before the rows go. The first one names the vault, and no other vault obeys it. A register
that is not there was taken away.
"""

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from lcs_cli.errors import DamagedVaultError
from lcs_cli.records.references import Kind, parse_reference, reference
from lcs_cli.vault.encoding import canonical

Line = dict[str, Any]
_END = 16384  # bytes: some forty lines
_REFERENCES = {"review": Kind.REVIEW, "withdrawn": Kind.REVIEW, "family": Kind.FAMILY, "staff": Kind.STAFF}
_PEOPLE = ("keeps_attendance", "keeps_identity")


class Register:
    """The register as it stands.

    DamagedVaultError where it is missing, or a line was altered, removed or put in between.
    """

    def __init__(self, path: Path, given: bytes | None = None) -> None:
        """Read the file; ``given`` is what one held that lies elsewhere."""
        self._path = path
        self.vault = ""
        self.lines: list[Line] = []
        self._previous = ""
        self._standing: dict[tuple[str, str], Line] = {}
        self._read = 0
        self._take(content(path) if given is None else given)
        if not self.vault:
            raise DamagedVaultError("the register of disposals was altered at line 1", "restore it from a backup")

    def standing(self, review: str, subject: str) -> Line | None:
        """The line of one proposal to dispose of one file, by their references, unless it was withdrawn.

        The reference of a review alone is not enough: after a restore another one may have it.
        """
        return self._standing.get((review, subject))

    def all_standing(self) -> list[Line]:
        """The lines of all proposals that were not withdrawn."""
        return list(self._standing.values())

    def enter(self, *bodies: Mapping[str, Any]) -> None:
        """Write lines, and wait until they are on the disk. A torn last line is taken away first."""
        if not bodies:
            return
        with self._path.open("rb+") as file:
            if file.seek(0, os.SEEK_END) < self._read:
                raise DamagedVaultError("the register of disposals was cut meanwhile", "restore it from a backup")
            file.seek(self._read)
            self._take(file.read())
            file.truncate(self._read)
            file.seek(self._read)
            written, previous = b"", self._previous
            for body in bodies:
                line = {**body, "previous": previous}
                previous = hashlib.sha256(canonical(line)).hexdigest()
                written += canonical({**line, "digest": previous}) + b"\n"
            file.write(written)
            file.flush()
            os.fsync(file.fileno())
        self._take(written)

    def _take(self, content: bytes) -> None:
        """Take in the whole lines of what stands there after those that are known."""
        whole = content.rfind(b"\n") + 1
        for raw in content[:whole].splitlines():
            line = _line(raw, self._previous) if self.vault else _first(raw)
            if line is None:
                at = len(self.lines) + 1 + bool(self.vault)
                raise DamagedVaultError(
                    f"the register of disposals was altered at line {at}", "restore it from a backup"
                )
            self._previous = line["digest"]
            if not self.vault:
                self.vault = line["vault"]
                continue
            self.lines.append(line)
            if "review" in line:
                self._standing[line["review"], subject_of(line)] = line
            else:
                self._standing.pop((line["withdrawn"], subject_of(line)), None)
        self._read += whole


def ends_with(path: Path, vault: str, digest: str | None) -> bool:
    """Whether a register names a vault, and a line of this digest is among its last, each bound to the one before it.

    What stands before those is not read: it has a line for each disposal there ever was.
    """
    with path.open("rb") as file:
        named = _first(file.readline().removesuffix(b"\n"))
        first = file.tell()
        begins = max(first, file.seek(0, os.SEEK_END) - _END)
        file.seek(begins)
        *whole, _ = file.read().split(b"\n")
    if begins > first:
        del whole[0]  # the rest of a line
    last: list[Line] = []
    for raw in whole:
        line = _line(raw, last[-1]["digest"] if last else None)
        if line is None:
            return False
        last.append(line)
    there = digest is None or any(line["digest"] == digest for line in last)
    return named is not None and named["vault"] == vault and there


def begun(vault: str) -> bytes:
    """A register of which no line is written yet but the first, which names its vault."""
    line = {"vault": vault}
    return canonical({**line, "digest": hashlib.sha256(canonical(line)).hexdigest()}) + b"\n"


def subject_of(line: Line) -> str:
    """The reference of the file that a line is about."""
    return str(line.get("family") or line["staff"])


def content(path: Path) -> bytes:
    """The bytes of a register; DamagedVaultError where it is missing."""
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise DamagedVaultError("the register of disposals is missing", "restore it from a backup") from error


def _first(raw: bytes) -> Line | None:
    """The first line, if it is whole."""
    try:
        line: Line = json.loads(raw)
        return line if line["vault"] and begun(line["vault"]) == raw + b"\n" else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _is(kind: Kind, text: object) -> bool:
    """Whether it is a reference of this kind, as it is written: it is shown to somebody."""
    number = parse_reference(kind, text) if isinstance(text, str) else None
    return isinstance(number, int) and reference(kind, number) == text


def _shared(pairs: list[tuple[str, Any]]) -> Line:
    """A line of which what others say too is in memory once: the names of its fields, the digest of the one before."""
    return {sys.intern(name): sys.intern(said) if type(said) is str else said for name, said in pairs}


def _line(raw: bytes, previous: str | None) -> Line | None:
    """One line, if it is whole and follows ``previous``, where that is known."""
    from lcs_cli.vault.audit import parse_head  # which knows the vault's folder, and that this register

    try:
        line: Line = json.loads(raw, object_pairs_hook=_shared)
        digest = line.pop("digest")
        sound = previous in (None, line["previous"]) and hashlib.sha256(canonical(line)).hexdigest() == digest
        sound = sound and all(_is(kind, line[name]) for name, kind in _REFERENCES.items() if name in line)
        sound = sound and all(_is(Kind.PERSON, one) for name in _PEOPLE for one in line.get(name, ()))
        sound = sound and ("review" in line) == ("audit_head" in line) != ("withdrawn" in line)
        sound = sound and ("family" in line) != ("staff" in line) and bool(date.fromisoformat(line["on"]))
        sound = sound and ("audit_head" not in line or bool(parse_head(line["audit_head"])))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return {**line, "digest": digest} if sound else None
