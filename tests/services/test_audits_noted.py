"""Heads of the trail that were noted outside it: what was cut or put back is noticed, and most commands wait."""

import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from lcs_cli.errors import DamagedVaultError, RefusedError
from lcs_cli.policy.authority import goes_on_unexplained
from lcs_cli.policy.rules import packaged
from lcs_cli.records.user import Role
from lcs_cli.services import audits, exports, families, flags, gaps, setup, users
from lcs_cli.services.desk import Desk
from lcs_cli.services.gaps import Note
from lcs_cli.vault import audit
from lcs_cli.vault.secret import read_recovery_key
from tests.conftest import CHEAP, TODAY, OpenDesk, make_vault, moment, open_desk
from tests.services import stories
from tests.services.use_cases import EVERY, EXPORT, UseCase, prepare
from tests.vault.tampering import without_triggers

PEOPLE = ("amina", "rhys", "tomos")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The vault that the use cases are about, made once."""
    folder = tmp_path_factory.mktemp("template") / "vault"
    make_vault(folder)
    prepare(open_desk(folder))
    return folder


@pytest.fixture
def prepared(template: Path, tmp_path: Path) -> OpenDesk:
    """Open a copy of it as somebody."""
    return partial(open_desk, shutil.copytree(template, tmp_path / "prepared"))


def kept(desk: Desk) -> Callable[[], None]:
    """Keep a copy of the data file as it is now; what puts it back."""
    desk.db.close()
    content = desk.db.path.read_bytes()

    def put_back() -> None:
        desk.db.close()
        desk.db.path.write_bytes(content)

    return put_back


def seen(desk: Desk) -> Note:
    """What is noted for somebody after their command."""
    note = gaps.seen(desk)
    assert note is not None
    return note


def back(desk: Desk, note: Note) -> Desk:
    """The desk of somebody who comes back, compared with their note."""
    gaps.take_up(desk, note)
    return desk


@pytest.fixture
def rolled_back(desk: Desk, desk_of: OpenDesk) -> dict[str, Note]:
    """A vault that was put back to before a family came; what each of its people has seen of it."""
    put_back = kept(desk)
    stories.family(desk)
    notes = {name: seen(desk_of(name)) for name in PEOPLE}
    put_back()
    return notes


def test_a_head_that_the_trail_holds_changes_nothing(desk: Desk, desk_of: OpenDesk) -> None:
    """However much came after it."""
    notes = [Note(f"0:{audit.GENESIS}"), seen(desk)]
    stories.family(desk)
    for note in (*notes, seen(desk)):
        again = back(desk_of(), note)
        assert (again.noted, again.unexplained) == (note.head, False)
        assert families.listing(again)


@pytest.mark.parametrize("use_case", EVERY, ids=str)
def test_while_the_trail_is_another_one_only_some_actions_go_on(prepared: OpenDesk, use_case: UseCase) -> None:
    """Looking into it, and protecting a child (policy 3); all else says why it waits, and what to do."""
    desk = prepared(use_case.by)
    use_case.first(desk)
    desk.noted, desk.unexplained = f"9999:{'0' * 64}", True
    if use_case.action in goes_on_unexplained(packaged()):
        use_case.run(desk)
        assert stories.trail(desk)[-1].action == use_case.action
        return
    with stories.unchanged(desk), pytest.raises(DamagedVaultError, match="does not hold its entry 9999") as waits:
        use_case.run(desk)
    assert waits.value.exit_code == 13
    assert "lcs audit accept" in waits.value.hint


def test_what_goes_on_is_written_in_the_rules() -> None:
    """And nothing else: whoever adds to it does so knowingly."""
    looking = {"audit.list", "audit.verify", "audit.accept", "doctor"}
    assert goes_on_unexplained(packaged()) == looking | {"flag.raise", "accident.add", "disclosure.urgent"}


@pytest.mark.parametrize("name", PEOPLE)
def test_a_vault_that_was_put_back_is_noticed_by_everybody_who_had_seen_more(
    rolled_back: dict[str, Note], desk_of: OpenDesk, name: str
) -> None:
    """Nothing more is noted for them until it is accepted: the note is what tells it."""
    desk = back(desk_of(name), rolled_back[name])
    assert (desk.unexplained, desk.noted) == (True, rolled_back[name].head)
    assert gaps.seen(desk) is None


def test_a_trail_that_went_on_differently_is_noticed(rolled_back: dict[str, Note], desk_of: OpenDesk) -> None:
    """It is as long as the one that was seen, or longer."""
    for _ in range(4):
        stories.family(desk_of())
    assert audit.head(desk_of().db).seq > audit.parse_head(rolled_back["rhys"].head).seq
    desk = back(desk_of("rhys"), rolled_back["rhys"])
    assert desk.unexplained
    (found,) = audits.verify(desk).problems
    assert "this person's own file noted: the trail was put back, and went on differently" in found


def test_a_cut_end_is_noticed_by_the_head_of_a_person_and_of_a_manifest(
    desk: Desk, desk_of: OpenDesk, tmp_path: Path
) -> None:
    """The chain that is left is whole in itself; of the export there is no entry any more."""
    referrer, household = stories.referrer(desk), stories.family(desk)
    stories.referred(desk, household.ref, referrer)
    stories.held(desk, household.ref, stories.OPENED)
    exports.export(desk, referrer, EXPORT, tmp_path)
    head = json.loads((tmp_path / "EX-000001-R" / "datapackage.json").read_text())["export"]["audit_head"]
    note, before = seen(desk), audit.parse_head(head).seq - 1
    with without_triggers(desk) as connection:
        for table in ("audit_detail", "audit"):
            connection.execute(f"DELETE FROM {table} WHERE seq > ?", (before,))
    by_manifest, unlinked = audits.verify(desk_of(), [head]).problems
    assert unlinked == "EX-000001-R is there, and no entry tells of it"
    assert by_manifest == (
        f"entry {before + 1} is gone: the trail ends before the head that the given paper or manifest noted"
    )
    by_note = audits.verify(back(desk_of(), note)).problems[0]
    assert "this person's own file noted" in by_note
    assert audits.verify(desk_of()).problems == (unlinked,)


# --- Accepting it ----------------------------------------------------------------------------------------------------


def test_what_a_manager_accepts_is_accepted_for_everybody(rolled_back: dict[str, Note], desk_of: OpenDesk) -> None:
    """It is on the trail, with the head that is missing; from then on it is the trail."""
    rhys = back(desk_of("rhys"), rolled_back["rhys"])
    gaps.accept(rhys)
    last = stories.trail(rhys)[-1]
    assert (last.action, last.actor, last.detail) == ("audit.accept", "U-003-A", {"missing": rolled_back["rhys"].head})
    for name in PEOPLE:
        desk = back(desk_of(name), rolled_back[name])
        assert not desk.unexplained
        assert seen(desk) == Note(str(audit.head(desk.db)), 1)
    assert families.listing(back(desk_of(), rolled_back["amina"])) == []


@pytest.mark.parametrize("to", ["before it was accepted", "after it was accepted"])
def test_what_was_accepted_once_is_not_accepted_again(rolled_back: dict[str, Note], desk_of: OpenDesk, to: str) -> None:
    """A second time it is put back: whoever has seen the first acceptance is told, and a manager is asked anew."""
    put_back = kept(desk_of())
    gaps.accept(back(desk_of(), rolled_back["amina"]))
    if to == "after it was accepted":
        put_back = kept(desk_of())
    stories.family(back(desk_of(), rolled_back["amina"]))
    notes = {name: seen(back(desk_of(name), rolled_back[name])) for name in PEOPLE}
    put_back()
    for name in PEOPLE:
        assert back(desk_of(name), notes[name]).unexplained
    gaps.accept(back(desk_of("rhys"), notes["rhys"]))
    if to == "after it was accepted":
        assert not any(back(desk_of(name), notes[name]).unexplained for name in PEOPLE)


def recovery_desk(desk: Desk) -> Desk:
    """The vault, opened with a new recovery key."""
    key = str(users.recover(desk, "recovery", None, CHEAP).recovery_key)
    return setup.open_desk(desk.vault.folder, "recovery", read_recovery_key(key), now=moment(TODAY), today=TODAY)


def test_the_recovery_key_accepts_too_and_a_worker_does_not(rolled_back: dict[str, Note], desk_of: OpenDesk) -> None:
    """Nobody but managers and who holds the locked-away key says what the trail is."""
    tomos = back(desk_of("tomos"), rolled_back["tomos"])
    with pytest.raises(RefusedError) as refused:
        gaps.accept(tomos)
    assert (refused.value.clause, refused.value.rule) == ("4.5", "authority")
    assert tomos.unexplained
    gaps.accept(back(recovery_desk(desk_of()), rolled_back["amina"]))
    assert not back(desk_of("tomos"), rolled_back["tomos"]).unexplained


def test_a_manager_accepts_a_gap_that_only_others_have_seen(rolled_back: dict[str, Note], desk_of: OpenDesk) -> None:
    """On a new machine nothing was noted of theirs; the others are freed all the same."""
    gaps.accept(desk_of("rhys"))
    assert stories.trail(desk_of())[-1].detail == {"missing": None}
    assert not back(desk_of("tomos"), rolled_back["tomos"]).unexplained


def test_whoever_has_accepted_a_gap_goes_on_at_once(rolled_back: dict[str, Note], desk_of: OpenDesk) -> None:
    """And what they see from then on is noted."""
    desk = back(desk_of("rhys"), rolled_back["rhys"])
    gaps.accept(desk)
    assert users.list_users(desk)
    assert gaps.seen(desk) == Note(str(audit.head(desk.db)), 1)


def test_an_acceptance_in_store_covers_no_later_gap(desk: Desk, desk_of: OpenDesk) -> None:
    """Everybody's next note counts it; a copy that was made after it holds all that was seen before it."""
    gaps.accept(desk)
    desk.db.close()
    copy = desk.db.path.read_bytes()
    stories.family(desk_of())
    note = seen(desk_of())
    desk_of().db.path.write_bytes(copy)
    assert back(desk_of(), note).unexplained


