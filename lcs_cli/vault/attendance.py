"""Attendance, as rows: one line a child and session."""

from lcs_cli.records.session import Attendance
from lcs_cli.vault.connection import Database


def add(db: Database, line: Attendance, change: int) -> None:
    """Record one child's attendance at one session."""
    db.run(
        "INSERT INTO attendance (family_id, session_id, child_id, attended, arrived, departed, changed) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        *(line.family, line.session, line.child, int(line.attended), line.arrived, line.left, change),
    )


def select(db: Database, where: str = "", *values: object) -> list[Attendance]:
    """The attendance of a condition, by session and child."""
    return [
        Attendance(family, session, child, bool(attended), arrived, left)
        for family, session, child, attended, arrived, left in db.rows(
            "SELECT family_id, session_id, child_id, attended, arrived, departed "
            f"FROM attendance {where} ORDER BY session_id, child_id",
            *values,
        )
    ]
