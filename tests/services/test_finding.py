"""Finding somebody by what is remembered of them."""

from datetime import date, timedelta

import pytest

from lcs_cli.errors import UsageError
from lcs_cli.records.family import ContactField, PersonKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.services import contact_sessions, families, finding, people
from lcs_cli.services.desk import Desk
from lcs_cli.services.families import FamilyDraft
from lcs_cli.services.likeness import similar
from lcs_cli.services.people import PersonDraft
from tests.conftest import TODAY, open_desk
from tests.services import stories

BORN = date(2019, 3, 27)


@pytest.fixture
def kowalska(desk: Desk) -> str:
    """A family with names of two languages, beside others."""
    stories.family(desk)
    phone = {ContactField.TELEPHONE: "+44 1632 960101"}
    draft = FamilyDraft(
        "Kowalska",
        TODAY,
        [
            PersonDraft(PersonKind.CHILD, "Siobhán", "Kowalska", BORN),
            PersonDraft(PersonKind.ADULT, "Łukasz", "O'Đorđe", None, "father", phone),
        ],
    )
    families.add(desk, draft)
    return "LCS-0002-W"


@pytest.mark.parametrize(
    "typed",
    [
        "Shivaun Kowalsky",
        "Ковальски",
        "kowalska",
        "KOWALSKI",
        "lukash",
        "Odjorde",
        "Siobhan",
        "0002-w",
        "lcs-0002",
        "01632 960101",
        "960101",
    ],
)
def test_a_family_is_found_however_it_is_spelt(desk: Desk, kowalska: str, typed: str) -> None:
    """Other alphabets, marks, slips, part of a reference, a telephone number as it is dialled here."""
    found = finding.find(desk, typed)
    assert kowalska in [f"LCS-{one.family.number:04d}-W" for one in found.matches]
    entry = stories.trail(desk)[-1]
    assert (entry.action, kowalska in entry.refs) == ("find", True)
    assert typed not in str(entry)


def test_the_best_match_comes_first_and_what_is_beyond_twenty_is_counted(desk: Desk) -> None:
    """Nobody takes a list that was cut for the whole."""
    for _ in range(22):
        stories.family(desk, name="Smythe")
    stories.family(desk, name="Smith")
    found = finding.find(desk, "smith")
    assert (len(found.matches), found.more) == (20, 3)
    assert found.matches[0].family.name == "Smith"


def test_a_former_name_is_found(desk: Desk, kowalska: str) -> None:
    """Somebody who telephones may give the name that was corrected."""
    families.edit(desk, kowalska, "Nowak", "married")
    people.edit(desk, "P-0003-A", {"family_name": "Nowak"}, "married")
    assert {one.by for one in finding.find(desk, "Kowalska").matches} == {"former name"}


@pytest.mark.parametrize("typed", ["", "ab", "- .", "12"])
def test_less_than_three_letters_find_nobody(desk: Desk, typed: str) -> None:
    """They would find everybody."""
    with pytest.raises(UsageError, match=r"^name or reference: must have at least 3"):
        finding.find(desk, typed)


@pytest.mark.parametrize(
    ("name", "children", "alike"),
    [
        ("Kowalski", [("Siobhan", None)], True),
        ("Nowak", [("Siobhan", BORN)], True),
        ("Kowalski", [("Anna", BORN)], True),
        ("Kowalski", [], True),
        ("Kowalski", [("Anna", None)], False),
        ("Nowak", [("Anna", BORN)], False),
        ("Nowak", [], False),
    ],
)
def test_a_family_is_alike_by_two_signs_of_three(
    desk: Desk, kowalska: str, name: str, children: list[tuple[str, date | None]], alike: bool
) -> None:
    """Family name, a child's name, its date of birth; the name alone where no child is entered."""
    drafts = [PersonDraft(PersonKind.CHILD, given, name, born) for given, born in children]
    found = similar(desk, FamilyDraft(name, TODAY, drafts))
    assert bool(found) is alike
    assert (kowalska in stories.trail(desk)[-1].refs) is (alike or stories.trail(desk)[-1].action == "family.add")


