"""Rotating while others have the vault open: they are told to begin again, and what they were told is done is kept."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lcs_cli.errors import CannotUnlockError, VaultBusyError
from lcs_cli.records.user import KeyName, Role
from lcs_cli.services import audits, families, keys, users
from lcs_cli.services.desk import Desk
from lcs_cli.services.families import FamilyDraft
from lcs_cli.vault import folder as vault_folder
from lcs_cli.vault import rotation, slots
from lcs_cli.vault.folder import Vault
from lcs_cli.vault.secret import Secret
from tests.conftest import CHEAP, TODAY, open_desk, passphrase
from tests.services import stories
from tests.vault import sealed

ROOT = Path(__file__).parents[2]
_WRITER = """
import json, sys
from pathlib import Path
from lcs_cli.errors import VaultBusyError
from lcs_cli.services import families, keys
from lcs_cli.services.families import FamilyDraft
from tests.conftest import TODAY, open_desk
folder, name, rotations = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
desk = open_desk(folder)
print("ready", flush=True)
sys.stdin.readline()
done, told = [], 0
while len(done) < 8:
    try:
        if rotations and len(done) % 2:
            keys.rotate(desk)
            done.append(0)
        else:
            done.append(families.add(desk, FamilyDraft(name, TODAY, [])).family.number)
    except VaultBusyError:
        told += 1
        desk = open_desk(folder)
print(json.dumps([done, told]))
"""


@pytest.fixture
def vault(sealed_template: Path, tmp_path: Path) -> Path:
    """A vault with something of everything."""
    return sealed.copy(sealed_template, tmp_path)


def add_family(desk: Desk) -> object:
    """Any change."""
    return families.add(desk, FamilyDraft("Patel", TODAY, []))


def read_family(desk: Desk) -> object:
    """A reading, which leaves an entry."""
    return families.show(desk, "LCS-0001-R")


def admit(desk: Desk) -> object:
    """A new worker."""
    return users.add_user(desk, "nia", [Role.WORKER], Secret(passphrase=passphrase("nia")), CHEAP)


ACTS = pytest.mark.parametrize("act", [add_family, read_family, admit, keys.rotate, audits.verify])


@ACTS
@pytest.mark.parametrize("connected", [True, False], ids=["connected", "not connected"])
def test_whoever_had_the_vault_open_is_told_that_it_is_busy(
    vault: Path, act: Callable[[Desk], object], connected: bool
) -> None:
    """Never that it is damaged; nothing is written anywhere, and once it is opened anew, it works."""
    other = open_desk(vault, "amina")
    if not connected:
        other.db.close()
    keys.rotate(open_desk(vault))
    before = sealed.files(vault)
    for _ in range(2):
        with pytest.raises(VaultBusyError, match="keys were replaced meanwhile"):
            act(other)
    assert sealed.files(vault) == before
    act(open_desk(vault))
    assert audits.verify(open_desk(vault)).problems == ()


@ACTS
def test_a_change_that_waited_for_the_rotation_does_not_go_to_the_old_file(
    vault: Path, act: Callable[[Desk], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who queues for the lock has it before the old file is gone: what would be written there would be lost."""
    waiting, desk = open_desk(vault), open_desk(vault)
    real = Vault.remove_strays
    told: list[str] = []

    def somebody_was_first(rotated: Vault) -> None:
        if rotated is desk.vault:
            assert (vault / "data-1.db").exists()
            with pytest.raises(VaultBusyError) as busy:
                act(waiting)
            told.append(busy.value.message)
        real(rotated)

    with monkeypatch.context() as patch:
        patch.setattr(Vault, "remove_strays", somebody_was_first)
        keys.rotate(desk)
    assert told == ["the vault's keys were replaced meanwhile"]
    assert not (vault / "data-1.db").exists()


