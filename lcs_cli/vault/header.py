"""The header: who may open the vault, and with which sealed keys. Canonical JSON, signed, in two copies.

A slot is a person or a service. Its own X25519 and Ed25519 keys, and the vault's admin public key, are sealed
under the key derived from its passphrase or key file. Each key it holds is sealed to its X25519 key, bound to
vault, slot, key name and generation. The whole is signed with the admin key, and checked against the admin
public key *inside* the opened slot, so that a header made by a stranger does not pass.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lcs_cli.errors import CannotUnlockError, DamagedVaultError
from lcs_cli.records.user import KeyName, Role, User, UserKind
from lcs_cli.vault import sealing
from lcs_cli.vault.encoding import canonical, context, decode, encode
from lcs_cli.vault.secret import Argon2Profile, Secret, check_derivation, derivation, derive

FORMAT = "lcs-vault/1"
LARGEST_HEADER = 4_000_000
_SIGNATURE_BYTES = 64


@dataclass(frozen=True)
class SealedKey:
    """One of the four keys, sealed to a slot; the generation rises when the key is replaced."""

    generation: int
    sealed: bytes


@dataclass(frozen=True)
class Slot:
    """One person or service. ``private`` is sealed under the derived key, ``keys`` to ``public_seal``."""

    user: User
    kdf: Mapping[str, Any]
    public_seal: bytes
    public_sign: bytes
    private: bytes
    keys: Mapping[KeyName, SealedKey]

    def to_json(self) -> dict[str, Any]:
        """The slot as it stands in the header."""
        return {
            "user": self.user.reference,
            "name": self.user.name,
            "kind": self.user.kind.value,
            "roles": sorted(self.user.roles),
            "commands": sorted(self.user.commands),
            "kdf": dict(self.kdf),
            "public_seal": encode(self.public_seal),
            "public_sign": encode(self.public_sign),
            "private": encode(self.private),
            "keys": {
                name.value: {"generation": key.generation, "sealed": encode(key.sealed)}
                for name, key in self.keys.items()
            },
        }


@dataclass(frozen=True)
class Header:
    """The header's content. ``epoch`` rises with every change; the data file remembers the last one it saw."""

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

    def signed(self, admin_private: bytes) -> "Header":
        """The same header with its signature."""
        return replace(self, signature=sealing.sign(admin_private, self._body()))

    def is_signed_by(self, admin_public: bytes) -> bool:
        """Whether the signature is the admin key's, and this is the admin key the header names."""
        return self.admin_public == admin_public and sealing.verifies(admin_public, self.signature, self._body())

    def to_bytes(self) -> bytes:
        """The file's bytes."""
        return canonical(self._content() | {"signature": encode(self.signature)}) + b"\n"

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


@dataclass(frozen=True)
class OpenedSlot:
    """A slot opened by its secret: the keys it holds, and the admin key it trusts."""

    user: User
    keys: Mapping[KeyName, bytes] = field(repr=False)
    generations: Mapping[KeyName, int]


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
            slots=tuple(_parse_slot(slot) for slot in data["slots"]),
            signature=decode(data["signature"], _SIGNATURE_BYTES),
        )
        typed = type(header.epoch) is int and isinstance(header.vault, str) and isinstance(header.data, str)
        well_formed = typed and header.to_bytes() == content
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DamagedVaultError("the header cannot be read", "restore it from a backup") from error
    if not well_formed:
        raise DamagedVaultError("the header was altered", "restore it from a backup")
    return header


def _parse_slot(data: Mapping[str, Any]) -> Slot:
    check_derivation(data["kdf"])
    if not all(isinstance(text, str) for text in (data["user"], data["name"], *data["commands"])):
        raise TypeError("text expected")
    if not all(type(key["generation"]) is int for key in data["keys"].values()):
        raise TypeError("whole number expected")
    return Slot(
        user=User(
            reference=data["user"],
            name=data["name"],
            kind=UserKind(data["kind"]),
            roles=frozenset(map(Role, data["roles"])),
            commands=frozenset(data["commands"]),
        ),
        kdf=data["kdf"],
        public_seal=decode(data["public_seal"], sealing.KEY_BYTES),
        public_sign=decode(data["public_sign"], sealing.KEY_BYTES),
        private=decode(data["private"]),
        keys={KeyName(name): SealedKey(key["generation"], decode(key["sealed"])) for name, key in data["keys"].items()},
    )


def new_slot(
    header: Header,
    user: User,
    secret: Secret,
    held: Mapping[KeyName, tuple[int, bytes]],
    profile: Argon2Profile,
) -> Slot:
    """Make a slot for ``user`` that opens with ``secret`` and holds the keys in ``held`` (generation, key)."""
    seal_private, sign_private = sealing.new_key(), sealing.new_key()
    seal_public = sealing.public_seal_key(seal_private)
    kdf = derivation(secret, profile)
    own = {
        "seal": encode(seal_private),
        "sign": encode(sign_private),
        "admin": encode(header.admin_public),
    }
    key = derive(secret, kdf)
    return Slot(
        user=user,
        kdf=kdf,
        public_seal=seal_public,
        public_sign=sealing.public_sign_key(sign_private),
        private=sealing.encrypt(key, canonical(own), _slot_context(header.vault, user.reference)),
        keys={
            name: SealedKey(
                generation,
                sealing.seal_to(seal_public, value, _key_context(header.vault, user.reference, name, generation)),
            )
            for name, (generation, value) in held.items()
        },
    )


def open_slot(candidates: Iterable[Header], name: str, secret: Secret) -> tuple[Header, OpenedSlot]:
    """Open a slot of the first header copy whose signature holds, copies given newest first.

    CannotUnlockError for a wrong secret or name; DamagedVaultError where the secret is right and no copy is
    signed by the admin key that the slot trusts.
    """
    failure: CannotUnlockError | DamagedVaultError | None = None
    for header in candidates:
        try:
            slot = header.slot(name)
            key = derive(secret, slot.kdf)
        except CannotUnlockError as error:
            failure = failure or error
            continue
        reference_ = slot.user.reference
        try:
            own = json.loads(sealing.decrypt(key, slot.private, _slot_context(header.vault, reference_)))
        except sealing.SealBrokenError:
            wrong = CannotUnlockError("wrong passphrase or key", "try again; a manager can admit you anew")
            failure = failure or wrong
            continue
        if not header.is_signed_by(decode(own["admin"], sealing.KEY_BYTES)):
            failure = DamagedVaultError("the header was altered: its signature does not fit", "restore a backup")
            continue
        seal_private = decode(own["seal"], sealing.KEY_BYTES)
        try:
            keys = {
                key_name: sealing.open_sealed(
                    seal_private,
                    sealed.sealed,
                    _key_context(header.vault, reference_, key_name, sealed.generation),
                )
                for key_name, sealed in slot.keys.items()
            }
        except sealing.SealBrokenError:
            failure = DamagedVaultError("a sealed key in the header does not open", "restore a backup")
            continue
        generations = {key_name: sealed.generation for key_name, sealed in slot.keys.items()}
        return header, OpenedSlot(slot.user, keys, generations)
    raise failure or CannotUnlockError("no header", "restore a backup")


def _slot_context(vault: str, user: str) -> bytes:
    return context("slot", vault, user)


def _key_context(vault: str, user: str, name: KeyName, generation: int) -> bytes:
    return context("key", vault, user, name.value, generation)
