"""lcs session: book, list, move and cancel contact sessions."""

from typing import Annotated

import typer

from lcs_cli.cli import forms, views
from lcs_cli.cli.context import Command
from lcs_cli.cli.forms import Field
from lcs_cli.cli.options import Family, From, FromDay, OfFamily, SessionRef, ToDay, command, group
from lcs_cli.cli.render import Result, Table, saved
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.session import ContactSession
from lcs_cli.services import contact_sessions, lookup

app = group("Contact sessions: book, move, cancel.")

On = Annotated[str | None, typer.Option("--on", metavar="DAY", help="The day: 27/3/2026, next Thursday.")]
At = Annotated[str | None, typer.Option("--at", metavar="HH:MM", help="When it starts.")]
Until = Annotated[str | None, typer.Option("--until", metavar="HH:MM", help="When it ends.")]
Room = Annotated[str | None, typer.Option("--room", help="Where.")]
_WHEN = (
    Field("day", "day", forms.day),
    Field("starts", "start", forms.time_of_day),
    Field("ends", "end", forms.time_of_day),
)
_BOOKING = (*_WHEN, Field("room", "room", forms.text, ""), Field("note", "note", forms.text, ""))
_REASON = Field("reason", "reason", forms.text)


@command(app, "book")
def book(
    cmd: Command,
    family: Family,
    on: On = None,
    at: At = None,
    until: Until = None,
    room: Room = None,
    from_: From = None,
) -> Result:
    """Book a session for a family. Times are local; a past day is a late entry.

    Example: lcs session book LCS-0042-L --on "next Thursday" --at 10:00 --until 11:30
    """
    cmd.known("session.book", Kind.FAMILY, lookup.family, family)
    given = {"day": on, "starts": at, "ends": until, "room": room}
    if cmd.can_ask and on and at and until:
        given |= {"room": room or "", "note": ""}  # everything needed was given: no question is left
    entries = forms.entries(cmd, _BOOKING, from_, given)
    desk = cmd.desk()
    with desk.together():
        booked = forms.each(
            entries,
            lambda values: contact_sessions.book(
                desk,
                family,
                values["day"],
                values["starts"],
                values["ends"],
                room=values["room"],
                note=values["note"],
            ),
        )
    data = [views.session(one) for one in booked]
    said = [f"Booked {_ref(one)} for {reference(Kind.FAMILY, one.family)}: {views.when(one)}." for one in booked]
    next_ = f"next: lcs attendance record {_ref(booked[0])}   on the day"
    return saved("session", "sessions", data, said, [next_])


@command(app, "list", lists=True)
def list_(cmd: Command, family: OfFamily = None, from_day: FromDay = None, to_day: ToDay = None) -> Result:
    """List the sessions of some days.

    Example: lcs session list --from-day today --to-day "next Friday"
    """
    first = cmd.day("from day", from_day) if from_day else None
    last = cmd.day("to day", to_day) if to_day else None
    found = contact_sessions.listing(cmd.desk(), family, first, last)
    return Result("lcs.sessions/1", [views.session(one) for one in found], [table(found, "No session is booked.")])


@command(app, "move")
def move(
    cmd: Command, ref: SessionRef, on: On = None, at: At = None, until: Until = None, from_: From = None
) -> Result:
    """Move a session to another day or time; where it was is kept with the reason.

    Example: lcs session move S-000042-L --on 3/12/2026 --at 10:00 --until 11:30
    """
    cmd.known("session.move", Kind.SESSION, contact_sessions.changeable, ref)
    values = forms.entry(cmd, (*_WHEN, _REASON), from_, {"day": on, "starts": at, "ends": until})
    one = contact_sessions.move(cmd.desk(), ref, values["day"], values["starts"], values["ends"], values["reason"])
    return Result("lcs.session/1", views.session(one), [f"Moved {_ref(one)} to {views.when(one)}."])


@command(app, "cancel")
def cancel(cmd: Command, ref: SessionRef, from_: From = None) -> Result:
    """Cancel a session; it stays on record with the reason.

    Example: lcs session cancel S-000042-L
    """
    cmd.known("session.cancel", Kind.SESSION, contact_sessions.changeable, ref)
    values = forms.entry(cmd, [_REASON], from_)
    one = contact_sessions.cancel(cmd.desk(), ref, values["reason"])
    return Result("lcs.session/1", views.session(one), [f"Cancelled {_ref(one)}: {views.when(one)}."])


def table(found: list[ContactSession], empty: str) -> Table:
    """Sessions, one a row."""
    rows = [
        [
            _ref(one),
            reference(Kind.FAMILY, one.family),
            views.human(one.held_on),
            f"{one.starts} to {one.ends}",
            one.room or "",
            views.session_state(one),
        ]
        for one in found
    ]
    return Table(["REF", "FAMILY", "DAY", "TIME", "ROOM", "STATE"], rows, empty)


def _ref(one: ContactSession) -> str:
    return reference(Kind.SESSION, one.number)
