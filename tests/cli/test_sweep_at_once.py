"""One sweep at a time, whoever starts how many: real processes with a real clock."""

import os
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

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
