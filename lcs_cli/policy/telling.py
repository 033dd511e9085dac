"""What an entry of the register of disclosures holds (policy 3), who decides, and what is still missing of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from lcs_cli.policy.rules import Rules
from lcs_cli.records.disclosure import IN_WORDS
from lcs_cli.records.value import Value


class TellingRules(Value):
    """What the rule file says of what is told: in which ways, with which parts by ground, and who decides."""

    rule: Mapping[str, Any]
    not_told: Mapping[str, Any]
    ways: tuple[str, ...]
    urgent_purpose: str
    parts: Mapping[str, tuple[str, ...]]
    decides: Mapping[str, tuple[str, ...]]
    purposes: tuple[str, ...]


def telling_rules(rules: Rules) -> TellingRules:
    """The rules about what is told, from their file."""
    data = rules.file("disclosure_rules.toml")
    told = data["told"]
    return TellingRules(
        rule=told,
        not_told=data["not_told"],
        ways=tuple(told["ways"]),
        urgent_purpose=told["urgent_purpose"],
        parts={ground: tuple(names) for ground, names in told["parts"].items()},
        decides={ground: tuple(roles) for ground, roles in told["decides"].items()},
        purposes=tuple(
            dict.fromkeys(
                [*data["consent"]["purposes"], *data["attendance"]["purposes"], *data["proceedings"]["words"]]
            )
        ),
    )


def missing_parts(
    rules: TellingRules,
    ground: str,
    fields: Iterable[str],
    there: Mapping[str, str | None],
    decision_by: str | None = None,
) -> tuple[str, ...]:
    """The parts that an entry on this ground still needs, in the order of the rules.

    ``there`` maps the parts that it has to their values; a sealed one to None. ``decision_by`` is who recorded who
    decided: another person's word that is only claimed is confirmed by that person.
    """
    needed = [*rules.parts[ground]]
    if IN_WORDS in fields:
        needed.append("what")
    if there.get("person_told") == "no":
        needed.append("why_not_told")
    claimed = decision_by is not None and decision_by != there.get("decided_by")
    if claimed or "alone" in there:
        needed.append("confirmed")
    return tuple(name for name in needed if name not in there)


def holds_words(rules: TellingRules, ground: str) -> bool:
    """Whether an entry on this ground holds words: those that somebody has to decide on, under clause 3."""
    return ground in rules.decides


def may_decide(rules: TellingRules, ground: str, roles: Iterable[str]) -> bool:
    """Whether somebody with these roles may decide on this ground; anybody where nothing is to be decided."""
    return not holds_words(rules, ground) or bool(set(roles) & set(rules.decides[ground]))
