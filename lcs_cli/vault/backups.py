"""Which backups were made: the rows of the table, one for each file."""

from datetime import date
from pathlib import Path

from lcs_cli.records.value import Value
from lcs_cli.vault.connection import Database
from lcs_cli.vault.counters import next_number

_COLUMNS = "made_on, made_by, folder, name, encrypted, size, sha256, register_lines"


class BackupRow(Value):
    """One file, as it was made. ``number`` is 0 until it is entered."""

    number: int
    made_on: date
    made_by: str
    folder: str
    name: str
    encrypted: bool
    size: int
    sha256: str
    register_lines: int
    removed_on: date | None = None

    @property
    def path(self) -> Path:
        """Where it was put."""
        return Path(self.folder) / self.name


def add(db: Database, row: BackupRow) -> int:
    """Enter a backup; its number."""
    number = next_number(db, "backup")
    db.run(
        f"INSERT INTO backup (id, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(number, row.made_on.isoformat(), row.made_by, row.folder, row.name, int(row.encrypted)),
        *(row.size, row.sha256, row.register_lines),
    )
    return number


def every(db: Database) -> list[BackupRow]:
    """All of them, oldest first."""
    return [
        BackupRow(
            number=number,
            made_on=date.fromisoformat(made_on),
            made_by=made_by,
            folder=folder,
            name=name,
            encrypted=bool(encrypted),
            size=size,
            sha256=sha256,
            register_lines=lines,
            removed_on=date.fromisoformat(removed) if removed else None,
        )
        for number, made_on, made_by, folder, name, encrypted, size, sha256, lines, removed in db.rows(
            f"SELECT id, {_COLUMNS}, removed_on FROM backup ORDER BY made_on, id"
        )
    ]


def last_made_on(db: Database) -> date | None:
    """The day of the newest one; None where none was ever made."""
    found = db.value("SELECT max(made_on) FROM backup")
    return date.fromisoformat(found) if found else None


def remove(db: Database, number: int, on: date) -> None:
    """Note that a file is removed."""
    db.run("UPDATE backup SET removed_on = ? WHERE id = ?", on.isoformat(), number)
