"""What opens a slot: a passphrase (Argon2id), or a key file or the recovery key, which are random keys already."""

import base64
import binascii
import errno
import os
import stat
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lcs_cli.errors import CannotUnlockError, UsageError
from lcs_cli.records.value import Private, Value
from lcs_cli.vault.encoding import decode, encode
from lcs_cli.vault.sealing import KEY_BYTES, new_key

SHORTEST_PASSPHRASE = 15
_STRONG = 3  # zxcvbn's score: 10^8 guesses or more, before Argon2id makes each guess dear
_KEY_FILE_MARK = "lcs-key-1"
_SALT_BYTES = 16


class Argon2Profile(Value):
    """Cost of one guess: passes, memory in KiB, lanes."""

    passes: int
    memory: int
    lanes: int


RFC_9106_LOW_MEMORY = Argon2Profile(passes=3, memory=64 * 1024, lanes=4)
"""RFC 9106, section 4, second recommended option."""


class Secret(Value):
    """What the user gives: exactly one of a passphrase or 256 random bits."""

    passphrase: Private[str | None] = None
    random: Private[bytes | None] = None


def derivation(secret: Secret, profile: Argon2Profile) -> dict[str, Any]:
    """How a new slot's key will be derived: a passphrase with a fresh salt and its cost, random bits as they are."""
    if secret.random is not None:
        return {"name": "random"}
    return {
        "name": "argon2id",
        "salt": encode(os.urandom(_SALT_BYTES)),
        "passes": profile.passes,
        "memory": profile.memory,
        "lanes": profile.lanes,
    }


def check_derivation(kdf: Mapping[str, Any]) -> None:
    """Refuse a derivation with unknown fields, or whose cost would stop this machine; ValueError."""
    if kdf == {"name": "random"}:
        return
    if kdf.get("name") != "argon2id" or set(kdf) != {"name", "salt", "passes", "memory", "lanes"}:
        raise ValueError("unknown key derivation")
    decode(kdf["salt"], _SALT_BYTES)
    passes, memory, lanes = kdf["passes"], kdf["memory"], kdf["lanes"]
    if not all(type(number) is int for number in (passes, memory, lanes)):
        raise ValueError("key derivation: whole numbers expected")
    if not (1 <= passes <= 16 and 1 <= lanes <= 16 and 8 * lanes <= memory <= 1024 * 1024):
        raise ValueError("key derivation: cost out of bounds")


def derive(secret: Secret, kdf: Mapping[str, Any]) -> bytes:
    """The 32-byte key of a slot; CannotUnlockError where the slot wants another kind of secret.

    256 random bits seal one thing, once: they need no derivation (RFC 5869, section 3.3).
    """
    if kdf["name"] == "random":
        if secret.random is None:
            raise CannotUnlockError("this name is opened by a key, not by a passphrase", "give its --key-file")
        return secret.random
    if secret.passphrase is None:
        raise CannotUnlockError("this name is opened by a passphrase, not by a key file", "leave --key-file away")
    from argon2.low_level import Type, hash_secret_raw

    salt = decode(kdf["salt"], _SALT_BYTES)
    passphrase = unicodedata.normalize("NFC", secret.passphrase).encode()
    key: bytes = hash_secret_raw(passphrase, salt, kdf["passes"], kdf["memory"], kdf["lanes"], KEY_BYTES, Type.ID)
    return key


def check_passphrase(passphrase: str, name: str) -> None:
    """Refuse a passphrase that is short, or that zxcvbn holds for guessable, also from its owner's ``name``."""
    remedy = "take several words that do not belong together, or leave it empty for a generated one"
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise UsageError(f"passphrase: must have at least {SHORTEST_PASSPHRASE} characters", remedy)
    from zxcvbn import zxcvbn

    if zxcvbn(passphrase[:72], user_inputs=[name, "lcs", "contact", "service"])["score"] < _STRONG:
        raise UsageError("passphrase: too easy to guess", remedy)


