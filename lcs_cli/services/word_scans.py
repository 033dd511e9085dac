"""Abuse wording in a file that is due (policy 4.6): a safeguarding lead looks at it before anything of it goes."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache, partial
from itertools import islice
from typing import TYPE_CHECKING

from msgspec.structs import replace

from lcs_cli.errors import RefusedError, UsageError
from lcs_cli.policy.program import scanned_columns
from lcs_cli.policy.retention import Outcome
from lcs_cli.policy.schedule import schedule_in_force
from lcs_cli.policy.word_scan import Scan, after_scan, bound, groups_in, scan, word_list
from lcs_cli.records.free_text import FreeText
from lcs_cli.records.references import Kind
from lcs_cli.records.value import Private, Value
from lcs_cli.services import subjects
from lcs_cli.services.desk import Act, Desk
from lcs_cli.vault import word_clearings
from lcs_cli.vault.free_texts import free_texts
from lcs_cli.vault.word_clearings import Clearing

if TYPE_CHECKING:
    from lcs_cli.services.retention import Item

_AT_ONCE = 250
"""How many files are read together: each table is asked once for all of them."""


class Wording(Value):
    """What was found in one file, with the texts, for a safeguarding lead's screen and nothing else."""

    subject: str
    scan: Scan
    texts: Private[Sequence[FreeText]]
    cleared: Clearing | None = None


def scanned(desk: Desk, today: date, items: "Iterable[Item]") -> "Iterator[Item]":
    """The same items, those that are due after the scan of their free text: only they are read."""
    rest = iter(items)
    while batch := list(islice(rest, _AT_ONCE)):
        due = [one for one in batch if one.decision.outcome is Outcome.DUE]
        found = {one.decision.subject: one for one in _scanned(desk, today, due)} if due else {}
        yield from (found.get(one.decision.subject, one) for one in batch)


def waiting(desk: Desk) -> list[str]:
    """The files whose wording waits for a safeguarding lead."""
    from lcs_cli.services.retention import over  # which looks here at each file that is due

    return [item.decision.subject for item in over(desk, desk.today) if item.scan.waits]


def look(desk: Desk, typed: str) -> Wording:
    """Show a lead what was found, and where. It is logged first, as a reading of each of these records."""
    with desk.acting("retention.clear", (Kind.FAMILY, typed), (Kind.STAFF, typed)) as act:
        return _found(act, typed)


def clear(desk: Desk, typed: str, digest: str) -> Wording:
    """Clear what was shown: it is no concern. RefusedError for other texts, and for who proposed the disposal."""
    with desk.acting("retention.clear", (Kind.FAMILY, typed), (Kind.STAFF, typed)) as act:
        found = _found(act, typed)
        rule = word_list(desk.rules, desk.today).rule
        if digest != found.scan.digest:
            raise RefusedError(
                rule.clause,
                f"the wording in {found.subject} is not the wording that was shown",
                f"look at it again: lcs retention clear {found.subject}",
                rule=rule.id,
                about=rule.about,
            )
        clearing = Clearing(
            subject=found.subject,
            digest=digest,
            hits=len(found.scan.hits),
            cleared_on=desk.today,
            cleared_by=desk.user.reference,
        )
        word_clearings.add(desk.db, clearing, *desk.decided_by())
        act.note(cleared=True)
        return replace(found, cleared=clearing)


def not_own_clearing(desk: Desk, item: "Item") -> None:
    """Refuse the proposal of somebody who alone has cleared the wording: nobody is on both sides of one decision."""
    if not item.scan.hits or item.scan.cleared_by - {desk.user.reference}:
        return
    rule = schedule_in_force(desk.rules, desk.today).both_sides
    raise RefusedError(
        rule.clause,
        f"{desk.user.reference} cleared the wording in {item.decision.subject}, and nobody is on both sides of one "
        "decision",
        "ask somebody else to review it",
        rule=rule.id,
        about=rule.about,
    )


def _scanned(desk: Desk, today: date, due: "Sequence[Item]") -> "Iterator[Item]":
    words = word_list(desk.rules, today)
    wording = cache(partial(groups_in, words=words))  # the same room is written down again and again
    refs = [item.decision.subject for item in due]
    texts: dict[str, list[FreeText]] = {}
    for text in free_texts(desk.db, refs, scanned_columns(), wording):
        texts.setdefault(text.subject, []).append(text)
    cleared = word_clearings.cleared_by(desk.db, refs)
    for item in due:
        ref = item.decision.subject
        found = scan(texts.get(ref, ()), words)
        by = cleared.get((ref, found.digest), frozenset())
        if item.review is not None:  # who proposed it clears nothing of it, whatever the list was then
            by -= {item.review.reviewed_by}
        found = replace(found, cleared_by=by)
        decision = after_scan(item.decision, found, words)
        yield replace(item, decision=decision, facts_hash=bound(item.facts_hash, found), scan=found)


def _found(act: Act, typed: str) -> Wording:
    """What waits in a file for a lead; UsageError where nothing does."""
    from lcs_cli.services.retention import items

    desk = act.desk
    ref = subjects.find(desk.db, typed)
    item = next(items(desk, desk.today, [ref]))
    if not item.scan.waits:
        raise UsageError(
            f"{ref} has no wording that waits for a safeguarding lead: {'; '.join(item.decision.reasons)}",
            "nothing needs to be done",
        )
    if item.review is not None and item.review.reviewed_by == desk.user.reference:
        rule = schedule_in_force(desk.rules, desk.today).both_sides
        raise RefusedError(
            rule.clause,
            f"{desk.user.reference} proposed the disposal of {ref}, and nobody is on both sides of one decision",
            "ask another safeguarding lead to look at it; to admit one: lcs vault user add",
            rule=rule.id,
            about=rule.about,
        )
    words = word_list(desk.rules, desk.today)
    texts = list(free_texts(desk.db, [ref], scanned_columns(), partial(groups_in, words=words)))
    act.note(ref, *(hit.record for hit in item.scan.hits), hits=len(item.scan.hits))
    act.note(fields=sorted({f"{hit.table}.{hit.column}" for hit in item.scan.hits}))
    return Wording(ref, item.scan, texts)
