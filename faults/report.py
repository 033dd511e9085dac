"""What a kind of fault hands back: its part of the page, and what it found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Report:
    """One kind of fault, put in and looked at."""

    section: str  # Markdown with its own heading and table, of figures that were seen
    problems: list[str]
