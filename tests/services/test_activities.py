"""What is done in a contact room (policy 4.3): recorded under a live permission, and pointed out when one is lost."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from lcs_cli.errors import LcsError, NotFoundError, RefusedError, UsageError
from lcs_cli.records.permission import Activity, PermissionKind
from lcs_cli.records.references import Kind
from lcs_cli.records.session import ContactSession
from lcs_cli.records.user import Role
from lcs_cli.services import activities, attendance, contact_sessions, families, overview, permissions, users
from lcs_cli.services.desk import Desk
from tests.conftest import TODAY, OpenDesk
from tests.services import stories

ASSESSMENT, OBSERVATION = PermissionKind.ASSESSMENT, PermissionKind.OBSERVATION
YESTERDAY, TOMORROW, LATER = TODAY - timedelta(1), TODAY + timedelta(1), TODAY + timedelta(7)
PM1 = "PM-0001-R"


@pytest.fixture
def family(desk: Desk) -> str:
    """A family with a session today, at ten: S-000001-R."""
    ref = stories.family(desk).ref
    stories.booked(desk, ref, TODAY)
    return ref


S1 = "S-000001-R"


def test_what_was_permitted_is_recorded_with_its_permission(desk: Desk, desk_of: OpenDesk, family: str) -> None:
    """By whoever works there and did not grant it; who records it, and when."""
    stories.granted(desk, stories.permission(desk, family, S1))
    done = activities.record(stories.evening(desk_of("tomos")), S1, OBSERVATION)
    assert done.activity == Activity(1, 1, 1, OBSERVATION, TODAY, "U-004-G")
    assert done.session.number == stories.number(Kind.SESSION, S1)
    assert permissions.show(desk, PM1).activities == (done.activity,)
    assert stories.trail(desk)[-2].refs == (S1, family, PM1)


def test_it_is_recorded_afterwards_too(desk: Desk, desk_of: OpenDesk, family: str) -> None:
    """The permission came before it; the record may come later."""
    stories.granted(desk, stories.permission(desk, family, S1))
    assert activities.record(desk_of("tomos", LATER), S1, OBSERVATION).activity.recorded_on == LATER


def test_it_is_not_recorded_before_the_session_begins(desk: Desk, desk_of: OpenDesk, family: str) -> None:
    """It would be on record as done, also where the session is then cancelled."""
    stories.granted(desk, stories.permission(desk, family, S1))
    early = replace(desk_of("tomos"), now=datetime(2026, 11, 26, 9, 59, tzinfo=UTC))
    with stories.unchanged(desk), pytest.raises(UsageError, match="S-000001-R begins at 10:00"):
        activities.record(early, S1, OBSERVATION)
    begun = replace(early, now=datetime(2026, 11, 26, 10, tzinfo=UTC))
    assert activities.record(begun, S1, OBSERVATION).activity.recorded_on == TODAY


@pytest.mark.parametrize(
    ("story", "why", "rule"),
    [
        ("nothing", "nobody has asked for it", "room-permission"),
        ("asked", "PM-0001-R was asked for, and nobody has granted it", "room-permission"),
        ("refused", "PM-0001-R was refused", "room-permission"),
        ("other kind", "PM-0001-R is for an assessment", "room-permission"),
        ("other session", "PM-0001-R is for S-000002-W alone", "room-permission"),
        ("other family", "PM-0001-R is for another family", "room-permission"),
        ("run to come", "PM-0001-R begins on 2026-11-27", "room-permission"),
        ("withdrawn", "PM-0001-R was withdrawn on 2026-11-26", "room-permission"),
        ("granter", "PM-0001-R was granted by U-003-A, who records this now", "permission-both-sides"),
    ],
)
@pytest.mark.clause("4.3", "senior management")
def test_without_a_live_permission_nothing_is_recorded(
    desk: Desk, desk_of: OpenDesk, family: str, story: str, why: str, rule: str
) -> None:
    """Each with its own reason and what would allow it, by clause 4.3; on the trail, and nowhere else."""
    by, named = desk_of("tomos"), None
    if story in ("asked", "refused", "withdrawn", "granter"):
        stories.permission(desk, family, S1)
    if story == "refused":
        permissions.decide(stories.as_rhys(desk), PM1, "no", granted=False)
    elif story == "withdrawn":
        permissions.withdraw(desk, stories.granted(desk, PM1), "not wanted")
    elif story == "granter":
        users.change_roles(desk, "rhys", [Role.WORKER, Role.MANAGER, Role.SENIOR_MANAGER])
        stories.granted(desk, PM1)
        by = stories.as_rhys(desk)
    elif story == "other kind":
        stories.granted(desk, stories.permission(desk, family, S1, kind=ASSESSMENT))
    elif story == "other session":
        stories.granted(desk, stories.permission(desk, family, stories.booked(desk, family, LATER)))
    elif story == "other family":
        other = stories.family(desk).ref
        named = stories.granted(desk, stories.permission(desk, other, days=(TODAY, LATER)))
    elif story == "run to come":
        stories.granted(desk, stories.permission(desk, family, days=(TOMORROW, LATER)))
    with pytest.raises(RefusedError) as refused:
        activities.record(by, S1, OBSERVATION, named)
    assert refused.value.message == f"an observation in S-000001-R is not permitted: {why}"
    assert (refused.value.clause, refused.value.rule) == ("4.3", rule)
    assert refused.value.hint
    assert desk.db.rows("SELECT * FROM activity") == []
    assert stories.trail(desk)[-1].outcome == "refused"


def test_a_run_that_ended_does_not_reach_a_later_session(desk: Desk, desk_of: OpenDesk, family: str) -> None:
    """Nor an earlier one: it was granted after that had begun."""
    stories.granted(desk, stories.permission(desk, family, days=(TODAY, TOMORROW)))
    later = stories.booked(desk, family, LATER)
    with pytest.raises(RefusedError, match="PM-0001-R ended on 2026-11-27"):
        activities.record(desk_of("tomos", LATER), later, OBSERVATION)
    early = stories.booked(desk, family, TODAY, "08:00")
    with pytest.raises(RefusedError, match="was granted on 2026-11-26 at 09:00, when it had begun") as refused:
        activities.record(desk_of("tomos"), early, OBSERVATION)
    assert refused.value.rule == "permission-beforehand"
    assert "nothing is permitted afterwards" in refused.value.hint


def test_the_remedy_allows_it(desk: Desk, desk_of: OpenDesk, family: str) -> None:
    """Asked and granted in time, what was refused is recorded."""
    tomos = desk_of("tomos")
    with pytest.raises(RefusedError) as refused:
        activities.record(tomos, S1, OBSERVATION)
    assert f"lcs permission request {family} --kind observation --session {S1}" in refused.value.hint
    stories.granted(desk, stories.permission(desk, family, S1))
    assert activities.record(stories.evening(tomos), S1, OBSERVATION).activity.permission == 1


def test_what_is_on_record_is_not_recorded_twice(desk: Desk, desk_of: OpenDesk, family: str) -> None:
    """In one session, under one permission; under another one it is another activity."""
    stories.granted(desk, stories.permission(desk, family, S1))
    tomos = stories.evening(desk_of("tomos"))
    activities.record(tomos, S1, OBSERVATION)
    with stories.unchanged(desk), pytest.raises(UsageError, match="is on record already"):
        activities.record(tomos, S1, OBSERVATION)
    stories.granted(desk, stories.permission(desk, family, S1, kind=ASSESSMENT))
    assert activities.record(tomos, S1, ASSESSMENT).activity.permission == 2


def test_an_activity_is_of_a_session_that_takes_or_took_place(desk: Desk, desk_of: OpenDesk, family: str) -> None:
    """Not of a cancelled one, not of one on a later day, not of one that is not there."""
    later = stories.booked(desk, family, LATER)
    stories.granted(desk, stories.permission(desk, family, later))
    with stories.unchanged(desk), pytest.raises(UsageError, match="S-000002-W is on 2026-12-03"):
        activities.record(desk_of("tomos"), later, OBSERVATION)
    contact_sessions.cancel(desk, later, "ill")
    with stories.unchanged(desk), pytest.raises(UsageError, match="was cancelled"):
        activities.record(desk_of("tomos", LATER), later, OBSERVATION)
    with stories.unchanged(desk), pytest.raises(NotFoundError):
        activities.record(desk_of("tomos"), "S-000042-L", OBSERVATION)


def test_the_schema_takes_no_activity_without_a_permission(desk: Desk, family: str) -> None:
    """Whoever writes it: not under a request, another family's, another session's, nor by who granted it."""
    stories.permission(desk, family, S1)
    other = stories.family(desk).ref
    stories.booked(desk, other, TODAY)
    row = "INSERT INTO activity VALUES ({0}, {1}, 1, '2026-11-26', '{2}')"
    attempts = [(1, 1, "U-004-G"), (2, 2, "U-004-G"), (1, 2, "U-004-G"), (1, 1, "U-003-A")]

    def refused(attempt: tuple[int, int, str]) -> None:
        with pytest.raises(LcsError, match="nothing but contact without a permission"), desk.db.transaction():
            desk.db.run(row.format(*attempt))

    refused(attempts[0])
    stories.granted(desk, PM1)
    for attempt in attempts[1:]:
        refused(attempt)
    with desk.db.transaction():
        desk.db.run(row.format(*attempts[0]))


# --- What the day shows, and what is pointed out ----------------------------------------------------------------------


def test_the_day_shows_what_is_permitted_in_its_sessions(desk: Desk, family: str) -> None:
    """Of today's sessions, not of others; not what waits, was withdrawn, or came too late."""
    assert activities.permitted_today(desk) == {}
    stories.permission(desk, family, S1)
    assert activities.permitted_today(desk) == {}
    stories.granted(desk, PM1)
    stories.granted(desk, stories.permission(desk, family, days=(TODAY, LATER), kind=ASSESSMENT))
    stories.booked(desk, family, TODAY, "08:00")
    stories.booked(desk, family, LATER)
    shown = activities.permitted_today(desk)
    assert {session: [one.number for one in found] for session, found in shown.items()} == {1: [1, 2]}
    later = activities.permitted_today(stories.on(desk, LATER))
    assert {session: [one.number for one in found] for session, found in later.items()} == {3: [2]}
    permissions.withdraw(desk, PM1, "not wanted")
    assert [one.number for one in activities.permitted_today(desk)[1]] == [2]
    contact_sessions.cancel(desk, S1, "ill")
    assert activities.permitted_today(desk) == {}


