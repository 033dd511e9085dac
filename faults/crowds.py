"""Many processes at once on one vault: 48 that record and read, and 8 sweeps of the same families.

    python -m faults.crowds ROUNDS SEED FOLDER

Each process is a fork of this one, held back until all of them are there. What was found is written as JSON.
"""

import json
import os
import random
import shutil
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from faults import commands
from faults.judge import swept
from faults.look import look, strays, tells_of_a_defect
from faults.report import Report
from lcs_cli.errors import VaultBusyError
from tests.conftest import open_desk

NAME = "crowds"
SHORT, LONG = 2, 50  # rounds
PROCESSES, SWEEPS = 48, 8
_BUSY = VaultBusyError.exit_code
_ADDS = ("family", "add", "--from", "{home}/in/family.json")
_DONE = (
    _ADDS,
    ("flag", "raise", "LCS-0003-A", "--from", "{home}/in/concern.json"),
    ("family", "show", "LCS-0003-A"),
    ("status",),
    ("find", "plantedfamily"),
    ("audit", "verify", "--new"),
)


def at_once(home: Path, argvs: Sequence[tuple[str, ...]]) -> list[tuple[int, str]]:
    """Each command line in a process of its own, all let go in the same moment: how each ended, and what it said."""
    held, go = os.pipe()

    def held_back() -> None:
        os.close(go)
        os.read(held, 1)

    ends = [commands.begun(home, argv, held_back) for argv in argvs]
    os.close(held)
    os.close(go)
    return [(ran.code, ran.err) for ran, _ in (ended() for ended in ends)]


def problems(home: Path, ended: list[tuple[int, str]], allowed: set[int]) -> list[str]:
    """What is wrong with how they ended, and with what they left."""
    wrong = [
        f"exit code {code}: {said[-300:]}" for code, said in ended if code not in allowed or tells_of_a_defect(said)
    ]
    commands.age(home)
    return [*wrong, *look(home / "vault").problems, *strays(home)]


def crowd(template: Path, folder: Path, drawn: random.Random) -> dict[str, Any]:
    """48 processes: everything that was acknowledged is there, and nothing else."""
    home = commands.copy(template, folder / "home")
    argvs = [drawn.choice(_DONE) for _ in range(PROCESSES)]
    before = families(home)
    ended = at_once(home, argvs)
    wrong = problems(home, ended, {0})
    added = sum(argv == _ADDS and code == 0 for argv, (code, _) in zip(argvs, ended, strict=True))
    if (there := families(home) - before) != added:
        wrong.append(f"{added} families were acknowledged, {there} are there")
    shutil.rmtree(home)
    return {"what": f"{PROCESSES} processes that record and read", "codes": [code for code, _ in ended], "wrong": wrong}


def sweeps(template: Path, folder: Path) -> dict[str, Any]:
    """8 sweeps: each family goes once, with its certificate, whoever of them does it."""
    home = commands.copy(template, folder / "home")
    ended = at_once(home, [commands.COMMANDS["retention sweep"]] * SWEEPS)
    wrong = problems(home, ended, {0, _BUSY})
    split, there = swept(home)
    wrong += split + (["what was due is there"] if there else [])
    if all(code for code, _ in ended):
        wrong.append("none of them swept")
    shutil.rmtree(home)
    return {"what": f"{SWEEPS} sweeps", "codes": [code for code, _ in ended], "wrong": wrong}


def families(home: Path) -> int:
    """How many families are on record."""
    desk = open_desk(home / "vault", "rhys")
    found = int(desk.db.value("SELECT count(*) FROM family"))
    desk.db.close()
    return found


def run(*, long: bool, seed: int) -> Report:
    """Let them all in at once, so many times."""
    found = commands.apart("faults.crowds", LONG if long else SHORT, seed)
    rows = ""
    for what in dict.fromkeys(one["what"] for one in found):
        of_it = [one for one in found if one["what"] == what]
        codes = Counter(code for one in of_it for code in one["codes"])
        ended = ", ".join(f"{code}: {count}" for code, count in sorted(codes.items()))
        rows += f"| {what} | {len(of_it)} | {ended} | {sum(bool(one['wrong']) for one in of_it)} |\n"
    return Report(
        "## Many at once\n\n"
        f"Processes that are let go in the same moment, on one vault. Of {PROCESSES}, each runs a command drawn from "
        "adding a family, raising a concern, showing and finding a family, `lcs status` and `lcs audit verify --new`: "
        "all of them have to end with 0, and as many families have to be there as were acknowledged. Of "
        f"{SWEEPS} sweeps of the same two families some end with {_BUSY}, another being under way: each family has to "
        "be gone, with one certificate. A round is wrong, too, when the vault does not verify or a file is left over.\n"
        "\n| what | rounds | exit codes | wrong |\n|---|---|---|---|\n" + rows,
        [f"{one['what']}: {problem}" for one in found for problem in one["wrong"]],
    )


def main(rounds: int, seed: int, folder: Path) -> None:
    """In a process of its own: make the vault, and let them in."""
    commands.load()
    template, drawn = folder / "template", random.Random(seed)  # noqa: S311 -- which command it is is no secret
    commands.make_home(template)
    for _ in range(rounds):
        for one in (crowd(template, folder, drawn), sweeps(template, folder)):
            sys.stdout.write(json.dumps(one) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
