"""What two people decided, and what holds it up: a row without the signed entries that tell of it moves no sweep."""

import pytest

from lcs_cli.errors import DamagedVaultError
from lcs_cli.records.retention import HoldKind
from lcs_cli.services import audits, retention, stops, sweep
from lcs_cli.vault import own_referrers
from tests.conftest import OpenDesk
from tests.services import stories
from tests.services.stories import APPROVED, CLOSED, SWEPT
from tests.vault.tampering import raw, without_triggers

_APPROVE = "UPDATE review SET state = 'approved', approved_on = '2025-03-03', approved_by = 'U-003-A', list_hash = ''"


@pytest.fixture
def due(desk_of: OpenDesk) -> str:
    """A family that is due."""
    return stories.closed_family(desk_of("amina", CLOSED)).ref


def proposed(desk_of: OpenDesk, ref: str) -> None:
    """By amina."""
    retention.propose(desk_of("amina", APPROVED), ref, None)


def refused(desk_of: OpenDesk, said: str) -> None:
    """Neither the sweep nor a check takes it for what it claims to be."""
    with pytest.raises(DamagedVaultError, match=said):
        sweep.sweep(desk_of("amina", SWEPT))
    assert [said in problem for problem in audits.verify(desk_of("amina", SWEPT)).problems].count(True) == 1
    assert desk_of().db.value("SELECT count(*) FROM family") == 1


def test_an_approval_that_nobody_signed_disposes_of_nothing(due: str, desk_of: OpenDesk) -> None:
    """Written by another tool, under rhys's name: he left no entry."""
    proposed(desk_of, due)
    with without_triggers(desk_of()) as connection:
        connection.execute(_APPROVE)
    refused(desk_of, "no entry of U-003-A tells of the approval of RV-0001-R")


def test_a_proposal_under_another_name_does_not_make_one_person_two(due: str, desk_of: OpenDesk) -> None:
    """Rhys proposed it himself, has another tool say that amina did, and approves it."""
    retention.propose(desk_of("rhys", APPROVED), due, None)
    with without_triggers(desk_of()) as connection:
        connection.execute("UPDATE review SET reviewed_by = 'U-001-R'")
    rhys = desk_of("rhys", APPROVED)
    retention.approve(rhys, retention.approval_list(rhys).hash)
    refused(desk_of, "no entry of U-001-R tells of the proposal RV-0001-R")


@pytest.mark.parametrize("change", ["DELETE FROM legal_hold", "UPDATE legal_hold SET id = 9"])
def test_a_hold_that_was_taken_away_still_holds(due: str, desk_of: OpenDesk, change: str) -> None:
    """The entry of who placed it is there."""
    stories.approved(desk_of, due)
    retention.hold(desk_of("amina", APPROVED), due, HoldKind.POLICE, "asked for", None)
    with without_triggers(desk_of()) as connection:
        connection.execute(change)
    if change.startswith("DELETE"):
        refused(desk_of, "LH-0001-R is not there, and entry")
    else:
        assert any("LH-0001-R is not there" in one for one in audits.verify(desk_of("amina", SWEPT)).problems)


def test_a_stop_that_was_taken_away_still_stops(due: str, desk_of: OpenDesk) -> None:
    """Until a manager lets the disposals go on: then nothing is missed."""
    stories.approved(desk_of, due)
    stops.stop(desk_of("tomos", APPROVED), "the wrong family")
    assert audits.verify(desk_of("amina", SWEPT)).problems == ()
    with without_triggers(desk_of()) as connection:
        connection.execute("DELETE FROM disposal_stop")
    refused(desk_of, "the stop of the disposals is not there, and entry")


def test_what_two_people_decided_goes_also_when_they_had_held_and_stopped_before(due: str, desk_of: OpenDesk) -> None:
    """A hold that was released, a stop that is over, and those of a disposal years ago are in nobody's way."""
    household = stories.family(desk_of("amina", CLOSED), opened_on=CLOSED)
    stories.flag(desk_of("amina", CLOSED), household.ref)
    placed = retention.hold(desk_of("amina", CLOSED), due, HoldKind.POLICE, "asked for", None)
    retention.release(desk_of("rhys", CLOSED), f"LH-{placed.number:04d}-R")
    stops.stop(desk_of("tomos", CLOSED), "the wrong family")
    stops.resume(desk_of("rhys", CLOSED))
    stories.disposed(desk_of, due)
    assert audits.verify(desk_of("amina", SWEPT)).problems == ()


def test_every_row_that_names_a_referrer_is_known_where_own_referrers_go(desk_of: OpenDesk) -> None:
    """One that is not known would stop the sweep of that family for ever, and of those after it."""
    with raw(desk_of()) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        keys = {table: connection.execute(f"PRAGMA foreign_key_list({table})").fetchall() for table in tables}
    naming = [table for table, found in keys.items() if any(row[2] == "referrer" for row in found)]
    assert "handover_agreement" in naming
    pointing = [table for table in naming if table != "imported"]  # which goes with the referrer
    assert [table for table in pointing if f"FROM {table} " not in own_referrers._POINTS] == []
