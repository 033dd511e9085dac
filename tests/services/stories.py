"""Stories that many tests begin with: a family, a flag, an accident, a disposal by two people. All invented."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from lcs_cli.policy.rules import packaged
from lcs_cli.records.document import DisposalMethod, DocumentKind
from lcs_cli.records.family import ContactField, PersonKind
from lcs_cli.records.permission import PermissionKind
from lcs_cli.records.references import Kind, number_in, reference
from lcs_cli.records.referral import ReferralOutcome, ReferrerKind
from lcs_cli.records.retention import Stop
from lcs_cli.records.safeguarding import FlagCategory
from lcs_cli.records.staff import Capacity, CheckDecision, CheckLevel
from lcs_cli.records.user import KeyName
from lcs_cli.services import (
    accidents,
    attendance,
    contact_sessions,
    documents,
    families,
    flags,
    papers,
    permissions,
    publishing,
    referrals,
    reports,
    retention,
    staff,
    sweep,
    vetting,
)
from lcs_cli.services.attendance import Outcome
from lcs_cli.services.desk import Desk
from lcs_cli.services.documents import DocumentDraft
from lcs_cli.services.families import FamilyDraft
from lcs_cli.services.papers import PaperDraft
from lcs_cli.services.people import PersonDraft
from lcs_cli.services.permissions import PermissionDraft
from lcs_cli.services.publishing import PolicyDraft, Publication
from lcs_cli.services.reports import ReportDraft
from lcs_cli.services.retention import ApprovalList
from lcs_cli.services.sweep import SweepResult
from lcs_cli.services.vetting import CertificateDraft, Recorded
from lcs_cli.vault import audit, stops
from lcs_cli.vault.audit import AuditEntry
from tests.conftest import OpenDesk, moment, open_desk

OPENED = date(2019, 1, 7)
CLOSED = date(2020, 3, 2)
DUE = date(2025, 3, 2)
APPROVED = date(2025, 3, 3)
SWEPT = APPROVED + timedelta(days=7)

CAME = Outcome(attended=True, arrived="10:05", left="11:30")
STAYED_AWAY = Outcome(attended=False)


@dataclass(frozen=True)
class Household:
    """The references of a family and its people."""

    ref: str
    children: tuple[str, ...]
    adult: str


def on(desk: Desk, day: date) -> Desk:
    """The same desk on another day."""
    return Desk(desk.vault, moment(day), day)


def evening(desk: Desk) -> Desk:
    """The same desk in the evening (seven, UTC), when the day's sessions are over."""
    return replace(desk, now=datetime.combine(desk.today, time(19), UTC))


def number(kind: Kind, ref: str) -> int:
    """The number in a reference that is known to be right."""
    return number_in(kind, ref)


def family(desk: Desk, children: int = 1, *, opened_on: date | None = OPENED, name: str = "Llwyd") -> Household:
    """A family of some children and their mother, whose contact details are known."""
    drafts = [PersonDraft(PersonKind.CHILD, f"Siân{chr(97 + n)}", name, date(2015, 4, n + 1)) for n in range(children)]
    details = {
        ContactField.ADDRESS: "12 Elm Row\nAnytown",
        ContactField.TELEPHONE: "01632 960123",
        ContactField.EMAIL: "gwen@example.org",
    }
    drafts.append(PersonDraft(PersonKind.ADULT, "Gwen", name, None, "mother", details))
    file = families.add(desk, FamilyDraft(name, opened_on, drafts))
    refs = [reference(Kind.PERSON, person.number) for person in file.people]
    return Household(reference(Kind.FAMILY, file.family.number), tuple(refs[:-1]), refs[-1])


def referrer(desk: Desk, kind: ReferrerKind = ReferrerKind.LOCAL_AUTHORITY, name: str = "Anytown Council") -> str:
    """A body that refers."""
    return reference(Kind.REFERRER, referrals.add_referrer(desk, name, kind).number)


def referred(
    desk: Desk, family: str, referrer: str, on: date = OPENED, *, electronic: bool = False, case: str | None = "AT/1"
) -> str:
    """A referral, accepted on the day it was received."""
    added = referrals.add(desk, family, referrer, on, electronic=electronic, case_reference=case)
    ref = reference(Kind.REFERRAL, added.number)
    referrals.decide(desk, ref, ReferralOutcome.ACCEPTED, on)
    return ref


def booked(
    desk: Desk, family: str, day: date, starts: str = "10:00", room: str | None = None, note: str | None = None
) -> str:
    """A session of an hour and a half."""
    ends = f"{int(starts[:2]) + 1:02d}:30"
    return reference(Kind.SESSION, contact_sessions.book(desk, family, day, starts, ends, room=room, note=note).number)


def held(desk: Desk, family: str, day: date, outcome: Outcome = CAME, children: Sequence[str] = ()) -> str:
    """A session with its attendance, recorded in the evening of its day."""
    ref = booked(desk, family, day)
    attendance.record(evening(on(desk, max(day, desk.today))), ref, outcome, children)
    return ref


