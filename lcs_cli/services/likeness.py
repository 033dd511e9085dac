"""Families that a new one may be: shown before it is registered a second time."""

from collections.abc import Sequence

from lcs_cli.records.family import Family, Person, PersonKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.value import Value
from lcs_cli.services.desk import Desk
from lcs_cli.services.families import FamilyDraft
from lcs_cli.services.folding import folded
from lcs_cli.services.people import PersonDraft
from lcs_cli.vault import families, names, people

_ALIKE = 80  # of 100, for a name alone: Llwyd and Lloyd are, Llwyd and Lewis are not
MOST = 5


class Similar(Value):
    """A family that is on record, and its children."""

    family: Family
    children: Sequence[Person]


def similar(desk: Desk, draft: FamilyDraft) -> list[Similar]:
    """The families that agree with a new one in two of family name, a child's first name and its date of birth.

    Where no child is entered, the family name is enough. Nothing for who may not look families up; those that are
    shown are logged, as what was found.
    """
    if not desk.may("find"):
        return []
    with desk.acting("find", logged=False) as act:
        named = set(_called_like(desk, draft.name))
        entered = [one for one in draft.people if one.kind is PersonKind.CHILD]
        if not entered:
            numbers = sorted(named)
        else:
            born = [one.date_of_birth.isoformat() for one in entered if one.date_of_birth]
            near = named | {family for _, family in names.born_on(desk.db, born)}
            numbers = [one for one in sorted(near) if _same(desk, one, entered, named=one in named)]
        found = [_with_children(desk, number) for number in numbers[:MOST]]
        if found:
            act.note(*(reference(Kind.FAMILY, one.family.number) for one in found), found=len(numbers))
            act.log()
        return found


class OnRecord:
    """The children that are on record now, for many new families at once: alike is here what folds to the same."""

    def __init__(self, desk: Desk) -> None:
        self._families: dict[tuple[str, str, str], int] = {}
        for family, name, given, born in names.children(desk.db):
            for pair in _pairs(name, given, born):
                self._families.setdefault(pair, family)

    def family(self, draft: FamilyDraft) -> int | None:
        """The first family with which a new one agrees in two of the three signs of a child."""
        for one in draft.people:
            born = one.date_of_birth.isoformat() if one.date_of_birth else None
            for pair in _pairs(draft.name, one.given_name, born) if one.kind is PersonKind.CHILD else ():
                if pair in self._families:
                    return self._families[pair]
        return None


def _pairs(name: str, given: str, born: str | None) -> list[tuple[str, str, str]]:
    """Each two of the three signs; without a date of birth there are but two."""
    family, called = folded(name), folded(given)
    return [(family, called, ""), *([(family, "", born), ("", called, born)] if born else [])]


def _called_like(desk: Desk, name: str) -> list[int]:
    from rapidfuzz import fuzz, process

    among = names.of_families(desk.db)
    lines = folded(among.lines).split("\n") if among.numbers else []
    near = process.extract(folded(name), lines, scorer=fuzz.token_set_ratio, score_cutoff=_ALIKE, limit=None)
    return [int(among.numbers[place]) for _, _, place in near]


def _same(desk: Desk, family: int, entered: Sequence[PersonDraft], *, named: bool) -> bool:
    """Whether a child that is entered may be one of that family's, by two signs of three."""
    from rapidfuzz import fuzz

    there = [one for one in people.of_family(desk.db, family) if one.kind is PersonKind.CHILD]
    for new in entered:
        for old in there:
            called = fuzz.ratio(folded(new.given_name), folded(old.given_name)) >= _ALIKE
            born = new.date_of_birth is not None and new.date_of_birth == old.date_of_birth
            if named + called + born >= 2:
                return True
    return named and not there


def _with_children(desk: Desk, number: int) -> Similar:
    family = families.get(desk.db, number)
    if family is None:
        raise LookupError(number)
    return Similar(family, [one for one in people.of_family(desk.db, number) if one.kind is PersonKind.CHILD])
