"""Consents, as rows: added as they were given, withdrawn once, gone with their family."""

from collections.abc import Iterator
from datetime import date

from msgspec.structs import replace

from lcs_cli.records.consent import RecordedConsent
from lcs_cli.vault.connection import Database, Row
from lcs_cli.vault.corrections import referrer_since
from lcs_cli.vault.counters import next_number
from lcs_cli.vault.families import day
from lcs_cli.vault.paging import paged

_SELECT = (
    "SELECT consent.id, person_id, family_id, given_by, details, referrer_id, purpose, given_from, until, given_how, "
    "evidence, responsibility, recorded_on, recorded_by, recorded_change, withdrawn_on, withdrawn_how, "
    "withdrawn_reason, withdrawn_by, date_of_birth, kind = 'child', "
    f"{referrer_since('referrer_id', 'recorded_change')}, "
    # A child's own withdrawal outweighs what a parent says, before it or after it: only its own word opens anew.
    "CASE WHEN given_by <> person_id THEN (SELECT group_concat(own.details, ' ') FROM consent AS own "
    "WHERE own.person_id = consent.person_id AND own.given_by = own.person_id "
    "AND own.referrer_id = consent.referrer_id AND own.purpose = consent.purpose "
    "AND own.withdrawn_change IS NOT NULL) END "
    "FROM consent JOIN person ON person.id = person_id"
)
# The details of which a correction of a person's own record changes a part.
_OF_PERSON = {"given_name": "name", "family_name": "name", "date_of_birth": "date_of_birth"}


def add(db: Database, consent: RecordedConsent) -> int:
    """Record a consent; ``consent.number`` is given here and returned."""
    number = next_number(db, "consent")
    db.run(
        "INSERT INTO consent (id, person_id, given_by, details, referrer_id, purpose, given_from, until, given_how, "
        "evidence, responsibility, recorded_on, recorded_by, recorded_change) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(number, consent.person, consent.given_by, " ".join(consent.details), consent.referrer, consent.purpose),
        *(consent.given_from.isoformat(), consent.until.isoformat() if consent.until else None, consent.given_how),
        *(consent.evidence, consent.responsibility),
        *(consent.recorded_on.isoformat(), consent.recorded_by, consent.recorded_change),
    )
    return number


def get(db: Database, number: int) -> RecordedConsent | None:
    """One consent."""
    row = db.row(f"{_SELECT} WHERE consent.id = ?", number)
    return _whole(db, row) if row else None


def of_person(db: Database, person: int) -> list[RecordedConsent]:
    """The consents to what is told of one person, by number."""
    return [_whole(db, row) for row in db.rows(f"{_SELECT} WHERE person_id = ? ORDER BY consent.id", person)]


def select(db: Database, *, person: int | None = None, family: int | None = None) -> Iterator[RecordedConsent]:
    """The consents of one person, one family or all, by number, page by page."""
    query = f"{_SELECT} WHERE (? IS NULL OR person_id = ?) AND (? IS NULL OR family_id = ?)"
    rows = paged(db, query, "consent.id", person, person, family, family)
    return (_whole(db, row) for row in rows)


def may_lapse(db: Database, by: date) -> list[RecordedConsent]:
    """The consents of families that are served which may end by a day: those that say so, and parents' for children."""
    rows = db.rows(
        f"{_SELECT} WHERE withdrawn_on IS NULL AND (until <= ? OR given_by <> person_id) AND EXISTS (SELECT 1 "
        "FROM episode WHERE episode.family_id = person.family_id AND closed_on IS NULL) ORDER BY consent.id",
        by.isoformat(),
    )
    return [_consent(row) for row in rows]


def beside(db: Database, by: date) -> Iterator[RecordedConsent]:
    """All the consents of the people of whom one may end by a day: one of them may have renewed it."""
    rows = db.rows(
        f"{_SELECT} WHERE person_id IN (SELECT person_id FROM consent WHERE withdrawn_on IS NULL "
        "AND (until <= ? OR given_by <> person_id)) ORDER BY consent.id",
        by.isoformat(),
    )
    return map(_consent, rows)


def withdraw(db: Database, number: int, *, on: date, how: str, reason: str, by: str, change: int) -> None:
    """Withdraw a consent: once, for good. ``change`` is the change number at which that was recorded."""
    db.run(
        "UPDATE consent SET withdrawn_on = ?, withdrawn_how = ?, withdrawn_reason = ?, withdrawn_by = ?, "
        "withdrawn_change = ? WHERE id = ?",
        *(on.isoformat(), how, reason, by, change, number),
    )


def _whole(db: Database, row: Row) -> RecordedConsent:
    one = _consent(row)
    return replace(one, changed=_changed_since(db, one))


def _changed_since(db: Database, consent: RecordedConsent) -> tuple[str, ...]:
    """The details of a consent that are no longer what they were when it was given: entered or corrected later."""
    entered = db.rows(
        "SELECT field FROM contact_detail WHERE person_id = ? AND changed > ?",
        *(consent.person, consent.recorded_change),
    )
    found = {name for (name,) in entered}
    for kind, fields, detail in db.rows(
        "SELECT kind, fields, content ->> 'field' FROM superseded WHERE family_id = ? AND record_id = ? "
        "AND kind IN ('person', 'contact_detail') AND (superseded > ? OR corrected_on > ?)",
        *(consent.family, consent.person, consent.recorded_change, consent.given_from.isoformat()),
    ):
        found |= {detail} if kind == "contact_detail" else {_OF_PERSON.get(name, "") for name in fields.split()}
    return tuple(name for name in consent.details if name in found)


def _consent(row: Row) -> RecordedConsent:
    number, person, family, giver, details, referrer, purpose, given_from, until, how, evidence, known = row[:12]
    recorded_on, recorded_by, change, withdrawn_on, withdrawn_how, reason, withdrawn_by, born = row[12:20]
    of_child, recipient_changed, own_withdrawn = row[20:]
    return RecordedConsent(
        number=number,
        person=person,
        family=family,
        given_by=giver,
        details=tuple(details.split()),
        referrer=referrer,
        purpose=purpose,
        given_from=date.fromisoformat(given_from),
        until=day(until),
        given_how=how,
        evidence=evidence,
        responsibility=known,
        recorded_on=date.fromisoformat(recorded_on),
        recorded_by=recorded_by,
        recorded_change=change,
        withdrawn_on=day(withdrawn_on),
        withdrawn_how=withdrawn_how,
        withdrawn_reason=reason,
        withdrawn_by=withdrawn_by,
        born=day(born),
        of_child=bool(of_child),
        recipient_changed=bool(recipient_changed),
        own_withdrawn=tuple(dict.fromkeys((own_withdrawn or "").split())),
    )
