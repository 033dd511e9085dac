"""The password of a file that leaves: made and shown once, or typed; it is kept nowhere."""

from typing import Annotated

import typer

from lcs_cli.cli.context import Command
from lcs_cli.errors import UsageError
from lcs_cli.records.value import Value

AskPassword = Annotated[
    bool, typer.Option("--ask-password", help="Ask for the file's password; else one is made, and shown once.")
]
NoPassword = Annotated[bool, typer.Option("--no-password", help="Leave the file open, such as to print it here.")]
_LONGEST = 100  # PDF takes 127 bytes (ISO 32000-2), Office 255 characters


class FilePassword(Value):
    """What opens the file, None where nothing is needed; ``made`` where nobody has seen it yet."""

    text: str | None
    made: bool = False

    def show(self, cmd: Command) -> None:
        """Show one that was made, once, when its file is there."""
        if self.made:
            cmd.terminal.note(
                f"Password of the file: {self.text}\nIt is not shown again. Give it by telephone, never with the file."
            )


def choose(cmd: Command, *, ask: bool, none: bool) -> FilePassword:
    """The password, before anything is written; UsageError where nobody could read it."""
    if ask and none:
        raise UsageError("password: it is asked for, or there is none", "give one of --ask-password and --no-password")
    if none:
        return FilePassword(None)
    if ask:
        cmd.desk()  # nobody thinks of a password before they know that they may
        return FilePassword(_typeable(cmd.new_passphrase("the file")))
    if cmd.no_input or not cmd.terminal.can_ask_secret:
        raise UsageError("password: there is no terminal to show it at", "run it at a terminal, or give --no-password")
    from lcs_cli.vault.secret import generate_passphrase

    return FilePassword(generate_passphrase(), made=True)


def _typeable(password: str) -> str:
    """Refuse what another keyboard, or another program, could take for something else."""
    if not (password.isascii() and password.isprintable()) or len(password) > _LONGEST:
        raise UsageError(
            f"password: takes letters a to z, digits, signs and spaces, at most {_LONGEST}", "take another one"
        )
    return password
