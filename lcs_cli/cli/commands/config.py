"""lcs config: which settings hold, and where each of them comes from."""

from lcs_cli.cli import opening
from lcs_cli.cli.context import Command
from lcs_cli.cli.options import command, group
from lcs_cli.cli.render import Result, Table
from lcs_cli.cli.settings import VARIABLES, Settings, places

app = group("Settings, and where each comes from.")

_ALSO = {"state": "STATE_DIRECTORY", "accessible": "ACCESSIBLE"}
"""Variables of others that say the same, where ours does not."""


@command(app, "show", lists=True)
def show(cmd: Command) -> Result:
    """Show the settings that hold, each with where it comes from: an option, a variable, a file or the default.

    A setting goes into config.toml in the folder that is shown, such as: vault = "/srv/lcs/vault". No secret is a
    setting, and none is shown.

    Example: lcs config show
    """
    rows = [_row(cmd, name, variable) for name, variable in VARIABLES.items()]
    data = [{"setting": name, "value": value, "from": source} for name, value, source in rows]
    files = [f"settings are read from {file}" for file in places()]
    return Result("lcs.config/1", data, [Table(["SETTING", "VALUE", "FROM"], rows)], files)


def _row(cmd: Command, name: str, variable: str) -> tuple[str, str, str]:
    option = {"vault": cmd.vault, "user": cmd.user, "key_file": cmd.key_file, "no_input": cmd.no_input or None}.get(
        name
    )
    if option is not None:
        return name, _shown(option), f"--{name.replace('_', '-')}"
    env = cmd.terminal.env
    if not (value := env.get(variable)):
        also = _ALSO.get(name, "")
        return name, env.get(also) or _default(cmd, name), also if env.get(also) else "default"
    if isinstance(env, Settings) and variable not in env.environ:
        return name, value, str(env.in_files()[variable].file)
    return name, value, variable


def _shown(option: object) -> str:
    return "1" if option is True else str(option)


def _default(cmd: Command, name: str) -> str:
    if name == "vault":
        return str(cmd.folder)
    return str(opening.state_folder(cmd.terminal.env)) if name == "state" else ""
