"""The safeguarding key, handed on by a lead and a manager together: neither can make a lead alone."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from lcs_cli.errors import RefusedError, UsageError
from lcs_cli.records.user import KeyName, Role
from lcs_cli.services import audits, flags, keys, users
from lcs_cli.services.desk import Desk
from lcs_cli.vault import admission
from lcs_cli.vault.secret import Secret
from tests.conftest import CHEAP, OpenDesk, passphrase
from tests.services import stories
from tests.vault.tampering import raw

SAFEGUARDING = KeyName.SAFEGUARDING
LEAD = [Role.WORKER, Role.SAFEGUARDING_LEAD]
NEW = Secret(passphrase="six new teaspoons in a drawer")


@pytest.fixture
def flag(desk: Desk, desk_of: OpenDesk) -> str:
    """A concern; nia is a safeguarding lead and nothing else, rhys a manager without the key."""
    users.add_user(desk, "nia", [Role.SAFEGUARDING_LEAD], Secret(passphrase=passphrase("nia")), CHEAP)
    ref = stories.flag(desk_of(), stories.family(desk).ref)
    desk.db.close()
    return ref


def waiting(desk: Desk, name: str) -> set[KeyName]:
    """The keys that wait for somebody."""
    return set(admission.entrusted(desk.vault, desk.vault.header.slot(name)))


def refused_without_the_key(desk: Desk, name: str) -> None:
    """A manager who cannot make a lead of somebody is refused with the clause, and told who can; it is logged."""
    with pytest.raises(RefusedError, match="does not hold the safeguarding key") as refused:
        users.change_roles(desk, name, LEAD)
    assert (refused.value.clause, refused.value.rule) == ("4.5", "keys")
    assert f"lcs vault user entrust {name}" in refused.value.hint
    last = stories.trail(desk)[-1]
    assert (last.action, last.outcome) == ("vault.user.roles", "refused")


def test_a_lead_and_a_manager_make_a_lead_together(flag: str, desk_of: OpenDesk) -> None:
    """The lead seals the key, the manager signs; then, and not before, narratives open."""
    assert users.entrust(desk_of("nia"), "tomos").reference == "U-004-G"
    tomos = desk_of("tomos")
    assert set(tomos.vault.opened.keys) == {KeyName.RECORDS}
    with pytest.raises(RefusedError):
        flags.show(tomos, flag)
    users.change_roles(desk_of("rhys"), "tomos", LEAD)
    assert flags.show(desk_of("tomos"), flag).narrative == "A bruise on one arm."
    assert waiting(desk_of("rhys"), "tomos") == set()
    assert audits.verify(desk_of()).problems == ()


@pytest.mark.usefixtures("flag")
def test_a_manager_without_the_key_makes_no_lead_alone(desk_of: OpenDesk) -> None:
    """Nobody hands over what they do not have."""
    refused_without_the_key(desk_of("rhys"), "tomos")
    assert set(desk_of("tomos").vault.opened.keys) == {KeyName.RECORDS}


@pytest.mark.usefixtures("flag")
def test_a_lead_who_is_no_manager_makes_no_lead_alone(desk_of: OpenDesk) -> None:
    """The key waits; the slot is the managers' to sign."""
    nia = desk_of("nia")
    users.entrust(nia, "tomos")
    with pytest.raises(RefusedError) as refused:
        users.change_roles(nia, "tomos", LEAD)
    assert refused.value.rule == "authority"
    with pytest.raises(RefusedError, match="admin key"), nia.db.transaction():
        admission.change_roles(nia.vault, nia.vault.header.slot("tomos"), frozenset(LEAD), frozenset({SAFEGUARDING}))
    assert SAFEGUARDING not in desk_of("tomos").vault.opened.keys


@pytest.mark.usefixtures("flag")
@pytest.mark.parametrize("name", ["rhys", "tomos"])
def test_only_a_lead_entrusts_the_key(desk_of: OpenDesk, name: str) -> None:
    """Who does not hold it has nothing to entrust."""
    desk = desk_of(name)
    with pytest.raises(RefusedError) as refused:
        users.entrust(desk, "tomos")
    assert (refused.value.clause, refused.value.rule) == ("4.5", "authority")
    assert waiting(desk, "tomos") == set()


