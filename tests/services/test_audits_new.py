"""Checking only what came after one's own last check: what it looks at, and what it goes by."""

import pytest

from lcs_cli.services import audits
from lcs_cli.services.desk import Desk
from lcs_cli.vault import audit
from tests.conftest import OpenDesk
from tests.services import stories
from tests.vault.tampering import without_triggers


def altered(desk: Desk, seq: int) -> None:
    """Say in an entry that something else was done."""
    with without_triggers(desk) as connection:
        connection.execute("UPDATE audit SET action = 'family.close' WHERE seq = ?", (seq,))


@pytest.fixture
def verified(desk: Desk) -> int:
    """The entry in which amina found nothing wrong; a family came before it, and one after it."""
    stories.family(desk)
    assert audits.verify(desk).problems == ()
    seq = audit.head(desk.db).seq
    stories.family(desk)
    return seq


def test_what_is_new_is_checked_and_no_more(desk: Desk, verified: int) -> None:
    """An entry after it that is another is named; one before it is what the whole check finds."""
    found = audits.verify_new(desk)
    assert (found.since, found.problems) == (verified, ())
    altered(desk, verified - 1)
    assert audits.verify_new(desk).problems == ()
    assert f"entry {verified - 1} was altered" in audits.verify(desk).problems


def test_what_is_wrong_with_what_is_new_is_named(desk: Desk, verified: int) -> None:
    """And a check that found something is none to go by: the next one finds it again."""
    altered(desk, verified + 1)
    for _ in range(2):
        found = audits.verify_new(desk)
        assert (found.since, found.problems) == (verified, (f"entry {verified + 1} was altered",))


def test_each_check_that_finds_nothing_is_the_next_ones_beginning(desk: Desk, verified: int) -> None:
    """So that no entry is looked at twice; the trail says from where each began."""
    audits.verify_new(desk)
    assert stories.trail(desk)[-1].detail == {"problems": 0, "since": verified}
    stories.family(desk)
    assert audits.verify_new(desk).since > verified


def test_what_comes_next_follows_the_checked_entry(desk: Desk, verified: int) -> None:
    """Entries that were taken out right after it are missed."""
    stories.family(desk)
    with without_triggers(desk) as connection:
        connection.execute("DELETE FROM audit WHERE seq = ?", (verified + 1,))
    assert f"entry {verified + 1} is missing" in audits.verify_new(desk).problems


def test_nobody_goes_by_what_somebody_else_checked(desk_of: OpenDesk, desk: Desk, verified: int) -> None:
    """Who signs as amina may say that she found nothing wrong; rhys checks all of it himself, once."""
    altered(desk, verified - 1)
    rhys = desk_of("rhys")
    found = audits.verify_new(rhys)
    assert (found.since, f"entry {verified - 1} was altered" in found.problems) == (0, True)


@pytest.mark.parametrize("detail", ['{"problems":0}', "no JSON"])
def test_a_check_that_was_made_good_afterwards_is_none(desk: Desk, verified: int, detail: str) -> None:
    """Its detail is under its digest, and its digest under a signature: all of the trail is checked instead."""
    with without_triggers(desk) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("UPDATE audit_detail SET detail = ? WHERE seq = ?", (detail, verified))
    found = audits.verify_new(desk)
    assert (found.since, f"the detail of entry {verified} was altered" in found.problems) == (0, True)


def test_a_head_on_paper_is_looked_for_in_all_of_the_trail(desk: Desk, verified: int) -> None:
    """Also where it lies before what is new."""
    before = stories.trail(desk)[0]
    assert before.seq < verified
    assert audits.verify_new(desk, [f"{before.seq}:{before.digest}"]).problems == ()
    (found,) = audits.verify_new(desk, [f"{before.seq}:{'0' * 64}"]).problems
    assert found.startswith(f"entry {before.seq} is not the one that the given paper or manifest noted")
