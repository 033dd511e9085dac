"""Slots: made for a person or a service, opened by their secret or by what an unlocked desk has kept of it.

An opened slot is trusted because its lock holds the managers' public key: a header that another key has signed does
not open, whoever wrote it.
"""

import json
from collections.abc import Callable, Container, Mapping, Sequence

from msgspec.structs import replace

from lcs_cli.errors import CannotUnlockError, DamagedVaultError
from lcs_cli.records.user import KeyName, User, UserKind
from lcs_cli.records.value import Private, Value
from lcs_cli.vault import sealing
from lcs_cli.vault.encoding import canonical, context, decode, encode
from lcs_cli.vault.header import Header, Lock, SealedKey, Slot
from lcs_cli.vault.secret import Argon2Profile, Secret, derivation, derive

_LOST = {
    UserKind.PERSON: "try again; if it is lost, a manager, or --user recovery, runs: lcs vault user recover NAME",
    UserKind.SERVICE: "its key file is another one: a manager runs lcs vault user remove, and then add",
    UserKind.RECOVERY: "try again, from the newest paper; to have a new one: lcs vault user recover recovery",
}
"""What is done where the secret of a slot is lost, or was replaced."""

NEVER_UNLOCKED = frozenset({KeyName.SAFEGUARDING, KeyName.ADMIN})
"""Keys that no agent and no shell keeps: what they open or sign asks for the passphrase again."""


class OpenedSlot(Value):
    """An opened slot: the keys it holds, and the one it signs entries with.

    After a secret, also its own keys to be sealed to and to sign its lock with.
    """

    user: User
    keys: Private[Mapping[KeyName, bytes]]
    sign: Private[bytes]
    seal: Private[bytes | None] = None
    lock: Private[bytes | None] = None

    def narrowed(self, user: User, names: Container[KeyName]) -> "OpenedSlot":
        """The same slot with fewer keys, as ``user`` is now."""
        return replace(self, user=user, keys={name: key for name, key in self.keys.items() if name in names})


class Unlocked(Value):
    """What is kept of an opened slot so that a passphrase is typed once: never the safeguarding or the admin key.

    It fits one header only: whoever is admitted or leaves meanwhile, it is to be unlocked again.
    """

    name: str
    header: str
    keys: Private[Mapping[KeyName, bytes]]
    sign: Private[bytes]

    @classmethod
    def of(cls, header: Header, opened: OpenedSlot) -> "Unlocked":
        """What may be kept of an opened slot."""
        keys = {name: key for name, key in opened.keys.items() if name not in NEVER_UNLOCKED}
        return cls(opened.user.name, header.digest(), keys, opened.sign)

    def to_bytes(self) -> bytes:
        """As the agent keeps it."""
        keys = {name.value: encode(key) for name, key in self.keys.items()}
        return canonical({"name": self.name, "header": self.header, "keys": keys, "sign": encode(self.sign)})

    @classmethod
    def from_bytes(cls, content: bytes) -> "Unlocked":
        """As the agent gives it; ValueError for anything else."""
        try:
            data = json.loads(content)
            keys = {KeyName(name): decode(key, sealing.KEY_BYTES) for name, key in data["keys"].items()}
            return cls(data["name"], data["header"], keys, decode(data["sign"], sealing.KEY_BYTES))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("not what was kept of an opened slot") from error


Opener = Callable[[Sequence[Header]], tuple[Header, OpenedSlot]]
"""From the copies of the header, newest first, to the one that is to be used and a slot of it, opened."""


def new_slot(
    header: Header,
    user: User,
    secret: Secret,
    held: Mapping[KeyName, tuple[int, bytes]],
    profile: Argon2Profile,
) -> Slot:
    """Make a slot for ``user`` that opens with ``secret`` and holds the keys in ``held`` (generation, key)."""
    own = OpenedSlot(user, {}, sealing.new_key(), lock=sealing.new_key())
    lock = new_lock(header, own, secret, {}, 1, profile)
    return Slot(
        user=user,
        public_sign=sealing.public_sign_key(own.sign),
        public_lock=sealing.public_sign_key(own.lock or b""),
        keys=seal_keys(header.vault, user.reference, lock.public_seal, held),
        lock=lock,
    )


