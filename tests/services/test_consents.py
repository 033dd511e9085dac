"""Consents (policy 4.2): whose word opens the gate, for how long, and that it shuts at once."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from lcs_cli.errors import NotFoundError, RefusedError, UsageError
from lcs_cli.policy.consent import ConsentState
from lcs_cli.records.consent import RecordedConsent
from lcs_cli.records.disclosure import Shut
from lcs_cli.records.family import PersonKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.services import consents, families, overview, people, referrals
from lcs_cli.services.consents import ConsentDraft
from lcs_cli.services.desk import Desk
from lcs_cli.services.people import PersonDraft
from lcs_cli.vault.connection import Database, Row
from tests.conftest import TODAY, OpenDesk
from tests.services import stories
from tests.services.stories import CLOSED, Household

TOMORROW = TODAY + timedelta(days=1)


def given(recipient: str) -> ConsentDraft:
    """A consent to tell an address to a solicitor, from today on."""
    return ConsentDraft(("address",), recipient, "legal-advice", TODAY, "in-writing", "form in paper file 12")


@pytest.fixture
def household(desk: Desk) -> Household:
    """A family with two children and their mother."""
    return stories.family(desk, 2)


@pytest.fixture
def solicitor(desk: Desk) -> str:
    """Who asks for the address."""
    return stories.referrer(desk, ReferrerKind.SOLICITOR)


def parents(household: Household, recipient: str) -> ConsentDraft:
    """A mother's consent to tell a child's name to a solicitor."""
    known = "birth certificate seen"
    return replace(given(recipient), details=("name",), given_by=household.adult, responsibility=known)


def father(desk: Desk, family: str) -> str:
    """Another adult of the family."""
    added = people.add(desk, family, PersonDraft(PersonKind.ADULT, "Huw", "Llwyd", None, "father"))
    return reference(Kind.PERSON, added.number)


def check(desk: Desk, person: str, to: str, *share: str, purpose: str = "legal-advice") -> tuple[str, ...]:
    """The references of the consents by which the gate opens."""
    answer = consents.check(desk, person, share or ["address"], to, purpose)
    return tuple(reference(Kind.CONSENT, one.number) for one in answer.consents)


@pytest.mark.clause("4.2", "explicit consent")
def test_a_consent_opens_the_gate_for_what_it_says_and_nothing_else(
    desk: Desk, household: Household, solicitor: str
) -> None:
    """That detail of that person, to that recipient, for that purpose, from that day on."""
    other = stories.referrer(desk, ReferrerKind.SOLICITOR)
    consents.record(desk, household.adult, given(solicitor))
    assert check(desk, household.adult, solicitor) == ("CN-0001-R",)
    for share, to, purpose in (
        (["telephone"], solicitor, "legal-advice"),
        (["address", "telephone"], solicitor, "legal-advice"),
        (["address"], other, "legal-advice"),
        (["address"], "solicitor", "legal-advice"),
        (["address"], solicitor, "housing"),
    ):
        with pytest.raises(RefusedError) as refused:
            check(desk, household.adult, to, *share, purpose=purpose)
        assert (refused.value.clause, refused.value.rule) == ("4.2", "personal-details")
    yesterday = stories.on(desk, TODAY - timedelta(days=1))
    with pytest.raises(RefusedError):
        check(yesterday, household.adult, solicitor)


@pytest.mark.clause("4.2", "explicit consent")
def test_one_adults_consent_does_not_cover_the_other(desk: Desk, household: Household, solicitor: str) -> None:
    """Neither can one give it for the other: the service refuses, and so does the schema."""
    other = father(desk, household.ref)
    consents.record(desk, household.adult, given(solicitor))
    with pytest.raises(RefusedError, match=f"no live consent covers {other}.address"):
        check(desk, other, solicitor)
    draft = replace(given(solicitor), given_by=household.adult, responsibility="says so")
    with pytest.raises(RefusedError, match="is an adult") as refused:
        consents.record(desk, other, draft)
    assert (refused.value.clause, desk.db.value("SELECT count(*) FROM consent")) == ("4.2", 1)
    columns = "id, person_id, given_by, details, referrer_id, purpose, given_from, given_how, evidence, responsibility"
    row = f"INSERT INTO consent ({columns}, recorded_on, recorded_by, recorded_change) VALUES (9, 4, 3, 'address', 1, "
    row += "'housing', '2026-11-26', 'in-writing', 'form', 'says so', '2026-11-26', 'U-001-R', 1)"
    with pytest.raises(RefusedError, match="nobody consents for another adult"), desk.db.transaction():
        desk.db.run(row)


def test_a_parent_consents_for_a_child_with_how_that_is_known(desk: Desk, household: Household, solicitor: str) -> None:
    """Not without it; where the person gave it, there is nothing of the kind to know."""
    child, parent = household.children[0], household.adult
    draft = replace(given(solicitor), details=("name",), given_by=parent, responsibility="birth certificate")
    one = consents.record(desk, child, draft).consent
    assert (one.given_by, one.responsibility, one.person) == (3, "birth certificate", 1)
    assert check(desk, child, solicitor, "name") == ("CN-0001-R",)
    for person, wrong in ((child, replace(draft, responsibility=None)), (parent, replace(draft, given_by=None))):
        with stories.unchanged(desk), pytest.raises(UsageError, match="responsibility"):
            consents.record(desk, person, wrong)


def test_a_parents_consent_ends_with_the_childs_coming_of_age(desk: Desk, solicitor: str) -> None:
    """Siân is eighteen on 1 April 2033: the gate knows, though nobody wrote it down."""
    household = stories.family(desk)
    draft = parents(household, solicitor)
    assert consents.record(desk, household.children[0], draft).ends_on == date(2033, 3, 31)
    assert check(stories.on(desk, date(2033, 3, 31)), household.children[0], solicitor, "name")
    with pytest.raises(RefusedError):
        check(stories.on(desk, date(2033, 4, 1)), household.children[0], solicitor, "name")


@pytest.mark.clause("4.2", "explicit consent")
def test_a_childs_address_is_not_told_on_a_parents_word(desk: Desk, household: Household, solicitor: str) -> None:
    """It may be the other parent's home: refused when it is recorded, and at the gate whatever is on record."""
    child = household.children[0]
    draft = replace(parents(household, solicitor), details=("name", "address"))
    with pytest.raises(RefusedError, match="another adult's home") as refused:
        consents.record(desk, child, draft)
    assert (refused.value.clause, refused.value.rule) == ("4.2", "explicit-consent")
    assert "record date_of_birth, name alone" in refused.value.hint
    consents.record(desk, child, parents(household, solicitor))
    with desk.db.transaction():
        desk.db.run(
            "INSERT INTO consent SELECT 2, person_id, given_by, 'address name', referrer_id, purpose, given_from, "
            "until, given_how, evidence, responsibility, recorded_on, recorded_by, recorded_change, NULL, NULL, NULL, "
            "NULL, NULL FROM consent"
        )
    assert check(desk, child, solicitor, "name") == ("CN-0001-R", "CN-0002-W")
    with pytest.raises(RefusedError, match="another adult's home"):
        check(desk, child, solicitor, "address")
    assert consents.show(desk, "CN-0002-W").shut == {"address": Shut.OTHERS_HOME}


