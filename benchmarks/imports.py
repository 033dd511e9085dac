"""Bringing in a spreadsheet: 20,000 rows of each kind in seconds, and attendances beside bare INSERTs of the rows."""

import csv
import io
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from benchmarks import vaults
from benchmarks.bench import Bench
from benchmarks.timing import Row
from lcs_cli.cli import app
from lcs_cli.cli.terminal import Terminal

ROWS = 20_000
CHECKED, BROUGHT_IN = 3.0, 6.0
"""Seconds aimed at."""

_FAMILIES = "reference,family name,opened on,child or adult,first name,date of birth,address,telephone"
_INSERT = (
    "INSERT INTO attendance (family_id, session_id, child_id, attended, arrived, departed, changed) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"
)


def rows(bench: Bench) -> tuple[list[Row], str]:
    """The row of the table, and a table of its own: what each kind takes to be checked and brought in."""
    vault = bench.folder / "imports"
    vaults.make_vault(vault, staying=0)
    table, took = "", 0.0
    for kind, lines in _sheets():
        path = bench.folder / f"{kind}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(lines)
        with bench.copy(vault, "inserted") as copied:
            if kind == "attendance":
                bare = _inserted(copied)
        checked, took = (_seconds(bench, vault, verb, kind, path) for verb in ("check", "run"))
        table += f"| {kind} | {len(lines) - 1:,} | {checked:.1f} | {took:.1f} |\n"
    return [
        Row(f"bringing in {ROWS:,} attendances from CSV, in one process", took, "bare `executemany`", bare, 1.6)
    ], f"| kind | rows | check, s | run, s |\n|---|---|---|---|\n{table}"


def _inserted(folder: Path) -> float:
    """Seconds of the bare rows, with the same settings, indexes and guards, in one transaction."""
    desk = vaults.open_desk(folder, "bench", vaults.now_())
    lines = desk.db.rows(
        "SELECT s.family_id, s.id, p.id, 1, '10:05', '11:30', 1 FROM contact_session AS s "
        "JOIN person AS p ON p.family_id = s.family_id AND p.kind = 'child'"
    )
    with desk.db._unguarded() as connection:  # noqa: SLF001 -- as bare as it can be
        began = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(_INSERT, lines)
        connection.execute("COMMIT")
        took = time.perf_counter() - began
    desk.db.close()
    if len(lines) != ROWS:
        raise SystemExit(f"{len(lines)} rows, not {ROWS}")
    return took


def _seconds(bench: Bench, vault: Path, verb: str, kind: str, path: Path) -> float:
    out, err = io.StringIO(), io.StringIO()
    env = bench.env_of(vault) | {"LCS_USER": "bench"}
    terminal = _Answering(env=env, stdin=io.StringIO(), out=out, err=err)
    began = time.perf_counter()
    code = app.main(["import", verb, kind, str(path)], terminal)
    took = time.perf_counter() - began
    if code:
        raise SystemExit(out.getvalue()[-2000:] + err.getvalue())
    return took


def _sheets() -> Iterator[tuple[str, list[list[str]]]]:
    """Each kind with its headings and rows; later ones name families, sessions and staff of earlier ones."""
    families = [_FAMILIES.split(",")]
    for row in range(ROWS):
        private = [f"{row} Mill Lane", "01632 960101"] if row % 2 else ["", ""]
        families.append(
            [f"F{row // 2}", "Okonkwo", "1/10/2025", "adult" if row % 2 else "child", "Chidi", "30/1/2018", *private]
        )
    yield "families", families
    people = [["reference", "family", "kind", "first name", "surname"]]
    yield "people", people + [[f"P{row}", f"F{row // 2}", "adult", "Ada", "Eze"] for row in range(ROWS)]
    yield "referrers", [["reference", "name", "kind"], *([f"R{row}", f"Body {row}", "police"] for row in range(ROWS))]
    yield (
        "staff",
        [["reference", "name", "capacity"], *([f"W{row}", "Efa Parry", "volunteer"] for row in range(20))],
    )
    sessions = [["reference", "family", "day", "start", "end", "room"]]
    for row in range(ROWS):
        family, again = divmod(row, 2)
        day = date(2025, 10, 1) + timedelta(days=family % 400 + again)
        room = f"Room {2 * (family // 400) + again}"
        sessions.append([f"C{row}", f"F{family}", f"{day:%d/%m/%Y}", "10:00", "11:30", room])
    yield "sessions", sessions
    attendance = [["session", "attended", "arrived", "left"]]
    yield "attendance", attendance + [[f"C{row}", "yes", "10:05", "11:30"] for row in range(ROWS)]


class _Answering(Terminal):
    """A terminal at which the passphrase is typed."""

    @property
    def can_ask_secret(self) -> bool:
        """Somebody is there."""
        return True

    def ask_secret(self, prompt: str) -> str:  # noqa: ARG002 -- it is the only one
        """The passphrase."""
        return vaults.SECRET.passphrase or ""
