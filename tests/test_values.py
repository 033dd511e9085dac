"""What a value or an entity is: what can be set, what is equal, what is shown."""

import pytest
from msgspec import field

from lcs_cli.records.value import Entity, Private, Value


class Told(Value):
    """Something of which one part must not be shown."""

    reference: str
    words: Private[str]


class ToldAgain(Told):
    """The same with more."""

    reason: Private[str | None] = None
    number: int = 0


class Opened(Entity):
    """Something that holds a secret."""

    secret: str
    parts: list[str] = field(default_factory=list)


def test_a_value_shows_what_is_not_private() -> None:
    """Also what it has from the class before it: a log or an error tells nothing confidential."""
    assert repr(Told("SF-0001-R", "a bruise")) == "Told(reference='SF-0001-R')"
    assert repr(ToldAgain("SF-0001-R", "a bruise", "misread", 3)) == "ToldAgain(reference='SF-0001-R', number=3)"


def test_a_value_cannot_be_changed_and_is_its_fields() -> None:
    """Two of one class are equal where their fields are, and may be looked up; of two classes they never are."""
    told = Told("SF-0001-R", "a bruise")
    with pytest.raises(AttributeError):
        told.words = "nothing"  # type: ignore[misc]
    assert {told} == {Told("SF-0001-R", "a bruise")}
    assert told != Told("SF-0001-R", "two bruises")
    assert told != ToldAgain("SF-0001-R", "a bruise")


def test_an_entity_is_itself_and_shows_nothing() -> None:
    """It changes and stays the same; what it holds is not shown."""
    one, other = Opened("a key"), Opened("a key")
    one.parts.append("contact")
    assert other.parts == []
    assert one != other
    assert len({one, other}) == 2
    assert repr(one) == "<Opened>"
