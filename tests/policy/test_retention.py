"""What the cases of the schedule do not ask (policy 4.6): a dormant file that is kept, and since when nothing waits."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from lcs_cli.policy.retention import Outcome, decide, quiet_since
from lcs_cli.policy.rules import packaged
from lcs_cli.policy.schedule import schedule_in_force
from lcs_cli.records.family import Episode
from lcs_cli.records.retention import FamilyFacts, RecordClass

TODAY = date(2026, 11, 26)
DAY = timedelta(days=1)
SCHEDULE = schedule_in_force(packaged(), TODAY)
DORMANT = FamilyFacts("LCS-0042-L", (Episode(date(2019, 1, 7)),), disposable={RecordClass.SESSION: 1})


@pytest.mark.parametrize(
    ("kept_until", "outcome"),
    [(None, Outcome.DORMANT), (TODAY, Outcome.DORMANT), (TODAY + DAY, Outcome.ONGOING)],
)
def test_a_dormant_file_that_a_review_keeps_is_not_asked_about_until_that_day(
    kept_until: date | None, outcome: Outcome
) -> None:
    """On that day it is."""
    assert decide(replace(DORMANT, kept_until=kept_until), SCHEDULE, TODAY).outcome is outcome


@pytest.mark.parametrize(
    ("years", "dormant_years", "since"),
    [
        (5, 5, date(2021, 11, 26)),
        (5, 3, date(2023, 11, 26)),
        (2, 3, date(2024, 11, 26)),
        (None, 5, None),
        (5, None, None),
        (None, None, None),
    ],
)
def test_nothing_waits_that_was_used_within_the_shorter_period(
    years: int | None, dormant_years: int | None, since: date | None
) -> None:
    """Where one of the two has none, every file may wait."""
    assert quiet_since(replace(SCHEDULE, years=years, dormant_years=dormant_years), TODAY) == since
