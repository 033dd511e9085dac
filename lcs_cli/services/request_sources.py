"""What a request finds beside the family's own file: documents, paper, consents, reports and room permissions."""

from collections.abc import Callable, Iterator
from functools import partial

from msgspec.structs import replace

from lcs_cli.records.consent import RecordedConsent
from lcs_cli.records.document import Document, MediaType
from lcs_cli.records.permission import Permission
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.report import Report
from lcs_cli.services.request_content import (
    Attached,
    Concerned,
    Content,
    FieldValue,
    Found,
    iso,
    others_sessions,
    structured,
)
from lcs_cli.vault import consents, contact_sessions, documents, papers, permissions, referrals, reports, requests


def _documents(one: Concerned) -> Iterator[Found]:
    """Child-protection papers that name other children alone are not the person's; all others may be."""
    for document in documents.select(one.desk.db, "WHERE family_id = ?", one.person.family):
        if one.may_be_in(document.children):
            ref = reference(Kind.DOCUMENT, document.number)
            yield Found(
                ref,
                "document",
                document.sha256[:16],
                partial(_document, one, document),
                document.added_on,
                sealed=document.is_kept,
                read_with=f"lcs document show {ref} --out FILE",
            )


def _document(one: Concerned, document: Document) -> Content:
    title, key = documents.opened(one.desk.vault, document)
    row = {"kind": document.kind.value, "type": document.media.value, "added_on": iso(document.added_on)}
    ending = "bin" if document.media is MediaType.OTHER else document.media.value
    file = Attached(
        f"{reference(Kind.DOCUMENT, document.number)}.{ending}",
        document.media,
        document.size,
        lambda: documents.content(one.desk.vault, document, key),
    )
    return Content((row,), (("Title", title),) if title else (), file)


def _papers(one: Concerned) -> Iterator[Found]:
    """Of a file on paper its kind alone is told: its description may tell of others."""
    there = "WHERE family_id = ? AND destroyed_on IS NULL"
    for paper in papers.select(one.desk.db, there, one.person.family):
        if one.may_be_in(paper.children):
            ref = reference(Kind.PAPER, paper.number)
            kind = structured(ref, "paper-file", [{"kind": paper.kind.value}], paper.registered_on)
            yield replace(kind, on_paper=True, read_with=f"lcs paper show {ref}, and look through it by hand")


def _consents(one: Concerned) -> Iterator[Found]:
    """A person's own, those that a parent gave for them, and those that they gave for a child, without its name."""
    number, db = one.person.number, one.desk.db
    rows: dict[str, list[dict[str, FieldValue]]] = {
        "consents": [],
        "consents-by-a-parent": [],
        "consents-for-a-child": [],
    }
    words = []
    for consent in consents.select(db, family=one.person.family):
        if number not in (consent.person, consent.given_by):
            continue
        row = _consent(one, consent)
        if consent.person == consent.given_by:
            rows["consents"].append(row | {"withdrawn_on": iso(consent.withdrawn_on)})
        elif consent.person == number:
            rows["consents-by-a-parent"].append(
                row | {"given_by": "a parent", "withdrawn_on": iso(consent.withdrawn_on)}
            )
        else:  # who gave it may not be who withdrew it: that is read first
            rows["consents-for-a-child"].append(row)
        words.append(_consent_words(one, consent))
    for name, found in rows.items():
        if found:
            yield structured(name, "consent", found)
    yield from words


def _consent(one: Concerned, consent: RecordedConsent) -> dict[str, FieldValue]:
    recipient = referrals.referrer(one.desk.db, consent.referrer)
    return {
        "details": ", ".join(consent.details),
        "kind_of_recipient": recipient.kind.value if recipient else None,
        "recipient": one.name_of(recipient) if one.names_openly else None,
        "purpose": consent.purpose,
        "from": iso(consent.given_from),
        "until": iso(consent.until),
        "given": consent.given_how,
    }


def _consent_words(one: Concerned, consent: RecordedConsent) -> Found:
    row = {"from": iso(consent.given_from), "withdrawn_on": iso(consent.withdrawn_on)}
    named = None if one.names_openly else one.name_of(referrals.referrer(one.desk.db, consent.referrer))
    texts = (
        ("Recipient", named),
        ("Evidence", consent.evidence),
        ("How parental responsibility is known", consent.responsibility),
        ("Withdrawn because", consent.withdrawn_reason),
    )
    name = reference(Kind.CONSENT, consent.number)
    return structured(name, "consent-words", [row], consent.given_from, _said(texts))


