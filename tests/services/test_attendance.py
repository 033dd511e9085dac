"""Attendance: recorded for each child, corrected with a reason, listed."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from lcs_cli.errors import NotFoundError, UsageError
from lcs_cli.records.family import PersonKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.session import Attendance
from lcs_cli.services import attendance, contact_sessions, people
from lcs_cli.services.attendance import Outcome
from lcs_cli.services.desk import Desk
from lcs_cli.services.people import PersonDraft
from tests.conftest import TODAY, OpenDesk
from tests.services import stories
from tests.services.stories import CAME, STAYED_AWAY

YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def household(desk: Desk) -> stories.Household:
    """A family with two children."""
    return stories.family(desk, 2)


@pytest.fixture
def session(desk: Desk, household: stories.Household) -> str:
    """Its session yesterday, from ten to half past eleven."""
    return stories.booked(desk, household.ref, YESTERDAY)


def test_attendance_is_recorded_for_every_child(desk: Desk, session: str) -> None:
    """Without naming them; not for adults."""
    recorded = attendance.record(desk, session, CAME)
    assert recorded.lines == [Attendance(1, 1, child, True, "10:05", "11:30") for child in (1, 2)]


def test_attendance_is_recorded_for_one_child_and_later_for_the_other(
    desk: Desk, household: stories.Household, session: str
) -> None:
    """Each has a line of their own."""
    attendance.record(desk, session, CAME, [household.children[1]])
    recorded = attendance.record(desk, session, STAYED_AWAY, [household.children[0]] * 2)
    assert recorded.lines == [Attendance(1, 1, 1, False), Attendance(1, 1, 2, True, "10:05", "11:30")]


def test_a_worker_records_attendance(household: stories.Household, session: str, desk_of: OpenDesk) -> None:
    """It is what workers are there for."""
    assert len(attendance.record(desk_of("tomos"), session, CAME).lines) == len(household.children)


@pytest.mark.parametrize(
    ("outcome", "why"),
    [
        (Outcome(attended=True), "^arrived, left: both are needed"),
        (Outcome(attended=True, arrived="10:00"), "^arrived, left: both are needed"),
        (Outcome(attended=True, left="11:00"), "^arrived, left: both are needed"),
        (Outcome(attended=True, arrived="11:00", left="10:00"), "^left: must be after arrived"),
        (Outcome(attended=True, arrived="10:00", left="10:00"), "^left: must be after arrived"),
        (Outcome(attended=True, arrived="ten", left="11:00"), "^arrived: must be a time"),
        (Outcome(attended=False, arrived="10:00"), "^arrived, left: a child who did not attend"),
        (Outcome(attended=False, left="10:00"), "^arrived, left: a child who did not attend"),
    ],
)
def test_an_outcome_that_cannot_be_is_refused(desk: Desk, session: str, outcome: Outcome, why: str) -> None:
    """Attended with both times, or not attended without them; recording and correcting alike."""
    with stories.unchanged(desk), pytest.raises(UsageError, match=why):
        attendance.record(desk, session, outcome)
    attendance.record(desk, session, CAME)
    with stories.unchanged(desk), pytest.raises(UsageError, match=why):
        attendance.correct(desk, session, outcome, "reason")


def test_attendance_is_not_recorded_twice(desk: Desk, household: stories.Household, session: str) -> None:
    """A second time is a correction, and the message says how and for whom."""
    attendance.record(desk, session, CAME, household.children[:1])
    for children in ((), household.children[:1], household.children):
        with stories.unchanged(desk), pytest.raises(UsageError, match=household.children[0]) as refused:
            attendance.record(desk, session, STAYED_AWAY, children)
        assert refused.value.hint == f"correct it with: lcs attendance correct {session}"


def test_attendance_is_not_recorded_before_the_session_or_for_a_cancelled_one(
    desk: Desk, household: stories.Household, session: str
) -> None:
    """On the day or after it."""
    later = stories.booked(desk, household.ref, TODAY + timedelta(days=1))
    with stories.unchanged(desk), pytest.raises(UsageError, match="not taken place yet"):
        attendance.record(desk, later, CAME)
    contact_sessions.cancel(desk, session, "ill")
    with stories.unchanged(desk), pytest.raises(UsageError, match="was cancelled"):
        attendance.record(desk, session, CAME)


@pytest.mark.parametrize("outcome", [CAME, STAYED_AWAY, Outcome(attended=True, arrived="08:50", left="08:55")])
@pytest.mark.parametrize("day", [TODAY, date(2026, 7, 3)])
def test_attendance_is_not_recorded_before_the_session_begins(
    desk: Desk, household: stories.Household, outcome: Outcome, day: date
) -> None:
    """Nobody knows yet who comes, and a referrer or a court could be told; by the clock in the room, also in summer."""
    there = stories.on(desk, day)
    ref = stories.booked(there, household.ref, day)
    begun = datetime.combine(day, time(10), ZoneInfo("Europe/London"))
    early = replace(there, now=begun - timedelta(minutes=1))
    with stories.unchanged(desk), pytest.raises(UsageError, match=f"{ref} begins at 10:00"):
        attendance.record(early, ref, outcome)
    assert len(attendance.record(replace(there, now=begun), ref, STAYED_AWAY).lines) == len(household.children)


@pytest.mark.parametrize(
    ("outcome", "field"),
    [
        (Outcome(attended=True, arrived="10:31", left="11:30"), "arrived"),
        (Outcome(attended=True, arrived="10:05", left="10:31"), "left"),
    ],
)
def test_nobody_has_come_or_left_at_a_time_that_is_still_to_come(
    desk: Desk, household: stories.Household, outcome: Outcome, field: str
) -> None:
    """Recorded or corrected: what is on record is told as what happened."""
    ref = stories.booked(desk, household.ref, TODAY)
    now = replace(desk, now=datetime.combine(TODAY, time(10, 30), UTC))
    with stories.unchanged(desk), pytest.raises(UsageError, match=f"^{field}: must not be in the future") as refused:
        attendance.record(now, ref, outcome)
    assert refused.value.hint == "give a time up to 10:30"
    attendance.record(now, ref, Outcome(attended=True, arrived="10:05", left="10:30"))
    with stories.unchanged(desk), pytest.raises(UsageError, match=f"^{field}: must not be in the future"):
        attendance.correct(now, ref, outcome, "typed early")
    assert attendance.correct(stories.evening(desk), ref, outcome, "they stayed")[1]


def test_attendance_is_recorded_for_children_of_that_family_only(
    desk: Desk, household: stories.Household, session: str
) -> None:
    """Not for an adult, not for somebody else's child, not for nobody."""
    stranger = stories.family(desk).children[0]
    for person in (household.adult, stranger):
        with stories.unchanged(desk), pytest.raises(UsageError, match=f"{person} is not a child of {household.ref}"):
            attendance.record(desk, session, CAME, [household.children[0], person])
    with stories.unchanged(desk), pytest.raises(NotFoundError):
        attendance.record(desk, session, CAME, [reference(Kind.PERSON, 42)])


