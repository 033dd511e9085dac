"""Wording that a safeguarding lead looks at before a disposal: shown with where it stands, then cleared or raised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lcs_cli.cli import views
from lcs_cli.cli.context import Command
from lcs_cli.cli.render import Lines, Output, Result, render
from lcs_cli.errors import WAITING
from lcs_cli.records.references import Kind
from lcs_cli.records.subject import kind_of
from lcs_cli.services import word_scans

if TYPE_CHECKING:
    from lcs_cli.services.word_scans import Wording

_ANSWERS = ("clear", "raise", "leave")


def cleared(cmd: Command, ref: str, seen: str | None) -> Result:
    """Show what was found, and ask; without a terminal, show it with the hash that clears it."""
    desk = cmd.desk()
    if seen is not None:
        return _done(word_scans.clear(desk, ref, seen))
    found = word_scans.look(desk, ref)
    again = f"lcs retention clear {found.subject} --seen {found.scan.digest}"
    if not cmd.can_ask:
        notes = [f"to clear it, if it is no concern: {again}", _raising(found)]
        return Result("lcs.wording/1", _data(found), _blocks(found), notes, exit_code=WAITING)
    render(Result("", None, _blocks(found)), cmd.terminal, Output.PEOPLE)
    answer = cmd.choose("c clear (no concern)  r raise a concern  l leave", _ANSWERS, "leave")
    if answer == "clear":
        return _done(word_scans.clear(desk, ref, found.scan.digest))
    notes = [_raising(found)] if answer == "raise" else []
    return Result("lcs.wording/1", _data(found), ["Nothing was cleared."], notes, exit_code=WAITING)


def _raising(found: Wording) -> str:
    about = f"FAMILY --staff {found.subject}" if kind_of(found.subject) is Kind.STAFF else found.subject
    return f"to raise a concern: lcs flag raise {about}"


def _done(found: Wording) -> Result:
    said = f"Cleared the wording in {views.plural(len(found.scan.hits), 'place')} of {found.subject}."
    again = f"Where another text, or another list of wording, finds something in {found.subject}, it is asked again."
    return Result("lcs.wording/1", _data(found), [said, again])


def _blocks(found: Wording) -> list[Lines | str]:
    """Each text whole, under where it stands; its subjects and not the words tell why it is shown."""
    blocks: list[Lines | str] = [f"{found.subject}: wording in {views.plural(len(found.texts), 'text')}."]
    for hit, text in zip(found.scan.hits, found.texts, strict=True):
        where = f"{text.table.replace('_', ' ')}, {text.column.replace('_', ' ')}"
        about = ", ".join(f"{group} ({count})" for group, count in hit.groups)
        blocks.append(Lines([("Record", text.record), ("Where", where), ("About", about), ("Text", text.words)]))
    return blocks


def _data(found: Wording) -> dict[str, Any]:
    one = found.cleared
    return {
        "reference": found.subject,
        "hash": found.scan.digest,
        "hits": [
            {
                "record": text.record,
                "table": text.table,
                "field": text.column,
                "groups": dict(hit.groups),
                "text": text.words,
            }
            for hit, text in zip(found.scan.hits, found.texts, strict=True)
        ],
        "cleared_on": views.iso(one.cleared_on) if one else None,
        "cleared_by": one.cleared_by if one else None,
    }
