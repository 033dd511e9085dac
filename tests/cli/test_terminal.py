"""The program at a true terminal: questions, passphrases that do not show, and keys that are typed."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pexpect
import pytest

from lcs_cli.records.family import PersonKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.years import anniversary
from lcs_cli.services import clock_guard, families
from lcs_cli.services.families import FamilyDraft
from lcs_cli.services.people import PersonDraft
from lcs_cli.services.setup import RECOVERY, open_desk
from lcs_cli.vault.secret import read_recovery_key
from tests.cli.processes import PROGRAM, at_terminal, bare, ended, python_environment, run
from tests.conftest import make_vault, moment, passphrase
from tests.conftest import open_desk as desk_on

pytestmark = pytest.mark.filterwarnings("ignore:.*forkpty:DeprecationWarning")

TODAY = datetime.now(
    ZoneInfo("Europe/London")
).date()  # the program at the other end of the terminal reads the real clock
GENERATED = re.compile(r"Passphrase for amina: ((?:[a-z-]+ ){4}[a-z-]+)\r?\n")
RECOVERY_KEY = re.compile(r"((?:[A-Z2-7]{4}-){12}[A-Z2-7]{4})")


@pytest.fixture
def real_vault(tmp_path: Path) -> Path:
    """A vault that began ten years ago, opened by processes today."""
    make_vault(tmp_path / "vault", began=TODAY - timedelta(days=3650))
    return tmp_path / "vault"


def register(vault: Path, name: str, opened: date, closed: date | None = None) -> None:
    """A family with one child, registered on its first day and closed on its last."""
    desk = desk_on(vault, day=opened)
    child = PersonDraft(PersonKind.CHILD, "Siân", name, opened - timedelta(days=2000))
    file = families.add(desk, FamilyDraft(name, opened, [child]))
    desk.db.close()
    if closed is not None:
        desk = desk_on(vault, day=closed)
        families.close(desk, reference(Kind.FAMILY, file.family.number), closed)
        desk.db.close()


def signed_in(vault: Path, *argv: str, user: str = "amina") -> "pexpect.spawn[str]":
    """Start a command at a terminal and type the passphrase, which is not shown."""
    child = at_terminal([*argv, "--user", user], python_environment(vault), vault.parent)
    child.expect_exact("Passphrase: ")
    child.sendline(passphrase(user))
    return child


def answer(child: "pexpect.spawn[str]", question: str, typed: str) -> None:
    """Wait for a question, and answer it."""
    child.expect_exact(question)
    child.sendline(typed)


def test_a_vault_is_made_with_a_chosen_passphrase(tmp_path: Path) -> None:
    """A weak one is refused, a slip in the second typing too; the recovery key is shown once, and opens the vault."""
    vault = tmp_path / "vault"
    child = at_terminal(["init"], python_environment(vault), tmp_path)
    answer(child, "Your user name: ", "Amina Jones")
    child.expect_exact("error: user name: ")
    answer(child, "Your user name: ", "amina")
    for weak in ("teaspoon", "passwordpassword"):
        answer(child, "Passphrase for amina (Enter to have one made): ", weak)
        child.expect_exact("error: passphrase: ")
    answer(child, "Passphrase for amina (Enter to have one made): ", passphrase("amina"))
    answer(child, "The same again: ", passphrase("amine"))
    child.expect_exact("error: passphrase: the two are not the same")
    answer(child, "Passphrase for amina (Enter to have one made): ", passphrase("amina"))
    answer(child, "The same again: ", passphrase("amina"))
    code, said = ended(child)
    assert code == 0
    assert passphrase("amina") not in said
    shown = RECOVERY_KEY.findall(said)
    assert len(shown) == 1
    assert "shown this once" in said
    desk = open_desk(vault, RECOVERY, read_recovery_key(shown[0].lower()), now=moment(TODAY), today=TODAY)
    assert desk.user.name == RECOVERY
    desk.db.close()


def test_enter_has_a_passphrase_made_that_opens_the_vault(tmp_path: Path) -> None:
    """Five words, shown once, and typed back at the next command."""
    vault = tmp_path / "vault"
    child = at_terminal(["init", "--user", "amina"], python_environment(vault), tmp_path)
    answer(child, "Passphrase for amina (Enter to have one made): ", "")
    code, said = ended(child)
    assert code == 0
    made = GENERATED.search(said)
    assert made
    child = at_terminal(["today"], python_environment(vault), tmp_path)
    answer(child, "Passphrase: ", made[1])
    code, said = ended(child)
    assert code == 0
    assert f"{TODAY:%Y}" in said
    assert "No session today." in said


def test_a_folder_that_is_taken_is_said_before_anything_is_asked(real_vault: Path) -> None:
    """Nobody thinks of a passphrase for nothing."""
    child = at_terminal(["init", "--user", "amina"], python_environment(real_vault), real_vault.parent)
    code, said = ended(child)
    assert code == 2
    assert "something is there already" in said
    assert "Passphrase" not in said


def test_the_third_wrong_passphrase_is_the_last(real_vault: Path) -> None:
    """The right one may come second; after three wrong ones the command ends with 12."""
    child = at_terminal(["today", "--user", "amina"], python_environment(real_vault), real_vault.parent)
    answer(child, "Passphrase: ", "wrong")
    child.expect_exact("error: wrong passphrase or key")
    answer(child, "Passphrase: ", passphrase("amina"))
    code, said = ended(child)
    assert code == 0
    assert "No session today." in said
    child = at_terminal(["today", "--user", "amina"], python_environment(real_vault), real_vault.parent)
    for _ in range(3):
        answer(child, "Passphrase: ", "wrong")
    code, said = ended(child)
    assert code == 12
    assert said.count("error: wrong passphrase or key") == 1


def test_a_family_is_registered_by_answering_questions(real_vault: Path) -> None:
    """A wrong answer is asked for again, letters of other scripts arrive whole, the passphrase never shows."""
    child = signed_in(real_vault, "family", "add")
    answer(child, "Family name: ", "Nguyễn")
    answer(child, "[today]: ", "")
    answer(child, "Child 1 first name (Enter when done): ", "Đức")
    answer(child, "Family name [Nguyễn]: ", "")
    answer(child, "Date of birth: ", "31/2/2019")
    child.expect_exact("error: date of birth: must be a real date")
    answer(child, "Date of birth: ", "27/3/2019")
    answer(child, "Child 2 first name (Enter when done): ", "")
    answer(child, "Adult 1 first name (Enter when done): ", "")
    code, said = ended(child)
    assert code == 0
    assert f"Saved LCS-0001-R (Đ.N.), open since {TODAY:%a} {TODAY.day} {TODAY:%b %Y}." in said
    child = signed_in(real_vault, "family", "show", "lcs-1-r")
    code, said = ended(child)
    assert code == 0
    assert "Đức Nguyễn" in said
    assert "─" in said  # at a terminal a table is drawn
    assert passphrase("amina") not in said


def test_attendance_is_recorded_at_the_keyboard(real_vault: Path) -> None:
    """Yes, and two times; a wrong time is asked for again."""
    register(real_vault, "Llwyd", TODAY - timedelta(days=30))
    booking = ("session", "book", "LCS-0001-R", "--on", "yesterday", "--at", "10:00", "--until", "11:30")
    code, said = ended(signed_in(real_vault, *booking))
    assert code == 0
    assert "Booked S-000001-R" in said
    child = signed_in(real_vault, "attendance", "record", "S-000001-R")
    answer(child, "(y/n): ", "y")
    answer(child, "Arrived: ", "five past ten")
    child.expect_exact("error: arrived: must be a time such as 14:30")
    answer(child, "Arrived: ", "10:05")
    answer(child, "Left: ", "11:30")
    code, said = ended(child)
    assert code == 0
    assert "P-0001-R attended 10:05 to 11:30" in said


def test_due_files_are_walked_through_and_approved_by_typing(real_vault: Path) -> None:
    """One is proposed with its reference typed, one held, one skipped; another manager types the list's hash."""
    ended_on = anniversary(TODAY, -5) - timedelta(days=10)
    for name in ("Llwyd", "Kowalska", "Begum"):
        register(real_vault, name, ended_on - timedelta(days=90), ended_on)
    clock_guard.confirm(desk_on(real_vault, "rhys", TODAY), TODAY)  # the vault has seen nothing for years
    child = signed_in(real_vault, "retention", "review")
    child.expect_exact("1 of 3  LCS-0001-R")
    answer(child, "s skip [s]: ", "d")
    answer(child, "Type the reference to confirm (Enter to skip): ", "LCS-0001-R")
    child.expect_exact("2 of 3  LCS-0002-W")
    answer(child, "s skip [s]: ", "h")
    child.expect_exact("Kind ")
    child.sendline("complaint")
    answer(child, "Until (Enter for no end): ", "")
    answer(child, "Reason: ", "a complaint is being looked into")
    child.expect_exact("3 of 3  LCS-0003-A")
    answer(child, "s skip [s]: ", "")
    code, said = ended(child)
    assert code == 0
    assert "Proposed RV-0001-R: dispose of LCS-0001-R" in said
    assert "Held LCS-0002-W" in said
    assert "LCS-0003-A" not in said
    child = signed_in(real_vault, "retention", "approve", user="rhys")
    child.expect(r"Type (\w{8}) to approve this list")
    assert child.match
    answer(child, ": ", child.match[1])
    code, said = ended(child)
    assert code == 0
    assert "Approved LCS-0001-R." in said
    assert f"{TODAY + timedelta(days=7):%b %Y}" in said


