"""The account of a disclosure: how it was told and who decided, as values; what and why, as words to be sealed."""

from collections.abc import Mapping
from datetime import date

from msgspec import field

from lcs_cli.errors import RefusedError, UsageError
from lcs_cli.policy.telling import TellingRules, holds_words, may_decide, telling_rules
from lcs_cli.records.disclosure import RegisterEntry
from lcs_cli.records.references import Kind
from lcs_cli.records.user import User
from lcs_cli.records.value import Private, Value
from lcs_cli.records.words import a_role, another_role, either
from lcs_cli.services import checks, named
from lcs_cli.services.desk import Act, Desk

_NAMES = {
    "how": "how it was told",
    "at": "time",
    "decided_by": "who decided",
    "concern": "the concern",
    "person_told": "whether the person was told",
    "what": "what was told",
    "why": "why",
    "why_not_told": "why the person was not told",
    "alone": "decided alone, without a lead",
    "confirmed": "confirmation of who decided",
    "order": "the order or statute",
}


class Account(Value):
    """How it went: day, local time (HH:MM), way, who decided, whether the person was told, and the rest in words.

    ``person_told`` is None where that is not known yet. ``words`` are by part: what, why, why_not_told, order.
    """

    made_on: date
    at: str | None = None
    how: str | None = None
    decided_by: str | None = None
    person_told: bool | None = None
    words: Private[Mapping[str, str]] = field(default_factory=dict)


def part_name(part: str) -> str:
    """A part of an entry as people call it."""
    return _NAMES[part]


def values_of(rules: TellingRules, ground: str, account: Account) -> dict[str, str]:
    """The parts that are no words but who decided: checked, by name."""
    found = {}
    if account.how:
        found["how"] = checks.one_of(part_name("how"), account.how, rules.ways)
    if account.at:
        found["at"] = checks.time_of_day(part_name("at"), account.at)
    if account.person_told is not None:
        if not holds_words(rules, ground):
            raise UsageError(
                f"whether the person was told: is kept under policy {rules.rule['clause']} alone", "leave it away"
            )
        found["person_told"] = "yes" if account.person_told else "no"
    return found


def words_of(rules: TellingRules, ground: str, words: Mapping[str, str]) -> dict[str, str]:
    """The words to be sealed, by part; UsageError on a ground that keeps none, where they would be kept for ever."""
    given = {part: text for part, text in words.items() if text}
    for part in given:
        fits = holds_words(rules, ground) and (part != "order" or part in rules.parts[ground])
        if not fits:
            raise UsageError(f"{part_name(part)}: is not kept on this ground ({ground})", "leave it away")
    return {part: checks.prose(part_name(part), text) for part, text in given.items()}


def decider(act: Act, rules: TellingRules, ground: str, typed: str | None) -> dict[str, str]:
    """Who decided, as a part: whoever acts, or a named person, who holds the role for it. Nothing on other grounds."""
    if not holds_words(rules, ground):
        if typed:
            raise UsageError(
                f"who decided: is kept under policy {rules.rule['clause']} alone", "leave --decided-by away"
            )
        return {}
    user = act.desk.user if typed is None else named.person(act.desk, typed)
    why_not = undecided(rules, ground, user)
    if why_not:
        family = next(ref for ref in act.refs if ref.startswith(Kind.FAMILY.prefix))
        raise RefusedError(
            rules.rule["clause"],
            why_not,
            f"name who decided: --decided-by   or, where it could not wait: lcs disclosure urgent {family}",
            rule=rules.rule["id"],
            about=rules.rule["about"],
        )
    act.note(user.reference)
    return {"decided_by": user.reference}


def by_a_lead(desk: Desk, entry: RegisterEntry) -> bool:
    """Whether a lead confirms who decided: it was decided alone, or whoever decided has no slot any more."""
    here = {slot.user.reference for slot in desk.vault.header.slots}
    return "alone" in entry.parts or entry.parts.get("decided_by") not in here


def confirmer(desk: Desk, entry: RegisterEntry) -> str:
    """Who confirms who decided: their reference, or “another safeguarding lead”."""
    if by_a_lead(desk, entry):
        return either(map(another_role, telling_rules(desk.rules).decides[entry.disclosure.ground]))
    return entry.parts["decided_by"]


def undecided(rules: TellingRules, ground: str, user: User) -> str:
    """Why somebody may not decide on this ground; empty where they may."""
    if may_decide(rules, ground, user.roles):
        return ""
    return f"{user.reference} may not decide on this: {either(map(a_role, rules.decides[ground]))} does"


def deciders(desk: Desk, rules: TellingRules, ground: str) -> list[User]:
    """Those with a slot today who may decide on this ground."""
    return [user for user in named.people(desk) if may_decide(rules, ground, user.roles)]
