"""A slip at a terminal costs one answer: it is asked for again at once, and nothing that was typed before is lost."""

import json
from pathlib import Path

import pytest

from tests.cli.typed import Ran, Typist, at, lcs

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
    there = Typist(asks=False, env=terminal.env, stdin=json.dumps(content))
    ran = lcs(as_secret(there), *argv, "--from", "-")
    assert ran.code == 0, ran.err
    return ran


def as_secret(terminal: Typist) -> Typist:
    """The same terminal, at which a passphrase can be typed all the same."""
    terminal.__class__ = type("Piped", (Typist,), {"can_ask_secret": property(lambda _: True)})
    return terminal


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
    assert "refused (policy 4.4): U-004-G may not see to their own check" in ran.err
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
