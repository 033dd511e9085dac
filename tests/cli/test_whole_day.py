"""One whole day's work, typed into a shell at a real terminal: what the screen says, what the vault then holds."""

import io
import json
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pexpect
import pypdfium2
import pytest

from lcs_cli.records.years import anniversary
from lcs_cli.services import clock_guard
from tests.cli.processes import PROGRAM, at_terminal, ended, python_environment
from tests.cli.test_terminal import TODAY, register
from tests.cli.typed import Typist, at, lcs
from tests.conftest import make_vault, open_desk, passphrase

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*forkpty:DeprecationWarning"),
    pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes are looked at in /proc"),
    pytest.mark.skipif(shutil.which("bash") is None, reason="the commands are typed into bash"),
]

YESTERDAY = TODAY - timedelta(days=1)
CHILD, ADULT, MISHEARD, FAMILY = "Žofie", "Bořivoj", "Verencová", "Ferencová"
BORN, ADDRESS, TELEPHONE = date(2018, 2, 3), "3 Quayside Steps, Anytown", "01632 960177"
REFERRER, CASE = "Anytown Children's Services", "AT/2026/17"
CONCERN, REASON = "She hid below the blue table", "the hall clock was read wrongly"
PRIVATE = (CHILD, ADULT, MISHEARD, FAMILY, ADDRESS, TELEPHONE, REFERRER, CONCERN, REASON, passphrase("amina"))
PROMPT = "office> "
FILE = "LCS-0002-W"


def shown(day: date) -> str:
    """A day as the screen says it."""
    return f"{day:%a} {day.day} {day:%b %Y}"


class Office:
    """Somebody at a terminal: a home folder, a shell that keeps a history, and a vault beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.vault, self.home = folder, folder / "vault", folder / "home"
        self.home.mkdir()
        self.screen = io.StringIO()
        self.processes: set[bytes] = set()
        environment = python_environment(
            self.vault,
            HOME=str(self.home),
            HISTFILE=str(self.home / ".bash_history"),
            LCS_STATE=str(folder / "state"),
            LCS_USER="amina",
            LCS_PAGER="none",
            TMPDIR=str(folder),
            PS1=PROMPT,
        )
        self.shell = at_terminal(["--norc", "--noprofile", "-i"], environment, self.home, ("bash",))
        self.shell.logfile_read = self.screen
        self.types(f"alias lcs='{PROGRAM[0]} -m lcs_cli'")

    def types(self, command: str) -> None:
        """Wait for the shell, and type a command."""
        self.shell.expect_exact(PROMPT)
        self.shell.sendline(command)

    def reads(self, *lines: str) -> None:
        """Wait until the screen says this."""
        for line in lines:
            self.shell.expect_exact(line)

    def answers(self, *pairs: tuple[str, str]) -> None:
        """Wait for each question, look at what runs meanwhile, and answer it."""
        for question, typed in pairs:
            self.shell.expect_exact(question)
            self._look()
            self.shell.sendline(typed)

    def goes_home(self) -> None:
        """Leave the shell, which writes its history."""
        self.types("exit")
        assert ended(self.shell)[0] == 0

    def holds(self, *argv: str) -> Any:
        """What the vault holds now, by a command's `--json`."""
        clerk = Typist(env=at(self.vault))
        clerk.clock = lambda: datetime.now(UTC)
        ran = lcs(clerk, *argv, "--json")
        assert ran.code == 0, ran.err
        return json.loads(ran.out)

    def left_behind(self) -> bytes:
        """Every file of the day, with its name."""
        return b"\n".join(
            bytes(path) + (path.read_bytes() if path.is_file() else b"") for path in self.folder.rglob("*")
        )

    def _look(self) -> None:
        """At the command line and the environment of every process, as anybody on this machine can."""
        for about in Path("/proc").glob("[0-9]*"):
            for name in ("cmdline", "environ"):
                with suppress(OSError):  # it has ended, or is closed
                    self.processes.add((about / name).read_bytes())


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """A vault that began ten years ago, and holds a file that has come up for review."""
    monkeypatch.setenv("LCS_STATE", str(tmp_path / "state"))
    make_vault(tmp_path / "vault", began=TODAY - timedelta(days=3650))
    closed = anniversary(TODAY, -5) - timedelta(days=10)
    register(tmp_path / "vault", "Oldfield", closed - timedelta(days=90), closed)
    clock_guard.confirm(open_desk(tmp_path / "vault", "rhys", TODAY), TODAY)  # it has seen nothing for years
    office = Office(tmp_path)
    yield office
    with suppress(pexpect.ExceptionPexpect):
        office.shell.close(force=True)


def test_a_whole_day_at_the_desk(office: Office) -> None:
    """Each step says on the screen what it did, and the vault holds it; what was typed lies nowhere else."""
    unlocks(office)
    registers_a_family(office)
    links_it_to_its_referrer(office)
    books_a_session(office)
    records_attendance(office)
    corrects_it(office)
    raises_a_concern(office)
    tells_the_referrer(office)
    opened = writes_a_statement(office)
    puts_a_file_up_for_review(office)
    locks_and_goes_home(office)
    nothing_lies_about(office, opened)


