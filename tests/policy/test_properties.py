"""What holds for every family and every request, whatever the facts (policy 2, 3, 4.2, 4.6)."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import fields, replace

from lcs_cli.policy.disclosure import Verdict, disclosure_rules
from lcs_cli.policy.disclosure import decide as decide_disclosure
from lcs_cli.policy.document import parse_policy, restated_policy
from lcs_cli.policy.retention import Outcome, RetentionDecision, facts_hash, fate_of, still_required
from lcs_cli.policy.retention import decide as decide_retention
from lcs_cli.policy.rules import packaged
from lcs_cli.policy.schedule import schedule_in_force
from lcs_cli.records.disclosure import Consent, DisclosureRequest, Link
from lcs_cli.records.family import Episode
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.records.retention import ChildFacts, FamilyFacts, HoldFacts, HoldKind, RecordClass
from lcs_cli.records.years import anniversary, last_start

# The machine that runs them may be busy; what is slow is noticed elsewhere.
properties = settings(deadline=None, max_examples=100)

# From the farthest from a disposal to the nearest. A step to the right is a step towards it.
TOWARDS_DISPOSAL = (
    Outcome.KEPT,
    Outcome.ASK,
    Outcome.ONGOING,
    Outcome.DORMANT,
    Outcome.NOT_DUE,
    Outcome.REQUIRED,
    Outcome.DUE,
)

# Written here from the policy and its reading, not read from the rule files.
FOR_EVER = (
    RecordClass.SAFEGUARDING_FILE,
    RecordClass.ELECTRONIC_REFERRAL,
    RecordClass.ACCIDENT_RECORD,
    RecordClass.CHILD_PROTECTION,
)
NOT_COUNTED = (RecordClass.IDENTITY, RecordClass.GOVERNANCE, RecordClass.OWN_REFERRER)
MAY_GO = tuple(cls for cls in RecordClass if cls not in FOR_EVER + NOT_COUNTED)
STAYS_TOGETHER = (RecordClass.ATTENDANCE, RecordClass.SESSION)
WHITELIST = (
    "family_reference",
    "case_reference",
    "session_date",
    "booked_start",
    "booked_end",
    "arrived",
    "left",
    "attended",
)
DETAILS = ("address", "telephone", "email", "date_of_birth", "name")


def days_between(first: date, last: date) -> st.SearchStrategy[date]:
    """Any day of these, both included; the end of February more often than by chance."""
    every_day = [first + timedelta(n) for n in range((last - first).days + 1)]
    ends_of_february = [day for day in every_day if (day.month, day.day) in {(2, 28), (2, 29), (3, 1)}]
    return st.sampled_from(every_day) | st.sampled_from(ends_of_february)


days = days_between(date(2005, 1, 1), date(2045, 12, 31))
old_days = days_between(date(2005, 1, 1), date(2019, 12, 31))
todays = days_between(date(2024, 6, 1), date(2055, 12, 31))
todays_under_the_rules = days_between(date(2025, 1, 1), date(2055, 12, 31))


def five_years_reached(start: date, today: date) -> bool:
    """Five calendar years, compared as they are written: 29 February lies between the 28th and 1 March, in any year."""
    return (today.year - 5, today.month, today.day) >= (start.year, start.month, start.day)


@st.composite
def some_facts(draw: st.DrawFn, when: st.SearchStrategy[date] = days, *, settled: bool = False) -> FamilyFacts:
    """Any family with its dates from ``when``; in a settled one nothing is open, and every hold has an end."""
    now_and_then = st.sampled_from((False,) * (6 if settled else 4) + (not settled,))
    maybe = st.none() | when
    episodes = []
    for _ in range(draw(st.integers(0, 2))):
        opened, closed = sorted((draw(when), draw(when)))
        episodes.append(Episode(opened, None if draw(now_and_then) else closed))
    marks = draw(st.lists(st.booleans(), max_size=3))
    holds = st.builds(HoldFacts, st.sampled_from(HoldKind), when if settled else maybe)
    return FamilyFacts(
        family="LCS-0042-L",
        episodes=tuple(episodes),
        last_session=draw(maybe),
        last_referral=draw(maybe),
        last_disclosure=draw(maybe),
        open_concerns=1 if draw(now_and_then) else 0,
        open_requests=("access",) if draw(now_and_then) else (),
        requests_until=draw(st.dictionaries(st.just("PM-0001-R"), when, max_size=1)),
        holds=tuple(draw(st.lists(holds, max_size=1))),
        kept_until=draw(maybe),
        disposed_on=draw(maybe),
        children=tuple(ChildFacts(f"child {number}", mark) for number, mark in enumerate(marks)),
        adults=("mother", "father")[: draw(st.integers(0, 2))],
        indefinite=draw(st.dictionaries(st.sampled_from(FOR_EVER), st.integers(0, 3), max_size=2)),
        disposable=draw(st.dictionaries(st.sampled_from(MAY_GO), st.integers(0, 9), max_size=2)),
        with_safeguarding=draw(st.dictionaries(st.sampled_from(STAYS_TOGETHER), st.integers(0, 9), max_size=2)),
        paper_files=draw(st.integers(0, 2)),
        own_referrers=draw(st.integers(0, 2)),
    )


def retention(facts: FamilyFacts, today: date) -> RetentionDecision:
    return decide_retention(facts, schedule_in_force(packaged(), today), today)


def dates_of(facts: FamilyFacts) -> list[date]:
    ends = [episode.closed_on for episode in facts.episodes]
    uses = [facts.last_session, facts.last_referral, facts.last_disclosure]
    return [day for day in [*ends, *uses, facts.disposed_on] if day is not None]


def assert_not_nearer(before: RetentionDecision, after: RetentionDecision) -> None:
    assert TOWARDS_DISPOSAL.index(after.outcome) <= TOWARDS_DISPOSAL.index(before.outcome), (before, after)
    if before.outcome is after.outcome and before.due_on is not None:
        assert after.due_on is not None
        assert after.due_on >= before.due_on


def assert_keeps_as_much(before: RetentionDecision, after: RetentionDecision) -> None:
    """Whatever was to stay still stays, and no more goes than before."""
    assert set(before.fate.keeps_identity) <= set(after.fate.keeps_identity)
    assert set(before.fate.keeps_attendance) <= set(after.fate.keeps_attendance)
    assert before.fate.keeps_family <= after.fate.keeps_family
    assert all(after.fate.stays.get(cls, 0) >= number for cls, number in before.fate.stays.items())
    assert all(before.fate.goes.get(cls, 0) >= number for cls, number in after.fate.goes.items())


def assert_no_step_towards_disposal(facts: FamilyFacts, changed: FamilyFacts, today: date) -> None:
    before, after = retention(facts, today), retention(changed, today)
    assert_not_nearer(before, after)
    assert_keeps_as_much(before, after)


@properties
@given(some_facts(), todays, st.sampled_from(HoldKind), st.none() | st.integers(0, 4000))
@pytest.mark.clause("4.6", "five years")
def test_a_held_record_is_never_due(facts: FamilyFacts, today: date, kind: HoldKind, more_days: int | None) -> None:
    """A hold without an end, or whose end has not passed, keeps the file whatever else is true."""
    hold = HoldFacts(kind, None if more_days is None else today + timedelta(more_days))
    held = replace(facts, holds=(*facts.holds, hold))
    assert retention(held, today).outcome is not Outcome.DUE
    assert any(f"{kind} hold" in reason for reason in still_required(held, today))


@properties
@given(some_facts(), todays, st.builds(HoldFacts, st.sampled_from(HoldKind), st.none() | days))
def test_adding_a_hold_never_moves_a_decision_towards_disposal(
    facts: FamilyFacts, today: date, hold: HoldFacts
) -> None:
    """Not even a hold that has ended."""
    assert_no_step_towards_disposal(facts, replace(facts, holds=(*facts.holds, hold)), today)


@properties
@given(some_facts(), todays, st.sampled_from(("access", "report", "disclosure")))
def test_adding_an_open_request_never_moves_a_decision_towards_disposal(
    facts: FamilyFacts, today: date, request: str
) -> None:
    """And with an open request a file is never due."""
    changed = replace(facts, open_requests=(*facts.open_requests, request))
    assert_no_step_towards_disposal(facts, changed, today)
    assert retention(changed, today).outcome is not Outcome.DUE


@properties
@given(some_facts(), todays, days)
def test_a_request_that_lapses_never_moves_a_decision_towards_disposal(
    facts: FamilyFacts, today: date, until: date
) -> None:
    """And up to its last day a file is never due."""
    changed = replace(facts, requests_until={**facts.requests_until, "PM-0002-W": until})
    assert_no_step_towards_disposal(facts, changed, today)
    assert until < today or retention(changed, today).outcome is not Outcome.DUE


@properties
@given(some_facts(), todays)
def test_adding_an_open_concern_never_moves_a_decision_towards_disposal(facts: FamilyFacts, today: date) -> None:
    """And with an open concern a file is never due."""
    changed = replace(facts, open_concerns=facts.open_concerns + 1)
    assert_no_step_towards_disposal(facts, changed, today)
    assert retention(changed, today).outcome is not Outcome.DUE


@properties
@given(some_facts(), todays, st.sampled_from(("last_session", "last_referral", "last_disclosure")), days)
def test_a_later_use_never_moves_a_decision_towards_disposal(
    facts: FamilyFacts, today: date, use: str, day: date
) -> None:
    """A use later than any date the file has; in a file without dates it would be the first, and start the clock."""
    known = [*dates_of(facts), *(episode.opened_on for episode in facts.episodes)]
    assume(known)
    later = max([day, *known])
    changed = {
        "last_session": replace(facts, last_session=later),
        "last_referral": replace(facts, last_referral=later),
        "last_disclosure": replace(facts, last_disclosure=later),
    }[use]
    assert_no_step_towards_disposal(facts, changed, today)
    assert retention(changed, today).outcome is not Outcome.DUE or five_years_reached(later, today)


@properties
@given(some_facts(), todays, days)
def test_a_new_episode_never_moves_a_decision_towards_disposal(facts: FamilyFacts, today: date, day: date) -> None:
    """An episode that is opened makes the file ongoing (or, long unused, dormant), never due."""
    changed = replace(facts, episodes=(*facts.episodes, Episode(day)))
    assert retention(changed, today).outcome in {Outcome.ONGOING, Outcome.DORMANT, Outcome.KEPT}
    assert retention(changed, today).fate == retention(facts, today).fate


@properties
@given(some_facts(), todays, st.sampled_from(FOR_EVER))
def test_adding_a_document_kept_for_ever_never_moves_a_decision_towards_disposal(
    facts: FamilyFacts, today: date, cls: RecordClass
) -> None:
    """And nothing that was kept before goes because of it; the document itself stays."""
    more = dict(facts.indefinite) | {cls: facts.indefinite.get(cls, 0) + 1}
    changed = replace(facts, indefinite=more)
    assert_no_step_towards_disposal(facts, changed, today)
    fate = retention(changed, today).fate
    assert fate.stays[cls] == more[cls]
    assert fate.keeps_family


@properties
@given(some_facts(), todays)
def test_giving_a_child_a_safeguarding_file_never_makes_anything_kept_go(facts: FamilyFacts, today: date) -> None:
    """One child's file adds to what is kept, and takes nothing from a sibling's."""
    assume(facts.children)
    first, *others = facts.children
    changed = replace(facts, children=(replace(first, safeguarding_file=True), *others))
    assert_no_step_towards_disposal(facts, changed, today)


@properties
@given(some_facts(), todays)
@pytest.mark.clause("4.6", "five years")
def test_what_is_not_yet_five_calendar_years_old_is_not_due(facts: FamilyFacts, today: date) -> None:
    """Five years since every date the file has, counted here in another way than in the package."""
    old = bool(dates_of(facts)) and all(five_years_reached(day, today) for day in dates_of(facts))
    assert old or retention(facts, today).outcome is not Outcome.DUE


@properties
@given(days, st.integers(-3, 3), st.sampled_from(("closed", "session", "referral", "disclosure")))
@example(date(2020, 2, 29), 0, "closed")
@example(date(2020, 2, 29), 1, "closed")
@example(date(2023, 3, 1), -1, "closed")
def test_about_the_anniversary_a_file_is_due_from_the_day_on_and_not_before(start: date, off: int, what: str) -> None:
    """Within three days of it, whichever event started the clock."""
    today = date(start.year + 5, start.month, min(start.day, 28)) + timedelta(off + max(0, start.day - 28))
    assume(today >= date(2025, 1, 1))
    facts = FamilyFacts(
        family="LCS-0042-L",
        episodes=(Episode(start, start),) if what == "closed" else (),
        last_session=start if what == "session" else None,
        last_referral=start if what == "referral" else None,
        last_disclosure=start if what == "disclosure" else None,
    )
    expected = Outcome.DUE if five_years_reached(start, today) else Outcome.NOT_DUE
    assert retention(facts, today).outcome is expected


@properties
@given(some_facts(old_days, settled=True), todays_under_the_rules)
def test_what_is_five_years_old_and_not_required_comes_up_for_review(facts: FamilyFacts, today: date) -> None:
    """Once every date is five years old and nothing requires the file, it is due, unless all of it is kept."""
    assume(dates_of(facts))
    decision = retention(facts, today)
    assert decision.outcome is (Outcome.DUE if decision.fate.goes else Outcome.KEPT)


@properties
@given(some_facts(), todays, st.integers(0, 8000))
def test_a_decision_never_turns_back_as_days_pass(facts: FamilyFacts, today: date, more_days: int) -> None:
    """With the facts unchanged, what is due stays due, and what has reached five years is not under five again."""
    now, later = retention(facts, today), retention(facts, today + timedelta(more_days))
    may_become = {
        Outcome.DUE: {Outcome.DUE},
        Outcome.REQUIRED: {Outcome.REQUIRED, Outcome.DUE},
        Outcome.NOT_DUE: {Outcome.NOT_DUE, Outcome.REQUIRED, Outcome.DUE},
        Outcome.DORMANT: {Outcome.DORMANT},
        Outcome.ONGOING: {Outcome.ONGOING, Outcome.DORMANT},
        Outcome.KEPT: {Outcome.KEPT},
        # Before the rules were in force, or without any date.
        Outcome.ASK: {Outcome.ASK, Outcome.NOT_DUE, Outcome.REQUIRED, Outcome.DUE}
        if dates_of(facts)
        else {Outcome.ASK},
    }
    assert later.outcome in may_become[now.outcome]
    assert later.fate == now.fate


@properties
@given(some_facts(old_days, settled=True), todays_under_the_rules, st.integers(0, 8000))
def test_once_due_stays_due(facts: FamilyFacts, today: date, more_days: int) -> None:
    """A file that nobody reviewed does not stop being due by itself."""
    assume(retention(facts, today).outcome is Outcome.DUE)
    assert retention(facts, today + timedelta(more_days)).outcome is Outcome.DUE


@properties
@given(some_facts(), todays)
def test_children_with_a_safeguarding_file_keep_identity_and_attendance(facts: FamilyFacts, today: date) -> None:
    """Every one of them, and no sibling without one keeps attendance."""
    fate = retention(facts, today).fate
    with_file = {child.reference for child in facts.children if child.safeguarding_file}
    assert with_file <= set(fate.keeps_identity)
    assert set(fate.keeps_attendance) == with_file
    assert fate.keeps_family or not with_file


@properties
@given(some_facts(), todays)
def test_every_record_either_goes_or_stays(facts: FamilyFacts, today: date) -> None:
    """What a decision lists adds up: each record once, each person once, and the family's own name."""
    fate = retention(facts, today).fate
    everything: dict[RecordClass, int] = {RecordClass.IDENTITY: len(facts.children) + len(facts.adults) + 1}
    everything[RecordClass.OWN_REFERRER] = facts.own_referrers
    for cls, number in [*facts.indefinite.items(), *facts.disposable.items(), *facts.with_safeguarding.items()]:
        everything[cls] = everything.get(cls, 0) + number
    listed: dict[RecordClass, int] = {}
    for part in (fate.goes, fate.stays):
        for cls, number in part.items():
            listed[cls] = listed.get(cls, 0) + number
    assert listed == without_zeroes(everything)
    assert set(fate.goes).isdisjoint(FOR_EVER)


