"""Checks (policy 4.4): what is recorded of a certificate, by whom, and that nobody sees to their own."""

from datetime import date, timedelta
from functools import partial

import pytest
from msgspec.structs import replace

from lcs_cli.errors import NotFoundError, RefusedError, UsageError
from lcs_cli.records.staff import CheckDecision, CheckLevel, UpdateStatus
from lcs_cli.services import overview, staff, vetting
from lcs_cli.services.desk import Desk
from lcs_cli.services.vetting import CertificateDraft
from tests.conftest import TODAY, OpenDesk
from tests.services import stories
from tests.services.test_staff import refused_on_own_behalf

ISSUED = date(2026, 6, 1)
DRAFT = replace(stories.certificate(issued_on=ISSUED), decided_by=None)
CLAIMED = stories.certificate(issued_on=ISSUED)
"""Recorded by amina, who says that rhys decided."""


@pytest.fixture
def tomos(desk: Desk) -> str:
    """Tomos on the register, linked to his slot."""
    return stories.staff_member(desk, login="tomos", vetted=False)


@pytest.mark.parametrize("by", ["amina", "rhys"])
def test_a_check_is_recorded_as_it_was_seen_and_decided(desk_of: OpenDesk, tomos: str, by: str) -> None:
    """Level, barred list, day, number, decision, by whom and who saw it; on the trail only that there is a decision."""
    desk = desk_of(by)
    done = vetting.record(desk, tomos, replace(DRAFT, number="0012 3456 7890", decided_on=None))
    (check,) = staff.show(desk, tomos).checks
    assert done.check == check
    assert (check.number, check.seen_by, check.recorded_on) == ("001234567890", desk.user.reference, TODAY)
    assert (done.vetting.permitted, done.vetting.due_on) == (True, date(2029, 6, 1))
    entry = stories.trail(desk)[-2]
    assert (entry.action, entry.refs, stories.detail(entry)) == ("staff.dbs", (tomos,), {"fields": ["decision"]})
    assert (check.policy_version, check.rules_hash) == desk.decided_by()


def test_whoever_saw_it_and_whoever_decided_may_be_others(desk: Desk, tomos: str) -> None:
    """Named by the reference of their slot, or of their entry on the register."""
    other = stories.staff_member(desk, "Nia Hughes", vetted=False)
    draft = replace(DRAFT, decided_on=date(2026, 6, 9), decided_by="u-003-a", seen_by=other.lower())
    check = vetting.record(desk, tomos, draft).check
    assert (check.seen_by, getattr(check, "decided_by", None)) == (other, "U-003-A")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"number": "00123456789"}, "^certificate: must be its number of 12 digits"),
        ({"number": "a caution in 2009"}, "^certificate: must be its number of 12 digits"),
        ({"number": "٠٠١٢٣٤٥٦٧٨٩٠"}, "^certificate: must be its number of 12 digits"),
        ({"issued_on": TODAY + timedelta(days=1)}, "^issued on: must not be in the future"),
        ({"decided_on": TODAY + timedelta(days=1)}, "^decided on: must not be in the future"),
        ({"decided_on": ISSUED - timedelta(days=1)}, "^decided on: must not be before 2026-06-01"),
        ({"decision": CheckDecision.PENDING}, "^decided on: nobody has decided while it is pending"),
        ({"seen_by": "Gwen"}, "^seen by: what was typed is not a user reference"),
        ({"seen_by": "ST-001"}, "^seen by: ST-001 has no check letter"),
        ({"decided_by": "P-0001-R"}, "^decided by: P-0001-R is the reference of a person"),
    ],
)
def test_a_check_that_cannot_be_is_not_recorded(desk: Desk, tomos: str, change: dict[str, object], why: str) -> None:
    """The line names the field."""
    with stories.unchanged(desk), pytest.raises(UsageError, match=why):
        vetting.record(desk, tomos, replace(DRAFT, **change))


