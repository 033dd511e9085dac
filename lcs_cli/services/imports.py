"""Rows of a spreadsheet as records: all or none, in one transaction, through the use cases that a typed record takes.

A check does the same and undoes it, so that it finds what a run would find. What was brought in is known by its key:
what the row is called in the old system, or else all that it says; nothing is brought in twice, and nothing replaced.
"""

import hashlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from msgspec.structs import replace

from lcs_cli.errors import NotFoundError, RefusedError, UsageError
from lcs_cli.records.references import Kind, parse_reference, reference
from lcs_cli.records.value import Value
from lcs_cli.services.desk import Act, Desk
from lcs_cli.services.families import FamilyDraft
from lcs_cli.services.likeness import OnRecord
from lcs_cli.vault import imports, referrals
from lcs_cli.vault.encoding import canonical
from lcs_cli.vault.imports import Import

KINDS = {
    "families": Kind.FAMILY,
    "people": Kind.PERSON,
    "referrers": Kind.REFERRER,
    "sessions": Kind.SESSION,
    "attendance": Kind.SESSION,
    "staff": Kind.STAFF,
}
"""What can be brought in, and the kind of record that each becomes."""


class Problem(Value):
    """Why a row cannot be brought in: its number, the field where there is one, and no value.

    ``code`` is a word for machines.
    """

    row: int
    field: str
    code: str
    problem: str
    remedy: str


class Entered(Value):
    """A record that was made: its number, and whose file it is of."""

    record: int
    family: int | None = None
    staff: int | None = None
    referrer: int | None = None


Enter = Callable[[Desk, "Known"], Entered]


class Draft(Value):
    """One record to be: the first of its rows, its name in the old system, what the rows say, how it is entered.

    Without an ``enter`` its rows hold problems that were found before.
    """

    row: int
    key: str
    content: Mapping[str, object]
    enter: Enter | None


class Outcome(Value):
    """What was found: how many records could be made or were made, which were there already, what stood in the way."""

    records: int
    there: int
    problems: Sequence[Problem]
    refs: Sequence[str] = ()


class Known:
    """What was brought in before, and in this run: what the old system called it, and its number here.

    ``alike`` are the families that were found on record: that they are there is told, so it is on the trail.
    """

    def __init__(self, desk: Desk, *, also_alike: bool = False) -> None:
        self._desk = desk
        self._looks = not also_alike and desk.may("find")
        self._on_record: OnRecord | None = None
        self.alike: set[str] = set()
        self._kinds: dict[str, dict[str, tuple[str, int]]] = {}
        self._names: dict[str, list[int]] | None = None

    def of(self, kind: str) -> dict[str, tuple[str, int]]:
        """By key the digest of what was said, and the number of the record."""
        if kind not in self._kinds:
            self._kinds[kind] = imports.known(self._desk.db, kind)
        return self._kinds[kind]

    def ref(self, kind: str, typed: str) -> str:
        """The reference here of what is called ``typed`` in the old system; else what was typed, to be looked up."""
        if isinstance(parse_reference(KINDS[kind], typed), int):
            return typed
        found = self.of(kind).get(key_digest(kind, typed))
        return reference(KINDS[kind], found[1]) if found else typed

    def check_new(self, draft: FamilyDraft) -> None:
        """UsageError for a family that may be on record: a concern on one file would not be seen on the other."""
        if self._looks and self._on_record is None:
            self._on_record = OnRecord(self._desk)  # as it is before the first of them is made
        number = self._on_record.family(draft) if self._on_record else None
        if number is not None:
            self.alike.add(reference(Kind.FAMILY, number))
            raise UsageError(
                f"family name: may be {reference(Kind.FAMILY, number)}, which is on record",
                "leave its rows out; where these are other families: --also-alike",
            )

    def referrer(self, typed: str) -> str:
        """The same of a referrer, who may be named as they are called here, where only one is."""
        ref = self.ref("referrers", typed)
        if self._names is None:
            self._names = {}
            for one in referrals.referrers(self._desk.db):
                self._names.setdefault(_plain(one.name), []).append(one.number)
        found = self._names.get(_plain(typed), [])
        return reference(Kind.REFERRER, found[0]) if ref == typed and len(found) == 1 else ref


class _UndoneError(Exception):
    """Ends a part of a transaction that is not to be kept."""


def template(desk: Desk) -> None:
    """Whether a template may be made: it holds headings, and nothing of the vault."""
    with desk.acting("import.template"):
        pass


