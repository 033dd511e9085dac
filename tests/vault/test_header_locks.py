"""Locks: the one part of the header that its owner signs alone. Another's, an older or a forged one lets nobody in."""

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from lcs_cli.errors import CannotUnlockError, DamagedVaultError
from lcs_cli.records.user import Role
from lcs_cli.services import setup, users
from lcs_cli.services.desk import Desk
from lcs_cli.vault import sealing
from lcs_cli.vault.folder import HEADER, HEADER_COPY
from lcs_cli.vault.header import Header, Lock
from lcs_cli.vault.secret import Secret
from lcs_cli.vault.slots import OpenedSlot, Unlocked, new_lock
from tests.cli.typed import Typist, at, lcs
from tests.conftest import CHEAP, TODAY, OpenDesk, moment, open_desk, passphrase
from tests.vault.tampering import header_of, put_header

COPIES = (HEADER, HEADER_COPY)
STRANGE = Secret(passphrase="a stranger knocks at the door")


def with_lock(header: Header, name: str, lock: Lock) -> Header:
    """The header with another lock for somebody; the managers' signature still fits."""
    changed = header.with_slot(replace(header.slot(name), lock=lock))
    assert changed.is_signed_by(header.admin_public)
    return changed


def moved(header: Header, _: Desk) -> Lock:
    """The lock of tomos, who knows what opens it."""
    return header.slot("tomos").lock


def by_a_stranger(header: Header, _: Desk) -> Lock:
    """A lock with a stranger's keys, signed with them."""
    stranger = OpenedSlot(header.slot("amina").user, {}, sealing.new_key(), lock=sealing.new_key())
    return new_lock(header, stranger, STRANGE, {}, 2, CHEAP)


def by_somebody_else(header: Header, tomos: Desk) -> Lock:
    """A lock for amina that tomos made and signed with his own keys."""
    return new_lock(header, replace(tomos.vault.opened, user=header.slot("amina").user), STRANGE, {}, 2, CHEAP)


def later(header: Header, _: Desk) -> Lock:
    """Her own lock with another number: it would win over the one that is remembered."""
    lock = header.slot("amina").lock
    return replace(lock, revision=lock.revision + 1)


def cheaper(header: Header, _: Desk) -> Lock:
    """Her own lock, said to be opened at another cost."""
    lock = header.slot("amina").lock
    return replace(lock, kdf={**lock.kdf, "passes": 2})


FORGED = pytest.mark.parametrize("forge", [moved, by_a_stranger, by_somebody_else, later, cheaper])


@FORGED
def test_a_forged_lock_in_both_copies_opens_for_nobody(
    vault: Path, desk_of: OpenDesk, forge: Callable[[Header, Desk], Lock]
) -> None:
    """Not for whoever made it, and the others are told that the header was altered."""
    header = header_of(vault)
    put_header(vault, with_lock(header, "amina", forge(header, desk_of("tomos"))).to_bytes())
    for secret in (STRANGE, Secret(passphrase=passphrase("tomos")), Secret(passphrase=passphrase("amina"))):
        with pytest.raises((CannotUnlockError, DamagedVaultError)):
            setup.open_desk(vault, "amina", secret, now=moment(TODAY), today=TODAY)
    for name in ("rhys", "tomos"):
        with pytest.raises(DamagedVaultError, match="signature"):
            open_desk(vault, name)


@FORGED
@pytest.mark.parametrize("copy", COPIES)
def test_a_forged_lock_in_one_copy_is_healed(
    vault: Path, desk_of: OpenDesk, forge: Callable[[Header, Desk], Lock], copy: str
) -> None:
    """By whoever comes in next, through the other copy."""
    header = header_of(vault)
    forged = with_lock(header, "amina", forge(header, desk_of("tomos")))
    for name in ("amina", "tomos"):
        (vault / copy).write_bytes(forged.to_bytes())
        assert open_desk(vault, name).user.name == name
        assert [(vault / one).read_bytes() for one in COPIES] == [header.to_bytes()] * 2


@pytest.mark.parametrize("copies", [COPIES[:1], COPIES[1:], COPIES], ids=["first", "second", "both"])
def test_an_older_lock_in_the_newest_header_is_healed(vault: Path, copies: tuple[str, ...]) -> None:
    """The managers' signature fits it, and so does its owner's: what the data file remembers is the newer one."""
    former = header_of(vault).slot("tomos").lock
    users.change_passphrase(open_desk(vault, "tomos"), STRANGE, CHEAP)
    users.change_roles(open_desk(vault), "rhys", [Role.MANAGER])
    newest = header_of(vault)
    older = with_lock(newest, "tomos", former)
    assert older.has_own_locks()
    for _ in range(2):
        for copy in copies:
            (vault / copy).write_bytes(older.to_bytes())
        with pytest.raises(CannotUnlockError):
            open_desk(vault, "tomos")
        assert [(vault / one).read_bytes() for one in COPIES] == [newest.to_bytes()] * 2


