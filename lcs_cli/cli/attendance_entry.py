"""What is said of attendance at a session: the questions, and what one answer asks of the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from lcs_cli.cli import forms
from lcs_cli.cli.context import Command
from lcs_cli.cli.forms import Field, Parse
from lcs_cli.errors import UsageError
from lcs_cli.records.references import Kind, reference
from lcs_cli.services import attendance, checks, lookup

ATTENDED = Field("attended", "attended", forms.yes_no, question="Attended (y/n)")
TIMES = (Field("arrived", "arrived", forms.time_of_day, ""), Field("left", "left", forms.time_of_day, ""))
_REASON = Field("reason", "reason", forms.text)


def outcome(
    cmd: Command,
    ref: str,
    source: str | None,
    attended: bool | None,
    arrived: str | None,
    left: str | None,
    *,
    with_reason: bool,
) -> tuple[attendance.Outcome, str]:
    """What is said of the session, and why it is corrected; times are asked for only where contact took place."""
    given = {
        "attended": None if attended is None else "yes" if attended else "no",
        "arrived": arrived,
        "left": left,
    }
    reason = [_REASON] if with_reason else []
    if source is not None:
        values = forms.entry(cmd, [ATTENDED, *TIMES, *reason], source, given)
    else:
        values = cmd.asking(lambda: _came(cmd, ref, given, reason))
    return attendance.Outcome(values["attended"], values.get("arrived"), values.get("left")), values.get("reason") or ""


def _came(cmd: Command, ref: str, given: Mapping[str, str | None], reason: Sequence[Field]) -> dict[str, Any]:
    values = forms.fill(cmd, [ATTENDED], given)
    # Times are needed where contact took place; where it did not, none is asked for, and a given one is refused.
    come = forms.time_come(lookup.session(cmd.desk().db, ref).held_on) if cmd.can_ask else forms.time_of_day
    times = [replace(field, default=None, parse=come) for field in TIMES if values["attended"]]
    stray = [field for field in TIMES if not values["attended"] and given[field.key]]
    for field in (*times, *stray, *reason):
        later = replace(field, parse=after(values.get("arrived"), field.parse)) if field.key == "left" else field
        values |= forms.fill(cmd, [later], given)
    return values


def whose(cmd: Command, ref: str) -> list[str]:
    """Of several children whose attendance is on record, the one to be corrected; none named is all of them."""
    there = {reference(Kind.PERSON, one.number): one for one in attendance.correctable(cmd.desk(), ref)}
    if not there:
        return []
    named = ", ".join(f"{child} {one.initials}" for child, one in there.items())

    def parse(_: Command, label: str, typed: str) -> list[str]:
        child = reference(Kind.PERSON, lookup.person(cmd.desk().db, typed).number)
        if child not in there:
            raise UsageError(f"{label}: nothing is on record of {child} there", f"one of {', '.join(there)}")
        return [child]

    field = Field("child", "child", parse, "", f"Which child (Enter for all: {named})")
    return forms.fill(cmd, [field], {})["child"] or []


def after(arrived: str | None, time: Parse) -> Parse:
    """A time of leaving that comes after that of arriving: asked for again at once."""

    def parse(cmd: Command, label: str, typed: str) -> str:
        left: str = time(cmd, label, typed)
        if arrived is not None:
            checks.time_span("arrived", arrived, label, left)
        return left

    return parse
