"""Documents, as rows: the content in chunks sealed under a key of the document's own, and that key sealed in turn.

What is kept for ever is sealed to the safeguarding leads, the rest under the contact key. Key, title and chunks are
bound to what the row says the document is: one that is given to another family, class or child does not open. Each
chunk is bound to its number and how many there are, so that none can be exchanged, left out or used elsewhere.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from datetime import date

from msgspec.structs import replace

from lcs_cli.errors import DamagedVaultError
from lcs_cli.records.document import Document, DocumentKind, MediaType
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.retention import RecordClass
from lcs_cli.records.user import KeyName
from lcs_cli.vault import sealing
from lcs_cli.vault.connection import Database, Row
from lcs_cli.vault.counters import next_number
from lcs_cli.vault.encoding import context
from lcs_cli.vault.folder import Vault
from lcs_cli.vault.paging import paged

CHUNK = 64 * 1024  # bytes of content in each chunk but the last; the schema counts with it
_COLUMNS = "id, family_id, kind, class, media, size, sha256, added_on, added_by, referral_id, accident_id, children"


def add(vault: Vault, draft: Document, title: str | None, chunks: Iterable[bytes]) -> tuple[Document, str]:
    """Add a document of ``draft.size`` bytes as its chunks are read; its number, SHA-256 and seal are made here.

    The schema takes it only with all its parts, and nothing is added to it afterwards.
    """
    db, number, total = vault.db, next_number(vault.db, "document"), chunks_of(draft.size)
    document = replace(draft, number=number)
    key, digest = sealing.new_key(), hashlib.sha256()
    for place, chunk in enumerate(chunks, start=1):
        digest.update(chunk)
        db.run(
            "INSERT INTO document_chunk (document_id, number, sealed) VALUES (?, ?, ?)",
            *(number, place, sealing.encrypt(key, chunk, _place(vault, document, "chunk", place, total))),
        )
    for child in draft.children:
        db.run("INSERT INTO document_child (document_id, person_id) VALUES (?, ?)", number, child)
    document = replace(document, sha256=digest.hexdigest())
    _close(vault, document, total, key, title)
    return document, seal_of(key, document.sha256)


def chunks_of(size: int) -> int:
    """How many chunks a content of so many bytes has."""
    return -(-size // CHUNK)


def seal_of(key: bytes, sha256: str) -> str:
    """What ties a content to its document's own key, and says nothing of it to who lacks that: HMAC-SHA256, in hex."""
    return hmac.new(key, bytes.fromhex(sha256), hashlib.sha256).hexdigest()


def get(db: Database, number: int) -> Document | None:
    """One document without its title and content."""
    found = select(db, "WHERE id = ?", number)
    return found[0] if found else None


def select(db: Database, where: str = "", *values: object) -> list[Document]:
    """The documents of a condition, by number, without their titles and contents."""
    return [_document(db, row) for row in db.rows(f"SELECT {_COLUMNS} FROM document {where} ORDER BY id", *values)]


def each(db: Database, where: str = "1", *values: object) -> Iterator[Document]:
    """The same of a condition, for a list that can be long: page by page."""
    return (_document(db, row) for row in paged(db, f"SELECT {_COLUMNS} FROM document WHERE {where}", "id", *values))


def opened(vault: Vault, document: Document) -> tuple[str | None, bytes]:
    """A document's title, and the key that opens its content; RefusedError for who does not hold the key to that."""
    title, contact, leads = vault.db.rows(
        "SELECT title, key_for_contact, key_for_safeguarding FROM document WHERE id = ?", document.number
    )[0]
    key = open_key(vault, document, leads if document.is_kept else contact)
    if title is None:
        return None, key
    try:
        return sealing.decrypt(key, title, _place(vault, document, "title")).decode(), key
    except sealing.SealBrokenError as error:
        raise _damaged(document.number) from error


