"""Handing over what is kept for ever: what it is made of, and the agreement to it."""

from datetime import date
from enum import StrEnum

from lcs_cli.records.value import Value


class Section(StrEnum):
    """The parts of what is handed over about one child; which columns each has, the rule file says."""

    IDENTITY = "identity"
    ADULTS = "adults"
    CONCERNS = "concerns"
    TOLD = "told"
    ACCIDENTS = "accidents"
    REFERRALS = "referrals"
    DOCUMENTS = "documents"
    PAPER_FILES = "paper-files"
    ATTENDANCE = "attendance"
    CORRECTIONS = "corrections"


class HandoverAgreement(Value):
    """A decision that what is kept about a child, or about all where ``child`` is None, may go to one body, or not.

    ``keys`` is the SHA-256 of the keys that it is to be encrypted to; ``overtaken`` says that the body was corrected
    on the register since: it was about another.
    """

    number: int
    child: int | None
    referrer: int
    keys: str
    agreed: bool
    decided_on: date
    decided_by: str
    overtaken: bool = False