def flag(desk: Desk, family: str, children: Sequence[str] = (), *, closed: bool = True) -> str:
    """A concern, looked into and closed unless said otherwise."""
    raised = flags.raise_flag(desk, family, FlagCategory.PHYSICAL, "A bruise on one arm.", children)
    ref = reference(Kind.FLAG, raised.number)
    if closed:
        flags.close(desk, ref, "Looked into.")
    return ref


def accident(desk: Desk, family: str, children: Sequence[str] = (), day: date | None = None) -> str:
    """An accident, recorded on the day it happened unless said otherwise."""
    text = "Slipped on the wet step."
    added = accidents.add(desk, family, day or desk.today, text, happened_at="10:40", children=children)
    return reference(Kind.ACCIDENT, added.number)


def document(
    desk: Desk,
    family: str,
    kind: DocumentKind = DocumentKind.ORDER,
    children: Sequence[str] = (),
    *,
    title: str | None = "An order of the court",
    content: bytes = b"It is ordered that contact takes place.",
) -> str:
    """A file taken into the vault, which is gone outside it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "letter.txt"
        path.write_bytes(content)
        added = documents.add(desk, family, DocumentDraft(kind, title, children=children), path)
    return reference(Kind.DOCUMENT, added.number)


def paper(
    desk: Desk,
    family: str,
    kind: DocumentKind = DocumentKind.ORDER,
    children: Sequence[str] = (),
    *,
    since: date = OPENED,
) -> str:
    """A file on paper, in a cabinet since the family came."""
    draft = PaperDraft(kind, "Blue folder Llwyd", "Cabinet 2, top drawer", "the office", since, children)
    return reference(Kind.PAPER, papers.add(desk, family, draft).number)


def shredded(desk: Desk, paper: str, on: date | None = None) -> None:
    """Amina destroys a file on paper, and rhys sees it."""
    papers.dispose(desk, paper, DisposalMethod.SHREDDED, on or desk.today, "U-003-A")


def report(desk: Desk, family: str, agency: str, proceedings: str = "child-arrangements") -> str:
    """A request for a report, received on the day it is recorded."""
    draft = ReportDraft(agency, proceedings, desk.today, "Dates of contact", "Order of the court")
    return reference(Kind.REPORT, reports.request(desk, family, draft).number)


def permission(
    desk: Desk,
    family: str,
    session: str | None = None,
    days: tuple[date, date] | None = None,
    kind: PermissionKind = PermissionKind.OBSERVATION,
) -> str:
    """A request for a permission, for a session or for a run of days."""
    from_on, to_on = days or (None, None)
    draft = PermissionDraft(kind, "Health visitor", "See the child settle", "Her letter", session, from_on, to_on)
    return reference(Kind.PERMISSION, permissions.request(desk, family, draft).number)


def three_disposed(opened: OpenDesk) -> None:
    """Three families that were disposed of by the day SWEPT."""
    desk = opened("amina", CLOSED)
    refs = [closed_family(desk).ref for _ in range(3)]
    desk.db.close()
    disposed(opened, *refs)


def as_rhys(desk: Desk, day: date | None = None) -> Desk:
    """The same vault, opened by rhys: manager and senior manager, who decides on what amina asked."""
    return open_desk(desk.vault.folder, "rhys", day or desk.today)


def agreed(desk: Desk, family: str, agency: str) -> str:
    """A request for a report, with rhys' agreement."""
    ref = report(desk, family, agency)
    reports.decide(as_rhys(desk), ref, "It may have it", agreed=True)
    return ref


def granted(desk: Desk, ref: str) -> str:
    """A permission that rhys granted."""
    permissions.decide(as_rhys(desk), ref, "Agreed with the mother", granted=True)
    return ref


def closed_family(desk: Desk, children: int = 1, *, name: str = "Llwyd", electronic: bool = False) -> Household:
    """A family with two sessions, closed on `CLOSED`, due on `DUE`."""
    there = on(desk, CLOSED)
    household = family(there, children, name=name)
    if electronic:
        referred(there, household.ref, referrer(there), electronic=True)
    held(there, household.ref, date(2019, 2, 4))
    held(there, household.ref, date(2019, 2, 18))
    families.close(there, household.ref, CLOSED)
    return household


def certificate(number: str = "001234567890", issued_on: date = date(2026, 6, 1)) -> CertificateDraft:
    """An enhanced check with the barred list, cleared by rhys on the day on which the certificate was issued."""
    return CertificateDraft(number, CheckLevel.ENHANCED, True, issued_on, CheckDecision.CLEARED, issued_on, "U-003-A")


