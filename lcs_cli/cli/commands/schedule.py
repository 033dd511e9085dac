"""lcs schedule: ready-made jobs for cron and systemd. It opens no vault, and writes no file."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from lcs_cli.cli import jobs
from lcs_cli.cli.context import Command
from lcs_cli.cli.options import command, group
from lcs_cli.cli.render import Result, Verbatim
from lcs_cli.errors import UsageError

app = group("Ready-made jobs for cron and systemd.")

JobName = Annotated[jobs.Name, typer.Option("--job", help="What is to be run.")]

Into = Annotated[str | None, typer.Option("--into", metavar="FOLDER", help="Where backups go.")]


class Unit(StrEnum):
    """The files of a systemd job: what is run, when, and who is told where it fails."""

    SERVICE = "service"
    TIMER = "timer"
    FAILURE = "failure"


@command(app, "cron")
def cron(cmd: Command, job: JobName = jobs.Name.SWEEP, into: Into = None) -> Result:
    """Print a line for cron that runs a job with a key file: give --vault and --key-file.

    Example: lcs schedule cron --job sweep --vault /srv/lcs/vault --key-file /srv/lcs/nightly.key
    """
    vault, key_file = _vault(cmd), _key_file(cmd)
    line = jobs.cron_line(job, jobs.program(), vault, key_file, _into(job, into))
    said = [Verbatim("\n".join([*jobs.CRON_NOTES, line]))]
    return Result("lcs.cron/1", {"job": job.value, "line": line}, said, _not_here(vault, key_file))


@command(app, "systemd")
def systemd(
    cmd: Command,
    job: JobName = jobs.Name.SWEEP,
    unit: Annotated[Unit | None, typer.Option("--unit", help="Only this file; without it, all three.")] = None,
    run_as: Annotated[str, typer.Option("--run-as", metavar="USER", help="The system's user that owns the vault.")] = (
        "lcs"
    ),
    encrypted: Annotated[
        bool, typer.Option("--encrypted", help="The key file was encrypted with systemd-creds.")
    ] = False,
    into: Into = None,
) -> Result:
    """Print the units that run a job with a key file: give --vault and --key-file.

    Example: lcs schedule systemd --unit timer --vault /srv/lcs/vault --key-file /etc/lcs/nightly.key
    """
    vault, key_file = _vault(cmd), _key_file(cmd)
    service = jobs.Service(job, jobs.program(), vault, key_file, jobs.login(run_as), encrypted, _into(job, into))
    units = {Unit.SERVICE: service.unit(), Unit.TIMER: jobs.timer(job), Unit.FAILURE: jobs.TELL}
    names = {Unit.SERVICE: f"lcs-{job}.service", Unit.TIMER: f"lcs-{job}.timer", Unit.FAILURE: jobs.TELL_NAME}
    wanted = [unit] if unit else [*Unit]
    data = [{"file": f"/etc/systemd/system/{names[one]}", "content": units[one]} for one in wanted]
    said = [Verbatim(f"# {one['file']}\n{one['content']}") for one in data]
    return Result("lcs.units/1", data, said, _not_here(vault, key_file))


def _vault(cmd: Command) -> str:
    return jobs.path("vault", cmd.folder)


def _key_file(cmd: Command) -> str:
    named = cmd.key_file or cmd.terminal.env.get("LCS_KEY_FILE")
    if not named:
        raise UsageError("missing: key file", "give --key-file; to make one: lcs vault user add NAME --command ACTION")
    return jobs.path("key file", named)


def _not_here(*paths: str) -> list[str]:
    """Which of the paths are not there: right for a job of another machine, and a slip in one for this."""
    return [f"note: on this machine there is no {one}" for one in paths if not Path(one).exists()]


def _into(job: jobs.Name, folder: str | None) -> str | None:
    """Where a backup goes; no other job takes a folder."""
    if (job is jobs.Name.BACKUP) != (folder is not None):
        raise UsageError("into: a backup goes into a folder, and nothing else does", "give --into with --job backup")
    return jobs.path("into", folder) if folder else None
