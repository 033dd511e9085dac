"""Checks (policy 4.4): what is recorded of a certificate, by whom, and that nobody sees to their own."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from lcs_cli.errors import NotFoundError, RefusedError, UsageError
from lcs_cli.records.staff import CheckDecision, CheckLevel, UpdateStatus
from lcs_cli.services import staff, vetting
from lcs_cli.services.desk import Desk
from lcs_cli.services.vetting import CertificateDraft
from tests.conftest import TODAY, OpenDesk
from tests.services import stories
from tests.services.test_staff import refused_on_own_behalf

ISSUED = date(2026, 6, 1)
DRAFT = stories.certificate(issued_on=ISSUED)


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
        vetting.record(desk, tomos, replace(DRAFT, **change))  # type: ignore[arg-type]


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
    draft = replace(DRAFT, **{field: ref})  # type: ignore[arg-type]
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
    }


def test_the_update_service_renews_what_it_calls_current(desk: Desk, tomos: str) -> None:
    """From the day on which it was looked up."""
    vetting.record(desk, tomos, stories.certificate(issued_on=date(2023, 6, 1)))
    assert staff.show(desk, tomos).vetting.standing == "overdue"
    done = vetting.record_status(desk, tomos, UpdateStatus.CURRENT, date(2026, 11, 25), "U-003-A")
    assert (done.vetting.standing, done.vetting.due_on, done.check.seen_by) == ("vetted", date(2029, 11, 25), "U-003-A")
    assert stories.detail(stories.trail(desk)[-1]) == {"fields": ["update_status"]}


def test_a_changed_status_takes_the_clearance_until_a_new_certificate_is_decided_on(desk: Desk, tomos: str) -> None:
    """Another look-up does not bring it back."""
    vetting.record(desk, tomos, DRAFT)
    assert not vetting.record_status(desk, tomos, UpdateStatus.CHANGED, TODAY).vetting.permitted
    for status in UpdateStatus:
        with stories.unchanged(desk), pytest.raises(UsageError, match=r"^update service: ST-001-R has no cleared"):
            vetting.record_status(desk, tomos, status, TODAY)
    pending = replace(DRAFT, number="002222222222", decision=CheckDecision.PENDING, decided_on=None, decided_by=None)
    assert not vetting.record(desk, tomos, pending).vetting.permitted
    assert vetting.record(desk, tomos, stories.certificate("002222222222", TODAY)).vetting.permitted


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
        decided_by=None if is_open else "U-003-A",
    )
    error = refused(desk, tomos, again, "status of that certificate of ST-001-R has changed")
    assert error.hint == "record a new certificate, with its own number: lcs staff dbs ST-001-R"
    assert vetting.record(desk, tomos, stories.certificate("002222222222", TODAY)).vetting.permitted
    refused(desk, tomos, again, "has changed")


@pytest.mark.clause("4.4", "enhanced check")
def test_an_older_clearance_does_not_undo_a_later_decision(desk: Desk, tomos: str) -> None:
    """Whenever it is recorded."""
    not_cleared = replace(DRAFT, decision=CheckDecision.NOT_CLEARED, decided_on=date(2026, 11, 2))
    vetting.record(desk, tomos, not_cleared)
    older = stories.certificate("003333333333", date(2024, 1, 2))
    assert vetting.record(desk, tomos, older).vetting.reason == "was not cleared"


@pytest.mark.clause("4.4", "enhanced check")
def test_a_certificate_is_one_persons(desk: Desk, tomos: str) -> None:
    """On record for two entries it vets only the first, also where that one has left, or the number was looked up."""
    vetting.record(desk, tomos, DRAFT)
    other = stories.staff_member(desk, "Nia Hughes", vetted=False)
    refused(desk, other, DRAFT, "that certificate is on record for ST-001-R, and not for ST-002-W")
    staff.leave(desk, tomos, TODAY - timedelta(days=1), "moved")
    refused(desk, other, replace(DRAFT, number="0012 3456 7890"), "is on record for ST-001-R")
    assert vetting.record(desk, other, stories.certificate("002222222222")).vetting.permitted


def test_nobody_checks_an_entry_that_may_be_their_own(desk: Desk) -> None:
    """Neither the entry nor who is acting is linked: another manager decides, or sees it, or links one of them."""
    entry = stories.staff_member(desk, "Nia Hughes", vetted=False)
    said = "nothing tells that ST-001-R is not U-001-R"
    for typed in (None, "u-001-r"):
        draft = replace(DRAFT, decided_by=typed)
        refused_on_own_behalf(desk, said, lambda draft=draft: vetting.record(desk, entry, draft))  # type: ignore[misc]
    vetting.record(desk, entry, DRAFT)
    current = UpdateStatus.CURRENT
    refused_on_own_behalf(desk, said, lambda: vetting.record_status(desk, entry, current, TODAY))
    assert vetting.record_status(desk, entry, current, TODAY, "U-003-A").vetting.permitted
    assert not vetting.record_status(desk, entry, UpdateStatus.CHANGED, TODAY).vetting.permitted
    mine = stories.staff_member(desk, "Amina Begum", login="amina", vetted=False)
    own = stories.certificate("002222222222", TODAY)
    assert vetting.record(desk, entry, replace(own, decided_by=None)).vetting.permitted
    staff.leave(stories.as_rhys(desk), mine, TODAY - timedelta(days=1), "moved")
    again = replace(own, number="003333333333", decided_by=None)
    refused_on_own_behalf(desk, said, lambda: vetting.record(desk, entry, again))


def test_an_entry_with_a_login_is_somebody_elses(desk: Desk, tomos: str) -> None:
    """Whoever is on no entry decides on it."""
    assert vetting.record(desk, tomos, replace(DRAFT, decided_by=None)).vetting.permitted


@pytest.mark.parametrize("ref", ["U-004-G", "ST-001-R", "ST-002-W"])
@pytest.mark.clause("4.4", "enhanced check")
def test_whoever_decided_is_a_manager_with_a_login(desk: Desk, ref: str) -> None:
    """Not a worker, a volunteer, or an entry of the register; any of them may have seen the certificate."""
    stories.staff_member(desk, "Efa Parry", vetted=False)
    stories.staff_member(desk, "Rhys Morgan", login="rhys", vetted=False)
    other = stories.staff_member(desk, "Nia Hughes", vetted=False)
    error = refused(desk, other, replace(DRAFT, decided_by=ref), f"{ref} may not decide on a check", "authority")
    assert error.hint.endswith("by login name: lcs vault user list")
    done = vetting.record(desk, other, replace(DRAFT, seen_by=ref))
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
