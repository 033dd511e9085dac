"""Taking back one's own last change: by the commands that change a record, so that nothing of it is lost."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from lcs_cli.errors import RefusedError
from lcs_cli.policy.program import program_file, typed
from lcs_cli.records.family import ContactField
from lcs_cli.records.references import Kind, number_in, reference
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.records.value import Value
from lcs_cli.services import attendance, contact_sessions, families, lookup, people, referrals, staff
from lcs_cli.services.attendance import Outcome
from lcs_cli.services.desk import Act, Desk
from lcs_cli.vault import audit, corrections, permissions
from lcs_cli.vault import contact_sessions as session_rows
from lcs_cli.vault import people as people_rows
from lcs_cli.vault.audit import AuditEntry
from lcs_cli.vault.corrections import Correction
from lcs_cli.vault.encoding import decode

REASON = "undone"
_SPOKEN = {"departed": "left"}


class Undo(Value):
    """A change that can be taken back: its entry on the trail, and each field as it is and as it will be."""

    entry: AuditEntry
    fields: Sequence[tuple[str, Any, Any]]


class _Part(Value):
    """What one correction, or one addition, changed: field, now, then; and what puts it back."""

    fields: Sequence[tuple[str, Any, Any]]
    put_back: Callable[[], object]


def last(desk: Desk) -> Undo | None:
    """The last change of whoever acts, if it can be taken back; None where they changed nothing. The reading is logged.

    RefusedError for what is never taken back, and for what somebody has changed since.
    """
    with desk.acting("undo") as act:
        entry = _last(desk)
        if entry is None:
            return None
        act.note(*entry.refs, entry=entry.seq)
        return Undo(entry, [one for part in _parts(act, entry) for one in part.fields])


def undo(desk: Desk, seq: int) -> Undo:
    """Take back the change of that entry of the trail, while it is still the last one of whoever acts."""
    with desk.acting("undo") as act:
        entry = _last(desk)
        if entry is None or entry.seq != seq:
            raise _refused("storage", "something has been changed since it was shown", "look again: lcs undo")
        act.note(*entry.refs, undone=entry.seq)
        parts = _parts(act, entry)
        for part in parts:
            part.put_back()
        return Undo(entry, [one for part in parts for one in part.fields])


def _last(desk: Desk) -> AuditEntry | None:
    """The last entry of whoever acts that changed something."""
    rules = program_file("undo")
    for entry in audit.last_done(desk.db, desk.user.reference, rules["reads"]):
        if entry.action in rules["reads_where_nothing_is_named"] and not entry.refs:
            continue
        if entry.action not in rules["takes_back"] or _change(entry):
            return entry
    return None


def _change(entry: AuditEntry) -> int | None:
    return (entry.detail or {}).get("change")


def _parts(act: Act, entry: AuditEntry) -> list[_Part]:
    """What the change consists of, each part with its way back; RefusedError where there is none."""
    rules, change = program_file("undo"), _change(entry)
    if entry.action not in rules["takes_back"] or change is None:
        never = next(one for one in rules["never"] if entry.action in one["actions"])
        raise _refused(never["topic"], f"“{typed(entry.action)}” is not taken back", never["instead"])
    rows = corrections.of_change(act.desk.db, change)
    if any(corrections.changed_since(act.desk.db, one, change) for one in rows):
        raise _changed_since(entry)
    return _WAYS[entry.action](act.desk, entry, rows)


def _refused(topic: str, message: str, hint: str) -> RefusedError:
    return RefusedError("", message, hint, rule="undo", topic=topic)


def _changed_since(entry: AuditEntry) -> RefusedError:
    return _refused("kept", f"{entry.refs[0]} has been changed since", "look at it, and correct what is wrong by hand")


def _family(desk: Desk, entry: AuditEntry, rows: Sequence[Correction]) -> list[_Part]:
    name = rows[0].former["name"]
    return [_Part(_compared(desk, rows[0]), partial(families.edit, desk, entry.refs[0], name, REASON))]


def _person(desk: Desk, entry: AuditEntry, rows: Sequence[Correction]) -> list[_Part]:
    """A person and their contact details: what was corrected, what was taken away, and what was added."""
    fields: list[tuple[str, Any, Any]] = []
    number = number_in(Kind.PERSON, entry.refs[0])
    there = people_rows.details(desk.vault, number)
    new: dict[str, Any] = {}
    for row in rows:
        if row.kind == "person":
            fields += _compared(desk, row)
            new |= row.former
        else:
            detail = ContactField(row.row["field"])
            former = people_rows.open_detail(desk.vault, number, detail, decode(row.row["sealed"]))
            fields.append((detail.value, there.get(detail), former))
            new[detail.value] = former
    for detail, change in people_rows.kept_details(desk.db, number):
        if change == _change(entry) and detail.value not in new:
            fields.append((detail.value, there[detail], None))
            new[detail.value] = None
    if set(new) != set((entry.detail or {})["fields"]):
        raise _changed_since(entry)
    if new.get("date_of_birth"):
        new["date_of_birth"] = date.fromisoformat(new["date_of_birth"])
    return [_Part(fields, partial(people.edit, desk, entry.refs[0], new, REASON))]


def _referrer(desk: Desk, entry: AuditEntry, rows: Sequence[Correction]) -> list[_Part]:
    if len(entry.refs) > 1:
        raise _refused("kept", "its referrals ended with that correction", "lcs referral add FAMILY records them anew")
    former = rows[0].former
    kind = ReferrerKind(former["kind"]) if "kind" in former else None
    back = partial(referrals.edit_referrer, desk, entry.refs[0], former.get("name"), kind, REASON, same_body=True)
    return [_Part(_compared(desk, rows[0]), back)]


def _staff(desk: Desk, entry: AuditEntry, rows: Sequence[Correction]) -> list[_Part]:
    new = dict(rows[0].former)
    if "user" in new:
        raise _refused("storage", "whose login it is is not taken back", f"lcs staff edit {entry.refs[0]}")
    if "joined_on" in new:
        new["joined_on"] = date.fromisoformat(new["joined_on"])
    return [_Part(_compared(desk, rows[0]), partial(staff.edit, desk, entry.refs[0], new, REASON))]


def _attendance(desk: Desk, entry: AuditEntry, rows: Sequence[Correction]) -> list[_Part]:
    """Child by child, for what was recorded of them may have differed, and as one change, to be undone as one."""
    fields, outcomes = list[tuple[str, Any, Any]](), dict[str, Outcome]()
    for row in rows:
        child = reference(Kind.PERSON, row.row["child_id"])
        outcomes[child] = Outcome(bool(row.row["attended"]), row.row["arrived"], row.row["departed"])
        fields += [
            (f"{child} {_SPOKEN.get(name, name)}", _yes_no(name, now), _yes_no(name, then))
            for name, now, then in _compared(desk, row)
        ]
    return [_Part(fields, partial(attendance.correct_each, desk, entry.refs[0], outcomes, REASON))]


def _yes_no(name: str, value: Any) -> Any:
    """Whether somebody attended, as it is asked."""
    return ("no", "yes")[value] if name == "attended" else value


def _moved(desk: Desk, entry: AuditEntry, rows: Sequence[Correction]) -> list[_Part]:
    if len(entry.refs) > 2:  # the session, its family, and who was named to supervise it
        raise _refused("vetting", "somebody was named to supervise it then", f"lcs session move {entry.refs[0]}")
    row = rows[0].row
    held_on = date.fromisoformat(row["held_on"])
    back = partial(contact_sessions.move, desk, entry.refs[0], held_on, row["starts"], row["ends"], REASON)
    return [_Part(_compared(desk, rows[0]), back)]


def _booked(desk: Desk, entry: AuditEntry, _: Sequence[Correction]) -> list[_Part]:
    """A booking is cancelled: it stays on record, as one that did not take place."""
    ref = next(one for one in entry.refs if one.startswith(f"{Kind.SESSION.prefix}-"))
    session = lookup.session(desk.db, ref)
    granted = permissions.select(desk.db, "WHERE session_id = ?", session.number)
    if granted or session_rows.changed(desk.db, session.number) != _change(entry):
        raise _changed_since(entry)
    return [_Part([(ref, "booked", "cancelled")], partial(contact_sessions.cancel, desk, ref, REASON))]


def _compared(desk: Desk, one: Correction) -> list[tuple[str, Any, Any]]:
    """Each field of a correction as it is now and as it was before."""
    there = corrections.current(desk.db, one.kind, one.row) or {}
    return [(name, there.get(name), former) for name, former in one.former.items()]


_WAYS: Mapping[str, Callable[[Desk, AuditEntry, Sequence[Correction]], list[_Part]]] = {
    "family.edit": _family,
    "person.edit": _person,
    "referrer.edit": _referrer,
    "staff.edit": _staff,
    "attendance.correct": _attendance,
    "session.move": _moved,
    "session.book": _booked,
}
