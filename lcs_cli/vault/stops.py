"""Stops of the disposals, as rows."""

from lcs_cli.records.retention import Stop
from lcs_cli.vault.connection import Database


def pull(db: Database, stop: Stop) -> None:
    """Stop the disposals."""
    db.run(
        "INSERT INTO disposal_stop (reason, pulled_at, pulled_by) VALUES (?, ?, ?)",
        *(stop.reason, stop.pulled_at, stop.pulled_by),
    )


def in_force(db: Database) -> Stop | None:
    """The stop that nobody has released yet."""
    row = db.row("SELECT reason, pulled_at, pulled_by FROM disposal_stop WHERE released_at IS NULL")
    return Stop(*row) if row else None


def release(db: Database, at: str, by: str) -> None:
    """Let the disposals go on at a moment (UTC); who stopped them and when stays on record, and the reason goes."""
    db.run("UPDATE disposal_stop SET reason = NULL, released_at = ?, released_by = ? WHERE released_at IS NULL", at, by)
