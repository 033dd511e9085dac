"""Requests for a report for court proceedings (policy 4.1), what management decided, and what was produced."""

from datetime import date
from enum import StrEnum

from lcs_cli.records.value import Private, Value


class ReportState(StrEnum):
    """Where a request stands. Only an agreed one can be produced; a produced one again, while its agreement lives."""

    REQUESTED = "requested"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    PRODUCED = "produced"


class ReportDecision(Value):
    """Management's decision on a request, on the day it was made.

    ``overtaken`` says that the agency's name or kind was corrected after it: it was about another body.
    """

    agreed: bool
    reason: Private[str]
    decided_on: date
    decided_by: str
    overtaken: bool = False


class Report(Value, kw_only=True):
    """An agency's request for a report on one family. ``agency`` is its number in the register of referrers.

    ``proceedings`` is the id of a type of the rule file; ``decisions`` are in their order; ``productions`` are the
    numbers of the entries of the register of disclosures that were produced under it.
    """

    number: int
    family: int
    agency: int
    proceedings: str
    received_on: date
    asked: Private[str]
    evidence: Private[str]
    due_on: date | None = None
    requested_on: date
    requested_by: str
    state: ReportState = ReportState.REQUESTED
    decisions: tuple[ReportDecision, ...] = ()
    withdrawn_on: date | None = None
    withdrawn_by: str | None = None
    withdrawn_because: Private[str | None] = None
    productions: tuple[int, ...] = ()

    @property
    def agreement(self) -> ReportDecision | None:
        """The agreement, where the last decision is one."""
        return self.decisions[-1] if self.decisions and self.decisions[-1].agreed else None


class ReportClass(StrEnum):
    """The classes of records of which a report can hold something; which columns, the rule file says."""

    EPISODES = "episodes"
    SESSIONS = "sessions"
    ATTENDANCE = "attendance"


class EpisodeLine(Value):
    """One episode of service as a report may show it: the rule file can name no other field."""

    opened_on: str
    closed_on: str | None


class SessionLine(Value):
    """One session as a report may show it: that it was booked or cancelled, and no reason."""

    session_date: str
    booked_start: str
    booked_end: str
    cancelled: bool
