"""Long lists are read page by page: every row once, and nobody is kept from writing meanwhile."""

import pytest

from lcs_cli.records.safeguarding import FlagCategory
from lcs_cli.services import flags
from lcs_cli.services.desk import Desk
from lcs_cli.vault.paging import paged
from tests.conftest import OpenDesk
from tests.services import stories

FILL = (
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
    "INSERT INTO referrer (id, name, kind, changed) SELECT i * 3, 'Council ' || i, 'local-authority', 1 FROM n"
)


@pytest.mark.parametrize("count", [1, 499, 500, 501, 1000, 1203])
def test_every_row_comes_once_and_in_order(desk: Desk, count: int) -> None:
    """Whether it fills its pages or not, and with gaps between the numbers."""
    with desk.db.transaction():
        desk.db.run(FILL, count)
    rows = list(paged(desk.db, "SELECT id, name FROM referrer WHERE kind = ?", "id", "local-authority"))
    assert rows == [(number * 3, f"Council {number}") for number in range(1, count + 1)]


def test_somebody_else_writes_between_two_rows(desk: Desk, desk_of: OpenDesk) -> None:
    """No query is open while a row is looked at; what came meanwhile at the end is read too."""
    household = stories.family(desk)
    with desk.db.transaction():
        desk.db.run(FILL, 501)
    rows = paged(desk.db, "SELECT id FROM referrer WHERE 1", "id")
    next(rows)
    flags.raise_flag(desk_of("tomos"), household.ref, FlagCategory.OTHER, "seen just now")
    assert len(list(rows)) == 500
    assert len(flags.listing(desk, None)) == 1
