"""The header: who may open the vault, and with which sealed keys. Canonical JSON, signed, in two copies.

A slot is a person or a service. Each key it holds is sealed to its X25519 key, bound to vault, slot, key name and
generation. All slots are signed with the admin key. A slot's lock is what its passphrase or key file opens, with the
key that others seal to; it is signed with a key of the slot's own that no agent keeps, so that people change their
passphrase, and what it leads to, without a manager.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from lcs_cli.errors import CannotUnlockError, DamagedVaultError
from lcs_cli.records.user import KeyName, Role, User, UserKind
from lcs_cli.records.value import Value
from lcs_cli.vault import sealing
from lcs_cli.vault.encoding import canonical, context, decode, encode
from lcs_cli.vault.secret import check_derivation

FORMAT = "lcs-vault/1"
LARGEST_HEADER = 4_000_000
_SIGNATURE_BYTES = 64


class SealedKey(Value):
    """One of the four keys, sealed to a slot; the generation rises when the key is replaced."""

    generation: int
    sealed: bytes


class Lock(Value):
    """A slot's own keys, sealed under the key derived from its secret; the revision rises with a new secret.

    With a new secret comes a new ``public_seal``, and in ``keys`` what was sealed to the one before, sealed anew.
    """

    revision: int
    kdf: Mapping[str, Any]
    private: bytes
    public_seal: bytes
    keys: Mapping[KeyName, SealedKey]
    signature: bytes = b""

    def body(self, vault: str, user: str) -> bytes:
        """What its signature covers."""
        return context("lock", vault, user, canonical(self._content()).decode())

    def to_json(self) -> dict[str, Any]:
        """The lock as it stands in the header."""
        return self._content() | {"signature": encode(self.signature)}

    def _content(self) -> dict[str, Any]:
        return {
            "revision": self.revision,
            "kdf": dict(self.kdf),
            "private": encode(self.private),
            "public_seal": encode(self.public_seal),
            "keys": _keys_to_json(self.keys),
        }


class Slot(Value):
    """One person or service, with the keys that a manager has sealed to it."""

    user: User
    public_sign: bytes
    public_lock: bytes
    keys: Mapping[KeyName, SealedKey]
    lock: Lock

    def sealed(self, name: KeyName) -> SealedKey:
        """A key of this slot as its lock opens it: sealed by a manager, or anew by itself with its last secret."""
        own = self.lock.keys.get(name)
        return own if own and own.generation == self.keys[name].generation else self.keys[name]

    def to_json(self) -> dict[str, Any]:
        """The slot as it stands in the header, without its lock."""
        return {
            "user": self.user.reference,
            "name": self.user.name,
            "kind": self.user.kind.value,
            "roles": sorted(self.user.roles),
            "commands": sorted(self.user.commands),
            "public_sign": encode(self.public_sign),
            "public_lock": encode(self.public_lock),
            "keys": _keys_to_json(self.keys),
        }


class Header(Value):
    """The header's content. ``epoch`` rises with every change that a manager signs."""

    vault: str
    epoch: int
    data: str
    admin_public: bytes
    safeguarding_public: bytes
    slots: tuple[Slot, ...]
    signature: bytes = b""

    def slot(self, name: str) -> Slot:
        """The slot of that login name; CannotUnlockError without saying which names exist."""
        for slot in self.slots:
            if slot.user.name == name:
                return slot
        raise CannotUnlockError("nobody of that name has a slot here", "check --user, or ask a manager")

    def with_slot(self, new: Slot) -> "Header":
        """The same header with another slot for the same user; unsigned where more than the lock differs."""
        slots = tuple(new if slot.user.reference == new.user.reference else slot for slot in self.slots)
        return replace(self, slots=slots)

    @property
    def version(self) -> tuple[int, int]:
        """Rises with every change, also with those that people make to their own lock."""
        return self.epoch, sum(slot.lock.revision for slot in self.slots)

    def generation(self, name: KeyName) -> int:
        """The generation of a key that is in use; the recovery slot holds every key."""
        return max(slot.keys[name].generation for slot in self.slots if name in slot.keys)

    def signed(self, admin_private: bytes) -> "Header":
        """The same header with its signature."""
        return replace(self, signature=sealing.sign(admin_private, self._body()))

    def is_signed_by(self, admin_public: bytes) -> bool:
        """Whether the signature is the admin key's, and this is the admin key the header names."""
        return self.admin_public == admin_public and sealing.verifies(admin_public, self.signature, self._body())

    def has_own_locks(self) -> bool:
        """Whether each lock is signed by the slot that it belongs to."""
        return all(
            sealing.verifies(slot.public_lock, slot.lock.signature, slot.lock.body(self.vault, slot.user.reference))
            for slot in self.slots
        )

    def to_bytes(self) -> bytes:
        """The file's bytes."""
        locks = {slot.user.reference: slot.lock.to_json() for slot in self.slots}
        return canonical(self._content() | {"locks": locks, "signature": encode(self.signature)}) + b"\n"

    def digest(self) -> str:
        """SHA-256 of the file's bytes."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    def _body(self) -> bytes:
        return canonical(self._content())

    def _content(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "vault": self.vault,
            "epoch": self.epoch,
            "data": self.data,
            "admin_public": encode(self.admin_public),
            "safeguarding_public": encode(self.safeguarding_public),
            "slots": [slot.to_json() for slot in self.slots],
        }


def parse_header(content: bytes) -> Header:
    """Read one copy of the header. Anything but the exact bytes that `Header.to_bytes` writes is damaged."""
    try:
        data = json.loads(content)
        if data["format"] != FORMAT:
            raise ValueError("unknown format")
        header = Header(
            vault=data["vault"],
            epoch=data["epoch"],
            data=data["data"],
            admin_public=decode(data["admin_public"], sealing.KEY_BYTES),
            safeguarding_public=decode(data["safeguarding_public"], sealing.KEY_BYTES),
            slots=tuple(_parse_slot(slot, data["locks"][slot["user"]]) for slot in data["slots"]),
            signature=decode(data["signature"], _SIGNATURE_BYTES),
        )
        typed = type(header.epoch) is int and isinstance(header.vault, str) and isinstance(header.data, str)
        well_formed = typed and header.to_bytes() == content
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DamagedVaultError("the header cannot be read", "restore it from a backup") from error
    if not well_formed:
        raise DamagedVaultError("the header was altered", "restore it from a backup")
    return header


def _parse_slot(data: Mapping[str, Any], lock: Mapping[str, Any]) -> Slot:
    if not all(isinstance(text, str) for text in (data["user"], data["name"], *data["commands"])):
        raise TypeError("text expected")
    return Slot(
        user=User(
            reference=data["user"],
            name=data["name"],
            kind=UserKind(data["kind"]),
            roles=frozenset(map(Role, data["roles"])),
            commands=frozenset(data["commands"]),
        ),
        public_sign=decode(data["public_sign"], sealing.KEY_BYTES),
        public_lock=decode(data["public_lock"], sealing.KEY_BYTES),
        keys=_parse_keys(data["keys"]),
        lock=_parse_lock(lock),
    )


def _parse_lock(data: Mapping[str, Any]) -> Lock:
    check_derivation(data["kdf"])
    return Lock(
        revision=_number(data["revision"]),
        kdf=data["kdf"],
        private=decode(data["private"]),
        public_seal=decode(data["public_seal"], sealing.KEY_BYTES),
        keys=_parse_keys(data["keys"]),
        signature=decode(data["signature"], _SIGNATURE_BYTES),
    )


def _keys_to_json(keys: Mapping[KeyName, SealedKey]) -> dict[str, Any]:
    return {name.value: {"generation": key.generation, "sealed": encode(key.sealed)} for name, key in keys.items()}


def _parse_keys(data: Mapping[str, Any]) -> dict[KeyName, SealedKey]:
    return {KeyName(name): SealedKey(_number(key["generation"]), decode(key["sealed"])) for name, key in data.items()}


def _number(value: object) -> int:
    if type(value) is not int:
        raise TypeError("whole number expected")
    return value
