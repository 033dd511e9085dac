"""The power goes: what was written and not synchronised is lost, kept, reordered or torn, entries of folders too.

    python -m faults.power STATES SEED LEVEL FOLDER

records what the commands do to a disk, one after the other on one vault, and looks at what power cuts leave of it.
LEVEL is the `synchronous` that SQLite is set to: 3, or 0 to see that the damage is noticed. Run with the shim.
"""

import hashlib
import json
import os
import random
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faults import commands, disk, shim
from faults.look import look
from faults.report import Report
from lcs_cli.errors import LcsError
from lcs_cli.vault import connection
from tests.conftest import open_desk

NAME = "power"
SHORT, LONG, BLIND = 60, 2000, 40
_NOTES = "state/"
_ENDS = ("remove", "rename")  # with one of these a transaction is over: of its journal, or of a new file


@dataclass(frozen=True)
class Recorded:
    """What was done to a disk, the calls after which a command had been acknowledged, and the rows of each moment."""

    start: disk.Disk
    calls: list[disk.Call]
    acknowledged: list[int]
    rows: dict[int, str]  # by the number of calls until then: a digest, of every moment at which they were others
    hurried: list[str]  # what was acknowledged, or was given its name, before it was on the disk for certain


def recorded(template: Path, folder: Path, level: int, argvs: Mapping[str, tuple[str, ...]]) -> Recorded:
    """Run commands with its calls written down; then see what rows were there at which moment."""
    home, file = commands.copy(template, folder / "home"), folder / "record"
    start = disk.Disk(home)
    first = deepcopy(start)
    child = os.fork()
    if not child:
        connection._SETTINGS["synchronous"] = level  # noqa: SLF001 -- the product has no such option
        record = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        shim.begin(home, record=record)
        for argv in argvs.values():
            ran = commands.run(home, argv)
            if ran.code:
                os.write(2, f"{argv}: {ran}\n".encode())
                os._exit(1)
            os.write(record, b"acknowledged\n")
        shim.end()
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
        sys.exit("a command failed without a fault")
    calls = disk.read(file)
    acknowledged: list[int] = []
    rows = {0: look(commands.copy(template, folder / "first") / "vault").exact}
    hurried: list[str] = []
    for number, call in enumerate(calls, start=1):
        hurried += early(start, call)
        start.take(call)
        if call.name == "acknowledged":
            acknowledged.append(number)
        if call.name in _ENDS or call.name == "acknowledged":
            now = look(disk.write(start.state("kept", random.Random(0)), folder / "moment") / "vault")  # noqa: S311
            shutil.rmtree(folder / "moment")
            if now.exact and now.exact != rows[max(rows)]:
                rows[number] = now.exact
    if not disk.same(start.state("kept", random.Random(0)), home):  # noqa: S311
        sys.exit("the record is not whole: what it says is not what is on the disk")
    return Recorded(first, calls, acknowledged, rows, hurried)


def early(now: disk.Disk, call: disk.Call) -> list[str]:
    """What is not on the disk for certain when a file gets its name, or when a command is acknowledged.

    Not what a command notes beside the vault, which is made anew; nor what is gone again and had a name of nobody's.
    """
    files, names = now.unwritten(), now.unentered()
    if call.name == "acknowledged":
        wrong = files | {name for name in names if not re.fullmatch(r"out/\.[^/]*", name)}
        return [f"acknowledged before {path} is on the disk" for path in sorted(wrong) if not path.startswith(_NOTES)]
    if call.name != "rename" or call.words[0].startswith(_NOTES):
        return []
    wrong = {path for path in files if f"{path}/".startswith(f"{call.words[0]}/")}
    wrong |= {name for name in names - {call.words[0]} if name.startswith("vault/")}
    return [f"{call.words[1]} gets its name before {path} is on the disk" for path in sorted(wrong)]


def allowed(seen: Recorded, cut: int) -> set[str]:
    """The rows that may be there after a cut: those of the last acknowledgement, and all that came after it."""
    since = max((one for one in seen.acknowledged if one <= cut), default=0)
    first = max(moment for moment in seen.rows if moment <= since)
    return {digest for moment, digest in seen.rows.items() if first <= moment <= cut + 1}


def is_whole(export: Path) -> bool:
    """Whether the rows of an export are those that its manifest describes."""
    try:
        (told,) = json.loads((export / "datapackage.json").read_bytes())["resources"]
        return bool(told["hash"] == f"sha256:{hashlib.sha256((export / told['path']).read_bytes()).hexdigest()}")
    except (OSError, ValueError):
        return False


