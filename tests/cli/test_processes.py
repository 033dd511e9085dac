"""The program as a process: cron, pipes, interrupts, other encodings, and vaults that are not as they should be."""

import os
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lcs_cli.cli.app import GROUPS
from lcs_cli.errors import EXIT_CODES
from lcs_cli.records.clock import local_time
from lcs_cli.records.family import PersonKind
from lcs_cli.records.referral import ReferralOutcome, ReferrerKind
from lcs_cli.services import attendance, clock_guard, contact_sessions, families, referrals, users
from lcs_cli.services.attendance import Outcome
from lcs_cli.services.desk import Desk
from lcs_cli.services.families import FamilyDraft
from lcs_cli.services.people import PersonDraft
from tests.cli.processes import PROGRAM, ROOT, at_terminal, bare, ended, python_environment, run
from tests.conftest import TODAY, open_desk, passphrase

pytestmark = pytest.mark.filterwarnings("ignore:.*forkpty:DeprecationWarning")

NOISE = ("Traceback", "sqlcipher", "SQLCipher", "sqlite", "hmac", "HMAC", "Argon2", "ERROR CORE", 'File "')


def clean(text: str) -> bool:
    """Whether a person would not be frightened by it: no traceback, no internals of a library."""
    return not any(word in text for word in NOISE)


@pytest.fixture
def served(vault: Path) -> Path:
    """A vault with one family's attendance, and two service identities whose key files lie beside it."""
    desk = open_desk(vault)
    child = PersonDraft(PersonKind.CHILD, "Siân", "Nguyễn", TODAY.replace(year=2019))
    families.add(desk, FamilyDraft("Nguyễn", TODAY, [child]))
    referrals.add_referrer(desk, "Anytown Children's Services", ReferrerKind.LOCAL_AUTHORITY)
    referrals.add(desk, "LCS-0001-R", "REF-0001-R", TODAY, electronic=False, case_reference="AT/17")
    referrals.decide(desk, "RL-0001-R", ReferralOutcome.ACCEPTED, TODAY)
    contact_sessions.book(desk, "LCS-0001-R", TODAY, "08:00", "09:00")
    attendance.record(desk, "S-000001-R", Outcome(True, "08:05", "09:00"))
    users.add_service(desk, "teller", ["attendance.export"], vault.parent / "teller.key")
    users.add_service(desk, "sweeper", ["retention.sweep"], vault.parent / "sweep.key")
    now = datetime.now(UTC)  # the programs see it, whatever day it is here
    clock_guard.confirm(Desk(open_desk(vault, "rhys").vault, now, local_time(now).day), local_time(now).day)
    desk.db.close()
    return vault


SWEEP = ("retention", "sweep", "--no-input", "--key-file", "sweep.key")
EXPORT = ("attendance", "export", "--to", "REF-0001-R", "--purpose", "case-management", "--key-file", "teller.key")


def test_a_key_file_is_enough_in_an_empty_environment(served: Path) -> None:
    """As cron starts it: no HOME, no PATH, no terminal, in another folder; the rows are the whole of the output."""
    outgoing = served.parent / "outgoing"
    outgoing.mkdir()
    argv = [*EXPORT[:-1], str(served.parent / "teller.key"), "--no-input", "--since", "last"]
    argv += ["--into", str(outgoing), "--vault", str(served)]
    first = run(argv, bare(), Path("/"))
    assert (first.returncode, first.stderr) == (0, "")
    assert "Registered as EX-000001-R" in first.stdout
    assert (outgoing / "EX-000001-R" / "attendance.csv").read_text(encoding="utf-8") == (
        "family_reference,case_reference,session_date,booked_start,booked_end,arrived,left,attended\n"
        f"LCS-0001-R,AT/17,{TODAY.isoformat()},08:00,09:00,08:05,09:00,true\n"
    )
    second = run(argv, bare(), Path("/"))
    assert (second.returncode, second.stdout) == (0, "")
    assert len(list(outgoing.iterdir())) == 1


