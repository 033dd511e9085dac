"""Running a sweep, stopping all disposals and letting them go on: what is asked, said and logged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lcs_cli.cli import forms, views
from lcs_cli.cli.context import Command
from lcs_cli.cli.dates import human_days
from lcs_cli.cli.render import Result
from lcs_cli.cli.review import REASON
from lcs_cli.errors import WAITING, UsageError
from lcs_cli.records.retention import Stop
from lcs_cli.records.subject import named
from lcs_cli.services import clock_guard, stops, sweep

if TYPE_CHECKING:
    from lcs_cli.services.sweep import SweepResult, Tell


def swept(cmd: Command, *, quiet: bool, limit: int | None, log_json: bool, confirm_date: str | None) -> Result:
    """Run a sweep, and say what it did and what waits; as a log, and nothing but the log, where one was asked for."""
    if quiet and log_json:
        raise UsageError("quiet, log json: a log says everything", "give one of the two")
    desk = cmd.desk()
    if confirm_date is not None:
        if not any(map(str.isdigit, confirm_date)):
            raise UsageError("confirm date: must be in figures", "look at a calendar, and give the day like 27/3/2026")
        clock_guard.confirm(desk, cmd.day("confirm date", confirm_date))
    tell: dict[str, Tell] = {"tell": lambda one: cmd.terminal.log(**_event(one))} if log_json else {}
    done = sweep.sweep(desk, limit=limit, **tell)
    code = WAITING if done.waits_for_a_person else 0
    if log_json:
        for ref in done.backups_removed:
            cmd.terminal.log("expired", backup=ref)
        cmd.terminal.log("waits", **_waits_data(done))
        return Result("lcs.sweep/1", _data(done), exit_code=code)
    said = [] if quiet and not code else _said(done, quiet=quiet)
    return Result("lcs.sweep/1", _data(done), said, _waits(done), exit_code=code)


def check_alone(*others: object) -> None:
    """UsageError for a stop that is given together with what only a sweep takes."""
    if any(others):
        raise UsageError("stop: stops the disposals, and sweeps nothing", "give --stop alone, or with --from")


def stopped(cmd: Command, from_: str | None) -> Result:
    """Stop all disposals, for a reason that is asked for."""
    if cmd.can_ask:
        stops.check_can_stop(cmd.desk())
    values = forms.entry(cmd, [REASON], from_, {})
    placed = stops.stop(cmd.desk(), values["reason"])
    return _stop_result(placed, "Disposals are stopped. A manager who did not stop them runs: lcs retention resume")


def resumed(released: Stop) -> Result:
    """Disposals that go on."""
    said = f"Disposals go on; {released.pulled_by} had stopped them on {views.human(stops.since(released))}."
    return _stop_result(released, said)


def stop_notes(stop: Stop | None) -> list[str]:
    """That the disposals are stopped, by whom and why, for who looks at what is due."""
    if stop is None:
        return []
    since = views.human(stops.since(stop))
    return [f"disposals are stopped by {stop.pulled_by} since {since}: {stop.reason}"]


def _stop_result(stop: Stop, said: str) -> Result:
    data = {"reason": stop.reason, "pulled_at": stop.pulled_at, "pulled_by": stop.pulled_by}
    return Result("lcs.stop/1", data, [said])


def _event(one: sweep.Disposed | tuple[str, str]) -> dict[str, Any]:
    """What became of one family, as an event of the log: references and counts."""
    if isinstance(one, sweep.Disposed):
        return {"event": "disposed", **_disposed(one)}
    return {"event": "sent_back", **named(one[0])}


def _said(done: SweepResult, *, quiet: bool) -> list[str]:
    said = [
        f"Disposed of {one.subject} (certificate {one.certificate}): {views.counts(one.went)}. "
        f"Stays: {views.counts(one.stayed)}."
        + (f" On paper, still to be destroyed: {', '.join(one.paper)}." if one.paper else "")
        for one in done.disposed
    ]
    said += [f"Sent back to review: {ref}: {human_days(why)}." for ref, why in done.sent_back]
    if done.backups_removed:
        said.append(f"Removed, past their last day: {views.plural(len(done.backups_removed), 'backup file')}.")
    if done.cooling and not quiet:
        said.append(f"{done.cooling} approved, and cooling off.")
    return said


def _waits(done: SweepResult) -> list[str]:
    waits = []
    if done.to_review:
        waits.append(f"{views.plural(len(done.to_review), 'file')} to review: lcs retention review")
    if done.to_approve:
        waits.append(f"{views.plural(done.to_approve, 'disposal')} to approve, by a manager: lcs retention approve")
    if done.to_clear:
        files = views.plural(len(done.to_clear), "file")
        waits.append(f"{files} with wording to be looked at: lcs retention clear {done.to_clear[0]}")
    if done.paper:
        waits.append(f"{views.plural(len(done.paper), 'paper file')} to be destroyed: lcs paper list --to-destroy")
    if done.beyond:
        waits.append(
            f"{views.plural(done.beyond, 'disposal')} for the next sweep: one takes {done.cap.most} at the most "
            f"(policy {done.cap.rule.clause}); if that is a mistake: lcs retention sweep --stop"
        )
    return waits


def _waits_data(done: SweepResult) -> dict[str, Any]:
    return {
        "cooling": done.cooling,
        "to_review": len(done.to_review),
        "to_approve": done.to_approve,
        "paper_to_destroy": len(done.paper),
        "words_to_clear": len(done.to_clear),
        "beyond": done.beyond,
    }


def _disposed(one: sweep.Disposed) -> dict[str, Any]:
    return {
        **named(one.subject),
        "certificate": one.certificate,
        "went": one.went,
        "stayed": one.stayed,
        "paper": list(one.paper),
    }


def _data(done: SweepResult) -> dict[str, Any]:
    return {
        "disposed": [_disposed(one) for one in done.disposed],
        "sent_back": [{**named(ref), "reason": why} for ref, why in done.sent_back],
        "cooling": done.cooling,
        "to_review": list(done.to_review),
        "to_approve": done.to_approve,
        "paper_to_destroy": list(done.paper),
        "words_to_clear": list(done.to_clear),
        "beyond": done.beyond,
        "backups_removed": list(done.backups_removed),
    }
