"""The audit trail: append-only, hash-chained, signed, references and field names only, never values (policy 4.5).

Each entry's digest covers the one before it, and is signed by the person or service that acted. Its detail lies
beside it under a salted digest, and stays: it holds nothing that would ever have to go. A chain does not notice its
own end being cut off: the head is noted on manifests and certificates, in the register of disposals and in a file of
each person's outside the vault for that.
"""

import hashlib
import json
import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from lcs_cli.errors import DamagedVaultError
from lcs_cli.records.user import KeyName
from lcs_cli.records.value import Value
from lcs_cli.vault import sealing
from lcs_cli.vault.connection import Database, Row
from lcs_cli.vault.encoding import canonical, context
from lcs_cli.vault.folder import Vault
from lcs_cli.vault.signers import Signers, entry_body

GENESIS = "0" * 64
_WHOLE = (
    "SELECT seq, at, actor, action, outcome, refs, detail_digest, previous, digest, signature, detail FROM audit "
    "LEFT JOIN audit_detail USING (seq)"
)


class AuditEntry(Value):
    """One entry: when (UTC), who (a user's reference), what, on which records, done or refused."""

    seq: int
    at: str
    actor: str
    action: str
    outcome: str
    refs: tuple[str, ...]
    detail: Mapping[str, Any] | None
    digest: str


class Head(Value):
    """The last entry's number and digest: whoever has noted it notices when the trail is cut before it."""

    seq: int
    digest: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.digest}"


BEGINNING = Head(0, GENESIS)
"""The head of a trail that has no entry yet."""


def append(
    vault: Vault,
    *,
    at: str,
    action: str,
    outcome: str,
    refs: Sequence[str],
    detail: Mapping[str, Any],
) -> Head:
    """Add one entry, signed by who opened the vault, in the open transaction.

    ``detail`` holds references, counts and field names only.
    """
    db, actor = vault.db, vault.user.reference
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
    signature = sealing.sign(vault.opened.sign, entry_body(vault.header.vault, digest))
    db.run(
        "INSERT INTO audit (seq, at, actor, action, outcome, refs, detail_digest, previous, digest, signature) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(seq, at, actor, action, outcome, refs_json, detail_digest, last.digest, digest, signature),
    )
    db.run("INSERT INTO audit_detail (seq, detail) VALUES (?, ?)", seq, salted)
    return Head(seq, digest)


def head(db: Database) -> Head:
    """The end of the trail."""
    row = db.row("SELECT seq, digest FROM audit ORDER BY seq DESC LIMIT 1")
    return Head(*row) if row else BEGINNING


def entries(db: Database, about: str | None, limit: int, by: str | None = None) -> list[AuditEntry]:
    """The last entries, newest first: all, or those that name the reference ``about``, or that user ``by`` made."""
    found = db.rows(
        "SELECT seq, at, actor, action, outcome, refs, detail, digest FROM audit "
        "LEFT JOIN audit_detail USING (seq) "
        "WHERE (?1 IS NULL OR EXISTS (SELECT 1 FROM json_each(audit.refs) WHERE json_each.value = ?1)) "
        "AND (?2 IS NULL OR actor = ?2) ORDER BY seq DESC LIMIT ?3",
        *(about, by, limit),
    )
    return [_entry(row) for row in found]


def last_done(db: Database, by: str, others_than: Collection[str]) -> Iterator[AuditEntry]:
    """What a user did, newest first, but for some actions."""
    marks = ", ".join("?" * len(others_than))
    found = db.rows(
        "SELECT seq, at, actor, action, outcome, refs, detail, digest FROM audit LEFT JOIN audit_detail USING (seq) "
        f"WHERE outcome = 'done' AND actor = ? AND action NOT IN ({marks}) ORDER BY seq DESC LIMIT 100",
        *(by, *others_than),
    )
    return map(_entry, found)


def done(db: Database, actions: Collection[str], about: str | None = None) -> list[AuditEntry]:
    """The entries of some actions that were done, oldest first; with ``about``, those that name that reference."""
    found = db.rows(
        "SELECT seq, at, actor, action, outcome, refs, detail, digest FROM audit LEFT JOIN audit_detail USING (seq) "
        "WHERE outcome = 'done' AND (?1 IS NULL OR EXISTS (SELECT 1 FROM json_each(refs) WHERE value = ?1)) "
        f"AND action IN ({', '.join(f'?{n}' for n in range(2, len(actions) + 2))}) ORDER BY seq",
        *(about, *actions),
    )
    return [_entry(row) for row in found]


def checked(vault: Vault, actions: Collection[str]) -> Iterator[tuple[AuditEntry, list[str]]]:
    """The entries of some actions that were done, oldest first, each with what is wrong with it by itself."""
    signers = Signers(vault.db, vault.header.vault, vault.header.admin_public)
    marks = ", ".join("?" * len(actions))
    for row in vault.db.each(f"{_WHOLE} WHERE outcome = 'done' AND action IN ({marks}) ORDER BY seq", *actions):
        yield _entry((*row[:6], row[-1], row[8])), list(_wrong(signers, row))


def days_since(db: Database, actions: Collection[str]) -> list[str]:
    """The moments (UTC) of the entries with which another day began, from the last one of some actions that was done.

    In the order of the entries; from the first where none was done.
    """
    marks = ", ".join("?" * len(actions))
    last = db.value(
        f"SELECT seq FROM audit WHERE outcome = 'done' AND action IN ({marks}) ORDER BY seq DESC LIMIT 1", *actions
    )
    return [
        row[0]
        for row in db.rows(
            "SELECT at FROM (SELECT seq, at, lag(at) OVER (ORDER BY seq) AS before FROM audit WHERE seq >= ?) "
            "WHERE before IS NULL OR substr(before, 1, 10) <> substr(at, 1, 10) ORDER BY seq",
            last or 0,
        )
    ]


