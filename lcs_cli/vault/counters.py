"""Numbers that are never given twice: references, changes; and the note that the file is to be rewritten."""

from collections.abc import Mapping

from lcs_cli.records.references import Kind
from lcs_cli.vault.connection import Database

_SKIPPED = 1000
_TABLES = {
    Kind.FAMILY: "family",
    Kind.PERSON: "person",
    Kind.REFERRER: "referrer",
    Kind.REFERRAL: "referral",
    Kind.SESSION: "contact_session",
    Kind.FLAG: "flag",
    Kind.ACCIDENT: "accident",
    Kind.DOCUMENT: "document",
    Kind.PAPER: "paper",
    Kind.STAFF: "staff_member",
    Kind.REQUEST: "access_request",
    Kind.CONSENT: "consent",
    Kind.DISCLOSURE: "disclosure",
    Kind.REPORT: "report",
    Kind.PERMISSION: "permission",
}
COUNTED = {
    **{kind.name.lower(): table for kind, table in _TABLES.items()},
    "hold": "legal_hold",
    **{name: name for name in ("review", "certificate", "backup", "superseded", "policy_copy", "policy_review")},
}
"""The counters whose numbers are the ``id`` of a table's rows, and the tables."""


def next_number(db: Database, name: str) -> int:
    """The next number of a counter: a reference, or the vault's change number. Never given twice."""
    db.check_in_transaction()
    value = db.value(
        "INSERT INTO counter (name, value) VALUES (?, 1) "
        "ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
        name,
    )
    return int(value)


def change_number(db: Database) -> int:
    """The number of the last change to the vault."""
    return int(db.value("SELECT value FROM counter WHERE name = 'change'") or 0)


def numbers(db: Database, kind: Kind) -> list[int]:
    """The numbers of the records of one kind."""
    return [row[0] for row in db.rows(f"SELECT id FROM {_TABLES[kind]} ORDER BY id")]


def skip(db: Database, given_out: Mapping[Kind, int] | None = None, *, days: int = 0) -> None:
    """Leave out numbers of every kind: some may have been given out in what was lost when a copy was put back.

    Also of a kind of which the copy has none yet; and as many again for each of the ``days`` since the copy was made,
    for it may have been put back before, and that lost, too. Of some it is known which were ``given_out``.
    """
    known = {kind.name.lower(): number for kind, number in (given_out or {}).items()}
    for name in ("change", "superseded", *(kind.name.lower() for kind in Kind)):
        db.run(
            "INSERT INTO counter (name, value) VALUES (?1, ?2 + ?3) "
            "ON CONFLICT (name) DO UPDATE SET value = max(value, ?3) + ?2",
            *(name, _SKIPPED * (1 + days), known.get(name, 0)),
        )


def ask_for_rewrite(db: Database) -> None:
    """Remember, with a disposal, that the file is to be rewritten: a sweep that was killed leaves that to the next."""
    db.run("INSERT INTO counter (name, value) VALUES ('rewrite', 1) ON CONFLICT (name) DO UPDATE SET value = 1")


def rewrite_if_asked(db: Database) -> bool:
    """Rewrite the file if a disposal asked for it."""
    if not db.value("SELECT value FROM counter WHERE name = 'rewrite'"):
        return False
    db.rewrite()
    with db.transaction():
        db.run("UPDATE counter SET value = 0 WHERE name = 'rewrite'")
    return True
