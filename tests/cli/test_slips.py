"""A slip at a terminal costs one answer: it is asked for again at once, and nothing that was typed before is lost."""

import json
from pathlib import Path

import pytest

from lcs_cli.records.user import Role
from lcs_cli.services import users
from lcs_cli.services.desk import Desk
from lcs_cli.services.waiting import waiting
from lcs_cli.vault.secret import Secret
from tests.cli.typed import Ran, Typist, at, lcs
from tests.conftest import CHEAP, passphrase

FAMILY = {
    "name": "Llwyd",
    "opened_on": "2026-01-12",
    "children": [{"given_name": "Siân", "date_of_birth": "2019-03-27"}],
    "adults": [{"given_name": "Gwen", "relationship": "mother", "address": "1 Elm Row"}],
}
LOGIN = "Login name (Enter for none)"
SEEN_BY = "Seen by (login name or reference, Enter for you)"


@pytest.fixture
def typist(vault: Path) -> Typist:
    """Amina at a terminal, with a vault that holds one family."""
    terminal = Typist(env=at(vault))
    told(terminal, FAMILY, "family", "add")
    return terminal


def told(terminal: Typist, content: object, *argv: str) -> Ran:
    """Run a command that reads this from standard input, and that is to be done."""
    there = Typist(asks=False, asks_secret=True, env=terminal.env, stdin=json.dumps(content))
    ran = lcs(there, *argv, "--from", "-")
    assert ran.code == 0, ran.err
    return ran


def by(terminal: Typist, name: str) -> Typist:
    """Somebody else at the same vault."""
    return Typist(env={**terminal.env, "LCS_USER": name})


def typed(terminal: Typist, answers: list[str], *argv: str, code: int = 0) -> Ran:
    """Run a command and answer its questions, every one of them."""
    terminal.answers = answers
    ran = lcs(terminal, *argv)
    assert (ran.code, terminal.answers) == (code, []), ran.err
    return ran


def test_a_login_that_nobody_has_is_asked_for_again(typist: Typist) -> None:
    """The name and the day that were typed before it stand; a login that is somebody else's is a slip too."""
    ran = typed(typist, ["Tomos Rees", "staff", "", "tom", "tomos"], "staff", "add")
    assert ran.err.count(LOGIN) == 2
    assert "nobody of that name has a slot here" in ran.err
    ran = typed(typist, ["Tomos Price", "staff", "", "tomos", ""], "staff", "add")
    assert "error: login: U-004-G is the slot of ST-001-R" in ran.err
    ran = typed(typist, ["", "", "", "tomos", "rhys", "as it is"], "staff", "edit", "ST-002-W")
    assert ran.out == "Corrected ST-002-W: user.\n"


def test_who_saw_a_certificate_is_named_by_login_and_asked_for_again(typist: Typist) -> None:
    """A slip, somebody unknown, and the person concerned: eight answers are not lost over it."""
    typed(typist, ["Tomos Rees", "staff", "", "tomos"], "staff", "add")
    answers = ["", "y", "2/3/2026", "001234567890", "rhyss", "U-042-L", "tomos", "rhys", "cleared", "", "ST-001-R", ""]
    ran = typed(typist, answers, "staff", "dbs", "ST-001-R")
    assert ran.err.count(SEEN_BY) == 4
    assert "refused (policy 4.5): U-004-G may not see to their own check" in ran.err
    assert "error: seen by: nobody has the reference U-042-L" in ran.err
    shown = json.loads(lcs(typist, "staff", "show", "ST-001-R", "--json").out)
    assert [(one["seen_by"], one["decided_by"]) for one in shown["checks"]] == [("U-003-A", "U-001-R")]


def test_the_day_of_an_undertaking_is_asked_for(typist: Typist) -> None:
    """At a terminal; with --on nothing is asked, and nobody takes today for granted. A day is recorded once."""
    typed(typist, ["Tomos Rees", "staff", "", "tomos"], "staff", "add")
    ran = typed(typist, ["27/11/2026", "yesterday"], "staff", "undertake", "ST-001-R")
    assert ran.err.count("Signed on [today]: ") == 2
    assert ran.out == "ST-001-R (T.R.) signed on Wed 25 Nov 2026.\n"
    ran = typed(typist, [], "staff", "undertake", "ST-001-R", "--on", "25/11/2026")
    assert ran.out == "ST-001-R (T.R.) signed on Wed 25 Nov 2026: that is on record already.\n"