def forged(desk: Desk, actor: str, sign: bytes | None, outcome: str = "done") -> None:
    """An acceptance on the trail that no command of lcs wrote."""
    opened = desk.vault.opened
    forger = replace(
        desk.vault, opened=replace(opened, user=replace(opened.user, reference=actor), sign=sign or bytes(32))
    )
    with desk.db.transaction():
        audit.append(forger, at=desk.moment, action="audit.accept", outcome=outcome, refs=[], detail={"missing": ""})


@pytest.mark.parametrize(
    ("actor", "signer", "outcome"),
    [
        ("U-001-R", None, "done"),
        ("U-001-R", "tomos", "done"),
        ("U-004-G", "tomos", "done"),
        ("U-009-D", "tomos", "done"),
        ("U-001-R", "amina", "refused"),
    ],
)
def test_a_forged_acceptance_frees_nobody(
    rolled_back: dict[str, Note], desk_of: OpenDesk, actor: str, signer: str | None, outcome: str
) -> None:
    """Not unsigned, not in a manager's name, not a worker's own with a real signature; nor does it use one up."""
    desk = desk_of("tomos")
    forged(desk, actor, desk_of(signer).vault.opened.sign if signer else None, outcome)
    for name in PEOPLE:
        assert back(desk_of(name), rolled_back[name]).unexplained
    assert seen(desk_of("rhys")).accepted == 0
    gaps.accept(back(desk_of("rhys"), rolled_back["rhys"]))
    assert not back(desk_of(), rolled_back["amina"]).unexplained


