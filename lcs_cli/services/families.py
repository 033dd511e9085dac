"""Families: register, show, correct, close and reopen."""

from collections.abc import Sequence
from datetime import date

from lcs_cli.errors import UsageError
from lcs_cli.records.family import Episode, Family, FormerIdentity, Person
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import Referral
from lcs_cli.records.retention import Hold
from lcs_cli.records.value import Value
from lcs_cli.services import checks, lookup
from lcs_cli.services.desk import Desk
from lcs_cli.services.people import PersonDraft, insert
from lcs_cli.services.referrals import end_live
from lcs_cli.vault import contact_sessions, corrections, families, former_identities, legal_holds, people, referrals
from lcs_cli.vault.corrections import Correction


class FamilyDraft(Value):
    """A family as entered. Without ``opened_on`` it has no episode: it was only referred so far."""

    name: str
    opened_on: date | None
    people: Sequence[PersonDraft] = ()


class FamilyFile(Value):
    """A family with its people, referrals and holds, without contact details."""

    family: Family
    people: Sequence[Person]
    referrals: Sequence[Referral] = ()
    holds: Sequence[Hold] = ()
    sessions: int = 0
    corrections: Sequence[Correction] = ()
    formerly: Sequence[FormerIdentity] = ()


def add(desk: Desk, draft: FamilyDraft) -> FamilyFile:
    """Register a family, open its episode and add its people, all or nothing."""
    with desk.acting("family.add") as act:
        name = checks.line("family name", draft.name)
        number = families.add(desk.db, name, act.change)
        if draft.opened_on is not None:
            families.open_episode(desk.db, number, checks.past("opened on", draft.opened_on, desk.today))
        act.note(reference(Kind.FAMILY, number))
        for person in draft.people:
            insert(desk, act, number, person)
        return _file(desk, number)


def show(desk: Desk, typed: str) -> FamilyFile:
    """One family's file; the reading is logged before it is shown."""
    with desk.acting("family.show", (Kind.FAMILY, typed)) as act:
        family = lookup.family(desk.db, typed)
        act.note(reference(Kind.FAMILY, family.number))
        return _file(desk, family.number)


def listing(desk: Desk, *, only_open: bool = False) -> list[FamilyFile]:
    """All families with their people, by number."""
    with desk.acting("family.list") as act:
        found = [family for family in families.select(desk.db) if family.is_open or not only_open]
        act.note(families=len(found))
        return [FamilyFile(family, people.of_family(desk.db, family.number)) for family in found]


def edit(desk: Desk, typed: str, name: str, reason: str) -> tuple[FamilyFile, tuple[str, ...]]:
    """Correct a family's name; the former one is kept with the reason. Also: which fields changed."""
    with desk.acting("family.edit", (Kind.FAMILY, typed)) as act:
        family = lookup.family(desk.db, typed)
        new = {"name": checks.line("family name", name)}
        own = {"id": family.number}
        changed = act.correct("family", own, new, family=family.number, record=family.number, reason=reason)
        act.note(reference(Kind.FAMILY, family.number), fields=list(changed))
        return _file(desk, family.number), changed


def close(desk: Desk, typed: str, on: date) -> tuple[FamilyFile, tuple[Referral, ...]]:
    """Close the open episode: the retention clock starts on that day, and live referrals end with it."""
    with desk.acting("family.close", (Kind.FAMILY, typed)) as act:
        family = lookup.family(desk.db, typed)
        ref = reference(Kind.FAMILY, family.number)
        current = _open_episode(family)
        if current is None:
            raise UsageError(f"{ref} has no open episode", f"lcs family reopen {ref}")
        checks.past("closed on", on, desk.today)
        _check_not_before(on, current.opened_on, "the episode was opened")
        booked = contact_sessions.select(desk.db, "WHERE family_id = ? AND cancelled_on IS NULL", family.number)
        if booked:
            _check_not_before(on, booked[-1].held_on, "a session is booked", booked[-1].number)
        act.note(ref)
        ended = end_live(act, "family_id", family.number, on)
        families.close_episode(desk.db, family.number, on)
        return _file(desk, family.number), ended


def reopen(desk: Desk, typed: str, on: date) -> FamilyFile:
    """Open a new episode; the retention clock stops."""
    with desk.acting("family.reopen", (Kind.FAMILY, typed)) as act:
        family = lookup.family(desk.db, typed)
        ref = reference(Kind.FAMILY, family.number)
        if family.is_open:
            raise UsageError(f"{ref} is open already", f"lcs family show {ref}")
        checks.past("opened on", on, desk.today)
        closed = [episode.closed_on for episode in family.episodes if episode.closed_on is not None]
        if closed:
            _check_not_before(on, max(closed), "the last episode was closed")
        families.open_episode(desk.db, family.number, on)
        act.note(ref)
        return _file(desk, family.number)


def _open_episode(family: Family) -> Episode | None:
    return next((episode for episode in family.episodes if episode.closed_on is None), None)


def _check_not_before(on: date, earliest: date, because: str, session: int | None = None) -> None:
    if on < earliest:
        hint = f"give a day from {earliest.isoformat()} on"
        if session is not None:
            ref = reference(Kind.SESSION, session)
            hint = f"{hint}; or, if {ref} does not take place: lcs session cancel {ref}"
        raise UsageError(f"day: {on.isoformat()} is before {earliest.isoformat()}, when {because}", hint)


def _file(desk: Desk, number: int) -> FamilyFile:
    family = families.get(desk.db, number)
    if family is None:
        raise LookupError(number)
    return FamilyFile(
        family,
        people.of_family(desk.db, number),
        referrals.select(desk.db, "WHERE family_id = ?", number),
        legal_holds.in_force(desk.db, number, desk.today),
        contact_sessions.count(desk.db, number),
        corrections.of_family(desk.db, number),
        former_identities.of_family(desk.db, number),
    )
