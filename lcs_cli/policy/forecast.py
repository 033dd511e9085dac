"""What falls due in the coming years (policy 4.6), by the function that decides on each single day."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from lcs_cli.policy.retention import WAITS, Outcome
from lcs_cli.policy.schedule import Schedule
from lcs_cli.policy.staff_file import decide_file
from lcs_cli.records.retention import Facts
from lcs_cli.records.value import Value


class FallsDue(Value):
    """How many files come to wait after the day before it in the row, up to ``day``, by what they are then."""

    day: date
    counts: Mapping[Outcome, int]

    @property
    def files(self) -> int:
        """All of them."""
        return sum(self.counts.values())


def falls_due(facts: Iterable[Facts], days: Sequence[tuple[date, Schedule]]) -> tuple[FallsDue, ...]:
    """For each of these days, in their order, the files that wait on it and waited on none before it."""
    counts: list[Counter[Outcome]] = [Counter() for _ in days]
    for one in facts:
        outcomes = (decide_file(one, schedule, day).outcome for day, schedule in days)
        first = next(((at, outcome) for at, outcome in enumerate(outcomes) if outcome in WAITS), None)
        if first is not None:
            counts[first[0]][first[1]] += 1
    return tuple(FallsDue(day, dict(found)) for (day, _), found in zip(days, counts, strict=True))
