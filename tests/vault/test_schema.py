"""The schema: as it was agreed, every column with its class, and closed where somebody else has changed it."""

import os
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from lcs_cli.errors import DamagedVaultError, FailedError
from lcs_cli.policy.program import classed_columns, program_file
from lcs_cli.records.retention import RecordClass
from lcs_cli.services.desk import Desk
from lcs_cli.vault.migrate import AS_MADE, SCHEMA, digest, scripts
from tests.conftest import OpenDesk
from tests.services import stories
from tests.vault.tampering import raw

GOLDEN = Path(__file__).parent / "golden" / "schema.sql"
UPDATE = "LCS_UPDATE_GOLDEN"
DECIDED = "decided_by, state, decided_on, decided_at, reason, policy_version, rules_hash"
RUN = "'2026-11-28', '2026-11-26'"
GIVEN = f"'2026-11-26', {RUN}, '2026-11-28', 'U-002-W', 'granted', '2026-11-25', '09:00', 'fine', 1, ''"
"""A run that was granted, as its columns stand in the test below."""


def dump(desk: Desk) -> str:
    """Everything that is created in the data file, in the order of creation, and the schema's version."""
    made = [row[0] for row in desk.db.rows("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")]
    return ";\n\n".join([*made, f"PRAGMA user_version = {desk.db.value('PRAGMA user_version')};\n"])


def test_the_schema_is_the_one_that_was_agreed(desk: Desk) -> None:
    """Compared whole with `golden/schema.sql`; LCS_UPDATE_GOLDEN=1 writes it anew, to be read in the review."""
    if os.environ.get(UPDATE) == "1":
        GOLDEN.write_text(dump(desk), encoding="utf-8")
    assert dump(desk) == GOLDEN.read_text(encoding="utf-8")


def test_the_schema_has_the_number_of_its_last_script(desk: Desk) -> None:
    """The scripts count from 1."""
    assert desk.db.value("PRAGMA user_version") == len(scripts()) == SCHEMA


def test_a_schema_as_it_was_made_is_known_by_its_digest(desk: Desk) -> None:
    """Every column of it has a class and every guard is there, as the tests beside this one say: it opens at once."""
    assert digest(desk.db) == AS_MADE


def test_every_column_has_a_class_and_every_class_a_column(desk: Desk) -> None:
    """The retention schedule names each column of each table once, and nothing that does not exist."""
    found = {table: set(names) for table, names in classed_columns().items()}
    with raw(desk) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        there = {table: {row[1] for row in connection.execute(f"PRAGMA table_xinfo({table})")} for table in tables}
    assert found == there


def test_every_class_of_the_schedule_is_a_class_of_records() -> None:
    """And no table stands under two of them."""
    by_class = program_file("columns")["columns"]
    assert {RecordClass(name) for name in by_class}
    named = [table for tables in by_class.values() for table in tables]
    assert len(named) == len(set(named))


def test_every_table_is_strict(desk: Desk) -> None:
    """A number in a text column would be found by no comparison."""
    strict = {row[0]: row[1] for row in desk.db.rows("SELECT name, strict FROM pragma_table_list WHERE type = 'table'")}
    assert {name for name, is_strict in strict.items() if not is_strict} <= {"sqlite_schema", "sqlite_temp_schema"}


@pytest.mark.parametrize(
    "values",
    [
        "'2026-11-25', '10:40', '2026-11-24', 0",
        "'2026-02-30', '10:40', '2026-11-26', 0",
        "'25/11/2026', '10:40', '2026-11-26', 0",
        "'2026-11-25', '10.40', '2026-11-26', 0",
        "'2026-11-25', '10:40', '2026-11-26', -1",
    ],
)
def test_the_schema_takes_no_accident_that_cannot_have_been_recorded(desk: Desk, values: str) -> None:
    """Before it happened, on a day or at a time that is none, with fewer children than none; whoever writes it."""
    stories.family(desk)
    columns = "happened_on, happened_at, recorded_on, children, id, family_id, recorded_by, narrative"
    row = f"INSERT INTO accident ({columns}) VALUES ({values}, 1, 1, 'U-001-R', x'00')"
    with raw(desk) as connection:
        with pytest.raises(sqlcipher.IntegrityError, match="CHECK constraint failed"):
            connection.execute(row)
        connection.execute(row.replace(values, "'2026-11-25', '10:40', '2026-11-26', 0"))


@pytest.mark.parametrize(
    "change",
    [
        {"certificate": "'nothing recorded'"},
        {"certificate": "'00123456789'"},
        {"level": "NULL"},
        {"barred_list": "2"},
        {"decision": "'pending'"},
        {"decided_on": "NULL"},
        {"decided_by": "NULL"},
        {"decided_on": "'2026-05-31'"},
        {"update_status": "'current'", "checked_on": "'2026-06-01'"},
        {"recorded_on": "'2026-05-31'"},
        {"policy_version": "NULL"},
        {"rules_hash": "NULL"},
    ],
)
def test_the_schema_takes_no_check_that_cannot_have_been_recorded(desk: Desk, change: dict[str, str]) -> None:
    """More of a certificate than its number, half a decision, a decision before the certificate; whoever writes it."""
    stories.staff_member(desk, vetted=False)
    sound = {
        "certificate": "'001234567890'",
        "level": "'enhanced'",
        "barred_list": "1",
        "issued_on": "'2026-06-01'",
        "decision": "'cleared'",
        "decided_on": "'2026-06-01'",
        "decided_by": "'U-001-R'",
        "recorded_on": "'2026-06-01'",
        "policy_version": "1",
        "rules_hash": "'0'",
    }
    with raw(desk) as connection:
        for values, fits in ((sound | change, False), (sound, True)):
            row = f"INSERT INTO vetting_check (staff_id, number, seen_by, recorded_by, {', '.join(values)}) "
            row += f"VALUES (1, 1, 'U-001-R', 'U-001-R', {', '.join(values.values())})"
            if fits:
                connection.execute(row)
            else:
                with pytest.raises(sqlcipher.IntegrityError, match=r"(CHECK|NOT NULL) constraint failed"):
                    connection.execute(row)


