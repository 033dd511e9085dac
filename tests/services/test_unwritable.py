"""A disk that takes nothing more: who reads a record gets nothing, and what shows nobody's record goes on."""

import re

import pytest

from lcs_cli.errors import FailedError, RefusedError, UnwritableError
from lcs_cli.policy.program import program_file
from lcs_cli.services import overview, publishing
from lcs_cli.services.desk import Desk
from tests.conftest import OpenDesk
from tests.limits import nothing_grows
from tests.services import stories
from tests.services.use_cases import READS, UseCase, prepare

_SAID = re.compile("on the trail, so nothing is shown|that was not done|nothing was made")
GOES_ON = frozenset(program_file()["authority"]["goes_on_unlogged"])


def left_out(desk: Desk, use_case: UseCase) -> str:
    """What is wrong with a reading that cannot be put on the trail."""
    use_case.first(desk)
    before = len(stories.trail(desk))
    try:
        with nothing_grows():
            use_case.run(desk)
        shown = "shown"
    except FailedError as error:
        shown = error.message
    goes_on = use_case.action in GOES_ON
    if (shown == "shown") != goes_on or bool(desk.unlogged) != goes_on or len(stories.trail(desk)) != before:
        return f"{use_case}: {shown}"
    return "" if goes_on or _SAID.search(shown) else f"{use_case}: {shown}"


@pytest.mark.clause("4.5", "stored securely")
def test_what_cannot_be_put_on_the_trail_is_not_shown(desk: Desk, desk_of: OpenDesk) -> None:
    """But for what shows nobody's record: that goes on, and it is known that the trail does not say so."""
    prepare(desk)
    assert [wrong for one in READS if (wrong := left_out(desk_of(one.by), one))] == []


def test_what_goes_on_shows_nobodys_record() -> None:
    """How the vault stands, whether it is whole, what the policy says: each is a reading."""
    assert {one.action for one in READS} >= GOES_ON
    assert {action.partition(".")[0] for action in GOES_ON} == {"status", "doctor", "audit", "policy", "retention"}


def test_what_goes_on_names_nobody(desk: Desk) -> None:
    """No name, and no address, of the one family there is."""
    stories.family(desk, name="Plantedfamily")
    for use_case in READS:
        if use_case.action in GOES_ON:
            said = repr(use_case.run(desk))
            assert "Plantedfamily" not in said
            assert "Elm Row" not in said


def test_a_change_that_cannot_be_written_is_said_not_to_be_done(desk: Desk) -> None:
    """It is no reading, and nothing of it is there."""
    with stories.unchanged(desk), nothing_grows(), pytest.raises(UnwritableError, match="that was not done"):
        stories.family(desk)
    assert desk.unlogged == ""


def test_a_refusal_that_cannot_be_logged_is_still_one(desk_of: OpenDesk) -> None:
    """Whoever may not see something is told so, with the clause, whatever the disk does."""
    tomos = desk_of("tomos")
    with nothing_grows(), pytest.raises(RefusedError, match="may not run “policy publish”"):
        publishing.check_publish(tomos)
    assert tomos.unlogged


def test_within_a_larger_change_a_reading_that_is_not_logged_stops_it(desk: Desk) -> None:
    """It may not be taken for done while the rest of the change is not."""
    with stories.unchanged(desk), nothing_grows(), pytest.raises(UnwritableError), desk.together():
        overview.status(desk)
