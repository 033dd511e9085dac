"""Contact rooms (policy 4.3): asked for and granted before it happens, by somebody else, and nothing without it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from lcs_cli.policy.answer import Answer
from lcs_cli.policy.authority import may
from lcs_cli.policy.document import parse_policy, restated_policy
from lcs_cli.policy.permissions import (
    Permitted,
    Standing,
    Undertaking,
    covers,
    may_ask,
    may_decide,
    may_grant,
    may_still_ask,
    permission_rules,
    permit,
    standing,
)
from lcs_cli.policy.rules import packaged
from lcs_cli.records.clock import LocalTime
from lcs_cli.records.permission import Permission, PermissionKind, PermissionState
from lcs_cli.records.session import ContactSession
from lcs_cli.records.user import Role, User, UserKind
from tests.policy.test_cases import Case, check_keys, names, read_cases

TODAY = date(2026, 11, 26)
CASES = read_cases("permissions.toml")
RULES = permission_rules(packaged(), TODAY)
SESSION = ContactSession(7, 42, TODAY, "10:00", "11:30")
GRANTED = Permission(
    number=42,
    family=42,
    kind=PermissionKind.OBSERVATION,
    session=7,
    from_on=TODAY,
    to_on=TODAY,
    starts="10:00",
    done_by="Health visitor",
    purpose="See the child settle",
    evidence="Her letter",
    requested_on=date(2026, 11, 19),
    requested_by="U-001-R",
    state=PermissionState.GRANTED,
    decided=LocalTime(date(2026, 11, 20), "17:00"),
    decided_by="U-003-A",
    reason="Agreed",
)


def a_session(case: Case) -> ContactSession:
    return replace(SESSION, held_on=case.get("session_day", TODAY), starts=case.get("session_starts", "10:00"))


def a_permission(table: Case) -> Permission:
    known = {"number", "family", "kind", "session", "from_on", "to_on", "granted_to", "state", "requested_by"}
    check_keys(table, frozenset(), known | {"decided_on", "decided_at", "decided_by", "withdrawn_on"})
    state = PermissionState(table.get("state", "granted"))
    decided = LocalTime(table.get("decided_on", date(2026, 11, 20)), table.get("decided_at", "17:00"))
    session = table.get("session", 7) or None
    return replace(
        GRANTED,
        number=table.get("number", 42),
        family=table.get("family", 42),
        kind=PermissionKind(table.get("kind", "observation")),
        session=session,
        from_on=table.get("from_on", TODAY),
        to_on=table.get("to_on", TODAY),
        granted_to=table.get("granted_to"),
        starts="10:00" if session else None,
        requested_by=table.get("requested_by", "U-001-R"),
        state=state,
        decided=decided if state is not PermissionState.REQUESTED else None,
        decided_by=table.get("decided_by", "U-003-A") if state is not PermissionState.REQUESTED else None,
        withdrawn_on=table.get("withdrawn_on"),
    )


def answer(case: Case) -> Permitted:
    """What the rules say to one case."""
    expected = {"name", "question", "because"} | ({"allowed"} if "allowed" in case else {"refused", "remedy"})
    optional = {"now", "by", "roles", "kind", "session_day", "session_starts", "from_on", "to_on", "last", "under"}
    check_keys(case, expected, optional | {"permission"})
    now = LocalTime(TODAY, case.get("now", "09:00"))
    run = {key: case[key] for key in ("from_on", "to_on") if key in case}
    if case["question"] == "do":
        wanted = Undertaking(
            PermissionKind(case.get("kind", "observation")), a_session(case), case.get("by", "U-004-G"), now
        )
        return permit(wanted, [a_permission(one) for one in case["permission"]], RULES)
    return Permitted(_decision(case, now, run))


def _decision(case: Case, now: LocalTime, run: Case) -> Answer:
    if case["question"] == "ask":
        return may_still_ask(None if run else a_session(case), run.get("from_on", TODAY), now, RULES)
    if case["question"] == "ask-run":
        return may_ask("LCS-0042-L", run["from_on"], run["to_on"], RULES)
    if case["question"] == "decide":
        roles = frozenset(map(Role, case["roles"]))
        return may_decide(a_permission({"state": "requested"}), User(case["by"], "m", UserKind.PERSON, roles), RULES)
    day = case.get("session_day", TODAY)
    table = {"state": "requested", **({**run, "session": 0} if run else {"from_on": day, "to_on": day})}
    return may_grant(a_permission(table), case.get("last", run.get("to_on", day)), now, RULES)


@pytest.mark.parametrize("case", CASES, ids=names(CASES))
def test_permissions(case: Case) -> None:
    """The rules allow, or refuse, as the case says: by clause 4.3, with its words, under which permission."""
    found = answer(case)
    assert (found.answer.allowed, found.answer.clause) == ("allowed" in case, "4.3")
    assert found.answer.rule == (case["allowed"] if found.answer.allowed else case["refused"])
    assert case["because"] in found.answer.reason
    assert (found.permission.number if found.permission else None) == case.get("under")
    if found.answer.allowed:
        assert found.answer.remedy == ""
    else:
        assert case["remedy"] in found.answer.remedy


def test_every_case_has_a_name_and_a_question_of_its_own() -> None:
    """A name that is used twice hides one of the two; so does the same question."""
    assert len(set(names(CASES))) == len(CASES) >= 35
    questions = [{key: value for key, value in case.items() if key != "name"} for case in CASES]
    assert [case["name"] for case, one in zip(CASES, questions, strict=True) if questions.count(one) > 1] == []


def test_who_grants_is_who_may_run_the_command() -> None:
    """The rule of contact rooms and the rule of authority name the same people."""
    deciding = {
        role
        for role in Role
        if may(User("U-002-W", "m", UserKind.PERSON, frozenset({role})), "permission.decide", packaged()).allowed
    }
    assert deciding == RULES.grants == {Role.SENIOR_MANAGER}


def test_every_rule_of_contact_rooms_quotes_a_sentence_of_the_policy() -> None:
    """The phrase by which it is found stands in the restated policy's own clause."""
    document = parse_policy(restated_policy(), ())
    for rule in (RULES.permission, RULES.beforehand, RULES.both_sides, RULES.run):
        assert rule["about"] in document.quote(rule["clause"], rule["about"])


