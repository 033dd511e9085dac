"""The vault's folder: made in one step, opened with one slot, its header changed under the lock."""

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

from msgspec.structs import replace

from lcs_cli.errors import DamagedVaultError, FailedError, NoVaultError, RefusedError, UsageError, VaultBusyError
from lcs_cli.records.user import KeyName, User
from lcs_cli.records.value import Entity
from lcs_cli.vault import sealing, signers
from lcs_cli.vault.connection import Database
from lcs_cli.vault.files import can_be_written, check_private_folder, locked, replace_file, sync_folder, write_new
from lcs_cli.vault.header import LARGEST_HEADER, Header, parse_header
from lcs_cli.vault.migrate import Classed, check_schema, migrate
from lcs_cli.vault.register import begun
from lcs_cli.vault.secret import Argon2Profile, Secret
from lcs_cli.vault.slots import OpenedSlot, Opener, by_secret, new_slot

HEADER, HEADER_COPY, LOCK, REGISTER = "header.json", "header.bak.json", "lock", "disposals.jsonl"
_DATA = r"data-([1-9][0-9]{0,8})\.db"
_STRAY = r"\.(data-[0-9]+\.db|header(\.bak)?\.json)\.new(-journal)?|data-[0-9]+\.db-journal"


class Vault(Entity):
    """An opened vault: who opened it, the keys they hold, and the data file."""

    folder: Path
    header: Header
    opened: OpenedSlot
    db: Database

    @property
    def user(self) -> User:
        """Who opened it."""
        return self.opened.user

    @property
    def register(self) -> Path:
        """The register of disposals, beside the data file so that a restored data file cannot hide it."""
        return self.folder / REGISTER

    def key(self, name: KeyName) -> bytes:
        """One of the keys this user holds; RefusedError for a key that was never sealed to them."""
        if name not in self.opened.keys:
            raise RefusedError(
                "",
                f"{self.user.reference} does not hold the {name} key",
                "ask somebody whose role holds it; who that is: lcs vault user list",
                rule="keys",
                topic="storage",
            )
        return self.opened.keys[name]

    def announce(self, header: Header) -> None:
        """Have the data file remember a new header, inside the open transaction: with its entry, or not at all.

        After the commit `write_header` puts it into the folder; where that does not happen any more, the next
        opening does it. So nobody is let in of whom the trail says nothing, and no header is lost.
        """
        self.check_header()
        self.db.run("UPDATE vault SET epoch = ?, header = ?", header.epoch, header.to_bytes().decode())

    def check_header(self) -> None:
        """Refuse to build on a header that is not the newest any more; VaultBusyError."""
        if self.db.value("SELECT header FROM vault") != self.header.to_bytes().decode():
            raise VaultBusyError("somebody else has just changed who may open the vault", "try again")

    def remembered(self) -> Header:
        """The header that the data file remembers; DamagedVaultError for one that is not signed as it must be."""
        header = parse_header(str(self.db.value("SELECT header FROM vault")).encode())
        if not self.trusts(header):
            raise DamagedVaultError("the header in the data file is not signed by a manager", "restore a backup")
        return header

    def trusts(self, header: Header) -> bool:
        """Whether the managers have signed it, and each lock is its owner's."""
        return header.is_signed_by(self.header.admin_public) and header.has_own_locks()

    def is_in_the_folder(self) -> bool:
        """Whether the folder's newest header is this one."""
        return read_headers(self.folder)[0].digest() == self.header.digest()

    def write_header(self) -> None:
        """Bring the folder's header up to the one that the data file remembers, in both copies."""
        with locked(self.folder / LOCK):
            self.put_header()

    def put_header(self) -> None:
        """What `write_header` does, for who holds the lock; a newer header, as after a rotation, stays."""
        if self.is_behind():
            return
        header = self.remembered()
        for copy in (HEADER, HEADER_COPY):
            replace_file(self.folder / copy, header.to_bytes())
        self.header = header

    def is_behind(self) -> bool:
        """Whether the folder has a newer header than the data file remembers, and the managers have signed it."""
        remembered = self.remembered().version
        try:
            headers = read_headers(self.folder)
        except (NoVaultError, DamagedVaultError):
            return False
        return any(remembered < header.version for header in headers if self.trusts(header))

    def remove_strays(self) -> None:
        """Take away what a stopped command left: half-made files, and the data file under the key before.

        DamagedVaultError where a newer data file lies there: the header was put back, and the newer one is evidence.
        """
        if not self._strays() or not can_be_written(self.db.path):
            return
        with locked(self.folder / LOCK):  # what somebody is making now is no stray
            if not self.is_in_the_folder():
                return
            strays = self._strays()
            data = [path for path in strays if re.fullmatch(_DATA, path.name)]
            if newer := [path.name for path in data if _number(path) > _number(self.db.path)]:
                raise DamagedVaultError(
                    f"{newer[0]} is newer than the data file that the header names: the header was put back",
                    "restore both from one backup",
                )
            for path in strays:
                with suppress(PermissionError):  # Windows: while somebody has it open; the next command does it
                    path.unlink(missing_ok=True)
            with suppress(OSError):  # what the keys of somebody who left would open does not come back with the power
                sync_folder(self.folder)

    def _strays(self) -> list[Path]:
        own = {self.header.data, f"{self.header.data}-journal"}
        return [
            path
            for path in self.folder.iterdir()
            if path.name not in own
            and (re.fullmatch(_DATA, path.name) or re.fullmatch(_STRAY, path.name))
            and path.is_file()
        ]


