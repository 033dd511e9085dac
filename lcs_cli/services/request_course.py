"""The course of a request: what can still be done with it, and on which days."""

from datetime import date

from lcs_cli.errors import UsageError
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.request import RELEASED, AccessRequest, Pause, PauseReason
from lcs_cli.services import checks, lookup
from lcs_cli.services.desk import Desk
from lcs_cli.services.request_clock import due_by
from lcs_cli.vault.connection import Database


def open_request(db: Database, typed: str) -> AccessRequest:
    """The request of a typed reference that has not ended; UsageError for one that has."""
    one = lookup.request(db, typed)
    if not one.is_open and one.ended_on:
        how = "was released" if one.outcome == RELEASED else "was closed"
        raise UsageError(f"{_ref(one)} {how} on {one.ended_on.isoformat()}", "a new request is a record of its own")
    return one


def unchecked(db: Database, typed: str) -> AccessRequest:
    """An open request of which nobody has checked the identity of who asks."""
    one = open_request(db, typed)
    if one.checked_on is not None:
        raise UsageError(f"{_ref(one)}: the identity was checked on {one.checked_on.isoformat()}", "nothing is missing")
    return one


def running(db: Database, typed: str) -> AccessRequest:
    """An open request whose clock runs."""
    one = open_request(db, typed)
    if one.paused is not None:
        raise UsageError(
            f"{_ref(one)} is paused since {one.paused.from_on.isoformat()}", f"lcs request resume {_ref(one)}"
        )
    return one


def paused(db: Database, typed: str) -> tuple[AccessRequest, Pause]:
    """An open request whose clock stands, and its pause."""
    one = open_request(db, typed)
    if one.paused is None:
        raise UsageError(f"{_ref(one)} is not paused", "nothing needs to be done")
    return one, one.paused


def unextended(db: Database, typed: str) -> AccessRequest:
    """An open request that can still be extended."""
    one = open_request(db, typed)
    if one.extended_on is not None:
        raise UsageError(f"{_ref(one)} was extended on {one.extended_on.isoformat()}", "a request is extended once")
    return one


def check_resumed(pause: Pause, day: date) -> None:
    """A pause does not end before it began."""
    if day < pause.from_on:
        raise UsageError(f"day: is before {pause.from_on.isoformat()}, when the pause began", "give a later day")


def check_pause_reason(one: AccessRequest, reason: PauseReason) -> None:
    """Nobody waits for what is there."""
    if reason is PauseReason.IDENTITY and one.checked_on is not None:
        raise UsageError("for: the identity was checked already", "give clarification")


def pause_from(desk: Desk, one: AccessRequest, day: date) -> date:
    """The first day of a pause: after the last one, and while the request is not overdue."""
    within(desk, one, "day", day)
    ended = [former.to_on for former in one.pauses if former.to_on]
    if ended and day < max(ended):
        raise UsageError("day: is before the end of the last pause", "give a later day")
    if any(former.from_on == day for former in one.pauses):
        raise UsageError("day: a pause began on that day already", "give a later day, once it has come")
    if (due := due_by(desk, one)).due_on < day:
        raise UsageError(
            f"day: the request was due on {due.due_on.isoformat()}, and no pause makes up for that",
            "answer it: lcs request find",
        )
    return day


def within(desk: Desk, one: AccessRequest, label: str, day: date) -> date:
    """A day from the one on which the request was received up to today."""
    checks.past(label, day, desk.today)
    if day < one.received_on:
        raise UsageError(
            f"{label}: is before {one.received_on.isoformat()}, when the request was received", "check the day"
        )
    return day


def _ref(one: AccessRequest) -> str:
    return reference(Kind.REQUEST, one.number)
