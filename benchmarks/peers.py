"""Other tools that keep secrets, where they are installed: one secret read, beside one family's file."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pexpect

from benchmarks.bench import F0, Bench
from benchmarks.timing import Run, interleaved, process, spoken

ROUNDS = 7
_PASSWORD = "a password for measuring only"  # noqa: S105
_SECRET = "What a child said."  # noqa: S105


def table(bench: Bench) -> str:
    """What each takes to show one secret."""
    show = f"lcs family show {bench.family} --json"
    runs: dict[str, Run] = {F0: bench.python(F0), show: bench.lcs(show)}
    jrnl = Path(sys.executable).with_name("jrnl")
    if jrnl.exists():
        runs["jrnl -1 (an encrypted journal of one entry, its password typed)"] = _jrnl(bench, jrnl)
    for name, (shown, made) in _PEERS.items():
        if shutil.which(name):
            runs[shown] = made(bench)
    with bench.unlocked(bench.vault):
        took = interleaved(runs, ROUNDS)
    if shutil.which("pass"):
        _said(["gpgconf", "--kill", "all"], bench.env | _gpg(bench))
    lines = "".join(f"| `{name}` | {spoken(seconds)} |\n" for name, seconds in took.items())
    absent = [f"`{name}`" for name in _PEERS if not shutil.which(name)]
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


def _said(argv: Sequence[str | Path], env: Mapping[str, str], given: str = "") -> str:
    """What a command that must succeed says when it is given that."""
    return subprocess.run(argv, env=env, input=given, check=True, capture_output=True, text=True).stdout


def _age(bench: Bench) -> Run:
    """A file for a key that lies beside it."""
    key, sealed = bench.folder / "age.key", bench.folder / "secret.age"
    _said(["age-keygen", "-o", key], bench.env)
    _said(["age", "-r", _said(["age-keygen", "-y", key], bench.env).strip(), "-o", sealed], bench.env, _SECRET)
    return process(["age", "-d", "-i", key, sealed], bench.env)


def _gpg(bench: Bench) -> dict[str, str]:
    return {"GNUPGHOME": str(bench.folder / "gpg"), "PASSWORD_STORE_DIR": str(bench.folder / "store")}


def _pass(bench: Bench) -> Run:
    """A password of a store whose key has no passphrase."""
    env = bench.env | _gpg(bench)
    (bench.folder / "gpg").mkdir(mode=0o700)
    _said(["gpg", "--batch", "--passphrase", "", "--quick-gen-key", "bench", "default", "default", "never"], env)
    _said(["pass", "init", "bench"], env)
    _said(["pass", "insert", "-m", "secret"], env, _SECRET)
    return process(["pass", "show", "secret"], env)


def _keepassxc(bench: Bench) -> Run:
    """An entry of a database, its password given on standard input."""
    database = bench.folder / "secrets.kdbx"
    _said(["keepassxc-cli", "db-create", "-p", database], bench.env, f"{_PASSWORD}\n{_PASSWORD}\n")
    _said(["keepassxc-cli", "add", "-p", database, "secret"], bench.env, f"{_PASSWORD}\n{_SECRET}\n")

    def shown() -> None:
        _said(["keepassxc-cli", "show", "-s", database, "secret"], bench.env, f"{_PASSWORD}\n")

    return shown


_PEERS: dict[str, tuple[str, Callable[[Bench], Run]]] = {
    "age": ("age -d (a file, its key in another)", _age),
    "keepassxc-cli": ("keepassxc-cli show (a database of one entry, its password given)", _keepassxc),
    "pass": ("pass show (a store of one password, its key without a passphrase)", _pass),
}
