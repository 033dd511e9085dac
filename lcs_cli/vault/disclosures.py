"""The register of disclosures, as rows: what left, to whom, on which ground; references only. It only grows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from lcs_cli.records.disclosure import Disclosure, DisclosureKind
from lcs_cli.records.policy import DecidedBy
from lcs_cli.vault.connection import Database
from lcs_cli.vault.counters import next_number


@dataclass(frozen=True)
class FamilyShare:
    """One family's part in a disclosure; of an export, under which referral, from which day and after which change."""

    family: int
    referral: int | None = None
    from_on: date | None = None
    after_change: int = 0


def next_disclosure(db: Database) -> int:
    """The number of the next entry, which its file and manifest carry."""
    return next_number(db, "disclosure")


def enter(db: Database, entry: Disclosure, shares: Iterable[FamilyShare]) -> None:
    """Enter a disclosure with the families that it is about, before anything leaves."""
    db.run(
        "INSERT INTO disclosure (id, kind, made_at, made_on, made_by, ground, rule, clause, recipient, referrer_id, "
        "purpose, fields, policy_version, rules_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(entry.number, entry.kind.value, entry.made_at, entry.made_on.isoformat(), entry.made_by),
        *(entry.ground, entry.rule, entry.clause, entry.recipient, entry.referrer),
        *(entry.purpose, ",".join(entry.fields), entry.policy_version, entry.rules_hash),
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


def decided_by(db: Database, number: int) -> DecidedBy | None:
    """By which version and rule something was told, or not told; None where there is no such entry."""
    query = "SELECT made_on, rule, clause, policy_version, rules_hash FROM disclosure WHERE id = ?"
    row = next(iter(db.rows(query, number)), None)
    return DecidedBy(date.fromisoformat(row[0]), *row[1:]) if row else None


def of_family(db: Database, family: int) -> list[Disclosure]:
    """What the register says about one family, by number."""
    rows = db.rows(
        "SELECT id, kind, made_at, made_on, made_by, ground, rule, clause, recipient, referrer_id, purpose, fields, "
        "policy_version, rules_hash FROM disclosure JOIN disclosure_family ON disclosure_id = id "
        "WHERE family_id = ? ORDER BY id",
        family,
    )
    return [
        Disclosure(
            number=row[0],
            kind=DisclosureKind(row[1]),
            made_at=row[2],
            made_on=date.fromisoformat(row[3]),
            made_by=row[4],
            ground=row[5],
            rule=row[6],
            clause=row[7],
            recipient=row[8],
            referrer=row[9],
            purpose=row[10],
            fields=tuple(row[11].split(",")),
            policy_version=row[12],
            rules_hash=row[13],
        )
        for row in rows
    ]
