"""Certificates of disposal: canonical JSON, each bound to the one before, signed by who disposed.

The signer's key is certified with the managers' key, which never changes: whoever has that public key from elsewhere
can tell whose a certificate is, without the vault. The format is in docs/explanation/certificates.md.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lcs_cli.errors import DamagedVaultError
from lcs_cli.records.references import Kind, parse_reference, reference
from lcs_cli.records.value import Value
from lcs_cli.vault import disposals, sealing, signers
from lcs_cli.vault.audit import parse_head
from lcs_cli.vault.encoding import canonical, context, decode, encode
from lcs_cli.vault.folder import Vault

SCHEMA = "lcs.certificate/1"
FIRST = "0" * 64
_SIGNATURE_BYTES = 64


class Certificate(Value):
    """A certificate whose signatures hold, and the managers' public ``key`` that vouches for its signer.

    ``digest`` is SHA-256 of all but its signature; ``told``, which the disposal's entry on the audit trail holds, is
    that of the same without the head, for the head is that entry's own.
    """

    number: int
    content: Mapping[str, Any]
    key: bytes
    digest: str
    told: str

    @property
    def ref(self) -> str:
        """Its reference."""
        return reference(Kind.CERTIFICATE, self.number)

    def to_bytes(self) -> bytes:
        """One line of a file."""
        return canonical(self.content) + b"\n"


class Series:
    """The certificates of one transaction, each bound to the one before it.

    DamagedVaultError where the last one before them is none any more.
    """

    def __init__(self, vault: Vault) -> None:
        """Begin after the last one in the vault."""
        self._vault = vault
        since, public, certificate = signers.last(vault.db, vault.user.reference)
        self._follows, self._previous = _last(vault)
        self._always = {
            "schema": SCHEMA,
            "vault": vault.header.vault,
            "managers_key": encode(vault.header.admin_public),
            "signer": {
                "user": vault.user.reference,
                "since": since,
                "public": encode(public),
                "certificate": encode(certificate),
            },
        }

    def draft(self, ref: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """The next one before its entry is on the trail: what it certifies, the one before it, and who will sign."""
        return {**content, **self._always, "certificate": ref, "follows": self._follows, "previous": self._previous}

    def sign(self, drafted: Mapping[str, Any], audit_head: str) -> bytes:
        """The certificate as it is kept and leaves, with the head of its entry and the signature of who acts."""
        content = {**drafted, "audit_head": audit_head}
        digest = _digest(content, "signature")
        signature = sealing.sign(self._vault.opened.sign, _body(self._vault.header.vault, digest))
        self._follows, self._previous = content["certificate"], digest
        return canonical({**content, "signature": encode(signature)})


def _last(vault: Vault) -> tuple[str | None, str]:
    """The reference and the digest of the last certificate in the vault."""
    last = disposals.last_certificate(vault.db)
    if last is None:
        return None, FIRST
    try:
        content = json.loads(last)
        return content["certificate"], _digest(content, "signature")
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedVaultError("the last certificate of disposal was altered", "run: lcs audit verify") from error


def told(drafted: Mapping[str, Any]) -> str:
    """What the disposal's entry tells of its certificate: SHA-256 of what is known before the entry is written."""
    return _digest(drafted, "audit_head", "signature")


