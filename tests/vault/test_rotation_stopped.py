"""A rotation that is stopped at any moment: the vault is wholly under the old keys, or wholly under the new ones."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from lcs_cli.errors import DamagedVaultError, FailedError
from lcs_cli.services import audits, keys
from lcs_cli.vault import folder, rotation
from lcs_cli.vault.connection import Database
from lcs_cli.vault.files import locked, replace_file
from lcs_cli.vault.folder import HEADER, HEADER_COPY, building_name
from tests.conftest import open_desk
from tests.services import stories
from tests.stopping import KILLED, LIMITS, Stopped, stopped
from tests.vault import sealed
from tests.vault.pages import PAGE
from tests.vault.tampering import header_of, raw, without_triggers

ARGV = ("vault", "rotate")
DONE = "the keys are replaced, but the folder could not be put in order"
NOT_DONE = ("the disk is full", "the disk could not be read or written", "a file or folder stood in the way")


def opens(path: Path, key: bytes) -> bool:
    """Whether a key opens a data file, to another tool."""
    connection = sqlcipher.connect(str(path))
    try:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("SELECT count(*) FROM sqlite_schema")
    except sqlcipher.DatabaseError:
        return False
    finally:
        connection.close()
    return True


def replaced(template: Path, one: Stopped) -> bool:
    """Whether the vault is under new keys; that it is whole under these or the old ones is seen to on the way."""
    old = open_desk(template)
    desk = open_desk(one.folder)
    header = header_of(one.folder)
    names = {HEADER, HEADER_COPY, "lock", "sweep.lock", "disposals.jsonl", header.data}
    assert set(sealed.files(one.folder)) == names, one.step
    assert (one.folder / HEADER).read_bytes() == (one.folder / HEADER_COPY).read_bytes()
    assert sealed.records(desk) == sealed.records(old), one.step
    assert sealed.texts(desk) == sealed.texts(old), one.step
    rotated = [entry for entry in stories.trail(desk) if entry.action == "vault.rotate"]
    assert audits.verify(desk).problems == (), one.step
    desk.db.close()
    keys = [stories.records_key(one_) for one_ in (old, desk)]
    assert [opens(one.folder / header.data, key) for key in keys] == [keys[0] == keys[1], True], one.step
    assert len(rotated) == (keys[0] != keys[1]), one.step
    return bool(rotated)


def switched_once(template: Path, runs: list[Stopped]) -> list[bool]:
    """Whether each of the runs, the later stopped the later, left the vault under new keys: first none, then all."""
    found = [replaced(template, one) for one in runs]
    assert [whether for whether, _ in groupby(found)] == [False, True]
    return found


def test_switched_off_before_any_of_its_steps(sealed_template: Path, tmp_path: Path) -> None:
    """Nothing is lost and nothing is left over, whichever it was; there is one moment before which nothing happened."""
    runs = stopped("killed", sealed_template, tmp_path, *ARGV)
    steps = [one.step for one in runs]
    assert [one.ran.code for one in runs] == [KILLED] * (len(runs) - 1) + [0]
    assert {"fsync", "unlink", "rename", "replace", "new file", "SQL script", "SQL COMMIT", "SQL commit"} <= set(steps)
    found = switched_once(sealed_template, runs)
    assert steps[found.index(True) - 1] == "replace"
    assert keys.rotate(open_desk(runs[40].folder)).left == frozenset()


def test_when_the_disk_is_full_from_any_of_its_steps_on(sealed_template: Path, tmp_path: Path) -> None:
    """It says so in one line, and whether the keys are replaced is what it said."""
    runs = stopped("full", sealed_template, tmp_path, *ARGV, shared=True)
    for one, done in zip(runs, switched_once(sealed_template, runs), strict=True):
        lines = [line for line in one.ran.err.splitlines() if not line.startswith("warning: the head of the trail")]
        if one.ran.code == 0:
            assert (done, lines) == (True, [])
        else:
            assert (one.ran.code, len(lines)) == (1, 2), one
            assert lines[0].removeprefix("error: ").startswith(DONE if done else NOT_DONE), one
            assert lines[1].startswith("hint: ")


def test_when_the_system_lets_no_file_grow_beyond_a_limit(sealed_template: Path, tmp_path: Path) -> None:
    """A quota, or a disk that is really full: the rows that did not fit are not half there."""
    runs = stopped("limited", sealed_template, tmp_path, *ARGV)
    assert len(runs) == len(LIMITS) + 1
    for one, done in zip(runs, switched_once(sealed_template, runs), strict=True):
        lines = [line for line in one.ran.err.splitlines() if not line.startswith("warning: the head of the trail")]
        assert one.ran.code == int(not done), one
        assert [line.split(":")[0] for line in lines] == ([] if done else ["error", "hint"]), one
        assert done or lines[0].removeprefix("error: ").startswith(NOT_DONE), one


def test_a_copy_that_is_not_sound_takes_nobodys_place(
    sealed_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is looked through before the header changes, for a disk may not keep what it was given."""
    vault = sealed.copy(sealed_template, tmp_path)
    desk, real = open_desk(vault), Database.pour

    def on_a_bad_disk(new: Database, *args: Any) -> None:
        real(new, *args)
        content = bytearray(new.path.read_bytes())
        content[30 * PAGE] ^= 1
        new.path.write_bytes(content)

    before = sealed.files(vault)
    with monkeypatch.context() as patch:
        patch.setattr(Database, "pour", on_a_bad_disk)
        with pytest.raises(DamagedVaultError, match="the copy under the new key is not sound"):
            keys.rotate(desk)
    assert sealed.files(vault) == before
    assert keys.rotate(desk).left == frozenset()


