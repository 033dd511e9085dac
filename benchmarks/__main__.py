"""Time lcs beside its floors and its peers, and write the ratios to docs/performance.md.

    python -m benchmarks

Run it where the package is installed as users install it (`pip install .`), for an editable install adds a tenth:

    python3 -m venv .venv-bench && .venv-bench/bin/pip install --quiet . sqlite-utils jrnl
    .venv-bench/bin/python -m benchmarks
"""

import os
import platform
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks import commands, exports, finding, imports, peers, retention, terminals, trail, vaults
from benchmarks.bench import Bench
from benchmarks.timing import Row
from lcs_cli.records.references import Kind, reference

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
GOING, STAYING = 10_000, 9_000
UNRECORDED = commands.ROUNDS + 1 + (terminals.TERMINALS + 1) * terminals.EACH
ATTENDANCES = vaults.attendances(STAYING, GOING)
_HEAD = "| what | takes | beside | takes | times | aim |\n|---|---|---|---|---|---|\n"


def main() -> None:
    """Measure everything, and write the page."""
    with tempfile.TemporaryDirectory() as folder:
        vault = Path(folder) / "vault"
        key_file = vaults.make_vault(vault, staying=STAYING, going=GOING, unrecorded=UNRECORDED)
        vaults.approve(vault)
        bench = Bench(Path(folder), vault, key_file, reference(Kind.FAMILY, GOING + STAYING // 2))
        rows = commands.rows(bench, ATTENDANCES)
        rows.append(finding.row(bench))
        told, memory = exports.rows(bench, ATTENDANCES)
        rows += told
        small = Path(folder) / "small"
        vaults.make_vault(small, staying=1_000)
        gone, swept = retention.disposals(bench, GOING)
        retention.sweep_once(vault)
        rows += [
            retention.quiet(bench, small, vaults.attendances(1_000, 0)),
            retention.quiet(bench, vault, vaults.attendances(STAYING, 0)),
        ]
        brought_in, sheets = imports.rows(bench)
        rows += [*gone, *brought_in, *trail.rows(bench)]
        waited, failed = terminals.rows(bench, ATTENDANCES + commands.ROUNDS + 2)
        rows += waited
        PAGE.write_text(page(rows, peers.table(bench), sheets, memory, swept, failed), encoding="utf-8")
    print(_HEAD + "".join(map(str, rows)))


def page(rows: Sequence[Row], beside: str, sheets: str, exported: int, swept: tuple[int, int], failed: int) -> str:
    """The page, with the figures of this run."""
    shell = shutil.which("sqlite3")
    return (
        "# Performance\n\n<!-- Written by python -m benchmarks. -->\n\n"
        f"Medians of interleaved runs, on {os.cpu_count()} cores with Python {platform.python_version()} "
        f"({platform.system()}). The vault holds {ATTENDANCES:,} attendances of {GOING + STAYING:,} families. What is "
        "in code is a whole process, and the vault is unlocked (`lcs unlock`) where nothing else is said; every "
        "reading and every export is written to the trail and on the disk when the command ends. A ratio in bold is "
        "not what was aimed at. Absolute figures differ from machine to machine.\n\n"
        f"{_HEAD}{''.join(map(str, rows))}\n"
        f"{'' if shell else 'There was no sqlite3 shell. '}"
        f"The large export took {exported} MiB of memory at the most (aim: 48). The disposals, and rewriting the file "
        f"after them, took {swept[0]} MiB (aim: 64), where a process that has only opened the vault has {swept[1]} "
        f"MiB. Of the recordings by several terminals at once "
        f"{failed} failed.\n\n"
        f"## Spreadsheets\n\n{sheets}\n"
        f"Aimed at: {imports.CHECKED:.0f} s and {imports.BROUGHT_IN:.0f} s.\n\n"
        f"## Beside other tools that keep secrets\n\n{beside}\n"
        f"{REASONS}"
    )


REASONS = (Path(__file__).parent / "reasons.md").read_text(encoding="utf-8")
"""Why a ratio is not what was aimed at: what stands in the way, by profile, and what was tried."""

if __name__ == "__main__":
    main()
