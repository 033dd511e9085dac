"""What differs between two versions: the text line by line, each value of the rules by file and key."""

from lcs_cli.policy.difference import RuleChange, in_a_line, rule_changes, text_difference, values
from lcs_cli.policy.rules import Rules, packaged
from tests.services.stories import other_rules


def changed(file: str, was: str, becomes: str) -> list[RuleChange]:
    """What differs where one file says something else."""
    return rule_changes(packaged(), Rules({**packaged().contents, **other_rules(file, was, becomes)}))


def test_a_text_differs_line_by_line() -> None:
    """With a line of what is around it; two equal texts differ in nothing."""
    found = text_difference("1. One\nfive years\nend", "1. One\nthree years\nend", ("version 1", "version 2"))
    assert found == [
        "--- version 1",
        "+++ version 2",
        "@@ -1,3 +1,3 @@",
        " 1. One",
        "-five years",
        "+three years",
        " end",
    ]
    assert text_difference("same", "same", ("a", "b")) == []


def test_a_dated_value_is_named_by_its_rule() -> None:
    """With every value it has, from which day on."""
    days = 'can be noticed."\ndays = [{ from = 2025-01-01, value = %d'
    found = changed("retention_schedule.toml", days % 7, days % 14)
    was, becomes = "7 from 2025-01-01", "14 from 2025-01-01"
    assert found == [RuleChange("retention_schedule.toml", "cooling_off.days", was, becomes)]


def test_a_dated_list_is_told_by_its_words() -> None:
    """As any other list, and not as this program would write it."""
    (found,) = changed("word_scan.toml", '"rapist*", ', "")
    assert found.key == "group[sexual].words"
    assert found.was is not None
    assert found.was.startswith("sex, sexual*, sexting, rape")


def test_a_rule_in_a_list_is_named_by_its_id() -> None:
    """And a plain list by its key."""
    (ground,) = changed("disclosure_rules.toml", "The explicit consent", "The written consent")
    assert ground.key == "ground[consent].text"
    (purposes,) = changed("disclosure_rules.toml", '["safeguarding", ', '["review", "safeguarding", ')
    assert (purposes.key, purposes.was) == ("attendance.purposes", "safeguarding, case-management")


def test_a_table_of_a_list_is_named_by_its_id_its_name_or_its_place() -> None:
    """In this order; places count from one, as people do."""
    listed = {"list": [{"id": "a", "name": "b", "x": 1}, {"name": "c", "x": 2}, {"x": 3}]}
    keys = [key for key, _ in values(listed) if key.endswith(".x")]
    assert keys == ["list[a].x", "list[c].x", "list[3].x"]


def test_a_grant_is_named_by_what_it_grants() -> None:
    """A command that moves from one grant to another is one change, not a change of every grant after it."""
    found = changed("authority.toml", 'actions = ["retention.approve"]', 'actions = ["retention.approve", "flag.show"]')
    assert [(one.key, one.was) for one in found] == [("grant[flag.show]", "safeguarding-lead (by clause 4.5)")]
    assert found[0].becomes is not None
    assert found[0].becomes.startswith("manager, safeguarding-lead")


def test_what_is_new_and_what_is_gone_is_told() -> None:
    """A whole file, too; a comment is no value."""
    assert changed("authority.toml", "# Who may do what", "# Who may do which") == []
    without = Rules({name: content for name, content in packaged().contents.items() if name != "governance.toml"})
    assert {one.becomes for one in rule_changes(packaged(), without)} == {None}
    assert {one.was for one in rule_changes(without, packaged())} == {None}


def test_a_version_is_summed_up_in_a_line() -> None:
    """How many lines of text and values of each file; nothing where there is nothing."""
    text = text_difference("a\nb\n", "a\nc\nd\n", ("", ""))
    rules = changed("retention_schedule.toml", "value = 5", "value = 3")
    assert in_a_line(text, rules) == "text: +2 -1 lines; retention_schedule.toml: 3 values"
    assert in_a_line(text_difference("a\nb\nc\n", "a\n", ("", "")), []) == "text: +0 -2 lines"
    one = changed("retention_schedule.toml", "value = 45", "value = 30")
    assert in_a_line(text_difference("a", "b", ("", "")), one) == "text: +1 -1 line; retention_schedule.toml: 1 value"
    assert in_a_line([], []) == "nothing"
