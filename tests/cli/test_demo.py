"""`lcs demo`: the main job, told on invented families, ends with a whole trail and says what to try."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lcs_cli.cli.app import main
from lcs_cli.cli.terminal import Terminal
from lcs_cli.services import families, setup
from lcs_cli.vault.secret import Secret
from tests.conftest import CHEAP, TODAY, moment


def _played(folder: Path) -> str:
    shown = io.StringIO()
    terminal = Terminal(
        clock=lambda: datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC),
        env={},
        stdin=io.StringIO(),
        out=shown,
        err=shown,
        profile=CHEAP,
    )
    assert main(["demo", "--into", str(folder)], terminal) == 0
    return shown.getvalue()


@pytest.mark.usefixtures("watched_clock")
def test_the_demo_shows_the_whole_of_the_main_job(tmp_path: Path) -> None:
    """Record, export with the file shown, a refusal, what is due, review, approval, sweep, certificate, trail."""
    told = _played(tmp_path)
    for step in (
        "refused (policy 4.4): ST-004-G has no enhanced DBS check on record, so may not supervise alone",
        "Recorded: S-",
        "family_reference,case_reference,session_date",
        "refused (policy 4.1)",
        "LCS-0001-R  due",
        "Proposed RV-0001-R",
        "Held LCS-0002-W",
        "Approved LCS-0001-R.",
        "Disposed of LCS-0001-R (certificate RC-000001-R)",
        "Approved by:     U-003-A",
        "The trail is whole.",
        f"The vault is in {tmp_path / 'vault'}",
    ):
        assert step in told


def test_the_same_day_gives_the_same_families(tmp_path: Path) -> None:
    """Whoever follows a page that speaks of the demo finds what the page speaks of; diacritics included."""
    listed = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        _played(tmp_path / name)
        secret = Secret(passphrase="amina for the demo only")
        desk = setup.open_desk(tmp_path / name / "vault", "amina", secret, now=moment(TODAY), today=TODAY)
        listed.append([(file.family, list(file.people)) for file in families.listing(desk)])
    assert listed[0] == listed[1]
    assert len(listed[0]) == 35  # 36 were invented, and one of them was disposed of
    names = {family.name for family, _ in listed[0]}
    assert {"Nguyễn", "Kowalska", "Đorđević"} & names
