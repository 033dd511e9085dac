"""Contact sessions and the attendance at them."""

from datetime import date

from lcs_cli.records.clock import LocalTime
from lcs_cli.records.staff import Supervising
from lcs_cli.records.value import Value


class ContactSession(Value):
    """A booked meeting; times are local wall-clock times (Europe/London), written HH:MM.

    ``supervisors`` are those who are named to supervise it now: nobody yet, one alone, or two together.
    """

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
    supervisors: tuple[Supervising, ...] = ()

    @property
    def begins(self) -> LocalTime:
        """When it is to begin."""
        return LocalTime(self.held_on, self.starts)


class Attendance(Value):
    """Whether contact took place for one child in one session, and when the child was there."""

    family: int
    session: int
    child: int
    attended: bool
    arrived: str | None = None
    left: str | None = None
