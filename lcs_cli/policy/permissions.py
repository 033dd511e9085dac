"""Contact rooms (policy 4.3): whether a permission may be granted, and whether one allows what is done in a session."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from lcs_cli.policy.answer import Answer, allow, refuse
from lcs_cli.policy.rules import Rules, in_force
from lcs_cli.records.clock import LocalTime
from lcs_cli.records.permission import Permission, PermissionKind, PermissionState
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.session import ContactSession
from lcs_cli.records.user import Role, User
from lcs_cli.records.value import Value
from lcs_cli.records.words import another_role, either


class Standing(StrEnum):
    """Where a request stands at a moment: as it was decided, lapsed undecided, or granted and over."""

    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    OVER = "over"


class PermissionRules(Value):
    """The rule file as values, on one day. Without a number of days in force (``longest``) every run is too long."""

    permission: Mapping[str, Any]
    beforehand: Mapping[str, Any]
    both_sides: Mapping[str, Any]
    run: Mapping[str, Any]
    grants: frozenset[Role]
    longest: int | None


class Undertaking(Value):
    """What somebody wants to do in a session: which kind, who records it, and when that is."""

    kind: PermissionKind
    session: ContactSession
    by: str
    now: LocalTime


class Permitted(Value):
    """The answer to an undertaking; ``permission`` is the one that allows it."""

    answer: Answer
    permission: Permission | None = None


def permission_rules(rules: Rules, today: date) -> PermissionRules:
    """The rules of contact rooms, from their file."""
    data = rules.file("permissions.toml")
    return PermissionRules(
        permission=data["permission"],
        beforehand=data["beforehand"],
        both_sides=data["both_sides"],
        run=data["run"],
        grants=frozenset(map(Role, data["permission"]["grants"])),
        longest=in_force(data["run"]["days"], today),
    )


def may_ask(family: str, from_on: date, to_on: date, rules: PermissionRules) -> Answer:
    """Whether a permission may be asked for this run of days."""
    longest = rules.longest or 0
    if (to_on - from_on).days < longest:
        return allow(rules.run)
    last = from_on + timedelta(days=max(longest - 1, 0))
    return refuse(
        rules.run,
        f"a run of sessions has {longest} days at the most",
        f"ask for the days up to {last.isoformat()}, and for the others in time: lcs permission request {family}",
    )


def may_still_ask(session: ContactSession | None, from_on: date, now: LocalTime, rules: PermissionRules) -> Answer:
    """Whether what is asked for is still to come: a session that has not begun, a run from today on."""
    if session is not None and not _is_before(now, session):
        reason = f"{reference(Kind.SESSION, session.number)} began on {session.held_on.isoformat()} at {session.starts}"
    elif session is None and from_on < now.day:
        reason = f"the run begins on {from_on.isoformat()}, which is past"
    else:
        return allow(rules.beforehand)
    remedy = "ask for sessions that are still to come, from today on"
    return refuse(rules.beforehand, f"{reason}: a permission comes first", remedy)


def may_decide(permission: Permission, user: User, rules: PermissionRules) -> Answer:
    """Whether this person may grant or refuse it: senior management, and not who asked."""
    others = either(map(another_role, sorted(rules.grants))) or "nobody: by these rules none is granted"
    if not rules.grants & user.roles:
        return refuse(rules.permission, f"{user.reference} is not who grants permissions", f"ask {others}")
    if permission.requested_by == user.reference:
        return refuse(
            rules.both_sides,
            f"{_ref(permission)} was asked for by {user.reference}, and nobody is on both sides of one decision",
            f"ask {others} to decide; to admit one: lcs vault user add",
        )
    return allow(rules.permission)


def may_grant(permission: Permission, last: date, now: LocalTime, rules: PermissionRules) -> Answer:
    """Whether it may still be granted up to ``last``: before it happens, on its day before the session starts."""
    if not _is_past(permission, last, now):
        return allow(rules.beforehand)
    reason = f"the run ended on {last.isoformat()}, which is past"
    if permission.session is not None:
        reason = f"{reference(Kind.SESSION, permission.session)} began on {last.isoformat()} at {permission.starts}"
    return refuse(
        rules.beforehand,
        f"{reason}: a permission comes first",
        f"refuse it: lcs permission decide {_ref(permission)} --refuse   and for what is still to come: "
        f"lcs permission request {reference(Kind.FAMILY, permission.family)}",
    )


def standing(permission: Permission, now: LocalTime) -> Standing:
    """Where a request stands at this moment."""
    if permission.state is PermissionState.REQUESTED and _is_past(permission, permission.last, now):
        return Standing.LAPSED
    if permission.state is PermissionState.GRANTED and permission.last < now.day:
        return Standing.OVER
    return Standing(permission.state.value)


def permit(wanted: Undertaking, permissions: Sequence[Permission], rules: PermissionRules) -> Permitted:
    """Find the permission that allows it; else the refusal of the one that comes nearest."""
    nearest, refusal = -1, _none_asked(wanted, rules)
    for one in permissions:
        step, answer = _first_obstacle(wanted, one, rules)
        if answer is None:
            return Permitted(allow(rules.permission), one)
        if step > nearest:
            nearest, refusal = step, answer
    return Permitted(refusal)


def covers(permission: Permission, session: ContactSession) -> bool:
    """Whether a permission stands for this session as it is booked now, which may have been moved or cancelled since.

    What took place on the day of a withdrawal took place before it: it could not have been recorded after it.
    """
    withdrawn = permission.withdrawn_on
    return (
        session.cancelled_on is None
        and permission.family == session.family
        and (withdrawn is None or session.held_on <= withdrawn)
        and not (_elsewhere(permission, session) or _undecided(permission) or _too_late(permission, session))
    )


def _first_obstacle(wanted: Undertaking, one: Permission, rules: PermissionRules) -> tuple[int, Answer | None]:
    """What stands in the way of resting on this permission, and how many conditions were met before it."""
    session, ref = wanted.session, _ref(one)
    decide = f"a senior manager decides before it starts: lcs permission decide {ref}"
    own = one.decided_by == one.requested_by
    for step, (obstacle, rule, remedy) in enumerate(
        (
            (f"{ref} is for another family" if one.family != session.family else "", rules.permission, ""),
            (f"{ref} is for {one.kind.spoken}" if one.kind is not wanted.kind else "", rules.permission, ""),
            (_elsewhere(one, session), rules.permission, ""),
            (_undecided(one), rules.permission, decide if standing(one, wanted.now) is Standing.REQUESTED else ""),
            (_withdrawn(one, session), rules.permission, ""),
            (f"{ref} was granted by {one.decided_by}, who asked for it" if own else "", rules.both_sides, ""),
            (_too_late(one, session), rules.beforehand, ""),
            (
                f"{ref} was granted by {wanted.by}, who records this now" if one.decided_by == wanted.by else "",
                rules.both_sides,
                "have somebody else who was there record it",
            ),
        )
    ):
        if obstacle:
            reason = f"{wanted.kind.spoken} in {reference(Kind.SESSION, session.number)} is not permitted: {obstacle}"
            return step, refuse(rule, reason, remedy or _ask(wanted))
    return -1, None


def _none_asked(wanted: Undertaking, rules: PermissionRules) -> Answer:
    session = reference(Kind.SESSION, wanted.session.number)
    reason = f"{wanted.kind.spoken} in {session} is not permitted: nobody has asked for it"
    return refuse(rules.permission, reason, _ask(wanted))


def _ask(wanted: Undertaking) -> str:
    """What would allow it: a request before it happens; afterwards nothing does."""
    session, family = reference(Kind.SESSION, wanted.session.number), reference(Kind.FAMILY, wanted.session.family)
    ask = f"lcs permission request {family} --kind {wanted.kind}"
    if _is_before(wanted.now, wanted.session):
        return f"ask before it happens: {ask} --session {session}"
    return f"nothing is permitted afterwards: tell a senior manager if it took place; for a later session: {ask}"


def _elsewhere(one: Permission, session: ContactSession) -> str:
    if one.session is not None:
        theirs = reference(Kind.SESSION, one.session)
        return "" if one.session == session.number else f"{_ref(one)} is for {theirs} alone"
    if session.held_on < one.first:
        return f"{_ref(one)} begins on {one.first.isoformat()}"
    return f"{_ref(one)} ended on {one.last.isoformat()}" if session.held_on > one.last else ""


def _undecided(one: Permission) -> str:
    if one.state is PermissionState.REQUESTED:
        return f"{_ref(one)} was asked for, and nobody has granted it"
    return f"{_ref(one)} was refused" if one.state is PermissionState.REFUSED else ""


def _withdrawn(one: Permission, session: ContactSession) -> str:
    ended = one.withdrawn_on is not None and session.held_on >= one.withdrawn_on
    return f"{_ref(one)} was withdrawn on {one.withdrawn_on}" if ended else ""


def _too_late(one: Permission, session: ContactSession) -> str:
    if one.decided is None or _is_before(one.decided, session):
        return ""
    return f"{_ref(one)} was granted on {one.decided.day.isoformat()} at {one.decided.time}, when it had begun"


def _is_before(moment: LocalTime, session: ContactSession) -> bool:
    return moment < session.begins


def _is_past(one: Permission, last: date, now: LocalTime) -> bool:
    """Whether nothing of it is still to come: a session has begun, a run has had its last day."""
    return LocalTime(last, one.starts) <= now if one.starts else last < now.day


def _ref(one: Permission) -> str:
    return reference(Kind.PERMISSION, one.number)
