"""Each command for each role (policy 4.5): run as it is typed, and either allowed, or refused with its clause."""

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from lcs_cli.cli.app import commands
from lcs_cli.policy.program import program_file
from lcs_cli.policy.program import typed as typed_as
from lcs_cli.policy.rules import packaged
from lcs_cli.records.user import Role, UserKind
from lcs_cli.services import setup, users
from lcs_cli.services.desk import Desk
from lcs_cli.services.setup import RECOVERY
from lcs_cli.vault import agent, audit
from lcs_cli.vault.audit import AuditEntry
from lcs_cli.vault.secret import Secret, read_recovery_key
from tests.cli.how import HOW
from tests.cli.typed import Ran, Typist, at, lcs
from tests.conftest import CHEAP, TODAY, make_vault, moment, open_desk, passphrase
from tests.services import stories
from tests.services.use_cases import prepare

RULES = packaged().file("authority.toml")
WITHOUT_VAULT: Mapping[str, str] = program_file()["without_vault"]
FOR_SERVICES: Sequence[str] = RULES["services"]["actions"]
PEOPLE = tuple(role.value for role in Role)
BY_OPTION: Mapping[str, str] = program_file()["by_option"]
EVERY_COMMAND = (*(".".join(words) for words, _ in commands()), *BY_OPTION)
OF_A_BACKUP = {"vault.restore"}
"""What a backup holds is put back by who may by the rules in it: `tests/services/test_restores.py` tries each role."""
IN_A_VAULT = tuple(command for command in EVERY_COMMAND if command not in {*WITHOUT_VAULT, *OF_A_BACKUP})


def who_may(command: str) -> set[str]:
    """The roles, and the service identities by what they were created for, to which the rules give a command."""
    given = {role for grant in RULES["grant"] if command in grant["actions"] for role in grant["to"]}
    services = set(FOR_SERVICES) if UserKind.SERVICE in given else {command} & set(FOR_SERVICES)
    return (given - {UserKind.SERVICE}) | services


def clause_of(command: str) -> str:
    """The clause by which a command is refused."""
    return str(next(grant["clause"] for grant in RULES["grant"] if command in grant["actions"]))


# Each login name says the one role that somebody has, or the one command that a service was created for.
EVERYBODY = (*PEOPLE, RECOVERY, *FOR_SERVICES)
PAIRS = [(who, command) for command in IN_A_VAULT for who in EVERYBODY]
ALLOWED = [(who, command) for who, command in PAIRS if who in who_may(command)]
REFUSED = [pair for pair in PAIRS if pair not in ALLOWED]


@dataclass(frozen=True)
class Prepared:
    """A vault with everybody, what the commands are about, and what opens it."""

    folder: Path
    recovery_key: str
    keys: Path

    def trail(self) -> list[AuditEntry]:
        """Its whole trail, read without leaving an entry."""
        desk = open_desk(self.folder)
        try:
            return stories.trail(desk)
        finally:
            desk.db.close()

    def typed(self, who: str, command: str, state: Path) -> tuple[Ran, str]:
        """Run a command as somebody; and the reference of that somebody."""
        how = HOW[command]
        argv = [*typed_as(command).split(), *how.rest.split(), *(["--from", "-"] if how.json else [])]
        if who in FOR_SERVICES:
            argv += ["--key-file", str(self.keys / f"{who}.key")]
        typist = Typist(
            how.answers,
            env=at(self.folder) | {"LCS_USER": who, "LCS_STATE": str(state)},
            stdin=json.dumps(how.json),
            recovery_key=self.recovery_key,
        )
        typist.read_command = nobody_types
        reference = self.reference(who)
        return lcs(typist, *argv), reference

    def reference(self, who: str) -> str:
        """The reference of whoever has that login name."""
        header = json.loads((self.folder / "header.json").read_bytes())
        return str(next(slot["user"] for slot in header["slots"] if slot["name"] == who))


def nobody_types(_: float) -> str:
    """A shell that is left at once."""
    raise EOFError


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """The vault, made once."""
    folder = tmp_path_factory.mktemp("authority")
    key = make_vault(folder / "vault")
    desk = open_desk(folder / "vault")
    for role in Role:
        users.add_user(desk, role.value, [role], Secret(passphrase=passphrase(role.value)), CHEAP)
    for command in FOR_SERVICES:
        users.add_service(desk, command, [command], folder / f"{command}.key")
    prepare(desk)
    desk.db.close()
    return Prepared(folder / "vault", key, folder)


