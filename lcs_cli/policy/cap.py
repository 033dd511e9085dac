"""How many families one sweep may dispose of (policy 4.6): a mistake noticed on its first day is small."""

from datetime import date

from lcs_cli.policy.rules import Rule, Rules, in_force, rule
from lcs_cli.records.value import Value


class Cap(Value):
    """How many families one sweep may dispose of; None where no rule limits it."""

    rule: Rule
    most: int | None


def cap(rules: Rules, today: date, families: int) -> Cap:
    """The cap on ``today`` for a vault of so many families: a number, and a share of them, of which a few always go."""
    data = rules.file("retention_schedule.toml")["cap"]
    most, percent, always = (in_force(data[key], today) for key in ("families", "percent", "always"))
    limits = [] if most is None else [most]
    if percent is not None:
        limits.append(max(families * percent // 100, always or 0))
    return Cap(rule(data), min(limits) if limits else None)
