"""Disposal: the one place that deletes for good, and the register that says so before it happens.

The register (`disposals.jsonl`) lies beside the data file: references only, one line a disposal, each line
bound to the one before it, on the disk before the rows go, so that a restored data file can be told.
"""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from lcs_cli.errors import DamagedVaultError
from lcs_cli.vault import own_referrers, papers
from lcs_cli.vault.connection import Database
from lcs_cli.vault.counters import next_number
from lcs_cli.vault.encoding import canonical
from lcs_cli.vault.files import sync_folder

_GENESIS = "0" * 64
EMPTIED = ("room", "note", "cancel_reason")
"""The fields of a session that are emptied where a kept child's line needs its day and times."""
STAMPED = ("disposed_on", "changed")
"""The fields of a family's row that say, where it stays, when the rest went."""


def dispose(
    db: Database,
    family: int,
    *,
    keep_attendance_of: Sequence[int],
    keep_people: Sequence[int],
    keep_family: bool,
    on: date,
    change: int,
) -> None:
    """Remove a family's records but what is kept for ever; the schema's triggers watch every row of it.

    What is left holds nothing invented: a field that goes is empty. What lies on paper stays in the register, as
    released, until somebody has destroyed it.
    """
    referrers = own_referrers.lone(db, family)
    kept = f"({', '.join(map(str, map(int, keep_attendance_of)))})"
    people = f"({', '.join(map(str, map(int, keep_people)))})"
    stamp = "UPDATE family SET disposed_on = ?, changed = ? WHERE id = ?"
    db.run(stamp, on.isoformat(), change, family)  # first: the guards ask which holds are in force on that day
    of_family = "person_id IN (SELECT id FROM person WHERE family_id = ?)"
    for table in ("activity", "permission"):
        db.run(f"DELETE FROM {table} WHERE family_id = ?", family)
    for table in ("report_production", "report_decision"):
        db.run(f"DELETE FROM {table} WHERE report_id IN (SELECT id FROM report WHERE family_id = ?)", family)
    db.run(f"DELETE FROM attendance WHERE family_id = ? AND child_id NOT IN {kept}", family)
    db.run("DELETE FROM supervision WHERE family_id = ?", family)  # also of a kept session: a child's line needs none
    db.run(
        "DELETE FROM contact_session WHERE family_id = ? AND id NOT IN "
        "(SELECT session_id FROM attendance WHERE family_id = ?)",
        *(family, family),
    )
    db.run(f"UPDATE contact_session SET {', '.join(f'{name} = NULL' for name in EMPTIED)} WHERE family_id = ?", family)
    db.run(f"DELETE FROM contact_detail WHERE {of_family}", family)
    db.run(f"DELETE FROM consent WHERE {of_family}", family)
    db.run("DELETE FROM referral WHERE family_id = ? AND electronic = 0", family)
    db.run(
        "DELETE FROM superseded WHERE family_id = ? "
        f"AND NOT (kind = 'attendance' AND content ->> 'child_id' IN {kept})",
        family,
    )
    going = "SELECT id FROM document WHERE family_id = ? AND class = 'document'"
    db.run(f"DELETE FROM document_chunk WHERE document_id IN ({going})", family)
    db.run("DELETE FROM document WHERE family_id = ? AND class = 'document'", family)
    papers.release(db, family, on)
    for table in ("request_pause", "request_decision", "request_bundle"):
        db.run(f"DELETE FROM {table} WHERE request_id IN (SELECT id FROM access_request WHERE family_id = ?)", family)
    for table in ("access_request", "report", "legal_hold", "review", "episode"):
        db.run(f"DELETE FROM {table} WHERE family_id = ?", family)
    own_referrers.dispose(db, referrers)
    db.run(f"DELETE FROM person WHERE family_id = ? AND id NOT IN {people}", family)
    if not keep_family:
        db.run("DELETE FROM family WHERE id = ?", family)


def date_range(db: Database, family: int) -> tuple[str | None, str | None]:
    """The first and last day of the family's sessions, for the certificate."""
    row = db.row("SELECT min(held_on), max(held_on) FROM contact_session WHERE family_id = ?", family)
    return (row[0], row[1]) if row else (None, None)


def enter(register: Path, line: Mapping[str, Any]) -> None:
    """Write one line to the register and wait until it is on the disk. A torn last line is taken away first."""
    lines, whole = _read(register)
    previous = lines[-1]["digest"] if lines else _GENESIS
    body = {**line, "previous": previous}
    digest = hashlib.sha256(canonical(body)).hexdigest()
    is_new = not register.exists()
    handle = os.open(register, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(handle, "rb+") as file:
        file.truncate(whole)
        file.seek(whole)
        file.write(canonical({**body, "digest": digest}) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        sync_folder(register.parent)


def entered(register: Path) -> list[dict[str, Any]]:
    """The lines of the register; DamagedVaultError where one was altered, removed or put in between."""
    return _read(register)[0]


def add_certificate(db: Database, issued_on: date, content: Mapping[str, Any]) -> int:
    """Keep a certificate of disposal; its number."""
    number = next_number(db, "certificate")
    db.run(
        "INSERT INTO certificate (id, issued_on, content) VALUES (?, ?, ?)",
        *(number, issued_on.isoformat(), canonical(content).decode()),
    )
    return number


def certificates(db: Database) -> list[tuple[int, str, dict[str, Any]]]:
    """All certificates: number, day, content."""
    return [
        (number, on, json.loads(content))
        for number, on, content in db.rows("SELECT id, issued_on, content FROM certificate ORDER BY id")
    ]


def _read(register: Path) -> tuple[list[dict[str, Any]], int]:
    """The whole lines, and how many bytes they take."""
    if not register.exists():
        return [], 0
    content = register.read_bytes()
    whole = content.rfind(b"\n") + 1
    lines: list[dict[str, Any]] = []
    previous = _GENESIS
    for raw in content[:whole].splitlines():
        try:
            line: dict[str, Any] = json.loads(raw)
            digest = line.pop("digest")
            sound = line["previous"] == previous and hashlib.sha256(canonical(line)).hexdigest() == digest
            sound = sound and all(isinstance(line.get(name, ""), str) for name in ("review", "withdrawn", "audit_head"))
            sound = sound and ("review" in line) == ("audit_head" in line)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            sound = False
        if not sound:
            raise DamagedVaultError(
                f"the register of disposals was altered at line {len(lines) + 1}", "restore it from a backup"
            )
        previous = digest
        lines.append({**line, "digest": digest})
    return lines, whole
