"""What falls due in the coming years: the sweep's own decision, applied to days ahead."""

from collections.abc import Callable
from datetime import date

from lcs_cli.policy.forecast import FallsDue, falls_due
from lcs_cli.policy.rules import Rules
from lcs_cli.policy.schedule import schedule_in_force
from lcs_cli.services.desk import Desk
from lcs_cli.vault.facts import family_facts


def by_year(desk: Desk, as_of: date) -> tuple[FallsDue, ...]:
    """What waits on ``as_of``, comes to wait in the rest of that year, and in each later one, as things stand."""
    with desk.acting("retention.due") as act:
        found = ahead(desk, as_of, desk.rules_on)
        act.note(as_of=as_of.isoformat(), families=sum(one.families for one in found))
        return found


def ahead(desk: Desk, as_of: date, rules_on: Callable[[date], Rules]) -> tuple[FallsDue, ...]:
    """The same under other rules; within another use case. For as many years as a file is kept, and one more."""
    now, later = (schedule_in_force(rules_on(day), day) for day in (as_of, date.max))
    years = 1 + max(one or 0 for one in (now.years, now.dormant_years, later.years, later.dormant_years))
    days = [as_of, *(date(year, 12, 31) for year in range(as_of.year, as_of.year + years + 1))]
    return falls_due(family_facts(desk.db), [(day, schedule_in_force(rules_on(day), day)) for day in days])
