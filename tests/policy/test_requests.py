"""Requests for one's records: until when, who may ask, and what is given without anybody having read it."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from lcs_cli.policy.document import parse_policy, restated_policy
from lcs_cli.policy.requests import (
    Asked,
    ItemClass,
    admit,
    corresponding_day,
    deadline,
    request_rules,
    state_of,
    working_day,
)
from lcs_cli.policy.rules import packaged
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.records.request import ItemDecision, ItemState, Pause, PauseReason, RequestKind

Case = Mapping[str, Any]
CASES = tomllib.loads((Path(__file__).parent / "cases" / "requests.toml").read_text(encoding="utf-8"))
RULES = request_rules(packaged())
TODAY = date(2026, 11, 26)
NOBODY = frozenset[date]()
days = st.dates(date(2018, 5, 25), date(2090, 12, 31))


def check_keys(case: Case, known: str) -> None:
    """A key that is misspelt would test nothing."""
    assert set(case) <= set(known.split()), case["name"]


def names(cases: Sequence[Case]) -> list[str]:
    return [case["name"] for case in cases]


@pytest.mark.parametrize("case", CASES["due"], ids=names(CASES["due"]))
def test_a_request_is_due(case: Case) -> None:
    """On the day that the case says."""
    check_keys(case, "name received today holidays pauses extended due left")
    found = deadline(
        case["received"],
        [Pause(one["from"], PauseReason.IDENTITY, one.get("to")) for one in case.get("pauses", ())],
        extended=case.get("extended", False),
        holidays=frozenset(case.get("holidays", ())),
        rules=RULES,
        today=case.get("today", case["received"]),
    )
    assert found.due_on == case["due"]
    if "left" in case:
        assert (found.days_left, found.overdue) == (case["left"], case["left"] < 0)


@pytest.mark.parametrize("case", CASES["ask"], ids=names(CASES["ask"]))
def test_a_request_is_taken_or_refused(case: Case) -> None:
    """As the case says; a refusal quotes a sentence of the policy and names what would be taken."""
    check_keys(case, "name kind born received recorded today through child parent because remedy")
    received = case.get("received", TODAY)
    recorded = case.get("recorded", received)
    asked = Asked(
        RequestKind(case["kind"]),
        received,
        recorded,
        case.get("today", recorded),
        case.get("born"),
        ReferrerKind(case["through"]) if "through" in case else None,
        case.get("child", True),
        case.get("parent", True),
    )
    answer = admit(asked, RULES)
    assert answer.taken is ("because" not in case)
    if not answer.taken:
        assert case["because"] in answer.reason
        assert case["remedy"] in answer.remedy
        assert (answer.rule.id, answer.rule.clause) == (case["kind"], "4.6")
        assert "up to the age of 25" in parse_policy(restated_policy(), ()).quote(answer.rule.clause, answer.rule.about)


@given(st.sampled_from(RequestKind), days, st.none() | days, st.none() | st.sampled_from(ReferrerKind), st.booleans())
def test_no_refusal_tells_when_somebody_was_born(
    kind: RequestKind, received: date, born: date | None, through: ReferrerKind | None, parent: bool
) -> None:
    """Nor is a refusal ever a dead end: the person's own right of access is offered."""
    answer = admit(Asked(kind, received, received, received, born, through, child=True, parent=parent), RULES)
    assert bool(answer.reason) is bool(answer.remedy)
    assert answer.taken or "--kind own" in answer.remedy
    said = f"{answer.reason} {answer.remedy}"
    assert born is None or not {born.isoformat(), str(born.year), str(born.year + 25)} & set(said.split())


@given(days)
def test_a_month_is_between_28_and_31_days_and_ends_in_the_next_month(start: date) -> None:
    """On the same day of it, or on its last."""
    end = corresponding_day(start, 1)
    assert 28 <= (end - start).days <= 31
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == 1
    assert end.day == start.day or (end + timedelta(1)).day == 1


@given(days, st.integers(0, 5))
@pytest.mark.clause("4.6", "age of 25")
def test_an_answer_is_due_on_a_working_day_and_never_before_the_month_is_over(start: date, closed: int) -> None:
    """Whichever day it came, and however many days in a row are holidays."""
    near = frozenset(corresponding_day(start, 1) + timedelta(days=n) for n in range(closed))
    found = deadline(start, (), extended=False, holidays=near, rules=RULES, today=start)
    assert found.due_on >= corresponding_day(start, 1)
    assert found.due_on.weekday() < 5
    assert found.due_on not in near
    assert found.first == found.due_on


@given(days, st.integers(0, 60), st.integers(0, 60), st.booleans())
def test_a_pause_never_makes_an_answer_due_earlier(start: date, after: int, length: int, extended: bool) -> None:
    """And takes no more days than it lasted, but for those to the next working day."""
    pause = Pause(start + timedelta(after), PauseReason.CLARIFICATION, start + timedelta(after + length))
    without = deadline(start, (), extended=extended, holidays=NOBODY, rules=RULES, today=start)
    paused = deadline(start, (pause,), extended=extended, holidays=NOBODY, rules=RULES, today=start)
    assert 0 <= (paused.due_on - without.due_on).days <= length + 2


def test_a_working_day_stays() -> None:
    """A Thursday that is no holiday is one."""
    assert working_day(TODAY, NOBODY) == TODAY
    assert working_day(TODAY, frozenset({TODAY})) == TODAY + timedelta(1)


