"""Thousands of invented families as rows: every kind of record that bears on retention, the same for the same seed."""

from datetime import date, timedelta

from tests.model.records import BY, DECIDED, OTHER, Records
from tests.model.rows import FIRST, LAST


class Families(Records):
    """Families in use, closed, forgotten, disposed of and back again."""

    def add(self, number: int) -> None:
        """So many more families, each of a kind of its own."""
        kinds = (self._closed, self._open, self._never_opened, self._stub, self._disposed_of_and_back)
        for kind in self._chance.choices(kinds, (60, 14, 10, 8, 8), k=number):
            kind()

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

    def _stub(self, disposed: date | None = None) -> tuple[int, int, int]:
        """What a disposal has left: a kept record, whom it points at, the attendance that belongs to it."""
        disposed = disposed or self._near_leap(self._day(date(2025, 1, 1), LAST), FIRST)
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
        return family, child, adult

    def _disposed_of_and_back(self) -> None:
        """A stub to which something has come since: a new stretch of service, or a record of any kind."""
        disposed = self._day(date(2025, 1, 1), date(2032, 12, 31))
        family, child, adult = self._stub(disposed)
        opened = self._day(disposed, LAST)
        if self._one_in(2):
            closed = self._near_leap(self._day(opened, LAST), opened)
            ended = None if self._one_in(4) else str(closed)
            self._put("episode", family_id=family, number=1, opened_on=str(opened), closed_on=ended)
            self._life(family, [child], [adult], opened, closed)
        else:
            self._orders(family, adult, [child], opened)
            self._asked(family, adult, child, opened)

    def _household(self) -> tuple[int, list[int], list[int]]:
        family = self._put("family", name=self._word("Family"), changed=1)
        children = [self._person(family, "child") for _ in range(self._chance.choice((1, 1, 2, 3)))]
        adults = [self._person(family, "adult") for _ in range(self._chance.choice((1, 2)))]
        if self._one_in(2):
            self._detail(adults[0])
        if self._one_in(8):
            self._detail(children[0])
        return family, children, adults

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
            gone = {"released_on": str(self._after(last)), "released_by": OTHER} if self._one_in(3) else {}
            kind = self._chance.choice(("litigation", "police", "complaint", "court-order", "request", "inquiry"))
            placed = {"placed_on": str(last), "placed_by": BY, "owner": BY, "until": until}
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
            self._put("consent", **given, **told, evidence=self._word("form"), recorded_by=BY, recorded_change=1)
        if self._one_in(4):
            self._imported(family, "families", family)
            self._correction(family, "family", family, {"id": family, "name": self._word("Formerly")}, last)
        for person in (one for one in (adult, *children) if self._one_in(6)):
            self._correction(family, "person", person, {"id": person, **self._names()}, last)

    def _asked(self, family: int, adult: int, child: int, last: date) -> None:
        """Permissions, reports and requests: open, decided, ended."""
        if self._one_in(8):
            self._permission(family, self._later(last))
        if self._one_in(10):
            state = self._chance.choice(("requested", "agreed", "declined", "withdrawn", "produced"))
            ended = {"withdrawn_on": str(last), "withdrawn_by": BY, "withdrawn_because": "settled"}
            asked = {"received_on": str(last), "requested_on": str(last), "requested_by": BY, "state": state}
            rest = {"asked": self._word("dates"), "evidence": "order", "proceedings": self._word("kind")}
            report = self._put(
                "report", family_id=family, referrer_id=2, **asked, **rest, **(ended if state == "withdrawn" else {})
            )
            decided = {"agreed": 1, "reason": "may", "decided_on": str(last), "decided_by": OTHER, "after_change": 1}
            self._put("report_decision", report_id=report, number=1, **decided, **DECIDED)
            if state == "produced":
                self._put(
                    "report_production", report_id=report, disclosure_id=self._disclosure([family], last, "report")
                )
        if self._one_in(10):
            ended = {"outcome": "released", "ended_on": str(last), "ended_by": BY} if self._one_in(2) else {}
            got = {"received_on": str(last), "recorded_on": str(last), "recorded_by": BY, "recorded_change": 1}
            seen = {"checked_on": str(last), "checked_by": BY, "checked_how": self._word("passport")}
            request = self._put("access_request", family_id=family, person_id=adult, kind="own", **got, **seen, **ended)
            paused = {"from_on": str(last), "reason": "identity", "because": self._word("which")}
            self._put("request_pause", request_id=request, **paused, to_on=str(last), resumed_because="seen")
            item = {"item": f"P-{child}", "state": "cleared", "seen": "s", "decided_on": str(last), "decided_by": BY}
            self._put("request_decision", request_id=request, number=1, **item, **DECIDED)
            if ended:
                self._put(
                    "request_bundle", request_id=request, disclosure_id=self._disclosure([family], last, "bundle")
                )

    def _safeguarding(self, family: int, children: list[int], day: date) -> None:
        if self._one_in(2):
            self._flag(family, day, self._some(children) if self._one_in(2) else [], closed=not self._one_in(4))
        if self._one_in(3):
            self._accident(family, day, self._some(children))
        if self._one_in(3):
            self._disclosure([family], day, "told", in_words=True)
