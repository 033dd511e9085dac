"""What is pasted at a true terminal: taken whole where it is a text, and never left to the shell behind."""

from pathlib import Path

import pexpect
import pytest

from lcs_cli.records.family import ContactField
from lcs_cli.services import flags, people
from tests.cli.processes import PROGRAM, at_terminal, ended, python_environment
from tests.conftest import make_vault, open_desk, passphrase
from tests.services import stories

pytestmark = pytest.mark.filterwarnings("ignore:.*forkpty:DeprecationWarning")


@pytest.fixture
def real_vault(tmp_path: Path) -> Path:
    """A vault with a family, opened by processes."""
    make_vault(tmp_path / "vault")
    desk = open_desk(tmp_path / "vault")
    stories.family(desk)
    desk.db.close()
    return tmp_path / "vault"


def raising(vault: Path) -> "pexpect.spawn[str]":
    """A concern that is being raised, as far as its text."""
    argv = ["flag", "raise", "LCS-0001-R", "--category", "other", "--user", "tomos"]
    child = at_terminal(argv, python_environment(vault), vault.parent)
    child.expect_exact("Passphrase: ")
    child.sendline(passphrase("tomos"))
    child.expect_exact("What happened: ")
    return child


def test_a_text_of_several_paragraphs_is_pasted_whole(real_vault: Path) -> None:
    """Else its first line would be kept for ever, and the rest typed into the shell."""
    child = raising(real_vault)
    child.send("He would not let go.\n\nLater he showed me a bruise.\nOn the arm.\n")
    code, _ = ended(child)
    assert code == 0
    told = flags.show(open_desk(real_vault), "SF-0001-R").narrative
    assert told == "He would not let go.\n\nLater he showed me a bruise.\nOn the arm."


def test_an_address_of_several_lines_is_pasted_whole(real_vault: Path) -> None:
    """Else its second line would land in the telephone number, and its third in the e-mail address."""
    argv = ["person", "edit", "P-0002-W", "--user", "amina"]
    child = at_terminal(argv, python_environment(real_vault), real_vault.parent)
    child.expect_exact("Passphrase: ")
    child.sendline(passphrase("amina"))
    for question in ("First name: ", "Family name: ", "Date of birth: ", "Relationship: "):
        child.expect_exact(question)
        child.sendline("")
    child.expect_exact("Address: ")
    child.send("2 Oak Row\nAnytown\nAB1 2CD\n")
    for question, typed in (("Telephone: ", "Anytown"), ("Telephone: ", ""), ("Email: ", ""), ("Reason: ", "moved")):
        child.expect_exact(question)
        child.sendline(typed)
    assert ended(child)[0] == 0
    desk = open_desk(real_vault)
    assert people.show(desk, "P-0002-W").details[ContactField.ADDRESS] == "2 Oak Row\nAnytown\nAB1 2CD"


def test_a_line_that_a_terminal_would_cut_is_asked_for_again(real_vault: Path) -> None:
    """The system throws away what is beyond 4,095 bytes: a concern that is cut in silence would stay so for ever."""
    child = raising(real_vault)
    child.send("word " * 1000 + "THE-END\nand a second paragraph\n")
    child.expect_exact("longer than a terminal takes")
    child.expect_exact("What happened: ")
    child.sendline("A short one.")
    assert ended(child)[0] == 0
    assert flags.show(open_desk(real_vault), "SF-0001-R").narrative == "A short one."


def test_an_arrow_key_in_a_text_asks_for_it_again(real_vault: Path) -> None:
    """One slip, one question: the others are kept."""
    child = raising(real_vault)
    child.sendline("the dor\x1b[D")
    child.expect_exact("holds a control or direction character")
    child.expect_exact("What happened: ")
    child.sendline("the door")
    assert ended(child)[0] == 0


def test_what_is_typed_beyond_the_last_answer_does_not_reach_the_shell(real_vault: Path) -> None:
    """It may be the rest of a concern, and a shell would run it and keep it in its history."""
    close = f"'{PROGRAM[0]}' -m lcs_cli family close LCS-0001-R --on today --user amina"
    line = f"{close}; IFS= read -r -t 1 rest; echo [$rest]"
    child = pexpect.spawn(
        "bash",
        ["-c", line],
        env={"TERM": "xterm", "LANG": "C.UTF-8", **python_environment(real_vault)},
        cwd=str(real_vault.parent),
        encoding="utf-8",
        timeout=30,
    )
    child.expect_exact("Passphrase: ")
    child.sendline(passphrase("amina"))
    child.expect_exact("[y/N]: ")
    child.send("n\nHe showed me a bruise.\n")
    said = ended(child)[1]
    assert "what was typed beyond the last answer was thrown away" in said
    assert said.rstrip().endswith("[]")
