"""What a request finds beside the family's own file: documents, paper, consents, what was told, reports, rooms."""

import hashlib
import itertools
import json
import os
import tracemalloc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from lcs_cli.errors import DamagedVaultError, RefusedError
from lcs_cli.policy.disclosure import disclosure_rules
from lcs_cli.policy.reports import report_rules
from lcs_cli.policy.requests import request_rules
from lcs_cli.policy.rules import packaged
from lcs_cli.records.document import DisposalMethod, DocumentKind, PaperDisposal
from lcs_cli.records.permission import PermissionKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.records.request import ItemState, PauseReason, RequestKind
from lcs_cli.records.user import KeyName
from lcs_cli.services import (
    activities,
    attendance,
    consents,
    contact_sessions,
    disclosures,
    doctor,
    documents,
    papers,
    permissions,
    report_files,
    reports,
    request_decisions,
    request_release,
    requests,
)
from lcs_cli.services.accounts import Account
from lcs_cli.services.attendance import Outcome
from lcs_cli.services.consents import ConsentDraft
from lcs_cli.services.desk import Desk
from lcs_cli.services.documents import DocumentDraft
from lcs_cli.services.papers import PaperDraft
from lcs_cli.services.permissions import PermissionDraft
from lcs_cli.services.reports import ReportDraft
from lcs_cli.services.requests import RequestDraft
from lcs_cli.services.telling import Ask
from lcs_cli.vault import papers as papers_as_rows
from tests.conftest import TODAY, OpenDesk
from tests.services import stories
from tests.services.test_request_release import (
    OTHERS,
    RQ1,
    STAFF,
    TEXTS,
    Case,
    asked,
    everything_in,
    leaked,
    plant,
    released,
    states,
    withhold_unread,
)
from tests.vault.tampering import without_triggers

ORDER = b"Xordered " * 20_000
"""More than two chunks, with a word of its own in each."""

READ_FIRST = {
    "DC-000001-R": ("Xminutes", "Xconference"),
    "DC-000003-A": ("Xtitle", "Xordered"),
    "PF-0001-R": (),
    "CN-0001-R": ("Xevidence", "Xchanged"),
    "CN-0002-W": ("Xform", "Xresponsible"),
    "EX-000002-W": ("Xwhat", "Xwhy"),
    "EX-000003-A": ("Xuntold",),
    "EX-000004-G": ("Xmother",),
    "RP-0001-R": ("Xasked", "Xletter", "Xagreed", "Xsettled"),
    "RP-0002-W": ("Xurgent", "Xstatement", "non-molestation"),
    "PM-0001-R": ("Xvisitor", "Xpurpose", "Xproof", "Xgranted", "Xobjected"),
}
"""The words of each of these items, all of which are to be read."""

GIVEN = ["consents", "consents-by-a-parent", "reports", "room-permissions", "room-activities"]
NOBODYS = {
    *("Ominutes", "Osisterpaper", "Ofolder", "Ocabinet", "Oholder", "Oadult", "Oforsister", "Osister", "Ovisitor"),
    *("DC-000002-W", "PF-0002-W", "PF-0003-A", "CN-0003-A", "CN-0004-G", "PM-0002-W", "assessment"),
}
"""What is another's, or is told of nobody."""


def add_document(desk: Desk, family: str, kind: DocumentKind, title: str, content: bytes, *children: str) -> str:
    """A document of these children, or of the family."""
    return stories.document(desk, family, kind, children, title=title, content=content)


def plant_papers(desk: Desk, case: Case) -> None:
    """Documents and files on paper: of her, of her sister alone, of all of them, and one that was destroyed."""
    protection, order = DocumentKind.CHILD_PROTECTION, DocumentKind.ORDER
    add_document(desk, case.family, protection, "Xminutes", b"Xconference", case.child)
    add_document(desk, case.family, protection, "Ominutes", b"Osisterpaper", case.sister)
    add_document(desk, case.family, order, "Xtitle", ORDER)
    for kind, children in ((order, ()), (protection, (case.sister,))):
        draft = PaperDraft(kind, "Ofolder", "Ocabinet", "Oholder", stories.OPENED, children)
        papers.add(desk, case.family, draft)


def plant_consents(desk: Desk, case: Case) -> None:
    """Her own, one that her mother gave for her, her mother's own, and one for her sister."""
    solicitor = "REF-0002-W"

    def consent(person: str, evidence: str, to: str, by: str | None = None) -> None:
        details, known = (("name",), "Xresponsible") if by else (("address",), None)
        draft = ConsentDraft(details, to, "housing", TODAY, "in-writing", evidence, None, by, known)
        consents.record(desk, person, draft)

    consent(case.child, "Xevidence", case.authority)
    consents.withdraw(desk, "CN-0001-R", TODAY, "in-writing", "Xchanged")
    consent(case.child, "Xform", solicitor, case.mother)
    consent(case.mother, "Oadult", solicitor)
    consent(case.sister, "Oforsister", solicitor, case.mother)


