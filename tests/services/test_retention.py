"""Retention (policy 4.6): what is due, who proposes, who approves, and what holds a disposal up."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from lcs_cli.errors import NotFoundError, RefusedError, UsageError
from lcs_cli.policy.retention import Outcome
from lcs_cli.records.family import PersonKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import ReferralOutcome, ReferrerKind
from lcs_cli.records.retention import HoldKind, ReviewState
from lcs_cli.services import demo, exports, families, referrals, retention
from lcs_cli.services.desk import Desk
from lcs_cli.services.export_plan import ExportOrder
from lcs_cli.services.families import FamilyDraft
from lcs_cli.services.people import PersonDraft
from tests.conftest import TODAY, OpenDesk
from tests.services import stories
from tests.services.stories import APPROVED, CLOSED, DUE, on

DAY = timedelta(days=1)


def outcome(desk: Desk, day: date, family: int = 1) -> Outcome:
    """What the schedule says of one family on a day."""
    (item,) = retention.items(desk, day, [reference(Kind.FAMILY, family)])
    return item.decision.outcome


def test_a_family_is_due_five_years_after_it_was_closed(desk: Desk) -> None:
    """On that day, and not on the day before."""
    stories.closed_family(desk)
    assert [outcome(desk, DUE - DAY), outcome(desk, DUE)] == [Outcome.NOT_DUE, Outcome.DUE]
    assert [item.decision.due_on for item in retention.due(desk, DUE)] == [DUE]
    assert retention.due(desk, DUE - DAY) == []
    assert len(retention.due(desk, DUE - DAY, everything=True)) == 1


def test_the_twenty_ninth_of_february_falls_on_the_first_of_march(desk: Desk) -> None:
    """Closed on 29 February 2024: due on 1 March 2029, and not before."""
    household = stories.family(desk)
    families.close(desk, household.ref, date(2024, 2, 29))
    assert outcome(desk, date(2029, 2, 28)) is Outcome.NOT_DUE
    with pytest.raises(RefusedError, match="reached on 2029-03-01"):
        retention.propose(on(desk, date(2029, 2, 28)), household.ref, None)
    assert retention.propose(on(desk, date(2029, 3, 1)), household.ref, None).due_on == date(2029, 3, 1)


def referral_later(desk: Desk, ref: str) -> None:
    """A paper referral, declined."""
    added = referrals.add(desk, ref, stories.referrer(desk), date(2022, 5, 3), electronic=False, case_reference=None)
    referrals.decide(desk, reference(Kind.REFERRAL, added.number), ReferralOutcome.DECLINED, date(2022, 5, 3))


def disclosure_later(desk: Desk, ref: str) -> None:
    """The police were told of its attendance."""
    agency = stories.referrer(desk, ReferrerKind.POLICE)
    exports.export(on(desk, date(2022, 5, 3)), agency, ExportOrder("safeguarding", family=ref), None)


def episode_later(desk: Desk, ref: str) -> None:
    """It came back for a while."""
    families.reopen(desk, ref, date(2022, 5, 1))
    families.close(desk, ref, date(2022, 5, 3))


@pytest.mark.parametrize("use", [referral_later, disclosure_later, episode_later])
def test_a_real_use_starts_the_clock_anew(desk: Desk, use: Callable[[Desk, str], None]) -> None:
    """A referral received, a disclosure made, a new episode."""
    household = stories.closed_family(desk)
    use(desk, household.ref)
    assert [outcome(desk, date(2027, 5, 2)), outcome(desk, date(2027, 5, 3))] == [Outcome.NOT_DUE, Outcome.DUE]


def test_the_clock_counts_local_days(desk: Desk) -> None:
    """Half past midnight in London, in summer, is still the day before in Greenwich."""
    household = stories.closed_family(desk)
    agency = stories.referrer(desk, ReferrerKind.POLICE)
    night = Desk(desk.vault, datetime(2022, 5, 2, 23, 30, tzinfo=UTC), date(2022, 5, 3))
    exports.export(night, agency, ExportOrder("safeguarding", family=household.ref), None)
    assert [outcome(desk, date(2027, 5, 2)), outcome(desk, date(2027, 5, 3))] == [Outcome.NOT_DUE, Outcome.DUE]


def test_an_edit_does_not_start_the_clock_anew(desk: Desk) -> None:
    """Nor does reading the file."""
    household = stories.closed_family(desk)
    families.edit(on(desk, date(2024, 1, 1)), household.ref, "Lloyd", "misheard")
    families.show(on(desk, date(2024, 1, 1)), household.ref)
    assert outcome(desk, DUE) is Outcome.DUE


def open_again(desk: Desk, ref: str) -> None:
    """It came back."""
    families.reopen(desk, ref, DUE)


def on_hold(desk: Desk, ref: str) -> None:
    """The police asked for it."""
    retention.hold(desk, ref, HoldKind.POLICE, "asked for it", None)


def concern(desk: Desk, ref: str) -> None:
    """A concern was raised and is open."""
    stories.flag(desk, ref, closed=False)


def request(desk: Desk, ref: str) -> None:
    """A referral waits for a decision; it is old enough not to move the clock."""
    referrals.add(desk, ref, stories.referrer(desk), CLOSED, electronic=False, case_reference=None)


@pytest.mark.parametrize(
    ("required", "reason"),
    [
        (open_again, "an episode of service is open"),
        (on_hold, "a police hold until it is released"),
        (concern, "1 concern open"),
        (request, "open: RL-0001-R"),
    ],
)
def test_what_is_still_required_is_not_proposed(
    desk_of: OpenDesk, required: Callable[[Desk, str], None], reason: str
) -> None:
    """The refusal says why, and it is logged."""
    desk = desk_of("amina", APPROVED)
    household = stories.closed_family(desk)
    required(desk, household.ref)
    with pytest.raises(RefusedError, match=reason) as refused:
        retention.propose(desk, household.ref, None)
    assert refused.value.clause == "4.6"
    assert stories.trail(desk)[-1].outcome == "refused"
    assert desk.db.value("SELECT count(*) FROM review") == 0


def test_what_is_not_due_is_not_proposed(desk_of: OpenDesk) -> None:
    """It is said until when to wait."""
    desk = desk_of("amina", DUE - DAY)
    household = stories.closed_family(desk)
    with pytest.raises(RefusedError, match="not due for disposal") as refused:
        retention.propose(desk, household.ref, None)
    assert refused.value.hint == "wait until 2025-03-02"


def test_a_family_without_dates_is_asked_about(desk: Desk) -> None:
    """Missing dates mean: keep, and ask."""
    household = stories.family(desk, opened_on=None)
    assert outcome(desk, date(2040, 1, 1)) is Outcome.ASK
    with pytest.raises(RefusedError, match="no date is known"):
        retention.propose(on(desk, date(2040, 1, 1)), household.ref, None)


def test_an_episode_that_nobody_used_comes_up_as_dormant(desk: Desk) -> None:
    """Five years after its last session; it is kept or closed, never proposed."""
    household = stories.family(desk)
    stories.held(desk, household.ref, date(2020, 6, 1))
    assert [outcome(desk, date(2025, 5, 31)), outcome(desk, date(2025, 6, 1))] == [Outcome.ONGOING, Outcome.DORMANT]
    there = on(desk, date(2025, 6, 1))
    with pytest.raises(RefusedError, match="an episode is open"):
        retention.propose(there, household.ref, None)
    retention.keep(there, household.ref, date(2025, 9, 1), "they will come back")
    assert outcome(desk, date(2025, 8, 31)) is Outcome.ONGOING
    assert outcome(desk, date(2025, 9, 1)) is Outcome.DORMANT


def test_a_family_is_proposed_once(desk_of: OpenDesk) -> None:
    """While it is under review, neither a second proposal nor a decision to keep."""
    desk = desk_of("amina", APPROVED)
    household = stories.closed_family(desk)
    review = retention.propose(desk, household.ref, " looked through ")
    assert (review.state, review.reason, review.reviewed_by) == (ReviewState.PROPOSED, "looked through", "U-001-R")
    with stories.unchanged(desk), pytest.raises(UsageError, match="RV-0001-R is proposed"):
        retention.propose(desk, household.ref, None)
    with stories.unchanged(desk), pytest.raises(UsageError, match="RV-0001-R is proposed"):
        retention.keep(desk, household.ref, APPROVED + DAY, "r")


def test_a_review_that_keeps_says_until_when_and_why(desk_of: OpenDesk) -> None:
    """It is due again on that day; only what waits for a review can be kept."""
    desk = desk_of("amina", APPROVED)
    household, other = stories.closed_family(desk), stories.family(desk, opened_on=APPROVED)
    for ref, until, reason, why in (
        (household.ref, APPROVED, "r", r"^until: must be in the future"),
        (household.ref, APPROVED + DAY, " ", r"^reason:"),
        (other.ref, APPROVED + DAY, "r", "does not wait for a review"),
    ):
        with stories.unchanged(desk), pytest.raises(UsageError, match=why):
            retention.keep(desk, ref, until, reason)
    retention.keep(desk, household.ref, date(2025, 6, 1), "an inquiry may come")
    assert [outcome(desk, date(2025, 5, 31)), outcome(desk, date(2025, 6, 1))] == [Outcome.REQUIRED, Outcome.DUE]


@pytest.mark.clause("4.6", "reviewed")
def test_nobody_approves_their_own_proposal(desk_of: OpenDesk) -> None:
    """Amina is a manager too; with nobody else the disposal waits."""
    desk = desk_of("amina", APPROVED)
    retention.propose(desk, stories.closed_family(desk).ref, None)
    waiting = retention.approval_list(desk)
    assert (len(waiting.items), len(waiting.own)) == (0, 1)
    with pytest.raises(RefusedError, match="both sides") as refused:
        retention.approve(desk, waiting.hash)
    assert (refused.value.clause, refused.value.rule) == ("4.6", "both-sides")
    assert desk.db.value("SELECT state FROM review") == "proposed"


def test_a_manager_approves_what_somebody_else_proposed_and_no_more(desk_of: OpenDesk) -> None:
    """Of two proposals, each approves the other's."""
    amina = desk_of("amina", APPROVED)
    refs = [stories.closed_family(amina).ref for _ in range(2)]
    retention.propose(amina, refs[0], None)
    rhys = desk_of("rhys", APPROVED)
    retention.propose(rhys, refs[1], None)
    for desk, ref in ((amina, refs[1]), (rhys, refs[0])):
        done = retention.approve(desk, retention.approval_list(desk).hash)
        assert [item.decision.subject for item in done.items] == [ref]
    rows = amina.db.rows("SELECT state, reviewed_by, approved_by FROM review ORDER BY id")
    assert rows == [("approved", "U-001-R", "U-003-A"), ("approved", "U-003-A", "U-001-R")]


