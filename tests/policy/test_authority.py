"""Who may do what (policy 4.5): roles, service identities, and the keys that stand behind them."""

from itertools import chain, combinations

import pytest

from lcs_cli.policy.authority import may, service_commands
from lcs_cli.policy.program import keys_for
from lcs_cli.policy.rules import Rules, packaged
from lcs_cli.records.user import KeyName, Role, User, UserKind

EVERY_SET_OF_ROLES = tuple(
    frozenset(roles) for roles in chain.from_iterable(combinations(Role, size) for size in range(len(Role) + 1))
)
GRANTED = {action for grant in packaged().file("authority.toml")["grant"] for action in grant["actions"]}
EVERY_ACTION = tuple(sorted(GRANTED | set(service_commands(packaged()))))
# Anyone can have a copy of the policy (policy 5).
FOR_ANYONE = {"policy.show", "policy.coverage", "policy.give"}
NARRATIVES = {"flag.show", "flag.close", "accident.show"}
UNKNOWN = ("", "*", "flag", "flag.", "flag.*", "FLAG.SHOW", "flag.show ", "family.delete", "person", "to", "clause")


def person(*roles: Role) -> User:
    return User("U-001-R", "mira", UserKind.PERSON, frozenset(roles))


def service(*commands: str, roles: frozenset[Role] = frozenset()) -> User:
    return User("U-009-D", "nightly", UserKind.SERVICE, roles, frozenset(commands))


def recovery() -> User:
    return User("U-010-X", "recovery", UserKind.RECOVERY)


def allowed(user: User) -> set[str]:
    return {action for action in EVERY_ACTION if may(user, action, packaged()).allowed}


def roles_that_may(action: str) -> set[Role]:
    return {role for role in Role if may(person(role), action, packaged()).allowed}


@pytest.mark.parametrize("action", UNKNOWN)
def test_an_action_that_no_rule_names_is_allowed_to_nobody(action: str) -> None:
    """Not to somebody of every role, not to the recovery key, not to a service created for it by name."""
    for user in (person(*Role), recovery(), service(action), service(action, *service_commands(packaged()))):
        authority = may(user, action, packaged())
        assert not authority.allowed
        assert authority.roles == ()
        assert authority.clause == "4.5"


def test_somebody_without_a_role_may_do_nothing() -> None:
    """A slot alone gives no authority to a person."""
    assert allowed(person()) == set()


@pytest.mark.parametrize("roles", EVERY_SET_OF_ROLES, ids=lambda roles: "+".join(sorted(roles)) or "none")
def test_several_roles_together_allow_what_each_allows_and_no_more(roles: frozenset[Role]) -> None:
    """One person may hold several roles; no pair of roles makes a third."""
    assert allowed(person(*roles)) == set().union(*(allowed(person(role)) for role in roles))


def test_the_commands_of_a_service_mean_nothing_for_a_person() -> None:
    """A person's authority is their roles, whatever else the slot says."""
    user = User("U-001-R", "mira", UserKind.PERSON, frozenset({Role.WORKER}), frozenset({"attendance.export"}))
    assert not may(user, "attendance.export", packaged()).allowed


def test_a_refusal_of_authority_names_its_clause_and_the_roles_that_could() -> None:
    """So that the one who was refused knows whom to ask."""
    authority = may(person(Role.WORKER), "retention.approve", packaged())
    assert (authority.allowed, authority.clause, authority.roles) == (False, "4.6", ("manager",))


def test_an_action_that_several_grants_name_rests_on_the_first() -> None:
    """Their roles together may take it; the clause is that of the grant that stands first."""
    content = packaged().contents["authority.toml"].decode()
    more = content.replace(
        "[services]", '[[grant]]\nclause = "6"\nto = ["worker"]\nactions = ["flag.show"]\n\n[services]'
    )
    rules = Rules({**packaged().contents, "authority.toml": more.encode()})
    authority = may(person(Role.WORKER), "flag.show", rules)
    assert (authority.allowed, authority.clause) == (True, "4.5")
    assert authority.roles == ("safeguarding-lead", "worker")


@pytest.mark.parametrize("action", EVERY_ACTION)
def test_every_action_rests_on_a_clause_and_somebody_may_take_it(action: str) -> None:
    """A rule that allows nobody would be a command that cannot be used."""
    authority = may(person(), action, packaged())
    assert authority.clause in packaged().cited_clauses
    assert roles_that_may(action)
    assert {role.value for role in roles_that_may(action)} <= set(authority.roles)


