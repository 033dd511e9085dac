"""Kept indefinitely (policy 4.6): nothing deletes, replaces or rewrites these records, whoever asks and however.

Each attack is seen refused, and each record is there afterwards, byte for byte.
"""

from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from lcs_cli.errors import LcsError
from lcs_cli.records.document import DocumentKind
from lcs_cli.records.permission import PermissionKind
from lcs_cli.records.policy import ReviewOfPolicy
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.records.request import PauseReason, RequestKind
from lcs_cli.records.retention import HoldKind
from lcs_cli.services import (
    activities,
    attendance,
    consents,
    contact_sessions,
    disclosures,
    exports,
    families,
    flags,
    people,
    policies,
    report_files,
    reports,
    request_decisions,
    requests,
    retention,
    staff,
    sweep,
    vetting,
)
from lcs_cli.services.accounts import Account
from lcs_cli.services.consents import ConsentDraft
from lcs_cli.services.desk import Desk
from lcs_cli.services.export_plan import ExportOrder
from lcs_cli.services.families import FamilyDraft
from lcs_cli.services.reports import ReportDraft
from lcs_cli.services.requests import RequestDraft
from lcs_cli.services.telling import Ask
from lcs_cli.vault import requests as requests_as_rows
from tests.conftest import make_vault, open_desk
from tests.services import stories
from tests.vault.attacks import ATTACKS, ATTACKS_ON_WHAT_THEY_POINT_AT, ON_STAFF_BY_A_REVIEW, SAID
from tests.vault.tampering import raw

# What the schema's own guards say: a misspelt column or a missing value would be another error.
_GUARD = r"^policy [456]|never|not moved|twice|goes after"
ORDERED = {"order": "Order of 2 March.", "what": "Where they live.", "why": "The court asks."}
SETTINGS = [(False, False), (False, True), (True, False), (True, True)]
KEPT = (
    "flag",
    "flag_child",
    "flag_staff",
    "accident",
    "accident_child",
    "document_chunk",
    "document_child",
    "document",
    "paper",
    "paper_child",
    "paper_position",
    "audit",
    "audit_detail",
    "signer",
    "disclosure",
    "export",
    "disclosure_family",
    "disclosure_part",
    "disclosure_completion",
    "policy_version",
    "policy_rules",
    "policy_acceptance",
    "policy_copy",
    "policy_review",
    "certificate",
    "former_identity",
    "staff_member",
    "vetting_check",
    "vetting_confirmation",
    "undertaking",
)