def test_an_acceptance_that_was_not_written_is_none(
    rolled_back: dict[str, Note], desk_of: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk must not let the next command pass."""
    desk = back(desk_of(), rolled_back["amina"])

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(audit, "append", full)
        with pytest.raises(OSError, match="No space"):
            gaps.accept(desk)
    assert desk.unexplained
    assert gaps.seen(desk) is None


def test_an_acceptance_counts_after_who_made_it_has_left(rolled_back: dict[str, Note], desk_of: OpenDesk) -> None:
    """Else nobody who comes back later would be freed."""
    gaps.accept(back(desk_of("rhys"), rolled_back["rhys"]))
    users.remove(back(desk_of(), rolled_back["amina"]), "rhys")
    assert not back(desk_of("tomos"), rolled_back["tomos"]).unexplained


def test_everybody_raises_a_concern_meanwhile(prepared: OpenDesk) -> None:
    """Policy 3: confidentiality never delays protection."""
    for name in PEOPLE:
        desk = prepared(name)
        desk.noted, desk.unexplained = f"9999:{'0' * 64}", True
        stories.flag(desk, "LCS-0001-R", closed=False)
    assert len(flags.listing(prepared(), None)) == 1 + len(PEOPLE)
    assert Role.WORKER in prepared("tomos").user.roles