# --- Service identities ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", service_commands(packaged()))
def test_a_service_identity_may_do_the_command_it_was_created_for_and_no_other_command(command: str) -> None:
    """Of the commands that a service can be created for, exactly its own."""
    assert allowed(service(command)) & set(service_commands(packaged())) == {command}


def test_a_service_identity_may_do_nothing_but_its_own_commands() -> None:
    """All else is refused, but a copy of the policy, which anyone can have (policy 5)."""
    assert allowed(service("retention.sweep")) - FOR_ANYONE == {"retention.sweep"}
    assert allowed(service()) - FOR_ANYONE == set()


@pytest.mark.parametrize("action", sorted(set(EVERY_ACTION) - set(service_commands(packaged())) - FOR_ANYONE))
def test_a_command_that_is_not_for_services_gains_nothing_by_being_named(action: str) -> None:
    """A slot that was made, or forged, with another command in its list does not get that command by it."""
    assert may(service(action), action, packaged()).allowed is may(service(), action, packaged()).allowed


@pytest.mark.parametrize(
    "action", ["flag.show", "accident.show", "retention.approve", "vault.user.add", "family.show", "person.show"]
)
def test_a_service_never_reads_people_approves_or_admits_even_if_it_was_named_for_it(action: str) -> None:
    """These need a person."""
    assert not may(service(action, *service_commands(packaged())), action, packaged()).allowed


def test_roles_mean_nothing_for_a_service_identity() -> None:
    """A service that somehow holds every role still has only its own commands."""
    assert allowed(service("audit.verify", roles=frozenset(Role))) == allowed(service("audit.verify"))


def test_the_commands_for_services_are_the_scheduled_ones() -> None:
    """The sweep, the export with its list, the check of the log and the backup; another is added knowingly."""
    commands = set(service_commands(packaged()))
    assert commands >= {"attendance.export", "retention.sweep"}
    assert commands <= {
        "attendance.list",
        "attendance.export",
        "retention.sweep",
        "audit.verify",
        "vault.backup",
    }


def test_the_recovery_key_admits_people_and_does_nothing_else_to_records() -> None:
    """It is for the day when nobody is left who can open the vault."""
    slots = {"vault.rotate", *(f"vault.user.{verb}" for verb in ("add", "list", "remove", "roles", "recover"))}
    assert allowed(recovery()) - FOR_ANYONE - {"status", "doctor"} == {
        *slots,
        "audit.verify",
        "audit.accept",
        "vault.restore",
    }


# --- Who decides -----------------------------------------------------------------------------------------------------


def test_administrators_do_not_read_sealed_narratives_and_do_not_approve() -> None:
    """They register, book, record, correct, export and propose."""
    mine = allowed(person(Role.ADMINISTRATOR))
    assert mine.isdisjoint(NARRATIVES | {"retention.approve", "retention.release", "vault.user.add"})
    assert mine >= {"family.add", "session.book", "attendance.record", "attendance.correct", "attendance.export"}
    assert "retention.review" in mine


def test_workers_do_not_read_concerns_export_or_see_contact_details() -> None:
    """They see the day's sessions, record attendance and accidents, and raise concerns."""
    mine = allowed(person(Role.WORKER))
    assert mine.isdisjoint(NARRATIVES | {"flag.list", "accident.list"})
    assert mine.isdisjoint({"attendance.export", "person.show", "family.show"})
    assert mine >= {"today", "attendance.record", "flag.raise", "accident.add"}


def test_workers_decide_nothing_about_retention() -> None:
    """Neither propose, nor approve, nor release, nor sweep: but they stop it, and others let it go on."""
    assert [action for action in allowed(person(Role.WORKER)) if action.startswith("retention.")] == ["retention.stop"]
    assert roles_that_may("retention.stop") == set(Role)
    assert roles_that_may("retention.resume") == roles_that_may("retention.confirm-date") == {Role.MANAGER}


def test_only_safeguarding_leads_read_and_close_concerns() -> None:
    """Not even the one who raised it."""
    assert roles_that_may("flag.show") == {Role.SAFEGUARDING_LEAD}
    assert roles_that_may("flag.close") == {Role.SAFEGUARDING_LEAD}


