"""What is handed over (policy 4.6): everything that is kept for ever about a child, and nothing that is not."""

import hashlib
import os
import tracemalloc
from datetime import date
from pathlib import Path

import pytest

from lcs_cli.policy.retention import Outcome
from lcs_cli.policy.rules import packaged
from lcs_cli.records.disclosure import DisclosureKind
from lcs_cli.records.document import DocumentKind
from lcs_cli.records.handover import Section
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.records.request import ItemState, RequestKind
from lcs_cli.records.retention import RecordClass
from lcs_cli.records.safeguarding import FlagCategory
from lcs_cli.services import (
    accidents,
    attendance,
    audits,
    disclosures,
    documents,
    flags,
    handover,
    people,
    publishing,
    request_decisions,
    requests,
    retention,
)
from lcs_cli.services.accounts import Account
from lcs_cli.services.desk import Desk
from lcs_cli.services.documents import DocumentDraft
from lcs_cli.services.publishing import PolicyDraft
from lcs_cli.services.requests import RequestDraft
from lcs_cli.services.telling import Ask
from lcs_cli.vault import disclosures as register
from lcs_cli.vault import former_identities
from tests.conftest import TODAY, OpenDesk
from tests.services import stories
from tests.services.handovers import agreed, handed_over, order
from tests.services.stories import STAYED_AWAY
from tests.services.test_export_whitelist import PLANTED, SEALED, plant
from tests.vault.tampering import without_triggers

RULES = packaged().file("handover.toml")
COLUMNS = {one["id"]: [column["name"] for column in one["column"]] for one in RULES["contents"]["record"]}
ABOUT = ["reference", "class", "clause"]
URGENT = Account(TODAY, "09:00", words={"what": "He has taken her.", "why": "She is in danger."})
P1, P2, P3 = (reference(Kind.PERSON, number) for number in (1, 2, 3))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "it.age"


@pytest.fixture
def kept(desk: Desk) -> Desk:
    """Two children, of whom everything is kept that can be: about the first, and about both."""
    there = stories.on(desk, stories.CLOSED)
    household = stories.family(there, 2)
    council = stories.referrer(there)
    stories.referred(there, household.ref, council, electronic=True)
    stories.referred(there, household.ref, council, case="AT/2")
    held = stories.held(there, household.ref, date(2019, 2, 4))
    attendance.correct(there, held, STAYED_AWAY, "the sheet was misread", [P1])
    stories.flag(there, household.ref, [P1])
    stories.accident(there, household.ref, [P1, P2])
    stories.document(there, household.ref, DocumentKind.CHILD_PROTECTION, [P1], title="Minutes", content=b"m" * 70_000)
    stories.document(there, household.ref, DocumentKind.ORDER)
    stories.paper(there, household.ref, DocumentKind.CHILD_PROTECTION, [P1])
    stories.paper(there, household.ref)
    disclosures.urgent(desk, household.ref, "police", URGENT)
    return desk


def references(child: object) -> dict[str, list[str]]:
    """The references of the records in each section that has one."""
    assert isinstance(child, dict)
    return {name: [one["reference"] for one in child[name]] for name in COLUMNS if child[name]}


@pytest.mark.clause("4.6", "for ever")
def test_everything_that_is_kept_about_a_child_is_there(kept: Desk, out: Path) -> None:
    """Stub, concerns, words told, accidents, electronic referrals, papers, own attendance with its corrections."""
    _, there = handed_over(kept, out, order(P1))
    child = there.child(P1)
    assert references(child) == {
        "identity": [P1],
        "adults": [P3],
        "concerns": ["SF-0001-R"],
        "told": ["EX-000001-R"],
        "accidents": ["AR-0001-R"],
        "referrals": ["RL-0001-R"],
        "documents": ["DC-000001-R"],
        "paper-files": ["PF-0001-R"],
        "attendance": ["S-000001-R"],
        "corrections": ["S-000001-R"],
    }
    assert (child["identity"][0]["given_name"], child["identity"][0]["date_of_birth"]) == ("Siâna", "2015-04-01")
    assert (child["adults"][0]["given_name"], child["adults"][0]["relationship"]) == ("Gwen", "mother")
    concern = child["concerns"][0]
    assert (concern["narrative"], concern["outcome"]) == ("A bruise on one arm.", "Looked into.")
    assert (child["told"][0]["what"], child["told"][0]["why"]) == ("He has taken her.", "She is in danger.")
    assert child["accidents"][0]["narrative"] == "Slipped on the wet step."
    assert child["referrals"][0]["case_reference"] == "AT/1"
    assert child["referrals"][0]["referrer_name"] == "Anytown Council"
    assert child["documents"][0]["title"] == "Minutes"
    assert there.files[child["documents"][0]["file"]] == b"m" * 70_000
    assert child["attendance"][0]["attended"] is False
    assert (child["corrections"][0]["attended"], child["corrections"][0]["arrived"]) == (True, "10:05")
    assert child["corrections"][0]["reason"] == "the sheet was misread"


