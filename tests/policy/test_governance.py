"""The policy about itself (policy 6): when it is reviewed again, and whose name stands on paper."""

from datetime import date

from lcs_cli.policy.governance import accepted_list, letterhead, review_due_on, yearly_review
from lcs_cli.policy.rules import Rules, packaged
from tests.services.stories import other_rules


def rules(was: str, becomes: str) -> Rules:
    """The program's own rules with other words about the policy itself."""
    return Rules({**packaged().contents, **other_rules("governance.toml", was, becomes)})


def test_a_review_is_due_on_the_same_day_of_the_next_year() -> None:
    """By the period in force on the day that asks, whichever day it is counted from; never, where none is."""
    counted_from = date(2024, 2, 29)
    assert review_due_on(packaged(), counted_from, date(2026, 11, 26)) == date(2025, 3, 1)
    assert review_due_on(packaged(), counted_from, date(2024, 12, 31)) is None
    longer = rules("value = 1 }", "value = 3 }")
    assert review_due_on(longer, counted_from, date(2026, 11, 26)) == date(2027, 3, 1)


def test_both_rules_rest_on_the_clause_about_the_policy() -> None:
    """Its yearly review, and the list that is accepted before a version is published."""
    assert [(one.id, one.clause) for one in (yearly_review(packaged()), accepted_list(packaged()))] == [
        ("yearly-review", "6"),
        ("accepted-list", "6"),
    ]


def test_a_services_name_stands_on_paper_as_it_was_published() -> None:
    """Without the blanks around it; none is none."""
    assert letterhead(packaged()) == ""
    assert letterhead(rules('name = ""', 'name = " Willow House "')) == "Willow House"
