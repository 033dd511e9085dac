"""Contact sessions: book, list, move and cancel, and who supervises them."""

from datetime import date

from msgspec.structs import replace

from lcs_cli.errors import UsageError
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.session import ContactSession
from lcs_cli.services import checks, lookup, supervision
from lcs_cli.services.desk import Act, Desk
from lcs_cli.vault import contact_sessions, families
from lcs_cli.vault.connection import Database


def book(
    desk: Desk,
    family: str,
    held_on: date,
    starts: str,
    ends: str,
    *,
    room: str | None = None,
    note: str | None = None,
    supervisor: str | None = None,
    companion: str | None = None,
) -> ContactSession:
    """Book a session for a family; a day that is past is a late entry.

    ``supervisor`` and ``companion`` are staff references; nobody need be named yet. Refused by 4.4 where they may not.
    """
    with desk.acting("session.book", (Kind.FAMILY, family)) as act:
        number = lookup.family(desk.db, family).number
        session = ContactSession(
            number=0,
            family=number,
            held_on=checks.bookable("day", held_on, desk.today),
            starts=starts,
            ends=ends,
            room=checks.line("room", room) if room else None,
            note=checks.line("note", note) if note else None,
        )
        _check_place(act, session)
        added = contact_sessions.add(desk.db, session, act.change)
        act.note(reference(Kind.SESSION, added), reference(Kind.FAMILY, number), change=act.change)
        return _supervised(act, replace(session, number=added), supervisor, companion)


def check_booking(
    desk: Desk,
    family: str,
    held_on: date,
    starts: str,
    ends: str,
    *,
    room: str | None = None,
    supervisor: str | None = None,
    companion: str | None = None,
) -> None:
    """Refuse before the next question what `book` would refuse."""
    with desk.acting("session.book", (Kind.FAMILY, family), logged=False) as act:
        number = lookup.family(desk.db, family).number
        session = ContactSession(0, number, checks.bookable("day", held_on, desk.today), starts, ends, room)
        _check_place(act, session)
        supervision.check_named(act, session, supervisor, companion)


def check_move(
    desk: Desk,
    typed: str,
    held_on: date,
    starts: str,
    ends: str,
    *,
    supervisor: str | None = None,
    companion: str | None = None,
) -> None:
    """Refuse before the next question what `move` would refuse."""
    with desk.acting("session.move", (Kind.SESSION, typed), logged=False) as act:
        session = changeable(desk.db, typed)
        moved = replace(session, held_on=checks.bookable("day", held_on, desk.today), starts=starts, ends=ends)
        _check_place(act, moved)
        supervision.check_named(act, moved, supervisor, companion)


def move(
    desk: Desk,
    typed: str,
    held_on: date,
    starts: str,
    ends: str,
    reason: str,
    *,
    supervisor: str | None = None,
    companion: str | None = None,
) -> ContactSession:
    """Move a session to another day or time; where it was is kept with the reason.

    Those who supervise it are checked for the new day (4.4), or others are named for it.
    """
    with desk.acting("session.move", (Kind.SESSION, typed)) as act:
        session = changeable(desk.db, typed)
        moved = replace(session, held_on=checks.bookable("day", held_on, desk.today), starts=starts, ends=ends)
        _check_place(act, moved)
        _correct(act, moved, {"held_on": held_on.isoformat(), "starts": starts, "ends": ends}, reason)
        if not supervisor:
            supervision.check(act, moved)
        return _supervised(act, moved, supervisor, companion, reason)


def supervise(
    desk: Desk, typed: str, supervisor: str, companion: str | None = None, reason: str | None = None
) -> ContactSession:
    """Name who supervises a session, alone or with another (4.4); who was named before is kept with the reason.

    Afterwards, and where attendance is on record, it takes a reason as well.
    """
    with desk.acting("session.supervise", (Kind.SESSION, typed)) as act:
        session = supervisable(desk, typed)
        act.note(reference(Kind.SESSION, session.number), reference(Kind.FAMILY, session.family))
        why = checks.line("reason", reason or "") if supervision.asks_why(desk, session) else None
        return supervision.name(act, session, supervisor, companion, why)


def check_supervise(desk: Desk, typed: str) -> bool:
    """Refuse before the first question; whether a reason is asked for."""
    with desk.acting("session.supervise", (Kind.SESSION, typed), logged=False):
        return supervision.asks_why(desk, supervisable(desk, typed))


def check_named(desk: Desk, typed: str, supervisor: str, companion: str | None) -> None:
    """Refuse before the next question who may not supervise that session."""
    with desk.acting("session.supervise", (Kind.SESSION, typed), logged=False) as act:
        supervision.check_named(act, supervisable(desk, typed), supervisor, companion)


