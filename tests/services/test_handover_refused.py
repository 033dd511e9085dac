"""When nothing is handed over (policy 4.6), and what is left behind when it is stopped: nothing that can be read."""

from datetime import timedelta
from pathlib import Path

import pyrage
import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from lcs_cli.errors import DamagedVaultError, FailedError, NotFoundError, RefusedError, UsageError
from lcs_cli.records.document import Document, DocumentKind, MediaType
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.records.retention import RecordClass
from lcs_cli.records.user import KeyName, Role
from lcs_cli.services import audits, doctor, handover, publishing, referrals, users
from lcs_cli.services.desk import Desk
from lcs_cli.services.handover import Order
from lcs_cli.services.publishing import PolicyDraft
from lcs_cli.vault import documents as rows
from lcs_cli.vault import handovers
from lcs_cli.vault.secret import Secret
from tests.conftest import CHEAP, TODAY, OpenDesk, open_desk, passphrase
from tests.services import stories
from tests.services.handovers import IDENTITY, KEY, agreed, handed_over, opened, order
from tests.stopping import KILLED, stopped
from tests.vault.tampering import raw, without_triggers

P1, P2, P3, P5 = (reference(Kind.PERSON, number) for number in (1, 2, 3, 5))
FITTING = {ReferrerKind.LOCAL_AUTHORITY, ReferrerKind.SUCCESSOR}
NARRATIVE, CONTENT = "A bruise on one arm.", b"The conference met."


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "outgoing"
    folder.mkdir()
    return folder / "it.age"


@pytest.fixture
def kept(desk: Desk) -> Desk:
    """A child of whom a concern and a paper are kept, the mother, a council; and a child of whom nothing is."""
    household = stories.family(desk)
    stories.flag(desk, household.ref)
    stories.document(desk, household.ref, DocumentKind.CHILD_PROTECTION, content=CONTENT)
    stories.referrer(desk)
    stories.family(desk)
    return desk


def refused(desk: Desk, out: Path, wanted: Order) -> RefusedError:
    """What the refusal says; nothing is written, nothing registered, and it is on the trail."""
    with pytest.raises(RefusedError) as raised:
        handover.hand_over(desk, wanted, out)
    assert list(out.parent.iterdir()) == []
    assert desk.db.rows("SELECT id FROM disclosure") == []
    assert (stories.trail(desk)[-1].action, stories.trail(desk)[-1].outcome) == ("vault.handover", "refused")
    return raised.value


@pytest.mark.parametrize("kind", list(ReferrerKind))
@pytest.mark.clause("4.6", "local authority")
def test_it_goes_to_a_local_authority_or_a_successor_and_to_nobody_else(
    kept: Desk, out: Path, kind: ReferrerKind
) -> None:
    """Not even where a manager would agree; a dry run says so, too."""
    body = stories.referrer(kept, kind, "A body")
    if kind in FITTING:
        assert handed_over(kept, out, order(P1, body))[1].child(P1)["concerns"][0]["narrative"] == NARRATIVE
        return
    error = refused(kept, out, order(P1, body))
    assert (error.clause, error.rule) == ("4.6", "handover-recipient")
    assert f"{body} is registered as a {kind}" in error.message
    assert "goes to a local authority or a successor body" in error.message
    for attempt in (handover.agree, handover.preview):
        with pytest.raises(RefusedError, match="what is kept goes to"):
            attempt(stories.as_rhys(kept) if attempt is handover.agree else kept, order(P1, body))


def test_without_a_key_of_that_body_nothing_leaves(kept: Desk, out: Path) -> None:
    """It is refused with what would allow it; and so is the agreement."""
    error = refused(kept, out, Order(P1, "REF-0001-R"))
    assert (error.clause, error.rule) == ("4.5", "handover-encrypted")
    assert "--to age1" in error.hint
    with pytest.raises(RefusedError, match="no key of REF-0001-R"):
        handover.agree(stories.as_rhys(kept), Order(P1, "REF-0001-R"))


