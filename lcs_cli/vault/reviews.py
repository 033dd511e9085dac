"""Reviews of what has come due: proposed by one person, approved by another, as rows."""

from collections.abc import Collection, Iterable
from datetime import date

from lcs_cli.records.policy import DecidedBy
from lcs_cli.records.retention import Review, ReviewOutcome, ReviewState
from lcs_cli.vault import subjects
from lcs_cli.vault.connection import AMONG, Database, Row, among
from lcs_cli.vault.counters import next_number
from lcs_cli.vault.families import day

_COLUMNS = (
    "id, family_id, staff_id, outcome, state, due_on, rule, clause, facts_hash, reviewed_on, reviewed_by, reason, "
    "until, approved_on, approved_by"
)


def add(db: Database, review: Review, policy_version: int, rules_hash: str) -> int:
    """Record how a review ended; ``review.number`` is given here and returned."""
    number = next_number(db, "review")
    db.run(
        "INSERT INTO review (id, family_id, staff_id, outcome, state, due_on, rule, clause, facts_hash, "
        "policy_version, rules_hash, reason, until, reviewed_on, reviewed_by) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(number, *subjects.columns(review.subject)),
        *(review.outcome.value, review.state.value, review.due_on.isoformat()),
        *(review.rule, review.clause, review.facts_hash, policy_version, rules_hash, review.reason),
        *(review.until.isoformat() if review.until else None, review.reviewed_on.isoformat(), review.reviewed_by),
    )
    return number


def select(db: Database, where: str = "", *values: object) -> list[Review]:
    """The reviews of a condition, by number."""
    return [_review(row) for row in db.each(f"SELECT {_COLUMNS} FROM review {where} ORDER BY id", *values)]


def decided_by(db: Database, number: int) -> DecidedBy | None:
    """By which rule and version of the policy a review was decided."""
    row = db.row("SELECT reviewed_on, rule, clause, policy_version, rules_hash FROM review WHERE id = ?", number)
    return DecidedBy(date.fromisoformat(row[0]), *row[1:]) if row else None


def last_days(db: Database) -> dict[str, date]:
    """By its subject, the day on which a file was last reviewed."""
    found = db.rows("SELECT family_id, staff_id, max(reviewed_on) FROM review GROUP BY family_id, staff_id")
    return {subjects.subject(family, staff): date.fromisoformat(on) for family, staff, on in found}


def subjects_of(db: Database) -> dict[int, str]:
    """By its number, which file each review is about."""
    found = db.rows("SELECT id, family_id, staff_id FROM review")
    return {number: subjects.subject(family, staff) for number, family, staff in found}


def waiting(db: Database, state: ReviewState) -> list[Review]:
    """The reviews in one state."""
    return select(db, "WHERE state = ?", state.value)


def live(db: Database, some: Collection[str] | None = None) -> list[Review]:
    """The reviews of some subjects, or of all, that wait for approval or for a sweep."""
    only, values = "", []
    if some is not None:
        columns = [subjects.columns(ref) for ref in some]
        only = f"AND (family_id IN {AMONG} OR staff_id IN {AMONG})"
        values = [among([one for one in column if one]) for column in zip(*columns, strict=True)] or ["[]", "[]"]
    return select(db, f"WHERE state IN ('proposed', 'approved') {only}", *values)


def approve(db: Database, numbers: Iterable[int], on: date, by: str, list_hash: str) -> None:
    """Approve proposals as they stood on the list of that hash."""
    for number in numbers:
        db.run(
            "UPDATE review SET state = 'approved', approved_on = ?, approved_by = ?, list_hash = ? WHERE id = ?",
            *(on.isoformat(), by, list_hash, number),
        )


def send_back(db: Database, number: int, reason: str) -> None:
    """Send a proposal back to review: the file changed."""
    db.run("UPDATE review SET state = 'returned', reason = ? WHERE id = ?", reason, number)


def _review(row: Row) -> Review:
    number, family, staff, outcome, state, due, rule, clause, facts, on, by, reason, until, approved, approver = row
    return Review(
        number=number,
        subject=subjects.subject(family, staff),
        outcome=ReviewOutcome(outcome),
        state=ReviewState(state),
        due_on=date.fromisoformat(due),
        rule=rule,
        clause=clause,
        facts_hash=facts,
        reviewed_on=date.fromisoformat(on),
        reviewed_by=by,
        reason=reason,
        until=day(until),
        approved_on=day(approved),
        approved_by=approver,
    )
