"""Retention (policy 4.6): what is due, its review by one person and its approval by another, holds."""

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from datetime import date

from msgspec.structs import replace

from lcs_cli.errors import NotFoundError, RefusedError, UsageError
from lcs_cli.policy.retention import WAITS, Outcome, RetentionDecision, disposable_from, facts_hash, quiet_since
from lcs_cli.policy.schedule import Schedule, schedule_in_force
from lcs_cli.policy.staff_file import decide_file
from lcs_cli.policy.word_scan import UNSCANNED, Scan
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.retention import Hold, HoldKind, Review, ReviewOutcome, ReviewState
from lcs_cli.records.subject import kind_of
from lcs_cli.records.value import Value
from lcs_cli.services import checks, holds, leftovers, lookup, named, subjects, sweep_guards, word_scans
from lcs_cli.services.desk import Desk
from lcs_cli.vault import legal_holds, reviews

WAITS_FOR_A_PERSON = (Outcome.DUE, Outcome.DORMANT, Outcome.ASK)
STILL_OPEN = (Outcome.DORMANT, Outcome.ONGOING)
"""What is not disposed of before somebody says that it has ended."""


class Item(Value):
    """One file on a list: what the schedule says, and the live proposal about it, if there is one.

    ``paper`` are the files on paper that are to be destroyed with it (policy 4.6). ``scan`` is the abuse wording in its
    free text; only a file that is due is scanned. ``asks`` says on a list what the owners of its holds are asked.
    """

    decision: RetentionDecision
    facts_hash: str
    review: Review | None
    paper: tuple[str, ...] = ()
    scan: Scan = UNSCANNED
    asks: tuple[str, ...] = ()


class ApprovalList(Value):
    """The proposals that one manager may approve, the hash that binds the approval to them, and the others.

    ``own`` are the manager's own proposals, ``changed`` those whose file is no longer what was reviewed.
    """

    items: Sequence[Item]
    hash: str
    own: Sequence[Item]
    changed: Sequence[Item]


def schedule(desk: Desk) -> Schedule:
    """The retention schedule in force."""
    with desk.acting("retention.schedule"):
        return schedule_in_force(desk.rules, desk.today)


def disposable_on(desk: Desk) -> date:
    """The first day on which what is approved today can be disposed of."""
    return disposable_from(desk.today, schedule_in_force(desk.rules, desk.today))


def due(desk: Desk, as_of: date, *, everything: bool = False) -> list[Item]:
    """What waits on ``as_of``: due, dormant, unclear, still required or asked about; with ``everything``, each file.

    Of staff, a day to come is shown to those alone who may know whom a concern names: what becomes due tells it.
    """
    with desk.acting("retention.due") as act:
        asks = holds.asks(desk, as_of)
        every = items(desk, as_of) if everything else over(desk, as_of, asks)
        told = [one for one in every if as_of <= desk.today or subjects.may_see_ahead(desk, one.decision.subject)]
        found = [replace(one, asks=asks.get(one.decision.subject, ())) for one in told]
        act.note(as_of=as_of.isoformat(), files=len(found))
        return found


def items(desk: Desk, today: date, some: Collection[str] | None = None) -> Iterator[Item]:
    """Decide on some files, or on each: the one function behind every list, preview and sweep."""
    return word_scans.scanned(desk, today, _by_facts(desk, today, some))


def _by_facts(desk: Desk, today: date, some: Collection[str] | None) -> Iterator[Item]:
    rules = schedule_in_force(desk.rules_on(today), today)
    live = {review.subject: review for review in reviews.live(desk.db, some)}
    paper = subjects.paper(desk, some)
    for facts in subjects.facts_of(desk, some):
        decision = decide_file(facts, rules, today)
        ref = decision.subject
        yield Item(decision, facts_hash(facts), live.get(ref), paper.get(ref, ()))


def over(desk: Desk, today: date, too: Collection[str] = ()) -> Iterator[Item]:
    """The files whose period is over: they wait for a person, or are still required. And some others, ``too``."""
    since = quiet_since(schedule_in_force(desk.rules_on(today), today), today)
    some = None if since is None else {*subjects.unused_since(desk.db, since), *too}
    return (one for one in items(desk, today, some) if one.decision.outcome in WAITS or one.decision.subject in too)


