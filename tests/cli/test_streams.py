"""A long list is written while it is read: in constant memory, in every form, and with nobody kept from the vault."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lcs_cli.cli import opening
from lcs_cli.cli.render import Output, Result, Table, render
from lcs_cli.records.safeguarding import FlagCategory
from lcs_cli.services import flags
from lcs_cli.services.desk import Desk
from tests.cli.processes import ROOT, at_terminal, ended, python_environment
from tests.cli.typed import Typist, at, lcs
from tests.conftest import make_vault, open_desk, passphrase
from tests.services import stories

pytestmark = pytest.mark.filterwarnings("ignore:.*forkpty:DeprecationWarning")

MANY, FEW = 100_000, 1000
MORE_MEMORY = 12 * 1024  # KiB: ten times less than the rows of one list take
FORMS = {
    "plain": ("pipe", "200", ()),
    "json": ("pipe", "200", ("--json",)),
    "jsonl": ("pipe", "200", ("--jsonl",)),
    "csv": ("pipe", "200", ("--csv",)),
    "table": ("terminal", "200", ()),
}


def fill(vault: Path, entries: int) -> None:
    """A register of so many entries about one family, of which the last ones were made today; in one go."""
    desk = open_desk(vault)
    stories.family(desk)
    with desk.db.transaction():
        desk.db.run(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) INSERT INTO disclosure "
            "SELECT i, iif(i % 4, 'export', 'told'), '2026-11-26T09:00:00Z', iif(i > ?, '2026-11-26', '2026-11-01'), "
            "'U-001-R', 'safeguarding', 'safeguarding', '3', 'police', NULL, 'safeguarding', 'words', 1, ? FROM n",
            *(entries, entries - FEW, "0" * 64),
        )
        desk.db.run("INSERT INTO disclosure_family SELECT id, 1, NULL, NULL, 0 FROM disclosure")
    desk.db.close()


@pytest.fixture(scope="module")
def long_register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault with very many entries."""
    folder = tmp_path_factory.mktemp("long") / "vault"
    make_vault(folder)
    fill(folder, MANY)
    return folder


def listed(vault: Path, place: Path, form: str, *argv: str) -> tuple[int, int]:
    """List the register in a process of its own, to a file: the rows that it holds, and the most memory taken (KiB)."""
    looked_at, columns, options = FORMS[form]
    program = (sys.executable, "-m", "tests.cli.listed", str(place), looked_at, str(place.parent / "state"))
    ran = subprocess.run(
        [*program, "disclosure", "list", "--vault", str(vault), *options, *argv],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": columns},
        capture_output=True,
        text=True,
        check=True,
    )
    code, memory = map(int, ran.stderr.split())
    assert code == 0
    with place.open(encoding="utf-8") as file:
        return sum("EX-" in line for line in file), memory


@pytest.mark.parametrize("form", FORMS)
def test_a_long_list_takes_no_more_memory_than_a_short_one(long_register: Path, tmp_path: Path, form: str) -> None:
    """A hundred times as many rows, each of them written, from the same file."""
    few, little = listed(long_register, tmp_path / "few", form, "--from-day", "2026-11-26")
    many, most = listed(long_register, tmp_path / "many", form)
    assert (few, many) == (FEW, MANY)
    assert most - little < MORE_MEMORY


ROWS = [{"ref": f"EX-{n}", "text": "a\nb\u2028c\x85 “d”", "many": ["x", "y"], "flag": bool(n % 2)} for n in range(1200)]


def written(result: Result, output: Output) -> str:
    """What a result looks like in a pipe."""
    terminal = Typist()
    render(result, terminal, output)
    return terminal.screen.getvalue()


@pytest.mark.parametrize("count", [0, 1, 2, 500, 501, 1200])
@pytest.mark.parametrize("output", [Output.JSON, Output.JSONL, Output.CSV])
def test_a_stream_reads_as_a_list_does(output: Output, count: int) -> None:
    """Byte for byte, in every form for machines: whoever reads it need not know."""
    rows = ROWS[:count]
    assert written(Result("x/1", iter(rows)), output) == written(Result("x/1", rows), output)


def test_the_document_of_a_stream_is_json() -> None:
    """With its schema first, and every row among its items."""
    found = json.loads(written(Result("x/1", iter(ROWS)), Output.JSON))
    assert found == {"schema": "x/1", "items": ROWS}


