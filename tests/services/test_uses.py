"""What counts as a use of a family's file, and so restarts its five years (policy 4.6)."""

from datetime import UTC, date, datetime

from lcs_cli.policy.retention import Outcome
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.services import exports, retention
from lcs_cli.services.desk import Desk
from lcs_cli.services.export_plan import ExportOrder
from tests.conftest import OpenDesk
from tests.services import stories


def _due_on(desk: Desk, ref: str) -> date | None:
    found = retention.due(desk, desk.today, everything=True)
    return next(item.decision.due_on for item in found if item.decision.subject == ref)


def test_telling_somebody_of_a_family_restarts_its_five_years(desk: Desk) -> None:
    """A disclosure is a use of the file: what was told can be asked about for as long."""
    closed = stories.closed_family(desk)
    assert _due_on(desk, closed.ref) == stories.DUE
    told = date(2024, 6, 3)
    agency = stories.referrer(desk, ReferrerKind.POLICE, "Northbridge Police")
    exports.export(stories.on(desk, told), agency, ExportOrder("safeguarding", family=closed.ref), None)
    assert _due_on(desk, closed.ref) == date(2029, 6, 3)
    item = next(retention.items(stories.on(desk, date(2029, 6, 2)), date(2029, 6, 2), [closed.ref]))
    assert item.decision.outcome is Outcome.NOT_DUE


def test_recording_an_accident_is_no_use_of_a_file(desk: Desk) -> None:
    """Nobody was served by it: neither the day it happened nor the day it was recorded restarts the five years."""
    closed = stories.closed_family(desk)
    stories.accident(stories.on(desk, date(2024, 6, 3)), closed.ref, closed.children)
    stories.accident(stories.on(desk, date(2024, 6, 4)), closed.ref, day=date(2019, 2, 4))
    assert _due_on(desk, closed.ref) == stories.DUE


def test_the_day_of_a_disclosure_is_the_day_in_the_service_and_not_in_greenwich(desk_of: OpenDesk) -> None:
    """Half past midnight in July is the new day here; five years are never over a day early."""
    desk = desk_of()
    closed = stories.closed_family(desk)
    agency = stories.referrer(desk, ReferrerKind.POLICE, "Northbridge Police")
    night = Desk(desk.vault, datetime(2024, 7, 14, 23, 30, tzinfo=UTC), date(2024, 7, 15))
    exports.export(night, agency, ExportOrder("safeguarding", family=closed.ref), None)
    assert _due_on(desk, closed.ref) == date(2029, 7, 15)
