"""The staff register: joining, leaving, correcting, undertaking, and what is due; nobody decides about themselves."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from lcs_cli.errors import NotFoundError, RefusedError, UsageError
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.staff import Capacity
from lcs_cli.services import contact_sessions, overview, staff, users
from lcs_cli.services.desk import Desk
from tests.conftest import TODAY, OpenDesk
from tests.services import stories

JOINED = date(2026, 1, 5)


def add(desk: Desk, name: str = "Efa Parry", login: str | None = None, joined_on: date = JOINED) -> str:
    """Somebody new; their reference."""
    return reference(Kind.STAFF, staff.add(desk, name, Capacity.VOLUNTEER, joined_on, login).member.number)


def refused_on_own_behalf(desk: Desk, what: str, attempt: Callable[[], object]) -> None:
    """The attempt is refused by the rule about oneself, with its clause, changes nothing and is on the trail."""
    before = {table: rows for table, rows in stories.everything(desk).items() if not table.startswith("audit")}
    with pytest.raises(RefusedError, match=what) as refused:
        attempt()
    assert (refused.value.clause, refused.value.rule) == ("4.5", "own-behalf")
    assert {t: rows for t, rows in stories.everything(desk).items() if not t.startswith("audit")} == before
    assert stories.trail(desk)[-1].outcome == "refused"


# --- Joining and leaving ---------------------------------------------------------------------------------------------


def test_somebody_joins(desk: Desk) -> None:
    """With a login or without one; from a day that may be still to come; vetted they are not yet."""
    one = staff.add(desk, " Tomos  Price", Capacity.STAFF, TODAY + timedelta(days=7), "tomos")
    assert (one.member.number, one.member.user, one.member.initials) == (1, "U-004-G", "T.P.")
    assert (one.vetting.permitted, one.undertaking) == (False, None)
    assert staff.add(desk, "Efa", Capacity.VOLUNTEER, JOINED).member.user is None
    assert [entry.refs for entry in stories.trail(desk)[-2:]] == [("ST-001-R", "U-004-G"), ("ST-002-W",)]
    assert [stories.detail(entry) for entry in stories.trail(desk)[-2:]] == [{}, {}]


@pytest.mark.parametrize(
    ("login", "error", "why"),
    [
        ("tomos", UsageError, "login: U-004-G is the slot of ST-001-R"),
        ("U-004-G", UsageError, "login: U-004-G is the slot of ST-001-R"),
        ("recovery", UsageError, "only a person's"),
        ("nobody", NotFoundError, "nobody of that name"),
    ],
)
def test_a_login_is_one_persons(desk: Desk, login: str, error: type[Exception], why: str) -> None:
    """Before the first question, when they are entered, and when they are corrected."""
    add(desk, login="tomos")
    other = add(desk)
    for attempt in (
        lambda: staff.check_login(desk, login),
        lambda: staff.add(desk, "Tomos Price", Capacity.STAFF, JOINED, login),
        lambda: staff.edit(desk, other, {"login": login}, "a slip"),
    ):
        with stories.unchanged(desk), pytest.raises(error, match=why):
            attempt()


def test_a_login_is_free_for_whoever_comes_back(desk: Desk) -> None:
    """As a new entry; the former one keeps saying who it was."""
    staff.leave(desk, add(desk, login="tomos"), TODAY - timedelta(days=1), "moved")
    assert staff.add(desk, "Tomos Price", Capacity.STAFF, TODAY, "tomos").member.user == "U-004-G"
    assert [one.staff for one in users.everybody(desk) if one.user.name == "tomos"] == ["ST-002-W"]


@pytest.mark.parametrize("last_day", [TODAY, TODAY + timedelta(days=35)])
def test_a_login_is_taken_until_its_owner_has_left(desk: Desk, last_day: date) -> None:
    """Else one person would work here twice; nor is a last day put off once they were entered anew."""
    ref = add(desk, login="tomos")
    staff.leave(desk, ref, last_day, "moving")
    for attempt in (lambda: staff.check_login(desk, "tomos"), lambda: add(desk, "Tomos Price", "tomos")):
        with stories.unchanged(desk), pytest.raises(UsageError, match="login: U-004-G is the slot of ST-001-R"):
            attempt()
    staff.leave(desk, ref, TODAY - timedelta(days=1), "sooner")
    new = add(desk, "Tomos Price", "tomos")
    with stories.unchanged(desk), pytest.raises(UsageError, match=f"login: U-004-G is the slot of {new}"):
        staff.leave(desk, ref, last_day, "later after all")
    assert [one.member.user for one in staff.listing(desk)] == ["U-004-G"]


def test_somebody_leaves_and_stays_on_the_register(desk: Desk) -> None:
    """On the last day they still work here; on the next they are among the former ones, with all that is on record."""
    ref = add(desk)
    stories.cleared(desk, ref)
    done = staff.leave(desk, ref, TODAY, "moved to Cardiff")
    assert (done.member.left_on, done.member.left_reason, done.login, done.sessions) == (
        TODAY,
        "moved to Cardiff",
        None,
        [],
    )
    assert stories.detail(stories.trail(desk)[-1]) == {"fields": ["left_on", "left_reason"]}
    for day, here in ((TODAY, True), (TODAY + timedelta(days=1), False)):
        there = stories.on(desk, day)
        assert [len(staff.listing(there, former=former)) for former in (False, True)] == [int(here), int(not here)]
    shown = staff.show(desk, ref)
    assert (len(shown.checks), [one.former for one in shown.corrections]) == (
        1,
        [{"left_on": None, "left_reason": None}],
    )


def test_who_leaves_is_said_to_have_sessions_and_a_slot_left(desk: Desk) -> None:
    """So that somebody else is named, and a manager takes the slot away."""
    ref, household = add(desk, login="tomos"), stories.family(desk)
    stories.cleared(desk, ref)
    for day in (0, 1, 2):
        contact_sessions.book(desk, household.ref, TODAY + timedelta(days=day), "10:00", "11:00", supervisor=ref)
    contact_sessions.cancel(desk, "S-000003-A", "ill")
    done = staff.leave(desk, ref, TODAY, "moved")
    assert (done.login, [one.number for one in done.sessions]) == ("tomos", [2])


def test_a_last_day_is_corrected_and_the_former_kept(desk: Desk) -> None:
    """It is never before they joined."""
    ref = add(desk)
    staff.leave(desk, ref, TODAY, "moved")
    staff.leave(desk, ref, TODAY + timedelta(days=9), "a week later")
    former = [one.former for one in staff.show(desk, ref).corrections]
    assert former[1] == {"left_on": TODAY.isoformat(), "left_reason": "moved"}
    for attempt in (
        lambda: staff.leave(desk, ref, JOINED - timedelta(days=1), "slip"),
        lambda: staff.edit(desk, ref, {"joined_on": TODAY + timedelta(days=10)}, "slip"),
    ):
        with stories.unchanged(desk), pytest.raises(UsageError, match="before"):
            attempt()


@pytest.mark.parametrize("text", ["", " ", "a\x07b", "x" * 201])
def test_names_and_reasons_are_text(desk: Desk, text: str) -> None:
    """In one line, and some."""
    ref = add(desk)
    for attempt in (
        lambda: staff.add(desk, text, Capacity.STAFF, JOINED),
        lambda: staff.leave(desk, ref, TODAY, text),
        lambda: staff.edit(desk, ref, {"name": "Efa"}, text),
    ):
        with stories.unchanged(desk), pytest.raises(UsageError, match=r"^(name|reason):"):
            attempt()


def test_an_entry_is_corrected_with_a_reason(desk: Desk) -> None:
    """What is not given stays; what it was is kept."""
    ref = add(desk, "Eva Parry")
    one, changed = staff.edit(desk, ref, {"name": "Efa Parry", "login": "tomos", "capacity": Capacity.STAFF}, "misread")
    assert (one.member.name, one.member.user, changed) == ("Efa Parry", "U-004-G", ("name", "capacity", "user"))
    assert [(one.former["name"], one.reason) for one in staff.show(desk, ref).corrections] == [("Eva Parry", "misread")]
    assert stories.detail(stories.trail(desk)[-2]) == {"fields": ["name", "capacity", "user"]}
    assert staff.edit(desk, ref, {"name": "Efa Parry"}, "again")[1] == ()


def test_an_entry_is_corrected_with_the_login_that_it_has(desk: Desk) -> None:
    """A form that is filled in whole names it again: it is nobody else's."""
    ref = add(desk, "Thomas Price", "tomos")
    staff.check_login(desk, "tomos", ref)
    one, changed = staff.edit(desk, ref, {"name": "Tomos Price", "login": "tomos"}, "misread")
    assert (one.member.user, changed) == ("U-004-G", ("name",))


