"""Typing a command line in this process: the answers are handed in, what is written is kept apart by stream."""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from lcs_cli.cli.app import main
from lcs_cli.cli.terminal import Terminal
from tests.conftest import CHEAP, TODAY, passphrase


class Screen(io.StringIO):
    """A stream that says it is looked at."""

    def isatty(self) -> bool:
        return True


class Typist(Terminal):
    """A terminal at which somebody types prepared answers, and every secret rightly."""

    def __init__(
        self,
        answers: Sequence[str] = (),
        *,
        asks: bool = True,
        asks_secret: bool | None = None,
        looked_at: bool = False,
        day: date = TODAY,
        env: Mapping[str, str] | None = None,
        stdin: str = "",
        recovery_key: str = "",
    ) -> None:
        self.screen = Screen() if looked_at else io.StringIO()
        self.beside = io.StringIO()
        super().__init__(
            clock=lambda: datetime.combine(day, time(9), UTC),
            env={"LCS_USER": "amina", **(env or {})},
            stdin=io.StringIO(stdin),
            out=self.screen,
            err=self.beside,
            profile=CHEAP,
        )
        self.answers = list(answers)
        self._asks = asks
        self._asks_secret = asks if asks_secret is None else asks_secret
        self._recovery_key = recovery_key
        self._chooses = ""

    @property
    def can_ask(self) -> bool:
        return self._asks

    @property
    def can_ask_secret(self) -> bool:
        return self._asks_secret

    def ask(self, prompt: str) -> str:
        self.beside.write(prompt)
        if not self.answers:
            raise EOFError
        answer = self.answers.pop(0)
        self.beside.write(f"{answer}\n")
        return answer

    def ask_secret(self, prompt: str) -> str:
        if prompt.startswith("Recovery key"):
            return self._recovery_key
        if named := re.match(r"Passphrase for (\S+) ", prompt):
            self._chooses = named[1]
        return passphrase(self._chooses if named or prompt.startswith("The same") else self.env["LCS_USER"])

    def write_bytes(self, data: bytes) -> None:
        self.screen.write(data.decode())


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str


def lcs(terminal: Typist, *argv: str) -> Ran:
    """Run one command line at that terminal; the exit code and what was written since."""
    out, err = terminal.screen.tell(), terminal.beside.tell()
    code = main(argv, terminal)
    return Ran(code, terminal.screen.getvalue()[out:], terminal.beside.getvalue()[err:])


def at(vault: Path) -> dict[str, str]:
    """The environment that names a vault."""
    return {"LCS_VAULT": str(vault), "LCS_STATE": str(vault.parent / "state")}