def new_lock(
    header: Header,
    opened: OpenedSlot,
    secret: Secret,
    held: Mapping[KeyName, tuple[int, bytes]],
    revision: int,
    profile: Argon2Profile,
) -> Lock:
    """Make the lock of a slot that opens with ``secret``: a new key to be sealed to, and ``held`` sealed to it.

    CannotUnlockError where the slot was not opened with its secret.
    """
    if opened.lock is None:
        raise CannotUnlockError("the passphrase in use is needed to change it", "give it, or the recovery key")
    user, seal = opened.user.reference, sealing.new_key()
    public = sealing.public_seal_key(seal)
    kdf = derivation(secret, profile)
    own = {"seal": seal, "sign": opened.sign, "lock": opened.lock, "admin": header.admin_public}
    content = canonical({name: encode(key) for name, key in own.items()})
    private = sealing.encrypt(derive(secret, kdf), content, _lock_context(header.vault, user))
    lock = Lock(revision, kdf, private, public, seal_keys(header.vault, user, public, held))
    return replace(lock, signature=sealing.sign(opened.lock, lock.body(header.vault, user)))


def seal_keys(
    vault: str, user: str, public_seal: bytes, held: Mapping[KeyName, tuple[int, bytes]]
) -> dict[KeyName, SealedKey]:
    """Seal keys to a slot, each bound to vault, slot, key name and generation."""
    return {
        name: SealedKey(generation, sealing.seal_to(public_seal, key, _key_context(vault, user, name, generation)))
        for name, (generation, key) in held.items()
    }


def by_secret(name: str, secret: Secret) -> Opener:
    """Open the slot of that login name with its secret, in the first copy whose signature holds.

    CannotUnlockError for a wrong secret or name; DamagedVaultError where the secret is right and no copy is
    signed by the admin key that the slot trusts.
    """

    def opener(candidates: Sequence[Header]) -> tuple[Header, OpenedSlot]:
        failure: CannotUnlockError | DamagedVaultError | None = None
        for header in candidates:
            try:
                return header, _open(header, name, secret)
            except CannotUnlockError as error:
                failure = failure or error
            except DamagedVaultError as error:
                failure = error
        raise failure or CannotUnlockError("no header", "restore a backup")

    return opener


def by_unlocked(unlocked: Unlocked) -> Opener:
    """Open a slot with what was kept of it; CannotUnlockError where the header is another one by now."""

    def opener(candidates: Sequence[Header]) -> tuple[Header, OpenedSlot]:
        header = candidates[0]
        if header.digest() != unlocked.header:
            raise CannotUnlockError("who may open the vault has changed since it was unlocked", "lcs unlock")
        return header, OpenedSlot(header.slot(unlocked.name).user, unlocked.keys, unlocked.sign)

    return opener


def _open(header: Header, name: str, secret: Secret) -> OpenedSlot:
    slot = header.slot(name)
    user = slot.user.reference
    key = derive(secret, slot.lock.kdf)
    try:
        own = json.loads(sealing.decrypt(key, slot.lock.private, _lock_context(header.vault, user)))
    except sealing.SealBrokenError as error:
        raise CannotUnlockError("wrong passphrase or key", _LOST[slot.user.kind]) from error
    if not header.is_signed_by(decode(own["admin"], sealing.KEY_BYTES)) or not header.has_own_locks():
        raise DamagedVaultError("the header was altered: its signature does not fit", "restore a backup")
    seal = decode(own["seal"], sealing.KEY_BYTES)
    if sealing.public_seal_key(seal) != slot.lock.public_seal:  # others would seal to somebody else's key
        raise DamagedVaultError("the header was altered: a lock does not fit its owner", "ask a manager to recover you")
    try:
        keys = {each: open_key(header.vault, user, seal, each, slot.sealed(each)) for each in slot.keys}
    except sealing.SealBrokenError as error:
        raise DamagedVaultError("a sealed key in the header does not open", "restore a backup") from error
    sign, lock = (decode(own[name], sealing.KEY_BYTES) for name in ("sign", "lock"))
    return OpenedSlot(slot.user, keys, sign, seal, lock)


def open_key(vault: str, user: str, seal: bytes, name: KeyName, one: SealedKey) -> bytes:
    """Open a key that was sealed to a slot; SealBrokenError where it was sealed to another, or altered."""
    return sealing.open_sealed(seal, one.sealed, _key_context(vault, user, name, one.generation))


def _lock_context(vault: str, user: str) -> bytes:
    return context("slot", vault, user)


def _key_context(vault: str, user: str, name: KeyName, generation: int) -> bytes:
    return context("key", vault, user, name.value, generation)
