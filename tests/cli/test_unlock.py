"""One passphrase for many commands: the agent and the shell at a true terminal, and where no secret is to be found."""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import argon2.low_level
import pexpect
import pytest

from lcs_cli.records.family import PersonKind
from lcs_cli.records.safeguarding import FlagCategory
from lcs_cli.records.user import Role
from lcs_cli.services import families, flags, users
from lcs_cli.services.families import FamilyDraft
from lcs_cli.services.people import PersonDraft
from lcs_cli.vault import agent
from lcs_cli.vault.secret import Secret
from tests.cli.processes import at_terminal, ended, python_environment, run
from tests.cli.test_terminal import TODAY, answer
from tests.cli.typed import Typist, at, lcs
from tests.conftest import CHEAP, make_vault, open_desk, passphrase

pytestmark = pytest.mark.filterwarnings("ignore:.*forkpty:DeprecationWarning")

PROMPT = "lcs>"  # its space is a movement of the cursor
NARRATIVE = "He hid the marmalade sandwich from her."


@dataclass(frozen=True)
class Place:
    """A vault with a family and a concern, and everything that belongs to the person at the machine."""

    vault: Path
    home: Path
    state: Path
    runtime: Path
    recovery_key: str

    def env(self, **variables: str) -> dict[str, str]:
        """What is set when amina sits down."""
        own = {"HOME": str(self.home), "LCS_STATE": str(self.state), "XDG_RUNTIME_DIR": str(self.runtime)}
        return python_environment(self.vault, **own, LCS_USER="amina", PROMPT_TOOLKIT_NO_CPR="1", **variables)

    def typing(self, *argv: str, **variables: str) -> "pexpect.spawn[str]":
        """A command at a terminal."""
        return at_terminal(argv, self.env(**variables), self.vault.parent)

    def alone(self, *argv: str) -> tuple[int, str, str]:
        """A command where nobody can be asked: exit code, output, and what is said beside it."""
        ran = run(argv, self.env(), self.vault.parent)
        return ran.returncode, ran.stdout, ran.stderr

    def unlocked(self, typed: str = passphrase("amina")) -> None:
        """Unlock it as amina."""
        child = self.typing("unlock")
        answer(child, "Passphrase: ", typed)
        assert ended(child)[0] == 0

    def sockets(self) -> list[Path]:
        """Where agents answer."""
        return list(self.runtime.glob("lcs-agent/*"))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """The vault; whatever was left unlocked is locked afterwards."""
    key = make_vault(tmp_path / "vault", began=TODAY - timedelta(days=3650))
    desk = open_desk(tmp_path / "vault", day=TODAY)
    families.add(desk, FamilyDraft("Kowalska", TODAY, [PersonDraft(PersonKind.CHILD, "Zofia", "Kowalska")]))
    flags.raise_flag(desk, "LCS-0001-R", FlagCategory.OTHER, NARRATIVE, [])
    users.add_service(desk, "nightly", ["retention.sweep"], tmp_path / "nightly.key")
    desk.db.close()
    (tmp_path / "home").mkdir()
    with tempfile.TemporaryDirectory(prefix="lcs-") as runtime:  # the path of a socket is to be short
        there = Place(tmp_path / "vault", tmp_path / "home", tmp_path / "state", Path(runtime), key)
        yield there
        for path in there.sockets():
            agent.stop(path)


# --- lcs unlock ------------------------------------------------------------------------------------------------------


def test_after_unlocking_commands_ask_nothing_until_it_is_locked(place: Place) -> None:
    """In any window; `lcs status` says so. Afterwards the passphrase is asked for again."""
    assert place.alone("today")[0] == 2
    place.unlocked()
    for command in (("today",), ("family", "show", "LCS-0001-R")):
        assert (place.alone(*command)[0], place.alone(*command)[2]) == (0, "")
    assert re.search(r"^Unlocked: +for 10 minutes without a command", place.alone("status")[1], re.MULTILINE)
    code, said = ended(place.typing("family", "list"))
    assert (code, "Kowalska" in said, "Passphrase" in said) == (0, True, False)
    assert place.alone("lock")[:2] == (0, "Locked.\n")
    assert place.sockets() == []
    child = place.typing("today")
    answer(child, "Passphrase: ", passphrase("amina"))
    assert ended(child)[0] == 0
    assert re.search(r"^Unlocked: +no: lcs unlock", _status(place), re.MULTILINE)
    assert place.alone("lock")[:2] == (0, "Nothing was unlocked.\n")


