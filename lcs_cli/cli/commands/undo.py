"""lcs undo: take back one's own last change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lcs_cli.cli.context import Command
from lcs_cli.cli.options import Yes, command, group
from lcs_cli.cli.render import Result, visible
from lcs_cli.policy import program
from lcs_cli.services import undoing

if TYPE_CHECKING:
    from lcs_cli.services.undoing import Undo

app = group("Take back your own last change.")


@command(app, "undo")
def undo(cmd: Command, yes: Yes = False) -> Result:
    """Take back your own last change: a correction, a move or a booking.

    The former value is put back as a correction with the reason “undone”; a booking is cancelled. Nothing is lost of
    what was there. Exports, disposals, reviews, concerns and keys are never taken back.

    Example: lcs undo
    """
    found = undoing.last(cmd.desk())
    if found is None:
        return Result("lcs.undo/1", {"undone": None}, ["You have changed nothing that could be taken back."])
    if not yes:
        cmd.confirm(lambda: _shown_first(cmd, found))
    done = undoing.undo(cmd.desk(), found.entry.seq)
    said = [f"Undone: {_what(done)}.", *(_lines(done)[1:] if yes else [])]
    return Result("lcs.undo/1", {"undone": _data(done)}, said, ["next: lcs find   or   lcs today"])


def _shown_first(cmd: Command, found: Undo) -> str:
    cmd.terminal.note(visible("\n".join(_lines(found))))
    return "Take it back?"


def _what(one: Undo) -> str:
    return f"{program.typed(one.entry.action)} {one.entry.refs[0]}"


def _lines(one: Undo) -> list[str]:
    """The change, and each field as it is and as it will be."""
    return [
        f"Your last change: {_what(one)}",
        *(f"  {name.replace('_', ' ')}: {_shown(now)}  ->  {_shown(then)}" for name, now, then in one.fields),
    ]


def _shown(value: Any) -> str:
    return "(nothing)" if value is None else str(value).replace("\n", ", ")


def _data(one: Undo) -> dict[str, Any]:
    return {
        "entry": one.entry.seq,
        "action": one.entry.action,
        "references": list(one.entry.refs),
        "fields": [name for name, _, _ in one.fields],
    }