FREE = ItemClass("safeguarding-file", "a concern", free_text=True)
OWN = ItemClass("attendance", "attendance", free_text=False)
DETAIL = ItemClass("contact-detail", "a detail", free_text=False)
BY_AGE = RULES.kinds[RequestKind.OWN]
BY_PARENT = RULES.kinds[RequestKind.PARENT]


def decided(state: ItemState, seen: str = "1") -> ItemDecision:
    reason = "other-people" if state is ItemState.WITHHELD else None
    return ItemDecision(1, "SF-0001-R", state, reason, seen, TODAY, "U-001-R", 1, "0" * 64)


def test_what_nobody_has_decided_about_is_given_only_where_it_is_no_free_text() -> None:
    """Free text is to be read; a child's own details are withheld from a parent."""
    assert state_of(FREE, "1", None, BY_AGE) == (ItemState.TO_BE_READ, "")
    assert state_of(OWN, "1", None, BY_AGE) == (ItemState.GIVEN, "")
    assert state_of(DETAIL, "1", None, BY_AGE) == (ItemState.GIVEN, "")
    assert state_of(DETAIL, "1", None, BY_PARENT) == (ItemState.WITHHELD, "childs-own-details")
    assert state_of(FREE, "1", None, BY_PARENT) == (ItemState.TO_BE_READ, "")


def test_a_decision_holds_for_what_was_seen() -> None:
    """What has changed since is to be read again, or is withheld again; what was kept back as a whole stays so."""
    cleared, withheld = decided(ItemState.CLEARED), decided(ItemState.WITHHELD)
    assert state_of(FREE, "1", cleared, BY_AGE) == (ItemState.CLEARED, "")
    assert state_of(FREE, "1", withheld, BY_AGE) == (ItemState.WITHHELD, "other-people")
    assert state_of(FREE, "2", cleared, BY_AGE) == (ItemState.TO_BE_READ, "")
    assert state_of(FREE, "2", withheld, BY_AGE) == (ItemState.TO_BE_READ, "")
    assert state_of(DETAIL, "1", cleared, BY_PARENT) == (ItemState.CLEARED, "")
    assert state_of(DETAIL, "2", cleared, BY_PARENT) == (ItemState.WITHHELD, "childs-own-details")
    assert state_of(OWN, "2", withheld, BY_AGE) == (ItemState.WITHHELD, "other-people")


@given(st.sampled_from([FREE, OWN, DETAIL]), st.sampled_from([ItemState.CLEARED, ItemState.WITHHELD]), st.booleans())
def test_free_text_that_changed_is_never_given(cls: ItemClass, state: ItemState, parent: bool) -> None:
    """Whatever was decided before, and whoever asks."""
    now, _ = state_of(cls, "2", decided(state), BY_PARENT if parent else BY_AGE)
    assert not (cls.free_text and now in (ItemState.GIVEN, ItemState.CLEARED))
    assert not (state is ItemState.WITHHELD and now in (ItemState.GIVEN, ItemState.CLEARED))


def test_every_kind_class_and_reason_of_the_rule_file_fits_the_others() -> None:
    """There is a rule for each way of asking; what is withheld by default is of a class, for a reason that is told."""
    assert set(RULES.kinds) == set(RequestKind)
    for kind in RULES.kinds.values():
        assert set(kind.withheld) <= set(RULES.classes)
        assert set(kind.withheld.values()) <= set(RULES.withhold)
        assert bool(kind.recipient) is not bool(kind.through)
    document = parse_policy(restated_policy(), ())
    for rule in (RULES.due, RULES.identity, RULES.unread, RULES.sealed, *RULES.kinds.values()):
        assert rule.about.casefold() in document.quote(rule.clause, rule.about).casefold()
    untold = {rule.id for rule in RULES.withhold.values() if not rule.tell}
    assert untold == {
        *("serious-harm", "childs-own-affairs", "childs-own-request", "crime-prevention", "child-protection-enquiry")
    }


def test_whoever_is_not_known_to_be_of_the_family_is_not_taken_for_it() -> None:
    """Nothing is assumed of who asks, nor of whom it is about."""
    asked = Asked(RequestKind.PARENT, TODAY, TODAY, TODAY, born=date(2020, 1, 6))
    assert "that person is no child of the family" in admit(asked, RULES).reason
    assert "is not on record as an adult" in admit(replace(asked, child=True), RULES).reason
    assert admit(replace(asked, child=True, parent=True), RULES).taken


@pytest.mark.parametrize(
    ("years", "said"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (9, "9th"), (10, "10th"), (11, "11th"), (12, "12th"), (13, "13th"),
     (14, "14th"), (18, "18th"), (21, "21st"), (22, "22nd"), (23, "23rd"), (25, "25th"), (101, "101st"), (111, "111th"),
     (112, "112th"), (113, "113th")],
)  # fmt: skip
def test_a_birthday_is_named_as_it_is_said(years: int, said: str) -> None:
    """Whatever age a service has set."""
    kind = replace(RULES.kinds[RequestKind.PARENT], up_to_years=years)
    rules = replace(RULES, kinds={**RULES.kinds, RequestKind.PARENT: kind})
    asked = Asked(RequestKind.PARENT, TODAY, TODAY, TODAY, child=True, parent=True)
    assert admit(asked, rules).reason.endswith(f"nobody can say when the {said} birthday is")
