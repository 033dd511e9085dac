"""Finding people and families by what is remembered of them: a misspelt name, part of a reference, a telephone number.

Everything is compared in memory: no index lies on the disk, where it would outlive what it was made from.
"""

import re
from collections.abc import Iterator
from unicodedata import decimal

from lcs_cli.errors import UsageError
from lcs_cli.records.family import ContactField, Family, Person
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.session import ContactSession
from lcs_cli.records.value import Value
from lcs_cli.services.desk import Act, Desk
from lcs_cli.services.folding import folded
from lcs_cli.vault import contact_sessions, families, names, people
from lcs_cli.vault.names import Names

MOST = 20
FEWEST = 3
_LEAST = 70  # of 100: what is less alike than that is mostly noise
_FEWEST_DIGITS = 5
_REFERENCE = re.compile(r"(?:(?:LCS|P)-?)?[0-9]{1,12}(?:-?[A-Z])?")


class Match(Value):
    """A family; whose and which of its details matched, and how well (to 100); and when it comes next."""

    family: Family
    person: Person | None
    by: str
    matched: str
    score: int
    next_session: ContactSession | None


class Found(Value):
    """The best matches, the best first, and how many there are beyond them."""

    matches: tuple[Match, ...]
    more: int


class _Hit(Value):
    """One record that matched, how well, and by what: its name, a former one, its reference, its telephone."""

    kind: Kind
    number: int
    family: int
    score: int
    by: str = "name"


def find(desk: Desk, typed: str) -> Found:
    """Find families by their names or their people's, also former ones, by part of a reference or a telephone number.

    Which records were found is logged before they are shown, never what was typed.
    """
    with desk.acting("find") as act:
        wanted = enough(typed)
        best: dict[int, _Hit] = {}
        for hit in _hits(act, wanted):
            if hit.family not in best or hit.score > best[hit.family].score:
                best[hit.family] = hit
        ranked = sorted(best, key=lambda family: (-best[family].score, family))
        matches = tuple(_match(desk, family, best[family]) for family in ranked[:MOST])
        for one in matches:
            act.note(reference(Kind.FAMILY, one.family.number))
            if one.person is not None:
                act.note(reference(Kind.PERSON, one.person.number))
        act.note(found=len(ranked))
        return Found(matches, len(ranked) - len(matches))


def enough(typed: str) -> str:
    """What is looked for; UsageError for less than would tell one name from another."""
    if sum(map(str.isalnum, typed)) < FEWEST:
        raise UsageError(
            f"name or reference: must have at least {FEWEST} letters or digits", "type more of it, or: lcs family list"
        )
    return typed.strip()


def alike(wanted: str, among: Names) -> list[tuple[int, int, int]]:
    """What is called nearly so: numbers, families, and scores from 70 to 100."""
    from rapidfuzz import fuzz, process

    lines = folded(among.lines).split("\n") if among.numbers else []
    return [
        (int(among.numbers[place]), int(among.families[place]), round(score))
        for _, score, place in process.extract(
            folded(wanted), lines, scorer=fuzz.WRatio, score_cutoff=_LEAST, limit=None
        )
    ]


def _hits(act: Act, wanted: str) -> Iterator[_Hit]:
    db = act.desk.db
    part = wanted.upper().replace(" ", "")
    if _REFERENCE.fullmatch(part):
        yield from _references(act.desk, part)
    elif any(map(str.isalpha, wanted)):
        for kind, among in ((Kind.FAMILY, names.of_families(db)), (Kind.PERSON, names.of_people(db))):
            yield from (_Hit(kind, *one) for one in alike(wanted, among))
        for kind, among in ((Kind.FAMILY, names.former_of_families(db)), (Kind.PERSON, names.former_of_people(db))):
            yield from (_Hit(kind, *one, "former name") for one in alike(wanted, among))
    if not any(map(str.isalpha, wanted)) and len(_digits(wanted)) >= _FEWEST_DIGITS:
        yield from _telephones(act, wanted)


def _references(desk: Desk, part: str) -> Iterator[_Hit]:
    """Whose reference contains that part of one."""
    number = part.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ").rstrip("-")
    for kind, table in ((Kind.FAMILY, "family"), (Kind.PERSON, "person")):
        for found, family in names.with_part(desk.db, table, kind.prefix, kind.width, number):
            whole = reference(kind, found)
            if part in whole:
                yield _Hit(kind, found, family, 100 if part == whole else 90, "reference")


def _telephones(act: Act, wanted: str) -> Iterator[_Hit]:
    """Who is reached under a number, or under one that holds those digits; it takes the key that they are sealed to."""
    digits = _digits(wanted)
    act.note(fields=[ContactField.TELEPHONE.value])
    for person, family, there in people.every_detail(act.desk.vault, ContactField.TELEPHONE):
        if digits in (one := _digits(there)):
            yield _Hit(Kind.PERSON, person, family, round(100 * len(digits) / len(one)), "telephone")


def _digits(number: str) -> str:
    """The digits as they are dialled in the country, of whatever alphabet: +44 1632 is 01632."""
    western = "".join(str(decimal(one)) if one.isdecimal() else one for one in number)
    plain = re.sub(r"[^0-9+]", "", western.lower().partition("ext")[0])
    return re.sub(r"^(?:\+|00)440?", "0", plain).lstrip("+")


def _match(desk: Desk, number: int, hit: _Hit) -> Match:
    family = families.get(desk.db, number)
    if family is None:
        raise LookupError(number)
    person = people.get(desk.db, hit.number) if hit.kind is Kind.PERSON else None
    named = f"{person.given_name} {person.family_name}" if person else family.name
    coming = contact_sessions.coming(desk.db, number, desk.today) if desk.may("session.list") else None
    return Match(family, person, hit.by, named, hit.score, coming)
