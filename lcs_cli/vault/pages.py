"""The data file as it lies on the disk, page by page: what a library would not show, dead values too.

SQLCipher 4: each page of 4,096 bytes is AES-256-CBC ciphertext, 16 bytes of IV, and the HMAC-SHA512 of both and the
page's number; the first page begins with 16 bytes of salt (Zetetic, SQLCipher design).
"""

import hashlib
import hmac
from collections.abc import Iterator
from pathlib import Path

from lcs_cli.errors import DamagedVaultError

_PAGE, _SALT, _IV, _MAC = 4096, 16, 16, 64
_MAC_SALT_MASK, _MAC_ROUNDS = 0x3A, 2


def decrypted(path: Path, key: bytes) -> Iterator[bytes]:
    """Each page in the clear, free ones too, one at a time; DamagedVaultError for a page that this key did not write.

    To close the file drops this process's locks on it: close your connections first.
    """
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    with path.open("rb") as file:
        salt = bytes(byte ^ _MAC_SALT_MASK for byte in file.read(_SALT))
        mac_key = hashlib.pbkdf2_hmac("sha512", key, salt, _MAC_ROUNDS, len(key))
        file.seek(0)
        number = 0
        while page := file.read(_PAGE):
            number += 1
            body = page[_SALT if number == 1 else 0 : -_MAC]
            mac = hmac.digest(mac_key, body + number.to_bytes(4, "little"), "sha512")
            if not hmac.compare_digest(mac, page[-_MAC:]):
                raise DamagedVaultError(f"page {number} of the data file cannot be read", "restore a backup")
            decryptor = Cipher(AES(key), CBC(body[-_IV:])).decryptor()
            yield decryptor.update(body[:-_IV]) + decryptor.finalize()
