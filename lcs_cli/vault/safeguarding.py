"""Safeguarding flags: anyone can seal a narrative, only the safeguarding leads can open one."""

from collections.abc import Iterable
from datetime import date

from lcs_cli.records.references import Kind
from lcs_cli.records.safeguarding import Flag, FlagCategory
from lcs_cli.vault import narratives
from lcs_cli.vault.connection import Database
from lcs_cli.vault.counters import next_number
from lcs_cli.vault.families import day
from lcs_cli.vault.folder import Vault


def add(vault: Vault, flag: Flag, narrative: str, change: int) -> int:
    """Raise a flag with its narrative sealed to the leads; ``flag.number`` is given here and returned."""
    db = vault.db
    number = next_number(db, "flag")
    db.run(
        "INSERT INTO flag (id, family_id, category, raised_on, raised_by, narrative, children, changed) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        *(number, flag.family, flag.category.value, flag.raised_on.isoformat(), flag.raised_by),
        *(narratives.seal(vault, Kind.FLAG, number, "narrative", narrative), len(flag.children), change),
    )
    for child in flag.children:
        db.run("INSERT INTO flag_child (flag_id, person_id) VALUES (?, ?)", number, child)
    name_staff(db, number, flag.staff, on=flag.raised_on, by=flag.raised_by)
    return number


def name_staff(db: Database, number: int, staff: Iterable[int], *, on: date, by: str) -> None:
    """Add whom of the staff register a flag names; it is kept for ever with the flag."""
    for member in staff:
        db.run(
            "INSERT INTO flag_staff (flag_id, staff_id, named_on, named_by) VALUES (?, ?, ?, ?)",
            *(number, member, on.isoformat(), by),
        )


def get(db: Database, number: int) -> Flag | None:
    """One flag without its narrative."""
    found = select(db, "WHERE id = ?", number)
    return found[0] if found else None


def select(db: Database, where: str = "", *values: object) -> list[Flag]:
    """The flags of a condition, by number, without their narratives."""
    return [
        Flag(
            number=number,
            family=family,
            category=FlagCategory(category),
            raised_on=date.fromisoformat(raised),
            raised_by=by,
            children=tuple(
                row[0] for row in db.rows("SELECT person_id FROM flag_child WHERE flag_id = ? ORDER BY 1", number)
            ),
            closed_on=day(closed),
            closed_by=closer,
            staff=tuple(
                row[0] for row in db.rows("SELECT staff_id FROM flag_staff WHERE flag_id = ? ORDER BY 1", number)
            ),
        )
        for number, family, category, raised, by, closed, closer in db.rows(
            f"SELECT id, family_id, category, raised_on, raised_by, closed_on, closed_by FROM flag {where} ORDER BY id",
            *values,
        )
    ]


def narrative(vault: Vault, number: int) -> tuple[str, str | None]:
    """What was raised, and how it was closed; RefusedError for anyone without the safeguarding key."""
    (row,) = vault.db.rows("SELECT narrative, outcome FROM flag WHERE id = ?", number)
    opened = [
        None if sealed is None else narratives.unseal(vault, Kind.FLAG, number, part, sealed)
        for part, sealed in zip(("narrative", "outcome"), row, strict=True)
    ]
    return opened[0] or "", opened[1]


def close(vault: Vault, number: int, outcome: str, *, on: date, by: str, change: int) -> None:
    """Close a flag; what came of it is sealed like its narrative, and neither can be changed afterwards."""
    sealed = narratives.seal(vault, Kind.FLAG, number, "outcome", outcome)
    vault.db.run(
        "UPDATE flag SET closed_on = ?, closed_by = ?, outcome = ?, changed = ? WHERE id = ?",
        *(on.isoformat(), by, sealed, change, number),
    )
