"""What every part of the benchmarks runs with: the installed program, an environment, and vaults in a folder."""

import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import vaults
from benchmarks.timing import Run, process
from lcs_cli.cli import opening
from lcs_cli.cli.context import Command
from lcs_cli.cli.terminal import Terminal
from lcs_cli.vault import agent

F0 = "python -c 'import typer, sqlcipher3'"
TYPER = "python -c 'import typer'"
LCS = Path(sys.executable).with_name("lcs")


@dataclass(frozen=True)
class Bench:
    """A folder of its own, the vault of a million attendances in it, what opens that, and whose file is read."""

    folder: Path
    vault: Path
    key_file: Path
    family: str

    @property
    def env(self) -> dict[str, str]:
        """The environment of a command on the vault; compiled modules are kept, as they are for users."""
        return self.env_of(self.vault)

    def env_of(self, vault: Path) -> dict[str, str]:
        """The environment of a command on another vault."""
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return kept | {"LCS_VAULT": str(vault), "LCS_STATE": str(self.folder), "XDG_RUNTIME_DIR": str(self.folder)}

    def lcs(self, line: str, env: dict[str, str] | None = None) -> Run:
        """A command as it is typed, as a process."""
        return process([LCS, *shlex.split(line)[1:]], env or self.env)

    def python(self, line: str) -> Run:
        """Python with a program on its command line."""
        return process([sys.executable, *shlex.split(line)[1:]], self.env)

    @contextmanager
    def unlocked(self, vault: Path) -> Iterator[None]:
        """An agent keeps the vault open meanwhile."""
        cmd = Command(Terminal(env=self.env_of(vault)))
        opening.start_agent(cmd, vaults.unlocked(vault))
        try:
            yield
        finally:
            agent.stop(opening.socket(cmd))

    @contextmanager
    def copy(self, vault: Path, name: str) -> Iterator[Path]:
        """A copy of a vault, which is on the disk before anything is timed, and goes afterwards."""
        copied = self.folder / name
        shutil.copytree(vault, copied)
        os.sync()
        try:
            yield copied
        finally:
            shutil.rmtree(copied)
