"""Kept indefinitely (policy 4.6): nothing deletes, replaces or rewrites these records, whoever asks and however.

Each attack is seen refused, and each record is there afterwards, byte for byte.
"""

import shutil
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from lcs_cli.errors import LcsError
from lcs_cli.records.permission import PermissionKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.services import activities, attendance, exports, families, report_files, reports, retention, sweep
from lcs_cli.services.desk import Desk
from lcs_cli.services.exports import ExportOrder
from lcs_cli.services.families import FamilyDraft
from lcs_cli.services.reports import ReportDraft
from tests.conftest import make_vault, open_desk
from tests.services import stories
from tests.vault.attacks import ATTACKS, ATTACKS_ON_WHAT_THEY_POINT_AT, ON_ACCIDENTS
from tests.vault.tampering import raw

# What the schema's own guards say: a misspelt column or a missing value would be another error.
_GUARD = r"^policy [46]|never|not moved|twice|goes after"
SETTINGS = [(False, False), (False, True), (True, False), (True, True)]
KEPT = (
    "flag",
    "flag_child",
    "accident",
    "accident_child",
    "audit",
    "audit_detail",
    "signer",
    "disclosure",
    "export",
    "disclosure_family",
    "policy_version",
    "policy_rules",
    "certificate",
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
    stories.booked(desk, first.ref, date(2019, 2, 18))
    stories.flag(desk, first.ref, first.children[:1])
    stories.flag(desk, first.ref, first.children[:1], closed=False)
    second = stories.family(desk)
    stories.held(desk, second.ref, date(2019, 2, 4))
    stories.flag(desk, second.ref)
    exports.export(desk, referrer, ExportOrder("case-management"), None)
    exports.export(desk, referrer, ExportOrder("safeguarding"), None)
    third = stories.closed_family(desk)
    stories.family(desk, opened_on=None)
    fifth = stories.family(desk)
    stories.accident(desk, fifth.ref, fifth.children)
    stories.accident(desk, fifth.ref)
    sixth = families.add(desk, FamilyDraft("Kowalska", None))
    stories.accident(desk, reference(Kind.FAMILY, sixth.family.number))
    make_agreed(desk, first.ref, folder.parent)
    desk.db.close()
    stories.disposed(partial(open_desk, folder), third.ref)


def make_agreed(desk: Desk, family: str, out: Path) -> None:
    """Reports and permissions of a family in each state, one produced, and one permission used."""
    tomorrow = stories.CLOSED + timedelta(1)
    session = stories.booked(desk, family, tomorrow)
    stories.granted(desk, stories.permission(desk, family, session))
    stories.permission(desk, family, session, kind=PermissionKind.ASSESSMENT)
    activities.record(open_desk(desk.vault.folder, "tomos", tomorrow), session, PermissionKind.OBSERVATION)
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


@pytest.fixture
def attacked(example: Path, tmp_path: Path) -> Desk:
    """Amina's desk over a copy of it."""
    shutil.copytree(example, tmp_path / "vault")
    return open_desk(tmp_path / "vault", "amina", stories.SWEPT)


def test_the_vault_under_attack_holds_something_of_each_kind(attacked: Desk) -> None:
    """Else an attack would be refused by there being nothing to attack."""
    rows = stories.everything(attacked)
    tables = ("flag", "flag_child", "accident", "accident_child", "referral", "attendance", "certificate")
    assert {table: len(rows[table]) for table in tables} == {
        "flag": 3,
        "flag_child": 2,
        "accident": 3,
        "accident_child": 1,
        "referral": 2,
        "attendance": 3,
        "certificate": 1,
    }
    assert [row[0] for row in rows["family"]] == [1, 2, 4, 5, 6]
    assert rows["accident_child"] == [(1, 10)]
    assert [row[0] for row in rows["person"] if row[1] == 5] == [10, 11]
    assert [row[0] for row in rows["disclosure"]] == [1, 2, 3]
    assert [row[10] for row in rows["report"]] == ["produced", "requested", "withdrawn"]
    assert [row[11] for row in rows["permission"]] == ["granted", "requested"]
    assert [len(rows[table]) for table in ("report_decision", "report_production", "activity")] == [1, 1, 1]


@pytest.mark.parametrize("attack", ATTACKS + ATTACKS_ON_WHAT_THEY_POINT_AT)
def test_lcs_itself_refuses(attacked: Desk, attack: str) -> None:
    """Through the one connection that any command has."""
    before = stories.everything(attacked)
    with pytest.raises(LcsError), attacked.db.transaction():
        attacked.db.run(attack)
    assert stories.everything(attacked) == before


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_schema_refuses_another_tool_that_has_the_key(attacked: Desk, attack: str) -> None:
    """With foreign keys off and on, with triggers that fire for a REPLACE and without: the schema holds by itself."""
    before = stories.everything(attacked)
    for foreign_keys, recursive_triggers in SETTINGS:
        with raw(attacked, foreign_keys=foreign_keys, recursive_triggers=recursive_triggers) as connection:
            with pytest.raises(sqlcipher.Error, match=ON_ACCIDENTS.get(attack, _GUARD)):
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
        ["DELETE FROM contact_detail", "DELETE FROM episode", "DELETE FROM attendance", "DELETE FROM person"],
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
    """Flag, accident, electronic referral, the flagged child's attendance, and the people they point at."""
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
    families.close(desk, household.ref, stories.CLOSED)
    before, lines = kept_rows(desk), desk.db.rows("SELECT * FROM attendance WHERE child_id = 1")
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
