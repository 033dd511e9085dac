"""The gate before anything is told by word of mouth or by post: who is told what, on which ground, by whose consent."""

from collections.abc import Iterable
from datetime import date

from lcs_cli.errors import RefusedError, UsageError
from lcs_cli.policy.consent import at_the_gate, consent_rules
from lcs_cli.policy.disclosure import DisclosureRules, Verdict, covers, decide, disclosure_rules
from lcs_cli.policy.telling import telling_rules
from lcs_cli.records.consent import RecordedConsent
from lcs_cli.records.disclosure import IN_WORDS, DisclosureRequest, Link
from lcs_cli.records.references import Kind, number_in, reference
from lcs_cli.records.referral import ReferralOutcome, ReferrerKind
from lcs_cli.records.value import Value
from lcs_cli.services import checks, lookup
from lcs_cli.services.desk import Act, Desk
from lcs_cli.services.export_gate import referrals_between
from lcs_cli.vault import consents
from lcs_cli.vault.connection import Database


class Ask(Value):
    """What is asked for, as typed: ``to`` is a referrer's reference or a kind of body, ``details`` P-0042-L.address.

    Neither attendance nor details means in words. ``concern`` is a flag or an accident record of the family,
    ``obliged`` that an order or a statute obliges the service, ``at_risk`` that somebody had to be protected before a
    concern could be written down.
    """

    to: str = ""
    purpose: str = ""
    attendance: bool = False
    details: tuple[str, ...] = ()
    concern: str | None = None
    obliged: bool = False
    at_risk: bool = False


class Recipient(Value):
    """Who is told: a registered body, or a kind of body. ``name`` is its reference or its kind; empty for nobody."""

    name: str = ""
    kind: ReferrerKind | None = None
    referrer: int | None = None


class Answer(Value):
    """The gate's yes: to whom, for which of the rules' purposes, what, and the consents by which it opened."""

    verdict: Verdict
    recipient: Recipient
    purpose: str
    fields: tuple[str, ...]
    concern: str | None = None
    consents: tuple[RecordedConsent, ...] = ()


def ask_gate(act: Act, family: int, ask: Ask, on: date) -> Answer:
    """Ask the gate about one family for a day; RefusedError where it stays shut. What it is about is noted."""
    desk, rules = act.desk, disclosure_rules(act.desk.rules)
    recipient = recipient_of(desk.db, ask.to, rules)
    if recipient.referrer is not None:
        act.note(recipient.name)
    purpose, fields = _purpose(desk, ask), _fields(desk.db, family, ask, rules)
    concern = concern_of(desk.db, family, ask.concern) if ask.concern else None
    act.note(*dict.fromkeys(one.partition(".")[0] for one in fields if "." in one), *([concern] if concern else []))
    recorded = [one for person in _people(fields) for one in consents.of_person(desk.db, person)]
    known = consent_rules(desk.rules)
    request = DisclosureRequest(
        family=reference(Kind.FAMILY, family),
        recipient=recipient.name,
        recipient_kind=recipient.kind,
        link=link_on(desk, recipient.referrer, family, on),
        purpose=purpose,
        fields=fields,
        legal_instrument="an order or a statute" if ask.obliged else "",
        concern=concern or ("somebody at risk" if ask.at_risk else ""),
        consents=tuple(at_the_gate(one, known) for one in recorded),
    )
    verdict = decide(request, rules, on)
    refuse_unless_permitted(verdict)
    act.note(fields=list(fields), rule=verdict.rule, clause=verdict.clause)
    used: list[RecordedConsent] = []
    if verdict.ground == "consent":
        used = [
            one for one in recorded if any(covers(at_the_gate(one, known), name, request, rules, on) for name in fields)
        ]
        act.note(*(reference(Kind.CONSENT, one.number) for one in used))
    return Answer(verdict, recipient, purpose, fields, concern, tuple(used))


def ask_nobody(act: Act, family: int, ask: Ask, _on: date) -> Answer:
    """A decision not to tell needs no gate: only whom it was about to be told, and which concern it is about."""
    rule = telling_rules(act.desk.rules).not_told
    if ask.attendance or ask.details or ask.obliged:
        raise UsageError(
            "not told: nothing leaves, so nothing is named", "leave --attendance, --detail, --obliged away"
        )
    recipient = recipient_of(act.desk.db, ask.to, disclosure_rules(act.desk.rules))
    if recipient.kind is None:
        raise UsageError("missing: to", "say who is not told: --to police")
    if not ask.concern and "concern" in telling_rules(act.desk.rules).parts[rule["id"]]:
        raise UsageError("missing: concern", "name the flag or the accident record that it is about: --concern")
    concern = concern_of(act.desk.db, family, ask.concern) if ask.concern else None
    act.note(*filter(None, (reference(Kind.REFERRER, recipient.referrer) if recipient.referrer else None, concern)))
    verdict = Verdict(rule["id"], rule["id"], rule["clause"], rule["about"], rule["text"])
    return Answer(verdict, recipient, _purpose(act.desk, ask), (), concern)


