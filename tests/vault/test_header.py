"""The header: one spelling of it, two copies, and who is let in by it."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from lcs_cli.errors import CannotUnlockError, DamagedVaultError, FailedError, NoVaultError, RefusedError
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.user import KeyName, Role
from lcs_cli.services import exports, retention, setup, users
from lcs_cli.services.desk import Desk
from lcs_cli.services.export_plan import ExportOrder
from lcs_cli.vault.folder import HEADER, HEADER_COPY
from lcs_cli.vault.header import parse_header
from lcs_cli.vault.secret import Secret, read_recovery_key
from tests.conftest import CHEAP, TODAY, OpenDesk, moment, open_desk, passphrase
from tests.vault.tampering import header_of, put_header, signed_by_manager

COPIES = (HEADER, HEADER_COPY)


def test_reading_a_header_and_writing_it_gives_the_same_bytes(vault: Path) -> None:
    """Canonical JSON and strict base64: there is one spelling, and both copies have it."""
    content = (vault / HEADER).read_bytes()
    assert parse_header(content).to_bytes() == content
    assert (vault / HEADER_COPY).read_bytes() == content


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'{"admin_public"', b'{ "admin_public"'),
        (b'"epoch":3', b'"epoch":3.0'),
        (b'"epoch":3', b'"epoch":true'),
        (b'"lcs-vault/1"', b'"lcs-vault/2"'),
        (b'"name":"amina"', b'"name":"\\u0061mina"'),
        (b'"name":"amina"', b'"name":7'),
        (b'"generation":1', b'"generation":1.0'),
        (b'"kind":"person"', b'"kind":"guest"'),
        (b'"lanes":1', b'"lanes":1,"more":1'),
        (b'"lanes":1', b'"lanes":1.0'),
        (b"}\n", b"}"),
        (b"}\n", b"}\n\n"),
        (b'"slots":[', b'"slots":[[],'),
    ],
)
def test_another_spelling_of_a_header_is_not_read(vault: Path, old: bytes, new: bytes) -> None:
    """Spaces, other numbers, escapes, unknown fields and unknown words are all damage."""
    content = (vault / HEADER).read_bytes()
    assert old in content
    with pytest.raises(DamagedVaultError):
        parse_header(content.replace(old, new, 1))


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"{}", b"\xff\xfe{}", b"[" * 100_000, b'{"format":1}'])
def test_what_is_no_header_is_damage_and_nothing_worse(content: bytes) -> None:
    """Whatever stands in the file, it is reported in one line."""
    with pytest.raises(DamagedVaultError):
        parse_header(content)


@pytest.mark.parametrize(
    ("field", "value"), [("passes", 17), ("passes", 0), ("lanes", 17), ("memory", 7), ("memory", 2**30)]
)
def test_a_cost_out_of_bounds_is_refused_before_it_is_paid(vault: Path, field: str, value: int) -> None:
    """Argon2id with a terabyte of memory would stop the machine, so the header is not even read."""
    content = (vault / HEADER).read_bytes()
    old = f'"{field}":{getattr(CHEAP, field)}'.encode()
    assert old in content
    with pytest.raises(DamagedVaultError):
        parse_header(content.replace(old, f'"{field}":{value}'.encode(), 1))


def flips(content: bytes, bit: int, first: int) -> Iterator[bytes]:
    """The header with one bit of one byte the other way round, for every second byte."""
    for place in range(first, len(content), 2):
        yield content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :]


@pytest.mark.no_cover  # the same lines, thousands of times
@pytest.mark.parametrize(("bit", "first"), [(0x01, 0), (0x20, 1)])
def test_no_byte_of_the_header_can_be_changed(vault: Path, bit: int, first: int) -> None:
    """Each one, with either bit, is unreadable, or opens nobody's slot, or does not fit the signature."""
    content = (vault / HEADER).read_bytes()
    (vault / HEADER_COPY).unlink()
    unread, refused = 0, 0
    for flipped in flips(content, bit, first):
        try:
            parse_header(flipped)
        except DamagedVaultError:
            unread += 1
            continue
        (vault / HEADER).write_bytes(flipped)
        with pytest.raises((DamagedVaultError, CannotUnlockError)):
            open_desk(vault)
        refused += 1
    assert unread + refused == len(range(first, len(content), 2))
    assert unread
    assert refused
    (vault / HEADER).write_bytes(content)
    assert open_desk(vault).user.name == "amina"


