"""lcs init: make a vault, publish the policy, and say what to do next."""

from pathlib import Path
from typing import Annotated

import typer

from lcs_cli.cli.context import Command
from lcs_cli.cli.options import command, group
from lcs_cli.cli.render import Lines, Result
from lcs_cli.errors import UsageError
from lcs_cli.services import rule_files, setup
from lcs_cli.vault import secret

app = group("Make a new vault.")

_KEEP_IT = (
    "Write the recovery key on paper and lock it away: it is shown this once, "
    "and admits somebody anew (--user recovery)."
)
_NOT_SEEN = "the vault is made; for a recovery key that somebody has seen: lcs vault user recover recovery"


@command(app, "init")
def init(
    cmd: Command,
    policy: Annotated[
        Path | None, typer.Option("--policy", metavar="FILE", help="The service's own policy, as plain text.")
    ] = None,
    effective: Annotated[
        str | None, typer.Option("--policy-effective", metavar="DAY", help="Since when that policy is in force.")
    ] = None,
    rules: Annotated[
        str | None,
        typer.Option("--policy-rules", metavar="FOLDER", help="The service's own rule files; others are lcs's own."),
    ] = None,
) -> Result:
    """Make a new vault with its first person, and publish the policy.

    The recovery key is printed once: with it somebody is admitted anew when passphrases are lost. Keep it on paper.

    Example: lcs init --policy our-policy.txt
    """
    setup.check_new_folder(cmd.folder)
    day = cmd.day("policy effective", effective) if effective else None
    text = rule_files.read_text(policy, cmd.folder) if policy else None
    files = rule_files.read_rules(rules, cmd.folder) if rules else {}
    setup.check_policy(text, files, day or cmd.today)  # before any question: it may lack a clause
    if cmd.user is None and not cmd.can_ask:
        raise UsageError("missing: your user name", "give --user NAME, or run it at a terminal")
    name = setup.check_login(cmd.user or cmd.ask("Your user name", setup.check_login, opened=False))
    made = setup.init(
        cmd.folder,
        name,
        secret.Secret(passphrase=cmd.new_passphrase(name)),
        policy_text=text,
        policy_effective=day,
        now=cmd.now,
        today=cmd.today,
        profile=cmd.terminal.profile,
        rules=files,
    )
    blocks: list[str | Lines] = [
        f"Made a vault in {made.folder}.",
        Lines(
            [
                ("You", f"{made.user.reference} ({made.user.name}): {', '.join(sorted(made.user.roles))}"),
                ("Policy", f"version 1: {made.policy.title}"),
                ("Recovery key", made.recovery_key),
            ]
        ),
        _KEEP_IT,
    ]
    next_ = [
        "next: lcs vault user add NAME --role manager   a disposal needs a second person",
        "      lcs referrer add   and   lcs family add   to begin",
    ]
    data = {
        "folder": str(made.folder),
        "user": made.user.reference,
        "recovery_key": made.recovery_key,
        "policy": made.policy.title,
    }
    return Result("lcs.init/1", data, blocks, next_, once=_NOT_SEEN)
