"""Vetting (policy 4.4): who is vetted on a day, and whether those who are named may supervise a session.

Pure: checks, rules and a day in; the answer with its rule, its reason and its remedy out.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from msgspec.structs import replace

from lcs_cli.policy.rules import Rules, in_force
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.staff import Certificate, Check, CheckDecision, CheckLevel, StaffMember, StatusCheck, UpdateStatus
from lcs_cli.records.value import Value
from lcs_cli.records.years import anniversary

WARN, BLOCK = "warn", "block"
"""What an overdue renewal does to unsupervised duty."""


class Standing(StrEnum):
    """What somebody is on one day; also of a session, what those who are named make of it."""

    VETTED = "vetted"
    OVERDUE = "overdue"
    NOT_VETTED = "not-vetted"
    AWAY = "not-working-here"
    NOBODY = "nobody-named"
    GONE = "disposed-of"


class Vetting(Value):
    """The answer for one person. ``due_on`` is the last day before the check is overdue, where one is to be renewed.

    ``about`` is a phrase by which the clause's own sentence is found in the published policy.
    """

    standing: Standing
    permitted: bool
    rule: str
    clause: str
    about: str
    reason: str = ""
    remedy: str = ""
    due_on: date | None = None


class Named(Value):
    """Somebody who is named to supervise, with all their checks in the order in which they were recorded."""

    member: StaffMember
    checks: Sequence[Check]


class VettingRules(Value):
    """The rule file as values."""

    check: Mapping[str, Any]
    confirmation: Mapping[str, Any]
    renewal: Mapping[str, Any]
    supervised: Mapping[str, Any]
    named: Mapping[str, Any]
    content: Mapping[str, Any]

    def notice_days(self, day: date) -> int:
        """How many days before it a renewal is listed."""
        return int(in_force(self.renewal["notice_days"], day) or 0)

    def days_ahead(self, day: date) -> int:
        """For how many days to come sessions without a vetted supervisor are listed."""
        return int(in_force(self.named["days_ahead"], day) or 0)


class _Held(Value):
    """The certificate that decides, since when its renewal counts, and whether its status has changed since."""

    certificate: Certificate
    since: date
    changed: bool = False


def vetting_rules(rules: Rules) -> VettingRules:
    """The rules of vetting, from their file."""
    data = rules.file("vetting.toml")
    return VettingRules(
        check=data["enhanced_check"],
        confirmation=data["confirmation"],
        renewal=data["renewal"],
        supervised=data["supervised_duty"],
        named=data["named_supervisor"],
        content=data["certificate_content"],
    )


def vetting(person: str, checks: Sequence[Check], rules: VettingRules, day: date) -> Vetting:
    """Whether ``person`` (a staff reference) is vetted on ``day``, by what was decided or seen up to that day."""
    held, remedy = _held(checks, day), f"lcs staff dbs {person}"
    lack = _lack(held, rules)
    if held is None or lack:
        rule = rules.check
        return Vetting(Standing.NOT_VETTED, False, rule["id"], rule["clause"], rule["about"], lack, remedy)
    decider = awaited(held.certificate)
    if decider:
        rule, said = rules.confirmation, "has a DBS check that is not confirmed yet"
        remedy = f"{decider} confirms it: lcs staff confirm {person}"
        return Vetting(Standing.NOT_VETTED, False, rule["id"], rule["clause"], rule["about"], said, remedy)
    years = in_force(rules.renewal["years"], day)
    due_on = anniversary(held.since, years) if years is not None else None
    if due_on is not None and due_on < day:
        rule = rules.renewal
        return Vetting(
            Standing.OVERDUE,
            in_force(rule["overdue"], day) != BLOCK,
            *(rule["id"], rule["clause"], rule["about"]),
            f"has a DBS check that was to be renewed by {due_on.isoformat()}",
            remedy,
            due_on,
        )
    rule = rules.check
    return Vetting(Standing.VETTED, True, rule["id"], rule["clause"], rule["about"], due_on=due_on)


def certificate_in_force(checks: Sequence[Check], day: date) -> Certificate | None:
    """The cleared certificate of which the Update Service can speak: none after its status has changed."""
    held = _held(checks, day)
    if held is None or held.changed or held.certificate.decision is not CheckDecision.CLEARED:
        return None
    return None if awaited(held.certificate) else held.certificate


def awaited(check: Check) -> str | None:
    """Who is to confirm a clearance: whoever is named as having decided on it by somebody else, and has not said so."""
    if not isinstance(check, Certificate) or check.decision is not CheckDecision.CLEARED:
        return None
    return None if check.confirmed_on or check.decided_by == check.recorded_by else check.decided_by


def to_confirm(checks: Sequence[Check]) -> dict[int, str]:
    """Who is to confirm which entries, by their numbers from 1; a later entry on the same certificate replaces one."""
    last = {check.number: place for place, check in enumerate(checks, start=1) if isinstance(check, Certificate)}
    awaiting = {place: awaited(checks[place - 1]) for place in last.values()}
    return {place: decider for place, decider in sorted(awaiting.items()) if decider}


def is_due(answer: Vetting, within_days: int, day: date) -> bool:
    """Whether somebody has to see to a check within so many days of ``day``."""
    soon = answer.due_on is not None and answer.due_on <= day + timedelta(days=within_days)
    return answer.standing is not Standing.VETTED or soon


def duty(session: str, named: Sequence[Named], rules: VettingRules, day: date) -> Vetting:
    """Whether ``session`` (a reference) on ``day`` is supervised by somebody who may: the best of those who are named.

    Permitted with a reason is a warning.
    """
    if not named:
        rule, remedy = rules.named, f"lcs session supervise {session} --supervisor STAFF"
        said = f"nobody is named to supervise {session}"
        return Vetting(Standing.NOBODY, False, rule["id"], rule["clause"], rule["about"], said, remedy)
    answers = [_on_duty(one, rules, day) for one in named]
    pairs = zip(named, answers, strict=True)
    best = min(answers, key=lambda answer: (not answer.permitted, list(Standing).index(answer.standing)))
    who = [f"{reference(Kind.STAFF, one.member.number)} {answer.reason}" for one, answer in pairs]
    if best.permitted:
        said = who[answers.index(best)] if best.reason else ""
        return Vetting(best.standing, True, best.rule, best.clause, best.about, said, best.remedy, best.due_on)
    if len(named) == 1:
        said = f"{who[0]}, so may not supervise alone"
        remedy = f"{best.remedy}   or name a vetted colleague: --with STAFF"
        return Vetting(best.standing, False, best.rule, best.clause, best.about, said, remedy)
    rule, said = rules.supervised, f"supervised duty without a named, vetted supervisor: {'; '.join(who)}"
    remedy = "name somebody who is vetted, or record a check: lcs staff dbs STAFF"
    return Vetting(best.standing, False, rule["id"], rule["clause"], rule["about"], said, remedy)


def gone(rules: VettingRules) -> Vetting:
    """Of a session of long ago, whose supervisor's entry on the register was disposed of: nothing is to be done."""
    rule = rules.named
    return Vetting(Standing.GONE, True, rule["id"], rule["clause"], rule["about"], "", "")


