"""A statement of attendance as people read it: what it rests on, and a row a session, of the permitted columns."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from lcs_cli.cli import views
from lcs_cli.cli.dates import show_day
from lcs_cli.records.attendance_line import AttendanceLine
from lcs_cli.records.references import Kind, reference
from lcs_cli.services.page import Facts, Grid, Page, Words

if TYPE_CHECKING:
    from lcs_cli.services.statements import StatementDocument


def _weekday(line: AttendanceLine) -> str:
    return show_day(date.fromisoformat(line.session_date)).partition(" ")[0]


def _day(line: AttendanceLine) -> str:
    return show_day(date.fromisoformat(line.session_date)).partition(" ")[2]


# What each permitted column looks like: heading, share of the width, and cell. What is the same in each row stands
# above the table.
_Look = tuple[str, int, Callable[[AttendanceLine], str]]
_COLUMNS: Mapping[str, tuple[_Look, ...]] = MappingProxyType(
    {
        "session_date": (("Day", 4, _day), ("Weekday", 3, _weekday)),
        "booked_start": (("Booked from", 4, lambda line: line.booked_start),),
        "booked_end": (("Booked until", 4, lambda line: line.booked_end),),
        "arrived": (("Arrived", 3, lambda line: line.arrived or ""),),
        "left": (("Left", 2, lambda line: line.left or ""),),
        "attended": (("Outcome", 4, lambda line: "attended" if line.attended else "did not attend"),),
    }
)


def statement_page(document: "StatementDocument") -> Page:
    """The whole statement: nothing is in it that is no permitted column, or a reference, count or rule."""
    entry = document.entry
    names = [column.name for column in document.columns]
    looks = [look for name in names for look in _COLUMNS.get(name, ())]
    rows = tuple(tuple(cell(line) for _, _, cell in looks) for line in document.lines)
    grid = Grid(tuple(look[0] for look in looks), rows, tuple(look[1] for look in looks))
    ref = reference(Kind.DISCLOSURE, entry.number)
    told = "Dates and times of contact, and nothing else. Times are local (Europe/London)."
    return Page(
        title="Statement of attendance",
        made_on=entry.made_on,
        letterhead=document.letterhead,
        footer=f"{ref}: statement of attendance for {reference(Kind.REFERRER, entry.referrer)}",
        blocks=(Facts(_head(document, names)), Words(told), grid, Facts(_basis(document))),
    )


def _head(document: "StatementDocument", names: list[str]) -> tuple[tuple[str, str], ...]:
    """For whom it is, about which family and days, and how many sessions it tells."""
    entry, first = document.entry, document.lines[0]
    count = views.plural(entry.rows, "session")
    if "attended" in names:
        count += f", {sum(line.attended for line in document.lines)} attended"
    pairs = [
        ("Reference", reference(Kind.DISCLOSURE, entry.number)),
        ("Made", show_day(entry.made_on)),
        ("For", f"{reference(Kind.REFERRER, entry.referrer)} ({entry.recipient})"),
        ("Purpose", entry.purpose),
        ("Family", first.family_reference if "family_reference" in names else ""),
        ("Your reference", (first.case_reference or "") if "case_reference" in names else ""),
        ("Period", _period(document)),
        ("Sessions", count),
    ]
    return tuple((label, value) for label, value in pairs if value)


def _period(document: "StatementDocument") -> str:
    """The days that were asked for; where none were, those of the sessions, as far as they may be told."""
    entry = document.entry
    listed = any(column.name == "session_date" for column in document.columns)
    first = entry.from_on or (date.fromisoformat(document.lines[0].session_date) if listed else None)
    last = entry.to_on or (date.fromisoformat(document.lines[-1].session_date) if listed else None)
    return f"{show_day(first)} to {show_day(last)}" if first and last else ""


def _basis(document: "StatementDocument") -> tuple[tuple[str, str], ...]:
    """By which rule it left, and how it is told from another."""
    entry = document.entry
    repeats = [("Repeats", reference(Kind.DISCLOSURE, entry.repeats))] if entry.repeats else []
    return (
        *repeats,
        ("Policy", f"version {entry.policy_version}, clause {entry.clause} (rule {entry.rule})"),
        ("Rules (SHA-256)", entry.rules_hash),
        ("Rows (SHA-256)", entry.sha256),
        ("Entry in the trail", document.audit_head),
    )
