"""Every row of the vault, as far as what becomes of it depends on it: numbers, classes and field names."""

from collections.abc import Iterator, Mapping

from msgspec import field

from lcs_cli.records.references import Kind, reference
from lcs_cli.records.value import Value
from lcs_cli.vault import subjects
from lcs_cli.vault.connection import Database
from lcs_cli.vault.disposals import EMPTIED, STAMPED
from lcs_cli.vault.own_referrers import LONE
from lcs_cli.vault.papers import TO_RELEASE


class VaultRow(Value):
    """One row: its table and key, whose file it is of, and its class where rows of one table differ.

    ``people`` are the person that it is, or the children whose attendance it is or holds; a disposal that leaves the
    row empties the fields ``empties`` and fills in ``fills``.
    """

    table: str
    key: tuple[object, ...]
    subject: str | None
    people: tuple[int, ...]
    cls: str | None
    empties: tuple[str, ...]
    fills: tuple[str, ...]


class _Source(Value):
    """A table: the columns of its key, SQL for what else is asked, and the condition by which a kind finds its rows.

    ``family`` or ``staff`` say whose file a row is of.
    """

    key: str
    family: str = "NULL"
    people: str = "NULL"
    cls: str = "NULL"
    empties: tuple[str, ...] = ()
    fills: str = "''"
    staff: str = "NULL"
    of: Mapping[Kind, str] = field(default_factory=dict)


def _corrects(*kinds: str) -> str:
    return f"record_id = ? AND kind IN ({', '.join(repr(one) for one in kinds)})"


