"""What another tool changes of a record that is kept for ever is named: by `verify`, `doctor` and the sweep."""

import shutil
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from lcs_cli.errors import DamagedVaultError
from lcs_cli.records.document import DocumentKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.user import KeyName
from lcs_cli.services import (
    audits,
    certificates,
    disclosures,
    doctor,
    documents,
    exports,
    families,
    keys,
    papers,
    referrals,
    report_files,
    staff,
)
from lcs_cli.services.accounts import Account
from lcs_cli.services.desk import Desk
from lcs_cli.services.export_plan import ExportOrder
from lcs_cli.services.telling import Ask
from lcs_cli.vault import documents as document_rows
from lcs_cli.vault import narratives
from tests.conftest import TODAY, OpenDesk, make_vault, open_desk
from tests.services import stories
from tests.services.stories import CLOSED, SWEPT
from tests.vault.tampering import without_triggers

PROTECTION = DocumentKind.CHILD_PROTECTION
TOLD = Account(
    TODAY,
    "09:00",
    "telephone",
    None,
    person_told=False,
    words={"what": "The colour of his car.", "why": "He drove off.", "why_not_told": "It was dangerous."},
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault with a record of each kind, left as lcs leaves it."""
    folder = tmp_path_factory.mktemp("kept") / "vault"
    make_vault(folder)
    desk = open_desk(folder)
    household = stories.family(desk, 2)
    council = stories.referrer(desk)
    stories.referred(desk, household.ref, council, electronic=True)
    stories.referred(desk, household.ref, council)
    stories.held(desk, household.ref, date(2019, 2, 4))
    stories.flag(desk, household.ref, household.children[:1])
    stories.accident(desk, household.ref, household.children[:1])
    stories.document(desk, household.ref, PROTECTION, household.children[:1], content=b"genuine minutes")
    stories.paper(desk, household.ref, PROTECTION, household.children[:1])
    papers.move(desk, "PF-0001-R", "Safe", None, TODAY, "Moved house")
    staff.undertake(desk, stories.staff_member(desk), TODAY)
    police = Ask("police", "safeguarding", concern="SF-0001-R")
    disclosures.record(desk, household.ref, police, TOLD)
    disclosures.record(desk, household.ref, police, Account(TODAY, words={"why": "No need."}), not_told=True)
    exports.export(desk, council, ExportOrder("case-management"), None)
    desk.db.close()
    return folder


@pytest.fixture
def vault(template: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(template, tmp_path / "vault")


def said(vault: Path) -> tuple[str, ...]:
    """What `audit verify` says; a check-up finds the same."""
    desk = open_desk(vault)
    problems = audits.verify(desk).problems
    found = next(one for one in doctor.examine(desk) if one.check == "audit trail")
    assert found.sound == (not problems)
    assert all(problem in found.found for problem in problems)
    desk.db.close()
    return problems


def tampered(vault: Path, statements: str) -> None:
    """What somebody with the records key does with another tool."""
    with without_triggers(open_desk(vault)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        for statement in statements.split("; "):
            assert connection.execute(statement).rowcount, statement


CHANGED = {
    "words told are gone": ("DELETE FROM disclosure_part WHERE disclosure_id = 1 AND name = 'why'", "EX-000001-R"),
    "who was told of it": ("UPDATE disclosure_part SET value = 'yes' WHERE name = 'person_told'", "EX-000001-R"),
    "who decided": (
        "UPDATE disclosure_part SET value = 'x' WHERE disclosure_id = 1 AND name = 'decided_by'",
        "EX-000001-R",
    ),
    "who it was told to": ("UPDATE disclosure SET recipient = 'health' WHERE id = 1", "EX-000001-R"),
    "on which ground": ("UPDATE disclosure SET ground = 'attendance', fields = 'x' WHERE id = 1", "EX-000001-R"),
    "not about the family": ("DELETE FROM disclosure_family WHERE disclosure_id = 1", "EX-000001-R"),
    "waits again": ("DELETE FROM disclosure_completion WHERE disclosure_id = 1", "EX-000001-R"),
    "an export's rows": ("UPDATE export SET sha256 = 'x'", "EX-000003-A"),
    "another child": ("UPDATE flag_child SET person_id = 2", "SF-0001-R"),
    "another concern": ("UPDATE flag SET category = 'other', raised_on = '2010-01-01'", "SF-0001-R"),
    "open again": ("UPDATE flag SET outcome = NULL, closed_on = NULL, closed_by = NULL", "SF-0001-R"),
    "emptied": ("UPDATE flag SET narrative = x'00'", "SF-0001-R"),
    "another outcome": ("UPDATE flag SET outcome = randomblob(length(outcome))", "SF-0001-R"),
    "another day": ("UPDATE accident SET happened_on = '2010-01-01'", "AR-0001-R"),
    "an accident emptied": ("UPDATE accident SET narrative = x'00'", "AR-0001-R"),
    "not electronic": ("UPDATE referral SET electronic = 0 WHERE id = 1", "RL-0001-R"),
    "declined": ("UPDATE referral SET outcome = 'declined' WHERE id = 1", "RL-0001-R"),
    "other bytes": ("UPDATE document_chunk SET sealed = randomblob(length(sealed))", "DC-000001-R"),
    "another class": ("UPDATE document SET class = 'document', kind = 'other', children = 0", "DC-000001-R"),
    "paper of another class": ("UPDATE paper SET class = 'document', kind = 'order'", "PF-0001-R"),
    "paper elsewhere": ("UPDATE paper_position SET place = 'Bin' WHERE number = 2", "PF-0001-R"),
    "not cleared": ("UPDATE vetting_check SET decision = 'not-cleared'", "ST-001-R"),
    "another certificate": ("UPDATE vetting_check SET certificate = '999999999999'", "ST-001-R"),
    "not signed": ("DELETE FROM undertaking", "ST-001-R"),
    "somebody else's login": ("UPDATE staff_member SET user = 'U-004-G'", "ST-001-R"),
}
TAKEN = {
    "a concern": ("DELETE FROM flag; DELETE FROM flag_child", "SF-0001-R"),
    "an accident": ("DELETE FROM accident; DELETE FROM accident_child", "AR-0001-R"),
    "a referral": ("DELETE FROM referral WHERE id = 1", "RL-0001-R"),
    "a document": ("DELETE FROM document; DELETE FROM document_chunk; DELETE FROM document_child", "DC-000001-R"),
    "paper": ("DELETE FROM paper; DELETE FROM paper_child; DELETE FROM paper_position", "PF-0001-R"),
    "what was not told": ("DELETE FROM disclosure WHERE id = 2", "EX-000002-W"),
    "an export": ("DELETE FROM disclosure WHERE id = 3; DELETE FROM export", "EX-000003-A"),
    "somebody who works here": ("DELETE FROM staff_member; DELETE FROM vetting_check", "ST-001-R"),
}
GONE = "DELETE FROM flag_child; DELETE FROM flag"
ABOUT_FLAGS = "SELECT seq FROM audit WHERE action LIKE 'flag.%'"
MADE = {
    "flag.raise": GONE,
    "document.add": "DELETE FROM document; DELETE FROM document_chunk; DELETE FROM document_child",
    "paper.add": "DELETE FROM paper; DELETE FROM paper_child; DELETE FROM paper_position",
    "referral.add": "DELETE FROM referral WHERE id = 1",
    "staff.dbs": "DELETE FROM vetting_check",
}


def test_what_lcs_itself_does_is_no_problem(vault: Path) -> None:
    """Else every line below would say nothing."""
    assert said(vault) == ()


@pytest.mark.parametrize("name", CHANGED)
def test_a_kept_record_that_was_changed_is_named(vault: Path, name: str) -> None:
    """It is not what its last signed entry tells of: one line, with its reference, and nothing else is wrong."""
    statements, ref = CHANGED[name]
    tampered(vault, statements)
    (problem,) = said(vault)
    assert problem.startswith(f"{ref} is not what entry ")


@pytest.mark.parametrize("name", TAKEN)
def test_a_kept_record_that_was_taken_away_is_named(vault: Path, name: str) -> None:
    """With the entry that told of it last."""
    statements, ref = TAKEN[name]
    tampered(vault, statements)
    (problem,) = said(vault)
    assert problem.startswith(f"{ref} is not there, and entry ")


@pytest.mark.parametrize("action", MADE)
def test_taking_its_entrys_detail_away_hides_nothing(vault: Path, action: str) -> None:
    """No command of lcs takes a detail away, so one that is missing is damage, whatever else there is."""
    detail = f"DELETE FROM audit_detail WHERE seq IN (SELECT seq FROM audit WHERE action = '{action}')"
    tampered(vault, f"{MADE[action]}; {detail}")
    seq = open_desk(vault).db.value("SELECT seq FROM audit WHERE action = ?", action)
    assert f"the detail of entry {seq} was taken away" in said(vault)


def test_a_record_that_another_tool_put_in_is_named(vault: Path) -> None:
    """Nobody's entry tells of it."""
    columns = "family_id, category, raised_on, raised_by, narrative, children, closed_on, closed_by, outcome, changed"
    tampered(vault, f"INSERT INTO flag (id, {columns}) SELECT 7, {columns} FROM flag")
    assert said(vault) == ("SF-0007-F is there, and no entry tells of it",)


def test_another_narrative_of_the_same_length_is_noticed(vault: Path) -> None:
    """Anybody can seal one to the leads, and it opens as it should."""
    desk = open_desk(vault, "tomos")
    assert KeyName.SAFEGUARDING not in desk.vault.opened.keys
    forged = narratives.seal(desk.vault, Kind.FLAG, 1, "narrative", "A bruise on no  arm.")
    with without_triggers(desk) as connection:
        connection.execute("UPDATE flag SET narrative = ?", (forged,))
    assert [one.partition(" is not")[0] for one in said(vault)] == ["SF-0001-R"]


def test_a_version_of_the_policy_has_the_title_and_the_approval_it_was_published_with(vault: Path) -> None:
    """Text, rules and day were compared before: now who approved and who published it, too."""
    stories.shortened(stories.as_rhys(open_desk(vault)), TODAY)
    assert said(vault) == ()
    for statement in ("title = 'x'", "approved_by = 'nobody'", "published_by = 'U-001-R'"):
        tampered(vault, f"UPDATE policy_version SET {statement} WHERE number = 2")
        (problem,) = said(vault)
        assert problem.startswith("version 2 of the policy is not what entry ")


def test_every_legitimate_change_is_told_of(vault: Path) -> None:
    """Decisions, corrections, completions, confirmations, reports: what lcs changes is what the trail tells of."""
    desk = open_desk(vault)
    told = disclosures.urgent(desk, "LCS-0001-R", "police", Account(TODAY, words={"what": "x", "why": "y"}))
    ref = reference(Kind.DISCLOSURE, told.entry.disclosure.number)
    rest = Account(TODAY, None, "telephone", None, person_told=True)
    disclosures.complete(desk, ref, rest, "SF-0001-R", decided_alone=True)
    referrals.edit_referrer(desk, "REF-0001-R", "Otherton Council", None, "Misheard")
    staff.edit(desk, "ST-001-R", {"name": "Efa Pari"}, "Misspelt")
    staff.leave(desk, "ST-001-R", TODAY, "Moved")
    court = stories.agreed(desk, "LCS-0001-R", "REF-0001-R")
    report_files.produce(desk, court, vault.parent, lambda _: "text")
    families.close(desk, "LCS-0001-R", TODAY)
    assert said(vault) == ()


def test_a_rotation_tells_of_what_it_sealed_anew(vault: Path) -> None:
    """New seals are other bytes; they are told of by the entry of the rotation, and changed later they are noticed."""
    keys.rotate(open_desk(vault))
    assert said(vault) == ()
    tampered(vault, "UPDATE flag SET narrative = x'00'")
    assert [one.partition(" is not")[0] for one in said(vault)] == ["SF-0001-R"]


def test_a_rotation_makes_no_forgery_good(vault: Path) -> None:
    """What was not as the trail tells before it is not afterwards."""
    tampered(vault, "UPDATE flag_child SET person_id = 2")
    before = said(vault)
    keys.rotate(open_desk(vault))
    assert said(vault) == before


def test_a_document_without_its_entrys_detail_is_not_shown(vault: Path, tmp_path: Path) -> None:
    """Its seal was in it: another document in its place cannot be told from the one that was added."""
    tampered(vault, "DELETE FROM audit_detail WHERE seq IN (SELECT seq FROM audit WHERE action = 'document.add')")
    desk = open_desk(vault)
    assert document_rows.get(desk.db, 1) is not None
    with pytest.raises(DamagedVaultError, match="DC-000001-R is not the document that entry "):
        documents.show(desk, "DC-000001-R", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("statements", "because"),
    [
        ("UPDATE flag_child SET person_id = 2", "SF-0001-R is not what entry "),
        (GONE, "SF-0001-R is not there, and entry "),
        ("UPDATE flag SET family_id = 2, children = 0; DELETE FROM flag_child", "SF-0001-R is not what entry "),
        (f"{GONE}; DELETE FROM audit_detail WHERE seq IN ({ABOUT_FLAGS})", "the detail of entry "),
        (f"{GONE}; UPDATE audit_detail SET detail = '{{}}' WHERE seq IN ({ABOUT_FLAGS})", "the detail of entry "),
    ],
)
def test_the_sweep_leaves_a_family_whose_kept_records_are_not_what_they_were(
    tmp_path: Path, statements: str, because: str
) -> None:
    """It is approved by two who know nothing of it; nothing of the family goes, and the other one is disposed of."""
    make_vault(tmp_path / "vault")
    desk_of = partial(open_desk, tmp_path / "vault")
    desk = desk_of("amina", CLOSED)
    first, second = stories.closed_family(desk, 2), stories.closed_family(desk, name="Achebe")
    stories.flag(desk, first.ref, first.children[:1])
    with without_triggers(desk) as connection:
        for statement in statements.split("; "):
            connection.execute(statement)
    stories.approved(desk_of, first.ref, second.ref)
    with pytest.raises(DamagedVaultError, match=f"{first.ref} was not: {because}"):
        stories.swept(desk_of)
    left = desk_of("amina", SWEPT)
    assert {1, 2} <= {row[0] for row in left.db.rows("SELECT DISTINCT child_id FROM attendance")}
    assert [one.content["family"] for one in certificates.listing(left)] == [second.ref]


def test_the_sweep_goes_on_where_another_familys_records_were_changed(desk_of: OpenDesk, vault: Path) -> None:
    """One record that somebody changed does not keep every other file for ever."""
    desk = desk_of("amina", CLOSED)
    closed = stories.closed_family(desk, name="Achebe").ref
    tampered(vault, "UPDATE flag_child SET person_id = 2")
    stories.approved(desk_of, closed)
    assert [one.subject for one in stories.swept(desk_of).disposed] == [closed]


def test_digests_say_nothing_of_records_that_go(desk: Desk) -> None:
    """A referral on paper is disposed of: its digest would let who guesses right know that they did."""
    stories.referred(desk, stories.family(desk, name="Achebe").ref, "REF-0001-R")
    entry = next(one for one in stories.trail(desk)[::-1] if one.action == "referral.add")
    assert "kept" not in (entry.detail or {})
