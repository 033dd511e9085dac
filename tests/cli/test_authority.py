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
from tests.cli.typed import Ran, Typist, at, lcs
from tests.conftest import CHEAP, TODAY, make_vault, moment, open_desk, passphrase
from tests.services import stories
from tests.services.use_cases import (
    AFILE,
    AR1,
    BODY_KEY,
    CN1,
    DC1,
    EX1,
    EX2,
    F1,
    F2,
    F4,
    F6,
    LH1,
    P1,
    P3,
    P9,
    PF1,
    PF2,
    PM1,
    PM2,
    R1,
    RL1,
    RL2,
    RP1,
    RP2,
    RQ1,
    RQ2,
    RQ3,
    S1,
    S2,
    S3,
    SF1,
    ST1,
    ST2,
    prepare,
)

RULES = packaged().file("authority.toml")
WITHOUT_VAULT: Mapping[str, str] = program_file()["without_vault"]
FOR_SERVICES: Sequence[str] = RULES["services"]["actions"]
PEOPLE = tuple(role.value for role in Role)
BY_OPTION: Mapping[str, str] = program_file()["by_option"]
EVERY_COMMAND = (*(".".join(words) for words, _ in commands()), *BY_OPTION)
OF_A_BACKUP = {"vault.restore"}
"""What a backup holds is put back by who may by the rules in it: `tests/services/test_restores.py` tries each role."""
IN_A_VAULT = tuple(command for command in EVERY_COMMAND if command not in {*WITHOUT_VAULT, *OF_A_BACKUP})


@dataclass(frozen=True)
class Typed:
    """How a command is typed on the prepared vault: its further words, its JSON, and the answers to its questions."""

    rest: str = ""
    json: Mapping[str, object] | None = None
    answers: Sequence[str] = ()


