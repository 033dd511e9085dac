"""The published versions of the policy, as rows; every version is kept (policy 6)."""

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


def publish(db: Database, version: PolicyVersion) -> None:
    """Add a version; earlier ones stay."""
    db.run(
        "INSERT INTO policy_version (number, title, text, effective_on, published_on, published_by) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        *(version.number, version.title, version.text, version.effective_on.isoformat()),
        *(version.published_on.isoformat(), version.published_by),
    )


def in_force(db: Database, today: date) -> PolicyVersion:
    """The newest version that has begun by ``today``; the first one before any has."""
    row = db.row(
        "SELECT number, title, text, effective_on, published_on, published_by FROM policy_version "
        "ORDER BY effective_on <= ? DESC, CASE WHEN effective_on <= ? THEN number ELSE -number END DESC LIMIT 1",
        *(today.isoformat(), today.isoformat()),
    )
    if row is None:
        raise LookupError("policy_version")
    number, title, text, effective, published, by = row
    return PolicyVersion(number, title, text, date.fromisoformat(effective), date.fromisoformat(published), by)
