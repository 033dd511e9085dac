"""The statement of attendance: an export on paper, through the same gate, and in the same register."""

import errno
import io
import os
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from lcs_cli.cli.statement_page import statement_page
from lcs_cli.errors import FailedError, NotFoundError, RefusedError, UsageError
from lcs_cli.policy.disclosure import disclosure_rules
from lcs_cli.records.export_format import Format, StatementFormat
from lcs_cli.records.referral import ReferralOutcome, ReferrerKind
from lcs_cli.services import attendance, doctor, exports, file_out, publishing, referrals, statements
from lcs_cli.services.desk import Desk
from lcs_cli.services.export_plan import ExportOrder
from lcs_cli.services.page import Facts, Grid
from lcs_cli.services.pdf import pdf
from lcs_cli.services.publishing import PolicyDraft
from lcs_cli.services.sheet import xlsx
from lcs_cli.services.statements import Paper, Statement, StatementDocument
from lcs_cli.vault import exports as entries
from tests.conftest import TODAY, open_desk
from tests.services import stories
from tests.services.stories import STAYED_AWAY
from tests.services.test_export_files import names
from tests.services.test_export_whitelist import MARKERS, plant
from tests.services.test_pdf import text_of
from tests.stopping import stopped

CASE = "case-management"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where papers go."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def family(desk: Desk) -> str:
    """A family of two sessions, one of which nobody came to, referred by REF-0001-R."""
    household, ref = stories.family(desk), stories.referrer(desk, ReferrerKind.SOLICITOR)
    stories.referred(desk, household.ref, ref)
    for day in (1, 2):
        last = stories.held(desk, household.ref, TODAY.replace(day=day))
    attendance.correct(desk, last, STAYED_AWAY, "mistaken")
    return household.ref


def as_pdf(path: Path) -> Paper:
    """A PDF without a password."""
    return Paper(path, StatementFormat.PDF, lambda document: pdf(statement_page(document)))


def as_xlsx(path: Path) -> Paper:
    """A spreadsheet without a password."""
    return Paper(path, StatementFormat.XLSX, lambda document: xlsx(statement_page(document)))


def as_csv(path: Path) -> Paper:
    """The rows alone."""
    return Paper(path, StatementFormat.CSV, lambda document: document.rows)


FORMS: list[Callable[[Path], Paper]] = [as_pdf, as_xlsx, as_csv]


def said(paper: Paper) -> str:
    """What can be read in the file."""
    content = paper.path.read_bytes()
    if paper.format is StatementFormat.PDF:
        return text_of(content)
    if paper.format is StatementFormat.XLSX:
        book = openpyxl.load_workbook(io.BytesIO(content))
        return "\n".join(" ".join(c or "" for c in row) for row in book.active.iter_rows(values_only=True))
    return content.decode()


def told(desk: Desk, family: str, paper: Paper, to: str = "REF-0001-R", purpose: str = CASE) -> Statement:
    """A statement of all that may be told."""
    return statements.statement(desk, to, ExportOrder(purpose, family=family), paper)


def document_of(done: Statement) -> StatementDocument:
    """What it tells."""
    assert done.document is not None
    return done.document


def test_a_statement_reads_as_it_should(desk: Desk, family: str, out: Path) -> None:
    """For whom, what, when; a row a session; by which rule; the digest of the rows and the head of the trail."""
    paper = as_pdf(out / "s.pdf")
    document = document_of(told(desk, family, paper))
    version, rules_hash = desk.decided_by()
    head = stories.trail(desk)[-1]
    assert head.detail is not None
    assert (head.action, head.detail["sha256"]) == ("attendance.statement", document.entry.sha256)
    assert [line.strip() for line in said(paper).splitlines()] == [
        "Statement of attendance",
        "Reference EX-000001-R",
        "Made Thu 26 Nov 2026",
        "For REF-0001-R (solicitor)",
        f"Purpose {CASE}",
        f"Family {family}",
        "Your reference AT/1",
        "Period Sun 1 Nov 2026 to Mon 2 Nov 2026",
        "Sessions 2 sessions, 1 attended",
        "Dates and times of contact, and nothing else. Times are local (Europe/London).",
        "Day Weekday Booked from Booked until Arrived Left Outcome",
        "1 Nov 2026 Sun 10:00 11:30 10:05 11:30 attended",
        "2 Nov 2026 Mon 10:00 11:30 did not attend",
        f"Policy version {version}, clause 4.2 (rule attendance)",
        f"Rules (SHA-256) {rules_hash}",
        f"Rows (SHA-256) {document.entry.sha256}",
        f"Entry in the trail {head.seq}:{head.digest}",
        "EX-000001-R: statement of attendance for REF-0001-R page 1 of 1",
    ]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.clause("4.2", "dates and times")
