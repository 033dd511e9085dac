"""Families and their episodes of service, as rows."""

from collections.abc import Iterable
from datetime import date

from lcs_cli.records.family import Episode, Family
from lcs_cli.vault.connection import Database, Row
from lcs_cli.vault.counters import next_number


def add(db: Database, name: str, change: int) -> int:
    """Add a family without any episode; its number."""
    number = next_number(db, "family")
    db.run("INSERT INTO family (id, name, changed) VALUES (?, ?, ?)", number, name, change)
    return number


def get(db: Database, number: int) -> Family | None:
    """One family with its episodes."""
    found = select(db, "WHERE family.id = ?", number)
    return found[0] if found else None


def count(db: Database) -> int:
    """How many families have a file, or what is left of one."""
    return int(db.value("SELECT count(*) FROM family"))


def select(db: Database, where: str = "", *values: object) -> list[Family]:
    """The families of a condition, by number, each with its episodes."""
    rows = db.rows(
        "SELECT family.id, family.name, family.disposed_on, episode.opened_on, episode.closed_on FROM family "
        f"LEFT JOIN episode ON episode.family_id = family.id {where} ORDER BY family.id, episode.number",
        *values,
    )
    return list(_grouped(rows))


def _grouped(rows: list[Row]) -> Iterable[Family]:
    episodes: dict[int, list[Episode]] = {}
    heads: dict[int, Row] = {}
    for number, name, disposed, opened, closed in rows:
        heads[number] = (name, disposed)
        episodes.setdefault(number, [])
        if opened:
            episodes[number].append(Episode(date.fromisoformat(opened), day(closed)))
    for number, (name, disposed) in heads.items():
        yield Family(number, name, tuple(episodes[number]), day(disposed))


def open_episode(db: Database, family: int, opened_on: date) -> None:
    """Open the family's next episode."""
    number = db.value("SELECT coalesce(max(number), 0) + 1 FROM episode WHERE family_id = ?", family)
    db.run("INSERT INTO episode (family_id, number, opened_on) VALUES (?, ?, ?)", family, number, opened_on.isoformat())


def close_episode(db: Database, family: int, closed_on: date) -> None:
    """Close the family's open episode."""
    db.run("UPDATE episode SET closed_on = ? WHERE family_id = ? AND closed_on IS NULL", closed_on.isoformat(), family)


def day(text: str | None) -> date | None:
    """A stored day."""
    return date.fromisoformat(text) if text else None
