"""What the program itself lays down, whatever rules a service publishes: keys, columns, what opens no vault."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import tomli

from lcs_cli.records.retention import RecordClass
from lcs_cli.records.user import KeyName, Role, UserKind


@cache
def program_file(name: str = "program") -> Mapping[str, Any]:
    """A file of it, parsed: ``program``, ``undo`` for what is taken back, or ``columns`` for the class of each."""
    return tomli.loads((Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8"))


def keys_for(kind: UserKind, roles: Iterable[Role]) -> frozenset[KeyName]:
    """The keys that somebody of these roles holds: what was sealed to people is no rule that a text can change."""
    table = program_file()["keys"]
    names = [role.value for role in roles] if kind is UserKind.PERSON else [kind.value]
    return frozenset(KeyName(key) for name in names for key in table[name])


@cache
def classed_columns() -> Mapping[str, frozenset[str]]:
    """Each table of the vault with the columns that have a retention class: one without does not open."""
    classes = program_file("columns")["columns"]
    return {table: frozenset(names.split()) for tables in classes.values() for table, names in tables.items()}


@cache
def class_of_table(table: str) -> RecordClass:
    """The retention class of a table."""
    return next(RecordClass(cls) for cls, tables in program_file("columns")["columns"].items() if table in tables)


@cache
def scanned_columns() -> Mapping[str, tuple[str, ...]]:
    """The columns in which people write in their own words, of the tables whose rows go with a family's file."""
    return {table: tuple(names.split()) for table, names in program_file("columns")["free_text"]["scanned"].items()}


def typed(action: str) -> str:
    """An action as it is typed after ``lcs``: most are the words of a command, some an option of one."""
    return str(program_file()["by_option"].get(action, action.replace(".", " ")))
