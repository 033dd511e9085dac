"""Who is told which attendance (policy 4.2): the gate, whose families, from which day, and which lines."""

import csv
import io
from collections.abc import Iterable
from datetime import date

import pytest

from lcs_cli.errors import NotFoundError, RefusedError, UsageError
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import ReferralOutcome, ReferrerKind
from lcs_cli.services import attendance, contact_sessions, exports, families, referrals
from lcs_cli.services.attendance import Outcome
from lcs_cli.services.desk import Desk
from lcs_cli.services.export_plan import ExportOrder
from lcs_cli.services.exports import Export
from tests.conftest import TODAY
from tests.services import stories
from tests.services.stories import STAYED_AWAY

ORDER = ExportOrder("case-management")
SOLICITOR, CAFCASS = ReferrerKind.SOLICITOR, ReferrerKind.CAFCASS


def told(export: Export) -> list[tuple[str, str]]:
    """Family and day of each line."""
    return [(row["family_reference"], row["session_date"]) for row in lines(export)]


def lines(export: Export) -> list[dict[str, str]]:
    """The lines of an export in CSV."""
    return list(csv.DictReader(io.StringIO(export.content.decode())))


def days(export: Export) -> list[str]:
    """The days that were told."""
    return [day for _, day in told(export)]


def held(desk: Desk, family: str, days: Iterable[date]) -> None:
    """Sessions with attendance."""
    for day in days:
        stories.held(desk, family, day)


@pytest.mark.parametrize("purpose", ["safeguarding", "case-management"])
@pytest.mark.parametrize("kind", list(ReferrerKind))
@pytest.mark.clause("4.2", "dates and times")
def test_the_familys_own_referrer_is_told(desk: Desk, kind: ReferrerKind, purpose: str) -> None:
    """Whatever kind of body it is, for either purpose."""
    household, referrer = stories.family(desk), stories.referrer(desk, kind)
    stories.referred(desk, household.ref, referrer)
    stories.held(desk, household.ref, TODAY)
    export = exports.export(desk, referrer, ExportOrder(purpose), None)
    assert (export.recipient, told(export)) == (referrer, [(household.ref, "2026-11-26")])


@pytest.mark.parametrize(
    ("purpose", "clause", "rule"),
    [
        ("", "2", "request"),
        ("  ", "2", "request"),
        ("court", "4.1", "reports-for-proceedings"),
        ("hearing", "4.1", "reports-for-proceedings"),
        ("curiosity", "4.2", "attendance"),
        ("Case-Management", "4.2", "attendance"),
    ],
)
@pytest.mark.parametrize("kind", [SOLICITOR, ReferrerKind.LOCAL_AUTHORITY])
@pytest.mark.clause("4.2", "dates and times")
def test_without_one_of_the_two_purposes_nobody_is_told(
    desk: Desk, purpose: str, clause: str, rule: str, kind: ReferrerKind
) -> None:
    """Refused by the clause that says so; nothing is registered."""
    household, referrer = stories.family(desk), stories.referrer(desk, kind)
    stories.referred(desk, household.ref, referrer)
    stories.held(desk, household.ref, TODAY)
    with pytest.raises(RefusedError) as refused:
        exports.export(desk, referrer, ExportOrder(purpose), None)
    assert (refused.value.clause, refused.value.rule) == (clause, rule)
    assert "--purpose safeguarding" in refused.value.hint or "lcs report request FAMILY" in refused.value.hint
    assert desk.db.value("SELECT count(*) FROM disclosure") == 0


