"""What the rows of the vault agree on, and SQLite does not look after.

A page of the data file that is put back as it was has the right key and the right place, so SQLCipher takes it.
"""

from collections.abc import Iterator

from lcs_cli.vault.connection import Database
from lcs_cli.vault.corrections import KEYS
from lcs_cli.vault.counters import COUNTED


def problems(db: Database) -> Iterator[str]:
    """One line for each table that says something else than the rest of the vault."""
    dated = [
        table
        for (table,) in db.rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        if db.value("SELECT 1 FROM pragma_table_info(?) WHERE name = 'changed'", table)
    ]
    yield from _numbers_given_again(db, dated)
    yield from _older_than_corrected(db, dated)


def _numbers_given_again(db: Database, dated: list[str]) -> Iterator[str]:
    """A counter that is behind what it has given out would give out the same number twice."""
    given: dict[str, int] = dict(db.rows("SELECT name, value FROM counter"))
    highest = {name: db.value(f"SELECT max(id) FROM {table}") or 0 for name, table in COUNTED.items()}
    highest["change"] = max(
        db.value("SELECT max(superseded) FROM superseded") or 0,
        *(db.value(f"SELECT max(changed) FROM {table}") or 0 for table in dated),
    )
    yield from (
        f"the counter of {name} is behind {last}" for name, last in highest.items() if last > given.get(name, 0)
    )


def _older_than_corrected(db: Database, dated: list[str]) -> Iterator[str]:
    """A row that was corrected says when; the correction that is kept beside it says the same."""
    for table in dated:
        same = " AND ".join(f"there.{key} = was.content ->> '{key}'" for key in KEYS.get(table, ("id",)))
        found = db.rows(
            f"SELECT DISTINCT was.record_id FROM superseded AS was JOIN {table} AS there ON {same} "
            "WHERE was.kind = ? AND there.changed < was.superseded ORDER BY 1",
            table,
        )
        yield from (f"{table} {number} is older than its last correction" for (number,) in found)
