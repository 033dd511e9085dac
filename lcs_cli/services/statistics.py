"""The numbers of a period for an annual return: counts alone, and no count that points at a person."""

from collections.abc import Mapping, Sequence
from datetime import date

from lcs_cli.policy.statistics import last_year, masked, rate, statistics_rules
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.records.value import Value
from lcs_cli.services import checks
from lcs_cli.services.desk import Desk
from lcs_cli.vault import statistics

_ENDS = ("attended", "did not attend", "cancelled", "not recorded")


class Statistics(Value):
    """Numbers as they are shown, in groups, of some days; one below ``smallest`` is hidden."""

    first: date
    last: date
    smallest: int
    groups: Sequence[tuple[str, Mapping[str, str]]]


def of_period(desk: Desk, first: date | None, last: date | None) -> Statistics:
    """The numbers of some days, none of them to come; without days of the last year of returns that is over."""
    rules = statistics_rules()
    year = last_year(desk.today, rules)
    first, last = first or year[0], min(last or (desk.today if first else year[1]), desk.today)
    checks.window(first, last)
    with desk.acting("status.stats") as act:
        act.note(first=first.isoformat(), last=last.isoformat())
        ended = dict.fromkeys(_ENDS, 0) | statistics.sessions(desk.db, first, last)
        came_from = statistics.referrals(desk.db, first, last)
        families, children = statistics.with_contact(desk.db, first, last)
        began, closed = statistics.families(desk.db, first, last)
    sessions = masked(ended, rules, "in all")
    came, stayed_away = ended["attended"], ended["did not attend"]
    sessions["attended, of those recorded"] = rate(
        came, came + stayed_away, (sessions["attended"], sessions["did not attend"])
    )
    of_families = {"came to a session": families, "began": began, "closed": closed}
    kinds = [kind.value for kind in ReferrerKind]
    referrals, referrers = ({kind: came_from.get(kind, (0, 0))[at] for kind in kinds} for at in (0, 1))
    groups = [
        ("sessions", sessions),
        ("families", masked(of_families, rules)),
        ("children", masked({"came to a session": children}, rules)),
        ("referrals", masked(referrals, rules, "in all")),
        ("referrers", masked(referrers, rules, "in all")),
    ]
    return Statistics(first, last, rules.smallest, groups)
