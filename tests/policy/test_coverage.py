"""What holds each sentence of a policy: rules, commands and tests, found by their marks."""

from lcs_cli.policy.coverage import Mark, coverage, marks
from lcs_cli.policy.document import parse_policy
from lcs_cli.policy.rules import packaged

POLICY = """Rules of a house

4.2 Telling

- Dates may be told. Addresses are told to nobody.

4.6 Keeping

- Some things are kept.
"""
MARKS = [Mark("4.2", "Addresses", "a"), Mark("4.2", "told to nobody", "b"), Mark("4.2", "elsewhere", "c")]


def test_a_test_holds_the_sentence_that_it_is_marked_with() -> None:
    """And no other of its clause; one whose words are not there stands beside the clause."""
    telling, keeping = coverage(parse_policy(POLICY, ()), packaged(), {}, MARKS)
    assert [(one.clause, one.heading) for one in (telling, keeping)] == [("4.2", "Telling"), ("4.6", "Keeping")]
    assert [(one.text, one.tests) for one in telling.sentences] == [
        ("Dates may be told.", ()),
        ("Addresses are told to nobody.", ("a", "b")),
    ]
    assert (telling.tests, keeping.tests) == (("c",), ())
    assert [one.tests for one in keeping.sentences] == [()]


def test_a_clause_has_the_rules_that_cite_it_and_the_commands_under_it() -> None:
    """From the rule files, and from what the help of the commands cites."""
    telling, keeping = coverage(parse_policy(POLICY, ()), packaged(), {"4.6": ["lcs there"]}, [])
    assert {"attendance", "consent", "personal-details"} <= set(telling.rules)
    assert "family-file" in keeping.rules
    assert "attendance export" in telling.commands
    assert {"lcs there", "retention approve"} <= set(keeping.commands)
    assert "lcs there" not in telling.commands


def test_the_program_carries_the_marks_of_its_tests() -> None:
    """So that whoever has only the program sees what it was tried for."""
    assert any(mark.test.startswith("tests/vault/test_kept_for_ever.py::") for mark in marks() if mark.clause == "4.6")