def staff_member(desk: Desk, name: str = "Efa Parry", *, login: str | None = None, vetted: bool = True) -> str:
    """Somebody who has worked here since long ago, vetted unless said otherwise."""
    added = staff.add(desk, name, Capacity.VOLUNTEER, date(2018, 1, 8), login)
    ref = reference(Kind.STAFF, added.member.number)
    if vetted:
        cleared(desk, ref, f"{1234567889 + added.member.number:012d}")
    return ref


def leaver(desk: Desk, name: str = "Efa Parry", *, login: str | None = None) -> str:
    """Somebody who was vetted, signed, whose name was corrected, and who left on `CLOSED`: due on `DUE`."""
    there = on(desk, CLOSED)
    ref = staff_member(there, f"{name} misspelt", login=login, vetted=False)
    cleared(there, ref, f"{1234567889 + number(Kind.STAFF, ref):012d}", date(2019, 1, 7))
    staff.undertake(there, ref, date(2019, 1, 8))
    staff.edit(there, ref, {"name": name}, "misread")
    staff.leave(there, ref, CLOSED, "moved away")
    return ref


def cleared(desk: Desk, ref: str, number: str = "001234567890", issued_on: date = date(2026, 6, 1)) -> Recorded:
    """The certificate recorded, and confirmed by rhys, who decided on it."""
    vetting.record(desk, ref, certificate(number, issued_on))
    return confirmed(desk, ref)


def confirmed(desk: Desk, ref: str) -> Recorded:
    """Rhys confirms that he decided on it."""
    rhys = as_rhys(desk)
    done = vetting.confirm(rhys, ref)
    rhys.db.close()
    return done


def approved(open_desk: OpenDesk, *refs: str, day: date = APPROVED) -> ApprovalList:
    """Amina proposes the disposal of these families, and rhys approves the list he was shown."""
    proposing = open_desk("amina", day)
    for ref in refs:
        retention.propose(proposing, ref, None)
    proposing.db.close()
    approving = open_desk("rhys", day)
    done = retention.approve(approving, retention.approval_list(approving).hash)
    approving.db.close()
    return done


def swept(open_desk: OpenDesk, day: date = SWEPT) -> SweepResult:
    """Amina runs the sweep, as often as the cap on each asks for."""
    desk = open_desk("amina", day)
    done = sweep.sweep(desk)
    while done.beyond:
        more = sweep.sweep(desk)
        disposed, sent_back = [*done.disposed, *more.disposed], [*done.sent_back, *more.sent_back]
        done = replace(more, disposed=disposed, sent_back=sent_back)
    desk.db.close()
    return done


def disposed(open_desk: OpenDesk, *refs: str) -> SweepResult:
    """Proposed, approved, cooled off and swept."""
    approved(open_desk, *refs)
    return swept(open_desk)


def stopped(desk: Desk) -> None:
    """Tomos has stopped the disposals; without the entry that he would have left."""
    with desk.db.transaction():
        stops.pull(desk.db, Stop("something is wrong", desk.moment, "U-004-G"))


def other_rules(file: str, was: str, becomes: str) -> dict[str, bytes]:
    """One of the rule files that lcs carries, with other words in it, as a service would write it."""
    content = packaged().contents[file].decode()
    assert was in content
    return {file: content.replace(was, becomes).encode()}


def shortened(desk: Desk, effective_on: date) -> Publication:
    """A version that keeps files three years, published with what it newly makes due accepted."""
    rules = other_rules("retention_schedule.toml", "value = 5", "value = 3")
    draft = PolicyDraft(effective_on, "trustees, 3 March 2026", None, rules)
    return publishing.publish(desk, draft, publishing.plan(desk, draft).hash)


def trail(desk: Desk, after: int = 0) -> list[AuditEntry]:
    """The audit trail from after an entry on, oldest first, read without leaving an entry."""
    return audit.entries(desk.db, None, audit.head(desk.db).seq - after)[::-1]


def detail(entry: AuditEntry) -> dict[str, Any]:
    """What an entry says but for the digests of kept records and the change number: those have tests of their own."""
    return {name: value for name, value in (entry.detail or {}).items() if name not in ("kept", "change")}


def everything(desk: Desk) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table: what a use case that failed must not have changed."""
    tables = [row[0] for row in desk.db.rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    return {table: desk.db.rows(f"SELECT * FROM {table} ORDER BY 1") for table in tables}


@contextmanager
def unchanged(desk: Desk) -> Iterator[None]:
    """Whatever happens inside leaves every row of every table as it was; the trail says of it that it was not done."""
    before = everything(desk)
    yield
    after = everything(desk)
    trails = ("audit", "audit_detail")
    assert {table: rows for table, rows in after.items() if table not in trails} == {
        table: rows for table, rows in before.items() if table not in trails
    }
    assert {one.outcome for one in trail(desk)[len(before["audit"]) :]} <= {"refused"}


def records_key(desk: Desk) -> bytes:
    """The key of the data file."""
    return desk.vault.key(KeyName.RECORDS)