def without_zeroes(counts: Mapping[RecordClass, int]) -> dict[RecordClass, int]:
    return {cls: number for cls, number in counts.items() if number}


@properties
@given(some_facts(), todays)
def test_a_decision_about_retention_gives_reasons_and_its_clause(facts: FamilyFacts, today: date) -> None:
    """Whatever is decided, a person can be told why and by which clause; a date that is due is given."""
    decision = retention(facts, today)
    assert decision.reasons
    assert all(decision.reasons)
    assert decision.rule.clause == "4.6"
    assert decision.rule.id
    dated = {Outcome.NOT_DUE, Outcome.REQUIRED, Outcome.DUE, Outcome.DORMANT}
    assert (decision.due_on is not None) is (decision.outcome in dated)


@properties
@given(some_facts(), some_facts())
def test_an_approval_is_bound_to_the_facts_it_was_given_for(one: FamilyFacts, other: FamilyFacts) -> None:
    """The hash of the facts is the same for the same facts, and another for any others; own referrers do not count."""
    other = replace(other, own_referrers=one.own_referrers)
    same = replace(one, disposable=dict(reversed(list(one.disposable.items()))))
    assert facts_hash(one) == facts_hash(same)
    assert (facts_hash(one) == facts_hash(other)) is (one == other)


