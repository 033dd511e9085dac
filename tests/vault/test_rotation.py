"""Rotation: the same records under new keys, for everybody who had the old ones, and for nobody else."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlcipher3 import dbapi2 as sqlcipher

from lcs_cli.errors import DamagedVaultError, RefusedError
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.user import KeyName, Role
from lcs_cli.services import audits, families, keys, setup, users
from lcs_cli.services.desk import Desk
from lcs_cli.vault import sealing
from lcs_cli.vault.encoding import context, encode
from lcs_cli.vault.folder import HEADER, HEADER_COPY
from lcs_cli.vault.secret import Secret, read_key_file, read_recovery_key
from lcs_cli.vault.slots import seal_keys
from tests.conftest import CHEAP, TODAY, OpenDesk, moment, open_desk, passphrase
from tests.services import stories
from tests.vault import sealed
from tests.vault.pages import written
from tests.vault.tampering import header_of, raw, without_triggers

ROTATED = frozenset({KeyName.RECORDS, KeyName.CONTACT, KeyName.SAFEGUARDING})


@pytest.fixture
def vault(sealed_template: Path, tmp_path: Path) -> Path:
    """A vault with something of everything."""
    return sealed.copy(sealed_template, tmp_path)


def service_desk(vault: Path) -> Desk:
    """The vault, opened with the key file of its service."""
    name, secret = read_key_file(vault.parent / "nightly.key")
    return setup.open_desk(vault, name, secret, now=moment(TODAY), today=TODAY)


def recovery_desk(vault: Path, key: str) -> Desk:
    """The vault, opened with the recovery key as it was printed."""
    secret = read_recovery_key(key)
    return setup.open_desk(vault, "recovery", secret, now=moment(TODAY), today=TODAY)


def test_the_vault_that_is_rotated_has_every_kind_of_seal(desk: Desk) -> None:
    """Else what is shown below would be shown of nothing."""
    assert set(sealed.contact_texts(desk).values()) == sealed.TEXTS[KeyName.CONTACT]
    assert set(sealed.flag_texts(desk).values()) == sealed.TEXTS[KeyName.SAFEGUARDING]
    assert [place for place in sealed.seals(desk) if "until" in place[2]]
    assert all(sealed.records(desk)[table] for table in ("certificate", "disclosure", "referral", "attendance"))


def test_after_a_rotation_every_record_is_what_it_was(desk: Desk, desk_of: OpenDesk) -> None:
    """Row by row in every table, the trail too, which has one entry more."""
    before, trail = sealed.records(desk), stories.everything(desk)
    keys.rotate(desk)
    after = desk_of()
    assert sealed.records(after) == before
    rows = stories.everything(after)
    assert rows["audit"][:-1] == trail["audit"]
    assert rows["audit_detail"][:-1] == trail["audit_detail"]
    assert audits.verify(after).problems == ()
    assert after.db.problems() == []


def test_everything_sealed_reads_as_before(desk: Desk, desk_of: OpenDesk) -> None:
    """Each address, each former address, each narrative and each outcome, in its place."""
    before = sealed.texts(desk)
    assert keys.rotate(desk).unopened == 0
    assert sealed.texts(desk_of()) == before


def test_a_rotation_is_one_entry_that_names_the_keys(desk: Desk, desk_of: OpenDesk) -> None:
    """Signed by whoever did it; and the same desk can go on."""
    done = keys.rotate(desk)
    assert (done.keys, done.left) == (ROTATED, frozenset())
    for one in (desk, desk_of()):
        last = stories.trail(one)[-1]
        assert (last.action, last.actor, last.refs) == ("vault.rotate", "U-001-R", ())
        assert stories.detail(last) == {"keys": sorted(ROTATED), "unopened": 0}
    assert families.show(desk, "LCS-0001-R").family.name == "Lloyd"


def test_the_old_keys_open_nothing_of_the_new_file(desk: Desk, desk_of: OpenDesk) -> None:
    """Not the file, not a contact detail, not a narrative: each of the three is another one now."""
    old = desk.vault
    keys.rotate(desk)
    new = desk_of()
    for name in ROTATED:
        assert old.key(name) != new.vault.key(name)
    assert old.key(KeyName.ADMIN) == new.vault.key(KeyName.ADMIN)
    connection = sqlcipher.connect(str(new.db.path))
    connection.execute(f"PRAGMA key = \"x'{old.key(KeyName.RECORDS).hex()}'\"")
    with pytest.raises(sqlcipher.DatabaseError, match="not a database"):
        connection.execute("SELECT count(*) FROM sqlite_schema")
    connection.close()
    found = sealed.seals(new)
    assert found
    old = replace(old, db=new.db)
    for place, one in found.items():
        assert sealed.read(new.vault, place, one)
        with pytest.raises(DamagedVaultError, match="does not open"):
            sealed.read(old, place, one)


def test_no_seal_of_before_is_anywhere_in_the_new_file(desk: Desk, desk_of: OpenDesk) -> None:
    """On no page of it, free or not, as bytes or as text: who kept the contact key finds nothing that it opens."""
    before = [needle for one in sealed.seals(desk).values() for needle in (one, encode(one).encode())]
    key = stories.records_key(desk)
    desk.db.close()
    assert len(written(desk.db.path, key, before)) == len(before) / 2
    keys.rotate(desk)
    new = desk_of()
    new.db.close()
    assert written(new.db.path, stories.records_key(new), before) == set()


def test_people_keep_their_passphrases_and_services_their_key_files(vault: Path, desk: Desk) -> None:
    """Whoever held a key holds its successor, and nobody holds one more."""
    held = {one.user.name: set(one.keys) for one in header_of(vault).slots}
    keys.rotate(desk)
    assert {one.user.name: set(one.keys) for one in header_of(vault).slots} == held
    for name in ("amina", "rhys", "tomos"):
        opened = open_desk(vault, name)
        assert set(opened.vault.opened.keys) == held[name]
        assert stories.records_key(opened) == stories.records_key(desk)
    assert set(service_desk(vault).vault.opened.keys) == {KeyName.RECORDS}
    assert sealed.contact_texts(open_desk(vault, "rhys")) == sealed.contact_texts(desk)


@pytest.mark.parametrize("name", ["tomos", "nia", "nightly"])
def test_a_rotation_that_is_refused_leaves_everything_but_the_trail_alone(vault: Path, name: str) -> None:
    """A worker, an administrator with a lead's role, and a service: they can open the vault, but not re-key it."""
    roles = [Role.ADMINISTRATOR, Role.SAFEGUARDING_LEAD, Role.SENIOR_MANAGER]
    users.add_user(open_desk(vault), "nia", roles, Secret(passphrase=passphrase("nia")), CHEAP)
    desk = service_desk(vault) if name == "nightly" else open_desk(vault, name)
    before, rows = sealed.files(vault), stories.everything(desk)
    with pytest.raises(RefusedError, match="may not run “vault rotate”") as refused:
        keys.rotate(desk)
    assert (refused.value.clause, refused.value.rule) == ("4.5", "authority")
    after = sealed.files(vault)
    assert after.pop("data-1.db") != before.pop("data-1.db")
    assert after == before
    now = stories.everything(desk)
    assert {table for table in now if now[table] != rows[table]} == {"audit", "audit_detail"}
    last = stories.trail(desk)[-1]
    assert (last.action, last.outcome) == ("vault.rotate", "refused")


