"""The parts of a workbook, looked at before it is read: how large they get, and what the reader does not tell of them.

The reader makes room for every cell up to the last one, and tells neither formulas, nor errors, nor hidden rows.
"""

import io
import re
import zipfile
import zlib
from functools import cached_property
from html import unescape

from lcs_cli.errors import UsageError
from lcs_cli.records.value import Value

LARGEST_UNPACKED = 256 * 1024 * 1024  # bytes, of all parts together
MOST_PARTS = 2000
_SAVE_AS = "open it in the spreadsheet program, and save it anew as .xlsx"
_CELL = re.compile(rb"""<(?:\w+:)?c\s(?:[^<>]*?\s)?r=["']([A-Z]{1,4})([0-9]{1,8})["']([^<>]*)>""")
_ANY_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_ERROR = re.compile(rb"""<(?:\w+:)?c\s(?=[^<>]*?\bt=["']e["'])[^<>]*?\br=["']([A-Z]{1,4})([0-9]{1,8})["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_HIDDEN = re.compile(rb"""<(?:\w+:)?row\s(?=[^<>]*?\shidden=["'](?:1|true)["'])[^<>]*?\br=["']([0-9]{1,8})["']""")
_HIDDEN_COLUMN = re.compile(
    rb"""<(?:\w+:)?col\s(?=[^<>]*?\bhidden=["'](?:1|true)["'])[^<>]*?\bmin=["']([0-9]{1,8})["']"""
)
_SHEET = re.compile(r"<(?:\w+:)?sheet\s([^<>]*)>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\s([^<>]*)>")
_ATTRIBUTE = re.compile(r"""(?<![\w:])([\w:]+)\s*=\s*("[^"]*"|'[^']*')""")


class Marks(Value):
    """How far the cells of a sheet reach, and which of them, or of its rows, need to be spoken of."""

    rows: int
    columns: int
    errors: frozenset[tuple[int, int]]
    formulas: int
    hidden_rows: tuple[int, ...]
    hidden_columns: tuple[int, ...]


class Parts:
    """The parts of one workbook; UsageError where they are none, are too large, or ask for what no workbook needs."""

    def __init__(self, content: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
            listed = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError) as error:
            raise UsageError("file: is cut off or damaged", _SAVE_AS) from error
        names = {one.filename for one in listed}
        if "xl/workbook.xml" not in names:
            what = "is a binary workbook (.xlsb)" if "xl/workbook.bin" in names else "is a zip file, and no workbook"
            raise UsageError(f"file: {what}", "save it as .xlsx or as CSV")
        if len(listed) > MOST_PARTS or len(names) < len(listed) or any(one.flag_bits & 1 for one in listed):
            raise UsageError("file: is no workbook that a spreadsheet program writes", _SAVE_AS)
        if sum(one.file_size for one in listed) > LARGEST_UNPACKED:
            raise UsageError("file: unpacks to more than 256 MB", "remove what is not needed, or split it")
        for one in listed:
            if one.filename.endswith((".xml", ".rels")):
                self._refuse_entities(one)

    def holds_cells(self, sheet: str) -> bool:
        """Whether any cell of a sheet holds a value."""
        return any(not one[3].endswith(b"/") for one in _CELL.finditer(self._sheet(sheet)))

    def marks(self, sheet: str) -> Marks:
        """What is to be known of a sheet before it is read."""
        xml = self._sheet(sheet)
        rows = columns = placed = 0
        widest = b""
        for one in _CELL.finditer(xml):
            placed += 1
            if one[3].endswith(b"/"):
                continue
            rows = max(rows, int(one[2]))
            if (len(one[1]), one[1]) > (len(widest), widest):
                widest = one[1]
        if not rows or placed < len(_ANY_CELL.findall(xml)):  # how far they reach could not be said before reading
            raise UsageError("file: its cells do not say where they stand, or there are none", _SAVE_AS)
        columns = _column(widest) + 1
        errors = frozenset((int(one[2]) - 1, _column(one[1])) for one in _ERROR.finditer(xml))
        hidden = tuple(int(one[1]) for one in _HIDDEN.finditer(xml) if int(one[1]) <= rows)
        aside = tuple(int(one[1]) for one in _HIDDEN_COLUMN.finditer(xml) if int(one[1]) <= columns)
        return Marks(rows, columns, errors, len(_FORMULA.findall(xml)), hidden, aside)

    @cached_property
    def _paths(self) -> dict[str, str]:
        """The part of each sheet, by its name."""
        relations = {}
        for one in _RELATION.finditer(self._text("xl/_rels/workbook.xml.rels")):
            told = _attributes(one[1])
            target = told.get("Target", "")
            relations[told.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        found = {}
        for one in _SHEET.finditer(self._text("xl/workbook.xml")):
            told = _attributes(one[1])
            found[told.get("name", "")] = relations.get(told.get("r:id", ""), "")
        return found

    def _sheet(self, name: str) -> bytes:
        path = self._paths.get(name)
        if not path:
            raise UsageError("file: is no workbook that a spreadsheet program writes", _SAVE_AS)
        return self._read(path)

    def _text(self, path: str) -> str:
        return self._read(path).decode("utf-8", errors="replace")

    def _read(self, path: str) -> bytes:
        try:
            return self._zip.read(path)
        except (
            KeyError,
            zipfile.BadZipFile,
            zlib.error,
            NotImplementedError,
            EOFError,
            OSError,
            RuntimeError,
        ) as error:
            raise UsageError("file: is cut off or damaged", _SAVE_AS) from error

    def _refuse_entities(self, part: zipfile.ZipInfo) -> None:
        """A document type can name texts that grow without end: no spreadsheet program writes one.

        Read to its end: a part that unpacks to more than it says is a damaged one.
        """
        head = self._read(part.filename)[:4096]
        if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
            raise UsageError("file: holds a document type, which no spreadsheet program writes", _SAVE_AS)


def _attributes(text: str) -> dict[str, str]:
    return {name: unescape(value[1:-1]) for name, value in _ATTRIBUTE.findall(text)}


def _column(letters: bytes) -> int:
    """The number of a column, from 0 on: A, B, … Z, AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1
