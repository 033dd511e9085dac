"""The shim that counts what is done to the files of a folder, writes it down, and makes it fail: built with `cc`."""

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).with_name("shim.c")
ROOT = Path(__file__).parents[1]
KINDS = {"counted": 0, "EIO once": 1, "EIO from then on": 2, "full disk": 3, "kill -9": 4}


def compiler() -> str | None:
    """The C compiler of this machine, if it has one."""
    return shutil.which("cc")


def built(folder: Path) -> Path:
    """The shim, compiled into a folder."""
    library = folder / "shim.so"
    command = [compiler() or "cc", "-O2", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl"]
    subprocess.run(command, check=True, capture_output=True)
    return library


def run(folder: Path, module: str, *argv: str, within: tuple[str, ...] = ()) -> str:
    """What a module of this package writes to its standard output with the shim in front of the C library.

    ``within`` is a command that runs another one.
    """
    env = os.environ | {"LD_PRELOAD": str(built(folder)), "LCS_STATE": str(folder / "state"), "TMPDIR": str(folder)}
    command = [*within, sys.executable, "-m", module, *argv]
    return subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout


def begin(folder: Path, kind: str = "counted", at: int = 0, record: int = -1) -> None:
    """From now on calls of this process on files of the folder are counted, and the one at that number fails.

    What they do is written to the open file ``record``.
    """
    ctypes.CDLL(None).faults_set(os.fsencode(folder), KINDS[kind], ctypes.c_long(at), record)


def end() -> tuple[int, int]:
    """Let everything succeed again; how many calls there were, and how many of them failed."""
    library = ctypes.CDLL(None)
    library.faults_off()
    return library.faults_calls(), library.faults_failed()
