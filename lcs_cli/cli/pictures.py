"""Pictures of attendance in letters and bars, and the same in words: data in, lines out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from lcs_cli.records.value import Value

if TYPE_CHECKING:
    from lcs_cli.services.attendance import RecordedSession

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WIDEST = 20
"""How many blocks the bar of a month has in which each session was attended."""


class Mark(StrEnum):
    """What became of a session: a letter each, for colour alone says nothing to many."""

    ATTENDED = "A"
    DID_NOT_ATTEND = "X"
    CANCELLED = "C"
    NOT_RECORDED = "?"
    AHEAD = "."


LEGEND = "A attended  X did not attend  C cancelled  ? not recorded  . still to come"


class Month(Value):
    """How the sessions of one month ended, by what became of them."""

    first: date
    counts: Mapping[Mark, int]

    @property
    def took_place(self) -> int:
        """Those of which it is on record whether somebody came."""
        return self.counts.get(Mark.ATTENDED, 0) + self.counts.get(Mark.DID_NOT_ATTEND, 0)


def mark_of(one: RecordedSession, today: date) -> Mark:
    """What became of a session: attended is one to which any of the children came."""
    if one.session.cancelled_on is not None:
        return Mark.CANCELLED
    if one.lines:
        return Mark.ATTENDED if any(line.attended for line in one.lines) else Mark.DID_NOT_ATTEND
    return Mark.NOT_RECORDED if one.session.held_on <= today else Mark.AHEAD


def weeks(found: Sequence[RecordedSession], today: date) -> list[str]:
    """The weeks from the first session to the last, one below the other, their days across."""
    by_day: dict[date, str] = {}
    for one in found:
        by_day[one.session.held_on] = by_day.get(one.session.held_on, "") + mark_of(one, today)
    if not by_day:
        return []
    width = max(3, *map(len, by_day.values()))
    head = " " * 12 + " ".join(day.ljust(width) for day in DAYS)
    lines = [head.rstrip()]
    monday, last = _monday(min(by_day)), max(by_day)
    while monday <= last:
        cells = [by_day.get(monday + timedelta(days=number), "").ljust(width) for number in range(len(DAYS))]
        lines.append(f"{monday.day:2} {monday:%b %Y} {' '.join(cells)}".rstrip())
        monday += timedelta(weeks=1)
    return lines


def months(found: Iterable[RecordedSession], today: date) -> list[Month]:
    """What became of the sessions of each month that has any."""
    counts: dict[date, dict[Mark, int]] = {}
    for one in found:
        month = counts.setdefault(one.session.held_on.replace(day=1), {})
        mark = mark_of(one, today)
        month[mark] = month.get(mark, 0) + 1
    return [Month(first, month) for first, month in sorted(counts.items())]


def bars(found: Sequence[Month]) -> list[str]:
    """Each month in which one took place as a bar: so much of it as was attended."""
    return [f"{one.first:%b %Y}  {_bar(one)}  {_of(one)}" for one in found if one.took_place]


def words(found: Sequence[Month]) -> list[str]:
    """Each month in a sentence."""
    said = []
    for one in found:
        rest = [
            f"{one.counts[mark]} {meaning}"
            for mark, meaning in (
                (Mark.CANCELLED, "cancelled"),
                (Mark.NOT_RECORDED, "not recorded"),
                (Mark.AHEAD, "still to come"),
            )
            if mark in one.counts
        ]
        said.append(f"{one.first:%B %Y}: {', '.join([_of(one), *rest])}.")
    return said


def _of(one: Month) -> str:
    if not one.took_place:
        return "none took place"
    noun = "session" if one.took_place == 1 else "sessions"
    return f"{one.counts.get(Mark.ATTENDED, 0)} of {one.took_place} {noun} attended"


def _bar(one: Month) -> str:
    full = one.counts.get(Mark.ATTENDED, 0) * WIDEST // one.took_place
    return "█" * full + "░" * (WIDEST - full)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
