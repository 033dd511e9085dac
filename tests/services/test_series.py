"""Series of sessions, and what one room, one family and one supervisor can do at a time."""

from datetime import date, timedelta

import pytest

from lcs_cli.errors import UsageError
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.series import parse_series
from lcs_cli.records.session import ContactSession
from lcs_cli.services import contact_sessions
from lcs_cli.services.bank_holidays import bank_holidays
from lcs_cli.services.desk import Desk
from tests.conftest import TODAY
from tests.services import stories

TOMORROW = TODAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("weekly:3", ["2026-12-18", "2026-12-25", "2027-01-01"]),
        (" Fortnightly:2 ", ["2026-12-18", "2027-01-01"]),
    ],
)
def test_a_series_keeps_its_weekday(typed: str, days: list[str]) -> None:
    """Over the end of a year, too."""
    assert [day.isoformat() for day in parse_series(typed).days(date(2026, 12, 18))] == days
    assert len(parse_series("weekly:60").days(TODAY)) == 60


@pytest.mark.parametrize("typed", ["weekly", "weekly:1", "weekly:0", "weekly:61", "weekly:٣", "monthly:3", "12", ""])
def test_what_is_no_series_is_said(typed: str) -> None:
    """With what one looks like."""
    with pytest.raises(UsageError, match="repeat: cannot be read") as refused:
        parse_series(typed)
    assert "weekly:12" in refused.value.hint


def booked(desk: Desk, starts: str, ends: str, room: str | None, day: date = TOMORROW) -> ContactSession:
    """A session of another family."""
    return contact_sessions.book(desk, stories.family(desk).ref, day, starts, ends, room=room)


def test_a_room_has_one_session_at_a_time(desk: Desk) -> None:
    """However its name is written; before and after one, and without a name, it is free."""
    first = booked(desk, "10:00", "11:30", "Blue Room")
    for room in ("Blue Room", " blue  room", "BLUE ROOM"):
        with pytest.raises(UsageError, match=rf"room: {reference(Kind.SESSION, first.number)} is in it on that day"):
            booked(desk, "11:00", "12:00", room)
    booked(desk, "11:30", "12:00", "Blue Room")
    booked(desk, "09:00", "10:00", "Blue Room")
    booked(desk, "10:00", "11:30", "Green Room")
    booked(desk, "10:00", "11:30", "Blue Room", TODAY)
    for _ in range(2):
        booked(desk, "10:00", "11:30", None)


def test_nothing_is_moved_into_a_room_that_is_taken(desk: Desk) -> None:
    """But where it is itself, it may stay; and what was cancelled takes no room."""
    first, second = booked(desk, "10:00", "11:00", "Blue"), booked(desk, "13:00", "14:00", "Blue")
    ref = reference(Kind.SESSION, second.number)
    with pytest.raises(UsageError, match="room: "):
        contact_sessions.move(desk, ref, TOMORROW, "10:30", "11:30", "asked")
    contact_sessions.move(desk, ref, TOMORROW, "13:15", "14:15", "asked")
    contact_sessions.cancel(desk, reference(Kind.SESSION, first.number), "ill")
    contact_sessions.move(desk, ref, TOMORROW, "10:30", "11:30", "asked")


def test_bank_holidays_have_their_names() -> None:
    """They are said with the day."""
    assert bank_holidays(range(2026, 2027))[date(2026, 12, 25)] == "Christmas Day"
