"""lcs shell: one passphrase, many commands."""

from contextlib import closing

from lcs_cli.cli import opening
from lcs_cli.cli.context import Command
from lcs_cli.cli.options import command, group
from lcs_cli.cli.render import Result
from lcs_cli.errors import UsageError
from lcs_cli.services import lookup, setup

app = group("One passphrase, many commands.")


@command(app, "shell")
def shell(cmd: Command) -> Result:
    """Type the passphrase once, then commands without “lcs” before them, until exit.

    Tab completes commands, options and references. After 10 minutes without a command the screen is cleared and the
    passphrase is asked for again; lock does so at once. What was typed is kept in memory only.

    Example: lcs shell
    """
    from lcs_cli.cli import shell as loop
    from lcs_cli.cli.app import commands, main

    if cmd.terminal.unlocked is not None:
        raise UsageError("shell: this is one already", "exit   leaves it")
    if not cmd.can_ask:
        raise UsageError("shell: there is no terminal to ask at", "run it at a terminal")
    desk = cmd.desk(anew=True)
    terminal = loop.inside(cmd.terminal, {"LCS_VAULT": str(cmd.folder), "LCS_USER": desk.user.name})
    terminal.unlocked = setup.unlock(desk, "shell")
    cmd.close()

    def unlock() -> None:
        again = Command(terminal)
        terminal.unlocked = setup.unlock(again.desk(anew=True), "shell")
        again.close()

    def references() -> list[str]:
        try:
            looking = opening.unlocked_desk(Command(terminal)) if terminal.unlocked else None
            if looking is None:
                return []
            with closing(looking.db):
                return lookup.references(looking)
        except Exception:  # noqa: BLE001 -- nothing is completed then; the command will say what is wrong
            return []

    terminal.note("Unlocked. Tab completes, lock locks, exit leaves. Locks itself after 10 minutes without a command.")
    words = {" ".join(path): loop.options(found) for path, found in commands()}
    read = terminal.read_command or loop.line_reader(words, references)
    loop.run(terminal, unlock, main, read, opening.IDLE)
    return Result("lcs.shell/1", {}, [])
