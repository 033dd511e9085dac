"""What is reviewed (policy 4.6): the file of each family, and each entry of the staff register."""

from collections.abc import Iterator, Mapping

from lcs_cli.records.references import Kind, number_in, reference
from lcs_cli.records.retention import Facts
from lcs_cli.records.subject import kind_of
from lcs_cli.services import lookup
from lcs_cli.services.desk import Desk
from lcs_cli.services.own_behalf import refuse_own
from lcs_cli.vault import papers, staff
from lcs_cli.vault.connection import Database
from lcs_cli.vault.facts import family_facts
from lcs_cli.vault.staff_facts import staff_facts


def find(db: Database, typed: str) -> str:
    """The reference of a family or of an entry of the staff register that is there."""
    if typed.strip().upper().startswith(Kind.STAFF.prefix):
        return reference(Kind.STAFF, lookup.staff(db, typed).number)
    return reference(Kind.FAMILY, lookup.family(db, typed).number)


def facts(desk: Desk, subject: str | None = None) -> Iterator[Facts]:
    """The facts of one subject, or of every family and then of the whole staff register, by number."""
    kind, number = _number(subject)
    if kind is not Kind.STAFF:
        yield from family_facts(desk.db, number)
    if kind is not Kind.FAMILY:
        slots = {slot.user.reference for slot in desk.vault.header.slots}
        yield from staff_facts(desk.db, slots, number)


def paper(desk: Desk, subject: str | None = None) -> Mapping[str, tuple[str, ...]]:
    """By family, what lies on paper and goes with its file."""
    kind, number = _number(subject)
    found = {} if kind is Kind.STAFF else papers.to_go(desk.db, number)
    return {
        reference(Kind.FAMILY, family): tuple(reference(Kind.PAPER, one) for one in numbers)
        for family, numbers in found.items()
    }


def refuse_own_file(desk: Desk, subject: str) -> None:
    """RefusedError where the entry of the staff register is that of whoever is acting: nobody reviews their own."""
    if kind_of(subject) is Kind.STAFF:
        member = staff.get(desk.db, number_in(Kind.STAFF, subject))
        refuse_own(desk, member.user if member else None, "review their own entry", "ask somebody else")


def _number(subject: str | None) -> tuple[Kind | None, int | None]:
    if subject is None:
        return None, None
    kind = kind_of(subject)
    return kind, number_in(kind, subject)
