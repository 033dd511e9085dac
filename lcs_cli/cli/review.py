"""Reviewing what is due: each file that waits is shown with what would go, and ends in dispose, keep or hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from lcs_cli.cli import forms, views
from lcs_cli.cli.context import Command
from lcs_cli.cli.dates import human_days
from lcs_cli.cli.forms import Field
from lcs_cli.cli.render import Result
from lcs_cli.errors import LcsError, StoppedError, UsageError
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.retention import Hold, HoldKind, Review, ReviewOutcome
from lcs_cli.services import retention

if TYPE_CHECKING:
    from lcs_cli.services.desk import Desk
    from lcs_cli.services.retention import Item

REASON = Field("reason", "reason", forms.text)
KIND = Field("kind", "kind", forms.choice(HoldKind), question=f"Kind ({', '.join(HoldKind)})")
KEEP_UNTIL = Field("until", "until", forms.future_day)
HOLD_UNTIL = Field("until", "until", forms.future_day, "", "Until (Enter for no end)")


def walk(cmd: Command) -> Result:
    """Ask about each file that waits, one after the other; without a terminal, list them."""
    desk = cmd.desk()
    waiting = [
        item
        for item in retention.due(desk, cmd.today)
        if item.decision.outcome in retention.WAITS_FOR_A_PERSON and item.review is None
    ]
    if not waiting:
        return Result("lcs.review/1", [], notes=["Nothing waits for review."])
    if not cmd.can_ask:
        refs = ", ".join(item.decision.subject for item in waiting)
        raise UsageError(
            f"missing: which file, and how its review ends. Waiting: {refs}", "give its reference and --outcome"
        )
    reviews: list[Review] = []
    holds: list[Hold] = []
    for number, item in enumerate(waiting, start=1):
        cmd.terminal.note(_about(item, number, len(waiting)))
        try:
            done = _answer(cmd, desk, item)
        except (KeyboardInterrupt, EOFError):
            cmd.terminal.note("\nstopped: what was decided before stands" if reviews or holds else "\nstopped")
            return replace(reviewed(reviews, holds), exit_code=StoppedError.exit_code)
        except LcsError as error:
            cmd.terminal.note(
                f"   {error.label}: {human_days(error.message)}\n   {error.hint_label}: {human_days(error.hint)}"
            )
            continue
        if isinstance(done, Review):
            reviews.append(done)
        elif done is not None:
            holds.append(done)
    return reviewed(reviews, holds)


def reviewed(reviews: list[Review], holds: list[Hold]) -> Result:
    """What came of the reviews."""
    said = []
    for one in reviews:
        if one.outcome is ReviewOutcome.DISPOSE:
            ref = reference(Kind.REVIEW, one.number)
            said.append(f"Proposed {ref}: dispose of {one.subject}. A manager approves it.")
            said += [paper_too(one.subject, one.paper)] if one.paper else []
        else:
            said.append(f"Kept {one.subject} until {views.human(one.until)}.")
    said += [held(one) for one in holds]
    data = [views.review(one) for one in reviews] + [views.hold(one) for one in holds]
    return Result("lcs.review/1", data, said or ["Nothing was decided."])


def paper_too(family: str, paper: Sequence[str]) -> str:
    """What lies on paper and is to be destroyed by somebody, in words."""
    return f"On paper, to be destroyed with {family}: {', '.join(paper)}."


def held(one: Hold) -> str:
    """A hold, in words."""
    until = f"until {views.human(one.until)}" if one.until else "until a senior manager releases it"
    return f"Held {one.subject} {until} ({reference(Kind.HOLD, one.number)}, {one.kind})."


def _answer(cmd: Command, desk: Desk, item: Item) -> Review | Hold | None:
    ref = item.decision.subject
    if item.decision.outcome in retention.STILL_OPEN:
        answer = cmd.choose("   k keep until  h hold  s skip", ("keep", "hold", "skip"), "skip")
    else:
        answer = cmd.choose("   d dispose  k keep until  h hold  s skip", ("dispose", "keep", "hold", "skip"), "skip")
    if answer == "dispose":
        return retention.propose(desk, ref, None) if _confirmed(cmd, ref) else None
    if answer == "keep":
        values = forms.fill(cmd, [KEEP_UNTIL, REASON], {})
        return retention.keep(desk, ref, values["until"], values["reason"])
    if answer == "hold":
        values = forms.fill(cmd, [KIND, HOLD_UNTIL, REASON], {})
        return retention.hold(desk, ref, values["kind"], values["reason"], values["until"])
    return None


def _confirmed(cmd: Command, ref: str) -> bool:
    """Whether the reference is typed, after any slip; Enter leaves the file as it is."""
    while typed := cmd.terminal.ask("   Type the reference to confirm (Enter to skip): ").strip():
        if typed.upper() == ref:
            return True
        cmd.terminal.note("   That is another reference.")
    return False


def _about(item: Item, number: int, of: int) -> str:
    decision = item.decision
    seen = views.retention_item(item)
    more = f"\n   {paper_too(decision.subject, item.paper)}" if item.paper else ""
    if decision.outcome in retention.STILL_OPEN:
        more += f"\n   It stays open until somebody closes it: {retention.remedy(item)}"
    return (
        f"{number} of {of}  {decision.subject}  {human_days('; '.join(decision.reasons))} ({decision.rule.clause})\n"
        f"   Would go: {views.counts(seen['goes'])}.  Stays for ever: {views.counts(seen['stays'])}.{more}"
    )
