"""Files on paper (policy 4.5, 4.6): whether one may be destroyed on a day, and what would allow it. Pure."""

from datetime import date

from lcs_cli.policy.retention import Outcome, RetentionDecision, disposable_from
from lcs_cli.policy.rules import Rule
from lcs_cli.policy.schedule import Schedule
from lcs_cli.records.retention import RecordClass
from lcs_cli.records.value import Value


class FileFacts(Value):
    """The file of the family that a paper belongs to, as it stands.

    ``required`` are the reasons why nothing of it may go. ``approved_on`` is the day on which the disposal that waits
    was approved, ``changed`` why that does not hold any more, empty where it does.
    """

    decision: RetentionDecision
    required: tuple[str, ...] = ()
    approved_on: date | None = None
    changed: str = ""


class PaperDecision(Value):
    """Whether a file on paper may be destroyed: the rule, and where not, why, and what would allow it.

    ``since`` is the first day on which it was allowed.
    """

    allowed: bool
    rule: Rule
    reason: str = ""
    remedy: str = ""
    since: date | None = None


def may_be_destroyed(
    cls: RecordClass,
    *,
    released_on: date | None,
    family: str,
    file: FileFacts | None,
    schedule: Schedule,
    today: date,
) -> PaperDecision:
    """Decide on a file on paper of the class ``cls``, on ``today``.

    ``released_on`` is when its family's disposal was carried out; ``file`` is what there is of the family now.
    """
    review = f"lcs retention review {family}"
    if cls in schedule.indefinite or cls is not RecordClass.DOCUMENT:
        remedy = "nothing: it is never disposed of; to say where it lies: lcs paper move"
        return _refused(schedule.kept_indefinitely, "such paper is kept for ever", remedy)
    if file is not None and file.required:
        return _refused(schedule.not_required, "; ".join(file.required), f"when that has ended: {review}")
    if file is not None and file.decision.outcome in (Outcome.ONGOING, Outcome.DORMANT):
        reasons = "; ".join(file.decision.reasons)
        return _refused(schedule.not_required, reasons, f"when the service has ended, and it is due: {review}")
    if released_on is not None:
        return PaperDecision(True, schedule.paper, since=released_on)
    if file is None:
        reason = "nothing says that its family's disposal was carried out"
        return _refused(schedule.missing_dates, reason, "keep it, and look at: lcs retention certificate")
    return _by_approval(file, schedule, today, review)


def _by_approval(file: FileFacts, schedule: Schedule, today: date, review: str) -> PaperDecision:
    """Before the sweep: the same as the sweep asks for, so that the cooling-off days hold for paper too."""
    decision = file.decision
    if decision.outcome is not Outcome.DUE:
        on = f" on {decision.due_on.isoformat()}" if decision.due_on else ""
        return _refused(decision.rule, "; ".join(decision.reasons), f"when the family's file is due{on}: {review}")
    if file.approved_on is None:
        reason = "the family's file is due, but nobody has approved its disposal"
        return _refused(schedule.paper, reason, f"{review}   then, by a manager: lcs retention approve")
    if file.changed:
        remedy = f"after the next lcs retention sweep: {review}"
        return _refused(schedule.paper, f"since its approval {file.changed}", remedy)
    first = disposable_from(file.approved_on, schedule)
    if today < first:
        reason = f"the family's disposal was approved on {file.approved_on.isoformat()}, and cools off"
        return _refused(schedule.cooling_off, reason, f"wait until {first.isoformat()}")
    return PaperDecision(True, schedule.paper, since=first)


def destroyed_on(decision: PaperDecision, day: date) -> PaperDecision:
    """Decide on the day on which it is said to have gone, where ``decision`` allows that it goes at all."""
    if decision.since is not None and day < decision.since:
        reason = f"on {day.isoformat()} its destruction was not allowed yet, but from {decision.since.isoformat()} on"
        remedy = "give the day on which it went; if it did go before that, tell the manager, who records a concern"
        return _refused(decision.rule, reason, remedy)
    return decision


def _refused(rule: Rule, reason: str, remedy: str) -> PaperDecision:
    return PaperDecision(False, rule, reason, remedy)


def witnessed(by: str, witness: str, recorder: str, schedule: Schedule) -> PaperDecision:
    """Decide on who destroys, who sees it and who records it: two people, and one of them records."""
    if by == witness:
        reason = f"{by} cannot be the witness of what {by} destroys"
        return _refused(schedule.witness, reason, "name a second person who sees it: --witness U-…")
    if recorder not in (by, witness):
        reason = f"{recorder} neither destroyed it nor saw it"
        return _refused(schedule.witness, reason, f"{by} or {witness} records it")
    return PaperDecision(True, schedule.witness)
