"""The policy about itself (policy 6): its yearly review, and what is accepted before a version is published."""

from datetime import date

from lcs_cli.policy.rules import Rule, Rules, in_force, rule
from lcs_cli.records.years import anniversary


def yearly_review(rules: Rules) -> Rule:
    """The rule that the policy is reviewed every year."""
    return rule(rules.file("governance.toml")["yearly_review"])


def accepted_list(rules: Rules) -> Rule:
    """The rule that a version is published with the list of what it would newly do accepted."""
    return rule(rules.file("governance.toml")["accepted_list"])


def review_due_on(rules: Rules, counted_from: date, today: date) -> date | None:
    """The day on which the policy is to be reviewed again; None where no period is in force on ``today``."""
    years = in_force(rules.file("governance.toml")["yearly_review"]["years"], today)
    return anniversary(counted_from, years) if years is not None else None


def letterhead(rules: Rules) -> str:
    """The service's name, as it stands on what leaves on paper; empty where none was published."""
    return str(rules.file("governance.toml")["letterhead"]["name"]).strip()
