"""A series: each line is told once, when it is new or corrected, however old its day is."""

import errno
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lcs_cli.errors import FailedError
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import ReferralOutcome
from lcs_cli.services import attendance, doctor, exports, referrals
from lcs_cli.services.desk import Desk
from lcs_cli.services.export_plan import ExportOrder
from lcs_cli.services.exports import Export
from lcs_cli.services.outbox import Outbox
from tests.conftest import TODAY, OpenDesk
from tests.services import stories
from tests.services.stories import STAYED_AWAY
from tests.services.test_export_gate import days, held, lines, told

SERIES = ExportOrder("case-management", since_last=True)
WHOLE = ExportOrder("case-management")


@pytest.fixture
def referrer(desk: Desk) -> str:
    """A referrer with one family, LCS-0001-R, that had two sessions."""
    household, ref = stories.family(desk), stories.referrer(desk)
    stories.referred(desk, household.ref, ref)
    held(desk, household.ref, [date(2026, 11, 2), date(2026, 11, 9)])
    return ref


def after_the_first(desk: Desk, referrer: str) -> None:
    """The first export of a series tells everything."""
    assert days(exports.export(desk, referrer, SERIES, None)) == ["2026-11-02", "2026-11-09"]


def nothing(export: Export) -> bool:
    """Whether there was nothing to tell: no entry, no line."""
    return (export.reference, export.rows, export.folder) == ("", 0, None)


def test_what_was_told_is_not_told_again(desk: Desk, referrer: str) -> None:
    """With nothing new nothing is registered, so that the next one begins where the last one ended."""
    after_the_first(desk, referrer)
    for _ in range(2):
        assert nothing(exports.export(desk, referrer, SERIES, None))
    assert desk.db.value("SELECT count(*) FROM disclosure") == 1
    stories.held(desk, "LCS-0001-R", date(2026, 11, 16))
    assert days(exports.export(desk, referrer, SERIES, None)) == ["2026-11-16"]
    assert nothing(exports.export(desk, referrer, SERIES, None))


def test_a_late_entry_of_an_old_day_is_told_once(desk: Desk, referrer: str) -> None:
    """What counts is when it was recorded."""
    after_the_first(desk, referrer)
    stories.held(desk, "LCS-0001-R", date(2026, 11, 3))
    assert days(exports.export(desk, referrer, SERIES, None)) == ["2026-11-03"]
    assert nothing(exports.export(desk, referrer, SERIES, None))


def test_a_correction_of_an_old_day_is_told_once(desk: Desk, referrer: str) -> None:
    """With what holds now; a correction that changed nothing is not told."""
    after_the_first(desk, referrer)
    attendance.correct(desk, "S-000001-R", STAYED_AWAY, "was another family")
    export = exports.export(desk, referrer, SERIES, None)
    assert [(row["session_date"], row["attended"]) for row in lines(export)] == [("2026-11-02", "false")]
    attendance.correct(desk, "S-000001-R", STAYED_AWAY, "checked")
    assert nothing(exports.export(desk, referrer, SERIES, None))


def test_two_corrections_between_two_exports_are_one_line(desk: Desk, referrer: str) -> None:
    """The last one holds."""
    after_the_first(desk, referrer)
    attendance.correct(desk, "S-000002-W", STAYED_AWAY, "mistaken")
    attendance.correct(desk, "S-000002-W", stories.CAME, "mistaken about the mistake")
    export = exports.export(desk, referrer, SERIES, None)
    assert [(row["session_date"], row["attended"]) for row in lines(export)] == [("2026-11-09", "true")]


def test_a_booked_session_is_told_once_it_is_recorded(desk: Desk, referrer: str) -> None:
    """However long it was booked before."""
    booked = stories.booked(desk, "LCS-0001-R", TODAY)
    after_the_first(desk, referrer)
    attendance.record(stories.evening(desk), booked, stories.CAME)
    assert days(exports.export(desk, referrer, SERIES, None)) == ["2026-11-26"]


def test_a_second_child_recorded_later_tells_the_session_again(desk: Desk, referrer: str) -> None:
    """Its line is another one now."""
    household = stories.family(desk, 2)
    stories.referred(desk, household.ref, referrer)
    session = stories.held(desk, household.ref, date(2026, 11, 2), STAYED_AWAY, household.children[:1])
    exports.export(desk, referrer, SERIES, None)
    attendance.record(desk, session, stories.CAME, household.children[1:])
    export = exports.export(desk, referrer, SERIES, None)
    assert [(row["family_reference"], row["attended"]) for row in lines(export)] == [(household.ref, "true")]


def test_a_link_that_went_live_later_is_told_from_its_beginning(desk: Desk, referrer: str) -> None:
    """A family whose sessions were recorded before the last export, and whose referral was accepted after it."""
    household = stories.family(desk)
    held(desk, household.ref, [date(2026, 10, 1), date(2026, 11, 3)])
    pending = referrals.add(desk, household.ref, referrer, date(2026, 11, 1), electronic=False, case_reference=None)
    after_the_first(desk, referrer)
    referrals.decide(desk, reference(Kind.REFERRAL, pending.number), ReferralOutcome.ACCEPTED, TODAY)
    assert told(exports.export(desk, referrer, SERIES, None)) == [(household.ref, "2026-11-03")]
    assert nothing(exports.export(desk, referrer, SERIES, None))


