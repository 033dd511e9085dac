"""What a legal hold asks of its owner on one day (policy 4.6): nothing, to look at its file, or to confirm it."""

from datetime import date
from enum import StrEnum

from lcs_cli.policy.schedule import Schedule
from lcs_cli.records.retention import Hold
from lcs_cli.records.years import anniversary


class HoldState(StrEnum):
    """How a hold stands. Who owns one that has ended, or is to be confirmed, is asked about it."""

    IN_FORCE = "in force"
    TO_CONFIRM = "to be confirmed"
    ENDED = "ended"
    OVER = "over"
    RELEASED = "released"


ASKED_ABOUT = (HoldState.TO_CONFIRM, HoldState.ENDED)


def hold_state(hold: Hold, reviewed_on: date | None, schedule: Schedule, today: date) -> HoldState:
    """How a hold stands on ``today``; ``reviewed_on`` is the day on which its file was last reviewed.

    One with a last day ends by itself after it. It is over when somebody has reviewed the file since, or has confirmed
    that it ended. One without is to be confirmed when the years of the rule have passed since that was last done.
    """
    if hold.released_on is not None and hold.released_on <= today:
        return HoldState.RELEASED
    if hold.until is not None:
        if hold.until >= today:
            return HoldState.IN_FORCE
        seen = [day for day in (reviewed_on, hold.confirmed_on) if day is not None]
        return HoldState.OVER if any(day > hold.until for day in seen) else HoldState.ENDED
    since = hold.confirmed_on or hold.placed_on
    if schedule.hold_years is not None and anniversary(since, schedule.hold_years) <= today:
        return HoldState.TO_CONFIRM
    return HoldState.IN_FORCE
