"""Publishing the policy at a terminal or from a script: what it would newly do is shown, and accepted by its hash."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lcs_cli.cli import forms, policy_views, views
from lcs_cli.cli.context import Command
from lcs_cli.cli.forms import Field
from lcs_cli.cli.render import Output, Result, render
from lcs_cli.errors import WAITING, UsageError
from lcs_cli.services import publishing, rule_files

if TYPE_CHECKING:
    from lcs_cli.services.desk import Desk
    from lcs_cli.services.publishing import Publication

_SHOWN_OF_HASH = 8
_APPROVED_BY = Field(
    "approved_by",
    "approved by",
    forms.text,
    question="Approved by (the body or meeting, such as trustees, 3 March 2026)",
)


def ask_and_publish(
    cmd: Command,
    text: Path | None,
    rules: str | None,
    effective: str,
    accept: str | None,
    from_: str | None,
    *,
    dry_run: bool,
    yes: bool,
) -> Result:
    """Publish what was given; with ``dry_run`` only show what that would do."""
    words = rule_files.read_text(text, cmd.folder) if text else None
    files = rule_files.read_rules(rules, cmd.folder) if rules else {}
    day = cmd.day("effective", effective)
    if cmd.can_ask:
        publishing.check_publish(cmd.desk())
    if dry_run:
        return _shown(publishing.plan(cmd.desk(), publishing.PolicyDraft(day, None, words, files)))
    approved_by = forms.entry(cmd, [_APPROVED_BY], from_)["approved_by"]
    draft, desk = publishing.PolicyDraft(day, approved_by, words, files), cmd.desk()
    if accept is not None:
        return _published(publishing.publish(desk, draft, accept))
    planned = publishing.plan(desk, draft)
    if planned.effects.needs_acceptance and cmd.can_ask:
        return _accepted_at_the_terminal(cmd, desk, draft, planned)
    if not planned.effects.needs_acceptance and not yes:
        if not cmd.can_ask:
            raise UsageError("missing answer: this needs a yes", "give --yes")
        _show(cmd, planned)
        cmd.confirm(lambda: f"Publish version {planned.version.number}?")
    return _published(publishing.publish(desk, draft))


def _accepted_at_the_terminal(cmd: Command, desk: Desk, draft: publishing.PolicyDraft, planned: Publication) -> Result:
    _show(cmd, planned)
    short = planned.hash[:_SHOWN_OF_HASH]
    asked = f"Type {short} to accept this list and publish (Enter to leave it): "
    if cmd.terminal.ask(asked).strip().lower() != short:
        data = policy_views.publication(planned)
        return Result("lcs.policy-effects/1", data, ["Nothing was published."], exit_code=WAITING)
    return _published(publishing.publish(desk, draft, planned.hash))


def _shown(planned: Publication) -> Result:
    waits = planned.effects.needs_acceptance
    blocks = [*policy_views.newly(planned), f"List: {planned.hash}"]
    notes = [*planned.notes, *([f"to accept it and publish: --accept {planned.hash}"] if waits else [])]
    data = policy_views.publication(planned)
    return Result("lcs.policy-effects/1", data, blocks, notes, exit_code=WAITING if waits else 0)


def _published(done: Publication) -> Result:
    version = done.version
    said = f"Published version {version.number}, approved by {version.approved_by}: it takes effect on "
    said += f"{views.human(version.effective_on)}, and changes {done.changed}."
    notes = [*done.notes, "next: lcs policy give --to REFERRER|WHO   to whoever has an old copy: lcs policy given"]
    return Result("lcs.policy-version/1", policy_views.publication(done), [said], notes)


def _show(cmd: Command, planned: Publication) -> None:
    render(Result("", None, policy_views.newly(planned), planned.notes), cmd.terminal, Output.PEOPLE)
