"""The data file as it lies on the disk, page by page: what a library would not show, dead values too.

SQLCipher 4: each page of 4,096 bytes is AES-256-CBC ciphertext, 16 bytes of IV, and the HMAC-SHA512 of both and the
page's number; the first page begins with 16 bytes of salt (Zetetic, SQLCipher design).
"""

import hashlib
import hmac
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from lcs_cli.errors import DamagedVaultError
from lcs_cli.vault.files import locked

_PAGE, _SALT, _IV, _MAC = 4096, 16, 16, 64
_PAGES_AT_ONCE = 256
_MAC_SALT_MASK, _MAC_ROUNDS = 0x3A, 2


def decrypted(path: Path, key: bytes, lock: Path) -> Iterator[bytes]:
    """Each page in the clear, free ones too, one at a time; DamagedVaultError for a page that this key did not write.

    Others may write between two readings: a page is never half another. To close the file drops this process's
    locks on it: close your connections first, and open none meanwhile.
    """
    number = 0
    with path.open("rb") as file:
        mac_key = b""
        while block := _read(file, lock):
            mac_key = mac_key or _mac_key(key, block[:_SALT])
            for start in range(0, len(block), _PAGE):
                number += 1
                yield _clear(block[start : start + _PAGE], number, key, mac_key)


def _read(file: BinaryIO, lock: Path) -> bytes:
    with locked(lock):
        return file.read(_PAGE * _PAGES_AT_ONCE)


def _mac_key(key: bytes, salt: bytes) -> bytes:
    masked = bytes(byte ^ _MAC_SALT_MASK for byte in salt)
    return hashlib.pbkdf2_hmac("sha512", key, masked, _MAC_ROUNDS, len(key))


def _clear(page: bytes, number: int, key: bytes, mac_key: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    body = page[_SALT if number == 1 else 0 : -_MAC]
    mac = hmac.digest(mac_key, body + number.to_bytes(4, "little"), "sha512")
    if not hmac.compare_digest(mac, page[-_MAC:]):
        raise DamagedVaultError(f"page {number} of the data file cannot be read", "restore a backup")
    decryptor = Cipher(AES(key), CBC(body[-_IV:])).decryptor()
    return decryptor.update(body[:-_IV]) + decryptor.finalize()
