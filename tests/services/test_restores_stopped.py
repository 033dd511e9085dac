"""A backup and a restore that are stopped at any moment: nothing half-made has a name, and running it again works."""

import os
from pathlib import Path

import pytest

from lcs_cli.services import audits, backups, families, restores
from lcs_cli.vault import backup
from lcs_cli.vault.folder import HEADER, HEADER_COPY
from lcs_cli.vault.secret import Secret
from lcs_cli.vault.slots import by_secret
from tests.conftest import TODAY, OpenDesk, moment, open_desk, passphrase
from tests.services import stories
from tests.services.stories import APPROVED, CLOSED
from tests.stopping import KILLED, stopped
from tests.vault.pages import written


@pytest.fixture
def lost(desk_of: OpenDesk) -> Path:
    """A backup that still holds a family that was disposed of since, beside one that stays."""
    desk = desk_of("amina", CLOSED)
    gone = stories.closed_family(desk, name="Goneaway").ref
    stories.family(desk, name="Stayshere")
    (one,) = backups.make(desk_of("amina", APPROVED))
    stories.disposed(desk_of, gone)
    return one.path


def openable(home: Path) -> list[Path]:
    """Every folder, hidden ones too, that a command could open as a vault."""
    folders = {Path(path) for path, _, names in os.walk(home) if {HEADER, HEADER_COPY} & set(names)}
    return sorted(folders - {home / "vault"})


def check_restored(folder: Path) -> None:
    """One family, none of the other's pages, a whole trail."""
    desk = open_desk(folder)
    found = families.listing(desk)
    assert [file.family.name for file in found] == ["Stayshere"]
    assert written(desk.db.path, stories.records_key(desk), [b"Goneaway"]) == set()
    assert audits.verify(desk).problems == ()
    desk.db.close()


@pytest.mark.parametrize("how", ["killed", "full"])
def test_a_restore_that_is_stopped_leaves_no_vault_with_what_was_disposed_of(
    vault: Path, tmp_path: Path, lost: Path, how: str
) -> None:
    """Before each of its steps: there is no vault, or the whole one. What can be opened holds nobody who went."""
    runs = stopped(
        how, vault, tmp_path / "runs", "vault", "restore", str(lost), "--into", "{home}/new", "--yes", shared=True
    )
    assert {one.ran.code for one in runs[:-1]} <= ({KILLED} if how == "killed" else {0, 1})
    assert runs[-1].ran.code == 0
    assert {"fsync", "new file"} <= {one.step for one in runs}
    for one in runs:
        home = one.folder.parent
        for folder in openable(home):
            check_restored(folder)
        if how == "full":
            assert (home / "new").exists() == (one.ran.code == 0), one
            assert list(home.glob(".lcs-*")) == [], one
    half = runs[len(runs) // 2].folder
    into = half.parent / "again"
    planned = restores.plan(lost, into, half, None)
    opener = by_secret("rhys", Secret(passphrase=passphrase("rhys")))
    restores.carry_out(planned, into, opener, now=moment(TODAY), today=TODAY)
    check_restored(into)


@pytest.mark.parametrize("how", ["killed", "full"])
def test_a_backup_that_is_stopped_is_whole_or_has_no_name(vault: Path, tmp_path: Path, how: str) -> None:
    """What has a name is sound and on record; what is on record and has none is listed as not there."""
    runs = stopped(how, vault, tmp_path / "runs", "vault", "backup", "--into", "{home}", shared=True)
    assert {one.ran.code for one in runs[:-1]} <= ({KILLED} if how == "killed" else {0, 1})
    assert runs[-1].ran.code == 0
    named = 0
    for one in runs:
        desk = open_desk(one.folder)
        rows = backups.listing(desk)
        files = list(one.folder.parent.glob("lcs-backup-*"))
        assert {row.row.path for row in rows if row.is_there} == set(files), one.step
        for path in files:
            with backup.reading(path) as found:
                assert list(found.problems()) == []
        named += len(files)
        assert audits.verify(desk).problems == ()
        desk.db.close()
        if how == "full" and one.ran.code:
            *_, said, hint = one.ran.err.splitlines()
            assert said.startswith("error: BK-0001-R is on record, and perhaps not" if rows else "error: "), one
            assert hint.startswith("hint: ")
            assert rows or not files, one
    assert named >= 1
