"""Making a statement of attendance: which form, which file, which password; and what is said of it afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lcs_cli.cli import file_password, views
from lcs_cli.cli.context import Command
from lcs_cli.cli.file_password import FilePassword
from lcs_cli.cli.render import Result
from lcs_cli.errors import UsageError
from lcs_cli.records.export_format import StatementFormat
from lcs_cli.records.references import Kind, reference
from lcs_cli.services import statements

if TYPE_CHECKING:
    from lcs_cli.services.statements import Statement, StatementDocument

FROM_WHEN = "A family's own referrer is told of the days since its referral was received: lcs referral list"
"""Said where there is nothing to tell: a referral that was entered late may have been dated by an Enter."""


def paper(
    cmd: Command, files: dict[StatementFormat, Path | None], *, ask: bool, none: bool
) -> tuple[statements.Paper, FilePassword]:
    """The one file that is named, and its password: a CSV file has none."""
    named = [(format_, path) for format_, path in files.items() if path is not None]
    if len(named) != 1:
        raise UsageError("file: a statement is one file", "give one of --pdf FILE, --xlsx FILE and --csv-file FILE")
    format_, path = named[0]
    if format_ is StatementFormat.CSV:
        if ask:
            raise UsageError("password: a CSV file has none", "give --pdf or --xlsx, or leave --ask-password away")
        return statements.Paper(path, format_, lambda document: document.rows), FilePassword(None)
    password = file_password.choose(cmd, ask=ask, none=none)
    return statements.Paper(path, format_, lambda document: _bytes(format_, document, password.text)), password


def _bytes(format_: StatementFormat, document: StatementDocument, password: str | None) -> bytes:
    from lcs_cli.cli.statement_page import statement_page
    from lcs_cli.services.pdf import pdf
    from lcs_cli.services.sheet import xlsx

    return (pdf if format_ is StatementFormat.PDF else xlsx)(statement_page(document), password)


def made(cmd: Command, done: Statement, paper: statements.Paper, password: FilePassword) -> Result:
    """What left, and where; a password that was made is shown now that the file is there."""
    document = done.document
    entry = document.entry if document else None
    ref = reference(Kind.DISCLOSURE, entry.number) if entry else None
    data = {
        "statement": ref,
        "recipient": done.recipient,
        "rows": entry.rows if entry else 0,
        "sha256": entry.sha256 if entry else None,
        "file": str(paper.path) if entry else None,
        "encrypted": entry is not None and password.text is not None,
    }
    if document is None or entry is None:
        nothing = "Nothing to tell: no attendance is on record in that window."
        return Result("lcs.statement/1", data, notes=[nothing, FROM_WHEN])
    password.show(cmd)
    locked = "encrypted" if password.text is not None else "not encrypted"
    told = f"{views.plural(entry.rows, 'session')} to {done.recipient}, {locked}. Registered as {ref}."
    return Result("lcs.statement/1", data, [f"Wrote {paper.path}: {told}"])