def plant_told(desk: Desk, case: Case) -> None:
    """Told in a hurry, not told, and her mother's address told to a court."""
    words = {"what": "Xwhat", "why": "Xwhy"}
    disclosures.urgent(desk, case.family, "police", Account(TODAY, "09:00", words=words))
    untold = Account(TODAY, words={"why": "Xuntold"})
    disclosures.record(desk, case.family, Ask("health", concern="SF-0002-W"), untold, not_told=True)
    ask = Ask("court", "hearing", details=(f"{case.mother}.address",), obliged=True)
    account = Account(TODAY, "09:30", "post", None, person_told=True, words={"order": "Xmother", "why": "Xmother"})
    disclosures.record(desk, case.family, ask, account)


def plant_reports(desk: Desk, case: Case, out: Path) -> None:
    """One that was agreed to, produced and withdrawn, and one for proceedings that may begin without notice."""
    court = stories.referrer(desk, ReferrerKind.COURT, "Qcourt")
    for proceedings, asked_for, evidence in (
        ("child-arrangements", "Xasked", "Xletter"),
        ("non-molestation", "Xurgent", "Xstatement"),
    ):
        reports.request(desk, case.family, ReportDraft(court, proceedings, TODAY, asked_for, evidence))
    reports.decide(stories.as_rhys(desk), "RP-0001-R", "Xagreed", agreed=True)
    report_files.produce(desk, "RP-0001-R", out, lambda document: document.reference)
    reports.withdraw(desk, "RP-0001-R", "Xsettled")


def plant_rooms(desk: Desk, case: Case) -> None:
    """An observation in the session of today, and an assessment of her sister alone."""
    draft = PermissionDraft(PermissionKind.OBSERVATION, "Xvisitor", "Xpurpose", "Xproof", None, TODAY, TODAY)
    permissions.request(desk, case.family, draft)
    permissions.decide(stories.as_rhys(desk), "PM-0001-R", "Xgranted", granted=True)
    activities.record(stories.evening(desk), "S-000004-G", PermissionKind.OBSERVATION)
    permissions.withdraw(desk, "PM-0001-R", "Xobjected")
    alone = stories.booked(desk, case.family, TODAY, "16:00")
    other = PermissionDraft(PermissionKind.ASSESSMENT, "Ovisitor", "Ovisitor", "Ovisitor", alone)
    permissions.request(desk, case.family, other)
    stories.granted(desk, "PM-0002-W")
    activities.record(stories.evening(desk), alone, PermissionKind.ASSESSMENT)
    attendance.record(
        stories.evening(desk), alone, Outcome(attended=True, arrived="16:00", left="17:30"), [case.sister]
    )


@pytest.fixture
def case(desk: Desk, tmp_path: Path) -> Case:
    """A vault with a word of its own in every field of these records too; the elder sister asks."""
    out = tmp_path / "reports"
    out.mkdir()
    planted = plant(desk)
    plant_papers(desk, planted)
    plant_consents(desk, planted)
    plant_told(desk, planted)
    plant_reports(desk, planted, out)
    plant_rooms(desk, planted)
    return planted


def decide(desk: Desk, names: Sequence[str], cleared: Sequence[str]) -> None:
    """Clear these of the names, and withhold the others."""
    for name in names:
        if name in cleared:
            request_decisions.clear(desk, RQ1, name, None)
        else:
            request_decisions.withhold(desk, RQ1, name, "other-people", "Wwords of the lead")


def entries(desk: Desk, item: str) -> list[dict[str, Any]]:
    """The rows of one item, without what is empty."""
    rows = request_decisions.read(desk, RQ1, item).content.entries
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def bundle(folder: Path) -> dict[str, dict[str, Any]]:
    """The items of the data by name."""
    return {item["item"]: item for item in json.loads((folder / "bundle.json").read_text())["items"]}


def test_everything_that_may_tell_of_her_is_found(desk: Desk, case: Case) -> None:
    """Each with what becomes of it; nothing that is her sister's alone, or her mother's."""
    asked(desk, case.child)
    found = states(desk)
    assert {name: found[name] for name in GIVEN} == dict.fromkeys(GIVEN, ItemState.GIVEN)
    unread = {name for name, state in found.items() if state is ItemState.TO_BE_READ}
    assert unread == {*TEXTS, *READ_FIRST}
    assert NOBODYS & set(found) == set()


