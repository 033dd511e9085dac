"""What is done in a contact room beside contact (policy 4.3): recorded in a session, under a live permission only."""

from lcs_cli.errors import UsageError
from lcs_cli.policy.permissions import Standing, Undertaking, covers, permit, standing
from lcs_cli.records.permission import Activity, Permission, PermissionKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.session import ContactSession
from lcs_cli.records.value import Value
from lcs_cli.services import lookup
from lcs_cli.services.answers import require
from lcs_cli.services.desk import Desk
from lcs_cli.services.permissions import rules_of
from lcs_cli.vault import contact_sessions, permissions
from lcs_cli.vault.connection import Database


class RecordedActivity(Value):
    """An activity with the session it was done in."""

    activity: Activity
    session: ContactSession


def record(desk: Desk, typed: str, kind: PermissionKind, permission: str | None = None) -> RecordedActivity:
    """Record that something beside contact takes or took place in a session, under the permission that allows it.

    ``permission`` names the one to rest on; without it, it is looked for among the family's own.
    """
    about = ((Kind.SESSION, typed), (Kind.PERMISSION, permission))
    with desk.acting("session.activity", *about) as act:
        session = under_way(desk, desk.db, typed)
        family = reference(Kind.FAMILY, session.family)
        act.note(reference(Kind.SESSION, session.number), family)
        known = (
            [lookup.permission(desk.db, permission)] if permission else permissions.of_family(desk.db, session.family)
        )
        wanted = Undertaking(kind, session, desk.user.reference, desk.local)
        found = permit(wanted, known, rules_of(desk))
        require(found.answer)
        if found.permission is None:
            raise LookupError(session.number)
        if desk.local < session.begins:
            ref = reference(Kind.SESSION, session.number)
            raise UsageError(f"{ref} begins at {session.starts}", "record it when it takes place, or afterwards")
        activity = Activity(
            session.family, session.number, found.permission.number, kind, desk.today, desk.user.reference
        )
        _check_new(desk.db, activity)
        permissions.add_activity(desk.db, activity)
        act.note(reference(Kind.PERMISSION, activity.permission))
        return RecordedActivity(activity, session)


def under_way(desk: Desk, db: Database, typed: str) -> ContactSession:
    """The session of a typed reference, if it is today's or an earlier one and was not cancelled."""
    session = lookup.session(db, typed)
    ref = reference(Kind.SESSION, session.number)
    if session.cancelled_on is not None:
        raise UsageError(f"{ref} was cancelled on {session.cancelled_on.isoformat()}", "name the session it was in")
    if session.held_on > desk.today:
        raise UsageError(f"{ref} is on {session.held_on.isoformat()}", "record it on the day, or afterwards")
    return session


def permitted_today(desk: Desk) -> dict[int, tuple[Permission, ...]]:
    """What is permitted in each of today's sessions, by their numbers; within another use case, or after it."""
    found = {}
    for session in contact_sessions.select(desk.db, "WHERE held_on = ? AND cancelled_on IS NULL", str(desk.today)):
        own = [
            one
            for one in permissions.of_family(desk.db, session.family)
            if standing(one, desk.local) is Standing.GRANTED and covers(one, session)
        ]
        if own:
            found[session.number] = tuple(own)
    return found


def left_behind(desk: Desk, session: ContactSession) -> list[Permission]:
    """The permissions that covered a session before it was moved or cancelled, and do not cover it now."""
    was = permissions.as_it_was(desk.db, session)
    own = permissions.of_family(desk.db, session.family)
    return [one for one in own if covers(one, was) and not covers(one, session)]


def uncovered(desk: Desk) -> list[Activity]:
    """What is on record in sessions that no permission of its kind covers any more, within another use case.

    A session was moved afterwards. In one that was cancelled nothing took place.
    """
    found = []
    for activity in permissions.activities(desk.db, permissions.IN_A_CHANGED_SESSION):
        session = contact_sessions.get(desk.db, activity.session)
        own = permissions.of_family(desk.db, activity.family)
        if (
            session is not None
            and session.cancelled_on is None
            and not any(one.kind is activity.kind and covers(one, session) for one in own)
        ):
            found.append(activity)
    return found


def _check_new(db: Database, activity: Activity) -> None:
    where = "WHERE activity.session_id = ? AND permission_id = ?"
    if permissions.activities(db, where, activity.session, activity.permission):
        ref, under = reference(Kind.SESSION, activity.session), reference(Kind.PERMISSION, activity.permission)
        raise UsageError(f"{activity.kind.spoken} in {ref} is on record already", f"lcs permission show {under}")
