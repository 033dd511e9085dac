"""A series of sessions: the same weekday and time, week by week."""

import re
from datetime import date, timedelta

from lcs_cli.errors import UsageError
from lcs_cli.records.value import Value

MOST = 60
_WRITTEN = re.compile(r"(weekly|fortnightly):([1-9][0-9]?)", re.ASCII)


class Series(Value):
    """So many days, each so many weeks after the one before."""

    weeks: int
    count: int

    def days(self, first: date) -> list[date]:
        """Its days, from the first on."""
        return [first + timedelta(weeks=self.weeks * number) for number in range(self.count)]


def parse_series(typed: str) -> Series:
    """Read ``weekly:12`` or ``fortnightly:6``; UsageError for anything else."""
    found = _WRITTEN.fullmatch(typed.strip().lower())
    if found is None or not 2 <= int(found[2]) <= MOST:
        raise UsageError("repeat: cannot be read", f"such as weekly:12 or fortnightly:6, and at most {MOST} sessions")
    return Series(1 if found[1] == "weekly" else 2, int(found[2]))
