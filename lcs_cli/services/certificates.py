"""Certificates of disposal: what went, what stayed, by which rule and who decided; references and counts only."""

from collections.abc import Mapping, Sequence
from typing import Any

from lcs_cli.errors import DamagedVaultError
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.retention import Review
from lcs_cli.records.subject import named
from lcs_cli.records.value import Value
from lcs_cli.services.desk import Act, Desk
from lcs_cli.services.lookup import find
from lcs_cli.vault import certificates, disposals
from lcs_cli.vault.certificates import Certificate, Reading, Series
from lcs_cli.vault.connection import Database
from lcs_cli.vault.counters import next_number


class Disposal(Value):
    """The disposal of a file as it was carried out; ``register_digest`` is that of its line in the register.

    It was ``decided_by`` a version of the policy, and by rules that have this hash.
    """

    review: Review
    subject: str
    went: Mapping[str, int]
    stayed: Mapping[str, int]
    paper: tuple[str, ...]
    days: tuple[str | None, str | None]
    register_digest: str | None
    decided_by: tuple[int, str]


def issue(act: Act, done: Disposal, series: Series) -> str:
    """Certify a disposal with its entry, in its own transaction; the certificate's reference."""
    desk = act.desk
    number = next_number(desk.db, "certificate")
    ref = reference(Kind.CERTIFICATE, number)
    drafted = series.draft(ref, _about(desk, done))
    act.note(went=done.went, stayed=done.stayed, certificate={ref: certificates.told(drafted)})
    disposals.add_certificate(desk.db, number, desk.today, series.sign(drafted, str(act.log())))
    return ref


def listing(desk: Desk, *, written: bool = False) -> list[Certificate]:
    """All certificates, oldest first; that they are ``written`` to a file is told on the trail."""
    with desk.acting("retention.certificate") as act:
        found = [_parsed(number, content) for number, _, content in disposals.certificate_rows(desk.db)]
        if written:
            act.note(written=["file"], certificates=len(found))
        return found


def show(desk: Desk, typed: str, *, written: Sequence[str] = ()) -> Certificate:
    """One certificate; which forms of it are ``written`` to a file is told on the trail."""
    with desk.acting("retention.certificate", (Kind.CERTIFICATE, typed)) as act:
        found = find(desk.db, Kind.CERTIFICATE, typed, _certificate)
        act.note(found.ref)
        if written:
            act.note(written=list(written))
        return found


def verify(content: bytes, key: bytes | None) -> Reading:
    """Check a file of certificates, with the managers' public key or without it; no vault is opened."""
    return certificates.read_file(content, key)


def key(desk: Desk) -> bytes:
    """The managers' public key: who has it from elsewhere than a certificate can tell whose a certificate is."""
    with desk.acting("retention.certificate.key"):
        return desk.vault.header.admin_public


def _certificate(db: Database, number: int) -> Certificate | None:
    for _, _, content in disposals.certificate_rows(db, number):
        return _parsed(number, content)
    return None


def _parsed(number: int, content: str) -> Certificate:
    try:
        return certificates.parse(content.encode())
    except ValueError as error:
        raise DamagedVaultError(f"{reference(Kind.CERTIFICATE, number)} {error}", "run: lcs audit verify") from error


def _about(desk: Desk, done: Disposal) -> dict[str, Any]:
    """What was disposed of, by which rule, and who decided."""
    review = done.review
    version, rules_hash = done.decided_by
    return {
        **named(done.subject),
        "disposed_on": desk.today.isoformat(),
        "disposed_by": desk.user.reference,
        "rule": review.rule,
        "clause": review.clause,
        "due_on": review.due_on.isoformat(),
        "review": reference(Kind.REVIEW, review.number),
        "reviewed_by": review.reviewed_by,
        "reviewed_on": review.reviewed_on.isoformat(),
        "approved_by": review.approved_by,
        "approved_on": str(review.approved_on),
        "went": done.went,
        "stayed": done.stayed,
        "paper": list(done.paper),
        "sessions_from": done.days[0],
        "sessions_to": done.days[1],
        "policy_version": version,
        "rules_hash": rules_hash,
        "register_digest": done.register_digest,
    }
