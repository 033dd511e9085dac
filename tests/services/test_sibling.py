"""A second service by configuration alone: another text, other numbers, other rules; no code knows which it is."""

import ast
import re
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import force_setattr

from lcs_cli.errors import RefusedError, UsageError
from lcs_cli.policy.retention import Outcome
from lcs_cli.records.document import DisposalMethod
from lcs_cli.records.permission import PermissionKind
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.records.request import RequestKind
from lcs_cli.records.user import KeyName, Role
from lcs_cli.services import (
    accidents,
    activities,
    attendance,
    consents,
    contact_sessions,
    disclosures,
    exports,
    families,
    flags,
    overview,
    papers,
    policies,
    reports,
    requests,
    retention,
    setup,
    users,
)
from lcs_cli.services.desk import Desk
from lcs_cli.services.export_plan import ExportOrder
from lcs_cli.services.reports import ReportDraft
from lcs_cli.services.requests import RequestDraft
from lcs_cli.services.rule_files import read_rules, read_text
from lcs_cli.services.telling import Ask
from lcs_cli.vault.secret import Secret
from tests.conftest import CHEAP, TODAY, OpenDesk, moment, open_desk, passphrase
from tests.services import stories

SIBLING = Path(__file__).parent.parent / "policies" / "sibling"
BEGAN = date(2022, 1, 10)


@pytest.fixture
def sibling(tmp_path: Path) -> Desk:
    """Amina's desk at Riverside, today; rhys is a manager there, and tomos a volunteer."""
    folder = tmp_path / "riverside"
    setup.init(
        folder,
        "amina",
        Secret(passphrase=passphrase("amina")),
        policy_text=read_text(SIBLING / "policy.txt", folder),
        policy_effective=BEGAN,
        now=moment(BEGAN),
        today=BEGAN,
        profile=CHEAP,
        rules=read_rules(str(SIBLING), folder),
    )
    desk = open_desk(folder, "amina", BEGAN)
    for name, role in (("rhys", Role.MANAGER), ("tomos", Role.WORKER)):
        users.add_user(desk, name, [role], Secret(passphrase=passphrase(name)), CHEAP)
    desk.db.close()
    return open_desk(folder)


def told(desk: Desk) -> int:
    """How many sessions a referrer is told that asked in writing, for a purpose of its own."""
    household, referrer = stories.family(desk), stories.referrer(desk)
    stories.referred(desk, household.ref, referrer)
    stories.held(desk, household.ref, TODAY)
    return exports.export(desk, referrer, ExportOrder("written-request"), None).rows


def test_an_export_that_is_refused_here_is_allowed_there(desk: Desk, sibling: Desk) -> None:
    """Its referrers may ask for any purpose, in writing."""
    assert told(sibling) == 1
    with pytest.raises(RefusedError) as refused:
        told(desk)
    assert (refused.value.clause, refused.value.rule) == ("4.2", "attendance")


def due(desk: Desk, day: date) -> Outcome:
    """What a file is on a day that was last used in March 2022, and closed in August 2024."""
    there = stories.on(desk, date(2024, 8, 1))
    household = stories.family(there, opened_on=date(2022, 1, 10))
    stories.held(there, household.ref, date(2022, 3, 2))
    families.close(there, household.ref, date(2024, 8, 1))
    (item,) = retention.due(desk, day, everything=True)
    return item.decision.outcome


@pytest.mark.parametrize(("day", "there"), [(date(2025, 3, 1), Outcome.NOT_DUE), (date(2025, 3, 2), Outcome.DUE)])
def test_a_file_is_due_three_years_after_its_last_use_there(
    desk: Desk, sibling: Desk, day: date, there: Outcome
) -> None:
    """Whenever it was closed; here it is five years after the closing."""
    assert due(sibling, day) is there
    assert due(desk, day) is Outcome.NOT_DUE


def test_a_file_that_comes_due_there_is_disposed_of_by_the_same_two_people(sibling: Desk) -> None:
    """After fourteen days of cooling off, by its own clause."""
    due(sibling, TODAY)
    retention.propose(sibling, "LCS-0001-R", None)
    manager = open_desk(sibling.vault.folder, "rhys")
    retention.approve(manager, retention.approval_list(manager).hash)
    assert retention.disposable_on(sibling) == date(2026, 12, 10)


