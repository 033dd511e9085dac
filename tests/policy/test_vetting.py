"""Vetting (policy 4.4) as pure rules: who is vetted on a day, and who may supervise a session."""

import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from lcs_cli.policy.document import parse_policy, restated_policy
from lcs_cli.policy.rules import packaged
from lcs_cli.policy.vetting import (
    Named,
    Standing,
    VettingRules,
    certificate_in_force,
    duty,
    gone,
    is_due,
    to_confirm,
    vetting,
    vetting_rules,
)
from lcs_cli.records.staff import (
    Capacity,
    Certificate,
    Check,
    CheckDecision,
    CheckLevel,
    StaffMember,
    StatusCheck,
    UpdateStatus,
)
from tests.policy.test_cases import check_keys, read_cases

DAY = date(2026, 11, 26)
CASES = read_cases("vetting.toml")
CERTIFICATE = {"number", "issued", "level", "barred_list", "decision", "decided", "recorded_by", "confirmed"}


def check(table: Mapping[str, Any]) -> Check:
    """A check as a case writes it."""
    if "status" in table:
        check_keys(table, {"status", "on"})
        return StatusCheck("001", UpdateStatus(table["status"]), table["on"], "U-001-R", table["on"], "U-001-R", 1, "0")
    return certificate(table)


def certificate(table: Mapping[str, Any]) -> Certificate:
    """A certificate as a case writes it."""
    check_keys(table, {"issued"}, CERTIFICATE)
    decision = CheckDecision(table.get("decision", "cleared"))
    return Certificate(
        number=table.get("number", "001"),
        level=CheckLevel(table.get("level", "enhanced")),
        barred_list=table.get("barred_list", True),
        issued_on=table["issued"],
        decision=decision,
        seen_by="U-001-R",
        recorded_on=table["issued"],
        recorded_by=table.get("recorded_by", "U-001-R"),
        policy_version=1,
        rules_hash="0",
        decided_on=None if decision is CheckDecision.PENDING else table.get("decided", table["issued"]),
        decided_by=None if decision is CheckDecision.PENDING else "U-001-R",
        confirmed_on=table.get("confirmed"),
    )


def rules(overdue: str = "warn") -> VettingRules:
    """The packaged rules, with what an overdue renewal does."""
    found = vetting_rules(packaged())
    renewal = {**found.renewal, "overdue": [{"from": date(2025, 1, 1), "value": overdue}]}
    return replace(found, renewal=renewal)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_case_of_vetting(case: Mapping[str, Any]) -> None:
    """The standing, whether they may work alone, the last day before a renewal, and the reason word for word."""
    check_keys(case, {"name", "day", "standing"}, {"check", "because", "due", "permitted", "overdue"})
    answer = vetting(
        "ST-009-D", [check(one) for one in case.get("check", [])], rules(case.get("overdue", "warn")), case["day"]
    )
    assert answer.standing == case["standing"]
    assert answer.permitted is case.get("permitted", case["standing"] == "vetted")
    assert answer.due_on == case.get("due")
    assert answer.reason == case.get("because", "")
    assert answer.clause == "4.4"
    confirming = answer.rule == "confirmation"
    remedy = "U-001-R confirms it: lcs staff confirm ST-009-D" if confirming else "lcs staff dbs ST-009-D"
    assert answer.remedy == (remedy if answer.reason else "")


# --- Who supervises --------------------------------------------------------------------------------------------------

VETTED = (certificate({"issued": date(2026, 6, 1)}),)
OLD = (certificate({"issued": date(2020, 6, 1)}),)


def somebody(number: int, *checks: Check, joined_on: date = date(2018, 1, 8), left_on: date | None = None) -> Named:
    """Somebody who is named."""
    member = StaffMember(number, "Efa Parry", Capacity.STAFF, joined_on, None, left_on, "moved" if left_on else None)
    return Named(member, checks)


