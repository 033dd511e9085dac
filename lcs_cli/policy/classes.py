"""Which columns of the vault the retention schedule has a class for: a column without one does not open."""

from collections.abc import Mapping
from functools import cache

from lcs_cli.policy.rules import rule_file


@cache
def classed_columns() -> Mapping[str, frozenset[str]]:
    """Each table of the vault with the columns that the schedule has a class for."""
    classes = rule_file("retention_schedule.toml")["columns"]
    return {table: frozenset(names.split()) for tables in classes.values() for table, names in tables.items()}
