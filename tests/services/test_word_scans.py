"""Abuse wording in a file that is due (policy 4.6): nothing goes before a safeguarding lead has looked at it."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta

import pytest

from lcs_cli.errors import RefusedError, UsageError
from lcs_cli.policy.program import program_file, scanned_columns
from lcs_cli.policy.retention import Outcome
from lcs_cli.records.document import DocumentKind
from lcs_cli.records.family import PersonKind
from lcs_cli.records.free_text import FreeText
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.request import PauseReason, RequestKind
from lcs_cli.records.retention import HoldKind, RecordClass, Review, ReviewOutcome, ReviewState
from lcs_cli.records.user import Role
from lcs_cli.services import (
    consents,
    contact_sessions,
    families,
    overview,
    papers,
    people,
    permissions,
    publishing,
    referrals,
    reports,
    requests,
    retention,
    staff,
    sweep,
    users,
    word_scans,
)
from lcs_cli.services.consents import ConsentDraft
from lcs_cli.services.desk import Desk
from lcs_cli.services.papers import PaperDraft
from lcs_cli.services.people import PersonDraft
from lcs_cli.services.publishing import PolicyDraft
from lcs_cli.services.requests import RequestDraft
from lcs_cli.vault import reviews, word_clearings
from lcs_cli.vault.free_texts import free_texts
from lcs_cli.vault.secret import Secret
from tests.conftest import CHEAP, TODAY, OpenDesk, passphrase
from tests.services import stories
from tests.services.stories import APPROVED, CLOSED, DUE, SWEPT

DAY = timedelta(days=1)
F1 = "LCS-0001-R"
NOTE = "Siân had a bruise [b]on[/b] one arm."
GOES_NOT = {RecordClass.GOVERNANCE, RecordClass.SAFEGUARDING_FILE, RecordClass.ACCIDENT_RECORD}


@pytest.fixture
def worded(desk_of: OpenDesk) -> str:
    """A family that is due, and a note of a session in its file; ceri is a second safeguarding lead."""
    desk = desk_of("amina", CLOSED)
    users.add_user(desk, "ceri", [Role.SAFEGUARDING_LEAD], Secret(passphrase=passphrase("ceri")), CHEAP)
    household = stories.family(desk)
    stories.booked(desk, household.ref, date(2019, 3, 4), note=NOTE)
    stories.paper(desk, household.ref)
    families.close(desk, household.ref, CLOSED)
    desk.db.close()
    return household.ref


def item(desk: Desk, ref: str = F1) -> retention.Item:
    """What is said of one file today."""
    return next(retention.items(desk, desk.today, [ref]))


def cleared(desk: Desk, ref: str = F1) -> word_scans.Wording:
    """A lead looks, and clears what was shown."""
    return word_scans.clear(desk, ref, word_scans.look(desk, ref).scan.digest)


def a_word(desk: Desk, said: str = "She was hurt") -> None:
    """Words come into the file of which its facts know nothing: why a file on paper was moved."""
    papers.move(desk, "PF-0001-R", "Archive", None, desk.today, said)


def test_a_file_with_wording_is_not_proposed_before_a_lead_has_cleared_it(worded: str, desk_of: OpenDesk) -> None:
    """It is required, the refusal says who looks at it, and once it is cleared the file goes as any other."""
    desk = desk_of("amina", APPROVED)
    (found,) = retention.due(desk, APPROVED)
    assert (found.decision.outcome, found.decision.rule.id) == (Outcome.REQUIRED, "word-scan")
    assert found.decision.reasons == ("wording that a safeguarding lead is to look at, in 1 place",)
    with pytest.raises(RefusedError, match="wording that a safeguarding lead is to look at") as refused:
        retention.propose(desk, worded, None)
    assert (refused.value.clause, refused.value.rule) == ("4.6", "word-scan")
    assert refused.value.hint == f"lcs retention clear {worded}   then review it again"
    cleared(desk_of("ceri", APPROVED))
    assert item(desk).decision.outcome is Outcome.DUE
    stories.approved(desk_of, worded)
    (one,) = stories.swept(desk_of).disposed
    assert one.subject == worded
    assert desk_of("amina", SWEPT).db.value("SELECT count(*) FROM word_clearing") == 0


def test_it_waits_for_the_lead_in_every_list(worded: str, desk_of: OpenDesk) -> None:
    """In the sweep's, which ends with something that waits, and in a lead's own day; not in that of others."""
    done = stories.swept(desk_of, APPROVED)
    assert (done.to_clear, done.to_review, done.waits_for_a_person) == ([worded], [], True)
    for listed in (overview.today, overview.status):
        (waits,) = [one for one in listed(desk_of("ceri", APPROVED)).waiting if one.name == "words_to_clear"]
        assert (waits.count, waits.command, waits.clause) == (1, f"retention clear {worded}", "4.6")
        assert not [one for one in listed(desk_of("rhys", APPROVED)).waiting if one.name == "words_to_clear"]
    cleared(desk_of("ceri", APPROVED))
    done = stories.swept(desk_of, APPROVED)
    assert (done.to_clear, done.to_review) == ([], [worded])


@pytest.mark.clause("4.6", "safeguarding files")
def test_words_that_come_after_the_approval_send_it_back(worded: str, desk_of: OpenDesk) -> None:
    """In the very transaction that would have disposed of it: they are no change of the file's facts."""
    cleared(desk_of("ceri", APPROVED))
    stories.approved(desk_of, worded)
    a_word(desk_of("amina", SWEPT - DAY))
    done = stories.swept(desk_of)
    assert done.disposed == []
    assert done.sent_back == [(worded, "wording that a safeguarding lead is to look at, in 2 places")]
    assert done.to_clear == [worded]
    cleared(desk_of("ceri", SWEPT))
    assert item(desk_of("amina", SWEPT)).decision.outcome is Outcome.DUE


