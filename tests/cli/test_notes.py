"""What each person has seen of the trail: noted in a file of their own after each command, and never in the way."""

import json
import shutil
from pathlib import Path

import pytest

from lcs_cli.services.desk import Desk
from lcs_cli.vault import audit, files
from tests.cli.typed import Ran, Typist, at, lcs
from tests.conftest import open_desk
from tests.services import stories
from tests.vault.tampering import header_of, without_triggers


def run(vault: Path, *argv: str, user: str = "amina", state: Path | None = None, stdin: str = "") -> Ran:
    """One command line of somebody's."""
    env = at(vault) | {"LCS_USER": user} | ({"LCS_STATE": str(state)} if state else {})
    return lcs(Typist(env=env, stdin=stdin), *argv)


def note_of(vault: Path, reference: str = "U-001-R") -> Path:
    """The file of somebody."""
    return vault.parent / "state" / f"{header_of(vault).vault}-{reference}.json"


def noted(vault: Path, reference: str = "U-001-R") -> list[dict[str, object]]:
    """What stands in it: a note a folder."""
    found: list[dict[str, object]] = json.loads(note_of(vault, reference).read_text())
    return found


def head(desk: Desk) -> str:
    """The end of the trail."""
    return str(audit.head(desk.db))


def put_back_to_yesterday(vault: Path) -> None:
    """Amina and tomos have seen a family come; then the data file is put back."""
    desk = open_desk(vault)
    desk.db.close()
    content = desk.db.path.read_bytes()
    stories.family(desk)
    for user in ("amina", "tomos"):
        assert run(vault, "today", user=user).code == 0
    desk.db.close()
    desk.db.path.write_bytes(content)


def test_the_head_is_noted_after_each_command(vault: Path) -> None:
    """Privately, outside the vault: the number and digest of the last entry, and what had been accepted until then."""
    for argv in (("today",), ("status",), ("vault", "user", "list")):
        assert run(vault, *argv).code == 0
        assert noted(vault) == [{"folder": str(vault), "head": head(open_desk(vault)), "accepted": 0}]
    assert note_of(vault).stat().st_mode & 0o777 == 0o600
    assert note_of(vault).parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in note_of(vault).parent.iterdir()] == [note_of(vault).name]


def test_a_refusal_is_noted_too_and_each_person_has_a_file_of_their_own(vault: Path) -> None:
    """It is an entry like any other."""
    assert run(vault, "family", "list", user="tomos").code == 4
    assert noted(vault, "U-004-G")[0]["head"] == head(open_desk(vault))
    assert not note_of(vault).exists()


def test_a_rotation_is_noted_as_the_new_file_has_it(vault: Path) -> None:
    """Under whichever keys: the trail is the same one."""
    assert run(vault, "vault", "rotate").code == 0
    assert noted(vault)[0]["head"] == head(open_desk(vault))
    assert run(vault, "audit", "verify").code == 0


def test_while_the_trail_is_another_one_nothing_is_noted_and_little_goes_on(vault: Path) -> None:
    """Refused in one line with what to do; a concern is raised all the same; a manager ends it for everybody."""
    put_back_to_yesterday(vault)
    before = note_of(vault).read_bytes()
    for user in ("amina", "tomos"):
        ran = run(vault, "today", user=user)
        assert (ran.code, ran.out) == (13, "")
        assert [line.split(":")[0] for line in ran.err.splitlines()] == ["error", "hint"]
        assert "the vault was put back or exchanged" in ran.err
    stories.family(open_desk(vault))
    concern = '{"narrative": "A bruise on one arm.", "category": "physical"}'
    raised = run(vault, "flag", "raise", "LCS-0001-R", "--from", "-", user="tomos", stdin=concern)
    assert (raised.code, raised.out[:6]) == (0, "Raised"), raised
    verified = run(vault, "audit", "verify")
    assert (verified.code, "this person's own file" in verified.out) == (13, True)
    assert note_of(vault).read_bytes() == before
    assert run(vault, "audit", "accept", "--yes", user="tomos").code == 4
    accepted = run(vault, "audit", "accept", "--yes")
    assert (accepted.code, accepted.out) == (0, "Accepted: from here on this is the trail.\n")
    for user, reference in (("amina", "U-001-R"), ("tomos", "U-004-G")):
        assert run(vault, "today", user=user).code == 0
        assert noted(vault, reference) == [{"folder": str(vault), "head": head(open_desk(vault)), "accepted": 1}]


def test_a_head_on_paper_is_looked_for(vault: Path) -> None:
    """As it was printed; one that the trail does not hold is damage, and what is no head is a slip."""
    on_paper = head(open_desk(vault))
    whole = run(vault, "audit", "verify", "--head", on_paper, "--head", f"0:{audit.GENESIS}")
    assert (whole.code, "In it: 2 heads noted elsewhere." in whole.out) == (0, True)
    stories.family(open_desk(vault))
    later = head(open_desk(vault))
    with without_triggers(open_desk(vault)) as connection:
        for table in ("audit_detail", "audit"):
            connection.execute(f"DELETE FROM {table} WHERE seq > ?", (int(on_paper.partition(":")[0]),))
    note_of(vault).unlink()
    assert run(vault, "audit", "verify", "--head", on_paper).code == 0
    cut = run(vault, "audit", "verify", "--head", on_paper, "--head", later)
    assert (cut.code, cut.out.count("\n")) == (13, 1)
    assert "the trail ends before the head that the given paper or manifest noted" in cut.out
    assert run(vault, "audit", "verify", "--head", later[:-1]).code == 2


