"""No names in errors, logs, registers or certificates: references, counts and names of fields only (policy 4.6)."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from lcs_cli.cli.certificate_page import page
from lcs_cli.errors import LcsError
from lcs_cli.records.document import DisposalMethod, DocumentKind
from lcs_cli.records.family import ContactField, PersonKind
from lcs_cli.records.permission import PermissionKind
from lcs_cli.records.policy import ReviewOfPolicy
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.records.request import PauseReason, RequestKind
from lcs_cli.records.retention import HoldKind
from lcs_cli.records.safeguarding import FlagCategory
from lcs_cli.records.staff import Capacity, UpdateStatus
from lcs_cli.records.user import Role
from lcs_cli.services import (
    accidents,
    activities,
    attendance,
    audits,
    certificates,
    consents,
    contact_sessions,
    disclosures,
    doctor,
    documents,
    explanations,
    exports,
    families,
    flags,
    overview,
    papers,
    people,
    permissions,
    policies,
    publishing,
    referrals,
    report_files,
    reports,
    request_decisions,
    request_release,
    requests,
    retention,
    rule_files,
    staff,
    users,
    vetting,
)
from lcs_cli.services.accounts import Account
from lcs_cli.services.attendance import Outcome
from lcs_cli.services.consents import ConsentDraft
from lcs_cli.services.desk import Desk
from lcs_cli.services.documents import DocumentDraft
from lcs_cli.services.export_plan import ExportOrder
from lcs_cli.services.families import FamilyDraft
from lcs_cli.services.papers import PaperDraft
from lcs_cli.services.people import PersonDraft
from lcs_cli.services.permissions import PermissionDraft
from lcs_cli.services.publishing import PolicyDraft
from lcs_cli.services.reports import ReportDraft
from lcs_cli.services.requests import RequestDraft
from lcs_cli.services.telling import Ask
from lcs_cli.vault.secret import Secret, read_key_file, read_recovery_key
from tests.conftest import OpenDesk
from tests.services import stories
from tests.services.stories import CLOSED, SWEPT
from tests.services.test_export_whitelist import PLANTED, SEALED, plant

TYPED = ["Typedname", "2013-07-23", "01632 960777", "01632960777", "SW1A 1AA", "SW1A1AA", "planted@example.org"]
MARKERS = [*PLANTED.values(), *SEALED, "Typed", "Pcase", "SW1A", "01632960777"]

F1, F2, P1, P2, R1, R2, S1, SF1, AR1, DC1, PF1, ST1, RQ2, CN1, RP1, PM1 = (
    reference(kind, number)
    for kind, number in (
        (Kind.FAMILY, 1),
        (Kind.FAMILY, 2),
        (Kind.PERSON, 1),
        (Kind.PERSON, 2),
        (Kind.REFERRER, 1),
        (Kind.REFERRER, 2),
        (Kind.SESSION, 1),
        (Kind.FLAG, 1),
        (Kind.ACCIDENT, 1),
        (Kind.DOCUMENT, 1),
        (Kind.PAPER, 1),
        (Kind.STAFF, 1),
        (Kind.REQUEST, 2),
        (Kind.CONSENT, 1),
        (Kind.REPORT, 1),
        (Kind.PERMISSION, 1),
    )
)
PROTECTION, REFERRAL = DocumentKind.CHILD_PROTECTION, DocumentKind.ELECTRONIC_REFERRAL
RECORD = DocumentKind.ACCIDENT_RECORD
FOLDER = PaperDraft(DocumentKind.ORDER, "Pfolder", "Pcabinet", None, CLOSED)
BAD = ["Typed\x07name", "\u202eTypedname", "Typedname" * 30]
Attempt = Callable[[Desk], object]


def asked(desk: Desk, **wrong: Any) -> PermissionDraft:
    """A request for a permission with something wrong in it."""
    right = PermissionDraft(PermissionKind.OBSERVATION, "Pvisitor", "Ppurpose", "Pletter", None, desk.today, desk.today)
    return replace(right, **wrong)


def with_wrong_values(text: str) -> list[Attempt]:
    """Use cases that are given a text that does not fit."""
    child = PersonDraft(PersonKind.CHILD, text, "Typedname", date(2013, 7, 23))
    details = {ContactField.ADDRESS: text * 80}
    words = {"what": text * 700, "why": "Pwhy"}
    consent = ConsentDraft(("address",), R1, "housing", CLOSED, "in-writing", "Pevidence")
    police = Ask("police", "safeguarding", concern=SF1)
    return [
        lambda d: consents.record(d, P2, replace(consent, evidence=text)),
        lambda d: consents.record(d, P2, replace(consent, details=(text,))),
        lambda d: consents.record(d, P2, replace(consent, purpose=text)),
        lambda d: consents.record(d, P2, replace(consent, given_how=text)),
        lambda d: consents.record(d, P1, replace(consent, details=("name",), given_by=P2, responsibility=text)),
        lambda d: consents.withdraw(d, CN1, CLOSED, text, text),
        lambda d: consents.check(d, P2, ["address"], R1, text),
        lambda d: disclosures.urgent(d, F1, "police", Account(CLOSED, words=words)),
        lambda d: disclosures.urgent(d, F1, "police", Account(CLOSED, at=text, words={"what": "P", "why": "Pwhy"})),
        lambda d: disclosures.record(d, F1, police, Account(CLOSED, "10:00", text, words=words)),
        lambda d: disclosures.record(
            d, F1, replace(police, purpose=text), Account(CLOSED, "10:00", "post", words=words)
        ),
        lambda d: disclosures.check(d, F1, Ask(R1, text, details=(f"{P2}.address",))),
        lambda d: disclosures.check(d, F1, Ask(R1, "housing", details=(f"{P2}.{text}",))),
        lambda d: families.add(d, FamilyDraft(text, CLOSED)),
        lambda d: families.add(d, FamilyDraft("Typedname", d.today + timedelta(days=1))),
        lambda d: families.edit(d, F1, text, "Preason"),
        lambda d: families.edit(d, F1, "Typedname", text),
        lambda d: people.add(d, F1, child),
        lambda d: people.add(d, F1, PersonDraft(PersonKind.ADULT, "Typedname", "Typedname", None, "aunt", details)),
        lambda d: people.edit(d, P1, {"given_name": text}, "Preason"),
        lambda d: people.edit(d, P1, {"date_of_birth": d.today + timedelta(days=9)}, "Typedname"),
        lambda d: people.edit(d, P2, {"address": text * 80}, "Preason"),
        lambda d: referrals.add_referrer(d, text, ReferrerKind.COURT),
        lambda d: referrals.add(d, F1, R1, CLOSED, electronic=False, case_reference=f"Pcase{text}"),
        lambda d: contact_sessions.book(d, F1, CLOSED, "10:00", "11:00", room=text),
        lambda d: contact_sessions.book(d, F1, CLOSED, "10:00", "11:00", note=text),
        lambda d: contact_sessions.book(d, F1, CLOSED, text, "11:00"),
        lambda d: contact_sessions.cancel(d, S1, text),
        lambda d: attendance.record(d, S1, Outcome(attended=True, arrived=text, left="11:00")),
        lambda d: attendance.correct(d, S1, Outcome(attended=True, arrived="10:00", left=text), "Preason"),
        lambda d: attendance.correct(d, S1, Outcome(attended=False), text),
        lambda d: flags.raise_flag(d, F1, FlagCategory.OTHER, text * 200),
        lambda d: flags.close(d, SF1, text),
        lambda d: accidents.add(d, F1, CLOSED, text * 200),
        lambda d: accidents.add(d, F1, CLOSED, "Paccident", happened_at=text),
        lambda d: documents.add(d, F1, DocumentDraft(DocumentKind.ORDER, text), Path(__file__)),
        lambda d: documents.add(d, F1, DocumentDraft(DocumentKind.ORDER), Path(f"/nowhere/{text}.pdf")),
        lambda d: papers.add(d, F1, replace(FOLDER, description=text)),
        lambda d: papers.add(d, F1, replace(FOLDER, place=text)),
        lambda d: papers.add(d, F1, replace(FOLDER, holder=text)),
        lambda d: papers.add(d, F1, replace(FOLDER, holder=f"U-{text}")),
        lambda d: papers.move(d, PF1, text, None, d.today, "Pmoved"),
        lambda d: papers.move(d, PF1, "Pcabinet", None, d.today, text),
        lambda d: papers.dispose(d, PF1, DisposalMethod.SHREDDED, d.today, text),
        lambda d: staff.add(d, text, Capacity.STAFF, CLOSED),
        lambda d: staff.add(d, "Typedname", Capacity.STAFF, CLOSED, text),
        lambda d: staff.edit(d, ST1, {"name": text}, "Preason"),
        lambda d: staff.edit(d, ST1, {"name": "Typedname"}, text),
        lambda d: staff.leave(d, ST1, d.today, text),
        lambda d: vetting.record(d, ST1, stories.certificate(text)),
        lambda d: vetting.record(d, ST1, replace(stories.certificate(), seen_by=text)),
        lambda d: contact_sessions.supervise(d, S1, ST1, None, text),
        lambda d: requests.add(d, P1, RequestDraft(RequestKind.OWN, CLOSED, asker=text * 2000)),
        lambda d: requests.add(d, P1, RequestDraft(RequestKind.OWN, CLOSED, evidence=f"\x07{text}")),
        lambda d: requests.check(d, RQ2, f"\x07{text}", d.today),
        lambda d: requests.pause(d, RQ2, PauseReason.IDENTITY, f"\x07{text}", d.today),
        lambda d: requests.resume(d, RQ2, text, d.today),
        lambda d: requests.extend(d, RQ2, f"\x07{text}", d.today),
        lambda d: requests.close(d, RQ2, text, None),
        lambda d: requests.close(d, RQ2, "withdrawn", f"\x07{text}"),
        lambda d: request_decisions.withhold(d, RQ2, SF1, text, "Pwords"),
        lambda d: request_decisions.withhold(d, RQ2, SF1, "serious-harm", f"\x07{text}"),
        lambda d: request_decisions.clear(d, RQ2, SF1, f"\x07{text}"),
        lambda d: reports.request(d, F1, ReportDraft(R2, "care", CLOSED, text, "Porder")),
        lambda d: reports.request(d, F1, ReportDraft(R2, "care", CLOSED, "Pasked", text)),
        lambda d: reports.request(d, F1, ReportDraft(R2, text, CLOSED, "Pasked", "Porder")),
        lambda d: reports.request(d, F1, ReportDraft(R1, "care", CLOSED, "Pasked", "Porder")),
        lambda d: reports.decide(d, RP1, text, agreed=True),
        lambda d: reports.withdraw(d, RP1, text),
        lambda d: permissions.request(d, F1, asked(d, done_by=text)),
        lambda d: permissions.request(d, F1, asked(d, purpose=text)),
        lambda d: permissions.request(d, F1, asked(d, evidence=text)),
        lambda d: permissions.decide(d, PM1, text, granted=True),
        lambda d: permissions.withdraw(d, PM1, text),
        lambda d: retention.hold(d, F1, HoldKind.POLICE, text, None),
        lambda d: retention.propose(d, F1, text),
        lambda d: retention.keep(d, F1, d.today + timedelta(days=1), text),
        lambda d: exports.export(d, R1, ExportOrder(f"Typed {text}"), None),
        lambda d: users.add_user(d, text, [Role.WORKER], Secret(passphrase=text)),
        lambda d: policies.give(d, text),
        lambda d: policies.review(d, ReviewOfPolicy.UNCHANGED, text * 200, d.today),
        lambda d: publishing.plan(d, PolicyDraft(d.today, text, f"{policies.without_vault().text}\nTyped")),
        lambda d: publishing.plan(d, PolicyDraft(d.today, "Preason", "Typedname")),
    ]


def with_wrong_references(typed: str) -> list[Attempt]:
    """Use cases that are given something else in place of a reference."""
    export = ExportOrder("case-management", family=typed)
    consent = ConsentDraft(("address",), typed, "housing", CLOSED, "in-writing", "Pevidence")
    urgent = Account(CLOSED, words={"what": "Pwhat", "why": "Pwhy"})
    return [
        lambda d: consents.record(d, P2, consent),
        lambda d: consents.record(d, P1, replace(consent, recipient=R1, given_by=typed, responsibility="Presponsible")),
        lambda d: consents.show(d, typed),
        lambda d: consents.withdraw(d, typed, CLOSED, "in-writing", "Pwithdrawn"),
        lambda d: consents.check(d, P2, [typed], R1, "housing"),
        lambda d: consents.check(d, P2, ["address"], typed, "housing"),
        lambda d: disclosures.show(d, typed),
        lambda d: disclosures.urgent(d, F1, typed, urgent),
        lambda d: disclosures.complete(d, typed, Account(CLOSED, how="post")),
        lambda d: disclosures.listing(d, to=typed),
        lambda d: disclosures.check(d, F1, Ask("police", "safeguarding", concern=typed)),
        lambda d: disclosures.check(d, F1, Ask("police", "safeguarding", details=(typed,))),
        lambda d: disclosures.check(d, F1, Ask("police", "safeguarding", details=(f"{typed}.address",))),
        lambda d: disclosures.record(
            d, F1, Ask("police", "safeguarding", concern=SF1), replace(urgent, decided_by=typed)
        ),
        lambda d: families.show(d, typed),
        lambda d: people.show(d, typed),
        lambda d: people.edit(d, typed, {"given_name": "Typedname"}, "Preason"),
        lambda d: referrals.show(d, typed),
        lambda d: referrals.show_referrer(d, typed),
        lambda d: contact_sessions.cancel(d, typed, "Preason"),
        lambda d: attendance.record(d, typed, Outcome(attended=False)),
        lambda d: attendance.record(d, S1, Outcome(attended=False), [typed]),
        lambda d: flags.raise_flag(d, F1, FlagCategory.OTHER, "Pnarrative", [typed]),
        lambda d: flags.show(d, typed),
        lambda d: accidents.add(d, F1, CLOSED, "Paccident", children=[typed]),
        lambda d: accidents.listing(d, typed),
        lambda d: accidents.show(d, typed),
        lambda d: explanations.explain(d, typed),
        lambda d: documents.add(d, F1, DocumentDraft(PROTECTION, "Ptitle", children=[typed]), Path(__file__)),
        lambda d: documents.add(d, F1, DocumentDraft(REFERRAL, "Ptitle", referral=typed), Path(__file__)),
        lambda d: documents.add(d, F1, DocumentDraft(RECORD, "Ptitle", accident=typed), Path(__file__)),
        lambda d: documents.listing(d, typed),
        lambda d: documents.show(d, typed, None),
        lambda d: documents.show(d, DC1, Path(f"/nowhere/{typed}")),
        lambda d: papers.add(d, F1, replace(FOLDER, kind=PROTECTION, children=[typed])),
        lambda d: papers.listing(d, typed),
        lambda d: papers.show(d, typed),
        lambda d: papers.move(d, typed, "Pcabinet", None, d.today, "Pmoved"),
        lambda d: papers.dispose(d, typed, DisposalMethod.SHREDDED, d.today, "U-003-A"),
        lambda d: staff.show(d, typed),
        lambda d: staff.undertake(d, typed, d.today),
        lambda d: vetting.record(d, typed, stories.certificate()),
        lambda d: vetting.record_status(d, ST1, UpdateStatus.CURRENT, d.today, typed),
        lambda d: vetting.refuse_content(d, typed, ["convictions"]),
        lambda d: contact_sessions.supervise(d, S1, typed),
        lambda d: contact_sessions.supervise(d, S1, ST1, typed, "Psupervise"),
        lambda d: requests.add(d, typed, RequestDraft(RequestKind.OWN, CLOSED)),
        lambda d: requests.add(d, P1, RequestDraft(RequestKind.YOUNG_PERSON, CLOSED, typed)),
        lambda d: requests.add(d, P1, RequestDraft(RequestKind.PARENT, CLOSED, None, typed)),
        lambda d: requests.show(d, typed),
        lambda d: request_decisions.read(d, RQ2, typed),
        lambda d: request_decisions.clear(d, typed, SF1, None),
        lambda d: request_release.release(d, typed, Path("/nowhere")),
        lambda d: request_release.release(d, RQ2, Path(f"/nowhere/{typed}")),
        lambda d: reports.request(d, typed, ReportDraft(R2, "care", CLOSED, "Pasked", "Porder")),
        lambda d: reports.request(d, F1, ReportDraft(typed, "care", CLOSED, "Pasked", "Porder")),
        lambda d: reports.show(d, typed),
        lambda d: reports.listing(d, typed),
        lambda d: report_files.produce(d, typed, Path("/nowhere"), str),
        lambda d: report_files.produce(d, RP1, Path(f"/nowhere/{typed}"), str),
        lambda d: permissions.request(d, F1, asked(d, session=typed)),
        lambda d: permissions.show(d, typed),
        lambda d: activities.record(d, typed, PermissionKind.OBSERVATION),
        lambda d: activities.record(d, S1, PermissionKind.OBSERVATION, typed),
        lambda d: retention.release(d, typed),
        lambda d: retention.approve(d, typed),
        lambda d: exports.export(d, R1, export, None),
        lambda d: exports.export(d, typed, export, None),
        lambda d: exports.export(d, R1, ExportOrder("safeguarding"), Path(f"/nowhere/{typed}")),
        lambda d: exports.repeat(d, typed, None),
        lambda d: audits.listing(d, typed, 5),
        lambda d: policies.give(d, f"REF {typed}"),
        lambda d: policies.clause(policies.show(d), typed),
        lambda d: rule_files.read_text(Path(f"/nowhere/{typed}"), d.vault.folder),
        lambda _: read_key_file(Path(f"/nowhere/{typed}")),
        lambda _: read_recovery_key(typed),
    ]


def said(desk: Desk, attempts: list[Attempt]) -> list[str]:
    """What each attempt said when it failed."""
    found = []
    for attempt in attempts:
        try:
            attempt(desk)
        except LcsError as error:
            found.append(f"{error.label} {error.message} {error.hint} {error} {getattr(error, 'quote', '')}")
    return found


def kept_for_good(desk: Desk) -> str:
    """Everything that outlives a disposal: the trail, the certificates, the registers."""
    tables = (
        "audit",
        "audit_detail",
        "certificate",
        "disclosure",
        "export",
        "disclosure_family",
        "disclosure_part",
        "policy_acceptance",
        "policy_copy",
    )
    gone = "SELECT * FROM paper LEFT JOIN paper_position ON paper_id = id WHERE destroyed_on IS NOT NULL"
    rows = [repr(desk.db.rows(f"SELECT * FROM {table}")) for table in tables]
    rows.append(repr(desk.db.rows(gone)))
    register = desk.vault.register
    return "\n".join([*rows, register.read_text() if register.exists() else ""])


@pytest.mark.parametrize("name", ["amina", "rhys", "tomos"])
@pytest.mark.clause("1", "few others")
@pytest.mark.clause("2", "is private")
def test_no_error_repeats_what_was_typed_or_what_is_stored(desk: Desk, desk_of: OpenDesk, name: str) -> None:
    """For whoever it is: the one who may, and those who are refused."""
    plant(desk)
    requests.add(desk, P1, RequestDraft(RequestKind.OWN, desk.today))
    attempts = [attempt for text in BAD for attempt in with_wrong_values(text)]
    attempts += [attempt for typed in TYPED for attempt in with_wrong_references(typed)]
    there = desk_of(name)
    errors = said(there, attempts)
    assert len(errors) > 0.8 * len(attempts)
    assert [(marker, error) for error in errors for marker in MARKERS if marker in error] == []
    kept = kept_for_good(there)
    assert [marker for marker in MARKERS if marker in kept] == []


def test_nothing_that_outlives_a_disposal_holds_personal_data(desk_of: OpenDesk, tmp_path: Path) -> None:
    """After all that can happen to a family: told, looked at, held, released, corrected, disposed of."""
    desk = desk_of("amina", stories.APPROVED)
    referrer = plant(desk)
    there = stories.on(desk, CLOSED)
    for order in (ExportOrder("case-management"), ExportOrder("safeguarding", since_last=True)):
        exports.export(there, referrer, order, tmp_path)
    exports.repeat(there, "EX-000002-W", None)
    disclosures.show(there, "EX-000001-R")
    consents.show(there, CN1)
    families.show(there, F1)
    people.show(there, P2)
    flags.show(there, SF1)
    accidents.show(there, AR1)
    documents.show(there, DC1, tmp_path / "Typed Plantedname.txt")
    papers.show(there, PF1)
    staff.show(there, ST1)
    staff.due(there)
    contact_sessions.unsupervised(there)
    attendance.listing(there, F1, None, None)
    overview.today(there)
    overview.status(there)
    doctor.examine(there)
    families.close(there, F1, CLOSED)
    retention.hold(desk, F2, HoldKind.POLICE, "Phold", None)
    refused = said(desk, [lambda d: retention.propose(d, F1, "Preview"), lambda d: families.close(d, F2, CLOSED)])
    assert len(refused) == 2
    for number in (1, 2):
        retention.release(desk_of("rhys", stories.APPROVED), reference(Kind.HOLD, number))
    desk.db.close()
    stories.approved(desk_of, F1)
    swept = stories.swept(desk_of)
    assert (len(swept.disposed), len(swept.sent_back)) == (1, 1)
    desk = desk_of("amina", SWEPT)
    assert audits.verify(desk).problems == ()
    papers.dispose(desk, PF1, DisposalMethod.SHREDDED, SWEPT, "U-003-A")
    pages = [page(one) for one in certificates.listing(desk)]
    assert len(pages) == 1
    kept = "\n".join([kept_for_good(desk), *pages])
    assert F1 in kept
    assert [marker for marker in MARKERS if marker in kept] == []


def test_details_on_the_trail_are_counts_and_names_of_fields(desk: Desk) -> None:
    """And salted hashes of nothing that could be guessed: no value of a record is among them."""
    plant(desk)
    allowed = {
        "accepted",
        "change",
        "entry",
        "found",
        "undone",
        "as_of",
        "check",
        "clause",
        "commands",
        "effective_on",
        "families",
        "fields",
        "files",
        "gone",
        "kept",
        "keys",
        "list",
        "outcome",
        "policy",
        "problems",
        "roles",
        "rows",
        "rule",
        "rules_hash",
        "seal",
        "sha256",
        "supervision",
        "text_sha256",
        "to",
        "version_sha256",
    }
    for entry in stories.trail(desk):
        assert set(entry.detail or {}) <= allowed
        assert all(ref.count("-") in (1, 2) for ref in entry.refs)
