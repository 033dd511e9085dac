"""Requests for one's records: who may ask, the clock, the identity check, how they end, and what waits."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from lcs_cli.errors import NotFoundError, RefusedError, UsageError
from lcs_cli.policy.retention import Outcome
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.records.request import PauseReason, RequestKind
from lcs_cli.records.retention import RecordClass
from lcs_cli.services import families, overview, people, requests, retention
from lcs_cli.services.bank_holidays import bank_holidays
from lcs_cli.services.desk import Desk
from lcs_cli.services.requests import RequestDraft
from tests.conftest import TODAY, OpenDesk
from tests.services import stories

OWN = RequestDraft(RequestKind.OWN, TODAY)
RQ1, RQ2 = (reference(Kind.REQUEST, n) for n in (1, 2))
GOVUK = """
2020-01-01 2020-04-10 2020-04-13 2020-05-08 2020-05-25 2020-08-31 2020-12-25 2020-12-28
2021-01-01 2021-04-02 2021-04-05 2021-05-03 2021-05-31 2021-08-30 2021-12-27 2021-12-28
2022-01-03 2022-04-15 2022-04-18 2022-05-02 2022-06-02 2022-06-03 2022-08-29 2022-09-19 2022-12-26 2022-12-27
2023-01-02 2023-04-07 2023-04-10 2023-05-01 2023-05-08 2023-05-29 2023-08-28 2023-12-25 2023-12-26
2024-01-01 2024-03-29 2024-04-01 2024-05-06 2024-05-27 2024-08-26 2024-12-25 2024-12-26
2025-01-01 2025-04-18 2025-04-21 2025-05-05 2025-05-26 2025-08-25 2025-12-25 2025-12-26
2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-28
2027-01-01 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-08-30 2027-12-27 2027-12-28
"""


def young(through: str, on: date = TODAY) -> RequestDraft:
    """A young person's request as it comes from an authority."""
    return RequestDraft(RequestKind.YOUNG_PERSON, on, through, None, "The leaving care team", "Their letter.")


def by_parent(parent: str, on: date = TODAY) -> RequestDraft:
    """A parent's request."""
    return RequestDraft(RequestKind.PARENT, on, None, parent, None, "Parental responsibility: the order was seen.")


def test_the_bank_holidays_are_those_that_gov_uk_has_published() -> None:
    """For England and Wales on weekdays: the moved and the extra ones, and the days in lieu of a weekend's."""
    found = bank_holidays(range(2020, 2028))
    assert {day for day in found if day.weekday() < 5} == {date.fromisoformat(day) for day in GOVUK.split()}


@pytest.mark.parametrize("name", ["amina", "rhys"])
@pytest.mark.clause("4.6", "age of 25")
def test_a_young_person_asks_through_a_local_authority(desk: Desk, desk_of: OpenDesk, name: str) -> None:
    """It holds who asks and what they showed, and is due in a month."""
    household, authority = stories.family(desk), stories.referrer(desk)
    done = requests.add(desk_of(name), household.children[0], young(authority))
    one = done.request
    assert (one.kind, one.person, one.family, one.through) == (RequestKind.YOUNG_PERSON, 1, 1, 1)
    assert (one.asker, one.evidence) == ("The leaving care team", "Their letter.")
    assert done.deadline is not None
    # 26 December 2026 is a Saturday; Monday is the bank holiday in its place.
    assert (done.deadline.due_on, done.deadline.days_left) == (date(2026, 12, 29), 33)


def test_a_worker_takes_no_request(desk: Desk, desk_of: OpenDesk) -> None:
    """They pass it to the office."""
    household = stories.family(desk)
    with pytest.raises(RefusedError) as refused:
        requests.add(desk_of("tomos"), household.children[0], OWN)
    assert refused.value.clause == "4.5"


@pytest.mark.clause("4.6", "age of 25")
def test_what_is_not_taken_says_what_would_be(desk: Desk) -> None:
    """Past 25, not through an authority, through the wrong one, without a date of birth: by clause 4.6."""
    household, authority = stories.family(desk), stories.referrer(desk)
    child, court = household.children[0], stories.referrer(desk, ReferrerKind.COURT)
    late = stories.on(desk, date(2041, 4, 2))
    refusals = [
        (desk, child, replace(young(""), through=None), "through a local authority"),
        (desk, child, young(court), "that body is none"),
        (late, child, young(authority, date(2041, 4, 2)), "after the 25th birthday"),
        (desk, household.adult, young(authority), "no child of the family"),
    ]
    for there, person, draft, because in refusals:
        before = stories.everything(desk)["access_request"]
        with pytest.raises(RefusedError, match=because) as refused:
            requests.add(there, person, draft)
        assert (refused.value.clause, refused.value.rule) == ("4.6", "young-person")
        assert "--kind own" in refused.value.hint
        assert "up to the age of 25" in refused.value.quote
        assert stories.everything(desk)["access_request"] == before
    entry = stories.trail(desk)[-1]
    assert (entry.action, entry.outcome, entry.refs) == ("request.add", "refused", (household.adult,))
    assert requests.add(late, child, replace(OWN, received_on=date(2041, 4, 2))).request.number == 1