def test_the_wording_that_is_looked_at_there_is_its_own(desk: Desk, sibling: Desk) -> None:
    """What is no hit by this list is one by theirs, and their clause says who looks at it."""
    for there, outcome in ((sibling, Outcome.REQUIRED), (desk, Outcome.DUE)):
        before = stories.on(there, stories.CLOSED)
        household = stories.family(before)
        families.edit(before, household.ref, "Lloyd", "the school is worried about it")
        families.close(before, household.ref, stories.CLOSED)
        (item,) = retention.due(there, TODAY)
        assert item.decision.outcome is outcome
        if outcome is Outcome.REQUIRED:
            assert (item.decision.rule.id, item.decision.rule.clause) == ("word-scan", "8.2")


def test_refusals_quote_the_siblings_numbers_and_words(sibling: Desk) -> None:
    """By the gate, by the schedule, by authority, by a missing key and by a guard of the schema."""
    due(sibling, TODAY)
    ref = stories.referrer(sibling)
    volunteer = open_desk(sibling.vault.folder, "tomos")
    without_key = open_desk(sibling.vault.folder)
    keys = {name: key for name, key in without_key.vault.opened.keys.items() if name is not KeyName.SAFEGUARDING}
    force_setattr(without_key.vault.opened, "keys", keys)
    flag = stories.flag(sibling, stories.family(sibling).ref, closed=False)

    def delete() -> None:
        with sibling.acting("flag.close"):
            sibling.db.run("DELETE FROM flag")

    for attempt, clause, words in (
        (lambda: exports.export(sibling, ref, ExportOrder("hearing"), None), "3.2", "We write nothing for court"),
        (lambda: exports.export(sibling, ref, ExportOrder(""), None), "1.2", "It goes to nobody outside Riverside"),
        (lambda: exports.export(sibling, ref, ExportOrder("fun"), None), "5.1", "Whoever sent a family to us"),
        (lambda: retention.propose(sibling, "LCS-0002-W", None), "8.1", "Three years after a family last used"),
        (lambda: families.show(volunteer, "LCS-0001-R"), "7", "Only people who are entitled"),
        (lambda: flags.show(without_key, flag), "7", "Only people who are entitled"),
        (delete, "8.2", "Safeguarding records, electronic referrals"),
    ):
        with pytest.raises(RefusedError) as refused:
            attempt()
        assert refused.value.clause == clause
        assert refused.value.label == f"refused (policy {clause})"
        assert words in refused.value.quote


def test_a_volunteer_there_records_no_attendance_and_still_protects_a_child(sibling: Desk, desk_of: OpenDesk) -> None:
    """What is theirs is set by the rules; raising a concern and recording an accident never wait."""
    household = stories.family(sibling)
    booked = stories.booked(sibling, household.ref, TODAY)
    volunteer = open_desk(sibling.vault.folder, "tomos")
    with pytest.raises(RefusedError) as refused:
        attendance.record(volunteer, booked, stories.CAME)
    assert (refused.value.clause, refused.value.hint) == ("7", "ask an administrator or a manager")
    stories.flag(volunteer, household.ref, closed=False)
    accidents.add(volunteer, household.ref, TODAY, "A fall.")
    there = stories.family(desk_of())
    assert attendance.record(
        stories.evening(desk_of("tomos")), stories.booked(desk_of(), there.ref, TODAY), stories.CAME
    )


def test_what_waits_is_told_by_the_siblings_numbers(sibling: Desk) -> None:
    """And its yearly review, and everything else that the program speaks of by itself."""
    clauses = {one.name: one.clause for one in overview.today(sibling).waiting}
    assert clauses["open_flags"] == "2"
    assert clauses["to_approve"] == clauses["to_review"] == "8.1"
    assert (clauses["undertakings_missing"], clauses["policy_review"]) == ("3.1", "10")
    assert clauses["checks_due"] == clauses["sessions_unsupervised"] == "6"
    assert (clauses["incomplete_disclosures"], clauses["lapsing_consents"]) == ("2", "5.2")
    assert (clauses["reports_to_decide"], clauses["permissions_to_decide"]) == ("3.2", "4")
    assert (clauses["paper_to_destroy"], clauses["requests_overdue"]) == ("8.1", "9")
    assert policies.show(sibling).clause == "10"


