"""What becomes of each thing that was found for a request: a safeguarding lead reads it, and clears or withholds it."""

from collections.abc import Mapping
from datetime import date

from msgspec.structs import replace

from lcs_cli.errors import UsageError
from lcs_cli.policy.requests import ItemClass, WithholdRule, request_rules, state_of
from lcs_cli.records.references import Kind
from lcs_cli.records.request import RELEASED, AccessRequest, ItemDecision, ItemState
from lcs_cli.records.value import Value
from lcs_cli.services import checks, lookup
from lcs_cli.services.desk import Desk
from lcs_cli.services.request_content import Content, Found
from lcs_cli.services.request_items import held_about
from lcs_cli.services.requests import note, typed_as
from lcs_cli.vault import people, requests
from lcs_cli.vault.connection import Database


class Item(Value):
    """One thing that is held, and what becomes of it; ``why`` is the rule by which it is withheld."""

    found: Found
    cls: ItemClass
    state: ItemState
    why: WithholdRule | None
    decision: ItemDecision | None

    @property
    def reason(self) -> str:
        """The id of the rule by which it is withheld; empty where it is not."""
        return self.why.id if self.why else ""

    @property
    def name(self) -> str:
        """What it is called in commands."""
        return self.found.name

    @property
    def redacted(self) -> bool:
        """Whether another text is given in its place."""
        return self.state is ItemState.CLEARED and self.decision is not None and self.decision.redacted

    @property
    def opens_a_seal(self) -> bool:
        """Whether only a safeguarding lead can give it."""
        return self.state is ItemState.CLEARED and (self.found.sealed or self.redacted)

    @property
    def on(self) -> date | None:
        """The day by which a person finds it."""
        return self.found.on


class Findings(Value):
    """A request with everything that is held about the person."""

    request: AccessRequest
    items: tuple[Item, ...]

    @property
    def to_be_read(self) -> tuple[str, ...]:
        """What nobody has decided about, by name."""
        return tuple(item.name for item in self.items if item.state is ItemState.TO_BE_READ)


class Reading(Value):
    """An item opened, for a safeguarding lead's screen and nothing else: with what was decided about it."""

    request: AccessRequest
    item: Item
    content: Content
    words: str | None
    redacted: str | None


def find(desk: Desk, typed: str) -> Findings:
    """List what is held about the person, without what it says; nothing is opened."""
    with desk.acting("request.find", (Kind.REQUEST, typed)) as act:
        found = findings(desk, lookup.request(desk.db, typed))
        note(act, found.request)
        return found


def read(desk: Desk, typed: str, item: str) -> Reading:
    """Open one item; the reading is logged before it is shown. RefusedError without the keys that it is sealed to."""
    with desk.acting("request.find", (Kind.REQUEST, typed)) as act:
        found = findings(desk, lookup.request(desk.db, typed))
        one = _item(found, item)
        note(act, found.request)
        act.note(fields=[one.name])
        decision = one.decision
        words, redacted = (
            requests.opened(desk.vault, found.request.number, decision) if decision is not None else (None, None)
        )
        return Reading(found.request, one, one.found.content(), words, redacted)


def withhold(desk: Desk, typed: str, item: str, reason: str, words: str) -> Item:
    """Keep an item back, for a reason of the rule file and in words, which are sealed to the leads."""
    with desk.acting("request.withhold", (Kind.REQUEST, typed)) as act:
        request = decidable(desk.db, typed)
        one = _item(findings(desk, request), item)
        decision = _decision(desk, one, ItemState.WITHHELD, withhold_reason(desk, reason))
        requests.decide(desk.vault, request.number, decision, checks.prose("in words", words), None)
        note(act, request)
        act.note(fields=[one.name], rule=reason)
        return _item(findings(desk, request), one.name)


def withhold_reasons(desk: Desk) -> Mapping[str, WithholdRule]:
    """The reasons of the rule file for which a thing is kept back."""
    return request_rules(desk.rules).withhold


def withhold_reason(desk: Desk, typed: str) -> str:
    """One of the reasons of the rule file; UsageError for another word."""
    reasons = withhold_reasons(desk)
    if typed not in reasons:
        raise UsageError(f"because: must be one of {', '.join(reasons)}", "give one of these words")
    return typed


def clear(desk: Desk, typed: str, item: str, redacted: str | None, seen: str | None = None) -> Item:
    """Give an item: it was read and tells of nobody else, or a redacted text is given in its place.

    ``seen`` is the version that was read; UsageError where it has changed since.
    """
    with desk.acting("request.clear", (Kind.REQUEST, typed)) as act:
        request = decidable(desk.db, typed)
        one = _item(findings(desk, request), item)
        if one.state is ItemState.GIVEN:
            raise UsageError(f"{one.name}: is given as it stands", "to keep it back: lcs request withhold")
        if seen is not None and seen != one.found.version:
            raise UsageError(f"{one.name}: has changed since it was read", "read it again")
        if redacted is not None and not one.cls.free_text:
            raise UsageError(f"{one.name}: is no free text", "clear it as it stands, or withhold it")
        text = checks.prose("redacted", redacted) if redacted is not None else None
        requests.decide(desk.vault, request.number, _decision(desk, one, ItemState.CLEARED, None), None, text)
        note(act, request)
        act.note(fields=[one.name])
        return _item(findings(desk, request), one.name)


def check_item(desk: Desk, action: str, typed: str, item: str) -> None:
    """Look an item up before anything is written about it."""
    with desk.acting(action, (Kind.REQUEST, typed), logged=False):
        _item(findings(desk, decidable(desk.db, typed)), item)


def findings(desk: Desk, request: AccessRequest) -> Findings:
    """What is held about the person of a request, and what becomes of it; within another use case."""
    person = people.get(desk.db, request.person)
    if person is None:
        raise LookupError(request.person)
    rules = request_rules(desk.rules)
    kind = rules.kinds[request.kind]
    decided = requests.decisions(desk.db, request.number)
    items = []
    for found in held_about(desk, person, kind, request.number):
        cls, decision = rules.classes[found.cls], decided.get(found.name)
        state, reason = state_of(cls, found.version, decision, kind)
        items.append(Item(found, cls, state, _why(desk, reason, decision), decision))
    return Findings(request, tuple(items))


def decidable(db: Database, typed: str) -> AccessRequest:
    """A request of which items may be decided on: open, or released and perhaps to be released again."""
    one = lookup.request(db, typed)
    if not one.is_open and one.outcome != RELEASED:
        raise UsageError(f"{typed_as(one)} was closed without an answer", "a new request is a record of its own")
    return one


def _item(found: Findings, typed: str) -> Item:
    for item in found.items:
        if item.name.casefold() == typed.strip().casefold():
            return item
    ref = typed_as(found.request)
    raise UsageError(f"item: {ref} has none of that name", f"look at: lcs request find {ref}")


def _decision(desk: Desk, one: Item, state: ItemState, reason: str | None) -> ItemDecision:
    version, rules_hash = desk.decided_by()
    return ItemDecision(
        0, one.name, state, reason, one.found.version, desk.today, desk.user.reference, version, rules_hash
    )


def _why(desk: Desk, reason: str, decision: ItemDecision | None) -> WithholdRule | None:
    """The reason as it stood when it was decided; what was kept silent then, or is today, is not told of."""
    now = request_rules(desk.rules).withhold
    if decision is None or decision.reason != reason:
        return now.get(reason)
    then = request_rules(desk.rules_of(decision.policy_version)).withhold[reason]
    return replace(then, tell=then.tell and (reason not in now or now[reason].tell))
