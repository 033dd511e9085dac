"""A reader of SQLCipher 4 files of the tests' own, page by page: what is on the disk, whatever a library would show.

Each page of 4,096 bytes is AES-256-CBC ciphertext, 16 bytes of IV and 64 bytes of HMAC-SHA512 over the two and the
page's number. The first page begins with 16 bytes of salt instead of SQLite's own mark. A rollback journal holds the
same kind of pages: after a header of one sector, each with its number before it and a checksum after it.
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
    mac_key = _mac_key(content, key)
    for number, start in enumerate(range(0, len(content), PAGE), start=1):
        yield _clear(content[start : start + PAGE], number, key, mac_key)


def journalled(journal: Path, key: bytes) -> Iterator[bytes]:
    """Each page of a rollback journal in the clear: what it was before a change that was not finished."""
    mac_key = _mac_key(Path(str(journal).removesuffix("-journal")).read_bytes(), key)
    content = journal.read_bytes()
    sector = int.from_bytes(content[20:24], "big")
    for start in range(sector, len(content) - PAGE - 7, PAGE + 8):
        number = int.from_bytes(content[start : start + 4], "big")
        yield _clear(content[start + 4 : start + 4 + PAGE], number, key, mac_key)


def _mac_key(content: bytes, key: bytes) -> bytes:
    return hashlib.pbkdf2_hmac("sha512", key, bytes(byte ^ 0x3A for byte in content[:_SALT]), 2, 32)


def _clear(page: bytes, number: int, key: bytes, mac_key: bytes) -> bytes:
    head = _SALT if number == 1 else 0
    sealed, vector, mac = page[head : -_IV - _MAC], page[-_IV - _MAC : -_MAC], page[-_MAC:]
    if not hmac.compare_digest(
        hmac.digest(mac_key, sealed + vector + number.to_bytes(4, "little"), "sha512"),
        mac,
    ):
        raise ValueError(f"page {number}: its HMAC does not fit")
    decryptor = Cipher(AES(key), CBC(vector)).decryptor()
    return (_MARK if number == 1 else b"") + decryptor.update(sealed) + decryptor.finalize()


def written(path: Path, key: bytes, needles: Iterable[bytes]) -> set[bytes]:
    """Those of ``needles`` that stand in some page of the data file, in the clear once it is decrypted."""
    whole = b"\xff".join(pages(path, key))
    return {needle for needle in needles if needle in whole}


def lying_about(folder: Path, needles: Iterable[bytes]) -> set[bytes]:
    """Those of ``needles`` that stand in some file of the folder as it is, or in a file's name."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    whole = b"\xff".join([path.read_bytes() for path in files] + [str(path).encode() for path in files])
    return {needle for needle in needles if needle in whole}


def anywhere(folder: Path, key: bytes, needles: Iterable[bytes]) -> set[bytes]:
    """Those of ``needles`` that any file of a vault says, as it is or once it is decrypted: also half-made ones."""
    wanted = set(needles)
    found = lying_about(folder, wanted)
    for path in folder.glob("*data-*"):
        whole = b"\xff".join((journalled if path.suffix == ".db-journal" else pages)(path, key))
        found |= {needle for needle in wanted if needle in whole}
    return found
