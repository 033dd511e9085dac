"""The retention sweep: plan, then apply that plan. It disposes only of what two people have decided on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lcs_cli.errors import DamagedVaultError, FailedError, LcsError, VaultBusyError
from lcs_cli.policy.retention import Outcome
from lcs_cli.policy.schedule import schedule_in_force
from lcs_cli.records.references import Kind, number_in, reference
from lcs_cli.records.retention import Review, ReviewState
from lcs_cli.services import kept, papers
from lcs_cli.services.backups import expire
from lcs_cli.services.desk import Act, Desk
from lcs_cli.services.lookup import find
from lcs_cli.services.retention import WAITS_FOR_A_PERSON, Item, can_be_disposed_of, changed_since, items, over
from lcs_cli.vault import audit, disposals, reviews
from lcs_cli.vault.counters import ask_for_rewrite, next_number, rewrite_if_asked
from lcs_cli.vault.register import Register

_AT_ONCE = 100
"""How many families share a transaction."""


@dataclass(frozen=True)
class Disposed:
    """One family's disposal: its certificate, what went and stayed by class, and the paper that must still go."""

    family: str
    certificate: str
    went: dict[str, int]
    stayed: dict[str, int]
    paper: tuple[str, ...] = ()


@dataclass(frozen=True)
class SweepResult:
    """What a sweep did and found. ``cooling`` waits for its day, the rest for a person: ``paper`` to be destroyed.

    ``backups_removed`` were past their last day.
    """

    disposed: Sequence[Disposed]
    sent_back: Sequence[tuple[str, str]]
    cooling: int
    to_review: Sequence[str]
    to_approve: int
    paper: Sequence[str]
    backups_removed: Sequence[str] = ()

    @property
    def waits_for_a_person(self) -> bool:
        """Whether somebody has to do something."""
        return bool(self.to_review or self.to_approve or self.paper)


@dataclass(frozen=True)
class _Step:
    """What is to be done about one family: its disposal, or back to review for what changed."""

    item: Item
    review: Review
    sent_back: str


@dataclass(frozen=True)
class _Run:
    """One sweep, with the register as it stands and what was done so far."""

    desk: Desk
    register: Register
    disposed: list[Disposed] = field(default_factory=list)
    sent_back: list[tuple[str, str]] = field(default_factory=list)


def sweep(desk: Desk) -> SweepResult:
    """Dispose of what was approved and has cooled off, after checking again; then say what waits.

    A family is disposed of whole or not at all: its line in the register is on the disk before its rows go, and its
    certificate is written with them. Some share a transaction, for waiting for the disk is what costs. After a disposal
    the file is rewritten, by the next sweep if this one is killed, and then looked at.
    DamagedVaultError, after all others, for a family whose kept records were changed.
    """
    with desk.acting("retention.sweep") as act:
        approved = reviews.waiting(desk.db, ReviewState.APPROVED)
        rules = schedule_in_force(desk.rules, desk.today)
        ready = [review for review in approved if can_be_disposed_of(review, rules, desk.today)]
        act.note(ready=len(ready))
        changed = kept.changed_of(desk, [reference(Kind.FAMILY, review.family) for review in ready])
        ready = [review for review in ready if reference(Kind.FAMILY, review.family) not in changed]
    run = _Run(desk, Register(desk.vault.register))
    waiting = [*ready, *reviews.waiting(desk.db, ReviewState.PROPOSED)]
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
        _look(desk, disposed)
    expired = expire(desk)
    for ref, said in changed.items():
        raise DamagedVaultError(f"{len(disposed)} disposed of, but {ref} was not: {said}", "run: lcs audit verify")
    return replace(_waiting(desk, disposed, sent_back, len(approved) - len(ready)), backups_removed=expired)


def certificates(desk: Desk) -> list[dict[str, Any]]:
    """All certificates of disposal, oldest first."""
    with desk.acting("retention.certificate"):
        return [_titled(number, content) for number, _, content in disposals.certificates(desk.db)]


def certificate(desk: Desk, typed: str) -> dict[str, Any]:
    """One certificate of disposal."""
    with desk.acting("retention.certificate", (Kind.CERTIFICATE, typed)) as act:
        content = find(desk.db, Kind.CERTIFICATE, typed, _certificate)
        act.note(content["certificate"])
        return content


def _certificate(db: Any, number: int) -> dict[str, Any] | None:
    for found, _, content in disposals.certificates(db):
        if found == number:
            return _titled(number, content)
    return None


def _titled(number: int, content: dict[str, Any]) -> dict[str, Any]:
    return {"certificate": reference(Kind.CERTIFICATE, number), **content}


def _settle(run: _Run, planned: Sequence[Review]) -> None:
    """Settle some in one transaction; where one of them stops it, each in its own, so that it holds up no other."""
    try:
        with run.desk.together():
            done = _carry_out(run, _plan(run, planned))
    except LcsError:
        if len(planned) == 1:
            raise
        for review in planned:
            _settle(run, [review])
    else:
        run.disposed.extend(one for one in done if isinstance(one, Disposed))
        run.sent_back.extend(one for one in done if not isinstance(one, Disposed))


def _plan(run: _Run, planned: Sequence[Review]) -> list[_Step]:
    """What is to be done about each, from its facts as they are now; nothing where another sweep has been at it."""
    live = {one.number: one for one in reviews.live(run.desk.db, [one.family for one in planned])}
    found = items(run.desk, run.desk.today, [one.family for one in planned if one.number in live])
    steps = [_Step(item, item.review, changed_since(item)) for item in found if item.review is not None]
    rules = schedule_in_force(run.desk.rules, run.desk.today)
    return [one for one in steps if one.sent_back or can_be_disposed_of(one.review, rules, run.desk.today)]


