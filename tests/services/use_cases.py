"""Every use case once, on one prepared vault: what it is called in the rules, who runs it, and what it is about."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from lcs_cli.policy.document import restated_policy
from lcs_cli.records.document import DisposalMethod, DocumentKind
from lcs_cli.records.export_format import StatementFormat
from lcs_cli.records.family import PersonKind
from lcs_cli.records.permission import PermissionKind
from lcs_cli.records.policy import ReviewOfPolicy
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import ReferralOutcome, ReferrerKind
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
    backups,
    calendars,
    certificates,
    clock_guard,
    consents,
    contact_sessions,
    disclosures,
    doctor,
    documents,
    explain_retention,
    explanations,
    exports,
    families,
    finding,
    flags,
    forecast,
    gaps,
    handover,
    holds,
    imports,
    keys,
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
    setup,
    staff,
    statements,
    statistics,
    stops,
    sweep,
    undoing,
    users,
    vetting,
    word_scans,
)
from lcs_cli.services.accounts import Account
from lcs_cli.services.attendance import Outcome
from lcs_cli.services.consents import ConsentDraft
from lcs_cli.services.desk import Desk
from lcs_cli.services.documents import DocumentDraft
from lcs_cli.services.export_plan import ExportOrder
from lcs_cli.services.families import FamilyDraft
from lcs_cli.services.handover import Order
from lcs_cli.services.imports import Draft, Entered, Known
from lcs_cli.services.papers import PaperDraft
from lcs_cli.services.people import PersonDraft
from lcs_cli.services.permissions import PermissionDraft
from lcs_cli.services.publishing import PolicyDraft
from lcs_cli.services.report_files import ReportDocument
from lcs_cli.services.reports import ReportDraft
from lcs_cli.services.requests import RequestDraft
from lcs_cli.services.statements import Paper
from lcs_cli.services.telling import Ask
from lcs_cli.vault import disclosures as told
from lcs_cli.vault import papers as papers_as_rows
from lcs_cli.vault.secret import Secret
from tests.conftest import CHEAP, TODAY, passphrase
from tests.services import stories
from tests.services.stories import STAYED_AWAY

LATER = TODAY + timedelta(days=7)
CAME_EARLY = Outcome(attended=True, arrived="07:05", left="08:30")
EXPORT = ExportOrder("case-management")
NEXT_POLICY = PolicyDraft(LATER, "the trustees", restated_policy().replace("Every version", "Each version"))
NEW_SECRET = Secret(passphrase="six new teaspoons in a drawer")


@dataclass(frozen=True)
class UseCase:
    """One use case: its name in the rules, how it is run, who may, and the references its entry holds.

    What only it needs to be there comes ``first``.
    """

    action: str
    run: Callable[[Desk], object]
    refs: tuple[str, ...] = ()
    by: str = "amina"
    first: Callable[[Desk], object] = lambda _: None

    def __str__(self) -> str:
        return self.action


def prepare(desk: Desk) -> None:
    """What the use cases below are about: families 1 and 4 are open, 2 is closed and due, 3 proposed, 5 just closed.

    What is due of family 6 waits for a safeguarding lead.
    """
    household = stories.family(desk, 2)
    referrer = stories.referrer(desk)
    stories.referred(desk, household.ref, referrer)
    referrals.add(desk, household.ref, referrer, TODAY, electronic=True, case_reference=None)
    stories.held(desk, household.ref, date(2019, 2, 4))
    stories.booked(desk, household.ref, TODAY, "07:00")
    stories.booked(desk, household.ref, LATER)
    stories.closed_family(desk)
    proposed = stories.closed_family(desk)
    stories.staff_member(desk, "Efa Parry")
    stories.staff_member(desk, "Nia Hughes", vetted=False)
    stories.flag(desk, household.ref, household.children[:1], closed=False)
    stories.accident(desk, household.ref, household.children[:1])
    stories.document(desk, household.ref)
    stories.paper(desk, household.ref)
    retention.hold(desk, household.ref, HoldKind.POLICE, "asked by the police", None)
    retention.propose(desk, proposed.ref, None)
    fourth = stories.family(desk)
    stories.referred(desk, fourth.ref, referrer)
    released(desk)
    exports.export(desk, referrer, EXPORT, None)
    stories.report(desk, household.ref, referrer)
    stories.agreed(desk, fourth.ref, referrer)
    yesterday = stories.on(desk, TODAY - timedelta(days=1))
    stories.granted(yesterday, stories.permission(yesterday, household.ref, S2))
    stories.permission(desk, household.ref, days=(TODAY + timedelta(days=1), LATER))
    consents.record(desk, household.adult, CONSENT)
    disclosures.urgent(desk, household.ref, "police", URGENT)
    claimed = {"decided_by": desk.user.reference}
    with desk.acting("disclosure.complete") as act:  # a manager wrote down who decided
        told.add_parts(desk.vault, 2, claimed, {}, on=TODAY, at=desk.moment, by="U-003-A")
        act.keep(Kind.DISCLOSURE, 2)
    vetting.record(desk, ST2, stories.certificate("002222222222"))
    for _ in range(2):
        requests.add(desk, P9, RequestDraft(RequestKind.OWN, TODAY))
    requests.check(desk, RQ2, "known here", TODAY)
    request_decisions.clear(desk, RQ2, RP2, None)
    request_decisions.clear(desk, RQ2, "RL-0003-A", None)
    request_decisions.clear(desk, RQ2, RQ1, None)
    requests.add(desk, P1, RequestDraft(RequestKind.OWN, TODAY))
    requests.pause(desk, RQ3, PauseReason.CLARIFICATION, "all of it?", TODAY)
    worded(desk)
    backups.make(desk)
    handover.agree(stories.as_rhys(desk), HANDED_OVER)


def worded(desk: Desk) -> None:
    """Family 6 is due, and why its name was corrected is wording that a safeguarding lead looks at."""
    there = stories.on(desk, stories.CLOSED)
    household = stories.family(there, 0)
    families.edit(there, household.ref, "Lloyd", "she told me that it is so")
    families.close(there, household.ref, stories.CLOSED)


def released(desk: Desk) -> None:
    """The paper file 2, as a sweep releases it with its family's disposal; what has come since is not due."""
    there = stories.family(desk)
    stories.paper(desk, there.ref)
    with desk.db.transaction():
        papers_as_rows.release(desk.db, [stories.number(Kind.FAMILY, there.ref)], TODAY)
    families.close(desk, there.ref, TODAY)


