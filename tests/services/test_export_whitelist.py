"""The whitelist (policy 4.2): dates and times leave, and no other word of the vault, in any format, by any way."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from lcs_cli.policy.disclosure import disclosure_rules
from lcs_cli.policy.rules import packaged
from lcs_cli.records.document import DocumentKind
from lcs_cli.records.export_format import Format
from lcs_cli.records.family import ContactField, PersonKind
from lcs_cli.records.permission import PermissionKind
from lcs_cli.records.policy import ReviewOfPolicy
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.records.request import PauseReason, RequestKind
from lcs_cli.records.retention import HoldKind
from lcs_cli.records.safeguarding import FlagCategory
from lcs_cli.services import (
    accidents,
    attendance,
    consents,
    contact_sessions,
    disclosures,
    exports,
    families,
    flags,
    papers,
    people,
    permissions,
    policies,
    publishing,
    referrals,
    reports,
    request_decisions,
    requests,
    retention,
    staff,
)
from lcs_cli.services.accounts import Account
from lcs_cli.services.consents import ConsentDraft
from lcs_cli.services.desk import Desk
from lcs_cli.services.export_plan import ExportOrder
from lcs_cli.services.exports import Export
from lcs_cli.services.families import FamilyDraft
from lcs_cli.services.papers import PaperDraft
from lcs_cli.services.people import PersonDraft
from lcs_cli.services.permissions import PermissionDraft
from lcs_cli.services.publishing import PolicyDraft
from lcs_cli.services.reports import ReportDraft
from lcs_cli.services.requests import RequestDraft
from lcs_cli.services.telling import Ask
from tests.conftest import TODAY
from tests.services import stories
from tests.services.stories import CAME, STAYED_AWAY

WHITELIST = [
    "family_reference",
    "case_reference",
    "session_date",
    "booked_start",
    "booked_end",
    "arrived",
    "left",
    "attended",
]
PLANTED = {
    ("family", "name"): "Pfamily",
    ("person", "given_name"): "Pgiven",
    ("person", "family_name"): "Psurname",
    ("person", "date_of_birth"): "2013-07-23",
    ("person", "relationship"): "Paunt",
    ("former_identity", "given_name"): "Pgiven",
    ("former_identity", "family_name"): "Pmaiden",
    ("former_identity", "date_of_birth"): "2013-07-23",
    ("former_identity", "relationship"): "Paunt",
    ("referrer", "name"): "Pcouncil",
    ("contact_session", "room"): "Proom",
    ("contact_session", "note"): "Pnote",
    ("contact_session", "cancel_reason"): "Pcancelled",
    ("consent", "evidence"): "Pevidence",
    ("consent", "responsibility"): "Presponsible",
    ("consent", "withdrawn_reason"): "Pwithdrawn",
    ("legal_hold", "reason"): "Phold",
    ("review", "reason"): "Preview",
    ("policy_version", "approved_by"): "Papproved",
    ("policy_review", "note"): "Plooked",
    ("staff_member", "name"): "Pstaff",
    ("staff_member", "left_reason"): "Pleft",
    ("vetting_check", "certificate"): "001234567890",
    ("supervision", "reason"): "Psupervise",
    ("paper", "description"): "Pfolder",
    ("paper_position", "place"): "Pcabinet",
    ("paper_position", "holder"): "Pusher",
    ("paper_position", "reason"): "Pmoved",
    ("access_request", "asker"): "Pasker",
    ("access_request", "evidence"): "Pevidence",
    ("access_request", "checked_how"): "Phow",
    ("access_request", "extended_because"): "Pextended",
    ("access_request", "ended_because"): "Pended",
    ("request_pause", "because"): "Ppaused",
    ("request_pause", "resumed_because"): "Presumed",
    ("report", "asked"): "Pasked",
    ("report", "evidence"): "Porder",
    ("report", "withdrawn_because"): "Psettled",
    ("report_decision", "reason"): "Pagreed",
    ("permission", "done_by"): "Pvisitor",
    ("permission", "purpose"): "Ppurpose",
    ("permission", "evidence"): "Pletter",
    ("permission", "reason"): "Pgranted",
    ("permission", "withdrawn_because"): "Pobjected",
    ("superseded", "reason"): "Preason",
    ("superseded", "content"): "Pformer",
}
WORDS = {"what": "Pwhat", "why": "Pwhy", "why_not_told": "Pwhynot", "order": "Porder"}
SEALED = [
    "7 Planted Row",
    "01632 960777",
    "planted@example.org",
    "Pnarrative",
    "Poutcome",
    "Paccident",
    "Ptitle",
    "Pcontent",
    "Pwords",
    "Predacted",
    *WORDS.values(),
]
MARKERS = [
    *PLANTED.values(),
    *SEALED,
    "U-001-R",
    "U-003-A",
    "amina",
    "P-0001-R",
    "S-000001-R",
    "SF-",
    "AR-",
    "DC-",
    "PF-",
    "ST-",
]


def plant(desk: Desk) -> str:
    """A family with a word of its own in every column that holds text, told to one referrer; its reference."""
    there = stories.on(desk, stories.CLOSED)
    details = dict(zip(ContactField, ("7 Planted Row", "01632 960777", "planted@example.org"), strict=True))
    drafts = [
        PersonDraft(PersonKind.CHILD, "Pgiven", "Psurname", date(2013, 7, 23)),
        PersonDraft(PersonKind.ADULT, "Pgiven", "Psurname", None, "Paunt", details),
    ]
    file = families.add(there, FamilyDraft("Pformer", stories.OPENED, drafts))
    ref, child = reference(Kind.FAMILY, file.family.number), reference(Kind.PERSON, file.people[0].number)
    families.edit(there, ref, "Pfamily", "Preason")
    people.edit(there, child, {"relationship": "Paunt"}, "Preason")
    with desk.db.transaction():
        desk.db.run("INSERT INTO former_identity VALUES (900, 1, 2, 'Pgiven', 'Pmaiden', '2013-07-23', 'Paunt')")
    referrer = stories.referrer(there, ReferrerKind.SOLICITOR, "Pcouncil")
    stories.referred(there, ref, referrer)
    now = stories.on(there, TODAY)
    alone, colleague = stories.staff_member(now, "Pstaff Pone", login="tomos"), stories.staff_member(now, "Pstaff Ptwo")
    stories.cleared(now, alone, issued_on=date(2019, 1, 7))
    staff.undertake(now, alone, TODAY)
    for day in (4, 5):
        booked = stories.booked(there, ref, date(2019, 2, day), room="Proom", note="Pnote")
        contact_sessions.supervise(there, booked, alone, reason="Plate")
        contact_sessions.supervise(there, booked, colleague, alone, "Psupervise")
        attendance.record(there, booked, CAME)
        attendance.correct(there, booked, STAYED_AWAY, "Preason")
    contact_sessions.cancel(there, stories.booked(there, ref, date(2019, 2, 6), room="Proom"), "Pcancelled")
    staff.leave(now, colleague, TODAY, "Pleft")
    flag = flags.raise_flag(there, ref, FlagCategory.SEXUAL, "Pnarrative")
    flags.close(there, reference(Kind.FLAG, flag.number), "Poutcome")
    accidents.add(there, ref, stories.CLOSED, "Paccident", happened_at="10:40", children=[child])
    stories.document(there, ref, title="Ptitle", content=b"Pcontent")
    paper = papers.add(there, ref, PaperDraft(DocumentKind.ORDER, "Pfolder", "Pcabinet", None, stories.OPENED))
    papers.move(there, reference(Kind.PAPER, paper.number), "Pcabinet", "Pusher", stories.CLOSED, "Pmoved")
    plant_report(there, ref)
    plant_permission(desk, ref)
    retention.hold(there, ref, HoldKind.COURT_ORDER, "Phold", None)
    plant_a_request(there, child)
    draft = ConsentDraft(
        ("name",), referrer, "housing", stories.CLOSED, "in-writing", "Pevidence", None, "P-0002-W", "Presponsible"
    )
    consents.record(there, child, draft)
    consents.withdraw(there, reference(Kind.CONSENT, 1), stories.CLOSED, "in-writing", "Pwithdrawn")
    told = Account(stories.CLOSED, "08:00", "post", None, person_told=False, words=WORDS)
    disclosures.record(there, ref, Ask("court", "hearing", obliged=True), told)
    other = stories.closed_family(desk)
    retention.propose(desk, other.ref, "Preview")
    text = f"{policies.show(desk).text}\nSo be it.\n"
    publishing.publish(desk, PolicyDraft(max(desk.today, date(2026, 1, 5)), "Papproved", text))
    policies.review(desk, ReviewOfPolicy.UNCHANGED, "Plooked", desk.today)
    return referrer


def plant_a_request(desk: Desk, child: str) -> None:
    """A request about the child with words of its own, looked through, and closed in the end."""
    draft = RequestDraft(RequestKind.OWN, desk.today, asker="Pasker", evidence="Pevidence")
    ref = reference(Kind.REQUEST, requests.add(desk, child, draft).request.number)
    requests.pause(desk, ref, PauseReason.CLARIFICATION, "Ppaused", desk.today)
    requests.resume(desk, ref, "Presumed", desk.today)
    requests.check(desk, ref, "Phow", desk.today)
    requests.extend(desk, ref, "Pextended", desk.today)
    request_decisions.withhold(desk, ref, "SF-0001-R", "serious-harm", "Pwords")
    request_decisions.clear(desk, ref, "SF-0001-R", "Predacted")
    requests.close(desk, ref, "withdrawn", "Pended")


def plant_report(desk: Desk, family: str) -> None:
    """A request for a report, agreed to and withdrawn."""
    court = stories.referrer(desk, ReferrerKind.COURT, "Pcouncil")
    draft = ReportDraft(court, "child-arrangements", desk.today, "Pasked", "Porder")
    ref = reference(Kind.REPORT, reports.request(desk, family, draft).number)
    reports.decide(stories.as_rhys(desk), ref, "Pagreed", agreed=True)
    reports.withdraw(desk, ref, "Psettled")


def plant_permission(desk: Desk, family: str) -> None:
    """A permission for a run of days, granted and withdrawn."""
    run = (desk.today, desk.today)
    draft = PermissionDraft(PermissionKind.OBSERVATION, "Pvisitor", "Ppurpose", "Pletter", None, *run)
    ref = reference(Kind.PERMISSION, permissions.request(desk, family, draft).number)
    permissions.decide(stories.as_rhys(desk), ref, "Pgranted", granted=True)
    permissions.withdraw(desk, ref, "Pobjected")


def into_a_folder(desk: Desk, referrer: str, order: ExportOrder, tmp_path: Path) -> Export:
    """The export, to a new folder."""
    folder = tmp_path / "out"
    folder.mkdir()
    return exports.export(desk, referrer, order, folder)


def to_standard_output(desk: Desk, referrer: str, order: ExportOrder, _tmp_path: Path) -> Export:
    """The export, in memory."""
    return exports.export(desk, referrer, order, None)


def everything_that_left(export: Export, tmp_path: Path) -> bytes:
    """All bytes of all files, their names, the manifest, and what goes to standard output or the screen."""
    out = tmp_path / "out"
    files = [path for path in out.rglob("*") if path.is_file()] if out.exists() else []
    names = "\n".join(str(path.relative_to(tmp_path)) for path in out.rglob("*")) if out.exists() else ""
    return b"\n".join([export.content, repr(export).encode(), names.encode(), *(path.read_bytes() for path in files)])


def columns_of(format_: Format, data: bytes) -> list[list[str]]:
    """The columns of each row as they stand in the file."""
    text = data.decode()
    if format_ is Format.CSV:
        return [next(csv.reader(io.StringIO(text)))]
    rows = json.loads(text)["rows"] if format_ is Format.JSON else map(json.loads, text.splitlines())
    return [list(row) for row in rows]


def test_the_words_are_planted_in_every_column_that_could_hold_one(desk: Desk) -> None:
    """A new column of free text must be planted here, or be known to hold none."""
    plant(desk)
    none = {
        "vault.vault": "a random number",
        "backup.folder": "a folder of this machine",
        "backup.name": "the vault's number and the moment",
        "backup.sha256": "a digest",
        "disposal_stop.reason": "of no family, and gone with the stop",
        "handover_agreement.keys": "a digest",
        "imported.key": "a digest",
        "imported.content": "a digest",
        "imported.kind": "one of six words",
        "word_clearing.digest": "a digest",
        "vault.header": "login names and sealed keys",
        "counter.name": "names of counters",
        "policy_version.text": "published",
        "policy_version.title": "published",
        "policy_acceptance.content": "references, and words of rules",
        "policy_copy.asker": "one of four words",
        "policy_rules.name": "published",
        "policy_rules.content": "published",
        "referral.case_reference": "on the whitelist",
        "document.class": "one of a few words",
        "document.media": "one of a few words",
        "document.sha256": "of the content",
        "paper.class": "one of a few words",
        "paper.method": "one of a few words",
        "paper.witness": "a reference",
        "paper_position.since": "a day",
        "request_decision.item": "the name of an item",
        "request_decision.reason": "the id of a rule",
        "request_pause.reason": "one of two words",
        "request_decision.seen": "a number, or a hash",
        "consent.details": "names of details",
        "consent.purpose": "a word of the rules",
        "consent.given_from": "a day",
        "consent.given_how": "a word of the rules",
        "consent.withdrawn_how": "a word of the rules",
        "disclosure_part.name": "names of parts",
        "disclosure_part.value": "references, a time, words of the rules",
        "report.proceedings": "the id of a type",
        "permission.granted_from": "a day",
        "permission.granted_to": "a day",
        "signer.user": "a reference",
        "staff_member.user": "a reference",
        "staff_member.salt": "a random number",
        "staff_member.capacity": "a coded word",
        "vetting_check.level": "a coded word",
        "vetting_check.decision": "a coded word",
        "vetting_check.update_status": "a coded word",
        "supervision.position": "a coded word",
        "legal_hold.owner": "a reference",
        "entrusted_key.user": "a reference",
        "entrusted_key.manager": "a reference",
        "entrusted_key.name": "the name of a key",
    }
    coded = "_on|_by|_at|_hash|kind|outcome|state|rule|clause|starts|ends|arrived|departed|field|fields|category|until"
    found = {
        f"{table}.{column}"
        for table, column, kind in desk.db.rows(
            "SELECT t.name, c.name, c.type FROM sqlite_schema AS t, pragma_table_info(t.name) AS c "
            "WHERE t.type = 'table' AND t.name NOT IN ('audit', 'audit_detail', 'disclosure', 'export', 'certificate')"
        )
        if kind == "TEXT" and not any(column.endswith(word) for word in coded.split("|"))
    }
    planted = {f"{table}.{column}" for table, column in PLANTED}
    assert found - planted - set(none) == set()
    for (table, column), word in PLANTED.items():
        assert desk.db.value(f"SELECT count(*) FROM {table} WHERE {column} LIKE ?", f"%{word}%"), word


@pytest.mark.parametrize("format_", list(Format))
@pytest.mark.parametrize("way", [into_a_folder, to_standard_output])
@pytest.mark.clause("4.2", "dates and times")
def test_no_planted_word_leaves(
    desk: Desk, tmp_path: Path, format_: Format, way: Callable[[Desk, str, ExportOrder, Path], Export]
) -> None:
    """Neither in the data nor in the manifest, in a file's name or in what the command says."""
    referrer = plant(desk)
    export = way(desk, referrer, ExportOrder("case-management", format_), tmp_path)
    assert export.rows == 2
    left = everything_that_left(export, tmp_path)
    assert b"2019-02-04" in left
    assert [marker for marker in MARKERS if marker.encode() in left] == []


