"""lcs status: how the vault stands."""

from math import ceil

from lcs_cli.cli import opening, policy_views, views, waits
from lcs_cli.cli.context import Command
from lcs_cli.cli.options import command, group
from lcs_cli.cli.render import Lines, Result
from lcs_cli.services import overview
from lcs_cli.vault import agent

app = group("How the vault stands.")


@command(app, "status")
def status(cmd: Command) -> Result:
    """Show how the vault stands: counts, no names.

    Example: lcs status
    """
    found = overview.status(cmd.desk())
    policy = found.policy
    families = (
        f"{found.families_open} open, {found.families_closed} closed, {found.families_other} past or referred only"
    )
    lines = [
        ("Vault", f"{cmd.folder} ({found.vault[:8]})"),
        ("You", f"{found.user}: {', '.join(found.roles)}"),
        ("People and services", str(found.people)),
        ("Families", families),
        ("Sessions today", str(found.sessions_today)),
        (
            "Policy",
            f"version {policy.version} since {views.human(policy.effective_on)}{policy_views.announced(policy)}",
        ),
    ]
    if found.keys_to_replace:
        lines.append(("Keys", cmd.directed(f"to be replaced: {', '.join(found.keys_to_replace)}: lcs vault rotate")))
    if found.stop:
        lines.append(("Disposals", f"stopped: {found.stop.reason}"))
    lines += [("Waits", line) for line in waits.lines(found.waiting, cmd.desk())]
    unlocked, said = _unlocked(cmd)
    lines.append(("Unlocked", said))
    data = {
        "vault": found.vault,
        "user": found.user,
        "roles": list(found.roles),
        "people": found.people,
        "families_open": found.families_open,
        "families_closed": found.families_closed,
        "families_other": found.families_other,
        "sessions_today": found.sessions_today,
        **{one.name: one.count for one in found.waiting},
        "keys_to_replace": list(found.keys_to_replace),
        "unlocked": unlocked,
        "policy_version": policy.version,
        "policy_review_due_on": views.iso(policy.review_due_on),
        "policy_announced": policy_views.announced_data(policy),
    }
    return Result("lcs.status/1", data, [Lines(lines)])


def _unlocked(cmd: Command) -> tuple[bool, str]:
    if cmd.terminal.unlocked is not None:
        return True, "in this shell: lock   locks it"
    agent_ = agent.status(opening.socket(cmd)) if agent.available() else None
    if agent_ is None:
        return False, "no: lcs unlock   asks for the passphrase once for a run of commands"
    memory = "" if agent_.memory_locked else "; its memory may be written to the swap"
    return (
        True,
        f"for {views.plural(ceil(agent_.idle_left / 60), 'minute')} without a command{memory}: lcs lock",
    )
