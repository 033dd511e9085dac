"""Attendance: record it, correct it with a reason, list it."""

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec.structs import replace

from lcs_cli.errors import NotFoundError, UsageError
from lcs_cli.policy.vetting import Vetting
from lcs_cli.records.family import Person, PersonKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.session import Attendance, ContactSession
from lcs_cli.records.user import UserKind
from lcs_cli.records.value import Value
from lcs_cli.services import checks, lookup, supervision
from lcs_cli.services.desk import Act, Desk
from lcs_cli.vault import attendance, contact_sessions, corrections, people
from lcs_cli.vault import supervision as namings
from lcs_cli.vault.connection import Database
from lcs_cli.vault.corrections import Correction


class Outcome(Value):
    """What is said of a session: attended with both times, or not attended without them."""

    attended: bool
    arrived: str | None = None
    left: str | None = None


class RecordedSession(Value):
    """A session with the attendance lines of its children; where it was just recorded, what its supervision was."""

    session: ContactSession
    lines: Sequence[Attendance]
    corrections: Sequence[Correction] = ()
    duty: Vetting | None = None


class OpenSession(Value):
    """A session that has begun and has no attendance on record, with the children of its family."""

    session: ContactSession
    children: tuple[Person, ...]


def to_record(desk: Desk) -> tuple[list[OpenSession], list[OpenSession], list[ContactSession]]:
    """The sessions without attendance: of today, of the days before, and those of today that have not begun.

    They are shown to whoever may record them, as what the day holds.
    """
    with desk.acting("attendance.record", logged=False):
        pass
    with desk.acting("today") as act:
        lacking = contact_sessions.unrecorded(desk.db, desk.today)
        later = [one for one in lacking if one.begins > desk.local]
        begun = [one for one in lacking if one.begins <= desk.local]
        act.note(*(reference(Kind.SESSION, one.number) for one in begun))
        of_today, before = [[one for one in begun if (one.held_on == desk.today) is today] for today in (True, False)]
        return [_open(desk, one) for one in of_today], [_open(desk, one) for one in before], later


def record(desk: Desk, typed: str, outcome: Outcome, children: Sequence[str] = ()) -> RecordedSession:
    """Record attendance at a session for the named children, or for all children of the family.

    What is wrong with its supervision by then is a warning (4.4): what happened is recorded all the same.
    """
    with desk.acting("attendance.record", (Kind.SESSION, typed)) as act:
        session = recordable(desk, desk.db, typed)
        ref = reference(Kind.SESSION, session.number)
        _check(outcome)
        _check_against(session, outcome)
        _check_come(desk, session, outcome)
        numbers = _children(desk, session, children)
        before = _lines(desk, session)
        there = {line.child for line in before} & set(numbers)
        if there:
            names = ", ".join(reference(Kind.PERSON, child) for child in sorted(there))
            raise UsageError(
                f"{ref} has attendance on record for {names}", f"correct it with: lcs attendance correct {ref}"
            )
        lines = [
            Attendance(session.family, session.number, child, outcome.attended, outcome.arrived, outcome.left)
            for child in numbers
        ]
        for line in lines:
            attendance.add(desk.db, line, act.change)
        act.note(ref, reference(Kind.FAMILY, session.family), *(reference(Kind.PERSON, n) for n in numbers))
        duty = supervision.duties(desk, [session])[session.number]
        supervision.note(act, duty)
        return RecordedSession(session, sorted([*before, *lines], key=lambda line: line.child), duty=duty)


def recordable(desk: Desk, db: Database, typed: str) -> ContactSession:
    """The session of a typed reference, if it has begun and was not cancelled; UsageError says why it cannot be."""
    session = lookup.session(db, typed)
    ref = reference(Kind.SESSION, session.number)
    if session.cancelled_on is not None:
        raise UsageError(f"{ref} was cancelled on {session.cancelled_on.isoformat()}", "book a new session")
    if session.held_on > desk.today:
        raise UsageError(f"{ref} has not taken place yet", "record attendance on the day or after it")
    if session.begins > desk.local:
        raise UsageError(f"{ref} begins at {session.starts}", "record attendance then, or after it")
    return session


def unrecorded(desk: Desk, db: Database, typed: str) -> ContactSession:
    """A recordable session of whose children one at least has no attendance on record yet."""
    session = recordable(desk, db, typed)
    there = {line.child for line in _lines(desk, session)}
    if there and there >= set(_children(desk, session, ())):
        ref = reference(Kind.SESSION, session.number)
        raise UsageError(f"{ref} has attendance on record", f"correct it with: lcs attendance correct {ref}")
    return session


def correct(
    desk: Desk, typed: str, outcome: Outcome, reason: str, children: Sequence[str] = ()
) -> tuple[RecordedSession, tuple[str, ...]]:
    """Correct recorded attendance; what was recorded before is kept with the reason. Also: which fields changed.

    The correction is told to the referrer with the next export, however old the session is.
    """
    with desk.acting("attendance.correct", (Kind.SESSION, typed)) as act:
        session = lookup.session(desk.db, typed)
        recorded = sorted(line.child for line in _lines(desk, session))
        numbers = _children(desk, session, children) if children else recorded
        return _corrected(act, session, dict.fromkeys(numbers, outcome), reason)


def correct_each(desk: Desk, typed: str, outcomes: Mapping[str, Outcome], reason: str) -> None:
    """Correct what is recorded of each child, by its reference, to something of its own, as one change."""
    with desk.acting("attendance.correct", (Kind.SESSION, typed)) as act:
        session = lookup.session(desk.db, typed)
        numbers = {_children(desk, session, [child])[0]: outcome for child, outcome in outcomes.items()}
        _corrected(act, session, numbers, reason)