@pytest.mark.parametrize("ref", ["U-042-L", "ST-042-L", "U-002-W"])
def test_whoever_saw_it_is_somebody(desk: Desk, tomos: str, ref: str) -> None:
    """A person who is on the register or has a slot."""
    with stories.unchanged(desk), pytest.raises(NotFoundError, match=f"seen by: nobody has the reference {ref}"):
        vetting.record(desk, tomos, replace(DRAFT, seen_by=ref))


def test_nobody_records_their_own_check(desk: Desk) -> None:
    """Not before the first question, not a certificate, not a status."""
    mine = stories.staff_member(desk, "Amina Begum", login="amina", vetted=False)
    for attempt in (
        lambda: vetting.check_record(desk, mine),
        lambda: vetting.record(desk, mine, DRAFT),
        lambda: vetting.record_status(desk, mine, UpdateStatus.CURRENT, TODAY),
    ):
        refused_on_own_behalf(desk, "U-001-R may not record their own check", attempt)


@pytest.mark.parametrize("field", ["seen_by", "decided_by"])
@pytest.mark.parametrize("ref", ["ST-001-R", "U-004-G"])
def test_nobody_saw_or_decided_on_their_own_check(desk: Desk, tomos: str, field: str, ref: str) -> None:
    """Whoever writes it down."""
    assert tomos == "ST-001-R"
    draft = replace(DRAFT, **{field: ref})
    refused_on_own_behalf(desk, f"{ref} may not see to their own check", lambda: vetting.record(desk, tomos, draft))


def test_what_a_certificate_says_is_refused(desk: Desk, tomos: str) -> None:
    """Policy 4.4: by the field in which it comes, whatever it says; a field that is no such thing is let through."""
    with pytest.raises(RefusedError, match="what a certificate says is not recorded here") as refused:
        vetting.refuse_content(desk, tomos, ["level", "convictions"])
    assert (refused.value.clause, refused.value.rule) == ("4.4", "certificate-content")
    assert "Disclosure and Barring Service" in refused.value.quote
    assert stories.trail(desk)[-1].outcome == "refused"
    vetting.refuse_content(desk, tomos, ["level", "barred_list", "issued_on", "certificate", "decision", "seen_by"])


@pytest.mark.clause("4.4", "enhanced check")
def test_the_vault_has_no_column_for_what_a_certificate_says(desk: Desk) -> None:
    """Nor a longer number, by whatever tool."""
    columns = {row[1] for row in desk.db.rows("PRAGMA table_info(vetting_check)")}
    assert columns == {
        *("staff_id", "number", "certificate", "level", "barred_list", "issued_on", "decision", "decided_on"),
        *("decided_by", "update_status", "checked_on", "seen_by", "recorded_on", "recorded_by"),
        *("policy_version", "rules_hash"),
    }


def test_the_update_service_renews_what_it_calls_current(desk: Desk, tomos: str) -> None:
    """From the day on which it was looked up."""
    stories.cleared(desk, tomos, issued_on=date(2023, 6, 1))
    assert staff.show(desk, tomos).vetting.standing == "overdue"
    done = vetting.record_status(desk, tomos, UpdateStatus.CURRENT, date(2026, 11, 25), "U-003-A")
    assert (done.vetting.standing, done.vetting.due_on, done.check.seen_by) == ("vetted", date(2029, 11, 25), "U-003-A")
    assert stories.detail(stories.trail(desk)[-1]) == {"fields": ["update_status"]}
    assert (done.check.policy_version, done.check.rules_hash) == desk.decided_by()


