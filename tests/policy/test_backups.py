"""Backups (policy 4.6): how long one is kept, and when the next one is overdue."""

from datetime import date, timedelta

from msgspec.structs import replace

from lcs_cli.policy.backups import days_overdue, has_expired, last_day
from lcs_cli.policy.rules import packaged
from lcs_cli.policy.schedule import schedule_in_force

MADE = date(2026, 11, 26)
DAY = timedelta(days=1)
SCHEDULE = replace(schedule_in_force(packaged(), MADE), backup_days=35, backup_every=7)
NO_RULE = replace(SCHEDULE, backup_days=None, backup_every=None)


def test_a_backup_expires_after_its_last_day() -> None:
    """On its last day it is kept; where no rule is in force, on every day."""
    last = last_day(MADE, SCHEDULE)
    assert last == date(2026, 12, 31)
    assert [has_expired(MADE, SCHEDULE, day) for day in (MADE, last, last + DAY)] == [False, False, True]
    assert last_day(MADE, NO_RULE) is None
    assert not has_expired(MADE, NO_RULE, date.max)


def test_the_next_one_is_overdue_from_the_day_after_the_interval_on() -> None:
    """Not before, nor where none was ever made or no rule is in force."""
    days = (MADE, MADE + 7 * DAY, MADE + 8 * DAY, MADE + 10 * DAY)
    assert [days_overdue(MADE, SCHEDULE, day) for day in days] == [0, 0, 1, 3]
    assert (days_overdue(None, SCHEDULE, date.max), days_overdue(MADE, NO_RULE, date.max)) == (0, 0)
