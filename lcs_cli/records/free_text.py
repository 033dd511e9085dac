"""Free text: what people have written in their own words, and where it stands."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class FreeText:
    """One field of one record of a family's file that holds words; ``record`` is its reference."""

    family: int
    record: str
    table: str
    column: str
    words: str = field(repr=False)
