"""The register of disclosures, as rows: what left, to whom, on which ground; references and hashes only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from lcs_cli.records.disclosure import Disclosure
from lcs_cli.vault.connection import Database, Row
from lcs_cli.vault.counters import next_number
from lcs_cli.vault.families import day

_COLUMNS = (
    "id, made_at, made_on, made_by, ground, rule, clause, referrer_id, purpose, format, columns, after_change, "
    "up_to_change, from_on, to_on, row_count, sha256, policy_version, rules_hash, since, repeats"
)


@dataclass(frozen=True)
class FamilyShare:
    """One family's part in a disclosure: under which referral, from which day and after which change."""

    family: int
    referral: int | None
    from_on: date | None
    after_change: int


def next_disclosure(db: Database) -> int:
    """The number of the next entry, which its file and manifest carry."""
    return next_number(db, "disclosure")


def register(db: Database, entry: Disclosure, shares: Iterable[FamilyShare]) -> None:
    """Enter a disclosure, before anything leaves."""
    marks = ", ".join("?" * len(_COLUMNS.split(", ")))
    db.run(
        f"INSERT INTO disclosure ({_COLUMNS}) VALUES ({marks})",
        *(
            entry.number,
            entry.made_at,
            entry.made_on.isoformat(),
            entry.made_by,
            entry.ground,
            entry.rule,
            entry.clause,
            entry.referrer,
        ),
        *(entry.purpose, entry.format, ",".join(entry.columns), entry.after_change, entry.up_to_change),
        *(entry.from_on.isoformat() if entry.from_on else None, entry.to_on.isoformat() if entry.to_on else None),
        *(entry.rows, entry.sha256, entry.policy_version, entry.rules_hash, int(entry.since), entry.repeats),
    )
    for share in shares:
        db.run(
            "INSERT INTO disclosure_family (disclosure_id, family_id, referral_id, from_on, after_change) "
            "VALUES (?, ?, ?, ?, ?)",
            *(entry.number, share.family, share.referral),
            *(share.from_on.isoformat() if share.from_on else None, share.after_change),
        )


def release(db: Database, number: int) -> None:
    """Note that what was registered has been handed over."""
    db.run("INSERT INTO disclosure_release (disclosure_id) VALUES (?)", number)


def unreleased(db: Database) -> list[int]:
    """The entries that were registered and, as far as is known, never handed over: a command was stopped.

    One that was repeated, or that a later export of its series told again, is none of them any more.
    """
    found = db.rows(
        "SELECT id FROM disclosure AS d WHERE id NOT IN (SELECT disclosure_id FROM disclosure_release) AND NOT EXISTS ("
        "SELECT 1 FROM disclosure AS later JOIN disclosure_release ON disclosure_id = later.id WHERE later.id > d.id "
        "AND (later.repeats = d.id OR (d.since = 1 AND later.since = 1 AND later.referrer_id = d.referrer_id "
        "AND later.purpose = d.purpose AND later.after_change <= d.after_change))) ORDER BY id"
    )
    return [number for (number,) in found]


def get(db: Database, number: int) -> Disclosure | None:
    """One entry."""
    row = db.row(f"SELECT {_COLUMNS} FROM disclosure WHERE id = ?", number)
    return _disclosure(row) if row else None


def shares(db: Database, number: int) -> list[FamilyShare]:
    """The families of one entry."""
    return [
        FamilyShare(family, referral, day(from_on), after)
        for family, referral, from_on, after in db.rows(
            "SELECT family_id, referral_id, from_on, after_change FROM disclosure_family "
            "WHERE disclosure_id = ? ORDER BY family_id",
            number,
        )
    ]


def last_since(db: Database, referrer: int, purpose: str) -> Disclosure | None:
    """The last entry of the running series to one referrer for one purpose."""
    row = db.row(
        f"SELECT {_COLUMNS} FROM disclosure WHERE referrer_id = ? AND purpose = ? AND since = 1 AND repeats IS NULL "
        "AND id IN (SELECT disclosure_id FROM disclosure_release) ORDER BY id DESC LIMIT 1",
        *(referrer, purpose),
    )
    return _disclosure(row) if row else None


def _disclosure(row: Row) -> Disclosure:
    number, made_at, made_on, made_by, ground, rule, clause, referrer, purpose, format_, columns, after, up_to = row[
        :13
    ]
    from_on, to_on, count, sha256, policy_version, rules_hash, since, repeats = row[13:]
    return Disclosure(
        number=number,
        made_at=made_at,
        made_on=date.fromisoformat(made_on),
        made_by=made_by,
        ground=ground,
        rule=rule,
        clause=clause,
        referrer=referrer,
        purpose=purpose,
        format=format_,
        columns=tuple(columns.split(",")),
        after_change=after,
        up_to_change=up_to,
        from_on=day(from_on),
        to_on=day(to_on),
        rows=count,
        sha256=sha256,
        policy_version=policy_version,
        rules_hash=rules_hash,
        since=bool(since),
        repeats=repeats,
    )
