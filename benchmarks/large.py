"""A vault of ten million attendances, each command once: what the largest users have to expect.

    python -m benchmarks.large [ATTENDANCES]

It takes a quarter of an hour and 6 GB of disk, and writes docs/large-vaults.md.
"""

import os
import platform
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import vaults
from benchmarks.bench import F0, Bench
from benchmarks.timing import Run, peak, spoken
from lcs_cli.records.references import Kind, reference

PAGE = Path(__file__).parent.parent / "docs" / "large-vaults.md"
_EXPORT = f"lcs attendance export --to {vaults.TOLD} --purpose case-management --no-input --into"


def once(run: Run) -> float:
    """How long it takes, in seconds."""
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def main(attendances: int) -> None:
    """Make it, measure it, and write the page."""
    families = attendances // vaults.SHARE_OF_ONE_THAT_STAYS
    with tempfile.TemporaryDirectory() as folder:
        vault, out = Path(folder) / "vault", Path(folder) / "out"
        out.mkdir(mode=0o700)
        key_file = vaults.make_vault(vault, staying=families, unrecorded=1)
        bench = Bench(Path(folder), vault, key_file, reference(Kind.FAMILY, families // 2))
        size = (vault / "data-1.db").stat().st_size
        lines = (
            "lcs status",
            "lcs today",
            f"lcs family show {bench.family} --json",
            "lcs find kowalsky",
            f"lcs attendance record {reference(Kind.SESSION, attendances + 1)} --attended --arrived 10:05 --left 11:00",
            "lcs retention due",
            "lcs retention sweep --no-input",
            f"lcs vault backup --into {out}",
        )
        with bench.unlocked(vault):
            took = {F0: once(bench.python(F0))} | {line: once(bench.lcs(line)) for line in lines}
            argv = [*_EXPORT.split(), str(out)]
            began = time.perf_counter()
            memory = peak(f"sys.argv = {argv!r}\nfrom lcs_cli.cli.app import run\nrun()", bench.env, sys.executable)
            took[f"{_EXPORT} FOLDER"] = time.perf_counter() - began
    rows = "".join(f"| `{line.replace(folder, '…')}` | {spoken(seconds)} |\n" for line, seconds in took.items())
    PAGE.write_text(
        "# A vault of ten million attendances\n\n<!-- Written by python -m benchmarks.large. -->\n\n"
        f"{attendances:,} attendances of {families:,} families, each command once, on {os.cpu_count()} cores with "
        f"Python {platform.python_version()} ({platform.system()}), unlocked. The data file is {size / 2**30:.1f} GiB. "
        f"The export told the whole of it, and took {memory} MiB of memory at the most.\n\n"
        f"| command | takes |\n|---|---|\n{rows}\n"
        "A service of thirty rooms with five sessions each, every day, comes to ten million after 180 years. A look-up "
        "and what is recorded cost what they cost with a million ([performance](performance.md)); what reads "
        "everything grows with the file: a backup, an export of all families, and `lcs today`, which looks through "
        "every past session for one without attendance.\n",
        encoding="utf-8",
    )
    print(rows)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000)
