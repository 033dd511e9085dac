"""The rows that make up each record that is kept for ever, and their digest, which its entry on the trail holds.

An entry of the staff register may be disposed of: the salt among its rows goes with it, and no digest confirms a guess.
"""

import hashlib
from typing import Any, NamedTuple

from lcs_cli.records.references import Kind
from lcs_cli.vault.connection import Database
from lcs_cli.vault.encoding import canonical


class _Record(NamedTuple):
    """Tables with the column that holds the record's number, the record's own one first; ``only`` where it is kept."""

    tables: tuple[tuple[str, str], ...]
    only: str = "1"


_STILL_KEPT = "class <> 'document'"
_RECORDS = {
    Kind.FLAG: _Record((("flag", "id"), ("flag_child", "flag_id"), ("flag_staff", "flag_id"))),
    Kind.ACCIDENT: _Record((("accident", "id"), ("accident_child", "accident_id"))),
    Kind.REFERRAL: _Record((("referral", "id"),), "electronic = 1"),
    Kind.DOCUMENT: _Record(
        (("document", "id"), ("document_child", "document_id"), ("document_chunk", "document_id")), _STILL_KEPT
    ),
    Kind.PAPER: _Record((("paper", "id"), ("paper_child", "paper_id"), ("paper_position", "paper_id")), _STILL_KEPT),
    Kind.DISCLOSURE: _Record(
        (
            ("disclosure", "id"),
            ("disclosure_family", "disclosure_id"),
            ("disclosure_part", "disclosure_id"),
            ("disclosure_completion", "disclosure_id"),
            ("export", "disclosure_id"),
            ("handover", "disclosure_id"),
        )
    ),
    Kind.STAFF: _Record(
        (
            ("staff_member", "id"),
            ("vetting_check", "staff_id"),
            ("vetting_confirmation", "staff_id"),
            ("undertaking", "staff_id"),
        )
    ),
}
KINDS = tuple(_RECORDS)
"""The kinds of records of which some or all are kept for ever."""


def numbers(db: Database, kind: Kind) -> list[int]:
    """The numbers of the records of one kind that are kept for ever."""
    record = _RECORDS[kind]
    return [row[0] for row in db.rows(f"SELECT id FROM {record.tables[0][0]} WHERE {record.only} ORDER BY id")]


def is_kept(db: Database, kind: Kind, number: int) -> bool:
    """Whether a record is there, and is kept for ever."""
    record = _RECORDS[kind]
    return bool(db.rows(f"SELECT 1 FROM {record.tables[0][0]} WHERE id = ? AND {record.only}", number))


def digest(db: Database, kind: Kind, number: int) -> str | None:
    """SHA-256 over every row of a record, sealed values as they are sealed; None where it is not there."""
    return _digest(db, _RECORDS[kind].tables, number)


def policy_digest(db: Database, number: int) -> str | None:
    """The same of a version of the policy, whose rule files have a hash of their own."""
    return _digest(db, (("policy_version", "number"),), number)


def _digest(db: Database, tables: tuple[tuple[str, str], ...], number: int) -> str | None:
    """An empty column counts as none, so that a later schema may add one."""
    found = hashlib.sha256()
    for table, key in tables:
        columns = [row[1] for row in db.rows(f"PRAGMA table_info({table})")]
        count = 0
        for row in db.each(f"SELECT * FROM {table} WHERE {key} = ? ORDER BY 1, 2", number):
            named = zip(columns, row, strict=True)
            found.update(canonical([table, {name: _plain(value) for name, value in named if value is not None}]))
            count += 1
        if not count and table == tables[0][0]:
            return None
    return found.hexdigest()


def _plain(value: Any) -> Any:
    return f"sha256:{hashlib.sha256(value).hexdigest()}" if isinstance(value, bytes) else value
