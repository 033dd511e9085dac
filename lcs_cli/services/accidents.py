"""Accident records: anyone who works here adds one, only safeguarding leads read what it says, nobody changes it."""

from collections.abc import Sequence
from datetime import date

from lcs_cli.records.accident import Accident
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.value import Private, Value
from lcs_cli.services import checks, lookup
from lcs_cli.services.desk import Desk
from lcs_cli.vault import accidents
from lcs_cli.vault.connection import Database


class AccidentFile(Value):
    """An accident with its narrative opened, for a safeguarding lead's screen and nothing else."""

    accident: Accident
    narrative: Private[str]


def add(
    desk: Desk,
    family: str,
    happened_on: date,
    narrative: str,
    *,
    happened_at: str | None = None,
    children: Sequence[str] = (),
) -> Accident:
    """Record an accident of a family, open or closed; a day that is long past is a late entry.

    It is no use of the file and restarts no clock, but what was reviewed before it is reviewed again (policy 4.6).
    """
    with desk.acting("accident.add", (Kind.FAMILY, family)) as act:
        number = lookup.family(desk.db, family).number
        concerned = {child_of(desk.db, family, typed) for typed in children}
        draft = Accident(
            number=0,
            family=number,
            happened_on=checks.past("day", happened_on, desk.today),
            happened_at=checks.time_of_day("time", happened_at) if happened_at else None,
            recorded_on=desk.today,
            recorded_by=desk.user.reference,
            children=tuple(sorted(concerned)),
        )
        added = accidents.add(desk.vault, draft, checks.prose("what happened", narrative))
        ref = reference(Kind.ACCIDENT, added)
        people = (reference(Kind.PERSON, child) for child in draft.children)
        act.note(ref, reference(Kind.FAMILY, number), *people)
        act.keep(Kind.ACCIDENT, added)
        return lookup.accident(desk.db, ref)


def child_of(db: Database, family: str, typed: str) -> int:
    """The number of a child of the family; UsageError for anybody else."""
    return lookup.child(db, family, typed, "what happened says who else was in it")


def listing(desk: Desk, family: str | None) -> list[Accident]:
    """The accidents of one family or of all, without their narratives."""
    with desk.acting("accident.list", (Kind.FAMILY, family)) as act:
        if family is None:
            return accidents.select(desk.db)
        number = lookup.family(desk.db, family).number
        act.note(reference(Kind.FAMILY, number))
        return accidents.select(desk.db, "WHERE family_id = ?", number)


def show(desk: Desk, typed: str) -> AccidentFile:
    """One accident with its narrative; only the safeguarding key opens it, and the reading is logged first."""
    with desk.acting("accident.show", (Kind.ACCIDENT, typed)) as act:
        one = lookup.accident(desk.db, typed)
        narrative = accidents.narrative(desk.vault, one.number)
        act.note(reference(Kind.ACCIDENT, one.number), reference(Kind.FAMILY, one.family), fields=["narrative"])
        return AccidentFile(one, narrative)
