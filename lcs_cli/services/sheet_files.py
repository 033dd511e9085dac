"""A spreadsheet from outside: what it is and how large is looked at before anything of it is read.

XLSX is read by python-calamine, an extra; CSV as people's programs write it. What a cell holds is in no error.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec import field

from lcs_cli.errors import UsageError, with_extra
from lcs_cli.records.value import Value
from lcs_cli.services import sheet_parts, sheet_text
from lcs_cli.vault.files import refuse_own

LARGEST = 50 * 1024 * 1024  # bytes
MOST_ROWS, MOST_COLUMNS = 100_000, 200
_SAVE_AS = "open it in the spreadsheet program, and save it as .xlsx or as CSV"
_OTHERS = {
    b"\xd0\xcf\x11\xe0": "is an old or an encrypted workbook (.xls)",
    b"%PDF": "is a PDF",
    b"{\\rtf": "is a text document",
    b"\x1f\x8b": "is a compressed file",
    b"\x89PNG": "is a picture",
    b"\xff\xd8\xff": "is a picture",
}


class Sheet(Value):
    """The rows of one sheet from its first on, and what of it a person would not see, or not expect.

    ``name`` is None in a text file. ``errors`` are cells, as row and column from 0 on, that show an error in place of a
    value; ``formulas`` is how many cells hold one: their values are taken. ``notes`` say how it was read.
    """

    rows: Sequence[Sequence[Any]]
    name: str | None = None
    errors: frozenset[tuple[int, int]] = frozenset()
    formulas: int = 0
    merged: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()
    notes: tuple[str, ...] = field(default=())


def read(path: Path, vault: Path, named: str | None, own: str) -> Sheet:
    """The sheet that is ``named``, or the one that can be meant: that called ``own``, or the only one with rows."""
    content = _bytes(path, vault)
    kind = _kind(content)
    ending = path.suffix.lower()
    if kind == "xlsx" and ending not in (".xlsx", ""):
        raise UsageError(
            "file: is not what its name says: it is a workbook (.xlsx)", "give it a name that ends in .xlsx"
        )
    if kind == "text" and ending not in (".csv", ".tsv", ".txt", ""):
        raise UsageError("file: is not what its name says: it is text", f"name it .csv if it is one, or {_SAVE_AS}")
    if kind == "xlsx":
        return _workbook(content, named, own)
    if named is not None:
        raise UsageError("sheet: a text file has only one", "leave --sheet away")
    rows, notes = sheet_text.rows(content)
    _check_extent(len(rows), max(map(len, rows), default=0))
    return Sheet(rows, notes=notes)


def _bytes(path: Path, vault: Path) -> bytes:
    refuse_own(path, vault, "file")
    try:
        if not path.is_file():
            raise UsageError("file: is not there, or is no file with a content", "check the path")
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        why = f" ({error.strerror})" if isinstance(error, OSError) else ""
        raise UsageError(f"file: cannot be read{why}", "check the path, and who may read it") from error
    if not content.strip(b"\x00\r\n\t ,;"):
        raise UsageError("file: is empty", "name the file with the rows")
    if len(content) > LARGEST:
        raise UsageError("file: is larger than 50 MB", "split it")
    return content


def _kind(content: bytes) -> str:
    """What it is, whatever it is called: "xlsx" or "text"; UsageError for anything else, named."""
    if content.startswith(b"PK"):
        return "xlsx"
    for magic, said in _OTHERS.items():
        if content.startswith(magic):
            raise UsageError(f"file: {said}", _SAVE_AS)
    start = content[:200].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<table", b"<meta")):
        raise UsageError("file: is a web page or XML, whatever its name says", _SAVE_AS)
    return "text"


def _workbook(content: bytes, named: str | None, own: str) -> Sheet:
    import io

    calamine = _calamine()
    parts = sheet_parts.Parts(content)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        visible = calamine.SheetVisibleEnum.Visible
        listed = [(one.name, one.visible == visible) for one in book.sheets_metadata]
        chosen = _chosen(listed, {name for name, _ in listed if parts.holds_cells(name)}, named, own)
        marks = parts.marks(chosen)
        _check_extent(marks.rows, marks.columns)
        sheet = book.get_sheet_by_name(chosen)
        rows = sheet.to_python(skip_empty_area=False)
        merged = tuple(sheet.merged_cell_ranges or ())
    except UsageError:
        raise
    except (OSError, ValueError, KeyError, IndexError, calamine.CalamineError) as error:
        raise UsageError("file: cannot be read as a workbook", _SAVE_AS) from error
    if marks.hidden_columns and named is None:
        raise UsageError(
            f"sheet: columns are hidden, the first: number {marks.hidden_columns[0]}",
            "show them and look, or name the sheet to take them too: --sheet NAME",
        )
    if marks.hidden_rows and named is None:
        first = ", ".join(map(str, marks.hidden_rows[:5]))
        raise UsageError(
            f"sheet: {len(marks.hidden_rows)} of its rows are hidden, the first: {first}",
            "show them and look at them, or name the sheet with --sheet to take them as well",
        )
    notes = []
    if marks.formulas:
        notes.append(f"{marks.formulas} cells hold formulas: their last values are taken")
    return Sheet(rows, chosen, marks.errors, marks.formulas, merged, tuple(notes))


def _chosen(listed: Sequence[tuple[str, bool]], filled: set[str], named: str | None, own: str) -> str:
    """The name of the sheet to read. No error repeats a name: it may be that of a family."""
    names = [name for name, _ in listed]
    if named is not None:
        fitting = [name for name in names if name.casefold() == named.casefold()]
        if not fitting and named.isdecimal() and 1 <= int(named[:3]) <= len(names):
            fitting = [names[int(named[:3]) - 1]]
        if not fitting:
            raise UsageError(f"sheet: none of its {len(names)} sheets is called so", "give its name, or its number")
        return fitting[0]
    shown = [name for name, visible in listed if visible and name in filled]
    if own in shown:
        return own
    if len(shown) == 1:
        return shown[0]
    if not shown and filled:
        raise UsageError("sheet: only hidden ones hold rows", "show it and look at it, or name it: --sheet NAME")
    if not shown:
        raise UsageError("file: is empty", "name the file with the rows")
    where = ", ".join(str(names.index(name) + 1) for name in shown)
    raise UsageError(f"sheet: {len(shown)} of them hold rows ({where})", "say which: --sheet with its name or number")


def _check_extent(rows: int, columns: int) -> None:
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        raise UsageError(
            f"file: has more than {MOST_ROWS} rows or {MOST_COLUMNS} columns", "split it, and remove stray cells"
        )


def _calamine() -> Any:
    try:
        import python_calamine
    except ImportError as error:
        raise UsageError(
            "file: to read .xlsx takes a further library",
            f"{with_extra('xlsx')}, or save it as CSV",
        ) from error
    return python_calamine
