"""What each kind of sheet becomes: the fields that typed entry has, and the one use case that a row stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from lcs_cli.cli import attendance_entry, forms, session_entry
from lcs_cli.cli.commands import family as family_command
from lcs_cli.cli.commands import person as person_command
from lcs_cli.cli.commands import referral as referral_command
from lcs_cli.cli.commands import referrer as referrer_command
from lcs_cli.cli.commands import staff as staff_command
from lcs_cli.cli.forms import Field
from lcs_cli.errors import UsageError
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.value import Value
from lcs_cli.services import attendance, contact_sessions, families, imports, people, referrals, staff

if TYPE_CHECKING:
    from lcs_cli.services.desk import Desk
    from lcs_cli.services.imports import Known

Values = Mapping[str, Any]
_REFERENCE = Field("reference", "reference", forms.text, "")
_FAMILY = Field("family", "family", forms.text)


class SheetKind(Value):
    """One kind: its fields by the columns of the sheet, and how what one record's rows say is entered."""

    fields: Mapping[str, Field]
    enter: Callable[[Desk, Known, Sequence[Values]], imports.Entered]


def sheet_kind(name: str) -> SheetKind:
    """What is known of one kind."""
    return _KINDS[name]()


def _by_key(*fields: Field) -> dict[str, Field]:
    return {field.key: field for field in fields}


def _families() -> SheetKind:
    family = {"reference": _REFERENCE, "name": family_command.NAME, "opened_on": family_command.OPENED}
    family |= {one.key: replace(one, default="") for one in referral_command.FIELDS}
    own = _by_key(*(one if one.key != "family_name" else replace(one, default="") for one in person_command.ANY))

    def enter(desk: Desk, known: Known, rows: Sequence[Values]) -> imports.Entered:
        name, opened = rows[0]["name"], rows[0]["opened_on"]
        drafts = [person_command.draft({**row, "family_name": row["family_name"] or name}) for row in rows]
        draft = families.FamilyDraft(name, opened, drafts)
        known.check_new(draft)
        number = families.add(desk, draft).family.number
        _referred(desk, known, number, rows[0])
        return imports.Entered(number, family=number)

    return SheetKind(family | own, enter)


def _people() -> SheetKind:
    def enter(desk: Desk, known: Known, rows: Sequence[Values]) -> imports.Entered:
        one = people.add(desk, known.ref("families", rows[0]["family"]), person_command.draft(dict(rows[0])))
        return imports.Entered(one.number, family=one.family)

    return SheetKind(_by_key(_REFERENCE, _FAMILY, *person_command.ANY), enter)


def _referrers() -> SheetKind:
    name, kind = referrer_command.FIELDS

    def enter(desk: Desk, _known: Known, rows: Sequence[Values]) -> imports.Entered:
        one = referrals.add_referrer(desk, rows[0]["referrer_name"], rows[0]["referrer_kind"])
        return imports.Entered(one.number, referrer=one.number)

    return SheetKind({"reference": _REFERENCE, "referrer_name": name, "referrer_kind": kind}, enter)


def _sessions() -> SheetKind:
    def enter(desk: Desk, known: Known, rows: Sequence[Values]) -> imports.Entered:
        row = rows[0]
        one = contact_sessions.book(
            desk,
            known.ref("families", row["family"]),
            row["day"],
            row["starts"],
            row["ends"],
            room=row["room"],
            note=row["note"],
            supervisor=_staff(known, row["supervisor"]),
            companion=_staff(known, row["with"]),
        )
        return imports.Entered(one.number, family=one.family)

    when, where, who = session_entry.WHEN, session_entry.WHERE, session_entry.WHO
    return SheetKind(_by_key(_REFERENCE, _FAMILY, *when, *where, *who), enter)


def _attendance() -> SheetKind:
    session, child = Field("session", "session", forms.text), Field("child", "child", forms.text, "")

    def enter(desk: Desk, known: Known, rows: Sequence[Values]) -> imports.Entered:
        row = rows[0]
        children = [known.ref("people", row["child"])] if row["child"] else []
        outcome = attendance.Outcome(row["attended"], row["arrived"], row["left"])
        done = attendance.record(desk, known.ref("sessions", row["session"]), outcome, children)
        return imports.Entered(done.session.number, family=done.session.family)

    return SheetKind(_by_key(session, child, attendance_entry.ATTENDED, *attendance_entry.TIMES), enter)


def _staff_register() -> SheetKind:
    name, capacity, joined = staff_command.FIELDS
    login = Field("login", "login", forms.text, "")

    def enter(desk: Desk, _known: Known, rows: Sequence[Values]) -> imports.Entered:
        row = rows[0]
        number = staff.add(desk, row["staff_name"], row["capacity"], row["joined_on"], row["login"]).member.number
        return imports.Entered(number, staff=number)

    fields = {"reference": _REFERENCE, "staff_name": name, "capacity": capacity, "joined_on": joined, "login": login}
    return SheetKind(fields, enter)


def _referred(desk: Desk, known: Known, family: int, row: Values) -> None:
    """The referral of a family, where its row names a referrer."""
    told = [row[name] for name in ("received_on", "electronic")]
    if row["referrer"] is None and not row["case_reference"] and told == [None, None]:
        return
    for name, value in (("referrer", row["referrer"]), ("referred on", told[0]), ("electronic referral", told[1])):
        if value is None:
            raise UsageError(f"{name}: must not be empty where a referral is told of", "fill it in")
    referrals.add(
        desk,
        reference(Kind.FAMILY, family),
        known.referrer(row["referrer"]),
        row["received_on"],
        electronic=row["electronic"],
        case_reference=row["case_reference"],
    )


def _staff(known: Known, typed: str | None) -> str | None:
    return known.ref("staff", typed) if typed else None


_KINDS: Mapping[str, Callable[[], SheetKind]] = {
    "families": _families,
    "people": _people,
    "referrers": _referrers,
    "sessions": _sessions,
    "attendance": _attendance,
    "staff": _staff_register,
}
