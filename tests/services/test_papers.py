"""Files on paper: registered, moved with their history, and destroyed only with their family's (policy 4.5, 4.6)."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from lcs_cli.errors import LcsError, NotFoundError, RefusedError, UsageError
from lcs_cli.records.document import PAPER_KINDS, DisposalMethod, DocumentKind, PaperDisposal
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.retention import HoldKind
from lcs_cli.services import (
    certificates,
    clock_guard,
    explanations,
    families,
    overview,
    papers,
    retention,
    stops,
    sweep,
)
from lcs_cli.services.desk import Desk
from lcs_cli.services.papers import PaperDraft
from lcs_cli.vault import papers as register
from tests.conftest import TODAY, OpenDesk
from tests.services import stories
from tests.services.stories import APPROVED, CLOSED, OPENED, SWEPT
from tests.vault.pages import lying_about, written

PROTECTION = DocumentKind.CHILD_PROTECTION
SHREDDED = DisposalMethod.SHREDDED
DRAFT = PaperDraft(DocumentKind.ORDER, "Blue folder", "Cabinet 2", None, TODAY)
KEPT = [DocumentKind.ELECTRONIC_REFERRAL, PROTECTION, DocumentKind.ACCIDENT_RECORD]


@pytest.mark.clause("4.5", "on paper")
def test_a_file_on_paper_is_registered_with_where_it_lies_and_who_has_it(desk: Desk) -> None:
    """Who it is by reference or in words, or nobody where it only lies there."""
    household = stories.family(desk)
    for holder, kept in (("the office", "the office"), ("u-003-a", "U-003-A"), (None, None), ("", None)):
        one = papers.add(desk, household.ref, replace(DRAFT, holder=holder, since=OPENED))
        (position,) = one.positions
        assert (one.description, position.place, position.holder) == ("Blue folder", "Cabinet 2", kept)
        assert (position.since, position.recorded_on, position.reason) == (OPENED, TODAY, None)
        assert (one.registered_by, one.released_on, one.disposal) == ("U-001-R", None, None)
        assert papers.show(desk, reference(Kind.PAPER, one.number)) == one


@pytest.mark.parametrize("kind", PAPER_KINDS)
def test_paper_has_the_class_of_a_document_of_its_kind(desk: Desk, kind: DocumentKind) -> None:
    """The same schedule; a scan is no paper."""
    one = papers.add(desk, stories.family(desk).ref, replace(DRAFT, kind=kind))
    assert one.is_kept is (kind in KEPT)
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^kind:"):
        papers.add(desk, "LCS-0001-R", replace(DRAFT, kind=DocumentKind.PAPER_SCAN))


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (replace(DRAFT, description=" "), "what it is"),
        (replace(DRAFT, place="a\x07b"), "place"),
        (replace(DRAFT, holder="x" * 201), "who has it"),
        (replace(DRAFT, holder="U-042-L"), "who has it"),
        (replace(DRAFT, holder="U-003-R"), "who has it"),
        (replace(DRAFT, since=TODAY + timedelta(days=1)), "day"),
        (replace(DRAFT, children=["P-0001-R"]), "child"),
        (replace(DRAFT, kind=PROTECTION, children=["P-0002-W"]), "child"),
    ],
)
def test_what_does_not_fit_is_not_registered(desk: Desk, draft: PaperDraft, field: str) -> None:
    """One clear line names the field."""
    household = stories.family(desk)
    with stories.unchanged(desk), pytest.raises(UsageError, match=f"^{field}:"):
        papers.add(desk, household.ref, draft)


@pytest.mark.clause("4.5", "on paper")
def test_a_file_that_moves_keeps_its_history(desk: Desk) -> None:
    """Each place with its day, its reason and who entered it; a day before the last one is a slip."""
    ref = stories.paper(desk, stories.family(desk).ref)
    papers.move(desk, ref, "Court", "the usher", date(2020, 1, 2), "asked for by the court")
    one = papers.move(desk, ref, "Cabinet 2", None, TODAY, "back")
    assert [(place.place, place.holder, place.since, place.reason) for place in one.positions] == [
        ("Cabinet 2, top drawer", "the office", OPENED, None),
        ("Court", "the usher", date(2020, 1, 2), "asked for by the court"),
        ("Cabinet 2", None, TODAY, "back"),
    ]
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^day: 2020-01-03 is before 2026-11-26"):
        papers.move(desk, ref, "Cabinet 3", None, date(2020, 1, 3), "moved")
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^reason:"):
        papers.move(desk, ref, "Cabinet 3", None, TODAY, " ")


def test_a_file_may_move_twice_on_one_day(desk: Desk) -> None:
    """To court and back: the last place that was entered is where it lies."""
    ref = stories.paper(desk, stories.family(desk).ref)
    papers.move(desk, ref, "Court", "the usher", TODAY, "asked for by the court")
    one = papers.move(desk, ref, "Cabinet 2", None, TODAY, "back")
    assert [place.place for place in one.positions[1:]] == ["Court", "Cabinet 2"]


def test_the_list_is_of_all_families_or_of_one(desk: Desk) -> None:
    """And an unknown reference is not found."""
    first, second = stories.family(desk), stories.family(desk)
    for ref in (first.ref, second.ref):
        stories.paper(desk, ref)
    assert [one.number for one in papers.listing(desk, None)] == [1, 2]
    assert [one.number for one in papers.listing(desk, second.ref)] == [2]
    assert list(papers.listing(desk, None, to_destroy=True)) == []
    with pytest.raises(NotFoundError, match="no paper file has the reference PF-0042-L"):
        papers.show(desk, "PF-0042-L")
    with pytest.raises(NotFoundError, match="no family"):
        papers.listing(desk, "LCS-0042-L")


def test_a_worker_has_nothing_to_do_with_the_register(desk: Desk, desk_of: OpenDesk) -> None:
    """Policy 4.5."""
    household = stories.family(desk)
    ref, there = stories.paper(desk, household.ref), desk_of("tomos")
    attempts: list[Callable[[], object]] = [
        lambda: papers.add(there, household.ref, DRAFT),
        lambda: papers.listing(there, None),
        lambda: papers.show(there, ref),
        lambda: papers.move(there, ref, "x", None, TODAY, "y"),
        lambda: papers.dispose(there, ref, SHREDDED, TODAY, "U-003-A"),
    ]
    for attempt in attempts:
        with pytest.raises(RefusedError, match="may not run"):
            attempt()


# --- Disposal --------------------------------------------------------------------------------------------------------


def refused(desk: Desk, ref: str, *, witness: str = "U-003-A", by: str | None = None) -> RefusedError:
    """Why it may not be destroyed on this day; nothing but the trail is changed."""
    before = register.select(desk.db)
    with pytest.raises(RefusedError) as refusal:
        papers.dispose(desk, ref, SHREDDED, desk.today, witness, by)
    assert register.select(desk.db) == before
    assert (stories.trail(desk)[-1].action, stories.trail(desk)[-1].outcome) == ("paper.dispose", "refused")
    assert (refusal.value.clause, bool(refusal.value.quote), bool(refusal.value.hint)) == ("4.6", True, True)
    return refusal.value


@pytest.mark.parametrize("kind", KEPT)
@pytest.mark.clause("4.6", "for ever")
def test_paper_that_is_kept_for_ever_is_never_destroyed(desk_of: OpenDesk, kind: DocumentKind) -> None:
    """Not before its family's disposal, not after it; a stub says whose it is, and it can still be moved."""
    desk = desk_of("amina", CLOSED)
    household = stories.closed_family(desk)
    ref, goes = stories.paper(desk, household.ref, kind), stories.paper(desk, household.ref)
    assert refused(desk, ref).rule == "kept-indefinitely"
    desk.db.close()
    done = stories.disposed(desk_of, household.ref)
    assert (done.disposed[0].paper, done.paper) == ((goes,), [goes])
    cls = "child-protection-document" if kind is PROTECTION else kind.value
    assert (done.disposed[0].stayed[cls], done.disposed[0].stayed["identity"]) == (1, 3)
    there = desk_of()
    assert refused(there, ref).rule == "kept-indefinitely"
    assert "kept" in refused(there, ref).quote
    assert papers.move(there, ref, "Archive", None, TODAY, "moved").description == "Blue folder Llwyd"
    assert families.show(there, household.ref).family.name == "Llwyd"


