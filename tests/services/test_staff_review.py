"""Staff and volunteers: five years after they left, reviewed, approved and disposed of like a family (policy 4.6)."""

from datetime import date, timedelta

import pytest

from lcs_cli.errors import DamagedVaultError, NotFoundError, RefusedError, UsageError
from lcs_cli.policy.retention import Outcome
from lcs_cli.policy.vetting import Standing
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.retention import HoldKind, RecordClass
from lcs_cli.records.safeguarding import FlagCategory
from lcs_cli.records.staff import Capacity
from lcs_cli.records.years import anniversary
from lcs_cli.services import (
    attendance,
    audits,
    certificates,
    contact_sessions,
    families,
    flags,
    keys,
    lookup,
    retention,
    staff,
    supervision,
    users,
)
from lcs_cli.services.desk import Desk
from lcs_cli.vault import disposals, reviews
from lcs_cli.vault.register import Register
from tests.conftest import TODAY, OpenDesk
from tests.services import stories
from tests.services.stories import APPROVED, CLOSED, DUE, SWEPT
from tests.vault.tampering import without_triggers

DAY = timedelta(days=1)
OF_STAFF = (
    "staff_member",
    "vetting_check",
    "vetting_confirmation",
    "undertaking",
    "superseded",
    "review",
    "legal_hold",
)


@pytest.fixture
def leaver(desk_of: OpenDesk) -> str:
    """Efa, who left on `CLOSED`."""
    desk = desk_of("amina", CLOSED)
    ref = stories.leaver(desk)
    desk.db.close()
    return ref


def outcome(desk: Desk, ref: str) -> Outcome:
    """What the schedule says of one entry today."""
    (item,) = retention.items(desk, desk.today, [ref])
    return item.decision.outcome


def counts(desk: Desk) -> list[int]:
    """How many rows each table of the staff register has."""
    return [desk.db.value(f"SELECT count(*) FROM {table}") for table in OF_STAFF]


@pytest.mark.clause("4.6", "five years")
def test_an_entry_is_disposed_of_five_years_after_the_last_day(desk_of: OpenDesk, leaver: str) -> None:
    """Proposed, approved by another, cooled off, swept: entry, checks, undertaking, corrections, reviews are gone."""
    before = desk_of("amina", DUE - DAY)
    assert retention.due(before, before.today) == []
    with pytest.raises(RefusedError, match="they left on 2020-03-02; 5 years are reached on 2025-03-02"):
        retention.propose(before, leaver, None)
    assert counts(before) == [1, 1, 1, 1, 2, 0, 0]
    stories.approved(desk_of, leaver)
    assert stories.swept(desk_of, SWEPT - DAY).disposed == []
    (done,) = stories.swept(desk_of).disposed
    assert (done.subject, done.went, done.stayed) == (leaver, {"staff": 4, "correction": 2}, {})
    desk = desk_of("amina", SWEPT)
    assert counts(desk) == [0] * 7
    with pytest.raises(NotFoundError):
        staff.show(desk, leaver)


def test_certificate_and_register_say_staff_and_no_name(desk_of: OpenDesk, leaver: str) -> None:
    """Reference, rule, people who decided, counts; the register's line is the one that the certificate names."""
    stories.disposed(desk_of, leaver)
    desk = desk_of("amina", SWEPT)
    found = certificates.listing(desk)[0].content
    assert audits.verify(desk).problems == ()
    assert (found["staff"], found["rule"], found["due_on"]) == (leaver, "staff-file", DUE.isoformat())
    assert (found["reviewed_by"], found["approved_by"], "family" in found) == ("U-001-R", "U-003-A", False)
    (line,) = Register(desk.vault.register).lines
    assert set(line) == {"review", "staff", "on", "policy_version", "rules_hash", "audit_head", "previous", "digest"}
    assert (line["staff"], line["digest"]) == (leaver, found["register_digest"])
    assert "Efa" not in desk.vault.register.read_text()


def test_a_family_and_an_entry_are_one_list_with_one_hash(desk_of: OpenDesk, leaver: str) -> None:
    """Each alone is another list."""
    household = stories.closed_family(desk_of("amina", CLOSED))
    proposing = desk_of("amina", APPROVED)
    retention.propose(proposing, leaver, None)
    alone = retention.approval_list(desk_of("rhys", APPROVED)).hash
    retention.propose(proposing, household.ref, None)
    both = retention.approval_list(desk_of("rhys", APPROVED))
    assert {item.decision.subject for item in both.items} == {leaver, household.ref}
    with pytest.raises(RefusedError, match="not the list that was shown"):
        retention.approve(desk_of("rhys", APPROVED), alone)
    retention.approve(desk_of("rhys", APPROVED), both.hash)
    assert {one.subject for one in stories.swept(desk_of).disposed} == {leaver, household.ref}


