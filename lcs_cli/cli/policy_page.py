"""The policy on paper: its text as it was published, with its version and when its review is due."""

from datetime import date
from typing import TYPE_CHECKING

from lcs_cli.cli import policy_views, views
from lcs_cli.policy import document
from lcs_cli.services.page import Facts, Heading, Page, Words, paragraphs

if TYPE_CHECKING:
    from lcs_cli.services.page import Block
    from lcs_cli.services.policies import PolicyCopy


def policy_page(copy: "PolicyCopy", today: date) -> Page:
    """The whole text: the numbered headings of its clauses are headings of the paper."""
    numbered = document.parse_policy(copy.text, ()).clauses
    headings = {f"{number}{dot} {lines[0]}" for number, lines in numbered.items() for dot in ("", ".")}
    blocks: list[Block] = []
    for part in paragraphs(copy.text):
        if isinstance(part, Words) and not blocks and part.text.strip() in copy.title:
            continue
        is_heading = isinstance(part, Words) and part.text.strip() in headings
        blocks.append(Heading(part.text.strip()) if isinstance(part, Words) and is_heading else part)
    version = f"version {copy.version}" if copy.version else "as lcs carries it"
    return Page(
        title=copy.title,
        made_on=copy.effective_on or today,
        blocks=(Facts(tuple(_facts(copy, today))), *blocks),
        footer=f"{copy.title}, {version}",
    )


def _facts(copy: "PolicyCopy", today: date) -> list[tuple[str, str]]:
    if not copy.version:
        return [("Version", policy_views.about(copy, today))]
    late = copy.overdue_days(today)
    overdue = f": OVERDUE by {views.plural(late, 'day')}" if late else ""
    facts = [
        ("Version", str(copy.version)),
        ("In force since", views.human(copy.effective_on)),
        ("Approved by", copy.approved_by or ""),
        ("Next review", f"{views.human(copy.review_due_on)}{overdue}" if copy.review_due_on else ""),
        ("Announced", policy_views.announced(copy).removeprefix("; ")),
    ]
    return [(label, value) for label, value in facts if value]