def backed_up(home: Path) -> bool:
    """Whether a backup is there that is what the vault has noted of it."""
    try:
        desk = open_desk(home / "vault")
        noted = {str(digest) for (digest,) in desk.db.rows("SELECT sha256 FROM backup")}
        desk.db.close()
    except LcsError:
        return False
    return any(hashlib.sha256(path.read_bytes()).hexdigest() in noted for path in home.glob("out/*.lcsb"))


def missing(home: Path, seen: Recorded, cut: int) -> list[str]:
    """What was handed out, and acknowledged, and is not there or not whole."""
    done = sum(one <= cut for one in seen.acknowledged)
    names = list(commands.COMMANDS)
    found = []
    if done > names.index("attendance export") and not any(map(is_whole, home.glob("out/EX-*"))):
        found.append("an acknowledged export is lost")
    if done > names.index("vault backup") and not backed_up(home):
        found.append("an acknowledged backup is lost")
    if (home / "again").exists() or done > names.index("vault restore"):
        found += [f"restored: {problem}" for problem in look(home / "again").problems]
    return found


def cut(template: Path, folder: Path, states: int, seed: int, level: int) -> list[dict[str, Any]]:
    """Look at so many states of the disk, each after a cut at a drawn call."""
    seen = recorded(template, folder, level, commands.COMMANDS)
    drawn = random.Random(seed)  # noqa: S311 -- where the power goes is no secret
    cuts = Counter(drawn.randint(0, len(seen.calls)) for _ in range(states))
    now, number = seen.start, 0
    found: list[dict[str, Any]] = [{"at": 0, "how": "", "problems": seen.hurried}] if seen.hurried else []
    for at in range(len(seen.calls) + 1):
        if at:
            now.take(seen.calls[at - 1])
        for _ in range(cuts[at]):
            how = disk.HOW[number % len(disk.HOW)]
            number += 1
            home = disk.write(now.state(how, drawn), folder / "cut")
            seen_here = look(home / "vault")
            problems = [*seen_here.problems, *missing(home, seen, at)]
            if seen_here.exact and seen_here.exact not in allowed(seen, at):
                problems.append("an acknowledged write is lost, or a part of a transaction is there")
            found.append({"at": at, "how": how, "problems": problems})
            shutil.rmtree(home)
    return found


def states(count: int, seed: int, level: int) -> list[dict[str, Any]]:
    """What power cuts left, from a process with the shim."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder).resolve()
        return list(json.loads(shim.run(home, "faults.power", str(count), str(seed), str(level), str(home))))


def run(*, long: bool, seed: int) -> Report:
    """Cut the power; and see with SQLite told to synchronise nothing that damage is noticed."""
    if not shim.compiler():
        return Report("## Power cuts\n\nThere is no C compiler (cc) here: no disk could be recorded.\n", [])
    found = states(LONG if long else SHORT, seed, 3)
    blind = states(LONG // 10 if long else BLIND, seed, 0)
    rows = "".join(
        f"| {how} | {sum(one['how'] == how for one in found)} | "
        f"{sum(one['how'] == how and bool(one['problems']) for one in found)} | "
        f"{sum(one['how'] == how for one in blind)} | "
        f"{sum(one['how'] == how and bool(one['problems']) for one in blind)} |\n"
        for how in disk.HOW
    )
    problems = [f"power, {one['how']} at {one['at']}: {problem}" for one in found for problem in one["problems"]]
    if not any(one["problems"] for one in blind):
        problems.append("power: with synchronous = OFF no damage was seen: the harness sees nothing")
    return Report(
        "## Power cuts\n\n"
        f"{len(commands.COMMANDS)} commands ({', '.join(commands.COMMANDS)}) ran on one vault, with all that they did "
        "to the disk written down. The power goes after a drawn call. Of what was not synchronised then everything is "
        "lost; or all is kept; or each write, cut and entry of a folder is kept or lost by itself; or so is each "
        "sector of 512 bytes. A state is wrong when the vault does not open or verify, when its rows are not those of "
        "the last acknowledged command or of a whole transaction after it, or when an acknowledged export, backup or "
        "restored vault is not there. And of all calls: no file gets its name, and no command is acknowledged, before "
        "what it needs is synchronised. The same with `synchronous = OFF` shows that damage is seen.\n\n"
        "| not synchronised | states | wrong | states with OFF | wrong with OFF |\n|---|---|---|---|---|\n" + rows,
        problems,
    )


def main(count: int, seed: int, level: int, folder: Path) -> None:
    """In a process with the shim: make the vault, record, cut, and say what was found."""
    commands.load()
    template = folder / "template"
    commands.make_home(template)
    sys.stdout.write(json.dumps(cut(template, folder, count, seed, level)))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