def test_wording_that_is_cleared_after_the_approval_is_not_what_was_approved(worded: str, desk_of: OpenDesk) -> None:
    """The proposal goes back all the same: who approved had not seen that there was any."""
    cleared(desk_of("ceri", APPROVED))
    stories.approved(desk_of, worded)
    a_word(desk_of("amina", SWEPT - DAY))
    cleared(desk_of("ceri", SWEPT - DAY))
    assert stories.swept(desk_of).sent_back == [(worded, "the file changed after it was reviewed")]


def test_words_without_a_hit_hold_nothing_up(worded: str, desk_of: OpenDesk) -> None:
    """What was cleared stays cleared, and what was approved goes."""
    cleared(desk_of("ceri", APPROVED))
    stories.approved(desk_of, worded)
    a_word(desk_of("amina", SWEPT - DAY), "The cabinet was full")
    assert len(stories.swept(desk_of).disposed) == 1


def test_another_text_or_another_list_asks_again(worded: str, desk_of: OpenDesk) -> None:
    """What was cleared is those texts, by that list."""
    there = desk_of("ceri", TODAY)
    cleared(there)
    assert not item(there).scan.waits
    amina = desk_of("amina", TODAY)
    rules = stories.other_rules("word_scan.toml", '"welt", ', "")
    draft = PolicyDraft(TODAY, "trustees, 3 March 2026", None, rules)
    planned = publishing.plan(amina, draft)
    assert planned.effects.loosened == ("wording not looked for before a disposal: welt, by 2026-11-26",)
    with pytest.raises(RefusedError, match="nobody has accepted"):
        publishing.publish(amina, draft)
    publishing.publish(amina, draft, planned.hash)
    there = desk_of("ceri", TODAY)
    assert item(there).scan.waits
    shown = word_scans.look(there, worded).scan.digest
    a_word(amina)
    with pytest.raises(RefusedError, match="is not the wording that was shown"):
        word_scans.clear(there, worded, shown)
    assert item(there).scan.waits
    cleared(there)
    assert not item(there).scan.waits