@pytest.mark.parametrize(
    ("typed", "code", "state"), [("y", 0, "closed"), ("n", 130, "open"), ("", 130, "open"), ("x", 130, "open")]
)
def test_a_family_is_closed_only_by_a_yes(real_vault: Path, typed: str, code: int, state: str) -> None:
    """Enter means no; a no is no error, and says that nothing was changed."""
    register(real_vault, "Llwyd", TODAY - timedelta(days=30))
    child = signed_in(real_vault, "family", "close", "lcs-1-r")
    answer(child, f"Close LCS-0001-R (S.L.) on {TODAY:%a} {TODAY.day} {TODAY:%b %Y}? [y/N]: ", typed)
    found, said = ended(child)
    assert found == code
    assert ("nothing was changed" in said) == (state == "open")
    child = signed_in(real_vault, "family", "list", "--json")
    assert f'"status": "{state}"' in ended(child)[1]


def test_the_recovery_key_opens_the_vault_and_admits_somebody_anew(tmp_path: Path) -> None:
    """When every passphrase is lost: the key on paper, in small letters and with spaces, makes a new manager."""
    vault = tmp_path / "vault"
    child = at_terminal(["init", "--user", "amina"], python_environment(vault), tmp_path)
    answer(child, "Passphrase for amina (Enter to have one made): ", "")
    key = RECOVERY_KEY.search(ended(child)[1])
    assert key
    argv = ["vault", "user", "add", "rhys", "--role", "manager", "--user", "recovery"]
    child = at_terminal(argv, python_environment(vault), tmp_path)
    answer(child, "Recovery key: ", key[1][:20])
    child.expect_exact("error: the recovery key is not complete")
    answer(child, "Recovery key: ", key[1].lower().replace("-", " "))
    answer(child, "Passphrase for rhys (Enter to have one made): ", passphrase("rhys"))
    answer(child, "The same again: ", passphrase("rhys"))
    code, said = ended(child)
    assert code == 0
    assert "Admitted U-003-A (rhys): manager." in said
    assert key[1].lower().replace("-", " ") not in said
    code, said = ended(signed_in(vault, "vault", "user", "list", user="rhys"))
    assert code == 0
    assert "recovery" in said


