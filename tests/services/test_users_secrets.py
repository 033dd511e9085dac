"""Passphrases and the recovery key: changed by their owner, renewed by a manager; the one before opens nothing."""

from pathlib import Path

import pytest

from lcs_cli.errors import CannotUnlockError, DamagedVaultError, RefusedError, UsageError, VaultBusyError
from lcs_cli.records.user import KeyName, Role
from lcs_cli.services import audits, flags, keys, setup, users
from lcs_cli.services.desk import Desk
from lcs_cli.vault import sealing
from lcs_cli.vault.folder import HEADER, HEADER_COPY
from lcs_cli.vault.sealing import SealBrokenError
from lcs_cli.vault.secret import Secret, read_recovery_key
from lcs_cli.vault.signers import entry_body
from lcs_cli.vault.slots import Unlocked, by_secret, by_unlocked, open_key
from tests.conftest import CHEAP, TODAY, OpenDesk, moment, open_desk, passphrase
from tests.services import stories
from tests.vault.tampering import header_of

NEW = Secret(passphrase="six new teaspoons in a drawer")
COPIES = (HEADER, HEADER_COPY)
PUT_BACK = pytest.mark.parametrize(
    "back", [(), COPIES[:1], COPIES[1:], COPIES], ids=["none", "first", "second", "both"]
)


def opened(vault: Path, name: str, secret: Secret) -> Desk:
    """The vault, opened with some secret."""
    return setup.open_desk(vault, name, secret, now=moment(TODAY), today=TODAY)


def recovery(key: str | None) -> Secret:
    """A recovery key as it was printed."""
    return read_recovery_key(str(key))


def headers(vault: Path) -> list[bytes]:
    """The bytes of both copies."""
    return [(vault / copy).read_bytes() for copy in COPIES]


def put_back(vault: Path, former: bytes, copies: tuple[str, ...]) -> None:
    """An older header in place of some of the copies."""
    for copy in copies:
        (vault / copy).write_bytes(former)


def opens_nothing(vault: Path, name: str, secret: Secret) -> None:
    """The secret does not open the slot, this time or the next."""
    for _ in range(2):
        with pytest.raises(CannotUnlockError, match="wrong passphrase or key"):
            opened(vault, name, secret)


# --- One's own passphrase --------------------------------------------------------------------------------------------


@PUT_BACK
@pytest.mark.parametrize("name", ["amina", "tomos"])
def test_people_change_their_own_passphrase(vault: Path, name: str, back: tuple[str, ...]) -> None:
    """No manager signs; in both copies the old one opens nothing, and no older copy that is put back brings it back."""
    before = header_of(vault)
    assert users.change_passphrase(open_desk(vault, name), NEW, CHEAP).name == name
    now = headers(vault)
    assert now[0] == now[1]
    header = header_of(vault)
    assert (header.epoch, header.signature) == (before.epoch, before.signature)
    assert header.slot(name).lock.revision == before.slot(name).lock.revision + 1
    put_back(vault, before.to_bytes(), back)
    opens_nothing(vault, name, Secret(passphrase=passphrase(name)))
    assert headers(vault) == now
    put_back(vault, before.to_bytes(), back)
    if back == COPIES:  # only the data file knows the new lock, and whoever else comes in brings it out
        assert open_desk(vault, "rhys").user.name == "rhys"
    desk = opened(vault, name, NEW)
    assert headers(vault) == now
    assert set(desk.vault.opened.keys) == set(before.slot(name).keys)
    last = stories.trail(desk)[-1]
    assert (last.action, last.refs, last.actor) == (
        "vault.user.passphrase",
        (desk.user.reference,),
        desk.user.reference,
    )


def test_the_others_and_the_managers_go_on_with_the_changed_lock(vault: Path) -> None:
    """Whoever is admitted next, it stays; and a person may change it again and again."""
    users.change_passphrase(open_desk(vault, "tomos"), NEW, CHEAP)
    desk = open_desk(vault)
    users.add_user(desk, "nia", [Role.WORKER], Secret(passphrase=passphrase("nia")), CHEAP)
    keys.rotate(desk)
    tomos = opened(vault, "tomos", NEW)
    users.change_passphrase(tomos, Secret(passphrase=passphrase("tomos")), CHEAP)
    users.change_passphrase(tomos, NEW, CHEAP)
    assert header_of(vault).slot("tomos").lock.revision == 4
    assert [one.user.name for one in (opened(vault, "tomos", NEW), open_desk(vault, "nia"))] == ["tomos", "nia"]
    assert audits.verify(open_desk(vault)).problems == ()