@pytest.fixture(scope="module")
def shared(template: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """A copy for all refusals together: each leaves it as it was but for its entry."""
    folder = shutil.copytree(template.folder, tmp_path_factory.mktemp("refused") / "vault")
    return Prepared(folder, template.recovery_key, template.keys)


@pytest.fixture
def own(template: Prepared, tmp_path: Path) -> Prepared:
    """A copy for one command that changes it."""
    folder = shutil.copytree(template.folder, tmp_path / "vault")
    return Prepared(folder, template.recovery_key, template.keys)


@pytest.fixture(autouse=True)
def _no_agent_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """The agent has tests of its own."""
    monkeypatch.setattr(agent, "start", lambda *_, **__: None)


def records(desk: Desk) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but the trail's."""
    return {table: rows for table, rows in stories.everything(desk).items() if not table.startswith("audit")}


def files(folder: Path) -> dict[str, bytes]:
    """The vault's files with what they hold; the data file, which takes the entry, by name alone."""
    return {
        path.name: b"" if path.suffix == ".db" else path.read_bytes() for path in folder.iterdir() if path.is_file()
    }


def spoken(role: str) -> str:
    """A role as it is spoken of."""
    return f"{'an' if role[0] == 'a' else 'a'} {role.replace('-', ' ')}"


def test_every_command_is_in_the_rules_and_every_rule_is_about_a_command() -> None:
    """A command that no rule names could be run by nobody; a rule about none would be a promise that nothing keeps."""
    named = [action for grant in RULES["grant"] for action in grant["actions"]]
    assert set(EVERY_COMMAND) == {*named, *WITHOUT_VAULT}
    assert not set(named) & set(WITHOUT_VAULT)
    assert len(named) == len(set(named))
    assert set(FOR_SERVICES) <= set(named)
    assert set(RULES["unexplained"]["actions"]) <= set(named)


def test_every_command_that_opens_a_vault_is_typed_here() -> None:
    """Whoever adds a command says here how it is typed, or nothing below would notice what it lets through."""
    assert set(HOW) == set(IN_A_VAULT)


def test_there_is_somebody_of_each_role_and_each_pair_is_tried() -> None:
    """Nobody is forgotten: a new role, or a new command for services, is a new column."""
    assert {role for grant in RULES["grant"] for role in grant["to"]} == {*PEOPLE, *UserKind} - {UserKind.PERSON}
    assert len(ALLOWED) + len(REFUSED) == len(EVERYBODY) * len(IN_A_VAULT)
    assert {who for who, _ in ALLOWED} == {who for who, _ in REFUSED} == set(EVERYBODY)


@pytest.mark.parametrize(("who", "command"), REFUSED, ids=map(" ".join, REFUSED))
def test_what_a_role_may_not_run_is_refused_with_its_clause_and_changes_nothing(
    shared: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, who: str, command: str
) -> None:
    """Exit code 4, the clause, who could do it; an entry on the trail, and no other trace in the vault or beside it."""
    monkeypatch.chdir(tmp_path)
    desk = open_desk(shared.folder)
    before, last, beside = records(desk), audit.head(desk.db).seq, files(shared.folder)
    ran, reference = shared.typed(who, command, tmp_path / "state")
    clause = clause_of(command)
    assert (ran.code, ran.out) == (4, "")
    said = ran.err.splitlines()
    assert said[0] == f"refused (policy {clause}): {reference} may not run “{typed_as(command)}”"
    assert said[1].startswith(f"policy {clause} says: ")
    asked = said[2].removeprefix("what you can do: ask ")
    assert set(re.split(r", | or ", asked)) == {spoken(role) for role in PEOPLE if role in who_may(command)}
    assert len(said) == 3
    (entry,) = stories.trail(desk, after=last)
    assert (entry.action, entry.outcome, entry.actor) == (command, "refused", reference)
    assert entry.detail is not None
    assert (entry.detail["clause"], entry.detail["rule"]) == (clause, "authority")
    assert records(desk) == before
    assert files(shared.folder) == beside
    assert {path.name for path in tmp_path.iterdir()} <= {"state"}
    desk.db.close()


@pytest.mark.parametrize(("who", "command"), ALLOWED, ids=map(" ".join, ALLOWED))
def test_what_a_role_may_run_is_done(
    own: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, who: str, command: str
) -> None:
    """It is done, or done and something waits for a person; the trail calls it what the rules call it."""
    monkeypatch.chdir(tmp_path)
    if command == "retention.resume":
        desk = open_desk(own.folder)
        stories.stopped(desk)
        desk.db.close()
    before = own.trail()
    ran, reference = own.typed(who, command, tmp_path / "state")
    if command in (
        "staff.confirm",
        "disclosure.confirm",
    ):  # the role is enough for the trail's gate; the entry names one person
        assert (ran.code, f"{reference} cannot confirm wh" in ran.err) == (4, True)
        return
    assert ran.code in (0, 3), ran.err
    first, *others = own.trail()[len(before) :]
    assert (first.action, first.actor, first.outcome) == (command, reference, "done")
    assert "refused" not in {entry.outcome for entry in others}


@pytest.fixture
def nowhere(tmp_path: Path) -> Typist:
    """Somebody where there is no vault."""
    return Typist(["amina"], env={"LCS_VAULT": str(tmp_path / "none"), "LCS_STATE": str(tmp_path / "state")})


@pytest.mark.parametrize(
    "argv", [("lock",), ("demo", "--into", "demo"), ("init",), ("policy", "show"), ("policy", "give", "--to", "user")]
)
def test_what_needs_no_vault_asks_for_nobodys_leave(
    nowhere: Typist, argv: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is nobody yet who could be refused; anybody can have the policy (policy 5)."""
    (tmp_path / "demo").mkdir()
    monkeypatch.chdir(tmp_path)
    assert lcs(nowhere, *argv).code == 0


@pytest.mark.parametrize("command", WITHOUT_VAULT)
def test_what_is_said_to_need_no_vault_gets_nothing_out_of_one(
    own: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """None of them is a way around authority: with a vault there, it is neither opened nor touched."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "demo").mkdir()
    before = {path.name: path.read_bytes() for path in own.folder.iterdir()}
    rest = {"demo": ["--into", "demo"], "retention.certificate.verify": [str(own.folder / "header.json")]}
    lcs(Typist(["amina"], env=at(own.folder)), *command.split("."), *rest.get(command, []))
    assert {path.name: path.read_bytes() for path in own.folder.iterdir()} == before


def test_the_recovery_key_here_is_the_vaults(template: Prepared) -> None:
    """Else every refusal of it would be for another reason."""
    desk = setup.open_desk(
        template.folder, RECOVERY, read_recovery_key(template.recovery_key), now=moment(TODAY), today=TODAY
    )
    assert desk.user.kind is UserKind.RECOVERY
    desk.db.close()
