"""Families: registered, shown, corrected, closed and reopened."""

from datetime import date, timedelta

import pytest

from lcs_cli.errors import NotFoundError, UsageError
from lcs_cli.records.family import Episode, PersonKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import ReferralOutcome
from lcs_cli.records.retention import HoldKind
from lcs_cli.services import contact_sessions, families, referrals, retention
from lcs_cli.services.desk import Desk
from lcs_cli.services.families import FamilyDraft
from lcs_cli.services.people import PersonDraft
from tests.conftest import TODAY, OpenDesk
from tests.services import stories

TOMORROW = TODAY + timedelta(days=1)


def test_a_family_is_registered_with_its_people_and_an_open_episode(desk: Desk) -> None:
    """In one go; the name is kept as typed, but trimmed and normalised."""
    children = [PersonDraft(PersonKind.CHILD, " Sia\u0302n ", "Llwyd", date(2015, 4, 1))]
    file = families.add(desk, FamilyDraft("  Llwyd ", date(2026, 11, 2), children))
    assert (file.family.name, file.family.is_open) == ("Llwyd", True)
    assert file.family.episodes == (Episode(date(2026, 11, 2)),)
    assert [(one.given_name, one.initials) for one in file.people] == [("Si\u00e2n", "S.L.")]


def test_a_family_that_was_only_referred_has_no_episode(desk: Desk) -> None:
    """It can be opened later."""
    file = families.add(desk, FamilyDraft("Llwyd", None))
    assert file.family.episodes == ()
    assert families.reopen(desk, reference(Kind.FAMILY, 1), TODAY).family.is_open


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (FamilyDraft("", TODAY), "family name"),
        (FamilyDraft("   ", TODAY), "family name"),
        (FamilyDraft("L" * 201, TODAY), "family name"),
        (FamilyDraft("Llwyd\x1b[31m", TODAY), "family name"),
        (FamilyDraft("Ll\nwyd", TODAY), "family name"),
        (FamilyDraft("\u202ellwyd", TODAY), "family name"),
        (FamilyDraft("Llwyd", TOMORROW), "opened on"),
        (FamilyDraft("Llwyd", date(1899, 12, 31)), "opened on"),
        (FamilyDraft("Llwyd", TODAY, [PersonDraft(PersonKind.CHILD, "", "Llwyd")]), "first name"),
        (FamilyDraft("Llwyd", TODAY, [PersonDraft(PersonKind.CHILD, "Siân", "Llwyd", TOMORROW)]), "date of birth"),
    ],
)
def test_a_family_that_cannot_be_is_refused_as_a_whole(desk: Desk, draft: FamilyDraft, field: str) -> None:
    """The message names the field; nothing of it is kept, not even the number."""
    with stories.unchanged(desk), pytest.raises(UsageError, match=f"^{field}:"):
        families.add(desk, draft)


def test_a_family_is_shown_with_what_belongs_to_it(desk: Desk) -> None:
    """People, referrals, holds in force and how many sessions; no contact details."""
    household = stories.family(desk, 2)
    stories.referred(desk, household.ref, stories.referrer(desk))
    stories.held(desk, household.ref, TODAY)
    stories.booked(desk, household.ref, TOMORROW)
    retention.hold(desk, household.ref, HoldKind.POLICE, "asked by the police", None)
    file = families.show(desk, household.ref.lower())
    assert [person.kind for person in file.people] == [PersonKind.CHILD, PersonKind.CHILD, PersonKind.ADULT]
    assert (len(file.referrals), len(file.holds), file.sessions) == (1, 1, 2)
    assert not any("Elm" in repr(person) for person in file.people)


def test_a_list_of_open_families_leaves_the_others_out(desk: Desk) -> None:
    """Closed ones and those that were only referred."""
    stories.closed_family(desk)
    stories.family(desk, opened_on=None)
    opened = stories.family(desk)
    assert [file.family.number for file in families.listing(desk)] == [1, 2, 3]
    found = families.listing(desk, only_open=True)
    assert [reference(Kind.FAMILY, file.family.number) for file in found] == [opened.ref]


def test_a_corrected_name_keeps_the_former_one_and_the_reason(desk: Desk) -> None:
    """As often as it is corrected."""
    household = stories.family(desk)
    families.edit(desk, household.ref, "Lloyd", "misheard")
    file, changed = families.edit(desk, household.ref, "Llwyd-Jones", "new name")
    assert (file.family.name, changed) == ("Llwyd-Jones", ("name",))
    assert [(one.former, one.reason, one.corrected_by) for one in file.corrections] == [
        ({"name": "Llwyd"}, "misheard", "U-001-R"),
        ({"name": "Lloyd"}, "new name", "U-001-R"),
    ]