def _corrected(
    act: Act, session: ContactSession, outcomes: Mapping[int, Outcome], reason: str
) -> tuple[RecordedSession, tuple[str, ...]]:
    desk, ref = act.desk, reference(Kind.SESSION, session.number)
    if not outcomes or not outcomes.keys() <= {line.child for line in _lines(desk, session)}:
        raise NotFoundError(f"{ref} has no attendance on record to correct", f"lcs attendance record {ref}")
    changed: set[str] = set()
    for child, outcome in outcomes.items():
        _check(outcome)
        _check_against(session, outcome)
        _check_come(desk, session, outcome)
        own = {"family_id": session.family, "session_id": session.number, "child_id": child}
        new = {"attended": int(outcome.attended), "arrived": outcome.arrived, "departed": outcome.left}
        changed |= set(act.correct("attendance", own, new, family=session.family, record=session.number, reason=reason))
    act.note(ref, reference(Kind.FAMILY, session.family), fields=sorted(changed))
    return RecordedSession(session, _lines(desk, session)), tuple(sorted(changed))


def correctable(desk: Desk, typed: str) -> list[Person]:
    """The children of whom attendance at a session is on record, to ask which of several: that is a reading."""
    with desk.acting("attendance.correct", (Kind.SESSION, typed), logged=False):
        session = lookup.session(desk.db, typed)
        recorded = {line.child for line in _lines(desk, session)}
    if len(recorded) < 2:
        return []
    with desk.acting("attendance.list", (Kind.SESSION, typed)) as act:
        act.note(reference(Kind.FAMILY, session.family), *(reference(Kind.PERSON, child) for child in sorted(recorded)))
        return [one for one in people.of_family(desk.db, session.family) if one.number in recorded]


def listing(
    desk: Desk, family: str, from_on: date | None, to_on: date | None, action: str = "attendance.list"
) -> list[RecordedSession]:
    """The sessions of one family with their attendance."""
    checks.window(from_on, to_on)
    with desk.acting(action, (Kind.FAMILY, family)) as act:
        number = lookup.family(desk.db, family).number
        act.note(reference(Kind.FAMILY, number))
        days = [from_on.isoformat() if from_on else "0001-01-01", to_on.isoformat() if to_on else "9999-12-31"]
        found = contact_sessions.select(desk.db, "WHERE family_id = ? AND held_on BETWEEN ? AND ?", number, *days)
        lines: dict[int, list[Attendance]] = {}
        for line in attendance.select(desk.db, "WHERE family_id = ?", number):
            lines.setdefault(line.session, []).append(line)
        corrected: dict[int, list[Correction]] = {}
        for one in (*corrections.of_family(desk.db, number), *namings.corrections_of(desk.db, number)):
            if one.kind in ("attendance", "contact_session", "supervision"):
                corrected.setdefault(one.record, []).append(one)
        recorded = [RecordedSession(one, lines.get(one.number, []), corrected.get(one.number, [])) for one in found]
        return recorded if desk.user.kind is UserKind.PERSON else [_without_words(one) for one in recorded]


def _without_words(one: RecordedSession) -> RecordedSession:
    """For a service identity: no room, no note, no reason that a person wrote."""
    return RecordedSession(replace(one.session, room=None, note=None, cancel_reason=None), one.lines)


def _open(desk: Desk, session: ContactSession) -> OpenSession:
    found = people.of_family(desk.db, session.family)
    return OpenSession(session, tuple(one for one in found if one.kind is PersonKind.CHILD))


def _check(outcome: Outcome) -> None:
    if not outcome.attended and (outcome.arrived or outcome.left):
        raise UsageError("arrived, left: a child who did not attend has no times", "leave both empty")
    if outcome.attended:
        if not outcome.arrived or not outcome.left:
            raise UsageError("arrived, left: both are needed where contact took place", "give both times")
        checks.time_span("arrived", outcome.arrived, "left", outcome.left)


def _check_against(session: ContactSession, outcome: Outcome) -> None:
    """Times that have nothing to do with the booked ones are a slip of the hand."""
    if outcome.attended and (str(outcome.left) <= session.starts or str(outcome.arrived) >= session.ends):
        raise UsageError(
            f"arrived, left: the session was booked from {session.starts} to {session.ends}",
            "check the times; contact at another time is a session of its own",
        )


def _check_come(desk: Desk, session: ContactSession, outcome: Outcome) -> None:
    """What is on record is told to referrers and courts: nothing of it is still to come."""
    for field, time in (("arrived", outcome.arrived), ("left", outcome.left)):
        if time is not None:
            checks.come(field, session.held_on, time, desk.local)


def _children(desk: Desk, session: ContactSession, typed: Sequence[str]) -> list[int]:
    own = [person.number for person in people.of_family(desk.db, session.family) if person.kind is PersonKind.CHILD]
    named = [lookup.person(desk.db, reference_).number for reference_ in typed]
    strangers = [number for number in named if number not in own]
    family = reference(Kind.FAMILY, session.family)
    if strangers:
        raise UsageError(
            f"child: {reference(Kind.PERSON, strangers[0])} is not a child of {family}", f"lcs family show {family}"
        )
    if not own:
        raise UsageError(f"{family} has no child on record", f"lcs person add {family}")
    return sorted(set(named)) or own


def _lines(desk: Desk, session: ContactSession) -> list[Attendance]:
    return attendance.select(desk.db, "WHERE family_id = ? AND session_id = ?", session.family, session.number)
