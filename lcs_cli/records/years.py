"""Calendar years: the same day of another year, never so many days."""

from datetime import date


def anniversary(start: date, years: int) -> date:
    """The same calendar day ``years`` later; 29 February falls on 1 March, never earlier."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return date(start.year + years, 3, 1)


def last_start(end: date, years: int) -> date:
    """The last day whose anniversary after ``years`` is reached by ``end``."""
    try:
        return end.replace(year=end.year - years)
    except ValueError:
        return date(end.year - years, 2, 28)
