"""The published versions of the policy with their rule files, as rows; every version is kept (policy 6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lcs_cli.vault.connection import Database


@dataclass(frozen=True)
class PolicyVersion:
    """One published version."""

    number: int
    title: str
    text: str
    effective_on: date
    published_on: date
    published_by: str


def publish(db: Database, version: PolicyVersion, rules: Mapping[str, bytes]) -> None:
    """Add a version with its rule files; earlier ones stay."""
    db.run(
        "INSERT INTO policy_version (number, title, text, effective_on, published_on, published_by) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        *(version.number, version.title, version.text, version.effective_on.isoformat()),
        *(version.published_on.isoformat(), version.published_by),
    )
    for name, content in rules.items():
        db.run(
            "INSERT INTO policy_rules (version, name, content) VALUES (?, ?, ?)",
            *(version.number, name, content.decode()),
        )


def in_force(db: Database, today: date) -> PolicyVersion:
    """The newest version that has begun by ``today``; the first one before any has."""
    row = db.row(
        "SELECT number, title, text, effective_on, published_on, published_by FROM policy_version WHERE number = ?",
        number_in_force(db, today),
    )
    if row is None:
        raise LookupError("policy_version")
    number, title, text, effective, published, by = row
    return PolicyVersion(number, title, text, date.fromisoformat(effective), date.fromisoformat(published), by)


def number_in_force(db: Database, today: date) -> int:
    """The number of the version in force."""
    return int(
        db.value(
            "SELECT number FROM policy_version "
            "ORDER BY effective_on <= ? DESC, CASE WHEN effective_on <= ? THEN number ELSE -number END DESC LIMIT 1",
            *(today.isoformat(), today.isoformat()),
        )
    )


def rules(db: Database, number: int) -> dict[str, bytes]:
    """The rule files of one version, by name."""
    found = db.rows("SELECT name, content FROM policy_rules WHERE version = ?", number)
    return {name: content.encode() for name, content in found}
