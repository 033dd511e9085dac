"""Accident records: anyone who works here adds one, only leads read what it says, and all of them stay."""

from datetime import date, timedelta

import pytest

from lcs_cli.errors import NotFoundError, RefusedError, UsageError
from lcs_cli.records.references import Kind, reference
from lcs_cli.services import accidents
from lcs_cli.services.desk import Desk
from tests.conftest import TODAY, OpenDesk
from tests.services import stories

TEXT = "Fell off the climbing frame.\nA graze on one knee, washed and covered."


@pytest.mark.parametrize("name", ["amina", "rhys", "tomos"])
@pytest.mark.clause("3", "physically harmed")
def test_everybody_who_works_here_records_an_accident(desk: Desk, desk_of: OpenDesk, name: str) -> None:
    """With day, time, the children in it and who recorded it; the lead reads what they wrote."""
    household = stories.family(desk, 2)
    recording = desk_of(name)
    one = accidents.add(recording, household.ref, TODAY, TEXT, happened_at="10:40", children=household.children[1:])
    assert (one.happened_on, one.happened_at, one.children) == (TODAY, "10:40", (2,))
    assert (one.recorded_on, one.recorded_by) == (TODAY, recording.user.reference)
    shown = accidents.show(desk, reference(Kind.ACCIDENT, one.number))
    assert (shown.accident, shown.narrative) == (one, TEXT)


def test_an_accident_may_name_no_child_and_no_time(desk: Desk) -> None:
    """A father who slipped, at a time that nobody noted."""
    one = accidents.add(desk, stories.family(desk).ref, TODAY, TEXT)
    assert (one.children, one.happened_at) == ((), None)


@pytest.mark.clause("2", "never stops")
def test_no_paperwork_holds_an_accident_up(desk: Desk) -> None:
    """A family that is closed, that was only referred, or of which no child is known."""
    families = (stories.closed_family(desk), stories.family(desk, opened_on=None), stories.family(desk, 0))
    for number, family in enumerate(families, start=1):
        assert accidents.add(desk, family.ref, TODAY, TEXT).number == number


def test_a_late_entry_says_when_it_happened_and_when_it_was_recorded(desk: Desk) -> None:
    """However late: both days stay apart."""
    one = accidents.add(desk, stories.family(desk).ref, date(2019, 2, 4), TEXT)
    assert (one.happened_on, one.recorded_on) == (date(2019, 2, 4), TODAY)


def test_an_accident_has_happened(desk: Desk) -> None:
    """Tomorrow's is a slip, and so is one of another age."""
    household = stories.family(desk)
    for day in (TODAY + timedelta(days=1), date(1026, 11, 26)):
        with stories.unchanged(desk), pytest.raises(UsageError, match=r"^day:"):
            accidents.add(desk, household.ref, day, TEXT)


@pytest.mark.parametrize("time", ["24:00", "9:30", "10.40", "morning", "10:40:00"])
def test_the_time_of_an_accident_is_a_time(desk: Desk, time: str) -> None:
    """Or it is left away."""
    household = stories.family(desk)
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^time:"):
        accidents.add(desk, household.ref, TODAY, TEXT, happened_at=time)


def test_an_accident_names_children_of_that_family(desk: Desk) -> None:
    """Each once; not an adult, not somebody else's child; and it is said how to go on without."""
    household, other = stories.family(desk, 2), stories.family(desk)
    first, second = household.children
    assert accidents.add(desk, household.ref, TODAY, TEXT, children=[second, first, second]).children == (1, 2)
    for person in (household.adult, other.children[0]):
        with stories.unchanged(desk), pytest.raises(UsageError, match=f"{person} is not a child of that") as refused:
            accidents.add(desk, household.ref, TODAY, TEXT, children=[person])
        assert "leave the child away" in refused.value.hint


@pytest.mark.parametrize("text", ["", " \n ", "a\x00b", "x" * 20_001])
def test_an_accident_says_what_happened(desk: Desk, text: str) -> None:
    """In some words, and not in control characters."""
    household = stories.family(desk)
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^what happened:"):
        accidents.add(desk, household.ref, TODAY, text)


@pytest.mark.parametrize("name", ["rhys", "tomos"])
def test_only_leads_read_what_an_accident_record_says(desk: Desk, desk_of: OpenDesk, name: str) -> None:
    """Policy 4.5: a manager does not, unless also a lead; whoever recorded it does not either."""
    recorded = accidents.add(desk_of(name), stories.family(desk).ref, TODAY, TEXT)
    with pytest.raises(RefusedError) as refused:
        accidents.show(desk_of(name), reference(Kind.ACCIDENT, recorded.number))
    assert refused.value.clause == "4.5"


def test_the_list_of_accidents_shows_no_narrative(desk: Desk, desk_of: OpenDesk) -> None:
    """Of all families, or of one; a worker does not see it."""
    first, second = stories.family(desk), stories.family(desk)
    stories.accident(desk, first.ref, first.children)
    stories.accident(desk, second.ref)
    manager = desk_of("rhys")
    assert [(one.number, one.family, one.children) for one in accidents.listing(manager, None)] == [
        (1, 1, (1,)),
        (2, 2, ()),
    ]
    assert [one.number for one in accidents.listing(manager, second.ref)] == [2]
    assert "step" not in repr(accidents.listing(manager, None))
    with pytest.raises(RefusedError):
        accidents.listing(desk_of("tomos"), None)


def test_reading_what_an_accident_record_says_is_on_the_trail(desk: Desk) -> None:
    """With who read it, and not with what it says."""
    household = stories.family(desk)
    ref = stories.accident(desk, household.ref, household.children)
    assert "step" not in repr(accidents.show(desk, ref))
    entry = stories.trail(desk)[-1]
    assert (entry.actor, entry.action, entry.refs) == ("U-001-R", "accident.show", (ref, household.ref))
    assert entry.detail == {"fields": ["narrative"]}


def test_an_unknown_accident_is_not_found(desk: Desk) -> None:
    """For a lead; nobody else learns whether it is there."""
    with stories.unchanged(desk), pytest.raises(NotFoundError, match="no accident has the reference AR-0042-L"):
        accidents.show(desk, reference(Kind.ACCIDENT, 42))
