"""Who is named to supervise a session, as rows: each naming is kept, and the last one counts."""

from collections.abc import Sequence
from datetime import date

from lcs_cli.records.references import Kind, reference
from lcs_cli.records.session import ContactSession
from lcs_cli.records.staff import Supervising
from lcs_cli.records.value import Value
from lcs_cli.vault import contact_sessions
from lcs_cli.vault.connection import Database
from lcs_cli.vault.corrections import Correction

_IS_NAMED = (
    "EXISTS (SELECT 1 FROM supervision AS n WHERE n.family_id = s.family_id AND n.session_id = s.id "
    "AND n.staff_id = ? AND n.naming = (SELECT max(naming) FROM supervision AS l "
    "WHERE l.family_id = s.family_id AND l.session_id = s.id))"
)


class Naming(Value):
    """One naming of a session, with the reason why it replaced the one before."""

    named_on: date
    named_by: str
    reason: str | None


def name(db: Database, session: ContactSession, named: Sequence[Supervising], why: Naming) -> None:
    """Name who supervises a session from now on."""
    naming = db.value(
        "SELECT coalesce(max(naming), 0) + 1 FROM supervision WHERE family_id = ? AND session_id = ?",
        *(session.family, session.number),
    )
    for one in named:
        db.run(
            "INSERT INTO supervision (family_id, session_id, naming, staff_id, position, named_on, named_by, reason) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            *(session.family, session.number, naming, one.staff, one.position.value),
            *(why.named_on.isoformat(), why.named_by, why.reason),
        )


def overlapping(db: Database, session: ContactSession, staff: int) -> ContactSession | None:
    """Another session, not cancelled, at the same time, that somebody is named to supervise."""
    found = contact_sessions.select(
        db,
        f"WHERE held_on = ? AND starts < ? AND ends > ? AND id <> ? AND cancelled_on IS NULL AND {_IS_NAMED}",
        *(session.held_on.isoformat(), session.ends, session.starts, session.number, staff),
    )
    return found[0] if found else None


def after(db: Database, staff: int, day: date) -> list[ContactSession]:
    """The sessions later than a day, not cancelled, that somebody is named to supervise."""
    condition = f"WHERE held_on > ? AND cancelled_on IS NULL AND {_IS_NAMED}"
    return contact_sessions.select(db, condition, day.isoformat(), staff)


def corrections_of(db: Database, family: int) -> list[Correction]:
    """What later namings replaced in the sessions of a family, oldest first, each with the reason of the later one.

    A first naming that came only afterwards replaced nothing, and stands there with its reason.
    """
    namings: dict[tuple[int, int], tuple[list[str], Naming]] = {}
    for session, naming, staff, on, by, reason in db.rows(
        "SELECT session_id, naming, staff_id, named_on, named_by, reason FROM supervision WHERE family_id = ? "
        "ORDER BY session_id, naming, position = 'with'",
        family,
    ):
        why = Naming(date.fromisoformat(on), by, reason)
        namings.setdefault((session, naming), ([], why))[0].append(reference(Kind.STAFF, staff))
    return [
        Correction(
            kind="supervision",
            record=session,
            former=dict(zip(("supervisor", "with"), namings.get((session, naming - 1), ([],))[0], strict=False)),
            row={},
            reason=str(why.reason),
            corrected_on=why.named_on,
            corrected_by=why.named_by,
            number=naming,
        )
        for (session, naming), (_, why) in namings.items()
        if why.reason is not None
    ]
