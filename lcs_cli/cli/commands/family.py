"""lcs family: register, show, correct, close and reopen families."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer
from msgspec.structs import replace

from lcs_cli.cli import forms, views
from lcs_cli.cli.commands.person import ADULT, CHILD, draft
from lcs_cli.cli.context import Command
from lcs_cli.cli.forms import Field
from lcs_cli.cli.options import Day, Family, From, Yes, command, group
from lcs_cli.cli.render import Lines, Result, Table, saved, visible
from lcs_cli.errors import StoppedError, UsageError
from lcs_cli.records.family import PersonKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.services import families, likeness, lookup

if TYPE_CHECKING:
    from lcs_cli.services.families import FamilyFile
    from lcs_cli.services.likeness import Similar
    from lcs_cli.services.people import PersonDraft

app = group("Families: register, show, correct, close.")

NAME = Field("name", "family name", forms.text)
OPENED = Field(
    "opened_on",
    "opened on",
    lambda c, label, t: None if t == "none" else forms.past_day(c, label, t),
    "today",
    "Opened on (or none)",
)
_EDIT = (Field("name", "corrected family name", forms.text), Field("reason", "reason", forms.text))


@command(app, "add")
def add(cmd: Command, from_: From = None) -> Result:
    """Register a family with its children and adults.

    Example: lcs family add --from family.json
    """
    if from_ is None:
        cmd.known("family.add", Kind.FAMILY, lookup.family)
    if from_ is None:
        drafts = [cmd.asking(lambda: _asked(cmd))]
    else:
        drafts = forms.each(cmd.read_json(from_), lambda entry: _read(cmd, entry))
    desk = cmd.desk()
    alike = [_similar(cmd, one) for draft_ in drafts for one in likeness.similar(desk, draft_)]
    if alike and from_ is None:
        cmd.terminal.note(visible("\n".join(alike)))
        if cmd.ask("The same family (y/n)", partial(forms.yes_no, cmd, "same family"), "n"):
            raise StoppedError("nothing was saved: lcs person add FAMILY   adds to the one that is there")
        alike = []
    with desk.together():
        files = forms.each(drafts, lambda one: families.add(desk, one))
    return saved(
        "family",
        "families",
        [views.family_file(file) for file in files],
        [f"Saved {_echo(file)}, {_opened(file)}." for file in files],
        [*alike, _next(files[0])],
    )


def _next(file: FamilyFile) -> str:
    """What is done next with a family that was registered: a session has to lie in an episode."""
    then = f"lcs session book {_ref(file)}" if file.family.episodes else f"lcs family reopen {_ref(file)}"
    return f"next: lcs referral add {_ref(file)}   or   {then}"


@command(app, "list", lists=True)
def list_(
    cmd: Command, only_open: Annotated[bool, typer.Option("--open", help="Only families with an open episode.")] = False
) -> Result:
    """List the families.

    Example: lcs family list --open
    """
    files = families.listing(cmd.desk(), only_open=only_open)
    rows = [
        [_ref(file), file.family.name, str(_children(file)), views.status_of(file.family), _last_episode(file)]
        for file in files
    ]
    table = Table(["REF", "FAMILY", "CHILDREN", "STATUS", "SINCE"], rows, "No family is registered: lcs family add")
    return Result("lcs.family-list/1", [views.listed_family(file) for file in files], [table])


@command(app, "show")
def show(cmd: Command, ref: Family) -> Result:
    """Show one family's file, without contact details. The reading is logged.

    Example: lcs family show LCS-0042-L
    """
    file = families.show(cmd.desk(), ref)
    episodes = "; ".join(
        f"{views.human(e.opened_on)} to {views.human(e.closed_on) or 'now'}" for e in file.family.episodes
    )
    facts = [
        ("Reference", _ref(file)),
        ("Family", file.family.name),
        ("Status", views.status_of(file.family)),
        ("Episodes", episodes or "none"),
        ("Sessions", str(file.sessions)),
    ]
    blocks: list[Lines | Table | str] = [Lines(facts), _people(file)]
    if file.referrals:
        blocks.append(_referrals(file))
    if file.holds:
        blocks.append(_holds(file))
    if file.corrections:
        blocks.append(views.corrections_table(file.corrections))
    if file.formerly:
        blocks.append(views.formerly_table(file.formerly))
    return Result("lcs.family/1", views.family_file(file), blocks)


@command(app, "edit")
def edit(cmd: Command, ref: Family, from_: From = None) -> Result:
    """Correct a family's name; the former one is kept with the reason.

    Example: lcs family edit LCS-0042-L
    """
    cmd.known("family.edit", Kind.FAMILY, lookup.family, ref)
    values = forms.entry(cmd, _EDIT, from_)
    file, changed = families.edit(cmd.desk(), ref, values["name"], values["reason"])
    said = f"Corrected {_echo(file)}: {', '.join(changed)}." if changed else f"Nothing was different: {_echo(file)}."
    others = [reference(Kind.PERSON, one.number) for one in file.people if one.family_name != file.family.name]
    notes = [f"bear another family name: {', '.join(others)}", f"next: lcs person edit {others[0]}"] if others else []
    return Result("lcs.family/1", views.family_file(file), [said], notes if changed else [])


@command(app, "close")
def close(cmd: Command, ref: Family, on: Day = "today", yes: Yes = False) -> Result:
    """Close the family's episode: the retention clock starts on that day.

    Example: lcs family close LCS-0042-L --on 14/11/2026
    """
    day = forms.past_day(cmd, "closed on", on or "today")
    cmd.known("family.close", Kind.FAMILY, lookup.family, ref)
    if not yes:
        cmd.confirm(lambda: f"Close {_echo(families.show(cmd.desk(), ref))} on {views.human(day)}?")
    file, ended = families.close(cmd.desk(), ref, day)
    said = [f"Closed {_echo(file)} on {views.human(day)}."]
    said += [f"Ended with it: {reference(Kind.REFERRAL, one.number)}." for one in ended]
    return Result("lcs.family/1", views.family_file(file), said)


@command(app, "reopen")
def reopen(cmd: Command, ref: Family, on: Day = "today") -> Result:
    """Open a new episode of service; the retention clock stops.

    Example: lcs family reopen LCS-0042-L --on today
    """
    file = families.reopen(cmd.desk(), ref, cmd.day("opened on", on or "today"))
    said = f"Reopened {_echo(file)} from {views.human(file.family.episodes[-1].opened_on)}."
    return Result("lcs.family/1", views.family_file(file), [said], [f"next: lcs referral add {_ref(file)}"])


def _people(file: FamilyFile) -> Table:
    """The people of a family, one a row."""
    return Table(
        ["PERSON", "KIND", "NAME", "BORN", "RELATIONSHIP"],
        [
            [
                reference(Kind.PERSON, one.number),
                one.kind.value,
                f"{one.given_name} {one.family_name}",
                views.human(one.date_of_birth),
                one.relationship or "",
            ]
            for one in file.people
        ],
        "No people are on record.",
    )


def _referrals(file: FamilyFile) -> Table:
    """Its referrals, one a row."""
    return Table(
        ["REFERRAL", "FROM", "RECEIVED", "ELECTRONIC", "CASE", "OUTCOME"],
        [
            [
                reference(Kind.REFERRAL, one.number),
                reference(Kind.REFERRER, one.referrer),
                views.human(one.received_on),
                "yes" if one.electronic else "no",
                one.case_reference or "",
                one.outcome.value,
            ]
            for one in file.referrals
        ],
    )


def _holds(file: FamilyFile) -> Table:
    """The holds on its file, one a row."""
    return Table(
        ["HOLD", "KIND", "PLACED", "UNTIL", "REASON"],
        [
            [
                reference(Kind.HOLD, one.number),
                one.kind.value,
                views.human(one.placed_on),
                views.human(one.until) or "it is released",
                one.reason,
            ]
            for one in file.holds
        ],
    )


def _similar(cmd: Command, one: Similar) -> str:
    """A family that may be the same, as somebody tells it from another; where nobody looks, by its reference alone."""
    if not cmd.can_ask:
        return f"Similar: {reference(Kind.FAMILY, one.family.number)}"
    children = ", ".join(f"{child.given_name} {views.human(child.date_of_birth)}".strip() for child in one.children)
    known = f"{children}, " if children else ""
    return (
        f"Similar: {reference(Kind.FAMILY, one.family.number)} {one.family.name} ({known}{views.status_of(one.family)})"
    )


def _asked(cmd: Command) -> families.FamilyDraft:
    values = forms.fill(cmd, [NAME, OPENED], {})
    people: list[PersonDraft] = []
    # Children rarely have an address of their own: person edit adds one.
    for kind, fields in ((PersonKind.CHILD, CHILD[:3]), (PersonKind.ADULT, ADULT)):
        asked = [replace(one, default=values["name"]) if one.key == "family_name" else one for one in fields[1:]]
        people += _people_asked(cmd, kind, asked)
    return families.FamilyDraft(values["name"], values["opened_on"], people)


def _people_asked(cmd: Command, kind: PersonKind, fields: Sequence[Field]) -> list[PersonDraft]:
    """Children or adults, until there is nobody else."""
    found: list[PersonDraft] = []
    while cmd.can_ask:
        question = f"{kind.value.title()} {len(found) + 1} first name (Enter when done)"
        first = cmd.ask(question, partial(_first, cmd), "")
        if first is None:
            break
        found.append(draft({"kind": kind, "given_name": first} | forms.fill(cmd, fields, {})))
    return found


def _first(cmd: Command, typed: str) -> str | None:
    """The next one's first name; a dash says that there is nobody else, where Enter would take a name again."""
    return None if typed == "-" else forms.name(cmd, "first name", typed)


