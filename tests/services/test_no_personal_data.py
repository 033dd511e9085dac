"""No names in errors, logs, registers or certificates: references, counts and names of fields only (policy 4.6)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from lcs_cli.errors import LcsError
from lcs_cli.records.family import ContactField, PersonKind
from lcs_cli.records.permission import PermissionKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import ReferrerKind
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
    overview,
    people,
    permissions,
    policies,
    referrals,
    report_files,
    reports,
    retention,
    setup,
    users,
)
from lcs_cli.services.attendance import Outcome
from lcs_cli.services.desk import Desk
from lcs_cli.services.exports import ExportOrder
from lcs_cli.services.families import FamilyDraft
from lcs_cli.services.people import PersonDraft
from lcs_cli.services.permissions import PermissionDraft
from lcs_cli.services.reports import ReportDraft
from lcs_cli.vault.secret import Secret, read_key_file, read_recovery_key
from tests.conftest import OpenDesk
from tests.services import stories
from tests.services.stories import CLOSED, SWEPT
from tests.services.test_export_whitelist import PLANTED, SEALED, plant

TYPED = ["Typedname", "2013-07-23", "01632 960777", "01632960777", "SW1A 1AA", "SW1A1AA", "planted@example.org"]
MARKERS = [*PLANTED.values(), *SEALED, "Typed", "Pcase", "SW1A", "01632960777"]

F1, F2, P1, P2, R1, R2, S1, SF1, AR1, RP1, PM1 = (
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
        (Kind.REPORT, 1),
        (Kind.PERMISSION, 1),
    )
)
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
    return [
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
    ]


def with_wrong_references(typed: str) -> list[Attempt]:
    """Use cases that are given something else in place of a reference."""
    export = ExportOrder("case-management", family=typed)
    return [
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
        lambda _: setup.read_policy(Path(f"/nowhere/{typed}")),
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
    tables = ("audit", "audit_detail", "certificate", "disclosure", "export", "disclosure_family")
    rows = [repr(desk.db.rows(f"SELECT * FROM {table}")) for table in tables]
    register = desk.vault.register
    return "\n".join([*rows, register.read_text() if register.exists() else ""])


@pytest.mark.parametrize("name", ["amina", "rhys", "tomos"])
def test_no_error_repeats_what_was_typed_or_what_is_stored(desk: Desk, desk_of: OpenDesk, name: str) -> None:
    """For whoever it is: the one who may, and those who are refused."""
    plant(desk)
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
    exports.repeat(there, "EX-000001-R", None)
    families.show(there, F1)
    people.show(there, P2)
    flags.show(there, SF1)
    accidents.show(there, AR1)
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
    kept = kept_for_good(desk)
    assert F1 in kept
    assert [marker for marker in MARKERS if marker in kept] == []


def test_details_on_the_trail_are_counts_and_names_of_fields(desk: Desk) -> None:
    """And salted hashes of nothing that could be guessed: no value of a record is among them."""
    plant(desk)
    allowed = {
        "as_of",
        "clause",
        "commands",
        "families",
        "fields",
        "keys",
        "list",
        "outcome",
        "policy",
        "problems",
        "roles",
        "rows",
        "rule",
        "rules_hash",
        "sha256",
        "to",
    }
    for entry in stories.trail(desk):
        assert set(entry.detail or {}) <= allowed
        assert all(ref.count("-") in (1, 2) for ref in entry.refs)