def _carry_out(run: _Run, steps: Sequence[_Step]) -> list[Disposed | tuple[str, str]]:
    """Take the steps: the register first, then the rows, then what is left of each: its entry and its certificate."""
    desk = run.desk
    run.register.enter(*(line for step in steps for line in _lines(run, step)))
    going = [step for step in steps if not step.sent_back]
    ranges = disposals.date_ranges(desk.db, [step.review.family for step in going])
    if going:
        _delete(desk, going)
    done: list[Disposed | tuple[str, str]] = []
    for step in steps:
        with desk.acting("retention.sweep") as act:
            act.note(reference(Kind.REVIEW, step.review.number), step.item.decision.family)
            if step.sent_back:
                reviews.send_back(desk.db, step.review.number, step.sent_back)
                act.note(sent_back=True)
                done.append((step.item.decision.family, step.sent_back))
            else:
                done.append(_certify(act, step, run.register, ranges.get(step.review.family, (None, None))))
    return done


def _delete(desk: Desk, going: Sequence[_Step]) -> None:
    fates = [(step.review.family, step.item.decision.fate) for step in going]
    kept = disposals.Kept(
        attendance_of=[number_in(Kind.PERSON, ref) for _, fate in fates for ref in fate.keeps_attendance],
        people=[number_in(Kind.PERSON, ref) for _, fate in fates for ref in fate.keeps_identity],
        families=[family for family, fate in fates if fate.keeps_family],
    )
    change = next_number(desk.db, "change")
    disposals.dispose(desk.db, [family for family, _ in fates], kept, on=desk.today, change=change)
    ask_for_rewrite(desk.db)


def _lines(run: _Run, step: _Step) -> Iterator[dict[str, Any]]:
    """What the register is to say before a step: a line that a sweep left that was killed is withdrawn or stands."""
    desk, ref = run.desk, reference(Kind.REVIEW, step.review.number)
    fate, line = step.item.decision.fate, run.register.standing(ref)
    entry = {
        "review": ref,
        "family": step.item.decision.family,
        "keeps_attendance": list(fate.keeps_attendance),
        "keeps_identity": list(fate.keeps_identity),
        "keeps_family": fate.keeps_family,
    }
    is_said = line is not None and all(line.get(name) == value for name, value in entry.items())
    if line is not None and (step.sent_back or not is_said):  # lest a restore obeys it
        yield {"withdrawn": ref, "on": desk.today.isoformat()}
    if not step.sent_back and not is_said:
        version, rules_hash = desk.decided_by()
        rest = {"policy_version": version, "rules_hash": rules_hash, "audit_head": str(audit.head(desk.db))}
        yield {**entry, "on": desk.today.isoformat(), **rest}


def _certify(act: Act, step: _Step, register: Register, days: tuple[str | None, str | None]) -> Disposed:
    desk, item, review = act.desk, step.item, step.review
    version, rules_hash = desk.decided_by()
    went = {cls.value: count for cls, count in item.decision.fate.goes.items()}
    stayed = {cls.value: count for cls, count in item.decision.fate.stays.items()}
    act.note(went=went, stayed=stayed)
    line = register.standing(reference(Kind.REVIEW, review.number)) or {}
    counted = {
        "went": went,
        "stayed": stayed,
        "paper": list(item.paper),
        "sessions_from": days[0],
        "sessions_to": days[1],
    }
    decided = {"policy_version": version, "rules_hash": rules_hash, "register_digest": line.get("digest")}
    content = {**_decided_by(desk, item, review), **counted, **decided, "audit_head": str(act.log())}
    number = disposals.add_certificate(desk.db, desk.today, content)
    return Disposed(item.decision.family, reference(Kind.CERTIFICATE, number), went, stayed, item.paper)


def _decided_by(desk: Desk, item: Item, review: Review) -> dict[str, Any]:
    """The first part of a certificate: which file, by which rule, and who decided; references only."""
    return {
        "family": item.decision.family,
        "disposed_on": desk.today.isoformat(),
        "disposed_by": desk.user.reference,
        "rule": review.rule,
        "clause": review.clause,
        "due_on": review.due_on.isoformat(),
        "review": reference(Kind.REVIEW, review.number),
        "reviewed_by": review.reviewed_by,
        "reviewed_on": review.reviewed_on.isoformat(),
        "approved_by": review.approved_by,
        "approved_on": str(review.approved_on),
    }


def _look(desk: Desk, disposed: Sequence[Disposed]) -> None:
    """After the rewrite: nothing that was to go is there, and no page of the file is unused."""
    for left in items(desk, desk.today, [number_in(Kind.FAMILY, one.family) for one in disposed]):
        if left.decision.outcome is not Outcome.KEPT:
            ref = left.decision.family
            raise DamagedVaultError(f"{ref}: records that were disposed of are still there", "run: lcs doctor")
    if desk.db.value("PRAGMA freelist_count"):
        raise DamagedVaultError("the data file was not rewritten after the disposal", "run: lcs doctor")


def _waiting(
    desk: Desk, disposed: Sequence[Disposed], sent_back: Sequence[tuple[str, str]], cooling: int
) -> SweepResult:
    to_review: list[str] = []
    to_approve = 0
    for item in over(desk, desk.today):
        if item.review is not None:
            to_approve += item.review.state is ReviewState.PROPOSED
        elif item.decision.outcome in WAITS_FOR_A_PERSON:
            to_review.append(item.decision.family)
    return SweepResult(disposed, sent_back, cooling, to_review, to_approve, papers.to_destroy(desk))
