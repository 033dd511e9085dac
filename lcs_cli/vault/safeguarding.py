"""Safeguarding flags: anyone can seal a narrative, only the safeguarding leads can open one."""

from datetime import date

from lcs_cli.errors import DamagedVaultError
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.safeguarding import Flag, FlagCategory
from lcs_cli.records.user import KeyName
from lcs_cli.vault import sealing
from lcs_cli.vault.connection import Database
from lcs_cli.vault.counters import next_number
from lcs_cli.vault.encoding import context
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
        *(_seal(vault, number, "narrative", narrative), len(flag.children), change),
    )
    for child in flag.children:
        db.run("INSERT INTO flag_child (flag_id, person_id) VALUES (?, ?)", number, child)
    return number


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
        )
        for number, family, category, raised, by, closed, closer in db.rows(
            f"SELECT id, family_id, category, raised_on, raised_by, closed_on, closed_by FROM flag {where} ORDER BY id",
            *values,
        )
    ]


def narrative(vault: Vault, number: int) -> tuple[str, str | None]:
    """What was raised, and how it was closed; RefusedError for anyone without the safeguarding key."""
    private = vault.key(KeyName.SAFEGUARDING)
    row = vault.db.row("SELECT narrative, outcome FROM flag WHERE id = ?", number)
    if row is None:
        raise LookupError(number)
    opened = [
        None if sealed is None else _unseal(vault, private, number, part, sealed)
        for part, sealed in zip(("narrative", "outcome"), row, strict=True)
    ]
    return opened[0] or "", opened[1]


def close(vault: Vault, number: int, outcome: str, *, on: date, by: str, change: int) -> None:
    """Close a flag; what came of it is sealed like its narrative, and neither can be changed afterwards."""
    vault.db.run(
        "UPDATE flag SET closed_on = ?, closed_by = ?, outcome = ?, changed = ? WHERE id = ?",
        *(on.isoformat(), by, _seal(vault, number, "outcome", outcome), change, number),
    )


def _seal(vault: Vault, number: int, part: str, text: str) -> bytes:
    return sealing.seal_to(vault.header.safeguarding_public, text.encode(), _bound_to(vault, number, part))


def _unseal(vault: Vault, private: bytes, number: int, part: str, sealed: bytes) -> str:
    try:
        return sealing.open_sealed(private, sealed, _bound_to(vault, number, part)).decode()
    except sealing.SealBrokenError as error:
        raise DamagedVaultError(
            f"the {part} of {reference(Kind.FLAG, number)} does not open", "run: lcs doctor"
        ) from error


def _bound_to(vault: Vault, number: int, part: str) -> bytes:
    return context("safeguarding", vault.header.vault, reference(Kind.FLAG, number), part)
