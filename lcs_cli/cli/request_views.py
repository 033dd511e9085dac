"""How requests for one's records look: to a machine, in a table, and one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lcs_cli.cli import views
from lcs_cli.cli.dates import human_days
from lcs_cli.cli.render import Lines, Table
from lcs_cli.records.references import Kind, reference
from lcs_cli.services import requests

if TYPE_CHECKING:
    from lcs_cli.services.request_clock import TimedRequest
    from lcs_cli.services.request_decisions import Findings, Item, Reading
    from lcs_cli.services.request_release import Bundle
    from lcs_cli.services.requests import RequestFile


def request(timed: TimedRequest) -> dict[str, Any]:
    """A request with its clock, without what was noted in words."""
    one, due = timed.request, timed.deadline
    return {
        "reference": requests.typed_as(one),
        "person": reference(Kind.PERSON, one.person),
        "family": reference(Kind.FAMILY, one.family),
        "kind": one.kind.value,
        "state": state(timed),
        "received_on": views.iso(one.received_on),
        "due_on": views.iso(due.due_on) if due else None,
        "days_left": due.days_left if due else None,
        "through": reference(Kind.REFERRER, one.through) if one.through else None,
        "parent": reference(Kind.PERSON, one.parent) if one.parent else None,
        "identity_checked_on": views.iso(one.checked_on),
        "paused_since": views.iso(one.paused.from_on) if one.paused else None,
        "extended_on": views.iso(one.extended_on),
        "ended_on": views.iso(one.ended_on),
    }


def request_file(file: RequestFile) -> dict[str, Any]:
    """A request with what was noted."""
    one = file.timed.request
    return request(file.timed) | {
        "recorded_on": views.iso(one.recorded_on),
        "recorded_by": one.recorded_by,
        "asker": one.asker,
        "evidence": one.evidence,
        "identity_checked_by": one.checked_by,
        "identity_checked_how": one.checked_how,
        "extended_because": one.extended_because,
        "ended_by": one.ended_by,
        "ended_because": file.ended_because,
        "pauses": [
            {
                "reason": pause.reason.value,
                "from_on": views.iso(pause.from_on),
                "to_on": views.iso(pause.to_on),
                "because": because,
                "resumed_because": resumed,
            }
            for pause, because, resumed in file.pauses
        ],
    }


def item(one: Item) -> dict[str, Any]:
    """What was found, without what it says."""
    decision = one.decision
    return {
        "item": one.name,
        "what": one.cls.text,
        "day": views.iso(one.on),
        "state": one.state.value,
        "reason": one.reason or None,
        "redacted": one.redacted,
        "decided_on": views.iso(decision.decided_on) if decision else None,
        "decided_by": decision.decided_by if decision else None,
    }


def state(timed: TimedRequest) -> str:
    """Where a request stands, in words."""
    one = timed.request
    if one.outcome:
        return one.outcome
    if one.paused:
        return f"paused: {one.paused.reason}"
    if timed.deadline and timed.deadline.overdue:
        return "OVERDUE"
    return "open" if one.checked_on else "identity to check"


def due(timed: TimedRequest) -> str:
    """Until when, and how long that is."""
    found = timed.deadline
    if found is None:
        return ""
    left = views.plural(abs(found.days_left), "day")
    if timed.request.paused:
        return f"if it goes on today: {views.human(found.due_on)}, {left} left"
    return f"{views.human(found.due_on)}, {left} {'overdue' if found.overdue else 'left'}"


def requests_table(found: Sequence[TimedRequest]) -> Table:
    """Requests, one a row."""
    rows = [
        [
            requests.typed_as(one.request),
            reference(Kind.PERSON, one.request.person),
            one.request.kind.value,
            views.human(one.request.received_on),
            due(one),
            state(one),
        ]
        for one in found
    ]
    return Table(["REF", "PERSON", "KIND", "RECEIVED", "DUE", "STATE"], rows, "No request waits for an answer.")


def request_lines(file: RequestFile) -> Lines:
    """One request with its course."""
    one = file.timed.request
    through = reference(Kind.REFERRER, one.through) if one.through else ""
    parent = reference(Kind.PERSON, one.parent) if one.parent else ""
    pairs = [
        ("Reference", requests.typed_as(one)),
        ("Person", f"{reference(Kind.PERSON, one.person)} of {reference(Kind.FAMILY, one.family)}"),
        ("Kind", one.kind.value),
        ("Received", f"{views.human(one.received_on)}, recorded {views.human(one.recorded_on)} by {one.recorded_by}"),
        ("State", state(file.timed)),
        ("Due", due(file.timed)),
        ("Through", through),
        ("Parent", parent),
        ("Who asks", one.asker or ""),
        ("Evidence", one.evidence or ""),
        ("Identity checked", f"{views.human(one.checked_on)} by {one.checked_by}" if one.checked_on else ""),
        ("How", one.checked_how or ""),
    ]
    for pause, because, resumed in file.pauses:
        until = f" to {views.human(pause.to_on)}" if pause.to_on else ""
        pairs.append(("Paused", f"{pause.reason} from {views.human(pause.from_on)}{until}: {because}"))
        pairs.append(("Went on", resumed or ""))
    extended = f"told on {views.human(one.extended_on)}: {one.extended_because}" if one.extended_on else ""
    ended = f"{one.outcome} on {views.human(one.ended_on)} by {one.ended_by}" if one.outcome else ""
    pairs += [("Extended", extended), ("Ended", ended), ("Because", file.ended_because or "")]
    return Lines([pair for pair in pairs if pair[1]])


def items_table(found: Findings) -> Table:
    """What was found, one thing a row."""
    rows = [[one.name, one.cls.text, views.human(one.on), outcome(one)] for one in found.items]
    return Table(["ITEM", "WHAT IT IS", "DAY", "STATE"], rows)


def outcome(one: Item) -> str:
    """What becomes of an item, in words."""
    if one.redacted:
        return "cleared, redacted"
    return f"{one.state.value}: {one.reason}" if one.reason else one.state.value


def reading_lines(reading: Reading) -> Lines:
    """An item opened."""
    pairs = [("Item", f"{reading.item.name}: {reading.item.cls.text}"), ("State", outcome(reading.item))]
    for row in reading.content.entries:
        said = {True: "yes", False: "no", None: ""}
        pairs += [
            (
                name.replace("_", " ").capitalize(),
                said[value] if isinstance(value, bool) or value is None else human_days(value),
            )
            for name, value in row.items()
        ]
    pairs += [*reading.content.texts, ("To read it", reading.item.found.read_with)]
    pairs += [("Withheld because", reading.words or ""), ("Given in its place", reading.redacted or "")]
    return Lines([pair for pair in pairs if pair[1]])


def question(reading: Reading, *, redacted: bool) -> str:
    """What whoever clears an item has to say yes to."""
    found = reading.item.found
    if redacted:
        return f"Give this text in place of {found.name}: does it tell of nobody else?"
    if found.on_paper:
        return f"Hand over {found.name} on paper: was all of it looked through, and does it tell of nobody else?"
    if found.read_with:
        return f"Give {found.name} as it stands: was all of it read, and does it tell of nobody else?"
    return f"Give {found.name} as it stands: does it tell of nobody else?"


def reading_data(reading: Reading) -> dict[str, Any]:
    """An item opened, for a machine."""
    return item(reading.item) | {
        "entries": [dict(row) for row in reading.content.entries],
        "texts": [{"title": title, "text": text} for title, text in reading.content.texts],
        "read_with": reading.item.found.read_with or None,
        "words": reading.words,
        "given_in_its_place": reading.redacted,
    }


def released(one: Bundle) -> dict[str, Any]:
    """What was given of a person's records, and where it lies."""
    return {
        "request": requests.typed_as(one.request),
        "disclosure": one.reference,
        "given": one.given,
        "withheld": one.withheld,
        "on_paper": list(one.papers),
        "folder": str(one.folder),
    }
