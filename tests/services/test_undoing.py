"""Taking back one's own last change: the former value comes back as a correction, and nothing is lost."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from lcs_cli.errors import RefusedError
from lcs_cli.policy.program import program_file
from lcs_cli.policy.rules import packaged
from lcs_cli.records.family import ContactField
from lcs_cli.records.permission import PermissionKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.user import Role
from lcs_cli.services import (
    attendance,
    contact_sessions,
    families,
    flags,
    people,
    permissions,
    referrals,
    staff,
    sweep,
    undoing,
    users,
)
from lcs_cli.services.attendance import Outcome
from lcs_cli.services.desk import Desk
from lcs_cli.services.permissions import PermissionDraft
from lcs_cli.vault import corrections
from lcs_cli.vault.secret import Secret
from tests.conftest import CHEAP, TODAY, OpenDesk, passphrase
from tests.services import stories

UNDO: Mapping[str, Any] = program_file("undo")
P1 = reference(Kind.PERSON, 1)
S1 = reference(Kind.SESSION, 1)
ST1 = reference(Kind.STAFF, 1)
R1 = reference(Kind.REFERRER, 1)


def undone(desk: Desk) -> undoing.Undo:
    """The last change, taken back as somebody does who has looked at it."""
    found = undoing.last(desk)
    assert found is not None
    return undoing.undo(desk, found.entry.seq)


def edited_family(desk: Desk, ref: str) -> None:
    families.edit(desk, ref, "Lloyd", "misheard")


def edited_person(desk: Desk, _: str) -> None:
    people.edit(desk, P1, {"given_name": "Sian", "date_of_birth": None, "address": "3 Heol Las"}, "misheard")


def corrected(desk: Desk, ref: str) -> None:
    stories.held(desk, ref, date(2026, 11, 2))
    attendance.correct(desk, S1, stories.STAYED_AWAY, "mistaken")


def moved(desk: Desk, ref: str) -> None:
    contact_sessions.book(desk, ref, TODAY, "10:00", "11:00")
    contact_sessions.move(desk, S1, TODAY, "14:00", "15:00", "bus")


def edited_staff(desk: Desk, _: str) -> None:
    stories.staff_member(desk)
    staff.edit(desk, ST1, {"name": "Eva Parry", "joined_on": date(2020, 1, 6)}, "misread")


def edited_referrer(desk: Desk, _: str) -> None:
    stories.referrer(desk)
    referrals.edit_referrer(desk, R1, "Other Council", None, "misread")


def state(desk: Desk) -> dict[str, list[tuple[object, ...]]]:
    """What the records hold, without the numbers of changes, and details in the clear."""
    tables = stories.everything(desk)
    kept = ("family", "person", "attendance", "contact_session", "staff_member", "referrer")
    found: dict[str, list[tuple[object, ...]]] = {name: [row[:-1] for row in tables[name]] for name in kept}
    found["details"] = [tuple(sorted(people.show(desk, P1).details.items()))]
    return found


@pytest.mark.parametrize("change", [edited_family, edited_person, edited_staff, edited_referrer])
def test_a_correction_is_put_back_as_another_correction(desk: Desk, change: Callable[[Desk, str], None]) -> None:
    """What was there before is there again, what was corrected is kept with the reason, and so is what was undone."""
    ref = stories.family(desk).ref
    stories.staff_member(desk)
    stories.referrer(desk)
    before = state(desk)
    change(desk, ref)
    rows = len(stories.everything(desk)["superseded"])
    undone(desk)
    assert stories.trail(desk)[-1].action == "undo"
    after = state(desk)
    assert {name: after[name][: len(before[name])] for name in before} == before
    assert len(stories.everything(desk)["superseded"]) > rows
    assert stories.everything(desk)["superseded"][-1][8] == undoing.REASON


@pytest.mark.parametrize("change", [corrected, moved])
def test_what_is_known_of_a_session_is_put_back(desk: Desk, change: Callable[[Desk, str], None]) -> None:
    """Attendance and times are again what they were, with the reason; the correction stays on record."""
    ref = stories.family(desk, 2).ref
    change(desk, ref)
    (recorded,) = attendance.listing(desk, ref, None, None)
    number = stories.number(Kind.FAMILY, ref)
    first = [one.row for one in corrections.of_family(desk.db, number)]
    undone(desk)
    (again,) = attendance.listing(desk, ref, None, None)
    assert again != recorded
    table = corrections.of_family(desk.db, number)[0].kind
    for row in first:
        there = corrections.current(desk.db, table, row)
        assert there is not None
        assert {**there, "changed": 0} == {**row, "changed": 0}
    assert {one.reason for one in corrections.of_family(desk.db, number)[len(first) :]} == {undoing.REASON}


def test_what_was_changed_after_it_was_shown_is_not_taken_back_in_its_place(desk: Desk) -> None:
    """What somebody said yes to is what they saw."""
    ref = stories.family(desk).ref
    families.edit(desk, ref, "Lloyd", "misheard")
    shown = undoing.last(desk)
    assert shown is not None
    families.edit(desk, ref, "Floyd", "misheard")
    with pytest.raises(RefusedError, match="something has been changed since it was shown"):
        undoing.undo(desk, shown.entry.seq)


def with_ended_referrals(desk: Desk, ref: str) -> None:
    stories.referred(desk, ref, stories.referrer(desk))
    referrals.edit_referrer(desk, R1, "Other Council", None, "it was another")


def with_a_login(desk: Desk, _: str) -> None:
    stories.staff_member(desk)
    staff.edit(desk, ST1, {"login": "tomos"}, "forgotten")


def moved_to_another(desk: Desk, ref: str) -> None:
    stories.booked(desk, ref, TODAY)
    contact_sessions.move(desk, S1, TODAY, "14:00", "15:00", "bus", supervisor=stories.staff_member(desk))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (with_ended_referrals, "its referrals ended with that correction"),
        (with_a_login, "whose login it is is not taken back"),
        (moved_to_another, "somebody was named to supervise it then"),
    ],
)
def test_a_change_that_more_came_of_is_put_right_by_hand(
    desk: Desk, change: Callable[[Desk, str], None], said: str
) -> None:
    """To put the former value back would leave the rest as it is."""
    change(desk, stories.family(desk).ref)
    with pytest.raises(RefusedError, match=said):
        undoing.last(desk)


def test_what_somebody_else_changed_since_is_left_alone(desk: Desk, desk_of: OpenDesk) -> None:
    """A booking that was cancelled, a detail that was corrected: the later word stays."""
    users.add_user(desk, "nia", [Role.ADMINISTRATOR], Secret(passphrase=passphrase("nia")), CHEAP)
    ref = stories.family(desk).ref
    stories.booked(desk, ref, TODAY)
    nia = desk_of("nia")
    permissions.request(
        nia, ref, PermissionDraft(PermissionKind.OBSERVATION, "Dr X", "See the child", "Her letter", S1)
    )
    with pytest.raises(RefusedError, match="has been changed since"):
        undoing.last(desk)
    contact_sessions.cancel(nia, S1, "snow")
    with pytest.raises(RefusedError, match="has been changed since"):
        undoing.last(desk)
    people.edit(desk, P1, {"email": "sian@example.org"}, "rang")
    people.edit(desk_of("nia"), P1, {"email": "other@example.org"}, "rang again")
    with pytest.raises(RefusedError, match="has been changed since"):
        undoing.last(desk)


def test_what_is_shown_before_it_is_in_the_words_that_were_asked(desk: Desk) -> None:
    """Whether somebody came, and when they left: no column, and no number."""
    corrected(desk, stories.family(desk).ref)
    found = undoing.last(desk)
    assert found is not None
    assert found.fields == [
        ("P-0001-R attended", "no", "yes"),
        ("P-0001-R arrived", None, "10:05"),
        ("P-0001-R left", None, "11:30"),
    ]


def test_a_booking_just_made_is_cancelled(desk: Desk) -> None:
    """It stays on record as one that did not take place."""
    ref = stories.family(desk).ref
    contact_sessions.book(desk, ref, TODAY, "10:00", "11:00")
    undone(desk)
    (session,) = contact_sessions.listing(desk, ref, None, None)
    assert (session.cancelled_on, session.cancel_reason) == (TODAY, undoing.REASON)


def test_a_contact_detail_that_was_added_is_taken_away_and_kept(desk: Desk) -> None:
    """And one that was taken away comes back."""
    stories.family(desk)
    people.edit(desk, P1, {"address": "3 Heol Las"}, "came late")
    undone(desk)
    shown = people.show(desk, P1)
    assert shown.details == {}
    assert [one.former for one in shown.corrections] == [{"address": "3 Heol Las"}]
    people.edit(desk, P1, {"address": "4 Heol Las"}, "now right")
    people.edit(desk, P1, {"address": None}, "no longer")
    undone(desk)
    assert people.show(desk, P1).details == {ContactField.ADDRESS: "4 Heol Las"}


def test_readings_do_not_hide_the_last_change_and_a_correction_of_nothing_is_none(desk: Desk) -> None:
    """Whoever looks at what they did can still take it back."""
    ref = stories.family(desk).ref
    families.edit(desk, ref, "Lloyd", "misheard")
    families.show(desk, ref)
    families.edit(desk, ref, "Lloyd", "again")
    undone(desk)
    assert families.show(desk, ref).family.name == "Llwyd"


def test_a_sweep_of_nothing_does_not_hide_the_last_change_and_a_disposal_does(desk: Desk, desk_of: OpenDesk) -> None:
    """What runs every night is no change of whoever runs it, until a file has gone."""
    ref = stories.family(desk).ref
    families.edit(desk, ref, "Lloyd", "misheard")
    sweep.sweep(desk)
    found = undoing.last(desk)
    assert found is not None
    assert found.entry.action == "family.edit"
    closed = stories.closed_family(desk_of("amina", stories.CLOSED), 2).ref
    stories.approved(desk_of, closed)
    swept = desk_of("amina", stories.SWEPT)
    sweep.sweep(swept)
    with pytest.raises(RefusedError, match="“retention sweep” is not taken back"):
        undoing.last(swept)


def test_what_somebody_else_changed_since_is_not_taken_back(desk: Desk) -> None:
    """Their correction would be lost with it."""
    stories.staff_member(desk)
    staff.edit(desk, ST1, {"name": "Eva Parry"}, "misread")
    staff.edit(stories.as_rhys(desk), ST1, {"name": "Ewa Parry"}, "misread again")
    with pytest.raises(RefusedError, match=r"^ST-001-R has been changed since"):
        undoing.last(desk)
    assert staff.show(desk, ST1).member.name == "Ewa Parry"


def test_what_others_may_have_gone_by_is_refused_with_its_clause(desk: Desk) -> None:
    """A concern is never taken back; the refusal says what to do instead."""
    ref = stories.family(desk).ref
    families.edit(desk, ref, "Lloyd", "misheard")
    stories.flag(desk, ref, closed=False)
    with pytest.raises(RefusedError, match="“flag raise” is not taken back") as refused:
        undoing.last(desk)
    assert refused.value.clause == "3"
    assert "lcs flag close" in refused.value.hint
    assert flags.listing(desk, ref)


def test_what_was_entered_stays_and_the_refusal_quotes_what_that_rests_on(desk: Desk) -> None:
    """A family is no record that is kept for ever: it goes when it is no longer required, and no other way."""
    stories.family(desk)
    with pytest.raises(RefusedError, match="“family add” is not taken back") as refused:
        undoing.last(desk)
    assert (refused.value.clause, "five years" in refused.value.quote) == ("4.6", True)


def test_nobody_takes_back_what_another_did(desk: Desk) -> None:
    """The last change of the vault may be somebody else's; one's own is looked for, and there is none."""
    families.edit(desk, stories.family(desk).ref, "Lloyd", "misheard")
    assert undoing.last(stories.as_rhys(desk)) is None


def test_every_action_is_put_back_refused_or_a_reading() -> None:
    """Whoever adds a command says in the program's rules what becomes of it when it is undone."""
    granted = sorted(action for grant in packaged().file("authority.toml")["grant"] for action in grant["actions"])
    said = [*UNDO["takes_back"], *UNDO["reads"], *(one for never in UNDO["never"] for one in never["actions"])]
    assert sorted(said) == granted
    assert set(UNDO["takes_back"]) == set(undoing._WAYS)


def test_a_correction_of_several_children_is_undone_and_done_again_as_one(desk: Desk) -> None:
    """Child by child it would leave a mixture that nobody ever recorded."""
    household = stories.family(desk, 2)
    session = stories.held(desk, household.ref, TODAY.replace(day=2))
    attendance.correct(desk, session, Outcome(True, "10:20", "11:20"), "the clock was wrong")

    def times() -> set[tuple[str, str]]:
        return set(desk.db.rows("SELECT arrived, departed FROM attendance"))

    assert times() == {("10:20", "11:20")}
    for after in ({("10:05", "11:30")}, {("10:20", "11:20")}):
        found = undoing.last(desk)
        assert found is not None
        assert session in stories.trail(desk)[-1].refs, "what was shown is on the trail"
        undoing.undo(desk, found.entry.seq)
        assert times() == after
        undone = [one for one in stories.trail(desk) if one.detail and one.detail.get("undone") == found.entry.seq]
        assert [session in one.refs for one in undone] == [True]
