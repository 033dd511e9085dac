"""The register of files on paper (policy 4.5): what there is, where it lies and lay, and how it went (4.6)."""

from collections.abc import Iterator, Sequence
from datetime import date

from lcs_cli.errors import LcsError, RefusedError, UsageError
from lcs_cli.policy.paper import FileFacts, PaperDecision, destroyed_on, may_be_destroyed, witnessed
from lcs_cli.policy.retention import decide, still_required
from lcs_cli.policy.schedule import schedule_in_force
from lcs_cli.records.document import PAPER_KINDS, DisposalMethod, DocumentKind, Paper, PaperDisposal, Position
from lcs_cli.records.references import Kind, parse_reference, reference
from lcs_cli.records.user import User
from lcs_cli.records.value import Private, Value
from lcs_cli.services import checks, lookup, named, retention, sweep_guards
from lcs_cli.services.desk import Desk
from lcs_cli.services.documents import named_children
from lcs_cli.vault import papers
from lcs_cli.vault.connection import Database
from lcs_cli.vault.facts import family_facts


class PaperDraft(Value):
    """A file on paper as entered: who has it, a user's reference or a text, may be left away where it only lies."""

    kind: DocumentKind
    description: Private[str]
    place: Private[str]
    holder: Private[str | None]
    since: date
    children: Sequence[str] = ()


def add(desk: Desk, family: str, draft: PaperDraft) -> Paper:
    """Register a file on paper of a family. It is no use of the family's file and restarts no clock."""
    with desk.acting("paper.add", (Kind.FAMILY, family)) as act:
        number = lookup.family(desk.db, family).number
        if draft.kind not in PAPER_KINDS:
            raise UsageError("kind: a scan is a document in the vault", "lcs document add")
        cls = schedule_in_force(desk.rules, desk.today).class_of[draft.kind]
        paper = Paper(
            number=0,
            family=number,
            kind=draft.kind,
            record_class=cls,
            description=checks.line("what it is", draft.description),
            registered_on=desk.today,
            registered_by=desk.user.reference,
            positions=(_position(desk, draft.place, draft.holder, draft.since, None),),
            children=named_children(desk.db, family, cls, draft.children),
        )
        added = papers.add(desk.db, paper)
        ref = reference(Kind.PAPER, added)
        act.note(ref, reference(Kind.FAMILY, number), *(reference(Kind.PERSON, child) for child in paper.children))
        act.keep(Kind.PAPER, added)
        return lookup.paper(desk.db, ref)


def listing(desk: Desk, family: str | None, *, to_destroy: bool = False) -> Iterator[Paper]:
    """The files on paper of one family or of all; or only those that its disposal has released for destruction."""
    with desk.acting("paper.list", (Kind.FAMILY, family)) as act:
        where, values = ["1"], list[int]()
        if family is not None:
            number = _family_number(desk.db, family)
            act.note(reference(Kind.FAMILY, number))
            where, values = ["family_id = ?"], [number]
        if to_destroy:
            where.append(papers.TO_DESTROY)
    return papers.each(desk.db, " AND ".join(where), *values)


def show(desk: Desk, typed: str) -> Paper:
    """One file on paper, with every place that it had."""
    with desk.acting("paper.show", (Kind.PAPER, typed)) as act:
        one = lookup.paper(desk.db, typed)
        act.note(reference(Kind.PAPER, one.number), reference(Kind.FAMILY, one.family))
        return one


def move(desk: Desk, typed: str, place: str, holder: str | None, since: date, reason: str) -> Paper:
    """Enter a new place or holder from a day on; the former ones stay in the register."""
    with desk.acting("paper.move", (Kind.PAPER, typed)) as act:
        one = there(desk.db, typed)
        position = _position(desk, place, holder, since, checks.line("reason", reason))
        check_since(one, position.since)
        papers.move(desk.db, one.number, position)
        ref = reference(Kind.PAPER, one.number)
        act.note(ref, reference(Kind.FAMILY, one.family), fields=["place", "holder"])
        act.keep(Kind.PAPER, one.number)
        return lookup.paper(desk.db, ref)


def dispose(desk: Desk, typed: str, method: DisposalMethod, on: date, witness: str, by: str | None = None) -> Paper:
    """Enter that a file on paper was destroyed, which a second person saw; ``by`` is who did it, if not this user.

    One of the two enters it. RefusedError (policy 4.6) for what is kept for ever, and for a day before the family's
    disposal was approved and has cooled off, or was carried out; and for all of it while the disposals are stopped, or
    on a day that cannot be believed. What it was and where it lay is emptied: references,
    days, method and users remain.
    """
    with desk.acting("paper.dispose", (Kind.PAPER, typed)) as act:
        one = there(desk.db, typed)
        ref = reference(Kind.PAPER, one.number)
        act.note(ref, reference(Kind.FAMILY, one.family))
        decision = _may_go(desk, one)
        who, saw = _two(desk, ref, witness, by)
        day = _gone_on(desk, one, on)
        papers.dispose(desk.db, one.number, PaperDisposal(method, day, who, saw, desk.today, desk.user.reference))
        act.note(saw, who)
        version, rules_hash = desk.decided_by()
        act.note(rule=decision.rule.id, clause=decision.rule.clause, policy=version, rules_hash=rules_hash)
        return lookup.paper(desk.db, ref)


def check_disposal(desk: Desk, typed: str) -> None:
    """Refuse before the first question what may not be destroyed; only a refusal is logged."""
    with desk.acting("paper.dispose", (Kind.PAPER, typed), logged=False):
        _may_go(desk, there(desk.db, typed))