def test_a_lead_with_another_safeguarding_key_does_not_replace_the_one_in_use(vault: Path, desk: Desk) -> None:
    """Whoever wrote it where an entrusted key waits: sealed anew under nothing, the narratives would be lost."""
    slot = header_of(vault).slot("rhys")
    foreign = seal_keys(
        desk.vault.header.vault, slot.user.reference, slot.lock.public_seal, {KeyName.SAFEGUARDING: (1, bytes(32))}
    )
    manager = header_of(vault).slot("amina")
    sealed_twice = sealing.seal_to(
        manager.lock.public_seal,
        foreign[KeyName.SAFEGUARDING].sealed,
        context("entrusted", desk.vault.header.vault, slot.user.reference, "safeguarding", 1, manager.user.reference),
    )
    with raw(desk) as connection:
        connection.execute(
            "INSERT INTO entrusted_key VALUES (?, 'safeguarding', ?, 1, ?)",
            (slot.user.reference, manager.user.reference, sealed_twice),
        )
    users.change_roles(desk, "rhys", [Role.MANAGER, Role.SAFEGUARDING_LEAD])
    texts = sealed.texts(desk)
    rhys = open_desk(vault, "rhys")
    assert rhys.vault.key(KeyName.SAFEGUARDING) == bytes(32)
    assert keys.rotate(rhys).keys == ROTATED - {KeyName.SAFEGUARDING}
    assert sealed.texts(open_desk(vault)) == texts


