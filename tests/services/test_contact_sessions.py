"""Contact sessions: booked, moved, cancelled and listed."""

from datetime import date, timedelta

import pytest

from lcs_cli.errors import NotFoundError, UsageError
from lcs_cli.records.references import Kind, reference
from lcs_cli.services import contact_sessions, families
from lcs_cli.services.desk import Desk
from tests.conftest import TODAY
from tests.services import stories

DAY = date(2026, 11, 30)


@pytest.fixture
def household(desk: Desk) -> stories.Household:
    """A family that is open."""
    return stories.family(desk)


def test_a_session_is_booked(desk: Desk, household: stories.Household) -> None:
    """For a day to come, or afterwards as a late entry."""
    for day in (DAY, stories.OPENED):
        booked = contact_sessions.book(desk, household.ref, day, "10:00", "11:30", room=" Blue room ", note="side door")
        (found,) = contact_sessions.listing(desk, household.ref, day, day)
        assert found == booked
        assert (found.starts, found.ends, found.room, found.note) == ("10:00", "11:30", "Blue room", "side door")
        assert not found.recorded


@pytest.mark.parametrize(
    ("day", "starts", "ends", "room", "why"),
    [
        (DAY, "11:30", "10:00", None, "^end: must be after start"),
        (DAY, "10:00", "10:00", None, "^end: must be after start"),
        (DAY, "9:00", "10:00", None, "^start: must be a time"),
        (DAY, "24:00", "24:30", None, "^start: must be a time"),
        (DAY, "10:00", "10:60", None, "^end: must be a time"),
        (DAY, "10.00", "11.00", None, "^start: must be a time"),
        (DAY, "\u0661\u0660:00", "11:00", None, "^start: must be a time"),
        (date(1899, 1, 1), "10:00", "11:00", None, "^day: the year"),
        (date(2300, 1, 1), "10:00", "11:00", None, "^day: is more than 2 years ahead"),
        (date(TODAY.year + 3, 1, 1), "10:00", "11:00", None, "^day: is more than 2 years ahead"),
        (stories.OPENED - timedelta(days=1), "10:00", "11:00", None, "had no open episode"),
        (DAY, "10:00", "11:00", "a\nb", "^room:"),
    ],
)
def test_a_session_that_cannot_be_is_refused(
    desk: Desk, household: stories.Household, day: date, starts: str, ends: str, room: str | None, why: str
) -> None:
    """Times as HH:MM in their order, on a day on which the family is served."""
    with stories.unchanged(desk), pytest.raises(UsageError, match=why):
        contact_sessions.book(desk, household.ref, day, starts, ends, room=room)


def test_a_session_is_not_booked_between_two_episodes(desk: Desk) -> None:
    """But on the first and the last day of each."""
    household = stories.closed_family(desk)
    families.reopen(desk, household.ref, date(2026, 1, 5))
    for day in (stories.CLOSED + timedelta(days=1), date(2026, 1, 4)):
        with stories.unchanged(desk), pytest.raises(UsageError, match="no open episode"):
            stories.booked(desk, household.ref, day)
    for day in (stories.OPENED, stories.CLOSED, date(2026, 1, 5)):
        assert stories.booked(desk, household.ref, day)


def test_two_sessions_of_a_family_do_not_overlap(desk: Desk, household: stories.Household) -> None:
    """They may follow each other to the minute; other families are not in the way; the message names the other."""
    first = stories.booked(desk, household.ref, DAY)
    for starts, ends in (("10:00", "11:30"), ("09:00", "10:01"), ("11:29", "12:00"), ("10:30", "10:40")):
        with stories.unchanged(desk), pytest.raises(UsageError, match=first):
            contact_sessions.book(desk, household.ref, DAY, starts, ends)
    for starts, ends in (("09:00", "10:00"), ("11:30", "12:00")):
        contact_sessions.book(desk, household.ref, DAY, starts, ends)
    assert stories.booked(desk, stories.family(desk).ref, DAY)


def test_a_cancelled_session_makes_room_for_another(desk: Desk, household: stories.Household) -> None:
    """It stays on record with its reason."""
    ref = stories.booked(desk, household.ref, DAY)
    cancelled = contact_sessions.cancel(desk, ref, " child ill ")
    assert (cancelled.cancelled_on, cancelled.cancel_reason) == (TODAY, "child ill")
    assert stories.booked(desk, household.ref, DAY) != ref
    both = contact_sessions.listing(desk, household.ref, DAY, DAY)
    assert [one.cancel_reason for one in both] == ["child ill", None]