def test_a_correction_that_changes_nothing_keeps_nothing(desk: Desk) -> None:
    """It says so by naming no field."""
    household = stories.family(desk)
    file, changed = families.edit(desk, household.ref, "Llwyd", "none")
    assert (changed, file.corrections) == ((), [])


@pytest.mark.parametrize(("name", "reason", "field"), [("", "r", "family name"), ("Lloyd", " ", "reason")])
def test_a_correction_needs_a_value_and_a_reason(desk: Desk, name: str, reason: str, field: str) -> None:
    """Else the former value stays."""
    household = stories.family(desk)
    with stories.unchanged(desk), pytest.raises(UsageError, match=f"^{field}: must not be empty"):
        families.edit(desk, household.ref, name, reason)


def test_closing_a_family_ends_its_live_referrals(desk: Desk) -> None:
    """The referrer is told nothing from then on; one that is pending stays to be decided on."""
    household = stories.family(desk)
    referrer = stories.referrer(desk)
    accepted = stories.referred(desk, household.ref, referrer)
    referrals.add(desk, household.ref, referrer, TODAY, electronic=False, case_reference=None)
    file, ended = families.close(desk, household.ref, TODAY)
    assert file.family.episodes == (Episode(stories.OPENED, TODAY),)
    assert [reference(Kind.REFERRAL, referral.number) for referral in ended] == [accepted]
    assert [one.outcome for one in file.referrals] == [ReferralOutcome.ENDED, ReferralOutcome.PENDING]


def test_a_referral_decided_on_after_the_closing_day_ends_on_its_own_day(desk: Desk) -> None:
    """No link ends before it began."""
    household = stories.family(desk)
    ref = stories.referred(desk, household.ref, stories.referrer(desk), TODAY)
    families.close(desk, household.ref, stories.CLOSED)
    assert referrals.show(desk, ref).ended_on == TODAY


def test_a_family_is_not_closed_before_what_happened_in_it(desk: Desk) -> None:
    """Not in the future, not before it was opened, not before a session that is booked; the message says which."""
    household = stories.family(desk)
    stories.held(desk, household.ref, date(2019, 6, 3))
    cancelled = stories.booked(desk, household.ref, date(2020, 6, 3))
    contact_sessions.cancel(desk, cancelled, "ill")
    for day, why in (
        (TOMORROW, "future"),
        (date(2019, 1, 6), "2019-01-07, when the episode was opened"),
        (date(2019, 6, 2), "2019-06-03, when a session is booked"),
    ):
        with stories.unchanged(desk), pytest.raises(UsageError, match=why):
            families.close(desk, household.ref, day)
    assert not families.close(desk, household.ref, date(2019, 6, 3))[0].family.is_open


def test_a_closed_family_is_not_closed_again(desk: Desk) -> None:
    """Nor one that was never opened."""
    refs = [stories.closed_family(desk).ref, stories.family(desk, opened_on=None).ref]
    for ref in refs:
        with stories.unchanged(desk), pytest.raises(UsageError, match="no open episode"):
            families.close(desk, ref, TODAY)


def test_a_family_that_comes_back_has_a_second_episode(desk: Desk) -> None:
    """On the day the first one ended or later, not while one is open, and not in the future."""
    household = stories.closed_family(desk)
    for day, why in ((TOMORROW, "future"), (date(2020, 3, 1), "2020-03-02, when the last episode was closed")):
        with stories.unchanged(desk), pytest.raises(UsageError, match=why):
            families.reopen(desk, household.ref, day)
    file = families.reopen(desk, household.ref, stories.CLOSED)
    assert file.family.episodes == (Episode(stories.OPENED, stories.CLOSED), Episode(stories.CLOSED))
    with stories.unchanged(desk), pytest.raises(UsageError, match="open already"):
        families.reopen(desk, household.ref, TODAY)


def test_a_family_that_was_disposed_of_but_left_a_stub_can_come_back(desk_of: OpenDesk) -> None:
    """What is kept for ever is still there to be found."""
    household = stories.closed_family(desk_of("amina", stories.CLOSED), electronic=True)
    stories.disposed(desk_of, household.ref)
    desk = desk_of("amina", TODAY)
    assert families.show(desk, household.ref).family.disposed_on == stories.SWEPT
    file = families.reopen(desk, household.ref, TODAY)
    assert file.family.is_open
    assert len(file.people) == 2
    assert stories.held(desk, household.ref, TODAY)


@pytest.mark.parametrize("use", [families.show, lambda d, r: families.edit(d, r, "x", "y")])
def test_an_unknown_family_is_not_found(desk: Desk, use: object) -> None:
    """And it is said how to look it up."""
    assert callable(use)
    with stories.unchanged(desk), pytest.raises(NotFoundError, match="LCS-0042-L") as missing:
        use(desk, "LCS-0042-L")
    assert missing.value.hint == "look it up with: lcs family list"
