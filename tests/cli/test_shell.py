"""The shell's own work: what it completes, how it waits, and what it does when nobody types."""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from lcs_cli.cli import shell
from lcs_cli.cli.shell import IdleError, choices, line_reader
from lcs_cli.services import lookup
from lcs_cli.services.desk import Desk
from lcs_cli.vault.connection import Database
from tests.cli.typed import Typist, at, lcs
from tests.conftest import open_desk
from tests.services import stories

WORDS = {
    "today": ["--json"],
    "family add": ["--from", "--json"],
    "family show": ["--json"],
    "vault user add": ["--role"],
    "vault rotate": [],
}
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
