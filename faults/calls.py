"""Each call of a writing command on the files of its home fails in turn: an error, a full disk, a kill.

    python -m faults.calls SHARE SHARES EVERY SEED FOLDER NAMES

runs in one process with the shim, each run in a fork of it: the code of `lcs` from its command line down, without the
start of the interpreter. What each run left is written as JSON. Several such processes share the calls.
"""

import json
import os
import random
import shutil
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from faults import commands, shim
from faults.judge import KILLED, Judge, Run
from faults.report import Report
from tests.cli.typed import Ran

NAME = "calls"
KINDS = ("EIO once", "EIO from then on", "full disk", "kill -9")
SHORT, LONG = 61, 1  # calls from one that fails to the next
_TABLE = (
    "| command | transactions | fault | runs | exit codes | done, not said | wrong |\n|---|---|---|---|---|---|---|\n"
)


def run_once(home: Path, name: str, kind: str, at: int) -> tuple[Ran, int]:
    """One run in a fork; how it ended, and how many calls failed."""
    ran, calls = commands.begun(home, commands.COMMANDS[name], lambda: shim.begin(home, kind, at), shim.end)()
    return ran, calls[1] if calls else 1


def command(template: Path, folder: Path, name: str, first: dict[str, int], step: int) -> list[Run]:
    """Every kind of fault in one command: at its first call, then every so many, until none is met."""
    judge, found = Judge(template, folder, name), []
    for kind in KINDS:
        at, failed = first[kind], 1
        while failed:
            home = commands.copy(template, folder / "run")
            ran, failed = run_once(home, name, kind, at)
            one = {"name": name, "kind": kind, "at": at, "code": ran.code, "failed": failed}
            found.append(judge.judged(home, one, ran.err))
            shutil.rmtree(home)
            at += step
    return found


def inject(names: list[str], *, every: int, seed: int, processes: int = 1) -> list[Run]:
    """Every kind of fault in every named command, in processes with the shim that take the calls in turn."""

    def share(number: int) -> list[Run]:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder).resolve()
            numbers = (str(one) for one in (number, processes, every, seed))
            said = shim.run(home, "faults.calls", *numbers, str(home), *names)
            return [json.loads(line) for line in said.splitlines()]

    with ThreadPoolExecutor(processes) as pool:
        return [one for part in pool.map(share, range(processes)) for one in part]


def row(name: str, kind: str, seen: list[Run]) -> str:
    """One line of the table."""
    met = [one for one in seen if one["failed"]]
    codes = Counter("killed" if one["code"] == KILLED else str(one["code"]) for one in met)
    ended = ", ".join(f"{code}: {count}" for code, count in sorted(codes.items()))
    done, wrong = sum(one["done"] for one in met if one["code"] != KILLED), sum(bool(one["problems"]) for one in seen)
    return f"| {name} | {seen[0]['transactions']} | {kind} | {len(met)} | {ended} | {done} | {wrong} |\n"


def run(*, long: bool, seed: int) -> Report:
    """Put the faults in."""
    if not shim.compiler():
        return Report("## Calls that fail\n\nThere is no C compiler (cc) here: no call could be made to fail.\n", [])
    every, processes = (LONG, os.cpu_count() or 1) if long else (SHORT, 1)
    seen = inject(list(commands.COMMANDS), every=every, seed=seed, processes=processes)
    groups: dict[tuple[str, str], list[Run]] = {(one["name"], one["kind"]): [] for one in seen}
    for one in seen:
        groups[one["name"], one["kind"]].append(one)
    return Report(
        "## Calls that fail\n\n"
        f"{'Every call' if every == 1 else f'One call in {every}, from a drawn one on,'} "
        "on a file of the vault's folder or beside it fails, each in a run of its own: with EIO those "
        "that read, open, create, write, cut, rename, remove and synchronise; on a full disk, where the first write "
        "goes half way, those that take room; a kill comes before those that change something, or in the middle of a "
        "write. The code of `lcs` runs from its command line down in a fork of one process: the start of the "
        "interpreter is not in it. A run is wrong when the vault does not open or verify, when its rows are neither "
        "those before nor those of a whole transaction of an undisturbed run, when it ends with 0 and not all of it is "
        "there, when it ends with another code than 0 or 1 (or 13, where something "
        "could not be read; 2, where that is the file named) or tells of a "
        "defect; and when a file is left over anywhere once the same command has run again two hours later. The "
        f"{len(seen)} runs left {sum(one['new'] for one in seen)} different disks, byte for byte. *Done, not "
        "said*: it did not end with 0, and the rows are there.\n\n"
        + _TABLE
        + "".join(row(name, kind, found) for (name, kind), found in groups.items()),
        [
            f"{one['name']}, {one['kind']} at {one['at']} (exit {one['code']}): {problem}"
            for one in seen
            for problem in one["problems"]
        ],
    )


def main(share: int, shares: int, every: int, seed: int, folder: Path, names: list[str]) -> None:
    """In a process with the shim: make the vault, and put the faults in."""
    commands.load()
    template, drawn = folder / "template", random.Random(seed)  # noqa: S311 -- which call fails is no secret
    commands.make_home(template)
    for name in names:
        first = {kind: drawn.randint(1, every) + share * every for kind in KINDS}
        for one in command(template, folder, name, first, shares * every):
            sys.stdout.write(json.dumps(one) + "\n")


if __name__ == "__main__":
    numbers = [int(one) for one in sys.argv[1:5]]
    main(numbers[0], numbers[1], numbers[2], numbers[3], Path(sys.argv[5]), sys.argv[6:])
