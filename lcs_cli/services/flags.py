"""Safeguarding flags: anyone who works here raises one, only safeguarding leads read and close them."""

from collections.abc import Sequence

from lcs_cli.errors import UsageError
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.safeguarding import Flag, FlagCategory
from lcs_cli.records.value import Private, Value
from lcs_cli.services import checks, lookup
from lcs_cli.services.desk import Desk
from lcs_cli.vault import safeguarding
from lcs_cli.vault.connection import Database


class FlagFile(Value):
    """A flag with its narrative opened, for a safeguarding lead's screen and nothing else."""

    flag: Flag
    narrative: Private[str]
    outcome: Private[str | None]


def raise_flag(
    desk: Desk,
    family: str,
    category: FlagCategory,
    narrative: str,
    children: Sequence[str] = (),
    staff: Sequence[str] = (),
) -> Flag:
    """Raise a concern about some children, or about all of a family, open or closed: never held up by paperwork.

    ``staff`` are those it names of the people who work or worked here.
    """
    with desk.acting("flag.raise", (Kind.FAMILY, family)) as act:
        number = lookup.family(desk.db, family).number
        concerned = [child_of(desk.db, family, typed) for typed in children]
        named = {lookup.staff(desk.db, typed).number for typed in staff}
        draft = Flag(
            number=0,
            family=number,
            category=category,
            raised_on=desk.today,
            raised_by=desk.user.reference,
            children=tuple(sorted(set(concerned))),
            staff=tuple(sorted(named)),
        )
        added = safeguarding.add(desk.vault, draft, checks.prose("what happened", narrative), act.change)
        act.note(
            reference(Kind.FLAG, added),
            reference(Kind.FAMILY, number),
            *(reference(Kind.PERSON, child) for child in draft.children),
            *(reference(Kind.STAFF, member) for member in draft.staff),
        )
        act.keep(Kind.FLAG, added)
        return lookup.flag(desk.db, reference(Kind.FLAG, added))


def child_of(db: Database, family: str, typed: str) -> int:
    """The number of a child of the family; UsageError for anybody else."""
    return lookup.child(db, family, typed, "the concern is then about all children of the family")


def listing(desk: Desk, family: str | None, *, only_open: bool = False) -> list[Flag]:
    """The flags without their narratives."""
    with desk.acting("flag.list", (Kind.FAMILY, family)) as act:
        where, values = ["1"], []
        if family is not None:
            number = lookup.family(desk.db, family).number
            act.note(reference(Kind.FAMILY, number))
            where, values = ["family_id = ?"], [number]
        if only_open:
            where.append("closed_on IS NULL")
        return safeguarding.select(desk.db, f"WHERE {' AND '.join(where)}", *values)


def show(desk: Desk, typed: str) -> FlagFile:
    """One flag with its narrative; only the safeguarding key opens it, and the reading is logged first."""
    with desk.acting("flag.show", (Kind.FLAG, typed)) as act:
        flag = lookup.flag(desk.db, typed)
        narrative, outcome = safeguarding.narrative(desk.vault, flag.number)
        act.note(reference(Kind.FLAG, flag.number), reference(Kind.FAMILY, flag.family), fields=["narrative"])
        return FlagFile(flag, narrative, outcome)


def name_staff(desk: Desk, typed: str, staff: Sequence[str]) -> Flag:
    """Add to a flag, open or closed, whom of the staff register it names: their entry is then kept with it for ever."""
    with desk.acting("flag.name", (Kind.FLAG, typed)) as act:
        flag = lookup.flag(desk.db, typed)
        named = {lookup.staff(desk.db, one).number for one in staff}
        act.note(reference(Kind.FLAG, flag.number), reference(Kind.FAMILY, flag.family))
        act.note(*(reference(Kind.STAFF, member) for member in sorted(named)))
        if named <= {*flag.staff}:
            refs = ", ".join(reference(Kind.STAFF, member) for member in sorted(named))
            raise UsageError(f"staff: the flag names {refs} already", "nothing needs to be done")
        new = sorted(named - {*flag.staff})
        safeguarding.name_staff(desk.db, flag.number, new, on=desk.today, by=desk.user.reference)
        act.keep(Kind.FLAG, flag.number)
        return lookup.flag(desk.db, typed)


def open_flag(db: Database, typed: str) -> Flag:
    """The open flag of a typed reference; UsageError for a closed one."""
    flag = lookup.flag(db, typed)
    if flag.closed_on is not None:
        ref = reference(Kind.FLAG, flag.number)
        raise UsageError(f"{ref} was closed on {flag.closed_on.isoformat()}", "raise a new one if it begins again")
    return flag


def close(desk: Desk, typed: str, outcome: str) -> Flag:
    """Close a flag with what came of it; the flag itself is kept for ever (policy 4.6)."""
    with desk.acting("flag.close", (Kind.FLAG, typed)) as act:
        flag = open_flag(desk.db, typed)
        ref = reference(Kind.FLAG, flag.number)
        text = checks.prose("outcome", outcome)
        safeguarding.close(desk.vault, flag.number, text, on=desk.today, by=desk.user.reference, change=act.change)
        act.note(ref, reference(Kind.FAMILY, flag.family))
        act.keep(Kind.FLAG, flag.number)
        return lookup.flag(desk.db, ref)
