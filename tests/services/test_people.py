"""People: added, shown with their private details, corrected."""

from datetime import date, timedelta
from typing import Any

import pytest

from lcs_cli.errors import NotFoundError, RefusedError, UsageError
from lcs_cli.policy.consent import ConsentState
from lcs_cli.records.family import ContactField, PersonKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.services import consents, families, keys, people
from lcs_cli.services.consents import ConsentDraft
from lcs_cli.services.desk import Desk
from lcs_cli.services.people import PersonDraft
from tests.conftest import TODAY, OpenDesk
from tests.services import stories

ADDRESS = "12 Elm Row\nAnytown"


def test_a_person_is_added_with_contact_details(desk: Desk) -> None:
    """What is typed comes back as it was typed, over several lines."""
    household = stories.family(desk)
    details = {ContactField.ADDRESS: "3 Heol Las\r\n\tAnytown  \n", ContactField.EMAIL: "marek@example.org"}
    added = people.add(desk, household.ref, PersonDraft(PersonKind.ADULT, "Marek", "Llwyd", None, "father", details))
    shown = people.show(desk, reference(Kind.PERSON, added.number))
    assert shown.person == added
    assert shown.details == {ContactField.ADDRESS: "3 Heol Las\n Anytown", ContactField.EMAIL: "marek@example.org"}


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (PersonDraft(PersonKind.ADULT, "", "Llwyd"), "first name"),
        (PersonDraft(PersonKind.ADULT, "Marek", " "), "family name"),
        (PersonDraft(PersonKind.CHILD, "Siân", "Llwyd", TODAY + timedelta(days=1)), "date of birth"),
        (PersonDraft(PersonKind.CHILD, "Siân", "Llwyd", date(1899, 1, 1)), "date of birth"),
        (PersonDraft(PersonKind.ADULT, "Marek", "Llwyd", None, "f\x07ather"), "relationship"),
        (PersonDraft(PersonKind.ADULT, "Marek", "Llwyd", None, None, {ContactField.ADDRESS: " "}), "address"),
        (PersonDraft(PersonKind.ADULT, "Marek", "Llwyd", None, None, {ContactField.EMAIL: "\u202ea@b"}), "email"),
    ],
)
def test_a_person_who_cannot_be_is_refused(desk: Desk, draft: PersonDraft, field: str) -> None:
    """The message names the field and not what was typed."""
    household = stories.family(desk)
    with stories.unchanged(desk), pytest.raises(UsageError, match=f"^{field}:") as refused:
        people.add(desk, household.ref, draft)
    assert "Marek" not in refused.value.message + refused.value.hint


def test_a_person_is_added_to_a_family_that_is_there(desk: Desk) -> None:
    """A family's reference, and nobody else's."""
    household = stories.family(desk)
    draft = PersonDraft(PersonKind.CHILD, "Siân", "Llwyd")
    with stories.unchanged(desk), pytest.raises(NotFoundError):
        people.add(desk, "LCS-0042-L", draft)
    with stories.unchanged(desk), pytest.raises(UsageError, match="reference of a person"):
        people.add(desk, household.adult, draft)


def test_a_correction_keeps_each_former_value_with_the_reason(desk: Desk) -> None:
    """Of the person's own fields and of the sealed details, which are opened for who may read them."""
    household = stories.family(desk)
    new = {"given_name": "Gwenllian", "date_of_birth": date(1990, 2, 3), "address": "3 Heol Las", "relationship": None}
    person, changed = people.edit(desk, household.adult, new, "as on the passport")
    assert (person.given_name, person.date_of_birth, person.relationship) == ("Gwenllian", date(1990, 2, 3), None)
    assert set(changed) == set(new)
    shown = people.show(desk, household.adult)
    assert shown.details[ContactField.ADDRESS] == "3 Heol Las"
    assert [(dict(one.former), one.reason) for one in shown.corrections] == [
        ({"given_name": "Gwen", "date_of_birth": None, "relationship": "mother"}, "as on the passport"),
        ({"address": ADDRESS}, "as on the passport"),
    ]


def test_a_first_detail_is_no_correction(desk: Desk) -> None:
    """There was nothing before it."""
    household = stories.family(desk)
    _, changed = people.edit(desk, household.children[0], {"telephone": "01632 960777"}, "rang up")
    shown = people.show(desk, household.children[0])
    assert (changed, shown.details[ContactField.TELEPHONE], shown.corrections) == (("telephone",), "01632 960777", [])


def test_a_wrong_detail_is_taken_away_and_kept_with_the_reason(desk: Desk) -> None:
    """It was the other parent's: it is hers no more, and a consent to telling it covers nothing, from then on."""
    household = stories.family(desk)
    draft = ConsentDraft(("telephone",), stories.referrer(desk), "housing", TODAY, "in-writing", "form in file 12")
    ref = reference(Kind.CONSENT, consents.record(desk, household.adult, draft).consent.number)
    assert consents.show(desk, ref).state is ConsentState.LIVE
    _, changed = people.edit(desk, household.adult, {"telephone": None, "relationship": None}, "it is Marek's")
    assert changed == ("relationship", "telephone")
    shown = people.show(desk, household.adult)
    assert set(shown.details) == {ContactField.ADDRESS, ContactField.EMAIL}
    assert [(dict(one.former), one.reason) for one in shown.corrections] == [
        ({"relationship": "mother"}, "it is Marek's"),
        ({"telephone": "01632 960123"}, "it is Marek's"),
    ]
    for new in (None, "01632 960124"):
        people.edit(desk, household.adult, {"telephone": new}, "she has another")
        assert consents.show(desk, ref).state is ConsentState.OVERTAKEN
    keys.rotate(desk)
    assert people.show(desk, household.adult).corrections[1].former == {"telephone": "01632 960123"}


