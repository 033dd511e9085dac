"""Thousands of invented families as rows: every kind of record that bears on retention, the same for the same seed."""

import json
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import count
from typing import Any

from lcs_cli.services.desk import Desk
from tests.model.reading import File, Row, read
from tests.vault.tampering import raw

FIRST, LAST = date(2018, 1, 8), date(2033, 12, 31)
# In this order: what closes a record comes after its parts, what points at another after that one.
_ORDER = (
    "staff_member referrer family episode person contact_detail consent referral contact_session supervision attendance "
    "superseded flag flag_child accident accident_child document_chunk document_child document paper paper_child "
    "paper_position legal_hold review permission activity report report_decision access_request request_pause "
    "request_decision disclosure disclosure_family disclosure_part disclosure_completion disclosure_release export "
    "report_production request_bundle"
).split()
_NUMBERED = {"contact_session": "session", "access_request": "request", "legal_hold": "hold", "staff_member": "staff"}
_KINDS = ("electronic-referral", "child-protection", "accident-record", "order", "other")
_CLASSES = ("electronic-referral", "child-protection-document", "accident-record", "document", "document")
_LEAP = (date(2020, 2, 29), date(2024, 2, 29), date(2028, 2, 29), date(2032, 2, 29))
_BY = "U-002-W"
_OTHER = "U-003-A"
_DECIDED = {"policy_version": 1, "rules_hash": "r"}