def misheard(desk: Desk) -> None:
    """A correction that is the last change of whoever made it; of who may make none, there is none."""
    if desk.may("family.edit"):
        families.edit(desk, F1, "Lloyd", "misheard")


def _ref(kind: Kind, number: int) -> str:
    return reference(kind, number)


F1, F2, F3, F4, F5, F6, F7 = (_ref(Kind.FAMILY, n) for n in range(1, 8))
P1, P2, P3, P9, P13 = (_ref(Kind.PERSON, n) for n in (1, 2, 3, 9, 13))
R1, R2 = (_ref(Kind.REFERRER, n) for n in (1, 2))
RL1, RL2, RL3, RL4 = (_ref(Kind.REFERRAL, n) for n in (1, 2, 3, 4))
S1, S2, S3, S8 = (_ref(Kind.SESSION, n) for n in (1, 2, 3, 8))
SF1, SF2 = (_ref(Kind.FLAG, n) for n in (1, 2))
AR1, AR2 = (_ref(Kind.ACCIDENT, n) for n in (1, 2))
DC1, DC2 = (_ref(Kind.DOCUMENT, n) for n in (1, 2))
PF1, PF2, PF3 = (_ref(Kind.PAPER, n) for n in (1, 2, 3))
LH1, LH2 = (_ref(Kind.HOLD, n) for n in (1, 2))
ST1, ST2, ST3 = (_ref(Kind.STAFF, n) for n in (1, 2, 3))
RV1, RV2 = (_ref(Kind.REVIEW, n) for n in (1, 2))
RP1, RP2, RP3 = (_ref(Kind.REPORT, n) for n in (1, 2, 3))
PM1, PM2, PM3 = (_ref(Kind.PERMISSION, n) for n in (1, 2, 3))
ASKED = ReportDraft(R1, "care", TODAY, "Dates of contact", "Order of the court")
ASSESSMENT = PermissionDraft(PermissionKind.ASSESSMENT, "Social worker", "Asked by the court", "Order", S3)
EX1, EX2 = (_ref(Kind.DISCLOSURE, n) for n in (1, 2))
AFILE = Path(__file__)