def test_nobody_corrects_their_own_entry(desk: Desk) -> None:
    """Policy 4.5: without their login on it, they could decide on their own check."""
    ref = add(desk, login="amina")
    for attempt in (
        lambda: staff.check_edit(desk, ref),
        lambda: staff.edit(desk, ref, {"login": "tomos"}, "a slip"),
    ):
        refused_on_own_behalf(desk, "U-001-R may not correct their own entry", attempt)


def test_nobody_records_that_they_leave_themselves(desk: Desk) -> None:
    """Policy 4.5: entered anew without their login, they could decide on their own check. Somebody else records it."""
    ref = add(desk, login="amina")
    said = "U-001-R may not record that they leave themselves"
    refused_on_own_behalf(desk, said, lambda: staff.check_leave(desk, ref))
    refused_on_own_behalf(desk, said, lambda: staff.leave(desk, ref, TODAY, "moved"))
    staff.check_leave(stories.as_rhys(desk), ref)
    assert staff.leave(stories.as_rhys(desk), ref, TODAY, "moved").member.left_on == TODAY


# --- Undertakings ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["amina", "rhys"])
def test_an_undertaking_is_recorded_by_another_person(desk: Desk, desk_of: OpenDesk, by: str) -> None:
    """Policy 4.1: on which day, and under which policy; the last one counts, and a day is recorded once."""
    ref, there = add(desk, login="tomos"), desk_of(by)
    early, late = date(2025, 2, 1), date(2026, 6, 30)
    for day in (late, TODAY, TODAY, early):
        staff.undertake(there, ref, day)
    last = stories.trail(there)[-1]
    assert (last.action, last.refs, stories.detail(last)) == ("staff.undertake", (ref,), {"fields": ["signed_on"]})
    assert staff.show(there, ref).undertaking == TODAY
    rows = desk.db.rows("SELECT signed_on, policy_version, recorded_by FROM undertaking ORDER BY 1")
    assert rows == [(day.isoformat(), 1, there.user.reference) for day in (early, late, TODAY)]