def test_whoever_proposed_does_not_approve(desk_of: OpenDesk, leaver: str) -> None:
    """As with a family's file."""
    desk = desk_of("amina", APPROVED)
    retention.propose(desk, leaver, None)
    with pytest.raises(RefusedError, match="made these proposals"):
        retention.approve(desk, retention.approval_list(desk).hash)


def test_a_hold_keeps_an_entry_until_another_releases_it(desk_of: OpenDesk, leaver: str) -> None:
    """Placed after the approval it sends the proposal back; released, the entry is due again."""
    stories.approved(desk_of, leaver)
    held = retention.hold(desk_of("amina", APPROVED), leaver, HoldKind.INQUIRY, "an inquiry asked", None)
    assert held.subject == leaver
    done = stories.swept(desk_of)
    assert done.sent_back == [(leaver, "an inquiry hold until it is released")]
    assert counts(desk_of("amina", SWEPT)) == [1, 1, 1, 1, 2, 1, 1]
    with pytest.raises(RefusedError, match="an inquiry hold"):
        retention.propose(desk_of("amina", SWEPT), leaver, None)
    released = retention.release(desk_of("rhys", SWEPT), reference(Kind.HOLD, held.number))
    assert released.subject == leaver
    assert outcome(desk_of("amina", SWEPT), leaver) is Outcome.DUE


def test_a_review_may_keep_an_entry_until_a_day(desk_of: OpenDesk, leaver: str) -> None:
    """On that day it is due again; what that review said goes with the entry, and is counted."""
    until = DUE + timedelta(days=90)
    kept = retention.keep(desk_of("amina", DUE), leaver, until, "a reference may be asked for")
    assert kept.subject == leaver
    assert outcome(desk_of("amina", until - DAY), leaver) is Outcome.REQUIRED
    (item,) = retention.items(desk_of("amina", until), until, [leaver])
    assert (item.decision.outcome, item.decision.fate.goes[RecordClass.REVIEW]) == (Outcome.DUE, 1)


def test_a_changed_entry_goes_back_to_review(desk_of: OpenDesk, leaver: str) -> None:
    """Somebody corrected the last day after the approval."""
    stories.approved(desk_of, leaver)
    staff.leave(desk_of("rhys", APPROVED), leaver, CLOSED - DAY, "the day before")
    assert stories.swept(desk_of).sent_back == [(leaver, "the file changed after it was reviewed")]
    (review,) = reviews.select(desk_of("amina", SWEPT).db)
    assert (review.subject, review.state, review.reason) == (
        leaver,
        "returned",
        "the file changed after it was reviewed",
    )


def test_a_slot_that_is_theirs_is_taken_away_first(desk_of: OpenDesk) -> None:
    """Whoever can still open the vault is not done here; nothing of the entry goes before."""
    desk = desk_of("amina", CLOSED)
    ref = stories.leaver(desk, login="tomos")
    with pytest.raises(RefusedError, match="U-004-G still opens the vault") as refused:
        retention.propose(desk_of("amina", APPROVED), ref, None)
    assert "lcs staff due" in refused.value.hint
    users.remove(desk_of("rhys", APPROVED), "tomos")
    assert stories.disposed(desk_of, ref).disposed


def test_nobody_reviews_their_own_entry(desk_of: OpenDesk) -> None:
    """Not to have it disposed of, not to keep it; a hold stops a disposal, and harms nobody."""
    desk = desk_of("amina", CLOSED)
    ref = stories.staff_member(desk, login="rhys", vetted=False)
    staff.leave(desk, ref, CLOSED, "moved away")
    own = desk_of("rhys", APPROVED)
    with pytest.raises(RefusedError, match="U-003-A may not review their own entry"):
        retention.propose(own, ref, None)
    with pytest.raises(RefusedError, match="U-003-A may not review their own entry"):
        retention.keep(own, ref, APPROVED + DAY, "mine")
    assert retention.hold(own, ref, HoldKind.COMPLAINT, "mine", None).subject == ref