def make_example(folder: Path) -> None:
    """A vault with something of every kind that is kept, as `tests.vault.attacks` expects it."""
    make_vault(folder)
    desk = open_desk(folder, "amina", stories.CLOSED)
    first = stories.family(desk, 2)
    referrer, other = stories.referrer(desk), stories.referrer(desk)
    stories.referred(desk, first.ref, referrer, electronic=True)
    stories.referred(desk, first.ref, other)
    held = stories.held(desk, first.ref, date(2019, 2, 4))
    attendance.correct(desk, held, stories.STAYED_AWAY, "mistaken", first.children[:1])
    booked = stories.booked(desk, first.ref, date(2019, 2, 18))
    stories.flag(desk, first.ref, first.children[:1])
    stories.flag(desk, first.ref, first.children[:1], closed=False)
    second = stories.family(desk)
    stories.held(desk, second.ref, date(2019, 2, 4))
    stories.flag(desk, second.ref)
    exports.export(desk, referrer, ExportOrder("case-management"), None)
    exports.export(desk, referrer, ExportOrder("safeguarding"), None)
    policies.give(desk, "volunteer")
    policies.review(desk, ReviewOfPolicy.TO_BE_CHANGED, "three years", stories.CLOSED)
    stories.shortened(desk, date(2026, 1, 5))
    third = stories.closed_family(desk)
    fourth = stories.family(desk, opened_on=None)
    urgent = Account(stories.CLOSED, "09:00", words={"what": "He has taken her.", "why": "She is in danger."})
    disclosures.urgent(desk, first.ref, "police", urgent)
    obliged = Account(stories.CLOSED, "09:00", "post", None, person_told=True, words=ORDERED)
    disclosures.record(desk, fourth.ref, Ask("court", "hearing", obliged=True), obliged)
    consent = ConsentDraft(("address",), other, "housing", stories.CLOSED, "in-writing", "form")
    for _ in range(2):
        consents.record(desk, first.adult, consent)
    consents.withdraw(desk, "CN-0001-R", stories.CLOSED, "in-writing", "moved")
    fifth = stories.family(desk)
    stories.accident(desk, fifth.ref, fifth.children)
    stories.accident(desk, fifth.ref)
    sixth = families.add(desk, FamilyDraft("Kowalska", None))
    stories.accident(desk, reference(Kind.FAMILY, sixth.family.number))
    documented(desk, third.ref)
    for name, number in (("Efa Parry", "001111111111"), ("Nia Hughes", "002222222222")):
        ref = stories.staff_member(desk, name, vetted=False)
        stories.cleared(desk, ref, number, date(2019, 1, 7))
        staff.undertake(desk, ref, date(2020, 1, 6))
    vetting.record(desk, "ST-002-W", stories.certificate("003333333333", date(2019, 1, 7)))
    staff.edit(desk, "ST-001-R", {"name": "Efa Parri"}, "misread")
    flags.name_staff(desk, "SF-0001-R", [stories.leaver(desk, "Ceri Hughes")])
    retention.hold(desk, stories.leaver(desk, "Bethan Hughes"), HoldKind.INQUIRY, "an inquiry asked", None)
    stories.leaver(desk, "Elin Hughes")
    contact_sessions.supervise(desk, booked, "ST-001-R", None, "late")
    contact_sessions.supervise(desk, booked, "ST-002-W", "ST-001-R", "to learn it")
    ask(desk, first.children[0], first.adult)
    make_agreed(desk, first.ref, folder.parent)
    corrected(desk, first)
    for name in ("Nowak", "Kowalska"):
        families.edit(desk, reference(Kind.FAMILY, sixth.family.number), name, "misheard")
    thirteenth = stories.family(desk)
    stories.flag(desk, thirteenth.ref)
    corrected(desk, thirteenth)
    families.close(desk, thirteenth.ref, stories.CLOSED)
    desk.db.close()
    stories.disposed(partial(open_desk, folder), third.ref, thirteenth.ref)
    desk = open_desk(folder, "amina", stories.SWEPT)
    stories.shredded(desk, "PF-0001-R")
    desk.db.close()


def corrected(desk: Desk, household: stories.Household) -> None:
    """Another name of the family and of its first child."""
    families.edit(desk, household.ref, "Lloyd", "misheard")
    people.edit(desk, household.children[0], {"given_name": "Sian"}, "misheard")


def documented(desk: Desk, disposed: str) -> None:
    """Documents and files on paper, of families of their own; PF-0001-R is of one that will be disposed of."""
    protection = DocumentKind.CHILD_PROTECTION
    stories.paper(desk, disposed)
    seventh = stories.family(desk, 2)
    stories.held(desk, seventh.ref, date(2019, 2, 4), children=seventh.children)
    corrected = stories.held(desk, seventh.ref, date(2019, 2, 5), children=seventh.children[:1])
    attendance.correct(desk, corrected, stories.STAYED_AWAY, "mistaken")
    minutes = b"The conference met." * 5000
    stories.document(
        desk, seventh.ref, protection, seventh.children[:1], title="Minutes of the conference", content=minutes
    )
    stories.document(desk, seventh.ref)
    eighth = stories.family(desk)
    stories.held(desk, eighth.ref, date(2019, 2, 4))
    stories.document(desk, eighth.ref, protection, title=None)
    ninth = stories.family(desk, 2)
    corrected = stories.held(desk, ninth.ref, date(2019, 2, 4), children=ninth.children)
    attendance.correct(desk, corrected, stories.STAYED_AWAY, "mistaken")
    stories.paper(desk, ninth.ref, protection, ninth.children[:1])
    stories.paper(desk, ninth.ref)
    tenth = stories.family(desk)
    stories.held(desk, tenth.ref, date(2019, 2, 4))
    stories.paper(desk, tenth.ref, protection)
    nobody = [reference(Kind.FAMILY, families.add(desk, FamilyDraft("Kowalska", None)).family.number) for _ in "ab"]
    stories.document(desk, nobody[0], DocumentKind.ELECTRONIC_REFERRAL)
    stories.paper(desk, nobody[1], DocumentKind.ACCIDENT_RECORD)