def test_a_parent_is_an_adult_of_the_childs_family(desk: Desk) -> None:
    """Not another family's, not a child, not the person concerned; with what shows parental responsibility."""
    household, other = stories.family(desk, 2), stories.family(desk)
    first, second = household.children
    for draft in (by_parent(other.adult), by_parent(second), replace(by_parent(""), parent=None)):
        with pytest.raises(RefusedError, match="not on record as an adult"):
            requests.add(desk, first, draft)
    with pytest.raises(RefusedError, match="no child of the family"):
        requests.add(desk, household.adult, by_parent(household.adult))
    with pytest.raises(UsageError, match=r"^evidence: is missing"):
        requests.add(desk, first, replace(by_parent(household.adult), evidence=None))
    assert stories.everything(desk)["access_request"] == []
    assert requests.add(desk, first, by_parent(household.adult)).request.parent == 3


def test_a_request_takes_only_what_its_kind_is_about(desk: Desk) -> None:
    """An authority, a parent, who asks, a day that has come: each slip is named."""
    household, authority = stories.family(desk), stories.referrer(desk)
    child = household.children[0]
    slips = [
        (replace(OWN, through=authority), "^through:"),
        (replace(OWN, parent=household.adult), "^parent:"),
        (replace(OWN, received_on=TODAY + timedelta(days=1)), "^received:"),
        (replace(young(authority), asker=None), "^who asks: is missing"),
        (replace(young(authority), asker="\x07"), "^who asks:"),
        (replace(OWN, evidence="x" * 20_001), "^evidence:"),
    ]
    for draft, named in slips:
        with stories.unchanged(desk), pytest.raises(UsageError, match=named):
            requests.add(desk, child, draft)
    with stories.unchanged(desk), pytest.raises(NotFoundError):
        requests.add(desk, "P-0042-L", OWN)


def test_the_identity_is_checked_once_and_with_how(desk: Desk) -> None:
    """On a day since the request came."""
    requests.add(desk, stories.family(desk).adult, replace(OWN, received_on=TODAY - timedelta(days=3)))
    for day in (TODAY - timedelta(days=4), TODAY + timedelta(days=1)):
        with stories.unchanged(desk), pytest.raises(UsageError, match=r"^day:"):
            requests.check(desk, RQ1, "Passport seen.", day)
    done = requests.check(desk, RQ1, "Passport seen.", TODAY - timedelta(days=1))
    assert (done.request.checked_on, done.request.checked_how) == (TODAY - timedelta(days=1), "Passport seen.")
    assert done.request.checked_by == "U-001-R"
    with pytest.raises(UsageError, match="was checked on"):
        requests.check(desk, RQ1, "Again.", TODAY)


def test_a_pause_for_the_identity_ends_with_its_check(desk: Desk, desk_of: OpenDesk) -> None:
    """Ten days of waiting are ten more days; the course says why it stood still and why it went on."""
    requests.add(desk, stories.family(desk).adult, OWN)
    requests.pause(desk, RQ1, PauseReason.IDENTITY, "A passport was asked for.", TODAY)
    later = desk_of("amina", TODAY + timedelta(days=10))
    paused = requests.show(later, RQ1).timed
    assert paused.request.paused is not None
    assert paused.deadline is not None
    assert paused.deadline.due_on == date(2027, 1, 5)
    done = requests.check(later, RQ1, "Passport seen.", later.today)
    assert done.request.paused is None
    file = requests.show(desk_of("amina", TODAY + timedelta(days=20)), RQ1)
    assert file.timed.deadline is not None
    assert file.timed.deadline.due_on == date(2027, 1, 5)
    ((pause, because, resumed),) = file.pauses
    assert ((pause.to_on or TODAY) - pause.from_on).days == 10
    assert (because, resumed) == ("A passport was asked for.", "the identity was checked")


