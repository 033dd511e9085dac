"""lcs today: what the day holds."""

from lcs_cli.cli import views
from lcs_cli.cli.commands.session import table
from lcs_cli.cli.context import Command
from lcs_cli.cli.options import command, group
from lcs_cli.cli.render import Result, Table
from lcs_cli.services import overview

app = group("What the day holds.")


@command(app, "today")
def today(cmd: Command) -> Result:
    """Show today's sessions, and what waits for somebody: references, no names.

    Example: lcs today
    """
    found = overview.today(cmd.desk())
    blocks: list[str | Table] = [f"{views.human(found.day)}"]
    if found.sessions:
        blocks.append(table(list(found.sessions), ""))
    else:
        blocks.append("No session today.")
    if found.unrecorded:
        blocks.append(f"Without attendance: {views.plural(len(found.unrecorded), 'past session')}, the oldest first.")
        blocks.append(table(list(found.unrecorded[:10]), ""))
    if found.open_flags:
        blocks.append(f"Open: {views.plural(found.open_flags, 'safeguarding flag')}: lcs flag list --open")
    if found.to_review:
        blocks.append(f"To review: {views.plural(found.to_review, 'file')}: lcs retention review")
    if found.to_approve:
        blocks.append(f"To approve, by a manager: {views.plural(found.to_approve, 'disposal')}: lcs retention approve")
    if found.undertakings_missing:
        missing = views.plural(found.undertakings_missing, "confidentiality undertaking")
        blocks.append(f"Missing: {missing} (policy 4.1): lcs vault user list")
    overdue = found.policy.overdue_days(cmd.today)
    if overdue:
        blocks.append(f"The policy's yearly review is OVERDUE by {views.plural(overdue, 'day')} (policy 6).")
    data = {
        "day": views.iso(found.day),
        "sessions": [views.booking(one) for one in found.sessions],
        "unrecorded": [views.booking(one) for one in found.unrecorded],
        "open_flags": found.open_flags,
        "to_review": found.to_review,
        "to_approve": found.to_approve,
        "undertakings_missing": found.undertakings_missing,
        "policy_review_overdue_days": overdue,
    }
    return Result("lcs.today/1", data, blocks)