def test_a_changed_status_takes_the_clearance_until_a_new_certificate_is_decided_on(desk: Desk, tomos: str) -> None:
    """Another look-up does not bring it back."""
    vetting.record(desk, tomos, DRAFT)
    assert not vetting.record_status(desk, tomos, UpdateStatus.CHANGED, TODAY).vetting.permitted
    for status in UpdateStatus:
        with stories.unchanged(desk), pytest.raises(UsageError, match=r"^update service: ST-001-R has no cleared"):
            vetting.record_status(desk, tomos, status, TODAY)
    pending = replace(DRAFT, number="002222222222", decision=CheckDecision.PENDING, decided_on=None, decided_by=None)
    assert not vetting.record(desk, tomos, pending).vetting.permitted
    same_day = replace(DRAFT, number="003333333333", issued_on=TODAY, decided_on=TODAY)
    assert not vetting.record(desk, tomos, same_day).vetting.permitted
    later = stories.on(desk, TODAY + timedelta(days=9))
    since = replace(same_day, number="004444444444", issued_on=later.today, decided_on=later.today)
    assert vetting.record(later, tomos, since).vetting.permitted


@pytest.mark.clause("4.4", "enhanced check")
def test_after_changed_no_certificate_of_before_that_vets_anybody(desk: Desk, tomos: str) -> None:
    """Neither an earlier one that is decided on again, nor another one that was issued before."""
    for number, ago in (("001111111111", 300), ("002222222222", 100)):
        issued_on = TODAY - timedelta(days=ago)
        draft = replace(DRAFT, number=number, issued_on=issued_on, decided_on=issued_on)
        assert vetting.record(desk, tomos, draft).vetting.permitted
    changed = TODAY - timedelta(days=50)
    assert not vetting.record_status(desk, tomos, UpdateStatus.CHANGED, changed).vetting.permitted
    for number, ago in (("001111111111", 300), ("003333333333", 200), ("004444444444", 50)):
        again = replace(DRAFT, number=number, issued_on=TODAY - timedelta(days=ago), decided_on=TODAY)
        assert "no decision on one issued since" in vetting.record(desk, tomos, again).vetting.reason
    new = replace(DRAFT, number="005555555555", issued_on=TODAY - timedelta(days=49), decided_on=TODAY)
    assert vetting.record(desk, tomos, new).vetting.permitted


@pytest.mark.clause("4.4", "enhanced check")
def test_a_certificate_is_issued_on_one_day(desk: Desk, tomos: str) -> None:
    """It never becomes younger; a slip is put right by the earlier day, which counts from then on."""
    vetting.record(desk, tomos, DRAFT)
    error = refused(desk, tomos, replace(DRAFT, issued_on=TODAY, decided_on=TODAY), "was issued on 2026-06-01")
    assert error.hint == "give that day, or the number of the new certificate: lcs staff dbs ST-001-R"
    earlier = replace(DRAFT, issued_on=date(2025, 6, 1))
    assert vetting.record(desk, tomos, earlier).vetting.due_on == date(2028, 6, 1)
    refused(desk, tomos, DRAFT, "was issued on 2025-06-01")


@pytest.mark.parametrize("decision", [None, CheckDecision.PENDING, CheckDecision.NOT_CLEARED])
def test_the_update_service_says_nothing_where_no_certificate_was_cleared(
    desk: Desk, tomos: str, decision: CheckDecision | None
) -> None:
    """A look-up vets nobody."""
    if decision:
        vetting.record(desk, tomos, replace(DRAFT, decision=decision, decided_on=None, decided_by=None))
    with stories.unchanged(desk), pytest.raises(UsageError, match="no cleared certificate"):
        vetting.record_status(desk, tomos, UpdateStatus.CURRENT, TODAY)


@pytest.mark.parametrize(
    ("day", "seen_by", "why"),
    [
        (TODAY + timedelta(days=1), None, "^on: must not be in the future"),
        (ISSUED - timedelta(days=1), None, "^on: must not be before 2026-06-01"),
        (TODAY, "Gwen", "^seen by: what was typed"),
    ],
)
def test_a_status_check_that_cannot_be_is_not_recorded(
    desk: Desk, tomos: str, day: date, seen_by: str | None, why: str
) -> None:
    """The line names the field."""
    vetting.record(desk, tomos, DRAFT)
    with stories.unchanged(desk), pytest.raises(UsageError, match=why):
        vetting.record_status(desk, tomos, UpdateStatus.CURRENT, day, seen_by)


