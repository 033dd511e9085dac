"""What somebody kept from before a rotation, put back: it opens nothing new, and harms nothing."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from msgspec.structs import replace

from lcs_cli.errors import CannotUnlockError, DamagedVaultError
from lcs_cli.services import families, keys, users
from lcs_cli.services.desk import Desk
from lcs_cli.services.families import FamilyDraft
from lcs_cli.vault.connection import Database
from lcs_cli.vault.folder import HEADER, HEADER_COPY, LOCK
from lcs_cli.vault.header import parse_header
from tests.conftest import TODAY, open_desk
from tests.vault import sealed
from tests.vault.tampering import header_of

COPIES = (HEADER, HEADER_COPY)


@dataclass(frozen=True)
class Left:
    """A vault that tomos has left: its folder as he copied it before, the keys he kept, and how it is now."""

    folder: Path
    kept: dict[str, bytes]
    keys: dict[str, bytes]
    now: dict[str, bytes]

    def put_back(self, *names: str) -> None:
        """Put files of his copy in place of what is there now."""
        for name in names:
            (self.folder / name).write_bytes(self.kept[name])

    def mended(self) -> Desk:
        """Amina's desk once the files of now are put in place again."""
        for name, content in self.now.items():
            (self.folder / name).write_bytes(content)
        return open_desk(self.folder)


@pytest.fixture
def left(sealed_template: Path, tmp_path: Path) -> Left:
    """Amina has taken tomos's slot away and rotated; a family came since."""
    folder = sealed.copy(sealed_template, tmp_path)
    kept, held = sealed.files(folder), dict(open_desk(folder, "tomos").vault.opened.keys)
    desk = open_desk(folder)
    users.remove(desk, "tomos")
    keys.rotate(desk)
    families.add(desk, FamilyDraft("Patel", TODAY, []))
    desk.db.close()
    return Left(folder, kept, {name.value: key for name, key in held.items()}, sealed.files(folder))


def test_who_was_removed_has_no_way_in(left: Left) -> None:
    """Neither by their passphrase nor by the key they kept."""
    with pytest.raises(CannotUnlockError):
        open_desk(left.folder, "tomos")
    with pytest.raises(DamagedVaultError, match="cannot be read"):
        Database(left.folder / header_of(left.folder).data, left.keys["records"], left.folder / LOCK).rows(
            "SELECT 1 FROM family"
        )


@pytest.mark.parametrize("copy", COPIES)
def test_one_older_header_put_back_is_healed_by_the_next_who_may_come_in(left: Left, copy: str) -> None:
    """It lets nobody in who has left."""
    left.put_back(copy)
    with pytest.raises(DamagedVaultError, match="missing"):
        open_desk(left.folder, "tomos")
    assert open_desk(left.folder).user.name == "amina"
    assert sealed.files(left.folder) == left.now
    with pytest.raises(CannotUnlockError):
        open_desk(left.folder, "tomos")


@pytest.mark.parametrize("copy", COPIES)
def test_one_older_header_put_back_with_its_data_file_never_costs_the_newer_header(left: Left, copy: str) -> None:
    """Only the newer header holds the keys of the newer file: without it everything would be lost."""
    left.put_back(copy, "data-1.db")
    with pytest.raises(DamagedVaultError, match="put back"):
        open_desk(left.folder, "tomos")
    assert sealed.files(left.folder) == left.now | {name: left.kept[name] for name in (copy, "data-1.db")}
    assert open_desk(left.folder).user.name == "amina"
    assert sealed.files(left.folder) == left.now


@pytest.mark.parametrize(
    ("back", "refused"), [(COPIES, "missing"), ((*COPIES, "data-1.db"), "is newer than the data file")]
)
@pytest.mark.parametrize("name", ["tomos", "amina"])
def test_both_older_headers_put_back_are_refused_and_the_newer_file_stays(
    left: Left, back: tuple[str, ...], refused: str, name: str
) -> None:
    """The newer file is evidence, and the only one with what came since: nothing takes it for a stray."""
    left.put_back(*back)
    for _ in range(2):
        with pytest.raises(DamagedVaultError, match=refused):
            open_desk(left.folder, name)
    assert sealed.files(left.folder) == left.now | {name: left.kept[name] for name in back}
    desk = left.mended()
    assert [file.family.name for file in families.listing(desk)][-1] == "Patel"
    assert "data-1.db" not in sealed.files(left.folder)


def test_the_older_data_file_under_the_newer_name_opens_nothing(left: Left) -> None:
    """It is under another key."""
    (left.folder / header_of(left.folder).data).write_bytes(left.kept["data-1.db"])
    with pytest.raises(DamagedVaultError, match="cannot be read"):
        open_desk(left.folder)


def test_the_older_data_file_under_its_own_name_is_taken_away(left: Left) -> None:
    """By whoever comes next, without a word of it coming back."""
    left.put_back("data-1.db")
    desk = open_desk(left.folder, "rhys")
    assert sealed.files(left.folder) == left.now
    assert desk.db.value("SELECT max(name) FROM family") == "Patel"


def test_a_slot_of_before_in_the_newer_header_is_refused(left: Left) -> None:
    """The managers have not signed it."""
    former = parse_header(left.kept[HEADER]).slot("tomos")
    header = header_of(left.folder)
    forged = replace(header, slots=(*header.slots, former))
    for copy in COPIES:
        (left.folder / copy).write_bytes(forged.to_bytes())
    for name in ("tomos", "amina"):
        with pytest.raises(DamagedVaultError, match="signature"):
            open_desk(left.folder, name)


STRAYS = [
    "data-1.db",
    "data-1.db-journal",
    ".data-1.db.new",
    ".data-9.db.new",
    ".data-9.db.new-journal",
    "data-9.db-journal",
    ".header.json.new",
    ".header.bak.json.new",
]


@pytest.mark.parametrize("stray", STRAYS)
def test_what_a_stopped_command_left_is_taken_away_by_the_next(left: Left, stray: str) -> None:
    """Whatever is in it; the rest stays as it is."""
    (left.folder / stray).write_bytes(b"half a thing")
    assert open_desk(left.folder).user.name == "amina"
    assert sealed.files(left.folder) == left.now


@pytest.mark.parametrize("mine", ["notes.txt", "data.db", "data-0.db", "data-x.db", "header.json.orig", "data-1.db.gz"])
def test_what_is_not_of_lcs_stays(left: Left, mine: str) -> None:
    """A file that somebody has put beside the vault is theirs."""
    (left.folder / mine).write_bytes(b"mine")
    assert open_desk(left.folder).user.name == "amina"
    assert sealed.files(left.folder) == left.now | {mine: b"mine"}
