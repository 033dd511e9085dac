"""Reading the rule files: dated data, each rule with the clause it comes from, and the hash of the whole."""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Rule:
    """One rule: its id, its clause and what it says."""

    id: str
    clause: str
    text: str


_FILES = ("authority.toml", "disclosure_rules.toml", "retention_schedule.toml")


@cache
def rule_text(name: str) -> bytes:
    """The bytes of one rule file of this package."""
    return (Path(__file__).parent / name).read_bytes()


@cache
def rule_file(name: str) -> Mapping[str, Any]:
    """One rule file, parsed."""
    return tomllib.loads(rule_text(name).decode())


def rule(data: Mapping[str, Any]) -> Rule:
    """One rule of a rule file."""
    return Rule(data["id"], data["clause"], data["text"])


@cache
def rules_hash() -> str:
    """SHA-256 over all rule files, printed on every decision, certificate and manifest."""
    digest = hashlib.sha256()
    for name in _FILES:
        content = rule_text(name)
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def in_force(values: Iterable[Mapping[str, Any]], today: date) -> Any:
    """The latest of some dated values that has begun by ``today``; None before the first."""
    begun = [value for value in values if value["from"] <= today]
    return max(begun, key=lambda value: value["from"])["value"] if begun else None


def cited_clauses() -> frozenset[str]:
    """Every clause number that a rule rests on: a policy without one of them cannot be enforced."""
    return frozenset(_clauses(rule_file(name) for name in _FILES))


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
