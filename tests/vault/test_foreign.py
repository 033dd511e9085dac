"""What belongs to somebody else, or can be read by somebody else, is not used."""

import os
from pathlib import Path

import pytest

from lcs_cli.errors import CannotUnlockError, FailedError
from lcs_cli.vault.secret import create_key_file, read_key_file
from tests.conftest import open_desk


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o701])
def test_a_vault_folder_that_others_can_enter_stays_closed(vault: Path, mode: int) -> None:
    """Whoever could enter could copy it; the message says how to mend it."""
    vault.chmod(mode)
    with pytest.raises(FailedError, match="others on this machine can enter it") as refused:
        open_desk(vault)
    assert refused.value.hint.startswith("chmod 700")
    vault.chmod(0o700)
    assert open_desk(vault).user.name == "amina"


def test_a_vault_folder_of_another_user_stays_closed(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is the owner's, whoever asks."""
    owner = vault.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(FailedError, match="belongs to another user"):
        open_desk(vault)


def test_a_key_file_of_another_user_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else could have put it there, and could read it."""
    create_key_file(tmp_path / "own.key", "nightly")
    assert read_key_file(tmp_path / "own.key")[0] == "nightly"
    owner = (tmp_path / "own.key").stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(CannotUnlockError, match="somebody else owns it"):
        read_key_file(tmp_path / "own.key")
