"""Bringing the schema up to date: numbered scripts, forward only, each one all or nothing."""

import hashlib
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from lcs_cli.errors import DamagedVaultError, FailedError
from lcs_cli.vault.connection import Database

Classed = Callable[[], Mapping[str, frozenset[str]]]
"""The columns of each table that have a retention class."""

SCHEMA = 18
"""The number of the last script."""

AS_MADE = "391b906dee3441de8fa56c089d9a90346a58d05e83e6fd440770d503a000ee00"
"""The digest of the schema as the scripts make it: of such a one nothing else needs to be looked at."""

_TRIGGER = r"CREATE TRIGGER (\w+)"


@cache
def scripts() -> tuple[str, ...]:
    """The migration scripts in order; the first is number 1."""
    named = sorted((Path(__file__).parent / "migrations").glob("*.sql"))
    return tuple(path.read_text(encoding="utf-8") for path in named)


def migrate(db: Database) -> None:
    """Run the scripts that this vault has not seen; FailedError for a vault from a newer version."""
    have = db.value("PRAGMA user_version")
    if have > SCHEMA:
        raise FailedError(
            f"the vault's schema {have} is newer than this version of lcs knows ({SCHEMA})",
            "update lcs; nothing was changed",
        )
    if have < SCHEMA:
        for number, script in enumerate(scripts()[have:], start=have + 1):
            db.migrate(script, number)


def digest(db: Database) -> str:
    """The digest of everything that is created in the data file."""
    made = db.rows("SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema ORDER BY type, name")
    return hashlib.sha256("\0".join(part for row in made for part in row).encode()).hexdigest()


def check_schema(db: Database, classed: Classed) -> None:
    """Refuse a schema with a column that the retention schedule has no class for, or without one of its guards.

    ``classed`` is asked only where the schema is not as it was made.
    """
    if digest(db) == AS_MADE:
        return
    text = "".join(scripts())
    guards: dict[str, str] = dict(db.rows("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"))
    if set(guards) != set(re.findall(_TRIGGER, text)) or not all(sql in text for sql in guards.values()):
        raise DamagedVaultError(
            "the schema's guards are not those of lcs: the vault stays closed",
            "restore a backup: another tool was here",
        )
    there = db.rows(
        "SELECT t.name, c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table'"
    )
    has_class = classed()
    unknown = sorted(f"{table}.{column}" for table, column in there if column not in has_class.get(table, frozenset()))
    if unknown:
        raise DamagedVaultError(
            f"no retention class for {', '.join(unknown[:3])}: the vault stays closed",
            "the schema was changed by something else than lcs: restore a backup",
        )
