"""Invented families over seven years, for trying the tool: the same ones every time for the same day."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from lcs_cli.records.family import ContactField, PersonKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import ReferralOutcome, ReferrerKind
from lcs_cli.records.safeguarding import FlagCategory
from lcs_cli.records.staff import Capacity, CheckDecision, CheckLevel
from lcs_cli.records.value import Value
from lcs_cli.records.years import anniversary
from lcs_cli.services import attendance, clock_guard, contact_sessions, families, flags, referrals, staff, vetting
from lcs_cli.services.attendance import Outcome
from lcs_cli.services.desk import Desk
from lcs_cli.services.families import FamilyDraft
from lcs_cli.services.people import PersonDraft
from lcs_cli.services.vetting import CertificateDraft

FAMILIES = 36
_HOURS = (10, 13, 15)
_SEED = 2025
_SURNAMES = (
    "Llwyd Kowalska Nguyễn O'Neill Adébáyọ̀ Fernández Şahin Súilleabháin Đorđević Müller Okonkwo Ahmed Patel "
    "MacDhòmhnaill Kaczyński Håkansson Petrović Williams Tremblay-Côté Ionescu Yıldız Begum Campbell"  # noqa: RUF001
).split()
_CHILDREN = (
    "Siân Zofia Minh Niamh Ayọ Íñigo Elif Oisín Jovana Jürgen Chidi Aisha Dev Mòrag Łukasz Åsa Owen Chloé"
).split()
_ADULTS = "Gwen Marek Lan Siobhán Tolú María Emre Cáit Đorđe Anke Ngozi Yusuf Priya Eilidh Ewa Nils Rhian André".split()
_RELATIONSHIPS = ("mother", "father", "grandmother", "foster carer")
_STREETS = ("Elm Row", "Canal Street", "Station Road", "Chapel Lane", "Heol Las")
_STAFF = (
    ("Mair Rees", Capacity.STAFF, 1),
    ("Kofi Mensah", Capacity.STAFF, 2),
    ("Efa Parry", Capacity.VOLUNTEER, 3),  # whose check is to be renewed: three years are over
    ("Jo Bell", Capacity.VOLUNTEER, 0),  # of whom nobody has seen a certificate yet
)
_REFERRERS = (
    ("Anytown Children's Services", ReferrerKind.LOCAL_AUTHORITY),
    ("Cafcass Anytown", ReferrerKind.CAFCASS),
    ("Family Court at Anytown", ReferrerKind.COURT),
    ("Harbour & Quill Solicitors", ReferrerKind.SOLICITOR),
)


class _Plan(Value):
    """One family's years, before anything of it is recorded."""

    number: int
    opened_on: date
    closed_on: date | None
    electronic: bool
    flagged: bool
    children: int


def populate(desk: Desk) -> None:
    """Fill an empty vault with invented families, all in one transaction, each record on its own day."""
    chance = random.Random(_SEED)  # noqa: S311 -- invented families, not keys
    with desk.together():
        opening = _on(desk, desk.today - timedelta(days=7 * 366))
        for name, kind in _REFERRERS:
            referrals.add_referrer(opening, name, kind)
        _staff(desk)
        for plan in _plans(desk.today, chance):
            _family(desk, plan, chance)
        clock_guard.confirm(desk, desk.today)  # the years went by within a minute; from here on its days count


def _staff(desk: Desk) -> None:
    """Who works there, each with a check of so many years ago: whoever fills the vault decided, and is there too."""
    joined = desk.today - timedelta(days=4 * 366)
    for name, capacity, _ in _STAFF:
        staff.add(desk, name, capacity, joined)
    staff.add(desk, "Amina Begum", Capacity.STAFF, joined, desk.user.name)
    for number, (_, _, years) in enumerate(_STAFF, start=1):
        if years:
            issued = anniversary(desk.today, -years) - timedelta(days=3)
            draft = CertificateDraft(
                number=f"{number:012d}",
                level=CheckLevel.ENHANCED,
                barred_list=True,
                issued_on=issued,
                decision=CheckDecision.CLEARED,
                decided_on=issued,
            )
            vetting.record(desk, reference(Kind.STAFF, number), draft)


