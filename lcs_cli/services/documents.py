"""Documents: added as they were received, shown to who holds the key, kept as long as their kind asks (policy 4.6)."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from lcs_cli.errors import DamagedVaultError, UsageError
from lcs_cli.policy.schedule import schedule_in_force
from lcs_cli.records.document import Document, DocumentKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.retention import RecordClass
from lcs_cli.records.value import Private, Value
from lcs_cli.services import checks, document_files, lookup
from lcs_cli.services.desk import Desk
from lcs_cli.vault import audit, documents
from lcs_cli.vault.connection import Database


class DocumentDraft(Value):
    """What a document is, as entered: references as typed, and a title where it is to have one."""

    kind: DocumentKind
    title: Private[str | None] = None
    referral: str | None = None
    accident: str | None = None
    children: Sequence[str] = ()


class DocumentFile(Value):
    """A document with its title opened, whose content was found whole; ``written`` where a copy was written."""

    document: Document
    title: Private[str | None]
    written: bool = False


def add(desk: Desk, family: str, draft: DocumentDraft, path: Path) -> Document:
    """Take a file into the vault as a document of a family, open, closed or disposed of.

    It is no use of the file and restarts no clock, but what was reviewed before it is reviewed again (policy 4.6).
    """
    about = (Kind.FAMILY, family)
    with desk.acting("document.add", about, logged=False):  # who may not add is refused before a file is opened
        pass
    with document_files.reading(path, desk.vault.folder) as source, desk.acting("document.add", about) as act:
        number = lookup.family(desk.db, family).number
        cls = schedule_in_force(desk.rules, desk.today).class_of[draft.kind]
        title = checks.line("title", draft.title) if draft.title else None
        referral = referral_of(desk.db, family, draft.kind, draft.referral)
        accident = accident_of(desk.db, family, draft.kind, draft.accident)
        children = named_children(desk.db, family, cls, draft.children)
        document = Document(
            number=0,
            family=number,
            kind=draft.kind,
            record_class=cls,
            media=source.media,
            size=source.size,
            sha256="",
            added_on=desk.today,
            added_by=desk.user.reference,
            referral=referral,
            accident=accident,
            children=children,
        )
        added, seal = documents.add(desk.vault, document, title, source.chunks())
        refs = (reference(Kind.DOCUMENT, added.number), reference(Kind.FAMILY, number), *pointed_at(added))
        act.note(*refs, seal=seal)
        act.keep(Kind.DOCUMENT, added.number)
        return added


def referral_of(db: Database, family: str, kind: DocumentKind, typed: str | None) -> int | None:
    """The number of the electronic referral that a document is; UsageError for any other."""
    if typed is None:
        return None
    if kind is not DocumentKind.ELECTRONIC_REFERRAL:
        raise UsageError("referral: only an electronic referral is one", "leave it away, or give another kind")
    found = lookup.referral(db, typed)
    ref = reference(Kind.REFERRAL, found.number)
    if found.family != lookup.family(db, family).number:
        raise UsageError(f"referral: {ref} is not of that family", f"lcs referral list --family {family}")
    if not found.electronic:
        raise UsageError(f"referral: {ref} was not received electronically", "a scan of paper is a paper-scan")
    return found.number


def accident_of(db: Database, family: str, kind: DocumentKind, typed: str | None) -> int | None:
    """The number of the accident that a document is a record of; UsageError for any other."""
    if typed is None:
        return None
    if kind is not DocumentKind.ACCIDENT_RECORD:
        raise UsageError("accident: only an accident record is of one", "leave it away, or give another kind")
    found = lookup.accident(db, typed)
    if found.family != lookup.family(db, family).number:
        ref = reference(Kind.ACCIDENT, found.number)
        raise UsageError(f"accident: {ref} is not of that family", f"lcs accident list --family {family}")
    return found.number


def named_children(db: Database, family: str, cls: RecordClass, typed: Sequence[str]) -> tuple[int, ...]:
    """The numbers of the children whom child-protection papers concern; UsageError for papers that keep nobody's."""
    if typed and cls is not RecordClass.CHILD_PROTECTION:
        raise UsageError("child: only child-protection papers name children", "leave the child away")
    return tuple(sorted({child_of(db, family, one) for one in typed}))


def child_of(db: Database, family: str, typed: str) -> int:
    """The number of a child of the family; UsageError for anybody else."""
    return lookup.child(db, family, typed, "the papers are then about all children of the family")


def listing(desk: Desk, family: str | None) -> Iterator[Document]:
    """The documents of one family or of all, without titles and contents."""
    with desk.acting("document.list", (Kind.FAMILY, family)) as act:
        if family is None:
            return documents.each(desk.db)
        number = lookup.family(desk.db, family).number
        act.note(reference(Kind.FAMILY, number))
        return documents.each(desk.db, "family_id = ?", number)


def is_sealed_to_leads(desk: Desk, typed: str) -> bool:
    """Whether a document takes the safeguarding key, which nothing keeps unlocked; only a refusal is logged."""
    with desk.acting("document.show", (Kind.DOCUMENT, typed), logged=False):
        return lookup.document(desk.db, typed).is_kept


def show(desk: Desk, typed: str, out: Path | None) -> DocumentFile:
    """Open a document and look through all of it; with ``out``, write a copy, once the reading is on the trail.

    DamagedVaultError, and nothing written, where the content is not what was added, or the document is another one
    than its entry on the trail tells of.
    """
    with desk.acting("document.show", (Kind.DOCUMENT, typed)) as act:
        one = lookup.document(desk.db, typed)
        title, key = documents.opened(desk.vault, one)
        check_added(desk, one, key)
        if out is not None:
            document_files.check_target(out, desk.vault.folder)
        for _ in documents.content(desk.vault, one, key):
            pass
        fields = ["title", "content"] if out else ["title"]
        act.note(reference(Kind.DOCUMENT, one.number), reference(Kind.FAMILY, one.family), fields=fields)
    if out is not None:
        document_files.write_out(out, documents.content(desk.vault, one, key))
    return DocumentFile(one, title, out is not None)


def check_added(desk: Desk, one: Document, key: bytes) -> None:
    """Whoever may write can put another document in its place, all of it; not under the seal that its entry holds."""
    ref = reference(Kind.DOCUMENT, one.number)
    entry = next((entry for entry in audit.done(desk.db, ["document.add"], ref)), None)
    if entry is None:
        raise DamagedVaultError(f"{ref} was added by nobody: the trail has no entry of it", "run: lcs doctor")
    if (entry.detail or {}).get("seal") != documents.seal_of(key, one.sha256):
        raise DamagedVaultError(f"{ref} is not the document that entry {entry.seq} tells of", "restore a backup")


def pointed_at(one: Document) -> list[str]:
    """The references that a document names beside its family's."""
    named = [(Kind.REFERRAL, one.referral), (Kind.ACCIDENT, one.accident)]
    named += [(Kind.PERSON, child) for child in one.children]
    return [reference(kind, number) for kind, number in named if number is not None]