@properties
@given(some_facts(), days)
def test_any_changed_fact_changes_the_hash(facts: FamilyFacts, day: date) -> None:
    """Each of the facts counts, so that a change to any of them sends an approved disposal back to review."""
    changed = {
        "family": replace(facts, family="LCS-0043-C"),
        "episodes": replace(facts, episodes=(*facts.episodes, Episode(day))),
        "last_session": replace(facts, last_session=another(facts.last_session, day)),
        "last_referral": replace(facts, last_referral=another(facts.last_referral, day)),
        "last_disclosure": replace(facts, last_disclosure=another(facts.last_disclosure, day)),
        "open_concerns": replace(facts, open_concerns=facts.open_concerns + 1),
        "open_requests": replace(facts, open_requests=(*facts.open_requests, "access")),
        "requests_until": replace(facts, requests_until={**facts.requests_until, "PM-0002-W": day}),
        "holds": replace(facts, holds=(*facts.holds, HoldFacts(HoldKind.POLICE))),
        "kept_until": replace(facts, kept_until=another(facts.kept_until, day)),
        "disposed_on": replace(facts, disposed_on=another(facts.disposed_on, day)),
        "children": replace(facts, children=(*facts.children, ChildFacts("new child"))),
        "adults": replace(facts, adults=(*facts.adults, "new adult")),
        "indefinite": replace(facts, indefinite=dict(facts.indefinite) | {RecordClass.ACCIDENT_RECORD: 9}),
        "disposable": replace(facts, disposable=dict(facts.disposable) | {RecordClass.SESSION: 10}),
        "paper_files": replace(facts, paper_files=facts.paper_files + 1),
        "with_safeguarding": replace(
            facts, with_safeguarding=dict(facts.with_safeguarding) | {RecordClass.SESSION: 10}
        ),
    }
    # But not whose own referrer goes with it: that may change with another family's disposal, and it goes all the same.
    assert facts_hash(replace(facts, own_referrers=facts.own_referrers + 1)) == facts_hash(facts)
    assert set(changed) == {field.name for field in fields(FamilyFacts)} - {"own_referrers"}
    hashes = {name: facts_hash(other) for name, other in changed.items()}
    assert facts_hash(facts) not in hashes.values(), hashes


