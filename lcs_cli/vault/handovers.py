"""Agreements to hand over what is kept for ever, and what was handed over under each, as rows; both only grow."""

from datetime import date

from lcs_cli.records.handover import HandoverAgreement
from lcs_cli.vault.connection import Database
from lcs_cli.vault.corrections import referrer_since
from lcs_cli.vault.counters import change_number, next_number


def decide(db: Database, one: HandoverAgreement, policy_version: int, rules_hash: str) -> int:
    """Add a decision; ``one.number`` is given here and returned."""
    number = next_number(db, "handover_agreement")
    db.run(
        "INSERT INTO handover_agreement (number, child_id, referrer_id, keys, agreed, decided_on, decided_by, "
        "policy_version, rules_hash, after_change) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(number, one.child, one.referrer, one.keys, int(one.agreed), one.decided_on.isoformat(), one.decided_by),
        *(policy_version, rules_hash, change_number(db)),
    )
    return number


def last(db: Database, child: int | None, referrer: int, keys: str) -> HandoverAgreement | None:
    """The last decision about just this: about whom, to which body, under which keys."""
    row = db.row(
        f"SELECT number, agreed, decided_on, decided_by, {referrer_since('referrer_id', 'after_change')} "
        "FROM handover_agreement WHERE child_id IS ? AND referrer_id = ? AND keys = ? ORDER BY number DESC LIMIT 1",
        *(child, referrer, keys),
    )
    if row is None:
        return None
    number, agreed, on, by, overtaken = row
    return HandoverAgreement(number, child, referrer, keys, bool(agreed), date.fromisoformat(on), by, bool(overtaken))


def registered(db: Database, disclosure: int, agreement: int) -> None:
    """Note under which agreement an entry of the register was made."""
    db.run("INSERT INTO handover (disclosure_id, agreement) VALUES (?, ?)", disclosure, agreement)


def unreleased(db: Database) -> list[int]:
    """The entries of which the file, as far as is known, never got its name, and none under that agreement since."""
    return [
        row[0]
        for row in db.rows(
            "SELECT disclosure_id FROM handover AS h WHERE NOT EXISTS (SELECT 1 FROM handover AS later "
            "JOIN disclosure_release AS r ON r.disclosure_id = later.disclosure_id "
            "WHERE later.agreement = h.agreement AND later.disclosure_id >= h.disclosure_id) ORDER BY 1"
        )
    ]
