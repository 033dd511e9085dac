"""Who sends families to the service, and the referrals they made."""

from datetime import date
from enum import StrEnum

from lcs_cli.records.value import Value


class ReferrerKind(StrEnum):
    """What kind of body a referrer is; which of them are statutory is said in the disclosure rules."""

    LOCAL_AUTHORITY = "local-authority"
    CAFCASS = "cafcass"
    COURT = "court"
    POLICE = "police"
    HEALTH = "health"
    SOLICITOR = "solicitor"
    FAMILY = "family"
    SUCCESSOR = "successor-body"


class ReferralOutcome(StrEnum):
    """What became of a referral. Only an accepted one that has not ended is a live link."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ENDED = "ended"


class Referrer(Value):
    """A body, or a family itself, that refers."""

    number: int
    name: str
    kind: ReferrerKind


class Referral(Value):
    """One family sent by one referrer; an electronic one is kept for ever as received (policy 4.6)."""

    number: int
    family: int
    referrer: int
    received_on: date
    electronic: bool
    case_reference: str | None = None
    outcome: ReferralOutcome = ReferralOutcome.PENDING
    decided_on: date | None = None
    ended_on: date | None = None
