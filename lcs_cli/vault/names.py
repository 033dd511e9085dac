"""The names of everybody in the vault at once, now and before their corrections: to be looked through in memory."""

from collections.abc import Sequence

from lcs_cli.records.value import Value
from lcs_cli.vault.connection import Database

_LINE = "char(10)"


class Names(Value):
    """Records of one kind: their numbers, their families', and in the same order their names, one a line.

    The numbers are left as text: few of them are looked at.
    """

    numbers: Sequence[str]
    families: Sequence[str]
    lines: str


def of_people(db: Database) -> Names:
    """What everybody is called."""
    return _names(db, "id", "family_id", "given_name || ' ' || family_name", "person")


def of_families(db: Database) -> Names:
    """What the families are called."""
    return _names(db, "id", "id", "name", "family")


def former_of_people(db: Database) -> Names:
    """What people were called until a correction."""
    return _names(
        db,
        *("record_id", "family_id", "name"),
        "(SELECT record_id, family_id, content ->> 'given_name' || ' ' || (content ->> 'family_name') AS name "
        "FROM superseded WHERE kind = 'person' AND fields LIKE '%name%' UNION ALL "
        "SELECT person_id, family_id, given_name || ' ' || family_name FROM former_identity WHERE person_id NOTNULL)",
    )


def former_of_families(db: Database) -> Names:
    """What families were called until a correction."""
    return _names(
        db,
        *("family_id", "family_id", "name"),
        "(SELECT family_id, content ->> 'name' AS name FROM superseded WHERE kind = 'family' UNION ALL "
        "SELECT family_id, family_name FROM former_identity WHERE person_id IS NULL)",
    )


def with_part(db: Database, table: str, prefix: str, width: int, part: str) -> list[tuple[int, int]]:
    """The records of a table whose reference, as far as its check letter, contains ``part``, with their families."""
    family = "id" if table == "family" else "family_id"
    written = f"'{prefix}-' || printf('%0{width}d', id)"
    found = db.rows(f"SELECT id, {family} FROM {table} WHERE instr({written}, ?) ORDER BY id", part)
    return [(number, of) for number, of in found]


def born_on(db: Database, days: Sequence[str]) -> list[tuple[int, int]]:
    """The children that were born on one of these days, with their families."""
    marks = ", ".join("?" * len(days))
    found = db.rows(f"SELECT id, family_id FROM person WHERE kind = 'child' AND date_of_birth IN ({marks})", *days)
    return [(number, family) for number, family in found]


def children(db: Database) -> list[tuple[int, str, str, str | None]]:
    """Every child: the family's number and name, the first name, and the date of birth where it is known."""
    return [
        (family, name, given, born)
        for family, name, given, born in db.rows(
            "SELECT f.id, f.name, p.given_name, p.date_of_birth FROM person AS p "
            "JOIN family AS f ON f.id = p.family_id WHERE p.kind = 'child' ORDER BY f.id"
        )
    ]


def _names(db: Database, number: str, family: str, name: str, table: str) -> Names:
    """One value for all, gathered in one pass and so in one order: a row each would take three times as long."""
    numbers, families, lines = db.rows(
        f"SELECT group_concat({number}, ' '), group_concat({family}, ' '), "
        f"group_concat(replace({name}, {_LINE}, ' '), {_LINE}) FROM {table}"
    )[0]
    if not numbers:
        return Names((), (), "")
    return Names(numbers.split(), families.split(), lines)
