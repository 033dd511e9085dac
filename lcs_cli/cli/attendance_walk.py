"""Recording the day: each session without attendance, one after the other, child by child."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from lcs_cli.cli import attendance_entry, forms, views
from lcs_cli.cli.context import Command
from lcs_cli.cli.dates import human_days
from lcs_cli.cli.forms import Field
from lcs_cli.cli.render import Result
from lcs_cli.errors import LcsError, StoppedError, UsageError
from lcs_cli.records.family import Person
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.session import ContactSession
from lcs_cli.services import attendance, contact_sessions

if TYPE_CHECKING:
    from lcs_cli.services.attendance import OpenSession, RecordedSession

_REASON = Field("reason", "reason", forms.text, None, "   Why was it cancelled")
_ANSWERS = ("attended", "x", "cancelled", "skip")
_MENU = "a attended  x did not attend"
_OR_ELSE = "  c cancelled  s skip"


def walk(cmd: Command) -> Result:
    """Ask about today's sessions, then about past ones; what was answered stands, wherever somebody stops."""
    if not cmd.can_ask:
        raise UsageError("missing: which session", "give its reference: lcs today   says which")
    today, past, later = attendance.to_record(cmd.desk())
    cmd.terminal.note(f"{views.human(cmd.today)}, {views.plural(len(today), 'session')} to record.")
    for one in later:
        cmd.terminal.note(f"{reference(Kind.SESSION, one.number)} begins at {one.starts}.")
    done: list[RecordedSession | ContactSession] = []
    try:
        _each(cmd, today, done)
        more = f"{views.plural(len(past), 'past session')} without attendance. Go on with the oldest?"
        if past and cmd.asks_yes(more):
            _each(cmd, past, done)
    except (KeyboardInterrupt, EOFError, StoppedError):
        cmd.terminal.note("\nstopped: what was saved before stands" if done else "\nstopped")
        return replace(_said(done), exit_code=StoppedError.exit_code)
    return _said(done)


def _each(cmd: Command, sessions: list[OpenSession], done: list[RecordedSession | ContactSession]) -> None:
    for number, one in enumerate(sessions, start=1):
        at = one.session
        where = f"  room {at.room}" if at.room else ""
        family = f"{reference(Kind.FAMILY, at.family)} ({', '.join(child.initials for child in one.children)})"
        cmd.terminal.note(
            f"{number} of {len(sessions)}  {reference(Kind.SESSION, at.number)}  {views.when(at)}{where}  {family}"
        )
        try:
            ended = _answered(cmd, one)
        except StoppedError:
            raise
        except LcsError as error:  # the others are asked about all the same
            cmd.say(error)
            continue
        if ended is not None:
            done.append(ended)


def _answered(cmd: Command, one: OpenSession) -> RecordedSession | ContactSession | None:
    """What came of one session, in one transaction; None where it is left for later."""
    if not one.children:
        family = reference(Kind.FAMILY, one.session.family)
        raise UsageError(f"{family} has no child on record", f"lcs person add {family}")
    ref, told = reference(Kind.SESSION, one.session.number), cmd.asking(lambda: _told(cmd, one))
    if told is None:
        return None
    desk = cmd.desk()
    if isinstance(told, str):
        return contact_sessions.cancel(desk, ref, told)
    with desk.together():
        recorded = [attendance.record(desk, ref, outcome, [child]) for child, outcome in told.items()]
    return recorded[-1]


def _told(cmd: Command, one: OpenSession) -> dict[str, attendance.Outcome] | str | None:
    """What came of it for each child, or why it was cancelled; None where it is left for later."""
    outcomes = dict[str, attendance.Outcome]()
    for child in one.children:
        first = child is one.children[0]
        menu = f"   {_who(one, child)}{_MENU}{_OR_ELSE if first else ''}"
        answer = cmd.choose(menu, _ANSWERS if first else _ANSWERS[:2], _ANSWERS[0])
        if answer == "skip":
            return None
        if answer == "cancelled":
            return str(forms.fill(cmd, [_REASON], {})["reason"])
        outcome = _came(cmd, one.session) if answer == "attended" else attendance.Outcome(False)
        outcomes[reference(Kind.PERSON, child.number)] = outcome
    return outcomes


def _who(one: OpenSession, child: Person) -> str:
    """Which child is asked about, where there are several."""
    return f"{reference(Kind.PERSON, child.number)} ({child.initials})  " if len(one.children) > 1 else ""


def _came(cmd: Command, session: ContactSession) -> attendance.Outcome:
    come = forms.time_come(session.held_on)
    arrived = forms.fill(cmd, [Field("arrived", "arrived", come, session.starts, "   Arrived")], {})["arrived"]
    left = Field("left", "left", attendance_entry.after(arrived, come), session.ends, "   Left")
    return attendance.Outcome(True, arrived, forms.fill(cmd, [left], {})["left"])


def _said(done: list[RecordedSession | ContactSession]) -> Result:
    data, said = [], []
    for one in done:
        if isinstance(one, ContactSession):
            data.append(views.session(one))
            said.append(f"Cancelled {reference(Kind.SESSION, one.number)}.")
        else:
            data.append(views.recorded(one))
            lines = "; ".join(f"{reference(Kind.PERSON, line.child)} {views.attended(line)}" for line in one.lines)
            said.append(f"Saved {reference(Kind.SESSION, one.session.number)}: {human_days(lines)}.")
    notes = ["next: lcs attendance export   tells the referrer"] if done else []
    return Result("lcs.attendance-list/1", data, said or ["Nothing was saved."], notes)
