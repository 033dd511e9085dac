"""Making a vault, all or nothing; and admitting people, each with the keys of their roles and no other."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from lcs_cli.errors import FailedError, RefusedError, UsageError
from lcs_cli.policy.document import restated_policy
from lcs_cli.policy.rules import packaged
from lcs_cli.records.user import KeyName, Role, UserKind
from lcs_cli.services import flags, policies, rule_files, setup, users
from lcs_cli.services.desk import Desk
from lcs_cli.vault import folder as vault_folder
from lcs_cli.vault import kept, policy_versions
from lcs_cli.vault.secret import Secret, read_key_file
from tests.conftest import CHEAP, TODAY, OpenDesk, make_vault, moment, open_desk, passphrase
from tests.services import stories
from tests.services.use_cases import EVERY, UseCase, prepare


def init(folder: Path, policy_text: str | None = None) -> setup.NewVault:
    """A vault of amina's."""
    return setup.init(
        folder,
        "amina",
        Secret(passphrase=passphrase("amina")),
        policy_text=policy_text,
        policy_effective=None,
        now=moment(TODAY),
        today=TODAY,
        profile=CHEAP,
    )


def admit(desk: Desk, name: str, *roles: Role) -> None:
    """Somebody new."""
    users.add_user(desk, name, roles, Secret(passphrase=passphrase(name)), CHEAP)


def killed(*_: Any, **__: Any) -> None:
    """A command that is stopped."""
    raise KeyboardInterrupt


def test_a_new_vault_has_one_person_with_every_role_but_workers(tmp_path: Path) -> None:
    """Until others are admitted; the folder is made with its parents, and the policy of this package is in force."""
    made = init(tmp_path / "some" / "where")
    assert made.user.roles == frozenset(Role) - {Role.WORKER}
    desk = open_desk(made.folder)
    assert policies.show(desk).text == restated_policy()
    assert policies.show(desk).effective_on == TODAY
    first = stories.trail(desk)[0]
    assert (first.action, first.refs, first.detail) == (
        "vault.init",
        ("U-001-R", "U-002-W"),
        {
            "policy": 1,
            "text_sha256": hashlib.sha256(restated_policy().encode()).hexdigest(),
            "rules_hash": packaged().hash,
            "effective_on": TODAY.isoformat(),
            "version_sha256": kept.policy_digest(desk.db, 1),
            "roles": ["administrator", "manager", "safeguarding-lead", "senior-manager"],
            "keys": ["admin", "contact", "records", "safeguarding"],
        },
    )
    assert made.recovery_key not in repr(made)


