"""Headers that somebody else wrote: whoever holds the files, or even one slot, gets no more than they were given."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from lcs_cli.errors import CannotUnlockError, DamagedVaultError
from lcs_cli.records.user import KeyName, Role
from lcs_cli.services import setup, users
from lcs_cli.services.desk import Desk
from lcs_cli.vault import sealing
from lcs_cli.vault.folder import HEADER
from lcs_cli.vault.header import Header, SealedKey, parse_header
from lcs_cli.vault.secret import Secret
from tests.conftest import CHEAP, OpenDesk, open_desk, passphrase
from tests.vault.tampering import header_of, put_header, signed_by_manager, with_slot


def with_roles(header: Header, name: str, *roles: Role) -> Header:
    """The header with other roles for somebody."""
    slot = header.slot(name)
    return with_slot(header, replace(slot, user=replace(slot.user, roles=frozenset(roles))))


def test_a_role_edited_by_hand_is_refused(vault: Path) -> None:
    """For the one who got it and for everybody else: the signature covers the whole."""
    put_header(vault, with_roles(header_of(vault), "tomos", Role.MANAGER).to_bytes())
    for name in ("tomos", "amina"):
        with pytest.raises(DamagedVaultError, match="signature"):
            open_desk(vault, name)


def test_a_header_signed_by_a_stranger_is_refused(vault: Path) -> None:
    """Even one that names the stranger's own admin key: what counts is the key inside each slot."""
    stranger = sealing.new_key()
    forged = replace(
        with_roles(header_of(vault), "tomos", Role.MANAGER), admin_public=sealing.public_sign_key(stranger)
    ).signed(stranger)
    assert forged.is_signed_by(sealing.public_sign_key(stranger))
    put_header(vault, forged.to_bytes())
    for name in ("tomos", "amina"):
        with pytest.raises(DamagedVaultError, match="signature"):
            open_desk(vault, name)


def test_a_header_signed_by_a_stranger_under_the_old_name_is_refused(vault: Path) -> None:
    """The admin key it names is the right one, but the signature is not that key's."""
    put_header(vault, header_of(vault).signed(sealing.new_key()).to_bytes())
    with pytest.raises(DamagedVaultError, match="signature"):
        open_desk(vault)


def test_a_stranger_cannot_have_narratives_sealed_to_another_key(vault: Path) -> None:
    """The leads' public key is under the signature too: else a concern could be read by whoever put theirs there."""
    stranger = sealing.public_seal_key(sealing.new_key())
    put_header(vault, replace(header_of(vault), safeguarding_public=stranger).to_bytes())
    with pytest.raises(DamagedVaultError, match="signature"):
        open_desk(vault, "tomos")


def test_slots_swapped_between_two_people_are_refused(vault: Path) -> None:
    """A slot is bound to its person: with the other's passphrase nothing opens, with one's own it is a forgery."""
    header = header_of(vault)
    first, second = header.slot("amina"), header.slot("tomos")
    swapped = with_slot(
        with_slot(header, replace(first, user=second.user)),
        replace(second, user=first.user),
    )
    put_header(vault, swapped.to_bytes())
    for name in ("amina", "tomos"):
        with pytest.raises((CannotUnlockError, DamagedVaultError)):
            open_desk(vault, name)


def test_slots_swapped_by_a_manager_do_not_open_either(vault: Path, desk: Desk) -> None:
    """A valid signature does not help: what is sealed in a slot names the person it was sealed for."""
    header = header_of(vault)
    first, second = header.slot("amina"), header.slot("tomos")
    swapped = with_slot(
        with_slot(header, replace(second, user=first.user)),
        replace(first, user=second.user),
    )
    put_header(vault, signed_by_manager(desk, swapped).to_bytes())
    for name, theirs in (("amina", "tomos"), ("tomos", "amina")):
        with pytest.raises(CannotUnlockError):
            setup.open_desk(vault, name, Secret(passphrase=passphrase(theirs)), now=desk.now, today=desk.today)


@pytest.mark.parametrize("name", [KeyName.CONTACT, KeyName.SAFEGUARDING, KeyName.ADMIN])
def test_a_sealed_key_moved_to_another_slot_does_not_open(vault: Path, desk: Desk, name: KeyName) -> None:
    """Even with a valid signature: it is sealed to its holder's public key."""
    header = header_of(vault)
    theirs, own = header.slot("amina").keys, header.slot("tomos")
    moved = with_slot(header, replace(own, keys={**own.keys, name: theirs[name]}))
    put_header(vault, signed_by_manager(desk, moved).to_bytes())
    with pytest.raises(DamagedVaultError, match="sealed key"):
        open_desk(vault, "tomos")
    assert KeyName.RECORDS in open_desk(vault).vault.opened.keys


def test_a_sealed_key_under_another_name_or_generation_does_not_open(vault: Path, desk: Desk) -> None:
    """It is bound to its name and its generation: an old one cannot come back as the new one."""
    header = header_of(vault)
    slot = header.slot("tomos")
    records = slot.keys[KeyName.RECORDS]
    for keys in (
        {KeyName.RECORDS: records, KeyName.CONTACT: records},
        {KeyName.RECORDS: SealedKey(records.generation + 1, records.sealed)},
    ):
        put_header(vault, signed_by_manager(desk, with_slot(header, replace(slot, keys=keys))).to_bytes())
        with pytest.raises(DamagedVaultError, match="sealed key"):
            open_desk(vault, "tomos")


def test_a_header_of_another_vault_opens_no_data_file(tmp_path: Path, vault: Path, desk: Desk) -> None:
    """Neither a name that leads elsewhere, nor another vault's number under the right signature."""
    header = header_of(vault)
    for other in (
        replace(header, data="../elsewhere.db"),
        replace(header, data="..\\elsewhere.db"),
        replace(header, data="data-2.db"),
    ):
        put_header(vault, signed_by_manager(desk, other).to_bytes())
        with pytest.raises(DamagedVaultError):
            open_desk(vault)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["vault"]


def test_a_key_is_held_by_those_it_was_sealed_to_and_nobody_else(desk_of: OpenDesk) -> None:
    """Policy 4.5: authority is keys. A worker has neither addresses nor narratives, a manager no narratives."""
    held = {name: set(desk_of(name).vault.opened.keys) for name in ("amina", "rhys", "tomos")}
    assert held == {
        "amina": set(KeyName),
        "rhys": set(KeyName) - {KeyName.SAFEGUARDING},
        "tomos": {KeyName.RECORDS},
    }


def test_an_opened_slot_shows_no_key_when_it_is_printed(desk: Desk) -> None:
    """A traceback or a log line of it holds no secret, and neither does a passphrase's."""
    shown = f"{desk!r} {Secret(passphrase='amina keeps teaspoons')!r} {Secret(random=b'0123456789abcdef')!r}"
    for key in desk.vault.opened.keys.values():
        assert repr(key) not in shown
        assert key.hex() not in shown
    assert "teaspoons" not in shown
    assert "0123456789" not in shown


def test_admitting_somebody_signs_a_header_that_everyone_accepts(vault: Path, desk_of: OpenDesk) -> None:
    """By the second manager, whose admin key is the same; the epoch rises by one each time."""
    before = parse_header((vault / HEADER).read_bytes()).epoch
    users.add_user(desk_of("rhys"), "nia", [Role.ADMINISTRATOR], Secret(passphrase=passphrase("nia")), CHEAP)
    for name in ("amina", "rhys", "tomos", "nia"):
        opened = desk_of(name)
        assert opened.vault.header.epoch == before + 1
        assert opened.db.value("SELECT epoch FROM vault") == before + 1
