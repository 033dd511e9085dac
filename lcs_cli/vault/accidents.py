"""Accident records, as rows: added once and never changed, each with its narrative sealed."""

from datetime import date

from lcs_cli.records.accident import Accident
from lcs_cli.records.references import Kind
from lcs_cli.vault import narratives
from lcs_cli.vault.connection import Database
from lcs_cli.vault.counters import next_number
from lcs_cli.vault.folder import Vault


def add(vault: Vault, accident: Accident, narrative: str) -> int:
    """Add an accident with its narrative sealed to the leads; ``accident.number`` is given here and returned."""
    db = vault.db
    number = next_number(db, "accident")
    db.run(
        "INSERT INTO accident (id, family_id, happened_on, happened_at, recorded_on, recorded_by, narrative, children) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        *(number, accident.family, accident.happened_on.isoformat(), accident.happened_at),
        *(accident.recorded_on.isoformat(), accident.recorded_by),
        *(narratives.seal(vault, Kind.ACCIDENT, number, "narrative", narrative), len(accident.children)),
    )
    for child in accident.children:
        db.run("INSERT INTO accident_child (accident_id, person_id) VALUES (?, ?)", number, child)
    return number


def get(db: Database, number: int) -> Accident | None:
    """One accident without its narrative."""
    found = select(db, "WHERE id = ?", number)
    return found[0] if found else None


def select(db: Database, where: str = "", *values: object) -> list[Accident]:
    """The accidents of a condition, by number, without their narratives."""
    return [
        Accident(
            number=number,
            family=family,
            happened_on=date.fromisoformat(happened_on),
            happened_at=happened_at,
            recorded_on=date.fromisoformat(recorded_on),
            recorded_by=by,
            children=tuple(
                row[0]
                for row in db.rows("SELECT person_id FROM accident_child WHERE accident_id = ? ORDER BY 1", number)
            ),
        )
        for number, family, happened_on, happened_at, recorded_on, by in db.rows(
            "SELECT id, family_id, happened_on, happened_at, recorded_on, recorded_by "
            f"FROM accident {where} ORDER BY id",
            *values,
        )
    ]


def narrative(vault: Vault, number: int) -> str:
    """What happened; RefusedError for anyone without the safeguarding key."""
    sealed = vault.db.value("SELECT narrative FROM accident WHERE id = ?", number)
    return narratives.unseal(vault, Kind.ACCIDENT, number, "narrative", sealed)
