"""Backups: whole or not said to be made, listed with their last day, removed on it and nothing else with them."""

import os
import stat
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyrage
import pytest
from msgspec.structs import replace
from sqlcipher3 import dbapi2 as sqlcipher

from lcs_cli.errors import CannotUnlockError, FailedError, NotFoundError, RefusedError, UsageError
from lcs_cli.policy.backups import BackupState
from lcs_cli.records.user import KeyName
from lcs_cli.services import backups, doctor, families, keys, overview, setup, users
from lcs_cli.services.backups import Made
from lcs_cli.services.desk import Desk
from lcs_cli.vault import backup
from lcs_cli.vault.secret import Secret
from tests.conftest import CHEAP, TODAY, OpenDesk, make_vault, open_desk, passphrase
from tests.services import stories
from tests.services.stories import APPROVED, CLOSED, SWEPT

LAST = timedelta(days=35)
DAY = timedelta(days=1)


@pytest.fixture
def into(tmp_path: Path) -> Path:
    """A folder for backups."""
    folder = tmp_path / "usb"
    folder.mkdir()
    return folder


def made(desk: Desk, into: Path | None = None) -> Made:
    """One backup."""
    (one,) = backups.make(desk, into)
    return one


def states(desk: Desk) -> list[tuple[str, BackupState, int, bool]]:
    """The list, in short."""
    return [(one.reference, one.state, one.disposals_since, one.is_there) for one in backups.listing(desk)]


def test_a_backup_is_one_private_file_that_holds_the_vault(desk: Desk, into: Path) -> None:
    """Nothing else is left in the folder; the copy opens with the vault's key, and has the rows of that moment."""
    ref = stories.family(desk, name="Plantedname").ref
    one = made(desk, into)
    assert [path.name for path in into.iterdir()] == [one.path.name]
    assert one.path.name == f"lcs-backup-{desk.vault.header.vault[:8]}-20261126T090000Z.lcsb"
    assert stat.S_IMODE(one.path.stat().st_mode) == 0o600
    assert b"Plantedname" not in one.path.read_bytes()
    families.close(desk, ref, TODAY)
    with backup.reading(one.path) as found:
        assert list(found.problems()) == []
        found.extract(into / "data.db")
    connection = sqlcipher.connect(str(into / "data.db"))
    connection.execute(f"PRAGMA key = \"x'{stories.records_key(desk).hex()}'\"")
    assert connection.execute("SELECT name FROM family").fetchall() == [("Plantedname",)]
    assert connection.execute("SELECT closed_on FROM episode").fetchall() == [(None,)]
    connection.close()


def test_a_backup_is_on_record_and_on_the_trail(desk: Desk, into: Path) -> None:
    """By its reference and its digest; the trail names no folder and no file."""
    one = made(desk, into)
    entry = stories.trail(desk)[-1]
    assert (entry.action, entry.outcome, entry.refs) == ("vault.backup", "done", (one.reference,))
    assert entry.detail == {one.reference: backup.digest_of(one.path)} == {one.reference: one.sha256}
    (listed,) = backups.listing(desk)
    assert (listed.row.path, listed.row.size, listed.row.made_by) == (one.path, one.path.stat().st_size, "U-001-R")


def test_without_a_folder_it_goes_beside_the_vault(desk: Desk) -> None:
    """Into a folder that nobody else can enter."""
    one = made(desk)
    assert one.path.parent == desk.vault.folder.parent / "backups"
    assert stat.S_IMODE(one.path.parent.stat().st_mode) == 0o700


def test_a_backup_goes_to_no_place_where_it_would_be_lost(desk: Desk, into: Path) -> None:
    """Not into the vault's own folder, not where there is none, not over another; and nothing is said to be made."""
    one = made(desk, into)
    content = one.path.read_bytes()
    with stories.unchanged(desk):
        for wrong in (desk.vault.folder, into / "none", one.path):
            with pytest.raises(UsageError, match=r"^into: "):
                backups.make(desk, wrong)
        with pytest.raises(UsageError, match="is there already"):
            backups.make(desk, into)
    assert one.path.read_bytes() == content
    assert list(into.iterdir()) == [one.path]


