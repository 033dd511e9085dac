"""The guard on the machine's clock: nothing is disposed of, or approved, on a day that cannot be believed."""

from collections.abc import Sequence
from datetime import date

from lcs_cli.errors import RefusedError, UsageError
from lcs_cli.policy.clock import ClockDoubt, Doubt, clock_rules, doubt_of
from lcs_cli.records.clock import local_day
from lcs_cli.services.desk import Desk
from lcs_cli.vault import audit

_SETTLES = ("retention.sweep", "retention.confirm-date")
"""A sweep that was done looked at all that was before it, and a manager who confirmed the day answers for it."""


def check(desk: Desk, action: str) -> None:
    """Refuse an action on a day that cannot be believed."""
    with desk.acting(action, logged=False):
        found = _doubt(desk)
        if found is not None:
            raise _refusal(desk, found)


def doubted(desk: Desk) -> RefusedError | None:
    """The refusal that a sweep would meet today, because the day is not believed. Within another use case."""
    found = _doubt(desk)
    return _refusal(desk, found) if found else None


def confirm(desk: Desk, day: date) -> None:
    """Say that today is ``day``: who says it answers for it, and what the vault saw before counts no more.

    A day before the first copy of this program cannot be confirmed.
    """
    with desk.acting("retention.confirm-date") as act:
        if day != desk.today:
            raise UsageError(
                f"confirm date: this machine's clock shows {desk.today.isoformat()}, another day",
                "set the clock of this machine",
            )
        found = _doubt(desk)
        if found is not None and not found.can_be_confirmed:
            raise _refusal(desk, found)
        act.note(day=day.isoformat(), doubt=found.doubt.value if found else None)


def days_seen(desk: Desk) -> Sequence[date]:
    """The days of the trail since its clock was last found right, in the order of the entries, each run of one once."""
    return [local_day(at) for at in audit.days_since(desk.db, _SETTLES)]


def _doubt(desk: Desk) -> ClockDoubt | None:
    return doubt_of(desk.today, days_seen(desk), clock_rules(desk.rules, desk.today))


def _refusal(desk: Desk, found: ClockDoubt) -> RefusedError:
    said = f"the clock shows {desk.today.isoformat()}"
    why = {
        Doubt.BEFORE_PROGRAM: f"{said}, and this program is of {found.since.isoformat()} or later",
        Doubt.BACK: f"{said}, and this vault has seen {found.since.isoformat()}",
        Doubt.JUMPED: f"{said}, and {found.days} days went by unseen after {found.since.isoformat()}",
    }[found.doubt]
    remedy = "set the clock of this machine"
    if found.can_be_confirmed:
        remedy += "; where it is right, a manager runs: lcs retention sweep --confirm-date DAY"
    rests_on = clock_rules(desk.rules, desk.today).rule
    return RefusedError(rests_on.clause, why, remedy, rule=rests_on.id, about=rests_on.about)
