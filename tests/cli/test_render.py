"""What is written: text of the vault is no markup and steers no terminal; machines get it unchanged."""

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from lcs_cli.cli.render import Lines, Output, Result, Table, render, visible
from lcs_cli.records.accident import Accident
from lcs_cli.records.family import ContactField
from lcs_cli.records.safeguarding import Flag, FlagCategory
from lcs_cli.vault import accidents, disclosures, people, safeguarding
from lcs_cli.vault.counters import next_number
from tests.cli.typed import Typist, at, lcs
from tests.conftest import TODAY, open_desk

MARKUP = "[/x] [b] :key: [link=//a]b[/link] {0} %s \\"
STEERING = "a\x1b[2J\x1b]0;b\x07c\x9b1md\u202ee\u2066f\x7fg\u200eh\r\ti"
NEUTRAL = "a\ufffd[2J\ufffd]0;b\ufffdc\ufffd1md\ufffde\ufffdf\ufffdg\ufffdh\ufffd\ufffdi"
NEVER_ON_SCREEN = [
    *(chr(code) for code in range(0x20) if chr(code) != "\n"),
    *(chr(code) for code in range(0x7F, 0xA0)),
    *"\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029",
    "\ud800",
    "\udfff",
]
VIEWS = (
    ("family", "list"),
    ("family", "show", "LCS-0001-R"),
    ("person", "show", "P-0001-R"),
    ("referrer", "list"),
    ("referrer", "show", "REF-0001-R"),
    ("session", "list"),
    ("flag", "show", "SF-0001-R"),
    ("accident", "show", "AR-0001-R"),
    ("consent", "show", "CN-0001-R"),
    ("disclosure", "show", "EX-000001-R"),
    ("today",),
)


def fill(vault: Path, text: str) -> None:
    """One family of which every free text is ``text``, put in the rows as no command would put it there."""
    desk = open_desk(vault)
    with desk.db.transaction():
        change = next_number(desk.db, "change")
        desk.db.run("INSERT INTO family (id, name, changed) VALUES (1, ?, ?)", text, change)
        desk.db.run("INSERT INTO episode (family_id, number, opened_on) VALUES (1, 1, '2026-01-12')")
        desk.db.run(
            "INSERT INTO person (id, family_id, kind, given_name, family_name, date_of_birth, relationship, changed) "
            "VALUES (1, 1, 'child', ?, ?, '2019-03-27', ?, ?)",
            *(text, text, text, change),
        )
        sealed = people.seal_detail(desk.vault, 1, ContactField.ADDRESS, text)
        people.put_detail(desk.db, 1, ContactField.ADDRESS, sealed, change)
        desk.db.run("INSERT INTO referrer (id, name, kind, changed) VALUES (1, ?, 'court', ?)", text, change)
        desk.db.run(
            "INSERT INTO contact_session (family_id, id, held_on, starts, ends, room, changed) "
            "VALUES (1, 1, ?, '10:00', '11:00', ?, ?)",
            *(TODAY.isoformat(), text, change),
        )
        desk.db.run(
            "INSERT INTO legal_hold (id, family_id, kind, reason, placed_on, placed_by, owner) "
            "VALUES (1, 1, 'police', ?, '2026-01-12', 'U-001-R', 'U-001-R')",
            text,
        )
        draft = Flag(0, 1, FlagCategory.OTHER, TODAY, "U-001-R", (1,))
        safeguarding.add(desk.vault, draft, text, change)
        accidents.add(desk.vault, Accident(0, 1, TODAY, None, TODAY, "U-001-R"), text)
        desk.db.run(
            "INSERT INTO consent (id, person_id, given_by, details, referrer_id, purpose, given_from, given_how, "
            "evidence, recorded_on, recorded_by, recorded_change) VALUES (1, 1, 1, 'name', 1, 'housing', "
            "'2026-01-12', 'in-writing', ?, '2026-01-12', 'U-001-R', 1)",
            text,
        )
        desk.db.run(
            "INSERT INTO disclosure (id, kind, made_at, made_on, made_by, ground, rule, clause, recipient, purpose, "
            "fields, policy_version, rules_hash) VALUES (1, 'told', '2026-01-12T09:00:00Z', '2026-01-12', 'U-001-R', "
            "'safeguarding', 'safeguarding', '3', 'police', 'safeguarding', 'words', 1, '')"
        )
        disclosures.add_parts(desk.vault, 1, {}, {"what": text}, on=TODAY, at=desk.moment, by="U-001-R")
    desk.db.close()


