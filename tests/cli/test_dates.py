"""Days as they are typed in the UK: what is read, what is refused, and that the weekday is said back."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from lcs_cli.cli.dates import parse_day, show_day
from lcs_cli.errors import UsageError
from tests.cli.typed import Typist, at, lcs
from tests.conftest import TODAY

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January February March April May June July August September October November December"  # one a month
).split()


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("3/11/2026", date(2026, 11, 3)),
        ("03/11/2026", date(2026, 11, 3)),
        ("3.11.2026", date(2026, 11, 3)),
        ("3-11-2026", date(2026, 11, 3)),
        ("3 11 2026", date(2026, 11, 3)),
        ("2026-11-03", date(2026, 11, 3)),
        ("27 March 2007", date(2007, 3, 27)),
        ("27 mar 2007", date(2007, 3, 27)),
        ("27 MARCH 2007", date(2007, 3, 27)),
        ("1 Sept 2026", date(2026, 9, 1)),
        ("1 May 2026", date(2026, 5, 1)),
        ("  27   March  2007 ", date(2007, 3, 27)),
        ("29/2/2024", date(2024, 2, 29)),
        ("29 February 2000", date(2000, 2, 29)),
        ("31/12/1999", date(1999, 12, 31)),
        ("today", TODAY),
        ("Today", TODAY),
        ("yesterday", date(2026, 11, 25)),
        ("tomorrow", date(2026, 11, 27)),
    ],
)
def test_a_day_is_read_as_it_is_written_in_the_uk(typed: str, day: date) -> None:
    """The day comes first, then the month; words and capitals do not matter, nor do spaces around them."""
    assert parse_day("day", typed, TODAY) == day


@pytest.mark.parametrize("number", range(1, 13))
def test_every_month_is_known_by_its_name_and_by_its_first_letters(number: int) -> None:
    """Three letters are enough, and each longer beginning means the same month."""
    name = MONTHS[number - 1]
    for length in range(3, len(name) + 1):
        assert parse_day("day", f"9 {name[:length]} 2026", TODAY) == date(2026, number, 9)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "0",
        "1",
        "1738368000",
        "20261103",
        "may",
        "May 2026",
        "3 November",
        "3/11",
        "3/11-2026",
        "3//11/2026",
        "2026/11/03",
        "2026-11-3",
        "2026-1-03",
        "03-2026-11",
        "November 3 2026",
        "November 3, 2026",
        "3rd November 2026",
        "3 ma 2026",
        "3 Marchh 2026",
        "3 ju 2026",
        "-3/11/2026",
        "3/11/-2026",
        "2026-11-03T10:00",
        "2026-W45-2",
        "thursday",
        "Thu 26 Nov 2026",
        "next",
        "next week",
        "next th",
        "next thurzday",
        "last year",
        "two days ago",
        "tuesday week",
        "now",
        "\u0663/\u0661\u0661/\u0662\u0660\u0662\u0666",
        "3/11/\u0662\u0660\u0662\u0666",
    ],
)
def test_what_is_no_day_is_refused_and_never_guessed(typed: str) -> None:
    """One line that names the field, a hint how to write it, and not a word of what was typed."""
    with pytest.raises(UsageError, match=r"^date of birth: must be a real date") as refused:
        parse_day("date of birth", typed, TODAY)
    assert refused.value.hint
    assert not typed or f" {typed}" not in f" {refused.value.message}"


@pytest.mark.parametrize(
    "typed",
    [
        "31/2/2019",
        "29/2/2023",
        "29/2/1900",
        "11/13/2026",
        "0/1/2026",
        "1/0/2026",
        "32/1/2026",
        "31 April 2026",
        "31 jun 2026",
        "2026-02-30",
        "2026-13-01",
        "2026-00-10",
        "0000-01-01",
        "1/1/0000",
    ],
)
def test_a_day_that_is_not_in_the_calendar_is_refused(typed: str) -> None:
    """No thirty-first of February, no thirteenth month: an American order is not turned round."""
    with pytest.raises(UsageError, match="that day is not in the calendar"):
        parse_day("date of birth", typed, TODAY)


@pytest.mark.parametrize(
    "typed", ["03/11/26", "3.11.26", "3-11-26", "26-11-03", "3 Nov 26", "3 November 026", "3/11/20266", "1/1/1"]
)
def test_a_year_has_four_figures(typed: str) -> None:
    """A year of two figures is refused: nobody has to know which century was meant."""
    with pytest.raises(UsageError, match="the year needs four figures"):
        parse_day("day", typed, TODAY)


@pytest.mark.parametrize("ahead", range(7))
@pytest.mark.parametrize("weekday", range(7))
def test_next_and_last_weekday_are_within_a_week_and_never_today(ahead: int, weekday: int) -> None:
    """On each weekday, for each weekday: the first one after today, and the last one before it."""
    today = TODAY + timedelta(days=ahead)
    for name in (WEEKDAYS[weekday], WEEKDAYS[weekday][:3].lower(), WEEKDAYS[weekday].upper()):
        after = parse_day("day", f"next {name}", today)
        before = parse_day("day", f"last {name}", today)
        assert after.weekday() == before.weekday() == weekday
        assert today < after <= today + timedelta(days=7)
        assert today - timedelta(days=7) <= before < today


@pytest.mark.parametrize("days", range(7))
def test_a_day_is_said_back_with_its_weekday(days: int) -> None:
    """Short, in the British order, without leading zeros: Thu 26 Nov 2026."""
    day = TODAY + timedelta(days=days)
    assert show_day(day) == f"{WEEKDAYS[day.weekday()][:3]} {day.day} {day:%b %Y}"


def test_today_begins_with_the_day_of_the_week(vault: Path) -> None:
    """Whoever opens the day sees which day it is."""
    assert lcs(Typist(env=at(vault)), "today").out.startswith("Thu 26 Nov 2026\n")
    assert lcs(Typist(env=at(vault), day=date(2026, 3, 1)), "today").out.startswith("Sun 1 Mar 2026\n")


def test_the_day_is_the_one_in_london(vault: Path) -> None:
    """An hour before midnight in UTC it is tomorrow already in a British summer."""
    late = Typist(env=at(vault))
    late.clock = lambda: datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    assert lcs(late, "today").out.startswith("Thu 2 Jul 2026\n")


@pytest.mark.parametrize("text", ["friday", "Fri"])
def test_a_weekday_alone_is_asked_which_it_is(text: str) -> None:
    """The last one and the next one are a week apart."""
    with pytest.raises(UsageError, match="which Friday, is not said") as error:
        parse_day("day", text, date(2026, 11, 26))
    assert error.value.hint == "next Friday, or last Friday"
