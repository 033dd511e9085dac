"""The published versions of the policy with their rule files, as rows; every version is kept (policy 6)."""

import hashlib
from collections.abc import Mapping
from datetime import date

from lcs_cli.records.value import Value
from lcs_cli.vault.connection import Database, Row

_COLUMNS = "number, title, text, effective_on, published_on, published_by, approved_by"


class PolicyVersion(Value):
    """One published version; ``approved_by`` names the body or meeting, None for what was published with the vault."""

    number: int
    title: str
    text: str
    effective_on: date
    published_on: date
    published_by: str
    approved_by: str | None = None

    @property
    def text_sha256(self) -> str:
        """SHA-256 of the text as it stands."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def publish(db: Database, version: PolicyVersion, rules: Mapping[str, bytes], rules_hash: str) -> None:
    """Add a version after its rule files, which it closes, with the hash of them all; earlier ones stay."""
    for name, content in rules.items():
        db.run(
            "INSERT INTO policy_rules (version, name, content) VALUES (?, ?, ?)",
            *(version.number, name, content.decode()),
        )
    db.run(
        f"INSERT INTO policy_version ({_COLUMNS}, rules_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        *(version.number, version.title, version.text, version.effective_on.isoformat()),
        *(version.published_on.isoformat(), version.published_by, version.approved_by, rules_hash),
    )


def in_force(db: Database, today: date) -> PolicyVersion:
    """The newest version that has begun by ``today``; the first one before any has."""
    (row,) = db.rows(f"SELECT {_COLUMNS} FROM policy_version WHERE number = ?", number_in_force(db, today))
    return _version(row)


def number_in_force(db: Database, today: date) -> int:
    """The number of the version in force."""
    return int(
        db.value(
            "SELECT number FROM policy_version "
            "ORDER BY effective_on <= ? DESC, CASE WHEN effective_on <= ? THEN number ELSE -number END DESC LIMIT 1",
            *(today.isoformat(), today.isoformat()),
        )
    )


def get(db: Database, number: int) -> PolicyVersion | None:
    """One version."""
    row = db.row(f"SELECT {_COLUMNS} FROM policy_version WHERE number = ?", number)
    return _version(row) if row else None


def every(db: Database) -> list[PolicyVersion]:
    """All versions, the first one first."""
    return [_version(row) for row in db.rows(f"SELECT {_COLUMNS} FROM policy_version ORDER BY number")]


def rules(db: Database, number: int) -> dict[str, bytes]:
    """The rule files of one version, by name."""
    found = db.rows("SELECT name, content FROM policy_rules WHERE version = ?", number)
    return {name: content.encode() for name, content in found}


def rules_hash(db: Database, number: int) -> str:
    """The hash of the rule files that a version was published with."""
    return str(db.value("SELECT rules_hash FROM policy_version WHERE number = ?", number))


def _version(row: Row) -> PolicyVersion:
    number, title, text, effective, published, by, approved = row
    return PolicyVersion(
        number, title, text, date.fromisoformat(effective), date.fromisoformat(published), by, approved
    )
