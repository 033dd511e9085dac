"""Recording the day by answering: each session stands on its own, and what was saved stands."""

from datetime import timedelta
from pathlib import Path

import pytest

from lcs_cli.records.family import PersonKind
from lcs_cli.services import attendance, contact_sessions, families
from lcs_cli.services.families import FamilyDraft
from lcs_cli.services.people import PersonDraft
from tests.cli.typed import Typist, at, lcs
from tests.conftest import TODAY, open_desk
from tests.services import stories

RECORD = ("attendance", "record")


@pytest.fixture
def day(vault: Path) -> Path:
    """Two sessions this morning, of a family with two children and one with one."""
    desk = open_desk(vault)
    for number, children in enumerate((2, 1)):
        household = stories.family(desk, children)
        contact_sessions.book(desk, household.ref, TODAY, f"0{number + 6}:00", f"0{number + 7}:30")
    desk.db.close()
    return vault


def answered(vault: Path, *answers: str) -> tuple[int, str, str]:
    """The walk with these answers, and then nobody there any more."""
    ran = lcs(Typist(answers, env=at(vault)), *RECORD)
    return ran.code, ran.out, ran.err


def lines(vault: Path) -> list[tuple[bool, str | None, str | None]]:
    """What is on record."""
    found = open_desk(vault).db.rows("SELECT attended, arrived, departed FROM attendance ORDER BY session_id, child_id")
    return [(bool(came), arrived, left) for came, arrived, left in found]


def test_what_was_answered_before_somebody_left_stands(day: Path) -> None:
    """The first session is saved; the second, half answered, is not."""
    code, out, err = answered(day, "", "06:10", "", "x", "a")
    assert (code, "stopped: what was saved before stands" in err) == (130, True)
    assert "Saved S-000001-R" in out
    assert lines(day) == [(True, "06:10", "07:30"), (False, None, None)]
    code, out, err = answered(day)
    assert (code, out, "1 session to record" in err) == (130, "Nothing was saved.\n", True)


def test_whoever_may_record_is_asked_and_what_they_were_shown_is_on_the_trail(day: Path) -> None:
    """A worker, who lists no sessions otherwise; a past session that is shown is named there as well."""
    stories.booked(open_desk(day), "LCS-0001-R", TODAY - timedelta(days=1))
    ran = lcs(Typist(["", "06:10", ""], env=at(day) | {"LCS_USER": "tomos"}), *RECORD)
    assert "2 sessions to record" in ran.err
    entry = next(one for one in reversed(stories.trail(open_desk(day))) if one.action == "today")
    assert set(entry.refs) == {"S-000001-R", "S-000002-W", "S-000003-A"}


def test_a_time_that_cannot_be_is_asked_for_again(day: Path) -> None:
    """It is still to come, or before the arrival."""
    code, _, err = answered(day, "", "25:00", "23:00", "06:10", "06:00", "", "x", "s")
    assert code == 0
    assert err.count("Arrived [06:00]: ") == 3
    assert err.count("Left [07:30]: ") == 2
    assert lines(day) == [(True, "06:10", "07:30"), (False, None, None)]


def test_one_session_that_cannot_be_recorded_keeps_no_other_from_it(day: Path) -> None:
    """Its times have nothing to do with the booked ones: said, and the next one is asked about."""
    code, out, err = answered(day, "", "08:00", "08:30", "", "08:00", "08:30", "x")
    assert (code, "error: arrived, left: the session was booked from 06:00 to 07:30" in err) == (0, True)
    assert lines(day) == [(False, None, None)]
    assert "Saved S-000002-W" in out


def test_a_family_without_a_child_is_said(day: Path) -> None:
    """With what to do about it."""
    desk = open_desk(day)
    adult = PersonDraft(PersonKind.ADULT, "Gwen", "Rees", None)
    file = families.add(desk, FamilyDraft("Rees", TODAY, [adult]))
    contact_sessions.book(desk, f"LCS-{file.family.number:04d}-A", TODAY, "08:00", "08:30")
    desk.db.close()
    code, _, err = answered(day, "s", "s")
    assert (code, "hint: lcs person add LCS-0003-A" in err) == (0, True)


def test_a_day_without_sessions_says_so(vault: Path) -> None:
    """And asks nothing."""
    assert answered(vault) == (0, "Nothing was saved.\n", "Thu 26 Nov 2026, 0 sessions to record.\n")


def test_the_past_is_offered_after_today(day: Path) -> None:
    """The oldest first; Enter leaves it."""
    desk = open_desk(day)
    ref = stories.family(desk).ref
    for days in (3, 9):
        contact_sessions.book(desk, ref, TODAY - timedelta(days=days), "10:00", "11:00")
    desk.db.close()
    code, out, err = answered(day, "s", "s", "")
    assert (code, out, err.count("10:00 to 11:00")) == (0, "Nothing was saved.\n", 0)
    code, out, err = answered(day, "s", "s", "y", "x", "s")
    assert "1 of 2  S-000004-G  Tue 17 Nov 2026" in err
    assert "S-000004-G" in out
    assert [len(found) for found in attendance.to_record(open_desk(day))] == [2, 1, 0]
