"""The disclosure gate (policy 2, 3, 4.1, 4.2): may this be told to them? Denied unless a ground fits."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from lcs_cli.policy.rules import Rules
from lcs_cli.records.disclosure import IN_WORDS, Consent, DisclosureRequest, Link, Shut
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.records.value import Value


class Column(Value):
    """One column of the attendance whitelist: its name, its type (Frictionless Table Schema) and its meaning."""

    name: str
    type: str
    text: str


class Verdict(Value):
    """The gate's answer. ``ground`` is empty for a refusal; ``remedy`` then says what would allow it.

    ``about`` is a phrase by which the clause's own sentence is found in the published policy.
    """

    ground: str
    rule: str
    clause: str
    about: str
    reason: str
    remedy: str = ""

    @property
    def permitted(self) -> bool:
        """Whether anything may leave."""
        return bool(self.ground)


class DisclosureRules(Value):
    """The gate's rule file as values."""

    statutory: frozenset[ReferrerKind]
    urgent_to: tuple[ReferrerKind, ...]
    called: Mapping[str, str]
    grounds: tuple[Mapping[str, Any], ...]
    request: Mapping[str, Any]
    proceedings: Mapping[str, Any]
    purposes: frozenset[str]
    columns: tuple[Column, ...]
    details: Mapping[str, Any]
    consent_purposes: frozenset[str]


def disclosure_rules(rules: Rules) -> DisclosureRules:
    """The rules of the gate, from their file."""
    data = rules.file("disclosure_rules.toml")
    return DisclosureRules(
        statutory=frozenset(map(ReferrerKind, data["statutory"])),
        urgent_to=tuple(map(ReferrerKind, data["urgent_to"])),
        called=data["called"],
        grounds=tuple(data["ground"]),
        request=data["request"],
        proceedings=data["proceedings"],
        purposes=frozenset(data["attendance"]["purposes"]),
        columns=tuple(Column(c["name"], c["type"], c["text"]) for c in data["attendance"]["column"]),
        details=data["details"],
        consent_purposes=frozenset(data["consent"]["purposes"]),
    )


def decide(request: DisclosureRequest, rules: DisclosureRules, today: date) -> Verdict:
    """Try the grounds in the order of the rule file; the first that fits is the one that is registered."""
    incomplete = _incomplete(request, rules)
    if incomplete:
        return incomplete
    for_proceedings = request.purpose in rules.proceedings["words"]
    for ground in rules.grounds:
        if for_proceedings and ground["id"] not in rules.proceedings["grounds"]:
            continue
        if GROUNDS[ground["id"]](request, rules, today):
            return Verdict(ground["id"], ground["id"], ground["clause"], ground["about"], ground["text"])
    return _refusal(request, rules, today)


def _incomplete(request: DisclosureRequest, rules: DisclosureRules) -> Verdict | None:
    missing = [
        name
        for name, value in (
            ("a recipient", request.recipient.strip() and request.recipient_kind),
            ("a purpose", request.purpose.strip()),
            ("what is asked for", request.fields),
        )
        if not value
    ]
    if not missing:
        return None
    remedy = f"give {_purposes(request, rules)}" if missing == ["a purpose"] else "name it"
    return _refuse(rules.request, f"no disclosure without {' and '.join(missing)}", remedy)


def _legal_obligation(request: DisclosureRequest, rules: DisclosureRules, _today: date) -> bool:
    return bool(request.legal_instrument.strip()) and request.recipient_kind in rules.statutory


def _safeguarding(request: DisclosureRequest, rules: DisclosureRules, _today: date) -> bool:
    return bool(request.concern.strip()) and request.recipient_kind in rules.statutory


def _attendance(request: DisclosureRequest, rules: DisclosureRules, _today: date) -> bool:
    listed = {column.name for column in rules.columns}
    may_ask = request.link is Link.LIVE or request.recipient_kind in rules.statutory
    return may_ask and request.purpose in rules.purposes and set(request.fields) <= listed


def _consent(request: DisclosureRequest, rules: DisclosureRules, today: date) -> bool:
    return all(_consented(field, request, rules, today) for field in request.fields)


def _consented(field: str, request: DisclosureRequest, rules: DisclosureRules, today: date) -> bool:
    return any(covers(consent, field, request, rules, today) for consent in request.consents)


def covers(consent: Consent, field: str, request: DisclosureRequest, rules: DisclosureRules, today: date) -> bool:
    """Whether one consent covers one field of what is asked for: person, detail, recipient, purpose and day."""
    detail = field.partition(".")[2]
    return (
        detail in rules.details["names"]
        and detail not in dict(consent.shut)
        and _speaks_of(consent, field, request, today)
    )


def _speaks_of(consent: Consent, field: str, request: DisclosureRequest, today: date) -> bool:
    """Whether a live consent is about one field of what is asked for, be it shut or not."""
    person, _, detail = field.partition(".")
    return (
        consent.person == person
        and detail in consent.details
        and consent.recipient == request.recipient
        and consent.purpose == request.purpose
        and _is_live(consent, today)
    )


def _is_live(consent: Consent, today: date) -> bool:
    """From its first day to its last; a withdrawal works on the day it is made."""
    return (
        consent.given_from <= today
        and (consent.until is None or today <= consent.until)
        and (consent.withdrawn_on is None or today < consent.withdrawn_on)
    )


GROUNDS = {
    "legal-obligation": _legal_obligation,
    "safeguarding": _safeguarding,
    "attendance": _attendance,
    "consent": _consent,
}