def test_a_consent_for_a_child_needs_a_date_of_birth(desk: Desk, solicitor: str) -> None:
    """Else a parent's word would never end, and nobody could know whether the child may; it is said what helps."""
    household = stories.family(desk)
    undated = people.add(desk, household.ref, PersonDraft(PersonKind.CHILD, "Owen", "Llwyd", None))
    child = reference(Kind.PERSON, undated.number)
    for draft in (parents(household, solicitor), replace(given(solicitor), details=("name",))):
        with pytest.raises(RefusedError, match="no date of birth on record") as refused:
            consents.record(desk, child, draft)
        assert f"lcs person edit {child}" in refused.value.hint
    people.edit(desk, child, {"date_of_birth": date(2015, 2, 3)}, "asked")
    assert consents.record(desk, child, parents(household, solicitor)).ends_on == date(2033, 2, 2)


def test_a_child_consents_for_itself_from_sixteen(desk: Desk, household: Household, solicitor: str) -> None:
    """On the day on which it was given, whenever it is written down or begins."""
    child, sixteen = household.children[0], date(2031, 4, 1)
    there = stories.on(desk, sixteen)
    for at, draft in (
        (desk, given(solicitor)),
        (desk, replace(given(solicitor), given_from=sixteen)),
        (there, replace(given(solicitor), given_from=sixteen - timedelta(days=1))),
    ):
        with pytest.raises(RefusedError, match="under 16"):
            consents.record(at, child, draft)
    own = consents.record(there, child, replace(given(solicitor), given_from=sixteen)).consent
    assert (own.given_by, own.responsibility) == (1, None)
    assert check(there, child, solicitor) == ("CN-0001-R",)


