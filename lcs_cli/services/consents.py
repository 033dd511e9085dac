"""Consents (policy 4.2): recorded as they were given, withdrawn at any time, asked for before a detail is told."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from msgspec import field
from msgspec.structs import replace

from lcs_cli.errors import RefusedError, UsageError
from lcs_cli.policy.consent import (
    ConsentRules,
    ConsentState,
    consent_rules,
    ends_on,
    furthest,
    lapses,
    may_give,
    may_still_give,
    shut,
    state_of,
)
from lcs_cli.records.consent import RecordedConsent
from lcs_cli.records.disclosure import Shut
from lcs_cli.records.family import Person
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.value import Value
from lcs_cli.services import checks, lookup
from lcs_cli.services.desk import Act, Desk
from lcs_cli.services.telling import Answer, Ask, ask_gate, refuse_unless_permitted
from lcs_cli.vault import consents
from lcs_cli.vault.connection import Database


class ConsentDraft(Value):
    """A consent as it is entered. ``given_by`` is left away where the person gave it; else a parent, for a child."""

    details: Sequence[str]
    recipient: str
    purpose: str
    given_from: date
    given_how: str
    evidence: str
    until: date | None = None
    given_by: str | None = None
    responsibility: str | None = None


class ConsentFile(Value):
    """A consent with what it is today, its last day, and the details that it does not cover, each with the reason.

    ``others`` are those that cover the same for the same recipient and purpose, where it was just recorded (all of it)
    or withdrawn (some of it).
    """

    consent: RecordedConsent
    state: ConsentState
    ends_on: date | None
    shut: Mapping[str, Shut] = field(default_factory=dict)
    others: tuple[RecordedConsent, ...] = ()


def record(desk: Desk, typed: str, draft: ConsentDraft) -> ConsentFile:
    """Record a person's explicit consent. One adult's never covers another's details; a stub has none to tell."""
    with desk.acting("consent.record", (Kind.PERSON, typed)) as act:
        rules = consent_rules(desk.rules)
        person, giver = giver_of(desk, typed, draft.given_by)
        responsibility = checks.line("responsibility", draft.responsibility) if draft.responsibility else None
        if (giver.number == person.number) != (responsibility is None):
            by_a_parent = (
                "say how their parental responsibility is known" if responsibility is None else "leave it away"
            )
            raise UsageError("responsibility: is given where a parent consents for a child", by_a_parent)
        begins = checks.plausible("from", draft.given_from)
        if draft.until is not None and checks.plausible("until", draft.until) < begins:
            raise UsageError("until: must not be before from", "swap the two days")
        details = _details(draft.details, rules)
        refuse_unless_permitted(may_give(person, giver, rules, min(begins, desk.today), details))
        consent = RecordedConsent(
            number=0,
            person=person.number,
            family=person.family,
            given_by=giver.number,
            details=details,
            referrer=lookup.referrer(desk.db, draft.recipient).number,
            purpose=checks.one_of("purpose", draft.purpose, rules.purposes),
            given_from=begins,
            until=draft.until,
            given_how=checks.one_of("how given", draft.given_how, rules.given),
            evidence=checks.line("evidence", draft.evidence),
            responsibility=responsibility,
            recorded_on=desk.today,
            recorded_by=desk.user.reference,
            recorded_change=act.change,
        )
        refuse_unless_permitted(may_still_give(consent, consents.of_person(desk.db, person.number), rules))
        others = tuple(one for one in _alike(desk, consent) if set(consent.details) <= set(one.details))
        done = _noted(act, lookup.consent(desk.db, _ref(consents.add(desk.db, consent))))
        return replace(_file(desk, done), others=others)


def giver_of(desk: Desk, typed: str, given_by: str | None, details: Sequence[str] = ()) -> tuple[Person, Person]:
    """The person whom a consent is about and who gives it; RefusedError where the policy lets nobody take it.

    ``details`` are those that are known so far, as typed.
    """
    rules = consent_rules(desk.rules)
    person = lookup.person(desk.db, typed)
    giver = lookup.person(desk.db, given_by) if given_by else person
    family = lookup.family(desk.db, reference(Kind.FAMILY, person.family))
    if family.disposed_on is not None and not family.episodes:
        ref = reference(Kind.FAMILY, family.number)
        raise RefusedError(
            rules.stub["clause"],
            f"{ref} was disposed of: nothing is left that could be told",
            f"if it is served again: lcs family reopen {ref}",
            rule=rules.stub["id"],
            about=rules.stub["about"],
        )
    named = [one for one in details if one in rules.details]
    refuse_unless_permitted(may_give(person, giver, rules, desk.today, named))
    return person, giver


