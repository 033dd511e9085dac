"""Damaged backups: a bit that changed anywhere, and an end that is missing, are noticed before anything is put back."""

import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from lcs_cli.errors import DamagedVaultError
from lcs_cli.records.user import Role
from lcs_cli.services import backups, restores, users
from lcs_cli.services.desk import Desk
from lcs_cli.vault import backup
from lcs_cli.vault.folder import HEADER
from lcs_cli.vault.header import LARGEST_HEADER
from lcs_cli.vault.secret import Secret
from lcs_cli.vault.slots import Opener, by_secret
from tests.conftest import CHEAP, TODAY, OpenDesk, moment, passphrase
from tests.services import stories
from tests.services.stories import CLOSED, SWEPT


@pytest.fixture
def whole(desk_of: OpenDesk, tmp_path: Path) -> bytes:
    """The content of a backup whose register has a line."""
    stories.disposed(desk_of, stories.closed_family(desk_of("amina", CLOSED)).ref)
    (made,) = backups.make(desk_of("amina", SWEPT), tmp_path)
    return made.path.read_bytes()


def found(desk: Desk, path: Path, content: bytes) -> list[str]:
    """What is said of a file with that content: by the check, and by a restore that is about to begin."""
    path.write_bytes(content)
    said: list[str] = []
    try:
        said += backups.check(desk, path).problems[:1]
    except DamagedVaultError as error:
        said.append(error.message)
    try:
        restores.plan(path, path.with_name("new"), desk.vault.folder, None)
    except DamagedVaultError as error:
        said.append(error.message)
    return said


def parts(content: bytes) -> Iterator[tuple[str, range]]:
    """Where each part of a backup begins and ends."""
    begin = content.index(b"\n", len(backup.FORMAT) + 1) + 1
    yield "first line and manifest", range(begin)
    header = content.index(b"\n", len(backup.FORMAT) + 1) + 1
    with_register = content.index(b'{"audit_head"', header)
    yield "header", range(header, with_register)
    data = content.index(b"\n", with_register) + 1
    yield "register", range(with_register, data)
    yield "data", range(data, len(content))


@pytest.mark.no_cover  # the same lines, thousands of times
def test_every_bit_that_flips_is_noticed(whole: bytes, desk: Desk, tmp_path: Path) -> None:
    """300 of them, in each part as many."""
    chance = random.Random(4)  # noqa: S311 -- the same places each time
    for part, places in parts(whole):
        assert len(places) > 200, part
        for place in chance.sample(places, 75):
            bit = chance.randrange(8)
            damaged = bytearray(whole)
            damaged[place] ^= 1 << bit
            assert len(found(desk, tmp_path / "damaged.lcsb", bytes(damaged))) == 2, (part, place, bit)


def test_every_cut_is_noticed(whole: bytes, desk: Desk, tmp_path: Path) -> None:
    """100 of them, and at the end of each part and of each page; and what was put behind the end."""
    chance = random.Random(4)  # noqa: S311 -- the same places each time
    data = list(parts(whole))[-1][1]
    ends = [0, *(places[0] for _, places in parts(whole)), *data[4096::65536], len(whole) - 1]
    for length in [*chance.sample(range(len(whole)), 100), *ends]:
        assert len(found(desk, tmp_path / "cut.lcsb", whole[:length])) == 2, length
    assert len(found(desk, tmp_path / "longer.lcsb", whole + b"\0")) == 2


def test_what_is_wrong_is_named(whole: bytes, desk: Desk, tmp_path: Path) -> None:
    """By its part; and a whole one has nothing wrong."""
    path = tmp_path / "named.lcsb"
    assert found(desk, path, whole) == []
    names = {"header": "header.json", "register": "disposals.jsonl", "data": "data.db"}
    for part, places in parts(whole):
        damaged = bytearray(whole)
        damaged[places[100]] ^= 1
        said = found(desk, path, bytes(damaged))[0]
        assert said == f"{names[part]} is not what the manifest says" if part in names else "manifest" in said
    assert "shorter" in found(desk, path, whole[:-1])[0]


