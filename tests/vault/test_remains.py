"""What a sweep looks for in the file that it has rewritten (policy 4.6): a word of what went, in any page of it."""

import json
import random
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from lcs_cli.errors import DamagedVaultError
from lcs_cli.policy.cap import cap
from lcs_cli.records.references import Kind, reference
from lcs_cli.services import sweep_guards
from lcs_cli.services.desk import Desk
from lcs_cli.vault import connection
from lcs_cli.vault.connection import Database
from lcs_cli.vault.pages import decrypted
from lcs_cli.vault.remains import Samples, _parts, _spread
from tests.conftest import OpenDesk, make_vault, open_desk
from tests.services import stories
from tests.services.stories import CLOSED, SWEPT
from tests.vault.pages import anywhere, pages, written

FAMILIES = 150


@pytest.fixture
def opened(tmp_path: Path) -> OpenDesk:
    """Open a new vault as somebody, on some day."""
    make_vault(tmp_path / "vault")
    return partial(open_desk, tmp_path / "vault")


def killed(_: object) -> None:
    """What happens when the machine is switched off."""
    raise KeyboardInterrupt


def churned(desk: Desk, year: int) -> dict[int, set[bytes]]:
    """Closed families whose sessions and details came, changed and went in any order, so that pages split; their words.

    Each change leaves a correction with what stood there before, as one by a person does.
    """
    chance = random.Random(year)  # noqa: S311 -- invented notes, not keys
    words: dict[int, set[bytes]] = {}
    families = range(year * FAMILIES + 1, (year + 1) * FAMILIES + 1)
    order = [family for family in families for _ in range(4)]
    chance.shuffle(order)

    def worded(family: int, stem: str) -> str:
        word = f"{stem}-{family:04d}-{chance.randrange(10**9):09d}"
        words[family].add(word.encode())
        return f"{word} " * chance.randint(1, 40)

    def corrected(family: int, kind: str, number: int, former: str) -> None:
        content, reason = json.dumps({"former": former}), worded(family, "Because")
        values = (family, kind, number, content, reason)
        desk.db.run(
            "INSERT INTO superseded (family_id, kind, record_id, content, reason, changed, superseded, fields, "
            "corrected_on, corrected_by) VALUES (?, ?, ?, ?, ?, 1, 2, 'note', '2019-02-05', 'U-002-W')",
            *values,
        )

    with desk.db.transaction():
        for family in families:
            words[family] = set()
            name, born = worded(family, "Named").split()[0], f"20{family % 20:02d}-07-23"
            case, old = worded(family, "Case"), worded(family, "Sealed")
            desk.db.run("INSERT INTO family (id, name, changed) VALUES (?, ?, 1)", family, name)
            desk.db.run("INSERT INTO episode VALUES (?, 1, ?, ?)", family, str(stories.OPENED), str(CLOSED))
            desk.db.run("INSERT INTO person VALUES (?, ?, 'child', ?, ?, ?, NULL, 1)", family, family, name, name, born)
            desk.db.run("INSERT INTO contact_detail VALUES (?, 'address', ?, 1)", family, old.encode())
            received = (family, family, str(stories.OPENED), case, str(stories.OPENED))
            desk.db.run("INSERT INTO referral VALUES (?, ?, 1, ?, 0, ?, 'accepted', ?, NULL, 1)", *received)
    for number, family in enumerate(order, start=4 * families[0]):
        note, own = worded(family, "Note"), (family, number)
        with desk.db.transaction():
            desk.db.run(
                "INSERT INTO contact_session (family_id, id, note, held_on, starts, ends, changed) "
                "VALUES (?, ?, ?, '2019-02-04', '10:00', '11:30', 1)",
                *(*own, note),
            )
        with desk.db.transaction():
            if chance.random() < 0.3:
                corrected(family, "contact_session", number, note)
                note = worded(family, "Note")
                desk.db.run("UPDATE contact_session SET note = ? WHERE family_id = ? AND id = ?", note, *own)
            if chance.random() < 0.3:
                sealed = worded(family, "Sealed").encode()
                desk.db.run("UPDATE contact_detail SET sealed = ? WHERE person_id = ?", sealed, family)
            if chance.random() < 0.1:
                desk.db.run("DELETE FROM contact_session WHERE family_id = ? AND id = ?", *own)
    return words