def _cafcass(desk: Desk, _known: Known) -> Entered:
    number = referrals.add_referrer(desk, "Cafcass", ReferrerKind.CAFCASS).number
    return Entered(number, referrer=number)


ROWS = [Draft(2, "A-1", {"name": "Cafcass"}, _cafcass)]
PROTECTION = DocumentDraft(DocumentKind.CHILD_PROTECTION, "words", children=[P2])
FOLDER = PaperDraft(DocumentKind.ORDER, "words", "words", None, TODAY)
RQ1, RQ2, RQ3, RQ4 = (_ref(Kind.REQUEST, n) for n in (1, 2, 3, 4))
EX1, EX2, EX3 = (_ref(Kind.DISCLOSURE, n) for n in (1, 2, 3))
BK2 = _ref(Kind.BACKUP, 2)
CN1, CN2 = (_ref(Kind.CONSENT, n) for n in (1, 2))
CHILD = PersonDraft(PersonKind.CHILD, "Zofia", "Llwyd")
CONSENT = ConsentDraft(("address",), R1, "housing", TODAY, "in-writing", "form in paper file 12")
URGENT = Account(TODAY, "09:00", words={"what": "words", "why": "words"})
BODY_KEY = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg"
HANDED_OVER = Order(P1, R1, (BODY_KEY,))
ATTENDANCE = Ask(R1, "case-management", attendance=True)


def _paper(desk: Desk) -> Paper:
    """A statement's rows, in a new file."""
    return Paper(desk.vault.folder.parent / "statement.csv", StatementFormat.CSV, lambda document: document.rows)


def _text(document: ReportDocument) -> str:
    return document.reference