def test_what_is_taken_away_needs_a_reason_and_was_there(desk: Desk) -> None:
    """Without one nothing changes; what is not there leaves no correction."""
    household = stories.family(desk)
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^reason:"):
        people.edit(desk, household.adult, {"telephone": None}, " ")
    assert people.edit(desk, household.children[0], {"telephone": None}, "none")[1] == ()
    assert people.show(desk, household.children[0]).corrections == []


@pytest.mark.parametrize("name", ["27/3/2019 Owain", "Owain 2", "?", "-", "٣"])
def test_a_name_holds_letters_and_no_digits(desk: Desk, name: str) -> None:
    """A date that was typed at the wrong question is nobody's name."""
    household = stories.family(desk)
    for field, names in (("first name", (name, "Llwyd")), ("family name", ("Owain", name))):
        with (
            stories.unchanged(desk),
            pytest.raises(UsageError, match=f"^{field}: must (not hold digits|hold a letter)"),
        ):
            people.add(desk, household.ref, PersonDraft(PersonKind.CHILD, *names))
    for real in ("Đức", "D'Arcy-Jones", "李", "Ma. José"):
        people.add(desk, household.ref, PersonDraft(PersonKind.CHILD, real, "Llwyd"))


@pytest.mark.parametrize(
    "same", [{"given_name": "Gwen"}, {"address": ADDRESS}, {"relationship": "mother"}, {"date_of_birth": None}, {}]
)
def test_a_correction_that_changes_nothing_leaves_no_trace_of_itself(desk: Desk, same: dict[str, Any]) -> None:
    """It is in the audit trail, without a field."""
    household = stories.family(desk)
    _, changed = people.edit(desk, household.adult, same, "none")
    assert changed == ()
    assert people.show(desk, household.adult).corrections == []
    assert stories.trail(desk)[-2].detail == {"fields": []}


@pytest.mark.parametrize(
    ("new", "reason", "field"),
    [
        ({"given_name": ""}, "r", "first name"),
        ({"date_of_birth": date(2026, 11, 27)}, "r", "date of birth"),
        ({"given_name": "Gwenllian", "address": ""}, "r", "address"),
        ({"given_name": "Gwenllian"}, "", "reason"),
        ({"address": "3 Heol Las"}, "  ", "reason"),
    ],
)
def test_a_correction_is_made_as_a_whole_or_not_at_all(
    desk: Desk, new: dict[str, Any], reason: str, field: str
) -> None:
    """One wrong value leaves all the others as they were."""
    household = stories.family(desk)
    with stories.unchanged(desk), pytest.raises(UsageError, match=f"^{field}:"):
        people.edit(desk, household.adult, new, reason)


def test_which_details_were_read_is_on_the_trail_and_not_what_they_say(desk: Desk) -> None:
    """References and names of fields."""
    household = stories.family(desk)
    people.show(desk, household.adult)
    entry = stories.trail(desk)[-1]
    assert (entry.action, entry.refs) == ("person.show", (household.adult, household.ref))
    assert entry.detail == {"fields": ["address", "email", "telephone"]}


def test_a_worker_reads_no_contact_details(desk: Desk, desk_of: OpenDesk) -> None:
    """Policy 4.5: neither the role nor the key."""
    household = stories.family(desk)
    with pytest.raises(RefusedError) as refused:
        people.show(desk_of("tomos"), household.adult)
    assert (refused.value.clause, refused.value.rule) == ("4.5", "authority")


def test_a_person_stays_in_the_family(desk: Desk) -> None:
    """A person's family and kind are no fields that a correction could change."""
    household, other = stories.family(desk), stories.family(desk)
    people.edit(desk, household.children[0], {"given_name": "Zofia"}, "misheard")
    assert [one.given_name for one in families.show(desk, household.ref).people] == ["Zofia", "Gwen"]
    assert [one.given_name for one in families.show(desk, other.ref).people] == ["Siâna", "Gwen"]


@pytest.mark.parametrize("number", ["+44 1632 960123", "(01632) 960123", " 01632 960123 ext 4", "07700 900123"])
def test_a_number_that_can_be_rung_up_is_taken(desk: Desk, number: str) -> None:
    """As it was typed, in any of the ways people write it."""
    household = stories.family(desk)
    people.edit(desk, household.adult, {"telephone": number}, "rang up")
    assert people.show(desk, household.adult).details[ContactField.TELEPHONE] == number.strip()


@pytest.mark.parametrize("number", ["1632 960123", "(1632) 960123", "44 1632 960123"])
def test_a_number_without_its_leading_zero_is_not(desk: Desk, number: str) -> None:
    """A spreadsheet took it away: nobody could ring it up, nor find it by the number as they know it."""
    household = stories.family(desk)
    with stories.unchanged(desk), pytest.raises(UsageError, match="telephone: its leading 0 is missing"):
        people.edit(desk, household.adult, {"telephone": number}, "rang up")
