"""From a reference as typed to a record: a slip becomes “did you mean”, never another record."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from lcs_cli.errors import NotFoundError, UsageError
from lcs_cli.records.references import Kind, Slip, parse_reference, reference
from lcs_cli.vault.connection import Database

if TYPE_CHECKING:  # each look-up loads the rows it looks at
    from lcs_cli.records.accident import Accident
    from lcs_cli.records.consent import RecordedConsent
    from lcs_cli.records.disclosure import RegisterEntry
    from lcs_cli.records.document import Document, Paper
    from lcs_cli.records.family import Family, Person
    from lcs_cli.records.permission import Permission
    from lcs_cli.records.referral import Referral, Referrer
    from lcs_cli.records.report import Report
    from lcs_cli.records.request import AccessRequest
    from lcs_cli.records.safeguarding import Flag
    from lcs_cli.records.session import ContactSession
    from lcs_cli.records.staff import StaffMember
    from lcs_cli.services.desk import Desk

Record = TypeVar("Record")
_LOOKED_UP = {
    Kind.FAMILY: "family.list",
    Kind.PERSON: "person.show",
    Kind.REFERRER: "referrer.list",
    Kind.REFERRAL: "referral.list",
    Kind.SESSION: "session.list",
    Kind.FLAG: "flag.list",
    Kind.ACCIDENT: "accident.list",
    Kind.DOCUMENT: "document.list",
    Kind.PAPER: "paper.list",
    Kind.STAFF: "staff.list",
    Kind.REQUEST: "request.list",
    Kind.CONSENT: "consent.list",
    Kind.DISCLOSURE: "disclosure.list",
    Kind.REPORT: "report.list",
    Kind.PERMISSION: "permission.list",
}
_LIKE_A_REFERENCE = rf"(?ai)(?:{'|'.join(kind.prefix for kind in Kind)})-?[0-9]{{1,12}}-?[A-Z]?"


def find(db: Database, kind: Kind, typed: str, get: Callable[[Database, int], Record | None]) -> Record:
    """The record of a typed reference; UsageError for a slip, NotFoundError where nothing has that number."""
    number = parse_reference(kind, typed)
    if isinstance(number, Slip):
        there = [reference(kind, n) for n in number.candidates if get(db, n) is not None]
        hint = f"did you mean {' or '.join(there)}?" if there else _where(kind)
        raise UsageError(f"{kind.noun}: {shown(typed)} {number.problem}", hint)
    record = get(db, number)
    if record is None and (gone := _disposed_of(db, kind, number)):
        raise gone
    if record is None:
        raise NotFoundError(f"no {kind.noun} has the reference {reference(kind, number)}", _where(kind))
    return record


def family(db: Database, typed: str) -> "Family":
    """The family of a typed reference."""
    from lcs_cli.vault import families

    return find(db, Kind.FAMILY, typed, families.get)


def person(db: Database, typed: str) -> "Person":
    """The person of a typed reference."""
    from lcs_cli.vault import people

    return find(db, Kind.PERSON, typed, people.get)


def accident(db: Database, typed: str) -> "Accident":
    """The accident of a typed reference."""
    from lcs_cli.vault import accidents

    return find(db, Kind.ACCIDENT, typed, accidents.get)


def document(db: Database, typed: str) -> "Document":
    """The document of a typed reference."""
    from lcs_cli.vault import documents

    return find(db, Kind.DOCUMENT, typed, documents.get)


def paper(db: Database, typed: str) -> "Paper":
    """The file on paper of a typed reference."""
    from lcs_cli.vault import papers

    return find(db, Kind.PAPER, typed, papers.get)


def report(db: Database, typed: str) -> "Report":
    """The request for a report of a typed reference."""
    from lcs_cli.vault import reports

    return find(db, Kind.REPORT, typed, reports.get)


def permission(db: Database, typed: str) -> "Permission":
    """The permission of a typed reference."""
    from lcs_cli.vault import permissions

    return find(db, Kind.PERMISSION, typed, permissions.get)


def child(db: Database, family_typed: str, typed: str, otherwise: str) -> int:
    """The number of a child of a family; UsageError for anybody else says what it means to name nobody."""
    from lcs_cli.records.family import PersonKind

    found = person(db, typed)
    if found.family != family(db, family_typed).number or found.kind is not PersonKind.CHILD:
        ref = reference(Kind.PERSON, found.number)
        raise UsageError(f"child: {ref} is not a child of that family", f"leave the child away: {otherwise}")
    return found.number


def referrer(db: Database, typed: str) -> "Referrer":
    """The referrer of a typed reference."""
    from lcs_cli.vault import referrals

    return find(db, Kind.REFERRER, typed, referrals.referrer)


def referral(db: Database, typed: str) -> "Referral":
    """The referral of a typed reference."""
    from lcs_cli.vault import referrals

    return find(db, Kind.REFERRAL, typed, referrals.get)


def session(db: Database, typed: str) -> "ContactSession":
    """The session of a typed reference."""
    from lcs_cli.vault import contact_sessions

    return find(db, Kind.SESSION, typed, contact_sessions.get)


def flag(db: Database, typed: str) -> "Flag":
    """The flag of a typed reference."""
    from lcs_cli.vault import safeguarding

    return find(db, Kind.FLAG, typed, safeguarding.get)


def staff(db: Database, typed: str) -> "StaffMember":
    """The member of staff of a typed reference."""
    from lcs_cli.vault import staff as register

    return find(db, Kind.STAFF, typed, register.get)


def request(db: Database, typed: str) -> "AccessRequest":
    """The request of a typed reference."""
    from lcs_cli.vault import requests

    return find(db, Kind.REQUEST, typed, requests.get)


def consent(db: Database, typed: str) -> "RecordedConsent":
    """The consent of a typed reference."""
    from lcs_cli.vault import consents

    return find(db, Kind.CONSENT, typed, consents.get)


def disclosure(db: Database, typed: str) -> "RegisterEntry":
    """The entry of the register of disclosures of a typed reference."""
    from lcs_cli.vault import disclosures

    return find(db, Kind.DISCLOSURE, typed, disclosures.get)


def echoed(desk: "Desk", kind: Kind, number: int) -> str:
    """A family or a person as said after a write, such as “LCS-0042-L (S.L.)”: the initials are those of its children.

    Enough to notice a wrong record, too little to leak one. Whoever may not list families sees the reference alone.
    """
    from lcs_cli.records.family import PersonKind
    from lcs_cli.vault import people

    ref = reference(kind, number)
    if not desk.may("family.list"):
        return ref
    if kind is Kind.PERSON:
        found = [people.get(desk.db, number)]
    else:
        found = [one for one in people.of_family(desk.db, number) if one.kind is PersonKind.CHILD]
    initials = ", ".join(one.initials for one in found if one is not None)
    return f"{ref} ({initials})" if initials else ref


def references(desk: "Desk") -> list[str]:
    """The references that this user may look up, and those of the day's sessions: numbers, nothing about anybody."""
    from lcs_cli.policy.authority import may
    from lcs_cli.vault.contact_sessions import select
    from lcs_cli.vault.counters import numbers

    found = [
        reference(kind, number)
        for kind, action in _LOOKED_UP.items()
        if may(desk.user, action, desk.rules).allowed
        for number in numbers(desk.db, kind)
    ]
    if may(desk.user, "today", desk.rules).allowed:
        today = select(desk.db, "WHERE held_on = ?", desk.today.isoformat())
        found += [reference(Kind.SESSION, one.number) for one in today]
    return list(dict.fromkeys(found))


