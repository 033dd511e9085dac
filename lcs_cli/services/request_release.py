"""The release of what was found for a request: a folder with the person's own things, registered before it leaves."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lcs_cli.errors import UsageError
from lcs_cli.policy.requests import request_rules
from lcs_cli.records.disclosure import Disclosure, DisclosureKind
from lcs_cli.records.references import Kind, number_in, reference
from lcs_cli.records.request import RELEASED, AccessRequest, ItemState
from lcs_cli.records.user import KeyName
from lcs_cli.services import lookup
from lcs_cli.services.desk import Act, Desk
from lcs_cli.services.outbox import Outbox, check_outside
from lcs_cli.services.request_decisions import Findings, Item, findings
from lcs_cli.services.request_items import Content, Value
from lcs_cli.services.requests import note, refused, typed_as
from lcs_cli.vault import disclosures, referrals, requests
from lcs_cli.vault.disclosures import FamilyShare

BUNDLE = "lcs.bundle/1"
_MEDIA = {".txt": "text/plain", ".json": "application/json"}
_GIVEN = (ItemState.GIVEN, ItemState.CLEARED)
_NOT_GIVEN = (
    "WHAT IS NOT GIVEN, AND WHY\n\n"
    "What is held about the person concerned and is not given, with the reason, as far as the law lets it be told:\n\n"
)
_COMPLAIN = (
    "Whoever asked can have the service look at this again, or complain to the Information Commissioner "
    "(ico.org.uk), or go to a court.\n"
)


@dataclass(frozen=True)
class Bundle:
    """What left: how many items were given and how many withheld, registered as ``reference``, in ``folder``."""

    reference: str
    request: AccessRequest
    given: int
    withheld: int
    folder: Path | None = None


def release(desk: Desk, typed: str, into: Path, *, again: bool = False) -> Bundle:
    """Release a request's bundle into a new folder in ``into``; once, or ``again`` as a new entry of the register.

    Refused until the identity is checked and nothing is left to be read. The request ends when the folder has its
    name: a command that was stopped before leaves it open, with an entry of something that never left.
    """
    check_outside(desk.vault.folder, into)
    with Outbox(into) as outbox:
        with desk.acting("request.release", (Kind.REQUEST, typed)) as act:
            request = lookup.request(desk.db, typed)
            note(act, request)
            _check_may_leave(request, again=again)
            found = findings(desk, request)
            _check_ready(desk, found)
            registered = _carry_out(act, found, outbox)
        command = f"lcs request release {typed_as(request)}{' --again' if again else ''} --into FOLDER"
        done = replace(registered, folder=outbox.release(registered.reference, command))
    with desk.db.transaction():
        disclosures.release(desk.db, number_in(Kind.DISCLOSURE, done.reference))
        if not again:
            requests.end(desk.db, request.number, RELEASED, desk.today, desk.user.reference)
    return replace(done, request=lookup.request(desk.db, typed_as(request)))


def _check_may_leave(request: AccessRequest, *, again: bool) -> None:
    ref = typed_as(request)
    if again and request.outcome != RELEASED:
        raise UsageError(f"{ref} was not released before", "leave --again away")
    if not again and not request.is_open and request.ended_on:
        ended = f"{ref} was {'released' if request.outcome == RELEASED else 'closed'} on {request.ended_on.isoformat()}"
        raise UsageError(ended, "give --again to release it anew" if request.outcome == RELEASED else "take a new one")


def _check_ready(desk: Desk, found: Findings) -> None:
    rules, ref = request_rules(desk.rules), typed_as(found.request)
    if found.request.checked_on is None:
        raise refused(
            rules.identity, f"nobody has checked who asks for {ref}", f"check it, and note it: lcs request check {ref}"
        )
    if unread := found.to_be_read:
        raise refused(
            rules.unread,
            f"{ref} holds what nobody has read for it: {', '.join(unread)}",
            f"a safeguarding lead reads each: lcs request clear {ref} {unread[0]}   or lcs request withhold",
        )
    sealed = [item.name for item in found.items if item.opens_a_seal]
    if sealed and KeyName.SAFEGUARDING not in desk.vault.opened.keys:
        raise refused(
            rules.sealed, f"{ref} gives texts that are sealed: {', '.join(sealed)}", "ask a safeguarding lead"
        )


def _carry_out(act: Act, found: Findings, outbox: Outbox) -> Bundle:
    """Write the files out of sight and register them, in the open transaction; nothing has its name yet."""
    desk, request = act.desk, found.request
    given = [item for item in found.items if item.state in _GIVEN]
    entry = _entry(desk, request, given)
    ref = reference(Kind.DISCLOSURE, entry.number)
    disclosures.enter(desk.db, entry, [FamilyShare(request.family)])
    document = {
        "schema": BUNDLE,
        "reference": ref,
        "request": typed_as(request),
        "person": reference(Kind.PERSON, request.person),
        "made_on": desk.today.isoformat(),
        "items": [_given(desk, request, item) for item in given],
    }
    files = {
        "bundle.txt": _text(document),
        "bundle.json": json.dumps(document, ensure_ascii=False, indent=2) + "\n",
        "withheld.txt": _withheld(desk, found),
    }
    written = {name: content.encode() for name, content in files.items()}
    for name, content in written.items():
        outbox.add(name, content)
    withheld = len(found.items) - len(given)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in written.items()}
    act.note(ref, rule=entry.rule, rows=len(given), sha256=digests["bundle.json"])
    outbox.add_manifest(_manifest(entry, request, written, digests, str(act.log())))
    return Bundle(ref, request, len(given), withheld)


def _entry(desk: Desk, request: AccessRequest, given: list[Item]) -> Disclosure:
    """What the register keeps: whose things, of which names, by which rule, and what kind of recipient has them."""
    rule = request_rules(desk.rules).kinds[request.kind]
    authority = referrals.referrer(desk.db, request.through) if request.through is not None else None
    person = reference(Kind.PERSON, request.person)
    version, rules_hash = desk.decided_by()
    return Disclosure(
        number=disclosures.next_disclosure(desk.db),
        kind=DisclosureKind.BUNDLE,
        made_at=desk.moment,
        made_on=desk.today,
        made_by=desk.user.reference,
        ground=rule.id,
        rule=rule.id,
        clause=rule.clause,
        recipient=authority.kind.value if authority else rule.recipient,
        referrer=request.through,
        purpose=rule.purpose,
        fields=tuple(f"{person}.{item.name}" for item in given),
        policy_version=version,
        rules_hash=rules_hash,
    )


def _given(desk: Desk, request: AccessRequest, item: Item) -> dict[str, Any]:
    """One item as it is given: what it says, or the redacted text alone."""
    if item.redacted and item.decision is not None:
        _, redacted = requests.opened(desk.vault, request.number, item.decision)
        content = Content((), (("Redacted", redacted or ""),))
    else:
        content = item.found.content()
    return {
        "item": item.name,
        "what": item.cls.text,
        "redacted": item.redacted,
        "entries": [dict(row) for row in content.entries],
        "texts": [{"title": title, "text": text} for title, text in content.texts],
    }


def _text(document: dict[str, Any]) -> str:
    """The bundle for people to read: the same words as the JSON."""
    lines = [f"RECORDS HELD ABOUT {document['person']}", ""]
    lines += [f"Given on {document['made_on']} as {document['reference']}, for the request {document['request']}."]
    for item in document["items"]:
        lines += ["", f"{item['what'].upper()} ({item['item']})", ""]
        lines += [_row(row) for row in item["entries"]]
        for text in item["texts"]:
            lines += [f"{text['title']}:", *(f"  {line}" for line in text["text"].split("\n"))]
    return "\n".join(lines) + "\n"


def _row(row: dict[str, Value]) -> str:
    said = {True: "yes", False: "no", None: ""}
    values = ((name, said[value] if isinstance(value, bool) or value is None else value) for name, value in row.items())
    return "; ".join(f"{name.replace('_', ' ')}: {' / '.join(value.split(chr(10)))}" for name, value in values if value)


def _withheld(desk: Desk, found: Findings) -> str:
    """What kinds of thing are not given, and why. What may not be told of is not counted either."""
    reasons = request_rules(desk.rules).withhold
    counted = Counter(
        (item.cls.text, item.reason)
        for item in found.items
        if item.state is ItemState.WITHHELD and reasons[item.reason].tell
    )
    lines = [
        f"- {what}{f' ({count} of them)' if count > 1 else ''}: {reasons[reason].text} ({reasons[reason].law})"
        for (what, reason), count in counted.items()
    ]
    return _NOT_GIVEN + "\n".join(lines or ["- There is nothing to list here."]) + f"\n\n{_COMPLAIN}"


def _manifest(
    entry: Disclosure, request: AccessRequest, files: dict[str, bytes], digests: dict[str, str], audit_head: str
) -> dict[str, Any]:
    """The manifest (Frictionless Data Package v1): what the files are, and by which decision they left."""
    ref = reference(Kind.DISCLOSURE, entry.number)

    def resources() -> Iterator[dict[str, Any]]:
        for name, content in files.items():
            yield {
                "name": name.replace(".", "-"),
                "path": name,
                "profile": "data-resource",
                "mediatype": _MEDIA[Path(name).suffix],
                "encoding": "utf-8",
                "bytes": len(content),
                "hash": f"sha256:{digests[name]}",
            }

    return {
        "profile": "data-package",
        "name": ref.lower(),
        "created": entry.made_at,
        "resources": list(resources()),
        "bundle": {
            "id": ref,
            "request": typed_as(request),
            "recipient": entry.recipient,
            "authority": reference(Kind.REFERRER, request.through) if request.through is not None else None,
            "purpose": entry.purpose,
            "rule": entry.rule,
            "clause": entry.clause,
            "policy_version": entry.policy_version,
            "rules_hash": entry.rules_hash,
            "audit_head": audit_head,
        },
    }
