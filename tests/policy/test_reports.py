"""Reports for court proceedings (policy 4.1): who asks, who agrees, for how long, and what a report may hold."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import fields

from lcs_cli.policy.answer import Answer
from lcs_cli.policy.authority import may
from lcs_cli.policy.disclosure import disclosure_rules
from lcs_cli.policy.document import parse_policy, restated_policy
from lcs_cli.policy.reports import Standing, may_decide, may_produce, may_request, report_rules, standing
from lcs_cli.policy.rules import packaged
from lcs_cli.records.attendance_line import AttendanceLine
from lcs_cli.records.family import ContactField
from lcs_cli.records.referral import Referrer, ReferrerKind
from lcs_cli.records.report import EpisodeLine, Report, ReportClass, ReportDecision, ReportState, SessionLine
from lcs_cli.records.user import Role, User, UserKind
from lcs_cli.records.value import Value
from tests.policy.test_cases import Case, check_keys, names, read_cases

TODAY = date(2026, 5, 11)
CASES = read_cases("reports.toml")
RULES = report_rules(packaged(), TODAY)
LINES: dict[ReportClass, type[Value]] = {
    ReportClass.EPISODES: EpisodeLine,
    ReportClass.SESSIONS: SessionLine,
    ReportClass.ATTENDANCE: AttendanceLine,
}


def asked(state: ReportState, decisions: Sequence[ReportDecision] = ()) -> Report:
    """RP-0042-L about LCS-0042-L, recorded by U-001-R."""
    return Report(
        number=42,
        family=42,
        agency=7,
        proceedings="child-arrangements",
        received_on=date(2026, 5, 4),
        asked="Dates of contact",
        evidence="An order",
        requested_on=date(2026, 5, 5),
        requested_by="U-001-R",
        state=state,
        decisions=tuple(decisions),
        withdrawn_on=TODAY if state is ReportState.WITHDRAWN else None,
    )


def answer(case: Case) -> Answer:
    """What the rules say to one case."""
    expected = {"name", "question", "because"} | ({"allowed"} if "allowed" in case else {"refused", "remedy"})
    check_keys(case, expected, {"agency", "by", "roles", "today", "state", "agreed_on", "agreed"})
    today = case.get("today", TODAY)
    rules = report_rules(packaged(), today)
    if case["question"] == "request":
        return may_request("LCS-0042-L", Referrer(7, "Millbrook", ReferrerKind(case["agency"])), rules)
    decisions = []
    if "agreed_on" in case:
        decisions = [ReportDecision(case.get("agreed", True), "It may have it", case["agreed_on"], "U-002-W")]
    report = asked(ReportState(case.get("state", "requested")), decisions)
    if case["question"] == "produce":
        return may_produce(report, rules, today)
    roles = frozenset(map(Role, case.get("roles", ["manager"])))
    return may_decide(report, User(case.get("by", "U-002-W"), "mira", UserKind.PERSON, roles), rules)


@pytest.mark.parametrize("case", CASES, ids=names(CASES))
@pytest.mark.clause("4.1", "proceedings")
def test_reports(case: Case) -> None:
    """The rules allow, or refuse, as the case says: by clause 4.1, with its words."""
    given_ = answer(case)
    assert (given_.allowed, given_.clause) == ("allowed" in case, "4.1")
    assert given_.rule == (case["allowed"] if given_.allowed else case["refused"])
    assert case["because"] in given_.reason
    if given_.allowed:
        assert given_.remedy == ""
    else:
        assert case["remedy"] in given_.remedy


def test_every_case_has_a_name_and_a_question_of_its_own() -> None:
    """A name that is used twice hides one of the two; so does the same question."""
    assert len(set(names(CASES))) == len(CASES) >= 20
    questions = [{key: value for key, value in case.items() if key != "name"} for case in CASES]
    assert [case["name"] for case, one in zip(CASES, questions, strict=True) if questions.count(one) > 1] == []
    assert {case["question"] for case in CASES} == {"request", "decide", "produce"}


def test_every_kind_of_body_is_asked_about() -> None:
    """A new kind of referrer is no authorised agency until somebody says so here."""
    assert {case["agency"] for case in CASES if case["question"] == "request"} == set(ReferrerKind)
    assert set(RULES.agencies) <= disclosure_rules(packaged()).statutory


def test_who_agrees_is_who_may_run_the_command() -> None:
    """The rule of reports and the rule of authority name the same people; whoever only works there is neither."""
    deciding = {
        role
        for role in Role
        if may(User("U-002-W", "m", UserKind.PERSON, frozenset({role})), "report.decide", packaged()).allowed
    }
    assert deciding == RULES.agrees == {Role.MANAGER}


@given(st.integers(0, 400), st.sampled_from([ReportState.AGREED, ReportState.PRODUCED]))
def test_a_report_is_produced_only_while_its_agreement_is_fresh(days: int, state: ReportState) -> None:
    """Whatever the state says: ninety days, and not one more."""
    report = asked(state, [ReportDecision(True, "It may", TODAY - timedelta(days), "U-002-W")])
    assert may_produce(report, RULES, TODAY).allowed is (days <= 90)
    lapsed = standing(report, RULES, TODAY) is Standing.LAPSED
    assert lapsed is (days > 90 and state is ReportState.AGREED)


def test_a_later_decision_is_the_one_that_counts() -> None:
    """An agreement that lapsed is replaced by a fresh one; a refusal after it ends it."""
    old = ReportDecision(True, "It may", TODAY - timedelta(200), "U-002-W")
    fresh = ReportDecision(True, "Still", TODAY, "U-003-A")
    declined = ReportDecision(False, "No longer", TODAY, "U-003-A")
    assert may_produce(asked(ReportState.AGREED, [old, fresh]), RULES, TODAY).allowed
    assert asked(ReportState.DECLINED, [old, declined]).agreement is None
    assert not may_produce(asked(ReportState.DECLINED, [old, declined]), RULES, TODAY).allowed


# --- What a report may hold -------------------------------------------------------------------------------------------


def test_a_report_shows_fields_that_there_are_and_no_others() -> None:
    """What has no field in the records of a report cannot be named."""
    assert set(RULES.parts) == set(ReportClass) == set(LINES)
    for name, part in RULES.parts.items():
        columns = [column.name for column in part.columns]
        assert columns == [field.name for field in fields(LINES[name])]
        assert all(column.text for column in part.columns)
        assert part.heading


def test_a_report_shows_attendance_by_the_whitelist() -> None:
    """The same list as an export, so that there is one place to change."""
    assert RULES.parts[ReportClass.ATTENDANCE].columns == disclosure_rules(packaged()).columns


def test_a_report_has_dates_times_and_yes_or_no() -> None:
    """No name, reason, note, room or private detail; references only in attendance, as in an export."""
    shown = {column.name: column.type for part in RULES.parts.values() for column in part.columns}
    assert {name for name, kind in shown.items() if kind == "string"} == {"family_reference", "case_reference"}
    assert set(shown.values()) == {"string", "date", "time", "boolean"}
    forbidden = {field.value for field in ContactField} | set(disclosure_rules(packaged()).details["names"])
    assert forbidden.isdisjoint(shown)


def test_the_types_of_proceedings_are_private_or_public_law_and_each_names_its_order() -> None:
    """Each with an id of its own that can be typed, and its statute, but for the High Court's own jurisdiction."""
    data = packaged().file("reports.toml")["proceedings"]
    assert len({one["id"] for one in data}) == len(data) == len(RULES.proceedings)
    assert {one.law for one in RULES.proceedings.values()} == {"private", "public"}
    without = {one.id for one in RULES.proceedings.values() if "Act" not in one.text}
    assert without == {"inherent-jurisdiction"}
    assert all(one.id == one.id.lower() and " " not in one.id for one in RULES.proceedings.values())