def test_what_is_no_key_is_not_repeated(kept: Desk, out: Path) -> None:
    """The body's private key may have been pasted."""
    secret = str(IDENTITY)
    with pytest.raises(UsageError, match="recipient 1: is not an age recipient") as raised:
        handover.hand_over(kept, order(P1, "REF-0001-R", secret), out)
    assert secret not in str(raised.value)


@pytest.mark.clause("4.6", "for ever")
def test_nothing_is_handed_over_without_a_second_person(kept: Desk, out: Path) -> None:
    """Nobody has agreed; the one who did hands it over; somebody took it back: each is refused."""
    error = refused(kept, out, order(P1))
    assert (error.clause, error.rule) == ("4.6", "handover-agreement")
    assert "nobody has agreed" in error.message
    assert f"lcs vault agree --child {P1} --referrer REF-0001-R --to KEY" in error.hint
    handover.agree(kept, order(P1))
    error = refused(kept, out, order(P1))
    assert (error.rule, error.message.split(",")[0]) == ("handover-both-sides", "U-001-R agreed to it")
    agreed(kept, order(P1))
    handover.agree(kept, order(P1), agreed=False)
    assert "U-001-R said no on 2026-11-26" in refused(kept, out, order(P1)).message
    agreed(kept, order(P1))
    assert handover.hand_over(kept, order(P1), out).reference == "EX-000001-R"


@pytest.mark.parametrize(
    "other",
    [
        order(None),
        order(P5),
        order(P1, "REF-0002-W"),
        order(P1, "REF-0001-R", str(pyrage.x25519.Identity.generate().to_public())),
        order(P1, "REF-0001-R", KEY, str(pyrage.x25519.Identity.generate().to_public())),
    ],
    ids=["all", "another child", "another body", "another key", "one more key"],
)
def test_an_agreement_is_to_just_that(kept: Desk, out: Path, other: Order) -> None:
    """To that child, that body and those keys: a key that was exchanged in between is noticed."""
    stories.referrer(kept, name="Another Council")
    fourth = stories.family(kept)
    stories.flag(kept, fourth.ref)
    agreed(kept, order(P1))
    assert "nobody has agreed" in refused(kept, out, other).message


def test_the_order_of_keys_and_the_comment_on_one_do_not_matter(kept: Desk, out: Path) -> None:
    """A comment may be somebody's name."""
    ssh = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN"
    agreed(kept, order(P1, "REF-0001-R", f"{ssh} gwen@anytown", f" {KEY}"))
    handover.hand_over(kept, order(P1, "REF-0001-R", KEY, ssh), out)
    assert opened(out).child(P1)["concerns"][0]["narrative"] == NARRATIVE


def test_an_agreement_is_fresh_for_the_days_of_the_rules(kept: Desk, out: Path) -> None:
    """Fourteen of them: on the last it holds, on the next day it does not."""
    agreed(kept, order(P1))
    later = stories.on(kept, TODAY + timedelta(15))
    assert "the agreement of U-003-A ended on 2026-12-10" in refused(later, out, order(P1)).message
    handover.hand_over(stories.on(kept, TODAY + timedelta(14)), order(P1), out)


def test_an_agreement_ends_when_the_body_is_corrected(kept: Desk, out: Path) -> None:
    """It was about the one that stood there before."""
    agreed(kept, order(P1))
    referrals.edit_referrer(kept, "REF-0001-R", "Othertown Council", None, "mixed up")
    assert "that body was corrected since" in refused(kept, out, order(P1)).message
    agreed(kept, order(P1))
    handover.hand_over(kept, order(P1), out)


