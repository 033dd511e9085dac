"""A document that another tool relabels, puts in another's place or takes away: it is noticed, and not shown."""

import hashlib
import hmac
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from lcs_cli.errors import DamagedVaultError
from lcs_cli.records.document import Document, DocumentKind
from lcs_cli.records.references import Kind, number_in
from lcs_cli.records.user import KeyName
from lcs_cli.services import audits, documents
from lcs_cli.services.desk import Desk
from lcs_cli.vault import documents as rows
from lcs_cli.vault import sealing
from lcs_cli.vault.sealing import KEY_BYTES
from tests.conftest import OpenDesk
from tests.services import stories
from tests.vault.tampering import without_triggers

PROTECTION = DocumentKind.CHILD_PROTECTION
RELABELLED = {
    "another family": "UPDATE document SET family_id = 2 WHERE id = {0}",
    "another kind": "UPDATE document SET kind = 'other' WHERE id = {0}",
    "another class": "UPDATE document SET class = 'accident-record', kind = 'accident-record', children = 0 "
    "WHERE id = 1",
    "all the children": "UPDATE document SET children = 0 WHERE id = 1",
    "another child": "UPDATE document_child SET person_id = 2 WHERE document_id = 1",
    "one more child": "INSERT INTO document_child VALUES (1, 2)",
    "another day": "UPDATE document SET added_on = '2020-01-01' WHERE id = {0}",
    "another person": "UPDATE document SET added_by = 'U-003-A' WHERE id = {0}",
    "another type": "UPDATE document SET media = 'pdf' WHERE id = {0}",
}


def three(desk: Desk) -> None:
    """Papers about one child of a family, an order about the same family, and another family."""
    household = stories.family(desk, children=2)
    stories.family(desk, name="Achebe")
    stories.document(desk, household.ref, PROTECTION, [household.children[0]], content=b"genuine minutes")
    stories.document(desk, household.ref)


