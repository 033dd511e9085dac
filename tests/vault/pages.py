"""A reader of SQLCipher 4 files of the tests' own, page by page: what is on the disk, whatever a library would show.

Each page of 4,096 bytes is AES-256-CBC ciphertext, 16 bytes of IV and 64 bytes of HMAC-SHA512 over the two and the
page's number. The first page begins with 16 bytes of salt instead of SQLite's own mark.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

PAGE = 4096
_SALT, _IV, _MAC = 16, 16, 64
_MARK = b"SQLite format 3\x00"


def pages(path: Path, key: bytes) -> Iterator[bytes]:
    """Each page in the clear, free pages too; ValueError for a page whose HMAC does not fit."""
    content = path.read_bytes()
    mac_salt = bytes(byte ^ 0x3A for byte in content[:_SALT])
    mac_key = hashlib.pbkdf2_hmac("sha512", key, mac_salt, 2, 32)
    for number, start in enumerate(range(0, len(content), PAGE), start=1):
        page = content[start : start + PAGE]
        head = _SALT if number == 1 else 0
        sealed, vector, mac = page[head : -_IV - _MAC], page[-_IV - _MAC : -_MAC], page[-_MAC:]
        if not hmac.compare_digest(
            hmac.digest(mac_key, sealed + vector + number.to_bytes(4, "little"), "sha512"),
            mac,
        ):
            raise ValueError(f"page {number}: its HMAC does not fit")
        decryptor = Cipher(AES(key), CBC(vector)).decryptor()
        yield (_MARK if number == 1 else b"") + decryptor.update(sealed) + decryptor.finalize()


def written(path: Path, key: bytes, needles: Iterable[bytes]) -> set[bytes]:
    """Those of ``needles`` that stand in some page of the data file, in the clear once it is decrypted."""
    whole = b"\xff".join(pages(path, key))
    return {needle for needle in needles if needle in whole}


def lying_about(folder: Path, needles: Iterable[bytes]) -> set[bytes]:
    """Those of ``needles`` that stand in some file of the folder as it is, or in a file's name."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    whole = b"\xff".join([path.read_bytes() for path in files] + [str(path).encode() for path in files])
    return {needle for needle in needles if needle in whole}