@pytest.mark.clause("4.1", "stays confidential")
def test_nobody_records_their_own_undertaking(desk: Desk) -> None:
    """Policy 4.1: somebody else saw it signed."""
    ref = add(desk, login="amina")
    what = "may not record their own undertaking"
    refused_on_own_behalf(desk, what, lambda: staff.undertake(desk, ref, TODAY))


def test_an_undertaking_of_tomorrow_is_not_recorded(desk: Desk) -> None:
    """It is a slip."""
    ref = add(desk)
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^on:"):
        staff.undertake(desk, ref, TODAY + timedelta(days=1))


# --- What is due -----------------------------------------------------------------------------------------------------


def due(desk: Desk, within: int | None = None) -> dict[str, tuple[bool, bool]]:
    """For whom a check and an undertaking are due."""
    return {one.ref: (one.vetting is not None, one.undertaking_missing) for one in staff.due(desk, within)}


@pytest.mark.clause("4.1", "stays confidential")
def test_what_is_due_is_a_check_or_an_undertaking(desk: Desk, desk_of: OpenDesk) -> None:
    """Of those who work here; and of those who may open the vault without being on the register."""
    new, vetted, done, left = (add(desk, name) for name in ("Efa A", "Efa B", "Efa C", "Efa D"))
    for ref, number in ((vetted, "001111111111"), (done, "002222222222")):
        stories.cleared(desk, ref, number)
    for ref in (done, left):
        staff.undertake(desk, ref, TODAY)
    staff.leave(desk, left, TODAY - timedelta(days=1), "moved")
    slots = {"U-001-R": (False, True), "U-003-A": (False, True), "U-004-G": (False, True)}
    assert due(desk) == {new: (True, True), vetted: (False, True)} | slots
    mine = add(desk, "Amina Begum", "amina")
    staff.undertake(desk_of("rhys"), mine, TODAY)
    del slots["U-001-R"]
    assert due(desk) == {new: (True, True), vetted: (False, True), mine: (True, False)} | slots


