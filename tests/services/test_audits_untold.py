"""What somebody makes with the managers' key or another tool, and no entry tells: `verify` names it."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from lcs_cli.errors import RefusedError
from lcs_cli.records.request import RequestKind
from lcs_cli.records.user import KeyName, Role, User, UserKind
from lcs_cli.services import audits, flags, keys, report_files, request_release, requests, users
from lcs_cli.services.desk import Desk
from lcs_cli.services.requests import RequestDraft
from lcs_cli.vault import admission, audit, sealing, signers
from lcs_cli.vault.folder import Vault
from lcs_cli.vault.secret import Secret
from lcs_cli.vault.slots import OpenedSlot, Unlocked
from tests.conftest import CHEAP, TODAY, OpenDesk, open_desk, passphrase
from tests.services import stories
from tests.services.handovers import handed_over, order
from tests.vault.tampering import header_of, without_triggers

NEW = Secret(passphrase="six new teaspoons in a drawer")


def silently(desk: Desk, change: str) -> None:
    """A change of who may open the vault, as a manager makes it with a tool that writes no entry."""
    vault: Vault = desk.vault
    tomos = vault.header.slot("tomos")
    with desk.db.transaction():
        if change == "a slot":
            user = User("U-009-D", "ghost", UserKind.PERSON, frozenset({Role.MANAGER}))
            admission.admit(vault, user, NEW, frozenset({KeyName.RECORDS}), CHEAP)
        elif change == "keys":
            admission.change_roles(vault, tomos, tomos.user.roles, frozenset({KeyName.RECORDS, KeyName.CONTACT}))
        elif change == "kind":
            other = replace(tomos, user=replace(tomos.user, kind=UserKind.RECOVERY, roles=frozenset()))
            vault.announce(replace(vault.header.with_slot(other), epoch=9).signed(vault.key(KeyName.ADMIN)))
        elif change == "by a worker":
            log(vault, "vault.user.add", open_desk(vault.folder, "tomos").vault.opened)
        elif change == "a second beginning":
            log(vault, "vault.init", vault.opened)
        elif change == "a signing key with roles":
            since, key = audit.head(desk.db).seq + 1, sealing.public_sign_key(sealing.new_key())
            signers.certify(desk.db, vault.header.vault, vault.key(KeyName.ADMIN), "U-004-G", key, since=since)
            log(vault, "vault.user.roles", vault.opened)
        elif change == "roles":
            roles = frozenset({Role.WORKER, Role.MANAGER})
            admission.change_roles(vault, tomos, roles, frozenset({KeyName.RECORDS, KeyName.ADMIN}))
        else:
            since, key = audit.head(desk.db).seq + 1, sealing.public_sign_key(sealing.new_key())
            admin = vault.key(KeyName.ADMIN)
            signers.certify(desk.db, vault.header.vault, admin, "U-004-G", key, since=since)
    vault.write_header()


def log(vault: Vault, action: str, opened: OpenedSlot) -> None:
    """An entry about tomos that somebody wrote with another tool, and signed as themselves."""
    by = Vault(vault.folder, vault.header, opened, vault.db)
    detail = {"roles": ["worker"], "commands": [], "keys": ["records"]}
    audit.append(by, at="2026-11-26T09:00:00Z", action=action, outcome="done", refs=["U-004-G"], detail=detail)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("a slot", "U-009-D has a slot, and no entry says who let them in"),
        ("roles", "U-004-G has other roles than entry 3 says"),
        ("a signing key", "no entry says why U-004-G signs with another key from entry 4 on"),
        ("a signing key with roles", "no entry says why U-004-G signs with another key from entry 4 on"),
        ("keys", "U-004-G has other keys than entry 3 says"),
        ("kind", "U-004-G is another kind of user than the trail says"),
        ("a second beginning", "entry 4 says that the vault was made anew"),
        ("by a worker", "entry 4 is by U-004-G, whose roles did not allow it then"),
    ],
)
def test_what_a_manager_makes_without_an_entry_is_named(desk: Desk, desk_of: OpenDesk, change: str, said: str) -> None:
    """The signature under the header is right, and yet nobody was told."""
    assert audits.verify(desk_of("rhys")).problems == ()
    with without_triggers(desk) as connection:
        connection.execute("DELETE FROM audit WHERE seq > 3")
        connection.execute("DELETE FROM audit_detail WHERE seq > 3")
    silently(desk, change)
    assert said in audits.verify(desk_of()).problems


def test_people_who_come_change_and_go_are_told_of(desk: Desk, desk_of: OpenDesk, tmp_path: Path) -> None:
    """Each way there is leaves an entry that fits what the header says afterwards."""
    users.add_user(desk, "nia", [Role.SAFEGUARDING_LEAD], NEW, CHEAP)
    users.add_service(desk, "robot", ["retention.sweep"], tmp_path / "robot.key")
    users.change_roles(desk, "tomos", [Role.WORKER, Role.ADMINISTRATOR])
    users.recover(desk, "tomos", NEW, CHEAP)
    users.recover(desk, "recovery", None, CHEAP)
    users.remove(desk, "nia")
    keys.rotate(desk)
    assert audits.verify(desk_of()).problems == ()


def test_a_concern_that_is_gone_with_its_page_is_missed(desk: Desk, desk_of: OpenDesk) -> None:
    """Whoever can write to the folder can put an older page back; the trail remembers what was on it."""
    flag = stories.flag(desk, stories.family(desk).ref)
    assert audits.verify(desk).problems == ()
    with without_triggers(desk) as connection:
        connection.execute("DELETE FROM flag_child")
        connection.execute("DELETE FROM flag")
    entry = next(one for one in stories.trail(desk) if one.action == "flag.close")
    assert audits.verify(desk_of()).problems == (f"{flag} is not there, and entry {entry.seq} tells of it",)


@pytest.mark.parametrize("action", ["report.produce", "request.release", "vault.handover"])
def test_the_entry_of_what_left_is_missed_whatever_it_was(
    desk: Desk, desk_of: OpenDesk, tmp_path: Path, action: str
) -> None:
    """The register is kept for ever: of a report, of records that were handed over or given, as of what was told."""
    household = stories.family(desk)
    if action == "report.produce":
        agreed = stories.agreed(desk, household.ref, stories.referrer(desk))
        left = report_files.produce(desk, agreed, tmp_path, lambda document: document.reference).document.reference
    elif action == "vault.handover":
        stories.flag(desk, household.ref)
        left = handed_over(desk, tmp_path / "it.age", order(household.children[0], stories.referrer(desk)))[0].reference
    else:
        requests.add(desk, household.adult, RequestDraft(RequestKind.OWN, TODAY))
        requests.check(desk, "RQ-0001-R", "Passport seen.", TODAY)
        left = request_release.release(desk, "RQ-0001-R", tmp_path).reference
    assert audits.verify(desk).problems == ()
    with without_triggers(desk) as connection:
        connection.execute("DELETE FROM disclosure")
    entry = next(one for one in stories.trail(desk_of()) if one.action == action)
    assert f"{left} is not there, and entry {entry.seq} tells of it" in audits.verify(desk_of()).problems


def test_a_detail_that_was_taken_away_is_damage(desk: Desk, desk_of: OpenDesk) -> None:
    """No command does it, and it may have told of a record that is gone with it."""
    stories.family(desk)
    assert audits.verify(desk).problems == ()
    with without_triggers(desk) as connection:
        connection.execute("DELETE FROM audit_detail WHERE seq = 4")
    assert audits.verify(desk_of()).problems == ("the detail of entry 4 was taken away",)


def test_a_key_entrusted_to_a_manager_is_sealed_to_the_others_only(desk: Desk, desk_of: OpenDesk) -> None:
    """Sealed to themselves once more, they would open it alone, and read every narrative with another tool."""
    users.entrust(desk, "rhys")
    assert [row[0] for row in desk.db.rows("SELECT manager FROM entrusted_key")] == ["U-001-R", "U-002-W"]
    rhys = desk_of("rhys")
    assert admission.entrusted(rhys.vault, rhys.vault.header.slot("rhys")) == {}
    users.change_roles(desk_of(), "rhys", [Role.MANAGER, Role.SAFEGUARDING_LEAD])
    ref = stories.flag(desk_of(), stories.family(desk_of()).ref)
    assert flags.show(desk_of("rhys"), ref).narrative == "A bruise on one arm."


def test_a_key_entrusted_to_the_only_manager_waits_for_the_recovery_key(desk: Desk, desk_of: OpenDesk) -> None:
    """Nobody gives themselves a role; the recovery key signs it."""
    users.add_user(desk, "nia", [Role.SAFEGUARDING_LEAD], Secret(passphrase=passphrase("nia")), CHEAP)
    users.change_roles(desk_of("rhys"), "amina", [Role.ADMINISTRATOR])
    users.entrust(desk_of("nia"), "rhys")
    assert [row[0] for row in desk_of().db.rows("SELECT manager FROM entrusted_key")] == ["U-002-W"]


def test_who_gives_up_a_role_keeps_nothing_of_it(desk_of: OpenDesk, vault: Path) -> None:
    """Neither for the commands that follow nor for the agent; and another manager replaces the keys."""
    users.change_roles(desk_of(), "rhys", [Role.MANAGER, Role.WORKER])
    rhys = desk_of("rhys")
    users.change_roles(rhys, "rhys", [Role.WORKER])
    assert not keys.may_rotate(rhys)
    with pytest.raises(RefusedError):
        keys.rotate(rhys)
    assert set(Unlocked.of(header_of(vault), rhys.vault.opened).keys) == {KeyName.RECORDS}
    assert keys.keys_to_replace(rhys) == {KeyName.CONTACT}
    assert keys.rotate(desk_of()).left == frozenset()
    assert replace(header_of(vault).slot("rhys").user, name="") == User(
        "U-003-A", "", UserKind.PERSON, frozenset({Role.WORKER})
    )
