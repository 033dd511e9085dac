"""Legal holds and their owners (policy 4.6): who is asked about a hold that has ended, or that has no end."""

from collections.abc import Iterator
from datetime import date

from lcs_cli.errors import UsageError
from lcs_cli.policy.holds import ASKED_ABOUT, HoldState, hold_state
from lcs_cli.policy.schedule import schedule_in_force
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.retention import Hold
from lcs_cli.records.value import Value
from lcs_cli.services import lookup, named
from lcs_cli.services.desk import Desk
from lcs_cli.vault import legal_holds, reviews


class StandingHold(Value):
    """A hold as it stands on one day; ``asked`` is whether its owner is asked about it."""

    hold: Hold
    state: HoldState

    @property
    def asked(self) -> bool:
        """Whether somebody is to look at it."""
        return self.state in ASKED_ABOUT


def listing(desk: Desk, *, everything: bool = False) -> list[StandingHold]:
    """The holds that are in force or that somebody is asked about; with ``everything``, also those that are over."""
    with desk.acting("retention.holds") as act:
        found = [one for one in standing(desk, desk.today) if everything or _is_live(one.state)]
        act.note(*(reference(Kind.HOLD, one.hold.number) for one in found))
        return found


def confirm(desk: Desk, typed: str, owner: str | None = None) -> StandingHold:
    """Confirm that a hold is still needed, or that its end was seen; ``owner`` is asked about it from then on."""
    with desk.acting("retention.confirm", (Kind.HOLD, typed)) as act:
        found = lookup.find(desk.db, Kind.HOLD, typed, legal_holds.get)
        ref = reference(Kind.HOLD, found.number)
        if found.released_on is not None:
            raise UsageError(f"{ref} was released on {found.released_on.isoformat()}", "nothing needs to be done")
        becomes = named.person(desk, owner).reference if owner else found.owner
        legal_holds.confirm(desk.db, found.number, desk.today, desk.user.reference, becomes)
        act.note(ref, found.subject, owner=becomes)
        return next(one for one in standing(desk, desk.today) if one.hold.number == found.number)


def standing(desk: Desk, today: date) -> Iterator[StandingHold]:
    """How each hold stands on a day; within another use case."""
    rules, reviewed = schedule_in_force(desk.rules_on(today), today), reviews.last_days(desk.db)
    for hold in legal_holds.select(desk.db):
        yield StandingHold(hold, hold_state(hold, reviewed.get(hold.subject), rules, today))


def asked_of(desk: Desk) -> int:
    """About how many holds this user is asked: their own, and those whose owner is not here any more."""
    here = {one.reference for one in named.people(desk)} - {desk.user.reference}
    return sum(one.asked and one.hold.owner not in here for one in standing(desk, desk.today))


def asks(desk: Desk, today: date) -> dict[str, tuple[str, ...]]:
    """What owners are asked on a day, in words, by the file's reference."""
    found: dict[str, tuple[str, ...]] = {}
    for one in standing(desk, today):
        if one.asked:
            subject = one.hold.subject
            found[subject] = (*found.get(subject, ()), _said(one))
    return found


def _said(one: StandingHold) -> str:
    ref = reference(Kind.HOLD, one.hold.number)
    if one.state is HoldState.ENDED:
        return f"{ref} ended after {one.hold.until}: {one.hold.owner} reviews the file"
    since = one.hold.confirmed_on or one.hold.placed_on
    return f"{ref} has no end, and was last looked at on {since}: {one.hold.owner} confirms it"


def _is_live(state: HoldState) -> bool:
    return state is HoldState.IN_FORCE or state in ASKED_ABOUT
