"""A preview of a day is that day's sweep (policy 4.6): what is listed as due and approved goes, and nothing else."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from lcs_cli.policy.retention import Outcome, disposable_from
from lcs_cli.policy.schedule import schedule_in_force
from lcs_cli.records.document import DocumentKind
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.records.retention import HoldKind, ReviewState
from lcs_cli.services import (
    explain_retention,
    families,
    flags,
    forecast,
    publishing,
    referrals,
    retention,
    staff,
    sweep,
)
from lcs_cli.services.desk import Desk
from lcs_cli.services.publishing import PolicyDraft
from lcs_cli.services.retention import Item, changed_since
from tests.conftest import OpenDesk
from tests.services import stories
from tests.services.stories import APPROVED, CLOSED, DUE, OPENED, on


@dataclass(frozen=True)
class Preview:
    """What a list for a day says that the day's sweep will do."""

    disposed: frozenset[str]
    sent_back: frozenset[tuple[str, str]]
    to_review: frozenset[str]


def preview(desk: Desk, day: date) -> Preview:
    """Read off what `lcs retention due --as-of DAY --all` lists, without going to that day."""
    rules = schedule_in_force(desk.rules_on(day), day)
    found = retention.due(desk, day, everything=True)

    def cooled(item: Item) -> bool:
        on_day = item.review.approved_on if item.review else None
        return on_day is not None and disposable_from(on_day, rules) <= day

    back = [
        item
        for item in found
        if item.review and changed_since(item) and (cooled(item) or item.review.state is ReviewState.PROPOSED)
    ]
    gone = [item for item in found if cooled(item) and not changed_since(item)]
    return Preview(
        disposed=frozenset(item.decision.subject for item in gone),
        sent_back=frozenset((item.decision.subject, changed_since(item)) for item in back),
        to_review=frozenset(
            item.decision.subject
            for item in found
            if (item.review is None or item in back) and item.decision.outcome in retention.WAITS_FOR_A_PERSON
        ),
    )


def closed(desk: Desk, chance: random.Random) -> str:
    """A family of the usual kind, closed some time around the day that makes it due by the approval."""
    there = on(desk, CLOSED)
    household = stories.family(there, chance.randrange(1, 4))
    stories.held(there, household.ref, date(2019, 2, 4))
    own = stories.referrer(there, chance.choice(list(ReferrerKind)))
    stories.referred(there, household.ref, own, electronic=chance.random() < 0.3)
    if chance.random() < 0.3:
        stories.flag(there, household.ref, household.children[:1])
    if chance.random() < 0.3:
        stories.document(there, household.ref, chance.choice([DocumentKind.ORDER, DocumentKind.CHILD_PROTECTION]))
    day = CLOSED + timedelta(days=chance.choice([0, 0, 0, 5, 30, 200]))
    families.close(on(desk, day), household.ref, day)
    return household.ref


def hold_until(desk: Desk, ref: str, chance: random.Random) -> None:
    """It ends before, on or after the day that is looked at; or never."""
    until = chance.choice([None, *(desk.today + timedelta(days=days) for days in (1, 6, 7, 20))])
    retention.hold(desk, ref, chance.choice(list(HoldKind)), "asked for", until)


def asked_for_a_room(desk: Desk, ref: str, chance: random.Random) -> None:
    """A permission that nobody decides on lapses after its last day."""
    last = desk.today + timedelta(days=chance.choice([1, 7, 20]))
    stories.permission(desk, ref, days=(desk.today, last))


CHANGES: tuple[Callable[[Desk, str, random.Random], object], ...] = (
    hold_until,
    asked_for_a_room,
    lambda desk, ref, _: stories.flag(desk, ref, closed=False),
    lambda desk, ref, _: families.edit(desk, ref, "Lloyd", "misheard"),
    lambda desk, ref, _: referrals.add(desk, ref, "REF-0001-R", OPENED, electronic=False, case_reference=None),
    lambda desk, ref, _: stories.document(desk, ref),
    lambda *_: None,
    lambda *_: None,
)


def generated(desk_of: OpenDesk, chance: random.Random) -> None:
    """Ten families: some held or asked about before, some proposed, most of those approved, some changed since."""
    desk = desk_of("amina", APPROVED)
    refs = [closed(desk, chance) for _ in range(10)]
    for ref in refs:
        if chance.random() < 0.3:
            chance.choice(CHANGES)(on(desk, DUE - timedelta(days=chance.choice([1, 9]))), ref, chance)
    due = {one.decision.subject for one in retention.items(desk, APPROVED) if one.decision.outcome is Outcome.DUE}
    to_approve = [ref for ref in refs if ref in due and chance.random() < 0.8]
    desk.db.close()
    if to_approve:
        stories.approved(desk_of, *to_approve)
    later = desk_of("amina", APPROVED + timedelta(days=1))
    for ref in refs:
        if ref in due and ref not in to_approve and chance.random() < 0.6:
            retention.propose(later, ref, None)
    for ref in refs:
        chance.choice(CHANGES)(later, ref, chance)
    later.db.close()


