"""Who may consent, when a consent ends, and what the gate is shown of it (policy 4.2)."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from lcs_cli.policy.consent import (
    ConsentState,
    at_the_gate,
    consent_rules,
    ends_on,
    furthest,
    lapses,
    may_give,
    may_still_give,
    shut,
    state_of,
)
from lcs_cli.policy.document import parse_policy, restated_policy
from lcs_cli.policy.rules import packaged
from lcs_cli.records.consent import RecordedConsent
from lcs_cli.records.disclosure import Shut
from lcs_cli.records.family import Person, PersonKind

TODAY = date(2026, 5, 11)
RULES = consent_rules(packaged())
MOTHER = Person(1, 1, PersonKind.ADULT, "Gwen", "Llwyd")
FATHER = Person(2, 1, PersonKind.ADULT, "Huw", "Llwyd")
CHILD = Person(3, 1, PersonKind.CHILD, "Siân", "Llwyd", date(2012, 2, 29))
UNKNOWN_AGE = replace(CHILD, date_of_birth=None)
SIBLING = Person(4, 1, PersonKind.CHILD, "Owen", "Llwyd", date(2009, 1, 2))
YOUTH = replace(CHILD, date_of_birth=date(2010, 5, 11))
GROWN_UP = replace(CHILD, date_of_birth=date(2008, 5, 11))
NEARLY = replace(CHILD, date_of_birth=date(2008, 5, 12))
STRANGER = Person(9, 2, PersonKind.ADULT, "Zofia", "Kowalska")
ONE = RecordedConsent(
    number=1,
    person=3,
    family=1,
    given_by=1,
    details=("address", "name"),
    referrer=7,
    purpose="schooling",
    given_from=date(2026, 5, 1),
    until=None,
    given_how="in-writing",
    evidence="form",
    responsibility="birth certificate",
    recorded_on=date(2026, 5, 1),
    recorded_by="U-001-R",
    recorded_change=5,
)
OWN = replace(ONE, given_by=3, responsibility=None)
PARENTS = replace(ONE, details=("date_of_birth", "name"), of_child=True, born=date(2012, 2, 29))
CHILDS = replace(OWN, of_child=True)


@pytest.mark.parametrize(
    ("person", "giver", "as_what"),
    [
        (MOTHER, MOTHER, "person"),
        (YOUTH, YOUTH, "child"),
        (CHILD, MOTHER, "parental-responsibility"),
        (CHILD, FATHER, "parental-responsibility"),
        (YOUTH, FATHER, "parental-responsibility"),
        (NEARLY, MOTHER, "parental-responsibility"),
        (GROWN_UP, GROWN_UP, "person"),
    ],
)
def test_a_person_consents_for_themselves_and_a_parent_for_a_child(person: Person, giver: Person, as_what: str) -> None:
    """By clause 4.2; until the child is of age, on the eighteenth birthday."""
    verdict = may_give(person, giver, RULES, TODAY)
    assert (verdict.ground, verdict.clause, verdict.remedy) == (as_what, "4.2", "")


@pytest.mark.parametrize(
    ("person", "giver", "why"),
    [
        (FATHER, MOTHER, "P-0002-W is an adult: P-0001-R cannot consent for them"),
        (MOTHER, CHILD, "P-0001-R is an adult"),
        (GROWN_UP, MOTHER, "P-0003-A is of age"),
        (CHILD, SIBLING, "P-0004-G is not an adult of the family of P-0003-A"),
        (CHILD, STRANGER, "P-0009-D is not an adult of the family of P-0003-A"),
    ],
)
def test_nobody_consents_for_another_adult(person: Person, giver: Person, why: str) -> None:
    """Nor a stranger or a sibling for a child; what would help is said."""
    verdict = may_give(person, giver, RULES, TODAY)
    assert not verdict.permitted
    assert why in verdict.reason
    assert "lcs consent record P-000" in verdict.remedy


@pytest.mark.parametrize(
    ("person", "giver", "details", "why", "remedy"),
    [
        (
            CHILD,
            MOTHER,
            ["name", "address"],
            "does not cover address of P-0003-A: it may be another adult's home",
            "16",
        ),
        (CHILD, MOTHER, ["telephone"], "does not cover telephone", "record date_of_birth, name alone"),
        (YOUTH, MOTHER, ["email"], "does not cover email", "record date_of_birth, name alone"),
        (UNKNOWN_AGE, MOTHER, ["name"], "P-0003-A has no date of birth on record", "lcs person edit P-0003-A"),
        (UNKNOWN_AGE, UNKNOWN_AGE, ["name"], "P-0003-A has no date of birth on record", "lcs person edit P-0003-A"),
        (CHILD, CHILD, ["name"], "P-0003-A is under 16", "--given-by"),
        (replace(YOUTH, date_of_birth=date(2010, 5, 12)), YOUTH, ["name"], "P-0003-A is under 16", "--given-by"),
    ],
)
def test_what_is_not_taken_for_a_child(
    person: Person, giver: Person, details: list[str], why: str, remedy: str
) -> None:
    """An adult's home on a parent's word; any word without an age; a young child's own."""
    verdict = may_give(person, giver, RULES, TODAY, details)
    assert (verdict.permitted, verdict.clause) == (False, "4.2")
    assert why in verdict.reason
    assert remedy in verdict.remedy
    assert may_give(CHILD, MOTHER, RULES, TODAY, ["name", "date_of_birth"]).permitted
    assert may_give(YOUTH, YOUTH, RULES, TODAY, ["address"]).permitted