def test_child_protection_papers_keep_the_attendance_of_the_children_they_concern(desk_of: OpenDesk) -> None:
    """On paper or not: it is part of a safeguarding file. The sibling's goes."""
    desk = desk_of("amina", CLOSED)
    household = stories.closed_family(desk, 2)
    one = stories.paper(desk, household.ref, PROTECTION, household.children[:1])
    assert papers.show(desk, one).children == (1,)
    desk.db.close()
    (done,) = stories.disposed(desk_of, household.ref).disposed
    assert done.stayed == {"child-protection-document": 1, "attendance": 2, "session": 2, "identity": 4}
    assert done.went["attendance"] == 2


def test_child_protection_papers_that_name_nobody_concern_every_child(desk_of: OpenDesk) -> None:
    """As a concern does that names none."""
    desk = desk_of("amina", CLOSED)
    household = stories.closed_family(desk, 2)
    stories.paper(desk, household.ref, PROTECTION)
    desk.db.close()
    assert stories.disposed(desk_of, household.ref).disposed[0].stayed["attendance"] == 4


@pytest.mark.clause("4.6", "five years")
def test_paper_waits_for_all_that_its_familys_disposal_waits_for(desk_of: OpenDesk) -> None:
    """Not due, not approved, cooling off, held; and then it may go, also before the sweep has run."""
    desk = desk_of("amina", CLOSED)
    household = stories.closed_family(desk)
    ref = stories.paper(desk, household.ref)
    desk.db.close()
    early = refused(desk_of("amina", stories.DUE - timedelta(days=1)), ref)
    assert (early.rule, "lcs retention review" in early.hint) == ("family-file", True)
    due = refused(desk_of("amina", stories.DUE), ref)
    assert (due.rule, "lcs retention approve" in due.hint) == ("paper-disposal", True)
    stories.approved(desk_of, household.ref)
    cooling = refused(desk_of("amina", SWEPT - timedelta(days=1)), ref)
    assert (cooling.rule, cooling.hint) == ("cooling-off", f"wait until {SWEPT.isoformat()}")
    there = desk_of("amina", SWEPT)
    hold = retention.hold(there, household.ref, HoldKind.POLICE, "asked", None)
    assert refused(there, ref).rule == "not-required"
    retention.release(desk_of("rhys", SWEPT), reference(Kind.HOLD, hold.number))
    assert "changed" in refused(there, ref).message
    there.db.close()
    stories.swept(desk_of)
    stories.approved(desk_of, household.ref, day=SWEPT)
    later = desk_of("amina", SWEPT + timedelta(days=7))
    stories.shredded(later, ref)
    done = sweep.sweep(later)
    assert [(one.subject, one.paper) for one in done.disposed] == [(household.ref, ())]
    assert done.paper == []


