"""The audit trail: append-only, hash-chained, references and field names only, never values (policy 4.5).

Each entry's digest covers the one before it. Its detail lies beside it under a salted digest, so that erasing
a detail lawfully leaves the chain valid. A chain does not notice its own end being cut off: the head is
printed on manifests and certificates and in the register of disposals for that.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lcs_cli.errors import DamagedVaultError
from lcs_cli.vault.connection import Database
from lcs_cli.vault.encoding import canonical

GENESIS = "0" * 64


@dataclass(frozen=True)
class AuditEntry:
    """One entry: when (UTC), who (a user's reference), what, on which records, done or refused."""

    seq: int
    at: str
    actor: str
    action: str
    outcome: str
    refs: tuple[str, ...]
    detail: Mapping[str, Any] | None
    digest: str


@dataclass(frozen=True)
class Head:
    """The last entry's number and digest: whoever has noted it notices when the trail is cut before it."""

    seq: int
    digest: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.digest}"


def append(
    db: Database,
    *,
    at: str,
    actor: str,
    action: str,
    outcome: str,
    refs: Sequence[str],
    detail: Mapping[str, Any],
) -> Head:
    """Add one entry in the open transaction; ``detail`` holds references, counts and field names only."""
    last = head(db)
    if (db.value("SELECT max(seq) FROM audit_detail") or 0) > last.seq:
        raise DamagedVaultError(
            "the audit trail was cut: details are left of entries that are gone", "restore a backup"
        )
    salted = canonical({**detail, "salt": os.urandom(16).hex()}).decode()
    detail_digest = hashlib.sha256(salted.encode()).hexdigest()
    refs_json = canonical(list(refs)).decode()
    seq = last.seq + 1
    digest = _digest(seq, at, actor, action, outcome, refs_json, detail_digest, last.digest)
    db.run(
        "INSERT INTO audit (seq, at, actor, action, outcome, refs, detail_digest, previous, digest) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(seq, at, actor, action, outcome, refs_json, detail_digest, last.digest, digest),
    )
    db.run("INSERT INTO audit_detail (seq, detail) VALUES (?, ?)", seq, salted)
    return Head(seq, digest)


def head(db: Database) -> Head:
    """The end of the trail."""
    row = db.row("SELECT seq, digest FROM audit ORDER BY seq DESC LIMIT 1")
    return Head(*row) if row else Head(0, GENESIS)


def entries(db: Database, about: str | None, limit: int) -> list[AuditEntry]:
    """The last entries, newest first; with ``about``, those that name that reference."""
    where = "WHERE EXISTS (SELECT 1 FROM json_each(audit.refs) WHERE json_each.value = ?)" if about else ""
    values = (about, limit) if about else (limit,)
    found = db.rows(
        "SELECT seq, at, actor, action, outcome, refs, detail, digest FROM audit "
        f"LEFT JOIN audit_detail USING (seq) {where} ORDER BY seq DESC LIMIT ?",
        *values,
    )
    return [
        AuditEntry(seq, at, actor, action, outcome, tuple(json.loads(refs)), _unsalted(detail), digest)
        for seq, at, actor, action, outcome, refs, detail, digest in found
    ]


def names(db: Database, ref: str) -> bool:
    """Whether any entry is about ``ref``."""
    return bool(entries(db, ref, 1))


def problems(db: Database, noted: Mapping[str, str]) -> Iterator[str]:
    """Check the chain from its first entry, and that each head noted elsewhere is still in it.

    ``noted`` maps a head (``SEQ:DIGEST``) to where it was noted.
    """
    previous, expected = GENESIS, 1
    heads = {f"0:{GENESIS}"}
    for seq, at, actor, action, outcome, refs, detail_digest, stored_previous, digest, detail in db.each(
        "SELECT seq, at, actor, action, outcome, refs, detail_digest, previous, digest, detail FROM audit "
        "LEFT JOIN audit_detail USING (seq) ORDER BY seq"
    ):
        if seq != expected:
            yield f"entries {expected} to {seq - 1} are missing"
            expected = seq
        if stored_previous != previous:
            yield f"entry {seq} does not follow the entry before it"
        if _digest(seq, at, actor, action, outcome, refs, detail_digest, stored_previous) != digest:
            yield f"entry {seq} was altered"
        if detail is not None and hashlib.sha256(detail.encode()).hexdigest() != detail_digest:
            yield f"the detail of entry {seq} was altered"
        heads.add(f"{seq}:{digest}")
        previous, expected = digest, expected + 1
    for noted_head, where in noted.items():
        if noted_head not in heads:
            yield f"the head noted in {where} is not in the trail: it was cut or rolled back"


def _digest(*fields: Any) -> str:
    return hashlib.sha256(canonical(list(fields))).hexdigest()


def _unsalted(detail: str | None) -> Mapping[str, Any] | None:
    if detail is None:
        return None
    fields: dict[str, Any] = json.loads(detail)
    fields.pop("salt", None)
    return fields
