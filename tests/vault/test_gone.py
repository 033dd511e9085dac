"""Physically gone (policy 4.6): after a disposal, neither a page of the file nor a file beside it says a word of it."""

from datetime import date
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from lcs_cli.records.family import ContactField, PersonKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.retention import HoldKind
from lcs_cli.services import consents, contact_sessions, families, people, retention, staff
from lcs_cli.services.consents import ConsentDraft
from lcs_cli.services.desk import Desk
from lcs_cli.services.families import FamilyDraft
from lcs_cli.services.people import PersonDraft
from tests.conftest import OpenDesk, make_vault, open_desk
from tests.services import stories
from tests.vault.pages import lying_about, written

PLAIN = {
    b"Plantedfamily",
    b"Plantedformerfamily",
    b"Plantedchild",
    b"Plantedformerchild",
    b"Plantedadult",
    b"2013-07-23",
    b"Plantedaunt",
    b"Plantedroom",
    b"Plantednote",
    b"Plantedcancelled",
    b"Plantedreason",
    b"Plantedcase",
    b"Plantedhold",
    b"Plantedreview",
    b"Plantednaming",
    b"Plantedevidence",
    b"Plantedresponsibility",
    b"Plantedwithdrawn",
}
STUB = {
    b"Plantedfamily",
    b"Plantedformerfamily",
    b"Plantedchild",
    b"Plantedformerchild",
    b"Plantedadult",
    b"Plantedaunt",
    b"2013-07-23",
}
"""Names used, dates of birth and roles: what is left of whom a record that is kept points at."""
OF_STAFF = {
    b"Plantedvolunteer",
    b"Plantedformer",
    b"Plantedmisread",
    b"Plantedleaving",
    b"Plantedinquiry",
    b"Plantedkept",
    b"001234567890",
    b"Plantedreview",
}
_IN_LETTERS = str.maketrans("0123456789", "abcdefghij")  # a name holds no digits
SEALED = {b"Plantedtitle", b"Plantedcontent"} | {
    b"7 Planted Row",
    b"8 Planted Row",
    b"01632 960777",
    b"planted@example.org",
}


@pytest.fixture
def opened(tmp_path: Path) -> OpenDesk:
    """Open a new vault as somebody, on some day."""
    make_vault(tmp_path / "vault")
    return partial(open_desk, tmp_path / "vault")


def planted(desk: Desk) -> tuple[str, str]:
    """A closed family with a word of its own in every field that holds text, and its child."""
    details = {ContactField.ADDRESS: "7 Planted Row", ContactField.TELEPHONE: "01632 960777"}
    child = PersonDraft(PersonKind.CHILD, "Plantedformerchild", "Plantedfamily", date(2013, 7, 23))
    adult = PersonDraft(PersonKind.ADULT, "Plantedadult", "Plantedfamily", None, "Plantedaunt", details)
    file = families.add(desk, FamilyDraft("Plantedformerfamily", stories.OPENED, [child, adult]))
    ref = reference(Kind.FAMILY, file.family.number)
    child_ref, adult_ref = (reference(Kind.PERSON, person.number) for person in file.people)
    families.edit(desk, ref, "Plantedfamily", "Plantedreason")
    people.edit(desk, child_ref, {"given_name": "Plantedchild"}, "Plantedreason")
    people.edit(desk, adult_ref, {"address": "8 Planted Row", "email": "planted@example.org"}, "Plantedreason")
    held = stories.held(desk, ref, date(2019, 3, 4))
    pair = [stories.staff_member(desk, name, vetted=False) for name in ("Efa Parry", "Nia Hughes")]
    stories.cleared(desk, pair[0], issued_on=date(2019, 1, 7))
    contact_sessions.supervise(desk, held, pair[0], reason="Plantedlate")
    contact_sessions.supervise(desk, held, pair[1], pair[0], "Plantednaming")
    referrer = stories.referrer(desk)
    stories.referred(desk, ref, referrer, case="Plantedcase")
    draft = ConsentDraft(("name",), referrer, "housing", stories.CLOSED, "in-writing", "Plantedevidence")
    consents.record(desk, child_ref, replace(draft, given_by=adult_ref, responsibility="Plantedresponsibility"))
    consents.withdraw(desk, "CN-0001-R", stories.CLOSED, "in-writing", "Plantedwithdrawn")
    stories.booked(desk, ref, date(2019, 3, 5), room="Plantedroom", note="Plantednote")
    contact_sessions.cancel(desk, stories.booked(desk, ref, date(2019, 3, 6)), "Plantedcancelled")
    retention.hold(desk, ref, HoldKind.COMPLAINT, "Plantedhold", date(2020, 6, 1))
    stories.document(desk, ref, title="Plantedtitle", content=b"Plantedcontent" * 9000)
    families.close(desk, ref, stories.CLOSED)
    return ref, child_ref


