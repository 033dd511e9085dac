"""Replacing the vault's keys: a new data file under a new key, with everything sealed anew, in one step.

Never `PRAGMA rekey`: on a full disk it reported success with nothing written, or left a file that neither key opens.
The rows are poured into a new file beside the old one. The header that names the new file takes the old header's
place by one rename: before it nothing has happened, after it only the new keys open anything. What is sealed under a
key that is replaced is opened and sealed anew on its way, so that the new file never holds an old seal.
"""

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from msgspec.structs import replace

from lcs_cli.errors import DamagedVaultError, FailedError, LcsError, RefusedError
from lcs_cli.records.family import ContactField
from lcs_cli.records.references import Kind
from lcs_cli.records.user import KeyName
from lcs_cli.records.value import Entity
from lcs_cli.vault import documents, narratives, people, sealing
from lcs_cli.vault.connection import Database
from lcs_cli.vault.encoding import decode, encode
from lcs_cli.vault.files import replace_file, sync_folder, write_new
from lcs_cli.vault.folder import HEADER, HEADER_COPY, LOCK, Vault, building_name
from lcs_cli.vault.migrate import migrate
from lcs_cli.vault.slots import seal_keys

ROTATED = frozenset({KeyName.RECORDS, KeyName.CONTACT, KeyName.SAFEGUARDING})
"""The managers' signing key is never replaced: everybody's lock trusts it."""

# Where sealed values lie, and the SQL that seals them anew.
_SEALED = {
    KeyName.CONTACT: {
        "contact_detail": {"sealed": "seal_detail(person_id, field, sealed)"},
        "superseded": {
            "content": "CASE WHEN kind = 'contact_detail' THEN seal_correction(record_id, content) ELSE content END"
        },
        "document": {"key_for_contact": "seal_document_key(id, key_for_contact)"},
    },
    KeyName.SAFEGUARDING: {
        "flag": {
            "narrative": "seal_narrative('FLAG', id, 'narrative', narrative)",
            "outcome": "seal_narrative('FLAG', id, 'outcome', outcome)",
        },
        "accident": {"narrative": "seal_narrative('ACCIDENT', id, 'narrative', narrative)"},
        "document": {"key_for_safeguarding": "seal_document_key(id, key_for_safeguarding)"},
        "request_decision": {
            "words": "seal_narrative('REQUEST', request_id, 'words ' || number || ' ' || item, words)",
            "redacted": "seal_narrative('REQUEST', request_id, 'redacted ' || number || ' ' || item, redacted)",
        },
        "disclosure_part": {"sealed": "seal_narrative('DISCLOSURE', disclosure_id, name, sealed)"},
    },
}


def ask(db: Database, names: Iterable[KeyName]) -> None:
    """Remember that somebody who held these keys is not to hold them any more; in the open transaction."""
    for name in ROTATED.intersection(names):
        db.run(
            "INSERT INTO counter (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = 1", _asked(name)
        )


def asked(db: Database) -> frozenset[KeyName]:
    """The keys that are to be replaced."""
    return frozenset(name for name in ROTATED if db.value("SELECT value FROM counter WHERE name = ?", _asked(name)))


class Rotation(Entity):
    """A vault under its new keys, in a file that has not got its name yet. ``unopened`` seals were left as they are."""

    vault: Vault
    names: frozenset[KeyName]
    unopened: int = 0

    def finish(self) -> None:
        """Let the new file take the old one's place: from the header's new name on, only the new keys count."""
        folder, header = self.vault.folder, self.vault.header
        self.vault.db.close()
        sync_folder(folder)
        replace_file(folder / HEADER, header.to_bytes())
        (folder / building_name(header.data)).rename(folder / header.data)
        sync_folder(folder)
        self.vault.db = Database(folder / header.data, self.vault.key(KeyName.RECORDS), folder / LOCK)
        self.vault.db.value("PRAGMA user_version")  # seen once, it is not missing when somebody else replaces it
        replace_file(folder / HEADER_COPY, header.to_bytes())


def begin(vault: Vault) -> Rotation:
    """Pour the vault into a new file under new keys: those that who opened it can open everything under.

    Call it inside a transaction, so that nobody writes to the old file meanwhile.
    """
    vault.db.check_in_transaction()
    vault.check_header()
    names = _can_be_replaced(vault)
    new = _with_new_keys(vault, names)
    path = new.db.path
    for stray in (path, path.with_name(f"{path.name}-journal")):  # a journal would be played back into the new file
        stray.unlink(missing_ok=True)
    rotation = Rotation(new, names)
    try:
        write_new(path, b"")
        migrate(new.db)
        new.db.pour(
            vault.db.path,
            vault.key(KeyName.RECORDS),
            _sealed_under(names),
            _functions(vault, rotation),
        )
        problems = new.db.problems()
        if problems:
            raise DamagedVaultError(f"the copy under the new key is not sound: {problems[0]}", "run: lcs doctor")
    except BaseException as error:
        new.db.close()
        if isinstance(error, RefusedError):  # by a guard of the new file: the old one does not keep the guards' rules
            raise DamagedVaultError(f"the vault cannot be copied: {error.message}", "run: lcs doctor") from error
        raise
    return rotation