def ask(desk: Desk, child: str, parent: str) -> None:
    """A parent's request, with everything that can be noted about it, and one that was closed."""
    day = desk.today
    requests.add(desk, child, RequestDraft(RequestKind.PARENT, day, None, parent, "herself", "the order"))
    requests.pause(desk, "RQ-0001-R", PauseReason.IDENTITY, "no passport yet", day)
    requests.check(desk, "RQ-0001-R", "passport", day)
    requests.extend(desk, "RQ-0001-R", "many files", day)
    request_decisions.withhold(desk, "RQ-0001-R", "SF-0001-R", "serious-harm", "He would be warned.")
    request_decisions.clear(desk, "RQ-0001-R", "SF-0001-R", "A worry was looked into.")
    requests.add(desk, child, RequestDraft(RequestKind.OWN, day))
    requests.close(desk, "RQ-0002-W", "withdrawn", None)
    with desk.db.transaction():
        requests_as_rows.bundled(desk.db, 1, 1)


def make_agreed(desk: Desk, family: str, out: Path) -> None:
    """Reports and permissions of a family in each state, one produced, and one permission used."""
    tomorrow = stories.CLOSED + timedelta(1)
    session = stories.booked(desk, family, tomorrow)
    stories.granted(desk, stories.permission(desk, family, session))
    stories.permission(desk, family, session, kind=PermissionKind.ASSESSMENT)
    there = stories.evening(open_desk(desk.vault.folder, "tomos", tomorrow))
    activities.record(there, session, PermissionKind.OBSERVATION)
    later = stories.on(desk, stories.APPROVED)
    court = stories.referrer(later, ReferrerKind.COURT)
    report_files.produce(later, stories.agreed(later, family, court), out, lambda document: document.reference)
    draft = ReportDraft(court, "supervision", later.today, "Dates", "An order of the court", later.today)
    reports.request(later, family, draft)
    reports.withdraw(later, stories.report(later, family, court, "recovery"), "settled")


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That vault, made once."""
    folder = tmp_path_factory.mktemp("kept") / "vault"
    make_example(folder)
    return folder


@pytest.fixture(scope="module")
def attacked(example: Path) -> Desk:
    """Amina's desk over it: each attack leaves it as it was, or its test fails."""
    return open_desk(example, "amina", stories.SWEPT)


