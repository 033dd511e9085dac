"""Permissions for contact rooms, and what was done under them, as rows."""

from collections.abc import Iterator
from datetime import date

from msgspec.structs import replace

from lcs_cli.records.clock import LocalTime
from lcs_cli.records.permission import Activity, Permission, PermissionKind, PermissionState
from lcs_cli.records.session import ContactSession
from lcs_cli.vault.connection import Database, Row
from lcs_cli.vault.counters import next_number
from lcs_cli.vault.families import day
from lcs_cli.vault.paging import paged

_SELECT = """
SELECT permission.id, permission.family_id, kind, session_id, coalesce(from_on, held_on), coalesce(to_on, held_on),
  starts, cancelled_on, done_by, purpose, evidence, requested_on, requested_by, state, decided_on, decided_at,
  decided_by, reason, granted_from, granted_to, withdrawn_on, withdrawn_by, withdrawn_because
FROM permission LEFT JOIN contact_session AS s ON s.family_id = permission.family_id AND s.id = session_id
"""


IN_A_CHANGED_SESSION = (
    "WHERE EXISTS (SELECT 1 FROM superseded AS former WHERE former.family_id = activity.family_id "
    "AND former.kind = 'contact_session' AND former.record_id = activity.session_id)"
)
"""The condition of an activity whose session was moved or cancelled at some time."""


def add(db: Database, permission: Permission) -> int:
    """Record a request; ``permission.number`` is given here and returned."""
    number = next_number(db, "permission")
    run = (permission.from_on.isoformat(), permission.to_on.isoformat()) if permission.session is None else (None, None)
    db.run(
        "INSERT INTO permission (id, family_id, kind, session_id, from_on, to_on, done_by, purpose, evidence, "
        "requested_on, requested_by, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(number, permission.family, permission.kind.value, permission.session, *run),
        *(permission.done_by, permission.purpose, permission.evidence),
        *(permission.requested_on.isoformat(), permission.requested_by, permission.state.value),
    )
    return number


def get(db: Database, number: int) -> Permission | None:
    """One permission."""
    found = select(db, "WHERE permission.id = ?", number)
    return found[0] if found else None


def select(db: Database, where: str = "", *values: object) -> list[Permission]:
    """The permissions of a condition, by number; those for a session with its day as it is booked now."""
    return [_permission(row) for row in db.rows(f"{_SELECT} {where} ORDER BY permission.id", *values)]


def each(db: Database, where: str = "1", *values: object) -> Iterator[Permission]:
    """The same of a condition, for a list that can be long: page by page."""
    return (_permission(row) for row in paged(db, f"{_SELECT} WHERE {where}", "permission.id", *values))


def of_family(db: Database, family: int) -> list[Permission]:
    """A family's permissions, by number."""
    return select(db, "WHERE permission.family_id = ?", family)


def decide(db: Database, permission: Permission, policy_version: int, rules_hash: str) -> None:
    """Write down the decision that ``permission`` carries."""
    decided = permission.decided
    db.run(
        "UPDATE permission SET state = ?, decided_on = ?, decided_at = ?, decided_by = ?, reason = ?, "
        "granted_from = ?, granted_to = ?, policy_version = ?, rules_hash = ? WHERE id = ?",
        *(permission.state.value, decided.day.isoformat() if decided else None, decided.time if decided else None),
        *(permission.decided_by, permission.reason),
        *(one.isoformat() if one else None for one in (permission.granted_from, permission.granted_to)),
        *(policy_version, rules_hash, permission.number),
    )


def decided_under(db: Database, number: int) -> tuple[date, int, str] | None:
    """When a permission was granted or refused, under which version of the policy and which rules."""
    row = db.row(
        "SELECT decided_on, policy_version, rules_hash FROM permission WHERE id = ? AND decided_on IS NOT NULL", number
    )
    return (date.fromisoformat(row[0]), row[1], row[2]) if row else None


def withdraw(db: Database, number: int, on: date, by: str, because: str) -> None:
    """End a permission from a day on."""
    db.run(
        "UPDATE permission SET state = 'withdrawn', withdrawn_on = ?, withdrawn_by = ?, withdrawn_because = ? "
        "WHERE id = ?",
        *(on.isoformat(), by, because, number),
    )


def add_activity(db: Database, activity: Activity) -> None:
    """Record what was done in a session, and the permission it rests on."""
    db.run(
        "INSERT INTO activity (family_id, session_id, permission_id, recorded_on, recorded_by) VALUES (?, ?, ?, ?, ?)",
        *(activity.family, activity.session, activity.permission, activity.recorded_on.isoformat()),
        activity.recorded_by,
    )


def activities(db: Database, where: str = "", *values: object) -> list[Activity]:
    """What was done, of a condition: by session and permission."""
    return [
        Activity(family, session, permission, PermissionKind(kind), date.fromisoformat(on), by)
        for family, session, permission, kind, on, by in db.rows(
            "SELECT activity.family_id, activity.session_id, permission_id, kind, recorded_on, recorded_by "
            f"FROM activity JOIN permission ON permission.id = permission_id {where} "
            "ORDER BY activity.session_id, permission_id",
            *values,
        )
    ]


def as_it_was(db: Database, session: ContactSession) -> ContactSession:
    """A session as it was booked before its last correction, which moved or cancelled it."""
    row = db.row(
        "SELECT content ->> 'held_on', content ->> 'starts', content ->> 'ends' FROM superseded "
        "WHERE family_id = ? AND kind = 'contact_session' AND record_id = ? ORDER BY id DESC LIMIT 1",
        *(session.family, session.number),
    )
    if row is None:
        return session
    return replace(session, held_on=date.fromisoformat(row[0]), starts=row[1], ends=row[2], cancelled_on=None)


def _permission(row: Row) -> Permission:
    number, family, kind, session, from_on, to_on, starts, cancelled, done_by, purpose, evidence = row[:11]
    requested, requested_by, state, decided_on, decided_at, decided_by, reason, granted_from, granted_to = row[11:20]
    withdrawn, withdrawn_by, because = row[20:]
    return Permission(
        number=number,
        family=family,
        kind=PermissionKind(kind),
        session=session,
        from_on=date.fromisoformat(from_on),
        to_on=date.fromisoformat(to_on),
        starts=starts,
        cancelled=cancelled is not None,
        done_by=done_by,
        purpose=purpose,
        evidence=evidence,
        requested_on=date.fromisoformat(requested),
        requested_by=requested_by,
        state=PermissionState(state),
        decided=LocalTime(date.fromisoformat(decided_on), decided_at) if decided_on else None,
        decided_by=decided_by,
        reason=reason,
        granted_from=day(granted_from),
        granted_to=day(granted_to),
        withdrawn_on=day(withdrawn),
        withdrawn_by=withdrawn_by,
        withdrawn_because=because,
    )