def test_no_planted_word_is_printed(desk: Desk, out: Path, form: Callable[[Path], Paper]) -> None:
    """Whatever the vault holds of this family: no name, address, note, reason or number of a record."""
    paper = form(out / "s")
    told(desk, "LCS-0001-R", paper, plant(desk))
    left = said(paper)
    assert ("2019-02-04" if paper.format is StatementFormat.CSV else "4 Feb 2019") in left
    assert [marker for marker in MARKERS if marker in left] == []


def test_a_column_that_may_not_be_told_is_on_no_paper(desk: Desk, family: str, out: Path) -> None:
    """A policy that tells less is followed: its columns, no count and no period that would tell the rest."""
    rules = desk.rules.contents["disclosure_rules.toml"].decode()
    for name in ("case_reference", "session_date", "arrived", "left", "attended"):
        rules = re.sub(rf'\[\[attendance\.column\]\]\nname = "{name}"\n.*\n.*\n', "", rules)
    publishing.publish(desk, PolicyDraft(TODAY, "rhys", None, {"disclosure_rules.toml": rules.encode()}))
    page = statement_page(document_of(told(desk, family, as_pdf(out / "s.pdf"))))
    assert [column.name for column in disclosure_rules(desk.rules).columns] == [
        *("family_reference", "booked_start", "booked_end")
    ]
    grid = next(block for block in page.blocks if isinstance(block, Grid))
    assert (grid.headings, grid.rows[0]) == (("Booked from", "Booked until"), ("10:00", "11:30"))
    facts = dict(pair for block in page.blocks if isinstance(block, Facts) for pair in block.pairs)
    assert facts["Sessions"] == "2 sessions"
    assert not {"Period", "Your reference"} & set(facts)


@pytest.mark.parametrize("form", FORMS)
def test_each_one_is_an_entry_of_the_register(
    desk: Desk, family: str, out: Path, form: Callable[[Path], Paper]
) -> None:
    """With the digest of its rows, that of the export's own CSV; private, released, and nothing lies beside it."""
    paper = form(out / "s")
    document = document_of(told(desk, family, paper))
    entry = entries.get(desk.db, 1)
    assert entry == document.entry
    assert (entry.format, entry.rows, entry.recipient) == (paper.format, 2, "solicitor")
    assert exports.export(desk, "REF-0001-R", ExportOrder(CASE, family=family), None).sha256 == entry.sha256
    assert entries.unreleased(desk.db) == []
    assert names(out) == ["s"]
    assert paper.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.clause("4.1", "proceedings")
def test_the_gate_of_the_export_is_that_of_the_statement(desk: Desk, family: str, out: Path) -> None:
    """Its purposes, its recipients, the live referral; nothing is registered, and what was refused is logged."""
    stranger = stories.referrer(desk, ReferrerKind.SOLICITOR, "Another")
    for to, purpose, clause in (
        ("REF-0001-R", "court", "4.1"),
        ("REF-0001-R", "", "2"),
        ("REF-0001-R", "fun", "4.2"),
        (stranger, CASE, "4.2"),
    ):
        with pytest.raises(RefusedError) as refused:
            told(desk, family, as_pdf(out / "s.pdf"), to, purpose)
        last = stories.trail(desk)[-1]
        assert (refused.value.clause, last.action, last.outcome) == (clause, "attendance.statement", "refused")
        assert family in last.refs
    referrals.decide(desk, "RL-0001-R", ReferralOutcome.ENDED, TODAY)
    with pytest.raises(RefusedError, match="no longer the referrer"):
        told(desk, family, as_pdf(out / "s.pdf"))
    assert (names(out), desk.db.value("SELECT count(*) FROM disclosure")) == ([], 0)


def test_where_there_is_nothing_to_tell_there_is_no_paper(desk: Desk, family: str, out: Path) -> None:
    """And no entry in the register."""
    order = ExportOrder(CASE, family=family, to_on=TODAY.replace(month=10))
    done = statements.statement(desk, "REF-0001-R", order, as_pdf(out / "s.pdf"))
    assert (done.document, names(out), desk.db.value("SELECT count(*) FROM disclosure")) == (None, [], 0)


