"""A long list at a terminal, a screen at a time: shown by `less`, which forgets it when it ends."""

import io
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import copy

from lcs_cli.cli.terminal import Terminal

OFF = "none"
# It keeps no history of what was searched for, starts no shell and no editor, and writes no file (less(1), SECURITY).
_CLOSED = {
    "LESSHISTFILE": "-",
    "LESSSECURE": "1",
    "LESS": "-R -PsSpace goes on, b goes back, q ends",
    "LESSCHARSET": "utf-8",
}


class _Page(io.StringIO):
    """What is written for a terminal, before it is."""

    def isatty(self) -> bool:
        return True


@contextmanager
def paged(terminal: Terminal, *, wanted: bool) -> Iterator[Terminal]:
    """Write to a terminal like this one; what is longer than the screen is shown a screen at a time, where ``wanted``.

    Nobody is kept waiting for the vault by whoever reads: it is all written before the first screen is shown. What is
    said beside it comes after it.
    """
    pager = _pager(terminal) if wanted else None
    if pager is None:
        yield terminal
        return
    page, beside = _Page(), _Page()
    try:
        shown = copy(terminal)
        shown.out, shown.err = page, beside
        yield shown
    except BaseException:
        terminal.write(page.getvalue())
        raise
    _show(page.getvalue(), pager, terminal)
    terminal.out.flush()
    terminal.err.write(beside.getvalue())


def _show(text: str, pager: str, terminal: Terminal) -> None:
    if text.count("\n") < shutil.get_terminal_size().lines:
        terminal.write(text)
        return
    terminal.out.flush()
    before = signal.signal(signal.SIGINT, lambda *_: None)  # it is for less, which has the terminal, and puts it right
    try:
        ended = _looked_at(pager, text.encode("utf-8", "backslashreplace"), terminal.idle)
    finally:
        signal.signal(signal.SIGINT, before)
    if not ended and terminal.left_alone is not None:
        terminal.left_alone()


def _looked_at(pager: str, text: bytes, idle: float | None) -> bool:
    """Show it until whoever looks has seen enough; False where that took longer than ``idle`` seconds."""
    with (
        suppress(BrokenPipeError),
        subprocess.Popen([pager], stdin=subprocess.PIPE, env={**os.environ, **_CLOSED}) as less,  # noqa: S603 -- no shell
    ):
        try:
            less.communicate(text, timeout=idle)
        except subprocess.TimeoutExpired:
            less.terminate()  # and not kill: it puts the terminal right
            return False
    return True


def _pager(terminal: Terminal) -> str | None:
    """The program that shows it; None where there is nobody to look, or who wants it all at once."""
    if terminal.wants_plain or terminal.env.get("LCS_PAGER") == OFF:
        return None
    if not (terminal.out_is_terminal and terminal.stdin.isatty()):
        return None
    return shutil.which("less")