def propose(desk: Desk, typed: str, reason: str | None) -> Review:
    """End the review of a file with: dispose. It needs approval by another person."""
    with desk.acting("retention.review", (Kind.FAMILY, typed), (Kind.STAFF, typed)) as act:
        item = _reviewable(desk, subjects.find(desk.db, typed))
        if item.decision.outcome is not Outcome.DUE:
            raise RefusedError(
                item.decision.rule.clause,
                f"{item.decision.subject} is not due for disposal: {'; '.join(item.decision.reasons)}",
                remedy(item),
                rule=item.decision.rule.id,
                about=item.decision.rule.about,
            )
        word_scans.not_own_clearing(desk, item)
        why = checks.line("reason", reason) if reason else None
        review = _review(desk, item, ReviewOutcome.DISPOSE, ReviewState.PROPOSED, why, None)
        act.note(reference(Kind.REVIEW, review.number), item.decision.subject, outcome="dispose")
        return replace(review, paper=item.paper)


def keep(desk: Desk, typed: str, until: date, reason: str) -> Review:
    """End the review of a file with: keep until a day, for a reason."""
    with desk.acting("retention.review", (Kind.FAMILY, typed), (Kind.STAFF, typed)) as act:
        item = _reviewable(desk, subjects.find(desk.db, typed))
        if item.decision.outcome not in WAITS_FOR_A_PERSON:
            raise UsageError(
                f"{item.decision.subject} does not wait for a review: {'; '.join(item.decision.reasons)}",
                "nothing needs to be done",
            )
        why = checks.line("reason", reason)
        day = checks.future("until", until, desk.today)
        review = _review(desk, item, ReviewOutcome.KEEP, ReviewState.KEPT, why, day)
        act.note(reference(Kind.REVIEW, review.number), item.decision.subject, outcome="keep")
        return review


def hold(desk: Desk, typed: str, kind: HoldKind, reason: str, until: date | None, owner: str | None = None) -> Hold:
    """Put a hold on a file: at any time, by anybody who may review, and nothing of it is disposed of.

    Its ``owner``, whoever places it unless another is named, is asked about it later.
    """
    with desk.acting("retention.hold", (Kind.FAMILY, typed), (Kind.STAFF, typed)) as act:
        draft = Hold(
            number=0,
            subject=subjects.find(desk.db, typed),
            kind=kind,
            reason=checks.line("reason", reason),
            placed_on=desk.today,
            placed_by=desk.user.reference,
            owner=named.person(desk, owner).reference if owner else desk.user.reference,
            until=checks.future("until", until, desk.today) if until else None,
        )
        leftovers.withdraw(desk)
        placed = legal_holds.place(desk.db, draft)
        act.note(reference(Kind.HOLD, placed), draft.subject)
        return lookup.find(desk.db, Kind.HOLD, reference(Kind.HOLD, placed), legal_holds.get)


def release(desk: Desk, typed: str) -> Hold:
    """Release a hold, by somebody else than who placed it."""
    with desk.acting("retention.release", (Kind.HOLD, typed)) as act:
        rules = schedule_in_force(desk.rules, desk.today)
        found = lookup.find(desk.db, Kind.HOLD, typed, legal_holds.get)
        ref = reference(Kind.HOLD, found.number)
        if found.released_on is not None:
            raise UsageError(f"{ref} was released on {found.released_on.isoformat()}", "nothing needs to be done")
        if found.placed_by == desk.user.reference:
            raise RefusedError(
                rules.both_sides.clause,
                f"{ref} was placed by {found.placed_by}, and nobody is on both sides of one decision",
                "ask another senior manager to release it",
                rule=rules.both_sides.id,
                about=rules.both_sides.about,
            )
        legal_holds.release(desk.db, found.number, desk.today, desk.user.reference)
        act.note(ref, found.subject)
        return lookup.find(desk.db, Kind.HOLD, ref, legal_holds.get)


def approval_list(desk: Desk) -> ApprovalList:
    """The proposals that wait for approval, as this manager may approve them."""
    with desk.acting("retention.approve") as act:
        waiting = _approval_list(desk)
        act.note(*(item.decision.subject for item in waiting.items), list=waiting.hash)
        return waiting


def check_approval(desk: Desk) -> None:
    """Refuse before the question: the disposals are stopped, or the day cannot be believed."""
    sweep_guards.check(desk, "retention.approve")