def _number(data: Path) -> int:
    return int(data.name.removeprefix("data-").removesuffix(".db"))


def check_new(folder: Path) -> None:
    """Refuse a place where something is already; an empty folder will do."""
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise UsageError("vault folder: something is there already", "name a new folder with --vault")


@contextmanager
def creating(
    folder: Path,
    people: Mapping[User, Secret],
    keys: Mapping[User, frozenset[KeyName]],
    profile: Argon2Profile,
) -> Iterator[Vault]:
    """Make a vault in ``folder`` with a slot for each of ``people``, opened by the first of them.

    It is built beside its place and moved there at the end, so that there is a whole vault or none.
    """
    check_new(folder)
    folder = folder.absolute()
    building = folder.with_name(f".{folder.name}.{os.urandom(4).hex()}.new")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        building.mkdir(mode=0o700)
    except OSError as error:
        raise FailedError(f"vault folder: cannot be made ({error.strerror})", "name another with --vault") from error
    try:
        vault = _build(building, people, keys, profile)
        yield vault
        vault.db.close()
        if folder.exists():
            folder.rmdir()
        building.rename(folder)
        sync_folder(folder.parent)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise


def _build(
    folder: Path,
    people: Mapping[User, Secret],
    keys: Mapping[User, frozenset[KeyName]],
    profile: Argon2Profile,
) -> Vault:
    values = {name: sealing.new_key() for name in KeyName}
    header = Header(
        vault=os.urandom(16).hex(),
        epoch=1,
        data="data-1.db",
        admin_public=sealing.public_sign_key(values[KeyName.ADMIN]),
        safeguarding_public=sealing.public_seal_key(values[KeyName.SAFEGUARDING]),
        slots=(),
    )
    for user, secret in people.items():
        held = {name: (1, values[name]) for name in sorted(keys[user])}
        header = replace(header, slots=(*header.slots, new_slot(header, user, secret, held, profile)))
    header = header.signed(values[KeyName.ADMIN])
    write_new(folder / header.data, b"")  # private before anything is in it
    write_new(folder / REGISTER, begun(header.vault))
    db = Database(folder / header.data, values[KeyName.RECORDS], folder / LOCK)
    migrate(db)
    with db.transaction():
        text = header.to_bytes().decode()
        db.run("INSERT INTO vault (id, vault, epoch, header) VALUES (1, ?, ?, ?)", header.vault, header.epoch, text)
        db.run("INSERT INTO counter (name, value) VALUES ('user', ?)", len(people))
        for slot in header.slots:
            signers.certify(db, header.vault, values[KeyName.ADMIN], slot.user.reference, slot.public_sign, since=1)
    for copy in (HEADER, HEADER_COPY):
        write_new(folder / copy, header.to_bytes())
    first = next(iter(people.items()))
    header, opened = by_secret(first[0].name, first[1])([header])
    return Vault(folder, header, opened, db)


