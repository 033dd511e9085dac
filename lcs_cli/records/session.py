"""Contact sessions and the attendance at them."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class ContactSession:
    """A booked meeting; times are local wall-clock times (Europe/London), written HH:MM."""

    number: int
    family: int
    held_on: date
    starts: str
    ends: str
    room: str | None = None
    note: str | None = None
    cancelled_on: date | None = None
    cancel_reason: str | None = None
    recorded: bool = False


@dataclass(frozen=True)
class Attendance:
    """Whether contact took place for one child in one session, and when the child was there."""

    family: int
    session: int
    child: int
    attended: bool
    arrived: str | None = None
    left: str | None = None


@dataclass(frozen=True)
class AttendanceLine:
    """One session as a referrer may see it: the whole of what can ever be exported (policy 4.2).

    The rule file names which of these fields leave and in which order; there is no other field to name.
    """

    family_reference: str
    case_reference: str | None
    session_date: str
    booked_start: str
    booked_end: str
    arrived: str | None
    left: str | None
    attended: bool