def test_nobody_named_is_nobody_who_supervises() -> None:
    """With the command that names somebody."""
    answer = duty("S-000001-R", [], rules(), DAY)
    assert (answer.standing, answer.permitted, answer.rule) == (Standing.NOBODY, False, "named-supervisor")
    assert answer.remedy == "lcs session supervise S-000001-R --supervisor STAFF"


def test_somebody_vetted_supervises_alone() -> None:
    """And there is nothing to say."""
    answer = duty("S-000001-R", [somebody(4, *VETTED)], rules(), DAY)
    assert (answer.standing, answer.permitted, answer.reason) == (Standing.VETTED, True, "")


def test_somebody_without_a_check_does_not_supervise_alone() -> None:
    """The reason says who, the remedy both ways on."""
    answer = duty("S-000001-R", [somebody(9)], rules(), DAY)
    assert (answer.permitted, answer.rule, answer.clause) == (False, "enhanced-check", "4.4")
    assert answer.reason == "ST-009-D has no enhanced DBS check on record, so may not supervise alone"
    assert answer.remedy == "lcs staff dbs ST-009-D   or name a vetted colleague: --with STAFF"


@pytest.mark.parametrize("first_is_vetted", [True, False])
def test_one_of_two_is_vetted(first_is_vetted: bool) -> None:
    """Whichever of them."""
    two = [somebody(9), somebody(4, *VETTED)]
    answer = duty("S-000001-R", two[::-1] if first_is_vetted else two, rules(), DAY)
    assert (answer.standing, answer.permitted, answer.reason) == (Standing.VETTED, True, "")


def test_two_of_whom_none_is_vetted_do_not_do() -> None:
    """What each of them lacks is said."""
    pending = check({"issued": date(2026, 6, 1), "decision": "pending"})
    answer = duty("S-000001-R", [somebody(9), somebody(4, pending)], rules(), DAY)
    assert (answer.permitted, answer.rule) == (False, "supervised-duty")
    assert answer.reason == (
        "supervised duty without a named, vetted supervisor: ST-009-D has no enhanced DBS check on record; "
        "ST-004-G has a DBS check on which nobody has decided yet"
    )


def test_an_overdue_check_warns_or_blocks_as_the_service_decides() -> None:
    """Beside somebody whose check is in order there is nothing to warn of."""
    alone = [somebody(4, *OLD)]
    warned, blocked = (duty("S-000001-R", alone, rules(what), DAY) for what in ("warn", "block"))
    assert (warned.permitted, blocked.permitted) == (True, False)
    assert warned.reason == "ST-004-G has a DBS check that was to be renewed by 2023-06-01"
    assert duty("S-000001-R", [*alone, somebody(9, *VETTED)], rules(), DAY).reason == ""
    assert duty("S-000001-R", [somebody(9), *alone], rules(), DAY).reason == warned.reason


@pytest.mark.parametrize(
    ("joined_on", "left_on", "why"),
    [
        (DAY, DAY, ""),
        (DAY + timedelta(days=1), None, "joins on"),
        (date(2018, 1, 8), DAY - timedelta(days=1), "left on"),
    ],
)
def test_whoever_does_not_work_here_on_the_day_supervises_nothing(
    joined_on: date, left_on: date | None, why: str
) -> None:
    """However well they are vetted; on their first and on their last day they do."""
    answer = duty("S-000001-R", [somebody(4, *VETTED, joined_on=joined_on, left_on=left_on)], rules(), DAY)
    assert answer.permitted is (why == "")
    assert why in answer.reason


CLAIMED = certificate({"issued": date(2026, 6, 1), "recorded_by": "U-003-A"})


@given(st.lists(st.sampled_from([*VETTED, *OLD, CLAIMED]), max_size=4), st.dates(date(2026, 6, 1), DAY), st.data())
@pytest.mark.clause("4.4", "enhanced check")
def test_after_changed_nobody_is_vetted_by_a_certificate_of_before(
    before: list[Certificate], day: date, data: st.DataObject
) -> None:
    """Whatever is recorded of them afterwards, decided on whichever later day, and whatever the Update Service says."""
    changed = check({"status": "changed", "on": day})
    decided = data.draw(st.dates(day, DAY))
    again = [replace(one, decided_on=decided, number=data.draw(st.sampled_from(["001", "002"]))) for one in before]
    checks = [*before, changed, *again, check({"status": "current", "on": DAY})]
    assert not vetting("ST-009-D", checks, rules(), DAY).permitted


