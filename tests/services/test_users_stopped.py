"""A change of who may open the vault that is stopped at any moment: it is done, with its entry, or it is not."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pytest

from lcs_cli.errors import CannotUnlockError
from lcs_cli.records.user import Role
from lcs_cli.services import audits, setup
from lcs_cli.services.desk import Desk
from lcs_cli.vault.folder import HEADER, HEADER_COPY
from lcs_cli.vault.header import Header
from lcs_cli.vault.secret import Secret
from tests.conftest import TODAY, make_vault, moment, open_desk, passphrase
from tests.services import stories
from tests.stopping import Stopped, new_passphrase, stopped
from tests.vault.tampering import header_of


def opens(vault: Path, name: str, text: str) -> bool:
    """Whether a passphrase opens somebody's slot."""
    try:
        setup.open_desk(vault, name, Secret(passphrase=text), now=moment(TODAY), today=TODAY).db.close()
    except CannotUnlockError:
        return False
    return True


@dataclass(frozen=True)
class Verb:
    """A command, the action of its entry, how the header shows that it is done, and whose secret it changes."""

    argv: tuple[str, ...]
    action: str
    done: Callable[[Header], bool]
    changes: str | None = None

    def __str__(self) -> str:
        return " ".join(self.argv[2:4])


def names(header: Header) -> set[str]:
    """Who has a slot."""
    return {slot.user.name for slot in header.slots}


USER = ("vault", "user")
VERBS = [
    Verb((*USER, "add", "nia", "--role", "worker"), "vault.user.add", lambda h: "nia" in names(h)),
    Verb((*USER, "remove", "tomos", "--yes"), "vault.user.remove", lambda h: "tomos" not in names(h)),
    Verb(
        (*USER, "roles", "tomos", "--role", "administrator"),
        "vault.user.roles",
        lambda h: h.slot("tomos").user.roles == {Role.ADMINISTRATOR},
    ),
    Verb((*USER, "recover", "tomos"), "vault.user.recover", lambda h: h.epoch == 4, "tomos"),
    Verb((*USER, "recover", "recovery"), "vault.user.recover", lambda h: h.epoch == 4),
    Verb((*USER, "passphrase"), "vault.user.passphrase", lambda h: h.slot("amina").lock.revision == 2, "amina"),
]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault with three people."""
    folder = tmp_path_factory.mktemp("template") / "vault"
    make_vault(folder)
    return folder


def whole(one: Stopped, desk: Desk) -> bool:
    """Whether the trail verifies, and the folder holds two equal headers, the data file, and nothing else."""
    problems = audits.verify(desk).problems  # an entry of its own: with it goes a journal that held nothing
    files = {HEADER, HEADER_COPY, "lock", "disposals.jsonl", desk.vault.header.data}
    copies = {(one.folder / copy).read_bytes() for copy in (HEADER, HEADER_COPY)}
    return (problems, {path.name for path in one.folder.iterdir()}, len(copies)) == ((), files, 1)


@pytest.mark.parametrize("how", ["killed", "full"])
@pytest.mark.parametrize("verb", VERBS, ids=str)
def test_stopped_at_any_of_its_steps(template: Path, tmp_path: Path, verb: Verb, how: str) -> None:
    """The header, the trail, whose signature counts and which secret opens the slot all say the same."""
    before, outcomes = len(stories.trail(open_desk(template))), []
    for one in stopped(how, template, tmp_path, *verb.argv, shared=True):
        desk = open_desk(one.folder, "rhys")  # the next who comes in
        done = verb.done(header_of(one.folder))
        assert [entry.action for entry in stories.trail(desk)[before:]].count(verb.action) == done, one.step
        if verb.changes:
            old, new = passphrase(verb.changes), new_passphrase(verb.changes)
            assert [opens(one.folder, verb.changes, text) for text in (old, new)] == [not done, done], one.step
        assert whole(one, desk), one.step
        said = [line for line in one.ran.err.splitlines() if line.startswith(("error", "hint", "damaged"))]
        assert [line.split(":")[0] for line in said] == ["error", "hint"] * (one.ran.code == 1), one
        outcomes.append(done)
    assert [done for done, _ in groupby(outcomes)] == [False, True]
