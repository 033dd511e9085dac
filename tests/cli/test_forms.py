"""What a record needs, asked for at a terminal or read from JSON: the same fields, the same refusals."""

import json
from pathlib import Path
from typing import Any

import pytest

from lcs_cli.errors import UsageError
from tests.cli.typed import Typist, at, lcs

FAMILY = {
    "name": "Llwyd",
    "opened_on": "2026-01-12",
    "children": [
        {"given_name": "Siân", "date_of_birth": "2019-03-27"},
        {"given_name": "Owen", "date_of_birth": "2021-11-02"},
    ],
    "adults": [
        {"given_name": "Gwen", "relationship": "mother", "address": "1 Elm Row\nAnytown", "telephone": "01632 960101"}
    ],
}


@pytest.fixture
def typist(vault: Path) -> Typist:
    """Amina at a terminal, with a vault that holds one family."""
    terminal = Typist(env=at(vault))
    assert lcs(with_json(terminal, FAMILY), "family", "add", "--from", str(vault.parent / "in.json")).code == 0
    return terminal


def with_json(terminal: Typist, content: Any) -> Typist:
    """The same terminal, with a file of that content beside the vault."""
    (Path(terminal.env["LCS_VAULT"]).parent / "in.json").write_text(json.dumps(content), encoding="utf-8")
    return terminal


def given(terminal: Typist, content: Any, *argv: str) -> tuple[int, str]:
    """Run a command with ``--from`` a file of that content; the exit code and what was said beside the data."""
    file = Path(with_json(terminal, content).env["LCS_VAULT"]).parent / "in.json"
    ran = lcs(terminal, *argv, "--from", str(file))
    return ran.code, ran.err


def shown(terminal: Typist, *argv: str) -> Any:
    """What a command says as JSON."""
    return json.loads(lcs(terminal, *argv, "--json").out)


def test_questions_and_json_make_the_same_record(typist: Typist) -> None:
    """What a person types and what a file holds is read by one set of fields."""
    typist.answers = ["adult", "Ewa", "Kowalska", "4/5/1988", "aunt", "2 Elm Row", "01632 960102", "ewa@example.org"]
    assert lcs(typist, "person", "add", "LCS-0001-R").code == 0
    typed = {
        "kind": "adult",
        "given_name": "Ewa",
        "family_name": "Kowalska",
        "date_of_birth": "4 May 1988",
        "relationship": "aunt",
        "address": "2 Elm Row",
        "telephone": "01632 960102",
        "email": "ewa@example.org",
    }
    assert given(typist, typed, "person", "add", "LCS-0001-R")[0] == 0
    one, other = (shown(typist, "person", "show", ref) for ref in ("P-0004-G", "P-0005-M"))
    assert one["reference"] != other["reference"]
    assert one | {"reference": ""} == other | {"reference": ""}
    assert one["date_of_birth"] == "1988-05-04"


@pytest.mark.parametrize(
    ("answers", "asked_again"),
    [
        (["31/2/2019"], "must be a real date"),
        (["4/5/18"], "the year needs four figures"),
        (["27/11/2026"], "must not be in the future"),
        (["1738368000", "0", "May"], "must be a real date"),
    ],
)
def test_a_wrong_answer_is_asked_for_again_and_the_others_are_kept(
    typist: Typist, answers: list[str], asked_again: str
) -> None:
    """One slip costs one answer, not the whole form."""
    typist.answers = ["child", "Zofia", "Llwyd", *answers, "4/5/2018", "", "", "", ""]
    ran = lcs(typist, "person", "add", "LCS-0001-R")
    assert ran.code == 0
    assert ran.err.count(f"error: date of birth: {asked_again}") == len(answers)
    assert shown(typist, "person", "show", "P-0004-G")["date_of_birth"] == "2018-05-04"


def test_an_empty_answer_keeps_the_default_and_leaves_what_is_optional_empty(typist: Typist) -> None:
    """Enter takes what stands in brackets; where nothing stands there, the field stays empty."""
    typist.answers = ["Begum", "", "", ""]
    ran = lcs(typist, "family", "add")
    assert ran.out == "Saved LCS-0002-W, open since Thu 26 Nov 2026.\n"
    assert "[today]" in ran.err


