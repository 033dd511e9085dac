"""A report for proceedings on paper: the same words as its text."""

from typing import TYPE_CHECKING

from lcs_cli.cli.report_text import cells, head, told
from lcs_cli.services.page import Facts, Grid, Heading, Page, Words

if TYPE_CHECKING:
    from lcs_cli.services.page import Block
    from lcs_cli.services.report_files import ReportDocument


def report_page(document: "ReportDocument") -> Page:
    """What it rests on, then each class of records with its rows, or that there is none."""
    blocks: list[Block] = [Facts(tuple(head(document))), Words(told(document))]
    for part in document.parts.values():
        rows = cells(part)
        blocks.append(Heading(part.heading))
        blocks.append(Grid(rows[0], tuple(rows[1:])) if len(rows) > 1 else Words("Nothing is on record."))
    return Page(
        title="Report for proceedings",
        made_on=document.made_on,
        blocks=tuple(blocks),
        footer=f"{document.reference}: report for proceedings, for {document.agency}",
    )