def test_a_copy_that_is_not_sound_is_not_said_to_be_made(
    desk: Desk, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One page that went wrong on its way: nothing is left, and nothing is on record."""
    real = backup.copy

    def wrong(*args: Any) -> Any:
        manifest = real(*args)
        with (args[1] / backup.DATA).open("rb+") as file:
            file.seek(5000)
            file.write(b"\0")
        return manifest

    monkeypatch.setattr(backup, "copy", wrong)
    with stories.unchanged(desk), pytest.raises(FailedError, match="the backup is not sound"):
        backups.make(desk, into)
    assert list(into.iterdir()) == []


def test_others_write_while_the_copy_is_looked_through(
    desk: Desk, into: Path, desk_of: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The vault is locked for the copy alone: what is written then is in the vault, and not in the backup."""
    real = backup.unlike
    monkeypatch.setattr(backup, "unlike", lambda *args: (stories.family(desk_of("amina")), real(*args))[1])
    one = made(desk, into)
    assert len(families.listing(desk)) == 1
    assert backups.check(desk, one.path).problems == ()
    assert len(families.listing(desk)) == 2
    with backup.reading(one.path) as found:
        assert found.manifest.audit_head.partition(":")[0] == "3"


def test_an_encrypted_copy_opens_for_its_recipient_and_is_the_backup(desk: Desk, into: Path) -> None:
    """Beside the other, or alone; who is no recipient is named before anything is copied."""
    identity = pyrage.x25519.Identity.generate()
    to = [str(identity.to_public())]
    plain, sealed = backups.make(desk, into, to)
    assert sealed.path.name == f"{plain.path.name}.age"
    assert pyrage.decrypt(sealed.path.read_bytes(), [identity]) == plain.path.read_bytes()
    later = Desk(desk.vault, desk.now + DAY, desk.today + DAY)
    (alone,) = backups.make(later, into, to, encrypted_only=True)
    assert {path.name for path in into.iterdir()} == {plain.path.name, sealed.path.name, alone.path.name}
    with stories.unchanged(desk):
        for wrong in (["age1nobody"], []):
            with pytest.raises(UsageError, match="recipient"):
                backups.make(desk, into, wrong, encrypted_only=True)


def test_the_list_says_which_are_beyond_use(desk_of: OpenDesk, into: Path) -> None:
    """Past the last day, or with disposals since, which are counted; one that was withdrawn is none."""
    ref = stories.closed_family(desk_of("amina", CLOSED)).ref
    stories.approved(desk_of, ref)
    before = desk_of("amina", SWEPT - DAY)
    first = made(before, into)
    assert states(before) == [(first.reference, BackupState.KEPT, 0, True)]
    stories.swept(desk_of)
    after = desk_of("amina", SWEPT)
    second = made(after, into)
    assert states(after) == [
        (first.reference, BackupState.BEYOND_USE, 1, True),
        (second.reference, BackupState.KEPT, 0, True),
    ]
    last = desk_of("amina", SWEPT + LAST)
    assert [one.last_day for one in backups.listing(last)] == [SWEPT - DAY + LAST, SWEPT + LAST]
    assert states(last)[1][1] is BackupState.KEPT
    assert states(desk_of("amina", SWEPT + LAST + DAY))[1][1] is BackupState.BEYOND_USE
    second.path.unlink()
    assert states(last)[1][3] is False


def a_newer_one(desk_of: OpenDesk, folder: Path) -> None:
    """A backup of the next day, elsewhere: the older ones can be done without."""
    folder.mkdir()
    desk = desk_of("amina", TODAY + DAY)
    made(desk, folder)
    desk.db.close()


def test_the_newest_backup_stays_until_there_is_another(desk: Desk, into: Path, desk_of: OpenDesk) -> None:
    """A clock that ran ahead, or a job that failed for weeks, leaves one; a newer one that is not there is none."""
    first = made(desk, into)
    assert stories.swept(desk_of, TODAY + 2 * LAST).backups_removed == []
    assert states(desk_of("amina", TODAY + 2 * LAST))[0][1] is BackupState.BEYOND_USE
    second = made(desk_of("amina", TODAY + DAY), into)
    away = second.path.rename(second.path.with_name("away"))
    assert stories.swept(desk_of, TODAY + LAST + DAY).backups_removed == []
    away.rename(second.path)
    assert stories.swept(desk_of, TODAY + LAST + DAY).backups_removed == [first.reference]


def test_the_sweep_removes_a_backup_on_the_day_after_its_last(
    desk: Desk, into: Path, desk_of: OpenDesk, tmp_path: Path
) -> None:
    """And says so, once; not a day earlier. An encrypted copy goes with it."""
    plain, sealed = backups.make(desk, into, [str(pyrage.x25519.Identity.generate().to_public())])
    a_newer_one(desk_of, tmp_path / "newer")
    assert stories.swept(desk_of, TODAY + LAST).backups_removed == []
    swept = desk_of("amina", TODAY + LAST + DAY)
    assert stories.swept(desk_of, TODAY + LAST + DAY).backups_removed == [plain.reference, sealed.reference]
    assert list(into.iterdir()) == []
    assert [one.row.removed_on for one in backups.listing(swept)] == [TODAY + LAST + DAY, TODAY + LAST + DAY, None]
    assert (plain.reference, BackupState.REMOVED, 0, False) in states(swept)
    (entry,) = [one for one in stories.trail(swept) if plain.reference in one.refs and one.action == "retention.sweep"]
    assert entry.refs == (plain.reference, sealed.reference)
    assert stories.swept(desk_of, TODAY + LAST + DAY).backups_removed == []


@pytest.mark.parametrize("what", ["another file", "a link", "another vault's", "nothing", "no folder", "cut"])
def test_the_sweep_removes_nothing_but_the_backup(
    desk: Desk, into: Path, desk_of: OpenDesk, tmp_path: Path, what: str
) -> None:
    """What lies under its name and is something else stays; what is not there is no error, and stays on the list."""
    one = made(desk, into)
    content = one.path.read_bytes()
    (tmp_path / "elsewhere").write_bytes(content)
    one.path.unlink()
    if what == "another file":
        one.path.write_bytes(b"holiday photographs")
    elif what == "a link":
        one.path.symlink_to(tmp_path / "elsewhere")
    elif what == "another vault's":
        make_vault(tmp_path / "other")
        made(open_desk(tmp_path / "other"), tmp_path).path.rename(one.path)
    elif what == "cut":
        one.path.write_bytes(content[:5000])
    elif what == "no folder":
        into.rmdir()
    a_newer_one(desk_of, tmp_path / "newer")
    removed = stories.swept(desk_of, TODAY + LAST + DAY).backups_removed
    assert removed == ([one.reference] if what == "cut" else [])
    assert os.path.lexists(one.path) == (what in ("another file", "a link", "another vault's"))
    assert (tmp_path / "elsewhere").read_bytes() == content
    if what != "cut":
        assert states(desk_of("amina", TODAY + LAST + DAY))[0][1] is BackupState.BEYOND_USE


def test_an_encrypted_copy_that_was_exchanged_is_not_removed(desk: Desk, into: Path, desk_of: OpenDesk) -> None:
    """What is in it cannot be read here: only the very file that was made is ours."""
    (one,) = backups.make(desk, into, [str(pyrage.x25519.Identity.generate().to_public())], encrypted_only=True)
    content = one.path.read_bytes()
    one.path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert stories.swept(desk_of, TODAY + LAST + DAY).backups_removed == []
    assert one.path.exists()


def test_the_next_backup_is_said_to_be_overdue(desk: Desk, into: Path, desk_of: OpenDesk) -> None:
    """From the day after the interval, in the day, the status and the check-up; nothing is overdue that never began."""

    def late(day: date) -> tuple[int, int, bool]:
        there = desk_of("amina", day)
        counts = [{one.name: one.count for one in of.waiting} for of in (overview.today(there), overview.status(there))]
        checks = {one.check: one.sound for one in doctor.examine(there)}
        return counts[0]["backup_overdue"], counts[1]["backup_overdue"], checks["backups"]

    assert late(TODAY) == (0, 0, True)
    made(desk, into)
    assert late(TODAY + 7 * DAY) == (0, 0, True)
    assert late(TODAY + 8 * DAY) == (1, 1, False)
    made(desk_of("amina", TODAY + 8 * DAY), into)
    assert late(TODAY + 8 * DAY) == (0, 0, True)


def test_a_backup_under_former_keys_is_looked_through_by_whoever_had_them(
    desk: Desk, into: Path, desk_of: OpenDesk
) -> None:
    """A rotation locks nobody out of checking; with another passphrase the old one would be needed."""
    one = made(desk, into)
    keys.rotate(desk)
    assert backups.check(desk_of("amina"), one.path).problems == ()
    there = desk_of("amina")
    users.change_passphrase(there, Secret(passphrase=f"{passphrase('amina')} and a whisk"), CHEAP)
    again = backups.check(there, None)  # what was opened with the former one still has its keys
    assert again.problems == ()
    rhys = desk_of("rhys")
    users.change_passphrase(rhys, Secret(passphrase=f"{passphrase('rhys')} and a whisk"), CHEAP)
    new = Secret(passphrase=f"{passphrase('rhys')} and a whisk")
    rhys = setup.open_desk(desk.vault.folder, "rhys", new, now=desk.now, today=TODAY)
    with pytest.raises(CannotUnlockError, match="keys of before"):
        backups.check(rhys, one.path)


def test_what_is_no_backup_of_this_vault_is_named(desk: Desk, into: Path, tmp_path: Path) -> None:
    """A missing file, another vault's; and without a name, where none is there."""
    with pytest.raises(NotFoundError, match="no backup is where it was put"):
        backups.check(desk, None)
    with pytest.raises(UsageError, match=r"^file: there is no such file"):
        backups.check(desk, into / "none.lcsb")
    with pytest.raises(UsageError, match=r"^file: is a file of the vault"):
        backups.check(desk, desk.db.path)
    make_vault(tmp_path / "other")
    with pytest.raises(UsageError, match=r"^file: is a backup of another vault"):
        backups.check(desk, made(open_desk(tmp_path / "other"), into).path)


def test_a_forged_header_in_a_backup_is_noticed(desk: Desk, into: Path, tmp_path: Path) -> None:
    """A whole vault of somebody else's, under this one's number: its managers are others."""
    make_vault(tmp_path / "other")
    other = open_desk(tmp_path / "other")
    header = desk.vault.header.vault
    forged = replace(other.vault.header, vault=header).signed(other.vault.key(KeyName.ADMIN))
    with other.db.transaction():
        other.db.run("UPDATE vault SET vault = ?, header = ?", header, forged.to_bytes().decode())
    other.vault.header = forged
    building = tmp_path / "parts"
    building.mkdir()
    with other.db.transaction():
        manifest = backup.copy(other.vault, building, desk.moment)
    with (into / "forged.lcsb").open("wb") as file:
        backup.write(building, manifest, other.vault.opened.sign, file)
    assert backups.check(desk, into / "forged.lcsb").problems == (
        "the header in it is not signed by this vault's managers",
    )


@pytest.mark.parametrize(
    "sql", ["DELETE FROM backup", "UPDATE backup SET folder = 'x'", "UPDATE backup SET removed_on = NULL"]
)
def test_what_was_backed_up_stays_on_record(desk: Desk, into: Path, sql: str) -> None:
    """A guard of the schema: a backup is not forgotten before it is gone, nor after."""
    made(desk, into)
    with desk.db.transaction():
        desk.db.run("UPDATE backup SET removed_on = made_on")
    with pytest.raises(RefusedError, match="a backup that was made stays on record"), desk.db.transaction():
        desk.db.run(sql)


def test_a_backup_taken_before_a_review_is_not_beyond_use(desk_of: OpenDesk, into: Path) -> None:
    """What is approved and cooling off is not disposed of yet."""
    ref = stories.closed_family(desk_of("amina", CLOSED)).ref
    one = made(desk_of("amina", APPROVED), into)
    stories.approved(desk_of, ref)
    assert states(desk_of("amina", APPROVED))[0] == (one.reference, BackupState.KEPT, 0, True)
