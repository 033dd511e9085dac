"""What a handover looks like: handover.json, the documents beside it, and a manifest with the hash of each part."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from lcs_cli.policy.handover import HandoverRules, Part
from lcs_cli.records.disclosure import Disclosure, DisclosureKind
from lcs_cli.records.document import Document
from lcs_cli.records.handover import HandoverAgreement
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import Referrer
from lcs_cli.records.value import Value
from lcs_cli.services import kept
from lcs_cli.services.desk import Act, Desk
from lcs_cli.services.documents import check_added
from lcs_cli.services.handover_content import ChildHeld, Held, file_name
from lcs_cli.services.handover_file import Member, SealedFile
from lcs_cli.services.manifests import Resource, column, data_package
from lcs_cli.services.outbox import MANIFEST
from lcs_cli.services.request_bundle import MEDIA
from lcs_cli.services.stamp import stamp
from lcs_cli.vault import disclosures, documents, handovers
from lcs_cli.vault.age import Recipients
from lcs_cli.vault.disclosures import FamilyShare

SCHEMA = "lcs.handover/1"
CONTENT = "handover.json"


class Shipment(Value):
    """What is handed over, to whom, under which agreement and rules; ``every_child`` where no child was named."""

    rules: HandoverRules
    body: Referrer
    agreement: HandoverAgreement
    children: tuple[ChildHeld, ...]
    every_child: bool

    @property
    def families(self) -> tuple[int, ...]:
        """The families whose children they are, in order."""
        return tuple(dict.fromkeys(one.child.family for one in self.children))

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents that go with it, each once."""
        held = (one.document for child in self.children for one in child.records)
        return tuple({one.number: one for one in held if one is not None}.values())


class Sent(Value):
    """What was registered and written, and which families have a record that is not what the trail tells of."""

    reference: str
    documents: int
    unlike: Mapping[str, str]


def write(act: Act, shipment: Shipment, file: SealedFile, recipients: Recipients) -> Sent:
    """Register it and write it out of sight, in the open transaction; it has no name yet.

    DamagedVaultError where a document is not what was added, RefusedError for who cannot open what is sealed.
    """
    desk = act.desk
    for one in shipment.documents:
        check_added(desk, one, documents.opened(desk.vault, one)[1])
    entry = _entry(desk, shipment)
    ref = reference(Kind.DISCLOSURE, entry.number)
    families = [reference(Kind.FAMILY, one) for one in shipment.families]
    disclosures.enter(desk.db, entry, map(FamilyShare, shipment.families))
    handovers.registered(desk.db, entry.number, shipment.agreement.number)
    unlike = kept.changed_of(desk, families)
    head = _head(shipment, entry, unlike)
    content = _content(partial(_json, shipment, ref, head))
    files = [content[1], *map(_document_file, shipment.documents)]
    act.note(ref, *families, *(reference(Kind.PERSON, one.child.number) for one in shipment.children))
    act.note(rule=entry.rule, documents=len(shipment.documents), sha256=content[1].sha256)
    act.keep(Kind.DISCLOSURE, entry.number)
    manifest = _manifest(shipment, entry, files, head | {"audit_head": str(act.log())})
    members = [Member(MANIFEST, len(manifest), lambda: [manifest]), content[0]]
    file.write(recipients, [*members, *(_member(desk, one) for one in shipment.documents)])
    return Sent(ref, len(shipment.documents), unlike)


def _entry(desk: Desk, shipment: Shipment) -> Disclosure:
    """What the register keeps: which classes, of whom where it is about one child, and who has them."""
    rules = shipment.rules
    classes = dict.fromkeys(cls.value for one in shipment.children for cls in one.counts)
    whose = "" if shipment.every_child else f"{reference(Kind.PERSON, shipment.children[0].child.number)}."
    return Disclosure(
        number=disclosures.next_disclosure(desk.db),
        kind=DisclosureKind.HANDOVER,
        **stamp(desk),
        ground=rules.agreement["id"],
        rule=rules.agreement["id"],
        clause=rules.agreement["clause"],
        recipient=shipment.body.kind.value,
        referrer=shipment.body.number,
        purpose=rules.contents["purpose"],
        fields=tuple(f"{whose}{cls}" for cls in classes),
    )


def _head(shipment: Shipment, entry: Disclosure, unlike: Mapping[str, str]) -> dict[str, Any]:
    """To whom, under which agreement and rules."""
    agreement = shipment.agreement
    return {
        "made_on": entry.made_on.isoformat(),
        "made_by": entry.made_by,
        "recipient": {"reference": reference(Kind.REFERRER, shipment.body.number), "kind": entry.recipient},
        "agreement": {"agreed_by": agreement.decided_by, "agreed_on": agreement.decided_on.isoformat()},
        "encrypted_to": f"sha256:{agreement.keys}",
        "clause": entry.clause,
        "rule": entry.rule,
        "policy_version": entry.policy_version,
        "rules_hash": entry.rules_hash,
        "not_as_the_trail_tells": dict(unlike),
    }


def _json(shipment: Shipment, ref: str, head: Mapping[str, Any]) -> Iterator[bytes]:
    """The content, child by child: no more than one child's texts are open at a time."""
    yield json.dumps({"schema": SCHEMA, "reference": ref, **head})[:-1].encode() + b', "children": ['
    for place, one in enumerate(shipment.children):
        child = {
            "reference": reference(Kind.PERSON, one.child.number),
            "family": reference(Kind.FAMILY, one.child.family),
            **{
                section.value: [_record(held, part) for held in one.records if held.section is section]
                for section, part in shipment.rules.parts.items()
            },
        }
        yield (b",\n" if place else b"\n") + json.dumps(child, ensure_ascii=False, indent=1).encode()
    yield b"\n]}\n"


def _record(held: Held, part: Part) -> dict[str, Any]:
    """One record: what it is, by which clause it is kept, and the columns of the whitelist, whatever else it says."""
    values = held.values()
    about = {"reference": held.reference, "class": held.cls.value, "clause": part.clause}
    return about | {one.name: values.get(one.name) for one in part.columns}


def _content(chunks: "partial[Iterator[bytes]]") -> tuple[Member, Resource]:
    """The content as a part: made once to know its size and its hash, and once more when it is written."""
    digest, size = hashlib.sha256(), 0
    for chunk in chunks():
        digest.update(chunk)
        size += len(chunk)
    return Member(CONTENT, size, chunks), Resource(CONTENT, "application/json", size, digest.hexdigest())


def _document_file(one: Document) -> Resource:
    return Resource(file_name(one), MEDIA[one.media], one.size, one.sha256)


def _member(desk: Desk, one: Document) -> Member:
    def chunks() -> Iterator[bytes]:
        yield from documents.content(desk.vault, one, documents.opened(desk.vault, one)[1])

    return Member(file_name(one), one.size, chunks)


def _manifest(shipment: Shipment, entry: Disclosure, files: list[Resource], about: Mapping[str, Any]) -> bytes:
    ref = reference(Kind.DISCLOSURE, entry.number)
    columns = {name.value: [column(one) for one in part.columns] for name, part in shipment.rules.parts.items()}
    package = data_package(ref, entry.made_at, files, handover={"id": ref, **about}, columns=columns)
    return (json.dumps(package, indent=2) + "\n").encode()
