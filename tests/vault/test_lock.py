"""The lock: one writer at a time, in turn, across real processes; and nothing is lost when eight write at once."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lcs_cli.errors import VaultBusyError
from lcs_cli.services import families
from lcs_cli.vault import audit, files
from lcs_cli.vault.files import locked
from tests.conftest import OpenDesk
from tests.services import stories

ROOT = Path(__file__).parents[2]
_HOLD = """
import sys
from pathlib import Path
from lcs_cli.vault.files import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""
_WRITE = """
import sys
from pathlib import Path
from lcs_cli.services import families
from lcs_cli.services.families import FamilyDraft
from tests.conftest import TODAY, open_desk
desk = open_desk(Path(sys.argv[1]), sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
for number in range(5):
    families.add(desk, FamilyDraft(f"{sys.argv[3]}-{number}", TODAY))
"""
_WRONG_KEY = """
import sys
from pathlib import Path
from lcs_cli.errors import LcsError
from lcs_cli.services import setup
from lcs_cli.vault.connection import Database
from lcs_cli.vault.secret import Secret
from tests.conftest import TODAY, moment
folder = Path(sys.argv[1])
try:
    setup.open_desk(folder, "amina", Secret(passphrase="a wrong passphrase"), now=moment(TODAY), today=TODAY)
except LcsError as error:
    print(type(error).__name__)
try:
    Database(folder / "data-1.db", bytes(32), folder / "lock").rows("SELECT * FROM family")
except LcsError as error:
    print(type(error).__name__)
"""


def python(script: str, *arguments: str) -> subprocess.Popen[str]:
    """Another process that runs a script of this project."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def held_by_another_process(path: Path) -> Iterator[subprocess.Popen[str]]:
    """The lock, held by a process that is told when to let go."""
    with python(_HOLD, str(path)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.communicate("let go\n")
        assert process.returncode is not None


def test_a_lock_held_by_another_process_is_waited_for_and_then_reported(tmp_path: Path) -> None:
    """After the longest wait, as a vault that is busy."""
    path = tmp_path / "lock"
    with (
        held_by_another_process(path),
        pytest.raises(VaultBusyError, match="another command"),
        locked(path, longest_wait=0.2),
    ):
        pytest.fail("two held the lock at once")


def test_a_wait_that_was_given_up_does_not_keep_the_lock(tmp_path: Path) -> None:
    """It lets go as soon as its turn comes: the next one gets in."""
    path = tmp_path / "lock"
    entered = []
    with held_by_another_process(path):
        for _ in range(3):
            with pytest.raises(VaultBusyError), locked(path, longest_wait=0.05):
                entered.append("too early")
    for _ in range(2):
        with locked(path):
            entered.append("in turn")
    assert entered == ["in turn"] * 2


def test_a_lock_is_waited_for_until_it_comes(tmp_path: Path) -> None:
    """Somebody who lets go in time keeps nobody out."""
    path = tmp_path / "lock"
    with held_by_another_process(path) as process:
        assert process.stdin is not None
        process.stdin.write("let go\n")
        process.stdin.flush()
        with locked(path):
            assert process.wait() == 0


def test_a_process_that_is_killed_leaves_no_lock_behind(tmp_path: Path) -> None:
    """The system takes it away with the process."""
    path = tmp_path / "lock"
    with held_by_another_process(path) as process:
        process.kill()
        with locked(path):
            assert process.wait() < 0


def test_the_lock_is_free_again_after_an_exception(tmp_path: Path) -> None:
    """Whatever happened under it."""
    path = tmp_path / "lock"
    with pytest.raises(ZeroDivisionError), locked(path):
        _ = 1 // 0
    with locked(path, longest_wait=0):
        assert path.stat().st_mode & 0o777 == 0o600


def test_eight_processes_that_write_at_once_lose_nothing(vault: Path, desk_of: OpenDesk) -> None:
    """Forty families by eight of them: each with its number and its audit entry, and the chain is whole."""
    processes = [python(_WRITE, str(vault), "amina", f"Family {n}") for n in range(8)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0] * 8, said
    desk = desk_of()
    found = families.listing(desk)
    assert [file.family.number for file in found] == list(range(1, 41))
    assert {file.family.name for file in found} == {f"Family {n}-{k}" for n in range(8) for k in range(5)}
    assert sum(entry.action == "family.add" for entry in stories.trail(desk)) == 40
    assert list(audit.problems(desk.vault, {})) == []
    assert desk.db.problems() == []


def test_a_wrong_key_is_reported_without_a_word_from_the_library(vault: Path) -> None:
    """SQLCipher would print its internals to standard error, of a wrong passphrase and of a wrong key."""
    with python(_WRONG_KEY, str(vault)) as process:
        out, err = process.communicate()
    assert process.returncode == 0
    assert out.split() == ["CannotUnlockError", "DamagedVaultError"]
    assert err == ""


def test_who_does_not_wait_is_turned_away_at_once_and_leaves_nobody_waiting(tmp_path: Path) -> None:
    """In their own words; a thread that waited on would take the lock later, and hold it for a moment."""
    before = threading.active_count()
    with locked(tmp_path / "lock"):
        with pytest.raises(VaultBusyError, match="another sweep"), locked(tmp_path / "lock", 0, "another sweep"):
            pass
        assert threading.active_count() == before


@pytest.mark.parametrize("instead", [False, True], ids=["gone", "another"])
def test_a_lock_on_a_file_that_is_not_the_vaults_any_more_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, instead: bool
) -> None:
    """Somebody removed it meanwhile, and whoever comes next would lock another: it is taken anew."""
    path, real, taken = tmp_path / "lock", files._lock, list[int]()

    def removed(handle: int, longest_wait: float) -> bool:
        done = real(handle, longest_wait)
        if not taken:
            path.unlink()
            if instead:
                path.write_bytes(b"")
        taken.append(handle)
        return done

    monkeypatch.setattr(files, "_lock", removed)
    with locked(path):
        assert len(taken) == 2
        assert os.path.samestat(os.fstat(taken[-1]), path.stat())
        with pytest.raises(VaultBusyError), locked(path, longest_wait=0):
            pass
