"""Which disclosures another set of rules would newly permit: the gate is asked about everything that can be asked."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import product

from msgspec.structs import replace

from lcs_cli.policy.disclosure import DisclosureRules, decide, disclosure_rules
from lcs_cli.policy.rules import Rules
from lcs_cli.records.disclosure import IN_WORDS, Consent, DisclosureRequest, Link
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.records.value import Value

_PERSON = "P-0001-R"
_RECIPIENT = "REF-0001-R"
_OTHER = "any other purpose"
_SAID = {IN_WORDS: "what is told in words"}
_LINKS = {Link.LIVE: "the family's own referrer", Link.ENDED: "a former referrer", Link.NONE: "somebody else"}
_Recipients = frozenset[tuple[Link, ReferrerKind]]


class _Rests(Value):
    """What a request rests on beside its purpose, fewest first: nothing, or one of what the grounds ask for."""

    words: str
    legal_instrument: str = ""
    concern: str = ""
    consented: bool = False


_RESTS = (
    _Rests(""),
    _Rests(" with the person's consent", consented=True),
    _Rests(" with a recorded concern", concern="SF-0001-R"),
    _Rests(" with an order or a statute", legal_instrument="an order"),
    _Rests(" with a recorded concern and consent", concern="SF-0001-R", consented=True),
    _Rests(" with an order or a statute and consent", legal_instrument="an order", consented=True),
    _Rests(" with an order or a statute and a recorded concern", legal_instrument="an order", concern="SF-0001-R"),
    _Rests(" with all of these", legal_instrument="an order", concern="SF-0001-R", consented=True),
)


def newly_disclosed(old: Rules, new: Rules, day: date) -> tuple[str, ...]:
    """What may be told by the new rules and may not by the old: a line for each set of details, in words.

    The whole matrix is tried: every recipient, link, purpose, detail, and each combination of what may back it up.
    What is permitted with less is not named again with more.
    """
    was, becomes = disclosure_rules(old), disclosure_rules(new)
    if was == becomes:
        return ()
    found: dict[tuple[str, _Rests, str], set[tuple[Link, ReferrerKind]]] = defaultdict(set)
    for field, purpose, link, kind in product(_fields(was, becomes), _purposes(was, becomes), Link, ReferrerKind):
        for rests in _RESTS:
            request = _request(field, purpose, link, kind, rests, day)
            if decide(request, becomes, day).permitted and not decide(request, was, day).permitted:
                found[field, rests, purpose].add((link, kind))
                break
    told = {key: frozenset(recipients) for key, recipients in found.items()}
    return tuple(_lines(told, _purposes(was, becomes)))


def _request(field: str, purpose: str, link: Link, kind: ReferrerKind, rests: _Rests, day: date) -> DisclosureRequest:
    request = DisclosureRequest(
        family="LCS-0001-R",
        recipient=_RECIPIENT,
        recipient_kind=kind,
        link=link,
        purpose=purpose,
        fields=(field,),
        legal_instrument=rests.legal_instrument,
        concern=rests.concern,
    )
    if not rests.consented:
        return request
    detail = field.partition(".")[2]
    return replace(request, consents=(Consent(_PERSON, (detail,), _RECIPIENT, purpose, day),))


def _fields(*rules: DisclosureRules) -> list[str]:
    columns = {column.name for one in rules for column in one.columns}
    details = {f"{_PERSON}.{name}" for one in rules for name in one.details["names"]}
    return [*sorted(columns), *sorted(details), IN_WORDS]


def _purposes(*rules: DisclosureRules) -> list[str]:
    named = {purpose for one in rules for purpose in one.purposes}
    return [*sorted(named | {word for one in rules for word in one.proceedings["words"]}), _OTHER]


def _lines(found: Mapping[tuple[str, _Rests, str], _Recipients], every: list[str]) -> Iterator[str]:
    """The combinations in words: details that may be told to the same recipients for the same are named together."""
    by_field: dict[str, dict[tuple[str, _Recipients], list[str]]] = defaultdict(lambda: defaultdict(list))
    for (field, rests, purpose), recipients in found.items():
        by_field[field][rests.words, recipients].append(purpose)
    alike: dict[tuple[tuple[str, _Recipients, tuple[str, ...]], ...], list[str]] = defaultdict(list)
    for field, told in by_field.items():
        alike[tuple((*key, tuple(purposes)) for key, purposes in told.items())].append(field)
    for told_, fields in alike.items():
        for words, recipients, purposes in told_:
            names = ", ".join(_SAID.get(field) or field.partition(".")[2] or field for field in fields)
            for_ = "any purpose" if set(purposes) == set(every) else " or ".join(purposes)
            yield f"{names}: to {_spoken(recipients)}, for {for_}{words}"


def _spoken(recipients: _Recipients) -> str:
    """Recipients by how they stand to the family, and which kinds of body they are."""
    kinds = {link: frozenset(kind for of, kind in recipients if of is link) for link in Link}
    links: dict[frozenset[ReferrerKind], list[str]] = defaultdict(list)
    for link, found in kinds.items():
        if found:
            links[found].append(_LINKS[link])
    return "; to ".join(
        f"{' or '.join(words)} ({'of any kind' if len(found) == len(ReferrerKind) else ', '.join(sorted(found))})"
        for found, words in links.items()
    )
