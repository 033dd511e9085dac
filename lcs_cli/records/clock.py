"""The service's own clock: the day and the time that hang on its wall."""

from datetime import date, datetime
from functools import lru_cache

from lcs_cli.records.value import Value

ZONE = "Europe/London"
"""The zone of every wall-clock time of the service."""

LAST_DAY = date(2200, 1, 1)
"""No day after it is anybody's: it is a slip, or a clock that is broken."""


class LocalTime(Value, order=True):
    """A moment as a clock in the service shows it: the day, and HH:MM (Europe/London)."""

    day: date
    time: str


@lru_cache(maxsize=1)
def local_time(moment: datetime) -> LocalTime:
    """What that clock shows at a moment (aware)."""
    from zoneinfo import ZoneInfo  # help and version need no zones

    there = moment.astimezone(ZoneInfo(ZONE))
    return LocalTime(there.date(), there.strftime("%H:%M"))


def local_day(stored: str) -> date:
    """The day that clock showed at a moment as it is stored (UTC, ISO 8601)."""
    return local_time(datetime.fromisoformat(stored)).day
