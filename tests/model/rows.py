"""Rows of invented records: numbered, worded and dated by chance, the same for the same seed; read back as they are."""

import json
import random
from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import count
from typing import Any

from lcs_cli.services.desk import Desk
from tests.model.reading import File, Row, read
from tests.vault.tampering import raw

FIRST, LAST = date(2018, 1, 8), date(2033, 12, 31)
# In this order: what closes a record comes after its parts, what points at another after that one.
_ORDER = (
    "staff_member referrer family episode person former_identity contact_detail consent referral contact_session "
    "supervision attendance superseded imported flag flag_child accident accident_child document_chunk document_child "
    "document paper paper_child paper_position legal_hold review word_clearing permission activity report "
    "report_decision access_request request_pause request_decision disclosure disclosure_family disclosure_part "
    "disclosure_completion disclosure_release export report_production request_bundle"
).split()
_NUMBERED = {"contact_session": "session", "access_request": "request", "legal_hold": "hold", "staff_member": "staff"}
_LEAP = (date(2020, 2, 29), date(2024, 2, 29), date(2028, 2, 29), date(2032, 2, 29))


class Rows:
    """Rows by table, one after another."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 -- invented families, not keys
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self._given: Counter[str] = Counter()
        self._words = count(1)
        self._put("staff_member", name="Efa Parry", capacity="staff", joined_on="2018-01-08", salt="0" * 32, changed=1)
        self._put("referrer", name="Anytown Council", kind="local-authority", changed=1)
        self._put("referrer", name="Cafcass Anytown", kind="cafcass", changed=1)

    def fill(self, desk: Desk) -> None:
        """Write all of it to the vault in one transaction, with its foreign keys and triggers."""
        with raw(desk, foreign_keys=True, recursive_triggers=True) as connection:
            connection.execute("BEGIN IMMEDIATE")
            for table in _ORDER:
                columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
                marks = ", ".join("?" * len(columns))
                values = ([row.get(name) for name in columns] for row in self.rows[table])
                connection.executemany(f"INSERT INTO {table} VALUES ({marks})", values)
            for table, value in self._given.items():
                name = _NUMBERED.get(table, table)
                connection.execute("INSERT OR REPLACE INTO counter (name, value) VALUES (?, ?)", (name, value))
            connection.execute("COMMIT")

    def _put(self, table: str, **row: Any) -> int:
        self._given[table] += 1
        if "number" not in row:
            row = {"id": self._given[table], **row}
        self.rows[table].append(row)
        return self._given[table]

    def _word(self, stem: str) -> str:
        """A text that stands nowhere else."""
        return f"{stem}-{next(self._words):08d}"

    def _one_in(self, number: int) -> bool:
        return self._chance.randrange(number) == 0

    def _some(self, children: list[int]) -> list[int]:
        return sorted(self._chance.sample(children, self._chance.randint(1, len(children))))

    def _day(self, first: date, last: date) -> date:
        return first + timedelta(days=self._chance.randint(0, max(0, (last - first).days)))

    def _after(self, day: date) -> date:
        """The end of something that was asked for on a day: perhaps about when the family's five years are over."""
        years = self._chance.choice((0, 1, 3, 5, 5, 6))
        return day + timedelta(days=max(0, years * 1461 // 4 + self._chance.randint(-8, 40)))

    def _later(self, last: date) -> date:
        """A day of a record that now and then comes only after the closing."""
        return min(LAST, last + timedelta(days=self._chance.choice((0, 0, 0, 30, 400))))

    def _near_leap(self, day: date, first: date) -> date:
        """Now and then one of the days around a 29 February instead."""
        leap = self._chance.choice(_LEAP) + timedelta(days=self._chance.choice((-1, 0, 0, 0, 1)))
        return leap if first <= leap <= LAST and self._one_in(8) else day


def rows_of(desk: Desk) -> dict[str, list[Row]]:
    """All rows of the tables that hold families, each as a dict."""
    found = {}
    with raw(desk) as connection:
        for table in _ORDER:
            cursor = connection.execute(f"SELECT * FROM {table}")
            columns = [column[0] for column in cursor.description]
            found[table] = [dict(zip(columns, row, strict=True)) for row in cursor]
    for row in found["superseded"]:
        row["content"] = json.loads(row["content"])
    return found


def files_of(desk: Desk) -> dict[int, File]:
    """Each family's rows, as they are in the vault now."""
    return read(rows_of(desk))
