"""Numbers of an annual return: a small one is hidden, and so that nothing else gives it away."""

from datetime import date
from itertools import product

from lcs_cli.policy.statistics import HIDDEN, StatisticsRules, last_year, masked, rate

RULES = StatisticsRules(3, (4, 1))
"""Less than three is small: few enough to try everything."""


def test_the_last_year_ends_before_the_day() -> None:
    """On the last day of March it is the year before."""
    assert last_year(date(2026, 11, 26), RULES) == (date(2025, 4, 1), date(2026, 3, 31))
    assert last_year(date(2026, 3, 31), RULES) == (date(2024, 4, 1), date(2025, 3, 31))
    assert last_year(date(2026, 4, 1), RULES) == (date(2025, 4, 1), date(2026, 3, 31))


def test_what_is_small_is_hidden_and_the_sum_that_would_tell_it() -> None:
    """None is not small; without a sum the others are as they are."""
    assert masked({"a": 0, "b": 3, "c": 40}, RULES, "sum") == {"sum": "43", "a": "0", "b": "3", "c": "40"}
    assert masked({"a": 0, "b": 2, "c": 40}, RULES, "sum") == {"sum": HIDDEN, "a": "0", "b": "<3", "c": "40"}
    assert masked({"a": 1, "b": 9}, RULES) == {"a": "<3", "b": "9"}


def test_whatever_the_numbers_are_no_small_one_can_be_worked_out() -> None:
    """Of any three numbers: for each that is hidden, others look the same in which it is another."""
    looks: dict[tuple[tuple[str, str], ...], list[tuple[int, ...]]] = {}
    for counts in product(range(8), repeat=3):
        shown = masked(dict(zip("abc", counts, strict=True)), RULES, "sum")
        looks.setdefault(tuple(shown.items()), []).append(counts)
    for look, alike in looks.items():
        for place, (_, shown_as) in enumerate(look[1:]):
            assert shown_as != RULES.small or len({counts[place] for counts in alike}) > 1, (look, alike)


def test_a_rate_of_what_is_hidden_is_hidden() -> None:
    """And there is none of nothing."""
    assert rate(30, 40, ("30", "10")) == "75 %"
    assert rate(30, 31, ("30", "<3")) == HIDDEN
    assert rate(0, 0, ("0", "0")) == ""
