"""What waits for a person, counted for `today` and `status`: one line for each kind of thing, with the clause."""

from collections.abc import Iterator

from lcs_cli.policy.consent import consent_rules
from lcs_cli.policy.governance import yearly_review
from lcs_cli.policy.requests import request_rules
from lcs_cli.policy.retention import disposable_from
from lcs_cli.policy.schedule import schedule_in_force
from lcs_cli.policy.telling import telling_rules
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.request import AccessRequest
from lcs_cli.records.retention import ReviewState
from lcs_cli.records.value import Value
from lcs_cli.services import (
    activities,
    clock_guard,
    holds,
    papers,
    permissions,
    reports,
    request_clock,
    stops,
    word_scans,
)
from lcs_cli.services.backups import overdue
from lcs_cli.services.consents import lapsing_count
from lcs_cli.services.desk import Desk
from lcs_cli.services.disclosures import incomplete_count
from lcs_cli.services.policies import in_force
from lcs_cli.services.staff import waiting_for
from lcs_cli.services.supervision import lacking
from lcs_cli.vault import requests, reviews, safeguarding


class Waiting(Value):
    """How many of what wait: ``name`` is the key in JSON, ``command`` lists them.

    It is read aloud as ``state``: ``count`` ``noun`` (policy ``clause``); with ``acts``, an action, only to those who
    may take it.
    """

    name: str
    state: str
    count: int
    noun: str
    clause: str
    command: str
    acts: str = ""

    @property
    def action(self) -> str:
        """The action that lists them: the command's words without references and options."""
        return ".".join(word for word in self.command.split() if word[0].islower())


def waiting(desk: Desk) -> tuple[Waiting, ...]:
    """Each kind of thing that can wait, with its count, also where that is 0; within another use case."""
    return tuple(_counted(desk))


def _counted(desk: Desk) -> Iterator[Waiting]:
    def clause(topic: str) -> str:
        return desk.topic(topic).clause

    flags = len(safeguarding.select(desk.db, "WHERE closed_on IS NULL"))
    yield Waiting("open_flags", "Open", flags, "safeguarding flag", clause("protection"), "flag list --open")
    proposed = len(reviews.waiting(desk.db, ReviewState.PROPOSED))
    approving = ("disposal", clause("retention"), "retention approve")
    yield Waiting("to_approve", "To approve, by a manager", proposed, *approving)
    yield _approved(desk)
    asked = holds.asked_of(desk)
    looking = ("legal hold", clause("retention"), "retention holds", "retention.confirm")
    yield Waiting("holds_asked_about", "Ended, or to be confirmed by you", asked, *looking)
    yield _stopped(desk, clause("retention"))
    yield _clock(desk, clause("retention"))
    paper = len(papers.to_destroy(desk))
    destroying = ("paper file", clause("retention"), "paper list --to-destroy")
    yield Waiting("paper_to_destroy", "To be destroyed", paper, *destroying)
    due = list(waiting_for(desk))
    checks = sum(one.vetting is not None for one in due)
    yield Waiting("checks_due", "Due", checks, "DBS check", clause("vetting"), "staff due")
    confirming = sum(len(one.to_confirm) for one in due)
    deciding = ("DBS check", clause("vetting"), "staff due")
    yield Waiting("checks_to_confirm", "To confirm, by whoever decided", confirming, *deciding)
    unsigned = sum(one.undertaking_missing for one in due)
    signing = ("confidentiality undertaking", clause("staff"), "staff due")
    yield Waiting("undertakings_missing", "Missing", unsigned, *signing)
    still_in = sum(one.login is not None for one in due)
    leavers = "Of those who left, to be taken away by a manager"
    yield Waiting("slots_of_leavers", leavers, still_in, "slot", clause("storage"), "staff due")
    alone = len(lacking(desk))
    supervising = ("session", clause("vetting"), "session list --unsupervised")
    yield Waiting("sessions_unsupervised", "Nobody vetted to supervise", alone, *supervising)
    yield from _wording(desk)
    yield from request_clock.waiting(desk)
    yield from _requested(desk)
    yield from _told(desk)
    yield from _agreed(desk)
    yield review_overdue(desk)
    yield backup_overdue(desk)


def _wording(desk: Desk) -> Iterator[Waiting]:
    """For the safeguarding leads alone: to find it, each file that is due is read."""
    if desk.may("retention.clear"):
        waits = word_scans.waiting(desk)
        looking = ("file", desk.topic("kept").clause, f"retention clear {waits[0]}" if waits else "retention due")
        yield Waiting("words_to_clear", "Wording to be looked at before disposal", len(waits), *looking)


