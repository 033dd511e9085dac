"""A connection to the data file: its settings, its transactions, and a file that was rewritten or damaged."""

import fcntl
import os
import resource
from contextlib import closing, nullcontext
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from lcs_cli.errors import DamagedVaultError, FailedError, VaultBusyError
from lcs_cli.services import families
from lcs_cli.services.desk import Desk
from lcs_cli.services.families import FamilyDraft
from lcs_cli.vault import connection as data_file
from lcs_cli.vault.connection import Database
from lcs_cli.vault.counters import change_number, next_number
from tests.conftest import TODAY, OpenDesk
from tests.services import stories
from tests.vault.pages import PAGE
from tests.vault.tampering import raw

SETTINGS = {
    "foreign_keys": 1,
    "secure_delete": 1,
    "recursive_triggers": 1,
    "temp_store": 2,
    "journal_mode": "delete",
    "synchronous": 3,
    "trusted_schema": 0,
    "cipher_page_size": PAGE,
    "cipher_use_hmac": 1,
    "cipher_hmac_algorithm": "HMAC_SHA512",
}


@pytest.mark.parametrize("name", SETTINGS)
def test_each_connection_has_its_settings(desk: Desk, name: str) -> None:
    """The first ones, and those after the file was closed and opened again."""
    for _ in range(2):
        connection = desk.db._open()
        connection.set_authorizer(None)
        value = connection.execute(f"PRAGMA {name}").fetchone()[0]
        assert str(value) == str(SETTINGS[name])
        desk.db.close()


@pytest.mark.parametrize("length", [0, 1, 16, 31, 33, 64])
def test_a_key_of_another_length_is_refused(desk: Desk, length: int) -> None:
    """SQLCipher would silently take it for a passphrase."""
    with pytest.raises(DamagedVaultError, match="wrong length"):
        Database(desk.db.path, bytes(length), desk.vault.folder / "lock")


def test_another_key_opens_nothing(desk: Desk) -> None:
    """The file is then like noise."""
    with pytest.raises(DamagedVaultError):
        Database(desk.db.path, bytes(32), desk.vault.folder / "lock").rows("SELECT * FROM family")


def test_a_connection_does_not_show_its_key(desk: Desk) -> None:
    """Not when it is printed."""
    assert stories.records_key(desk).hex() not in repr(desk.db)
    assert repr(stories.records_key(desk)) not in repr(desk.db)


@pytest.mark.parametrize(
    "content", [b"not a database at all, only some text\n" * 200, bytes(PAGE), b"SQLite format 3\0"]
)
def test_a_data_file_that_is_something_else_is_damage(desk: Desk, desk_of: OpenDesk, content: bytes) -> None:
    """Reported in one line."""
    desk.db.close()
    desk.db.path.write_bytes(content)
    with pytest.raises(DamagedVaultError):
        desk_of()


def test_a_data_file_that_is_missing_is_damage_and_is_not_made_anew(desk: Desk, desk_of: OpenDesk) -> None:
    """An empty vault in place of a lost one would look as if nothing had ever been recorded."""
    desk.db.close()
    desk.db.path.unlink()
    with pytest.raises(DamagedVaultError, match="missing"):
        desk_of()
    assert not desk.db.path.exists()


def test_a_data_file_that_was_emptied_is_damage_and_is_not_filled(desk: Desk, desk_of: OpenDesk) -> None:
    """Nothing is written to it: whoever restores a backup finds it as it was found."""
    desk.db.close()
    desk.db.path.write_bytes(b"")
    with pytest.raises(DamagedVaultError):
        desk_of()
    assert desk.db.path.read_bytes() == b""