def refused(desk: Desk, ref: str, draft: CertificateDraft, why: str, rule: str = "enhanced-check") -> RefusedError:
    """The record is refused, quoted, with a remedy, and nothing but the trail is changed."""
    before = {table: rows for table, rows in stories.everything(desk).items() if not table.startswith("audit")}
    with pytest.raises(RefusedError, match=why) as found:
        vetting.record(desk, ref, draft)
    assert {t: rows for t, rows in stories.everything(desk).items() if not t.startswith("audit")} == before
    assert (found.value.clause, found.value.rule, stories.trail(desk)[-1].outcome) == ("4.4", rule, "refused")
    assert found.value.quote
    return found.value


@pytest.mark.parametrize("decision", CheckDecision)
@pytest.mark.clause("4.4", "enhanced check")
def test_a_certificate_whose_status_has_changed_is_not_recorded_again(
    desk: Desk, tomos: str, decision: CheckDecision
) -> None:
    """Whatever is said of it, also after a new one was recorded; the remedy is a new certificate."""
    vetting.record(desk, tomos, DRAFT)
    vetting.record_status(desk, tomos, UpdateStatus.CHANGED, TODAY)
    is_open = decision is CheckDecision.PENDING
    again = replace(
        DRAFT,
        decision=decision,
        decided_on=None if is_open else TODAY,
    )
    error = refused(desk, tomos, again, "status of that certificate of ST-001-R has changed")
    assert error.hint == "record a new certificate, with its own number: lcs staff dbs ST-001-R"
    there = stories.on(desk, TODAY + timedelta(days=1))
    assert stories.cleared(there, tomos, "002222222222", there.today).vetting.permitted
    refused(there, tomos, again, "has changed")


@pytest.mark.clause("4.4", "enhanced check")
def test_an_older_clearance_does_not_undo_a_later_decision(desk: Desk, tomos: str) -> None:
    """Whenever it is recorded."""
    not_cleared = replace(DRAFT, decision=CheckDecision.NOT_CLEARED, decided_on=date(2026, 11, 2))
    vetting.record(desk, tomos, not_cleared)
    assert stories.cleared(desk, tomos, "003333333333", date(2024, 1, 2)).vetting.reason == "was not cleared"


@pytest.mark.clause("4.4", "enhanced check")
def test_a_certificate_is_one_persons(desk: Desk, tomos: str) -> None:
    """On record for two entries it vets only the first, also where that one has left, or the number was looked up."""
    vetting.record(desk, tomos, DRAFT)
    other = stories.staff_member(desk, "Nia Hughes", vetted=False)
    refused(desk, other, DRAFT, "that certificate is on record for ST-001-R, and not for ST-002-W")
    staff.leave(desk, tomos, TODAY - timedelta(days=1), "moved")
    refused(desk, other, replace(DRAFT, number="0012 3456 7890"), "is on record for ST-001-R")
    assert stories.cleared(desk, other, "002222222222").vetting.permitted


