"""People: add, show with their private details, and correct."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import field
from msgspec.structs import replace

from lcs_cli.errors import UsageError
from lcs_cli.records.family import ContactField, FormerIdentity, Person, PersonKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.value import Private, Value
from lcs_cli.services import checks, lookup
from lcs_cli.services.desk import Act, Desk
from lcs_cli.vault import corrections, former_identities, people
from lcs_cli.vault.corrections import Correction
from lcs_cli.vault.encoding import decode

_FEWEST_DIGITS = 5
_NUMBER = r"[0-9 ()+-]+"
_EXTENSION = r"[. ]*[0-9]*"
_E_MAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"


class PersonDraft(Value):
    """A person as entered; contact details are sealed before they are stored."""

    kind: PersonKind
    given_name: str
    family_name: str
    date_of_birth: date | None = None
    relationship: str | None = None
    details: Private[Mapping[ContactField, str]] = field(default_factory=dict)


class PersonFile(Value):
    """A person with the private details in the clear, and what corrections replaced; for a screen and nothing else."""

    person: Person
    details: Private[Mapping[ContactField, str]]
    corrections: Private[Sequence[Correction]] = ()
    formerly: Sequence[FormerIdentity] = ()


def add(desk: Desk, family: str, draft: PersonDraft) -> Person:
    """Add a person to a family."""
    with desk.acting("person.add", (Kind.FAMILY, family)) as act:
        number = lookup.family(desk.db, family).number
        act.note(reference(Kind.FAMILY, number))
        return insert(desk, act, number, draft)


def insert(desk: Desk, act: Act, family: int, draft: PersonDraft) -> Person:
    """Add a person within the use case ``act``."""
    person = people.add(desk.db, _checked(desk, family, draft), act.change)
    for detail, text in draft.details.items():
        sealed = people.seal_detail(desk.vault, person.number, detail, fit(detail, text))
        people.put_detail(desk.db, person.number, detail, sealed, act.change)
    act.note(reference(Kind.PERSON, person.number))
    return person


def show(desk: Desk, typed: str) -> PersonFile:
    """One person with contact details; which fields were read is logged before they are shown."""
    with desk.acting("person.show", (Kind.PERSON, typed)) as act:
        person = lookup.person(desk.db, typed)
        details = people.details(desk.vault, person.number)
        act.note(
            reference(Kind.PERSON, person.number),
            reference(Kind.FAMILY, person.family),
            fields=[detail.value for detail in details],
        )
        formerly = former_identities.of_person(desk.db, person.number)
        return PersonFile(person, details, _corrections(desk, person), formerly)


def edit(desk: Desk, typed: str, new: Mapping[str, Any], reason: str) -> tuple[Person, tuple[str, ...]]:
    """Correct some fields of a person; the former values are kept with the reason. Also: which changed.

    ``new`` maps field names (those of `Person`, or of `ContactField`) to values; None takes away what may be empty.
    """
    with desk.acting("person.edit", (Kind.PERSON, typed)) as act:
        person = lookup.person(desk.db, typed)
        details = {ContactField(name): new[name] for name in new if name in set(ContactField)}
        own = {name: value for name, value in new.items() if name not in set(ContactField)}
        draft = PersonDraft(
            person.kind,
            own.get("given_name", person.given_name),
            own.get("family_name", person.family_name),
            own.get("date_of_birth", person.date_of_birth),
            own.get("relationship", person.relationship),
        )
        checked = _checked(desk, person.family, draft)
        values = {name: getattr(checked, name) for name in own}
        if isinstance(values.get("date_of_birth"), date):
            values["date_of_birth"] = values["date_of_birth"].isoformat()
        own_row = {"id": person.number}
        changed = list(
            act.correct("person", own_row, values, family=person.family, record=person.number, reason=reason)
        )
        for detail, text in details.items():
            if _edit_detail(desk, act, person, detail, text, reason):
                changed.append(detail.value)
                act.note(change=act.change)
        act.note(reference(Kind.PERSON, person.number), reference(Kind.FAMILY, person.family), fields=changed)
        return people.get(desk.db, person.number) or person, tuple(changed)


def fit(detail: ContactField, text: str) -> str:
    """A private detail as it is stored; UsageError for a telephone number or an e-mail address that cannot be one."""
    if detail is ContactField.TELEPHONE:
        number, _, extension = text.strip().lower().partition("ext")
        if not re.fullmatch(_NUMBER, number) or sum(map(str.isdigit, number)) < _FEWEST_DIGITS:
            raise UsageError("telephone: must be a number such as 01632 960101", "give its digits, and nothing else")
        if number.strip(" (")[:1] not in "0+":  # a spreadsheet takes it for a number, and nobody can ring it up
            raise UsageError(
                "telephone: its leading 0 is missing", "write it as 01632 960101, one abroad as +353 1 496 0000"
            )
        if not re.fullmatch(_EXTENSION, extension):
            raise UsageError("telephone: the extension must be a number", "write it as 01632 960101 ext 12")
    if detail is ContactField.EMAIL and not re.fullmatch(_E_MAIL, text.strip()):
        raise UsageError("email: must be an address such as office@example.org", "it has one @, and a dot after it")
    return checks.prose(detail.value, text)


def _edit_detail(desk: Desk, act: Act, person: Person, detail: ContactField, text: str | None, reason: str) -> bool:
    """Correct one private detail, or take it away where there is no ``text``; whether anything was different."""
    if text is None:
        return _take_away(desk, act, person, detail, reason)
    text = fit(detail, text)
    sealed = people.seal_detail(desk.vault, person.number, detail, text)
    if not people.has_detail(desk.db, person.number, detail):
        people.put_detail(desk.db, person.number, detail, sealed, act.change)
        return True
    if people.details(desk.vault, person.number)[detail] == text:
        return False
    where: dict[str, int | str] = {"person_id": person.number, "field": detail.value}
    new = {"sealed": sealed}
    return bool(act.correct("contact_detail", where, new, family=person.family, record=person.number, reason=reason))


def _take_away(desk: Desk, act: Act, person: Person, detail: ContactField, reason: str) -> bool:
    if not people.has_detail(desk.db, person.number, detail):
        return False
    corrections.take_away(
        desk.db,
        "contact_detail",
        {"person_id": person.number, "field": detail.value},
        "sealed",
        family=person.family,
        record=person.number,
        change=act.change,
        reason=checks.line("reason", reason),
        on=desk.today,
        by=desk.user.reference,
    )
    return True


def _corrections(desk: Desk, person: Person) -> list[Correction]:
    """What corrections of this person replaced, the private details opened."""
    found = []
    for one in corrections.of_family(desk.db, person.family):
        if one.record == person.number and one.kind == "person":
            found.append(one)
        elif one.record == person.number and one.kind == "contact_detail":
            detail = ContactField(one.row["field"])
            former = people.open_detail(desk.vault, person.number, detail, decode(one.row["sealed"]))
            found.append(replace(one, former={detail.value: former}))
    return found


def _checked(desk: Desk, family: int, draft: PersonDraft) -> Person:
    born = draft.date_of_birth
    return Person(
        number=0,
        family=family,
        kind=draft.kind,
        given_name=checks.name("first name", draft.given_name),
        family_name=checks.name("family name", draft.family_name),
        date_of_birth=checks.past("date of birth", born, desk.today) if born else None,
        relationship=checks.line("relationship", draft.relationship) if draft.relationship else None,
    )