def withdraw(desk: Desk, typed: str, on: date, how: str, reason: str) -> ConsentFile:
    """Withdraw a consent: it covers nothing from that day on, is never put back, and a new one is a new record."""
    with desk.acting("consent.withdraw", (Kind.CONSENT, typed)) as act:
        one = not_withdrawn(desk.db, typed)
        if checks.past("day", on, desk.today) < min(one.given_from, one.recorded_on):
            raise UsageError("day: must not be before the consent was given", "give the day on which it was withdrawn")
        consents.withdraw(
            desk.db,
            one.number,
            on=on,
            how=checks.one_of("how withdrawn", how, consent_rules(desk.rules).withdrawn),
            reason=checks.line("reason", reason),
            by=desk.user.reference,
            change=act.change,
        )
        done = _file(desk, _noted(act, lookup.consent(desk.db, _ref(one.number))))
        return replace(done, others=_alike(desk, one))


def not_withdrawn(db: Database, typed: str) -> RecordedConsent:
    """The consent of a typed reference; UsageError for one that was withdrawn."""
    one = lookup.consent(db, typed)
    if one.withdrawn_on is not None:
        raise UsageError(
            f"{_ref(one.number)} was withdrawn on {one.withdrawn_on.isoformat()}",
            f"a new consent is a new record: lcs consent record {reference(Kind.PERSON, one.person)}",
        )
    return one


def check(desk: Desk, typed: str, share: Sequence[str], to: str, purpose: str) -> Answer:
    """Ask the gate whether a person's details may be told to somebody; nothing leaves. RefusedError where not."""
    with desk.acting("consent.check", (Kind.PERSON, typed), (Kind.REFERRER, to)) as act:
        person = lookup.person(desk.db, typed)
        ref = reference(Kind.PERSON, person.number)
        act.note(ref, reference(Kind.FAMILY, person.family))
        names = _details(share, consent_rules(desk.rules))
        ask = Ask(to=to, purpose=purpose, details=tuple(f"{ref}.{name}" for name in names))
        return ask_gate(act, person.family, ask, desk.today)


def show(desk: Desk, typed: str) -> ConsentFile:
    """One consent with its evidence."""
    with desk.acting("consent.show", (Kind.CONSENT, typed)) as act:
        return _file(desk, _noted(act, lookup.consent(desk.db, typed)))


def listing(desk: Desk, person: str | None, family: str | None, *, lapsing: bool = False) -> Iterator[ConsentFile]:
    """The consents of one person, one family or all, by number; or those that lapse soon or have lapsed unnoticed."""
    with desk.acting("consent.list", (Kind.PERSON, person), (Kind.FAMILY, family)) as act:
        number = lookup.person(desk.db, person).number if person is not None else None
        of_family = lookup.family(desk.db, family).number if family is not None else None
        if number is not None:
            act.note(reference(Kind.PERSON, number))
        if of_family is not None:
            act.note(reference(Kind.FAMILY, of_family))
        if lapsing:
            found: Iterator[RecordedConsent] = (
                one for one in _lapsing(desk) if number in (None, one.person) and of_family in (None, one.family)
            )
        else:
            found = consents.select(desk.db, person=number, family=of_family)
    return (_file(desk, one) for one in found)


def lapsing_count(desk: Desk) -> int:
    """How many consents of families that are served lapse soon, or have lapsed unrenewed, and were not withdrawn."""
    return len(_lapsing(desk))


def _lapsing(desk: Desk) -> list[RecordedConsent]:
    rules = consent_rules(desk.rules)
    by = desk.today + timedelta(days=rules.lapsing_days)
    others = furthest(consents.beside(desk.db, by), rules)
    return [
        one
        for one in consents.may_lapse(desk.db, by)
        if lapses(one, others.get(one.person, ()), rules, desk.today) is not None
    ]


def _alike(desk: Desk, one: RecordedConsent) -> tuple[RecordedConsent, ...]:
    """Other consents, live or yet to begin, to telling some of the same to the same recipient for the same purpose."""
    rules = consent_rules(desk.rules)
    return tuple(
        other
        for other in consents.of_person(desk.db, one.person)
        if other.number != one.number
        and (other.referrer, other.purpose) == (one.referrer, one.purpose)
        and set(other.details) & set(one.details)
        and state_of(other, rules, desk.today) in (ConsentState.LIVE, ConsentState.NOT_YET)
    )


def _details(typed: Sequence[str], rules: ConsentRules) -> tuple[str, ...]:
    named = {checks.one_of("details", one, rules.details) for one in typed}
    if not named:
        raise UsageError("details: must not be empty", f"give some of {', '.join(rules.details)}")
    return tuple(name for name in rules.details if name in named)


def _noted(act: Act, one: RecordedConsent) -> RecordedConsent:
    people = dict.fromkeys((one.person, one.given_by))
    act.note(_ref(one.number), *(reference(Kind.PERSON, number) for number in people))
    act.note(reference(Kind.FAMILY, one.family), reference(Kind.REFERRER, one.referrer), fields=list(one.details))
    return one


def _file(desk: Desk, one: RecordedConsent) -> ConsentFile:
    rules = consent_rules(desk.rules)
    state = state_of(one, rules, desk.today)
    return ConsentFile(one, state, ends_on(one, rules), shut(one, rules))


def _ref(number: int) -> str:
    return reference(Kind.CONSENT, number)
