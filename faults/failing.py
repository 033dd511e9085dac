"""Every call of a writing command on its files failing in turn: an error, a full disk with half a write, a kill.

    python -m faults.failing KIND EVERY FIRST VERB FOLDER

runs in one process with the shim, each run in a fork of it: the code of `lcs` from its command line down, without the
start of the interpreter. What each run left is written as JSON.
"""

import json
import os
import shutil
import signal
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import lcs_cli
from faults import shim
from lcs_cli.errors import LcsError
from lcs_cli.services import audits
from lcs_cli.services.desk import Desk
from tests.cli.typed import at, lcs
from tests.conftest import open_desk
from tests.services import stories
from tests.stopping import Changing

KILLED = -signal.SIGKILL
KINDS = ("EIO once", "EIO from then on", "full disk", "kill -9")
FAMILY = '{"name": "Invented", "opened_on": "2026-11-02", "children": []}'
CODES = {0, 1, 2, 4, 5, 10, 11, 12, 13}


@dataclass(frozen=True)
class Verb:
    """A command, the action of its audit entry, and what it changes: a query that counts it."""

    argv: tuple[str, ...]
    action: str
    counts: str
    changes: int = 1


VERBS = {
    "family add": Verb(("family", "add", "--from", "{home}/family.json"), "family.add", "SELECT count(*) FROM family"),
    "user add": Verb(("vault", "user", "add", "nia", "--role", "worker"), "vault.user.add", "SELECT 0", 0),
    "backup": Verb(("vault", "backup", "--into", "{home}"), "vault.backup", "SELECT count(*) FROM backup"),
    "rotate": Verb(("vault", "rotate"), "vault.rotate", "SELECT 0", 0),
}


def state(desk: Desk, verb: Verb) -> tuple[int, int]:
    """How many entries of the action there are, and how many of what they speak of."""
    entries = sum(entry.action == verb.action for entry in stories.trail(desk))
    return entries, desk.db.value(verb.counts)


def problems(vault: Path, verb: Verb, before: tuple[int, int], code: int, said: str) -> list[str]:
    """What is wrong after a run that ended like this, as the next person finds it."""
    found = []
    if code not in CODES | {KILLED} or "Traceback" in said or "defect of lcs" in said:
        found.append(f"exit code {code}: {said[-300:]}")
    try:
        desk = open_desk(vault, "rhys")
        found += [*audits.verify(desk).problems, *desk.db.problems()]
        entries, rows = (now - then for now, then in zip(state(desk, verb), before, strict=True))
        desk.db.close()
    except (LcsError, OSError) as error:
        return [*found, f"the vault does not open: {error}"]
    if rows != entries * verb.changes or entries not in (0, 1):
        found.append(f"half a transaction: {entries} entries, {rows} rows")
    if code == 0 and entries != 1:
        found.append("an acknowledged write is lost")
    strays = {path.name for path in vault.iterdir()} - {"lock", "disposals.jsonl", desk.vault.header.data}
    found += [f"a stray file: {name}" for name in sorted(strays) if not name.startswith("header")]
    return found


def run_once(kind: str, number: int, home: Path, verb: Verb) -> tuple[int, int, int, str]:
    """One run in a fork; its exit code, the calls, those that failed, what it said."""
    told = home / "told"
    child = os.fork()
    if not child:
        shim.fail(home, kind, number)
        ran = lcs(Changing(env=at(home / "vault")), *(word.replace("{home}", str(home)) for word in verb.argv))
        told.write_text(json.dumps([*shim.stop(), ran.err]), encoding="utf-8")
        os._exit(ran.code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    calls, failed, said = json.loads(told.read_text(encoding="utf-8")) if told.exists() else (number, 1, "")
    return code, calls, failed, said


def main(kind: str, every: int, first: int, name: str, folder: Path) -> None:
    """Fail the first call, then every so many later, until a run meets no failure."""
    for module in walk_packages(lcs_cli.__path__, "lcs_cli."):
        import_module(module.name)
    verb, number = VERBS[name], first
    template = folder / "template"
    desk = open_desk(template, "rhys")
    before = state(desk, verb)
    desk.db.close()
    while True:
        home = folder / f"{os.getpid()}"
        shutil.copytree(template, home / "vault")
        (home / "family.json").write_text(FAMILY, encoding="utf-8")
        code, _, failed, said = run_once(kind, number, home, verb)
        found = problems(home / "vault", verb, before, code, said)
        sys.stdout.write(json.dumps({"at": number, "code": code, "failed": failed, "problems": found}) + "\n")
        shutil.rmtree(home)
        if not failed:
            return
        number += every


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], Path(sys.argv[5]))