_OF_PERSON = "(SELECT family_id FROM person WHERE person.id = person_id)"
_KEPT_CLASS = "iif(class = 'document', NULL, class)"
_OF_DOCUMENT = "FROM document WHERE document.id = document_id"
_OF_PAPER = "FROM paper WHERE paper.id = paper_id"
_REPORT = "(SELECT family_id FROM report WHERE report.id = report_id)"
_REQUEST = "(SELECT family_id FROM access_request WHERE access_request.id = request_id)"
_DISCLOSURE, _USER = {Kind.DISCLOSURE: "disclosure_id = ?"}, {Kind.USER: "user = ?"}
_REQUESTED, _REPORTED = {Kind.REQUEST: "request_id = ?"}, {Kind.REPORT: "report_id = ?"}
_SOURCES = {
    "family": _Source("id", "id", fills=f"'{' '.join(STAMPED)}'"),
    "person": _Source("id", "family_id", "id", of={Kind.PERSON: "id = ?"}),
    "former_identity": _Source("id", "family_id", "person_id", of={Kind.PERSON: "person_id = ?"}),
    "episode": _Source("family_id, number", "family_id"),
    "contact_detail": _Source("person_id, field", _OF_PERSON, of={Kind.PERSON: "person_id = ?"}),
    "consent": _Source("id", _OF_PERSON, of={Kind.CONSENT: "id = ?", Kind.PERSON: "? IN (person_id, given_by)"}),
    "referral": _Source(
        "id", "family_id", cls="iif(electronic = 1, 'electronic-referral', NULL)", of={Kind.REFERRAL: "id = ?"}
    ),
    "contact_session": _Source(
        "id",
        "family_id",
        "(SELECT group_concat(child_id) FROM attendance AS a WHERE a.family_id = t.family_id AND a.session_id = t.id)",
        empties=EMPTIED,
        of={Kind.SESSION: "id = ?"},
    ),
    "attendance": _Source(
        "session_id, child_id",
        "family_id",
        "child_id",
        of={Kind.SESSION: "session_id = ?", Kind.PERSON: "child_id = ?"},
    ),
    "supervision": _Source(
        "session_id, naming, staff_id",
        "family_id",
        of={Kind.SESSION: "session_id = ?", Kind.STAFF: "staff_id = ?"},
    ),
    "superseded": _Source(
        "id",
        f"iif(kind = 'referrer', (SELECT family_id FROM ({LONE}) AS own WHERE own.id = record_id), family_id)",
        "iif(kind = 'attendance', content ->> 'child_id', NULL)",
        "iif(kind = 'referrer', (SELECT iif(r.kind = 'family', 'own-referrer', 'governance') "
        "FROM referrer AS r WHERE r.id = record_id), NULL)",
        staff="iif(kind = 'staff_member', record_id, NULL)",
        of={
            Kind.PERSON: _corrects("person", "contact_detail"),
            Kind.SESSION: _corrects("contact_session", "attendance", "supervision"),
            Kind.REFERRER: _corrects("referrer"),
        },
    ),
    "imported": _Source(
        "kind, key",
        f"coalesce(family_id, (SELECT family_id FROM ({LONE}) AS own WHERE own.id = referrer_id))",
        cls="(SELECT iif(r.kind = 'family', 'own-referrer', 'governance') FROM referrer AS r WHERE r.id = referrer_id)",
        staff="staff_id",
        of={
            Kind.PERSON: "record_id = ? AND kind = 'people'",
            Kind.SESSION: "record_id = ? AND kind IN ('sessions', 'attendance')",
            Kind.REFERRER: "referrer_id = ?",
        },
    ),
    "flag": _Source("id", "family_id", of={Kind.FLAG: "id = ?"}),
    "flag_child": _Source("flag_id, person_id", of={Kind.FLAG: "flag_id = ?", Kind.PERSON: "person_id = ?"}),
    "accident": _Source("id", "family_id", of={Kind.ACCIDENT: "id = ?"}),
    "accident_child": _Source(
        "accident_id, person_id", of={Kind.ACCIDENT: "accident_id = ?", Kind.PERSON: "person_id = ?"}
    ),
    "document": _Source("id", "family_id", cls=_KEPT_CLASS, of={Kind.DOCUMENT: "id = ?"}),
    "document_chunk": _Source(
        "document_id, number",
        f"(SELECT family_id {_OF_DOCUMENT})",
        cls=f"(SELECT {_KEPT_CLASS} {_OF_DOCUMENT})",
        of={Kind.DOCUMENT: "document_id = ?"},
    ),
    "document_child": _Source(
        "document_id, person_id",
        f"(SELECT family_id {_OF_DOCUMENT})",
        cls=f"(SELECT {_KEPT_CLASS} {_OF_DOCUMENT})",
        of={Kind.DOCUMENT: "document_id = ?", Kind.PERSON: "person_id = ?"},
    ),
    "paper": _Source(
        "id",
        "family_id",
        cls=_KEPT_CLASS,
        fills=f"iif({TO_RELEASE}, 'released_on', '')",
        of={Kind.PAPER: "id = ?"},
    ),
    "paper_child": _Source(
        "paper_id, person_id",
        f"(SELECT family_id {_OF_PAPER})",
        cls=f"(SELECT {_KEPT_CLASS} {_OF_PAPER})",
        of={Kind.PAPER: "paper_id = ?", Kind.PERSON: "person_id = ?"},
    ),
    "paper_position": _Source(
        "paper_id, number",
        f"(SELECT family_id {_OF_PAPER})",
        cls=f"(SELECT {_KEPT_CLASS} {_OF_PAPER})",
        of={Kind.PAPER: "paper_id = ?"},
    ),
    "report": _Source("id", "family_id", of={Kind.REPORT: "id = ?"}),
    "report_decision": _Source("report_id, number", _REPORT, of=_REPORTED),
    "report_production": _Source("report_id, disclosure_id", _REPORT, of=_REPORTED),
    "permission": _Source("id", "family_id", of={Kind.PERMISSION: "id = ?"}),
    "activity": _Source(
        "session_id, permission_id",
        "family_id",
        of={Kind.PERMISSION: "permission_id = ?", Kind.SESSION: "session_id = ?"},
    ),
    "access_request": _Source(
        "id", "family_id", of={Kind.REQUEST: "id = ?", Kind.PERSON: "? IN (person_id, parent_id)"}
    ),
    "request_pause": _Source("request_id, from_on", _REQUEST, of=_REQUESTED),
    "request_decision": _Source("request_id, number", _REQUEST, of=_REQUESTED),
    "request_bundle": _Source("request_id, disclosure_id", _REQUEST, of=_REQUESTED),
    "legal_hold": _Source("id", "family_id", staff="staff_id", of={Kind.HOLD: "id = ?"}),
    "review": _Source("id", "family_id", staff="staff_id", of={Kind.REVIEW: "id = ?"}),
    "word_clearing": _Source("family_id, staff_id, digest, cleared_by", "family_id", staff="staff_id"),
    "referrer": _Source(
        "id",
        f"(SELECT family_id FROM ({LONE}) AS own WHERE own.id = t.id)",
        cls="iif(kind = 'family', 'own-referrer', 'governance')",
        of={Kind.REFERRER: "id = ?"},
    ),
    "disclosure": _Source("id", of={Kind.DISCLOSURE: "id = ?"}),
    "disclosure_family": _Source("disclosure_id, family_id", "family_id", of=_DISCLOSURE),
    "disclosure_part": _Source("disclosure_id, name", of=_DISCLOSURE),
    "disclosure_completion": _Source("disclosure_id", of=_DISCLOSURE),
    "disclosure_release": _Source("disclosure_id", of=_DISCLOSURE),
    "export": _Source("disclosure_id", of=_DISCLOSURE),
    "handover": _Source("disclosure_id", of=_DISCLOSURE),
    "handover_agreement": _Source("number"),
    "backup": _Source("id", of={Kind.BACKUP: "id = ?"}),
    "disposal_stop": _Source("id"),
    "certificate": _Source("id", of={Kind.CERTIFICATE: "id = ?"}),
    "staff_member": _Source("id", staff="id", of={Kind.STAFF: "id = ?"}),
    "vetting_check": _Source("staff_id, number", staff="staff_id"),
    "vetting_confirmation": _Source("staff_id, number", staff="staff_id"),
    "undertaking": _Source("staff_id, signed_on", staff="staff_id"),
    "flag_staff": _Source("flag_id, staff_id", of={Kind.FLAG: "flag_id = ?"}),
    "signer": _Source("user, since", of=_USER),
    "entrusted_key": _Source("user, name, manager", of=_USER),
    "vault": _Source("id"),
    "counter": _Source("name"),
    "policy_version": _Source("number"),
    "policy_rules": _Source("version, name"),
    "policy_acceptance": _Source("version"),
    "policy_copy": _Source("id"),
    "policy_review": _Source("id"),
    "audit": _Source("seq"),
    "audit_detail": _Source("seq"),
    "acceptance": _Source("seq"),
}
TABLES = tuple(_SOURCES)
"""Every table of the vault."""


