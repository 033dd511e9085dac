"""lcs find: people and families by what is remembered of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lcs_cli.cli import forms, views
from lcs_cli.cli.context import Command
from lcs_cli.cli.forms import Field
from lcs_cli.cli.options import command, group
from lcs_cli.cli.render import Result, Table
from lcs_cli.records.references import Kind, reference
from lcs_cli.services import finding

if TYPE_CHECKING:
    from lcs_cli.services.finding import Match

app = group("Find people and families by name, reference or telephone.")

_TEXT = Field("text", "name or reference", lambda _, __, typed: finding.enough(typed))
Text = Annotated[
    str | None,
    typer.Argument(metavar="TEXT", help="A name, part of a reference, or a telephone number. Asked for if left away."),
]


@command(app, "find")
def find(cmd: Command, text: Text = None) -> Result:
    """Find people and families by a name however it is spelt, by part of a reference, or by a telephone number.

    Leave TEXT away to be asked for it: what is typed on the command line stays in the history of the terminal's shell.
    Former names are found too. At least 3 letters or digits; the best 20 are shown. What was found is logged.

    Example: lcs find
    """
    typed = forms.fill(cmd, [_TEXT], {"text": text})["text"]
    found = finding.find(cmd.desk(), typed)
    table = Table(
        ["REF", "FAMILY", "MATCH", "SCORE", "STATUS", "NEXT SESSION"],
        [_row(one) for one in found.matches],
        "Nobody was found. Try another spelling, or fewer letters.",
    )
    notes = [f"{found.more} more: type more of the name to see them."] if found.more else []
    data = {"found": [_data(one) for one in found.matches], "more": found.more}
    return Result("lcs.find/1", data, [table], notes)


def _row(one: Match) -> list[str]:
    coming = one.next_session
    return [
        reference(Kind.FAMILY, one.family.number),
        one.family.name,
        _matched(one),
        f"{one.score}%",
        views.status_of(one.family),
        f"{views.human(coming.held_on)} {coming.starts}" if coming else "",
    ]


def _matched(one: Match) -> str:
    by = "" if one.by == "name" else f"{one.by} of "
    return f"{by}{one.matched} ({one.person.kind.value})" if one.person else f"{by}{one.matched}"


def _data(one: Match) -> dict[str, object]:
    return {
        "family": reference(Kind.FAMILY, one.family.number),
        "name": one.family.name,
        "person": reference(Kind.PERSON, one.person.number) if one.person else None,
        "matched_by": one.by,
        "matched": one.matched,
        "score": one.score,
        "status": views.status_of(one.family),
        "next_session": views.booking(one.next_session) if one.next_session else None,
    }