def check(
    desk: Desk,
    kind: str,
    drafts: Sequence[Draft],
    problems: Sequence[Problem] = (),
    tick: Callable[[int], None] = lambda _: None,
    *,
    also_alike: bool = False,
) -> Outcome:
    """What a run would do, besides the ``problems`` found before; nothing is kept of it but an entry with counts."""
    with desk.acting_once("import.check") as act:
        return _tried(act, Known(desk, also_alike=also_alike), kind, drafts, problems, keep=False, tick=tick)


def run(
    desk: Desk,
    kind: str,
    drafts: Sequence[Draft],
    problems: Sequence[Problem] = (),
    tick: Callable[[int], None] = lambda _: None,
    *,
    also_alike: bool = False,
) -> Outcome:
    """Bring all of them in, or none where there is any problem, also one of those that were found before.

    A family that may be on record is a problem, unless what is ``also_alike`` is brought in.
    """
    with desk.acting_once("import.run") as act:
        return _tried(act, Known(desk, also_alike=also_alike), kind, drafts, problems, keep=True, tick=tick)


def key_digest(kind: str, key: str) -> str:
    """The digest of what a row is called in the old system."""
    return hashlib.sha256(canonical([kind, _plain(key)])).hexdigest()


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _tried(
    act: Act,
    known: Known,
    kind: str,
    drafts: Sequence[Draft],
    before: Sequence[Problem],
    *,
    keep: bool,
    tick: Callable[[int], None],
) -> Outcome:
    done: Outcome | None = None
    try:
        with act.desk.db.savepoint():
            done = _entered(act, known, kind, drafts, tick)
            if not keep or done.problems or before:
                raise _UndoneError
    except _UndoneError:
        act.forget()
    if done is None:
        raise LookupError(kind)
    kept = keep and not done.problems and not before
    act.note(*sorted(known.alike))
    act.note(
        kind=kind, records=done.records if kept else 0, there=done.there, problems=len(done.problems) + len(before)
    )
    return replace(done, problems=[*before, *done.problems], refs=done.refs if kept else ())


def _entered(act: Act, known: Known, kind: str, drafts: Sequence[Draft], tick: Callable[[int], None]) -> Outcome:
    desk = act.desk
    own = known.of(kind)
    problems: list[Problem] = []
    made: dict[str, int] = {}  # by its reference, the first row of each
    records = there = 0
    for number, draft in enumerate(drafts):
        if not number % 500:
            tick(number)
        content = hashlib.sha256(canonical(dict(draft.content))).hexdigest()
        key = key_digest(kind, draft.key) if draft.key else hashlib.sha256(f"{kind}:{content}".encode()).hexdigest()
        if key in own:
            if own[key][0] == content:
                there += 1
            elif draft.enter:
                problems.append(_changed(kind, draft.row, own[key][1]))
            continue
        if draft.enter is None:
            continue
        with _judged(draft.row, problems), desk.db.savepoint():
            one = draft.enter(desk, known)
            imports.add(desk.db, Import(kind, key, content, one.record, one.family, one.staff, one.referrer))
            own[key] = (content, one.record)
            made.setdefault(reference(KINDS[kind], one.record), draft.row)
            records += 1
    tick(len(drafts))
    return Outcome(records, there, [_by_row(one, made) for one in problems], tuple(made))


def _by_row(found: Problem, rows: Mapping[str, int]) -> Problem:
    """A record that this file would make has no reference while there is a problem: it is named by its first row."""

    def row(ref: re.Match[str]) -> str:
        return f"row {rows[ref[0]]}" if ref[0] in rows else ref[0]

    return replace(found, problem=re.sub(r"\b[A-Z]+-[0-9]+-[A-Z]\b", row, found.problem))


@contextmanager
def _judged(row: int, problems: list[Problem]) -> Iterator[None]:
    """What the use case finds wrong with a row is its problem; who may not make such records makes none of them."""
    try:
        yield
    except RefusedError as refusal:
        if refusal.rule == "authority":
            raise
        problems.append(Problem(row, "", "refused", f"{refusal.label}: {refusal.message}", refusal.hint))
    except (UsageError, NotFoundError) as error:
        field, _, said = error.message.partition(": ")
        code = "not-found" if isinstance(error, NotFoundError) else "not-valid"
        problems.append(Problem(row, field if said else "", code, said or error.message, error.hint))


def _changed(kind: str, row: int, record: int) -> Problem:
    ref = reference(KINDS[kind], record)
    return Problem(
        row,
        "",
        "changed",
        f"was brought in as {ref}, and says something else now; nothing is overwritten",
        f"correct {ref} itself, or leave the row as it was",
    )


def rows_with_problems(problems: Collection[Problem]) -> int:
    """How many rows they are about."""
    return len({one.row for one in problems})
