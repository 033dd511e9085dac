"""What a record needs, said once: the same fields are asked for at a terminal and read from JSON."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from lcs_cli.cli.context import Command
from lcs_cli.cli.fields import (
    NOTHING,
    Cleared,
    Field,
    OneOf,
    Parse,
    asked_again,
    choice,
    choices,
    day,
    future_day,
    judged,
    name,
    not_before,
    past_day,
    prose,
    text,
    time_come,
    time_of_day,
    yes_no,
    yes_no_not_yet,
)
from lcs_cli.errors import NotFoundError, RefusedError, UsageError
from lcs_cli.services import checks

__all__ = [
    "NOTHING",
    "Cleared",
    "Field",
    "OneOf",
    "Parse",
    "asked_again",
    "choice",
    "choices",
    "day",
    "each",
    "entries",
    "entry",
    "fill",
    "future_day",
    "judged",
    "name",
    "not_before",
    "past_day",
    "prose",
    "read",
    "settled",
    "text",
    "time_come",
    "time_of_day",
    "yes_no",
    "yes_no_not_yet",
]

Entry = TypeVar("Entry")
Done = TypeVar("Done")
_KEY = r"[a-z_]{1,40}"  # what could be a field: anything else might be a value, and is not repeated


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
    rest = [field for field in fields if field.key not in values]
    for field in rest:
        if given.get(field.key) == "" and field.default is None:
            raise UsageError(f"{field.label}: must not be empty", checks.hint(field.label))
    asked = [field for field in rest if given.get(field.key) is None and command.can_ask]
    values |= {field.key: _default(command, field) for field in rest if field not in asked}
    return values | command.asking(lambda: {field.key: _ask(command, field) for field in asked})


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
        named = unknown[0] if re.fullmatch(_KEY, unknown[0]) else "one that is no field name"
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
    words = field.parse.words if isinstance(field.parse, OneOf) else ()
    if words:
        question = f"{question.partition(' (')[0]} ({'  '.join(f'{n} {word}' for n, word in enumerate(words, 1))})"
    parse = partial(_parsed, command, field)
    return command.ask(question, parse, field.default, words=words, whole=field.parse is prose)


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
