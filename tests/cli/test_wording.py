"""`lcs retention clear` as it is typed (policy 4.6): what a lead is shown, and where nobody can be asked."""

import json
from pathlib import Path

import pytest

from lcs_cli.services import families, staff
from tests.cli.typed import Typist, at, lcs
from tests.conftest import open_desk
from tests.services import stories
from tests.services.stories import CLOSED

F1, ST1 = "LCS-0001-R", "ST-001-R"
HIDDEN = "\x1b[8mbru\u200bise\x1b[0m \u202e[conceal]\rNothing to see."


@pytest.fixture
def hidden(vault: Path) -> Path:
    """A family that is due, in whose file another tool wrote what hides itself on a screen; and a leaver."""
    desk = open_desk(vault, "amina", CLOSED)
    household = stories.family(desk)
    stories.booked(desk, household.ref, CLOSED)
    with desk.acting("session.book"):
        desk.db.run("UPDATE contact_session SET note = ?", HIDDEN)
    families.close(desk, household.ref, CLOSED)
    staff.leave(desk, stories.staff_member(desk, vetted=False), CLOSED, "after an assault")
    desk.db.close()
    return vault


def cleared(vault: Path) -> int:
    """How much has been cleared."""
    desk = open_desk(vault)
    try:
        return int(desk.db.value("SELECT count(*) FROM word_clearing"))
    finally:
        desk.db.close()


def test_text_that_would_hide_itself_is_found_and_shown(hidden: Path) -> None:
    """Its signs become marks and its markup stays as it was written: the screen is not steered."""
    typist = Typist([""], looked_at=True, env=at(hidden))
    ran = lcs(typist, "retention", "clear", F1)
    assert ran.code == 3
    assert "\ufffd[8mbru" in ran.out
    assert "\ufffd[conceal]\ufffdNothing to see." in ran.out
    assert not set("\x1b\r\u202e") & set(ran.out)


def test_without_a_terminal_it_is_shown_with_the_hash_that_clears_it(hidden: Path) -> None:
    """Nothing is cleared by looking; the hash clears what was shown, and is good for nothing else."""
    typist = Typist(asks=False, asks_secret=True, env=at(hidden))
    ran = lcs(typist, "retention", "clear", F1, "--json")
    assert (ran.code, cleared(hidden)) == (3, 0)
    seen = json.loads(ran.out)
    (hit,) = seen["hits"]
    assert (seen["schema"], seen["reference"], seen["cleared_by"]) == ("lcs.wording/1", F1, None)
    assert (hit["record"], hit["table"], hit["field"]) == ("S-000001-R", "contact_session", "note")
    assert (hit["groups"], hit["text"]) == ({"physical": 1}, HIDDEN)
    assert f"lcs retention clear {F1} --seen {seen['hash']}" in ran.err
    assert f"lcs flag raise {F1}" in ran.err
    refused = lcs(typist, "retention", "clear", ST1, "--seen", seen["hash"])
    assert (refused.code, cleared(hidden)) == (4, 0)
    ran = lcs(typist, "retention", "clear", F1, "--seen", seen["hash"], "--json")
    assert (ran.code, cleared(hidden)) == (0, 1)
    done = json.loads(ran.out)
    assert (done["cleared_by"], done["cleared_on"], done["hash"]) == ("U-001-R", "2026-11-26", seen["hash"])


def test_at_a_terminal_it_is_asked_until_the_answer_is_one(hidden: Path) -> None:
    """Enter leaves it; a concern about somebody who works there names them."""
    typist = Typist(["perhaps", "", "raise", "c"], env=at(hidden))
    ran = lcs(typist, "retention", "clear", ST1)
    assert (ran.code, cleared(hidden)) == (3, 0)
    assert "flag raise" not in ran.err
    ran = lcs(typist, "retention", "clear", ST1)
    assert (ran.code, cleared(hidden)) == (3, 0)
    assert f"lcs flag raise FAMILY --staff {ST1}" in ran.err
    ran = lcs(typist, "retention", "clear", ST1)
    assert (ran.code, cleared(hidden)) == (0, 1)
    assert f"Cleared the wording in 2 places of {ST1}." in ran.out
