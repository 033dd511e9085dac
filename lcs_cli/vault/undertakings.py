"""Confidentiality undertakings (policy 4.1): who signed one, when, and who saw it."""

from datetime import date

from lcs_cli.vault.connection import Database


def add(db: Database, user: str, signed_on: date, policy_version: int, *, on: date, by: str) -> None:
    """Record that somebody signed on a day, once."""
    db.run(
        "INSERT INTO undertaking (user, signed_on, policy_version, recorded_on, recorded_by) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT DO NOTHING",
        *(user, signed_on.isoformat(), policy_version, on.isoformat(), by),
    )


def latest(db: Database) -> dict[str, date]:
    """The last day on which each user signed."""
    rows = db.rows("SELECT user, max(signed_on) FROM undertaking GROUP BY user")
    return {user: date.fromisoformat(day) for user, day in rows}
