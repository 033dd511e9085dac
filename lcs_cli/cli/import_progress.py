"""How far a long import is: a bar at a terminal, a line now and then where no bar can be used, else nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lcs_cli.cli.terminal import Terminal

_FEWEST = 2000  # rows: fewer take no time
_EVERY = 5000  # rows from one line to the next


@contextmanager
def progress(terminal: Terminal, doing: str, rows: int) -> Iterator[Callable[[int], None]]:
    """What is told the number of rows that are done."""
    env = terminal.env
    if rows < _FEWEST or not terminal.err.isatty() or terminal.log_json:
        yield lambda _: None
    elif env.get("ACCESSIBLE") or env.get("LCS_ACCESSIBLE") or env.get("TERM") == "dumb":
        yield lambda done: terminal.note(f"{doing}: {done} of {rows} rows") if done and not done % _EVERY else None
    else:
        with _bar(terminal, doing, rows) as tick:
            yield tick


@contextmanager
def _bar(terminal: Terminal, doing: str, rows: int) -> Iterator[Callable[[int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(file=terminal.err, markup=False, emoji=False, highlight=False, width=terminal.columns)
    columns = (TextColumn(doing, markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as shown:
        task = shown.add_task(doing, total=rows)
        yield lambda done: shown.update(task, completed=done)