def strings(value: Any) -> list[str]:
    """Every text in a JSON value."""
    if isinstance(value, dict):
        return [text for one in value.values() for text in strings(one)]
    if isinstance(value, list):
        return [text for one in value for text in strings(one)]
    return [value] if isinstance(value, str) else []


def written(result: Result, terminal: Typist, output: Output = Output.PEOPLE) -> str:
    """What a result looks like there."""
    render(result, terminal, output)
    return terminal.screen.getvalue()


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rich looks at the process's own environment: an ordinary wide terminal, wherever the tests run."""
    for name in ("NO_COLOR", "FORCE_COLOR", "ACCESSIBLE", "LCS_ACCESSIBLE", "GITHUB_ACTIONS", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "400")


@pytest.mark.parametrize("looked_at", [True, False], ids=["terminal", "pipe"])
@pytest.mark.parametrize("view", VIEWS, ids=" ".join)
def test_markup_in_a_name_is_text_in_every_view(vault: Path, view: tuple[str, ...], *, looked_at: bool) -> None:
    """Brackets, colons, braces and backslashes are shown as they were written."""
    fill(vault, MARKUP)
    ran = lcs(Typist(env=at(vault), looked_at=looked_at), *view)
    assert ran.code == 0
    assert MARKUP in ran.out


@pytest.mark.parametrize("looked_at", [True, False], ids=["terminal", "pipe"])
@pytest.mark.parametrize("view", VIEWS, ids=" ".join)
def test_a_stored_escape_sequence_is_shown_as_marks(vault: Path, view: tuple[str, ...], *, looked_at: bool) -> None:
    """Whatever got into the vault, the screen is not cleared, no title is set, no line runs backwards."""
    fill(vault, STEERING)
    ran = lcs(Typist(env=at(vault), looked_at=looked_at), *view)
    assert ran.code == 0
    assert NEUTRAL in ran.out
    own = ran.out.replace("\x1b[1m", "").replace("\x1b[0m", "")  # bold headings are ours
    assert not set(own) & set(NEVER_ON_SCREEN)


@pytest.mark.parametrize("text", [MARKUP, STEERING], ids=["markup", "steering"])
@pytest.mark.parametrize("view", VIEWS, ids=" ".join)
def test_json_gives_the_stored_text_unchanged(vault: Path, view: tuple[str, ...], text: str) -> None:
    """A script reads what is stored, byte for byte, at a terminal as in a pipe."""
    fill(vault, text)
    out = lcs(Typist(env=at(vault)), *view, "--json").out
    assert text in strings(json.loads(out))
    assert lcs(Typist(env=at(vault), looked_at=True), *view, "--json").out == out


@pytest.mark.parametrize("character", NEVER_ON_SCREEN, ids=ascii)
def test_a_character_that_could_steer_a_terminal_becomes_a_mark(character: str) -> None:
    """Control, escape, direction and lone surrogate characters, wherever they stand."""
    assert visible(f"a{character}b{character}") == "a\ufffdb\ufffd"


def test_ordinary_text_of_any_script_is_left_alone() -> None:
    """Accents, other scripts, joiners in names and line ends of a narrative are no steering."""
    ordinary = "Siân Łukasz Đorđe Nguyễn Адебайо محمد שרה\u200d “quoted” €5 🙂\nsecond line"
    assert visible(ordinary) == ordinary


