"""Whether a word of what was disposed of is left in some page of the data file: a sample of it, looked for."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from lcs_cli.records.user import KeyName
from lcs_cli.vault.connection import Database
from lcs_cli.vault.folder import LOCK, Vault
from lcs_cli.vault.pages import decrypted

_MOST, _MOST_OF_A_FILE, _MOST_FILES = 32, 16, 8
_SHORTEST, _LONGEST = 6, 24  # bytes: a shorter one stands elsewhere by chance; a longer one may run over two pages
_PEOPLE = "(SELECT id FROM person WHERE family_id = ?)"
_IDENTIFYING = (
    "SELECT given_name, family_name, date_of_birth FROM person WHERE family_id = ?",
    "SELECT name FROM family WHERE id = ?",
    f"SELECT sealed FROM contact_detail WHERE person_id IN {_PEOPLE}",
    "SELECT case_reference FROM referral WHERE family_id = ?",
    "SELECT note, room, cancel_reason FROM contact_session WHERE family_id = ?",
    "SELECT reason FROM superseded WHERE family_id = ?",
    "SELECT value FROM superseded, json_each(content) WHERE family_id = ? AND type = 'text'",
    f"SELECT evidence, responsibility FROM consent WHERE person_id IN {_PEOPLE}",
    "SELECT done_by, purpose, evidence FROM permission WHERE family_id = ?",
    "SELECT asked, evidence FROM report WHERE family_id = ?",
    "SELECT asker, evidence, checked_how, ended_because FROM access_request WHERE family_id = ?",
    "SELECT reason FROM legal_hold WHERE family_id = ?",
    "SELECT reason FROM review WHERE family_id = ?",
    "SELECT title, key_for_contact FROM document WHERE family_id = ? AND class = 'document'",
)
_STAFF = (
    "SELECT name, left_reason FROM staff_member WHERE id = ?",
    "SELECT certificate, decided_by FROM vetting_check WHERE staff_id = ?",
    "SELECT value FROM superseded, json_each(content) WHERE kind = 'staff_member' AND record_id = ? AND type = 'text'",
    "SELECT reason FROM legal_hold WHERE staff_id = ?",
    "SELECT reason FROM review WHERE staff_id = ?",
)

_T = TypeVar("_T")


class Samples:
    """Beginnings and ends of what identifies a family, taken before it goes; in memory, and nowhere else."""

    def __init__(self) -> None:
        self._taken: list[bytes] = []

    def take(self, db: Database, families: Sequence[int], staff: Sequence[int] = ()) -> None:
        """Take some of some of the families and the staff that are about to be disposed of."""
        for numbers, queries in ((families, _IDENTIFYING), (staff, _STAFF)):
            for number in _spread(numbers, _MOST_FILES):
                parts = dict.fromkeys(part for value in _values(db, queries, number) for part in _parts(value))
                self._taken += _spread(list(parts), _MOST_OF_A_FILE)

    def left(self, vault: Vault) -> int:
        """How many of a bounded number of samples some page still says, and no row."""
        wanted = set(_spread(self._taken, _MOST))
        found: set[bytes] = set()
        vault.db.close()
        for page in decrypted(vault.db.path, vault.key(KeyName.RECORDS), vault.folder / LOCK) if wanted else ():
            here = {sample for sample in wanted if sample in page}
            found |= here
            wanted -= here
        return sum(not _is_kept(vault.db, sample) for sample in found)


def _values(db: Database, queries: Sequence[str], number: int) -> Iterator[bytes]:
    for query in queries:
        for row in db.rows(query, number):
            yield from (value if isinstance(value, bytes) else value.encode() for value in row if value)


def _parts(value: bytes) -> Iterator[bytes]:
    if len(value) >= _SHORTEST:
        yield value[:_LONGEST]
        yield value[-_LONGEST:]


def _spread(values: Sequence[_T], most: int) -> Sequence[_T]:
    """So many of them at the most, from the first to the last."""
    return values[:: -(-len(values) // most) or 1]


def _is_kept(db: Database, sample: bytes) -> bool:
    """Whether some row says it: somebody else of that name, or a record that stays."""
    tables = ["sqlite_schema", *(row[0] for row in db.rows("SELECT name FROM sqlite_schema WHERE type = 'table'"))]
    for table in tables:
        columns = [row[1] for row in db.rows(f"PRAGMA table_info({table})") if row[2] in ("TEXT", "BLOB")]
        together = " || ".join(f"coalesce({name}, '')" for name in columns) or "''"  # as they lie in a page
        if db.value(f"SELECT 1 FROM {table} WHERE instr(CAST({together} AS BLOB), ?) LIMIT 1", sample):
            return True
    return False
