"""Consent (policy 4.2): who may give one, when it ends, and what the gate is shown of it."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from lcs_cli.policy.disclosure import Verdict
from lcs_cli.policy.rules import Rules
from lcs_cli.records.consent import RecordedConsent
from lcs_cli.records.disclosure import Consent, Shut
from lcs_cli.records.family import Person, PersonKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.value import Value
from lcs_cli.records.years import anniversary


class ConsentState(StrEnum):
    """What a consent is on one day. Only a live one opens the gate."""

    LIVE = "live"
    NOT_YET = "not yet"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    OVERTAKEN = "overtaken"


class ConsentRules(Value):
    """What the rule file says of consents. ``stub`` is the rule about families that were disposed of."""

    rule: Mapping[str, Any]
    stub: Mapping[str, Any]
    details: tuple[str, ...]
    purposes: tuple[str, ...]
    given: tuple[str, ...]
    withdrawn: tuple[str, ...]
    for_children: frozenset[str]
    parent_details: frozenset[str]
    own_from_years: int
    of_age_years: int
    lapsing_days: int


def consent_rules(rules: Rules) -> ConsentRules:
    """The rules about consents, from their file."""
    data = rules.file("disclosure_rules.toml")
    own = data["consent"]
    return ConsentRules(
        rule=own,
        stub=data["consent_of_a_stub"],
        details=tuple(data["details"]["names"]),
        purposes=tuple(own["purposes"]),
        given=tuple(own["given"]),
        withdrawn=tuple(own["withdrawn"]),
        for_children=frozenset(own["for_children"]),
        parent_details=frozenset(own["parent_details"]),
        own_from_years=own["own_from_years"],
        of_age_years=own["of_age_years"],
        lapsing_days=own["lapsing_days"],
    )


def may_give(person: Person, giver: Person, rules: ConsentRules, day: date, details: Iterable[str] = ()) -> Verdict:
    """Whether ``giver`` may consent on a day to what is told of ``person``; the ground says as what they do.

    A parent consents to no more than the rule file lists of a child; a child for itself from an age on.
    """
    ref, by = reference(Kind.PERSON, person.number), reference(Kind.PERSON, giver.number)
    is_child = person.kind is PersonKind.CHILD and not _has_reached(person.date_of_birth, rules.of_age_years, day)
    own = f"record the person's own: lcs consent record {ref}"
    if giver.number == person.number:
        return _own_word(person, rules, day) if is_child else _granted("person", rules)
    if not is_child:
        why = "is of age" if person.kind is PersonKind.CHILD else "is an adult"
        return _refused(rules, f"{ref} {why}: {by} cannot consent for them", own)
    if giver.kind is not PersonKind.ADULT or giver.family != person.family:
        return _refused(rules, f"{by} is not an adult of the family of {ref}", own)
    if "parental-responsibility" not in rules.for_children:
        return _refused(rules, "no parent's consent is taken for a child", own)
    return _parents_word(person, rules, details)


def may_still_give(consent: RecordedConsent, others: Iterable[RecordedConsent], rules: ConsentRules) -> Verdict:
    """Whether a consent that is to be recorded may be: nobody gives for a child what the child itself withdrew."""
    withdrawn = {
        detail
        for one in others
        if one.given_by == one.person == consent.person and one.withdrawn_on is not None
        if (one.referrer, one.purpose) == (consent.referrer, consent.purpose)
        for detail in one.details
    }
    ref, by = reference(Kind.PERSON, consent.person), reference(Kind.PERSON, consent.given_by)
    against = withdrawn & set(consent.details)
    if consent.given_by != consent.person and against:
        return _refused(
            rules,
            f"{ref} withdrew its own consent to tell {_names(against)}: {by} cannot give it back",
            f"if the child agrees again, that is its own word: lcs consent record {ref}",
        )
    return _granted("consent", rules)


def _own_word(person: Person, rules: ConsentRules, day: date) -> Verdict:
    """A child's own word: taken from an age on, which has to be known."""
    ref = reference(Kind.PERSON, person.number)
    if "child" not in rules.for_children:
        return _refused(rules, f"{ref} is a child, and no consent of a child is taken", "ask a parent: --given-by")
    if person.date_of_birth is None:
        return _undated(rules, ref)
    if not _has_reached(person.date_of_birth, rules.own_from_years, day):
        why = f"{ref} is under {rules.own_from_years}, and too young to consent for themselves"
        return _refused(rules, why, f"ask a parent, for {_names(rules.parent_details)} alone: --given-by")
    return _granted("child", rules)


def _parents_word(person: Person, rules: ConsentRules, details: Iterable[str]) -> Verdict:
    """A parent's word for a child: for what is the child's alone, up to a day that has to be known."""
    ref = reference(Kind.PERSON, person.number)
    if person.date_of_birth is None:
        return _undated(rules, ref)
    beyond = set(details) - rules.parent_details
    if beyond:
        return _refused(
            rules,
            f"a parent's consent does not cover {_names(beyond)} of {ref}: it may be another adult's home",
            f"record {_names(rules.parent_details)} alone   or, from {rules.own_from_years} on, the child's own "
            f"consent: lcs consent record {ref}",
        )
    return _granted("parental-responsibility", rules)


