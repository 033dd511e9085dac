"""What becomes of any record is said by its reference (policy 4.6), for every kind of record that has one."""

import pytest

from lcs_cli.errors import NotFoundError, RefusedError, UsageError
from lcs_cli.policy.record_fate import Course
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.services import retention
from lcs_cli.services.desk import Desk
from lcs_cli.services.explain_retention import explain
from tests.conftest import OpenDesk
from tests.services import stories
from tests.services.stories import CLOSED, DUE, on
from tests.services.test_record_fate import Few, everything, siblings

GOES, STAYS = Course.GOES, Course.STAYS
# Of a vault with a row in nearly every table: what each record's own row is, where it goes, and by which rule.
SAID = {
    Kind.FAMILY: ("LCS-0001-R", "family", "identity", STAYS, "identity-stub"),
    Kind.PERSON: ("P-0009-D", "person", "identity", GOES, "family-file"),
    Kind.REFERRER: ("REF-0001-R", "referrer", "governance", STAYS, "registers"),
    Kind.REFERRAL: ("RL-0002-W", "referral", "electronic-referral", STAYS, "kept-indefinitely"),
    Kind.SESSION: ("S-000002-W", "contact_session", "session", STAYS, "kept-indefinitely"),
    Kind.FLAG: ("SF-0001-R", "flag", "safeguarding-file", STAYS, "kept-indefinitely"),
    Kind.ACCIDENT: ("AR-0001-R", "accident", "accident-record", STAYS, "kept-indefinitely"),
    Kind.CONSENT: ("CN-0001-R", "consent", "consent", GOES, "family-file"),
    Kind.REPORT: ("RP-0001-R", "report", "report", GOES, "family-file"),
    Kind.PERMISSION: ("PM-0001-R", "permission", "permission", GOES, "family-file"),
    Kind.STAFF: ("ST-001-R", "staff_member", "staff", GOES, "not-required"),
    Kind.DOCUMENT: ("DC-000001-R", "document", "document", GOES, "family-file"),
    Kind.PAPER: ("PF-0001-R", "paper", "paper-file", STAYS, "registers"),
    Kind.REQUEST: ("RQ-0001-R", "access_request", "request", GOES, "family-file"),
    Kind.HOLD: ("LH-0001-R", "legal_hold", "hold", GOES, "family-file"),
    Kind.REVIEW: ("RV-0003-A", "review", "review", GOES, "family-file"),
    Kind.DISCLOSURE: ("EX-000001-R", "disclosure", "governance", STAYS, "registers"),
    Kind.CERTIFICATE: ("RC-000001-R", "certificate", "governance", STAYS, "registers"),
    Kind.BACKUP: ("BK-0001-R", "backup", "governance", STAYS, "registers"),
    Kind.USER: ("U-001-R", "signer", "governance", STAYS, "registers"),
}


def test_every_kind_of_reference_has_an_answer(desk: Desk, desk_of: OpenDesk) -> None:
    """Its class, whether it goes, and by which rule; whoever adds a kind says here what becomes of it."""
    everything(desk)
    other = stories.closed_family(desk)
    desk.db.close()
    stories.disposed(desk_of, other.ref)  # so that there is a certificate
    retention.propose(desk_of(), "LCS-0002-W", None)
    said = {}
    for kind, (ref, *_) in SAID.items():
        own = explain(desk_of(), ref).parts[0]
        said[kind] = (ref, own.table, own.cls.value, own.fate.course, own.fate.rule.id)
    assert said == SAID
    assert set(SAID) == set(Kind)


def test_what_goes_says_when_and_why(desk_of: OpenDesk) -> None:
    """The clock's start, the day, the clause, every reason: those of the decision about its family."""
    desk = desk_of("amina", DUE)
    household = stories.closed_family(desk)
    fate = explain(desk, household.children[0]).parts[0].fate
    assert (fate.clock_start, fate.due_on, fate.rule.clause, fate.outcome) == (CLOSED, DUE, "4.6", "due")
    assert fate.reasons == (
        "it goes with the family's file",
        "its last episode was closed on 2020-03-02; 5 years are reached on 2025-03-02",
    )


def test_a_session_is_explained_with_each_childs_attendance(desk_of: OpenDesk) -> None:
    """All four came to the fifth session: three have a file of their own, and the fourth's line goes."""
    desk = desk_of("amina", CLOSED)
    siblings(Few(desk))
    found = explain(on(desk, DUE), "S-000005-M")
    said = [(part.table, part.count, part.fate.course, part.fate.empties) for part in found.parts]
    assert said == [
        ("contact_session", 1, STAYS, ("room", "note")),
        ("attendance", 3, STAYS, ()),
        ("attendance", 1, GOES, ()),
        ("superseded", 3, STAYS, ()),
        ("superseded", 1, GOES, ()),
    ]
    assert found.subject == "LCS-0001-R"


def test_a_person_is_explained_with_what_has_no_reference_of_its_own(desk_of: OpenDesk) -> None:
    """Contact details go where the stub stays; nobody is asked for a key to them."""
    desk = desk_of("amina", CLOSED)
    household = stories.family(desk)
    stories.flag(desk, household.ref)
    said = [(part.table, part.count, part.fate.course) for part in explain(desk, household.adult).parts]
    assert said == [("person", 1, STAYS), ("contact_detail", 3, GOES)]
    assert explain(desk, household.adult).parts[1].fate.reasons[1] == "an episode of service is open"


def test_an_own_referrer_that_nothing_points_at_stays_until_it_is_used(desk: Desk) -> None:
    """No date is known of it that could start a clock: it is kept."""
    ref = stories.referrer(desk, ReferrerKind.FAMILY, "Gwen Llwyd")
    fate = explain(desk, ref).parts[0].fate
    assert (fate.course, fate.rule.id) == (STAYS, "own-referrer")


def test_a_slip_is_no_other_record_and_a_stranger_is_refused(desk: Desk, desk_of: OpenDesk) -> None:
    """A name is not repeated, a wrong letter is asked back, an unknown number is not there, a worker may not."""
    household = stories.closed_family(desk)
    with pytest.raises(UsageError, match=r"^explain: what was typed is no reference$"):
        explain(desk, "Llwyd")
    with pytest.raises(UsageError, match="mistyped"):
        explain(desk, "LCS-0001-W")
    with pytest.raises(NotFoundError, match="no session has the reference S-000042-L"):
        explain(desk, reference(Kind.SESSION, 42))
    with pytest.raises(RefusedError, match="may not run"):
        explain(desk_of("tomos"), household.ref)
    refused = stories.trail(desk)[-1]
    assert refused.outcome == "refused"
    assert refused.refs == (household.ref,)