class Families:
    """Rows by table, family after family."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 -- invented families, not keys
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self._given: Counter[str] = Counter()
        self._words = count(1)
        self._put("staff_member", name="Efa Parry", capacity="staff", joined_on="2018-01-08", changed=1)
        self._put("referrer", name="Anytown Council", kind="local-authority", changed=1)
        self._put("referrer", name="Cafcass Anytown", kind="cafcass", changed=1)

    def add(self, number: int) -> None:
        """So many more families, each of a kind of its own."""
        kinds = {self._closed: 60, self._open: 14, self._never_opened: 10, self._stub: 8, self._disposed_of_and_back: 8}
        for kind in self._chance.choices(list(kinds), list(kinds.values()), k=number):
            kind()

    def fill(self, desk: Desk) -> None:
        """Write all of it to the vault in one transaction, with its foreign keys and triggers."""
        with raw(desk, foreign_keys=True, recursive_triggers=True) as connection:
            connection.execute("BEGIN IMMEDIATE")
            for table in _ORDER:
                columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
                marks = ", ".join("?" * len(columns))
                values = ([row.get(name) for name in columns] for row in self.rows[table])
                connection.executemany(f"INSERT INTO {table} VALUES ({marks})", values)
            for table, value in self._given.items():
                name = _NUMBERED.get(table, table)
                connection.execute("INSERT OR REPLACE INTO counter (name, value) VALUES (?, ?)", (name, value))
            connection.execute("COMMIT")

    # -- what a family is ------------------------------------------------------------------------------------------

    def _closed(self) -> None:
        """One stretch of service or several, all of them closed."""
        family, children, adults = self._household()
        opened = self._day(FIRST, date(2031, 12, 31))
        for number in range(1, self._chance.choice((2, 2, 2, 3))):
            closed = self._near_leap(self._day(opened, min(LAST, opened + timedelta(days=900))), opened)
            self._put("episode", family_id=family, number=number, opened_on=str(opened), closed_on=str(closed))
            self._life(family, children, adults, opened, closed)
            if closed > date(2031, 1, 1):
                break
            opened = closed + timedelta(days=self._chance.randrange(1, 700))

    def _open(self) -> None:
        """A stretch of service that nobody has closed, perhaps after another; some have been forgotten."""
        family, children, adults = self._household()
        opened = self._near_leap(self._day(FIRST, LAST), FIRST)
        if self._one_in(3):
            before = self._day(FIRST, opened)
            self._put("episode", family_id=family, number=1, opened_on=str(before), closed_on=str(opened))
            self._life(family, children, adults, before, opened)
        self._put("episode", family_id=family, number=2, opened_on=str(opened))
        self._life(family, children, adults, opened, self._day(opened, LAST))

    def _never_opened(self) -> None:
        """Asked about and never served: the last use counts, and where there is none nobody knows."""
        family, children, adults = self._household()
        if self._one_in(3):
            self._safeguarding(family, children, self._day(FIRST, LAST))
        for _ in range(self._chance.choice((0, 1, 1, 2))):
            day = self._near_leap(self._day(FIRST, LAST), FIRST)
            if self._one_in(2):
                self._referral(family, day)
            else:
                self._disclosure([family], day)
        self._orders(family, adults[0], children, self._day(FIRST, LAST))

    def _stub(self, back_from: date | None = None) -> int:
        """What a disposal has left: a kept record, whom it points at, the attendance that belongs to it."""
        disposed = back_from or self._near_leap(self._day(date(2025, 1, 1), LAST), FIRST)
        family = self._put("family", name=self._word("Stub"), disposed_on=str(disposed), changed=1)
        child = self._person(family, "child")
        adult = self._person(family, "adult")
        before = self._day(FIRST, disposed - timedelta(days=1800))
        if self._one_in(2):
            self._flag(family, before, [child] if self._one_in(2) else [], closed=True)
            self._session(family, before, [child], bare=True)
        elif self._one_in(2):
            self._referral(family, before, electronic=True)
        else:
            self._accident(family, before, [child])
        if back_from is not None:
            self._life(family, [child], [adult], back_from, back_from + timedelta(days=200))
        return family

    def _disposed_of_and_back(self) -> None:
        """A stub to which something has come since: a new stretch of service, or a record of any kind."""
        disposed = self._day(date(2025, 1, 1), date(2032, 12, 31))
        family = self._stub(disposed)
        if self._one_in(2):
            opened = self._day(disposed, LAST)
            closed = None if self._one_in(4) else str(self._near_leap(self._day(opened, LAST), opened))
            self._put("episode", family_id=family, number=1, opened_on=str(opened), closed_on=closed)

    def _household(self) -> tuple[int, list[int], list[int]]:
        family = self._put("family", name=self._word("Family"), changed=1)
        children = [self._person(family, "child") for _ in range(self._chance.choice((1, 1, 2, 3)))]
        adults = [self._person(family, "adult") for _ in range(self._chance.choice((1, 2)))]
        if self._one_in(2):
            self._detail(adults[0])
        if self._one_in(8):
            self._detail(children[0])
        return family, children, adults

    # -- what happened in it ---------------------------------------------------------------------------------------

    def _life(self, family: int, children: list[int], adults: list[int], first: date, last: date) -> None:
        """The records of one stretch of service, of every kind now and then; a few of them come later."""
        for _ in range(self._chance.choice((0, 1, 1, 2, 3))):
            day = self._near_leap(self._day(first, last), first)
            self._session(family, day, self._some(children), cancelled=self._one_in(6))
        if self._one_in(3):
            self._referral(family, self._day(first, last))
        if self._one_in(6):
            self._safeguarding(family, children, self._day(first, last))
        if self._one_in(12):
            self._disclosure([family], self._near_leap(self._later(last), FIRST))
        if self._one_in(16):
            self._disclosure([family, self._chance.choice(self.rows["family"])["id"]], self._later(last))
        self._orders(family, adults[0], children, last)
        self._asked(family, adults[0], children[0], last)

    def _orders(self, family: int, adult: int, children: list[int], last: date) -> None:
        """Holds, reviews, documents, paper, consents and corrections."""
        if self._one_in(6):
            until = str(self._after(last)) if self._one_in(2) else None
            gone = {"released_on": str(self._after(last)), "released_by": _OTHER} if self._one_in(3) else {}
            kind = self._chance.choice(("litigation", "police", "complaint", "court-order", "request", "inquiry"))
            placed = {"placed_on": str(last), "placed_by": _BY, "until": until}
            self._put("legal_hold", family_id=family, kind=kind, reason=self._word("held"), **placed, **gone)
        for _ in range(self._chance.choice((0, 0, 0, 0, 1, 2))):
            self._review(family, last)
        if self._one_in(6):
            self._document(family, children, last)
        if self._one_in(6):
            self._paper(family, children, last)
        if self._one_in(5):
            given = {"person_id": adult, "given_by": adult, "given_from": str(last), "recorded_on": str(last)}
            told = {"details": "name", "referrer_id": 1, "purpose": "housing", "given_how": "in-writing"}
            self._put("consent", **given, **told, evidence=self._word("form"), recorded_by=_BY, recorded_change=1)
        if self._one_in(4):
            self._correction(family, "family", family, {"id": family, "name": self._word("Formerly")}, last)

    def _asked(self, family: int, adult: int, child: int, last: date) -> None:
        """Permissions, reports and requests: open, decided, ended."""
        if self._one_in(8):
            self._permission(family, self._later(last))
        if self._one_in(10):
            state = self._chance.choice(("requested", "agreed", "declined", "withdrawn", "produced"))
            ended = {"withdrawn_on": str(last), "withdrawn_by": _BY, "withdrawn_because": "settled"}
            asked = {"received_on": str(last), "requested_on": str(last), "requested_by": _BY, "state": state}
            rest = {"asked": self._word("dates"), "evidence": "order", "proceedings": self._word("kind")}
            report = self._put(
                "report", family_id=family, referrer_id=2, **asked, **rest, **(ended if state == "withdrawn" else {})
            )
            decided = {"agreed": 1, "reason": "may", "decided_on": str(last), "decided_by": _OTHER, "after_change": 1}
            self._put("report_decision", report_id=report, number=1, **decided, **_DECIDED)
            if state == "produced":
                self._put("report_production", report_id=report, disclosure_id=self._disclosure([family], last, "report"))
        if self._one_in(10):
            ended = {"outcome": "released", "ended_on": str(last), "ended_by": _BY} if self._one_in(2) else {}
            got = {"received_on": str(last), "recorded_on": str(last), "recorded_by": _BY, "recorded_change": 1}
            seen = {"checked_on": str(last), "checked_by": _BY, "checked_how": self._word("passport")}
            request = self._put(
                "access_request", family_id=family, person_id=adult, kind="own", **got, **seen, **ended
            )
            paused = {"from_on": str(last), "reason": "identity", "because": self._word("which")}
            self._put("request_pause", request_id=request, **paused, to_on=str(last), resumed_because="seen")
            item = {"item": f"P-{child}", "state": "cleared", "seen": "s", "decided_on": str(last), "decided_by": _BY}
            self._put("request_decision", request_id=request, number=1, **item, **_DECIDED)
            if ended:
                self._put("request_bundle", request_id=request, disclosure_id=self._disclosure([family], last, "bundle"))

    def _safeguarding(self, family: int, children: list[int], day: date) -> None:
        if self._one_in(2):
            self._flag(family, day, self._some(children) if self._one_in(2) else [], closed=not self._one_in(4))
        if self._one_in(3):
            self._accident(family, day, self._some(children))
        if self._one_in(3):
            self._disclosure([family], day, "told", in_words=True)

    def _flag(self, family: int, day: date, children: Sequence[int], *, closed: bool) -> None:
        raised = {"category": "physical", "raised_on": str(day), "raised_by": _BY, "narrative": b"sealed"}
        ended = {"closed_on": str(day), "closed_by": _BY, "outcome": b"sealed"} if closed else {}
        flag = self._put("flag", family_id=family, children=len(children), changed=1, **raised, **ended)
        for child in children:
            self._put("flag_child", flag_id=flag, person_id=child)

    def _accident(self, family: int, day: date, children: Sequence[int]) -> None:
        told = {"happened_on": str(day), "recorded_on": str(day), "recorded_by": _BY, "narrative": b"sealed"}
        accident = self._put("accident", family_id=family, children=len(children), **told)
        for child in children:
            self._put("accident_child", accident_id=accident, person_id=child)

    def _session(
        self, family: int, day: date, children: Sequence[int], *, cancelled: bool = False, bare: bool = False
    ) -> int:
        about = {"starts": "10:00", "ends": "11:30", "changed": 1}
        if not bare and self._one_in(2):
            about |= {"room": self._word("Room"), "note": self._word("note")}
        if cancelled:
            about |= {"cancelled_on": str(day), "cancel_reason": self._word("ill")}
        session = self._put("contact_session", family_id=family, held_on=str(day), **about)
        for child in () if cancelled else children:
            line = {"family_id": family, "session_id": session, "child_id": child, "attended": 0, "changed": 1}
            self._put("attendance", **line)
            if self._one_in(6):
                self._correction(family, "attendance", session, line, day)
        if not bare and self._one_in(4):
            named = {"naming": 1, "staff_id": 1, "position": "alone", "named_on": str(day), "named_by": _BY}
            self._put("supervision", family_id=family, session_id=session, **named)
        return session

    def _referral(self, family: int, day: date, *, electronic: bool | None = None) -> None:
        outcome = self._chance.choice(("pending", "accepted", "accepted", "accepted", "declined", "ended"))
        decided = None if outcome == "pending" else str(day)
        about = {"case_reference": self._word("AT"), "outcome": outcome, "decided_on": decided, "changed": 1}
        sent = self._one_in(2) if electronic is None else electronic
        ended = str(day) if outcome == "ended" else None
        self._put(
            "referral",
            **{"family_id": family, "referrer_id": 1, "received_on": str(day), "electronic": int(sent)},
            **{**about, "ended_on": ended},
        )

    def _disclosure(
        self, families: Sequence[int], day: date, kind: str | None = None, *, in_words: bool = False
    ) -> int:
        kind = kind or self._chance.choice(("export", "told", "not-told", "told"))
        why = {"ground": "consent", "rule": "consent", "clause": "4.2", "purpose": "housing", "fields": "name"}
        made = {"made_at": f"{day}T09:00:00Z", "made_on": str(day), "made_by": _BY}
        number = self._put(
            "disclosure", kind=kind, recipient="local-authority", referrer_id=1, **made, **why, **_DECIDED
        )
        for family in dict.fromkeys(families):
            self._put("disclosure_family", disclosure_id=number, family_id=family, after_change=0)
        if kind == "export":
            made_of = {"format": "csv", "after_change": 0, "up_to_change": 1, "row_count": 1, "sha256": "x", "since": 0}
            self._put("export", disclosure_id=number, **made_of)
        added = {"disclosure_id": number, "added_on": str(day), "added_at": made["made_at"], "added_by": _BY}
        if in_words or (kind in ("told", "not-told") and self._one_in(5)):
            self._put("disclosure_part", name="why", sealed=b"sealed", **added)
        if kind in ("told", "not-told"):
            self._put("disclosure_part", name="how", value="in-writing", **added)
            if not self._one_in(6):
                self._put("disclosure_completion", disclosure_id=number, completed_on=str(day), completed_by=_BY)
        if not self._one_in(6):
            self._put("disclosure_release", disclosure_id=number)
        return number

    def _review(self, family: int, last: date) -> None:
        about = {"due_on": str(last), "rule": "family-file", "clause": "4.6", "facts_hash": "h", **_DECIDED}
        done = {"reviewed_on": str(last), "reviewed_by": _BY, "reason": self._word("because")}
        ended = (
            {"outcome": "dispose", "state": "returned"}
            if self._one_in(4)
            else {"outcome": "keep", "state": "kept", "until": str(self._after(last))}
        )
        self._put("review", family_id=family, **about, **done, **ended)

    def _permission(self, family: int, day: date) -> None:
        asked = {"kind": "observation", "done_by": self._word("visitor"), "purpose": "see", "evidence": "letter"}
        asked |= {"requested_on": str(day), "requested_by": _BY}
        session = None
        if self._one_in(2) and (own := [row for row in self.rows["contact_session"][-4:] if row["family_id"] == family]):
            session = own[-1]["id"]
            days = {"session_id": session}
        else:
            days = {"from_on": str(day), "to_on": str(self._after(day))}
        state = self._chance.choice(("requested", "requested", "granted", "refused"))
        decided: dict[str, Any] = {}
        if state != "requested":
            decided = {"decided_on": str(day), "decided_at": "09:00", "decided_by": _OTHER, "reason": "may", **_DECIDED}
        if state == "granted" and session is None:
            decided |= {"granted_from": days["from_on"], "granted_to": days["to_on"]}
        number = self._put("permission", family_id=family, state=state, **asked, **days, **decided)
        if state == "granted" and session is not None:
            done = {"permission_id": number, "recorded_on": str(day), "recorded_by": _BY}
            self._put("activity", family_id=family, session_id=session, **done)

    def _document(self, family: int, children: list[int], day: date) -> None:
        kind, cls = self._chance.choice(list(zip(_KINDS, _CLASSES, strict=True)))
        named = self._some(children) if cls == "child-protection-document" else []
        key = {"key_for_contact" if cls == "document" else "key_for_safeguarding": self._word("key").encode()}
        number = self._put(
            "document",
            **{"family_id": family, "kind": kind, "class": cls, "children": len(named), "media": "txt", "size": 1},
            **{"sha256": f"{self._given['document'] + 1:064x}", "chunks": 1, "added_on": str(day), "added_by": _BY},
            **{"title": self._word("title").encode(), **key},
        )
        self._put("document_chunk", document_id=number, number=1, sealed=f"{number:029d}".encode())
        for child in named:
            self._put("document_child", document_id=number, person_id=child)

    def _paper(self, family: int, children: list[int], day: date) -> None:
        kind, cls = self._chance.choice(list(zip(_KINDS, _CLASSES, strict=True)))
        named = self._some(children) if cls == "child-protection-document" else []
        about = {"description": "Blue folder", "registered_on": str(day), "registered_by": _BY}
        if cls == "document" and self._one_in(4):
            by = {"method": "shredded", "destroyed_by": _BY, "witness": _OTHER, "recorded_by": _BY}
            about |= {"description": None, "destroyed_on": str(day), "recorded_on": str(day), **by}
        number = self._put(
            "paper", **{"family_id": family, "kind": kind, "class": cls, "children": len(named)}, **about
        )
        for child in named:
            self._put("paper_child", paper_id=number, person_id=child)
        place = {} if "method" in about else {"place": "Cabinet 2"}
        self._put(
            "paper_position", paper_id=number, number=1, since=str(day), recorded_on=str(day), recorded_by=_BY, **place
        )

    def _correction(self, family: int, kind: str, record: int, content: Row, day: date) -> None:
        about = {"kind": kind, "record_id": record, "changed": 0, "superseded": 1, "content": json.dumps(content)}
        said = {"fields": "name", "reason": self._word("misheard"), "corrected_on": str(day), "corrected_by": _BY}
        self._put("superseded", family_id=family, **about, **said)

    # -- one row, one word, one day --------------------------------------------------------------------------------

    def _put(self, table: str, **row: Any) -> int:
        self._given[table] += 1
        if "number" not in row or table == "review":
            row = {"id": self._given[table], **row}
        self.rows[table].append(row)
        return self._given[table]

    def _person(self, family: int, kind: str) -> int:
        names = {"given_name": self._word("Given"), "family_name": self._word("Name")}
        born = str(self._day(date(2006, 1, 1), date(2017, 12, 31))) if kind == "child" else None
        role = "mother" if kind == "adult" else None
        return self._put(
            "person", family_id=family, kind=kind, date_of_birth=born, relationship=role, changed=1, **names
        )

    def _detail(self, person: int) -> None:
        self._put("contact_detail", person_id=person, field="address", sealed=self._word("sealed").encode(), changed=1)

    def _word(self, stem: str) -> str:
        """A text that stands nowhere else."""
        return f"{stem}-{next(self._words):08d}"

    def _one_in(self, number: int) -> bool:
        return self._chance.randrange(number) == 0

    def _some(self, children: list[int]) -> list[int]:
        return sorted(self._chance.sample(children, self._chance.randint(1, len(children))))

    def _day(self, first: date, last: date) -> date:
        return first + timedelta(days=self._chance.randint(0, max(0, (last - first).days)))

    def _after(self, day: date) -> date:
        """The end of something that was asked for on a day: perhaps about when the family's five years are over."""
        years = self._chance.choice((0, 1, 3, 5, 5, 6))
        return day + timedelta(days=max(0, years * 1461 // 4 + self._chance.randint(-8, 40)))

    def _later(self, last: date) -> date:
        """A day of a record that now and then comes only after the closing."""
        return min(LAST, last + timedelta(days=self._chance.choice((0, 0, 0, 30, 400))))

    def _near_leap(self, day: date, first: date) -> date:
        """Now and then one of the days around a 29 February instead."""
        leap = self._chance.choice(_LEAP) + timedelta(days=self._chance.choice((-1, 0, 0, 0, 1)))
        return leap if first <= leap <= LAST and self._one_in(8) else day


def rows_of(desk: Desk) -> dict[str, list[Row]]:
    """All rows of the tables that hold families, each as a dict."""
    found = {}
    with raw(desk) as connection:
        for table in _ORDER:
            cursor = connection.execute(f"SELECT * FROM {table}")
            columns = [column[0] for column in cursor.description]
            found[table] = [dict(zip(columns, row, strict=True)) for row in cursor]
    for row in found["superseded"]:
        row["content"] = json.loads(row["content"])
    return found


def files_of(desk: Desk) -> dict[int, File]:
    """Each family's rows, as they are in the vault now."""
    return read(rows_of(desk))
