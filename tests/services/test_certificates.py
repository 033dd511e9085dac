"""Certificates of disposal: with the service's public key anybody can tell that one is whole, and whose it is."""

import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature

from lcs_cli.errors import DamagedVaultError
from lcs_cli.records.user import KeyName
from lcs_cli.services import audits, certificates, families
from lcs_cli.services.desk import Desk
from lcs_cli.vault import sealing, signers
from lcs_cli.vault.certificates import Series, _body, _digest, parse_key, written_key
from lcs_cli.vault.encoding import canonical, encode
from lcs_cli.vault.register import Register, begun
from tests.conftest import After, OpenDesk, make_vault, open_desk
from tests.services import stories
from tests.services.stories import CLOSED, SWEPT
from tests.vault.tampering import without_triggers

REFS = ["RC-000001-R", "RC-000002-W", "RC-000003-A"]

Content = dict[str, Any]


@pytest.fixture
def three(after: After, desk_of: OpenDesk) -> Desk:
    """A desk after three disposals."""
    after(stories.three_disposed)
    return desk_of("amina", SWEPT)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Desk:
    """The same in another vault."""
    make_vault(tmp_path / "elsewhere")
    opened = partial(open_desk, tmp_path / "elsewhere")
    stories.disposed(opened, stories.closed_family(opened("amina", CLOSED)).ref)
    return opened("amina", SWEPT)


def lines(desk: Desk) -> list[bytes]:
    """All certificates as their file has them."""
    return [one.to_bytes() for one in certificates.listing(desk)]


def wrong(content: bytes, key: bytes | None) -> str:
    """What is wrong with a file."""
    return "; ".join(certificates.verify(content, key).problems)


def admin(desk: Desk) -> bytes:
    """The managers' public key."""
    return desk.vault.header.admin_public


def resigned(line: bytes, sign: bytes, **changed: Any) -> bytes:
    """A certificate with other values, signed with some key."""
    content: Content = json.loads(line) | changed
    content.pop("signature")
    body = _body(content["vault"], _digest(content))
    return canonical({**content, "signature": encode(sealing.sign(sign, body))}) + b"\n"


def signer(vault: str, by: bytes, public: bytes, user: str = "U-001-R", since: int = 1) -> Content:
    """The signer of a certificate, whose key is certified with ``by``."""
    certificate = sealing.sign(by, signers._certified(vault, user, since, public))
    return {"user": user, "since": since, "public": encode(public), "certificate": encode(certificate)}


def test_certificates_are_whole_and_theirs(three: Desk) -> None:
    """One of them, and all of them."""
    found = lines(three)
    assert [json.loads(line)["certificate"] for line in found] == REFS
    for content in (*found, b"".join(found)):
        assert wrong(content, admin(three)) == ""
        assert wrong(content, None) == ""
    assert audits.verify(three).problems == ()


def test_each_is_bound_to_the_one_before(three: Desk) -> None:
    """By its reference and its digest; the first to none."""
    one, two, last = certificates.listing(three)
    assert [one.content["follows"], two.content["follows"], last.content["follows"]] == [None, *REFS[:2]]
    assert (one.content["previous"], two.content["previous"], last.content["previous"]) == (
        "0" * 64,
        one.digest,
        two.digest,
    )


@pytest.mark.no_cover  # the same lines, thousands of times
@pytest.mark.parametrize("key_is_given", [True, False])
def test_a_bit_that_flips_anywhere_in_a_file_is_noticed(three: Desk, key_is_given: bool) -> None:
    """One of each byte, in the file of one certificate and in that of two."""
    found = lines(three)
    key = admin(three) if key_is_given else None
    for content in (found[0], b"".join(found[:2])):
        for place in range(len(content)):
            flipped = bytearray(content)
            flipped[place] ^= 1 << (place % 8)
            assert wrong(bytes(flipped), key), place


@pytest.mark.parametrize("keep", [0, 1, 0.5, -1])
def test_a_file_that_was_cut_is_noticed(three: Desk, keep: float) -> None:
    """Of one certificate, wherever it was cut."""
    line = lines(three)[0]
    cut = line[: int(len(line) * keep) if 0 < keep < 1 else int(keep)]
    assert wrong(cut, admin(three))