def another(known: date | None, day: date) -> date:
    return day + timedelta(1) if known == day else day


def test_no_anniversary_between_2000_and_2100_comes_early() -> None:
    """For each of these days and one to thirty years: the same calendar day, or 1 March for a missing 29 February."""
    wrong = []
    day = date(2000, 1, 1)
    while day <= date(2100, 12, 31):
        for years in (1, 3, 4, 5, 10, 25, 30):
            reached = anniversary(day, years)
            same_day = (reached.year - years, reached.month, reached.day) == (day.year, day.month, day.day)
            year = day.year + years
            leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
            first_of_march = (day.month, day.day) == (2, 29) and not leap and reached == date(year, 3, 1)
            if not (same_day or first_of_march) or (reached.year, reached.month, reached.day) < (
                year,
                day.month,
                day.day,
            ):
                wrong.append((day, years, reached))
        day += timedelta(1)
    assert wrong == []


def test_an_anniversary_in_a_leap_year_keeps_29_february() -> None:
    """Where the target year has a 29 February, that is the day; where it has none, 1 March, 2100 included."""
    assert anniversary(date(2020, 2, 29), 4) == date(2024, 2, 29)
    assert anniversary(date(2020, 2, 29), 5) == date(2025, 3, 1)
    assert anniversary(date(2096, 2, 29), 4) == date(2100, 3, 1)
    assert anniversary(date(1996, 2, 29), 4) == date(2000, 2, 29)


