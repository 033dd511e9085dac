"""What the connection refuses, whoever asks: other files, other keys, another schema, weaker settings."""

from pathlib import Path

import pytest

from lcs_cli.errors import FailedError, LcsError
from lcs_cli.services.desk import Desk
from tests.services import stories

REFUSED = [
    "ATTACH DATABASE 'other.db' AS other",
    "ATTACH DATABASE 'other.db' AS other KEY ''",
    "DETACH DATABASE main",
    "VACUUM",
    "VACUUM INTO 'other.db'",
    "PRAGMA rekey = 'another key'",
    "PRAGMA rekey = \"x'00'\"",
    "PRAGMA key = 'another key'",
    "PRAGMA writable_schema = ON",
    "PRAGMA foreign_keys = OFF",
    "PRAGMA recursive_triggers = OFF",
    "PRAGMA secure_delete = OFF",
    "PRAGMA secure_delete = FAST",
    "PRAGMA journal_mode = OFF",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = OFF",
    "PRAGMA temp_store = FILE",
    "PRAGMA temp_store_directory = '/'",
    "PRAGMA trusted_schema = ON",
    "PRAGMA ignore_check_constraints = ON",
    "PRAGMA defer_foreign_keys = ON",
    "PRAGMA user_version = 9",
    "PRAGMA main.user_version = 9",
    "PRAGMA schema_version = 9",
    "PRAGMA application_id = 9",
    "PRAGMA auto_vacuum = FULL",
    "PRAGMA cipher_use_hmac = OFF",
    "PRAGMA cipher_plaintext_header_size = 32",
    "PRAGMA cipher_log = 'stderr'",
    "PRAGMA cipher_migrate",
    "PRAGMA optimize",
    "ANALYZE",
    "DROP TABLE flag",
    "DROP TRIGGER flag_is_kept",
    "DROP INDEX flag_of_family",
    "ALTER TABLE family ADD COLUMN more TEXT",
    "ALTER TABLE family RENAME TO household",
    "ALTER TABLE family DROP COLUMN disposed_on",
    "CREATE TABLE more (x TEXT)",
    "CREATE TABLE more AS SELECT * FROM person",
    "CREATE TEMP TABLE more (x TEXT)",
    "CREATE INDEX more ON family (name)",
    "CREATE VIEW more AS SELECT * FROM person",
    "CREATE TEMP VIEW more AS SELECT * FROM person",
    "CREATE TRIGGER more AFTER INSERT ON family BEGIN DELETE FROM counter; END",
    "CREATE TEMP TRIGGER more AFTER INSERT ON family BEGIN DELETE FROM counter; END",
    "CREATE VIRTUAL TABLE more USING fts5 (x)",
    "UPDATE sqlite_schema SET sql = '' WHERE name = 'flag_is_kept'",
    "DELETE FROM sqlite_schema WHERE type = 'trigger'",
    "SELECT load_extension('more')",
    "SELECT sqlcipher_export('main')",
]
REGARDLESS_OF_CASE = ["pragma REKEY = 'x'", "Attach 'other.db' as other", "select SQLCIPHER_EXPORT('main')"]


def schema(desk: Desk) -> list[tuple[object, ...]]:
    """Everything that is created in the data file, and its version."""
    rows = desk.db.rows("SELECT * FROM sqlite_schema UNION ALL SELECT * FROM sqlite_temp_schema")
    return [*rows, (desk.db.value("PRAGMA user_version"),)]


@pytest.mark.parametrize("statement", REFUSED + REGARDLESS_OF_CASE)
def test_a_statement_no_command_needs_is_refused(
    desk: Desk, statement: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inside a transaction and outside; nothing is changed, and no other file is made."""
    monkeypatch.chdir(tmp_path)
    before, files = (schema(desk), stories.everything(desk)), sorted(tmp_path.rglob("*"))
    with pytest.raises(FailedError):
        desk.db.rows(statement)
    with pytest.raises(FailedError), desk.db.transaction():
        desk.db.run(statement)
    desk.db.close()
    assert (schema(desk), stories.everything(desk)) == before
    assert sorted(tmp_path.rglob("*")) == files


def test_the_guard_is_back_after_the_functions_that_need_it_away(desk: Desk) -> None:
    """A rewrite takes it off for one statement."""
    desk.db.rewrite()
    with pytest.raises(FailedError, match="not authorized"):
        desk.db.rows("ATTACH DATABASE ':memory:' AS other")


def test_a_script_that_fails_leaves_nothing_and_the_guard_stands(desk: Desk) -> None:
    """A migration is all or nothing, and the next change is not lost in its open transaction."""
    before = schema(desk)
    with pytest.raises(LcsError):
        desk.db.migrate("CREATE TABLE more (x TEXT) STRICT; CREATE TABLE flag (x TEXT) STRICT;", 9)
    assert schema(desk) == before
    with pytest.raises(FailedError, match="not authorized"):
        desk.db.rows("CREATE TABLE more (x TEXT)")
    stories.family(desk)
    desk.db.close()
    assert desk.db.value("SELECT count(*) FROM family") == 1


def test_what_the_commands_need_is_allowed(desk: Desk) -> None:
    """Reading, checking and changing rows."""
    for name in ("integrity_check", "foreign_key_check", "page_count", "user_version", "cipher_integrity_check"):
        assert isinstance(desk.db.rows(f"PRAGMA {name}"), list)
    with desk.db.transaction():
        assert desk.db.run("UPDATE counter SET value = value WHERE name = 'user'") == 1
