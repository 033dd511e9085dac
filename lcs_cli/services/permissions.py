"""Permissions for contact rooms (policy 4.3): asked for, and granted by a senior manager before it happens."""

from collections.abc import Iterator
from datetime import date

from msgspec.structs import replace

from lcs_cli.errors import UsageError
from lcs_cli.policy.permissions import (
    PermissionRules,
    Standing,
    may_ask,
    may_decide,
    may_grant,
    may_still_ask,
    permission_rules,
    standing,
)
from lcs_cli.records.permission import Activity, Permission, PermissionKind, PermissionState
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.session import ContactSession
from lcs_cli.records.value import Value
from lcs_cli.services import checks, lookup
from lcs_cli.services.answers import require
from lcs_cli.services.desk import Desk
from lcs_cli.vault import permissions
from lcs_cli.vault.connection import Database


class PermissionDraft(Value):
    """What is asked for, as entered: for a session by its reference, or for a run from the first day to the last."""

    kind: PermissionKind
    done_by: str
    purpose: str
    evidence: str
    session: str | None = None
    from_on: date | None = None
    to_on: date | None = None


class PermissionFile(Value):
    """A permission as it stands at this moment, with what was done under it."""

    permission: Permission
    standing: Standing
    activities: tuple[Activity, ...] = ()


def request(desk: Desk, family: str, draft: PermissionDraft) -> Permission:
    """Ask senior management for a permission, for one session or for a run of days that are still to come."""
    with desk.acting("permission.request", (Kind.FAMILY, family), (Kind.SESSION, draft.session)) as act:
        number = lookup.family(desk.db, family).number
        ref = reference(Kind.FAMILY, number)
        session = session_to_come(desk, desk.db, family, draft.session) if draft.session else None
        from_on, to_on = _days(desk, ref, draft, session)
        asked = Permission(
            number=0,
            family=number,
            kind=draft.kind,
            session=session.number if session else None,
            from_on=from_on,
            to_on=to_on,
            starts=session.starts if session else None,
            done_by=checks.line("who does it", draft.done_by),
            purpose=checks.line("why", draft.purpose),
            evidence=checks.line("evidence", draft.evidence),
            requested_on=desk.today,
            requested_by=desk.user.reference,
        )
        added = reference(Kind.PERMISSION, permissions.add(desk.db, asked))
        act.note(added, ref, *([reference(Kind.SESSION, session.number)] if session else []))
        return lookup.permission(desk.db, added)


def check_run(desk: Desk, family: str, from_on: date, to_on: date) -> None:
    """Refuse before the next question a run of days that may not be asked for."""
    with desk.acting("permission.request", (Kind.FAMILY, family), logged=False):
        _check_run(desk, reference(Kind.FAMILY, lookup.family(desk.db, family).number), from_on, to_on)


def decide(desk: Desk, typed: str, reason: str, *, granted: bool, to_on: date | None = None) -> Permission:
    """Grant a permission before it happens, a run for fewer days where ``to_on`` says so, or refuse it."""
    with desk.acting("permission.decide", (Kind.PERMISSION, typed)) as act:
        asked = decidable(desk, desk.db, typed)
        ref = reference(Kind.PERMISSION, asked.number)
        act.note(ref, reference(Kind.FAMILY, asked.family), outcome="granted" if granted else "refused")
        why = checks.line("reason", reason)
        moment = desk.local
        decided = replace(
            asked,
            state=PermissionState.REFUSED,
            decided=moment,
            decided_by=desk.user.reference,
            reason=why,
        )
        if granted:
            if asked.cancelled:
                session = reference(Kind.SESSION, asked.session or 0)
                raise UsageError(f"{session} was cancelled", f"refuse it: lcs permission decide {ref} --refuse")
            last = _granted_to(asked, to_on)
            require(may_grant(asked, last, moment, rules_of(desk)))
            decided = replace(decided, state=PermissionState.GRANTED)
            if asked.session is None:  # a run that has begun is granted from now on
                decided = replace(decided, granted_from=max(asked.from_on, desk.today), granted_to=last)
        elif to_on is not None:
            raise UsageError("to day: a refusal has no days", "leave it away")
        permissions.decide(desk.db, decided, *desk.decided_by())
        return lookup.permission(desk.db, ref)


def withdraw(desk: Desk, typed: str, reason: str) -> Permission:
    """End a permission from today on."""
    with desk.acting("permission.withdraw", (Kind.PERMISSION, typed)) as act:
        one = withdrawable(desk, desk.db, typed)
        ref = reference(Kind.PERMISSION, one.number)
        act.note(ref, reference(Kind.FAMILY, one.family))
        permissions.withdraw(desk.db, one.number, desk.today, desk.user.reference, checks.line("reason", reason))
        return lookup.permission(desk.db, ref)