def approve(desk: Desk, list_hash: str) -> ApprovalList:
    """Approve a list that was shown. It is refused if the list is no longer the same."""
    check_approval(desk)
    with desk.acting("retention.approve") as act:
        rules = schedule_in_force(desk.rules, desk.today)
        waiting = _approval_list(desk)
        act.note(*(item.decision.subject for item in (*waiting.items, *waiting.own)))
        if not waiting.items and waiting.own:
            raise RefusedError(
                rules.both_sides.clause,
                f"{desk.user.reference} made these proposals, and nobody is on both sides of one decision",
                "ask another manager to approve them; to admit one: lcs vault user add",
                rule=rules.both_sides.id,
                about=rules.both_sides.about,
            )
        if not waiting.items:
            raise NotFoundError("no proposal waits for approval", "propose with: lcs retention review")
        if waiting.hash != list_hash:
            raise RefusedError(
                rules.same_list.clause,
                "the list to approve is not the list that was shown",
                "look at it again: lcs retention approve",
                rule=rules.same_list.id,
                about=rules.same_list.about,
            )
        numbers = [item.review.number for item in waiting.items if item.review]
        reviews.approve(desk.db, numbers, desk.today, desk.user.reference, list_hash)
        act.note(*(reference(Kind.REVIEW, number) for number in numbers), list=list_hash)
        return waiting


def changed_since(item: Item) -> str:
    """Why a proposal no longer holds; empty where nothing changed and the file is still due."""
    if item.decision.outcome is not Outcome.DUE:
        return "; ".join(item.decision.reasons)
    if item.review is not None and item.review.facts_hash != item.facts_hash:
        return "the file changed after it was reviewed"
    return ""


def can_be_disposed_of(review: Review, schedule: Schedule, today: date) -> bool:
    """Whether a proposal is approved, and its cooling-off days are over."""
    return review.approved_on is not None and disposable_from(review.approved_on, schedule) <= today


def _approval_list(desk: Desk) -> ApprovalList:
    proposed: list[Item] = []
    changed: list[Item] = []
    for item in items(desk, desk.today, [one.subject for one in reviews.waiting(desk.db, ReviewState.PROPOSED)]):
        (changed if changed_since(item) else proposed).append(item)
    own = [item for item in proposed if item.review and item.review.reviewed_by == desk.user.reference]
    listed = [item for item in proposed if item not in own]
    return ApprovalList(listed, _list_hash(listed), own, changed)


def _list_hash(listed: Sequence[Item]) -> str:
    content = [
        [
            reference(Kind.REVIEW, item.review.number) if item.review else None,
            item.decision.subject,
            item.decision.rule.id,
            str(item.decision.due_on),
            item.facts_hash,
            dict(item.decision.fate.goes),
            dict(item.decision.fate.stays),
        ]
        for item in listed
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _reviewable(desk: Desk, subject: str) -> Item:
    subjects.refuse_own_file(desk, subject)
    item = next(items(desk, desk.today, [subject]))
    if item.review is not None:
        ref = reference(Kind.REVIEW, item.review.number)
        raise UsageError(
            f"{item.decision.subject} is under review already: {ref} is {item.review.state}",
            "to stop its disposal: lcs retention hold",
        )
    return item


def _review(
    desk: Desk,
    item: Item,
    outcome: ReviewOutcome,
    state: ReviewState,
    reason: str | None,
    until: date | None,
) -> Review:
    version, rules = desk.decided_by()
    review = Review(
        number=0,
        subject=item.decision.subject,
        outcome=outcome,
        state=state,
        due_on=item.decision.due_on or desk.today,
        rule=item.decision.rule.id,
        clause=item.decision.rule.clause,
        facts_hash=item.facts_hash,
        reviewed_on=desk.today,
        reviewed_by=desk.user.reference,
        reason=reason,
        until=until,
    )
    number = reviews.add(desk.db, review, version, rules)
    return reviews.select(desk.db, "WHERE id = ?", number)[0]


def remedy(item: Item) -> str:
    """What would let a file be disposed of that cannot be now."""
    ref = item.decision.subject
    if item.decision.outcome in STILL_OPEN:
        staff = kind_of(ref) is Kind.STAFF
        return f"if they leave: lcs staff leave {ref}" if staff else f"if the service has ended: lcs family close {ref}"
    if item.decision.outcome is Outcome.NOT_DUE and item.decision.due_on:
        return f"wait until {item.decision.due_on.isoformat()}"
    if item.decision.outcome is Outcome.KEPT:
        return "nothing: these records are kept indefinitely"
    if item.scan.waits:
        return f"lcs retention clear {ref}   then review it again"
    if item.decision.outcome is Outcome.ASK:
        left = f"if they have left: lcs staff leave {ref}   else " if kind_of(ref) is Kind.STAFF else ""
        return f"{left}keep it with a reason: lcs retention review {ref} --outcome keep"
    if kind_of(ref) is Kind.STAFF:
        return f"look at lcs staff show {ref} and lcs staff due; when it ends, review again"
    return f"look at lcs family show {ref} and lcs flag list --family {ref} --open; when it ends, review again"
