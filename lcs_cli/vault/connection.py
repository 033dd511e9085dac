"""One connection to the data file: SQLCipher 4 with a raw key, set up the same way everywhere and guarded.

Facts it rests on (sqlcipher3 0.6): a key of the wrong length silently becomes a passphrase; a wrong key prints
internals unless the log is off first; without recursive triggers REPLACE deletes past a trigger.
"""

import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from lcs_cli.errors import DamagedVaultError, FailedError, UnwritableError, VaultBusyError
from lcs_cli.vault.failures import UNWRITABLE, translated
from lcs_cli.vault.files import can_be_written, held_still, locked, newer_beside, sync_folder
from lcs_cli.vault.guard import guard
from lcs_cli.vault.sealing import KEY_BYTES

Row = tuple[Any, ...]
AMONG = "(SELECT value FROM json_each(?))"
"""SQL for the numbers that `among` gives as one value: there can be more of them than a statement has places."""

_SETTINGS = {
    "foreign_keys": 1,
    "secure_delete": 1,
    "recursive_triggers": 1,
    "temp_store": 2,
    "journal_mode": "delete",
    "synchronous": 3,
    "cache_size": -65536,
    "trusted_schema": 0,
}
_FEW_PAGES = "PRAGMA cache_size = -2048"
_KEYS_REPLACED = ("the vault's keys were replaced meanwhile", "run the command again")
_PERHAPS_DONE = (
    "the disk failed while this was written down: it may be done, or not",
    "look whether it is there before you do it again, and check the disk",
)


def among(numbers: Collection[int]) -> str:
    """Numbers as one value, for a condition ``IN`` `AMONG`."""
    return json.dumps(sorted(numbers))


def _pour_table(connection: Any, table: str, sealed: Mapping[str, str]) -> None:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    values = [sealed.get(column, column) for column in columns]
    connection.execute(
        f"INSERT INTO main.{table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM source.{table}"
    )
    have, had = (
        connection.execute(f"SELECT count(*) FROM {schema}.{table}").fetchone() for schema in ("main", "source")
    )
    if have != had:
        raise FailedError(f"the copy has not all rows of {table}", "this is a defect: please report it")


