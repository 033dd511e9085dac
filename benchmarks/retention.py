"""The sweep beside its floors: a thousand families disposed of, and nothing due among a million attendances."""

import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from lcs_cli.policy.rules import packaged
from lcs_cli.records.user import Role
from lcs_cli.services import retention, setup, sweep, users
from lcs_cli.services.desk import Desk
from lcs_cli.vault.secret import Secret
from lcs_cli.vault.slots import Unlocked

GOING, STAYING = 1_000, 10_000
SESSIONS_OF_ONE_THAT_GOES, SESSIONS_OF_ONE_THAT_STAYS = 50, 100
CLOSED = date(2020, 1, 1)
ROUNDS = 3
_AGO = timedelta(days=10)
_SCHEDULE = "retention_schedule.toml"
_SECRET = Secret(passphrase="a passphrase for measuring only")
_GOING = "SELECT family_id FROM review WHERE state = 'approved'"
_TABLES = {
    "attendance": "family_id",
    "contact_session": "family_id",
    "episode": "family_id",
    "review": "family_id",
    "person": "family_id",
    "family": "id",
}


def make_vault(folder: Path) -> None:
    """A vault of families in service, with a million attendances, and of others that were closed for good."""
    now = _now() - _AGO
    rules = {_SCHEDULE: _without_cap(packaged().contents[_SCHEDULE].decode()).encode()}
    setup.init(
        folder, "bench", _SECRET, policy_text=None, policy_effective=None, now=now, today=now.date(), rules=rules
    )
    desk = _desk(folder, "bench", now)
    users.add_user(desk, "other", [Role.MANAGER], _SECRET)
    session = 0
    with desk.db.transaction():
        for number in range(1, GOING + STAYING + 1):
            session += _family(desk, number, session)
        for name, last in (("family", GOING + STAYING), ("person", 2 * (GOING + STAYING)), ("session", session)):
            desk.db.run("INSERT INTO counter VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = ?2", name, last)
    desk.db.close()


def _without_cap(schedule: str) -> str:
    """The retention schedule with no limit on what one sweep disposes of."""
    before, cap, after = schedule.partition("[cap]")
    return before + cap + re.sub(r"^(families|percent) = .*$", r"\1 = []", after, flags=re.MULTILINE)


def approve(folder: Path) -> None:
    """Ten days ago, somebody proposed the disposal of what is due, and somebody else approved it."""
    then = _now() - _AGO
    desk = _desk(folder, "bench", then)
    for item in retention.due(desk, then.date()):
        retention.propose(desk, item.decision.subject, None)
    desk.db.close()
    desk = _desk(folder, "other", then)
    retention.approve(desk, retention.approval_list(desk).hash)
    desk.db.close()


def disposals(folder: Path) -> dict[str, float]:
    """Medians in seconds of the sweep but for its rewrite, of the rewrite, and of one bare DELETE a table."""
    seconds: dict[str, list[float]] = {"sweep": [], "rewrite": [], "bare": []}
    for number in range(ROUNDS):
        for name, measure in (("swept", _swept), ("deleted", _deleted)):
            copy = folder.with_name(f"{name}-{number}")
            shutil.copytree(folder, copy)
            os.sync()  # lest the first to wait for the disk waits for the copy, too
            for found, value in measure(copy):
                seconds[found].append(value)
            shutil.rmtree(copy)
    return {name: statistics.median(values) for name, values in seconds.items()}


