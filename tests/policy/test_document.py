"""The policy's own text: clauses by number, and the sentence that a refusal quotes."""

from typing import Any

import pytest

from lcs_cli.errors import UsageError
from lcs_cli.policy.document import parse_policy, restated_policy
from lcs_cli.policy.rules import packaged

PLAIN = """Confidentiality at the Willow House

Adopted by the trustees

1. Purpose

This page says what we keep to ourselves.

4. How we protect it

4.2 Sharing information

- Dates of attendance may be told to the referrer.
- Personal details are told to nobody without consent.

It took us 12 years to write this.

4.6 How long we keep it

After five years it goes.
"""

MARKDOWN = """# Confidentiality at the *Willow House*

## 1. Purpose

What we keep to ourselves.

### 4.2 Sharing **information**

- Dates of `attendance` may be told to the referrer.
* Not **everything** may.

## 6 Review

Every year.
"""


def test_clauses_are_found_by_their_numbers() -> None:
    """With or without a dot after the number, at any depth; the heading comes first, then each paragraph."""
    document = parse_policy(PLAIN, ())
    assert list(document.clauses) == ["1", "4", "4.2", "4.6"]
    assert document.clauses["1"] == ("Purpose", "This page says what we keep to ourselves.")
    assert document.clauses["4"] == ("How we protect it",)
    assert document.clauses["4.2"][1:3] == (
        "Dates of attendance may be told to the referrer.",
        "Personal details are told to nobody without consent.",
    )


def test_a_number_inside_a_sentence_is_no_clause() -> None:
    """Only the beginning of a line counts."""
    document = parse_policy(PLAIN, ())
    assert "12" not in document.clauses
    assert document.clauses["4.2"][-1] == "It took us 12 years to write this."


def test_the_text_is_kept_as_it_stands() -> None:
    """Whoever asks for a copy is given what was published, not what was understood."""
    assert parse_policy(MARKDOWN, ()).text == MARKDOWN


def test_the_title_is_what_stands_before_the_first_clause() -> None:
    """Its first two lines; a policy that begins with its first clause has a plain title."""
    assert parse_policy(PLAIN, ()).title == "Confidentiality at the Willow House — Adopted by the trustees"
    assert parse_policy("1. Purpose\nNone.", ()).title == "Confidentiality policy"


def test_markdown_headings_and_marks_are_understood() -> None:
    """The number may follow hashes; marks of emphasis and of lists are not part of the words."""
    document = parse_policy(MARKDOWN, {"1", "4.2", "6"})
    assert document.title == "Confidentiality at the Willow House"
    assert document.clauses["4.2"] == (
        "Sharing information",
        "Dates of attendance may be told to the referrer.",
        "Not everything may.",
    )
    assert document.clauses["6"] == ("Review", "Every year.")


def test_a_clause_that_a_rule_rests_on_and_that_is_missing_is_named() -> None:
    """All of the missing ones, in order, and what to do about it."""
    with pytest.raises(UsageError, match=r"has no clause 3, clause 4\.1, and") as error:
        parse_policy(PLAIN, {"4.1", "1", "3", "4.6"})
    assert "number each clause at the beginning of its line" in error.value.hint
    assert error.value.exit_code == 2


def test_a_policy_without_any_clause_lacks_them_all() -> None:
    """An empty file is no policy."""
    with pytest.raises(UsageError, match=r"has no clause 1, clause 2, and"):
        parse_policy("", {"1", "2"})


def test_a_clause_mentioned_again_at_the_beginning_of_a_line_does_not_replace_the_first() -> None:
    """A numbered list inside a clause stays part of the clause."""
    document = parse_policy("1. Purpose\nTo be clear.\n2. Commitment\nTwo things:\n1. silence\n2. care\n", {"1", "2"})
    assert document.clauses["1"] == ("Purpose", "To be clear.")
    assert document.clauses["2"] == ("Commitment", "Two things:", "1. silence", "2. care")


def test_a_quote_is_the_paragraph_that_the_refusal_is_about() -> None:
    """Found by a phrase, in capitals or not."""
    document = parse_policy(PLAIN, ())
    assert document.quote("4.2", "personal details") == "Personal details are told to nobody without consent."
    assert document.quote("4.2", "ATTENDANCE") == "Dates of attendance may be told to the referrer."


