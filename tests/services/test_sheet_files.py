"""Spreadsheets from outside: what is read, what is refused before it is read, and never a traceback."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lcs_cli.errors import UsageError
from lcs_cli.services import sheet_files
from lcs_cli.services.sheet_files import Sheet

NOWHERE = Path("/nowhere")
Fill = Callable[[Any], None]


def read(path: Path, named: str | None = None) -> Sheet:
    return sheet_files.read(path, NOWHERE, named, "families")


def workbook(fill: Fill) -> bytes:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    fill(book)
    book.close()
    return content.getvalue()


def saved(tmp_path: Path, content: bytes, name: str = "sheet.xlsx") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def altered(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same workbook with another content of one part."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.infolist():
            data = old.read(one)
            new.writestr(one.filename, change(data) if one.filename == part else data)
    return changed.getvalue()


def one_row(book: Any) -> None:
    sheet = book.add_worksheet("Any")
    sheet.write_row(0, 0, ["name", "kind"])
    sheet.write_row(1, 0, ["Cafcass", "cafcass"])


FIRST = "xl/worksheets/sheet1.xml"
ROWS = [["name", "kind"], ["Siân", "\u2019n"]]


def test_a_workbook_is_read_with_its_own_kinds_of_values(tmp_path: Path) -> None:
    """Days and times are days and times; a formula has the value that it had, and an error is told by its place."""

    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "name")
        sheet.write_datetime(1, 0, date(2026, 3, 27), book.add_format({"num_format": "dd/mm/yyyy"}))
        sheet.write_datetime(2, 0, time(10, 30), book.add_format({"num_format": "hh:mm"}))
        sheet.write_formula(3, 0, "=1+1", None, 2)
        sheet.write_formula(4, 1, "=1/0", None, "#DIV/0!")

    found = read(saved(tmp_path, workbook(fill)))
    assert [row[0] for row in found.rows] == ["name", date(2026, 3, 27), time(10, 30), 2.0, ""]
    assert (found.formulas, found.errors) == (2, frozenset({(4, 1)}))
    assert found.notes == ("2 cells hold formulas: their last values are taken",)


@pytest.mark.parametrize(
    ("encoding", "separator", "said"),
    [
        ("utf-8", ",", ()),
        ("utf-8-sig", ",", ()),
        ("cp1252", ";", ("read as Windows text (cp1252)", "read with semicolons between the columns")),
        ("utf-16", "\t", ("read as UTF-16", "read with tabs between the columns")),
    ],
)
def test_text_is_read_as_programs_write_it(tmp_path: Path, encoding: str, separator: str, said: tuple[str]) -> None:
    """What is not UTF-8 with commas is read, and that is said."""
    text = "\r\n".join(separator.join(row) for row in ROWS)
    found = read(saved(tmp_path, text.encode(encoding), "sheet.csv"))
    assert ([list(row) for row in found.rows], found.notes) == (ROWS, said)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsx", b"name,kind\na,b\n", "is not what its name says: it is text"),
        ("a.csv", workbook(one_row), "is not what its name says: it is a workbook"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 rest", "an old or an encrypted workbook"),
        ("a.xls", b"<html><table><tr><td>name</td></tr></table>", "a web page or XML"),
        ("a.xlsx", b"PK\x03\x04 and no more", "cut off or damaged"),
        ("a.csv", b"%PDF-1.7 and so on", "is a PDF"),
        ("a.csv", b"", "is empty"),
        ("a.csv", b"\n\n ,,\n", "is empty"),
        ("a.csv", b"name,kind\nA\0B,c\n", "NUL"),
        ("a.csv", b'name,kind\n"open,c\n', "line 2 cannot be read"),
        ("a.csv", b"\xff\xfen", "is not UTF-16"),
        ("a.csv", b"name,kind" + b"," * 300, "more than 100000 rows or 200 columns"),
        ("a.csv", b"name,kind\n\x81\x8d,b", "no encoding that is known"),
    ],
)
def test_what_is_no_spreadsheet_is_refused_in_a_line_that_says_what_it_is(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    """Whatever its name says."""
    with pytest.raises(UsageError, match="file: ") as refused:
        read(saved(tmp_path, content, name))
    assert said in refused.value.message
    assert refused.value.hint


def test_a_zip_file_that_is_no_workbook_is_named(tmp_path: Path) -> None:
    """A folder of scans is packed in the same way."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("letter.txt", "words")
    with pytest.raises(UsageError, match="is a zip file, and no workbook"):
        read(saved(tmp_path, packed.getvalue()))


def test_what_would_unpack_to_too_much_is_refused_before_it_is(tmp_path: Path) -> None:
    """A small file can hold a large one."""
    bomb = altered(workbook(one_row), FIRST, lambda xml: xml + b" " * (257 * 1024 * 1024))
    assert len(bomb) < 1024 * 1024
    with pytest.raises(UsageError, match="unpacks to more than 256 MB"):
        read(saved(tmp_path, bomb))


def test_a_document_type_is_refused(tmp_path: Path) -> None:
    """It could name texts that grow without end."""
    entity = b'<!DOCTYPE w [<!ENTITY a "aaaa">]><worksheet'
    grown = altered(workbook(one_row), FIRST, lambda xml: xml.replace(b"<worksheet", entity, 1))
    with pytest.raises(UsageError, match="document type"):
        read(saved(tmp_path, grown))


