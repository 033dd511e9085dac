"""The program: which command is which module's, and the one place where an error becomes an exit code."""

import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from keyword import iskeyword
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException

from lcs_cli import __version__
from lcs_cli.cli.closed_streams import open_on_nothing
from lcs_cli.cli.error_lines import in_our_words, missing_word, report, unforeseen
from lcs_cli.cli.options import group
from lcs_cli.cli.settings import Settings
from lcs_cli.cli.terminal import Terminal
from lcs_cli.cli.utf8 import use_utf8
from lcs_cli.errors import FailedError, LcsError, StoppedError, UsageError
from lcs_cli.records.value import Entity

COMMANDS = {
    "init": "Make a new vault.",
    "unlock": "Type the passphrase once for a run of commands.",
    "lock": "End what lcs unlock began.",
    "shell": "One passphrase, many commands.",
    "status": "How the vault stands.",
    "today": "What the day holds.",
    "find": "Find people and families by name, reference or telephone.",
    "undo": "Take back your own last change.",
    "doctor": "Check the vault and its files.",
    "demo": "Try the main job on a throw-away vault with invented families.",
}
GROUPS = {
    "family": "Families: register, show, correct, close.",
    "person": "Children and adults of a family.",
    "referrer": "Who refers families.",
    "referral": "Referrals: the link between a family and a referrer.",
    "session": "Contact sessions: book, supervise, move, cancel.",
    "attendance": "Attendance: record, correct, export.",
    "staff": "Staff and volunteers: who works here, and who is vetted.",
    "import": "Bring in spreadsheets: XLSX and CSV.",
    "flag": "Safeguarding concerns.",
    "accident": "Accident records.",
    "document": "Documents, sealed in the vault.",
    "paper": "The register of files on paper.",
    "request": "Requests for the records held about somebody.",
    "consent": "Consents to what is told: record, withdraw, check.",
    "disclosure": "What was told to whom, and what was not: the register.",
    "report": "Reports for court proceedings: requested, agreed, produced.",
    "permission": "What senior management permits in contact rooms.",
    "retention": "What is kept how long, its review and disposal.",
    "schedule": "Ready-made jobs for cron and systemd.",
    "policy": "The confidentiality policy.",
    "audit": "The trail of who did what.",
    "vault": "Who may open the vault, its keys and its backups.",
    "config": "Settings, and where each comes from.",
}
_PLAIN = "type it, or paste it from plain text"


class Run(Entity):
    """What the commands share: the terminal they talk to, and the exit code they leave."""

    terminal: Terminal
    exit_code: int = 0

    @contextmanager
    def telling(self, once: str = "") -> Iterator[None]:
        """Let out what a command has to say; where nobody takes it, the command is done all the same.

        ``once`` is what to do then about something that is shown once.
        """
        try:
            yield
            self.terminal.out.flush()
        except OSError as error:
            if isinstance(error, BrokenPipeError) and not once:
                raise  # whoever reads has seen enough
            raise FailedError(
                f"standard output takes nothing ({error.strerror})",
                once or "the command is done: look before you run it again",
            ) from error


LOG = "--log-json"
_NO_MEMORY = FailedError("there is not enough memory", "close other programs, then try again")


def main(argv: Sequence[str], terminal: Terminal) -> int:
    """Run one command line; the exit code. With a log, whatever becomes of it is in there, from the first line on."""
    if LOG not in argv:
        return _main(argv, terminal)
    terminal.log_json = True
    try:
        terminal.log("start", version=__version__)
        code = _main(argv, terminal)
        terminal.log("end", exit_code=code)
        return code
    finally:
        terminal.log_json = False


def _main(argv: Sequence[str], terminal: Terminal) -> int:
    """Run one command line; the exit code."""
    try:
        return _run(argv, terminal)
    except MemoryError as error:
        error.__context__ = error.__traceback__ = None  # what they hold is needed to say anything at all
    report(_NO_MEMORY, terminal)
    return _NO_MEMORY.exit_code


def _run(argv: Sequence[str], terminal: Terminal) -> int:
    """Run one command line; the exit code. Only the module of the named command is imported."""
    run_ = Run(terminal)
    try:
        argv = _command_first(argv)
        if argv[:1] == ["help"]:
            argv = [*argv[1:], "--help"]
        if len(argv) == 1 and argv[0] in GROUPS:
            argv = [*argv, "--help"]
        if argv[:1] == ["--version"]:
            with run_.telling():
                terminal.write(f"lcs {__version__}\n")
            return 0
        code = _carry_out(argv, run_)
        with run_.telling():
            pass
        if code == StoppedError.exit_code:  # Typer has caught the interrupt
            raise KeyboardInterrupt
        return run_.exit_code or (code if isinstance(code, int) else 0)
    except LcsError as error:
        report(error, terminal)
        return error.exit_code
    except TyperException as error:
        turned = len(argv) > 1 and argv[1] in GROUPS and argv[0] not in GROUPS
        hint = f"did you mean: lcs {argv[1]} {argv[0]}" if turned else f"lcs {_command_words(argv)}--help"
        report(UsageError(in_our_words(error), hint), terminal)
        return UsageError.exit_code
    except (KeyboardInterrupt, typer.Abort, EOFError):
        terminal.note("")
        report(StoppedError("nothing more was changed"), terminal)
        return StoppedError.exit_code
    except BrokenPipeError:
        return StoppedError.exit_code
    except Exception as error:  # noqa: BLE001 -- a traceback could show what a person typed
        found = unforeseen(error)
        report(found, terminal)
        return found.exit_code