def sealed_values(desk: Desk) -> set[bytes]:
    """The contact details as they are stored, those that a correction replaced too, and the parts of documents."""
    values = {row[0] for row in desk.db.rows("SELECT sealed FROM contact_detail")}
    former = "SELECT content ->> 'sealed' FROM superseded WHERE kind = 'contact_detail'"
    chunks = desk.db.rows("SELECT sealed FROM document_chunk")  # longer than a page: their beginnings and their ends
    values |= {part for row in chunks for part in (row[0][:40], row[0][-40:])}
    values |= {part for row in desk.db.rows("SELECT title, key_for_contact FROM document") for part in row}
    values |= {row[0].encode() for row in desk.db.rows("SELECT sha256 FROM document")}
    return values | {row[0].encode() for row in desk.db.rows(former)}


def disposed(opened: OpenDesk, ref: str) -> Desk:
    """Reviewed with a reason, approved and swept."""
    proposing = opened("amina", stories.APPROVED)
    retention.propose(proposing, ref, "Plantedreview")
    approving = opened("rhys", stories.APPROVED)
    retention.approve(approving, retention.approval_list(approving).hash)
    desk = opened("amina", stories.SWEPT)
    assert written(desk.db.path, stories.records_key(desk), PLAIN | SEALED) == PLAIN
    proposing.db.close()
    approving.db.close()
    assert stories.swept(opened).disposed
    return opened("amina", stories.SWEPT)


def test_no_page_says_a_word_of_a_family_that_was_disposed_of(opened: OpenDesk) -> None:
    """Each word is found before, the sealed ones as they were stored; and none of them afterwards."""
    there = opened("amina", stories.CLOSED)
    ref, _ = planted(there)
    sealed = sealed_values(there)
    assert len(sealed) == 11
    assert written(there.db.path, stories.records_key(there), sealed) == sealed
    desk = disposed(opened, ref)
    assert written(desk.db.path, stories.records_key(desk), PLAIN | SEALED | sealed) == set()
    assert lying_about(desk.vault.folder, PLAIN | SEALED | sealed) == set()
    assert sorted(path.name for path in desk.vault.folder.iterdir()) == [
        "data-1.db",
        "disposals.jsonl",
        "header.bak.json",
        "header.json",
        "lock",
        "sweep.lock",
    ]


def test_no_page_says_a_word_of_somebody_who_left_long_ago(opened: OpenDesk) -> None:
    """Their name and former name, the numbers of their certificates, every reason, and what salted the digests."""
    there = opened("amina", stories.CLOSED)
    ref = stories.staff_member(there, "Plantedformer", vetted=False)
    stories.cleared(there, ref, issued_on=date(2019, 1, 7))
    staff.undertake(there, ref, stories.CLOSED)
    staff.edit(there, ref, {"name": "Plantedvolunteer"}, "Plantedmisread")
    staff.leave(there, ref, stories.CLOSED, "Plantedleaving")
    retention.hold(there, ref, HoldKind.INQUIRY, "Plantedinquiry", date(2020, 6, 1))
    salt = {row[0].encode() for row in there.db.rows("SELECT salt FROM staff_member")}
    there.db.close()
    keeping = opened("amina", stories.DUE)
    retention.keep(keeping, ref, stories.APPROVED, "Plantedkept")
    keeping.db.close()
    proposing = opened("amina", stories.APPROVED)
    retention.propose(proposing, ref, "Plantedreview")
    approving = opened("rhys", stories.APPROVED)
    retention.approve(approving, retention.approval_list(approving).hash)
    words = OF_STAFF | salt
    assert written(approving.db.path, stories.records_key(approving), words) == words
    proposing.db.close()
    approving.db.close()
    assert stories.swept(opened).disposed
    desk = opened("amina", stories.SWEPT)
    assert written(desk.db.path, stories.records_key(desk), words) == set()
    assert lying_about(desk.vault.folder, words) == set()