def test_who_may_decide_is_named_in_the_question(typist: Typist) -> None:
    """By login or reference; whoever is unknown or may not is asked for again, and in completing Enter leaves it."""
    typed(typist, ["what", "why"], "disclosure", "urgent", "LCS-0001-R", "--to", "police")
    ran = typed(typist, ["", "", "rhys", "nobody", "", ""], "disclosure", "complete", "EX-000001-R", code=3)
    assert ran.err.count("Who decided (amina U-001-R): ") == 3
    assert "U-003-A may not decide on this" in ran.err
    ran = typed(typist, ["post", "", "Amina", ""], "disclosure", "complete", "EX-000001-R", code=3)
    shown = json.loads(lcs(typist, "disclosure", "list", "--json").out)["items"]
    assert [one["decided_by"] for one in shown] == ["U-001-R"]


def test_completing_with_nothing_adds_nothing(typist: Typist) -> None:
    """Enter at every question is no error: it is said, and the entry still waits."""
    typed(typist, ["what", "why"], "disclosure", "urgent", "LCS-0001-R", "--to", "police")
    ran = typed(typist, ["", "", "", ""], "disclosure", "complete", "EX-000001-R", code=3)
    assert ran.out == "Nothing was added to EX-000001-R.\n"
    assert "still missing: how it was told, who decided" in ran.err


def test_in_a_hurry_only_those_are_offered_who_protect_somebody(typist: Typist) -> None:
    """Anybody else is refused before a word is typed, and another recipient is asked for; with --to it ends there."""
    ran = typed(typist, ["solicitor", "family", "police", "what", "why"], "disclosure", "urgent", "LCS-0001-R")
    question = "Who was told (police, health, local-authority): "
    assert ran.err.count(question) == 3
    assert ran.err.count("refused (policy 3): ") == 2
    assert ran.err.index("refused") < ran.err.index("What was told")
    ran = typed(typist, [], "disclosure", "urgent", "LCS-0001-R", "--to", "solicitor", code=4)
    assert "What was told" not in ran.err


def test_what_is_told_is_asked_for_where_no_option_says_it(typist: Typist) -> None:
    """Recipient, what and purpose come before the account; words rest on a concern, or on an obligation."""
    told(typist, {"name": "Housing", "kind": "solicitor"}, "referrer", "add")
    share = ["consent", "record", "P-0002-W", "--share", "address", "--with", "REF-0001-R", "--purpose", "housing"]
    told(typist, {"given_how": "in-writing", "evidence": "form"}, *share)
    answers = ["nobody", "REF-0001-R", "shoes", "P-0002-W.address", "housing", "", "", "post"]
    ran = typed(typist, answers, "disclosure", "record", "LCS-0001-R")
    assert "P-0002-W.address of LCS-0001-R, to REF-0001-R" in ran.out
    answers = ["police", "attendance", "safeguarding", "", "", "post"]
    ran = typed(typist, answers, "disclosure", "record", "LCS-0001-R")
    assert "attendance of LCS-0001-R, to police" in ran.out
    answers = ["court", "words", "", "hearing", "", "8:00", "post", "an order", "where they live", "asked", "", "yes"]
    ran = typed(typist, answers, "disclosure", "record", "LCS-0001-R")
    assert "(legal-obligation, policy 3)" in ran.out


def test_whether_a_detail_may_be_told_is_asked_part_by_part(typist: Typist) -> None:
    """As in recording a consent."""
    told(typist, {"name": "Housing", "kind": "solicitor"}, "referrer", "add")
    share = ["consent", "record", "P-0002-W", "--share", "address", "--with", "REF-0001-R", "--purpose", "housing"]
    told(typist, {"given_how": "in-writing", "evidence": "form"}, *share)
    ran = typed(typist, ["adress", "address", "REF-0009-Z", "REF-0001-R", "housing"], "consent", "check", "P-0002-W")
    assert ran.out == "Yes (policy 4.2): P-0002-W.address to REF-0001-R, by CN-0001-R.\n"
    ran = lcs(Typist(asks=False, env=typist.env), "consent", "check", "P-0002-W")
    assert ran.code != 0


