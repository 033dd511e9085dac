"""What a list of abuse wording may be, and what another list would no longer look for."""

import re
from collections.abc import Iterator
from datetime import date

from lcs_cli.policy.problems import WORD, Problem, begins, twice
from lcs_cli.policy.rules import Rules
from lcs_cli.policy.word_scan import FILE, Pattern, pattern, word_list

_SHORTEST = 3
"""Letters before a star: fewer would be the beginning of every other word."""


def word_problems(rules: Rules) -> Iterator[Problem]:
    """A list that looks for nothing, or entries that cannot be looked for."""
    data = rules.file(FILE)
    if not data["group"]:
        yield Problem(FILE, "group", "is empty, and nothing would be looked for", "give a group with its words")
    yield from twice(FILE, "group", [one["id"] for one in data["group"]])
    for number, one in enumerate(data["group"], start=1):
        where = f"group {one['id'] if re.fullmatch(WORD, one['id']) else number}.words"
        yield from begins(FILE, where, one["words"])
        if not one["words"] or not all(value["value"] for value in one["words"]):
            yield Problem(
                FILE, where, "is empty, and nothing would be looked for", "give words, or leave the group out"
            )
        for value in one["words"]:
            for entry, written in enumerate(value["value"], start=1):
                if why := _unfit(written):
                    yield Problem(FILE, f"{where} {entry}", why, 'give a word or a phrase, such as "bruis*"')


def _unfit(written: str) -> str:
    if not pattern(written).parts:
        return "has no letter, and nothing would be found"
    for word in written.split():
        if not pattern(word).parts:
            return "has a word without a letter"
        if "*" in word.removesuffix("*"):
            return "has a star that does not end a word"
        if word.endswith("*") and len(pattern(word).parts[-1][0]) < _SHORTEST:
            return f"has fewer than {_SHORTEST} letters before a star"
    return ""


def left_out(old: Rules, new: Rules, effective_on: date) -> Iterator[str]:
    """A line with the entries that find something by the old list and nothing by the new, for each day of a change."""
    dated = [value["from"] for rules in (old, new) for one in rules.file(FILE)["group"] for value in one["words"]]
    for day in (effective_on, *sorted({day for day in dated if day > effective_on})):
        becomes = [one for patterns in word_list(new, day).groups.values() for one in patterns]
        was = [one for patterns in word_list(old, day).groups.values() for one in patterns]
        if lost := sorted({_said(one) for one in was if not any(other.covers(one) for other in becomes)}):
            yield f"wording not looked for before a disposal: {', '.join(lost)}, by {day.isoformat()}"


def _said(one: Pattern) -> str:
    return " ".join(f"{stem}*" if begins_ else stem for stem, begins_ in one.parts)
