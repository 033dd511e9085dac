"""Families, the people in them, and the episodes of service they had."""

from datetime import date
from enum import StrEnum

from lcs_cli.records.value import Value


class PersonKind(StrEnum):
    """A child has contact; an adult brings, cares for or visits the child."""

    CHILD = "child"
    ADULT = "adult"


class ContactField(StrEnum):
    """Private details, each sealed on its own under the contact key (policy 4.2)."""

    ADDRESS = "address"
    TELEPHONE = "telephone"
    EMAIL = "email"


class Episode(Value):
    """One stretch of service to a family; ``closed_on`` is None while it is open."""

    opened_on: date
    closed_on: date | None = None


class Family(Value):
    """The unit of service."""

    number: int
    name: str
    episodes: tuple[Episode, ...] = ()
    disposed_on: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether an episode of service is open."""
        return any(episode.closed_on is None for episode in self.episodes)


class Person(Value):
    """A child or an adult of one family, without contact details: those are sealed and read apart."""

    number: int
    family: int
    kind: PersonKind
    given_name: str
    family_name: str
    date_of_birth: date | None = None
    relationship: str | None = None

    @property
    def initials(self) -> str:
        """First letters, as echoed after a write: enough to notice a wrong record, too little to leak one."""
        return f"{self.given_name[:1]}.{self.family_name[:1]}."


class FormerIdentity(Value):
    """What a person who keeps an identity stub was called, or said to be; the family itself where there is no person.

    A family's has no given name, and the name that the family had as its family name.
    """

    family: int
    person: int | None
    given_name: str | None
    family_name: str
    date_of_birth: date | None = None
    relationship: str | None = None
