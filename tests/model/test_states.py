"""The engine and the second reading of the policy agree on ten thousand families, on each day that matters to them."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from lcs_cli.policy.retention import decide
from lcs_cli.policy.schedule import schedule_in_force
from lcs_cli.records.references import Kind, reference
from lcs_cli.vault.facts import family_facts
from tests.conftest import OpenDesk
from tests.model.families import Families
from tests.model.reading import File, interesting, state, years_later
from tests.model.rows import files_of

SEED = 46
FAMILIES = 10_000
BEGINS, ENDS = date(2025, 1, 1), date(2039, 12, 31)  # the schedule's first day, and fifteen years


def days_of(file: File, chance: random.Random) -> Iterator[date]:
    """Three days before to three days after each day of the family's own and of its anniversary, and some others."""
    around = {day for one in interesting(file) for day in (one, years_later(one))}
    days = {date.fromisoformat(one) + timedelta(days=near) for one in around for near in range(-3, 4)}
    days |= {BEGINS, ENDS, *(BEGINS + timedelta(days=chance.randrange((ENDS - BEGINS).days)) for _ in range(4))}
    return (day for day in sorted(days) if BEGINS <= day <= ENDS)


@pytest.mark.no_cover  # the same lines, thousands of times
@pytest.mark.clause("4.6", "five years")
def test_each_family_is_on_each_day_what_the_policy_says(desk_of: OpenDesk) -> None:
    """Nothing is due a day early or a day late, or never; and every kind of answer is met many times."""
    desk = desk_of()
    families = Families(SEED)
    families.add(FAMILIES)
    families.fill(desk)
    files = files_of(desk)
    schedule = schedule_in_force(desk.rules, BEGINS)
    met: Counter[str] = Counter()
    unlike = []
    chance = random.Random(SEED)  # noqa: S311 -- days to look at, not keys
    facts = {one.family: one for one in family_facts(desk.db)}
    assert len(facts) == len(files) == FAMILIES
    for number, file in files.items():
        ref = reference(Kind.FAMILY, number)
        for day in days_of(file, chance):
            says, reads = decide(facts[ref], schedule, day).outcome.value, state(file, day.isoformat())
            met[reads] += 1
            if says != reads:
                unlike.append(f"{ref} on {day}: {says}, and the policy says {reads}")
    assert unlike == []
    assert min(met.values()) > 100 * len(met)
    assert set(met) == {"ongoing", "not-due", "required", "due", "dormant", "ask", "kept"}
