"""Handing over what is kept for ever (policy 4.6): agreed to by one person, written by another, registered first.

Nothing is deleted by it: kept indefinitely stays kept.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from lcs_cli.errors import DamagedVaultError, NotFoundError, UsageError
from lcs_cli.policy.handover import (
    HandoverRules,
    agreed_until,
    handover_rules,
    may_hand_over,
    may_leave_for,
    may_receive,
)
from lcs_cli.policy.retention import fate_of
from lcs_cli.policy.schedule import schedule_in_force
from lcs_cli.records.family import PersonKind
from lcs_cli.records.handover import HandoverAgreement, Section
from lcs_cli.records.references import Kind, number_in, reference
from lcs_cli.records.referral import Referrer
from lcs_cli.records.retention import RecordClass
from lcs_cli.records.value import Value
from lcs_cli.services import handover_content, handover_package, lookup
from lcs_cli.services.answers import require
from lcs_cli.services.desk import Act, Desk
from lcs_cli.services.handover_content import ChildHeld
from lcs_cli.services.handover_file import SealedFile, sealed_file
from lcs_cli.services.handover_package import Shipment
from lcs_cli.services.outbox import not_handed_over
from lcs_cli.vault import audit, disclosures, facts, handovers, people
from lcs_cli.vault.age import Recipients


class Order(Value):
    """About whom, to which body, and the keys it is encrypted to, as typed. Without a child it is about every child."""

    child: str | None
    referrer: str
    keys: tuple[str, ...] = ()


class Counted(Value):
    """One child of those whose records are handed over: how many there are of each class, and how many on paper."""

    child: str
    family: str
    counts: Mapping[RecordClass, int]
    papers: int


class Agreed(Value):
    """A decision about a handover to ``recipient``, the last day on which it holds, and what would leave today."""

    agreement: HandoverAgreement
    recipient: str
    until: date | None
    children: tuple[Counted, ...]


class HandedOver(Value):
    """What left: registered as ``reference``, about these children, with so many documents.

    ``unlike`` says which families have a record that is not what its entry on the trail tells of.
    """

    reference: str
    recipient: str
    children: tuple[Counted, ...]
    documents: int
    unlike: Mapping[str, str]


def agree(desk: Desk, order: Order, *, agreed: bool = True) -> Agreed:
    """Agree that it is handed over to that body under those keys, or take that back; somebody else then writes it."""
    with desk.acting("vault.agree", (Kind.PERSON, order.child), (Kind.REFERRER, order.referrer)) as act:
        job = _Job.of(act, order)
        job.encrypting()
        decision = HandoverAgreement(
            number=0,
            child=job.child,
            referrer=job.body.number,
            keys=job.digest,
            agreed=agreed,
            decided_on=desk.today,
            decided_by=desk.user.reference,
        )
        children = tuple(map(_counted, job.children()))
        number = handovers.decide(desk.db, decision, *desk.decided_by())
        act.note(agreement=number, agreed=agreed, keys=job.digest, children=len(children))
        return Agreed(decision, job.recipient, agreed_until(decision, job.rules) if agreed else None, children)


def preview(desk: Desk, order: Order) -> tuple[Counted, ...]:
    """What would be handed over; nothing is opened, written or registered."""
    with desk.acting("vault.handover", (Kind.PERSON, order.child), (Kind.REFERRER, order.referrer)) as act:
        children = tuple(map(_counted, _Job.of(act, order).children()))
        act.note(children=len(children))
        return children


def hand_over(desk: Desk, order: Order, out: Path) -> HandedOver:
    """Write it into the new file ``out``, encrypted; it is registered before it has its name.

    Refused for any body but those of the rules, without a key of that body's, without the agreement of somebody else,
    and, where something is sealed to the safeguarding leads, for anybody who is none of them.
    """
    with sealed_file(out, desk.vault.folder) as file:
        with desk.acting("vault.handover", (Kind.PERSON, order.child), (Kind.REFERRER, order.referrer)) as act:
            job = _Job.of(act, order)
            recipients = job.encrypting()
            agreement = _agreement(job)
            found = tuple(job.children())
            shipment = Shipment(
                rules=job.rules, body=job.body, agreement=agreement, children=found, every_child=job.child is None
            )
            sent = handover_package.write(act, shipment, file, recipients)
        _release(job, file, sent.reference)
    counted = tuple(map(_counted, found))
    return HandedOver(sent.reference, job.recipient, counted, sent.documents, sent.unlike)


def _release(job: "_Job", file: SealedFile, ref: str) -> None:
    """Give the file its name while nobody else can write: not where the agreement has ended since it was registered."""
    desk = job.desk
    with desk.db.transaction():
        last = handovers.last(desk.db, job.child, job.body.number, job.digest)
        if not may_hand_over(last, desk.user.reference, job.rules, desk.today, "").allowed:
            raise not_handed_over(ref, "its agreement ended meanwhile", f"lcs disclosure show {ref}")
        file.release(ref)
        disclosures.release(desk.db, number_in(Kind.DISCLOSURE, ref))


def _agreement(job: "_Job") -> HandoverAgreement:
    """The agreement under which it may be handed over now; RefusedError where there is none."""
    desk = job.desk
    last = handovers.last(desk.db, job.child, job.body.number, job.digest)
    about = f"--child {reference(Kind.PERSON, job.child)}" if job.child is not None else "--all"
    who = desk.who_instead("vault.agree") or "somebody to whom the rules grant it"
    how = f"{who} other than {desk.user.reference} agrees: lcs vault agree {about} --referrer {job.recipient} --to KEY"
    require(may_hand_over(last, desk.user.reference, job.rules, desk.today, how))
    if last is None:
        raise LookupError(job.digest)
    _check_signed(job, last)
    return last


def _check_signed(job: "_Job", agreement: HandoverAgreement) -> None:
    """Another tool can write an agreement, and sign no entry that tells of it but its owner's."""
    about = {job.recipient} | ({reference(Kind.PERSON, job.child)} if job.child is not None else set())
    told = {"agreement": agreement.number, "agreed": True, "keys": agreement.keys}
    for entry, wrong in audit.checked(job.desk.vault, ("vault.agree",)):
        is_theirs = not wrong and entry.actor == agreement.decided_by and {*entry.refs} == about
        if is_theirs and told.items() <= (entry.detail or {}).items():
            return
    raise DamagedVaultError(f"no entry tells that {agreement.decided_by} agreed to this", "run: lcs audit verify")