# --- The gate ---------------------------------------------------------------------------------------------------------

PEOPLE = ("P-0001-R", "P-0007-F", "mother")
RECIPIENTS = ("Northbridge Council", "Harlow and Finch")
PURPOSES = ("case-management", "safeguarding", "holiday-plans", "proceedings", "statistics")
TODAY = date(2026, 5, 11)

detail_fields = st.builds("{}.{}".format, st.sampled_from(PEOPLE), st.sampled_from(DETAILS))
listed_fields = st.sampled_from(WHITELIST)
near_today = st.dates(date(2026, 5, 1), date(2026, 5, 21))


def is_unnamed(field: str) -> bool:
    return field not in WHITELIST and field.partition(".")[2] not in DETAILS


unnamed_fields = st.one_of(
    st.sampled_from(("room", "note", "name", "reason", "staff", "cancel_reason", "address", "session", "child")),
    st.builds("{}.{}".format, st.sampled_from(PEOPLE), st.sampled_from(("note", "reason", "relationship", ""))),
    listed_fields.map(str.upper),
    listed_fields.map(" {}".format),
    st.builds("{}.{}".format, st.sampled_from(PEOPLE), listed_fields),
    detail_fields.map("{}.".format),
    st.just("\N{LATIN SMALL LETTER LONG S}ession_date"),
    st.text("adeilnst_.*% ", min_size=1, max_size=12),
).filter(is_unnamed)

