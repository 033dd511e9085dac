"""Who signs the audit trail: each person's public key, from which entry on, certified with the managers' key.

Rows stay when people leave, so that what they did can be checked for ever; from their leaving on, nobody signs for
them.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping

from lcs_cli.vault import sealing
from lcs_cli.vault.connection import Database
from lcs_cli.vault.encoding import context, encode

NOBODY = b""


def certify(db: Database, vault: str, admin: bytes, user: str, public: bytes, *, since: int) -> None:
    """From entry ``since`` on, ``public`` signs for ``user``; `NOBODY` when they leave."""
    db.run(
        "INSERT INTO signer (user, since, public, certificate) VALUES (?, ?, ?, ?)",
        *(user, since, public, sealing.sign(admin, _certified(vault, user, since, public))),
    )


def changes(db: Database) -> list[tuple[str, int]]:
    """From which entry on each user signs with another key, or with none."""
    return [(user, since) for user, since in db.rows("SELECT user, since FROM signer ORDER BY since, user")]


def last(db: Database, user: str) -> tuple[int, bytes, bytes]:
    """Since which entry ``user`` signs with the key that is theirs now, that key, and its certificate."""
    since, public, certificate = db.rows(
        "SELECT since, public, certificate FROM signer WHERE user = ? ORDER BY since DESC LIMIT 1", user
    )[0]
    return since, public, certificate


def certifies(admin_public: bytes, vault: str, user: str, public: bytes, certificate: bytes, *, since: int) -> bool:
    """Whether the managers' key certifies that ``public`` signs for ``user`` from entry ``since`` on."""
    return sealing.verifies(admin_public, certificate, _certified(vault, user, since, public))


class Signers:
    """Everybody who signs or has signed the trail, as far as the managers' key certifies it."""

    def __init__(self, db: Database, vault: str, admin_public: bytes) -> None:
        self._vault = vault
        self._keys: dict[str, list[tuple[int, bytes]]] = defaultdict(list)
        self.forged: list[tuple[str, int]] = []
        for user, since, public, certificate in db.rows(
            "SELECT user, since, public, certificate FROM signer ORDER BY user, since"
        ):
            if certifies(admin_public, vault, user, public, certificate, since=since):
                self._keys[user].append((since, public))
            else:
                self.forged.append((user, since))

    def signed(self, user: str, seq: int, digest: str, signature: bytes) -> bool:
        """Whether entry ``seq`` was signed with the key that was ``user``'s then."""
        keys = self._keys[user]
        place = bisect_right(keys, seq, key=lambda key: key[0])
        public = keys[place - 1][1] if place else NOBODY
        return public != NOBODY and sealing.verifies(public, signature, entry_body(self._vault, digest))

    def others_than(self, public: Mapping[str, bytes]) -> list[str]:
        """The users whose last key is not the one in ``public``, or who have one and are not in it."""
        last = {user: keys[-1][1] for user, keys in self._keys.items() if keys}
        return [user for user in sorted({*last, *public}) if last.get(user, NOBODY) != public.get(user, NOBODY)]


def entry_body(vault: str, digest: str) -> bytes:
    """What the signature of an audit entry covers: its digest covers the entry and all before it."""
    return context("audit", vault, digest)


def _certified(vault: str, user: str, since: int, public: bytes) -> bytes:
    return context("signer", vault, user, since, encode(public))
