"""The retention sweep: plan, then apply that plan. It disposes only of what two people have decided on."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

from msgspec import field

from lcs_cli.errors import DamagedVaultError, FailedError, LcsError, VaultBusyError
from lcs_cli.policy.cap import Cap
from lcs_cli.policy.retention import Outcome
from lcs_cli.policy.schedule import schedule_in_force
from lcs_cli.records.references import Kind, number_in, reference
from lcs_cli.records.retention import Review, ReviewState
from lcs_cli.records.subject import kind_of, named
from lcs_cli.records.value import Value
from lcs_cli.services import certificate_checks, certificates, decisions, kept, leftovers, papers, stops, subjects
from lcs_cli.services.backups import expire
from lcs_cli.services.desk import Act, Desk
from lcs_cli.services.retention import WAITS_FOR_A_PERSON, Item, can_be_disposed_of, changed_since, items, over
from lcs_cli.services.sweep_guards import capped, guarded
from lcs_cli.vault import audit, disposals, own_referrers, reviews
from lcs_cli.vault.certificates import Series
from lcs_cli.vault.counters import ask_for_rewrite, next_number, rewrite_if_asked
from lcs_cli.vault.register import Register
from lcs_cli.vault.remains import Samples

_AT_ONCE = 250
"""How many families share a transaction."""


class Disposed(Value):
    """One file's disposal: its certificate, what went and stayed by class, and the paper that must still go."""

    subject: str
    certificate: str
    went: dict[str, int]
    stayed: dict[str, int]
    paper: tuple[str, ...] = ()


Tell = Callable[[Disposed | tuple[str, str]], None]
"""Who is told of each family once it is settled: its disposal, or its reference with why it went back to review."""


class SweepResult(Value):
    """What a sweep did and found. ``cooling`` waits for its day, the rest for a person: ``paper`` to be destroyed.

    ``to_clear`` are files whose wording a safeguarding lead is to look at; ``beyond`` the cap is what was ready, and
    waits for the next sweep. ``backups_removed`` were past their last day.
    """

    disposed: Sequence[Disposed]
    sent_back: Sequence[tuple[str, str]]
    cooling: int
    to_review: Sequence[str]
    to_approve: int
    paper: Sequence[str]
    to_clear: Sequence[str]
    beyond: int
    cap: Cap
    backups_removed: Sequence[str]

    @property
    def waits_for_a_person(self) -> bool:
        """Whether somebody has to do something, or to look: so many are ready only after a backlog, or by mistake."""
        return bool(self.to_review or self.to_approve or self.paper or self.to_clear or self.beyond)


class _Step(Value):
    """What is to be done about one family: its disposal, or back to review for what changed."""

    item: Item
    review: Review
    sent_back: str


class _Run(Value, dict=True):
    """One sweep, by which version of the policy and of its rules, and what was done."""

    desk: Desk
    decided_by: tuple[int, str]
    tell: Tell
    disposed: list[Disposed] = field(default_factory=list)
    sent_back: list[tuple[str, str]] = field(default_factory=list)
    failed: dict[str, LcsError] = field(default_factory=dict)
    samples: Samples = field(default_factory=Samples)

    @cached_property
    def register(self) -> Register:
        """The register as it stands."""
        return Register(self.desk.vault.register)


