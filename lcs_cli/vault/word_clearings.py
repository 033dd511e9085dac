"""Wording that a safeguarding lead has looked at and cleared, as rows."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date

from lcs_cli.records.references import Kind, number_in
from lcs_cli.records.subject import kind_of
from lcs_cli.records.value import Value
from lcs_cli.vault.connection import AMONG, Database, among
from lcs_cli.vault.subjects import columns, subject


class Clearing(Value):
    """What was cleared in a file: the digest of exactly those texts, in how many fields, when and by whom."""

    subject: str
    digest: str
    hits: int
    cleared_on: date
    cleared_by: str


def add(db: Database, clearing: Clearing, policy_version: int, rules_hash: str) -> None:
    """Record that a lead has cleared what was found."""
    db.run(
        "INSERT INTO word_clearing (family_id, staff_id, digest, hits, cleared_on, cleared_by, policy_version, "
        "rules_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        *(*columns(clearing.subject), clearing.digest, clearing.hits, clearing.cleared_on.isoformat()),
        *(clearing.cleared_by, policy_version, rules_hash),
    )


def cleared_by(db: Database, some: Collection[str]) -> Mapping[tuple[str, str], frozenset[str]]:
    """Who has cleared what, in some files: by the file's reference and the digest of what was found."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for kind, column in ((Kind.FAMILY, "family_id"), (Kind.STAFF, "staff_id")):
        rows = db.rows(
            f"SELECT family_id, staff_id, digest, cleared_by FROM word_clearing WHERE {column} IN {AMONG}",
            among([number_in(kind, ref) for ref in some if kind_of(ref) is kind]),
        )
        for family, staff, digest, by in rows:
            found[subject(family, staff), digest].add(by)
    return {key: frozenset(people) for key, people in found.items()}