def test_json_comes_through_a_pipe_while_the_passphrase_is_typed(real_vault: Path) -> None:
    """``cat family.json | lcs family add --from -`` at a terminal: the data from the pipe, the secret from the keys."""
    (real_vault.parent / "family.json").write_text('{"name": "Kowalska"}', encoding="utf-8")
    line = f"cat family.json | '{PROGRAM[0]}' -m lcs_cli family add --from - --user amina"
    child = pexpect.spawn(
        "/bin/sh",
        ["-c", line],
        env={"TERM": "xterm", "LANG": "C.UTF-8", **python_environment(real_vault)},
        cwd=str(real_vault.parent),
        encoding="utf-8",
        timeout=30,
    )
    answer(child, "Passphrase: ", passphrase("amina"))
    code, said = ended(child)
    assert code == 0
    assert "Saved LCS-0001-R" in said


def test_a_person_is_not_asked_where_there_is_no_terminal(real_vault: Path) -> None:
    """The same command in a timer names what is missing, at once."""
    ran = run(["family", "list", "--user", "amina"], bare(LCS_VAULT=str(real_vault)), real_vault.parent)
    assert ran.returncode == 2
    assert "missing: a passphrase" in ran.stderr


def test_leaving_a_review_half_way_says_what_was_decided(real_vault: Path) -> None:
    """Ctrl-C at the second file takes nothing back of the first, and does not claim to."""
    ended_on = anniversary(TODAY, -5) - timedelta(days=10)
    for name in ("Llwyd", "Kowalska"):
        register(real_vault, name, ended_on - timedelta(days=90), ended_on)
    child = signed_in(real_vault, "retention", "review")
    answer(child, "s skip [s]: ", "x")
    child.expect_exact("that is none of them")
    answer(child, "s skip [s]: ", "d")
    answer(child, "skip): ", "LCS-0002-W")
    child.expect_exact("That is another reference.")
    answer(child, "skip): ", "LCS-0001-R")
    child.expect_exact("2 of 2")
    child.expect_exact("s skip [s]: ")
    child.sendintr()
    code, said = ended(child)
    assert code == 130
    assert "what was decided before stands" in said
    assert "Proposed RV-0001-R: dispose of LCS-0001-R" in said
