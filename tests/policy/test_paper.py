"""When a file on paper may be destroyed (policy 4.6): case by case, and never what is kept for ever."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from lcs_cli.policy.paper import FileFacts, destroyed_on, may_be_destroyed, witnessed
from lcs_cli.policy.retention import Outcome, RetentionDecision, decide
from lcs_cli.policy.rules import packaged
from lcs_cli.policy.schedule import schedule_in_force
from lcs_cli.records.document import DocumentKind
from lcs_cli.records.family import Episode
from lcs_cli.records.retention import FamilyFacts, RecordClass

TODAY = date(2026, 5, 11)
SCHEDULE = schedule_in_force(packaged(), TODAY)
FAMILY = "LCS-0042-L"
GOES = RecordClass.DOCUMENT


def told(closed: date | None) -> RetentionDecision:
    """What the schedule says today of a family that was closed on a day, or not yet."""
    facts = FamilyFacts(FAMILY, episodes=(Episode(date(2019, 1, 7), closed),), disposable={RecordClass.SESSION: 1})
    return decide(facts, SCHEDULE, TODAY)


DUE = FileFacts(told(date(2021, 5, 11)))
APPROVED = replace(DUE, approved_on=TODAY - timedelta(days=7))


def test_paper_of_each_kind_has_the_class_of_a_document_of_that_kind() -> None:
    """One schedule for both; three kinds are kept for ever."""
    kept = {kind for kind, cls in SCHEDULE.class_of.items() if cls in SCHEDULE.indefinite}
    assert set(SCHEDULE.class_of) == set(DocumentKind)
    assert kept == {DocumentKind.ELECTRONIC_REFERRAL, DocumentKind.CHILD_PROTECTION, DocumentKind.ACCIDENT_RECORD}
    assert {cls for kind, cls in SCHEDULE.class_of.items() if kind not in kept} == {GOES}


@pytest.mark.parametrize(
    ("file", "released", "rule", "reason", "remedy"),
    [
        (FileFacts(told(None)), False, "not-required", "an episode is open", "when the service has ended"),
        (FileFacts(told(None)), True, "not-required", "an episode is open", "when the service has ended"),
        (
            FileFacts(told(date(2021, 5, 12))),
            False,
            "family-file",
            "5 years are reached on 2026-05-12",
            "on 2026-05-12",
        ),
        (DUE, False, "paper-disposal", "nobody has approved", "lcs retention approve"),
        (replace(DUE, required=("a police hold until it is released",)), False, "not-required", "police", "has ended"),
        (replace(APPROVED, required=("1 concern open",)), False, "not-required", "1 concern open", "has ended"),
        (replace(DUE, required=("1 concern open",)), True, "not-required", "1 concern open", "has ended"),
        (replace(APPROVED, changed="the file changed"), False, "paper-disposal", "the file changed", "sweep"),
        (replace(DUE, approved_on=TODAY), False, "cooling-off", "cools off", "wait until 2026-05-18"),
        (replace(DUE, approved_on=TODAY - timedelta(days=6)), False, "cooling-off", "cools off", "until 2026-05-12"),
        (None, False, "missing-dates", "nothing says", "lcs retention certificate"),
    ],
)
def test_paper_that_may_not_be_destroyed_yet_says_what_would_allow_it(
    file: FileFacts | None, released: bool, rule: str, reason: str, remedy: str
) -> None:
    """By which rule and clause, why, and the way there."""
    decision = may_be_destroyed(
        GOES, released_on=TODAY if released else None, family=FAMILY, file=file, schedule=SCHEDULE, today=TODAY
    )
    assert (decision.allowed, decision.rule.id, decision.rule.clause) == (False, rule, "4.6")
    assert reason in decision.reason
    assert remedy in decision.remedy


@pytest.mark.parametrize(
    ("file", "released"),
    [(APPROVED, False), (None, True), (FileFacts(told(date(2026, 5, 4))), True), (DUE, True)],
)
def test_paper_goes_with_the_disposal_of_its_family(file: FileFacts | None, released: bool) -> None:
    """Once that was approved and has cooled off, or was carried out: also where nothing is left of the family."""
    assert may_be_destroyed(
        GOES, released_on=TODAY if released else None, family=FAMILY, file=file, schedule=SCHEDULE, today=TODAY
    ).allowed


@given(
    st.sampled_from([RecordClass(cls) for cls in RecordClass if cls is not GOES]),
    st.booleans(),
    st.sampled_from([None, DUE, APPROVED, FileFacts(told(None))]),
)
def test_nothing_but_paper_of_the_class_that_goes_is_ever_destroyed(
    cls: RecordClass, released: bool, file: FileFacts | None
) -> None:
    """Whatever was approved, carried out or left."""
    decision = may_be_destroyed(
        cls, released_on=TODAY if released else None, family=FAMILY, file=file, schedule=SCHEDULE, today=TODAY
    )
    assert (decision.allowed, decision.rule.id, decision.rule.about) == (
        False,
        "kept-indefinitely",
        "safeguarding files",
    )


def test_a_class_that_a_service_keeps_for_ever_is_never_destroyed() -> None:
    """The schedule can keep more, not less."""
    wider = replace(SCHEDULE, indefinite=SCHEDULE.indefinite | {GOES})
    assert not may_be_destroyed(GOES, released_on=TODAY, family=FAMILY, file=None, schedule=wider, today=TODAY).allowed


@given(st.sampled_from(Outcome), st.none() | st.integers(0, 30), st.booleans(), st.sampled_from(["", "changed"]))
def test_what_nobody_approved_or_has_not_cooled_off_is_never_destroyed(
    outcome: Outcome, days: int | None, held: bool, changed: str
) -> None:
    """Before the sweep, paper asks for all that the sweep asks for."""
    file = FileFacts(
        replace(DUE.decision, outcome=outcome),
        ("a hold",) if held else (),
        None if days is None else TODAY - timedelta(days=days),
        changed,
    )
    decision = may_be_destroyed(GOES, released_on=None, family=FAMILY, file=file, schedule=SCHEDULE, today=TODAY)
    ready = outcome is Outcome.DUE and not held and not changed and days is not None and days >= 7
    assert decision.allowed is ready


def test_who_destroys_paper_is_not_its_own_witness() -> None:
    """A second person sees it."""
    assert witnessed("U-001-R", "U-002-W", "U-001-R", SCHEDULE).allowed
    refused = witnessed("U-001-R", "U-001-R", "U-001-R", SCHEDULE)
    assert (refused.allowed, refused.rule.id, refused.rule.clause) == (False, "paper-witness", "4.6")
    assert "second person" in refused.remedy


def test_one_of_the_two_records_it() -> None:
    """Who destroyed it or who saw it, and nobody from hearsay."""
    assert witnessed("U-001-R", "U-002-W", "U-002-W", SCHEDULE).allowed
    refused = witnessed("U-001-R", "U-002-W", "U-003-A", SCHEDULE)
    assert (refused.allowed, refused.rule.id, refused.rule.clause) == (False, "paper-witness", "4.6")
    assert (refused.reason, refused.remedy) == (
        "U-003-A neither destroyed it nor saw it",
        "U-001-R or U-002-W records it",
    )


@pytest.mark.parametrize("released_on", [None, TODAY - timedelta(days=2)])
def test_paper_went_on_a_day_on_which_that_was_allowed(released_on: date | None) -> None:
    """From the day after cooling off, or of the disposal; the day before is refused, and says what then."""
    file = replace(DUE, approved_on=TODAY - timedelta(days=9))
    decision = may_be_destroyed(GOES, released_on=released_on, family=FAMILY, file=file, schedule=SCHEDULE, today=TODAY)
    first = TODAY - timedelta(days=2)
    assert decision.since == first
    assert all(destroyed_on(decision, day).allowed for day in (first, TODAY))
    refused = destroyed_on(decision, first - timedelta(days=1))
    assert (refused.allowed, refused.rule.id, refused.rule.clause) == (False, "paper-disposal", "4.6")
    assert "records a concern" in refused.remedy
