"""Files and folders as people name them: with quotes around them, and looked at when they are asked for."""

from pathlib import Path

from lcs_cli.cli import forms
from lcs_cli.cli.context import Command
from lcs_cli.cli.forms import Field
from lcs_cli.errors import UsageError


def unquoted(typed: str) -> str:
    """A path without the quotes that a terminal or a file manager puts around it."""
    text = typed.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text


def file(cmd: Command, label: str, typed: str) -> str:
    """A file that is there; what is none is asked for again at once."""
    path = Path(unquoted(forms.text(cmd, label, typed)))
    if cmd.can_ask and not path.is_file():
        problem = "is a folder" if path.is_dir() else "is not there"
        raise UsageError(f"{label}: {problem}", "name the file itself, such as letters/order.pdf")
    return str(path)


def into(cmd: Command, given: Path | None) -> Path:
    """The folder in which another is made: as given, or asked for."""
    if given is None and not cmd.can_ask:
        raise UsageError("missing: into", "name a folder that is there: --into outgoing")
    return given or forms.fill(cmd, [Field("into", "into", _folder, question="Into which folder")], {})["into"]


def _folder(cmd: Command, label: str, typed: str) -> Path:
    path = Path(unquoted(forms.text(cmd, label, typed)))
    if not path.is_dir():
        raise UsageError(f"{label}: is not a folder", "make it first, and name it, such as outgoing")
    return path
