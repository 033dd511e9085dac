"""The register of disclosures, as rows: what left, to whom, on which ground; references only. It only grows.

What was said in words is sealed to the safeguarding leads.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from lcs_cli.records.disclosure import Disclosure, DisclosureKind, RegisterEntry
from lcs_cli.records.policy import DecidedBy
from lcs_cli.records.references import Kind
from lcs_cli.records.value import Value
from lcs_cli.vault import narratives
from lcs_cli.vault.connection import Database, Row
from lcs_cli.vault.counters import next_number
from lcs_cli.vault.folder import Vault
from lcs_cli.vault.paging import paged

# What was told or not told waits for a person until its last part is there.
_COMPLETE = (
    "(kind NOT IN ('told', 'not-told') OR EXISTS (SELECT 1 FROM disclosure_completion WHERE disclosure_id = d.id))"
)
_SELECT = f"""
SELECT d.id, kind, made_at, made_on, made_by, ground, rule, clause, recipient, referrer_id, purpose, fields,
  policy_version, rules_hash,
  (SELECT group_concat(family_id) FROM disclosure_family WHERE disclosure_id = d.id),
  (SELECT json_group_object(name, value) FROM disclosure_part WHERE disclosure_id = d.id),
  {_COMPLETE}, row_count, repeats,
  (SELECT added_by FROM disclosure_part WHERE disclosure_id = d.id AND name = 'decided_by')
FROM disclosure AS d LEFT JOIN export ON export.disclosure_id = d.id
"""


class FamilyShare(Value):
    """One family's part in a disclosure; of an export, under which referral, from which day and after which change."""

    family: int
    referral: int | None = None
    from_on: date | None = None
    after_change: int = 0


class Wanted(Value):
    """Which entries are wanted; None asks for nothing. ``recipient`` is a kind of body, ``referrer`` one of them."""

    family: int | None = None
    referrer: int | None = None
    recipient: str | None = None
    from_on: date | None = None
    to_on: date | None = None
    incomplete: bool = False


def next_disclosure(db: Database) -> int:
    """The number of the next entry, which its file and manifest carry."""
    return next_number(db, "disclosure")


def enter(db: Database, entry: Disclosure, shares: Iterable[FamilyShare]) -> None:
    """Enter a disclosure with the families that it is about, before anything leaves."""
    db.run(
        "INSERT INTO disclosure (id, kind, made_at, made_on, made_by, ground, rule, clause, recipient, referrer_id, "
        "purpose, fields, policy_version, rules_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(entry.number, entry.kind.value, entry.made_at, entry.made_on.isoformat(), entry.made_by),
        *(entry.ground, entry.rule, entry.clause, entry.recipient, entry.referrer),
        *(entry.purpose, ",".join(entry.fields), entry.policy_version, entry.rules_hash),
    )
    for share in shares:
        db.run(
            "INSERT INTO disclosure_family (disclosure_id, family_id, referral_id, from_on, after_change) "
            "VALUES (?, ?, ?, ?, ?)",
            *(entry.number, share.family, share.referral),
            *(share.from_on.isoformat() if share.from_on else None, share.after_change),
        )


def release(db: Database, number: int) -> None:
    """Note that what was registered has been handed over."""
    db.run("INSERT INTO disclosure_release (disclosure_id) VALUES (?)", number)


def decided_by(db: Database, number: int) -> DecidedBy | None:
    """By which version and rule something was told, or not told; None where there is no such entry."""
    query = "SELECT made_on, rule, clause, policy_version, rules_hash FROM disclosure WHERE id = ?"
    row = next(iter(db.rows(query, number)), None)
    return DecidedBy(date.fromisoformat(row[0]), *row[1:]) if row else None


def add_parts(
    vault: Vault, number: int, values: Mapping[str, str], words: Mapping[str, str], *, on: date, at: str, by: str
) -> None:
    """Add parts to an entry: values as they are, words sealed to the leads. ``on`` is the day, ``at`` the moment."""
    rows: list[Row] = [(name, value, None) for name, value in values.items()]
    rows += [(name, None, narratives.seal(vault, Kind.DISCLOSURE, number, name, text)) for name, text in words.items()]
    for row in rows:
        vault.db.run(
            "INSERT INTO disclosure_part (disclosure_id, name, value, sealed, added_on, added_at, added_by) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(number, *row, on.isoformat(), at, by),
        )


