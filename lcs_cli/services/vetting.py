"""Checks (policy 4.4): a certificate that somebody saw and decided on, or what the Update Service says of one.

Nothing of what a certificate says is kept, asked for or taken.
"""

import re
from collections.abc import Iterable
from datetime import date

from lcs_cli.errors import NotFoundError, RefusedError, UsageError
from lcs_cli.policy.authority import may
from lcs_cli.policy.vetting import (
    Vetting,
    certificate_in_force,
    changed_numbers,
    first_issued_on,
    to_confirm,
    vetting_rules,
)
from lcs_cli.records.references import Kind, Slip, parse_reference, reference
from lcs_cli.records.staff import (
    Certificate,
    Check,
    CheckDecision,
    CheckLevel,
    StaffMember,
    StatusCheck,
    UpdateStatus,
)
from lcs_cli.records.value import Value
from lcs_cli.records.words import a_role, either
from lcs_cli.services import checks, lookup, named
from lcs_cli.services.desk import Act, Desk
from lcs_cli.services.own_behalf import refusal, refuse_own
from lcs_cli.services.staff import standing
from lcs_cli.vault import staff

_NUMBER = re.compile(r"[0-9]{12}", re.ASCII)


class CertificateDraft(Value):
    """A certificate as entered. Who saw it and who decided are the one who records it, unless others are named."""

    number: str
    level: CheckLevel
    barred_list: bool
    issued_on: date
    decision: CheckDecision
    decided_on: date | None = None
    decided_by: str | None = None
    seen_by: str | None = None


class Recorded(Value):
    """Whose check was recorded, the check, and what all their checks make of them today."""

    member: StaffMember
    check: Check
    vetting: Vetting


def check_record(desk: Desk, typed: str) -> None:
    """Refuse before the first question: who may not record that person's check."""
    with desk.acting("staff.dbs", (Kind.STAFF, typed), logged=False):
        _another(desk, typed)


def record(desk: Desk, typed: str, draft: CertificateDraft) -> Recorded:
    """Record a certificate that was seen, and the decision on it; a correction is another entry.

    The latest decision by its day decides, of the same day the last entry. A clearance on which somebody else decided
    waits for their `confirm`.
    """
    with desk.acting("staff.dbs", (Kind.STAFF, typed)) as act:
        member = _another(desk, typed)
        number = certificate_number(draft.number)
        issued_on = checks.past("issued on", draft.issued_on, desk.today)
        _check_number(desk, member, number, issued_on)
        decided_on, decided_by = _decision(desk, draft, member)
        version, rules_hash = desk.decided_by()
        check = Certificate(
            number=number,
            level=draft.level,
            barred_list=draft.barred_list,
            issued_on=issued_on,
            decision=draft.decision,
            seen_by=_somebody_else(desk, "seen by", draft.seen_by, member),
            recorded_on=desk.today,
            recorded_by=desk.user.reference,
            policy_version=version,
            rules_hash=rules_hash,
            decided_on=decided_on,
            decided_by=decided_by,
        )
        return _add(act, member, check, "decision")


def record_status(
    desk: Desk, typed: str, status: UpdateStatus, checked_on: date, seen_by: str | None = None
) -> Recorded:
    """Record what the Update Service says of the certificate that decides now; after “changed” a new one is needed."""
    with desk.acting("staff.dbs", (Kind.STAFF, typed)) as act:
        member = _another(desk, typed)
        certificate = certificate_in_force(staff.checks_of(desk.db, member.number), desk.today)
        if certificate is None:
            ref = reference(Kind.STAFF, member.number)
            raise UsageError(
                f"update service: {ref} has no cleared certificate on record whose status could be looked up",
                f"record a new certificate: lcs staff dbs {ref}",
            )
        if checks.past("on", checked_on, desk.today) < certificate.issued_on:
            raise UsageError(
                f"on: must not be before {certificate.issued_on.isoformat()}, when the certificate was issued",
                "give the day of the status check",
            )
        saw = _somebody_else(desk, "seen by", seen_by, member)
        if status is UpdateStatus.CURRENT:  # “changed” protects, and is taken from anybody
            _check_not_alone(desk, member, desk.user.reference, "ask a manager whose login is on the register")
        version, rules_hash = desk.decided_by()
        check = StatusCheck(
            number=certificate.number,
            status=status,
            checked_on=checked_on,
            seen_by=saw,
            recorded_on=desk.today,
            recorded_by=desk.user.reference,
            policy_version=version,
            rules_hash=rules_hash,
        )
        return _add(act, member, check, "update_status")


