"""Permissions for contact rooms (policy 4.3): asked for, granted by another senior manager in time, withdrawn."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from lcs_cli.errors import NotFoundError, RefusedError, UsageError
from lcs_cli.policy.permissions import Standing
from lcs_cli.policy.retention import Outcome
from lcs_cli.records.clock import LocalTime
from lcs_cli.records.permission import PermissionKind, PermissionState
from lcs_cli.records.user import Role
from lcs_cli.services import contact_sessions, families, overview, permissions, retention, users
from lcs_cli.services.desk import Desk
from lcs_cli.services.permissions import PermissionDraft
from lcs_cli.vault.secret import Secret
from tests.conftest import CHEAP, TODAY, OpenDesk, passphrase
from tests.services import stories

TOMORROW, LATER = TODAY + timedelta(1), TODAY + timedelta(7)
S1, PM1 = "S-000001-R", "PM-0001-R"
DRAFT = PermissionDraft(PermissionKind.OBSERVATION, "Health visitor", "See the child settle", "Her letter", S1)
RUN = replace(DRAFT, session=None, from_on=TOMORROW, to_on=TODAY + timedelta(30))


@pytest.fixture
def family(desk: Desk) -> str:
    """A family with a session in a week, at ten."""
    ref = stories.family(desk).ref
    stories.booked(desk, ref, LATER)
    return ref


def at(desk: Desk, moment: datetime, day: date) -> Desk:
    """The same desk at another moment, on the local day of it."""
    return Desk(desk.vault, moment, day)


def to_decide(desk: Desk) -> int:
    """How many requests wait for a senior manager, as `today` counts them."""
    return next(one.count for one in overview.today(desk).waiting if one.name == "permissions_to_decide")


def test_a_request_is_for_a_session_with_its_day(desk: Desk, family: str) -> None:
    """Who does it, why, and how that is known; nobody has decided."""
    one = permissions.request(desk, family, DRAFT)
    assert (one.family, one.kind, one.session, one.first, one.last, one.starts) == (
        *(1, PermissionKind.OBSERVATION, 1),
        *(LATER, LATER, "10:00"),
    )
    assert (one.done_by, one.purpose, one.evidence) == (DRAFT.done_by, DRAFT.purpose, DRAFT.evidence)
    assert (one.requested_on, one.requested_by, one.state) == (TODAY, "U-001-R", PermissionState.REQUESTED)
    assert permissions.show(desk, PM1) == permissions.PermissionFile(one, Standing.REQUESTED)
    assert "visitor" not in repr(one)


def test_a_request_is_for_a_run_of_days(desk: Desk, family: str) -> None:
    """From the first to the last."""
    one = permissions.request(desk, family, RUN)
    assert (one.session, one.first, one.last, one.starts) == (None, TOMORROW, TODAY + timedelta(30), None)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"session": None}, "^missing: session, or from day and to day"),
        ({"session": None, "from_on": TOMORROW}, "^missing: session, or from day and to day"),
        ({"from_on": TOMORROW, "to_on": LATER}, "^session: it has its own day"),
        ({"session": None, "from_on": LATER, "to_on": TOMORROW}, "^to day: must not be before"),
        ({"done_by": ""}, "^who does it: must not be empty"),
        ({"purpose": " "}, "^why: must not be empty"),
        ({"evidence": "a\nb"}, "^evidence:"),
    ],
)
def test_a_request_that_cannot_be_is_not_recorded(desk: Desk, family: str, wrong: dict[str, object], why: str) -> None:
    """One line that names the field."""
    with stories.unchanged(desk), pytest.raises(UsageError, match=why):
        permissions.request(desk, family, replace(DRAFT, **wrong))


def test_a_request_is_for_a_session_of_that_family_that_is_booked(desk: Desk, family: str) -> None:
    """Not another family's, not a cancelled one."""
    other = stories.family(desk).ref
    with stories.unchanged(desk), pytest.raises(UsageError, match="S-000001-R is not of that family") as refused:
        permissions.request(desk, other, DRAFT)
    assert refused.value.hint == "its sessions: lcs session list --family LCS-0002-W"
    contact_sessions.cancel(desk, S1, "ill")
    said = "session: S-000001-R was cancelled on 2026-11-26"
    with stories.unchanged(desk), pytest.raises(UsageError, match=said) as cancelled:
        permissions.request(desk, family, DRAFT)
    assert cancelled.value.hint == "name another one"


