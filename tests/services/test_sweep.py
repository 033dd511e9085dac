"""The sweep: it disposes of what two people decided on, once it has cooled off and nothing changed; and once only."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lcs_cli.errors import RefusedError
from lcs_cli.policy.rules import packaged
from lcs_cli.records.family import PersonKind
from lcs_cli.records.retention import HoldKind
from lcs_cli.services import (
    attendance,
    audits,
    certificates,
    exports,
    families,
    flags,
    people,
    retention,
    setup,
    sweep,
    users,
)
from lcs_cli.services.desk import Desk
from lcs_cli.services.export_plan import ExportOrder
from lcs_cli.services.people import PersonDraft
from lcs_cli.vault.encoding import encode
from lcs_cli.vault.register import Register
from lcs_cli.vault.secret import read_key_file
from tests.conftest import OpenDesk, moment
from tests.services import stories
from tests.services.stories import APPROVED, CLOSED, STAYED_AWAY, SWEPT

DAY = timedelta(days=1)


@pytest.fixture
def approved(desk_of: OpenDesk) -> str:
    """A family whose disposal amina proposed and rhys approved."""
    ref = stories.closed_family(desk_of("amina", CLOSED), 2).ref
    stories.approved(desk_of, ref)
    return ref


def register(desk: Desk) -> list[dict[str, Any]]:
    """The lines of the register."""
    return Register(desk.vault.register).lines


def test_the_whole_round(approved: str, desk_of: OpenDesk) -> None:
    """Proposed, approved, cooled off, swept: the family is gone, and a certificate and a line say so."""
    done = stories.swept(desk_of)
    (one,) = done.disposed
    assert (one.subject, one.certificate) == (approved, "RC-000001-R")
    assert one.went == {"identity": 4, "episode": 1, "contact-details": 3, "session": 2, "attendance": 4}
    assert (one.stayed, done.cooling, done.waits_for_a_person) == ({}, 0, False)
    desk = desk_of("amina", SWEPT)
    assert families.listing(desk) == []
    certificate = certificates.show(desk, "RC-000001-R").content
    assert certificate == {
        "certificate": "RC-000001-R",
        "family": approved,
        "disposed_on": "2025-03-10",
        "disposed_by": "U-001-R",
        "rule": "family-file",
        "clause": "4.6",
        "due_on": "2025-03-02",
        "review": "RV-0001-R",
        "reviewed_by": "U-001-R",
        "reviewed_on": "2025-03-03",
        "approved_by": "U-003-A",
        "approved_on": "2025-03-03",
        "went": one.went,
        "stayed": {},
        "paper": [],
        "sessions_from": "2019-02-04",
        "sessions_to": "2019-02-18",
        "policy_version": 1,
        "rules_hash": packaged().hash,
        "register_digest": register(desk)[0]["digest"],
        "audit_head": certificate["audit_head"],
        "schema": "lcs.certificate/1",
        "vault": desk.vault.header.vault,
        "follows": None,
        "previous": "0" * 64,
        "managers_key": encode(desk.vault.header.admin_public),
        "signer": certificate["signer"],
        "signature": certificate["signature"],
    }
    assert [one.content for one in certificates.listing(desk)] == [certificate]
    assert audits.verify(desk).problems == ()


def test_no_row_of_the_family_is_left_but_in_the_registers(approved: str, desk_of: OpenDesk) -> None:
    """Every table but those that only grow is empty."""
    stories.swept(desk_of)
    desk = desk_of("amina", SWEPT)
    left = {table for table, rows in stories.everything(desk).items() if rows}
    assert left == {
        "vault",
        "counter",
        "policy_version",
        "policy_rules",
        "certificate",
        "audit",
        "audit_detail",
        "signer",
    }
    assert register(desk)[0]["family"] == approved


@pytest.mark.parametrize(("days", "disposed"), [(0, 0), (1, 0), (6, 0), (7, 1), (8, 1), (400, 1)])
def test_a_disposal_cools_off_for_seven_days(approved: str, desk_of: OpenDesk, days: int, disposed: int) -> None:
    """Not before the seventh day after the approval; until then it is counted as cooling."""
    done = stories.swept(desk_of, APPROVED + days * DAY)
    assert [one.subject for one in done.disposed] == [approved] * disposed
    assert done.cooling == 1 - disposed


def correct_attendance(desk: Desk, _ref: str) -> None:
    """A correction of an old session."""
    attendance.correct(desk, "S-000001-R", STAYED_AWAY, "mistaken")


def correct_a_person(desk: Desk, _ref: str) -> None:
    """A correction of a name."""
    people.edit(desk, "P-0001-R", {"given_name": "Zofia"}, "misheard")


def hold(desk: Desk, ref: str) -> None:
    """The police ask for it."""
    retention.hold(desk, ref, HoldKind.POLICE, "asked for it", None)


def concern(desk: Desk, ref: str) -> None:
    """Somebody tells of something."""
    stories.flag(desk, ref, closed=False)


def closed_concern(desk: Desk, ref: str) -> None:
    """A concern, raised and closed the same day: from then on there is a safeguarding file."""
    stories.flag(desk, ref)


def accident(desk: Desk, ref: str) -> None:
    """Somebody remembers one: from then on there is a record that is kept for ever."""
    stories.accident(desk, ref, day=CLOSED)


def comes_back(desk: Desk, ref: str) -> None:
    """A new session in a new episode."""
    families.reopen(desk, ref, desk.today)
    stories.booked(desk, ref, desk.today + DAY)


def comes_back_for_a_day(desk: Desk, ref: str) -> None:
    """A session, and the episode is closed again."""
    families.reopen(desk, ref, desk.today)
    stories.held(desk, ref, desk.today)
    families.close(desk, ref, desk.today)


def told(desk: Desk, ref: str) -> None:
    """The council is told of its attendance."""
    exports.export(desk, stories.referrer(desk), ExportOrder("safeguarding", family=ref), None)


def one_more_child(desk: Desk, ref: str) -> None:
    """Somebody who was forgotten."""
    people.add(desk, ref, PersonDraft(PersonKind.CHILD, "Zofia", "Llwyd"))


CHANGES = [
    correct_attendance,
    correct_a_person,
    hold,
    concern,
    closed_concern,
    accident,
    comes_back,
    comes_back_for_a_day,
    told,
    one_more_child,
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_file_that_changed_after_the_approval_goes_back_to_review(
    approved: str, desk_of: OpenDesk, change: Callable[[Desk, str], None]
) -> None:
    """Whatever it was: nothing of it is gone, the reason is kept, and it can be proposed anew one day."""
    desk = desk_of("amina", APPROVED + DAY)
    change(desk, approved)
    before = {t: rows for t, rows in stories.everything(desk).items() if t not in ("audit", "audit_detail", "review")}
    done = stories.swept(desk_of)
    assert (done.disposed, [family for family, _ in done.sent_back]) == ([], [approved])
    after = stories.everything(desk_of("amina", SWEPT))
    assert {table: rows for table, rows in after.items() if table in before} == before
    assert desk_of().db.row("SELECT state, reason FROM review") == ("returned", done.sent_back[0][1])
    assert stories.swept(desk_of).sent_back == []


@pytest.mark.parametrize("change", [hold, concern, accident, comes_back_for_a_day])
def test_a_proposal_that_nobody_approved_goes_back_too(desk_of: OpenDesk, change: Callable[[Desk, str], None]) -> None:
    """Else it would wait for ever."""
    desk = desk_of("amina", APPROVED)
    ref = stories.closed_family(desk).ref
    retention.propose(desk, ref, None)
    change(desk, ref)
    assert [family for family, _ in stories.swept(desk_of).sent_back] == [ref]


@pytest.mark.clause("4.6", "reviewed")
def test_a_proposal_that_nobody_approved_is_left_where_it_is(desk_of: OpenDesk) -> None:
    """The sweep says that it waits for a person."""
    desk = desk_of("amina", APPROVED)
    ref = stories.closed_family(desk).ref
    retention.propose(desk, ref, None)
    done = stories.swept(desk_of, SWEPT + 100 * DAY)
    assert (done.disposed, done.sent_back, done.to_approve, done.waits_for_a_person) == ([], [], 1, True)
    assert families.show(desk, ref).family.disposed_on is None


def test_an_accident_before_the_disposal_is_kept_once_it_was_reviewed_again(approved: str, desk_of: OpenDesk) -> None:
    """The second approval is for another list: the record and everybody's stub stay for ever."""
    accident(desk_of("amina", APPROVED + DAY), approved)
    stories.swept(desk_of)
    shown = stories.approved(desk_of, approved, day=SWEPT).items[0].decision.fate
    (one,) = stories.swept(desk_of, SWEPT + 7 * DAY).disposed
    assert one.stayed == {cls.value: count for cls, count in shown.stays.items()}
    assert one.stayed == {"accident-record": 1, "identity": 4}


