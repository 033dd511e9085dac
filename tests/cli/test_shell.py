"""The shell's own work: what it completes, how it waits, and what it does when nobody types."""

import gc
import os
import termios
import tty
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from lcs_cli.cli import shell
from lcs_cli.cli.pager import _show
from lcs_cli.cli.shell import IdleError, choices, line_reader
from lcs_cli.cli.terminal import Terminal
from lcs_cli.services import lookup
from lcs_cli.services.desk import Desk
from lcs_cli.vault.connection import Database
from tests.cli.processes import LONGEST
from tests.cli.typed import Screen, Typist, at, lcs
from tests.conftest import open_desk
from tests.services import stories

WORDS = {
    "today": ["--json"],
    "family add": ["--from", "--json"],
    "family show": ["--json"],
    "vault user add": ["--role"],
    "vault rotate": [],
}
ANYTHING: Any = object()
REFERENCES = ["LCS-0001-R", "LCS-0002-W", "P-0001-R"]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", ["family", "today", "vault"]),
        ("f", ["family"]),
        ("F", ["family"]),
        ("x", []),
        ("family ", ["add", "show"]),
        ("family s", ["show"]),
        ("vault ", ["rotate", "user"]),
        ("vault user ", ["add"]),
        ("family show ", REFERENCES),
        ("family show lcs", ["LCS-0001-R", "LCS-0002-W"]),
        ("family show P-", ["P-0001-R"]),
        ("family show LCS-0001-R -", ["--json"]),
        ("family add --f", ["--from"]),
        ("vault user add nia --", ["--role"]),
        ("fam show ", []),
        ("Kowalska ", []),
    ],
)
def test_a_line_is_completed_with_words_options_and_references(typed: str, offered: list[str]) -> None:
    """As far as it is known what can come next; nothing is offered after what is no command."""
    *before, begun = typed.split(" ")
    assert choices(WORDS, lambda: REFERENCES, before, begun) == offered


@pytest.fixture
def keys() -> Iterator[PipeInput]:
    """A keyboard, at a terminal that shows nothing."""
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        yield pipe


def test_a_line_is_read_as_it_was_typed(keys: PipeInput) -> None:
    """With what Tab completed, and the last line brought back."""
    read = line_reader(WORDS, lambda: REFERENCES)
    keys.send_text("fam\tsh\tlcs-0001\t\r")
    assert read(600) == "family show LCS-0001-R "
    keys.send_text("\x1b[A\r")
    assert read(600) == "family show LCS-0001-R "


def test_where_nobody_types_the_reader_gives_up(keys: PipeInput) -> None:
    """Half a line is no command: it does not keep the vault unlocked."""
    read = line_reader(WORDS, lambda: REFERENCES)
    keys.send_text("family sh")
    with pytest.raises(IdleError):
        read(0)


def test_the_ways_out_of_a_line_are_told_apart(keys: PipeInput, caplog: pytest.LogCaptureFixture) -> None:
    """Ctrl-C gives up the line, Ctrl-D leaves the shell; and no traceback comes onto the screen later."""
    read = line_reader(WORDS, lambda: REFERENCES)
    keys.send_text("family\x03")
    with pytest.raises(KeyboardInterrupt):
        read(600)
    keys.send_text("\x04")
    with pytest.raises(EOFError):
        read(600)
    gc.collect()
    assert caplog.records == []


# --- What the vault gives for it -------------------------------------------------------------------------------------

References = Callable[[], Iterable[str]]


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path, str], References]:
    """Open a shell as somebody, type one command in it, and look at what it would complete then."""

    def opened(vault: Path, user: str) -> References:
        found: list[References] = []

        def reader(_: Mapping[str, Sequence[str]], references: References) -> Callable[[float], str]:
            found.append(references)
            return typed

        def typed(_: float) -> str:
            seen.extend(found[0]())
            raise EOFError

        seen: list[str] = []
        monkeypatch.setattr(shell, "line_reader", reader)
        assert lcs(Typist(env=at(vault) | {"LCS_USER": user}), "shell").code == 0
        return lambda: seen

    return opened


def test_references_are_offered_to_those_who_may_look_them_up(
    vault: Path, offered: Callable[[Path, str], References]
) -> None:
    """A worker is offered no family; and neither is offered a name."""
    desk = open_desk(vault)
    household = stories.family(desk)
    stories.booked(desk, household.ref, desk.today)
    desk.db.close()
    assert {household.ref, *household.children, household.adult, "S-000001-R"} == set(offered(vault, "amina")())
    assert list(offered(vault, "tomos")()) == ["S-000001-R"]


def test_the_vault_is_closed_again_after_a_look_and_a_failure_offers_nothing(
    vault: Path, offered: Callable[[Path, str], References], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A completion that fails is not to throw its reasons onto the screen."""
    looked: list[Database] = []

    def broken(desk: Desk) -> list[str]:
        looked.append(desk.db)
        raise KeyError("Siân Llwyd of 1 Elm Row")

    monkeypatch.setattr(lookup, "references", broken)
    assert list(offered(vault, "amina")()) == []
    (database,) = looked
    assert database._connection is None


# --- Nobody is there -------------------------------------------------------------------------------------------------


def test_whoever_comes_back_to_a_question_unlocks_first() -> None:
    """Left at a question, or before a list, a shell is as open as at its prompt: it locks, and the command goes on."""
    terminal = Typist()
    said: list[str] = []
    lines = iter(["family add"])

    def unlock() -> None:
        said.append(terminal.beside.getvalue())
        assert terminal.unlocked is None
        terminal.unlocked = ANYTHING

    def asks(argv: Sequence[str], asked: Terminal) -> int:
        assert asked.left_alone is not None
        asked.left_alone()
        said.append(" ".join(argv))
        return 0

    def read(idle: float) -> str:
        assert idle == 600
        if (line := next(lines, None)) is None:
            raise EOFError
        return line

    terminal.unlocked = ANYTHING
    shell.run(terminal, unlock, asks, read, 600)
    assert said == ["Locked: 10 minutes without a command.\n", "family add"]


def test_a_question_is_asked_again_after_nobody_answered() -> None:
    """Half a line is no answer; what is answered after it was unlocked again is taken."""
    ours, theirs = os.openpty()
    tty.setraw(theirs, termios.TCSANOW)  # without an echo, and as it is typed
    came_back: list[str] = []
    screen = Screen()
    with os.fdopen(theirs, encoding="utf-8") as keyboard:
        terminal = Terminal(stdin=keyboard, err=screen)

        def left_alone() -> None:
            came_back.append("unlocked")
            os.write(ours, b"Ann\n")

        terminal.idle, terminal.left_alone = 0.1, left_alone
        assert terminal.ask("First name: ") == "Ann"
    os.close(ours)
    assert came_back
    assert screen.getvalue() == "First name: " * (len(came_back) + 1)


@pytest.mark.parametrize(("reads", "locks"), [("exec tail -f /dev/null", True), ("cat >/dev/null", False)])
def test_a_list_that_nobody_looks_at_is_taken_away(tmp_path: Path, reads: str, *, locks: bool) -> None:
    """`less` cannot know when somebody looked last: after as long as a question stands, it is ended."""
    pager = tmp_path / "less"
    pager.write_text(f"#!/bin/sh\n{reads}\n")
    pager.chmod(0o755)
    came_back: list[str] = []
    terminal = Typist(looked_at=True, env={"PATH": str(tmp_path)})
    terminal.idle, terminal.left_alone = 0.5 if locks else LONGEST, lambda: came_back.append("unlocked")
    _show("a line\n" * 100, str(pager), terminal)
    assert bool(came_back) == locks