def test_a_moved_session_keeps_where_it_was_and_why(desk: Desk, household: stories.Household) -> None:
    """Its reference stays."""
    ref = stories.booked(desk, household.ref, DAY)
    moved = contact_sessions.move(desk, ref, date(2026, 12, 1), "14:00", "15:00", "father's shift")
    (found,) = contact_sessions.listing(desk, household.ref, None, None)
    assert found == moved
    (correction,) = families.show(desk, household.ref).corrections
    assert correction.former == {"held_on": "2026-11-30", "starts": "10:00", "ends": "11:30"}
    assert (correction.kind, correction.record, correction.reason) == ("contact_session", 1, "father's shift")


def test_a_session_may_be_moved_by_half_an_hour(desk: Desk, household: stories.Household) -> None:
    """It is not in its own way."""
    ref = stories.booked(desk, household.ref, DAY)
    assert contact_sessions.move(desk, ref, DAY, "10:30", "12:00", "bus").starts == "10:30"


@pytest.mark.parametrize(
    ("day", "starts", "ends", "reason", "why"),
    [
        (DAY, "14:00", "13:00", "r", "^end:"),
        (DAY, "14:00", "15:00", "", "^reason:"),
        (date(2018, 1, 1), "14:00", "15:00", "r", "no open episode"),
        (DAY + timedelta(days=1), "10:00", "11:00", "r", "S-000002-W"),
    ],
)
def test_a_session_is_moved_only_to_where_it_could_be_booked(
    desk: Desk, household: stories.Household, day: date, starts: str, ends: str, reason: str, why: str
) -> None:
    """And only with a reason."""
    ref = stories.booked(desk, household.ref, DAY)
    stories.booked(desk, household.ref, DAY + timedelta(days=1))
    with stories.unchanged(desk), pytest.raises(UsageError, match=why):
        contact_sessions.move(desk, ref, day, starts, ends, reason)


def test_a_session_that_was_recorded_or_cancelled_is_not_touched(desk: Desk, household: stories.Household) -> None:
    """A referrer may have been told of the one; the other is history."""
    recorded = stories.held(desk, household.ref, TODAY)
    cancelled = stories.booked(desk, household.ref, DAY)
    contact_sessions.cancel(desk, cancelled, "ill")
    for ref, why in ((recorded, "attendance on record"), (cancelled, "was cancelled on 2026-11-26")):
        with stories.unchanged(desk), pytest.raises(UsageError, match=why):
            contact_sessions.move(desk, ref, DAY, "14:00", "15:00", "r")
        with stories.unchanged(desk), pytest.raises(UsageError, match=why):
            contact_sessions.cancel(desk, ref, "r")


def test_a_cancellation_needs_a_reason(desk: Desk, household: stories.Household) -> None:
    """In one line."""
    ref = stories.booked(desk, household.ref, DAY)
    for reason in ("", "  ", "a\nb", "x" * 201):
        with stories.unchanged(desk), pytest.raises(UsageError, match=r"^reason:"):
            contact_sessions.cancel(desk, ref, reason)


def test_sessions_are_listed_in_the_order_in_which_they_take_place(desk: Desk, household: stories.Household) -> None:
    """Of some days, of one family or of all."""
    other = stories.family(desk).ref
    for family, day, starts in ((household.ref, 2, "14:00"), (household.ref, 1, "10:00"), (other, 2, "10:00")):
        stories.booked(desk, family, date(2026, 12, day), starts)
    found = contact_sessions.listing(desk, None, None, None)
    assert [reference(Kind.SESSION, one.number) for one in found] == ["S-000002-W", "S-000003-A", "S-000001-R"]
    assert len(contact_sessions.listing(desk, None, date(2026, 12, 2), date(2026, 12, 2))) == 2
    assert len(contact_sessions.listing(desk, other, date(2026, 12, 1), None)) == 1
    assert contact_sessions.listing(desk, household.ref, None, date(2026, 11, 30)) == []


def test_an_unknown_session_is_not_found(desk: Desk) -> None:
    """It is said how to look it up; and a slip becomes a question."""
    with stories.unchanged(desk), pytest.raises(NotFoundError):
        contact_sessions.cancel(desk, reference(Kind.SESSION, 7), "r")
    ref = stories.booked(desk, stories.family(desk).ref, DAY)
    with stories.unchanged(desk), pytest.raises(UsageError) as slip:
        contact_sessions.cancel(desk, ref[:-1] + "X", "r")
    assert slip.value.hint == f"did you mean {ref}?"
