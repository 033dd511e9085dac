"""Handing over what is kept for ever (policy 4.6): to which body, under whose agreement, by whom, and which columns."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from lcs_cli.policy.answer import Answer, allow, refuse
from lcs_cli.policy.disclosure import Column
from lcs_cli.policy.rules import Rules, in_force
from lcs_cli.records.handover import HandoverAgreement, Section
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import Referrer, ReferrerKind
from lcs_cli.records.value import Value
from lcs_cli.records.words import a_role, either


class Part(Value):
    """One section: its clause, its heading, and the columns that may leave."""

    clause: str
    heading: str
    columns: tuple[Column, ...]


class HandoverRules(Value):
    """The rule file as values, on one day. ``days`` is None where no period is in force: then no agreement holds."""

    recipient: Mapping[str, Any]
    agreement: Mapping[str, Any]
    both_sides: Mapping[str, Any]
    encrypted: Mapping[str, Any]
    contents: Mapping[str, Any]
    kinds: tuple[ReferrerKind, ...]
    named_referrers: frozenset[ReferrerKind]
    days: int | None
    parts: Mapping[Section, Part]


def handover_rules(rules: Rules, today: date) -> HandoverRules:
    """The rules of handing over, from their file."""
    data = rules.file("handover.toml")
    return HandoverRules(
        recipient=data["recipient"],
        agreement=data["agreement"],
        both_sides=data["both_sides"],
        encrypted=data["encrypted"],
        contents=data["contents"],
        kinds=tuple(map(ReferrerKind, data["recipient"]["kinds"])),
        named_referrers=frozenset(map(ReferrerKind, data["contents"]["named_referrers"])),
        days=in_force(data["agreement"]["days"], today),
        parts={
            Section(one["id"]): Part(
                one["clause"], one["text"], tuple(Column(c["name"], c["type"], c["text"]) for c in one["column"])
            )
            for one in data["contents"]["record"]
        },
    )


def may_receive(body: Referrer, rules: HandoverRules) -> Answer:
    """Whether what is kept may go to this body at all."""
    if body.kind in rules.kinds:
        return allow(rules.recipient)
    fitting = either(map(a_role, rules.kinds)) or "nobody by these rules"
    return refuse(
        rules.recipient,
        f"{reference(Kind.REFERRER, body.number)} is registered as {a_role(body.kind)}: what is kept goes to {fitting}",
        "register the body that gets it, and name it: lcs referrer add",
    )


def may_leave_for(keys: int, body: str, rules: HandoverRules) -> Answer:
    """Whether there is a key of the body's own to encrypt it to: it leaves in no other way."""
    if keys:
        return allow(rules.encrypted)
    return refuse(
        rules.encrypted,
        f"nothing is handed over in the clear, and no key of {body} is named",
        "ask that body for its age recipient, check it by telephone, and give it: --to age1…",
    )


def may_hand_over(
    agreement: HandoverAgreement | None, user: str, rules: HandoverRules, today: date, how: str
) -> Answer:
    """Whether this person may hand it over: agreed to by somebody else, for these keys, and still fresh.

    ``agreement`` is the last decision about it, if there is one; ``how`` is how it is agreed to.
    """
    if agreement is None:
        return refuse(rules.agreement, "nobody has agreed to this, to that body and with these keys", how)
    if not agreement.agreed:
        return refuse(rules.agreement, f"{agreement.decided_by} said no on {agreement.decided_on.isoformat()}", how)
    if agreement.overtaken:
        return refuse(rules.agreement, "that body was corrected since: the agreement was about another", how)
    until = agreed_until(agreement, rules)
    if until is None or today > until:
        ended = f"ended on {until.isoformat()}" if until else "holds on no day: the rules give it none"
        return refuse(rules.agreement, f"the agreement of {agreement.decided_by} {ended}", how)
    if agreement.decided_by == user:
        return refuse(
            rules.both_sides,
            f"{user} agreed to it, and nobody is on both sides of one decision",
            f"another safeguarding lead hands it over; or {how}",
        )
    return allow(rules.agreement)


def agreed_until(agreement: HandoverAgreement, rules: HandoverRules) -> date | None:
    """The last day of an agreement; None where no period is in force."""
    return None if rules.days is None else agreement.decided_on + timedelta(days=rules.days)
