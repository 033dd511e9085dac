"""Commands that are named in a hint or a note: before one that this user may not run stands who runs it."""

import re
from itertools import pairwise

from lcs_cli.errors import LcsError
from lcs_cli.policy.authority import may
from lcs_cli.records.user import Role
from lcs_cli.records.words import spaced
from lcs_cli.services.desk import Desk

_COMMAND = re.compile(r"\blcs ((?:[a-z][a-z-]*)(?: [a-z][a-z-]*){0,2})")
# Whoever is named before a command in the same sentence runs it: nobody else needs to be named.
_ROLES = "|".join(spaced(role) for role in Role)
_NAMED = re.compile(rf"\b(?:ask (?:an? |another )|U-[0-9]|who decided\b|(?:{_ROLES})\b)")
_SENTENCE = re.compile(r"\n|;|   ")
_ALSO = ("or", "and", "then")  # the same people run what follows


def directed(desk: Desk, text: str) -> str:
    """The text with “a manager runs: ” before each command that this user may not run, unless somebody is named."""
    found = list(_COMMAND.finditer(text))
    try:
        instead = [_instead(desk, one[1].split()) for one in found]
    except LcsError:  # the rules cannot be read: the error that says so is said as it is
        return text
    starts = [0, *(one.start() for one in found), len(text)]
    parts = [text[first:last] for first, last in pairwise(starts)]
    said = ""
    for number, who in enumerate(instead):
        before = _SENTENCE.split(parts[number])[-1]
        if who and not _NAMED.search(before) and not (who == said and before.strip() in _ALSO):
            parts[number] += f"{who} runs: "
        said = who
    return "".join(parts)


def _instead(desk: Desk, words: list[str]) -> str:
    """Who runs the command that begins with these words; empty where this user may, or where they are no command."""
    for length in range(len(words), 0, -1):
        action = ".".join(words[:length])
        if may(desk.user, action, desk.rules).roles:
            return "" if desk.may(action) else desk.who_instead(action)
    return ""
