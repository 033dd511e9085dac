"""What waits for a person, counted for `today` and `status`: one line for each kind of thing, with the clause."""

from collections.abc import Iterator
from dataclasses import dataclass

from lcs_cli.policy.governance import yearly_review
from lcs_cli.records.retention import ReviewState
from lcs_cli.services.desk import Desk
from lcs_cli.services.policies import in_force
from lcs_cli.services.users import everybody
from lcs_cli.vault import reviews, safeguarding


@dataclass(frozen=True)
class Waiting:
    """How many of what wait: ``name`` is the key in JSON, ``command`` lists them.

    It is read aloud as ``state``: ``count`` ``noun`` (policy ``clause``).
    """

    name: str
    state: str
    count: int
    noun: str
    clause: str
    command: str


def waiting(desk: Desk) -> tuple[Waiting, ...]:
    """Each kind of thing that can wait, with its count, also where that is 0; within another use case."""
    return tuple(_counted(desk))


def _counted(desk: Desk) -> Iterator[Waiting]:
    def clause(topic: str) -> str:
        return desk.topic(topic).clause

    flags = len(safeguarding.select(desk.db, "WHERE closed_on IS NULL"))
    yield Waiting("open_flags", "Open", flags, "safeguarding flag", clause("protection"), "flag list --open")
    proposed = len(reviews.waiting(desk.db, ReviewState.PROPOSED))
    yield Waiting(
        "to_approve", "To approve, by a manager", proposed, "disposal", clause("retention"), "retention approve"
    )
    unsigned = sum(one.undertaking_is_missing for one in everybody(desk))
    signing = ("confidentiality undertaking", clause("staff"), "vault user list")
    yield Waiting("undertakings_missing", "Missing", unsigned, *signing)
    yield review_overdue(desk)


def review_overdue(desk: Desk) -> Waiting:
    """The yearly review of the policy, from the day after it was due."""
    days = in_force(desk).overdue_days(desk.today)
    late = f"Overdue by {days} day{'s' if days > 1 else ''}"
    clause = yearly_review(desk.rules).clause
    return Waiting("policy_review", late, min(days, 1), "policy review", clause, "policy review")