def test_coverage_there_is_told_under_its_numbers(sibling: Desk) -> None:
    """A command whose help cites 4.5 of the policy that lcs carries, and tests of it, are those of its 7."""
    found = {one.clause: one for one in policies.covered(sibling, {"4.5": ["vault rotate"], "3": ["flag raise"]})}
    assert "vault rotate" in found["7"].commands
    assert "flag raise" in found["2"].commands
    assert {"family-file", "enhanced-check", "own"} <= {*found["8.1"].rules, *found["6"].rules, *found["9"].rules}
    assert found["7"].tests
    assert not found["1.1"].tests


def test_everything_else_that_is_refused_there_is_refused_by_its_clauses(sibling: Desk) -> None:
    """Supervision, requests, reports, rooms, consents, words and paper."""
    household = stories.family(sibling)
    booked = stories.booked(sibling, household.ref, TODAY)
    unvetted = stories.staff_member(sibling, vetted=False)
    paper = stories.paper(sibling, household.ref)
    solicitor = stories.referrer(sibling, ReferrerKind.SOLICITOR)
    manager = open_desk(sibling.vault.folder, "rhys")
    for attempt, clause, words in (
        (lambda: contact_sessions.supervise(sibling, booked, unvetted), "6", "Nobody is alone with a family"),
        (
            lambda: requests.add(sibling, household.children[0], RequestDraft(RequestKind.YOUNG_PERSON, TODAY)),
            "9",
            "anybody may ask for what we keep",
        ),
        (
            lambda: reports.request(sibling, household.ref, ReportDraft(solicitor, "care", TODAY, "all", "letter")),
            "3.2",
            "We write nothing for court",
        ),
        (
            lambda: activities.record(sibling, booked, PermissionKind.ASSESSMENT, None),
            "4",
            "needs our permission first",
        ),
        (
            lambda: consents.check(sibling, household.children[0], ["address"], solicitor, "housing"),
            "5.2",
            "only if they say so themselves",
        ),
        (
            lambda: disclosures.check(sibling, household.ref, Ask("court", "hearing")),
            "3.2",
            "We write nothing for court",
        ),
        (
            lambda: papers.dispose(manager, paper, DisposalMethod.SHREDDED, TODAY, "U-001-R"),
            "8.1",
            "Three years after a family last used",
        ),
    ):
        with pytest.raises(RefusedError) as refused:
            attempt()
        assert refused.value.clause == clause
        assert words in refused.value.quote


def test_its_rules_without_its_text_make_no_vault(tmp_path: Path) -> None:
    """They rest on clauses that the text of this package does not have: each is named."""
    with pytest.raises(UsageError, match=r"rests on clause 5\.1, which the text does not have"):
        setup.check_policy(None, read_rules(str(SIBLING), tmp_path), TODAY)
    with pytest.raises(UsageError, match="it has no clause"):
        setup.check_policy(read_text(SIBLING / "policy.txt", tmp_path), {}, TODAY)
    assert list(tmp_path.iterdir()) == []


def spoken(path: Path) -> list[str]:
    """Every text in a module that the program writes: not its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = [node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)]
    silent = {id(node.body[0].value) for node in documented if node.body and isinstance(node.body[0], ast.Expr)}
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in silent]
    return [node.value for node in texts if isinstance(node.value, str)]


def test_no_code_names_a_clause_that_somebody_reads() -> None:
    """A number in a text that the program writes would be wrong there: clauses are cited by the rules alone.

    A command's help cites the policy that lcs carries: `policy coverage` tells it under the service's own numbers.
    """
    program = Path(setup.__file__).parent.parent
    found = [
        f"{path.name}: {text}"
        for path in program.rglob("*.py")
        for text in spoken(path)
        if re.search(r"\bpolicy [1-6]\b|^[1-6]\.[0-9]$", text)
    ]
    assert found == []
