"""The scan for abuse wording (policy 4.6): what it finds, what it does not, and what binds a decision to it."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from lcs_cli.policy.loosened import loosened
from lcs_cli.policy.retention import Fate, Outcome, RetentionDecision
from lcs_cli.policy.rules import Rule, Rules, packaged
from lcs_cli.policy.word_scan import Scan, after_scan, bound, groups_in, pattern, scan, word_list
from lcs_cli.records.free_text import FreeText
from lcs_cli.records.references import Kind
from tests.services.stories import other_rules

DAY = date(2026, 11, 26)
LIST = word_list(packaged(), DAY)
NOTE = FreeText("LCS-0001-R", Kind.SESSION, 1, "contact_session", "note", "A bruise on one arm.")
CASES = tomllib.loads((Path(__file__).parent / "cases" / "word_scan.toml").read_text(encoding="utf-8"))["case"]


def rules(was: str, becomes: str) -> Rules:
    """The rules of lcs with another list."""
    return Rules({**packaged().contents, **other_rules("word_scan.toml", was, becomes)})


@pytest.mark.clause("4.6", "safeguarding files")
@pytest.mark.parametrize("case", CASES, ids=lambda case: re.sub(r"\W+", "-", case["name"]))
def test_what_is_found_in_a_text(case: Mapping[str, Any]) -> None:
    """By group and count."""
    assert set(case) <= {"name", "text", "finds"}
    assert groups_in(case["text"], LIST) == case.get("finds", {})


SIGNS = st.sampled_from("- '\u2019\n\u200b\x1b[0mo\u0301_b")
WRITTEN = st.lists(
    st.one_of(
        st.sampled_from(["bruise", "told me that", "self-harm", "hit", "tell", "don't", "she", "-", "\x1b["]),
        st.text(st.one_of(SIGNS, st.characters()), max_size=6),
    ),
    max_size=8,
).map("".join)


@given(WRITTEN, WRITTEN, st.sampled_from(" \n"))
@example("don't tell-", "x", "\n")
@example("bruise\x1b[", "bite", " ")
def test_adding_words_never_takes_a_hit_away(text: str, more: str, blank: str) -> None:
    """Behind the text or before it, whatever is added: nobody hides wording by writing more."""
    before = groups_in(text, LIST)
    for longer in (f"{text}{blank}{more}", f"{more}{blank}{text}"):
        after = groups_in(longer, LIST)
        assert all(after.get(group, 0) >= count for group, count in before.items())


@given(st.lists(st.tuples(st.sampled_from(["note", "room"]), WRITTEN), max_size=6), WRITTEN)
def test_adding_a_text_never_takes_a_hit_away(texts: list[tuple[str, str]], more: str) -> None:
    """The hits of a file are those of each of its texts."""
    there = [NOTE._replace(column=column, words=words) for column, words in texts]
    before, after = scan(there, LIST), scan([*there, NOTE._replace(words=more)], LIST)
    assert set(before.hits) <= set(after.hits)


def test_a_hit_tells_where_and_how_often_and_not_what() -> None:
    """Neither the word nor the text: a hit goes into lists and reasons."""
    found = scan([NOTE, NOTE._replace(number=2, words="By bus.")], LIST)
    (hit,) = found.hits
    assert (hit.record, hit.table, hit.column, hit.groups) == (
        "S-000001-R",
        "contact_session",
        "note",
        (("physical", 1),),
    )
    assert not re.search("bruis|arm", repr(found))
    assert "arm" not in repr(NOTE)
    assert not scan([NOTE._replace(words="By bus.")], LIST).hits


def test_a_decision_is_bound_to_exactly_those_texts_and_that_list() -> None:
    """Another text, another place or another list is another question; a text without a hit is none."""

    def digest(*texts: FreeText, by: Rules | None = None) -> str:
        return scan(texts, word_list(by or packaged(), DAY)).digest

    harmless = NOTE._replace(words="By bus.")
    assert digest(NOTE) == digest(NOTE, harmless) == digest(harmless, NOTE)
    others = {
        digest(NOTE._replace(words="A bruise on one arm")),
        digest(NOTE._replace(column="room")),
        digest(NOTE._replace(number=2)),
        digest(NOTE, NOTE),
        digest(NOTE, by=rules('"welt", ', "")),
    }
    assert len(others | {digest(NOTE)}) == 6


def due() -> RetentionDecision:
    """A decision that a file is due."""
    rule = Rule("family-file", "4.6", "words")
    return RetentionDecision(
        "LCS-0001-R", Outcome.DUE, rule, ("r",), Fate((), (), keeps_family=False, goes={}, stays={})
    )


def test_without_a_list_in_force_nothing_is_due() -> None:
    """Before its first value begins: keep and ask, as where any rule is missing."""
    before = word_list(packaged(), date(2024, 12, 31))
    decision = after_scan(due(), Scan(), before)
    assert (decision.outcome, decision.rule.id) == (Outcome.ASK, "word-scan")
    assert after_scan(due(), Scan(), LIST) == due()


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('"welt", "welts", ', "", ("welt, welts",)),
        ('"bruis*"', '"bruise*"', ("bruis*",)),
        ('"bruis*"', '"bru*"', ()),
        ('"told me that"', '"told me"', ()),
        ('"no food", ', "", ("no food",)),
        ('"hit", ', '"hit*", ', ()),
        ('id = "neglect"\nwords = [{ from = 2025-01-01', 'id = "neglect"\nwords = [{ from = 2027-01-01', ("abandon*",)),
    ],
)
def test_a_shorter_list_asks_less(was: str, becomes: str, said: tuple[str, ...]) -> None:
    """What is not looked for any more is named, to be accepted; a wider entry in place of another loses nothing."""
    lines = loosened(packaged(), rules(was, becomes), DAY)
    assert len(lines) == len(said)
    for line, lost in zip(lines, said, strict=True):
        assert line.startswith("wording not looked for before a disposal: ")
        assert lost in line


def test_words_that_end_later_are_found_now() -> None:
    """On the day from which they are not looked for any more."""
    later = rules('  "left alone", ', '  "left alone", # ')  # a comment swallows the rest of that line
    assert "home alone" in loosened(packaged(), later, DAY)[0]
    ends = rules('"marac",\n] }]', '"marac",\n] }, { from = 2028-01-01, value = ["marac"] }]')
    (line,) = loosened(packaged(), ends, DAY)
    assert "stalk" in line
    assert line.endswith(", by 2028-01-01")


def test_a_phrase_is_looked_for_as_it_is_written() -> None:
    """Its dashes are blanks, its apostrophes nothing, and only what ends with a star has other endings."""
    assert pattern("Self-Harm*").parts == (("self", False), ("harm", True))
    assert pattern("don't tell").parts == (("dont", False), ("tell", False))


def test_a_phrase_may_begin_with_a_word_of_one_letter() -> None:
    """It is looked for like any other."""
    words = word_list(rules('"bruis*", ', '"a zebra", '), DAY)
    assert groups_in("He had a zebra.", words) == {"physical": 1}


def test_the_order_in_which_groups_are_written_is_no_other_question() -> None:
    """What a lead has cleared stays cleared; another word is another question."""
    turned = replace(LIST, groups=dict(reversed([*LIST.groups.items()])))
    assert turned.digest == LIST.digest
    assert word_list(rules('"bruis*", ', '"a zebra", '), DAY).digest != LIST.digest


def test_a_decision_is_bound_to_what_was_found() -> None:
    """Without hits to the facts alone; with hits, to exactly those."""
    assert bound("facts", Scan()) == "facts"
    both = FreeText("LCS-0001-R", Kind.SESSION, 1, "contact_session", "note", "A bruise on both arms.")
    found, other = scan([NOTE], LIST), scan([both], LIST)
    assert len({"facts", bound("facts", found), bound("facts", other), bound("other facts", found)}) == 4


@pytest.mark.parametrize(("texts", "places"), [([NOTE], "in 1 place"), ([NOTE, NOTE], "in 2 places")])
def test_a_lead_is_told_in_how_many_places_to_look(texts: list[FreeText], places: str) -> None:
    """And nothing of what stands there."""
    fate = Fate((), (), keeps_family=False, goes={}, stays={})
    decision = RetentionDecision("LCS-0001-R", Outcome.DUE, Rule("a", "4.6", ""), ("old",), fate)
    waits = after_scan(decision, scan(texts, LIST), LIST)
    assert waits.outcome is Outcome.REQUIRED
    assert waits.reasons == (f"wording that a safeguarding lead is to look at, {places}",)
