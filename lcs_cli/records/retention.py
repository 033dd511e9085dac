"""The facts that a retention decision rests on, and the records a review leaves behind."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from msgspec import field

from lcs_cli.records.family import Episode
from lcs_cli.records.value import Value


class RecordClass(StrEnum):
    """The classes of the retention schedule; every column of the vault belongs to one."""

    IDENTITY = "identity"
    CONTACT_DETAILS = "contact-details"
    EPISODE = "episode"
    SESSION = "session"
    ATTENDANCE = "attendance"
    CONSENT = "consent"
    REFERRAL = "referral"
    CORRECTION = "correction"
    HOLD = "hold"
    REVIEW = "review"
    REQUEST = "request"
    REPORT = "report"
    PERMISSION = "permission"
    SAFEGUARDING_FILE = "safeguarding-file"
    ELECTRONIC_REFERRAL = "electronic-referral"
    ACCIDENT_RECORD = "accident-record"
    CHILD_PROTECTION = "child-protection-document"
    DOCUMENT = "document"
    PAPER_FILE = "paper-file"
    STAFF = "staff"
    OWN_REFERRER = "own-referrer"
    GOVERNANCE = "governance"


class HoldKind(StrEnum):
    """Why a disposal must wait (policy 4.6: the record is still required)."""

    LITIGATION = "litigation"
    POLICE = "police"
    COMPLAINT = "complaint"
    COURT_ORDER = "court-order"
    REQUEST = "request"
    INQUIRY = "inquiry"


class ReviewOutcome(StrEnum):
    """How a review of one file ends; a hold is a record of its own."""

    DISPOSE = "dispose"
    KEEP = "keep"


class ReviewState(StrEnum):
    """Where a review stands between the first person and the sweep."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    RETURNED = "returned"
    KEPT = "kept"


class HoldFacts(Value):
    """A legal hold in force: no ``until`` means until somebody releases it."""

    kind: HoldKind
    until: date | None = None


class ChildFacts(Value):
    """One child, and whether any safeguarding file, open or closed, concerns this child."""

    reference: str
    safeguarding_file: bool = False


class FamilyFacts(Value):
    """Everything about one family that bears on retention; dates, counts and references, no personal detail.

    ``last_session`` is the latest session booked and not cancelled, past or future. ``indefinite`` counts
    documents of the classes kept for ever; ``disposable`` counts the other records but the people's own:
    attendance of children without a safeguarding file, sessions that no other child attended, and so on.
    ``requests_until`` are requests that end by themselves, each with the last day on which it is still open.
    ``with_safeguarding`` counts what stays with a safeguarding file: attendance of its children, their sessions.
    ``paper_files`` counts the files on paper that were ever registered and are not kept for ever;
    ``own_referrers`` the referrers of kind family that nothing but what would go of this file points at.
    """

    family: str
    episodes: tuple[Episode, ...] = ()
    last_session: date | None = None
    last_referral: date | None = None
    last_disclosure: date | None = None
    open_concerns: int = 0
    open_requests: tuple[str, ...] = ()
    requests_until: Mapping[str, date] = field(default_factory=dict)
    holds: tuple[HoldFacts, ...] = ()
    kept_until: date | None = None
    disposed_on: date | None = None
    children: tuple[ChildFacts, ...] = ()
    adults: tuple[str, ...] = ()
    indefinite: Mapping[RecordClass, int] = field(default_factory=dict)
    disposable: Mapping[RecordClass, int] = field(default_factory=dict)
    with_safeguarding: Mapping[RecordClass, int] = field(default_factory=dict)
    paper_files: int = 0
    own_referrers: int = 0


class RecordFacts(Value):
    """One row of the vault, as far as what becomes of it depends on it; references and field names alone.

    ``subject`` is the file it belongs to; None for the registers and what else belongs to none. ``people`` are
    the person that it is, or the children whose attendance it is or holds. ``empties`` are the fields that a disposal
    empties if the row stays, ``fills`` those that it fills in.
    """

    table: str
    cls: RecordClass
    subject: str | None = None
    people: tuple[str, ...] = ()
    empties: tuple[str, ...] = ()
    fills: tuple[str, ...] = ()


class StaffFacts(Value):
    """Everything about one entry of the staff register that bears on its retention; no personal detail.

    ``left_on`` is their last day. ``last_seen`` is the last day of which anything tells that they worked here: they
    joined, signed, were checked, were named for a session. ``slot`` is the reference of the slot that is theirs and
    still there. ``sessions`` are those they are named to supervise that are neither cancelled nor recorded.
    ``concerns`` counts the concerns that name them, ``records`` what goes with the entry, itself included.
    """

    staff: str
    left_on: date | None
    last_seen: date
    slot: str | None = None
    sessions: tuple[str, ...] = ()
    concerns: int = 0
    holds: tuple[HoldFacts, ...] = ()
    kept_until: date | None = None
    records: Mapping[RecordClass, int] = field(default_factory=dict)


Facts = FamilyFacts | StaffFacts
"""Of whatever has a retention period of its own."""


class Review(Value):
    """A proposal about one file, and what became of it. ``paper`` goes with it, where that was asked for.

    ``subject`` is the reference of the family or of the entry of the staff register.
    """

    number: int
    subject: str
    outcome: ReviewOutcome
    state: ReviewState
    due_on: date
    rule: str
    clause: str
    facts_hash: str
    reviewed_on: date
    reviewed_by: str
    reason: str | None = None
    until: date | None = None
    approved_on: date | None = None
    approved_by: str | None = None
    paper: tuple[str, ...] = ()


class Hold(Value):
    """A legal hold as recorded; ``subject`` as of a review.

    ``owner`` is asked about it, and ``confirmed_on`` is when somebody last looked at it.
    """

    number: int
    subject: str
    kind: HoldKind
    reason: str
    placed_on: date
    placed_by: str
    owner: str
    until: date | None = None
    released_on: date | None = None
    confirmed_on: date | None = None


class Stop(Value):
    """A stop of all disposals that is in force: why, in somebody's own words; the moment (UTC), and who."""

    reason: str
    pulled_at: str
    pulled_by: str