def test_paper_outlives_its_family_until_somebody_has_destroyed_it(desk_of: OpenDesk) -> None:
    """What it was and where it lay is needed to find it; then it is gone, and references and days remain."""
    desk = desk_of("amina", CLOSED)
    household = stories.closed_family(desk)
    ref = stories.paper(desk, household.ref)
    papers.move(desk, ref, "Cellar", "the caretaker", CLOSED, "Gwen Llwyd left")
    desk.db.close()
    done = stories.disposed(desk_of, household.ref)
    assert (done.disposed[0].paper, done.paper, done.waits_for_a_person) == ((ref,), [ref], True)
    there = desk_of("amina", SWEPT)
    certificate = certificates.show(there, done.disposed[0].certificate)
    assert certificate.content["paper"] == [ref]
    (waiting,) = papers.listing(there, None, to_destroy=True)
    assert (waiting.description, waiting.positions[-1].place, waiting.released_on) == (
        "Blue folder Llwyd",
        "Cellar",
        SWEPT,
    )
    assert list(papers.listing(there, household.ref)) == [waiting]
    assert counted(there) == 1
    gone = papers.dispose(there, ref, DisposalMethod.CONFIDENTIAL_WASTE, SWEPT, "U-001-R", "U-003-A")
    assert gone.disposal == PaperDisposal(
        DisposalMethod.CONFIDENTIAL_WASTE, SWEPT, "U-003-A", "U-001-R", SWEPT, "U-001-R"
    )
    assert (gone.description, {(one.place, one.holder, one.reason) for one in gone.positions}) == (
        None,
        {(None, None, None)},
    )
    assert [one.since for one in gone.positions] == [OPENED, CLOSED]
    assert stories.trail(there)[-1].refs == (ref, household.ref, "U-001-R", "U-003-A")
    assert (counted(there), list(papers.listing(there, None, to_destroy=True))) == (0, [])
    attempts: list[Callable[[], object]] = [
        lambda: papers.dispose(there, ref, SHREDDED, SWEPT, "U-004-G"),
        lambda: papers.move(there, ref, "x", None, SWEPT, "y"),
    ]
    for again in attempts:
        with pytest.raises(UsageError, match=f"{ref} was destroyed on {SWEPT.isoformat()}"):
            again()
    explained = explanations.explain(there, ref)
    assert (explained.decided.rule, explained.decided.version, explained.differs) == ("paper-disposal", 1, False)


def counted(desk: Desk) -> int:
    """How much paper the day and the status say is to be destroyed."""
    shown = (*overview.today(desk).waiting, *overview.status(desk).waiting)
    first, second = (one.count for one in shown if one.name == "paper_to_destroy")
    assert first == second
    return first