def test_the_rows_go_to_standard_output_and_what_is_said_about_them_beside_it(served: Path) -> None:
    """A pipe gets data and nothing else."""
    ran = run(EXPORT, bare(LCS_VAULT=str(served)), served.parent)
    assert ran.returncode == 0
    assert ran.stdout.splitlines()[0].startswith("family_reference,case_reference,")
    assert len(ran.stdout.splitlines()) == 2
    assert "Registered as EX-000001-R" in ran.stderr


def test_there_is_no_vault_in_an_empty_folder(tmp_path: Path) -> None:
    """Exit code 10, one line and what to do; nothing is made."""
    ran = run(["today", "--no-input"], bare(LCS_VAULT=str(tmp_path / "vault")), tmp_path)
    assert ran.returncode == 10
    assert ran.stdout == ""
    assert ran.stderr.splitlines()[0] == f"error: there is no vault in {tmp_path / 'vault'}"
    assert "lcs init" in ran.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_others_can_enter_is_refused_with_the_remedy(served: Path) -> None:
    """The message is the command that mends it; after it the vault opens."""
    served.chmod(0o755)
    argv, env = SWEEP, bare(LCS_VAULT=str(served))
    ran = run(argv, env, served.parent)
    assert ran.returncode == 1
    assert f"chmod 700 {served}" in ran.stderr
    assert clean(ran.stderr)
    served.chmod(0o700)
    assert run(argv, env, served.parent).returncode == 0


def test_a_vault_from_a_newer_version_is_left_alone(served: Path) -> None:
    """Exit code 1, and what to do; not a byte of the data file changes."""
    desk = open_desk(served)
    with desk.db._unguarded() as connection:
        connection.execute("PRAGMA user_version = 999")
    desk.db.close()
    before = (served / "data-1.db").read_bytes()
    ran = run(SWEEP, bare(LCS_VAULT=str(served)), served.parent)
    assert ran.returncode == 1
    assert "newer" in ran.stderr
    assert "update lcs" in ran.stderr
    assert clean(ran.stderr)
    assert (served / "data-1.db").read_bytes() == before


@pytest.mark.parametrize("left", [0, 1, 1000, 4096, 20_000], ids=lambda left: f"{left} bytes left")
def test_a_data_file_cut_short_is_reported_as_damaged(served: Path, left: int) -> None:
    """Exit code 13 and one line, wherever the cut is; nothing is written into what is left."""
    data = served / "data-1.db"
    whole = data.read_bytes()
    data.write_bytes(whole[:left])
    ran = run(SWEEP, bare(LCS_VAULT=str(served)), served.parent)
    assert ran.returncode == 13
    assert ran.stdout == ""
    assert ran.stderr.startswith("error: ")
    assert clean(ran.stderr)
    assert data.read_bytes() == whole[:left]


def test_a_data_file_cut_at_a_page_is_noticed(served: Path) -> None:
    """SQLCipher alone does not notice a file that ends at a page's edge."""
    data = served / "data-1.db"
    data.write_bytes(data.read_bytes()[:-4096])
    ran = run(SWEEP, bare(LCS_VAULT=str(served)), served.parent)
    assert ran.returncode == 13
    assert clean(ran.stderr)


def test_a_missing_data_file_is_damage(served: Path) -> None:
    """The header is there and its data file is not: no new empty one is made."""
    (served / "data-1.db").unlink()
    ran = run(SWEEP, bare(LCS_VAULT=str(served)), served.parent)
    assert ran.returncode == 13
    assert clean(ran.stderr)
    assert not (served / "data-1.db").exists()


@pytest.mark.parametrize("name", ["header.json", "header.bak.json"])
def test_one_copy_of_the_header_is_enough(served: Path, name: str) -> None:
    """A torn write of one copy locks nobody out."""
    (served / name).write_bytes((served / name).read_bytes()[:100])
    assert run(SWEEP, bare(LCS_VAULT=str(served)), served.parent).returncode == 0