@pytest.mark.clause("4.2", "explicit consent")
def test_a_childs_own_withdrawal_outweighs_a_parents_word(desk: Desk, household: Household, solicitor: str) -> None:
    """For what it withdrew, to whom, for what, earlier and later: shut until the child says otherwise."""
    child, there = household.children[0], stories.on(desk, date(2031, 4, 1))
    both = replace(parents(household, solicitor), details=("name", "date_of_birth"), given_from=there.today)
    consents.record(there, child, both)
    consents.record(there, child, replace(both, purpose="housing"))
    consents.record(there, child, replace(given(solicitor), details=("name",), given_from=there.today))
    consents.withdraw(there, "CN-0003-A", there.today, "in-person", "does not want it")
    with pytest.raises(RefusedError, match="the child withdrew its own consent"):
        check(there, child, solicitor, "name")
    assert consents.show(there, "CN-0001-R").shut == {"name": Shut.OWN_WITHDRAWAL}
    assert check(there, child, solicitor, "date_of_birth") == ("CN-0001-R",)
    assert check(there, child, solicitor, "name", purpose="housing") == ("CN-0002-W",)
    with pytest.raises(RefusedError, match="withdrew its own consent to tell name: P-") as refused:
        consents.record(there, child, both)
    assert (refused.value.clause, f"lcs consent record {child}" in refused.value.hint) == ("4.2", True)
    consents.record(there, child, replace(given(solicitor), details=("name",), given_from=there.today))
    assert check(there, child, solicitor, "name") == ("CN-0004-G",)


@pytest.mark.parametrize("change", [("Harrow Road Police Station", None), (None, ReferrerKind.HEALTH)])
@pytest.mark.clause("4.2", "explicit consent")
def test_a_consent_does_not_follow_a_reference_to_somebody_else(
    desk: Desk, household: Household, solicitor: str, change: tuple[str | None, ReferrerKind | None]
) -> None:
    """Corrected into another body it is none that was consented to: overtaken, until it is recorded anew."""
    consents.record(desk, household.adult, given(solicitor))
    referrals.edit_referrer(desk, solicitor, *change, "was somebody else")
    with pytest.raises(RefusedError, match="the recipient was corrected after the consent was recorded") as refused:
        check(desk, household.adult, solicitor)
    assert f"record it anew: lcs consent record {household.adult}" in refused.value.hint
    shown = consents.show(desk, "CN-0001-R")
    assert (shown.state, shown.shut) == (ConsentState.OVERTAKEN, {"address": Shut.RECIPIENT})
    assert [one.state for one in consents.listing(desk, None, None)] == [ConsentState.OVERTAKEN]
    consents.record(desk, household.adult, given(solicitor))
    assert check(desk, household.adult, solicitor) == ("CN-0002-W",)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"details": ()}, "details: must not be empty"),
        ({"details": ("shoe size",)}, "details: must be one of address, "),
        ({"purpose": "proceedings"}, "purpose: must be one of "),
        ({"purpose": ""}, "purpose: must be one of "),
        ({"given_how": "by-telephone-without"}, "how given: must be one of "),
        ({"evidence": " "}, "evidence: must not be empty"),
        ({"evidence": "two\nlines"}, "evidence: holds a control"),
        ({"until": TODAY - timedelta(days=1)}, "until: must not be before from"),
        ({"given_from": date(1026, 11, 26)}, "from: the year is out of range"),
        ({"recipient": "police"}, "referrer: what was typed"),
    ],
)
def test_a_consent_is_whole(
    desk: Desk, household: Household, solicitor: str, changes: dict[str, object], named: str
) -> None:
    """Each field is checked, and named in one line."""
    draft = replace(given(solicitor), **changes)
    with stories.unchanged(desk), pytest.raises(UsageError) as wrong:
        consents.record(desk, household.adult, draft)
    assert wrong.value.message.startswith(named)
    assert wrong.value.hint


