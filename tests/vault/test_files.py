"""Files and folders: new ones only, private, whole or not there; and what is said when there is no room."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lcs_cli.errors import FailedError
from lcs_cli.records.family import PersonKind
from lcs_cli.services import doctor, families
from lcs_cli.services.desk import Desk
from lcs_cli.services.families import FamilyDraft
from lcs_cli.services.people import PersonDraft
from lcs_cli.vault.files import check_private_folder, replace_file, write_new
from tests.conftest import TODAY, OpenDesk
from tests.services import stories


def person(number: int) -> PersonDraft:
    """Somebody with a long name."""
    return PersonDraft(PersonKind.ADULT, f"Gwen {chr(0x4E00 + number)}", "Llwyd" * 30)


def full(*_: Any) -> None:
    """A disk without room."""
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("there", ["file", "link", "link to nothing"])
def test_a_new_file_is_never_written_over_another(tmp_path: Path, there: str) -> None:
    """Nor through a link."""
    target = tmp_path / "new"
    if there == "file":
        target.write_bytes(b"mine")
    else:
        target.symlink_to(tmp_path / "elsewhere")
        if there == "link":
            (tmp_path / "elsewhere").write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        write_new(target, b"theirs")
    assert b"theirs" not in [path.read_bytes() for path in tmp_path.iterdir() if path.exists()]


def test_a_new_file_is_private(tmp_path: Path) -> None:
    """From its first byte on."""
    write_new(tmp_path / "new", b"content")
    assert (tmp_path / "new").read_bytes() == b"content"
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o600


def test_a_file_is_replaced_in_one_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the new one cannot be put on the disk, the old one is there, whole; a stray part is no obstacle."""
    target = tmp_path / "header.json"
    target.write_bytes(b"old")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            replace_file(target, b"new")
    assert target.read_bytes() == b"old"
    replace_file(target, b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("header.json", b"new")]


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o701, 0o770, 0o720])
def test_a_vault_that_others_can_enter_stays_closed(vault: Path, desk_of: OpenDesk, mode: int) -> None:
    """Until its owner has closed it to them: it is said how."""
    vault.chmod(mode)
    with pytest.raises(FailedError, match="others on this machine can enter it") as refused:
        desk_of()
    assert refused.value.hint == f"chmod 700 {vault}"
    vault.chmod(0o700)
    assert desk_of().user.name == "amina"


def test_a_vault_of_another_user_of_the_machine_stays_closed(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if its folder could be read."""
    somebody_else = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: somebody_else)
    with pytest.raises(FailedError, match="belongs to another user"):
        check_private_folder(vault)


def test_a_folder_with_the_name_of_a_later_data_file_stops_nobody(vault: Path, desk_of: OpenDesk) -> None:
    """Only a file can be the vault under newer keys."""
    (vault / "data-2.db").mkdir()
    assert families.listing(desk_of("amina")) == []


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (lambda data: data.rename(data.with_suffix(".x")) and data.symlink_to(data.with_suffix(".x")), "it is a link"),
        (lambda data: data.with_suffix(".x").hardlink_to(data), "it has another name, in which what is disposed of"),
        (lambda data: data.chmod(0o640), "others on this machine can open it: chmod 600 data-1.db"),
    ],
)
def test_a_data_file_in_which_others_have_a_hand_is_noticed(
    vault: Path, desk_of: OpenDesk, share: Callable[[Path], object], said: str
) -> None:
    """By the check-up, which says what to do."""
    desk = desk_of("rhys")
    assert next(one for one in doctor.examine(desk) if one.check == "data file").sound
    share(vault / "data-1.db")
    found = next(one for one in doctor.examine(desk) if one.check == "data file")
    assert (found.sound, found.found.startswith(said)) == (False, True)


def test_a_full_disk_changes_nothing_and_is_called_by_its_name(desk: Desk) -> None:
    """The file may not grow any more: the record and its entry are not there, and once there is room it works."""
    connection = desk.db._open()
    connection.set_authorizer(None)
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    with stories.unchanged(desk), pytest.raises(FailedError, match="the disk is full: that was not done"):
        families.add(desk, FamilyDraft("Llwyd", TODAY, [person(number) for number in range(200)]))
    connection.execute("PRAGMA max_page_count = 1000000")
    assert families.add(desk, FamilyDraft("Llwyd", TODAY, [person(0)])).family.number == 1
    assert desk.db.problems() == []


def test_a_rewrite_that_finds_no_room_leaves_the_file_as_it_was(
    desk: Desk, desk_of: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With every row, and without a part of a new one beside it."""
    stories.closed_family(desk)
    before, names = stories.everything(desk), sorted(path.name for path in desk.vault.folder.iterdir())
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises((OSError, FailedError)):
            desk.db.rewrite()
    assert sorted(path.name for path in desk.vault.folder.iterdir()) == names
    assert stories.everything(desk_of()) == before
    desk.db.rewrite()
    assert stories.everything(desk_of()) == before


def test_what_a_killed_command_left_of_a_file_under_its_own_mark_goes_later(tmp_path: Path) -> None:
    """Nobody else has that mark: an hour later no running command can be the one that writes it."""
    old, young = (tmp_path / f".notes.json.{mark}.new" for mark in ("0a0a0a0a", "0b0b0b0b"))
    for left in (old, young):
        left.write_bytes(b"half")
    os.utime(old, (0, 0))
    replace_file(tmp_path / "notes.json", b"[]", durably=False, mark=".0c0c0c0c")
    assert not old.exists()
    assert young.exists()
