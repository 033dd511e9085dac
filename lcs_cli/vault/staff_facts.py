"""The facts that the retention of the staff register rests on, of one entry or of all of them."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from lcs_cli.records.references import Kind, reference
from lcs_cli.records.retention import HoldFacts, HoldKind, RecordClass, StaffFacts
from lcs_cli.vault.connection import AMONG, Database, among
from lcs_cli.vault.families import day

# Each query yields the number of an entry and a value.
_LAST_SEEN = """
SELECT id, max(on_) FROM (
  SELECT id, joined_on AS on_ FROM staff_member
  UNION ALL SELECT staff_id, coalesce(issued_on, checked_on) FROM vetting_check
  UNION ALL SELECT staff_id, signed_on FROM undertaking
  UNION ALL SELECT staff_id, held_on FROM supervision JOIN contact_session AS s ON s.id = session_id
) GROUP BY id
"""
_SESSIONS = """
SELECT staff_id, session_id FROM staff_member AS m JOIN supervision AS n ON n.staff_id = m.id
JOIN contact_session AS s ON s.family_id = n.family_id AND s.id = n.session_id
WHERE m.left_on NOTNULL AND s.cancelled_on IS NULL
  AND naming = (SELECT max(naming) FROM supervision AS l WHERE l.family_id = s.family_id AND l.session_id = s.id)
  AND NOT EXISTS (SELECT 1 FROM attendance AS a WHERE a.family_id = s.family_id AND a.session_id = s.id)
ORDER BY session_id
"""
_CONCERNS = "SELECT staff_id, count(*) FROM flag_staff GROUP BY staff_id"
_HOLDS = "SELECT staff_id, kind, until FROM legal_hold WHERE staff_id NOTNULL AND released_on IS NULL ORDER BY id"
_KEPT_UNTIL = "SELECT staff_id, max(until) FROM review WHERE staff_id NOTNULL AND outcome = 'keep' GROUP BY staff_id"
_RECORDS = {
    RecordClass.STAFF: """
      SELECT id, count(*) FROM (
        SELECT id FROM staff_member UNION ALL SELECT staff_id FROM vetting_check
        UNION ALL SELECT staff_id FROM vetting_confirmation UNION ALL SELECT staff_id FROM undertaking
      ) GROUP BY id""",
    RecordClass.CORRECTION: "SELECT record_id, count(*) FROM superseded WHERE kind = 'staff_member' GROUP BY record_id",
    # A live one is not counted: a proposal would change the file that it is about.
    RecordClass.REVIEW: "SELECT staff_id, count(*) FROM review WHERE staff_id NOTNULL "
    "AND state IN ('returned', 'kept') GROUP BY staff_id",
    RecordClass.HOLD: "SELECT staff_id, count(*) FROM legal_hold WHERE staff_id NOTNULL GROUP BY staff_id",
}


def staff_facts(db: Database, slots: Collection[str], some: Collection[int] | None = None) -> Iterator[StaffFacts]:
    """The facts of some entries, or of every one, by number. ``slots`` are the references of all slots."""

    def grouped(query: str) -> dict[int, list[tuple[Any, ...]]]:
        groups: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        for member, *rest in db.rows(query):
            groups[member].append(tuple(rest))
        return groups

    def of_each(query: str) -> dict[int, Any]:
        return dict(db.rows(query))

    if some is not None and not some:
        return
    seen, concerns, kept_until = of_each(_LAST_SEEN), of_each(_CONCERNS), of_each(_KEPT_UNTIL)
    sessions, holds = grouped(_SESSIONS), grouped(_HOLDS)
    records = {cls: of_each(query) for cls, query in _RECORDS.items()}
    where, values = ("", ()) if some is None else (f"WHERE id IN {AMONG}", (among(some),))
    for member, left_on, user in db.rows(f"SELECT id, left_on, user FROM staff_member {where} ORDER BY id", *values):
        yield StaffFacts(
            staff=reference(Kind.STAFF, member),
            left_on=day(left_on),
            last_seen=date.fromisoformat(seen[member]),
            slot=user if user in slots else None,
            sessions=tuple(reference(Kind.SESSION, session) for (session,) in sessions[member]),
            concerns=concerns.get(member, 0),
            holds=tuple(HoldFacts(HoldKind(kind), day(until)) for kind, until in holds[member]),
            kept_until=day(kept_until.get(member)),
            records={cls: counts[member] for cls, counts in records.items() if member in counts},
        )
