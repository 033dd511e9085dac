"""How exported rows are written, and those of a statement; the columns are the same in each format."""

from enum import StrEnum


class Format(StrEnum):
    """The formats of an export."""

    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"


class StatementFormat(StrEnum):
    """The formats of a statement: what people print or open. As CSV it is the export's own file."""

    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"