def test_a_damaged_data_file_is_not_rotated(sealed_template: Path, tmp_path: Path) -> None:
    """What cannot be read cannot be copied; the file is left for who can mend it."""
    vault = sealed.copy(sealed_template, tmp_path)
    desk = open_desk(vault)
    with raw(desk) as connection:
        page = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'attendance'").fetchone()[0]
    content = bytearray(desk.db.path.read_bytes())
    content[(page - 1) * PAGE] ^= 1
    desk.db.path.write_bytes(content)
    before = sealed.files(vault)
    with pytest.raises(DamagedVaultError, match="cannot be read"):
        keys.rotate(desk)
    assert sealed.files(vault) == before


def test_a_trail_with_a_gap_is_not_rotated(sealed_template: Path, tmp_path: Path) -> None:
    """It is damage, and said to be: a rotation would make it look as if it had always been so."""
    vault = sealed.copy(sealed_template, tmp_path)
    desk = open_desk(vault)
    with without_triggers(desk) as connection:
        connection.execute("DELETE FROM audit WHERE seq = 5")
    before = sealed.files(vault)
    with pytest.raises(DamagedVaultError, match="the vault cannot be copied: the audit trail only grows"):
        keys.rotate(desk)
    assert sealed.files(vault) == before


def test_keys_that_are_replaced_are_said_to_be_though_the_folder_is_not_in_order(
    sealed_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fills up after the header's new name: the next command puts in order what is left, and all is there."""
    vault = sealed.copy(sealed_template, tmp_path)
    desk, before = open_desk(vault), sealed.records(open_desk(vault))

    def full(path: Path, content: bytes) -> None:
        if path.name == HEADER_COPY:
            raise OSError(errno.ENOSPC, "No space left on device")
        replace_file(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(rotation, "replace_file", full)
        with pytest.raises(FailedError, match=DONE):
            keys.rotate(desk)
    again = open_desk(vault)
    assert sealed.records(again) == before
    assert again.db.path.name != desk.db.path.name
    assert (vault / HEADER).read_bytes() == (vault / HEADER_COPY).read_bytes()


def test_a_rotation_that_another_finishes_first_is_finished_once(
    sealed_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two commands that come after a stopped one both see the file without its name; the second waits, and goes on."""
    vault = sealed.copy(sealed_template, tmp_path)
    before = sealed.records(open_desk(vault))
    data = vault / header_of(vault).data
    unnamed = data.rename(vault / building_name(data.name))

    @contextmanager
    def after_another(path: Path) -> Iterator[None]:
        with locked(path):
            if unnamed.exists():
                unnamed.rename(data)
            yield

    monkeypatch.setattr(folder, "locked", after_another)
    assert sealed.records(open_desk(vault)) == before
