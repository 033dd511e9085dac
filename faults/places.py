"""Where commands run that nothing is wrong with: a disk that is full or read only, a machine with little memory.

    python -m faults.places EVERY FOLDER PLACES NAMES

runs in one process with the shim, where it can in a namespace of its own in which it may mount a small disk. Each run
is a fork of it. What each run left is written as JSON.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from faults import commands, shim
from faults.judge import Judge, Run, digest
from faults.look import tells_of_a_defect
from faults.report import Report
from lcs_cli.vault.folder import building_name
from tests.cli.typed import Ran

NAME = "places"
SHORT, LONG = 40, 1  # places tried: of so many steps one
NAMESPACE = ("unshare", "--mount", "--map-root-user")
FULL, READ_ONLY, MEMORY = "full disk", "read-only disk", "little memory"
GOES_ON = (
    ("status",),
    ("doctor",),
    ("audit", "verify"),
    ("audit", "verify", "--new"),
    ("policy", "show"),
    ("policy", "coverage"),
    ("policy", "history"),
    ("retention", "schedule"),
)
RECORDS = (
    ("family", "show", "LCS-0003-A"),
    ("family", "list"),
    ("attendance", "list", "LCS-0003-A", "--json"),
    ("find", "plantedfamily"),
    ("today",),
    ("audit", "list"),
)
_ROOM = 24  # MiB of the small disk: several times what any of the commands writes
_PAGE = 4096  # bytes: what a disk and memory are filled by
_FREE = 160  # pages that are free at the most
_MEMORY = 24 * 1024  # bytes from one limit on memory to the next
_SLOWER = 40  # of a limit: the next one is at least so much higher


def private_mounts() -> bool:
    """Whether this machine lets this user mount a disk that nobody else sees."""
    if not shutil.which("unshare"):
        return False
    tried = [*NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(tried, check=False, capture_output=True).returncode == 0


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of its own at a folder."""
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_ROOM}m,mode=700", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@contextmanager
def filled(folder: Path, pages: int) -> Iterator[None]:
    """Meanwhile so many pages of the folder's disk are free."""
    filler = folder / "filler"
    about = os.statvfs(folder)
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, (about.f_bavail - pages) * about.f_bsize)
    yield
    filler.unlink()


def full(judge: Judge, template: Path, folder: Path, name: str, every: int) -> list[Run]:
    """One command on a disk with as many pages free as it takes, and fewer."""
    found = []
    with small_disk(folder / "disk") as disk:
        for pages in range(0, _FREE, every):
            home = commands.copy(template, disk / "home")
            with filled(disk, pages):
                ran, _ = commands.begun(home, commands.COMMANDS[name])()
            one = {"place": FULL, "what": "writes", "name": name, "kind": FULL, "at": pages, "code": ran.code}
            found.append(judge.judged(home, one, ran.err))
            shutil.rmtree(home)
    return found


