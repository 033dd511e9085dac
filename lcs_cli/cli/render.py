"""The one place that speaks: a result becomes a table, plain lines, JSON, JSON lines or CSV.

Machine output never passes through Rich. What comes from the vault is never read as markup, and characters
that could steer a terminal are shown as a mark instead.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import islice
from typing import Any, TypeVar

from lcs_cli.cli.terminal import Terminal
from lcs_cli.records.value import Value

Row = TypeVar("Row")
_BATCH = 500
"""How many rows of a stream are held at once: enough to line up columns, little enough for any list."""


class Output(StrEnum):
    """How a result is written."""

    PEOPLE = "people"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


class Table(Value):
    """Rows under headings, and what is said where there is no row. A stream of rows is read once, while it is shown."""

    headings: Sequence[str]
    rows: Iterable[Sequence[str]]
    empty: str = ""


class Lines(Value):
    """Label and value, one under the other."""

    pairs: Sequence[tuple[str, str]]


class Verbatim(Value):
    """Text that is copied into a file: never broken, however narrow the screen."""

    text: str


class Picture(Value):
    """Lines in which a letter that stands alone may be shown in a colour of its own; it means the same without."""

    lines: Sequence[str]


class Result(Value):
    """What a command has to say: ``data`` for machines, ``blocks`` for people, ``notes`` beside the data.

    A list that can be long is an iterator in ``data`` and in its table: only one of them is read, row by row, while
    the vault is still open. Its rows are flat, and have the same names. ``once`` says of what is shown this once how
    another is made, for where nobody has seen it. ``flat`` are the rows of a table whose records hold what it is about.
    """

    schema: str
    data: Any
    blocks: Sequence[Table | Lines | Verbatim | Picture | str] = ()
    notes: Sequence[str] = ()
    exit_code: int = 0
    once: str = ""
    flat: Sequence[Mapping[str, Any]] | None = None

    @property
    def streams(self) -> bool:
        """Whether its rows come from the vault while they are written."""
        return isinstance(self.data, Iterator)


def saved(
    noun: str, plural: str, data: list[dict[str, Any]], blocks: Sequence[str], notes: Sequence[str] = ()
) -> Result:
    """What was saved: one record as itself, several as a list."""
    if len(data) == 1:
        return Result(f"lcs.{noun}/1", data[0], blocks, notes)
    return Result(f"lcs.{plural}/1", data, blocks, notes)


def render(result: Result, terminal: Terminal, output: Output) -> None:
    """Write a result in the form that was asked for."""
    if output is Output.JSON:
        _write_document(result, terminal)
    elif output is Output.JSONL:
        for row in _rows(result.data):
            terminal.write(json.dumps(row, ensure_ascii=False) + "\n")
    elif output is Output.CSV:
        _write_csv(_rows(result.data) if result.flat is None else result.flat, terminal)
    else:
        for block in result.blocks:
            _show(block, terminal)
    for note in result.notes:
        terminal.note(visible(note))


def visible(text: str) -> str:
    """Text that can only be read: control, escape and direction characters become a mark."""
    if text.isprintable():  # none of them is, and looking at each character takes long in a long list
        return text
    return "".join(
        "\ufffd" if (unicodedata.category(c) in ("Cc", "Cs") and c != "\n") or c in _STEERING else c for c in text
    )


_FORMULA = frozenset("=+-@\t\r")
_STEERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029")


_LETTER = r"(?m)(?<![^ ACX?.\n])[ACX?](?=[ ACX?.]|$)"
_BACK = {"A": "42", "X": "41", "C": "43", "?": "45"}  # backgrounds (ECMA-48 SGR)


def _coloured(letter: re.Match[str]) -> str:
    return f"\x1b[30;{_BACK[letter[0]]}m{letter[0]}\x1b[0m"


def _rows(data: Any) -> Iterable[Mapping[str, Any]]:
    return data if isinstance(data, list | Iterator) else [data]


def _batches(rows: Iterable[Row]) -> Iterator[Sequence[Row]]:
    """A list as a whole, a stream in parts; nothing where there is nothing."""
    if isinstance(rows, Sequence):
        yield from [rows] if rows else []
        return
    stream = iter(rows)
    while batch := list(islice(stream, _BATCH)):
        yield batch


def _write_document(result: Result, terminal: Terminal) -> None:
    """One JSON document; that of a stream is the same, byte for byte, as if it were a list."""
    document = {"schema": result.schema}
    if not result.streams:
        document |= result.data if isinstance(result.data, dict) else {"items": result.data}
        terminal.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
        return
    terminal.write(json.dumps(document, ensure_ascii=False, indent=2).removesuffix("\n}") + ',\n  "items": [')
    between, end = "\n    ", "]"
    for row in result.data:
        terminal.write(between + json.dumps(row, ensure_ascii=False, indent=2).replace("\n", "\n    "))
        between, end = ",\n    ", "\n  ]"
    terminal.write(f"{end}\n}}\n")


def _write_csv(rows: Iterable[Mapping[str, Any]], terminal: Terminal) -> None:
    import csv
    import io

    columns: list[str] = []
    for batch in _batches(rows):
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        if not columns:
            names = dict.fromkeys(name for row in batch for name in row)  # a family's row and a staff entry's
            # A table is flat: records within records have commands of their own.
            columns = [name for name in names if not any(_is_nested(row.get(name)) for row in batch)]
            writer.writerow(columns)
        writer.writerows([_cell(row.get(name)) for name in columns] for row in batch)
        terminal.write(buffer.getvalue())


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(one, dict) for one in value))


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return " ".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    # A spreadsheet would run a cell that begins like this (CWE-1236).
    return f"'{value}" if isinstance(value, str) and value[:1] in _FORMULA else value


def _show(block: Table | Lines | Verbatim | Picture | str, terminal: Terminal) -> None:
    if isinstance(block, str):
        shown = visible(block)
        terminal.write((terminal.wrapped(shown) if terminal.out_is_terminal else shown) + "\n")
    elif isinstance(block, Verbatim):
        terminal.write(visible(block.text) + "\n")
    elif isinstance(block, Picture):
        shown = "\n".join(block.lines)
        is_coloured = terminal.out_is_terminal and not terminal.wants_plain and not terminal.env.get("NO_COLOR")
        terminal.write((re.sub(_LETTER, _coloured, shown) if is_coloured else shown) + "\n")
    elif isinstance(block, Lines):
        width = max((len(label) for label, _ in block.pairs), default=0)
        for label, value in block.pairs:
            indent, shown = width + 2, visible(value)
            told = (
                terminal.wrapped(shown, indent)
                if terminal.out_is_terminal
                else shown.replace("\n", "\n" + " " * indent)
            )
            terminal.write(f"{label}:".ljust(indent) + told + "\n")
    else:
        _show_table(block, terminal)


def _show_table(table: Table, terminal: Terminal) -> None:
    """Columns in a pipe, a drawn table where it fits the screen; where it does not, each row as labels and values.

    Of a stream each batch is lined up with the one before it, as far as its cells allow. A long one is not drawn, for
    that takes ten times as long; at a terminal its headings come again with each batch.
    """
    widths = [0] * len(table.headings)
    shown = torn = long = False
    for batch in _batches(table.rows):
        heading = [] if shown and not terminal.out_is_terminal else [list(table.headings)]
        lines = _lined_up([*heading, *([visible(cell).replace("\n", " ") for cell in row] for row in batch)], widths)
        long = long or (len(batch) == _BATCH and not isinstance(table.rows, Sequence))
        torn = torn or (terminal.out_is_terminal and max(map(len, lines)) > terminal.columns)
        if torn:
            for number, row in enumerate(batch):
                terminal.write("\n" if shown or number else "")
                _show(Lines([pair for pair in zip(table.headings, row, strict=True) if pair[1]]), terminal)
        elif terminal.out_is_terminal and not long and not terminal.wants_plain:
            _rich_table(table.headings, batch, terminal)
        else:
            terminal.write("\n".join(lines) + "\n")
        shown = True
    if not shown:
        terminal.note(table.empty)


def _lined_up(rows: Sequence[Sequence[str]], widths: list[int]) -> list[str]:
    """Lines of cells under each other; ``widths`` are made wide enough for them."""
    widths[:] = [max(width, *map(len, cells)) for width, cells in zip(widths, zip(*rows, strict=True), strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _rich_table(headings: Sequence[str], rows: Iterable[Sequence[str]], terminal: Terminal) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    drawn = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, header_style="" if terminal.env.get("NO_COLOR") else "bold")
    for heading in headings:
        drawn.add_column(heading, overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(visible(cell)) for cell in row))
    console = Console(file=terminal.out, markup=False, emoji=False, highlight=False, width=terminal.columns)
    console.print(drawn)