def test_who_proposed_does_not_clear_and_who_cleared_does_not_propose(worded: str, desk_of: OpenDesk) -> None:
    """Amina is a lead, too. Whoever approves may have cleared it."""
    cleared(desk_of("ceri", APPROVED))
    ceri = desk_of("ceri", APPROVED)
    with pytest.raises(RefusedError, match=r"U-005-M cleared the wording .* both sides") as refused:
        retention.propose(ceri, worded, None)
    assert (refused.value.clause, refused.value.rule) == ("4.6", "both-sides")
    amina = desk_of("amina", APPROVED)
    retention.propose(amina, worded, None)
    a_word(amina)
    with pytest.raises(RefusedError, match=r"U-001-R proposed the disposal .* both sides"):
        word_scans.look(amina, worded)
    with pytest.raises(RefusedError, match=r"U-001-R proposed the disposal .* both sides"):
        word_scans.clear(amina, worded, "0" * 64)
    cleared(desk_of("ceri", APPROVED))


def test_the_schema_holds_what_was_cleared_and_by_whom(worded: str, desk_of: OpenDesk) -> None:
    """Nobody clears what they proposed, and nothing of a clearing is changed."""
    done = cleared(desk_of("ceri", APPROVED)).cleared
    assert done is not None
    amina = desk_of("amina", APPROVED)
    retention.propose(amina, worded, None)
    own = word_clearings.Clearing(worded, done.digest, 1, APPROVED, "U-001-R")
    with pytest.raises(RefusedError, match="both sides"), amina.acting("retention.clear"):
        word_clearings.add(amina.db, own, 1, "0" * 64)
    with pytest.raises(RefusedError, match="stays as it was"), amina.acting("retention.clear"):
        amina.db.run("UPDATE word_clearing SET digest = ?", "0" * 64)
    assert amina.db.rows("SELECT digest, cleared_by FROM word_clearing") == [(done.digest, "U-005-M")]


def test_what_its_proposer_cleared_is_not_cleared(worded: str, desk_of: OpenDesk) -> None:
    """Whatever way it came there: the row alone lets nothing go."""
    ceri = desk_of("ceri", APPROVED)
    digest = item(ceri).scan.digest
    cleared(ceri)
    retention.propose(desk_of("amina", APPROVED), worded, None)
    with ceri.acting("retention.clear"):
        ceri.db.run("UPDATE review SET reviewed_by = 'U-005-M'")
    assert item(ceri).scan.waits
    assert item(ceri).scan.digest == digest


def test_the_lead_is_shown_the_text_and_the_trail_none_of_it(worded: str, desk_of: OpenDesk) -> None:
    """Where it stands, whole and as it was written; the entry names the records and the fields, never a word."""
    desk = desk_of("ceri", APPROVED)
    found = word_scans.look(desk, worded)
    (text,) = found.texts
    assert (text.record, text.table, text.column, text.words) == ("S-000001-R", "contact_session", "note", NOTE)
    assert "bruise" not in repr(found)
    entry = stories.trail(desk)[-1]
    assert (entry.action, entry.outcome, entry.refs) == ("retention.clear", "done", (worded, "S-000001-R"))
    assert stories.detail(entry) == {"fields": ["contact_session.note"], "hits": 1}
    digest = cleared(desk).scan.digest
    entry = stories.trail(desk)[-1]
    assert stories.detail(entry) == {"fields": ["contact_session.note"], "hits": 1, "cleared": True}
    assert digest not in str(stories.trail(desk)), "a digest of a short text can be guessed from"
    row = desk.db.rows("SELECT digest, hits, cleared_on, cleared_by FROM word_clearing")
    assert row == [(digest, 1, APPROVED.isoformat(), "U-005-M")]


def test_where_nothing_waits_there_is_nothing_to_look_at(worded: str, desk_of: OpenDesk) -> None:
    """Before it is due, and once it is cleared."""
    with pytest.raises(UsageError, match=r"no wording that waits .* 5 years are reached on 2025-03-02"):
        word_scans.look(desk_of("ceri", DUE - DAY), worded)
    desk = desk_of("ceri", DUE)
    cleared(desk)
    with pytest.raises(UsageError, match="no wording that waits"):
        word_scans.look(desk, worded)


