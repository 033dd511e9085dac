"""What a review or a hold is about, as columns: the number of a family, or of an entry of the staff register."""

from lcs_cli.records.references import Kind, number_in, reference
from lcs_cli.records.subject import kind_of
from lcs_cli.vault.connection import Database


def columns(subject: str) -> tuple[int | None, int | None]:
    """The columns ``family_id`` and ``staff_id`` of a subject: one of them is empty."""
    kind = kind_of(subject)
    number = number_in(kind, subject)
    return (None, number) if kind is Kind.STAFF else (number, None)


def is_there(db: Database, subject: str) -> bool:
    """Whether there is such a file."""
    family, staff = columns(subject)
    return bool(
        db.value(
            "SELECT EXISTS (SELECT 1 FROM family WHERE id = ?) OR EXISTS (SELECT 1 FROM staff_member WHERE id = ?)",
            family,
            staff,
        )
    )


def subject(family: int | None, staff: int | None) -> str:
    """The reference in those columns."""
    return reference(Kind.STAFF, staff) if family is None and staff is not None else reference(Kind.FAMILY, family or 0)
