"""Seals to a public key, read and made by another implementation of RFC 9180, from what lies in the files."""

import hashlib
import json
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from pyhpke import AEADId, CipherSuite, KDFId, KEMId
from pyhpke.exceptions import OpenError

from lcs_cli.records.references import Kind, reference
from lcs_cli.records.user import KeyName
from lcs_cli.vault import narratives, sealing, slots
from lcs_cli.vault.folder import HEADER, Vault
from lcs_cli.vault.header import SealedKey
from lcs_cli.vault.sealing import SealBrokenError
from tests.conftest import open_desk
from tests.vault.sealed import TEXTS

SUITE = CipherSuite.new(KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.CHACHA20_POLY1305)
ENCAPSULATED = 32  # bytes of an X25519 public key, before the ciphertext

FIRST_THREE = ("0001-R", "0002-W", "0003-A")


def bound_to(*parts: str | int) -> bytes:
    """What a seal is bound to, as it is written down in the format."""
    return json.dumps(["lcs-vault/1", *parts], separators=(",", ":")).encode("ascii")


def opened(private: bytes, seal: bytes, info: bytes) -> bytes:
    """What the other implementation reads."""
    key = SUITE.kem.deserialize_private_key(private)
    return SUITE.create_recipient_context(seal[:ENCAPSULATED], key, info=info).open(seal[ENCAPSULATED:])


def made(public: bytes, text: bytes, info: bytes) -> bytes:
    """What the other implementation seals."""
    enc, context = SUITE.create_sender_context(SUITE.kem.deserialize_public_key(public), info=info)
    return enc + context.seal(text)


@pytest.mark.parametrize("name", ["amina", "rhys", "tomos"])
def test_the_keys_in_a_slot_are_read_by_another_implementation(vault: Path, name: str) -> None:
    """From the header's JSON and the slot's own key, each bound to vault, slot, name and generation."""
    header = json.loads((vault / HEADER).read_bytes())
    (slot,) = (slot for slot in header["slots"] if slot["name"] == name)
    own = open_desk(vault, name).vault.opened
    assert own.seal is not None
    for key, one in slot["keys"].items():
        info = bound_to("key", header["vault"], slot["user"], key, one["generation"])
        assert opened(own.seal, b64decode(one["sealed"]), info) == own.keys[KeyName(key)]
        with pytest.raises((OpenError, SealBrokenError)):
            opened(own.seal, b64decode(one["sealed"]), bound_to("key", header["vault"], slot["user"], key, 2))
    assert set(slot["keys"]) == {key.value for key in own.keys}


def test_narratives_are_read_by_another_implementation_from_another_sqlite(sealed_template: Path) -> None:
    """Neither the library of the data file nor that of the seals is ours: the keys and the format are enough."""
    vault = open_desk(sealed_template).vault
    connection = apsw.Connection(str(vault.db.path), flags=apsw.SQLITE_OPEN_READONLY)
    for pragma in ("cipher = 'sqlcipher'", "legacy = 4", f"key = \"x'{vault.key(KeyName.RECORDS).hex()}'\""):
        connection.execute(f"PRAGMA {pragma}")
    places = [("flag", f"SF-{ref}", part) for ref in FIRST_THREE for part in ("narrative", "outcome")]
    places += [("accident", f"AR-{ref}", "narrative") for ref in FIRST_THREE]
    read = {
        opened(vault.key(KeyName.SAFEGUARDING), seal, bound_to("safeguarding", vault.header.vault, ref, part)).decode()
        for table, ref, part in places
        for (seal,) in connection.execute(f"SELECT {part} FROM {table} WHERE id = ?", (int(ref[3:7]),))
        if seal
    }
    read |= documents_read(connection, vault) | words_read(connection, vault)
    connection.close()
    assert read == TEXTS[KeyName.SAFEGUARDING]


