"""Free text: what people have written in their own words, and where it stands."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class FreeText:
    """One field that holds words, of one record; ``subject`` is the file it belongs to, both by their references."""

    subject: str
    record: str
    table: str
    column: str
    words: str = field(repr=False)