WRITES = [
    UseCase("family.add", lambda d: families.add(d, FamilyDraft("Patel", TODAY, [CHILD])), (F7, P13)),
    UseCase("family.edit", lambda d: families.edit(d, F1, "Lloyd", "misheard"), (F1,)),
    UseCase("family.close", lambda d: families.close(d, F4, TODAY), (F4, RL3)),
    UseCase("family.reopen", lambda d: families.reopen(d, F2, TODAY), (F2,)),
    UseCase("person.add", lambda d: people.add(d, F1, CHILD), (F1, P13)),
    UseCase("person.edit", lambda d: people.edit(d, P3, {"address": "3 Heol Las"}, "moved"), (P3, F1)),
    UseCase("import.run", lambda d: imports.run(d, "referrers", ROWS), (R2,)),
    UseCase("referrer.add", lambda d: referrals.add_referrer(d, "Cafcass", ReferrerKind.CAFCASS), (R2,)),
    UseCase("referrer.edit", lambda d: referrals.edit_referrer(d, R1, "Council", None, "short"), (R1, RL1, RL3)),
    UseCase(
        "referral.add",
        lambda d: referrals.add(d, F1, R1, TODAY, electronic=False, case_reference="AT/9"),
        (RL4, F1, R1),
    ),
    UseCase("referral.decide", lambda d: referrals.decide(d, RL2, ReferralOutcome.ACCEPTED, TODAY), (RL2, F1)),
    UseCase("session.book", lambda d: contact_sessions.book(d, F1, LATER, "14:00", "15:00"), (S8, F1)),
    UseCase("session.move", lambda d: contact_sessions.move(d, S3, LATER, "14:00", "15:00", "bus"), (S3, F1)),
    UseCase("session.cancel", lambda d: contact_sessions.cancel(d, S3, "ill"), (S3, F1)),
    UseCase("attendance.record", lambda d: attendance.record(d, S2, CAME_EARLY), (S2, F1, P1, P2)),
    UseCase("attendance.correct", lambda d: attendance.correct(d, S1, STAYED_AWAY, "mistaken"), (S1, F1)),
    UseCase("attendance.export", lambda d: exports.export(d, R1, EXPORT, None), (R1, EX3, F1)),
    UseCase("attendance.export", lambda d: exports.repeat(d, EX1, None), (EX1, R1, EX3, F1)),
    UseCase(
        "attendance.statement",
        lambda d: statements.statement(d, R1, ExportOrder("case-management", family=F1), _paper(d)),
        (F1, R1, EX3),
    ),
    UseCase("attendance.statement", lambda d: statements.repeat(d, EX1, _paper(d)), (EX1, R1, EX3, F1)),
    UseCase("consent.record", lambda d: consents.record(d, P3, CONSENT), (P3, CN2, F1, R1)),
    UseCase("consent.withdraw", lambda d: consents.withdraw(d, CN1, TODAY, "in-writing", "no"), (CN1, P3, F1, R1)),
    UseCase(
        "disclosure.record",
        lambda d: disclosures.record(d, F1, ATTENDANCE, Account(TODAY, how="post")),
        (F1, R1, EX3),
    ),
    UseCase("disclosure.urgent", lambda d: disclosures.urgent(d, F1, "police", URGENT), (F1, EX3)),
    UseCase("disclosure.complete", lambda d: disclosures.complete(d, EX2, Account(TODAY), SF1), (EX2, F1, SF1)),
    UseCase("disclosure.confirm", lambda d: disclosures.confirm(d, EX2), (EX2, F1)),
    UseCase("flag.raise", lambda d: flags.raise_flag(d, F1, FlagCategory.OTHER, "words", [P2]), (SF2, F1, P2)),
    UseCase(
        "flag.raise",
        lambda d: flags.raise_flag(d, F1, FlagCategory.OTHER, "words", [P2], [ST2]),
        (SF2, F1, P2, ST2),
    ),
    UseCase("flag.name", lambda d: flags.name_staff(d, SF1, [ST1]), (SF1, F1, ST1)),
    UseCase("flag.close", lambda d: flags.close(d, SF1, "looked into"), (SF1, F1)),
    UseCase("accident.add", lambda d: accidents.add(d, F1, TODAY, "words", children=[P2]), (AR2, F1, P2)),
    UseCase("document.add", lambda d: documents.add(d, F1, PROTECTION, AFILE), (DC2, F1, P2)),
    UseCase("paper.add", lambda d: papers.add(d, F1, FOLDER), (PF3, F1)),
    UseCase("paper.move", lambda d: papers.move(d, PF1, "words", None, TODAY, "moved"), (PF1, F1)),
    UseCase(
        "paper.dispose",
        lambda d: papers.dispose(d, PF2, DisposalMethod.SHREDDED, TODAY, "U-003-A"),
        (PF2, F5, "U-003-A", "U-001-R"),
    ),
    UseCase("retention.review", lambda d: retention.propose(d, F2, None), (RV2, F2)),
    UseCase("retention.review", lambda d: retention.keep(d, F2, LATER, "asked for"), (RV2, F2)),
    UseCase("retention.hold", lambda d: retention.hold(d, F2, HoldKind.COMPLAINT, "open", None), (LH2, F2)),
    UseCase(
        "retention.clear",
        lambda d: word_scans.clear(d, F6, next(retention.items(d, TODAY, [F6])).scan.digest),
        (F6,),
    ),
    UseCase("retention.confirm", lambda d: holds.confirm(d, LH1, "rhys"), (LH1, F1)),
    UseCase("policy.publish", lambda d: publishing.publish(d, NEXT_POLICY)),
    UseCase("policy.review", lambda d: policies.review(d, ReviewOfPolicy.UNCHANGED, "words", TODAY)),
    UseCase("policy.give", lambda d: policies.give(d, "volunteer")),
    UseCase("request.add", lambda d: requests.add(d, P9, RequestDraft(RequestKind.OWN, TODAY)), (P9, RQ4, F4)),
    UseCase("request.check", lambda d: requests.check(d, RQ1, "passport", TODAY), (RQ1, F4, P9)),
    UseCase(
        "request.pause",
        lambda d: requests.pause(d, RQ1, PauseReason.IDENTITY, "no passport yet", TODAY),
        (RQ1, F4, P9),
    ),
    UseCase("request.resume", lambda d: requests.resume(d, RQ3, "all of it", TODAY), (RQ3, F1, P1)),
    UseCase("request.extend", lambda d: requests.extend(d, RQ1, "many files", TODAY), (RQ1, F4, P9)),
    UseCase("request.withhold", lambda d: request_decisions.withhold(d, RQ3, SF1, "serious-harm", "w"), (RQ3, F1, P1)),
    UseCase("request.clear", lambda d: request_decisions.clear(d, RQ3, SF1, None), (RQ3, F1, P1)),
    UseCase(
        "request.release",
        lambda d: request_release.release(d, RQ2, d.vault.folder.parent),
        (RQ2, F4, P9, EX3),
    ),
    UseCase("request.close", lambda d: requests.close(d, RQ1, "withdrawn", None), (RQ1, F4, P9)),
    UseCase("report.request", lambda d: reports.request(d, F1, ASKED), (F1, R1, RP3)),
    UseCase("report.withdraw", lambda d: reports.withdraw(d, RP1, "settled"), (RP1, F1)),
    UseCase("report.decide", lambda d: reports.decide(d, RP1, "agreed", agreed=True), (RP1, F1), "rhys"),
    UseCase(
        "report.produce",
        lambda d: report_files.produce(d, RP2, d.vault.folder.parent, _text),
        (RP2, F4, R1, EX3),
    ),
    UseCase("permission.request", lambda d: permissions.request(d, F1, ASSESSMENT), (F1, S3, PM3)),
    UseCase("permission.withdraw", lambda d: permissions.withdraw(d, PM1, "not wanted"), (PM1, F1), "rhys"),
    UseCase("permission.decide", lambda d: permissions.decide(d, PM2, "no", granted=False), (PM2, F1), "rhys"),
    UseCase(
        "session.activity",
        lambda d: activities.record(d, S2, PermissionKind.OBSERVATION),
        (S2, F1, PM1),
        "tomos",
    ),
    UseCase("vault.user.entrust", lambda d: users.entrust(d, "tomos"), ("U-004-G",)),
    UseCase("session.supervise", lambda d: contact_sessions.supervise(d, S3, ST2, ST1), (S3, F1, ST2, ST1)),
    UseCase("retention.hold", lambda d: retention.hold(d, ST1, HoldKind.COMPLAINT, "open", None), (LH2, ST1)),
    UseCase("staff.add", lambda d: staff.add(d, "Rhys Morgan", Capacity.STAFF, TODAY, "rhys"), (ST3, "U-003-A")),
    UseCase("staff.edit", lambda d: staff.edit(d, ST2, {"name": "Nia Huws"}, "misread"), (ST2,)),
    UseCase("staff.leave", lambda d: staff.leave(d, ST1, TODAY, "moved"), (ST1,)),
    UseCase("staff.dbs", lambda d: vetting.record(d, ST2, stories.certificate("001111111111")), (ST2,)),
    UseCase("staff.dbs", lambda d: vetting.record_status(d, ST1, UpdateStatus.CHANGED, TODAY, "U-003-A"), (ST1,)),
    UseCase("staff.confirm", lambda d: vetting.confirm(d, ST2), (ST2,), "rhys"),
    UseCase("staff.undertake", lambda d: staff.undertake(d, ST1, TODAY), (ST1,)),
    UseCase("audit.accept", gaps.accept),
    UseCase("vault.backup", lambda d: backups.make(d, d.vault.folder.parent), (BK2,)),
    UseCase("vault.agree", lambda d: handover.agree(d, HANDED_OVER, agreed=False), (P1, R1), "rhys"),
    UseCase(
        "vault.handover",
        lambda d: handover.hand_over(d, HANDED_OVER, d.vault.folder.parent / "it.age"),
        (P1, R1, EX3, F1),
    ),
    UseCase("retention.release", lambda d: retention.release(d, LH1), (LH1, F1), "rhys"),
    UseCase("retention.stop", lambda d: stops.stop(d, "words"), (), "tomos"),
    UseCase("retention.resume", stops.resume, ("U-004-G",), "rhys", stories.stopped),
    UseCase("retention.confirm-date", lambda d: clock_guard.confirm(d, TODAY), (), "rhys"),
    UseCase("retention.approve", lambda d: retention.approve(d, retention._approval_list(d).hash), (RV1, F3), "rhys"),
]
HEADER_TOO = [
    UseCase(
        "vault.user.add",
        lambda d: users.add_user(d, "nia", [Role.WORKER], Secret(passphrase=passphrase("nia")), CHEAP),
        ("U-005-M",),
    ),
    UseCase("vault.user.remove", lambda d: users.remove(d, "tomos"), ("U-004-G",)),
    UseCase("vault.user.roles", lambda d: users.change_roles(d, "tomos", [Role.ADMINISTRATOR]), ("U-004-G",)),
    UseCase("vault.user.recover", lambda d: users.recover(d, "tomos", NEW_SECRET, CHEAP), ("U-004-G",)),
    UseCase("vault.rotate", keys.rotate),
    UseCase("vault.user.passphrase", lambda d: users.change_passphrase(d, NEW_SECRET, CHEAP), ("U-001-R",)),
]
READS = [
    UseCase("family.show", lambda d: families.show(d, F1), (F1,)),
    UseCase("family.list", families.listing),
    UseCase("person.show", lambda d: people.show(d, P3), (P3, F1)),
    UseCase("referrer.list", referrals.list_referrers),
    UseCase("referrer.show", lambda d: referrals.show_referrer(d, R1), (R1,)),
    UseCase("referral.list", lambda d: referrals.listing(d, F1), (F1,)),
    UseCase("referral.show", lambda d: referrals.show(d, RL1), (RL1, F1)),
    UseCase("session.list", lambda d: contact_sessions.listing(d, F1, None, None), (F1,)),
    UseCase("session.list", contact_sessions.unsupervised),
    UseCase("session.calendar", lambda d: calendars.sessions(d, d.today, d.today)),
    UseCase("status.stats", lambda d: statistics.of_period(d, None, None)),
    UseCase("attendance.list", lambda d: attendance.listing(d, F1, None, None), (F1,)),
    UseCase("attendance.chart", lambda d: attendance.listing(d, F1, None, None, "attendance.chart"), (F1,)),
    UseCase("flag.list", lambda d: flags.listing(d, F1), (F1,)),
    UseCase("flag.show", lambda d: flags.show(d, SF1), (SF1, F1)),
    UseCase("accident.list", lambda d: accidents.listing(d, F1), (F1,)),
    UseCase("accident.show", lambda d: accidents.show(d, AR1), (AR1, F1)),
    UseCase("document.list", lambda d: documents.listing(d, F1), (F1,)),
    UseCase("document.show", lambda d: documents.show(d, DC1, None), (DC1, F1)),
    UseCase("paper.list", lambda d: papers.listing(d, F1), (F1,)),
    UseCase("paper.show", lambda d: papers.show(d, PF1), (PF1, F1)),
    UseCase("staff.list", staff.listing),
    UseCase("staff.show", lambda d: staff.show(d, ST1), (ST1,)),
    UseCase("staff.due", staff.due),
    UseCase("request.list", requests.listing),
    UseCase("request.show", lambda d: requests.show(d, RQ1), (RQ1, F4, P9)),
    UseCase("request.find", lambda d: request_decisions.find(d, RQ3), (RQ3, F1, P1)),
    UseCase("request.find", lambda d: request_decisions.read(d, RQ3, SF1), (RQ3, F1, P1)),
    UseCase("consent.check", lambda d: consents.check(d, P3, ["address"], R1, "housing"), (P3, R1, F1, CN1)),
    UseCase("consent.list", lambda d: consents.listing(d, P3, None), (P3,)),
    UseCase("consent.show", lambda d: consents.show(d, CN1), (CN1, P3, F1, R1)),
    UseCase("disclosure.check", lambda d: disclosures.check(d, F1, ATTENDANCE), (F1, R1)),
    UseCase("disclosure.list", lambda d: disclosures.listing(d, F1), (F1,)),
    UseCase("disclosure.show", lambda d: disclosures.show(d, EX2), (EX2, F1)),
    UseCase("report.list", lambda d: reports.listing(d, F1), (F1,)),
    UseCase("report.show", lambda d: reports.show(d, RP1), (RP1, F1)),
    UseCase("permission.list", lambda d: permissions.listing(d, F1), (F1,)),
    UseCase("permission.show", lambda d: permissions.show(d, PM1), (PM1, F1)),
    UseCase("retention.schedule", retention.schedule),
    UseCase("retention.due", lambda d: retention.due(d, TODAY)),
    UseCase("retention.clear", lambda d: word_scans.look(d, F6), (F6,)),
    UseCase("retention.due", lambda d: forecast.by_year(d, TODAY)),
    UseCase("retention.due", lambda d: explain_retention.explain(d, S1), (S1, F1)),
    UseCase("retention.holds", holds.listing, (LH1,)),
    UseCase("retention.approve", retention.approval_list, (F3,), "rhys"),
    UseCase("retention.sweep", sweep.sweep),
    UseCase("retention.certificate", certificates.listing),
    UseCase("retention.certificate.key", certificates.key),
    UseCase("audit.list", lambda d: audits.listing(d, F1, 10)),
    UseCase("audit.verify", audits.verify),
    UseCase("policy.show", policies.show),
    UseCase("policy.coverage", lambda d: policies.covered(d, {})),
    UseCase("policy.give", lambda d: policies.give(d, R1), (R1,)),
    UseCase("policy.given", lambda d: list(policies.given(d, None, 10))),
    UseCase("policy.publish", lambda d: publishing.plan(d, NEXT_POLICY)),
    UseCase("policy.history", explanations.history),
    UseCase("policy.diff", lambda d: explanations.difference(d, 1, 1)),
    UseCase("policy.explain", lambda d: explanations.explain(d, EX1), (EX1,)),
    UseCase("vault.handover", lambda d: handover.preview(d, HANDED_OVER), (P1, R1)),
    UseCase("import.template", imports.template),
    UseCase("import.check", lambda d: imports.check(d, "referrers", ROWS)),
    UseCase("find", lambda d: finding.find(d, "LCS-0001"), (F1,)),
    UseCase("undo", undoing.last, (F1,), first=misheard),
    UseCase("status", overview.status),
    UseCase("today", overview.today),
    UseCase("doctor", doctor.examine),
    UseCase("vault.user.list", users.list_users),
    UseCase("vault.backup.list", backups.listing),
    UseCase("vault.backup.check", lambda d: backups.check(d, None)),
    UseCase("unlock", lambda d: setup.unlock(d, "unlock")),
    UseCase("shell", lambda d: setup.unlock(d, "shell")),
]
EVERY = WRITES + HEADER_TOO + READS
