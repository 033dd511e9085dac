"""Accident records: what happened to somebody while the service was given, kept for ever (policy 4.6)."""

from datetime import date

from lcs_cli.records.value import Value


class Accident(Value):
    """An accident without its narrative, which only safeguarding leads can open.

    ``happened_at`` is a local wall-clock time, HH:MM, where somebody knows it. It may name no child: the
    narrative says who was in it.
    """

    number: int
    family: int
    happened_on: date
    happened_at: str | None
    recorded_on: date
    recorded_by: str
    children: tuple[int, ...] = ()
