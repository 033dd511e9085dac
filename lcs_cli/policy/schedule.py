"""The retention schedule as values, read from its rule file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lcs_cli.policy.rules import in_force, rule_file
from lcs_cli.records.retention import RecordClass


@dataclass(frozen=True)
class Rule:
    """One rule of the schedule: its id, its clause and what it says."""

    id: str
    clause: str
    text: str


@dataclass(frozen=True)
class Schedule:
    """What is kept how long on one day. ``years`` and ``dormant_years`` are None where no rule is in force."""

    family_file: Rule
    dormant_episode: Rule
    not_required: Rule
    missing_dates: Rule
    kept_indefinitely: Rule
    cooling_off: Rule
    both_sides: Rule
    same_list: Rule
    years: int | None
    dormant_years: int | None
    cooling_off_days: int
    indefinite: frozenset[RecordClass]
    point_at_everybody: frozenset[RecordClass]


def schedule_in_force(today: date) -> Schedule:
    """The schedule on ``today``."""
    data = rule_file("retention_schedule.toml")
    kept = data["kept_indefinitely"]
    days = in_force(data["cooling_off"]["days"], today)
    return Schedule(
        family_file=_rule(data["family_file"]),
        dormant_episode=_rule(data["dormant_episode"]),
        not_required=_rule(data["not_required"]),
        missing_dates=_rule(data["missing_dates"]),
        kept_indefinitely=_rule(kept),
        cooling_off=_rule(data["cooling_off"]),
        both_sides=_rule(data["both_sides"]),
        same_list=_rule(data["same_list"]),
        years=in_force(data["family_file"]["years"], today),
        dormant_years=in_force(data["dormant_episode"]["years"], today),
        cooling_off_days=days if days is not None else 0,
        indefinite=frozenset(map(RecordClass, kept["classes"])),
        point_at_everybody=frozenset(map(RecordClass, kept["point_at_everybody"])),
    )


def _rule(data: Mapping[str, Any]) -> Rule:
    return Rule(data["id"], data["clause"], data["text"])
