"""lcs session: book, list, move and cancel contact sessions."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from lcs_cli.cli import forms, views
from lcs_cli.cli.commands.permission import activity_view, ref_of
from lcs_cli.cli.context import Command
from lcs_cli.cli.forms import Field
from lcs_cli.cli.options import Family, From, FromDay, OfFamily, SessionRef, ToDay, command, group
from lcs_cli.cli.render import Result, Table, saved
from lcs_cli.records.permission import Permission, PermissionKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.session import ContactSession
from lcs_cli.services import activities, contact_sessions, lookup

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
_KIND = Field("kind", "kind", forms.choice(PermissionKind), question=f"Kind ({', '.join(PermissionKind)})")
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
    permitted = activities.permitted_today(cmd.desk())
    data = [views.session(one) | permitted_view(one, permitted) for one in found]
    return Result("lcs.sessions/1", data, [table(found, "No session is booked.", permitted)])


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
    said = f"Moved {_ref(one)} to {views.when(one)}."
    return Result("lcs.session/1", views.session(one), [said], _left_behind(cmd, one))


@command(app, "cancel")
def cancel(cmd: Command, ref: SessionRef, from_: From = None) -> Result:
    """Cancel a session; it stays on record with the reason.

    Example: lcs session cancel S-000042-L
    """
    cmd.known("session.cancel", Kind.SESSION, contact_sessions.changeable, ref)
    values = forms.entry(cmd, [_REASON], from_)
    one = contact_sessions.cancel(cmd.desk(), ref, values["reason"])
    said = f"Cancelled {_ref(one)}: {views.when(one)}."
    return Result("lcs.session/1", views.session(one), [said], _left_behind(cmd, one))


@command(app, "activity")
def activity(
    cmd: Command,
    ref: SessionRef,
    kind: Annotated[PermissionKind | None, typer.Option("--kind", help="What is done beside contact.")] = None,
    permission: Annotated[
        str | None,
        typer.Option("--permission", metavar="PM", help="The permission it rests on, where there are several."),
    ] = None,
    from_: From = None,
) -> Result:
    """Record an assessment, observation or professional intervention in a session, under a permission (policy 4.3).

    Example: lcs session activity S-000042-L --kind observation
    """
    cmd.known("session.activity", Kind.SESSION, lambda db, one: activities.under_way(cmd.desk(), db, one), ref)
    values = forms.entry(cmd, [_KIND], from_, {"kind": kind.value if kind else None})
    done = activities.record(cmd.desk(), ref, values["kind"], permission)
    under = reference(Kind.PERMISSION, done.activity.permission)
    said = f"Recorded {done.activity.kind.spoken} in {_ref(done.session)}, {views.when(done.session)}, under {under}."
    return Result("lcs.activity/1", activity_view(done.activity), [said])


Permitted = Mapping[int, Sequence[Permission]]


def table(found: list[ContactSession], empty: str, permitted: Permitted | None = None) -> Table:
    """Sessions, one a row, with what is permitted in them beside contact."""
    permitted = permitted or {}
    rows = [
        [
            _ref(one),
            reference(Kind.FAMILY, one.family),
            views.human(one.held_on),
            f"{one.starts} to {one.ends}",
            one.room or "",
            ", ".join([views.session_state(one), *(f"{p.kind} ({ref_of(p)})" for p in permitted.get(one.number, ()))]),
        ]
        for one in found
    ]
    return Table(["REF", "FAMILY", "DAY", "TIME", "ROOM", "STATE"], rows, empty)


def permitted_view(one: ContactSession, permitted: Permitted) -> dict[str, Any]:
    """What is permitted in one of today's sessions, for a machine."""
    return {"permitted": [{"kind": p.kind.value, "permission": ref_of(p)} for p in permitted.get(one.number, ())]}


def _left_behind(cmd: Command, one: ContactSession) -> list[str]:
    """The permissions that do not cover a session any more, now that it was moved or cancelled."""
    if one.cancelled_on:
        return [f"{ref_of(p)} ({p.kind}) was for it." for p in activities.left_behind(cmd.desk(), one)]
    anew = f"lcs permission request {reference(Kind.FAMILY, one.family)} --session {_ref(one)}"
    return [
        f"{ref_of(p)} ({p.kind}) does not cover it any more (policy 4.3): {anew} --kind {p.kind}"
        for p in activities.left_behind(cmd.desk(), one)
    ]


def _ref(one: ContactSession) -> str:
    return reference(Kind.SESSION, one.number)
