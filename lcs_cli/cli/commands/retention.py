"""lcs retention: what is kept how long; review by one person, approval by another, the sweep, certificates."""

from typing import Annotated

import typer

from lcs_cli.cli import forms, views
from lcs_cli.cli.context import Command
from lcs_cli.cli.dates import human_days
from lcs_cli.cli.options import Family, From, command, group
from lcs_cli.cli.render import Lines, Output, Result, Table, render
from lcs_cli.cli.review import HOLD_UNTIL, KEEP_UNTIL, KIND, REASON, held, paper_too, reviewed, walk
from lcs_cli.errors import WAITING, UsageError
from lcs_cli.policy.schedule import Clock
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.retention import HoldKind, ReviewOutcome
from lcs_cli.services import lookup, retention, sweep
from lcs_cli.services.desk import Desk
from lcs_cli.services.retention import Item

app = group("What is kept how long, its review and disposal.")

_SHOWN_OF_HASH = 8
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
    everything: Annotated[bool, typer.Option("--all", help="Every family, due or not.")] = False,
) -> Result:
    """List what is due for review, and why; nothing is changed.

    Example: lcs retention due --as-of 1/4/2027
    """
    day = cmd.day("as of", as_of)
    found = retention.due(cmd.desk(), day, everything=everything)
    table = Table(
        ["FAMILY", "IS", "DUE ON", "CLAUSE", "WHY", "WOULD GO"],
        [
            [
                item.decision.family,
                _state(item),
                views.human(item.decision.due_on),
                item.decision.rule.clause,
                human_days("; ".join(item.decision.reasons)),
                views.counts(views.retention_item(item)["goes"]),
            ]
            for item in found
        ],
        f"Nothing is due on {views.human(day)}.",
    )
    return Result("lcs.retention-due/1", [views.retention_item(item) for item in found], [table])