def test_what_is_required_is_asked_for_until_it_is_given(typist: Typist) -> None:
    """No empty name, no empty reason."""
    typist.answers = ["", "", "Llywelyn", "", "spelt by the mother"]
    ran = lcs(typist, "family", "edit", "LCS-0001-R")
    assert ran.code == 0
    assert ran.err.count("must not be empty") == 3
    assert "bear another family name: P-0001-R" in ran.err


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("local-authority", "local-authority"),
        ("LOCAL", "local-authority"),
        ("Local Authority", "local-authority"),
        ("p", "police"),
        ("cour", "court"),
    ],
)
def test_the_beginning_of_a_word_is_enough_where_only_one_word_begins_so(
    typist: Typist, answer: str, kind: str
) -> None:
    """Capitals do not matter."""
    typist.answers = ["Somebody", answer]
    assert lcs(typist, "referrer", "add").code == 0
    assert shown(typist, "referrer", "show", "REF-0001-R")["kind"] == kind


@pytest.mark.parametrize("answer", ["c", "council", "-", "cafcass court"])
def test_a_word_that_could_be_two_or_none_is_asked_for_again(typist: Typist, answer: str) -> None:
    """The words there are stand in the answer; what was typed does not."""
    typist.answers = ["Somebody", answer, "health"]
    ran = lcs(typist, "referrer", "add")
    assert ran.code == 0
    assert "must be one of local-authority, cafcass, court, police, health, solicitor, family" in ran.err
    assert shown(typist, "referrer", "show", "REF-0001-R")["kind"] == "health"


@pytest.mark.parametrize("answer", ["0", "9"])
def test_a_number_that_stands_for_no_choice_is_asked_for_again(typist: Typist, answer: str) -> None:
    """How far the numbers go is said."""
    typist.answers = ["Somebody", answer, "5"]
    ran = lcs(typist, "referrer", "add")
    assert (ran.code, f"there is no choice {answer}" in ran.err) == (0, True)
    assert "type a number from 1 to 8" in ran.err
    assert shown(typist, "referrer", "show", "REF-0001-R")["kind"] == "health"


@pytest.mark.parametrize("answer", ["y", "Y", "yes", "YES", "n", "No"])
def test_yes_and_no_are_understood(typist: Typist, answer: str) -> None:
    """As letters and as words."""
    lcs(
        typist, "session", "book", "LCS-0001-R", "--on", "yesterday", "--at", "10:00", "--until", "11:00", "--room", "1"
    )
    typist.answers = [answer, "10:00", "11:00"]
    assert lcs(typist, "attendance", "record", "S-000001-R").code == 0
    lines = shown(typist, "attendance", "list", "LCS-0001-R")["items"][0]["attendance"]
    assert {line["attended"] for line in lines} == {answer.lower().startswith("y")}