def test_each_record_says_what_it_is_and_by_which_clause_it_is_kept(kept: Desk, out: Path) -> None:
    """And has the columns of the whitelist, all of them and no other, in their order."""
    child = handed_over(kept, out, order(P1))[1].child(P1)
    assert list(child) == ["reference", "family", *COLUMNS]
    for name, columns in COLUMNS.items():
        for one in child[name]:
            assert list(one) == [*ABOUT, *columns]
            assert one["clause"] == "4.6"
    classes = {name: child[name][0]["class"] for name in COLUMNS}
    assert (classes["documents"], classes["told"]) == ("child-protection-document", "safeguarding-file")
    assert {*COLUMNS} == {*Section}


def test_a_column_that_is_taken_off_the_list_leaves_no_more(kept: Desk, out: Path) -> None:
    """Whatever a record says, the rules decide what of it leaves."""
    was = '  { name = "narrative", type = "string", text = "What was raised, as it was written." },\n'
    rules = stories.other_rules("handover.toml", was, "")
    publishing.publish(kept, PolicyDraft(TODAY, "the trustees", None, rules))
    _, there = handed_over(kept, out, order(P1))
    assert "narrative" not in there.child(P1)["concerns"][0]
    assert b"A bruise on one arm." not in b"".join(there.files.values())
    assert b"Looked into." in there.files["handover.json"]


@pytest.mark.clause("4.2", "personal details")
def test_no_planted_word_of_any_other_column_leaves(desk: Desk, out: Path) -> None:
    """A word stands in every column that holds text: those that are kept about the child leave, and no other does."""
    plant(desk)
    body = stories.referrer(desk, ReferrerKind.SUCCESSOR, "Psuccessor")
    done, there = handed_over(desk, out, order(P1, body))
    left = b"\n".join([*there.files.values(), repr(done).encode(), "\n".join(there.files).encode()])
    kept = {"Pgiven", "Psurname", "2013-07-23", "Paunt", "Preason", "Pnarrative", "Poutcome", "Paccident"}
    kept |= {"Pmaiden", "Pwhat", "Pwhy", "Pwhynot", "Porder"}
    markers = {*PLANTED.values(), *SEALED, "Psuccessor", "Pone", "Ptwo", "amina", "rhys", "tomos"}
    assert kept <= markers
    assert {marker for marker in markers if marker.encode() in left} == kept


def test_what_the_child_was_called_goes_along(kept: Desk, out: Path) -> None:
    """While the corrections are still there, and when they went with the family's file."""
    for given in ("Sian", "Siana"):
        people.edit(kept, P1, {"given_name": given}, "misheard")
    _, there = handed_over(kept, out, order(P1))
    assert there.child(P1)["identity"][0]["names_used"] == ["Siâna Llwyd", "Sian Llwyd"]
    with kept.db.transaction():
        former_identities.keep(kept.db, [1], [1])
        kept.db.run("DELETE FROM superseded WHERE kind = 'person'")
    assert former_identities.names_used(kept.db, 1) == ["Siâna Llwyd", "Sian Llwyd"]


