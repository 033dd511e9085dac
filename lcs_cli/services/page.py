"""What is printed: a title and blocks of words, facts and tables. It knows nothing of PDF or spreadsheets."""

from datetime import date

from lcs_cli.records.value import Value


class Heading(Value):
    """A heading below the title."""

    text: str


class Words(Value):
    """A paragraph; its line breaks are kept."""

    text: str


class Points(Value):
    """A list of points."""

    items: tuple[str, ...]


class Facts(Value):
    """Labels and values, one under the other."""

    pairs: tuple[tuple[str, str], ...]


class Grid(Value):
    """A table; ``widths`` are the shares of its columns in the width of the page, else each is as wide as it needs."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...] = ()


Block = Heading | Words | Points | Facts | Grid


class Page(Value):
    """One paper. The same page gives the same file, so ``made_on`` is an argument.

    ``letterhead`` is the service's name, empty where it has given none; ``footer`` stands on every sheet.
    """

    title: str
    made_on: date
    blocks: tuple[Block, ...]
    letterhead: str = ""
    footer: str = ""


def paragraphs(text: str) -> tuple[Words | Points, ...]:
    """A text as paragraphs: what stands between empty lines. Lines that begin with a dash are points."""
    parts = (part.strip("\n") for part in text.replace("\r\n", "\n").split("\n\n"))
    return tuple(_paragraph(part) for part in parts if part.strip())


def _paragraph(text: str) -> Words | Points:
    lines = text.split("\n")
    if all(line.startswith(("- ", "  ")) for line in lines) and text.startswith("- "):
        return Points(tuple(item.replace("\n  ", " ") for item in text[2:].split("\n- ")))
    return Words(text)