def test_one_that_a_stranger_signed_is_whole_but_not_the_services(three: Desk) -> None:
    """With a key of their own, that they certified themselves: only the service's key tells them apart."""
    stranger, theirs = sealing.new_key(), sealing.new_key()
    vault = three.vault.header.vault
    forged = resigned(
        lines(three)[0],
        theirs,
        managers_key=encode(sealing.public_sign_key(stranger)),
        signer=signer(vault, stranger, sealing.public_sign_key(theirs)),
        approved_by="U-009-D",
    )
    assert wrong(forged, None) == ""
    assert "is of another vault" in wrong(forged, admin(three))


def by_nobody(three: Desk, sign: bytes) -> Content:
    """The signer's key, certified with the key of a person who is no manager."""
    return signer(three.vault.header.vault, three.vault.opened.sign, sealing.public_sign_key(sign))


def as_another(three: Desk, sign: bytes) -> Content:
    """A key that is certified, for another user."""
    certified = signer(three.vault.header.vault, three.vault.key(KeyName.ADMIN), sealing.public_sign_key(sign))
    return certified | {"user": "U-003-A"}


def of_another_vault(three: Desk, sign: bytes) -> Content:
    """A key that the same managers' key certified for another vault."""
    return signer("0" * 32, three.vault.key(KeyName.ADMIN), sealing.public_sign_key(sign))


def too_late(three: Desk, sign: bytes) -> Content:
    """A key that was certified only after the entry of the disposal."""
    public = sealing.public_sign_key(sign)
    return signer(three.vault.header.vault, three.vault.key(KeyName.ADMIN), public, since=10_000)


@pytest.mark.parametrize("who", [by_nobody, as_another, of_another_vault, too_late])
def test_a_signer_whom_the_managers_key_did_not_certify_certifies_nothing(
    three: Desk, who: Callable[[Desk, bytes], Content]
) -> None:
    """Even where no key is given: the managers' key in the certificate itself says so."""
    sign = sealing.new_key()
    forged = resigned(lines(three)[0], sign, signer=who(three, sign))
    for key in (admin(three), None):
        assert "its signer's key is not certified" in wrong(forged, key)


def test_a_certified_signer_signs_for_nobody_else(three: Desk) -> None:
    """The signature of another key, under the name and the certificate of a signer."""
    assert "is not signed by the signer" in wrong(resigned(lines(three)[0], sealing.new_key()), admin(three))


def test_one_of_another_vault_is_told_apart(three: Desk, elsewhere: Desk) -> None:
    """By the key; its signature does not hold under the name of this vault."""
    other = lines(elsewhere)[0]
    assert wrong(other, admin(elsewhere)) == ""
    assert "is of another vault" in wrong(other, admin(three))
    renamed = resigned(other, elsewhere.vault.opened.sign, vault=three.vault.header.vault)
    assert wrong(renamed, admin(elsewhere))


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ([1, 2], "line 1: RC-000001-R is missing before RC-000002-W"),
        ([0, 2], "line 2: RC-000002-W is missing before RC-000003-A"),
        ([1, 0, 2], "line 1: RC-000002-W is not in its place: it follows RC-000001-R"),
        ([0, 2, 1], "line 2: RC-000003-A is not in its place: it follows RC-000002-W"),
        ([2, 0, 1], "line 2: RC-000001-R is not in its place: it is the first of all"),
        ([0, 1, 1, 2], "line 3: RC-000002-W stands twice"),
        ([1, 1], "line 2: RC-000002-W stands twice"),
    ],
)
def test_one_that_is_missing_or_moved_is_named(three: Desk, order: list[int], said: str) -> None:
    """In a file of all of them."""
    found = lines(three)
    assert said in wrong(b"".join(found[place] for place in order), admin(three))


def test_one_that_was_altered_is_named_and_the_others_are_not(three: Desk) -> None:
    """The one after it is not blamed for what it follows."""
    one, two, last = lines(three)
    altered = two.replace(b'"attendance":2', b'"attendance":3')
    assert altered != two
    assert wrong(one + altered + last, admin(three)).startswith("line 2 was altered")
    assert wrong(one + altered + last, admin(three)).count("line") == 1