def generate_passphrase() -> str:
    """Five words of the EFF long list, at random: 64 bits."""
    import secrets

    from xkcdpass.xkcd_password import generate_wordlist

    words = sorted(set(generate_wordlist("eff-long")))
    return " ".join(secrets.choice(words) for _ in range(5))


def write_recovery_key(key: bytes) -> str:
    """256 bits as thirteen groups of base32 (RFC 4648, section 6), to be printed once and locked away."""
    text = base64.b32encode(key).decode().rstrip("=")
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))


def read_recovery_key(text: str) -> Secret:
    """Read a recovery key as typed: dashes, spaces and case do not matter, 0, 1 and 8 are read as O, I and B.

    CannotUnlockError for what no recovery key is written as; the last letter, which holds one bit, is A or Q.
    """
    letters = text.upper().replace("-", "").replace(" ", "").translate(str.maketrans("018", "OIB"))
    try:
        key = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES or write_recovery_key(key).replace("-", "") != letters:
        raise CannotUnlockError("the recovery key is not complete, or a letter is wrong", "type all thirteen groups")
    return Secret(random=key)


def create_key_file(path: Path, name: str) -> Secret:
    """Write 256 random bits for the service ``name`` to a new file that only its owner can read.

    OSError where the file is there already or cannot be made.
    """
    key = new_key()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{_KEY_FILE_MARK} {name} {encode(key)}\n")
        file.flush()
        os.fsync(file.fileno())
    return Secret(random=key)


def read_key_file(path: Path) -> tuple[str, Secret]:
    """Read a key file: the name it is for, and the secret.

    It must be one's own, a real file and no link, readable by nobody else, in a folder that only oneself or the
    system can write to.
    """
    return _parse_key_file(_read_private(path, may_be_the_systems=False))


def read_credential(path: Path) -> tuple[str, Secret]:
    """Read a key file that systemd hands to a unit: it may also belong to the system, and be read by the group.

    systemd.exec(5): credentials lie in memory, in a folder of the unit's own; where the unit's user does not own them,
    an access control list lets it read them, which shows as permission of the group.
    """
    return _parse_key_file(_read_private(path, may_be_the_systems=True))


def _read_private(path: Path, *, may_be_the_systems: bool) -> bytes:
    hint = "it must be a file of your own, no link, that nobody else can read (chmod 600)"
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        why = "it is a link" if error.errno == errno.ELOOP else error.strerror
        raise CannotUnlockError(f"key file: cannot be read ({why})", hint) from error
    try:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise CannotUnlockError("key file: not a regular file", hint)
        if about.st_nlink > 1:
            raise CannotUnlockError("key file: it has a second name somewhere", hint)
        if hasattr(os, "geteuid"):
            owners = {os.geteuid(), 0} if may_be_the_systems else {os.geteuid()}
            others = 0o037 if may_be_the_systems else 0o077
            if about.st_uid not in owners or stat.S_IMODE(about.st_mode) & others:
                raise CannotUnlockError("key file: somebody else owns it or can read it", hint)
            _check_folder(path.absolute().parent)
        return os.read(handle, 200)
    finally:
        os.close(handle)


def _check_folder(folder: Path) -> None:
    """Refuse a folder in which somebody else could put another key file: then one would work for their vault."""
    about = folder.stat()
    sticky = about.st_mode & stat.S_ISVTX  # in such a folder nobody takes away what is another's
    if about.st_uid not in (os.geteuid(), 0) or (stat.S_IMODE(about.st_mode) & 0o022 and not sticky):
        raise CannotUnlockError(
            "key file: others can write to its folder", "put it into a folder of your own (chmod 700)"
        )


def _parse_key_file(content: bytes) -> tuple[str, Secret]:
    try:
        mark, name, key = content.decode("ascii").removesuffix("\n").split(" ")
        if mark != _KEY_FILE_MARK:
            raise ValueError("no key file")
        return name, Secret(random=decode(key, KEY_BYTES))
    except (ValueError, TypeError) as error:
        raise CannotUnlockError("key file: not a key file of lcs", "make one with: lcs vault user add") from error
