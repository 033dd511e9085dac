"""The audit trail: list its entries, and verify its chain against every head that was noted elsewhere."""

from dataclasses import dataclass

from lcs_cli.errors import UsageError
from lcs_cli.records.references import Kind, parse_reference, reference
from lcs_cli.services.desk import Desk
from lcs_cli.services.lookup import shown
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
        return audit.entries(desk.db, _canonical(desk, about) if about else None, limit)


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
    lines = {line["digest"] for line in disposals.entered(desk.vault.register)}
    cut = []
    for number, _, content in disposals.certificates(desk.db):
        ref = reference(Kind.CERTIFICATE, number)
        noted[content["audit_head"]] = ref
        if content["register_digest"] not in lines:
            cut.append(f"the register of disposals has no line for {ref}: it was cut")
    problems = (*audit.problems(desk.db, noted), *cut)
    return Verification(str(audit.head(desk.db)), len(noted), problems)


def _canonical(desk: Desk, typed: str) -> str:
    """Any kind of reference as it is written; the record need not exist any more."""
    problem, hint = "is no reference", "give one such as LCS-0042-L"
    for kind in Kind:
        number = parse_reference(kind, typed)
        if isinstance(number, int):
            return reference(kind, number)
        if number.candidates:
            problem = number.problem
            there = [ref for n in number.candidates if audit.names(desk.db, ref := reference(kind, n))]
            hint = f"did you mean {' or '.join(there)}?" if there else "the trail has none like it"
    raise UsageError(f"about: {shown(typed)} {problem}", hint)
