"""lcs lock: end what lcs unlock began."""

from lcs_cli.cli import opening
from lcs_cli.cli.context import Command
from lcs_cli.cli.options import command, group
from lcs_cli.cli.render import Result
from lcs_cli.vault import agent

app = group("End what lcs unlock began.")


@command(app, "lock")
def lock(cmd: Command) -> Result:
    """Lock the vault: the agent forgets its keys and ends. A shell clears its screen and asks for the passphrase.

    Example: lcs lock
    """
    in_shell = cmd.terminal.unlocked is not None
    was = (agent.available() and agent.stop(opening.socket(cmd))) or in_shell
    cmd.terminal.unlocked = None
    said = [] if in_shell else ["Locked." if was else "Nothing was unlocked."]  # a shell clears the screen, and says so
    return Result("lcs.lock/1", {"was_unlocked": was}, said)
