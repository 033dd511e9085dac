"""Which records came from which row of a spreadsheet: digests, and the number of the record."""

from lcs_cli.records.value import Value
from lcs_cli.vault.connection import Database


class Import(Value):
    """One row that was brought in: what it is called there and all that it said, as digests, and whose record it is."""

    kind: str
    key: str
    content: str
    record: int
    family: int | None = None
    staff: int | None = None
    referrer: int | None = None


def add(db: Database, one: Import) -> None:
    """Keep where a record came from."""
    db.run(
        "INSERT INTO imported (kind, key, content, record_id, family_id, staff_id, referrer_id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        *(one.kind, one.key, one.content, one.record, one.family, one.staff, one.referrer),
    )


def known(db: Database, kind: str) -> dict[str, tuple[str, int]]:
    """What was brought in of one kind: by its key the digest of what it said, and the number of the record."""
    return {
        key: (content, record)
        for key, content, record in db.each("SELECT key, content, record_id FROM imported WHERE kind = ?", kind)
    }