moments = st.builds(
    LocalTime,
    st.dates(TODAY - timedelta(3), TODAY + timedelta(3)),
    st.sampled_from(["00:00", "09:59", "10:00", "10:01", "23:59"]),
)
permissions = st.builds(
    lambda decided, kind, family, session, run, decided_by, withdrawn: replace(
        GRANTED,
        decided=decided,
        kind=kind,
        family=family,
        session=session,
        starts="10:00" if session else None,
        from_on=min(run),
        to_on=max(run),
        decided_by=decided_by,
        state=PermissionState.WITHDRAWN if withdrawn else PermissionState.GRANTED,
        withdrawn_on=withdrawn,
    ),
    moments,
    st.sampled_from(PermissionKind),
    st.sampled_from([42, 43]),
    st.sampled_from([7, 8, None]),
    st.tuples(*[st.dates(TODAY - timedelta(3), TODAY + timedelta(3))] * 2),
    st.sampled_from(["U-001-R", "U-003-A", "U-004-G"]),
    st.none() | st.dates(TODAY - timedelta(2), TODAY + timedelta(2)),
)


@given(st.lists(permissions, max_size=5), st.sampled_from(PermissionKind), moments)
@pytest.mark.clause("4.3", "beforehand")
def test_nothing_is_done_but_under_a_permission_that_came_before_it(
    known: list[Permission], kind: PermissionKind, now: LocalTime
) -> None:
    """Of that family, of that kind, for that session or day, granted before it began, by neither asker nor recorder."""
    found = permit(Undertaking(kind, SESSION, "U-004-G", now), known, RULES).permission
    if found is None:
        return
    assert (found.family, found.kind) == (42, kind)
    assert found.session == 7 or (found.session is None and found.from_on <= TODAY <= found.to_on)
    assert found.decided is not None
    assert found.decided < LocalTime(TODAY, "10:00")
    assert found.decided_by not in (found.requested_by, "U-004-G")
    assert found.withdrawn_on is None or found.withdrawn_on > TODAY


