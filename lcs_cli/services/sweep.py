"""The retention sweep: plan, then apply that plan. It disposes only of what two people have decided on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lcs_cli.errors import DamagedVaultError, FailedError, LcsError, VaultBusyError
from lcs_cli.policy.retention import Outcome
from lcs_cli.records.references import Kind, number_in, reference
from lcs_cli.records.retention import Review, ReviewState
from lcs_cli.records.subject import kind_of, named
from lcs_cli.services import kept, papers
from lcs_cli.services.desk import Act, Desk
from lcs_cli.services.lookup import find
from lcs_cli.services.retention import WAITS_FOR_A_PERSON, Item, can_be_disposed_of, changed_since, items
from lcs_cli.vault import audit, disposals, reviews
from lcs_cli.vault.counters import ask_for_rewrite, rewrite_if_asked


@dataclass(frozen=True)
class Disposed:
    """One file's disposal: its certificate, what went and stayed by class, and the paper that must still go."""

    family: str
    certificate: str
    went: dict[str, int]
    stayed: dict[str, int]
    paper: tuple[str, ...] = ()


@dataclass(frozen=True)
class SweepResult:
    """What a sweep did and found. ``cooling`` waits for its day, the rest for a person: ``paper`` to be destroyed."""

    disposed: Sequence[Disposed]
    sent_back: Sequence[tuple[str, str]]
    cooling: int
    to_review: Sequence[str]
    to_approve: int
    paper: Sequence[str]

    @property
    def waits_for_a_person(self) -> bool:
        """Whether somebody has to do something."""
        return bool(self.to_review or self.to_approve or self.paper)


def sweep(desk: Desk) -> SweepResult:
    """Dispose of what was approved and has cooled off, after checking again; then say what waits.

    Each file is one transaction: its line in the register is on the disk before its rows go, and its
    certificate is written with them. After a disposal the file is rewritten, by the next sweep if this one is
    killed, and then looked at. DamagedVaultError, after all others, for one whose kept records were changed.
    """
    with desk.acting("retention.sweep") as act:
        approved = reviews.waiting(desk.db, ReviewState.APPROVED)
        ready = [review for review in approved if can_be_disposed_of(desk, review)]
        act.note(ready=len(ready))
        changed = kept.changed_of(desk, [review.subject for review in ready])
        ready = [review for review in ready if review.subject not in changed]
    disposed: list[Disposed] = []
    sent_back: list[tuple[str, str]] = []
    proposed = reviews.waiting(desk.db, ReviewState.PROPOSED)
    for review in [*ready, *proposed]:
        done = _settle(desk, review)
        if isinstance(done, Disposed):
            disposed.append(done)
        elif done is not None:
            sent_back.append((review.subject, done))
    try:
        rewritten = rewrite_if_asked(desk.db)
    except (FailedError, VaultBusyError, OSError) as error:
        why = error.message if isinstance(error, LcsError) else str(error.strerror)
        raise FailedError(
            f"{len(disposed)} disposed of, but the data file was not rewritten ({why})", "the next sweep rewrites it"
        ) from error
    if rewritten:
        _look(desk, disposed)
    for ref, said in changed.items():
        raise DamagedVaultError(f"{len(disposed)} disposed of, but {ref} was not: {said}", "run: lcs audit verify")
    return _waiting(desk, disposed, sent_back, len(approved) - len(ready))


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


def _settle(desk: Desk, planned: Review) -> Disposed | str | None:
    """Dispose of one file, or send it back with the reason; None where nothing is to be done.

    A proposal that nobody has approved yet is only looked at: it goes back too when its file has changed.
    """
    item = next(items(desk, desk.today, planned.subject), None)
    if item is None or (planned.state is ReviewState.PROPOSED and not changed_since(item)):
        return None
    with desk.acting("retention.sweep") as act:
        live = reviews.select(desk.db, "WHERE id = ? AND state = ?", planned.number, planned.state.value)
        if not live:
            return None
        item = next(items(desk, desk.today, planned.subject))
        act.note(reference(Kind.REVIEW, planned.number), item.decision.family)
        changed = changed_since(item)
        if changed:
            _send_back(desk, planned, changed)
            act.note(sent_back=True)
            return changed
        if live[0].state is not ReviewState.APPROVED or not can_be_disposed_of(desk, live[0]):
            return None
        return _dispose(act, item, live[0])


def _send_back(desk: Desk, review: Review, changed: str) -> None:
    """Back to review. A register line left by a sweep that was killed is withdrawn, lest a restore obeys it."""
    ref = reference(Kind.REVIEW, review.number)
    reviews.send_back(desk.db, review.number, changed)
    if _register_line(desk, ref) is not None:
        disposals.enter(desk.vault.register, {"withdrawn": ref, "on": desk.today.isoformat()})


