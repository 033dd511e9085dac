"""Corrections: the row that is replaced stays beside it, whole, with the reason (nothing is overwritten)."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from lcs_cli.vault.connection import Database, next_number
from lcs_cli.vault.encoding import encode


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
    columns = [row[1] for row in db.rows(f"PRAGMA table_info({table})")]
    condition = " AND ".join(f"{name} = ?" for name in where)
    row = db.row(f"SELECT {', '.join(columns)} FROM {table} WHERE {condition}", *where.values())
    if row is None:
        raise LookupError(table)
    former = dict(zip(columns, row, strict=True))
    changed = tuple(name for name, value in new.items() if former[name] != value)
    if not changed:
        return ()
    db.run(
        "INSERT INTO superseded (id, family_id, kind, record_id, changed, superseded, content, reason, "
        "corrected_on, corrected_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(next_number(db, "superseded"), family, table, record, former["changed"], change),
        *(json.dumps(former, default=encode, ensure_ascii=False), reason, on.isoformat(), by),
    )
    assignments = ", ".join(f"{name} = ?" for name in changed)
    values = [new[name] for name in changed]
    db.run(f"UPDATE {table} SET {assignments}, changed = ? WHERE {condition}", *values, change, *where.values())
    return changed


def history(db: Database, kind: str, record: int) -> list[tuple[dict[str, Any], str, str, str]]:
    """The former rows of one record, oldest first: content, reason, day, who corrected."""
    return [
        (json.loads(content), reason, on, by)
        for content, reason, on, by in db.rows(
            "SELECT content, reason, corrected_on, corrected_by FROM superseded "
            "WHERE kind = ? AND record_id = ? ORDER BY superseded, id",
            *(kind, record),
        )
    ]