def test_nobody_checks_an_entry_that_may_be_their_own(desk: Desk) -> None:
    """Neither the entry nor who is acting is linked: another manager decides, or links one of them."""
    entry = stories.staff_member(desk, "Nia Hughes", vetted=False)
    said = "nothing tells that ST-001-R is not U-001-R"
    for typed in (None, "u-001-r"):
        draft = replace(DRAFT, decided_by=typed)
        refused_on_own_behalf(desk, said, lambda draft=draft: vetting.record(desk, entry, draft))  # type: ignore[misc]
    stories.cleared(desk, entry)
    current = UpdateStatus.CURRENT
    for saw in (None, "U-003-A"):  # nobody would ask rhys whether he looked it up
        attempt = partial(vetting.record_status, desk, entry, current, TODAY, saw)
        refused_on_own_behalf(desk, said, attempt)
    mine = stories.staff_member(desk, "Amina Begum", login="amina", vetted=False)
    assert vetting.record_status(desk, entry, current, TODAY, "U-003-A").vetting.permitted
    own = replace(DRAFT, number="002222222222", issued_on=TODAY, decided_on=TODAY)
    assert vetting.record(desk, entry, own).vetting.permitted
    staff.leave(stories.as_rhys(desk), mine, TODAY - timedelta(days=1), "moved")
    again = replace(own, number="003333333333")
    refused_on_own_behalf(desk, said, lambda: vetting.record(desk, entry, again))
    assert not vetting.record_status(desk, entry, UpdateStatus.CHANGED, TODAY).vetting.permitted


# --- Who is only said to have decided --------------------------------------------------------------------------------


@pytest.mark.clause("4.4", "enhanced check")
def test_a_clearance_vets_nobody_until_whoever_is_named_confirms_it(desk: Desk, desk_of: OpenDesk) -> None:
    """Somebody enters herself a second time, and names a colleague: he is asked, everywhere, until he says so."""
    entry = stories.staff_member(desk, "Amina Begum", vetted=False)
    done = vetting.record(desk, entry, CLAIMED)
    assert (done.vetting.permitted, done.vetting.rule) == (False, "confirmation")
    assert done.vetting.remedy == "U-003-A confirms it: lcs staff confirm ST-001-R"
    assert waits(desk, entry) == (("U-003-A",), 1)
    confirmed = vetting.confirm(desk_of("rhys"), entry)
    assert (confirmed.vetting.permitted, getattr(confirmed.check, "confirmed_on", None)) == (True, TODAY)
    last = stories.trail(desk)[-1]
    assert (last.action, last.actor, last.refs) == ("staff.confirm", "U-003-A", (entry,))
    assert stories.detail(last) == {"fields": ["confirmed"], "check": 1}
    assert waits(desk, entry) == ((), 0)
    with stories.unchanged(desk), pytest.raises(UsageError, match="no check that waits to be confirmed"):
        vetting.confirm(desk_of("rhys"), entry)


def waits(desk: Desk, ref: str) -> tuple[tuple[str, ...], int]:
    """Who is to confirm a check of somebody, as `staff due` lists it; and how many the day says are to be confirmed."""
    listed = {one.ref: one.to_confirm for one in staff.due(desk)}
    day, status = (
        {one.name: one.count for one in shown.waiting}["checks_to_confirm"]
        for shown in (overview.today(desk), overview.status(desk))
    )
    assert day == status
    return listed.get(ref, ()), day


def test_a_new_check_waits_also_where_an_earlier_one_still_vets(desk: Desk, tomos: str) -> None:
    """Whoever decided is asked all the same; recorded anew, it waits for nobody any more."""
    vetting.record(desk, tomos, DRAFT)
    staff.undertake(desk, tomos, TODAY)
    new = stories.certificate("002222222222", TODAY)
    assert vetting.record(desk, tomos, new).vetting.permitted
    assert waits(desk, tomos) == (("U-003-A",), 1)
    vetting.record(desk, tomos, replace(new, decided_by=None))
    assert waits(desk, tomos) == ((), 0)


def test_only_whoever_decided_confirms(desk: Desk, desk_of: OpenDesk) -> None:
    """Not whoever recorded it, nor a person their own check, if their login was entered only then."""
    entry = stories.staff_member(desk, "Nia Hughes", vetted=False)
    vetting.record(desk, entry, CLAIMED)
    with pytest.raises(RefusedError, match="U-001-R cannot confirm what U-003-A decided on ST-001-R") as found:
        vetting.confirm(desk, entry)
    assert (found.value.clause, found.value.rule) == ("4.4", "confirmation")
    assert found.value.hint == "ask U-003-A: lcs staff confirm ST-001-R"
    assert found.value.quote
    staff.edit(desk, entry, {"login": "rhys"}, "it is his")
    said = "U-003-A may not confirm their own check"
    refused_on_own_behalf(desk_of("rhys"), said, lambda: vetting.confirm(desk_of("rhys"), entry))