def _approved(desk: Desk) -> Waiting:
    """What goes unless somebody stops it: from which day on is the time that is left to doubt."""
    rules = schedule_in_force(desk.rules, desk.today)
    days = [one.approved_on for one in reviews.waiting(desk.db, ReviewState.APPROVED) if one.approved_on]
    first = f", to go from {disposable_from(min(days), rules).isoformat()} on" if days else ""
    going = ("disposal", rules.cooling_off.clause, "retention due --all")
    return Waiting("approved", f"Approved{first}", len(days), *going)


def _stopped(desk: Desk, clause: str) -> Waiting:
    stop = stops.pulled(desk)
    by = f" by {stop.pulled_by} since {stops.since(stop).isoformat()}" if stop else ""
    return Waiting(
        "disposals_stopped", f"Disposals stopped{by}", int(stop is not None), "stop", clause, "retention resume"
    )


def _clock(desk: Desk, clause: str) -> Waiting:
    doubted = clock_guard.doubted(desk)
    why = doubted.message if doubted else ""
    confirming = ("clock", clause, "retention sweep --confirm-date DAY", "retention.confirm-date")
    return Waiting(
        "clock_doubted", f"To be set right, or confirmed by a manager ({why})", int(doubted is not None), *confirming
    )


def _requested(desk: Desk) -> Iterator[Waiting]:
    rules, asked = request_rules(desk.rules), requests.select(desk.db, "WHERE ended_on IS NULL")
    unchecked = sum(one.checked_on is None and not one.paused for one in asked)
    checking = ("records request", rules.identity.clause, "request list", "request.check")
    yield Waiting("requests_to_check", "Who asks is to be checked", unchecked, *checking)
    unread = [one for one in asked if _is_unread(desk, one)]
    first = f"request find {reference(Kind.REQUEST, unread[0].number)}" if unread else "request list"
    reading = ("records request", rules.unread.clause, first, "request.find")
    yield Waiting("requests_to_read", "Holds things to be read", len(unread), *reading)


def _is_unread(desk: Desk, one: AccessRequest) -> bool:
    from lcs_cli.services.request_decisions import findings  # knows every kind of record: loaded where one is asked for

    return bool(findings(desk, one).to_be_read)


def _told(desk: Desk) -> Iterator[Waiting]:
    telling = telling_rules(desk.rules).rule["clause"]
    completing = ("disclosure", telling, "disclosure list --incomplete")
    yield Waiting("incomplete_disclosures", "To complete", incomplete_count(desk), *completing)
    renewing = ("consent", consent_rules(desk.rules).rule["clause"], "consent list --lapsing")
    yield Waiting("lapsing_consents", "Lapsing or lapsed", lapsing_count(desk), *renewing)


def _agreed(desk: Desk) -> Iterator[Waiting]:
    asked, listed = reports.counts(desk), "report list --open"
    to_decide = "To decide, by a manager who did not record it"
    yield Waiting("reports_to_decide", to_decide, asked.to_decide, "report request", asked.clause, listed)
    yield Waiting("reports_to_produce", "Agreed, to produce", asked.to_produce, "report", asked.clause, listed)
    yield Waiting("reports_past_their_day", "Past its day", asked.past_their_day, "report", asked.clause, listed)
    rooms = permissions.rules_of(desk).permission["clause"]
    to_grant = ("permissions_to_decide", "To decide, by a senior manager who did not ask", permissions.to_decide(desk))
    yield Waiting(*to_grant, "room permission", rooms, "permission list --open")
    moved = len(activities.uncovered(desk))
    yield Waiting("activities_uncovered", "Not covered any more", moved, "room activity", rooms, "permission list")


def review_overdue(desk: Desk) -> Waiting:
    """The yearly review of the policy, from the day after it was due."""
    days = in_force(desk).overdue_days(desk.today)
    late = f"Overdue by {days} day{'s' if days > 1 else ''}"
    clause = yearly_review(desk.rules).clause
    return Waiting("policy_review", late, min(days, 1), "policy review", clause, "policy review")


def backup_overdue(desk: Desk) -> Waiting:
    """The next backup, from the day after it was due; nothing where none was ever made."""
    days, clause = overdue(desk)
    late = f"Overdue by {days} day{'s' if days > 1 else ''}"
    return Waiting("backup_overdue", late, min(days, 1), "backup", clause, "vault backup", "vault.backup")