def _carry_out(argv: Sequence[str], run_: Run) -> object:
    """Run the command that is named; a word that is missing is asked for, where somebody is there to be asked."""
    try:
        return build(argv)(args=list(argv) or ["--help"], prog_name="lcs", standalone_mode=False, obj=run_)
    except TyperException as error:
        question = missing_word(error)
        if question is None or not run_.terminal.can_ask or "--no-input" in argv:
            raise
        typed = run_.terminal.ask(question).strip()
        if typed == ".":
            raise StoppedError("nothing was changed") from error
        if not typed or typed.startswith("-"):
            raise
    return _carry_out(_command_first([*argv, typed]), run_)


def build(argv: Sequence[str], *, everything: bool = False) -> typer.Typer:
    """The program with the commands of the named module; without one, the names of all there are."""
    app = group("Records for a children's contact service: its confidentiality policy, made executable.")
    app.info.epilog = "Start with: lcs demo   or   lcs init"
    app.callback()(_program)
    first = argv[0] if argv else ""
    named = first in COMMANDS or first in GROUPS
    for name, text in COMMANDS.items():
        if everything or name == first:
            app.registered_commands += _module(name).registered_commands
        elif not named:
            app.command(name, help=text)(_named_elsewhere)
    for name, text in GROUPS.items():
        if everything:
            app.add_typer(_module(name), name=name)
        elif name == first:
            app.add_typer(_named_only(_module(name), argv[1:2]), name=name)
        elif not named:
            app.add_typer(group(text), name=name)
    return app


def commands() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command there is, by its words; those without a group first."""

    def walk(found: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
        for name, one in sorted(found.commands.items(), key=lambda item: (item[0] not in COMMANDS, item[0])):
            if hasattr(one, "commands"):
                if one.invoke_without_command:
                    yield (*path, name), one
                yield from walk(one, (*path, name))
            else:
                yield path if path[-1:] == (name,) else (*path, name), one

    return walk(typer.main.get_group(build([], everything=True)), ())


def _command_first(argv: Sequence[str]) -> list[str]:
    """`lcs --vault FOLDER today` is `lcs today --vault FOLDER`: the shared options may stand before the command."""
    if any("\0" in word for word in argv):  # the shell takes what was pasted, and no file can be called so
        raise UsageError("the command line holds a NUL character", _PLAIN)
    try:
        "".join(argv).encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:  # of a file's name the system hands on what is no text; this is neither
        raise UsageError("the command line holds half a character", _PLAIN) from error
    words, shared = list(argv), []
    while words and words[0].partition("=")[0] in ("--vault", "--user", "--key-file", "--no-input", "--json"):
        taken = 2 if words[0] in ("--vault", "--user", "--key-file") else 1
        shared += words[:taken]
        words = words[taken:]
    return words + shared


def run() -> None:
    """The entry point: real clock, real environment, real terminal."""
    open_on_nothing()
    use_utf8()
    _close_memory(sys.argv[1:])
    code = main(sys.argv[1:], Terminal(env=Settings(os.environ)))
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains at exit
    gc.freeze()  # the process ends and gives everything back: looking through it first takes a tenth of a look-up
    sys.exit(code)


def _close_memory(argv: Sequence[str]) -> None:
    """Have the system write no image of this process, which may hold a passphrase and keys, where it would.

    A shell holds keys for long: it is closed to debuggers too. For a short command that would take longer than it.
    """
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if _command_first(argv)[:1] == ["shell"]:
        from lcs_cli.vault.agent_process import harden

        harden()


def _named_only(module: typer.Typer, named: Sequence[str]) -> typer.Typer:
    """A group with the one command or group that is named, or else the names of all: to build them takes longer."""
    found = [one for one in module.registered_commands if [one.name] == list(named)]
    groups = [one for one in module.registered_groups if [one.name] == list(named)]
    trimmed = group(str(module.info.help))
    trimmed.registered_commands, trimmed.registered_groups = found, groups
    if not found and not groups:
        for command in module.registered_commands:
            trimmed.command(command.name, short_help=command.short_help)(_named_elsewhere)
        for within in module.registered_groups:
            if inner := within.typer_instance:
                named_alone = group(str(inner.info.help))
                named_alone.registered_callback = inner.registered_callback
                trimmed.add_typer(named_alone, name=within.name)
    return trimmed


def _program(
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    """The program itself: `main` answers --version before anything is loaded; here it is only listed."""


def _named_elsewhere() -> None:
    """A command whose module is loaded when it is named."""


def _module(name: str) -> typer.Typer:
    found = import_module(f"lcs_cli.cli.commands.{name}{'_' if iskeyword(name) else ''}").app
    if not isinstance(found, typer.Typer):
        raise TypeError(name)
    return found


def _command_words(argv: Sequence[str]) -> str:
    """The groups and the command that were named, for the hint."""
    words: list[str] = []
    group_: Any = typer.main.get_group(build(argv))
    for word in argv:
        group_ = getattr(group_, "commands", {}).get(word)
        if group_ is None:
            break
        words.append(word)
    return "".join(f"{word} " for word in words)
