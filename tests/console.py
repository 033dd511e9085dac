"""The runner of `console` blocks: whole sessions as text, typed and compared as a person would see them.

A Markdown file is one session in one empty folder. Before a block, HTML comments set the scene:

    <!-- vault: people -->         a vault with amina, rhys and tomos; without it there is none
    <!-- today: 2026-11-26 -->     the day, until the next such comment
    <!-- time: 16:00 -->           the time of that day (UTC), which is nine o'clock without it
    <!-- no terminal -->           nobody can be asked in the next block
    <!-- the clock is watched -->  from here on the days that the vault has seen count; else years may pass unseen
    <!-- file: family.json -->     the next block that is not `console` becomes that file
    <!-- passphrase: tomos = … --> the new passphrase that tomos types when he is asked for one
    <!-- forgotten: tomos -->      tomos types a wrong passphrase, until he is asked for a new one
    <!-- recovery key: 1 -->       the recovery key is read from the first paper, until there is a new one

In a block, `$ lcs …` is run in this process, with what was exported before; other commands by the shell. `; echo $?`
shows the exit code. What
stands after a prompt in the expected text is what the person typed, also after the `lcs> ` of a shell, where words in
brackets say that nobody typed for too long; `…` after a prompt copies the eight figures that the prompt shows.
Elsewhere `…` stands for any text in a line, and alone on a line for any lines.
"""

import io
import re
import shlex
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from string import Template
from unittest.mock import patch

from lcs_cli.cli.app import main
from lcs_cli.cli.shell import PROMPT, IdleError
from lcs_cli.cli.terminal import Terminal
from lcs_cli.services import clock_guard
from lcs_cli.vault import agent
from tests.conftest import CHEAP, DAYS_SEEN, TODAY, make_vault, passphrase

_FENCE = re.compile(r"^```(\w*)\s*$")
_SCENE = re.compile(r"^<!--\s*([a-z ]+?)(?::\s*(.*?))?\s*-->$")
_OPENS = time(9)
_RECOVERY_KEY = re.compile(r"Recovery key: ((?:[A-Z2-7]{4}-){12}[A-Z2-7]{4})")


@dataclass
class Typed:
    """One command of a block with what is expected to be seen after it."""

    line: int
    command: str
    expected: list[str] = field(default_factory=list)


@dataclass
class Secrets:
    """What the people of a session remember, and the papers with the recovery key."""

    remembered: dict[str, str] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=dict)
    papers: list[str] = field(default_factory=list)
    paper: int = -1
    asked: str = ""

    def passphrase_in_use(self) -> str:
        """What whoever is asked types where their passphrase is asked for."""
        return self.remembered.get(self.asked, passphrase(self.asked))

    def choose(self, name: str) -> str:
        """What somebody types where a new one is asked for; from then on it is what they remember."""
        self.remembered[name] = self.chosen.pop(name, passphrase(name))
        return self.remembered[name]

    def write_down(self, shown: str) -> None:
        """Keep a recovery key that was shown, as it is never shown again."""
        for key in _RECOVERY_KEY.findall(shown):
            self.papers.append(key)
            self.paper = -1


class ScriptedTerminal(Terminal):
    """A terminal whose person types what the expected text shows after each prompt."""

    def __init__(
        self,
        expected: list[str],
        user: str,
        secrets: Secrets,
        *,
        asks: bool,
        asks_secret: bool,
        moment: datetime,
        env: dict[str, str],
    ) -> None:
        self.shown = io.StringIO()
        super().__init__(
            clock=lambda: moment,
            env=env,
            stdin=io.StringIO(),
            out=self.shown,
            err=self.shown,
            profile=CHEAP,
            read_command=self._next_command,
        )
        self._expected = list(expected)
        self._user = user
        self._secrets = secrets
        secrets.asked = user
        self._typed_last = ""
        self._asks = asks
        self._asks_secret = asks_secret

    @property
    def can_ask(self) -> bool:
        return self._asks

    @property
    def can_ask_secret(self) -> bool:
        return self._asks_secret

    def ask(self, prompt: str) -> str:
        while self._expected:
            line = self._expected.pop(0)
            question, colon, answer = line.rpartition(":")
            if line.startswith(prompt.rstrip()):
                typed = line[len(prompt) :]
            elif "…" in question and matches([question + colon], [prompt.rstrip()]):
                typed = _shown_word(prompt) if answer.strip() == "…" else answer.strip()
            else:
                continue
            self.shown.write(f"{prompt}{typed}".rstrip(" ") + "\n")
            return typed
        self.shown.write(f"{prompt}(nobody answers)\n")
        raise EOFError

    def ask_secret(self, prompt: str) -> str:
        self.shown.write(prompt.rstrip(" ") + "\n")
        if prompt.startswith("Recovery key"):
            return self._secrets.papers[self._secrets.paper]
        if prompt.startswith("The same again"):
            return self._typed_last
        named = re.match(r"Passphrase for (\S+) ", prompt)
        self._typed_last = self._secrets.choose(named[1]) if named else self._secrets.passphrase_in_use()
        return self._typed_last

    def _next_command(self, _: float) -> str:
        while self._expected:
            line = self._expected.pop(0)
            if line.startswith(PROMPT.rstrip()):
                typed = line[len(PROMPT) :]
                self.shown.write(f"{line}\n")
                self._secrets.asked = _named(typed.split(), self._user)
                if typed.startswith("("):
                    raise IdleError
                return typed
        raise EOFError

    def write_bytes(self, data: bytes) -> None:
        self.shown.write(data.decode())


