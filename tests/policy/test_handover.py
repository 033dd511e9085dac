"""Handing over what is kept for ever (policy 4.6, 4.5): which body, under whose agreement, for how long, encrypted."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from lcs_cli.policy.handover import agreed_until, handover_rules, may_hand_over, may_leave_for, may_receive
from lcs_cli.policy.rules import packaged
from lcs_cli.records.handover import HandoverAgreement, Section
from lcs_cli.records.referral import Referrer, ReferrerKind

AGREED = date(2026, 11, 26)
LAST = date(2026, 12, 10)
RULES = handover_rules(packaged(), AGREED)
AGREEMENT = HandoverAgreement(1, None, 7, "ab" * 32, agreed=True, decided_on=AGREED, decided_by="U-002-W")


@pytest.mark.parametrize("kind", ReferrerKind)
def test_it_goes_to_a_local_authority_or_the_successor_alone(kind: ReferrerKind) -> None:
    """What is registered as anything else is refused by what it is, with what would be fitting."""
    answer = may_receive(Referrer(7, "Northbridge", kind), RULES)
    assert answer.rule == "handover-recipient"
    assert answer.allowed is (kind in {ReferrerKind.LOCAL_AUTHORITY, ReferrerKind.SUCCESSOR})
    assert answer.allowed or answer.reason.endswith("what is kept goes to a local authority or a successor body")


def test_rules_that_name_no_kind_let_it_go_to_nobody() -> None:
    """And the refusal says so."""
    answer = may_receive(Referrer(7, "Northbridge", ReferrerKind.LOCAL_AUTHORITY), replace(RULES, kinds=()))
    assert not answer.allowed
    assert answer.reason == "REF-0007-F is registered as a local authority: what is kept goes to nobody by these rules"


def test_without_a_key_of_the_body_nothing_leaves() -> None:
    """One is enough."""
    allowed, refused = may_leave_for(1, "REF-0007-F", RULES), may_leave_for(0, "REF-0007-F", RULES)
    assert (allowed.allowed, refused.allowed, refused.clause) == (True, False, "4.5")
    assert refused.reason == "nothing is handed over in the clear, and no key of REF-0007-F is named"


@pytest.mark.parametrize(
    ("agreement", "user", "today", "rule", "because"),
    [
        (AGREEMENT, "U-003-A", AGREED, "handover-agreement", ""),
        (AGREEMENT, "U-003-A", LAST, "handover-agreement", ""),
        (None, "U-003-A", AGREED, "handover-agreement", "nobody has agreed to this, to that body and with these keys"),
        (
            replace(AGREEMENT, agreed=False),
            "U-003-A",
            AGREED,
            "handover-agreement",
            "U-002-W said no on 2026-11-26",
        ),
        (
            replace(AGREEMENT, overtaken=True),
            "U-003-A",
            AGREED,
            "handover-agreement",
            "that body was corrected since: the agreement was about another",
        ),
        (
            AGREEMENT,
            "U-003-A",
            LAST + timedelta(days=1),
            "handover-agreement",
            "the agreement of U-002-W ended on 2026-12-10",
        ),
        (
            AGREEMENT,
            "U-002-W",
            AGREED,
            "handover-both-sides",
            "U-002-W agreed to it, and nobody is on both sides of one decision",
        ),
    ],
)
def test_it_is_handed_over_by_another_under_a_fresh_agreement(
    agreement: HandoverAgreement | None, user: str, today: date, rule: str, because: str
) -> None:
    """On each of its days, the last included; a refusal says how it is agreed to."""
    answer = may_hand_over(agreement, user, RULES, today, "a manager agrees: …")
    assert (answer.allowed, answer.rule) == (not because, rule)
    assert answer.allowed or (answer.reason == because and answer.remedy.endswith("a manager agrees: …"))


def test_where_no_period_is_in_force_an_agreement_holds_on_no_day() -> None:
    """Not on that of the decision either."""
    rules = replace(RULES, days=None)
    assert (agreed_until(AGREEMENT, RULES), agreed_until(AGREEMENT, rules)) == (LAST, None)
    answer = may_hand_over(AGREEMENT, "U-003-A", rules, AGREED, "…")
    assert answer.reason == "the agreement of U-002-W holds on no day: the rules give it none"


def test_what_leaves_is_listed_section_by_section() -> None:
    """Every section has its columns, and nobody's address is among them."""
    assert set(RULES.parts) == set(Section)
    columns = {column.name for part in RULES.parts.values() for column in part.columns}
    assert all(part.columns and part.heading and part.clause for part in RULES.parts.values())
    assert not columns & {"address", "telephone", "email"}
