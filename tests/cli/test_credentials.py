"""A key that systemd hands over: used where nobody names another, and refused where others can read it."""

from pathlib import Path

import pytest

from lcs_cli.services import users
from tests.cli.typed import Ran, Typist, at, lcs
from tests.conftest import open_desk
from tests.services import stories

SWEEP = ("retention", "sweep", "--no-input")


@pytest.fixture
def credentials(vault: Path, tmp_path: Path) -> Path:
    """A unit's folder of credentials, with the key of a service in it."""
    folder = tmp_path / "credentials"
    folder.mkdir(mode=0o700)
    users.add_service(open_desk(vault), "nightly", ["retention.sweep"], folder / "lcs-key")
    return folder


def run(vault: Path, credentials: Path, *argv: str, asks: bool = False, key_file: str = "") -> Ran:
    """One command line of a unit that has these credentials."""
    env = at(vault) | {"CREDENTIALS_DIRECTORY": str(credentials), "LCS_KEY_FILE": key_file}
    return lcs(Typist(env=env, asks=asks), *argv)


def last_actor(vault: Path) -> str:
    """Who wrote the last entry."""
    return stories.trail(open_desk(vault))[-1].actor


def test_a_command_without_a_key_file_uses_the_credential(vault: Path, credentials: Path) -> None:
    """Nobody is asked, and nothing is said."""
    ran = run(vault, credentials, *SWEEP)
    assert (ran.code, ran.err) == (0, "")
    assert last_actor(vault) == "U-005-M"


def test_it_has_the_authority_of_its_service_only(vault: Path, credentials: Path) -> None:
    """Whatever the unit runs."""
    ran = run(vault, credentials, "family", "list")
    assert (ran.code, ran.err[:20]) == (4, "refused (policy 4.5)")
    assert last_actor(vault) == "U-005-M"


def test_who_names_somebody_or_another_key_is_not_given_the_credential(vault: Path, credentials: Path) -> None:
    """A person is asked for a passphrase; a key file that is named is the one that counts."""
    ran = run(vault, credentials, "status", "--user", "amina", asks=True)
    assert (ran.code, last_actor(vault)) == (0, "U-001-R")
    users.add_service(open_desk(vault), "weekly", ["retention.sweep"], vault.parent / "weekly.key")
    key = str(vault.parent / "weekly.key")
    for argv, named in ((("--key-file", key), ""), ((), key)):
        assert run(vault, credentials, *SWEEP, *argv, key_file=named).code == 0
        assert last_actor(vault) == "U-006-Y"


def test_a_folder_without_our_credential_changes_nothing(vault: Path, credentials: Path) -> None:
    """A unit may have others in it."""
    (credentials / "lcs-key").rename(credentials / "another")
    ran = run(vault, credentials, *SWEEP)
    assert (ran.code, "give --key-file" in ran.err) == (2, True)


@pytest.mark.parametrize("flaw", ["world-readable", "link", "hard link", "folder"])
def test_a_credential_that_others_can_reach_is_refused(vault: Path, credentials: Path, flaw: str) -> None:
    """In one line, with what to do: exit code 12."""
    key = credentials / "lcs-key"
    if flaw == "world-readable":
        key.chmod(0o444)
    elif flaw == "link":
        key.symlink_to(key.rename(credentials / "real"))
    elif flaw == "hard link":
        (credentials / "second").hardlink_to(key)
    else:
        credentials.chmod(0o777)
    before = len(stories.trail(open_desk(vault)))
    ran = run(vault, credentials, *SWEEP)
    assert (ran.code, ran.out) == (12, "")
    assert [line.split(":")[0] for line in ran.err.splitlines()] == ["error", "hint"]
    assert len(stories.trail(open_desk(vault))) == before
