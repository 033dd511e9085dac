"""Commands that are stopped at every step they take on the disk: switched off before it, or refused by a full disk.

    python -m tests.stopping HOW FIRST+EVERY TEMPLATE FOLDER ARGUMENT...

runs one command line of `lcs` as amina, on a new copy of the vault TEMPLATE each time, in a process of its own that
is stopped at the FIRST step, then EVERY so many steps later, until one ends by itself. `{home}` in an argument is the
folder that the copy lies in. ``killed``: the process is gone before the step. ``full``: from that step on nothing more
can be written. ``limited``: no file grows beyond a limit that the system itself holds it to (RLIMIT_FSIZE); the steps
are limits in bytes then. What each one said is written as JSON.
"""

import errno
import json
import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

import lcs_cli
from tests.cli.typed import Ran, Typist, at, lcs
from tests.conftest import passphrase

ROOT = Path(__file__).parents[1]
KILLED = 9
LIMITS = (*range(0, 20_000, 1_900), *range(24_576, 262_144, 24_576))
_FREES = ("unlink", "rename", "replace")


@dataclass(frozen=True)
class Stopped:
    """One of the runs: the step it was stopped at, the folder it worked on, its exit code, what it said."""

    step: str
    folder: Path
    ran: Ran


def stopped(how: str, template: Path, folder: Path, *argv: str, shared: bool = False) -> list[Stopped]:
    """Every one of the runs; the last one was not stopped.

    With ``shared``, each step is taken by one of two ways of stopping: switched off before the odd ones, full from the
    even ones on.
    """
    step = f"{2 if shared and how == 'full' else 1}+{2 if shared else 1}"
    command = [sys.executable, "-m", "tests.stopping", how, step, str(template), str(folder), *argv]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return [Stopped(step, folder / str(n) / "vault", Ran(*ran)) for n, (step, ran) in enumerate(answers)]


def new_passphrase(name: str) -> str:
    """What a person of these runs takes for a new passphrase."""
    return f"{passphrase(name)} and a whisk"


class Changing(Typist):
    """Somebody who takes another passphrase wherever a new one is asked for."""

    def ask_secret(self, prompt: str) -> str:
        if named := re.match(r"Passphrase for (\S+) ", prompt):
            self._new = new_passphrase(named[1])
        return self._new if named or prompt.startswith("The same") else super().ask_secret(prompt)


class Steps:
    """The steps of one run, counted; at the ``last`` one it is stopped."""

    def __init__(self, how: str, last: int) -> None:
        self.how = how
        self.last = last
        self.count = 0
        self.name = ""
        self.pours = False

    def take(self, name: str) -> None:
        """One more step."""
        self.count += 1
        if self.count == self.last:
            self.name = name
        if self.how == "killed" and self.count == self.last:
            answer(self.name, Ran(KILLED, "", ""))
            os._exit(KILLED)
        if self.how == "full" and self.count >= self.last and name not in _FREES:
            if name.startswith("SQL"):
                raise sqlcipher.OperationalError("database or disk is full")
            raise OSError(errno.ENOSPC, "No space left on device")

    def watch(self) -> None:
        """Count what is done to files and to rows."""
        for name in ("fsync", "unlink", "rename", "replace"):
            setattr(os, name, self._counted(name, getattr(os, name)))
        real = os.open

        def opened(path: Any, flags: int, *rest: Any, **named: Any) -> int:
            if flags & os.O_EXCL:
                self.take("new file")
            return real(path, flags, *rest, **named)

        os.open = opened
        steps = self

        class Watched(sqlcipher.Connection):  # type: ignore[misc]
            """A connection whose changes are counted."""

            def execute(self, sql: str, *values: Any) -> Any:
                if not sql.lstrip().startswith(("PRAGMA", "SELECT")):
                    pours = sql.startswith("INSERT INTO main.")  # table after table in one transaction: one step
                    if not (pours and steps.pours):
                        steps.take(f"SQL {sql[:40]}")
                    steps.pours = pours
                return super().execute(sql, *values)

            def executescript(self, sql: str) -> Any:
                steps.take("SQL script")
                return super().executescript(sql)

            def commit(self) -> None:
                steps.take("SQL commit")
                super().commit()

        connect = sqlcipher.connect
        sqlcipher.connect = lambda *args, **named: connect(*args, factory=Watched, **named)

    def _counted(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **named: Any) -> Any:
            self.take(name)
            return real(*args, **named)

        return counted


def answer(step: str, ran: Ran) -> None:
    """One line for who started this; written past all that is counted or limited."""
    os.write(1, json.dumps([step, [ran.code, ran.out, ran.err]]).encode() + b"\n")


def run_once(how: str, last: int, vault: Path, argv: Sequence[str]) -> bool:
    """One run, in this process; whether it was stopped."""
    steps = Steps(how, last)
    terminal = Changing(env=at(vault))
    if how == "limited":
        limit = LIMITS[last - 1] if last <= len(LIMITS) else resource.RLIM_INFINITY
        steps.name = "" if limit == resource.RLIM_INFINITY else f"{limit} bytes"
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    else:
        steps.watch()
    answer_of = lcs(terminal, *(word.replace("{home}", str(vault.parent)) for word in argv))
    answer(steps.name, answer_of)
    return bool(steps.name)


def main(how: str, steps: range, template: Path, folder: Path, *argv: str) -> None:
    """Each run in a fork of this process, which has opened nothing yet, and loads every module once for all of them."""
    for module in walk_packages(lcs_cli.__path__, "lcs_cli."):
        import_module(module.name)
    for place, number in enumerate(steps):
        home = folder / str(place)
        home.mkdir(parents=True)
        shutil.copytree(template, home / "vault")
        child = os.fork()
        if not child:
            os._exit(int(run_once(how, number, home / "vault", argv)))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code not in (0, 1, KILLED):
            sys.exit(f"run {number} ended with {code}")
        if not code:
            break


if __name__ == "__main__":
    first, every = map(int, sys.argv[2].split("+"))
    main(sys.argv[1], range(first, sys.maxsize, every), Path(sys.argv[3]), Path(sys.argv[4]), *sys.argv[5:])