TABLE = Table(["REF", "NAME"], [["LCS-0001-R", "Llwyd"], ["LCS-0002-W", "Kowalska"]], "Nobody is there.")


def test_a_table_is_drawn_at_a_terminal_and_plain_in_a_pipe() -> None:
    """The pipe gets columns of text and nothing else; the same cells are in both."""
    drawn = written(Result("x/1", [], [TABLE]), Typist(looked_at=True))
    plain = written(Result("x/1", [], [TABLE]), Typist())
    assert "─" in drawn
    assert plain == "REF         NAME\nLCS-0001-R  Llwyd\nLCS-0002-W  Kowalska\n"
    for row in TABLE.rows:
        assert all(cell in drawn for cell in row)


def test_no_colour_is_used_at_all() -> None:
    """Headings are bold at most: nothing is said by colour alone, so nothing is lost without it."""
    drawn = written(Result("x/1", [], [TABLE]), Typist(looked_at=True))
    assert "\x1b[1m" in drawn
    assert {part[:2] for part in drawn.split("\x1b[")[1:]} == {"1m", "0m"}


def test_no_color_takes_the_bold_away_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR leaves no escape sequence in the output."""
    monkeypatch.setenv("NO_COLOR", "1")
    drawn = written(Result("x/1", [], [TABLE]), Typist(looked_at=True, env={"NO_COLOR": "1"}))
    assert "\x1b" not in drawn
    assert "LCS-0001-R" in drawn


@pytest.mark.parametrize("name", ["ACCESSIBLE", "LCS_ACCESSIBLE"])
def test_the_accessible_mode_draws_no_box(name: str) -> None:
    """A screen reader gets the plain text of a pipe."""
    drawn = written(Result("x/1", [], [TABLE]), Typist(looked_at=True, env={name: "1"}))
    assert drawn == written(Result("x/1", [], [TABLE]), Typist())


def test_a_dumb_terminal_gets_plain_text() -> None:
    """TERM=dumb can draw neither box nor bold."""
    drawn = written(Result("x/1", [], [TABLE]), Typist(looked_at=True, env={"TERM": "dumb"}))
    assert drawn == written(Result("x/1", [], [TABLE]), Typist())


def test_a_table_too_wide_for_the_terminal_becomes_labels_and_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is cut or torn: a script finds the cell on one line, a person finds every word of it, unbroken."""
    monkeypatch.setenv("COLUMNS", "40")
    words = " ".join(f"word{number}" for number in range(60))
    result = Result("x/1", [], [Table(["REF", "NAME"], [["LCS-0001-R", words], ["LCS-0002-W", "short"]])])
    assert f"LCS-0001-R  {words}\n" in written(result, Typist())
    drawn = written(result, Typist(looked_at=True))
    assert max(map(len, drawn.splitlines())) <= 40
    assert drawn.startswith("REF:  LCS-0001-R\nNAME: word0 word1 ")
    assert drawn.endswith("\n\nREF:  LCS-0002-W\nNAME: short\n")
    assert drawn.split()[3:63] == words.split()