def unlocks(office: Office) -> None:
    """The passphrase is typed once, for the whole day."""
    office.types("lcs unlock")
    office.answers(("Passphrase: ", passphrase("amina")))
    office.reads("Unlocked for amina")
    assert office.holds("status")["unlocked"] is True


def registers_a_family(office: Office) -> None:
    """A misheard name is put right by going back, a day that is not in the calendar is asked for again."""
    office.types("lcs family add")
    office.answers(("Family name: ", MISHEARD), ("[today]: ", "<"), (f"Family name [{MISHEARD}]: ", FAMILY))
    office.answers(("[today]: ", "yesterday"))
    office.answers(("Child 1 first name (Enter when done): ", CHILD), (f"Family name [{FAMILY}]: ", ""))
    office.answers(("Date of birth: ", "31/2/2018"))
    office.reads("error: date of birth: must be a real date", "hint: write it as")
    office.answers(("Date of birth: ", f"{BORN:%d/%m/%Y}"), ("Child 2 first name (Enter when done): ", ""))
    office.answers(("Adult 1 first name (Enter when done): ", ADULT), (f"Family name [{FAMILY}]: ", ""))
    office.answers(("Date of birth: ", ""), ("Relationship: ", "father"), ("Address: ", ADDRESS))
    office.answers(("Telephone: ", TELEPHONE), ("Email: ", ""), ("Adult 2 first name (Enter when done): ", ""))
    office.reads(f"Saved {FILE} (Ž.F.), open since {shown(YESTERDAY)}.")
    family = office.holds("family", "show", FILE)
    assert (family["name"], family["status"]) == (FAMILY, "open")
    assert family["episodes"] == [{"opened_on": YESTERDAY.isoformat(), "closed_on": None}]
    people = [(one["kind"], one["given_name"], one["family_name"], one["date_of_birth"]) for one in family["people"]]
    assert people == [("child", CHILD, FAMILY, BORN.isoformat()), ("adult", ADULT, FAMILY, None)]
    person = office.holds("person", "show", family["people"][1]["reference"])
    assert person["details"] == {"address": ADDRESS, "telephone": TELEPHONE}


def links_it_to_its_referrer(office: Office) -> None:
    """Nothing is told to a referrer whose referral is not on record, and accepted."""
    office.types("lcs referrer add")
    office.answers(("Name: ", REFERRER), ("8 successor-body): ", "1"))
    office.reads("Saved REF-0001-R (local-authority).")
    office.types(f"lcs referral add {FILE} --referrer REF-0001-R --electronic")
    office.answers(("Received on [today]: ", "yesterday"), ("case reference: ", CASE))
    office.reads(f"Saved RL-0001-R for {FILE} (Ž.F.), received {shown(YESTERDAY)}, pending.")
    office.types("lcs referral decide RL-0001-R --outcome accepted")
    office.reads(f"RL-0001-R of {FILE} (Ž.F.) is accepted.")
    (referral,) = office.holds("referral", "list")["items"]
    assert (referral["outcome"], referral["case_reference"], referral["electronic"]) == ("accepted", CASE, True)


def books_a_session(office: Office) -> None:
    """Yesterday's, a late entry: so it has been, whatever the time of day."""
    office.types(f"lcs session book {FILE}")
    office.answers(("Day: ", "yesterday"), ("Start: ", "10:00"), ("End: ", "11:30"))
    office.answers(("Supervisor (Enter for nobody yet): ", ""), ("Room: ", "Blue"), ("Note: ", ""))
    office.reads(f"Booked S-000001-R for {FILE} (Ž.F.): {shown(YESTERDAY)} 10:00 to 11:30.")
    (session,) = office.holds("session", "list", "--family", FILE)["items"]
    assert [session[name] for name in ("day", "starts", "ends", "room", "recorded")] == [
        *(YESTERDAY.isoformat(), "10:00", "11:30", "Blue", False)
    ]


def records_attendance(office: Office) -> None:
    """By the walk through what waits; Enter takes the booked time."""
    office.types("lcs attendance record")
    office.reads(f"{shown(TODAY)}, 0 sessions to record.")
    office.answers(("1 past session without attendance. Go on with the oldest? [y/N]: ", "y"))
    office.reads("1 of 1  S-000001-R", "room Blue")
    office.answers(("s skip [a]: ", ""), ("Arrived [10:00]: ", "10:05"), ("Left [11:30]: ", ""))
    office.reads("Saved S-000001-R: P-0002-W attended 10:05 to 11:30.")
    assert attended(office) == [(True, "10:05", "11:30")]


def attended(office: Office) -> list[tuple[bool, str, str]]:
    """The attendance on record."""
    (session,) = office.holds("attendance", "list", FILE)["items"]
    return [(one["attended"], one["arrived"], one["left"]) for one in session["attendance"]]


