"""Requests for one's records (policy 4.6): taken, checked, paused and extended, and how they end unanswered."""

from datetime import date

from msgspec.structs import replace

from lcs_cli.errors import RefusedError, UsageError
from lcs_cli.policy.requests import Answer, Asked, RequestRule, admit, request_rules
from lcs_cli.records.family import Person, PersonKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.records.request import AccessRequest, Pause, PauseReason, RequestKind
from lcs_cli.records.value import Value
from lcs_cli.services import checks, lookup, request_course
from lcs_cli.services.desk import Act, Desk
from lcs_cli.services.request_clock import TimedRequest, due_by, timed
from lcs_cli.vault import people, referrals, requests


class RequestDraft(Value):
    """A request as it came in. ``through`` and ``parent`` are references as typed."""

    kind: RequestKind
    received_on: date
    through: str | None = None
    parent: str | None = None
    asker: str | None = None
    evidence: str | None = None


class RequestFile(Value):
    """A request with everything that was noted about its course."""

    timed: TimedRequest
    pauses: tuple[tuple[Pause, str, str | None], ...] = ()
    ended_because: str | None = None


def add(desk: Desk, person: str, draft: RequestDraft) -> TimedRequest:
    """Take a request for the records about one person, who may be an identity stub by now."""
    with desk.acting("request.add", (Kind.PERSON, person)) as act:
        one = _taken(desk, person, draft)
        added = requests.add(desk.db, one, act.change)
        act.note(reference(Kind.REQUEST, added))
        return _noted(act, added)


def check_taken(desk: Desk, person: str, draft: RequestDraft) -> None:
    """Refuse what would not be taken before anything is written about it: `add` refuses it the same way."""
    with desk.acting("request.add", (Kind.PERSON, person), logged=False):
        _admitted(desk, person, draft)


def check_about(desk: Desk, person: str, kind: RequestKind, received_on: date) -> None:
    """Refuse, before it is asked who asks, a request that would not be taken from anybody."""
    with desk.acting("request.add", (Kind.PERSON, person), logged=False):
        about = lookup.person(desk.db, person)
        through = next(iter(request_rules(desk.rules).kinds[kind].through), None)
        _refuse_unless_taken(about, _answer(desk, kind, (received_on, desk.today), about, through, parent=True))


def listing(desk: Desk, *, everything: bool = False) -> list[TimedRequest]:
    """The requests that wait for an answer, the most urgent first; with ``everything``, the ended ones after them."""
    with desk.acting("request.list"):
        found = list(timed(desk, requests.select(desk.db, "" if everything else "WHERE ended_on IS NULL")))
        return sorted(found, key=lambda one: (one.deadline is None, one.deadline.due_on if one.deadline else date.max))


def show(desk: Desk, typed: str) -> RequestFile:
    """One request with its course; what was found about the person is `request find`."""
    with desk.acting("request.show", (Kind.REQUEST, typed)) as act:
        number = lookup.request(desk.db, typed).number
        one = _noted(act, number)
        return RequestFile(one, tuple(requests.spoken_pauses(desk.db, number)), requests.ended_because(desk.db, number))


def check(desk: Desk, typed: str, how: str, on: date) -> TimedRequest:
    """Note how the identity of who asks was checked; a clock that waited for that goes on from that day."""
    with desk.acting("request.check", (Kind.REQUEST, typed)) as act:
        one = request_course.unchecked(desk.db, typed)
        day = request_course.within(desk, one, "day", on)
        requests.check(desk.db, one.number, checks.prose("how", how), day, desk.user.reference)
        if one.paused and one.paused.reason is PauseReason.IDENTITY:
            _resume(desk, one, one.paused, day, "the identity was checked")
        return _noted(act, one.number)


def pause(desk: Desk, typed: str, reason: PauseReason, because: str, on: date) -> TimedRequest:
    """Stop the clock while the service waits for something from who asks; not once the day has passed."""
    with desk.acting("request.pause", (Kind.REQUEST, typed)) as act:
        one = request_course.running(desk.db, typed)
        request_course.check_pause_reason(one, reason)
        day = request_course.pause_from(desk, one, on)
        requests.pause(desk.db, one.number, reason, checks.prose("because", because), day)
        return _noted(act, one.number)


def resume(desk: Desk, typed: str, because: str, on: date) -> TimedRequest:
    """Start the clock again: the day on which the answer came counts."""
    with desk.acting("request.resume", (Kind.REQUEST, typed)) as act:
        one, since = request_course.paused(desk.db, typed)
        day = checks.past("day", on, desk.today)
        _resume(desk, one, since, day, checks.prose("because", because))
        return _noted(act, one.number)


def extend(desk: Desk, typed: str, because: str, on: date) -> TimedRequest:
    """Take two further months for a complex request, told to who asks within the first (UK GDPR, article 12(3))."""
    with desk.acting("request.extend", (Kind.REQUEST, typed)) as act:
        one = request_course.unextended(desk.db, typed)
        day = request_course.within(desk, one, "day", on)
        rules = request_rules(desk.rules)
        if (first := due_by(desk, one).first) < day:
            raise refused(
                rules.due,
                f"{typed_as(one)} could be extended up to {first.isoformat()}, when the first month ended",
                f"answer it: lcs request find {typed_as(one)}",
            )
        requests.extend(desk.db, one.number, checks.prose("because", because), day, desk.user.reference)
        return _noted(act, one.number)


def close(desk: Desk, typed: str, reason: str, because: str | None) -> TimedRequest:
    """End a request without an answer, for a reason of the rule file."""
    with desk.acting("request.close", (Kind.REQUEST, typed)) as act:
        one = request_course.open_request(desk.db, typed)
        reason = close_reason(desk, reason)
        words = checks.prose("in words", because) if because else None
        requests.end(desk.db, one.number, reason, desk.today, desk.user.reference, words)
        act.note(outcome=reason)
        return _noted(act, one.number)


