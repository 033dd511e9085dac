"""Referrers and referrals: who sends families, and which links are live."""

from datetime import date, timedelta

import pytest

from lcs_cli.errors import NotFoundError, RefusedError, UsageError
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import ReferralOutcome, ReferrerKind
from lcs_cli.services import disclosures, exports, families, referrals
from lcs_cli.services.desk import Desk
from lcs_cli.services.export_plan import ExportOrder
from lcs_cli.services.telling import Ask
from tests.conftest import TODAY
from tests.services import stories

RECEIVED = date(2026, 11, 2)


@pytest.fixture
def pending(desk: Desk) -> str:
    """A referral that nobody has decided on."""
    household = stories.family(desk)
    added = referrals.add(
        desk, household.ref, stories.referrer(desk), RECEIVED, electronic=True, case_reference="AT/2026/1"
    )
    return reference(Kind.REFERRAL, added.number)


def test_a_referral_is_recorded_as_received(desk: Desk, pending: str) -> None:
    """It waits for a decision, and is no link yet."""
    found = referrals.show(desk, pending)
    assert (found.received_on, found.electronic, found.case_reference) == (RECEIVED, True, "AT/2026/1")
    assert found.outcome is ReferralOutcome.PENDING
    assert referrals.show_referrer(desk, "REF-0001-R")[1] == []


def test_an_accepted_referral_is_a_live_link_until_it_ends(desk: Desk, pending: str) -> None:
    """From then on it is history."""
    accepted = referrals.decide(desk, pending, ReferralOutcome.ACCEPTED, date(2026, 11, 3))
    assert referrals.show_referrer(desk, "REF-0001-R")[1] == [accepted]
    ended = referrals.decide(desk, pending, ReferralOutcome.ENDED, date(2026, 11, 20))
    assert (ended.decided_on, ended.ended_on) == (date(2026, 11, 3), date(2026, 11, 20))
    assert referrals.show_referrer(desk, "REF-0001-R")[1] == []


STEPS = [
    ([], ReferralOutcome.PENDING),
    ([], ReferralOutcome.ENDED),
    ([ReferralOutcome.ACCEPTED], ReferralOutcome.ACCEPTED),
    ([ReferralOutcome.ACCEPTED], ReferralOutcome.DECLINED),
    ([ReferralOutcome.ACCEPTED], ReferralOutcome.PENDING),
    ([ReferralOutcome.DECLINED], ReferralOutcome.ACCEPTED),
    ([ReferralOutcome.DECLINED], ReferralOutcome.ENDED),
    ([ReferralOutcome.ACCEPTED, ReferralOutcome.ENDED], ReferralOutcome.ACCEPTED),
    ([ReferralOutcome.ACCEPTED, ReferralOutcome.ENDED], ReferralOutcome.ENDED),
]


PRIVATE = (
    "77 Refuge Lane 01632 960101",
    "01632960101",
    "020 7946 0018",
    "AT (01632) 960101",
    "7 Elm Row BS1 4QA",
    "m1 1ae",
)


@pytest.mark.parametrize(
    "case", ["AT/1", "0123", "LV24P01234", "1234567890", "2026-000123456", "ZC24C 00017", "01/2026/4455"]
)
def test_a_case_reference_of_any_office_is_taken(desk: Desk, case: str) -> None:
    """Letters and numbers as courts and authorities write them are no telephone number and no postcode."""
    ref = stories.referred(desk, stories.family(desk).ref, stories.referrer(desk), TODAY, case=case)
    assert referrals.show(desk, ref).case_reference == case


@pytest.mark.parametrize(("steps", "then"), STEPS)
def test_a_decision_is_made_once(desk: Desk, pending: str, steps: list[ReferralOutcome], then: ReferralOutcome) -> None:
    """A referral that comes again is a new record."""
    for step in steps:
        referrals.decide(desk, pending, step, TODAY)
    with stories.unchanged(desk), pytest.raises(UsageError, match=f"cannot become {then}|is {then} already"):
        referrals.decide(desk, pending, then, TODAY)


def test_a_decision_is_not_made_before_the_referral_came(desk: Desk, pending: str) -> None:
    """Nor in the future; nor does a link end before it was accepted."""
    for day, why in ((RECEIVED - timedelta(days=1), "before 2026-11-02"), (TODAY + timedelta(days=1), "future")):
        with stories.unchanged(desk), pytest.raises(UsageError, match=why):
            referrals.decide(desk, pending, ReferralOutcome.ACCEPTED, day)
    referrals.decide(desk, pending, ReferralOutcome.ACCEPTED, date(2026, 11, 10))
    with stories.unchanged(desk), pytest.raises(UsageError, match="before 2026-11-10"):
        referrals.decide(desk, pending, ReferralOutcome.ENDED, date(2026, 11, 9))