def test_no_page_says_what_destroyed_paper_was(desk_of: OpenDesk) -> None:
    """Once the next sweep has written the file anew, also where nothing else is to go."""
    desk = desk_of("amina", CLOSED)
    first = stories.closed_family(desk)
    ref = stories.paper(desk, first.ref)
    words = {b"Blue folder", b"top drawer", b"the office"}
    assert written(desk.db.path, stories.records_key(desk), words) == words
    desk.db.close()
    stories.disposed(desk_of, first.ref)
    there = desk_of("amina", SWEPT)
    assert written(there.db.path, stories.records_key(there), words) == words
    stories.shredded(there, ref)
    before = there.db.path.stat().st_ino
    there.db.close()
    assert stories.swept(desk_of).disposed == []
    there = desk_of("amina", SWEPT)
    assert there.db.path.stat().st_ino != before
    assert written(there.db.path, stories.records_key(there), words) == set()
    assert lying_about(there.vault.folder, words) == set()


def test_a_second_person_sees_it_destroyed(desk_of: OpenDesk) -> None:
    """Neither who did it, nor a service, nor nobody; and both have a login here."""
    desk = desk_of("amina", CLOSED)
    household = stories.closed_family(desk)
    ref = stories.paper(desk, household.ref)
    desk.db.close()
    stories.disposed(desk_of, household.ref)
    there = desk_of("amina", SWEPT)
    assert refused(there, ref, witness="U-001-R").rule == "paper-witness"
    assert refused(there, ref, witness="U-003-A", by="u-003-a").rule == "paper-witness"
    for witness, by in (("U-002-W", None), ("U-042-L", None), ("Gwen", None), ("U-003-A", "U-002-W")):
        with stories.unchanged(there), pytest.raises(UsageError, match=r"^(witness|by): is nobody who has a login"):
            papers.dispose(there, ref, SHREDDED, SWEPT, witness, by)


@pytest.mark.parametrize(("day", "problem"), [(SWEPT + timedelta(days=1), "future"), (date(2018, 1, 1), "before")])
def test_paper_is_destroyed_on_a_day_when_it_was_there(desk_of: OpenDesk, day: date, problem: str) -> None:
    """Not before it came, and not tomorrow."""
    desk = desk_of("amina", CLOSED)
    household = stories.closed_family(desk)
    ref = stories.paper(desk, household.ref)
    desk.db.close()
    stories.disposed(desk_of, household.ref)
    there = desk_of("amina", SWEPT)
    with stories.unchanged(there), pytest.raises(UsageError, match=f"^day: .*{problem}"):
        papers.dispose(there, ref, SHREDDED, day, "U-003-A")


@pytest.mark.clause("4.6", "five years")
def test_paper_is_not_said_to_have_gone_before_that_was_allowed(desk_of: OpenDesk) -> None:
    """Neither before it was registered, nor before its family's disposal was carried out; from then on it is."""
    desk = desk_of("amina", CLOSED)
    household = stories.closed_family(desk)
    ref = stories.paper(desk, household.ref)
    desk.db.close()
    stories.disposed(desk_of, household.ref)
    there = desk_of("amina", SWEPT + timedelta(days=2))
    with (
        stories.unchanged(there),
        pytest.raises(UsageError, match=f"^day: .* is before {CLOSED.isoformat()}, when it was still there"),
    ):
        papers.dispose(there, ref, SHREDDED, CLOSED - timedelta(days=1), "U-003-A")
    before = register.select(there.db)
    with pytest.raises(RefusedError, match=f"not allowed yet, but from {SWEPT.isoformat()} on") as refusal:
        papers.dispose(there, ref, SHREDDED, SWEPT - timedelta(days=1), "U-003-A")
    assert register.select(there.db) == before
    assert (refusal.value.clause, refusal.value.rule, bool(refusal.value.quote)) == ("4.6", "paper-disposal", True)
    assert "records a concern" in refusal.value.hint
    assert papers.dispose(there, ref, SHREDDED, SWEPT, "U-003-A").disposal is not None


def test_before_the_sweep_paper_went_when_it_had_cooled_off_and_not_before(desk_of: OpenDesk) -> None:
    """Recorded some days later."""
    desk = desk_of("amina", CLOSED)
    household = stories.closed_family(desk)
    ref = stories.paper(desk, household.ref)
    desk.db.close()
    stories.approved(desk_of, household.ref)
    there = desk_of("amina", SWEPT + timedelta(days=2))
    with pytest.raises(RefusedError, match=f"not allowed yet, but from {SWEPT.isoformat()} on"):
        papers.dispose(there, ref, SHREDDED, SWEPT - timedelta(days=1), "U-003-A")
    assert papers.dispose(there, ref, SHREDDED, SWEPT, "U-003-A").disposal is not None


