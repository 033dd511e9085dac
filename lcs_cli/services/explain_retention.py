"""What becomes of any record, and why (policy 4.6): the decision that a disposal carries out, of each row of it."""

from collections.abc import Iterable, Iterator

from lcs_cli.errors import UsageError
from lcs_cli.policy.program import class_of_table
from lcs_cli.policy.record_fate import RecordFate, record_fate
from lcs_cli.policy.retention import RetentionDecision
from lcs_cli.policy.schedule import schedule_in_force
from lcs_cli.records.references import Kind, Slip, parse_reference, reference
from lcs_cli.records.retention import RecordClass, RecordFacts
from lcs_cli.records.value import Value
from lcs_cli.services import lookup
from lcs_cli.services.desk import Desk
from lcs_cli.services.retention import items
from lcs_cli.vault import rows
from lcs_cli.vault.rows import VaultRow


class Part(Value):
    """Rows of one table that end in the same way: how many, their class, and what becomes of them.

    ``people`` says, of the rows that are people, who they are.
    """

    table: str
    count: int
    cls: RecordClass
    fate: RecordFate
    people: tuple[str, ...] = ()


class Explanation(Value):
    """What becomes of one record, its own row first; ``subject`` is the file it belongs to, if it is of one."""

    reference: str
    subject: str | None
    parts: tuple[Part, ...]


def explain(desk: Desk, typed: str) -> Explanation:
    """What the schedule says today about the record of a reference, and about each of its parts."""
    kind = _kind(typed)
    with desk.acting("retention.due", (kind, typed)) as act:
        found = lookup.find(desk.db, kind, typed, lambda db, number: list(rows.rows_of(db, kind, number)) or None)
        number = parse_reference(kind, typed)
        ref = reference(kind, number) if isinstance(number, int) else ""
        told = list(fates(desk, [row for row in found if row.table != "flag_staff" or desk.may("flag.show")]))
        subject = told[0][1].subject if kind not in (Kind.FAMILY, Kind.STAFF) else None
        act.note(ref, *filter(None, [subject]))
        return Explanation(ref, subject, tuple(_parts(told)))


def fates(desk: Desk, found: Iterable[VaultRow]) -> Iterator[tuple[VaultRow, RecordFacts, RecordFate]]:
    """What becomes of each of these rows, by the decision about its file that the sweep would take today."""
    rules = schedule_in_force(desk.rules, desk.today)
    decided: dict[str | None, RetentionDecision | None] = {None: None}
    for row in found:
        if row.subject is not None and row.subject not in decided:
            item = next(items(desk, desk.today, [row.subject]), None)
            decided[row.subject] = item.decision if item else None
        facts = RecordFacts(
            table=row.table,
            cls=RecordClass(row.cls) if row.cls else class_of_table(row.table),
            subject=row.subject,
            people=tuple(reference(Kind.PERSON, one) for one in row.people),
            empties=row.empties,
            fills=row.fills,
        )
        yield row, facts, record_fate(facts, decided[row.subject], rules)


def _parts(told: Iterable[tuple[VaultRow, RecordFacts, RecordFate]]) -> Iterator[Part]:
    alike: dict[tuple[str, RecordClass, RecordFate], list[RecordFacts]] = {}
    for row, facts, fate in told:
        alike.setdefault((row.table, facts.cls, fate), []).append(facts)
    for (table, cls, fate), found in alike.items():
        people = tuple(ref for one in found for ref in one.people) if table == "person" else ()
        yield Part(table, len(found), cls, fate, people)


def _kind(typed: str) -> Kind:
    for kind in Kind:
        number = parse_reference(kind, typed)
        if not isinstance(number, Slip) or number.candidates:
            return kind
    raise UsageError(
        f"explain: {lookup.shown(typed)} is no reference",
        f"give one such as {reference(Kind.FAMILY, 42)} or {reference(Kind.SESSION, 42)}",
    )