def listing(desk: Desk, family: str | None, *, only_open: bool = False) -> Iterator[PermissionFile]:
    """The permissions of one family or of all; open ones wait for a decision or are granted and not over."""
    with desk.acting("permission.list", (Kind.FAMILY, family)) as act:
        if family is None:
            found = permissions.each(desk.db)
        else:
            number = lookup.family(desk.db, family).number
            act.note(reference(Kind.FAMILY, number))
            found = permissions.each(desk.db, "permission.family_id = ?", number)
    files = (PermissionFile(one, standing(one, desk.local)) for one in found)
    return (one for one in files if one.standing in (Standing.REQUESTED, Standing.GRANTED) or not only_open)


def show(desk: Desk, typed: str) -> PermissionFile:
    """One permission with what was asked, decided and done; the reading is logged first."""
    with desk.acting("permission.show", (Kind.PERMISSION, typed)) as act:
        one = lookup.permission(desk.db, typed)
        act.note(reference(Kind.PERMISSION, one.number), reference(Kind.FAMILY, one.family))
        done = permissions.activities(desk.db, "WHERE permission_id = ?", one.number)
        return PermissionFile(one, standing(one, desk.local), tuple(done))


def session_of(db: Database, family: str, typed: str) -> ContactSession:
    """A session of that family that is still booked; UsageError for another one."""
    session, number = lookup.session(db, typed), lookup.family(db, family).number
    ref = reference(Kind.SESSION, session.number)
    if session.family != number:
        theirs = f"lcs session list --family {reference(Kind.FAMILY, number)}"
        raise UsageError(f"session: {ref} is not of that family", f"its sessions: {theirs}")
    if session.cancelled_on is not None:
        raise UsageError(f"session: {ref} was cancelled on {session.cancelled_on.isoformat()}", "name another one")
    return session


def session_to_come(desk: Desk, db: Database, family: str, typed: str) -> ContactSession:
    """A session of that family that has not begun; RefusedError for one that has."""
    session = session_of(db, family, typed)
    require(may_still_ask(session, session.held_on, desk.local, rules_of(desk)))
    return session


def decidable(desk: Desk, db: Database, typed: str) -> Permission:
    """The request of a typed reference, if nobody has decided on it yet and this person may."""
    one = lookup.permission(db, typed)
    if one.state is not PermissionState.REQUESTED:
        raise UsageError(f"{_ref(one)} is {one.state} already", f"lcs permission show {_ref(one)}")
    require(may_decide(one, desk.user, rules_of(desk)))
    return one


def withdrawable(desk: Desk, db: Database, typed: str) -> Permission:
    """The permission of a typed reference, if it is granted and not over."""
    one = lookup.permission(db, typed)
    stands = standing(one, desk.local)
    if stands in (Standing.REQUESTED, Standing.LAPSED):
        raise UsageError(f"{_ref(one)} is not granted", f"refuse it: lcs permission decide {_ref(one)} --refuse")
    if stands is not Standing.GRANTED:
        raise UsageError(f"{_ref(one)} is {stands} already", f"lcs permission show {_ref(one)}")
    return one


def to_decide(desk: Desk) -> int:
    """How many requests wait for a senior manager, within another use case: those that can still be granted."""
    moment = desk.local
    asked = permissions.select(desk.db, "WHERE state = 'requested'")
    return sum(standing(one, moment) is Standing.REQUESTED for one in asked)


def rules_of(desk: Desk) -> PermissionRules:
    """The rules of contact rooms in force."""
    return permission_rules(desk.rules, desk.today)


def _days(desk: Desk, family: str, draft: PermissionDraft, session: ContactSession | None) -> tuple[date, date]:
    """The first and the last day that are asked for."""
    if session is not None:
        if draft.from_on or draft.to_on:
            raise UsageError("session: it has its own day", "give a session, or the days of a run")
        return session.held_on, session.held_on
    if draft.from_on is None or draft.to_on is None:
        raise UsageError(
            "missing: session, or from day and to day", f"give --session S-… of {family}, or --from-day and --to-day"
        )
    _check_run(desk, family, draft.from_on, draft.to_on)
    return draft.from_on, draft.to_on


def _check_run(desk: Desk, family: str, from_on: date, to_on: date) -> None:
    checks.plausible("from day", from_on)
    checks.window(from_on, checks.plausible("to day", to_on))
    require(may_still_ask(None, from_on, desk.local, rules_of(desk)))
    require(may_ask(family, from_on, to_on, rules_of(desk)))


def _granted_to(asked: Permission, to_on: date | None) -> date:
    """The last day of a grant: as asked, or sooner."""
    if to_on is None:
        return asked.to_on
    if asked.session is not None:
        raise UsageError("to day: it is for one session", "leave it away")
    if not asked.from_on <= to_on <= asked.to_on:
        raise UsageError(
            f"to day: it was asked for from {asked.from_on.isoformat()} to {asked.to_on.isoformat()}",
            "a run is granted for these days, or for fewer",
        )
    return to_on


def _ref(one: Permission) -> str:
    return reference(Kind.PERMISSION, one.number)
