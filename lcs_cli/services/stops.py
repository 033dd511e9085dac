"""Stopping the disposals, by anybody who works here; and letting them go on, by a manager who did not (policy 4.6)."""

from datetime import date

from lcs_cli.errors import DamagedVaultError, RefusedError, UsageError
from lcs_cli.policy.rules import rule
from lcs_cli.policy.schedule import schedule_in_force
from lcs_cli.records.clock import local_day
from lcs_cli.records.retention import Stop
from lcs_cli.services import checks, leftovers
from lcs_cli.services.decisions import lost_stop
from lcs_cli.services.desk import Desk
from lcs_cli.vault import stops


def pulled(desk: Desk) -> Stop | None:
    """The stop in force, if there is one."""
    return stops.in_force(desk.db)


def check(desk: Desk, action: str, so_far: str = "") -> None:
    """Refuse while the disposals are stopped: what was done ``so_far``, who stopped them, and who lets them go on."""
    with desk.acting(action, logged=False):
        stop = pulled(desk)
        if lost := lost_stop(desk):
            raise DamagedVaultError(lost, "run: lcs audit verify")
        if stop is not None:
            rests_on = rule(desk.rules.file("retention_schedule.toml")["stop"])
            raise RefusedError(
                rests_on.clause,
                f"{so_far}{stop.pulled_by} stopped the disposals on {since(stop).isoformat()}",
                "lists, reviews and holds go on; a manager who did not stop them runs: lcs retention resume",
                rule=rests_on.id,
                about=rests_on.about,
            )


def since(stop: Stop) -> date:
    """The day on which the disposals were stopped, as a clock in the service showed it."""
    return local_day(stop.pulled_at)


def check_can_stop(desk: Desk) -> None:
    """Before a reason is asked for: who may not, and that they are stopped already."""
    with desk.acting("retention.stop", logged=False):
        _check_none(desk)


def stop(desk: Desk, reason: str) -> Stop:
    """Stop all disposals until a manager lets them go on; UsageError where they are stopped already.

    The reason goes into no entry: it is somebody's own words, and goes with the stop.
    """
    with desk.acting("retention.stop"):
        _check_none(desk)
        leftovers.withdraw(desk)
        placed = Stop(checks.line("reason", reason), desk.moment, desk.user.reference)
        stops.pull(desk.db, placed)
        return placed


def resume(desk: Desk) -> Stop:
    """Let the disposals go on; the stop that was in force."""
    with desk.acting("retention.resume") as act:
        found = pulled(desk)
        if found is None:
            raise UsageError("the disposals are not stopped", "nothing needs to be done")
        act.note(found.pulled_by)
        both_sides = schedule_in_force(desk.rules, desk.today).both_sides
        may_release_own = desk.rules.file("retention_schedule.toml")["stop"]["own_release"]
        if found.pulled_by == desk.user.reference and not may_release_own:
            raise RefusedError(
                both_sides.clause,
                f"{found.pulled_by} stopped the disposals, and nobody is on both sides of one decision",
                "ask another manager to let them go on; to admit one: lcs vault user add",
                rule=both_sides.id,
                about=both_sides.about,
            )
        stops.release(desk.db, desk.moment, desk.user.reference)
        return found


def _check_none(desk: Desk) -> None:
    found = pulled(desk)
    if found is not None:
        said = f"{found.pulled_by} stopped the disposals on {since(found).isoformat()} already"
        raise UsageError(said, "nothing needs to be done")