def test_the_next_session_is_one_that_is_not_over(desk: Desk, kowalska: str) -> None:
    """One of this morning that was recorded is not next; one that was cancelled neither."""
    contact_sessions.cancel(desk, stories.booked(desk, kowalska, TODAY, "11:00"), "flu")
    stories.held(desk, kowalska, TODAY)
    assert finding.find(desk, "kowalska").matches[0].next_session is None
    coming = stories.booked(desk, kowalska, date(2026, 12, 3))
    found = finding.find(desk, "kowalska").matches[0].next_session
    assert found is not None
    assert reference(Kind.SESSION, found.number) == coming


@pytest.mark.usefixtures("kowalska")
def test_a_search_is_on_the_trail_by_what_it_opened_and_found(desk: Desk) -> None:
    """Telephone numbers are sealed: that they were opened is told, the number is not."""
    finding.find(desk, "960101")
    assert stories.trail(desk)[-1].detail == {"fields": ["telephone"], "found": 1}
    (match,) = finding.find(desk, "siobhan").matches
    assert match.person is not None
    shown = {reference(Kind.FAMILY, match.family.number), reference(Kind.PERSON, match.person.number)}
    assert (stories.trail(desk)[-1].detail, set(stories.trail(desk)[-1].refs)) == ({"found": 1}, shown)


@pytest.mark.usefixtures("kowalska")
def test_few_digits_are_part_of_a_reference_and_open_no_telephone_number(desk: Desk) -> None:
    """Three digits are in somebody's number; from five on they are looked for there."""
    assert finding.find(desk, "101").matches == ()
    assert "fields" not in (stories.trail(desk)[-1].detail or {})
    assert [one.by for one in finding.find(desk, "60101").matches] == ["telephone"]


def test_who_may_not_look_families_up_is_shown_none_that_is_alike(desk: Desk, kowalska: str) -> None:
    """Else making a family would tell which there are; who may is on the trail with what was shown."""
    draft = FamilyDraft("Kowalski", TODAY, [])
    assert similar(open_desk(desk.vault.folder, "tomos"), draft) == []
    assert [one.family.number for one in similar(desk, draft)] == [2]
    entry = stories.trail(desk)[-1]
    assert (entry.action, entry.refs, entry.detail) == ("find", (kowalska,), {"found": 1})


@pytest.mark.usefixtures("kowalska")
@pytest.mark.parametrize("typed", ["①②③④⑤", "²³¹¹¹", "00440", "+44 0"])
def test_what_holds_no_five_digits_to_dial_is_no_telephone_number(desk: Desk, typed: str) -> None:
    """Without one, every number would hold it."""
    assert finding.find(desk, typed).matches == ()
    assert "fields" not in (stories.trail(desk)[-1].detail or {})


@pytest.mark.usefixtures("kowalska")
def test_a_telephone_number_is_found_in_the_digits_of_another_alphabet(desk: Desk) -> None:
    """As they are typed on another keyboard; and others than those find nobody."""
    assert [one.by for one in finding.find(desk, "٩٦٠١٠١").matches] == ["telephone"]
    assert finding.find(desk, "٩٩٩٩٩٩").matches == ()


def test_who_may_not_list_sessions_is_shown_none(desk: Desk, kowalska: str) -> None:
    """Where and when a child will be is more than who the child is."""
    stories.booked(desk, kowalska, TODAY + timedelta(days=1))
    assert finding.find(desk, "kowalska").matches[0].next_session is not None
    manager = open_desk(desk.vault.folder, "rhys")
    assert not manager.may("session.list")
    assert finding.find(manager, "kowalska").matches[0].next_session is None


def test_no_more_than_five_alike_are_shown(desk: Desk) -> None:
    """And all of those that are shown are on the trail."""
    for _ in range(7):
        stories.family(desk, name="Kowalska")
    found = similar(desk, FamilyDraft("Kowalska", TODAY, []))
    assert len(found) == 5
    entry = stories.trail(desk)[-1]
    assert (len(entry.refs), entry.detail) == (5, {"found": 7})