def test_only_safeguarding_leads_read_what_an_accident_record_says() -> None:
    """That there is one is seen by whoever sees that there is a concern."""
    assert roles_that_may("accident.show") == {Role.SAFEGUARDING_LEAD}
    assert roles_that_may("accident.list") == roles_that_may("flag.list") == set(Role) - {Role.WORKER}


def test_safeguarding_leads_do_not_approve_export_or_admit() -> None:
    """Reading concerns is apart from disposing of files and from admitting people."""
    mine = allowed(person(Role.SAFEGUARDING_LEAD))
    assert mine.isdisjoint({"retention.approve", "retention.release", "attendance.export", "vault.user.add"})


def test_managers_do_not_read_sealed_narratives_unless_they_are_leads_too() -> None:
    """They approve disposals and admit people."""
    mine = allowed(person(Role.MANAGER))
    assert mine.isdisjoint(NARRATIVES)
    assert mine >= {"retention.approve", "vault.user.add", "vault.user.list"}
    assert "flag.show" in allowed(person(Role.MANAGER, Role.SAFEGUARDING_LEAD))


def test_only_managers_approve_a_disposal() -> None:
    """A second person with the manager's role."""
    assert roles_that_may("retention.approve") == {Role.MANAGER}


def test_only_senior_managers_release_a_hold() -> None:
    """A hold is placed by many and released by few."""
    assert roles_that_may("retention.release") == {Role.SENIOR_MANAGER}
    assert roles_that_may("retention.hold") == set(Role) - {Role.WORKER}


def test_senior_managers_do_not_approve_read_narratives_or_admit() -> None:
    """Releasing a hold and approving the disposal behind it are two roles."""
    mine = allowed(person(Role.SENIOR_MANAGER))
    assert mine.isdisjoint(NARRATIVES | {"retention.approve", "vault.user.add", "attendance.export"})


def test_only_administrators_export_attendance() -> None:
    """And the service identity that was created for it."""
    assert roles_that_may("attendance.export") == {Role.ADMINISTRATOR}


def test_everybody_who_works_here_raises_a_concern_and_records_an_accident() -> None:
    """Confidentiality never delays protection."""
    assert roles_that_may("flag.raise") == roles_that_may("accident.add") == set(Role)


def test_anybody_with_a_slot_can_have_the_policy() -> None:
    """People, service identities and the recovery key alike."""
    for user in (*(person(role) for role in Role), service(), recovery()):
        assert allowed(user) >= FOR_ANYONE


# --- Keys ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "keys"),
    [
        (Role.ADMINISTRATOR, {"records", "contact"}),
        (Role.WORKER, {"records"}),
        (Role.SAFEGUARDING_LEAD, {"records", "contact", "safeguarding"}),
        (Role.MANAGER, {"records", "contact", "admin"}),
        (Role.SENIOR_MANAGER, {"records", "contact"}),
    ],
)
def test_each_role_holds_its_keys(role: Role, keys: set[str]) -> None:
    """The whole table, so that a key more or less is noticed."""
    assert keys_for(UserKind.PERSON, {role}) == set(map(KeyName, keys))


def test_a_service_identity_holds_the_records_key_alone() -> None:
    """Whatever roles its slot carries."""
    assert keys_for(UserKind.SERVICE, ()) == {KeyName.RECORDS}
    assert keys_for(UserKind.SERVICE, Role) == {KeyName.RECORDS}


def test_the_recovery_key_opens_everything() -> None:
    """Nothing is lost with the last person who could open it."""
    assert keys_for(UserKind.RECOVERY, ()) == set(KeyName)


@pytest.mark.parametrize("roles", EVERY_SET_OF_ROLES, ids=lambda roles: "+".join(sorted(roles)) or "none")
def test_keys_follow_from_roles_however_they_are_combined(roles: frozenset[Role]) -> None:
    """Safeguarding with the lead alone, admin with managers alone, contact with anybody but a mere worker."""
    keys = keys_for(UserKind.PERSON, roles)
    assert (KeyName.SAFEGUARDING in keys) is (Role.SAFEGUARDING_LEAD in roles)
    assert (KeyName.ADMIN in keys) is (Role.MANAGER in roles)
    assert (KeyName.CONTACT in keys) is bool(roles - {Role.WORKER})
    assert (KeyName.RECORDS in keys) is bool(roles)
