"""lcs lock: end what lcs unlock began."""

from lcs_cli.cli import opening
from lcs_cli.cli.context import Command
from lcs_cli.cli.options import command, group
from lcs_cli.cli.render import Result
from lcs_cli.vault import agent

app = group("End what lcs unlock began.")


@command(app, "lock")
def lock(cmd: Command) -> Result:
    """Lock the vault: the agent forgets its keys and ends. In a shell, the next command asks for the passphrase.

    Example: lcs lock
    """
    was = (agent.available() and agent.stop(opening.socket(cmd))) or cmd.terminal.unlocked is not None
    cmd.terminal.unlocked = None
    return Result("lcs.lock/1", {"was_unlocked": was}, ["Locked." if was else "Nothing was unlocked."])
