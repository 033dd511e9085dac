"""What a disposal takes and what it leaves (policy 4.6): child by child, with a stub of whoever is pointed at."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from lcs_cli.services import accidents, attendance, contact_sessions, families, finding, people, sweep
from lcs_cli.services.desk import Desk
from tests.conftest import OpenDesk
from tests.services import stories
from tests.services.stories import CAME, CLOSED, STAYED_AWAY, SWEPT, Household


@dataclass(frozen=True)
class Told:
    """A family with two children before its disposal: S-1 both, S-2 the first, S-3 the second, S-4 cancelled."""

    household: Household
    desk: Desk

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the vault as it is now."""
        return self.desk.db.rows(sql)


@pytest.fixture
def story(desk_of: OpenDesk) -> Told:
    """It was closed long ago; each session has a room and a note, each attendance was corrected once."""
    desk = desk_of("amina", CLOSED)
    household = stories.family(desk, 2)
    for day, children in ((1, (0, 1)), (2, (0,)), (3, (1,))):
        ref = stories.booked(desk, household.ref, date(2019, 2, day), room="Blue room", note="side door")
        concerned = [household.children[child] for child in children]
        attendance.record(desk, ref, STAYED_AWAY, concerned)
        attendance.correct(desk, ref, CAME, "mistaken", concerned)
    contact_sessions.cancel(desk, stories.booked(desk, household.ref, date(2019, 2, 4)), "ill")
    families.edit(desk, household.ref, "Lloyd", "misheard")
    stories.referred(desk, household.ref, stories.referrer(desk))
    return Told(household, desk)


def disposed(story: Told, desk_of: OpenDesk) -> sweep.Disposed:
    """Closed, reviewed, approved, swept."""
    families.close(story.desk, story.household.ref, CLOSED)
    story.desk.db.close()
    (one,) = stories.disposed(desk_of, story.household.ref).disposed
    return one


def test_a_family_with_nothing_to_keep_goes_as_a_whole(story: Told, desk_of: OpenDesk) -> None:
    """Its name too; the certificate counts what was there."""
    one = disposed(story, desk_of)
    assert one.went == {
        "identity": 4,
        "episode": 1,
        "contact-details": 3,
        "session": 4,
        "attendance": 4,
        "referral": 1,
        "correction": 6,
    }
    assert one.stayed == {}
    for table in ("family", "person", "episode", "contact_session", "attendance", "superseded", "referral", "review"):
        assert story.rows(f"SELECT * FROM {table}") == [], table


@pytest.mark.clause("4.6", "for ever")
def test_a_child_with_a_safeguarding_file_keeps_their_own_attendance(story: Told, desk_of: OpenDesk) -> None:
    """The sibling's goes, also in the session that both attended."""
    stories.flag(story.desk, story.household.ref, story.household.children[:1])
    one = disposed(story, desk_of)
    assert story.rows("SELECT session_id, child_id, attended, arrived, departed FROM attendance") == [
        (1, 1, 1, "10:05", "11:30"),
        (2, 1, 1, "10:05", "11:30"),
    ]
    assert one.stayed == {"safeguarding-file": 1, "attendance": 2, "session": 2, "identity": 3}
    assert one.went == {
        "identity": 1,
        "episode": 1,
        "contact-details": 3,
        "session": 2,
        "attendance": 2,
        "referral": 1,
        "correction": 4,
    }


def test_a_session_that_is_kept_keeps_its_times_and_nothing_else(story: Told, desk_of: OpenDesk) -> None:
    """No room, no note; what only the sibling attended goes, a cancelled one too."""
    stories.flag(story.desk, story.household.ref, story.household.children[:1])
    disposed(story, desk_of)
    assert story.rows("SELECT id, held_on, starts, ends, room, note, cancel_reason FROM contact_session") == [
        (1, "2019-02-01", "10:00", "11:30", None, None, None),
        (2, "2019-02-02", "10:00", "11:30", None, None, None),
    ]


def test_corrections_of_kept_attendance_stay_with_it(story: Told, desk_of: OpenDesk) -> None:
    """The sibling's, the names' and the sessions' go: what is erased is absent, not made up."""
    stories.flag(story.desk, story.household.ref, story.household.children[:1])
    disposed(story, desk_of)
    rows = story.rows("SELECT kind, record_id, content ->> 'child_id', content ->> 'attended' FROM superseded")
    assert rows == [("attendance", 1, 1, 0), ("attendance", 2, 1, 0)]


