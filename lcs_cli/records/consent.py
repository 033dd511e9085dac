"""Consents as they are recorded: who allows what to be told of them, to whom, for what, from when and until when."""

from datetime import date

from lcs_cli.records.value import Private, Value


class RecordedConsent(Value, kw_only=True):
    """One consent (policy 4.2). ``given_by`` is another person only where a parent gave it for a child.

    ``responsibility`` says how that parent's responsibility is known. ``born`` is the child's date of birth, to know
    when a parent's word ends. ``recorded_change`` is the vault's change number at which it was recorded.
    ``changed`` are its details that were entered or corrected since it was given, ``recipient_changed`` says that who
    may be told was corrected since it was recorded, ``own_withdrawn`` are the details for which the child itself
    withdrew its own consent after a parent's, to the same recipient for the same purpose.
    """

    number: int
    person: int
    family: int
    given_by: int
    details: tuple[str, ...]
    referrer: int
    purpose: str
    given_from: date
    until: date | None
    given_how: str
    evidence: Private[str]
    responsibility: Private[str | None] = None
    recorded_on: date
    recorded_by: str
    recorded_change: int
    withdrawn_on: date | None = None
    withdrawn_how: str | None = None
    withdrawn_reason: Private[str | None] = None
    withdrawn_by: str | None = None
    born: Private[date | None] = None
    of_child: bool = False
    changed: tuple[str, ...] = ()
    recipient_changed: bool = False
    own_withdrawn: tuple[str, ...] = ()
