"""lcs document: files taken into the vault as they were received; shown to who holds the key, never on the screen."""

from pathlib import Path
from typing import Annotated, Any

import typer

from lcs_cli.cli import forms, paths, views
from lcs_cli.cli.context import Command
from lcs_cli.cli.forms import Field
from lcs_cli.cli.options import Family, From, OfFamily, command, group
from lcs_cli.cli.render import Lines, Result, Table
from lcs_cli.records.document import Document, DocumentKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.services import document_files, documents, lookup

app = group("Documents, sealed in the vault.")

DocumentRef = Annotated[str, typer.Argument(metavar="DOCUMENT", help="The document's reference, such as DC-000042-L.")]
Children = Annotated[
    list[str] | None,
    typer.Option("--child", metavar="PERSON", help="A child whom child-protection papers concern; may be repeated."),
]


def _may_be_taken(cmd: Command, path: str) -> None:
    document_files.check(Path(path), cmd.folder)


_FIELDS = (
    Field("kind", "kind", forms.choice(DocumentKind), None, f"Kind ({', '.join(DocumentKind)})"),
    Field("file", "file", forms.judged(paths.file, _may_be_taken)),
    Field("title", "title", forms.text, "", "Title (Enter for none)"),
)


@command(app, "add")
def add(
    cmd: Command,
    family: Family,
    kind: Annotated[DocumentKind | None, typer.Option("--kind", help="What it is: how long it is kept.")] = None,
    file: Annotated[
        str | None, typer.Option("--file", metavar="PATH", help="The file, 20 MB at most; else it is asked for.")
    ] = None,
    child: Children = None,
    referral: Annotated[
        str | None, typer.Option("--referral", metavar="REF", help="The electronic referral that it is.")
    ] = None,
    accident: Annotated[
        str | None, typer.Option("--accident", metavar="REF", help="The accident that it is a record of.")
    ] = None,
    from_: From = None,
) -> Result:
    """Take a file into the vault, sealed. Its name is not kept; a title is asked for, and may be left out.

    Electronic referrals, child-protection papers and accident records are kept for ever (policy 4.6), and only
    safeguarding leads open them; the rest goes with the family's file. Child-protection papers without --child concern
    every child of the family.

    Example: lcs document add LCS-0042-L --kind order
    """
    children = child or []
    cmd.known("document.add", Kind.FAMILY, lookup.family, family)
    cmd.known("document.add", Kind.PERSON, lambda db, typed: documents.child_of(db, family, typed), *children)
    cmd.known("document.add", Kind.REFERRAL, lookup.referral, referral)
    cmd.known("document.add", Kind.ACCIDENT, lookup.accident, accident)
    values = forms.entry(cmd, _FIELDS, from_, {"kind": kind.value if kind else None, "file": file})
    draft = documents.DocumentDraft(values["kind"], values["title"], referral, accident, children)
    one = documents.add(cmd.desk(), family, draft, Path(values["file"]))
    named = ", ".join([cmd.echo(Kind.FAMILY, one.family), *documents.pointed_at(one)])
    said = f"Added {_ref(one)} for {named}: {one.kind}, {_size(one)}, {views.human(one.added_on)}. {_kept(cmd, one)}."
    notes = ["The file itself is still where it was: destroy that copy where nobody needs it."]
    return Result("lcs.document/1", view(one), [said], notes)


@command(app, "list", lists=True)
def list_(cmd: Command, family: OfFamily = None) -> Result:
    """List the documents, without titles and contents.

    Example: lcs document list --family LCS-0042-L
    """
    found = documents.listing(cmd.desk(), family)
    rows = (
        [
            _ref(one),
            reference(Kind.FAMILY, one.family),
            one.kind.value,
            ", ".join(documents.pointed_at(one)),
            one.media.value,
            _size(one),
            views.human(one.added_on),
            one.added_by,
            "for ever" if one.is_kept else "with the file",
        ]
        for one in found
    )
    headings = ["REF", "FAMILY", "KIND", "CONCERNS", "TYPE", "SIZE", "ADDED", "BY", "KEPT"]
    return Result("lcs.documents/1", map(view, found), [Table(headings, rows, "No document is on record.")])


@command(app, "show")
def show(
    cmd: Command,
    ref: DocumentRef,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the content to this new file, for its owner.")
    ] = None,
) -> Result:
    """Say what a document is, and with --out write it to a new file. The reading is logged.

    What is kept for ever only safeguarding leads can show. The content never comes on the screen.

    Example: lcs document show DC-000042-L --out order.pdf
    """
    for_leads = documents.is_sealed_to_leads(cmd.desk(), ref)
    file = documents.show(cmd.desk(anew=for_leads), ref, out)
    one = file.document
    lines = [
        ("Reference", _ref(one)),
        ("Family", reference(Kind.FAMILY, one.family)),
        ("Concerns", ", ".join(documents.pointed_at(one)) or "the family"),
        ("Title", file.title or ""),
        ("Kind", one.kind.value),
        ("Class", one.record_class.value),
        ("Type", one.media.value),
        ("Size", _size(one)),
        ("SHA-256", one.sha256),
        ("Added", f"{views.human(one.added_on)} by {one.added_by}"),
        ("Kept", _kept(cmd, one).removeprefix("It is kept ")),
    ]
    notes = ["Written, for you alone: destroy the copy when you are done with it."] if file.written else []
    return Result("lcs.document/1", view(one) | {"title": file.title}, [Lines(lines)], notes)


def view(one: Document) -> dict[str, Any]:
    """A document without its title and content."""
    return {
        "reference": _ref(one),
        "family": reference(Kind.FAMILY, one.family),
        "children": [reference(Kind.PERSON, child) for child in one.children],
        "kind": one.kind.value,
        "class": one.record_class.value,
        "kept_indefinitely": one.is_kept,
        "referral": reference(Kind.REFERRAL, one.referral) if one.referral else None,
        "accident": reference(Kind.ACCIDENT, one.accident) if one.accident else None,
        "media_type": one.media.value,
        "bytes": one.size,
        "sha256": one.sha256,
        "added_on": views.iso(one.added_on),
        "added_by": one.added_by,
    }


def _ref(one: Document) -> str:
    return reference(Kind.DOCUMENT, one.number)


def _size(one: Document) -> str:
    for unit, length in (("MB", 1024 * 1024), ("kB", 1024)):
        if one.size >= length:
            return f"{one.size / length:.1f} {unit}"
    return views.plural(one.size, "byte")


def _kept(cmd: Command, one: Document) -> str:
    return f"It is kept indefinitely ({cmd.clause('kept')})" if one.is_kept else "It is kept with the family's file"