def words_read(connection: apsw.Connection, vault: Vault) -> set[str]:
    """The words of disclosures and of decisions about requests."""
    seals = [
        (Kind.DISCLOSURE, number, part, seal)
        for number, part, seal in connection.execute(
            "SELECT disclosure_id, name, sealed FROM disclosure_part WHERE sealed NOTNULL"
        )
    ]
    for part in ("words", "redacted"):
        rows = connection.execute(f"SELECT request_id, number, item, {part} FROM request_decision WHERE {part} NOTNULL")
        seals += [(Kind.REQUEST, request, f"{part} {number} {item}", seal) for request, number, item, seal in rows]
    own, here = vault.key(KeyName.SAFEGUARDING), vault.header.vault
    return {
        opened(own, seal, bound_to("safeguarding", here, reference(kind, number), part)).decode()
        for kind, number, part, seal in seals
    }


def documents_read(connection: apsw.Connection, vault: Vault) -> set[str]:
    """The titles of the documents that are kept; each content is whole, and its hash is that of its row."""
    kept = (
        "SELECT id, key_for_safeguarding, title, sha256, chunks, family_id, kind, class, media, added_on, added_by, "
        "ifnull(referral_id, 0), ifnull(accident_id, 0), (SELECT json_group_array(person_id) FROM "
        "(SELECT person_id FROM document_child WHERE document_id = id ORDER BY person_id)) FROM document "
        "WHERE key_for_contact IS NULL"
    )
    titles = set()
    for number, key, title, sha256, chunks, family, *said, children in list(connection.execute(kept)):
        ref = reference(Kind.DOCUMENT, number)
        here = ("document", vault.header.vault, ref, reference(Kind.FAMILY, family), *said, *json.loads(children))
        aead = ChaCha20Poly1305(opened(vault.key(KeyName.SAFEGUARDING), key, bound_to(*here, "key")))
        digest = hashlib.sha256()
        parts = "SELECT number, sealed FROM document_chunk WHERE document_id = ? ORDER BY number"
        for place, part in connection.execute(parts, (number,)):
            where = bound_to(*here, "chunk", place, chunks)
            digest.update(aead.decrypt(part[:12], part[12:], where))
        assert digest.hexdigest() == sha256
        where = bound_to(*here, "title")
        titles.add(aead.decrypt(title[:12], title[12:], where).decode() if title else "A document without a title")
    return titles


def test_what_another_implementation_seals_opens_here(vault: Path) -> None:
    """A narrative and a key, in the place they were sealed for."""
    desk = open_desk(vault)
    header, own = desk.vault.header, desk.vault.opened
    info = bound_to("safeguarding", header.vault, "SF-0007-F", "narrative")
    seal = made(header.safeguarding_public, "Siân had a bruise.".encode(), info)
    assert narratives.unseal(desk.vault, Kind.FLAG, 7, "narrative", seal) == "Siân had a bruise."
    slot = header.slot("amina")
    sealed_key = made(
        slot.lock.public_seal, bytes(32), bound_to("key", header.vault, slot.user.reference, "contact", 5)
    )
    one = SealedKey(5, sealed_key)
    assert own.seal is not None
    assert slots.open_key(header.vault, slot.user.reference, own.seal, KeyName.CONTACT, one) == bytes(32)
    with pytest.raises(SealBrokenError):
        slots.open_key(header.vault, slot.user.reference, own.seal, KeyName.RECORDS, one)


@pytest.mark.parametrize("text", [b"", b"x", bytes(100_000)])
@pytest.mark.parametrize(("seal", "open_"), [(sealing.seal_to, opened), (made, sealing.open_sealed)])
def test_each_implementation_reads_the_other(
    seal: Callable[[bytes, bytes, bytes], bytes], open_: Callable[[bytes, bytes, bytes], bytes], text: bytes
) -> None:
    """Whatever the length, and whatever it is bound to."""
    private = sealing.new_key()
    public = sealing.public_seal_key(private)
    for info in (b"", b"here", bound_to("safeguarding", "ä", 7)):
        assert open_(private, seal(public, text, info), info) == text
        with pytest.raises((OpenError, SealBrokenError)):
            open_(private, seal(public, text, info), info + b"!")
