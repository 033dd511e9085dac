"""How exported rows are written; the columns are the same in each format."""

from enum import StrEnum


class Format(StrEnum):
    """The formats of an export."""

    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"
