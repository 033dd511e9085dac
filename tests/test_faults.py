"""A short run of the faults: calls fail and the power goes, and nothing is lost, torn or left behind."""

from pathlib import Path

import pytest

from faults import calls, clocks, commands, crowds, damage, fuzz, judge, kills, look, places, power, shim
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
    assert {one["code"] for one in seen if one["failed"] and one["kind"] == "kill -9"} == {judge.KILLED}
    assert {one["code"] for one in seen if not one["failed"]} == {0}


def test_whenever_the_power_goes_what_was_acknowledged_is_there(home: Path) -> None:
    """Whatever of what was not synchronised is lost or torn; and with nothing synchronised that is noticed."""
    if not shim.compiler():
        assert look.look(home / "vault").problems == ()
        return
    assert [one for one in power.states(12, 1, 3) if one["problems"]] == []
    assert any(one["problems"] for one in power.states(6, 1, 0))


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


def test_wherever_it_runs_nothing_is_lost(home: Path) -> None:
    """On a full disk and with little memory; on a disk that is read only no record is shown, and the policy is."""
    if not shim.compiler():
        assert look.look(home / "vault").problems == ()
        return
    seen = places.tried(60, ["attendance record", "retention sweep"])
    assert [one for one in seen if one["problems"]] == []
    tried = {(one["place"], one["what"]) for one in seen}
    disks = {(places.FULL, "writes"), *((places.READ_ONLY, what) for what in ("writes", "reads a record", "goes on"))}
    assert tried == {(places.MEMORY, "writes"), *(disks if places.private_mounts() else ())}
    assert {one["code"] for one in seen if one["place"] == places.MEMORY} == {0, 1}


def test_however_many_come_at_once_each_gets_its_turn() -> None:
    """48 that record and read, and 8 sweeps: what was acknowledged is there, and each family goes once."""
    seen = commands.apart("faults.crowds", 1, 1)
    assert [one for one in seen if one["wrong"]] == []
    assert [len(one["codes"]) for one in seen] == [crowds.PROCESSES, crowds.SWEEPS]


def test_whatever_the_clock_shows_a_concern_is_raised_and_nothing_goes_before_its_time() -> None:
    """In 1970, and on a leap day that comes far too soon: no sweep, no defect, and the vault is sound after it."""
    seen = commands.apart("faults.clocks", *clocks.SHORT)
    assert [one for one in seen if one["problems"]] == []
    assert {one["name"] for one in seen} == set(commands.COMMANDS)