def own_verified(vault: Vault) -> Head | None:
    """The last entry in which whoever opened the vault verified the trail and found nothing wrong with it; None before.

    Their signature is over its digest, and that over all before it. None too where that entry is not sound itself.
    """
    found = vault.db.row(
        f"{_WHOLE} WHERE actor = ? AND action = 'audit.verify' AND outcome = 'done' "
        "AND CASE WHEN json_valid(detail) THEN detail ->> 'problems' = 0 END ORDER BY seq DESC LIMIT 1",
        vault.user.reference,
    )
    if found is None or any(_wrong(Signers(vault.db, vault.header.vault, vault.header.admin_public), found)):
        return None
    return Head(found[0], found[8])


def names(db: Database, ref: str) -> bool:
    """Whether any entry is about ``ref``."""
    return bool(entries(db, ref, 1))


def holds(db: Database, noted: Head) -> bool:
    """Whether a head that was noted elsewhere is in the trail."""
    if noted.seq == 0:
        return noted.digest == GENESIS
    return bool(db.value("SELECT digest FROM audit WHERE seq = ?", noted.seq) == noted.digest)


def accept(vault: Vault, head_: Head) -> None:
    """Certify with the managers' key that the entry ``head_`` accepts a trail that is not the one that was seen."""
    certificate = sealing.sign(vault.key(KeyName.ADMIN), _acceptance(vault, head_.seq, head_.digest))
    vault.db.run("INSERT INTO acceptance (seq, certificate) VALUES (?, ?)", head_.seq, certificate)


def accepted(vault: Vault) -> int:
    """How often it was accepted that the trail is not the one that was seen, as far as a manager certified it."""
    found = vault.db.rows("SELECT seq, digest, certificate FROM acceptance JOIN audit USING (seq)")
    admin = vault.header.admin_public
    return sum(sealing.verifies(admin, certificate, _acceptance(vault, *one)) for *one, certificate in found)


def _acceptance(vault: Vault, seq: int, digest: str) -> bytes:
    return context("acceptance", vault.header.vault, seq, digest)


def problems(vault: Vault, noted: Mapping[str, str], since: Head = BEGINNING) -> Iterator[str]:
    """Check the chain and the signatures of the entries after ``since``, and that each head noted elsewhere is in it.

    ``noted`` maps a head (``SEQ:DIGEST``) to where it was noted.
    """
    db = vault.db
    signers = Signers(db, vault.header.vault, vault.header.admin_public)
    for user, first in signers.forged:
        yield f"the key that {user} signs with from entry {first} on is not certified by a manager"
    for user in signers.others_than({slot.user.reference: slot.public_sign for slot in vault.remembered().slots}):
        yield f"the key that signs for {user} now is not the one in the header"
    previous, expected = since.digest, since.seq + 1
    for row in db.each(f"{_WHOLE} WHERE seq > ? ORDER BY seq", since.seq):
        seq, stored_previous, digest = row[0], row[7], row[8]
        if seq != expected:
            yield f"{_entries(expected, seq - 1)} missing"
            expected = seq
        if stored_previous != previous:
            yield f"entry {seq} does not follow the entry before it"
        yield from _wrong(signers, row)
        previous, expected = digest, expected + 1
    yield from _missing_heads(db, noted)


def _wrong(signers: Signers, row: Row) -> Iterator[str]:
    """What is wrong with one entry by itself, and with its detail: nothing ever takes one away."""
    seq, actor, detail_digest, digest, signature, detail = row[0], row[2], row[6], row[8], row[9], row[10]
    if _digest(*row[:8]) != digest:
        yield f"entry {seq} was altered"
    if not signers.signed(actor, seq, digest, signature):
        yield f"entry {seq} is not signed by {actor}"
    if detail is None:
        yield f"the detail of entry {seq} was taken away"
    elif hashlib.sha256(detail.encode()).hexdigest() != detail_digest:
        yield f"the detail of entry {seq} was altered"


def parse_head(text: str) -> Head:
    """A head as it is written, ``SEQ:DIGEST``; ValueError for anything else."""
    match = re.fullmatch(r"(0|[1-9][0-9]{0,11}):([0-9a-f]{64})", text.strip())
    if not match:
        raise ValueError("not the head of a trail")
    return Head(int(match[1]), match[2])


def _missing_heads(db: Database, noted: Mapping[str, str]) -> Iterator[str]:
    last = head(db).seq
    for text, where in noted.items():
        one = parse_head(text)
        if one.seq > last:
            yield f"{_entries(last + 1, one.seq)} gone: the trail ends before the head that {where} noted"
        elif not holds(db, one):
            yield f"entry {one.seq} is not the one that {where} noted: the trail was put back, and went on differently"


def _entries(first: int, last: int) -> str:
    return f"entry {first} is" if first == last else f"entries {first} to {last} are"


def _digest(*fields: Any) -> str:
    return hashlib.sha256(canonical(list(fields))).hexdigest()


def _entry(row: Row) -> AuditEntry:
    seq, at, actor, action, outcome, refs, detail, digest = row
    return AuditEntry(seq, at, actor, action, outcome, tuple(json.loads(refs)), _unsalted(detail), digest)


def _unsalted(detail: str | None) -> Mapping[str, Any] | None:
    """A detail without its salt; one that was altered into something else tells nothing."""
    if detail is None:
        return None
    fields = json.loads(detail)
    return {name: value for name, value in fields.items() if name != "salt"} if isinstance(fields, dict) else {}
