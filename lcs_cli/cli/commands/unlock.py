"""lcs unlock: type the passphrase once for a run of commands."""

from lcs_cli.cli import opening
from lcs_cli.cli.context import Command
from lcs_cli.cli.options import command, group
from lcs_cli.cli.render import Result
from lcs_cli.errors import FailedError
from lcs_cli.services import setup
from lcs_cli.vault import agent

app = group("Type the passphrase once for a run of commands.")


@command(app, "unlock")
def unlock(cmd: Command) -> Result:
    """Keep the vault unlocked for your commands, in any terminal, until 10 minutes pass without one, 8 hours at most.

    An agent in the background keeps the keys to records and contact details, and the one you sign with. What takes
    the safeguarding key or a manager's signature asks for the passphrase again. lcs lock ends it at once.

    Example: lcs unlock
    """
    if not agent.available():
        raise FailedError("unlock: no agent on this system", "lcs shell   one passphrase, many commands")
    kept = setup.unlock(cmd.desk(anew=True), "unlock")
    other = opening.from_agent(cmd)
    if other is not None and other.name != kept.name:
        raise FailedError(
            f"unlock: it is unlocked for {other.name}, whose commands would go on in your name",
            "lcs lock   first, if they have finished; or work in: lcs shell",
        )
    opening.start_agent(cmd, kept)
    minutes = int(opening.IDLE // 60)
    said = f"Unlocked for {kept.name}, until {minutes} minutes pass without a command. To lock it now: lcs lock"
    notes = [f"Until then every command on this account of the computer is {kept.name}'s, unless it says --user."]
    return Result("lcs.unlock/1", {"user": kept.name, "idle_seconds": opening.IDLE}, [said], notes)
