"""Disposal: the one place that deletes for good, and the certificates that are left of it."""

import json
from collections.abc import Collection
from datetime import date
from typing import Any

from lcs_cli.records.references import Kind, reference
from lcs_cli.records.value import Value
from lcs_cli.vault import former_identities, own_referrers, papers
from lcs_cli.vault.connection import AMONG, Database, among

EMPTIED = ("room", "note", "cancel_reason")
"""The fields of a session that are emptied where a kept child's line needs its day and times."""
STAMPED = ("disposed_on", "changed")
"""The fields of a family's row that say, where it stays, when the rest went."""


class Kept(Value):
    """What is left of some families: the children whose attendance stays, the people and the families with a stub."""

    attendance_of: Collection[int]
    people: Collection[int]
    families: Collection[int]


def dispose(db: Database, families: Collection[int], kept: Kept, *, on: date, change: int) -> None:
    """Remove the records of families but what is kept for ever; the schema's triggers watch every row of it.

    What is left holds nothing invented: a field that goes is empty. What lies on paper stays in the register, as
    released, until somebody has destroyed it.
    """
    going, attending, stubs = among(families), among(kept.attendance_of), among(kept.families)
    referrers = own_referrers.lone(db, families)
    stamp = f"UPDATE family SET disposed_on = ?, changed = ? WHERE id IN {AMONG}"
    db.run(stamp, on.isoformat(), change, going)  # first: the guards ask which holds are in force on that day
    of_family = f"family_id IN {AMONG}"
    of_person = f"person_id IN (SELECT id FROM person WHERE {of_family})"
    for table in ("activity", "permission"):
        db.run(f"DELETE FROM {table} WHERE {of_family}", going)
    for table in ("report_production", "report_decision"):
        db.run(f"DELETE FROM {table} WHERE report_id IN (SELECT id FROM report WHERE {of_family})", going)
    db.run(f"DELETE FROM attendance WHERE {of_family} AND child_id NOT IN {AMONG}", going, attending)
    db.run(f"DELETE FROM supervision WHERE {of_family}", going)  # also of a kept session: a child's line needs none
    db.run(
        f"DELETE FROM contact_session WHERE {of_family} AND id NOT IN "
        f"(SELECT session_id FROM attendance WHERE {of_family})",
        *(going, going),
    )
    emptied = ", ".join(f"{name} = NULL" for name in EMPTIED)
    db.run(f"UPDATE contact_session SET {emptied} WHERE {of_family}", going)
    db.run(f"DELETE FROM contact_detail WHERE {of_person}", going)
    db.run(f"DELETE FROM consent WHERE {of_person}", going)
    db.run(f"DELETE FROM referral WHERE {of_family} AND electronic = 0", going)
    documents = f"SELECT id FROM document WHERE {of_family} AND class = 'document'"
    db.run(f"DELETE FROM document_chunk WHERE document_id IN ({documents})", going)
    db.run(f"DELETE FROM document WHERE {of_family} AND class = 'document'", going)
    papers.release(db, families, on)
    for table in ("request_pause", "request_decision", "request_bundle"):
        db.run(f"DELETE FROM {table} WHERE request_id IN (SELECT id FROM access_request WHERE {of_family})", going)
    for table in ("access_request", "report", "legal_hold", "review", "word_clearing", "imported", "episode"):
        db.run(f"DELETE FROM {table} WHERE {of_family}", going)
    own_referrers.dispose(db, referrers)
    db.run(f"DELETE FROM person WHERE {of_family} AND id NOT IN {AMONG}", going, among(kept.people))
    former_identities.keep(db, kept.families, kept.people)
    db.run(
        f"DELETE FROM superseded WHERE {of_family} AND NOT (kind = 'attendance' AND content ->> 'child_id' IN {AMONG})",
        *(going, attending),
    )
    db.run(f"DELETE FROM family WHERE id IN {AMONG} AND id NOT IN {AMONG}", going, stubs)


def dispose_staff(db: Database, some: Collection[int]) -> None:
    """Remove entries of the staff register with all that is about them; the schema's triggers watch every row of it."""
    going = among(some)
    for table in ("vetting_confirmation", "vetting_check", "undertaking", "legal_hold", "word_clearing", "imported"):
        db.run(f"DELETE FROM {table} WHERE staff_id IN {AMONG}", going)
    db.run(f"DELETE FROM superseded WHERE kind = 'staff_member' AND record_id IN {AMONG}", going)
    db.run(f"DELETE FROM staff_member WHERE id IN {AMONG}", going)
    db.run(f"DELETE FROM review WHERE staff_id IN {AMONG}", going)  # until then it is what lets the others go


def date_ranges(db: Database, families: Collection[int]) -> dict[str, tuple[str, str]]:
    """The first and last day of each family's sessions, by its reference, for the certificates."""
    found = db.rows(
        f"SELECT family_id, min(held_on), max(held_on) FROM contact_session WHERE family_id IN {AMONG} GROUP BY 1",
        among(families),
    )
    return {reference(Kind.FAMILY, family): (first, last) for family, first, last in found}


def add_certificate(db: Database, number: int, issued_on: date, content: bytes) -> None:
    """Keep a certificate of disposal, as it was signed."""
    db.run(
        "INSERT INTO certificate (id, issued_on, content) VALUES (?, ?, ?)",
        *(number, issued_on.isoformat(), content.decode()),
    )


def certificate_rows(db: Database, number: int | None = None) -> list[tuple[int, str, str]]:
    """All certificates, or that of one number: number, day and content as they are kept."""
    found = db.rows("SELECT id, issued_on, content FROM certificate WHERE ?1 IS NULL OR id = ?1 ORDER BY id", number)
    return [(number, on, content) for number, on, content in found]


def last_certificate_of(db: Database, subject: str) -> tuple[int, str] | None:
    """The number and the day of the last certificate of one file, by its reference."""
    row = db.row(
        "SELECT id, issued_on FROM certificate WHERE ? IN (content ->> 'family', content ->> 'staff') "
        "ORDER BY id DESC LIMIT 1",
        subject,
    )
    return (row[0], row[1]) if row else None


def last_certificate(db: Database) -> str | None:
    """The content of the last one."""
    row = db.row("SELECT content FROM certificate ORDER BY id DESC LIMIT 1")
    return str(row[0]) if row else None


def certificates(db: Database) -> list[tuple[int, str, dict[str, Any]]]:
    """All certificates: number, day, content."""
    return [(number, on, json.loads(content)) for number, on, content in certificate_rows(db)]
