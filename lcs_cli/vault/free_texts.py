"""The free text of files that are reviewed, as it lies in rows that would go: read, never opened with a further key."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from lcs_cli.records.free_text import FreeText
from lcs_cli.records.references import Kind, number_in, reference
from lcs_cli.records.subject import kind_of
from lcs_cli.vault.connection import AMONG, Database, among


class _Place(NamedTuple):
    """Where rows of a table are found: the record that they belong to, whose file it is, and which of them would go."""

    table: str
    kind: Kind
    number: str = "id"
    rows: str = ""
    owner: str = "family_id"
    of: Kind = Kind.FAMILY
    going: str = "1"


Which = Callable[[str], Any]
"""Whether these words are asked for."""

_PAPER = "class = 'document'"
_SAID = "state <> 'returned'"  # where a review was sent back, the reason is the program's own words
_PLACES = (
    _Place("contact_session", Kind.SESSION),
    _Place("supervision", Kind.SESSION, "session_id"),
    _Place("person", Kind.PERSON),
    _Place("consent", Kind.CONSENT, "consent.id", "consent JOIN person ON person.id = person_id"),
    _Place("referral", Kind.REFERRAL, going="electronic = 0"),
    _Place("access_request", Kind.REQUEST),
    _Place("request_pause", Kind.REQUEST, rows="request_pause JOIN access_request ON id = request_id"),
    _Place("report", Kind.REPORT),
    _Place("report_decision", Kind.REPORT, rows="report_decision JOIN report ON id = report_id"),
    _Place("permission", Kind.PERMISSION),
    _Place("legal_hold", Kind.HOLD),
    _Place("legal_hold", Kind.HOLD, owner="staff_id", of=Kind.STAFF),
    _Place("review", Kind.REVIEW, going=_SAID),
    _Place("review", Kind.REVIEW, owner="staff_id", of=Kind.STAFF, going=_SAID),
    _Place("paper", Kind.PAPER, going=_PAPER),
    _Place("paper_position", Kind.PAPER, rows="paper_position JOIN paper ON id = paper_id", going=_PAPER),
    _Place("staff_member", Kind.STAFF, owner="id", of=Kind.STAFF),
)
_CORRECTED = "superseded"
_OF_WHOM = {
    Kind.FAMILY: f"family_id IN {AMONG}",
    Kind.STAFF: f"family_id IS NULL AND kind = 'staff_member' AND record_id IN {AMONG}",
}
_KIND_OF = {place.table: place.kind for place in _PLACES} | {
    "family": Kind.FAMILY,
    "contact_detail": Kind.PERSON,
    "attendance": Kind.SESSION,
}


def free_texts(
    db: Database, some: Collection[str], columns: Mapping[str, Sequence[str]], which: Which
) -> Iterator[FreeText]:
    """The free texts in some files, former ones too, of which ``which`` asks for the words.

    ``columns`` are those that hold free text, by table.
    """
    numbers = {
        kind: among([number_in(kind, ref) for ref in some if kind_of(ref) is kind])
        for kind in (Kind.FAMILY, Kind.STAFF)
    }
    for place in _PLACES:
        yield from _texts(db, place, numbers[place.of], columns[place.table], which)
    for kind, going in numbers.items():
        yield from _corrected(db, kind, going, columns, which)


def _texts(db: Database, place: _Place, going: str, columns: Sequence[str], which: Which) -> Iterator[FreeText]:
    named = [f"{place.table}.{column}" for column in columns]
    rows = db.rows(
        f"SELECT {place.owner}, {place.number}, {', '.join(named)} FROM {place.rows or place.table} "
        f"WHERE {place.owner} IN {AMONG} AND {place.going} AND coalesce({', '.join(named)}, '') <> ''",
        going,
    )
    for at, column in enumerate(columns, start=2):
        for row in rows:
            if row[at] and which(row[at]):
                yield FreeText(reference(place.of, row[0]), place.kind, row[1], place.table, column, row[at])


def _corrected(
    db: Database, of: Kind, going: str, columns: Mapping[str, Sequence[str]], which: Which
) -> Iterator[FreeText]:
    """What a record said before it was corrected, in the same columns, and why it was corrected."""
    rows = db.rows(
        f"SELECT coalesce(family_id, record_id), kind, record_id, content, reason FROM {_CORRECTED} "
        f"WHERE {_OF_WHOM[of]}",
        going,
    )
    for owner, kind, number, content, reason in rows:
        subject = reference(of, owner)
        former = json.loads(content)
        for column, words in ((column, former.get(column)) for column in columns.get(kind, ())):
            if words and which(words):
                yield FreeText(subject, _KIND_OF[kind], number, _CORRECTED, column, words)
        if which(reason):
            yield FreeText(subject, _KIND_OF[kind], number, _CORRECTED, "reason", reason)
