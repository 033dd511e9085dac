"""What waits for a person, counted for `today` and `status`: one line for each kind of thing, with the clause."""

from collections.abc import Iterator
from dataclasses import dataclass

from lcs_cli.policy.consent import consent_rules
from lcs_cli.policy.telling import telling_rules
from lcs_cli.records.retention import ReviewState
from lcs_cli.services import activities, papers, permissions, reports, request_clock
from lcs_cli.services.consents import lapsing_count
from lcs_cli.services.desk import Desk
from lcs_cli.services.disclosures import incomplete_count
from lcs_cli.services.staff import waiting_for
from lcs_cli.services.supervision import lacking
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
    flags = len(safeguarding.select(desk.db, "WHERE closed_on IS NULL"))
    yield Waiting("open_flags", "Open", flags, "safeguarding flag", "3", "flag list --open")
    proposed = len(reviews.waiting(desk.db, ReviewState.PROPOSED))
    yield Waiting("to_approve", "To approve, by a manager", proposed, "disposal", "4.6", "retention approve")
    paper = len(papers.to_destroy(desk))
    yield Waiting("paper_to_destroy", "To be destroyed", paper, "paper file", "4.6", "paper list --to-destroy")
    due = list(waiting_for(desk))
    checks = sum(one.vetting is not None for one in due)
    yield Waiting("checks_due", "Due", checks, "DBS check", "4.4", "staff due")
    unsigned = sum(one.undertaking_missing for one in due)
    yield Waiting("undertakings_missing", "Missing", unsigned, "confidentiality undertaking", "4.1", "staff due")
    alone = len(lacking(desk))
    yield Waiting(
        "sessions_unsupervised", "Nobody vetted to supervise", alone, "session", "4.4", "session list --unsupervised"
    )
    yield from request_clock.waiting(desk)
    clause = telling_rules(desk.rules).rule["clause"]
    incomplete = incomplete_count(desk)
    yield Waiting(
        "incomplete_disclosures", "To complete", incomplete, "disclosure", clause, "disclosure list --incomplete"
    )
    clause = consent_rules(desk.rules).rule["clause"]
    lapsing = lapsing_count(desk)
    yield Waiting("lapsing_consents", "Lapsing or lapsed", lapsing, "consent", clause, "consent list --lapsing")
    asked, listed = reports.counts(desk), "report list --open"
    to_decide = "To decide, by a manager who did not record it"
    yield Waiting("reports_to_decide", to_decide, asked.to_decide, "report request", asked.clause, listed)
    yield Waiting("reports_to_produce", "Agreed, to produce", asked.to_produce, "report", asked.clause, listed)
    yield Waiting("reports_past_their_day", "Past its day", asked.past_their_day, "report", asked.clause, listed)
    clause = permissions.rules_of(desk).permission["clause"]
    to_grant = ("permissions_to_decide", "To decide, by a senior manager who did not ask", permissions.to_decide(desk))
    yield Waiting(*to_grant, "room permission", clause, "permission list --open")
    moved = len(activities.uncovered(desk))
    yield Waiting("activities_uncovered", "Not covered any more", moved, "room activity", clause, "permission list")