@pytest.mark.parametrize(
    "steps", [None, [], [ReferralOutcome.DECLINED], [ReferralOutcome.ACCEPTED, ReferralOutcome.ENDED]]
)
@pytest.mark.clause("4.2", "dates and times")
def test_a_referrer_without_a_live_link_is_told_nothing(desk: Desk, steps: list[ReferralOutcome] | None) -> None:
    """None at all, a pending one, a declined one, or one that has ended: by name of the family or without."""
    household, referrer = stories.family(desk), stories.referrer(desk, SOLICITOR)
    stories.held(desk, household.ref, TODAY)
    if steps is not None:
        added = referrals.add(desk, household.ref, referrer, TODAY, electronic=False, case_reference=None)
        for step in steps:
            referrals.decide(desk, reference(Kind.REFERRAL, added.number), step, TODAY)
    for order in (ORDER, ExportOrder("case-management", family=household.ref)):
        with pytest.raises(RefusedError) as refused:
            exports.export(desk, referrer, order, None)
        assert (refused.value.clause, refused.value.rule) == ("4.2", "attendance")
    assert desk.db.value("SELECT count(*) FROM disclosure") == 0


def test_a_link_that_ended_with_the_service_tells_nothing_more(desk: Desk) -> None:
    """Closing the family ends it."""
    household, referrer = stories.family(desk), stories.referrer(desk, SOLICITOR)
    stories.referred(desk, household.ref, referrer)
    stories.held(desk, household.ref, TODAY)
    families.close(desk, household.ref, TODAY)
    with pytest.raises(RefusedError, match="no longer the referrer"):
        exports.export(desk, referrer, ExportOrder("case-management", family=household.ref), None)


@pytest.mark.clause("4.2", "dates and times")
def test_another_referrers_family_is_not_told(desk: Desk) -> None:
    """Not by name; and a list of one's own families leaves it out."""
    own, other = stories.family(desk), stories.family(desk)
    referrer, stranger = stories.referrer(desk, SOLICITOR), stories.referrer(desk, SOLICITOR)
    stories.referred(desk, own.ref, referrer)
    stories.referred(desk, other.ref, stranger)
    for household in (own, other):
        stories.held(desk, household.ref, TODAY)
    assert told(exports.export(desk, referrer, ORDER, None)) == [(own.ref, "2026-11-26")]
    with pytest.raises(RefusedError, match=f"is not the referrer of {other.ref}"):
        exports.export(desk, referrer, ExportOrder("case-management", family=other.ref), None)


def test_a_statutory_agency_is_told_of_a_family_that_it_names(desk: Desk) -> None:
    """From the beginning, without any referral; but it has no families of its own."""
    household, agency = stories.family(desk), stories.referrer(desk, CAFCASS)
    held(desk, household.ref, [stories.OPENED, TODAY])
    export = exports.export(desk, agency, ExportOrder("safeguarding", family=household.ref), None)
    assert [(row["session_date"], row["case_reference"]) for row in lines(export)] == [
        ("2019-01-07", ""),
        ("2026-11-26", ""),
    ]
    with stories.unchanged(desk), pytest.raises(UsageError, match="no family with a live referral"):
        exports.export(desk, agency, ORDER, None)


def test_attendance_is_told_from_the_day_the_referral_was_received(desk: Desk) -> None:
    """Not what happened before they sent the family; that day itself is in."""
    household, referrer = stories.family(desk), stories.referrer(desk, SOLICITOR)
    held(desk, household.ref, [date(2020, 1, 1), date(2020, 1, 2), date(2020, 1, 3)])
    stories.referred(desk, household.ref, referrer, date(2020, 1, 2))
    for order in (ORDER, ExportOrder("case-management", family=household.ref)):
        assert days(exports.export(desk, referrer, order, None)) == ["2020-01-02", "2020-01-03"]
    early = ExportOrder("case-management", from_on=date(2019, 1, 1))
    assert days(exports.export(desk, referrer, early, None)) == ["2020-01-02", "2020-01-03"]


def test_a_family_referred_twice_is_told_from_the_first_of_the_live_referrals(desk: Desk) -> None:
    """Once, and under the case reference of the later one."""
    household, referrer = stories.family(desk), stories.referrer(desk)
    held(desk, household.ref, [date(2020, 1, 1), date(2021, 1, 1)])
    stories.referred(desk, household.ref, referrer, date(2020, 6, 1), case="AT/2")
    stories.referred(desk, household.ref, referrer, date(2020, 1, 1), case="AT/1")
    export = exports.export(desk, referrer, ORDER, None)
    assert [(row["session_date"], row["case_reference"]) for row in lines(export)] == [
        ("2020-01-01", "AT/2"),
        ("2021-01-01", "AT/2"),
    ]


