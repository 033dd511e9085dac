"""What a rule says to what somebody wants to do: yes or no, why, by which clause, and what would allow it."""

from collections.abc import Mapping
from typing import Any

from lcs_cli.records.value import Value


class Answer(Value):
    """A rule's answer. ``remedy`` says of a refusal what would allow it.

    ``about`` is a phrase by which the clause's own sentence is found in the published policy.
    """

    allowed: bool
    rule: str
    clause: str
    about: str
    reason: str
    remedy: str = ""


def allow(rule: Mapping[str, Any]) -> Answer:
    """Allowed by a rule of a rule file, in its own words."""
    return Answer(True, rule["id"], rule["clause"], rule["about"], rule["text"])


def refuse(rule: Mapping[str, Any], reason: str, remedy: str) -> Answer:
    """Refused by a rule of a rule file."""
    return Answer(False, rule["id"], rule["clause"], rule["about"], reason, remedy)