def parse(raw: bytes) -> Certificate:
    """Read one; ValueError says why it is none, where a byte is not as it was signed."""
    try:
        content = json.loads(raw)
        if canonical(content) != raw or content["schema"] != SCHEMA:
            raise ValueError("not as it is written")
        number = parse_reference(Kind.CERTIFICATE, content["certificate"])
        key = decode(content["managers_key"], sealing.KEY_BYTES)
        signer, vault, head = content["signer"], content["vault"], content["audit_head"]
        public, certificate = decode(signer["public"], sealing.KEY_BYTES), decode(signer["certificate"])
        signature = decode(content["signature"], _SIGNATURE_BYTES)
        digest = _digest(content, "signature")
        known = signers.certifies(key, vault, signer["user"], public, certificate, since=signer["since"])
        in_time = signer["since"] <= parse_head(head).seq
        texts = all(isinstance(one, str) for one in (vault, content["previous"], content["follows"] or ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("was altered, or is no certificate") from error
    if not isinstance(number, int) or not texts:
        raise ValueError("was altered, or is no certificate")
    if not known or not in_time:
        raise ValueError("was altered, or its signer's key is not certified with the managers' key that it names")
    if not sealing.verifies(public, signature, _body(vault, digest)):
        raise ValueError("was altered, or is not signed by the signer that it names")
    return Certificate(number, content, key, digest, told(content))


class Reading(Value):
    """What was read: the certificates that hold, and what is wrong with the others, and with their chain."""

    certificates: tuple[Certificate, ...]
    problems: tuple[str, ...]


def read_file(content: bytes, key: bytes | None) -> Reading:
    """Read a file of certificates, one a line; several are all there are, from the first on."""
    *lines, rest = content.split(b"\n")
    found = read([(f"line {place}", line) for place, line in enumerate(lines, 1)], key, chained=len(lines) > 1)
    if len(lines) > 1 and not found.certificates:
        return Reading((), ("no line of it is a certificate as it was written",))
    torn = ("the last line has no end: the file was cut",) if rest or not lines else ()
    return Reading(found.certificates, (*found.problems, *torn))


def read(lines: Sequence[tuple[str, bytes]], key: bytes | None, *, chained: bool) -> Reading:
    """Read certificates, each with what it is called where it stands; all of one vault, that of ``key`` if given.

    Where they are ``chained``, from the first on, one that is missing, moved, exchanged or put in is named.
    """
    found: list[tuple[str, Certificate | None]] = []
    problems = []
    for name, line in lines:
        try:
            found.append((name, parse(line)))
        except ValueError as error:
            found.append((name, None))
            problems.append(f"{name} {error}")
    sound = tuple(one for _, one in found if one is not None)
    expected = key or (sound[0].key if sound else b"")
    for name, one in found:
        if one is not None and (one.key != expected or one.content["vault"] != sound[0].content["vault"]):
            whose = "the key that was given" if key else "that of the first one"
            problems.append(f"{name}: {one.ref} is of another vault: the managers' key in it is not {whose}")
    if chained:
        problems += _unchained(found)
    return Reading(sound, tuple(problems))


def written_key(key: bytes) -> str:
    """A public key as it is printed, read out and typed: 64 hexadecimal digits in groups of four."""
    digits = key.hex()
    return "-".join(digits[place : place + 4] for place in range(0, len(digits), 4))


def parse_key(typed: str) -> bytes:
    """A key as `written_key` writes it, however it is grouped; ValueError for anything else."""
    key = bytes.fromhex("".join(one for one in typed if one not in "-: "))
    if len(key) != sealing.KEY_BYTES:
        raise ValueError("not 64 hexadecimal digits")
    return key


def _unchained(found: Sequence[tuple[str, Certificate | None]]) -> Iterator[str]:
    """What is wrong with the order. After one that is none, the next is not asked what it follows."""
    refs, digests = {one.ref for _, one in found if one}, {FIRST, *(one.digest for _, one in found if one)}
    before: str | None = FIRST
    seen: set[str] = set()
    for name, one in found:
        expected, before = before, one.digest if one else None
        if one is None:
            continue
        previous, follows = one.content["previous"], one.content["follows"]
        if one.digest in seen:
            yield f"{name}: {one.ref} stands twice"
        elif expected not in (None, previous):
            if previous in digests:
                where = f"it follows {follows}" if follows else "it is the first of all"
                yield f"{name}: {one.ref} is not in its place: {where}"
            elif follows in refs:
                yield f"{name}: {one.ref} follows another {follows} than the one that is here: it was exchanged"
            else:
                yield f"{name}: {follows} is missing before {one.ref}"
        seen.add(one.digest)


def _body(vault: str, digest: str) -> bytes:
    return context("certificate", vault, digest)


def _digest(content: Mapping[str, Any], *without: str) -> str:
    covered = {name: value for name, value in content.items() if name not in without}
    return hashlib.sha256(canonical(covered)).hexdigest()
