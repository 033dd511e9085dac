"""What a request finds, as a thing of its own: its name, its class in the rules, and what it says once it is opened."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from lcs_cli.policy.requests import KindRule, RequestRules
from lcs_cli.records.document import MediaType
from lcs_cli.records.family import Person, PersonKind
from lcs_cli.records.referral import Referrer
from lcs_cli.records.value import Private, Value
from lcs_cli.services.desk import Desk
from lcs_cli.vault import attendance

FieldValue = str | bool | None


class Attached(Value):
    """A file that belongs to an item: ``size`` bytes, which ``chunks`` gives whole and in order, or fails."""

    name: str
    media: MediaType
    size: int
    chunks: Private[Callable[[], Iterator[bytes]]]


class Content(Value):
    """What an item says: rows of its own values, texts by their titles, a file."""

    entries: Private[tuple[Mapping[str, FieldValue], ...]] = ()
    texts: Private[tuple[tuple[str, str], ...]] = ()
    file: Attached | None = None


class Found(Value):
    """One thing that is held: its name, its class in the rules, and which state of it this is.

    ``on`` is the day by which a person finds it; ``sealed`` says that only safeguarding leads open it; ``read_with``
    is how it is read where a screen cannot show it, as what is ``on_paper``.
    """

    name: str
    cls: str
    version: str
    content: Private[Callable[[], Content]]
    on: date | None = None
    sealed: bool = False
    read_with: str = ""
    on_paper: bool = False


class Concerned(Value):
    """Whose records are looked for, by which rules, who asks for them, and by which request."""

    desk: Desk
    person: Person
    rules: RequestRules
    kind: KindRule
    request: int

    @property
    def is_child(self) -> bool:
        """Whether it is a child of the family."""
        return self.person.kind is PersonKind.CHILD

    def may_be_in(self, children: Sequence[int]) -> bool:
        """Whether what names these children may tell of the person: of an adult always, and where it names nobody."""
        return not (self.is_child and children and self.person.number not in children)

    def name_of(self, body: Referrer | None) -> str | None:
        """The name of a body, in what is read first; a solicitor's or a family's own tells of other people."""
        return body.name if body is not None and body.kind in self.rules.named_referrers else None

    @property
    def names_openly(self) -> bool:
        """Whether bodies are named without reading: to an adult, a council's name tells where the other one lives."""
        return self.person.kind in self.kind.named_to


def others_sessions(one: Concerned) -> set[int]:
    """The sessions of which only other children's attendance is known; an adult may have been at any."""
    lines = attendance.select(one.desk.db, "WHERE family_id = ?", one.person.family) if one.is_child else []
    return {line.session for line in lines} - {line.session for line in lines if line.child == one.person.number}


def structured(
    name: str,
    cls: str,
    rows: Sequence[Mapping[str, FieldValue]],
    on: date | None = None,
    texts: tuple[tuple[str, str], ...] = (),
) -> Found:
    """Something that is read without a key; what it says is its version, so that any change of it is noticed."""
    content = Content(tuple(rows), texts)
    return Found(name, cls, digest([rows, texts]), lambda: content, on)


def digest(said: object) -> str:
    """A short hash of what something says, to know it again."""
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def iso(day: date | None) -> str | None:
    """A day as it is written in records."""
    return day.isoformat() if day else None
