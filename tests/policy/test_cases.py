"""The policy's cases, kept as plain data in ``cases/``: one runner for the retention schedule, one for the gate."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from lcs_cli.policy.disclosure import Verdict, acts_at_once, disclosure_rules
from lcs_cli.policy.disclosure import decide as decide_disclosure
from lcs_cli.policy.retention import Outcome, RetentionDecision
from lcs_cli.policy.retention import decide as decide_retention
from lcs_cli.policy.rules import packaged
from lcs_cli.policy.schedule import schedule_in_force
from lcs_cli.records.disclosure import Consent, DisclosureRequest, Link, Shut
from lcs_cli.records.family import Episode
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.records.retention import ChildFacts, FamilyFacts, HoldFacts, HoldKind, RecordClass

Case = Mapping[str, Any]

LAST_USES = frozenset({"last_session", "last_referral", "last_disclosure"})
RETENTION_FACTS = LAST_USES | {
    "open_concerns",
    "open_requests",
    "requests_until",
    "holds",
    "kept_until",
    "disposed_on",
    "episodes",
}
RETENTION_PARTS = frozenset({"children", "adults", "indefinite", "disposable", "with_safeguarding", "own_referrers"})
RETENTION_ANSWER = frozenset({"name", "today", "outcome", "rule", "because"})
RETENTION_FATE = frozenset({"goes", "stays", "keeps_identity", "keeps_attendance", "keeps_family"})

REQUEST = frozenset({"recipient", "recipient_kind", "link", "purpose", "fields", "legal_instrument", "concern"})
GATE_ANSWER = frozenset({"name", "clause", "because"})
PERMITTED = GATE_ANSWER | {"permitted"}
REFUSED = GATE_ANSWER | {"refused", "remedy"}


def read_cases(name: str) -> Sequence[Case]:
    """The cases of one file, in its order."""
    text = (Path(__file__).parent / "cases" / name).read_text(encoding="utf-8")
    cases: Sequence[Case] = tomllib.loads(text)["case"]
    return cases


def check_keys(table: Case, needed: AbstractSet[str], optional: AbstractSet[str] = frozenset()) -> None:
    """Refuse a key that is misspelt or left out: it would test nothing."""
    unknown, missing = set(table) - needed - optional, needed - set(table)
    if unknown or missing:
        raise ValueError(f"{table.get('name', table)!r}: unknown {sorted(unknown)}, missing {sorted(missing)}")


def episode(table: Case) -> Episode:
    check_keys(table, {"opened"}, {"closed"})
    return Episode(table["opened"], table.get("closed"))


def hold(table: Case) -> HoldFacts:
    check_keys(table, {"kind"}, {"until"})
    return HoldFacts(HoldKind(table["kind"]), table.get("until"))


def child(table: Case) -> ChildFacts:
    check_keys(table, {"who"}, {"safeguarding_file"})
    return ChildFacts(table["who"], table.get("safeguarding_file", False))


def consent(table: Case) -> Consent:
    optional = {"person", "details", "recipient", "purpose", "given_from", "until", "withdrawn_on", "shut"}
    check_keys(table, frozenset(), optional)
    return Consent(
        person=table.get("person", "mother"),
        details=tuple(table.get("details", ["telephone"])),
        recipient=table.get("recipient", "Harlow and Finch"),
        purpose=table.get("purpose", "holiday-plans"),
        given_from=table.get("given_from", date(2026, 5, 1)),
        until=table.get("until"),
        withdrawn_on=table.get("withdrawn_on"),
        shut=tuple((name, Shut[why.upper()]) for name, why in table.get("shut", {}).items()),
    )


def by_class(counts: Mapping[str, int]) -> dict[RecordClass, int]:
    return {RecordClass(name): number for name, number in counts.items()}


def family_facts(case: Case) -> FamilyFacts:
    uses: dict[str, Any] = {use: case.get(use) for use in LAST_USES}
    return FamilyFacts(
        family="LCS-0042-L",
        episodes=tuple(map(episode, case.get("episodes", ()))),
        open_concerns=case.get("open_concerns", 0),
        open_requests=tuple(case.get("open_requests", ())),
        requests_until=case.get("requests_until", {}),
        holds=tuple(map(hold, case.get("holds", ()))),
        kept_until=case.get("kept_until"),
        disposed_on=case.get("disposed_on"),
        children=tuple(map(child, case.get("children", [{"who": "child"}]))),
        adults=tuple(case.get("adults", ["parent"])),
        indefinite=by_class(case.get("indefinite", {})),
        disposable=by_class(case.get("disposable", {"session": 1})),
        with_safeguarding=by_class(case.get("with_safeguarding", {})),
        own_referrers=case.get("own_referrers", 0),
        **uses,
    )


def disclosure_request(case: Case) -> DisclosureRequest:
    kind = case.get("recipient_kind", "local-authority")
    return DisclosureRequest(
        family="LCS-0042-L",
        recipient=case.get("recipient", "Northbridge Council"),
        recipient_kind=ReferrerKind(kind) if kind else None,
        link=Link(case.get("link", "live")),
        purpose=case.get("purpose", "case-management"),
        fields=tuple(case.get("fields", ["session_date"])),
        legal_instrument=case.get("legal_instrument", ""),
        concern=case.get("concern", ""),
        consents=tuple(map(consent, case.get("consents", ()))),
    )


def decide_retention_case(case: Case) -> RetentionDecision:
    check_keys(case, RETENTION_ANSWER, RETENTION_FACTS | RETENTION_PARTS | RETENTION_FATE | {"due_on"})
    return decide_retention(family_facts(case), schedule_in_force(packaged(), case["today"]), case["today"])


def decide_gate_case(case: Case) -> Verdict:
    check_keys(case, PERMITTED if "permitted" in case else REFUSED, REQUEST | {"today", "consents"})
    return decide_disclosure(
        disclosure_request(case), disclosure_rules(packaged()), case.get("today", date(2026, 5, 11))
    )


def names(cases: Iterable[Case]) -> list[str]:
    return [case["name"] for case in cases]


RETENTION = read_cases("retention.toml")
GATE = read_cases("gate.toml")


@pytest.mark.parametrize("case", RETENTION, ids=names(RETENTION))
@pytest.mark.clause("4.6", "five years")
def test_retention(case: Case) -> None:
    """The schedule decides as the case says, by clause 4.6, and gives the case's reasons among its own."""
    decision = decide_retention_case(case)
    expected = (Outcome(case["outcome"]), case["rule"], "4.6", case.get("due_on"))
    assert (decision.outcome, decision.rule.id, decision.rule.clause, decision.due_on) == expected
    because = [case["because"]] if isinstance(case["because"], str) else case["because"]
    assert because
    for fragment in because:
        assert fragment
        assert any(fragment in reason for reason in decision.reasons), decision.reasons
    fate = {
        "goes": decision.fate.goes,
        "stays": decision.fate.stays,
        "keeps_identity": list(decision.fate.keeps_identity),
        "keeps_attendance": list(decision.fate.keeps_attendance),
        "keeps_family": decision.fate.keeps_family,
    }
    asked = RETENTION_FATE & set(case)
    assert {key: fate[key] for key in asked} == {key: case[key] for key in asked}


