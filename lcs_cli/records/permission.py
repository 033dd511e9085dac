"""Permissions for what may be done in a contact room beside contact (policy 4.3), and what was done under them."""

from datetime import date
from enum import StrEnum

from lcs_cli.records.clock import LocalTime
from lcs_cli.records.value import Private, Value


class PermissionKind(StrEnum):
    """What needs a permission, in the policy's own words."""

    ASSESSMENT = "assessment"
    OBSERVATION = "observation"
    INTERVENTION = "professional-intervention"

    @property
    def spoken(self) -> str:
        """The kind with its article: an assessment, a professional intervention."""
        words = self.value.replace("-", " ")
        return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


class PermissionState(StrEnum):
    """What was decided on a request. One that nobody decided on lapses with its last day."""

    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Permission(Value, kw_only=True):
    """A request for one session, or for a run of days, and what became of it.

    ``from_on`` and ``to_on`` are the days that were asked for; of a session they are its day as it is booked now, and
    ``starts`` is its time. A run may be granted for fewer days.
    """

    number: int
    family: int
    kind: PermissionKind
    session: int | None
    from_on: date
    to_on: date
    starts: str | None = None
    cancelled: bool = False
    done_by: Private[str]
    purpose: Private[str]
    evidence: Private[str]
    requested_on: date
    requested_by: str
    state: PermissionState = PermissionState.REQUESTED
    decided: LocalTime | None = None
    decided_by: str | None = None
    reason: Private[str | None] = None
    granted_from: date | None = None
    granted_to: date | None = None
    withdrawn_on: date | None = None
    withdrawn_by: str | None = None
    withdrawn_because: Private[str | None] = None

    @property
    def first(self) -> date:
        """The first day, as granted where that differs from what was asked for."""
        return self.granted_from or self.from_on

    @property
    def last(self) -> date:
        """The last day, as granted where that differs from what was asked for."""
        return self.granted_to or self.to_on


class Activity(Value):
    """Something other than contact in one session, with the permission it rests on."""

    family: int
    session: int
    permission: int
    kind: PermissionKind
    recorded_on: date
    recorded_by: str