@pytest.mark.parametrize("answer", ["maybe", "ye", "1", "attended"])
def test_anything_else_than_yes_and_no_is_asked_for_again(typist: Typist, answer: str) -> None:
    """Nobody's attendance is guessed."""
    lcs(
        typist, "session", "book", "LCS-0001-R", "--on", "yesterday", "--at", "10:00", "--until", "11:00", "--room", "1"
    )
    typist.answers = [answer, "n"]
    ran = lcs(typist, "attendance", "record", "S-000001-R")
    assert ran.code == 0
    assert "must be yes or no" in ran.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"name": True}, "family name: must be text in quotes"),
        ({"name": 7}, "family name: must be text in quotes"),
        ({"name": ["Begum"]}, "family name: must be text in quotes"),
        ({"name": {"first": "Begum"}}, "family name: must be text in quotes"),
        ({"name": None}, "family name: is missing"),
        ({"name": ""}, "family name: is missing"),
        ({}, "family name: is missing"),
        ({"name": "Begum", "opened_on": 20261103}, "opened on: must be text in quotes"),
        ({"name": "Begum", "opened_on": "13/13/2026"}, "opened on: must be a real date"),
        ({"name": "Begum", "opened_on": "2026-11-27"}, "opened on: must not be in the future"),
        ({"name": "Begum", "children": "Aisha"}, "children: must be a list of objects"),
        ({"name": "Begum", "children": ["Aisha"]}, "children: must be a list of objects"),
        ({"name": "Begum", "adults": {"given_name": "Ewa"}}, "adults: must be a list of objects"),
        ({"name": "Begum", "adults": [{"relationship": "mother"}]}, "first name: is missing"),
        ({"name": "Begum", "children": [{"given_name": "A", "date_of_birth": True}]}, "must be text in quotes"),
        ({"name": "B" * 201}, "family name: is longer than 200 characters"),
        ({"name": "Be\u0007gum"}, "family name: holds a control or direction character"),
        ({"name": "Begum\u202e"}, "family name: holds a control or direction character"),
        ({"name": "Be\ngum"}, "family name: holds a control or direction character"),
        ({"name": "\ud800"}, "family name: holds a control or direction character"),
    ],
)
def test_a_wrong_field_in_json_is_named_and_nothing_is_saved(typist: Typist, content: Any, said: str) -> None:
    """One line says which field and what is wrong with it; no family is registered."""
    code, err = given(typist, content, "family", "add")
    assert code == 2
    assert len([line for line in err.splitlines() if line.startswith("error: ")]) == 1
    assert said in err
    assert len(shown(typist, "family", "list")["items"]) == 1


def test_an_unknown_field_in_json_is_named_with_the_fields_there_are(typist: Typist) -> None:
    """A misspelt field must not be lost without a word; a family may have children and adults."""
    code, err = given(typist, {"name": "Begum", "adress": "1 Elm Row"}, "family", "add")
    assert code == 2
    assert "adress" in err
    assert "1 Elm Row" not in err
    for known in ("name", "opened_on", "children", "adults"):
        assert known in err.split("hint:")[1]


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ({"name": "Begum", "children": [{"given_name": "A", "date_of_birth": "29/2/2019"}]}, "must be a real date"),
        ({"name": "Begum", "children": [{"given_name": "A", "date_of_birth": "1/1/2027"}]}, "in the future"),
        ({"name": "Be\u001bgum"}, "control or direction character"),
    ],
)
def test_several_records_are_all_saved_or_none(typist: Typist, second: Any, said: str) -> None:
    """The message names the record that is wrong; the right ones before it are not saved either."""
    code, err = given(typist, [{"name": "Kowalska"}, second, {"name": "Ahmed"}], "family", "add")
    assert code == 2
    assert said in err
    assert "record 2" in err
    assert [one["name"] for one in shown(typist, "family", "list")["items"]] == ["Llwyd"]
    assert given(typist, [{"name": "Kowalska"}, {"name": "Ahmed"}], "family", "add")[0] == 0
    assert [one["name"] for one in shown(typist, "family", "list")["items"]] == ["Llwyd", "Kowalska", "Ahmed"]


def test_a_file_with_one_record_too_many_is_refused_where_one_is_meant(typist: Typist) -> None:
    """A correction is one correction."""
    twice = [{"name": "Lloyd", "reason": "so"}, {"name": "Floyd", "reason": "so"}]
    code, err = given(typist, twice, "family", "edit", "LCS-0001-R")
    assert code == 2
    assert "must be one object" in err


def test_an_option_and_a_file_say_the_same_or_the_file_stands(typist: Typist) -> None:
    """What the file does not say may be said by an option."""
    code, _ = given(typist, {"starts": "10:00", "ends": "11:00"}, "session", "book", "LCS-0001-R", "--on", "today")
    assert code == 0
    assert shown(typist, "session", "list")["items"][0]["day"] == "2026-11-26"