def cancel(desk: Desk, typed: str, reason: str) -> ContactSession:
    """Cancel a session; it stays on record with the reason."""
    with desk.acting("session.cancel", (Kind.SESSION, typed)) as act:
        session = changeable(desk.db, typed)
        why = checks.line("reason", reason)
        _correct(act, session, {"cancelled_on": desk.today.isoformat(), "cancel_reason": why}, why)
        return replace(session, cancelled_on=desk.today, cancel_reason=why)


def unsupervised(desk: Desk) -> list[ContactSession]:
    """The sessions of today and of the days ahead that nobody supervises whose check is in order (4.4)."""
    with desk.acting("session.list"):
        return supervision.lacking(desk, overdue=True)


def listing(desk: Desk, family: str | None, from_on: date | None, to_on: date | None) -> list[ContactSession]:
    """The sessions of some days, of one family or of all."""
    checks.window(from_on, to_on)
    with desk.acting("session.list", (Kind.FAMILY, family)) as act:
        where, values = "WHERE held_on BETWEEN ? AND ?", [_iso(from_on, "0001-01-01"), _iso(to_on, "9999-12-31")]
        if family is not None:
            number = lookup.family(desk.db, family).number
            act.note(reference(Kind.FAMILY, number))
            return contact_sessions.select(desk.db, f"{where} AND family_id = ?", *values, number)
        return contact_sessions.select(desk.db, where, *values)


def changeable(db: Database, typed: str) -> ContactSession:
    """The session of a typed reference, if it can still be moved or cancelled; UsageError says why it cannot."""
    session = lookup.session(db, typed)
    ref = reference(Kind.SESSION, session.number)
    if session.cancelled_on is not None:
        raise UsageError(f"{ref} was cancelled on {session.cancelled_on.isoformat()}", "book a new session")
    if session.recorded:
        raise UsageError(
            f"{ref} has attendance on record, and a referrer may have been told",
            f"correct it with: lcs attendance correct {ref}   and book the other session anew",
        )
    return session


def supervisable(desk: Desk, typed: str) -> ContactSession:
    """The session of a typed reference, if somebody can be named for it; UsageError says why not."""
    session = lookup.session(desk.db, typed)
    if session.cancelled_on is not None:
        ref = reference(Kind.SESSION, session.number)
        raise UsageError(f"{ref} was cancelled on {session.cancelled_on.isoformat()}", "book a new session")
    _check_served(desk, session)
    return session


def _supervised(
    act: Act, session: ContactSession, supervisor: str | None, companion: str | None, reason: str | None = None
) -> ContactSession:
    if supervisor:
        return supervision.name(act, session, supervisor, companion, reason)
    if companion:
        raise UsageError("supervisor: is missing, and somebody is named to be with them", "give --supervisor as well")
    return session


def _check_place(act: Act, session: ContactSession) -> None:
    desk = act.desk
    checks.time_span("start", session.starts, "end", session.ends)
    _check_served(desk, session)
    other = contact_sessions.overlapping(desk.db, session)
    if other is not None:
        ref = reference(Kind.FAMILY, session.family)
        act.note(reference(Kind.SESSION, other.number), ref)
        raise UsageError(
            f"time: {ref} has {reference(Kind.SESSION, other.number)} on that day from {other.starts} to {other.ends}",
            "choose another time, or move that session",
        )
    other = contact_sessions.in_room(desk.db, session)
    if other is not None:
        act.note(reference(Kind.SESSION, other.number), reference(Kind.FAMILY, other.family))
        raise UsageError(
            f"room: {reference(Kind.SESSION, other.number)} is in it on that day from {other.starts} to {other.ends}",
            "choose another room, or another time",
        )


def _check_served(desk: Desk, session: ContactSession) -> None:
    family = families.get(desk.db, session.family)
    ref = reference(Kind.FAMILY, session.family)
    served = family is not None and any(
        episode.opened_on <= session.held_on and (episode.closed_on is None or session.held_on <= episode.closed_on)
        for episode in family.episodes
    )
    if not served:
        raise UsageError(
            f"day: {ref} had no open episode on {session.held_on.isoformat()}",
            f"its episodes: lcs family show {ref}; to open one: lcs family reopen {ref}",
        )


def _correct(act: Act, session: ContactSession, new: dict[str, str], reason: str) -> None:
    own = {"family_id": session.family, "id": session.number}
    changed = act.correct("contact_session", own, new, family=session.family, record=session.number, reason=reason)
    act.note(reference(Kind.SESSION, session.number), reference(Kind.FAMILY, session.family), fields=list(changed))


def _iso(day: date | None, otherwise: str) -> str:
    return day.isoformat() if day else otherwise
