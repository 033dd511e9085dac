"""What is kept for ever about one child, record by record: found without a key, and opened when it is written."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from lcs_cli.policy.handover import HandoverRules
from lcs_cli.policy.retention import Fate
from lcs_cli.records.disclosure import RegisterEntry
from lcs_cli.records.document import Document, MediaType
from lcs_cli.records.family import Person
from lcs_cli.records.handover import Section
from lcs_cli.records.references import Kind, parse_reference, reference
from lcs_cli.records.referral import Referral
from lcs_cli.records.retention import RecordClass
from lcs_cli.records.safeguarding import Flag
from lcs_cli.records.value import Value
from lcs_cli.services.desk import Desk
from lcs_cli.services.request_content import iso
from lcs_cli.vault import (
    accidents,
    attendance,
    contact_sessions,
    corrections,
    disclosures,
    documents,
    former_identities,
    papers,
    people,
    referrals,
    safeguarding,
)

Values = Mapping[str, Any]
_CONCERNS = (Kind.FLAG, Kind.ACCIDENT)


class Held(Value):
    """One record: its section, its class, its reference, and what it says, of which the whitelist lets some leave.

    ``values`` takes the safeguarding key where something of it is sealed; ``document`` is the file that goes with it.
    """

    section: Section
    cls: RecordClass
    reference: str
    values: Callable[[], Values]
    document: Document | None = None


class ChildHeld(Value):
    """Everything that is kept for ever about one child: empty where nothing is but perhaps a name."""

    child: Person
    records: tuple[Held, ...]

    @property
    def counts(self) -> dict[RecordClass, int]:
        """How many records there are of each class."""
        counts: dict[RecordClass, int] = {}
        for one in self.records:
            counts[one.cls] = counts.get(one.cls, 0) + 1
        return counts


def held(desk: Desk, child: Person, fate: Fate, rules: HandoverRules) -> ChildHeld:
    """What a disposal of the family would leave of this child, or has left; of others, what these records point at."""
    whose = _Whose(desk, child, fate, rules)
    kept = [one for source in _SOURCES for one in source(whose)]
    return ChildHeld(child, (*_stubs(whose), *kept) if kept else ())


def file_name(document: Document) -> str:
    """Where a document's file lies: its reference, and the ending of what it seems to be."""
    ending = "bin" if document.media is MediaType.OTHER else document.media.value
    return f"documents/{reference(Kind.DOCUMENT, document.number)}.{ending}"


class _Whose(Value):
    desk: Desk
    child: Person
    fate: Fate
    rules: HandoverRules

    @property
    def family(self) -> int:
        return self.child.family

    @property
    def ref(self) -> str:
        return reference(Kind.PERSON, self.child.number)

    def is_about(self, named: tuple[int, ...]) -> bool:
        """Whether what names these children concerns this one: also what names nobody."""
        return not named or self.child.number in named

    def rests_on_others(self, kind: Kind, number: int | None) -> bool:
        """Whether it goes with a concern or an accident that names other children alone."""
        if number is None:
            return False
        found = (accidents if kind is Kind.ACCIDENT else safeguarding).get(self.desk.db, number)
        return found is not None and not self.is_about(found.children)


def _stubs(of: _Whose) -> Iterator[Held]:
    for person in people.of_family(of.desk.db, of.family):
        ref, is_child = reference(Kind.PERSON, person.number), person.number == of.child.number
        if is_child or (ref in of.fate.keeps_identity and person.kind is not of.child.kind):
            section = Section.IDENTITY if is_child else Section.ADULTS
            yield Held(section, RecordClass.IDENTITY, ref, partial(_stub, of.desk, person))


def _stub(desk: Desk, person: Person) -> Values:
    return {
        "given_name": person.given_name,
        "family_name": person.family_name,
        "date_of_birth": iso(person.date_of_birth),
        "names_used": former_identities.names_used(desk.db, person.number),
        "relationship": person.relationship,
        "family": reference(Kind.FAMILY, person.family),
    }


def _concerns(of: _Whose) -> Iterator[Held]:
    for flag in safeguarding.select(of.desk.db, "WHERE family_id = ?", of.family):
        if of.is_about(flag.children):
            ref = reference(Kind.FLAG, flag.number)
            values = partial(_concern, of.desk, flag)
            yield Held(Section.CONCERNS, RecordClass.SAFEGUARDING_FILE, ref, values)


def _concern(desk: Desk, flag: Flag) -> Values:
    narrative, outcome = safeguarding.narrative(desk.vault, flag.number)
    return {
        "category": flag.category.value,
        "raised_on": iso(flag.raised_on),
        "raised_by": flag.raised_by,
        "children": _references(flag.children),
        "narrative": narrative,
        "closed_on": iso(flag.closed_on),
        "closed_by": flag.closed_by,
        "outcome": outcome,
    }


def _told(of: _Whose) -> Iterator[Held]:
    """Words name no child; those that rest on a record about other children alone are about these."""
    for entry in disclosures.of_family(of.desk.db, of.family):
        rests = entry.parts.get("concern", "")
        if entry.sealed and not any(of.rests_on_others(kind, _number(kind, rests)) for kind in _CONCERNS):
            ref = reference(Kind.DISCLOSURE, entry.disclosure.number)
            values = partial(_words, of.desk, entry)
            yield Held(Section.TOLD, RecordClass.SAFEGUARDING_FILE, ref, values)


