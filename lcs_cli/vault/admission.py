"""Who is let in, with which keys, and who leaves: each a new header that the data file remembers with its entry.

Every function works inside the open transaction; `Vault.write_header` follows after the commit.
"""

from collections.abc import Iterable
from contextlib import suppress

from msgspec.structs import replace

from lcs_cli.records.user import KeyName, Role, User, UserKind
from lcs_cli.vault import audit, rotation, sealing, signers
from lcs_cli.vault.encoding import context
from lcs_cli.vault.folder import Vault
from lcs_cli.vault.header import Header, SealedKey, Slot
from lcs_cli.vault.sealing import SealBrokenError
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
    new = seal_keys(vault_id, user, slot.lock.public_seal, _held(vault, names - set(have)))
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
    if slot.user.kind is UserKind.RECOVERY:  # a paper that is lost may have been found
        rotation.ask(vault.db, slot.keys)


def change_secret(vault: Vault, secret: Secret, profile: Argon2Profile) -> None:
    """Give who opened the vault another secret for their own slot; nobody else's signature is needed.

    What is sealed to them from now on, the old secret does not lead to: once the keys are rotated, it leads nowhere.
    """
    slot, own = vault.header.slot(vault.user.name), vault.opened
    held = {name: (slot.keys[name].generation, key) for name, key in own.keys.items()}
    lock = new_lock(vault.header, own, secret, held, slot.lock.revision + 1, profile)
    vault.announce(vault.header.with_slot(replace(slot, lock=lock)))
    _forget_entrusted(vault, slot)  # what waited was sealed to the key before


def entrust(vault: Vault, slot: Slot, name: KeyName) -> None:
    """Seal one of one's own keys to somebody, and that once more to each other who signs people in.

    It takes both to open it.
    """
    vault_id, user = vault.header.vault, slot.user.reference
    key = seal_keys(vault_id, user, slot.lock.public_seal, _held(vault, [name]))[name]
    for other in vault.header.slots:
        if KeyName.ADMIN in other.keys and other.user.reference != user:
            manager = other.user.reference
            sealed = sealing.seal_to(
                other.lock.public_seal, key.sealed, _entrusted_context(vault_id, user, name, key.generation, manager)
            )
            vault.db.run(
                "INSERT OR REPLACE INTO entrusted_key (user, name, manager, generation, sealed) VALUES (?, ?, ?, ?, ?)",
                *(user, name.value, manager, key.generation, sealed),
            )


def entrusted(vault: Vault, slot: Slot) -> dict[KeyName, SealedKey]:
    """The keys that wait for somebody, opened as far as a manager can, unless they have been replaced since."""
    found: dict[KeyName, SealedKey] = {}
    user, manager = slot.user.reference, vault.user.reference
    for text, generation, sealed in vault.db.rows(
        "SELECT name, generation, sealed FROM entrusted_key WHERE user = ? AND manager = ?", user, manager
    ):
        name = KeyName(text)
        place = _entrusted_context(vault.header.vault, user, name, generation, manager)
        if generation == vault.header.generation(name) and vault.opened.seal is not None:
            with suppress(SealBrokenError):  # sealed to keys that this manager had before
                found[name] = SealedKey(generation, sealing.open_sealed(vault.opened.seal, sealed, place))
    return found


def _entrusted_context(vault: str, user: str, name: KeyName, generation: int, manager: str) -> bytes:
    return context("entrusted", vault, user, name.value, generation, manager)


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