def test_another_consent_that_covers_the_same_is_named(typist: Typist) -> None:
    """When it is recorded twice, and when one of the two is withdrawn: the other still lets the detail out."""
    told(typist, {"name": "Housing", "kind": "solicitor"}, "referrer", "add")
    content = {"given_how": "in-writing", "evidence": "form"}
    share = ["consent", "record", "P-0002-W", "--with", "REF-0001-R", "--purpose", "housing", "--share"]
    assert "covers it already" not in told(typist, content, *share, "address").err
    assert "covers it already" not in told(typist, content, *share, "address", "--share", "email").err
    assert "CN-0001-R covers it already" in told(typist, content, *share, "address").err
    other = [*share[:6], "schooling", "--share", "address"]
    assert "covers it already" not in told(typist, content, *other).err
    reason = {"withdrawn_how": "in-writing", "withdrawn_reason": "changed her mind"}
    ran = told(typist, reason, "consent", "withdraw", "CN-0001-R")
    assert "CN-0002-W still covers some of it: withdraw it too? lcs consent withdraw CN-0002-W" in ran.err
    assert "CN-0004-G" not in ran.err
    told(typist, reason, "consent", "withdraw", "CN-0002-W")
    assert "still covers" not in told(typist, reason, "consent", "withdraw", "CN-0003-A").err


def test_a_folder_is_asked_for(typist: Typist, tmp_path: Path) -> None:
    """Quotes around it are taken off; what is no folder is asked for again; without a terminal it is named."""
    ref = json.loads(told(typist, {"name": "Court", "kind": "court"}, "referrer", "add", "--json").out)["reference"]
    asked = {"agency": ref, "proceedings": "child-arrangements", "asked": "dates", "evidence": "order"}
    told(typist, asked, "report", "request", "LCS-0001-R")
    told(by(typist, "rhys"), {"agreed": True, "reason": "ordered"}, "report", "decide", "RP-0001-R")
    ran = lcs(Typist(asks=False, asks_secret=True, env=typist.env), "report", "produce", "RP-0001-R")
    assert (ran.code, ran.err) == (2, "error: missing: into\nhint: name a folder that is there: --into outgoing\n")
    ran = typed(typist, [str(tmp_path / "none"), f"'{tmp_path}'"], "report", "produce", "RP-0001-R")
    assert "error: into: is not a folder" in ran.err
    assert "Wrote " in ran.out
    assert "  dates and times  " in lcs(typist, "disclosure", "list").out
    row = json.loads(lcs(typist, "disclosure", "list", "--json").out)["items"][0]
    assert len(row["fields"]) > 1


def test_a_document_is_looked_for_when_it_is_named(typist: Typist, tmp_path: Path) -> None:
    """A folder and what is not there are asked for again; quotes are taken off."""
    (tmp_path / "order.txt").write_text("An order.", encoding="utf-8")
    answers = [str(tmp_path), str(tmp_path / "none"), f'"{tmp_path / "order.txt"}"', ""]
    ran = typed(typist, answers, "document", "add", "LCS-0001-R", "--kind", "order")
    assert ran.err.count("File: ") == 3
    assert "error: file: is a folder" in ran.err
    assert "error: file: is not there" in ran.err


def test_attendance_of_a_session_that_has_not_come_is_refused_before_a_question(typist: Typist) -> None:
    """And a cancelled one; a time of leaving before that of arriving is asked for again."""
    book = ["session", "book", "LCS-0001-R", "--at", "9:30am", "--until", "11", "--on"]
    book[6] = "11:00"
    for day in ("tomorrow", "yesterday", "today"):
        typed(typist, [], *book, day)
    typed(typist, ["ill"], "session", "cancel", "S-000002-W")
    assert "has not taken place yet" in typed(typist, [], "attendance", "record", "S-000001-R", code=2).err
    assert "was cancelled" in typed(typist, [], "attendance", "record", "S-000002-W", code=2).err
    assert "begins at 09:30" in typed(typist, [], "attendance", "record", "S-000003-A", code=2).err


