"""The retention schedule as values, read from its rule file."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from lcs_cli.policy.rules import Rule, Rules, in_force, rule
from lcs_cli.records.document import DocumentKind
from lcs_cli.records.retention import RecordClass
from lcs_cli.records.value import Value


class Clock(StrEnum):
    """What starts the clock of a family's file that is not in use any more."""

    LAST_CLOSING = "last-closing"
    LAST_USE = "last-use"


class Schedule(Value):
    """What is kept how long on one day. Periods are None where no rule is in force."""

    family_file: Rule
    staff_file: Rule
    dormant_episode: Rule
    not_required: Rule
    missing_dates: Rule
    kept_indefinitely: Rule
    cooling_off: Rule
    both_sides: Rule
    same_list: Rule
    documents: Rule
    paper: Rule
    witness: Rule
    identity_stub: Rule
    own_referrer: Rule
    registers: Rule
    holds: Rule
    backups: Rule
    backup_interval: Rule
    years: int | None
    staff_years: int | None
    dormant_years: int | None
    hold_years: int | None
    cooling_off_days: int
    backup_days: int | None
    backup_every: int | None
    indefinite: frozenset[RecordClass]
    point_at_everybody: frozenset[RecordClass]
    class_of: Mapping[DocumentKind, RecordClass]
    clock: Clock = Clock.LAST_CLOSING


def schedule_in_force(rules: Rules, today: date) -> Schedule:
    """The schedule on ``today``."""
    data = rules.file("retention_schedule.toml")
    kept = data["kept_indefinitely"]
    days = in_force(data["cooling_off"]["days"], today)
    return Schedule(
        family_file=rule(data["family_file"]),
        staff_file=rule(data["staff_file"]),
        dormant_episode=rule(data["dormant_episode"]),
        not_required=rule(data["not_required"]),
        missing_dates=rule(data["missing_dates"]),
        kept_indefinitely=rule(kept),
        cooling_off=rule(data["cooling_off"]),
        both_sides=rule(data["both_sides"]),
        same_list=rule(data["same_list"]),
        documents=rule(data["documents"]),
        paper=rule(data["paper"]),
        witness=rule(data["witness"]),
        identity_stub=rule(data["identity_stub"]),
        own_referrer=rule(data["own_referrer"]),
        registers=rule(data["registers"]),
        holds=rule(data["holds"]),
        backups=rule(data["backups"]),
        backup_interval=rule(data["backup_interval"]),
        years=in_force(data["family_file"]["years"], today),
        staff_years=in_force(data["staff_file"]["years"], today),
        dormant_years=in_force(data["dormant_episode"]["years"], today),
        hold_years=in_force(data["holds"]["years"], today),
        cooling_off_days=days if days is not None else 0,
        backup_days=in_force(data["backups"]["days"], today),
        backup_every=in_force(data["backup_interval"]["days"], today),
        indefinite=frozenset(map(RecordClass, kept["classes"])),
        point_at_everybody=frozenset(map(RecordClass, kept["point_at_everybody"])),
        class_of={DocumentKind(kind): RecordClass(cls) for kind, cls in data["documents"]["classes"].items()},
        clock=Clock(data["family_file"].get("clock", Clock.LAST_CLOSING)),
    )
