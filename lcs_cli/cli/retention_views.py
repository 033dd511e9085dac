"""What is due, what falls due in the coming years, what becomes of one record, and the holds: as they are shown."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from lcs_cli.cli import views
from lcs_cli.cli.dates import human_days
from lcs_cli.cli.render import Result, Table
from lcs_cli.cli.sweeping import stop_notes
from lcs_cli.policy.retention import WAITS
from lcs_cli.records.references import Kind, reference
from lcs_cli.services import explain_retention, forecast, retention, stops

if TYPE_CHECKING:
    from lcs_cli.policy.forecast import FallsDue
    from lcs_cli.services.desk import Desk
    from lcs_cli.services.explain_retention import Part
    from lcs_cli.services.holds import StandingHold
    from lcs_cli.services.retention import Item

_WIDEST = 40
"""How many blocks the longest bar has; a shorter one has its share of them, and at least one."""


_SPOKEN = {
    "superseded": "correction",
    "signer": "signing key",
    "disclosure_family": "family link",
    **dict.fromkeys(("flag_child", "accident_child", "document_child", "paper_child"), "child link"),
}


class By(StrEnum):
    """What the picture ahead is drawn by."""

    YEAR = "year"


def due_list(desk: "Desk", day: date, *, everything: bool) -> Result:
    """What is due on a day, a file a row."""
    found = retention.due(desk, day, everything=everything)
    rows = [
        [
            item.decision.subject,
            _state(item),
            views.human(item.decision.due_on),
            item.decision.rule.clause,
            human_days("; ".join([*item.decision.reasons, *item.asks])),
            views.counts(views.retention_item(item)["goes"]),
        ]
        for item in found
    ]
    headings = ["FILE", "IS", "DUE ON", "CLAUSE", "WHY", "WOULD GO"]
    table = Table(headings, rows, f"Nothing is due on {views.human(day)}.")
    notes = stop_notes(stops.pulled(desk))
    return Result("lcs.retention-due/1", [views.retention_item(item) for item in found], [table], notes)


def by_year(desk: "Desk", day: date, *, words: bool) -> Result:
    """How many files come to wait in each year ahead, in numbers and as a bar, or in ``words``."""
    found = forecast.by_year(desk, day)
    data = [
        {"until": views.iso(one.day), "files": one.files}
        | {outcome.value: one.counts.get(outcome, 0) for outcome in WAITS}
        for one in found
    ]
    if words:
        return Result("lcs.retention-by-year/1", data, [_sentence(one, at) for at, one in enumerate(found)])
    most = max(one.files for one in found)
    rows = [
        [_when(one, at), *(str(one.counts.get(outcome, 0)) for outcome in WAITS), _bar(one.files, most)]
        for at, one in enumerate(found)
    ]
    headings = ["COMES TO WAIT", *(outcome.value.upper() for outcome in WAITS), ""]
    return Result("lcs.retention-by-year/1", data, [Table(headings, rows)])


def explained(desk: "Desk", typed: str) -> Result:
    """What becomes of one record and of each of its parts, and why."""
    found = explain_retention.explain(desk, typed)
    data = {"reference": found.reference, "subject": found.subject, "parts": [_part(one) for one in found.parts]}
    of = f", of the file of {found.subject}" if found.subject else ""
    rows = [
        [
            _named(one),
            one.fate.course.value + (f", {one.fate.outcome}" if one.fate.outcome else ""),
            views.human(one.fate.due_on),
            one.cls.value,
            f"{one.fate.rule.id} ({one.fate.rule.clause})",
            human_days("; ".join([*one.fate.reasons, *_leaves(one)])),
        ]
        for one in found.parts
    ]
    table = Table(["PART", "IT", "DUE ON", "CLASS", "RULE (CLAUSE)", "WHY"], rows)
    return Result("lcs.retention-explanation/1", data, [f"{found.reference}{of}:", table])


def holds_list(found: "Sequence[StandingHold]") -> Result:
    """Holds, one a row, with who is asked about each."""
    rows = [
        [
            reference(Kind.HOLD, one.hold.number),
            one.hold.subject,
            one.hold.kind.value,
            one.state.value,
            views.human(one.hold.until) or "no end",
            one.hold.owner,
            views.human(one.hold.confirmed_on or one.hold.placed_on),
        ]
        for one in found
    ]
    headings = ["HOLD", "FILE", "KIND", "IS", "UNTIL", "OWNER", "LOOKED AT"]
    return Result("lcs.holds/1", [standing(one) for one in found], [Table(headings, rows, "No file is on hold.")])


def confirmed(one: "StandingHold") -> Result:
    """That somebody looked at a hold."""
    ref, until = reference(Kind.HOLD, one.hold.number), one.hold.until
    ends = f"it ends after {views.human(until)}" if until else "it has no end"
    said = f"Confirmed {ref} of {one.hold.subject}: {one.state}, {ends}; {one.hold.owner} owns it."
    return Result("lcs.hold/1", standing(one), [said])


def standing(one: "StandingHold") -> dict[str, Any]:
    """A hold, and how it stands."""
    return views.hold(one.hold) | {"state": one.state.value, "asked": one.asked}


def _state(item: "Item") -> str:
    return f"{item.decision.outcome}, {item.review.state}" if item.review else item.decision.outcome.value


def _when(one: "FallsDue", at: int) -> str:
    return f"by {views.human(one.day)}" if at == 0 else f"{'rest of ' if at == 1 else ''}{one.day.year}"


def _sentence(one: "FallsDue", at: int) -> str:
    counts = ", ".join(f"{count} {outcome}" for outcome in WAITS if (count := one.counts.get(outcome, 0)))
    when = _when(one, at)
    return f"{when[:1].upper()}{when[1:]}: {views.plural(one.files, 'file')}{f': {counts}' if counts else ''}."


def _bar(number: int, most: int) -> str:
    return "█" * (max(1, number * _WIDEST // most) if number else 0)


def _named(one: "Part") -> str:
    if one.people:
        return ", ".join(one.people)
    return views.plural(one.count, _SPOKEN.get(one.table, one.table.replace("_", " ")))


def _leaves(one: "Part") -> list[str]:
    """What a disposal changes of a part that stays, in words."""
    fields = {"emptied": one.fate.empties, "filled in": one.fate.fills}
    return [f"{', '.join(names).replace('_', ' ')}: {said}" for said, names in fields.items() if names]


def _part(one: "Part") -> dict[str, Any]:
    fate = one.fate
    return {
        "table": one.table,
        "count": one.count,
        "people": list(one.people),
        "class": one.cls.value,
        "it": fate.course.value,
        "outcome": fate.outcome.value if fate.outcome else None,
        "rule": fate.rule.id,
        "clause": fate.rule.clause,
        "clock_start": views.iso(fate.clock_start),
        "due_on": views.iso(fate.due_on),
        "reasons": list(fate.reasons),
        "empties": list(fate.empties),
        "fills": list(fate.fills),
    }