def _disposed_of(db: Database, kind: Kind, number: int) -> NotFoundError | None:
    """What to say of a file that was here, and went: the certificate is what is left of it."""
    if kind not in (Kind.FAMILY, Kind.STAFF):
        return None
    from lcs_cli.vault.disposals import last_certificate_of

    ref = reference(kind, number)
    found = last_certificate_of(db, ref)
    if found is None:
        return None
    certificate = reference(Kind.CERTIFICATE, found[0])
    return NotFoundError(
        f"{ref} was disposed of on {found[1]} ({certificate})", f"see: lcs retention certificate {certificate}"
    )


def _where(kind: Kind) -> str:
    commands = {
        Kind.PERSON: "family show FAMILY",
        Kind.HOLD: "retention holds --all",
        Kind.REVIEW: "retention due --all",
        Kind.CERTIFICATE: "retention certificate",
        Kind.STAFF: "staff list",
        Kind.PAPER: "paper list",
        Kind.USER: "vault user list",
    }
    return f"look it up with: lcs {commands.get(kind, f'{kind.noun} list')}"


def shown(typed: str) -> str:
    """What was typed, if it begins like a reference: anything else might be a name or a day, which no error holds."""
    return typed.strip() if re.fullmatch(_LIKE_A_REFERENCE, typed.strip()) else "what was typed"
