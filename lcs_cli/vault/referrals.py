"""Referrers and the referrals they made, as rows."""

from collections.abc import Iterator
from datetime import date

from lcs_cli.records.referral import Referral, ReferralOutcome, Referrer, ReferrerKind
from lcs_cli.vault.connection import Database, Row
from lcs_cli.vault.counters import next_number
from lcs_cli.vault.families import day

_COLUMNS = "id, family_id, referrer_id, received_on, electronic, case_reference, outcome, decided_on, ended_on"


def add_referrer(db: Database, name: str, kind: ReferrerKind, change: int) -> int:
    """Add a referrer; its number."""
    number = next_number(db, "referrer")
    db.run("INSERT INTO referrer (id, name, kind, changed) VALUES (?, ?, ?, ?)", number, name, kind.value, change)
    return number


def referrer(db: Database, number: int) -> Referrer | None:
    """One referrer."""
    row = db.row("SELECT id, name, kind FROM referrer WHERE id = ?", number)
    return Referrer(row[0], row[1], ReferrerKind(row[2])) if row else None


def referrers(db: Database) -> list[Referrer]:
    """All referrers, by number."""
    return [
        Referrer(number, name, ReferrerKind(kind))
        for number, name, kind in db.rows("SELECT id, name, kind FROM referrer ORDER BY id")
    ]


def add(
    db: Database,
    *,
    family: int,
    referrer: int,
    received_on: date,
    electronic: bool,
    case_reference: str | None,
    change: int,
) -> int:
    """Add a referral that nobody has decided on yet; its number."""
    number = next_number(db, "referral")
    db.run(
        "INSERT INTO referral (id, family_id, referrer_id, received_on, electronic, case_reference, outcome, changed) "
        "VALUES (?, ?, ?, ?, ?, ?, 'pending', ?)",
        *(number, family, referrer, received_on.isoformat(), int(electronic), case_reference, change),
    )
    return number


def get(db: Database, number: int) -> Referral | None:
    """One referral."""
    found = select(db, "WHERE id = ?", number)
    return found[0] if found else None


def select(db: Database, where: str = "", *values: object) -> list[Referral]:
    """The referrals of a condition, by number."""
    return [_referral(row) for row in db.rows(f"SELECT {_COLUMNS} FROM referral {where} ORDER BY id", *values)]


def outcomes(db: Database, referrer: int, family: int) -> set[ReferralOutcome]:
    """What became of the referrals of one family by one referrer."""
    found = db.rows("SELECT outcome FROM referral WHERE referrer_id = ? AND family_id = ?", referrer, family)
    return {ReferralOutcome(outcome) for (outcome,) in found}


def case_reference(db: Database, number: int) -> str | None:
    """What a referrer calls the case of one referral, where it is known."""
    found = db.value("SELECT case_reference FROM referral WHERE id = ?", number)
    return None if found is None else str(found)


def decide(db: Database, number: int, outcome: ReferralOutcome, on: date, change: int) -> None:
    """Accept or decline a referral, or end an accepted one."""
    if outcome is ReferralOutcome.ENDED:
        db.run(
            "UPDATE referral SET outcome = ?, ended_on = ?, changed = ? WHERE id = ?",
            *(outcome.value, on.isoformat(), change, number),
        )
    else:
        db.run(
            "UPDATE referral SET outcome = ?, decided_on = ?, changed = ? WHERE id = ?",
            *(outcome.value, on.isoformat(), change, number),
        )


def live(db: Database, referrer: int) -> Iterator[tuple[Referral, int]]:
    """The accepted referrals of one referrer that have not ended, with the change that made each one live."""
    rows = db.each(
        f"SELECT {_COLUMNS}, changed FROM referral WHERE referrer_id = ? AND outcome = 'accepted' "
        "ORDER BY family_id, received_on, id",
        referrer,
    )
    return ((_referral(row[:-1]), row[-1]) for row in rows)


def _referral(row: Row) -> Referral:
    number, family, referrer_, received, electronic, case, outcome, decided, ended = row
    return Referral(
        number=number,
        family=family,
        referrer=referrer_,
        received_on=date.fromisoformat(received),
        electronic=bool(electronic),
        case_reference=case,
        outcome=ReferralOutcome(outcome),
        decided_on=day(decided),
        ended_on=day(ended),
    )
