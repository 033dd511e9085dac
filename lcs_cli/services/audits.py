"""The audit trail: list its entries, and verify its chain against every head that was noted elsewhere."""

from dataclasses import dataclass

from lcs_cli.records.references import Kind, reference
from lcs_cli.services.desk import Desk
from lcs_cli.vault import audit, disposals
from lcs_cli.vault.audit import AuditEntry


@dataclass(frozen=True)
class Verification:
    """The result of checking the trail: its head, how many heads noted elsewhere were found in it, what is wrong."""

    head: str
    noted: int
    problems: tuple[str, ...]


def listing(desk: Desk, about: str | None, limit: int) -> list[AuditEntry]:
    """The last entries, newest first; with ``about``, those about one reference."""
    with desk.acting("audit.list"):
        return audit.entries(desk.db, about.strip().upper() if about else None, limit)


def verify(desk: Desk) -> Verification:
    """Check the whole chain. What it cannot know: whether the data file and the register were rolled back together."""
    with desk.acting("audit.verify") as act:
        found = check(desk)
        act.note(problems=len(found.problems))
        return found


def check(desk: Desk) -> Verification:
    """Check the chain within another use case."""
    noted = {
        line["audit_head"]: f"the register of disposals ({line['review']})"
        for line in disposals.entered(desk.vault.register)
        if "audit_head" in line
    }
    for number, _, content in disposals.certificates(desk.db):
        noted[content["audit_head"]] = reference(Kind.CERTIFICATE, number)
    problems = tuple(audit.problems(desk.db, noted))
    return Verification(str(audit.head(desk.db)), len(noted), problems)
