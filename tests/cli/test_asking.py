"""Going back, stopping, and numbered choices, at a terminal."""

from pathlib import Path

import pytest

from tests.cli.typed import Typist, at, lcs
from tests.conftest import make_vault


@pytest.fixture
def typist(tmp_path: Path) -> Typist:
    make_vault(tmp_path / "vault")
    return Typist(env=at(tmp_path / "vault"))


def test_back_asks_the_question_before_with_its_answer(typist: Typist) -> None:
    """What was typed need not be typed again."""
    typist.answers = ["Council", "<", "", "1"]
    ran = lcs(typist, "referrer", "add")
    assert ran.code == 0
    assert "Name [Council]: " in ran.err
    assert ran.err.count("(< back, . stop)") == 1
    assert "Council" in lcs(typist, "referrer", "list").out


def test_back_at_the_first_question_asks_it_again(typist: Typist) -> None:
    """There is nowhere to go."""
    typist.answers = ["<", "Council", "2"]
    ran = lcs(typist, "referrer", "add")
    assert ran.code == 0
    assert "there is no question before this one" in ran.err


def test_a_full_stop_stops_and_nothing_is_saved(typist: Typist) -> None:
    """Exit code 130, one line."""
    typist.answers = ["Council", "."]
    ran = lcs(typist, "referrer", "add")
    assert (ran.code, ran.out) == (130, "")
    assert ran.err.endswith("stopped: nothing was saved\n")
    assert "Council" not in lcs(typist, "referrer", "list").out


def test_back_in_a_list_of_children_asks_for_the_one_before(typist: Typist) -> None:
    """A child's first name, too, can be put right before anything is saved; a full stop ends the list."""
    typist.answers = ["Llwyd", "", "Sian", "<", "Siân", "", "", "<", "Siôn", "", "", ".", "."]
    ran = lcs(typist, "family", "add")
    assert ran.code == 0, ran.err
    out = lcs(typist, "family", "show", "LCS-0001-R").out
    assert "Siôn" in out
    assert "Siân" not in out