@pytest.mark.clause("4.5", "authorised")
def test_whoever_has_left_is_listed_until_their_slot_is_taken_away(desk: Desk, desk_of: OpenDesk) -> None:
    """They can still open the vault: from the day after their last one, signed or not, and not when they come back."""
    ref = add(desk, login="tomos")
    staff.undertake(desk, ref, TODAY)
    staff.leave(desk, ref, TODAY, "moved")

    def open_to(there: Desk) -> list[tuple[object, ...]]:
        shown = (*overview.today(there).waiting, *overview.status(there).waiting)
        counts = {one.count for one in shown if one.name == "slots_of_leavers" and one.clause == "4.5"}
        return [(one.ref, one.login, *counts) for one in staff.due(there) if one.login]

    assert open_to(desk) == []
    tomorrow = desk_of("amina", TODAY + timedelta(days=1))
    assert open_to(tomorrow) == [(ref, "tomos", 1)]
    assert due(tomorrow)[ref] == (False, False)
    assert "U-004-G" not in due(tomorrow)
    again = staff.add(tomorrow, "Tomos Price", Capacity.STAFF, tomorrow.today, "tomos").member
    assert open_to(tomorrow) == []
    staff.leave(tomorrow, reference(Kind.STAFF, again.number), tomorrow.today, "moved again")
    later = desk_of("amina", TODAY + timedelta(days=2))
    assert open_to(later) == [("ST-002-W", "tomos", 1)]
    assert due(later)["ST-002-W"] == (False, False)  # what they never signed is asked of nobody any more
    users.remove(later, "tomos")
    assert open_to(later) == []


def test_somebody_with_a_slot_and_an_entry_is_listed_once(desk: Desk) -> None:
    """By their entry: a second line for their slot would ask them for a second undertaking."""
    tomos = add(desk, login="tomos")
    assert [one.ref for one in staff.due(desk)] == [tomos, "U-001-R", "U-003-A"]


@pytest.mark.parametrize(("within", "listed"), [(0, False), (59, False), (60, True), (None, True)])
def test_a_renewal_is_due_so_many_days_ahead(desk: Desk, within: int | None, listed: bool) -> None:
    """Sixty, where nobody says how many."""
    ref = add(desk)
    staff.undertake(desk, ref, TODAY)
    stories.cleared(desk, ref, issued_on=date(2024, 1, 25))
    assert (ref in due(desk, within)) is listed


def test_workers_do_not_see_the_register(desk: Desk, desk_of: OpenDesk) -> None:
    """Policy 4.5; a safeguarding lead does."""
    ref = add(desk)
    worker = desk_of("tomos")
    for attempt in (lambda: staff.listing(worker), lambda: staff.show(worker, ref), lambda: staff.due(worker)):
        with pytest.raises(RefusedError) as refused:
            attempt()
        assert refused.value.clause == "4.5"