@pytest.mark.clause("4.5", "authorised")
def test_who_cannot_open_what_is_sealed_hands_nothing_over(kept: Desk, desk_of: OpenDesk, out: Path) -> None:
    """By the roles; and, where rules grant it to others, by the key that they do not hold."""
    agreed(kept, order(P1))
    users.add_user(kept, "efa", [Role.ADMINISTRATOR], Secret(passphrase=passphrase("efa")), CHEAP)
    error = refused(desk_of("efa"), out, order(P1))
    assert (error.clause, error.rule, error.hint) == ("4.6", "authority", "ask a safeguarding lead")
    lead = 'to = ["safeguarding-lead"]\nactions = ["vault.handover"]'
    wider = lead.replace('["safe', '["administrator", "safe')
    draft = PolicyDraft(TODAY, "the trustees", None, stories.other_rules("authority.toml", lead, wider))
    publishing.publish(kept, draft, publishing.plan(kept, draft).hash)
    error = refused(desk_of("efa"), out, order(P1))
    assert (error.clause, error.rule) == ("4.5", "keys")
    assert f"does not hold the {KeyName.SAFEGUARDING} key" in error.message


def test_of_who_has_nothing_kept_nothing_is_handed_over(kept: Desk, out: Path) -> None:
    """A child of whom nothing is kept is not found; an adult has no file of their own; a slip is another matter."""
    for attempt in (handover.preview, handover.agree):
        there = kept if attempt is handover.preview else stories.as_rhys(kept)
        with pytest.raises(NotFoundError, match="nothing is kept for ever about P-0003-A"):
            attempt(there, order(P3))
        with pytest.raises(UsageError, match="child: P-0002-W is an adult"):
            attempt(there, order(P2))
    with pytest.raises(NotFoundError, match="no person has the reference"):
        handover.preview(kept, order(reference(Kind.PERSON, 99)))
    assert list(out.parent.iterdir()) == []


def test_of_the_sibling_of_whom_nothing_is_kept_nothing_is_handed_over(desk: Desk, out: Path) -> None:
    """Not even a name, while the family's file is still there: a disposal would leave nothing of that child."""
    household = stories.family(desk, 2)
    stories.flag(desk, household.ref, [P1])
    stories.referrer(desk)
    with pytest.raises(NotFoundError, match="nothing is kept for ever about P-0002-W"):
        handover.preview(desk, order(P2))
    _, there = handed_over(desk, out, order(None))
    assert [one["reference"] for one in there.content["children"]] == [P1]
    assert P2.encode() not in there.files["handover.json"]


def test_about_all_where_nothing_is_kept_there_is_nothing(desk: Desk) -> None:
    """No empty file leaves."""
    stories.family(desk)
    stories.referrer(desk)
    with pytest.raises(NotFoundError, match="nothing is kept for ever about any child"):
        handover.preview(desk, order(None))


@pytest.mark.parametrize("place", ["taken", "nowhere", "vault"])
def test_it_is_a_new_file_outside_the_vault(kept: Desk, out: Path, place: str) -> None:
    """Nothing is overwritten, and no copy of it lies in what is backed up."""
    agreed(kept, order(P1))
    out.write_bytes(b"mine")
    where = {"taken": out, "nowhere": out.parent / "there" / "it.age", "vault": kept.vault.folder / "it.age"}[place]
    with pytest.raises(UsageError, match="out: "):
        handover.hand_over(kept, order(P1), where)
    assert out.read_bytes() == b"mine"
    assert kept.db.rows("SELECT id FROM disclosure") == []


def test_a_document_that_is_not_what_was_added_stops_it(kept: Desk, out: Path) -> None:
    """Whole or not at all: nothing is registered, nothing is left."""
    agreed(kept, order(P1))
    with without_triggers(kept) as connection:
        connection.execute("UPDATE document_chunk SET sealed = zeroblob(length(sealed))")
    with pytest.raises(DamagedVaultError, match="DC-000001-R is not what was added"):
        handover.hand_over(kept, order(P1), out)
    assert kept.db.rows("SELECT id FROM disclosure") == []
    assert list(out.parent.iterdir()) == []