def test_the_vault_under_attack_holds_something_of_each_kind(attacked: Desk) -> None:
    """Else an attack would be refused by there being nothing to attack."""
    rows = stories.everything(attacked)
    registers = ("policy_acceptance", "policy_copy", "policy_review")
    assert [len(rows[table]) for table in registers] == [1, 1, 1]
    tables = (
        *("flag", "flag_child", "accident", "accident_child", "referral", "attendance", "certificate"),
        *("disclosure_part", "disclosure_completion", "consent"),
    )
    assert {table: len(rows[table]) for table in tables} == {
        "flag": 4,
        "flag_child": 2,
        "accident": 3,
        "accident_child": 1,
        "referral": 2,
        "attendance": 10,
        "certificate": 2,
        "disclosure_part": 10,
        "disclosure_completion": 1,
        "consent": 2,
    }
    added = ("document", "document_chunk", "document_child", "paper", "paper_child", "paper_position")
    assert [len(rows[table]) for table in added] == [4, 5, 1, 5, 1, 5]
    assert [row[0] for row in rows["family"]] == [1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]
    assert [row[1:3] for row in rows["former_identity"]] == [(13, None), (13, 22)]
    assert {number: [row[0] for row in rows["person"] if row[1] == number] for number in (7, 8, 9, 10)} == {
        7: [12, 13, 14],
        8: [15, 16],
        9: [17, 18, 19],
        10: [20, 21],
    }
    assert rows["accident_child"] == [(1, 10)]
    assert [row[0] for row in rows["person"] if row[1] == 5] == [10, 11]
    staff_tables = ("staff_member", "vetting_check", "vetting_confirmation", "undertaking", "supervision")
    assert [len(rows[table]) for table in staff_tables] == [5, 6, 5, 5, 3]
    assert [row[:2] for row in rows["flag_staff"]] == [(1, 3)]
    assert [row[0] for row in rows["disclosure"]] == [1, 2, 3, 4, 5]
    assert [row[0] for row in rows["person"] if row[1] == 4] == [8, 9]
    assert [row[10] for row in rows["report"]] == ["produced", "requested", "withdrawn"]
    assert [row[11] for row in rows["permission"]] == ["granted", "requested"]
    assert [len(rows[table]) for table in ("report_decision", "report_production", "activity")] == [1, 1, 1]
    assert rows["request_bundle"] == [(1, 1)]


@pytest.mark.parametrize("attack", ATTACKS + ATTACKS_ON_WHAT_THEY_POINT_AT)
def test_lcs_itself_refuses(attacked: Desk, attack: str) -> None:
    """Through the one connection that any command has."""
    before = stories.everything(attacked)
    with pytest.raises(LcsError), attacked.db.transaction():
        attacked.db.run(attack)
    assert stories.everything(attacked) == before


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.clause("4.6", "for ever")
@pytest.mark.clause("6", "Every version is kept")
def test_the_schema_refuses_another_tool_that_has_the_key(attacked: Desk, attack: str) -> None:
    """With foreign keys off and on, with triggers that fire for a REPLACE and without: the schema holds by itself."""
    before = stories.everything(attacked)
    for foreign_keys, recursive_triggers in SETTINGS:
        with raw(attacked, foreign_keys=foreign_keys, recursive_triggers=recursive_triggers) as connection:
            with pytest.raises(sqlcipher.Error, match=SAID.get(attack, _GUARD)):
                connection.execute(attack)
            assert not connection.in_transaction
    assert stories.everything(attacked) == before


@pytest.mark.parametrize(
    "attack",
    [
        ["INSERT INTO flag_child (flag_id, person_id) VALUES (3, 5)", "DELETE FROM attendance WHERE family_id = 2"],
        ["UPDATE referral SET electronic = 0 WHERE id = 1", "DELETE FROM referral WHERE id = 1"],
        ["UPDATE person SET family_id = 4 WHERE id = 2", "DELETE FROM person WHERE id = 2"],
        ["UPDATE flag SET family_id = 4 WHERE id = 3", "DELETE FROM attendance WHERE family_id = 2"],
        ["UPDATE accident SET family_id = 4 WHERE family_id = 5", "DELETE FROM person WHERE family_id = 5"],
        ["DELETE FROM accident_child", "DELETE FROM accident", "DELETE FROM person WHERE family_id = 5"],
        ["DELETE FROM document_chunk WHERE document_id = 1", "DELETE FROM document WHERE id = 1"],
        ["UPDATE document SET class = 'document' WHERE id = 1", "DELETE FROM document WHERE id = 1"],
        [
            "INSERT INTO document_child (document_id, person_id) VALUES (3, 15)",
            "DELETE FROM attendance WHERE child_id = 15",
        ],
        ["UPDATE paper SET class = 'document' WHERE id = 2", "DELETE FROM attendance WHERE child_id = 17"],
        ["UPDATE document SET family_id = 4 WHERE family_id = 8", "DELETE FROM attendance WHERE child_id = 15"],
        ["DELETE FROM contact_detail", "DELETE FROM episode", "DELETE FROM attendance", "DELETE FROM person"],
        *ON_STAFF_BY_A_REVIEW,
    ],
)
def test_a_detour_is_refused_too(attacked: Desk, attack: list[str]) -> None:
    """First take the protection away, then the record: one of the steps is refused, and all of them are undone."""

    def steps() -> None:
        with attacked.db.transaction():
            for statement in attack:
                attacked.db.run(statement)

    before = stories.everything(attacked)
    with pytest.raises(LcsError):
        steps()
    assert stories.everything(attacked) == before


