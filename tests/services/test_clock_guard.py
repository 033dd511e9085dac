"""The guard on the clock: a vault remembers the days that it saw, and disposes of nothing on one it cannot believe."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from lcs_cli.errors import RefusedError, UsageError
from lcs_cli.services import audits, clock_guard, doctor, families, overview, retention, sweep, users
from lcs_cli.services.desk import Desk
from lcs_cli.services.setup import open_desk as open_as
from lcs_cli.vault.secret import read_key_file
from tests.conftest import TODAY, OpenDesk, moment
from tests.services import stories

pytestmark = pytest.mark.usefixtures("watched_clock")
DAY = timedelta(days=1)


@pytest.fixture
def lived_in(desk_of: OpenDesk) -> OpenDesk:
    """A vault with a sweep today: from here on it is watched."""
    clock_guard.confirm(desk_of("rhys"), TODAY)
    sweep.sweep(desk_of())
    return desk_of


def refused(desk: Desk) -> RefusedError:
    """The refusal of a sweep."""
    with pytest.raises(RefusedError) as refusal:
        sweep.sweep(desk)
    return refusal.value


def test_a_vault_that_nobody_opened_for_years_does_not_sweep_at_once(desk_of: OpenDesk) -> None:
    """Made in 2018, and now it is said to be 2026: perhaps so, says a manager, or the clock is wrong."""
    found = refused(desk_of())
    assert (found.exit_code, found.clause, found.rule) == (4, "4.6", "clock")
    assert found.message == "the clock shows 2026-11-26, and 3244 days went by unseen after 2018-01-08"
    assert "a manager runs: lcs retention sweep --confirm-date DAY" in found.hint


@pytest.mark.parametrize("days", [0, 1, 44, 45])
def test_a_holiday_is_no_jump(lived_in: OpenDesk, days: int) -> None:
    """Six weeks in summer without anybody there."""
    assert sweep.sweep(lived_in("amina", TODAY + days * DAY)).disposed == []


@pytest.mark.clause("4.6", "reviewed")
def test_a_jump_is_not_forgotten_by_working_on(lived_in: OpenDesk) -> None:
    """Neither by a second try nor by whatever else is done on the wrong day: only by a manager who confirms it."""
    day = date(2999, 1, 1)
    wrong = lived_in("amina", day)
    refused(wrong)
    families.listing(wrong)
    assert refused(wrong).message.startswith("the clock shows 2999-01-01, and ")
    assert refused(lived_in("amina", day + DAY)).rule == "clock"


def test_approving_waits_for_the_clock_too(lived_in: OpenDesk) -> None:
    """In 2999 everything is due."""
    ref = stories.closed_family(lived_in()).ref
    day = date(2999, 1, 1)
    retention.propose(lived_in("amina", day), ref, None)
    rhys = lived_in("rhys", day)
    with pytest.raises(RefusedError) as refusal:
        retention.approve(rhys, retention.approval_list(rhys).hash)
    assert refusal.value.rule == "clock"
    assert rhys.db.value("SELECT state FROM review") == "proposed"


def test_a_clock_that_is_doubted_waits_for_a_manager_in_the_overview_and_the_check_up(lived_in: OpenDesk) -> None:
    """One command on a wrong day, and the sweeps after it are refused: somebody is to hear of it before they look."""
    families.listing(lived_in("amina", TODAY + 400 * DAY))
    desk = lived_in("amina", TODAY)
    why = "the clock shows 2026-11-26, and this vault has seen 2027-12-31"
    assert refused(desk).message == why
    (one,) = [one for one in overview.today(desk).waiting if one.name == "clock_doubted"]
    assert (one.count, why in one.state, one.acts) == (1, True, "retention.confirm-date")
    (found,) = [one for one in doctor.examine(desk) if one.check == "clock"]
    assert (found.sound, found.waits, found.found.startswith(why)) == (False, True, True)
    clock_guard.confirm(lived_in("rhys", TODAY), TODAY)
    assert [one.count for one in overview.today(lived_in()).waiting if one.name == "clock_doubted"] == [0]
    assert not [one for one in doctor.examine(lived_in()) if one.check == "clock"]


def test_a_clock_that_went_back_a_day_is_not_believed_and_one_that_went_back_an_hour_is(lived_in: OpenDesk) -> None:
    """An hour is daylight saving, or a clock that was set right."""
    desk = lived_in()
    earlier = Desk(desk.vault, moment(TODAY) - timedelta(hours=1), TODAY)
    assert sweep.sweep(earlier).disposed == []
    found = refused(lived_in("amina", TODAY - DAY))
    assert found.message == "the clock shows 2026-11-25, and this vault has seen 2026-11-26"


def test_a_day_begins_in_the_service_and_not_in_greenwich(lived_in: OpenDesk) -> None:
    """Half past midnight in July is written down as the evening before, and is the new day all the same."""
    day = date(2027, 7, 15)
    clock_guard.confirm(lived_in("rhys", day), day)
    vault = lived_in("amina", day).vault
    assert sweep.sweep(Desk(vault, datetime(2027, 7, 15, 23, 30, tzinfo=UTC), date(2027, 7, 16))).disposed == []
    assert refused(lived_in("amina", day)).message.endswith("this vault has seen 2027-07-16")


def test_after_a_manager_confirmed_the_day_it_is_swept_and_the_trail_says_who_did(lived_in: OpenDesk) -> None:
    """A clock that was ahead for an hour, and was mended: the vault does not wait until 2999."""
    families.listing(lived_in("amina", date(2999, 1, 1)))
    desk = lived_in()
    assert refused(desk).message == "the clock shows 2026-11-26, and this vault has seen 2999-01-01"
    clock_guard.confirm(lived_in("rhys"), TODAY)
    assert sweep.sweep(desk).disposed == []
    (_, entry) = [one for one in stories.trail(desk) if one.action == "retention.confirm-date"]
    assert (entry.actor, entry.detail) == ("U-003-A", {"day": "2026-11-26", "doubt": "back"})
    assert audits.verify(desk).problems == ()


def test_nobody_confirms_a_day_before_this_program_or_another_than_the_clock_shows(lived_in: OpenDesk) -> None:
    """1970 is a battery that is empty; and who looks at a calendar gives the day that is there."""
    with pytest.raises(RefusedError) as refusal:
        clock_guard.confirm(lived_in("rhys", date(1970, 1, 1)), date(1970, 1, 1))
    assert refusal.value.message == "the clock shows 1970-01-01, and this program is of 2025-01-01 or later"
    assert refused(lived_in("amina", date(1970, 1, 1))).hint == "set the clock of this machine"
    with pytest.raises(UsageError, match="this machine's clock shows 2999-01-01, another day"):
        clock_guard.confirm(lived_in("rhys", date(2999, 1, 1)), TODAY)


def test_a_service_confirms_no_day(lived_in: OpenDesk, tmp_path: Path) -> None:
    """It has no calendar but the clock that is in doubt; nor has an administrator the say."""
    users.add_service(lived_in(), "nightly", ["retention.sweep"], tmp_path / "nightly.key")
    desk = lived_in()
    folder = desk.vault.folder
    service = open_as(folder, *read_key_file(tmp_path / "nightly.key"), now=moment(TODAY), today=TODAY)
    for one in (service, lived_in("tomos")):
        with pytest.raises(RefusedError) as refusal:
            clock_guard.confirm(one, TODAY)
        assert refusal.value.rule == "authority"
