"""Sweeps that are killed: what was on the disk is enough for the next one to finish, once, or to take it back."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

import pytest

from lcs_cli.errors import FailedError
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.retention import HoldKind
from lcs_cli.services import audits, certificates, families, retention, sweep
from lcs_cli.vault import disposals
from lcs_cli.vault.connection import Database
from lcs_cli.vault.register import Register
from tests.conftest import OpenDesk
from tests.services import stories
from tests.services.stories import CLOSED, SWEPT
from tests.services.test_sweep import register

DAY = timedelta(days=1)


@pytest.fixture
def approved(desk_of: OpenDesk) -> str:
    """A family whose disposal amina proposed and rhys approved."""
    ref = stories.closed_family(desk_of("amina", CLOSED), 2).ref
    stories.approved(desk_of, ref)
    return ref


def killed(*_: Any, **__: Any) -> None:
    """What happens when the machine is switched off."""
    raise KeyboardInterrupt


def kill_in_the_middle(desk_of: OpenDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sweep that dies after its line in the register is on the disk and before its rows are gone."""
    with monkeypatch.context() as patch:
        patch.setattr(disposals, "dispose", killed)
        with pytest.raises(KeyboardInterrupt):
            stories.swept(desk_of)


def test_a_sweep_that_was_killed_is_finished_by_the_next_one(
    approved: str, desk_of: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its line is on the disk before the rows go, and is withdrawn; another stands: disposed of exactly once."""
    kill_in_the_middle(desk_of, monkeypatch)
    desk = desk_of("amina", SWEPT)
    assert [line["family"] for line in register(desk)] == [approved]
    assert families.show(desk, approved).family.disposed_on is None
    assert desk.db.value("SELECT state FROM review") == "approved"
    assert [one.subject for one in stories.swept(desk_of).disposed] == [approved]
    assert stories.swept(desk_of).disposed == []
    desk = desk_of("amina", SWEPT)
    assert [line.get("withdrawn") for line in register(desk)] == [None, "RV-0001-R", None]
    (line,) = Register(desk.vault.register).all_standing()
    assert certificates.show(desk, "RC-000001-R").content["register_digest"] == line["digest"]
    assert audits.verify(desk).problems == ()


def test_the_line_of_a_killed_sweep_is_withdrawn_when_a_hold_came_after_it(
    approved: str, desk_of: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lest a restore obeys it; and once the hold is released, a new review gets a new line."""
    kill_in_the_middle(desk_of, monkeypatch)
    desk = desk_of("amina", SWEPT)
    retention.hold(desk, approved, HoldKind.COURT_ORDER, "order 7", None)
    assert [family for family, _ in stories.swept(desk_of).sent_back] == [approved]
    withdrawn = register(desk)[-1]
    assert (withdrawn["withdrawn"], withdrawn["on"]) == ("RV-0001-R", "2025-03-10")
    assert audits.verify(desk).problems == ()
    retention.release(desk_of("rhys", SWEPT), "LH-0001-R")
    stories.approved(desk_of, approved, day=SWEPT)
    assert len(stories.swept(desk_of, SWEPT + 7 * DAY).disposed) == 1
    lines = register(desk)
    assert [line.get("review") or f"not {line['withdrawn']}" for line in lines] == [
        "RV-0001-R",
        "not RV-0001-R",
        "RV-0002-W",
    ]
    assert audits.verify(desk_of("amina", SWEPT)).problems == ()


@pytest.fixture
def three(desk_of: OpenDesk) -> list[str]:
    """Three families whose disposal is approved and has cooled off."""
    desk = desk_of("amina", CLOSED)
    refs = [stories.closed_family(desk).ref for _ in range(3)]
    desk.db.close()
    stories.approved(desk_of, *refs)
    return refs


@pytest.mark.parametrize(("at_once", "gone"), [(1, 1), (2, 2), (3, 0)])
def test_a_kill_leaves_each_family_whole_or_gone(
    three: list[str], desk_of: OpenDesk, monkeypatch: pytest.MonkeyPatch, at_once: int, gone: int
) -> None:
    """Those that share a transaction go together: none without its certificate, and each exactly once."""
    real = disposals.dispose
    deleted: list[int] = []

    def stopped(db: Database, numbers: Collection[int], *args: Any, **named: Any) -> None:
        real(db, numbers, *args, **named)
        deleted.extend(numbers)
        if len(deleted) > gone:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sweep, "_AT_ONCE", at_once)
        patch.setattr(disposals, "dispose", stopped)
        with pytest.raises(KeyboardInterrupt):
            stories.swept(desk_of)
    assert standing(desk_of) == three[gone:]
    assert certified(desk_of) == three[:gone]
    assert [one.subject for one in stories.swept(desk_of).disposed] == three[gone:]
    assert [line["family"] for line in Register(desk_of().vault.register).all_standing()] == three
    assert certified(desk_of) == three
    assert audits.verify(desk_of()).problems == ()


def test_a_family_that_cannot_be_disposed_of_holds_up_none_before_it(
    three: list[str], desk_of: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it shares a transaction with is undone with it, and then done without it."""
    real = disposals.dispose

    def refuses_the_third(db: Database, numbers: Collection[int], *args: Any, **named: Any) -> None:
        real(db, numbers, *args, **named)
        if 3 in numbers:
            raise FailedError("the vault refused", "report it")

    monkeypatch.setattr(disposals, "dispose", refuses_the_third)
    with pytest.raises(FailedError, match="the vault refused"):
        stories.swept(desk_of)
    assert standing(desk_of) == three[2:]
    assert certified(desk_of) == three[:2]
    assert [line["family"] for line in Register(desk_of().vault.register).all_standing()] == three[:2]


def standing(desk_of: OpenDesk) -> list[str]:
    """The families that are there."""
    return [reference(Kind.FAMILY, file.family.number) for file in families.listing(desk_of())]


def certified(desk_of: OpenDesk) -> list[str]:
    """The families of which a certificate says that they went, in its order."""
    return [one.content["family"] for one in certificates.listing(desk_of())]