def test_a_change_outside_a_transaction_is_refused(desk: Desk) -> None:
    """It could not be undone together with its audit entry; a counter is a change too."""
    before = stories.everything(desk)
    with pytest.raises(FailedError, match="outside a transaction"):
        desk.db.run("UPDATE counter SET value = value + 1")
    with pytest.raises(FailedError, match="outside a transaction"):
        next_number(desk.db, "family")
    assert stories.everything(desk) == before


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_exception_in_a_transaction_leaves_nothing(desk: Desk, error: type[BaseException]) -> None:
    """Whatever it is; and the next transaction works."""

    def fail() -> None:
        with desk.db.transaction():
            next_number(desk.db, "family")
            raise error

    before = stories.everything(desk)
    with pytest.raises(error):
        fail()
    assert stories.everything(desk) == before
    assert not desk.db.in_transaction
    with desk.db.transaction():
        assert next_number(desk.db, "family") == 1


def test_a_transaction_in_another_joins_it_and_both_are_undone_together(desk: Desk) -> None:
    """So that many records can be one change."""

    def fail() -> None:
        with desk.db.transaction():
            families.add(desk, FamilyDraft("Llwyd", TODAY))
            with desk.db.transaction():
                families.add(desk, FamilyDraft("Patel", TODAY))
            assert desk.db.in_transaction
            raise ValueError("the last of three")

    before = stories.everything(desk)
    with pytest.raises(ValueError, match="the last of three"):
        fail()
    assert stories.everything(desk) == before


def test_transactions_in_one_another_are_kept_together(desk: Desk, desk_of: OpenDesk) -> None:
    """Nobody else sees the inner one before the outer one ends."""
    other = desk_of()
    with desk.db.transaction():
        with desk.db.transaction():
            families.add(desk, FamilyDraft("Llwyd", TODAY))
        assert other.db.value("SELECT count(*) FROM family") == 0
    assert other.db.value("SELECT count(*) FROM family") == 1


def test_a_number_is_never_given_twice(desk: Desk) -> None:
    """Not even where it was counted in the same transaction; what was undone never left."""
    with desk.db.transaction():
        given = [next_number(desk.db, "session") for _ in range(3)]
    with desk.db.transaction():
        given.append(next_number(desk.db, "session"))
    assert given == [1, 2, 3, 4]
    assert change_number(desk.db) == 0


def test_after_a_commit_that_could_not_be_made_the_next_one_works(desk: Desk) -> None:
    """Another tool reads the file for too long: nothing of the failed change is left, and nothing is stuck."""
    before = stories.everything(desk)
    with raw(desk) as other:
        connection = desk.db._open()
        connection.set_authorizer(None)
        connection.execute("PRAGMA busy_timeout = 20")
        reading = other.execute("SELECT * FROM sqlite_schema")
        reading.fetchone()
        with pytest.raises(VaultBusyError), desk.db.transaction():
            next_number(desk.db, "family")
        reading.close()
        assert stories.everything(desk) == before
        with desk.db.transaction():
            assert next_number(desk.db, "family") == 1


def test_a_connection_opened_before_a_rewrite_writes_to_the_new_file(desk: Desk, desk_of: OpenDesk) -> None:
    """The old file has no name any more: what went there would be lost."""
    early = desk_of()
    families.add(early, FamilyDraft("Llwyd", TODAY))
    desk.db.rewrite()
    families.add(early, FamilyDraft("Patel", TODAY))
    assert [file.family.name for file in families.listing(desk_of())] == ["Llwyd", "Patel"]
    assert early.db._identity == early.db._file_identity()
    assert desk_of().db.problems() == []


def test_a_rewrite_keeps_every_row_the_version_and_the_key(desk: Desk, desk_of: OpenDesk) -> None:
    """And leaves neither the old file nor a second one."""
    stories.closed_family(desk, 2)
    before, version = stories.everything(desk), desk.db.value("PRAGMA user_version")
    names = sorted(path.name for path in desk.vault.folder.iterdir())
    desk.db.rewrite()
    opened = desk_of()
    assert stories.everything(opened) == before
    assert opened.db.value("PRAGMA user_version") == version
    assert sorted(path.name for path in desk.vault.folder.iterdir()) == names
    assert opened.db.path.stat().st_mode & 0o777 == 0o600


