"""One sweep disposes of so many families and no more; what is beyond waits for the next (policy 4.6)."""

import pytest

from lcs_cli.services import sweep
from tests.conftest import After, OpenDesk
from tests.services import stories
from tests.services.stories import CLOSED, SWEPT


@pytest.fixture
def approved(after: After) -> list[str]:
    """Eight families whose disposal was approved, in a vault of eight."""
    found: list[str] = after(eight_approved)
    return found


def eight_approved(desk_of: OpenDesk) -> list[str]:
    """Their references."""
    refs = [stories.closed_family(desk_of("amina", CLOSED)).ref for _ in range(8)]
    stories.approved(desk_of, *refs)
    return refs


@pytest.mark.clause("4.6", "disposed of")
def test_what_is_beyond_the_cap_waits_for_the_next_sweep(approved: list[str], desk_of: OpenDesk) -> None:
    """Six of the smallest vault: somebody is told of the two that are left, and the next sweep takes them."""
    first = sweep.sweep(desk_of("amina", SWEPT))
    assert [one.subject for one in first.disposed] == approved[:6]
    assert (first.beyond, first.cap.most, first.cooling, first.waits_for_a_person) == (2, 6, 0, True)
    second = sweep.sweep(desk_of("amina", SWEPT))
    assert [one.subject for one in second.disposed] == approved[6:]
    assert (second.beyond, second.waits_for_a_person) == (0, False)


@pytest.mark.parametrize(("limit", "taken"), [(1, 1), (5, 5), (6, 6), (7, 6), (1000, 6)])
def test_a_limit_lowers_the_cap_and_never_raises_it(
    approved: list[str], desk_of: OpenDesk, limit: int, taken: int
) -> None:
    """Whoever runs it may be more careful than the rules, and no bolder."""
    done = sweep.sweep(desk_of("amina", SWEPT), limit=limit)
    assert [one.subject for one in done.disposed] == approved[:taken]
    assert (done.beyond, done.cap.most) == (8 - taken, min(limit, 6))