def _status(place: Place) -> str:
    child = place.typing("status")
    answer(child, "Passphrase: ", passphrase("amina"))
    return ended(child)[1]


def test_the_text_of_a_concern_asks_for_the_passphrase_again(place: Place) -> None:
    """Its key is kept by no agent; and so it is where somebody is to be let in."""
    place.unlocked()
    child = place.typing("flag", "show", "SF-0001-R")
    answer(child, "Passphrase: ", passphrase("amina"))
    code, said = ended(child)
    assert (code, NARRATIVE in said) == (0, True)
    code, out, err = place.alone("flag", "show", "SF-0001-R")
    assert (code, out) == (2, "")
    assert err.startswith("error: missing: a passphrase")
    assert place.alone("vault", "user", "roles", "tomos", "--role", "worker")[0] == 2


def test_what_is_unlocked_is_one_persons(place: Place) -> None:
    """Somebody else at the same machine types their own passphrase."""
    place.unlocked()
    assert place.alone("today", "--user", "rhys")[0] == 2
    child = place.typing("today", "--user", "rhys")
    answer(child, "Passphrase: ", passphrase("rhys"))
    assert ended(child)[0] == 0
    assert place.alone("today")[0] == 0


def test_who_says_who_they_are_is_not_taken_for_who_is_unlocked(place: Place) -> None:
    """By their variable as by the option: else what tomos does would stand on the trail as done by amina."""
    place.unlocked()
    child = at_terminal(["status"], place.env() | {"LCS_USER": "tomos"}, place.vault.parent)
    answer(child, "Passphrase: ", passphrase("tomos"))
    said = ended(child)[1]
    assert "U-004-G" in said
    assert re.search(r"Unlocked: +no", said), "it is unlocked for somebody else"


def test_a_second_person_is_told_that_somebody_is_unlocked(place: Place) -> None:
    """Else the commands of the first, in another window, would go on in the name of the second."""
    place.unlocked()
    child = place.typing("unlock", "--user", "tomos")
    answer(child, "Passphrase: ", passphrase("tomos"))
    code, said = ended(child)
    assert (code, "it is unlocked for amina" in said) == (1, True)
    assert "U-001-R" in place.alone("status")[1]
    assert place.alone("lock")[0] == 0
    child = place.typing("unlock", "--user", "tomos")
    answer(child, "Passphrase: ", passphrase("tomos"))
    assert ended(child)[0] == 0