def test_one_that_was_exchanged_is_named_though_it_is_signed(three: Desk) -> None:
    """By who had signed the other: the next one knows which it followed."""
    one, two, last = lines(three)
    other = resigned(two, three.vault.opened.sign, approved_by="U-009-D")
    assert wrong(other, admin(three)) == ""
    said = "line 3: RC-000003-A follows another RC-000002-W than the one that is here: it was exchanged"
    assert wrong(one + other + last, admin(three)) == said


def test_one_that_was_put_in_between_is_named(three: Desk, elsewhere: Desk) -> None:
    """From another vault."""
    one, two, last = lines(three)
    said = wrong(one + lines(elsewhere)[0] + two + last, None)
    assert "line 2: RC-000001-R is of another vault: the managers' key in it is not that of the first one" in said


def test_one_of_another_vault_under_the_same_key_is_named(three: Desk) -> None:
    """Whoever holds the managers' key can certify anything; a vault's certificates name one vault."""
    sign = sealing.new_key()
    one, *_ = lines(three)
    other = resigned(one, sign, vault="0" * 32, signer=of_another_vault(three, sign))
    assert "line 2: RC-000001-R is of another vault" in wrong(one + other, admin(three))


def test_what_was_cut_off_the_end_is_not_noticed_by_the_file(three: Desk) -> None:
    """As the help and the documentation say: the last one is to be compared with what the service says."""
    assert wrong(b"".join(lines(three)[:2]), admin(three)) == ""


@pytest.mark.parametrize("content", [b"7", b"[]", b"{}", b"null", b"\xff", b"", b"[" * 100_000, b'{"schema":1e999}'])
def test_what_is_no_certificate_is_said_to_be_none(three: Desk, content: bytes) -> None:
    """And no defect of lcs."""
    assert "was altered, or is no certificate" in wrong(content + b"\n", admin(three))


@pytest.mark.parametrize("changed", [{"certificate": "RC-000001-W"}, {"previous": 7}, {"follows": 7}])
def test_one_that_is_signed_and_says_what_none_says_is_none(three: Desk, changed: Content) -> None:
    """A reference with a slip, or a number for a digest: what is signed is still read strictly."""
    other = resigned(lines(three)[0], three.vault.opened.sign, **changed)
    assert wrong(other, admin(three)) == "line 1 was altered, or is no certificate"


@pytest.mark.parametrize("content", ["{}", "[]", "7"])
def test_nothing_is_disposed_of_after_a_certificate_that_cannot_be_read(
    three: Desk, desk_of: OpenDesk, content: str
) -> None:
    """The next one would follow nobody knows what: the family stays, and none is drafted."""
    household = stories.closed_family(desk_of("amina", CLOSED))
    with without_triggers(three) as connection:
        connection.execute("UPDATE certificate SET content = ? WHERE id = 3", (content,))
    with pytest.raises(DamagedVaultError, match="the last certificate of disposal was altered"):
        stories.disposed(desk_of, household.ref)
    with pytest.raises(DamagedVaultError, match="the last certificate of disposal was altered"):
        Series(desk_of("amina", SWEPT).vault)
    assert families.show(desk_of("amina", SWEPT), household.ref).family.name


def test_a_key_is_typed_as_it_is_printed(three: Desk) -> None:
    """However it is grouped; what is none is not taken for one."""
    key = certificates.key(three)
    printed = written_key(key)
    assert len(printed.split("-")) == 16
    for typed in (printed, printed.upper(), printed.replace("-", ""), printed.replace("-", " "), f" {printed} "):
        assert parse_key(typed) == key
    for typed in ("", printed[:-1], f"{printed}00", printed.replace(printed[0], "g", 1)):
        with pytest.raises(ValueError, match="hexadecimal"):
            parse_key(typed)


