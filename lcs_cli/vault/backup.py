"""A backup: the whole vault as it stood at one moment, in one file, encrypted as it lies and signed by who made it.

    lcs-backup/1                                    one line
    {"audit_head":…,"signature":…,"vault":…}        the manifest: canonical JSON, one line
    header.json, disposals.jsonl, data.db           one after the other, each as long as the manifest says

The manifest names the size and the SHA-256 of each part, and the signature covers the manifest, so that no byte of the
file can change unnoticed.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

from msgspec.structs import replace

from lcs_cli.errors import DamagedVaultError, UsageError
from lcs_cli.records.user import KeyName
from lcs_cli.records.value import Value
from lcs_cli.vault import audit, sealing
from lcs_cli.vault.connection import Database
from lcs_cli.vault.encoding import canonical, context, decode, encode
from lcs_cli.vault.files import write_new
from lcs_cli.vault.folder import HEADER, REGISTER, Vault
from lcs_cli.vault.header import LARGEST_HEADER, Header, parse_header
from lcs_cli.vault.register import Register, content

FORMAT = "lcs-backup/1"
DATA = "data.db"
PARTS = (HEADER, REGISTER, DATA)
_MAGIC = f"{FORMAT}\n".encode()
_LARGEST_MANIFEST = 100_000
_PIECE = 1 << 20
_TEXTS = ("vault", "made_at", "made_by", "audit_head", "register_digest")
_NUMBERS = ("epoch", "pages", "register_lines")


class Part(NamedTuple):
    """One part of the file: its size in bytes, and its SHA-256."""

    size: int
    sha256: str


class Manifest(Value):
    """What a backup says of itself: of which vault, made when (UTC) and by whom, and what is in it.

    ``register_digest`` is that of the newest of ``register_lines``; empty where nothing had been disposed of.
    """

    vault: str
    epoch: int
    made_at: str
    made_by: str
    pages: int
    audit_head: str
    register_lines: int
    register_digest: str
    parts: Mapping[str, Part]
    signature: bytes = b""

    def signed(self, private: bytes) -> "Manifest":
        """The same manifest with the signature of who made it."""
        return replace(self, signature=sealing.sign(private, self._body()))

    def is_signed_by(self, public: bytes) -> bool:
        """Whether the signature is that of the key."""
        return sealing.verifies(public, self.signature, self._body())

    def to_bytes(self) -> bytes:
        """The one spelling of it."""
        return canonical(self._content() | {"signature": encode(self.signature)})

    def _body(self) -> bytes:
        return context("backup", canonical(self._content()).decode())

    def _content(self) -> dict[str, Any]:
        fields = {name: getattr(self, name) for name in (*_TEXTS, *_NUMBERS)}
        return fields | {"format": FORMAT, "parts": {name: list(part) for name, part in self.parts.items()}}


class Backup:
    """A backup's file, opened to be read; DamagedVaultError for what is none, or whose manifest cannot be read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.manifest = _manifest(file)
        self._begins: dict[str, int] = {}
        place = file.tell()
        for name in PARTS:
            self._begins[name] = place
            place += self.manifest.parts[name].size
        self._ends = place

    def problems(self) -> Iterator[str]:
        """What is wrong with the file, without any key: a part, its length, the signature."""
        size = os.fstat(self._file.fileno()).st_size
        if size != self._ends:
            yield f"the file is {'shorter' if size < self._ends else 'longer'} than its manifest says"
        wrong = [name for name in PARTS if _digest(self._pieces(name)) != self.manifest.parts[name].sha256]
        yield from (f"{name} is not what the manifest says" for name in wrong)
        if HEADER not in wrong:
            yield from self._unsigned()

    def header(self) -> Header:
        """Who may open it; DamagedVaultError where that cannot be read."""
        if self.manifest.parts[HEADER].size > LARGEST_HEADER:
            raise DamagedVaultError("the header in the backup is too large", "use another backup")
        return parse_header(self.content(HEADER))

    def content(self, name: str) -> bytes:
        """One of the small parts."""
        return b"".join(self._pieces(name))

    def extract(self, target: Path) -> None:
        """Write the data file to a new private file."""
        write_new(target, b"")
        with target.open("rb+") as file:
            for piece in self._pieces(DATA):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())

    def _unsigned(self) -> Iterator[str]:
        try:
            header = self.header()
        except DamagedVaultError as error:
            yield error.message
            return
        if header.vault != self.manifest.vault or header.epoch != self.manifest.epoch:
            yield "the header in it belongs to another vault, or to another day"
        public = [slot.public_sign for slot in header.slots if slot.user.reference == self.manifest.made_by]
        if not public or not self.manifest.is_signed_by(public[0]):
            yield "the manifest is not signed by who it says has made it: it was altered"

    def _pieces(self, name: str) -> Iterator[bytes]:
        self._file.seek(self._begins[name])
        left = self.manifest.parts[name].size
        while left and (piece := self._file.read(min(left, _PIECE))):
            left -= len(piece)
            yield piece


