"""What is asked about a disclosure: by its ground when it is recorded, by what is missing when it is completed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from lcs_cli.cli import forms
from lcs_cli.cli.context import Command
from lcs_cli.cli.forms import Field, Parse
from lcs_cli.cli.register_views import RECIPIENTS
from lcs_cli.errors import NotFoundError, UsageError
from lcs_cli.policy.disclosure import disclosure_rules
from lcs_cli.policy.telling import holds_words, may_decide, telling_rules
from lcs_cli.records.disclosure import RegisterEntry
from lcs_cli.services import accounts, checks, disclosures, lookup, named, telling

if TYPE_CHECKING:
    from lcs_cli.policy.telling import TellingRules
    from lcs_cli.services.telling import Ask
    from lcs_cli.vault.connection import Database

_TIME = "Time of day"
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
    return [Field(name, accounts.part_name(name), forms.prose, question=_PROSE[name]) for name in names]


def looked_up(find: Callable[[Database, str], object]) -> Parse:
    """A reference that is looked up at once where somebody can be asked again; else by the use case."""

    def parse(cmd: Command, label: str, typed: str) -> str:
        if cmd.can_ask:
            try:
                with cmd.judging() as desk:
                    find(desk.db, typed)
            except NotFoundError as error:
                raise UsageError(f"{label}: {error.message}", error.hint) from error
        return forms.text(cmd, label, typed)

    return parse


def moment(cmd: Command, on: str | None, at: str | None) -> dict[str, Any]:
    """The day and the time of an urgent entry, before anything is typed: a slip in them is asked for again at once."""
    day = _given(cmd, _DAY, on) if on else cmd.today
    now = cmd.local.time if day == cmd.today else None
    return {"made_on": day, "at": _given(cmd, _at(day), at) if at else now}


def _given(cmd: Command, field: Field, typed: str) -> Any:
    try:
        return field.parse(cmd, field.label, typed)
    except UsageError as error:
        if not cmd.can_ask:
            raise
        cmd.terminal.note(f"error: {error.message}\nhint: {error.hint}")
        return forms.fill(cmd, [field], {})[field.key]


def urgent_recipient(cmd: Command, family: str, given: str | None, day: date) -> str:
    """Who was told in a hurry: asked with those who protect children, until somebody is named who may be told."""
    if given:
        disclosures.check_urgent(cmd.desk(), family, given, day)
        return given

    def parse(cmd: Command, label: str, typed: str) -> str:
        with forms.asked_again():
            disclosures.check_urgent(cmd.desk(), family, forms.text(cmd, label, typed), day)
        return typed

    bodies = ", ".join(disclosures.urgent_recipients(cmd.desk()))
    asked: str = forms.fill(cmd, [Field("to", "recipient", parse, question=f"Who was told ({bodies})")], {})["to"]
    return asked


def whole(cmd: Command, family: str, ask: Ask, *, not_told: bool) -> Ask:
    """What the gate is asked, with what the options left open asked for at a terminal."""
    data = disclosure_rules(cmd.desk().rules)
    known_body = looked_up(lambda db, typed: telling.recipient_of(db, typed, data))
    recipient = Field("to", "recipient", known_body, question=f"Who (REF-…, or {RECIPIENTS})")
    if not ask.to:
        ask = replace(ask, to=forms.fill(cmd, [recipient], {})["to"])
    if not_told:
        return ask if ask.concern else replace(ask, **forms.fill(cmd, _not_told_concern(cmd, family), {}))
    if not (ask.attendance or ask.details or ask.concern or ask.obliged):
        ask = replace(ask, **forms.fill(cmd, [_WHAT], {})["what"])
        if not (ask.attendance or ask.details):
            concern = forms.fill(cmd, [_RESTS_ON], {})["concern"]
            ask = replace(ask, concern=concern, obliged=concern is None)
    if not ask.purpose:
        fitting = sorted(data.consent_purposes if ask.details else data.purposes)
        others = [one for one in telling_rules(cmd.desk().rules).purposes if one not in fitting]
        ask = replace(ask, **forms.fill(cmd, [Field("purpose", "purpose", forms.choice([*fitting, *others]))], {}))
    return ask


def _not_told_concern(cmd: Command, family: str) -> list[Field]:
    """The concern that a decision not to tell is about, where the rules want one."""
    rules = telling_rules(cmd.desk().rules)
    if "concern" not in rules.parts[rules.not_told["id"]]:
        return []
    known = _concern(lookup.family(cmd.desk().db, family).number)
    return [replace(_field(rules, "concern"), parse=known, default=None)]


def _told(_cmd: Command, label: str, typed: str) -> dict[str, Any]:
    """What is told: attendance, details such as P-0042-L.address, or nothing but words."""
    words = typed.replace(",", " ").split()
    if "." in typed:
        return {"details": tuple(words)}
    kind = checks.one_of(label, typed, ("attendance", "words"))
    return {"attendance": kind == "attendance"}


_WHAT = Field("what", "what is told", _told, question="What is told (attendance, words, or details: P-0042-L.address)")
_RESTS_ON = Field(
    "concern",
    "concern",
    forms.text,
    "",
    "Concern that it rests on (a flag or an accident record; Enter where an order or a statute obliges)",
)


def recorded(
    cmd: Command, source: str | None, given: Mapping[str, str | None], *, ground: str | None, in_words: bool
) -> dict[str, Any]:
    """The values of a new entry. Without a ``ground`` nobody can be asked, and the use case says what is missing.

    ``in_words`` says that nothing but words is told.
    """
    rules = telling_rules(cmd.desk().rules)
    if source is not None or ground is None:
        return _unasked(cmd, rules, source, given, [_DAY], leave_out="concern")
    values = forms.fill(cmd, [_DAY], given)
    needed = [part for part in rules.parts[ground] if part != "concern"]
    asked = {*needed, "at", *(["what"] if holds_words(rules, ground) and "how" in needed else [])}
    fields = []
    for part in (part for part in _ORDER if part in asked):
        field = _at(values["made_on"]) if part == "at" else _field(rules, part)
        if part == "decided_by":
            field = _decided_by(cmd, rules, ground)
        is_needed = part in needed or (part == "what" and in_words)
        fields.append(replace(field, default=_own(cmd, rules, ground, part) if is_needed else ""))
    return _with_why_not(cmd, values | forms.fill(cmd, fields, given))


def completed(
    cmd: Command, source: str | None, given: Mapping[str, str | None], *, entry: RegisterEntry | None
) -> dict[str, Any]:
    """The values that are added to an ``entry``: any that it is missing. None where nobody can be asked."""
    rules = telling_rules(cmd.desk().rules)
    if source is not None or entry is None:
        return _unasked(cmd, rules, source, given, [])
    asked = {*disclosures.missing_of(cmd.desk(), entry), *(key for key, value in given.items() if value)}
    fields = []
    for part in (part for part in _ORDER if part in asked):
        field = _at(entry.disclosure.made_on) if part == "at" else _field(rules, part)
        if part == "decided_by":
            field = _decided_by(cmd, rules, entry.disclosure.ground)
        elif part == "concern":
            field = replace(field, parse=_concern(entry.families[0]))
        fields.append(field)
    return _with_why_not(cmd, forms.fill(cmd, fields, given))


def account(cmd: Command, values: Mapping[str, Any]) -> accounts.Account:
    """The account that the values give; UsageError for a time of today that has not come."""
    if values.get("at"):
        checks.come("time", values["made_on"], values["at"], cmd.local)
    return accounts.Account(
        made_on=values["made_on"],
        at=values.get("at"),
        how=values.get("how"),
        decided_by=values.get("decided_by"),
        person_told=values.get("person_told"),
        words={part: values[part] for part in _WORDS if values.get(part)},
    )


def _unasked(
    cmd: Command,
    rules: TellingRules,
    source: str | None,
    given: Mapping[str, str | None],
    first: Sequence[Field],
    leave_out: str = "",
) -> dict[str, Any]:
    """What JSON or the options give: every part may be left away here."""
    fields = [*first, *(_field(rules, part) for part in _ORDER if part != leave_out)]
    return forms.entry(cmd, fields, source, given) if source is not None else forms.fill(cmd, fields, given)


def _field(rules: TellingRules, part: str) -> Field:
    """A part that may be left away."""
    if part in _PROSE:
        return replace(part_fields(part)[0], default="")
    if part == "how":
        return Field("how", accounts.part_name("how"), forms.choice(rules.ways), "", f"How ({', '.join(rules.ways)})")
    if part == "at":
        return Field("at", accounts.part_name("at"), forms.time_of_day, "", _TIME)
    if part == "person_told":
        question = "Was the person told (yes, no, not yet)"
        return Field("person_told", accounts.part_name("person_told"), forms.yes_no_not_yet, "", question)
    asked = {"concern": "Concern (a flag or an accident record)", "decided_by": "Who decided"}
    return Field(part, accounts.part_name(part), forms.text, "", asked[part])


def _at(day: date) -> Field:
    """The time of a day that is known: one that has not come is asked for again at once."""
    return Field("at", accounts.part_name("at"), forms.time_come(day), "", _TIME)


def _decided_by(cmd: Command, rules: TellingRules, ground: str) -> Field:
    """Who decided: asked with those who may."""
    named = ", ".join(f"{user.name} {user.reference}" for user in accounts.deciders(cmd.desk(), rules, ground))
    question = f"Who decided ({named or 'nobody here may'})"
    return Field("decided_by", accounts.part_name("decided_by"), _decider(rules, ground), "", question)


def _decider(rules: TellingRules, ground: str) -> Parse:
    """Somebody who may decide: at a terminal nobody is refused for a slip after all has been typed."""

    def parse(cmd: Command, label: str, typed: str) -> str:
        if not typed:
            raise UsageError(f"{label}: must not be empty", "the names are in the question")
        try:
            user = named.person(cmd.desk(), typed)
        except NotFoundError as error:
            raise UsageError(f"{label}: {error.message}", error.hint) from error
        why_not = accounts.undecided(rules, ground, user)
        if why_not:
            raise UsageError(f"{label}: {why_not}", "give the reference or login name of whoever decided")
        return user.reference

    return parse


def _concern(family: int) -> Parse:
    """A flag or an accident record of the family."""
    return looked_up(lambda db, typed: telling.concern_of(db, family, typed))


def _own(cmd: Command, rules: TellingRules, ground: str, part: str) -> str | None:
    """What Enter means for a part that is needed: nothing, but whoever may decide is taken to have decided."""
    user = cmd.desk().user
    return user.reference if part == "decided_by" and may_decide(rules, ground, user.roles) else None


def _with_why_not(cmd: Command, values: dict[str, Any]) -> dict[str, Any]:
    if values.get("person_told") is False and not values.get("why_not_told"):
        values |= forms.fill(cmd, part_fields("why_not_told"), {})
    return values
