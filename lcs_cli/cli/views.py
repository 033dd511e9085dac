"""How each record looks to a machine: references instead of numbers, ISO days, and the same names everywhere."""

from typing import TYPE_CHECKING, Any

from lcs_cli.cli.dates import show_day
from lcs_cli.cli.render import Table
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.subject import named

if TYPE_CHECKING:  # each command loads only what it shows
    from collections.abc import Sequence

    from lcs_cli.records.accident import Accident
    from lcs_cli.records.family import Family, FormerIdentity, Person
    from lcs_cli.records.referral import Referral, Referrer
    from lcs_cli.records.retention import Hold, Review
    from lcs_cli.records.safeguarding import Flag
    from lcs_cli.records.session import Attendance, ContactSession
    from lcs_cli.services.attendance import RecordedSession
    from lcs_cli.services.families import FamilyFile
    from lcs_cli.services.retention import Item
    from lcs_cli.vault.corrections import Correction


def iso(day: Any) -> str | None:
    """A day for a machine."""
    return day.isoformat() if day else None


def human(day: Any) -> str:
    """A day for a person, or nothing."""
    return show_day(day) if day else ""


def status_of(family: "Family") -> str:
    """Open, closed, or what is left after a disposal."""
    if family.is_open:
        return "open"
    if family.disposed_on:
        return "disposed of"
    return "closed" if family.episodes else "not opened"


def family(one: "Family") -> dict[str, Any]:
    """A family without its people."""
    return {
        "reference": reference(Kind.FAMILY, one.number),
        "name": one.name,
        "status": status_of(one),
        "episodes": [{"opened_on": iso(e.opened_on), "closed_on": iso(e.closed_on)} for e in one.episodes],
        "disposed_on": iso(one.disposed_on),
    }


def listed_family(file: "FamilyFile") -> dict[str, Any]:
    """A family with its people, as it is listed."""
    children = sum(one.kind == "child" for one in file.people)
    return family(file.family) | {"children": children, "people": [person(one) for one in file.people]}


def family_file(file: "FamilyFile") -> dict[str, Any]:
    """A family with its people, referrals, holds and corrections."""
    return listed_family(file) | {
        "referrals": [referral(one) for one in file.referrals],
        "holds": [hold(one) for one in file.holds],
        "sessions": file.sessions,
        "corrections": [correction(one) for one in file.corrections],
        "formerly": [formerly(one) for one in file.formerly],
    }


def initials(file: "FamilyFile") -> str:
    """The children's initials: enough to notice a wrong record."""
    children = [one.initials for one in file.people if one.kind == "child"]
    return f" ({', '.join(children)})" if children else ""


def person(one: "Person") -> dict[str, Any]:
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


def formerly(one: "FormerIdentity") -> dict[str, Any]:
    """What somebody of whom a stub is kept was called, or said to be; the family itself where it says no person."""
    return {
        "person": reference(Kind.PERSON, one.person) if one.person is not None else None,
        "given_name": one.given_name,
        "family_name": one.family_name,
        "date_of_birth": iso(one.date_of_birth),
        "relationship": one.relationship,
    }


def formerly_table(found: "Sequence[FormerIdentity]") -> Table:
    """What a family and its people were called before, one a row."""
    rows = [
        [
            reference(Kind.FAMILY, one.family) if one.person is None else reference(Kind.PERSON, one.person),
            f"{one.given_name or ''} {one.family_name}".strip(),
            human(one.date_of_birth),
            one.relationship or "",
        ]
        for one in found
    ]
    return Table(["REF", "ONCE RECORDED AS", "BORN", "RELATIONSHIP"], rows)


def referrer(one: "Referrer") -> dict[str, Any]:
    """A referrer."""
    return {"reference": reference(Kind.REFERRER, one.number), "name": one.name, "kind": one.kind.value}


def referral(one: "Referral") -> dict[str, Any]:
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


def booking(one: "ContactSession") -> dict[str, Any]:
    """A contact session without what a person wrote about it."""
    return {
        "reference": reference(Kind.SESSION, one.number),
        "family": reference(Kind.FAMILY, one.family),
        "day": iso(one.held_on),
        "starts": one.starts,
        "ends": one.ends,
        "room": one.room,
        "cancelled_on": iso(one.cancelled_on),
        "recorded": one.recorded,
    }


def session(one: "ContactSession") -> dict[str, Any]:
    """A contact session with its note and reason."""
    return booking(one) | {"note": one.note, "cancel_reason": one.cancel_reason}


def when(one: "ContactSession") -> str:
    """A session's day and times, with the weekday."""
    return f"{human(one.held_on)} {one.starts} to {one.ends}"


def session_state(one: "ContactSession") -> str:
    """Booked, recorded or cancelled."""
    if one.cancelled_on:
        return "cancelled"
    return "recorded" if one.recorded else "booked"


def attendance(one: "Attendance") -> dict[str, Any]:
    """One child's attendance."""
    return {
        "child": reference(Kind.PERSON, one.child),
        "attended": one.attended,
        "arrived": one.arrived,
        "left": one.left,
    }


def recorded(one: "RecordedSession") -> dict[str, Any]:
    """A session with its attendance."""
    return booking(one.session) | {
        "recorded": bool(one.lines),
        "attendance": [attendance(line) for line in one.lines],
        "corrections": [correction(former) for former in one.corrections],
    }


