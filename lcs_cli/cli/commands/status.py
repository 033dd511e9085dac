"""lcs status: how the vault stands."""

from math import ceil
from typing import Annotated

import typer

from lcs_cli.cli import opening, policy_views, views, waits
from lcs_cli.cli.context import Command
from lcs_cli.cli.options import FromDay, ToDay, command, group
from lcs_cli.cli.render import Lines, Result, Table
from lcs_cli.errors import UsageError
from lcs_cli.services import overview, statistics
from lcs_cli.vault import agent

app = group("How the vault stands.")


@command(app, "status", lists=True)
def status(
    cmd: Command,
    *,
    stats: Annotated[bool, typer.Option("--stats", help="The numbers of a period, for an annual return.")] = False,
    from_day: FromDay = None,
    to_day: ToDay = None,
) -> Result:
    """Show how the vault stands: counts, no names.

    --stats counts sessions, families and referrals: of the last year to the end of March, or from day to day. Small
    numbers are hidden.

    Example: lcs status --stats --csv
    """
    if stats:
        return _statistics(cmd, from_day, to_day)
    if from_day or to_day:
        raise UsageError("from day, to day: belong to the numbers of a period", "give --stats as well")
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
    lines += [("Waits", line) for line in waits.lines(found.waiting, cmd.desk())]
    unlocked, said = _unlocked(cmd, cmd.desk().user.name)
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


def _statistics(cmd: Command, from_day: str | None, to_day: str | None) -> Result:
    first = cmd.day("from day", from_day) if from_day else None
    last = cmd.day("to day", to_day) if to_day else None
    found = statistics.of_period(cmd.desk(), first, last)
    data = [
        {"from": views.iso(found.first), "to": views.iso(found.last), "group": group, "what": what, "count": count}
        for group, counts in found.groups
        for what, count in counts.items()
    ]
    rows = [[group, what, count] for group, counts in found.groups for what, count in counts.items()]
    period = f"From {views.human(found.first)} to {views.human(found.last)}:"
    notes = [f"<{found.smallest} stands for a small number, and * for one that would tell a small one."]
    return Result("lcs.statistics/1", data, [period, Table(["GROUP", "WHAT", "COUNT"], rows)], notes)


def _unlocked(cmd: Command, name: str) -> tuple[bool, str]:
    if cmd.terminal.unlocked is not None:
        return True, "in this shell: lock   locks it"
    agent_ = agent.status(opening.socket(cmd)) if agent.available() else None
    kept = opening.from_agent(cmd)
    if agent_ is None or kept is None or kept.name != name:
        return False, "no: lcs unlock   asks for the passphrase once for a run of commands"
    memory = "" if agent_.memory_locked else "; its memory may be written to the swap"
    return (
        True,
        f"for {views.plural(ceil(agent_.idle_left / 60), 'minute')} without a command{memory}: lcs lock",
    )
