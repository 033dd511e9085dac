"""Reading days as people in the UK write them, strictly: no guess, no two-figure year, no American order."""

import re
from datetime import date, timedelta

from lcs_cli.errors import UsageError

_NUMERIC = r"(?a)(\d{1,2})([/.\- ])(\d{1,2})\2(\d+)"
_ISO = r"(?a)(\d{4})-(\d{2})-(\d{2})"
_ISO_IN_TEXT = r"(?a)\b\d{4}-\d{2}-\d{2}\b"
_WORDS = r"(?a)(\d{1,2}) ([a-z]+) (\d+)"
_MONTHS = "January February March April May June July August September October November December".split()
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_HINT = "write it as 27/3/2019 or 27 March 2019"


def parse_day(field: str, text: str, today: date) -> date:
    """Read a day: d/m/yyyy (also with . - or spaces), ISO, “27 March 2007”, today, tomorrow, next Thursday.

    UsageError names ``field`` and never repeats what was typed.
    """
    words = " ".join(text.lower().split())
    named = {"today": 0, "yesterday": -1, "tomorrow": 1}
    if words in named:
        return today + timedelta(days=named[words])
    direction, _, weekday = words.partition(" ")
    if direction in ("last", "next"):
        return _weekday(field, direction, weekday, today)
    if match := re.fullmatch(_ISO, words):
        return _real(field, match[1], match[2], match[3])
    if match := re.fullmatch(_NUMERIC, words):
        return _real(field, match[4], match[3], match[1])
    if match := re.fullmatch(_WORDS, words):
        return _real(field, match[3], str(_month(field, match[2])), match[1])
    for name in _WEEKDAYS:
        if len(words) >= 3 and name.lower().startswith(words):
            raise UsageError(f"{field}: must be a real date; which {name}, is not said", f"next {name}, or last {name}")
    raise UsageError(f"{field}: must be a real date", _HINT)


def show_day(day: date) -> str:
    """A day as it is echoed, with its weekday: Thu 26 Nov 2026."""
    return f"{_WEEKDAYS[day.weekday()][:3]} {day.day} {_MONTHS[day.month - 1][:3]} {day.year}"


def human_days(text: str) -> str:
    """A sentence with its ISO days written as people read them."""
    return re.sub(_ISO_IN_TEXT, _shown, text)


def _shown(match: re.Match[str]) -> str:
    try:
        return show_day(date.fromisoformat(match[0]))
    except ValueError:
        return match[0]


def _weekday(field: str, direction: str, name: str, today: date) -> date:
    fitting = [number for number, full in enumerate(_WEEKDAYS) if len(name) >= 3 and full.lower().startswith(name)]
    if len(fitting) != 1:
        raise UsageError(f"{field}: must be a real date", f"{direction} needs a weekday, such as {direction} Thursday")
    ahead = (fitting[0] - today.weekday() - 1) % 7 + 1
    behind = (today.weekday() - fitting[0] - 1) % 7 + 1
    return today + timedelta(days=ahead if direction == "next" else -behind)


def _month(field: str, name: str) -> int:
    fitting = [number for number, full in enumerate(_MONTHS, 1) if len(name) >= 3 and full.lower().startswith(name)]
    if len(fitting) != 1:
        raise UsageError(f"{field}: must be a real date", _HINT)
    return fitting[0]


def _real(field: str, year: str, month: str, day: str) -> date:
    if len(year) != 4:
        raise UsageError(f"{field}: the year needs four figures", _HINT)
    try:
        return date(int(year), int(month), int(day))
    except ValueError as error:
        raise UsageError(f"{field}: must be a real date; that day is not in the calendar", _HINT) from error
