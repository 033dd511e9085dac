"""From a rule's answer to a use case that goes on, or is refused."""

from lcs_cli.errors import RefusedError
from lcs_cli.policy.answer import Answer


def require(answer: Answer) -> None:
    """Go on where the rule allows it; RefusedError with its clause, its reason and what would allow it."""
    if not answer.allowed:
        raise RefusedError(answer.clause, answer.reason, answer.remedy, rule=answer.rule, about=answer.about)