@pytest.mark.parametrize("lost", COPIES)
def test_one_copy_is_enough(vault: Path, lost: str) -> None:
    """Whichever of the two is gone."""
    (vault / lost).unlink()
    assert open_desk(vault).user.name == "amina"


def test_without_both_copies_there_is_no_vault(vault: Path) -> None:
    """The data file alone opens for nobody."""
    for copy in COPIES:
        (vault / copy).unlink()
    with pytest.raises(NoVaultError):
        open_desk(vault)


def test_two_damaged_copies_are_damage(vault: Path) -> None:
    """Not a place where a vault could be made."""
    put_header(vault, b"{}")
    with pytest.raises(DamagedVaultError, match="the header cannot be read"):
        open_desk(vault)


def test_a_header_that_the_system_does_not_give_is_no_damage(vault: Path) -> None:
    """A folder has its name: what is wrong is said, and nothing is put in its place."""
    (vault / HEADER).unlink()
    (vault / HEADER).mkdir()
    with pytest.raises(FailedError, match=r"the header cannot be read \(Is a directory\)"):
        open_desk(vault)


def test_a_header_that_is_lost_while_the_vault_is_open_is_written_anew(vault: Path, desk: Desk) -> None:
    """The data file remembers it: the next change of who may open the vault brings both copies back."""
    for copy in COPIES:
        (vault / copy).unlink()
    users.add_user(desk, "nia", [Role.WORKER], Secret(passphrase=passphrase("nia")), CHEAP)
    assert (vault / HEADER).read_bytes() == (vault / HEADER_COPY).read_bytes()
    assert open_desk(vault, "nia").user.name == "nia"


@pytest.mark.parametrize("damaged", COPIES)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"{", b"["),
        (b'"name":"amina"', b'"name":"aminb"'),
        (b'"epoch":3', b'"epoch":7'),
        (b'"roles":["worker"]', b'"roles":["manager"]'),
        (b'"kind":"person"', b'"kind":"service"'),
    ],
)
def test_a_damaged_copy_falls_back_to_the_other(vault: Path, damaged: str, old: bytes, new: bytes) -> None:
    """One flipped bit in one copy locks nobody out, wherever it is."""
    content = (vault / damaged).read_bytes()
    assert old in content
    (vault / damaged).write_bytes(content.replace(old, new, 1))
    desk = open_desk(vault)
    assert desk.vault.header.to_bytes() == content


@pytest.mark.parametrize("older", COPIES)
def test_of_two_sound_copies_the_higher_epoch_wins(vault: Path, desk: Desk, older: str) -> None:
    """A crash between the two writes leaves one of them behind."""
    former = (vault / older).read_bytes()
    users.add_user(desk, "nia", [Role.WORKER], Secret(passphrase=passphrase("nia")), CHEAP)
    (vault / older).write_bytes(former)
    assert open_desk(vault).vault.header.epoch == parse_header(former).epoch + 1
    assert open_desk(vault, "nia").user.name == "nia"


def test_a_header_older_than_the_data_file_remembers_does_not_come_back(vault: Path, desk: Desk) -> None:
    """Put back by hand, or never written: the next one who opens the vault brings both copies up to what holds."""
    former = (vault / HEADER).read_bytes()
    users.add_user(desk, "nia", [Role.WORKER], Secret(passphrase=passphrase("nia")), CHEAP)
    newer = (vault / HEADER).read_bytes()
    put_header(vault, former)
    opened = open_desk(vault, "tomos")
    assert opened.vault.header.to_bytes() == newer
    assert [(vault / copy).read_bytes() for copy in COPIES] == [newer, newer]
    assert open_desk(vault, "nia").user.name == "nia"


