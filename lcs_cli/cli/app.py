"""The program: which command is which module's, and the one place where an error becomes a line and an exit code."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

import typer
from typer.exceptions import TyperException

from lcs_cli import __version__
from lcs_cli.cli.options import group
from lcs_cli.cli.render import visible
from lcs_cli.cli.terminal import Terminal
from lcs_cli.errors import STOPPED, LcsError, RefusedError, UsageError

COMMANDS = {
    "init": "Make a new vault.",
    "status": "How the vault stands.",
    "today": "What the day holds.",
    "doctor": "Check the vault and its files.",
    "demo": "Try the main job on a throw-away vault with invented families.",
}
GROUPS = {
    "family": "Families: register, show, correct, close.",
    "person": "Children and adults of a family.",
    "referrer": "Who refers families.",
    "referral": "Referrals: the link between a family and a referrer.",
    "session": "Contact sessions: book, move, cancel.",
    "attendance": "Attendance: record, correct, export.",
    "flag": "Safeguarding concerns.",
    "retention": "What is kept how long, its review and disposal.",
    "policy": "The confidentiality policy.",
    "audit": "The trail of who did what.",
    "vault": "Who may open the vault.",
}


@dataclass
class Run:
    """What the commands share: the terminal they talk to, and the exit code they leave."""

    terminal: Terminal
    exit_code: int = 0


def main(argv: Sequence[str], terminal: Terminal) -> int:
    """Run one command line; the exit code. Only the module of the named command is imported."""
    run_ = Run(terminal)
    try:
        if list(argv) == ["--version"]:
            terminal.write(f"lcs {__version__}\n")
            return 0
        code = build(argv)(args=list(argv) or ["--help"], prog_name="lcs", standalone_mode=False, obj=run_)
        terminal.out.flush()
        return run_.exit_code or (code if isinstance(code, int) else 0)
    except LcsError as error:
        report(error, terminal)
        return error.exit_code
    except TyperException as error:
        report(UsageError(_without_values(error), "lcs --help, or --help after the command"), terminal)
        return UsageError.exit_code
    except (KeyboardInterrupt, typer.Abort, EOFError):
        terminal.note("\nstopped: nothing more was changed")
        return STOPPED
    except BrokenPipeError:
        return STOPPED


def build(argv: Sequence[str], *, everything: bool = False) -> typer.Typer:
    """The program with the commands of the named module, and only the names of all others."""
    app = group("Records for a children's contact service: its confidentiality policy, made executable.")
    app.info.epilog = "Start with: lcs demo   or   lcs init"
    app.callback()(_root)
    first = argv[0] if argv else ""
    for name, text in COMMANDS.items():
        if everything or name == first:
            app.registered_commands += _module(name).registered_commands
        else:
            app.command(name, help=text)(_root)
    for name, text in GROUPS.items():
        app.add_typer(_module(name) if everything or name == first else group(text), name=name)
    return app


def report(error: LcsError, terminal: Terminal) -> None:
    """One line that says what is wrong, the clause in its own words where the policy refused, and what to do."""
    terminal.note(visible(f"{error.label}: {error.message}"))
    if isinstance(error, RefusedError) and error.quote:
        terminal.note(visible(f"policy {error.clause} says: {error.quote}"))
    if error.hint:
        terminal.note(visible(f"{error.hint_label}: {error.hint}"))


def run() -> None:
    """The entry point: real clock, real environment, real terminal."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    code = main(sys.argv[1:], Terminal())
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains at exit
    sys.exit(code)


def _root() -> None:
    """The program itself: every word of it is a command."""


def _module(name: str) -> typer.Typer:
    found = import_module(f"lcs_cli.cli.commands.{name}").app
    if not isinstance(found, typer.Typer):
        raise TypeError(name)
    return found


def _without_values(error: TyperException) -> str:
    """Typer repeats stray words of the command line; a name among them must not reach a log."""
    text = error.format_message()
    if text.startswith("Got unexpected extra argument"):
        return "unexpected extra argument: names and notes are asked for, never given on the command line"
    return text.rstrip(".")
