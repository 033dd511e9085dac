"""The facts a retention decision rests on, read for some families or for all of them in a few passes."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from lcs_cli.records.family import Episode
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.retention import ChildFacts, FamilyFacts, HoldFacts, HoldKind, RecordClass
from lcs_cli.vault.connection import AMONG, Database, among
from lcs_cli.vault.families import day
from lcs_cli.vault.own_referrers import LONE

_THESE = AMONG.replace("?", "?1")
"""The same families wherever it stands in a query."""
# Each query yields family and value; {only} narrows it to some families.
_LAST = {
    "last_session": "SELECT family_id, max(held_on) FROM contact_session "
    "WHERE cancelled_on IS NULL {only} GROUP BY family_id",
    "last_referral": "SELECT family_id, max(received_on) FROM referral WHERE 1 {only} GROUP BY family_id",
    "last_disclosure": "SELECT family_id, max(made_on) FROM disclosure_family "
    "JOIN disclosure ON disclosure.id = disclosure_id WHERE kind <> 'not-told' {only} GROUP BY family_id",
    "kept_until": "SELECT family_id, max(until) FROM review WHERE outcome = 'keep' {only} GROUP BY family_id",
}
_OPEN_CONCERNS = "SELECT family_id, count(*) FROM flag WHERE closed_on IS NULL {only} GROUP BY family_id"
_OPEN_REQUESTS = {
    Kind.REFERRAL: "SELECT family_id, id FROM referral WHERE outcome = 'pending' {only} ORDER BY id",
    Kind.REQUEST: "SELECT family_id, id FROM access_request WHERE ended_on IS NULL {only} ORDER BY id",
    Kind.DISCLOSURE: "SELECT family_id, id FROM disclosure JOIN disclosure_family ON disclosure_id = id "
    "WHERE kind IN ('told', 'not-told') AND id NOT IN (SELECT disclosure_id FROM disclosure_completion) {only} "
    "ORDER BY id",
    Kind.REPORT: "SELECT family_id, id FROM report WHERE state IN ('requested', 'agreed') {only} ORDER BY id",
}
# What nobody has decided on by its last day lapses, and is open no longer.
_ASKED_UNTIL = """
SELECT family_id, id, coalesce(to_on, (
  SELECT held_on FROM contact_session AS s WHERE s.family_id = permission.family_id AND s.id = session_id))