def test_a_stub_is_left_of_the_child_and_of_the_adults(story: Told, desk_of: OpenDesk) -> None:
    """Names, date of birth and role, as far as the file points at them; not of the sibling; no contact details."""
    stories.flag(story.desk, story.household.ref, story.household.children[:1])
    disposed(story, desk_of)
    assert story.rows("SELECT id, given_name, date_of_birth, relationship FROM person") == [
        (1, "Siâna", "2015-04-01", None),
        (3, "Gwen", None, "mother"),
    ]
    assert story.rows("SELECT name, disposed_on FROM family") == [("Lloyd", SWEPT.isoformat())]
    for table in ("contact_detail", "episode", "referral", "legal_hold", "review"):
        assert story.rows(f"SELECT * FROM {table}") == [], table
    assert len(story.rows("SELECT * FROM flag")) == 1


@pytest.mark.clause("4.6", "for ever")
def test_a_stub_keeps_what_its_people_and_the_family_were_called(story: Told, desk_of: OpenDesk) -> None:
    """Whoever grows up asks by the name of then, and one slip overwrites nobody; the reason and the sibling's go."""
    kept, sibling = story.household.children
    stories.flag(story.desk, story.household.ref, [kept])
    wrong = {"given_name": "Wrong", "family_name": "Written", "date_of_birth": date(2010, 1, 1)}
    for person in (kept, sibling):
        people.edit(story.desk, person, wrong, "Because")
    one = disposed(story, desk_of)
    assert (one.went["correction"], one.stayed["identity"]) == (6, 3)
    assert story.rows("SELECT person_id, given_name, family_name, date_of_birth FROM former_identity") == [
        (None, None, "Llwyd", None),
        (1, "Siâna", "Llwyd", "2015-04-01"),
    ]
    assert story.rows("SELECT * FROM superseded WHERE kind <> 'attendance'") == []
    desk = desk_of()
    (found,) = finding.find(desk, "Siâna Llwyd").matches
    assert (found.person and found.person.number, found.by) == (1, "former name")
    assert [former.given_name for former in people.show(desk, kept).formerly] == ["Siâna"]
    assert [former.family_name for former in families.show(desk, story.household.ref).formerly] == ["Llwyd", "Llwyd"]


def test_a_stub_that_is_corrected_keeps_its_names_after_the_next_disposal(story: Told, desk_of: OpenDesk) -> None:
    """What one person alone overwrites years later is no way to be rid of a name."""
    stories.flag(story.desk, story.household.ref, story.household.children[:1])
    disposed(story, desk_of)
    people.edit(stories.on(story.desk, SWEPT), story.household.children[0], {"given_name": "Wrong"}, "Because")
    story.desk.db.close()
    stories.approved(desk_of, story.household.ref, day=date(2031, 1, 5))
    (one,) = stories.swept(desk_of, date(2031, 1, 12)).disposed
    assert one.went == {"correction": 1}
    assert [former.given_name for former in people.show(desk_of(), story.household.children[0]).formerly] == ["Siâna"]


def test_a_concern_about_the_whole_family_keeps_every_childs_attendance(story: Told, desk_of: OpenDesk) -> None:
    """And everybody's stub."""
    stories.flag(story.desk, story.household.ref)
    one = disposed(story, desk_of)
    assert story.rows("SELECT session_id, child_id FROM attendance ORDER BY 1") == [(1, 1), (1, 2), (2, 1), (3, 2)]
    assert (one.went.get("attendance"), one.stayed["identity"]) == (None, 4)
    assert [row[0] for row in story.rows("SELECT id FROM contact_session")] == [1, 2, 3]


def test_a_family_with_an_electronic_referral_keeps_it_and_a_stub_of_everybody(story: Told, desk_of: OpenDesk) -> None:
    """As received; attendance, sessions, contact details and the referral on paper go."""
    referrer = stories.referrer(story.desk)
    stories.referred(story.desk, story.household.ref, referrer, electronic=True, case="AT/7")
    before = story.rows("SELECT * FROM referral WHERE electronic = 1")
    one = disposed(story, desk_of)
    assert one.stayed == {"electronic-referral": 1, "identity": 4}
    assert one.went["referral"] == 1
    assert [row[0] for row in story.rows("SELECT id FROM person")] == [1, 2, 3]
    after = story.rows("SELECT id, family_id, referrer_id, received_on, electronic, case_reference FROM referral")
    assert after == [row[:6] for row in before]
    for table in ("contact_detail", "contact_session", "attendance", "superseded", "episode"):
        assert story.rows(f"SELECT * FROM {table}") == [], table