def test_an_approval_is_bound_to_the_list_that_was_shown(desk_of: OpenDesk) -> None:
    """One more proposal, or a file that changed, is another list."""
    amina, rhys = desk_of("amina", APPROVED), desk_of("rhys", APPROVED)
    refs = [stories.closed_family(amina).ref for _ in range(2)]
    retention.propose(amina, refs[0], None)
    shown = retention.approval_list(rhys).hash
    retention.propose(amina, refs[1], None)
    for wrong in (shown, "", shown[:-1]):
        with pytest.raises(RefusedError, match="not the list that was shown") as refused:
            retention.approve(rhys, wrong)
        assert refused.value.rule == "list-hash"
    families.edit(amina, refs[1], "Lloyd", "misheard")
    changed = retention.approval_list(rhys)
    assert ([item.decision.subject for item in changed.changed], changed.hash) == ([refs[1]], shown)
    assert len(retention.approve(rhys, shown).items) == 1
    assert amina.db.rows("SELECT state FROM review ORDER BY id") == [("approved",), ("proposed",)]


def test_there_must_be_something_to_approve(desk_of: OpenDesk) -> None:
    """It is said how to propose."""
    desk = desk_of("rhys")
    with stories.unchanged(desk), pytest.raises(NotFoundError) as nothing:
        retention.approve(desk, retention._approval_list(desk).hash)
    assert nothing.value.hint == "propose with: lcs retention review"


