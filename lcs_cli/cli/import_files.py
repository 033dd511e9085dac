"""The spreadsheets that an import hands out: a template to fill in, and a copy with the problems marked in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lcs_cli.cli import import_columns
from lcs_cli.cli.import_plan import Plan
from lcs_cli.errors import UsageError, with_extra
from lcs_cli.records.family import PersonKind
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.records.staff import Capacity
from lcs_cli.services import document_files

if TYPE_CHECKING:
    from lcs_cli.services.imports import Problem

_FORMATS = {"day": "dd/mm/yyyy", "time": "hh:mm"}
_CHOICES: Mapping[str, list[str]] = {
    "kind": [*PersonKind],
    "referrer_kind": [*ReferrerKind],
    "capacity": [*Capacity],
}
_LAST_ROW = 5000  # for which a template offers the words that fit
_LONGEST_CELL = 32_767  # characters, as spreadsheets have it


def check_target(option: str, path: Path, vault: Path, endings: Sequence[str]) -> None:
    """Refuse a place for a file before anything is read, under the name of its option."""
    if path.suffix.lower() not in endings:
        raise UsageError(f"{option}: must end in {' or '.join(endings)}", f"name a new file that ends in {endings[0]}")
    if path.suffix.lower() == ".xlsx":
        _writer()
    try:
        document_files.check_target(path, vault)
    except UsageError as error:
        raise UsageError(f"{option}: {error.message.removeprefix('out: ')}", error.hint) from error


def write_template(path: Path, kind: str) -> None:
    """A new file with the headings of a kind; a workbook also has what each means, and an example."""
    told = import_columns.headings_file()["kinds"][kind]
    headings = [import_columns.heading(one) for one in told["fields"]]
    if path.suffix.lower() == ".csv":
        text = io.StringIO()
        csv.writer(text).writerow(headings)
        document_files.write_out(path, [text.getvalue().encode("utf-8-sig")])  # the mark tells Excel that it is UTF-8
        return
    content = io.BytesIO()
    book = _book(content)
    bold = book.add_format({"bold": True})
    own = book.add_worksheet(kind)
    meant = book.add_worksheet("What each means")
    example = book.add_worksheet("Example")
    for place, field in enumerate(told["fields"]):
        cell = import_columns.cell_of(field)
        form = book.add_format({"num_format": _FORMATS.get(cell, "@")})  # as text, no leading 0 is lost
        for sheet in (own, example):
            sheet.set_column(place, place, max(12, len(headings[place]) + 2), form)
            sheet.write_string(0, place, headings[place], bold)
            if field in _CHOICES:
                listed = {"validate": "list", "source": _CHOICES[field]}
                sheet.data_validation(1, place, _LAST_ROW, place, listed)
    own.freeze_panes(1, 0)
    meant.set_column(0, 0, 18)
    meant.set_column(1, 1, 90)
    for line, (label, says) in enumerate(meanings(kind)):
        meant.write_string(line, 0, label, bold)
        meant.write_string(line, 1, says)
    for line, row in enumerate(told["example"], start=1):
        for place, value in enumerate(row):
            example.write_string(line, place, value)
    book.close()
    document_files.write_out(path, [content.getvalue()])


def meanings(kind: str) -> list[tuple[str, str]]:
    """The heading of each column with what it means, and whether it must be there."""
    told = import_columns.headings_file()["kinds"][kind]
    return [
        (
            import_columns.heading(one),
            import_columns.headings_file()["fields"][one]["says"] + _words(one) + _must(one, told),
        )
        for one in told["fields"]
    ]


def write_marked(path: Path, plan: Plan, problems: Sequence[Problem]) -> None:
    """A copy of the rows, in which each cell with a problem is coloured and says what it is."""
    places = {import_columns.heading(one.field): one.place for one in plan.columns.found}
    content = io.BytesIO()
    book = _book(content)
    sheet = book.add_worksheet()
    forms = {kind: book.add_format({"num_format": form}) for kind, form in _FORMATS.items()}
    marked = {kind: book.add_format({"num_format": form, "bg_color": "#FFC7CE"}) for kind, form in _FORMATS.items()}
    forms[""], marked[""] = book.add_format(), book.add_format({"bg_color": "#FFC7CE"})
    said: dict[tuple[int, int], list[str]] = {}
    for one in problems:
        said.setdefault((one.row - 1, places.get(one.field, 0)), []).append(f"{one.problem}: {one.remedy}")
    for line, row in enumerate(plan.sheet.rows):
        for place, value in enumerate(row):
            _write(sheet, line, place, value, marked if (line, place) in said else forms)
    for (line, place), texts in said.items():
        if line >= len(plan.sheet.rows) or place >= len(plan.sheet.rows[line]):
            sheet.write_blank(line, place, None, marked[""])
        sheet.write_comment(line, place, "\n".join(texts))
    book.close()
    document_files.write_out(path, [content.getvalue()], "marked")


def _words(field: str) -> str:
    return f" One of {', '.join(_CHOICES[field])}." if field in _CHOICES else ""


def _must(field: str, told: Mapping[str, Any]) -> str:
    return " Must be there." if field in told["required"] else ""


def _write(sheet: Any, line: int, place: int, value: Any, forms: Mapping[str, Any]) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(line, place, value, forms[""])
    elif isinstance(value, int | float):
        sheet.write_number(line, place, value, forms[""])
    elif isinstance(value, datetime | date) and value.year >= 1900:
        sheet.write_datetime(line, place, value, forms["day"])
    elif isinstance(value, time | timedelta):
        sheet.write_datetime(line, place, value, forms["time"])
    elif value is None or value == "":
        sheet.write_blank(line, place, None, forms[""])
    else:
        sheet.write_string(line, place, str(value)[:_LONGEST_CELL], forms[""])


def _book(content: io.BytesIO) -> Any:
    """A workbook in memory, in which text stays text: no formula, no link."""
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }
    return _writer().Workbook(content, options)


def _writer() -> Any:
    try:
        import xlsxwriter
    except ImportError as error:
        raise UsageError(
            "out: to write .xlsx takes a further library",
            f"{with_extra('xlsx')}, or name a .csv",
        ) from error
    return xlsxwriter
