"""Reports for court proceedings (policy 4.1): an agency asks, a manager who did not record that agrees or declines."""

from collections.abc import Iterator
from datetime import date

from lcs_cli.errors import UsageError
from lcs_cli.policy.reports import (
    ReportRules,
    Standing,
    fresh_until,
    may_decide,
    may_request,
    report_rules,
    standing,
    waits_for_decision,
)
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import Referrer
from lcs_cli.records.report import Report, ReportDecision, ReportState
from lcs_cli.records.value import Value
from lcs_cli.services import checks, lookup
from lcs_cli.services.answers import require
from lcs_cli.services.desk import Desk
from lcs_cli.vault import reports
from lcs_cli.vault.connection import Database


class ReportDraft(Value):
    """What an agency asks for, as entered. ``agency`` is its reference in the register of referrers."""

    agency: str
    proceedings: str
    received_on: date
    asked: str
    evidence: str
    due_on: date | None = None


class ReportFile(Value):
    """A request as it stands on the day, with its type of proceedings and the last day of its agreement."""

    report: Report
    standing: Standing
    law: str
    proceedings: str
    agreed_until: date | None


class ReportCounts(Value):
    """How many open requests wait for a decision, for being produced, and are past the day they were asked for by."""

    to_decide: int
    to_produce: int
    past_their_day: int
    clause: str


def request(desk: Desk, family: str, draft: ReportDraft) -> Report:
    """Record that an authorised agency asks for a report on a family; a manager then decides."""
    with desk.acting("report.request", (Kind.FAMILY, family), (Kind.REFERRER, draft.agency)) as act:
        rules = rules_of(desk)
        number = lookup.family(desk.db, family).number
        ref = reference(Kind.FAMILY, number)
        agency = authorised(desk, desk.db, draft.agency, family)
        report = Report(
            number=0,
            family=number,
            agency=agency.number,
            proceedings=known_proceedings(rules, draft.proceedings),
            received_on=checks.past("received on", draft.received_on, desk.today),
            asked=checks.line("what is asked", draft.asked),
            evidence=checks.line("evidence", draft.evidence),
            due_on=_due(draft),
            requested_on=desk.today,
            requested_by=desk.user.reference,
        )
        other = reports.open_for(desk.db, number, agency.number, report.proceedings)
        if other is not None:
            theirs = reference(Kind.REPORT, other.number)
            raise UsageError(
                f"{theirs} is the same request, and is still open", f"look at it: lcs report show {theirs}"
            )
        added = reference(Kind.REPORT, reports.add(desk.db, report))
        act.note(added, ref, reference(Kind.REFERRER, agency.number))
        return lookup.report(desk.db, added)


def decide(desk: Desk, typed: str, reason: str, *, agreed: bool) -> Report:
    """Agree to a request, or decline it and so end it; an agreement that has lapsed is decided on anew."""
    with desk.acting("report.decide", (Kind.REPORT, typed)) as act:
        report = decidable(desk, desk.db, typed)
        ref = reference(Kind.REPORT, report.number)
        act.note(ref, reference(Kind.FAMILY, report.family), outcome="agreed" if agreed else "declined")
        decision = ReportDecision(agreed, checks.line("reason", reason), desk.today, desk.user.reference)
        reports.decide(desk.db, report, decision, *desk.decided_by())
        return lookup.report(desk.db, ref)


def withdraw(desk: Desk, typed: str, reason: str) -> Report:
    """End a request that is not wanted any more; what was produced under it stays on the register."""
    with desk.acting("report.withdraw", (Kind.REPORT, typed)) as act:
        report = not_ended(desk.db, typed)
        ref = reference(Kind.REPORT, report.number)
        act.note(ref, reference(Kind.FAMILY, report.family))
        reports.withdraw(desk.db, report.number, desk.today, desk.user.reference, checks.line("reason", reason))
        return lookup.report(desk.db, ref)