@pytest.mark.parametrize("name", ["amina", "rhys"])
def test_a_hold_is_placed_by_whoever_may_review_and_at_any_time(desk: Desk, desk_of: OpenDesk, name: str) -> None:
    """On an open family, too; it says why, and until when if that is known."""
    household = stories.family(desk)
    there = desk_of(name)
    placed = retention.hold(there, household.ref, HoldKind.LITIGATION, "claim 7", there.today + DAY)
    assert (placed.placed_by, placed.until, placed.released_on) == (there.user.reference, there.today + DAY, None)
    for until, reason, why in ((there.today, "r", r"^until:"), (None, "", r"^reason:")):
        with stories.unchanged(there), pytest.raises(UsageError, match=why):
            retention.hold(there, household.ref, HoldKind.LITIGATION, reason, until)


def test_a_hold_with_a_last_day_ends_after_it(desk: Desk) -> None:
    """That day itself is still held."""
    household = stories.closed_family(desk)
    retention.hold(on(desk, DUE), household.ref, HoldKind.INQUIRY, "asked for", date(2025, 6, 1))
    assert [outcome(desk, date(2025, 6, 1)), outcome(desk, date(2025, 6, 2))] == [Outcome.REQUIRED, Outcome.DUE]


def test_a_hold_is_released_by_somebody_else_once(desk: Desk, desk_of: OpenDesk) -> None:
    """By a senior manager who did not place it; it stays on record."""
    household = stories.closed_family(desk)
    retention.hold(desk, household.ref, HoldKind.COMPLAINT, "open", None)
    with pytest.raises(RefusedError, match="both sides"):
        retention.release(desk, "LH-0001-R")
    rhys = desk_of("rhys")
    assert retention.release(rhys, "LH-0001-R").released_on == rhys.today
    with stories.unchanged(rhys), pytest.raises(UsageError, match="was released on 2026-11-26"):
        retention.release(rhys, "LH-0001-R")
    with stories.unchanged(rhys), pytest.raises(NotFoundError):
        retention.release(rhys, reference(Kind.HOLD, 42))
    assert rhys.db.rows("SELECT released_by FROM legal_hold") == [("U-003-A",)]
    assert outcome(desk, DUE) is Outcome.DUE


