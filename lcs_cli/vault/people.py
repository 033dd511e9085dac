"""People and their contact details: each detail sealed on its own, bound to the vault, the person and the field."""

from collections.abc import Iterator

from msgspec.structs import replace

from lcs_cli.errors import DamagedVaultError
from lcs_cli.records.family import ContactField, Person, PersonKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.user import KeyName
from lcs_cli.vault import sealing
from lcs_cli.vault.connection import Database, Row
from lcs_cli.vault.counters import next_number
from lcs_cli.vault.encoding import context
from lcs_cli.vault.families import day
from lcs_cli.vault.folder import Vault

_COLUMNS = "id, family_id, kind, given_name, family_name, date_of_birth, relationship"


def add(db: Database, person: Person, change: int) -> Person:
    """Add a person; ``person.number`` is given here."""
    number = next_number(db, "person")
    db.run(
        f"INSERT INTO person ({_COLUMNS}, changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        *(number, person.family, person.kind.value, person.given_name, person.family_name),
        *(person.date_of_birth.isoformat() if person.date_of_birth else None, person.relationship, change),
    )
    return replace(person, number=number)


def get(db: Database, number: int) -> Person | None:
    """One person."""
    row = db.row(f"SELECT {_COLUMNS} FROM person WHERE id = ?", number)
    return _person(row) if row else None


def of_family(db: Database, family: int) -> list[Person]:
    """The people of a family, children first."""
    rows = db.rows(f"SELECT {_COLUMNS} FROM person WHERE family_id = ? ORDER BY kind DESC, id", family)
    return [_person(row) for row in rows]


def seal_detail(vault: Vault, person: int, field: ContactField, text: str) -> bytes:
    """Seal one contact detail."""
    return sealing.encrypt(vault.key(KeyName.CONTACT), text.encode(), _bound_to(vault, person, field))


def put_detail(db: Database, person: int, field: ContactField, sealed: bytes, change: int) -> None:
    """Store a person's first detail of this field; a later one is a correction."""
    db.run(
        "INSERT INTO contact_detail (person_id, field, sealed, changed) VALUES (?, ?, ?, ?)",
        *(person, field.value, sealed, change),
    )


def details(vault: Vault, person: int) -> dict[ContactField, str]:
    """A person's contact details, opened; RefusedError without the contact key."""
    vault.key(KeyName.CONTACT)
    rows = vault.db.rows("SELECT field, sealed FROM contact_detail WHERE person_id = ? ORDER BY field", person)
    return {ContactField(name): open_detail(vault, person, ContactField(name), sealed) for name, sealed in rows}


def every_detail(vault: Vault, field: ContactField) -> Iterator[tuple[int, int, str]]:
    """Everybody's detail of one field, opened: person, family, text; RefusedError without the contact key."""
    vault.key(KeyName.CONTACT)
    rows = vault.db.rows(
        "SELECT person_id, family_id, sealed FROM contact_detail JOIN person ON id = person_id WHERE field = ? "
        "ORDER BY person_id",
        field.value,
    )
    for person, family, sealed in rows:
        yield person, family, open_detail(vault, person, field, sealed)


def open_detail(vault: Vault, person: int, field: ContactField, sealed: bytes) -> str:
    """Open one sealed detail; DamagedVaultError where it does not belong to this person and field."""
    try:
        return sealing.decrypt(vault.key(KeyName.CONTACT), sealed, _bound_to(vault, person, field)).decode()
    except sealing.SealBrokenError as error:
        ref = reference(Kind.PERSON, person)
        raise DamagedVaultError(f"a contact detail of {ref} does not open", "run: lcs doctor") from error


def kept_details(db: Database, person: int) -> list[tuple[ContactField, int]]:
    """Which contact details of a person are stored, each with the change that it is of; none is opened."""
    rows = db.rows("SELECT field, changed FROM contact_detail WHERE person_id = ? ORDER BY field", person)
    return [(ContactField(name), changed) for name, changed in rows]


def has_detail(db: Database, person: int, field: ContactField) -> bool:
    """Whether a detail of this field is stored."""
    return db.row("SELECT 1 FROM contact_detail WHERE person_id = ? AND field = ?", person, field.value) is not None


def _bound_to(vault: Vault, person: int, field: ContactField) -> bytes:
    return context("contact", vault.header.vault, reference(Kind.PERSON, person), field.value)


def _person(row: Row) -> Person:
    number, family, kind, given, name, born, relationship = row
    return Person(number, family, PersonKind(kind), given, name, day(born), relationship)