@pytest.mark.parametrize("count", [1, 499, 500])
def test_a_short_stream_is_shown_as_a_list_is(count: int) -> None:
    """To a person in a pipe, as far as one batch goes."""
    rows = [[f"EX-{n}", "a\nb"] for n in range(count)]
    one = written(Result("x/1", iter([]), [Table(["REF", "TEXT"], iter(rows))]), Output.PEOPLE)
    assert one == written(Result("x/1", [], [Table(["REF", "TEXT"], rows)]), Output.PEOPLE)


def test_a_long_stream_has_its_headings_once_in_a_pipe_and_stays_lined_up() -> None:
    """Columns only ever grow wider."""
    rows = [["x" * (1 + n // 500), "y"] for n in range(1200)]
    lines = written(Result("x/1", iter([]), [Table(["A", "B"], iter(rows))]), Output.PEOPLE).splitlines()
    assert len(lines) == 1201
    assert [lines[n] for n in (0, 1, 501, 1001)] == ["A  B", "x  y", "xx  y", "xxx  y"]


def test_a_long_stream_that_does_not_fit_the_screen_is_labels_and_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the batch on in which it no longer fits, with an empty line between two rows."""
    monkeypatch.setenv("COLUMNS", "20")
    rows = [["x", "y" if n < 500 else "long enough to be torn"] for n in range(502)]
    terminal = Typist(looked_at=True)
    render(Result("x/1", iter([]), [Table(["A", "B"], iter(rows))]), terminal, Output.PEOPLE)
    lines = terminal.screen.getvalue().splitlines()
    assert lines[:2] == ["A  B", "x  y"]
    assert lines[500:] == ["x  y", *["", "A: x", "B: long enough to be", "   torn"] * 2]


def test_an_empty_stream_says_so_beside_the_data() -> None:
    """As an empty list does."""
    terminal = Typist()
    render(Result("x/1", iter([]), [Table(["A"], iter([]), "Nothing.")]), terminal, Output.PEOPLE)
    assert (terminal.screen.getvalue(), terminal.beside.getvalue()) == ("", "Nothing.\n")


@pytest.fixture
def opened(vault: Path, monkeypatch: pytest.MonkeyPatch) -> list[Desk]:
    """The desks that commands opened, over a register of some batches."""
    fill(vault, 1200)
    desks: list[Desk] = []
    really = opening.open_desk

    def remembered(*args: object, **kwargs: object) -> Desk:
        desks.append(really(*args, **kwargs))  # type: ignore[arg-type]
        return desks[-1]

    monkeypatch.setattr(opening, "open_desk", remembered)
    return desks


class Screen(io.StringIO):
    """A screen that does something at its second writing: when the first batch has been read."""

    def __init__(self, do: Callable[[], object]) -> None:
        super().__init__()
        self._do = do
        self._writings = 0

    def write(self, text: str) -> int:
        self._writings += 1
        if self._writings == 2:
            self._do()
        return super().write(text)


def test_others_can_write_while_somebody_reads_a_list(vault: Path, opened: list[Desk]) -> None:
    """However long they take: no transaction is open, and no query that would keep the file locked."""
    typist = Typist(env=at(vault))

    def meanwhile() -> None:
        assert not opened[0].db.in_transaction
        flags.raise_flag(open_desk(vault, "tomos"), "LCS-0001-R", FlagCategory.OTHER, "seen just now")

    typist.screen = typist.out = Screen(meanwhile)
    ran = lcs(typist, "disclosure", "list")
    assert (ran.code, len(ran.out.splitlines())) == (0, 1201)
    assert len(flags.listing(open_desk(vault), None)) == 1
    assert opened[0].db._connection is None


def test_a_list_that_breaks_off_leaves_nothing_open(vault: Path, opened: list[Desk]) -> None:
    """A full disk behind the output: one line says so, and the vault is closed."""
    typist = Typist(env=at(vault))

    def full() -> None:
        raise OSError(28, "No space left on device")

    typist.screen = typist.out = Screen(full)
    ran = lcs(typist, "disclosure", "list", "--jsonl")
    assert ran.code == 1
    assert "No space left on device" in ran.err
    assert opened[0].db._connection is None


def test_a_reader_who_has_seen_enough_ends_a_list_quietly(long_register: Path) -> None:
    """`lcs disclosure list | head`: the first line, and not a word about the pipe."""
    typed = f"{sys.executable} -m lcs_cli disclosure list --user amina --jsonl | head -n 1; echo over"
    child = at_terminal(["-c", typed], python_environment(long_register), long_register.parent, ("sh",))
    child.expect("Passphrase: ")
    child.sendline(passphrase("amina"))
    code, seen = ended(child)
    first, over = seen.strip().splitlines()
    assert (code, json.loads(first)["reference"], over) == (0, "EX-000001-R", "over")
