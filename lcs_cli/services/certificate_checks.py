"""The certificates of disposal in the vault, compared with each other, with the trail and with the register."""

import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lcs_cli.errors import DamagedVaultError
from lcs_cli.records.references import Kind, number_in, reference
from lcs_cli.records.value import Value
from lcs_cli.services.desk import Desk
from lcs_cli.vault import audit, certificates, disposals, reviews
from lcs_cli.vault.audit import AuditEntry
from lcs_cli.vault.certificates import Certificate
from lcs_cli.vault.register import Line, Register, ends_with, subject_of


class Checked(Value):
    """What the certificates tell: the heads of the trail that they noted, and what is wrong."""

    heads: Mapping[str, str]
    problems: tuple[str, ...]


class _Row(NamedTuple):
    """A certificate as it is kept: its reference there, the day it was issued, its content."""

    ref: str
    issued_on: str
    content: str


def check(desk: Desk, register: Register) -> Checked:
    """Signatures and chain of all certificates, that none is missing, and that each says what was done."""
    rows = [_Row(reference(Kind.CERTIFICATE, one[0]), *one[1:]) for one in disposals.certificate_rows(desk.db)]
    lines = [(row.ref, row.content.encode()) for row in rows]
    found = certificates.read(lines, desk.vault.header.admin_public, chained=True)
    problems = (
        *found.problems,
        *_in_their_rows(rows, found.certificates),
        *_untold(desk, rows, found.certificates),
        *_unregistered(desk, register, found.certificates),
    )
    return Checked({one.content["audit_head"]: one.ref for one in found.certificates}, problems)


def check_last(desk: Desk, register: Register) -> None:
    """DamagedVaultError where the register was cut before the line of the last certificate, or exchanged."""
    digest = _last_digest(desk)
    if register.vault != desk.vault.header.vault:
        raise DamagedVaultError("the register of disposals is another vault's", "restore it from a backup")
    if digest is not None and all(line["digest"] != digest for line in register.lines):
        raise DamagedVaultError(
            "the register of disposals has no line for the last certificate: it was cut", "restore it from a backup"
        )


def check_end(desk: Desk) -> None:
    """The same, where nothing is to be disposed of: the end of the register is read, and all of it only where it fails.

    A sweep of every night takes no longer for what was disposed of in all the years before.
    """
    path = desk.vault.register
    if not path.exists() or not ends_with(path, desk.vault.header.vault, _last_digest(desk)):
        check_last(desk, Register(path))


def _last_digest(desk: Desk) -> str | None:
    """The line of the register that the last certificate was issued for; None before the first one."""
    last = disposals.last_certificate(desk.db)
    try:
        return str(json.loads(last)["register_digest"]) if last else None
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedVaultError("the last certificate of disposal was altered", "run: lcs audit verify") from error


def _in_their_rows(rows: list[_Row], found: tuple[Certificate, ...]) -> Iterator[str]:
    kept = {(row.ref, row.issued_on) for row in rows}
    for one in found:
        if (one.ref, one.content["disposed_on"]) not in kept:
            yield f"{one.ref} is not kept under its own reference and day"


def _untold(desk: Desk, rows: list[_Row], found: tuple[Certificate, ...]) -> Iterator[str]:
    """Certificates of which no entry tells, or another thing; and those of which one tells, and that are not there."""
    entries: dict[str, tuple[AuditEntry, str]] = {}
    for entry in _entries(desk, "retention.sweep"):
        entries |= {ref: (entry, told) for ref, told in (entry.detail or {}).get("certificate", {}).items()}
    for ref in entries.keys() - {row.ref for row in rows}:
        yield f"{ref} is not there, and entry {entries[ref][0].seq} tells of it"
    for one in found:
        if one.ref not in entries:
            yield f"{one.ref} is there, and no entry tells of it"
            continue
        entry, told = entries[one.ref]
        said = (told, f"{entry.seq}:{entry.digest}", entry.actor)
        if said != (one.told, one.content["audit_head"], one.content["signer"]["user"]):
            yield f"{one.ref} is not what entry {entry.seq} tells of"


def _unregistered(desk: Desk, register: Register, found: tuple[Certificate, ...]) -> Iterator[str]:
    """Certificates without their line in the register, or that say another thing; and lines without certificate.

    A line whose proposal is still there is of a sweep that was stopped: the next one takes it up. One that a restore
    carried out again has its certificate in what was lost.
    """
    if register.vault != desk.vault.header.vault:
        yield "the register of disposals is another vault's"
    lines = {line["digest"]: line for line in register.lines}
    for one in found:
        line = lines.get(one.content["register_digest"])
        if line is None:
            yield f"the register of disposals has no line for {one.ref}: it was cut"
        elif any(line.get(name) != one.content.get(name) for name in ("review", "family", "staff")):
            yield f"{one.ref} is not what its line in the register of disposals says"
    certified = {one.content["register_digest"] for one in found}
    certified |= {(entry.detail or {}).get("register_digest") for entry in _entries(desk, "vault.restore")}
    for line in register.all_standing():
        if line["digest"] not in certified and not _is_live(desk, line):
            yield f"the register of disposals tells of {line['review']}, and no certificate does"


def _entries(desk: Desk, action: str) -> Iterator[AuditEntry]:
    """The entries of an action that are to be relied on; what is wrong with the others, the check of the trail says."""
    return (entry for entry, wrong in audit.checked(desk.vault, [action]) if not wrong)


def _is_live(desk: Desk, line: Line) -> bool:
    found = reviews.select(desk.db, "WHERE id = ?", number_in(Kind.REVIEW, line["review"]))
    return any(one.subject == subject_of(line) for one in found)
