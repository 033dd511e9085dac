"""The policy's own text: its clauses found by their numbers, so that a refusal quotes the published words."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from lcs_cli.errors import UsageError
from lcs_cli.records.value import Value

# A clause begins with its number and a capital. A bare number needs a short line after it, for "12 Weeks after the
# last session…" in the middle of a clause is none; "4.2" and "4." are numbers of clauses however long the line is.
_NUMBERED = re.compile(r"^[\s#*_]*(?:(\d{1,2}(?:\.\d{1,2})+)\.?|(\d{1,2})\.|(\d{1,2})(?=\s.{1,80}$))\s+([^\Wa-z_].*)$")
_MARKUP = re.compile(r"[*_`#]+")
LARGEST_DOCUMENT = 1_000_000


class PolicyDocument(Value):
    """A policy: its title, its text as it stands, and its clauses by number (heading first, then paragraphs)."""

    title: str
    text: str
    clauses: Mapping[str, tuple[str, ...]]

    def quote(self, clause: str, about: str) -> str:
        """The sentence of ``clause`` that contains the phrase ``about``; else the whole clause on one line."""
        paragraphs = self.clauses[clause]
        for paragraph in paragraphs[1:]:
            if about.casefold() in paragraph.casefold():
                return paragraph
        return " ".join(paragraphs[1:] or paragraphs)


def parse_policy(text: str, required: Iterable[str]) -> PolicyDocument:
    """Find the clauses of a policy document by their numbers.

    ``required`` are the clauses the rules cite; UsageError names those that are missing, and the remedy.
    """
    clauses: dict[str, list[str]] = {}
    preamble: list[str] = []
    current = preamble
    for line in text.splitlines():
        numbered = _NUMBERED.match(line)
        number = (numbered[1] or numbered[2] or numbered[3]) if numbered else ""
        if numbered and len(clauses.get(number, ())) <= 1:  # a table of contents names each clause before it comes
            heading, _, text_ = _plain(numbered[4]).partition(". ")
            current = clauses[number] = [heading, text_] if text_ else [heading]
        elif _plain(line):
            current.append(_plain(line))
    missing = sorted(set(required) - set(clauses))
    if missing:
        raise UsageError(
            f"policy document: it has no {', '.join(f'clause {one}' for one in missing)}, and rules rest on that",
            "number each clause at the beginning of its line, as in: lcs policy show",
        )
    title = " — ".join(preamble[:2]) or "Confidentiality policy"
    return PolicyDocument(title, text, {number: tuple(lines) for number, lines in clauses.items()})


@cache
def restated_policy() -> str:
    """The policy restated in this package's own words, for a service that has not published its own."""
    return (Path(__file__).parent / "restated_policy.txt").read_text(encoding="utf-8")


def _plain(line: str) -> str:
    return _MARKUP.sub("", line).strip().lstrip("-•").strip()
