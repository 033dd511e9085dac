"""lcs paper: the register of files on paper: what there is, where it lies, who has it, how it went."""

from typing import Annotated, Any

import typer
from msgspec.structs import replace

from lcs_cli.cli import forms, views
from lcs_cli.cli.context import Command
from lcs_cli.cli.forms import Field
from lcs_cli.cli.options import Day, Family, From, OfFamily, command, group
from lcs_cli.cli.render import Lines, Result, Table
from lcs_cli.records.document import PAPER_KINDS, DisposalMethod, DocumentKind, Paper, Position
from lcs_cli.records.references import Kind, reference
from lcs_cli.services import documents, lookup, papers

app = group("The register of files on paper.")

PaperRef = Annotated[str, typer.Argument(metavar="PAPER", help="The paper file's reference, such as PF-0042-L.")]
Children = Annotated[
    list[str] | None,
    typer.Option("--child", metavar="PERSON", help="A child whom child-protection papers concern; may be repeated."),
]


def _person(cmd: Command, label: str, typed: str) -> str:
    """Somebody who works here: a slip is asked for again at once."""
    return papers.person(cmd.desk(), label, forms.text(cmd, label, typed)).reference


def _holder(cmd: Command, label: str, typed: str) -> str:
    return papers.holder_of(cmd.desk(), forms.text(cmd, label, typed))


_PLACE = Field("place", "place", forms.text)
_HOLDER = Field("holder", "who has it", _holder, "", "Who has it: U-… or words (Enter where it only lies there)")
_SINCE = Field("since", "day", forms.past_day, "today", "Since")
_FIELDS = (
    Field("kind", "kind", forms.choice(PAPER_KINDS), None, f"Kind ({', '.join(PAPER_KINDS)})"),
    Field("description", "what it is", forms.text),
    _PLACE,
    _HOLDER,
    _SINCE,
)
_REASON = Field("reason", "reason", forms.text)
_METHOD = Field("method", "method", forms.choice(DisposalMethod), None, f"How ({', '.join(DisposalMethod)})")
_DESTROYED_ON = Field("destroyed_on", "day", forms.past_day, "today", "Day")
_WITNESS = Field("witness", "witness", _person, None, "Who saw it, another person than who did it (U-…)")


@command(app, "add")
def add(
    cmd: Command,
    family: Family,
    kind: Annotated[DocumentKind | None, typer.Option("--kind", help="What it is: how long it is kept.")] = None,
    child: Children = None,
    on: Day = None,
    from_: From = None,
) -> Result:
    """Register a family's file on paper: what it is, where it lies, who has it and since when.

    Child-protection papers, electronic referrals in print and accident records are kept for ever (policy 4.6).

    Example: lcs paper add LCS-0042-L --kind order
    """
    children = child or []
    cmd.known("paper.add", Kind.FAMILY, lookup.family, family)
    cmd.known("paper.add", Kind.PERSON, lambda db, typed: documents.child_of(db, family, typed), *children)
    values = forms.entry(cmd, _FIELDS, from_, {"kind": kind.value if kind else None, "since": on})
    draft = papers.PaperDraft(
        values["kind"], values["description"], values["place"], values["holder"], values["since"], children
    )
    one = papers.add(cmd.desk(), family, draft)
    named = ", ".join([cmd.echo(Kind.FAMILY, one.family), *_children(one)])
    said = f"Registered {_ref(one)} for {named}: {one.kind}, there since {views.human(one.positions[-1].since)}."
    return Result(
        "lcs.paper/1", view(one), [f"{said} {_kept(cmd, one)}"], [f"when it changes hands: lcs paper move {_ref(one)}"]
    )


@command(app, "list", lists=True)
def list_(
    cmd: Command,
    family: OfFamily = None,
    to_destroy: Annotated[
        bool, typer.Option("--to-destroy", help="Only what a family's disposal has left to be destroyed.")
    ] = False,
) -> Result:
    """List the files on paper: where each lies and who has it.

    Example: lcs paper list --to-destroy
    """
    found = papers.listing(cmd.desk(), family, to_destroy=to_destroy)
    rows = (
        [
            _ref(one),
            reference(Kind.FAMILY, one.family),
            one.kind.value,
            one.description or "",
            one.positions[-1].place or "",
            one.positions[-1].holder or "",
            views.human(one.positions[-1].since),
            _state(one),
        ]
        for one in found
    )
    headings = ["REF", "FAMILY", "KIND", "WHAT", "PLACE", "WHO HAS IT", "SINCE", "STATE"]
    empty = "No paper is to be destroyed." if to_destroy else "No file on paper is on record."
    return Result("lcs.papers/1", map(view, found), [Table(headings, rows, empty)])


