"""The policy's own registers (policy 5, 6): who was given a copy, and its yearly reviews."""

from datetime import date
from enum import StrEnum

from lcs_cli.records.value import Value


class Asker(StrEnum):
    """What kind of person asked for a copy of the policy, where no referrer's reference is known."""

    USER = "user"
    REFERRER = "referrer"
    VOLUNTEER = "volunteer"
    PROFESSIONAL = "professional"


class ReviewOfPolicy(StrEnum):
    """How a yearly review of the policy ends."""

    UNCHANGED = "unchanged"
    TO_BE_CHANGED = "to-be-changed"


class CopyGiven(Value):
    """A copy that somebody was given: ``referrer`` is its number, or ``asker`` what kind of person asked."""

    number: int
    version: int
    given_on: date
    given_by: str
    referrer: int | None
    asker: Asker | None
    written: bool


class DecidedBy(Value):
    """By what a review, a disclosure or a disposal was decided: the rule, and the version that was in force then."""

    decided_on: date
    rule: str
    clause: str
    version: int
    rules_hash: str


class PolicyReview(Value):
    """A review of the policy: which version was looked at, by whom, and what came of it."""

    number: int
    version: int
    reviewed_on: date
    reviewed_by: str
    outcome: ReviewOfPolicy
    note: str | None
