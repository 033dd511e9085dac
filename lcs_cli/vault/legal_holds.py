"""Legal holds, as rows."""

from datetime import date

from lcs_cli.records.retention import Hold, HoldKind
from lcs_cli.vault import subjects
from lcs_cli.vault.connection import Database
from lcs_cli.vault.counters import next_number
from lcs_cli.vault.families import day


def place(db: Database, hold: Hold) -> int:
    """Place a hold; ``hold.number`` is given here and returned."""
    number = next_number(db, "hold")
    db.run(
        "INSERT INTO legal_hold (id, family_id, staff_id, kind, reason, placed_on, placed_by, until) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        *(number, *subjects.columns(hold.subject), hold.kind.value, hold.reason),
        *(hold.placed_on.isoformat(), hold.placed_by),
        hold.until.isoformat() if hold.until else None,
    )
    return number


def get(db: Database, number: int) -> Hold | None:
    """One hold."""
    row = db.row(
        "SELECT id, family_id, staff_id, kind, reason, placed_on, placed_by, until, released_on "
        "FROM legal_hold WHERE id = ?",
        number,
    )
    if row is None:
        return None
    number, family, staff, kind, reason, placed, by, until, released = row
    return Hold(
        number,
        subjects.subject(family, staff),
        HoldKind(kind),
        reason,
        date.fromisoformat(placed),
        by,
        day(until),
        day(released),
    )


def of_family(db: Database, family: int) -> list[Hold]:
    """Every hold that was put on a family, in force or not."""
    numbers = db.rows("SELECT id FROM legal_hold WHERE family_id = ? ORDER BY id", family)
    return [hold for (number,) in numbers if (hold := get(db, number))]


def in_force(db: Database, family: int, today: date) -> list[Hold]:
    """The holds on a family that are in force on ``today``."""
    numbers = db.rows(
        "SELECT id FROM legal_hold WHERE family_id = ? AND released_on IS NULL AND coalesce(until, ?) >= ? ORDER BY id",
        *(family, today.isoformat(), today.isoformat()),
    )
    return [hold for (number,) in numbers if (hold := get(db, number))]


def release(db: Database, number: int, on: date, by: str) -> None:
    """Release a hold; it stays on record."""
    db.run("UPDATE legal_hold SET released_on = ?, released_by = ? WHERE id = ?", on.isoformat(), by, number)
