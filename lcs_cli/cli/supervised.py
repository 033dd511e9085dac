"""How sessions look with who supervises them (policy 4.4) and what is permitted in them (4.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lcs_cli.cli import views
from lcs_cli.cli.context import Command
from lcs_cli.cli.dates import human_days
from lcs_cli.cli.forms import Parse
from lcs_cli.cli.render import Table
from lcs_cli.errors import UsageError
from lcs_cli.policy import vetting
from lcs_cli.records.permission import Permission
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.session import ContactSession
from lcs_cli.services import lookup, supervision

if TYPE_CHECKING:
    from lcs_cli.policy.vetting import Vetting

Supervisor = Annotated[
    str | None, typer.Option("--supervisor", metavar="STAFF", help="Who supervises, alone or --with another.")
]
With = Annotated[
    str | None, typer.Option("--with", metavar="STAFF", help="Who is there with them; one of the two is vetted.")
]
_WRONG = {
    vetting.Standing.OVERDUE: "check overdue",
    vetting.Standing.NOT_VETTED: "NOT VETTED",
    vetting.Standing.AWAY: "DOES NOT WORK HERE THEN",
}


def named(command: Command, _label: str, typed: str) -> str:
    """A staff reference; at a terminal a slip is asked for again at once."""
    if command.can_ask:
        with command.judging() as desk:
            lookup.staff(desk.db, typed)
    return typed


def another(supervisor: str) -> Parse:
    """A staff reference that is not the supervisor's own; at a terminal a slip is asked for again at once."""

    def parse(command: Command, label: str, typed: str) -> str:
        if command.can_ask:
            with command.judging() as desk:
                two = {lookup.staff(desk.db, one).number for one in (typed, supervisor)}
            if len(two) == 1:
                raise UsageError(f"{label}: that is the supervisor", "name somebody else, or press Enter for nobody")
        return typed

    return parse


def table(
    found: Sequence[ContactSession],
    duties: Mapping[int, Vetting],
    empty: str,
    permitted: Mapping[int, Sequence[Permission]] = MappingProxyType({}),
) -> Table:
    """Sessions, one a row, with who supervises, what is missing, and what is ``permitted`` beside contact."""
    rows = [
        [
            reference(Kind.SESSION, one.number),
            reference(Kind.FAMILY, one.family),
            views.human(one.held_on),
            f"{one.starts} to {one.ends}",
            one.room or "",
            ", ".join([views.session_state(one), *map(_permitted, permitted.get(one.number, ()))]),
            _cell(one, duties[one.number]),
        ]
        for one in found
    ]
    return Table(["REF", "FAMILY", "DAY", "TIME", "ROOM", "STATE", "SUPERVISED BY"], rows, empty)


def data(one: ContactSession, duty: Vetting) -> dict[str, Any]:
    """Who supervises a session, and whether they may: for nobody who may, what is missing."""
    named = [*supervision.refs(one), None, None]
    return {"supervisor": named[0], "with": named[1], "supervision": duty.standing.value}


def permitted_data(one: ContactSession, permitted: Mapping[int, Sequence[Permission]]) -> dict[str, Any]:
    """What is permitted in one of today's sessions, for a machine."""
    found = permitted.get(one.number, ())
    return {"permitted": [{"kind": p.kind.value, "permission": reference(Kind.PERMISSION, p.number)} for p in found]}


def said(one: ContactSession) -> str:
    """Who supervises, at the end of a sentence; nothing where nobody is named."""
    named = supervision.refs(one)
    return f", supervised by {' with '.join(named)}" if named else ""


def warnings(*duties: Vetting) -> list[str]:
    """What is wrong, with its clause and what can be done."""
    return [
        human_days(f"warning (policy {one.clause}): {one.reason}\nwhat you can do: {one.remedy}")
        for one in duties
        if one.reason
    ]


def _permitted(one: Permission) -> str:
    return f"{one.kind} ({reference(Kind.PERMISSION, one.number)})"


def _cell(one: ContactSession, duty: Vetting) -> str:
    named = supervision.refs(one)
    if not named:
        return "" if one.cancelled_on or one.recorded else "NOBODY NAMED"
    wrong = f" ({_WRONG[duty.standing]})" if duty.standing in _WRONG and not one.cancelled_on else ""
    return f"{' with '.join(named)}{wrong}"