@pytest.mark.clause("4.2", "explicit consent")
def test_a_withdrawal_works_at_once_and_is_never_undone(desk: Desk, household: Household, solicitor: str) -> None:
    """The same minute; a new consent is a new record, and the old one stays as it was."""
    consents.record(desk, household.adult, given(solicitor))
    done = consents.withdraw(desk, "CN-0001-R", TODAY, "by-telephone", "another solicitor")
    assert (done.state, done.consent.withdrawn_by) == (ConsentState.WITHDRAWN, "U-001-R")
    with pytest.raises(RefusedError):
        check(desk, household.adult, solicitor)
    with stories.unchanged(desk), pytest.raises(UsageError, match="CN-0001-R was withdrawn on 2026-11-26"):
        consents.withdraw(desk, "CN-0001-R", TODAY, "by-telephone", "again")
    for change in (
        "UPDATE consent SET withdrawn_on = NULL, withdrawn_how = NULL, withdrawn_reason = NULL, withdrawn_by = NULL",
        "UPDATE consent SET withdrawn_on = '2027-01-01'",
    ):
        with pytest.raises(RefusedError, match="withdrawn once"), desk.db.transaction():
            desk.db.run(change)
    consents.record(desk, household.adult, given(solicitor))
    assert check(desk, household.adult, solicitor) == ("CN-0002-W",)
    assert consents.show(desk, "CN-0001-R").consent.withdrawn_reason == "another solicitor"


def test_a_withdrawal_has_happened_and_follows_the_consent(desk: Desk, household: Household, solicitor: str) -> None:
    """Not tomorrow, and not before there was anything to withdraw; in one of the ways of the rule file."""
    consents.record(desk, household.adult, given(solicitor))
    for day, how, named in (
        (TOMORROW, "in-writing", "day: must not be in the future"),
        (TODAY - timedelta(days=1), "in-writing", "day: must not be before the consent was given"),
        (TODAY, "by carrier pigeon", "how withdrawn: must be one of "),
    ):
        with stories.unchanged(desk), pytest.raises(UsageError) as wrong:
            consents.withdraw(desk, "CN-0001-R", day, how, "moved")
        assert wrong.value.message.startswith(named)


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        ({"address": "3 Heol Las"}, ("address",)),
        ({"telephone": "01632 960999"}, ()),
        ({"family_name": "Pritchard"}, ("name",)),
        ({"date_of_birth": date(1990, 1, 1)}, ("date_of_birth",)),
        ({"relationship": "aunt"}, ()),
    ],
)
def test_a_detail_that_was_changed_after_the_consent_is_not_told(
    desk: Desk, household: Household, solicitor: str, change: dict[str, object], changed: tuple[str, ...]
) -> None:
    """The consent was given for the detail as it was."""
    people.edit(desk, household.adult, {"address": "1 Before"}, "moved before")
    draft = replace(given(solicitor), details=("address", "name", "date_of_birth"))
    assert consents.record(desk, household.adult, draft).shut == {}
    people.edit(desk, household.adult, change, "corrected")
    assert consents.show(desk, "CN-0001-R").shut == dict.fromkeys(changed, Shut.CHANGED)
    for name in draft.details:
        if name not in changed:
            assert check(desk, household.adult, solicitor, name) == ("CN-0001-R",)
            continue
        with pytest.raises(RefusedError, match=f"{name}: it was changed after the consent was given") as refused:
            check(desk, household.adult, solicitor, name)
        assert "ask again, and record it anew: lcs consent record" in refused.value.hint


def test_a_detail_that_is_first_entered_after_the_consent_is_not_told(desk: Desk, solicitor: str) -> None:
    """As is one that was corrected between the day it was given and the day it was recorded."""
    household = stories.family(desk)
    other = father(desk, household.ref)
    consents.record(desk, other, given(solicitor))
    people.edit(desk, other, {"address": "5 New Street"}, "told us")
    assert consents.show(desk, "CN-0001-R").shut == {"address": Shut.CHANGED}
    with pytest.raises(RefusedError, match="changed after the consent was given"):
        check(desk, other, solicitor)
    late = replace(given(solicitor), given_from=TODAY - timedelta(days=9))
    people.edit(stories.on(desk, TODAY - timedelta(days=5)), household.adult, {"address": "3 Heol Las"}, "moved")
    assert consents.record(desk, household.adult, late).shut == {"address": Shut.CHANGED}