class Database:
    """A connection that is opened late and reopened when a sweep has put a rewritten file in its place.

    Without a ``lock`` the file is one that nobody else knows of.
    """

    def __init__(self, path: Path, key: bytes, lock: Path | None) -> None:
        if len(key) != KEY_BYTES:
            raise DamagedVaultError("the records key has a wrong length", "restore the header from a backup")
        self.path = path
        self._key = key
        self._lock = lock
        self._identity: tuple[int, int] | None = None
        self._connection: Any = None
        self._depth = 0
        self._changes = 0

    def __repr__(self) -> str:
        return f"Database({self.path.name})"

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction of ours is open."""
        return self._depth > 0

    @property
    def has_changed(self) -> bool:
        """Whether the open transaction has changed a row."""
        return bool(self._connection.total_changes > self._changes)

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """All rows of a query."""
        with translated(reading=not self._depth):
            return list(self._cursor(sql, values))

    def each(self, sql: str, *values: Any) -> Iterator[Row]:
        """The rows of a query, one at a time."""
        with translated(reading=not self._depth):
            yield from self._cursor(sql, values)

    def named(self, sql: str, values: Mapping[str, Any]) -> list[Row]:
        """All rows of a query with named values."""
        with translated(reading=not self._depth):
            return list(self._cursor(sql, values))

    def row(self, sql: str, *values: Any) -> Row | None:
        """The first row of a query, or None."""
        with translated(reading=not self._depth):
            found: Row | None = self._cursor(sql, values).fetchone()
            return found

    def value(self, sql: str, *values: Any) -> Any:
        """The first value of the first row, or None."""
        found = self.row(sql, *values)
        return found[0] if found else None

    def run(self, sql: str, *values: Any) -> int:
        """Change rows, inside a transaction; how many were changed."""
        self.check_in_transaction()
        with translated():
            return int(self._open().execute(sql, values).rowcount)

    def check_in_transaction(self) -> None:
        """Refuse a change outside a transaction: it would not be undone with the rest."""
        if not self._depth:
            raise FailedError("a change outside a transaction", "this is a defect: please report it")

    def check_can_be_written(self) -> None:
        """UnwritableError where a change would be refused, before anybody types what it says."""
        if not can_be_written(self.path):
            raise UnwritableError(*UNWRITABLE)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. One inside another joins it, so that many records can be one change.

        Where nothing can be written it reads only, without the lock, and a change in it is refused.
        """
        if self._depth:
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
            return
        writes = can_be_written(self.path)
        with self._locked() if writes else nullcontext():
            self._begin(writes=writes)
            self._depth = 1
            try:
                yield
            except BaseException:
                self._depth = 0
                self._connection.rollback()
                raise
            self._depth = 0
            with translated():
                try:
                    self._connection.commit()
                except BaseException as error:
                    self._connection.rollback()
                    if "disk I/O" in str(error):  # the journal may be gone already, and the change is there
                        raise FailedError(*_PERHAPS_DONE) from error
                    raise

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of the open transaction that an error undoes, and nothing else of it."""
        self.run("SAVEPOINT part")
        try:
            yield
        except BaseException:
            if self._connection.in_transaction:  # a full disk or a failing one has undone all of it already
                self.run("ROLLBACK TO part")
                self.run("RELEASE part")
            raise
        self.run("RELEASE part")

    @contextmanager
    def read_once(self) -> Iterator[None]:
        """What comes to each page about once needs few in memory: two MiB of them are kept meanwhile, not up to 64."""
        with self._unguarded() as connection:
            connection.execute(_FEW_PAGES)
        yield
        with self._unguarded() as connection:
            connection.execute(f"PRAGMA cache_size = {_SETTINGS['cache_size']}")

    def migrate(self, script: str, version: int) -> None:
        """Run one numbered schema script, all or nothing, and leave its number as the schema's version."""
        with self._locked(), self._unguarded() as connection, translated():
            try:
                connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {version:d};\nCOMMIT;")
            except BaseException:
                connection.rollback()
                raise

    def rewrite(self) -> None:
        """Write the live rows to a new file under the same key and put it in the old one's place.

        Deleted values can survive in the gaps of a page that `secure_delete` never visits; a new file has no gaps.
        """
        if self._depth:
            raise FailedError("a rewrite inside a transaction", "this is a defect: please report it")
        new = self.path.with_name(f".{self.path.name}.new")
        with self._locked():
            self._begin()
            self._connection.rollback()
            new.unlink(missing_ok=True)
            try:
                seen = self.value("PRAGMA data_version")
                with self._unguarded() as connection, translated():
                    connection.execute(_FEW_PAGES)  # the new file is kept in as many as this one
                    connection.execute("VACUUM INTO ?", (str(new),))
                new.chmod(0o600)
                with new.open("rb+") as file:
                    os.fsync(file.fileno())
                # Nobody writes between here and the new name, also not a program that does not know our lock.
                self._begin()
                if self.value("PRAGMA data_version") != seen:
                    raise VaultBusyError("another program has written to the vault", "try again in a minute")
                with held_still(self.path.parent, alone=True):
                    new.replace(self.path)
            except BaseException:
                new.unlink(missing_ok=True)
                raise
            finally:
                self.close()
            sync_folder(self.path.parent)

    def pour(
        self,
        source: Path,
        key: bytes,
        sealed: Mapping[str, Mapping[str, str]],
        functions: Mapping[str, tuple[int, Callable[..., Any]]],
    ) -> None:
        """Fill the empty tables of this file with the rows of the file ``source`` under ``key``, all or nothing.

        ``sealed`` maps a table's columns to the SQL that makes them anew, with ``functions`` of so many arguments.
        """
        try:
            with self._unguarded() as connection, translated():
                uri = f"{source.absolute().as_uri()}?mode=ro"
                connection.execute(f"ATTACH ? AS source KEY \"x'{key.hex()}'\"", (uri,))
                for name, (arguments, function) in functions.items():
                    connection.create_function(name, arguments, function)
                connection.execute("PRAGMA foreign_keys = OFF")  # the rows come table by table; `problems` looks after
                connection.execute("BEGIN")
                for (table,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
                    _pour_table(connection, table, sealed.get(table, {}))
                connection.execute("COMMIT")
        finally:
            self.close()  # with it goes what was attached

    def copy_to(self, empty: Path) -> None:
        """Copy every page into an empty file, in one step of the backup API: the file as it is at one moment."""
        with translated(), closing(self._connect(empty)) as target:
            self._open().backup(target, pages=-1)

    def problems(self) -> list[str]:
        """What is wrong with the file, checked on a fresh connection; an empty list says that it is sound."""
        self.close()
        found = []
        try:
            found += [str(row[0]) for row in self.rows("PRAGMA cipher_integrity_check")]
            found += [str(row[0]) for row in self.rows("PRAGMA integrity_check") if row[0] != "ok"]
            found += [f"{row[0]}: a row points nowhere" for row in self.rows("PRAGMA foreign_key_check")]
            pages, size = (int(self.value(f"PRAGMA {name}")) for name in ("page_count", "page_size"))
        except DamagedVaultError as error:
            return [*found, error.message]
        finally:
            self.close()  # a connection that met a damaged page refuses everything from then on
        if pages * size != self.path.stat().st_size:
            found.append("the data file is longer or shorter than it says")
        return found

    def close(self) -> None:
        """Close the connection; the next use opens it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _cursor(self, sql: str, values: tuple[Any, ...] | Mapping[str, Any]) -> Any:
        """A query under way: of the file that has the name now, whose locks it holds from its first row on."""
        if self._depth:
            return self._open().execute(sql, values)
        with held_still(self.path.parent):
            return self._open().execute(sql, values)

    def _open(self) -> Any:
        """The connection; outside a transaction, to the file that has the name now, as `_begin` makes sure within one.

        From a file that a sweep has replaced it would read what was, and take the journal of the new one for its own.
        What is still being read of it is read to its end.
        """
        if self._connection is not None and not self._connection.in_transaction and self._is_replaced():
            self._connection = None
        if self._connection is None:
            with translated(reading=True), held_still(self.path.parent):
                self._identity = self._file_identity()
                self._connection = self._connect(self.path)
        return self._connection

    def _connect(self, path: Path) -> Any:
        connection = sqlcipher.connect(
            f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=30.0
        )
        try:
            self._set_up(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _locked(self) -> AbstractContextManager[None]:
        return locked(self._lock) if self._lock else nullcontext()

    def _set_up(self, connection: Any) -> None:
        connection.execute("PRAGMA cipher_log_level = NONE").fetchall()
        connection.execute(f"PRAGMA key = \"x'{self._key.hex()}'\"").fetchall()
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        for name, value in _SETTINGS.items():
            connection.execute(f"PRAGMA {name} = {value}").fetchall()
            if connection.execute(f"PRAGMA {name}").fetchone()[0] != value:
                raise FailedError(f"SQLCipher did not accept {name}", "reinstall: the library differs")
        connection.set_authorizer(guard)

    @contextmanager
    def _unguarded(self) -> Iterator[Any]:
        connection = self._open()
        connection.set_authorizer(None)
        try:
            yield connection
        finally:
            connection.set_authorizer(guard)

    def _begin(self, *, writes: bool = True) -> None:
        """Begin to write to the file that has the name now, not to one that a sweep has just replaced.

        VaultBusyError where a rotation has replaced it, or was stopped while it did: it is known when opened anew.
        """
        while True:
            with translated(reading=True):
                self._open().execute("BEGIN IMMEDIATE" if writes else "BEGIN")
            self._changes = self._connection.total_changes
            try:
                is_the_same = self._identity == self._file_identity()
                if writes and self._lock and newer_beside(self.path):
                    raise VaultBusyError(*_KEYS_REPLACED)
                if is_the_same:
                    return
            except BaseException:
                self.close()
                raise
            self.close()

    def _is_replaced(self) -> bool:
        """Whether another file has the name now; where a rotation took it away, a writer is told."""
        try:
            return self._identity != self._file_identity()
        except VaultBusyError:
            return False

    def _file_identity(self) -> tuple[int, int] | None:
        try:
            about = self.path.stat()
        except FileNotFoundError as error:
            if self._identity is not None:
                raise VaultBusyError(*_KEYS_REPLACED) from error
            raise DamagedVaultError("the data file is missing", "restore a backup") from error
        return about.st_dev, about.st_ino