def test_what_is_kept_of_a_family_says_no_more_than_it_must(opened: OpenDesk) -> None:
    """A child with a safeguarding file keeps a stub and the attendance; everything else is gone from the pages."""
    there = opened("amina", stories.CLOSED)
    ref, child = planted(there)
    stories.flag(there, ref, [child])
    desk = disposed(opened, ref)
    assert written(desk.db.path, stories.records_key(desk), PLAIN | SEALED) == STUB


def test_an_accident_record_keeps_a_stub_and_nothing_else_in_the_pages(opened: OpenDesk) -> None:
    """Names used, dates of birth and roles; what happened lies sealed, as it did before."""
    there = opened("amina", stories.CLOSED)
    ref, child = planted(there)
    stories.accident(there, ref, [child])
    sealed = {row[0] for row in there.db.rows("SELECT narrative FROM accident")}
    desk = disposed(opened, ref)
    assert written(desk.db.path, stories.records_key(desk), PLAIN | SEALED | sealed | {b"Slipped"}) == STUB | sealed


@pytest.mark.no_cover  # the same lines, thousands of times
def test_nothing_is_left_after_years_of_work_in_the_file(opened: OpenDesk) -> None:
    """Hundreds of records added, corrected and disposed of, so that pages are split, emptied and filled again."""
    gone: set[bytes] = set()
    stay: set[bytes] = set()
    for round_ in range(3):
        there = opened("amina", stories.CLOSED)
        refs = []
        for number in range(30):
            name, kept = f"Churn-{round_}-{number:03d}-".translate(_IN_LETTERS), number % 10 == 0
            household = stories.family(there, 2, name=f"{name}before")
            families.edit(there, household.ref, f"{name}after", f"{name}reason")
            people.edit(there, household.children[0], {"given_name": f"{name}child", "address": "Elm"}, f"{name}why")
            for day in (4, 11, 18):
                stories.booked(there, household.ref, date(2019, 2, day), room=f"{name}room", note=f"{name}note" * 9)
            words = {f"{name}{word}".encode() for word in ("before", "after", "reason", "child", "why", "room", "note")}
            families.close(there, household.ref, stories.CLOSED)
            (stay if kept else gone).update(words)
            if not kept:
                refs.append(household.ref)
        there.db.close()
        assert len(stories.disposed(opened, *refs).disposed) == 27
    desk = opened("amina", stories.SWEPT)
    assert written(desk.db.path, stories.records_key(desk), gone | stay) == stay
    assert lying_about(desk.vault.folder, gone | stay) == set()
    assert desk.db.value("PRAGMA freelist_count") == 0
    assert desk.db.problems() == []


def test_a_sweep_that_was_killed_before_the_rewrite_is_finished_by_the_next(
    opened: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows are gone by then, but dead values may lie in the gaps of a page until the file is written anew."""
    there = opened("amina", stories.CLOSED)
    ref, _ = planted(there)
    there.db.close()
    stories.approved(opened, ref)

    def killed(_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("lcs_cli.vault.connection.Database.rewrite", killed)
        with pytest.raises(KeyboardInterrupt):
            stories.swept(opened)
    desk = opened("amina", stories.SWEPT)
    before = desk.db.path.stat().st_ino
    desk.db.close()
    assert stories.swept(opened).disposed == []
    after = opened("amina", stories.SWEPT)
    assert after.db.path.stat().st_ino != before
    assert written(after.db.path, stories.records_key(after), PLAIN | SEALED) == set()
    assert after.db.value("PRAGMA freelist_count") == 0