def check_day(desk: Desk, typed: str, on: date) -> None:
    """Refuse a day on which it cannot have gone, before the next question."""
    with desk.acting("paper.dispose", (Kind.PAPER, typed), logged=False):
        _gone_on(desk, there(desk.db, typed), on)


def check_witness(desk: Desk, typed: str, witness: str, by: str | None) -> None:
    """Refuse a witness who is none, while it can still be asked who else saw it."""
    with desk.acting("paper.dispose", (Kind.PAPER, typed), logged=False):
        _two(desk, reference(Kind.PAPER, there(desk.db, typed).number), witness, by)


def _may_go(desk: Desk, one: Paper) -> PaperDecision:
    """Refuse what is kept, and all of it while nothing is disposed of."""
    decision = _decision(desk, one)
    _check(reference(Kind.PAPER, one.number), decision)
    sweep_guards.check(desk, "paper.dispose")
    return decision


def _two(desk: Desk, ref: str, witness: str, by: str | None) -> tuple[str, str]:
    """Who destroyed it, and who saw it."""
    who = person(desk, "by", by).reference if by else desk.user.reference
    saw = person(desk, "witness", witness).reference
    _check(ref, witnessed(who, saw, desk.user.reference, schedule_in_force(desk.rules, desk.today)))
    return who, saw


def _gone_on(desk: Desk, one: Paper, on: date) -> date:
    day = checks.past("day", on, desk.today)
    earliest = max(one.positions[-1].since, one.registered_on)
    if day < earliest:
        raise UsageError(
            f"day: {day.isoformat()} is before {earliest.isoformat()}, when it was still there",
            f"give a day from {earliest.isoformat()} on",
        )
    _check(reference(Kind.PAPER, one.number), destroyed_on(_decision(desk, one), day))
    return day


def there(db: Database, typed: str) -> Paper:
    """The file on paper of a typed reference; UsageError for one that has been destroyed."""
    one = lookup.paper(db, typed)
    if one.disposal is not None:
        ref = reference(Kind.PAPER, one.number)
        raise UsageError(f"{ref} was destroyed on {one.disposal.on.isoformat()}", "nothing is left to be done")
    return one


def check_since(one: Paper, day: date) -> None:
    """A file does not go before it came where it lies."""
    latest = one.positions[-1].since
    if day < latest:
        raise UsageError(
            f"day: {day.isoformat()} is before {latest.isoformat()}, when it came where it lies now",
            f"give a day from {latest.isoformat()} on",
        )


def person(desk: Desk, label: str, typed: str) -> User:
    """Somebody who works here, by login name or reference; UsageError for a slip and for a service."""
    try:
        return named.person(desk, typed)
    except LcsError as error:
        raise UsageError(
            f"{label}: is nobody who has a login here", "give a login name or a reference: lcs vault user list"
        ) from error


def holder_of(desk: Desk, typed: str) -> str:
    """Who has a file: a text, or the reference of somebody who works here where it is one, or a login name."""
    who = checks.line("who has it", typed)
    logins = {user.name: user.reference for user in named.people(desk)}
    is_reference = who.upper().startswith(f"{Kind.USER.prefix}-")
    return person(desk, "who has it", who).reference if is_reference else logins.get(who.lower(), who)


def to_destroy(desk: Desk) -> list[str]:
    """What waits to be destroyed, within another use case."""
    return [reference(Kind.PAPER, one.number) for one in papers.select(desk.db, f"WHERE {papers.TO_DESTROY}")]


def _position(desk: Desk, place: str, holder: str | None, since: date, reason: str | None) -> Position:
    return Position(
        place=checks.line("place", place),
        holder=holder_of(desk, holder) if holder else None,
        since=checks.past("day", since, desk.today),
        reason=reason,
        recorded_on=desk.today,
        recorded_by=desk.user.reference,
    )


def _family_number(db: Database, typed: str) -> int:
    """The number of a family, also of one that is gone and of which only paper is left."""
    number = parse_reference(Kind.FAMILY, typed)
    if isinstance(number, int) and papers.select(db, "WHERE family_id = ?", number):
        return number
    return lookup.family(db, typed).number


def _decision(desk: Desk, one: Paper) -> PaperDecision:
    schedule = schedule_in_force(desk.rules, desk.today)
    return may_be_destroyed(
        one.record_class,
        released_on=one.released_on,
        family=reference(Kind.FAMILY, one.family),
        file=next(_file(desk, one.family), None),
        schedule=schedule,
        today=desk.today,
    )


def _file(desk: Desk, family: int) -> Iterator[FileFacts]:
    """What there is of the family: nothing after a disposal that left no stub."""
    schedule = schedule_in_force(desk.rules, desk.today)
    items = retention.items(desk, desk.today, [reference(Kind.FAMILY, family)])
    for facts, item in zip(family_facts(desk.db, [family]), items, strict=True):
        yield FileFacts(
            decision=decide(facts, schedule, desk.today),
            required=still_required(facts, desk.today),
            approved_on=item.review.approved_on if item.review else None,
            changed=retention.changed_since(item),
        )


def _check(ref: str, decision: PaperDecision) -> None:
    if not decision.allowed:
        rule = decision.rule
        raise RefusedError(
            rule.clause,
            f"{ref} may not be destroyed: {decision.reason}",
            decision.remedy,
            rule=rule.id,
            about=rule.about,
        )