consents = st.builds(
    Consent,
    person=st.sampled_from(PEOPLE),
    details=st.lists(st.sampled_from(DETAILS), max_size=5).map(tuple),
    recipient=st.sampled_from(RECIPIENTS),
    purpose=st.sampled_from(PURPOSES),
    given_from=near_today,
    until=st.none() | near_today,
    withdrawn_on=st.none() | near_today,
)

requests = st.builds(
    DisclosureRequest,
    family=st.just("LCS-0042-L"),
    recipient=st.sampled_from((*RECIPIENTS, *RECIPIENTS, "")),
    recipient_kind=st.none() | st.sampled_from(ReferrerKind),
    link=st.sampled_from(Link),
    purpose=st.sampled_from((*PURPOSES, "")),
    fields=st.lists(st.one_of(listed_fields, detail_fields, unnamed_fields), max_size=4).map(tuple),
    legal_instrument=st.sampled_from(("", "", "Order ZX26P00001")),
    concern=st.sampled_from(("", "", "SF-0003-A")),
    consents=st.lists(consents, max_size=4).map(tuple),
)


def gate(request: DisclosureRequest) -> Verdict:
    return decide_disclosure(request, disclosure_rules(packaged()), TODAY)


def complete(request: DisclosureRequest) -> DisclosureRequest:
    """The same request by the family's own live referrer, for a purpose that would do."""
    return replace(
        request,
        recipient="Northbridge Council",
        recipient_kind=request.recipient_kind or ReferrerKind.SOLICITOR,
        link=Link.LIVE,
        purpose="case-management",
    )


