"""How an error is put into words: one line and a hint, and nothing of what somebody typed or of a record."""

import re
from pathlib import Path
from typing import Any

from typer.exceptions import TyperException

from lcs_cli.cli.dates import human_days
from lcs_cli.cli.render import visible
from lcs_cli.cli.terminal import Terminal
from lcs_cli.errors import FailedError, LcsError, RefusedError, UsageError

_UNKNOWN = r"(?s)^(No such (?:command|option):? )('[^']*'|\S+)"
_OUTSIDE = (OSError, UnicodeDecodeError, ImportError)


def report(error: LcsError, terminal: Terminal) -> None:
    """One line that says what is wrong, the clause in its own words where the policy refused, and what to do."""
    if terminal.log_json:
        clause = {"clause": error.clause, "rule": error.rule} if isinstance(error, RefusedError) else {}
        terminal.log("error", exit_code=error.exit_code, message=error.message, hint=error.hint, **clause)
        return
    terminal.note(visible(f"{error.label}: {human_days(error.message)}"))
    if isinstance(error, RefusedError) and error.quote:
        terminal.note(visible(f"policy {error.clause} says: {error.quote}"))
    if error.hint:
        terminal.note(visible(f"{error.hint_label}: {human_days(error.hint)}"))


def in_our_words(error: TyperException) -> str:
    """What is wrong with the command line, without repeating a value of it: that may be a name."""
    text = error.format_message()
    parameter = getattr(error, "param", None)
    if text.startswith("Missing"):
        return f"missing: {_spoken(parameter) if parameter is not None else 'a command'}"
    if text.startswith("Got unexpected extra argument"):
        return "unexpected extra argument: names and notes are asked for, never given on the command line"
    if parameter is None or not text.startswith("Invalid value"):
        return re.sub(_UNKNOWN, _known_word_only, text.rstrip("."))
    name = _spoken(parameter)
    if choices := getattr(parameter.type, "choices", None):
        return f"{name}: must be one of {', '.join(map(str, choices))}"
    if (least := getattr(parameter.type, "min", None)) is not None:
        return f"{name}: must be a number from {least} to {parameter.type.max}"
    return f"{name}: cannot be read"


def missing_word(error: TyperException) -> str | None:
    """The question for a word that the command line should hold; None where it is something else that is wrong."""
    parameter = getattr(error, "param", None)
    if parameter is None or parameter.param_type_name != "argument" or "Missing" not in error.format_message():
        return None
    return f"{parameter.help.rstrip('.')}: "


def unforeseen(error: Exception) -> LcsError:
    """What is said of an error that nobody has put into words; one of no memory left is the program's."""
    if isinstance(error, MemoryError):
        raise error
    return _from_outside(error) if isinstance(error, _OUTSIDE) else _from_inside(error)


def _from_outside(error: OSError | UnicodeDecodeError | ImportError) -> LcsError:
    """A file, a disk, a terminal or a machine that failed where nothing more can be said about it."""
    if isinstance(error, UnicodeDecodeError):
        return UsageError("what was typed is not UTF-8 text", "set the terminal to UTF-8")
    if isinstance(error, ImportError):  # of which a library is loaded part by part
        return FailedError("a part of lcs cannot be loaded", "free some memory; if that is no help, install lcs again")
    return FailedError(f"a file or folder stood in the way ({error.strerror})", "check paths and free space")


def _from_inside(error: Exception) -> LcsError:
    """A defect of ours: where it happened, and nothing of what was being done."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}" if place else "somewhere"
    return FailedError(f"{type(error).__name__} in {where}", "this is a defect of lcs: please report that line")


def _known_word_only(match: re.Match[str]) -> str:
    """An unknown command or option is repeated where it could be one; with spaces or capitals it may be a name."""
    return match[0] if re.fullmatch(r"'?-{0,2}[a-z][a-z-]{0,19}'?", match[2]) else match[1].rstrip(": ")


def _spoken(parameter: Any) -> str:
    """An option as it is typed, an argument as help shows it."""
    return str(parameter.opts[0] if parameter.opts[0].startswith("-") else parameter.metavar or parameter.name)