class _Job(Value):
    """An order that was looked up: whose records, which body, under which keys, by which rules."""

    desk: Desk
    rules: HandoverRules
    child: int | None
    body: Referrer
    keys: tuple[str, ...]

    @classmethod
    def of(cls, act: Act, order: Order) -> "_Job":
        """Look an order up, and note what it is about; RefusedError where that body may have nothing."""
        desk = act.desk
        rules = handover_rules(desk.rules, desk.today)
        body = lookup.referrer(desk.db, order.referrer)
        child = _child(desk, order.child) if order.child is not None else None
        act.note(*([reference(Kind.PERSON, child)] if child is not None else []), reference(Kind.REFERRER, body.number))
        require(may_receive(body, rules))
        return cls(desk, rules, child, body, order.keys)

    @property
    def recipient(self) -> str:
        """The body's reference."""
        return reference(Kind.REFERRER, self.body.number)

    @property
    def digest(self) -> str:
        """SHA-256 of the keys in whatever order; the comment at the end of an SSH key may be somebody's name."""
        named = sorted({" ".join(key.split()[:2]) for key in self.keys})
        return hashlib.sha256("\n".join(named).encode()).hexdigest()

    def encrypting(self) -> Recipients:
        """Those who can open it; RefusedError without a key, UsageError for what is none."""
        require(may_leave_for(len(self.keys), self.recipient, self.rules))
        return Recipients(self.keys)

    def children(self) -> Iterator[ChildHeld]:
        """Every child whom it is about with what is kept; NotFoundError where nothing is."""
        found = False
        for one in self._looked_through():
            if one.records:
                found = True
                yield one
        if not found:
            whom = reference(Kind.PERSON, self.child) if self.child is not None else "any child"
            raise NotFoundError(
                f"nothing is kept for ever about {whom}", "what is kept how long: lcs retention schedule"
            )

    def _looked_through(self) -> Iterator[ChildHeld]:
        db, schedule = self.desk.db, schedule_in_force(self.desk.rules, self.desk.today)
        only = people.get(db, self.child) if self.child is not None else None
        for one in facts.family_facts(db, [only.family] if only else None):
            fate = fate_of(one, schedule)
            for person in people.of_family(db, number_in(Kind.FAMILY, one.family)) if fate.keeps_family else ():
                if person.kind is PersonKind.CHILD and self.child in (None, person.number):
                    yield handover_content.held(self.desk, person, fate, self.rules)


def _child(desk: Desk, typed: str) -> int:
    person = lookup.person(desk.db, typed)
    if person.kind is not PersonKind.CHILD:
        raise UsageError(f"child: {reference(Kind.PERSON, person.number)} is an adult", "name a child of that family")
    return person.number


def _counted(one: ChildHeld) -> Counted:
    papers = sum(held.section is Section.PAPER_FILES for held in one.records)
    family = reference(Kind.FAMILY, one.child.family)
    return Counted(reference(Kind.PERSON, one.child.number), family, one.counts, papers)
