"""Gaps: a trail that is not the one that somebody has seen, because it was cut, put back or exchanged.

Each person's head is noted in a file outside the vault after every command, with how often a manager had accepted a
gap until then. Where a trail does not hold that head, everything but looking into it and protecting a child waits until
a manager accepts it, as after a backup was put back on purpose.
"""

from lcs_cli.records.value import Value
from lcs_cli.services.desk import Desk
from lcs_cli.vault import audit, counters


class Note(Value):
    """What one person's command has seen of the trail: its head, and how many gaps had been accepted.

    ValueError for what is neither.
    """

    head: str
    accepted: int = 0

    def __post_init__(self) -> None:
        """A note comes from a file that anything may have written to."""
        audit.parse_head(str(self.head))
        if not isinstance(self.accepted, int):
            raise ValueError("not a number of gaps")  # noqa: TRY004  # as for any other note that is none


def take_up(desk: Desk, note: Note) -> None:
    """Compare the trail with what this person has seen of it; where it is another one, most commands wait."""
    held = audit.holds(desk.db, audit.parse_head(note.head))
    desk.noted = note.head
    desk.unexplained = not held and audit.accepted(desk.vault) <= note.accepted


def seen(desk: Desk) -> Note | None:
    """What is to be noted now; None while there is a gap that nobody has accepted."""
    return None if desk.unexplained else Note(str(audit.head(desk.db)), audit.accepted(desk.vault))


def check_accept(desk: Desk) -> bool:
    """Refuse before the question who may not accept a gap; whether this person has seen one."""
    with desk.acting("audit.accept", logged=False):
        return desk.unexplained


def accept(desk: Desk) -> None:
    """Accept that the trail is not the one that was seen, as after a backup was put back: for everybody.

    References go on a thousand further on, so that none of those that were lost names another record.
    """
    with desk.acting("audit.accept") as act:
        counters.skip(desk.db)
        act.note(missing=desk.noted if desk.unexplained else None)
        audit.accept(desk.vault, act.log())
    desk.unexplained = False