def _words(desk: Desk, entry: RegisterEntry) -> Values:
    register = entry.disclosure
    return {
        "kind": register.kind.value,
        "told_on": iso(register.made_on),
        "recipient": register.recipient,
        "ground": register.ground,
        **entry.parts,
        **disclosures.words(desk.vault, register.number),
    }


def _accidents(of: _Whose) -> Iterator[Held]:
    for one in accidents.select(of.desk.db, "WHERE family_id = ?", of.family):
        if of.is_about(one.children):
            ref = reference(Kind.ACCIDENT, one.number)
            said = {
                "happened_on": iso(one.happened_on),
                "happened_at": one.happened_at,
                "recorded_on": iso(one.recorded_on),
                "recorded_by": one.recorded_by,
                "children": _references(one.children),
            }
            values = partial(_accident, of.desk, one.number, said)
            yield Held(Section.ACCIDENTS, RecordClass.ACCIDENT_RECORD, ref, values)


def _accident(desk: Desk, number: int, said: Values) -> Values:
    return {**said, "narrative": accidents.narrative(desk.vault, number)}


def _referrals(of: _Whose) -> Iterator[Held]:
    for one in referrals.select(of.desk.db, "WHERE family_id = ? AND electronic = 1", of.family):
        ref = reference(Kind.REFERRAL, one.number)
        yield Held(Section.REFERRALS, RecordClass.ELECTRONIC_REFERRAL, ref, partial(_referral, of, one))


def _referral(of: _Whose, one: Referral) -> Values:
    body = referrals.referrer(of.desk.db, one.referrer)
    named = body is not None and body.kind in of.rules.named_referrers
    return {
        "received_on": iso(one.received_on),
        "referrer": reference(Kind.REFERRER, one.referrer),
        "referrer_kind": body.kind.value if body else None,
        "referrer_name": body.name if body and named else None,
        "case_reference": one.case_reference if named else None,
        "outcome": one.outcome.value,
        "decided_on": iso(one.decided_on),
        "ended_on": iso(one.ended_on),
    }


def _documents(of: _Whose) -> Iterator[Held]:
    for one in documents.select(of.desk.db, "WHERE family_id = ? AND class <> 'document'", of.family):
        if of.is_about(one.children) and not of.rests_on_others(Kind.ACCIDENT, one.accident):
            ref, values = reference(Kind.DOCUMENT, one.number), partial(_document, of.desk, one)
            yield Held(Section.DOCUMENTS, one.record_class, ref, values, document=one)


def _document(desk: Desk, one: Document) -> Values:
    title, _ = documents.opened(desk.vault, one)
    return {
        "kind": one.kind.value,
        "media": one.media.value,
        "size": one.size,
        "sha256": one.sha256,
        "added_on": iso(one.added_on),
        "added_by": one.added_by,
        "referral": reference(Kind.REFERRAL, one.referral) if one.referral else None,
        "accident": reference(Kind.ACCIDENT, one.accident) if one.accident else None,
        "children": _references(one.children),
        "title": title,
        "file": file_name(one),
    }


def _papers(of: _Whose) -> Iterator[Held]:
    for one in papers.select(of.desk.db, "WHERE family_id = ? AND class <> 'document'", of.family):
        if of.is_about(one.children):
            said = {
                "kind": one.kind.value,
                "registered_on": iso(one.registered_on),
                "children": _references(one.children),
            }
            yield Held(Section.PAPER_FILES, one.record_class, reference(Kind.PAPER, one.number), partial(dict, said))


def _attendance(of: _Whose) -> Iterator[Held]:
    """Only where it is part of a safeguarding file: any other goes with the family's file."""
    if of.ref not in of.fate.keeps_attendance:
        return
    lines = {one.session: one for one in attendance.select(of.desk.db, "WHERE child_id = ?", of.child.number)}
    for session in contact_sessions.select(of.desk.db, "WHERE family_id = ?", of.family) if lines else ():
        if line := lines.get(session.number):
            said = {
                "session_date": iso(session.held_on),
                "booked_start": session.starts,
                "booked_end": session.ends,
                "attended": line.attended,
                "arrived": line.arrived,
                "left": line.left,
            }
            ref = reference(Kind.SESSION, session.number)
            yield Held(Section.ATTENDANCE, RecordClass.ATTENDANCE, ref, partial(dict, said))


def _corrections(of: _Whose) -> Iterator[Held]:
    if of.ref not in of.fate.keeps_attendance:
        return
    for one in corrections.of_family(of.desk.db, of.family):
        if one.kind == "attendance" and one.row["child_id"] == of.child.number:
            said = {
                "attended": bool(one.row["attended"]),
                "arrived": one.row["arrived"],
                "left": one.row["departed"],
                "reason": one.reason,
                "corrected_on": iso(one.corrected_on),
                "corrected_by": one.corrected_by,
            }
            ref = reference(Kind.SESSION, one.record)
            yield Held(Section.CORRECTIONS, RecordClass.CORRECTION, ref, partial(dict, said))


_SOURCES: tuple[Callable[[_Whose], Iterator[Held]], ...] = (
    _concerns,
    _told,
    _accidents,
    _referrals,
    _documents,
    _papers,
    _attendance,
    _corrections,
)


def _number(kind: Kind, ref: str) -> int | None:
    number = parse_reference(kind, ref)
    return number if isinstance(number, int) else None


def _references(children: tuple[int, ...]) -> list[str]:
    return [reference(Kind.PERSON, number) for number in children]
