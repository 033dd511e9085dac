"""Producing a report for proceedings (policy 4.1): permitted records only, registered before it has its name."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from lcs_cli.policy.disclosure import Column
from lcs_cli.policy.reports import Part, ReportRules, may_produce, may_request
from lcs_cli.records.disclosure import Disclosure, DisclosureKind
from lcs_cli.records.references import Kind, number_in, reference
from lcs_cli.records.referral import Referral, ReferralOutcome, Referrer
from lcs_cli.records.report import Report, ReportClass, ReportDecision
from lcs_cli.records.value import Value
from lcs_cli.services import lookup
from lcs_cli.services.answers import require
from lcs_cli.services.desk import Act, Desk
from lcs_cli.services.export_gate import referrals_between
from lcs_cli.services.manifests import Resource, binary_file, column, data_package, text_file
from lcs_cli.services.outbox import Outbox, check_outside, not_handed_over
from lcs_cli.services.reports import file_of, rules_of
from lcs_cli.services.stamp import stamp
from lcs_cli.vault import attendance_lines, audit, disclosures, reports
from lcs_cli.vault.attendance_lines import ExportScope
from lcs_cli.vault.counters import change_number
from lcs_cli.vault.disclosures import FamilyShare

SCHEMA = "lcs.proceedings-report/1"
_MEDIA = {"report.txt": "text/plain", "report.json": "application/json"}
FieldValue = str | bool | None


class ReportPart(Value):
    """One class of records of a report: its heading, its columns, and its rows in the order of the columns."""

    heading: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[FieldValue, ...], ...]


class ReportDocument(Value, kw_only=True):
    """The whole of what is told: under which request and agreement, by which rule, and the permitted records.

    ``holds`` is the rule of what a report may hold; ``after_entry`` is the head of the audit trail before this report's
    own entry, which holds the files' hashes.
    """

    reference: str
    made_on: date
    family: str
    agency: str
    agency_kind: str
    request: str
    received_on: date
    law: str
    proceedings: str
    agreed_by: str
    agreed_on: date
    policy_version: int
    clause: str
    rule: str
    rules_hash: str
    after_entry: str
    holds: str
    parts: Mapping[ReportClass, ReportPart]


AsText = Callable[[ReportDocument], str]
AsPdf = Callable[[ReportDocument], bytes]


class Produced(Value):
    """What left, in which folder."""

    document: ReportDocument
    folder: Path | None


def produce(desk: Desk, typed: str, into: Path, as_text: AsText, as_pdf: AsPdf | None = None) -> Produced:
    """Write a report that was asked for and agreed to into a new folder: as text, as JSON, and with a manifest.

    ``as_text`` lays the document out for people, and ``as_pdf`` for paper, where that is wanted.
    """
    check_outside(desk.vault.folder, into)
    with Outbox(into) as outbox:
        with desk.acting("report.produce", (Kind.REPORT, typed)) as act:
            report = lookup.report(desk.db, typed)
            agency = lookup.referrer(desk.db, reference(Kind.REFERRER, report.agency))
            act.note(reference(Kind.REPORT, report.number), reference(Kind.FAMILY, report.family))
            act.note(reference(Kind.REFERRER, agency.number))
            document = _carry_out(act, report, agency, outbox, as_text, as_pdf)
        return Produced(document, _hand_over(desk, document, outbox))


def _hand_over(desk: Desk, document: ReportDocument, outbox: Outbox) -> Path | None:
    """Give the folder its name while nobody else can write: not where the request has ended since it was registered.

    Until then the report is still to be produced, whatever stands on the register.
    """
    with desk.db.transaction():
        report = lookup.report(desk.db, document.request)
        if not may_produce(report, rules_of(desk), desk.today).allowed:
            because = f"{document.request} was withdrawn, or its agreement ended, meanwhile"
            raise not_handed_over(document.reference, because, f"lcs report show {document.request}")
        folder = outbox.release(document.reference, f"lcs report produce {document.request} --into FOLDER")
        disclosures.release(desk.db, number_in(Kind.DISCLOSURE, document.reference))
        reports.produced(desk.db, report.number)
    return folder


def _carry_out(
    act: Act, report: Report, agency: Referrer, outbox: Outbox, as_text: AsText, as_pdf: AsPdf | None
) -> ReportDocument:
    """Register the report and write its files out of sight, in the open transaction; nothing has its name yet."""
    desk, rules = act.desk, rules_of(act.desk)
    require(may_request(reference(Kind.FAMILY, report.family), agency, rules))
    answer = may_produce(report, rules, desk.today)
    require(answer)
    if report.agreement is None:
        raise LookupError(report.number)
    own = referrals_between(desk, agency.number, report.family)
    by_outcome = {outcome: [one for one in own if one.outcome is outcome] for outcome in ReferralOutcome}
    referral = (by_outcome[ReferralOutcome.ACCEPTED] or by_outcome[ReferralOutcome.ENDED])[-1:]
    entry = Disclosure(
        number=disclosures.next_disclosure(desk.db),
        kind=DisclosureKind.REPORT,
        **stamp(desk),
        ground=answer.rule,
        rule=answer.rule,
        clause=answer.clause,
        recipient=agency.kind.value,
        referrer=agency.number,
        purpose=report.proceedings,
        fields=tuple(f"{name}.{column.name}" for name, part in rules.parts.items() for column in part.columns),
    )
    disclosures.enter(desk.db, entry, [FamilyShare(report.family, referral[0].number if referral else None)])
    reports.registered(desk.db, report.number, entry.number)
    document = _document(desk, report, report.agreement, entry, _parts(desk, report.family, referral, rules))
    _write(act, document, entry, outbox, as_text, as_pdf)
    return document


def _document(
    desk: Desk, report: Report, agreement: ReportDecision, entry: Disclosure, parts: Mapping[ReportClass, ReportPart]
) -> ReportDocument:
    file = file_of(desk, report)
    return ReportDocument(
        reference=reference(Kind.DISCLOSURE, entry.number),
        made_on=entry.made_on,
        family=reference(Kind.FAMILY, report.family),
        agency=reference(Kind.REFERRER, report.agency),
        agency_kind=entry.recipient,
        request=reference(Kind.REPORT, report.number),
        received_on=report.received_on,
        law=file.law,
        proceedings=file.proceedings,
        agreed_by=agreement.decided_by,
        agreed_on=agreement.decided_on,
        policy_version=entry.policy_version,
        clause=entry.clause,
        rule=entry.rule,
        rules_hash=entry.rules_hash,
        after_entry=str(audit.head(desk.db)),
        holds=rules_of(desk).contents["text"],
        parts=parts,
    )


def _parts(desk: Desk, family: int, referral: Sequence[Referral], rules: ReportRules) -> dict[ReportClass, ReportPart]:
    """The permitted records of a family; a case reference is the agency's own, where it referred the family."""
    scope = ExportScope(
        family=family,
        case_reference=referral[0].case_reference if referral else None,
        from_on=None,
        to_on=None,
        after_change=0,
        up_to_change=change_number(desk.db),
    )
    lines: dict[ReportClass, Iterable[object]] = {
        ReportClass.EPISODES: reports.episode_lines(desk.db, family),
        ReportClass.SESSIONS: reports.session_lines(desk.db, family),
        ReportClass.ATTENDANCE: attendance_lines.lines(desk.db, scope),
    }
    return {name: _part(part, lines[name]) for name, part in rules.parts.items()}


