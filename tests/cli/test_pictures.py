"""Pictures of attendance: letters in their weeks, bars, words; and the colours that say nothing of their own."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from lcs_cli.cli import pictures
from lcs_cli.cli.pictures import Mark
from lcs_cli.records.session import Attendance, ContactSession
from lcs_cli.services import contact_sessions
from lcs_cli.services.attendance import RecordedSession
from tests.cli.typed import Typist, at, lcs
from tests.conftest import TODAY, open_desk
from tests.services import stories

MONDAY = date(2026, 11, 23)
DAY = timedelta(days=1)


def session(day: date, *came: bool, cancelled: bool = False) -> RecordedSession:
    """A session with a line for each child."""
    held = ContactSession(1, 1, day, "10:00", "11:00", cancelled_on=day if cancelled else None)
    times = {True: ("10:00", "11:00"), False: (None, None)}
    return RecordedSession(held, [Attendance(1, 1, n, one, *times[one]) for n, one in enumerate(came)])


@pytest.mark.parametrize(
    ("one", "mark"),
    [
        (session(MONDAY, True), Mark.ATTENDED),
        (session(MONDAY, False, True), Mark.ATTENDED),
        (session(MONDAY, False, False), Mark.DID_NOT_ATTEND),
        (session(MONDAY, cancelled=True), Mark.CANCELLED),
        (session(TODAY), Mark.NOT_RECORDED),
        (session(TODAY + DAY), Mark.AHEAD),
    ],
)
def test_each_session_has_its_letter(one: RecordedSession, mark: Mark) -> None:
    """Attended is one to which any of the children came."""
    assert pictures.mark_of(one, TODAY) is mark


def test_weeks_go_down_and_days_across() -> None:
    """Over the end of a year, with an empty week between, and two sessions of one day side by side."""
    first = date(2026, 12, 27)  # a Sunday
    found = [session(first, True), session(date(2027, 1, 6), False), session(date(2027, 1, 6), True)]
    assert pictures.weeks(found, date(2027, 2, 1)) == [
        "            Mon Tue Wed Thu Fri Sat Sun",
        "21 Dec 2026                         A",
        "28 Dec 2026",
        " 4 Jan 2027         XA",
    ]
    assert pictures.weeks([], TODAY) == []


def test_a_bar_and_a_sentence_say_the_same() -> None:
    """Of what took place; the rest is named in words, and a month in which nothing took place has no bar."""
    found = [session(date(2026, 10, n), n % 4 > 0) for n in range(1, 9)]
    found += [session(date(2026, 10, 30), cancelled=True), session(date(2026, 11, 2), True)]
    found += [session(date(2026, 12, 1)), session(date(2026, 12, 2))]
    months = pictures.months(found, TODAY)
    assert pictures.bars(months) == [
        f"Oct 2026  {'█' * 15}{'░' * 5}  6 of 8 sessions attended",
        f"Nov 2026  {'█' * 20}  1 of 1 session attended",
    ]
    assert pictures.words(months) == [
        "October 2026: 6 of 8 sessions attended, 1 cancelled.",
        "November 2026: 1 of 1 session attended.",
        "December 2026: none took place, 2 still to come.",
    ]


@pytest.fixture
def charted(vault: Path) -> Path:
    """A family with a cancelled session and one that is not recorded."""
    desk = open_desk(vault)
    ref = stories.family(desk).ref
    for days in (1, 8):
        booked = contact_sessions.book(desk, ref, TODAY - days * DAY, "10:00", "11:00")
    contact_sessions.cancel(desk, f"S-{booked.number:06d}-W", "ill")
    desk.db.close()
    return vault


def test_colours_are_for_a_screen_that_wants_them(charted: Path) -> None:
    """The letters are the same; in words there is no picture at all."""
    argv = ("attendance", "chart", "LCS-0001-R")
    drawn = lcs(Typist(looked_at=True, env=at(charted)), *argv).out
    assert "\x1b[30;43mC\x1b[0m" in drawn
    assert "\x1b[30;45m?\x1b[0m" in drawn
    assert "\n\x1b[30;42mA\x1b[0m attended  " in drawn
    plain = lcs(Typist(env=at(charted)), *argv).out
    assert "\x1b" not in plain
    uncoloured = lcs(Typist(looked_at=True, env=at(charted) | {"NO_COLOR": "1"}), *argv).out
    assert uncoloured == plain
    for env in ({"ACCESSIBLE": "1"}, {"TERM": "dumb"}):
        said = lcs(Typist(looked_at=True, env=at(charted) | env), *argv).out
        assert said == lcs(Typist(env=at(charted)), *argv, "--words").out
        assert said == "November 2026: none took place, 1 cancelled, 1 not recorded.\n"


def test_a_time_without_sessions_says_so(charted: Path) -> None:
    """Beside the data."""
    ran = lcs(Typist(env=at(charted)), "attendance", "chart", "LCS-0001-R", "--to-day", "1/11/2026")
    assert (ran.code, ran.out, ran.err) == (0, "", "No session is on record in that time.\n")


def test_the_years_ahead_are_in_words_for_a_screen_reader(vault: Path) -> None:
    """How many files come to wait, and as what; no bar is read aloud."""
    desk = open_desk(vault, "amina", stories.CLOSED)
    stories.closed_family(desk)
    desk.db.close()
    said = lcs(Typist(env=at(vault) | {"ACCESSIBLE": "1"}), "retention", "due", "--by", "year").out.splitlines()
    assert said[:3] == ["By Thu 26 Nov 2026: 1 file: 1 due.", "Rest of 2026: 0 files.", "2027: 0 files."]
