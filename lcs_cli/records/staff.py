"""Staff and volunteers, the checks that vet them (policy 4.4), and in what position they supervise a session."""

from datetime import date
from enum import StrEnum

from lcs_cli.records.value import Value


class Capacity(StrEnum):
    """As what somebody works here."""

    STAFF = "staff"
    VOLUNTEER = "volunteer"


class CheckLevel(StrEnum):
    """The level of a DBS certificate."""

    ENHANCED = "enhanced"
    STANDARD = "standard"
    BASIC = "basic"


class CheckDecision(StrEnum):
    """What the service decided once the certificate was seen."""

    CLEARED = "cleared"
    NOT_CLEARED = "not-cleared"
    PENDING = "pending"


class UpdateStatus(StrEnum):
    """What the DBS Update Service says of a certificate."""

    CURRENT = "current"
    CHANGED = "changed"


class Position(StrEnum):
    """How somebody supervises a session: alone, accompanied by another, or as that other."""

    ALONE = "alone"
    ACCOMPANIED = "accompanied"
    WITH = "with"


class StaffMember(Value):
    """Somebody on the staff register. ``user`` is the reference of their slot; ``left_on`` is their last day."""

    number: int
    name: str
    capacity: Capacity
    joined_on: date
    user: str | None = None
    left_on: date | None = None
    left_reason: str | None = None

    @property
    def initials(self) -> str:
        """First letters of the first and the last word, as echoed after a write."""
        words = self.name.split()
        return f"{words[0][:1]}.{words[-1][:1]}."

    def works_on(self, day: date) -> bool:
        """Whether the register has them as working here on that day."""
        return self.joined_on <= day and not self.has_left(day)

    def has_left(self, day: date) -> bool:
        """Whether their last day is over by then; of whoever is still to join it is not."""
        return self.left_on is not None and self.left_on < day


class Certificate(Value):
    """A DBS certificate that was seen, and the decision on it; of the certificate itself only the number is kept.

    ``decided_by`` and ``seen_by`` are references of users or staff; while the decision is pending nobody has decided.
    ``confirmed_on`` is the day on which whoever decided said so themselves, where somebody else recorded it.
    """

    number: str
    level: CheckLevel
    barred_list: bool
    issued_on: date
    decision: CheckDecision
    seen_by: str
    recorded_on: date
    recorded_by: str
    policy_version: int
    rules_hash: str
    decided_on: date | None = None
    decided_by: str | None = None
    confirmed_on: date | None = None


class StatusCheck(Value):
    """What the Update Service said on a day about the certificate of that number."""

    number: str
    status: UpdateStatus
    checked_on: date
    seen_by: str
    recorded_on: date
    recorded_by: str
    policy_version: int
    rules_hash: str


Check = Certificate | StatusCheck


class Supervising(Value):
    """One of those named to supervise a session."""

    staff: int
    position: Position
