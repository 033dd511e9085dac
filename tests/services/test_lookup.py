"""From a reference as typed to a record: a slip becomes a question, and no message holds what may be a name."""

import pytest

from lcs_cli.errors import LcsError, NotFoundError, UsageError
from lcs_cli.records.references import Kind, reference
from lcs_cli.services import accidents, families, lookup, people
from lcs_cli.services.desk import Desk
from tests.conftest import open_desk
from tests.services import stories


@pytest.fixture
def three(desk: Desk) -> Desk:
    """Three families, so that a slip could be another one."""
    for _ in range(3):
        stories.family(desk)
    return desk


@pytest.mark.parametrize("typed", ["LCS-0002-W", "lcs-0002-w", " LCS-0002-W ", "LCS0002W", "lcs2w", "LCS-2-W"])
def test_a_reference_is_found_however_it_is_typed(three: Desk, typed: str) -> None:
    """Case, dashes, leading zeros and spaces around it do not matter."""
    assert families.show(three, typed).family.number == 2


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("LCS-0002-R", "LCS-0001-R"), ("LCS-0020-W", "LCS-0002-W"), ("LCS-0002", "LCS-0002-W"), ("LCS-3", "LCS-0003-A")],
)
def test_a_slip_becomes_a_question(three: Desk, typed: str, meant: str) -> None:
    """Which of the records that are there was meant; it is never guessed."""
    with stories.unchanged(three), pytest.raises(UsageError) as slip:
        families.show(three, typed)
    assert slip.value.hint.startswith("did you mean ")
    assert meant in slip.value.hint


def test_every_single_slip_of_a_digit_or_letter_is_noticed(three: Desk) -> None:
    """Not one of them shows a family."""
    ref = "LCS-0002-W"
    slips = [ref[:place] + other + ref[place + 1 :] for place in range(4, 8) for other in "0123456789"]
    slips += [ref[:-1] + letter for letter in "TRAGMYFPDXBNJZSQVHLCKE"]
    slips += [ref[:place] + ref[place + 1] + ref[place] + ref[place + 2 :] for place in range(4, 7)]
    for slip in set(slips) - {ref}:
        with pytest.raises((UsageError, NotFoundError)):
            families.show(three, slip)


def test_the_reference_of_something_else_is_said_to_be_that(three: Desk) -> None:
    """A person's is no family's."""
    with pytest.raises(UsageError, match="is the reference of a person; a family is written like"):
        families.show(three, "P-0001-R")
    with pytest.raises(UsageError, match="is the reference of a family; a person is written like"):
        people.show(three, "LCS-0001-R")
    with pytest.raises(UsageError, match="is the reference of an accident; a family is written like"):
        families.show(three, "AR-0001-R")
    with pytest.raises(UsageError, match="is the reference of a user; an accident is written like"):
        accidents.show(three, "U-001-R")


@pytest.mark.parametrize(
    "typed",
    [
        "Llwyd",
        "Siân Llwyd",
        "Sian2015",
        "01632960123",
        "2015-04-01",
        "12 Elm Row",
        "SW1A1AA",
        "gwen@example.org",
        "LCS-0001-R; Llwyd",
        "LCS-LLWYD",
        "\u202eLCS-0001-R",
        "LCS-\u0661-R",
        "\x1b[31mLCS-0001-R",
    ],
)
def test_what_is_no_reference_is_not_repeated(three: Desk, typed: str) -> None:
    """It may be a name, a day of birth, a telephone number or a postcode: no message holds those."""
    with stories.unchanged(three), pytest.raises(LcsError) as refused:
        families.show(three, typed)
    assert typed not in refused.value.message + refused.value.hint


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_has_references_of_its_own(kind: Kind) -> None:
    """They begin with its letters, and read back as what they were."""
    ref = reference(kind, 42)
    assert ref.startswith(f"{kind.prefix}-")
    assert stories.number(kind, ref) == 42


def test_an_echo_has_initials_for_those_who_may_see_them(desk: Desk) -> None:
    """Enough to notice that it went to another record; a worker, who may not list families, sees the reference."""
    household = stories.family(desk, children=2)
    child = household.children[1]
    assert lookup.echoed(desk, Kind.FAMILY, 1) == f"{household.ref} (S.L., S.L.)"
    assert lookup.echoed(desk, Kind.PERSON, 2) == f"{child} (S.L.)"
    assert lookup.echoed(open_desk(desk.vault.folder, "tomos"), Kind.FAMILY, 1) == household.ref
