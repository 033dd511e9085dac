"""lcs policy: show it, and give a copy to whoever asks. Works without a vault too."""

import os
import re
from pathlib import Path
from typing import Annotated, Any

import typer

from lcs_cli.cli import views
from lcs_cli.cli.context import Command
from lcs_cli.cli.options import command, group
from lcs_cli.cli.render import Result, Table
from lcs_cli.errors import FailedError, NoVaultError
from lcs_cli.services import policies
from lcs_cli.services.policies import ASKERS, PolicyCopy
from lcs_cli.services.setup import people_of
from lcs_cli.vault.files import write_new

app = group("The confidentiality policy.")


@command(app, "show")
def show(
    cmd: Command,
    clause: Annotated[str | None, typer.Option("--clause", metavar="NUMBER", help="Only this clause.")] = None,
) -> Result:
    """Show the policy in force, or one clause of it.

    Example: lcs policy show --clause 4.2
    """
    copy = policies.show(cmd.desk()) if _has_vault(cmd) else policies.without_vault()
    text = copy.text if clause is None else policies.clause(copy, clause)
    return Result("lcs.policy/1", _data(copy) | {"text": text}, [text.strip("\n")], [_about(cmd, copy)])


@command(app, "coverage", lists=True)
def coverage(cmd: Command) -> Result:
    """Show what holds each sentence of the policy: rules, commands, and how many tests.

    Example: lcs policy coverage
    """
    cited = commands_by_clause()
    found = policies.covered(cmd.desk(), cited) if _has_vault(cmd) else policies.covered_without_vault(cited)
    rows = []
    for one in found:
        rows.append([one.clause, one.heading, ", ".join(one.rules), ", ".join(one.commands), str(len(one.tests) or "")])
        rows += [["", sentence.text, "", "", str(len(sentence.tests))] for sentence in one.sentences]
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
    table = Table(["CLAUSE", "SAYS", "RULES", "COMMANDS", "TESTS"], rows)
    return Result("lcs.policy-coverage/1", data, [table])


@command(app, "give")
def give(
    cmd: Command,
    to: Annotated[
        str, typer.Option("--to", metavar="REFERRER|WHO", help=f"Who asked: REF-0007-F, {', '.join(ASKERS)}.")
    ],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it to this new file.")] = None,
) -> Result:
    """Give a copy of the policy to whoever asks (policy 5). That it was given is logged.

    Example: lcs policy give --to volunteer --out policy.txt
    """
    if out is not None and os.path.lexists(out):
        raise FailedError("out: something of that name is there already", "name a new file")
    has_vault = _has_vault(cmd)
    copy = policies.give(cmd.desk(), to) if has_vault else policies.without_vault()
    logged = "Logged." if has_vault else "There is no vault here, so it was not logged."
    if out is None:
        return Result("lcs.policy/1", _data(copy), [copy.text.strip("\n")], [f"{_about(cmd, copy)} {logged}"])
    try:
        write_new(out, copy.text.encode())
    except OSError as error:
        raise FailedError(f"out: cannot be written ({error.strerror})", "name a new file") from error
    return Result("lcs.policy/1", _data(copy), [f"Wrote {out}. {logged}"], [_about(cmd, copy)])


def commands_by_clause() -> dict[str, list[str]]:
    """The commands whose help cites a clause."""
    from lcs_cli.cli.app import commands

    found: dict[str, list[str]] = {}
    for path, one in commands():
        for clause in re.findall(r"policy (\d(?:\.\d)?)", one.help or ""):
            found.setdefault(clause, []).append(" ".join(path))
    return found


def _has_vault(cmd: Command) -> bool:
    try:
        people_of(cmd.folder)
    except NoVaultError:
        return False
    return True


def _about(cmd: Command, copy: PolicyCopy) -> str:
    if not copy.version:
        return "This is the policy as lcs carries it: no vault has published one here."
    overdue = copy.overdue_days(cmd.today)
    late = f": OVERDUE by {views.plural(overdue, 'day')} (policy 6)" if overdue else ""
    return (
        f"Version {copy.version}, in force since {views.human(copy.effective_on)}; "
        f"next review due {views.human(copy.review_due_on)}{late}."
    )


def _data(copy: PolicyCopy) -> dict[str, Any]:
    return {
        "version": copy.version,
        "title": copy.title,
        "effective_on": views.iso(copy.effective_on),
        "review_due_on": views.iso(copy.review_due_on),
        "text": copy.text,
    }
