"""What an entry of the register holds by its ground, and who decides (policy 3)."""

import pytest

from lcs_cli.policy.document import parse_policy, restated_policy
from lcs_cli.policy.rules import packaged
from lcs_cli.policy.telling import holds_words, may_decide, missing_parts, telling_rules
from lcs_cli.records.user import Role

RULES = telling_rules(packaged())
EVERYTHING = {"how": "post", "at": "10:00", "decided_by": "U-001-R", "concern": "SF-0001-R", "person_told": "yes"}


@pytest.mark.parametrize(
    ("ground", "fields", "there", "missing"),
    [
        ("safeguarding", ["words"], {}, ("how", "at", "decided_by", "concern", "why", "person_told", "what")),
        ("safeguarding", ["words"], {**EVERYTHING, "what": None, "why": None}, ()),
        ("safeguarding", ["words"], {**EVERYTHING, "why": None}, ("what",)),
        ("safeguarding", ["P-0001-R.address"], {**EVERYTHING, "why": None}, ()),
        ("safeguarding", [], {**EVERYTHING, "why": None, "person_told": "no"}, ("why_not_told",)),
        ("safeguarding", [], {**EVERYTHING, "why": None, "person_told": "no", "why_not_told": None}, ()),
        ("legal-obligation", [], {**EVERYTHING, "why": None}, ("order",)),
        ("attendance", ["session_date"], {}, ("how",)),
        ("consent", ["P-0001-R.address"], {"how": "post"}, ()),
        ("not-told", [], {}, ("decided_by", "concern", "why")),
    ],
)
def test_what_is_missing_of_an_entry(
    ground: str, fields: list[str], there: dict[str, str | None], missing: tuple[str, ...]
) -> None:
    """By its ground, by what was told, and by whether the person was told."""
    assert missing_parts(RULES, ground, fields, there) == missing


@pytest.mark.parametrize(
    ("there", "recorded_by", "confirmed"),
    [
        ({}, None, True),
        ({}, "U-001-R", True),
        ({}, "U-002-W", False),
        ({"alone": "yes"}, None, False),
        ({"alone": "yes"}, "U-001-R", False),
        ({"confirmed": "yes"}, "U-002-W", True),
    ],
)
def test_what_another_is_said_to_have_decided_waits_for_their_own_word(
    there: dict[str, str], recorded_by: str | None, *, confirmed: bool
) -> None:
    """And what somebody decided alone, for another's; one's own word needs none."""
    missing = missing_parts(RULES, "safeguarding", [], {**EVERYTHING, "why": None, **there}, recorded_by)
    assert missing == (() if confirmed else ("confirmed",))


@pytest.mark.parametrize(
    ("ground", "who"),
    [
        ("safeguarding", {Role.SAFEGUARDING_LEAD}),
        ("not-told", {Role.SAFEGUARDING_LEAD}),
        ("legal-obligation", {Role.SAFEGUARDING_LEAD, Role.MANAGER, Role.SENIOR_MANAGER}),
        ("attendance", set(Role)),
        ("consent", set(Role)),
    ],
)
def test_who_decides(ground: str, who: set[Role]) -> None:
    """A safeguarding lead where a child is protected; the gate alone for attendance and consent."""
    assert {role for role in Role if may_decide(RULES, ground, [role])} == who
    assert holds_words(RULES, ground) is (ground not in ("attendance", "consent"))
    assert may_decide(RULES, ground, []) is not holds_words(RULES, ground)


def test_the_rules_name_every_ground_of_the_gate() -> None:
    """A ground without its parts would let an entry be made of nothing."""
    grounds = {ground["id"] for ground in packaged().file("disclosure_rules.toml")["ground"]}
    assert set(RULES.parts) == grounds | {RULES.not_told["id"]}


def test_each_rule_quotes_a_sentence_of_the_policy() -> None:
    """The one that speaks of a child's welfare."""
    document = parse_policy(restated_policy(), ())
    for rule in (RULES.rule, RULES.not_told):
        assert rule["about"] in document.quote(rule["clause"], rule["about"])
