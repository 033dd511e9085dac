"""lcs import: spreadsheets in, checked row by row as if each had been typed, all or none."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lcs_cli.cli import views
from lcs_cli.cli.context import Command
from lcs_cli.cli.dates import human_days
from lcs_cli.cli.options import command, group
from lcs_cli.cli.render import Lines, Result, Table
from lcs_cli.errors import WAITING

if TYPE_CHECKING:
    from lcs_cli.services.imports import Outcome, Problem

app = group("Bring in spreadsheets: XLSX and CSV.")

MOST_SHOWN = 200


_NOUNS = {
    "families": "family",
    "people": "person",
    "referrers": "referrer",
    "sessions": "session",
    "attendance": "attendance record",
    "staff": "staff entry",
}


class SheetKind(StrEnum):
    """What the rows of a sheet are."""

    FAMILIES = "families"
    PEOPLE = "people"
    REFERRERS = "referrers"
    SESSIONS = "sessions"
    ATTENDANCE = "attendance"
    STAFF = "staff"


KindOf = Annotated[SheetKind, typer.Argument(metavar="KIND", help=f"What its rows are: {', '.join(SheetKind)}.")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="The spreadsheet: .xlsx or .csv.")]
SheetName = Annotated[
    str | None, typer.Option("--sheet", metavar="NAME", help="Which sheet, by its name or number; also a hidden one.")
]
Ignore = Annotated[
    list[str] | None,
    typer.Option("--ignore", metavar="COLUMN", help="Leave a column out, by its letter or heading; may be repeated."),
]
Marked = Annotated[
    Path | None,
    typer.Option(
        "--marked", metavar="FILE", help="Write a copy with the problems marked: it holds what the file holds."
    ),
]
AlsoAlike = Annotated[
    bool, typer.Option("--also-alike", help="Bring in families that may be on record: they are others.")
]


@command(app, "template")
def template(
    cmd: Command,
    kind: KindOf,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The new file: .xlsx or .csv.")],
) -> Result:
    """Make a spreadsheet to fill in: its headings, what each means, and an example.

    Example: lcs import template families --out families.xlsx
    """
    from lcs_cli.cli import import_files
    from lcs_cli.services import imports

    import_files.check_target("out", out, cmd.folder, (".xlsx", ".csv"))
    imports.template(cmd.desk())
    import_files.write_template(out, kind)
    meanings = import_files.meanings(kind)
    data = {"kind": kind.value, "columns": [{"heading": label, "says": says} for label, says in meanings]}
    return Result(
        "lcs.import-template/1",
        data,
        ["Wrote the template. Its columns:", Lines(meanings)],
        [f"once it is filled in: lcs import check {kind} FILE"],
    )


@command(app, "check")
def check(
    cmd: Command,
    kind: KindOf,
    file: File,
    sheet: SheetName = None,
    ignore: Ignore = None,
    marked: Marked = None,
    also_alike: AlsoAlike = False,
) -> Result:
    """Say of every row whether it can be brought in. Nothing is changed.

    What is wrong is said by row and column, with what to do; the exit code is 3 then.

    Example: lcs import check families families.xlsx --marked families-problems.xlsx
    """
    return _done(cmd, kind, file, sheet, ignore or [], marked, keep=False, also_alike=also_alike)


@command(app, "run")
def run(
    cmd: Command,
    kind: KindOf,
    file: File,
    sheet: SheetName = None,
    ignore: Ignore = None,
    marked: Marked = None,
    also_alike: AlsoAlike = False,
) -> Result:
    """Bring in every row, or none where one of them has a problem. What is here already is not brought in twice.

    Example: lcs import run families families.xlsx
    """
    return _done(cmd, kind, file, sheet, ignore or [], marked, keep=True, also_alike=also_alike)


def _done(
    cmd: Command,
    kind: SheetKind,
    file: Path,
    sheet: str | None,
    ignore: Sequence[str],
    marked: Path | None,
    *,
    keep: bool,
    also_alike: bool,
) -> Result:
    from lcs_cli.cli import import_files
    from lcs_cli.cli.import_plan import plan
    from lcs_cli.cli.import_progress import progress
    from lcs_cli.services import imports, sheet_files

    if marked is not None:
        import_files.check_target("marked", marked, cmd.folder, (".xlsx",))
    desk = cmd.desk()
    with desk.acting(f"import.{'run' if keep else 'check'}", logged=False):
        pass  # who may not is told so before the file is opened
    found = sheet_files.read(file, cmd.folder, sheet, kind)
    with progress(cmd.terminal, "Reading", len(found.rows)) as tick:
        made = plan(cmd, kind, found, ignore, tick)
    with progress(cmd.terminal, "Entering" if keep else "Checking", len(made.drafts)) as tick:
        if keep:
            outcome = imports.run(desk, kind, made.drafts, made.problems, tick, also_alike=also_alike)
        else:
            outcome = imports.check(desk, kind, made.drafts, made.problems, tick, also_alike=also_alike)
    problems = sorted(outcome.problems, key=lambda one: one.row)
    if marked is not None and problems:
        import_files.write_marked(marked, made, problems)
    return _result(cmd, kind, made, outcome, problems, marked, keep=keep)


def _result(
    cmd: Command,
    kind: SheetKind,
    made: Any,
    outcome: Outcome,
    problems: Sequence[Problem],
    marked: Path | None,
    *,
    keep: bool,
) -> Result:
    from lcs_cli.cli import import_columns

    letters = {import_columns.heading(one.field): import_columns.letters(one.place) for one in made.columns.found}
    data = {
        "kind": kind.value,
        "sheet_row_of_headings": made.columns.row + 1,
        "columns": [
            {"column": import_columns.letters(one.place), "field": one.field, "near": one.near}
            for one in made.columns.found
        ],
        "rows": made.rows,
        "records": outcome.records,
        "already_there": outcome.there,
        "imported": outcome.records if keep and not problems else 0,
        "references": list(outcome.refs),
        "problems": [_problem(one, letters) for one in problems[:MOST_SHOWN]],
        "more_problems": max(0, len(problems) - MOST_SHOWN),
    }
    blocks: list[str | Table] = [_read(made)]
    if problems:
        blocks += [_table(cmd, made, problems[:MOST_SHOWN], letters)]
        if len(problems) > MOST_SHOWN:
            blocks.append(f"{len(problems) - MOST_SHOWN} more problems are not shown.")
    blocks.append(_said(kind, made.rows, outcome, problems, keep=keep))
    notes = [f"the file was {one}" if one.startswith("read") else one for one in made.sheet.notes]
    if marked is not None:
        wrote = "wrote the marked-up copy: it holds what the file holds, so destroy it when it is done with"
        notes.append(wrote if problems else "there is nothing to mark: no copy was written")
    if not problems and not keep and outcome.records:
        notes.append(f"next: lcs import run {kind} FILE")
    schema = "lcs.import/1" if keep else "lcs.import-check/1"
    return Result(schema, data, blocks, notes, WAITING if problems else 0)


def _problem(one: Problem, letters: dict[str, str]) -> dict[str, Any]:
    return {
        "row": one.row,
        "column": letters.get(one.field),
        "field": one.field or None,
        "code": one.code,
        "problem": one.problem,
        "remedy": one.remedy,
    }


def _table(cmd: Command, made: Any, problems: Sequence[Problem], letters: dict[str, str]) -> Table:
    """The problems, one a row; what was found is shown to whoever looks at the screen, and in no file."""
    found = ["FOUND"] if cmd.terminal.out_is_terminal else []
    rows = []
    for one in problems:
        column = f"{letters[one.field]} {one.field}" if one.field in letters else one.field
        value = [_found(made, one)] if found else []
        rows.append([str(one.row), column, *value, human_days(one.problem), human_days(one.remedy)])
    return Table(["ROW", "COLUMN", *found, "PROBLEM", "WHAT TO DO"], rows)


def _found(made: Any, one: Problem) -> str:
    """What stands in the cell, and what it may mean."""
    from lcs_cli.cli import import_cells, import_columns

    place = next((each for each in made.columns.found if import_columns.heading(each.field) == one.field), None)
    cells = made.sheet.rows[one.row - 1]
    if place is None or place.place >= len(cells):
        return ""
    value = cells[place.place]
    typed = import_cells.as_typed(import_columns.cell_of(place.field), value)
    shown = repr(value) if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)
    shown = str(int(value)) if isinstance(value, float) and value.is_integer() else shown
    meant = typed.meant if isinstance(typed, import_cells.Wrong) and typed.meant else ""
    return f"{shown[:40]} ({meant})" if meant else shown[:40]


def _read(made: Any) -> str:
    where = f"Headings found on row {made.columns.row + 1}."
    said = "; ".join(made.columns.said)
    left = f" Left out: {views.plural(len(made.columns.ignored), 'column')}." if made.columns.ignored else ""
    return f"{where} {said}.{left}" if said else f"{where}{left}"


def _said(kind: SheetKind, rows: int, outcome: Outcome, problems: Sequence[Problem], *, keep: bool) -> str:
    wrong = len({one.row for one in problems})
    were = "was" if outcome.there == 1 else "were"
    there = f" {_counted(outcome.there, kind)} {were} brought in before." if outcome.there else ""
    made, of = _counted(outcome.records, kind), views.plural(rows, "row")
    if problems:
        return f"{views.plural(len(problems), 'problem')} in {wrong} of {of}. Nothing was imported.{there}"
    if not keep:
        return f"Every row can be imported: {made} from {of}. Nothing was changed.{there}"
    if not outcome.records:
        return f"Nothing was imported: nothing is new.{there}"
    refs = list(dict.fromkeys((outcome.refs[0], outcome.refs[-1])))
    return f"Imported {made} from {of}: {' to '.join(refs)}.{there}"


def _counted(number: int, kind: SheetKind) -> str:
    return f"{number} people" if kind is SheetKind.PEOPLE and number != 1 else views.plural(number, _NOUNS[kind])
