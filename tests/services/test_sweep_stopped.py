"""Sweeps that are switched off before any step they take on the disk: the next one finishes, each family goes once."""

from functools import partial
from pathlib import Path

import pytest

from lcs_cli.services import audits, clock_guard, sweep
from lcs_cli.services.desk import Desk
from lcs_cli.vault import disposals
from lcs_cli.vault.register import Register
from tests.conftest import make_vault, open_desk
from tests.services import stories
from tests.services.stories import CLOSED
from tests.stopping import KILLED, Stopped, stopped
from tests.vault.pages import anywhere, journalled

FILES = {"data-1.db", "disposals.jsonl", "header.bak.json", "header.json", "lock", "sweep.lock"}
WORDS = {b"Plantedfamily", b"2015-04-02", "Siânb".encode()}
FAMILIES = ["LCS-0001-R", "LCS-0002-W"]


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A vault with two families whose disposal was approved long ago."""
    folder = tmp_path / "template"
    make_vault(folder)
    desk = open_desk(folder, "amina", CLOSED)
    refs = [stories.closed_family(desk, 2, name="Plantedfamily").ref for _ in range(2)]
    desk.db.close()
    stories.approved(partial(open_desk, folder), *refs)
    rhys = open_desk(folder, "rhys")
    clock_guard.confirm(rhys, rhys.today)  # of which the vault has seen nothing for years
    rhys.db.close()
    return folder


def done(desk: Desk) -> list[str]:
    """The families that are gone, each with its line in the register and its certificate, and those only."""
    left = {row[0] for row in desk.db.rows("SELECT id FROM family")}
    gone = [ref for number, ref in enumerate(FAMILIES, start=1) if number not in left]
    assert [content["family"] for _, _, content in disposals.certificates(desk.db)] == gone
    entered = [line["family"] for line in Register(desk.vault.register).all_standing()]
    assert entered[: len(gone)] == gone
    return gone


def finished(one: Stopped) -> None:
    """What the next sweep makes of it: nothing is left of either family, and neither was disposed of twice."""
    desk = open_desk(one.folder)
    before = done(desk)
    assert [other.subject for other in sweep.sweep(desk).disposed] == FAMILIES[len(before) :], one.step
    assert done(desk) == FAMILIES, one.step
    assert [line["family"] for line in Register(desk.vault.register).all_standing()] == FAMILIES, one.step
    assert sweep.sweep(desk).disposed == []
    assert audits.verify(desk).problems == (), one.step
    assert desk.db.problems() == [], one.step
    desk.db.close()
    assert anywhere(one.folder, stories.records_key(desk), WORDS) == set(), one.step
    assert {path.name for path in one.folder.iterdir()} == FILES, one.step


@pytest.mark.clause("4.6", "disposed of")
def test_switched_off_before_any_of_its_steps(template: Path, tmp_path: Path) -> None:
    """Before the register, between rows, before the certificate, the rewrite, its new name, and the look at it."""
    runs = stopped("killed", template, tmp_path / "runs", "retention", "sweep")
    assert [one.ran.code for one in runs] == [KILLED] * (len(runs) - 1) + [0]
    steps = {one.step.split(" (")[0] for one in runs}
    assert {"fsync", "SQL DELETE FROM family WHERE id IN", "SQL INSERT INTO certificate"} <= steps
    assert {"SQL commit", "SQL VACUUM INTO ?", "replace"} <= steps
    key = stories.records_key(open_desk(template))
    journals = [one.folder / "data-1.db-journal" for one in runs if (one.folder / "data-1.db-journal").exists()]
    assert {word for one in journals for page in journalled(one, key) for word in WORDS if word in page} == WORDS
    for one in runs:
        finished(one)
