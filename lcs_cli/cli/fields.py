"""What is asked for: a field, and how each kind of answer is read."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from enum import Enum
from typing import Any

from lcs_cli.cli.context import Command
from lcs_cli.errors import RefusedError, UsageError
from lcs_cli.records.value import Value
from lcs_cli.services import checks

Parse = Callable[[Command, str, str], Any]
_TIME = r"([0-9]{1,2})[:.]?([0-9]{2})"
_TWELVE_HOURS = r"(?i)(1[0-2]|0?[1-9])(?:[:.]([0-9]{2}))?\s*([ap])\.?m\.?"


class Field(Value):
    """One field: its key in JSON, its label in errors, how it is read, its default, and how it is asked for.

    ``default`` is text as it would be typed; "" makes the field optional, None makes it required. Without a
    ``question`` of its own the label is the question. ``several`` may be a list of texts in JSON.

    ``corrects``: in JSON, empty text is a slip and not left out. ``clears``: “none”, or null in JSON, is `NOTHING`.
    """

    key: str
    label: str
    parse: Parse
    default: str | None = None
    question: str = ""
    several: bool = False
    corrects: bool = False
    clears: bool = False


class Cleared(Enum):
    """What takes a value away, where leaving a field out keeps it."""

    NOTHING = "none"


NOTHING = Cleared.NOTHING


@contextmanager
def asked_again() -> Iterator[None]:
    """An answer that the policy refuses is asked for again at once, as a slip is: what was typed before it is kept."""
    try:
        yield
    except RefusedError as refusal:
        error = UsageError(refusal.message, refusal.hint)
        error.label, error.hint_label = refusal.label, refusal.hint_label
        raise error from refusal


def text(_command: Command, label: str, typed: str) -> str:
    """Any text that is fit to be stored; how long it may be is checked by the use case."""
    if not typed:
        raise UsageError(f"{label}: must not be empty", checks.hint(label))
    return checks.prose(label, typed)


def name(_command: Command, label: str, typed: str) -> str:
    """Somebody's name."""
    return checks.name(label, typed)


def prose(command: Command, label: str, typed: str) -> str:
    """A text of several paragraphs: where they are pasted, they are taken together."""
    return text(command, label, typed)


def day(command: Command, label: str, typed: str) -> Any:
    """A day."""
    return command.day(label, typed)


def past_day(command: Command, label: str, typed: str) -> Any:
    """A day that has come: a later one is asked for again at once."""
    return checks.past(label, command.day(label, typed), command.today)


def judged(parse: Parse, check: Callable[[Command, Any], object]) -> Parse:
    """What is read by ``parse``, and at a terminal checked at once: what would be refused is asked for again."""
    if isinstance(parse, OneOf):
        return OneOf(parse.words, check)

    def checked(command: Command, label: str, typed: str) -> Any:
        found = parse(command, label, typed)
        if command.can_ask:
            with asked_again(), command.judging():
                check(command, found)
        return found

    return checked


def future_day(command: Command, label: str, typed: str) -> Any:
    """A day still to come."""
    return checks.future(label, command.day(label, typed), command.today)


def not_before(first: date) -> Parse:
    """A day that does not come before another one: asked for again at once."""

    def parse(command: Command, label: str, typed: str) -> date:
        last: date = command.day(label, typed)
        if last < first:
            raise UsageError(f"{label}: must not be before {first.isoformat()}", "give a later day")
        return last

    return parse


def time_of_day(_command: Command, label: str, typed: str) -> str:
    """A time of the 24-hour clock: 9:30, 09.30, 0930 and 9.30am are all 09:30, 2pm is 14:00."""
    if spoken := re.fullmatch(_TWELVE_HOURS, typed.strip()):
        hour = int(spoken[1]) % 12 + (12 if spoken[3].lower() == "p" else 0)
        return checks.time_of_day(label, f"{hour:02d}:{spoken[2] or '00'}")
    parts = re.fullmatch(_TIME, typed.strip())
    return checks.time_of_day(label, f"{int(parts[1]):02d}:{parts[2]}" if parts else typed)


def time_come(day: date) -> Parse:
    """A time of that day that has come: a later one is asked for again at once."""

    def parse(command: Command, label: str, typed: str) -> str:
        return checks.come(label, day, time_of_day(command, label, typed), command.local)

    return parse


def yes_no(_command: Command, label: str, typed: str) -> bool:
    """Yes or no."""
    answers = {"y": True, "yes": True, "true": True, "n": False, "no": False, "false": False}
    if typed.lower() not in answers:
        raise UsageError(f"{label}: must be yes or no", "answer y or n")
    return answers[typed.lower()]


def yes_no_not_yet(command: Command, label: str, typed: str) -> bool | None:
    """Yes, no, or None where that is not so far."""
    if typed.lower() == "not yet":
        return None
    try:
        return yes_no(command, label, typed)
    except UsageError as error:
        raise UsageError(f"{label}: must be yes, no or not yet", "answer y, n or not yet") from error


class OneOf(Value):
    """One of a few words; a beginning that fits only one of them is enough. ``check`` judges it at a terminal."""

    words: tuple[str, ...]
    check: Callable[[Command, Any], object] | None = None

    def __call__(self, command: Command, label: str, typed: str) -> str:
        """The word that was meant."""
        found = checks.one_of(label, typed, self.words)
        if self.check is not None and command.can_ask:
            with asked_again(), command.judging():
                self.check(command, found)
        return found


def choice(kind: Iterable[str]) -> OneOf:
    """One of a few words; where it is asked for, its number will do."""
    return OneOf(tuple(kind))


def choices(kind: Iterable[str]) -> Parse:
    """Some of a few words, with commas or spaces between them: each once, in the order of the words."""
    words = list(kind)

    def parse(_command: Command, label: str, typed: str) -> tuple[str, ...]:
        named = {checks.one_of(label, one, words) for one in typed.replace(",", " ").split()}
        if not named:
            raise UsageError(f"{label}: must not be empty", f"give some of {', '.join(words)}")
        return tuple(word for word in words if word in named)

    return parse