def consent_to_everything(request: DisclosureRequest) -> tuple[Consent, ...]:
    """A live consent of whoever a field can be read to be about, to whatever it can be read to ask."""
    halves = [field.partition(".") for field in request.fields]
    return tuple(
        Consent(person, (detail, person), request.recipient, request.purpose, TODAY) for person, _, detail in halves
    )


@properties
@given(requests, unnamed_fields, st.integers(0, 4))
def test_a_field_that_no_rule_names_is_never_told_as_attendance_or_on_consent(
    request: DisclosureRequest, field: str, place: int
) -> None:
    """Wherever it stands among the others, and even if somebody consented to it by that very name."""
    names = (*request.fields[:place], field, *request.fields[place:])
    asked = replace(request, fields=names)
    asked = replace(asked, consents=(*request.consents, *consent_to_everything(asked)))
    assert gate(asked).ground not in {"attendance", "consent"}


@properties
@given(requests, st.lists(unnamed_fields, min_size=1, max_size=1) | st.lists(unnamed_fields, min_size=2, max_size=3))
@pytest.mark.clause("1", "how the service keeps")
@pytest.mark.clause("2", "not shared")
@pytest.mark.clause("3", "no other exception")
def test_a_field_that_no_rule_names_leaves_only_on_ground_three(request: DisclosureRequest, names: list[str]) -> None:
    """Whoever is the live referrer: without an order or a concern, it does not leave at all."""
    asked = replace(complete(request), fields=tuple(names), legal_instrument="", concern="")
    asked = replace(asked, consents=consent_to_everything(asked))
    assert not gate(asked).permitted


@properties
@given(requests)
@pytest.mark.clause("1", "how the service keeps")
def test_a_refusal_always_has_a_clause_a_reason_and_a_remedy(request: DisclosureRequest) -> None:
    """And the clause is one that the rules cite, so that it can be quoted; a permit has a ground and a reason."""
    verdict = gate(request)
    assert verdict.clause in packaged().cited_clauses
    assert verdict.rule
    assert verdict.reason
    assert bool(verdict.remedy) is not verdict.permitted
    assert parse_policy(restated_policy(), ()).quote(verdict.clause, verdict.about)


strangers = st.builds(
    replace,
    requests,
    recipient=st.sampled_from(RECIPIENTS),
    recipient_kind=st.sampled_from((ReferrerKind.SOLICITOR, ReferrerKind.FAMILY)),
    link=st.sampled_from((Link.ENDED, Link.NONE)),
    purpose=st.sampled_from(("case-management", "safeguarding")),
    fields=st.lists(listed_fields, min_size=1, max_size=3).map(tuple) | st.lists(detail_fields, min_size=1).map(tuple),
)


