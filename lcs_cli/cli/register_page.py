"""The staff register on paper: who works here, who is vetted, and who has signed the undertaking."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lcs_cli.cli import file_password, register, views
from lcs_cli.cli.context import Command
from lcs_cli.cli.printing import printed
from lcs_cli.cli.render import Result
from lcs_cli.services import staff
from lcs_cli.services.page import Facts, Grid, Page

if TYPE_CHECKING:
    from lcs_cli.services.staff import StaffFile

_HEADINGS = ("Ref", "Name", "Capacity", "Works here", "Check", "Undertaking")
_WIDTHS = (7, 10, 8, 11, 14, 10)


def written(cmd: Command, path: Path, *, former: bool, ask: bool, none: bool) -> Result:
    """Write the register to a new PDF; a password that was made is shown when it is there."""
    password = file_password.choose(cmd, ask=ask, none=none)
    desk = cmd.desk()
    found = printed(
        cmd,
        path,
        lambda: staff.listing(desk, former=former, written=True),
        lambda listed: _page(cmd, listed, former=former),
        password.text,
        desk,
    )
    password.show(cmd)
    data = {"file": str(path), "entries": len(found), "encrypted": password.text is not None}
    locked = "encrypted" if password.text is not None else "not encrypted"
    count = views.plural(len(found), "entry")
    return Result("lcs.staff-paper/1", data, [f"Wrote {path}: {count}, {locked}."])


def _page(cmd: Command, found: list[StaffFile], *, former: bool) -> Page:
    rows = tuple(tuple(cell for place, cell in enumerate(register.row(one)) if place != 3) for one in found)  # no login
    title = "Staff and volunteers who have left" if former else "Staff and volunteers"
    facts = (("Made", views.human(cmd.today)), ("Made by", cmd.desk().user.reference), ("Entries", str(len(rows))))
    return Page(
        title=title,
        made_on=cmd.today,
        blocks=(Facts(facts), Grid(_HEADINGS, rows, _WIDTHS)),
        footer=f"{title}: {views.human(cmd.today)}. Confidential.",
    )
