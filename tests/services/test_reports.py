"""Reports for proceedings (policy 4.1): an agency asks, another manager agrees, and each step leaves its record."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from lcs_cli.errors import NotFoundError, RefusedError, UsageError
from lcs_cli.policy.reports import Standing
from lcs_cli.policy.retention import Outcome
from lcs_cli.records.references import Kind
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.records.report import ReportState
from lcs_cli.records.user import Role
from lcs_cli.services import overview, referrals, report_files, reports, retention, users
from lcs_cli.services.desk import Desk
from lcs_cli.services.reports import ReportDraft
from lcs_cli.vault.secret import Secret
from tests.conftest import CHEAP, TODAY, OpenDesk, passphrase
from tests.services import stories

DRAFT = ReportDraft("REF-0001-R", "care", TODAY, "Dates of contact", "Order of 24 November", TODAY + timedelta(14))
RP1 = "RP-0001-R"


@pytest.fixture
def family(desk: Desk) -> str:
    """A family, and a court on the register of referrers."""
    stories.referrer(desk, ReferrerKind.COURT)
    return stories.family(desk).ref


def waiting(desk: Desk) -> dict[str, int]:
    """What of reports waits for a person, as `today` counts it."""
    return {one.name: one.count for one in overview.today(desk).waiting if one.name.startswith("reports_")}


def test_a_request_says_who_asks_what_and_how_that_is_known(desk: Desk, family: str) -> None:
    """With the day it came and the day it is wanted by; nobody has decided."""
    one = reports.request(desk, family, DRAFT)
    assert (one.family, one.agency, one.proceedings, one.received_on) == (1, 1, "care", TODAY)
    assert (one.asked, one.evidence, one.due_on) == (DRAFT.asked, DRAFT.evidence, DRAFT.due_on)
    assert (one.requested_on, one.requested_by, one.state) == (TODAY, "U-001-R", ReportState.REQUESTED)
    shown = reports.show(desk, RP1)
    assert (shown.report, shown.standing, shown.law) == (one, Standing.REQUESTED, "public")
    assert shown.proceedings == "Care order (Children Act 1989, s. 31)"
    assert "Order of" not in repr(one)


def test_a_report_may_be_wanted_on_the_day_on_which_it_is_asked_for(desk: Desk, family: str) -> None:
    """Courts do."""
    assert reports.request(desk, family, replace(DRAFT, due_on=DRAFT.received_on)).due_on == TODAY


@pytest.mark.parametrize("kind", sorted(set(ReferrerKind) - {"court", "cafcass", "local-authority"}))
@pytest.mark.clause("4.1", "proceedings")
def test_who_is_no_authorised_agency_is_refused(desk: Desk, family: str, kind: ReferrerKind) -> None:
    """Nothing is recorded; the clause, and the bodies that could ask."""
    other = stories.referrer(desk, kind)
    before = stories.everything(desk)["report"]
    with pytest.raises(RefusedError, match="no agency that may ask") as refused:
        reports.request(desk, family, replace(DRAFT, agency=other))
    assert (refused.value.clause, refused.value.rule) == ("4.1", "report-request")
    assert "a court, Cafcass or a local authority" in refused.value.hint
    assert f"lcs report request {family}" in refused.value.hint
    assert stories.everything(desk)["report"] == before
    assert stories.trail(desk)[-1].refs == (family, other)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"proceedings": "divorce"}, "^proceedings: is none"),
        ({"received_on": TODAY + timedelta(1)}, "^received on: must not be in the future"),
        ({"due_on": TODAY - timedelta(1)}, "^due on: is before"),
        ({"asked": " "}, "^what is asked: must not be empty"),
        ({"evidence": ""}, "^evidence: must not be empty"),
        ({"evidence": "a\nb"}, "^evidence:"),
    ],
)
def test_a_request_that_cannot_be_is_not_recorded(desk: Desk, family: str, wrong: dict[str, object], why: str) -> None:
    """One line that names the field."""
    with stories.unchanged(desk), pytest.raises(UsageError, match=why):
        reports.request(desk, family, replace(DRAFT, **wrong))


def test_the_same_request_is_open_only_once(desk: Desk, family: str) -> None:
    """Of one family, agency and type; each other one is a request of its own, and so is one after it ended."""
    reports.request(desk, family, DRAFT)
    with stories.unchanged(desk), pytest.raises(UsageError, match="RP-0001-R is the same request"):
        reports.request(desk, family, DRAFT)
    other = stories.referrer(desk, ReferrerKind.CAFCASS)
    for draft in (replace(DRAFT, agency=other), replace(DRAFT, proceedings="supervision")):
        reports.request(desk, family, draft)
    reports.request(desk, stories.family(desk).ref, DRAFT)
    reports.withdraw(desk, RP1, "settled")
    assert reports.request(desk, family, DRAFT).number == 5


@pytest.mark.clause("4.1", "proceedings")
def test_who_recorded_the_request_does_not_decide_on_it(desk: Desk, family: str) -> None:
    """Whatever else they are; the other manager may, and then they see who it was."""
    reports.request(desk, family, DRAFT)
    for agreed in (True, False):
        with pytest.raises(RefusedError, match="both sides") as refused:
            reports.decide(desk, RP1, "It may", agreed=agreed)
        assert (refused.value.clause, refused.value.rule) == ("4.1", "report-both-sides")
    assert reports.show(desk, RP1).report.decisions == ()
    one = reports.decide(stories.as_rhys(desk), RP1, "It may", agreed=True)
    assert one.agreement is not None
    assert (one.state, one.agreement.decided_by, one.agreement.reason) == (ReportState.AGREED, "U-003-A", "It may")
    assert reports.show(desk, RP1).agreed_until == TODAY + timedelta(90)


@pytest.mark.parametrize(("agreed", "outcome"), [(True, "agreed"), (False, "declined")])
def test_the_trail_says_which_way_it_was_decided(desk: Desk, family: str, agreed: bool, outcome: str) -> None:
    """The row goes with the family; that an agreement was given, or not, stays."""
    reports.request(desk, family, DRAFT)
    reports.decide(stories.as_rhys(desk), RP1, "It was weighed up", agreed=agreed)
    entry = stories.trail(desk)[-1]
    assert (entry.action, entry.refs, entry.detail) == ("report.decide", (RP1, family), {"outcome": outcome})


def test_only_a_manager_decides(desk: Desk, family: str, desk_of: OpenDesk) -> None:
    """Not a worker, not an administrator who is no manager."""
    users.add_user(desk, "nia", [Role.ADMINISTRATOR], Secret(passphrase=passphrase("nia")), CHEAP)
    reports.request(desk, family, DRAFT)
    for name in ("tomos", "nia"):
        with pytest.raises(RefusedError) as refused:
            reports.decide(desk_of(name), RP1, "It may", agreed=True)
        assert refused.value.rule == "authority"


def test_what_was_decided_is_not_decided_again(desk: Desk, family: str) -> None:
    """Declined it has ended; agreed to it is decided on anew only when the agreement has lapsed."""
    reports.request(desk, family, DRAFT)
    rhys = stories.as_rhys(desk)
    reports.decide(rhys, RP1, "It may", agreed=True)
    with stories.unchanged(desk), pytest.raises(UsageError, match="RP-0001-R is agreed already"):
        reports.decide(rhys, RP1, "It may not", agreed=False)
    lapsed = TODAY + timedelta(91)
    assert reports.show(stories.on(desk, lapsed), RP1).standing is Standing.LAPSED
    one = reports.decide(stories.as_rhys(desk, lapsed), RP1, "Not any more", agreed=False)
    assert [decision.agreed for decision in one.decisions] == [True, False]
    with pytest.raises(UsageError, match="was declined") as ended:
        reports.decide(stories.as_rhys(desk, lapsed), RP1, "Yet", agreed=True)
    assert ended.value.hint.endswith("lcs report request LCS-0001-R")


def test_what_has_ended_is_not_withdrawn(desk: Desk, family: str) -> None:
    """Once is enough, with the reason."""
    reports.request(desk, family, DRAFT)
    one = reports.withdraw(desk, RP1, "settled")
    assert (one.state, one.withdrawn_on, one.withdrawn_by) == (ReportState.WITHDRAWN, TODAY, "U-001-R")
    assert one.withdrawn_because == "settled"
    with stories.unchanged(desk), pytest.raises(UsageError, match="was withdrawn"):
        reports.withdraw(desk, RP1, "again")


def test_the_list_is_of_one_family_or_all_and_of_what_is_open(desk: Desk, family: str) -> None:
    """By number, with where each one stands."""
    other = stories.family(desk).ref
    for ref in (family, other):
        reports.request(desk, ref, DRAFT)
    reports.withdraw(desk, RP1, "settled")
    assert [one.standing for one in reports.listing(desk, None)] == [Standing.WITHDRAWN, Standing.REQUESTED]
    assert [one.report.number for one in reports.listing(desk, None, only_open=True)] == [2]
    assert [one.report.number for one in reports.listing(desk, family)] == [1]
    assert list(reports.listing(desk, family, only_open=True)) == []


def test_what_waits_is_counted(desk: Desk, family: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """To decide, then to produce, past its day, to decide anew; and nothing once it is produced."""
    reports.request(desk, family, DRAFT)
    keys = ("reports_to_decide", "reports_to_produce", "reports_past_their_day")
    assert waiting(desk) == dict(zip(keys, (1, 0, 0), strict=True))
    reports.decide(stories.as_rhys(desk), RP1, "It may", agreed=True)
    assert waiting(desk) == dict(zip(keys, (0, 1, 0), strict=True))
    late = stories.on(desk, TODAY + timedelta(14))
    assert waiting(late) == dict(zip(keys, (0, 1, 0), strict=True))
    assert waiting(stories.on(desk, TODAY + timedelta(15))) == dict(zip(keys, (0, 1, 1), strict=True))
    assert waiting(stories.on(desk, TODAY + timedelta(91))) == dict(zip(keys, (1, 0, 1), strict=True))
    report_files.produce(desk, RP1, tmp_path_factory.mktemp("out"), lambda document: document.reference)
    assert waiting(stories.on(desk, TODAY + timedelta(91))) == dict(zip(keys, (0, 0, 0), strict=True))


def test_an_unknown_request_is_not_found(desk: Desk) -> None:
    """It is said where to look."""
    with (
        stories.unchanged(desk),
        pytest.raises(NotFoundError, match="no report has the reference RP-0042-L") as missing,
    ):
        reports.show(desk, "RP-0042-L")
    assert missing.value.hint == "look it up with: lcs report list"


# --- Retention (policy 4.6) -------------------------------------------------------------------------------------------


def outcome_on(desk: Desk, day: date) -> tuple[Outcome, tuple[str, ...]]:
    """What the schedule says of the one family."""
    (item,) = retention.items(desk, day)
    return item.decision.outcome, item.decision.reasons


def test_an_open_request_keeps_a_file_and_an_ended_one_does_not(desk_of: OpenDesk) -> None:
    """Asked for or agreed to; not declined, withdrawn or produced."""
    desk = desk_of("amina", stories.APPROVED)
    household = stories.closed_family(desk)
    agency = stories.referrer(desk, ReferrerKind.COURT)
    draft = replace(DRAFT, agency=agency, received_on=stories.APPROVED, due_on=None)
    day = stories.APPROVED
    assert outcome_on(desk, day)[0] is Outcome.DUE
    reports.request(desk, household.ref, draft)
    assert outcome_on(desk, day) == (Outcome.REQUIRED, ("open: RP-0001-R",))
    reports.decide(stories.as_rhys(desk), RP1, "It may", agreed=True)
    assert outcome_on(desk, day)[0] is Outcome.REQUIRED
    reports.withdraw(desk, RP1, "settled")
    assert outcome_on(desk, day)[0] is Outcome.DUE
    reports.request(desk, household.ref, draft)
    reports.decide(stories.as_rhys(desk), "RP-0002-W", "It may not", agreed=False)
    assert outcome_on(desk, day)[0] is Outcome.DUE


def test_producing_a_report_is_a_use_of_the_file(desk_of: OpenDesk, tmp_path: Path) -> None:
    """A disclosure: it restarts the five years, and the request is open no more."""
    desk = desk_of("amina", stories.APPROVED)
    household = stories.closed_family(desk)
    stories.agreed(desk, household.ref, stories.referrer(desk, ReferrerKind.COURT))
    report_files.produce(desk, RP1, tmp_path, lambda document: document.reference)
    (item,) = retention.items(desk, stories.APPROVED)
    assert (item.decision.outcome, item.decision.due_on) == (Outcome.NOT_DUE, date(2030, 3, 3))


@pytest.mark.parametrize("electronic", [False, True])
def test_what_was_written_goes_with_the_family(desk_of: OpenDesk, electronic: bool) -> None:
    """Requests, decisions and what they say, also where a stub of the family is left."""
    desk = desk_of("amina", stories.CLOSED)
    household = stories.closed_family(desk, electronic=electronic)
    agency = stories.referrer(desk, ReferrerKind.COURT)
    draft = replace(DRAFT, agency=agency, received_on=stories.CLOSED, due_on=None)
    reports.request(desk, household.ref, draft)
    reports.decide(stories.as_rhys(desk), RP1, "It may not", agreed=False)
    desk.db.close()
    (one,) = stories.disposed(desk_of, household.ref).disposed
    assert one.went["report"] == 1
    there = desk_of("amina", stories.SWEPT)
    for table in ("report", "report_decision", "report_production"):
        assert there.db.rows(f"SELECT * FROM {table}") == [], table


def test_a_report_that_was_produced_goes_and_its_entry_stays(desk_of: OpenDesk, tmp_path: Path) -> None:
    """The register says that something was told of a family that is gone; the request is gone with it."""
    desk = desk_of("amina", stories.APPROVED)
    household = stories.closed_family(desk)
    stories.agreed(desk, household.ref, stories.referrer(desk, ReferrerKind.COURT))
    done = report_files.produce(desk, RP1, tmp_path, lambda document: document.reference)
    desk.db.close()
    stories.approved(desk_of, household.ref, day=date(2030, 3, 3))
    (one,) = stories.swept(desk_of, date(2030, 3, 10)).disposed
    assert one.went["report"] == 1
    there = desk_of("amina", date(2030, 3, 10))
    assert there.db.rows("SELECT * FROM report") == there.db.rows("SELECT * FROM report_production") == []
    assert there.db.rows("SELECT id, kind, purpose FROM disclosure") == [
        (stories.number(Kind.DISCLOSURE, done.document.reference), "report", "child-arrangements")
    ]
    assert there.db.rows("SELECT family_id FROM disclosure_family") == [(1,)]


def test_a_stub_can_be_asked_about_and_comes_due_again(desk_of: OpenDesk) -> None:
    """What is left of a family is what a court may ask about; the request goes five years later."""
    desk = desk_of("amina", stories.CLOSED)
    household = stories.closed_family(desk, electronic=True)
    desk.db.close()
    stories.disposed(desk_of, household.ref)
    there = desk_of("amina", stories.SWEPT)
    agency = stories.referrer(there, ReferrerKind.COURT)
    reports.request(there, household.ref, replace(DRAFT, agency=agency, received_on=stories.SWEPT, due_on=None))
    reports.withdraw(there, RP1, "settled")
    assert outcome_on(there, stories.SWEPT)[0] is Outcome.NOT_DUE
    assert outcome_on(there, date(2030, 3, 10))[0] is Outcome.DUE
    assert referrals.listing(there, household.ref)[0].electronic
