"""Every use case once, on one prepared vault: what it is called in the rules, who runs it, and what it is about."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from lcs_cli.records.family import PersonKind
from lcs_cli.records.permission import PermissionKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import ReferralOutcome, ReferrerKind
from lcs_cli.records.retention import HoldKind
from lcs_cli.records.safeguarding import FlagCategory
from lcs_cli.records.user import Role
from lcs_cli.services import (
    accidents,
    activities,
    attendance,
    audits,
    contact_sessions,
    doctor,
    exports,
    families,
    flags,
    gaps,
    keys,
    overview,
    people,
    permissions,
    policies,
    referrals,
    report_files,
    reports,
    retention,
    setup,
    sweep,
    users,
)
from lcs_cli.services.desk import Desk
from lcs_cli.services.exports import ExportOrder
from lcs_cli.services.families import FamilyDraft
from lcs_cli.services.people import PersonDraft
from lcs_cli.services.permissions import PermissionDraft
from lcs_cli.services.report_files import ReportDocument
from lcs_cli.services.reports import ReportDraft
from lcs_cli.vault.secret import Secret
from tests.conftest import CHEAP, TODAY, passphrase
from tests.services import stories
from tests.services.stories import CAME, STAYED_AWAY

LATER = TODAY + timedelta(days=7)
EXPORT = ExportOrder("case-management")
NEW_SECRET = Secret(passphrase="six new teaspoons in a drawer")


@dataclass(frozen=True)
class UseCase:
    """One use case: its name in the rules, how it is run, who may, and the references its entry holds."""

    action: str
    run: Callable[[Desk], object]
    refs: tuple[str, ...] = ()
    by: str = "amina"

    def __str__(self) -> str:
        return self.action


def prepare(desk: Desk) -> None:
    """What the use cases below are about: the families 1 and 4 are open, 2 is closed and due, 3 is proposed."""
    household = stories.family(desk, 2)
    referrer = stories.referrer(desk)
    stories.referred(desk, household.ref, referrer)
    referrals.add(desk, household.ref, referrer, TODAY, electronic=True, case_reference=None)
    stories.held(desk, household.ref, date(2019, 2, 4))
    stories.booked(desk, household.ref, TODAY)
    stories.booked(desk, household.ref, LATER)
    stories.closed_family(desk)
    proposed = stories.closed_family(desk)
    stories.flag(desk, household.ref, household.children[:1], closed=False)
    stories.accident(desk, household.ref, household.children[:1])
    retention.hold(desk, household.ref, HoldKind.POLICE, "asked by the police", None)
    retention.propose(desk, proposed.ref, None)
    fourth = stories.family(desk)
    stories.referred(desk, fourth.ref, referrer)
    exports.export(desk, referrer, EXPORT, None)
    stories.report(desk, household.ref, referrer)
    stories.agreed(desk, fourth.ref, referrer)
    tomorrow = TODAY + timedelta(days=1)
    stories.granted(desk, stories.permission(desk, household.ref, S2))
    stories.permission(desk, household.ref, days=(tomorrow, LATER))


def _ref(kind: Kind, number: int) -> str:
    return reference(kind, number)


F1, F2, F3, F4, F5 = (_ref(Kind.FAMILY, n) for n in (1, 2, 3, 4, 5))
P1, P2, P3, P10 = (_ref(Kind.PERSON, n) for n in (1, 2, 3, 10))
R1, R2 = (_ref(Kind.REFERRER, n) for n in (1, 2))
RL1, RL2, RL3, RL4 = (_ref(Kind.REFERRAL, n) for n in (1, 2, 3, 4))
S1, S2, S3, S8 = (_ref(Kind.SESSION, n) for n in (1, 2, 3, 8))
SF1, SF2 = (_ref(Kind.FLAG, n) for n in (1, 2))
AR1, AR2 = (_ref(Kind.ACCIDENT, n) for n in (1, 2))
LH1, LH2 = (_ref(Kind.HOLD, n) for n in (1, 2))
RV1, RV2 = (_ref(Kind.REVIEW, n) for n in (1, 2))
RP1, RP2, RP3 = (_ref(Kind.REPORT, n) for n in (1, 2, 3))
PM1, PM2, PM3 = (_ref(Kind.PERMISSION, n) for n in (1, 2, 3))
ASKED = ReportDraft(R1, "care", TODAY, "Dates of contact", "Order of the court")
ASSESSMENT = PermissionDraft(PermissionKind.ASSESSMENT, "Social worker", "Asked by the court", "Order", S3)
EX1, EX2 = (_ref(Kind.DISCLOSURE, n) for n in (1, 2))
CHILD = PersonDraft(PersonKind.CHILD, "Zofia", "Llwyd")


def _text(document: ReportDocument) -> str:
    return document.reference


WRITES = [
    UseCase("family.add", lambda d: families.add(d, FamilyDraft("Patel", TODAY, [CHILD])), (F5, P10)),
    UseCase("family.edit", lambda d: families.edit(d, F1, "Lloyd", "misheard"), (F1,)),
    UseCase("family.close", lambda d: families.close(d, F4, TODAY), (F4, RL3)),
    UseCase("family.reopen", lambda d: families.reopen(d, F2, TODAY), (F2,)),
    UseCase("person.add", lambda d: people.add(d, F1, CHILD), (F1, P10)),
    UseCase("person.edit", lambda d: people.edit(d, P3, {"address": "3 Heol Las"}, "moved"), (P3, F1)),
    UseCase("referrer.add", lambda d: referrals.add_referrer(d, "Cafcass", ReferrerKind.CAFCASS), (R2,)),
    UseCase("referrer.edit", lambda d: referrals.edit_referrer(d, R1, "Council", None, "short"), (R1,)),
    UseCase(
        "referral.add",
        lambda d: referrals.add(d, F1, R1, TODAY, electronic=False, case_reference="AT/9"),
        (RL4, F1, R1),
    ),
    UseCase("referral.decide", lambda d: referrals.decide(d, RL2, ReferralOutcome.ACCEPTED, TODAY), (RL2, F1)),
    UseCase("session.book", lambda d: contact_sessions.book(d, F1, LATER, "14:00", "15:00"), (S8, F1)),
    UseCase("session.move", lambda d: contact_sessions.move(d, S3, LATER, "14:00", "15:00", "bus"), (S3, F1)),
    UseCase("session.cancel", lambda d: contact_sessions.cancel(d, S3, "ill"), (S3, F1)),
    UseCase("attendance.record", lambda d: attendance.record(d, S2, CAME), (S2, F1, P1, P2)),
    UseCase("attendance.correct", lambda d: attendance.correct(d, S1, STAYED_AWAY, "mistaken"), (S1, F1)),
    UseCase("attendance.export", lambda d: exports.export(d, R1, EXPORT, None), (R1, EX2, F1)),
    UseCase("attendance.export", lambda d: exports.repeat(d, EX1, None), (EX1, R1, EX2, F1)),
    UseCase("flag.raise", lambda d: flags.raise_flag(d, F1, FlagCategory.OTHER, "words", [P2]), (SF2, F1, P2)),
    UseCase("flag.close", lambda d: flags.close(d, SF1, "looked into"), (SF1, F1)),
    UseCase("accident.add", lambda d: accidents.add(d, F1, TODAY, "words", children=[P2]), (AR2, F1, P2)),
    UseCase("retention.review", lambda d: retention.propose(d, F2, None), (RV2, F2)),
    UseCase("retention.review", lambda d: retention.keep(d, F2, LATER, "asked for"), (RV2, F2)),
    UseCase("retention.hold", lambda d: retention.hold(d, F2, HoldKind.COMPLAINT, "open", None), (LH2, F2)),
    UseCase("report.request", lambda d: reports.request(d, F1, ASKED), (F1, R1, RP3)),
    UseCase("report.withdraw", lambda d: reports.withdraw(d, RP1, "settled"), (RP1, F1)),
    UseCase("report.decide", lambda d: reports.decide(d, RP1, "agreed", agreed=True), (RP1, F1), "rhys"),
    UseCase(
        "report.produce",
        lambda d: report_files.produce(d, RP2, d.vault.folder.parent, _text),
        (RP2, F4, R1, EX2),
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
    UseCase("vault.user.undertake", lambda d: users.undertake(d, "tomos", TODAY), ("U-004-G",)),
    UseCase("audit.accept", gaps.accept),
    UseCase("retention.release", lambda d: retention.release(d, LH1), (LH1, F1), "rhys"),
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
    UseCase("attendance.list", lambda d: attendance.listing(d, F1, None, None), (F1,)),
    UseCase("flag.list", lambda d: flags.listing(d, F1), (F1,)),
    UseCase("flag.show", lambda d: flags.show(d, SF1), (SF1, F1)),
    UseCase("accident.list", lambda d: accidents.listing(d, F1), (F1,)),
    UseCase("accident.show", lambda d: accidents.show(d, AR1), (AR1, F1)),
    UseCase("report.list", lambda d: reports.listing(d, F1), (F1,)),
    UseCase("report.show", lambda d: reports.show(d, RP1), (RP1, F1)),
    UseCase("permission.list", lambda d: permissions.listing(d, F1), (F1,)),
    UseCase("permission.show", lambda d: permissions.show(d, PM1), (PM1, F1)),
    UseCase("retention.schedule", retention.schedule),
    UseCase("retention.due", lambda d: retention.due(d, TODAY)),
    UseCase("retention.approve", retention.approval_list, (F3,), "rhys"),
    UseCase("retention.sweep", sweep.sweep),
    UseCase("retention.certificate", sweep.certificates),
    UseCase("audit.list", lambda d: audits.listing(d, F1, 10)),
    UseCase("audit.verify", audits.verify),
    UseCase("policy.show", policies.show),
    UseCase("policy.give", lambda d: policies.give(d, R1), (R1,)),
    UseCase("status", overview.status),
    UseCase("today", overview.today),
    UseCase("doctor", doctor.examine),
    UseCase("vault.user.list", users.list_users),
    UseCase("unlock", lambda d: setup.unlock(d, "unlock")),
    UseCase("shell", lambda d: setup.unlock(d, "shell")),
]
EVERY = WRITES + HEADER_TOO + READS
