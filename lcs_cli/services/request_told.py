"""What a request finds in the register of disclosures: what was told of the person, to which kind of body, and when."""

from collections.abc import Iterator, Sequence

from lcs_cli.records.disclosure import DisclosureKind, RegisterEntry
from lcs_cli.records.references import Kind, parse_reference, reference
from lcs_cli.services.accounts import part_name
from lcs_cli.services.request_content import Concerned, Content, FieldValue, Found, digest, iso, structured
from lcs_cli.vault import disclosures


def disclosures_about(one: Concerned) -> Iterator[Found]:
    """What was told openly, together, and what was released; each decision of which the person may not know, apart.

    What is withheld from this kind of request unless it is cleared is apart too, entry by entry.
    """
    openly, bundles, ref = [], [], reference(Kind.PERSON, one.person.number)
    for entry in disclosures.of_family(one.desk.db, one.person.family):
        told = entry.disclosure
        own = _own(told.fields, ref)
        if not own and not entry.sealed and told.kind is not DisclosureKind.NOT_TOLD:
            continue
        row = _told(entry, own)
        if told.kind is DisclosureKind.BUNDLE:  # the names of its items tell of what another may not know of
            bundles.append((entry, row | {"what": "records held"}))
        elif told.ground in one.rules.told_openly and not entry.sealed:
            openly.append((entry, row))
        else:
            yield _decision(one, entry, row)
    yield from _together(one, "disclosures", "disclosure", openly)
    yield from _together(one, "bundles", "bundle", bundles)


def _together(
    one: Concerned, name: str, cls: str, entries: Sequence[tuple[RegisterEntry, dict[str, FieldValue]]]
) -> Iterator[Found]:
    if cls in one.kind.withheld:
        for entry, row in entries:
            told = entry.disclosure
            yield structured(reference(Kind.DISCLOSURE, told.number), cls, [row], told.made_on)
    elif entries:
        yield structured(name, cls, [row for _, row in entries])


def _own(fields: Sequence[str], ref: str) -> tuple[str, ...]:
    """The fields of an entry that are not somebody else's: a person's are written P-0001-R.address.

    Of a report they are written attendance.arrived: the class says enough.
    """
    named = [name.partition(".") for name in fields]
    own = (
        (rest if first == ref else first)
        for first, _, rest in named
        if first == ref or not isinstance(parse_reference(Kind.PERSON, first), int)
    )
    return tuple(dict.fromkeys(own))


def _told(entry: RegisterEntry, own: Sequence[str]) -> dict[str, FieldValue]:
    told = entry.disclosure
    return {
        "day": iso(told.made_on),
        "how": told.kind.value,
        "by": entry.parts.get("how"),
        "to": told.recipient,
        "ground": told.ground,
        "what": ", ".join(own),
    }


def _decision(one: Concerned, entry: RegisterEntry, row: dict[str, FieldValue]) -> Found:
    """A decision under policy 3, with its words; parts that are added to it later make it another state of it."""
    number = entry.disclosure.number
    row |= {"at": entry.parts.get("at"), "the_person_was_told": entry.parts.get("person_told")}

    def opened() -> Content:
        words = disclosures.words(one.desk.vault, number) if entry.sealed else {}
        return Content((row,), tuple((part_name(part).capitalize(), text) for part, text in sorted(words.items())))

    return Found(
        reference(Kind.DISCLOSURE, number),
        "safeguarding-disclosure",
        digest([row, sorted(entry.parts.items()), sorted(entry.sealed)]),
        opened,
        entry.disclosure.made_on,
        sealed=bool(entry.sealed),
    )
