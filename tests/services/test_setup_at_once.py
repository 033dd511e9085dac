"""Admitting somebody while another command does so too, is killed, or fails: nobody is locked out, nobody twice."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lcs_cli.errors import CannotUnlockError, FailedError, RefusedError, VaultBusyError
from lcs_cli.records.user import Role
from lcs_cli.services import setup, users
from lcs_cli.services.desk import Desk
from lcs_cli.vault import audit
from lcs_cli.vault import folder as vault_folder
from lcs_cli.vault.secret import Secret, read_key_file
from tests.conftest import CHEAP, TODAY, OpenDesk, moment, open_desk, passphrase
from tests.services import stories

ROOT = Path(__file__).parents[2]
_STOPPED = """
import os, sys
from pathlib import Path
from lcs_cli.records.user import Role
from lcs_cli.services import setup, users
from lcs_cli.vault import audit
from lcs_cli.vault.folder import Vault
from lcs_cli.vault.secret import Secret
from tests.conftest import CHEAP, open_desk, passphrase
desk = open_desk(Path(sys.argv[1]))
if sys.argv[2] == "before the commit":
    audit.append = lambda *_, **__: os._exit(9)
else:
    Vault.write_header = lambda _: os._exit(9)
users.add_user(desk, "nia", [Role.WORKER], Secret(passphrase=passphrase("nia")), CHEAP)
"""


def stopped_process(vault: Path, when: str) -> None:
    """Another process that admits nia and is switched off at some moment."""
    command = [sys.executable, "-c", _STOPPED, str(vault), when]
    ran = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout, ran.stderr) == (9, "", "")


def admit(desk: Desk, name: str) -> str:
    """A new worker's reference."""
    return users.add_user(desk, name, [Role.WORKER], Secret(passphrase=passphrase(name)), CHEAP).reference


def headers(vault: Path) -> set[bytes]:
    """The bytes of both copies."""
    return {(vault / copy).read_bytes() for copy in (vault_folder.HEADER, vault_folder.HEADER_COPY)}


def stopped(*_: Any, **__: Any) -> None:
    """A command that is stopped."""
    raise KeyboardInterrupt


def test_a_header_that_somebody_else_changed_meanwhile_is_not_written_over(
    desk: Desk, desk_of: OpenDesk, vault: Path, tmp_path: Path
) -> None:
    """The vault is busy: once it is opened anew, it works; no key file is left behind."""
    admit(desk_of("rhys"), "nia")
    before = headers(vault)
    with stories.unchanged(desk), pytest.raises(VaultBusyError, match="somebody else has just changed"):
        admit(desk, "owen")
    with stories.unchanged(desk), pytest.raises(VaultBusyError):
        users.add_service(desk, "robot", ["retention.sweep"], tmp_path / "robot.key")
    assert headers(vault) == before
    assert not (tmp_path / "robot.key").exists()
    assert admit(desk_of(), "owen") == "U-006-Y"
    assert [desk_of(name).user.name for name in ("nia", "owen")] == ["nia", "owen"]


def test_an_admission_that_fails_leaves_the_header_as_it_was(
    desk: Desk, desk_of: OpenDesk, vault: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if nobody had tried: the same desk can go on, and so can everybody else."""
    before = headers(vault)
    with monkeypatch.context() as patch, stories.unchanged(desk):
        patch.setattr(audit, "append", stopped)
        with pytest.raises(KeyboardInterrupt):
            admit(desk, "nia")
        with pytest.raises(KeyboardInterrupt):
            users.add_service(desk, "robot", ["retention.sweep"], tmp_path / "robot.key")
    assert headers(vault) == before
    assert not (tmp_path / "robot.key").exists()
    assert admit(desk, "nia") == "U-005-M"
    assert desk_of("nia").user.reference == "U-005-M"


def test_whoever_opens_the_vault_while_somebody_is_admitted_gets_in(
    desk: Desk, desk_of: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The header was read a moment before it changed: that is no damage."""
    real = vault_folder.read_headers
    admitted: list[str] = []

    def read_just_before(folder: Path) -> Any:
        found = real(folder)
        if not admitted:
            admitted.append("")
            admitted[0] = admit(desk, "nia")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(vault_folder, "read_headers", read_just_before)
        opened = desk_of("rhys")
    assert (opened.user.name, admitted) == ("rhys", ["U-005-M"])


def test_a_command_that_is_killed_before_the_commit_admitted_nobody(vault: Path) -> None:
    """Neither header nor trail knows of it; the next one gets the reference."""
    before = headers(vault)
    stopped_process(vault, "before the commit")
    assert headers(vault) == before
    with pytest.raises(CannotUnlockError):
        open_desk(vault, "nia")
    assert admit(open_desk(vault), "owen") == "U-005-M"


def test_a_command_that_is_killed_after_the_commit_admitted_somebody_for_good(vault: Path) -> None:
    """The trail names them; the next one who opens the vault brings the header up to it; no reference comes twice."""
    stopped_process(vault, "after the commit")
    desk = open_desk(vault)
    entry = stories.trail(desk)[-1]
    assert (entry.action, entry.outcome, entry.refs) == ("vault.user.add", "done", ("U-005-M",))
    assert open_desk(vault, "nia").user.reference == "U-005-M"
    assert len(headers(vault)) == 1
    assert admit(desk, "owen") == "U-006-Y"
    references = [one.user.reference for one in users.list_users(desk)]
    assert len(references) == len(set(references))


def test_a_service_whose_header_could_not_be_written_keeps_its_key(
    desk: Desk, vault: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is admitted and on the trail; its only key must not be thrown away, and the next opening does the rest."""

    def full(_path: Path, _content: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(vault_folder, "replace_file", full)
        with pytest.raises(FailedError, match="that is done, but the header cannot be written"):
            users.add_service(desk, "nightly", ["retention.sweep"], tmp_path / "nightly.key")
    assert open_desk(vault).user.name == "amina"
    name, secret = read_key_file(tmp_path / "nightly.key")
    assert setup.open_desk(vault, name, secret, now=moment(TODAY), today=TODAY).user.reference == "U-005-M"


def test_a_service_that_is_refused_leaves_no_key(desk_of: OpenDesk, tmp_path: Path) -> None:
    """Who may not admit anybody makes no key either."""
    with pytest.raises(RefusedError):
        users.add_service(desk_of("tomos"), "nightly", ["retention.sweep"], tmp_path / "nightly.key")
    assert not (tmp_path / "nightly.key").exists()


def test_two_admissions_during_one_opening_are_no_damage(
    desk: Desk, desk_of: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often the header changes while it is looked at, the last look is under the lock."""
    real = vault_folder.read_headers
    admitted: list[str] = []

    def read_just_before(folder: Path) -> Any:
        found = real(folder)
        if not admitted:
            admitted.append("")
            admitted[:] = [admit(desk, "nia"), admit(desk, "owen")]
        return found

    with monkeypatch.context() as patch:
        patch.setattr(vault_folder, "read_headers", read_just_before)
        assert desk_of("rhys").user.name == "rhys"
    assert admitted == ["U-005-M", "U-006-Y"]


def test_copies_of_the_header_that_differ_are_made_equal(desk: Desk, desk_of: OpenDesk, vault: Path) -> None:
    """As a kill between the two leaves them; the next opening mends it, and the doctor is content."""
    former = (vault / "header.bak.json").read_bytes()
    admit(desk, "nia")
    (vault / "header.bak.json").write_bytes(former)
    assert desk_of("rhys").user.name == "rhys"
    assert len(headers(vault)) == 1