def test_a_renewed_consent_makes_up_for_a_changed_detail(desk: Desk, household: Household, solicitor: str) -> None:
    """What one of the consents covers as it is now needs no further question."""
    consents.record(desk, household.adult, given(solicitor))
    people.edit(desk, household.adult, {"address": "3 Heol Las"}, "moved")
    consents.record(desk, household.adult, given(solicitor))
    assert check(desk, household.adult, solicitor) == ("CN-0002-W",)


def lapsing(desk: Desk) -> list[str]:
    """Those that are listed; as many are counted in the day and in the status."""
    found = [reference(Kind.CONSENT, one.consent.number) for one in consents.listing(desk, None, None, lapsing=True)]
    counts = [
        {one.name: one.count for one in shown.waiting}["lapsing_consents"]
        for shown in (overview.today(desk), overview.status(desk))
    ]
    assert counts == [len(found)] * 2
    return found


def test_what_lapses_or_has_lapsed_unnoticed_waits_for_a_person(
    desk: Desk, household: Household, solicitor: str
) -> None:
    """Thirty days before, and until it is renewed or withdrawn; not where the family is no longer served."""
    until = TODAY + timedelta(days=31)
    consents.record(desk, household.adult, replace(given(solicitor), until=until))
    assert lapsing(desk) == []
    later = stories.on(desk, TOMORROW)
    assert lapsing(later) == ["CN-0001-R"]
    long_after = stories.on(desk, TODAY + timedelta(days=300))
    assert lapsing(long_after) == ["CN-0001-R"]
    consents.record(later, household.adult, replace(given(solicitor), given_from=TOMORROW))
    assert lapsing(long_after) == []
    consents.withdraw(later, "CN-0002-W", TOMORROW, "in-writing", "no longer")
    assert lapsing(long_after) == ["CN-0001-R"]
    consents.withdraw(long_after, "CN-0001-R", long_after.today, "not-renewed", "not needed any more")
    assert lapsing(long_after) == []


def test_what_was_renewed_ahead_waits_for_nobody(desk: Desk, household: Household, solicitor: str) -> None:
    """Whatever else that person consents to; nor does a parent's word that ends later than that."""
    consents.record(desk, household.adult, replace(given(solicitor), until=TOMORROW))
    assert lapsing(desk) == ["CN-0001-R"]
    consents.record(desk, household.adult, given(solicitor))
    consents.record(desk, household.adult, replace(given(solicitor), purpose="housing"))
    until = TODAY + timedelta(days=31)
    consents.record(desk, household.children[0], replace(parents(household, solicitor), until=until))
    assert lapsing(desk) == []


def test_what_else_lets_the_same_be_told_is_said(desk: Desk, household: Household, solicitor: str) -> None:
    """Else a withdrawal would shut nothing, unnoticed; and what is recorded twice is withdrawn once."""
    ended, other = TODAY - timedelta(days=1), stories.referrer(desk, ReferrerKind.SOLICITOR)
    draft = given(solicitor)
    drafts = [
        draft,
        replace(draft, details=("address", "telephone"), given_from=TOMORROW),  # CN-0002-W, the same and more
        replace(draft, details=("telephone",)),
        replace(draft, recipient=other),
        replace(draft, purpose="housing"),
        replace(draft, given_from=ended, until=ended),
    ]
    for one in drafts:
        consents.record(desk, household.adult, one)

    def numbers(others: tuple[RecordedConsent, ...]) -> list[int]:
        return [one.number for one in others]

    withdrawn = consents.withdraw(desk, "CN-0001-R", TODAY, "in-writing", "no longer")
    assert numbers(withdrawn.others) == [2]
    assert numbers(consents.record(desk, household.adult, draft).others) == [2]
    more = consents.record(desk, household.adult, replace(draft, details=("address", "telephone", "email")))
    assert numbers(more.others) == []
    assert numbers(consents.withdraw(desk, "CN-0002-W", TODAY, "in-writing", "no longer").others) == [3, 7, 8]


