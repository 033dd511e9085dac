"""lcs status: how the vault stands."""

from lcs_cli.cli import views
from lcs_cli.cli.context import Command
from lcs_cli.cli.options import command, group
from lcs_cli.cli.render import Lines, Result
from lcs_cli.services import overview

app = group("How the vault stands.")


@command(app, "status")
def status(cmd: Command) -> Result:
    """Show how the vault stands: counts, no names.

    Example: lcs status
    """
    found = overview.status(cmd.desk())
    overdue = found.policy.overdue_days(cmd.today)
    late = f", review OVERDUE by {views.plural(overdue, 'day')} (policy 6)" if overdue else ""
    families = (
        f"{found.families_open} open, {found.families_closed} closed, {found.families_other} past or referred only"
    )
    lines = [
        ("Vault", f"{cmd.folder} ({found.vault[:8]})"),
        ("You", f"{found.user}: {', '.join(found.roles)}"),
        ("People and services", str(found.people)),
        ("Families", families),
        ("Sessions today", str(found.sessions_today)),
        ("Open flags", str(found.open_flags)),
        ("Disposals", f"{found.to_approve} to approve, {found.approved} approved"),
        ("Policy", f"version {found.policy.version} since {views.human(found.policy.effective_on)}{late}"),
    ]
    data = {
        "vault": found.vault,
        "user": found.user,
        "roles": list(found.roles),
        "people": found.people,
        "families_open": found.families_open,
        "families_closed": found.families_closed,
        "families_other": found.families_other,
        "sessions_today": found.sessions_today,
        "open_flags": found.open_flags,
        "to_approve": found.to_approve,
        "approved": found.approved,
        "policy_version": found.policy.version,
        "policy_review_due_on": views.iso(found.policy.review_due_on),
    }
    return Result("lcs.status/1", data, [Lines(lines)])
