"""Certificates of disposal: what went, what stayed, by which rule and who decided; references and counts only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lcs_cli.records.references import Kind, reference
from lcs_cli.records.retention import Review
from lcs_cli.services.desk import Act, Desk
from lcs_cli.services.lookup import find
from lcs_cli.vault import disposals
from lcs_cli.vault.connection import Database


@dataclass(frozen=True)
class Disposal:
    """A family's disposal as it was carried out; ``register_digest`` is that of its line in the register."""

    review: Review
    family: str
    went: Mapping[str, int]
    stayed: Mapping[str, int]
    paper: tuple[str, ...]
    days: tuple[str | None, str | None]
    register_digest: str | None


def issue(act: Act, done: Disposal) -> str:
    """Certify a disposal, in its own transaction and after its entry; the certificate's reference."""
    act.note(went=done.went, stayed=done.stayed)
    content = {**_about(act.desk, done), "audit_head": str(act.log())}
    return reference(Kind.CERTIFICATE, disposals.add_certificate(act.desk.db, act.desk.today, content))


def listing(desk: Desk) -> list[dict[str, Any]]:
    """All certificates, oldest first."""
    with desk.acting("retention.certificate"):
        return [_titled(number, content) for number, _, content in disposals.certificates(desk.db)]


def show(desk: Desk, typed: str) -> dict[str, Any]:
    """One certificate."""
    with desk.acting("retention.certificate", (Kind.CERTIFICATE, typed)) as act:
        content = find(desk.db, Kind.CERTIFICATE, typed, _certificate)
        act.note(content["certificate"])
        return content


def _certificate(db: Database, number: int) -> dict[str, Any] | None:
    for found, _, content in disposals.certificates(db):
        if found == number:
            return _titled(number, content)
    return None


def _titled(number: int, content: dict[str, Any]) -> dict[str, Any]:
    return {"certificate": reference(Kind.CERTIFICATE, number), **content}


def _about(desk: Desk, done: Disposal) -> dict[str, Any]:
    """What was disposed of, by which rule, and who decided."""
    review = done.review
    version, rules_hash = desk.decided_by()
    return {
        "family": done.family,
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
