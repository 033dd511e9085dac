"""Stopping the disposals: anybody who works here does, a manager who did not lets them go on (policy 4.6)."""

from datetime import timedelta
from typing import Any

import pytest

from lcs_cli.errors import RefusedError, UsageError
from lcs_cli.policy.rules import packaged
from lcs_cli.records.retention import HoldKind, Stop
from lcs_cli.services import audits, certificates, doctor, overview, retention, stops, sweep
from lcs_cli.vault.register import Register
from tests.conftest import OpenDesk
from tests.services import stories
from tests.services.stories import APPROVED, CLOSED, SWEPT

DAY = timedelta(days=1)
WHY = "Gwen Llwyd rang, something is wrong"


@pytest.fixture
def approved(desk_of: OpenDesk) -> str:
    """A family whose disposal amina proposed and rhys approved."""
    ref = stories.closed_family(desk_of("amina", CLOSED)).ref
    stories.approved(desk_of, ref)
    return ref


def refusal(run: Any) -> RefusedError:
    """The refusal that it ends in."""
    with pytest.raises(RefusedError) as refused:
        run()
    return refused.value


@pytest.mark.clause("4.6", "reviewed")
def test_nothing_is_disposed_of_while_a_worker_has_stopped_it(approved: str, desk_of: OpenDesk) -> None:
    """Exit 4, the clause, who, when and what would let it go on; the vault is as it was but for the refusal."""
    desk = desk_of("tomos", SWEPT)
    stops.stop(desk, WHY)
    before = {name: rows for name, rows in stories.everything(desk).items() if not name.startswith("audit")}
    refused = refusal(lambda: stories.swept(desk_of))
    assert (refused.exit_code, refused.clause, refused.rule) == (4, "4.6", "stop")
    assert refused.message == "U-004-G stopped the disposals on 2025-03-10"
    assert "a manager who did not stop them runs: lcs retention resume" in refused.hint
    assert Register(desk.vault.register).lines == []
    assert {name: rows for name, rows in stories.everything(desk).items() if not name.startswith("audit")} == before
    last = stories.trail(desk)[-1]
    assert (last.action, last.outcome) == ("retention.sweep", "refused")
    assert approved


def test_after_a_manager_let_them_go_on_a_sweep_disposes_and_the_history_stays(
    approved: str, desk_of: OpenDesk
) -> None:
    """Who stopped them, when, who let them go on, when: kept for ever. The reason, which may hold a name, is not."""
    stops.stop(desk_of("tomos", APPROVED), WHY)
    assert stops.resume(desk_of("rhys", SWEPT)).pulled_by == "U-004-G"
    assert [one.subject for one in stories.swept(desk_of).disposed] == [approved]
    desk = desk_of("amina", SWEPT)
    assert desk.db.rows("SELECT * FROM disposal_stop") == [
        (1, None, "2025-03-03T09:00:00Z", "U-004-G", "2025-03-10T09:00:00Z", "U-003-A")
    ]
    trail = [(one.action, one.actor, one.refs) for one in stories.trail(desk) if "retention.s" in one.action]
    assert ("retention.stop", "U-004-G", ()) in trail
    assert all("Gwen" not in str(one) for one in stories.trail(desk))
    assert audits.verify(desk).problems == ()


def test_no_disposal_is_approved_while_they_are_stopped_and_everything_else_goes_on(desk_of: OpenDesk) -> None:
    """Lists, previews, reviews and holds keep records, and dispose of none."""
    first, second = (stories.closed_family(desk_of("amina", CLOSED)).ref for _ in range(2))
    stops.stop(desk_of("tomos", APPROVED), WHY)
    desk = desk_of("amina", APPROVED)
    assert [item.decision.subject for item in retention.due(desk, APPROVED)] == [first, second]
    retention.propose(desk, first, None)
    retention.hold(desk, second, HoldKind.POLICE, "asked for it", None)
    rhys = desk_of("rhys", APPROVED)
    shown = retention.approval_list(rhys)
    assert [item.decision.subject for item in shown.items] == [first]
    assert refusal(lambda: retention.approve(rhys, shown.hash)).rule == "stop"
    stops.resume(rhys)
    assert [item.decision.subject for item in retention.approve(rhys, shown.hash).items] == [first]


def test_who_stopped_them_does_not_let_them_go_on(desk_of: OpenDesk) -> None:
    """Nobody is on both sides of one decision, a manager neither; another manager is."""
    rhys = desk_of("rhys")
    stops.stop(rhys, WHY)
    refused = refusal(lambda: stops.resume(rhys))
    assert (refused.clause, refused.rule) == ("4.6", "both-sides")
    assert stops.pulled(rhys) is not None
    stops.resume(desk_of("amina"))
    assert stops.pulled(rhys) is None


