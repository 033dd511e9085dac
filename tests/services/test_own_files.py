"""What a user names is never a file of the vault: to read one drops the locks under which the data file is written."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from lcs_cli.errors import FailedError, RefusedError, UsageError
from lcs_cli.policy.rules import RULE_FILES
from lcs_cli.records.document import DocumentKind
from lcs_cli.services import document_files, documents, rule_files
from lcs_cli.services.desk import Desk
from lcs_cli.services.documents import DocumentDraft
from tests.cli.typed import Typist, at, lcs
from tests.conftest import OpenDesk
from tests.services import stories

OTHER = DocumentDraft(DocumentKind.OTHER)
WAYS: dict[str, Callable[[Path, Path], Path]] = {
    "itself": lambda own, _: own,
    "a link": lambda own, there: linked(there, own, Path.symlink_to),
    "a link to a link": lambda own, there: linked(there, linked(there, own, Path.symlink_to), Path.symlink_to),
    "a hard link": lambda own, there: linked(there, own, Path.hardlink_to),
    "through a linked folder": lambda own, there: linked(there, own.parent, Path.symlink_to) / own.name,
    "by its handle": lambda own, _: Path(f"/proc/self/fd/{next(iter(handles(own)))}") if handles(own) else own,
}


def linked(there: Path, own: Path, link: Callable[[Path, Path], object]) -> Path:
    """A new name beside the vault for something in it."""
    path = there / f"{len(list(there.iterdir()))}.pdf"
    link(path, own)
    return path


def handles(own: Path) -> list[str]:
    """The handles of a file in this process, where the system shows them."""
    folder = Path("/proc/self/fd")
    return [path.name for path in folder.iterdir() if path.exists() and path.samefile(own)] if folder.is_dir() else []


def locks(folder: Path) -> set[str]:
    """The locks on files of the vault, whoever holds them."""
    inodes = {f":{path.stat().st_ino} " for path in folder.iterdir()}
    lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    return {line.partition(": ")[2] for line in lines if any(inode in line for inode in inodes)}


@pytest.mark.parametrize("way", WAYS)
def test_no_file_of_the_vault_is_added_and_no_lock_is_lost(desk: Desk, tmp_path: Path, way: str) -> None:
    """Under whatever name, also while much is written in one change; refused in a line that names no path."""
    ref = stories.family(desk).ref
    beside = tmp_path / "beside"
    beside.mkdir()
    with desk.together():
        stories.document(desk, ref)
        held, names = locks(desk.vault.folder), sorted(path.name for path in desk.vault.folder.iterdir())
        assert any("POSIX" in line for line in held)
        assert {"data-1.db", "data-1.db-journal", "header.json", "header.bak.json", "lock"} <= set(names)
        for name in names:
            path = WAYS[way](desk.vault.folder / name, beside)
            with pytest.raises(UsageError, match=r"^file: is a file of the vault$"):
                documents.add(desk, ref, OTHER, path)
            assert locks(desk.vault.folder) == held


def test_a_file_is_opened_and_closed_outside_the_change(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that even a name that is exchanged in between costs no lock."""
    ref, path = stories.family(desk).ref, tmp_path / "letter.txt"
    path.write_text("It is ordered.")
    open_, close, inside, handle = os.open, os.close, [], [-1]

    def opening(name: Path, flags: int, mode: int = 0o777) -> int:
        found = open_(name, flags, mode)
        if name == path:
            inside.append(desk.db.in_transaction)
            handle[0] = found
        return found

    def closing(one: int) -> None:
        if one == handle[0]:
            inside.append(desk.db.in_transaction)
        close(one)

    monkeypatch.setattr(os, "open", opening)
    monkeypatch.setattr(os, "close", closing)
    documents.add(desk, ref, OTHER, path)
    assert inside == [False, False]


def test_who_may_not_add_is_refused_before_the_file_is_looked_at(desk: Desk, desk_of: OpenDesk, tmp_path: Path) -> None:
    """Whether a file is there is nobody's business who may not add it."""
    ref = stories.family(desk).ref
    with pytest.raises(RefusedError, match="may not run"):
        documents.add(desk_of("tomos"), ref, OTHER, tmp_path / "nowhere")


