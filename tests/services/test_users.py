"""Who may open the vault: people and services leave and change, and each refusal names its clause."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lcs_cli.errors import CannotUnlockError, NotFoundError, RefusedError, UsageError
from lcs_cli.records.user import KeyName, Role
from lcs_cli.services import audits, families, keys, setup, staff, users
from lcs_cli.services.desk import Desk
from lcs_cli.vault.secret import Secret, read_key_file, read_recovery_key
from tests.conftest import CHEAP, TODAY, OpenDesk, moment, passphrase
from tests.services import stories
from tests.vault.tampering import header_of

RECORDS, CONTACT, SAFEGUARDING = KeyName.RECORDS, KeyName.CONTACT, KeyName.SAFEGUARDING
NEW = Secret(passphrase="six new teaspoons in a drawer")


def admit(desk: Desk, name: str, *roles: Role) -> None:
    """Somebody new, with the passphrase of their name."""
    users.add_user(desk, name, roles, Secret(passphrase=passphrase(name)), CHEAP)


def new_recovery_key(desk: Desk) -> str:
    """A new recovery key, as it is printed."""
    return str(users.recover(desk, "recovery", None, CHEAP).recovery_key)


def recovery_desk(desk: Desk, key: str | None = None) -> Desk:
    """The vault, opened with the recovery key, or with a new one."""
    secret = read_recovery_key(key or new_recovery_key(desk))
    return setup.open_desk(desk.vault.folder, "recovery", secret, now=moment(TODAY), today=TODAY)


def robot(desk: Desk) -> Path:
    """A service identity; its key file."""
    path = desk.vault.folder.parent / "robot.key"
    users.add_service(desk, "robot", ["retention.sweep"], path)
    return path


def names(desk: Desk) -> list[str]:
    """Who has a slot."""
    return [slot.user.name for slot in desk.vault.header.slots]


def refused_on_own_behalf(desk: Desk, what: str, attempt: Callable[[], object]) -> None:
    """The attempt is refused by the rule about oneself, with its clause, and is on the trail."""
    with pytest.raises(RefusedError, match=f"may not {what}") as refused:
        attempt()
    assert (refused.value.clause, refused.value.rule) == ("4.5", "own-behalf")
    assert refused.value.quote
    assert stories.trail(desk)[-1].outcome == "refused"


# --- Leaving ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["amina", "rhys", "recovery"])
def test_who_is_removed_has_no_slot_any_more(desk: Desk, desk_of: OpenDesk, by: str) -> None:
    """A manager does it, or the recovery key; the others go on, and what was done before stays signed."""
    stories.family(desk)
    stories.flag(desk_of("tomos"), "LCS-0001-R", closed=False)
    acting = recovery_desk(desk) if by == "recovery" else desk_of(by)
    assert users.remove(acting, "tomos").reference == "U-004-G"
    assert "tomos" not in names(acting)
    last = stories.trail(acting)[-1]
    assert (last.action, last.refs, last.detail) == ("vault.user.remove", ("U-004-G",), {"keys": ["records"]})
    with pytest.raises(CannotUnlockError, match="nobody of that name"):
        desk_of("tomos")
    assert [desk_of(name).user.name for name in ("amina", "rhys")] == ["amina", "rhys"]
    assert audits.verify(desk_of()).problems == ()


def test_the_keys_of_who_was_removed_wait_to_be_replaced(desk: Desk, desk_of: OpenDesk) -> None:
    """Of a worker the records key, of a lead all three; never the managers' own, which everybody's lock trusts."""
    admit(desk, "nia", Role.SAFEGUARDING_LEAD, Role.MANAGER)
    assert keys.keys_to_replace(desk) == frozenset()
    users.remove(desk, "tomos")
    assert keys.keys_to_replace(desk) == {RECORDS}
    users.remove(desk, "nia")
    assert keys.keys_to_replace(desk_of("rhys")) == {RECORDS, CONTACT, SAFEGUARDING}


def test_a_name_is_free_again_and_a_reference_is_not(desk: Desk, desk_of: OpenDesk) -> None:
    """Another tomos is another person on the trail."""
    users.remove(desk, "tomos")
    admit(desk, "tomos", Role.WORKER)
    assert desk_of("tomos").user.reference == "U-005-M"


def test_a_service_that_is_removed_opens_nothing_with_its_key_file(desk: Desk, vault: Path) -> None:
    """As when its machine was lost."""
    name, secret = read_key_file(robot(desk))
    assert setup.open_desk(vault, name, secret, now=moment(TODAY), today=TODAY).user.name == "robot"
    users.remove(desk, "robot")
    with pytest.raises(CannotUnlockError):
        setup.open_desk(vault, name, secret, now=moment(TODAY), today=TODAY)
    assert keys.keys_to_replace(desk) == {RECORDS}


@pytest.mark.parametrize("typed", ["amina", "U-001-R", " AMINA "])
def test_nobody_takes_their_own_slot_away(desk: Desk, typed: str) -> None:
    """However they name themselves: so somebody who may admit others is always left."""
    before = header_of(desk.vault.folder)
    refused_on_own_behalf(desk, "take away their own slot", lambda: users.remove(desk, typed))
    assert header_of(desk.vault.folder) == before
    assert keys.keys_to_replace(desk) == frozenset()


@pytest.mark.parametrize("typed", ["recovery", "U-002-W"])
def test_the_recovery_key_is_never_taken_away(desk: Desk, desk_of: OpenDesk, typed: str) -> None:
    """Not by a manager and not by itself: it is renewed instead."""
    for acting in (desk_of("rhys"), recovery_desk(desk)):
        with stories.unchanged(acting), pytest.raises(UsageError, match="the recovery key is never taken away"):
            users.remove(acting, typed)


# --- Other roles -----------------------------------------------------------------------------------------------------


def held(desk_of: OpenDesk, name: str) -> set[KeyName]:
    """The keys that somebody's slot opens."""
    return set(desk_of(name).vault.opened.keys)


