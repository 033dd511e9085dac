"""What the trail says was made and is kept for ever, and is not there any more: another tool took it away."""

from collections.abc import Iterator
from typing import NamedTuple

from lcs_cli.records.references import Kind, parse_reference, reference
from lcs_cli.services.desk import Desk
from lcs_cli.vault import audit, counters, staff
from lcs_cli.vault.audit import AuditEntry


class _Made(NamedTuple):
    """Actions that make a record of one kind; not ``always`` kept for ever, but where the entry's detail says so."""

    kind: Kind
    actions: tuple[str, ...]
    always: bool = True


_MADE = (
    _Made(Kind.FLAG, ("flag.raise",)),
    _Made(Kind.ACCIDENT, ("accident.add",)),
    _Made(Kind.REFERRAL, ("referral.add",), always=False),
    _Made(Kind.DOCUMENT, ("document.add",), always=False),
    _Made(Kind.PAPER, ("paper.add",), always=False),
    _Made(
        Kind.DISCLOSURE,
        ("disclosure.record", "disclosure.urgent", "attendance.export", "report.produce", "request.release"),
    ),
)


def problems(desk: Desk) -> Iterator[str]:
    """One line for each record that is missed."""
    for made in _MADE:
        there = {reference(made.kind, number) for number in counters.numbers(desk.db, made.kind)}
        for entry in audit.done(desk.db, made.actions):
            if made.always or (entry.detail or {}).get("kept"):
                yield from (
                    f"{ref} was recorded by entry {entry.seq}, and is not there"
                    for ref in _refs(made.kind, entry)
                    if ref not in there
                )
    yield from _checks(desk)


def _checks(desk: Desk) -> Iterator[str]:
    """Checks of staff have no reference: the entry tells which of the person's it made."""
    there = {reference(Kind.STAFF, member): len(checks) for member, checks in staff.checks(desk.db).items()}
    for entry in audit.done(desk.db, ["staff.dbs"]):
        number = (entry.detail or {}).get("check")
        for ref in _refs(Kind.STAFF, entry):
            if number is not None and number > there.get(ref, 0):
                yield f"check {number} of {ref} was recorded by entry {entry.seq}, and is not there"


def _refs(kind: Kind, entry: AuditEntry) -> list[str]:
    return [ref for ref in entry.refs if isinstance(parse_reference(kind, ref), int)]
