"""What would be refused at the end is said where it is typed, and asked for again: the other answers are kept."""

import json
from pathlib import Path

import pytest

from tests.cli.test_slips import FAMILY, by, told, typed
from tests.cli.typed import Typist, at, lcs

CHECK = {"level": "enhanced", "barred_list": True, "issued_on": "2026-03-02", "decision": "cleared"}
OTHER = {**FAMILY, "name": "Rees", "children": [{"given_name": "Non", "date_of_birth": "2018-01-05"}]}


@pytest.fixture
def typist(vault: Path) -> Typist:
    """Amina at a terminal, with a vault that holds two families and a vetted and an unvetted supervisor."""
    terminal = Typist(env=at(vault))
    for family in (FAMILY, OTHER):
        told(terminal, family, "family", "add")
    for name in ("Efa", "Ivo"):
        told(terminal, {"name": name, "capacity": "staff"}, "staff", "add")
    told(terminal, CHECK | {"certificate": "001234567890", "decided_by": "rhys"}, "staff", "dbs", "ST-001-R")
    typed(by(terminal, "rhys"), [], "staff", "confirm", "ST-001-R")
    return terminal


def test_a_booking_is_judged_part_by_part(typist: Typist) -> None:
    """The time before the supervisor, and the supervisor before the room: nothing is typed for nothing."""
    answers = ["tomorrow", "10:00", "9:00", "11:00"]
    answers += ["ST-002-W", "", "ST-001-R", ""]  # not vetted, so not alone; then somebody who is
    ran = typed(typist, [*answers, "Blue", "by bus"], "session", "book", "LCS-0001-R")
    assert "error: end: must be after start (10:00)" in ran.err
    assert ran.err.index("may not supervise alone") < ran.err.index("Room: ")
    assert "supervised by ST-001-R" in ran.out
    ran = typed(typist, ["tomorrow", "10:30", "12:00", "tomorrow", "11:00", "12:00", "", "", ""], *BOOK)
    assert ran.err.count("Day: ") == 2
    assert "has S-000001-R on that day" in ran.err
    assert "With (" not in ran.err


BOOK = ("session", "book", "LCS-0001-R")


def test_two_who_may_not_supervise_together_are_asked_for_again(typist: Typist) -> None:
    """As in booking; the reason comes after."""
    typed(typist, [], *BOOK, "--on", "tomorrow", "--at", "10:00", "--until", "11:00")
    ran = typed(typist, ["ST-002-W", "", "ST-002-W", "ST-001-R"], "session", "supervise", "S-000001-R")
    assert ran.err.count("Supervisor: ") == 2
    assert "is supervised by ST-002-W with ST-001-R" in ran.out


def test_a_session_is_moved_to_a_time_that_it_can_have(typist: Typist) -> None:
    """The end is asked for again at once, and the reason is asked for after that."""
    typed(typist, [], *BOOK, "--on", "tomorrow", "--at", "10:00", "--until", "11:00")
    ran = typed(typist, ["tomorrow", "14:00", "13:00", "15:00", "asked"], "session", "move", "S-000001-R")
    assert ran.err.count("End: ") == 2
    assert "Moved S-000001-R" in ran.out


def test_a_certificate_of_somebody_else_is_asked_for_again(typist: Typist) -> None:
    """And a decision before it was issued, and by somebody who may not."""
    answers = ["", "y", "2/3/2026", "001234567890", "001234567891", "", "cleared", "1/3/2026", "today", "tomos", "rhys"]
    ran = typed(typist, answers, "staff", "dbs", "ST-002-W")
    assert "is on record for ST-001-R, and not for ST-002-W" in ran.err
    assert "error: decided on: must not be before Mon 2 Mar 2026" in ran.err
    assert "U-004-G may not decide on a check" in ran.err
    assert "ST-002-W" in ran.out


