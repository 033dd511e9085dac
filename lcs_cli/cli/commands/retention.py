"""lcs retention: what is kept how long; review by one person, approval by another, the sweep, certificates."""

from typing import Annotated

import typer

from lcs_cli.cli import certificates, forms, sweeping, views
from lcs_cli.cli.approving import approved
from lcs_cli.cli.context import Command
from lcs_cli.cli.options import From, Subject, command, group
from lcs_cli.cli.render import Result, Table
from lcs_cli.cli.retention_views import By, by_year, confirmed, due_list, explained, holds_list
from lcs_cli.cli.review import HOLD_UNTIL, KEEP_UNTIL, KIND, REASON, held, reviewed, walk
from lcs_cli.cli.wording import cleared
from lcs_cli.errors import UsageError
from lcs_cli.policy.schedule import Clock
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.retention import HoldKind, ReviewOutcome
from lcs_cli.records.subject import kind_of
from lcs_cli.services import holds, retention, stops, subjects

app = group("What is kept how long, its review and disposal.")
app.add_typer(certificates.app, name="certificate")

_CLOCKS = {Clock.LAST_CLOSING: "the last episode closed or the last use", Clock.LAST_USE: "the last use"}


@command(app, "schedule")
def schedule(cmd: Command) -> Result:
    """Show the retention schedule in force, with its clauses.

    Example: lcs retention schedule
    """
    rules = retention.schedule(cmd.desk())
    kept = f"for ever ({', '.join(sorted(rules.indefinite))})"
    rows = [
        (rules.family_file, f"{rules.years} years after {_CLOCKS[rules.clock]}"),
        (rules.staff_file, f"{rules.staff_years} years after they left"),
        (rules.dormant_episode, f"looked at after {rules.dormant_years} years without use"),
        (rules.not_required, "kept while it is required"),
        (rules.missing_dates, "kept, and a person is asked"),
        (rules.kept_indefinitely, kept),
        (rules.cooling_off, f"{rules.cooling_off_days} days"),
    ]
    data = [{"rule": rule.id, "clause": rule.clause, "period": period, "text": rule.text} for rule, period in rows]
    table = Table(["RULE", "CLAUSE", "PERIOD", "WHAT IT SAYS"], [list(map(str, row.values())) for row in data])
    return Result("lcs.retention-schedule/1", data, [table])


@command(app, "due", lists=True)
def due(
    cmd: Command,
    as_of: Annotated[str, typer.Option("--as-of", metavar="DAY", help="As it would be on this day.")] = "today",
    everything: Annotated[bool, typer.Option("--all", help="Every file, due or not.")] = False,
    by: Annotated[By | None, typer.Option("--by", help="How many fall due in each of the coming years.")] = None,
    words: Annotated[bool, typer.Option("--words", help="With --by year: in sentences, without bars.")] = False,
    explain: Annotated[
        str | None, typer.Option("--explain", metavar="REF", help="What becomes of any one record, and why.")
    ] = None,
) -> Result:
    """List what is due for review, and why; nothing is changed.

    With --explain, what the schedule says of any record and of each of its parts: does it go, or stay, when, and by
    which rule.

    Example: lcs retention due --as-of 1/4/2027
    Example: lcs retention due --explain S-000042-L
    """
    if explain is not None:
        return explained(cmd.desk(), explain)
    day = cmd.day("as of", as_of)
    if by is None:
        return due_list(cmd.desk(), day, everything=everything)
    return by_year(cmd.desk(), day, words=words or cmd.terminal.wants_plain)


@command(app, "review")
def review(
    cmd: Command,
    ref: Annotated[
        str | None, typer.Argument(metavar="[REF]", help="A family or a staff entry; without it, each that waits.")
    ] = None,
    outcome: Annotated[ReviewOutcome | None, typer.Option("--outcome", help="How the review ends.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DAY", help="With keep: until this day.")] = None,
    from_: From = None,
) -> Result:
    """Review what is due: propose its disposal, keep it until a day, or hold it. Another person approves.

    Example: lcs retention review LCS-0042-L --outcome dispose
    """
    if ref is None:
        return walk(cmd)
    if outcome is None:
        raise UsageError("missing: outcome", "give --outcome dispose or --outcome keep; or: lcs retention hold")
    if outcome is ReviewOutcome.DISPOSE:
        return reviewed([retention.propose(cmd.desk(), ref, None)], [])
    cmd.known("retention.review", kind_of(ref), subjects.find, ref)
    values = forms.entry(cmd, [KEEP_UNTIL, REASON], from_, {"until": until})
    return reviewed([retention.keep(cmd.desk(), ref, values["until"], values["reason"])], [])


