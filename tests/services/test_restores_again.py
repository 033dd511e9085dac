"""Restores after restores, with the wrong register, or of a backup that is older than what was decided since."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from lcs_cli.errors import DamagedVaultError, RefusedError, UsageError
from lcs_cli.records.retention import HoldKind
from lcs_cli.services import audits, families, retention, stops, sweep
from lcs_cli.services.restores import Restored
from lcs_cli.vault.register import Register
from tests.conftest import OpenDesk, make_vault, open_desk
from tests.services import stories
from tests.services.stories import APPROVED, CLOSED, SWEPT
from tests.services.test_restores import Restore, made, restore, there

__all__ = ["restore"]
DAY = timedelta(days=1)
WEEK = timedelta(days=7)


def opener(done: Restored) -> OpenDesk:
    """Opens the vault that was put back."""
    return lambda name="amina", day=SWEPT: open_desk(done.folder, name, day)


def standing(folder: Path) -> list[tuple[str, str]]:
    """What the register beside a vault says is gone."""
    return [(line["review"], line["family"]) for line in Register(folder / "disposals.jsonl").all_standing()]


def test_what_went_in_the_first_restored_vault_is_gone_from_the_second_and_the_third(
    desk_of: OpenDesk, restore: Restore
) -> None:
    """Both came from one backup: no reference of the first names another record in the second."""
    refs = [stories.closed_family(desk_of("amina", CLOSED), name=name).ref for name in ("Aone", "Btwo", "Cthree")]
    path = made(desk_of("amina", SWEPT - DAY))
    first = restore(path, "first", day=SWEPT)
    retention.keep(opener(first)("amina", SWEPT), refs[2], SWEPT + 300 * DAY, "asked for")
    stories.approved(opener(first), refs[0], day=SWEPT)
    stories.swept(opener(first), SWEPT + WEEK)
    second = restore(path, "second", live=first.folder, day=SWEPT + WEEK)
    assert second.again == (refs[0],)
    assert stories.closed_family(opener(first)("amina", SWEPT)).ref != stories.closed_family(opener(second)()).ref
    stories.approved(opener(second), refs[1], day=SWEPT + WEEK)
    stories.swept(opener(second), SWEPT + 2 * WEEK)
    reviews = [review for review, _ in standing(second.folder)]
    assert len(set(reviews)) == len(reviews) == 2
    assert audits.verify(opener(second)("amina", SWEPT + 2 * WEEK)).problems == ()
    third = restore(path, "third", live=second.folder, day=SWEPT + 2 * WEEK)
    assert sorted(third.again) == refs[:2]
    assert there(third.folder) == refs[2:]


def test_a_withdrawn_line_of_one_file_is_no_withdrawal_of_anothers(tmp_path: Path) -> None:
    """Where two reviews have had one number: each line is about one file."""
    make_vault(tmp_path / "vault")
    register = Register(tmp_path / "vault" / "disposals.jsonl")
    on = {"on": "2025-03-10"}
    for family in ("LCS-0001-R", "LCS-0002-W"):
        register.enter({"review": "RV-0001-R", "family": family, "audit_head": f"0:{'0' * 64}", **on})
    register.enter({"withdrawn": "RV-0001-R", "family": "LCS-0002-W", **on})
    assert [line["family"] for line in register.all_standing()] == ["LCS-0001-R"]


@pytest.mark.parametrize(
    "line",
    [
        {"family": "\x1b]0;pwn\x07"},
        {"family": "LCS-0001"},
        {"staff": "LCS-0001-R"},
        {},
        {"family": "LCS-0001-R", "staff": "ST-001-R"},
        {"family": "LCS-0001-R", "review": "foo"},
        {"family": "LCS-0001-R", "audit_head": "junk"},
        {"family": "LCS-0001-R", "on": "soon"},
        {"family": "LCS-0001-R", "keeps_identity": ["Siân"]},
        {"family": "LCS-0001-R", "keeps_attendance": 7},
        {"family": "LCS-0001-R", "withdrawn": "RV-0001-R"},
    ],
)
def test_a_line_that_says_something_else_than_references_is_damage(
    desk_of: OpenDesk, restore: Restore, tmp_path: Path, line: dict[str, object]
) -> None:
    """It is shown in the question of a restore, and nobody has signed it. It may be of a later lcs, too."""
    stories.closed_family(desk_of("amina", CLOSED))
    path = made(desk_of("amina", CLOSED))
    given = Path(shutil.copy(desk_of().vault.register, tmp_path / "given.jsonl"))
    rest = {"review": "RV-0001-R", "audit_head": f"0:{'0' * 64}", "on": "2025-03-10"}
    with pytest.raises(DamagedVaultError, match="altered at line 2"):
        Register(given).enter({**rest, **line})
    with pytest.raises(DamagedVaultError, match="altered at line 2"):
        restore(path, register=given)
    shutil.copy(given, desk_of().vault.register)
    with pytest.raises(DamagedVaultError, match="altered at line 2"):
        audits.verify(desk_of())
    assert there(restore(path, without_newer=True).folder) == ["LCS-0001-R"]


@pytest.mark.parametrize("who", [stories.closed_family, stories.leaver])
def test_what_came_after_the_backup_and_went_since_is_not_missed(
    desk_of: OpenDesk, restore: Restore, tmp_path: Path, who: Callable[..., object]
) -> None:
    """The backup holds nothing of it: there is nothing to dispose of again, and the backup can be used."""
    path = Path(shutil.copy(made(desk_of("amina", CLOSED)), tmp_path / "old.lcsb"))
    found = who(desk_of("amina", CLOSED))
    stories.disposed(desk_of, found if isinstance(found, str) else found.ref)  # type: ignore[attr-defined]
    done = restore(path, day=SWEPT)
    assert (done.again, done.drill.problems) == ((), ())


def test_a_member_of_staff_goes_again_and_no_entry_misses_them(desk_of: OpenDesk, restore: Restore) -> None:
    """The entries of their checks and undertakings tell of what is not there any more: the restore's own says why."""
    leaver = stories.leaver(desk_of("amina", CLOSED))
    path = made(desk_of("amina", SWEPT - DAY))
    stories.disposed(desk_of, leaver)
    done = restore(path, day=SWEPT)
    assert (done.again, done.drill.problems) == ((leaver,), ())


