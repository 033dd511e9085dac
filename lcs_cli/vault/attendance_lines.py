"""The lines of attendance that a referrer may see, as they stood at a change of the vault."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from lcs_cli.records.attendance_line import AttendanceLine
from lcs_cli.records.references import Kind, reference
from lcs_cli.vault.connection import Database


@dataclass(frozen=True)
class ExportScope:
    """One family's part of an export: from which day on, after which change, and whose case reference is told."""

    family: int
    case_reference: str | None
    from_on: date | None
    to_on: date | None
    after_change: int
    up_to_change: int


# Current lines that were there at the change in question, and former lines that were current then.
_LINES = """
WITH line (session_id, attended, arrived, departed, changed) AS (
  SELECT session_id, attended, arrived, departed, changed FROM attendance
  WHERE family_id = :family AND changed <= :up_to
  UNION ALL
  SELECT record_id, content ->> 'attended', content ->> 'arrived', content ->> 'departed', changed FROM superseded
  WHERE family_id = :family AND kind = 'attendance' AND superseded > :up_to AND changed <= :up_to
)
SELECT held_on, starts, ends, min(arrived), max(departed), max(attended)
FROM line JOIN contact_session AS s ON s.family_id = :family AND s.id = line.session_id
WHERE held_on BETWEEN coalesce(:from_on, '0001-01-01') AND coalesce(:to_on, '9999-12-31')
GROUP BY s.id HAVING max(line.changed) > :after
ORDER BY held_on, starts, s.id
"""


def lines(db: Database, scope: ExportScope) -> Iterator[AttendanceLine]:
    """One line a session, as it stood at ``scope.up_to_change``, that is new or corrected since ``after_change``.

    The same scope gives the same lines on any later day, whatever was corrected in between.
    """
    family = reference(Kind.FAMILY, scope.family)
    values = {
        "family": scope.family,
        "up_to": scope.up_to_change,
        "after": scope.after_change,
        "from_on": scope.from_on.isoformat() if scope.from_on else None,
        "to_on": scope.to_on.isoformat() if scope.to_on else None,
    }
    for held_on, starts, ends, arrived, left, attended in db.named(_LINES, values):
        yield AttendanceLine(
            family_reference=family,
            case_reference=scope.case_reference,
            session_date=held_on,
            booked_start=starts,
            booked_end=ends,
            arrived=arrived,
            left=left,
            attended=bool(attended),
        )