def enter(rotation: Rotation) -> None:
    """Have the new file remember its header, in its open transaction."""
    header, db = rotation.vault.header, rotation.vault.db
    db.run("UPDATE vault SET epoch = ?, header = ?", header.epoch, header.to_bytes().decode())
    for name in rotation.names:
        db.run("UPDATE counter SET value = 0 WHERE name = ?", _asked(name))
        db.run("DELETE FROM entrusted_key WHERE name = ?", name.value)


def give_up(former: Vault, new: Vault, error: BaseException) -> BaseException:
    """Take away what a failed rotation left, as far as that goes now; what is to be said of it."""
    with suppress(LcsError, OSError):
        if new is former or not new.is_in_the_folder():
            former.remove_strays()
        elif isinstance(error, Exception):
            return FailedError(
                "the keys are replaced, but the folder could not be put in order", "make room: the next command does it"
            )
    return error


def _sealed_under(names: Iterable[KeyName]) -> dict[str, dict[str, str]]:
    """By table, the columns that are sealed under some of these keys; a table may have columns under several."""
    found: dict[str, dict[str, str]] = {}
    for name in names:
        for table, columns in _SEALED.get(name, {}).items():
            found.setdefault(table, {}).update(columns)
    return found


def _can_be_replaced(vault: Vault) -> frozenset[KeyName]:
    """The keys that who opened it holds: not a key that narratives are not sealed to, whoever has entrusted it."""
    names = ROTATED.intersection(vault.opened.keys)
    safeguarding = vault.opened.keys.get(KeyName.SAFEGUARDING)
    if safeguarding and sealing.public_seal_key(safeguarding) != vault.header.safeguarding_public:
        return names - {KeyName.SAFEGUARDING}
    return names


def _with_new_keys(vault: Vault, names: frozenset[KeyName]) -> Vault:
    """The vault as it will be: new keys sealed to everybody who held the old ones, under a header of the next epoch."""
    keys = {name: sealing.new_key() for name in names}
    former = vault.header
    slots = []
    for slot in former.slots:
        held = {name: (former.generation(name) + 1, keys[name]) for name in names & set(slot.keys)}
        new = seal_keys(former.vault, slot.user.reference, slot.lock.public_seal, held)
        slots.append(replace(slot, keys={**slot.keys, **new}))
    header = replace(former, epoch=former.epoch + 1, data=f"data-{former.epoch + 1}.db", slots=tuple(slots))
    if KeyName.SAFEGUARDING in names:
        header = replace(header, safeguarding_public=sealing.public_seal_key(keys[KeyName.SAFEGUARDING]))
    header = header.signed(vault.key(KeyName.ADMIN))
    opened = replace(vault.opened, keys={**vault.opened.keys, **keys})
    db = Database(vault.folder / building_name(header.data), keys[KeyName.RECORDS], None)
    return Vault(vault.folder, header, opened, db)


def _functions(old: Vault, rotation: Rotation) -> dict[str, tuple[int, Callable[..., Any]]]:
    """What seals a value anew; one that does not open stays as it is, for it was lost before."""
    new = rotation.vault

    def seal_anew(person: int, name: str, sealed: bytes) -> bytes:
        field_ = ContactField(name)
        return people.seal_detail(new, person, field_, people.open_detail(old, person, field_, sealed))

    def detail(person: int, name: str, sealed: bytes) -> bytes | None:
        return _anew(rotation, sealed, lambda one: seal_anew(person, name, one))

    def correction(person: int, content: str) -> str:
        try:
            row = json.loads(content)
            row["sealed"] = encode(seal_anew(person, row["field"], decode(row["sealed"])))
            return json.dumps(row, ensure_ascii=False)
        except (DamagedVaultError, ValueError, KeyError, TypeError):
            rotation.unopened += 1
            return content

    def narrative(kind: str, number: int, part: str, sealed: bytes | None) -> bytes | None:
        def anew(one: bytes) -> bytes:
            text = narratives.unseal(old, Kind[kind], number, part, one)
            return narratives.seal(new, Kind[kind], number, part, text)

        return _anew(rotation, sealed, anew)

    def document_key(number: int, sealed: bytes | None) -> bytes | None:
        def anew(one: bytes) -> bytes:
            (document,) = documents.select(old.db, "WHERE id = ?", number)
            return documents.seal_key(new, document, documents.open_key(old, document, one))

        return _anew(rotation, sealed, anew)

    return {
        "seal_detail": (3, detail),
        "seal_correction": (2, correction),
        "seal_narrative": (4, narrative),
        "seal_document_key": (2, document_key),
    }


def _anew(rotation: Rotation, sealed: bytes | None, anew: Callable[[bytes], bytes]) -> bytes | None:
    if sealed is None:
        return None
    try:
        return anew(sealed)
    except DamagedVaultError:
        rotation.unopened += 1
        return sealed


def _asked(name: KeyName) -> str:
    return f"rotate-{name}"
