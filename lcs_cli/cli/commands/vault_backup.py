"""lcs vault backup and lcs vault restore: the whole vault in one file, and back to a new place."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lcs_cli.cli import opening, views
from lcs_cli.cli.context import Command
from lcs_cli.cli.dates import human_days
from lcs_cli.cli.options import Yes, command, group
from lcs_cli.cli.render import Lines, Result, Table
from lcs_cli.errors import WAITING, DamagedVaultError
from lcs_cli.services import backups, restores

if TYPE_CHECKING:
    from lcs_cli.services.backups import Listed
    from lcs_cli.services.restores import Plan, Restored

backup = group("Backups: the whole vault in one file.")
app = group("Backups, put back.")

_NO_NEWER = "What was disposed of after this backup was made may be in the vault again: nobody knows of it here."


@command(backup, "")
def make(
    cmd: Command,
    into: Annotated[
        Path | None,
        typer.Option("--into", metavar="FOLDER", help="Where the file goes; else backups, beside the vault."),
    ] = None,
    to: Annotated[
        list[str] | None,
        typer.Option("--to", metavar="RECIPIENT", help="Also a copy for elsewhere, encrypted to this age recipient."),
    ] = None,
    encrypted_only: Annotated[bool, typer.Option("--encrypted-only", help="With --to: only that copy.")] = False,
) -> Result:
    """Make a backup: the whole vault in one new file, encrypted as it lies, signed, and looked through.

    Example: lcs vault backup --into /media/usb
    """
    made = backups.make(cmd.desk(), into, to or [], encrypted_only=encrypted_only)
    data = [
        {
            "reference": one.reference,
            "file": str(one.path),
            "size": one.size,
            "sha256": one.sha256,
            "encrypted": one.encrypted,
        }
        for one in made
    ]
    said = [f"Made {one.reference} and looked through it: {one.path} ({_size(one.size)})." for one in made]
    return Result("lcs.backup/1", data, said)


@command(backup, "list", lists=True)
def list_(cmd: Command) -> Result:
    """List the backups that were made here, with the last day of each, and which are beyond use.

    A backup is beyond use when it is past its last day, or when something was disposed of after it was made.

    Example: lcs vault backup list
    """
    found = backups.listing(cmd.desk())
    data = [
        {
            "reference": one.reference,
            "made_on": views.iso(one.row.made_on),
            "made_by": one.row.made_by,
            "file": one.row.name,
            "folder": one.row.folder,
            "encrypted": one.row.encrypted,
            "size": one.row.size,
            "sha256": one.row.sha256,
            "age_days": one.age,
            "last_day": views.iso(one.last_day),
            "state": one.state.value,
            "disposals_since": one.disposals_since,
            "found": one.is_there,
            "removed_on": views.iso(one.row.removed_on),
        }
        for one in found
    ]
    rows = [
        [
            one.reference,
            views.human(one.row.made_on),
            views.plural(one.age, "day"),
            views.human(one.last_day),
            _state(one),
            str(Path(one.row.folder) / one.row.name),
        ]
        for one in found
    ]
    table = Table(["REF", "MADE ON", "AGE", "LAST DAY", "STATE", "FILE"], rows, "No backup was made yet.")
    return Result("lcs.backups/1", data, [table])


@command(backup, "check")
def check(
    cmd: Command,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="The backup's file; without it, the newest that is there.")
    ] = None,
) -> Result:
    """Look through a backup: every part, the signature, every page of the data file.

    Example: lcs vault backup check /media/usb/lcs-backup-42115a7a-20261126T090000Z.lcsb
    """
    found = backups.check(cmd.desk(anew=True), file)
    one = found.manifest
    data = {"file": str(found.path), "made_at": one.made_at, "made_by": one.made_by, "problems": list(found.problems)}
    if found.problems:
        said = [f"damaged: {problem}" for problem in found.problems]
        return Result("lcs.backup-check/1", data, said, exit_code=DamagedVaultError.exit_code)
    lines = Lines([("Made at (UTC)", one.made_at), ("By", one.made_by), ("Trail", one.audit_head)])
    return Result("lcs.backup-check/1", data, [f"{found.path.name} is whole, and opens.", lines])


@command(app, "restore")
def restore(
    cmd: Command,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The backup's file.")],
    into: Annotated[Path, typer.Option("--into", metavar="FOLDER", help="A new folder: the vault is made there.")],
    register: Annotated[
        Path | None,
        typer.Option("--register", metavar="FILE", help="The newest disposals.jsonl, of the vault that is lost."),
    ] = None,
    without_newer_register: Annotated[
        bool, typer.Option("--without-newer-register", help="There is none: what was disposed of since may come back.")
    ] = False,
    yes: Yes = False,
) -> Result:
    """Put a backup back, to a new place: what was disposed of since is disposed of again before anybody reads a row.

    It takes a manager of that day, or the recovery key. The newest register of disposals is the one beside the vault in
    its usual place, or the one given. Stopped at any moment it leaves no vault behind; run it again.

    Example: lcs vault restore /media/usb/lcs-backup-42115a7a-20261126T090000Z.lcsb --into vault-new
    """
    planned = restores.plan(file, into, cmd.folder, register, without_newer=without_newer_register)
    if not planned.is_newest:
        cmd.terminal.note(f"warning: {_NO_NEWER}")
    if not yes:
        cmd.confirm(lambda: _question(planned))
    done = opening.ask(
        cmd,
        planned.people,
        lambda opener: restores.carry_out(planned, into, opener, now=cmd.now, today=cmd.today),
    )
    return _restored(done)


def _question(planned: Plan) -> str:
    made = human_days(planned.manifest.made_at[:10])
    since = (
        f"disposed of since, and again: {', '.join(planned.again)}" if planned.again else "nothing disposed of since"
    )
    return f"Put back the vault as it was on {made} ({since})?"


def _restored(done: Restored) -> Result:
    drill = done.drill
    said: list[str | Lines] = [
        f"Restored {done.folder} as it was on {human_days(done.manifest.made_at[:10])}.",
        Lines(
            [
                ("Disposed of again", ", ".join(done.again) or "nothing"),
                ("Pages and rows", "sound"),
                ("Trail", f"whole, head {drill.head}" if not drill.problems else f"{len(drill.problems)} problems"),
                ("Holds", ", ".join(f"{count} {noun}" for noun, count in drill.counted.items())),
                ("A sweep would find", f"{drill.to_review} to review, and nothing approved"),
            ]
        ),
        *(f"damaged: {problem}" for problem in drill.problems),
    ]
    data = {
        "folder": str(done.folder),
        "made_at": done.manifest.made_at,
        "restored_by": done.by,
        "disposed_again": list(done.again),
        "newer_register": done.is_newest,
        "problems": list(drill.problems),
        "head": drill.head,
        "holds": dict(drill.counted),
        "to_review": drill.to_review,
    }
    notes = [
        f"next: lcs audit accept --vault {done.folder}   once, by a manager, before anybody works with it",
        f"      lcs vault user list --vault {done.folder}   who left since has a slot again",
    ]
    code = DamagedVaultError.exit_code if drill.problems else 0 if done.is_newest else WAITING
    return Result("lcs.restore/1", data, said, notes, exit_code=code)


def _state(one: Listed) -> str:
    said = one.state.value.replace("-", " ")
    if one.row.removed_on:
        return f"{said} {views.human(one.row.removed_on)}"
    since = f", {views.plural(one.disposals_since, 'disposal')} since" if one.disposals_since else ""
    return f"{said}{since}{'' if one.is_there else ', not where it was put'}"


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"
