"""One record of each kind that bears on retention, as rows: a session with its attendance, a hold, a document."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from tests.model.reading import Row
from tests.model.rows import Rows

_KINDS = ("electronic-referral", "child-protection", "accident-record", "order", "other")
_CLASSES = ("electronic-referral", "child-protection-document", "accident-record", "document", "document")
BY = "U-002-W"
OTHER = "U-003-A"
DECIDED = {"policy_version": 1, "rules_hash": "r"}


class Records(Rows):
    """What is recorded about a family on a day."""

    def _flag(self, family: int, day: date, children: Sequence[int], *, closed: bool) -> None:
        raised = {"category": "physical", "raised_on": str(day), "raised_by": BY, "narrative": b"sealed"}
        ended = {"closed_on": str(day), "closed_by": BY, "outcome": b"sealed"} if closed else {}
        flag = self._put("flag", family_id=family, children=len(children), changed=1, **raised, **ended)
        for child in children:
            self._put("flag_child", flag_id=flag, person_id=child)

    def _accident(self, family: int, day: date, children: Sequence[int]) -> None:
        told = {"happened_on": str(day), "recorded_on": str(day), "recorded_by": BY, "narrative": b"sealed"}
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
            named = {"naming": 1, "staff_id": 1, "position": "alone", "named_on": str(day), "named_by": BY}
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
            family_id=family,
            referrer_id=1,
            received_on=str(day),
            electronic=int(sent),
            ended_on=ended,
            **about,
        )

    def _disclosure(
        self, families: Sequence[int], day: date, kind: str | None = None, *, in_words: bool = False
    ) -> int:
        kind = kind or self._chance.choice(("export", "told", "not-told", "told"))
        why = {"ground": "consent", "rule": "consent", "clause": "4.2", "purpose": "housing", "fields": "name"}
        made = {"made_at": f"{day}T09:00:00Z", "made_on": str(day), "made_by": BY}
        number = self._put(
            "disclosure", kind=kind, recipient="local-authority", referrer_id=1, **made, **why, **DECIDED
        )
        for family in dict.fromkeys(families):
            self._put("disclosure_family", disclosure_id=number, family_id=family, after_change=0)
        if kind == "export":
            made_of = {"format": "csv", "after_change": 0, "up_to_change": 1, "row_count": 1, "sha256": "x", "since": 0}
            self._put("export", disclosure_id=number, **made_of)
        added = {"disclosure_id": number, "added_on": str(day), "added_at": made["made_at"], "added_by": BY}
        if in_words or (kind in ("told", "not-told") and self._one_in(5)):
            self._put("disclosure_part", name="why", sealed=b"sealed", **added)
        if kind in ("told", "not-told"):
            self._put("disclosure_part", name="how", value="in-writing", **added)
            if not self._one_in(6):
                self._put("disclosure_completion", disclosure_id=number, completed_on=str(day), completed_by=BY)
        if not self._one_in(6):
            self._put("disclosure_release", disclosure_id=number)
        return number

    def _review(self, family: int, last: date) -> None:
        about = {"due_on": str(last), "rule": "family-file", "clause": "4.6", "facts_hash": "h", **DECIDED}
        done = {"reviewed_on": str(last), "reviewed_by": BY, "reason": self._word("because")}
        ended = (
            {"outcome": "dispose", "state": "returned"}
            if self._one_in(4)
            else {"outcome": "keep", "state": "kept", "until": str(self._after(last))}
        )
        number = self._put("review", family_id=family, **about, **done, **ended)
        looked = {"digest": f"{number:064x}", "hits": 1, "cleared_on": str(last), "cleared_by": OTHER}
        self._put("word_clearing", family_id=family, **looked, **DECIDED)

    def _permission(self, family: int, day: date) -> None:
        asked = {"kind": "observation", "done_by": self._word("visitor"), "purpose": "see", "evidence": "letter"}
        asked |= {"requested_on": str(day), "requested_by": BY}
        session = None
        if self._one_in(2) and (
            own := [row for row in self.rows["contact_session"][-4:] if row["family_id"] == family]
        ):
            session = own[-1]["id"]
            days = {"session_id": session}
        else:
            days = {"from_on": str(day), "to_on": str(self._after(day))}
        state = self._chance.choice(("requested", "requested", "granted", "refused"))
        decided: dict[str, Any] = {}
        if state != "requested":
            decided = {"decided_on": str(day), "decided_at": "09:00", "decided_by": OTHER, "reason": "may", **DECIDED}
        if state == "granted" and session is None:
            decided |= {"granted_from": days["from_on"], "granted_to": days["to_on"]}
        number = self._put("permission", family_id=family, state=state, **asked, **days, **decided)
        if state == "granted" and session is not None:
            done = {"permission_id": number, "recorded_on": str(day), "recorded_by": BY}
            self._put("activity", family_id=family, session_id=session, **done)

    def _document(self, family: int, children: list[int], day: date) -> None:
        kind, cls = self._chance.choice(list(zip(_KINDS, _CLASSES, strict=True)))
        named = self._some(children) if cls == "child-protection-document" else []
        key = {"key_for_contact" if cls == "document" else "key_for_safeguarding": self._word("key").encode()}
        number = self._put(
            "document",
            **{"family_id": family, "kind": kind, "class": cls, "children": len(named), "media": "txt", "size": 1},
            sha256=f"{self._given['document'] + 1:064x}",
            chunks=1,
            title=self._word("title").encode(),
            added_on=str(day),
            added_by=BY,
            **key,
        )
        self._put("document_chunk", document_id=number, number=1, sealed=f"{number:029d}".encode())
        for child in named:
            self._put("document_child", document_id=number, person_id=child)

    def _paper(self, family: int, children: list[int], day: date) -> None:
        kind, cls = self._chance.choice(list(zip(_KINDS, _CLASSES, strict=True)))
        named = self._some(children) if cls == "child-protection-document" else []
        about = {"description": "Blue folder", "registered_on": str(day), "registered_by": BY}
        if cls == "document" and self._one_in(4):
            by = {"method": "shredded", "destroyed_by": BY, "witness": OTHER, "recorded_by": BY}
            del about["description"]
            about |= {"destroyed_on": str(day), "recorded_on": str(day), **by}
        number = self._put(
            "paper", **{"family_id": family, "kind": kind, "class": cls, "children": len(named)}, **about
        )
        for child in named:
            self._put("paper_child", paper_id=number, person_id=child)
        place = {} if "method" in about else {"place": "Cabinet 2"}
        self._put(
            "paper_position", paper_id=number, number=1, since=str(day), recorded_on=str(day), recorded_by=BY, **place
        )

    def _correction(self, family: int, kind: str, record: int, content: Row, day: date) -> None:
        about = {"kind": kind, "record_id": record, "changed": 0, "superseded": 1, "content": json.dumps(content)}
        said = {"fields": "name", "reason": self._word("misheard"), "corrected_on": str(day), "corrected_by": BY}
        self._put("superseded", family_id=family, **about, **said)

    def _imported(self, family: int, kind: str, record: int) -> None:
        said = {"key": f"{self._given['imported'] + 1:064x}", "content": "0" * 64}
        self._put("imported", kind=kind, record_id=record, family_id=family, **said)

    def _names(self) -> Row:
        return {"given_name": self._word("Given"), "family_name": self._word("Name")}

    def _person(self, family: int, kind: str) -> int:
        names = self._names()
        born = str(self._day(date(2006, 1, 1), date(2017, 12, 31))) if kind == "child" else None
        role = "mother" if kind == "adult" else None
        return self._put(
            "person", family_id=family, kind=kind, date_of_birth=born, relationship=role, changed=1, **names
        )

    def _detail(self, person: int) -> None:
        self._put("contact_detail", person_id=person, field="address", sealed=self._word("sealed").encode(), changed=1)