def test_two_damaged_copies_of_the_header_are_reported(served: Path) -> None:
    """Exit code 13, one line."""
    for name in ("header.json", "header.bak.json"):
        (served / name).write_bytes(b"{}")
    ran = run(SWEEP, bare(LCS_VAULT=str(served)), served.parent)
    assert ran.returncode == 13
    assert clean(ran.stderr)


@pytest.mark.parametrize(
    "variables",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "cp1252"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=lambda variables: " ".join(f"{name}={value}" for name, value in variables.items()),
)
def test_another_encoding_of_the_streams_loses_no_letter(served: Path, variables: dict[str, str]) -> None:
    """What is written is UTF-8, whatever the locale says."""
    ran = run(["policy", "show", "--json"], bare(LCS_VAULT=str(served.parent / "none"), **variables), served.parent)
    assert ran.returncode == 0
    assert "—" in ran.stdout
    assert clean(ran.stderr)


def test_a_closed_pipe_is_no_traceback(tmp_path: Path) -> None:
    """Whoever reads stops reading, as ``head -1`` does: the program ends without a word."""
    reading, writing = os.pipe()
    os.close(reading)
    with subprocess.Popen(
        [*PROGRAM, "policy", "show"],
        env=bare(LCS_VAULT=str(tmp_path)),
        stdin=subprocess.DEVNULL,
        stdout=writing,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        os.close(writing)
        _, said = process.communicate(timeout=30)
    assert clean(said)
    assert "BrokenPipe" not in said
    assert process.returncode in EXIT_CODES


@pytest.mark.parametrize(
    ("closed", "code"), [("<&-", 0), (">&-", 1), ("2>&-", 0), (">&- 2>&-", 1), ("<&- >&- 2>&-", 1)]
)
@pytest.mark.parametrize("typed", ["policy show", "--version", "family --help"])
def test_a_closed_stream_is_no_traceback(tmp_path: Path, typed: str, closed: str, code: int) -> None:
    """Scripts close what they do not want: data that nobody takes are an error, whatever else is closed is none."""
    ran = subprocess.run(
        ["sh", "-c", f"'{sys.executable}' -m lcs_cli {typed} {closed}"],
        env=bare(LCS_VAULT=str(tmp_path), PATH=os.environ["PATH"]),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ran.returncode == code
    assert clean(ran.stderr)
    assert bool(ran.stdout) == (code == 0)
    assert ("Bad file descriptor" in ran.stderr) == (closed == ">&-")


def test_a_vault_can_lie_in_a_folder_whose_name_is_no_text(served: Path) -> None:
    """As an old disk may have it: of another encoding."""
    folder = served.rename(served.with_name("caf\udce9"))
    ran = run(["status", "--no-input"], bare(LCS_VAULT=str(folder)), folder.parent)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "missing: who you are" in ran.stderr


def test_no_file_gets_the_number_of_a_closed_stream(tmp_path: Path) -> None:
    """What is said on it would be written into the vault."""
    program = (
        "from lcs_cli.cli.closed_streams import open_on_nothing\n"
        "open_on_nothing()\n"
        "file = open('opened', 'w')\n"
        "file.write(str(file.fileno()))\n"
    )
    closed = ["sh", "-c", f'"{sys.executable}" -c "$0" <&- >&- 2>&-', program]
    assert subprocess.run(closed, check=False, cwd=tmp_path).returncode == 0
    assert int((tmp_path / "opened").read_text()) > 2


def test_the_first_line_can_be_taken_through_a_pipe(tmp_path: Path) -> None:
    """``lcs policy show | head -1`` as it is typed."""
    ran = subprocess.run(
        ["sh", "-c", f"'{sys.executable}' -m lcs_cli policy show | head -1"],
        env=bare(LCS_VAULT=str(tmp_path), PATH=os.environ["PATH"]),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ran.stdout == "Confidentiality Policy of a Children's Contact Service\n"
    assert clean(ran.stderr)


def test_a_wrong_passphrase_is_one_line_each_time_and_nothing_of_the_library(served: Path) -> None:
    """Three tries at a real terminal, then exit code 12; no internals of SQLCipher, nothing typed is shown."""
    child = at_terminal(["today", "--user", "amina"], python_environment(served), served.parent)
    for number in range(3):
        child.expect_exact("Passphrase: ")
        child.sendline(f"not the right one {number}")
    code, said = ended(child)
    assert code == 12
    assert said.strip().splitlines()[0] == "error: wrong passphrase or key"
    assert len(said.strip().splitlines()) == 2
    assert clean(said)
    assert "not the right one" not in said


def test_an_interrupt_at_a_question_ends_with_130_and_one_line(served: Path) -> None:
    """Ctrl-C is no error and no traceback: nothing more was changed."""
    child = at_terminal(["family", "add", "--user", "amina"], python_environment(served), served.parent)
    child.expect_exact("Passphrase: ")
    child.sendline(passphrase("amina"))
    child.expect_exact("Family name: ")
    child.sendintr()
    code, said = ended(child)
    assert code == 130
    assert "stopped" in said
    assert clean(said)


def test_an_interrupt_at_the_passphrase_ends_with_130_too(served: Path) -> None:
    """And the terminal echoes again: getpass has put it back."""
    child = at_terminal(["today", "--user", "amina"], python_environment(served), served.parent)
    child.expect_exact("Passphrase: ")
    child.sendintr()
    code, said = ended(child)
    assert code == 130
    assert clean(said)


def test_the_end_of_input_at_a_question_is_a_stop(served: Path) -> None:
    """Ctrl-D as well."""
    child = at_terminal(["family", "add", "--user", "amina"], python_environment(served), served.parent)
    child.expect_exact("Passphrase: ")
    child.sendline(passphrase("amina"))
    child.expect_exact("Family name: ")
    child.sendeof()
    code, said = ended(child)
    assert code == 130
    assert clean(said)


@pytest.mark.parametrize("argv", [("family", "list", "--user", "amina"), ("init", "--user", "amina")], ids=" ".join)
def test_nothing_is_asked_at_a_terminal_where_lcs_no_input_is_set(served: Path, argv: tuple[str, ...]) -> None:
    """A variable in a job's environment is as good as ``--no-input``: the missing answer is named, exit code 2."""
    folder = served if argv[0] == "family" else served.parent / "new"
    child = at_terminal(argv, python_environment(folder, LCS_NO_INPUT="1"), served.parent)
    code, said = ended(child)
    assert code == 2
    assert said.startswith("error: missing: a passphrase")
    assert not (served.parent / "new").exists()


def test_a_terminated_export_leaves_nothing_behind(served: Path) -> None:
    """A signal before the passphrase is typed: no lock is held, no folder is left, the next command works."""
    outgoing = served.parent / "outgoing"
    outgoing.mkdir()
    argv = ["attendance", "export", "--to", "REF-0001-R", "--purpose", "case-management", "--into", str(outgoing)]
    child = at_terminal([*argv, "--user", "amina"], python_environment(served), served.parent)
    child.expect_exact("Passphrase: ")
    child.kill(signal.SIGTERM)
    ended(child)
    assert list(outgoing.iterdir()) == []
    assert run(EXPORT, bare(LCS_VAULT=str(served)), served.parent).returncode == 0


def test_no_secret_is_in_the_list_of_processes_or_in_the_environment(served: Path) -> None:
    """While a command waits for its answer, its arguments and its environment are there for others to read."""
    child = at_terminal(["family", "close", "LCS-0001-R", "--user", "amina"], python_environment(served), served.parent)
    child.expect_exact("Passphrase: ")
    child.sendline(passphrase("amina"))
    child.expect_exact("[y/N]: ")
    about = Path("/proc") / str(child.pid)
    seen = (about / "cmdline").read_bytes() + (about / "environ").read_bytes()
    child.sendline("n")
    ended(child)
    assert b"lcs_cli" in seen
    assert passphrase("amina").encode() not in seen
    assert (served.parent / "teller.key").read_bytes().split()[-1] not in seen


@pytest.mark.parametrize("name", ["LCS_PASSPHRASE", "PASSPHRASE", "LCS_PASSWORD"])
def test_a_passphrase_in_a_variable_is_not_looked_at(served: Path, name: str) -> None:
    """There is no variable to put it in by mistake: without a terminal a person is told so."""
    variables = {name: passphrase("amina")}
    ran = run(["today", "--user", "amina"], bare(LCS_VAULT=str(served), **variables), served.parent)
    assert ran.returncode == 2
    assert ran.stderr.startswith("error: missing: a passphrase")


def test_a_passphrase_on_standard_input_is_not_read(served: Path) -> None:
    """A pipe is no terminal: ``echo … | lcs today`` would be in a history."""
    env = bare(LCS_VAULT=str(served))
    ran = run(["today", "--user", "amina"], env, served.parent, stdin=passphrase("amina") + "\n")
    assert ran.returncode == 2
    assert ran.stderr.startswith("error: missing: a passphrase")


def test_the_module_and_the_package_are_the_same_program() -> None:
    """``python -m lcs_cli`` is what ``lcs`` starts."""
    ran = run(["--version"], bare(), ROOT)
    assert ran.returncode == 0
    assert ran.stdout.startswith("lcs ")


def test_a_crash_leaves_no_image_of_the_memory(served: Path) -> None:
    """It would hold a passphrase and keys. While the passphrase is asked for, the limit is 0, also the hard one."""
    child = at_terminal(["today", "--user", "amina"], python_environment(served), served.parent)
    child.expect_exact("Passphrase: ")
    limits = Path(f"/proc/{child.pid}/limits").read_text()
    assert re.search(r"^Max core file size\s+0\s+0\s", limits, re.MULTILINE)
    child.sendintr()
    ended(child)


def test_what_few_commands_need_is_not_loaded() -> None:
    """Typer and the standard library import it with themselves: a twentieth of the start of every command."""
    program = (
        "import sys\n"
        "from types import ModuleType\n"
        "before = set(sys.modules)\n"  # how the tests are installed may have loaded some of it
        "import lcs_cli.__main__\n"
        "from lcs_cli.cli import app, lazy\n"
        "app.main(['--version'], app.Terminal())\n"
        "there = [name for name in lazy._SELDOM if name in sys.modules]\n"
        "loaded = [name for name in there if name not in before and type(sys.modules[name]) is ModuleType]\n"
        "print(bool(there), loaded, file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert done.stderr == "True []\n"


def test_help_opens_nothing() -> None:
    """The help of a group comes at once: what opens a vault, or reads rules, is loaded by a command that needs it."""
    program = (
        "import sys\n"
        "from types import ModuleType\n"
        "import lcs_cli.__main__\n"
        "from lcs_cli.cli import app\n"
        "for group in app.GROUPS:\n"
        "    app.main([group, '--help'], app.Terminal())\n"
        "below = ('lcs_cli.services.', 'lcs_cli.vault.')\n"
        "loaded = {name for name, one in sys.modules.items() if name.startswith(below) and type(one) is ModuleType}\n"
        "loaded |= {'sqlcipher3', 'cryptography', 'argon2', 'rich'} & set(sys.modules)\n"
        "print(sorted(loaded - {'lcs_cli.services.page'}), file=sys.stderr)\n"  # which holds the parts of a page alone
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert done.stderr == "[]\n"
    assert done.stdout.count("Usage: lcs ") == len(GROUPS)