def test_the_clock_is_paused_and_goes_on_with_a_reason(desk: Desk, desk_of: OpenDesk) -> None:
    """One pause at a time, on days in their order, and no identity is waited for that was checked."""
    requests.add(desk, stories.family(desk).adult, OWN)
    with pytest.raises(UsageError, match="is not paused"):
        requests.resume(desk, RQ1, "They said.", TODAY)
    requests.check(desk, RQ1, "Known here.", TODAY)
    with pytest.raises(UsageError, match="checked already"):
        requests.pause(desk, RQ1, PauseReason.IDENTITY, "Who are they?", TODAY)
    requests.pause(desk, RQ1, PauseReason.CLARIFICATION, "All, or one year?", TODAY)
    with pytest.raises(UsageError, match="is paused since"):
        requests.pause(desk, RQ1, PauseReason.CLARIFICATION, "And?", TODAY)
    with pytest.raises(UsageError, match="when the pause began"):
        requests.resume(desk, RQ1, "All.", TODAY - timedelta(days=1))
    there = desk_of("rhys", TODAY + timedelta(days=4))
    assert requests.resume(there, RQ1, "All.", TODAY + timedelta(days=3)).request.paused is None
    with pytest.raises(UsageError, match="before the end of the last pause"):
        requests.pause(there, RQ1, PauseReason.CLARIFICATION, "And?", TODAY + timedelta(days=2))
    assert [(because, resumed) for _, because, resumed in requests.show(there, RQ1).pauses] == [
        ("All, or one year?", "All.")
    ]


def test_no_pause_makes_up_for_a_day_that_has_passed(desk: Desk, desk_of: OpenDesk) -> None:
    """Once it is overdue it stays overdue."""
    requests.add(desk, stories.family(desk).adult, OWN)
    late = desk_of("amina", date(2026, 12, 30))
    with pytest.raises(UsageError, match="no pause makes up for that"):
        requests.pause(late, RQ1, PauseReason.CLARIFICATION, "All, or one year?", late.today)
    on_the_day = requests.pause(late, RQ1, PauseReason.CLARIFICATION, "As asked yesterday.", date(2026, 12, 29))
    assert on_the_day.request.paused is not None


def test_a_complex_request_takes_two_more_months_if_that_was_said_within_the_first(
    desk: Desk, desk_of: OpenDesk
) -> None:
    """Once, with the reason; after the first month it is refused."""
    requests.add(desk, stories.family(desk).adult, OWN)
    late = desk_of("rhys", date(2026, 12, 30))
    with pytest.raises(RefusedError, match="could be extended up to 2026-12-29") as refused:
        requests.extend(late, RQ1, "Forty files.", late.today)
    assert (refused.value.clause, refused.value.rule) == ("4.6", "due-date")
    done = requests.extend(late, RQ1, "Forty files, as they were told.", date(2026, 12, 29))
    assert done.deadline is not None
    assert (done.deadline.due_on, done.request.extended_because) == (
        date(2027, 2, 26),
        "Forty files, as they were told.",
    )
    with pytest.raises(UsageError, match="was extended on"):
        requests.extend(late, RQ1, "Once more.", late.today)


def test_a_request_ends_without_an_answer_for_a_reason_of_the_rules(desk: Desk) -> None:
    """And then nothing more is noted about it."""
    requests.add(desk, stories.family(desk).adult, OWN)
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^because: must be one of withdrawn"):
        requests.close(desk, RQ1, "released", None)
    done = requests.close(desk, RQ1, "withdrawn", "They rang.")
    assert (done.request.outcome, done.request.ended_on, done.deadline) == ("withdrawn", TODAY, None)
    assert requests.show(desk, RQ1).ended_because == "They rang."
    attempts: list[Callable[[], object]] = [
        lambda: requests.close(desk, RQ1, "withdrawn", None),
        lambda: requests.check(desk, RQ1, "Passport.", TODAY),
        lambda: requests.pause(desk, RQ1, PauseReason.IDENTITY, "Who?", TODAY),
        lambda: requests.extend(desk, RQ1, "Much.", TODAY),
    ]
    for attempt in attempts:
        with stories.unchanged(desk), pytest.raises(UsageError, match="was closed on"):
            attempt()


def test_the_list_begins_with_the_most_urgent(desk: Desk, desk_of: OpenDesk) -> None:
    """What has ended is at its end, and only where it is asked for."""
    household = stories.family(desk)
    for days in (3, 9, 1):
        requests.add(desk, household.adult, replace(OWN, received_on=TODAY - timedelta(days=days)))
    requests.close(desk, reference(Kind.REQUEST, 3), "mistaken", None)
    assert [one.request.number for one in requests.listing(desk_of("rhys"))] == [2, 1]
    assert [one.request.number for one in requests.listing(desk, everything=True)] == [2, 1, 3]


