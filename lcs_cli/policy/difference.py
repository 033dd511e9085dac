"""What differs between two versions of the policy: its text by lines, its rules by file and key."""

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lcs_cli.policy.rules import Rules
from lcs_cli.records.value import Value


class RuleChange(Value):
    """One value of a rule file that is another one, new (``was`` is None) or gone (``becomes`` is None)."""

    file: str
    key: str
    was: str | None
    becomes: str | None


def text_difference(was: str, becomes: str, names: tuple[str, str]) -> list[str]:
    """A unified difference of two texts, a line each; empty where they are the same."""
    return list(difflib.unified_diff(was.splitlines(), becomes.splitlines(), *names, lineterm="", n=1))


def rule_changes(was: Rules, becomes: Rules) -> list[RuleChange]:
    """Each value that differs, by file and key; a comment is no value."""
    changes = []
    for file in sorted({*was.contents, *becomes.contents}):
        old = dict(values(was.file(file))) if file in was.contents else {}
        new = dict(values(becomes.file(file))) if file in becomes.contents else {}
        changes += [
            RuleChange(file, key, old.get(key), new.get(key))
            for key in dict.fromkeys((*old, *new))
            if old.get(key) != new.get(key)
        ]
    return changes


def in_a_line(text: list[str], rules: list[RuleChange]) -> str:
    """What a version changed, for a list of versions."""
    added = sum(line.startswith("+") and not line.startswith("+++") for line in text)
    removed = sum(line.startswith("-") and not line.startswith("---") for line in text)
    said = [f"text: +{added} -{removed} {_plural(max(added, removed), 'line')}"] if text else []
    files = Counter(change.file for change in rules)
    said += [f"{file}: {number} {_plural(number, 'value')}" for file, number in files.items()]
    return "; ".join(said) or "nothing"


def values(node: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Each value of a rule file with its key: tables of a list by their id or name, grants by what they grant."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from values(value, f"{at}.{key}" if at else key)
    elif isinstance(node, list) and node and all(isinstance(one, Mapping) for one in node):
        if all({"to", "actions"} <= set(one) for one in node):
            yield from _grants(node, at)
        elif all({"from", "value"} == set(one) for one in node):
            dated = sorted(node, key=lambda one: str(one["from"]))
            yield at, ", ".join(f"{_said(one['value'])} from {one['from']}" for one in dated)
        else:
            for number, one in enumerate(node, start=1):
                yield from values(one, f"{at}[{one.get('id') or one.get('name') or number}]")
    elif isinstance(node, list):
        yield at, ", ".join(map(str, node))
    else:
        yield at, str(node)


def _said(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _grants(grants: list[Mapping[str, Any]], at: str) -> Iterator[tuple[str, str]]:
    to: dict[str, dict[str, None]] = {}
    clauses: dict[str, str] = {}
    for grant in grants:
        for action in grant["actions"]:
            to.setdefault(action, {}).update(dict.fromkeys(grant["to"]))
            about = f", “{grant['about']}”" if "about" in grant else ""
            clauses.setdefault(action, f"{grant['clause']}{about}")
    for action, roles in to.items():
        yield f"{at}[{action}]", f"{', '.join(sorted(roles))} (by clause {clauses[action]})"


def _plural(number: int, noun: str) -> str:
    return noun if number == 1 else f"{noun}s"


def more(said: str, becomes: Iterable[str], was: Iterable[str]) -> Iterator[str]:
    """A line with the words that are new in a list, after what it is; none where there are none."""
    if new := sorted({str(one) for one in becomes} - {str(one) for one in was}):
        yield f"{said}: {', '.join(new)}"