def test_nobody_approves_what_has_become_their_own_entry(desk_of: OpenDesk, leaver: str) -> None:
    """The proposal is not on the list of whoever has a slot linked to it since: nobody can approve it."""
    desk = desk_of("amina", APPROVED)
    retention.propose(desk, leaver, None)
    staff.edit(desk, leaver, {"login": "rhys"}, "it was rhys")
    approving = desk_of("rhys", APPROVED)
    waiting = retention.approval_list(approving)
    assert [item.decision.subject for item in waiting.changed] == [leaver]
    with pytest.raises(NotFoundError, match="no proposal waits"):
        retention.approve(approving, waiting.hash)


@pytest.mark.clause("4.6", "safeguarding files")
def test_whoever_a_concern_names_is_kept_for_ever(desk_of: OpenDesk, leaver: str) -> None:
    """Named after the approval, by a lead, in a concern that is closed: it goes back, and never comes up again."""
    household = stories.family(desk_of("amina", CLOSED))
    flag = stories.flag(desk_of("amina", CLOSED), household.ref)
    stories.approved(desk_of, leaver)
    named = flags.name_staff(desk_of("amina", APPROVED), flag, [leaver])
    assert [reference(Kind.STAFF, one) for one in named.staff] == [leaver]
    assert stories.swept(desk_of).sent_back == [(leaver, "it belongs to a safeguarding file")]
    for year in (2027, 2099):
        desk = desk_of("amina", date(year, 1, 4))
        assert outcome(desk, leaver) is Outcome.KEPT
        with pytest.raises(RefusedError, match="belongs to a safeguarding file"):
            retention.propose(desk, leaver, None)
    assert counts(desk_of("amina", SWEPT))[:4] == [1, 1, 1, 1]


def test_somebody_is_named_when_a_concern_is_raised(desk_of: OpenDesk, leaver: str) -> None:
    """By anyone who works here; nobody but a safeguarding lead is told afterwards that it names them."""
    household = stories.family(desk_of("amina", CLOSED))
    raised = flags.raise_flag(
        desk_of("tomos", DUE), household.ref, FlagCategory.PHYSICAL, "She hit him.", staff=[leaver, leaver]
    )
    assert raised.staff == (lookup.staff(desk_of("amina", DUE).db, leaver).number,)
    with pytest.raises(RefusedError):
        flags.name_staff(desk_of("rhys", DUE), reference(Kind.FLAG, raised.number), [leaver])
    with pytest.raises(UsageError, match="the flag names ST-001-R already"):
        flags.name_staff(desk_of("amina", DUE), reference(Kind.FLAG, raised.number), [leaver])
    assert outcome(desk_of("amina", DUE), leaver) is Outcome.KEPT


def test_a_name_that_was_taken_out_of_a_concern_is_noticed(desk_of: OpenDesk, leaver: str) -> None:
    """It is part of the concern's digest: by another tool the link can be removed, and not unnoticed."""
    desk = desk_of("amina", CLOSED)
    household = stories.family(desk)
    flag = stories.flag(desk, household.ref)
    flags.name_staff(desk, flag, [leaver])
    assert audits.verify(desk).problems == ()
    desk.db.close()
    with without_triggers(desk_of()) as connection:
        connection.execute("DELETE FROM flag_staff")
    (said,) = audits.verify(desk_of()).problems
    assert said.startswith(f"{flag} is not what entry")


def test_a_session_that_is_still_theirs_to_supervise_keeps_the_entry(desk_of: OpenDesk) -> None:
    """Booked, and neither recorded nor cancelled: somebody else is named first."""
    desk = desk_of("amina", CLOSED)
    household = stories.family(desk)
    ref = stories.staff_member(desk, vetted=False)
    stories.cleared(desk, ref, issued_on=date(2019, 1, 7))
    session = stories.booked(desk, household.ref, CLOSED)
    contact_sessions.supervise(desk, session, ref)
    staff.leave(desk, ref, CLOSED, "moved away")
    assert outcome(desk_of("amina", DUE), ref) is Outcome.REQUIRED
    attendance.record(stories.evening(desk), session, stories.CAME)
    assert outcome(desk_of("amina", DUE), ref) is Outcome.DUE


def test_a_session_of_long_ago_still_says_whom_it_had(desk_of: OpenDesk) -> None:
    """By reference; its list, its family and the next day's lists open as before, and warn of nothing."""
    desk = desk_of("amina", CLOSED)
    household = stories.family(desk)
    ref = stories.staff_member(desk, vetted=False)
    stories.cleared(desk, ref, issued_on=date(2019, 1, 7))
    session = stories.booked(desk, household.ref, CLOSED)
    contact_sessions.supervise(desk, session, ref)
    attendance.record(stories.evening(desk), session, stories.CAME)
    staff.leave(desk, ref, CLOSED, "moved away")
    stories.disposed(desk_of, ref)
    desk = desk_of("amina", SWEPT)
    (found,) = contact_sessions.listing(desk, household.ref, None, None)
    assert supervision.refs(found) == [ref]
    duty = supervision.duties(desk, [found])[found.number]
    assert (duty.standing, duty.permitted, duty.reason) == (Standing.GONE, True, "")
    with pytest.raises(UsageError, match="attendance"):
        contact_sessions.move(desk, session, CLOSED, "12:00", "13:00", "a slip")
    assert families.show(desk, household.ref).sessions == 1


