"""Each call of a writing command on the files of its home fails in turn: an error, a full disk, a kill.

    python -m faults.calls SHARE SHARES EVERY SEED FOLDER NAMES

runs in one process with the shim, each run in a fork of it: the code of `lcs` from its command line down, without the
start of the interpreter. What each run left is written as JSON. Several such processes share the calls.
"""

import hashlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faults import commands, disk, power, shim
from faults.look import Found, look, strays, tells_of_a_defect
from faults.report import Report
from tests.conftest import open_desk

NAME = "calls"
KINDS = ("EIO once", "EIO from then on", "full disk", "kill -9")
KILLED = -signal.SIGKILL
SHORT, LONG = 61, 1  # calls from one that fails to the next
_TABLE = (
    "| command | transactions | fault | runs | exit codes | done, not said | wrong |\n|---|---|---|---|---|---|---|\n"
)
_CODES = {0, 1, KILLED}
_UNREADABLE = 13  # a page that cannot be read looks like a damaged one

# Where it is not one: the plan or the register has an entry of its own; a restore does not change this vault.
_TRANSACTIONS = {"policy publish": 2, "retention sweep": 3, "attendance export": 2, "vault restore": 0}

Run = dict[str, Any]


@dataclass(frozen=True)
class Left:
    """What lies on a disk after a run: the rows, and what is wrong at once, and after the same command again."""

    found: Found
    families: tuple[list[str], bool]
    again: list[str]


def digest(home: Path) -> str:
    """Of everything on a disk, byte for byte."""
    found = hashlib.sha256()
    for path in sorted(home.rglob("*")):
        data = path.read_bytes() if path.is_file() else b""
        found.update(f"{path.relative_to(home)} {path.lstat().st_mode} {len(data)}\n".encode() + data)
    return found.hexdigest()


def left(home: Path, name: str) -> Left:
    """Look at a disk as the next person does, then run the command again."""
    found = look(home / "vault")
    sweeps = name == "retention sweep" and not found.problems
    families = swept(home) if sweeps else ([], False)
    return Left(found, families, again(home, name))


def run_once(home: Path, name: str, kind: str, at: int) -> tuple[int, int, str]:
    """One run in a fork; its exit code, how many calls failed, and what it said."""
    told = home.with_suffix(".told")
    told.unlink(missing_ok=True)
    child = os.fork()
    if not child:
        shim.begin(home, kind, at)
        ran = commands.run(home, commands.COMMANDS[name])
        told.write_text(json.dumps([shim.end()[1], ran.err]), encoding="utf-8")
        os._exit(ran.code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    failed, said = json.loads(told.read_text(encoding="utf-8")) if told.exists() else (1, "")
    return code, failed, said


def moments(template: Path, folder: Path, name: str) -> list[Found]:
    """The rows before a command, after it, and between its transactions, where nothing fails: by their shape."""
    seen = power.recorded(template, folder, 3, {name: commands.COMMANDS[name]})
    now, found = seen.start, [look(disk.write(seen.start.state("kept", random.Random(0)), folder / "0") / "vault")]  # noqa: S311
    for number, call in enumerate(seen.calls, start=1):
        now.take(call)
        if number in seen.rows:
            found.append(look(disk.write(now.state("kept", random.Random(0)), folder / str(number)) / "vault"))  # noqa: S311
    return found


def problems(left_: Left, one: Run, said: str, states: list[Found]) -> tuple[list[str], bool]:
    """What is wrong after a run that ended like this; whether it is done though it was not acknowledged."""
    now, code = left_.found, one["code"]
    found = [*now.problems]
    allowed = _CODES
    if one["kind"].startswith("EIO"):
        allowed = allowed | {_UNREADABLE} | ({2} if ": cannot be read (" in said else set())
    if code not in allowed:
        found.append(f"exit code {code}: {said[-300:]}")
    if tells_of_a_defect(said):
        found.append(f"a defect is told of: {said[-300:]}")
    shapes = [state.shape for state in states]
    if one["name"] == "retention sweep" and now.shape not in shapes:  # it tries each file alone when some fail
        split, there = left_.families
        found += split + (["an acknowledged disposal is lost"] if there and code == 0 else [])
    elif code == 0 and now.shape != shapes[-1]:
        found.append("an acknowledged write is lost")
    elif now.exact != states[0].exact and now.shape not in shapes:
        found.append("rows are there that are neither those before nor those of a whole transaction")
    done = code != 0 and len(shapes) > 1 and now.shape == shapes[-1]
    if done and "not done" in said:
        found.append(f"it is done, and this was said: {said[-300:]}")
    return found, done


def swept(home: Path) -> tuple[list[str], bool]:
    """What is wrong with what a sweep left: each family whole, or gone with its certificate; whether any is there."""
    desk = open_desk(home / "vault", "rhys")
    there = {row[0] for row in desk.db.rows("SELECT id FROM family WHERE id IN (1, 2)")}
    certified = {row[0] for row in desk.db.rows("SELECT content ->> 'family' FROM certificate")}
    desk.db.close()
    gone = {ref for number, ref in ((1, "LCS-0001-R"), (2, "LCS-0002-W")) if number not in there}
    return [] if gone == certified else [f"gone: {sorted(gone)}, certified: {sorted(certified)}"], bool(there)


def again(home: Path, name: str) -> list[str]:
    """What lies about two hours later, when the same command has run once more."""
    commands.age(home)
    commands.run(home, commands.COMMANDS[name])
    return [*strays(home), *look(home / "vault").problems]


def command(template: Path, folder: Path, name: str, first: dict[str, int], step: int) -> list[Run]:
    """Every kind of fault in one command: at its first call, then every so many, until none is met.

    A disk that is byte for byte one that was looked at is not looked at again.
    """
    states, found = moments(template, folder / "moments", name), []
    more = len(states) - 1 - _TRANSACTIONS.get(name, 1)
    split = [f"{more} transactions more than it should have"] if more > 0 else []
    shutil.rmtree(folder / "moments")
    seen: dict[str, Left] = {}
    for kind in KINDS:
        at, failed = first[kind], 1
        while failed:
            home = commands.copy(template, folder / "run")
            code, failed, said = run_once(home, name, kind, at)
            one = {"name": name, "kind": kind, "at": at, "code": code, "failed": failed}
            disk_ = digest(home)
            new = disk_ not in seen
            if new:
                seen[disk_] = left(home, name)
            wrong, done = problems(seen[disk_], one, said, states)
            wrong += [*seen[disk_].again, *split]
            found.append(one | {"problems": wrong, "done": done, "transactions": len(states) - 1, "new": new})
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