class Session:
    """Runs the blocks of one file, one after the other, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.day = TODAY
        self.time = _OPENS
        self.env = {"LCS_VAULT": str(folder / "vault"), "LCS_USER": "amina", "LCS_STATE": str(folder / "state")}
        self.runtime = tempfile.TemporaryDirectory(prefix="lcs-")  # a socket's path is to be short
        self.env["XDG_RUNTIME_DIR"] = self.runtime.name
        self.asks = True
        self.watched = False
        self.secrets = Secrets()

    def run(self, path: Path) -> Iterator[tuple[Typed, list[str]]]:
        """Each command of the file with what was seen, where that is not what was expected."""
        try:
            yield from self._blocks(path)
        finally:
            for socket in Path(self.runtime.name).glob("lcs-agent/*"):
                agent.stop(socket)
            self.runtime.cleanup()

    def _blocks(self, path: Path) -> Iterator[tuple[Typed, list[str]]]:
        target: str | None = None
        lines = path.read_text(encoding="utf-8").splitlines()
        number = 0
        while number < len(lines):
            if scene := _SCENE.match(lines[number]):
                target = self._set(scene[1], scene[2]) or target
            elif fence := _FENCE.match(lines[number]):
                end = next(n for n in range(number + 1, len(lines)) if lines[n].startswith("```"))
                body = lines[number + 1 : end]
                if fence[1] == "console":
                    yield from self._block(body, number + 2)
                    self.asks = True
                elif target:
                    (self.folder / target).write_text("\n".join(body) + "\n", encoding="utf-8")
                    target = None
                number = end
            number += 1

    def _set(self, key: str, value: str | None) -> str | None:
        if key == "vault" and value == "people":
            self.secrets.papers.append(make_vault(self.folder / "vault"))
        elif key == "today" and value:
            self.day, self.time = date.fromisoformat(value), _OPENS
        elif key == "time" and value:
            self.time = time.fromisoformat(value)
        elif key == "no terminal":
            self.asks = False
        elif key == "the clock is watched":
            self.watched = True
        elif key == "passphrase" and value:
            name, _, text = value.partition(" = ")
            self.secrets.chosen[name] = text
        elif key == "forgotten" and value:
            self.secrets.remembered[value] = "what was it again"
        elif key == "recovery key" and value:
            self.secrets.paper = int(value) - 1
        elif key == "file":
            return value
        return None

    def _block(self, body: list[str], first_line: int) -> Iterator[tuple[Typed, list[str]]]:
        for one in typed_in(body, first_line):
            seen = self._type(one)
            if not matches(one.expected, seen):
                yield one, seen

    def _type(self, typed: Typed) -> list[str]:
        command, _, _ = typed.command.partition("; echo $?")
        command = command.strip()
        stdin = None
        if " | lcs " in command:
            left, _, command = command.partition(" | ")
            stdin = self._shell(left).stdout
        if command.startswith("export "):
            name, _, value = command.removeprefix("export ").partition("=")
            self.env[name] = self._shell(f'printf %s "{value}"').stdout if value.startswith("$(") else value
            return []
        if not command.startswith("lcs"):
            ran = self._shell(command)
            return (ran.stdout + ran.stderr).splitlines()
        argv = shlex.split(Template(command).safe_substitute(self.env))[1:]
        user = _named(argv, self.env.get("LCS_USER", "amina"))
        terminal = ScriptedTerminal(
            typed.expected,
            user,
            self.secrets,
            asks=self.asks and stdin is None,
            asks_secret=self.asks,
            moment=datetime.combine(self.day, self.time, UTC),
            env=dict(self.env),
        )
        if stdin is not None:
            terminal.stdin = io.StringIO(stdin)
        with patch.object(clock_guard, "days_seen", DAYS_SEEN if self.watched else lambda _: ()):
            code = main(argv, terminal)
        self.secrets.write_down(terminal.shown.getvalue())
        seen = terminal.shown.getvalue().splitlines()
        return [*seen, str(code)] if typed.command.rstrip().endswith("; echo $?") else seen

    def _shell(self, command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["sh", "-c", command], cwd=self.folder, capture_output=True, text=True, check=False)


def typed_in(body: Sequence[str], first_line: int = 1, prompt: str = "$ ") -> list[Typed]:
    """The commands of a block, which begin on the lines with the prompt, each with what is expected after it."""
    typed: list[Typed] = []
    for offset, line in enumerate(body):
        if line.startswith(prompt):
            typed.append(Typed(first_line + offset, line.removeprefix(prompt)))
        elif typed:
            typed[-1].expected.append(line)
    return typed


def _named(argv: Sequence[str], otherwise: str) -> str:
    """Whose passphrase a command line asks for."""
    return argv[argv.index("--user") + 1] if "--user" in argv else otherwise


def _shown_word(prompt: str) -> str:
    """What a person copies from the screen where the expected text has “…” as the answer: eight figures of a hash."""
    found = re.search(r"\b[0-9a-f]{8}\b", prompt)
    return found[0] if found else ""


def matches(expected: list[str], seen: list[str]) -> bool:
    """Whether what was seen is what was expected; trailing spaces and empty lines at the end do not matter."""
    pattern = "".join(
        r"(?:[^\n]*\n)*?" if line == "…" else "[^\n]*".join(map(re.escape, line.split("…"))) + r"\n"
        for line in _trimmed(expected)
    )
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in _trimmed(seen))) is not None


def _trimmed(lines: list[str]) -> list[str]:
    whole = "\n".join(line.rstrip() for line in lines).rstrip("\n")
    return whole.split("\n") if whole else []