def recorded_rows(one: "RecordedSession") -> list[dict[str, Any]]:
    """A session as rows of a table: a child a row, and one without a child where no attendance is on record."""
    nobody = dict.fromkeys(("child", "attended", "arrived", "left"))
    lines = [attendance(line) for line in one.lines] or [nobody]
    return [booking(one.session) | {"recorded": bool(one.lines)} | line for line in lines]


def attended(line: "Attendance") -> str:
    """Attendance in words: never by colour alone."""
    return f"attended {line.arrived} to {line.left}" if line.attended else "did not attend"


def flag(one: "Flag") -> dict[str, Any]:
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


def accident(one: "Accident") -> dict[str, Any]:
    """An accident record without its narrative."""
    return {
        "reference": reference(Kind.ACCIDENT, one.number),
        "family": reference(Kind.FAMILY, one.family),
        "children": [reference(Kind.PERSON, child) for child in one.children],
        "happened_on": iso(one.happened_on),
        "happened_at": one.happened_at,
        "recorded_on": iso(one.recorded_on),
        "recorded_by": one.recorded_by,
    }


def hold(one: "Hold") -> dict[str, Any]:
    """A legal hold."""
    return {
        "reference": reference(Kind.HOLD, one.number),
        **named(one.subject),
        "kind": one.kind.value,
        "reason": one.reason,
        "placed_on": iso(one.placed_on),
        "placed_by": one.placed_by,
        "owner": one.owner,
        "until": iso(one.until),
        "released_on": iso(one.released_on),
        "confirmed_on": iso(one.confirmed_on),
    }


def review(one: "Review") -> dict[str, Any]:
    """A review of one file."""
    return {
        "reference": reference(Kind.REVIEW, one.number),
        **named(one.subject),
        "outcome": one.outcome.value,
        "state": one.state.value,
        "due_on": iso(one.due_on),
        "until": iso(one.until),
        "reviewed_on": iso(one.reviewed_on),
        "reviewed_by": one.reviewed_by,
        "approved_on": iso(one.approved_on),
        "approved_by": one.approved_by,
    }


def retention_item(item: "Item") -> dict[str, Any]:
    """What the schedule says about one file."""
    decision = item.decision
    return {
        **named(decision.subject),
        "outcome": decision.outcome.value,
        "due_on": iso(decision.due_on),
        "clock_start": iso(decision.clock_start),
        "rule": decision.rule.id,
        "clause": decision.rule.clause,
        "reasons": list(decision.reasons),
        "goes": {cls.value: count for cls, count in decision.fate.goes.items()},
        "stays": {cls.value: count for cls, count in decision.fate.stays.items()},
        "paper": list(item.paper),
        "asks": list(item.asks),
        "review": review(item.review) if item.review else None,
    }


_SPOKEN = {
    "identity": ("identity record", "identity records"),
    "contact-details": ("contact detail", "contact details"),
    "staff": ("staff record", "staff records"),
    "safeguarding-file": ("safeguarding file", "safeguarding files"),
}


def counts(classes: dict[str, int]) -> str:
    """Counts by class, in words."""
    return ", ".join(_counted(name, number) for name, number in sorted(classes.items())) or "nothing"


def plural(number: int, noun: str) -> str:
    """A number with its noun: 1 session, 2 sessions."""
    last = noun.rsplit(" ", maxsplit=1)[-1]
    many = f"{noun[:-1]}ies" if last.endswith("y") and last[-2] not in "aeiou" else f"{noun}s"
    return f"{number} {noun if number == 1 else many}"


def _counted(name: str, number: int) -> str:
    one, many = _SPOKEN.get(name, ("", ""))
    return f"{number} {one if number == 1 else many}" if one else plural(number, name.replace("-", " "))


def correction(one: "Correction", *, private: bool = True) -> dict[str, Any]:
    """What a correction replaced; private details are left out unless they were opened to be shown."""
    hidden = one.kind == "contact_detail" and private
    return {
        "record": f"{one.kind.replace('_', ' ')} {_record(one)}",
        "former": {} if hidden else dict(one.former),
        "fields": [one.row["field"]] if one.kind == "contact_detail" else list(one.former),
        "reason": one.reason,
        "corrected_on": iso(one.corrected_on),
        "corrected_by": one.corrected_by,
    }


def corrections_table(found: "Sequence[Correction]", *, private: bool = True) -> Table:
    """Corrections, one a row: what it was, why it was changed, when and by whom."""
    rows = []
    for one in found:
        seen = correction(one, private=private)
        was = (
            _attendance_was(one)
            if one.kind == "attendance"
            else "; ".join(
                f"{name.replace('_', ' ')}: {'' if value is None else value}" for name, value in seen["former"].items()
            )
        )
        was = "booked" if "cancelled_on" in seen["former"] else was or f"{', '.join(seen['fields'])}: private"
        rows.append([seen["record"], was, one.reason, human(one.corrected_on), one.corrected_by])
    return Table(["CORRECTED", "WAS", "REASON", "ON", "BY"], rows)


def _attendance_was(one: "Correction") -> str:
    times = f"attended {one.row['arrived']} to {one.row['departed']}" if one.row["attended"] else "did not attend"
    return f"{reference(Kind.PERSON, one.row['child_id'])} {times}"


def _record(one: "Correction") -> str:
    kinds = {
        "family": Kind.FAMILY,
        "person": Kind.PERSON,
        "contact_detail": Kind.PERSON,
        "contact_session": Kind.SESSION,
        "attendance": Kind.SESSION,
        "referrer": Kind.REFERRER,
        "staff_member": Kind.STAFF,
        "supervision": Kind.SESSION,
    }
    return reference(kinds[one.kind], one.record)
