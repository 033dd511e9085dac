"""How a legal hold stands on one day (policy 4.6): nothing is asked of its owner while it is plainly in force."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from lcs_cli.policy.holds import HoldState, hold_state
from lcs_cli.policy.rules import packaged
from lcs_cli.policy.schedule import schedule_in_force
from lcs_cli.records.retention import Hold, HoldKind

PLACED, LAST = date(2026, 2, 28), date(2026, 11, 26)
DAY = timedelta(days=1)
SCHEDULE = schedule_in_force(packaged(), LAST)
OPEN = Hold(1, "LCS-0042-L", HoldKind.POLICE, "asked for", PLACED, "U-001-R", "U-001-R")
DATED = replace(OPEN, until=LAST)


@pytest.mark.parametrize(
    ("reviewed_on", "confirmed_on", "state"),
    [
        (None, None, HoldState.ENDED),
        (LAST, None, HoldState.ENDED),
        (None, LAST, HoldState.ENDED),
        (LAST + DAY, None, HoldState.OVER),
        (None, LAST + DAY, HoldState.OVER),
        (PLACED, LAST + DAY, HoldState.OVER),
    ],
)
def test_one_that_ended_is_asked_about_until_somebody_looked_after_its_last_day(
    reviewed_on: date | None, confirmed_on: date | None, state: HoldState
) -> None:
    """On its last day it is in force, whoever looked; a look before its end does not answer for it."""
    hold = replace(DATED, confirmed_on=confirmed_on)
    assert hold_state(hold, reviewed_on, SCHEDULE, LAST) is HoldState.IN_FORCE
    assert hold_state(hold, reviewed_on, SCHEDULE, LAST + DAY * 2) is state


def test_one_without_a_last_day_is_confirmed_a_year_after_it_was_last_looked_at() -> None:
    """Of the day that it was placed or last confirmed, on the same calendar day; never, where no rule says when."""
    due = date(2027, 2, 28)
    assert [hold_state(OPEN, LAST, SCHEDULE, day) for day in (due - DAY, due)] == [
        HoldState.IN_FORCE,
        HoldState.TO_CONFIRM,
    ]
    seen = replace(OPEN, confirmed_on=due)
    assert hold_state(seen, None, SCHEDULE, due) is HoldState.IN_FORCE
    assert hold_state(seen, None, SCHEDULE, date(2028, 2, 28)) is HoldState.TO_CONFIRM
    assert hold_state(OPEN, None, replace(SCHEDULE, hold_years=None), due) is HoldState.IN_FORCE


@pytest.mark.parametrize("hold", [OPEN, DATED])
def test_a_release_holds_from_its_day_on(hold: Hold) -> None:
    """Whatever else is on record of it; the day before, it is in force."""
    released = replace(hold, released_on=LAST)
    states = [hold_state(released, None, SCHEDULE, day) for day in (LAST - DAY, LAST, LAST + DAY * 900)]
    assert states == [HoldState.IN_FORCE, HoldState.RELEASED, HoldState.RELEASED]