def test_a_family_with_an_accident_record_keeps_it_and_a_stub_of_everybody(story: Told, desk_of: OpenDesk) -> None:
    """Also of the sibling who was not in it; attendance, sessions and contact details go, the injured child's too."""
    ref = stories.accident(story.desk, story.household.ref, story.household.children[:1])
    before = [story.rows(f"SELECT * FROM {table}") for table in ("accident", "accident_child")]
    one = disposed(story, desk_of)
    assert one.stayed == {"accident-record": 1, "identity": 4}
    assert (one.went["attendance"], one.went["session"], one.went["contact-details"]) == (4, 4, 3)
    assert [row[0] for row in story.rows("SELECT id FROM person")] == [1, 2, 3]
    assert story.rows("SELECT name, disposed_on FROM family") == [("Lloyd", SWEPT.isoformat())]
    assert [story.rows(f"SELECT * FROM {table}") for table in ("accident", "accident_child")] == before
    for table in ("contact_detail", "contact_session", "attendance", "superseded", "episode", "referral"):
        assert story.rows(f"SELECT * FROM {table}") == [], table
    assert accidents.show(desk_of(), ref).narrative == "Slipped on the wet step."


def test_an_accident_beside_a_safeguarding_file_keeps_no_siblings_attendance(story: Told, desk_of: OpenDesk) -> None:
    """Attendance is part of a safeguarding file alone, whoever was in the accident."""
    stories.flag(story.desk, story.household.ref, story.household.children[:1])
    stories.accident(story.desk, story.household.ref, story.household.children[1:])
    one = disposed(story, desk_of)
    assert one.stayed == {"safeguarding-file": 1, "accident-record": 1, "attendance": 2, "session": 2, "identity": 4}
    assert story.rows("SELECT session_id, child_id FROM attendance") == [(1, 1), (2, 1)]
    assert [row[0] for row in story.rows("SELECT id FROM person")] == [1, 2, 3]


def test_what_the_list_promises_is_what_the_sweep_does(story: Told, desk_of: OpenDesk) -> None:
    """The counts that the manager saw before approving are those on the certificate, and the rows that are left."""
    stories.flag(story.desk, story.household.ref, story.household.children[1:])
    families.close(story.desk, story.household.ref, CLOSED)
    shown = stories.approved(desk_of, story.household.ref).items[0].decision.fate
    (one,) = stories.swept(desk_of).disposed
    assert one.went == {cls.value: count for cls, count in shown.goes.items()}
    assert one.stayed == {cls.value: count for cls, count in shown.stays.items()}
    assert len(story.rows("SELECT * FROM attendance")) == one.stayed["attendance"]
    assert len(story.rows("SELECT * FROM contact_session")) == one.stayed["session"]
    people = len(story.rows("SELECT * FROM person")) + len(story.rows("SELECT * FROM family"))
    assert people == one.stayed["identity"]


def test_another_family_is_not_touched(story: Told, desk_of: OpenDesk) -> None:
    """Not a row of it."""
    other = stories.closed_family(story.desk, 2)
    number = "SELECT * FROM {0} WHERE family_id = 2"
    tables = ("person", "episode", "contact_session", "attendance")
    before = {table: story.rows(number.format(table)) for table in tables}
    disposed(story, desk_of)
    assert {table: story.rows(number.format(table)) for table in tables} == before
    assert families.show(desk_of(), other.ref).family.disposed_on is None


def test_a_file_that_came_back_is_disposed_of_again(story: Told, desk_of: OpenDesk) -> None:
    """What was added since goes; what was kept stays; each time has a certificate of its own."""
    stories.flag(story.desk, story.household.ref, story.household.children[:1])
    disposed(story, desk_of)
    desk = desk_of("amina", date(2026, 1, 5))
    families.reopen(desk, story.household.ref, date(2026, 1, 5))
    held = stories.held(desk, story.household.ref, date(2026, 1, 5))
    families.close(desk, story.household.ref, date(2026, 1, 5))
    desk.db.close()
    stories.approved(desk_of, story.household.ref, day=date(2031, 1, 5))
    (one,) = stories.swept(desk_of, date(2031, 1, 12)).disposed
    assert one.went == {"episode": 1}
    assert (one.certificate, held) == ("RC-000002-W", "S-000005-M")
    assert [row[0] for row in story.rows("SELECT session_id FROM attendance")] == [1, 2, 5]