@pytest.mark.parametrize("case", GATE, ids=names(GATE))
@pytest.mark.clause("3", "To keep a child")
@pytest.mark.clause("3", "legal obligations")
@pytest.mark.clause("4.1", "proceedings")
def test_gate(case: Case) -> None:
    """The gate permits on the ground, or refuses by the rule, that the case says, with its clause and words."""
    verdict = decide_gate_case(case)
    ground = case.get("permitted", "")
    assert (verdict.permitted, verdict.ground) == (bool(ground), ground)
    assert (verdict.rule, verdict.clause) == (ground or case["refused"], case["clause"])
    assert case["because"]
    assert case["because"] in verdict.reason
    if verdict.permitted:
        assert verdict.remedy == ""
    else:
        assert case["remedy"]
        assert case["remedy"] in verdict.remedy


def test_for_proceedings_the_grounds_that_do_not_count_are_passed_over_in_any_order() -> None:
    """A service may list them as it likes; and what could not wait rests on a child's safety."""
    rules = disclosure_rules(packaged())
    asked = {"purpose": "court", "legal_instrument": "an order", "link": "live", "fields": ["session_date"]}
    for grounds in (rules.grounds, rules.grounds[::-1]):
        verdict = decide_disclosure(disclosure_request(asked), replace(rules, grounds=grounds), date(2026, 5, 11))
        assert verdict.ground == "legal-obligation"
        assert acts_at_once(ReferrerKind.POLICE, "LCS-0042-L", replace(rules, grounds=grounds)).ground == "safeguarding"


def test_there_are_enough_cases_and_each_has_a_name_of_its_own() -> None:
    """At least 60 cases for the schedule and 40 for the gate; a name that is used twice hides one of the two."""
    assert len(RETENTION) >= 60
    assert len(GATE) >= 40
    assert sorted(set(names(RETENTION))) == sorted(names(RETENTION))
    assert sorted(set(names(GATE))) == sorted(names(GATE))


def test_no_two_cases_ask_the_same() -> None:
    """Cases that differ in their name alone count once."""
    for cases in (RETENTION, GATE):
        asked = [{key: value for key, value in case.items() if key != "name"} for case in cases]
        twice = [case["name"] for case, facts in zip(cases, asked, strict=True) if asked.count(facts) > 1]
        assert twice == []


@pytest.mark.parametrize("slip", [{"last_sesion": date(2026, 1, 1)}, {"episodes": [{"opend": date(2026, 1, 1)}]}])
def test_a_misspelt_key_in_a_retention_case_fails(slip: Case) -> None:
    """A key that the runner does not know stops the case, at the top and inside a list."""
    with pytest.raises(ValueError, match=r"unknown \['(last_sesion|opend)'\]"):
        decide_retention_case({**RETENTION[0], **slip})


@pytest.mark.parametrize("slip", [{"recipent": "Quill Mediation"}, {"consents": [{"withdrawn": date(2026, 1, 1)}]}])
def test_a_misspelt_key_in_a_gate_case_fails(slip: Case) -> None:
    """A key that the runner does not know stops the case, at the top and inside a list."""
    with pytest.raises(ValueError, match=r"unknown \['(recipent|withdrawn)'\]"):
        decide_gate_case({**GATE[0], **slip})


@pytest.mark.parametrize("key", sorted(RETENTION_ANSWER - {"name"}))
def test_a_retention_case_without_an_expectation_fails(key: str) -> None:
    """A case that leaves out what it expects would pass whatever is decided."""
    with pytest.raises(ValueError, match=rf"missing .*'{key}'"):
        decide_retention_case({k: value for k, value in RETENTION[0].items() if k != key})


def test_a_gate_case_that_expects_neither_answer_or_both_fails() -> None:
    """Each request is either permitted or refused."""
    with pytest.raises(ValueError, match=r"missing .*'refused'"):
        decide_gate_case({key: value for key, value in GATE[0].items() if key != "permitted"})
    with pytest.raises(ValueError, match=r"unknown .*'refused'"):
        decide_gate_case({**GATE[0], "refused": "attendance", "remedy": "name it"})
