"""Calls of writing commands on their files that fail in turn: an error, a full disk with half a write, a kill."""

import json
import random
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from faults import failing, shim
from faults.report import Report
from tests.conftest import make_vault

NAME = "calls"
SHORT = 23  # calls from one that fails to the next, in a short run

Run = dict[str, Any]


def runs(library: Path, kind: str, name: str, every: int, first: int) -> list[Run]:
    """What each run of a command left, whose calls fail in turn."""
    said = shim.run(library, "faults.failing", kind, str(every), str(first), name, str(library.parent))
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
            for kind in failing.KINDS
        }


def row(name: str, kind: str, seen: list[Run]) -> str:
    """One line of the table."""
    codes = Counter("killed" if one["code"] == failing.KILLED else str(one["code"]) for one in seen)
    ended = ", ".join(f"{code}: {count}" for code, count in sorted(codes.items()))
    failed = sum(bool(one["failed"]) for one in seen)
    return f"| {name} | {kind} | {failed} | {ended} | {sum(bool(one['problems']) for one in seen)} |\n"


def run(*, long: bool, seed: int) -> Report:
    """Put the faults in."""
    seen = inject(list(failing.VERBS), long=long, seed=seed)
    rows = "".join(row(name, kind, found) for (name, kind), found in seen.items())
    return Report(
        "## Calls that fail\n\n"
        "Each call that creates, writes, cuts, renames, removes or synchronises a file of the vault's folder or beside "
        "it fails in turn. The code of `lcs` runs from its command line down in a fork of one process that has loaded "
        "every module: the start of the interpreter is not in it, nor are reads. After each run another person opens "
        "the vault and verifies it. A run is wrong when the vault does not open or does not verify, when what was "
        "acknowledged is not there, when a row is there without its audit entry or the other way round, when a file is "
        "left over in the vault's folder, or when it ends with an exit code that is not documented or speaks of a "
        "defect.\n\n"
        "| command | fault | runs with it | exit codes | wrong |\n|---|---|---|---|---|\n" + rows,
        [
            f"{name}, {kind} at {one['at']} (exit {one['code']}): {problem}"
            for (name, kind), found in seen.items()
            for one in found
            for problem in one["problems"]
        ],
    )