def test_neither_policy_nor_rules_nor_answers_are_read_from_the_vault(desk: Desk, vault: Path, tmp_path: Path) -> None:
    """Each is read by one check: as typed, and as a linked name."""
    ref = stories.family(desk).ref
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / RULE_FILES[0]).hardlink_to(vault / "data-1.db")
    (tmp_path / "link").symlink_to(vault / "header.json")
    with pytest.raises(UsageError, match=r"^rules: is a file of the vault"):
        rule_files.read_rules(str(folder), vault)
    with pytest.raises(UsageError, match=r"^policy document: is a file of the vault"):
        rule_files.read_text(tmp_path / "link", vault)
    typed = {
        "from": ("person", "add", ref, "--from", str(tmp_path / "link")),
        "redacted": ("request", "clear", "RQ-0001-R", "SF-0001-R", "--redacted", str(vault / "data-1.db")),
        "policy document": ("policy", "publish", "--text", str(vault / "data-1.db"), "--effective", "today"),
        "rules": ("policy", "publish", "--rules", str(folder), "--effective", "today"),
    }
    for field, argv in typed.items():
        ran = lcs(Typist(env=at(vault)), *argv)
        assert (ran.code, ran.err.splitlines()[0]) == (2, f"error: {field}: is a file of the vault")


def test_a_name_that_no_file_can_have_is_said_in_one_line(desk: Desk, vault: Path) -> None:
    """Wherever a file is named."""
    ref = stories.document(desk, stories.family(desk).ref)
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^out: is a name that no file can have"):
        documents.show(desk, ref, vault.parent / "a\0b")
    with pytest.raises(UsageError, match=r"^out: its folder is not there"):
        documents.show(desk, ref, Path("a\0b") / "out")
    with pytest.raises(UsageError, match=r"^policy document: cannot be read"):
        rule_files.read_text(Path("a\0b"), vault)
    with pytest.raises(UsageError, match=r"^rules: cannot be read"):
        rule_files.read_rules("a\0b", vault)
    for name, what in (("a\0b", "a NUL character"), ("a\ud800b", "half a character")):
        ran = lcs(Typist(env=at(vault)), "policy", "give", "--to", "volunteer", "--out", name)
        assert (ran.code, ran.err.splitlines()[0]) == (2, f"error: the command line holds {what}")


def test_a_copy_takes_nobodys_place_at_the_last_moment(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its name is taken in one step: whatever somebody else puts there just before it stays theirs."""
    ref, out = stories.document(desk, stories.family(desk).ref), tmp_path / "out.txt"
    open_ = os.open

    def meanwhile(path: Path, flags: int, mode: int = 0o777) -> int:
        if path == out:
            out.write_text("another")
        return open_(path, flags, mode)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", meanwhile)
        with pytest.raises(FailedError, match=r"^out: something of that name is there by now"):
            documents.show(desk, ref, out)
    assert out.read_text() == "another"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.txt", "vault"]


def test_a_name_that_was_taken_for_nothing_is_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the last step fails, neither the copy nor an empty file is left."""

    def failing(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(FailedError, match="Input/output error"):
        document_files.write_out(tmp_path / "out.txt", [b"part"])
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_command_left_out_of_sight_goes_with_the_next_copy(tmp_path: Path) -> None:
    """A file of somebody's papers, not yet named: an hour later it belongs to nobody; a link is left alone."""
    left, running, link = (tmp_path / f".lcs-{digit * 16}" for digit in "abc")
    for path in (left, running):
        path.write_bytes(b"part")
    link.symlink_to(running)
    os.utime(left, (1, 1))
    os.utime(link, (1, 1), follow_symlinks=False)
    document_files.write_out(tmp_path / "out.txt", [b"whole"])
    assert sorted(path.name for path in tmp_path.iterdir()) == [running.name, link.name, "out.txt"]
