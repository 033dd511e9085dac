"""lcs vault agree, lcs vault handover: what is kept for ever, handed over to a local authority or a successor body."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lcs_cli.cli import views
from lcs_cli.cli.context import Command
from lcs_cli.cli.options import command, group
from lcs_cli.cli.render import Result, Table
from lcs_cli.errors import UsageError
from lcs_cli.services import handover

if TYPE_CHECKING:
    from lcs_cli.services.handover import Counted

app = group("Handing over what is kept for ever.")

Child = Annotated[
    str | None, typer.Option("--child", metavar="PERSON", help="The child whom it is about, such as P-0042-L.")
]
Everyone = Annotated[bool, typer.Option("--all", help="Every child of whom something is kept for ever.")]
Body = Annotated[
    str | None, typer.Option("--referrer", metavar="REF", help="The body that gets it, such as REF-0007-F.")
]
To = Annotated[
    list[str] | None,
    typer.Option("--to", metavar="KEY", help="That body's age recipient (age1…) or SSH public key; may be repeated."),
]


@command(app, "agree")
def agree(
    cmd: Command,
    *,
    child: Child = None,
    everyone: Everyone = False,
    referrer: Body = None,
    to: To = None,
    no: Annotated[bool, typer.Option("--no", help="Take an agreement back.")] = False,
) -> Result:
    """Agree, as a manager, that what is kept for ever is handed over to a body, encrypted to its keys (policy 4.6).

    Somebody else hands it over. Type the key as that body told it, not as a colleague passes it on: whoever holds the
    other half reads everything.

    Example: lcs vault agree --child P-0042-L --referrer REF-0007-F --to age1…
    """
    order = _order(child, everyone, referrer, to)
    done = handover.agree(cmd.desk(), order, agreed=not no)
    data = {
        "child": done.children[0].child if child else None,
        "all": everyone,
        "referrer": done.recipient,
        "agreed": not no,
        "agreed_until": views.iso(done.until),
        "children": _data(done.children),
    }
    if no:
        return Result("lcs.handover-agreement/1", data, ["Taken back: nothing is handed over under these keys."])
    about = f"--child {done.children[0].child}" if child else "--all"
    next_ = f"next, not by who agreed: lcs vault handover {about} --referrer {done.recipient} --to KEY --out FILE"
    until = f"   until {views.human(done.until)}" if done.until else ""
    return Result("lcs.handover-agreement/1", data, [_table(done.children), "Agreed."], [f"{next_}{until}"])


@command(app, "handover")
def hand_over(
    cmd: Command,
    *,
    child: Child = None,
    everyone: Everyone = False,
    referrer: Body = None,
    to: To = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="The new file, such as it.age.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be handed over.")] = False,
) -> Result:
    """Hand over everything that is kept for ever about a child, or about all, to a local authority or a successor.

    One file, encrypted to that body (age): the records, the documents, and a manifest with a hash of each. It is on the
    register of disclosures before it has its name. A manager agrees first: lcs vault agree. Nothing is deleted by it:
    what is kept for ever stays here. Texts are handed over as they were written, whoever else they speak of.

    Example: lcs vault handover --child P-0042-L --referrer REF-0007-F --dry-run

    Example: lcs vault handover --child P-0042-L --referrer REF-0007-F --to age1… --out it.age
    """
    order = _order(child, everyone, referrer, to)
    if dry_run:
        found = handover.preview(cmd.desk(), order)
        data = {"written": False, "children": _data(found)}
        return Result("lcs.handover/1", data, [_table(found)], [*_on_paper(found), "Nothing was written."])
    if out is None:
        raise UsageError("missing: out", "name a new file: --out it.age   or look first: --dry-run")
    done = handover.hand_over(cmd.desk(anew=True), order, out)
    data = {
        "written": True,
        "reference": done.reference,
        "recipient": done.recipient,
        "file": str(out),
        "documents": done.documents,
        "not_as_the_trail_tells": dict(done.unlike),
        "children": _data(done.children),
    }
    held = f"{_count(len(done.children))}, {views.plural(done.documents, 'document')}"
    said = f"Wrote {out} for {done.recipient}: {held}. Registered as {done.reference}."
    notes = [f"warning: {line}: lcs audit verify" for line in done.unlike.values()]
    kept = f"nothing was deleted: what is kept for ever stays here ({cmd.clause('kept')})"
    return Result("lcs.handover/1", data, [_table(done.children), said], [*notes, *_on_paper(done.children), kept])


def _order(child: str | None, everyone: bool, referrer: str | None, to: Sequence[str] | None) -> handover.Order:
    if bool(child) == everyone:
        raise UsageError("child: one child, or all of them", "give --child P-…, or --all")
    if not referrer:
        raise UsageError("missing: referrer", "name the body that gets it: --referrer REF-…")
    return handover.Order(child, referrer, tuple(to or ()))


def _table(children: Sequence[Counted]) -> Table:
    rows = [
        [one.child, one.family, ", ".join(f"{number} {cls}" for cls, number in one.counts.items())] for one in children
    ]
    return Table(["CHILD", "FAMILY", "RECORDS"], rows)


def _on_paper(children: Sequence[Counted]) -> list[str]:
    papers = sum(one.papers for one in children)
    return [f"to be handed over by hand: {views.plural(papers, 'paper file')}"] if papers else []


def _count(children: int) -> str:
    return "1 child" if children == 1 else f"{children} children"


def _data(children: Sequence[Counted]) -> list[dict[str, Any]]:
    return [
        {"child": one.child, "family": one.family, "records": {cls.value: n for cls, n in one.counts.items()}}
        for one in children
    ]