def read_headers(folder: Path) -> list[Header]:
    """The well-formed copies of the header, newest first, without checking who signed them."""
    if not folder.is_dir() or not any((folder / copy).exists() for copy in (HEADER, HEADER_COPY)):
        raise NoVaultError(
            f"there is no vault in {folder}", "make one with: lcs init   or name its folder with --vault"
        )
    found: list[Header] = []
    damaged: DamagedVaultError | None = None
    for copy in (HEADER, HEADER_COPY):
        try:
            with (folder / copy).open("rb") as file:
                content = file.read(LARGEST_HEADER)
            if any(header.to_bytes() == content for header in found):
                continue
            found.append(parse_header(content))
        except FileNotFoundError:
            continue
        except OSError as error:
            raise FailedError(f"the header cannot be read ({error.strerror})", "check the folder's owner") from error
        except DamagedVaultError as error:
            damaged = error
    if not found and damaged:
        raise damaged
    return sorted(found, key=lambda header: -header.epoch)


def open_vault(folder: Path, opener: Opener, classed: Classed) -> Vault:
    """Open the vault: the slot, the signature, the data file, its schema and the header both remember.

    A header that is behind the data file is brought up to it: the command that changed it was stopped before it
    could, or somebody put an older one back. What a stopped command left behind is taken away.
    """
    vault, copies = _open(folder, opener, classed)
    if copies > 1 or not _agree(vault):
        vault.db.close()
        with locked(folder / LOCK):  # looked at anew, for nobody is admitted and no key is replaced from here on
            vault, _ = _open(folder, opener, classed, has_lock=True)
            if vault.is_behind():
                raise DamagedVaultError(
                    "the data file is older than the header: something was put back", "restore both from one backup"
                )
            vault.put_header()
            vault.db.close()
            vault, _ = _open(folder, opener, classed, has_lock=True)
    vault.remove_strays()
    return vault


def _agree(vault: Vault) -> bool:
    return bool(vault.db.value("SELECT header FROM vault") == vault.header.to_bytes().decode())


def _open(folder: Path, opener: Opener, classed: Classed, *, has_lock: bool = False) -> tuple[Vault, int]:
    """The vault, and how many different copies of the header there are."""
    headers = read_headers(folder)
    check_private_folder(folder)
    header, opened = opener(headers)
    check_data_name(header)
    _finish_rotation(folder, header, has_lock=has_lock)
    db = Database(folder / header.data, opened.keys[KeyName.RECORDS], folder / LOCK)
    try:
        version = db.value("PRAGMA user_version")
    except DamagedVaultError:
        if read_headers(folder) == headers:
            raise
        return _open(folder, opener, classed, has_lock=has_lock)  # the keys were replaced meanwhile
    if not version:  # an empty file would be taken for a new vault
        raise DamagedVaultError("the data file is empty", "restore a backup")
    migrate(db)
    check_schema(db, classed)
    if db.value("SELECT vault FROM vault") != header.vault:
        raise DamagedVaultError("the data file belongs to another vault", "restore a backup")
    return Vault(folder, header, opened, db), len(headers)


def check_data_name(header: Header) -> None:
    """Refuse a header that names a data file elsewhere."""
    if not re.fullmatch(_DATA, header.data):
        raise DamagedVaultError("the header names a data file elsewhere", "restore it from a backup")


def building_name(data: str) -> str:
    """The name of a data file until it has its own."""
    return f".{data}.new"


def _finish_rotation(folder: Path, header: Header, *, has_lock: bool) -> None:
    """Give the data file its name, where a rotation was stopped after the header had named it."""
    data, building = folder / header.data, folder / building_name(header.data)
    if data.exists() or not building.exists():
        return
    with nullcontext() if has_lock else locked(folder / LOCK):
        if not data.exists() and building.exists():
            building.rename(data)
            sync_folder(folder)
