"""What becomes of one record (policy 4.6): the fate of its file applied to it, with the rule and the reasons.

Pure, and no second opinion: whether something goes is read off the very decision that a disposal carries out.
"""

from datetime import date
from enum import StrEnum

from lcs_cli.policy.retention import Fate, Outcome, RetentionDecision
from lcs_cli.policy.rules import Rule
from lcs_cli.policy.schedule import Schedule
from lcs_cli.records.references import Kind
from lcs_cli.records.retention import RecordClass, RecordFacts
from lcs_cli.records.subject import kind_of
from lcs_cli.records.value import Value


class Course(StrEnum):
    """What a disposal of the file does to a record."""

    GOES = "goes"
    STAYS = "stays"


class RecordFate(Value):
    """What becomes of one record. Where it goes, or a disposal changes it, the decision about its family says when.

    ``empties`` are the fields that a disposal empties, ``fills`` those that it fills in; all others stay as they are.
    """

    course: Course
    rule: Rule
    reasons: tuple[str, ...]
    empties: tuple[str, ...] = ()
    fills: tuple[str, ...] = ()
    outcome: Outcome | None = None
    clock_start: date | None = None
    due_on: date | None = None


def record_fate(record: RecordFacts, decision: RetentionDecision | None, schedule: Schedule) -> RecordFate:
    """What becomes of a record; ``decision`` is the one about the file that it belongs to, if that is there."""
    if record.cls in schedule.indefinite:
        said = f"{record.cls.value.replace('-', ' ')}: kept for ever"
        return RecordFate(Course.STAYS, schedule.kept_indefinitely, (said,))
    if record.cls in _REGISTERS:
        said = f"{_REGISTERS[record.cls]} only grows"
        return _changed(RecordFate(Course.STAYS, schedule.registers, (said,)), record, decision)
    if decision is None:
        return RecordFate(Course.STAYS, schedule.own_referrer, ("it is not one family's file alone that points at it",))
    stays = _stays(record, decision.fate, schedule)
    if stays is not None:
        rule, said = stays
        return _changed(RecordFate(Course.STAYS, rule, (said,)), record, decision)
    if decision.outcome is Outcome.KEPT and kind_of(decision.subject) is Kind.STAFF:
        return RecordFate(Course.STAYS, decision.rule, decision.reasons)
    if decision.outcome is Outcome.KEPT:
        raise ValueError(f"{record.table}: nothing of this file goes")
    return RecordFate(
        course=Course.GOES,
        rule=decision.rule,
        reasons=(_WITH[kind_of(decision.subject)], *decision.reasons),
        outcome=decision.outcome,
        clock_start=decision.clock_start,
        due_on=decision.due_on,
    )


_REGISTERS = {
    RecordClass.GOVERNANCE: "what governs the service, registers among it,",
    RecordClass.PAPER_FILE: "the register of files on paper",
}


_WITH = {
    Kind.FAMILY: "it goes with the family's file",
    Kind.STAFF: "it goes with the entry of the staff register, unless a concern names them",
}


def _stays(record: RecordFacts, fate: Fate, schedule: Schedule) -> tuple[Rule, str] | None:
    """By which rule, and why, a record outlives its family's file; None where it goes with it."""
    if record.cls is RecordClass.IDENTITY:
        if record.people and set(record.people) <= set(fate.keeps_identity):
            return schedule.identity_stub, "a record kept for ever points at this person: what says who it is stays"
        if not record.people and fate.keeps_family:
            return schedule.identity_stub, "records kept for ever are of this family: its name stays"
    elif set(record.people) & set(fate.keeps_attendance):
        return schedule.kept_indefinitely, "it is part of the safeguarding file of a child"
    return None


def _changed(fate: RecordFate, record: RecordFacts, decision: RetentionDecision | None) -> RecordFate:
    """The same, with what a disposal would still change of it, and when."""
    touched = record.empties or record.fills
    if not touched or decision is None or not decision.fate.goes:
        return fate
    return RecordFate(
        course=fate.course,
        rule=fate.rule,
        reasons=(*fate.reasons, *decision.reasons),
        empties=record.empties,
        fills=record.fills,
        outcome=decision.outcome,
        clock_start=decision.clock_start,
        due_on=decision.due_on,
    )