@properties
@given(strangers)
def test_without_a_live_link_a_recipient_that_is_not_statutory_is_told_nothing_but_on_consent(
    request: DisclosureRequest,
) -> None:
    """Neither an order, nor a concern, nor a good purpose makes up for it."""
    assert gate(request).ground in {"", "consent"}
    assert not gate(replace(request, consents=())).permitted


@properties
@given(requests, st.lists(detail_fields, min_size=1, max_size=3), st.data())
@pytest.mark.clause("4.2", "explicit consent")
def test_nobody_consents_for_another_person(request: DisclosureRequest, names: list[str], data: st.DataObject) -> None:
    """Take away the consents of one person who is asked about, and no detail is told on consent."""
    asked = replace(request, fields=tuple(names), legal_instrument="", concern="")
    asked = replace(asked, consents=(*asked.consents, *consent_to_everything(asked)))
    person = data.draw(st.sampled_from(names)).partition(".")[0]
    others = tuple(consent for consent in asked.consents if consent.person != person)
    assert not gate(replace(asked, consents=others)).permitted


@properties
@given(requests, st.lists(detail_fields, min_size=1, max_size=3, unique=True), st.integers(0, 2), st.integers(0, 9))
@pytest.mark.clause("4.2", "explicit consent")
def test_a_consent_that_is_withdrawn_counts_as_if_it_had_never_been_given(
    request: DisclosureRequest, names: list[str], which: int, days_ago: int
) -> None:
    """From the day on which it is withdrawn, and none of the details that were asked for together leaves."""
    asked = replace(complete(request), fields=tuple(names), legal_instrument="", concern="", consents=())
    given = consent_to_everything(asked)
    first = given[which % len(given)]
    given_up = replace(first, given_from=TODAY - timedelta(10), withdrawn_on=TODAY - timedelta(days_ago))
    rest = tuple(consent for consent in given if consent is not first)
    assert gate(replace(asked, consents=given)).ground == "consent"
    after = gate(replace(asked, consents=(*rest, given_up)))
    assert not after.permitted
    assert after == gate(replace(asked, consents=rest))


@properties
@given(requests, st.lists(detail_fields | listed_fields, min_size=1, max_size=3), st.integers(0, 8))
def test_what_is_permitted_together_is_permitted_apart(request: DisclosureRequest, names: list[str], kept: int) -> None:
    """The whole is told only if each part might be told alone; with some of the consents it would need, or all."""
    asked = replace(request, fields=tuple(names))
    asked = replace(asked, consents=(*request.consents, *consent_to_everything(asked)[:kept]))
    apart = {gate(replace(asked, fields=(field,))).ground for field in names}
    assert not gate(asked).permitted or apart == {gate(asked).ground}


def test_the_fate_of_a_family_does_not_depend_on_the_day() -> None:
    """What is kept for ever was kept for ever before the first dated rule, too."""
    facts = FamilyFacts("LCS-0042-L", adults=("parent",), indefinite={RecordClass.ACCIDENT_RECORD: 1})
    early, late = schedule_in_force(packaged(), date(1999, 1, 1)), schedule_in_force(packaged(), date(2099, 1, 1))
    assert fate_of(facts, early) == fate_of(facts, late)
    assert fate_of(facts, early).keeps_identity == ("parent",)


def test_the_last_start_is_the_last_day_whose_anniversary_is_reached() -> None:
    """On every day of a century, 28 and 29 February and 1 March among them: that day's is, the next day's is not."""
    days = [date(2000, 1, 1) + timedelta(n) for n in range(365 * 100)]
    wrong = [
        (day, years)
        for day in days
        for years in (1, 4, 5, 8)
        if not anniversary(last_start(day, years), years)
        <= day
        < anniversary(last_start(day, years) + timedelta(1), years)
    ]
    assert wrong == []