def test_of_another_child_there_is_a_reference_and_no_more(kept: Desk, out: Path) -> None:
    """What names other children alone is not there at all: a concern, words that rest on it, an accident, papers.

    Nor is a name or a day of birth.
    """
    family = "LCS-0001-R"
    flags.raise_flag(kept, family, FlagCategory.NEGLECT, "Of the other child.", [P2])
    accidents.add(kept, family, TODAY, "The other child fell.", children=[P2])
    told = Account(TODAY, "10:00", "post", None, person_told=True, words={"what": "Of the other.", "why": "Worried."})
    disclosures.record(kept, family, Ask("police", "safeguarding", concern="SF-0002-W"), told)
    stories.document(kept, family, DocumentKind.CHILD_PROTECTION, [P2], content=b"About the other child.")
    draft = DocumentDraft(DocumentKind.ACCIDENT_RECORD, "The form", accident="AR-0002-W")
    path = out.with_name("form.txt")
    path.write_text("How the other child fell.")
    documents.add(kept, family, draft, path)
    stories.paper(kept, family, DocumentKind.CHILD_PROTECTION, [P2])
    attendance.correct(kept, "S-000001-R", STAYED_AWAY, "the other one stayed at home", [P2])
    _, there = handed_over(kept, out, order(P1))
    left = b"".join(there.files.values())
    for word in ("he other", "Siânb", "2015-04-02", "SF-0002", "AR-0002", "DC-000003", "DC-000004", "PF-0003"):
        assert word.encode() not in left
    assert there.child(P1)["accidents"][0]["children"] == [P1, P2]
    assert [one["reference"] for one in there.content["children"]] == [P1]


def test_a_body_that_is_no_public_one_is_not_named(kept: Desk, out: Path) -> None:
    """A solicitor's or a family's own name, and their case reference, tell of other people."""
    solicitor = stories.referrer(kept, ReferrerKind.SOLICITOR, "Harbour and Quill")
    stories.referred(kept, "LCS-0001-R", solicitor, electronic=True, case="HQ/7")
    _, there = handed_over(kept, out, order(P1))
    (row,) = [one for one in there.child(P1)["referrals"] if one["referrer"] == solicitor]
    assert (row["referrer_kind"], row["referrer_name"], row["case_reference"]) == ("solicitor", None, None)


@pytest.mark.parametrize("child", [P1, None])
def test_a_grown_child_is_found_when_the_family_is_long_disposed_of(
    desk: Desk, desk_of: OpenDesk, out: Path, child: str | None
) -> None:
    """The main case: stubs and kept records are all there is. Of a sibling nothing is left, and nothing is said."""
    household = stories.closed_family(desk, 2)
    stories.flag(stories.on(desk, stories.CLOSED), household.ref, [P1])
    desk.db.close()
    stories.disposed(desk_of, household.ref)
    there = desk_of()
    assert there.db.rows("SELECT id FROM person") == [(1,), (3,)]
    body = stories.referrer(there)
    done, opened = handed_over(there, out, order(child, body))
    (only,) = opened.content["children"]
    found = references(only)
    assert found.pop("attendance") == ["S-000001-R", "S-000002-W"]
    assert found == {"identity": [P1], "adults": [P3], "concerns": ["SF-0001-R"]}
    assert only["concerns"][0]["narrative"] == "A bruise on one arm."
    assert done.children[0].counts == {
        RecordClass.IDENTITY: 2,
        RecordClass.SAFEGUARDING_FILE: 1,
        RecordClass.ATTENDANCE: 2,
    }
    assert P2.encode() not in b"".join(opened.files.values())


def test_before_a_disposal_what_it_would_take_does_not_leave(desk: Desk, out: Path) -> None:
    """A sibling without a file keeps no attendance: an accident about both hands over each child's record alone."""
    household = stories.family(desk, 2)
    held = stories.held(desk, household.ref, date(2019, 2, 4))
    attendance.correct(desk, held, STAYED_AWAY, "the sheet was misread", [P1])
    stories.accident(desk, household.ref)
    body = stories.referrer(desk)
    _, there = handed_over(desk, out, order(None, body))
    assert [references(one) for one in there.content["children"]] == [
        {"identity": [ref], "adults": [P3], "accidents": ["AR-0001-R"]} for ref in (P1, P2)
    ]


