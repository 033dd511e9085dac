"""The staff register: who joins, who leaves, who has signed the undertaking (policy 4.1), and what is due."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec.structs import replace

from lcs_cli.errors import UsageError
from lcs_cli.policy.authority import needs_undertaking
from lcs_cli.policy.vetting import Vetting, is_due, to_confirm, vetting, vetting_rules
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.session import ContactSession
from lcs_cli.records.staff import Capacity, Check, StaffMember
from lcs_cli.records.value import Value
from lcs_cli.services import checks, lookup, users
from lcs_cli.services.desk import Act, Desk
from lcs_cli.services.own_behalf import refuse_own
from lcs_cli.vault import corrections, staff, supervision, undertakings
from lcs_cli.vault.corrections import Correction

_LEAVES = "record that they leave themselves"


class StaffFile(Value):
    """Somebody on the register, what their checks make of them today, and when they last signed the undertaking.

    ``again`` says that what was to be recorded just now is on record already.
    """

    member: StaffMember
    vetting: Vetting
    undertaking: date | None
    checks: Sequence[Check] = ()
    corrections: Sequence[Correction] = ()
    again: bool = False


class Leaving(Value):
    """Who left, the login of a slot that they still have, and the later sessions that they are named for."""

    member: StaffMember
    login: str | None
    sessions: Sequence[ContactSession]


class Due(Value):
    """What waits for one person: a check (``vetting``), an undertaking, the confirmation of a check.

    ``member`` is None for somebody who has a slot and is not on the register: ``ref`` is their slot's.
    ``to_confirm`` are those who are named as having decided on a clearance, and have not said so.
    ``login`` is that of the slot to be taken away from somebody who has left.
    """

    ref: str
    member: StaffMember | None
    vetting: Vetting | None
    undertaking_missing: bool
    to_confirm: tuple[str, ...] = ()
    login: str | None = None


def add(desk: Desk, name: str, capacity: Capacity, joined_on: date, login: str | None = None) -> StaffFile:
    """Enter somebody who works here. ``login`` names the slot in the vault that is theirs."""
    with desk.acting("staff.add") as act:
        member = StaffMember(
            number=0,
            name=checks.line("name", name),
            capacity=capacity,
            joined_on=checks.plausible("joined on", joined_on),
            user=_slot_of(desk, login, 0) if login else None,
        )
        number = staff.add(desk.db, member, act.change)
        act.note(reference(Kind.STAFF, number), *filter(None, [member.user]))
        act.keep(Kind.STAFF, number)
        return _file(desk, number)


def check_login(desk: Desk, login: str | None, typed: str | None = None) -> None:
    """Refuse before the next question: who may enter nobody, or a login that is not ``typed``'s but somebody else's."""
    with desk.acting("staff.add", logged=False):
        if login:
            _slot_of(desk, login, lookup.staff(desk.db, typed).number if typed else 0)


def check_edit(desk: Desk, typed: str) -> None:
    """Refuse before the first question: who may not correct that entry."""
    with desk.acting("staff.edit", (Kind.STAFF, typed), logged=False):
        _another(desk, typed)


def edit(desk: Desk, typed: str, new: Mapping[str, Any], reason: str) -> tuple[StaffFile, tuple[str, ...]]:
    """Correct an entry: name, capacity, joined_on, login; the former value is kept. Also: which fields changed.

    Nobody corrects their own: by taking their login away they could go on to decide on their own check.
    """
    with desk.acting("staff.edit", (Kind.STAFF, typed)) as act:
        member = _another(desk, typed)
        values: dict[str, Any] = {}
        if new.get("name"):
            values["name"] = checks.line("name", new["name"])
        if new.get("capacity"):
            values["capacity"] = Capacity(new["capacity"]).value
        if new.get("joined_on"):
            joined = checks.plausible("joined on", new["joined_on"])
            _check_order(joined, member.left_on)
            values["joined_on"] = joined.isoformat()
        if new.get("login"):
            values["user"] = _slot_of(desk, new["login"], member.number)
        changed = _correct(act, member, values, reason)
        return _file(desk, member.number), changed


def listing(desk: Desk, *, former: bool = False, written: bool = False) -> list[StaffFile]:
    """Everybody who works here, by number, or everybody who has left; that it is ``written`` is told on the trail."""
    with desk.acting("staff.list") as act:
        if written:
            act.note(written=["pdf"])
        return [one for one in _everybody(desk) if one.member.has_left(desk.today) is former]


def show(desk: Desk, typed: str) -> StaffFile:
    """One entry with all its checks and corrections; the reading is logged before it is shown."""
    with desk.acting("staff.show", (Kind.STAFF, typed)) as act:
        number = lookup.staff(desk.db, typed).number
        act.note(reference(Kind.STAFF, number))
        return _file(desk, number)


def check_leave(desk: Desk, typed: str) -> None:
    """Refuse before the first question: who may not record that somebody leaves."""
    with desk.acting("staff.leave", (Kind.STAFF, typed), logged=False):
        _another(desk, typed, _LEAVES)


def leave(desk: Desk, typed: str, on: date, reason: str) -> Leaving:
    """Record somebody's last day and why they left; recorded again, it is corrected and the former day is kept.

    Nobody records their own: entered anew without their login, they could go on to decide on their own check.
    """
    with desk.acting("staff.leave", (Kind.STAFF, typed)) as act:
        member = _another(desk, typed, _LEAVES)
        _check_order(member.joined_on, checks.plausible("last day", on))
        if member.user and on >= desk.today:
            _check_once(desk, member.user, member.number)
        why = checks.line("reason", reason)
        _correct(act, member, {"left_on": on.isoformat(), "left_reason": why}, why)
        login = next((slot.user.name for slot in desk.vault.header.slots if slot.user.reference == member.user), None)
        return Leaving(_file(desk, member.number).member, login, supervision.after(desk.db, member.number, on))


def undertake(desk: Desk, typed: str, signed_on: date) -> StaffFile:
    """Record that somebody signed the confidentiality undertaking (policy 4.1); another saw it. A day is once."""
    with desk.acting("staff.undertake", (Kind.STAFF, typed)) as act:
        member = lookup.staff(desk.db, typed)
        act.note(reference(Kind.STAFF, member.number), fields=["signed_on"])
        _refuse_own_undertaking(desk, member)
        checks.past("on", signed_on, desk.today)
        again = signed_on in undertakings.of(desk.db, member.number)
        version, _ = desk.decided_by()
        undertakings.add(desk.db, member.number, signed_on, version, on=desk.today, by=desk.user.reference)
        act.keep(Kind.STAFF, member.number)
        return replace(_file(desk, member.number), again=again)


def check_undertake(desk: Desk, typed: str) -> None:
    """Refuse before the first question: who may not record that person's undertaking."""
    with desk.acting("staff.undertake", (Kind.STAFF, typed), logged=False):
        _refuse_own_undertaking(desk, lookup.staff(desk.db, typed))


