"""lcs request: requests for the records held about somebody, from the day they came to the day they are answered."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lcs_cli.cli import forms, paths, request_entry, request_views, views
from lcs_cli.cli.context import Command
from lcs_cli.cli.forms import Field
from lcs_cli.cli.options import Day, From, Yes, command, group
from lcs_cli.cli.printing import WithPdf, as_pdf_of
from lcs_cli.cli.render import Result, visible
from lcs_cli.errors import UsageError
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.request import PauseReason, RequestKind
from lcs_cli.services import lookup, request_course, requests

if TYPE_CHECKING:
    from lcs_cli.services.request_clock import TimedRequest
    from lcs_cli.services.request_decisions import Findings, Item

app = group("Requests for the records held about somebody.")

RequestRef = Annotated[str, typer.Argument(metavar="REQUEST", help="The request's reference, such as RQ-0042-L.")]
PersonRef = Annotated[str, typer.Argument(metavar="PERSON", help="Whose records: a reference such as P-0042-L.")]
ItemName = Annotated[str, typer.Argument(metavar="ITEM", help="The item, as request find calls it: SF-0042-L.")]
_BECAUSE = Field("because", "because", forms.prose)


@command(app, "add")
def add(
    cmd: Command,
    person: PersonRef,
    kind: Annotated[RequestKind | None, typer.Option("--kind", help="Who asks.")] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DAY", help="The day on which it was received.")] = None,
    through: Annotated[
        str | None, typer.Option("--through", metavar="REFERRER", help="The authority it comes through.")
    ] = None,
    parent: Annotated[str | None, typer.Option("--parent", metavar="PERSON", help="The parent who asks.")] = None,
    from_: From = None,
) -> Result:
    """Take a request for the records held about somebody (policy 4.6).

    A young person asks through a local authority, up to the 25th birthday; anybody asks for their own at any age.

    Example: lcs request add P-0042-L --kind young-person --through REF-0007-F
    """
    cmd.known("request.add", Kind.PERSON, lookup.person, person)
    given = {"kind": kind.value if kind else None, "received_on": on, "through": through, "parent": parent}
    values = cmd.asking(lambda: request_entry.entry(cmd, person, from_, given))
    done = requests.add(cmd.desk(), person, request_entry.draft(values))
    ref = requests.typed_as(done.request)
    about = f"{cmd.echo(Kind.PERSON, done.request.person)} of {reference(Kind.FAMILY, done.request.family)}"
    said = f"Taken: {ref} about {about}, received {views.human(done.request.received_on)}."
    notes = [f"Answer it by {request_views.due(done)}.", f"next: lcs request check {ref}   then lcs request find {ref}"]
    return _result(done, said, notes)


@command(app, "list", lists=True)
def list_(
    cmd: Command, everything: Annotated[bool, typer.Option("--all", help="Those too that have ended.")] = False
) -> Result:
    """List the requests that wait for an answer, the most urgent first.

    Example: lcs request list
    """
    found = requests.listing(cmd.desk(), everything=everything)
    return Result(
        "lcs.requests/1", [request_views.request(one) for one in found], [request_views.requests_table(found)]
    )


@command(app, "show")
def show(cmd: Command, ref: RequestRef) -> Result:
    """Show a request and its course.

    Example: lcs request show RQ-0042-L
    """
    file = requests.show(cmd.desk(), ref)
    return Result("lcs.request/1", request_views.request_file(file), [request_views.request_lines(file)])


@command(app, "check")
def check(cmd: Command, ref: RequestRef, on: Day = None, from_: From = None) -> Result:
    """Note how the identity of who asks was checked: before that, nothing is released.

    Example: lcs request check RQ-0042-L
    """
    cmd.known("request.check", Kind.REQUEST, request_course.unchecked, ref)
    how = Field("how", "how", forms.prose, None, "How it was checked that they are who they say")
    values = forms.entry(cmd, [request_entry.course_day(ref), how], from_, {"on": on})
    done = requests.check(cmd.desk(), ref, values["how"], values["on"])
    said = f"Checked: {requests.typed_as(done.request)}, on {views.human(done.request.checked_on)}."
    return _result(done, said, [f"Answer it by {request_views.due(done)}."])


@command(app, "pause")
def pause(
    cmd: Command,
    ref: RequestRef,
    for_: Annotated[PauseReason | None, typer.Option("--for", help="What is waited for.")] = None,
    on: Day = None,
    from_: From = None,
) -> Result:
    """Stop the clock while the service waits for something that it has asked for.

    Example: lcs request pause RQ-0042-L --for identity
    """
    cmd.known("request.pause", Kind.REQUEST, request_course.running, ref)
    fields = [*request_entry.paused_from(ref), _BECAUSE]
    values = forms.entry(cmd, fields, from_, {"for": for_.value if for_ else None, "on": on})
    done = requests.pause(cmd.desk(), ref, values["for"], values["because"], values["on"])
    paused = f" since {views.human(done.request.paused.from_on)}" if done.request.paused else ""
    said = f"Paused: {requests.typed_as(done.request)}{paused}."
    return _result(done, said, [f"when the answer comes: lcs request resume {requests.typed_as(done.request)}"])


@command(app, "resume")
def resume(cmd: Command, ref: RequestRef, on: Day = None, from_: From = None) -> Result:
    """Start the clock again: what was waited for has come.

    Example: lcs request resume RQ-0042-L --on yesterday
    """
    cmd.known("request.resume", Kind.REQUEST, request_course.paused, ref)
    values = forms.entry(cmd, [request_entry.resumed_on(ref), _BECAUSE], from_, {"on": on})
    done = requests.resume(cmd.desk(), ref, values["because"], values["on"])
    return _result(done, f"Goes on: {requests.typed_as(done.request)}.", [f"Answer it by {request_views.due(done)}."])


@command(app, "extend")
def extend(cmd: Command, ref: RequestRef, on: Day = None, from_: From = None) -> Result:
    """Take two further months for a complex request: who asks was told so, and why, within the first.

    Example: lcs request extend RQ-0042-L --on today
    """
    cmd.known("request.extend", Kind.REQUEST, request_course.unextended, ref)
    values = forms.entry(cmd, [request_entry.course_day(ref), _BECAUSE], from_, {"on": on})
    done = requests.extend(cmd.desk(), ref, values["because"], values["on"])
    return _result(done, f"Extended: {requests.typed_as(done.request)}.", [f"Answer it by {request_views.due(done)}."])


@command(app, "close")
def close(
    cmd: Command,
    ref: RequestRef,
    because: Annotated[
        str | None, typer.Option("--because", metavar="WORD", help="withdrawn, not-theirs or mistaken.")
    ] = None,
    from_: From = None,
) -> Result:
    """End a request without an answer.

    Example: lcs request close RQ-0042-L --because withdrawn
    """
    cmd.known("request.close", Kind.REQUEST, request_course.open_request, ref)
    fields = [
        Field(
            "because",
            "because",
            lambda cmd, _, typed: requests.close_reason(cmd.desk(), typed),
            question="Because (withdrawn, not-theirs, mistaken)",
        ),
        Field("words", "in words", forms.prose, "", "In words (Enter for none)"),
    ]
    values = forms.entry(cmd, fields, from_, {"because": because})
    done = requests.close(cmd.desk(), ref, values["because"], values["words"])
    return _result(done, f"Closed: {requests.typed_as(done.request)}, {done.request.outcome}. Nothing was given.", [])


@command(app, "find", lists=True)
def find(
    cmd: Command,
    ref: RequestRef,
    item: Annotated[str | None, typer.Argument(metavar="[ITEM]", help="Open this one and read it.")] = None,
) -> Result:
    """List what is held about the person, and what becomes of each; or read one thing. Safeguarding leads only.

    Example: lcs request find RQ-0042-L
    """
    from lcs_cli.services import request_decisions

    if item is not None:
        reading = request_decisions.read(cmd.desk(anew=True), ref, item)
        return Result("lcs.request-item/1", request_views.reading_data(reading), [request_views.reading_lines(reading)])
    found = request_decisions.find(cmd.desk(), ref)
    table = request_views.items_table(found)
    return Result("lcs.request-items/1", [request_views.item(one) for one in found.items], [table], _next(found))


@command(app, "withhold")
def withhold(
    cmd: Command,
    ref: RequestRef,
    item: ItemName,
    because: Annotated[
        str | None,
        typer.Option("--because", metavar="WORD", help="other-people, serious-harm, legal-privilege, …"),
    ] = None,
    from_: From = None,
) -> Result:
    """Keep one thing back, with the reason. Safeguarding leads only.

    Example: lcs request withhold RQ-0042-L SF-0042-L --because serious-harm
    """
    from lcs_cli.services import request_decisions

    if cmd.can_ask:
        request_decisions.check_item(cmd.desk(), "request.withhold", ref, item)
    words = Field("words", "in words", forms.prose, None, "In words, for the service's own file")
    fields = [request_entry.withheld_because(cmd, because or from_), words]
    values = forms.entry(cmd, fields, from_, {"because": because})
    one = request_decisions.withhold(cmd.desk(), ref, item, values["because"], values["words"])
    return _decided(one, f"Withheld: {one.name}, {one.reason}.")


@command(app, "clear")
def clear(
    cmd: Command,
    ref: RequestRef,
    item: ItemName,
    redacted: Annotated[
        str | None, typer.Option("--redacted", metavar="FILE|-", help="Give this text in its place.")
    ] = None,
    yes: Yes = False,
) -> Result:
    """Clear one thing to be given: it was read, and tells of nobody else. Safeguarding leads only.

    At a terminal it is shown first, with the text that --redacted gives in its place.

    Example: lcs request clear RQ-0042-L SF-0042-L
    """
    from lcs_cli.services import request_decisions

    text, seen = (request_entry.text(cmd, redacted) if redacted is not None else None), None
    if not yes:
        if not cmd.can_ask:
            raise UsageError("missing answer: somebody reads it first", "give --yes where they have")
        request_decisions.check_item(cmd.desk(anew=True), "request.clear", ref, item)
        reading = request_decisions.read(cmd.desk(), ref, item)
        seen = reading.item.found.version
        for label, value in request_views.reading_lines(reading).pairs:
            cmd.terminal.note(visible(f"{label}: {value}"))
        if text is not None:
            cmd.terminal.note(visible(f"To be given in its place: {text}"))
        cmd.confirm(lambda: request_views.question(reading, redacted=text is not None))
    one = request_decisions.clear(cmd.desk(), ref, item, text, seen)
    return _decided(one, f"Cleared: {one.name}{', redacted' if one.redacted else ''}.")


@command(app, "release")
def release(
    cmd: Command,
    ref: RequestRef,
    into: Annotated[
        Path | None, typer.Option("--into", metavar="FOLDER", help="Make the bundle's folder in this one.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Once more, as a new entry of the register.")] = False,
    pdf: WithPdf = False,
) -> Result:
    """Release what was found: a folder with the person's own things, registered before it leaves.

    Refused until the identity is checked and everything was read.

    Example: lcs request release RQ-0042-L --into outgoing
    """
    from lcs_cli.cli.bundle_page import bundle_page
    from lcs_cli.services import request_release

    cmd.known("request.release", Kind.REQUEST, lookup.request, ref)
    folder = paths.into(cmd, into)
    desk = cmd.desk(anew=True)
    as_pdf = as_pdf_of(cmd, bundle_page) if pdf else None
    done = request_release.release(desk, ref, folder, again=again, as_pdf=as_pdf)
    said = f"Wrote {done.folder}: {views.plural(done.given, 'item')} given, {done.withheld} withheld."
    notes = [f"Hand over with it, on paper: {', '.join(done.papers)}."] if done.papers else []
    return Result(
        "lcs.bundle-release/1", request_views.released(done), [f"{said} Registered as {done.reference}."], notes
    )


def _result(done: TimedRequest, said: str, notes: list[str]) -> Result:
    return Result("lcs.request/1", request_views.request(done), [said], notes)


def _decided(one: Item, said: str) -> Result:
    return Result("lcs.request-item/1", request_views.item(one), [said])


def _next(found: Findings) -> list[str]:
    ref = requests.typed_as(found.request)
    if found.to_be_read:
        first = found.to_be_read[0]
        return [f"next: lcs request clear {ref} {first}   or lcs request withhold {ref} {first}"]
    return [f"next: lcs request release {ref} --into FOLDER"]
