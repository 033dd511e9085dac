"""A short run of the faults: calls fail and the power goes, and nothing is lost, torn or left behind."""

from pathlib import Path

import pytest

from faults import calls, commands, damage, fuzz, kills, look, power, shim
from tests.stopping import stopped


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with something to do for every command."""
    commands.make_home(tmp_path / "home")
    return tmp_path / "home"


def test_whichever_call_fails_nothing_is_lost(home: Path, tmp_path: Path) -> None:
    """An error once or for good, a full disk with half a write, a kill: what was acknowledged is there, whole.

    Without a C compiler it is switched off between calls instead.
    """
    if not shim.compiler():
        runs = stopped("killed", home / "vault", tmp_path / "runs", "vault", "backup", "--into", "{home}")
        assert [look.look(one.folder).problems for one in runs] == [()] * len(runs)
        return
    seen = calls.inject(["family add", "attendance export"], every=calls.SHORT, seed=1)
    assert [one for one in seen if one["problems"]] == []
    assert {one["kind"] for one in seen if one["failed"]} == set(calls.KINDS)
    assert {one["code"] for one in seen if one["failed"] and one["kind"] == "kill -9"} == {calls.KILLED}
    assert {one["code"] for one in seen if not one["failed"]} == {0}


def test_whenever_the_power_goes_what_was_acknowledged_is_there(home: Path) -> None:
    """Whatever of what was not synchronised is lost or torn; and with nothing synchronised that is noticed."""
    if not shim.compiler():
        assert look.look(home / "vault").problems == ()
        return
    assert [one for one in power.states(24, 1, 3) if one["problems"]] == []
    assert any(one["problems"] for one in power.states(12, 1, 0))


def test_whenever_it_is_killed_the_next_person_finds_all_that_was_acknowledged(home: Path, tmp_path: Path) -> None:
    """After a drawn number of milliseconds or at a drawn call; without a C compiler, between its steps."""
    if not shim.compiler():
        runs = stopped("killed", home / "vault", tmp_path / "runs", "vault", "rotate")
        assert [look.look(one.folder).problems for one in runs] == [()] * len(runs)
        return
    seen = kills.killed(6, 1)
    assert [one for one in seen if one["problems"]] == []
    assert sum(one["done"] for one in seen) > 0


def test_whatever_is_damaged_is_noticed() -> None:
    """No bit, no cut and no exchanged page of a closed vault leads to another answer, and none goes unnoticed."""
    seen = damage.damaged(401, 1)
    kinds = {kind for kind, _, _, _ in seen}
    assert [one for one in seen if one[2] in (damage.UNSEEN, damage.WRONG) and one[0] != damage.PUT_BACK] == []
    assert {"a bit of one header flipped", "a bit of both headers flipped"} <= kinds


def test_whatever_is_made_up_is_answered_in_a_line() -> None:
    """Documents, words, sheets and files: no defect, a code of its own, nothing left of what is refused."""
    seen = fuzz.fuzzed(15, 1)
    assert [one for one in seen if one[2]] == []
    assert all(sum(codes.values()) >= 15 for _, codes, _ in seen)