@pytest.mark.parametrize("there", ["nothing", "empty folder"])
@pytest.mark.parametrize("how", ["text that cannot be stored", "stopped"])
def test_a_vault_that_could_not_be_made_leaves_nothing(
    tmp_path: Path, there: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever stopped it in the middle: no folder, no part of one, no hidden one."""
    if there == "empty folder":
        (tmp_path / "vault").mkdir()
    before = sorted(tmp_path.rglob("*"))
    with monkeypatch.context() as patch:
        if how == "stopped":
            patch.setattr(policy_versions, "publish", killed)
        with pytest.raises((KeyboardInterrupt, UnicodeEncodeError)):
            init(tmp_path / "vault", restated_policy() + ("\ud800" if how != "stopped" else ""))
    assert sorted(tmp_path.rglob("*")) == before
    assert open_desk(init(tmp_path / "vault").folder).user.name == "amina"


@pytest.mark.parametrize("there", ["folder", "file", "link", "vault"])
def test_nothing_is_made_where_something_is(tmp_path: Path, there: str) -> None:
    """It stays as it was, a vault above all."""
    target = tmp_path / "vault"
    if there == "folder":
        target.mkdir()
        (target / "mine.txt").write_text("mine")
    elif there == "file":
        target.write_text("mine")
    elif there == "link":
        (tmp_path / "elsewhere").mkdir()
        target.symlink_to(tmp_path / "elsewhere")
    else:
        init(target)
    before = {path: path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file()}
    with pytest.raises(UsageError, match="something is there already"):
        init(target)
    assert {path: path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file()} == before


@pytest.mark.parametrize("missing", ["4.2", "4.6", "2"])
def test_a_policy_without_a_clause_that_a_rule_rests_on_is_refused(tmp_path: Path, missing: str) -> None:
    """By its number; no vault is made."""
    lines = [line for line in restated_policy().splitlines() if not line.startswith((f"{missing} ", f"{missing}. "))]
    (tmp_path / "policy.txt").write_text("\n".join(lines))
    text = rule_files.read_text(tmp_path / "policy.txt", tmp_path / "vault")
    for attempt in (lambda: setup.check_policy(text, {}, TODAY), lambda: init(tmp_path / "v", text)):
        with pytest.raises(UsageError, match=rf"clause {missing}(,|$)"):
            attempt()
    assert not (tmp_path / "v").exists()


def as_markdown(text: str) -> str:
    """The same policy with headings, bold numbers and bullets, as a word processor exports it."""
    marked = []
    for line in text.splitlines():
        number = line.split(" ")[0].rstrip(".")
        heading = number.replace(".", "").isdigit()
        marked.append(f"## **{line}**" if heading else line.replace("- ", "* "))
    return "\ufeff# Our policy\r\n\r\n" + "\r\n".join(marked)


def test_a_policy_in_markdown_is_read_and_published(tmp_path: Path) -> None:
    """With its clauses under the same numbers, and its text as it stands."""
    (tmp_path / "policy.md").write_bytes(as_markdown(restated_policy()).encode())
    text = rule_files.read_text(tmp_path / "policy.md", tmp_path / "vault")
    made = init(tmp_path / "vault", text)
    copy = policies.show(open_desk(made.folder))
    assert copy.text == text
    assert copy.title.startswith("Our policy")
    assert policies.clause(copy, "4.2").startswith("4.2 Sharing information\nThe dates and times")


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"\xff\xfe\x00", "not UTF-8"), (b"x" * 1_000_001, "larger than"), (b"1. Only this\n", "clause"), (b"", "empty")],
)
def test_a_document_that_is_no_policy_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    """In one line that says what to do."""
    (tmp_path / "policy.txt").write_bytes(content)
    with pytest.raises(UsageError, match=why) as refused:
        setup.check_policy(rule_files.read_text(tmp_path / "policy.txt", tmp_path / "vault"), {}, TODAY)
    assert refused.value.hint
    with pytest.raises(UsageError, match="cannot be read"):
        rule_files.read_text(tmp_path / "none.txt", tmp_path / "vault")


@pytest.mark.parametrize("name", ["", "amina ali", "-amina", "amina_a", "recovery", "a" * 33, "ámina", "7up"])
def test_a_login_name_is_short_and_plain(tmp_path: Path, desk: Desk, name: str) -> None:
    """It stands unencrypted in the header."""
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^user name:"):
        admit(desk, name, Role.WORKER)
    with pytest.raises(UsageError, match=r"^user name:"):
        setup.init(
            tmp_path / "v", name, Secret(passphrase="x"), policy_text=None, policy_effective=None, now=moment(TODAY),
            today=TODAY, profile=CHEAP,
        )  # fmt: skip
    assert not (tmp_path / "v").exists()


def test_somebody_admitted_has_the_keys_of_their_roles(desk: Desk, desk_of: OpenDesk) -> None:
    """And does what these allow: a new lead reads what was sealed before they came."""
    ref = stories.flag(desk, stories.family(desk).ref)
    admit(desk, "nia", Role.SAFEGUARDING_LEAD)
    nia = desk_of("nia")
    assert set(nia.vault.opened.keys) == {KeyName.RECORDS, KeyName.CONTACT, KeyName.SAFEGUARDING}
    assert flags.show(nia, ref).narrative == "A bruise on one arm."
    assert [one.user.name for one in users.list_users(desk_of())] == ["amina", "recovery", "rhys", "tomos", "nia"]


def test_only_a_manager_admits(desk_of: OpenDesk, vault: Path, tmp_path: Path) -> None:
    """A worker is refused, for people and for services; it is logged, and neither header nor key file is written."""
    before = (vault / vault_folder.HEADER).read_bytes()
    tomos = desk_of("tomos")
    for attempt in (
        lambda: admit(tomos, "nia", Role.WORKER),
        lambda: users.add_service(tomos, "sweeper", ["retention.sweep"], tmp_path / "s.key"),
        lambda: users.check_new_user(tomos, "nia", UserKind.PERSON, [Role.WORKER]),
    ):
        count = len(stories.trail(tomos))
        with pytest.raises(RefusedError) as refused:
            attempt()
        assert (refused.value.clause, refused.value.rule) == ("4.5", "authority")
        (entry,) = stories.trail(tomos)[count:]
        assert (entry.action, entry.outcome) == ("vault.user.add", "refused")
    assert (vault / vault_folder.HEADER).read_bytes() == before
    assert not (tmp_path / "s.key").exists()


def test_a_manager_without_the_safeguarding_key_admits_no_lead(desk_of: OpenDesk, vault: Path) -> None:
    """Nobody hands over what they do not have; anybody else, though."""
    before = (vault / vault_folder.HEADER).read_bytes()
    rhys = desk_of("rhys")
    with pytest.raises(RefusedError, match="safeguarding key") as refused:
        admit(rhys, "nia", Role.SAFEGUARDING_LEAD)
    assert (refused.value.clause, refused.value.rule) == ("4.5", "keys")
    assert stories.trail(rhys)[-1].outcome == "refused"
    assert (vault / vault_folder.HEADER).read_bytes() == before
    admit(rhys, "nia", Role.MANAGER)
    assert KeyName.ADMIN in desk_of("nia").vault.opened.keys


def test_a_name_is_given_once_and_with_a_role(desk: Desk) -> None:
    """Two slots of one name could not be told apart."""
    with stories.unchanged(desk), pytest.raises(UsageError, match="has that name already"):
        admit(desk, "rhys", Role.WORKER)
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^role:"):
        admit(desk, "nia")


@pytest.mark.parametrize("commands", [[], ["family.show"], ["retention.sweep", "family.show"], ["flag.show"]])
def test_a_service_is_made_for_commands_that_a_service_can_have(
    desk: Desk, tmp_path: Path, commands: list[str]
) -> None:
    """Policy 4.5: no service identity reads a family's file."""
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^command:"):
        users.add_service(desk, "robot", commands, tmp_path / "robot.key")
    assert not (tmp_path / "robot.key").exists()


def test_a_vault_is_not_made_where_no_folder_can_be(tmp_path: Path) -> None:
    """A file stands where its folder would be; it is as it was."""
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(FailedError, match=r"vault folder: cannot be made \("):
        make_vault(tmp_path / "file" / "deeper" / "vault")
    assert (tmp_path / "file").read_bytes() == b"mine"


def test_a_key_file_that_cannot_be_made_admits_nobody(desk: Desk, tmp_path: Path) -> None:
    """One that is there is not written over."""
    (tmp_path / "robot.key").write_text("mine")
    for path in (tmp_path / "robot.key", tmp_path / "none" / "robot.key"):
        with stories.unchanged(desk), pytest.raises(FailedError, match="key file: cannot be made"):
            users.add_service(desk, "robot", ["retention.sweep"], path)
    assert (tmp_path / "robot.key").read_text() == "mine"
    assert "robot" not in [one.user.name for one in users.list_users(desk)]


FOR_ANYONE = ("policy.show", "policy.coverage", "policy.give")
OTHERS = [case for case in EVERY if case.action not in ("attendance.export", *FOR_ANYONE)]


@pytest.fixture(scope="module")
def robot(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A service identity for exports, in a vault where there is something of everything."""
    folder = tmp_path_factory.mktemp("robot")
    make_vault(folder / "vault")
    desk = open_desk(folder / "vault")
    prepare(desk)
    users.add_service(desk, "robot", ["attendance.export"], folder / "robot.key")
    name, secret = read_key_file(folder / "robot.key")
    return setup.open_desk(folder / "vault", name, secret, now=moment(TODAY), today=TODAY)


@pytest.mark.parametrize("use_case", OTHERS, ids=str)
def test_a_service_runs_its_commands_and_no_other(robot: Desk, use_case: UseCase) -> None:
    """Each other one is refused, by name, and logged."""
    with pytest.raises(RefusedError) as refused:
        use_case.run(robot)
    assert refused.value.rule == "authority"
    entry = stories.trail(robot)[-1]
    assert (entry.actor, entry.action, entry.outcome) == (robot.user.reference, use_case.action, "refused")


def test_a_service_runs_what_it_was_made_for(robot: Desk) -> None:
    """With the records key, and no other in its slot."""
    export = next(case for case in EVERY if case.action == "attendance.export")
    assert getattr(export.run(robot), "rows", 0) == 1
    assert set(robot.vault.opened.keys) == {KeyName.RECORDS}
    for name in (KeyName.CONTACT, KeyName.SAFEGUARDING, KeyName.ADMIN):
        with pytest.raises(RefusedError, match=f"{name} key"):
            robot.vault.key(name)
