"""What falls due in the coming years: the sweep's own decision, applied to days ahead."""

from collections.abc import Callable, Iterator
from datetime import date

from lcs_cli.policy.forecast import FallsDue, falls_due
from lcs_cli.policy.rules import Rules
from lcs_cli.policy.schedule import schedule_in_force
from lcs_cli.records.retention import Facts, FamilyFacts
from lcs_cli.services.desk import Desk
from lcs_cli.services.subjects import facts_of, may_see_ahead


def by_year(desk: Desk, as_of: date) -> tuple[FallsDue, ...]:
    """What waits on ``as_of``, comes to wait in the rest of that year, and in each later one, as things stand."""
    with desk.acting("retention.due") as act:
        (found,) = ahead(desk, as_of, desk.rules_on)
        act.note(as_of=as_of.isoformat(), files=sum(one.files for one in found))
        return found


def ahead(desk: Desk, as_of: date, *rules_on: Callable[[date], Rules]) -> tuple[tuple[FallsDue, ...], ...]:
    """The same by each of several sets of rules; within another use case. For as long as a file is kept, and a year.

    Staff are counted for those alone who may know whom a concern names.
    """
    schedules = [schedule_in_force(rules(day), day) for rules in rules_on for day in (as_of, date.max)]
    periods = [(one.years, one.dormant_years, one.staff_years) for one in schedules]
    years = 1 + max(years or 0 for found in periods for years in found)
    days = [as_of, *(date(year, 12, 31) for year in range(as_of.year, as_of.year + years + 1))]
    return tuple(
        falls_due(_facts(desk), [(day, schedule_in_force(rules(day), day)) for day in days]) for rules in rules_on
    )


def _facts(desk: Desk) -> Iterator[Facts]:
    return (one for one in facts_of(desk) if isinstance(one, FamilyFacts) or may_see_ahead(desk, one.staff))