def test_a_rotation_leaves_one_data_file_and_two_equal_headers(vault: Path, desk: Desk) -> None:
    """Private to their owner, and nothing of what was built on the way."""
    before = set(sealed.files(vault))
    keys.rotate(desk)
    assert set(sealed.files(vault)) == before - {"data-1.db"} | {desk.db.path.name}
    assert (vault / HEADER).read_bytes() == (vault / HEADER_COPY).read_bytes()
    assert {path.stat().st_mode & 0o077 for path in vault.iterdir()} == {0}


def test_each_rotation_has_a_file_and_keys_of_its_own(vault: Path, desk: Desk) -> None:
    """Twice in a row by one desk, then by another: names and generations only rise, and every key is new."""
    before, texts = sealed.records(desk), sealed.texts(desk)
    seen = [(desk.db.path.name, desk.vault.header.generation(KeyName.RECORDS), stories.records_key(desk))]
    for again in (desk, desk, None):
        keys.rotate(again or open_desk(vault))
        opened = open_desk(vault)
        header = opened.vault.header
        seen.append((header.data, header.generation(KeyName.RECORDS), stories.records_key(opened)))
        assert header.generation(KeyName.CONTACT) == header.generation(KeyName.RECORDS)
    assert [generation for _, generation, _ in seen] == [1, 2, 3, 4]
    assert len({name for name, _, _ in seen}) == len({key for _, _, key in seen}) == 4
    assert sealed.records(opened) == before
    assert sealed.texts(opened) == texts
    assert audits.verify(opened).problems == ()


def made_to_ask(vault: Path) -> None:
    """Nia was a lead for a day: all three keys wait to be replaced."""
    desk = open_desk(vault)
    users.add_user(desk, "nia", [Role.SAFEGUARDING_LEAD], Secret(passphrase=passphrase("nia")), CHEAP)
    users.remove(desk, "nia")
    assert keys.keys_to_replace(desk) == ROTATED
    desk.db.close()


@pytest.mark.parametrize("by", ["amina", "recovery"])
def test_a_manager_without_the_safeguarding_key_leaves_it_to_who_holds_it(vault: Path, by: str) -> None:
    """Records and contact are replaced at once; narratives still open for the lead, who or whose recovery finishes."""
    key = users.recover(open_desk(vault), "recovery", None, CHEAP).recovery_key
    made_to_ask(vault)
    before, rhys = sealed.texts(open_desk(vault)), open_desk(vault, "rhys")
    former = open_desk(vault).vault
    done = keys.rotate(rhys)
    assert (done.keys, done.left) == (ROTATED - {KeyName.SAFEGUARDING}, frozenset({KeyName.SAFEGUARDING}))
    lead = open_desk(vault)
    assert keys.keys_to_replace(lead) == {KeyName.SAFEGUARDING}
    assert lead.vault.key(KeyName.SAFEGUARDING) == former.key(KeyName.SAFEGUARDING)
    assert sealed.texts(lead) == before
    finishing = recovery_desk(vault, str(key)) if by == "recovery" else lead
    done = keys.rotate(finishing)
    assert (done.keys, done.left) == (ROTATED, frozenset())
    lead = open_desk(vault)
    assert keys.keys_to_replace(lead) == frozenset()
    assert lead.vault.key(KeyName.SAFEGUARDING) != former.key(KeyName.SAFEGUARDING)
    assert sealed.texts(lead) == before