@pytest.mark.no_cover  # the same lines, thousands of times
def test_after_years_of_changes_nothing_is_left_but_without_the_rewrite_there_is(
    opened: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values that were overwritten when they were deleted lie in the gaps of pages still; a new file has no gaps.

    So few of them, and where is so much a matter of chance, that years go by until there is one.
    """
    monkeypatch.setattr(sweep_guards, "cap", lambda *args: replace(cap(*args), most=None))  # one sweep takes all
    there = opened("amina", CLOSED)
    stories.referrer(there)
    key, folder = stories.records_key(there), there.vault.folder
    there.db.close()
    gone: set[bytes] = set()
    stay: set[bytes] = set()
    for year in range(12):
        there = opened("amina", CLOSED)
        words = churned(there, year)
        there.db.close()
        for family, own in words.items():
            (gone if family % 2 else stay).update(own)
        stories.approved(opened, *(reference(Kind.FAMILY, family) for family in words if family % 2))
        with monkeypatch.context() as patch:
            patch.setattr(Database, "rewrite", killed)
            with pytest.raises(KeyboardInterrupt):
                stories.swept(opened)
        if anywhere(folder, key, gone):
            break
    desk = opened("amina", SWEPT)
    assert desk.db.value("SELECT count(*) FROM contact_session WHERE family_id % 2") == 0
    desk.db.close()
    assert anywhere(folder, key, gone)
    stories.swept(opened)
    assert anywhere(folder, key, gone) == set()
    assert len(written(desk.db.path, key, stay)) > 3 * FAMILIES


def unwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the file were not rewritten, and deleted values not overwritten."""
    monkeypatch.setattr(Database, "rewrite", lambda _: None)
    monkeypatch.setitem(connection._SETTINGS, "secure_delete", 0)


def test_a_sweep_says_so_when_a_page_still_says_what_went(opened: OpenDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many of the samples, and none of them by name; the next sweep rewrites the file."""
    there = opened("amina", CLOSED)
    ref = stories.closed_family(there, name="Plantedfamily").ref
    there.db.close()
    stories.approved(opened, ref)
    with monkeypatch.context() as patch:
        unwritten(patch)
        with pytest.raises(DamagedVaultError, match=r"^1 disposed of, but the data file still says \d+ of") as said:
            stories.swept(opened)
    assert "lanted" not in f"{said.value.message} {said.value.hint}"
    desk = opened("amina", SWEPT)
    key = stories.records_key(desk)
    desk.db.close()
    assert written(desk.db.path, key, {b"Plantedfamily"})
    stories.swept(opened)
    assert written(desk.db.path, key, {b"Plantedfamily"}) == set()


def test_what_somebody_else_is_called_is_no_remainder(opened: OpenDesk) -> None:
    """Another family of that name, a child born on that day, and the stub of a child whom a concern was about."""
    there = opened("amina", CLOSED)
    refs = [stories.closed_family(there, name="Plantedfamily").ref for _ in range(3)]
    stories.flag(there, refs[0])
    there.db.close()
    assert len(stories.disposed(opened, *refs[:2]).disposed) == 2


@pytest.mark.parametrize("sample", [b"Plantedfamily", b"2015-04-01", b"12 Elm Row"])
def test_a_sample_is_found_in_the_file_as_it_lies_there(opened: OpenDesk, sample: bytes) -> None:
    """The names and days of a family; not what is sealed, for no page says it."""
    there = opened("amina", CLOSED)
    stories.closed_family(there, name="Plantedfamily")
    samples = Samples()
    samples.take(there.db, [1])
    assert (sample in samples._taken) == (sample != b"12 Elm Row")
    assert samples.left(there.vault) == 0  # a row says it


def test_however_much_goes_only_so_much_is_looked_for(opened: OpenDesk) -> None:
    """Some of every kind of a family, and some of every family: a sweep of any size costs the same look."""
    there = opened("amina", CLOSED)
    ref = stories.family(there, name="Plantedfamily").ref
    for day in range(1, 29):
        stories.booked(there, ref, date(2020, 2, day), note=f"note number {day} is quite long enough")
    samples = Samples()
    samples.take(there.db, [1])
    assert 8 <= len(samples._taken) <= 16
    assert max(map(len, samples._taken)) == 24
    assert {sample.startswith(b"note number") for sample in samples._taken} == {True, False}
    assert list(_parts(b"a" * 30 + b"z" * 30)) == [b"a" * 24, b"z" * 24]
    spread = [_spread([b"%d" % number for number in range(many)], 64) for many in (0, 1, 64, 65, 1000)]
    assert [len(one) for one in spread] == [0, 1, 64, 33, 63]


def test_the_pages_are_those_that_lie_on_the_disk(opened: OpenDesk) -> None:
    """As another reader reads them, but for the mark of the first; one that was damaged is not read as if it were."""
    desk = opened("amina", CLOSED)
    key, path, lock = stories.records_key(desk), desk.db.path, desk.vault.folder / "lock"
    desk.db.close()
    mine, others = list(decrypted(path, key, lock)), list(pages(path, key))
    assert [page[-4000:] for page in mine] == [page[-4000:] for page in others]
    content = bytearray(path.read_bytes())
    content[3 * 4096 + 100] ^= 1
    path.write_bytes(content)
    with pytest.raises(DamagedVaultError, match="page 4 of the data file cannot be read"):
        list(decrypted(path, key, lock))
    path.write_bytes(content[:-1000])
    with pytest.raises(DamagedVaultError, match="cannot be read"):
        list(decrypted(path, key, lock))