@pytest.mark.parametrize("name", RELABELLED)
def test_a_document_that_is_said_to_be_another_does_not_open(desk: Desk, tmp_path: Path, name: str) -> None:
    """Its key is bound to what its row says: of the kept one, and of the one that goes with the file."""
    three(desk)
    assert documents.show(desk, "DC-000001-R", None).document.children == (1,)
    for number in (1, 2):
        ref = ("DC-000001-R", "DC-000002-W")[number - 1]
        if number == 1 or "{0}" in RELABELLED[name]:
            with without_triggers(desk) as connection:
                connection.execute("PRAGMA ignore_check_constraints = ON")
                connection.execute(RELABELLED[name].format(number))
            with stories.unchanged(desk), pytest.raises(DamagedVaultError, match=ref):
                documents.show(desk, ref, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("number", [1, 2])
def test_each_part_is_bound_to_what_the_document_is(desk: Desk, number: int) -> None:
    """Not only its key: whoever could seal that anew still has chunks and a title of another document."""
    three(desk)
    one = rows.get(desk.db, number)
    assert one is not None
    title, key = rows.opened(desk.vault, one)
    other = replace(one, family=2)
    assert title
    assert list(rows.content(desk.vault, one, key))
    with pytest.raises(DamagedVaultError):
        list(rows.content(desk.vault, other, key))
    column = "key_for_safeguarding" if one.is_kept else "key_for_contact"
    with without_triggers(desk) as connection:
        connection.execute(
            f"UPDATE document SET family_id = 2, {column} = ? WHERE id = ?",
            (rows.seal_key(desk.vault, other, key), number),
        )
    with pytest.raises(DamagedVaultError, match="is not what was added"):
        rows.opened(desk.vault, other)


def forged(desk: Desk, by: Desk, body: bytes) -> Callable[[], None]:
    """What somebody with the records key puts in the place of document 1: sealed to the leads, as anybody can."""
    was = rows.get(desk.db, 1)
    assert was is not None
    one: Document = replace(was, size=len(body), sha256=hashlib.sha256(body).hexdigest())
    key = sealing.new_key()
    chunk = sealing.encrypt(key, body, rows._place(by.vault, one, "chunk", 1, 1))
    title = sealing.encrypt(key, b"Minutes", rows._place(by.vault, one, "title"))
    sealed = rows.seal_key(by.vault, one, key)

    def put() -> None:
        with without_triggers(desk) as connection:
            connection.execute(
                "UPDATE document SET size = ?, sha256 = ?, chunks = 1, title = ?, key_for_safeguarding = ? "
                "WHERE id = 1",
                (one.size, one.sha256, title, sealed),
            )
            connection.execute("UPDATE document_chunk SET sealed = ? WHERE document_id = 1", (chunk,))

    return put


def test_a_document_that_was_replaced_as_a_whole_is_named(desk: Desk, desk_of: OpenDesk, tmp_path: Path) -> None:
    """Sealed as it should be, by somebody who can seal to the leads: not under the seal that its entry holds."""
    three(desk)
    tomos = desk_of("tomos")
    assert KeyName.SAFEGUARDING not in tomos.vault.opened.keys
    forged(desk, tomos, b"forged: no concerns at all")()
    entry = next(one for one in stories.trail(desk) if one.action == "document.add")
    said = f"^DC-000001-R is not the document that entry {entry.seq} tells of$"
    with stories.unchanged(desk), pytest.raises(DamagedVaultError, match=said):
        documents.show(desk, "DC-000001-R", tmp_path / "out")
    with without_triggers(desk) as connection:
        connection.execute("DELETE FROM audit_detail WHERE seq = ?", (entry.seq,))
    with stories.unchanged(desk), pytest.raises(DamagedVaultError, match=said):
        documents.show(desk, "DC-000001-R", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_seal_on_the_trail_says_nothing_without_the_documents_own_key(desk: Desk) -> None:
    """It is an HMAC under that key: not the hash of the content, by which somebody could look for a known file."""
    ref = stories.family(desk).ref
    for _ in range(2):
        stories.document(desk, ref, PROTECTION, content=b"the same")
    details = [entry.detail or {} for entry in stories.trail(desk) if entry.action == "document.add"]
    assert details[0]["seal"] != details[1]["seal"]
    one = rows.get(desk.db, 1)
    assert one is not None
    _, key = rows.opened(desk.vault, one)
    assert details[0]["seal"] == hmac.digest(key, hashlib.sha256(b"the same").digest(), "sha256").hex()
    assert len(key) == KEY_BYTES


def test_a_document_of_which_the_trail_knows_nothing_is_not_shown(desk: Desk) -> None:
    """Whoever adds one with another tool writes no entry for it."""
    three(desk)
    with without_triggers(desk) as connection:
        connection.execute("UPDATE audit SET refs = replace(refs, 'DC-000002-W', 'DC-000003-A')")
    with pytest.raises(DamagedVaultError, match="DC-000002-W was added by nobody"):
        documents.show(desk, "DC-000002-W", None)


def test_what_goes_with_the_file_is_not_missed(desk: Desk, desk_of: OpenDesk) -> None:
    """A letter, a referral on paper and a file on paper that went as the policy asks are no loss."""
    household = stories.closed_family(desk_of("amina", stories.CLOSED))
    there = desk_of("amina", stories.CLOSED)
    stories.document(there, household.ref)
    number = number_in(Kind.FAMILY, household.ref)
    stories.disposed(desk_of, household.ref)
    assert desk.db.value("SELECT count(*) FROM document WHERE family_id = ?", number) == 0
    assert audits.verify(desk_of("rhys", stories.SWEPT)).problems == ()


def test_a_content_or_a_key_that_is_sealed_as_it_must_be_and_is_another_is_noticed(desk: Desk) -> None:
    """Whoever can seal can seal anything: the content has to have the digest of the row, and a key is a key."""
    three(desk)
    for number in (1, 2):
        document = rows.get(desk.db, number)
        assert document
        _, key = rows.opened(desk.vault, document)
        assert b"".join(rows.content(desk.vault, document, key))
        other = replace(document, sha256="0" * 64)
        with pytest.raises(DamagedVaultError, match="DC-00000"):
            list(rows.content(desk.vault, other, key))
        for sealed in (b"", key[:-1], key + b"\0"):
            with pytest.raises(DamagedVaultError, match="DC-00000"):
                rows.open_key(desk.vault, document, rows.seal_key(desk.vault, document, sealed))
