"""Legal holds (policy 4.6): an owner who is asked about each, and a guard that no statement gets past."""

from datetime import date, timedelta

import pytest

from lcs_cli.errors import NotFoundError, RefusedError, UsageError
from lcs_cli.policy.holds import HoldState
from lcs_cli.policy.retention import Outcome
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.retention import HoldKind
from lcs_cli.services import holds, overview, people, retention, users
from lcs_cli.services.desk import Desk
from lcs_cli.vault import disposals, rows
from tests.conftest import TODAY, OpenDesk
from tests.services import stories
from tests.services.stories import DUE, on
from tests.services.test_record_fate import everything

DAY = timedelta(days=1)
PLACED = date(2026, 2, 28)
H1 = "LH-0001-R"


def placed(desk: Desk, until: date | None = None, owner: str | None = None) -> stories.Household:
    """A family that was due long ago, with a hold of ``PLACED``."""
    household = stories.closed_family(desk)
    retention.hold(on(desk, PLACED), household.ref, HoldKind.INQUIRY, "asked for", until, owner)
    return household


def state(desk: Desk, day: date) -> HoldState:
    """How the first hold stands on a day."""
    return next(holds.standing(desk, day)).state


def asked(desk: Desk) -> int:
    """How many holds this user is told of today."""
    return next(one.count for one in overview.today(desk).waiting if one.name == "holds_asked_about")


def test_whoever_places_a_hold_owns_it_unless_another_is_named(desk: Desk) -> None:
    """By login name or reference; it must be somebody who is here."""
    household = placed(desk)
    named = retention.hold(desk, household.ref, HoldKind.POLICE, "r", None, "rhys")
    assert (retention.hold(desk, household.ref, HoldKind.POLICE, "r", None).owner, named.owner) == (
        "U-001-R",
        "U-003-A",
    )
    with stories.unchanged(desk), pytest.raises(NotFoundError, match="U-042-L"):
        retention.hold(desk, household.ref, HoldKind.POLICE, "r", None, "U-042-L")


def test_a_hold_ends_by_itself_and_its_owner_is_asked_until_the_file_is_reviewed(desk: Desk, desk_of: OpenDesk) -> None:
    """From the day after its last; the owner is told, and nobody else."""
    household = placed(desk, TODAY)
    assert [state(desk, TODAY), state(desk, TODAY + DAY)] == [HoldState.IN_FORCE, HoldState.ENDED]
    assert (asked(desk), asked(desk_of("amina", TODAY + DAY)), asked(desk_of("rhys", TODAY + DAY))) == (0, 1, 0)
    (item,) = retention.due(desk, TODAY + DAY)
    assert item.decision.outcome is Outcome.DUE
    assert item.asks == ("LH-0001-R ended after 2026-11-26: U-001-R reviews the file",)
    retention.propose(on(desk, TODAY + DAY), household.ref, None)
    assert state(desk, TODAY + DAY) is HoldState.OVER
    assert retention.due(desk, TODAY + DAY)[0].asks == ()
    assert asked(desk_of("amina", TODAY + DAY)) == 0


def test_a_review_before_a_hold_ended_does_not_answer_for_it(desk: Desk) -> None:
    """Nor does one on its last day: the file could not go then."""
    household = stories.closed_family(desk)
    last = on(desk, DUE)
    retention.keep(last, household.ref, DUE + timedelta(days=30), "they may come back")
    retention.hold(on(desk, DUE - DAY), household.ref, HoldKind.POLICE, "asked for", DUE)
    assert state(desk, DUE + DAY) is HoldState.ENDED


def test_an_ended_hold_on_a_file_in_use_is_confirmed(desk: Desk) -> None:
    """Nobody reviews a file that is open: that its end was seen is said by hand, and it is listed until then."""
    household = stories.family(desk, opened_on=PLACED)
    retention.hold(on(desk, PLACED), household.ref, HoldKind.POLICE, "asked for", TODAY - DAY)
    (item,) = retention.due(desk, TODAY)
    assert (item.decision.outcome, len(item.asks)) == (Outcome.ONGOING, 1)
    assert holds.confirm(desk, H1).state is HoldState.OVER
    assert (retention.due(desk, TODAY), asked(desk)) == ([], 0)


def test_a_hold_without_end_is_confirmed_every_year(desk: Desk, desk_of: OpenDesk) -> None:
    """From the anniversary on; it keeps the file whether anybody looks or not, and a new owner is asked next."""
    household = placed(desk)
    assert [state(desk, date(2027, 2, 27)), state(desk, date(2027, 2, 28))] == [
        HoldState.IN_FORCE,
        HoldState.TO_CONFIRM,
    ]
    later = desk_of("amina", date(2028, 3, 1))
    (item,) = retention.due(later, later.today)
    assert item.decision.outcome is Outcome.REQUIRED
    assert item.asks == ("LH-0001-R has no end, and was last looked at on 2026-02-28: U-001-R confirms it",)
    done = holds.confirm(later, H1, "rhys")
    assert (done.state, done.hold.owner, done.hold.confirmed_on) == (HoldState.IN_FORCE, "U-003-A", later.today)
    assert [state(desk, date(2029, 2, 28)), state(desk, date(2029, 3, 1))] == [
        HoldState.IN_FORCE,
        HoldState.TO_CONFIRM,
    ]
    assert (asked(desk_of("amina", date(2029, 3, 1))), asked(desk_of("rhys", date(2029, 3, 1)))) == (0, 1)
    (entry,) = (one for one in stories.trail(later) if one.action == "retention.confirm")
    assert (entry.refs, stories.detail(entry)) == (("LH-0001-R", household.ref), {"owner": "U-003-A"})


