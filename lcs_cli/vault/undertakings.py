"""Confidentiality undertakings (policy 4.1): who signed one, when, and who saw it."""

from datetime import date

from lcs_cli.vault.connection import Database


def add(db: Database, member: int, signed_on: date, policy_version: int, *, on: date, by: str) -> None:
    """Record that somebody signed on a day; a day is recorded once."""
    if signed_on not in of(db, member):
        db.run(
            "INSERT INTO undertaking (staff_id, signed_on, policy_version, recorded_on, recorded_by) "
            "VALUES (?, ?, ?, ?, ?)",
            *(member, signed_on.isoformat(), policy_version, on.isoformat(), by),
        )


def of(db: Database, member: int) -> list[date]:
    """The days on which somebody signed, the last one last."""
    rows = db.rows("SELECT signed_on FROM undertaking WHERE staff_id = ? ORDER BY 1", member)
    return [date.fromisoformat(row[0]) for row in rows]


def latest(db: Database) -> dict[int, date]:
    """The last day on which each member of staff signed."""
    rows = db.rows("SELECT staff_id, max(signed_on) FROM undertaking GROUP BY staff_id")
    return {member: date.fromisoformat(day) for member, day in rows}