def test_rules_may_say_that_who_stopped_them_lets_them_go_on(desk_of: OpenDesk) -> None:
    """A service with one manager decides that in its rules, and nowhere else."""
    rhys = desk_of("rhys")
    stops.stop(rhys, WHY)
    content = stories.other_rules("retention_schedule.toml", "own_release = false", "own_release = true")
    rhys._rules[1] = type(packaged())({**packaged().contents, **content})
    stops.resume(rhys)
    assert stops.pulled(rhys) is None


def test_only_one_stop_is_in_force_and_only_a_stop_is_released(desk_of: OpenDesk) -> None:
    """Bad input, said in words; the second stop changes nothing about the first."""
    rhys = desk_of("rhys")
    with pytest.raises(UsageError, match="the disposals are not stopped"):
        stops.resume(rhys)
    stops.stop(desk_of("tomos"), WHY)
    with pytest.raises(UsageError, match="U-004-G stopped the disposals on 2026-11-26 already"):
        stops.stop(rhys, "as well")
    assert stops.pulled(rhys) == Stop(WHY, "2026-11-26T09:00:00Z", "U-004-G")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM disposal_stop",
        "UPDATE disposal_stop SET pulled_by = 'U-001-R'",
        "UPDATE disposal_stop SET reason = 'another'",
        "INSERT OR REPLACE INTO disposal_stop VALUES (1, 'x', '2026-11-26T09:00:00Z', 'U-001-R', NULL, NULL)",
        "INSERT INTO disposal_stop VALUES (2, 'x', '2026-11-26T09:00:00Z', 'U-001-R', NULL, NULL)",
    ],
)
def test_the_schema_itself_keeps_every_stop(desk_of: OpenDesk, statement: str) -> None:
    """Whatever code runs: a stop is there until it is released, and on record for ever."""
    desk = desk_of("tomos")
    stops.stop(desk, WHY)
    with pytest.raises(RefusedError), desk.db.transaction():
        desk.db.run(statement)
    stops.resume(desk_of("rhys"))
    with pytest.raises(RefusedError), desk.db.transaction():
        desk.db.run("UPDATE disposal_stop SET released_by = 'U-001-R'")


def test_a_stop_is_seen_by_everybody_and_its_reason_where_it_is_looked_for(desk_of: OpenDesk) -> None:
    """Today, status and doctor say who and since when; the reason, which may hold a name, is in the status alone."""
    desk = desk_of()
    assert {one.name: one.count for one in overview.today(desk).waiting}["disposals_stopped"] == 0
    stops.stop(desk_of("tomos"), WHY)
    for waiting in (overview.today(desk).waiting, overview.status(desk).waiting):
        (one,) = [one for one in waiting if one.name == "disposals_stopped"]
        assert (one.count, one.state) == (1, "Disposals stopped by U-004-G since 2026-11-26")
    stop = overview.status(desk).stop
    assert stop is not None
    assert stop.reason == WHY
    (finding,) = [one for one in doctor.examine(desk) if one.check == "disposals"]
    assert (finding.sound, finding.waits) == (False, True)
    assert finding.found == "stopped by U-004-G since 2026-11-26: lcs retention resume"


def test_a_stop_in_the_middle_of_a_run_lets_no_further_family_go(
    desk_of: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What went is gone from the pages too; what was to follow is there, untouched, and goes after the release."""
    refs = [stories.closed_family(desk_of("amina", CLOSED)).ref for _ in range(3)]
    stories.approved(desk_of, *refs)
    monkeypatch.setattr(sweep, "_AT_ONCE", 1)
    worker, told = desk_of("tomos", SWEPT), list[object]()

    def tell(one: object) -> None:
        told.append(one)
        stops.stop(worker, WHY)

    desk = desk_of("amina", SWEPT)
    refused = refusal(lambda: sweep.sweep(desk, tell=tell))
    assert refused.message == "1 disposed of; then U-004-G stopped the disposals on 2025-03-10"
    assert len(told) == len(Register(desk.vault.register).lines) == len(certificates.listing(desk)) == 1
    assert desk.db.value("PRAGMA freelist_count") == 0
    assert desk.db.rows("SELECT id FROM family WHERE disposed_on IS NULL ORDER BY id") == [(2,), (3,)]
    stops.resume(desk_of("rhys", SWEPT))
    assert [one.subject for one in stories.swept(desk_of).disposed] == refs[1:]
