"""Records that are kept for ever, compared with what the last entry about each tells of its rows.

Whoever makes or changes one notes a digest of it (`Act.keep`): another tool can change a row, and sign no entry that
tells of it but their own. An entry of the staff register is kept until the entry of its disposal.
"""

from collections.abc import Collection, Iterator

from lcs_cli.records.references import Kind, parse_reference, reference
from lcs_cli.records.subject import kind_of
from lcs_cli.records.value import Value
from lcs_cli.services.desk import Desk
from lcs_cli.vault import audit, kept
from lcs_cli.vault.connection import Database

_TELLS = (
    "flag.raise",
    "flag.name",
    "flag.close",
    "accident.add",
    "referral.add",
    "referral.decide",
    "referrer.edit",
    "family.close",
    "document.add",
    "paper.add",
    "paper.move",
    "disclosure.record",
    "disclosure.urgent",
    "disclosure.complete",
    "disclosure.confirm",
    "attendance.export",
    "attendance.statement",
    "report.produce",
    "request.release",
    "staff.add",
    "staff.edit",
    "staff.leave",
    "staff.dbs",
    "staff.confirm",
    "staff.undertake",
    "import.run",
    "vault.handover",
    "vault.rotate",
    "retention.sweep",
    "vault.restore",
)


class Unlike(Value):
    """What is wrong with one record, and all references that the entries about it name, its family's among them."""

    said: str
    refs: frozenset[str]


class _Told(Value):
    """What the last entry about one record tells."""

    seq: int
    digest: str
    refs: frozenset[str]


def problems(desk: Desk) -> Iterator[Unlike]:
    """One line for each record that is not what its last entry tells of, is gone, or of which no entry tells."""
    told, wrong = _read(desk)
    yield from wrong
    for ref, last in told.items():
        now = _digest(desk.db, ref)
        if now is None:
            yield Unlike(f"{ref} is not there, and entry {last.seq} tells of it", last.refs)
        elif now != last.digest:
            yield Unlike(f"{ref} is not what entry {last.seq} tells of", last.refs)
    for kind in kept.KINDS:
        refs = (reference(kind, number) for number in kept.numbers(desk.db, kind))
        yield from (Unlike(f"{ref} is there, and no entry tells of it", frozenset()) for ref in refs if ref not in told)


def changed_of(desk: Desk, subjects: Collection[str]) -> dict[str, str]:
    """Which of these files have a kept record that is not what it was, and what is wrong with the first such one.

    What is kept with it, such as a child's attendance, would go with the rest.
    """
    said: dict[str, str] = {}
    for one in problems(desk) if subjects else ():
        for ref in one.refs:
            said.setdefault(ref, one.said)
    return {ref: said[ref] for ref in subjects if ref in said}


def sealed_anew(desk: Desk, new: Database) -> dict[str, str]:
    """The digests that a rotation into a new file changes, of the records that were what the trail told of them.

    For any other it vouches not: what was forged before is named afterwards, too.
    """
    told, _ = _read(desk)
    same = {ref: last.digest for ref, last in told.items() if _digest(desk.db, ref) == last.digest}
    return {ref: now for ref, was in same.items() if (now := _digest(new, ref)) is not None and now != was}


def _read(desk: Desk) -> tuple[dict[str, _Told], list[Unlike]]:
    """What the last entry about each record tells, and which entries are not to be relied on."""
    told: dict[str, _Told] = {}
    wrong: list[Unlike] = []
    for entry, lines in audit.checked(desk.vault, _TELLS):
        wrong += (Unlike(line, frozenset(entry.refs)) for line in lines)
        digests = {} if lines else (entry.detail or {}).get("kept", {})
        for ref, digest in digests.items():
            before = told[ref].refs if ref in told else frozenset()
            told[ref] = _Told(entry.seq, digest, before | {*entry.refs})
        gone = None if lines else (entry.detail or {}).get("gone")
        if gone and kind_of(gone) is Kind.STAFF:  # of what else is kept no disposal takes anything
            told.pop(gone, None)
    return told, wrong


def _digest(db: Database, ref: str) -> str | None:
    for kind in kept.KINDS:
        number = parse_reference(kind, ref)
        if isinstance(number, int):
            return kept.digest(db, kind, number)
    return None
