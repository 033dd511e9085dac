"""What is held about one person, thing by thing, for a request: each with the class that the rules know it by.

Structured things hold the person's own values and nobody else's. Free text may tell of anybody. Nothing is opened
before its content is asked for.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from lcs_cli.policy.requests import KindRule, request_rules
from lcs_cli.records.family import ContactField, FormerIdentity, Person
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.safeguarding import Flag
from lcs_cli.services import request_sources, request_told
from lcs_cli.services.desk import Desk
from lcs_cli.services.request_content import Concerned, Content, FieldValue, Found, iso, others_sessions, structured
from lcs_cli.vault import (
    accidents,
    attendance,
    contact_sessions,
    corrections,
    families,
    former_identities,
    legal_holds,
    people,
    referrals,
    reviews,
    safeguarding,
)
from lcs_cli.vault.corrections import Correction
from lcs_cli.vault.encoding import decode


def held_about(desk: Desk, person: Person, kind: KindRule, request: int) -> list[Found]:
    """Everything that is held about a person but this ``request``, in the order in which it is given to who asks."""
    concerned = Concerned(desk, person, request_rules(desk.rules), kind, request)
    return [found for source in SOURCES for found in source(concerned)]


def _identity(one: Concerned) -> Iterator[Found]:
    """As recorded now, and as recorded once where the corrections are gone."""
    person = one.person
    recorded: list[Person | FormerIdentity] = [person, *former_identities.of_person(one.desk.db, person.number)]
    rows: list[dict[str, FieldValue]] = [
        {
            "first_name": each.given_name,
            "family_name": each.family_name,
            "date_of_birth": iso(each.date_of_birth),
            "role": person.kind.value,
            "relationship": each.relationship,
        }
        for each in recorded
    ]
    yield structured("identity", "identity", rows)


def _contact_details(one: Concerned) -> Iterator[Found]:
    def opened(detail: ContactField) -> Content:
        return Content(({detail.value: people.details(one.desk.vault, one.person.number)[detail]},))

    for detail, changed in people.kept_details(one.desk.db, one.person.number):
        yield Found(detail.value, "contact-detail", str(changed), partial(opened, detail))


def _episodes(one: Concerned) -> Iterator[Found]:
    family = families.get(one.desk.db, one.person.family)
    rows = [
        {"opened_on": iso(episode.opened_on), "closed_on": iso(episode.closed_on)}
        for episode in (family.episodes if family else ())
    ]
    if rows:
        yield structured("episodes", "episode", rows)


def _attendance(one: Concerned) -> Iterator[Found]:
    db = one.desk.db
    lines = {line.session: line for line in attendance.select(db, "WHERE child_id = ?", one.person.number)}
    sessions = contact_sessions.select(db, "WHERE family_id = ?", one.person.family) if lines else []
    rows = [
        {
            "day": iso(session.held_on),
            "booked_start": session.starts,
            "booked_end": session.ends,
            "attended": line.attended,
            "arrived": line.arrived,
            "left": line.left,
        }
        for session in sessions
        if (line := lines.get(session.number))
    ]
    if rows:
        yield structured("attendance", "attendance", rows)


def _referrals(one: Concerned) -> Iterator[Found]:
    """By which kind of body and when; where bodies are not named openly, all else of each is read first."""
    rows, words = [], []
    for referral in referrals.select(one.desk.db, "WHERE family_id = ?", one.person.family):
        referrer = referrals.referrer(one.desk.db, referral.referrer)
        name = one.name_of(referrer)
        row = {"received_on": iso(referral.received_on), "kind_of_referrer": referrer.kind.value if referrer else None}
        whole = row | {
            "referrer": name,
            "case_reference": referral.case_reference if name else None,
            "outcome": referral.outcome.value,
            "ended_on": iso(referral.ended_on),
        }
        rows.append(whole if one.names_openly else row)
        ref = reference(Kind.REFERRAL, referral.number)
        words.append(structured(ref, "referral-words", [whole], referral.received_on))
    if rows:
        yield structured("referrals", "referral", rows)
    if not one.names_openly:
        yield from words


def _corrections(one: Concerned) -> Iterator[Found]:
    number, others = one.person.number, others_sessions(one)
    for former in corrections.of_family(one.desk.db, one.person.family):
        name = f"correction-{former.number}"
        if former.kind == "contact_detail" and former.record == number:
            content = partial(_former_detail, one, former)
            yield Found(name, "former-detail", "kept", content, former.corrected_on)
        elif _is_own(former, number, others):
            yield Found(name, "correction", "kept", partial(_former, former, former.former), former.corrected_on)


def _is_own(former: Correction, person: int, others: set[int]) -> bool:
    """Whether it is of the person, or of the whole family; what a cancelling replaced is told with the session's note.

    Somebody else's contact details and values are theirs.
    """
    match former.kind:
        case "contact_session":
            return former.record not in others and "cancelled_on" not in former.former
        case "person" | "contact_detail":
            return former.kind == "person" and former.record == person
        case "attendance":
            return former.row.get("child_id") == person
    return True


def _former(former: Correction, values: Mapping[str, FieldValue]) -> Content:
    row = {"of": former.kind.replace("_", " "), "corrected_on": iso(former.corrected_on)}
    was = {f"former_{name}": None if value is None else str(value) for name, value in values.items()}
    return Content(({**row, **was},), (("Reason", former.reason),))


def _former_detail(one: Concerned, former: Correction) -> Content:
    detail = ContactField(former.row["field"])
    text = people.open_detail(one.desk.vault, one.person.number, detail, decode(former.row["sealed"]))
    return _former(former, {detail.value: text})


def _flags(one: Concerned) -> Iterator[Found]:
    """A child's are those that concern it; a concern about a child nearly always tells of its adults too."""

    def opened(flag: Flag) -> Content:
        narrative, outcome = safeguarding.narrative(one.desk.vault, flag.number)
        row: dict[str, FieldValue] = {
            "raised_on": iso(flag.raised_on),
            "category": flag.category.value,
            "closed_on": iso(flag.closed_on),
        }
        texts = [("What was raised", narrative), *([("What came of it", outcome)] if outcome else [])]
        return Content((row,), tuple(texts))

    for flag in safeguarding.select(one.desk.db, "WHERE family_id = ?", one.person.family):
        if one.may_be_in(flag.children):
            version = f"closed {flag.closed_on}" if flag.closed_on else "open"
            name = reference(Kind.FLAG, flag.number)
            yield Found(name, "safeguarding-file", version, partial(opened, flag), flag.raised_on, sealed=True)


