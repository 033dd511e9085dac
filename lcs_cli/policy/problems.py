"""What may stand in the way of publishing rules: one line for each problem, and the questions that find them."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from lcs_cli.records.value import Value

WORD = r"[a-z0-9][a-z0-9._-]{0,39}"
"""What may be repeated of a rule file: anything else may be somebody's name."""
_LONGEST = 1000
"""Years, of any period: what is reckoned from a day of our time has a day for its end."""


class Problem(Value):
    """One thing that stands in the way: the file, the rule or key in it, what is wrong, and what would mend it."""

    file: str
    where: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}, {self.where}: {self.problem}" if self.where else f"{self.file}: {self.problem}"


_OPTIONAL = frozenset({"about"})


def expected(models: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Any], frozenset[str]]:
    """What the tables that the program carries have, the first one's where several do; and the keys of all of them.

    Those are needed, but for what is optional everywhere.
    """
    known = {key: model[key] for model in reversed(models) for key in model}
    return known, frozenset(known).intersection(*(set(model) for model in models)) - _OPTIONAL


def is_optional(key: str) -> bool:
    """Whether any table may have it."""
    return key in _OPTIONAL


def dated(data: Mapping[str, Any]) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """Each list of dated values in a file's tables, with where it stands."""
    for name, table in data.items():
        for key, value in table.items():
            if isinstance(value, list) and value and isinstance(value[0], Mapping):
                yield f"{name}.{key}", value


def periods(file: str, where: str, values: list[Mapping[str, Any]]) -> Iterator[Problem]:
    """Dated periods that cannot be meant, or begin twice on one day."""
    for value in values:
        yield from period(file, where, value["value"])
    yield from begins(file, where, values)


def period(file: str, where: str, number: int) -> Iterator[Problem]:
    """A period that is less than nothing, or so long that the calendar has no day for its end."""
    if number < 0:
        yield Problem(file, where, "a period is less than nothing", "give a number from 0 on")
    most = _LONGEST * {"years": 1, "months": 12}.get(re.split("[._]", where)[-1], 365)
    if number > most:
        yield Problem(file, where, f"a period is longer than {_LONGEST} years", f"give a number up to {most}")


def begins(file: str, where: str, values: Iterable[Mapping[str, Any]]) -> Iterator[Problem]:
    """Two values that begin on the same day."""
    days = [value["from"] for value in values]
    if len(days) != len(set(days)):
        yield Problem(file, where, "two values begin on the same day", "keep one of them")


def not_among(file: str, where: str, named: Iterable[str], known: Collection[str], what: str) -> Iterator[Problem]:
    """Words that are none of the known ones; only a word is repeated."""
    for name in named:
        if name not in {str(one) for one in known}:
            shown = name if isinstance(name, str) and re.fullmatch(WORD, name) else "one of them"
            yield Problem(file, where, f"{shown} is not {what}", f"one of: {', '.join(sorted(map(str, known)))}")


def each_once(file: str, where: str, named: list[str], known: Collection[str], what: str) -> Iterator[Problem]:
    """The known words, each to stand there once and no other."""
    yield from not_among(file, where, named, known, what)
    for name in sorted(known):
        if named.count(name) != 1:
            remedy = "give each once; grounds in the order to be tried" if where == "ground" else "give each once"
            yield Problem(file, where, f"{name} must stand there once", remedy)


def twice(file: str, where: str, named: list[str]) -> Iterator[Problem]:
    """Ids that stand there twice."""
    if len(named) != len(set(named)):
        yield Problem(file, where, "one id stands twice", "leave one of them away")