@pytest.mark.parametrize(
    ("columns", "values"),
    [
        ("from_on, to_on, state", "NULL, NULL, 'requested'"),
        ("from_on, to_on, state", "'2026-11-26', NULL, 'requested'"),
        ("from_on, to_on, state", "'2026-11-27', '2026-11-26', 'requested'"),
        ("from_on, to_on, state", "'2026-11-26', '2026-11-26', 'granted'"),
        (f"from_on, to_on, granted_from, granted_to, {DECIDED}", "'2026-11-26', '2026-11-26', NULL, NULL, 'U-002-W'"),
        (f"from_on, to_on, granted_from, granted_to, {DECIDED}", f"'2026-11-26', {RUN}, '2026-11-30', 'U-002-W'"),
        (f"from_on, to_on, granted_from, granted_to, {DECIDED}", f"'2026-11-26', {RUN}, '2026-11-27', 'U-001-R'"),
    ],
)
def test_the_schema_takes_no_permission_that_cannot_have_been_given(desk: Desk, columns: str, values: str) -> None:
    """Without a session or days, for more days than were asked for, undecided, or by the person who asked."""
    stories.family(desk)
    if DECIDED in columns:
        values += ", 'granted', '2026-11-25', '09:00', 'fine', 1, ''"
    row = (
        f"INSERT INTO permission ({columns}, id, family_id, kind, done_by, purpose, evidence, requested_on, "
        f"requested_by) VALUES ({values}, 1, 1, 'observation', 'x', 'x', 'x', '2026-11-24', 'U-001-R')"
    )
    with raw(desk) as connection:
        with pytest.raises(sqlcipher.IntegrityError, match="CHECK constraint failed"):
            connection.execute(row)
        right = row.replace(values, GIVEN if DECIDED in columns else "'2026-11-26', '2026-11-26', 'requested'")
        connection.execute(right)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("ALTER TABLE person ADD COLUMN nhs_number TEXT", "person.nhs_number"),
        ("ALTER TABLE attendance ADD COLUMN observed TEXT DEFAULT 'nothing'", "attendance.observed"),
        ("CREATE TABLE visitor (name TEXT)", "visitor.name"),
        ("CREATE TABLE visitor AS SELECT * FROM person", "visitor."),
    ],
)
def test_a_column_without_a_class_keeps_the_vault_closed(
    desk: Desk, desk_of: OpenDesk, change: str, named: str
) -> None:
    """Whatever another tool added: nobody would ever dispose of it. The refusal names the column."""
    with raw(desk) as connection:
        connection.execute(change)
    with pytest.raises(DamagedVaultError, match="no retention class") as refused:
        desk_of()
    assert named in refused.value.message


def test_statistics_of_another_tool_keep_the_vault_closed(desk: Desk, desk_of: OpenDesk) -> None:
    """ANALYZE copies values into tables of its own, where no disposal would reach them."""
    stories.family(desk)
    with raw(desk) as connection:
        connection.execute("ANALYZE")
    with pytest.raises(DamagedVaultError, match="sqlite_stat"):
        desk_of()


@pytest.mark.parametrize(
    "change",
    [
        ["DROP TRIGGER flag_is_kept"],
        ["DROP TRIGGER accident_is_kept"],
        ["DROP TRIGGER audit_stays"],
        ["DROP TRIGGER flag_is_kept", "CREATE TRIGGER flag_is_kept BEFORE DELETE ON flag BEGIN SELECT 1; END"],
        ["CREATE TRIGGER more AFTER INSERT ON family BEGIN DELETE FROM counter; END"],
    ],
)
def test_guards_that_another_tool_changed_keep_the_vault_closed(
    desk: Desk, desk_of: OpenDesk, change: list[str]
) -> None:
    """What is kept for ever is kept by the triggers: without one, with another one, nothing goes on."""
    with raw(desk) as connection:
        for statement in change:
            connection.execute(statement)
    with pytest.raises(DamagedVaultError, match="guards"):
        desk_of()


def test_a_vault_of_a_newer_version_is_left_alone(desk: Desk, desk_of: OpenDesk) -> None:
    """It is said that lcs is too old; not one byte is changed."""
    with raw(desk) as connection:
        connection.execute(f"PRAGMA user_version = {len(scripts()) + 1}")
    before = desk.db.path.read_bytes()
    with pytest.raises(FailedError, match="newer than this version") as refused:
        desk_of()
    assert "update lcs" in refused.value.hint
    assert desk.db.path.read_bytes() == before


def test_a_data_file_of_another_vault_is_refused(desk: Desk, desk_of: OpenDesk) -> None:
    """Under the same key, as after a copy that went wrong."""
    with raw(desk) as connection:
        connection.execute("UPDATE vault SET vault = 'another'")
    with pytest.raises(DamagedVaultError, match="another vault"):
        desk_of()