def test_a_data_file_from_before_the_change_does_not_bring_the_old_passphrase_back(vault: Path) -> None:
    """It is older than the header, as after somebody put it back: neither of the two is followed."""
    desk = open_desk(vault, "tomos")
    desk.db.close()
    former = desk.db.path.read_bytes()
    users.change_passphrase(desk, NEW, CHEAP)
    desk.db.close()
    now = headers(vault)
    desk.db.path.write_bytes(former)
    for name, secret in (("tomos", NEW), ("amina", Secret(passphrase=passphrase("amina")))):
        with pytest.raises(DamagedVaultError, match="older than the header"):
            opened(vault, name, secret)
    with pytest.raises(CannotUnlockError):
        open_desk(vault, "tomos")
    assert headers(vault) == now


def test_a_passphrase_is_not_changed_with_what_was_unlocked(vault: Path) -> None:
    """Whoever finds a screen unlocked must not lock its owner out."""
    desk = open_desk(vault, "tomos")
    kept = Unlocked.of(desk.vault.header, desk.vault.opened)
    unlocked = setup.open_desk_by(vault, by_unlocked(kept), now=moment(TODAY), today=TODAY)
    before = headers(vault)
    with stories.unchanged(unlocked), pytest.raises(CannotUnlockError, match="the passphrase in use"):
        users.change_passphrase(unlocked, NEW, CHEAP)
    assert headers(vault) == before


def test_two_people_who_change_theirs_at_once_do_not_undo_each_other(vault: Path) -> None:
    """The second one begins again."""
    amina, tomos = open_desk(vault), open_desk(vault, "tomos")
    users.change_passphrase(tomos, NEW, CHEAP)
    with pytest.raises(VaultBusyError):
        users.change_passphrase(amina, NEW, CHEAP)
    assert open_desk(vault).user.name == "amina"
    assert opened(vault, "tomos", NEW).user.name == "tomos"


def test_the_recovery_key_has_no_passphrase_to_change(vault: Path, desk: Desk) -> None:
    """It is renewed by a manager who holds every key."""
    key = users.recover(desk, "recovery", None, CHEAP).recovery_key
    with pytest.raises(RefusedError) as refused:
        users.change_passphrase(opened(vault, "recovery", recovery(key)), NEW, CHEAP)
    assert refused.value.rule == "authority"


# --- A passphrase that is lost ---------------------------------------------------------------------------------------


@PUT_BACK
@pytest.mark.parametrize("by", ["amina", "rhys", "recovery"])
def test_who_lost_a_passphrase_is_let_in_again(vault: Path, desk: Desk, by: str, back: tuple[str, ...]) -> None:
    """The same person with the same roles and keys; what they lost opens nothing, whatever is put back."""
    key = users.recover(desk, "recovery", None, CHEAP).recovery_key
    acting = opened(vault, by, recovery(key)) if by == "recovery" else open_desk(vault, by)
    before = header_of(vault)
    renewed = users.recover(acting, "tomos", NEW, CHEAP)
    assert (renewed.user.reference, renewed.recovery_key) == ("U-004-G", None)
    put_back(vault, before.to_bytes(), back)
    opens_nothing(vault, "tomos", Secret(passphrase=passphrase("tomos")))
    tomos = opened(vault, "tomos", NEW)
    assert (tomos.user, set(tomos.vault.opened.keys)) == (before.slot("tomos").user, {KeyName.RECORDS})
    assert header_of(vault).slot("tomos").lock.public_seal != before.slot("tomos").lock.public_seal
    last = stories.trail(tomos)[-1]
    assert (last.action, last.refs, last.actor) == ("vault.user.recover", ("U-004-G",), acting.user.reference)