def test_all_children_are_those_of_whom_something_is_kept(kept: Desk, out: Path) -> None:
    """Of every family; a document that two of them share lies there once."""
    nothing = stories.family(kept)
    other = stories.family(kept)
    stories.flag(kept, other.ref)
    shared = stories.document(kept, "LCS-0001-R", DocumentKind.CHILD_PROTECTION, content=b"About both.")
    done, there = handed_over(kept, out, order(None))
    assert [one["reference"] for one in there.content["children"]] == [P1, P2, *other.children]
    assert nothing.children[0].encode() not in there.files["handover.json"]
    assert sorted(there.files) == [
        "datapackage.json",
        "documents/DC-000001-R.txt",
        f"documents/{shared}.txt",
        "handover.json",
    ]
    assert done.documents == 2
    assert kept.db.rows("SELECT family_id FROM disclosure_family WHERE disclosure_id = 2") == [(1,), (3,)]


def test_the_manifest_binds_each_part_to_the_trail_and_the_rules(kept: Desk, out: Path) -> None:
    """SHA-256 and size of each part, version, rules, agreement; the head is that of the handover's own entry."""
    done, there = handed_over(kept, out, order(P1))
    manifest, entry = there.manifest, stories.trail(kept)[-1]
    assert next(iter(there.files)) == "datapackage.json"
    assert [one["path"] for one in manifest["resources"]] == list(there.files)[1:]
    for resource in manifest["resources"]:
        content = there.files[resource["path"]]
        assert (resource["bytes"], resource["hash"]) == (
            len(content),
            f"sha256:{hashlib.sha256(content).hexdigest()}",
        )
    about = manifest["handover"]
    assert about["audit_head"] == f"{entry.seq}:{entry.digest}"
    assert (about["id"], about["policy_version"], about["rules_hash"]) == (done.reference, 1, packaged().hash)
    assert about["agreement"] == {"agreed_by": "U-003-A", "agreed_on": "2026-11-26"}
    assert about["recipient"] == {"reference": "REF-0001-R", "kind": "local-authority"}
    assert about["not_as_the_trail_tells"] == {}
    assert there.content["schema"] == "lcs.handover/1"
    assert {name: [one["name"] for one in rows] for name, rows in manifest["columns"].items()} == COLUMNS


def test_it_is_on_the_register_and_the_trail_by_references_alone(kept: Desk, out: Path) -> None:
    """What classes, of whom, to whom; the entry names the child, the body and the family, and no word of a record."""
    done, there = handed_over(kept, out, order(P1))
    entry = register.get(kept.db, 2)
    assert entry is not None
    told = entry.disclosure
    assert (told.kind, told.recipient, told.referrer) == (DisclosureKind.HANDOVER, "local-authority", 1)
    assert (told.rule, told.clause, told.purpose) == ("handover-agreement", "4.6", "handover")
    assert {field.partition(".")[0] for field in told.fields} == {P1}
    assert {field.partition(".")[2] for field in told.fields} == {str(cls) for cls in done.children[0].counts}
    assert entry.families == (1,)
    assert kept.db.rows("SELECT disclosure_id FROM disclosure_release") == [(2,)]
    last = stories.trail(kept)[-1]
    assert (last.action, last.refs) == ("vault.handover", (P1, "REF-0001-R", done.reference, "LCS-0001-R"))
    sha256 = hashlib.sha256(there.files["handover.json"]).hexdigest()
    assert stories.detail(last) == {"rule": "handover-agreement", "documents": 1, "sha256": sha256}
    assert audits.verify(kept).problems == ()


def test_about_all_the_register_names_classes_and_families(kept: Desk, out: Path) -> None:
    """Not each child: the entry of the trail does."""
    handed_over(kept, out, order(None))
    entry = register.get(kept.db, 2)
    assert entry is not None
    assert "safeguarding-file" in entry.disclosure.fields
    assert {*stories.trail(kept)[-1].refs} >= {P1, P2, "LCS-0001-R"}


@pytest.mark.clause("4.6", "for ever")
def test_nothing_is_deleted_or_changed_by_it(kept: Desk, out: Path) -> None:
    """Every record is as it was: only the registers, the trail and the counters have grown."""
    agreed(kept, order(P1))
    before = stories.everything(kept)
    handover.hand_over(kept, order(P1), out)
    after = stories.everything(kept)
    grown = {table for table in before if before[table] != after[table]}
    assert grown == {"disclosure", "disclosure_family", "disclosure_release", "handover", "counter"} | {
        "audit",
        "audit_detail",
    }
    assert all(set(before[table]) <= set(after[table]) for table in grown - {"counter"})


