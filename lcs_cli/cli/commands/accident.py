"""lcs accident: accident records. Anyone adds one; only safeguarding leads read what it says."""

from typing import Annotated

import typer

from lcs_cli.cli import forms, views
from lcs_cli.cli.context import Command
from lcs_cli.cli.forms import Field
from lcs_cli.cli.options import Day, Family, From, OfFamily, command, group
from lcs_cli.cli.render import Lines, Result, Table
from lcs_cli.records.accident import Accident
from lcs_cli.records.references import Kind, reference
from lcs_cli.services import accidents, lookup

app = group("Accident records.")

AccidentRef = Annotated[
    str, typer.Argument(metavar="ACCIDENT", help="The accident record's reference, such as AR-0042-L.")
]
Children = Annotated[
    list[str] | None, typer.Option("--child", metavar="PERSON", help="A child who was in it; may be repeated.")
]
At = Annotated[str | None, typer.Option("--at", metavar="HH:MM", help="When it happened, where that is known.")]
# No day is taken for granted: nobody can put it right afterwards.
_FIELDS = (
    Field("happened_on", "day", forms.past_day),
    Field("happened_at", "time", forms.time_of_day, "", "Time (Enter if nobody knows)"),
    Field("narrative", "what happened", forms.prose),
)


@command(app, "add")
def add(
    cmd: Command,
    family: Family,
    child: Children = None,
    on: Day = None,
    at: At = None,
    from_: From = None,
) -> Result:
    """Record an accident. Its text is sealed at once: only safeguarding leads can read it.

    It is kept for ever, as it was recorded (policy 4.6).

    Example: lcs accident add LCS-0042-L --child P-0042-L --on today --at 14:20
    """
    cmd.known("accident.add", Kind.FAMILY, lookup.family, family)
    cmd.known("accident.add", Kind.PERSON, lambda db, typed: accidents.child_of(db, family, typed), *(child or []))
    values = forms.entry(cmd, _FIELDS, from_, {"happened_on": on, "happened_at": at})
    one = accidents.add(
        cmd.desk(),
        family,
        values["happened_on"],
        values["narrative"],
        happened_at=values["happened_at"],
        children=child or [],
    )
    ref = reference(Kind.FAMILY, one.family)
    said = f"Recorded {_ref(one)} for {', '.join([cmd.echo(Kind.FAMILY, one.family), *_children(one)])}: {_when(one)}."
    kept = f"It is kept indefinitely ({cmd.clause('kept')})."
    notes = [f"If it gives cause for concern about a child: lcs flag raise {ref}   ({cmd.clause('protection')})"]
    return Result("lcs.accident/1", views.accident(one), [f"{said} {kept}"], notes)


@command(app, "list", lists=True)
def list_(cmd: Command, family: OfFamily = None) -> Result:
    """List the accident records, without what they say.

    Example: lcs accident list --family LCS-0042-L
    """
    found = accidents.listing(cmd.desk(), family)
    rows = [
        [
            _ref(one),
            reference(Kind.FAMILY, one.family),
            ", ".join(_children(one)),
            _when(one),
            views.human(one.recorded_on),
            one.recorded_by,
        ]
        for one in found
    ]
    table = Table(["REF", "FAMILY", "CHILDREN", "HAPPENED", "RECORDED", "BY"], rows, "No accident is on record.")
    return Result("lcs.accidents/1", [views.accident(one) for one in found], [table])


@command(app, "show")
def show(cmd: Command, ref: AccidentRef) -> Result:
    """Show an accident record with its text: safeguarding leads only. The reading is logged.

    Example: lcs accident show AR-0042-L
    """
    cmd.known("accident.show", Kind.ACCIDENT, lookup.accident, ref)
    file = accidents.show(cmd.desk(anew=True), ref)
    one = file.accident
    lines = [
        ("Reference", _ref(one)),
        ("Family", reference(Kind.FAMILY, one.family)),
        ("Children", ", ".join(_children(one))),
        ("Happened", _when(one)),
        ("Recorded", f"{views.human(one.recorded_on)} by {one.recorded_by}"),
        ("What happened", file.narrative),
    ]
    return Result("lcs.accident/1", views.accident(one) | {"narrative": file.narrative}, [Lines(lines)])


def _ref(one: Accident) -> str:
    return reference(Kind.ACCIDENT, one.number)


def _children(one: Accident) -> list[str]:
    return [reference(Kind.PERSON, child) for child in one.children]


def _when(one: Accident) -> str:
    return f"{views.human(one.happened_on)} {one.happened_at or ''}".rstrip()