def accepts(line: bytes, key: str) -> bool:
    """The reader that the documentation gives: it knows nothing of lcs."""
    text = (Path(__file__).parents[2] / "docs" / "explanation" / "certificates.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert "lcs_cli" not in program
    known: dict[str, Any] = {}
    exec(program, known)  # noqa: S102 -- the page's own program, that a reader would run
    try:
        known["verify"](line, key)
    except (ValueError, InvalidSignature):
        return False
    return True


def test_another_program_verifies_one_by_the_documentation_alone(three: Desk) -> None:
    """It accepts those of the service, and nothing that was altered or that somebody else signed."""
    key = written_key(admin(three))
    sign = sealing.new_key()
    for line in lines(three):
        assert accepts(line, key)
        assert not accepts(line.replace(b"2025-03-10", b"2025-03-11"), key)
        assert not accepts(line.replace(b":", b": ", 1), key)
        assert not accepts(line, written_key(sealing.public_sign_key(sign)))
        assert not accepts(resigned(line, sign), key)
        for who in (by_nobody, as_another, of_another_vault, too_late):
            assert not accepts(resigned(line, sign, signer=who(three, sign)), key)


def problems(desk: Desk) -> str:
    """What `lcs audit verify` says."""
    return "; ".join(audits.verify(desk).problems)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM certificate WHERE id = 1", "RC-000001-R is not there, and entry"),
        ("DELETE FROM certificate WHERE id = 2", "RC-000002-W is missing before RC-000003-A"),
        ("DELETE FROM certificate WHERE id = 3", "RC-000003-A is not there, and entry"),
        ("DELETE FROM certificate", "RC-000002-W is not there, and entry"),
        ("DELETE FROM certificate WHERE id = 3", "the register of disposals tells of RV-0003-A, and no certificate"),
        ("UPDATE certificate SET content = replace(content, 'U-003-A', 'U-009-D')", "RC-000001-R was altered"),
        ("UPDATE certificate SET content = content || ' ' WHERE id = 2", "RC-000002-W was altered"),
        ("UPDATE certificate SET content = '{}' WHERE id = 2", "RC-000002-W was altered, or is no certificate"),
        ("UPDATE certificate SET id = 9 WHERE id = 3", "RC-000003-A is not kept under its own reference"),
        ("UPDATE certificate SET issued_on = '2020-01-01' WHERE id = 3", "RC-000003-A is not kept under its own"),
        (
            "UPDATE certificate SET content = (SELECT content FROM certificate WHERE id = 1) WHERE id = 2",
            "RC-000002-W: RC-000001-R stands twice",
        ),
    ],
)
def test_what_another_tool_did_to_the_certificates_is_noticed(
    three: Desk, desk_of: OpenDesk, statement: str, said: str
) -> None:
    """By the check of the trail; the guards of the schema only stop lcs itself, and whoever leaves them there."""
    with without_triggers(three) as connection:
        connection.execute(statement)
    assert said in problems(desk_of("amina", SWEPT))


@pytest.mark.parametrize("changed", [{"approved_by": "U-009-D"}, {"went": {}}, {"register_digest": "0" * 64}])
def test_what_its_own_signer_changed_afterwards_is_noticed(
    three: Desk, desk_of: OpenDesk, changed: dict[str, Any]
) -> None:
    """The entry of the disposal holds a digest of its certificate, and nobody writes an entry anew."""
    other = resigned(lines(three)[2], three.vault.opened.sign, **changed)
    assert wrong(other, admin(three)) == ""
    with without_triggers(three) as connection:
        connection.execute("UPDATE certificate SET content = ? WHERE id = 3", (other.decode().strip(),))
    assert "RC-000003-A is not what entry" in problems(desk_of("amina", SWEPT))


def test_one_of_which_no_entry_tells_is_noticed(three: Desk, desk_of: OpenDesk) -> None:
    """Signed and chained as it must be, of a disposal that never was."""
    last = certificates.listing(three)[2]
    made_up = resigned(
        last.to_bytes(),
        three.vault.opened.sign,
        certificate="RC-000004-G",
        follows=last.ref,
        previous=last.digest,
        family="LCS-0009-D",
    )
    with without_triggers(three) as connection:
        connection.execute(
            "INSERT INTO certificate (id, issued_on, content) VALUES (4, '2025-03-10', ?)", (made_up.decode().strip(),)
        )
    assert audits.verify(desk_of("amina", SWEPT)).problems == (
        "RC-000004-G is there, and no entry tells of it",
        "RC-000004-G is not what its line in the register of disposals says",
    )


