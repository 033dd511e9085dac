"""Legal holds, as rows."""

from datetime import date

from lcs_cli.records.retention import Hold, HoldKind
from lcs_cli.vault import subjects
from lcs_cli.vault.connection import Database, Row
from lcs_cli.vault.counters import next_number
from lcs_cli.vault.families import day

_COLUMNS = "id, family_id, staff_id, kind, reason, placed_on, placed_by, owner, until, released_on, confirmed_on"


def place(db: Database, hold: Hold) -> int:
    """Place a hold; ``hold.number`` is given here and returned."""
    number = next_number(db, "hold")
    db.run(
        "INSERT INTO legal_hold (id, family_id, staff_id, kind, reason, placed_on, placed_by, owner, until) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(number, *subjects.columns(hold.subject), hold.kind.value, hold.reason),
        *(hold.placed_on.isoformat(), hold.placed_by, hold.owner),
        hold.until.isoformat() if hold.until else None,
    )
    return number


def get(db: Database, number: int) -> Hold | None:
    """One hold."""
    found = select(db, "WHERE id = ?", number)
    return found[0] if found else None


def select(db: Database, where: str = "", *values: object) -> list[Hold]:
    """The holds of a condition, by number."""
    return [_hold(row) for row in db.rows(f"SELECT {_COLUMNS} FROM legal_hold {where} ORDER BY id", *values)]


def of_family(db: Database, family: int) -> list[Hold]:
    """Every hold that was put on a family, in force or not."""
    return select(db, "WHERE family_id = ?", family)


def in_force(db: Database, family: int, today: date) -> list[Hold]:
    """The holds on a family that are in force on ``today``."""
    there = "WHERE family_id = ? AND released_on IS NULL AND coalesce(until, ?) >= ?"
    return select(db, there, family, today.isoformat(), today.isoformat())


def confirm(db: Database, number: int, on: date, by: str, owner: str) -> None:
    """Note that somebody looked at a hold, and who is asked about it from then on."""
    db.run(
        "UPDATE legal_hold SET confirmed_on = ?, confirmed_by = ?, owner = ? WHERE id = ?",
        *(on.isoformat(), by, owner, number),
    )


def release(db: Database, number: int, on: date, by: str) -> None:
    """Release a hold; it stays on record."""
    db.run("UPDATE legal_hold SET released_on = ?, released_by = ? WHERE id = ?", on.isoformat(), by, number)


def _hold(row: Row) -> Hold:
    number, family, staff, kind, reason, placed, by, owner, until, released, confirmed = row
    return Hold(
        number=number,
        subject=subjects.subject(family, staff),
        kind=HoldKind(kind),
        reason=reason,
        placed_on=date.fromisoformat(placed),
        placed_by=by,
        owner=owner,
        until=day(until),
        released_on=day(released),
        confirmed_on=day(confirmed),
    )
