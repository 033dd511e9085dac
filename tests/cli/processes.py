"""Starting the real program in a process of its own: its environment, its streams and its terminal are real."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pexpect

import lcs_cli

ROOT = Path(lcs_cli.__file__).parents[1]
PROGRAM = (sys.executable, "-m", "lcs_cli")
LONGEST = 30  # seconds, on a machine that does something else as well


def bare(**variables: str) -> dict[str, str]:
    """An environment as a timer has it: almost nothing, and where this package is."""
    return {"PYTHONPATH": str(ROOT), "LCS_STATE": os.environ["LCS_STATE"], **variables}


def run(
    argv: Sequence[str], env: Mapping[str, str], folder: Path, stdin: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run one command line with nobody at a terminal."""
    return subprocess.run(
        [*PROGRAM, *argv],
        env=dict(env),
        cwd=folder,
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=LONGEST,
    )


def at_terminal(
    argv: Sequence[str], env: Mapping[str, str], folder: Path, program: Sequence[str] = PROGRAM
) -> "pexpect.spawn[str]":
    """Start one command line at a terminal of its own, 120 columns wide."""
    return pexpect.spawn(
        program[0],
        [*program[1:], *argv],
        env={"TERM": "xterm", "LANG": "C.UTF-8", **env},
        cwd=str(folder),
        encoding="utf-8",
        timeout=LONGEST,
        dimensions=(40, 120),
        echo=True,
    )


def ended(child: "pexpect.spawn[str]") -> tuple[int, str]:
    """Wait for its end: the exit code, and what it wrote since the last answer."""
    child.expect(pexpect.EOF)
    child.close()
    code = child.exitstatus if child.exitstatus is not None else -(child.signalstatus or 0)
    return code, str(child.before).replace("\r\n", "\n")


def python_environment(vault: Path, **variables: str) -> dict[str, str]:
    """The environment of somebody at a terminal, with their vault named."""
    return bare(LCS_VAULT=str(vault), PATH=os.environ.get("PATH", ""), **variables)
