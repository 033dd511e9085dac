"""One sweep at a time, whoever starts how many: real processes with a real clock."""

import os
import shlex
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from lcs_cli.cli import jobs
from lcs_cli.cli.app import commands
from lcs_cli.cli.jobs import Name, Service
from lcs_cli.policy.rules import packaged
from lcs_cli.records.clock import local_time
from lcs_cli.services import audits, certificates, clock_guard, users
from lcs_cli.vault.files import locked
from lcs_cli.vault.register import Register
from tests.cli.processes import PROGRAM, bare, run
from tests.conftest import OpenDesk
from tests.services import stories
from tests.services.stories import CLOSED

SWEEP = ("retention", "sweep", "--no-input", "--key-file", "sweep.key")


@pytest.fixture
def today() -> date:
    """The day that the processes will see."""
    return local_time(datetime.now(UTC)).day


@pytest.fixture
def approved(desk_of: OpenDesk, vault: Path, today: date) -> list[str]:
    """Five families whose disposal was approved eight days ago, and a service that sweeps."""
    refs = [stories.closed_family(desk_of("amina", CLOSED)).ref for _ in range(5)]
    before = today - timedelta(days=8)
    clock_guard.confirm(desk_of("rhys", before), before)
    stories.approved(desk_of, *refs, day=before)
    users.add_service(desk_of("amina", before), "sweeper", ["retention.sweep"], vault.parent / "sweep.key")
    return refs


def test_of_eight_sweeps_at_once_each_family_is_disposed_of_once(
    approved: list[str], desk_of: OpenDesk, vault: Path, today: date
) -> None:
    """One does it; the others find nothing left to do, or say at once that one is running."""
    env = bare(LCS_VAULT=str(vault), LCS_STATE=os.environ["LCS_STATE"])
    started = [
        subprocess.Popen(
            [*PROGRAM, *SWEEP], env=env, cwd=vault.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(8)
    ]
    said = [one.communicate() for one in started]
    codes = [one.returncode for one in started]
    assert set(codes) <= {0, 3, 11}, said
    assert 0 in codes
    assert sum(out.count("Disposed of") for out, _ in said) == 5
    desk = desk_of("amina", today)
    assert sorted(one.content["family"] for one in certificates.listing(desk)) == approved
    assert sorted(line["family"] for line in Register(desk.vault.register).lines) == approved
    assert audits.verify(desk).problems == ()


def test_while_one_is_running_another_says_so_and_touches_nothing(
    approved: list[str], desk_of: OpenDesk, vault: Path, today: date
) -> None:
    """Exit code 11, at once; and nothing is left of the lock once the first one has ended."""
    env, before = bare(LCS_VAULT=str(vault)), stories.everything(desk_of("amina", today))
    with locked(vault / "sweep.lock"):
        ran = run(SWEEP, env, vault.parent)
    assert (ran.returncode, ran.stdout) == (11, "")
    assert ran.stderr.splitlines()[0] == "error: another sweep is running"
    assert stories.everything(desk_of("amina", today)) == before
    assert run(SWEEP, env, vault.parent).stdout.count("Disposed of") == len(approved)


def test_a_clock_that_was_never_set_is_refused_by_the_program_itself(vault: Path, desk_of: OpenDesk) -> None:
    """A vault that was last seen in 2018 is not swept by a process that begins today, until a manager has looked."""
    users.add_service(desk_of(), "sweeper", ["retention.sweep"], vault.parent / "sweep.key")
    ran = run(SWEEP, bare(LCS_VAULT=str(vault)), vault.parent)
    assert ran.returncode == 4
    assert ran.stderr.startswith("refused (policy 4.6): the clock shows ")
    assert "a manager runs: lcs retention sweep --confirm-date DAY" in ran.stderr


def test_the_printed_jobs_run_as_they_are_printed(
    approved: list[str], vault: Path, desk_of: OpenDesk, today: date
) -> None:
    """By cron's shell with the key file, and as systemd starts it, with the key as a credential; both say nothing."""
    key = vault.parent / "100% ours.key"
    (vault.parent / "sweep.key").rename(key)
    command = jobs.cron_line(Name.SWEEP, PROGRAM, str(vault), str(key)).split(maxsplit=5)[5].replace(r"\%", "%")
    ran = subprocess.run(["sh", "-c", command], env=bare(), cwd="/", check=False, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert len(certificates.listing(desk_of("amina", today))) == len(approved)
    unit = Service(Name.SWEEP, PROGRAM, str(vault), str(key), "lcs", encrypted=False).unit()
    words = shlex.split(unit.partition("ExecStart=")[2].partition("\n")[0].replace("%%", "%"))
    credentials = vault.parent / "credentials"
    credentials.mkdir(mode=0o700)
    key.rename(credentials / "lcs-key")
    env = bare(CREDENTIALS_DIRECTORY=str(credentials))
    ran = subprocess.run(words, env=env, cwd="/", check=False, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_the_trail_is_a_job_too() -> None:
    """What is printed is a command that there is, and a service can be made for it."""
    known = {" ".join(words) for words, _ in commands()}
    for name in (Name.SWEEP, Name.AUDIT):
        typed = jobs.cron_line(name, ("lcs",), "/v", "/k").split()[6:]
        action = [word for word in typed if not word.startswith("-")][:2]
        assert " ".join(action) in known
        assert ".".join(action) in packaged().file("authority.toml")["services"]["actions"]
