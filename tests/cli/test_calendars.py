"""A calendar in lines of text: weeks down, days across, sessions by their references."""

from datetime import date
from pathlib import Path

import pytest

from lcs_cli.cli import calendars
from lcs_cli.records.session import ContactSession
from tests.cli.typed import Typist, at, lcs
from tests.conftest import TODAY, open_desk
from tests.services import stories


def session(number: int, day: date, room: str | None = None) -> ContactSession:
    """A session in the morning."""
    return ContactSession(number, 1, day, "10:00", "11:00", room=room)


def test_weeks_go_down_over_the_end_of_a_year() -> None:
    """Each Monday and each first of a month is named; today is in brackets; days without a session are there."""
    found = [session(1, date(2026, 12, 27)), session(2, date(2027, 1, 4)), session(3, date(2027, 1, 4))]
    assert calendars.weeks(found, date(2026, 12, 24), date(2027, 1, 5), date(2027, 1, 4)) == [
        "Mon        Tue        Wed        Thu        Fri        Sat        Sun",
        "21 Dec     22         23         24         25         26         27",
        "                                                                  S-000001-R",
        "28 Dec     29         30         31         1 Jan      2          3",
        "[4 Jan]    5          6          7          8          9          10",
        "S-000002-W",
        "S-000003-A",
    ]


def test_a_full_day_is_counted() -> None:
    """Four are shown, and how many there are more; five have room."""
    lines = calendars.weeks([session(n, TODAY) for n in range(1, 8)], TODAY, TODAY, TODAY)
    assert [line.strip() for line in lines[2:]] == ["S-000001-R", "S-000002-W", "S-000003-A", "S-000004-G", "+ 3 more"]
    five = calendars.weeks([session(n, TODAY) for n in range(1, 6)], TODAY, TODAY, TODAY)
    assert len(five) == len(lines)
    assert "more" not in five[-1]


def test_words_say_the_same() -> None:
    """A day a sentence, with its times."""
    found = [session(1, TODAY, "Blue"), session(2, TODAY), session(3, date(2026, 11, 27))]
    assert calendars.words(found, TODAY) == [
        "Thu 26 Nov 2026, today: 10:00 to 11:00 S-000001-R in Blue; 10:00 to 11:00 S-000002-W.",
        "Fri 27 Nov 2026: 10:00 to 11:00 S-000003-A.",
    ]


@pytest.mark.parametrize("env", [{"ACCESSIBLE": "1"}, {"COLUMNS": "60"}])
def test_without_room_for_it_and_for_screen_readers_it_is_words(
    vault: Path, monkeypatch: pytest.MonkeyPatch, env: dict[str, str]
) -> None:
    """A picture that is broken by the screen says nothing."""
    desk = open_desk(vault)
    stories.booked(desk, stories.family(desk).ref, TODAY)
    desk.db.close()
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    ran = lcs(Typist(env=at(vault) | env), "session", "calendar")
    assert (ran.code, ran.out) == (0, "Thu 26 Nov 2026, today: 10:00 to 11:30 S-000001-R.\n")
    monkeypatch.setenv("COLUMNS", "80")
    assert "[26]" in lcs(Typist(env=at(vault)), "session", "calendar").out
