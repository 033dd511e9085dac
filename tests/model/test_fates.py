"""What a disposal takes, row by row, is what the second reading of the policy says goes; nothing else changes."""

from collections import Counter
from datetime import date, timedelta

import pytest

from lcs_cli.records.references import Kind, number_in, reference
from lcs_cli.services import retention, sweep
from lcs_cli.services.desk import Desk
from lcs_cli.vault import disposals
from lcs_cli.vault.register import Register
from tests.conftest import OpenDesk
from tests.model.families import Families
from tests.model.reading import TABLES, File, Row, added_by, every, going, left_of, state, stays
from tests.model.rows import files_of, rows_of
from tests.services import stories

SEED = 2025
FAMILIES = 1_300
DAY = date(2032, 6, 1)
SWEPT = DAY + timedelta(days=7)
_COUNTED_AS = {
    "family": "identity",
    "person": "identity",
    "contact_detail": "contact-details",
    "contact_session": "session",
    "superseded": "correction",
    "legal_hold": "hold",
    "access_request": "request",
}
_COUNTED = {"episode", "attendance", "consent", "referral", "report", "permission", "document", "review"}


def expected(files: dict[int, File], disposed: set[int]) -> dict[str, list[Row]]:
    """Every row that is left, as it should read, once these families are disposed of."""
    left: dict[str, list[Row]] = {table: [] for table in TABLES}
    for number, file in files.items():
        for table, row in every(file):
            if number not in disposed:
                left[table].append(row)
            elif stays(file, table, row):
                left[table].append(left_of(table, row, str(SWEPT)))
        if number in disposed:
            left["former_identity"] += added_by(file)
    return left


def in_order(table: str, rows: list[Row]) -> list[str]:
    """Rows as texts, each once, but for the number of the change that disposed of a family."""
    shown = [{name: row[name] for name in row if (table, name) != ("family", "changed")} for row in rows]
    return sorted({repr(sorted(row.items())) for row in shown})


def test_no_table_that_points_at_a_family_is_left_out(desk: Desk) -> None:
    """A table that comes later has its fate written down in the second reading as well."""
    tables = [row[0] for row in desk.db.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    columns = {table: {row[1] for row in desk.db.rows(f"PRAGMA table_info({table})")} for table in tables}
    assert {table for table in tables if columns[table] & {"family_id", "person_id"}} <= set(TABLES)


@pytest.mark.no_cover  # the same lines, thousands of times
@pytest.mark.clause("4.6", "for ever")
def test_each_row_goes_or_stays_as_the_policy_says(desk_of: OpenDesk) -> None:
    """Hundreds of families due on one day, among many that are not: each disposed of once, the others untouched."""
    desk = desk_of("amina", DAY)
    families = Families(SEED)
    families.add(FAMILIES)
    families.fill(desk)
    files, before = files_of(desk), stories.everything(desk)
    due = {number for number, file in files.items() if state(file, str(DAY)) == "due"}
    assert len(due) >= 300
    for number in sorted(due):
        retention.propose(desk, reference(Kind.FAMILY, number), None)
    rhys = desk_of("rhys", DAY)
    retention.approve(rhys, retention.approval_list(rhys).hash)
    rhys.db.close()
    done = stories.swept(desk_of, SWEPT)
    assert Counter(number_in(Kind.FAMILY, one.subject) for one in done.disposed) == Counter(due)
    assert (done.sent_back, done.cooling) == ([], 0)
    after = stories.everything(desk)
    for table, were in before.items():
        if table not in (*TABLES, "counter"):
            assert set(were) <= set(after[table]), table
    now = rows_of(desk)
    for table, rows in expected(files, due).items():
        assert in_order(table, now[table]) == in_order(table, rows), table
    for one in done.disposed:
        tables = Counter(table for table, _ in going(files[number_in(Kind.FAMILY, one.subject)]))
        counted = Counter[str]()
        for table, count in tables.items():
            if table in _COUNTED or table in _COUNTED_AS:
                counted[_COUNTED_AS.get(table, table)] += count
        assert one.went == counted, one.subject
    assert sweep.sweep(desk_of("amina", SWEPT)).disposed == []
    told = [line["family"] for line in Register(desk.vault.register).lines]
    certified = [content["family"] for _, _, content in disposals.certificates(desk.db)]
    assert sorted(told) == sorted(certified) == sorted(reference(Kind.FAMILY, number) for number in due)