def test_what_somebody_did_before_and_after_is_signed_with_the_key_of_its_time(vault: Path) -> None:
    """The earlier entries verify under the old key, the later ones under the new one, and none under both."""
    stories.family(open_desk(vault))
    public = [header_of(vault).slot("tomos").public_sign]
    for secret in (None, NEW):
        if secret:
            users.recover(open_desk(vault), "tomos", secret, CHEAP)
            public.append(header_of(vault).slot("tomos").public_sign)
        desk = opened(vault, "tomos", secret) if secret else open_desk(vault, "tomos")
        stories.flag(desk, "LCS-0001-R", closed=False)
    assert audits.verify(open_desk(vault)).problems == ()
    rows = desk.db.rows("SELECT digest, signature FROM audit WHERE actor = 'U-004-G' ORDER BY seq")
    bodies = [(entry_body(desk.vault.header.vault, digest), signature) for digest, signature in rows]
    fits = [[sealing.verifies(key, signature, body) for key in public] for body, signature in bodies]
    assert fits == [[True, False], [False, True]]


def test_a_lead_is_let_in_again_by_who_holds_the_key_and_reads_on(vault: Path) -> None:
    """A manager without it is refused, with the clause, before and after the questions."""
    desk = open_desk(vault)
    users.add_user(desk, "nia", [Role.SAFEGUARDING_LEAD], Secret(passphrase=passphrase("nia")), CHEAP)
    ref = stories.flag(desk, stories.family(desk).ref)
    rhys = open_desk(vault, "rhys")
    for attempt in (lambda: users.recover(rhys, "nia", NEW, CHEAP), lambda: users.check_recover(rhys, "nia")):
        with pytest.raises(RefusedError, match="does not hold the safeguarding key") as refused:
            attempt()
        assert (refused.value.clause, refused.value.rule) == ("4.5", "keys")
        last = stories.trail(rhys)[-1]
        assert (last.action, last.outcome, last.actor) == ("vault.user.recover", "refused", "U-003-A")
    assert open_desk(vault, "nia").user.name == "nia"
    users.recover(open_desk(vault), "nia", NEW, CHEAP)
    assert flags.show(opened(vault, "nia", NEW), ref).narrative == "A bruise on one arm."


@pytest.mark.parametrize(
    ("name", "secret", "why"),
    [
        ("amina", NEW, "whoever is in needs no recovery"),
        ("robot", NEW, "a service whose key is lost"),
        ("recovery", NEW, "a passphrase is a person's"),
        ("tomos", None, "a passphrase is a person's"),
    ],
)
def test_what_is_no_recovery_is_refused(vault: Path, desk: Desk, name: str, secret: Secret | None, why: str) -> None:
    """Each with what to do instead."""
    users.add_service(desk, "robot", ["retention.sweep"], vault.parent / "robot.key")
    before = headers(vault)
    with stories.unchanged(desk), pytest.raises(UsageError, match=why) as refused:
        users.recover(desk, name, secret, CHEAP)
    assert "lcs vault user" in refused.value.hint
    assert headers(vault) == before


# --- The recovery key itself -----------------------------------------------------------------------------------------


@PUT_BACK
def test_a_renewed_recovery_key_leaves_the_one_before_without_use(
    vault: Path, desk: Desk, back: tuple[str, ...]
) -> None:
    """It is shown once, and holds every key; whatever older header is put back, the old one opens nothing."""
    old = users.recover(desk, "recovery", None, CHEAP).recovery_key
    assert opened(vault, "recovery", recovery(old)).user.name == "recovery"
    before = header_of(vault)
    made = users.recover(open_desk(vault), "recovery", None, CHEAP)
    assert str(made.recovery_key) not in repr(made)
    assert made.recovery_key != old
    put_back(vault, before.to_bytes(), back)
    opens_nothing(vault, "recovery", recovery(old))
    desk = opened(vault, "recovery", recovery(made.recovery_key))
    assert set(desk.vault.opened.keys) == set(KeyName)


