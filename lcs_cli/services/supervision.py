"""Who supervises a session (policy 4.4): named when it is booked, checked then, at its attendance and every day."""

from collections.abc import Sequence
from datetime import timedelta

from msgspec.structs import replace

from lcs_cli.errors import RefusedError, UsageError
from lcs_cli.policy.vetting import Named, Standing, Vetting, duty, gone, vetting_rules
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.session import ContactSession
from lcs_cli.records.staff import Position, StaffMember, Supervising
from lcs_cli.services import checks, lookup
from lcs_cli.services.desk import Act, Desk
from lcs_cli.vault import contact_sessions, staff, supervision
from lcs_cli.vault.connection import Database
from lcs_cli.vault.supervision import Naming


def name(
    act: Act, session: ContactSession, supervisor: str, companion: str | None, reason: str | None
) -> ContactSession:
    """Name who supervises, alone or with another, within another use case; refused unless that is allowed (4.4).

    Where somebody is named already, the reason says why that changes; one that is given is always kept.
    """
    desk = act.desk
    named = _chosen(desk.db, supervisor, companion)
    why = checks.line("reason", reason or "") if session.supervisors or reason else None
    session = replace(session, supervisors=named)
    check(act, session)
    supervision.name(desk.db, session, named, Naming(desk.today, desk.user.reference, why))
    return session


def asks_why(desk: Desk, session: ContactSession) -> bool:
    """Whether naming takes a reason: somebody is named already, its day is past, or attendance is on record."""
    return bool(session.supervisors) or session.recorded or session.held_on < desk.today


def check_named(act: Act, session: ContactSession, supervisor: str | None, companion: str | None) -> None:
    """The same as `check`, for those who would be named, or without any for those who are; nothing is written."""
    named = _chosen(act.desk.db, supervisor, companion) if supervisor else session.supervisors
    check(act, replace(session, supervisors=named))


def check(act: Act, session: ContactSession) -> None:
    """Refuse a session whose supervisors may not supervise it on its day; a warning goes into the audit entry."""
    desk = act.desk
    for one in session.supervisors:
        member = staff.select(desk.db, "WHERE id = ?", one.staff)[0]
        act.note(reference(Kind.STAFF, one.staff))
        _check_there(member, session)
        other = supervision.overlapping(desk.db, session, one.staff)
        if other is not None:
            raise UsageError(
                f"supervisor: {reference(Kind.STAFF, one.staff)} supervises {reference(Kind.SESSION, other.number)} "
                f"on that day from {other.starts} to {other.ends}",
                "name somebody else, or choose another time",
            )
    if session.supervisors:
        found = _judged(desk, [session])[session.number]
        if not found.permitted:
            raise RefusedError(found.clause, found.reason, found.remedy, rule=found.rule, about=found.about)
        note(act, found)


def note(act: Act, found: Vetting) -> None:
    """What is wrong with the supervision of a session, in the audit entry: the rule, and no more."""
    if found.reason:
        act.note(supervision=found.rule)


def duties(desk: Desk, sessions: Sequence[ContactSession]) -> dict[int, Vetting]:
    """Whether each session, by its number, has a supervisor who may supervise it, within another use case.

    Why somebody is not vetted is told to those who may read the staff register.
    """
    found = _judged(desk, sessions)
    if desk.may("staff.show"):
        return found
    return {number: _withheld(number, answer) for number, answer in found.items()}


def days_ahead(desk: Desk) -> int:
    """For how many days to come sessions without a supervisor are looked at."""
    return vetting_rules(desk.rules).days_ahead(desk.today)


def lacking(desk: Desk, *, overdue: bool = False) -> list[ContactSession]:
    """The sessions of today and of the days ahead that nobody supervises who may, within another use case.

    With ``overdue`` those too whose supervisor may, with a check that was to be renewed.
    """
    last = desk.today + timedelta(days=days_ahead(desk))
    found = contact_sessions.select(
        desk.db,
        "WHERE held_on BETWEEN ? AND ? AND cancelled_on IS NULL",
        *(desk.today.isoformat(), last.isoformat()),
    )
    open_ = [one for one in found if not one.recorded]
    judged = _judged(desk, open_)
    return [one for one in open_ if not judged[one.number].permitted or (overdue and judged[one.number].reason)]


def refs(session: ContactSession) -> list[str]:
    """Those who are named, as references: whoever answers for the session first."""
    return [reference(Kind.STAFF, one.staff) for one in session.supervisors]


def _judged(desk: Desk, sessions: Sequence[ContactSession]) -> dict[int, Vetting]:
    rules = vetting_rules(desk.rules)
    # Only those who are named: of an import it is asked for each of its rows, and the register is long.
    named = {one.staff for session in sessions for one in session.supervisors}
    register = {number: one for number in named if (one := staff.get(desk.db, number)) is not None}
    every = {number: staff.checks_of(desk.db, number) for number in named}

    def judged(one: ContactSession) -> Vetting:
        if any(named.staff not in register for named in one.supervisors):
            return gone(rules)
        there = [Named(register[named.staff], every.get(named.staff, ())) for named in one.supervisors]
        return duty(reference(Kind.SESSION, one.number), there, rules, one.held_on)

    return {one.number: judged(one) for one in sessions}


def _withheld(session: int, answer: Vetting) -> Vetting:
    if not answer.reason or answer.standing is Standing.NOBODY:
        return answer
    said = f"{reference(Kind.SESSION, session)} has no supervisor with a check that is in order"
    return replace(answer, reason=said, remedy="tell a manager")


def _chosen(db: Database, supervisor: str, companion: str | None) -> tuple[Supervising, ...]:
    first = lookup.staff(db, supervisor).number
    if not companion:
        return (Supervising(first, Position.ALONE),)
    second = lookup.staff(db, companion).number
    if first == second:
        raise UsageError(
            f"with: {reference(Kind.STAFF, first)} is named twice", "name two people, or one with --supervisor alone"
        )
    return (Supervising(first, Position.ACCOMPANIED), Supervising(second, Position.WITH))


def _check_there(member: StaffMember, session: ContactSession) -> None:
    """A slip, not a ruling: somebody who does not work here on that day."""
    if member.works_on(session.held_on):
        return
    ref, day = reference(Kind.STAFF, member.number), session.held_on.isoformat()
    since = f"joins on {member.joined_on.isoformat()}"
    if member.left_on is not None and member.has_left(session.held_on):
        since = f"left on {member.left_on.isoformat()}"
    raise UsageError(f"supervisor: {ref} does not work here on {day}: {since}", "name somebody else: lcs staff list")
