"""A page as a spreadsheet (XLSX), made in memory: every cell is text, so that nothing in it is a formula or a link.

The libraries are an extra, `xlsx`: xlsxwriter writes it, msoffcrypto encrypts it.
"""

import io
from datetime import UTC, datetime, time
from itertools import chain
from typing import Any

from lcs_cli.errors import MissingExtraError
from lcs_cli.services.page import Block, Facts, Grid, Heading, Page, Points, Words

_WIDEST = 48  # characters


def xlsx(page: Page, password: str | None = None) -> bytes:
    """The page as a workbook of one sheet; with a password it is encrypted as Office does (AES-256, agile)."""
    xlsxwriter = _library("xlsxwriter")
    content = io.BytesIO()
    # In memory: else its parts lie in plain text in the system's folder for temporary files.
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        made = datetime.combine(page.made_on, time(), UTC).replace(tzinfo=None)
        book.set_properties({"title": page.title, "author": page.letterhead, "created": made})
        _fill(book, page)
    return content.getvalue() if password is None else _encrypted(content, password)


def _fill(book: Any, page: Page) -> None:
    sheet = book.add_worksheet("Sheet1")
    bold, plain = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
    sheet.set_paper(9)  # A4
    sheet.set_footer("&R&P / &N")
    rows: list[tuple[Any, tuple[str, ...]]] = [(plain, (page.letterhead,))] if page.letterhead else []
    rows += [(bold, (page.title,)), (plain, ())]
    rows += chain.from_iterable([*_rows(block, bold, plain), (plain, ())] for block in page.blocks)
    rows.append((plain, (page.footer,)))
    widths: dict[int, int] = {}
    for row, (style, cells) in enumerate(rows):
        for column, cell in enumerate(cells):
            # Not `write`, which makes a formula or a link of what looks like one.
            sheet.write_string(row, column, cell, style)
            if len(cells) > 1:
                widths[column] = max(widths.get(column, 0), min(len(cell), _WIDEST))
    for column, width in widths.items():
        sheet.set_column(column, column, width + 2)


def _rows(block: Block, bold: Any, plain: Any) -> list[tuple[Any, tuple[str, ...]]]:
    match block:
        case Heading(text):
            return [(bold, (text,))]
        case Words(text):
            return [(plain, (line,)) for line in text.split("\n")]
        case Points(items):
            return [(plain, (item,)) for item in items]
        case Facts(pairs):
            return [(plain, pair) for pair in pairs]
        case Grid(headings, rows):
            return [(bold, headings), *((plain, row) for row in rows)]


def _encrypted(content: io.BytesIO, password: str) -> bytes:
    office = _library("msoffcrypto.format.ooxml")
    locked = io.BytesIO()
    content.seek(0)
    office.OOXMLFile(content).encrypt(password, locked)
    return locked.getvalue()


def _library(name: str) -> Any:
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError:
        raise MissingExtraError("xlsx") from None