def test_a_vault_that_is_put_back_for_a_trial_is_not_the_one_that_goes_on(vault: Path) -> None:
    """What is seen of the copy, and accepted there, is noted for its own folder; the vault itself is as it was."""
    copy = vault.with_name("trial")
    shutil.copytree(vault, copy)
    stories.family(open_desk(vault))
    assert run(vault, "today").code == 0
    for _ in range(2):
        assert run(copy, "today").code == 13, "in a folder where nothing was seen yet, what was seen last counts"
    assert run(vault, "today").code == 0
    assert run(copy, "audit", "accept", "--yes").code == 0
    assert [run(folder, "today").code for folder in (copy, vault, copy)] == [0, 0, 0]
    assert run(vault, "audit", "verify").code == 0
    assert [one["accepted"] for one in noted(vault)] == [1, 0]


def test_a_vault_that_was_moved_is_compared_with_what_was_seen_of_it_elsewhere(vault: Path) -> None:
    """Whoever exchanges it on the way is noticed, too, and by a link to it as well."""
    assert run(vault, "today").code == 0
    (link := vault.with_name("link")).symlink_to(vault)
    assert run(link, "today").code == 0
    assert len(noted(vault)) == 1
    put_back_to_yesterday(vault)
    moved = vault.rename(vault.with_name("moved"))
    assert run(moved, "today").code == 13


GARBAGE = [
    b"",
    b"null",
    b"[[]]",
    b"7",
    b'"head"',
    b'{"head": ""}',
    b"\xff\xfe",
    b"[" * 100_000,
    b'[{"folder": "", "head": null, "accepted": 0}]',
    b'[{"folder": "", "head": 7, "accepted": 0}]',
    b'[{"folder": "", "head": [], "accepted": 0}]',
    b'[{"folder": "", "head": "7", "accepted": 0}]',
    b'[{"folder": "", "head": "7:abc", "accepted": 0}]',
    f'[{{"folder": "", "head": "9:{"0" * 64}"}}]'.encode(),
    f'[{{"folder": "", "head": "9:{"0" * 64}", "accepted": "none"}}]'.encode(),
    f'[{{"folder": "", "head": "9:{"0" * 64}", "accepted": null}}]'.encode(),
    f'[{{"folder": "", "head": "99999999999999999999:{"0" * 64}", "accepted": 0}}]'.encode(),
]


@pytest.mark.parametrize("content", GARBAGE, ids=lambda content: content[:34].decode(errors="replace"))
def test_a_file_that_cannot_be_read_is_said_in_one_line_and_made_anew(vault: Path, content: bytes) -> None:
    """It says nothing about the trail, and stops nobody's work."""
    assert run(vault, "today").code == 0
    note_of(vault).write_bytes(content)
    ran = run(vault, "today")
    assert ran.code == 0
    assert ran.err.startswith(f"warning: {note_of(vault)} cannot be read")
    assert ran.err.count("\n") == 1
    assert noted(vault)[0]["head"] == head(open_desk(vault))
    assert run(vault, "today").err == ""


@pytest.mark.parametrize("where", ["file", "under a file", "link to nowhere"])
def test_a_folder_that_cannot_be_written_is_said_in_one_line(vault: Path, tmp_path: Path, where: str) -> None:
    """The command has done its work; where the file could go is said too."""
    state = tmp_path / "mine"
    if where == "link to nowhere":
        state.symlink_to(tmp_path / "none" / "where")
    else:
        state.write_text("mine")
        state = state if where == "file" else state / "deeper"
    ran = run(vault, "today", state=state)
    assert ran.code == 0
    assert ran.out
    assert ran.err.startswith(f"warning: the head of the trail cannot be noted in {state}")
    assert ran.err.endswith("LCS_STATE\n")
    assert ran.err.count("\n") == 1


def test_two_commands_of_one_person_at_once_note_it_without_a_word(
    vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file of the second is not in the way of the first."""
    real = files.write_new
    begun: list[Path] = []
    inside: list[Ran] = []

    def overtaken(path: Path, content: bytes, *, durably: bool) -> None:
        real(path, content, durably=durably)
        begun.append(path)
        if len(begun) == 1:
            inside.append(run(vault, "status"))

    with monkeypatch.context() as patch:
        patch.setattr(files, "write_new", overtaken)
        outside = run(vault, "today")
    assert [(ran.code, ran.err) for ran in (outside, *inside)] == [(0, ""), (0, "")]
    assert len(set(begun)) == 2
    last = [f"{entry.seq}:{entry.digest}" for entry in stories.trail(open_desk(vault))[-2:]]
    assert noted(vault)[0]["head"] in last
    assert list(note_of(vault).parent.iterdir()) == [note_of(vault)]
