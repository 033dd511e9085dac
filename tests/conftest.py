"""What all tests share: a cheap Argon2id profile, vaults with two people, and a fixed day."""

import gc
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lcs_cli.records.user import Role
from lcs_cli.services import clock_guard, setup, users
from lcs_cli.services.desk import Desk
from lcs_cli.vault.secret import Argon2Profile, Secret

CHEAP = Argon2Profile(passes=1, memory=64, lanes=1)
TODAY = date(2026, 11, 26)
DAYS_SEEN = clock_guard.days_seen

gc.set_threshold(100_000, 20, 50)  # the tests keep much, and little of it is garbage: looking for it often takes 1/25

OpenDesk = Callable[..., Desk]
After = Callable[[Callable[[OpenDesk], Any]], Any]


def passphrase(name: str) -> str:
    """The passphrase of an invented person."""
    return f"{name} keeps nineteen odd teaspoons"


def moment(day: date) -> datetime:
    """Nine o'clock (UTC) on a day."""
    return datetime.combine(day, time(9), UTC)


def make_vault(folder: Path, began: date = date(2018, 1, 8)) -> str:
    """A vault with amina (every role but worker), rhys (manager, senior manager), tomos (worker); its recovery key."""
    made = setup.init(
        folder,
        "amina",
        Secret(passphrase=passphrase("amina")),
        policy_text=None,
        policy_effective=date(2026, 1, 5),
        now=moment(began),
        today=began,
        profile=CHEAP,
    )
    desk = open_desk(folder, "amina", began)
    for name, roles in (("rhys", [Role.MANAGER, Role.SENIOR_MANAGER]), ("tomos", [Role.WORKER])):
        users.add_user(desk, name, roles, Secret(passphrase=passphrase(name)), CHEAP)
    desk.db.close()
    return made.recovery_key


def open_desk(folder: Path, name: str = "amina", day: date = TODAY) -> Desk:
    """The vault, opened by one of its people on some day."""
    return setup.open_desk(folder, name, Secret(passphrase=passphrase(name)), now=moment(day), today=day)


@pytest.fixture(scope="session", autouse=True)
def _interrupts_arrive() -> None:
    """A program that is started where interrupts are ignored, as in the background of a script, ignores them too."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _own_state(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What commands note outside the vault goes to a folder of the tests', also from the programs that they start."""
    os.environ["LCS_STATE"] = str(tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="session", autouse=True)
def _years_pass() -> Iterator[None]:
    """In a story years pass from one line to the next, unseen: only a test with `watched_clock` looks at them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock_guard, "days_seen", lambda _: ())
        yield


@pytest.fixture
def watched_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the trail has seen counts in this test, as it does for everybody."""
    monkeypatch.setattr(clock_guard, "days_seen", DAYS_SEEN)


@pytest.fixture(scope="session")
def _new_vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault that nobody has touched since it was made, to be copied: to make one takes far longer."""
    folder = tmp_path_factory.mktemp("new") / "vault"
    make_vault(folder)
    return folder


@pytest.fixture
def vault(_new_vault: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a new vault with three people; what is noted outside of it is noted for this one alone."""
    monkeypatch.setenv("LCS_STATE", str(tmp_path / "state"))
    return shutil.copytree(_new_vault, tmp_path / "vault")


@pytest.fixture(scope="session")
def _worked() -> dict[Any, tuple[Path, Any]]:
    """The vaults that some work was done on, by that work, and what it returned."""
    return {}


@pytest.fixture
def after(
    vault: Path, _new_vault: Path, _worked: dict[Any, tuple[Path, Any]], tmp_path_factory: pytest.TempPathFactory
) -> After:
    """Have the vault as some work left it, done once for all tests that begin with it: copying is quicker."""

    def put(work: Callable[[OpenDesk], Any]) -> Any:
        if work not in _worked:
            folder = shutil.copytree(_new_vault, tmp_path_factory.mktemp("worked") / "vault")
            _worked[work] = folder, work(partial(open_desk, folder))
        folder, found = _worked[work]
        shutil.rmtree(vault)
        shutil.copytree(folder, vault)
        return found

    return put


@pytest.fixture
def desk(vault: Path) -> Desk:
    """Amina's desk today."""
    return open_desk(vault)


@pytest.fixture
def desk_of(vault: Path) -> OpenDesk:
    """Open the vault as somebody, on some day."""

    def opened(name: str = "amina", day: date = TODAY) -> Desk:
        return open_desk(vault, name, day)

    return opened
