"""The data file is a real SQLCipher 4 file, and nothing in it can be read without its key."""

import apsw
import pytest

from lcs_cli.services.desk import Desk
from tests.services import stories
from tests.vault.pages import PAGE, lying_about, pages, written

TEXTS = {b"Llwyd", b"Gwen", b"Si\xc3\xa2na", b"mother", b"AT/1"}


@pytest.fixture
def filled(desk: Desk) -> Desk:
    """A vault with a family in it, closed after it was written."""
    household = stories.closed_family(desk)
    stories.family(desk)
    stories.referred(desk, household.ref, stories.referrer(desk))
    desk.db.close()
    return desk


def test_another_implementation_opens_it_with_the_same_key(filled: Desk) -> None:
    """SQLite3 Multiple Ciphers, which wrote none of it, counts the same rows."""
    connection = apsw.Connection(str(filled.db.path), flags=apsw.SQLITE_OPEN_READONLY)
    connection.execute("PRAGMA cipher = 'sqlcipher'")
    connection.execute("PRAGMA legacy = 4")
    connection.execute(f"PRAGMA key = \"x'{stories.records_key(filled).hex()}'\"")
    counted = {
        table: connection.execute(f"SELECT count(*) FROM {table}").get for table in ("family", "person", "attendance")
    }
    assert counted == {"family": 2, "person": 4, "attendance": 2}
    assert connection.execute("PRAGMA integrity_check").get == "ok"
    connection.close()


def test_another_implementation_opens_nothing_without_the_key(filled: Desk) -> None:
    """With another one, with a passphrase, or with none."""
    for key in ("x'" + "00" * 32 + "'", "amina keeps nineteen odd teaspoons", ""):
        connection = apsw.Connection(str(filled.db.path), flags=apsw.SQLITE_OPEN_READONLY)
        connection.execute("PRAGMA cipher = 'sqlcipher'")
        connection.execute("PRAGMA legacy = 4")
        connection.execute(f'PRAGMA key = "{key}"')
        with pytest.raises(apsw.NotADBError):
            connection.execute("SELECT count(*) FROM family")
        connection.close()


def test_the_tests_own_reader_reads_every_page(filled: Desk) -> None:
    """By the published format, not by the library that wrote it."""
    read = list(pages(filled.db.path, stories.records_key(filled)))
    assert len(read) * PAGE == filled.db.path.stat().st_size
    assert read[0].startswith(b"SQLite format 3\x00")
    assert written(filled.db.path, stories.records_key(filled), TEXTS | {b"in no page"}) == TEXTS


def test_the_reader_refuses_a_page_that_was_changed(filled: Desk) -> None:
    """And a wrong key: what it reads is what was written."""
    with pytest.raises(ValueError, match="page 1: its HMAC"):
        list(pages(filled.db.path, bytes(32)))
    content = bytearray(filled.db.path.read_bytes())
    content[3 * PAGE + 100] ^= 1
    filled.db.path.write_bytes(content)
    with pytest.raises(ValueError, match="page 4: its HMAC"):
        list(pages(filled.db.path, stories.records_key(filled)))


def test_contact_details_and_narratives_are_sealed_in_the_pages_too(filled: Desk) -> None:
    """Policy 4.5: a second lock inside the first."""
    stories.flag(filled, "LCS-0001-R")
    stories.accident(filled, "LCS-0001-R")
    sealed = {b"Elm Row", b"01632 960123", b"gwen@example.org", b"one arm", b"Looked into", b"Slipped", b"wet step"}
    assert written(filled.db.path, stories.records_key(filled), sealed) == set()


def test_nothing_lies_about_in_the_clear(filled: Desk) -> None:
    """In no file of the folder and in no file's name, the header included."""
    stories.flag(filled, "LCS-0001-R")
    stories.accident(filled, "LCS-0001-R")
    assert lying_about(filled.vault.folder, TEXTS | {b"Elm Row", b"one arm", b"wet step", b"SQLite format"}) == set()
