"""lcs report: reports for court proceedings. An agency asks, a manager agrees, and then one is produced."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from msgspec.structs import replace

from lcs_cli.cli import forms, paths, views
from lcs_cli.cli.context import Command
from lcs_cli.cli.forms import Field
from lcs_cli.cli.options import Family, From, OfFamily, command, group
from lcs_cli.cli.printing import WithPdf, as_pdf_of
from lcs_cli.cli.render import Lines, Result, Table
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.report import Report, ReportDecision
from lcs_cli.services import lookup, reports

if TYPE_CHECKING:
    from lcs_cli.services.reports import ReportFile

app = group("Reports for court proceedings: requested, agreed, produced.")

Ref = Annotated[str, typer.Argument(metavar="REPORT", help="The request's reference, such as RP-0042-L.")]


def _agency(cmd: Command, typed: str) -> str:
    """A body on the register: a slip is noticed before the next question."""
    return reference(Kind.REFERRER, lookup.referrer(cmd.desk().db, typed).number)


def _proceedings(cmd: Command, _label: str, typed: str) -> str:
    """A type of proceedings; at a terminal the types are named at once where it is none."""
    return reports.known_proceedings(reports.rules_of(cmd.desk()), typed) if cmd.can_ask else typed


_DUE_ON = Field("due_on", "due on", forms.day, "", "By when (Enter if no day was given)")
_FIELDS = (
    Field("agency", "agency", forms.text),
    Field("proceedings", "proceedings", _proceedings, question="Proceedings (such as child-arrangements; Enter lists)"),
    Field("received_on", "received on", forms.past_day, "today"),
    Field("asked", "what is asked", forms.text),
    Field("evidence", "evidence", forms.text, question="Evidence (the order or letter, and where it is kept)"),
    _DUE_ON,
)
_AGREED = Field("agreed", "agreed", forms.yes_no, question="Agree to it (y/n)")
_REASON = Field("reason", "reason", forms.text)


@command(app, "request")
def request(
    cmd: Command,
    family: Family,
    agency: Annotated[str | None, typer.Option("--agency", metavar="REF", help="The agency that asks.")] = None,
    proceedings: Annotated[
        str | None,
        typer.Option("--proceedings", metavar="TYPE", help="What they are about, such as child-arrangements."),
    ] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DAY", help="The day the request was received.")] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="DAY", help="The day it is wanted by.")] = None,
    from_: From = None,
) -> Result:
    """Record that an authorised agency asks for a report for proceedings (policy 4.1).

    A solicitor's letter alone is not enough. A manager who did not record the request then decides.

    Example: lcs report request LCS-0042-L --agency REF-0007-F --proceedings child-arrangements
    """
    cmd.known("report.request", Kind.FAMILY, lookup.family, family)
    if cmd.can_ask and from_ is None and agency is None:  # whoever may not ask is refused before the next question
        agency = cmd.ask("Who asks (REF-…)", lambda typed: _agency(cmd, typed))
    cmd.known(
        "report.request",
        Kind.REFERRER,
        lambda db, typed: reports.authorised(cmd.desk(), db, typed, family),
        *([agency] if from_ is None else []),
    )
    given = {"agency": agency, "proceedings": proceedings, "received_on": on, "due_on": by}
    if cmd.can_ask and from_ is None:
        values = cmd.asking(lambda: _asked(cmd, given))
    else:
        values = forms.entry(cmd, _FIELDS, from_, given)
    one = reports.request(cmd.desk(), family, reports.ReportDraft(**values))
    said = f"Recorded {_ref(one)} for {cmd.echo(Kind.FAMILY, one.family)}, asked for by "
    said += f"{reference(Kind.REFERRER, one.agency)}, received {views.human(one.received_on)}."
    next_ = f"next: a manager who did not record it decides: lcs report decide {_ref(one)}"
    return Result("lcs.report/1", _whole(one), [said], [next_])


def _asked(cmd: Command, given: Mapping[str, str | None]) -> dict[str, Any]:
    values = forms.fill(cmd, _FIELDS[:-1], given)
    due_on = replace(_DUE_ON, parse=forms.not_before(values["received_on"]))
    return values | forms.fill(cmd, [due_on], given)


@command(app, "decide")
def decide(
    cmd: Command,
    ref: Ref,
    agree: Annotated[
        bool | None, typer.Option("--agree/--decline", help="Agree to the request, or decline it.")
    ] = None,
    from_: From = None,
) -> Result:
    """Agree to a request with a reason, or decline it: a manager who did not record it (policy 4.1).

    Example: lcs report decide RP-0042-L --agree
    """
    cmd.known("report.decide", Kind.REPORT, lambda db, typed: reports.decidable(cmd.desk(), db, typed), ref)
    given = {"agreed": None if agree is None else "yes" if agree else "no"}
    values = forms.entry(cmd, [_AGREED, _REASON], from_, given)
    one = reports.decide(cmd.desk(), ref, values["reason"], agreed=values["agreed"])
    if not values["agreed"]:
        return Result("lcs.report/1", _whole(one), [f"Declined {_ref(one)}."])
    until = reports.agreed_until(cmd.desk(), one)
    next_ = f"next: lcs report produce {_ref(one)} --into FOLDER   until {views.human(until)}"
    return Result("lcs.report/1", _whole(one), [f"Agreed to {_ref(one)}."], [next_])


@command(app, "produce")
def produce(
    cmd: Command,
    ref: Ref,
    into: Annotated[
        Path | None, typer.Option("--into", metavar="FOLDER", help="Make the report's folder in this one.")
    ] = None,
    pdf: WithPdf = False,
) -> Result:
    """Produce a report that was agreed to: dates and times of the permitted records, and nothing else (policy 4.1).

    It is registered before its folder has a name: report.txt, report.json and a manifest.

    Example: lcs report produce RP-0042-L --into outgoing

    Example: lcs report produce RP-0042-L --into outgoing --pdf
    """
    from lcs_cli.cli.report_page import report_page
    from lcs_cli.cli.report_text import report_text
    from lcs_cli.services import report_files

    cmd.known("report.produce", Kind.REPORT, lookup.report, ref)
    as_pdf = as_pdf_of(cmd, report_page) if pdf else None
    done = report_files.produce(cmd.desk(), ref, paths.into(cmd, into), report_text, as_pdf)
    document = done.document
    rows = {name.value: len(part.rows) for name, part in document.parts.items()}
    data = {
        "report": document.reference,
        "request": document.request,
        "family": document.family,
        "agency": document.agency,
        "folder": str(done.folder),
        "rows": rows,
    }
    held = ", ".join(views.plural(count, _ONE[name]) for name, count in rows.items())
    said = f"Wrote {done.folder} for {document.agency}: {held} of {document.family}. "
    return Result("lcs.produced/1", data, [f"{said}Registered as {document.reference}."])


@command(app, "list", lists=True)
def list_(
    cmd: Command,
    family: OfFamily = None,
    only_open: Annotated[bool, typer.Option("--open", help="Only those with something still to be done.")] = False,
) -> Result:
    """List the requests for reports, without what was written in them.

    Example: lcs report list --open
    """
    found = reports.listing(cmd.desk(), family, only_open=only_open)
    rows = (
        [
            _ref(one.report),
            reference(Kind.FAMILY, one.report.family),
            reference(Kind.REFERRER, one.report.agency),
            one.report.proceedings,
            views.human(one.report.received_on),
            views.human(one.report.due_on),
            one.standing.value,
        ]
        for one in found
    )
    headings = ["REF", "FAMILY", "FOR", "PROCEEDINGS", "RECEIVED", "BY", "STATE"]
    table = Table(headings, rows, "No report was asked for.")
    return Result("lcs.reports/1", map(_listed, found), [table])


@command(app, "show")
def show(cmd: Command, ref: Ref) -> Result:
    """Show a request with what was asked, decided and produced. The reading is logged.

    Example: lcs report show RP-0042-L
    """
    file = reports.show(cmd.desk(), ref)
    one = file.report
    lines = [
        ("Reference", _ref(one)),
        ("Family", reference(Kind.FAMILY, one.family)),
        ("Asked for by", reference(Kind.REFERRER, one.agency)),
        ("Proceedings", f"{file.proceedings}, {file.law} law" if file.law else file.proceedings),
        ("Received", views.human(one.received_on)),
        ("What is asked", one.asked),
        ("Evidence", one.evidence),
        ("By when", views.human(one.due_on)),
        ("Recorded", f"{views.human(one.requested_on)} by {one.requested_by}"),
        ("State", file.standing.value),
        *(("Decision", _decided(decision)) for decision in one.decisions),
    ]
    if one.agreement:
        lines.append(("Agreed until", views.human(file.agreed_until)))
    lines += [("Produced", reference(Kind.DISCLOSURE, number)) for number in one.productions]
    if one.withdrawn_on:
        withdrawn = f"{views.human(one.withdrawn_on)} by {one.withdrawn_by}: {one.withdrawn_because}"
        lines.append(("Withdrawn", withdrawn))
    return Result("lcs.report/1", _listed(file) | _texts(one), [Lines(lines)])


@command(app, "withdraw")
def withdraw(cmd: Command, ref: Ref, from_: From = None) -> Result:
    """End a request that is not wanted any more, with the reason. Nothing is produced under it after that.

    Example: lcs report withdraw RP-0042-L
    """
    cmd.known("report.withdraw", Kind.REPORT, reports.not_ended, ref)
    values = forms.entry(cmd, [_REASON], from_)
    one = reports.withdraw(cmd.desk(), ref, values["reason"])
    return Result("lcs.report/1", _whole(one), [f"Withdrew {_ref(one)} on {views.human(one.withdrawn_on)}."])


_ONE = {"episodes": "episode", "sessions": "session", "attendance": "attendance"}


def _ref(one: Report) -> str:
    return reference(Kind.REPORT, one.number)


def _decided(one: ReportDecision) -> str:
    verb = "agreed" if one.agreed else "declined"
    return f"{verb} on {views.human(one.decided_on)} by {one.decided_by}: {one.reason}"


def _listed(file: "ReportFile") -> dict[str, Any]:
    """A request as it is listed: references, days and where it stands."""
    return _view(file.report) | {"state": file.standing.value, "agreed_until": views.iso(file.agreed_until)}


def _view(one: Report) -> dict[str, Any]:
    return {
        "reference": _ref(one),
        "family": reference(Kind.FAMILY, one.family),
        "agency": reference(Kind.REFERRER, one.agency),
        "proceedings": one.proceedings,
        "received_on": views.iso(one.received_on),
        "due_on": views.iso(one.due_on),
        "requested_on": views.iso(one.requested_on),
        "requested_by": one.requested_by,
        "state": one.state.value,
        "withdrawn_on": views.iso(one.withdrawn_on),
        "produced": [reference(Kind.DISCLOSURE, number) for number in one.productions],
    }


def _texts(one: Report) -> dict[str, Any]:
    return {
        "asked": one.asked,
        "evidence": one.evidence,
        "decisions": [
            {
                "agreed": decision.agreed,
                "reason": decision.reason,
                "decided_on": views.iso(decision.decided_on),
                "decided_by": decision.decided_by,
            }
            for decision in one.decisions
        ],
        "withdrawn_by": one.withdrawn_by,
        "withdrawn_because": one.withdrawn_because,
    }


def _whole(one: Report) -> dict[str, Any]:
    """A request with what was written in it, as it was just saved."""
    return _view(one) | _texts(one)