def test_what_lapses_of_many_consents_of_one_person_is_read_at_once(
    desk: Desk, household: Household, solicitor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not once more for each of them."""
    consents.record(desk, household.adult, replace(given(solicitor), until=TOMORROW))
    with desk.db.transaction():
        desk.db.run(
            "WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO consent "
            "SELECT i, person_id, given_by, details, referrer_id, purpose, given_from, until, given_how, evidence, "
            "responsibility, recorded_on, recorded_by, recorded_change, NULL, NULL, NULL, NULL, NULL FROM consent, n "
            "WHERE id = 1"
        )
    asked: list[str] = []
    read = Database.rows

    def counted(db: Database, query: str, *values: object) -> list[Row]:
        asked.append(query)
        return read(db, query, *values)

    monkeypatch.setattr(Database, "rows", counted)
    assert consents.lapsing_count(desk) == 2000
    assert len([query for query in asked if "FROM consent" in query]) == 2


def test_a_withdrawal_before_the_first_day_shuts_it_for_good(desk: Desk, household: Household, solicitor: str) -> None:
    """It was recorded ahead, and withdrawn before it began: it never opens; not before it was recorded, either."""
    begins = TODAY + timedelta(days=7)
    consents.record(desk, household.adult, replace(given(solicitor), given_from=begins))
    with pytest.raises(UsageError, match="before the consent was given"):
        consents.withdraw(desk, "CN-0001-R", TODAY - timedelta(days=1), "in-writing", "no")
    assert consents.withdraw(desk, "CN-0001-R", TODAY, "in-writing", "no").state is ConsentState.WITHDRAWN
    with pytest.raises(RefusedError):
        check(stories.on(desk, begins), household.adult, solicitor)


def test_nothing_lapses_of_a_family_that_is_closed(desk: Desk, household: Household, solicitor: str) -> None:
    """Its consents go with its file."""
    consents.record(desk, household.adult, replace(given(solicitor), until=TOMORROW))
    assert lapsing(desk) == ["CN-0001-R"]
    families.close(desk, household.ref, TODAY)
    assert lapsing(desk) == []


def test_the_list_is_by_person_by_family_or_whole(desk: Desk, household: Household, solicitor: str) -> None:
    """By number, with what each is today."""
    other = stories.family(desk)
    for person in (household.adult, father(desk, household.ref), other.adult):
        consents.record(desk, person, given(solicitor))

    def listed(person: str | None = None, family: str | None = None) -> list[int]:
        return [one.consent.number for one in consents.listing(desk, person, family)]

    assert (listed(), listed(household.adult), listed(None, household.ref)) == ([1, 2, 3], [1], [1, 2])
    assert listed(other.adult, household.ref) == []
    with pytest.raises(NotFoundError):
        consents.listing(desk, reference(Kind.PERSON, 99), None)


def test_those_that_lapse_are_listed_of_one_person_or_one_family_too(
    desk: Desk, household: Household, solicitor: str
) -> None:
    """Whoever sees a family asks for its own alone."""
    other = stories.family(desk)
    for person in (household.adult, father(desk, household.ref), other.adult):
        consents.record(desk, person, replace(given(solicitor), until=TOMORROW))

    def listed(person: str | None, family: str | None) -> list[int]:
        return [one.consent.number for one in consents.listing(desk, person, family, lapsing=True)]

    assert (listed(None, household.ref), listed(None, other.ref)) == ([1, 2], [3])
    assert (listed(household.adult, None), listed(other.adult, household.ref)) == ([1], [])


def test_a_long_list_of_consents_is_read_in_parts(desk: Desk, household: Household, solicitor: str) -> None:
    """Each of them once, whatever the size of the parts."""
    first = consents.record(desk, household.adult, given(solicitor)).consent
    with desk.db.transaction():
        desk.db.run(
            "WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 1001) INSERT INTO consent "
            "SELECT i, person_id, given_by, details, referrer_id, purpose, given_from, until, given_how, evidence, "
            "responsibility, recorded_on, recorded_by, recorded_change, NULL, NULL, NULL, NULL, NULL FROM consent, n "
            "WHERE id = 1"
        )
    found = [one.consent for one in consents.listing(desk, None, None)]
    assert [one.number for one in found] == list(range(1, 1002))
    assert {replace(one, number=1) for one in found} == {first}


def test_a_stub_of_a_disposed_family_consents_to_nothing(desk_of: OpenDesk) -> None:
    """There is nothing left that could be told; served again, it can (policy 4.6)."""
    desk = desk_of("amina", CLOSED)
    household = stories.closed_family(desk)
    stories.flag(desk, household.ref)
    solicitor = stories.referrer(desk)
    desk.db.close()
    stories.disposed(desk_of, household.ref)
    desk = desk_of()
    with pytest.raises(RefusedError, match="was disposed of") as refused:
        consents.record(desk, household.adult, given(solicitor))
    assert (refused.value.clause, "lcs family reopen" in refused.value.hint) == ("4.6", True)
    families.reopen(desk, household.ref, TODAY)
    assert consents.record(desk, household.adult, given(solicitor)).state is ConsentState.LIVE


def test_consents_go_with_the_family(desk_of: OpenDesk) -> None:
    """The certificate counts them; the register keeps the ground, and no name."""
    desk = desk_of("amina", CLOSED)
    household = stories.closed_family(desk)
    there = stories.on(desk, CLOSED)
    solicitor = stories.referrer(there)
    consents.record(there, household.adult, replace(given(solicitor), given_from=CLOSED))
    desk.db.close()
    (one,) = stories.disposed(desk_of, household.ref).disposed
    assert one.went["consent"] == 1
    assert desk_of().db.rows("SELECT * FROM consent") == []


def test_asking_is_on_the_trail_with_names_of_fields(desk: Desk, household: Household, solicitor: str) -> None:
    """Whether the answer was yes or no; recording too."""
    with pytest.raises(RefusedError):
        check(desk, household.adult, solicitor)
    asked = stories.trail(desk)[-1]
    assert (asked.action, asked.outcome, household.adult in asked.refs) == ("consent.check", "refused", True)
    consents.record(desk, household.adult, given(solicitor))
    entry = stories.trail(desk)[-1]
    assert (entry.refs, entry.detail) == (
        (household.adult, "CN-0001-R", household.ref, solicitor),
        {"fields": ["address"]},
    )
    check(desk, household.adult, solicitor)
    entry = stories.trail(desk)[-1]
    assert (entry.outcome, "CN-0001-R" in entry.refs) == ("done", True)


def test_a_parent_who_consents_is_on_the_trail_beside_the_child(
    desk: Desk, household: Household, solicitor: str
) -> None:
    """Whoever looks for what that parent said finds it: recorded, read and withdrawn."""
    child = household.children[0]
    consents.record(desk, child, parents(household, solicitor))
    consents.show(desk, "CN-0001-R")
    consents.withdraw(desk, "CN-0001-R", TODAY, "in-writing", "no longer")
    for entry in stories.trail(desk)[-3:]:
        assert {child, household.adult} <= set(entry.refs), entry.action


@pytest.mark.parametrize(("share", "to", "purpose"), [(["address"], "", "housing"), (["address"], "REF-0001-R", "")])
def test_no_recipient_or_no_purpose_is_refused(
    desk: Desk, household: Household, solicitor: str, share: list[str], to: str, purpose: str
) -> None:
    """By clause 2."""
    assert solicitor == "REF-0001-R"
    with pytest.raises(RefusedError) as refused:
        consents.check(desk, household.adult, share, to, purpose)
    assert (refused.value.clause, refused.value.rule) == ("2", "request")


@pytest.mark.parametrize("name", ["tomos"])
def test_a_worker_neither_records_nor_reads_consents(desk: Desk, desk_of: OpenDesk, name: str) -> None:
    """Policy 4.2, 4.5."""
    household, solicitor = stories.family(desk), stories.referrer(desk)
    worker = desk_of(name)
    consents.record(desk, household.adult, given(solicitor))
    for attempt in (
        lambda: consents.record(worker, household.adult, given(solicitor)),
        lambda: consents.withdraw(worker, "CN-0001-R", TODAY, "in-writing", "no"),
        lambda: consents.check(worker, household.adult, ["address"], solicitor, "housing"),
        lambda: consents.show(worker, "CN-0001-R"),
        lambda: consents.listing(worker, None, None),
    ):
        with pytest.raises(RefusedError, match="may not run"):
            attempt()
