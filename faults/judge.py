"""Whether what a command left is right: rows of before or of a whole transaction; and that it can run again."""

import hashlib
import random
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faults import commands, disk, power
from faults.look import Found, look, strays, tells_of_a_defect
from tests.conftest import open_desk

KILLED = -signal.SIGKILL
_CODES = {0, 1, KILLED}
_UNREADABLE = 13  # a page that cannot be read looks like a damaged one

# Where it is not one: the plan or the register has an entry of its own; a restore does not change this vault.
_TRANSACTIONS = {"policy publish": 2, "retention sweep": 3, "attendance export": 2, "vault restore": 0}

Run = dict[str, Any]


@dataclass(frozen=True)
class Left:
    """What lies on a disk after a run: the rows and what is wrong; the same after the command has run once more.

    That is two hours later, and ``code_again`` is how it ended.
    """

    found: Found
    families: tuple[list[str], bool]
    again: list[str]
    code_again: int


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
    commands.age(home)
    ran = commands.run(home, commands.COMMANDS[name])
    return Left(found, families, [*strays(home), *look(home / "vault").problems], ran.code)


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


def twice(template: Path, home: Path, name: str) -> int:
    """How a command ends that is run once more where nothing failed."""
    commands.copy(template, home)
    codes = [commands.run(home, commands.COMMANDS[name]).code for _ in range(2)]
    shutil.rmtree(home)
    return codes[1]


class Judge:
    """Of one command: what it may leave, and what is wrong with what it left.

    A disk that is byte for byte one that was looked at is not looked at again.
    """

    def __init__(self, template: Path, folder: Path, name: str) -> None:
        self._name = name
        self._states = moments(template, folder / "moments", name)
        shutil.rmtree(folder / "moments")
        self._seen: dict[str, Left] = {}
        self._twice = twice(template, folder / "twice", name)
        more = len(self._states) - 1 - _TRANSACTIONS.get(name, 1)
        self._split = [f"{more} transactions more than it should have"] if more > 0 else []

    def judged(self, home: Path, one: Run, said: str) -> Run:
        """A run with its ``code`` and ``kind``, and what is wrong with it; the home is no use after that."""
        disk_ = digest(home)
        new = disk_ not in self._seen
        if new:
            self._seen[disk_] = left(home, self._name)
        seen = self._seen[disk_]
        wrong, done = problems(seen, one, said, self._states)
        wrong += [*seen.again, *self._split]
        fresh = seen.found.exact == self._states[0].exact
        if seen.code_again not in ({0} if fresh else {0, self._twice}):
            wrong.append(f"run once more, it ends with {seen.code_again}")
        return one | {"problems": wrong, "done": done, "transactions": len(self._states) - 1, "new": new}