def test_a_register_that_was_written_anew_is_noticed(three: Desk, desk_of: OpenDesk) -> None:
    """Whole in itself, with another family in it: each certificate names its own line by its digest."""
    path = three.vault.register
    bound = ("previous", "digest")
    bodies = [{name: line[name] for name in line if name not in bound} for line in Register(path).lines]
    path.write_bytes(begun(three.vault.header.vault))
    Register(path).enter(bodies[0] | {"family": "LCS-0009-D"}, *bodies[1:])
    found = problems(desk_of("amina", SWEPT))
    assert "the register of disposals has no line for RC-000001-R" in found
    assert "the register of disposals tells of RV-0001-R, and no certificate does" in found


def test_a_line_of_a_sweep_that_was_stopped_waits_for_the_next_one(desk_of: OpenDesk) -> None:
    """It was killed between the register and the rows: nothing has gone, and nothing is wrong."""
    desk = desk_of("amina", CLOSED)
    ref = stories.closed_family(desk).ref
    desk.db.close()
    stories.approved(desk_of, ref)
    desk = desk_of("amina", SWEPT)
    head = audits.verify(desk).head
    Register(desk.vault.register).enter({"review": "RV-0001-R", "family": ref, "audit_head": head, "on": "2025-03-10"})
    assert audits.verify(desk).problems == ()


@pytest.mark.parametrize("detail", ['{"certificate":5}', '{"certificate":{"RC-000003-A":"0"}}', "7", "[]"])
def test_an_entry_that_was_altered_tells_of_no_certificate(three: Desk, desk_of: OpenDesk, detail: str) -> None:
    """Both are named, whatever it says now."""
    seq = three.db.value("SELECT max(seq) FROM audit WHERE action = 'retention.sweep' AND refs LIKE '%LCS-0003-A%'")
    with without_triggers(three) as connection:
        connection.execute("UPDATE audit_detail SET detail = ? WHERE seq = ?", (detail, seq))
    found = problems(desk_of("amina", SWEPT))
    assert f"the detail of entry {seq} was altered" in found
    assert "RC-000003-A is there, and no entry tells of it" in found


@pytest.mark.parametrize("content", ["{}", "[]", "7"])
def test_nothing_is_disposed_of_while_the_last_certificate_is_none(desk_of: OpenDesk, content: str) -> None:
    """The next one could not be bound to it."""
    desk = desk_of("amina", CLOSED)
    refs = [stories.closed_family(desk).ref for _ in range(2)]
    desk.db.close()
    stories.disposed(desk_of, refs[0])
    with without_triggers(desk_of("amina", SWEPT)) as connection:
        connection.execute("UPDATE certificate SET content = ?", (content,))
    stories.approved(desk_of, refs[1])
    with pytest.raises(DamagedVaultError, match="the last certificate of disposal was altered"):
        stories.swept(desk_of)
    assert desk_of().db.rows("SELECT id FROM family") == [(2,)]


@pytest.mark.parametrize("told", [True, False])
def test_a_disposal_that_a_restore_carried_out_again_needs_no_other_certificate(
    three: Desk, desk_of: OpenDesk, told: bool
) -> None:
    """Its certificate was lost with what was put back; the entry of the restore names its line."""
    with without_triggers(three) as connection:
        connection.execute("DELETE FROM certificate WHERE id = 3")
    desk = desk_of("amina", SWEPT)
    line = Register(desk.vault.register).lines[2]
    if told:
        with desk.together():
            desk.log("vault.restore", "done", [line["review"]], {"register_digest": line["digest"]})
    assert ("and no certificate does" in problems(desk)) is not told


def test_an_altered_one_is_not_shown_as_if_it_were_whole(three: Desk, desk_of: OpenDesk) -> None:
    """Nor written to a file."""
    with without_triggers(three) as connection:
        connection.execute("UPDATE certificate SET content = replace(content, 'U-003-A', 'U-009-D') WHERE id = 2")
    desk = desk_of("amina", SWEPT)
    for attempt in (certificates.listing, lambda d: certificates.show(d, REFS[1])):
        with pytest.raises(DamagedVaultError, match="RC-000002-W was altered"):
            attempt(desk)
    assert certificates.show(desk, REFS[0]).ref == REFS[0]