def test_what_came_due_waits_for_a_person(desk_of: OpenDesk) -> None:
    """A sweep never destroys what nobody reviewed."""
    ref = stories.closed_family(desk_of("amina", CLOSED)).ref
    done = stories.swept(desk_of)
    assert (done.disposed, done.to_review, done.waits_for_a_person) == ([], [ref], True)


def test_a_second_sweep_finds_nothing_to_do(approved: str, desk_of: OpenDesk) -> None:
    """One certificate, one line, and the file is not written again."""
    assert [one.subject for one in stories.swept(desk_of).disposed] == [approved]
    desk = desk_of("amina", SWEPT)
    file = desk.db.path.stat().st_ino
    for later in (0, 1, 400):
        done = stories.swept(desk_of, SWEPT + later * DAY)
        assert (done.disposed, done.sent_back, done.cooling) == ([], [], 0)
    assert (len(register(desk)), desk.db.value("SELECT count(*) FROM certificate")) == (1, 1)
    assert desk.db.path.stat().st_ino == file


def test_a_service_identity_sweeps_and_does_nothing_else(
    approved: str, vault: Path, desk_of: OpenDesk, tmp_path: Path
) -> None:
    """With its key file, at night; the certificate names it."""
    users.add_service(desk_of("amina", APPROVED), "sweeper", ["retention.sweep"], tmp_path / "sweeper.key")
    name, secret = read_key_file(tmp_path / "sweeper.key")
    desk = setup.open_desk(vault, name, secret, now=moment(SWEPT), today=SWEPT)
    assert [one.subject for one in sweep.sweep(desk).disposed] == [approved]
    for attempt in (families.listing, certificates.listing, retention.approval_list, lambda d: flags.listing(d, None)):
        with pytest.raises(RefusedError):
            attempt(desk)
    assert certificates.show(desk_of("amina", SWEPT), "RC-000001-R").content["disposed_by"] == desk.user.reference


def test_a_sweep_keeps_few_pages_in_memory(approved: str, desk_of: OpenDesk) -> None:
    """However many families go: of what lies beside each other, each page is come to once."""
    kept: list[int] = []

    def look(_: object) -> None:
        with desk.db._unguarded() as connection:
            kept.append(connection.execute("PRAGMA cache_size").fetchone()[0])

    desk = desk_of("amina", SWEPT)
    assert [one.subject for one in sweep.sweep(desk, tell=look).disposed] == [approved]
    assert kept == [-2048]
