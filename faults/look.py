"""What the next person finds in a home: whether the vault opens and verifies, its rows, and what is left over."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from lcs_cli.errors import LcsError
from lcs_cli.services import audits
from tests.conftest import open_desk
from tests.services import stories

_RANDOM = re.compile(r"[A-Za-z0-9+/=_-]{16,}")  # keys, nonces, seals, signatures, digests
_OF_A_VAULT = r"data-\d+\.db|disposals\.jsonl|header(\.bak)?\.json|lock|sweep\.lock"
_MAY_BE = re.compile(
    rf"in(/(approved|concern|family|reason)\.json|/sheet\.csv|/policy\.txt|/backup\.lcsb)?|state(/[0-9a-f]{{32}}-U-001-R\.json)?|"
    rf"vault(/({_OF_A_VAULT}))?|again(/({_OF_A_VAULT}))?|"
    r"out(/(EX-\d{6}-[A-Z](/(attendance\.csv|datapackage\.json))?|lcs-backup-[0-9a-f]{8}-\d{8}T\d{6}Z(-\d+)?\.lcsb))?"
)


@dataclass(frozen=True)
class Found:
    """A digest of all rows, one of them without what is random, and what is wrong."""

    exact: str = ""
    shape: str = ""
    problems: tuple[str, ...] = ()


def _digests(rows: dict[str, list[tuple[object, ...]]]) -> tuple[str, str]:
    def shape(value: object) -> object:
        return len(value) if isinstance(value, bytes) else _RANDOM.sub("", value) if isinstance(value, str) else value

    exact, plain = hashlib.sha256(), hashlib.sha256()
    for table, of_it in rows.items():
        exact.update(repr((table, sorted(of_it, key=repr))).encode())
        plain.update(repr((table, sorted(repr([shape(value) for value in row]) for row in of_it))).encode())
    return exact.hexdigest(), plain.hexdigest()


def tells_of_a_defect(said: str) -> bool:
    """Whether what a command said is a traceback, or a defect of its own."""
    return "Traceback" in said or "defect" in said


def look(vault: Path) -> Found:
    """Open the vault as rhys, read every row, and verify it."""
    try:
        desk = open_desk(vault, "rhys")
        digests = _digests(stories.everything(desk))
        wrong = (*audits.verify(desk).problems, *desk.db.problems())
        desk.db.close()
    except (LcsError, OSError) as error:
        return Found(problems=(f"the vault does not open or verify: {error}",))
    return Found(*digests, wrong)


def strays(home: Path) -> list[str]:
    """What lies in a home, at any depth, and has no name that may be there; two data files are one too many."""
    names = sorted(str(path.relative_to(home)) for path in home.rglob("*"))
    data = [name for name in names if re.fullmatch(r"vault/data-\d+\.db", name)]
    return [f"a stray file: {name}" for name in [n for n in names if not _MAY_BE.fullmatch(n)] + data[1:]]