def test_of_several_checks_each_is_confirmed_by_whoever_decided(desk: Desk, desk_of: OpenDesk, tomos: str) -> None:
    """One after the other, their own."""
    rhys = desk_of("rhys")
    for number in ("001111111111", "002222222222"):
        vetting.record(desk, tomos, replace(CLAIMED, number=number))
    vetting.record(rhys, tomos, replace(CLAIMED, number="003333333333", decided_by="amina"))
    assert waits(desk, tomos) == (("U-003-A", "U-003-A", "U-001-R"), 3)
    confirmed = [vetting.confirm(by, tomos).check.number for by in (rhys, desk, rhys)]
    assert confirmed == ["001111111111", "003333333333", "002222222222"]


def test_what_nobody_decided_or_takes_a_clearance_away_waits_for_nobody(desk: Desk, tomos: str) -> None:
    """Protecting a child never waits."""
    vetting.record(desk, tomos, DRAFT)
    not_cleared = replace(CLAIMED, decision=CheckDecision.NOT_CLEARED)
    assert vetting.record(desk, tomos, not_cleared).vetting.reason == "was not cleared"
    assert waits(desk, tomos) == ((), 0)


def test_somebody_is_known_by_their_own_entry_until_the_end_of_their_last_day(desk: Desk) -> None:
    """On that day they still work here, and so are not the entry on which they decide."""
    entry = stories.staff_member(desk, "Nia Hughes", vetted=False)
    mine = stories.staff_member(desk, "Amina Begum", login="amina", vetted=False)
    staff.leave(stories.as_rhys(desk), mine, TODAY, "moved")
    assert vetting.record(desk, entry, replace(DRAFT, decided_by=None)).vetting.permitted


def test_an_entry_with_a_login_is_somebody_elses(desk: Desk, tomos: str) -> None:
    """Whoever is on no entry decides on it."""
    assert vetting.record(desk, tomos, DRAFT).vetting.permitted


@pytest.mark.parametrize("ref", ["U-004-G", "ST-001-R", "ST-002-W"])
@pytest.mark.clause("4.4", "enhanced check")
def test_whoever_decided_is_a_manager_with_a_login(desk: Desk, ref: str) -> None:
    """Not a worker, a volunteer, or an entry of the register; any of them may have seen the certificate."""
    stories.staff_member(desk, "Efa Parry", vetted=False)
    stories.staff_member(desk, "Rhys Morgan", login="rhys", vetted=False)
    other = stories.staff_member(desk, "Nia Hughes", vetted=False)
    error = refused(desk, other, replace(DRAFT, decided_by=ref), f"{ref} may not decide on a check", "authority")
    assert error.hint.endswith("by login name: lcs vault user list")
    done = vetting.record(desk, other, replace(CLAIMED, seen_by=ref))
    assert done.check.seen_by == ref


def test_the_last_entry_decides_and_all_of_them_stay(desk: Desk, tomos: str) -> None:
    """A correction is another entry."""
    vetting.record(desk, tomos, DRAFT)
    vetting.record(desk, tomos, replace(DRAFT, level=CheckLevel.BASIC))
    shown = staff.show(desk, tomos)
    assert (len(shown.checks), shown.vetting.permitted) == (2, False)
    assert vetting.record(desk, tomos, DRAFT).vetting.permitted


def test_a_worker_decides_on_nothing(desk_of: OpenDesk, tomos: str) -> None:
    """Policy 4.4: the decision is a manager's."""
    with pytest.raises(RefusedError) as refused:
        vetting.record(desk_of("tomos"), tomos, DRAFT)
    assert (refused.value.clause, refused.value.rule) == ("4.4", "authority")