FROM permission WHERE state = 'requested' {only} ORDER BY id
"""
_EPISODES = "SELECT family_id, opened_on, closed_on FROM episode WHERE 1 {only} ORDER BY family_id, number"
_HOLDS = "SELECT family_id, kind, until FROM legal_hold WHERE released_on IS NULL {only} ORDER BY id"


def _safeguarded(child: str, family: str) -> str:
    """SQL: whether a child has a safeguarding file. What names no child concerns every child of the family."""
    named = " ".join(
        f"OR EXISTS (SELECT 1 FROM {table}_child WHERE person_id = {child}) "
        f"OR EXISTS (SELECT 1 FROM {table} WHERE {table}.family_id = {family} "
        f"AND class = 'child-protection-document' AND {table}.children = 0)"
        for table in ("document", "paper")
    )
    return (
        f"(EXISTS (SELECT 1 FROM flag_child WHERE person_id = {child}) "
        f"OR EXISTS (SELECT 1 FROM flag WHERE flag.family_id = {family} AND flag.children = 0) "
        f"OR EXISTS (SELECT 1 FROM disclosure_family AS told JOIN disclosure_part USING (disclosure_id) "
        f"WHERE told.family_id = {family} AND sealed NOTNULL) {named})"
    )


def _kept(cls: RecordClass, first: str = "") -> str:
    """Records of one class that is kept for ever: of a table of its own, documents, files on paper."""
    of_class = [f"SELECT family_id FROM {table} WHERE class = '{cls}'" for table in ("document", "paper")]
    every = " UNION ALL ".join(filter(None, [first, *of_class]))
    return f"SELECT family_id, count(*) FROM ({every}) WHERE 1 {{only}} GROUP BY family_id"


_PEOPLE = f"""
SELECT family_id, id, kind, {_safeguarded("person.id", "person.family_id")}
FROM person WHERE 1 {{only}} ORDER BY id
"""
_INDEFINITE = {
    RecordClass.ELECTRONIC_REFERRAL: _kept(
        RecordClass.ELECTRONIC_REFERRAL, "SELECT family_id FROM referral WHERE electronic = 1"
    ),
    RecordClass.ACCIDENT_RECORD: _kept(RecordClass.ACCIDENT_RECORD, "SELECT family_id FROM accident"),
    RecordClass.CHILD_PROTECTION: _kept(RecordClass.CHILD_PROTECTION),
    # Flags, and what was said in words to those who protect children: it is part of the file, and kept with it.
    RecordClass.SAFEGUARDING_FILE: """
      SELECT family_id, count(*) FROM (
        SELECT family_id FROM flag UNION ALL SELECT family_id FROM disclosure_family
        WHERE disclosure_id IN (SELECT disclosure_id FROM disclosure_part WHERE sealed NOTNULL)
      ) WHERE 1 {only} GROUP BY family_id""",
}
_SAFEGUARDED = f"(SELECT id FROM person WHERE {_safeguarded('person.id', 'person.family_id')} {{only}})"
_WITH_SAFEGUARDING = {
    RecordClass.ATTENDANCE: "SELECT family_id, count(*) FROM attendance "
    f"WHERE child_id IN {_SAFEGUARDED} GROUP BY family_id",
    RecordClass.SESSION: "SELECT family_id, count(DISTINCT session_id) FROM attendance "
    f"WHERE child_id IN {_SAFEGUARDED} GROUP BY family_id",
}
_DISPOSABLE = {
    RecordClass.EPISODE: "SELECT family_id, count(*) FROM episode WHERE 1 {only} GROUP BY family_id",
    RecordClass.CONTACT_DETAILS: "SELECT family_id, count(*) FROM contact_detail JOIN person ON person.id = person_id "
    "WHERE 1 {only} GROUP BY family_id",
    RecordClass.SESSION: "SELECT family_id, count(*) FROM contact_session WHERE id NOT IN "
    f"(SELECT session_id FROM attendance WHERE child_id IN {_SAFEGUARDED}) {{only}} GROUP BY family_id",
    RecordClass.ATTENDANCE: "SELECT family_id, count(*) FROM attendance "
    f"WHERE child_id NOT IN {_SAFEGUARDED} {{only}} GROUP BY family_id",
    RecordClass.CONSENT: "SELECT family_id, count(*) FROM consent JOIN person ON person.id = person_id "
    "WHERE 1 {only} GROUP BY family_id",
    RecordClass.REFERRAL: "SELECT family_id, count(*) FROM referral WHERE electronic = 0 {only} GROUP BY family_id",
    RecordClass.CORRECTION: f"""
      SELECT family_id, count(*) FROM (
        SELECT family_id FROM superseded AS former WHERE family_id IS NOT NULL
        AND NOT (kind = 'attendance' AND {_safeguarded("content ->> 'child_id'", "former.family_id")})
      ) WHERE 1 {{only}} GROUP BY family_id""",
    RecordClass.HOLD: "SELECT family_id, count(*) FROM legal_hold WHERE 1 {only} GROUP BY family_id",
    # A live one is not counted: a proposal would change the file that it is about.
    RecordClass.REVIEW: "SELECT family_id, count(*) FROM review WHERE state IN ('returned', 'kept') {only} "
    "GROUP BY family_id",
    RecordClass.DOCUMENT: "SELECT family_id, count(*) FROM document WHERE class = 'document' {only} GROUP BY family_id",
    RecordClass.REQUEST: "SELECT family_id, count(*) FROM access_request WHERE 1 {only} GROUP BY family_id",
    RecordClass.REPORT: "SELECT family_id, count(*) FROM report WHERE 1 {only} GROUP BY family_id",
    RecordClass.PERMISSION: "SELECT family_id, count(*) FROM permission WHERE 1 {only} GROUP BY family_id",
}
_OWN_REFERRERS = f"SELECT family_id, count(*) FROM ({LONE}) WHERE 1 {{only}} GROUP BY family_id"
_PAPER = "SELECT family_id, count(*) FROM paper WHERE class = 'document' {only} GROUP BY family_id"


_UNUSED_SINCE = """
SELECT id FROM family WHERE (disposed_on IS NULL OR disposed_on <= :day
  OR EXISTS (SELECT 1 FROM episode WHERE family_id = family.id AND closed_on IS NULL))