def test_a_hold_whose_owner_has_left_is_asked_of_everybody(desk: Desk, desk_of: OpenDesk) -> None:
    """It is nobody's business otherwise."""
    placed(desk, TODAY - DAY, "tomos")
    assert (asked(desk), asked(desk_of("tomos"))) == (0, 1)
    users.remove(desk, "tomos")
    assert (asked(desk), asked(desk_of("rhys"))) == (1, 1)


def test_a_hold_that_was_released_is_asked_about_no_more(desk: Desk, desk_of: OpenDesk) -> None:
    """And cannot be confirmed."""
    placed(desk, TODAY - DAY)
    rhys = desk_of("rhys")
    retention.release(rhys, H1)
    assert (state(desk, TODAY), asked(desk)) == (HoldState.RELEASED, 0)
    with stories.unchanged(rhys), pytest.raises(UsageError, match="was released on 2026-11-26"):
        holds.confirm(rhys, H1)
    assert (holds.listing(desk), len(holds.listing(desk, everything=True))) == ([], 1)


def test_a_worker_neither_sees_nor_confirms_holds(desk: Desk, desk_of: OpenDesk) -> None:
    """Those who may review do."""
    placed(desk)
    tomos = desk_of("tomos")
    for run in (holds.listing, lambda there: holds.confirm(there, H1)):
        with pytest.raises(RefusedError, match="may not run"):
            run(tomos)


GUARDED = (
    "episode person contact_detail referral contact_session attendance superseded review supervision document "
    "document_chunk consent report report_decision report_production permission activity access_request request_pause "
    "request_decision request_bundle legal_hold"
).split()


@pytest.mark.parametrize("table", GUARDED)
def test_no_statement_deletes_a_row_of_a_file_that_is_on_hold(desk: Desk, table: str) -> None:
    """Whoever asks, from whatever part of the program: of a full vault, with a hold on each family."""
    everything(desk)
    for (number,) in desk.db.rows("SELECT id FROM family"):
        ref = reference(Kind.FAMILY, number)
        retention.hold(desk, ref, HoldKind.LITIGATION, "claim 7", TODAY + timedelta(days=90))
    found = [row for row in rows.rows_in(desk.db, table) if row.subject is not None]
    said = set()
    for row in found:
        where = " AND ".join(f"{name} = ?" for name in rows.key_of(table).split(", "))
        with pytest.raises(RefusedError) as refused, desk.db.transaction():
            desk.db.run(f"DELETE FROM {table} WHERE {where}", *row.key)
        said.add(refused.value.message)
    assert said & {"a legal hold keeps this file", "a legal hold stays until it is over"}


def test_a_disposal_is_refused_on_the_last_day_of_a_hold_and_made_on_the_next(desk: Desk) -> None:
    """Also where nobody looked at the facts: the schema asks on which day it is made."""
    placed(desk, TODAY)

    def dispose(day: date) -> None:
        with desk.db.transaction():
            disposals.dispose(desk.db, [1], disposals.Kept((), (), ()), on=day, change=1000)

    with stories.unchanged(desk), pytest.raises(RefusedError, match="a legal hold keeps this file"):
        dispose(TODAY)
    dispose(TODAY + DAY)
    assert desk.db.rows("SELECT * FROM legal_hold") == []


def test_a_detail_of_a_file_on_hold_is_corrected_and_what_it_was_stays(desk: Desk) -> None:
    """A hold stops no work on the file."""
    household = placed(desk)
    people.edit(desk, household.adult, {"telephone": None}, "given up")
    kept = desk.db.rows("SELECT fields FROM superseded WHERE kind = 'contact_detail'")
    assert (kept, desk.db.value("SELECT count(*) FROM contact_detail")) == ([("sealed",)], 2)


@pytest.mark.parametrize(
    "change",
    [
        "reason = 'none'", "placed_on = '2020-01-01'", "placed_by = 'U-003-A'", "until = '2026-03-01'",
        "kind = 'police'", "family_id = 2", "id = 9", "released_on = '2026-03-01', released_by = 'U-001-R'",
    ],
)  # fmt: skip
def test_a_hold_stays_as_it_was_placed(desk: Desk, change: str) -> None:
    """And whoever placed it does not release it, by no statement."""
    placed(desk)
    stories.closed_family(desk)
    with (
        stories.unchanged(desk),
        pytest.raises(Exception, match=r"stays as it was placed|CHECK"),
        desk.db.transaction(),
    ):
        desk.db.run(f"UPDATE legal_hold SET {change}")