def _refusal(request: DisclosureRequest, rules: DisclosureRules, today: date) -> Verdict:
    """Say which rule stands in the way, and what would allow it."""
    ground = {g["id"]: g for g in rules.grounds}
    statutory = request.recipient_kind in rules.statutory
    if (request.legal_instrument.strip() or request.concern.strip()) and not statutory:
        return _not_statutory(request, ground["safeguarding"])
    if request.purpose in rules.proceedings["words"]:
        otherwise = (
            "   or, where an order demands it: --obliged   or, where somebody is at risk: --purpose safeguarding"
        )
        return _refuse(
            rules.proceedings,
            "nothing is prepared for proceedings without a request from an authorised agency and management's "
            "agreement",
            f"record the agency's own request: lcs report request {request.family or 'FAMILY'}   a manager who did not "
            f"record it then agrees{otherwise if IN_WORDS in request.fields else ''}",
        )
    if IN_WORDS in request.fields:
        return _words_alone(request, rules)
    listed = {column.name for column in rules.columns}
    details = _details(request, rules)
    others = [field for field in request.fields if field not in listed and field not in details]
    if others:
        return _refuse(
            ground["attendance"],
            f"{_words(others)} is not on the list of what may be told about attendance",
            "ask for attendance dates and times only",
        )
    if details and len(details) < len(request.fields):
        return _refuse(
            rules.details,
            "attendance and personal details were asked for in one request, and no one ground covers both",
            "ask for the attendance and for the details apart",
        )
    if details:
        return _not_consented(request, rules, today)
    if request.link is not Link.LIVE and not statutory:
        state = "is no longer" if request.link is Link.ENDED else "is not"
        return _refuse(
            ground["attendance"],
            f"{request.recipient} {state} the referrer of {request.family or 'any family'}, and is not a statutory "
            "agency",
            "record an accepted referral from them; otherwise attendance goes to the family's own referrer "
            "or a statutory agency",
        )
    return _refuse(
        ground["attendance"],
        "that is not a purpose for which attendance may be told",
        f"give one: {_purposes(request, rules)}",
    )


def _not_consented(request: DisclosureRequest, rules: DisclosureRules, today: date) -> Verdict:
    uncovered = [field for field in _details(request, rules) if not _consented(field, request, rules, today)]
    safeguarding = next(ground for ground in rules.grounds if ground["id"] == "safeguarding")
    shut = {field: _why_shut(field, request, today) for field in uncovered}
    because = "; ".join(f"{field}: {why}" for field, why in sorted(shut.items()) if why)
    return _refuse(
        rules.details,
        f"no live consent covers {_words(uncovered)} for {request.recipient} and this purpose"
        + (f" ({because})" if because else ""),
        f"{_anew(set(shut.values()))}: lcs consent record {uncovered[0].partition('.')[0]}   or, "
        f"if a child or adult is at risk (policy {safeguarding['clause']}), name the concern and tell a statutory "
        f"agency: lcs disclosure urgent {request.family}",
    )


def _why_shut(field: str, request: DisclosureRequest, today: date) -> Shut | None:
    """Why the newest consent that speaks of a field does not cover it; None where none does."""
    about = [one for one in request.consents if _speaks_of(one, field, request, today)]
    return dict(about[-1].shut)[field.partition(".")[2]] if about else None


def _anew(why: set[Shut | None]) -> str:
    """What to do about details that no consent covers."""
    if Shut.UNDATED in why:
        return "enter the date of birth, then renew the consent"
    if why & {Shut.CHANGED, Shut.RECIPIENT, Shut.OWN_WITHDRAWAL}:
        return "ask again, and record it anew"
    return "record the person's own consent"


def _words_alone(request: DisclosureRequest, rules: DisclosureRules) -> Verdict:
    """What is told in words is on no list: it rests on a concern or an obligation, and goes to who can act on it."""
    ground = next(ground for ground in rules.grounds if ground["id"] == "safeguarding")
    if request.recipient_kind not in rules.statutory:
        return _not_statutory(request, ground)
    return _refuse(
        ground,
        "what is told in words rests on a recorded concern or accident, or on an order or a statute",
        "name it: --concern, or --obliged   at once, and completed afterwards: "
        f"lcs disclosure urgent {request.family}   or tell attendance or details alone",
    )


def acts_at_once(kind: ReferrerKind | None, family: str, rules: DisclosureRules) -> Verdict:
    """Whether a body of a kind can protect somebody now: what could not wait is told to no other."""
    ground = next(ground for ground in rules.grounds if ground["id"] == "safeguarding")
    if kind in rules.urgent_to:
        return Verdict(ground["id"], ground["id"], ground["clause"], ground["about"], ground["text"])
    return _refuse(
        ground,
        f"{kind or 'nobody named'} does not act at once: what could not wait is told to {', '.join(rules.urgent_to)}",
        f"tell one of them; and this one when there is time: lcs disclosure record {family} --to {kind}",
    )


def _not_statutory(request: DisclosureRequest, ground: Mapping[str, Any]) -> Verdict:
    return _refuse(
        ground,
        f"{request.recipient} is not a statutory agency or safeguarding body",
        "tell children's services or the police: name one of them as the recipient",
    )


def _details(request: DisclosureRequest, rules: DisclosureRules) -> list[str]:
    return [field for field in request.fields if field.partition(".")[2] in rules.details["names"]]


def _refuse(rule: Mapping[str, Any], reason: str, remedy: str) -> Verdict:
    return Verdict("", rule["id"], rule["clause"], rule["about"], reason, remedy)


def _purposes(request: DisclosureRequest, rules: DisclosureRules) -> str:
    """The purposes for what is asked for: a consent has more of them than attendance."""
    purposes = rules.consent_purposes if _details(request, rules) else rules.purposes
    return " or ".join(f"--purpose {purpose}" for purpose in sorted(purposes))


def _words(items: Any) -> str:
    return ", ".join(sorted(items))