def test_a_lock_of_ones_own_that_the_data_file_does_not_know_is_refused(vault: Path) -> None:
    """A new passphrase is on the trail, or there is none."""
    header, opened = header_of(vault), open_desk(vault, "tomos").vault.opened
    held = {name: (1, key) for name, key in opened.keys.items()}
    lock = new_lock(header, opened, STRANGE, held, 2, CHEAP)
    unknown = with_lock(header, "tomos", lock)
    assert unknown.has_own_locks()
    put_header(vault, unknown.to_bytes())
    for name, secret in (("tomos", STRANGE), ("amina", Secret(passphrase=passphrase("amina")))):
        with pytest.raises(DamagedVaultError, match="older than the header"):
            setup.open_desk(vault, name, secret, now=moment(TODAY), today=TODAY)


def test_a_forged_lock_in_the_data_file_is_not_written_out(vault: Path, desk: Desk, desk_of: OpenDesk) -> None:
    """Whoever has the records key could put it there."""
    header = header_of(vault)
    forged = with_lock(header, "amina", by_somebody_else(header, desk_of("tomos")))
    with desk.db.transaction():
        desk.db.run("UPDATE vault SET header = ?", forged.to_bytes().decode())
    for name in ("amina", "tomos"):
        with pytest.raises(DamagedVaultError, match="not signed"):
            open_desk(vault, name)
    assert header_of(vault) == header


@pytest.mark.no_cover  # the same lines, thousands of times
@pytest.mark.parametrize(("name", "first"), [("amina", 0), ("tomos", 1)])
def test_one_bit_anywhere_in_both_copies_is_said_in_one_line(vault: Path, name: str, first: int) -> None:
    """At every byte, by one or the other of them: the header is damaged or they cannot unlock it, and what to do."""
    content, terminal = (vault / HEADER).read_bytes(), Typist(env={**at(vault), "LCS_USER": name})
    codes = []
    for place in range(first, len(content), 2):
        put_header(vault, content[:place] + bytes([content[place] ^ (1 << place // 2 % 8)]) + content[place + 1 :])
        ran = lcs(terminal, "today")
        codes.append(ran.code)
        *errors, hint = ran.err.splitlines()  # a passphrase may be typed three times
        assert ran.code in (12, 13), place
        assert (len(set(errors)), ran.out) == (1, ""), place
        assert errors[0].startswith("error: "), place
        assert hint.startswith("hint: "), place
    assert {12, 13} == set(codes)
    put_header(vault, content)
    assert lcs(terminal, "today").code == 0


def test_what_an_agent_gives_signs_no_lock(vault: Path, desk: Desk) -> None:
    """Else whoever reaches its socket would have the next rotation seal the new keys to a key of their own."""
    kept = Unlocked.from_bytes(Unlocked.of(desk.vault.header, desk.vault.opened).to_bytes())
    amina = desk.vault.header.slot("amina")
    thief = OpenedSlot(amina.user, kept.keys, kept.sign, lock=kept.sign)
    forged = with_lock(desk.vault.header, "amina", new_lock(desk.vault.header, thief, STRANGE, {}, 2, CHEAP))
    assert not forged.has_own_locks()
    with desk.db.transaction():
        desk.db.run("UPDATE vault SET header = ?", forged.to_bytes().decode())
    put_header(vault, forged.to_bytes())
    with pytest.raises(DamagedVaultError):
        open_desk(vault, "rhys")


def test_a_lock_with_somebody_elses_key_to_be_sealed_to_is_refused(vault: Path, desk: Desk) -> None:
    """Also where it is signed as it must be: its owner notices at the next passphrase."""
    lock = desk.vault.header.slot("amina").lock
    moved_ = replace(lock, public_seal=sealing.public_seal_key(sealing.new_key()))
    own = desk.vault.opened.lock
    assert own is not None
    signed_ = replace(moved_, signature=sealing.sign(own, moved_.body(desk.vault.header.vault, "U-001-R")))
    planted = with_lock(desk.vault.header, "amina", signed_)
    assert planted.has_own_locks()
    with desk.db.transaction():
        desk.db.run("UPDATE vault SET header = ?", planted.to_bytes().decode())
    put_header(vault, planted.to_bytes())
    with pytest.raises(DamagedVaultError, match="does not fit its owner"):
        open_desk(vault)
