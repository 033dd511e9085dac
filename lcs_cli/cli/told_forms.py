"""What is asked about a disclosure: by its ground when it is recorded, by what is missing when it is completed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from lcs_cli.cli import forms
from lcs_cli.cli.context import Command
from lcs_cli.cli.forms import Field
from lcs_cli.errors import UsageError
from lcs_cli.policy.telling import TellingRules, holds_words, may_decide, telling_rules
from lcs_cli.services.accounts import Account, part_name

_DAY = Field("made_on", "day", forms.past_day, "today")
_WORDS = ("order", "what", "why", "why_not_told")
_PROSE = {
    "order": "Order or statute",
    "what": "What was told",
    "why": "Why",
    "why_not_told": "Why the person was not told",
}
# As they are asked for at a terminal.
_ORDER = ("at", "how", "concern", "order", "what", "why", "decided_by", "person_told", "why_not_told")


def part_fields(*names: str) -> list[Field]:
    """The fields of some parts in words, each of them needed."""
    return [Field(name, part_name(name), forms.prose, question=_PROSE[name]) for name in names]


def recorded(
    cmd: Command, source: str | None, given: Mapping[str, str | None], *, ground: str | None, in_words: bool
) -> dict[str, Any]:
    """The values of a new entry. Without a ``ground`` nobody can be asked, and the use case says what is missing.

    ``in_words`` says that nothing but words is told.
    """
    rules = telling_rules(cmd.desk().rules)
    if source is not None or ground is None:
        parts = [part for part in _ORDER if part != "concern"]
        optional = [_DAY, *(_field(rules, part) for part in parts)]
        return forms.entry(cmd, optional, source, given) if source is not None else forms.fill(cmd, optional, given)
    needed = [part for part in rules.parts[ground] if part != "concern"]
    asked = {*needed, "at", *(["what"] if holds_words(rules, ground) and "how" in needed else [])}
    fields = []
    for part in _ORDER:
        if part in asked:
            field = _field(rules, part)
            is_needed = part in needed or (part == "what" and in_words)
            fields.append(replace(field, default=_own(cmd, rules, ground, part) if is_needed else ""))
    return _with_why_not(cmd, forms.fill(cmd, [_DAY, *fields], given))


def completed(
    cmd: Command, source: str | None, given: Mapping[str, str | None], *, missing: Sequence[str] | None
) -> dict[str, Any]:
    """The values that are added to an entry: any of those that it is ``missing``. None where nobody can be asked."""
    rules = telling_rules(cmd.desk().rules)
    if source is not None or missing is None:
        optional = [_field(rules, part) for part in _ORDER]
        return forms.entry(cmd, optional, source, given) if source is not None else forms.fill(cmd, optional, given)
    asked = {*missing, *(key for key, value in given.items() if value)}
    return _with_why_not(cmd, forms.fill(cmd, [_field(rules, part) for part in _ORDER if part in asked], given))


def account(cmd: Command, values: Mapping[str, Any]) -> Account:
    """The account that the values give; UsageError for a time of today that has not come."""
    if values.get("at") and values["made_on"] == cmd.today and values["at"] > cmd.wall_clock:
        raise UsageError("time: must not be in the future", f"give a time up to {cmd.wall_clock}")
    return Account(
        made_on=values["made_on"],
        at=values.get("at"),
        how=values.get("how"),
        decided_by=values.get("decided_by"),
        person_told=values.get("person_told"),
        words={part: values[part] for part in _WORDS if values.get(part)},
    )


def _field(rules: TellingRules, part: str) -> Field:
    """A part that may be left away."""
    if part in _PROSE:
        return replace(part_fields(part)[0], default="")
    if part == "how":
        return Field("how", part_name("how"), forms.choice(rules.ways), "", f"How ({', '.join(rules.ways)})")
    if part == "at":
        return Field("at", part_name("at"), forms.time_of_day, "", "Time of day")
    if part == "person_told":
        question = "Was the person told (yes, no, not yet)"
        return Field("person_told", part_name("person_told"), forms.yes_no_not_yet, "", question)
    asked = {"concern": "Concern (a flag or an accident record)", "decided_by": "Who decided (a user's reference)"}
    return Field(part, part_name(part), forms.text, "", asked[part])


def _own(cmd: Command, rules: TellingRules, ground: str, part: str) -> str | None:
    """What Enter means for a part that is needed: nothing, but whoever may decide is taken to have decided."""
    user = cmd.desk().user
    return user.reference if part == "decided_by" and may_decide(rules, ground, user.roles) else None


def _with_why_not(cmd: Command, values: dict[str, Any]) -> dict[str, Any]:
    if values.get("person_told") is False and not values.get("why_not_told"):
        values |= forms.fill(cmd, part_fields("why_not_told"), {})
    return values
