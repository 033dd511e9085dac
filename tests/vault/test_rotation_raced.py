"""A rotation while another command is between two of its steps: the newest header is never written over."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lcs_cli.errors import VaultBusyError
from lcs_cli.records.user import Role
from lcs_cli.services import audits, keys, users
from lcs_cli.services.desk import Desk
from lcs_cli.vault import files
from lcs_cli.vault import folder as vault_folder
from lcs_cli.vault.folder import HEADER, HEADER_COPY, Vault
from lcs_cli.vault.secret import Secret
from tests.conftest import CHEAP, OpenDesk, open_desk, passphrase
from tests.services import stories
from tests.vault import sealed
from tests.vault.tampering import header_of

COPIES = (HEADER, HEADER_COPY)


@pytest.fixture
def vault(sealed_template: Path, tmp_path: Path) -> Path:
    """A vault with something of everything."""
    return sealed.copy(sealed_template, tmp_path)


def admit(desk: Desk) -> None:
    """A new worker."""
    users.add_user(desk, "nia", [Role.WORKER], Secret(passphrase=passphrase("nia")), CHEAP)


def whole(vault: Path, texts: dict[sealed.Place, str]) -> None:
    """The vault opens with its newest header, in which nia has a slot, and everything reads as before."""
    desk = open_desk(vault)
    assert header_of(vault).data == desk.db.path.name != "data-1.db"
    assert len({(vault / copy).read_bytes() for copy in COPIES}) == 1
    assert open_desk(vault, "nia").user.name == "nia"
    assert sealed.texts(desk) == texts
    assert audits.verify(desk).problems == ()


def once(event: Callable[[], object]) -> Callable[[], None]:
    """What happens the first time and not again."""
    happened: list[bool] = []

    def wrapped() -> None:
        if not happened:
            happened.append(True)
            event()

    return wrapped


@pytest.mark.parametrize("name", ["amina", "tomos"])
@pytest.mark.parametrize("older", [*COPIES, "both"])
def test_whoever_waits_to_mend_the_header_looks_at_it_anew(
    vault: Path, older: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What they had seen of it before a rotation is of yesterday: written out, it would cost the new file its keys."""
    texts, former = sealed.texts(open_desk(vault)), header_of(vault).to_bytes()
    admit(open_desk(vault))
    rotating, real = open_desk(vault), files.locked
    for copy in COPIES if older == "both" else (older,):
        (vault / copy).write_bytes(former)
    rotate = once(lambda: keys.rotate(rotating))

    def waited(path: Path, *rest: Any) -> Any:
        rotate()
        return real(path, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(vault_folder, "locked", waited)
        opened = open_desk(vault, name)
    assert stories.records_key(opened) == stories.records_key(rotating)
    whole(vault, texts)


def test_whoever_writes_the_header_out_late_leaves_a_newer_one_alone(
    vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that slept between its commit and its header: what was admitted is in the rotated vault already."""
    texts, real = sealed.texts(open_desk(vault)), Vault.write_header
    rotate = once(lambda: keys.rotate(open_desk(vault)))

    def after_a_nap(slept: Vault) -> None:
        rotate()
        real(slept)

    with monkeypatch.context() as patch:
        patch.setattr(Vault, "write_header", after_a_nap)
        admit(open_desk(vault))
    assert [entry.action for entry in stories.trail(open_desk(vault))].count("vault.rotate") == 1
    assert header_of(vault).data == open_desk(vault).db.path.name != "data-1.db"
    whole(vault, texts)


def test_a_rotation_right_after_a_rotation_is_in_nobodys_way(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one has its own file taken away by the second before it has cleared up: both are done."""
    admit(open_desk(vault))
    texts, real = sealed.texts(open_desk(vault)), Vault.remove_strays
    rotate = once(lambda: keys.rotate(open_desk(vault)))
    desk = open_desk(vault)

    def overtaken(rotated: Vault) -> None:
        if rotated is desk.vault:
            rotate()
        real(rotated)

    with monkeypatch.context() as patch:
        patch.setattr(Vault, "remove_strays", overtaken)
        keys.rotate(desk)
    assert [entry.action for entry in stories.trail(open_desk(vault))].count("vault.rotate") == 2
    whole(vault, texts)


def test_whoever_has_just_rotated_is_told_of_the_next_rotation(vault: Path) -> None:
    """The file that they have made themselves is no lost one when somebody else has replaced it."""
    desk = open_desk(vault)
    keys.rotate(desk)
    keys.rotate(open_desk(vault))
    with pytest.raises(VaultBusyError, match="keys were replaced meanwhile"):
        admit(desk)


def test_of_two_rotations_at_once_one_is_told_to_begin_again(desk: Desk, desk_of: OpenDesk) -> None:
    """By two managers; the second one then rotates what the first has made."""
    other = desk_of("rhys")
    keys.rotate(desk)
    with pytest.raises(VaultBusyError):
        keys.rotate(other)
    texts = sealed.texts(desk_of())
    keys.rotate(desk_of("rhys"))
    assert sealed.texts(desk_of()) == texts
    assert [entry.actor for entry in stories.trail(desk_of()) if entry.action == "vault.rotate"] == [
        "U-001-R",
        "U-003-A",
    ]