def _undated(rules: ConsentRules, ref: str) -> Verdict:
    why = f"{ref} has no date of birth on record: nobody could know from when, or until when, a consent holds"
    return _refused(rules, why, f"enter the date of birth: lcs person edit {ref}")


def ends_on(consent: RecordedConsent, rules: ConsentRules) -> date | None:
    """The last day of a consent; None where it has no end. A parent's word for a child ends before its coming of age.

    A withdrawal is not its end: it works on the day it is made.
    """
    if consent.given_by == consent.person or consent.born is None:
        return consent.until
    last = anniversary(consent.born, rules.of_age_years) - timedelta(days=1)
    return min(consent.until, last) if consent.until else last


def shut(consent: RecordedConsent, rules: ConsentRules) -> dict[str, Shut]:
    """The details that a consent does not cover though it has not ended, each with the reason."""
    found = {name: why for name in consent.details if (why := _shut(consent, name, rules)) is not None}
    return {name: found[name] for name in consent.details if name in found}


def _shut(consent: RecordedConsent, name: str, rules: ConsentRules) -> Shut | None:
    own = consent.given_by == consent.person
    young = own and not _has_reached(consent.born, rules.own_from_years, min(consent.given_from, consent.recorded_on))
    reasons = (
        (Shut.RECIPIENT, consent.recipient_changed),
        (Shut.UNDATED, consent.of_child and consent.born is None),
        (Shut.TOO_YOUNG, consent.of_child and young),
        (Shut.OTHERS_HOME, not own and name not in rules.parent_details),
        (Shut.OWN_WITHDRAWAL, name in consent.own_withdrawn),
        (Shut.CHANGED, name in consent.changed),
    )
    return next((why for why, applies in reasons if applies), None)


def state_of(consent: RecordedConsent, rules: ConsentRules, today: date) -> ConsentState:
    """What a consent is on a day; overtaken where none of its details is covered any more."""
    if consent.withdrawn_on is not None and consent.withdrawn_on <= today:
        return ConsentState.WITHDRAWN
    if today < consent.given_from:
        return ConsentState.NOT_YET
    last = ends_on(consent, rules)
    if last is not None and last < today:
        return ConsentState.LAPSED
    return ConsentState.OVERTAKEN if len(shut(consent, rules)) == len(consent.details) else ConsentState.LIVE


def at_the_gate(consent: RecordedConsent, rules: ConsentRules) -> Consent:
    """A consent as the gate sees it: without evidence, and with the day on which it really ends."""
    return Consent(
        person=reference(Kind.PERSON, consent.person),
        details=consent.details,
        recipient=reference(Kind.REFERRER, consent.referrer),
        purpose=consent.purpose,
        given_from=consent.given_from,
        until=ends_on(consent, rules),
        withdrawn_on=consent.withdrawn_on,
        shut=tuple(shut(consent, rules).items()),
    )


def lapses(
    consent: RecordedConsent, others: Iterable[RecordedConsent], rules: ConsentRules, today: date
) -> date | None:
    """The last day of a consent that lapses soon, or has lapsed, and that nobody has renewed; None for any other.

    Renewed is what another one covers for longer: the same person, details, recipient and purpose.
    """
    last = ends_on(consent, rules)
    if last is None or consent.withdrawn_on is not None or last > today + timedelta(days=rules.lapsing_days):
        return None
    return None if any(_renews(other, consent, last, rules) for other in others) else last


def furthest(consents: Iterable[RecordedConsent], rules: ConsentRules) -> dict[int, list[RecordedConsent]]:
    """Of each person's consents those that can renew another: of those alike, the one that ends last.

    Few are left of many, so that each of a person's consents need not be held against every other one.
    """
    best: dict[tuple[object, ...], RecordedConsent] = {}
    for one in consents:
        if one.withdrawn_on is not None:
            continue
        key = (one.person, one.referrer, one.purpose, one.details, one.recipient_changed)
        if key not in best or (ends_on(one, rules) or date.max) > (ends_on(best[key], rules) or date.max):
            best[key] = one
    found: dict[int, list[RecordedConsent]] = {}
    for one in best.values():
        found.setdefault(one.person, []).append(one)
    return found


def _renews(other: RecordedConsent, consent: RecordedConsent, last: date, rules: ConsentRules) -> bool:
    end = ends_on(other, rules)
    return (
        other.withdrawn_on is None
        and not other.recipient_changed
        and (other.person, other.referrer, other.purpose) == (consent.person, consent.referrer, consent.purpose)
        and set(consent.details) <= set(other.details)
        and (end is None or end > last)
    )


def _has_reached(born: date | None, years: int, day: date) -> bool:
    return born is not None and anniversary(born, years) <= day


def _names(details: Iterable[str]) -> str:
    return ", ".join(sorted(details))


def _granted(ground: str, rules: ConsentRules) -> Verdict:
    return Verdict(ground, rules.rule["id"], rules.rule["clause"], rules.rule["about"], rules.rule["text"])


def _refused(rules: ConsentRules, reason: str, remedy: str) -> Verdict:
    return Verdict("", rules.rule["id"], rules.rule["clause"], rules.rule["about"], reason, remedy)
