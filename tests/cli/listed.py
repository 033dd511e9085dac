"""A program that runs one command line as amina, writes what it lists to a file, and says how much memory it took."""

import io
import sys
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TextIO

from lcs_cli.cli.app import main
from lcs_cli.cli.terminal import Terminal
from tests.conftest import TODAY, passphrase


class Looked(io.TextIOWrapper):
    """A file that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Amina(Terminal):
    """Her terminal: nobody is asked anything but the passphrase."""

    @property
    def can_ask(self) -> bool:
        return False

    @property
    def can_ask_secret(self) -> bool:
        return True


def most_memory() -> int:
    """The most memory that this process has had at once, in KiB: its own, not that of the one that started it."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used // 1024 if sys.platform == "darwin" else used


def listed(out: TextIO, argv: list[str]) -> int:
    """Run it there; the exit code."""
    terminal = Amina(
        clock=lambda: datetime.combine(TODAY, time(9), UTC),
        env={"LCS_USER": "amina", "LCS_NO_INPUT": "", "LCS_STATE": argv[0]},
        out=out,
        read_secret=lambda _: passphrase("amina"),
    )
    return main(argv[1:], terminal)


if __name__ == "__main__":
    place, looked_at, *rest = sys.argv[1:]
    with Path(place).open("wb") as file:
        kind = Looked if looked_at == "terminal" else io.TextIOWrapper
        code = listed(kind(file, encoding="utf-8"), rest)
    sys.stderr.write(f"{code} {most_memory()}\n")
