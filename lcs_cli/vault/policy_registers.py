"""The registers about the policy, as rows: what was accepted with a version, copies given, reviews. They only grow."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from lcs_cli.records.policy import Asker, CopyGiven, PolicyReview, ReviewOfPolicy
from lcs_cli.vault.connection import Database, Row
from lcs_cli.vault.counters import next_number
from lcs_cli.vault.encoding import canonical


def accept(db: Database, version: int, list_hash: str, content: Mapping[str, Any]) -> None:
    """Keep the list that was accepted with a version."""
    db.run(
        "INSERT INTO policy_acceptance (version, list_hash, content) VALUES (?, ?, ?)",
        *(version, list_hash, canonical(content).decode()),
    )


def accepted(db: Database) -> dict[int, tuple[str, dict[str, Any]]]:
    """What was accepted with each version that needed it: the list's hash and the list."""
    found = db.rows("SELECT version, list_hash, content FROM policy_acceptance")
    return {version: (list_hash, json.loads(content)) for version, list_hash, content in found}


def give(db: Database, copy: CopyGiven) -> int:
    """Enter a copy that is given; its number, which is given here."""
    number = next_number(db, "policy_copy")
    db.run(
        "INSERT INTO policy_copy (id, version, given_on, given_by, referrer_id, asker, written) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        *(number, copy.version, copy.given_on.isoformat(), copy.given_by, copy.referrer),
        *(copy.asker.value if copy.asker else None, int(copy.written)),
    )
    return number


def given(db: Database, version: int | None, limit: int) -> Iterator[CopyGiven]:
    """The last copies that were given, newest first, of one version or of all; one row at a time."""
    for number, of, on, by, referrer, asker, written in db.each(
        "SELECT id, version, given_on, given_by, referrer_id, asker, written FROM policy_copy "
        "WHERE ?1 IS NULL OR version = ?1 ORDER BY id DESC LIMIT ?2",
        *(version, limit),
    ):
        kind = Asker(asker) if asker else None
        yield CopyGiven(number, of, date.fromisoformat(on), by, referrer, kind, bool(written))


def add_review(db: Database, review: PolicyReview) -> int:
    """Record a review of the policy; its number, which is given here."""
    number = next_number(db, "policy_review")
    db.run(
        "INSERT INTO policy_review (id, version, reviewed_on, reviewed_by, outcome, note) VALUES (?, ?, ?, ?, ?, ?)",
        *(number, review.version, review.reviewed_on.isoformat(), review.reviewed_by),
        *(review.outcome.value, review.note),
    )
    return number


def reviews(db: Database) -> list[PolicyReview]:
    """All reviews of the policy, in the order of their days."""
    found = db.rows(
        "SELECT id, version, reviewed_on, reviewed_by, outcome, note FROM policy_review ORDER BY reviewed_on, id"
    )
    return [_review(row) for row in found]


def last_reviewed(db: Database, by: date) -> date | None:
    """The last day, up to ``by``, on which the policy was reviewed."""
    found = db.value("SELECT max(reviewed_on) FROM policy_review WHERE reviewed_on <= ?", by.isoformat())
    return date.fromisoformat(found) if found else None


def _review(row: Row) -> PolicyReview:
    number, version, on, by, outcome, note = row
    return PolicyReview(number, version, date.fromisoformat(on), by, ReviewOfPolicy(outcome), note)
