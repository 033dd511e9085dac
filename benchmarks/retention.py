"""The sweep beside `lcs status` with nothing due, and its disposals beside one bare DELETE of the same rows."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import vaults
from benchmarks.bench import Bench
from benchmarks.timing import Row, interleaved, peak
from lcs_cli.services import sweep

STATUS, SWEEP = "lcs status", "lcs retention sweep --no-input"
ROUNDS = 3
_GOING = "SELECT family_id FROM review WHERE state = 'approved'"
_TABLES = {
    "attendance": "family_id",
    "contact_session": "family_id",
    "episode": "family_id",
    "review": "family_id",
    "person": "family_id",
    "family": "id",
}


def quiet(bench: Bench, vault: Path, attendances: int) -> Row:
    """A sweep with nothing due."""
    env = bench.env_of(vault)
    with bench.unlocked(vault):
        took = interleaved({line: bench.lcs(line, env) for line in (STATUS, SWEEP)}, 4 * ROUNDS)
    work = f"`{SWEEP}`, nothing due of {attendances:,}"
    return Row(work, took[SWEEP], f"`{STATUS}` there", took[STATUS], 1.15)


def sweep_once(vault: Path) -> None:
    """Dispose of what is approved, in this vault itself."""
    desk = vaults.open_desk(vault, "bench", vaults.now_())
    sweep.sweep(desk)
    desk.db.close()


def disposals(bench: Bench, going: int) -> tuple[list[Row], tuple[int, int]]:
    """What is approved disposed of; and the most memory, in MiB, of that and of opening the vault alone."""

    def of_a_copy(run: Callable[[Path], float]) -> Callable[[], float]:
        def one() -> float:
            with bench.copy(bench.vault, "copied") as copied:
                return run(copied)

        return one

    after: list[float] = []
    took = interleaved(
        {"sweep": of_a_copy(lambda copied: _swept(copied, going, after)), "bare": of_a_copy(_deleted)}, ROUNDS
    )
    memory = [_peak(bench, what) for what in ("sweep.sweep(desk)", "desk.db.value('SELECT 1')")]
    gone = going * vaults.SHARE_OF_ONE_THAT_GOES
    work = f"disposing of {going:,} families with {gone:,} attendances, register, trail and certificates"
    done = Row(work, took["sweep"], "one bare `DELETE` a table", took["bare"], 1.6)
    rewritten = Row("rewriting the file after that, and reading every page of it", min(after), "that", took["sweep"])
    return [done, rewritten], (memory[0], memory[1])


def _swept(folder: Path, going: int, after: list[float]) -> float:
    """Seconds of the disposals; those of rewriting the file and of looking into all its pages go to ``after``."""
    desk = vaults.open_desk(folder, "bench", vaults.now_())
    apart: list[float] = []
    names = vars(sweep)  # where the two are known by, so that what they take is told apart
    real = {name: names[name] for name in ("rewrite_if_asked", "_look")}

    def timed(run: Callable[..., Any]) -> Callable[..., Any]:
        def one(*args: Any) -> Any:
            began = time.perf_counter()
            try:
                return run(*args)
            finally:
                apart.append(time.perf_counter() - began)

        return one

    names |= {name: timed(run) for name, run in real.items()}
    began = time.perf_counter()
    try:
        done = sweep.sweep(desk)
    finally:
        names |= real
    took = time.perf_counter() - began
    desk.db.close()
    if len(done.disposed) != going:
        raise SystemExit(f"{len(done.disposed)} families went, not {going}")
    after.append(sum(apart))
    return took - sum(apart)


def _deleted(folder: Path) -> float:
    """The same rows, the same settings and guards, in one transaction."""
    desk = vaults.open_desk(folder, "bench", vaults.now_())
    going = list(desk.db.rows(_GOING))
    with desk.db._unguarded() as connection:  # noqa: SLF001 -- a temporary table is refused otherwise
        connection.execute("CREATE TEMP TABLE going (id INTEGER PRIMARY KEY)")
        connection.executemany("INSERT INTO going VALUES (?)", going)
        began = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        for table, key in _TABLES.items():
            connection.execute(f"DELETE FROM {table} WHERE {key} IN (SELECT id FROM going)")  # noqa: S608
        connection.execute("COMMIT")
        took = time.perf_counter() - began
    desk.db.close()
    return took


def _peak(bench: Bench, what: str) -> int:
    with bench.copy(bench.vault, "peak") as copied:
        script = (
            "from benchmarks import vaults\nfrom lcs_cli.services import sweep\n"
            f"desk = vaults.open_desk(Path({str(copied)!r}), 'bench', vaults.now_())\n"
            "Path('/proc/self/clear_refs').write_text('5')\n"  # or the most is that of Argon2, which opened the vault
            f"{what}\n"
        )
        return peak(script, bench.env, sys.executable)