def _read(cmd: Command, entry: dict[str, Any]) -> families.FamilyDraft:
    entry = dict(entry)
    people = []
    for kind, fields, key in ((PersonKind.CHILD, CHILD, "children"), (PersonKind.ADULT, ADULT, "adults")):
        listed = entry.pop(key, [])
        if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
            raise UsageError(f"{key}: must be a list of objects", f'such as "{key}": [{{"given_name": "…"}}]')
        for number, one in enumerate(listed, start=1):
            named = {"family_name": entry.get("name"), **one} if isinstance(entry.get("name"), str) else one
            try:
                people.append(draft(forms.read(cmd, fields, named, {}) | {"kind": kind}))
            except UsageError as error:
                raise UsageError(f"{kind} {number}: {error.message}", error.hint) from error
    values = forms.read(cmd, [NAME, OPENED], entry, {}, also=("children", "adults"))
    return families.FamilyDraft(values["name"], values["opened_on"], people)


def _echo(file: FamilyFile) -> str:
    return _ref(file) + views.initials(file)


def _ref(file: FamilyFile) -> str:
    return reference(Kind.FAMILY, file.family.number)


def _children(file: FamilyFile) -> int:
    return sum(one.kind is PersonKind.CHILD for one in file.people)


def _opened(file: FamilyFile) -> str:
    if not file.family.episodes:
        return "no episode yet"
    return f"open since {views.human(file.family.episodes[-1].opened_on)}"


def _last_episode(file: FamilyFile) -> str:
    if not file.family.episodes:
        return ""
    last = file.family.episodes[-1]
    return views.human(last.closed_on or last.opened_on)
