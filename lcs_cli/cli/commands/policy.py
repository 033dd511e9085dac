"""lcs policy: show it and give copies, publish versions, tell them apart, review it. Showing works without a vault."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lcs_cli.cli import forms, policy_views, views
from lcs_cli.cli.context import Command
from lcs_cli.cli.dates import human_days
from lcs_cli.cli.forms import Field
from lcs_cli.cli.options import From, Yes, command, group
from lcs_cli.cli.policy_page import policy_page
from lcs_cli.cli.printing import PdfFile, printed, written
from lcs_cli.cli.render import Result, Table
from lcs_cli.errors import NoVaultError, UsageError
from lcs_cli.records.policy import Asker, ReviewOfPolicy
from lcs_cli.services import policies, setup

if TYPE_CHECKING:
    from lcs_cli.policy.coverage import ClauseCoverage

app = group("The confidentiality policy.")

Version = Annotated[int | None, typer.Option("--version", metavar="N", min=1, help="This version of the policy.")]
_OUTCOME = Field(
    "outcome", "outcome", forms.choice(ReviewOfPolicy), question=f"How it ends ({', '.join(ReviewOfPolicy)})"
)
_NOTE = Field("note", "note", forms.prose, "", "Note (Enter for none)")
_ON = Field("reviewed_on", "on", forms.past_day, "today", "Reviewed on")


@command(app, "show")
def show(
    cmd: Command,
    clause: Annotated[str | None, typer.Option("--clause", metavar="NUMBER", help="Only this clause.")] = None,
    version: Version = None,
    rules_into: Annotated[
        Path | None, typer.Option("--rules-into", metavar="FOLDER", help="Write its rule files into this new folder.")
    ] = None,
) -> Result:
    """Show the policy in force, another version of it, or one clause.

    Its rule files, which say what the program makes of it, are written into a new folder where one is named.

    Example: lcs policy show --clause 4.2
    """
    if rules_into is not None:
        _check_new(rules_into, "rules into")
    if _has_vault(cmd) or version is not None:
        copy = policies.show(cmd.desk(), version, rules_into)
    else:
        copy = policies.show_without_vault(rules_into)
    text = copy.text if clause is None else policies.clause(copy, clause)
    notes = [policy_views.about(copy, cmd.today)]
    if rules_into is not None:
        notes.append(f"Wrote its rule files into {rules_into}.")
    return Result("lcs.policy/1", policy_views.copy(copy) | {"text": text}, [text.strip("\n")], notes)


@command(app, "coverage", lists=True)
def coverage(cmd: Command) -> Result:
    """Show what holds each sentence of the policy: rules, commands, and how many tests.

    Example: lcs policy coverage
    """
    cited = commands_by_clause()
    found = policies.covered(cmd.desk(), cited) if _has_vault(cmd) else policies.covered_without_vault(cited)
    data = [
        {
            "clause": one.clause,
            "heading": one.heading,
            "rules": list(one.rules),
            "commands": list(one.commands),
            "sentences": [{"text": part.text, "tests": list(part.tests)} for part in one.sentences],
            "tests": list(one.tests),
        }
        for one in found
    ]
    return Result("lcs.policy-coverage/1", data, [_covered(one) for one in found])


def _covered(one: ClauseCoverage) -> str:
    held = [("Rules", ", ".join(one.rules)), ("Commands", ", ".join(f"lcs {command}" for command in one.commands))]
    lines = [f"{one.clause} {one.heading}", *(f"  {name}: {words}" for name, words in held if words)]
    lines += [f"  {views.plural(len(part.tests), 'test')}: {part.text}" for part in one.sentences]
    if one.tests:
        lines.append(f"  {views.plural(len(one.tests), 'test')} of the clause as a whole")
    return "\n".join(lines)


@command(app, "give")
def give(
    cmd: Command,
    to: Annotated[
        str, typer.Option("--to", metavar="REFERRER|WHO", help=f"Who asked: REF-0007-F, {', '.join(Asker)}.")
    ],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it to this new file.")] = None,
    pdf: PdfFile = None,
) -> Result:
    """Give a copy of the policy to whoever asks (policy 5). That it was given is on record.

    Example: lcs policy give --to volunteer --out policy.txt

    Example: lcs policy give --to user --pdf policy.pdf
    """
    if out is not None and pdf is not None:
        raise UsageError("pdf: is written by itself", "leave --out away")
    desk = cmd.desk() if _has_vault(cmd) else None
    logged = "Logged." if desk else "There is no vault here, so it was not logged."

    def given_() -> policies.PolicyCopy:
        on_paper = out is not None or pdf is not None
        return policies.give(desk, to, written=on_paper) if desk else policies.without_vault()

    if pdf is not None:
        copy = printed(cmd, pdf, given_, lambda copy: policy_page(copy, cmd.today), desk=desk)
    elif out is not None:
        copy = written(cmd, out, "out", given_, lambda copy: copy.text.encode(), desk)
    else:
        copy = given_()
    about = policy_views.about(copy, cmd.today)
    if out is None and pdf is None:
        return Result("lcs.policy/1", policy_views.copy(copy), [copy.text.strip("\n")], [f"{about} {logged}"])
    return Result("lcs.policy/1", policy_views.copy(copy), [f"Wrote {out or pdf}. {logged}"], [about])


@command(app, "given", lists=True)
def given(
    cmd: Command,
    version: Version = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000, help="How many copies.")] = 50,
) -> Result:
    """List who was given a copy of the policy, and of which version, newest first.

    Example: lcs policy given --version 1
    """
    data = [policy_views.given(one) for one in policies.given(cmd.desk(), version, limit)]
    rows = [[human_days(one["given_on"]), str(one["version"]), one["to"], one["how"], one["given_by"]] for one in data]
    table = Table(["GIVEN", "VERSION", "TO", "HOW", "BY"], rows, "No copy is on record.")
    return Result("lcs.policy-copies/1", data, [table])


@command(app, "publish")
def publish(
    cmd: Command,
    text: Annotated[
        Path | None, typer.Option("--text", metavar="FILE", help="The new text; without it, the last one stays.")
    ] = None,
    rules: Annotated[
        str | None,
        typer.Option(
            "--rules", metavar="FOLDER|packaged", help="Rule files that take the place of those of their names."
        ),
    ] = None,
    effective: Annotated[
        str, typer.Option("--effective", metavar="DAY", help="The day it takes effect: today or later.")
    ] = "today",
    accept: Annotated[
        str | None, typer.Option("--accept", metavar="HASH", help="Accept the list of this hash, as it was shown.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what it would newly do, and change nothing.")
    ] = False,
    yes: Yes = False,
    from_: From = None,
) -> Result:
    """Publish a version of the policy: its text, its rules, or both. What was decided before stays decided.

    Where it would make files due earlier, or let more be told, it shows that list first, and is published with that
    list accepted.

    Example: lcs policy publish --text our-policy.txt --effective 1/4/2027
    """
    from lcs_cli.cli.publishing import ask_and_publish

    return ask_and_publish(cmd, text, rules, effective, accept, from_, dry_run=dry_run, yes=yes)


@command(app, "history")
def history(cmd: Command) -> Result:
    """Show every version of the policy, what each one changed, and its yearly reviews.

    Example: lcs policy history
    """
    from lcs_cli.services import explanations

    found = explanations.history(cmd.desk())
    data = {
        "versions": [policy_views.version(one) for one in found.versions],
        "reviews": [policy_views.review(one) for one in found.reviews],
    }
    return Result("lcs.policy-history/1", data, policy_views.history(found))


@command(app, "diff")
def diff(
    cmd: Command,
    was: Annotated[int | None, typer.Argument(metavar="[OLDER]", min=1, help="The older version, such as 1.")] = None,
    becomes: Annotated[
        int | None, typer.Argument(metavar="[NEWER]", min=1, help="The newer one; else the last.")
    ] = None,
) -> Result:
    """Show what differs between two versions, in the text and in the rules: without numbers, between the last two.

    Example: lcs policy diff 1 3
    """
    from lcs_cli.services import explanations

    found = explanations.difference(cmd.desk(), was, becomes)
    rows = [[one.file, one.key, one.was or "", one.becomes or ""] for one in found.rules]
    data = {
        "from_version": found.was,
        "to_version": found.becomes,
        "text": list(found.text),
        "rules": [policy_views.change(one) for one in found.rules],
    }
    blocks: list[Table | str] = ["\n".join(found.text) or "The text is the same."]
    blocks.append(Table(["FILE", "KEY", "WAS", "BECOMES"], rows, "The rules are the same."))
    return Result("lcs.policy-diff/1", data, blocks)


@command(app, "explain")
def explain(
    cmd: Command,
    ref: Annotated[
        str,
        typer.Argument(metavar="REF", help="What was decided, such as RV-0042-L or EX-000042-L."),
    ],
) -> Result:
    """Explain by which version of the policy something was decided, in that version's own words.

    Example: lcs policy explain RV-0042-L
    """
    from lcs_cli.services import explanations

    found = explanations.explain(cmd.desk(), ref)
    return Result("lcs.policy-explanation/1", policy_views.explanation(found), policy_views.explained(found))


@command(app, "review")
def review(
    cmd: Command,
    outcome: Annotated[ReviewOfPolicy | None, typer.Option("--outcome", help="How it ends.")] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DAY", help="The day of the review.")] = None,
    from_: From = None,
) -> Result:
    """Record the yearly review of the policy (policy 6). The next one is due a year after it.

    Example: lcs policy review --outcome unchanged
    """
    if cmd.can_ask:
        policies.check_review(cmd.desk())
    given_ = {"outcome": outcome.value if outcome else None, "reviewed_on": on}
    values = forms.entry(cmd, [_OUTCOME, _ON, _NOTE], from_, given_)
    desk = cmd.desk()
    one = policies.review(desk, values["outcome"], values["note"], values["reviewed_on"])
    said = f"Reviewed version {one.version} on {views.human(one.reviewed_on)}: {one.outcome.value}."
    next_ = f"The next review is due {views.human(policies.show(desk).review_due_on)}."
    notes = ["next: lcs policy publish"] if one.outcome is ReviewOfPolicy.TO_BE_CHANGED else []
    return Result("lcs.policy-review/1", policy_views.review(one), [f"{said} {next_}"], notes)


def _check_new(path: Path, option: str) -> None:
    if os.path.lexists(path):
        raise UsageError(f"{option}: something of that name is there already", "name a new one")


def commands_by_clause() -> dict[str, list[str]]:
    """The commands whose help cites a clause of the policy that lcs carries."""
    from lcs_cli.cli.app import commands

    found: dict[str, list[str]] = {}
    for path, one in commands():
        for clause in re.findall(r"policy (\d(?:\.\d)?)", one.help or ""):
            found.setdefault(clause, []).append(" ".join(path))
    return found


def _has_vault(cmd: Command) -> bool:
    try:
        setup.people_of(cmd.folder)
    except NoVaultError:
        return False
    return True