def test_a_document_that_no_entry_tells_of_stops_it(kept: Desk, out: Path) -> None:
    """Anybody can seal one with another tool: it is not handed over as what the service was given."""
    agreed(kept, order(P1))
    cls = RecordClass.CHILD_PROTECTION
    forged = Document(0, 1, DocumentKind.CHILD_PROTECTION, cls, MediaType.TXT, 4, "", TODAY, "U-001-R")
    with kept.db.transaction():
        rows.add(kept.vault, forged, None, [b"Lies"])
    with pytest.raises(DamagedVaultError, match="DC-000002-W was added by nobody"):
        handover.hand_over(kept, order(P1), out)
    assert list(out.parent.iterdir()) == []


def test_an_entry_that_was_changed_tells_of_no_agreement(kept: Desk, out: Path) -> None:
    """A yes to another child, written over in its row and in the entry that told of it."""
    stories.flag(kept, stories.family(kept).ref)
    agreed(kept, order(P5))
    with without_triggers(kept) as connection:
        connection.execute("UPDATE handover_agreement SET child_id = 1")
        connection.execute("UPDATE audit SET refs = replace(refs, ?, ?) WHERE action = 'vault.agree'", (P5, P1))
        assert connection.execute("SELECT changes()").fetchone()[0] >= 1
    with pytest.raises(DamagedVaultError, match="no entry tells that U-003-A agreed to this"):
        handover.hand_over(kept, order(P1), out)
    assert list(out.parent.iterdir()) == []


@pytest.mark.parametrize("written", ["decided_by = 'U-003-A'", "child_id = 5", "referrer_id = 2", "agreed = 1"])
def test_an_agreement_that_nobody_signed_is_none(kept: Desk, out: Path, written: str) -> None:
    """Another tool makes one's own yes somebody else's, a yes to another child or body this one, or a no a yes."""
    stories.flag(kept, stories.family(kept).ref)
    stories.referrer(kept, name="Another Council")
    if written == "decided_by = 'U-003-A'":
        handover.agree(kept, order(P1))
    else:
        agreed(kept, order(P1))
    if written == "agreed = 1":
        handover.agree(stories.as_rhys(kept), order(P1), agreed=False)
    with without_triggers(kept) as connection:
        connection.execute(f"UPDATE handover_agreement SET {written}")
    wanted = {"child_id = 5": order(P5), "referrer_id = 2": order(P1, "REF-0002-W")}.get(written, order(P1))
    with pytest.raises(DamagedVaultError, match="no entry tells that U-003-A agreed to this"):
        handover.hand_over(kept, wanted, out)
    assert list(out.parent.iterdir()) == []