def test_a_session_that_is_moved_out_of_a_run_or_cancelled_is_pointed_out(desk: Desk, family: str) -> None:
    """The permissions that covered it; a permission for the session itself goes with it."""
    stories.granted(desk, stories.permission(desk, family, days=(TODAY, LATER)))
    own = stories.booked(desk, family, TOMORROW)
    stories.granted(desk, stories.permission(desk, family, own, kind=ASSESSMENT))

    def left_behind(session: ContactSession) -> list[int]:
        return [one.number for one in activities.left_behind(desk, session)]

    assert left_behind(contact_sessions.move(desk, own, TOMORROW, "10:00", "11:30", "no change")) == []
    assert left_behind(contact_sessions.move(desk, own, LATER, "10:00", "11:30", "bus")) == []
    assert left_behind(contact_sessions.move(desk, own, LATER + timedelta(1), "10:00", "11:30", "bus")) == [1]
    assert left_behind(contact_sessions.cancel(desk, own, "ill")) == [2]
    other = stories.booked(desk, family, LATER + timedelta(2))
    assert left_behind(contact_sessions.move(desk, other, LATER + timedelta(3), "10:00", "11:30", "bus")) == []


def uncovered(desk: Desk) -> int:
    """How many activities `today` says are not covered any more."""
    return next(one.count for one in overview.today(desk).waiting if one.name == "activities_uncovered")


