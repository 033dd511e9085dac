"""A report for proceedings as people read it: headings, full-width lines, days with their weekday."""

from datetime import date
from typing import TYPE_CHECKING

from lcs_cli.cli.dates import show_day

if TYPE_CHECKING:
    from lcs_cli.services.report_files import FieldValue, ReportDocument, ReportPart

_GAP = "  "


def report_text(document: "ReportDocument") -> str:
    """The whole report: what it rests on, then each class of records with its rows, or that there is none."""
    labelled = head(document)
    width = max(len(label) for label, _ in labelled) + 2
    lines = [f"{label}:".ljust(width) + value for label, value in labelled]
    blocks = [_heading("Report for proceedings", "="), "\n".join(lines), told(document)]
    blocks += [f"{_heading(part.heading, '-')}\n\n{_rows(part)}" for part in document.parts.values()]
    return "\n\n".join(blocks) + "\n"


def head(document: "ReportDocument") -> list[tuple[str, str]]:
    """What a report rests on, by label."""
    return [
        ("Reference", document.reference),
        ("Made", show_day(document.made_on)),
        ("Family", document.family),
        ("For", f"{document.agency} ({document.agency_kind})"),
        ("Request", f"{document.request}, received {show_day(document.received_on)}"),
        ("Proceedings", f"{document.proceedings}{f', {document.law} law' if document.law else ''}"),
        ("Agreed", f"{show_day(document.agreed_on)} by {document.agreed_by}, for the service's management"),
        ("Policy", f"version {document.policy_version}, clause {document.clause} (rule {document.rule})"),
        ("Rules", f"SHA-256 {document.rules_hash}"),
        ("Trail", f"registered after entry {document.after_entry}"),
    ]


def told(document: "ReportDocument") -> str:
    """What it may hold."""
    return f"{document.holds} Times are local (Europe/London)."


def cells(part: "ReportPart") -> list[tuple[str, ...]]:
    """The rows under the names of their columns."""
    return [
        tuple(column.name.replace("_", " ") for column in part.columns),
        *(
            tuple(_cell(value, column.type) for value, column in zip(row, part.columns, strict=True))
            for row in part.rows
        ),
    ]


def _heading(text: str, line: str) -> str:
    return f"{text}\n{line * len(text)}"


def _rows(part: "ReportPart") -> str:
    """The rows under the names of their columns; nothing is cut off, however wide it gets."""
    if not part.rows:
        return "Nothing is on record."
    lines = cells(part)
    widths = [max(len(row[column]) for row in lines) for column in range(len(part.columns))]
    return "\n".join(
        _GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in lines
    )


def _cell(value: "FieldValue", kind: str) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return show_day(date.fromisoformat(value)) if kind == "date" else value
