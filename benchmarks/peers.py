"""Other tools that keep secrets, where they are installed: one secret read, beside one family's file."""

import shutil
import subprocess
import sys
from pathlib import Path

import pexpect

from benchmarks.bench import F0, Bench
from benchmarks.timing import Run, interleaved, spoken

ROUNDS = 7
_PASSWORD = "a password for measuring only"  # noqa: S105
_ABSENT = ("age", "keepassxc-cli", "pass")


def table(bench: Bench) -> str:
    """What each takes to show one secret."""
    show = f"lcs family show {bench.family} --json"
    runs: dict[str, Run] = {F0: bench.python(F0), show: bench.lcs(show)}
    jrnl = Path(sys.executable).with_name("jrnl")
    if jrnl.exists():
        runs["jrnl -1 (an encrypted journal of one entry, its password typed)"] = _jrnl(bench, jrnl)
    with bench.unlocked(bench.vault):
        took = interleaved(runs, ROUNDS)
    lines = "".join(f"| `{name}` | {spoken(seconds)} |\n" for name, seconds in took.items())
    absent = [f"`{name}`" for name in _ABSENT if not shutil.which(name)]
    said = f"\nNot installed where this was measured: {', '.join(absent)}.\n" if absent else ""
    return f"| one secret shown by | takes |\n|---|---|\n{lines}{said}"


def _jrnl(bench: Bench, jrnl: Path) -> Run:
    """A journal of its own, and its last entry read at a terminal."""
    config, journal = bench.folder / "jrnl.yaml", bench.folder / "journal.txt"
    journal.write_text("[2026-11-02 09:00] What a child said.\n", encoding="utf-8")
    config.write_text(f"journals:\n  default: {journal}\nversion: v4.1\neditor: ''\nencrypt: false\n", encoding="utf-8")

    def typed(*argv: str, asked: int) -> None:
        child = pexpect.spawn(str(jrnl), ["--config-file", str(config), *argv], env=bench.env, encoding="utf-8")
        for _ in range(asked):
            child.expect("[Pp]assword")
            child.sendline(_PASSWORD)
        while child.expect(["keychain", pexpect.EOF]) == 0:
            child.sendline("n")
        child.close()
        if child.exitstatus:
            raise subprocess.CalledProcessError(child.exitstatus, argv, child.before)

    typed("--encrypt", asked=2)
    return lambda: typed("-1", asked=1)
