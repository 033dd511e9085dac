"""Requests for the records that are held about somebody (policy 4.6): who asks, until when, and what was decided."""

from datetime import date
from enum import StrEnum

from lcs_cli.records.value import Value


class RequestKind(StrEnum):
    """Who asks: a young person through an authority, somebody for their own records, or a parent for a child's."""

    YOUNG_PERSON = "young-person"
    OWN = "own"
    PARENT = "parent"


class PauseReason(StrEnum):
    """What the service waits for while the clock stands still."""

    IDENTITY = "identity"
    CLARIFICATION = "clarification"


class ItemState(StrEnum):
    """What becomes of one thing that was found."""

    GIVEN = "given"
    TO_BE_READ = "to be read"
    CLEARED = "cleared"
    WITHHELD = "withheld"


RELEASED = "released"
"""How a request ends that was answered; any other end is a reason of the rule file."""


class Pause(Value):
    """Days that do not count: from ``from_on`` to the day before ``to_on``, or to today where that is open."""

    from_on: date
    reason: PauseReason
    to_on: date | None = None


class AccessRequest(Value, kw_only=True):
    """One request about one person. ``through`` is the authority's number, ``parent`` that of the adult who asks.

    ``through_corrected`` says that what stood there as that authority was corrected afterwards.
    ``asker`` and ``evidence`` are what was noted about who asks and what they showed.
    """

    number: int
    family: int
    person: int
    kind: RequestKind
    received_on: date
    recorded_on: date
    recorded_by: str
    through: int | None = None
    parent: int | None = None
    asker: str | None = None
    evidence: str | None = None
    checked_on: date | None = None
    checked_by: str | None = None
    checked_how: str | None = None
    extended_on: date | None = None
    extended_because: str | None = None
    outcome: str | None = None
    ended_on: date | None = None
    ended_by: str | None = None
    through_corrected: bool = False
    pauses: tuple[Pause, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it is still to be answered."""
        return self.outcome is None

    @property
    def paused(self) -> Pause | None:
        """The pause that has not ended."""
        return next((pause for pause in self.pauses if pause.to_on is None), None)


class ItemDecision(Value):
    """What a safeguarding lead decided about one item, as it stood then (``seen``); its words are sealed.

    ``reason`` is the rule by which it is withheld; ``redacted`` says that another text is given in its place.
    """

    number: int
    item: str
    state: ItemState
    reason: str | None
    seen: str
    decided_on: date
    decided_by: str
    policy_version: int
    rules_hash: str
    redacted: bool = False
