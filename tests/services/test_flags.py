"""Safeguarding flags: anyone who works here raises one, only leads read and close them, and all of them stay."""

import pytest

from lcs_cli.errors import NotFoundError, RefusedError, UsageError
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.safeguarding import FlagCategory
from lcs_cli.services import flags
from lcs_cli.services.desk import Desk
from tests.conftest import TODAY, OpenDesk
from tests.services import stories

TEXT = "A bruise on one arm.\nDid not want to say how it came about."


@pytest.mark.parametrize("name", ["amina", "rhys", "tomos"])
@pytest.mark.clause("3", "child's welfare")
def test_everybody_who_works_here_raises_a_concern(desk: Desk, desk_of: OpenDesk, name: str) -> None:
    """Policy 3: about some children, with the day and who raised it; the lead reads what they wrote."""
    household = stories.family(desk, 2)
    raising = desk_of(name)
    raised = flags.raise_flag(raising, household.ref, FlagCategory.PHYSICAL, TEXT, household.children[1:])
    assert (raised.raised_on, raised.raised_by, raised.children) == (TODAY, raising.user.reference, (2,))
    assert flags.show(desk, reference(Kind.FLAG, raised.number)).narrative == TEXT


def test_a_concern_without_children_is_about_all_of_them(desk: Desk) -> None:
    """Also about those who are added later."""
    raised = flags.raise_flag(desk, stories.family(desk, 2).ref, FlagCategory.OTHER, TEXT)
    assert raised.children == ()


@pytest.mark.clause("2", "never stops")
def test_no_paperwork_holds_a_concern_up(desk: Desk) -> None:
    """A family that is closed, that was only referred, or of which no child is known."""
    families = (stories.closed_family(desk), stories.family(desk, opened_on=None), stories.family(desk, 0))
    for family in families:
        assert flags.raise_flag(desk, family.ref, FlagCategory.NEGLECT, TEXT).closed_on is None


def test_a_concern_is_about_children_of_that_family(desk: Desk) -> None:
    """Not about an adult, not about somebody else's child; and it is said how to go on without."""
    household, other = stories.family(desk), stories.family(desk)
    for person in (household.adult, other.children[0]):
        with stories.unchanged(desk), pytest.raises(UsageError, match=f"{person} is not a child of that") as refused:
            flags.raise_flag(desk, household.ref, FlagCategory.OTHER, TEXT, [person])
        assert "leave the child away" in refused.value.hint


@pytest.mark.parametrize("text", ["", " \n ", "a\x00b", "x" * 20_001])
def test_a_concern_says_what_happened(desk: Desk, text: str) -> None:
    """In some words, and not in control characters."""
    household = stories.family(desk)
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^what happened:"):
        flags.raise_flag(desk, household.ref, FlagCategory.OTHER, text)


def test_a_closed_flag_keeps_its_narrative_and_says_what_came_of_it(desk: Desk) -> None:
    """Both sealed; it is closed once, and never anew."""
    household = stories.family(desk)
    ref = stories.flag(desk, household.ref, closed=False)
    closed = flags.close(desk, ref, "Children's services looked into it.")
    assert (closed.closed_on, closed.closed_by) == (TODAY, "U-001-R")
    shown = flags.show(desk, ref)
    assert (shown.narrative, shown.outcome) == ("A bruise on one arm.", "Children's services looked into it.")
    with stories.unchanged(desk), pytest.raises(UsageError, match=f"{ref} was closed on 2026-11-26"):
        flags.close(desk, ref, "again")


def test_a_flag_is_closed_with_words(desk: Desk) -> None:
    """Else it stays open."""
    ref = stories.flag(desk, stories.family(desk).ref, closed=False)
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^outcome:"):
        flags.close(desk, ref, " ")


@pytest.mark.parametrize("name", ["rhys", "tomos"])
def test_only_leads_read_and_close(desk: Desk, desk_of: OpenDesk, name: str) -> None:
    """Policy 4.5: a manager does not, unless also a lead; whoever raised it does not either."""
    household = stories.family(desk)
    raised = flags.raise_flag(desk_of(name), household.ref, FlagCategory.OTHER, TEXT)
    ref = reference(Kind.FLAG, raised.number)
    for attempt in (lambda d: flags.show(d, ref), lambda d: flags.close(d, ref, "looked into")):
        with pytest.raises(RefusedError) as refused:
            attempt(desk_of(name))
        assert refused.value.clause == "4.5"
    assert flags.show(desk, ref).flag.closed_on is None


def test_the_list_shows_no_narrative(desk: Desk, desk_of: OpenDesk) -> None:
    """By family, or only those that are open; a worker does not see it."""
    first, second = stories.family(desk), stories.family(desk)
    stories.flag(desk, first.ref)
    stories.flag(desk, second.ref, closed=False)
    manager = desk_of("rhys")
    assert [flag.number for flag in flags.listing(manager, None)] == [1, 2]
    assert [flag.number for flag in flags.listing(manager, None, only_open=True)] == [2]
    assert [flag.number for flag in flags.listing(manager, first.ref)] == [1]
    assert flags.listing(manager, first.ref, only_open=True) == []
    assert "bruise" not in repr(flags.listing(manager, None))
    with pytest.raises(RefusedError):
        flags.listing(desk_of("tomos"), None)


def test_reading_a_narrative_is_on_the_trail(desk: Desk) -> None:
    """With who read it, and not with what it says."""
    household = stories.family(desk)
    ref = stories.flag(desk, household.ref)
    flags.show(desk, ref)
    entry = stories.trail(desk)[-1]
    assert (entry.actor, entry.action, entry.refs) == ("U-001-R", "flag.show", (ref, household.ref))
    assert entry.detail == {"fields": ["narrative"]}


def test_an_unknown_flag_is_not_found(desk: Desk) -> None:
    """For a lead; nobody else learns whether it is there."""
    with stories.unchanged(desk), pytest.raises(NotFoundError):
        flags.show(desk, reference(Kind.FLAG, 42))