def test_a_date_at_the_question_for_a_first_name_is_asked_for_again(typist: Typist) -> None:
    """A person cannot be struck out."""
    answers = ["Kowalska", "", "Zofia", "", "", "27/3/2019 Owain", "?", "Owain", "", "27/3/2019", "", ""]
    ran = typed(typist, answers, "family", "add")
    assert "error: first name: must not hold digits\nhint: give the name alone" in ran.err
    assert "error: first name: must hold a letter" in ran.err
    assert ran.err.count("Child 2 first name") == 3


def test_a_time_that_has_not_come_or_that_is_before_the_other_is_asked_for_again(typist: Typist) -> None:
    """At nine o'clock: of arriving, of leaving, and when it is corrected."""
    typed(typist, [], "session", "book", "LCS-0001-R", "--on", "today", "--at", "8am", "--until", "9:30am")
    ran = typed(typist, ["y", "9.05am", "8.10", "9.30", "8.05", "8.50"], "attendance", "record", "S-000001-R")
    assert "error: arrived: must not be in the future\nhint: give a time up to 09:00" in ran.err
    assert "error: left: must not be in the future\nhint: give a time up to 09:00" in ran.err
    assert "error: left: must be after arrived (08:10)" in ran.err
    assert "08:10 to 08:50" in ran.out
    ran = typed(typist, ["y", "8.10", "9.10", "9.00", "typed early"], "attendance", "correct", "S-000001-R")
    assert "error: left: must not be in the future" in ran.err
    assert "08:10 to 09:00" in ran.out


def test_a_report_is_not_wanted_before_it_was_asked_for(typist: Typist) -> None:
    """The day is asked for again, and the words that were typed stand."""
    ref = json.loads(told(typist, {"name": "Court", "kind": "court"}, "referrer", "add", "--json").out)["reference"]
    answers = [ref, "child-arrangements", "today", "dates", "order", "yesterday", "tomorrow"]
    ran = typed(typist, answers, "report", "request", "LCS-0001-R")
    assert ran.err.count("By when") == 2
    assert "error: due on: must not be before Thu 26 Nov 2026" in ran.err


def test_nobody_supervises_with_themselves(typist: Typist) -> None:
    """A second person is asked for again, and may be left out."""
    told(typist, {"name": "Efa", "capacity": "staff"}, "staff", "add")
    check = {"level": "enhanced", "barred_list": True, "issued_on": "2026-03-02", "certificate": "001234567890"}
    told(typist, check | {"decision": "cleared", "decided_by": "rhys"}, "staff", "dbs", "ST-001-R")
    typed(by(typist, "rhys"), [], "staff", "confirm", "ST-001-R")
    typed(typist, [], "session", "book", "LCS-0001-R", "--on", "tomorrow", "--at", "9:30", "--until", "10:30")
    ran = typed(typist, ["ST-001-R", "ST-001-R", ""], "session", "supervise", "S-000001-R")
    assert "error: with: that is the supervisor" in ran.err


@pytest.mark.parametrize("wrong", ["1 Elm Row", "0163", "Anytown 01632", "01632 960101 ext x", "01632 960101\nAnytown"])
def test_a_telephone_number_is_one(typist: Typist, wrong: str) -> None:
    """So that a pasted address does not land in it; an extension may follow."""
    reason = {"reason": "moved"}
    file = Path(typist.env["LCS_VAULT"]).parent / "in.json"
    file.write_text(json.dumps(reason | {"telephone": wrong}), encoding="utf-8")
    ran = lcs(typist, "person", "edit", "P-0002-W", "--from", str(file))
    assert (ran.code, ran.err.startswith("error: telephone: ")) == (2, True)
    for right in ("+44 (0)1632 960-101", "01632 960101 ext. 12", "01632960101EXT12"):
        told(typist, reason | {"telephone": right}, "person", "edit", "P-0002-W")


@pytest.mark.parametrize("wrong", ["Anytown", "ewa@example", "ewa.example.org", "a@b@example.org", "e wa@example.org"])
def test_an_e_mail_address_is_one(typist: Typist, wrong: str) -> None:
    """One @, and a dot after it: asked for again at once."""
    answers = ["", "", "", "", "", "", wrong, "ewa@example.org", "given by herself"]
    ran = typed(typist, answers, "person", "edit", "P-0002-W")
    assert "error: email: must be an address such as office@example.org" in ran.err


