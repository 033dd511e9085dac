"""The picture of the README: real commands on a throw-away vault with invented families, as a terminal shows them."""

import io
import os
import tempfile
from datetime import UTC, date, datetime, time
from pathlib import Path
from unittest.mock import patch

from lcs_cli.cli.app import main
from lcs_cli.cli.terminal import Terminal
from lcs_cli.services import demo, setup
from lcs_cli.vault.secret import Argon2Profile, Secret

FILE = "screenshot.svg"
COMMANDS = (
    "today",
    "attendance chart LCS-0004-G",
    "attendance export --to REF-0004-G --purpose court",
)
COLUMNS = 100
_DAY = date(2026, 11, 26)
_NOON = datetime.combine(_DAY, time(12), UTC)
_TYPED = "for one picture, and then thrown away"
_CHEAP = Argon2Profile(passes=1, memory=64, lanes=1)

_BACKGROUND, _FOREGROUND, _BLACK = (30, 30, 30), (225, 225, 225), (0, 0, 0)
_RED, _GREEN, _YELLOW, _BLUE = (230, 110, 105), (125, 190, 95), (225, 180, 75), (110, 160, 220)
_MAGENTA, _CYAN = (190, 140, 215), (95, 185, 190)
_COLOURS = [_BLACK, _RED, _GREEN, _YELLOW, _BLUE, _MAGENTA, _CYAN, _FOREGROUND]  # in the order of ECMA-48

# Rich's own format has its font fetched from the web: this one names what every machine has, and loads nothing.
_FORMAT = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
    <style>
    .{unique_id}-matrix {{ font-family: monospace; font-size: {char_height}px; line-height: {line_height}px; }}
    .{unique_id}-title {{ font-family: sans-serif; font-size: 18px; font-weight: bold; }}
    {styles}
    </style>
    <defs>
    <clipPath id="{unique_id}-clip-terminal">
      <rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
    </clipPath>
    {lines}
    </defs>
    {chrome}
    <g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
    {backgrounds}
    <g class="{unique_id}-matrix">
    {matrix}
    </g>
    </g>
</svg>
"""


class _Screen(io.StringIO):
    """A stream that says it is looked at."""

    def isatty(self) -> bool:
        return True


def screenshot() -> str:
    """The picture, as SVG: the same for the same commands, whatever machine and terminal it is made at."""
    from rich.console import Console
    from rich.terminal_theme import TerminalTheme
    from rich.text import Text

    console = Console(
        file=io.StringIO(),
        record=True,
        width=COLUMNS,
        force_terminal=True,
        color_system="truecolor",
        no_color=False,
        legacy_windows=False,
        _environ={},
    )
    theme = TerminalTheme(_BACKGROUND, _FOREGROUND, _COLOURS)
    console.print(Text.from_ansi(_typed().rstrip("\n")))
    return console.export_svg(title="lcs", theme=theme, code_format=_FORMAT, unique_id="lcs")


def _typed() -> str:
    """The commands with what they say, at a terminal of that width at noon on that day."""
    screen = _Screen()
    variables = {"TERM": "xterm", "COLUMNS": str(COLUMNS)}
    with (
        tempfile.TemporaryDirectory() as made,
        patch.dict(os.environ, variables, clear=True),  # noqa: TID251 -- Rich reads it, whatever it is given
    ):
        folder = Path(made) / "vault"
        _fill(folder)
        env = {"LCS_VAULT": str(folder), "LCS_STATE": f"{made}/state", "LCS_USER": "amina", "LCS_PAGER": "none"}
        terminal = Terminal(
            clock=lambda: _NOON, env=env, stdin=_Screen(), out=screen, err=screen, read_secret=lambda _: _TYPED
        )
        for number, command in enumerate(COMMANDS):
            screen.write("\n" if number else "")
            screen.write(f"\x1b[1m$ lcs {command}\x1b[0m\n")
            main(command.split(), terminal)
    return screen.getvalue()


def _fill(folder: Path) -> None:
    """The families of `lcs demo`, in a vault that is gone with the picture."""
    secret = Secret(passphrase=_TYPED)
    setup.init(
        folder,
        "amina",
        secret,
        policy_text=None,
        policy_effective=date(2026, 1, 5),
        now=_NOON,
        today=_DAY,
        profile=_CHEAP,
    )
    desk = setup.open_desk(folder, "amina", secret, now=_NOON, today=_DAY)
    demo.populate(desk)
    desk.db.close()
