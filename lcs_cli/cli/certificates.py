"""lcs retention certificate: show certificates of disposal, write them to files, and verify such files anywhere."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lcs_cli.cli import views
from lcs_cli.cli.certificate_page import lines, page, paper
from lcs_cli.cli.context import Command
from lcs_cli.cli.dates import human_days
from lcs_cli.cli.options import command, group
from lcs_cli.cli.printing import PdfFile, printed
from lcs_cli.cli.render import Lines, Result, Table
from lcs_cli.errors import WAITING, FailedError, UsageError
from lcs_cli.services import certificates
from lcs_cli.vault import certificates as signed
from lcs_cli.vault import files

if TYPE_CHECKING:
    from lcs_cli.vault.certificates import Certificate, Reading

LARGEST_FILE = 50_000_000

app = group("Certificates of disposal: show, write and verify them.", also_a_command=True)


@command(app, "certificate")
def certificate(
    cmd: Command,
    ref: Annotated[
        str | None, typer.Argument(metavar="[CERTIFICATE]", help="Such as RC-000042-L; without it, all.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it, signed as it is, to this new file.")
    ] = None,
    page_: Annotated[
        Path | None, typer.Option("--page", metavar="FILE", help="Write a page to print (HTML) to this new file.")
    ] = None,
    pdf: PdfFile = None,
    everything: Annotated[bool, typer.Option("--all", help="With --out: all of them, one a line.")] = False,
) -> Result:
    """Show the certificates of disposal: references and counts, no names.

    Its file is signed, and bound to the certificate before it. Whoever has it checks it without the vault, by lcs
    retention certificate verify, with the key that lcs retention certificate key shows.

    Example: lcs retention certificate RC-000042-L

    Example: lcs retention certificate RC-000042-L --out RC-000042-L.json --page RC-000042-L.html

    Example: lcs retention certificate RC-000042-L --pdf RC-000042-L.pdf
    """
    _check(ref, out, page_, pdf, everything=everything)
    if ref is None:
        found = certificates.listing(cmd.desk(), written=out is not None)
        return _written(found, out, None) if out else _listed(found)
    if pdf is not None:
        return _printed(cmd, ref, pdf)
    paths = {"file": out, "page": page_}
    one = certificates.show(cmd.desk(), ref, written=[name for name, path in paths.items() if path])
    if out or page_:
        return _written([one], out, page_)
    return Result(signed.SCHEMA, dict(one.content), [Lines(lines(one))])


@command(app, "verify")
def verify(
    cmd: Command,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A certificate, or all of them, as lcs has written them.")
    ],
    key: Annotated[
        str | None, typer.Option("--key", metavar="KEY", help="The service's public key, got by another way.")
    ] = None,
) -> Result:
    """Verify a file of certificates: no vault and no passphrase, only the service's public key.

    Without the key it is only shown that nothing was altered, not whose it is: anybody can sign with a key of their
    own. What was cut off the end of a file of all is not seen: compare the last one with what the service says.

    Example: lcs retention certificate verify RC-000042-L.json --key 4f2a-…
    """
    given = None if key is None else _key(key)
    files.refuse_own(file, cmd.folder, "file")
    return _verified(certificates.verify(_content(file), given), key_given=given is not None)


@command(app, "key")
def key(cmd: Command) -> Result:
    """Show the public key by which others tell whose a certificate is. It is not secret, and never changes.

    Give it to them by another way than the certificates: on paper, by telephone, on the service's website.

    Example: lcs retention certificate key
    """
    desk = cmd.desk()
    shown = signed.written_key(certificates.key(desk))
    notes = ["give it by another way than the certificates: whoever forges one sends a key of their own with it"]
    data = {"key": shown, "vault": desk.vault.header.vault}
    return Result("lcs.certificate-key/1", data, [shown], notes)


def _verified(found: Reading, *, key_given: bool) -> Result:
    sound = found.certificates
    data: dict[str, Any] = {
        "key": signed.written_key(sound[0].key) if sound else None,
        "key_given": key_given,
        "certificates": [one.ref for one in sound],
        "last_digest": sound[-1].digest if sound else None,
        "problems": list(found.problems),
    }
    schema = "lcs.certificate-verification/1"
    if found.problems:
        return Result(schema, data, [f"not valid: {one}" for one in found.problems], exit_code=FailedError.exit_code)
    what = sound[0].ref if len(sound) == 1 else f"{len(sound)} certificates, {sound[0].ref} to {sound[-1].ref}"
    said = [f"Whole: {what}. Digest{'' if len(sound) == 1 else ' of the last'}: {sound[-1].digest}."]
    if key_given:
        return Result(schema, data, [*said, "Signed in the vault whose key was given."])
    said.append(f"Signed under the key {data['key']}, which only the file itself names: it does not show whose it is.")
    notes = ["have the service's key by another way than the file, and give it: --key KEY"]
    return Result(schema, data, said, notes, exit_code=WAITING)


def _listed(found: list[Certificate]) -> Result:
    contents = [one.content for one in found]
    rows = [
        [
            one["certificate"],
            one.get("family") or one["staff"],
            human_days(one["disposed_on"]),
            views.counts(one["went"]),
            views.counts(one["stayed"]),
        ]
        for one in contents
    ]
    table = Table(["REF", "FILE", "DISPOSED ON", "WENT", "STAYS"], rows, "Nothing has been disposed of.")
    return Result("lcs.certificates/1", contents, [table])


def _printed(cmd: Command, ref: str, path: Path) -> Result:
    desk = cmd.desk()
    one = printed(cmd, path, lambda: certificates.show(desk, ref, written=["pdf"]), paper, desk=desk)
    data = {"certificates": [one.ref], "files": [str(path)]}
    return Result("lcs.certificate-files/1", data, [f"Wrote {path}: 1 certificate."])


def _check(ref: str | None, out: Path | None, page_: Path | None, pdf: Path | None, *, everything: bool) -> None:
    """Refuse what does not go together before the vault is opened."""
    if pdf is not None and (out is not None or page_ is not None):
        raise UsageError("pdf: is written by itself", "leave --out and --page away")
    if ref is None and pdf is not None:
        raise UsageError("pdf: is of one certificate", "name it, such as RC-000042-L")
    if everything and (ref is not None or out is None):
        raise UsageError("all: goes with out, and without a certificate", "give --all --out FILE")
    if ref is None and page_ is not None:
        raise UsageError("page: is of one certificate", "name it, such as RC-000042-L")
    if ref is None and out is not None and not everything:
        raise UsageError("out: of which certificate is not said", "name it, such as RC-000042-L, or give --all")
    for name, path in (("out", out), ("page", page_)):
        if path is not None and os.path.lexists(path):
            raise UsageError(f"{name}: something of that name is there already", "name a new file")


def _written(found: list[Certificate], out: Path | None, page_: Path | None) -> Result:
    written = []
    if out is not None:
        written.append(_write("out", out, b"".join(one.to_bytes() for one in found)))
    if page_ is not None:
        written.append(_write("page", page_, page(found[0]).encode()))
    data = {"certificates": [one.ref for one in found], "files": written}
    said = f"Wrote {' and '.join(written)}: {views.plural(len(found), 'certificate')}."
    return Result("lcs.certificate-files/1", data, [said])


def _write(name: str, path: Path, content: bytes) -> str:
    try:
        files.write_new(path, content)
    except OSError as error:
        raise FailedError(f"{name}: cannot be written ({error.strerror})", "name a new file") from error
    return str(path)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise UsageError(f"file: cannot be read ({error.strerror})", "check the path") from error
    if len(content) > LARGEST_FILE:
        raise UsageError("file: is larger than 50 MB", "name a file that lcs has written")
    return content


def _key(typed: str) -> bytes:
    try:
        return signed.parse_key(typed)
    except ValueError as error:
        raise UsageError(
            "key: is not a key such as lcs retention certificate key shows", "give its 64 digits, in groups or not"
        ) from error