def lettered(desk: Desk, name: str) -> None:
    """Publish the service's name."""
    rules = desk.rules.contents["governance.toml"].decode()
    rules = re.sub(r'(\[letterhead\]\n)name = ".*"', rf'\1name = "{name}"', rules)
    publishing.publish(desk, PolicyDraft(TODAY, "rhys", None, {"governance.toml": rules.encode()}))


def test_the_service_is_named_as_its_managers_published_it(desk: Desk, family: str, out: Path) -> None:
    """On top of the paper, letter by letter: nothing in a name is read as Typst."""
    lettered(desk, "Gwasanaeth Cyswllt #panic() Tŷ Mawr")
    paper = as_pdf(out / "s.pdf")
    told(desk, family, paper)
    assert said(paper).splitlines()[0].strip() == "Gwasanaeth Cyswllt #panic() Tŷ Mawr"


def test_a_letter_without_a_shape_registers_nothing(desk: Desk, family: str, out: Path) -> None:
    """What cannot be printed has not left; the same is told as a spreadsheet."""
    lettered(desk, "漢 Service")
    with stories.unchanged(desk), pytest.raises(UsageError, match="CJK UNIFIED IDEOGRAPH-6F22"):
        told(desk, family, as_pdf(out / "s.pdf"))
    assert names(out) == []
    sheet = as_xlsx(out / "s.xlsx")
    told(desk, family, sheet)
    assert "漢 Service" in said(sheet)


def test_what_a_killed_command_left_out_of_sight_goes_with_the_next_statement(
    desk: Desk, family: str, out: Path
) -> None:
    """It holds what was told; one that is being written now is younger, and stays."""
    left, young = (out / f".lcs-{letter * 16}" for letter in "ab")
    for path in (left, young):
        path.write_bytes(b"half")
    os.utime(left, (0, 0))
    told(desk, family, as_pdf(out / "s.pdf"))
    assert names(out) == [young.name, "s.pdf"]


