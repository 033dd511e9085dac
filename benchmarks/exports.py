"""Exports beside the sqlite3 shell and sqlite-utils on the same rows in the clear, where those are installed."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import vaults
from benchmarks.bench import F0, Bench
from benchmarks.timing import Row, Run, interleaved, peak, process

ROUNDS = 5
_SQL = (
    "SELECT 'LCS-' || family_id, NULL, held_on, starts, ends, arrived, departed, iif(attended, 'true', 'false') "
    "FROM attendance JOIN contact_session AS s USING (family_id) WHERE s.id = session_id ORDER BY family_id, held_on"
)


def rows(bench: Bench, attendances: int) -> tuple[list[Row], int]:
    """The rows of the table, and the most memory, in MiB, that the large export took."""
    numbers = iter(range(10**6))

    def export(to: str) -> None:
        into = bench.folder / f"out-{next(numbers)}"
        into.mkdir()
        bench.lcs(f"lcs attendance export --to {to} --purpose case-management --into {into} --no-input")()
        shutil.rmtree(into)

    plain = bench.folder / "plain.db"
    in_the_clear(bench.vault, plain)
    all_runs: dict[str, Run] = {"all": lambda: export(vaults.TOLD), **dict(_peers(bench, plain))}
    with bench.unlocked(bench.vault):
        few = interleaved({"few": lambda: export(vaults.TOLD_LITTLE), F0: bench.python(F0)}, 4 * ROUNDS)
        took = interleaved(all_runs, ROUNDS)
        into = bench.folder / "out"
        into.mkdir()
        argv = f"lcs attendance export --to {vaults.TOLD} --purpose case-management --into {into} --no-input".split()
        memory = peak(f"sys.argv = {argv!r}\nfrom lcs_cli.cli.app import run\nrun()", bench.env, sys.executable)
    plain.unlink()
    told, name = attendances // 1000 * 1000, "`lcs attendance export`"
    aims = {"sqlite3": (1.6, False), "sqlite-utils": (2.5, True)}
    return [
        Row(f"{name} of {vaults.FEW * vaults.SHARE_OF_ONE_THAT_STAYS} rows", few["few"], f"`{F0}`", few[F0], 1.8),
        *(
            Row(f"{name} of {told:,} rows", took["all"], f"`{peer}` in the clear", took[peer], *aims[peer])
            for peer in took
            if peer != "all"
        ),
    ], memory


def in_the_clear(vault: Path, plain: Path) -> None:
    """The tables that an export reads, as an ordinary database."""
    desk = vaults.open_desk(vault, "bench", vaults.now_())
    with desk.db._unguarded() as connection:  # noqa: SLF001 -- nothing else ever attaches a file without a key
        connection.execute(f"ATTACH '{plain}' AS plain KEY ''")
        for table in ("contact_session", "attendance"):
            (schema,) = connection.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
            connection.execute(schema.replace(f"TABLE {table}", f"TABLE plain.{table}", 1))
            connection.execute("PRAGMA foreign_keys = OFF")
            connection.execute(f"INSERT INTO plain.{table} SELECT * FROM main.{table}")  # noqa: S608
        connection.execute("DETACH plain")
    desk.db.close()


def _peers(bench: Bench, plain: Path) -> Iterator[tuple[str, Run]]:
    if shell := shutil.which("sqlite3"):
        csv = bench.folder / "shell.csv"
        yield "sqlite3", process([shell, "-csv", plain, f".once {csv}", _SQL], bench.env)
    utils = Path(sys.executable).with_name("sqlite-utils")
    if utils.exists():
        yield "sqlite-utils", process([utils, "query", plain, _SQL, "--csv"], bench.env)
