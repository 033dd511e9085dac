"""The register of files on paper, as rows: where each lies and lay, and how it went."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from lcs_cli.records.document import DisposalMethod, DocumentKind, Paper, PaperDisposal, Position
from lcs_cli.records.retention import RecordClass
from lcs_cli.vault.connection import AMONG, Database, Row, among
from lcs_cli.vault.counters import ask_for_rewrite, next_number
from lcs_cli.vault.families import day
from lcs_cli.vault.paging import paged

_COLUMNS = (
    "id, family_id, kind, class, description, registered_on, registered_by, children, released_on, "
    "method, destroyed_on, destroyed_by, witness, recorded_on, recorded_by"
)
_TO_GO = "class = 'document' AND destroyed_on IS NULL"
TO_RELEASE = f"released_on IS NULL AND {_TO_GO}"
"""What the disposal of its family releases: a condition."""
TO_DESTROY = "released_on IS NOT NULL AND destroyed_on IS NULL"
"""What the disposal of its family has released, and nobody has destroyed: a condition."""


def add(db: Database, paper: Paper) -> int:
    """Register a file on paper with its first position; its number is given here and returned."""
    number = next_number(db, "paper")
    db.run(
        "INSERT INTO paper (id, family_id, kind, class, description, registered_on, registered_by, children) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        *(number, paper.family, paper.kind.value, paper.record_class.value, paper.description),
        *(paper.registered_on.isoformat(), paper.registered_by, len(paper.children)),
    )
    for child in paper.children:
        db.run("INSERT INTO paper_child (paper_id, person_id) VALUES (?, ?)", number, child)
    for position in paper.positions:
        move(db, number, position)
    return number


def move(db: Database, number: int, position: Position) -> None:
    """Add the position that a file has from a day on; the former ones stay."""
    db.run(
        "INSERT INTO paper_position (paper_id, number, place, holder, since, reason, recorded_on, recorded_by) "
        "SELECT ?, coalesce(max(number), 0) + 1, ?, ?, ?, ?, ?, ? FROM paper_position WHERE paper_id = ?",
        *(number, position.place, position.holder, position.since.isoformat(), position.reason),
        *(position.recorded_on.isoformat(), position.recorded_by, number),
    )


def dispose(db: Database, number: int, disposal: PaperDisposal) -> None:
    """Enter how a file went, and empty what it was and where it lay: what is left are references and days.

    The next sweep writes the data file anew, so that no page says it any more.
    """
    db.run(
        "UPDATE paper SET description = NULL, method = ?, destroyed_on = ?, destroyed_by = ?, witness = ?, "
        "recorded_on = ?, recorded_by = ? WHERE id = ?",
        *(disposal.method.value, disposal.on.isoformat(), disposal.by, disposal.witness),
        *(disposal.recorded_on.isoformat(), disposal.recorded_by, number),
    )
    db.run("UPDATE paper_position SET place = NULL, holder = NULL, reason = NULL WHERE paper_id = ?", number)
    ask_for_rewrite(db)


def release(db: Database, families: Collection[int], on: date) -> None:
    """With the families' disposal: what of them is on paper and not kept for ever is to be destroyed from now on."""
    db.run(
        f"UPDATE paper SET released_on = ? WHERE family_id IN {AMONG} AND {TO_RELEASE}",
        *(on.isoformat(), among(families)),
    )


def get(db: Database, number: int) -> Paper | None:
    """One file on paper."""
    found = select(db, "WHERE id = ?", number)
    return found[0] if found else None


def select(db: Database, where: str = "", *values: object) -> list[Paper]:
    """The files on paper of a condition, by number."""
    return [_paper(db, row) for row in db.rows(f"SELECT {_COLUMNS} FROM paper {where} ORDER BY id", *values)]


def each(db: Database, where: str = "1", *values: object) -> Iterator[Paper]:
    """The same of a condition, for a list that can be long: page by page."""
    return (_paper(db, row) for row in paged(db, f"SELECT {_COLUMNS} FROM paper WHERE {where}", "id", *values))


def to_go(db: Database, families: Collection[int] | None = None) -> Mapping[int, tuple[int, ...]]:
    """By family, of some or of all, the numbers of what lies on paper and goes when the family's file does."""
    only, values = ("", ()) if families is None else (f"AND family_id IN {AMONG}", (among(families),))
    found: dict[int, tuple[int, ...]] = {}
    for of, number in db.rows(f"SELECT family_id, id FROM paper WHERE {_TO_GO} {only} ORDER BY id", *values):
        found[of] = (*found.get(of, ()), number)
    return found


def _paper(db: Database, row: Row) -> Paper:
    number, family, kind, cls, description, registered, registrar, children, released, *gone = row
    method, destroyed, by, witness, recorded, recorder = gone
    named = "SELECT person_id FROM paper_child WHERE paper_id = ? ORDER BY 1"
    return Paper(
        number=number,
        family=family,
        kind=DocumentKind(kind),
        record_class=RecordClass(cls),
        description=description,
        registered_on=date.fromisoformat(registered),
        registered_by=registrar,
        positions=tuple(_positions(db, number)),
        children=tuple(one[0] for one in db.rows(named, number)) if children else (),
        released_on=day(released),
        disposal=None
        if destroyed is None
        else PaperDisposal(
            DisposalMethod(method),
            date.fromisoformat(destroyed),
            by,
            witness,
            date.fromisoformat(recorded),
            recorder,
        ),
    )


def _positions(db: Database, number: int) -> list[Position]:
    rows = db.rows(
        "SELECT place, holder, since, reason, recorded_on, recorded_by FROM paper_position "
        "WHERE paper_id = ? ORDER BY number",
        number,
    )
    return [
        Position(place, holder, date.fromisoformat(since), reason, date.fromisoformat(recorded), by)
        for place, holder, since, reason, recorded, by in rows
    ]
