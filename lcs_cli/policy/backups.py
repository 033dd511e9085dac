"""Backups: until which day one is kept, when it is beyond use, and when the next one is overdue."""

from datetime import date, timedelta
from enum import StrEnum

from lcs_cli.policy.schedule import Schedule


class BackupState(StrEnum):
    """What a backup is on one day. ``BEYOND_USE`` is not to be restored from but with the newest register."""

    KEPT = "kept"
    BEYOND_USE = "beyond-use"
    REMOVED = "removed"


def last_day(made_on: date, schedule: Schedule) -> date | None:
    """The last day on which a backup is kept; None where no rule is in force, and it is kept on."""
    return None if schedule.backup_days is None else made_on + timedelta(days=schedule.backup_days)


def has_expired(made_on: date, schedule: Schedule, today: date) -> bool:
    """Whether a backup is past its last day."""
    last = last_day(made_on, schedule)
    return last is not None and today > last


def days_overdue(last_made_on: date | None, schedule: Schedule, today: date) -> int:
    """By how many days the next backup is overdue; 0 where none was ever made, or no rule is in force."""
    if last_made_on is None or schedule.backup_every is None:
        return 0
    return max(0, (today - last_made_on).days - schedule.backup_every)
