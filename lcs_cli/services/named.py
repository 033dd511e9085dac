"""Who is meant by a login name or a reference that was typed: somebody who has a slot in the vault."""

from lcs_cli.records.references import Kind, reference
from lcs_cli.records.user import User, UserKind
from lcs_cli.services import lookup
from lcs_cli.services.desk import Desk


def people(desk: Desk) -> list[User]:
    """Everybody who has a slot today, services and the recovery key left out."""
    return [slot.user for slot in desk.vault.header.slots if slot.user.kind is UserKind.PERSON]


def person(desk: Desk, typed: str) -> User:
    """The one of them who is meant; UsageError for a slip, NotFoundError where nobody is."""
    here = {user.reference: user for user in people(desk)}
    for user in here.values():
        if user.name == typed.strip().lower():
            return user
    return lookup.find(desk.db, Kind.USER, typed, lambda _, number: here.get(reference(Kind.USER, number)))
