"""How each record looks to a machine: references instead of numbers, ISO days, and the same names everywhere."""

from typing import Any

from lcs_cli.cli.dates import show_day
from lcs_cli.records.family import Family, Person, PersonKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import Referral, Referrer
from lcs_cli.records.retention import Hold, Review
from lcs_cli.records.safeguarding import Flag
from lcs_cli.records.session import Attendance, ContactSession
from lcs_cli.services.attendance import RecordedSession
from lcs_cli.services.families import FamilyFile
from lcs_cli.services.retention import Item


def iso(day: Any) -> str | None:
    """A day for a machine."""
    return day.isoformat() if day else None


def human(day: Any) -> str:
    """A day for a person, or nothing."""
    return show_day(day) if day else ""


def status_of(family: Family) -> str:
    """Open, closed, or what is left after a disposal."""
    if family.is_open:
        return "open"
    if family.disposed_on:
        return "disposed of"
    return "closed" if family.episodes else "referred"


def family(one: Family) -> dict[str, Any]:
    """A family without its people."""
    return {
        "reference": reference(Kind.FAMILY, one.number),
        "name": one.name,
        "status": status_of(one),
        "episodes": [{"opened_on": iso(e.opened_on), "closed_on": iso(e.closed_on)} for e in one.episodes],
        "disposed_on": iso(one.disposed_on),
    }


def family_file(file: FamilyFile) -> dict[str, Any]:
    """A family with its people, referrals and holds."""
    return family(file.family) | {
        "people": [person(one) for one in file.people],
        "referrals": [referral(one) for one in file.referrals],
        "holds": [hold(one) for one in file.holds],
        "sessions": file.sessions,
    }


def initials(file: FamilyFile) -> str:
    """The children's initials: enough to notice a wrong record."""
    children = [one.initials for one in file.people if one.kind is PersonKind.CHILD]
    return f" ({', '.join(children)})" if children else ""


def person(one: Person) -> dict[str, Any]:
    """A person without contact details."""
    return {
        "reference": reference(Kind.PERSON, one.number),
        "family": reference(Kind.FAMILY, one.family),
        "kind": one.kind.value,
        "given_name": one.given_name,
        "family_name": one.family_name,
        "date_of_birth": iso(one.date_of_birth),
        "relationship": one.relationship,
    }


def referrer(one: Referrer) -> dict[str, Any]:
    """A referrer."""
    return {"reference": reference(Kind.REFERRER, one.number), "name": one.name, "kind": one.kind.value}


def referral(one: Referral) -> dict[str, Any]:
    """A referral."""
    return {
        "reference": reference(Kind.REFERRAL, one.number),
        "family": reference(Kind.FAMILY, one.family),
        "referrer": reference(Kind.REFERRER, one.referrer),
        "received_on": iso(one.received_on),
        "electronic": one.electronic,
        "case_reference": one.case_reference,
        "outcome": one.outcome.value,
        "decided_on": iso(one.decided_on),
        "ended_on": iso(one.ended_on),
    }


def session(one: ContactSession) -> dict[str, Any]:
    """A contact session."""
    return {
        "reference": reference(Kind.SESSION, one.number),
        "family": reference(Kind.FAMILY, one.family),
        "day": iso(one.held_on),
        "starts": one.starts,
        "ends": one.ends,
        "room": one.room,
        "note": one.note,
        "cancelled_on": iso(one.cancelled_on),
        "cancel_reason": one.cancel_reason,
        "recorded": one.recorded,
    }


def session_state(one: ContactSession) -> str:
    """Booked, recorded or cancelled."""
    if one.cancelled_on:
        return "cancelled"
    return "recorded" if one.recorded else "booked"


def attendance(one: Attendance) -> dict[str, Any]:
    """One child's attendance."""
    return {
        "child": reference(Kind.PERSON, one.child),
        "attended": one.attended,
        "arrived": one.arrived,
        "left": one.left,
    }


def recorded(one: RecordedSession) -> dict[str, Any]:
    """A session with its attendance."""
    return session(one.session) | {"recorded": bool(one.lines), "attendance": [attendance(line) for line in one.lines]}


def attended(line: Attendance) -> str:
    """Attendance in words: never by colour alone."""
    return f"attended {line.arrived} to {line.left}" if line.attended else "did not attend"


def flag(one: Flag) -> dict[str, Any]:
    """A flag without its narrative."""
    return {
        "reference": reference(Kind.FLAG, one.number),
        "family": reference(Kind.FAMILY, one.family),
        "children": [reference(Kind.PERSON, child) for child in one.children],
        "category": one.category.value,
        "raised_on": iso(one.raised_on),
        "raised_by": one.raised_by,
        "closed_on": iso(one.closed_on),
        "closed_by": one.closed_by,
    }


def hold(one: Hold) -> dict[str, Any]:
    """A legal hold."""
    return {
        "reference": reference(Kind.HOLD, one.number),
        "family": reference(Kind.FAMILY, one.family),
        "kind": one.kind.value,
        "reason": one.reason,
        "placed_on": iso(one.placed_on),
        "placed_by": one.placed_by,
        "until": iso(one.until),
    }


def review(one: Review) -> dict[str, Any]:
    """A review of one family's file."""
    return {
        "reference": reference(Kind.REVIEW, one.number),
        "family": reference(Kind.FAMILY, one.family),
        "outcome": one.outcome.value,
        "state": one.state.value,
        "due_on": iso(one.due_on),
        "until": iso(one.until),
        "reviewed_on": iso(one.reviewed_on),
        "reviewed_by": one.reviewed_by,
        "approved_on": iso(one.approved_on),
        "approved_by": one.approved_by,
    }


def retention_item(item: Item) -> dict[str, Any]:
    """What the schedule says about one family."""
    decision = item.decision
    return {
        "family": decision.family,
        "outcome": decision.outcome.value,
        "due_on": iso(decision.due_on),
        "clock_start": iso(decision.clock_start),
        "rule": decision.rule.id,
        "clause": decision.rule.clause,
        "reasons": list(decision.reasons),
        "goes": {cls.value: count for cls, count in decision.fate.goes.items()},
        "stays": {cls.value: count for cls, count in decision.fate.stays.items()},
        "review": review(item.review) if item.review else None,
    }


def counts(classes: dict[str, int]) -> str:
    """Counts by class, in words."""
    return ", ".join(f"{count} {name.replace('-', ' ')}" for name, count in sorted(classes.items())) or "nothing"
