"""Which rules, commands and tests hold each sentence of the policy: what is left to memory would stand without any."""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from lcs_cli.policy.document import PolicyDocument
from lcs_cli.policy.program import typed
from lcs_cli.policy.rules import Rules
from lcs_cli.records.value import Value

_SENTENCE = re.compile(r"(?<=[.;:])\s+(?=[A-Z])")


class Mark(Value):
    """A test that holds a sentence of a clause, found by a phrase of it."""

    clause: str
    about: str
    test: str


class Sentence(Value):
    """One sentence of the policy and the tests that hold it."""

    text: str
    tests: tuple[str, ...]


class ClauseCoverage(Value):
    """One clause: its sentences, the rules that cite it, the commands under it, and tests of the clause as a whole."""

    clause: str
    heading: str
    sentences: tuple[Sentence, ...]
    rules: tuple[str, ...]
    commands: tuple[str, ...]
    tests: tuple[str, ...]


@cache
def marks() -> tuple[Mark, ...]:
    """The marks of this program's own tests, as they were collected when it was built."""
    found = json.loads((Path(__file__).parent / "marks.json").read_text(encoding="utf-8"))
    return tuple(Mark(*one) for one in found)


def coverage(
    document: PolicyDocument, rules: Rules, commands: Mapping[str, Iterable[str]], tests: Iterable[Mark]
) -> tuple[ClauseCoverage, ...]:
    """Each clause of a policy; ``commands`` are those whose help cites a clause, by the clause."""
    cited = _rules_by_clause(rules)
    granted = _commands_by_clause(rules)
    return tuple(
        _of_clause(
            number, lines, cited.get(number, ()), {*granted.get(number, ()), *commands.get(number, ())}, [*tests]
        )
        for number, lines in document.clauses.items()
    )


def _of_clause(
    number: str, lines: tuple[str, ...], rules: Iterable[str], commands: Iterable[str], tests: list[Mark]
) -> ClauseCoverage:
    own = [mark for mark in tests if mark.clause == number]
    sentences = tuple(
        Sentence(text, tuple(mark.test for mark in own if mark.about.casefold() in text.casefold()))
        for paragraph in lines[1:]
        for text in _SENTENCE.split(paragraph)
    )
    placed = {test for sentence in sentences for test in sentence.tests}
    rest = tuple(dict.fromkeys(mark.test for mark in own if mark.test not in placed))
    return ClauseCoverage(number, lines[0], sentences, tuple(rules), tuple(sorted(commands)), rest)


def _commands_by_clause(rules: Rules) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for grant in rules.file("authority.toml")["grant"]:
        found.setdefault(grant["clause"], set()).update(map(typed, grant["actions"]))
    return found


def _rules_by_clause(rules: Rules) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for name in rules.contents:
        for node in _nodes(rules.file(name)):
            if "id" in node and "clause" in node:
                found.setdefault(node["clause"], {})[node["id"]] = None
    return {clause: tuple(ids) for clause, ids in found.items()}


def _nodes(node: Any) -> Iterable[Mapping[str, Any]]:
    if isinstance(node, Mapping):
        yield node
        for value in node.values():
            yield from _nodes(value)
    elif isinstance(node, list):
        for value in node:
            yield from _nodes(value)