def test_a_second_referral_of_a_family_that_is_told_already_tells_nothing_twice(desk: Desk, referrer: str) -> None:
    """The link was live all the time."""
    after_the_first(desk, referrer)
    stories.referred(desk, "LCS-0001-R", referrer, TODAY)
    assert nothing(exports.export(desk, referrer, SERIES, None))
    stories.held(desk, "LCS-0001-R", TODAY)
    assert days(exports.export(desk, referrer, SERIES, None)) == ["2026-11-26"]


def test_a_link_that_ended_is_told_no_more(desk: Desk, referrer: str) -> None:
    """The others go on."""
    other = stories.family(desk)
    stories.referred(desk, other.ref, referrer)
    after_the_first(desk, referrer)
    referrals.decide(desk, "RL-0001-R", ReferralOutcome.ENDED, TODAY)
    for ref in ("LCS-0001-R", other.ref):
        stories.held(desk, ref, TODAY)
    assert told(exports.export(desk, referrer, SERIES, None)) == [(other.ref, "2026-11-26")]


def test_each_purpose_and_each_referrer_has_a_series_of_its_own(desk: Desk, referrer: str) -> None:
    """What one was told, the other was not."""
    after_the_first(desk, referrer)
    other = stories.referrer(desk)
    stories.referred(desk, "LCS-0001-R", other)
    assert exports.export(desk, referrer, ExportOrder("safeguarding", since_last=True), None).rows == 2
    assert exports.export(desk, other, SERIES, None).rows == 2


def test_a_single_export_in_between_does_not_move_the_series_on(desk: Desk, referrer: str) -> None:
    """Nor does a repeated one."""
    after_the_first(desk, referrer)
    stories.held(desk, "LCS-0001-R", TODAY)
    assert exports.export(desk, referrer, WHOLE, None).rows == 3
    assert exports.repeat(desk, "EX-000001-R", None).rows == 2
    assert days(exports.export(desk, referrer, SERIES, None)) == ["2026-11-26"]


def test_a_series_does_not_build_on_what_was_never_handed_over(desk: Desk, referrer: str, tmp_path: Path) -> None:
    """The folder could not be named: the lines are told with the next one, and then no more."""
    (tmp_path / "EX-000001-R").mkdir()
    with pytest.raises(FailedError, match="EX-000001-R is registered"):
        exports.export(desk, referrer, SERIES, tmp_path)
    assert days(exports.export(desk, referrer, SERIES, None)) == ["2026-11-02", "2026-11-09"]
    assert nothing(exports.export(desk, referrer, SERIES, None))


def test_a_killed_series_is_told_again(desk: Desk, referrer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Registered and committed, and then the machine was switched off."""

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Outbox, "release", killed)
        with pytest.raises(KeyboardInterrupt):
            exports.export(desk, referrer, SERIES, None)
    assert desk.db.value("SELECT count(*) FROM disclosure") == 1
    assert exports.export(desk, referrer, SERIES, None).rows == 2


def test_over_months_everything_is_told_exactly_once(referrer: str, desk_of: OpenDesk) -> None:
    """Recorded today or late, corrected or not: the series together is what a whole export says now."""
    latest: dict[str, dict[str, str]] = {}
    count = 0
    for month in range(1, 7):
        desk = desk_of("amina", date(2027, month, 28))
        for day in (3 * month, 3 * month + 1):
            stories.held(desk, "LCS-0001-R", date(2027, month, day))
        if month > 2:
            stories.held(desk, "LCS-0001-R", date(2027, month - 2, 25))
            corrected = reference(Kind.SESSION, month)
            attendance.correct(desk, corrected, STAYED_AWAY, "mistaken")
        for row in lines(exports.export(desk, referrer, SERIES, None)):
            count += 1
            latest[row["session_date"]] = row
    whole = lines(exports.export(desk_of("amina", date(2027, 7, 1)), referrer, WHOLE, None))
    assert [latest[day] for day in sorted(latest)] == whole
    assert count == len(whole) + 4


def test_rows_that_nobody_took_are_told_again(desk: Desk, referrer: str) -> None:
    """A full disk or a closed pipe after the entry in the register: the series does not skip what nobody was given."""

    def full(_content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(FailedError, match="EX-000001-R is registered, but nobody took its rows") as refused:
        exports.export(desk, referrer, SERIES, None, full)
    assert "--again EX-000001-R" in refused.value.hint
    assert "EX-000001-R" in next(one.found for one in doctor.examine(desk) if one.check == "exports")
    taken: list[bytes] = []
    assert exports.export(desk, referrer, SERIES, None, taken.append).rows == 2
    assert b"2026-11-02" in taken[0]
    assert exports.export(desk, referrer, SERIES, None, taken.append).rows == 0
    assert all(one.sound for one in doctor.examine(desk))