def _on_duty(one: Named, rules: VettingRules, day: date) -> Vetting:
    """Whoever does not work here on that day supervises nobody, however well they are vetted."""
    member = one.member
    if member.works_on(day):
        return vetting(reference(Kind.STAFF, member.number), one.checks, rules, day)
    rule = rules.named
    left = f"left on {member.left_on.isoformat()}" if member.left_on and member.has_left(day) else ""
    reason = left or f"joins on {member.joined_on.isoformat()}"
    remedy = "name somebody else: --supervisor STAFF"
    return Vetting(Standing.AWAY, False, rule["id"], rule["clause"], rule["about"], reason, remedy)


def changed_numbers(checks: Sequence[Check]) -> frozenset[str]:
    """The certificates of which “changed” was ever said: none of them vets anybody again."""
    return frozenset(one.number for one in _statuses(checks) if one.status is UpdateStatus.CHANGED)


def first_issued_on(number: str, checks: Sequence[Check]) -> date | None:
    """The one day on which the certificate of a number counts as issued: the earliest that was ever recorded of it.

    So a slip is put right by an earlier day, and nothing makes a certificate younger.
    """
    days = [one.issued_on for one in checks if isinstance(one, Certificate) and one.number == number]
    return min(days, default=None)


def _held(checks: Sequence[Check], day: date) -> _Held | None:
    """The certificate that decides on a day; once “changed” was said of any, only one issued after that day does."""
    known = [check for check in checks if _effective_on(check) <= day]
    certificate = _decisive(known)
    if certificate is None:
        return None
    issued_on = first_issued_on(certificate.number, known) or certificate.issued_on
    said = _statuses(known)
    current = [one for one in said if one.number == certificate.number and one.status is UpdateStatus.CURRENT]
    changed = [one.checked_on for one in said if one.status is UpdateStatus.CHANGED]
    return _Held(
        replace(certificate, issued_on=issued_on),
        max([issued_on, *(one.checked_on for one in current)]),
        any(issued_on <= one for one in changed),
    )


def _decisive(checks: Sequence[Check]) -> Certificate | None:
    """The latest decision by its day, of the same day the last entry.

    Pending takes back the decision on that certificate; on another, what was decided stays as it is. So does a
    clearance that is not confirmed yet.
    """
    held: Certificate | None = None
    latest: date | None = None
    for check in checks:
        if not isinstance(check, Certificate):
            continue
        if check.decided_on is not None and not awaited(check):
            if latest is None or check.decided_on >= latest:
                held, latest = check, check.decided_on
        elif held is None or latest is None or held.number == check.number:
            held = check
    return held


def _statuses(checks: Sequence[Check]) -> list[StatusCheck]:
    return [check for check in checks if isinstance(check, StatusCheck)]


def _effective_on(check: Check) -> date:
    """From which day on an entry counts: what was decided or seen later made nobody vetted before."""
    if isinstance(check, StatusCheck):
        return check.checked_on
    return check.decided_on or check.issued_on


def _lack(held: _Held | None, rules: VettingRules) -> str:
    """What is missing to be vetted; nothing where nothing is."""
    if held is None:
        return "has no enhanced DBS check on record"
    certificate = held.certificate
    if certificate.decision is CheckDecision.PENDING:
        return "has a DBS check on which nobody has decided yet"
    if certificate.decision is CheckDecision.NOT_CLEARED:
        return "was not cleared"
    if certificate.level not in {CheckLevel(level) for level in rules.check["levels"]}:
        return f"has a {certificate.level} DBS check, not an enhanced one"
    if rules.check["barred_list"] and not certificate.barred_list:
        return "has no check of the children's barred list on record"
    if held.changed:
        return "has a certificate whose status has changed, and no decision on one issued since"
    return ""