def memory(judge: Judge, template: Path, folder: Path, name: str, every: int) -> list[Run]:
    """One command with more and more memory, until it is done."""
    found, home = [], folder / "run"
    at = 0
    while True:
        commands.copy(template, home)
        ran, _ = commands.begun(home, commands.COMMANDS[name], lambda at=at: _limit(at))()  # type: ignore[misc]
        one = {"place": MEMORY, "what": "writes", "name": name, "kind": MEMORY, "at": at, "code": ran.code}
        found.append(judge.judged(home, one, ran.err))
        shutil.rmtree(home)
        if ran.code == 0:
            return found
        at += max(every, at // _SLOWER)


def _limit(at: int) -> None:
    """Hold this process to what it has, and so many steps more."""
    has = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * _PAGE
    resource.setrlimit(resource.RLIMIT_AS, (has + at * _MEMORY, resource.RLIM_INFINITY))


def read_only(template: Path, folder: Path, names: list[str]) -> list[Run]:
    """Every command on a disk that nothing can be written to: it is byte for byte the same after that."""
    found: list[Run] = []
    with small_disk(folder / "disk") as disk:
        home = commands.copy(template, disk / "home")
        (home / "vault" / building_name("data-2.db")).touch()  # of a rotation that was stopped: it stays where it is
        before = digest(home)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        for what, commands_ in (
            ("writes", [commands.COMMANDS[name] for name in names]),
            ("reads a record", RECORDS),
            ("goes on", GOES_ON),
        ):
            for argv in commands_:
                ran, _ = commands.begun(home, argv)()
                one = {"place": READ_ONLY, "what": what, "name": " ".join(argv[:2]), "at": 0, "code": ran.code}
                found.append(one | {"problems": unfit(ran, what)})
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        if digest(home) != before:
            found[-1]["problems"].append("the disk is not as it was")
    return found


def unfit(ran: Ran, what: str) -> list[str]:
    """What is wrong with what was said on a disk that is read only."""
    said = f": {ran.err[-300:]}"
    wrong = [f"a defect is told of{said}"] if tells_of_a_defect(ran.err) else []
    if ran.code != (0 if what == "goes on" else 1):
        wrong.append(f"exit code {ran.code}{said}")
    if what == "goes on" and not (ran.out and "this is not on the trail" in ran.err):
        wrong.append(f"nothing is said, or not that it is not on the trail{said}")
    if what != "goes on" and ran.out:
        wrong.append("something is shown")
    if what == "reads a record" and "nothing is shown" not in ran.err:
        wrong.append(f"it is not said why nothing is shown{said}")
    return wrong


def tried(every: int, names: list[str]) -> list[Run]:
    """What was found at every place there is here, from a process with the shim."""
    places, within = ([FULL, READ_ONLY, MEMORY], NAMESPACE) if private_mounts() else ([MEMORY], ())
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder).resolve()
        said = shim.run(home, "faults.places", str(every), str(home), ",".join(places), *names, within=within)
        return [json.loads(line) for line in said.splitlines()]


def run(*, long: bool, seed: int) -> Report:  # noqa: ARG001 -- every place is tried: nothing is drawn
    """Try every place."""
    if not shim.compiler():
        return Report("## Places\n\nThere is no C compiler (cc) here: no place could be tried.\n", [])
    found = tried(LONG if long else SHORT, list(commands.COMMANDS))
    rows = ""
    for place, what in dict.fromkeys((one["place"], one["what"]) for one in found):
        of_it = [one for one in found if (one["place"], one["what"]) == (place, what)]
        codes = Counter(one["code"] for one in of_it)
        ended = ", ".join(f"{code}: {count}" for code, count in sorted(codes.items()))
        commands_ = len({one["name"] for one in of_it})
        wrong = sum(bool(one["problems"]) for one in of_it)
        rows += f"| {place} | {what} | {commands_} | {len(of_it)} | {ended} | {wrong} |\n"
    return Report(
        "## Places\n\n"
        f"Full: a disk of its own on which up to {_FREE} pages of {_PAGE} bytes are free, {'each' if long else 'some'} "
        "number of them in a run of its own. Read only: the disk is mounted so. Little memory: the process may take "
        f"{_MEMORY // 1024} KiB more than at its start, then more and more, until the command is done. A run is "
        "wrong when the vault does not open or verify, when its rows are neither those before nor those of a whole "
        "transaction, when it ends with another code than 0 or 1 or tells of a defect, and when a file is left over "
        "once there was room and the same command ran again. On the read-only disk no byte may change; what reads a "
        "record shows nothing and says that its reading cannot be put on the trail; and how the vault stands, whether "
        "it is whole and what the policy says are shown, with the warning that this is not on the trail.\n\n"
        "| place | what the command does | commands | runs | exit codes | wrong |\n|---|---|---|---|---|---|\n" + rows,
        [
            f"{one['place']}, {one['name']} at {one['at']} (exit {one['code']}): {problem}"
            for one in found
            for problem in one["problems"]
        ],
    )


def main(every: int, folder: Path, places: list[str], names: list[str]) -> None:
    """In a process with the shim: make the vault, and try the places."""
    commands.load()
    template = folder / "template"
    commands.make_home(template)
    found: list[Run] = []
    for name in names:
        judge = Judge(template, folder, name)
        found += full(judge, template, folder, name, every) if FULL in places else []
        found += memory(judge, template, folder, name, every) if MEMORY in places else []
    found += read_only(template, folder, names) if READ_ONLY in places else []
    sys.stdout.write("".join(f"{json.dumps(one)}\n" for one in found))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3].split(","), sys.argv[4:])
