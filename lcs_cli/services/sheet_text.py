"""Rows of a text file: in the encoding and with the separator that the program used which wrote it."""

import csv
import io
from collections.abc import Sequence

from lcs_cli.errors import UsageError

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_LOOKED_AT = 20  # lines
_LONGEST_CELL = 100_000


def rows(content: bytes) -> tuple[Sequence[Sequence[str]], tuple[str, ...]]:
    """Its rows, and how it was read where that is not as UTF-8 with commas; UsageError names the line."""
    text, encoding = _decoded(content)
    if "\0" in text:
        raise UsageError("file: holds NUL characters: it is no text, or was damaged", "save it anew as CSV")
    separator = _separator(text)
    notes = [f"read as {encoding}"] if encoding != "UTF-8" else []
    notes += [f"read with {_SEPARATORS[separator]} between the columns"] if separator != "," else []
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return list(reader), tuple(notes)
    except csv.Error as error:
        raise UsageError(
            f"file: line {reader.line_num} cannot be read: a quotation mark is left open, or a cell is too long",
            "look at that line, or save it as .xlsx",
        ) from error


def _decoded(content: bytes) -> tuple[str, str]:
    """The text, and what its encoding is called."""
    for mark, encoding, name in (
        (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8"),
        (b"\xff\xfe", "utf-16", "UTF-16"),
        (b"\xfe\xff", "utf-16", "UTF-16"),
    ):
        if content.startswith(mark):
            try:
                return content.decode(encoding), name
            except UnicodeDecodeError as error:
                raise UsageError(f"file: is not {name}, as its beginning says", "save it anew as CSV UTF-8") from error
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252"), "Windows text (cp1252)"
    except UnicodeDecodeError as error:
        raise UsageError("file: is text in no encoding that is known", "save it anew as CSV UTF-8") from error


def _separator(text: str) -> str:
    """The one that splits the first lines best: into most columns, the same number again and again."""
    lines = "\n".join(text.splitlines()[:_LOOKED_AT])

    def columns(separator: str) -> tuple[int, int]:
        try:
            counts = [len(row) for row in csv.reader(io.StringIO(lines, newline=""), delimiter=separator) if any(row)]
        except csv.Error:
            return (0, 0)
        most = max(counts, default=1)
        return (counts.count(most) if most > 1 else 0, most)

    return max(_SEPARATORS, key=columns)