def test_a_file_that_is_not_due_is_not_read(worded: str, desk_of: OpenDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by the sweep nor by a list: it costs nothing where nothing is due."""
    read: list[Collection[str]] = []

    def reading(_db: object, some: Collection[str], *_: object) -> Iterator[FreeText]:
        read.append(some)
        return iter(())

    monkeypatch.setattr(word_scans, "free_texts", reading)
    sweep.sweep(desk_of("amina", DUE - DAY))
    retention.due(desk_of("amina", DUE - DAY), DUE - DAY, everything=True)
    assert read == []
    sweep.sweep(desk_of("amina", DUE))
    assert read == [[worded]]


def test_what_a_record_said_before_it_was_corrected_is_scanned(desk_of: OpenDesk) -> None:
    """Correcting a note takes no wording away, and the reason of a correction is free text, too."""
    desk = desk_of("amina", CLOSED)
    household = stories.family(desk)
    people.edit(desk, household.adult, {"relationship": "her attacker"}, "misread")
    people.edit(desk, household.adult, {"relationship": "mother"}, "she told me that it is so")
    families.close(desk, household.ref, CLOSED)
    found = word_scans.look(desk_of("amina", DUE), household.ref)
    assert {(one.table, one.column, one.record) for one in found.texts} == {
        ("superseded", "relationship", household.adult),
        ("superseded", "reason", household.adult),
    }


def test_an_entry_of_the_staff_register_is_scanned(desk_of: OpenDesk) -> None:
    """It is reviewed the same way: why somebody left may say the worst of all."""
    desk = desk_of("amina", CLOSED)
    ref = stories.staff_member(desk, vetted=False)
    staff.leave(desk, ref, CLOSED, "after an assault")
    desk = desk_of("amina", APPROVED)
    with pytest.raises(RefusedError, match="wording that a safeguarding lead is to look at"):
        retention.propose(desk, ref, None)
    found = {(text.record, text.table, text.column) for text in word_scans.look(desk, ref).texts}
    assert found == {(ref, "staff_member", "left_reason"), (ref, "superseded", "reason")}
    cleared(desk, ref)
    retention.propose(desk_of("rhys", APPROVED), ref, None)
    retention.approve(desk, retention.approval_list(desk).hash)
    assert [one.subject for one in stories.swept(desk_of).disposed] == [ref]


def test_what_stays_for_ever_is_not_scanned(desk_of: OpenDesk) -> None:
    """A child-protection file says what it says, and goes nowhere."""
    desk = desk_of("amina", CLOSED)
    household = stories.family(desk)
    draft = PaperDraft(DocumentKind.CHILD_PROTECTION, "Assault, conference papers", "Cabinet 2", None, CLOSED)
    papers.add(desk, household.ref, draft)
    referrer = stories.referrer(desk)
    stories.referred(desk, household.ref, referrer, CLOSED, electronic=True, case="ABUSE 7")
    families.close(desk, household.ref, CLOSED)
    assert item(desk_of("amina", DUE)).decision.outcome is Outcome.DUE


def test_every_column_that_can_go_is_scanned_or_said_not_to_be_free_text(desk: Desk) -> None:
    """A new column of text or of bytes is named in one of the three lists, or this fails."""
    classes = program_file("columns")["columns"]
    tables = [table for cls, named in classes.items() if RecordClass(cls) not in GOES_NOT for table in named]
    there = {
        (table, column)
        for table in tables
        for column, kind in desk.db.rows("SELECT name, type FROM pragma_table_info(?)", table)
        if kind in ("TEXT", "BLOB")
    }
    named = [
        (table, column)
        for columns in program_file("columns")["free_text"].values()
        for table, names in columns.items()
        for column in names.split()
    ]
    assert set(named) == there - {("staff_member", "salt")}
    assert len(named) == len(set(named))


def test_every_scanned_column_is_read(desk: Desk, desk_of: OpenDesk) -> None:
    """What people wrote there is found, with the record that it belongs to; and nothing that was not written."""
    ref = everything_written(desk, desk_of)
    member = stories.staff_member(desk, "Nia Hughes")
    staff.leave(desk, member, TODAY, "Left for Cardiff")
    retention.hold(desk, member, HoldKind.INQUIRY, "Another inquiry", None)
    reviewed(desk, member, ReviewState.PROPOSED, "Looked through, too")
    reviewed(desk, ref, ReviewState.RETURNED, "The file changed")
    found = list(free_texts(desk.db, [ref, member], scanned_columns(), lambda _: True))
    read = {(one.table, one.column) for one in found}
    columns = {(table, column) for table, names in scanned_columns().items() for column in names}
    assert read - {("superseded", column) for _, column in columns} == columns - {
        ("superseded", "content"),
        ("superseded", "reason"),
    }
    assert {one.column for one in found if one.table == "superseded"} == {"note", "room", "reason"}
    assert {one.subject for one in found} == {ref, member}
    assert {(one.table, one.words) for one in found if one.subject == member} == {
        ("staff_member", "Left for Cardiff"),
        ("superseded", "Left for Cardiff"),
        ("legal_hold", "Another inquiry"),
        ("review", "Looked through, too"),
    }
    assert "The file changed" not in {one.words for one in found}, "where it was sent back, the program says why"
    assert {reference(Kind.SESSION, 1), reference(Kind.CONSENT, 1), "PF-0001-R"} <= {one.record for one in found}


def everything_written(desk: Desk, desk_of: OpenDesk) -> str:
    """A family of whose every record people have written something."""
    household, referrer = stories.family(desk), stories.referrer(desk)
    ref, child = household.ref, household.children[0]
    helper = stories.staff_member(desk)
    other = stories.staff_member(desk, "Beca Rees")
    session = stories.booked(desk, ref, TODAY + DAY, room="2", note="Came with a toy")
    for name in (helper, other):
        contact_sessions.supervise(desk, session, name, reason=None if name == helper else "Efa is away")
    contact_sessions.move(desk, session, TODAY + 2 * DAY, "10:00", "11:00", "No bus")
    stories.paper(desk, ref)
    papers.move(desk, "PF-0001-R", "Archive", "rhys", TODAY, "Full")
    report = stories.report(desk, ref, referrer)
    reports.decide(desk_of("rhys"), report, "Not yet", agreed=True)
    reports.withdraw(desk, report, "Settled")
    permission = stories.permission(desk, ref, session)
    permissions.withdraw(desk, stories.granted(desk, permission), "Not wanted")
    consent = ConsentDraft(
        ("date_of_birth",),
        referrer,
        "housing",
        TODAY,
        "in-writing",
        "Form 12",
        None,
        household.adult,
        "Birth certificate",
    )
    consents.withdraw(
        desk, reference(Kind.CONSENT, consents.record(desk, child, consent).consent.number), TODAY, "in-writing", "No"
    )
    referrals.add(desk, ref, referrer, TODAY, electronic=False, case_reference="AT/7")
    contact_sessions.cancel(desk, session, "Ill")
    asked = requests.add(
        desk, child, RequestDraft(RequestKind.YOUNG_PERSON, TODAY, referrer, None, "Nia of the team", "Her letter")
    )
    request = reference(Kind.REQUEST, asked.request.number)
    requests.pause(desk, request, PauseReason.CLARIFICATION, "All of it?", TODAY)
    requests.resume(desk, request, "All of it", TODAY)
    requests.check(desk, request, "Passport", TODAY)
    requests.extend(desk, request, "Many files", TODAY)
    requests.close(desk, request, "withdrawn", "Not needed")
    people.add(desk, ref, PersonDraft(PersonKind.ADULT, "Emyr", "Llwyd", None, "uncle"))
    retention.hold(desk, ref, HoldKind.INQUIRY, "An inquiry", None)
    reviewed(desk, ref, ReviewState.PROPOSED, "Looked through")
    return ref


def reviewed(desk: Desk, subject: str, state: ReviewState, reason: str) -> None:
    """A review, as a row: nothing of these files is due."""
    review = Review(
        number=0,
        subject=subject,
        outcome=ReviewOutcome.DISPOSE,
        state=state,
        due_on=TODAY,
        rule="family-file",
        clause="4.6",
        facts_hash="h",
        reviewed_on=TODAY,
        reviewed_by="U-001-R",
        reason=reason,
    )
    with desk.acting("retention.review"):
        reviews.add(desk.db, review, 1, "h")
