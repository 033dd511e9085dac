"""What a bundle of somebody's records looks like: the same for people and for machines, with the files that belong."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from lcs_cli.records.disclosure import Disclosure
from lcs_cli.records.document import MediaType
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.request import AccessRequest, ItemState
from lcs_cli.services.desk import Desk
from lcs_cli.services.manifests import Resource, binary_file, data_package, text_file
from lcs_cli.services.outbox import Outbox
from lcs_cli.services.request_content import Attached, Content, FieldValue
from lcs_cli.services.request_decisions import Findings, Item
from lcs_cli.services.requests import typed_as
from lcs_cli.vault import requests

AsPdf = Callable[[dict[str, Any], str], bytes]
"""Makes the paper of what is in bundle.json, and of the words on what is not given."""

BUNDLE = "lcs.bundle/1"
MEDIA = {
    MediaType.PDF: "application/pdf",
    MediaType.JPEG: "image/jpeg",
    MediaType.PNG: "image/png",
    MediaType.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    MediaType.EML: "message/rfc822",
    MediaType.MSG: "application/vnd.ms-outlook",
    MediaType.TXT: "text/plain",
    MediaType.OTHER: "application/octet-stream",
}
_NOT_GIVEN = (
    "WHAT IS NOT GIVEN, AND WHY\n\n"
    "What is held about the person concerned and is not given, with the reason, as far as the law lets it be told:\n\n"
)
_COMPLAIN = (
    "Whoever asked can have the service look at this again, or complain to the Information Commissioner "
    "(ico.org.uk), or go to a court.\n"
)


def write(
    outbox: Outbox, desk: Desk, found: Findings, given: Sequence[Item], ref: str, as_pdf: AsPdf | None
) -> list[Resource]:
    """Write all files but the manifest, in their order, the documents piece by piece; the first is ``bundle.json``."""
    request = found.request
    attached: list[Resource] = []
    items = [_given(outbox, desk, request, item, attached) for item in given]
    document = {
        "schema": BUNDLE,
        "reference": ref,
        "request": typed_as(request),
        "person": reference(Kind.PERSON, request.person),
        "made_on": desk.today.isoformat(),
        "items": items,
    }
    texts = {
        "bundle.json": ("application/json", json.dumps(document, ensure_ascii=False, indent=2) + "\n"),
        "bundle.txt": ("text/plain", _text(document)),
        "withheld.txt": ("text/plain", _withheld(found)),
    }
    written = []
    for name, (media, text) in texts.items():
        content = text.encode()
        outbox.add(name, content)
        written.append(text_file(name, media, content))
    if as_pdf is not None:
        paper = as_pdf(document, _withheld(found))
        outbox.add("bundle.pdf", paper)
        written.append(binary_file("bundle.pdf", "application/pdf", paper))
    return written + attached


def manifest(
    entry: Disclosure, request: AccessRequest, files: Sequence[Resource], papers: Sequence[str], audit_head: str
) -> dict[str, Any]:
    """The manifest: what the files are, and by which decision they left."""
    ref = reference(Kind.DISCLOSURE, entry.number)
    about = {
        "id": ref,
        "request": typed_as(request),
        "recipient": entry.recipient,
        "authority": reference(Kind.REFERRER, request.through) if request.through is not None else None,
        "purpose": entry.purpose,
        "rule": entry.rule,
        "clause": entry.clause,
        "on_paper": list(papers),
        "policy_version": entry.policy_version,
        "rules_hash": entry.rules_hash,
        "audit_head": audit_head,
    }
    return data_package(ref, entry.made_at, files, bundle=about)


def _given(outbox: Outbox, desk: Desk, request: AccessRequest, item: Item, attached: list[Resource]) -> dict[str, Any]:
    """One item as it is given: what it says, with its file written, or the redacted text alone."""
    if item.redacted and item.decision is not None:
        _, redacted = requests.opened(desk.vault, request.number, item.decision)
        content = Content((), (("Redacted", redacted or ""),))
    else:
        content = item.found.content()
    file = _attach(outbox, content.file) if content.file is not None else None
    attached += [file] if file else []
    return {
        "item": item.name,
        "what": item.cls.text,
        "redacted": item.redacted,
        "entries": [dict(row) for row in content.entries],
        "texts": [{"title": title, "text": text} for title, text in content.texts],
        "file": {"path": file.path, "bytes": file.size, "hash": f"sha256:{file.sha256}"} if file else None,
        "on_paper": item.found.on_paper and not item.redacted,
    }


def _attach(outbox: Outbox, file: Attached) -> Resource:
    sha256 = outbox.add_streamed(file.name, file.chunks())
    return Resource(file.name, MEDIA[file.media], file.size, sha256)


def _text(document: dict[str, Any]) -> str:
    """The bundle for people to read: the same words as the JSON."""
    lines = [f"RECORDS HELD ABOUT {document['person']}", ""]
    lines += [f"Given on {document['made_on']} as {document['reference']}, for the request {document['request']}."]
    for item in document["items"]:
        lines += ["", f"{item['what'].upper()} ({item['item']})", ""]
        lines += [row_text(row) for row in item["entries"]]
        for text in item["texts"]:
            lines += [f"{text['title']}:", *(f"  {line}" for line in text["text"].split("\n"))]
        if item["file"]:
            lines += [f"It is the file {item['file']['path']} in this folder."]
        if item["on_paper"]:
            lines += ["It is on paper, and is handed over with this folder."]
    return "\n".join(lines) + "\n"


def row_text(row: dict[str, FieldValue]) -> str:
    """One entry on one line: what is empty is left away."""
    said = {True: "yes", False: "no", None: ""}
    values = ((name, said[value] if isinstance(value, bool) or value is None else value) for name, value in row.items())
    return "; ".join(f"{name.replace('_', ' ')}: {' / '.join(value.split(chr(10)))}" for name, value in values if value)


def _withheld(found: Findings) -> str:
    """What kinds of thing are not given, and why. What may not be told of is not counted either."""
    counted = Counter(
        (item.cls.text, item.why.text, item.why.law)
        for item in found.items
        if item.state is ItemState.WITHHELD and item.why is not None and item.why.tell
    )
    lines = [
        f"- {what}{f' ({count} of them)' if count > 1 else ''}: {text} ({law})"
        for (what, text, law), count in counted.items()
    ]
    return _NOT_GIVEN + "\n".join(lines or ["- There is nothing to list here."]) + f"\n\n{_COMPLAIN}"
