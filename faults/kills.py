"""Commands that are killed at drawn moments, one after the other on one vault.

    python -m faults.kills KILLS SEED FOLDER

runs in one process with the shim, each run in a fork of it, which is killed after a drawn number of milliseconds or
before a drawn call. Every so many kills it begins with another copy of the vault.
"""

import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from faults import commands, shim
from faults.look import look, strays, tells_of_a_defect
from faults.report import Report
from lcs_cli.errors import UsageError
from lcs_cli.vault import audit
from tests.conftest import open_desk
from tests.services import stories

NAME = "kills"
SHORT, LONG, PER_VAULT = 20, 1000, 20
_DONE = {  # by action, the kind of record that its entries speak of, and how many there are
    "family.add": ("LCS-", "SELECT value - (SELECT count(*) FROM imported) FROM counter WHERE name = 'family'"),
    "flag.raise": ("SF-", "SELECT count(*) FROM flag"),
    "vault.backup": ("BK-", "SELECT count(*) FROM backup"),
    "attendance.export": ("EX-", "SELECT count(*) FROM export"),
    "retention.sweep": ("RV-", "SELECT count(*) FROM certificate"),
}
_MANY = tuple(name for name in commands.COMMANDS if name != "attendance record")  # which is done once


def counted(vault: Path) -> dict[str, int]:
    """For each action how many more rows than entries there are: it stays the same, whatever happens."""
    desk = open_desk(vault, "rhys")
    trail = stories.trail(desk)
    found = {}
    for action, (kind, sql) in _DONE.items():
        told = sum(entry.action == action and any(ref.startswith(kind) for ref in entry.refs) for entry in trail)
        found[action] = int(desk.db.value(sql)) - told
    desk.db.close()
    return found


def acknowledged(home: Path, told: int, drawn: random.Random, at: int) -> None:
    """In a fork: run drawn commands until killed; say after each that ended with 0 what the trail's head is then."""
    if at:
        shim.begin(home, "kill -9", at)
    while True:
        name = drawn.choice(_MANY)
        os.write(told, f"begins {name}\n".encode())
        if name == "vault restore":
            shutil.rmtree(home / "again", ignore_errors=True)
        ran = commands.run(home, commands.COMMANDS[name])
        if ran.code == 0:
            desk = open_desk(home / "vault")
            os.write(told, f"done {audit.head(desk.db)}\n".encode())
            desk.db.close()
        elif tells_of_a_defect(ran.err):
            os.write(told, f"defect {name}: {ran.err[-200:]!r}\n".encode())


def kill_once(home: Path, drawn: random.Random) -> list[str]:
    """One fork, killed; what it had said until then."""
    reads, writes = os.pipe()
    at, seed = (drawn.randint(1, 900) if drawn.random() < 0.5 else 0), drawn.random()
    child = os.fork()
    if not child:
        os.close(reads)
        acknowledged(home, writes, random.Random(seed), at)  # noqa: S311
    os.close(writes)
    if not at:
        time.sleep(drawn.randint(5, 800) / 1000)
        os.kill(child, signal.SIGKILL)
    with os.fdopen(reads, encoding="utf-8") as said:
        lines = said.read().splitlines()
    os.waitpid(child, 0)
    return lines


def looked(home: Path, lines: list[str], before: dict[str, int]) -> list[str]:
    """What is wrong after a kill: acknowledged heads that the trail does not have, rows without entries, strays."""
    found = look(home / "vault")
    wrong = [*found.problems, *(line for line in lines if line.startswith("defect"))]
    if not found.exact:
        return wrong
    heads = {line.removeprefix("done "): "an acknowledgement" for line in lines if line.startswith("done ")}
    desk = open_desk(home / "vault", "rhys")
    wrong += [f"an acknowledged write is lost: {one}" for one in audit.problems(desk.vault, heads)]
    desk.db.close()
    if (now := counted(home / "vault")) != before:
        wrong.append(f"half a transaction: {now}, not {before}")
    commands.age(home)
    for name in ("attendance export", "vault backup", "vault restore"):
        shutil.rmtree(home / "again", ignore_errors=True)
        there = name == "vault backup" and any(home.glob("out/*.lcsb"))  # nothing is written over that of the same day
        if (code := commands.run(home, commands.COMMANDS[name]).code) != (UsageError.exit_code if there else 0):
            wrong.append(f"{name} ends with {code} afterwards")
    return wrong + strays(home)


def kill(template: Path, folder: Path, kills: int, seed: int) -> list[dict[str, Any]]:
    """So many kills, and what was found after each."""
    drawn, found = random.Random(seed), []  # noqa: S311 -- when it is killed is no secret
    before = counted(template / "vault")
    home = folder / "home"
    for number in range(kills):
        if not number % PER_VAULT:
            shutil.rmtree(home, ignore_errors=True)
            commands.copy(template, home)
        lines = kill_once(home, drawn)
        wrong = looked(home, lines, before)
        last = lines[-1].split(" ", 1) if lines else ["begins", "?"]
        done = sum(line.startswith("done ") for line in lines)
        found.append({"in": last[1] if last[0] == "begins" else "", "done": done, "problems": wrong})
    return found


def killed(count: int, seed: int) -> list[dict[str, Any]]:
    """What so many kills left, from a process with the shim."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder).resolve()
        return list(json.loads(shim.run(home, "faults.kills", str(count), str(seed), str(home))))


def run(*, long: bool, seed: int) -> Report:
    """Kill so many times."""
    if not shim.compiler():
        return Report("## Kills\n\nThere is no C compiler (cc) here: nothing was killed.\n", [])
    found = killed(LONG if long else SHORT, seed)
    rows = "".join(
        f"| {name or 'between two commands'} | {len(of_it)} | {sum(bool(one['problems']) for one in of_it)} |\n"
        for name in ("", *_MANY)
        if (of_it := [one for one in found if one["in"] == name])
    )
    return Report(
        "## Kills\n\n"
        f"{len(found)} times a process that runs commands drawn from the list was killed: after a drawn number of "
        "milliseconds, or before a drawn call or in the middle of its write, on one vault "
        f"{PER_VAULT} times in a row. {sum(one['done'] for one in found)} commands had been acknowledged. A kill is "
        "wrong when the vault does not open or verify, when the trail has not the head of an acknowledged command, "
        "when there are more or fewer rows than entries, or when a file is left over after an export, a backup and a "
        "restore two hours later.\n\n| killed in | kills | wrong |\n|---|---|---|\n" + rows,
        [f"kills, in {one['in']}: {problem}" for one in found for problem in one["problems"]],
    )


if __name__ == "__main__":
    commands.load()
    place = Path(sys.argv[3])
    commands.make_home(place / "template")
    sys.stdout.write(json.dumps(kill(place / "template", place, int(sys.argv[1]), int(sys.argv[2]))))
