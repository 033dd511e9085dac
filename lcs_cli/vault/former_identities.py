"""What whoever keeps an identity stub was called, or said to be, before a correction that is gone (policy 4.6)."""

from collections.abc import Collection

from lcs_cli.records.family import FormerIdentity
from lcs_cli.vault.connection import AMONG, Database, among
from lcs_cli.vault.families import day


def keep(db: Database, families: Collection[int], people: Collection[int]) -> None:
    """Take it out of the corrections of those of whom a stub is kept, before these go; without their reasons."""
    db.run(
        "INSERT INTO former_identity (id, family_id, family_name) "
        f"SELECT id, family_id, content ->> 'name' FROM superseded WHERE kind = 'family' AND family_id IN {AMONG}",
        among(families),
    )
    db.run(
        "INSERT INTO former_identity (id, family_id, person_id, given_name, family_name, date_of_birth, relationship) "
        "SELECT id, family_id, record_id, content ->> 'given_name', content ->> 'family_name', "
        "content ->> 'date_of_birth', content ->> 'relationship' FROM superseded "
        f"WHERE kind = 'person' AND family_id IN {AMONG} AND record_id IN {AMONG}",
        *(among(families), among(people)),
    )


def of_family(db: Database, family: int) -> list[FormerIdentity]:
    """Those of a family and of its people, oldest first."""
    return _select(db, "family_id = ?", family)


def of_person(db: Database, person: int) -> list[FormerIdentity]:
    """Those of one person, oldest first."""
    return _select(db, "person_id = ?", person)


def names_used(db: Database, person: int) -> list[str]:
    """What a person was called before, each once, the oldest first: also where the correction is still there."""
    found = db.rows(
        "SELECT id, given_name || ' ' || family_name FROM former_identity WHERE person_id = ?1 UNION ALL "
        "SELECT id, content ->> 'given_name' || ' ' || (content ->> 'family_name') FROM superseded "
        "WHERE kind = 'person' AND record_id = ?1 ORDER BY 1",
        person,
    )
    return list(dict.fromkeys(name for _, name in found))


def _select(db: Database, where: str, number: int) -> list[FormerIdentity]:
    return [
        FormerIdentity(family, person, given, name, day(born), relationship)
        for family, person, given, name, born, relationship in db.rows(
            "SELECT family_id, person_id, given_name, family_name, date_of_birth, relationship FROM former_identity "
            f"WHERE {where} ORDER BY id",
            number,
        )
    ]
