"""Reports for court proceedings (policy 4.1): whether one is asked for, agreed to and produced, and what it holds."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from lcs_cli.policy.answer import Answer, allow, refuse
from lcs_cli.policy.disclosure import Column, disclosure_rules
from lcs_cli.policy.rules import Rules, in_force
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import Referrer, ReferrerKind
from lcs_cli.records.report import Report, ReportClass, ReportState
from lcs_cli.records.user import Role, User
from lcs_cli.records.value import Value
from lcs_cli.records.words import another_role, either

_SPOKEN = {
    ReferrerKind.COURT: "a court",
    ReferrerKind.CAFCASS: "Cafcass",
    ReferrerKind.LOCAL_AUTHORITY: "a local authority",
    ReferrerKind.POLICE: "the police",
    ReferrerKind.HEALTH: "a health body",
    ReferrerKind.SOLICITOR: "a solicitor",
    ReferrerKind.FAMILY: "a family",
    ReferrerKind.SUCCESSOR: "a body that takes the service on",
}


class Standing(StrEnum):
    """Where a request stands on a day: as it is stored, or with an agreement that is no longer fresh."""

    REQUESTED = "requested"
    AGREED = "agreed"
    LAPSED = "lapsed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    PRODUCED = "produced"


class Proceedings(Value):
    """One type of proceedings: its id, private or public law, and the order it is about with its statute."""

    id: str
    law: str
    text: str


class Part(Value):
    """One permitted class of records, with its heading and the columns that a report shows of it."""

    heading: str
    columns: tuple[Column, ...]


class ReportRules(Value):
    """The rule file as values, on one day. ``days`` is None where no period is in force: then no agreement holds."""

    request: Mapping[str, Any]
    agreement: Mapping[str, Any]
    both_sides: Mapping[str, Any]
    contents: Mapping[str, Any]
    agencies: tuple[ReferrerKind, ...]
    agrees: frozenset[Role]
    days: int | None
    parts: Mapping[ReportClass, Part]
    proceedings: Mapping[str, Proceedings]


def report_rules(rules: Rules, today: date) -> ReportRules:
    """The rules of reports, from their file."""
    data = rules.file("reports.toml")
    whitelist = disclosure_rules(rules).columns
    return ReportRules(
        request=data["request"],
        agreement=data["agreement"],
        both_sides=data["both_sides"],
        contents=data["contents"],
        agencies=tuple(map(ReferrerKind, data["request"]["agencies"])),
        agrees=frozenset(map(Role, data["agreement"]["agrees"])),
        days=in_force(data["agreement"]["days"], today),
        parts={
            ReportClass(record["class"]): Part(
                record["text"],
                whitelist
                if record["class"] == ReportClass.ATTENDANCE
                else tuple(Column(c["name"], c["type"], c["text"]) for c in record["column"]),
            )
            for record in data["contents"]["record"]
        },
        proceedings={one["id"]: Proceedings(one["id"], one["law"], one["text"]) for one in data["proceedings"]},
    )


def may_request(family: str, agency: Referrer, rules: ReportRules) -> Answer:
    """Whether this body may ask for a report: an authorised agency, and nobody on anybody's behalf."""
    if agency.kind in rules.agencies:
        return allow(rules.request)
    ref = reference(Kind.REFERRER, agency.number)
    letter = ": a solicitor's letter alone is not enough" if agency.kind is ReferrerKind.SOLICITOR else ""
    return refuse(
        rules.request,
        f"{ref} is {_SPOKEN[agency.kind]}, and no agency that may ask for a report{letter}",
        f"when {either(_SPOKEN[kind] for kind in rules.agencies) or 'an agency that the rules name'} asks for it: "
        f"lcs report request {family} --agency REF-…",
    )


def may_decide(report: Report, user: User, rules: ReportRules) -> Answer:
    """Whether this person may agree to a request or decline it: management, and not who recorded it."""
    ref = reference(Kind.REPORT, report.number)
    others = either(map(another_role, sorted(rules.agrees))) or "nobody: by these rules none is agreed to"
    if not rules.agrees & user.roles:
        return refuse(rules.agreement, f"{user.reference} is not who agrees to reports", f"ask {others}")
    if report.requested_by == user.reference:
        return refuse(
            rules.both_sides,
            f"{ref} was recorded by {user.reference}, and nobody is on both sides of one decision",
            f"ask {others} to decide; to admit one: lcs vault user add",
        )
    return allow(rules.agreement)


def may_produce(report: Report, rules: ReportRules, today: date) -> Answer:
    """Whether the report may be produced: agreed to, and the agreement still fresh."""
    ref, family = reference(Kind.REPORT, report.number), reference(Kind.FAMILY, report.family)
    anew = f"if an agency asks for one now, record that: lcs report request {family}"
    decide = f"a manager who did not record it decides: lcs report decide {ref}"
    ended = _ended(report, rules)
    now = standing(report, rules, today)
    if now in (Standing.AGREED, Standing.PRODUCED) and _holds(report, rules, today):
        return allow(rules.agreement)
    refused = {
        Standing.REQUESTED: (rules.agreement, f"management has not agreed to {ref} yet", decide),
        Standing.DECLINED: (rules.agreement, f"management declined {ref}", anew),
        Standing.WITHDRAWN: (rules.request, f"{ref} was withdrawn on {report.withdrawn_on}", anew),
        Standing.LAPSED: (rules.agreement, f"management's agreement to {ref} {ended}", decide),
        Standing.PRODUCED: (rules.agreement, f"{ref} was produced, and its agreement {ended}", anew),
    }
    return refuse(*refused[now])


def standing(report: Report, rules: ReportRules, today: date) -> Standing:
    """Where a request stands on ``today``."""
    if report.state is ReportState.AGREED:
        return Standing.AGREED if _holds(report, rules, today) else Standing.LAPSED
    return Standing(report.state.value)


def fresh_until(report: Report, rules: ReportRules) -> date | None:
    """The last day of the agreement; None where there is none, it was about another body, or no period is in force."""
    if report.agreement is None or report.agreement.overtaken or rules.days is None:
        return None
    return report.agreement.decided_on + timedelta(days=rules.days)


def waits_for_decision(report: Report, rules: ReportRules, today: date) -> bool:
    """Whether management is to decide, for the first time or anew."""
    return standing(report, rules, today) in (Standing.REQUESTED, Standing.LAPSED)


def _holds(report: Report, rules: ReportRules, today: date) -> bool:
    until = fresh_until(report, rules)
    return until is not None and today <= until


def _ended(report: Report, rules: ReportRules) -> str:
    """Why an agreement does not hold any more."""
    if report.agreement is not None and report.agreement.overtaken:
        agency = reference(Kind.REFERRER, report.agency)
        return f"ended when {agency} was corrected: it was about the body that stood there before"
    until = fresh_until(report, rules)
    return f"ended on {until.isoformat()}" if until else "holds on no day: the rules give it none"