def test_a_concern_raised_after_a_rotation_opens_for_the_leads(vault: Path, desk: Desk) -> None:
    """A worker seals to the new public key, and the old private key does not open it."""
    former = desk.vault
    keys.rotate(desk)
    stories.flag(open_desk(vault, "tomos"), "LCS-0001-R", closed=False)
    lead = open_desk(vault)
    assert set(sealed.flag_texts(lead).values()) == sealed.TEXTS[KeyName.SAFEGUARDING]
    place, one = list(sealed.flag_seals(lead).items())[3]
    assert reference(Kind.FLAG, place[1]) == "SF-0004-G"
    with pytest.raises(DamagedVaultError):
        sealed.read(former, place, one)


FIRST = "WHERE id = (SELECT min(id) FROM superseded WHERE kind = 'contact_detail')"
DAMAGES = [
    "UPDATE contact_detail SET sealed = zeroblob(60) WHERE person_id = 3 AND field = 'email'",
    "UPDATE contact_detail SET sealed = x'' WHERE person_id = 3 AND field = 'email'",
    "UPDATE contact_detail SET sealed = randomblob(60) WHERE person_id = 3 AND field = 'email'",
    "UPDATE superseded SET content = json_set(content, '$.sealed', 'AAAA') " + FIRST,
    "UPDATE superseded SET content = json_set(content, '$.sealed', 'no base64') " + FIRST,
    "UPDATE superseded SET content = json_set(content, '$.sealed', 7) " + FIRST,
    "UPDATE superseded SET content = json_remove(content, '$.sealed') " + FIRST,
    "UPDATE superseded SET content = json_set(content, '$.field', 'shoe size') " + FIRST,
    "UPDATE flag SET narrative = zeroblob(80) WHERE id = 2",
    "UPDATE flag SET narrative = x'' WHERE id = 2",
    "UPDATE flag SET outcome = narrative WHERE id = 1",
    "UPDATE document SET key_for_contact = zeroblob(60) WHERE id = 2",
    "UPDATE document SET key_for_safeguarding = (SELECT key_for_safeguarding FROM document WHERE id = 3) WHERE id = 1",
]


_STORED = (
    "SELECT 'detail ' || person_id || field, sealed FROM contact_detail "
    "UNION ALL SELECT 'correction ' || id, content FROM superseded WHERE kind = 'contact_detail' "
    "UNION ALL SELECT 'narrative ' || id, narrative FROM flag "
    "UNION ALL SELECT 'outcome ' || id, outcome FROM flag WHERE outcome IS NOT NULL "
    "UNION ALL SELECT 'key_for_contact ' || id, key_for_contact FROM document WHERE key_for_contact IS NOT NULL "
    "UNION ALL SELECT 'key_for_safeguarding ' || id, key_for_safeguarding FROM document WHERE key_for_contact IS NULL"
)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_seal_that_does_not_open_stays_as_it_was_and_is_counted(vault: Path, desk: Desk, damage: str) -> None:
    """It was lost before; it must not keep everything else under a key that somebody has who left."""
    with without_triggers(desk) as connection:
        assert connection.execute(damage).rowcount == 1
    before: dict[str, object] = dict(desk.db.rows(_STORED))
    assert keys.rotate(desk).unopened == 1
    after = open_desk(vault)
    left = [where for where, value in after.db.rows(_STORED) if before[where] == value]
    assert len(left) == 1
    assert left[0].split()[0] in damage.replace("contact_detail", "detail").replace("superseded", "correction")
    assert stories.detail(stories.trail(after)[-1]) == {"keys": sorted(ROTATED), "unopened": 1}