def test_unlocking_costs_one_argon2id_in_all(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three commands follow it, and none derives a key; what asks again derives once more."""
    derived = []
    derive = argon2.low_level.hash_secret_raw

    def counted(*arguments: Any) -> bytes:
        derived.append(1)
        return bytes(derive(*arguments))

    monkeypatch.setattr(argon2.low_level, "hash_secret_raw", counted)
    typist = Typist(day=TODAY, env=at(place.vault) | {"XDG_RUNTIME_DIR": str(place.runtime)})
    assert lcs(typist, "unlock").code == 0
    for command in (("today",), ("family", "list"), ("family", "show", "LCS-0001-R")):
        assert lcs(typist, *command).code == 0
    assert len(derived) == 1
    assert lcs(typist, "flag", "show", "SF-0001-R").code == 0
    assert len(derived) == 2
    assert lcs(typist, "lock").out == "Locked.\n"
    assert lcs(typist, "today").code == 0
    assert len(derived) == 3


def test_when_somebody_was_admitted_meanwhile_it_is_said_and_asked_once(place: Place) -> None:
    """What was unlocked fits one header. With the passphrase typed anew it is unlocked again."""
    place.unlocked()
    desk = open_desk(place.vault, "rhys", TODAY)
    users.add_user(desk, "nia", [Role.WORKER], Secret(passphrase=passphrase("nia")), CHEAP)
    desk.db.close()
    child = place.typing("today")
    child.expect_exact("locked: who may open the vault has changed since it was unlocked")
    answer(child, "Passphrase: ", passphrase("amina"))
    assert ended(child)[0] == 0
    code, _, err = place.alone("today")
    assert (code, err) == (0, "")


def test_whoever_changes_their_own_passphrase_stays_unlocked(place: Place) -> None:
    """And no other person is unlocked by it."""
    place.unlocked()
    child = place.typing("vault", "user", "passphrase")
    answer(child, "Passphrase: ", passphrase("amina"))
    answer(child, "Passphrase for amina (Enter to have one made): ", "eleven tin kettles whistling")
    answer(child, "The same again: ", "eleven tin kettles whistling")
    assert ended(child)[0] == 0
    assert place.alone("today")[0] == 0
    child = place.typing("vault", "user", "passphrase", "--user", "tomos")
    answer(child, "Passphrase: ", passphrase("tomos"))
    answer(child, "Passphrase for tomos (Enter to have one made): ", "forty wet umbrellas drying")
    answer(child, "The same again: ", "forty wet umbrellas drying")
    assert ended(child)[0] == 0
    code, _, err = place.alone("today")
    assert (code, err.splitlines()[0]) == (2, "locked: who may open the vault has changed since it was unlocked")
    assert place.alone("today", "--user", "tomos")[0] == 2


@pytest.mark.parametrize("command", ["unlock", "shell"])
def test_the_third_wrong_passphrase_unlocks_nothing(place: Place, command: str) -> None:
    """Exit code 12, and no agent."""
    child = place.typing(command)
    for number in range(3):
        answer(child, "Passphrase: ", f"not the right one {number}")
    code, said = ended(child)
    assert (code, "Unlocked" in said) == (12, False)
    assert place.sockets() == []


@pytest.mark.parametrize("command", ["unlock", "shell"])
def test_where_nobody_can_be_asked_nothing_is_unlocked(place: Place, command: str) -> None:
    """One line, and what to do instead; exit code 2."""
    code, out, err = place.alone(command)
    assert (code, out) == (2, "")
    assert re.fullmatch(r"error: [^\n]+\nhint: [^\n]+\n", err)
    assert place.sockets() == []


@pytest.mark.parametrize("command", ["unlock", "shell"])
def test_a_machine_and_the_recovery_key_unlock_nothing(place: Place, command: str) -> None:
    """A key file needs no unlocking, and the paper is to go back into the drawer (policy 4.5)."""
    code, said = ended(place.typing(command, "--key-file", "nightly.key"))
    assert (code, f"may not run “{command}”" in said) == (4, True)
    child = place.typing(command, "--user", "recovery")
    answer(child, "Recovery key: ", place.recovery_key)
    code, said = ended(child)
    assert (code, f"refused (policy 4.5): U-002-W may not run “{command}”" in said) == (4, True)
    assert place.sockets() == []


# --- lcs shell -------------------------------------------------------------------------------------------------------


def in_shell(place: Place) -> "pexpect.spawn[str]":
    """A shell with its first prompt."""
    child = place.typing("shell")
    answer(child, "Passphrase: ", passphrase("amina"))
    child.expect_exact(PROMPT)
    return child


def test_a_shell_completes_commands_and_references_and_recalls_what_was_typed(place: Place) -> None:
    """Tab for each; no name of a family is completed. The arrow key brings the last line back."""
    child = in_shell(place)
    child.send("fam\tli\t\r")
    child.expect_exact("LCS-0001-R")
    child.expect_exact(PROMPT)
    child.send("family show LC\t\r")
    child.expect_exact("Zofia Kowalska")
    child.expect_exact(PROMPT)
    child.send("family show Kow\t\r")
    child.expect_exact("error: family: ")
    child.expect_exact(PROMPT)
    child.send("\x1b[A\x1b[A\r")
    child.expect_exact("Zofia Kowalska")
    child.expect_exact(PROMPT)
    child.send("exit\r")
    assert ended(child)[0] == 0


def test_a_shell_asks_again_for_a_narrative_and_after_lock(place: Place) -> None:
    """One passphrase for the rest; Ctrl-C gives a line up, Ctrl-D leaves."""
    child = in_shell(place)
    child.send("flag show SF\t\r")
    answer(child, "Passphrase: ", passphrase("amina"))
    child.expect_exact(NARRATIVE)
    child.expect_exact(PROMPT)
    child.send("family close LCS-0001-R")
    child.send("\x03")
    child.expect_exact(PROMPT)
    child.send("lock\r")
    child.expect_exact("\x1b[2J")
    child.expect_exact("Locked.")
    answer(child, "Passphrase: ", passphrase("amina"))
    child.expect_exact(PROMPT)
    child.send("family list\r")
    child.expect_exact("open")
    child.expect_exact(PROMPT)
    child.send("\x04")
    assert ended(child)[0] == 0


def test_a_shell_writes_down_nothing_that_was_typed(place: Place) -> None:
    """The history is kept in memory; beside the vault there is the head of the trail, and no other file."""
    child = in_shell(place)
    child.send("family show LCS-0001-R\r")
    child.expect_exact("Zofia Kowalska")
    child.expect_exact(PROMPT)
    child.send("exit\r")
    assert ended(child)[0] == 0
    assert list(place.home.rglob("*")) == []
    assert list(place.runtime.rglob("*")) == []
    assert [path.name.partition("-")[2] for path in place.state.iterdir()] == ["U-001-R.json"]
    assert {path.name for path in place.vault.parent.iterdir()} == {"vault", "home", "state", "nightly.key"}


# --- Where no secret is ----------------------------------------------------------------------------------------------


def shown_to_others(*words: bytes) -> list[bytes]:
    """Which words are in the command line or the environment of any process that can be looked at."""
    seen = b""
    for about in Path("/proc").glob("[0-9]*"):
        for name in ("cmdline", "environ"):
            with suppress(OSError):  # it has ended, or is closed
                seen += (about / name).read_bytes()
    return [word for word in words if word in seen]


def written(place: Place, *words: bytes) -> list[bytes]:
    """Which words are in any file of the person's, or in any file's name."""
    found = set()
    for folder in (place.home, place.state, place.runtime, place.vault):
        for path in folder.rglob("*"):
            content = bytes(path) + (path.read_bytes() if path.is_file() else b"")
            found |= {word for word in words if word in content}
    return sorted(found)


def test_what_was_typed_is_in_no_command_line_no_environment_and_no_file(place: Place) -> None:
    """A passphrase and a narrative, while the program and its agent hold them, and after."""
    # Nobody else on this machine has these words.
    typed, told = (f"{words} {os.urandom(8).hex()}" for words in ("eleven tin kettles", "He hid"))
    secrets = [typed.encode(), told.encode()]
    desk = open_desk(place.vault, day=TODAY)
    users.change_passphrase(desk, Secret(passphrase=typed), CHEAP)
    desk.db.close()
    place.unlocked(typed)
    child = place.typing("vault", "user", "roles", "tomos")
    answer(child, "Passphrase: ", typed)
    child.expect_exact("Roles, with commas between ")
    assert shown_to_others(*secrets, b"lcs_cli") == [b"lcs_cli"]
    child.sendintr()
    ended(child)
    child = place.typing("flag", "raise", "LCS-0001-R")
    answer(child, "What happened: ", told)
    child.expect_exact("[other]: ")
    (socket,) = place.sockets()
    about = agent.status(socket)
    assert about
    assert (Path("/proc") / str(about.pid) / "cmdline").exists()
    assert shown_to_others(*secrets, bytes(place.runtime)) == [bytes(place.runtime)]
    assert written(place, *secrets) == []
    child.sendline("")
    assert ended(child)[0] == 0
    assert place.alone("lock")[0] == 0
    assert written(place, *secrets, b"amina") == [b"amina"]
    assert shown_to_others(*secrets) == []


BROKEN = {
    "after the passphrase was read": """
from lcs_cli.vault import slots

def broken(secret, kdf):
    raise ValueError(f"what was typed is {secret.passphrase}")

slots.derive = broken
""",
    "with a narrative in hand": """
from lcs_cli.services import flags

def broken(desk, family, category, narrative, children, staff):
    raise KeyError(narrative)

flags.raise_flag = broken
""",
}
RUN = "import sys; from lcs_cli.cli.app import run; sys.argv[0] = 'lcs'; run()"


@pytest.mark.parametrize("where", BROKEN)
def test_a_command_that_breaks_inside_shows_nothing_that_was_typed(place: Place, where: str) -> None:
    """One line that says where, for the report; no traceback, no values, exit code 1."""
    program = (sys.executable, "-c", BROKEN[where] + RUN)
    child = at_terminal(["flag", "raise", "LCS-0001-R"], place.env(), place.vault.parent, program)
    answer(child, "Passphrase: ", passphrase("amina"))
    if "narrative" in where:
        answer(child, "What happened: ", NARRATIVE)
        answer(child, "[other]: ", "")
    code, said = ended(child)
    assert code == 1
    assert re.fullmatch(r"\s*error: (?:ValueError|KeyError) in \S+\nhint: this is a defect of lcs: [^\n]+\n", said)
    assert passphrase("amina") not in said
    assert NARRATIVE not in said
