"""Sessions as a file for calendars (RFC 5545): references and times, and nothing about anybody."""

import errno
import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest

from lcs_cli.errors import FailedError, RefusedError, UsageError
from lcs_cli.services import calendars, contact_sessions
from lcs_cli.services.desk import Desk
from tests.conftest import TODAY, OpenDesk
from tests.services import stories

DAYS = (TODAY, TODAY + timedelta(days=300))


def events(path: Path) -> list[Any]:
    """What another program reads in it."""
    return list(icalendar.Calendar.from_ical(path.read_bytes()).walk("VEVENT"))


@pytest.fixture
def booked(desk: Desk) -> Desk:
    """One session before the clocks go forward, one after, one cancelled, one that is over."""
    ref = stories.family(desk).ref
    contact_sessions.book(desk, ref, date(2027, 3, 25), "10:00", "11:30", room="Plantedroom")
    contact_sessions.book(desk, ref, date(2027, 4, 1), "10:00", "11:30", note="Plantednote")
    contact_sessions.cancel(desk, stories.booked(desk, ref, TODAY, "15:00"), "Illness")
    stories.held(desk, ref, date(2026, 11, 3))
    return desk


def test_another_program_reads_the_times_as_they_are_on_the_wall(booked: Desk, tmp_path: Path) -> None:
    """Ten o'clock is ten o'clock on both sides of the change; what is over is not in it."""
    assert calendars.write(booked, *DAYS, tmp_path / "a.ics") == 3
    found = events(tmp_path / "a.ics")
    assert [str(one["SUMMARY"]) for one in found] == ["S-000003-A", "S-000001-R", "S-000002-W"]
    assert [one.decoded("DTSTART").isoformat() for one in found[1:]] == [
        "2027-03-25T10:00:00+00:00",
        "2027-04-01T10:00:00+01:00",
    ]
    assert [str(one["STATUS"]) for one in found] == ["CANCELLED", "CONFIRMED", "CONFIRMED"]
    assert {str(one["CLASS"]) for one in found} == {"PRIVATE"}


def test_nothing_in_it_is_about_anybody(booked: Desk, tmp_path: Path) -> None:
    """No name, note, room, reason or reference of a family; the file is private, and on the trail by counts."""
    calendars.write(booked, *DAYS, tmp_path / "a.ics")
    text = (tmp_path / "a.ics").read_text()
    assert not [
        word for word in ("Siân", "Llwyd", "Plantednote", "Plantedroom", "Illness", "LCS-", "P-00") if word in text
    ]
    assert (tmp_path / "a.ics").stat().st_mode & 0o777 == 0o600
    entry = stories.trail(booked)[-1]
    assert (entry.action, (entry.detail or {})["sessions"]) == ("session.calendar", 3)


def test_read_in_again_it_changes_what_it_brought_before(booked: Desk, tmp_path: Path) -> None:
    """The same session is the same event, with a higher number of its change; another vault's is another."""
    calendars.write(booked, *DAYS, tmp_path / "a.ics")
    contact_sessions.move(booked, "S-000002-W", date(2027, 4, 2), "12:00", "13:00", "asked for")
    calendars.write(booked, *DAYS, tmp_path / "b.ics")
    before, after = (events(tmp_path / name)[-1] for name in ("a.ics", "b.ics"))
    assert before["UID"] == after["UID"]
    assert before["SEQUENCE"] < after["SEQUENCE"]
    assert len({str(one["UID"]) for one in events(tmp_path / "a.ics")}) == 3


def test_a_file_that_cannot_be_leaves_nothing(booked: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there already is not written over; a full disk leaves no half of it."""
    (tmp_path / "there.ics").write_text("mine")
    with pytest.raises(UsageError, match=r"^out: something is there already"):
        calendars.write(booked, *DAYS, tmp_path / "there.ics")
    assert (tmp_path / "there.ics").read_text() == "mine"
    before = sorted(tmp_path.iterdir())

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FailedError, match=r"^out: cannot be written"):
        calendars.write(booked, *DAYS, tmp_path / "a.ics")
    assert sorted(tmp_path.iterdir()) == before


def test_what_was_cancelled_is_not_shown(booked: Desk) -> None:
    """In a calendar to look at there is nothing to take back."""
    assert [one.number for one in calendars.sessions(booked, *DAYS)] == [1, 2]


def test_whoever_may_not_look_sessions_up_writes_no_file(desk_of: OpenDesk, tmp_path: Path) -> None:
    """It is refused, and nothing is left where the file would be."""
    before = sorted(tmp_path.iterdir())
    with pytest.raises(RefusedError, match="U-004-G may not run “session calendar”"):
        calendars.write(desk_of("tomos"), *DAYS, tmp_path / "a.ics")
    assert sorted(tmp_path.iterdir()) == before


def test_days_in_the_wrong_order_are_said(booked: Desk, tmp_path: Path) -> None:
    """Before anything is written."""
    with pytest.raises(UsageError, match=r"^to day: must not be before from day"):
        calendars.write(booked, DAYS[1], DAYS[0], tmp_path / "a.ics")
    assert not (tmp_path / "a.ics").exists()
