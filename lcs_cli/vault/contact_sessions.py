"""Contact sessions, as rows."""

from datetime import date

from lcs_cli.records.session import ContactSession
from lcs_cli.records.staff import Position, Supervising
from lcs_cli.vault.connection import Database, Row
from lcs_cli.vault.counters import next_number
from lcs_cli.vault.families import day

_SELECT = """
SELECT id, family_id, held_on, starts, ends, room, note, cancelled_on, cancel_reason,
  EXISTS (SELECT 1 FROM attendance AS a WHERE a.family_id = s.family_id AND a.session_id = s.id),
  (SELECT group_concat(staff_id || ' ' || position) FROM supervision AS n
    WHERE n.family_id = s.family_id AND n.session_id = s.id AND n.naming = (
      SELECT max(naming) FROM supervision AS l WHERE l.family_id = s.family_id AND l.session_id = s.id))
FROM contact_session AS s
"""


# Both tables lie in this order, and "+" keeps SQLite from another: one look through each, and no search a session.
_UNRECORDED = """
JOIN (
  SELECT family_id AS its_family, id AS its_number FROM contact_session WHERE +held_on <= ? AND cancelled_on IS NULL
  EXCEPT SELECT family_id, session_id FROM attendance
) ON its_family = family_id AND its_number = id
"""


def add(db: Database, session: ContactSession, change: int) -> int:
    """Book a session; ``session.number`` is given here and returned."""
    number = next_number(db, "session")
    db.run(
        "INSERT INTO contact_session (family_id, id, held_on, starts, ends, room, note, changed) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        *(session.family, number, session.held_on.isoformat(), session.starts, session.ends),
        *(session.room, session.note, change),
    )
    return number


def get(db: Database, number: int) -> ContactSession | None:
    """One session."""
    found = select(db, "WHERE id = ?", number)
    return found[0] if found else None


def select(db: Database, where: str = "", *values: object) -> list[ContactSession]:
    """The sessions of a condition, in the order in which they take place."""
    return [_session(row) for row in db.rows(f"{_SELECT} {where} ORDER BY held_on, starts, id", *values)]


def unrecorded(db: Database, until: date) -> list[ContactSession]:
    """Of the sessions until a day that were not cancelled, those without attendance."""
    return select(db, _UNRECORDED, until.isoformat())


def count(db: Database, family: int) -> int:
    """How many sessions a family has on record."""
    return int(db.value("SELECT count(*) FROM contact_session WHERE family_id = ?", family))


def changed(db: Database, number: int) -> int:
    """The change number that a session's row is of."""
    return int(db.value("SELECT changed FROM contact_session WHERE id = ?", number))


def coming(db: Database, family: int, from_on: date) -> ContactSession | None:
    """A family's next session, from a day on: one that was recorded is over."""
    found = select(db, "WHERE family_id = ? AND held_on >= ? AND cancelled_on IS NULL", family, from_on.isoformat())
    return next((one for one in found if not one.recorded), None)


def overlapping(db: Database, session: ContactSession) -> ContactSession | None:
    """Another session of the same family at the same time, not cancelled."""
    found = select(
        db,
        "WHERE family_id = ? AND held_on = ? AND starts < ? AND ends > ? AND id <> ? AND cancelled_on IS NULL",
        *(session.family, session.held_on.isoformat(), session.ends, session.starts, session.number),
    )
    return found[0] if found else None


def in_room(db: Database, session: ContactSession) -> ContactSession | None:
    """Another session in the same room at the same time, not cancelled; a room is one however it is written."""
    if not session.room:
        return None
    found = db.rows(
        "SELECT id, room FROM contact_session "
        "WHERE held_on = ? AND starts < ? AND ends > ? AND id <> ? AND cancelled_on IS NULL AND room NOTNULL "
        "ORDER BY starts, id",
        *(session.held_on.isoformat(), session.ends, session.starts, session.number),
    )
    wanted = _room(session.room)
    return next((get(db, number) for number, room in found if _room(room) == wanted), None)


def _room(written: str) -> str:
    return " ".join(written.split()).casefold()


def _session(row: Row) -> ContactSession:
    number, family, held_on, starts, ends, room, note, cancelled, reason, recorded, supervisors = row
    return ContactSession(
        number=number,
        family=family,
        held_on=date.fromisoformat(held_on),
        starts=starts,
        ends=ends,
        room=room,
        note=note,
        cancelled_on=day(cancelled),
        cancel_reason=reason,
        recorded=bool(recorded),
        supervisors=_supervisors(supervisors),
    )


def _supervisors(text: str | None) -> tuple[Supervising, ...]:
    """Those who are named now, whoever answers for the session first."""
    parts = [part.split() for part in text.split(",")] if text else []
    named = [Supervising(int(staff), Position(position)) for staff, position in parts]
    return tuple(sorted(named, key=lambda one: one.position is Position.WITH))
