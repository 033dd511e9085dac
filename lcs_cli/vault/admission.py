"""Who is let in, with which keys, and who leaves: each a new header that the data file remembers with its entry.

Every function works inside the open transaction; `Vault.write_header` follows after the commit.
"""

from collections.abc import Iterable
from dataclasses import replace

from lcs_cli.errors import CannotUnlockError
from lcs_cli.records.user import KeyName, Role, User
from lcs_cli.vault import audit, rotation, signers
from lcs_cli.vault.folder import Vault
from lcs_cli.vault.header import Header, SealedKey, Slot
from lcs_cli.vault.secret import Argon2Profile, Secret
from lcs_cli.vault.slots import new_lock, new_slot, seal_keys


def admit(vault: Vault, user: User, secret: Secret, names: Iterable[KeyName], profile: Argon2Profile) -> None:
    """Add a slot with the named keys."""
    slot = new_slot(vault.header, user, secret, _held(vault, names), profile)
    _announce_signed(vault, replace(vault.header, slots=(*vault.header.slots, slot)))
    _certify(vault, user, slot.public_sign)


def dismiss(vault: Vault, slot: Slot) -> None:
    """Take a slot away. The keys it held are to be replaced: whoever had it may have kept them."""
    others = tuple(one for one in vault.header.slots if one.user.reference != slot.user.reference)
    _announce_signed(vault, replace(vault.header, slots=others))
    _certify(vault, slot.user, signers.NOBODY)
    _forget_entrusted(vault, slot)
    rotation.ask(vault.db, slot.keys)


def change_roles(vault: Vault, slot: Slot, roles: frozenset[Role], names: frozenset[KeyName]) -> None:
    """Give somebody other roles and the keys that go with them; a key that was entrusted to them is taken up."""
    have = {name: key for name, key in {**entrusted(vault, slot), **slot.keys}.items() if name in names}
    vault_id, user = vault.header.vault, slot.user.reference
    new = seal_keys(vault_id, user, slot.public_seal, _held(vault, names - set(have)))
    changed = replace(slot, user=replace(slot.user, roles=roles), keys=have | new)
    _announce_signed(vault, vault.header.with_slot(changed))
    _forget_entrusted(vault, slot)
    rotation.ask(vault.db, set(slot.keys) - names)


def renew(vault: Vault, slot: Slot, secret: Secret, profile: Argon2Profile) -> None:
    """Give somebody a new lock and new keys of their own, where the secret of their slot is lost."""
    new = new_slot(vault.header, slot.user, secret, _held(vault, slot.keys), profile)
    _announce_signed(vault, vault.header.with_slot(new))
    _certify(vault, slot.user, new.public_sign)
    _forget_entrusted(vault, slot)


def change_secret(vault: Vault, secret: Secret, profile: Argon2Profile) -> None:
    """Give who opened the vault another secret for their own slot; nobody else's signature is needed."""
    slot, own = vault.header.slot(vault.user.name), vault.opened
    if own.seal is None:
        raise CannotUnlockError("the passphrase in use is needed to change it", "give it, or the recovery key")
    lock = new_lock(vault.header, slot.user, own.seal, own.sign, secret, slot.lock.revision + 1, profile)
    vault.announce(vault.header.with_slot(replace(slot, lock=lock)))


def entrust(vault: Vault, slot: Slot, name: KeyName) -> None:
    """Seal one of one's own keys to somebody; it waits until a manager signs that they may have it."""
    key = seal_keys(vault.header.vault, slot.user.reference, slot.public_seal, _held(vault, [name]))[name]
    vault.db.run(
        "INSERT OR REPLACE INTO entrusted_key (user, name, generation, sealed) VALUES (?, ?, ?, ?)",
        *(slot.user.reference, name.value, key.generation, key.sealed),
    )


def entrusted(vault: Vault, slot: Slot) -> dict[KeyName, SealedKey]:
    """The keys that wait for somebody, as long as they have not been replaced since."""
    rows = vault.db.rows("SELECT name, generation, sealed FROM entrusted_key WHERE user = ?", slot.user.reference)
    found = {KeyName(name): SealedKey(generation, sealed) for name, generation, sealed in rows}
    return {name: key for name, key in found.items() if key.generation == vault.header.generation(name)}


def _held(vault: Vault, names: Iterable[KeyName]) -> dict[KeyName, tuple[int, bytes]]:
    return {name: (vault.header.generation(name), vault.key(name)) for name in sorted(names)}


def _announce_signed(vault: Vault, header: Header) -> None:
    vault.announce(replace(header, epoch=header.epoch + 1).signed(vault.key(KeyName.ADMIN)))


def _certify(vault: Vault, user: User, public: bytes) -> None:
    """From the entry on that this transaction will write."""
    since = audit.head(vault.db).seq + 1
    signers.certify(vault.db, vault.header.vault, vault.key(KeyName.ADMIN), user.reference, public, since=since)


def _forget_entrusted(vault: Vault, slot: Slot) -> None:
    vault.db.run("DELETE FROM entrusted_key WHERE user = ?", slot.user.reference)