def test_a_long_line_is_broken_between_words_and_a_hash_never(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a person copies from the screen is whole."""
    monkeypatch.setenv("COLUMNS", "40")
    text = f"The trail is whole, as far as can be known. Head: {'a1' * 32}"
    drawn = written(Result("x/1", {}, [text]), Typist(looked_at=True))
    assert "a1" * 32 in drawn
    assert " ".join(drawn.split()) == text
    assert "The trail is whole, as far as can be" in drawn.splitlines()


def test_a_command_is_never_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is copied as it stands; only the prose around it goes on in another line."""
    monkeypatch.setenv("COLUMNS", "40")
    said = "next: a manager runs lcs audit accept --vault new   once; then lcs vault user list, and goes on."
    assert written(Result("x/1", {}, [said]), Typist(looked_at=True)).splitlines() == [
        "next: a manager runs",
        "lcs audit accept --vault new   once;",
        "then lcs vault user list, and goes on.",
    ]


def test_lines_stand_under_each_other_with_their_labels() -> None:
    """A value of several lines is indented under its first."""
    out = written(Result("x/1", {}, [Lines([("Reference", "SF-0001-R"), ("Said", "one\ntwo")])]), Typist())
    assert out == "Reference: SF-0001-R\nSaid:      one\n           two\n"


def test_an_empty_list_says_so_beside_the_data() -> None:
    """Standard output stays empty for a script; the person is told."""
    terminal = Typist()
    assert written(Result("x/1", [], [Table(["REF"], [], "Nobody is there.")]), terminal) == ""
    assert terminal.beside.getvalue() == "Nobody is there.\n"


def test_a_document_names_its_schema_first_and_a_list_its_items() -> None:
    """One object keeps its own names; a list stands under ``items``."""
    one = json.loads(written(Result("lcs.x/1", {"a": 1}), Typist(), Output.JSON))
    many = json.loads(written(Result("lcs.x/1", [{"a": 1}]), Typist(), Output.JSON))
    assert list(one.items()) == [("schema", "lcs.x/1"), ("a", 1)]
    assert many == {"schema": "lcs.x/1", "items": [{"a": 1}]}


def test_json_lines_are_one_object_a_line_whatever_is_in_them() -> None:
    """A line end in a value does not break the line."""
    rows = [{"a": "one\ntwo"}, {"a": "Siân\u2028"}]
    out = written(Result("lcs.x/1", rows), Typist(), Output.JSONL)
    assert [json.loads(line) for line in out.removesuffix("\n").split("\n")] == rows


def test_csv_is_read_back_as_it_was_and_holds_nothing_a_spreadsheet_would_run() -> None:
    """Commas, quotes and line ends survive; a cell that begins a formula is defused; truth is true or false."""
    rows = [{"a": 'x, "y"\nz', "b": True, "c": None, "d": ["P-0001-R"]}]
    rows += [{"a": f"{sign}SUM(A1)", "b": False, "c": "", "d": []} for sign in "=+-@"]
    out = written(Result("lcs.x/1", rows), Typist(), Output.CSV)
    read = list(csv.reader(io.StringIO(out)))
    assert read[0] == ["a", "b", "c", "d"]
    assert read[1] == ['x, "y"\nz', "true", "", "P-0001-R"]
    assert all(row[0].startswith("'") and row[1] == "false" for row in read[2:])


def test_csv_takes_rows_of_two_kinds() -> None:
    """A file is a family's or a staff entry's: a column that only some rows have is empty in the others."""
    rows = [{"family": "LCS-0001-R", "goes": {"attendance": 3}}, {"staff": "ST-001-R", "asks": ["x"], "goes": {}}]
    out = written(Result("lcs.x/1", rows), Typist(), Output.CSV)
    assert out == "family,staff,asks\nLCS-0001-R,,\n,ST-001-R,x\n"


def test_a_note_is_never_on_standard_output() -> None:
    """What to do next is for the person, beside the data, and is neutral as well."""
    terminal = Typist()
    assert written(Result("x/1", {"a": 1}, ["Saved."], ["next: \x1b[31mcome"]), terminal) == "Saved.\n"
    assert terminal.beside.getvalue() == "next: \ufffd[31mcome\n"


def test_rich_is_not_loaded_for_what_a_machine_reads(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """JSON, JSON lines, CSV and plain text are written without it, even at a terminal."""
    for name in [name for name in sys.modules if name.split(".")[0] == "rich"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "rich", None)
    fill(vault, MARKUP)
    for form in ("--json", "--jsonl", "--csv"):
        assert lcs(Typist(env=at(vault), looked_at=True), "family", "list", form).code == 0
    assert lcs(Typist(env=at(vault)), "family", "list").code == 0