@pytest.mark.parametrize(
    ("draft", "why", "rule"),
    [
        (replace(DRAFT, session="S-000002-W"), "S-000002-W began on 2026-11-02 at 10:00", "permission-beforehand"),
        (replace(RUN, from_on=TODAY - timedelta(1)), "the run begins on 2026-11-25", "permission-beforehand"),
        (replace(RUN, to_on=TODAY + timedelta(93)), "has 92 days at the most", "permission-run"),
    ],
)
def test_only_what_is_to_come_is_asked_for_and_for_so_many_days(
    desk: Desk, family: str, draft: PermissionDraft, why: str, rule: str
) -> None:
    """Refused by clause 4.3; it is on the trail, and no request is."""
    stories.booked(desk, family, date(2026, 11, 2))
    with pytest.raises(RefusedError, match=why) as refused:
        permissions.request(desk, family, draft)
    assert (refused.value.clause, refused.value.rule) == ("4.3", rule)
    assert desk.db.value("SELECT count(*) FROM permission") == 0
    assert stories.trail(desk)[-1].outcome == "refused"


@pytest.mark.clause("4.3", "senior management")
def test_who_asked_does_not_decide_and_another_senior_manager_does(desk: Desk, family: str) -> None:
    """With the reason, the day and the time in the service."""
    permissions.request(desk, family, DRAFT)
    for granted in (True, False):
        with pytest.raises(RefusedError, match="both sides") as refused:
            permissions.decide(desk, PM1, "fine", granted=granted)
        assert (refused.value.clause, refused.value.rule) == ("4.3", "permission-both-sides")
    one = permissions.decide(stories.as_rhys(desk), PM1, "fine", granted=True)
    assert (one.state, one.decided_by, one.decided, one.reason) == (
        *(PermissionState.GRANTED, "U-003-A"),
        *(LocalTime(TODAY, "09:00"), "fine"),
    )
    with stories.unchanged(desk), pytest.raises(UsageError, match="PM-0001-R is granted already"):
        permissions.decide(stories.as_rhys(desk), PM1, "no", granted=False)


@pytest.mark.parametrize(("granted", "outcome"), [(True, "granted"), (False, "refused")])
def test_the_trail_says_which_way_it_was_decided(desk: Desk, family: str, granted: bool, outcome: str) -> None:
    """The row goes with the family; that it was permitted, or not, stays."""
    permissions.request(desk, family, DRAFT)
    permissions.decide(stories.as_rhys(desk), PM1, "weighed up", granted=granted)
    entry = stories.trail(desk)[-1]
    assert (entry.action, entry.refs, entry.detail) == ("permission.decide", (PM1, family), {"outcome": outcome})


@pytest.mark.clause("4.3", "senior management")
def test_only_a_senior_manager_decides(desk: Desk, family: str, desk_of: OpenDesk) -> None:
    """Not a worker, not a manager who is none."""
    users.add_user(desk, "nia", [Role.MANAGER], Secret(passphrase=passphrase("nia")), CHEAP)
    permissions.request(desk, family, DRAFT)
    for name in ("tomos", "nia"):
        with pytest.raises(RefusedError) as refused:
            permissions.decide(desk_of(name), PM1, "fine", granted=True)
        assert (refused.value.clause, refused.value.rule) == ("4.3", "authority")


@pytest.mark.parametrize(
    ("moment", "granted"),
    [
        (datetime(2026, 7, 9, 8, 59, tzinfo=UTC), True),  # 09:59 in the service, in summer
        (datetime(2026, 7, 9, 9, 0, tzinfo=UTC), False),
        (datetime(2026, 7, 10, 7, 0, tzinfo=UTC), False),
    ],
)
@pytest.mark.clause("4.3", "beforehand")
def test_it_is_granted_before_the_session_starts_by_the_clock_on_the_wall(
    desk: Desk, moment: datetime, granted: bool
) -> None:
    """In summer the wall is an hour ahead of Greenwich."""
    ref = stories.family(desk).ref
    stories.booked(desk, ref, date(2026, 7, 9))
    permissions.request(stories.on(desk, date(2026, 7, 1)), ref, DRAFT)
    deciding = at(stories.as_rhys(desk, moment.date()), moment, moment.date())
    if granted:
        assert permissions.decide(deciding, PM1, "fine", granted=True).decided == LocalTime(date(2026, 7, 9), "09:59")
        return
    with pytest.raises(RefusedError, match="began on 2026-07-09 at 10:00: a permission comes first") as refused:
        permissions.decide(deciding, PM1, "fine", granted=True)
    assert refused.value.rule == "permission-beforehand"
    assert permissions.decide(deciding, PM1, "too late", granted=False).state is PermissionState.REFUSED