def test_only_the_days_that_were_asked_for_are_told(desk: Desk) -> None:
    """The first and the last are in."""
    household, referrer = stories.family(desk), stories.referrer(desk)
    stories.referred(desk, household.ref, referrer)
    held(desk, household.ref, [date(2020, 1, day) for day in (1, 2, 3, 4)])
    for first, last, expected in (
        (date(2020, 1, 2), date(2020, 1, 3), [2, 3]),
        (date(2020, 1, 3), None, [3, 4]),
        (None, date(2020, 1, 1), [1]),
    ):
        order = ExportOrder("case-management", from_on=first, to_on=last)
        assert days(exports.export(desk, referrer, order, None)) == [f"2020-01-0{day}" for day in expected]


def test_what_cannot_be_asked_for_is_refused(desk: Desk) -> None:
    """Days in the wrong order; a series of part of the families or days; a family or referrer that is not there."""
    household, referrer = stories.family(desk), stories.referrer(desk)
    stories.referred(desk, household.ref, referrer)
    for order in (
        ExportOrder("case-management", from_on=date(2020, 1, 2), to_on=date(2020, 1, 1)),
        ExportOrder("case-management", since_last=True, family=household.ref),
        ExportOrder("case-management", since_last=True, from_on=date(2020, 1, 1)),
        ExportOrder("case-management", since_last=True, to_on=date(2020, 1, 1)),
    ):
        with stories.unchanged(desk), pytest.raises(UsageError):
            exports.export(desk, referrer, order, None)
    for to, order in (
        (reference(Kind.REFERRER, 42), ORDER),
        (referrer, ExportOrder("case-management", family=reference(Kind.FAMILY, 42))),
    ):
        with stories.unchanged(desk), pytest.raises(NotFoundError):
            exports.export(desk, to, order, None)


def test_a_line_says_whether_contact_took_place_and_nothing_of_which_child(desk: Desk) -> None:
    """First in, last out, of the children who came; sessions without attendance, and cancelled ones, are not told."""
    household, referrer = stories.family(desk, 2), stories.referrer(desk)
    stories.referred(desk, household.ref, referrer)
    both = stories.booked(desk, household.ref, date(2020, 1, 1))
    attendance.record(desk, both, Outcome(attended=True, arrived="10:10", left="11:00"), household.children[:1])
    attendance.record(desk, both, Outcome(attended=True, arrived="10:05", left="10:50"), household.children[1:])
    one = stories.booked(desk, household.ref, date(2020, 1, 2))
    attendance.record(desk, one, STAYED_AWAY, household.children[:1])
    attendance.record(desk, one, Outcome(attended=True, arrived="10:20", left="11:20"), household.children[1:])
    stories.held(desk, household.ref, date(2020, 1, 3), STAYED_AWAY)
    stories.booked(desk, household.ref, date(2020, 1, 4))
    contact_sessions.cancel(desk, stories.booked(desk, household.ref, date(2020, 1, 5)), "ill")
    found = [
        (row["session_date"][-1], row["arrived"], row["left"], row["attended"])
        for row in lines(exports.export(desk, referrer, ORDER, None))
    ]
    assert found == [("1", "10:05", "11:00", "true"), ("2", "10:20", "11:20", "true"), ("3", "", "", "false")]


def test_an_export_is_registered_with_its_ground(desk: Desk) -> None:
    """The ground, the rule, the clause and the version of the policy, with who made it and for what."""
    household, referrer = stories.family(desk), stories.referrer(desk)
    stories.referred(desk, household.ref, referrer)
    stories.held(desk, household.ref, TODAY)
    exports.export(desk, referrer, ORDER, None)
    row = desk.db.row(
        "SELECT made_by, ground, rule, clause, policy_version, purpose, recipient, row_count "
        "FROM disclosure JOIN export ON disclosure_id = id"
    )
    assert row == ("U-001-R", "attendance", "attendance", "4.2", 1, "case-management", "local-authority", 1)