@pytest.mark.parametrize("format_", list(Format))
def test_the_columns_are_those_of_the_whitelist(desk: Desk, format_: Format) -> None:
    """All of them, in its order, and no other one, in every row."""
    export = exports.export(desk, plant(desk), ExportOrder("safeguarding", format_), None)
    assert all(columns == WHITELIST for columns in columns_of(format_, export.content))
    assert [column.name for column in disclosure_rules(packaged()).columns] == WHITELIST


def test_each_format_says_the_same(desk: Desk) -> None:
    """Line for line."""
    referrer = plant(desk)
    data = {f: exports.export(desk, referrer, ExportOrder("safeguarding", f), None).content.decode() for f in Format}
    as_json = json.loads(data[Format.JSON])["rows"]
    assert [json.loads(line) for line in data[Format.JSONL].splitlines()] == as_json
    as_text = [{k: {True: "true", False: "false", None: ""}.get(v, v) for k, v in row.items()} for row in as_json]
    assert list(csv.DictReader(io.StringIO(data[Format.CSV]))) == as_text
    assert as_json[0] == {
        "family_reference": "LCS-0001-R",
        "case_reference": "AT/1",
        "session_date": "2019-02-04",
        "booked_start": "10:00",
        "booked_end": "11:30",
        "arrived": None,
        "left": None,
        "attended": False,
    }


def test_a_repeated_export_tells_no_more(desk: Desk, tmp_path: Path) -> None:
    """The second time, too."""
    exports.export(desk, plant(desk), ExportOrder("case-management"), None)
    (tmp_path / "out").mkdir()
    again = exports.repeat(desk, reference(Kind.DISCLOSURE, 2), tmp_path / "out")
    left = everything_that_left(again, tmp_path)
    assert [marker for marker in MARKERS if marker.encode() in left] == []


def test_a_referrers_name_is_told_to_nobody(desk: Desk) -> None:
    """Not even to itself: the manifest has its reference."""
    referrer = plant(desk)
    referrals.edit_referrer(desk, referrer, "Pcouncil of somewhere", None, "Preason", same_body=True)
    export = exports.export(desk, referrer, ExportOrder("case-management"), None)
    assert export.recipient == referrer
    assert b"Pcouncil" not in export.content