@pytest.mark.parametrize("by", ["rhys", "recovery"])
def test_other_roles_bring_their_keys(desk: Desk, desk_of: OpenDesk, by: str) -> None:
    """A worker who becomes an administrator reads addresses from then on; the passphrase stays."""
    stories.family(desk)
    acting = recovery_desk(desk) if by == "recovery" else desk_of(by)
    before = keys.keys_to_replace(acting)
    made = users.change_roles(acting, "tomos", [Role.ADMINISTRATOR, Role.WORKER])
    assert made.roles == {Role.ADMINISTRATOR, Role.WORKER}
    assert held(desk_of, "tomos") == {RECORDS, CONTACT}
    assert families.show(desk_of("tomos"), "LCS-0001-R").family.name == "Llwyd"
    assert keys.keys_to_replace(acting) == before
    detail = {"former": ["worker"], "roles": ["administrator", "worker"], "keys": ["contact", "records"]}
    entry = next(entry for entry in stories.trail(acting) if entry.action == "vault.user.roles")
    assert (entry.refs, entry.detail) == (("U-004-G",), detail)


@pytest.mark.parametrize(
    ("before", "after", "asked"),
    [
        ([Role.ADMINISTRATOR], [Role.WORKER], {CONTACT}),
        ([Role.ADMINISTRATOR, Role.WORKER], [Role.ADMINISTRATOR], set()),
        ([Role.SAFEGUARDING_LEAD], [Role.ADMINISTRATOR], {SAFEGUARDING}),
        ([Role.SAFEGUARDING_LEAD, Role.MANAGER], [Role.WORKER], {CONTACT, SAFEGUARDING}),
        ([Role.MANAGER], [Role.SENIOR_MANAGER], set()),
        ([Role.WORKER], [Role.SAFEGUARDING_LEAD, Role.MANAGER], set()),
    ],
)
def test_keys_that_a_change_takes_away_wait_to_be_replaced(
    desk: Desk, desk_of: OpenDesk, before: list[Role], after: list[Role], asked: set[KeyName]
) -> None:
    """Whoever held one may have kept it."""
    admit(desk, "nia", *before)
    users.change_roles(desk, "nia", after)
    assert keys.keys_to_replace(desk) == asked
    assert desk_of("nia").user.roles == set(after)
    assert not asked & held(desk_of, "nia")


