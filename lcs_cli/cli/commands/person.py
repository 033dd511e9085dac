"""lcs person: the children and adults of a family, their private details, and corrections."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from msgspec.structs import replace

from lcs_cli.cli import forms, views
from lcs_cli.cli.context import Command
from lcs_cli.cli.forms import Field
from lcs_cli.cli.options import Family, From, command, group
from lcs_cli.cli.render import Lines, Result, Table, saved
from lcs_cli.records.family import ContactField, Person, PersonKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.services import lookup, people

app = group("Children and adults of a family.")

PersonRef = Annotated[str, typer.Argument(metavar="PERSON", help="The person's reference, such as P-0042-L.")]


def _detail(detail: ContactField) -> Field:
    """A private detail: an address is taken with the lines that were pasted with it, the others are checked at once."""
    if detail is ContactField.ADDRESS:
        return Field(detail.value, detail.value, forms.prose, "")
    return Field(
        detail.value, detail.value, lambda cmd, label, typed: people.fit(detail, forms.text(cmd, label, typed)), ""
    )


_DETAILS = tuple(map(_detail, ContactField))
_NAMES = (Field("given_name", "first name", forms.name), Field("family_name", "family name", forms.name))
_BORN = Field("date_of_birth", "date of birth", forms.past_day, "")
_RELATIONSHIP = Field("relationship", "relationship", forms.text, "")
_KIND = Field("kind", "child or adult", forms.choice(PersonKind))
_THEIRS = {"default": "", "question": "Family name (Enter for the family's)"}
"""Of a family that is on record: its name is taken, and not shown before the trail tells of it."""
CHILD = (*_NAMES, _BORN, *_DETAILS)
ADULT = (*_NAMES, _BORN, _RELATIONSHIP, *_DETAILS)
ANY = (_KIND, *_NAMES, _BORN, _RELATIONSHIP, *_DETAILS)


@command(app, "add")
def add(cmd: Command, family: Family, from_: From = None) -> Result:
    """Add a child or an adult to a family.

    Example: lcs person add LCS-0042-L --from person.json
    """
    cmd.known("person.add", Kind.FAMILY, lookup.family, family)
    asks = cmd.can_ask and from_ is None
    fields = [replace(one, **_THEIRS) if asks and one.key == "family_name" else one for one in ANY]
    entries = forms.entries(cmd, fields, from_)
    desk = cmd.desk()
    drafts = [draft(values | {"family_name": values["family_name"] or _theirs(cmd, family)}) for values in entries]
    with desk.together():
        added = forms.each(drafts, lambda one: people.add(desk, family, one))
    data = [views.person(one) for one in added]
    return saved(
        "person",
        "people",
        data,
        [f"Saved {_echo(one)}." for one in added],
        [f"next: lcs family show {reference(Kind.FAMILY, added[0].family)}"],
    )


def _theirs(cmd: Command, family: str) -> str:
    return lookup.family(cmd.desk().db, family).name


@command(app, "show")
def show(cmd: Command, ref: PersonRef) -> Result:
    """Show one person with contact details. Which details were read is logged first.

    Example: lcs person show P-0042-L
    """
    file = people.show(cmd.desk(), ref)
    one = file.person
    details = {detail.value: text for detail, text in file.details.items()}
    lines = [
        ("Reference", reference(Kind.PERSON, one.number)),
        ("Family", reference(Kind.FAMILY, one.family)),
        ("Kind", one.kind.value),
        ("Name", f"{one.given_name} {one.family_name}"),
        ("Born", views.human(one.date_of_birth)),
        ("Relationship", one.relationship or ""),
        *((name.title(), text) for name, text in details.items()),
    ]
    private = f"private ({cmd.clause('private')}): shared with nobody without this person's own consent"
    former_details = any(former.kind == "contact_detail" for former in file.corrections)
    notes = [private] if details or former_details else []
    blocks: list[Lines | Table] = [Lines(lines)]
    if file.corrections:
        blocks.append(views.corrections_table(file.corrections, private=False))
    if file.formerly:
        blocks.append(views.formerly_table(file.formerly))
    former = [views.correction(correction, private=False) for correction in file.corrections]
    data = views.person(one) | {"details": details, "corrections": former}
    data["formerly"] = [views.formerly(each) for each in file.formerly]
    return Result("lcs.person-file/1", data, blocks, notes)


@command(app, "edit")
def edit(cmd: Command, ref: PersonRef, from_: From = None) -> Result:
    """Correct a person's record; the former values are kept with the reason.

    “none”, or null in JSON, takes away what is somebody else's: a consent to telling it covers nothing then.

    Example: lcs person edit P-0042-L --from correction.json
    """
    names = [replace(field, default="", corrects=True) for field in _NAMES]
    others = [replace(field, corrects=True, clears=True) for field in (_BORN, _RELATIONSHIP, *_DETAILS)]
    cmd.known("person.edit", Kind.PERSON, lookup.person, ref)
    if from_ is None and cmd.can_ask:
        cmd.terminal.note("Enter leaves a field as it is; “none” empties any but the names.")
    values = forms.entry(cmd, [*names, *others, Field("reason", "reason", forms.text)], from_)
    reason = values.pop("reason")
    new = {key: None if value is forms.NOTHING else value for key, value in values.items() if value is not None}
    one, changed = people.edit(cmd.desk(), ref, new, reason)
    fields = ", ".join(name.replace("_", " ") for name in changed)
    said = f"Corrected {_echo(one)}: {fields}." if changed else f"Nothing was different: {_echo(one)}."
    return Result("lcs.person/1", views.person(one), [said])


def draft(values: dict[str, Any]) -> people.PersonDraft:
    """A person from the values of a form."""
    details = {detail: values[detail.value] for detail in ContactField if values.get(detail.value)}
    return people.PersonDraft(
        values["kind"],
        values["given_name"],
        values["family_name"],
        values.get("date_of_birth"),
        values.get("relationship"),
        details,
    )


def _echo(one: Person) -> str:
    return f"{reference(Kind.PERSON, one.number)} ({one.initials}) of {reference(Kind.FAMILY, one.family)}"
