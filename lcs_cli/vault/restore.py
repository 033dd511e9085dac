"""Putting a backup back: built out of sight without a header, so that nothing opens it before all is done to it.

The newest register of disposals comes with it. Its lines name heads of the trail that was lost with the vault: the
managers' key certifies which lines those are, so that a check of the trail does not look for them.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from lcs_cli.errors import DamagedVaultError, FailedError, UsageError
from lcs_cli.records.user import KeyName
from lcs_cli.vault import audit, sealing, subjects
from lcs_cli.vault.backup import Backup, unlike
from lcs_cli.vault.connection import Database
from lcs_cli.vault.counters import next_number
from lcs_cli.vault.encoding import context, decode, encode
from lcs_cli.vault.files import clear_abandoned, sync_folder, unnamed, write_new
from lcs_cli.vault.folder import HEADER, HEADER_COPY, REGISTER, Vault, check_data_name
from lcs_cli.vault.migrate import Classed, check_schema, migrate
from lcs_cli.vault.register import Line
from lcs_cli.vault.slots import Opener

_COUNTED = {
    "families": "family",
    "people": "person",
    "sessions": "contact_session",
    "attendances": "attendance",
    "flags": "flag",
    "accidents": "accident",
    "documents": "document",
    "disclosures": "disclosure",
}


@contextmanager
def building(backup: Backup, into: Path, register: bytes, opener: Opener, classed: Classed) -> Iterator[Vault]:
    """The vault of a backup, opened by ``opener``, with the newest register; it gets its place at the end, or never.

    DamagedVaultError for a backup that is not whole.
    """
    check_nothing_there(into)
    into = into.absolute()
    folder = unnamed(into.parent)
    try:
        into.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.mkdir(mode=0o700)
        clear_abandoned(folder)
    except OSError as error:
        raise FailedError(f"into: cannot be written ({error.strerror})", "name another with --into") from error
    vault: Vault | None = None
    try:
        vault = _unpacked(backup, folder, register, opener, classed)
        yield vault
        vault.db.close()
        for copy in (HEADER, HEADER_COPY):
            write_new(folder / copy, vault.header.to_bytes())
        sync_folder(folder)
        check_nothing_there(into)
        folder.rename(into)
    except BaseException:
        if vault is not None:
            vault.db.close()
        shutil.rmtree(folder, ignore_errors=True)
        raise
    with suppress(OSError):  # the vault is there: should the power go now, it is out of sight again, as before
        sync_folder(into.parent)


def check_nothing_there(into: Path) -> None:
    """Refuse a place where anything is: a vault is never put over another one."""
    if os.path.lexists(into):
        raise UsageError("into: something is there already", "name a new folder; move it when you have seen it")


def certificate(vault: Vault, after: str, to: str) -> str:
    """The managers' signature that the register's lines after one digest, up to another, are of a lost trail."""
    return encode(sealing.sign(vault.key(KeyName.ADMIN), _lost(vault, after, to)))


def of_lost_trails(vault: Vault, lines: Sequence[Line]) -> frozenset[str]:
    """The digests of the lines that were written beside a trail that is not this one, as far as it is certified."""
    digests = ["", *(line["digest"] for line in lines)]
    found: set[str] = set()
    for entry, wrong in audit.checked(vault, ("vault.restore",)):
        detail = entry.detail or {}
        after, to = str(detail.get("after", "")), str(detail.get("to", ""))
        if wrong or after not in digests or to not in digests or "certificate" not in detail:
            continue
        try:
            signature = decode(detail["certificate"])
        except (ValueError, TypeError):
            continue
        if sealing.verifies(vault.header.admin_public, signature, _lost(vault, after, to)):
            found.update(digests[digests.index(after) + 1 : digests.index(to) + 1])
    return frozenset(found)


def _lost(vault: Vault, after: str, to: str) -> bytes:
    return context("restore", vault.header.vault, after, to)


def _unpacked(backup: Backup, folder: Path, register: bytes, opener: Opener, classed: Classed) -> Vault:
    header, opened = opener([backup.header()])
    check_data_name(header)
    data = folder / header.data
    backup.extract(data)
    write_new(folder / REGISTER, register)
    db = Database(data, opened.keys[KeyName.RECORDS], None)
    try:
        if wrong := unlike(db, backup.manifest):
            raise DamagedVaultError(f"the backup is damaged: {wrong[0]}", "use another backup")
        if db.value("SELECT header FROM vault") != header.to_bytes().decode():
            raise DamagedVaultError("the data file and the header do not belong together", "use another backup")
        migrate(db)
        check_schema(db, classed)
    except BaseException:
        db.close()
        raise
    return Vault(folder, header, opened, db)


def make_ready(db: Database, subject: str, on: str, by: str) -> None:
    """Bring a file to where it was when it was disposed of: closed, nothing open, its disposal approved.

    The backup may be older than all of that, and the schema's guards ask for it. It all goes with the file.
    """
    family, staff = subjects.columns(subject)
    db.run("UPDATE episode SET closed_on = max(opened_on, ?) WHERE family_id = ? AND closed_on IS NULL", on, family)
    db.run(
        "UPDATE access_request SET outcome = 'disposed', ended_on = ?, ended_by = ? "
        "WHERE family_id = ? AND ended_on IS NULL",
        *(on, by, family),
    )
    db.run(
        "UPDATE legal_hold SET released_on = max(placed_on, ?), released_by = '' "
        "WHERE family_id IS ? AND staff_id IS ? AND released_on IS NULL",
        *(on, family, staff),
    )
    db.run("DELETE FROM review WHERE family_id IS ? AND staff_id IS ?", family, staff)
    db.run(
        "INSERT INTO review (id, family_id, staff_id, outcome, state, due_on, rule, clause, facts_hash, "
        "policy_version, rules_hash, reviewed_on, reviewed_by, approved_on, approved_by, list_hash) "
        "SELECT ?1, ?2, ?3, 'dispose', 'approved', ?4, '', '', '', max(number), '', ?4, '', ?4, ?5, '' "
        "FROM policy_version",
        *(next_number(db, "review"), family, staff, on, by),
    )


def counted(db: Database) -> dict[str, int]:
    """How many records of each kind there are."""
    return {noun: int(db.value(f"SELECT count(*) FROM {table}")) for noun, table in _COUNTED.items()}