@pytest.mark.parametrize(("step", "call"), [("enter", 1), ("replace_file", 1), ("sync_folder", 2)])
def test_a_change_after_a_rotation_that_was_stopped_is_told_to_begin_again(
    vault: Path, step: str, call: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever had the vault open cannot know which file counts; opening it anew finds out."""
    waiting = open_desk(vault)
    real, calls = getattr(rotation, step), []

    def switched_off(*args: Any) -> None:
        real(*args)
        calls.append(args)
        if len(calls) == call:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(rotation, step, switched_off)
        patch.setattr(Vault, "remove_strays", lambda _: None)
        with pytest.raises(KeyboardInterrupt):
            keys.rotate(open_desk(vault))
    assert (vault / "data-1.db").exists()
    with pytest.raises(VaultBusyError):
        add_family(waiting)
    add_family(open_desk(vault))
    assert [file.family.name for file in families.listing(open_desk(vault))][-1] == "Patel"


@pytest.mark.parametrize("changed", ["admitted", "removed"])
def test_a_rotation_never_takes_back_who_was_admitted_or_removed_meanwhile(vault: Path, changed: str) -> None:
    """It builds on the newest header, or not at all: else somebody who left would have the new keys sealed to them."""
    rotating, other = open_desk(vault), open_desk(vault, "rhys")
    if changed == "admitted":
        admit(other)
    else:
        users.remove(other, "tomos")
    before = sealed.files(vault)
    with pytest.raises(VaultBusyError, match="somebody else has just changed who may open the vault"):
        keys.rotate(rotating)
    assert sealed.files(vault) == before
    keys.rotate(open_desk(vault))
    if changed == "admitted":
        assert open_desk(vault, "nia").user.name == "nia"
    else:
        with pytest.raises(CannotUnlockError):
            open_desk(vault, "tomos")


def after(real: Callable[..., Any], event: Callable[[], None]) -> Callable[..., Any]:
    """The same function, and something that happens before its caller goes on."""

    def wrapped(*args: Any, **named: Any) -> Any:
        found = real(*args, **named)
        event()
        return found

    return wrapped


@pytest.mark.parametrize("name", ["rhys", "tomos"])
@pytest.mark.parametrize(
    ("module", "step"),
    [(vault_folder, "read_headers"), (slots, "_open"), (vault_folder, "check_schema"), (vault_folder, "_agree")],
    ids=["headers read", "slot opened", "data file opened", "about to clear away"],
)
def test_whoever_opens_the_vault_during_a_rotation_gets_in_or_is_told_to_begin_again(
    vault: Path, name: str, module: Any, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At whichever moment of opening it falls: what they had looked up is not damage because it is of yesterday."""
    desk = open_desk(vault)
    rotated: list[bool] = []

    def once() -> None:
        if not rotated:
            rotated.append(True)
            keys.rotate(desk)

    with monkeypatch.context() as patch:
        patch.setattr(module, step, after(getattr(module, step), once))
        opened = open_desk(vault, name)
    assert rotated
    try:
        stories.flag(opened, "LCS-0001-R", closed=False)
    except VaultBusyError:
        stories.flag(open_desk(vault, name), "LCS-0001-R", closed=False)
    assert sealed.flag_texts(open_desk(vault))["narrative", 4, "of a flag"] == "A bruise on one arm."


def test_whoever_opens_the_vault_while_a_newer_file_stands_beside_the_older_is_let_in(
    vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the header's change and the old file's end both are there: that is no header that was put back."""
    desk, real = open_desk(vault), Vault.remove_strays
    opened: list[Desk] = []

    def looked_in(rotated: Vault) -> None:
        if rotated is desk.vault:
            opened.append(open_desk(vault, "rhys"))
        real(rotated)

    with monkeypatch.context() as patch:
        patch.setattr(Vault, "remove_strays", looked_in)
        keys.rotate(desk)
    assert opened[0].vault.key(KeyName.RECORDS) == stories.records_key(desk)
    assert read_family(opened[0])


def started(vault: Path, name: str, *, rotating: bool) -> subprocess.Popen[str]:
    """A process that has the vault open and waits to be let go."""
    command = [sys.executable, "-c", _WRITER, str(vault), name, str(int(rotating))]
    child = subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


def test_of_many_processes_that_write_and_rotate_at_once_nothing_that_was_done_is_lost(vault: Path) -> None:
    """Each family that a process was told is on record is there, once; the trail is whole."""
    before = len(stories.trail(open_desk(vault)))
    there = open_desk(vault).db.value("SELECT max(id) FROM family")
    children = [started(vault, name, rotating=name == "Rotating") for name in ("Evans", "Begum", "Rotating")]
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    answers = [json.loads(child.communicate()[0]) for child in children]
    assert [child.returncode for child in children] == [0, 0, 0]
    added = [number for done, _ in answers for number in done if number]
    desk = open_desk(vault)
    rows: dict[int, str] = dict(desk.db.rows("SELECT id, name FROM family WHERE id > ?", there))
    assert sorted(added) == sorted(rows)
    assert len(added) == 20
    actions = [entry.action for entry in stories.trail(desk)[before:]]
    assert (actions.count("family.add"), actions.count("vault.rotate")) == (20, 4)
    assert audits.verify(desk).problems == ()
    assert sealed.contact_texts(desk)
    assert [path.name for path in vault.glob("data-*")] == [desk.db.path.name]