@pytest.mark.parametrize(
    ("id_", "law", "statute"),
    [
        ("child-arrangements", "private", "Children Act 1989, s. 8"),
        ("special-guardianship", "private", "Children Act 1989, s. 14A"),
        ("parental-responsibility", "private", "Children Act 1989, s. 4"),
        ("enforcement", "private", "Children Act 1989, s. 11J"),
        ("family-assistance", "private", "Children Act 1989, s. 16"),
        ("secure-accommodation", "public", "Children Act 1989, s. 25"),
        ("care", "public", "Children Act 1989, s. 31"),
        ("supervision", "public", "Children Act 1989, s. 31"),
        ("interim-care", "public", "Children Act 1989, s. 38"),
        ("child-assessment", "public", "Children Act 1989, s. 43"),
        ("emergency-protection", "public", "Children Act 1989, s. 44"),
        ("recovery", "public", "Children Act 1989, s. 50"),
        ("placement", "public", "Adoption and Children Act 2002, s. 21"),
        ("adoption", "public", "Adoption and Children Act 2002, s. 46"),
        ("non-molestation", "private", "Family Law Act 1996, s. 42"),
    ],
)
def test_an_order_stands_with_its_statute(id_: str, law: str, statute: str) -> None:
    """As a court would name it."""
    one = RULES.proceedings[id_]
    assert one.law == law
    assert f"({statute})" in one.text


def test_every_rule_of_reports_quotes_a_sentence_of_the_policy() -> None:
    """The phrase by which it is found stands in the restated policy's own clause."""
    document = parse_policy(restated_policy(), ())
    for rule in (RULES.request, RULES.agreement, RULES.both_sides, RULES.contents):
        assert rule["about"] in document.quote(rule["clause"], rule["about"])
        assert document.quote(rule["clause"], rule["about"]).startswith("Nobody prepares a report")