def corrects_it(office: Office) -> None:
    """The former value stays, with the reason."""
    office.types("lcs attendance correct S-000001-R")
    office.answers(("Attended (y/n): ", "y"), ("Arrived: ", "10:10"), ("Left: ", "11:30"), ("Reason: ", REASON))
    office.reads("Corrected: S-000001-R", "P-0002-W attended 10:10 to 11:30.")
    assert attended(office) == [(True, "10:10", "11:30")]
    (kept,) = office.holds("family", "show", FILE)["corrections"]
    assert (kept["record"], kept["former"], kept["reason"]) == ("attendance S-000001-R", {"arrived": "10:05"}, REASON)


def raises_a_concern(office: Office) -> None:
    """Its text is sealed: to read it, a lead who is unlocked types the passphrase once more."""
    office.types(f"lcs flag raise {FILE} --category emotional")
    office.answers(("What happened: ", CONCERN))
    office.reads(f"Raised SF-0001-R for {FILE} (Ž.F.), all children.", "call the police (999)")
    flag = office.holds("flag", "show", "SF-0001-R")
    assert (flag["category"], flag["narrative"], flag["closed_on"]) == ("emotional", CONCERN, None)


def tells_the_referrer(office: Office) -> None:
    """The dates and times of the corrected session, and not one word more."""
    office.types("mkdir outgoing")
    office.types("lcs attendance export --to REF-0001-R --purpose case-management --since last --into outgoing")
    office.reads("Wrote outgoing/EX-000001-R: 1 session of 1 family to REF-0001-R. Registered as EX-000001-R.")
    assert (office.home / "outgoing" / "EX-000001-R" / "attendance.csv").read_text(encoding="utf-8") == (
        "family_reference,case_reference,session_date,booked_start,booked_end,arrived,left,attended\n"
        f"{FILE},{CASE},{YESTERDAY.isoformat()},10:00,11:30,10:10,11:30,true\n"
    )
    assert office.holds("disclosure", "show", "EX-000001-R")["referrer"] == "REF-0001-R"


def writes_a_statement(office: Office) -> str:
    """A PDF that opens with the password on the screen, and with no other; what can be read in it."""
    office.types(
        f"lcs attendance statement {FILE} --to REF-0001-R --purpose case-management --pdf outgoing/statement.pdf"
    )
    office.shell.expect(r"Password of the file: ([a-z -]+)\r\n")
    assert office.shell.match
    password = str(office.shell.match[1])
    office.reads("Wrote outgoing/statement.pdf: 1 session to REF-0001-R, encrypted. Registered as EX-000002-W.")
    assert office.holds("disclosure", "show", "EX-000002-W")["rows"] == 1
    statement = office.home / "outgoing" / "statement.pdf"
    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(statement)
    with pypdfium2.PdfDocument(statement, password=password) as document:
        return str(document[0].get_textpage().get_text_range())


def puts_a_file_up_for_review(office: Office) -> None:
    """The file that is five years old is proposed; nothing of it goes before another person approves."""
    office.types("lcs retention review")
    office.reads("1 of 1  LCS-0001-R")
    office.answers(("s skip [s]: ", "d"), ("Type the reference to confirm (Enter to skip): ", "LCS-0001-R"))
    office.reads("Proposed RV-0001-R: dispose of LCS-0001-R. A manager approves it.")
    (due,) = office.holds("retention", "due")["items"]
    assert (due["family"], due["review"]["outcome"], due["review"]["state"]) == ("LCS-0001-R", "dispose", "proposed")
    assert office.holds("family", "show", "LCS-0001-R")["name"] == "Oldfield"


def locks_and_goes_home(office: Office) -> None:
    """Nobody who comes after finds it open; the trail of the day is whole."""
    office.types("lcs lock")
    office.reads("Locked.")
    office.goes_home()
    assert office.holds("status")["unlocked"] is False
    assert office.holds("audit", "verify")["problems"] == []


def nothing_lies_about(office: Office, statement: str) -> None:
    """What was typed is in no process, no file and nothing that was sent; the passphrase was never on the screen."""
    processes = b"\n".join(office.processes)
    for seen in (b"attendance\0record", b"lcs_cli\0family\0add", b"retention\0review"):
        assert seen in processes
    left = office.left_behind()
    for seen in (b"lcs family add\n", b"EX-000001-R/attendance.csv", b"U-001-R.json"):
        assert seen in left
    assert all(text in statement for text in (FILE, CASE, "10:10"))
    for text in PRIVATE:
        for form in ("NFC", "NFD"):
            for encoding in ("utf-8", "utf-16-le"):
                word = unicodedata.normalize(form, text).encode(encoding)
                assert word not in processes, text
                assert word not in left, text
        assert text not in statement
    assert passphrase("amina") not in office.screen.getvalue()
    assert FAMILY in office.screen.getvalue()