@pytest.mark.parametrize("where", [b"XFD1048576", b"A900000", b"ZZ2"])
def test_a_cell_far_away_does_not_make_room_for_all_before_it(tmp_path: Path, where: bytes) -> None:
    """The reader takes memory for each cell up to the last one."""
    far = b'<row r="1048576"><c r="' + where + b'"><v>1</v></c></row></sheetData>'
    content = altered(workbook(one_row), FIRST, lambda xml: xml.replace(b"</sheetData>", far))
    with pytest.raises(UsageError, match="more than 100000 rows or 200 columns"):
        read(saved(tmp_path, content))


def test_cells_that_do_not_say_where_they_stand_are_refused(tmp_path: Path) -> None:
    """How far they reach could not be looked at before they are read."""
    content = altered(workbook(one_row), FIRST, lambda xml: xml.replace(b'<c r="A2"', b"<c"))
    with pytest.raises(UsageError, match="do not say where they stand"):
        read(saved(tmp_path, content))


@pytest.mark.parametrize("tag", [b"<c ", b"<row ", b'<c t="e" '])
def test_tags_that_never_end_are_read_over_once(tmp_path: Path, tag: bytes) -> None:
    """Each would else be looked through to the end of the file: minutes for some kilobytes."""
    book = altered(workbook(one_row), FIRST, lambda xml: xml + tag * 300_000)
    with pytest.raises(UsageError, match="file: "):
        read(saved(tmp_path, book))


def test_a_million_empty_rows_are_no_rows(tmp_path: Path) -> None:
    """A column that was formatted to its end holds nothing more for that."""
    padding = b"".join(b'<row r="%d"><c r="A%d" s="1"/></row>' % (row, row) for row in range(3, 1_000_000, 7))
    content = altered(workbook(one_row), FIRST, lambda xml: xml.replace(b"</sheetData>", padding + b"</sheetData>"))
    assert len(read(saved(tmp_path, content)).rows) == 2


def test_hidden_columns_are_taken_only_where_the_sheet_is_named(tmp_path: Path) -> None:
    """What somebody hid before they gave the list away is brought in by nobody who does not see it."""

    def fill(book: Any) -> None:
        one_row(book)
        book.worksheets()[0].set_column(1, 2, None, None, {"hidden": True})

    path = saved(tmp_path, workbook(fill))
    with pytest.raises(UsageError, match="columns are hidden, the first: number 2") as refused:
        read(path)
    assert "--sheet" in refused.value.hint
    assert len(read(path, "any").rows) == 2


def test_hidden_rows_are_taken_only_where_the_sheet_is_named(tmp_path: Path) -> None:
    """Nobody brings in what they do not see."""

    def fill(book: Any) -> None:
        one_row(book)
        book.worksheets()[0].set_row(1, None, None, {"hidden": True})

    path = saved(tmp_path, workbook(fill))
    with pytest.raises(UsageError, match="1 of its rows are hidden, the first: 2"):
        read(path)
    assert len(read(path, "any").rows) == 2


def test_of_several_sheets_one_is_named_or_is_that_of_the_template(tmp_path: Path) -> None:
    """No error repeats the name of a sheet: it may be that of a family."""

    def fill(book: Any, *, own: bool = False) -> None:
        one_row(book)
        book.add_worksheet("Okonkwo").write(0, 0, "secret")
        hidden = book.add_worksheet("families" if own else "Hidden")
        hidden.write(0, 0, "own")
        if not own:
            hidden.hide()

    path = saved(tmp_path, workbook(fill))
    with pytest.raises(UsageError, match=r"2 of them hold rows \(1, 2\)") as refused:
        read(path)
    assert "Okonkwo" not in f"{refused.value.message} {refused.value.hint}"
    assert [read(path, name).rows[0][0] for name in ("okonkwo", "1", "Hidden")] == ["secret", "name", "own"]
    with pytest.raises(UsageError, match="none of its 3 sheets"):
        read(path, "Smith")
    assert read(saved(tmp_path, workbook(lambda book: fill(book, own=True)), "own.xlsx")).name == "families"


def test_only_hidden_sheets_are_not_read_unseen(tmp_path: Path) -> None:
    """Somebody hid them."""

    def fill(book: Any) -> None:
        book.add_worksheet("Empty")
        sheet = book.add_worksheet("Hidden")
        sheet.write(0, 0, "name")
        sheet.hide()

    with pytest.raises(UsageError, match="only hidden ones hold rows"):
        read(saved(tmp_path, workbook(fill)))


def tried(path: Path) -> None:
    """Read it: rows, or one line; nothing else may come of it."""
    try:
        found = read(path)
    except UsageError:
        return
    assert all(len(row) <= sheet_files.MOST_COLUMNS for row in found.rows)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.sampled_from(["", "PK\x03\x04", "\xff\xfe", "name,kind\n", "<", '"']))
def test_any_bytes_are_rows_or_a_line_that_says_why_not(tmp_path: Path, content: bytes, start: str) -> None:
    """No traceback, whatever somebody names."""
    tried(saved(tmp_path, start.encode("latin-1") + content, "sheet"))


WHOLE = workbook(one_row)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255), st.integers(0, len(WHOLE)))
def test_a_damaged_workbook_is_read_or_refused(tmp_path: Path, at: int, byte: int, length: int) -> None:
    """One byte that is another, or an end that is missing."""
    tried(saved(tmp_path, WHOLE[:at] + bytes([byte]) + WHOLE[at + 1 :]))
    tried(saved(tmp_path, WHOLE[:length]))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=80), st.integers(0, 400))
def test_a_sheet_with_other_xml_is_read_or_refused(tmp_path: Path, text: bytes, at: int) -> None:
    """What stands in a part is whatever its writer put there."""
    tried(saved(tmp_path, altered(WHOLE, FIRST, lambda xml: xml[:at] + text + xml[at:])))
