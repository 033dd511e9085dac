"""lcs audit: the trail of who did what, and whether it is whole."""

from typing import TYPE_CHECKING, Annotated

import typer

from lcs_cli.cli import views
from lcs_cli.cli.context import Command
from lcs_cli.cli.options import Yes, command, group
from lcs_cli.cli.render import Result, Table
from lcs_cli.errors import DamagedVaultError
from lcs_cli.services import audits, gaps

if TYPE_CHECKING:
    from lcs_cli.vault.audit import AuditEntry

app = group("The trail of who did what.")

_LIMITS = (
    "What it cannot know: what nobody noted, and whether single pages of the data file were put back. Where the "
    "whole folder was put back to an older day together with the files of those who noted its head, only a head on "
    "paper tells: lcs audit verify --head HEAD"
)
_BEFORE = "What came before that, and the records that the trail tells of, were not looked at: lcs audit verify"


@command(app, "list", lists=True)
def list_(
    cmd: Command,
    about: Annotated[str | None, typer.Option("--about", metavar="REF", help="Only what touched this record.")] = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="USER", help="Only what this user did: U-042-L, or a login name.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000, help="How many entries.")] = 50,
) -> Result:
    """List what was done, newest first: references only; readings, refusals and what was not done for a slip included.

    Example: lcs audit list --about LCS-0042-L
    """
    found = audits.listing(cmd.desk(), about, limit, by)
    data = [
        {
            "seq": one.seq,
            "at": one.at,
            "actor": one.actor,
            "action": one.action,
            "outcome": one.outcome,
            "refs": list(one.refs),
            "detail": dict(one.detail) if one.detail is not None else None,
            "digest": one.digest,
        }
        for one in found
    ]
    rows = [[str(one.seq), one.at, one.actor, one.action, _outcome(one), ", ".join(one.refs)] for one in found]
    table = Table(["NO", "WHEN (UTC)", "WHO", "WHAT", "OUTCOME", "ABOUT"], rows, "The trail says nothing about that.")
    return Result("lcs.audit/1", data, [table])


def _outcome(one: "AuditEntry") -> str:
    """Refused is what the policy did not allow; a slip, or a reference of nothing, was not done."""
    return one.outcome if one.detail is None or "exit" not in one.detail else "not done"


@command(app, "verify")
def verify(
    cmd: Command,
    head: Annotated[
        list[str] | None,
        typer.Option("--head", metavar="HEAD", help="A head on paper or in a manifest; may be repeated."),
    ] = None,
    new: Annotated[
        bool, typer.Option("--new", help="Only what came after your last check that found nothing wrong.")
    ] = False,
) -> Result:
    """Check the whole trail and its signatures, and that every head noted elsewhere is still in it.

    Heads are noted on certificates, in the register of disposals, in manifests and in a file of each person's own.
    With --new, entries before your own last check, and the records that the trail tells of, are not looked at.

    Example: lcs audit verify
    """
    found = (audits.verify_new if new else audits.verify)(cmd.desk(), head or [])
    data = {
        "head": found.head,
        "heads_noted": found.noted,
        "since": found.since,
        "problems": list(found.problems),
    }
    if found.problems:
        return Result(
            "lcs.audit-verify/1",
            data,
            [f"damaged: {problem}" for problem in found.problems],
            exit_code=DamagedVaultError.exit_code,
        )
    whole = f"The trail is whole after entry {found.since}" if found.since else "The trail is whole"
    said = f"{whole}. Head: {found.head}. In it: {views.plural(found.noted, 'head')} noted elsewhere."
    return Result("lcs.audit-verify/1", data, [said], [_BEFORE if found.since else _LIMITS])


@command(app, "accept")
def accept(cmd: Command, yes: Yes = False) -> Result:
    """Accept that the trail is not the one you have seen, as after a backup was put back on purpose.

    Until then most commands refuse, for somebody may have put another vault in its place. It is on the trail, and
    holds for everybody who had seen the former one.

    Example: lcs audit accept
    """
    desk = cmd.desk(anew=True)
    if not yes:
        gap = gaps.check_accept(desk)
        said = "What you have seen of the trail is not in it." if gap else "All that you have seen is in it."
        cmd.confirm(lambda: f"{said} Was a backup put back on purpose?")
    gaps.accept(desk)
    return Result(
        "lcs.audit-accept/1", {"accepted_by": desk.user.reference}, ["Accepted: from here on this is the trail."]
    )