def test_an_activity_whose_session_was_moved_out_of_its_run_waits_for_somebody(
    desk: Desk, desk_of: OpenDesk, family: str
) -> None:
    """Until it is moved back, or permitted on its new day; one whose session was cancelled never took place."""
    stories.granted(desk, stories.permission(desk, family, days=(TODAY, TOMORROW)))
    activities.record(stories.evening(desk_of("tomos")), S1, OBSERVATION)
    assert uncovered(desk) == 0
    contact_sessions.move(desk, S1, LATER, "10:00", "11:30", "bus")
    assert [one.session for one in activities.uncovered(desk)] == [1]
    assert uncovered(desk) == 1
    contact_sessions.move(desk, S1, TODAY, "10:00", "11:30", "back")
    assert uncovered(desk) == 0
    contact_sessions.move(desk, S1, LATER, "10:00", "11:30", "bus")
    stories.granted(desk, stories.permission(desk, family, days=(LATER, LATER), kind=ASSESSMENT))
    assert uncovered(desk) == 1
    stories.granted(desk, stories.permission(desk, family, S1))
    assert uncovered(desk) == 0
    contact_sessions.move(desk, S1, YESTERDAY, "10:00", "11:30", "mistaken")
    assert uncovered(desk) == 1
    contact_sessions.cancel(desk, S1, "ill")
    assert uncovered(desk) == 0


