"""The register of disposals: a file beside the vault, each line bound to the one before, on the disk before rows go."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from lcs_cli.errors import DamagedVaultError
from lcs_cli.services import audits, doctor, sweep
from lcs_cli.services.desk import Desk
from lcs_cli.vault.register import Register, begun
from tests.conftest import After, OpenDesk
from tests.services import stories
from tests.services.stories import CLOSED, SWEPT


@pytest.fixture
def three(after: After, desk_of: OpenDesk) -> Desk:
    """A desk after three disposals."""
    after(stories.three_disposed)
    return desk_of("amina", SWEPT)


def lines(register: Path) -> list[bytes]:
    """The lines as they stand."""
    return register.read_bytes().splitlines(keepends=True)


def test_each_line_names_the_one_before_it(three: Desk) -> None:
    """The first one names the vault; the file is private."""
    found = Register(three.vault.register).lines
    assert [line["family"] for line in found] == ["LCS-0001-R", "LCS-0002-W", "LCS-0003-A"]
    first = json.loads(lines(three.vault.register)[0])
    assert first["vault"] == Register(three.vault.register).vault == three.vault.header.vault
    assert [line["previous"] for line in found] == [first["digest"], found[0]["digest"], found[1]["digest"]]
    assert three.vault.register.stat().st_mode & 0o777 == 0o600


def test_what_the_lines_have_in_common_is_in_memory_once(three: Desk) -> None:
    """It is read whole when files are disposed of, and has a line for each that ever was."""
    first, second, _ = Register(three.vault.register).lines
    assert second["previous"] is first["digest"]
    assert all(one is other for one, other in zip(first, second, strict=True))


def test_a_line_says_what_a_restore_needs(three: Desk) -> None:
    """References only: what was disposed of, what was kept of it, and by which rules."""
    first = Register(three.vault.register).lines[0]
    assert set(first) == {
        "review",
        "family",
        "on",
        "keeps_attendance",
        "keeps_identity",
        "keeps_family",
        "policy_version",
        "rules_hash",
        "audit_head",
        "previous",
        "digest",
    }
    assert (first["on"], first["keeps_identity"], first["keeps_family"]) == ("2025-03-10", [], False)


def altered(found: list[bytes]) -> list[bytes]:
    """Another family's reference."""
    return [*found[:2], found[2].replace(b"LCS-0002-W", b"LCS-0009-D"), *found[3:]]


def of_another_vault(found: list[bytes]) -> list[bytes]:
    """Lines that follow another vault's first one."""
    return [begun("0" * 32), *found[1:]]


def altered_digest(found: list[bytes]) -> list[bytes]:
    """Another digest, of a line that was made to fit itself."""
    line = json.loads(found[0])
    line["digest"] = "0" * 64
    return [json.dumps(line, sort_keys=True, separators=(",", ":")).encode() + b"\n", *found[1:]]


def removed(found: list[bytes]) -> list[bytes]:
    """The middle one taken out."""
    return [*found[:2], *found[3:]]


def removed_first(found: list[bytes]) -> list[bytes]:
    """The first one taken out."""
    return found[1:]


def altered_last(found: list[bytes]) -> list[bytes]:
    """Another day in the last one."""
    return [*found[:-1], found[-1].replace(b'"on":"20', b'"on":"21')]


def removed_last(found: list[bytes]) -> list[bytes]:
    """The last one cut off."""
    return found[:-1]


def swapped(found: list[bytes]) -> list[bytes]:
    """Two in another order."""
    return [found[0], found[2], found[1], *found[3:]]


def put_in(found: list[bytes]) -> list[bytes]:
    """One twice."""
    return [*found[:2], *found[1:]]


def no_json(found: list[bytes]) -> list[bytes]:
    """A remark."""
    return [found[0], b"checked by me\n", *found[1:]]


def no_object(found: list[bytes]) -> list[bytes]:
    """A number, and nothing at all."""
    return [b"7\n", b"\n", *found]


@pytest.mark.parametrize(
    "change", [altered, altered_digest, of_another_vault, removed, removed_first, swapped, put_in, no_json, no_object]
)
def test_a_register_that_was_tampered_with_is_noticed(
    three: Desk, change: Callable[[list[bytes]], list[bytes]]
) -> None:
    """By every check, with the number of the line; nothing is written to it any more."""
    register = three.vault.register
    assert audits.verify(three).problems == ()
    register.write_bytes(b"".join(change(lines(register))))
    before = register.read_bytes()
    with pytest.raises(DamagedVaultError, match=r"altered at line [123]"):
        audits.verify(three)
    with pytest.raises(DamagedVaultError):
        Register(register).enter({"review": "RV-0009-D"})
    assert register.read_bytes() == before
    unsound = [finding.check for finding in doctor.examine(three) if not finding.sound]
    assert "register of disposals" in unsound
    assert "data file" not in unsound


