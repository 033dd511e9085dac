"""The scan for abuse wording before a disposal (policy 4.6): texts in, hits out; never the word or the text itself.

A text is read as somebody would who cannot see what is hidden in it: folded, in each way in which the signs that are no
letters can be meant. Words are found by whole tokens and by their beginnings: no pattern of a rule file is ever run.
"""

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property

from msgspec.structs import replace

from lcs_cli.policy.retention import Outcome, RetentionDecision
from lcs_cli.policy.rules import Rule, Rules, in_force, rule
from lcs_cli.records.free_text import FreeText
from lcs_cli.records.value import Value

FILE = "word_scan.toml"
_TOKEN = re.compile(r"[^\W\d_]+|\d+")
_CONTROL_SEQUENCE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_BROKEN_LINE = re.compile("\x00[ \t]*\n[ \t]*")
_FILLERS = "\u115f\u1160\u2800"  # blank, and letters or signs to Unicode
_JOINERS = "'`\u2018\u2019\u02bc\u02b9\u2043\u2212"  # beside the dashes: apostrophes, a bullet and a minus
_JOINER, _UNSEEN = "\x00", "\x01"


class Pattern(Value):
    """A word or a phrase, folded: each part with whether it is the beginning of a word alone."""

    parts: tuple[tuple[str, bool], ...]

    def covers(self, other: "Pattern") -> bool:
        """Whether each text that the other finds something in is a hit for this one, too."""
        size = len(self.parts)
        return any(
            all(_covers(mine, theirs) for mine, theirs in zip(self.parts, other.parts[first:], strict=False))
            for first in range(len(other.parts) - size + 1)
        )

    def is_at(self, tokens: Sequence[str], first: int) -> bool:
        """Whether the tokens from ``first`` on are this."""
        found = tokens[first : first + len(self.parts)]
        return len(found) == len(self.parts) and all(map(_fits, self.parts, found))


class WordList(Value, dict=True):
    """The wording that is looked for on one day, by group; ``rule`` is what the scan rests on."""

    rule: Rule
    groups: Mapping[str, tuple[Pattern, ...]]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what is looked for: another list is another question."""
        content = {group: sorted(one.parts for one in patterns) for group, patterns in self.groups.items()}
        return _digest(content)

    @cached_property
    def beginnings(self) -> Mapping[str, tuple[tuple[str, Pattern], ...]]:
        """The patterns with their groups, by their first part."""
        by_first: dict[str, tuple[tuple[str, Pattern], ...]] = {}
        for group, patterns in self.groups.items():
            for one in patterns:
                by_first[one.parts[0][0]] = (*by_first.get(one.parts[0][0], ()), (group, one))
        return by_first

    @cached_property
    def longest(self) -> int:
        """How many letters the longest first part has."""
        return max(map(len, self.beginnings), default=0)

    @cached_property
    def seen(self) -> dict[str, tuple[tuple[str, Pattern], ...]]:
        """The patterns that can begin with a token, of the tokens that came by: most come again."""
        return {}

    def at(self, token: str) -> tuple[tuple[str, Pattern], ...]:
        """The patterns whose first part is this token or begins it."""
        if token not in self.seen:
            sizes = range(1, min(len(token), self.longest) + 1)
            starts = (self.beginnings.get(token[:size], ()) for size in sizes)
            self.seen[token] = tuple(one for found in starts for one in found if _fits(one[1].parts[0], token))
        return self.seen[token]


class Hit(Value):
    """Wording that was found: in which field of which record, and how often, by group."""

    record: str
    table: str
    column: str
    groups: tuple[tuple[str, int], ...]


class Scan(Value):
    """The hits of one file, and what binds a lead's decision to them: a hash of exactly those texts and of the list.

    ``cleared_by`` are those who have looked at exactly that, and found it no concern.
    """

    hits: tuple[Hit, ...] = ()
    digest: str = ""
    cleared_by: frozenset[str] = frozenset()

    @property
    def waits(self) -> bool:
        """Whether a safeguarding lead is to look at it before anything of the file goes."""
        return bool(self.hits) and not self.cleared_by


UNSCANNED = Scan()
"""Of a file that is not due: nobody has read it."""


def word_list(rules: Rules, today: date) -> WordList:
    """The list in force on ``today``; a group that has not begun looks for nothing."""
    data = rules.file(FILE)
    groups = {one["id"]: tuple(map(pattern, in_force(one["words"], today) or ())) for one in data["group"]}
    return WordList(rule(data["word_scan"]), {name: found for name, found in groups.items() if found})


def scan(texts: Iterable[FreeText], words: WordList) -> Scan:
    """The hits in some texts."""
    found = [(text, groups) for text in texts if (groups := groups_in(text.words, words))]
    if not found:
        return Scan()
    hits = tuple(Hit(text.record, text.table, text.column, tuple(sorted(groups.items()))) for text, groups in found)
    exact = sorted([text.record, text.table, text.column, text.words] for text, _ in found)
    return Scan(hits, _digest([words.digest, exact]))


def groups_in(text: str, words: WordList) -> Mapping[str, int]:
    """How often wording of each group is found in a text, in that of its readings in which it is found most."""
    most: dict[str, int] = {}
    for tokens in readings(text):
        counted = Counter(
            group for first, token in enumerate(tokens) for group, one in words.at(token) if one.is_at(tokens, first)
        )
        most = {group: max(most.get(group, 0), counted[group]) for group in {*most, *counted}}
    return most


def bound(facts_hash: str, found: Scan) -> str:
    """The hash of a file's facts with what was found in it: other wording is another file, also once it was cleared."""
    return _digest([facts_hash, found.digest]) if found.hits else facts_hash


