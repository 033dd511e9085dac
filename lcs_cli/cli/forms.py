"""What a record needs, said once: the same fields are asked for at a terminal and read from JSON."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, TypeVar

from lcs_cli.cli.context import Command
from lcs_cli.errors import NotFoundError, RefusedError, UsageError
from lcs_cli.services import checks

Parse = Callable[[Command, str, str], Any]
Entry = TypeVar("Entry")
Done = TypeVar("Done")
_TIME = re.compile(r"([0-9]{1,2})[:.]?([0-9]{2})")
_TWELVE_HOURS = re.compile(r"(1[0-2]|0?[1-9])(?:[:.]([0-9]{2}))?\s*([ap])\.?m\.?", re.IGNORECASE)
_KEY = re.compile(r"[a-z_]{1,40}")  # what could be a field: anything else might be a value, and is not repeated


@dataclass(frozen=True)
class Field:
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


def settled(
    command: Command, ask: Callable[[], dict[str, Any]], check: Callable[[dict[str, Any]], object], *, asks: bool = True
) -> dict[str, Any]:
    """Answers that are judged together: what will not do is said, and ``ask`` asks for them again.

    Without ``asks`` no question is open, and it ends there.
    """
    while True:
        values = ask()
        try:
            check(values)
        except (UsageError, NotFoundError, RefusedError) as error:
            if not (asks and command.can_ask):
                raise
            command.say(error)
        else:
            return values


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

    def checked(command: Command, label: str, typed: str) -> Any:
        found = parse(command, label, typed)
        if command.can_ask:
            with asked_again():
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
    if spoken := _TWELVE_HOURS.fullmatch(typed.strip()):
        hour = int(spoken[1]) % 12 + (12 if spoken[3].lower() == "p" else 0)
        return checks.time_of_day(label, f"{hour:02d}:{spoken[2] or '00'}")
    parts = _TIME.fullmatch(typed.strip())
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


def choice(kind: Iterable[str]) -> Parse:
    """One of a few words; a beginning that fits only one of them is enough."""
    words = list(kind)

    def parse(_command: Command, label: str, typed: str) -> str:
        return checks.one_of(label, typed, words)

    return parse


def choices(kind: Iterable[str]) -> Parse:
    """Some of a few words, with commas or spaces between them: each once, in the order of the words."""
    words = list(kind)

    def parse(_command: Command, label: str, typed: str) -> tuple[str, ...]:
        named = {checks.one_of(label, one, words) for one in typed.replace(",", " ").split()}
        if not named:
            raise UsageError(f"{label}: must not be empty", f"give some of {', '.join(words)}")
        return tuple(word for word in words if word in named)

    return parse


def entries(
    command: Command, fields: Sequence[Field], source: str | None, given: Mapping[str, str | None] | None = None
) -> list[dict[str, Any]]:
    """The values for one or more records: from JSON where ``source`` names it, else from options and questions."""
    given = given or {}
    if source is None:
        return [fill(command, fields, given)]
    return each(command.read_json(source), lambda entry: read(command, fields, entry, given))


def each(entries_: Sequence[Entry], do: Callable[[Entry], Done]) -> list[Done]:
    """Do something with each of several records; an error says which one it is about."""
    done = []
    for number, one in enumerate(entries_, start=1):
        try:
            done.append(do(one))
        except UsageError as error:
            if len(entries_) == 1:
                raise
            raise UsageError(f"from: record {number}: {error.message}", error.hint) from error
    return done


def entry(
    command: Command, fields: Sequence[Field], source: str | None, given: Mapping[str, str | None] | None = None
) -> dict[str, Any]:
    """The values for exactly one record."""
    found = entries(command, fields, source, given)
    if len(found) != 1:
        raise UsageError("from: must be one object", "give one record at a time")
    return found[0]


def fill(command: Command, fields: Sequence[Field], given: Mapping[str, str | None]) -> dict[str, Any]:
    """Take what the options give and ask for the rest; UsageError names what is missing where nobody can be asked."""
    if not command.can_ask:
        missing = [field.label for field in fields if given.get(field.key) is None and field.default is None]
        if missing:
            raise UsageError(
                f"missing: {', '.join(missing)}", "give them as JSON with --from FILE (or -), or run it at a terminal"
            )
    # What was given is judged before anything is asked.
    values = {one.key: _given(command, one, typed) for one in fields if (typed := given.get(one.key))}
    for field in fields:
        if field.key in values:
            continue
        if given.get(field.key) == "" and field.default is None:
            raise UsageError(f"{field.label}: must not be empty", checks.hint(field.label))
        if given.get(field.key) is None and command.can_ask:
            values[field.key] = _ask(command, field)
        else:
            values[field.key] = _default(command, field)
    return values


def read(
    command: Command,
    fields: Sequence[Field],
    entry: Mapping[str, Any],
    given: Mapping[str, str | None],
    also: Sequence[str] = (),
) -> dict[str, Any]:
    """Read one JSON object strictly: a field that is unknown, missing or of another type is named.

    ``also`` are further fields that the caller has read.
    """
    known = {field.key for field in fields}
    unknown = [key for key in entry if key not in known]
    if unknown:
        named = unknown[0] if _KEY.fullmatch(unknown[0]) else "one that is no field name"
        fitting = ", ".join([*(field.key for field in fields), *also])
        raise UsageError(f"unknown field: {named}", f"the fields are: {fitting}")
    values: dict[str, Any] = {}
    for field in fields:
        value = entry.get(field.key)
        if field.corrects and field.key in entry:
            value = _replacing(field, value)
        if value is None and given.get(field.key) is not None:
            value = given[field.key]
        if value is None or value == "":
            if field.default is None:
                raise UsageError(f"{field.label}: is missing", f'give "{field.key}"')
            values[field.key] = _default(command, field)
        else:
            values[field.key] = _given(command, field, _as_typed(field, value))
    return values


def _replacing(field: Field, value: Any) -> Any:
    """What a correction gives in place of a value: something, or null where it may be taken away."""
    if value is None and field.clears:
        return NOTHING.value
    if value is None or value == "":
        what = "leave it away to keep it" + (", or give null to take it away" if field.clears else "")
        raise UsageError(f"{field.label}: must not be empty", what)
    return value


def _as_typed(field: Field, value: Any) -> str:
    if isinstance(value, bool) and field.parse in (yes_no, yes_no_not_yet):
        return "yes" if value else "no"
    if field.several and isinstance(value, list) and all(isinstance(one, str) for one in value):
        return " ".join(value)
    if not isinstance(value, str):
        raise UsageError(f"{field.label}: must be text in quotes", f'write "{field.key}": "…"')
    return value


def _ask(command: Command, field: Field) -> Any:
    question = field.question or field.label[:1].upper() + field.label[1:]
    whole = field.parse is prose
    return command.ask(question, lambda typed: _parsed(command, field, typed), field.default, whole=whole)


def _default(command: Command, field: Field) -> Any:
    return _parsed(command, field, field.default) if field.default else None


def _given(command: Command, field: Field, typed: str) -> Any:
    """What stands in an option or in JSON: nobody is asked for it again, so a refusal stays one."""
    try:
        return _parsed(command, field, typed)
    except UsageError as error:
        if isinstance(error.__cause__, RefusedError):
            raise error.__cause__ from None
        raise


def _parsed(command: Command, field: Field, typed: str) -> Any:
    if field.clears and typed.strip().lower() == NOTHING.value:
        return NOTHING
    return field.parse(command, field.label, typed)
