"""Putting a backup back: no disposed family comes with it, and nothing of one is left in the file."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from lcs_cli.errors import DamagedVaultError, FailedError, LcsError, RefusedError, UsageError
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.request import RequestKind
from lcs_cli.records.retention import HoldKind
from lcs_cli.records.user import Role
from lcs_cli.services import (
    attendance,
    audits,
    backups,
    contact_sessions,
    families,
    keys,
    requests,
    restores,
    retention,
    setup,
    sweep,
    users,
)
from lcs_cli.services.desk import Desk
from lcs_cli.services.requests import RequestDraft
from lcs_cli.services.restores import Restored
from lcs_cli.vault.register import Register, begun
from lcs_cli.vault.secret import Secret, read_recovery_key
from lcs_cli.vault.slots import by_secret
from tests.conftest import CHEAP, TODAY, OpenDesk, make_vault, moment, open_desk, passphrase
from tests.services import stories
from tests.services.stories import APPROVED, CLOSED, SWEPT
from tests.services.test_sweep_killed import kill_in_the_middle
from tests.vault.pages import written

DAY = timedelta(days=1)
WEEK = timedelta(days=7)

Restore = Callable[..., Restored]


@pytest.fixture
def restore(vault: Path, tmp_path: Path) -> Restore:
    """Put a backup back into a new folder; as rhys, with the register beside the vault, unless said otherwise."""

    def put_back(
        path: Path,
        into: str = "new",
        *,
        by: str = "rhys",
        live: Path = vault,
        register: Path | None = None,
        without_newer: bool = False,
        day: date = TODAY,
        secret: Secret | None = None,
    ) -> Restored:
        planned = restores.plan(path, tmp_path / into, live, register, without_newer=without_newer)
        opener = by_secret(by, secret or Secret(passphrase=passphrase(by)))
        return restores.carry_out(planned, tmp_path / into, opener, now=moment(day), today=day)

    return put_back


def made(desk: Desk) -> Path:
    """A backup, beside the vault."""
    (one,) = backups.make(desk)
    desk.db.close()
    return one.path


def there(folder: Path) -> list[str]:
    """The families in a vault."""
    desk = open_desk(folder, "amina")
    found = [reference(Kind.FAMILY, file.family.number) for file in families.listing(desk)]
    desk.db.close()
    return found


def beside(tmp_path: Path) -> set[str]:
    """What lies where the vaults are."""
    return {path.name for path in tmp_path.iterdir()}


def test_no_disposed_family_comes_back_with_any_backup(desk_of: OpenDesk, restore: Restore) -> None:
    """Backups between disposals, before the first and after the last: each brings back who is left, and nobody else.

    The names of who went are in no page of the restored file, and its trail is whole.
    """
    desk = desk_of("amina", CLOSED)
    names = ["Goneone", "Gonetwo", "Gonethree"]
    refs = [stories.closed_family(desk, 2, name=name).ref for name in names]
    stories.document(desk, refs[-1], content=b"It is ordered. " * 20_000)  # pages enough for some to be free afterwards
    left = stories.family(desk, name="Stayshere").ref
    taken = [made(desk_of("amina", SWEPT - DAY))]
    day = SWEPT
    for ref in refs:
        stories.approved(desk_of, ref, day=day - WEEK)
        stories.swept(desk_of, day)
        taken.append(made(desk_of("amina", day)))
        day += 2 * WEEK
    for number, path in enumerate(taken):
        done = restore(path, f"new{number}")
        assert done.again == tuple(refs[number:])
        assert done.drill.problems == ()
        assert there(done.folder) == [left]
        restored = open_desk(done.folder)
        assert audits.verify(restored).problems == ()
        key = stories.records_key(restored)
        assert written(restored.db.path, key, [name.encode() for name in [*names, "Stayshere"]]) == {b"Stayshere"}
        assert restored.db.value("PRAGMA freelist_count") == 0


def test_a_family_goes_again_exactly_as_its_line_says(desk_of: OpenDesk, restore: Restore) -> None:
    """The child with a safeguarding file keeps their own attendance, and the names stay: as in the lost vault."""
    desk = desk_of("amina", CLOSED)
    household = stories.closed_family(desk, 2)
    stories.flag(stories.on(desk, CLOSED), household.ref, household.children[:1])
    path = made(desk_of("amina", APPROVED))
    stories.disposed(desk_of, household.ref)
    done = restore(path)
    vaults = [desk_of(), open_desk(done.folder)]
    tables = ("family", "person", "contact_session", "attendance", "flag", "flag_child", "referral", "contact_detail")
    shown = [{table: rows for table, rows in stories.everything(one).items() if table in tables} for one in vaults]
    for one in shown:
        one["family"] = [row[:3] for row in one["family"]]  # its change number is the vault's own
    assert shown[0] == shown[1]
    assert shown[1]["family"] == [(1, "Llwyd", SWEPT.isoformat())]
    assert len(shown[1]["attendance"]) == 2


def test_what_was_open_when_the_backup_was_made_is_no_obstacle(desk_of: OpenDesk, restore: Restore) -> None:
    """A request, a session's supervision, a hold, an episode: all were over by the time of the disposal."""
    desk = desk_of("amina", CLOSED)
    household = stories.closed_family(desk, 2)
    early = stories.on(desk, CLOSED + DAY)
    stories.paper(early, household.ref)
    there_ = desk_of("amina", APPROVED)
    requests.add(there_, household.children[0], RequestDraft(RequestKind.OWN, APPROVED))
    retention.hold(there_, household.ref, HoldKind.POLICE, "asked by the police", None)
    path = made(desk_of("amina", APPROVED))
    requests.close(there_, "RQ-0001-R", "withdrawn", None)
    retention.release(desk_of("rhys", APPROVED), "LH-0001-R")
    stories.disposed(desk_of, household.ref)
    done = restore(path)
    assert done.again == (household.ref,)
    assert there(done.folder) == []
    assert open_desk(done.folder).db.value("SELECT count(*) FROM access_request") == 0


