"""Consent (policy 4.2): who may give one, when it ends, and what the gate is shown of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from lcs_cli.policy.disclosure import Verdict
from lcs_cli.policy.retention import anniversary
from lcs_cli.policy.rules import Rules
from lcs_cli.records.consent import RecordedConsent
from lcs_cli.records.disclosure import Consent
from lcs_cli.records.family import Person, PersonKind
from lcs_cli.records.references import Kind, reference


class ConsentState(StrEnum):
    """What a consent is on one day. Only a live one opens the gate."""

    LIVE = "live"
    NOT_YET = "not yet"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class ConsentRules:
    """What the rule file says of consents. ``stub`` is the rule about families that were disposed of."""

    rule: Mapping[str, Any]
    stub: Mapping[str, Any]
    details: tuple[str, ...]
    purposes: tuple[str, ...]
    given: tuple[str, ...]
    withdrawn: tuple[str, ...]
    for_children: frozenset[str]
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
        of_age_years=own["of_age_years"],
        lapsing_days=own["lapsing_days"],
    )


def may_give(person: Person, giver: Person, rules: ConsentRules, today: date) -> Verdict:
    """Whether ``giver`` may consent to what is told of ``person``; the ground says as what they do."""
    ref, by = reference(Kind.PERSON, person.number), reference(Kind.PERSON, giver.number)
    is_child = person.kind is PersonKind.CHILD and not _is_of_age(person.date_of_birth, rules, today)
    own = f"record the person's own: lcs consent record {ref}"
    if giver.number == person.number:
        if not is_child or "child" in rules.for_children:
            return _granted("child" if is_child else "person", rules)
        return _refused(rules, f"{ref} is a child, and no consent of a child is taken", "ask a parent: --given-by")
    if not is_child:
        why = "is of age" if person.kind is PersonKind.CHILD else "is an adult"
        return _refused(rules, f"{ref} {why}: {by} cannot consent for them", own)
    if giver.kind is not PersonKind.ADULT or giver.family != person.family:
        return _refused(rules, f"{by} is not an adult of the family of {ref}", own)
    if "parental-responsibility" not in rules.for_children:
        return _refused(rules, "no parent's consent is taken for a child", own)
    return _granted("parental-responsibility", rules)


def ends_on(consent: RecordedConsent, rules: ConsentRules) -> date | None:
    """The last day of a consent; None where it has no end. A parent's word for a child ends before its coming of age.

    A withdrawal is not its end: it works on the day it is made.
    """
    if consent.given_by == consent.person or consent.born is None:
        return consent.until
    last = anniversary(consent.born, rules.of_age_years) - timedelta(days=1)
    return min(consent.until, last) if consent.until else last


def state_of(consent: RecordedConsent, rules: ConsentRules, today: date) -> ConsentState:
    """What a consent is on a day."""
    if consent.withdrawn_on is not None and consent.withdrawn_on <= today:
        return ConsentState.WITHDRAWN
    if today < consent.given_from:
        return ConsentState.NOT_YET
    last = ends_on(consent, rules)
    return ConsentState.LAPSED if last is not None and last < today else ConsentState.LIVE


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


def _renews(other: RecordedConsent, consent: RecordedConsent, last: date, rules: ConsentRules) -> bool:
    end = ends_on(other, rules)
    return (
        other.withdrawn_on is None
        and (other.person, other.referrer, other.purpose) == (consent.person, consent.referrer, consent.purpose)
        and set(consent.details) <= set(other.details)
        and (end is None or end > last)
    )


def _is_of_age(born: date | None, rules: ConsentRules, today: date) -> bool:
    return born is not None and anniversary(born, rules.of_age_years) <= today


def _granted(ground: str, rules: ConsentRules) -> Verdict:
    return Verdict(ground, rules.rule["id"], rules.rule["clause"], rules.rule["about"], rules.rule["text"])


def _refused(rules: ConsentRules, reason: str, remedy: str) -> Verdict:
    return Verdict("", rules.rule["id"], rules.rule["clause"], rules.rule["about"], reason, remedy)
