"""Who supervises a session (policy 4.4): refused where nobody vetted does; what was named is kept as long as it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from lcs_cli.errors import RefusedError, UsageError
from lcs_cli.records.session import ContactSession
from lcs_cli.records.staff import Capacity, Position, Supervising, UpdateStatus
from lcs_cli.services import attendance, contact_sessions, families, retention, staff, supervision, vetting
from lcs_cli.services.desk import Desk
from tests.conftest import TODAY, OpenDesk
from tests.services import stories
from tests.services.stories import CAME

DAY = TODAY + timedelta(days=4)


@pytest.fixture
def vetted(desk: Desk) -> str:
    """ST-001-R, whose check is in order."""
    return stories.staff_member(desk)


@pytest.fixture
def unvetted(desk: Desk, vetted: str) -> str:
    """ST-002-W, of whom nobody has seen a certificate."""
    assert vetted == "ST-001-R"
    return stories.staff_member(desk, "Nia Hughes", vetted=False)


@pytest.fixture
def household(desk: Desk) -> stories.Household:
    """A family that is open."""
    return stories.family(desk)


def book(
    desk: Desk,
    household: stories.Household,
    supervisor: str | None,
    companion: str | None = None,
    day: date = DAY,
    starts: str = "10:00",
) -> ContactSession:
    """A session of an hour."""
    ends = f"{int(starts[:2]) + 1:02d}:00"
    return contact_sessions.book(desk, household.ref, day, starts, ends, supervisor=supervisor, companion=companion)


def named(desk: Desk, number: int) -> tuple[Supervising, ...]:
    """Who is named for a session now."""
    return next(one.supervisors for one in contact_sessions.listing(desk, None, None, None) if one.number == number)


def refused(desk: Desk, rule: str, attempt: Callable[[], object]) -> str:
    """The attempt is refused by that rule of 4.4, quoted, with a remedy, and changes no record; what it said."""
    before = {table: rows for table, rows in stories.everything(desk).items() if not table.startswith("audit")}
    with pytest.raises(RefusedError) as found:
        attempt()
    assert {t: rows for t, rows in stories.everything(desk).items() if not t.startswith("audit")} == before
    error = found.value
    assert (error.clause, error.rule, stories.trail(desk)[-1].outcome) == ("4.4", rule, "refused")
    assert error.quote
    assert error.hint
    return error.message


# --- Naming ----------------------------------------------------------------------------------------------------------


def test_somebody_vetted_supervises_alone(desk: Desk, household: stories.Household, vetted: str) -> None:
    """And is on the trail with the session."""
    booked = book(desk, household, vetted.lower())
    assert booked.supervisors == named(desk, 1) == (Supervising(1, Position.ALONE),)
    entry = next(entry for entry in stories.trail(desk) if entry.action == "session.book")
    assert (entry.refs, entry.detail) == ((household.ref, "S-000001-R", "ST-001-R"), {"change": 3})


@pytest.mark.clause("4.4", "unsupervised")
def test_somebody_without_a_check_does_not_supervise_alone(
    desk: Desk, household: stories.Household, unvetted: str
) -> None:
    """Until they are checked, or beside somebody who is; then it is possible."""
    said = refused(desk, "enhanced-check", lambda: book(desk, household, unvetted))
    assert said == "ST-002-W has no enhanced DBS check on record, so may not supervise alone"
    assert stories.trail(desk)[-1].refs == (household.ref, "S-000001-R", "ST-002-W")
    both = (Supervising(2, Position.ACCOMPANIED), Supervising(1, Position.WITH))
    assert named(desk, book(desk, household, unvetted, "ST-001-R").number) == both
    stories.cleared(desk, unvetted, "002222222222")
    assert book(desk, household, unvetted, starts="14:00").supervisors == (Supervising(2, Position.ALONE),)


@pytest.mark.clause("4.4", "unsupervised")
def test_two_of_whom_none_is_vetted_do_not_supervise(desk: Desk, household: stories.Household, unvetted: str) -> None:
    """Supervised duty needs a named, vetted supervisor."""
    other = stories.staff_member(desk, "Mair Rees", vetted=False)
    said = refused(desk, "supervised-duty", lambda: book(desk, household, unvetted, other))
    assert said.startswith("supervised duty without a named, vetted supervisor: ST-002-W has no")


def test_the_check_counts_on_the_day_of_the_session(desk: Desk, household: stories.Household) -> None:
    """Overdue by then it warns, and the warning is in the entry; where the day is before the decision it is refused."""
    ref = stories.staff_member(desk, vetted=False)
    stories.cleared(desk, ref, issued_on=date(2023, 11, 28))
    on_time, late = book(desk, household, ref, day=date(2026, 11, 28)), book(desk, household, ref)
    duties = supervision.duties(desk, [on_time, late])
    assert (duties[1].reason, duties[2].permitted) == ("", True)
    assert duties[2].reason == "ST-001-R has a DBS check that was to be renewed by 2026-11-28"
    booked = [entry for entry in stories.trail(desk) if entry.action == "session.book"]
    assert [(entry.detail or {}).get("supervision") for entry in booked] == [None, "renewal"]
    refused(desk, "enhanced-check", lambda: book(desk, household, ref, day=date(2023, 11, 27)))


def test_a_slip_in_naming_is_no_ruling(desk: Desk, household: stories.Household, vetted: str) -> None:
    """The same person twice, nobody to be with, an unknown one: each is a line that names the field."""
    with stories.unchanged(desk), pytest.raises(UsageError, match="ST-001-R is named twice"):
        book(desk, household, vetted, vetted)
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^supervisor: is missing"):
        book(desk, household, None, vetted)
    with stories.unchanged(desk), pytest.raises(UsageError, match="ST-001-T is mistyped"):
        book(desk, household, "ST-001-T")


@pytest.mark.parametrize(("joined", "left", "why"), [(1, None, "joins on 2026-12-01"), (-9, -1, "left on 2026-11-29")])
def test_whoever_does_not_work_here_on_the_day_is_not_named(
    desk: Desk, household: stories.Household, vetted: str, joined: int, left: int | None, why: str
) -> None:
    """Neither as the one nor as the other."""
    member = staff.add(desk, "Mair Rees", Capacity.STAFF, DAY + timedelta(days=joined)).member
    if left is not None:
        staff.leave(desk, "ST-002-W", DAY + timedelta(days=left), "moved")
    assert member.number == 2
    for pair in (("ST-002-W", None), ("ST-002-W", vetted), (vetted, "ST-002-W")):
        with (
            stories.unchanged(desk),
            pytest.raises(UsageError, match=f"ST-002-W does not work here on 2026-11-30: {why}"),
        ):
            book(desk, household, *pair)


def test_nobody_supervises_two_sessions_at_once(desk: Desk, household: stories.Household, vetted: str) -> None:
    """In whatever position. One after the other they do, or where the other was cancelled or given to somebody else."""
    other, second = stories.family(desk), stories.staff_member(desk, "Mair Rees")
    book(desk, household, second, vetted)
    for pair in ((vetted, None), (second, None), (stories.staff_member(desk, "Nia Hughes"), vetted)):
        with stories.unchanged(desk), pytest.raises(UsageError, match=r"supervises S-000001-R on that day from 10:00"):
            book(desk, other, *pair)
    assert book(desk, other, vetted, starts="11:00").supervisors
    contact_sessions.supervise(desk, "S-000001-R", second, None, "on her own")
    assert book(desk, stories.family(desk), vetted).supervisors
    contact_sessions.cancel(desk, "S-000001-R", "ill")
    assert book(desk, stories.family(desk), second).supervisors


# --- Naming again ----------------------------------------------------------------------------------------------------


def test_a_session_is_booked_with_nobody_and_named_later(
    desk: Desk, household: stories.Household, unvetted: str
) -> None:
    """Without a reason the first time; afterwards with one, and what was named before is kept with it."""
    booked = book(desk, household, None)
    assert (booked.supervisors, contact_sessions.check_supervise(desk, "S-000001-R")) == ((), False)
    contact_sessions.supervise(desk, "S-000001-R", "ST-001-R")
    assert contact_sessions.check_supervise(desk, "S-000001-R")
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^reason:"):
        contact_sessions.supervise(desk, "S-000001-R", unvetted, "ST-001-R")
    refused(desk, "enhanced-check", lambda: contact_sessions.supervise(desk, "S-000001-R", unvetted, None, "ill"))
    contact_sessions.supervise(desk, "S-000001-R", unvetted, "ST-001-R", "to learn it")
    contact_sessions.supervise(desk, "S-000001-R", "ST-001-R", None, "ill after all")
    (listed,) = attendance.listing(desk, household.ref, None, None)
    assert [(one.record, one.former, one.reason, one.corrected_by) for one in listed.corrections] == [
        (1, {"supervisor": "ST-001-R"}, "to learn it", "U-001-R"),
        (1, {"supervisor": "ST-002-W", "with": "ST-001-R"}, "ill after all", "U-001-R"),
    ]
    assert named(desk, 1) == (Supervising(1, Position.ALONE),)


@pytest.mark.parametrize("recorded", [False, True])
def test_whoever_is_named_only_afterwards_is_named_with_a_reason(
    desk: Desk, household: stories.Household, vetted: str, recorded: bool
) -> None:
    """On a day that is past, or with attendance on record, also where nobody was named; the reason is kept."""
    book(desk, household, None, day=TODAY if recorded else TODAY - timedelta(days=1))
    assert contact_sessions.check_supervise(desk, "S-000001-R") is not recorded
    if recorded:
        attendance.record(stories.evening(desk), "S-000001-R", stories.STAYED_AWAY)
        assert contact_sessions.check_supervise(desk, "S-000001-R")
    for reason in (None, " "):
        with stories.unchanged(desk), pytest.raises(UsageError, match=r"^reason:"):
            contact_sessions.supervise(desk, "S-000001-R", vetted, None, reason)
    contact_sessions.supervise(desk, "S-000001-R", vetted, None, "not entered on the day")
    (listed,) = attendance.listing(desk, household.ref, None, None)
    assert [(one.former, one.reason) for one in listed.corrections] == [({}, "not entered on the day")]
    assert named(desk, 1) == (Supervising(1, Position.ALONE),)


def test_a_moved_session_is_checked_again(desk: Desk, household: stories.Household, vetted: str) -> None:
    """Whoever has left by the new day is refused; named with the move, others take over."""
    book(desk, household, vetted)
    staff.leave(desk, vetted, DAY + timedelta(days=1), "moved")
    later = DAY + timedelta(days=2)
    with stories.unchanged(desk), pytest.raises(UsageError, match="ST-001-R does not work here"):
        contact_sessions.move(desk, "S-000001-R", later, "10:00", "11:00", "bus")
    other = stories.staff_member(desk, "Mair Rees")
    moved = contact_sessions.move(desk, "S-000001-R", later, "10:00", "11:00", "bus", supervisor=other)
    assert moved.supervisors == named(desk, 1) == (Supervising(2, Position.ALONE),)
    stays = contact_sessions.move(desk, "S-000001-R", later, "12:00", "13:00", "bus")
    assert stays.supervisors == named(desk, 1) == moved.supervisors


def test_a_moved_session_is_refused_where_its_supervisor_is_not_vetted_any_more(
    desk: Desk, household: stories.Household, vetted: str
) -> None:
    """Policy 4.4, as when it is booked."""
    book(desk, household, vetted)
    vetting.record_status(desk, vetted, UpdateStatus.CHANGED, TODAY)
    new = DAY + timedelta(days=1)
    refused(desk, "enhanced-check", lambda: contact_sessions.move(desk, "S-000001-R", new, "10:00", "11:00", "bus"))


def test_nobody_is_named_for_what_does_not_take_place(desk: Desk, household: stories.Household, vetted: str) -> None:
    """A cancelled session."""
    book(desk, household, None)
    contact_sessions.cancel(desk, "S-000001-R", "ill")
    for attempt in (
        lambda: contact_sessions.check_supervise(desk, "S-000001-R"),
        lambda: contact_sessions.supervise(desk, "S-000001-R", vetted),
    ):
        with stories.unchanged(desk), pytest.raises(UsageError, match="was cancelled"):
            attempt()


# --- On the day and after it -----------------------------------------------------------------------------------------


@pytest.mark.clause("4.4", "unsupervised")
def test_attendance_is_recorded_with_a_warning_where_nobody_vetted_supervised(
    desk: Desk, household: stories.Household, vetted: str
) -> None:
    """What happened is recorded all the same; the rule is in the entry. Nobody named, not vetted by then, left."""
    book(desk, household, vetted, day=TODAY)
    assert (
        attendance.record(stories.evening(desk), "S-000001-R", stories.STAYED_AWAY).duty
        == supervision.duties(desk, contact_sessions.listing(desk, None, None, None))[1]
    )
    book(desk, household, None, day=TODAY, starts="12:00")
    book(desk, household, vetted, day=TODAY, starts="14:00")
    vetting.record_status(desk, vetted, UpdateStatus.CHANGED, TODAY)
    leaving = stories.staff_member(desk, "Mair Rees")
    book(desk, household, leaving, day=TODAY, starts="16:00")
    staff.leave(desk, leaving, TODAY - timedelta(days=1), "moved")
    for ref, why in (
        ("S-000002-W", "nobody is named"),
        ("S-000003-A", "ST-001-R has a certificate whose status has changed"),
        ("S-000004-G", "ST-002-W left on 2026-11-25"),
    ):
        done = attendance.record(stories.evening(desk), ref, stories.STAYED_AWAY)
        assert done.duty is not None
        assert done.lines
        assert done.duty.reason.startswith(why)
    details = [entry.detail for entry in stories.trail(desk) if entry.action == "attendance.record"]
    rules = ["named-supervisor", "enhanced-check", "named-supervisor"]
    assert details == [{}, *({"supervision": rule} for rule in rules)]


@pytest.mark.clause("4.4", "unsupervised")
def test_sessions_that_nobody_vetted_supervises_are_listed(
    desk: Desk, household: stories.Household, vetted: str
) -> None:
    """Those of today and of seven days, that are still to be held: also where the clearance was lost after booking."""
    for day in (-1, 0, 7, 8):
        book(desk, household, None, day=TODAY + timedelta(days=day))
    book(desk, household, vetted, starts="14:00")
    book(desk, household, None, starts="16:00")
    contact_sessions.cancel(desk, "S-000006-Y", "ill")
    assert [one.number for one in contact_sessions.unsupervised(desk)] == [2, 3]
    vetting.record_status(desk, vetted, UpdateStatus.CHANGED, TODAY)
    assert [one.number for one in contact_sessions.unsupervised(desk)] == [2, 5, 3]
    attendance.record(stories.evening(desk), "S-000002-W", CAME)
    assert [one.number for one in contact_sessions.unsupervised(desk)] == [5, 3]


def test_why_somebody_is_not_vetted_is_told_to_those_who_may_read_the_register(
    desk: Desk, desk_of: OpenDesk, household: stories.Household, vetted: str
) -> None:
    """A worker is told that it is not in order, and whom to tell; that nobody is named is no secret."""
    for supervisor, starts in ((vetted, "10:00"), (None, "12:00"), (stories.staff_member(desk, "Nia"), "14:00")):
        book(desk, household, supervisor, starts=starts)
    vetting.record_status(desk, vetted, UpdateStatus.CHANGED, TODAY)
    sessions = contact_sessions.listing(desk, None, None, None)
    seen, told = supervision.duties(desk, sessions), supervision.duties(desk_of("tomos"), sessions)
    assert seen[1].reason.startswith("ST-001-R has a certificate whose status has changed")
    assert (told[1].standing, told[1].permitted, told[1].rule) == (seen[1].standing, False, "enhanced-check")
    assert told[1].reason == "S-000001-R has no supervisor with a check that is in order"
    assert told[1].remedy == "tell a manager"
    assert (told[2], told[3]) == (seen[2], seen[3])
    assert told[2].reason == "nobody is named to supervise S-000002-W"


# --- Disposal --------------------------------------------------------------------------------------------------------


def test_supervision_goes_with_the_session(desk_of: OpenDesk) -> None:
    """And leaves nothing that would fall due; whoever supervised stays on the register."""
    desk = desk_of("amina", stories.CLOSED)
    ref = stories.staff_member(stories.on(desk, TODAY))
    household = stories.family(desk)
    contact_sessions.book(desk, household.ref, date(2020, 2, 3), "10:00", "11:00")
    contact_sessions.supervise(desk, "S-000001-R", *accompanied(desk, ref), "late")
    families.close(desk, household.ref, stories.CLOSED)
    stories.disposed(desk_of, household.ref)
    desk = desk_of()
    assert desk.db.value("SELECT count(*) FROM supervision") == 0
    assert desk.db.value("SELECT count(*) FROM contact_session") == 0
    assert desk.db.value("SELECT count(*) FROM staff_member") == 2


def accompanied(desk: Desk, other: str) -> tuple[str, str]:
    """Somebody vetted long ago, with somebody else."""
    old = stories.staff_member(desk, "Mair Rees", vetted=False)
    stories.cleared(desk, old, "002222222222", date(2019, 1, 7))
    return old, other


def test_the_session_that_a_safeguarded_child_keeps_says_nothing_of_who_supervised(desk_of: OpenDesk) -> None:
    """The kept child's line needs it no more, and nobody is named for it afterwards."""
    desk = desk_of("amina", stories.CLOSED)
    ref = stories.staff_member(stories.on(desk, TODAY))
    household = stories.family(desk)
    pair = accompanied(desk, ref)
    contact_sessions.book(
        desk, household.ref, date(2020, 2, 3), "10:00", "11:30", supervisor=pair[0], companion=pair[1]
    )
    attendance.record(desk, "S-000001-R", CAME)
    stories.flag(desk, household.ref, household.children)
    families.close(desk, household.ref, stories.CLOSED)
    stories.disposed(desk_of, household.ref)
    desk = desk_of()
    assert desk.db.value("SELECT count(*) FROM supervision") == 0
    assert named(desk, 1) == ()
    outcomes = {item.decision.subject: item.decision.outcome for item in retention.due(desk, TODAY, everything=True)}
    assert outcomes[household.ref] == "kept"
    with stories.unchanged(desk), pytest.raises(UsageError, match="had no open episode"):
        contact_sessions.supervise(desk, "S-000001-R", ref, None, "late")