def _plans(today: date, chance: random.Random) -> Iterator[_Plan]:
    """A few families made to show something, then others at random."""
    six_years, five_years = anniversary(today, -6), anniversary(today, -5)
    yield _Plan(1, six_years, five_years - timedelta(days=12), electronic=False, flagged=False, children=1)
    yield _Plan(2, six_years, five_years - timedelta(days=5), electronic=True, flagged=False, children=1)
    yield _Plan(3, six_years, five_years - timedelta(days=2), electronic=False, flagged=True, children=2)
    yield _Plan(4, today - timedelta(days=90), None, electronic=True, flagged=False, children=1)
    for number in range(5, FAMILIES + 1):
        opened = today - timedelta(days=chance.randrange(40, 1700))
        closed = opened + timedelta(days=chance.randrange(60, 420))
        yield _Plan(
            number,
            opened,
            closed if closed < today else None,
            electronic=chance.random() < 0.5,
            flagged=chance.random() < 0.15,
            children=chance.choice((1, 1, 2, 3)),
        )


def _family(desk: Desk, plan: _Plan, chance: random.Random) -> None:
    surname = _SURNAMES[plan.number % len(_SURNAMES)]
    there = _on(desk, plan.opened_on)
    people = [_child(plan, surname, chance) for _ in range(plan.children)] + [_adult(surname, chance)]
    file = families.add(there, FamilyDraft(surname, plan.opened_on, people))
    ref = reference(Kind.FAMILY, file.family.number)
    referrer = reference(Kind.REFERRER, 1 + plan.number % len(_REFERRERS))
    referral = referrals.add(
        there,
        ref,
        referrer,
        plan.opened_on,
        electronic=plan.electronic,
        case_reference=f"AT/{plan.opened_on.year}/{plan.number:04d}",
    )
    referrals.decide(there, reference(Kind.REFERRAL, referral.number), ReferralOutcome.ACCEPTED, plan.opened_on)
    last = plan.closed_on or desk.today + timedelta(days=14)
    held_on = plan.opened_on + timedelta(days=7)
    while held_on <= last:
        _session(desk, ref, plan.number, held_on, chance)
        held_on += timedelta(days=14)
    if plan.flagged:
        child = next(one for one in file.people if one.kind is PersonKind.CHILD)
        raised = _on(desk, min(plan.opened_on + timedelta(days=30), desk.today))
        text = "Arrived with a bruise on one arm and did not want to say how it came about. Invented, as all of this."
        flag = flags.raise_flag(raised, ref, FlagCategory.PHYSICAL, text, [reference(Kind.PERSON, child.number)])
        if plan.closed_on:
            closing = _on(desk, plan.closed_on)
            flags.close(closing, reference(Kind.FLAG, flag.number), "Children's services looked into it. Invented.")
    if plan.closed_on:
        families.close(_on(desk, plan.closed_on), ref, plan.closed_on)


def _session(desk: Desk, family: str, number: int, held_on: date, chance: random.Random) -> None:
    """One contact, at the family's own hour in its own room: no two are in one room at one time."""
    hour, room = _HOURS[number % len(_HOURS)], str(1 + number // len(_HOURS))
    there = _on(desk, min(held_on, desk.today))
    booked = contact_sessions.book(there, family, held_on, f"{hour}:00", f"{hour + 1}:30", room=room)
    if held_on >= desk.today:
        return
    came = chance.random() < 0.8
    late = chance.choice((0, 0, 5, 10))
    outcome = Outcome(True, f"{hour}:{late:02d}", f"{hour + 1}:30") if came else Outcome(False)
    attendance.record(_on(desk, held_on, 18), reference(Kind.SESSION, booked.number), outcome)


def _child(plan: _Plan, surname: str, chance: random.Random) -> PersonDraft:
    born = plan.opened_on - timedelta(days=chance.randrange(900, 4300))
    return PersonDraft(PersonKind.CHILD, chance.choice(_CHILDREN), surname, born)


def _adult(surname: str, chance: random.Random) -> PersonDraft:
    details = {
        ContactField.ADDRESS: f"{chance.randrange(1, 99)} {chance.choice(_STREETS)}, Anytown",
        ContactField.TELEPHONE: f"01632 960{chance.randrange(1000):03d}",
    }
    relationship = chance.choice(_RELATIONSHIPS)
    return PersonDraft(PersonKind.ADULT, chance.choice(_ADULTS), surname, None, relationship, details)


def _on(desk: Desk, day: date, hour: int = 9) -> Desk:
    """The same desk, on another day."""
    return Desk(desk.vault, datetime.combine(day, time(hour), UTC), day)