def test_parts_of_two_backups_do_not_make_one(whole: bytes, desk: Desk, tmp_path: Path) -> None:
    """With another's manifest, or another's data file of the same length, signed as each of them is."""
    stories.family(desk)
    (made,) = backups.make(desk, tmp_path)
    other = made.path.read_bytes()
    begins = [list(parts(one))[-1][1].start for one in (whole, other)]
    assert len(found(desk, tmp_path / "mixed.lcsb", whole[: begins[0]] + other[begins[1] :])) == 2
    assert len(found(desk, tmp_path / "mixed.lcsb", other[: begins[1]] + whole[begins[0] :])) == 2


def lying(desk: Desk, folder: Path, parts: Mapping[str, bytes] | None = None, **changed: Any) -> Path:
    """A backup that says something else of itself, or has other parts, and is signed as it must be."""
    path, beside = folder / "lying.lcsb", folder / "parts"
    beside.mkdir()
    with desk.db.transaction():
        manifest = backup.copy(desk.vault, beside, desk.moment)
    for name, content in (parts or {}).items():
        (beside / name).write_bytes(content)
    with path.open("wb") as file:
        backup.write(beside, replace(manifest, **changed), desk.vault.opened.sign, file)
    return path


@pytest.mark.parametrize(
    ("parts", "changed", "said"),
    [
        ({}, {"epoch": 99}, "the header in it belongs to another vault, or to another day"),
        ({}, {"vault": "0" * 32}, "the header in it belongs to another vault, or to another day"),
        ({}, {"made_by": "U-003-A"}, "the manifest is not signed by who it says has made it: it was altered"),
        ({}, {"made_by": "U-042-L"}, "the manifest is not signed by who it says has made it: it was altered"),
        ({HEADER: b"{}"}, {}, "the header cannot be read"),
        ({HEADER: b" " * (LARGEST_HEADER + 1)}, {}, "the header in the backup is too large"),
    ],
)
def test_a_backup_whose_digests_fit_is_not_believed_for_that(
    desk: Desk, tmp_path: Path, parts: Mapping[str, bytes], changed: dict[str, Any], said: str
) -> None:
    """Whoever can sign can make one of anything: what is in it has to be of one vault and one day."""
    path = lying(desk, tmp_path, parts, **changed)
    with backup.reading(path) as made:
        assert list(made.problems()) == [said]
    with pytest.raises(DamagedVaultError):
        restores.plan(path, tmp_path / "new", desk.vault.folder, None)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"pages": 1}, "the data file has not as many pages as the manifest says"),
        ({"audit_head": f"1 {'0' * 64}"}, "the trail in it does not end where the manifest says"),
    ],
)
def test_a_data_file_that_is_not_the_one_of_the_manifest_is_not_put_back(
    desk: Desk, tmp_path: Path, changed: dict[str, Any], said: str
) -> None:
    """It is found once it is opened, before the vault has its place; nothing is left there."""
    path, new = lying(desk, tmp_path, **changed), tmp_path / "new"
    planned = restores.plan(path, new, desk.vault.folder, None)
    with pytest.raises(DamagedVaultError, match=f"the backup is damaged: {said}"):
        restores.carry_out(planned, new, by_amina(), now=moment(TODAY), today=TODAY)
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith((".lcs-", "new"))] == []


def test_a_header_of_another_day_is_not_put_back_with_a_data_file(desk: Desk, tmp_path: Path) -> None:
    """Signed by the managers as it is, it would let in who has left since."""
    former = desk.vault.header
    users.add_user(desk, "nia", [Role.WORKER], Secret(passphrase=passphrase("nia")), CHEAP)
    path, new = lying(desk, tmp_path, {HEADER: former.to_bytes()}, epoch=former.epoch), tmp_path / "new"
    planned = restores.plan(path, new, desk.vault.folder, None)
    with pytest.raises(DamagedVaultError, match="the data file and the header do not belong together"):
        restores.carry_out(planned, new, by_amina(), now=moment(TODAY), today=TODAY)
    assert not new.exists()


def test_another_type_in_the_manifest_is_another_spelling(whole: bytes, tmp_path: Path) -> None:
    """A number in quotes would read the same."""
    path = tmp_path / "spelt.lcsb"
    path.write_bytes(whole.replace(b'"epoch":3', b'"epoch":"3"', 1))
    with pytest.raises(DamagedVaultError, match="the manifest of the backup was altered"), backup.reading(path):
        pass


def by_amina() -> Opener:
    """How amina opens a vault."""
    return by_secret("amina", Secret(passphrase=passphrase("amina")))
