"""Retention (policy 4.6): given the facts about a family and a day, what is due, since when and why.

Pure: the same function answers the schedule's preview, the review and the sweep.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from msgspec.structs import asdict

from lcs_cli.policy.rules import Rule
from lcs_cli.policy.schedule import Clock, Schedule
from lcs_cli.records.retention import Facts, FamilyFacts, RecordClass
from lcs_cli.records.value import Value
from lcs_cli.records.years import anniversary, last_start


class Outcome(StrEnum):
    """What a family's file is on one day. Only ``DUE`` can lead to a disposal."""

    ONGOING = "ongoing"
    NOT_DUE = "not-due"
    REQUIRED = "required"
    DUE = "due"
    DORMANT = "dormant"
    ASK = "ask"
    KEPT = "kept"


WAITS = (Outcome.DUE, Outcome.DORMANT, Outcome.ASK, Outcome.REQUIRED)
"""What is listed as due: what waits for a person, and what is due but for what still requires it, such as a hold."""


class Fate(Value):
    """What a disposal would remove and what it leaves (policy 4.6).

    ``keeps_attendance`` names the children whose own attendance stays, ``keeps_identity`` the people of whom an
    identity stub stays; ``keeps_family`` says that the family's name stays with them. ``goes`` and ``stays``
    count records by class, before the disposal.
    """

    keeps_attendance: tuple[str, ...]
    keeps_identity: tuple[str, ...]
    keeps_family: bool
    goes: Mapping[RecordClass, int]
    stays: Mapping[RecordClass, int]


class RetentionDecision(Value):
    """What the schedule says about one file on one day, with the rule and every reason.

    ``subject`` is the reference of the family, or of the entry of the staff register.
    """

    subject: str
    outcome: Outcome
    rule: Rule
    reasons: tuple[str, ...]
    fate: Fate
    clock_start: date | None = None
    due_on: date | None = None


def decide(facts: FamilyFacts, schedule: Schedule, today: date) -> RetentionDecision:
    """Apply the schedule to one family's facts on ``today``."""
    fate = fate_of(facts, schedule)

    def decision(
        outcome: Outcome,
        rule: Rule,
        *reasons: str,
        clock: date | None = None,
        due: date | None = None,
    ) -> RetentionDecision:
        return RetentionDecision(facts.family, outcome, rule, reasons, fate, clock, due)

    if not fate.goes:
        return decision(Outcome.KEPT, schedule.kept_indefinitely, "only records kept indefinitely are left")
    used_on = _last_use(facts)
    if any(episode.closed_on is None for episode in facts.episodes):
        last = max([episode.opened_on for episode in facts.episodes] + ([used_on] if used_on else []))
        dormant_on = anniversary(last, schedule.dormant_years) if schedule.dormant_years is not None else None
        kept = facts.kept_until is not None and facts.kept_until > today
        if dormant_on is not None and dormant_on <= today and not kept:
            reason = f"an episode is open, and its last use was on {last.isoformat()}"
            return decision(Outcome.DORMANT, schedule.dormant_episode, reason, clock=last, due=dormant_on)
        return decision(Outcome.ONGOING, schedule.not_required, "an episode of service is open")
    start, began = _clock_start(facts, schedule, used_on)
    if start is None:
        return decision(Outcome.ASK, schedule.missing_dates, "no date is known that could start the clock")
    if schedule.years is None:
        return decision(Outcome.ASK, schedule.missing_dates, "no retention rule is in force on this day", clock=start)
    due = anniversary(start, schedule.years)
    because = f"{began} on {start.isoformat()}; {_count(schedule.years, 'year')} are reached on {due.isoformat()}"
    if today < due:
        return decision(Outcome.NOT_DUE, schedule.family_file, because, clock=start, due=due)
    required = still_required(facts, today)
    if required:
        return decision(Outcome.REQUIRED, schedule.not_required, *required, clock=start, due=due)
    return decision(Outcome.DUE, schedule.family_file, because, clock=start, due=due)


