"""Safeguarding flags: concerns raised about a child, kept for ever (policy 4.6)."""

from datetime import date
from enum import StrEnum

from lcs_cli.records.value import Value


class FlagCategory(StrEnum):
    """What a concern is about, in the words of Working Together to Safeguard Children (2023)."""

    PHYSICAL = "physical"
    EMOTIONAL = "emotional"
    SEXUAL = "sexual"
    NEGLECT = "neglect"
    DOMESTIC_ABUSE = "domestic-abuse"
    OTHER = "other"


class Flag(Value):
    """A concern without its narrative, which only safeguarding leads can open.

    No children named means that it concerns every child of the family. ``staff`` are those it names of the people who
    work or worked here; only safeguarding leads are shown them.
    """

    number: int
    family: int
    category: FlagCategory
    raised_on: date
    raised_by: str
    children: tuple[int, ...] = ()
    closed_on: date | None = None
    closed_by: str | None = None
    staff: tuple[int, ...] = ()