def test_paper_does_not_go_before_it_came(typist: Typist) -> None:
    """The day is asked for again, and the place stands; what was said of the file on paper is on the trail first."""
    typed(typist, ["order", "files", "shelf", "", "today"], "paper", "add", "LCS-0001-R")
    ran = typed(typist, ["cupboard", "", "yesterday", "today", "tidied"], "paper", "move", "PF-0001-R")
    assert "is before Thu 26 Nov 2026, when it came where it lies now" in ran.err
    assert "Moved PF-0001-R" in ran.out
    trail = typed(by(typist, "rhys"), [], "audit", "list", "--about", "PF-0001-R", "--jsonl").out.splitlines()
    said = [json.loads(line) for line in trail]
    assert [(one["action"], one["outcome"]) for one in said[:2]] == [("paper.move", "done"), ("paper.move", "refused")]


def test_the_days_of_a_request_are_in_its_course(typist: Typist) -> None:
    """A day before it came is asked for again; what is not paused does not go on, and that is said first."""
    typed(typist, ["own", "today", "", ""], "request", "add", "P-0001-R")
    ran = typed(typist, [], "request", "resume", "RQ-0001-R", code=2)
    assert "is not paused" in ran.err
    assert "Because" not in ran.err
    ran = typed(typist, ["identity", "yesterday", "today", "a passport"], "request", "pause", "RQ-0001-R")
    assert "when the request was received" in ran.err
    assert "is paused since" in typed(typist, [], "request", "pause", "RQ-0001-R", code=2).err
    ran = typed(typist, ["yesterday", "today", "it came"], "request", "resume", "RQ-0001-R")
    assert "when the pause began" in ran.err
    ran = typed(typist, ["yesterday", "today", "passport"], "request", "check", "RQ-0001-R")
    assert "when the request was received" in ran.err
    typed(typist, ["own", "today", "", ""], "request", "add", "P-0002-W")
    typed(typist, ["today", "passport"], "request", "check", "RQ-0002-W")
    ran = typed(typist, ["identity", "clarification", "today", "which?"], "request", "pause", "RQ-0002-W")
    assert "the identity was checked already" in ran.err


def test_another_familys_parent_is_asked_for_again(typist: Typist) -> None:
    """What no parent may ask for is refused before it is asked who they are."""
    ran = typed(typist, ["parent", "today", "P-0004-G", "P-0002-W", "", "order"], "request", "add", "P-0001-R")
    assert ran.err.count("The parent's reference: ") == 2
    assert "who asks is not on record as an adult of the child's family" in ran.err
    assert "Taken: RQ-0001-R" in ran.out
    ran = typed(typist, ["parent", "today"], "request", "add", "P-0002-W", code=4)
    assert "The parent's reference" not in ran.err


def test_a_run_that_may_not_be_asked_for_is_asked_for_again(typist: Typist) -> None:
    """The days, before who does it and why."""
    answers = ["", "observation", "tomorrow", "1/12/2028", "tomorrow", "1/12/2026", "a student", "training", "letter"]
    ran = typed(typist, answers, "permission", "request", "LCS-0001-R")
    assert ran.err.count("To day: ") == 2
    assert "Recorded PM-0001-R" in ran.out


def test_an_empty_document_is_refused_where_it_is_named(typist: Typist, tmp_path: Path) -> None:
    """And one that is too big: before its title is asked for."""
    for name, content in (("empty.txt", b""), ("big.txt", b"x" * (20 * 1024 * 1024 + 1)), ("order.txt", b"An order.")):
        (tmp_path / name).write_bytes(content)
    answers = [str(tmp_path / name) for name in ("empty.txt", "big.txt", "order.txt")]
    ran = typed(typist, [*answers, "Order"], "document", "add", "LCS-0001-R", "--kind", "order")
    assert "error: file: is empty" in ran.err
    assert "error: file: is larger than 20 MB" in ran.err