def counted(desk: Desk) -> tuple[int, int]:
    """How many requests wait as overdue, and how many as due soon, for whoever looks at the day."""
    found = {one.name: one.count for one in overview.today(desk).waiting}
    beside = {one.name: one.count for one in overview.status(desk).waiting}
    assert beside.items() <= found.items()
    return found["requests_overdue"], found["requests_due_soon"]


def test_what_is_overdue_or_due_within_seven_days_waits_for_somebody(desk: Desk, desk_of: OpenDesk) -> None:
    """From the eighth day before it no, from the seventh yes; overdue from the day after; not while it is paused."""
    requests.add(desk, stories.family(desk).adult, OWN)
    expected = {21: (0, 0), 22: (0, 1), 29: (0, 1), 30: (1, 0)}
    for day, waits in expected.items():
        assert counted(desk_of("tomos", date(2026, 12, day))) == waits
    there = desk_of("amina", date(2026, 12, 29))
    requests.pause(there, RQ1, PauseReason.CLARIFICATION, "All?", there.today)
    assert counted(there) == (0, 0)
    requests.close(there, RQ1, "withdrawn", None)
    assert counted(desk_of("amina", date(2027, 2, 1))) == (0, 0)


def test_a_pause_that_nobody_ends_waits_for_somebody(desk: Desk, desk_of: OpenDesk) -> None:
    """From the 28th day on; not once it goes on, nor where the request was closed."""

    def paused(day: int) -> int:
        return next(one.count for one in overview.today(on_day(day)).waiting if one.name == "requests_paused_long")

    def on_day(day: int) -> Desk:
        return desk_of("amina", TODAY + timedelta(days=day))

    household = stories.family(desk)
    for ref in (RQ1, RQ2):
        requests.add(desk, household.adult, OWN)
        requests.pause(desk, ref, PauseReason.CLARIFICATION, "All of it?", TODAY)
    assert {day: paused(day) for day in (0, 27, 28, 200)} == {0: 0, 27: 0, 28: 2, 200: 2}
    requests.resume(on_day(28), RQ1, "All of it.", TODAY + timedelta(days=28))
    assert paused(28) == 1
    requests.close(on_day(28), RQ2, "withdrawn", None)
    assert paused(29) == 0


def test_nothing_of_a_family_is_due_while_a_request_is_open(desk_of: OpenDesk) -> None:
    """Five years are over, but it is required; once it has ended, it goes with the file."""
    there = desk_of("amina", stories.APPROVED)
    household = stories.closed_family(there)
    requests.add(there, household.adult, replace(OWN, received_on=stories.APPROVED))
    with pytest.raises(RefusedError, match="open: RQ-0001-R"):
        retention.propose(there, household.ref, None)
    requests.close(there, RQ1, "withdrawn", "They rang.")
    (item,) = retention.items(there, there.today)
    assert (item.decision.outcome, item.decision.fate.goes[RecordClass.REQUEST]) == (Outcome.DUE, 1)
    there.db.close()
    assert stories.disposed(desk_of, household.ref).disposed[0].went["request"] == 1
    swept = desk_of("amina", stories.SWEPT)
    tables = ("access_request", "request_pause", "request_decision", "person")
    assert {table: stories.everything(swept)[table] for table in tables} == {table: [] for table in tables}


def test_who_is_only_an_identity_stub_can_ask(desk_of: OpenDesk) -> None:
    """That is what the stub is kept for."""
    household = stories.closed_family(desk_of("amina", stories.CLOSED), electronic=True)
    stories.disposed(desk_of, household.ref)
    there = desk_of("amina", date(2026, 1, 5))
    assert families.show(there, household.ref).family.disposed_on is not None
    done = requests.add(there, household.children[0], young("REF-0001-R", date(2026, 1, 5)))
    assert done.request.number == 1
    assert people.show(there, household.children[0]).details == {}


def test_a_request_is_on_the_trail_with_references_alone(desk: Desk) -> None:
    """Request, family and person."""
    household = stories.family(desk)
    requests.add(desk, household.adult, replace(OWN, asker="Harlow and Finch, solicitors"))
    entry = stories.trail(desk)[-1]
    assert (entry.action, set(entry.refs)) == ("request.add", {RQ1, household.ref, household.adult})
    assert "Harlow" not in repr(entry)
    requests.show(desk, RQ1)
    assert stories.trail(desk)[-1].action == "request.show"
    with pytest.raises(NotFoundError, match="no request has the reference RQ-0002-W"):
        requests.show(desk, RQ2)
