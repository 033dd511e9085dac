"""What every entry of the register of disclosures says of its making: who, when, and by which rules."""

from datetime import date
from typing import TypedDict

from lcs_cli.services.desk import Desk


class Stamp(TypedDict):
    """The fields of a `Disclosure` that no command chooses: ``made_at`` is the moment (UTC)."""

    made_at: str
    made_on: date
    made_by: str
    policy_version: int
    rules_hash: str


def stamp(desk: Desk, made_on: date | None = None) -> Stamp:
    """The stamp of what is registered now; ``made_on`` is the day on which it was told, where that was not today."""
    version, rules_hash = desk.decided_by()
    return Stamp(
        made_at=desk.moment,
        made_on=made_on or desk.today,
        made_by=desk.user.reference,
        policy_version=version,
        rules_hash=rules_hash,
    )