def confirm(desk: Desk, typed: str) -> Recorded:
    """Confirm that one decided on a clearance, as somebody else recorded it; of several the first that waits."""
    with desk.acting("staff.confirm", (Kind.STAFF, typed)) as act:
        member, by = lookup.staff(desk.db, typed), desk.user.reference
        refuse_own(desk, member.user, "confirm their own check", "ask another manager")
        ref = reference(Kind.STAFF, member.number)
        waiting = to_confirm(staff.checks_of(desk.db, member.number))
        if not waiting:
            raise UsageError(f"{ref} has no check that waits to be confirmed", "those that wait: lcs staff due")
        own = [number for number, decider in waiting.items() if decider == by]
        if not own:
            rule, decider = vetting_rules(desk.rules).confirmation, next(iter(waiting.values()))
            raise RefusedError(
                rule["clause"],
                f"{by} cannot confirm what {decider} decided on {ref}",
                f"ask {decider}: lcs staff confirm {ref}",
                rule=rule["id"],
                about=rule["about"],
            )
        staff.confirm(desk.db, member.number, own[0], desk.today, by)
        act.note(ref, fields=["confirmed"], check=own[0])
        act.keep(Kind.STAFF, member.number)
        check = staff.checks_of(desk.db, member.number)[own[0] - 1]
        return Recorded(member, check, standing(desk, member.number))


def check_somebody_else(desk: Desk, typed: str, field: str, named: str) -> None:
    """Refuse, before the next question, whoever is not known here or is the person concerned."""
    with desk.acting("staff.dbs", (Kind.STAFF, typed), logged=False):
        _somebody_else(desk, field, named, _another(desk, typed))


def check_certificate(desk: Desk, typed: str, number: str) -> None:
    """Refuse, before the next question, a certificate that vets nobody, or somebody else."""
    with desk.acting("staff.dbs", (Kind.STAFF, typed), logged=False):
        _check_number(desk, _another(desk, typed), number, None)


def check_decider(desk: Desk, typed: str, named: str) -> None:
    """Refuse, before the next question, whoever may not decide on a check."""
    with desk.acting("staff.dbs", (Kind.STAFF, typed), logged=False):
        _check_decides(desk, _somebody_else(desk, "decided by", named, _another(desk, typed)))


def check_decided_on(day: date, issued_on: date) -> None:
    """Nobody decides on a certificate before it is issued."""
    if day < issued_on:
        raise UsageError(
            f"decided on: must not be before {issued_on.isoformat()}, when it was issued", "check both days"
        )


def refuse_content(desk: Desk, typed: str, fields: Iterable[str]) -> None:
    """Refuse a certificate's content, by the names of the fields in which somebody hands it in."""
    rule = vetting_rules(desk.rules).content
    if set(fields) & set(rule["fields"]):
        with desk.acting("staff.dbs", (Kind.STAFF, typed)):
            raise RefusedError(
                rule["clause"],
                "what a certificate says is not recorded here",
                "leave that field away: number, level, date and decision are kept, and nothing else",
                rule=rule["id"],
                about=rule["about"],
            )


def certificate_number(text: str) -> str:
    """The number of a certificate, which is all that is kept of it."""
    number = text.replace(" ", "")
    if not _NUMBER.fullmatch(number):
        raise UsageError(
            "certificate: must be its number of 12 digits, and nothing else",
            "what the certificate says is never recorded here",
        )
    return number


def _another(desk: Desk, typed: str) -> StaffMember:
    """The member of staff of a typed reference, who is not the one acting."""
    member = lookup.staff(desk.db, typed)
    refuse_own(desk, member.user, "record their own check", "ask another manager")
    return member


