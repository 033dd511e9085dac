"""A calendar of sessions in lines of text, and the same in words: references and times, data in, lines out."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import zip_longest

from lcs_cli.cli.dates import show_day
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.session import ContactSession

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WIDTH = 11
"""Of a day, in characters: a reference and a space."""
MOST = 5
"""How many references one day shows; the rest is counted."""
LINE = WIDTH * len(DAYS)


def weeks(found: Sequence[ContactSession], first: date, last: date, today: date) -> list[str]:
    """The weeks from that of ``first`` to that of ``last``, their days across, sessions below their day."""
    by_day = _by_day(found)
    lines = ["".join(day.ljust(WIDTH) for day in DAYS).rstrip()]
    monday = first - timedelta(days=first.weekday())
    while monday <= last:
        days = [monday + timedelta(days=number) for number in range(len(DAYS))]
        cells = [_cell(by_day.get(day, [])) for day in days]
        lines.append("".join(_head(day, day == monday, today).ljust(WIDTH) for day in days).rstrip())
        rows = zip_longest(*cells, fillvalue="")
        lines += ["".join(cell.ljust(WIDTH) for cell in row).rstrip() for row in rows]
        monday += timedelta(weeks=1)
    return lines


def words(found: Sequence[ContactSession], today: date) -> list[str]:
    """Each day that has a session in a sentence."""
    return [
        f"{show_day(day)}{', today' if day == today else ''}: {'; '.join(map(_said, sessions))}."
        for day, sessions in _by_day(found).items()
    ]


def _by_day(found: Sequence[ContactSession]) -> Mapping[date, list[ContactSession]]:
    by_day: dict[date, list[ContactSession]] = {}
    for one in found:
        by_day.setdefault(one.held_on, []).append(one)
    return by_day


def _head(day: date, names_month: bool, today: date) -> str:
    shown = f"{day.day} {day:%b}" if names_month or day.day == 1 else str(day.day)
    return f"[{shown}]" if day == today else shown


def _cell(sessions: Sequence[ContactSession]) -> list[str]:
    refs = [reference(Kind.SESSION, one.number) for one in sessions]
    return refs if len(refs) <= MOST else [*refs[: MOST - 1], f"+ {len(refs) - MOST + 1} more"]


def _said(one: ContactSession) -> str:
    room = f" in {one.room}" if one.room else ""
    return f"{one.starts} to {one.ends} {reference(Kind.SESSION, one.number)}{room}"
