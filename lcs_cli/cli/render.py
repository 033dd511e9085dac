"""The one place that speaks: a result becomes a table, plain lines, JSON, JSON lines or CSV.

Machine output never passes through Rich. What comes from the vault is never read as markup, and characters
that could steer a terminal are shown as a mark instead.
"""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lcs_cli.cli.terminal import Terminal


class Output(StrEnum):
    """How a result is written."""

    PEOPLE = "people"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


@dataclass(frozen=True)
class Table:
    """Rows under headings, and what is said where there is no row."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    empty: str = ""


@dataclass(frozen=True)
class Lines:
    """Label and value, one under the other."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Result:
    """What a command has to say: ``data`` for machines, ``blocks`` for people, ``notes`` beside the data."""

    schema: str
    data: Any
    blocks: Sequence[Table | Lines | str] = ()
    notes: Sequence[str] = ()
    exit_code: int = 0


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
        document = {"schema": result.schema}
        document |= result.data if isinstance(result.data, dict) else {"items": result.data}
        terminal.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    elif output is Output.JSONL:
        for row in _rows(result.data):
            terminal.write(json.dumps(row, ensure_ascii=False) + "\n")
    elif output is Output.CSV:
        terminal.write(_csv(_rows(result.data)))
    else:
        for block in result.blocks:
            _show(block, terminal)
    for note in result.notes:
        terminal.note(visible(note))


def visible(text: str) -> str:
    """Text that can only be read: control, escape and direction characters become a mark."""
    return "".join(
        "\ufffd" if (unicodedata.category(c) in ("Cc", "Cs") and c != "\n") or c in _STEERING else c for c in text
    )


_FORMULA = frozenset("=+-@\t\r")
_STEERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029")


def _rows(data: Any) -> Sequence[Mapping[str, Any]]:
    return data if isinstance(data, list) else [data]


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    import csv
    import io

    if not rows:
        return ""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    # A table is flat: records within records have commands of their own.
    columns = [name for name in rows[0] if not any(_is_nested(row[name]) for row in rows)]
    writer.writerow(columns)
    for row in rows:
        writer.writerow(_cell(row[name]) for name in columns)
    return buffer.getvalue()


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(one, dict) for one in value))


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return " ".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    # A spreadsheet would run a cell that begins like this (CWE-1236).
    return f"'{value}" if isinstance(value, str) and value[:1] in _FORMULA else value


def _show(block: Table | Lines | str, terminal: Terminal) -> None:
    if isinstance(block, str):
        shown = visible(block)
        terminal.write((terminal.wrapped(shown) if terminal.out_is_terminal else shown) + "\n")
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
    elif not block.rows:
        terminal.note(block.empty)
    elif terminal.out_is_terminal:
        _at_terminal(block, terminal)
    else:
        terminal.write(_plain_table(block))


def _at_terminal(table: Table, terminal: Terminal) -> None:
    """A table where it fits the screen; where it does not, each row as labels and values, so that nothing is torn."""
    plain = _plain_table(table)
    if max(map(len, plain.splitlines())) > terminal.columns:
        for number, row in enumerate(table.rows):
            if number:
                terminal.write("\n")
            _show(Lines([pair for pair in zip(table.headings, row, strict=True) if pair[1]]), terminal)
    elif _wants_plain(terminal):
        terminal.write(plain)
    else:
        _rich_table(table, terminal)


def _wants_plain(terminal: Terminal) -> bool:
    """Without boxes for those whose terminal or ears cannot use them."""
    env = terminal.env
    return bool(env.get("ACCESSIBLE") or env.get("LCS_ACCESSIBLE")) or env.get("TERM") == "dumb"


def _plain_table(table: Table) -> str:
    rows = [list(table.headings), *([visible(cell).replace("\n", " ") for cell in row] for row in table.rows)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(table.headings))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "\n".join(lines) + "\n"


def _rich_table(table: Table, terminal: Terminal) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    drawn = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, header_style="" if terminal.env.get("NO_COLOR") else "bold")
    for heading in table.headings:
        drawn.add_column(heading, overflow="fold")
    for row in table.rows:
        drawn.add_row(*(Text(visible(cell)) for cell in row))
    console = Console(file=terminal.out, markup=False, emoji=False, highlight=False, width=terminal.columns)
    console.print(drawn)