def content(vault: Vault, document: Document, key: bytes) -> Iterator[bytes]:
    """The content in chunks, whole and in order; DamagedVaultError where it is not what was added.

    The last chunk is not given before all of it is known to be right.
    """
    total, digest = chunks_of(document.size), hashlib.sha256()
    if vault.db.value("SELECT count(*) FROM document_chunk WHERE document_id = ?", document.number) != total:
        raise _damaged(document.number)
    for place in range(1, total + 1):
        row = vault.db.row(
            "SELECT sealed FROM document_chunk WHERE document_id = ? AND number = ?", document.number, place
        )
        try:
            chunk = sealing.decrypt(key, row[0] if row else b"", _place(vault, document, "chunk", place, total))
        except sealing.SealBrokenError as error:
            raise _damaged(document.number) from error
        digest.update(chunk)
        if place == total and digest.hexdigest() != document.sha256:
            raise _damaged(document.number)
        yield chunk


def broken(db: Database) -> tuple[int, list[int]]:
    """How many documents there are, and the numbers of those whose chunks are not all there, or not as long."""
    found = db.rows(
        "SELECT id FROM document LEFT JOIN (SELECT document_id, count(*) AS parts, sum(length(sealed)) AS length "
        "FROM document_chunk GROUP BY document_id) ON document_id = id "
        "WHERE parts IS NOT chunks OR length IS NOT size + 28 * chunks ORDER BY id"
    )
    return int(db.value("SELECT count(*) FROM document")), [row[0] for row in found]


def seal_key(vault: Vault, document: Document, key: bytes) -> bytes:
    """Seal a document's own key: to the safeguarding leads where it is kept for ever, else under the contact key."""
    if document.is_kept:
        return sealing.seal_to(vault.header.safeguarding_public, key, _place(vault, document, "key"))
    return sealing.encrypt(vault.key(KeyName.CONTACT), key, _place(vault, document, "key"))


def open_key(vault: Vault, document: Document, sealed: bytes) -> bytes:
    """Open it; RefusedError for anyone without the key it is sealed under.

    DamagedVaultError where it was sealed for another document, or for one that was said to be something else.
    """
    own = vault.key(KeyName.SAFEGUARDING if document.is_kept else KeyName.CONTACT)
    open_ = sealing.open_sealed if document.is_kept else sealing.decrypt
    try:
        key = open_(own, sealed, _place(vault, document, "key"))
    except sealing.SealBrokenError as error:
        ref = reference(Kind.DOCUMENT, document.number)
        raise DamagedVaultError(f"the key of {ref} does not open", "run: lcs doctor") from error
    if len(key) != sealing.KEY_BYTES:  # anybody can seal to the leads, also what is no key
        raise _damaged(document.number)
    return key


def _close(vault: Vault, document: Document, total: int, key: bytes, title: str | None) -> None:
    number = document.number
    sealed_key = seal_key(vault, document, key)
    contact, leads = (None, sealed_key) if document.is_kept else (sealed_key, None)
    sealed = None if title is None else sealing.encrypt(key, title.encode(), _place(vault, document, "title"))
    vault.db.run(
        f"INSERT INTO document ({_COLUMNS}, chunks, title, key_for_contact, key_for_safeguarding) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(number, document.family, document.kind.value, document.record_class.value, document.media.value),
        *(document.size, document.sha256, document.added_on.isoformat(), document.added_by),
        *(document.referral, document.accident, len(document.children), total, sealed, contact, leads),
    )


def _document(db: Database, row: Row) -> Document:
    number, family, kind, cls, media, size, sha256, added, by, referral, accident, children = row
    named = "SELECT person_id FROM document_child WHERE document_id = ? ORDER BY 1"
    return Document(
        number=number,
        family=family,
        kind=DocumentKind(kind),
        record_class=RecordClass(cls),
        media=MediaType(media),
        size=size,
        sha256=sha256,
        added_on=date.fromisoformat(added),
        added_by=by,
        referral=referral,
        accident=accident,
        children=tuple(one[0] for one in db.rows(named, number)) if children else (),
    )


def _place(vault: Vault, one: Document, *part: str | int) -> bytes:
    """What a part is bound to: the vault, the document, and what its row says of it but for its content."""
    pointed = (one.referral or 0, one.accident or 0, *one.children)
    said = (one.kind.value, one.record_class.value, one.media.value, one.added_on.isoformat(), one.added_by)
    here = ("document", vault.header.vault, reference(Kind.DOCUMENT, one.number), reference(Kind.FAMILY, one.family))
    return context(*here, *said, *pointed, *part)


def _damaged(number: int) -> DamagedVaultError:
    return DamagedVaultError(f"{reference(Kind.DOCUMENT, number)} is not what was added", "restore a backup")
