"""What the trail tells of the policy: which rules were in force at an entry, and how each version was published."""

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from lcs_cli.policy.rules import Rules
from lcs_cli.services.desk import Desk
from lcs_cli.vault import audit, kept, policy_registers, policy_versions
from lcs_cli.vault.audit import AuditEntry
from lcs_cli.vault.encoding import canonical

_PUBLISHED = ("vault.init", "policy.publish")


class RulesThen:
    """The rules by which the actor of an entry was judged: versions that came later say nothing about it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        there = {one.number: one for one in policy_versions.every(desk.db)}
        self._published = [
            (entry.seq, there[number]) for entry, number in _published(desk) if number is not None and number in there
        ]

    def at(self, entry: AuditEntry) -> Iterator[Rules]:
        """Those of the day of the entry; and of the day after, for it was local time that decided, and this is UTC."""
        day = date.fromisoformat(entry.at[:10])
        known = [version for seq, version in self._published if seq < max(entry.seq, 2)]
        for on in (day, day + timedelta(days=1)):
            begun = [version.number for version in known if version.effective_on <= on]
            numbers = begun[-1:] or [version.number for version in known[:1]]
            yield self._desk.rules_of(numbers[0]) if numbers else self._desk.rules_on(on)


def problems(desk: Desk) -> Iterator[str]:
    """Versions of the policy that are not what their entry tells: another text, other rules, another accepted list."""
    told = {number: entry for entry, number in _published(desk) if number is not None}
    accepted = policy_registers.accepted(desk.db)
    there = {one.number: one for one in policy_versions.every(desk.db)}
    for number in sorted(told.keys() - there.keys()):
        yield f"version {number} of the policy was published by entry {told[number].seq}, and is not there"
    erased = [entry.seq for entry, _ in _published(desk) if entry.detail is None]
    yield from (f"what entry {seq} said of the policy was taken away" for seq in erased)
    for number, version in there.items():
        if number not in told and erased:
            continue  # it may have been told there
        if number not in told:
            yield f"no entry says who published version {number} of the policy"
            continue
        entry = told[number]
        detail = entry.detail or {}
        if detail.get("text_sha256") != version.text_sha256:
            yield f"the text of version {number} of the policy is not the one that entry {entry.seq} tells of"
        if detail.get("rules_hash") != Rules(policy_versions.rules(desk.db, number)).hash:
            yield f"the rules of version {number} of the policy are not those that entry {entry.seq} tells of"
        if detail.get("effective_on") != version.effective_on.isoformat():
            yield f"version {number} of the policy takes effect on another day than entry {entry.seq} tells"
        if detail.get("version_sha256") != kept.policy_digest(desk.db, number):
            yield f"version {number} of the policy is not what entry {entry.seq} tells of"
        if not _as_accepted(detail.get("accepted"), accepted.get(number)):
            yield f"what was accepted with version {number} of the policy is not what entry {entry.seq} tells of"


def _as_accepted(told: str | None, kept: tuple[str, dict[str, Any]] | None) -> bool:
    if kept is None:
        return told is None
    list_hash, content = kept
    return told == list_hash == hashlib.sha256(canonical(content)).hexdigest()


def _published(desk: Desk) -> Iterator[tuple[AuditEntry, int | None]]:
    """The entries that published a version, and its number; an entry whose detail was taken away tells none."""
    for entry in audit.done(desk.db, _PUBLISHED):
        number = entry.detail.get("policy") if entry.detail is not None else None
        if number is not None or entry.detail is None:
            yield entry, number
