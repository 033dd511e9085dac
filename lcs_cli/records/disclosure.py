"""What somebody asks to be told, and the register of what left."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from msgspec import field

from lcs_cli.records.referral import ReferrerKind
from lcs_cli.records.value import Value

IN_WORDS = "words"
"""The field of a disclosure that stands for what was told in words."""


class Shut(StrEnum):
    """Why a consent that is on record, and has not ended, does not cover one of its details."""

    CHANGED = "it was changed after the consent was given"
    RECIPIENT = "the recipient was corrected after the consent was recorded"
    OTHERS_HOME = "a parent's word does not cover it: it may be another adult's home"
    UNDATED = "the child has no date of birth on record"
    TOO_YOUNG = "the child was too young to consent for itself"
    OWN_WITHDRAWAL = "the child withdrew its own consent afterwards"


class Link(StrEnum):
    """How the one who asks stands to the family."""

    LIVE = "live"
    ENDED = "ended"
    NONE = "none"


class Consent(Value):
    """One person's explicit consent: which details, to whom, for what, from when, until when (policy 4.2).

    ``shut`` are those of its details that it does not cover, each with the reason.
    """

    person: str
    details: tuple[str, ...]
    recipient: str
    purpose: str
    given_from: date
    until: date | None = None
    withdrawn_on: date | None = None
    shut: tuple[tuple[str, Shut], ...] = ()


class DisclosureRequest(Value):
    """What is asked for. ``fields`` are attendance columns, or a person's details as ``P-0001-R.address``.

    ``family`` is empty where no family in particular is asked about.
    """

    family: str
    recipient: str = ""
    recipient_kind: ReferrerKind | None = None
    link: Link = Link.NONE
    purpose: str = ""
    fields: tuple[str, ...] = ()
    legal_instrument: str = ""
    concern: str = ""
    consents: tuple[Consent, ...] = ()


class DisclosureKind(StrEnum):
    """How something was told, or that it was decided not to tell it."""

    EXPORT = "export"
    TOLD = "told"
    NOT_TOLD = "not-told"
    REPORT = "report"
    BUNDLE = "bundle"
    HANDOVER = "handover"


class Disclosure(Value, kw_only=True):
    """An entry of the register of disclosures: references, counts and hashes, never what was said.

    ``made_on`` is the local day on which it was made, ``made_at`` the moment (UTC) at which it was registered.
    ``recipient`` says what kind of body or person it went to, ``referrer`` is its number where it is registered.
    """

    number: int
    kind: DisclosureKind
    made_at: str
    made_on: date
    made_by: str
    ground: str
    rule: str
    clause: str
    recipient: str
    referrer: int | None
    purpose: str
    fields: tuple[str, ...]
    policy_version: int
    rules_hash: str


class ExportEntry(Disclosure, kw_only=True):
    """The entry of an export of attendance, with what it takes to repeat it."""

    referrer: int
    format: str
    after_change: int
    up_to_change: int
    from_on: date | None
    to_on: date | None
    rows: int
    sha256: str
    since: bool
    repeats: int | None = None


class RegisterEntry(Value, kw_only=True):
    """An entry as it is listed: its families, its parts in the clear, the names of its sealed ones.

    ``complete`` is true of what needs no completing,
    ``decision_by`` is who recorded who decided. ``rows`` and ``repeats`` are those of an export.
    """

    disclosure: Disclosure
    families: tuple[int, ...]
    parts: Mapping[str, str] = field(default_factory=dict)
    sealed: tuple[str, ...] = ()
    complete: bool = True
    decision_by: str | None = None
    rows: int | None = None
    repeats: int | None = None
