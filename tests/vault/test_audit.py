"""The audit trail: whole as long as nobody touches it, and each way of touching it is noticed."""

import json
from functools import partial
from pathlib import Path

import pytest

from lcs_cli.errors import DamagedVaultError, UsageError
from lcs_cli.records.references import Kind
from lcs_cli.services import audits, doctor, families, gaps, keys
from lcs_cli.services.desk import Desk
from tests.conftest import OpenDesk, make_vault, open_desk
from tests.services import stories
from tests.vault.tampering import without_triggers

COLUMNS = "seq, at, actor, action, outcome, refs, detail_digest, previous, digest, signature"


@pytest.fixture
def trail(desk: Desk) -> Desk:
    """A desk with some entries behind it."""
    household = stories.closed_family(desk)
    families.show(desk, household.ref)
    return desk


def problems(desk: Desk) -> tuple[str, ...]:
    """What `lcs audit verify` says."""
    return audits.verify(desk).problems


def test_an_untouched_trail_is_whole(trail: Desk) -> None:
    """Before and after it was verified, which is an entry itself."""
    assert problems(trail) == ()
    assert problems(trail) == ()


def test_the_head_is_the_last_entry(trail: Desk) -> None:
    """Its number and digest, as they are noted elsewhere."""
    last = stories.trail(trail)[-1]
    assert audits.verify(trail).head == f"{last.seq}:{last.digest}"


ALTERED = [
    ("UPDATE audit SET actor = 'U-002-W' WHERE seq = 5", "entry 5 was altered"),
    ("UPDATE audit SET at = '2020-01-01T00:00:00Z' WHERE seq = 5", "entry 5 was altered"),
    ("UPDATE audit SET action = 'family.list' WHERE seq = 5", "entry 5 was altered"),
    ("UPDATE audit SET outcome = 'refused' WHERE seq = 5", "entry 5 was altered"),
    ("UPDATE audit SET refs = '[]' WHERE seq = 4", "entry 4 was altered"),
    ("UPDATE audit SET detail_digest = digest WHERE seq = 5", "entry 5 was altered"),
    ("UPDATE audit SET previous = digest WHERE seq = 5", "entry 5 does not follow"),
    ("UPDATE audit SET digest = previous WHERE seq = 5", "entry 5 was altered"),
    ("UPDATE audit_detail SET detail = '{}' WHERE seq = 5", "the detail of entry 5 was altered"),
    ("DELETE FROM audit_detail WHERE seq = 5", "the detail of entry 5 was taken away"),
    ("DELETE FROM audit WHERE seq = 5", "entry 5 is missing"),
    ("DELETE FROM audit WHERE seq BETWEEN 2 AND 6", "entries 2 to 6 are missing"),
    ("DELETE FROM audit WHERE seq = 1", "entry 1 is missing"),
    (
        "DELETE FROM audit WHERE seq = 5; UPDATE audit SET seq = seq - 1 WHERE seq > 5; DELETE FROM audit_detail",
        "entry 5 does not follow",
    ),
    (
        f"INSERT INTO audit SELECT {COLUMNS.replace('seq', 'seq + 1')} FROM audit ORDER BY seq DESC LIMIT 1",
        "does not follow",
    ),
    (
        "UPDATE audit SET seq = -seq WHERE seq IN (5, 6); UPDATE audit SET seq = 11 + seq WHERE seq < 0",
        "entry 5 does not follow",
    ),
]


@pytest.mark.parametrize(("statements", "noticed"), ALTERED)
def test_a_trail_that_was_tampered_with_is_noticed(trail: Desk, statements: str, noticed: str) -> None:
    """An entry altered, removed, put in, moved, or its detail changed, by somebody who first took the triggers away."""
    assert problems(trail) == ()
    with without_triggers(trail) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        for statement in statements.split("; "):
            assert connection.execute(statement).rowcount
    assert any(noticed in problem for problem in problems(trail))


def test_an_entry_put_in_between_needs_every_later_one_to_be_made_anew(trail: Desk) -> None:
    """Moving the later ones on does not do: each names the digest of the one before it."""
    assert problems(trail) == ()
    with without_triggers(trail) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("DELETE FROM audit_detail")
        connection.execute("UPDATE audit SET seq = -seq WHERE seq > 5")
        connection.execute("UPDATE audit SET seq = 1 - seq WHERE seq < 0")
        connection.execute(f"INSERT INTO audit SELECT {COLUMNS.replace('seq', '6')} FROM audit WHERE seq = 5")
    assert any("entry 6 does not follow" in problem for problem in problems(trail))


def test_the_same_detail_has_another_digest_each_time(trail: Desk) -> None:
    """It is salted, so that a detail cannot be guessed from its digest."""
    for _ in range(2):
        families.listing(trail)
    rows = trail.db.rows("SELECT detail_digest FROM audit ORDER BY seq DESC LIMIT 2")
    assert rows[0] != rows[1]


def cut(desk: Desk, keep: int) -> None:
    """Cut the end of the trail off."""
    with without_triggers(desk) as connection:
        connection.execute("DELETE FROM audit_detail WHERE seq > ?", (keep,))
        connection.execute("DELETE FROM audit WHERE seq > ?", (keep,))