@pytest.mark.parametrize(
    ("name", "why"),
    [("recovery", "only a person"), ("robot", "only a person"), ("amina", "holds the safeguarding key already")],
)
def test_some_need_no_entrusting_or_cannot_have_it(desk: Desk, vault: Path, name: str, why: str) -> None:
    """A machine is never a safeguarding lead."""
    users.add_service(desk, "robot", ["retention.sweep"], vault.parent / "robot.key")
    with stories.unchanged(desk), pytest.raises(UsageError, match=why):
        users.entrust(desk, name)


def test_an_entrusted_key_that_was_replaced_since_is_not_taken_up(flag: str, desk_of: OpenDesk) -> None:
    """It opens nothing any more, also where somebody put its row back: the lead entrusts the new one."""
    users.entrust(desk_of("nia"), "tomos")
    row = desk_of().db.row("SELECT * FROM entrusted_key WHERE manager = ?", desk_of("rhys").user.reference)
    assert row is not None
    keys.rotate(desk_of())
    rhys = desk_of("rhys")
    assert waiting(rhys, "tomos") == set()
    refused_without_the_key(rhys, "tomos")
    with raw(rhys) as connection:
        connection.execute("INSERT INTO entrusted_key VALUES (?, ?, ?, ?, ?)", row)
    assert waiting(rhys, "tomos") == set()
    refused_without_the_key(rhys, "tomos")
    users.entrust(desk_of("nia"), "tomos")
    users.change_roles(desk_of("rhys"), "tomos", LEAD)
    assert flags.show(desk_of("tomos"), flag).narrative == "A bruise on one arm."


def test_an_entrusted_key_waits_through_a_rotation_that_does_not_replace_it(flag: str, desk_of: OpenDesk) -> None:
    """As when a manager without it removes somebody else meanwhile."""
    users.entrust(desk_of("nia"), "tomos")
    assert SAFEGUARDING not in keys.rotate(desk_of("rhys")).keys
    users.change_roles(desk_of("rhys"), "tomos", LEAD)
    assert flags.show(desk_of("tomos"), flag).narrative == "A bruise on one arm."


@pytest.mark.usefixtures("flag")
@pytest.mark.parametrize("after", ["removed", "other roles", "recovered"])
def test_an_entrusted_key_does_not_wait_for_ever(desk_of: OpenDesk, after: str) -> None:
    """Whoever left, was given other roles, or has keys of their own anew, is entrusted with it again, or not at all."""
    users.entrust(desk_of("nia"), "tomos")
    rhys = desk_of("rhys")
    if after == "removed":
        users.remove(rhys, "tomos")
    elif after == "other roles":
        users.change_roles(rhys, "tomos", [Role.ADMINISTRATOR])
    else:
        users.recover(rhys, "tomos", NEW, CHEAP)
    assert rhys.db.rows("SELECT * FROM entrusted_key") == []
    if after != "removed":
        refused_without_the_key(rhys, "tomos")


@pytest.mark.usefixtures("flag")
def test_an_entrusted_key_of_a_later_generation_is_not_taken_up(desk_of: OpenDesk) -> None:
    """A number that somebody made up for it is not that of the key in use."""
    nia = desk_of("nia")
    users.entrust(nia, "tomos")
    with raw(nia) as connection:
        connection.execute("UPDATE entrusted_key SET generation = 7")
    assert waiting(desk_of("rhys"), "tomos") == set()
    refused_without_the_key(desk_of("rhys"), "tomos")
    assert SAFEGUARDING not in desk_of("tomos").vault.opened.keys


def test_a_lead_whose_roles_change_keeps_the_key_without_anybody_who_holds_it(flag: str, desk_of: OpenDesk) -> None:
    """What they have is not handed over again."""
    rhys = desk_of("rhys")
    users.change_roles(rhys, "nia", LEAD)
    assert flags.show(desk_of("nia"), flag).narrative == "A bruise on one arm."
    slot = rhys.vault.header.slot("nia")
    assert replace(slot.user, roles=frozenset(LEAD)) == slot.user
    users.change_roles(rhys, "nia", [Role.WORKER])
    assert keys.keys_to_replace(rhys) == {SAFEGUARDING, KeyName.CONTACT}
    refused_without_the_key(rhys, "nia")
