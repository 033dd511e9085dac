"""The sessions of some weeks for a calendar, and as a file for one (iCalendar, RFC 5545): references and times.

The library is an extra, `ics`.
"""

from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from lcs_cli.errors import MissingExtraError
from lcs_cli.records.clock import ZONE
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.session import ContactSession
from lcs_cli.services import checks
from lcs_cli.services.desk import Desk
from lcs_cli.services.file_out import FileOut
from lcs_cli.vault import contact_sessions

ACTION = "session.calendar"


def sessions(desk: Desk, first: date, last: date) -> list[ContactSession]:
    """The sessions of some days that were not cancelled."""
    checks.window(first, last)
    with desk.acting(ACTION):
        return [one for one in _of(desk, first, last) if one.cancelled_on is None]


def write(desk: Desk, first: date, last: date, path: Path) -> int:
    """Write the sessions of some days to a new file, cancelled ones as such; how many there are.

    It holds nothing that is about anybody but references. Read in again, it changes what it brought before.
    """
    checks.window(first, last)
    with FileOut(path, desk.vault.folder, "out") as out:
        with desk.acting(ACTION) as act:
            found = _of(desk, first, last)
            out.write(_ics(desk, found, first, last))
            act.note(sessions=len(found), first=first.isoformat(), last=last.isoformat())
        out.release()
    return len(found)


def _of(desk: Desk, first: date, last: date) -> list[ContactSession]:
    return contact_sessions.select(desk.db, "WHERE held_on BETWEEN ? AND ?", first.isoformat(), last.isoformat())


def _ics(desk: Desk, found: Sequence[ContactSession], first: date, last: date) -> bytes:
    icalendar = _library()
    calendar = icalendar.Calendar.new(prodid="-//lcs//lcs//EN", uid=_uid(desk, "calendar"))
    for one in found:
        calendar.add_component(_event(icalendar, desk, one))
    if found:
        calendar.add_missing_timezones(
            first_date=first.replace(month=1, day=1), last_date=last.replace(month=12, day=31)
        )
    content: bytes = calendar.to_ical()
    return content


def _event(icalendar: Any, desk: Desk, one: ContactSession) -> Any:
    event, zone = icalendar.Event(), ZoneInfo(ZONE)
    ref = reference(Kind.SESSION, one.number)
    event.add("uid", _uid(desk, ref))
    event.add("dtstamp", datetime.fromisoformat(desk.moment))
    event.add("dtstart", datetime.combine(one.held_on, time.fromisoformat(one.starts), zone))
    event.add("dtend", datetime.combine(one.held_on, time.fromisoformat(one.ends), zone))
    event.add("summary", ref)  # what a room is called was typed by somebody, and may be a name
    event.add("sequence", contact_sessions.changed(desk.db, one.number))
    event.add("status", "CONFIRMED" if one.cancelled_on is None else "CANCELLED")
    event.add("class", "PRIVATE")
    return event


def _uid(desk: Desk, of: str) -> str:
    """The same for ever, another in each vault, and says nothing (RFC 7986, 5.3)."""
    return str(uuid5(UUID(desk.vault.header.vault), of))


def _library() -> Any:
    try:
        import icalendar
    except ImportError:
        raise MissingExtraError("ics") from None
    return icalendar
