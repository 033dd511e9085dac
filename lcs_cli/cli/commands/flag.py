"""lcs flag: safeguarding concerns. Anyone raises one; only safeguarding leads read and close them."""

from typing import Annotated

import typer

from lcs_cli.cli import forms, views
from lcs_cli.cli.context import Command
from lcs_cli.cli.forms import Field
from lcs_cli.cli.options import Family, From, OfFamily, Yes, command, group
from lcs_cli.cli.render import Lines, Result, Table
from lcs_cli.errors import UsageError
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.safeguarding import Flag, FlagCategory
from lcs_cli.services import flags, lookup

app = group("Safeguarding concerns.")

FlagRef = Annotated[str, typer.Argument(metavar="FLAG", help="The flag's reference, such as SF-0042-L.")]
Children = Annotated[
    list[str] | None, typer.Option("--child", metavar="PERSON", help="The child it concerns; may be repeated.")
]
Staff = Annotated[
    list[str] | None,
    typer.Option("--staff", metavar="STAFF", help="Whom of the staff register it names; may be repeated."),
]
_FIELDS = (
    Field("narrative", "what happened", forms.prose),
    Field("category", "category", forms.choice(FlagCategory), "other", f"Category ({', '.join(FlagCategory)})"),
)
_OUTCOME = Field("outcome", "outcome", forms.prose)


@command(app, "raise")
def raise_(
    cmd: Command,
    family: Family,
    child: Children = None,
    staff: Staff = None,
    category: Annotated[FlagCategory | None, typer.Option("--category", help="What it is about.")] = None,
    from_: From = None,
) -> Result:
    """Raise a concern. Its text is sealed at once: only safeguarding leads can read it.

    Without --child it concerns every child of the family. It is kept for ever (policy 4.6), and so is the entry on the
    staff register of whomever it names with --staff: only safeguarding leads are shown who that is.

    Example: lcs flag raise LCS-0042-L --child P-0042-L
    """
    cmd.known("flag.raise", Kind.FAMILY, lookup.family, family)
    cmd.known("flag.raise", Kind.PERSON, lambda db, typed: flags.child_of(db, family, typed), *(child or []))
    cmd.known("flag.raise", Kind.STAFF, lookup.staff, *(staff or []))
    values = forms.entry(cmd, _FIELDS, from_, {"category": category.value if category else None})
    one = flags.raise_flag(cmd.desk(), family, values["category"], values["narrative"], child or [], staff or [])
    said = f"Raised {_ref(one)} for {cmd.echo(Kind.FAMILY, one.family)}, {_concerns(one)}."
    first = f"call the police (999) or children's services first ({cmd.clause('protection')})"
    notes = [f"If a child is in danger now, {first}."]
    return Result("lcs.flag/1", views.flag(one), [said], notes)


@command(app, "list", lists=True)
def list_(
    cmd: Command,
    family: OfFamily = None,
    only_open: Annotated[bool, typer.Option("--open", help="Only open ones.")] = False,
) -> Result:
    """List the flags, without what they say.

    Example: lcs flag list --open
    """
    found = flags.listing(cmd.desk(), family, only_open=only_open)
    rows = [
        [
            _ref(one),
            reference(Kind.FAMILY, one.family),
            _concerns(one),
            one.category.value,
            views.human(one.raised_on),
            one.raised_by,
            f"closed {views.human(one.closed_on)}" if one.closed_on else "open",
        ]
        for one in found
    ]
    headings = ["REF", "FAMILY", "CONCERNS", "CATEGORY", "RAISED", "BY", "STATE"]
    return Result("lcs.flags/1", [views.flag(one) for one in found], [Table(headings, rows, "No flag is on record.")])


@command(app, "show")
def show(cmd: Command, ref: FlagRef) -> Result:
    """Show a flag with its narrative: safeguarding leads only. The reading is logged.

    Example: lcs flag show SF-0042-L
    """
    cmd.known("flag.show", Kind.FLAG, lookup.flag, ref)
    file = flags.show(cmd.desk(anew=True), ref)
    lines = [
        ("Reference", _ref(file.flag)),
        ("Family", reference(Kind.FAMILY, file.flag.family)),
        ("Concerns", _concerns(file.flag)),
        *([("Names", ", ".join(_named(file.flag)))] if file.flag.staff else []),
        ("Category", file.flag.category.value),
        ("Raised", f"{views.human(file.flag.raised_on)} by {file.flag.raised_by}"),
        ("What happened", file.narrative),
    ]
    if file.flag.closed_on:
        lines += [
            ("Closed", f"{views.human(file.flag.closed_on)} by {file.flag.closed_by}"),
            ("Outcome", file.outcome or ""),
        ]
    data = views.flag(file.flag) | {
        "staff": _named(file.flag),
        "narrative": file.narrative,
        "outcome": file.outcome,
    }
    return Result("lcs.flag/1", data, [Lines(lines)])


@command(app, "name")
def name(cmd: Command, ref: FlagRef, staff: Staff = None) -> Result:
    """Add to a flag, open or closed, whom of the staff register it names: safeguarding leads only.

    Their entry is then part of that safeguarding file, and is kept for ever with it (policy 4.6).

    Example: lcs flag name SF-0042-L --staff ST-004-G
    """
    if not staff:
        raise UsageError("missing: staff", "give --staff STAFF; look it up with: lcs staff list")
    one = flags.name_staff(cmd.desk(), ref, staff)
    said = f"{_ref(one)} names {', '.join(_named(one))}: kept with it ({cmd.clause('kept')})."
    return Result("lcs.flag/1", views.flag(one) | {"staff": _named(one)}, [said])


@command(app, "close")
def close(cmd: Command, ref: FlagRef, from_: From = None, yes: Yes = False) -> Result:
    """Close a flag with what came of it. The flag itself is kept for ever (policy 4.6), and is not opened again.

    Example: lcs flag close SF-0042-L
    """
    cmd.known("flag.close", Kind.FLAG, flags.open_flag, ref)
    values = forms.entry(cmd, [_OUTCOME], from_)
    if from_ is None and not yes:
        cmd.confirm(lambda: f"Close {ref} for good, with that outcome?")
    one = flags.close(cmd.desk(), ref, values["outcome"])
    said = f"Closed {_ref(one)} of {cmd.echo(Kind.FAMILY, one.family)}. It is kept indefinitely ({cmd.clause('kept')})."
    return Result("lcs.flag/1", views.flag(one), [said])


def _ref(one: Flag) -> str:
    return reference(Kind.FLAG, one.number)


def _named(one: Flag) -> list[str]:
    return [reference(Kind.STAFF, member) for member in one.staff]


def _concerns(one: Flag) -> str:
    return ", ".join(reference(Kind.PERSON, child) for child in one.children) or "all children"
