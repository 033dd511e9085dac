"""Copies for elsewhere: encrypted to whoever is to open them, by age (age-encryption.org/v1), as any tool can carry.

The library (pyrage) is an extra, `age`: nothing else here needs it.
"""

from collections.abc import Sequence
from typing import IO, Any, Protocol

from lcs_cli.errors import FailedError, MissingExtraError, UsageError


class Readable(Protocol):
    """What is read from piece by piece: a file, or what makes the bytes as they are asked for."""

    def read(self, size: int = -1, /) -> bytes:
        """At most ``size`` bytes; none at the end."""
        ...


class Recipients:
    """Those who can open what is encrypted: age recipients (``age1…``) or SSH public keys (ed25519, RSA)."""

    def __init__(self, given: Sequence[str]) -> None:
        """UsageError for one that is none, which is not repeated: a private key may have been pasted."""
        if not given:
            raise UsageError("missing: recipient", "give one or more: --to age1…")
        self._pyrage = _pyrage()
        self._keys = [self._key(text, number) for number, text in enumerate(given, start=1)]

    def encrypt(self, source: Readable, target: IO[bytes]) -> None:
        """Encrypt all that ``source`` has, piece by piece: nothing of it is held, and nothing lies in the clear."""
        watched = _Watched(source)
        try:
            self._pyrage.encrypt_io(watched, target, self._keys)
        except self._pyrage.EncryptError as error:
            if watched.error is not None:  # what was wrong with what is read, in its own words
                raise watched.error from None
            raise FailedError(
                "the encrypted file could not be written", "look at the space and rights there"
            ) from error

    def _key(self, text: str, number: int) -> Any:
        kind = self._pyrage.ssh if text.startswith("ssh-") else self._pyrage.x25519
        try:
            return kind.Recipient.from_str(text.strip())
        except self._pyrage.RecipientError:
            raise UsageError(
                f"recipient {number}: is not an age recipient (age1…) nor an SSH public key",
                "ask whoever is to open it",
            ) from None


class _Watched:
    """Remembers an error of the source, which the library would make a line of its own."""

    def __init__(self, source: Readable) -> None:
        self._source = source
        self.error: Exception | None = None

    def read(self, size: int = -1, /) -> bytes:
        try:
            return self._source.read(size)
        except Exception as error:
            self.error = error
            raise


def _pyrage() -> Any:
    try:
        import pyrage
    except ImportError:
        raise MissingExtraError("age") from None
    return pyrage