def after_scan(decision: RetentionDecision, found: Scan, words: WordList) -> RetentionDecision:
    """What is due with wording that nobody has cleared waits for a safeguarding lead; without a list, it is asked."""
    if not words.groups:
        why = "no list of wording to look for is in force on this day"
        return replace(decision, outcome=Outcome.ASK, rule=words.rule, reasons=(why,))
    if not found.waits:
        return decision
    places = f"{len(found.hits)} place" + ("" if len(found.hits) == 1 else "s")
    why = f"wording that a safeguarding lead is to look at, in {places}"
    return replace(decision, outcome=Outcome.REQUIRED, rule=words.rule, reasons=(why,))


def pattern(written: str) -> Pattern:
    """An entry of the list, as it is looked for."""
    parts = [part for word in written.split() for part in _parts(word)]
    return Pattern(tuple(parts))


def readings(text: str) -> Iterator[list[str]]:
    """The words of a text, folded, in each way in which its dashes, apostrophes and unseen signs can be meant.

    Nothing that is added behind a blank takes a word away from all of them.
    """
    folded = _folded(text)
    unseen = {folded}
    if _UNSEEN in folded:
        stripped = _folded(_CONTROL_SEQUENCE.sub("", text))
        unseen = {one.replace(_UNSEEN, sign) for one in (folded, stripped) for sign in ("", " ")}
    meant = set(unseen)
    if _JOINER in folded:
        meant = {one.replace(_JOINER, sign) for one in unseen for sign in ("", " ")}
        meant |= {_BROKEN_LINE.sub("", one).replace(_JOINER, "") for one in unseen}
    yield from (_TOKEN.findall(one) for one in sorted(meant))


def _folded(text: str) -> str:
    if text.isascii() and text.isprintable() and "'" not in text and "-" not in text and "`" not in text:
        return text.lower()
    spread = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFKD", spread).translate(_SIGNS)


class _Signs(dict[int, str]):
    """What stands for each sign in a folded text, found out once."""

    def __missing__(self, point: int) -> str:
        self[point] = _sign(chr(point))
        return self[point]


_SIGNS = _Signs()


def _sign(sign: str) -> str:
    category = unicodedata.category(sign)
    if category == "Pd" or sign in _JOINERS:
        return _JOINER
    if category[0] == "M":  # an accent
        return ""
    return _UNSEEN if (category[0] == "C" and not sign.isspace()) or sign in _FILLERS else sign


def _parts(word: str) -> Iterator[tuple[str, bool]]:
    stem = word.removesuffix("*")
    apart = _folded(stem).split(_JOINER) if "-" in stem else [_folded(stem).replace(_JOINER, "")]
    tokens = [token for one in apart for token in _TOKEN.findall(one)]
    yield from ((token, word.endswith("*") and number == len(tokens)) for number, token in enumerate(tokens, start=1))


def _fits(part: tuple[str, bool], token: str) -> bool:
    return token.startswith(part[0]) if part[1] else token == part[0]


def _covers(mine: tuple[str, bool], theirs: tuple[str, bool]) -> bool:
    return theirs[0].startswith(mine[0]) if mine[1] else mine == theirs


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
