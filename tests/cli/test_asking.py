"""Going back, stopping, and numbered choices, at a terminal."""

from datetime import date
from pathlib import Path

import pytest

from tests.cli.typed import Typist, at, lcs
from tests.conftest import TODAY, make_vault, open_desk
from tests.services import stories


@pytest.fixture
def typist(tmp_path: Path) -> Typist:
    make_vault(tmp_path / "vault")
    return Typist(env=at(tmp_path / "vault"))


def test_back_asks_the_question_before_with_its_answer(typist: Typist) -> None:
    """What was typed need not be typed again."""
    typist.answers = ["Council", "<", "", "1"]
    ran = lcs(typist, "referrer", "add")
    assert ran.code == 0
    assert "Name [Council]: " in ran.err
    assert ran.err.count("(< back, . stop)") == 1
    assert "Council" in lcs(typist, "referrer", "list").out


def test_back_at_the_first_question_asks_it_again(typist: Typist) -> None:
    """There is nowhere to go."""
    typist.answers = ["<", "Council", "2"]
    ran = lcs(typist, "referrer", "add")
    assert ran.code == 0
    assert "there is no question before this one" in ran.err


def test_a_full_stop_stops_and_nothing_is_saved(typist: Typist) -> None:
    """Exit code 130, one line."""
    typist.answers = ["Council", "."]
    ran = lcs(typist, "referrer", "add")
    assert (ran.code, ran.out) == (130, "")
    assert ran.err.endswith("stopped: nothing was saved\n")
    assert "Council" not in lcs(typist, "referrer", "list").out


def test_a_full_stop_stops_in_a_list_of_children_too(typist: Typist) -> None:
    """Where Enter goes on to the next: a family that was saved cannot be struck out."""
    typist.answers = ["Llwyd", "", "Siân", "", "27/3/2019", "", "."]
    assert lcs(typist, "family", "add").code == 130
    assert lcs(typist, "family", "list", "--json").out.count("reference") == 0