def _part(part: Part, lines: Iterable[object]) -> ReportPart:
    rows = tuple(tuple(getattr(line, column.name) for column in part.columns) for line in lines)
    return ReportPart(part.heading, part.columns, rows)


def _write(
    act: Act, document: ReportDocument, entry: Disclosure, outbox: Outbox, as_text: AsText, as_pdf: AsPdf | None
) -> None:
    """Write the files, note their hashes on the trail, and put the head of that entry on the manifest."""
    content = {
        "report.txt": as_text(document).encode(),
        "report.json": (json.dumps(as_json(document), ensure_ascii=False, indent=2) + "\n").encode(),
    }
    files = [text_file(name, _MEDIA[name], written) for name, written in content.items()]
    if as_pdf is not None:
        content["report.pdf"] = as_pdf(document)
        files.append(binary_file("report.pdf", "application/pdf", content["report.pdf"]))
    rows = {name.value: len(part.rows) for name, part in document.parts.items()}
    act.note(document.reference, rows=rows, sha256={file.path: file.sha256 for file in files})
    act.keep(Kind.DISCLOSURE, entry.number)
    for name, written in content.items():
        outbox.add(name, written)
    outbox.add_manifest(_manifest(document, entry, files, str(act.log())))


def as_json(document: ReportDocument) -> dict[str, Any]:
    """The report for a program: what stands on its head, and the rows of each permitted class."""
    return {
        "schema": SCHEMA,
        "reference": document.reference,
        "made_on": document.made_on.isoformat(),
        **_head(document),
        **{
            name.value: [
                {column.name: value for column, value in zip(part.columns, row, strict=True)} for row in part.rows
            ]
            for name, part in document.parts.items()
        },
    }


def _head(document: ReportDocument) -> dict[str, Any]:
    """Under which request, agreement and rules it was produced."""
    return {
        "family": document.family,
        "agency": {"reference": document.agency, "kind": document.agency_kind},
        "request": {
            "reference": document.request,
            "received_on": document.received_on.isoformat(),
            "law": document.law,
            "proceedings": document.proceedings,
        },
        "agreement": {"agreed_by": document.agreed_by, "agreed_on": document.agreed_on.isoformat()},
        "clause": document.clause,
        "rule": document.rule,
        "policy_version": document.policy_version,
        "rules_hash": document.rules_hash,
        "after_entry": document.after_entry,
    }


def _manifest(
    document: ReportDocument, entry: Disclosure, files: Sequence[Resource], audit_head: str
) -> dict[str, Any]:
    """The manifest: what the files are, what the columns mean, and under which request and agreement it left."""
    about = {"id": document.reference, "purpose": entry.purpose, **_head(document), "audit_head": audit_head}
    columns = {name.value: [column(one) for one in part.columns] for name, part in document.parts.items()}
    return data_package(document.reference, entry.made_at, files, report=about, columns=columns)
