"""Which day of a machine's clock is believed (policy 4.6): values in, a doubt or none out."""

from datetime import date, timedelta

import pytest

from lcs_cli.policy.cap import cap
from lcs_cli.policy.clock import ClockDoubt, ClockRules, Doubt, clock_rules, doubt_of
from lcs_cli.policy.rules import Rules, packaged
from tests.services.stories import other_rules

TODAY = date(2026, 11, 26)
RULES = clock_rules(packaged(), TODAY)
DAY = timedelta(days=1)
LEAP = date(2028, 2, 29)


@pytest.mark.parametrize(
    ("today", "seen", "doubt"),
    [
        pytest.param(TODAY, [], None, id="nothing-seen"),
        pytest.param(TODAY, [TODAY - DAY], None, id="yesterday"),
        pytest.param(TODAY, [TODAY], None, id="the-same-day-whatever-the-hour"),
        pytest.param(TODAY, [TODAY - 45 * DAY], None, id="45-days"),
        pytest.param(TODAY, [TODAY - 46 * DAY], ClockDoubt(Doubt.JUMPED, TODAY - 46 * DAY, 46), id="46-days"),
        pytest.param(TODAY, [TODAY + DAY], ClockDoubt(Doubt.BACK, TODAY + DAY), id="back-one-day"),
        pytest.param(LEAP, [LEAP - DAY], None, id="a-leap-day"),
        pytest.param(LEAP + 45 * DAY, [LEAP], None, id="45-days-after-a-leap-day"),
        pytest.param(LEAP + 46 * DAY, [LEAP], ClockDoubt(Doubt.JUMPED, LEAP, 46), id="46-days-after-a-leap-day"),
        pytest.param(date(1970, 1, 1), [], ClockDoubt(Doubt.BEFORE_PROGRAM, RULES.first_day), id="1970"),
        pytest.param(RULES.first_day - DAY, [], ClockDoubt(Doubt.BEFORE_PROGRAM, RULES.first_day), id="before-program"),
        pytest.param(RULES.first_day, [], None, id="its-first-day"),
        pytest.param(
            date(2999, 1, 1),
            [TODAY],
            ClockDoubt(Doubt.JUMPED, TODAY, (date(2999, 1, 1) - TODAY).days),
            id="2999",
        ),
        pytest.param(
            date(2999, 1, 2),
            [TODAY, date(2999, 1, 1)],
            ClockDoubt(Doubt.JUMPED, TODAY, (date(2999, 1, 1) - TODAY).days),
            id="2999-used-for-a-day",
        ),
        pytest.param(TODAY, [TODAY, date(2999, 1, 1), TODAY], ClockDoubt(Doubt.BACK, date(2999, 1, 1)), id="mended"),
    ],
)
def test_a_day_is_believed_or_doubted(today: date, seen: list[date], doubt: ClockDoubt | None) -> None:
    """Backwards, or forwards by more days than the rule has, also where somebody worked since by the wrong clock."""
    assert doubt_of(today, seen, RULES) == doubt


def test_what_a_person_can_confirm_is_any_day_on_which_there_was_this_program() -> None:
    """Nobody can have run it before."""
    assert [one for one in Doubt if not ClockDoubt(one, TODAY).can_be_confirmed] == [Doubt.BEFORE_PROGRAM]


def test_a_jump_is_no_doubt_where_no_rule_limits_it() -> None:
    """The value is the service's: before its first one begins there is none."""
    rules = ClockRules(RULES.rule, RULES.first_day, None)
    assert doubt_of(TODAY, [TODAY - 4000 * DAY], rules) is None


@pytest.mark.parametrize(("families", "most"), [(0, 6), (6, 6), (174, 6), (175, 7), (999, 39), (1000, 40), (9000, 40)])
def test_a_sweep_takes_so_many_families_and_so_many_in_a_hundred(families: int, most: int) -> None:
    """Forty at the most, four in a hundred, and six of the smallest vault."""
    found = cap(packaged(), TODAY, families)
    assert (found.most, found.rule.id, found.rule.clause) == (most, "cap", "4.6")


def test_before_a_value_begins_nothing_is_capped() -> None:
    """No rule, no limit: in force is what has begun."""
    assert cap(packaged(), date(2024, 12, 31), 10).most is None


def test_of_a_vault_too_small_for_a_share_none_go_where_no_number_always_does() -> None:
    """Four in a hundred of three is none."""
    contents = other_rules("retention_schedule.toml", "always = [{ from = 2025-01-01", "always = [{ from = 2099-01-01")
    rules = Rules({**packaged().contents, **contents})
    assert [cap(rules, TODAY, families).most for families in (0, 3, 25, 9000)] == [0, 0, 1, 40]


def test_a_clock_that_goes_back_jumped_over_no_days() -> None:
    """Only a jump has a length."""
    found = doubt_of(TODAY, [TODAY + DAY], RULES)
    assert found
    assert (found.doubt, found.days) == (Doubt.BACK, 0)
