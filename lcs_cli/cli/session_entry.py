"""What a session needs, asked for in turn: its time, then who supervises it. A slip in either is asked for again."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from msgspec.structs import replace

from lcs_cli.cli import forms, supervised
from lcs_cli.cli.context import Command
from lcs_cli.cli.forms import Field
from lcs_cli.errors import LcsError, UsageError
from lcs_cli.services import bank_holidays, checks, contact_sessions

Given = Mapping[str, str | None]

WHEN = (
    Field("day", "day", forms.day),
    Field("starts", "start", forms.time_of_day),
    Field("ends", "end", forms.time_of_day),
)
WHO = (
    Field("supervisor", "supervisor", supervised.named, "", "Supervisor (Enter for nobody yet)"),
    Field("with", "with", supervised.named, "", "With (Enter for nobody)"),
)
WHERE = (Field("room", "room", forms.text, ""), Field("note", "note", forms.text, ""))


def booking(cmd: Command, family: str, given: Given) -> dict[str, Any]:
    """A booking at a terminal: what cannot be booked is said before the next question."""
    values = forms.settled(
        cmd,
        lambda: _when(cmd, given),
        lambda told: contact_sessions.check_booking(cmd.desk(), family, *_place(told)),
        asks=_open(WHEN, given),
    )
    values |= forms.settled(
        cmd,
        lambda: who(cmd, given, WHO[0]),
        lambda told: contact_sessions.check_booking(
            cmd.desk(), family, *_place(values), supervisor=told["supervisor"], companion=told["with"]
        ),
        asks=_open(WHO, given),
    )

    def free(cmd: Command, room: str) -> None:
        contact_sessions.check_booking(cmd.desk(), family, *_place(values), room=room)

    room = replace(WHERE[0], parse=forms.judged(WHERE[0].parse, free))
    return values | forms.fill(cmd, (room, *WHERE[1:]), given)


def holidays(entries: Sequence[Mapping[str, Any]]) -> dict[date, str]:
    """Which of the days to be booked are bank holidays, with their names."""
    days = sorted({one["day"] for one in entries})
    found = bank_holidays.bank_holidays(range(days[0].year, days[-1].year + 1)) if days else {}
    return {day: found[day] for day in days if day in found}


def without(closed: Mapping[date, str], entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The bookings on other days."""
    left = [one for one in entries if one["day"] not in closed]
    if not left:
        raise UsageError("repeat: each of its days is a bank holiday", "begin on another day")
    return left


@contextmanager
def on_its_day(day: date | None) -> Iterator[None]:
    """Say of an error in a series on which day it is."""
    try:
        yield
    except LcsError as error:
        if day is not None:
            error.message = f"{day.isoformat()}: {error.message}"
        raise


def moving(cmd: Command, ref: str, given: Given) -> dict[str, Any]:
    """Where a session is moved to, at a terminal; whoever supervises it is checked for the new day."""
    return forms.settled(
        cmd,
        lambda: _when(cmd, given),
        lambda told: contact_sessions.check_move(
            cmd.desk(), ref, *_place(told), supervisor=given["supervisor"], companion=given["with"]
        ),
        asks=_open(WHEN, given),
    )


def supervising(cmd: Command, ref: str, given: Given) -> dict[str, Any]:
    """Who supervises a session, at a terminal."""
    return forms.settled(
        cmd,
        lambda: who(cmd, given, replace(WHO[0], default=None, question="Supervisor")),
        lambda told: contact_sessions.check_named(cmd.desk(), ref, told["supervisor"], told["with"]),
        asks=_open(WHO, given),
    )


def who(cmd: Command, given: Given, first: Field) -> dict[str, Any]:
    """Who supervises, and who is there with them: asked only where somebody supervises."""
    values = forms.fill(cmd, [first], given)
    alone = {} if values["supervisor"] else {"with": given.get("with") or ""}
    another = replace(WHO[1], parse=supervised.another(values["supervisor"])) if values["supervisor"] else WHO[1]
    return values | forms.fill(cmd, [another], {**given, **alone})


def _when(cmd: Command, given: Given) -> dict[str, Any]:
    values = forms.fill(cmd, WHEN[:2], given)

    def later(cmd: Command, label: str, typed: str) -> str:
        ends = forms.time_of_day(cmd, label, typed)
        checks.time_span("start", values["starts"], label, ends)
        return ends

    return values | forms.fill(cmd, [replace(WHEN[2], parse=later)], given)


def _place(values: Mapping[str, Any]) -> tuple[Any, str, str]:
    return values["day"], values["starts"], values["ends"]


def _open(fields: tuple[Field, ...], given: Given) -> bool:
    return any(given.get(field.key) is None for field in fields)