def test_nothing_is_asked_where_no_answer_could_be_kept(typist: Typist, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody types the account of a concern for a disk that is read only."""
    monkeypatch.setattr("lcs_cli.vault.connection.can_be_written", lambda _path: False)
    typist.answers = ["Council", "2"]
    ran = lcs(typist, "referrer", "add")
    assert ran.code == 1
    assert "error: the vault cannot be written\nhint: check the folder's owner, disk and free space\n" in ran.err
    assert typist.answers == ["Council", "2"]


def test_back_in_a_list_of_children_asks_for_the_one_before(typist: Typist) -> None:
    """A child's first name, too, can be put right before anything is saved; a dash ends the list there."""
    typist.answers = ["Llwyd", "", "Sian", "<", "Siân", "", "27/3/2019", "<", "<", "<", "Siôn", "", "", "", "-"]
    ran = lcs(typist, "family", "add")
    assert ran.code == 0, ran.err
    out = lcs(typist, "family", "show", "LCS-0001-R").out
    assert "Siôn" in out
    assert "Siân" not in out


def test_back_goes_from_one_form_to_the_one_before(typist: Typist) -> None:
    """What a later question asks rests on earlier answers: those are asked again, and the others stay as typed."""
    ref = stories.family(open_desk(Path(typist.env["LCS_VAULT"]))).ref
    typist.answers = ["1/12/2026", "10:00", "<", "11:00", "12:00", "<", "13:00", "", "<", "", "Blue", ""]
    ran = lcs(typist, "session", "book", ref)
    assert ran.code == 0, ran.err
    assert "Tue 1 Dec 2026 11:00 to 13:00" in ran.out
    assert "Start [10:00]: " in ran.err
    assert "End [12:00]: " in ran.err
    assert typist.answers == []


def test_going_back_says_no_error_again(typist: Typist) -> None:
    """What would not do was asked for again, and was put right: it is passed over on the way back."""
    ref = stories.family(open_desk(Path(typist.env["LCS_VAULT"]))).ref
    stories.booked(open_desk(Path(typist.env["LCS_VAULT"])), ref, date(2026, 12, 1))
    typist.answers = ["1/12/2026", "10:30", "11:00", "1/12/2026", "14:00", "15:00", "<", "16:00", "", "", ""]
    ran = lcs(typist, "session", "book", ref)
    assert ran.code == 0, ran.err
    assert "Tue 1 Dec 2026 14:00 to 16:00" in ran.out
    assert ran.err.count("error: ") == 1


def test_in_a_walk_what_was_saved_is_not_gone_back_to(typist: Typist) -> None:
    """Of one session an answer can be put right at the next question; a session that was saved stays."""
    desk = open_desk(Path(typist.env["LCS_VAULT"]))
    ref = stories.family(desk).ref
    for starts in ("06:00", "07:30"):
        stories.booked(desk, ref, TODAY, starts)
    typist.answers = ["a", "06:05", "<", "06:10", "07:00", "<", "x", "oops", "<", "a", "<", "a", "07:45", ""]
    ran = lcs(typist, "attendance", "record")
    assert ran.code == 0, ran.err
    assert "P-0001-R attended 06:10 to 07:00" in lcs(typist, "attendance", "list", ref).out
    assert "there is no question before this one" in ran.err
    assert [line.split(":")[0] for line in ran.out.splitlines()] == ["Saved S-000001-R", "Saved S-000002-W"]


def test_a_correction_asks_which_child_it_is_of(typist: Typist) -> None:
    """Else what is true of one would be written over another's, and told; Enter is all, and somebody else none.

    That children were there, and which, is a reading: it is on the trail whatever comes of the correction.
    """
    desk = open_desk(Path(typist.env["LCS_VAULT"]))
    household, other = stories.family(desk, 2), stories.family(desk)
    ref = stories.held(desk, household.ref, date(2026, 11, 3))
    typist.answers = [other.children[0], household.children[1], "n", "the other one was ill"]
    ran = lcs(typist, "attendance", "correct", ref)
    assert ran.code == 0, ran.err
    assert "Which child (Enter for all: P-0001-R S.L., P-0002-W S.L.): " in ran.err
    assert "error: child: nothing is on record of P-0004-G there" in ran.err
    assert "P-0001-R attended 10:05 to 11:30; P-0002-W did not attend." in ran.out
    assert ("attendance.list", "done", (ref, household.ref, *household.children)) in [
        (one.action, one.outcome, one.refs) for one in stories.trail(desk)
    ]


def test_a_full_stop_stops_at_a_passphrase_too(typist: Typist, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is none: taken for one, it would be three wrong ones."""
    monkeypatch.setattr(typist, "ask_secret", lambda _prompt: ".")
    ran = lcs(typist, "referrer", "list")
    assert (ran.code, ran.err) == (130, "stopped: nothing was opened\n")
    ran = lcs(typist, "init", "--vault", f"{typist.env['LCS_VAULT']}-new", "--user", "amina")
    assert (ran.code, ran.err.splitlines()[-1]) == (130, "stopped: nothing was saved")


def test_attendance_that_is_on_record_is_said_before_the_first_question(typist: Typist) -> None:
    """Not after the last."""
    desk = open_desk(Path(typist.env["LCS_VAULT"]))
    ref = stories.held(desk, stories.family(desk).ref, date(2026, 11, 3))
    typist.answers = ["y"]
    ran = lcs(typist, "attendance", "record", ref)
    assert (ran.code, typist.answers) == (2, ["y"])
    assert f"correct it with: lcs attendance correct {ref}" in ran.err


def test_a_letter_in_the_place_of_a_digit_is_understood(typist: Typist) -> None:
    """An O for a nought, an I or an l for a one."""
    stories.family(open_desk(Path(typist.env["LCS_VAULT"])))
    for slip in ("LCS-0O01-R", "lcs-000l-r", "LCS-OOOI-R"):
        ran = lcs(typist, "family", "show", slip)
        assert ran.code in (2, 5)
        assert "did you mean LCS-0001-R?" in ran.err


def test_a_similar_family_is_told_by_its_reference_where_nobody_looks(typist: Typist, tmp_path: Path) -> None:
    """A job's log is no place for a child's name and date of birth."""
    stories.family(open_desk(Path(typist.env["LCS_VAULT"])))
    draft = tmp_path / "family.json"
    draft.write_text('{"name": "Llwyd", "opened_on": "2026-11-02", "children": []}', encoding="utf-8")
    job = Typist(env=typist.env, asks=False, asks_secret=True)
    ran = lcs(job, "family", "add", "--from", str(draft))
    assert ran.code == 0, ran.err
    assert "Similar: LCS-0001-R\n" in ran.err


def test_who_is_told_and_what_for_is_asked_where_it_was_left_away(typist: Typist) -> None:
    """By their references, looked up at once, and a purpose that the policy knows."""
    desk = open_desk(Path(typist.env["LCS_VAULT"]))
    household, ref = stories.family(desk), stories.referrer(desk)
    stories.referred(desk, household.ref, ref)
    stories.held(desk, household.ref, date(2026, 11, 3))
    typist.answers = ["REF-0009-J", "ref-1-r", "case-management"]
    ran = lcs(typist, "attendance", "export")
    assert (ran.code, ran.out.count("LCS-0001-R")) == (0, 1), ran.err
    assert "Who is told" in ran.err
    typist.answers = [household.ref, ref, "<", ref, "case-management"]
    paper = Path(typist.env["LCS_VAULT"]).parent / "paper.csv"
    ran = lcs(typist, "attendance", "statement", "--csv-file", str(paper))
    assert (ran.code, paper.exists()) == (0, True), ran.err
    job = Typist(env=typist.env, asks=False, asks_secret=True)
    assert "missing: to" in lcs(job, "attendance", "export").err
