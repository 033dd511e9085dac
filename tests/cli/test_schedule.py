"""Ready-made jobs: what is printed is what cron and systemd understand, whatever a path looks like."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from lcs_cli.cli import jobs
from lcs_cli.cli.jobs import Name, Service
from lcs_cli.errors import UsageError
from tests.cli.processes import at_terminal, bare, ended
from tests.cli.typed import Typist, lcs

ODD = "/srv/lcs at 100% of 'it', \"so\" $HOME; & co/vault"
KEY = '/etc/lcs 5%/nightly\'s "$k".key'
PATHS = ("/srv/lcs/vault", ODD)
SERVICE = Service(Name.SWEEP, ("/opt/lcs/bin/lcs",), ODD, KEY, "lcs", encrypted=False)
SWEEP = ["retention", "sweep", "--quiet"]


def crontab(line: str) -> tuple[list[str], str]:
    """What cron(8) reads: when, and what it gives to a shell. An unescaped % would end it."""
    *when, command = line.split(maxsplit=5)
    assert not re.search(r"(?<!\\)%", command)
    return when, command.replace(r"\%", "%")


def unit(text: str) -> dict[str, str]:
    """The settings of a unit, each of which stands there once."""
    lines = [line.partition("=") for line in text.splitlines() if "=" in line and not line.startswith("#")]
    pairs = [(key, value) for key, _, value in lines]
    assert len({key for key, _ in pairs}) == len(pairs)
    return dict(pairs)


def words(value: str, *, argument: bool) -> Iterator[str]:
    """The words that systemd.syntax(7) reads, with what systemd would fill in: nothing."""
    for word in shlex.split(value):
        assert not re.search(r"(?<!%)(%%)*%(?!%)", word)
        assert not (argument and re.search(r"(?<!\$)(\$\$)*\$(?!\$)", word))
        yield word.replace("%%", "%").replace("$$", "$") if argument else word.replace("%%", "%")


@pytest.mark.parametrize("vault", PATHS)
@pytest.mark.parametrize("job", [*Name])
def test_cron_gives_the_shell_each_word_as_it_is(job: Name, vault: str) -> None:
    """Cron takes % for the end of the command, and a shell takes nearly every sign for something."""
    into = "/mnt/100% safe" if job is Name.BACKUP else None
    when, command = crontab(jobs.cron_line(job, ("printf", "[%s]"), vault, KEY, into))
    assert len(when) == 5
    said = subprocess.run(["sh", "-c", command], check=True, capture_output=True, text=True).stdout
    rest = f"[--into][{into}]" if into else ""
    assert said.endswith(f"{rest}[--vault][{vault}][--key-file][{KEY}][--no-input]")


@pytest.mark.parametrize("vault", PATHS)
def test_systemd_starts_the_sweep_with_each_word_as_it_is(vault: str) -> None:
    """No % is filled in, no $ is a variable; the key is the credential that lcs looks for, the vault can be written."""
    found = unit(replace(SERVICE, vault=vault).unit())
    assert [*words(found["ExecStart"], argument=True)] == [
        "/opt/lcs/bin/lcs",
        *SWEEP,
        "--vault",
        vault,
        "--no-input",
    ]
    name, _, path = found["LoadCredential"].partition(":")
    assert (name, path.replace("%%", "%")) == ("lcs-key", KEY)
    assert [*words(found["ReadWritePaths"], argument=False)] == [vault]


def test_the_service_is_closed_and_its_failures_are_told(tmp_path: Path) -> None:
    """It writes nowhere else, gains nothing, talks to nobody; 3 is a failure, so that somebody is told what waits."""
    found = unit(SERVICE.unit())
    assert found["Type"] == "oneshot"
    assert (found["ProtectSystem"], found["ProtectHome"], found["PrivateNetwork"]) == ("strict", "true", "true")
    assert (found["NoNewPrivileges"], found["PrivateTmp"], found["CapabilityBoundingSet"]) == ("true", "true", "")
    assert found["OnFailure"] == "lcs-tell@%N.service"
    assert "SuccessExitStatus" not in found
    assert "MemoryDenyWriteExecute" not in found
    in_home = unit(replace(SERVICE, vault="/home/lcs/vault").unit())
    assert in_home["ProtectHome"] == "read-only"
    encrypted = unit(replace(SERVICE, encrypted=True).unit())
    assert "LoadCredential" not in encrypted
    assert encrypted["LoadCredentialEncrypted"].startswith("lcs-key:")
    backup = unit(replace(SERVICE, job=Name.BACKUP, into=str(tmp_path)).unit())
    assert [*words(backup["ReadWritePaths"], argument=False)] == [ODD, str(tmp_path)]


def test_a_timer_makes_up_for_what_was_missed() -> None:
    """A machine that was off at night sweeps in the morning."""
    for job in Name:
        found = unit(jobs.timer(job))
        assert (found["Persistent"], found["WantedBy"]) == ("true", "timers.target")


def verified(folder: Path) -> str:
    """What systemd has to say about the units of a folder."""
    names = sorted(str(path) for path in folder.glob("lcs-*") if "@" not in path.name)
    ran = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *names],
        check=False,
        capture_output=True,
        text=True,
        env={"SYSTEMD_UNIT_PATH": f"{folder}:"},
    )
    return ran.stdout + ran.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_itself_finds_nothing_to_say(tmp_path: Path) -> None:
    """Every setting is known, every path is one; and where the program is another, it notices."""
    folder = tmp_path / "100% odd $place"
    folder.mkdir()
    program = folder / "lcs"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    units = tmp_path / "units"
    units.mkdir()
    (units / jobs.TELL_NAME).write_text(jobs.TELL)
    for job in Name:
        into = str(folder) if job is Name.BACKUP else None
        service = replace(SERVICE, job=job, started=(str(program),), into=into)
        (units / f"lcs-{job}.service").write_text(service.unit())
        (units / f"lcs-{job}.timer").write_text(jobs.timer(job))
    assert verified(units) == ""
    program.unlink()
    assert "lcs is not executable" in verified(units)


def test_systemd_starts_no_program_whose_path_holds_a_quotation_mark() -> None:
    """It would say so only when the unit is loaded."""
    with pytest.raises(UsageError, match="quotation mark"):
        replace(SERVICE, started=("/opt/lcs's/bin/lcs",)).unit()


def test_it_prints_a_job_without_a_vault(tmp_path: Path) -> None:
    """Nothing is opened and nothing is asked: the vault may lie on another machine."""
    argv = ("--vault", ODD, "--key-file", KEY)
    ran = lcs(Typist(env={"LCS_VAULT": str(tmp_path)}), "schedule", "cron", *argv)
    assert (ran.code, ran.err.splitlines()) == (0, [f"note: on this machine there is no {one}" for one in (ODD, KEY)])
    assert ran.out.splitlines()[-1] == jobs.cron_line(Name.SWEEP, jobs.program(), ODD, KEY)
    here = ("--vault", str(tmp_path), "--key-file", KEY)
    assert lcs(Typist(env={}), "schedule", "cron", *here).err == f"note: on this machine there is no {KEY}\n"
    ran = lcs(Typist(env={}), "schedule", "systemd", *argv, "--unit", "timer")
    assert ran.out == f"# /etc/systemd/system/lcs-sweep.timer\n{jobs.timer(Name.SWEEP)}\n"


def test_what_is_to_be_copied_is_never_broken(tmp_path: Path) -> None:
    """Half a line of a crontab is another command, or none."""
    argv = ("schedule", "cron", "--vault", "/srv/a long folder/" + "x" * 90, "--key-file", KEY)
    code, said = ended(at_terminal(argv, bare(), tmp_path))
    assert (code, said.splitlines()[2][:8]) == (0, "15 2 * *")
    assert said.splitlines()[2].endswith("--no-input")


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("cron", "--vault", "/v"), "error: missing: key file"),
        (("cron", "--vault", "/v\n* * * * * rm", "--key-file", "/k"), "error: vault: holds a control character"),
        (("systemd", "--vault", "/v", "--key-file", "/k\\"), "error: key file: holds a control character"),
        (("systemd", "--vault", "/v", "--key-file", "/k", "--run-as", "a b"), "error: run as: is no name of a user"),
        (("cron", "--vault", "/v", "--key-file", "/k", "--into", "/b"), "error: into: a backup goes into a folder"),
        (("cron", "--vault", "/v", "--key-file", "/k", "--job", "backup"), "error: into: a backup goes into a folder"),
    ],
)
def test_what_could_not_run_is_not_printed(argv: tuple[str, ...], said: str) -> None:
    """A path with a line end would be a job of its own."""
    ran = lcs(Typist(env={}), "schedule", *argv)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(said)