def test_a_record_that_another_tool_changed_is_handed_over_under_that_warning(kept: Desk, out: Path) -> None:
    """It is all that is left of it: whoever gets it is told that it is not what its entry tells of."""
    with without_triggers(kept) as connection:
        connection.execute("UPDATE flag SET category = 'other' WHERE id = 1")
    done, there = handed_over(kept, out, order(P1))
    assert "SF-0001-R is not what entry" in done.unlike["LCS-0001-R"]
    assert there.manifest["handover"]["not_as_the_trail_tells"] == dict(done.unlike)


def test_many_documents_leave_piece_by_piece(desk: Desk, out: Path) -> None:
    """Neither one of them nor all together are ever in memory."""
    household, path, size = stories.family(desk), out.with_name("film.bin"), 4 * 1024 * 1024
    path.touch()
    os.truncate(path, size)
    for _ in range(4):
        documents.add(desk, household.ref, DocumentDraft(DocumentKind.CHILD_PROTECTION), path)
    wanted = order(household.children[0], stories.referrer(desk))
    agreed(desk, wanted)
    tracemalloc.start()
    handover.hand_over(desk, wanted, out)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert out.stat().st_size > 4 * size
    assert most < size / 4


def test_a_dry_run_counts_and_writes_nothing(kept: Desk, tmp_path: Path) -> None:
    """By class and child; it takes no key, no agreement, and is on the trail as a reading."""
    before = stories.everything(kept)
    (one,) = handover.preview(kept, handover.Order(P1, "REF-0001-R"))
    assert (one.child, one.family, one.papers) == (P1, "LCS-0001-R", 1)
    assert one.counts == {
        RecordClass.IDENTITY: 2,
        RecordClass.SAFEGUARDING_FILE: 2,
        RecordClass.ACCIDENT_RECORD: 1,
        RecordClass.ELECTRONIC_REFERRAL: 1,
        RecordClass.CHILD_PROTECTION: 2,
        RecordClass.ATTENDANCE: 1,
        RecordClass.CORRECTION: 1,
    }
    after = stories.everything(kept)
    assert {table for table in before if before[table] != after[table]} == {"audit", "audit_detail"}
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".age" or path.name.startswith(".lcs")] == []


def test_a_handover_is_a_use_of_a_file_and_of_a_stub_none(desk: Desk, desk_of: OpenDesk, out: Path) -> None:
    """As every disclosure is: the five years begin anew. What is kept for ever is not due by it either."""
    first, second = stories.closed_family(desk), stories.closed_family(desk)
    for household in (first, second):
        stories.flag(stories.on(desk, stories.CLOSED), household.ref)
    stories.referrer(desk)
    desk.db.close()
    stories.disposed(desk_of, first.ref)
    there = desk_of()
    handed_over(there, out, order(None))
    decided = {one.decision.subject: one.decision for one in retention.due(there, there.today, everything=True)}
    assert (decided[first.ref].outcome, decided[first.ref].due_on) == (Outcome.KEPT, None)
    assert (decided[second.ref].outcome, decided[second.ref].due_on) == (Outcome.NOT_DUE, date(2031, 11, 26))


@pytest.mark.parametrize("child", [P1, None])
def test_who_asks_for_records_learns_of_a_handover_only_when_it_was_read(
    kept: Desk, out: Path, child: str | None
) -> None:
    """That something is kept of a child tells an adult of a concern; the child is told once a lead has read it."""
    done, _ = handed_over(kept, out, order(child))
    for person, there in ((P3, child is None), (P1, True)):
        asked = requests.add(kept, person, RequestDraft(RequestKind.OWN, TODAY)).request
        found = request_decisions.find(kept, reference(Kind.REQUEST, asked.number)).items
        states = {one.name: one.state for one in found}
        assert states.get(done.reference) == (ItemState.TO_BE_READ if there else None)
