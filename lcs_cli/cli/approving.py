"""Approving what others proposed: the list is shown, and its approval is bound to the hash of what was shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lcs_cli.cli import views
from lcs_cli.cli.context import Command
from lcs_cli.cli.render import Output, Result, Table, render
from lcs_cli.cli.review import paper_too
from lcs_cli.errors import WAITING
from lcs_cli.services import retention

if TYPE_CHECKING:
    from lcs_cli.services.desk import Desk
    from lcs_cli.services.retention import Item

_SHOWN_OF_HASH = 8


def approved(cmd: Command, list_hash: str | None) -> Result:
    """Approve the list of a hash; without one, show the list and ask."""
    desk = cmd.desk()
    if list_hash is not None:
        return _approved(desk, list_hash)
    waiting = retention.approval_list(desk)
    blocks: list[Table | str] = [
        Table(
            ["REVIEW", "FILE", "DUE ON", "WOULD GO", "STAYS FOR EVER"],
            [_approval_row(item) for item in waiting.items],
            "No proposal of somebody else waits for approval.",
        )
    ]
    blocks += [paper_too(item.decision.subject, item.paper) for item in waiting.items if item.paper]
    blocks += [f"{item.decision.subject}: proposed by you; another manager approves it." for item in waiting.own]
    blocks += [
        f"{item.decision.subject}: changed since its review; the sweep sends it back." for item in waiting.changed
    ]
    data = {
        "hash": waiting.hash,
        "items": [views.retention_item(item) for item in waiting.items],
        "own": [views.retention_item(item) for item in waiting.own],
        "changed": [views.retention_item(item) for item in waiting.changed],
    }
    if not waiting.items:
        return Result("lcs.approval-list/1", data, blocks)
    if not cmd.can_ask:
        return Result(
            "lcs.approval-list/1",
            data,
            [*blocks, f"List: {waiting.hash}"],
            [f"to approve it: lcs retention approve --list {waiting.hash}"],
            exit_code=WAITING,
        )
    _show(cmd, blocks)
    retention.check_approval(desk)
    short = waiting.hash[:_SHOWN_OF_HASH]
    if cmd.terminal.ask(f"Type {short} to approve this list (Enter to leave it): ").strip().lower() != short:
        return Result("lcs.approval-list/1", data, ["Nothing was approved."], exit_code=WAITING)
    return _approved(desk, waiting.hash)


def _approved(desk: Desk, list_hash: str) -> Result:
    done = retention.approve(desk, list_hash)
    said = [f"Approved {item.decision.subject}." for item in done.items]
    first = views.human(retention.disposable_on(desk))
    said.append(f"A sweep disposes of them from {first} on, after the cooling-off days, if nothing has changed.")
    data = {"hash": done.hash, "items": [views.retention_item(item) for item in done.items]}
    return Result("lcs.approval/1", data, said)


def _approval_row(item: Item) -> list[str]:
    seen = views.retention_item(item)
    return [
        seen["review"]["reference"] if seen["review"] else "",
        item.decision.subject,
        views.human(item.decision.due_on),
        views.counts(seen["goes"]),
        views.counts(seen["stays"]),
    ]


def _show(cmd: Command, blocks: list[Table | str]) -> None:
    render(Result("", None, blocks), cmd.terminal, Output.PEOPLE)
