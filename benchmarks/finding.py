"""A search by name among 100,000 people."""

import random
from pathlib import Path

from benchmarks import vaults
from benchmarks.bench import F0, Bench
from benchmarks.timing import Row, interleaved
from lcs_cli.services import setup

PEOPLE = 100_000
ROUNDS = 11
FIND = "lcs find kowalsky"


def row(bench: Bench) -> Row:
    """The whole process, on a vault of its own with four people of a family."""
    vault = bench.folder / "people"
    _make_vault(vault)
    with bench.unlocked(vault):
        took = interleaved({F0: bench.python(F0), FIND: bench.lcs(FIND, bench.env_of(vault))}, ROUNDS)
    return Row(f"`{FIND}` among {PEOPLE:,} people", took[FIND], f"`{F0}`", took[F0], 3.0)


def _make_vault(folder: Path) -> None:
    now = vaults.now_()
    setup.init(folder, "bench", vaults.SECRET, policy_text=None, policy_effective=None, now=now, today=now.date())
    desk = vaults.open_desk(folder, "bench", now)
    names, chosen = vaults.invented(PEOPLE), random.Random(2)  # noqa: S311 -- the same names each time, and no secret
    with desk.db.transaction():
        for number in range(1, PEOPLE // 4 + 1):
            desk.db.run("INSERT INTO family VALUES (?, ?, NULL, 1)", number, chosen.choice(names))
        for number in range(1, PEOPLE + 1):
            values = (number, (number + 3) // 4, chosen.choice(names), chosen.choice(names))
            desk.db.run("INSERT INTO person VALUES (?, ?, 'child', ?, ?, NULL, NULL, 1)", *values)
    desk.db.close()
