"""Long lists, read page by page: in constant memory, and with no query left open while a person reads them.

A query that is left open would keep everybody else from writing.
"""

from collections.abc import Iterator

from lcs_cli.vault.connection import Database, Row

_PAGE = 500


def paged(db: Database, query: str, key: str, *values: object) -> Iterator[Row]:
    """The rows of a query that ends with a condition, in the order of their first column, the whole number ``key``."""
    after = 0
    while True:
        rows = db.rows(f"{query} AND {key} > ? ORDER BY {key} LIMIT {_PAGE}", *values, after)
        yield from rows
        if len(rows) < _PAGE:
            return
        after = rows[-1][0]