def test_what_took_place_before_a_withdrawal_on_the_same_day_stays_covered(
    desk: Desk, desk_of: OpenDesk, family: str
) -> None:
    """It was recorded while the permission held."""
    stories.granted(desk, stories.permission(desk, family, S1))
    activities.record(stories.evening(desk_of("tomos")), S1, OBSERVATION)
    afternoon = Desk(desk.vault, datetime(2026, 11, 26, 15, tzinfo=UTC), TODAY)
    contact_sessions.move(desk, S1, TODAY, "10:15", "11:30", "bus")
    permissions.withdraw(afternoon, PM1, "the mother objects")
    assert uncovered(desk) == 0


# --- Retention (policy 4.6) -------------------------------------------------------------------------------------------


def test_permissions_and_activities_go_with_the_family_also_of_a_kept_session(desk_of: OpenDesk) -> None:
    """The kept child's line needs its times, and nobody's observation."""
    day = date(2019, 2, 4)
    desk = desk_of("amina", date(2019, 2, 1))
    household = stories.family(desk)
    session = stories.booked(desk, household.ref, day)
    stories.granted(desk, stories.permission(desk, household.ref, session))
    stories.permission(desk, household.ref, session, kind=ASSESSMENT)
    desk.db.close()
    there = stories.evening(desk_of("tomos", day))
    activities.record(there, session, OBSERVATION)
    attendance.record(there, session, stories.CAME)
    there.db.close()
    desk = desk_of("amina", stories.CLOSED)
    stories.flag(desk, household.ref, household.children)
    families.close(desk, household.ref, stories.CLOSED)
    desk.db.close()
    (one,) = stories.disposed(desk_of, household.ref).disposed
    assert (one.went["permission"], one.stayed["session"], one.stayed["attendance"]) == (2, 1, 1)
    after = desk_of("amina", stories.SWEPT)
    assert after.db.rows("SELECT * FROM permission") == after.db.rows("SELECT * FROM activity") == []
    assert len(after.db.rows("SELECT * FROM contact_session")) == 1


def test_another_familys_permissions_are_not_touched(desk_of: OpenDesk) -> None:
    """Not a row of them."""
    desk = desk_of("amina", stories.APPROVED)
    gone, other = stories.closed_family(desk), stories.family(desk)
    session = stories.booked(desk, other.ref, stories.APPROVED)
    stories.granted(desk, stories.permission(desk, other.ref, session))
    activities.record(stories.evening(desk_of("tomos", stories.APPROVED)), session, OBSERVATION)
    before = [desk.db.rows(f"SELECT * FROM {table}") for table in ("permission", "activity")]
    desk.db.close()
    stories.disposed(desk_of, gone.ref)
    there = desk_of("amina", stories.SWEPT)
    assert [there.db.rows(f"SELECT * FROM {table}") for table in ("permission", "activity")] == before