AND NOT EXISTS (SELECT 1 FROM episode WHERE family_id = family.id AND closed_on IS NULL AND opened_on > :day)
AND NOT EXISTS (SELECT 1 FROM contact_session WHERE family_id = family.id AND held_on > :day AND cancelled_on IS NULL)
AND NOT EXISTS (SELECT 1 FROM referral WHERE family_id = family.id AND received_on > :day)
ORDER BY id
"""


def unused_since(db: Database, day: date) -> list[int]:
    """The families of which no use after ``day`` is known: few, whose facts are worth reading when all are asked for.

    Only uses that restart every clock of the schedule (policy 4.6): of those that are left, the facts decide.
    """
    return [row[0] for row in db.named(_UNUSED_SINCE, {"day": day.isoformat()})]


def family_facts(db: Database, families: Collection[int] | None = None) -> Iterator[FamilyFacts]:
    """The facts of some families, or of every family, by number."""
    only = "" if families is None else f"AND family_id IN {_THESE}"
    values = () if families is None else (among(families),)

    def by_family(query: str) -> dict[int, Any]:
        return dict(db.rows(query.format(only=only), *values))

    def grouped(query: str) -> dict[int, list[tuple[Any, ...]]]:
        groups: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        for number, *rest in db.rows(query.format(only=only), *values):
            groups[number].append(tuple(rest))
        return groups

    last = {name: by_family(query) for name, query in _LAST.items()}
    concerns, paper, own = by_family(_OPEN_CONCERNS), by_family(_PAPER), by_family(_OWN_REFERRERS)
    asked_until = grouped(_ASKED_UNTIL)
    requests = {kind: grouped(query) for kind, query in _OPEN_REQUESTS.items()}
    episodes, holds, people = grouped(_EPISODES), grouped(_HOLDS), grouped(_PEOPLE)
    indefinite = {cls: by_family(query) for cls, query in _INDEFINITE.items()}
    disposable = {cls: by_family(query) for cls, query in _DISPOSABLE.items()}
    together = {cls: by_family(query) for cls, query in _WITH_SAFEGUARDING.items()}
    condition = "" if families is None else f"WHERE id IN {AMONG}"
    for number, disposed in db.rows(f"SELECT id, disposed_on FROM family {condition} ORDER BY id", *values):
        yield FamilyFacts(
            family=reference(Kind.FAMILY, number),
            episodes=tuple(Episode(date.fromisoformat(opened), day(closed)) for opened, closed in episodes[number]),
            last_session=day(last["last_session"].get(number)),
            last_referral=day(last["last_referral"].get(number)),
            last_disclosure=day(last["last_disclosure"].get(number)),
            open_concerns=concerns.get(number, 0),
            open_requests=tuple(
                reference(kind, one) for kind, found in requests.items() for (one,) in found.get(number, ())
            ),
            requests_until={
                reference(Kind.PERMISSION, asked): date.fromisoformat(until) for asked, until in asked_until[number]
            },
            holds=tuple(HoldFacts(HoldKind(kind), day(until)) for kind, until in holds[number]),
            kept_until=day(last["kept_until"].get(number)),
            disposed_on=day(disposed),
            children=tuple(
                ChildFacts(reference(Kind.PERSON, person), bool(safeguarded))
                for person, kind, safeguarded in people[number]
                if kind == "child"
            ),
            adults=tuple(reference(Kind.PERSON, person) for person, kind, _ in people[number] if kind == "adult"),
            indefinite={cls: counts[number] for cls, counts in indefinite.items() if number in counts},
            disposable={cls: counts[number] for cls, counts in disposable.items() if number in counts},
            with_safeguarding={cls: counts[number] for cls, counts in together.items() if number in counts},
            paper_files=paper.get(number, 0),
            own_referrers=own.get(number, 0),
        )