@given(st.lists(permissions, max_size=3), permissions, st.sampled_from(PermissionKind), moments)
def test_one_more_permission_never_takes_another_away(
    known: list[Permission], more: Permission, kind: PermissionKind, now: LocalTime
) -> None:
    """Nor does the order in which they were asked for."""
    wanted = Undertaking(kind, SESSION, "U-004-G", now)
    if permit(wanted, known, RULES).answer.allowed:
        assert permit(wanted, [more, *known], RULES).answer.allowed
        assert permit(wanted, known[::-1], RULES).answer.allowed


def test_a_permission_stands_for_its_session_wherever_that_is_moved_but_not_before_the_grant() -> None:
    """A run stays where it is; a cancelled session has no permission."""
    run = replace(GRANTED, session=None, starts=None, from_on=TODAY, to_on=TODAY + timedelta(7))
    later, earlier = replace(SESSION, held_on=TODAY + timedelta(30)), replace(SESSION, held_on=date(2026, 11, 19))
    assert [covers(GRANTED, one) for one in (SESSION, later, earlier)] == [True, True, False]
    assert [covers(run, one) for one in (SESSION, later, earlier)] == [True, False, False]
    assert not covers(GRANTED, replace(SESSION, cancelled_on=TODAY))
    assert not covers(GRANTED, replace(SESSION, family=43))
    withdrawn = replace(run, state=PermissionState.WITHDRAWN, withdrawn_on=TODAY)
    after = replace(SESSION, held_on=TODAY + timedelta(1))
    assert [covers(withdrawn, one) for one in (SESSION, after)] == [True, False]


@pytest.mark.parametrize(
    ("permission", "now", "stands"),
    [
        (replace(GRANTED, state=PermissionState.REQUESTED), LocalTime(TODAY, "09:59"), Standing.REQUESTED),
        (replace(GRANTED, state=PermissionState.REQUESTED), LocalTime(TODAY, "10:00"), Standing.LAPSED),
        (GRANTED, LocalTime(TODAY, "23:59"), Standing.GRANTED),
        (GRANTED, LocalTime(TODAY + timedelta(1), "00:00"), Standing.OVER),
        (replace(GRANTED, state=PermissionState.REFUSED), LocalTime(TODAY, "23:59"), Standing.REFUSED),
        (
            replace(GRANTED, state=PermissionState.WITHDRAWN),
            LocalTime(TODAY + timedelta(9), "09:00"),
            Standing.WITHDRAWN,
        ),
    ],
)
def test_where_a_request_stands(permission: Permission, now: LocalTime, stands: Standing) -> None:
    """Undecided it lapses when its session begins; granted it is over the day after its last."""
    assert standing(permission, now) is stands


def test_a_run_that_nobody_decided_on_lapses_the_day_after_its_last() -> None:
    """On the last day there may still be a session."""
    run = replace(GRANTED, state=PermissionState.REQUESTED, session=None, starts=None, to_on=TODAY)
    assert standing(run, LocalTime(TODAY, "23:59")) is Standing.REQUESTED
    assert standing(run, LocalTime(TODAY + timedelta(1), "00:00")) is Standing.LAPSED


def test_where_the_rules_give_runs_no_days_none_can_be_asked_for() -> None:
    """Before the first value is in force: one session at a time."""
    rules = permission_rules(packaged(), date(2024, 12, 31))
    assert not may_ask("LCS-0042-L", TODAY, TODAY, rules).allowed


def test_without_a_number_of_days_in_force_no_run_is_short_enough() -> None:
    """Not of one day either; the refusal says so, and which day would be the last."""
    answer = may_ask("LCS-0042-L", TODAY, TODAY, replace(RULES, longest=None))
    assert (answer.allowed, answer.reason) == (False, "a run of sessions has 0 days at the most")
    assert f"up to {TODAY.isoformat()}," in answer.remedy
    assert may_ask("LCS-0042-L", TODAY, TODAY, replace(RULES, longest=1)).allowed