def test_a_full_disk_registers_nothing(desk: Desk, family: str, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, no half file, no entry of what never left."""

    def full(path: Path, content: bytes) -> None:
        path.write_bytes(content[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(file_out, "write_new", full)
    with stories.unchanged(desk), pytest.raises(FailedError, match=r"pdf: cannot be written \(No space left"):
        told(desk, family, as_pdf(out / "s.pdf"))
    assert names(out) == []


@pytest.mark.parametrize("where", ["taken", "nowhere/s.pdf", "vault"])
def test_a_place_that_will_not_do_is_named_at_once(desk: Desk, family: str, out: Path, where: str) -> None:
    """Something is there already, its folder is not there, it lies in the vault: nothing is read or registered."""
    (out / "taken").write_text("mine")
    path = desk.vault.folder / "s.pdf" if where == "vault" else out / where
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^pdf: "):
        told(desk, family, as_pdf(path))
    assert (names(out), (out / "taken").read_text()) == (["taken"], "mine")


def test_a_name_that_is_taken_meanwhile_is_made_again(
    desk: Desk, family: str, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is registered by then: it is said how to make it again, the doctor says so too, and then both are content."""

    def taken(_building: Path, _path: Path) -> None:
        raise FileExistsError(errno.EEXIST, "File exists")

    with monkeypatch.context() as patch:
        patch.setattr(file_out, "give_name", taken)
        with pytest.raises(FailedError, match="EX-000001-R is registered, but its file could not be named") as failed:
            told(desk, family, as_pdf(out / "s.pdf"))
    assert failed.value.hint == "write it again with: lcs attendance statement --again EX-000001-R --pdf FILE"
    assert names(out) == []
    found = next(one.found for one in doctor.examine(desk) if one.check == "exports")
    assert "EX-000001-R: lcs attendance statement --again EX-000001-R" in found
    again = document_of(statements.repeat(desk, "EX-000001-R", as_pdf(out / "s.pdf")))
    assert again.entry.repeats == 1
    assert "Repeats EX-000001-R" in said(as_pdf(out / "s.pdf"))
    assert all(one.sound for one in doctor.examine(desk))


def test_a_statement_is_made_again_as_it_was(desk: Desk, family: str, out: Path) -> None:
    """A correction since then changes nothing in it; another form tells the same rows."""
    first = document_of(told(desk, family, as_pdf(out / "one")))
    attendance.correct(desk, "S-000001-R", STAYED_AWAY, "mistaken")
    again = document_of(statements.repeat(desk, "EX-000001-R", as_xlsx(out / "two")))
    assert (again.rows, again.entry.sha256, again.entry.format) == (first.rows, first.entry.sha256, "xlsx")
    assert document_of(told(desk, family, as_pdf(out / "three"))).rows != first.rows


def test_each_is_repeated_by_its_own_command(desk: Desk, family: str, out: Path) -> None:
    """An export of all families, or as JSON, is no statement, and a PDF is no export."""
    told(desk, family, as_pdf(out / "one"))
    exports.export(desk, "REF-0001-R", ExportOrder(CASE, since_last=True), None)
    other = stories.family(desk)
    stories.referred(desk, other.ref, "REF-0001-R")
    stories.held(desk, other.ref, TODAY)
    for order in (ExportOrder(CASE, Format.JSON, family=family), ExportOrder(CASE)):
        exports.export(desk, "REF-0001-R", order, None)
    for ref in ("EX-000002-W", "EX-000003-A", "EX-000004-G"):
        with pytest.raises(UsageError, match=f"again: {ref} is no statement"):
            statements.repeat(desk, ref, as_pdf(out / "two"))
    with pytest.raises(UsageError, match="again: EX-000001-R is a statement") as wrong:
        exports.repeat(desk, "EX-000001-R", None)
    assert wrong.value.hint == "lcs attendance statement --again EX-000001-R --pdf FILE"
    with pytest.raises(NotFoundError):
        statements.repeat(desk, "EX-000009-D", as_pdf(out / "two"))
    assert names(out) == ["one"]


def test_the_same_paper_without_a_password_is_the_same_file(desk: Desk, family: str, out: Path) -> None:
    """What was written is what the page of its document gives, at any time."""
    paper = as_pdf(out / "s.pdf")
    document = document_of(told(desk, family, paper))
    assert paper.path.read_bytes() == pdf(statement_page(document))


def test_a_repeated_statement_has_the_columns_that_it_had(desk: Desk, family: str, out: Path) -> None:
    """Where the policy tells more since then, the same paper does not."""
    was = desk.rules.contents["disclosure_rules.toml"]
    narrow = re.sub(rb'\[\[attendance\.column\]\]\nname = "(arrived|left)"\n.*\n.*\n', b"", was)
    publishing.publish(desk, PolicyDraft(TODAY, "rhys", None, {"disclosure_rules.toml": narrow}))
    told(desk, family, as_pdf(out / "one"))
    wide = PolicyDraft(TODAY, "rhys", None, {"disclosure_rules.toml": was})
    publishing.publish(desk, wide, publishing.plan(desk, wide).hash)
    again = document_of(statements.repeat(desk, "EX-000001-R", as_pdf(out / "two")))
    assert {"arrived", "left"} <= {column.name for column in disclosure_rules(desk.rules).columns}
    assert not {"arrived", "left"} & {column.name for column in again.columns}
    assert "10:05" not in said(as_pdf(out / "two"))


@pytest.mark.parametrize("how", ["killed", "full"])
def test_a_statement_that_is_stopped_anywhere_leaves_no_half(desk: Desk, family: str, tmp_path: Path, how: str) -> None:
    """Switched off, or with a full disk, at any step: no file is there that is not registered, or that is not whole."""
    desk.db.close()
    words = ("attendance", "statement", family, "--to", "REF-0001-R", "--purpose", CASE, "--no-password")
    runs = stopped(how, desk.vault.folder, tmp_path / "runs", *words, "--pdf", "{home}/s.pdf", shared=True)
    assert runs[-1].ran.code == 0
    ends = set()
    for one in runs:
        there = open_desk(one.folder)
        entry, paper = entries.get(there.db, 1), one.folder.parent / "s.pdf"
        is_whole = paper.exists() and paper.stat().st_size > 0
        assert entry is not None or not paper.exists()
        if is_whole and entry is not None:
            assert f"Rows (SHA-256) {entry.sha256}" in text_of(paper.read_bytes())
        ends.add((entry is not None, is_whole))
        if one.ran.code == 1:
            assert [name for name in names(one.folder.parent) if name.startswith(".lcs-")] == []
            assert is_whole or not paper.exists()
        there.db.close()
    assert ends >= {(False, False), (True, True)}
