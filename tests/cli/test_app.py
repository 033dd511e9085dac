"""The program as a whole: help, examples, suggestions, exit codes, and that nothing typed is said back."""

import errno
import inspect
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from lcs_cli import __version__, errors
from lcs_cli.cli.app import COMMANDS, GROUPS, commands
from lcs_cli.errors import DONE, EXIT_CODES, WAITING, LcsError
from lcs_cli.records.clock import LAST_DAY
from tests.cli.typed import Screen, Typist, at, lcs
from tests.limits import nothing_grows

EXAMPLE = re.compile(r"^\s*(?:Examples?:)?\s*lcs (.+)$", re.MULTILINE)
SHARED = {"vault", "user", "key_file", "no_input", "json"}
LISTED = {"jsonl", "csv"}


ALL = dict(commands())


@pytest.mark.parametrize("argv", [(), ("--help",), ("-h",)], ids=["bare", "--help", "-h"])
def test_bare_lcs_prints_the_help_and_ends_well(argv: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever types the name alone learns what there is, and that is no error."""
    ran = lcs(Typist(), *argv)
    seen = ran.out + capsys.readouterr().out
    assert ran.code == 0
    assert ran.err == ""
    assert "Start with: lcs demo   or   lcs init" in seen
    for name in (*COMMANDS, *GROUPS):
        assert re.search(rf"^  {name} ", seen, re.MULTILINE)


def test_the_version_is_one_line() -> None:
    """Name and number, and nothing of a vault."""
    ran = lcs(Typist(asks=False), "--version")
    assert (ran.code, ran.out, ran.err) == (0, f"lcs {__version__}\n", "")


@pytest.mark.parametrize("name", ALL, ids=" ".join)
def test_every_command_says_what_it_does_with_an_example_that_works(name: tuple[str, ...]) -> None:
    """The example in the help is a line that the program itself can read."""
    text = inspect.cleandoc(ALL[name].help or "")
    assert re.match(r"[A-Z].*[.]$", text.splitlines()[0])
    examples = EXAMPLE.findall(text)
    assert examples
    for line in examples:
        words = shlex.split(line)
        assert tuple(words[: len(name)]) == name
        ALL[name].make_context(" ".join(name), words[len(name) :])


@pytest.mark.parametrize("name", ALL, ids=" ".join)
def test_every_option_and_argument_is_explained(name: tuple[str, ...]) -> None:
    """One line of help each, that ends with a full stop or an example."""
    for parameter in ALL[name].params:
        assert getattr(parameter, "help", None), parameter.name


@pytest.mark.parametrize("name", ALL, ids=" ".join)
def test_every_command_has_the_shared_options_and_every_list_its_forms(name: tuple[str, ...]) -> None:
    """The same words everywhere; JSON lines and CSV where there are rows."""
    names = {parameter.name for parameter in ALL[name].params}
    assert names >= SHARED
    assert (name[-1] == "list") <= (names >= LISTED)


@pytest.mark.parametrize("name", ALL, ids=" ".join)
def test_no_command_takes_a_secret_a_name_or_a_note_as_a_word(name: tuple[str, ...]) -> None:
    """They would stand in the shell's history and in the list of processes. A flag takes no word."""
    for parameter in ALL[name].params:
        is_flag = getattr(parameter, "is_flag", False)
        assert is_flag or not re.search(
            r"pass|secret|narrative|reason|note|address|telephone|email|birth", parameter.name
        )
        if parameter.param_type_name == "argument":
            assert parameter.nargs == 1
            assert not parameter.name.endswith("_name")


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_the_help_of_a_command_is_shown_without_a_vault(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody needs a passphrase to read what a command does."""
    assert lcs(Typist(asks=False), "family", "add", option).code == 0
    assert "Register a family" in capsys.readouterr().out


@pytest.mark.parametrize("name", GROUPS)
def test_the_name_of_a_group_alone_tells_its_commands(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """As bare ``lcs`` does: what can be done with it is one word away, in the help or in a hint that names it."""
    ran = lcs(Typist(), name)
    seen = ran.out + ran.err + capsys.readouterr().out
    assert f"lcs {name}" in seen
    assert "--help" in seen


@pytest.mark.parametrize(
    ("argv", "meant"),
    [
        (("famly", "list"), "family"),
        (("sesion",), "session"),
        (("retetnion", "sweep"), "retention"),
        (("family", "shw"), "show"),
        (("family", "lst"), "list"),
        (("vault", "user", "ad"), "add"),
    ],
)
def test_a_misspelt_command_is_answered_with_the_one_that_was_meant(argv: tuple[str, ...], meant: str) -> None:
    """One line, exit code 2."""
    ran = lcs(Typist(), *argv)
    assert ran.code == 2
    assert ran.out == ""
    assert re.search(rf"\b{meant}\b", ran.err.splitlines()[0])


@pytest.mark.parametrize(
    "argv",
    [
        ("family", "show", "LCS-0001-R", "Siân"),
        ("family", "show", "LCS-0001-R", "Siân", "Llwyd"),
        ("family", "add", "Siân Llwyd"),
        ("person", "edit", "P-0001-R", "Siân"),
        ("retention", "hold", "LCS-0001-R", "--kind", "Siân"),
        ("flag", "raise", "LCS-0001-R", "--category", "Siân"),
        ("accident", "add", "LCS-0001-R", "--on", "Siân"),
        ("accident", "add", "LCS-0001-R", "--on", "today", "--at", "Siân"),
        ("accident", "add", "LCS-0001-R", "--child", "Siân"),
        ("accident", "show", "Siân"),
        ("vault", "user", "add", "ceri", "--role", "Siân"),
        ("referral", "decide", "RL-0001-R", "--outcome", "Siân"),
        ("attendance", "export", "--to", "REF-0001-R", "--format", "Siân"),
        ("audit", "list", "--limit", "Siân"),
        ("family", "show", "Siân"),
        ("family", "show", "Siân2019"),
        ("family", "close", "Siân", "--yes"),
        ("family", "close", "LCS-0001-R", "--on", "Siân"),
        ("session", "book", "LCS-0001-R", "--on", "today", "--at", "Siân", "--until", "11:00", "--room", "Siân"),
        ("attendance", "export", "--to", "Siân"),
        ("attendance", "export", "--to", "REF-0001-R", "--purpose", "Siân"),
        ("attendance", "export", "--again", "Siân"),
        ("policy", "give", "--to", "Siân"),
        ("policy", "show", "--clause", "Siân"),
        ("audit", "list", "--about", "Siân"),
        ("retention", "due", "--as-of", "Siân"),
        ("retention", "approve", "--list", "Siân"),
    ],
    ids=" ".join,
)
def test_what_was_typed_in_the_wrong_place_is_not_said_back(vault: Path, argv: tuple[str, ...]) -> None:
    """A name among the words must not reach a log: the message says what is wrong, not what was typed."""
    ran = lcs(Typist(["y"], env=at(vault)), *argv)
    assert ran.code in (0, 2, 4, 5)
    assert "Si" not in ran.out + ran.err
    assert len([line for line in ran.err.splitlines() if line.startswith(("error: ", "refused "))]) <= 1


def test_an_unknown_option_is_named_and_its_value_is_not() -> None:
    """The option is a word of the program; what follows it may be anything."""
    ran = lcs(Typist(), "family", "show", "LCS-0001-R", "--nickname", "Siân")
    assert ran.code == 2
    assert "--nickname" in ran.err
    assert "Siân" not in ran.err


def test_a_value_that_is_one_of_a_few_words_is_answered_with_the_words() -> None:
    """Not with a type of the programming language."""
    ran = lcs(Typist(), "vault", "user", "add", "ceri", "--role", "boss")
    assert ran.code == 2
    assert "must be one of administrator, worker, safeguarding-lead, manager, senior-manager" in ran.err


def every_error(base: type[LcsError] = LcsError) -> Iterator[type[LcsError]]:
    """All errors that the program can report."""
    yield base
    for one in base.__subclasses__():
        yield from every_error(one)


def test_every_exit_code_means_one_thing() -> None:
    """The codes are a promise to scripts: two meanings never share one."""
    own = [one for one in every_error() if one.exit_code != LcsError.exit_code]
    codes = [one.exit_code for one in own] + [DONE, WAITING, LcsError.exit_code]
    assert len(codes) == len(set(codes))
    assert set(codes) == set(EXIT_CODES)
    assert len(EXIT_CODES.values()) == len(set(EXIT_CODES.values()))
    assert {error.__name__ for error in own} <= set(vars(errors))


def test_the_exit_codes_are_those_that_were_promised() -> None:
    """A number that a script knows never changes its meaning."""
    assert set(EXIT_CODES) == {0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 130}


def test_a_defect_of_ours_is_one_line_that_holds_nothing_of_what_was_done(
    vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A traceback could show a name or a passphrase; what is shown says where it was, for the report."""

    def broken(*_: object) -> None:
        raise KeyError("Siân Llwyd of 1 Elm Row")

    monkeypatch.setattr("lcs_cli.services.overview.today", broken)
    ran = lcs(Typist(env=at(vault)), "today")
    assert ran.code == 1
    assert re.fullmatch(
        r"error: KeyError in test_app\.py:\d+\nhint: this is a defect of lcs: please report that line\n", ran.err
    )
    assert "Elm" not in ran.out + ran.err


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "error: there is not enough memory\nhint: close other programs, then try again\n"),
        (
            ImportError("libssl.so: cannot allocate"),
            "error: a part of lcs cannot be loaded\nhint: free some memory; if that is no help, install lcs again\n",
        ),
    ],
    ids=["memory", "a part"],
)
def test_a_machine_without_memory_is_no_defect_of_ours(
    vault: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    """It is said in one line, also where the report of it ran out of memory before."""

    def broken(*_: object) -> None:
        raise error

    monkeypatch.setattr("lcs_cli.services.overview.today", broken)
    ran = lcs(Typist(env=at(vault)), "today")
    assert (ran.code, ran.err) == (1, said)


def test_a_program_that_cannot_be_loaded_says_so_in_a_line() -> None:
    """A library that is missing, or finds no memory: no traceback, at the very start."""
    script = "import sys; sys.modules['typer'] = None; import lcs_cli.__main__"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert re.fullmatch(
        r"error: lcs cannot be loaded: [^\n]*typer[^\n]*\nhint: free some memory, or install it again\n", ran.stderr
    )


def test_what_goes_on_without_the_trail_says_so(vault: Path) -> None:
    """On a disk that takes nothing more: how the vault stands is shown, and a record is not."""
    terminal = Typist(env=at(vault))
    with nothing_grows():
        stands, shown = lcs(terminal, "status"), lcs(terminal, "family", "list")
        looked = lcs(terminal, "family", "show", "LCS-0042-L")
    assert (stands.code, shown.code, shown.out, looked.code) == (0, 1, "", 1)
    assert "warning: the disk could not be read or written: this is not on the trail\n" in stands.err
    for ran in (shown, looked):  # what is said of a reference may tell of records as well
        assert "this cannot be put on the trail, so nothing is shown or handed out" in ran.err


def test_a_clock_by_which_nothing_can_be_dated_is_said(vault: Path) -> None:
    """One entry of the last day of the calendar would keep the trail from being verified for good."""
    ran = lcs(Typist(env=at(vault), day=date.max), "status")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "error: this machine's clock shows Fri 31 Dec 9999\nhint: set the clock\n"
    assert lcs(Typist(env=at(vault), day=LAST_DAY), "audit", "verify").code == 0


class Full(Screen):
    """A screen that is a file on a full disk."""

    def flush(self) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(("argv", "code"), [(("status",), 0), (("family", "shw"), 2), (("find", "Kowalska"), 4)])
def test_where_nobody_takes_what_is_said_beside_it_the_code_says_it(
    vault: Path, argv: tuple[str, ...], code: int
) -> None:
    """A refusal is one, also with standard error on a full disk."""
    terminal = Typist(env=at(vault) | {"LCS_USER": "tomos"})
    terminal.err = Full()
    assert lcs(terminal, *argv).code == code


def test_a_recovery_key_that_nobody_took_is_made_anew(vault: Path) -> None:
    """It is shown once: where standard output takes nothing the vault is there all the same, and what to do is said."""
    terminal = Typist(env=at(new := vault.parent / "new"))
    terminal.out = Full()
    ran = lcs(terminal, "init", "--user", "amina")
    assert ran.code == 1
    assert "hint: the vault is made; for a recovery key that somebody has seen: lcs vault user recover rec" in ran.err
    again = lcs(Typist(env=at(new)), "vault", "user", "recover", "recovery")
    key = re.search(r"Recovery key: +(\S+)", again.out)
    assert key
    assert lcs(Typist(env=at(new) | {"LCS_USER": "recovery"}, recovery_key=key[1]), "status").code == 0


@pytest.mark.parametrize("argv", [("--version",), ("status",), ("family", "list"), ("family", "shw")])
def test_what_nobody_can_take_is_said_in_a_line(vault: Path, argv: tuple[str, ...]) -> None:
    """Standard output goes to a full disk: that is said beside it, and the code says so too."""
    terminal = Typist(env=at(vault))
    terminal.out = Full()
    ran = lcs(terminal, *argv)
    known = argv != ("family", "shw")
    assert ran.code == (1 if known else 2)
    assert ("error: standard output takes nothing (No space left on device)\n" in ran.err) == known
