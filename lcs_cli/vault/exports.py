"""The exports in the register of disclosures, as rows: with what it takes to repeat one, and to go on with a series."""

from collections.abc import Iterable
from datetime import date

from lcs_cli.records.disclosure import DisclosureKind, ExportEntry
from lcs_cli.vault import disclosures
from lcs_cli.vault.connection import Database, Row
from lcs_cli.vault.disclosures import FamilyShare
from lcs_cli.vault.families import day

_SELECT = (
    "SELECT id, made_at, made_on, made_by, ground, rule, clause, recipient, referrer_id, purpose, fields, "
    "policy_version, rules_hash, format, after_change, up_to_change, from_on, to_on, row_count, sha256, since, repeats "
    "FROM disclosure JOIN export ON disclosure_id = id"
)


def register(db: Database, entry: ExportEntry, shares: Iterable[FamilyShare]) -> None:
    """Enter an export, before anything leaves."""
    disclosures.enter(db, entry, shares)
    db.run(
        "INSERT INTO export (disclosure_id, format, after_change, up_to_change, from_on, to_on, row_count, sha256, "
        "since, repeats) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(entry.number, entry.format, entry.after_change, entry.up_to_change),
        *(entry.from_on.isoformat() if entry.from_on else None, entry.to_on.isoformat() if entry.to_on else None),
        *(entry.rows, entry.sha256, int(entry.since), entry.repeats),
    )


def unreleased(db: Database) -> list[int]:
    """The exports that were registered and, as far as is known, never handed over: a command was stopped.

    One that was repeated, or that a later export of its series told again, is none of them any more.
    """
    found = db.rows(
        "SELECT id FROM disclosure AS d JOIN export AS e ON e.disclosure_id = d.id "
        "WHERE id NOT IN (SELECT disclosure_id FROM disclosure_release) AND NOT EXISTS ("
        "SELECT 1 FROM disclosure AS later JOIN export AS l ON l.disclosure_id = later.id "
        "JOIN disclosure_release AS r ON r.disclosure_id = later.id WHERE later.id > d.id "
        "AND (l.repeats = d.id OR (e.since = 1 AND l.since = 1 AND later.referrer_id = d.referrer_id "
        "AND later.purpose = d.purpose AND l.after_change <= e.after_change))) ORDER BY id"
    )
    return [number for (number,) in found]


def get(db: Database, number: int) -> ExportEntry | None:
    """One export."""
    row = db.row(f"{_SELECT} WHERE id = ?", number)
    return _entry(row) if row else None


def shares(db: Database, number: int) -> list[FamilyShare]:
    """The families of one export."""
    return [
        FamilyShare(family, referral, day(from_on), after)
        for family, referral, from_on, after in db.rows(
            "SELECT family_id, referral_id, from_on, after_change FROM disclosure_family "
            "WHERE disclosure_id = ? ORDER BY family_id",
            number,
        )
    ]


def last_since(db: Database, referrer: int, purpose: str) -> ExportEntry | None:
    """The last export of the running series to one referrer for one purpose."""
    row = db.row(
        f"{_SELECT} WHERE referrer_id = ? AND purpose = ? AND since = 1 AND repeats IS NULL "
        "AND id IN (SELECT disclosure_id FROM disclosure_release) ORDER BY id DESC LIMIT 1",
        *(referrer, purpose),
    )
    return _entry(row) if row else None


def _entry(row: Row) -> ExportEntry:
    number, made_at, made_on, made_by, ground, rule, clause, recipient, referrer, purpose, fields = row[:11]
    version, rules_hash, format_, after, up_to, from_on, to_on, count, sha256, since, repeats = row[11:]
    return ExportEntry(
        number=number,
        kind=DisclosureKind.EXPORT,
        made_at=made_at,
        made_on=date.fromisoformat(made_on),
        made_by=made_by,
        ground=ground,
        rule=rule,
        clause=clause,
        recipient=recipient,
        referrer=referrer,
        purpose=purpose,
        fields=tuple(fields.split(",")),
        policy_version=version,
        rules_hash=rules_hash,
        format=format_,
        after_change=after,
        up_to_change=up_to,
        from_on=day(from_on),
        to_on=day(to_on),
        rows=count,
        sha256=sha256,
        since=bool(since),
        repeats=repeats,
    )
