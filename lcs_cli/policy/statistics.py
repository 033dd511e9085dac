"""Numbers for an annual return: which of them are shown, so that none points at a person. A pure function masks."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from lcs_cli.policy.program import program_file
from lcs_cli.records.value import Value

HIDDEN = "*"


class StatisticsRules(Value):
    """The smallest number that is shown, but for 0, and the month and day on which a year of returns begins."""

    smallest: int
    year_begins: tuple[int, int]

    @property
    def small(self) -> str:
        """What stands for a small number."""
        return f"<{self.smallest}"


def statistics_rules() -> StatisticsRules:
    """What the program lays down."""
    data: Mapping[str, Any] = program_file()["statistics"]
    month, day = data["year_begins"]
    return StatisticsRules(data["smallest"], (month, day))


def last_year(today: date, rules: StatisticsRules) -> tuple[date, date]:
    """The first and the last day of the last year of returns that is over."""
    begins = date(today.year, *rules.year_begins)
    end = begins if begins <= today else begins.replace(year=today.year - 1)
    return end.replace(year=end.year - 1), end - timedelta(days=1)


def masked(counts: Mapping[str, int], rules: StatisticsRules, total: str = "") -> dict[str, str]:
    """Some counts as they are shown, with their sum under the name ``total`` where it is told.

    A small one is hidden; 0 is not small. With it goes the sum: less the others, it is the small one. To hide another
    number in place of the sum is not enough, for which one that is says something of the small ones.
    """
    shown = {name: rules.small if 0 < count < rules.smallest else str(count) for name, count in counts.items()}
    if not total:
        return shown
    return {total: HIDDEN if rules.small in shown.values() else str(sum(counts.values()))} | shown


def rate(of: int, out_of: int, shown: Collection[str]) -> str:
    """So many in a hundred, in words; hidden where either number is, and empty where there is nothing."""
    if not out_of:
        return ""
    return f"{100 * of / out_of:.0f} %" if all(one.isdecimal() for one in shown) else HIDDEN