def _decision(desk: Desk, draft: CertificateDraft, member: StaffMember) -> tuple[date | None, str | None]:
    """When it was decided and by whom; nothing while it is pending."""
    if draft.decision is CheckDecision.PENDING:
        if draft.decided_on or draft.decided_by:
            raise UsageError("decided on: nobody has decided while it is pending", "leave it away, or give a decision")
        return None, None
    day = checks.past("decided on", draft.decided_on or desk.today, desk.today)
    check_decided_on(day, draft.issued_on)
    decider = _somebody_else(desk, "decided by", draft.decided_by, member)
    _check_decides(desk, decider)
    _check_not_alone(desk, member, decider, "name another manager who decided: decided by")
    return day, decider


def _check_number(desk: Desk, member: StaffMember, number: str, issued_on: date | None) -> None:
    """Refuse a certificate of which “changed” was said, one that is somebody else's, and one that was made younger."""
    rule, ref = vetting_rules(desk.rules).check, reference(Kind.STAFF, member.number)
    every = staff.checks(desk.db)
    remedy = f"record a new certificate, with its own number: lcs staff dbs {ref}"
    message = ""
    first = first_issued_on(number, every.get(member.number, ()))
    if first is not None and issued_on is not None and issued_on > first:
        message = f"that certificate of {ref} was issued on {first.isoformat()}, as is on record"
        remedy = f"give that day, or the number of the new certificate: lcs staff dbs {ref}"
    if number in changed_numbers(every.get(member.number, ())):
        message = f"the status of that certificate of {ref} has changed, so it vets nobody any more"
    for other, recorded in every.items():
        if other != member.number and any(one.number == number for one in recorded):
            message = f"that certificate is on record for {reference(Kind.STAFF, other)}, and not for {ref}"
    if message:
        raise RefusedError(rule["clause"], message, remedy, rule=rule["id"], about=rule["about"])


def _check_decides(desk: Desk, ref: str) -> None:
    """Refuse as the one who decided whoever may not: the decision is theirs who may record a check."""
    slots = {slot.user.reference: slot.user for slot in desk.vault.header.slots}
    authority = may(slots.get(ref, desk.user), "staff.dbs", desk.rules)
    if ref not in slots or not authority.allowed:
        raise RefusedError(
            authority.clause,
            f"{ref} may not decide on a check",
            f"name {either(map(a_role, authority.roles))} who decided, by login name: lcs vault user list",
            rule="authority",
            about=authority.about,
        )


def _check_not_alone(desk: Desk, member: StaffMember, ref: str, remedy: str) -> None:
    """Refuse where nothing tells that an entry is not that of who is acting: neither is linked to the other."""
    is_linked = any(not one.has_left(desk.today) for one in staff.of_user(desk.db, ref))
    if ref == desk.user.reference and member.user is None and not is_linked:
        entry = reference(Kind.STAFF, member.number)
        raise refusal(
            desk,
            f"nothing tells that {entry} is not {ref}, whose login is on no entry of the register",
            f"{remedy}; or another manager enters you with your login: lcs staff add --login",
        )


def _somebody_else(desk: Desk, field: str, typed: str | None, member: StaffMember) -> str:
    """The reference of a user or a member of staff, who is not the person concerned; without one, who is acting."""
    if not typed:
        return desk.user.reference
    people = {user.name: user.reference for user in named.people(desk)}
    typed = people.get(typed.strip().lower(), typed)
    kind = Kind.STAFF if typed.strip().upper().startswith(Kind.STAFF.prefix) else Kind.USER
    number = parse_reference(kind, typed)
    if isinstance(number, Slip):
        raise UsageError(
            f"{field}: {lookup.shown(typed)} {number.problem}",
            "give a login name, or the reference of a user or of a member of staff",
        )
    ref = reference(kind, number)
    if kind is Kind.STAFF:
        is_known = staff.get(desk.db, number) is not None
    else:
        is_known = ref in people.values() or bool(staff.of_user(desk.db, ref))
    if not is_known:
        raise NotFoundError(f"{field}: nobody has the reference {ref}", "look it up with: lcs staff list")
    if ref in (reference(Kind.STAFF, member.number), member.user):
        raise refusal(desk, f"{ref} may not see to their own check", "name whoever saw it and decided")
    return ref


def _add(act: Act, member: StaffMember, check: Check, field: str) -> Recorded:
    staff.add_check(act.desk.db, member.number, check)
    act.note(reference(Kind.STAFF, member.number), fields=[field])
    act.keep(Kind.STAFF, member.number)
    return Recorded(member, check, standing(act.desk, member.number))
