"""What becomes of one record (policy 4.6): the decision about its file applied to it, and no second opinion."""

from datetime import date

import pytest
from msgspec.structs import replace

from lcs_cli.policy.record_fate import Course, record_fate
from lcs_cli.policy.retention import Outcome, RetentionDecision, decide
from lcs_cli.policy.rules import packaged
from lcs_cli.policy.schedule import schedule_in_force
from lcs_cli.policy.staff_file import decide_staff
from lcs_cli.records.family import Episode
from lcs_cli.records.retention import ChildFacts, FamilyFacts, RecordClass, RecordFacts, StaffFacts

TODAY = date(2026, 11, 26)
CLOSED = date(2020, 6, 1)
SCHEDULE = schedule_in_force(packaged(), TODAY)
PLAIN = FamilyFacts(
    "LCS-0042-L",
    (Episode(date(2019, 1, 7), CLOSED),),
    children=(ChildFacts("P-0001-R"), ChildFacts("P-0002-W")),
    adults=("P-0003-A",),
    disposable={RecordClass.SESSION: 1},
)
CONCERNED = replace(
    PLAIN,
    children=(ChildFacts("P-0001-R", safeguarding_file=True), ChildFacts("P-0002-W")),
    indefinite={RecordClass.SAFEGUARDING_FILE: 1},
)
SESSION = RecordFacts("contact_session", RecordClass.SESSION, "LCS-0042-L")
PERSON = RecordFacts("person", RecordClass.IDENTITY, "LCS-0042-L", ("P-0001-R",))
FAMILY = RecordFacts("family", RecordClass.IDENTITY, "LCS-0042-L")
ATTENDED = RecordFacts("attendance", RecordClass.ATTENDANCE, "LCS-0042-L", ("P-0001-R", "P-0002-W"))


def due(facts: FamilyFacts) -> RetentionDecision:
    return decide(facts, SCHEDULE, TODAY)


@pytest.mark.parametrize(
    ("record", "facts", "rule"),
    [
        (SESSION, PLAIN, None),
        (PERSON, PLAIN, None),
        (FAMILY, PLAIN, None),
        (ATTENDED, PLAIN, None),
        (SESSION, CONCERNED, None),
        (PERSON, CONCERNED, "identity-stub"),
        (replace(PERSON, people=("P-0002-W",)), CONCERNED, None),
        (replace(PERSON, people=("P-0001-R", "P-0002-W")), CONCERNED, None),
        (replace(PERSON, people=("P-0003-A",)), CONCERNED, "identity-stub"),
        (FAMILY, CONCERNED, "identity-stub"),
        (ATTENDED, CONCERNED, "kept-indefinitely"),
        (replace(ATTENDED, people=("P-0002-W",)), CONCERNED, None),
        (replace(SESSION, cls=RecordClass.SAFEGUARDING_FILE), PLAIN, "kept-indefinitely"),
        (replace(SESSION, cls=RecordClass.GOVERNANCE), PLAIN, "registers"),
        (replace(SESSION, cls=RecordClass.PAPER_FILE), PLAIN, "registers"),
    ],
)
def test_a_record_goes_with_its_file_unless_a_rule_keeps_it(
    record: RecordFacts, facts: FamilyFacts, rule: str | None
) -> None:
    """What goes has the day and the reasons of the file's own decision; what stays has the rule that keeps it."""
    decision = due(facts)
    found = record_fate(record, decision, SCHEDULE)
    assert (found.course, found.rule.id) == ((Course.GOES, "family-file") if rule is None else (Course.STAYS, rule))
    if rule is None:
        assert (found.outcome, found.clock_start, found.due_on) == (Outcome.DUE, CLOSED, date(2025, 6, 1))
        assert found.reasons == ("it goes with the family's file", *decision.reasons)
    else:
        assert (found.outcome, found.due_on, len(found.reasons)) == (None, None, 1)


@pytest.mark.parametrize("changed", [{"empties": ("address",)}, {"fills": ("disposed_on",)}])
@pytest.mark.parametrize("record", [PERSON, replace(SESSION, cls=RecordClass.GOVERNANCE)])
def test_what_a_disposal_changes_of_a_record_that_stays_is_said_with_its_day(
    record: RecordFacts, changed: dict[str, tuple[str, ...]]
) -> None:
    """Where it stays, and a disposal would still touch it; not where nothing of its file goes any more."""
    touched = replace(record, **changed)
    decision = due(CONCERNED)
    found = record_fate(touched, decision, SCHEDULE)
    assert (found.course, found.empties, found.fills) == (Course.STAYS, touched.empties, touched.fills)
    assert (found.outcome, found.clock_start, found.due_on) == (Outcome.DUE, CLOSED, date(2025, 6, 1))
    assert found.reasons[1:] == decision.reasons
    stub = replace(CONCERNED, disposable={}, children=CONCERNED.children[:1], adults=())
    kept = record_fate(touched, due(stub), SCHEDULE)
    assert (due(stub).outcome, kept.empties, kept.fills, kept.outcome) == (Outcome.KEPT, (), (), None)


def test_what_belongs_to_no_one_file_stays() -> None:
    """A referrer that several files point at; a register, of which nothing changes without a disposal."""
    shared = RecordFacts("referrer", RecordClass.OWN_REFERRER)
    assert record_fate(shared, None, SCHEDULE).rule.id == "own-referrer"
    register = RecordFacts("change", RecordClass.GOVERNANCE, fills=("disposed_on",))
    assert record_fate(register, None, SCHEDULE).fills == ()


def test_an_entry_of_the_staff_register_goes_unless_a_concern_names_them() -> None:
    """And where one does, the record stays by the decision's own rule and words."""
    efa = StaffFacts("ST-003-A", CLOSED, last_seen=CLOSED, records={RecordClass.STAFF: 1})
    entry = RecordFacts("staff", RecordClass.STAFF, "ST-003-A")
    goes = record_fate(entry, decide_staff(efa, SCHEDULE, TODAY), SCHEDULE)
    assert (goes.course, goes.due_on) == (Course.GOES, date(2025, 6, 1))
    assert goes.reasons[0] == "it goes with the entry of the staff register, unless a concern names them"
    decision = decide_staff(replace(efa, concerns=1), SCHEDULE, TODAY)
    stays = record_fate(entry, decision, SCHEDULE)
    assert (stays.course, stays.rule, stays.reasons) == (Course.STAYS, decision.rule, decision.reasons)


def test_a_record_that_would_go_with_a_file_of_which_nothing_goes_is_a_contradiction() -> None:
    """It is not passed over: the facts and the rows do not agree."""
    stub = replace(CONCERNED, disposable={}, children=CONCERNED.children[:1], adults=())
    with pytest.raises(ValueError, match="contact_session: nothing of this file goes"):
        record_fate(SESSION, due(stub), SCHEDULE)
