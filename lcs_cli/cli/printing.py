"""Papers that commands print as PDF: what is done, and what its paper says, are done together or not at all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ParamSpec, TypeVar

import typer
from msgspec.structs import replace

from lcs_cli.cli.context import Command

if TYPE_CHECKING:
    from lcs_cli.services.desk import Desk
    from lcs_cli.services.page import Page

Done = TypeVar("Done")
Told = ParamSpec("Told")

PdfFile = Annotated[Path | None, typer.Option("--pdf", metavar="FILE", help="Write it as a PDF to this new file.")]
WithPdf = Annotated[bool, typer.Option("--pdf", help="Put it into the folder as a PDF as well.")]


def lettered(desk: Desk, page: Page) -> Page:
    """The page with the service's name on top."""
    from lcs_cli.policy.governance import letterhead

    return replace(page, letterhead=letterhead(desk.rules))


def as_pdf_of(cmd: Command, page: Callable[Told, Page]) -> Callable[Told, bytes]:
    """What makes the PDF of a document that goes into a folder with its other forms."""
    from lcs_cli.services.pdf import pdf

    def made(*told: Told.args, **more: Told.kwargs) -> bytes:
        return pdf(lettered(cmd.desk(), page(*told, **more)))

    return made


def printed(
    cmd: Command,
    path: Path,
    act: Callable[[], Done],
    page: Callable[[Done], Page],
    password: str | None = None,
    desk: Desk | None = None,
) -> Done:
    """Do something and write its paper; where the file cannot be written, it was not done.

    Without a ``desk`` there is no vault, and nothing to undo.
    """
    from lcs_cli.services.pdf import pdf

    return written(
        cmd, path, "pdf", act, lambda done: pdf(lettered(desk, page(done)) if desk else page(done), password), desk
    )


def written(
    cmd: Command,
    path: Path,
    field: str,
    act: Callable[[], Done],
    content: Callable[[Done], bytes],
    desk: Desk | None = None,
) -> Done:
    """Do something and write what it gives to a new file, which the option ``field`` names; both or neither."""
    from lcs_cli.services.file_out import FileOut

    with FileOut(path, cmd.folder, field) as out:
        with desk.together() if desk else nullcontext():
            done = act()
            out.write(content(done))
        out.release()
    return done
