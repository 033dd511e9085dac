"""What the day holds and how the vault stands, the policy for whoever asks, and the check-up."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec.structs import force_setattr, replace

from lcs_cli.errors import FailedError, NotFoundError, RefusedError, UsageError
from lcs_cli.records.permission import PermissionKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.request import RequestKind
from lcs_cli.records.staff import UpdateStatus
from lcs_cli.services import (
    activities,
    consents,
    contact_sessions,
    demo,
    doctor,
    exports,
    families,
    keys,
    overview,
    policies,
    reports,
    requests,
    retention,
    staff,
    users,
    vetting,
)
from lcs_cli.services.desk import Desk
from lcs_cli.services.export_plan import ExportOrder
from lcs_cli.services.requests import RequestDraft
from lcs_cli.vault import folder as vault_folder
from tests.conftest import TODAY, OpenDesk, make_vault, open_desk
from tests.services import stories, use_cases
from tests.services.stories import APPROVED, CLOSED
from tests.vault.pages import PAGE, pages


def test_the_day_shows_sessions_and_what_was_not_recorded(desk: Desk, desk_of: OpenDesk) -> None:
    """Cancelled ones are left out; a worker sees it too; counts stand for what they may not read."""
    household = stories.family(desk)
    today, past = stories.booked(desk, household.ref, TODAY), stories.booked(desk, household.ref, date(2026, 11, 2))
    stories.held(desk, household.ref, date(2026, 11, 3))
    contact_sessions.cancel(desk, stories.booked(desk, household.ref, date(2026, 11, 4)), "flu")
    stories.booked(desk, household.ref, TODAY + timedelta(days=1))
    stories.flag(desk, household.ref, closed=False)
    stories.closed_family(desk)
    shown = overview.today(desk_of("tomos"))
    assert [one.number for one in shown.sessions] == [stories.number(Kind.SESSION, today)]
    assert [one.number for one in shown.unrecorded] == [stories.number(Kind.SESSION, past)]
    counts = {one.name: one.count for one in shown.waiting}
    assert (shown.day, counts["open_flags"], counts["to_review"], counts["to_approve"]) == (TODAY, 1, 1, 0)


def test_the_status_counts(desk_of: OpenDesk) -> None:
    """People, families, what waits."""
    desk = desk_of("amina", APPROVED)
    refs = [stories.closed_family(desk).ref for _ in range(2)]
    stories.family(desk)
    stories.family(desk, opened_on=None)
    stories.approved(desk_of, refs[0])
    retention.propose(desk, refs[1], None)
    found = overview.status(desk_of("tomos", APPROVED))
    assert (found.user, found.roles, found.people) == ("U-004-G", ["worker"], 3)
    assert (found.families_open, found.families_closed, found.families_other) == (1, 2, 1)
    counts = {one.name: one.count for one in found.waiting}
    assert (counts["to_approve"], counts["approved"], found.policy.version) == (1, 1, 1)


@pytest.mark.clause("6", "every year")
def test_the_yearly_review_of_the_policy_falls_due(desk: Desk) -> None:
    """Policy 6: a year after it took effect; the days are counted from then on."""
    copy = policies.show(desk)
    assert copy.review_due_on == date(2027, 1, 5)
    assert [copy.overdue_days(day) for day in (TODAY, date(2027, 1, 5), date(2027, 1, 7))] == [0, 0, 2]
    assert policies.without_vault().overdue_days(TODAY) == 0


@pytest.mark.clause("5", "given a copy")
def test_anyone_is_given_the_policy_and_it_is_logged(desk: Desk) -> None:
    """Policy 5: to a referrer, or to what kind of person asked; to nobody by name."""
    referrer = stories.referrer(desk)
    for to, refs, detail in (
        ("volunteer", (), {"to": "volunteer", "policy": 1}),
        (referrer.lower(), (referrer,), {"policy": 1}),
    ):
        assert policies.give(desk, to).text == policies.without_vault().text
        entry = stories.trail(desk)[-1]
        assert (entry.refs, entry.detail) == (refs, detail)
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^to:"):
        policies.give(desk, "Gwen")
    with stories.unchanged(desk), pytest.raises(NotFoundError):
        policies.give(desk, "REF-0042-L")


def test_one_clause_of_the_policy_is_shown_by_its_number(desk: Desk) -> None:
    """Heading first; where there is none of that number, the numbers there are."""
    copy = policies.show(desk)
    assert policies.clause(copy, "4.6").startswith("4.6 ")
    with pytest.raises(NotFoundError) as missing:
        policies.clause(copy, "4.9")
    assert "4.6" in missing.value.hint


def test_a_check_up_of_a_sound_vault_finds_nothing(desk: Desk, desk_of: OpenDesk) -> None:
    """Before the first disposal and after it."""
    assert [(finding.check, finding.sound) for finding in doctor.examine(desk)] == [
        ("header", True),
        ("data file", True),
        ("register of disposals", True),
        ("audit trail", True),
        ("documents", True),
        ("exports", True),
        ("keys", True),
        ("rules", True),
        ("backups", True),
    ]
    stories.disposed(desk_of, stories.closed_family(desk_of("amina", CLOSED)).ref)
    assert all(finding.sound for finding in doctor.examine(desk_of()))


@pytest.mark.parametrize("copy", [vault_folder.HEADER, vault_folder.HEADER_COPY])
def test_a_check_up_notices_a_copy_of_the_header_that_is_lost_or_differs(vault: Path, desk: Desk, copy: str) -> None:
    """The vault still opens: that is why there are two."""
    content = (vault / copy).read_bytes()
    for damaged in (None, content + b" "):
        (vault / copy).unlink() if damaged is None else (vault / copy).write_bytes(damaged)
        unsound = [finding.check for finding in doctor.examine(desk) if not finding.sound]
        assert unsound == ["header"]
        (vault / copy).write_bytes(content)
    assert all(finding.sound for finding in doctor.examine(desk))


def test_a_check_up_notices_a_damaged_page(desk: Desk) -> None:
    """And goes on with the rest."""
    stories.family(desk, name="Plantedname")
    desk.db.close()
    found = pages(desk.db.path, stories.records_key(desk))
    damaged = next(number for number, page in enumerate(found) if b"Plantedname" in page)
    content = bytearray(desk.db.path.read_bytes())
    content[damaged * PAGE + 100] ^= 1
    desk.db.path.write_bytes(content)
    sound = {finding.check: finding.sound for finding in doctor.examine(desk)}
    assert not sound["data file"]
    assert sum(not one for one in sound.values()) == 1


def test_a_check_up_notices_an_export_that_was_perhaps_never_handed_over(
    desk: Desk, tmp_path: Path, desk_of: OpenDesk
) -> None:
    """It was registered, and the command was stopped or its folder could not be named."""
    household, referrer = stories.family(desk), stories.referrer(desk)
    stories.referred(desk, household.ref, referrer)
    stories.held(desk, household.ref, TODAY)
    exports.export(desk, referrer, ExportOrder("safeguarding"), tmp_path)
    (tmp_path / "EX-000002-W").mkdir()
    with pytest.raises(FailedError, match="EX-000002-W"):
        exports.export(desk, referrer, ExportOrder("safeguarding"), tmp_path)
    (unsound,) = [finding for finding in doctor.examine(desk_of()) if not finding.sound]
    assert (unsound.check, "EX-000002-W" in unsound.found, "EX-000001-R" in unsound.found) == ("exports", True, False)


def test_a_service_or_a_stranger_gets_no_check_up(desk: Desk) -> None:
    """It needs a role."""
    force_setattr(desk.vault.opened.user, "roles", frozenset())
    with pytest.raises(RefusedError):
        doctor.examine(desk)


def test_the_demo_is_the_same_families_for_the_same_day(tmp_path: Path) -> None:
    """Whole and sound, with something due, something flagged and something kept for ever."""
    names = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        make_vault(folder)
        desk = open_desk(folder)
        demo.populate(desk)
        names.append([(file.family.name, [one.given_name for one in file.people]) for file in families.listing(desk)])
        assert all(finding.sound for finding in doctor.examine(desk))
        assert len(retention.due(desk, TODAY)) >= 3
        assert desk.db.value("SELECT count(*) FROM flag")
    assert names[0] == names[1]
    assert len(names[0]) == demo.FAMILIES


def test_a_check_up_and_the_status_tell_which_keys_a_leaver_may_have_kept(desk: Desk, desk_of: OpenDesk) -> None:
    """Until they are replaced, whoever left can still open a stolen copy."""
    users.remove(desk, "tomos")
    (finding,) = [finding for finding in doctor.examine(desk) if finding.check == "keys"]
    assert (finding.sound, "records: lcs vault rotate" in finding.found) == (False, True)
    assert list(overview.status(desk).keys_to_replace) == ["records"]
    keys.rotate(desk)
    assert all(finding.sound for finding in doctor.examine(desk_of()))
    assert list(overview.status(desk).keys_to_replace) == []


def missing(desk: Desk) -> tuple[int, ...]:
    """How many undertakings the day and the status say are missing."""
    shown = (*overview.today(desk).waiting, *overview.status(desk).waiting)
    return tuple(one.count for one in shown if one.name == "undertakings_missing")


@pytest.mark.clause("4.1", "talks about a family")
@pytest.mark.clause("4.1", "stays confidential")
def test_missing_undertakings_are_counted_until_they_are_signed(desk: Desk, desk_of: OpenDesk) -> None:
    """Policy 4.1: of people only; a service and the recovery key sign nothing. Of those without a slot, too."""
    assert missing(desk) == (3, 3)
    refs = {name: stories.staff_member(desk, login=name, vetted=False) for name in ("amina", "rhys", "tomos")}
    volunteer = stories.staff_member(desk, vetted=False)
    assert missing(desk) == (4, 4)
    for ref in (refs["rhys"], refs["tomos"], volunteer):
        staff.undertake(desk, ref, desk.today)
    staff.undertake(desk_of("rhys"), refs["amina"], desk.today)
    assert missing(desk) == (0, 0)


def test_checks_that_are_due_and_sessions_that_nobody_supervises_are_counted(desk: Desk) -> None:
    """Policy 4.4: today and on the seven days to come, in the day and in the status."""
    household = stories.family(desk)
    vetted, other = stories.staff_member(desk), stories.staff_member(desk, vetted=False)
    for day in (-1, 0, 7, 8):
        stories.booked(desk, household.ref, TODAY + timedelta(days=day))
    contact_sessions.book(desk, household.ref, TODAY, "14:00", "15:00", supervisor=vetted)
    contact_sessions.book(desk, household.ref, TODAY, "15:00", "16:00", supervisor=other, companion=vetted)
    for shown in (overview.today(desk).waiting, overview.status(desk).waiting):
        counts = {one.name: (one.count, one.clause) for one in shown}
        assert (counts["checks_due"], counts["sessions_unsupervised"]) == ((1, "4.4"), (2, "4.4"))


def test_each_thing_that_waits_is_counted_with_the_command_that_lists_it(desk: Desk) -> None:
    """One of each kind, in the day and in the status: what is not counted is seen by nobody who does not look for it.

    Some is as other tests prepare it; the rest comes here, on a day on which the yearly review is late, too.
    """
    use_cases.prepare(desk)
    stories.stopped(desk)
    there = stories.on(desk, date(2027, 1, 7))
    consents.record(there, use_cases.P9, replace(use_cases.CONSENT, until=there.today))
    asked = replace(use_cases.ASKED, received_on=TODAY, due_on=TODAY + timedelta(days=7))
    reports.request(there, use_cases.F4, asked)
    requests.add(there, use_cases.P9, RequestDraft(RequestKind.OWN, date(2026, 12, 10)))
    stories.permission(there, use_cases.F4, days=(there.today, there.today))
    stories.granted(desk, stories.permission(desk, use_cases.F4, days=(TODAY, TODAY)))
    done = activities.record(
        stories.evening(desk), stories.booked(desk, use_cases.F4, TODAY), PermissionKind.OBSERVATION
    )
    contact_sessions.move(desk, reference(Kind.SESSION, done.activity.session), there.today, "10:00", "11:30", "bus")
    staff.leave(there, stories.staff_member(there, "Tomos Price", login="tomos", vetted=False), TODAY, "moved")
    expected = {
        "to_review": (1, "retention review"),
        "open_flags": (1, "flag list --open"),
        "to_approve": (1, "retention approve"),
        "approved": (0, "retention due --all"),
        "holds_asked_about": (0, "retention holds"),
        "disposals_stopped": (1, "retention resume"),
        "clock_doubted": (0, "retention sweep --confirm-date DAY"),
        "paper_to_destroy": (1, "paper list --to-destroy"),
        "checks_due": (1, "staff due"),
        "checks_to_confirm": (1, "staff due"),
        "undertakings_missing": (4, "staff due"),
        "slots_of_leavers": (1, "staff due"),
        "sessions_unsupervised": (1, "session list --unsupervised"),
        "words_to_clear": (1, "retention clear LCS-0006-Y"),
        "requests_overdue": (2, "request list"),
        "requests_due_soon": (1, "request list"),
        "requests_paused_long": (1, "request list"),
        "requests_to_check": (2, "request list"),
        "requests_to_read": (4, "request find RQ-0001-R"),
        "incomplete_disclosures": (1, "disclosure list --incomplete"),
        "lapsing_consents": (1, "consent list --lapsing"),
        "reports_to_decide": (2, "report list --open"),
        "reports_to_produce": (1, "report list --open"),
        "reports_past_their_day": (1, "report list --open"),
        "permissions_to_decide": (1, "permission list --open"),
        "activities_uncovered": (1, "permission list"),
        "policy_review": (1, "policy review"),
        "backup_overdue": (1, "vault backup"),
    }
    counted = overview.today(there).waiting
    assert {one.name: (one.count, one.command) for one in counted} == expected
    assert overview.status(there).waiting == counted[1:]
    known = {action for grant in desk.rules.file("authority.toml")["grant"] for action in grant["actions"]}
    assert {one.action for one in counted} <= known


def test_the_day_says_of_each_session_whether_it_is_supervised(desk: Desk, desk_of: OpenDesk) -> None:
    """To a worker as well, who is not told why somebody may not."""
    household = stories.family(desk)
    alone = stories.staff_member(desk)
    number = contact_sessions.book(desk, household.ref, TODAY, "10:00", "11:00", supervisor=alone).number
    assert overview.today(desk).duties[number].permitted
    vetting.record_status(desk, alone, UpdateStatus.CHANGED, TODAY)
    told, withheld = (overview.today(one).duties[number] for one in (desk, desk_of("tomos")))
    assert (told.permitted, withheld.permitted) == (False, False)
    assert "status has changed" in told.reason
    assert withheld.reason == "S-000001-R has no supervisor with a check that is in order"