def test_a_register_that_was_taken_away_is_no_empty_one(desk_of: OpenDesk, restore: Restore) -> None:
    """Without it nobody knows what went: it is asked for."""
    ref = stories.closed_family(desk_of("amina", CLOSED)).ref
    path = made(desk_of("amina", SWEPT - DAY))
    stories.disposed(desk_of, ref)
    desk_of().vault.register.unlink()
    with pytest.raises(UsageError, match="is missing"):
        restore(path, day=SWEPT)


def test_another_vaults_register_disposes_of_nothing_here(desk_of: OpenDesk, restore: Restore, tmp_path: Path) -> None:
    """Of a second branch, say: its first family is not ours, whatever their references are."""
    stories.family(desk_of("amina", SWEPT - DAY))
    path = made(desk_of("amina", SWEPT - DAY))
    make_vault(tmp_path / "branch")
    branch: OpenDesk = lambda name="amina", day=SWEPT: open_desk(tmp_path / "branch", name, day)  # noqa: E731
    stories.disposed(branch, stories.closed_family(branch("amina", CLOSED)).ref)
    with pytest.raises(RefusedError, match="does not continue"):
        restore(path, register=tmp_path / "branch" / "disposals.jsonl", day=SWEPT)
    shutil.copy(tmp_path / "branch" / "disposals.jsonl", desk_of().vault.register)
    with pytest.raises(DamagedVaultError, match="another vault's"):
        sweep.sweep(desk_of("amina", SWEPT))
    assert "the register of disposals is another vault's" in audits.verify(desk_of("amina", SWEPT)).problems


@pytest.mark.parametrize("lost", ["hold", "stop"])
def test_what_was_approved_before_the_backup_is_decided_on_again(
    desk_of: OpenDesk, restore: Restore, lost: str
) -> None:
    """A hold, a concern or a stop may have come after it: nobody who has only the backup can know."""
    ref = stories.closed_family(desk_of("amina", CLOSED)).ref
    stories.approved(desk_of, ref)
    path = made(desk_of("amina", APPROVED))
    if lost == "hold":
        retention.hold(desk_of("amina", APPROVED + DAY), ref, HoldKind.COURT_ORDER, "order 7", None)
    else:
        stops.stop(desk_of("tomos", APPROVED + DAY), "the wrong family")
    done = restore(path, day=SWEPT)
    assert stories.swept(opener(done), SWEPT).disposed == []
    (review,) = [item.review for item in retention.due(opener(done)("amina", SWEPT), SWEPT)]
    assert review is None, "it waits for a review"


def test_a_line_that_a_failed_sweep_left_is_withdrawn_before_a_stop_keeps_the_next_one_away(
    desk_of: OpenDesk, restore: Restore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a restore of an older backup would obey it, of a family that is held."""
    ref = stories.closed_family(desk_of("amina", CLOSED)).ref
    path = made(desk_of("amina", APPROVED))
    stories.approved(desk_of, ref)
    with monkeypatch.context() as patch:
        patch.setattr("lcs_cli.vault.disposals.dispose", _killed)
        with pytest.raises(KeyboardInterrupt):
            stories.swept(desk_of)
    assert standing(desk_of().vault.folder) == [("RV-0001-R", ref)]
    stops.stop(desk_of("tomos", SWEPT), "the wrong family")
    assert standing(desk_of().vault.folder) == []
    done = restore(path, day=SWEPT)
    assert (done.again, there(done.folder)) == ((), [ref])
    assert families.show(opener(done)(), ref).family.disposed_on is None


def _killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt
