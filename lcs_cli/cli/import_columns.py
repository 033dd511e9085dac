"""Which column of a sheet is which field: its heading row, the names people give to columns, and what is said of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli

from lcs_cli.errors import UsageError
from lcs_cli.records.value import Value

if TYPE_CHECKING:
    from lcs_cli.services.sheet_files import Sheet

NEAR = 85
"""From this likeness on, of a hundred, a heading is taken for another: “fist name” is, “last name” is not."""
_LOOKED_AT = 20  # rows in which the headings are looked for
_SIGNS = re.compile(r"[^0-9a-z]+")


class Column(Value):
    """One column that is read: its place from 0 on, its field, and the heading as it stands in the sheet."""

    place: int
    field: str
    heading: str
    near: bool = False


class Columns(Value):
    """The columns of a sheet, and the row of their headings from 0 on; the places that are ``ignored``."""

    row: int
    found: Sequence[Column]
    ignored: Sequence[int] = ()

    @property
    def said(self) -> list[str]:
        """How headings were understood that are not our own: “D.O.B.” -> date of birth."""
        return [
            f"{one.heading} -> {heading(one.field)}{' (a near match: look at it)' if one.near else ''}"
            for one in self.found
            if _plain(one.heading) != _plain(heading(one.field))
        ]


@cache
def headings_file() -> Mapping[str, Any]:
    """The file of headings, parsed."""
    return tomli.loads((Path(__file__).parent / "import_headings.toml").read_text(encoding="utf-8"))


def heading(field: str) -> str:
    """What a field's column is called here."""
    return str(headings_file()["fields"][field]["heading"])


def cell_of(field: str) -> str:
    """What the cells of a field hold."""
    return str(headings_file()["fields"][field]["cell"])


def find(sheet: Sheet, kind: str, ignore: Collection[str]) -> Columns:
    """The columns of a sheet; UsageError where headings are missing, stand twice, are unknown, or run over cells."""
    names = _names(kind)
    row = _heading_row(sheet.rows, names)
    for first, last in sheet.merged:
        if first[0] <= row <= last[0]:
            raise UsageError(f"row {row + 1}: headings run over several cells", "split them: one heading to a column")
    left_out = {_plain(one) for one in ignore}
    used: set[str] = set()
    found: list[Column] = []
    ignored: list[int] = []
    unknown: list[int] = []
    for place, cell in enumerate(sheet.rows[row]):
        name = _plain(cell)
        if not name and not any(_filled(line, place) for line in sheet.rows[row + 1 :]):
            continue
        if here := {name, letters(place).lower()} & left_out:
            used |= here
            ignored.append(place)
        elif name in names:
            found.append(Column(place, names[name], str(cell).strip()))
        else:
            unknown.append(place)
    found, unknown = _near(sheet.rows[row], found, unknown, names)
    if left_out - used:
        raise UsageError("ignore: no column is called so", "give its letter, or its heading as it is written")
    _check(kind, found, unknown, row)
    return Columns(row, sorted(found, key=lambda one: one.place), ignored)


def _check(kind: str, found: Sequence[Column], unknown: Sequence[int], row: int) -> None:
    fields = [one.field for one in found]
    for field in fields:
        places = [letters(one.place) for one in found if one.field == field]
        if len(places) > 1:
            raise UsageError(
                f"row {row + 1}: {heading(field)} stands twice, in columns {' and '.join(places)}",
                "rename or remove one of them, or name it with --ignore",
            )
    if unknown:
        where = ", ".join(letters(place) for place in unknown)
        known = ", ".join(heading(one) for one in headings_file()["kinds"][kind]["fields"])
        raise UsageError(
            f"row {row + 1}: no field is known for the heading in column {where}",
            f"rename it, or leave it out with --ignore {letters(unknown[0])}; the columns are: {known}",
        )
    missing = [heading(one) for one in headings_file()["kinds"][kind]["required"] if one not in fields]
    if missing:
        raise UsageError(
            f"row {row + 1}: no column is {', '.join(missing)}", f"see: lcs import template {kind} --out FILE.xlsx"
        )


def letters(place: int) -> str:
    """The letters of a column, as a spreadsheet shows them."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def _names(kind: str) -> dict[str, str]:
    """Each name of a column of this kind with its field; the kind's own names before those that all kinds share."""
    told = headings_file()["kinds"][kind]
    names: dict[str, str] = {}
    for source in (_own, lambda one: told["synonyms"].get(one, ()), _others):
        for field in told["fields"]:
            for name in source(field):
                names.setdefault(_plain(name), field)
    return names


def _own(field: str) -> Iterator[str]:
    yield heading(field)


def _others(field: str) -> Iterator[str]:
    yield from headings_file()["fields"][field]["other"]


def _heading_row(rows: Sequence[Sequence[Any]], names: Mapping[str, str]) -> int:
    """The first of the rows with the most headings that are known."""
    counts = [len({names[_plain(cell)] for cell in row if _plain(cell) in names}) for row in rows[:_LOOKED_AT]]
    if max(counts, default=0) < 2:
        raise UsageError(
            f"file: no row of headings is in its first {_LOOKED_AT} rows", "give the columns headings as a template has"
        )
    return counts.index(max(counts))


def _near(
    row: Sequence[Any], found: list[Column], unknown: list[int], names: Mapping[str, str]
) -> tuple[list[Column], list[int]]:
    """Take a heading that is nearly one of ours for it, where no column is that yet."""
    if not unknown:
        return found, unknown
    from rapidfuzz import fuzz, process

    left = []
    for place in unknown:
        taken = {one.field for one in found}
        free = [name for name, field in names.items() if field not in taken and len(name) > 3]
        best = process.extractOne(_plain(row[place]), free, scorer=fuzz.ratio, score_cutoff=NEAR) if free else None
        if best is None:
            left.append(place)
        else:
            found.append(Column(place, names[best[0]], str(row[place]).strip(), near=True))
    return found, left


def _plain(cell: Any) -> str:
    """A heading in small letters, without signs or apostrophes: “D.O.B.” is “dob”."""
    if not isinstance(cell, str):
        return ""
    words = _SIGNS.sub(" ", cell.casefold().replace(".", "").replace("'", "").replace("\u2019", "")).split()
    return " ".join(words)[:60]


def _filled(row: Sequence[Any], place: int) -> bool:
    return place < len(row) and bool(str(row[place]).strip())