def test_a_rewrite_inside_a_transaction_is_refused(desk: Desk) -> None:
    """It would put the file of before the transaction in its place."""
    with pytest.raises(FailedError, match="rewrite inside"), desk.db.transaction():
        desk.db.rewrite()


def test_a_stray_file_of_a_rewrite_that_was_killed_is_no_obstacle(desk: Desk, desk_of: OpenDesk) -> None:
    """The next one takes its place."""
    stray = desk.db.path.with_name(f".{desk.db.path.name}.new")
    stray.write_bytes(b"half of it")
    desk.db.rewrite()
    assert not stray.exists()
    assert desk_of().db.problems() == []


def test_a_sound_file_has_no_problems(desk: Desk) -> None:
    """Every page, every row, every pointer."""
    stories.closed_family(desk, 2)
    assert desk.db.problems() == []


@pytest.mark.parametrize("cut", [1, 2, 10])
def test_a_file_cut_at_a_page_is_noticed(desk: Desk, cut: int) -> None:
    """Each page that is left is sound, so the number of pages must tell."""
    content = desk.db.path.read_bytes()
    desk.db.close()
    desk.db.path.write_bytes(content[: -cut * PAGE])
    assert desk.db.problems()
    desk.db.close()
    desk.db.path.write_bytes(content)
    assert desk.db.problems() == []


def test_a_file_with_something_behind_its_end_is_noticed(desk: Desk) -> None:
    """SQLite would not look there."""
    content = desk.db.path.read_bytes()
    desk.db.close()
    desk.db.path.write_bytes(content + content[-PAGE:])
    assert "the data file is longer or shorter than it says" in desk.db.problems()


def test_one_flipped_bit_is_noticed_on_every_page(desk: Desk) -> None:
    """In the salt, the text, the vector and the code of the page alike."""
    content = desk.db.path.read_bytes()
    count = len(content) // PAGE
    for page in range(count):
        place = page * PAGE + (page * 997 + 5) % PAGE
        flipped = content[:place] + bytes([content[place] ^ 8]) + content[place + 1 :]
        desk.db.close()
        desk.db.path.write_bytes(flipped)
        assert desk.db.problems(), f"page {page + 1}"
    desk.db.close()
    desk.db.path.write_bytes(content)
    assert desk.db.problems() == []


def test_a_row_that_points_nowhere_is_noticed(desk: Desk) -> None:
    """As another tool would leave it, which does not check what rows point at."""
    family = stories.family(desk)
    stories.held(desk, family.ref, TODAY)
    with raw(desk) as connection:
        connection.execute("DELETE FROM episode")
        connection.execute("INSERT INTO episode (family_id, number, opened_on) VALUES (77, 1, '2020-01-01')")
    assert any("points nowhere" in problem for problem in desk.db.problems())


def test_the_data_file_is_private_and_has_one_name(vault: Path) -> None:
    """In a folder that only its owner enters."""
    assert vault.stat().st_mode & 0o777 == 0o700
    assert {path.name: oct(path.stat().st_mode & 0o777) for path in vault.iterdir()} == dict.fromkeys(
        ("data-1.db", "header.json", "header.bak.json", "lock", "disposals.jsonl"), "0o600"
    )


def test_a_part_of_a_transaction_that_the_system_undid_is_told_of_as_what_it_was(desk: Desk) -> None:
    """A full disk undoes the whole transaction, and there is no part left to undo: it is no defect of the program."""

    def meets_a_full_disk() -> None:
        with desk.db.transaction(), desk.db.savepoint():
            desk.db._connection.rollback()  # as SQLite does then
            raise FailedError("the disk is full: that was not done", "make room, then try again")

    with pytest.raises(FailedError, match="the disk is full"):
        meets_a_full_disk()


