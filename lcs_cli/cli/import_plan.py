"""From the rows of a sheet to records to be: each cell is read as a typed answer is, and every problem is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import field
from msgspec.structs import replace

from lcs_cli.cli import import_cells, import_columns
from lcs_cli.cli.context import Command
from lcs_cli.cli.forms import Field
from lcs_cli.cli.import_cells import Wrong
from lcs_cli.cli.import_columns import Columns
from lcs_cli.cli.import_kinds import SheetKind, sheet_kind
from lcs_cli.errors import LcsError, UsageError
from lcs_cli.records.value import Entity, Value
from lcs_cli.services import imports

if TYPE_CHECKING:
    from lcs_cli.services.sheet_files import Sheet

_FEW = ("day", "time", "word", "yes-no")


class Plan(Entity):
    """The records of a sheet, and what is wrong with its rows: ``rows`` of them hold anything."""

    sheet: Sheet
    columns: Columns
    drafts: list[imports.Draft] = field(default_factory=list)
    problems: list[imports.Problem] = field(default_factory=list)
    rows: int = 0


class _Row(Value):
    """One row: its number, what its cells say as text, and their values where all of them can be read."""

    number: int
    texts: Mapping[str, str]
    values: Mapping[str, Any] | None


def plan(command: Command, kind: str, sheet: Sheet, ignore: Sequence[str], tick: Callable[[int], None]) -> Plan:
    """Read every row under the headings; UsageError where the sheet as a whole cannot be read."""
    columns = import_columns.find(sheet, kind, ignore)
    made = Plan(sheet, columns)
    read = _Reader(replace(command, no_input=True), sheet_kind(kind), made)
    rows = []
    for number, cells in enumerate(sheet.rows[columns.row + 1 :], start=columns.row + 2):
        if not number % 500:
            tick(number)
        if any(cell is not None and cell != "" and str(cell).strip() for cell in cells):
            rows.append(read.row(number, cells))
    made.rows = len(rows)
    if not rows:
        raise UsageError("file: no row stands under the headings", "fill in the sheet")
    grouped = _families(rows, made.problems) if kind == "families" else _singly(kind, rows, made.problems)
    enter = sheet_kind(kind).enter
    for key, group in grouped:
        entered = None
        if all(one.values is not None for one in group):
            entered = partial(_enter, enter, [one.values for one in group if one.values is not None])
        content = {"rows": [dict(one.texts) for one in group]}
        made.drafts.append(imports.Draft(group[0].number, key, content, entered))
    return made


def _enter(enter: Any, rows: Sequence[Mapping[str, Any]], desk: Any, known: Any) -> Any:
    return enter(desk, known, rows)


class _Reader:
    """Reads the cells of each row by the fields of its kind."""

    def __init__(self, command: Command, kind: SheetKind, made: Plan) -> None:
        self._command, self._made = command, made
        self._used = [
            (one.place, one.field, import_columns.cell_of(one.field), kind.fields[one.field])
            for one in made.columns.found
        ]
        self._last = max((one.place for one in made.columns.found), default=0)
        self._width = max(len(made.sheet.rows[made.columns.row]), self._last + 1)
        there = {one.field for one in made.columns.found}
        self._without = {name: self._default(one) for name, one in kind.fields.items() if name not in there}
        self._again: dict[tuple[str, str], Any] = {}
        self._defaults = {name: self._default(one) for name, one in kind.fields.items() if one.default is not None}

    def row(self, number: int, cells: Sequence[Any]) -> _Row:
        """One row; what is wrong with its cells goes to the problems."""
        texts: dict[str, str] = {}
        values: dict[str, Any] = dict(self._without)
        before = len(self._made.problems)
        for place, name, cell, one in self._used:
            value = cells[place] if place < len(cells) else ""
            text = import_cells.as_typed(cell, value, is_error=(number - 1, place) in self._made.sheet.errors)
            if isinstance(text, Wrong):
                self._wrong(number, name, text)
            elif text:
                texts[name] = text
                if (name, text) in self._again:
                    values[name] = self._again[name, text]
                else:
                    self._read(number, name, one, text, values)
            elif one.default is None:
                self._wrong(number, name, Wrong("missing", "must not be empty", "fill it in"))
            else:
                values[name] = self._defaults[name]
        if any(str(cell).strip() for cell in cells[self._width :]):
            self._made.problems.append(
                imports.Problem(number, "", "too-many-cells", "has more cells than there are headings", _TOO_MANY)
            )
        return _Row(number, texts, values if len(self._made.problems) == before else None)

    def _read(self, number: int, name: str, one: Field, text: str, values: dict[str, Any]) -> None:
        try:
            values[name] = one.parse(self._command, one.label, text)
            if import_columns.cell_of(name) in _FEW:  # the same days and words again and again
                self._again[name, text] = values[name]
        except LcsError as error:
            said = error.message.removeprefix(f"{one.label}: ")
            self._wrong(number, name, Wrong("not-valid", said, error.hint))

    def _default(self, one: Field) -> Any:
        return one.parse(self._command, one.label, one.default) if one.default else None

    def _wrong(self, number: int, name: str, wrong: Wrong) -> None:
        said = imports.Problem(number, import_columns.heading(name), wrong.code, wrong.problem, wrong.remedy)
        self._made.problems.append(said)


_TOO_MANY = "a separator may stand inside a cell: put that cell in quotation marks, or clear the cells beyond the last"


def _singly(kind: str, rows: Sequence[_Row], problems: list[imports.Problem]) -> list[tuple[str, list[_Row]]]:
    """Each row a record. Attendance has no name of its own: it is that of a session, or of a child at it."""
    found = []
    first: dict[str, int] = {}
    for row in rows:
        key = row.texts.get("reference", "")
        if kind == "attendance":
            key = f"{row.texts.get('session', '')} / {row.texts.get('child', '')}"
        own = " ".join(key.split()).casefold() or repr(sorted(row.texts.items()))
        if own in first:
            problems.append(_twice(row.number, first[own], named=bool(key)))
            continue
        first[own] = row.number
        found.append((key, [row]))
    return found


def _families(rows: Sequence[_Row], problems: list[imports.Problem]) -> list[tuple[str, list[_Row]]]:
    """The rows of each family: those of one reference; without one a row is a family of its own."""
    found: dict[str, tuple[str, list[_Row]]] = {}
    names: dict[str, int] = {}
    for row in rows:
        key = row.texts.get("reference", "")
        name = row.texts.get("name", "").casefold()
        if not key and name and name in names:
            problems.append(_same_name(row.number, names[name]))
        if not key:
            names.setdefault(name, row.number)
            found[f"row {row.number}"] = ("", [row])
            continue
        _, group = found.setdefault(f"key {' '.join(key.split()).casefold()}", (key, []))
        if group:
            problems += _unlike(group[0], row)
            if row.texts in [one.texts for one in group]:
                problems.append(_twice(row.number, group[0].number, named=False))
        group.append(row)
    return list(found.values())


def _unlike(first: _Row, row: _Row) -> list[imports.Problem]:
    """What a later row of a family says otherwise of it; nothing, or the same, is well."""
    return [
        imports.Problem(
            row.number,
            import_columns.heading(name),
            "contradicts",
            f"is not what row {first.number} says of the same family",
            "say the same in each row of a family, or give it another reference",
        )
        for name in ("name", "opened_on", "referrer", "received_on", "electronic", "case_reference")
        if row.texts.get(name) and row.texts[name] != first.texts.get(name, "")
    ]


def _twice(number: int, first: int, *, named: bool) -> imports.Problem:
    what = "the same reference stands" if named else "the same row stands"
    return imports.Problem(number, "", "twice", f"{what} in row {first}", "remove one of them, or tell them apart")


def _same_name(number: int, first: int) -> imports.Problem:
    return imports.Problem(
        number,
        import_columns.heading("reference"),
        "same-family-name",
        f"row {first} has a family of this name, and neither says whether it is the same",
        "give each a reference: rows with one reference are one family",
    )
