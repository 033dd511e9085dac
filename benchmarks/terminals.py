"""Eight terminals recording at once: whether all get through, and how long the one waits that waits longest."""

import statistics
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from benchmarks.bench import LCS, Bench
from benchmarks.timing import Row
from lcs_cli.records.references import Kind, reference

TERMINALS, EACH = 8, 10


def rows(bench: Bench, first: int) -> tuple[list[Row], int]:
    """The row, and how many commands failed. ``first`` is the first session that nobody has recorded yet."""
    refs = [reference(Kind.SESSION, first + n) for n in range((TERMINALS + 1) * EACH)]
    alone, at_once = refs[:EACH], [refs[n * EACH : (n + 1) * EACH] for n in range(1, TERMINALS + 1)]
    with bench.unlocked(bench.vault):
        single = [_record(bench, ref) for ref in alone]
        with ThreadPoolExecutor(TERMINALS) as pool:
            done = [one for many in pool.map(lambda own: [_record(bench, ref) for ref in own], at_once) for one in many]
    failed = sum(not ok for ok, _ in [*single, *done])
    worst, median = max(took for _, took in done), statistics.median(took for _, took in single)
    work = f"the longest of {len(done)} recordings by {TERMINALS} terminals at once"
    return [Row(work, worst, "the median of one alone", median, 25)], failed


def _record(bench: Bench, ref: str) -> tuple[bool, float]:
    argv = [str(LCS), "attendance", "record", ref, "--attended", "--arrived", "10:05", "--left", "11:00", "--no-input"]
    began = time.perf_counter()
    done = subprocess.run(argv, env=bench.env, check=False, capture_output=True)
    return not done.returncode, time.perf_counter() - began
