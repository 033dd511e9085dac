"""How long an entry of the staff register is kept (policy 4.6)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from lcs_cli.policy.effects import NewlyDue, effects
from lcs_cli.policy.retention import Outcome, facts_hash
from lcs_cli.policy.rules import Rules, packaged
from lcs_cli.policy.schedule import schedule_in_force
from lcs_cli.policy.staff_file import decide_file, decide_staff
from lcs_cli.records.retention import FamilyFacts, HoldFacts, HoldKind, RecordClass, StaffFacts
from lcs_cli.records.years import anniversary

LEFT = date(2020, 2, 29)
DUE = date(2025, 3, 1)
DAY = timedelta(days=1)
SCHEDULE = schedule_in_force(packaged(), DUE)
RECORDS = {RecordClass.STAFF: 3, RecordClass.CORRECTION: 1}
EFA = StaffFacts("ST-003-A", LEFT, last_seen=date(2020, 1, 6), records=RECORDS)
HERE = replace(EFA, left_on=None)
HOLD = HoldFacts(HoldKind.INQUIRY)


@pytest.mark.clause("4.6", "five years")
def test_an_entry_is_due_five_calendar_years_after_the_last_day() -> None:
    """Somebody who left on 29 February is due on 1 March, and not the day before."""
    before, then = decide_staff(EFA, SCHEDULE, DUE - DAY), decide_staff(EFA, SCHEDULE, DUE)
    assert (before.outcome, then.outcome) == (Outcome.NOT_DUE, Outcome.DUE)
    assert (then.rule.id, then.rule.clause, then.clock_start, then.due_on) == ("staff-file", "4.6", LEFT, DUE)
    assert then.reasons == ("they left on 2020-02-29; 5 years are reached on 2025-03-01",)
    assert (then.subject, then.fate.goes, then.fate.stays) == ("ST-003-A", RECORDS, {})


STILL: Mapping[str, tuple[dict[str, Any], str]] = {
    "a slot": ({"slot": "U-004-G"}, "U-004-G still opens the vault"),
    "a session to supervise": ({"sessions": ("S-000001-R", "S-000002-W")}, "supervise: S-000001-R, S-000002-W"),
    "a hold": ({"holds": (HOLD,)}, "an inquiry hold until it is released"),
    "a hold on its last day": ({"holds": (replace(HOLD, until=DUE),)}, "until 2025-03-01"),
    "a review that keeps it": ({"kept_until": DUE + DAY}, "a review keeps it until 2025-03-02"),
}


@pytest.mark.parametrize(("found", "because"), STILL.values(), ids=STILL.keys())
def test_what_is_still_required_is_not_due(found: dict[str, Any], because: str) -> None:
    """The reason says what is in the way."""
    decision = decide_staff(replace(EFA, **found), SCHEDULE, DUE)
    assert (decision.outcome, decision.rule.id) == (Outcome.REQUIRED, "not-required")
    assert because in decision.reasons[0]


def test_what_is_over_is_in_nobodys_way() -> None:
    """A hold whose last day is past, a day until which a review kept it."""
    ended = replace(EFA, holds=(replace(HOLD, until=DUE - DAY),), kept_until=DUE)
    assert decide_staff(ended, SCHEDULE, DUE).outcome is Outcome.DUE


@pytest.mark.clause("4.6", "safeguarding files")
def test_whoever_a_concern_names_belongs_to_that_file_for_ever() -> None:
    """On any day from the due day on nothing would go, and everything stays."""
    named = replace(EFA, concerns=1)
    for day in (DUE, date(2099, 1, 1)):
        decision = decide_staff(named, SCHEDULE, day)
        assert (decision.outcome, decision.rule.id) == (Outcome.KEPT, "kept-indefinitely")
        assert (decision.fate.goes, decision.fate.stays) == ({}, RECORDS)


@pytest.mark.parametrize("facts", [HERE, EFA], ids=["works here", "left not long ago"])
def test_before_that_day_nothing_tells_that_a_concern_names_somebody(facts: StaffFacts) -> None:
    """Colleagues see the list: the answer is the same in every word as without one."""
    assert decide_staff(replace(facts, concerns=2), SCHEDULE, DUE - DAY) == decide_staff(facts, SCHEDULE, DUE - DAY)


def test_somebody_who_works_here_is_never_due() -> None:
    """However long ago they joined, as long as something tells that they are here."""
    assert decide_staff(HERE, SCHEDULE, date(2024, 12, 31)).outcome is Outcome.ONGOING
    assert decide_staff(replace(HERE, slot="U-004-G"), SCHEDULE, date(2035, 1, 1)).outcome is Outcome.ONGOING


def test_a_leaving_day_that_nobody_knows_is_asked_for() -> None:
    """Five years after the last trace of somebody: kept, a person is asked, and asked again when that was answered."""
    on = date(2025, 1, 6)
    assert decide_staff(HERE, SCHEDULE, on - DAY).outcome is Outcome.ONGOING
    decision = decide_staff(HERE, SCHEDULE, on)
    assert (decision.outcome, decision.rule.id) == (Outcome.ASK, "missing-dates")
    assert "nothing of them is later than 2020-01-06" in decision.reasons[0]
    kept = replace(HERE, kept_until=date(2026, 1, 6))
    assert decide_staff(kept, SCHEDULE, date(2026, 1, 5)).outcome is Outcome.ONGOING
    assert decide_staff(kept, SCHEDULE, date(2026, 1, 6)).outcome is Outcome.ASK


def test_without_a_period_in_force_it_is_kept_and_asked() -> None:
    """Before the first value of the schedule begins."""
    day = date(2024, 12, 31)
    assert (
        decide_staff(replace(EFA, left_on=date(2010, 1, 1)), schedule_in_force(packaged(), day), day).outcome == "ask"
    )


def test_any_fact_that_changes_makes_another_hash() -> None:
    """So that an approved disposal goes back to review."""
    changes: list[dict[str, Any]] = [found for found, _ in STILL.values()]
    changes += [{"concerns": 1}, {"left_on": DUE}, {"records": {RecordClass.STAFF: 4}}]
    assert len({facts_hash(replace(EFA, **one)) for one in [{}, *changes]}) == len(changes) + 1


@given(
    st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 4000), st.sampled_from([f for f, _ in STILL.values()])
)
def test_nothing_that_stands_in_the_way_ever_makes_it_due(left: date, days: int, found: dict[str, Any]) -> None:
    """And whoever left less than five years ago is not due, whatever else is so."""
    facts, today = replace(EFA, left_on=left), left + timedelta(days)
    schedule = schedule_in_force(packaged(), today)
    assert decide_staff(replace(facts, concerns=1), schedule, today).outcome is not Outcome.DUE
    if decide_staff(facts, schedule, today).outcome is Outcome.DUE:
        assert today >= anniversary(left, 5)
    hindered = decide_staff(replace(facts, **found), schedule, today)
    ended = isinstance(found.get("kept_until"), date) or any(hold.until for hold in found.get("holds", ()))
    assert ended or hindered.outcome is not Outcome.DUE


def test_a_file_is_decided_on_as_what_it_is() -> None:
    """A family by the rule about families, an entry of the staff register by its own."""
    family = FamilyFacts("LCS-0042-L", disposable={RecordClass.SESSION: 1}, last_session=LEFT)
    assert [decide_file(one, SCHEDULE, DUE).rule.id for one in (family, EFA)] == ["family-file", "staff-file"]


def test_a_shorter_period_is_told_with_whom_it_newly_makes_due() -> None:
    """Before it is published."""
    text = packaged().contents["retention_schedule.toml"].decode()
    head, tail = text.split("[staff_file]")
    shorter = f"{head}[staff_file]{tail.replace('value = 5', 'value = 4', 1)}".encode()
    rules = Rules({**packaged().contents, "retention_schedule.toml": shorter})
    found = effects(packaged(), rules, [EFA], DUE - DAY)
    assert found.due == (NewlyDue("ST-003-A", Outcome.DUE, DUE - DAY),)
    assert found.shortened == ("staff-file: 5 years become 4 years, by 2025-02-28",)