@command(app, "show")
def show(cmd: Command, ref: PaperRef) -> Result:
    """Show a file on paper with every place that it had.

    Example: lcs paper show PF-0042-L
    """
    one = papers.show(cmd.desk(), ref)
    lines = [
        ("Reference", _ref(one)),
        ("Family", reference(Kind.FAMILY, one.family)),
        ("Concerns", ", ".join(_children(one)) or "the family"),
        ("Kind", one.kind.value),
        ("Class", one.record_class.value),
        ("What", one.description or ""),
        ("Registered", f"{views.human(one.registered_on)} by {one.registered_by}"),
        ("State", _state(one)),
    ]
    if one.disposal is not None:
        lines.append(("Destroyed", _how(one)))
    rows = [
        [
            views.human(place.since),
            place.place or "",
            place.holder or "",
            place.reason or "",
            views.human(place.recorded_on),
            place.recorded_by,
        ]
        for place in one.positions
    ]
    table = Table(["SINCE", "PLACE", "WHO HAD IT", "REASON", "RECORDED", "BY"], rows)
    return Result("lcs.paper/1", view(one), [Lines(lines), table])


@command(app, "move")
def move(cmd: Command, ref: PaperRef, on: Day = None, from_: From = None) -> Result:
    """Enter where a file on paper lies now and who has it, since when and why. The former places stay on record.

    Example: lcs paper move PF-0042-L --on today
    """
    cmd.known("paper.move", Kind.PAPER, papers.there, ref)
    came = forms.judged(_SINCE.parse, lambda cmd, day: papers.check_since(papers.there(cmd.desk().db, ref), day))
    values = forms.entry(cmd, (_PLACE, _HOLDER, replace(_SINCE, parse=came), _REASON), from_, {"since": on})
    one = papers.move(cmd.desk(), ref, values["place"], values["holder"], values["since"], values["reason"])
    said = f"Moved {_ref(one)} of {cmd.echo(Kind.FAMILY, one.family)}, since {views.human(one.positions[-1].since)}."
    return Result("lcs.paper/1", view(one), [said])


@command(app, "dispose")
def dispose(
    cmd: Command,
    ref: PaperRef,
    method: Annotated[DisposalMethod | None, typer.Option("--method", help="How it was destroyed.")] = None,
    on: Day = None,
    witness: Annotated[str | None, typer.Option("--witness", metavar="USER", help="Who saw it: U-….")] = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="USER", help="Who destroyed it, where that was not you.")
    ] = None,
    from_: From = None,
) -> Result:
    """Enter that a file on paper was destroyed, seen by a second person.

    Only once its family's disposal was approved and has cooled off, or was carried out (policy 4.6). What it was and
    where it lay is emptied then.

    Example: lcs paper dispose PF-0042-L --method shredded --witness U-002-W
    """
    if cmd.can_ask:
        papers.check_disposal(cmd.desk(), ref)
    given = {"method": method.value if method else None, "destroyed_on": on, "witness": witness}
    day_ = forms.judged(_DESTROYED_ON.parse, lambda cmd, day: papers.check_day(cmd.desk(), ref, day))
    saw = forms.judged(_WITNESS.parse, lambda cmd, who: papers.check_witness(cmd.desk(), ref, who, by))
    fields = (_METHOD, replace(_DESTROYED_ON, parse=day_), replace(_WITNESS, parse=saw))
    values = forms.entry(cmd, fields, from_, given)
    one = papers.dispose(cmd.desk(), ref, values["method"], values["destroyed_on"], values["witness"], by)
    said = f"{_ref(one)} of {cmd.echo(Kind.FAMILY, one.family)}: {_how(one)}."
    return Result("lcs.paper/1", view(one), [said, "What it was and where it lay is gone from the register."])


def view(one: Paper) -> dict[str, Any]:
    """A file on paper with its history."""
    gone = one.disposal
    return {
        "reference": _ref(one),
        "family": reference(Kind.FAMILY, one.family),
        "children": _children(one),
        "kind": one.kind.value,
        "class": one.record_class.value,
        "kept_indefinitely": one.is_kept,
        "description": one.description,
        "place": one.positions[-1].place,
        "holder": one.positions[-1].holder,
        "since": views.iso(one.positions[-1].since),
        "registered_on": views.iso(one.registered_on),
        "registered_by": one.registered_by,
        "to_destroy_since": views.iso(one.released_on),
        "method": gone.method.value if gone else None,
        "destroyed_on": views.iso(gone.on) if gone else None,
        "destroyed_by": gone.by if gone else None,
        "witness": gone.witness if gone else None,
        "positions": [_position(place) for place in one.positions],
    }


def _position(place: Position) -> dict[str, Any]:
    return {
        "since": views.iso(place.since),
        "place": place.place,
        "holder": place.holder,
        "reason": place.reason,
        "recorded_on": views.iso(place.recorded_on),
        "recorded_by": place.recorded_by,
    }


def _ref(one: Paper) -> str:
    return reference(Kind.PAPER, one.number)


def _children(one: Paper) -> list[str]:
    return [reference(Kind.PERSON, child) for child in one.children]


def _kept(cmd: Command, one: Paper) -> str:
    if one.is_kept:
        return f"It is kept indefinitely ({cmd.clause('kept')})."
    return "It is kept as long as the family's file, and destroyed with it."


def _state(one: Paper) -> str:
    if one.disposal is not None:
        return "destroyed"
    if one.released_on is not None:
        return f"to be destroyed since {views.human(one.released_on)}"
    return "kept for ever" if one.is_kept else "kept with the file"


def _how(one: Paper) -> str:
    gone = one.disposal
    if gone is None:
        return ""
    how = gone.method.value.replace("-", " ")
    return f"{how} on {views.human(gone.on)} by {gone.by}, seen by {gone.witness}"