@pytest.mark.parametrize(
    ("consent", "shut_off"),
    [
        (PARENTS, {}),
        (replace(PARENTS, details=("address", "name")), {"address": Shut.OTHERS_HOME}),
        (replace(PARENTS, born=None), dict.fromkeys(("date_of_birth", "name"), Shut.UNDATED)),
        (replace(PARENTS, own_withdrawn=("name",)), {"name": Shut.OWN_WITHDRAWAL}),
        (replace(PARENTS, changed=("name",)), {"name": Shut.CHANGED}),
        (replace(PARENTS, recipient_changed=True), dict.fromkeys(("date_of_birth", "name"), Shut.RECIPIENT)),
        (replace(CHILDS, born=date(2010, 5, 1)), {}),
        (replace(CHILDS, born=date(2010, 5, 2)), dict.fromkeys(("address", "name"), Shut.TOO_YOUNG)),
        (
            replace(CHILDS, born=date(2010, 5, 2), given_from=date(2026, 5, 2)),  # written down before the birthday
            dict.fromkeys(("address", "name"), Shut.TOO_YOUNG),
        ),
        (replace(CHILDS, born=None), dict.fromkeys(("address", "name"), Shut.UNDATED)),
        (replace(OWN, changed=("address",)), {"address": Shut.CHANGED}),
    ],
)
def test_what_a_consent_does_not_cover_any_more(consent: RecordedConsent, shut_off: dict[str, Shut]) -> None:
    """Overtaken where that is all of it; the gate is shown each detail with the reason."""
    assert shut(consent, RULES) == shut_off
    assert dict(at_the_gate(consent, RULES).shut) == shut_off
    overtaken = len(shut_off) == len(consent.details)
    assert state_of(consent, RULES, TODAY) is (ConsentState.OVERTAKEN if overtaken else ConsentState.LIVE)


def test_a_service_can_shut_off_who_consents_for_a_child() -> None:
    """Either way, or both: they are words in the rule file."""
    for allowed in (frozenset[str](), frozenset({"child"}), frozenset({"parental-responsibility"})):
        rules = replace(RULES, for_children=allowed)
        assert may_give(YOUTH, YOUTH, rules, TODAY).permitted is ("child" in allowed)
        assert may_give(CHILD, MOTHER, rules, TODAY).permitted is ("parental-responsibility" in allowed)
        assert may_give(MOTHER, MOTHER, rules, TODAY).permitted
        assert may_give(GROWN_UP, GROWN_UP, rules, TODAY).permitted


@pytest.mark.parametrize(
    ("consent", "last"),
    [
        (ONE, None),
        (replace(ONE, born=date(2012, 2, 29)), date(2030, 2, 28)),
        (replace(ONE, born=date(2012, 2, 29), until=date(2027, 1, 1)), date(2027, 1, 1)),
        (replace(ONE, born=date(2012, 2, 29), until=date(2031, 1, 1)), date(2030, 2, 28)),
        (replace(OWN, born=date(2012, 2, 29)), None),
        (replace(OWN, born=date(2012, 2, 29), until=date(2031, 1, 1)), date(2031, 1, 1)),
    ],
)
def test_a_parents_consent_ends_before_the_child_is_of_age(consent: RecordedConsent, last: date | None) -> None:
    """A birthday on 29 February is reached on 1 March; the child's own consent knows no such end."""
    assert ends_on(consent, RULES) == last
    assert at_the_gate(consent, RULES).until == last


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, ConsentState.LIVE),
        ({"given_from": TODAY}, ConsentState.LIVE),
        ({"given_from": TODAY + timedelta(1)}, ConsentState.NOT_YET),
        ({"until": TODAY}, ConsentState.LIVE),
        ({"until": TODAY - timedelta(1)}, ConsentState.LAPSED),
        ({"withdrawn_on": TODAY}, ConsentState.WITHDRAWN),
        ({"withdrawn_on": TODAY, "until": TODAY - timedelta(1)}, ConsentState.WITHDRAWN),
        ({"born": date(2008, 5, 11)}, ConsentState.LAPSED),
        ({"born": date(2008, 5, 12)}, ConsentState.LIVE),
    ],
)
def test_the_state_of_a_consent(changes: dict[str, date], state: ConsentState) -> None:
    """On its first and last day, and around them."""
    assert state_of(replace(ONE, details=("name",), **changes), RULES, TODAY) is state


