"""What somebody with the files, or even with the key, could do to a vault behind the back of `lcs`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from sqlcipher3 import dbapi2 as sqlcipher

from lcs_cli.records.user import KeyName
from lcs_cli.services.desk import Desk
from lcs_cli.vault.folder import HEADER, HEADER_COPY
from lcs_cli.vault.header import Header, Slot, parse_header


@contextmanager
def raw(desk: Desk, *, foreign_keys: bool = False, recursive_triggers: bool = False) -> Iterator[Any]:
    """The data file as another tool opens it with the key: no authorizer, settings as SQLite has them."""
    desk.db.close()
    connection = sqlcipher.connect(str(desk.db.path), isolation_level=None)
    try:
        connection.execute(f"PRAGMA key = \"x'{desk.vault.key(KeyName.RECORDS).hex()}'\"")
        connection.execute("PRAGMA synchronous = OFF")  # who tampers does not wait for the disk
        connection.execute(f"PRAGMA foreign_keys = {int(foreign_keys)}")
        connection.execute(f"PRAGMA recursive_triggers = {int(recursive_triggers)}")
        yield connection
    finally:
        connection.close()


@contextmanager
def without_triggers(desk: Desk) -> Iterator[Any]:
    """The same, with every trigger of the schema dropped for the time and put back afterwards."""
    with raw(desk) as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        connection.executescript("".join(["BEGIN;", *(f"DROP TRIGGER {name};" for name, _ in triggers), "COMMIT;"]))
        yield connection
        connection.executescript("".join(["BEGIN;", *(f"{sql};" for _, sql in triggers), "COMMIT;"]))


def header_of(folder: Path) -> Header:
    """The header as it stands in its first copy."""
    return parse_header((folder / HEADER).read_bytes())


def put_header(folder: Path, content: bytes) -> None:
    """Put the same bytes in both copies."""
    for copy in (HEADER, HEADER_COPY):
        (folder / copy).write_bytes(content)


def with_slot(header: Header, slot: Slot) -> Header:
    """The header with this slot in place of the one of the same name; its signature no longer fits."""
    return replace(header, slots=tuple(slot if one.user.name == slot.user.name else one for one in header.slots))


def signed_by_manager(desk: Desk, header: Header) -> Header:
    """The header as somebody would sign it who holds the admin key."""
    return header.signed(desk.vault.key(KeyName.ADMIN))