def due(desk: Desk, within_days: int | None = None) -> list[Due]:
    """Who has no check, whose check is overdue or to be renewed soon, and who has not signed the undertaking.

    And who has left and can still open the vault (policy 4.5). Without ``within_days`` it is the notice of the rules.
    """
    with desk.acting("staff.due"):
        return list(waiting_for(desk, within_days))


def waiting_for(desk: Desk, within_days: int | None = None) -> Iterator[Due]:
    """The same, within another use case."""
    told = set()
    notice = vetting_rules(desk.rules).notice_days(desk.today) if within_days is None else within_days
    slots = users.everybody(desk)
    logins = {access.staff: access.user.name for access in slots if access.staff}
    for one in _everybody(desk):
        ref = reference(Kind.STAFF, one.member.number)
        left = one.member.has_left(desk.today)
        check = one.vetting if not left and is_due(one.vetting, notice, desk.today) else None
        confirming = () if left else tuple(to_confirm(one.checks).values())
        unsigned = one.undertaking is None and not left
        login = logins.get(ref) if left else None
        if login or check or confirming or unsigned:
            told.add(ref)
            yield Due(ref, one.member, check, unsigned, confirming, login)
    for access in slots:
        if access.undertaking_is_missing and access.staff not in told:
            yield Due(access.user.reference, None, None, undertaking_missing=True)


def standing(desk: Desk, number: int) -> Vetting:
    """What somebody's checks make of them today, within another use case."""
    ref = reference(Kind.STAFF, number)
    return vetting(ref, staff.checks_of(desk.db, number), vetting_rules(desk.rules), desk.today)


def _everybody(desk: Desk) -> Iterator[StaffFile]:
    every, signed, rules = staff.checks(desk.db), undertakings.latest(desk.db), vetting_rules(desk.rules)
    for member in staff.select(desk.db):
        seen = every.get(member.number, [])
        answer = vetting(reference(Kind.STAFF, member.number), seen, rules, desk.today)
        yield StaffFile(member, answer, signed.get(member.number), seen)


def _file(desk: Desk, number: int) -> StaffFile:
    return StaffFile(
        member=staff.select(desk.db, "WHERE id = ?", number)[0],
        vetting=standing(desk, number),
        undertaking=undertakings.latest(desk.db).get(number),
        checks=staff.checks_of(desk.db, number),
        corrections=corrections.of_staff(desk.db, number),
    )


def _refuse_own_undertaking(desk: Desk, member: StaffMember) -> None:
    refuse_own(desk, member.user, "record their own undertaking", "ask another manager")


def _another(desk: Desk, typed: str, what: str = "correct their own entry") -> StaffMember:
    member = lookup.staff(desk.db, typed)
    refuse_own(desk, member.user, what, "ask somebody else")
    return member


def _correct(act: Act, member: StaffMember, new: dict[str, Any], reason: str) -> tuple[str, ...]:
    own = {"id": member.number}
    changed = act.correct("staff_member", own, new, family=None, record=member.number, reason=reason)
    act.note(reference(Kind.STAFF, member.number), fields=list(changed))
    act.keep(Kind.STAFF, member.number)
    return changed


def _check_order(joined: date, left: date | None) -> None:
    if left is not None and left < joined:
        raise UsageError(
            f"day: the last day {left.isoformat()} is before {joined.isoformat()}, when they joined", "check both days"
        )


def _slot_of(desk: Desk, login: str, own: int) -> str:
    """The reference of the slot of that login name, if it is nobody else's who works here."""
    user = users.slot_of(desk, login).user
    if not needs_undertaking(user):
        raise UsageError("login: only a person's can be on the staff register", "lcs vault user list")
    _check_once(desk, user.reference, own)
    return user.reference


def _check_once(desk: Desk, user: str, own: int) -> None:
    """Nobody works here by two entries: whoever is still to leave has their login until then."""
    others = [one for one in staff.of_user(desk.db, user) if one.number != own and not one.has_left(desk.today)]
    if others:
        ref = reference(Kind.STAFF, others[0].number)
        raise UsageError(f"login: {user} is the slot of {ref}", f"look it up with: lcs staff show {ref}")
