"""The bank holidays of England and Wales (docs/decisions/0015-bank-holidays.md)."""

from collections.abc import Mapping
from datetime import date


def bank_holidays(years: range) -> Mapping[date, str]:
    """Each one of these years, with its name; the package is imported where it is asked, for that takes a while."""
    from holidays import country_holidays

    return dict(country_holidays("GB", subdiv="ENG", years=years))
