"""lcs request as it is typed: what is asked before what, a text in place of another, and what a list looks like."""

from pathlib import Path

import pytest

from lcs_cli.records.request import RequestKind
from lcs_cli.services import request_decisions, requests
from lcs_cli.services.desk import Desk
from lcs_cli.services.requests import RequestDraft
from tests.cli.typed import Typist, at, lcs
from tests.conftest import TODAY
from tests.services import stories

REDACTED = "A worry was looked into."


@pytest.fixture
def asked(desk: Desk, vault: Path) -> Path:
    """A vault with a request, and a concern that is to be read for it."""
    household = stories.family(desk)
    stories.flag(desk, household.ref)
    requests.add(desk, household.children[0], RequestDraft(RequestKind.OWN, TODAY))
    return vault


@pytest.mark.parametrize("source", ["-", "text.txt"])
def test_a_redacted_text_comes_from_a_file_or_from_standard_input(
    desk: Desk, asked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    """It is never typed on the command line, where others see it; it is shown beside the item before it is taken."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.txt").write_text(REDACTED, encoding="utf-8-sig")
    clear = ("request", "clear", "RQ-0001-R", "SF-0001-R", "--redacted", source)
    ran = lcs(Typist([""], env=at(asked), stdin=REDACTED), *clear)
    assert (ran.code, f"To be given in its place: {REDACTED}" in ran.err, "Item: SF-0001-R" in ran.err) == (
        130,
        True,
        True,
    )
    ran = lcs(Typist(["y"], env=at(asked), stdin=REDACTED), *clear)
    assert (ran.code, ran.out) == (0, "Cleared: SF-0001-R, redacted.\n")
    assert request_decisions.read(desk, "RQ-0001-R", "SF-0001-R").redacted == REDACTED


@pytest.mark.parametrize(("content", "said"), [(None, "cannot be read"), (b"\xff\xfe\xff", "is not UTF-8 text")])
def test_a_redacted_text_that_cannot_be_read_is_named(
    asked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, said: str
) -> None:
    """And nothing is decided."""
    monkeypatch.chdir(tmp_path)
    if content is not None:
        (tmp_path / "text.txt").write_bytes(content)
    argv = ("request", "clear", "RQ-0001-R", "SF-0001-R", "--redacted", "text.txt")
    ran = lcs(Typist(env=at(asked)), *argv)
    assert ran.code == 2
    assert ran.err.startswith(f"error: redacted: {said}")


def test_nothing_is_cleared_unseen_where_nobody_can_be_asked(asked: Path) -> None:
    """A script says --yes, and has read it."""
    argv = ("request", "clear", "RQ-0001-R", "SF-0001-R")
    ran = lcs(Typist(asks=True, env=at(asked)), *argv, "--no-input")
    assert (ran.code, ran.err.splitlines()[-1]) == (2, "hint: give --yes where they have")
    assert lcs(Typist(env=at(asked)), *argv, "--yes").code == 0


def test_a_slip_in_an_item_or_a_reason_comes_before_any_words_are_typed(desk: Desk, asked: Path) -> None:
    """No sentence is lost to it."""
    typist = Typist(["no-time", "serious-harm", "Somebody would be warned."], env=at(asked))
    ran = lcs(typist, "request", "withhold", "RQ-0001-R", "SF-0001-R")
    assert ran.code == 0
    assert "error: because: must be one of other-people" in ran.err
    assert request_decisions.read(desk, "RQ-0001-R", "SF-0001-R").words == "Somebody would be warned."
    typist = Typist(["serious-harm"], env=at(asked))
    ran = lcs(typist, "request", "withhold", "RQ-0001-R", "SF-0042-L")
    assert (ran.code, typist.answers) == (2, ["serious-harm"])


def test_what_was_found_can_be_read_by_a_machine(asked: Path) -> None:
    """One row an item, without what it says."""
    ran = lcs(Typist(env=at(asked)), "request", "find", "RQ-0001-R", "--csv")
    head, first, *_, last = ran.out.splitlines()
    assert head == "item,what,day,state,reason,redacted,decided_on,decided_by"
    assert first == 'identity,"names, date of birth and role",,given,,false,,'
    assert last == "SF-0001-R,a safeguarding concern,2026-11-26,to be read,,false,,"