@command(app, "hold")
def hold(
    cmd: Command,
    ref: Subject,
    kind: Annotated[HoldKind | None, typer.Option("--kind", help="Why it must wait.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DAY", help="The hold's last day.")] = None,
    owner: Annotated[
        str | None, typer.Option("--owner", metavar="NAME", help="Who is asked about it later; else you.")
    ] = None,
    from_: From = None,
) -> Result:
    """Put a file on hold, at any time: nothing of it is disposed of until the hold ends.

    Example: lcs retention hold LCS-0042-L --kind court-order
    """
    cmd.known("retention.hold", kind_of(ref), subjects.find, ref)
    values = forms.entry(cmd, [KIND, HOLD_UNTIL, REASON], from_, {"kind": kind.value if kind else None, "until": until})
    placed = retention.hold(cmd.desk(), ref, values["kind"], values["reason"], values["until"], owner)
    return Result("lcs.hold/1", views.hold(placed), [held(placed)])


@command(app, "holds", lists=True)
def hold_list(
    cmd: Command,
    everything: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
) -> Result:
    """List the holds, each with its owner: who is asked when it has ended, and every year where it has no end.

    Example: lcs retention holds
    """
    return holds_list(holds.listing(cmd.desk(), everything=everything))


@command(app, "confirm")
def confirm(
    cmd: Command,
    ref: Annotated[str, typer.Argument(metavar="HOLD", help="The hold's reference, such as LH-0042-L.")],
    owner: Annotated[
        str | None, typer.Option("--owner", metavar="NAME", help="Who is asked about it from now on.")
    ] = None,
) -> Result:
    """Confirm that a hold is still needed, or that its end was seen.

    Example: lcs retention confirm LH-0042-L
    """
    return confirmed(holds.confirm(cmd.desk(), ref, owner))


@command(app, "release")
def release(
    cmd: Command,
    ref: Annotated[str, typer.Argument(metavar="HOLD", help="The hold's reference, such as LH-0042-L.")],
) -> Result:
    """Release a hold: a senior manager, and another one than who placed it.

    Example: lcs retention release LH-0042-L
    """
    done = retention.release(cmd.desk(), ref)
    said = f"Released {reference(Kind.HOLD, done.number)} of {done.subject}."
    return Result("lcs.hold/1", views.hold(done), [said])


@command(app, "approve")
def approve(
    cmd: Command,
    list_hash: Annotated[
        str | None, typer.Option("--list", metavar="HASH", help="Approve the list of this hash, as it was shown.")
    ] = None,
) -> Result:
    """Approve the disposals that others proposed. The approval holds for the list that was shown, and no other.

    Example: lcs retention approve
    """
    return approved(cmd, list_hash)


@command(app, "clear")
def clear(
    cmd: Command,
    ref: Subject,
    seen: Annotated[str | None, typer.Option("--seen", metavar="HASH", help="Clear what was shown with this.")] = None,
) -> Result:
    """Look at abuse wording in a file that is due, and clear it. Safeguarding leads only; the reading is logged.

    Example: lcs retention clear LCS-0042-L
    """
    return cleared(cmd, ref, seen)


@command(app, "sweep")
def run_sweep(
    cmd: Command,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing unless something waits for a person.")] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, max=10_000, help="Dispose of so many at the most.")
    ] = None,
    log_json: Annotated[
        bool, typer.Option("--log-json", help="A log on standard error, a JSON object a line.")
    ] = False,
    confirm_date: Annotated[
        str | None, typer.Option("--confirm-date", metavar="DAY", help="A manager: today is this day, whatever was.")
    ] = None,
    stop: Annotated[bool, typer.Option("--stop", help="Stop all disposals, until a manager lets them go on.")] = False,
    from_: From = None,
) -> Result:
    """Dispose of what was approved and has cooled off, after checking it again; then say what waits.

    Silent when there is nothing to say; exit code 3 when something waits for a person. With --stop nothing is disposed
    of or approved from now on: anybody who works here may do that, and gives a reason.

    Example: lcs retention sweep --no-input --key-file sweep.key
    """
    if stop:
        sweeping.check_alone(quiet, limit, log_json, confirm_date)
        return sweeping.stopped(cmd, from_)
    if from_ is not None:
        raise UsageError("from: only a stop takes a reason", "give --stop, or leave --from away")
    return sweeping.swept(cmd, quiet=quiet, limit=limit, log_json=log_json, confirm_date=confirm_date)


@command(app, "resume")
def resume(cmd: Command) -> Result:
    """Let the disposals go on that were stopped: a manager, and another one than who stopped them.

    Example: lcs retention resume
    """
    return sweeping.resumed(stops.resume(cmd.desk()))