@pytest.mark.parametrize("seed", range(8))
def test_what_is_previewed_for_a_day_is_what_that_days_sweep_does(desk_of: OpenDesk, seed: int) -> None:
    """What goes, what is sent back and why, and what waits for a review; whatever happened between."""
    chance = random.Random(seed)  # noqa: S311 -- invented families, not keys
    generated(desk_of, chance)
    day = APPROVED + timedelta(days=chance.choice([2, 7, 8, 9, 21, 22, 40]))
    early = desk_of("amina", APPROVED + timedelta(days=1))
    foreseen = preview(early, day)
    early.db.close()
    done = sweep.sweep(desk_of("amina", day))
    assert frozenset(one.subject for one in done.disposed) == foreseen.disposed
    assert frozenset(done.sent_back) == foreseen.sent_back
    assert frozenset(done.to_review) == foreseen.to_review


def test_the_generated_previews_are_about_something(desk_of: OpenDesk) -> None:
    """Of the days above, some have disposals and some have files that are sent back."""
    chance = random.Random(2)  # noqa: S311 -- invented families, not keys
    generated(desk_of, chance)
    desk = desk_of("amina", APPROVED + timedelta(days=1))
    seen = [preview(desk, APPROVED + timedelta(days=days)) for days in (2, 7, 21)]
    assert any(one.disposed for one in seen)
    assert any(one.sent_back for one in seen)
    assert any(one.to_review for one in seen)


def test_a_preview_goes_by_the_rules_that_will_be_in_force(desk_of: OpenDesk) -> None:
    """A version that begins later decides about the days from then on, in the list as in the sweep."""
    desk = desk_of()
    household = stories.closed_family(desk)
    rules = stories.other_rules("retention_schedule.toml", "value = 5", "value = 9")
    begins = desk.today + timedelta(days=30)
    publishing.publish(desk, draft := PolicyDraft(begins, "trustees", None, rules), publishing.plan(desk, draft).hash)
    said = [retention.due(desk, day, everything=True)[0].decision for day in (begins - timedelta(days=1), begins)]
    assert [one.outcome for one in said] == [Outcome.DUE, Outcome.NOT_DUE]
    assert [one.decision.outcome for one in retention.items(on(desk, begins), begins)] == [Outcome.NOT_DUE]
    assert (household.ref, said[1].due_on) == (said[1].subject, date(2029, 3, 2))


def test_each_coming_year_says_how_many_fall_due_in_it(desk_of: OpenDesk) -> None:
    """Each family once, when it first comes to wait: due, dormant or still required; and who has left the service."""
    desk = desk_of("amina", date(2026, 6, 1))
    staff.leave(desk, stories.staff_member(desk), date(2022, 5, 1), "moved")
    stories.closed_family(desk)
    for day in (date(2021, 6, 1), date(2021, 6, 2), date(2023, 12, 31), date(2024, 1, 1), date(2026, 6, 1)):
        there = on(desk, day)
        household = stories.family(there, opened_on=day)
        families.close(there, household.ref, day)
    held = stories.family(on(desk, date(2022, 1, 3)), opened_on=date(2022, 1, 3))
    families.close(on(desk, date(2022, 1, 3)), held.ref, date(2022, 1, 3))
    retention.hold(desk, held.ref, HoldKind.POLICE, "asked for", None)
    stories.family(desk, opened_on=date(2024, 2, 29))
    found = forecast.by_year(desk, desk.today)
    counts = [(one.day.year, {str(outcome): count for outcome, count in one.counts.items()}) for one in found]
    assert counts == [
        (2026, {"due": 2}),
        (2026, {"due": 1}),
        (2027, {"required": 1, "due": 1}),
        (2028, {"due": 1}),
        (2029, {"due": 1, "dormant": 1}),
        (2030, {}),
        (2031, {"due": 1}),
        (2032, {}),
    ]
    for one, before in zip(found[1:], found, strict=False):
        waits = {item.decision.subject for item in retention.due(desk, one.day)}
        assert len(waits - {item.decision.subject for item in retention.due(desk, before.day)}) == one.files


def test_who_may_not_know_whom_a_concern_names_sees_no_staff_on_days_to_come(desk_of: OpenDesk) -> None:
    """Of two who left today one would be due in five years, and the other kept: a list of then would tell it now."""
    desk = desk_of("amina", date(2026, 6, 1))
    named, other = stories.staff_member(desk, "Efa Parry"), stories.staff_member(desk, "Ann Rees", vetted=False)
    concern = stories.flag(desk, stories.family(desk).ref)
    flags.name_staff(desk, concern, [named])
    for ref in (named, other):
        staff.leave(desk, ref, desk.today, "moved")
    later, rhys = date(2031, 12, 1), desk_of("rhys", date(2026, 6, 1))
    told = {item.decision.subject: item.decision.outcome for item in retention.due(desk, later, everything=True)}
    assert (told[named], told[other]) == (Outcome.KEPT, Outcome.DUE)
    refs = [item.decision.subject for item in retention.due(rhys, later, everything=True)]
    assert refs == [ref for ref in told if ref not in (named, other)]
    seen = [sum(one.files for one in forecast.by_year(who, who.today)) for who in (desk, rhys)]
    assert seen == [2, 1], "the family, dormant then, and of staff the one who would be due"
    assert {item.decision.subject for item in retention.due(rhys, rhys.today, everything=True)} >= {named, other}
    tables = [part.table for part in explain_retention.explain(rhys, concern).parts]
    assert "flag_staff" not in tables
    assert "flag_staff" in [part.table for part in explain_retention.explain(desk, concern).parts]