def test_nobody_is_asked_again_about_somebody_who_came_back(desk_of: OpenDesk, leaver: str) -> None:
    """Whoever comes back is entered anew: the reference of the former entry is never given again."""
    stories.disposed(desk_of, leaver)
    desk = desk_of("amina", SWEPT)
    again = staff.add(desk, "Efa Parry", Capacity.VOLUNTEER, SWEPT).member.number
    assert reference(Kind.STAFF, again) == "ST-002-W"


def test_a_leaving_day_that_nobody_recorded_is_asked_for(desk_of: OpenDesk) -> None:
    """Five years after the last trace of somebody without a slot; the answer is their last day, or a reason."""
    ref = stories.staff_member(desk_of("amina", CLOSED), vetted=False)
    desk = desk_of("amina", DUE)
    assert stories.swept(desk_of, DUE).to_review == [ref]
    with pytest.raises(RefusedError, match="nothing says when they left") as refused:
        retention.propose(desk, ref, None)
    assert refused.value.hint.startswith(f"if they have left: lcs staff leave {ref}")
    assert retention.keep(desk, ref, TODAY, "helps every summer").subject == ref
    assert stories.swept(desk_of, DUE).to_review == []


def test_the_trail_is_content_with_an_entry_that_was_disposed_of(desk_of: OpenDesk, leaver: str) -> None:
    """The entry of the disposal tells that it is gone; the trail holds no day of it, nor a word."""
    stories.disposed(desk_of, leaver)
    desk = desk_of("amina", SWEPT)
    assert audits.verify(desk).problems == ()
    assert not any(word in str(stories.trail(desk)) for word in ("Efa", "moved away", "001234567890", "2019-01-08"))
    (told,) = [entry for entry in stories.trail(desk) if "gone" in (entry.detail or {})]
    assert (told.action, told.detail["gone"] if told.detail else "") == ("retention.sweep", leaver)


def test_no_disposal_takes_a_record_that_is_kept_for_ever(desk_of: OpenDesk) -> None:
    """An entry of a sweep that says so of a concern is not believed: any who may sweep could sign one."""
    desk = desk_of("amina", CLOSED)
    flag = stories.flag(desk, stories.family(desk).ref)
    with desk.acting("retention.sweep") as act:
        act.note(gone=flag)
    desk.db.close()
    with without_triggers(desk_of()) as connection:
        connection.execute("DELETE FROM flag")
    assert any(f"{flag} is not there, and entry" in line for line in audits.verify(desk_of()).problems)