def kept_rows(desk: Desk) -> dict[str, list[tuple[object, ...]]]:
    """The rows that no disposal touches."""
    rows = stories.everything(desk)
    kept = {table: rows[table] for table in KEPT}
    kept["referral"] = [row for row in rows["referral"] if row[4] == 1]
    return kept


def test_the_disposal_of_a_family_leaves_its_kept_records_as_they_are(tmp_path: Path) -> None:
    """Flag, accident, electronic referral, words that were told, the attendance they are about, and the people."""
    make_vault(tmp_path / "vault")
    opened = partial(open_desk, tmp_path / "vault")
    desk = opened("amina", stories.CLOSED)
    household = stories.family(desk, 2)
    referrer = stories.referrer(desk)
    stories.referred(desk, household.ref, referrer, electronic=True)
    stories.held(desk, household.ref, date(2019, 2, 4))
    stories.flag(desk, household.ref, household.children[:1])
    stories.accident(desk, household.ref, household.children[1:])
    exports.export(desk, referrer, ExportOrder("case-management"), None)
    told = Account(stories.CLOSED, "09:00", "post", None, person_told=True, words=ORDERED)
    disclosures.record(desk, household.ref, Ask("court", "hearing", obliged=True), told)
    families.close(desk, household.ref, stories.CLOSED)
    before, lines = kept_rows(desk), desk.db.rows("SELECT * FROM attendance")
    people = desk.db.rows("SELECT * FROM person")
    assert stories.disposed(opened, household.ref).disposed
    desk = opened("amina", stories.SWEPT)
    after = kept_rows(desk)
    for table, rows in before.items():
        assert after[table][: len(rows)] == rows, table
    assert desk.db.rows("SELECT * FROM attendance") == lines
    assert desk.db.rows("SELECT * FROM person") == people
    assert desk.db.value("SELECT count(*) FROM contact_detail") == 0
    assert desk.db.value("SELECT name FROM family") == "Llwyd"


@pytest.mark.clause("4.6", "for ever")
def test_no_sweep_ever_takes_what_only_kept_records_are_left_of(tmp_path: Path) -> None:
    """Not on any later day: it is not due, cannot be proposed, and a sweep passes it by."""
    make_vault(tmp_path / "vault")
    opened = partial(open_desk, tmp_path / "vault")
    household = stories.closed_family(opened("amina", stories.CLOSED), electronic=True)
    stories.disposed(opened, household.ref)
    for year in (2027, 2050, 2199):
        desk = opened("amina", date(year, 1, 2))
        with pytest.raises(LcsError, match="kept indefinitely"):
            retention.propose(desk, household.ref, None)
        before = kept_rows(desk)
        assert sweep.sweep(desk).disposed == []
        assert {t: kept_rows(desk)[t] for t in ("flag", "referral")} == {t: before[t] for t in ("flag", "referral")}
    assert reference(Kind.REFERRAL, 1) == the_one_referral(opened("amina", date(2199, 1, 2)))


def the_one_referral(desk: Desk) -> str:
    """The one referral that is left."""
    ((number,),) = desk.db.rows("SELECT id FROM referral")
    return reference(Kind.REFERRAL, number)