@command(app, "review")
def review(
    cmd: Command,
    ref: Annotated[
        str | None, typer.Argument(metavar="[FAMILY]", help="One family; without it, each that waits.")
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
    cmd.known("retention.review", Kind.FAMILY, lookup.family, ref)
    values = forms.entry(cmd, [KEEP_UNTIL, REASON], from_, {"until": until})
    return reviewed([retention.keep(cmd.desk(), ref, values["until"], values["reason"])], [])


@command(app, "hold")
def hold(
    cmd: Command,
    ref: Family,
    kind: Annotated[HoldKind | None, typer.Option("--kind", help="Why it must wait.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DAY", help="The hold's last day.")] = None,
    from_: From = None,
) -> Result:
    """Put a family's file on hold, at any time: nothing of it is disposed of until it ends.

    Example: lcs retention hold LCS-0042-L --kind court-order
    """
    cmd.known("retention.hold", Kind.FAMILY, lookup.family, ref)
    values = forms.entry(cmd, [KIND, HOLD_UNTIL, REASON], from_, {"kind": kind.value if kind else None, "until": until})
    placed = retention.hold(cmd.desk(), ref, values["kind"], values["reason"], values["until"])
    return Result("lcs.hold/1", views.hold(placed), [held(placed)])


@command(app, "release")
def release(
    cmd: Command,
    ref: Annotated[str, typer.Argument(metavar="HOLD", help="The hold's reference, such as LH-0042-L.")],
) -> Result:
    """Release a hold: a senior manager, and another one than who placed it.

    Example: lcs retention release LH-0042-L
    """
    done = retention.release(cmd.desk(), ref)
    said = f"Released {reference(Kind.HOLD, done.number)} of {reference(Kind.FAMILY, done.family)}."
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
    desk = cmd.desk()
    if list_hash is not None:
        return _approved(desk, list_hash)
    waiting = retention.approval_list(desk)
    blocks: list[Table | str] = [
        Table(
            ["REVIEW", "FAMILY", "DUE ON", "WOULD GO", "STAYS FOR EVER"],
            [_approval_row(item) for item in waiting.items],
            "No proposal of somebody else waits for approval.",
        )
    ]
    blocks += [paper_too(item.decision.family, item.paper) for item in waiting.items if item.paper]
    blocks += [f"{item.decision.family}: proposed by you; another manager approves it." for item in waiting.own]
    blocks += [
        f"{item.decision.family}: changed since its review; the sweep sends it back." for item in waiting.changed
    ]
    data = {
        "hash": waiting.hash,
        "items": [views.retention_item(item) for item in waiting.items],
        "own": [views.retention_item(item) for item in waiting.own],
        "changed": [views.retention_item(item) for item in waiting.changed],
    }
    if not waiting.items:
        return Result("lcs.approval-list/1", data, blocks)
    if not cmd.can_ask:
        return Result(
            "lcs.approval-list/1",
            data,
            [*blocks, f"List: {waiting.hash}"],
            [f"to approve it: lcs retention approve --list {waiting.hash}"],
            exit_code=WAITING,
        )
    _show(cmd, blocks)
    short = waiting.hash[:_SHOWN_OF_HASH]
    if cmd.terminal.ask(f"Type {short} to approve this list (Enter to leave it): ").strip().lower() != short:
        return Result("lcs.approval-list/1", data, ["Nothing was approved."], exit_code=WAITING)
    return _approved(desk, waiting.hash)


@command(app, "sweep")
def run_sweep(
    cmd: Command,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing unless something waits for a person.")] = False,
) -> Result:
    """Dispose of what was approved and has cooled off, after checking it again; then say what waits.

    Silent when there is nothing to say; exit code 3 when something waits for a person.

    Example: lcs retention sweep --no-input --key-file sweep.key
    """
    done = sweep.sweep(cmd.desk())
    said = [
        f"Disposed of {one.family} (certificate {one.certificate}): {views.counts(one.went)}. "
        f"Stays: {views.counts(one.stayed)}."
        + (f" On paper, still to be destroyed: {', '.join(one.paper)}." if one.paper else "")
        for one in done.disposed
    ]
    said += [f"Sent back to review: {family}: {human_days(why)}." for family, why in done.sent_back]
    if done.backups_removed:
        said.append(f"Removed, past their last day: {views.plural(len(done.backups_removed), 'backup file')}.")
    waits = []
    if done.to_review:
        waits.append(f"{views.plural(len(done.to_review), 'file')} to review: lcs retention review")
    if done.to_approve:
        waits.append(f"{views.plural(done.to_approve, 'disposal')} to approve, by a manager: lcs retention approve")
    if done.paper:
        waits.append(f"{views.plural(len(done.paper), 'paper file')} to be destroyed: lcs paper list --to-destroy")
    if done.cooling and not quiet:
        said.append(f"{done.cooling} approved, and cooling off.")
    data = {
        "disposed": [
            {
                "family": one.family,
                "certificate": one.certificate,
                "went": one.went,
                "stayed": one.stayed,
                "paper": list(one.paper),
            }
            for one in done.disposed
        ],
        "sent_back": [{"family": family, "reason": why} for family, why in done.sent_back],
        "cooling": done.cooling,
        "to_review": list(done.to_review),
        "to_approve": done.to_approve,
        "paper_to_destroy": list(done.paper),
        "backups_removed": list(done.backups_removed),
    }
    code = WAITING if done.waits_for_a_person else 0
    return Result("lcs.sweep/1", data, [] if quiet and not code else said, waits, exit_code=code)


@command(app, "certificate")
def certificate(
    cmd: Command,
    ref: Annotated[
        str | None, typer.Argument(metavar="[CERTIFICATE]", help="Such as RC-000042-L; without it, all.")
    ] = None,
) -> Result:
    """Show the certificates of disposal: references and counts, no names.

    Example: lcs retention certificate RC-000042-L
    """
    if ref is None:
        found = sweep.certificates(cmd.desk())
        rows = [
            [
                one["certificate"],
                one["family"],
                human_days(one["disposed_on"]),
                views.counts(one["went"]),
                views.counts(one["stayed"]),
            ]
            for one in found
        ]
        table = Table(["REF", "FAMILY", "DISPOSED ON", "WENT", "STAYS"], rows, "Nothing has been disposed of.")
        return Result("lcs.certificates/1", found, [table])
    one = sweep.certificate(cmd.desk(), ref)
    lines = [
        (name.replace("_", " ").capitalize(), views.counts(value) if isinstance(value, dict) else _said(value))
        for name, value in one.items()
    ]
    return Result("lcs.certificate/1", one, [Lines(lines)])


def _said(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "" if value is None else human_days(str(value))


def _approved(desk: Desk, list_hash: str) -> Result:
    done = retention.approve(desk, list_hash)
    said = [f"Approved {item.decision.family}." for item in done.items]
    first = views.human(retention.disposable_on(desk))
    said.append(f"A sweep disposes of them from {first} on, after the cooling-off days, if nothing has changed.")
    data = {"hash": done.hash, "items": [views.retention_item(item) for item in done.items]}
    return Result("lcs.approval/1", data, said)


def _approval_row(item: Item) -> list[str]:
    seen = views.retention_item(item)
    return [
        seen["review"]["reference"] if seen["review"] else "",
        item.decision.family,
        views.human(item.decision.due_on),
        views.counts(seen["goes"]),
        views.counts(seen["stays"]),
    ]


def _state(item: Item) -> str:
    return f"{item.decision.outcome}, {item.review.state}" if item.review else item.decision.outcome.value


def _show(cmd: Command, blocks: list[Table | str]) -> None:
    render(Result("", None, blocks), cmd.terminal, Output.PEOPLE)
