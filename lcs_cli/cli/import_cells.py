"""One cell of a sheet as it would be typed, or what is wrong with it: the traps of spreadsheets, each by its name."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from lcs_cli.cli.dates import show_day
from lcs_cli.records.value import Value

_FIRST_DAY = date(1899, 12, 30)  # as spreadsheets count days, from 1 March 1900 on
_LATEST = 2_958_465  # 31 December 9999
_ERRORS = frozenset("#n/a #ref! #value! #div/0! #name? #null! #num! #spill! #calc! #getting_data".split())
_NUMBERS = re.compile(r"([0-9]{1,2})[/.\- ]([0-9]{1,2})[/.\- ]([0-9]{4}|[0-9]{2})", re.ASCII)
_MIDNIGHT = time(0)


class Wrong(Value):
    """What is wrong with a cell: a word for machines, the problem, what to do, and what it would be taken for."""

    code: str
    problem: str
    remedy: str
    meant: str = ""


_ERROR = Wrong("error-cell", "the cell shows an error of the spreadsheet", "mend its formula, or type the value")
_FORMULA = Wrong("formula", "the cell begins with = and is a formula, not a value", "type the value")


def as_typed(cell: str, value: Any, *, is_error: bool = False) -> str | Wrong:
    """What somebody would type for the value of a cell of this kind; "" where it is empty."""
    if is_error:
        return _ERROR
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return _text(cell, value)
    if isinstance(value, bool):
        answer = "yes" if value else "no"
        return answer if cell == "yes-no" else Wrong("true-or-false", "holds true or false", "type what is meant")
    if isinstance(value, int | float):
        return _number(cell, float(value))
    if isinstance(value, datetime | date):
        return _day(cell, value)
    if isinstance(value, time | timedelta):
        return _time(cell, value)
    return Wrong("unknown", "holds what is no text, number, day or time", "type the value anew")


def _text(cell: str, value: str) -> str | Wrong:
    text = value.replace("\u00a0", " ").replace("_x000D_", "").strip()
    if text.casefold() in _ERRORS:
        return _ERROR
    if text.startswith("="):
        return _FORMULA
    if cell == "day" and text:
        return _day_in_text(text)
    return text


def _day_in_text(text: str) -> str | Wrong:
    if text.casefold() == "none":
        return text
    if not any(map(str.isdecimal, text)):
        return Wrong("no-date", "must be a date with day, month and year", "words such as “today” change their meaning")
    if found := _NUMBERS.fullmatch(text):
        first, second, year = (int(part) for part in found.groups())
        if second > 12 >= first:
            return Wrong(
                "american-date",
                "the month seems to stand first, as in America",
                "write the day first, and look at every date of the column: others may be turned round as well",
            )
        if len(found[3]) == 2:
            return Wrong("two-figure-year", "the year needs four figures", "write it as 27/3/2019")
        if not _is_a_day(year, second, first):
            return Wrong("no-such-day", "must be a real date; that day is not in the calendar", "look at the day")
    if text.isdecimal() and len(text) == 4:
        return Wrong("year-alone", "must include a day and month", "write it as 27/3/2019")
    return text


def _number(cell: str, value: float) -> str | Wrong:
    whole = value.is_integer()
    if cell == "telephone":
        return Wrong(
            "lost-zero", "a number: its leading 0 was lost", "format the column as text, and type the numbers anew"
        )
    if cell == "day":
        meant = ""
        if 1 <= value <= _LATEST:
            meant = f"as the spreadsheet counts days: {show_day(_FIRST_DAY + timedelta(days=int(value)))}"
        return Wrong("date-as-number", "a plain number stands for the date", "format the column as a date", meant)
    if cell == "time":
        if 0 <= value < 1:
            return Wrong(
                "time-as-number",
                "a plain fraction of a day stands for the time",
                "format the column as a time",
                f"as the spreadsheet counts: {_clock(timedelta(days=value))}",
            )
        return str(int(value)) if whole and value >= 100 else Wrong("no-time", "must be a time", "write it as 14:30")
    if cell == "yes-no":
        return Wrong("no-answer", "must be yes or no", "write yes or no")
    return str(int(value)) if whole else repr(value)


def _day(cell: str, value: date | datetime) -> str | Wrong:
    clock = value.time() if isinstance(value, datetime) else _MIDNIGHT
    if cell == "day" and clock != _MIDNIGHT:
        return Wrong("day-and-time", "holds a time as well as a date", "give the date alone")
    if cell == "day":
        return value.strftime("%Y-%m-%d") if value.year >= 1000 else Wrong("no-date", "must be a real date", "type it")
    if cell == "time" and isinstance(value, datetime) and value.year <= 1900:
        return _time(cell, clock)
    return Wrong("date-in-text", "the spreadsheet made a date of it", "format the column as text, and type it anew")


def _time(cell: str, value: time | timedelta) -> str | Wrong:
    if cell != "time":
        return Wrong("time-in-text", "the spreadsheet made a time of it", "format the column as text, and type it anew")
    span = (
        value
        if isinstance(value, timedelta)
        else timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
    )
    if not timedelta(0) <= span < timedelta(days=1):
        return Wrong("no-time", "must be a time of one day", "write it as 14:30")
    return _clock(span)


def _clock(span: timedelta) -> str:
    """To the next minute where the seconds are only what a fraction of a day is off by."""
    minutes = round(span / timedelta(minutes=1)) % (24 * 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _is_a_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