def test_a_disk_that_fails_at_the_end_of_a_commit_is_told_of_as_what_is_known(desk: Desk) -> None:
    """The journal is gone, so that the change is there; that its folder could not be synchronised is an error."""

    class Failing:
        """The connection, whose commit does what SQLite's does then."""

        def __init__(self) -> None:
            self.real = desk.db._connection

        def __getattr__(self, name: str) -> object:
            return getattr(self.real, name)

        def commit(self) -> None:
            self.real.commit()
            raise sqlcipher.OperationalError("disk I/O error")

    def adds() -> None:
        with desk.db.transaction():
            families.add(desk, FamilyDraft("Invented", TODAY))
            desk.db._connection = Failing()

    with pytest.raises(FailedError, match="it may be done, or not") as failure:
        adds()
    assert failure.value.hint.startswith("look whether it is there")
    desk.db.close()
    assert families.show(desk, "LCS-0001-R").family.name == "Invented"


def test_a_reader_goes_on_with_the_file_that_took_the_place_of_its_own(desk: Desk, desk_of: OpenDesk) -> None:
    """Also in the middle of a reading, which ends as it began; the journal of who writes the new file is let alone."""
    stories.family(desk)
    stories.family(desk)
    other = desk_of("rhys")
    reading = other.db.each("SELECT id FROM family ORDER BY id")
    assert next(reading) == (1,)
    desk.db.rewrite()
    with desk.db.transaction():
        families.add(desk, FamilyDraft("Invented", TODAY))
        assert other.db.value("SELECT count(*) FROM family") == 2
        assert desk.db.path.with_name(f"{desk.db.path.name}-journal").exists()
    assert other.db.value("SELECT count(*) FROM family") == 3
    assert list(reading) == [(2,)]


def test_what_is_read_once_fills_no_memory(desk: Desk) -> None:
    """An export reads the whole file from one end to the other; afterwards pages are kept as before."""
    kept = []
    with desk.db._unguarded() as connection, desk.db.read_once():
        connection.set_authorizer(None)
        kept.append(connection.execute("PRAGMA cache_size").fetchone()[0])
    with desk.db._unguarded() as connection:
        kept.append(connection.execute("PRAGMA cache_size").fetchone()[0])
    assert kept == [-2048, -65536]


def test_a_rewrite_fills_no_memory(desk: Desk) -> None:
    """Of the old file and of the new one few pages are kept, however large they are."""
    said: list[str] = []
    desk.db._open().set_trace_callback(said.append)
    desk.db.rewrite()
    kept = [line for line in said if "cache_size" in line or line.startswith("VACUUM INTO")]
    assert [line.partition(" '")[0] for line in kept[:2]] == ["PRAGMA cache_size = -2048", "VACUUM INTO"]


def test_a_vault_that_cannot_be_written_says_so(desk: Desk) -> None:
    """It is no defect of the program; nothing of it is done, and what is there can still be read."""
    connection = desk.db._open()
    connection.set_authorizer(None)
    connection.execute("PRAGMA query_only = 1")
    with stories.unchanged(desk), pytest.raises(FailedError, match="the vault cannot be written"):
        families.add(desk, FamilyDraft("Invented", TODAY))
    desk.db.close()
    assert families.add(desk, FamilyDraft("Invented", TODAY)).family.number == 1


def test_a_file_that_may_not_grow_says_so(desk: Desk) -> None:
    """A limit of the system, or a quota: nothing is done, and it works once there is room."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
        with pytest.raises(FailedError, match="the disk could not be read or written: that was not done"):
            families.add(desk, FamilyDraft("Invented", TODAY))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert families.add(desk, FamilyDraft("Invented", TODAY)).family.number == 1


def test_a_library_that_does_not_take_a_setting_opens_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another build of it may lack one, and would keep less than was promised."""
    monkeypatch.setitem(data_file._SETTINGS, "page_size", 17)
    desk.db.close()
    with pytest.raises(FailedError, match="SQLCipher did not accept page_size"):
        desk.db.value("SELECT 1")