def test_somebody_may_give_up_a_role_but_not_take_one(desk: Desk, desk_of: OpenDesk) -> None:
    """Policy 4.5: another manager gives it, or the recovery key."""
    refused_on_own_behalf(
        desk,
        "give themselves a role",
        lambda: users.change_roles(desk, "amina", [*desk.user.roles, Role.WORKER]),
    )
    refused_on_own_behalf(
        desk, "give themselves a role", lambda: users.change_roles(desk, "U-001-R", [Role.MANAGER, Role.WORKER])
    )
    users.change_roles(desk, "amina", [Role.ADMINISTRATOR])
    assert held(desk_of, "amina") == {RECORDS, CONTACT}
    with pytest.raises(RefusedError) as refused:
        users.change_roles(desk_of(), "amina", [Role.MANAGER])
    assert refused.value.rule == "authority"


@pytest.mark.parametrize("by", ["rhys", "recovery"])
def test_somebody_stays_a_manager(desk: Desk, desk_of: OpenDesk, by: str) -> None:
    """Else nobody could admit or remove anybody any more, but with the key that is locked away."""
    key = new_recovery_key(desk)
    users.change_roles(desk, "amina", [Role.SAFEGUARDING_LEAD])
    acting = desk_of(by) if by == "rhys" else recovery_desk(desk, key)
    with stories.unchanged(acting), pytest.raises(UsageError, match="nobody would be a manager"):
        users.change_roles(acting, "rhys", [Role.SENIOR_MANAGER])
    users.change_roles(acting, "tomos", [Role.MANAGER])
    users.change_roles(acting, "rhys", [Role.SENIOR_MANAGER])
    assert [Role.MANAGER in desk_of(name).user.roles for name in ("rhys", "tomos")] == [False, True]


@pytest.mark.parametrize("typed", ["robot", "recovery", "U-002-W", "U-005-M"])
def test_only_people_have_roles(desk: Desk, typed: str) -> None:
    """Not a service, not the recovery key."""
    robot(desk)
    with stories.unchanged(desk), pytest.raises(UsageError, match="only people have roles"):
        users.change_roles(desk, typed, [Role.WORKER])


def test_a_change_to_no_role_at_all_is_none(desk: Desk) -> None:
    """Whoever has none is removed."""
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^role: at least one"):
        users.change_roles(desk, "tomos", [])


# --- Names, the list -------------------------------------------------------------------------------------------------

VERBS: list[Callable[[Desk, str], object]] = [
    users.remove,
    lambda desk, name: users.change_roles(desk, name, [Role.ADMINISTRATOR]),
    users.entrust,
    lambda desk, name: users.recover(desk, name, NEW, CHEAP),
]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("typed", ["tomos", "U-004-G", "u-004-g", " Tomos "])
def test_somebody_is_named_by_login_or_by_reference(
    desk: Desk, verb: Callable[[Desk, str], object], typed: str
) -> None:
    """However it is spelt."""
    verb(desk, typed)
    assert stories.trail(desk)[-1].refs == ("U-004-G",)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("typed", ["nia", "U-009-D", "U-004-R", "tomo", "", "U-004"])
def test_a_name_that_nobody_has_is_not_guessed(desk: Desk, verb: Callable[[Desk, str], object], typed: str) -> None:
    """A slip in a name must never take somebody else's slot away."""
    with stories.unchanged(desk), pytest.raises(NotFoundError, match="nobody of that name"):
        verb(desk, typed)


def test_the_list_says_who_is_in_and_whose_undertaking_is_missing(desk: Desk, desk_of: OpenDesk) -> None:
    """People only: a machine and the recovery key sign nothing. Who is not on the staff register has signed nothing."""
    robot(desk)
    tomos = stories.staff_member(desk, login="tomos", vetted=False)
    amina = stories.staff_member(desk, login="amina", vetted=False)
    listed = {one.user.name: (one.staff, one.undertaking_is_missing) for one in users.list_users(desk)}
    assert listed["tomos"] == (tomos, True)
    staff.undertake(desk, tomos, TODAY)
    staff.undertake(desk_of("rhys"), amina, TODAY)
    assert {one.user.name: (one.staff, one.undertaking_is_missing) for one in users.list_users(desk)} == {
        "amina": (amina, False),
        "recovery": (None, False),
        "rhys": (None, True),
        "tomos": (tomos, False),
        "robot": (None, False),
    }
    users.remove(desk, "tomos")
    assert "tomos" not in [one.user.name for one in users.list_users(desk_of("rhys"))]