def test_whoever_is_to_confirm_is_told_by_the_last_entry_on_each_certificate() -> None:
    """What was recorded anew waits for nobody any more; a clearance that waits is none that could be looked up."""
    other, third = replace(CLAIMED, number="002"), replace(CLAIMED, number="003", decided_by="U-004-G")
    assert to_confirm([CLAIMED, other, *VETTED, third]) == {2: "U-001-R", 4: "U-004-G"}
    assert certificate_in_force([CLAIMED], DAY) is None
    assert to_confirm([replace(CLAIMED, confirmed_on=DAY)]) == {}
    assert certificate_in_force([replace(CLAIMED, confirmed_on=DAY)], DAY) is not None


@given(st.lists(st.sampled_from([*VETTED, *OLD, check({"issued": DAY, "level": "basic"})]), max_size=3), st.booleans())
@pytest.mark.clause("4.4", "enhanced check")
def test_nobody_without_an_enhanced_check_that_was_cleared_is_ever_permitted(checks: list[Check], block: bool) -> None:
    """Whatever else is on record."""
    answer = vetting("ST-009-D", checks, rules("block" if block else "warn"), DAY)
    enhanced = [one for one in checks if isinstance(one, Certificate) and one.level is CheckLevel.ENHANCED]
    assert not answer.permitted or enhanced
    assert bool(answer.reason) is (answer.standing is not Standing.VETTED)


@pytest.mark.parametrize(("days", "due"), [(0, False), (59, False), (60, True), (9999, True)])
def test_a_renewal_is_listed_so_many_days_before(days: int, due: bool) -> None:
    """From that day on; what is missing or overdue is listed whatever the days."""
    answer = vetting("ST-009-D", [check({"issued": date(2024, 1, 25)})], rules(), DAY)
    assert answer.due_on == DAY + timedelta(days=60)
    assert is_due(answer, days, DAY) is due
    assert is_due(vetting("ST-009-D", [], rules(), DAY), 0, DAY)
    assert is_due(vetting("ST-009-D", OLD, rules(), DAY), 0, DAY)


def test_every_rule_of_vetting_finds_its_sentence_in_the_policy() -> None:
    """The phrase of each stands in clause 4.4 as it is restated."""
    document = parse_policy(restated_policy(), ())
    for rule in tomllib.loads(packaged().contents["vetting.toml"].decode()).values():
        assert rule["about"] in document.quote(rule["clause"], rule["about"])


def test_so_many_days_ahead_something_is_listed_and_none_where_no_rule_says_how_many() -> None:
    """A renewal before it is due, a session without a vetted supervisor."""
    found, before = vetting_rules(packaged()), date(2024, 12, 31)
    assert (found.notice_days(DAY), found.days_ahead(DAY)) == (60, 7)
    assert (found.notice_days(before), found.days_ahead(before)) == (0, 0)


def test_the_update_service_can_speak_of_a_cleared_certificate_alone() -> None:
    """Of none where there is none, where it was not cleared, and where its status has changed."""
    changed = check({"status": "changed", "on": DAY})
    refused = certificate({"issued": date(2026, 6, 1), "decision": "not-cleared"})
    assert certificate_in_force(VETTED, DAY) == VETTED[0]
    for checks in ([], [refused], [*VETTED, changed]):
        assert certificate_in_force(checks, DAY) is None


def test_of_a_session_whose_supervisor_is_not_on_the_register_any_more_nothing_is_asked() -> None:
    """It is long ago, and neither warned of nor refused."""
    answer = gone(rules())
    assert (answer.standing, answer.permitted, answer.reason, answer.remedy) == (Standing.GONE, True, "", "")
