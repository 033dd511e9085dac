"""Whole processes beside the floor: the start of a command, a look-up, one recorded attendance."""

import os
import time
from itertools import count

from argon2.low_level import Type, hash_secret_raw

from benchmarks import vaults
from benchmarks.bench import F0, TYPER, Bench
from benchmarks.timing import Row, Run, interleaved
from lcs_cli.records.references import Kind, reference
from lcs_cli.services import families, setup
from lcs_cli.vault.secret import RFC_9106_LOW_MEMORY
from lcs_cli.vault.slots import Opener, by_secret, by_unlocked

ROUNDS = 21
RECORD = "lcs attendance record"


def rows(bench: Bench, attendances: int) -> list[Row]:
    """What is unlocked is kept by an agent; every reading is logged, and on the disk when the command ends."""
    session = count(attendances + 1)
    aims = {
        "lcs --version": (TYPER, 1.15),
        "lcs family --help": (TYPER, 1.15),
        "lcs --help": (TYPER, 1.5),
        f"lcs family show {bench.family} --json": (F0, 1.4),
        f"lcs family show {bench.family}": (F0, 2.2),
    }
    with_key = f"lcs attendance list {bench.family} --json --key-file {bench.key_file}"

    def record() -> None:
        ref = reference(Kind.SESSION, next(session))
        bench.lcs(f"{RECORD} {ref} --attended --arrived 10:05 --left 11:00 --no-input")()

    runs: dict[str, Run] = {TYPER: bench.python(TYPER), F0: bench.python(F0), RECORD: record}
    runs |= {line: bench.lcs(line) for line in (*aims, with_key)}
    with bench.unlocked(bench.vault):
        took = interleaved(runs, ROUNDS)
    return [
        *(Row(f"`{line}`", took[line], f"`{floor}`", took[floor], aim) for line, (floor, aim) in aims.items()),
        Row(f"`lcs attendance list {bench.family} --json` with a key file", took[with_key], f"`{F0}`", took[F0], 1.4),
        Row(f"`{RECORD}` of one session", took[RECORD], f"`{F0}`", took[F0], 1.5),
        *_passphrase(bench),
    ]


def _passphrase(bench: Bench) -> list[Row]:
    """What a passphrase adds to a look-up in one process."""
    profile, unlocked = RFC_9106_LOW_MEMORY, vaults.unlocked(bench.vault)

    def look_up(opener: Opener) -> None:
        now = vaults.now_()
        desk = setup.open_desk_by(bench.vault, opener, now=now, today=now.date())
        families.show(desk, bench.family)
        desk.db.close()

    def argon2() -> None:
        hash_secret_raw(b"a passphrase", os.urandom(16), profile.passes, profile.memory, profile.lanes, 32, Type.ID)

    def added() -> float:
        began = time.perf_counter()
        look_up(by_secret("bench", vaults.SECRET))
        between = time.perf_counter()
        look_up(by_unlocked(unlocked))
        return 2 * between - began - time.perf_counter()

    took = interleaved({"added": added, "argon2": argon2}, ROUNDS)
    return [Row("what a passphrase adds to that, in one process", took["added"], "one Argon2id", took["argon2"], 1.05)]