def rows_of(db: Database, kind: Kind, number: int) -> Iterator[VaultRow]:
    """The rows of one record and of its parts, the record's own first; of a whole file where it has one."""
    value = reference(kind, number) if kind is Kind.USER else number
    for table, source in sorted(_SOURCES.items(), key=lambda one: one[1].of.get(kind) != "id = ?"):
        whole = {Kind.FAMILY: source.family, Kind.STAFF: source.staff}.get(kind, "NULL")
        if whole != "NULL":
            yield from _rows(db, table, f"{whole} = ?", value)
        elif kind in source.of:
            yield from _rows(db, table, source.of[kind], value)


def rows_in(db: Database, table: str) -> Iterator[VaultRow]:
    """Every row of one table."""
    yield from _rows(db, table, "1")


def key_of(table: str) -> str:
    """The columns by which a row of a table is told from the others."""
    return _SOURCES[table].key


def _rows(db: Database, table: str, where: str, *values: object) -> Iterator[VaultRow]:
    one = _SOURCES[table]
    filled = " || ".join(f"iif({name} NOTNULL, '{name} ', '')" for name in one.empties) or "''"
    asked = f"{one.family}, {one.staff}, {one.people}, {one.cls}, {filled}, {one.fills}, {one.key}"
    for family, staff, people, cls, empties, fills, *key in db.each(
        f"SELECT {asked} FROM {table} AS t WHERE {where}", *values
    ):
        whom = tuple(int(number) for number in str(people or "").split(",") if number)
        of = subjects.subject(family, staff) if family or staff else None
        yield VaultRow(table, tuple(key), of, whom, cls, tuple(empties.split()), tuple(fills.split()))