def _reports(one: Concerned) -> Iterator[Found]:
    """Who asked for a report on the family, and for which proceedings; but for those that might warn somebody."""
    openly, words = [], []
    for report in reports.select(one.desk.db, "WHERE family_id = ?", one.person.family):
        row = _report(one, report)
        if report.proceedings in one.rules.proceedings_told_openly:
            openly.append(row if one.names_openly else row | {"agency": None})
        texts = (
            ("What was asked", report.asked),
            ("Evidence", report.evidence),
            *((f"Why it was {'agreed' if made.agreed else 'declined'}", made.reason) for made in report.decisions),
            ("Withdrawn because", report.withdrawn_because),
        )
        name = reference(Kind.REPORT, report.number)
        words.append(structured(name, "report-words", [row], report.received_on, _said(texts)))
    if openly:
        yield structured("reports", "report", openly)
    yield from words


def _report(one: Concerned, report: Report) -> dict[str, FieldValue]:
    agency = referrals.referrer(one.desk.db, report.agency)
    return {
        "received_on": iso(report.received_on),
        "kind_of_agency": agency.kind.value if agency else None,
        "agency": one.name_of(agency),
        "proceedings": report.proceedings,
        "asked_for_by": iso(report.due_on),
        "state": report.state.value,
        "decided_on": iso(report.decisions[-1].decided_on) if report.decisions else None,
        "withdrawn_on": iso(report.withdrawn_on),
    }


def _rooms(one: Concerned) -> Iterator[Found]:
    """What was permitted and done in contact rooms, but for sessions that were other children's alone."""
    others, db = others_sessions(one), one.desk.db
    days = {
        session.number: session.held_on
        for session in contact_sessions.select(db, "WHERE family_id = ?", one.person.family)
    }
    found = [each for each in permissions.of_family(db, one.person.family) if each.session not in others]
    if found:
        yield structured("room-permissions", "room-permission", [_permission(each) for each in found])
    done = permissions.activities(db, "WHERE activity.family_id = ?", one.person.family)
    rows = [{"day": iso(days[act.session]), "kind": act.kind.value} for act in done if act.session not in others]
    if rows:
        yield structured("room-activities", "room-activity", rows)
    for each in found:
        texts = (
            ("By whom", each.done_by),
            ("What for", each.purpose),
            ("Evidence", each.evidence),
            ("Reason of the decision", each.reason),
            ("Withdrawn because", each.withdrawn_because),
        )
        name = reference(Kind.PERMISSION, each.number)
        yield structured(name, "permission-words", [_permission(each)], each.requested_on, _said(texts))


def _permission(each: Permission) -> dict[str, FieldValue]:
    return {
        "kind": each.kind.value,
        "from": iso(each.first),
        "to": iso(each.last),
        "state": each.state.value,
        "decided_on": iso(each.decided.day) if each.decided else None,
        "withdrawn_on": iso(each.withdrawn_on),
    }


def _said(texts: tuple[tuple[str, str | None], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((title, text) for title, text in texts if text)


def _requests(one: Concerned) -> Iterator[Found]:
    """Other requests for the person's records, or that the person made for a child's: who asked may trust in us."""
    db, number = one.desk.db, one.person.number
    for request in requests.select(db, "WHERE family_id = ?", one.person.family):
        if request.number == one.request or number not in (request.person, request.parent):
            continue
        row: dict[str, FieldValue] = {
            "kind": request.kind.value,
            "received_on": iso(request.received_on),
            "outcome": request.outcome,
            "ended_on": iso(request.ended_on),
        }
        texts = (
            ("Who asked", request.asker),
            ("Evidence", request.evidence),
            ("How the identity was checked", request.checked_how),
            ("Why it took longer", request.extended_because),
            *(("Pause", words) for _, *said in requests.spoken_pauses(db, request.number) for words in said),
            ("Why it ended", requests.ended_because(db, request.number)),
        )
        name = reference(Kind.REQUEST, request.number)
        yield structured(name, "request-words", [row], request.received_on, _said(texts))


SOURCES: tuple[Callable[[Concerned], Iterator[Found]], ...] = (
    _documents,
    _papers,
    _consents,
    _reports,
    _rooms,
    _requests,
)
"""Where to look, in the order in which it is given."""
