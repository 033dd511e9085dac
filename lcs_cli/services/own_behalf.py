"""Nobody decides about themselves (policy 4.5): not on their slot, their roles, their undertaking or their check."""

from lcs_cli.errors import RefusedError
from lcs_cli.policy.authority import nobody_on_own_behalf
from lcs_cli.services.desk import Desk


def refuse_own(desk: Desk, user: str | None, what: str, remedy: str) -> None:
    """RefusedError where ``user``, the reference of a slot, is who is acting."""
    if user == desk.user.reference:
        raise refusal(desk, f"{user} may not {what}", remedy)


def refusal(desk: Desk, message: str, remedy: str) -> RefusedError:
    """The refusal by the rule about oneself."""
    rule = nobody_on_own_behalf(desk.rules)
    return RefusedError(rule.clause, message, remedy, rule=rule.id, about=rule.about)
