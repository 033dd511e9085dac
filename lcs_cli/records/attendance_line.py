"""The whole of what a referrer may see of a session: what has no field here can leave in no format."""

from lcs_cli.records.value import Value


class AttendanceLine(Value):
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
