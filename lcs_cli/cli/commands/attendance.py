"""lcs attendance: record, correct, list, and export to referrers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lcs_cli.cli import attendance_entry, attendance_walk, pictures, supervised, views
from lcs_cli.cli.context import Command
from lcs_cli.cli.file_password import AskPassword, NoPassword
from lcs_cli.cli.options import Family, From, FromDay, OfFamily, SessionRef, ToDay, command, group
from lcs_cli.cli.render import Output, Picture, Result, Table
from lcs_cli.errors import UsageError
from lcs_cli.records.export_format import Format, StatementFormat
from lcs_cli.records.references import Kind, reference
from lcs_cli.services import attendance, lookup

if TYPE_CHECKING:
    from lcs_cli.services.attendance import Outcome, RecordedSession
    from lcs_cli.services.exports import Export

app = group("Attendance: record, correct, export.")

Children = Annotated[
    list[str] | None, typer.Option("--child", metavar="PERSON", help="Only this child; may be repeated.")
]
Attended = Annotated[bool | None, typer.Option("--attended/--did-not-attend", help="Whether contact took place.")]
Arrived = Annotated[str | None, typer.Option("--arrived", metavar="HH:MM", help="When the child arrived.")]
Left = Annotated[str | None, typer.Option("--left", metavar="HH:MM", help="When the child left.")]


@command(app, "record")
def record(
    cmd: Command,
    ref: Annotated[
        str | None, typer.Argument(metavar="[SESSION]", help="The session's reference; without it, the day's, in turn.")
    ] = None,
    attended: Attended = None,
    arrived: Arrived = None,
    left: Left = None,
    child: Children = None,
    from_: From = None,
) -> Result:
    """Record attendance at a session, for all children of the family or for those named.

    At a terminal, without a session, it walks through those of today, and then through past ones without attendance.
    Where nobody vetted supervised it, that is said, and recorded all the same (policy 4.4).

    Example: lcs attendance record S-000042-L --attended --arrived 10:05 --left 11:30
    """
    if ref is None:
        if attended is not None or arrived or left or child or from_:
            raise UsageError("missing: which session", "give its reference: lcs today   says which")
        return attendance_walk.walk(cmd)
    cmd.known("attendance.record", Kind.SESSION, lambda db, one: attendance.unrecorded(cmd.desk(), db, one), ref)
    outcome, _ = attendance_entry.outcome(cmd, ref, from_, attended, arrived, left, with_reason=False)
    done = attendance.record(cmd.desk(), ref, outcome, child or [])
    warnings = supervised.warnings(done.duty) if done.duty else []
    return _said(cmd, done, "Recorded", [*warnings, "next: lcs attendance export   tells the referrer"])


@command(app, "correct")
def correct(
    cmd: Command,
    ref: SessionRef,
    attended: Attended = None,
    arrived: Arrived = None,
    left: Left = None,
    child: Children = None,
    from_: From = None,
) -> Result:
    """Correct recorded attendance; what was recorded before is kept with the reason.

    Example: lcs attendance correct S-000042-L --attended --arrived 10:15 --left 11:30
    """
    cmd.known("attendance.correct", Kind.SESSION, lookup.session, ref)

    def asked() -> tuple[list[str], tuple[Outcome, str]]:
        asks = cmd.can_ask and from_ is None and not child
        children = attendance_entry.whose(cmd, ref) if asks else child or []
        return children, attendance_entry.outcome(cmd, ref, from_, attended, arrived, left, with_reason=True)

    children, (outcome, reason) = cmd.asking(asked)
    done, changed = attendance.correct(cmd.desk(), ref, outcome, reason, children)
    if not changed:
        return _said(cmd, done, "Nothing was different", [])
    return _said(
        cmd,
        done,
        "Corrected",
        ["next: lcs attendance export   the referrer is told what changed with the next export of the series"],
    )


@command(app, "list", lists=True)
def list_(cmd: Command, family: Family, from_day: FromDay = None, to_day: ToDay = None) -> Result:
    """List one family's sessions with their attendance.

    Example: lcs attendance list LCS-0042-L --from-day 1/9/2026
    """
    first = cmd.day("from day", from_day) if from_day else None
    last = cmd.day("to day", to_day) if to_day else None
    found = attendance.listing(cmd.desk(), family, first, last)
    rows = [
        [
            reference(Kind.SESSION, one.session.number),
            views.human(one.session.held_on),
            f"{one.session.starts} to {one.session.ends}",
            "; ".join(f"{reference(Kind.PERSON, line.child)} {views.attended(line)}" for line in one.lines)
            or views.session_state(one.session),
        ]
        for one in found
    ]
    blocks = [Table(["SESSION", "DAY", "BOOKED", "ATTENDANCE"], rows, "No session is on record.")]
    corrected = [former for one in found for former in one.corrections]
    if corrected:
        blocks.append(views.corrections_table(corrected))
    flat = [row for one in found for row in views.recorded_rows(one)]
    return Result("lcs.attendance-list/1", [views.recorded(one) for one in found], blocks, flat=flat)


@command(app, "chart", lists=True)
def chart(
    cmd: Command,
    family: Family,
    from_day: FromDay = None,
    to_day: ToDay = None,
    words: Annotated[bool, typer.Option("--words", help="In sentences, without a picture.")] = False,
) -> Result:
    """Show one family's attendance as a picture: weeks down, days across, and a bar a month; or in words.

    Without a day it begins half a year ago. A session to which any of the children came is attended.

    Example: lcs attendance chart LCS-0042-L --from-day 1/9/2026
    """
    first = cmd.day("from day", from_day) if from_day else cmd.today - timedelta(weeks=26)
    last = cmd.day("to day", to_day) if to_day else None
    found = attendance.listing(cmd.desk(), family, first, last, "attendance.chart")
    months = pictures.months(found, cmd.today)
    data = [
        {"month": f"{one.first:%Y-%m}"} | {mark.name.lower(): one.counts.get(mark, 0) for mark in pictures.Mark}
        for one in months
    ]
    if not found:
        return Result("lcs.attendance-chart/1", data, notes=["No session is on record in that time."])
    if words or cmd.terminal.wants_plain:
        return Result("lcs.attendance-chart/1", data, pictures.words(months))
    picture = Picture([*pictures.weeks(found, cmd.today), "", pictures.LEGEND, "", *pictures.bars(months)])
    return Result("lcs.attendance-chart/1", data, [picture])


@command(app, "export")
def export(
    cmd: Command,
    to: Annotated[str | None, typer.Option("--to", metavar="REFERRER", help="Who is told.")] = None,
    purpose: Annotated[
        str,
        typer.Option("--purpose", metavar="PURPOSE", help="A purpose that the policy allows, such as case-management."),
    ] = "",
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="last", help="last: what is new or corrected since the last export."),
    ] = None,
    family: OfFamily = None,
    from_day: FromDay = None,
    to_day: ToDay = None,
    format_: Annotated[Format, typer.Option("--format", help="How the rows are written.")] = Format.CSV,
    into: Annotated[
        Path | None, typer.Option("--into", metavar="FOLDER", help="Make the export's folder in this one.")
    ] = None,
    again: Annotated[
        str | None, typer.Option("--again", metavar="EXPORT", help="Repeat an export: same bytes.")
    ] = None,
) -> Result:
    """Tell a referrer the dates and times of attendance: nothing else can leave (policy 4.2).

    Without --into the rows go to standard output. Every export is registered before it leaves.

    Example: lcs attendance export --to REF-0007-F --purpose case-management --since last --into outgoing
    """
    from lcs_cli.cli import recipient
    from lcs_cli.services import export_plan, exports

    if into is None and cmd.output is not Output.PEOPLE:
        raise UsageError(
            "json: the rows themselves go to standard output", "give --into FOLDER; for rows as JSON: --format json"
        )
    if again is not None:
        if to or purpose or since or family or from_day or to_day:
            raise UsageError("again: repeats an export exactly as it was", "give --again and --into alone")
        return _left(exports.repeat(cmd.desk(), again, into, cmd.terminal.write_bytes))
    told = recipient.asked(cmd, "attendance.export", to=to, purpose=purpose)
    if told["to"] is None:
        raise UsageError("missing: to", "give the referrer: --to REF-0007-F")
    if since not in (None, "last"):
        raise UsageError("since: only “last” is understood", "for days, give --from-day and --to-day")
    order = export_plan.ExportOrder(
        purpose=told["purpose"] or "",
        format=format_,
        family=family,
        since_last=since == "last",
        from_on=cmd.day("from day", from_day) if from_day else None,
        to_on=cmd.day("to day", to_day) if to_day else None,
    )
    return _left(exports.export(cmd.desk(), told["to"], order, into, cmd.terminal.write_bytes))


@command(app, "statement")
def statement(
    cmd: Command,
    family: Annotated[
        str | None, typer.Argument(metavar="[FAMILY]", help="The family's reference, such as LCS-0042-L.")
    ] = None,
    *,
    to: Annotated[str | None, typer.Option("--to", metavar="REFERRER", help="Who is told.")] = None,
    purpose: Annotated[
        str,
        typer.Option("--purpose", metavar="PURPOSE", help="A purpose that the policy allows, such as case-management."),
    ] = "",
    from_day: FromDay = None,
    to_day: ToDay = None,
    pdf: Annotated[Path | None, typer.Option("--pdf", metavar="FILE", help="Write a PDF, to print or to send.")] = None,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help="Write a spreadsheet.")] = None,
    csv_file: Annotated[
        Path | None, typer.Option("--csv-file", metavar="FILE", help="Write the rows as CSV, which has no password.")
    ] = None,
    ask_password: AskPassword = False,
    no_password: NoPassword = False,
    again: Annotated[
        str | None, typer.Option("--again", metavar="STATEMENT", help="Make a statement again: the same rows.")
    ] = None,
) -> Result:
    """Write one family's dates and times of contact for a referrer, as one paper: nothing else can leave (policy 4.2).

    It is registered before it leaves. A PDF or a spreadsheet is encrypted with a password that is shown once.

    Example: lcs attendance statement LCS-0042-L --to REF-0007-F --purpose case-management --pdf statement.pdf
    """
    from lcs_cli.cli import recipient, statement_entry
    from lcs_cli.services import export_plan, statements

    told = {"family": family, "to": to, "purpose": purpose}
    if again is None:
        told = recipient.asked(cmd, "attendance.statement", **told)
        if missing := [key for key in ("family", "to") if told[key] is None]:
            raise UsageError(f"missing: {missing[0]}", "name both: lcs attendance statement LCS-0042-L --to REF-0007-F")
    elif any(told.values()) or from_day or to_day:
        raise UsageError("again: makes a statement as it was", "give --again and the file alone")
    window = [cmd.day(name, day) if day else None for name, day in (("from day", from_day), ("to day", to_day))]
    if ask_password:
        cmd.known("attendance.statement", Kind.FAMILY, lookup.family, told["family"])
    files = {StatementFormat.PDF: pdf, StatementFormat.XLSX: xlsx, StatementFormat.CSV: csv_file}
    paper, password = statement_entry.paper(cmd, files, ask=ask_password, none=no_password)
    if again is not None:
        return statement_entry.made(cmd, statements.repeat(cmd.desk(), again, paper), paper, password)
    order = export_plan.ExportOrder(
        purpose=told["purpose"] or "", family=told["family"], from_on=window[0], to_on=window[1]
    )
    return statement_entry.made(cmd, statements.statement(cmd.desk(), str(told["to"]), order, paper), paper, password)


def _said(cmd: Command, done: RecordedSession, verb: str, notes: list[str]) -> Result:
    ref = f"{reference(Kind.SESSION, done.session.number)} of {cmd.echo(Kind.FAMILY, done.session.family)}"
    lines = "; ".join(f"{reference(Kind.PERSON, line.child)} {views.attended(line)}" for line in done.lines)
    return Result(
        "lcs.attendance/1", views.recorded(done), [f"{verb}: {ref}, {views.when(done.session)}. {lines}."], notes
    )


def _left(done: Export) -> Result:
    data = {
        "export": done.reference or None,
        "recipient": done.recipient,
        "rows": done.rows,
        "families": done.families,
        "sha256": done.sha256 if done.rows else None,
        "folder": str(done.folder) if done.folder else None,
    }
    if not done.rows:
        from lcs_cli.cli.statement_entry import FROM_WHEN

        return Result(
            "lcs.export/1",
            data,
            notes=["Nothing to tell: no attendance is on record, or new, in that window.", FROM_WHEN],
        )
    told = f"{views.plural(done.rows, 'session')} of {views.plural(done.families, 'family')}"
    registered = f"{told} to {done.recipient}. Registered as {done.reference}."
    if done.folder is None:
        return Result("lcs.export/1", data, notes=[registered])
    return Result("lcs.export/1", data, [f"Wrote {done.folder}: {registered}"])
