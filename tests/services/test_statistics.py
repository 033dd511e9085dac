"""The numbers of a period: what is counted, and when. Which are hidden: `tests/policy/test_statistics.py`."""

from datetime import date

import pytest

from lcs_cli.errors import UsageError
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.services import attendance, contact_sessions, families, statistics
from lcs_cli.services.attendance import Outcome
from lcs_cli.services.desk import Desk
from tests.services import stories

YEAR = (date(2025, 4, 1), date(2026, 3, 31))
CAME, STAYED_AWAY = Outcome(attended=True, arrived="10:00", left="11:00"), Outcome(attended=False)


def numbers(desk: Desk, first: date | None = None, last: date | None = None) -> dict[str, dict[str, str]]:
    """The groups by their names."""
    return {name: dict(counts) for name, counts in statistics.of_period(desk, first, last).groups}


@pytest.fixture
def year(desk: Desk) -> Desk:
    """Six families of two children: on six days one child of each comes, on five nobody does, and one is cancelled."""
    agency = stories.referrer(desk, ReferrerKind.COURT, "Anytown Court")
    for number in range(6):
        household = stories.family(desk, 2, opened_on=date(2025, 4, 1), name=f"Name{chr(97 + number)}")
        stories.referred(desk, household.ref, agency, date(2025, 4, 1))
        for day in range(1, 13):
            ref = stories.booked(desk, household.ref, date(2026, 3, 31 - day))
            if day < 12:
                attendance.record(desk, ref, CAME if day < 7 else STAYED_AWAY, [household.children[0]])
                attendance.record(desk, ref, STAYED_AWAY, [household.children[1]])
            else:
                contact_sessions.cancel(desk, ref, "flu")
        stories.booked(desk, household.ref, date(2026, 4, 1))
        families.close(desk, household.ref, date(2026, 4, 1))
    return desk


def test_what_is_counted(year: Desk) -> None:
    """By day, both ends among them; a session to which one child came is attended, and that child alone came."""
    assert numbers(year) == numbers(year, *YEAR)
    found = numbers(year)
    assert found["sessions"] == {
        "in all": "72",
        "attended": "36",
        "did not attend": "30",
        "cancelled": "6",
        "not recorded": "0",
        "attended, of those recorded": "55 %",
    }
    assert found["families"] == {"came to a session": "6", "began": "6", "closed": "0"}
    assert found["children"] == {"came to a session": "6"}
    assert found["referrals"]["in all"] == found["referrals"]["court"] == "6"
    assert (found["referrers"]["in all"], found["referrers"]["court"], found["referrers"]["police"]) == ("*", "<5", "0")
    later = numbers(year, date(2026, 4, 1))
    assert (later["sessions"]["not recorded"], later["families"]) == (
        "6",
        {"came to a session": "0", "began": "0", "closed": "6"},
    )


def test_small_numbers_are_hidden(year: Desk) -> None:
    """Of one family in one week, nothing is told but that there was something."""
    stories.booked(year, stories.family(year).ref, date(2026, 5, 4))
    found = numbers(year, date(2026, 5, 1), date(2026, 5, 31))
    assert found["sessions"] == {
        "in all": "*",
        "attended": "0",
        "did not attend": "0",
        "cancelled": "0",
        "not recorded": "<5",
        "attended, of those recorded": "",
    }


def test_days_to_come_are_not_counted(desk: Desk) -> None:
    """A session that is booked has not been held; days in the wrong order are said."""
    ref = stories.family(desk).ref
    for day in range(1, 8):
        stories.booked(desk, ref, date(2026, 12, day))
    found = statistics.of_period(desk, date(2026, 11, 1), date(2026, 12, 31))
    assert found.last == desk.today
    assert dict(found.groups[0][1])["in all"] == "0"
    with pytest.raises(UsageError, match=r"^to day: must not be before from day"):
        statistics.of_period(desk, date(2026, 11, 1), date(2026, 10, 1))


def test_the_period_is_on_the_trail(desk: Desk) -> None:
    """Whoever asked for many small periods is seen to have."""
    statistics.of_period(desk, *YEAR)
    entry = stories.trail(desk)[-1]
    assert (entry.action, entry.detail) == ("status.stats", {"first": "2025-04-01", "last": "2026-03-31"})