SIBLING = Path(__file__).parent.parent / "policies" / "sibling"
STAFF_SHEET = Path(__file__).parent / "staff.csv"
WHEN = "--on 3/12/2026 --at 14:00 --until 15:00"
CAME = "--attended --arrived 10:05 --left 11:30"
CHECK: Mapping[str, object] = {
    "level": "enhanced",
    "barred_list": True,
    "issued_on": "2026-11-02",
    "certificate": "001111111111",
    "decision": "cleared",
    "decided_by": "U-003-A",
}
HOW: Mapping[str, Typed] = {
    "accident.add": Typed(F1, {"happened_on": "2026-11-26", "narrative": "A fall."}),
    "accident.list": Typed(),
    "accident.show": Typed(AR1),
    "attendance.correct": Typed(S1, {"attended": False, "reason": "mistaken"}),
    "attendance.export": Typed(f"--to {R1} --purpose case-management"),
    "attendance.list": Typed(F1),
    "attendance.chart": Typed(F1),
    "attendance.record": Typed(f"{S2} --attended --arrived 07:05 --left 08:30"),
    "attendance.statement": Typed(f"{F1} --to {R1} --purpose case-management --pdf statement.pdf --no-password"),
    "audit.accept": Typed("--yes"),
    "audit.list": Typed(f"--about {F1}"),
    "audit.verify": Typed(),
    "consent.check": Typed(f"{P3} --share address --with {R1} --purpose housing"),
    "consent.list": Typed(),
    "consent.record": Typed(
        P3,
        {
            "details": ["address"],
            "recipient": R1,
            "purpose": "housing",
            "given_how": "in-writing",
            "evidence": "form",
        },
    ),
    "consent.show": Typed(CN1),
    "consent.withdraw": Typed(CN1, {"withdrawn_how": "in-writing", "withdrawn_reason": "moved"}),
    "disclosure.check": Typed(f"{F1} --to {R1} --purpose case-management --attendance"),
    "disclosure.complete": Typed(EX2, {"how": "telephone"}),
    "disclosure.confirm": Typed(EX2),
    "disclosure.list": Typed(),
    "disclosure.record": Typed(f"{F1} --to {R1} --purpose case-management --attendance", {"how": "post"}),
    "disclosure.show": Typed(EX2),
    "disclosure.urgent": Typed(f"{F1} --to police", {"what": "words", "why": "words"}),
    "doctor": Typed(),
    "document.add": Typed(F1, {"kind": "order", "file": str(AFILE)}),
    "document.list": Typed(),
    "document.show": Typed(DC1),
    "find": Typed("Llwyd"),
    "family.add": Typed(json={"name": "Patel", "children": [{"given_name": "Asha"}]}),
    "family.close": Typed(f"{F4} --yes"),
    "family.edit": Typed(F1, {"name": "Lloyd", "reason": "misheard"}),
    "family.list": Typed(),
    "family.reopen": Typed(F2),
    "family.show": Typed(F1),
    "flag.close": Typed(SF1, {"outcome": "looked into"}),
    "flag.list": Typed(),
    "flag.name": Typed(f"{SF1} --staff {ST1}"),
    "flag.raise": Typed(F1, {"narrative": "A bruise."}),
    "flag.show": Typed(SF1),
    "paper.add": Typed(F1, {"kind": "order", "description": "A folder", "place": "Cabinet 2"}),
    "paper.dispose": Typed(PF2, {"method": "shredded", "witness": "U-003-A"}),
    "paper.list": Typed(),
    "paper.move": Typed(PF1, {"place": "Archive", "reason": "full"}),
    "paper.show": Typed(PF1),
    "permission.decide": Typed(PM2, {"granted": False, "reason": "not now"}),
    "permission.list": Typed(),
    "permission.request": Typed(
        f"{F1} --session {S3}",
        {"kind": "assessment", "done_by": "Social worker", "purpose": "Asked by the court", "evidence": "Order"},
    ),
    "permission.show": Typed(PM1),
    "permission.withdraw": Typed(PM1, {"reason": "not wanted"}),
    "person.add": Typed(F1, {"kind": "child", "given_name": "Zofia", "family_name": "Llwyd"}),
    "person.edit": Typed(P3, {"address": "3 Heol Las", "reason": "moved"}),
    "person.show": Typed(P3),
    "import.check": Typed(f"staff {STAFF_SHEET}"),
    "import.run": Typed(f"staff {STAFF_SHEET}"),
    "import.template": Typed("staff --out staff.csv"),
    "policy.diff": Typed("1 1"),
    "policy.explain": Typed(EX1),
    "policy.coverage": Typed(),
    "policy.give": Typed("--to volunteer --out policy.txt"),
    "policy.given": Typed(),
    "policy.history": Typed(),
    "policy.publish": Typed(f"--text {SIBLING}/policy.txt --rules {SIBLING} --dry-run"),
    "policy.review": Typed("--outcome unchanged", answers=["", ""]),
    "policy.show": Typed(),
    "referral.add": Typed(F1, {"referrer": R1, "electronic": False}),
    "referral.decide": Typed(f"{RL2} --outcome accepted"),
    "referral.list": Typed(),
    "referral.show": Typed(RL1),
    "referrer.add": Typed(json={"name": "Cafcass", "kind": "cafcass"}),
    "referrer.edit": Typed(R1, {"name": "Council", "reason": "short"}),
    "referrer.list": Typed(),
    "referrer.show": Typed(R1),
    "request.add": Typed(P9, {"kind": "own"}),
    "request.check": Typed(RQ1, {"how": "passport"}),
    "request.clear": Typed(f"{RQ3} {SF1} --yes"),
    "request.close": Typed(RQ1, {"because": "withdrawn"}),
    "request.extend": Typed(RQ1, {"because": "many files"}),
    "request.find": Typed(RQ3),
    "request.list": Typed(),
    "request.pause": Typed(RQ1, {"for": "identity", "because": "no passport yet"}),
    "request.release": Typed(f"{RQ2} --into ."),
    "request.resume": Typed(RQ3, {"because": "all of it"}),
    "request.show": Typed(RQ1),
    "request.withhold": Typed(f"{RQ3} {SF1}", {"because": "serious-harm", "words": "a warning"}),
    "report.decide": Typed(RP1, {"agreed": True, "reason": "it may"}),
    "report.list": Typed(),
    "report.produce": Typed(f"{RP2} --into ."),
    "report.request": Typed(
        f"{F1} --agency {R1}",
        {"proceedings": "care", "received_on": "2026-11-26", "asked": "Dates", "evidence": "Order"},
    ),
    "report.show": Typed(RP1),
    "report.withdraw": Typed(RP1, {"reason": "settled"}),
    "retention.approve": Typed(answers=[""]),
    "retention.certificate": Typed(),
    "retention.certificate.key": Typed(),
    "retention.clear": Typed(F6, answers=[""]),
    "retention.due": Typed(),
    "retention.hold": Typed(F2, {"kind": "complaint", "reason": "open"}),
    "retention.holds": Typed(),
    "retention.confirm": Typed(LH1),
    "retention.release": Typed(LH1),
    "retention.confirm-date": Typed(f" {TODAY.isoformat()}"),
    "retention.resume": Typed(),
    "retention.review": Typed(f"{F2} --outcome dispose"),
    "retention.schedule": Typed(),
    "status.stats": Typed(),
    "retention.stop": Typed(json={"reason": "something is wrong"}),
    "retention.sweep": Typed(),
    "session.activity": Typed(f"{S2} --kind observation"),
    "session.book": Typed(f"{F1} {WHEN}"),
    "session.cancel": Typed(S3, {"reason": "ill"}),
    "session.list": Typed(),
    "session.calendar": Typed(),
    "session.move": Typed(f"{S3} {WHEN}", {"reason": "bus"}),
    "shell": Typed(),
    "session.supervise": Typed(f"{S3} --supervisor {ST2} --with {ST1}"),
    "staff.add": Typed("--login rhys", {"name": "Efa Parry", "capacity": "staff"}),
    "staff.confirm": Typed(ST2),
    "staff.dbs": Typed(ST2, CHECK),
    "staff.due": Typed("--within 60d"),
    "staff.edit": Typed(ST2, {"name": "Nia Huws", "reason": "misread"}),
    "staff.leave": Typed(ST2, {"left_on": "2026-11-26", "reason": "moved"}),
    "staff.list": Typed(),
    "staff.show": Typed(ST1),
    "staff.undertake": Typed(f"{ST1} --on today"),
    "status": Typed(),
    "today": Typed(),
    "undo": Typed("--yes"),
    "unlock": Typed(),
    "vault.backup": Typed("--into ."),
    "vault.backup.check": Typed(),
    "vault.backup.list": Typed(),
    "vault.agree": Typed(f"--child {P1} --referrer {R1} --to {BODY_KEY}"),
    "vault.handover": Typed(f"--child {P1} --referrer {R1} --to {BODY_KEY} --out it.age"),
    "vault.rotate": Typed(),
    "vault.user.add": Typed("nia --role worker"),
    "vault.user.entrust": Typed("tomos"),
    "vault.user.list": Typed(),
    "vault.user.passphrase": Typed(),
    "vault.user.recover": Typed("tomos"),
    "vault.user.remove": Typed("tomos --yes"),
    "vault.user.roles": Typed("tomos --role worker --role administrator"),
}


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
