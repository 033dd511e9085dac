"""The bundle of a person's records on paper: the same words as its text, and what is not given with the reasons."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from lcs_cli.cli.dates import show_day
from lcs_cli.services.page import Facts, Heading, Page, Words, paragraphs

if TYPE_CHECKING:
    from lcs_cli.services.page import Block


def bundle_page(document: dict[str, Any], withheld: str) -> Page:
    """A heading for each item that is given, with its entries and texts; then what is withheld."""
    made_on = date.fromisoformat(document["made_on"])
    facts = (
        ("Person", document["person"]),
        ("Given on", show_day(made_on)),
        ("Reference", document["reference"]),
        ("For the request", document["request"]),
    )
    blocks: list[Block] = [Facts(facts)]
    for item in document["items"]:
        blocks += _item(item)
    heading, _, rest = withheld.partition("\n")
    blocks += [Heading(heading.capitalize()), *paragraphs(rest)]
    return Page(
        title=f"Records held about {document['person']}",
        made_on=made_on,
        blocks=tuple(blocks),
        footer=f"{document['reference']}: records held about {document['person']}. Confidential.",
    )


def _item(item: dict[str, Any]) -> list[Block]:
    blocks: list[Block] = [Heading(f"{item['what'][:1].upper()}{item['what'][1:]} ({item['item']})")]
    blocks += [Facts(tuple(_fields(row))) for row in item["entries"]]
    for text in item["texts"]:
        blocks += [Facts(((text["title"], text["text"]),))]
    if item["file"]:
        blocks.append(Words(f"It is the file {item['file']['path']} in this folder."))
    if item["on_paper"]:
        blocks.append(Words("It is on paper, and is handed over with this folder."))
    return blocks


def _fields(row: dict[str, Any]) -> list[tuple[str, str]]:
    """Label and value of what is not empty."""
    said = {True: "yes", False: "no", None: ""}
    values = ((name, said[value] if isinstance(value, bool) or value is None else value) for name, value in row.items())
    return [(name.replace("_", " ").capitalize(), _day(value)) for name, value in values if value]


def _day(value: str) -> str:
    """A day with its weekday; what only speaks of a day stays as it was written."""
    try:
        return show_day(date.fromisoformat(value)) if len(value) == 10 else value
    except ValueError:
        return value