def listing(desk: Desk, family: str | None, *, only_open: bool = False) -> Iterator[ReportFile]:
    """The requests of one family or of all; the open ones are neither declined, withdrawn nor produced."""
    with desk.acting("report.list", (Kind.FAMILY, family)) as act:
        where, values = ["1"], list[int]()
        if family is not None:
            number = lookup.family(desk.db, family).number
            act.note(reference(Kind.FAMILY, number))
            where, values = ["family_id = ?"], [number]
        if only_open:
            where.append(reports.OPEN)
    return (file_of(desk, one) for one in reports.each(desk.db, " AND ".join(where), *values))


def show(desk: Desk, typed: str) -> ReportFile:
    """One request with what was asked and decided; the reading is logged first."""
    with desk.acting("report.show", (Kind.REPORT, typed)) as act:
        report = lookup.report(desk.db, typed)
        act.note(reference(Kind.REPORT, report.number), reference(Kind.FAMILY, report.family))
        return file_of(desk, report)


def counts(desk: Desk) -> ReportCounts:
    """What waits for a person, within another use case."""
    rules = rules_of(desk)
    found = reports.select(desk.db, f"WHERE {reports.OPEN}")
    return ReportCounts(
        to_decide=sum(waits_for_decision(one, rules, desk.today) for one in found),
        to_produce=sum(standing(one, rules, desk.today) is Standing.AGREED for one in found),
        past_their_day=sum(one.due_on is not None and one.due_on < desk.today for one in found),
        clause=rules.agreement["clause"],
    )


def authorised(desk: Desk, db: Database, typed: str, family: str) -> Referrer:
    """The agency of a typed reference; RefusedError where that body may not ask for a report."""
    agency = lookup.referrer(db, typed)
    require(may_request(reference(Kind.FAMILY, lookup.family(db, family).number), agency, rules_of(desk)))
    return agency


def agreed_until(desk: Desk, report: Report) -> date | None:
    """The last day on which a report may be produced under the agreement there is."""
    return fresh_until(report, rules_of(desk))


def known_proceedings(rules: ReportRules, typed: str) -> str:
    """A type of proceedings of the rule file; UsageError names them all."""
    if typed not in rules.proceedings:
        known = ", ".join(rules.proceedings)
        raise UsageError("proceedings: is none of the types in the rules", f"give one of: {known}")
    return typed


def decidable(desk: Desk, db: Database, typed: str) -> Report:
    """The request of a typed reference, if it waits for a decision that this person may make.

    UsageError says why it does not wait, RefusedError who may decide.
    """
    report = not_ended(db, typed)
    rules = rules_of(desk)
    if not waits_for_decision(report, rules, desk.today):
        ref = reference(Kind.REPORT, report.number)
        raise UsageError(f"{ref} is {standing(report, rules, desk.today)} already", f"lcs report show {ref}")
    require(may_decide(report, desk.user, rules))
    return report


def not_ended(db: Database, typed: str) -> Report:
    """The request of a typed reference, if it was neither declined nor withdrawn."""
    report = lookup.report(db, typed)
    if report.state in (ReportState.DECLINED, ReportState.WITHDRAWN):
        ref = reference(Kind.REPORT, report.number)
        family = reference(Kind.FAMILY, report.family)
        raise UsageError(f"{ref} was {report.state}", f"if it is asked for again: lcs report request {family}")
    return report


def rules_of(desk: Desk) -> ReportRules:
    """The rules of reports in force."""
    return report_rules(desk.rules, desk.today)


def file_of(desk: Desk, report: Report) -> ReportFile:
    """A request as it stands today, within another use case."""
    rules = rules_of(desk)
    about = rules.proceedings.get(report.proceedings)
    return ReportFile(
        report=report,
        standing=standing(report, rules, desk.today),
        law=about.law if about else "",
        proceedings=about.text if about else report.proceedings,
        agreed_until=fresh_until(report, rules),
    )


def _due(draft: ReportDraft) -> date | None:
    if draft.due_on is not None and checks.plausible("due on", draft.due_on) < draft.received_on:
        raise UsageError("due on: is before the day it was received", "give a later day, or leave it away")
    return draft.due_on
