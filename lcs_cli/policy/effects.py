"""What another set of rules would newly do, found by the very functions that decide: due, disclosed, allowed."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from lcs_cli.policy.authority import goes_on_unexplained, service_commands
from lcs_cli.policy.disclosed import newly_disclosed
from lcs_cli.policy.loosened import loosened
from lcs_cli.policy.program import keys_for, program_file, typed
from lcs_cli.policy.retention import WAITS, Outcome
from lcs_cli.policy.rules import Rules
from lcs_cli.policy.schedule import Clock, Schedule, schedule_in_force
from lcs_cli.policy.staff_file import decide_file
from lcs_cli.policy.widened import newly_told
from lcs_cli.records.retention import Facts
from lcs_cli.records.user import KeyName, Role, UserKind
from lcs_cli.records.value import Value

_HOLDERS = (*Role, UserKind.SERVICE, UserKind.RECOVERY)


class NewlyDue(Value):
    """A file that waits on a day by the new rules and does not by the old ones: due, dormant, unclear, or required.

    Required is due but for what still stands in the way, such as a hold. ``subject`` is the reference of the family, or
    of the entry of the staff register.
    """

    subject: str
    outcome: Outcome
    on: date


class Effects(Value):
    """What a version would newly do: files by reference, and the rest in words, a line each."""

    due: tuple[NewlyDue, ...]
    shortened: tuple[str, ...]
    disclosed: tuple[str, ...]
    loosened: tuple[str, ...]
    allowed: tuple[str, ...]
    keyless: tuple[str, ...]

    @property
    def needs_acceptance(self) -> bool:
        """Whether it makes more due, shortens a period, tells more, asks less or lets more be run."""
        return bool(self.due or self.shortened or self.disclosed or self.loosened or self.allowed)

    def content(self) -> dict[str, Any]:
        """The list as it is hashed, kept and shown: references, words and days."""
        return {
            "due": [[one.subject, one.outcome.value, one.on.isoformat()] for one in self.due],
            "shortened": list(self.shortened),
            "disclosed": list(self.disclosed),
            "loosened": list(self.loosened),
            "allowed": list(self.allowed),
            "keyless": list(self.keyless),
        }


def effects(old: Rules, new: Rules, facts: Iterable[Facts], effective_on: date) -> Effects:
    """Compare two sets of rules on the day on which the new one takes effect, and on each later day a value changes.

    ``facts`` are those of every file, as they are known now.
    """
    days = _days(old, new, effective_on)
    by_day = [(day, schedule_in_force(old, day), schedule_in_force(new, day)) for day in days]
    return Effects(
        due=tuple(found for one in facts for found in _newly_due(one, by_day)),
        shortened=tuple(dict.fromkeys(line for one in by_day for line in _shortened(*one))),
        disclosed=(*newly_disclosed(old, new, effective_on), *newly_told(old, new, effective_on)),
        loosened=loosened(old, new, effective_on),
        allowed=tuple(_newly_allowed(old, new)),
        keyless=tuple(_newly_keyless(old, new)),
    )


def _days(old: Rules, new: Rules, effective_on: date) -> list[date]:
    """The day itself, and each later one on which a dated value of either schedule begins."""
    begins = {
        value["from"]
        for rules in (old, new)
        for table in rules.file("retention_schedule.toml").values()
        for dated in table.values()
        if isinstance(dated, list)
        for value in dated
        if isinstance(value, dict)
    }
    return [effective_on, *sorted(day for day in begins if day > effective_on)]


def _newly_due(facts: Facts, by_day: list[tuple[date, Schedule, Schedule]]) -> Iterator[NewlyDue]:
    """The first of the days on which a family waits by the new rules and not by the old, if there is one."""
    for day, old, new in by_day:
        decision = decide_file(facts, new, day)
        outcome = decision.outcome
        if outcome in WAITS and decide_file(facts, old, day).outcome not in (outcome, Outcome.DUE):
            yield NewlyDue(decision.subject, outcome, day)
            return


def _shortened(day: date, old: Schedule, new: Schedule) -> Iterator[str]:
    for rule, was, becomes, unit in (
        (new.family_file, old.years, new.years, "year"),
        (new.staff_file, old.staff_years, new.staff_years, "year"),
        (new.dormant_episode, old.dormant_years, new.dormant_years, "year"),
        (new.cooling_off, old.cooling_off_days, new.cooling_off_days, "day"),
        (new.backups, old.backup_days, new.backup_days, "day"),
    ):
        if becomes is not None and (was is None or becomes < was):
            from_ = "no period" if was is None else _count(was, unit)
            yield f"{rule.id}: {from_} become {_count(becomes, unit)}, by {day.isoformat()}"
    if (old.clock, new.clock) == (Clock.LAST_CLOSING, Clock.LAST_USE):
        yield f"{new.family_file.id}: counted from the last use, no longer from the last closing, by {day.isoformat()}"


def _granted(rules: Rules, holder: str) -> set[str]:
    return {
        action
        for grant in rules.file("authority.toml")["grant"]
        if holder in grant["to"]
        for action in grant["actions"]
    }


def _newly_allowed(old: Rules, new: Rules) -> Iterator[str]:
    for holder in _HOLDERS:
        if more := _granted(new, holder) - _granted(old, holder):
            yield f"{holder.value}: {_commands(more)}"
    if services := set(service_commands(new)) - set(service_commands(old)):
        yield f"a service created for it: {_commands(services)}"
    if unexplained := goes_on_unexplained(new) - goes_on_unexplained(old):
        yield f"while the trail is not the one that was seen: {_commands(unexplained)}"


def _newly_keyless(old: Rules, new: Rules) -> Iterator[str]:
    """What is granted to a role that does not hold the key it takes: it will be refused all the same."""
    for role in Role:
        more = _granted(new, role) - _granted(old, role)
        held = keys_for(UserKind.PERSON, [role])
        for key, takes in program_file()["authority"]["takes"].items():
            if KeyName(key) not in held and (refused := more & set(takes)):
                yield f"{role.value}: {_commands(refused)} takes the {key} key, which that role does not hold"


def _commands(actions: Iterable[str]) -> str:
    return ", ".join(f"lcs {typed(action)}" for action in sorted(actions))


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" + ("" if number == 1 else "s")