def test_a_run_is_granted_for_fewer_days_and_never_for_more(desk: Desk, family: str) -> None:
    """Up to a day that was asked for; a session has no days, nor has a refusal."""
    permissions.request(desk, family, RUN)
    rhys = stories.as_rhys(desk)
    for day in (TODAY, TODAY + timedelta(31)):
        with stories.unchanged(desk), pytest.raises(UsageError, match=r"^to day: it was asked for from"):
            permissions.decide(rhys, PM1, "fine", granted=True, to_on=day)
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^to day: a refusal"):
        permissions.decide(rhys, PM1, "no", granted=False, to_on=LATER)
    one = permissions.decide(rhys, PM1, "a week is enough", granted=True, to_on=LATER)
    assert (one.from_on, one.to_on, one.first, one.last) == (TOMORROW, TODAY + timedelta(30), TOMORROW, LATER)
    permissions.request(desk, family, DRAFT)
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^to day: it is for one session"):
        permissions.decide(rhys, "PM-0002-W", "fine", granted=True, to_on=LATER)


def test_a_run_that_has_begun_is_granted_from_that_day_on(desk: Desk, family: str) -> None:
    """What lies before it happened without a permission, and stays so."""
    permissions.request(desk, family, RUN)
    one = permissions.decide(stories.as_rhys(desk, LATER), PM1, "from now on", granted=True)
    assert (one.first, one.last) == (LATER, TODAY + timedelta(30))
    permissions.request(desk, family, RUN)
    with pytest.raises(RefusedError, match="the run ended on 2026-12-26, which is past"):
        permissions.decide(stories.as_rhys(desk, TODAY + timedelta(31)), "PM-0002-W", "late", granted=True)


def test_nothing_is_granted_for_a_session_that_was_cancelled(desk: Desk, family: str) -> None:
    """It can only be refused."""
    permissions.request(desk, family, DRAFT)
    contact_sessions.cancel(desk, S1, "ill")
    rhys = stories.as_rhys(desk)
    with stories.unchanged(desk), pytest.raises(UsageError, match="S-000001-R was cancelled") as refused:
        permissions.decide(rhys, PM1, "fine", granted=True)
    assert "--refuse" in refused.value.hint
    assert permissions.decide(rhys, PM1, "cancelled", granted=False).state is PermissionState.REFUSED


def test_a_permission_is_withdrawn_from_that_day_on(desk: Desk, family: str) -> None:
    """By a senior manager, with the reason; what is not granted or is over is not withdrawn."""
    permissions.request(desk, family, DRAFT)
    rhys = stories.as_rhys(desk)
    with stories.unchanged(desk), pytest.raises(UsageError, match="is not granted") as refused:
        permissions.withdraw(rhys, PM1, "not wanted")
    assert "--refuse" in refused.value.hint
    permissions.decide(rhys, PM1, "fine", granted=True)
    with stories.unchanged(desk), pytest.raises(UsageError, match="is over already"):
        permissions.withdraw(stories.as_rhys(desk, LATER + timedelta(1)), PM1, "late")
    one = permissions.withdraw(desk, PM1, "the mother objects")
    assert (one.state, one.withdrawn_on, one.withdrawn_by) == (PermissionState.WITHDRAWN, TODAY, "U-001-R")
    assert one.withdrawn_because == "the mother objects"
    with stories.unchanged(desk), pytest.raises(UsageError, match="is withdrawn already"):
        permissions.withdraw(rhys, PM1, "again")