@contextmanager
def reading(path: Path) -> Iterator[Backup]:
    """Open a backup's file; UsageError where there is none."""
    try:
        with path.open("rb") as file:
            yield Backup(file)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise UsageError("file: there is no such file", "lcs vault backup list   says where each was put") from error


def is_ours(path: Path, vault: str) -> bool:
    """Whether a file begins as a backup of this vault does, whatever has become of the rest of it."""
    try:
        with path.open("rb") as file:
            return _manifest(file).vault == vault
    except (OSError, DamagedVaultError):
        return False


def copy(vault: Vault, into: Path, at: str) -> Manifest:
    """Copy the vault's parts into a private folder, in the open transaction: nobody writes meanwhile.

    The manifest knows no sizes and no digests yet.

    The data file goes by one step of the backup API, page for page under the same key: it is never in the clear.
    """
    vault.db.check_in_transaction()
    vault.check_header()
    register = content(vault.register)
    register = register[: register.rfind(b"\n") + 1]  # a torn last line is none
    lines = Register(vault.register, register).lines
    write_new(into / HEADER, vault.header.to_bytes())
    write_new(into / REGISTER, register)
    write_new(into / DATA, b"")
    with closing(Database(vault.db.path, vault.key(KeyName.RECORDS), None)) as source:  # the open one is writing
        source.copy_to(into / DATA)
    return Manifest(
        vault=vault.header.vault,
        epoch=vault.header.epoch,
        made_at=at,
        made_by=vault.user.reference,
        pages=int(vault.db.value("PRAGMA page_count")),
        audit_head=str(audit.head(vault.db)),
        register_lines=len(lines),
        register_digest=lines[-1]["digest"] if lines else "",
        parts={},
    )


def write(parts: Path, manifest: Manifest, private: bytes, target: IO[bytes]) -> None:
    """Write the parts that lie in a folder as one file, signed."""
    sizes = {}
    for name in PARTS:
        with (parts / name).open("rb") as file:
            sizes[name] = Part((parts / name).stat().st_size, _digest(iter(lambda: file.read(_PIECE), b"")))
    target.write(_MAGIC + replace(manifest, parts=sizes).signed(private).to_bytes() + b"\n")
    for name in PARTS:
        with (parts / name).open("rb") as file:
            while piece := file.read(_PIECE):
                target.write(piece)


def unlike(data: Database, manifest: Manifest) -> list[str]:
    """What is wrong with the copied data file, opened with its key: both checks, its length, the end of its trail."""
    found = data.problems()
    if not found and data.value("PRAGMA page_count") != manifest.pages:
        found.append("the data file has not as many pages as the manifest says")
    if not found and str(audit.head(data)) != manifest.audit_head:
        found.append("the trail in it does not end where the manifest says")
    data.close()
    return found


def digest_of(path: Path) -> str:
    """SHA-256 of a whole file."""
    with path.open("rb") as file:
        return _digest(iter(lambda: file.read(_PIECE), b""))


def _digest(pieces: Iterator[bytes]) -> str:
    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece)
    return found.hexdigest()


def _manifest(file: IO[bytes]) -> Manifest:
    """Read the beginning of a backup; strictly, so that one manifest has one spelling."""
    if file.read(len(_MAGIC)) != _MAGIC:
        raise DamagedVaultError("this is no backup of lcs, or its first line was altered", "use another backup")
    raw = file.readline(_LARGEST_MANIFEST)
    try:
        content = json.loads(raw)
        fields = {name: _typed(content[name], str) for name in _TEXTS}
        fields |= {name: _typed(content[name], int) for name in _NUMBERS}
        parts = {
            name: Part(_typed(size, int), _typed(sha256, str)) for name, (size, sha256) in content["parts"].items()
        }
        manifest = Manifest(**fields, parts=parts, signature=decode(content["signature"]))
        sound = raw == manifest.to_bytes() + b"\n" and set(parts) == set(PARTS)
        sound = sound and all(part.size >= 0 for part in parts.values())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        sound = False
    if not sound:
        raise DamagedVaultError("the manifest of the backup was altered", "use another backup")
    return manifest


def _typed(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise TypeError
    return value
