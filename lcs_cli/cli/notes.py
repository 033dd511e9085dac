"""The head of the trail that each person has seen, noted in a file of their own outside the vault.

Whoever cuts the trail or puts the whole folder back does not reach it, and so is noticed.
"""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from lcs_cli.cli.opening import state_folder
from lcs_cli.errors import LcsError

if TYPE_CHECKING:
    from lcs_cli.cli.context import Command
    from lcs_cli.services.desk import Desk


def take_up(cmd: "Command", desk: "Desk") -> None:
    """Compare the trail with what this person has seen of it. A file that cannot be read says nothing."""
    from lcs_cli.services import gaps

    try:
        data = json.loads(_path(cmd, desk).read_text(encoding="ascii"))
        note = gaps.Note(data["head"], data["accepted"])
        gaps.take_up(desk, note)
    except (FileNotFoundError, NotADirectoryError):
        return
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        cmd.terminal.note(f"warning: {_path(cmd, desk)} cannot be read: what you have seen of the trail is not known")


def write(cmd: "Command", desk: "Desk") -> None:
    """Note what this person has seen now, so that the next command can compare."""
    from lcs_cli.services import gaps
    from lcs_cli.vault.files import replace_file

    try:
        seen = gaps.seen(desk)
    except LcsError:  # the command has said what is wrong with the vault
        return
    if seen is None or (seen.head == desk.noted):
        return
    path = _path(cmd, desk)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        content = json.dumps({"head": seen.head, "accepted": seen.accepted}).encode("ascii")
        # At a power cut this person has seen a little less; and another command of theirs may write it now.
        replace_file(path, content, durably=False, mark=f".{os.urandom(4).hex()}")
    except OSError as error:
        cmd.terminal.note(
            f"warning: the head of the trail cannot be noted in {path.parent} ({error.strerror}): "
            "name a folder of your own with LCS_STATE"
        )


def _path(cmd: "Command", desk: "Desk") -> Path:
    return state_folder(cmd.terminal.env) / f"{desk.vault.header.vault}-{desk.user.reference}.json"