def test_the_list_is_of_one_family_or_all_and_of_what_is_open(desk: Desk, family: str) -> None:
    """What waits and what holds; not what was refused, lapsed or is over."""
    other = stories.family(desk).ref
    permissions.request(desk, family, DRAFT)
    permissions.request(desk, other, RUN)
    permissions.decide(stories.as_rhys(desk), PM1, "fine", granted=True)
    assert [one.standing for one in permissions.listing(desk, None)] == [Standing.GRANTED, Standing.REQUESTED]
    assert [one.permission.number for one in permissions.listing(desk, other)] == [2]
    assert len(list(permissions.listing(desk, None, only_open=True))) == 2
    late = stories.on(desk, TODAY + timedelta(31))
    assert [one.standing for one in permissions.listing(late, None)] == [Standing.OVER, Standing.LAPSED]
    assert list(permissions.listing(late, None, only_open=True)) == []


def test_what_waits_for_a_senior_manager_is_counted_until_its_day_has_passed(desk: Desk, family: str) -> None:
    """After that it lapses, and waits for nobody."""
    permissions.request(desk, family, DRAFT)
    permissions.request(desk, family, RUN)
    assert to_decide(desk) == 2
    assert to_decide(at(desk, datetime(2026, 12, 3, 9, 59, tzinfo=UTC), LATER)) == 2
    assert to_decide(at(desk, datetime(2026, 12, 3, 10, 0, tzinfo=UTC), LATER)) == 1
    assert to_decide(stories.on(desk, TODAY + timedelta(30))) == 1
    assert to_decide(stories.on(desk, TODAY + timedelta(31))) == 0
    permissions.decide(stories.as_rhys(desk), PM1, "fine", granted=True)
    assert to_decide(desk) == 1


def test_a_permission_moves_with_its_session(desk: Desk, family: str) -> None:
    """It is for that session, on whatever day it is."""
    permissions.request(desk, family, DRAFT)
    contact_sessions.move(desk, S1, TODAY + timedelta(14), "14:00", "15:00", "bus")
    shown = permissions.show(desk, PM1).permission
    assert (shown.first, shown.starts) == (TODAY + timedelta(14), "14:00")
    assert permissions.decide(stories.as_rhys(desk, LATER), PM1, "fine", granted=True).last == TODAY + timedelta(14)


def test_an_unknown_permission_is_not_found(desk: Desk) -> None:
    """It is said where to look."""
    with stories.unchanged(desk), pytest.raises(NotFoundError, match="no permission has the reference") as missing:
        permissions.show(desk, "PM-0042-L")
    assert missing.value.hint == "look it up with: lcs permission list"


# --- Retention (policy 4.6) -------------------------------------------------------------------------------------------


def test_an_undecided_request_keeps_a_file_up_to_its_last_day(desk_of: OpenDesk) -> None:
    """Then it has lapsed; one that was decided on keeps nothing."""
    desk = desk_of("amina", stories.APPROVED)
    household = stories.closed_family(desk)
    last = stories.APPROVED + timedelta(10)
    permissions.request(desk, household.ref, replace(RUN, from_on=stories.APPROVED, to_on=last))

    def outcome(day: date) -> tuple[Outcome, tuple[str, ...]]:
        (item,) = retention.items(desk, day)
        return item.decision.outcome, item.decision.reasons

    assert outcome(last) == (Outcome.REQUIRED, ("open: PM-0001-R",))
    assert outcome(last + timedelta(1))[0] is Outcome.DUE
    permissions.decide(stories.as_rhys(desk), PM1, "no", granted=False)
    assert outcome(last)[0] is Outcome.DUE


def test_an_undecided_request_for_a_session_keeps_a_file_up_to_its_day(desk: Desk) -> None:
    """Though the session was cancelled, somebody may still decide."""
    ref = stories.family(desk, opened_on=date(2020, 1, 6)).ref
    session = stories.booked(desk, ref, LATER)
    permissions.request(desk, ref, replace(DRAFT, session=session))
    contact_sessions.cancel(desk, session, "ill")
    families.close(stories.on(desk, date(2020, 3, 2)), ref, date(2020, 3, 2))
    for day, outcome in ((LATER, Outcome.REQUIRED), (LATER + timedelta(1), Outcome.DUE)):
        (item,) = retention.items(desk, day)
        assert item.decision.outcome is outcome