def peak(folder: Path) -> tuple[int, int]:
    """The most memory, in MiB, that a process took which swept the vault, and one that only opened it.

    Linux says it of a process alone; `ru_maxrss` begins with what its parent had.
    """
    found = []
    for what in ("sweep.sweep(desk)", "desk.db.value('SELECT 1')"):
        copy = folder.with_name("peak")
        shutil.copytree(folder, copy)
        script = (
            "from pathlib import Path; from benchmarks import retention; "
            "from lcs_cli.services import sweep; "
            f"desk = retention._desk(Path({str(copy)!r}), 'bench', retention._now()); {what}; "
            "print(Path('/proc/self/status').read_text().partition('VmHWM:')[2].split()[0])"
        )
        done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
        found.append(int(done.stdout) // 1024)
        shutil.rmtree(copy)
    return found[0], found[1]


def sweep_once(folder: Path) -> None:
    """Dispose of all that is approved, in this vault itself."""
    sweep.sweep(_desk(folder, "bench", _now()))


def unlocked(folder: Path) -> Unlocked:
    """What an agent keeps of whoever measures."""
    desk = _desk(folder, "bench", _now())
    desk.db.close()
    return Unlocked.of(desk.vault.header, desk.vault.opened)


def _swept(folder: Path) -> Iterator[tuple[str, float]]:
    """The disposals, and apart from them the rewriting of the file and the reading of all its pages after it."""
    desk = _desk(folder, "bench", _now())
    after: list[float] = []
    names = vars(sweep)  # where the two are known by, so that what they take is told apart
    real = {name: names[name] for name in ("rewrite_if_asked", "_look")}

    def timed(run: Callable[..., Any]) -> Callable[..., Any]:
        def one(*args: Any) -> Any:
            began = time.perf_counter()
            try:
                return run(*args)
            finally:
                after.append(time.perf_counter() - began)

        return one

    names |= {name: timed(run) for name, run in real.items()}
    began = time.perf_counter()
    try:
        done = sweep.sweep(desk)
    finally:
        names |= real
    took = time.perf_counter() - began
    if len(done.disposed) != GOING:
        raise SystemExit(f"{len(done.disposed)} families went, not {GOING}")
    yield "sweep", took - sum(after)
    yield "rewrite", sum(after)


def _deleted(folder: Path) -> Iterator[tuple[str, float]]:
    """The same rows, the same settings and guards, in one transaction."""
    desk = _desk(folder, "bench", _now())
    going = [row[0] for row in desk.db.rows(_GOING)]
    with desk.db._unguarded() as connection:  # noqa: SLF001  # a temporary table is refused otherwise
        connection.execute("CREATE TEMP TABLE going (id INTEGER PRIMARY KEY)")
        connection.executemany("INSERT INTO going VALUES (?)", [(one,) for one in going])
        began = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        for table, key in _TABLES.items():
            connection.execute(f"DELETE FROM {table} WHERE {key} IN (SELECT id FROM going)")  # noqa: S608
        connection.execute("COMMIT")
    yield "bare", time.perf_counter() - began


def _family(desk: Desk, number: int, before: int) -> int:
    """Fill in one family; the number of its sessions. ``before`` is the number of the last session before it."""
    goes = number <= GOING
    count = SESSIONS_OF_ONE_THAT_GOES if goes else SESSIONS_OF_ONE_THAT_STAYS
    last = CLOSED if goes else desk.today - timedelta(days=1)
    child = 2 * number
    held = [(before + n, (last - timedelta(days=7 * (count - n))).isoformat()) for n in range(1, count + 1)]
    people = [(child - 1, "adult", "1985-01-01"), (child, "child", "2015-01-01")]
    _fill(desk, "family (id, name, changed)", [(number, "Invented", 1)])
    _fill(
        desk,
        "episode (family_id, number, opened_on, closed_on)",
        [(number, 1, held[0][1], last.isoformat() if goes else None)],
    )
    _fill(
        desk,
        "person (id, family_id, kind, given_name, family_name, date_of_birth, changed)",
        [(one, number, kind, "Given", "Invented", born, 1) for one, kind, born in people],
    )
    _fill(
        desk,
        "contact_session (family_id, id, held_on, starts, ends, room, changed)",
        [(number, one, day, "10:00", "11:00", "Room 1", 1) for one, day in held],
    )
    _fill(
        desk,
        "attendance (family_id, session_id, child_id, attended, arrived, departed, changed)",
        [(number, one, child, 1, "10:05", "11:00", 1) for one, _ in held],
    )
    return count


def _fill(desk: Desk, table: str, rows: list[tuple[Any, ...]]) -> None:
    marks = ", ".join("?" * len(rows[0]))
    for row in rows:
        desk.db.run(f"INSERT INTO {table} VALUES ({marks})", *row)  # noqa: S608


def _desk(folder: Path, login: str, now: datetime) -> Desk:
    return setup.open_desk(folder, login, _SECRET, now=now, today=now.date())


def _now() -> datetime:
    return datetime.now(UTC)
