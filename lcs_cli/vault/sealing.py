"""Sealing values: to a person's public key (HPKE, RFC 9180) or under a shared key (ChaCha20-Poly1305, RFC 8439).

Each seal is bound to a context, so that a sealed value moved to another record, slot or vault does not open.
"""

import os
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY_BYTES = 32
_NONCE_BYTES = 12


class SealBrokenError(Exception):
    """The key is wrong, the value was altered, or it belongs somewhere else."""


def new_key() -> bytes:
    """A random 256-bit key; also the raw private key of X25519 (RFC 7748) or Ed25519 (RFC 8032)."""
    return os.urandom(KEY_BYTES)


def public_seal_key(private: bytes) -> bytes:
    """The X25519 public key to a raw private key."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def public_sign_key(private: bytes) -> bytes:
    """The Ed25519 public key to a raw private key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def sign(private: bytes, message: bytes) -> bytes:
    """Sign with Ed25519: 64 bytes."""
    return _signing_key(private).sign(message)


@lru_cache(maxsize=1)
def _signing_key(private: bytes) -> "Ed25519PrivateKey":
    """The key that this process signs with; it costs as much as a signature, and a sweep signs thousands."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(private)


def verifies(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the Ed25519 signature is that of ``message``."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def seal_to(public: bytes, plaintext: bytes, bound_to: bytes) -> bytes:
    """Seal to a public key: HPKE base mode, DHKEM(X25519), HKDF-SHA256, ChaCha20-Poly1305, context as info."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
    from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
    return suite.encrypt(plaintext, X25519PublicKey.from_public_bytes(public), info=bound_to)


def open_sealed(private: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    """Open what `seal_to` sealed; SealBrokenError where that fails."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
    try:
        return suite.decrypt(sealed, X25519PrivateKey.from_private_bytes(private), info=bound_to)
    except (InvalidTag, ValueError) as error:
        raise SealBrokenError from error


def encrypt(key: bytes, plaintext: bytes, bound_to: bytes) -> bytes:
    """Seal under a shared key: nonce and ChaCha20-Poly1305 ciphertext, the context as associated data."""
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    nonce = os.urandom(_NONCE_BYTES)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, plaintext, bound_to)


def decrypt(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    """Open what `encrypt` sealed; SealBrokenError where that fails."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    try:
        return ChaCha20Poly1305(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError) as error:
        raise SealBrokenError from error