def test_a_disk_that_cannot_be_read_is_told_of_as_such(desk: Desk) -> None:
    """Nothing was being written: what a command had done before that is done."""

    class Failing:
        """The connection to a file that cannot be read."""

        in_transaction = False

        def execute(self, _sql: str, _values: object) -> None:
            raise sqlcipher.OperationalError("disk I/O error")

    desk.db.value("SELECT 1")
    desk.db._connection = Failing()
    with pytest.raises(FailedError, match=r"the disk could not be read$"):
        desk.db.rows("SELECT 1")


def test_rows_that_do_not_arrive_are_missed() -> None:
    """Whatever kept them away: a copy under new keys has each row, or is none."""
    with closing(sqlcipher.connect(":memory:")) as both:
        both.execute("ATTACH ':memory:' AS source")
        for schema in ("main", "source"):
            both.execute(f"CREATE TABLE {schema}.family (id INTEGER PRIMARY KEY)")
        both.execute("INSERT INTO source.family VALUES (1), (2)")
        both.execute("CREATE TRIGGER no BEFORE INSERT ON family WHEN NEW.id = 2 BEGIN SELECT raise(IGNORE); END")
        with pytest.raises(FailedError, match="the copy has not all rows of family"):
            data_file._pour_table(both, "family", {})


def test_a_rewrite_does_not_lose_what_another_program_wrote_meanwhile(
    desk: Desk, desk_of: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that knows nothing of the lock: the file with its row stays, and no part of the other is left."""
    stories.family(desk)
    other, real = desk_of("rhys"), os.fsync
    names = sorted(path.name for path in desk.vault.folder.iterdir())

    def meanwhile(handle: int) -> None:
        real(handle)
        with raw(other) as behind:
            behind.execute("UPDATE counter SET value = value + 1 WHERE name = 'family'")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", meanwhile)
        with pytest.raises(VaultBusyError, match="another program has written to the vault"):
            desk.db.rewrite()
    assert sorted(path.name for path in desk.vault.folder.iterdir()) == names
    assert stories.family(desk).ref == "LCS-0003-A"


def test_a_writer_does_not_begin_in_a_file_that_has_just_been_replaced(
    desk: Desk, desk_of: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between opening it and beginning to write: what it wrote would be in a file that nobody sees."""
    stories.family(desk)
    other, real, seen = desk_of("rhys"), desk.db._open, list[object]()

    def opened() -> object:
        found = real()
        if not seen:
            seen.append(found)
            other.db.rewrite()
        return found

    desk.db.close()
    monkeypatch.setattr(desk.db, "_locked", nullcontext)  # as a program would that does not know the lock
    monkeypatch.setattr(desk.db, "_open", opened)
    with desk.db.transaction():
        stories.family(desk)
    monkeypatch.undo()
    assert [file.family.number for file in families.listing(desk_of())] == [1, 2]


@pytest.mark.parametrize("opened", [False, True])
def test_no_file_takes_the_name_of_one_that_is_about_to_be_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, opened: bool
) -> None:
    """From its opening to its first row: it would take the other file's journal for its own, and remove it."""
    stories.family(desk)
    if not opened:
        desk.db.close()
    real, free = desk.db._open, list[bool]()

    def watched() -> object:
        connection = real()
        free.append(can_be_held(desk.vault.folder, fcntl.LOCK_EX))
        return connection

    monkeypatch.setattr(desk.db, "_open", watched)
    assert desk.db.rows("SELECT id FROM family") == [(1,)]
    assert desk.db.value("SELECT count(*) FROM family") == 1
    assert free == [False, False]
    assert can_be_held(desk.vault.folder, fcntl.LOCK_EX)


def test_a_file_is_exchanged_while_nobody_is_about_to_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads just then waits for the moment that it takes."""
    real, seen = Path.replace, list[bool]()

    def watched(path: Path, target: Path) -> Path:
        if target == desk.db.path:
            seen.append(can_be_held(desk.vault.folder, fcntl.LOCK_SH))
        return real(path, target)

    monkeypatch.setattr(Path, "replace", watched)
    desk.db.rewrite()
    assert seen == [False]


def can_be_held(folder: Path, how: int) -> bool:
    """Whether the files of a folder can be held still at once, alone or with others."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True
