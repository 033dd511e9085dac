"""Backups: made in one file and looked at before they are said to be made, listed, checked, removed on their day."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

from lcs_cli.errors import CannotUnlockError, FailedError, NotFoundError, UsageError
from lcs_cli.policy.backups import BackupState, days_overdue, has_expired, last_day
from lcs_cli.policy.schedule import schedule_in_force
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.user import KeyName
from lcs_cli.records.value import Value
from lcs_cli.services.desk import Desk
from lcs_cli.services.outbox import check_outside
from lcs_cli.vault import backup, backups, sealing
from lcs_cli.vault.age import Recipients
from lcs_cli.vault.backup import Backup, Manifest
from lcs_cli.vault.backups import BackupRow
from lcs_cli.vault.connection import Database
from lcs_cli.vault.files import clear_abandoned, new_file, refuse_own, sync_folder, unnamed
from lcs_cli.vault.register import Line, Register
from lcs_cli.vault.slots import open_key

_WHOLE = "file.lcsb"
_AGE = ".age"


class Made(Value):
    """One file of a backup: its reference, where it lies, how large it is."""

    reference: str
    path: Path
    size: int
    sha256: str
    encrypted: bool


class Listed(Value):
    """One file on the list. ``disposals_since`` were carried out after it; ``is_there`` says whether it was found."""

    row: BackupRow
    state: BackupState
    age: int
    last_day: date | None
    disposals_since: int
    is_there: bool

    @property
    def reference(self) -> str:
        """Its reference."""
        return reference(Kind.BACKUP, self.row.number)


class Checked(Value):
    """A backup that was looked through: what it says of itself, and what is wrong with it."""

    path: Path
    manifest: Manifest
    problems: tuple[str, ...]


def make(
    desk: Desk, into: Path | None = None, recipients: Sequence[str] = (), *, encrypted_only: bool = False
) -> list[Made]:
    """Make a backup, in a folder outside the vault; with age ``recipients``, also a copy encrypted to them.

    The vault is locked for the copy alone. It is entered, then named: stopped in between, it is listed as not there.
    """
    with desk.acting("vault.backup", logged=False):
        folder = _folder(desk, into)
    to = Recipients(recipients) if recipients or encrypted_only else None
    with _building(folder) as building:
        with desk.acting("vault.backup", logged=False):
            manifest = backup.copy(desk.vault, building, desk.moment)
        whole = building / _WHOLE
        with new_file(whole) as file:
            backup.write(building, manifest, desk.vault.opened.sign, file)
        _check_made(desk, building, whole)
        name = f"lcs-backup-{manifest.vault[:8]}-{manifest.made_at.replace('-', '').replace(':', '')}.lcsb"
        files = {} if encrypted_only else {whole: name}
        if to is not None:
            files[_encrypted(whole, to)] = name + _AGE
        return _enter(desk, files, folder, manifest)


def listing(desk: Desk) -> list[Listed]:
    """Every backup that was made here, oldest first."""
    with desk.acting("vault.backup.list"):
        return _listed(desk)


def check(desk: Desk, path: Path | None) -> Checked:
    """Look through a backup, the newest that is there unless one is named: each part, the signature, every page.

    CannotUnlockError where its keys are older.
    """
    with desk.acting("vault.backup.check", logged=False):
        path = path or _newest(desk)
        refuse_own(path, desk.vault.folder, "file")
    with backup.reading(path) as found:  # while others work
        problems = _problems(desk, found) or _opened(desk, found, path.parent)
    with desk.acting("vault.backup.check") as act:
        act.note(backup=found.manifest.audit_head, problems=len(problems))
        return Checked(path, found.manifest, tuple(problems))


def expire(desk: Desk) -> list[str]:
    """Remove the backups that are past their last day, and note it; their references. It is a part of the sweep.

    Only a file that is a backup of this vault goes, or an encrypted one that is as it was made. What is not where it
    was put stays on the list as beyond use; and the newest that is there stays until there is another, for a clock that
    ran ahead, or a job that failed for weeks, is to leave one.
    """
    schedule = schedule_in_force(desk.rules, desk.today)
    rows = [row for row in backups.every(desk.db) if not row.removed_on]
    old = [row for row in rows if has_expired(row.made_on, schedule, desk.today)]
    latest = sorted(rows if old else (), key=lambda row: row.made_on, reverse=True)
    newest = next((row.made_on for row in latest if _is_own(desk, row)), desk.today)
    expired = [row for row in old if row.made_on < newest and _is_own(desk, row)]
    removed: list[str] = []
    if not expired:
        return removed
    with desk.acting("retention.sweep") as act:
        for row in expired:
            with suppress(OSError):  # a disk that cannot be written: the next sweep tries again
                row.path.unlink()
                backups.remove(desk.db, row.number, desk.today)
                removed.append(reference(Kind.BACKUP, row.number))
        act.note(*removed, backups_removed=len(removed))
    return removed


def overdue(desk: Desk) -> tuple[int, str]:
    """By how many days the next backup is overdue, and by which clause; within another use case."""
    schedule = schedule_in_force(desk.rules, desk.today)
    days = days_overdue(backups.last_made_on(desk.db), schedule, desk.today)
    return days, schedule.backup_interval.clause


def standing_since(register: Register, lines: int) -> list[Line]:
    """The disposals that a register tells of after so many lines, without those that were withdrawn."""
    standing = {line["digest"] for line in register.all_standing()}
    return [line for line in register.lines[lines:] if line["digest"] in standing]


def _listed(desk: Desk) -> list[Listed]:
    schedule, register = schedule_in_force(desk.rules, desk.today), Register(desk.vault.register)
    found = []
    for row in backups.every(desk.db):
        since = len(standing_since(register, row.register_lines))
        state = BackupState.BEYOND_USE if since or has_expired(row.made_on, schedule, desk.today) else BackupState.KEPT
        state = BackupState.REMOVED if row.removed_on else state
        is_there = row.removed_on is None and row.path.is_file()
        age = (desk.today - row.made_on).days
        found.append(Listed(row, state, age, last_day(row.made_on, schedule), since, is_there))
    return found


def _folder(desk: Desk, into: Path | None) -> Path:
    """Where it goes: a folder that is there, or one of our own beside the vault."""
    check_outside(desk.vault.folder, into)
    if into is None:
        into = desk.vault.folder.absolute().parent / "backups"
        into.mkdir(mode=0o700, exist_ok=True)
    if not into.is_dir():
        raise UsageError("into: is not a folder", "make it first, and name it with --into")
    return into.absolute()


@contextmanager
def _building(folder: Path) -> Iterator[Path]:
    """A private folder out of sight, which is gone afterwards."""
    building = unnamed(folder)
    try:
        building.mkdir(mode=0o700)
        clear_abandoned(building)
        yield building
    except OSError as error:
        raise FailedError(
            f"the folder cannot be written ({error.strerror}); nothing was made", "make room, or name another folder"
        ) from error
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _check_made(desk: Desk, building: Path, whole: Path) -> None:
    """Look through what was written, and open the copy that it was written from."""
    with backup.reading(whole) as found:
        problems = _problems(desk, found)
        data = Database(building / backup.DATA, desk.vault.key(KeyName.RECORDS), None)
        problems = problems or backup.unlike(data, found.manifest)
    if problems:
        raise FailedError(f"the backup is not sound: {problems[0]}; nothing was made", "run: lcs doctor")


def _encrypted(whole: Path, to: Recipients) -> Path:
    path = whole.with_name(f"{_WHOLE}{_AGE}")
    with whole.open("rb") as source, new_file(path) as target:
        to.encrypt(source, target)
    return path


def _enter(desk: Desk, files: dict[Path, str], folder: Path, manifest: Manifest) -> list[Made]:
    made = []
    if taken := [name for name in files.values() if os.path.lexists(folder / name)]:
        raise UsageError(f"into: {taken[0]} is there already", "wait a second, or name another folder")
    with desk.acting("vault.backup") as act:
        for path, name in files.items():
            row = _row(desk, path, folder / name, manifest)
            number = backups.add(desk.db, row)
            made.append(Made(reference(Kind.BACKUP, number), folder / name, row.size, row.sha256, row.encrypted))
            act.note(made[-1].reference, **{made[-1].reference: row.sha256})
    try:
        for path, name in files.items():
            path.rename(folder / name)
        sync_folder(folder)
    except OSError as error:
        raise FailedError(
            f"{made[0].reference} is on record, and perhaps not in its folder ({error.strerror})",
            "make another, and see: lcs vault backup list",
        ) from error
    return made


def _row(desk: Desk, path: Path, named: Path, manifest: Manifest) -> BackupRow:
    return BackupRow(
        number=0,
        made_on=desk.today,
        made_by=manifest.made_by,
        folder=str(named.parent),
        name=named.name,
        encrypted=named.suffix == _AGE,
        size=path.stat().st_size,
        sha256=backup.digest_of(path),
        register_lines=manifest.register_lines,
    )


def _newest(desk: Desk) -> Path:
    for one in reversed(_listed(desk)):
        if one.is_there and not one.row.encrypted:
            return one.row.path
    raise NotFoundError("no backup is where it was put", "name its file, or make one: lcs vault backup")


def _problems(desk: Desk, found: Backup) -> list[str]:
    """What is wrong with a file that says it is a backup of this vault."""
    problems = list(found.problems())
    if not problems and found.manifest.vault != desk.vault.header.vault:
        raise UsageError("file: is a backup of another vault", "name that vault with --vault")
    if not problems and not found.header().is_signed_by(desk.vault.header.admin_public):
        problems.append("the header in it is not signed by this vault's managers")
    return problems


def _opened(desk: Desk, found: Backup, beside: Path) -> list[str]:
    """What is wrong inside, for somebody who can open it."""
    key = _records_key(desk, found)
    with _building(beside) as building:
        found.extract(building / backup.DATA)
        return backup.unlike(Database(building / backup.DATA, key, None), found.manifest)


def _records_key(desk: Desk, found: Backup) -> bytes:
    """The key of the data file in it: today's, or an older one that was sealed to the same person."""
    header, opened = found.header(), desk.vault.opened
    if header.generation(KeyName.RECORDS) == desk.vault.header.generation(KeyName.RECORDS):
        return desk.vault.key(KeyName.RECORDS)
    for slot in header.slots:
        if opened.seal and slot.lock.public_seal == sealing.public_seal_key(opened.seal):
            sealed = slot.sealed(KeyName.RECORDS)
            return open_key(header.vault, opened.user.reference, opened.seal, KeyName.RECORDS, sealed)
    raise CannotUnlockError(
        "the parts and the signature are sound; the data file takes keys of before",
        "try it with the passphrase of that day: lcs vault restore FILE --into FOLDER",
    )


def _is_own(desk: Desk, row: BackupRow) -> bool:
    """Whether what lies there is that backup: nobody else's file is removed, whatever name it has."""
    if row.path.is_symlink() or not row.path.is_file():
        return False
    if not row.encrypted:
        return backup.is_ours(row.path, desk.vault.header.vault)
    try:
        return row.path.stat().st_size == row.size and backup.digest_of(row.path) == row.sha256
    except OSError:
        return False
