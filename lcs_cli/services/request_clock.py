"""The clock of requests: until when each is to be answered, and which are overdue or soon will be."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lcs_cli.policy.requests import Deadline, deadline, request_rules
from lcs_cli.records.request import AccessRequest
from lcs_cli.records.value import Value
from lcs_cli.services.bank_holidays import bank_holidays
from lcs_cli.services.desk import Desk
from lcs_cli.vault import requests

if TYPE_CHECKING:
    from lcs_cli.services.waiting import Waiting


class TimedRequest(Value):
    """A request with the day on which it is due; None where it has ended."""

    request: AccessRequest
    deadline: Deadline | None


def waiting(desk: Desk) -> "Iterator[Waiting]":
    """How many requests are overdue, due soon, and paused for longer than an answer takes; within another use case."""
    from lcs_cli.services.waiting import Waiting

    rules = request_rules(desk.rules)
    found = list(timed(desk, requests.select(desk.db, "WHERE ended_on IS NULL")))
    left = [one.deadline.days_left for one in found if one.deadline and not one.request.paused]
    late, soon = sum(days < 0 for days in left), sum(0 <= days <= rules.soon_days for days in left)
    yield Waiting("requests_overdue", "Overdue", late, "records request", rules.due.clause, "request list")
    state = f"Due within {rules.soon_days} days"
    yield Waiting("requests_due_soon", state, soon, "records request", rules.due.clause, "request list")
    since = [one.request.paused.from_on for one in found if one.request.paused]
    long = sum((desk.today - day).days >= rules.paused_days for day in since)
    state = f"Paused for {rules.paused_days} days or more"
    yield Waiting("requests_paused_long", state, long, "records request", rules.due.clause, "request list")


def timed(desk: Desk, found: Iterable[AccessRequest]) -> Iterator[TimedRequest]:
    """Requests with the day on which each is due, where it has not ended."""
    for one in found:
        yield TimedRequest(one, due_by(desk, one) if one.is_open else None)


def due_by(desk: Desk, one: AccessRequest) -> Deadline:
    """Until when an open request is to be answered, as of today."""
    rules = request_rules(desk.rules)
    return deadline(
        one.received_on,
        one.pauses,
        extended=one.extended_on is not None,
        holidays=frozenset(bank_holidays(range(one.received_on.year, desk.today.year + 3))),
        rules=rules,
        today=desk.today,
    )