@guarded
def sweep(desk: Desk, *, limit: int | None = None, tell: Tell = lambda _: None) -> SweepResult:
    """Dispose of what was approved and has cooled off, after checking again; then say what waits.

    A file is disposed of whole or not at all: its line in the register is on the disk before its rows go, and its
    certificate is written with them. Some share a transaction, for waiting for the disk is what costs. After a disposal
    the data file is rewritten, by the next sweep if this one is killed, and then looked at.
    Once somebody stops the disposals no further file goes. ``limit`` lowers the cap on how many one sweep takes.
    After all others, the error of a file that could not be disposed of; DamagedVaultError for one whose kept records,
    or whose approval, are not what the trail tells of.
    """
    with desk.db.read_once(), desk.acting("retention.sweep") as act:
        approved = reviews.waiting(desk.db, ReviewState.APPROVED)
        rules = schedule_in_force(desk.rules, desk.today)
        ready = [review for review in approved if can_be_disposed_of(review, rules, desk.today)]
        cooling = len(approved) - len(ready)
        act.note(ready=len(ready))
        changed = kept.changed_of(desk, [review.subject for review in ready]) | decisions.doubted(desk, ready)
        ready = [review for review in ready if review.subject not in changed]
        ready, beyond, cap = capped(desk, ready, limit)
    run = _Run(desk, desk.decided_by(), tell)
    waiting = [*ready, *reviews.waiting(desk.db, ReviewState.PROPOSED)]
    if waiting:
        certificate_checks.check_last(desk, run.register)
    else:
        certificate_checks.check_end(desk)
    with desk.db.read_once():
        for first in range(0, len(waiting), _AT_ONCE):
            _settle(run, waiting[first : first + _AT_ONCE])
    disposed, sent_back = run.disposed, run.sent_back
    try:
        rewritten = rewrite_if_asked(desk.db)
    except (FailedError, VaultBusyError, OSError) as error:
        why = error.message if isinstance(error, LcsError) else str(error.strerror)
        raise FailedError(
            f"{len(disposed)} disposed of, but the data file was not rewritten ({why})", "the next sweep rewrites it"
        ) from error
    if rewritten:
        _look(desk, disposed, run.samples)
    expired = expire(desk)
    stops.check(desk, "retention.sweep", f"{len(disposed)} disposed of; then " if disposed else "")
    for ref, failure in run.failed.items():
        failure.message = f"{len(disposed)} disposed of, but {ref} was not: {failure.message}"
        raise failure
    for ref, said in changed.items():
        raise DamagedVaultError(f"{len(disposed)} disposed of, but {ref} was not: {said}", "run: lcs audit verify")
    return SweepResult(disposed, sent_back, cooling, *_waiting(desk), beyond, cap, expired)


def _settle(run: _Run, planned: Sequence[Review]) -> None:
    """Settle some in one transaction; where one of them stops it, each in its own, so that it holds up no other.

    What the register says of those that stay is withdrawn.
    """
    families = subjects.numbers([review.subject for review in planned], Kind.FAMILY)
    if len(planned) > 1 and own_referrers.shared(run.desk.db, families):
        for review in planned:
            _settle(run, [review])
        return
    try:
        with run.desk.acting("retention.sweep", logged=False):
            done = _carry_out(run, _plan(run, planned))
    except VaultBusyError:
        raise
    except LcsError as error:
        with run.desk.acting("retention.sweep", logged=False):
            leftovers.withdraw(run.desk)
        if len(planned) == 1:
            run.failed[planned[0].subject] = error
        else:
            for review in planned:
                _settle(run, [review])
    else:
        run.disposed.extend(one for one in done if isinstance(one, Disposed))
        run.sent_back.extend(one for one in done if not isinstance(one, Disposed))
        for one in done:
            run.tell(one)


def _plan(run: _Run, planned: Sequence[Review]) -> list[_Step]:
    """What is to be done about each, from its facts as they are now; nothing where another sweep has been at it.

    Nothing, too, once somebody has stopped the disposals.
    """
    if stops.pulled(run.desk):
        return []
    found = items(run.desk, run.desk.today, [one.subject for one in planned])
    steps = [_Step(item, item.review, changed_since(item)) for item in found if item.review is not None]
    rules = schedule_in_force(run.desk.rules, run.desk.today)
    return [one for one in steps if one.sent_back or can_be_disposed_of(one.review, rules, run.desk.today)]


def _carry_out(run: _Run, steps: Sequence[_Step]) -> list[Disposed | tuple[str, str]]:
    """Take the steps: the register first, then the rows, then what is left of each: its entry and its certificate."""
    desk = run.desk
    going = [step for step in steps if not step.sent_back]
    run.register.enter(*_lines(run, going))
    families = subjects.numbers([step.review.subject for step in going], Kind.FAMILY)
    ranges = disposals.date_ranges(desk.db, families)
    if going:
        _delete(run, going)
    series = Series(desk.vault)
    done: list[Disposed | tuple[str, str]] = []
    for step in steps:
        act = Act(desk, "retention.sweep", [reference(Kind.REVIEW, step.review.number), step.item.decision.subject])
        if step.sent_back:
            reviews.send_back(desk.db, step.review.number, step.sent_back)
            act.note(sent_back=True)
            done.append((step.item.decision.subject, step.sent_back))
        else:
            done.append(_certify(run, series, act, step, ranges.get(step.review.subject, (None, None))))
        act.log()
    return done


