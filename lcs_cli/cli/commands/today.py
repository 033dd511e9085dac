"""lcs today: what the day holds."""

from lcs_cli.cli import supervised, views, waits
from lcs_cli.cli.context import Command
from lcs_cli.cli.options import command, group
from lcs_cli.cli.render import Result, Table
from lcs_cli.cli.supervised import permitted_data
from lcs_cli.services import activities, overview

app = group("What the day holds.")


@command(app, "today")
def today(cmd: Command) -> Result:
    """Show today's sessions, and what waits for somebody: references, no names.

    Example: lcs today
    """
    found = overview.today(cmd.desk())
    permitted = activities.permitted_today(cmd.desk())
    blocks: list[str | Table] = [f"{views.human(found.day)}"]
    if found.sessions:
        blocks.append(supervised.table(found.sessions, found.duties, "", permitted))
        blocks += map(cmd.directed, supervised.warnings(*(found.duties[one.number] for one in found.sessions)))
    else:
        blocks.append("No session today.")
    if found.unrecorded:
        blocks.append(f"Without attendance: {views.plural(len(found.unrecorded), 'past session')}, the oldest first.")
        blocks.append(supervised.table(found.unrecorded[:10], found.duties, ""))
    blocks += waits.lines(found.waiting, cmd.desk())
    data = {
        "day": views.iso(found.day),
        "sessions": [
            views.booking(one) | supervised.data(one, found.duties[one.number]) | permitted_data(one, permitted)
            for one in found.sessions
        ],
        "unrecorded": [views.booking(one) for one in found.unrecorded],
        **{one.name: one.count for one in found.waiting},
        "policy_review_overdue_days": found.policy.overdue_days(cmd.today),
    }
    return Result("lcs.today/1", data, blocks)
