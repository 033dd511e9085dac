"""The head of the trail that each person has seen, noted in a file of their own outside the vault.

Whoever cuts the trail or puts the whole folder back does not reach it, and so is noticed. Each folder has a note of its
own, so that a backup that is put back for a trial is not taken for the vault that goes on beside it.
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
    from lcs_cli.services.gaps import Note


def take_up(cmd: "Command", desk: "Desk") -> None:
    """Compare the trail with what this person has seen of it, here or, in a new folder, when it was last seen at all.

    A file that cannot be read says nothing.
    """
    from lcs_cli.services import gaps

    notes = _read(cmd, desk)
    if notes:
        gaps.take_up(desk, notes.get(_folder(desk)) or list(notes.values())[-1])
    elif notes is None:
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
    notes = _read(cmd, desk) or {}
    notes.pop(_folder(desk), None)
    said = [
        {"folder": folder, "head": note.head, "accepted": note.accepted}
        for folder, note in {**notes, _folder(desk): seen}.items()
    ]
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # At a power cut this person has seen a little less; and another command of theirs may write it now.
        replace_file(path, json.dumps(said).encode("ascii"), durably=False, mark=f".{os.urandom(4).hex()}")
    except OSError as error:
        cmd.terminal.note(
            f"warning: the head of the trail cannot be noted in {path.parent} ({error.strerror}): "
            "name a folder of your own with LCS_STATE"
        )


def _read(cmd: "Command", desk: "Desk") -> "dict[str, Note] | None":
    """The notes by folder, that of the last command last; None for a file that cannot be read."""
    from lcs_cli.services import gaps

    try:
        found = [dict(one) for one in json.loads(_path(cmd, desk).read_text(encoding="ascii"))]
        return {str(one["folder"]): gaps.Note(one["head"], one["accepted"]) for one in found}
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _path(cmd: "Command", desk: "Desk") -> Path:
    return state_folder(cmd.terminal.env) / f"{desk.vault.header.vault}-{desk.user.reference}.json"


def _folder(desk: "Desk") -> str:
    return str(desk.vault.folder.absolute().resolve())
