"""Every command that a hint or a note names can be run by who reads it, or stands after who runs it."""

from pathlib import Path

import pytest

from lcs_cli.records.user import Role
from lcs_cli.services import users
from lcs_cli.services.desk import Desk
from lcs_cli.services.directions import directed
from lcs_cli.vault.secret import Secret
from tests.cli.test_slips import FAMILY, by, told, typed
from tests.cli.typed import Typist, at, lcs
from tests.conftest import CHEAP, open_desk, passphrase

BOOK = ("session", "book", "LCS-0001-R", "--on", "today", "--at", "9:30", "--until", "10:30")
MANAGERS = "a manager or a senior manager runs: "


@pytest.fixture
def typist(vault: Path) -> Typist:
    """Amina at a terminal, with a vault that holds one family."""
    terminal = Typist(env=at(vault))
    told(terminal, FAMILY, "family", "add")
    return terminal


@pytest.mark.parametrize(
    ("hint", "said"),
    [
        ("next: lcs staff dbs ST-001-R", f"next: {MANAGERS}lcs staff dbs ST-001-R"),
        ("lcs staff list", "lcs staff list"),
        (
            "a manager who did not ask decides: lcs report decide R",
            "a manager who did not ask decides: lcs report decide R",
        ),
        ("name somebody else: lcs staff dbs STAFF", f"name somebody else: {MANAGERS}lcs staff dbs STAFF"),
        ("ask for one: lcs staff dbs STAFF", f"ask for one: {MANAGERS}lcs staff dbs STAFF"),
        ("lcs staff dbs A   or lcs staff undertake A", f"{MANAGERS}lcs staff dbs A   or lcs staff undertake A"),
        ("lcs lock   first", "lcs lock   first"),
        ("this lcs carries other rules", "this lcs carries other rules"),
        ("first\nlcs staff dbs A", f"first\n{MANAGERS}lcs staff dbs A"),
    ],
)
def test_a_command_that_one_may_not_run_stands_after_who_runs_it(desk: Desk, vault: Path, hint: str, said: str) -> None:
    """By the rules in force; where somebody is named already, nobody else is."""
    users.add_user(desk, "ceri", [Role.ADMINISTRATOR], Secret(passphrase=passphrase("ceri")), CHEAP)
    desk.db.close()
    assert directed(open_desk(vault, "ceri"), hint) == said


def test_an_administrator_reads_who_checks_a_supervisor(typist: Typist, desk: Desk) -> None:
    """In the warnings of a booking, of naming somebody, and of the day."""
    users.add_user(desk, "ceri", [Role.ADMINISTRATOR], Secret(passphrase=passphrase("ceri")), CHEAP)
    desk.db.close()
    told(typist, {"name": "Efa", "capacity": "staff", "joined_on": "2020-01-01"}, "staff", "add")
    check = {"level": "enhanced", "barred_list": True, "issued_on": "2020-03-02", "certificate": "001234567890"}
    told(
        typist,
        check | {"decision": "cleared", "decided_by": "rhys", "decided_on": "2020-03-02"},
        "staff",
        "dbs",
        "ST-001-R",
    )
    typed(by(typist, "rhys"), [], "staff", "confirm", "ST-001-R")
    ceri = by(typist, "ceri")
    for ran in (typed(ceri, [], *BOOK, "--supervisor", "ST-001-R"), lcs(ceri, "today")):
        assert f"what you can do: {MANAGERS}lcs staff dbs ST-001-R" in ran.out + ran.err
    assert "what you can do: lcs staff dbs ST-001-R" in lcs(typist, "today").out


def test_a_worker_is_not_sent_to_what_a_worker_may_not(typist: Typist) -> None:
    """After attendance somebody else tells the referrer; nobody who may not is sent to the list of users."""
    typed(typist, [], "session", "book", "LCS-0001-R", "--on", "today", "--at", "8:00", "--until", "8:30")
    tomos = by(typist, "tomos")
    ran = typed(tomos, ["n"], "attendance", "record", "S-000001-R")
    assert " runs: lcs attendance export   tells the referrer" in ran.err


def test_undertakings_begin_on_the_staff_register(typist: Typist) -> None:
    """Whoever is not on it is entered first."""
    assert (
        "first, for who is not on the staff register: lcs staff add --login amina"
        in lcs(typist, "vault", "user", "list").err
    )


def test_an_empty_answer_to_who_decided_is_called_empty(typist: Typist) -> None:
    """The names are in the question."""
    typed(typist, ["hurt"], "flag", "raise", "LCS-0001-R", "--category", "other")
    typed(typist, [], "vault", "user", "list")
    record = ["disclosure", "record", "LCS-0001-R", "--to", "police", "--not-told", "--concern", "SF-0001-R"]
    ran = typed(by(typist, "rhys"), ["", "", "no need", "", "amina"], *record)
    assert "error: who decided: must not be empty\nhint: the names are in the question" in ran.err


def test_a_request_is_on_the_day_from_its_first_day(typist: Typist) -> None:
    """Until who asks was checked, and until what was found is read: for those who do that."""
    typed(typist, ["hurt"], "flag", "raise", "LCS-0001-R", "--category", "other")
    typed(typist, ["own", "today", "", ""], "request", "add", "P-0001-R")
    out = lcs(typist, "today").out
    assert "Who asks is to be checked: 1 records request (policy 4.6): lcs request list" in out
    assert "Holds things to be read: 1 records request (policy 4.2): lcs request find RQ-0001-R" in out
    assert "records request" not in lcs(by(typist, "tomos"), "today").out
    typed(typist, ["today", "passport"], "request", "check", "RQ-0001-R")
    typed(typist, ["serious-harm", "harm"], "request", "withhold", "RQ-0001-R", "SF-0001-R")
    out = lcs(typist, "status").out
    assert "to be checked" not in out
    assert "to be read" not in out
