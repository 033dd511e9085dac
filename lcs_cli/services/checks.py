"""Checks that every way of entering a record shares: real days, real text, one clear line that names the field."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from lcs_cli.errors import UsageError
from lcs_cli.records.clock import LAST_DAY, LocalTime

Word = TypeVar("Word", bound=str)

LONGEST_LINE = 200
LONGEST_TEXT = 20_000
_CASE_REFERENCE = r"[A-Za-z0-9][A-Za-z0-9 ./_:()-]{0,59}"
_TELEPHONE = r"(?<![A-Za-z0-9])0[ ()-]*[1-9](?:[ ()-]*[0-9]){8,9}(?![0-9])"  # as it is dialled here
_POSTCODE = r"(?i)(?<![a-z0-9])[a-z]{1,2}[0-9][a-z0-9]? [0-9][a-z]{2}(?![a-z0-9])"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_JOINERS = "\u200c\u200d"  # part of words in Persian and in Indian scripts
_FURTHEST = 2  # years
_OLDEST = date(1900, 1, 1)


def line(field: str, text: str, longest: int = LONGEST_LINE) -> str:
    """One line of text, normalised (NFC) and trimmed; UsageError for nothing, too much or control characters."""
    return _fit(field, unicodedata.normalize("NFC", _not_endless(field, text, longest)).strip(), longest)


def name(field: str, text: str) -> str:
    """Somebody's name: a date, or a number, was meant for another question."""
    named = line(field, text)
    if any(map(str.isdigit, named)):
        raise UsageError(f"{field}: must not hold digits", "give the name alone")
    if not any(map(str.isalpha, named)):
        raise UsageError(f"{field}: must hold a letter", "give the name")
    return named


def prose(field: str, text: str, longest: int = LONGEST_TEXT) -> str:
    """Text of several lines; tabs become spaces and line ends are kept, other control characters are refused."""
    lines = (
        unicodedata.normalize("NFC", _not_endless(field, text, longest))
        .replace("\r\n", "\n")
        .replace("\t", " ")
        .split("\n")
    )
    return _fit(field, "\n".join(part.rstrip() for part in lines).strip(), longest, allowed="\n")


def hint(field: str) -> str:
    """What to do about a field that was left empty, in words that can be read after any name of a field."""
    spoken = field.startswith(("what ", "why", "how", "who", "whether ", "in words", "because"))
    return f"say {field}" if spoken else f"give the {field.removeprefix('the ')}"


def case_reference(text: str) -> str:
    """A referrer's case reference: it is exported, so it holds nothing that a spreadsheet could run, or finds a home.

    Of a telephone number and a postcode the shape alone is known: who may record it has no key to read them.
    """
    cleaned = line("case reference", text)
    if not re.fullmatch(_CASE_REFERENCE, cleaned):
        raise UsageError(
            "case reference: only letters, digits, spaces and . / _ : ( ) - after a letter or digit",
            "leave other signs away",
        )
    if re.search(_TELEPHONE, cleaned) or re.search(_POSTCODE, cleaned):
        raise UsageError(
            "case reference: looks like a telephone number or a postcode, and is told to the referrer",
            "give the referrer's own reference, or none",
        )
    return cleaned


def past(field: str, day: date, today: date) -> date:
    """A day that has come."""
    if day > today:
        raise UsageError(f"{field}: must not be in the future", f"give a day up to {today.isoformat()}")
    return plausible(field, day)


def come(field: str, day: date, time: str, now: LocalTime) -> str:
    """A time of a day that has come."""
    if LocalTime(day, time) > now:
        raise UsageError(f"{field}: must not be in the future", f"give a time up to {now.time}")
    return time


def future(field: str, day: date, today: date) -> date:
    """A day still to come."""
    if day <= today:
        raise UsageError(f"{field}: must be in the future", f"give a day after {today.isoformat()}")
    return plausible(field, day)


def plausible(field: str, day: date) -> date:
    """A day that a living person could mean."""
    if not _OLDEST <= day <= LAST_DAY:
        raise UsageError(f"{field}: the year is out of range", "check the year")
    return day


def bookable(field: str, day: date, today: date) -> date:
    """A day of a session: one that has come, or that a contact service plans for; years ahead is a slip of the year."""
    if day.year - today.year > _FURTHEST:
        raise UsageError(f"{field}: is more than {_FURTHEST} years ahead", "check the year")
    return plausible(field, day)


def one_of(field: str, typed: str, words: Iterable[Word]) -> Word:
    """One of a few words; a beginning that fits only one of them is enough, and a space is as good as a dash."""
    known, meant = list(words), "-".join(typed.lower().split())
    fitting = [word for word in known if meant and word.startswith(meant)]
    exact = [word for word in fitting if word == meant]
    if len(exact or fitting) != 1:
        raise UsageError(f"{field}: must be one of {', '.join(known)}", "give one of these words")
    return (exact or fitting)[0]


def time_span(first: str, starts: str, second: str, ends: str) -> None:
    """Two times of one day, written HH:MM, in their order."""
    time_of_day(first, starts)
    time_of_day(second, ends)
    if ends <= starts:
        raise UsageError(f"{second}: must be after {first} ({starts})", f"give a later {second}")


def window(from_on: date | None, to_on: date | None) -> None:
    """Two days in their order."""
    if from_on and to_on and to_on < from_on:
        raise UsageError("to day: must not be before from day", "swap the two days")


def time_of_day(field: str, text: str) -> str:
    """A wall-clock time, written HH:MM."""
    if not re.fullmatch(_TIME, text):
        raise UsageError(f"{field}: must be a time such as 14:30", "use the 24-hour clock")
    return text


def _not_endless(field: str, text: str, longest: int) -> str:
    """Before normalising, which takes long over many combining marks while the vault is locked."""
    if len(text) > 2 * longest:
        raise UsageError(f"{field}: is longer than {longest} characters", "shorten it")
    return text


def _fit(field: str, text: str, longest: int, allowed: str = "") -> str:
    if not text.strip(_JOINERS):
        raise UsageError(f"{field}: must not be empty", hint(field))
    if len(text) > longest:
        raise UsageError(f"{field}: is longer than {longest} characters", "shorten it")
    # Nothing that is printable is unfit: looking at each character takes ten times as long.
    if not text.isprintable() and any(_is_unfit(character) for character in text if character not in allowed):
        raise UsageError(f"{field}: holds a control or direction character", "type it anew without it")
    return text


def _is_unfit(character: str) -> bool:
    category = unicodedata.category(character)
    return (
        category in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp")
        or (category == "Cf" and character not in _JOINERS)  # directions, byte order marks, soft hyphens and the like
    )