def test_a_family_without_a_child_has_no_attendance(desk: Desk) -> None:
    """It is said to add one first."""
    family = stories.family(desk, 0).ref
    session = stories.booked(desk, family, YESTERDAY)
    with stories.unchanged(desk), pytest.raises(UsageError, match="has no child on record"):
        attendance.record(desk, session, CAME)
    people.add(desk, family, PersonDraft(PersonKind.CHILD, "Zofia", "Llwyd"))
    assert len(attendance.record(desk, session, CAME).lines) == 1


def test_a_correction_keeps_what_was_recorded_and_why(desk: Desk, household: stories.Household, session: str) -> None:
    """Of each child it is about, and of nobody else."""
    attendance.record(desk, session, CAME)
    corrected, changed = attendance.correct(desk, session, STAYED_AWAY, "went home sick", household.children[:1])
    assert corrected.lines == [Attendance(1, 1, 1, False), Attendance(1, 1, 2, True, "10:05", "11:30")]
    assert changed == ("arrived", "attended", "departed")
    (listed,) = attendance.listing(desk, household.ref, None, None)
    (correction,) = listed.corrections
    assert correction.former == {"attended": 1, "arrived": "10:05", "departed": "11:30"}
    assert (correction.reason, correction.corrected_by, correction.corrected_on) == ("went home sick", "U-001-R", TODAY)


def test_a_correction_without_children_is_about_those_recorded(
    desk: Desk, household: stories.Household, session: str
) -> None:
    """A child who was not recorded is not recorded by it."""
    attendance.record(desk, session, STAYED_AWAY, household.children[1:])
    corrected, _ = attendance.correct(desk, session, CAME, "they came late")
    assert [line.child for line in corrected.lines] == [2]


def test_a_correction_that_changes_nothing_keeps_nothing(desk: Desk, session: str) -> None:
    """No field, no former row."""
    attendance.record(desk, session, CAME)
    assert attendance.correct(desk, session, CAME, "checked")[1] == ()
    assert desk.db.value("SELECT count(*) FROM superseded") == 0


def test_there_must_be_something_to_correct_and_a_reason(
    desk: Desk, household: stories.Household, session: str
) -> None:
    """Nothing is recorded by a correction."""
    with stories.unchanged(desk), pytest.raises(NotFoundError, match="no attendance on record to correct"):
        attendance.correct(desk, session, CAME, "reason")
    attendance.record(desk, session, CAME, household.children[:1])
    with stories.unchanged(desk), pytest.raises(NotFoundError, match="no attendance on record to correct"):
        attendance.correct(desk, session, STAYED_AWAY, "reason", household.children)
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^reason:"):
        attendance.correct(desk, session, STAYED_AWAY, " ")


def test_the_list_shows_each_session_with_its_lines(desk: Desk, household: stories.Household, session: str) -> None:
    """Sessions without attendance too; of one family, of some days."""
    attendance.record(desk, session, CAME)
    stories.booked(desk, household.ref, TODAY + timedelta(days=7))
    stories.held(desk, stories.family(desk).ref, TODAY)
    listed = attendance.listing(desk, household.ref, None, None)
    assert [(reference(Kind.SESSION, one.session.number), len(one.lines)) for one in listed] == [
        (session, 2),
        ("S-000002-W", 0),
    ]
    assert len(attendance.listing(desk, household.ref, YESTERDAY, YESTERDAY)) == 1