def _delete(run: _Run, going: Sequence[_Step]) -> None:
    """Take the rows away, after a sample of what they say."""
    desk, refs = run.desk, [step.review.subject for step in going]
    families, staff = (subjects.numbers(refs, kind) for kind in (Kind.FAMILY, Kind.STAFF))
    run.samples.take(desk.db, families, staff)
    fates = [step.item.decision.fate for step in going]
    left = disposals.Kept(
        attendance_of=[number_in(Kind.PERSON, ref) for fate in fates for ref in fate.keeps_attendance],
        people=[number_in(Kind.PERSON, ref) for fate in fates for ref in fate.keeps_identity],
        families=[
            number_in(Kind.FAMILY, step.review.subject) for step in going if step.item.decision.fate.keeps_family
        ],
    )
    disposals.dispose(desk.db, families, left, on=desk.today, change=next_number(desk.db, "change"))
    disposals.dispose_staff(desk.db, staff)
    ask_for_rewrite(desk.db)


def _lines(run: _Run, going: Sequence[_Step]) -> Iterator[dict[str, Any]]:
    """What the register says of some disposals before their rows go."""
    version, rules_hash = run.decided_by
    head = str(audit.head(run.desk.db))
    for step in going:
        yield {
            "review": reference(Kind.REVIEW, step.review.number),
            **named(step.review.subject),
            **_keeps(step.item),
            "on": run.desk.today.isoformat(),
            "policy_version": version,
            "rules_hash": rules_hash,
            "audit_head": head,
        }


def _certify(run: _Run, series: Series, act: Act, step: _Step, days: tuple[str | None, str | None]) -> Disposed:
    subject, fate = step.item.decision.subject, step.item.decision.fate
    line = run.register.standing(reference(Kind.REVIEW, step.review.number), subject) or {}
    went = {cls.value: count for cls, count in fate.goes.items()}
    stayed = {cls.value: count for cls, count in fate.stays.items()}
    if kind_of(subject) is Kind.STAFF:
        act.note(gone=subject)  # the entries of their checks and undertakings tell of what is not there any more
    said = certificates.Disposal(
        step.review, subject, went, stayed, step.item.paper, days, line.get("digest"), run.decided_by
    )
    return Disposed(subject, certificates.issue(act, said, series), went, stayed, step.item.paper)


def _keeps(item: Item) -> dict[str, Any]:
    """What of a family stays, in its line of the register; of an entry of the staff register nothing does."""
    fate = item.decision.fate
    if kind_of(item.decision.subject) is Kind.STAFF:
        return {}
    return {
        "keeps_attendance": list(fate.keeps_attendance),
        "keeps_identity": list(fate.keeps_identity),
        "keeps_family": fate.keeps_family,
    }


def _look(desk: Desk, disposed: Sequence[Disposed], samples: Samples) -> None:
    """After the rewrite: no row of what was to go is there, no page says a word of it, and none is unused."""
    for there in items(desk, desk.today, [one.subject for one in disposed]):
        if there.decision.outcome is not Outcome.KEPT:
            ref = there.decision.subject
            raise DamagedVaultError(f"{ref}: records that were disposed of are still there", "run: lcs doctor")
    left = samples.left(desk.vault)
    if left:
        with desk.db.transaction():
            ask_for_rewrite(desk.db)
        raise DamagedVaultError(
            f"{len(disposed)} disposed of, but the data file still says {left} of their values",
            "run the sweep again: it rewrites the file",
        )
    if desk.db.value("PRAGMA freelist_count"):
        raise DamagedVaultError("the data file was not rewritten after the disposal", "run: lcs doctor")


def _waiting(desk: Desk) -> tuple[Sequence[str], int, Sequence[str], Sequence[str]]:
    """What waits for a person: files to review, disposals to approve, paper to be destroyed, wording to be cleared."""
    to_review: list[str] = []
    to_clear: list[str] = []
    to_approve = 0
    for item in over(desk, desk.today):
        if item.scan.waits:
            to_clear.append(item.decision.subject)
        elif item.review is not None:
            to_approve += item.review.state is ReviewState.PROPOSED
        elif item.decision.outcome in WAITS_FOR_A_PERSON:
            to_review.append(item.decision.subject)
    return to_review, to_approve, papers.to_destroy(desk), to_clear