def words(vault: Vault, number: int) -> dict[str, str]:
    """The sealed parts of an entry, opened; RefusedError for anyone without the safeguarding key."""
    rows = vault.db.rows("SELECT name, sealed FROM disclosure_part WHERE disclosure_id = ? AND sealed NOTNULL", number)
    return {name: narratives.unseal(vault, Kind.DISCLOSURE, number, name, sealed) for name, sealed in rows}


def complete(db: Database, number: int, on: date, by: str) -> None:
    """Note that the last part of an entry is there; nothing is added to it from then on."""
    db.run(
        "INSERT INTO disclosure_completion (disclosure_id, completed_on, completed_by) VALUES (?, ?, ?)",
        *(number, on.isoformat(), by),
    )


def incomplete(db: Database) -> int:
    """How many entries wait for their last part."""
    return int(
        db.value(
            "SELECT count(*) FROM disclosure AS d WHERE kind IN ('told', 'not-told') AND NOT EXISTS "
            "(SELECT 1 FROM disclosure_completion WHERE disclosure_id = d.id)"
        )
    )


def get(db: Database, number: int) -> RegisterEntry | None:
    """One entry, of whatever kind."""
    row = db.row(f"{_SELECT} WHERE d.id = ?", number)
    return _entry(row) if row else None


def last(db: Database) -> int:
    """The number of the newest entry."""
    return int(db.value("SELECT max(id) FROM disclosure") or 0)


def select(db: Database, wanted: Wanted, up_to: int) -> Iterator[RegisterEntry]:
    """The wanted entries up to a number, the newest last, page by page."""
    conditions, values = _conditions(wanted)
    return map(_entry, paged(db, f"{_SELECT} WHERE d.id <= ? {conditions}", "d.id", up_to, *values))


def of_family(db: Database, family: int) -> Iterator[RegisterEntry]:
    """What the register says about one family, by number."""
    return select(db, Wanted(family=family), last(db))


def _conditions(wanted: Wanted) -> tuple[str, list[object]]:
    asked: dict[str, object] = {
        "AND d.id IN (SELECT disclosure_id FROM disclosure_family WHERE family_id = ?)": wanted.family,
        "AND referrer_id = ?": wanted.referrer,
        "AND recipient = ?": wanted.recipient,
        "AND made_on >= ?": wanted.from_on.isoformat() if wanted.from_on else None,
        "AND made_on <= ?": wanted.to_on.isoformat() if wanted.to_on else None,
    }
    given = {condition: value for condition, value in asked.items() if value is not None}
    # The partial index finds the few of these kinds among all that was exported.
    open_ = f"AND kind IN ('told', 'not-told') AND NOT {_COMPLETE}" if wanted.incomplete else ""
    return " ".join([*given, open_]), list(given.values())


def _entry(row: Row) -> RegisterEntry:
    number, kind, made_at, made_on, made_by, ground, rule, clause, recipient, referrer, purpose, fields = row[:12]
    version, rules_hash, families, parts, is_complete, count, repeats, decision_by = row[12:]
    named: dict[str, str | None] = json.loads(parts)
    return RegisterEntry(
        disclosure=Disclosure(
            number=number,
            kind=DisclosureKind(kind),
            made_at=made_at,
            made_on=date.fromisoformat(made_on),
            made_by=made_by,
            ground=ground,
            rule=rule,
            clause=clause,
            recipient=recipient,
            referrer=referrer,
            purpose=purpose,
            fields=tuple(filter(None, fields.split(","))),
            policy_version=version,
            rules_hash=rules_hash,
        ),
        families=tuple(map(int, families.split(","))) if families else (),
        parts={name: value for name, value in named.items() if value is not None},
        sealed=tuple(name for name, value in named.items() if value is None),
        complete=bool(is_complete),
        decision_by=decision_by,
        rows=count,
        repeats=repeats,
    )