def still_required(facts: FamilyFacts, today: date) -> tuple[str, ...]:
    """Every reason why a file whose period is over may not be disposed of on ``today``."""
    reasons = []
    if facts.last_session is not None and facts.last_session >= today:
        reasons.append(f"a session is booked for {facts.last_session.isoformat()}")
    requests = [*facts.open_requests, *(ref for ref, until in facts.requests_until.items() if until >= today)]
    if requests:
        reasons.append(f"open: {', '.join(requests)}")
    if facts.open_concerns:
        reasons.append(f"{_count(facts.open_concerns, 'concern')} open")
    return (*reasons, *held_back(facts, today))


def held_back(facts: Facts, today: date) -> tuple[str, ...]:
    """The holds on a file that are in force on ``today``, and a review that keeps it until a later day."""
    reasons = []
    for hold in facts.holds:
        if hold.until is None or hold.until >= today:
            until = f"until {hold.until.isoformat()}" if hold.until else "until it is released"
            article = "an" if hold.kind[0] in "aeiou" else "a"
            reasons.append(f"{article} {hold.kind} hold {until}")
    if facts.kept_until is not None and facts.kept_until > today:
        reasons.append(f"a review keeps it until {facts.kept_until.isoformat()}")
    return tuple(reasons)


def fate_of(facts: FamilyFacts, schedule: Schedule) -> Fate:
    """What would go and what would stay if the family's file were disposed of."""
    kept = {cls: n for cls, n in facts.indefinite.items() if n and cls in schedule.indefinite}
    concerned = tuple(child.reference for child in facts.children if child.safeguarding_file)
    if any(cls in schedule.point_at_everybody for cls in kept):
        stubs = tuple(child.reference for child in facts.children) + facts.adults
    elif concerned or RecordClass.SAFEGUARDING_FILE in kept:
        stubs = concerned + facts.adults
    else:
        stubs = ()
    keeps_family = bool(kept or stubs)
    people = len(facts.children) + len(facts.adults)
    goes = dict(facts.disposable) | {
        RecordClass.IDENTITY: people - len(stubs) + (not keeps_family),
        RecordClass.OWN_REFERRER: facts.own_referrers,
    }
    stays = kept | dict(facts.with_safeguarding) | {RecordClass.IDENTITY: len(stubs) + keeps_family}
    return Fate(
        keeps_attendance=concerned,
        keeps_identity=stubs,
        keeps_family=keeps_family,
        goes={cls: n for cls, n in goes.items() if n},
        stays={cls: n for cls, n in stays.items() if n},
    )


def quiet_since(schedule: Schedule, today: date) -> date | None:
    """A day after which nothing was used of any family that waits on ``today`` or is still required, though it is over.

    None where there is no such day: no rule is in force, and every file waits for a person.
    """
    if schedule.years is None or schedule.dormant_years is None:
        return None
    return last_start(today, min(schedule.years, schedule.dormant_years))


def disposable_from(approved_on: date, schedule: Schedule) -> date:
    """The first day on which an approved disposal may be carried out: after the cooling-off days."""
    return approved_on + timedelta(days=schedule.cooling_off_days)


def facts_hash(facts: Facts) -> str:
    """SHA-256 of the facts, so that a changed file goes back to review instead of being disposed of.

    Without its own referrers: which they are may change because another family goes, and that changes nothing here.
    """
    own = {name: value for name, value in asdict(facts).items() if name != "own_referrers"}
    text = json.dumps(own, sort_keys=True, default=_plain, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    return asdict(value) if isinstance(value, Value) else str(value)


def _last_use(facts: FamilyFacts) -> date | None:
    """The last real use: a session, a referral received, a disclosure made. Never an edit or an import."""
    uses = (facts.last_session, facts.last_referral, facts.last_disclosure)
    return max((use for use in uses if use is not None), default=None)


def _clock_start(facts: FamilyFacts, schedule: Schedule, used_on: date | None) -> tuple[date | None, str]:
    """The day that the schedule counts from, and what happened on it; a later use always starts the clock anew."""
    ends = [episode.closed_on for episode in facts.episodes if episode.closed_on is not None]
    if facts.disposed_on is not None:  # what came to a stub later is newer than its disposal
        ends.append(facts.disposed_on)
    if used_on is not None and schedule.clock is Clock.LAST_USE:
        return max(used_on, facts.disposed_on or used_on), "it was last used"
    if used_on is not None and (not ends or used_on > max(ends)):
        return used_on, "it was last used"
    return max(ends, default=None), "its last episode was closed"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