def test_who_destroyed_paper_or_saw_it_records_that(desk_of: OpenDesk) -> None:
    """And nobody for two others."""
    desk = desk_of("amina", CLOSED)
    household = stories.closed_family(desk)
    ref = stories.paper(desk, household.ref)
    desk.db.close()
    stories.disposed(desk_of, household.ref)
    there = desk_of("amina", SWEPT)
    assert refused(there, ref, witness="U-004-G", by="U-003-A").rule == "paper-witness"
    assert papers.dispose(there, ref, SHREDDED, SWEPT, "U-001-R", "U-003-A").disposal is not None


def test_the_review_and_the_approval_say_what_must_go_on_paper(desk_of: OpenDesk) -> None:
    """Not what is kept for ever; and the list that a manager approves is another one with it."""
    desk = desk_of("amina", CLOSED)
    with_paper, without = stories.closed_family(desk), stories.closed_family(desk)
    ref = stories.paper(desk, with_paper.ref)
    stories.paper(desk, with_paper.ref, DocumentKind.ACCIDENT_RECORD)
    desk.db.close()
    proposing = desk_of("amina", APPROVED)
    assert retention.propose(proposing, with_paper.ref, None).paper == (ref,)
    assert retention.propose(proposing, without.ref, None).paper == ()
    shown = retention.approval_list(desk_of("rhys", APPROVED))
    assert [item.paper for item in shown.items] == [(ref,), ()]


@pytest.mark.parametrize("kind", [DocumentKind.ORDER, DocumentKind.ACCIDENT_RECORD])
def test_paper_that_is_registered_after_the_review_sends_the_file_back(desk_of: OpenDesk, kind: DocumentKind) -> None:
    """Whoever approved did not know of it; moving what was known changes nothing."""
    desk = desk_of("amina", CLOSED)
    household, other = stories.closed_family(desk), stories.closed_family(desk)
    moved = stories.paper(desk, other.ref)
    desk.db.close()
    stories.approved(desk_of, household.ref, other.ref)
    there = desk_of("amina", APPROVED)
    stories.paper(there, household.ref, kind)
    papers.move(there, moved, "Cellar", None, APPROVED, "room was needed")
    there.db.close()
    done = stories.swept(desk_of)
    assert ([one.subject for one in done.disposed], [family for family, _ in done.sent_back]) == (
        [other.ref],
        [household.ref],
    )


def test_paper_of_a_family_that_came_back_is_kept_with_its_file(desk_of: OpenDesk) -> None:
    """What was released waits while the family is served, or is held; what came since is not released."""
    desk = desk_of("amina", CLOSED)
    household = stories.closed_family(desk, electronic=True)
    released = stories.paper(desk, household.ref)
    desk.db.close()
    stories.disposed(desk_of, household.ref)
    there = desk_of()
    families.reopen(there, household.ref, TODAY)
    later = stories.paper(there, household.ref)
    assert [refused(there, ref).rule for ref in (released, later)] == ["not-required", "not-required"]
    families.close(there, household.ref, TODAY)
    assert refused(there, later).rule == "family-file"
    stories.shredded(there, released)
    with pytest.raises(LcsError):
        papers.show(there, "PF-0042-L")


def test_paper_does_not_go_while_the_disposals_are_stopped_or_by_a_clock_that_jumped(
    desk_of: OpenDesk, request: pytest.FixtureRequest
) -> None:
    """What keeps a sweep from a file keeps its paper, too."""
    ref = stories.closed_family(desk_of("amina", CLOSED)).ref
    paper = stories.paper(desk_of("amina", CLOSED), ref, since=CLOSED)
    stories.approved(desk_of, ref)
    request.getfixturevalue("watched_clock")
    clock_guard.confirm(desk_of("rhys", SWEPT), SWEPT)
    stops.stop(desk_of("tomos", SWEPT), "the wrong family")
    with pytest.raises(RefusedError, match="stopped the disposals"):
        papers.check_disposal(desk_of("amina", SWEPT), paper)
    stops.resume(desk_of("rhys", SWEPT))
    papers.check_disposal(desk_of("amina", SWEPT), paper)
    later = SWEPT + timedelta(days=100)
    with pytest.raises(RefusedError, match="days went by unseen"):
        papers.dispose(desk_of("amina", later), paper, DisposalMethod.SHREDDED, later, "U-003-A")