def test_a_session_that_was_supervised_goes_too(desk_of: OpenDesk, restore: Restore) -> None:
    """The guard that keeps who supervised asks for an approved disposal, and the backup is older than that."""
    desk = desk_of("amina", CLOSED)
    staff = stories.staff_member(desk, vetted=False)
    stories.cleared(desk, staff, issued_on=date(2019, 6, 3))
    household = stories.family(desk)
    session = stories.booked(desk, household.ref, CLOSED)
    contact_sessions.supervise(desk, session, staff, None)
    attendance.record(stories.evening(desk), session, stories.CAME)
    families.close(desk, household.ref, CLOSED)
    path = made(desk_of("amina", APPROVED))
    stories.disposed(desk_of, household.ref)
    done = restore(path)
    assert there(done.folder) == []
    assert open_desk(done.folder).db.value("SELECT count(*) FROM supervision") == 0


def test_a_family_whose_sweep_was_killed_before_the_backup_goes_too(
    desk_of: OpenDesk, restore: Restore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its line was in the register already, and its rows were in the data file still; the next sweep wrote another."""
    ref = stories.closed_family(desk_of("amina", CLOSED)).ref
    stories.approved(desk_of, ref)

    kill_in_the_middle(desk_of, monkeypatch)
    path = made(desk_of("amina", SWEPT))
    stories.swept(desk_of)
    assert len(Register(desk_of().vault.register).all_standing()) == 1
    done = restore(path)
    assert done.again == (ref,)
    assert there(done.folder) == []


def test_a_hold_that_came_after_a_killed_sweep_is_not_passed_over(
    desk_of: OpenDesk, restore: Restore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line stands, for no sweep has run since; but the hold is in the backup, and is checked at every deletion."""
    ref = stories.closed_family(desk_of("amina", CLOSED)).ref
    stories.approved(desk_of, ref)
    kill_in_the_middle(desk_of, monkeypatch)
    retention.hold(desk_of("amina", SWEPT), ref, HoldKind.COURT_ORDER, "order 7", None)
    done = restore(made(desk_of("amina", SWEPT)))
    assert done.again == ()
    assert there(done.folder) == [ref]
    assert Register(done.folder / "disposals.jsonl").all_standing() == [], "lest another restore obeys the line"
    assert sweep.sweep(open_desk(done.folder, "rhys")).disposed == []


def test_a_line_that_was_withdrawn_is_not_obeyed(
    desk_of: OpenDesk, restore: Restore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hold came between the line and the rows: the family is there, and stays."""
    ref = stories.closed_family(desk_of("amina", CLOSED)).ref
    path = made(desk_of("amina", APPROVED))
    stories.approved(desk_of, ref)

    kill_in_the_middle(desk_of, monkeypatch)
    retention.hold(desk_of("amina", SWEPT), ref, HoldKind.COURT_ORDER, "order 7", None)
    stories.swept(desk_of)
    done = restore(path)
    assert done.again == ()
    assert there(done.folder) == [ref]


@pytest.fixture
def lost(desk_of: OpenDesk) -> tuple[Path, Path]:
    """A backup with one disposal in its register, and one after it; and that newest register."""
    desk = desk_of("amina", CLOSED)
    refs = [stories.closed_family(desk).ref for _ in range(2)]
    stories.disposed(desk_of, refs[0])
    path = made(desk_of("amina", SWEPT))
    stories.approved(desk_of, refs[1], day=SWEPT)
    stories.swept(desk_of, SWEPT + WEEK)
    return path, desk.vault.register


def test_the_newest_register_is_asked_for(lost: tuple[Path, Path], restore: Restore, tmp_path: Path) -> None:
    """Where the vault is gone it is to be given; a file that is none is named."""
    path, register = lost
    with pytest.raises(UsageError, match=r"^register: the newest register of disposals is missing") as missing:
        restore(path, live=tmp_path / "none")
    assert "--register" in missing.value.hint
    with pytest.raises(UsageError, match=r"^register: cannot be read"):
        restore(path, register=tmp_path / "none")
    assert there(restore(path, live=tmp_path / "none", register=register).folder) == []


def test_the_register_of_another_vault_in_the_usual_place_is_not_taken(
    lost: tuple[Path, Path], restore: Restore, tmp_path: Path
) -> None:
    """A new vault was made there meanwhile: it knows of no disposal."""
    make_vault(tmp_path / "other")
    with pytest.raises(UsageError, match="is missing"):
        restore(lost[0], live=tmp_path / "other")


@pytest.mark.parametrize("what", ["older", "another's", "cut"])
def test_a_register_that_does_not_continue_the_backups_own_is_refused(
    lost: tuple[Path, Path], restore: Restore, tmp_path: Path, what: str
) -> None:
    """With its clause; nothing is left of the attempt."""
    path, register = lost
    given = tmp_path / "given.jsonl"
    if what == "cut":
        given.write_bytes(b"".join(register.read_bytes().splitlines(keepends=True)[:1]))
    elif what == "older":
        given.write_bytes(register.read_bytes()[:200])
    else:
        given.write_bytes(begun("0" * 32))
    before = beside(tmp_path)
    with pytest.raises(RefusedError, match="does not continue the backup's own") as refused:
        restore(path, register=given)
    assert (refused.value.clause, refused.value.rule) == ("4.6", "backups")
    assert "disposed of" in refused.value.quote
    assert beside(tmp_path) == before


def test_an_altered_register_is_damaged(lost: tuple[Path, Path], restore: Restore, tmp_path: Path) -> None:
    """A line that was taken out, or changed, breaks the chain."""
    path, register = lost
    given = tmp_path / "given.jsonl"
    given.write_bytes(register.read_bytes().replace(b'"keeps_family":false', b'"keeps_family":true', 1))
    with pytest.raises(DamagedVaultError, match="altered at line 2"):
        restore(path, register=given)


def test_without_a_newer_register_it_is_said_and_on_the_trail(
    lost: tuple[Path, Path], restore: Restore, tmp_path: Path
) -> None:
    """What was disposed of since is there again: nobody could know. What was disposed of before is not."""
    done = restore(lost[0], live=tmp_path / "none", without_newer=True)
    assert not done.is_newest
    assert there(done.folder) == ["LCS-0002-W"]
    entry = next(one for one in stories.trail(open_desk(done.folder)) if one.action == "vault.restore")
    assert entry.detail is not None
    assert entry.detail["newer_register"] is False


def test_without_a_newer_register_the_newest_is_obeyed_where_it_is_there(
    lost: tuple[Path, Path], restore: Restore
) -> None:
    """Saying that there is none does not make it so."""
    assert there(restore(lost[0], without_newer=True).folder) == []


def test_a_forged_register_burns_no_kept_record(desk_of: OpenDesk, restore: Restore, tmp_path: Path) -> None:
    """The schema's guards watch a restore, too: it stops, and nothing is left of it."""
    desk = desk_of("amina", CLOSED)
    household = stories.closed_family(desk)
    stories.flag(desk, household.ref)
    path = made(desk)
    given = tmp_path / "given.jsonl"
    forged = {
        "review": "RV-0001-R",
        "family": household.ref,
        "keeps_attendance": [],
        "keeps_identity": [],
        "keeps_family": False,
        "on": "2025-03-10",
        "audit_head": f"0:{'0' * 64}",
    }
    given.write_bytes(desk.vault.register.read_bytes())
    Register(given).enter(forged)
    before = beside(tmp_path)
    with pytest.raises(DamagedVaultError, match="cannot be carried out again: the attendance is part of"):
        restore(path, register=given)
    assert beside(tmp_path) == before


def test_a_line_that_does_not_say_what_is_kept_is_not_passed_over(
    desk_of: OpenDesk, restore: Restore, tmp_path: Path
) -> None:
    """It may be of a later lcs, and name somebody who is to go: better no vault than one that holds them."""
    desk = desk_of("amina", CLOSED)
    ref = stories.closed_family(desk).ref
    path = made(desk)
    given = tmp_path / "given.jsonl"
    given.write_bytes(desk.vault.register.read_bytes())
    Register(given).enter({"review": "RV-0001-R", "family": ref, "on": "2025-03-10", "audit_head": f"0:{'0' * 64}"})
    with pytest.raises(DamagedVaultError, match="RV-0001-R cannot be carried out again: it does not say what"):
        restore(path, register=given)


def test_nothing_is_put_back_over_anything(lost: tuple[Path, Path], restore: Restore, tmp_path: Path) -> None:
    """Not over a vault, not over an empty folder, not over a file or a link to nowhere."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "link").symlink_to("nowhere")
    for name in ("vault", "empty", "file", "link"):
        with pytest.raises(UsageError, match=r"^into: something is there already"):
            restore(lost[0], name)


def test_no_vault_is_put_back_into_another_ones_folder(desk_of: OpenDesk, vault: Path, restore: Restore) -> None:
    """It would be copied and backed up with it."""
    path = made(desk_of("rhys"))
    with pytest.raises(UsageError, match=r"^into: is in the vault's own folder"):
        restore(path, "vault/in")
    assert not (vault / "in").exists()


@pytest.mark.parametrize("role", Role)
def test_only_who_was_a_manager_then_puts_it_back(
    lost: tuple[Path, Path], vault: Path, restore: Restore, tmp_path: Path, role: Role
) -> None:
    """By the header and the rules in the backup: somebody who became one since is none in it."""
    desk = open_desk(vault)
    users.add_user(desk, "nia", [role], Secret(passphrase=passphrase("nia")), CHEAP)
    path = made(Desk(desk.vault, moment(TODAY), TODAY))
    before = beside(tmp_path)
    if role is Role.MANAGER:
        assert restore(path, by="nia").by == "U-005-M"
        return
    with pytest.raises(RefusedError, match="may not run “vault restore”"):
        restore(path, by="nia")
    assert beside(tmp_path) == before
    with pytest.raises(LcsError, match="nobody of that name"):
        restore(lost[0], by="nia")


def test_the_recovery_key_puts_it_back(tmp_path: Path, restore: Restore) -> None:
    """For the day when nobody is left who knows a passphrase."""
    key = make_vault(tmp_path / "own")
    path = made(open_desk(tmp_path / "own"))
    assert restore(path, by="recovery", live=tmp_path / "own", secret=read_recovery_key(key)).drill.problems == ()


def test_no_reference_is_given_out_again(desk_of: OpenDesk, restore: Restore) -> None:
    """What was recorded after the backup is lost, and its letter may lie on somebody's desk."""
    path = made(desk_of())
    lost = stories.family(desk_of()).ref
    done = restore(path)
    new = stories.family(open_desk(done.folder)).ref
    assert (lost, new) == ("LCS-0001-R", "LCS-1001-N")


def test_a_restored_vault_knows_of_its_backup_and_is_backed_up_and_restored_again(
    lost: tuple[Path, Path], restore: Restore
) -> None:
    """Its own file was not on its list; and a second restore, of either, has a whole trail."""
    done = restore(lost[0])
    desk = open_desk(done.folder)
    (listed,) = backups.listing(desk)
    assert (listed.row.path, listed.row.made_on, listed.is_there) == (lost[0], SWEPT, True)
    (second,) = backups.make(desk, lost[0].parent)
    desk.db.close()
    for number, path in enumerate((lost[0], second.path)):
        again = restore(path, f"again{number}", live=done.folder)
        assert again.drill.problems == ()
        assert there(again.folder) == []


def test_after_a_rotation_a_backup_opens_with_the_keys_of_its_day(
    lost: tuple[Path, Path], desk_of: OpenDesk, restore: Restore
) -> None:
    """The header in it leads to them; the restored vault is of that epoch."""
    keys.rotate(desk_of("amina"))
    done = restore(lost[0])
    assert done.drill.problems == ()
    assert (done.folder / "data-1.db").exists()


def test_heads_of_the_lost_trail_are_looked_for_where_no_manager_says_that_it_was_lost(
    lost: tuple[Path, Path], restore: Restore
) -> None:
    """A line of the register names a head of the trail that was lost. Only the managers' key takes it off the list."""
    ref = reference(Kind.REVIEW, 9999)
    done = restore(lost[0])
    desk = open_desk(done.folder, "amina")
    assert audits.verify(desk).problems == ()
    lines = Register(done.folder / "disposals.jsonl").lines
    Register(done.folder / "disposals.jsonl").enter(
        {"review": ref, "audit_head": f"999:{'9' * 64}", "family": "LCS-0002-W", "on": "2025-03-10"}
    )
    head = f"the register of disposals ({ref}) noted"
    assert any(head in problem for problem in audits.verify(desk).problems)
    newest = Register(done.folder / "disposals.jsonl").lines[-1]["digest"]
    with desk.acting("vault.restore") as act:  # with an entry of one's own, and no signature at all
        act.note(after=lines[-1]["digest"], to=newest, certificate="it was lost")
    assert any(head in problem for problem in audits.verify(desk).problems)
    with desk.acting("vault.restore") as act:  # or another's
        own = next(one for one in stories.trail(desk) if "newer_register" in (one.detail or {}))
        assert own.detail is not None
        act.note(after=lines[-1]["digest"], to=newest, certificate=own.detail["certificate"])
    assert any(head in problem for problem in audits.verify(desk).problems)


def test_a_damaged_backup_is_not_put_back(lost: tuple[Path, Path], restore: Restore, tmp_path: Path) -> None:
    """It is looked through before anybody is asked for a passphrase."""
    content = bytearray(lost[0].read_bytes())
    content[-5000] ^= 1
    lost[0].write_bytes(content)
    before = beside(tmp_path)
    with pytest.raises(DamagedVaultError, match="the backup is damaged: data"):
        restore(lost[0])
    assert beside(tmp_path) == before


def test_the_drill_counts_what_is_there(desk_of: OpenDesk, restore: Restore) -> None:
    """Records by kind, and what a sweep would find, without doing it."""
    desk = desk_of("amina", CLOSED)
    refs = [stories.closed_family(desk, 2).ref for _ in range(2)]
    stories.flag(desk, refs[1])
    stories.document(desk, refs[1])
    stories.approved(desk_of, refs[0])
    done = restore(made(desk_of("amina", APPROVED)), day=SWEPT)
    counted = {"families": 2, "people": 6, "sessions": 4, "attendances": 8, "flags": 1, "accidents": 0}
    assert dict(done.drill.counted) == {**counted, "documents": 1, "disclosures": 0}
    assert done.drill.to_review == 2
    assert setup.people_of(done.folder) == ("amina", "rhys", "tomos")


def test_a_place_where_nothing_can_be_written_is_named(desk: Desk, tmp_path: Path, restore: Restore) -> None:
    """A file stands where its folder would be; it is as it was."""
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(FailedError, match=r"into: cannot be written \("):
        restore(made(desk), "file/new")
    assert (tmp_path / "file").read_bytes() == b"mine"