def test_an_agreement_that_is_taken_back_meanwhile_leaves_no_file(
    kept: Desk, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the entry of the register and the file's name another person can still stop it; doctor says the rest."""
    agreed(kept, order(P1))
    real = handovers.last

    def taken_back(*given: object) -> object:
        found = real(*given)  # type: ignore[arg-type]
        monkeypatch.setattr(handovers, "last", real)
        kept.db.run(
            "INSERT INTO handover_agreement SELECT 9, child_id, referrer_id, keys, 0, decided_on, decided_by, "
            "policy_version, rules_hash, after_change FROM handover_agreement"
        )
        return found

    monkeypatch.setattr(handovers, "last", taken_back)
    with pytest.raises(FailedError, match="EX-000001-R is registered and was not handed over"):
        handover.hand_over(kept, order(P1), out)
    assert list(out.parent.iterdir()) == []
    found = next(one for one in doctor.examine(kept) if one.check == "exports")
    assert "EX-000001-R: lcs vault handover" in found.found


def test_what_is_named_is_private_and_encrypted(kept: Desk, out: Path) -> None:
    """Its owner's alone, and no word of it can be read without the other half of the key."""
    handed_over(kept, out, order(P1))
    assert out.stat().st_mode & 0o777 == 0o600
    content = out.read_bytes()
    assert content.startswith(b"age-encryption.org/v1\n")
    for word in (NARRATIVE.encode(), CONTENT, b"Llwyd", b"handover.json", b"ustar"):
        assert word not in content
    assert [path.name for path in out.parent.iterdir()] == ["it.age"]
    with pytest.raises(pyrage.DecryptError):
        opened(out, pyrage.x25519.Identity.generate())


def test_stopped_at_any_step_nothing_is_left_that_can_be_read(kept: Desk, tmp_path: Path) -> None:
    """Switched off before each step: what lies about is encrypted or empty, and a file with its name is registered."""
    agreed(kept, order(P1))
    kept.db.close()
    argv = ("--child", P1, "--referrer", "REF-0001-R", "--to", KEY, "--out", "{home}/it.age")
    runs = stopped("killed", kept.vault.folder, tmp_path / "runs", "vault", "handover", *argv)
    assert [one.ran.code for one in runs] == [KILLED] * (len(runs) - 1) + [0]
    assert {"new file", "replace", "fsync", "SQL commit"} <= {one.step for one in runs}
    named = []
    for one in runs:
        files = [path for path in one.folder.parent.iterdir() if path.is_file()]
        assert all(path.read_bytes()[:22] in (b"", b"age-encryption.org/v1\n") for path in files)
        there = open_desk(one.folder)
        named.append(any(path.name == "it.age" and path.stat().st_size for path in files))
        assert not named[-1] or there.db.rows("SELECT disclosure_id FROM handover") == [(1,)]
        there.db.close()
    assert (named[0], named[-1]) == (False, True)


GUARDED = {
    "DELETE FROM handover_agreement": "only grows",
    "UPDATE handover_agreement SET agreed = 1": "stays as it was made",
    "UPDATE handover_agreement SET keys = printf('%064d', 0)": "stays as it was made",
    "REPLACE INTO handover_agreement SELECT * FROM handover_agreement": "stays as it was made",
    "DELETE FROM handover": "only grows",
    "UPDATE handover SET agreement = 2": "only grows",
    "REPLACE INTO handover SELECT * FROM handover": "only grows",
    "INSERT INTO handover VALUES (2, 2)": "agreement of a second person",
    "INSERT INTO handover VALUES (2, 3)": "agreement of a second person",
    "INSERT INTO handover VALUES (2, 4)": "agreement of a second person",
}


@pytest.mark.parametrize("statement", GUARDED)
def test_agreements_and_what_was_made_under_them_only_grow(kept: Desk, out: Path, statement: str) -> None:
    """With another tool, too; and none is entered under a no, one's own yes, or a yes to another body."""
    handed_over(kept, out, order(P1))
    stories.referrer(kept, name="Another Council")
    handover.agree(kept, order(P1))
    rhys = stories.as_rhys(kept)
    handover.agree(rhys, order(P1), agreed=False)
    handover.agree(rhys, order(P1, "REF-0002-W"))
    rhys.db.close()
    with raw(kept, recursive_triggers=True) as connection:
        connection.execute(
            "INSERT INTO disclosure SELECT 2, kind, made_at, made_on, made_by, ground, rule, clause, recipient, "
            "referrer_id, purpose, fields, policy_version, rules_hash FROM disclosure"
        )
        with pytest.raises(sqlcipher.IntegrityError, match=GUARDED[statement]):
            connection.execute(statement)


def test_under_which_agreement_it_was_is_part_of_its_entry(kept: Desk, out: Path) -> None:
    """Another tool that puts it under a later yes is found out."""
    handed_over(kept, out, order(P1))
    agreed(kept, order(P1))
    assert audits.verify(kept).problems == ()
    with without_triggers(kept) as connection:
        connection.execute("UPDATE handover SET agreement = 2")
    assert "EX-000001-R is not what entry" in " ".join(audits.verify(kept).problems)
