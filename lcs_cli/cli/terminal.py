"""The world as one value: clock, environment and the three streams. Tests hand in another one."""

import os
import re
import shutil
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO, TextIO

from lcs_cli.errors import UsageError

if TYPE_CHECKING:
    from lcs_cli.vault.secret import Argon2Profile
    from lcs_cli.vault.slots import Unlocked


_LONGEST_LINE = 1023 if sys.platform == "darwin" else 4095  # bytes: what is beyond, the system throws away
_COMMAND = r"(?m)\blcs .+?(?=   |[,;.)”]\s|$)"  # until the prose goes on
_GLUE = "\x00"  # in no text that is shown: it stands for a space at which no line ends
_PASTE = 0.2  # seconds until the next line of a paste is there, also over a slow line


def _secret_from_terminal(prompt: str) -> str:
    from getpass import getpass

    return getpass(prompt, stream=sys.stderr)


class Terminal:
    """Where a command reads and writes. Data goes to ``out``, everything else to ``err``.

    ``profile`` is the cost of a new passphrase's key; None is the recommended one. ``unlocked`` is what a shell keeps
    from one command to the next, ``read_command`` how it reads them; None is with editing and completion. Where a
    question stands for ``idle`` seconds ``left_alone`` is called, and it is asked again once that comes back. With
    ``log_json`` everything that goes to ``err`` is a log: one JSON object a line.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        env: Mapping[str, str] | None = None,
        stdin: TextIO | None = None,
        out: TextIO | None = None,
        err: TextIO | None = None,
        read_secret: Callable[[str], str] = _secret_from_terminal,
        profile: "Argon2Profile | None" = None,
        read_command: Callable[[float], str] | None = None,
    ) -> None:
        self.clock, self.env = clock, os.environ if env is None else env
        self.stdin, self.out, self.err = stdin or sys.stdin, out or sys.stdout, err or sys.stderr
        self.read_secret, self.read_command, self.profile = read_secret, read_command, profile
        self.unlocked: Unlocked | None = None
        self.idle: float | None = None
        self.left_alone: Callable[[], None] | None = None
        self.log_json = self._asked = False

    @property
    def can_ask(self) -> bool:
        """Whether there is somebody to ask: standard input and error are terminals."""
        return self.stdin.isatty() and self.err.isatty() and not self.env.get("LCS_NO_INPUT")

    @property
    def can_ask_secret(self) -> bool:
        """Whether a passphrase can be typed: at the terminal itself, even where standard input is a file."""
        if self.can_ask:
            return True
        if self.env.get("LCS_NO_INPUT") or not self.err.isatty():
            return False
        try:
            os.close(os.open("/dev/tty", os.O_RDWR | getattr(os, "O_NOCTTY", 0)))
        except OSError:
            return False
        return True

    @property
    def out_is_terminal(self) -> bool:
        """Whether the output is looked at."""
        return self.out.isatty()

    @property
    def wants_plain(self) -> bool:
        """Without boxes and pictures, for those whose terminal or ears cannot use them."""
        return bool(self.env.get("ACCESSIBLE") or self.env.get("LCS_ACCESSIBLE")) or self.env.get("TERM") == "dumb"

    @property
    def columns(self) -> int:
        """How wide the screen is."""
        return shutil.get_terminal_size().columns

    def wrapped(self, text: str, indent: int = 0) -> str:
        """Text broken between words at the width of the screen; a reference, a hash or a command is never broken."""
        import textwrap

        width = max(20, self.columns - indent)
        whole = re.sub(_COMMAND, lambda found: found[0].replace(" ", _GLUE), text)
        lines = (
            textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False, drop_whitespace=True)
            if len(line) > width
            else [line]
            for line in whole.split("\n")
        )
        return f"\n{' ' * indent}".join(part for parts in lines for part in parts).replace(_GLUE, " ")

    def ask(self, prompt: str) -> str:
        """One line from the person at the terminal; EOFError where they left."""
        self.err.write(prompt)
        self.err.flush()
        self._asked = True
        while self.left_alone is not None and self._is_tty and not self._waiting(self.idle):
            self.left_alone()
            self.err.write(prompt)
            self.err.flush()
        return self._line()

    def pasted(self) -> str:
        """The lines that have come together with the last answer."""
        lines = []
        while self._waiting():
            lines.append(self._line())
        return "\n".join(lines)

    def discard(self) -> None:
        """Throw away what was typed beyond the last answer: else it goes to the shell, and into its history."""
        if self._asked and self._flushed():
            self.note("what was typed beyond the last answer was thrown away")
        self._asked = False

    def _line(self) -> str:
        """One line; EOFError at the end, UsageError for one that a terminal has cut."""
        line = self.stdin.readline()
        if not line:
            raise EOFError
        if self.stdin.isatty() and len(line.encode()) >= _LONGEST_LINE:
            self._flushed()  # else the rest of the paste would answer the question that is asked again
            raise UsageError(
                "that line is longer than a terminal takes", "give it in shorter lines, or with --from FILE"
            )
        return line.rstrip("\n")

    def _flushed(self) -> bool:
        """Throw away what is waiting to be read; whether there was anything."""
        if not self._waiting():
            return False
        import termios

        termios.tcflush(self.stdin, termios.TCIFLUSH)
        return True

    @property
    def _is_tty(self) -> bool:
        """Whether it can be seen that somebody has typed; on Windows it cannot."""
        return os.name == "posix" and self.stdin.isatty()

    def _waiting(self, seconds: float | None = _PASTE) -> bool:
        """Whether a line has been typed already, or is within some seconds."""
        import select

        return self._is_tty and bool(select.select([self.stdin], [], [], seconds)[0])

    def ask_secret(self, prompt: str) -> str:
        """One line that is not shown."""
        return self.read_secret(prompt)

    def clear(self) -> None:
        """Take everything off the screen, and what has rolled off it (ECMA-48 ED; xterm's own 3 for the latter)."""
        if self.err.isatty():
            self.err.write("\x1b[2J\x1b[3J\x1b[H")

    def note(self, text: str) -> None:
        """A line for the person, beside the data; after what was said before it, also where both go to one place."""
        if self.log_json:
            self.log("note", message=text)
            return
        self._say((self.wrapped(text) if self.err.isatty() else text) + "\n")

    def log(self, event: str, **fields: object) -> None:
        """One event of the log, with its moment (UTC): references, counts and words of the program, nothing else."""
        import json

        at = self.clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        line = json.dumps({"schema": "lcs.log/1", "at": at, "event": event, **fields}, ensure_ascii=False)
        self._say(f"{line}\n")

    def _say(self, line: str) -> None:
        """Let the data go out, and then what is said beside them.

        Where nobody takes the data, that is said at the end; where nobody takes this, the exit code says it alone.
        """
        with suppress(OSError):
            self.out.flush()
        with suppress(OSError):
            self.err.write(line)
            self.err.flush()

    def write(self, text: str) -> None:
        """Data, as text."""
        self.out.write(text)

    def write_bytes(self, data: bytes) -> None:
        """Data, byte for byte."""
        self.out.flush()
        buffer: BinaryIO | None = getattr(self.out, "buffer", None)
        if buffer is None:
            raise UsageError("standard output cannot take bytes", "name a folder with --into")
        buffer.write(data)
        buffer.flush()