def test_a_renewed_recovery_key_asks_for_the_keys_that_the_old_one_led_to(desk: Desk) -> None:
    """The paper that is lost may have been found. Who forgot a passphrase has lost it to nobody."""
    users.recover(desk, "tomos", NEW, CHEAP)
    assert keys.keys_to_replace(desk) == set()
    users.recover(desk, "recovery", None, CHEAP)
    assert keys.keys_to_replace(desk) == {KeyName.RECORDS, KeyName.CONTACT, KeyName.SAFEGUARDING}


def test_the_recovery_key_lets_the_only_lead_in_again(vault: Path, desk: Desk) -> None:
    """Nobody else could: that is what it is locked away for."""
    ref = stories.flag(desk, stories.family(desk).ref)
    key = users.recover(desk, "recovery", None, CHEAP).recovery_key
    acting = opened(vault, "recovery", recovery(key))
    users.recover(acting, "amina", NEW, CHEAP)
    opens_nothing(vault, "amina", Secret(passphrase=passphrase("amina")))
    assert flags.show(opened(vault, "amina", NEW), ref).narrative == "A bruise on one arm."
    with pytest.raises(UsageError, match="whoever is in needs no recovery"):
        users.recover(acting, "recovery", None, CHEAP)


def test_a_manager_without_the_safeguarding_key_renews_no_recovery_key(desk_of: OpenDesk) -> None:
    """It would be one that cannot let a lead in."""
    with pytest.raises(RefusedError) as refused:
        users.recover(desk_of("rhys"), "recovery", None, CHEAP)
    assert (refused.value.clause, refused.value.rule) == ("4.5", "keys")


def test_an_old_passphrase_with_an_old_header_leads_nowhere_after_a_rotation(vault: Path, desk_of: OpenDesk) -> None:
    """Whoever knew it and copied the header has the key that was sealed to then; nothing new is sealed to that."""
    copied = by_secret("amina", Secret(passphrase=passphrase("amina")))([header_of(vault)])[1]
    assert copied.seal is not None
    users.change_passphrase(desk_of(), NEW, CHEAP)
    changed = header_of(vault).slot("amina")
    assert open_key(header_of(vault).vault, "U-001-R", copied.seal, KeyName.RECORDS, changed.keys[KeyName.RECORDS])
    keys.rotate(opened(vault, "amina", NEW))
    now = header_of(vault).slot("amina")
    for name in (KeyName.RECORDS, KeyName.CONTACT, KeyName.SAFEGUARDING):
        for one in (now.keys[name], now.lock.keys[name]):
            if one.generation == 2:
                with pytest.raises(SealBrokenError):
                    open_key(header_of(vault).vault, "U-001-R", copied.seal, name, one)
    assert {key.generation for name, key in now.keys.items() if name is not KeyName.ADMIN} == {2}
    assert set(opened(vault, "amina", NEW).vault.opened.keys) == set(KeyName)


def test_a_new_passphrase_opens_all_that_the_old_one_did_and_what_comes_later(vault: Path, desk_of: OpenDesk) -> None:
    """Changed twice, with a role given in between and a rotation after it."""
    users.change_passphrase(desk_of("tomos"), NEW, CHEAP)
    users.change_roles(desk_of(), "tomos", [Role.WORKER, Role.ADMINISTRATOR])
    assert set(opened(vault, "tomos", NEW).vault.opened.keys) == {KeyName.RECORDS, KeyName.CONTACT}
    users.change_passphrase(opened(vault, "tomos", NEW), Secret(passphrase=passphrase("tomos")), CHEAP)
    keys.rotate(desk_of())
    tomos = desk_of("tomos")
    assert tomos.vault.key(KeyName.CONTACT) == desk_of().vault.key(KeyName.CONTACT)


def test_a_key_that_waits_is_entrusted_anew_after_a_new_passphrase(vault: Path, desk_of: OpenDesk) -> None:
    """It was sealed to the key before: taken up, it would shut its holder out."""
    users.entrust(desk_of(), "tomos")
    users.change_passphrase(desk_of("tomos"), NEW, CHEAP)
    assert desk_of().db.rows("SELECT * FROM entrusted_key") == []
    users.entrust(desk_of(), "tomos")
    users.change_roles(desk_of("rhys"), "tomos", [Role.SAFEGUARDING_LEAD])
    assert KeyName.SAFEGUARDING in opened(vault, "tomos", NEW).vault.opened.keys
