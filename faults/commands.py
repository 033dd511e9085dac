"""The commands that faults are put into, and the vault that they run on, with something to do for each of them."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any, TypeVar
from unittest.mock import patch

import lcs_cli
from faults.shim import ROOT
from lcs_cli.policy.document import restated_policy
from lcs_cli.services import backups, clock_guard
from tests.cli.typed import Ran, at, lcs
from tests.conftest import TODAY, OpenDesk, make_vault, open_desk
from tests.services import stories
from tests.stopping import Changing

T = TypeVar("T")
UNFORESEEN = 70  # the exit code of a fork in which something was raised that nobody caught
YESTERDAY = TODAY - timedelta(days=1)
FAMILY = (
    '{"name": "Invented", "opened_on": "2026-11-02", "children": [{"given_name": "Nia", "family_name": "Invented"}]}'
)
SHEET = "Fam Ref,Family surname,Opened,Type,Forename,D.O.B.\n" + "".join(
    f"F-{n},Imported,1/10/2025,child,Chidi{chr(97 + n)},30/1/2018\n" for n in range(5)
)
COMMANDS: dict[str, tuple[str, ...]] = {
    "family add": ("family", "add", "--from", "{home}/in/family.json"),
    "attendance record": ("attendance", "record", "S-000006-Y", "--attended", "--arrived", "13:05", "--left", "14:30"),
    "attendance correct": (
        *("attendance", "correct", "S-000005-M", "--attended", "--arrived", "10:10", "--left", "11:30"),
        *("--from", "{home}/in/reason.json"),
    ),
    "flag raise": ("flag", "raise", "LCS-0003-A", "--from", "{home}/in/concern.json"),
    "vault user add": ("vault", "user", "add", "nia", "--role", "worker"),
    "vault rotate": ("vault", "rotate"),
    "policy publish": (
        "policy",
        "publish",
        "--text",
        "{home}/in/policy.txt",
        "--from",
        "{home}/in/approved.json",
        "--yes",
    ),
    "retention sweep": ("retention", "sweep"),
    "import run": ("import", "run", "families", "{home}/in/sheet.csv"),
    "attendance export": (
        *("attendance", "export", "--to", "REF-0001-R", "--purpose", "case-management", "--since", "last"),
        *("--into", "{home}/out"),
    ),
    "vault backup": ("vault", "backup", "--into", "{home}/out"),
    "vault restore": ("vault", "restore", "{home}/in/backup.lcsb", "--into", "{home}/again", "--yes"),
}


def load() -> None:
    """Import every module of the program once, for all forks of this process."""
    for module in walk_packages(lcs_cli.__path__, "lcs_cli."):
        import_module(module.name)


def run(home: Path, argv: tuple[str, ...], user: str = "amina", day: date = TODAY) -> Ran:
    """One command line, in this process, on the vault of a home."""
    terminal = Changing(env={**at(home / "vault"), "LCS_USER": user}, day=day)
    return lcs(terminal, *(word.replace("{home}", str(home)) for word in argv))


def begun(
    home: Path,
    argv: tuple[str, ...],
    before: Callable[[], None] = lambda: None,
    after: Callable[[], T | None] = lambda: None,
) -> Callable[[], tuple[Ran, T | None]]:
    """Begin one command line in a fork of this process; call what is returned to wait for its end.

    It says how it ended, and what was said ``after`` it; of one that was killed only its exit code is known.
    """
    reads, writes = os.pipe()
    child = os.fork()
    if not child:
        code = UNFORESEEN
        try:
            os.close(reads)
            before()
            ran = run(home, argv)
            said = after()
            with os.fdopen(writes, "w", encoding="utf-8") as pipe:
                json.dump([ran.out, ran.err, said], pipe)
            code = ran.code
        finally:
            os._exit(code)
    os.close(writes)

    def ended() -> tuple[Ran, T | None]:
        with os.fdopen(reads, encoding="utf-8") as pipe:
            told = pipe.read()
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        out, err, said = json.loads(told) if told else ("", "", None)
        return Ran(code, out, err), said

    return ended


def apart(module: str, *argv: object) -> list[Any]:
    """What a module of this package writes as lines of JSON, in a process of its own.

    Its last argument is a folder that is there for it alone.
    """
    with tempfile.TemporaryDirectory() as folder:
        home = str(Path(folder).resolve())
        env = os.environ | {"PYTHONPATH": str(ROOT), "LCS_STATE": f"{home}/state"}
        command = [sys.executable, "-m", module, *map(str, argv), home]
        done = subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True)
        return [json.loads(line) for line in done.stdout.splitlines()]


def make_home(home: Path) -> None:
    """A vault with families that are there, closed, and due to go; and beside it what the commands read."""
    for name in ("in", "out", "state"):
        (home / name).mkdir(parents=True, mode=0o700)
    vault = home / "vault"
    make_vault(vault)
    (home / "in" / "family.json").write_text(FAMILY, encoding="utf-8")
    (home / "in" / "sheet.csv").write_text(SHEET, encoding="utf-8")
    (home / "in" / "reason.json").write_text('{"reason": "misread"}', encoding="utf-8")
    (home / "in" / "concern.json").write_text(
        '{"category": "physical", "narrative": "A bruise on one arm."}', encoding="utf-8"
    )
    (home / "in" / "policy.txt").write_text(restated_policy().replace("reviewed every year", "reviewed each year"))
    (home / "in" / "approved.json").write_text('{"approved_by": "trustees"}', encoding="utf-8")
    with patch.object(clock_guard, "days_seen", lambda _: ()):  # years pass from one line to the next
        _fill(partial(open_desk, vault))
    desk = open_desk(vault)
    (made,) = backups.make(desk)
    desk.db.close()
    made.path.rename(home / "in" / "backup.lcsb")
    shutil.rmtree(home / "backups", ignore_errors=True)


def _fill(opened: OpenDesk) -> None:
    desk = opened("amina", stories.CLOSED)
    going = [stories.closed_family(desk, 2, name="Plantedfamily").ref for _ in range(2)]
    desk.db.close()
    stories.approved(opened, *going)
    desk = opened("amina", YESTERDAY)
    there = stories.family(desk, 2)
    stories.referred(desk, there.ref, stories.referrer(desk), date(2026, 11, 2))
    stories.held(desk, there.ref, YESTERDAY)
    stories.booked(desk, there.ref, YESTERDAY, "13:00")
    desk.db.close()
    rhys = opened("rhys")
    clock_guard.confirm(rhys, rhys.today)  # of which the vault has seen nothing for years
    rhys.db.close()


def copy(template: Path, home: Path) -> Path:
    """Another home like the template."""
    return Path(shutil.copytree(template, home))


def age(home: Path) -> None:
    """Let what lies in a home be two hours older: what was abandoned an hour ago may be removed."""
    for path in (home, *home.rglob("*")):
        about = path.lstat()
        os.utime(path, (about.st_atime - 7200, about.st_mtime - 7200))
