"""What is reviewed (policy 4.6): the file of each family, and each entry of the staff register."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from lcs_cli.records.references import Kind, number_in, reference
from lcs_cli.records.retention import Facts
from lcs_cli.records.subject import kind_of
from lcs_cli.services import lookup
from lcs_cli.services.desk import Desk
from lcs_cli.services.own_behalf import refuse_own
from lcs_cli.vault import counters, facts, papers, staff
from lcs_cli.vault.connection import Database
from lcs_cli.vault.staff_facts import staff_facts


def find(db: Database, typed: str) -> str:
    """The reference of a family or of an entry of the staff register that is there."""
    if typed.strip().upper().startswith(Kind.STAFF.prefix):
        return reference(Kind.STAFF, lookup.staff(db, typed).number)
    return reference(Kind.FAMILY, lookup.family(db, typed).number)


def facts_of(desk: Desk, some: Collection[str] | None = None) -> Iterator[Facts]:
    """The facts of some subjects, or of every family and then of the whole staff register, by number."""
    slots = {slot.user.reference for slot in desk.vault.header.slots}
    yield from facts.family_facts(desk.db, None if some is None else numbers(some, Kind.FAMILY))
    yield from staff_facts(desk.db, slots, None if some is None else numbers(some, Kind.STAFF))


def unused_since(db: Database, day: date) -> list[str]:
    """The families of which no use after a day is known, and the staff register, which is short."""
    families = [reference(Kind.FAMILY, number) for number in facts.unused_since(db, day)]
    return [*families, *(reference(Kind.STAFF, number) for number in counters.numbers(db, Kind.STAFF))]


def paper(desk: Desk, some: Collection[str] | None = None) -> Mapping[str, tuple[str, ...]]:
    """By family, what lies on paper and goes with its file."""
    found = papers.to_go(desk.db, None if some is None else numbers(some, Kind.FAMILY))
    return {
        reference(Kind.FAMILY, family): tuple(reference(Kind.PAPER, one) for one in going)
        for family, going in found.items()
    }


def may_see_ahead(desk: Desk, subject: str) -> bool:
    """Whether this user may know what becomes of a file on a day to come: of staff, it tells whom a concern names."""
    return kind_of(subject) is Kind.FAMILY or desk.may("flag.show")


def numbers(some: Collection[str], kind: Kind) -> list[int]:
    """The numbers of those subjects that are of one kind."""
    return [number_in(kind, ref) for ref in some if kind_of(ref) is kind]


def refuse_own_file(desk: Desk, subject: str) -> None:
    """RefusedError where the entry of the staff register is that of whoever is acting: nobody reviews their own."""
    if kind_of(subject) is Kind.STAFF:
        member = staff.get(desk.db, number_in(Kind.STAFF, subject))
        refuse_own(desk, member.user if member else None, "review their own entry", "ask somebody else")