def test_a_cut_end_is_noticed_by_the_head_on_a_certificate(tmp_path: Path) -> None:
    """The chain that is left is whole in itself; the certificate and the register know what came after it."""
    make_vault(tmp_path / "vault")
    opened = partial(open_desk, tmp_path / "vault")
    household = stories.closed_family(opened("amina", stories.CLOSED))
    stories.disposed(opened, household.ref)
    desk = opened("amina", stories.SWEPT)
    noted = audits.verify(desk)
    assert (noted.noted, noted.problems) == (2, ())
    cut(desk, 12)
    found = problems(desk)
    assert any("the head that RC-000001-R noted" in problem for problem in found)
    assert any("the head that the register of disposals (RV-0001-R) noted" in problem for problem in found)
    assert not any("missing" in problem or "altered" in problem for problem in found)


def test_a_cut_end_whose_details_were_left_is_noticed_at_once(trail: Desk) -> None:
    """It is damage, and said to be: not a defect of lcs that somebody should report."""
    with without_triggers(trail) as connection:
        connection.execute("DELETE FROM audit WHERE seq > 6")
    try:
        noticed = "; ".join(problems(trail))
    except DamagedVaultError as error:
        noticed = error.message
    assert "audit trail" in noticed or "detail" in noticed


def test_a_cut_end_is_noticed_by_the_register_when_the_certificate_went_with_it(tmp_path: Path) -> None:
    """A data file put back to before a disposal: the register lies beside it and remembers."""
    make_vault(tmp_path / "vault")
    opened = partial(open_desk, tmp_path / "vault")
    household = stories.closed_family(opened("amina", stories.CLOSED))
    desk = opened("amina", stories.CLOSED)
    desk.db.close()
    before = desk.db.path.read_bytes()
    stories.disposed(opened, household.ref)
    desk.db.path.write_bytes(before)
    assert any("the register of disposals" in problem for problem in problems(opened("amina", stories.SWEPT)))


def test_the_doctor_reads_the_trail_too(trail: Desk, desk_of: OpenDesk) -> None:
    """With everything else."""
    assert all(finding.sound for finding in doctor.examine(trail))
    with without_triggers(trail) as connection:
        connection.execute("UPDATE audit SET actor = 'U-002-W' WHERE seq = 5")
    unsound = [finding for finding in doctor.examine(desk_of()) if not finding.sound]
    assert [finding.check for finding in unsound] == ["audit trail"]
    assert "entry 5 was altered" in unsound[0].found


def test_the_trail_of_one_reference_is_found(trail: Desk) -> None:
    """However it was typed; newest first, no more than were asked for."""
    household = stories.family(trail)
    for typed in (household.ref, household.ref.lower(), household.ref.replace("-", "")):
        found = audits.listing(trail, typed, 50)
        assert [entry.action for entry in found] == ["family.add"]
    last = stories.trail(trail)[-1].seq
    assert [entry.seq for entry in audits.listing(trail, None, 3)] == [last, last - 1, last - 2]


def test_the_trail_of_one_user_is_found(trail: Desk, desk_of: OpenDesk) -> None:
    """By reference or login name, also together with what it is about."""
    household = stories.family(trail)
    flag = stories.flag(desk_of("tomos"), household.ref, closed=False)
    for typed in ("tomos", "U-004-G", "u-4-g"):
        assert [entry.action for entry in audits.listing(trail, None, 9, typed)] == ["flag.raise"]
    assert [entry.action for entry in audits.listing(trail, household.ref, 9, "U-004-G")] == ["flag.raise"]
    assert audits.listing(trail, flag, 9, "rhys") == []
    with pytest.raises(UsageError, match="by: what was typed is no reference"):
        audits.listing(trail, None, 9, "Tomos Rees")


def test_references_of_what_was_lost_are_not_given_again(trail: Desk) -> None:
    """After a copy was put back: else a letter that names the lost family would fetch another one's file."""
    before = stories.number(Kind.FAMILY, stories.family(trail).ref)
    gaps.accept(trail)
    assert stories.number(Kind.FAMILY, stories.family(trail).ref) == before + 1001
    assert list(keys.keys_to_replace(trail)) == []


@pytest.mark.parametrize(
    ("typed", "hint"),
    [("Llwyd", "give one such as"), ("LCS-0001", "did you mean LCS-0001-R?"), ("LCS-0777-X", "the trail has none")],
)
def test_the_trail_of_what_is_no_reference_is_not_guessed(trail: Desk, typed: str, hint: str) -> None:
    """A slip becomes a question, as long as the trail knows the record; a name is not repeated."""
    with pytest.raises(UsageError, match=r"^about:") as slip:
        audits.listing(trail, typed, 5)
    assert slip.value.hint.startswith(hint)
    assert "Llwyd" not in slip.value.message


def test_entries_hold_references_and_names_of_fields_only(trail: Desk) -> None:
    """And a salt, which is not shown."""
    rows = trail.db.rows("SELECT refs, detail FROM audit JOIN audit_detail USING (seq)")
    for refs, detail in rows:
        assert all(ref.rsplit("-", 1)[-1].isalpha() for ref in json.loads(refs))
        assert len(json.loads(detail).pop("salt")) == 32
    assert all("salt" not in (entry.detail or {}) for entry in stories.trail(trail))
