"""Letters of all our families under the code pages of Windows and the locales of old terminals: none is lost."""

import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lcs_cli.records.family import PersonKind
from lcs_cli.services import families, users
from lcs_cli.services.families import FamilyDraft
from lcs_cli.services.people import PersonDraft
from lcs_cli.vault.secret import Secret
from tests.cli.processes import PROGRAM, at_terminal, ended, python_environment
from tests.conftest import CHEAP, make_vault, open_desk, passphrase

pytestmark = pytest.mark.filterwarnings("ignore:.*forkpty:DeprecationWarning")

TODAY = datetime.now(ZoneInfo("Europe/London")).date()
NAME, FIRST = "Nguyễn", "Łukasz Їжак محمد Okonkwo-Ŵyn"
PAGES = ("cp1252", "cp850", "ascii")
ASCII_LOCALE = {"LANG": "C", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}


@pytest.fixture
def registered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vault in a folder with a letter of its own, and one child with many."""
    monkeypatch.setenv("LCS_STATE", str(tmp_path / "state"))
    folder = tmp_path / "żółć"
    make_vault(folder, began=TODAY)
    desk = open_desk(folder, day=TODAY)
    families.add(desk, FamilyDraft(NAME, TODAY, [PersonDraft(PersonKind.CHILD, FIRST, NAME, None)]))
    desk.db.close()
    return folder


def typed(vault: Path, env: Mapping[str, str], line: str, *answers: tuple[str, str]) -> tuple[int, str]:
    """How a command line ends that a shell runs at a terminal, once it was answered; what was on the screen."""
    command = f"'{PROGRAM[0]}' -m lcs_cli {line}"
    variables = python_environment(vault, LCS_USER="amina", LCS_PAGER="none", **env)
    child = at_terminal(["-c", command], variables, vault.parent, ("sh",))
    for question, answer in answers or (("Passphrase: ", passphrase("amina")),):
        child.expect_exact(question)
        child.sendline(answer)
    return ended(child)


@pytest.mark.parametrize("page", PAGES)
def test_no_letter_is_lost_in_another_code_page(registered: Path, page: str) -> None:
    """In a table and in a question, and byte for byte in a file: as a person reads it, as JSON, as CSV."""
    env = {"PYTHONIOENCODING": page, "PYTHONUTF8": "0"}
    code, said = typed(registered, env, "family show LCS-0001-R")
    assert (code, FIRST in said, "─" in said) == (0, True, True)
    for form in ("", " --json"):
        assert typed(registered, env, f"family show LCS-0001-R{form} > out")[0] == 0
        written = (registered.parent / "out").read_bytes().decode("utf-8")
        assert f"{FIRST} {NAME}" in written if not form else json.loads(written)["people"][0]["given_name"] == FIRST
    assert typed(registered, env, "family list --csv > out")[0] == 0
    assert f",{NAME}," in (registered.parent / "out").read_bytes().decode("utf-8")
    child = at_terminal(["family", "add", "--user", "amina"], python_environment(registered, **env), registered.parent)
    child.expect_exact("Passphrase: ")
    child.sendline(passphrase("amina"))
    child.expect_exact("Family name: ")
    child.sendline(NAME)
    child.expect_exact("[today]: ")
    child.sendline("<")
    child.expect_exact(f"Family name [{NAME}]: ")
    child.sendline(".")
    assert ended(child)[0] == 130


def test_what_is_typed_and_named_is_utf8_also_in_a_locale_without_letters(registered: Path) -> None:
    """An argument, a passphrase, a file that is read and one that is written."""
    secret = "żółte kaczki naïve ścieżka"
    desk = open_desk(registered, day=TODAY)
    users.change_passphrase(desk, Secret(passphrase=secret), CHEAP)
    desk.db.close()
    unlocks = ("Passphrase: ", secret)
    code, said = typed(registered, ASCII_LOCALE, "find Їжак", unlocks)
    assert (code, FIRST in said) == (0, True)
    (registered.parent / "ślad.txt").write_text("a list", encoding="utf-8")
    adding = "document add LCS-0001-R --kind other --file ślad.txt"
    code, said = typed(registered, ASCII_LOCALE, adding, unlocks, ("Title (Enter for none): ", "Ślad"))
    assert (code, "Added DC-000001-R" in said) == (0, True)
    code, said = typed(registered, ASCII_LOCALE, "document show DC-000001-R --out ślad-2.txt", unlocks)
    assert (code, "Ślad" in said) == (0, True)
    assert (registered.parent / "ślad-2.txt").read_text(encoding="utf-8") == "a list"


def test_what_is_no_utf8_is_said_and_nothing_is_guessed(registered: Path) -> None:
    """A terminal that sends Latin-1 is told so: “Meißner” would be another name."""
    child = at_terminal(["referrer", "add", "--user", "amina"], python_environment(registered), registered.parent)
    child.expect_exact("Passphrase: ")
    child.sendline(passphrase("amina"))
    child.expect_exact("Name: ")
    child.setecho(state=False)
    os.write(child.child_fd, "Meißner\n".encode("latin-1"))
    code, said = ended(child)
    assert (code, "error: what was typed is not UTF-8 text" in said) == (2, True)