def _dispose(act: Act, item: Item, review: Review) -> Disposed:
    desk, fate, ref = act.desk, item.decision.fate, reference(Kind.REVIEW, review.number)
    version, rules_hash = desk.decided_by()
    first, last = _date_range(desk, review.subject)
    went = {cls.value: count for cls, count in fate.goes.items()}
    stayed = {cls.value: count for cls, count in fate.stays.items()}
    act.note(went=went, stayed=stayed)
    entry = {"review": ref, **named(review.subject), **_keeps(item)}
    line = _register_line(desk, ref)
    if line is not None and any(line.get(name) != value for name, value in entry.items()):
        disposals.enter(desk.vault.register, {"withdrawn": ref, "on": desk.today.isoformat()})
        line = None
    if line is None:
        rest = {"policy_version": version, "rules_hash": rules_hash, "audit_head": str(audit.head(desk.db))}
        disposals.enter(desk.vault.register, {**entry, "on": desk.today.isoformat(), **rest})
        line = _register_line(desk, ref) or {}
    _remove(act, item)
    ask_for_rewrite(desk.db)
    counted = {
        "went": went,
        "stayed": stayed,
        "paper": list(item.paper),
        "sessions_from": first,
        "sessions_to": last,
    }
    decided = {"policy_version": version, "rules_hash": rules_hash, "register_digest": line.get("digest")}
    content = {**_decided_by(desk, item, review), **counted, **decided, "audit_head": str(act.log())}
    number = disposals.add_certificate(desk.db, desk.today, content)
    return Disposed(item.decision.family, reference(Kind.CERTIFICATE, number), went, stayed, item.paper)


def _keeps(item: Item) -> dict[str, Any]:
    """What of a family stays, in its line of the register; of an entry of the staff register nothing does."""
    fate = item.decision.fate
    if kind_of(item.decision.family) is Kind.STAFF:
        return {}
    return {
        "keeps_attendance": list(fate.keeps_attendance),
        "keeps_identity": list(fate.keeps_identity),
        "keeps_family": fate.keeps_family,
    }


def _date_range(desk: Desk, subject: str) -> tuple[str | None, str | None]:
    """The first and last day of a family's sessions, for the certificate."""
    if kind_of(subject) is Kind.STAFF:
        return None, None
    return disposals.date_range(desk.db, number_in(Kind.FAMILY, subject))


def _remove(act: Act, item: Item) -> None:
    """Take the rows away. That an entry of the staff register is gone is noted: its former entries tell of it."""
    ref, fate = item.decision.family, item.decision.fate
    if kind_of(ref) is Kind.STAFF:
        disposals.dispose_staff(act.desk.db, number_in(Kind.STAFF, ref))
        act.note(gone=ref)
        return
    disposals.dispose(
        act.desk.db,
        number_in(Kind.FAMILY, ref),
        keep_attendance_of=_numbers(fate.keeps_attendance),
        keep_people=_numbers(fate.keeps_identity),
        keep_family=fate.keeps_family,
        on=act.desk.today,
        change=act.change,
    )


def _decided_by(desk: Desk, item: Item, review: Review) -> dict[str, Any]:
    """The first part of a certificate: which file, by which rule, and who decided; references only."""
    return {
        **named(item.decision.family),
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


def _register_line(desk: Desk, review: str) -> dict[str, Any] | None:
    """The register's line for one proposal, unless it was withdrawn."""
    found = None
    for line in disposals.entered(desk.vault.register):
        if line.get("review") == review:
            found = line
        elif line.get("withdrawn") == review:
            found = None
    return found


def _look(desk: Desk, disposed: Sequence[Disposed]) -> None:
    """After the rewrite: nothing that was to go is there, and no page of the file is unused."""
    for one in disposed:
        left = list(items(desk, desk.today, one.family))
        if any(item.decision.outcome is not Outcome.KEPT for item in left):
            raise DamagedVaultError(f"{one.family}: records that were disposed of are still there", "run: lcs doctor")
    if desk.db.value("PRAGMA freelist_count"):
        raise DamagedVaultError("the data file was not rewritten after the disposal", "run: lcs doctor")


def _waiting(
    desk: Desk, disposed: Sequence[Disposed], sent_back: Sequence[tuple[str, str]], cooling: int
) -> SweepResult:
    to_review: list[str] = []
    to_approve = 0
    for item in items(desk, desk.today):
        if item.review is not None:
            to_approve += item.review.state is ReviewState.PROPOSED
        elif item.decision.outcome in WAITS_FOR_A_PERSON:
            to_review.append(item.decision.family)
    return SweepResult(disposed, sent_back, cooling, to_review, to_approve, papers.to_destroy(desk))


def _numbers(references: Sequence[str]) -> list[int]:
    return [number_in(Kind.PERSON, text) for text in references]
