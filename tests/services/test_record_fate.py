"""What is said of every row before a disposal is what the disposal does to it (policy 4.6): no second opinion."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from lcs_cli.errors import RefusedError
from lcs_cli.policy.program import classed_columns
from lcs_cli.policy.record_fate import Course
from lcs_cli.policy.retention import Outcome
from lcs_cli.records.document import DocumentKind
from lcs_cli.records.permission import PermissionKind
from lcs_cli.records.policy import ReviewOfPolicy
from lcs_cli.records.references import Kind
from lcs_cli.records.referral import ReferralOutcome, ReferrerKind
from lcs_cli.records.retention import HoldKind
from lcs_cli.services import (
    activities,
    attendance,
    contact_sessions,
    demo,
    disclosures,
    families,
    flags,
    people,
    policies,
    referrals,
    report_files,
    reports,
    request_release,
    requests,
    retention,
    staff,
)
from lcs_cli.services.accounts import Account
from lcs_cli.services.desk import Desk
from lcs_cli.services.explain_retention import explain, fates
from lcs_cli.vault import imports, rows, word_clearings
from lcs_cli.vault.imports import Import
from tests.conftest import TODAY, OpenDesk, open_desk
from tests.services import stories, use_cases
from tests.services.stories import CAME, CLOSED, STAYED_AWAY

APPROVED, SWEPT = date(2032, 1, 12), date(2032, 1, 19)
LACKING = set(
    "acceptance disposal_stop handover policy_acceptance certificate entrusted_key document_child paper_child "
    "former_identity".split()
)
Row = dict[str, Any]


@dataclass(frozen=True)
class Said:
    """What was said of one row."""

    course: Course
    changed: frozenset[str]
    emptied: frozenset[str]


def seen(desk: Desk, table: str) -> dict[tuple[object, ...], Row]:
    """Every row of a table, by its key."""
    names = [row[1] for row in desk.db.rows(f"PRAGMA table_info({table})")]
    keys = rows.key_of(table).split(", ")
    every = (dict(zip(names, row, strict=True)) for row in desk.db.rows(f"SELECT * FROM {table}"))
    return {tuple(row[key] for key in keys): row for row in every}


def said(desk: Desk, table: str, only: Callable[[str], bool]) -> dict[tuple[object, ...], Said]:
    """What is said of every row of a table; a row of a family that is not disposed of stays as it is."""
    found = {}
    for row, facts, fate in fates(desk, rows.rows_in(desk.db, table)):
        if facts.subject is not None and not only(facts.subject):
            found[row.key] = Said(Course.STAYS, frozenset(), frozenset())
        else:
            found[row.key] = Said(fate.course, frozenset({*fate.empties, *fate.fills}), frozenset(fate.empties))
    return found


_OTHERWISE = {"counter": {"value"}, "backup": {"removed_on"}}
"""What a sweep changes beside the disposals that it carries out."""


@contextmanager
def as_said(desk: Desk, only: Callable[[str], bool] = lambda _: True) -> Iterator[dict[str, int]]:
    """Whatever is disposed of inside ends, row by row, as was said before; counts what went, stayed and changed."""
    before = {table: seen(desk, table) for table in rows.TABLES}
    foretold = {table: said(desk, table, only) for table in rows.TABLES}
    counts = {"went": 0, "stayed": 0, "changed": 0}
    yield counts
    for table, told in foretold.items():
        after = seen(desk, table)
        assert told.keys() == before[table].keys(), table
        for key, one in told.items():
            assert (key in after) == (one.course is Course.STAYS), (table, key, one)
            if key not in after:
                counts["went"] += 1
                continue
            counts["stayed"] += 1
            differ = {name for name, value in before[table][key].items() if after[key][name] != value}
            assert differ == (one.changed if table not in _OTHERWISE else differ & _OTHERWISE[table]), (table, key)
            assert all(after[key][name] is None for name in one.emptied), (table, key)
            counts["changed"] += bool(differ)


def disposed_of(desk_of: OpenDesk) -> list[str]:
    """Everything that is due by then is proposed, approved and disposed of; the families that were."""
    desk = desk_of("amina", APPROVED)
    for item in list(retention.items(desk, APPROVED)):
        if item.decision.outcome is Outcome.DUE and item.review is None:
            retention.propose(desk, item.decision.subject, None)
    desk.db.close()
    rhys = desk_of("rhys", APPROVED)
    retention.approve(rhys, retention.approval_list(rhys).hash)
    rhys.db.close()
    ready = desk_of("amina", SWEPT)
    due = {item.decision.subject for item in retention.items(ready, SWEPT) if item.decision.outcome is Outcome.DUE}
    with as_said(ready, lambda family: family in due) as counts:
        done = stories.swept(desk_of, SWEPT)
        ready.db.close()  # the file was rewritten
        assert {one.subject for one in done.disposed} == due
    assert counts["went"]
    return sorted(due)


def everything(desk: Desk) -> None:
    """Families with a row in nearly every table, all of which is over by the end of 2026."""
    use_cases.prepare(desk)
    rhys = stories.as_rhys(desk)
    f1, f4 = use_cases.F1, use_cases.F4
    activities.record(open_desk(desk.vault.folder, "tomos"), use_cases.S2, PermissionKind.OBSERVATION)
    attendance.record(desk, use_cases.S2, use_cases.CAME_EARLY)
    contact_sessions.supervise(desk, use_cases.S3, use_cases.ST2, use_cases.ST1)
    contact_sessions.cancel(desk, use_cases.S3, "ill")
    staff.undertake(desk, use_cases.ST1, TODAY)
    policies.give(desk, "volunteer")
    policies.review(desk, ReviewOfPolicy.UNCHANGED, "words", TODAY)
    request_release.release(desk, use_cases.RQ2, desk.vault.folder.parent)
    own = stories.referrer(desk, ReferrerKind.FAMILY, "Gwen Llwyd")
    referrals.edit_referrer(desk, own, "Gwen Lloyd", None, "misheard")
    stories.referred(desk, f4, own)
    flags.name_staff(desk, use_cases.SF1, [use_cases.ST1])
    flags.close(desk, use_cases.SF1, "looked into")
    told = Account(TODAY, how="telephone", person_told=True)
    disclosures.complete(desk, use_cases.EX2, told, use_cases.SF1)
    disclosures.confirm(desk, use_cases.EX2)
    with desk.db.transaction():
        cleared = word_clearings.Clearing(f1, "0" * 64, 1, TODAY, "U-005-M")
        word_clearings.add(desk.db, cleared, *desk.decided_by())
        family, referrer = stories.number(Kind.FAMILY, f1), stories.number(Kind.REFERRER, own)
        for row, whose in enumerate(({"family": family}, {"staff": 2}, {"referrer": referrer})):
            imports.add(desk.db, Import("people", f"{row:064x}", "0" * 64, 1, **whose))
    referrals.decide(desk, use_cases.RL2, ReferralOutcome.ACCEPTED, TODAY)
    people.edit(desk, use_cases.P3, {"address": "3 Heol Las"}, "moved")
    retention.release(rhys, use_cases.LH1)
    report_files.produce(desk, use_cases.RP2, desk.vault.folder.parent, lambda document: document.reference)
    reports.withdraw(desk, use_cases.RP1, "settled")
    for ref in (use_cases.RQ1, use_cases.RQ3):
        requests.close(desk, ref, "withdrawn", None)
    for ref in (f1, f4):
        families.close(desk, ref, TODAY)
    rhys.db.close()


@dataclass(frozen=True)
class Few:
    """What a few families have that are told apart by what of them is kept for ever."""

    desk: Desk

    def used(self, children: int = 1) -> stories.Household:
        """A family with a session that all came to, one of each child, one cancelled; noted and corrected."""
        household = stories.family(self.desk, children)
        for day in range(1, children + 2):
            whom = household.children if day > children else household.children[day - 1 : day]
            room = f"Blue room {household.ref}"
            ref = stories.booked(self.desk, household.ref, date(2019, 2, day), room=room, note="side door")
            attendance.record(self.desk, ref, STAYED_AWAY, whom)
            attendance.correct(self.desk, ref, CAME, "mistaken", whom)
        contact_sessions.cancel(self.desk, stories.booked(self.desk, household.ref, date(2019, 2, 9)), "ill")
        people.edit(self.desk, household.children[0], {"given_name": "Sian"}, "misheard")
        return household

    def on_file(self, ref: str) -> None:
        """What of a family goes with its file: a document, paper, a referral, a hold that has ended."""
        stories.document(self.desk, ref)
        stories.document(self.desk, ref, DocumentKind.OTHER)
        stories.paper(self.desk, ref)
        stories.referred(self.desk, ref, stories.referrer(self.desk))
        retention.hold(self.desk, ref, HoldKind.INQUIRY, "asked for", self.desk.today + timedelta(days=30))


def siblings(few: Few) -> None:
    """A concern about the first, a document about the second, paper about the third, nothing about the fourth."""
    desk, family = few.desk, few.used(4)
    few.on_file(family.ref)
    stories.flag(desk, family.ref, family.children[:1])
    stories.document(desk, family.ref, DocumentKind.CHILD_PROTECTION, family.children[1:2])
    stories.paper(desk, family.ref, DocumentKind.CHILD_PROTECTION, family.children[2:3])
    families.close(desk, family.ref, CLOSED)


def one_concern(few: Few) -> None:
    """A concern about one of two children, whose mother is kept and whose sibling is not."""
    family = few.used(2)
    few.on_file(family.ref)
    stories.flag(few.desk, family.ref, family.children[1:])
    families.close(few.desk, family.ref, CLOSED)


def everybodys_concern(few: Few) -> None:
    """A concern that names nobody is about every child."""
    family = few.used(2)
    stories.flag(few.desk, family.ref)
    families.close(few.desk, family.ref, CLOSED)


def one_kind_kept(few: Few) -> None:
    """Families of which one thing is kept for ever: each has another; and one of which nothing is."""
    desk = few.desk
    for keep in (
        lambda ref: stories.referred(desk, ref, stories.referrer(desk), electronic=True),
        lambda ref: stories.accident(desk, ref),
        lambda ref: stories.document(desk, ref, DocumentKind.ACCIDENT_RECORD),
        lambda ref: stories.document(desk, ref, DocumentKind.CHILD_PROTECTION),
        lambda ref: stories.paper(desk, ref, DocumentKind.ELECTRONIC_REFERRAL),
        lambda _: None,
    ):
        family = few.used(2)
        few.on_file(family.ref)
        keep(family.ref)
        families.close(desk, family.ref, CLOSED)


def referred_themselves(few: Few) -> None:
    """Two families on one own referrer, which goes with the second; and one that an electronic referral points at."""
    desk = few.desk
    both, kept = (stories.referrer(desk, ReferrerKind.FAMILY, name) for name in ("Gwen Llwyd", "Ewa Nowak"))
    for referrer in (both, kept):
        referrals.edit_referrer(desk, referrer, "Gwen Lloyd", None, "misheard")
    for own, electronic in ((both, False), (both, False), (kept, False), (kept, True)):
        family = few.used()
        stories.referred(desk, family.ref, own, electronic=electronic)
        families.close(desk, family.ref, CLOSED)


VAULTS = (siblings, one_concern, everybodys_concern, one_kind_kept)


def test_every_row_of_a_full_vault_ends_as_was_said(desk: Desk, desk_of: OpenDesk) -> None:
    """Concern, accident, documents, paper, consents, reports, requests, permissions, holds, reviews, corrections."""
    everything(desk)
    lacking = {table for table in rows.TABLES if not desk.db.value(f"SELECT count(*) FROM {table}")}
    assert lacking == LACKING
    desk.db.close()
    assert disposed_of(desk_of) == [getattr(use_cases, f"F{number}") for number in range(1, 6)]


@pytest.mark.parametrize("made", VAULTS)
def test_every_row_ends_as_was_said_whatever_is_kept(made: Callable[[Few], None], desk_of: OpenDesk) -> None:
    """Siblings of different class, stubs, one kind of record that is kept, nothing kept."""
    there = desk_of("amina", CLOSED)
    made(Few(there))
    there.db.close()
    assert disposed_of(desk_of)


@pytest.mark.no_cover  # the same lines, thousands of times
def test_every_row_of_the_demo_ends_as_was_said(desk: Desk, desk_of: OpenDesk) -> None:
    """Thirty-six invented families, of which all that are closed are due by then."""
    demo.populate(desk)
    desk.db.close()
    assert len(disposed_of(desk_of)) > 10


def test_a_stub_that_came_back_ends_as_was_said(desk_of: OpenDesk) -> None:
    """What was kept before stays, what was added since goes."""
    there = desk_of("amina", CLOSED)
    siblings(Few(there))
    there.db.close()
    stories.disposed(desk_of, "LCS-0001-R")
    again = desk_of("amina", date(2026, 1, 5))
    families.reopen(again, "LCS-0001-R", date(2026, 1, 5))
    stories.held(again, "LCS-0001-R", date(2026, 1, 5))
    families.close(again, "LCS-0001-R", date(2026, 1, 5))
    again.db.close()
    assert disposed_of(desk_of) == ["LCS-0001-R"]


def test_an_own_referrer_goes_with_the_last_file_that_points_at_it(desk_of: OpenDesk) -> None:
    """A family that referred itself is a name: not while another file, or what is kept for ever, points at it."""
    there = desk_of("amina", CLOSED)
    referred_themselves(Few(there))
    there.db.close()
    names = "SELECT id, kind FROM referrer ORDER BY id"
    said = [explain(desk_of(), ref).parts[0].fate for ref in ("REF-0001-R", "REF-0002-W")]
    assert [(one.course, one.rule.id) for one in said] == [(Course.STAYS, "own-referrer")] * 2
    stories.disposed(desk_of, "LCS-0001-R")
    assert len(desk_of().db.rows(names)) == 2
    now = explain(desk_of(), "REF-0001-R").parts
    assert [(part.table, part.fate.course) for part in now] == [("referrer", Course.GOES), ("superseded", Course.GOES)]
    assert disposed_of(desk_of) == ["LCS-0002-W", "LCS-0003-A", "LCS-0004-G"]
    desk = desk_of()
    assert desk.db.rows(names) == [(2, "family")]
    assert desk.db.rows("SELECT record_id FROM superseded WHERE kind = 'referrer'") == [(2,)]


def test_two_files_that_share_a_referrer_go_on_one_day(desk_of: OpenDesk) -> None:
    """That it goes with the second of them changes nothing of what was reviewed."""
    there = desk_of("amina", CLOSED)
    referred_themselves(Few(there))
    there.db.close()
    stories.approved(desk_of, "LCS-0001-R", "LCS-0002-W")
    done = stories.swept(desk_of, SWEPT)
    assert [(one.subject, one.went.get("own-referrer")) for one in done.disposed] == [
        ("LCS-0001-R", None),
        ("LCS-0002-W", 1),
    ]
    assert desk_of().db.rows("SELECT id FROM referrer") == [(2,)]


def test_every_table_has_its_place_among_the_rows() -> None:
    """A new table is not forgotten: nothing could be said of its rows."""
    assert set(rows.TABLES) == set(classed_columns())


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM referrer WHERE kind <> 'family'", "the register of referrers only grows"),
        ("DELETE FROM superseded WHERE kind = 'referrer'", "a correction of a referrer keeps what it was"),
        ("UPDATE family SET disposed_on = NULL", "the day of a disposal stays"),
        ("UPDATE family SET disposed_on = '2020-01-01'", "the day of a disposal stays"),
        ("INSERT INTO referrer (id, name, kind, changed) VALUES (1, 'x', 'family', 1)", "never replaced"),
        ("REPLACE INTO referrer (id, name, kind, changed) VALUES (1, 'x', 'family', 1)", "never replaced"),
    ],
)
def test_no_statement_empties_the_register_of_referrers_or_takes_a_disposal_back(
    desk_of: OpenDesk, statement: str, said: str
) -> None:
    """A body is no person's name: it stays, though nothing points at it; so does the day that a stub bears."""
    there = desk_of("amina", CLOSED)
    body = stories.referrer(there)
    referrals.edit_referrer(there, body, "Council", None, "short")
    family = Few(there).used()
    stories.flag(there, family.ref)
    families.close(there, family.ref, CLOSED)
    there.db.close()
    stories.disposed(desk_of, family.ref)
    desk = desk_of()
    with stories.unchanged(desk), pytest.raises(RefusedError, match=said), desk.db.transaction():
        desk.db.run(statement)