def test_a_family_is_closed_before_a_session_once_that_is_cancelled(typist: Typist) -> None:
    """The hint names the session and the command."""
    typed(typist, [], "session", "book", "LCS-0001-R", "--on", "tomorrow", "--at", "9:30", "--until", "10:30")
    ran = typed(typist, [], "family", "close", "LCS-0001-R", "--yes", code=2)
    assert "or, if S-000001-R does not take place: lcs session cancel S-000001-R" in ran.err
    typed(typist, ["ill"], "session", "cancel", "S-000001-R")
    typed(typist, [], "family", "close", "LCS-0001-R", "--yes")


def test_what_another_person_does_is_said_with_who_does_it(typist: Typist) -> None:
    """A worker's lines of the day end with whom to ask, those of the administrator's with the command."""
    assert ": lcs staff due" in lcs(typist, "today").out
    out = lcs(by(typist, "tomos"), "today").out
    assert "confidentiality undertakings (policy 4.1): ask an administrator" in out
    assert ": lcs staff due" not in out
    ran = typed(by(typist, "tomos"), ["what", "why"], "disclosure", "urgent", "LCS-0001-R", "--to", "police")
    assert "a safeguarding lead completes it: lcs disclosure complete EX-000001-R" in ran.err


def test_what_is_left_empty_is_asked_for_in_words_that_can_be_read(typist: Typist) -> None:
    """Not “give the what was told”."""
    ran = typed(typist, ["", "what", "", "why"], "disclosure", "urgent", "LCS-0001-R", "--to", "police")
    assert "hint: say what was told\n" in ran.err
    assert "hint: say why\n" in ran.err


def test_a_hint_for_a_manager_says_so_to_an_administrator(typist: Typist, desk: Desk) -> None:
    """After somebody was entered, and where a booking is refused; a manager reads the command alone."""
    users.add_user(desk, "ceri", [Role.ADMINISTRATOR], Secret(passphrase=passphrase("ceri")), CHEAP)
    desk.db.close()
    ceri = by(typist, "ceri")
    ran = typed(ceri, ["Efa", "staff", "", ""], "staff", "add")
    assert "next: a manager or a senior manager runs: lcs staff dbs ST-001-R" in ran.err
    book = ["session", "book", "LCS-0001-R", "--on", "tomorrow", "--at", "9:30", "--until", "10:30", "--supervisor"]
    ran = typed(ceri, [], *book, "ST-001-R", code=4)
    assert "what you can do: a manager or a senior manager runs: lcs staff dbs ST-001-R" in ran.err
    assert "what you can do: lcs staff dbs ST-001-R" in typed(typist, [], *book, "ST-001-R", code=4).err


def test_a_worker_is_told_who_asks_for_a_permission(typist: Typist) -> None:
    """An activity without one is refused, and a worker may not ask for it."""
    typed(typist, [], "session", "book", "LCS-0001-R", "--on", "today", "--at", "9:30", "--until", "10:30")
    ran = typed(by(typist, "tomos"), ["observation"], "session", "activity", "S-000001-R", code=4)
    assert "an administrator or a manager runs: lcs permission request LCS-0001-R" in ran.err


def test_why_a_thing_is_withheld_is_asked_with_its_words(typist: Typist) -> None:
    """The rule file's own."""
    typed(typist, ["hurt"], "flag", "raise", "LCS-0001-R", "--category", "other")
    answers = ["own", "today", "", ""]
    typed(typist, answers, "request", "add", "P-0001-R")
    ran = typed(typist, ["no", "serious-harm", "read"], "request", "withhold", "RQ-0001-R", "SF-0001-R")
    assert ran.err.count("Because (other-people, childs-own-details, ") == 2


def test_what_waits_is_listed_by_a_command_that_somebody_may_run(desk: Desk) -> None:
    """Each line of the day ends with a command, or with who runs it."""
    for one in waiting(desk):
        assert desk.who_instead(one.action), one.command