def test_the_gate_sees_references_and_no_evidence() -> None:
    """Whose detail, to whom, for what, from when and until when."""
    seen = at_the_gate(replace(ONE, withdrawn_on=TODAY), RULES)
    assert (seen.person, seen.recipient, seen.purpose) == ("P-0003-A", "REF-0007-F", "schooling")
    assert (seen.details, seen.given_from, seen.withdrawn_on) == (("address", "name"), date(2026, 5, 1), TODAY)


SOON = replace(OWN, until=TODAY + timedelta(30))


def test_a_consent_lapses_within_the_days_of_the_rule_file() -> None:
    """Thirty of them; also one that has lapsed already; not one without an end, nor a withdrawn one."""
    assert lapses(SOON, [], RULES, TODAY) == SOON.until
    assert lapses(replace(OWN, until=TODAY - timedelta(400)), [], RULES, TODAY)
    for other in (replace(OWN, until=TODAY + timedelta(31)), OWN, replace(SOON, withdrawn_on=TODAY)):
        assert lapses(other, [], RULES, TODAY) is None


@pytest.mark.parametrize(
    ("changes", "renewed"),
    [
        ({"until": None}, True),
        ({"until": TODAY + timedelta(31)}, True),
        ({"until": TODAY + timedelta(30)}, False),
        ({"until": None, "details": ("address", "email", "name")}, True),
        ({"until": None, "details": ("address",)}, False),
        ({"until": None, "purpose": "housing"}, False),
        ({"until": None, "referrer": 8}, False),
        ({"until": None, "withdrawn_on": TODAY}, False),
        ({"until": None, "recipient_changed": True}, False),
    ],
)
def test_a_consent_that_was_renewed_waits_for_nobody(changes: dict[str, object], renewed: bool) -> None:
    """Only where another one covers the whole of it for longer; never by itself."""
    other = replace(SOON, number=2, **changes)
    assert (lapses(SOON, [SOON, other], RULES, TODAY) is None) is renewed
    few = furthest([SOON, other], RULES)[SOON.person]
    assert (lapses(SOON, few, RULES, TODAY) is None) is renewed


def test_each_word_of_a_refusal_is_found_in_the_policys_own_sentence() -> None:
    """Else it would quote the whole clause."""
    document = parse_policy(restated_policy(), ())
    for rule in (RULES.rule, RULES.stub):
        assert rule["about"] in document.quote(rule["clause"], rule["about"])
        assert len(document.clauses[rule["clause"]]) > 2


@pytest.mark.parametrize(
    ("own", "given", "said"),
    [
        ({}, {}, ""),
        ({"withdrawn_on": TODAY}, {}, "withdrew its own consent to tell name: P-0001-R cannot give it back"),
        ({"withdrawn_on": TODAY}, {"details": ("date_of_birth",)}, ""),
        ({"withdrawn_on": TODAY}, {"given_by": 3}, ""),
        ({"withdrawn_on": TODAY}, {"referrer": 8}, ""),
        ({"withdrawn_on": TODAY}, {"purpose": "health"}, ""),
        ({"withdrawn_on": TODAY, "person": 4, "given_by": 4}, {}, ""),
        ({"withdrawn_on": TODAY, "given_by": 2}, {}, ""),
    ],
)
def test_nobody_gives_for_a_child_what_the_child_withdrew(
    own: dict[str, object], given: dict[str, object], said: str
) -> None:
    """To that body for that purpose; the child itself may, and a parent what the child has not withdrawn."""
    before = replace(OWN, details=("name",), **own)
    now = replace(ONE, details=("name", "date_of_birth"), **given) if "details" not in given else replace(ONE, **given)
    answer = may_still_give(now, [before], RULES)
    assert answer.permitted is (not said)
    assert said in answer.reason


def test_a_consent_that_was_withdrawn_renews_none_and_hides_none() -> None:
    """Whichever of them was recorded first."""
    withdrawn = replace(ONE, number=2, withdrawn_on=TODAY)
    for consents in ([withdrawn, ONE], [ONE, withdrawn]):
        assert furthest(consents, RULES) == {3: [ONE]}
