"""The rule files: dated data, each rule with the clause it comes from, and the hash of the whole.

A vault keeps the rules that it published; this package carries those of the policy as it restates it.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import tomli

from lcs_cli.records.value import Value

RULE_FILES = (
    "authority.toml",
    "disclosure_rules.toml",
    "governance.toml",
    "handover.toml",
    "permissions.toml",
    "reports.toml",
    "requests.toml",
    "retention_schedule.toml",
    "vetting.toml",
    "word_scan.toml",
)
"""What makes a whole set of rules."""


class Rule(Value):
    """One rule: its id, its clause and what it says; ``about`` is a phrase of the clause's sentence it rests on."""

    id: str
    clause: str
    text: str
    about: str = ""


class Citation(Value):
    """Where a rule file cites a clause: the file, the place in it, and the phrase of the sentence, if it names one."""

    file: str
    where: str
    clause: str
    about: str


class Rules(Value, eq=False, dict=True):
    """A whole set of rule files: the bytes of each, by its name."""

    contents: Mapping[str, bytes]

    @cached_property
    def _parsed(self) -> dict[str, Mapping[str, Any]]:
        return {}

    def file(self, name: str) -> Mapping[str, Any]:
        """One rule file, parsed."""
        if name not in self._parsed:
            self._parsed[name] = tomli.loads(self.contents[name].decode())
        return self._parsed[name]

    @cached_property
    def hash(self) -> str:
        """SHA-256 over all files, whatever their order, printed on every decision, certificate and manifest."""
        digest = hashlib.sha256()
        for name, content in sorted(self.contents.items()):
            digest.update(f"{name} {len(content)}\n".encode() + content)
        return digest.hexdigest()

    @cached_property
    def cited_clauses(self) -> frozenset[str]:
        """Every clause number that a rule rests on: a policy without one of them cannot be enforced."""
        return frozenset(citation.clause for citation in self.citations())

    def citations(self) -> Iterator[Citation]:
        """Every place where a rule file cites a clause."""
        for name in self.contents:
            yield from _cited(name, self.file(name), "")


@cache
def packaged() -> Rules:
    """The rules that this package carries, for a service that has not written its own."""
    return Rules({name: (Path(__file__).parent / name).read_bytes() for name in RULE_FILES})


def rule(data: Mapping[str, Any]) -> Rule:
    """One rule of a rule file."""
    return Rule(data["id"], data["clause"], data["text"], data.get("about", ""))


def topic(rules: Rules, name: str) -> Rule:
    """What the program rests on where it speaks of a clause of its own accord, such as “kept” or “storage”."""
    return rule(rules.file("governance.toml")["topic"][name])


def find_rule(rules: Rules, id_: str, clause: str) -> tuple[str, Mapping[str, Any]] | None:
    """The rule of an id with its file, first of all the one that rests on ``clause``; None where no file has it."""
    found = [(name, table) for name in rules.contents for table in _tables(rules.file(name)) if table.get("id") == id_]
    return next((one for one in found if one[1].get("clause") == clause), found[0] if found else None)


def in_force(values: Iterable[Mapping[str, Any]], today: date) -> Any:
    """The latest of some dated values that has begun by ``today``; None before the first."""
    begun = [value for value in values if value["from"] <= today]
    return max(begun, key=lambda value: value["from"])["value"] if begun else None


def _tables(node: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, Mapping):
        yield node
        for value in node.values():
            yield from _tables(value)
    elif isinstance(node, list):
        for value in node:
            yield from _tables(value)


def _cited(file: str, node: Any, where: str) -> Iterator[Citation]:
    if isinstance(node, Mapping):
        if isinstance(node.get("clause"), str):
            yield Citation(file, where, node["clause"], str(node.get("about", "")))
        for key, value in node.items():
            yield from _cited(file, value, f"{where}.{key}" if where else key)
    elif isinstance(node, list):
        for number, value in enumerate(node, start=1):
            named = value.get("id") or value.get("name") if isinstance(value, Mapping) else None
            yield from _cited(file, value, f"{where} {named or number}")
