"""Documents: taken in whole or not at all, shown to who holds the key, kept or gone as their kind asks (policy 4.6)."""

import hashlib
import os
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

import pytest

from lcs_cli.errors import DamagedVaultError, FailedError, LcsError, NotFoundError, RefusedError, UsageError
from lcs_cli.records.document import DocumentKind, MediaType
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.retention import RecordClass
from lcs_cli.services import attendance, doctor, document_files, documents, families, retention
from lcs_cli.services.desk import Desk
from lcs_cli.services.document_files import LARGEST, Source, media_of
from lcs_cli.services.documents import DocumentDraft
from lcs_cli.vault.documents import CHUNK
from tests.conftest import TODAY, OpenDesk
from tests.services import stories
from tests.services.stories import CLOSED
from tests.vault.tampering import without_triggers

LEADS = (DocumentKind.ELECTRONIC_REFERRAL, DocumentKind.CHILD_PROTECTION, DocumentKind.ACCIDENT_RECORD)
WITH_THE_FILE = (DocumentKind.ORDER, DocumentKind.PAPER_SCAN, DocumentKind.OTHER)
PROTECTION = DocumentKind.CHILD_PROTECTION


def pattern(size: int) -> bytes:
    """So many bytes, no stretch of which is like another."""
    return b"".join(hashlib.sha256(str(n).encode()).digest() for n in range(size // 32 + 1))[:size]


def letter(folder: Path, content: bytes = b"It is ordered.", name: str = "letter.txt") -> Path:
    """A file outside the vault."""
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("size", [1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 200_001])
@pytest.mark.parametrize("kind", [DocumentKind.ORDER, PROTECTION])
def test_what_was_taken_in_comes_out_byte_for_byte(desk: Desk, tmp_path: Path, kind: DocumentKind, size: int) -> None:
    """However long, whoever it is sealed to; with its size and its SHA-256, for its owner alone."""
    content, out = pattern(size), tmp_path / "out.bin"
    path = letter(tmp_path, content, "scan.bin")
    one = documents.add(desk, stories.family(desk).ref, DocumentDraft(kind, "Minutes"), path)
    assert (one.size, one.sha256, one.media) == (size, hashlib.sha256(content).hexdigest(), MediaType.OTHER)
    shown = documents.show(desk, reference(Kind.DOCUMENT, one.number), out)
    assert (shown.document, shown.title, shown.written) == (one, "Minutes", True)
    assert out.read_bytes() == content
    assert out.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.bin", "scan.bin", "vault"]


@pytest.mark.parametrize("kind", DocumentKind)
@pytest.mark.clause("4.5", "authorised")
def test_each_kind_has_its_class_and_its_lock(desk: Desk, desk_of: OpenDesk, kind: DocumentKind) -> None:
    """What is kept for ever opens for leads alone, whoever added it; the rest for who holds the contact key."""
    ref = stories.document(desk_of("rhys"), stories.family(desk).ref, kind)
    assert documents.show(desk, ref, None).title == "An order of the court"
    (one,) = documents.listing(desk, None)
    assert one.is_kept is (kind in LEADS)
    assert (one.record_class is RecordClass.DOCUMENT) is (kind in WITH_THE_FILE)
    rhys = desk_of("rhys")
    if kind in WITH_THE_FILE:
        assert documents.show(rhys, ref, None).document == one
        return
    with pytest.raises(RefusedError, match="does not hold the safeguarding key") as refused:
        documents.show(rhys, ref, None)
    assert refused.value.clause == "4.5"
    entry = stories.trail(desk)[-1]
    assert (entry.actor, entry.action, entry.outcome, entry.refs) == ("U-003-A", "document.show", "refused", (ref,))


@pytest.mark.parametrize("act", ["add", "list", "show"])
def test_a_worker_has_nothing_to_do_with_documents(desk: Desk, desk_of: OpenDesk, tmp_path: Path, act: str) -> None:
    """Neither adds, nor lists, nor opens them (policy 4.5)."""
    household = stories.family(desk)
    ref, path, tomos = stories.document(desk, household.ref), letter(tmp_path), desk_of("tomos")
    attempts: dict[str, Callable[[], object]] = {
        "add": lambda: documents.add(tomos, household.ref, DocumentDraft(DocumentKind.OTHER), path),
        "list": lambda: documents.listing(tomos, None),
        "show": lambda: documents.show(tomos, ref, None),
    }
    with pytest.raises(RefusedError, match="may not run"):
        attempts[act]()


def test_twenty_megabytes_are_taken_and_one_byte_more_is_not(desk: Desk, tmp_path: Path) -> None:
    """Exactly 20 times 1024 times 1024; in chunks, so that the whole is never in memory at once."""
    household, path = stories.family(desk), tmp_path / "film.bin"
    path.touch()
    os.truncate(path, LARGEST + 1)
    draft = DocumentDraft(DocumentKind.OTHER)
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^file: is larger than 20 MB"):
        documents.add(desk, household.ref, draft, path)
    os.truncate(path, LARGEST)
    tracemalloc.start()
    one = documents.add(desk, household.ref, draft, path)
    documents.show(desk, reference(Kind.DOCUMENT, one.number), tmp_path / "out.bin")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (one.size, (tmp_path / "out.bin").stat().st_size) == (LARGEST, LARGEST)
    assert most < LARGEST / 8


def test_an_empty_file_is_no_document(desk: Desk, tmp_path: Path) -> None:
    """Nothing was scanned, or the wrong file was named."""
    household = stories.family(desk)
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^file: is empty"):
        documents.add(desk, household.ref, DocumentDraft(DocumentKind.OTHER), letter(tmp_path, b""))


@pytest.mark.parametrize("name", ["nowhere.txt", "vault", "pipe", "a\0b"])
def test_what_cannot_be_read_is_said_in_one_line_without_its_name(desk: Desk, tmp_path: Path, name: str) -> None:
    """Not there, a folder, a pipe that nobody fills, a name that no file can have."""
    os.mkfifo(tmp_path / "pipe")
    household = stories.family(desk)
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^file: ") as refused:
        documents.add(desk, household.ref, DocumentDraft(DocumentKind.OTHER), tmp_path / name)
    assert name not in refused.value.message + refused.value.hint


@pytest.mark.parametrize("change", [b"", b"x" * CHUNK, b"y" * (2 * CHUNK), b"z" * (2 * CHUNK + 1)])
def test_a_file_that_changes_while_it_is_read_is_not_taken(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: bytes
) -> None:
    """Emptied, cut, rewritten or grown after its first chunk: nothing of it stays."""
    path, whole = letter(tmp_path, b"y" * (2 * CHUNK - 5)), Source.chunks
    household = stories.family(desk)

    def disturbed(source: Source) -> Iterator[bytes]:
        for chunk in whole(source):
            path.write_bytes(change)
            os.utime(path, (1, 1))
            yield chunk

    monkeypatch.setattr(Source, "chunks", disturbed)
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^file: changed while it was read"):
        documents.add(desk, household.ref, DocumentDraft(DocumentKind.OTHER), path)


def test_a_file_that_stops_being_readable_is_not_taken(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fails, a stick that is drawn."""
    household, path = stories.family(desk), letter(tmp_path, b"y" * (2 * CHUNK))
    read, reads = os.read, []

    def failing(handle: int, length: int) -> bytes:
        reads.append(length)
        if len(reads) > 2:
            raise OSError(5, "Input/output error")
        return read(handle, length)

    monkeypatch.setattr(os, "read", failing)
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^file: cannot be read \(Input/output error\)"):
        documents.add(desk, household.ref, DocumentDraft(DocumentKind.OTHER), path)


@pytest.mark.parametrize(
    ("head", "suffix", "media"),
    [
        (b"%PDF-1.7\n", "", MediaType.PDF),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", ".pdf", MediaType.JPEG),
        (b"\x89PNG\r\n\x1a\n\x00", ".png", MediaType.PNG),
        (b"PK\x03\x04\x14\x00", ".docx", MediaType.DOCX),
        (b"PK\x03\x04\x14\x00", ".zip", MediaType.OTHER),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".msg", MediaType.MSG),
        (b"From: gwen@example.org", ".eml", MediaType.EML),
        (b"Dear all", ".txt", MediaType.TXT),
        (b"MZ\x90\x00", ".docx", MediaType.OTHER),
        (b"Dear all", ".pdf", MediaType.OTHER),
        (b"", "", MediaType.OTHER),
    ],
)
def test_a_file_is_called_what_it_begins_like(head: bytes, suffix: str, media: MediaType) -> None:
    """And by its name's end where its beginning says too little; a word, and no more."""
    assert media_of(head, suffix) is media


def test_neither_the_title_nor_the_path_is_anywhere_in_the_clear(desk: Desk, tmp_path: Path) -> None:
    """Not in a row, not on the trail, not in what is said of the document."""
    household, path = stories.family(desk), letter(tmp_path, name="Gwen Llwyd.txt")
    documents.add(desk, household.ref, DocumentDraft(DocumentKind.ORDER, "Plantedtitle"), path)
    shown = documents.show(desk, "DC-000001-R", None)
    said = repr(
        [
            shown,
            stories.everything(desk),
            list(documents.listing(desk, None)),
            DocumentDraft(PROTECTION, "Plantedtitle"),
        ]
    )
    assert "Plantedtitle" not in said
    assert "Gwen Llwyd" not in said


def test_reading_a_document_is_on_the_trail_before_a_copy_is_written(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what was opened: its title, or its content too."""
    household = stories.family(desk)
    ref = stories.document(desk, household.ref)
    write, logged = document_files.write_out, []

    def writing(path: Path, chunks: Iterable[bytes]) -> None:
        logged.append(stories.trail(desk)[-1].detail)
        write(path, chunks)

    monkeypatch.setattr(document_files, "write_out", writing)
    documents.show(desk, ref, None)
    entry = stories.trail(desk)[-1]
    assert (entry.action, entry.refs, entry.detail) == ("document.show", (ref, household.ref), {"fields": ["title"]})
    documents.show(desk, ref, tmp_path / "out.txt")
    assert logged == [{"fields": ["title", "content"]}]


def test_a_copy_takes_nobodys_place(desk: Desk, tmp_path: Path) -> None:
    """Not a file's, not a link's, not in the vault's folder, not nowhere: nothing is written, and nothing is logged."""
    ref = stories.document(desk, stories.family(desk).ref)
    (tmp_path / "taken.txt").write_text("another")
    (tmp_path / "link.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "into").symlink_to(desk.vault.folder)
    places = ["taken.txt", "link.txt", "vault/out.txt", "into/out.txt", "nowhere/out.txt", "taken.txt/out.txt", "vault"]
    for place in places:
        with stories.unchanged(desk), pytest.raises(UsageError, match=r"^out: "):
            documents.show(desk, ref, tmp_path / place)
    assert (tmp_path / "taken.txt").read_text() == "another"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["into", "link.txt", "taken.txt", "vault"]


def test_a_copy_that_cannot_be_written_leaves_nothing(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk, or a name that somebody took meanwhile."""
    ref, out = stories.document(desk, stories.family(desk).ref), tmp_path / "out.txt"

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(FailedError, match=r"^out: cannot be written \(No space left"):
            document_files.write_out(out, [b"part"])

    def meanwhile() -> Iterator[bytes]:
        out.write_text("another")
        yield b"part"

    with pytest.raises(FailedError, match=r"^out: something of that name is there by now"):
        document_files.write_out(out, meanwhile())
    assert out.read_text() == "another"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.txt", "vault"]
    assert documents.show(desk, ref, None).document.number == 1


# Document 1 and document 3 have two chunks each, document 2 has three.
TAMPERED = {
    "swapped between documents": "UPDATE document_chunk SET sealed = (SELECT sealed FROM document_chunk AS other "
    "WHERE document_id = 4 - document_chunk.document_id AND other.number = document_chunk.number) WHERE number = 1 "
    "AND document_id IN (1, 3)",
    "the last dropped": "DELETE FROM document_chunk WHERE document_id = 1 AND number = 2",
    "the last dropped, and the length changed": "UPDATE document SET size = 65536, chunks = 1 WHERE id = 1; "
    "DELETE FROM document_chunk WHERE document_id = 1 AND number = 2",
    "reordered": "UPDATE document_chunk SET number = 100 - number WHERE document_id = 1; "
    "UPDATE document_chunk SET number = number - 97 WHERE document_id = 1",
    "one repeated": "UPDATE document_chunk SET sealed = (SELECT sealed FROM document_chunk WHERE document_id = 1 "
    "AND number = 1) WHERE document_id = 1",
    "one more": "INSERT INTO document_chunk SELECT 1, 3, sealed FROM document_chunk "
    "WHERE document_id = 2 AND number = 3",
    "a byte changed": "UPDATE document_chunk SET sealed = CAST(zeroblob(12) || substr(sealed, 13) AS BLOB) "
    "WHERE document_id = 1 AND number = 2",
    "another hash": "UPDATE document SET sha256 = (SELECT sha256 FROM document WHERE id = 3) WHERE id = 1",
    "another's key": "UPDATE document SET key_for_contact = (SELECT key_for_contact FROM document WHERE id = 3) "
    "WHERE id = 1",
    "another's title": "UPDATE document SET title = (SELECT title FROM document WHERE id = 3) WHERE id = 1",
    "the whole of another": "DELETE FROM document_chunk WHERE document_id = 1; "
    "UPDATE document_chunk SET document_id = 1 WHERE document_id = 3; "
    "UPDATE document SET (title, key_for_contact, sha256) = (SELECT title, key_for_contact, sha256 FROM document "
    "WHERE id = 3) WHERE id = 1",
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_document_that_another_tool_changed_is_not_shown(desk: Desk, tmp_path: Path, name: str) -> None:
    """Chunk by chunk: it is damaged, nothing is written, and nothing is said to have been read."""
    ref = stories.family(desk).ref
    for size in (2 * CHUNK, 3 * CHUNK, 2 * CHUNK):
        stories.document(desk, ref, content=os.urandom(size))
    out, shown = tmp_path / "out.bin", documents.show(desk, "DC-000001-R", tmp_path / "before.bin")
    assert shown.written
    with without_triggers(desk) as connection:
        connection.executescript(TAMPERED[name])
    with stories.unchanged(desk), pytest.raises(DamagedVaultError, match="DC-000001-R"):
        documents.show(desk, "DC-000001-R", out)
    assert not out.exists()
    assert documents.show(desk, "DC-000002-W", out).written


@pytest.mark.parametrize("name", ["reordered", "the last dropped, and the length changed"])
def test_who_also_changes_the_hash_to_fit_has_not_changed_the_document(desk: Desk, tmp_path: Path, name: str) -> None:
    """Each chunk knows its number and how many there are: what was made of the same chunks does not open."""
    first, second = os.urandom(CHUNK), os.urandom(CHUNK)
    stories.document(desk, stories.family(desk).ref, content=first + second)
    made = second + first if name == "reordered" else first
    with without_triggers(desk) as connection:
        connection.executescript(TAMPERED[name])
        connection.execute("UPDATE document SET sha256 = ?", (hashlib.sha256(made).hexdigest(),))
    with stories.unchanged(desk), pytest.raises(DamagedVaultError, match="DC-000001-R"):
        documents.show(desk, "DC-000001-R", tmp_path / "out.bin")
    assert not (tmp_path / "out.bin").exists()


def test_a_check_up_counts_the_parts_of_each_document(desk: Desk) -> None:
    """A part that is missing, or shorter, is damage; it is found without any key but that to records."""
    ref = stories.family(desk).ref
    for _ in range(3):
        stories.document(desk, ref, PROTECTION, content=b"y" * (2 * CHUNK))
    assert sound(desk) == (True, "3, each with all its parts")
    with without_triggers(desk) as connection:
        connection.execute("DELETE FROM document_chunk WHERE document_id = 1 AND number = 2")
        connection.execute("UPDATE document_chunk SET sealed = x'00' WHERE document_id = 3 AND number = 1")
    assert sound(desk) == (False, "2 of 3 have not all their parts: DC-000001-R, DC-000003-A: restore a backup")


def sound(desk: Desk) -> tuple[bool, str]:
    """What a check-up says of documents."""
    (one,) = [finding for finding in doctor.examine(desk) if finding.check == "documents"]
    return one.sound, one.found


def test_a_document_may_say_which_electronic_referral_it_is(desk: Desk, tmp_path: Path) -> None:
    """One of that family, received electronically; and only a document of that kind is one."""
    household, other, path = stories.family(desk), stories.family(desk), letter(tmp_path)
    referrer = stories.referrer(desk)
    own, paper, foreign = (
        stories.referred(desk, family, referrer, electronic=electronic)
        for family, electronic in ((household.ref, True), (household.ref, False), (other.ref, True))
    )
    kind = DocumentKind.ELECTRONIC_REFERRAL
    assert documents.add(desk, household.ref, DocumentDraft(kind, referral=own), path).referral == 1
    for draft in (
        DocumentDraft(kind, referral=paper),
        DocumentDraft(kind, referral=foreign),
        DocumentDraft(DocumentKind.ORDER, referral=own),
    ):
        with stories.unchanged(desk), pytest.raises(UsageError, match=r"^referral:"):
            documents.add(desk, household.ref, draft, path)


def test_a_document_may_say_which_accident_it_is_a_record_of(desk: Desk, tmp_path: Path) -> None:
    """One of that family; and only a document of that kind is one."""
    household, other, path = stories.family(desk), stories.family(desk), letter(tmp_path)
    own, foreign = stories.accident(desk, household.ref), stories.accident(desk, other.ref)
    kind = DocumentKind.ACCIDENT_RECORD
    assert documents.add(desk, household.ref, DocumentDraft(kind, accident=own), path).accident == 1
    for draft in (DocumentDraft(kind, accident=foreign), DocumentDraft(DocumentKind.OTHER, accident=own)):
        with stories.unchanged(desk), pytest.raises(UsageError, match=r"^accident:"):
            documents.add(desk, household.ref, draft, path)


def test_child_protection_papers_name_children_of_that_family(desk: Desk, tmp_path: Path) -> None:
    """Each once; not an adult, not somebody else's child; and no other kind of document names any."""
    household, other, path = stories.family(desk, 2), stories.family(desk), letter(tmp_path)
    draft = DocumentDraft(PROTECTION, children=[*household.children[::-1], household.children[0]])
    assert documents.add(desk, household.ref, draft, path).children == (1, 2)
    wrong = [DocumentDraft(PROTECTION, children=[child]) for child in (household.adult, other.children[0])]
    for draft in (*wrong, DocumentDraft(DocumentKind.ORDER, children=household.children)):
        with stories.unchanged(desk), pytest.raises(UsageError, match=r"^child:"):
            documents.add(desk, household.ref, draft, path)


def test_the_list_is_of_all_families_or_of_one(desk: Desk) -> None:
    """What there is, without opening anything."""
    first, second = stories.family(desk), stories.family(desk)
    for ref in (first.ref, second.ref, first.ref):
        stories.document(desk, ref)
    assert [one.number for one in documents.listing(desk, None)] == [1, 2, 3]
    assert [one.number for one in documents.listing(desk, first.ref)] == [1, 3]
    with stories.unchanged(desk), pytest.raises(NotFoundError, match="no document has the reference DC-000042-L"):
        documents.show(desk, "DC-000042-L", None)


# --- Retention -------------------------------------------------------------------------------------------------------


def test_a_document_that_is_not_kept_goes_with_the_familys_file(desk_of: OpenDesk) -> None:
    """Counted on the list, on the certificate, and gone with all its chunks."""
    desk = desk_of("amina", CLOSED)
    household = stories.closed_family(desk)
    stories.document(desk, household.ref, content=b"y" * (2 * CHUNK))
    stories.document(desk, household.ref, DocumentKind.PAPER_SCAN)
    desk.db.close()
    (one,) = stories.disposed(desk_of, household.ref).disposed
    assert (one.went["document"], one.stayed) == (2, {})
    after = stories.everything(desk_of())
    assert [after[table] for table in ("document", "document_chunk", "family")] == [[], [], []]


@pytest.mark.parametrize("kind", LEADS)
@pytest.mark.clause("4.6", "for ever")
def test_a_document_that_is_kept_stays_with_a_stub_of_everybody(desk_of: OpenDesk, kind: DocumentKind) -> None:
    """As it was received, beside one that goes; the contact details go."""
    desk = desk_of("amina", CLOSED)
    household = stories.closed_family(desk, 2)
    ref = stories.document(desk, household.ref, kind, content=b"y" * (2 * CHUNK))
    stories.document(desk, household.ref)
    before = stories.everything(desk)
    desk.db.close()
    (one,) = stories.disposed(desk_of, household.ref).disposed
    cls = "child-protection-document" if kind is PROTECTION else kind.value
    assert (one.went["document"], one.stayed[cls], one.stayed["identity"]) == (1, 1, 4)
    after = stories.everything(desk_of())
    assert after["document"] == before["document"][:1]
    assert after["document_chunk"] == before["document_chunk"][:2]
    assert after["person"] == before["person"]
    assert after["contact_detail"] == []
    assert documents.show(desk_of(), ref, None).document.is_kept


def test_child_protection_papers_keep_the_attendance_of_the_children_they_concern(desk_of: OpenDesk) -> None:
    """It is part of a safeguarding file: the sibling's goes, corrections stay with what they correct."""
    desk = desk_of("amina", CLOSED)
    household = stories.closed_family(desk, 2)
    attendance.correct(desk, "S-000001-R", stories.STAYED_AWAY, "mistaken")
    stories.document(desk, household.ref, PROTECTION, household.children[:1])
    desk.db.close()
    shown = stories.approved(desk_of, household.ref).items[0].decision.fate
    (one,) = stories.swept(desk_of).disposed
    assert one.stayed == {cls.value: count for cls, count in shown.stays.items()}
    assert one.stayed == {"child-protection-document": 1, "attendance": 2, "session": 2, "identity": 4}
    assert (one.went["attendance"], one.went["correction"]) == (2, 1)
    rows = desk_of().db.rows("SELECT session_id, child_id FROM attendance")
    assert rows == [(1, 1), (2, 1)]
    assert len(desk_of().db.rows("SELECT * FROM superseded")) == 1


def test_child_protection_papers_that_name_nobody_concern_every_child(desk_of: OpenDesk) -> None:
    """As a concern does that names none."""
    desk = desk_of("amina", CLOSED)
    household = stories.closed_family(desk, 2)
    stories.document(desk, household.ref, PROTECTION)
    desk.db.close()
    (one,) = stories.disposed(desk_of, household.ref).disposed
    assert one.stayed["attendance"] == 4
    assert "attendance" not in one.went


@pytest.mark.parametrize("kind", [DocumentKind.ORDER, DocumentKind.ACCIDENT_RECORD])
def test_a_document_that_comes_after_the_review_sends_the_file_back(desk_of: OpenDesk, kind: DocumentKind) -> None:
    """Whoever approved did not know of it."""
    household = stories.closed_family(desk_of("amina", CLOSED))
    stories.approved(desk_of, household.ref)
    stories.document(desk_of("amina", stories.APPROVED), household.ref, kind)
    done = stories.swept(desk_of)
    assert (done.disposed, [family for family, _ in done.sent_back]) == ([], [household.ref])


def test_adding_a_document_is_no_use_of_the_file(desk_of: OpenDesk) -> None:
    """No clock is restarted."""
    household = stories.closed_family(desk_of("amina", CLOSED))
    stories.document(desk_of("amina", date(2024, 1, 2)), household.ref)
    (item,) = retention.due(desk_of("amina", stories.DUE), stories.DUE)
    assert (item.decision.subject, item.decision.due_on) == (household.ref, stories.DUE)


def test_a_document_can_be_added_to_what_is_left_of_a_family(desk_of: OpenDesk) -> None:
    """A referral that turns up years later: the stub is there, and nothing comes due by it."""
    household = stories.closed_family(desk_of("amina", CLOSED), electronic=True)
    stories.disposed(desk_of, household.ref)
    ref = stories.document(desk_of(), household.ref, DocumentKind.ELECTRONIC_REFERRAL)
    assert documents.show(desk_of(), ref, None).document.added_on == TODAY
    assert families.show(desk_of(), household.ref).family.disposed_on == stories.SWEPT
    with pytest.raises(LcsError, match="kept indefinitely"):
        retention.propose(desk_of("amina", date(2060, 1, 2)), household.ref, None)