def test_somebody_who_has_no_slot_any_more_does_not_come_in_with_an_older_header(vault: Path, desk: Desk) -> None:
    """Their slot is in yesterday's header; the data file remembers today's, and that is the one that counts."""
    today = header_of(vault)
    without = replace(today, epoch=today.epoch + 1, slots=tuple(s for s in today.slots if s.user.name != "tomos"))
    content = signed_by_manager(desk, without).to_bytes()
    with desk.db.transaction():
        desk.db.run("UPDATE vault SET epoch = ?, header = ?", without.epoch, content.decode())
    for _ in range(2):
        put_header(vault, today.to_bytes())
        with pytest.raises(CannotUnlockError):
            open_desk(vault, "tomos")
    assert header_of(vault).to_bytes() == content
    assert open_desk(vault).user.name == "amina"


def test_a_header_in_the_data_file_that_no_manager_signed_is_not_written_out(vault: Path, desk: Desk) -> None:
    """Whoever has the records key could put it there."""
    header = header_of(vault)
    forged = replace(header, epoch=header.epoch + 1).signed(bytes(32))
    with desk.db.transaction():
        desk.db.run("UPDATE vault SET epoch = ?, header = ?", forged.epoch, forged.to_bytes().decode())
    with pytest.raises(DamagedVaultError, match="not signed"):
        open_desk(vault, "tomos")
    assert header_of(vault) == header


def test_a_data_file_older_than_the_header_is_refused(vault: Path, desk: Desk) -> None:
    """Somebody put yesterday's back: what was recorded since is missing from it."""
    desk.db.close()
    former = desk.db.path.read_bytes()
    users.add_user(desk, "nia", [Role.WORKER], Secret(passphrase=passphrase("nia")), CHEAP)
    desk.db.close()
    desk.db.path.write_bytes(former)
    for name in ("amina", "nia"):
        with pytest.raises(DamagedVaultError, match="older than the header"):
            open_desk(vault, name)


def test_everyone_has_a_slot_of_their_own(desk_of: OpenDesk) -> None:
    """Who opens the vault is who acts in it."""
    assert [desk_of(name).user.reference for name in ("amina", "rhys", "tomos")] == ["U-001-R", "U-003-A", "U-004-G"]


@pytest.mark.parametrize("name", ["amina", "rhys", "tomos"])
def test_a_wrong_passphrase_opens_nothing(vault: Path, name: str) -> None:
    """Somebody else's does not either."""
    for wrong in ("amina keeps nineteen odd teaspoon", "", passphrase("nia")):
        with pytest.raises(CannotUnlockError):
            setup.open_desk(vault, name, Secret(passphrase=wrong), now=moment(TODAY), today=TODAY)


def test_an_unknown_name_opens_nothing(vault: Path) -> None:
    """And it is not said which names there are."""
    with pytest.raises(CannotUnlockError) as refused:
        open_desk(vault, "nia")
    assert "amina" not in refused.value.message + refused.value.hint


def test_the_recovery_key_opens_the_vault_and_decides_nothing(tmp_path: Path) -> None:
    """It holds every key, so that people can be admitted again; it neither exports, approves nor disposes."""
    made = setup.init(
        tmp_path / "vault",
        "amina",
        Secret(passphrase=passphrase("amina")),
        policy_text=None,
        policy_effective=date(2026, 1, 5),
        now=moment(TODAY),
        today=TODAY,
        profile=CHEAP,
    )
    typed = made.recovery_key.lower().replace("-", " ")
    desk = setup.open_desk(made.folder, "recovery", read_recovery_key(typed), now=moment(TODAY), today=TODAY)
    assert set(desk.vault.opened.keys) == set(KeyName)
    for attempt in (
        lambda: retention.approval_list(desk),
        lambda: exports.export(desk, reference(Kind.REFERRER, 1), ExportOrder("case-management"), None),
        lambda: retention.propose(desk, reference(Kind.FAMILY, 1), None),
    ):
        with pytest.raises(RefusedError):
            attempt()
    assert users.add_user(desk, "nia", [Role.SAFEGUARDING_LEAD], Secret(passphrase=passphrase("nia")), CHEAP).name
    assert KeyName.SAFEGUARDING in open_desk(made.folder, "nia").vault.opened.keys


def test_a_mistyped_recovery_key_is_said_to_be_incomplete() -> None:
    """And is never taken for another key."""
    with pytest.raises(CannotUnlockError, match="not complete"):
        read_recovery_key("ABCD-EFGH")
