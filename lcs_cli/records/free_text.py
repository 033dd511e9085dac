"""Free text: what people have written in their own words, and where it stands."""

from typing import NamedTuple

from lcs_cli.records.references import Kind, reference


class FreeText(NamedTuple):
    """One field that holds words, of one record; ``subject`` is the reference of the file it belongs to."""

    subject: str
    kind: Kind
    number: int
    table: str
    column: str
    words: str

    @property
    def record(self) -> str:
        """The record's reference."""
        return reference(self.kind, self.number)

    def __repr__(self) -> str:
        return f"FreeText({self.record}, {self.table}.{self.column})"