def test_nobody_is_asked_when_they_signed_what_they_may_not_record(typist: Typist) -> None:
    """One's own undertaking is refused first."""
    told(typist, {"name": "Amina", "capacity": "staff", "login": "amina"}, "staff", "add")
    ran = typed(typist, [], "staff", "undertake", "ST-003-A", code=4)
    assert "Signed on" not in ran.err
    typed(by(typist, "rhys"), ["today"], "staff", "undertake", "ST-003-A")


def test_the_register_names_who_confirms(typist: Typist) -> None:
    """By reference, with the command; where it was decided alone, another lead."""
    typed(typist, ["hurt"], "flag", "raise", "LCS-0001-R", "--category", "other")
    typed(typist, ["it", "need"], "disclosure", "urgent", "LCS-0001-R", "--to", "police")
    parts = ["--decided-by", "amina", "--how", "telephone", "--concern", "SF-0001-R"]
    typed(by(typist, "rhys"), ["yes"], "disclosure", "complete", "EX-000001-R", *parts, code=3)
    ran = lcs(typist, "disclosure", "list")
    assert "confirmation by U-001-R (lcs disclosure confirm EX-000001-R)" in " ".join(ran.out.split())


def test_a_decision_not_to_tell_asks_which_concern_it_is_about(typist: Typist) -> None:
    """At a terminal; one of another family is asked for again."""
    typed(typist, ["hurt"], "flag", "raise", "LCS-0001-R", "--category", "other")
    typed(typist, ["hurt"], "flag", "raise", "LCS-0002-W", "--category", "other")
    answers = ["SF-0002-W", "SF-0001-R", "", "8:00", "no need", ""]
    ran = typed(typist, answers, "disclosure", "record", "LCS-0001-R", "--to", "police", "--not-told")
    assert "is not about LCS-0001-R" in ran.err
    assert "Registered EX-000001-R" in ran.out


def test_why_a_thing_is_withheld_is_explained(typist: Typist) -> None:
    """Each reason with its words, and whether who asks is told."""
    typed(typist, ["hurt"], "flag", "raise", "LCS-0001-R", "--category", "other")
    typed(typist, ["own", "today", "", ""], "request", "add", "P-0001-R")
    ran = typed(typist, ["serious-harm", "read"], "request", "withhold", "RQ-0001-R", "SF-0001-R")
    assert "legal-privilege: It is advice from lawyers, or was made for proceedings.\n" in ran.err
    assert "serious harm to somebody. Who asks is not told that it is withheld.\n" in ran.err


def test_a_consent_that_has_not_begun_covers_from_its_day(typist: Typist) -> None:
    """It covers nothing already."""
    told(typist, {"name": "Housing", "kind": "solicitor"}, "referrer", "add")
    share = ["consent", "record", "P-0002-W", "--with", "REF-0001-R", "--purpose", "housing", "--share", "address"]
    content = {"given_how": "in-writing", "evidence": "form"}
    told(typist, content, *share, "--from-day", "1/12/2026")
    assert "CN-0001-R covers it from Tue 1 Dec 2026 on" in told(typist, content, *share, "--from-day", "2/12/2026").err


def test_a_session_whose_supervisors_check_is_overdue_is_listed(typist: Typist) -> None:
    """Beside those that nobody supervises; and where there is none, how many days were looked at is said."""
    listed = ["session", "list", "--unsupervised"]
    assert "Every session of today and of the next 7 days has its supervisor." in lcs(typist, *listed).err
    old = {"issued_on": "2020-03-02", "decided_on": "2020-03-02", "certificate": "001234567892", "decided_by": "rhys"}
    told(typist, {"name": "Una", "capacity": "staff", "joined_on": "2020-01-01"}, "staff", "add")
    told(typist, CHECK | old, "staff", "dbs", "ST-003-A")
    typed(by(typist, "rhys"), [], "staff", "confirm", "ST-003-A")
    typed(typist, [], *BOOK, "--on", "tomorrow", "--at", "10:00", "--until", "11:00", "--supervisor", "ST-003-A")
    assert "ST-003-A (check overdue)" in " ".join(lcs(typist, *listed).out.split())
