"""Interleaved runs, their medians, and the rows of the table."""

import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Run = Callable[[], float | None]
"""Something to time; where it returns seconds, those count, else those that it took."""


@dataclass(frozen=True)
class Row:
    """One line of the table: what was timed, what it is held against, both in seconds, and the ratio aimed at."""

    work: str
    seconds: float
    beside: str
    floor: float
    target: float | None = None
    at_least: bool = False

    @property
    def ratio(self) -> float:
        """How many times as long it took as what it is held against; of a peer, how many times as long that took."""
        return self.floor / self.seconds if self.at_least else self.seconds / self.floor

    @property
    def missed(self) -> bool:
        """Whether it is not what was aimed at."""
        reached = round(self.ratio, 2)
        return self.target is not None and (reached < self.target if self.at_least else reached > self.target)

    def __str__(self) -> str:
        aim = "" if self.target is None else f"{'≥' if self.at_least else '≤'} {self.target:g}"
        times = f"**{self.ratio:.2f}**" if self.missed else f"{self.ratio:.2f}"
        return f"| {self.work} | {spoken(self.seconds)} | {self.beside} | {spoken(self.floor)} | {times} | {aim} |\n"


def spoken(seconds: float) -> str:
    """Seconds to read."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def interleaved(runs: Mapping[str, Run], rounds: int) -> dict[str, float]:
    """The median of each, in seconds, in turns so that a slow moment hits all; the first round warms up."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        for name, run in runs.items():
            began = time.perf_counter()
            said = run()
            took = time.perf_counter() - began if said is None else said
            if number:
                seconds[name].append(took)
    return {name: statistics.median(values) for name, values in seconds.items()}


def process(argv: Sequence[str | Path], env: Mapping[str, str]) -> Callable[[], None]:
    """A whole process, which must succeed; what it says is thrown away."""

    def run() -> None:
        subprocess.run(argv, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    return run


PEAK = """
import atexit, sys
from pathlib import Path
atexit.register(lambda: sys.stderr.write(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]))
"""


def peak(script: str, env: Mapping[str, str], python: str) -> int:
    """The most memory, in MiB, that a Python process took; Linux says it of a process alone."""
    done = subprocess.run([python, "-c", PEAK + script], env=env, check=True, capture_output=True, text=True)
    return int(done.stderr.split()[-1]) // 1024
