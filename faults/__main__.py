"""Put faults in, and write what was seen to docs/reliability.md.

    python -m faults [NAMES] [--long] [--seed N]

Without --long each command fails at a few of its calls only, and the page is left as it is.
"""

import argparse
import json
import os
import platform
import random
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from faults import calls, shim
from tests.conftest import make_vault

PAGE = Path(__file__).parents[1] / "docs" / "reliability.md"
SHORT = 23  # calls from one that fails to the next, in a short run

Run = dict[str, Any]


def runs(library: Path, kind: str, name: str, every: int, first: int) -> list[Run]:
    """What each run of a command left, whose calls fail in turn."""
    said = shim.run(library, "faults.calls", kind, str(every), str(first), name, str(library.parent))
    return [json.loads(line) for line in said.splitlines()]


def inject(names: list[str], *, long: bool, seed: int) -> dict[tuple[str, str], list[Run]]:
    """Every kind of fault in every named command: in a long run at each call, else at a few, from a drawn one on."""
    drawn = random.Random(seed)  # noqa: S311 -- which call fails is no secret
    with tempfile.TemporaryDirectory() as folder:
        library = shim.built(Path(folder))
        make_vault(library.parent / "template")
        every = 1 if long else SHORT
        return {
            (name, kind): runs(library, kind, name, every, drawn.randint(1, every))
            for name in names
            for kind in calls.KINDS
        }


def row(name: str, kind: str, seen: list[Run]) -> str:
    """One line of the table."""
    codes = Counter("killed" if one["code"] == calls.KILLED else str(one["code"]) for one in seen)
    ended = ", ".join(f"{code}: {count}" for code, count in sorted(codes.items()))
    failed = sum(bool(one["failed"]) for one in seen)
    return f"| {name} | {kind} | {failed} | {ended} | {sum(bool(one['problems']) for one in seen)} |\n"


def page(seen: dict[tuple[str, str], list[Run]], seed: int) -> str:
    """The page, with the figures of this run."""
    version = subprocess.run(["cc", "--version"], check=True, capture_output=True, text=True).stdout.splitlines()[0]
    rows = "".join(row(name, kind, found) for (name, kind), found in seen.items())
    return (
        "# Reliability\n\n<!-- Written by python -m faults --long. -->\n\n"
        f"Seed {seed}, {os.cpu_count()} cores, Python {platform.python_version()} ({platform.system()}), "
        f"SQLite {sqlite3.sqlite_version} of Python, {version}.\n\n"
        "## Calls that fail\n\n"
        "Each call that creates, writes, cuts, renames, removes or synchronises a file of the vault's folder or beside "
        "it fails in turn. The code of `lcs` runs from its command line down in a fork of one process that has loaded "
        "every module: the start of the interpreter is not in it, nor are reads. After each run another person opens "
        "the vault and verifies it. A run is wrong when the vault does not open or does not verify, when what was "
        "acknowledged is not there, when a row is there without its audit entry or the other way round, when a file is "
        "left over in the vault's folder, or when it ends with an exit code that is not documented or speaks of a "
        "defect.\n\n"
        "| command | fault | runs with it | exit codes | wrong |\n|---|---|---|---|---|\n" + rows
    )


def main() -> int:
    """Put the faults in; 1 when something was found."""
    parser = argparse.ArgumentParser(prog="python -m faults")
    parser.add_argument("names", nargs="*", metavar="NAMES", help="commands (default: all)")
    parser.add_argument("--long", action="store_true", help="at every call; writes docs/reliability.md")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(calls.VERBS):
        parser.error(f"no such command: {min(unknown)}; there are: {', '.join(calls.VERBS)}")
    if not shim.compiler():
        print("there is no C compiler (cc) here: the calls cannot be made to fail")
        return 2
    seen = inject(asked.names or list(calls.VERBS), long=asked.long, seed=asked.seed)
    if asked.long and not asked.names:
        PAGE.write_text(page(seen, asked.seed), encoding="utf-8")
    for (name, kind), found in seen.items():
        print(row(name, kind, found), end="")
        for one in found:
            for problem in one["problems"]:
                print(f"  at {one['at']} (exit {one['code']}): {problem}")
    return int(any(one["problems"] for found in seen.values() for one in found))


if __name__ == "__main__":
    sys.exit(main())
