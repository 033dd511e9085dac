"""Whether a machine's clock can be believed, before anything is disposed of by it (policy 4.6)."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from itertools import pairwise

from lcs_cli.policy.program import program_file
from lcs_cli.policy.rules import Rule, Rules, in_force, rule
from lcs_cli.records.value import Value


class Doubt(StrEnum):
    """What speaks against the day that a clock shows."""

    BEFORE_PROGRAM = "before-program"
    BACK = "back"
    JUMPED = "jumped"


class ClockRules(Value):
    """From when a day can be true, and how many days may pass unseen; None where no rule is in force."""

    rule: Rule
    first_day: date
    most_days: int | None


class ClockDoubt(Value):
    """Why a day is not believed: it is before ``since``, or a jump of ``days`` from there led to it."""

    doubt: Doubt
    since: date
    days: int = 0

    @property
    def can_be_confirmed(self) -> bool:
        """Whether a person who looked at a calendar can say that it is right all the same."""
        return self.doubt is not Doubt.BEFORE_PROGRAM


def clock_rules(rules: Rules, today: date) -> ClockRules:
    """The rules about the clock on ``today``."""
    data = rules.file("retention_schedule.toml")["clock"]
    return ClockRules(rule(data), program_file()["program"]["first_day"], in_force(data["days"], today))


def doubt_of(today: date, seen: Iterable[date], rules: ClockRules) -> ClockDoubt | None:
    """What speaks against ``today``; None where nothing does.

    ``seen`` are the days that the vault has seen since its clock was last found right, in the order in which it saw
    them: a clock that jumped does not become right by being used.
    """
    if today < rules.first_day:
        return ClockDoubt(Doubt.BEFORE_PROGRAM, rules.first_day)
    days = [*seen, today]
    if max(days) > today:
        return ClockDoubt(Doubt.BACK, max(days))
    for before, after in pairwise(days):
        if rules.most_days is not None and (after - before).days > rules.most_days:
            return ClockDoubt(Doubt.JUMPED, before, (after - before).days)
    return None