def test_a_detail_is_taken_away_by_null_or_by_none(typist: Typist) -> None:
    """Left out, it stays; empty text is a slip that is named, and never said to be no difference."""
    for field, label in (("telephone", "telephone"), ("address", "address"), ("given_name", "first name")):
        code, err = given(typist, {field: "", "reason": "a slip"}, "person", "edit", "P-0003-A")
        assert (code, f"error: {label}: must not be empty\n" in err) == (2, True)
    assert given(typist, {"given_name": None, "reason": "a slip"}, "person", "edit", "P-0003-A")[0] == 2
    assert given(typist, {"telephone": None, "reason": "her sister's"}, "person", "edit", "P-0003-A")[0] == 0
    assert set(shown(typist, "person", "show", "P-0003-A")["details"]) == {"address"}
    typist.answers = ["", "", "", "None", "none", "", "", "not hers"]
    assert "relationship, address" in lcs(typist, "person", "edit", "P-0003-A").out
    file = shown(typist, "person", "show", "P-0003-A")
    assert (file["details"], file["relationship"]) == ({}, None)


def test_a_correction_keeps_the_old_value_the_reason_the_day_and_who_made_it(typist: Typist) -> None:
    """Of a name, a private detail and an attendance: what was there before is shown beside what is there now."""
    given(typist, {"day": "yesterday", "starts": "10:00", "ends": "11:00"}, "session", "book", "LCS-0001-R")
    given(typist, {"attended": False}, "attendance", "record", "S-000001-R")
    late = {"attended": True, "arrived": "10:05", "left": "11:00", "reason": "late bus"}
    for content, argv in (
        ({"name": "Lloyd", "reason": "misheard"}, ("family", "edit", "LCS-0001-R")),
        ({"given_name": "Gwenda", "telephone": "01632 960199", "reason": "she moved"}, ("person", "edit", "P-0003-A")),
        (late, ("attendance", "correct", "S-000001-R")),
    ):
        assert given(typist, content, *argv)[0] == 0
    file = shown(typist, "family", "show", "LCS-0001-R")
    assert file["name"] == "Lloyd"
    assert {(one["reason"], one["corrected_on"], one["corrected_by"]) for one in file["corrections"]} == {
        (reason, "2026-11-26", "U-001-R") for reason in ("misheard", "she moved", "late bus")
    }
    former = {one["record"]: one["former"] for one in file["corrections"] if one["former"]}
    assert former["family LCS-0001-R"] == {"name": "Llwyd"}
    assert former["person P-0003-A"] == {"given_name": "Gwen"}
    assert former["attendance S-000001-R"]["attended"] == 0
    assert shown(typist, "person", "show", "P-0003-A")["details"]["telephone"] == "01632 960199"
    assert "01632 960101" not in json.dumps(file)


def test_where_nobody_can_be_asked_everything_that_is_missing_is_named_at_once(typist: Typist) -> None:
    """Not the first missing answer, then the next: all of them, and no vault is opened for it."""
    ran = lcs(typist, "person", "add", "LCS-0001-R", "--no-input")
    assert ran.code == UsageError.exit_code
    assert "missing: child or adult, first name, family name" in ran.err
    assert "--from" in ran.err


@pytest.mark.parametrize("option", ["--on", "--at", "--until"])
def test_an_empty_option_is_named(typist: Typist, option: str) -> None:
    """As from a script whose variable is empty: it is no answer to what is needed."""
    given = {"--on": "tomorrow", "--at": "9:30", "--until": "10:30"} | {option: ""}
    ran = lcs(typist, "session", "book", "LCS-0001-R", *(word for pair in given.items() for word in pair))
    assert ran.code == 2
    assert ": must not be empty" in ran.err
    lcs(typist, "session", "book", "LCS-0001-R", "--on", "tomorrow", "--at", "9:30", "--until", "10:30")
    ran = lcs(typist, "session", "supervise", "S-000001-R", "--supervisor", "")
    assert (ran.code, "error: supervisor: must not be empty" in ran.err) == (2, True)


def test_the_end_of_the_answers_is_a_stop_and_saves_nothing(typist: Typist) -> None:
    """Ctrl-D in the middle of a form: exit code 130, one line, nothing registered."""
    typist.answers = ["Begum", "today", "Aisha"]
    ran = lcs(typist, "family", "add")
    assert ran.code == 130
    assert "stopped" in ran.err.splitlines()[-1]
    assert len(shown(typist, "family", "list")["items"]) == 1