def test_no_family_is_disposed_of_while_the_register_is_damaged(desk_of: OpenDesk) -> None:
    """Its line could not be bound to the one before."""
    desk = desk_of("amina", CLOSED)
    refs = [stories.closed_family(desk).ref for _ in range(2)]
    desk.db.close()
    stories.disposed(desk_of, refs[0])
    desk.vault.register.write_bytes(desk.vault.register.read_bytes().replace(b"LCS-0001", b"LCS-0002"))
    stories.approved(desk_of, refs[1])
    with pytest.raises(DamagedVaultError):
        stories.swept(desk_of)
    assert desk_of().db.rows("SELECT id FROM family") == [(2,)]


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_lines_cut_off_the_end_are_noticed_by_the_certificates(three: Desk, cut: int) -> None:
    """What is left is whole in itself; each certificate names its line."""
    register = three.vault.register
    register.write_bytes(b"".join(lines(register)[:-cut]))
    with pytest.raises(DamagedVaultError, match="has no line for the last certificate: it was cut"):
        sweep.sweep(three)
    problems = audits.verify(three).problems
    assert len([problem for problem in problems if "register of disposals has no line for RC-" in problem]) == cut


def test_a_sweep_of_nothing_reads_no_more_than_the_end(three: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many disposals there ever were: the line of the last certificate is there; a check reads the others."""
    monkeypatch.setattr("lcs_cli.vault.register._END", 700)
    register = three.vault.register
    first, altered_, *others = lines(register)
    register.write_bytes(b"".join([first, altered_.replace(b"LCS-0001-R", b"LCS-0009-D"), *others]))
    assert sweep.sweep(three).disposed == []
    with pytest.raises(DamagedVaultError, match="altered at line 2"):
        audits.verify(three)


@pytest.mark.parametrize("change", [altered_last, removed_last])
def test_an_end_that_is_not_as_it_was_has_all_of_it_read(
    three: Desk, monkeypatch: pytest.MonkeyPatch, change: Callable[[list[bytes]], list[bytes]]
) -> None:
    """A sweep of nothing stops at it, and says where it is."""
    monkeypatch.setattr("lcs_cli.vault.register._END", 700)
    three.vault.register.write_bytes(b"".join(change(lines(three.vault.register))))
    with pytest.raises(DamagedVaultError, match=r"altered at line 4|it was cut"):
        sweep.sweep(three)


def test_a_last_certificate_whose_line_is_further_back_is_found(three: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines without a certificate may follow it: those of sweeps that were stopped."""
    monkeypatch.setattr("lcs_cli.vault.register._END", 10)
    assert sweep.sweep(three).disposed == []


def test_a_register_that_is_missing_is_noticed(three: Desk) -> None:
    """As if nothing had ever been disposed of."""
    three.vault.register.unlink()
    with pytest.raises(DamagedVaultError, match="is missing"):
        audits.verify(three)
    with pytest.raises(DamagedVaultError, match="is missing"):
        sweep.sweep(three)
    assert any(not finding.sound for finding in doctor.examine(three))


@pytest.mark.parametrize(
    "torn", [b"{", b'{"review":"RV-0004-G","fam', b'{"audit_head":"1:00"}', b'{"on":' + b"1" * 5000]
)
def test_a_torn_last_line_is_taken_away_by_the_next_one(desk_of: OpenDesk, torn: bytes) -> None:
    """A power cut in the middle of writing: the line was not on the disk, so no row was gone."""
    desk = desk_of("amina", CLOSED)
    refs = [stories.closed_family(desk).ref for _ in range(2)]
    desk.db.close()
    stories.disposed(desk_of, refs[0])
    register = desk.vault.register
    whole = register.read_bytes()
    register.write_bytes(whole + torn)
    assert len(Register(register).lines) == 1
    assert audits.verify(desk_of("amina", SWEPT)).problems == ()
    stories.disposed(desk_of, refs[1])
    assert register.read_bytes().startswith(whole)
    assert [line["family"] for line in Register(register).lines] == refs


def test_a_register_without_a_first_line_is_none(three: Desk) -> None:
    """Empty, or with half a line: it would be of any vault."""
    whole = three.vault.register.read_bytes()
    for content in (b"", whole[:20]):
        with pytest.raises(DamagedVaultError, match="altered at line 1"):
            Register(three.vault.register, content)


def test_nothing_is_entered_in_a_register_that_was_cut_since_it_was_read(three: Desk) -> None:
    """The line would be bound to one that is not there."""
    register = Register(three.vault.register)
    cut = b"".join(lines(three.vault.register)[:-1])
    three.vault.register.write_bytes(cut)
    with pytest.raises(DamagedVaultError, match="was cut meanwhile"):
        register.enter({"review": "RV-0009-D"})
    assert three.vault.register.read_bytes() == cut