def close_reason(desk: Desk, typed: str) -> str:
    """One of the reasons of the rule file; UsageError for another word."""
    reasons = request_rules(desk.rules).close
    if typed not in reasons:
        raise UsageError(f"because: must be one of {', '.join(reasons)}", "give one of these words")
    return typed


def typed_as(one: AccessRequest) -> str:
    """A request's reference."""
    return reference(Kind.REQUEST, one.number)


def refused(rule: RequestRule, message: str, remedy: str) -> RefusedError:
    """A refusal by one of the rules of requests."""
    return RefusedError(rule.clause, message, remedy, rule=rule.id, about=rule.about)


def note(act: Act, one: AccessRequest) -> None:
    """Put a request, its family and its person on the entry."""
    act.note(typed_as(one), reference(Kind.FAMILY, one.family), reference(Kind.PERSON, one.person))


def _taken(desk: Desk, person: str, draft: RequestDraft) -> AccessRequest:
    """The request as it is stored; what the kind does not need is not taken."""
    about, through, parent = _admitted(desk, person, draft)
    if draft.kind is RequestKind.YOUNG_PERSON and not draft.asker:
        raise UsageError("who asks: is missing", "say who at the authority asks")
    if draft.kind is not RequestKind.OWN and not draft.evidence:
        raise UsageError("evidence: is missing", "say what was shown: an authority's letter, parental responsibility")
    return AccessRequest(
        number=0,
        family=about.family,
        person=about.number,
        kind=draft.kind,
        received_on=draft.received_on,
        recorded_on=desk.today,
        recorded_by=desk.user.reference,
        through=through,
        parent=parent,
        asker=checks.prose("who asks", draft.asker) if draft.asker else None,
        evidence=checks.prose("evidence", draft.evidence) if draft.evidence else None,
    )


def _admitted(desk: Desk, typed: str, draft: RequestDraft) -> tuple[Person, int | None, int | None]:
    """The person concerned, and the numbers of the authority and of the parent who asks; RefusedError if not taken."""
    about = lookup.person(desk.db, typed)
    checks.past("received", draft.received_on, desk.today)
    if draft.kind is not RequestKind.YOUNG_PERSON and draft.through:
        raise UsageError("through: only a young person's request comes through an authority", "leave --through away")
    if draft.kind is not RequestKind.PARENT and draft.parent:
        raise UsageError("parent: only a parent's request has one", "leave --parent away")
    through = lookup.referrer(desk.db, draft.through) if draft.through else None
    parent = lookup.person(desk.db, draft.parent) if draft.parent else None
    days = (draft.received_on, desk.today)
    kind = through.kind if through else None
    _refuse_unless_taken(about, _answer(desk, draft.kind, days, about, kind, parent=_is_parent(about, parent)))
    return about, through.number if through else None, parent.number if parent else None


def _refuse_unless_taken(about: Person, answer: Answer) -> None:
    if not answer.taken:
        raise refused(
            answer.rule,
            f"no request about {reference(Kind.PERSON, about.number)} is taken: {answer.reason}",
            answer.remedy,
        )


def _is_parent(about: Person, parent: Person | None) -> bool:
    """Whether who asks is an adult of the family of the person concerned."""
    return parent is not None and parent.family == about.family and parent.kind is PersonKind.ADULT


def check_still_taken(desk: Desk, one: AccessRequest) -> None:
    """Refuse to answer a request that would not be taken by what is on record today: it may have been corrected."""
    about = people.get(desk.db, one.person)
    if about is None:
        raise LookupError(one.person)
    body = referrals.referrer(desk.db, one.through) if one.through is not None else None
    is_parent = _is_parent(about, people.get(desk.db, one.parent) if one.parent is not None else None)
    through = body.kind if body else None
    answer = _answer(desk, one.kind, (one.received_on, one.recorded_on), about, through, parent=is_parent)
    if one.through is not None and one.through_corrected:
        named = reference(Kind.REFERRER, one.through)
        reason = f"{named} was corrected since: it came through the body that stood there before"
        anew = f"if it comes through {named} now, take it anew: lcs request add {reference(Kind.PERSON, one.person)}"
        answer = replace(answer, reason=reason, remedy=anew)
    if not answer.taken:
        ref = typed_as(one)
        raise refused(
            answer.rule,
            f"{ref} may not be answered by what is on record today: {answer.reason}",
            f"{answer.remedy}   and end this one: lcs request close {ref}",
        )


def _answer(
    desk: Desk,
    kind: RequestKind,
    days: tuple[date, date],
    about: Person,
    through: ReferrerKind | None,
    *,
    parent: bool,
) -> Answer:
    """Whether such a request, received and recorded on these days, is taken by what is on record today."""
    received_on, recorded_on = days
    asked = Asked(
        kind=kind,
        received_on=received_on,
        recorded_on=recorded_on,
        today=desk.today,
        born=about.date_of_birth,
        through=through,
        child=about.kind is PersonKind.CHILD,
        parent=parent,
    )
    return admit(asked, request_rules(desk.rules))


def _noted(act: Act, number: int) -> TimedRequest:
    """The request as it is now, put on the entry."""
    (one,) = timed(act.desk, requests.select(act.desk.db, "WHERE id = ?", number))
    note(act, one.request)
    return one


def _resume(desk: Desk, one: AccessRequest, pause: Pause, day: date, because: str) -> None:
    request_course.check_resumed(pause, day)
    requests.resume(desk.db, one.number, because, day)