def test_a_quote_falls_back_to_the_whole_clause() -> None:
    """Where the published words lack the phrase, all of the clause is quoted, on one line and without its heading."""
    assert parse_policy(PLAIN, ()).quote("4.2", "telephone") == (
        "Dates of attendance may be told to the referrer. Personal details are told to nobody without consent. "
        "It took us 12 years to write this."
    )


def test_a_clause_that_is_only_a_heading_is_quoted_by_its_heading() -> None:
    """A quote is never empty."""
    assert parse_policy(PLAIN, ()).quote("4", "attendance") == "How we protect it"


def test_a_phrase_in_the_heading_alone_quotes_the_clause() -> None:
    """A heading says what a clause is about, not what it demands."""
    assert parse_policy(PLAIN, ()).quote("4.6", "how long") == "After five years it goes."


def test_the_restated_policy_contains_every_clause_that_a_rule_cites() -> None:
    """A service that has not published its own policy can enforce this one."""
    document = parse_policy(restated_policy(), packaged().cited_clauses)
    assert packaged().cited_clauses <= set(document.clauses)
    assert document.title


def phrases(node: Any) -> list[tuple[str, str]]:
    """Each clause with the phrase by which a rule finds its sentence."""
    if isinstance(node, dict):
        mine = [(node["clause"], node["about"])] if "about" in node else []
        return mine + [pair for value in node.values() for pair in phrases(value)]
    return [pair for value in node for pair in phrases(value)] if isinstance(node, list) else []


@pytest.mark.parametrize(("clause", "about"), sorted(set(phrases(dict(packaged().file("disclosure_rules.toml"))))))
def test_each_rule_of_the_gate_finds_its_own_sentence_in_the_restated_policy(clause: str, about: str) -> None:
    """One sentence of the clause, not the whole of it."""
    document = parse_policy(restated_policy(), packaged().cited_clauses)
    sentence = document.quote(clause, about)
    assert about.casefold() in sentence.casefold()
    assert sentence in document.clauses[clause][1:]


def test_a_clause_whose_text_stands_on_its_own_line_is_found() -> None:
    """As word processors save it: number, heading and text on one long line."""
    long = "The dates and times of attendance may be told to the referrer of a family, and to nobody else. " * 3
    found = parse_policy(
        f"Our policy\n\n4.2 Sharing information. {long}\n5. Copies. Whoever asks has one.\n", {"4.2", "5"}
    )
    assert found.clauses["4.2"] == ("Sharing information", long.strip())
    assert found.quote("5", "Whoever asks") == "Whoever asks has one."


def test_a_line_that_begins_with_a_count_is_no_clause() -> None:
    """“12 weeks after…” in the middle of a clause does not begin clause 12."""
    text = (
        "4.6 Retention\n\n12 weeks after the last session we write.\n12 Weeks later, "
        + "and later still, " * 9
        + "we ask.\n"
    )
    found = parse_policy(text, {"4.6"})
    assert list(found.clauses) == ["4.6"]
    assert len(found.clauses["4.6"]) == 3


def test_a_document_as_a_service_writes_it_is_read_as_it_stands() -> None:
    """Blank lines before the title, marks of emphasis, lists, a stray dash: the text is kept byte for byte."""
    text = (
        "\n\nRiverside Contact\n\n\n\nConfidentiality Policy (*Rewritten*)\n\n2. Commitment\n\nWe do **not** share.\n\n"
        "4.6 Data Retention\n\n- Reviewed after five years.\n - Some is kept: safeguarding files.\n-\n\n"
        "5. Access\n\nAsk.\n"
    )
    found = parse_policy(text, {"2", "4.6", "5"})
    assert found.text == text
    assert found.title == "Riverside Contact — Confidentiality Policy (Rewritten)"
    assert found.clauses["4.6"] == (
        "Data Retention",
        "Reviewed after five years.",
        "Some is kept: safeguarding files.",
    )
    assert found.quote("2", "not share") == "We do not share."


def test_a_clause_begins_where_its_text_stands_and_not_in_a_table_of_contents() -> None:
    """And its number again, once it has text, is a line of the clause before it."""
    document = parse_policy(
        "House\n1. Purpose\n2. Review\n1. Purpose\nWhat we keep.\n2. Review\nEvery year.\n1. Again\n", ()
    )
    assert document.clauses == {"1": ("Purpose", "What we keep."), "2": ("Review", "Every year.", "1. Again")}


def test_a_title_has_two_lines_at_the_most() -> None:
    """What else stands before the first clause is an introduction."""
    assert parse_policy("House\nRules\nOf 2026\n1. Purpose\n", ()).title == "House — Rules"
