"""Damaged backups: a bit that changed anywhere, and an end that is missing, are noticed before anything is put back."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from lcs_cli.errors import DamagedVaultError
from lcs_cli.services import backups, restores
from lcs_cli.services.desk import Desk
from lcs_cli.vault import backup
from tests.conftest import OpenDesk
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
