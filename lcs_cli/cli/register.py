"""How the staff register looks: to a machine, and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lcs_cli.cli import views
from lcs_cli.policy.vetting import Standing, awaited
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.staff import Certificate, Check, StaffMember

if TYPE_CHECKING:
    from lcs_cli.policy.vetting import Vetting
    from lcs_cli.services.staff import Due, StaffFile


def ref(one: StaffMember) -> str:
    """The reference of somebody on the register."""
    return reference(Kind.STAFF, one.number)


def member(one: StaffMember) -> dict[str, Any]:
    """Somebody on the register."""
    return {
        "reference": ref(one),
        "name": one.name,
        "capacity": one.capacity.value,
        "joined_on": views.iso(one.joined_on),
        "user": one.user,
        "left_on": views.iso(one.left_on),
        "left_reason": one.left_reason,
    }


def listed(one: StaffFile) -> dict[str, Any]:
    """Somebody on the register with what their checks make of them, and their undertaking."""
    return member(one.member) | vetting(one.vetting) | {"undertaking_signed_on": views.iso(one.undertaking)}


def row(one: StaffFile) -> list[str]:
    """The same in a row."""
    return [
        ref(one.member),
        one.member.name,
        one.member.capacity.value,
        one.member.user or "",
        f"{views.human(one.member.joined_on)} to {views.human(one.member.left_on)}".removesuffix("to ").strip(),
        said(one.vetting),
        views.human(one.undertaking) or "MISSING",
    ]


def file(one: StaffFile) -> dict[str, Any]:
    """The whole entry."""
    return listed(one) | {
        "checks": [check(each) for each in one.checks],
        "corrections": [views.correction(each) for each in one.corrections],
    }


def vetting(one: Vetting | None) -> dict[str, Any]:
    """What checks make of somebody."""
    return {
        "vetting": one.standing.value if one else None,
        "may_work_alone": one.permitted if one else None,
        "renewal_due_on": views.iso(one.due_on) if one else None,
    }


def check(one: Check) -> dict[str, Any]:
    """A certificate that was seen, or a status check of one; the fields of the other are empty."""
    seen = one if isinstance(one, Certificate) else None
    status = None if isinstance(one, Certificate) else one
    return {
        "certificate": one.number,
        "level": seen.level.value if seen else None,
        "barred_list": seen.barred_list if seen else None,
        "issued_on": views.iso(seen.issued_on) if seen else None,
        "decision": seen.decision.value if seen else None,
        "decided_on": views.iso(seen.decided_on) if seen else None,
        "decided_by": seen.decided_by if seen else None,
        "confirmed_on": views.iso(seen.confirmed_on) if seen else None,
        "to_be_confirmed_by": awaited(one),
        "update_service": status.status.value if status else None,
        "checked_on": views.iso(status.checked_on) if status else None,
        "seen_by": one.seen_by,
        "recorded_on": views.iso(one.recorded_on),
        "recorded_by": one.recorded_by,
        "policy_version": one.policy_version,
        "rules_hash": one.rules_hash,
    }


def due(one: Due) -> dict[str, Any]:
    """What waits for one person."""
    return {
        "reference": one.ref,
        "capacity": one.member.capacity.value if one.member else None,
        **vetting(one.vetting),
        "to_be_confirmed_by": list(one.to_confirm),
        "undertaking_missing": one.undertaking_missing,
        "on_the_register": one.member is not None,
        "left_on": views.iso(one.member.left_on) if one.member else None,
        "slot_to_take_away": one.login,
    }


def due_check(one: Due) -> str:
    """What is due of somebody's checks, in words, and who is to confirm one."""
    confirming = f"to be confirmed by {', '.join(one.to_confirm)}" if one.to_confirm else ""
    return "; ".join(filter(None, [said(one.vetting) if one.vetting else "", confirming]))


def said(one: Vetting) -> str:
    """What checks make of somebody, in words."""
    if one.standing is Standing.VETTED:
        return f"vetted, to be renewed by {views.human(one.due_on)}" if one.due_on else "vetted"
    if one.standing is Standing.OVERDUE:
        blocked = "" if one.permitted else ", unsupervised work blocked"
        return f"OVERDUE: to be renewed by {views.human(one.due_on)}{blocked}"
    return f"NOT VETTED: {one.reason}"


def check_row(one: Check) -> list[str]:
    """A check as a row: what, of which certificate, the outcome, by whom."""
    if isinstance(one, Certificate):
        barred = "with" if one.barred_list else "without"
        what = f"{one.level}, {barred} barred list, issued {views.human(one.issued_on)}"
        decided = f" {views.human(one.decided_on)} by {one.decided_by}" if one.decided_on else ""
        decided += f", confirmed {views.human(one.confirmed_on)}" if one.confirmed_on else ""
        decided += ", NOT CONFIRMED" if awaited(one) else ""
        return [what, one.number, f"{one.decision.value.replace('-', ' ')}{decided}", one.seen_by]
    return [f"Update Service, {views.human(one.checked_on)}", one.number, one.status.value, one.seen_by]