def test_an_entry_that_is_gone_without_a_disposal_is_missed(desk_of: OpenDesk, leaver: str) -> None:
    """Taken away by another tool, and put back by one after its disposal."""
    desk = desk_of("amina", CLOSED)
    rows = {table: desk.db.rows(f"SELECT * FROM {table}") for table in ("staff_member", "vetting_check")}
    with without_triggers(desk_of("amina", CLOSED)) as connection:
        connection.execute("DELETE FROM vetting_confirmation")
        connection.execute("DELETE FROM vetting_check")
        connection.execute("DELETE FROM undertaking")
        connection.execute("DELETE FROM staff_member")
    assert any(f"{leaver} is not there, and entry" in line for line in audits.verify(desk_of()).problems)
    with without_triggers(desk_of("amina", CLOSED)) as connection:
        for table, found in rows.items():
            marks = ", ".join("?" * len(found[0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", found)
    assert any(f"{leaver} is not what entry" in line for line in audits.verify(desk_of()).problems)


def test_an_entry_that_is_back_after_its_disposal_is_named(desk_of: OpenDesk, leaver: str) -> None:
    """From a copy, say: its rows are there, and the last entry about it tells that they are gone."""
    (row,) = desk_of("amina", CLOSED).db.rows("SELECT * FROM staff_member")
    stories.disposed(desk_of, leaver)
    with without_triggers(desk_of()) as connection:
        connection.execute(f"INSERT INTO staff_member VALUES ({', '.join('?' * len(row))})", row)
    assert audits.verify(desk_of()).problems == (f"{leaver} is there, and no entry tells of it",)


def test_a_sweep_leaves_an_entry_that_another_tool_changed(desk_of: OpenDesk, leaver: str) -> None:
    """As it leaves a family whose kept records were changed: it ends with an error that names it."""
    stories.approved(desk_of, leaver)
    with without_triggers(desk_of()) as connection:
        connection.execute("UPDATE vetting_check SET decision = 'pending', decided_on = NULL, decided_by = NULL")
    with pytest.raises(DamagedVaultError, match=f"0 disposed of, but {leaver} was not"):
        stories.swept(desk_of)
    assert counts(desk_of("amina", SWEPT))[0] == 1


def test_the_keys_are_replaced_after_a_disposal(desk_of: OpenDesk, leaver: str) -> None:
    """The rows are poured into another file under every guard: whom a kept concern names, whoever is gone, reviews."""
    desk = desk_of("amina", CLOSED)
    household = stories.family(desk)
    session = stories.booked(desk, household.ref, CLOSED)
    contact_sessions.supervise(desk, session, leaver)
    attendance.record(stories.evening(desk), session, stories.CAME)
    other, third = stories.leaver(desk, "Nia Hughes"), stories.leaver(desk, "Ceri Hughes")
    flags.name_staff(desk, stories.flag(desk, household.ref), [other])
    stories.disposed(desk_of, leaver)
    retention.propose(desk_of("amina", SWEPT), third, None)
    keys.rotate(desk_of("amina", SWEPT))
    desk = desk_of("amina", SWEPT)
    assert [row[0] for row in desk.db.rows("SELECT id FROM staff_member")] == [2, 3]
    assert audits.verify(desk).problems == ()
    assert [item.decision.outcome for item in retention.items(desk, SWEPT, [other])] == [Outcome.KEPT]
    assert [review.subject for review in reviews.select(desk.db)] == [third]


def test_a_sweep_that_was_killed_is_finished_by_the_next_one(
    desk_of: OpenDesk, leaver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its line is on the disk before the rows go; it is withdrawn, and one stands."""

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    stories.approved(desk_of, leaver)
    with monkeypatch.context() as patch:
        patch.setattr(disposals, "dispose_staff", killed)
        with pytest.raises(KeyboardInterrupt):
            stories.swept(desk_of)
    desk = desk_of("amina", SWEPT)
    assert counts(desk)[0] == 1
    desk.db.close()
    assert [one.subject for one in stories.swept(desk_of).disposed] == [leaver]
    desk = desk_of("amina", SWEPT)
    assert [line["staff"] for line in Register(desk.vault.register).all_standing()] == [leaver]
    assert audits.verify(desk).problems == ()


def test_the_digest_of_an_entry_is_salted(desk_of: OpenDesk) -> None:
    """Two entries that are alike in everything have different digests: who guesses right cannot know it."""
    desk = desk_of("amina", CLOSED)
    salts = set()
    for _ in range(2):
        staff.add(desk, "Efa Parry", Capacity.VOLUNTEER, CLOSED)
    salts = {row[0] for row in desk.db.rows("SELECT salt FROM staff_member")}
    assert len(salts) == 2
    assert all(len(bytes.fromhex(salt)) == 16 for salt in salts)
    assert not any(salt in str(stories.trail(desk)) for salt in salts)


def test_a_hold_with_a_last_day_keeps_an_entry_to_the_end_of_it(desk_of: OpenDesk, leaver: str) -> None:
    """And no longer."""
    until = DUE + timedelta(days=30)
    retention.hold(desk_of("amina", CLOSED), leaver, HoldKind.INQUIRY, "an inquiry asked", until)
    outcomes = [outcome(desk_of("amina", day), leaver) for day in (DUE, until, until + DAY)]
    assert outcomes == [Outcome.REQUIRED, Outcome.REQUIRED, Outcome.DUE]


def test_an_undertaking_shows_that_somebody_was_here(desk_of: OpenDesk) -> None:
    """Of whom nothing says when they left: five years are counted from the last that is known of them."""
    desk = desk_of("amina", CLOSED)
    ref = stories.staff_member(desk, vetted=False)
    staff.undertake(desk, ref, CLOSED - timedelta(days=1))
    known = anniversary(CLOSED - timedelta(days=1), 5)
    assert [outcome(desk_of("amina", day), ref) for day in (known - DAY, known)] == [Outcome.ONGOING, Outcome.ASK]