@pytest.mark.parametrize(
    ("received", "case", "why"),
    [
        (TODAY + timedelta(days=1), None, "^received on: must not be in the future"),
        (date(1899, 1, 1), None, "^received on: the year"),
        (TODAY, "=SUM(A1)", "^case reference:"),
        (TODAY, "@cmd", "^case reference:"),
        (TODAY, "-1", "^case reference:"),
        (TODAY, "AT,1", "^case reference:"),
        (TODAY, 'AT"1', "^case reference:"),
        (TODAY, "AT/Ł1", "^case reference:"),
        (TODAY, "AT\n1", "^case reference:"),
        (TODAY, "A" * 61, "^case reference:"),
        (TODAY, "  ", "^case reference: must not be empty"),
        *((TODAY, one, "^case reference: looks like") for one in PRIVATE),
    ],
)
def test_a_referral_that_cannot_be_is_refused(desk: Desk, received: date, case: str | None, why: str) -> None:
    """A case reference leaves with every export, so it holds nothing that a spreadsheet could run."""
    household, referrer = stories.family(desk), stories.referrer(desk)
    with stories.unchanged(desk), pytest.raises(UsageError, match=why) as refused:
        referrals.add(desk, household.ref, referrer, received, electronic=False, case_reference=case)
    assert not (case or "").strip() or (case or "") not in refused.value.message


def test_a_referral_joins_a_family_and_a_referrer_that_are_there(desk: Desk) -> None:
    """Each by its own reference."""
    household, referrer = stories.family(desk), stories.referrer(desk)
    for family, sender, error in (
        ("LCS-0042-L", referrer, NotFoundError),
        (household.ref, "REF-0042-L", NotFoundError),
        (referrer, household.ref, UsageError),
    ):
        with stories.unchanged(desk), pytest.raises(error):
            referrals.add(desk, family, sender, TODAY, electronic=False, case_reference=None)


def test_the_referrals_of_one_family_are_listed_apart(desk: Desk) -> None:
    """Or all of them."""
    referrer = stories.referrer(desk)
    refs = [stories.family(desk).ref for _ in range(2)]
    for ref in refs:
        stories.referred(desk, ref, referrer)
    assert len(referrals.listing(desk, None)) == 2
    assert [one.family for one in referrals.listing(desk, refs[1])] == [stories.number(Kind.FAMILY, refs[1])]


@pytest.mark.clause("4.2", "attendance")
def test_live_referrals_end_with_a_correction_of_who_made_them(desk: Desk) -> None:
    """They were another body's: nothing more is told to whoever stands there now, but on a referral of theirs."""
    household, ref = stories.family(desk), stories.referrer(desk)
    referral = stories.referred(desk, household.ref, ref)
    stories.held(desk, household.ref, desk.today)
    order = ExportOrder("case-management")
    done = referrals.edit_referrer(desk, ref, "Huw Llwyd, father", ReferrerKind.FAMILY, "mistaken")
    assert [(one.number, one.outcome) for one in done.ended] == [(1, ReferralOutcome.ACCEPTED)]
    assert referrals.show(desk, referral).outcome is ReferralOutcome.ENDED
    assert referral in stories.trail(desk)[-2].refs
    with pytest.raises(RefusedError, match="is not the referrer of any family"):
        exports.export(desk, ref, order, None)
    ask = Ask(ref, "case-management", attendance=True)
    with pytest.raises(RefusedError, match="is no longer the referrer"):
        disclosures.check(desk, household.ref, ask)
    again = stories.referred(desk, household.ref, ref)
    assert disclosures.check(desk, household.ref, ask).verdict.ground == "attendance"
    same = referrals.edit_referrer(desk, ref, "Huw Llwyd", None, "misspelt", same_body=True)
    assert (same.changed, same.ended) == (("name",), ())
    assert referrals.show(desk, again).outcome is ReferralOutcome.ACCEPTED


def test_a_referrers_correction_keeps_what_was_before(desk: Desk) -> None:
    """Name and kind, together or apart."""
    ref = stories.referrer(desk)
    done = referrals.edit_referrer(desk, ref, "Anytown Children's Services", None, "full name")
    assert (done.referrer.name, done.changed) == ("Anytown Children's Services", ("name",))
    assert referrals.edit_referrer(desk, ref, None, ReferrerKind.CAFCASS, "mistaken").changed == ("kind",)
    assert referrals.edit_referrer(desk, ref, None, ReferrerKind.CAFCASS, "again").changed == ()
    former = desk.db.rows("SELECT content ->> 'name', content ->> 'kind', reason FROM superseded ORDER BY id")
    assert former == [
        ("Anytown Council", "local-authority", "full name"),
        ("Anytown Children's Services", "local-authority", "mistaken"),
    ]
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^reason:"):
        referrals.edit_referrer(desk, ref, "x", None, "")


def test_a_referrer_needs_a_name(desk: Desk) -> None:
    """One line of it."""
    for name in ("", " ", "A\nB"):
        with stories.unchanged(desk), pytest.raises(UsageError, match=r"^name:"):
            referrals.add_referrer(desk, name, ReferrerKind.COURT)
    with stories.unchanged(desk), pytest.raises(NotFoundError):
        referrals.show_referrer(desk, "REF-0042-L")


def test_referrers_are_listed_by_number(desk: Desk) -> None:
    """Of every kind."""
    for kind in ReferrerKind:
        stories.referrer(desk, kind)
    assert [one.kind for one in referrals.list_referrers(desk)] == list(ReferrerKind)


def test_a_referral_to_a_closed_family_can_be_accepted_before_it_comes_back(desk: Desk) -> None:
    """The referral is the reason why the family is opened again."""
    household = stories.closed_family(desk)
    ref = stories.referred(desk, household.ref, stories.referrer(desk), TODAY)
    families.reopen(desk, household.ref, TODAY)
    assert referrals.show(desk, ref).outcome is ReferralOutcome.ACCEPTED
