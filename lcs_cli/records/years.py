"""Calendar years: the same day of a later year, never so many days."""

from datetime import date


def anniversary(start: date, years: int) -> date:
    """The same calendar day ``years`` later; 29 February falls on 1 March, never earlier."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return date(start.year + years, 3, 1)
