"""One page of the data file put back as it was has the right key and the right place; `lcs doctor` notices it."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from msgspec.structs import replace

from lcs_cli.records.family import ContactField, PersonKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.retention import HoldKind
from lcs_cli.services import (
    attendance,
    consents,
    doctor,
    families,
    people,
    permissions,
    referrals,
    reports,
    requests,
    retention,
)
from lcs_cli.services.consents import ConsentDraft
from lcs_cli.services.desk import Desk
from lcs_cli.services.people import PersonDraft
from lcs_cli.vault import cross_checks
from tests.conftest import TODAY, OpenDesk
from tests.services import stories
from tests.services.stories import Household
from tests.services.test_requests import OWN
from tests.vault.pages import PAGE

Change = Callable[[Desk, Household], object]


def adult(desk: Desk, there: Household) -> object:
    details = {ContactField.EMAIL: "huw@example.org"}
    return people.add(desk, there.ref, PersonDraft(PersonKind.ADULT, "Huw", "Parry", details=details))


def consented(desk: Desk, there: Household) -> Change:
    solicitor = stories.referrer(desk, name="A solicitor")
    draft = ConsentDraft(("address",), solicitor, "legal-advice", TODAY, "in-writing", "form in paper file 12")
    ref = reference(Kind.CONSENT, consents.record(desk, there.adult, draft).consent.number)
    return lambda desk, _: consents.withdraw(desk, ref, TODAY, "in-writing", "no longer")


def referred(desk: Desk, there: Household) -> Change:
    stories.referred(desk, there.ref, stories.referrer(desk))
    return lambda desk, _: referrals.edit_referrer(desk, "REF-0001-R", "Otherton Council", None, "misheard")


def asked_for_report(desk: Desk, there: Household) -> Change:
    ref = stories.report(desk, there.ref, stories.referrer(desk, name="Court"))
    return lambda desk, _: reports.withdraw(desk, ref, "no longer asked for")


def permitted(desk: Desk, there: Household) -> Change:
    ref = stories.granted(desk, stories.permission(desk, there.ref, days=(TODAY, TODAY + timedelta(days=7))))
    return lambda desk, _: permissions.withdraw(desk, ref, "the mother objects")


def requested(desk: Desk, there: Household) -> Change:
    ref = reference(Kind.REQUEST, requests.add(desk, there.children[0], OWN).request.number)
    return lambda desk, _: requests.close(desk, ref, "withdrawn", None)


def held(desk: Desk, there: Household) -> Change:
    ref = reference(Kind.HOLD, retention.hold(desk, there.ref, HoldKind.LITIGATION, "police", None).number)
    return lambda desk, _: retention.release(stories.as_rhys(desk), ref)


def attended(desk: Desk, there: Household) -> Change:
    ref = stories.held(desk, there.ref, TODAY - timedelta(days=1))
    later = replace(stories.CAME, arrived="10:20")
    return lambda desk, _: attendance.correct(desk, ref, later, "misread")


def only(change: Change) -> Callable[[Desk, Household], Change]:
    return lambda *_: change


CASES: dict[str, Sequence[Callable[[Desk, Household], Change]]] = {
    "counter": [only(adult)],
    "person": [only(lambda desk, there: people.edit(desk, there.adult, {"given_name": "Gwenno"}, "misheard"))],
    "family": [only(lambda desk, there: families.edit(desk, there.ref, "Lloyd", "misheard"))],
    "contact_detail": [
        only(adult),
        only(lambda desk, there: people.edit(desk, there.adult, {"address": "9 Elm Row"}, "moved")),
        only(lambda desk, there: people.edit(desk, there.adult, {"address": None}, "moved")),
    ],
    "episode": [
        only(lambda desk, _: stories.family(desk)),
        only(lambda desk, there: families.close(desk, there.ref, TODAY)),
    ],
    "attendance": [attended],
    "referral": [referred],
    "consent": [consented],
    "report": [asked_for_report],
    "permission": [permitted],
    "access_request": [requested],
    "legal_hold": [held],
}


@pytest.mark.parametrize(("table", "case"), [(table, case) for table, cases in CASES.items() for case in cases])
def test_an_older_page_is_noticed(
    desk: Desk, desk_of: OpenDesk, table: str, case: Callable[[Desk, Household], Change]
) -> None:
    """What had been decided by then would be open again: a consent withdrawn, a referral ended, an address."""
    there = stories.family(desk)
    change = case(desk, there)
    desk.db.close()
    older = desk.db.path.read_bytes()
    change(desk, there)
    root = desk.db.value("SELECT rootpage FROM sqlite_schema WHERE name = ?", table) - 1
    desk.db.close()
    newer = desk.db.path.read_bytes()
    before = older[root * PAGE : (root + 1) * PAGE]
    assert before != newer[root * PAGE : (root + 1) * PAGE]
    assert all(found.sound for found in doctor.examine(desk_of()) if not found.waits)
    desk.db.close()
    desk.db.path.write_bytes(newer[: root * PAGE] + before + newer[(root + 1) * PAGE :])
    assert [found.check for found in doctor.examine(desk_of()) if not found.sound and not found.waits]


def test_a_counter_that_is_behind_is_named(desk: Desk) -> None:
    """It would give the number of a record that is there, or was, to another."""
    stories.family(desk)
    assert list(cross_checks.problems(desk.db)) == []
    with desk.db.transaction():
        desk.db.run("UPDATE counter SET value = 0 WHERE name IN ('family', 'change')")
    assert list(cross_checks.problems(desk.db)) == [
        "the counter of family is behind 1",
        "the counter of change is behind 1",
    ]


def test_a_row_that_is_older_than_its_correction_is_named(desk: Desk) -> None:
    """The correction beside it says when it was changed."""
    there = stories.family(desk)
    families.edit(desk, there.ref, "Lloyd", "misheard")
    assert list(cross_checks.problems(desk.db)) == []
    with desk.db.transaction():
        desk.db.run("UPDATE family SET changed = 1")
    assert list(cross_checks.problems(desk.db)) == ["family 1 is older than its last correction"]