def refuse_unless_permitted(verdict: Verdict) -> None:
    """A verdict that permits nothing, as the refusal that it is."""
    if not verdict.permitted:
        raise RefusedError(verdict.clause, verdict.reason, verdict.remedy, rule=verdict.rule, about=verdict.about)


def recipient_of(db: Database, typed: str, rules: DisclosureRules) -> Recipient:
    """Who is told: a registered referrer, a kind of body that nobody has to register first, or nobody named."""
    said = typed.strip().lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    word = rules.called.get(said, said)
    if not word:
        return Recipient()
    if word in set(ReferrerKind):
        return Recipient(word, ReferrerKind(word))
    if not word.startswith("ref"):
        raise UsageError(
            f"to: must be a referrer's reference, or one of {', '.join(ReferrerKind)}",
            "look it up: lcs referrer list   or, a body of another name: lcs referrer add",
        )
    found = lookup.referrer(db, typed)
    return Recipient(reference(Kind.REFERRER, found.number), found.kind, found.number)


def concern_of(db: Database, family: int, typed: str) -> str:
    """The flag or the accident record of the family that a disclosure rests on; UsageError for another family's."""
    found: tuple[Kind, int, int]
    if typed.strip().upper().startswith(Kind.ACCIDENT.prefix):
        accident = lookup.accident(db, typed)
        found = (Kind.ACCIDENT, accident.number, accident.family)
    else:
        flag = lookup.flag(db, typed)
        found = (Kind.FLAG, flag.number, flag.family)
    kind, number, of_family = found
    if of_family != family:
        ref, own = reference(kind, number), reference(Kind.FAMILY, family)
        raise UsageError(f"concern: {ref} is not about {own}", f"look it up: lcs flag list --family {own}")
    return reference(kind, number)


def link_on(desk: Desk, referrer: int | None, family: int, on: date) -> Link:
    """How a referrer stood to a family on a day: a link that ended on that day has ended."""
    if referrer is None:
        return Link.NONE
    own = [one for one in referrals_between(desk, referrer, family) if one.decided_on and one.decided_on <= on]
    if any(one.outcome is ReferralOutcome.ACCEPTED or (one.ended_on and on < one.ended_on) for one in own):
        return Link.LIVE
    return Link.ENDED if any(one.outcome is ReferralOutcome.ENDED for one in own) else Link.NONE


def _purpose(desk: Desk, ask: Ask) -> str:
    """The purpose as the rules write it, before the gate is asked: it knows no abbreviation and no capital letter."""
    return checks.one_of("purpose", ask.purpose, telling_rules(desk.rules).purposes) if ask.purpose else ""


def _fields(db: Database, family: int, ask: Ask, rules: DisclosureRules) -> tuple[str, ...]:
    columns = [column.name for column in rules.columns] if ask.attendance else []
    details = [_detail(db, family, typed, rules) for typed in ask.details]
    return tuple(dict.fromkeys([*columns, *details])) or (IN_WORDS,)


def _detail(db: Database, family: int, typed: str, rules: DisclosureRules) -> str:
    """A person of the family and one of their details, as the register writes them: never the detail itself."""
    ref, dot, name = typed.strip().partition(".")
    names = rules.details["names"]
    if not dot:
        raise UsageError(
            "detail: must be a person and a detail, such as P-0042-L.address", f"one of {', '.join(names)}"
        )
    person = lookup.person(db, ref)
    canonical = reference(Kind.PERSON, person.number)
    if person.family != family:
        own = reference(Kind.FAMILY, family)
        raise UsageError(f"detail: {canonical} is not of {own}", f"look them up: lcs family show {own}")
    return f"{canonical}.{checks.one_of('detail', name, names)}"


def _people(fields: Iterable[str]) -> list[int]:
    return [number_in(Kind.PERSON, ref) for ref in dict.fromkeys(one.partition(".")[0] for one in fields if "." in one)]