@pytest.mark.no_cover  # the same lines, thousands of times
def test_what_is_over_is_found_without_reading_every_file(desk_of: OpenDesk) -> None:
    """Each month of twelve years, and each day around the dates in it: what all files say, one by one.

    Also of a stub that got a paper referral later, of a family never used, and of one whose last use is a referral.
    """
    desk = desk_of("amina", CLOSED)
    stub = stories.closed_family(desk, electronic=True).ref
    desk.db.close()
    stories.disposed(desk_of, stub)
    desk = desk_of("amina", TODAY)
    stories.document(desk, stub)
    referral_later(desk, stories.closed_family(desk).ref)
    stories.family(desk, opened_on=date(2022, 2, 28))
    demo.populate(desk)
    ends = (TODAY, TODAY + 3650 * DAY)
    dates = {item.decision.due_on for end in ends for item in retention.items(desk, end) if item.decision.due_on}
    days = {day + n * DAY for day in dates for n in (-1, 0, 1)} | {TODAY + n * 30 * DAY for n in range(-60, 84)}
    shown = {*retention.WAITS_FOR_A_PERSON, Outcome.REQUIRED}
    seen = Counter[Outcome]()
    for day in sorted(days):
        over = list(retention.over(desk, day))
        assert over == [item for item in retention.items(desk, day) if item.decision.outcome in shown], day
        seen.update(item.decision.outcome for item in over)
    assert {Outcome.DUE, Outcome.DORMANT} <= set(seen)


@pytest.mark.clause("4.6", "five years")
def test_what_a_review_said_does_not_stay_with_what_is_kept(desk: Desk) -> None:
    """Nobody knew its dates, so a review kept it; then it was referred. The reason is no part of the referral."""
    there = on(desk, CLOSED)
    child = PersonDraft(PersonKind.CHILD, "Siân", "Llwyd", date(2015, 4, 1))
    ref = reference(Kind.FAMILY, families.add(there, FamilyDraft("Llwyd", None, [child])).family.number)
    retention.keep(there, ref, date(2021, 3, 2), "the mother may come back")
    stories.referred(there, ref, stories.referrer(there), CLOSED, electronic=True)
    assert [outcome(desk, DUE - DAY), outcome(desk, DUE)] == [Outcome.NOT_DUE, Outcome.DUE]