def test_no_word_leaves_that_nobody_cleared(desk: Desk, case: Case, tmp_path: Path) -> None:
    """Whichever of them are cleared: none, each one alone, all but one, all; documents and their titles too."""
    asked(desk, case.child)
    decide(desk, list(TEXTS), [])
    names = list(READ_FIRST)
    subsets = [found for n in (0, 1, len(names) - 1, len(names)) for found in itertools.combinations(names, n)]
    for number, cleared in enumerate(subsets):
        decide(desk, names, cleared)
        _, folder = released(desk, tmp_path, again=number > 0)
        content = everything_in(folder).replace(b"RP-", b"report ")  # else it holds what looks like a person's
        said = {word for name in cleared for word in READ_FIRST[name]}
        kept = {word for name in names if name not in cleared for word in READ_FIRST[name]}
        hidden = {name for name in names if name not in cleared}
        assert leaked(OTHERS | NOBODYS | STAFF | kept | hidden | {case.sister, case.mother}, content) == set(), cleared
        assert {word for word in said if word.encode() not in content} == set(), cleared
        assert {name for name in cleared if name not in bundle(folder)} == set(), cleared
        assert b"Qcourt" in content


def test_a_document_is_given_byte_for_byte(desk: Desk, case: Case, tmp_path: Path) -> None:
    """As a file of its own, named by its reference and its type, in the text, the data and the manifest."""
    asked(desk, case.child)
    decide(desk, [*TEXTS, *READ_FIRST], ["DC-000001-R", "DC-000003-A"])
    _, folder = released(desk, tmp_path)
    given = {"DC-000001-R": b"Xconference", "DC-000003-A": ORDER}
    manifest = json.loads((folder / "datapackage.json").read_text())
    resources = {one["path"]: one for one in manifest["resources"]}
    expected = {"bundle.txt", "bundle.json", "withheld.txt", *(f"{name}.txt" for name in given)}
    assert set(resources) == expected
    assert {path.name for path in folder.iterdir()} == {*expected, "datapackage.json"}
    for name, content in given.items():
        path = folder / f"{name}.txt"
        assert path.read_bytes() == content
        assert path.stat().st_mode & 0o777 == 0o600
        told = {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
        assert bundle(folder)[name]["file"] == {"path": path.name, **told}
        assert {key: resources[path.name][key] for key in told} == told
        assert resources[path.name]["mediatype"] == "text/plain"
        assert f"It is the file {name}.txt in this folder." in (folder / "bundle.txt").read_text()
    assert bundle(folder)["identity"]["file"] is None


@pytest.mark.parametrize(
    ("name", "head", "ending", "media"),
    [
        ("scan.pdf", b"%PDF-1.7", "pdf", "application/pdf"),
        ("photo.jpg", b"\xff\xd8\xff\xe0", "jpeg", "image/jpeg"),
        ("letter.msg", b"\xd0\xcf\x11\xe0", "msg", "application/vnd.ms-outlook"),
        ("Gwen.exe", b"MZ", "bin", "application/octet-stream"),
    ],
)
def test_a_document_is_named_by_what_it_seems_to_be(
    desk: Desk, tmp_path: Path, name: str, head: bytes, ending: str, media: str
) -> None:
    """Never by the name that its file once had."""
    household = stories.family(desk)
    (tmp_path / name).write_bytes(head + b"Xcontent")
    documents.add(desk, household.ref, DocumentDraft(DocumentKind.OTHER), tmp_path / name)
    asked(desk, household.adult)
    request_decisions.clear(desk, RQ1, "DC-000001-R", None)
    _, folder = released(desk, tmp_path)
    assert (folder / f"DC-000001-R.{ending}").read_bytes() == head + b"Xcontent"
    last = json.loads((folder / "datapackage.json").read_text())["resources"][-1]
    assert (last["name"], last["mediatype"], "encoding" in last) == (f"dc-000001-r-{ending}", media, False)


def test_a_document_that_is_redacted_leaves_as_that_text_alone(desk: Desk, case: Case, tmp_path: Path) -> None:
    """Without its title, its kind or its file."""
    asked(desk, case.child)
    decide(desk, [*TEXTS, *READ_FIRST], [])
    for name in ("DC-000001-R", "DC-000003-A", "PF-0001-R"):
        request_decisions.clear(desk, RQ1, name, f"Rredacted {name}")
    done, folder = released(desk, tmp_path)
    content = everything_in(folder)
    assert leaked({*READ_FIRST["DC-000001-R"], *READ_FIRST["DC-000003-A"]}, content) == set()
    assert {path.suffix for path in folder.iterdir()} == {".txt", ".json"}
    assert [path.name for path in folder.glob("DC-*")] == []
    for name in ("DC-000001-R", "DC-000003-A", "PF-0001-R"):
        item = bundle(folder)[name]
        assert (item["file"], item["on_paper"], item["entries"]) == (None, False, [])
        assert item["texts"] == [{"title": "Redacted", "text": f"Rredacted {name}"}]
    assert done.papers == ()


def test_reading_a_document_opens_its_title_and_says_how_its_content_is_read(desk: Desk, case: Case) -> None:
    """A screen cannot show it."""
    asked(desk, case.child)
    for name, title in (("DC-000001-R", "Xminutes"), ("DC-000003-A", "Xtitle")):
        reading = request_decisions.read(desk, RQ1, name)
        assert reading.content.texts == (("Title", title),)
        assert reading.item.found.read_with == f"lcs document show {name} --out FILE"
    assert "Xminutes" not in repr(request_decisions.read(desk, RQ1, "DC-000001-R"))


def test_a_document_leaves_only_with_the_key_that_it_is_sealed_to(
    desk: Desk, desk_of: OpenDesk, case: Case, tmp_path: Path
) -> None:
    """What is kept for ever with a lead's; the rest with the contact key, which a manager holds."""
    asked(desk, case.child)
    decide(desk, [*TEXTS, *READ_FIRST], ["DC-000001-R", "DC-000003-A"])
    manager = desk_of("rhys")
    with pytest.raises(RefusedError, match="gives texts that are sealed: DC-000001-R") as refused:
        request_release.release(manager, RQ1, tmp_path)
    assert (refused.value.clause, refused.value.rule) == ("4.5", "sealed-texts")
    request_decisions.withhold(desk, RQ1, "DC-000001-R", "other-people", "Words.")
    keys = manager.vault.opened.keys
    assert isinstance(keys, dict)
    del keys[KeyName.CONTACT]
    for name in ("address", "email", "telephone"):
        request_decisions.withhold(desk, RQ1, name, "other-people", "Words.")
    with pytest.raises(RefusedError, match="does not hold the contact key"):
        request_release.release(manager, RQ1, tmp_path)
    assert list(tmp_path.glob("EX-*")) + list(tmp_path.glob(".lcs-*")) == []
    _, folder = released(desk_of("rhys"), tmp_path)
    assert (folder / "DC-000003-A.txt").read_bytes() == ORDER


def test_a_document_that_is_not_what_was_added_does_not_leave(
    desk: Desk, desk_of: OpenDesk, case: Case, tmp_path: Path
) -> None:
    """Its last piece is gone or another's: nothing is written, and nothing is registered."""
    asked(desk, case.child)
    decide(desk, [*TEXTS, *READ_FIRST], ["DC-000003-A"])
    with without_triggers(desk) as connection:
        connection.execute(
            "UPDATE document_chunk SET sealed = zeroblob(length(sealed)) WHERE document_id = 3 AND number = 3"
        )
    there = desk_of()
    before = there.db.rows("SELECT id FROM disclosure")
    with pytest.raises(DamagedVaultError, match="DC-000003-A is not what was added"):
        request_release.release(there, RQ1, tmp_path)
    assert there.db.rows("SELECT id FROM disclosure") == before
    assert list(tmp_path.glob("EX-*")) + list(tmp_path.glob(".lcs-*")) == []


def test_a_large_document_leaves_piece_by_piece(desk: Desk, tmp_path: Path) -> None:
    """The whole of it is never in memory at once."""
    household, path, size = stories.family(desk), tmp_path / "film.bin", 8 * 1024 * 1024
    path.touch()
    os.truncate(path, size)
    documents.add(desk, household.ref, DocumentDraft(DocumentKind.OTHER), path)
    asked(desk, household.adult)
    request_decisions.clear(desk, RQ1, "DC-000001-R", None)
    tracemalloc.start()
    _, folder = released(desk, tmp_path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (folder / "DC-000001-R.bin").stat().st_size == size
    assert most < size / 4


def test_a_file_on_paper_is_handed_over_and_told_by_its_kind_alone(desk: Desk, case: Case, tmp_path: Path) -> None:
    """Whoever looked through it clears it."""
    asked(desk, case.child)
    reading = request_decisions.read(desk, RQ1, "PF-0001-R")
    assert (reading.content.entries, reading.content.texts) == (({"kind": "order"},), ())
    assert reading.item.found.read_with == "lcs paper show PF-0001-R, and look through it by hand"
    decide(desk, [*TEXTS, *READ_FIRST], ["PF-0001-R"])
    done, folder = released(desk, tmp_path)
    assert done.papers == ("PF-0001-R",)
    assert bundle(folder)["PF-0001-R"] | {"what": ""} == {
        "item": "PF-0001-R",
        "what": "",
        "redacted": False,
        "entries": [{"kind": "order"}],
        "texts": [],
        "file": None,
        "on_paper": True,
    }
    assert "It is on paper, and is handed over with this folder." in (folder / "bundle.txt").read_text()
    assert json.loads((folder / "datapackage.json").read_text())["bundle"]["on_paper"] == ["PF-0001-R"]


def test_what_was_destroyed_is_held_no_more(desk: Desk, case: Case) -> None:
    """Its entry in the register of paper files is no record about her."""
    asked(desk, case.child)
    gone = PaperDisposal(DisposalMethod.SHREDDED, TODAY, "U-001-R", "U-003-A", TODAY, "U-001-R")
    with desk.db.transaction():
        papers_as_rows.dispose(desk.db, 1, gone)
    assert "PF-0001-R" not in states(desk)


def test_consents_are_given_with_who_was_to_be_told(desk: Desk, case: Case) -> None:
    """Her own, and what a parent gave for her, without who that is; a solicitor is not named."""
    asked(desk, case.child)
    what = {"purpose": "housing", "from": "2026-11-26", "given": "in-writing"}
    authority = {"details": "address", "kind_of_recipient": "local-authority", "recipient": "Qcouncil"}
    assert entries(desk, "consents") == [what | authority | {"withdrawn_on": "2026-11-26"}]
    solicitor = {"details": "name", "kind_of_recipient": "solicitor", "given_by": "a parent"}
    assert entries(desk, "consents-by-a-parent") == [what | solicitor]


def test_who_gave_a_consent_for_a_child_sees_that_and_not_for_whom(desk: Desk, case: Case) -> None:
    """Nor whether it was withdrawn: that may have been the child."""
    consents.withdraw(desk, "CN-0002-W", TODAY, "in-writing", "Xown")
    asked(desk, case.mother)
    rows = entries(desk, "consents-for-a-child")
    assert [row["kind_of_recipient"] for row in rows] == ["solicitor", "solicitor"]
    assert [word for word in (case.child, case.sister, "withdrawn_on", "given_by") if word in repr(rows)] == []
    assert [row["kind_of_recipient"] for row in entries(desk, "consents")] == ["solicitor"]
    found = states(desk)
    assert {name: found.get(name) for name in ("CN-0001-R", "CN-0002-W", "CN-0003-A", "CN-0004-G")} == {
        "CN-0001-R": None,
        "CN-0002-W": ItemState.TO_BE_READ,
        "CN-0003-A": ItemState.TO_BE_READ,
        "CN-0004-G": ItemState.TO_BE_READ,
    }


def test_a_parent_is_not_given_to_whom_the_other_let_a_childs_address_be_told(desk: Desk, case: Case) -> None:
    """Unless a lead clears it."""
    asked(desk, case.child, RequestKind.PARENT, parent=case.mother, evidence="The order was seen.")
    found = {item.name: (item.state, item.reason) for item in request_decisions.find(desk, RQ1).items}
    for name in ("consents", "consents-by-a-parent"):
        assert found[name] == (ItemState.WITHHELD, "childs-own-affairs")
    assert request_decisions.clear(desk, RQ1, "consents", None).state is ItemState.CLEARED


@pytest.mark.parametrize("kind", [RequestKind.OWN, RequestKind.PARENT])
def test_an_adult_is_told_of_no_body_by_its_name_before_it_was_read(
    desk: Desk, case: Case, tmp_path: Path, kind: RequestKind
) -> None:
    """A council's name would tell one parent where the other has fled to: who referred, was to be told, or asked."""
    person, parent = (case.child, case.mother) if kind is RequestKind.PARENT else (case.mother, None)
    requests.add(desk, person, RequestDraft(kind, TODAY, None, parent, None, "The order was seen." if parent else None))
    requests.check(desk, RQ1, "Known.", TODAY)
    day = "2019-01-07"
    kinds = ("local-authority", "solicitor", "family")
    assert entries(desk, "referrals") == [{"received_on": day, "kind_of_referrer": each} for each in kinds]
    assert [row.get("agency") for row in entries(desk, "reports")] == [None]
    found = states(desk)
    for item, name in (("RL-0001-R", "Qcouncil"), ("RP-0001-R", "Qcourt")):
        assert found[item] is ItemState.TO_BE_READ
        assert name in repr(request_decisions.read(desk, RQ1, item).content.entries)
    assert [name in repr(entries(desk, "RL-0002-W")) for name in ("Osolicitor", "Ocase")] == [False, False]
    for name in ("consents", "consents-by-a-parent", "consents-for-a-child"):
        if name in found:
            assert [row.get("recipient") for row in entries(desk, name)] == [None] * len(entries(desk, name))
            if found[name] is ItemState.WITHHELD:
                request_decisions.clear(desk, RQ1, name, None)
    withhold_unread(desk)
    _, folder = released(desk, tmp_path)
    assert leaked({"Qcouncil", "Qcase/1", "Qcourt", "Osolicitor", "Ocase"}, everything_in(folder)) == set()
    request_decisions.clear(desk, RQ1, "RL-0001-R", None)
    _, again = released(desk, tmp_path, again=True)
    assert leaked({"Qcouncil", "Qcase/1"}, everything_in(again)) == {"Qcouncil", "Qcase/1"}


def test_whom_a_consent_named_is_read_with_its_words(desk: Desk, case: Case) -> None:
    """Where it is not named openly; a solicitor is not named at all."""
    draft = ConsentDraft(("address",), case.authority, "housing", TODAY, "in-writing", "Xmine", None, None, None)
    consents.record(desk, case.mother, draft)
    asked(desk, case.mother)
    texts = dict(request_decisions.read(desk, RQ1, "CN-0005-M").content.texts)
    assert texts == {"Recipient": "Qcouncil", "Evidence": "Xmine"}
    assert "Recipient" not in dict(request_decisions.read(desk, RQ1, "CN-0002-W").content.texts)
    requests.add(desk, case.child, RequestDraft(RequestKind.OWN, TODAY))
    assert "Recipient" not in dict(request_decisions.read(desk, "RQ-0002-W", "CN-0001-R").content.texts)


def test_a_correction_of_a_session_is_its_childrens_whose_session_it_was(desk: Desk) -> None:
    """One that was another child's alone is not the person's; an adult may have been at any."""
    household = stories.family(desk, 2)
    for time, child in (("09:00", household.children[0]), ("12:00", household.children[1])):
        session = stories.booked(desk, household.ref, TODAY)
        contact_sessions.move(desk, session, TODAY, time, f"{time[:2]}:45", "moved")
        attendance.record(
            stories.evening(desk), session, Outcome(attended=True, arrived=time, left=f"{time[:2]}:45"), [child]
        )
    found = []
    for number, person in enumerate((*household.children, household.adult), start=1):
        requests.add(desk, person, RequestDraft(RequestKind.OWN, TODAY))
        items = request_decisions.find(desk, reference(Kind.REQUEST, number)).items
        found.append([item.name for item in items if item.cls.id == "correction"])
    assert found == [["correction-1"], ["correction-2"], ["correction-1", "correction-2"]]


FOUND_IN = {
    "access_request": "request-words",
    "accident": "accident-record",
    "accident_child": "accident-record",
    "activity": "room-activity",
    "attendance": "attendance",
    "consent": "consent consent-words",
    "contact_detail": "contact-detail",
    "contact_session": "attendance session-note",
    "disclosure_family": "disclosure bundle safeguarding-disclosure",
    "document": "document",
    "document_child": "document",
    "episode": "episode",
    "flag": "safeguarding-file",
    "flag_child": "safeguarding-file",
    "former_identity": "identity",
    "handover_agreement": "",
    "imported": "",
    "legal_hold": "hold",
    "paper": "paper-file",
    "paper_child": "paper-file",
    "permission": "room-permission permission-words",
    "person": "identity",
    "referral": "referral referral-words",
    "report": "report report-words",
    "review": "review",
    "superseded": "correction former-detail",
    "supervision": "",
    "word_clearing": "",
}
"""Each table that points at a family or at somebody of it, with the classes of items that are found in it."""

NOT_FOUND = {
    "handover_agreement": "who agreed to a handover: what was handed over is found in the register of disclosures",
    "imported": "that a record came from a spreadsheet, as digests: what came of it is found by itself",
    "supervision": "which of the staff was at a session; of the family it says no more than the session does",
    "word_clearing": "that a lead has looked at wording, and what is a digest of it: each text is found by itself",
}
"""Why there is nothing of these tables to be found."""


def test_every_table_about_people_is_looked_through_or_says_why_not(desk: Desk) -> None:
    """Whoever adds one adds where it is found, and its class; no class is left without a table."""
    points = {"family_id", "person_id", "child_id"}
    tables = [name for (name,) in desk.db.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    columns = {name: {row[1] for row in desk.db.rows(f"PRAGMA table_info({name})")} for name in tables}
    about = {name for name, there in columns.items() if points & there or name.endswith("_child")}
    assert about == set(FOUND_IN)
    assert {name for name, classes in FOUND_IN.items() if not classes} == set(NOT_FOUND)
    assert all(NOT_FOUND.values())
    named = {cls for classes in FOUND_IN.values() for cls in classes.split()}
    assert named == set(request_rules(packaged()).classes)


def test_an_earlier_request_is_read_first_and_withheld_from_a_parent(desk: Desk, case: Case) -> None:
    """Who asked, what they showed, how it was checked and why it ended are held about her, too."""
    evidence = RequestDraft(RequestKind.PARENT, TODAY, None, case.mother, "Xasker", "Xevidence")
    asked(desk, case.child)
    requests.pause(desk, RQ1, PauseReason.CLARIFICATION, "Xpaused", TODAY)
    requests.add(desk, case.child, evidence)
    reading = request_decisions.read(desk, RQ1, "RQ-0002-W")
    assert (reading.item.state, dict(reading.content.texts)) == (
        ItemState.TO_BE_READ,
        {"Who asked": "Xasker", "Evidence": "Xevidence"},
    )
    requests.close(desk, "RQ-0002-W", "not-theirs", "Xended")
    words = dict(request_decisions.read(desk, RQ1, "RQ-0002-W").content.texts)
    assert words["Why it ended"] == "Xended"
    requests.add(desk, case.child, evidence)
    found = {item.name: item for item in request_decisions.find(desk, "RQ-0003-A").items}
    assert (found[RQ1].state, found[RQ1].reason) == (ItemState.WITHHELD, "childs-own-request")
    texts = request_decisions.read(desk, "RQ-0003-A", RQ1).content.texts
    assert ("Pause", "Xpaused") in texts
    assert "RQ-0003-A" not in found
    requests.add(desk, case.sister, RequestDraft(RequestKind.OWN, TODAY))
    assert RQ1 not in {item.name for item in request_decisions.find(desk, "RQ-0004-G").items}


def test_a_decision_to_tell_is_read_with_its_words(desk: Desk, case: Case) -> None:
    """Told and not told; it opens for leads alone."""
    asked(desk, case.child)
    (row,) = entries(desk, "EX-000002-W")
    assert row == {
        "day": "2026-11-26",
        "how": "told",
        "to": "police",
        "ground": "safeguarding",
        "what": "words",
        "at": "09:00",
    }
    reading = request_decisions.read(desk, RQ1, "EX-000002-W")
    assert reading.content.texts == (("What was told", "Xwhat"), ("Why", "Xwhy"))
    assert (reading.item.found.sealed, reading.item.cls.id) == (True, "safeguarding-disclosure")
    assert request_decisions.read(desk, RQ1, "EX-000003-A").content.texts == (("Why", "Xuntold"),)
    (other,) = entries(desk, "EX-000004-G")
    assert other["what"] == ""
    assert other["the_person_was_told"] == "yes"


def test_what_is_added_to_a_decision_is_to_be_read_again(desk: Desk, case: Case) -> None:
    """Part by part, values and words."""
    asked(desk, case.child)
    for account in (
        Account(TODAY, how="telephone"),
        Account(TODAY, person_told=False),
        Account(TODAY, words={"why_not_told": "Xlater"}),
    ):
        request_decisions.clear(desk, RQ1, "EX-000002-W", None)
        assert states(desk)["EX-000002-W"] is ItemState.CLEARED
        disclosures.complete(desk, "EX-000002-W", account)
        assert states(desk)["EX-000002-W"] is ItemState.TO_BE_READ
    assert "Xlater" in str(request_decisions.read(desk, RQ1, "EX-000002-W").content.texts)


def test_the_words_of_a_decision_leave_with_a_lead_alone(
    desk: Desk, desk_of: OpenDesk, case: Case, tmp_path: Path
) -> None:
    """A manager cannot open them."""
    asked(desk, case.child)
    decide(desk, [*TEXTS, *READ_FIRST], ["EX-000002-W"])
    with pytest.raises(RefusedError, match="gives texts that are sealed: EX-000002-W"):
        request_release.release(desk_of("rhys"), RQ1, tmp_path)
    _, folder = released(desk, tmp_path)
    assert b"Xwhat" in everything_in(folder)


def test_exports_reports_and_bundles_are_told_openly(desk: Desk, case: Case, tmp_path: Path) -> None:
    """What, when, and to which kind of body."""
    asked(desk, case.child)
    decide(desk, [*TEXTS, *READ_FIRST], [])
    released(desk, tmp_path)
    told = [(row["how"], row["to"], row["ground"]) for row in entries(desk, "disclosures")]
    assert told == [
        ("export", "local-authority", "attendance"),
        ("report", "court", "report-agreement"),
    ]
    export, report = entries(desk, "disclosures")
    assert export["what"].startswith("family_reference, case_reference, session_date, ")
    assert report["what"] == "episodes, sessions, attendance"
    own = {"how": "bundle", "to": "person-concerned", "ground": "own", "what": "records held"}
    assert entries(desk, "bundles") == [{"day": "2026-11-26"} | own]
    assert {row["day"] for row in (export, report)} == {"2026-11-26"}
    rules = request_rules(packaged())
    assert report_rules(packaged(), TODAY).agreement["id"] in rules.told_openly
    assert rules.told_openly & {"legal-obligation", "safeguarding", "not-told"} == set()
    assert {ground["id"] for ground in disclosure_rules(packaged()).grounds} >= {"attendance", "consent"}


def test_a_report_is_told_of_but_for_proceedings_that_might_warn_somebody(desk: Desk, case: Case) -> None:
    """The words are to be read of all of them; of these, who asks for what is too."""
    asked(desk, case.child)
    (row,) = entries(desk, "reports")
    assert row == {
        "received_on": "2026-11-26",
        "kind_of_agency": "court",
        "agency": "Qcourt",
        "proceedings": "child-arrangements",
        "state": "withdrawn",
        "decided_on": "2026-11-26",
        "withdrawn_on": "2026-11-26",
    }
    assert [row["proceedings"] for row in entries(desk, "RP-0002-W")] == ["non-molestation"]
    rules = request_rules(packaged())
    assert rules.proceedings_told_openly <= set(report_rules(packaged(), TODAY).proceedings)


def test_what_was_permitted_and_done_in_rooms_is_given_without_a_word_of_it(desk: Desk, case: Case) -> None:
    """Kinds and days; an adult may have been at any session."""
    asked(desk, case.child)
    day = "2026-11-26"
    expected = {"kind": "observation", "from": day, "to": day, "state": "withdrawn", "decided_on": day}
    assert entries(desk, "room-permissions") == [expected | {"withdrawn_on": day}]
    assert entries(desk, "room-activities") == [{"day": day, "kind": "observation"}]
    requests.close(desk, RQ1, "mistaken", None)
    requests.add(desk, case.mother, RequestDraft(RequestKind.OWN, TODAY))
    for name in ("room-permissions", "room-activities"):
        reading = request_decisions.read(desk, "RQ-0002-W", name)
        assert [row["kind"] for row in reading.content.entries] == ["observation", "assessment"]


def test_an_adult_reads_every_paper_of_the_family(desk: Desk, case: Case) -> None:
    """What names one child tells of its parents too."""
    asked(desk, case.mother)
    found = states(desk)
    for name in ("DC-000001-R", "DC-000002-W", "DC-000003-A", "PF-0001-R", "PF-0002-W"):
        assert found[name] is ItemState.TO_BE_READ


def test_a_bundle_that_never_left_is_found_by_the_check_up(desk: Desk, desk_of: OpenDesk, tmp_path: Path) -> None:
    """With the command that releases it; not once it was released since, nor where the request was closed."""
    household = stories.family(desk)
    asked(desk, household.adult)

    def stopped(number: int, *, again: bool = False) -> str:
        (tmp_path / reference(Kind.DISCLOSURE, number)).mkdir()
        with pytest.raises(Exception, match="could not be named"):
            request_release.release(desk, RQ1, tmp_path, again=again)
        (unsound,) = [finding for finding in doctor.examine(desk_of()) if not finding.sound]
        assert (unsound.check, unsound.waits) == ("exports", True)
        return unsound.found

    assert stopped(1).endswith("EX-000001-R: lcs request release RQ-0001-R")
    assert released(desk, tmp_path)[0].reference == "EX-000002-W"
    assert all(finding.sound for finding in doctor.examine(desk_of()))
    assert stopped(3, again=True).endswith("EX-000003-A: lcs request release RQ-0001-R --again")
    released(desk, tmp_path, again=True)
    assert all(finding.sound for finding in doctor.examine(desk_of()))
    requests.add(desk, household.adult, RequestDraft(RequestKind.OWN, TODAY))
    requests.check(desk, "RQ-0002-W", "Known.", TODAY)
    request_decisions.clear(desk, "RQ-0002-W", RQ1, None)
    (tmp_path / "EX-000005-M").mkdir()
    with pytest.raises(Exception, match="could not be named"):
        request_release.release(desk, "RQ-0002-W", tmp_path)
    requests.close(desk, "RQ-0002-W", "withdrawn", None)
    assert all(finding.sound for finding in doctor.examine(desk_of()))
