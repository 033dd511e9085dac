"""Corrections: the row that is replaced stays beside it, whole, with the reason (nothing is overwritten)."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from lcs_cli.records.value import Value
from lcs_cli.vault.connection import Database
from lcs_cli.vault.counters import next_number
from lcs_cli.vault.encoding import encode

KEYS = {
    "attendance": ("family_id", "session_id", "child_id"),
    "contact_session": ("family_id", "id"),
    "contact_detail": ("person_id", "field"),
}
"""What names one row of a table whose rows are corrected, where that is not ``id``."""


class Correction(Value):
    """One correction: which record (table and number), what the changed fields held before, and why.

    ``row`` is the whole former row; a sealed value in it is base64.
    """

    kind: str
    record: int
    former: Mapping[str, Any]
    row: Mapping[str, Any]
    reason: str
    corrected_on: date
    corrected_by: str
    number: int


def referrer_since(referrer: str, change: str) -> str:
    """The SQL condition that a referrer was corrected after a change number, each of them a column or a parameter."""
    return (
        "EXISTS (SELECT 1 FROM superseded WHERE family_id IS NULL AND kind = 'referrer' "
        f"AND record_id = {referrer} AND superseded > {change})"
    )


def correct(
    db: Database,
    table: str,
    where: Mapping[str, int | str],
    new: Mapping[str, Any],
    *,
    family: int | None,
    record: int,
    change: int,
    reason: str,
    on: date,
    by: str,
) -> tuple[str, ...]:
    """Put ``new`` values into one row of ``table`` and keep the former row; the names of the changed fields.

    Nothing is written where nothing would change. ``record`` is the number in the record's reference.
    """
    former = _row(db, table, where)
    changed = tuple(name for name, value in new.items() if former[name] != value)
    if not changed:
        return ()
    _keep(db, table, former, changed, family=family, record=record, change=change, reason=reason, on=on, by=by)
    assignments = ", ".join(f"{name} = ?" for name in changed)
    values = [new[name] for name in changed]
    db.run(f"UPDATE {table} SET {assignments}, changed = ? WHERE {_that(where)}", *values, change, *where.values())
    return changed


def take_away(
    db: Database,
    table: str,
    where: Mapping[str, int | str],
    field: str,
    *,
    family: int | None,
    record: int,
    change: int,
    reason: str,
    on: date,
    by: str,
) -> None:
    """Take one row, of which ``field`` is all it says, out of ``table`` and keep it among the corrections."""
    _keep(
        db,
        table,
        _row(db, table, where),
        (field,),
        family=family,
        record=record,
        change=change,
        reason=reason,
        on=on,
        by=by,
    )
    db.run(f"DELETE FROM {table} WHERE {_that(where)}", *where.values())


def of_family(db: Database, family: int) -> list[Correction]:
    """The corrections of a family's records, oldest first."""
    return _select(db, "family_id = ?", family)


def of_referrer(db: Database, referrer: int) -> list[Correction]:
    """The corrections of a referrer, oldest first."""
    return _select(db, "family_id IS NULL AND kind = 'referrer' AND record_id = ?", referrer)


def of_staff(db: Database, member: int) -> list[Correction]:
    """The corrections of an entry of the staff register, oldest first."""
    return _select(db, "family_id IS NULL AND kind = 'staff_member' AND record_id = ?", member)


def of_change(db: Database, change: int) -> list[Correction]:
    """The corrections that one use case made, oldest first."""
    return _select(db, "superseded = ?", change)


def current(db: Database, kind: str, row: Mapping[str, Any]) -> dict[str, Any] | None:
    """The row that stands where ``row``, a former one of that table, stood."""
    where = {name: row[name] for name in KEYS.get(kind, ("id",))}
    columns = [found[1] for found in db.rows(f"PRAGMA table_info({kind})")]
    found = db.row(f"SELECT {', '.join(columns)} FROM {kind} WHERE {_that(where)}", *where.values())
    return dict(zip(columns, found, strict=True)) if found else None


def changed_since(db: Database, one: Correction, change: int) -> bool:
    """Whether the record of a correction has been changed again after that change number."""
    there = current(db, one.kind, one.row)
    again = "SELECT 1 FROM superseded WHERE kind = ? AND record_id = ? AND superseded > ?"
    return (there is not None and there["changed"] > change) or db.row(again, one.kind, one.record, change) is not None


def _row(db: Database, table: str, where: Mapping[str, int | str]) -> dict[str, Any]:
    columns = [row[1] for row in db.rows(f"PRAGMA table_info({table})")]
    (row,) = db.rows(f"SELECT {', '.join(columns)} FROM {table} WHERE {_that(where)}", *where.values())
    return dict(zip(columns, row, strict=True))


def _that(where: Mapping[str, int | str]) -> str:
    return " AND ".join(f"{name} = ?" for name in where)


def _keep(
    db: Database,
    table: str,
    former: Mapping[str, Any],
    changed: Sequence[str],
    *,
    family: int | None,
    record: int,
    change: int,
    reason: str,
    on: date,
    by: str,
) -> None:
    db.run(
        "INSERT INTO superseded (id, family_id, kind, record_id, changed, superseded, content, fields, "
        "reason, corrected_on, corrected_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(next_number(db, "superseded"), family, table, record, former["changed"], change),
        *(json.dumps(former, default=encode, ensure_ascii=False), " ".join(changed), reason, on.isoformat(), by),
    )


def _select(db: Database, where: str, *values: object) -> list[Correction]:
    return [
        Correction(
            kind=kind,
            record=record,
            former={name: json.loads(content)[name] for name in fields.split()},
            row=json.loads(content),
            reason=reason,
            corrected_on=date.fromisoformat(on),
            corrected_by=by,
            number=number,
        )
        for number, kind, record, content, fields, reason, on, by in db.rows(
            "SELECT id, kind, record_id, content, fields, reason, corrected_on, corrected_by FROM superseded "
            f"WHERE {where} ORDER BY superseded, id",
            *values,
        )
    ]
