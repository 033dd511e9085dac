"""The rule files: dated data, each rule with the clause it comes from, and the hash of the whole.

A vault keeps the rules that it published; this package carries those of the policy as it restates it.
"""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any

RULE_FILES = (
    "authority.toml",
    "disclosure_rules.toml",
    "permissions.toml",
    "reports.toml",
    "requests.toml",
    "retention_schedule.toml",
    "vetting.toml",
)
"""What makes a whole set of rules."""


@dataclass(frozen=True)
class Rule:
    """One rule: its id, its clause and what it says."""

    id: str
    clause: str
    text: str


@dataclass(frozen=True, eq=False)
class Rules:
    """A whole set of rule files: the bytes of each, by its name."""

    contents: Mapping[str, bytes]

    @cached_property
    def _parsed(self) -> dict[str, Mapping[str, Any]]:
        return {}

    def file(self, name: str) -> Mapping[str, Any]:
        """One rule file, parsed."""
        if name not in self._parsed:
            self._parsed[name] = tomllib.loads(self.contents[name].decode())
        return self._parsed[name]

    @cached_property
    def hash(self) -> str:
        """SHA-256 over all rule files, printed on every decision, certificate and manifest."""
        digest = hashlib.sha256()
        for name in RULE_FILES:
            content = self.contents[name]
            digest.update(f"{name} {len(content)}\n".encode() + content)
        return digest.hexdigest()

    @cached_property
    def cited_clauses(self) -> frozenset[str]:
        """Every clause number that a rule rests on: a policy without one of them cannot be enforced."""
        return frozenset(_clauses(self.file(name) for name in RULE_FILES))


@cache
def packaged() -> Rules:
    """The rules that this package carries, for a service that has not written its own."""
    return Rules({name: (Path(__file__).parent / name).read_bytes() for name in RULE_FILES})


def rule(data: Mapping[str, Any]) -> Rule:
    """One rule of a rule file."""
    return Rule(data["id"], data["clause"], data["text"])


def in_force(values: Iterable[Mapping[str, Any]], today: date) -> Any:
    """The latest of some dated values that has begun by ``today``; None before the first."""
    begun = [value for value in values if value["from"] <= today]
    return max(begun, key=lambda value: value["from"])["value"] if begun else None


def _clauses(node: Any) -> Iterable[str]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key == "clause":
                yield value
            else:
                yield from _clauses(value)
    elif isinstance(node, Iterable) and not isinstance(node, str):
        for value in node:
            yield from _clauses(value)
