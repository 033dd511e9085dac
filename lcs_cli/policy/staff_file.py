"""How long an entry of the staff register is kept (policy 4.6): like a family's file, from the last day on."""

from datetime import date

from lcs_cli.policy.retention import Fate, Outcome, RetentionDecision, decide, held_back
from lcs_cli.policy.rules import Rule
from lcs_cli.policy.schedule import Schedule
from lcs_cli.records.retention import Facts, StaffFacts
from lcs_cli.records.years import anniversary

_NOTHING_GOES = (Outcome.ONGOING, Outcome.NOT_DUE, Outcome.KEPT)


def decide_file(facts: Facts, schedule: Schedule, today: date) -> RetentionDecision:
    """Apply the schedule to whatever has a retention period of its own."""
    return decide_staff(facts, schedule, today) if isinstance(facts, StaffFacts) else decide(facts, schedule, today)


def decide_staff(facts: StaffFacts, schedule: Schedule, today: date) -> RetentionDecision:
    """Apply the schedule to one entry of the staff register on ``today``.

    Before that is over, neither the reason nor what would go tells whether a concern names them.
    """

    def decision(
        outcome: Outcome, rule: Rule, *reasons: str, clock: date | None = None, due: date | None = None
    ) -> RetentionDecision:
        goes = {} if outcome in _NOTHING_GOES else dict(facts.records)
        stays = dict(facts.records) if outcome is Outcome.KEPT else {}
        fate = Fate((), (), keeps_family=False, goes=goes, stays=stays)
        return RetentionDecision(facts.staff, outcome, rule, reasons, fate, clock, due)

    years, left_on = schedule.staff_years, facts.left_on
    if left_on is None:
        kept = facts.kept_until is not None and facts.kept_until > today
        if facts.slot or kept or years is None or today < anniversary(facts.last_seen, years):
            return decision(Outcome.ONGOING, schedule.not_required, "they work here")
        since = f"nothing says when they left, and nothing of them is later than {facts.last_seen.isoformat()}"
        return decision(Outcome.ASK, schedule.missing_dates, since)
    if years is None:
        return decision(Outcome.ASK, schedule.missing_dates, "no retention rule is in force on this day", clock=left_on)
    due = anniversary(left_on, years)
    because = f"they left on {left_on.isoformat()}; {years} years are reached on {due.isoformat()}"
    if today < due:
        return decision(Outcome.NOT_DUE, schedule.staff_file, because, clock=left_on, due=due)
    if facts.concerns:
        return decision(Outcome.KEPT, schedule.kept_indefinitely, "it belongs to a safeguarding file")
    required = _still_required(facts, today)
    if required:
        return decision(Outcome.REQUIRED, schedule.not_required, *required, clock=left_on, due=due)
    return decision(Outcome.DUE, schedule.staff_file, because, clock=left_on, due=due)


def _still_required(facts: StaffFacts, today: date) -> tuple[str, ...]:
    reasons = [f"{facts.slot} still opens the vault"] if facts.slot else []
    if facts.sessions:
        reasons.append(f"named to supervise: {', '.join(facts.sessions)}")
    return (*reasons, *held_back(facts, today))
