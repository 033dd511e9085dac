"""The lines of attendance that a referrer may see, as they stood at a change of the vault."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from typing import Any

from lcs_cli.records.attendance_line import AttendanceLine
from lcs_cli.records.export_format import Format
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.value import Value
from lcs_cli.vault.connection import Database


class ExportScope(Value):
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
SELECT {told}
FROM line JOIN contact_session AS s ON s.family_id = :family AND s.id = line.session_id
WHERE held_on BETWEEN coalesce(:from_on, '0001-01-01') AND coalesce(:to_on, '9999-12-31')
GROUP BY s.id HAVING max(line.changed) > :after
ORDER BY held_on, starts, s.id
"""


_TOLD = {
    "session_date": "held_on",
    "booked_start": "starts",
    "booked_end": "ends",
    "arrived": "min(arrived)",
    "left": "max(departed)",
    "attended": "max(attended)",
}


def lines(db: Database, scope: ExportScope) -> Iterator[AttendanceLine]:
    """One line a session, as it stood at ``scope.up_to_change``, that is new or corrected since ``after_change``.

    The same scope gives the same lines on any later day, whatever was corrected in between.
    """
    family = reference(Kind.FAMILY, scope.family)
    for held_on, starts, ends, arrived, left, attended in db.named(
        _LINES.format(told=", ".join(_TOLD.values())), _values(scope)
    ):
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


def written(db: Database, scope: ExportScope, fields: Sequence[str], format_: Format) -> list[str]:
    """The same lines as the text of an export, with these fields in this order; the vault writes them as it reads.

    A million of them, made into objects first, take ten times as long. Dates and times need no quoting: their columns
    hold nothing else (CHECK).
    """
    quoted = _cell if format_ is Format.CSV else partial(json.dumps, ensure_ascii=False)
    told = {name: _in_sql(name, format_) for name in _TOLD} | {
        "family_reference": ":reference",
        "case_reference": ":case",
    }
    if format_ is Format.CSV:
        line = " || ',' || ".join(told[field] for field in fields)
    else:
        line = " || ', ' || ".join(f"'\"{field}\": ' || {told[field]}" for field in fields)
        line = f"'{{' || {line} || '}}'"
    family = quoted(reference(Kind.FAMILY, scope.family))
    values = _values(scope) | {"reference": family, "case": quoted(scope.case_reference)}
    return [text for (text,) in db.named(_LINES.format(told=line), values)]


def _in_sql(field: str, format_: Format) -> str:
    """A value of a session as it stands in a line."""
    if field == "attended":
        return f"iif({_TOLD[field]}, 'true', 'false')"
    return f"coalesce({_TOLD[field]}, '')" if format_ is Format.CSV else f"json_quote({_TOLD[field]})"


def _cell(text: str | None) -> str:
    """One value in a line of CSV: of two, for a line with nothing but an empty value is written otherwise."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow((text, None))
    return line.getvalue().removesuffix(",\n")


def _values(scope: ExportScope) -> dict[str, Any]:
    return {
        "family": scope.family,
        "up_to": scope.up_to_change,
        "after": scope.after_change,
        "from_on": scope.from_on.isoformat() if scope.from_on else None,
        "to_on": scope.to_on.isoformat() if scope.to_on else None,
    }
