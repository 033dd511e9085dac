"""The retention schedule as values (policy 4.6), and what follows from changing one of them."""

from datetime import date

import pytest
from msgspec.structs import replace

from lcs_cli.policy.program import classed_columns, program_file
from lcs_cli.policy.retention import Outcome, decide, disposable_from, still_required
from lcs_cli.policy.rules import packaged
from lcs_cli.policy.schedule import schedule_in_force
from lcs_cli.records.family import Episode
from lcs_cli.records.retention import FamilyFacts, RecordClass

TODAY = date(2026, 5, 11)
CLASSES = program_file("columns")["columns"]
TABLES = {table: (cls, names.split()) for cls, tables in CLASSES.items() for table, names in tables.items()}
CLOSED_LAST_WEEK = FamilyFacts(
    "LCS-0042-L", episodes=(Episode(date(2026, 1, 8), date(2026, 5, 4)),), disposable={RecordClass.SESSION: 1}
)


def test_a_file_is_kept_five_years_and_a_disposal_waits_seven_days() -> None:
    """The periods of the policy, and the cooling-off days of the service."""
    schedule = schedule_in_force(packaged(), TODAY)
    assert (schedule.years, schedule.dormant_years, schedule.cooling_off_days) == (5, 5, 7)


def test_the_schedule_begins_with_2025() -> None:
    """On the day before, no period is in force; on the day itself they all are."""
    before, first = schedule_in_force(packaged(), date(2024, 12, 31)), schedule_in_force(packaged(), date(2025, 1, 1))
    assert (before.years, before.dormant_years, before.cooling_off_days) == (None, None, 0)
    assert (first.years, first.dormant_years, first.cooling_off_days) == (5, 5, 7)


def test_four_classes_are_kept_for_ever_at_any_time() -> None:
    """Safeguarding files, electronic referrals, accident records and child-protection documents, undated."""
    for_ever = {"safeguarding-file", "electronic-referral", "accident-record", "child-protection-document"}
    for today in (date(1999, 1, 1), TODAY, date(2099, 1, 1)):
        assert schedule_in_force(packaged(), today).indefinite == {RecordClass(name) for name in for_ever}


def test_whoever_a_kept_document_points_at_is_decided_by_its_class() -> None:
    """All but a safeguarding file, which points at the children it concerns and at the adults, point at everybody."""
    schedule = schedule_in_force(packaged(), TODAY)
    assert schedule.indefinite - schedule.point_at_everybody == {RecordClass.SAFEGUARDING_FILE}
    assert schedule.point_at_everybody <= schedule.indefinite


def test_every_rule_of_the_schedule_says_what_it_asks_and_by_which_clause() -> None:
    """Each under an id of its own."""
    schedule = schedule_in_force(packaged(), TODAY)
    found = (
        schedule.family_file,
        schedule.dormant_episode,
        schedule.not_required,
        schedule.missing_dates,
        schedule.kept_indefinitely,
        schedule.cooling_off,
    )
    assert [rule.id for rule in found] == [
        "family-file",
        "dormant-episode",
        "not-required",
        "missing-dates",
        "kept-indefinitely",
        "cooling-off",
    ]
    assert {rule.clause for rule in found} == {"4.6"}
    assert all(rule.text.endswith(".") for rule in found)


@pytest.mark.parametrize(
    ("approved", "first_day"),
    [
        (date(2026, 5, 11), date(2026, 5, 18)),
        (date(2026, 12, 28), date(2027, 1, 4)),
        (date(2028, 2, 25), date(2028, 3, 3)),
    ],
)
def test_an_approved_disposal_waits_for_the_cooling_off_days(approved: date, first_day: date) -> None:
    """Seven days from the approval, over the ends of months and years."""
    assert disposable_from(approved, schedule_in_force(packaged(), approved)) == first_day


def test_a_shorter_period_makes_an_older_file_due() -> None:
    """The period is data: a published change is all it takes."""
    shorter = replace(schedule_in_force(packaged(), TODAY), years=0)
    assert decide(CLOSED_LAST_WEEK, schedule_in_force(packaged(), TODAY), TODAY).outcome is Outcome.NOT_DUE
    decision = decide(CLOSED_LAST_WEEK, shorter, TODAY)
    assert (decision.outcome, decision.due_on) == (Outcome.DUE, date(2026, 5, 4))
    assert decision.reasons == ("its last episode was closed on 2026-05-04; 0 years are reached on 2026-05-04",)


@pytest.mark.parametrize("session", [date(2026, 5, 11), date(2026, 5, 18)])
def test_a_session_today_or_still_to_come_requires_the_file_however_short_the_period(session: date) -> None:
    """It is a reason of its own, not only a later use."""
    booked = replace(CLOSED_LAST_WEEK, last_session=session)
    assert still_required(booked, TODAY) == (f"a session is booked for {session.isoformat()}",)
    shorter = replace(schedule_in_force(packaged(), TODAY), years=0)
    assert decide(booked, shorter, TODAY).outcome is not Outcome.DUE


def test_a_session_of_yesterday_requires_nothing() -> None:
    """It has been held: it is a use, and starts the clock."""
    held = replace(CLOSED_LAST_WEEK, last_session=date(2026, 5, 10))
    assert still_required(held, TODAY) == ()


def test_without_a_rule_about_dormant_episodes_an_open_episode_stays_ongoing() -> None:
    """No period in force, no review."""
    unused = FamilyFacts("LCS-0042-L", episodes=(Episode(date(2001, 1, 8)),))
    schedule = schedule_in_force(packaged(), TODAY)
    assert decide(unused, schedule, TODAY).outcome is Outcome.DORMANT
    assert decide(unused, replace(schedule, dormant_years=None), TODAY).outcome is Outcome.ONGOING


def test_every_table_has_a_class_and_at_least_one_column() -> None:
    """A misspelt class would leave a table that no rule speaks of."""
    assert set(classed_columns()) == set(TABLES)
    assert all(RecordClass(cls) for cls in CLASSES)
    assert len(TABLES) == sum(len(tables) for tables in CLASSES.values())
    assert all(classed_columns()[name] == set(columns) != set() for name, (_, columns) in TABLES.items())


def test_no_column_of_a_table_stands_twice() -> None:
    """The second would hide a column that was meant and is missing."""
    assert all(len(columns) == len(classed_columns()[name]) for name, (_, columns) in TABLES.items())


@pytest.mark.parametrize(
    ("table", "cls"),
    [
        ("flag", "safeguarding-file"),
        ("flag_child", "safeguarding-file"),
        ("accident", "accident-record"),
        ("accident_child", "accident-record"),
        ("person", "identity"),
        ("contact_detail", "contact-details"),
        ("attendance", "attendance"),
        ("contact_session", "session"),
        ("audit", "governance"),
        ("disclosure", "governance"),
        ("certificate", "governance"),
    ],
)
def test_a_table_has_the_class_of_what_it_holds(table: str, cls: str) -> None:
    """Concerns and accidents are never in a class that goes; registers and the log are the service's own."""
    assert TABLES[table][0] == cls


def test_the_narrative_of_a_concern_is_part_of_the_safeguarding_file() -> None:
    """And so are the children it names."""
    assert "narrative" in classed_columns()["flag"]
    assert classed_columns()["flag_child"] == {"flag_id", "person_id"}