def _accidents(one: Concerned) -> Iterator[Found]:
    """Where no child is named, the narrative says who was in it; of an adult it alone can say so."""

    def opened(number: int, row: Mapping[str, FieldValue]) -> Content:
        return Content((row,), (("What happened", accidents.narrative(one.desk.vault, number)),))

    for accident in accidents.select(one.desk.db, "WHERE family_id = ?", one.person.family):
        if one.may_be_in(accident.children):
            row = {"happened_on": iso(accident.happened_on), "happened_at": accident.happened_at}
            content = partial(opened, accident.number, row)
            name = reference(Kind.ACCIDENT, accident.number)
            yield Found(name, "accident-record", "recorded", content, accident.happened_on, sealed=True)


def _session_notes(one: Concerned) -> Iterator[Found]:
    others = others_sessions(one)
    for session in contact_sessions.select(one.desk.db, "WHERE family_id = ?", one.person.family):
        texts = [(t, text) for t, text in (("Note", session.note), ("Cancelled", session.cancel_reason)) if text]
        if texts and session.number not in others:
            row, name = {"day": iso(session.held_on)}, reference(Kind.SESSION, session.number)
            yield structured(name, "session-note", [row], session.held_on, tuple(texts))


def _holds_and_reviews(one: Concerned) -> Iterator[Found]:
    for hold in legal_holds.of_family(one.desk.db, one.person.family):
        row = {"placed_on": iso(hold.placed_on), "kind": hold.kind.value}
        name = reference(Kind.HOLD, hold.number)
        yield structured(name, "hold", [row], hold.placed_on, (("Reason", hold.reason),))
    for review in reviews.select(one.desk.db, "WHERE family_id = ? AND reason IS NOT NULL", one.person.family):
        row, name = {"reviewed_on": iso(review.reviewed_on)}, reference(Kind.REVIEW, review.number)
        yield structured(name, "review", [row], review.reviewed_on, (("Reason", review.reason or ""),))


SOURCES: tuple[Callable[[Concerned], Iterator[Found]], ...] = (
    _identity,
    _contact_details,
    _episodes,
    _attendance,
    _referrals,
    request_told.disclosures_about,
    _session_notes,
    _accidents,
    _flags,
    _corrections,
    _holds_and_reviews,
    *request_sources.SOURCES,
)
"""Where to look. Whoever adds a record about people adds its source here, and its class to requests.toml."""
