"""Who may do what (policy 4.5): by role, or for a service identity by the commands it was created for."""

from lcs_cli.policy.rules import Rule, Rules, rule
from lcs_cli.records.user import User, UserKind
from lcs_cli.records.value import Value


class Authority(Value):
    """Whether ``action`` is allowed, by which clause (``about``: a phrase of its sentence), which roles could do it."""

    allowed: bool
    clause: str
    roles: tuple[str, ...]
    about: str = ""


def may(user: User, action: str, rules: Rules) -> Authority:
    """Decide whether ``user`` may take ``action``; an action that no rule names is allowed to nobody."""
    data = rules.file("authority.toml")
    held = set(user.roles) if user.kind is UserKind.PERSON else {user.kind.value}
    granting = [grant for grant in data["grant"] if action in grant["actions"]]
    roles = tuple(dict.fromkeys(role for grant in granting for role in grant["to"]))
    first = granting[0] if granting else data["services"]
    named = user.kind is UserKind.SERVICE and action in user.commands and action in data["services"]["actions"]
    allowed = named or bool(held & set(roles))
    return Authority(allowed, first["clause"], roles, first.get("about", data.get("about", "")))


def service_commands(rules: Rules) -> tuple[str, ...]:
    """The commands that a service identity can be created for."""
    return tuple(rules.file("authority.toml")["services"]["actions"])


def goes_on_unexplained(rules: Rules) -> frozenset[str]:
    """What goes on while the trail does not hold what was seen of it: looking into that, and protecting a child."""
    return frozenset(rules.file("authority.toml")["unexplained"]["actions"])


def nobody_on_own_behalf(rules: Rules) -> Rule:
    """The rule that a person's roles, slot and undertaking are decided on by somebody else."""
    return rule(rules.file("authority.toml")["own_behalf"])


def needs_undertaking(user: User) -> bool:
    """Whether somebody has access in person, and so signs a confidentiality undertaking (policy 4.1)."""
    return user.kind is UserKind.PERSON
