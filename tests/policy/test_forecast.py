"""What falls due in the coming years (policy 4.6): each file once, on the first of the days on which it waits."""

from datetime import date

from msgspec.structs import replace

from lcs_cli.policy.forecast import FallsDue, falls_due
from lcs_cli.policy.retention import Outcome
from lcs_cli.policy.rules import packaged
from lcs_cli.policy.schedule import schedule_in_force
from lcs_cli.records.family import Episode
from lcs_cli.records.retention import FamilyFacts, HoldFacts, HoldKind, RecordClass, StaffFacts

DAYS = tuple((day, schedule_in_force(packaged(), day)) for day in (date(2026, 12, 31), date(2027, 12, 31)))
NEVER = FamilyFacts("LCS-0001-R", (Episode(date(2026, 1, 5)),), disposable={RecordClass.SESSION: 1})
FIRST = replace(NEVER, episodes=(Episode(date(2019, 1, 7), date(2020, 6, 1)),))
SECOND = replace(NEVER, episodes=(Episode(date(2019, 1, 7), date(2022, 6, 1)),))
HELD = replace(SECOND, holds=(HoldFacts(HoldKind.POLICE),))
LEFT = StaffFacts("ST-003-A", date(2022, 6, 1), last_seen=date(2022, 6, 1), records={RecordClass.STAFF: 1})


def test_each_file_is_counted_once_where_it_first_waits() -> None:
    """By what it is then, families and staff alike; one that waits on no day is counted on none."""
    first, second = falls_due([FIRST, NEVER, SECOND, HELD, LEFT], DAYS)
    assert first == FallsDue(date(2026, 12, 31), {Outcome.DUE: 1})
    assert second == FallsDue(date(2027, 12, 31), {Outcome.DUE: 2, Outcome.REQUIRED: 1})
    assert (first.files, second.files) == (1, 3)
    assert falls_due([NEVER], DAYS[:1]) == (FallsDue(date(2026, 12, 31), {}),)
