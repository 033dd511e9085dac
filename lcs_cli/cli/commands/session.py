"""lcs session: book, list, move and cancel contact sessions, and name who supervises them."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec.structs import replace

from lcs_cli.cli import calendars as pictures
from lcs_cli.cli import forms, session_entry, supervised, views
from lcs_cli.cli.commands.permission import activity_view, ref_of
from lcs_cli.cli.context import Command
from lcs_cli.cli.forms import Field
from lcs_cli.cli.options import Family, From, FromDay, OfFamily, SessionRef, ToDay, command, group
from lcs_cli.cli.render import Picture, Result, saved
from lcs_cli.cli.session_entry import WHEN, WHERE, WHO
from lcs_cli.cli.supervised import Supervisor, With, permitted_data
from lcs_cli.errors import UsageError
from lcs_cli.records.permission import PermissionKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.series import parse_series
from lcs_cli.records.session import ContactSession
from lcs_cli.services import activities, calendars, contact_sessions, lookup, supervision

app = group("Contact sessions: book, supervise, move, cancel.")

On = Annotated[str | None, typer.Option("--on", metavar="DAY", help="The day: 27/3/2026, next Thursday.")]
At = Annotated[str | None, typer.Option("--at", metavar="HH:MM", help="When it starts.")]
Until = Annotated[str | None, typer.Option("--until", metavar="HH:MM", help="When it ends.")]
Room = Annotated[str | None, typer.Option("--room", help="Where.")]
_KIND = Field("kind", "kind", forms.choice(PermissionKind), question=f"Kind ({', '.join(PermissionKind)})")
_REASON = Field("reason", "reason", forms.text)


@command(app, "book")
def book(
    cmd: Command,
    family: Family,
    *,
    on: On = None,
    at: At = None,
    until: Until = None,
    room: Room = None,
    supervisor: Supervisor = None,
    with_: With = None,
    repeat: Annotated[
        str | None,
        typer.Option("--repeat", metavar="SERIES", help="weekly:12 or fortnightly:6: so many sessions, all or none."),
    ] = None,
    skip_holidays: Annotated[
        bool, typer.Option("--skip-holidays", help="With --repeat: leave out bank holidays.")
    ] = False,
    from_: From = None,
) -> Result:
    """Book a session for a family, or a series of them. Times are local; a past day is a late entry.

    Who supervises it alone is vetted, or is there with somebody who is (policy 4.4). Nobody need be named yet. A
    family, a room and a supervisor have one session at a time; a bank holiday is pointed out.

    Example: lcs session book LCS-0042-L --on "next Thursday" --at 10:00 --until 11:30 --supervisor ST-004-G

    Example: lcs session book LCS-0042-L --on 7/1/2027 --at 10:00 --until 11:30 --repeat weekly:12
    """
    series = parse_series(repeat) if repeat else None
    if series and from_:
        raise UsageError("repeat: is of one booking, and not of a file of them", "give --repeat or --from")
    if skip_holidays and not series:
        raise UsageError("skip-holidays: leaves days out of a series", "give --repeat weekly:12, or another day")
    cmd.known("session.book", Kind.FAMILY, lookup.family, family)
    given = {"day": on, "starts": at, "ends": until, "room": room, "supervisor": supervisor, "with": with_}
    if cmd.can_ask and on and at and until:  # everything needed was given: no question is left
        given |= {"room": room or "", "note": "", "supervisor": supervisor or "", "with": with_ or ""}
    elif supervisor:
        given |= {"with": with_ or ""}
    if from_ is None and cmd.can_ask:
        entries = [cmd.asking(lambda: session_entry.booking(cmd, family, given))]
    else:
        entries = forms.entries(cmd, (*WHEN, *WHERE, *WHO), from_, given)
    if series:
        entries = [{**entries[0], "day": day} for day in series.days(entries[0]["day"])]
    holidays = session_entry.holidays(entries)
    if skip_holidays:
        entries = session_entry.without(holidays, entries)
    desk = cmd.desk()

    def book_one(values: dict[str, Any]) -> ContactSession:
        with session_entry.on_its_day(values["day"] if series else None):
            return contact_sessions.book(
                desk,
                family,
                values["day"],
                values["starts"],
                values["ends"],
                room=values["room"],
                note=values["note"],
                supervisor=values["supervisor"],
                companion=values["with"],
            )

    with desk.together():
        booked = [book_one(values) for values in entries] if series else forms.each(entries, book_one)
    duties = supervision.duties(desk, booked)
    data = [views.session(one) | supervised.data(one, duties[one.number]) for one in booked]
    said = [
        f"Booked {_ref(one)} for {cmd.echo(Kind.FAMILY, one.family)}: {views.when(one)}{supervised.said(one)}."
        for one in booked
    ]
    nobody = [one for one in booked if not one.supervisors]
    vetted = cmd.clause("vetting")
    next_ = [f"next: lcs session supervise {_ref(nobody[0])} --supervisor STAFF   ({vetted})"] if nobody else []
    next_.append(f"{'     ' if nobody else 'next:'} lcs attendance record {_ref(booked[0])}   on the day")
    warnings = supervised.warnings(*(duties[one.number] for one in booked if one.supervisors))
    closed = [f"{views.human(day)} is a bank holiday ({name})" for day, name in holidays.items()]
    closed = [f"{one}: left out" if skip_holidays else one for one in closed]
    return saved("session", "sessions", data, said, [*closed, *warnings, *next_])


@command(app, "supervise")
def supervise(
    cmd: Command, ref: SessionRef, supervisor: Supervisor = None, with_: With = None, from_: From = None
) -> Result:
    """Name who supervises a session: somebody vetted alone, or two of whom one is vetted (policy 4.4).

    Who was named before is kept, with the reason. Named afterwards, it takes a reason as well.

    Example: lcs session supervise S-000042-L --supervisor ST-009-D --with ST-004-G
    """
    desk = cmd.desk()
    asks_why = contact_sessions.check_supervise(desk, ref)
    given: dict[str, str | None] = {"supervisor": supervisor, "with": with_}
    if supervisor:
        given["with"] = with_ or ""
    reason = [_REASON] if asks_why else [replace(_REASON, default="")]
    if not asks_why and cmd.can_ask:
        given["reason"] = ""
    if from_ is None and cmd.can_ask:
        values = cmd.asking(lambda: session_entry.supervising(cmd, ref, given) | forms.fill(cmd, reason, given))
    else:
        values = forms.entry(cmd, [replace(WHO[0], default=None), WHO[1], *reason], from_, given)
    one = contact_sessions.supervise(desk, ref, values["supervisor"], values["with"], values["reason"])
    return _said(cmd, one, f"{_ref(one)} on {views.when(one)} is{supervised.said(one).lstrip(',')}.")


@command(app, "list", lists=True)
def list_(
    cmd: Command,
    family: OfFamily = None,
    from_day: FromDay = None,
    to_day: ToDay = None,
    unsupervised: Annotated[
        bool, typer.Option("--unsupervised", help="Only those of the next days that nobody vetted supervises.")
    ] = False,
) -> Result:
    """List the sessions of some days, with who supervises them.

    Example: lcs session list --from-day today --to-day "next Friday"
    """
    if unsupervised and (family or from_day or to_day):
        raise UsageError("unsupervised: lists the days ahead, of all families", "give it alone")
    first = cmd.day("from day", from_day) if from_day else None
    last = cmd.day("to day", to_day) if to_day else None
    desk = cmd.desk()
    found = contact_sessions.unsupervised(desk) if unsupervised else contact_sessions.listing(desk, family, first, last)
    duties = supervision.duties(desk, found)
    permitted = activities.permitted_today(desk)
    data = [
        views.session(one) | supervised.data(one, duties[one.number]) | permitted_data(one, permitted) for one in found
    ]
    ahead = f"today and of the next {supervision.days_ahead(desk)} days"
    empty = f"Every session of {ahead} has its supervisor." if unsupervised else "No session is booked."
    notes = [f"of {ahead}; those of later days: lcs session list --from-day today"] if unsupervised and found else []
    return Result("lcs.sessions/1", data, [supervised.table(found, duties, empty, permitted)], notes)


@command(app, "calendar", lists=True)
def calendar(
    cmd: Command,
    from_day: FromDay = None,
    to_day: ToDay = None,
    words: Annotated[bool, typer.Option("--words", help="In sentences, without a picture.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write a file for a calendar (.ics) instead.")
    ] = None,
) -> Result:
    """Show the sessions of some weeks as a calendar: references, no names. Without days it is five weeks from this one.

    --out writes them as a file that calendars read: references and times. Read in again it brings what changed.

    Example: lcs session calendar --from-day 1/12/2026 --to-day 31/12/2026
    """
    first = cmd.day("from day", from_day) if from_day else cmd.today - timedelta(days=cmd.today.weekday())
    last = cmd.day("to day", to_day) if to_day else first + timedelta(days=34)
    if out is not None:
        count = calendars.write(cmd.desk(), first, last, out)
        said = f"Wrote {views.plural(count, 'session')} from {views.human(first)} to {views.human(last)} to {out}."
        note = "It is not encrypted, and holds references and times: delete it once it was read in."
        return Result("lcs.session-calendar-file/1", {"file": str(out), "sessions": count}, [said], [note])
    found = calendars.sessions(cmd.desk(), first, last)
    data = [views.booking(one) for one in found]
    if not found:
        return Result("lcs.session-calendar/1", data, notes=["No session is booked in that time."])
    if words or cmd.terminal.wants_plain or cmd.terminal.columns < pictures.LINE:
        return Result("lcs.session-calendar/1", data, pictures.words(found, cmd.today))
    return Result("lcs.session-calendar/1", data, [Picture(pictures.weeks(found, first, last, cmd.today))])


@command(app, "move")
def move(
    cmd: Command,
    ref: SessionRef,
    on: On = None,
    at: At = None,
    until: Until = None,
    supervisor: Supervisor = None,
    with_: With = None,
    from_: From = None,
) -> Result:
    """Move a session to another day or time; where it was is kept with the reason.

    Its supervisors are checked for the new day (policy 4.4); where others take over, name them.

    Example: lcs session move S-000042-L --on 3/12/2026 --at 10:00 --until 11:30
    """
    cmd.known("session.move", Kind.SESSION, contact_sessions.changeable, ref)
    given = {"day": on, "starts": at, "ends": until, "supervisor": supervisor or "", "with": with_ or ""}
    if from_ is None and cmd.can_ask:
        cmd.known("session.move", Kind.STAFF, lookup.staff, supervisor, with_)
        values: dict[str, Any] = {"supervisor": supervisor, "with": with_}
        values |= cmd.asking(lambda: session_entry.moving(cmd, ref, given) | forms.fill(cmd, [_REASON], {}))
    else:
        values = forms.entry(cmd, (*WHEN, *WHO, _REASON), from_, given)
    desk = cmd.desk()
    one = contact_sessions.move(
        desk,
        ref,
        values["day"],
        values["starts"],
        values["ends"],
        values["reason"],
        supervisor=values["supervisor"],
        companion=values["with"],
    )
    return _said(
        cmd,
        one,
        f"Moved {_ref(one)} of {cmd.echo(Kind.FAMILY, one.family)} to {views.when(one)}{supervised.said(one)}.",
    )


@command(app, "cancel")
def cancel(cmd: Command, ref: SessionRef, from_: From = None) -> Result:
    """Cancel a session; it stays on record with the reason.

    Example: lcs session cancel S-000042-L
    """
    cmd.known("session.cancel", Kind.SESSION, contact_sessions.changeable, ref)
    values = forms.entry(cmd, [_REASON], from_)
    one = contact_sessions.cancel(cmd.desk(), ref, values["reason"])
    said = f"Cancelled {_ref(one)} of {cmd.echo(Kind.FAMILY, one.family)}: {views.when(one)}."
    return Result("lcs.session/1", views.session(one), [said], _left_behind(cmd, one))


def _said(cmd: Command, one: ContactSession, line: str) -> Result:
    duty = supervision.duties(cmd.desk(), [one])[one.number]
    warnings = supervised.warnings(duty) if one.supervisors else []
    notes = [*warnings, *_left_behind(cmd, one)]
    return Result("lcs.session/1", views.session(one) | supervised.data(one, duty), [line], notes)


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


def _left_behind(cmd: Command, one: ContactSession) -> list[str]:
    """The permissions that do not cover a session any more, now that it was moved or cancelled."""
    desk, rooms = cmd.desk(), cmd.clause("rooms")
    if one.cancelled_on:
        return [f"{ref_of(p)} ({p.kind}) was for it." for p in activities.left_behind(desk, one)]
    anew = f"lcs permission request {reference(Kind.FAMILY, one.family)} --session {_ref(one)}"
    return [
        f"{ref_of(p)} ({p.kind}) does not cover it any more ({rooms}): {anew} --kind {p.kind}"
        for p in activities.left_behind(desk, one)
    ]


def _ref(one: ContactSession) -> str:
    return reference(Kind.SESSION, one.number)
