"""What all use cases share: authority first, one transaction, one entry on the trail; and refusals are on it too."""

import re
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lcs_cli.errors import NotFoundError, RefusedError, UsageError
from lcs_cli.policy.authority import may
from lcs_cli.policy.rules import packaged
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.records.retention import HoldKind
from lcs_cli.records.user import Role, User, UserKind
from lcs_cli.services import contact_sessions, exports, families, retention, setup
from lcs_cli.services.export_plan import ExportOrder
from lcs_cli.vault import audit, policy_versions
from lcs_cli.vault.secret import Secret
from tests.conftest import CHEAP, TODAY, OpenDesk, make_vault, moment, open_desk, passphrase
from tests.services import stories
from tests.services.use_cases import EVERY, F1, F2, HEADER_TOO, P3, R1, READS, WRITES, UseCase, prepare

ROLES = {"rhys": [Role.MANAGER, Role.SENIOR_MANAGER], "tomos": [Role.WORKER]}
REFUSED = [
    (name, use_case)
    for name, roles in ROLES.items()
    for use_case in EVERY
    if not may(User("", name, UserKind.PERSON, frozenset(roles)), use_case.action, packaged()).allowed
]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The vault that the use cases are about, made once."""
    folder = tmp_path_factory.mktemp("template") / "vault"
    make_vault(folder)
    prepare(open_desk(folder))
    return folder


@pytest.fixture
def prepared(template: Path, tmp_path: Path) -> OpenDesk:
    """Open a copy of it as somebody."""
    return partial(open_desk, shutil.copytree(template, tmp_path / "prepared"))


def squeezed(text: str) -> str:
    """A text without what only lays it out."""
    return re.sub(r"[\s•-]+", "", text)


def test_every_action_of_the_rules_is_run_by_some_test() -> None:
    """An action that nothing runs could allow anything. What puts a backup back opens another vault than this one."""
    data = packaged().file("authority.toml")
    actions = {action for grant in data["grant"] for action in grant["actions"]}
    assert {use_case.action for use_case in EVERY} == actions - {"vault.restore"}


@pytest.mark.parametrize("use_case", EVERY, ids=str)
@pytest.mark.clause("1", "who answers for it")
def test_a_use_case_leaves_one_entry(prepared: OpenDesk, use_case: UseCase) -> None:
    """Done, by whom, when, on which records."""
    desk = prepared(use_case.by)
    use_case.first(desk)
    before = len(stories.trail(desk))
    use_case.run(desk)
    (entry,) = stories.trail(desk)[before:]
    assert (entry.action, entry.outcome) == (use_case.action, "done")
    assert set(entry.refs) == set(use_case.refs)
    assert (entry.actor, entry.at) == (desk.user.reference, "2026-11-26T09:00:00Z")


@pytest.mark.parametrize("use_case", WRITES + HEADER_TOO, ids=str)
def test_a_change_without_its_entry_is_no_change(
    prepared: OpenDesk, use_case: UseCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed when the entry was to be written: neither the rows nor the entry are there."""
    desk = prepared(use_case.by)
    use_case.first(desk)

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, stories.unchanged(desk):
        patch.setattr(audit, "append", killed)
        with pytest.raises(KeyboardInterrupt):
            use_case.run(desk)
    use_case.run(prepared(use_case.by))


@pytest.mark.parametrize("use_case", READS, ids=str)
@pytest.mark.clause("4.5", "stored securely")
def test_nothing_is_shown_before_it_is_logged(
    prepared: OpenDesk, use_case: UseCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Policy 4.5: where the entry cannot be written, the reader gets nothing; once they have it, it is on the disk."""
    desk = prepared(use_case.by)
    use_case.first(desk)

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(audit, "append", full)
        with pytest.raises(OSError, match="No space"):
            use_case.run(desk)
    use_case.run(desk)
    assert stories.trail(prepared("amina"))[-1].action == use_case.action


@pytest.mark.parametrize(("name", "use_case"), REFUSED, ids=str)
@pytest.mark.clause("4.5", "authorised")
def test_what_the_rules_do_not_grant_is_refused(prepared: OpenDesk, name: str, use_case: UseCase) -> None:
    """It changes nothing but the trail, quotes the published clause, and says who could."""
    desk = prepared(name)
    use_case.first(desk)
    before = stories.everything(desk)
    with pytest.raises(RefusedError) as refused:
        use_case.run(desk)
    after = stories.everything(desk)
    assert {t: rows for t, rows in after.items() if "audit" not in t} == {
        t: rows for t, rows in before.items() if "audit" not in t
    }
    (entry,) = stories.trail(desk)[len(before["audit"]) :]
    assert (entry.action, entry.outcome, entry.actor) == (use_case.action, "refused", desk.user.reference)
    assert entry.detail == {
        "clause": refused.value.clause,
        "rule": "authority",
        "policy": 1,
        "rules_hash": packaged().hash,
    }
    assert refused.value.label == f"refused (policy {refused.value.clause})"
    assert refused.value.hint.startswith("ask a")
    assert squeezed(refused.value.quote)
    assert squeezed(refused.value.quote) in squeezed(policy_versions.in_force(desk.db, TODAY).text)


def test_a_refusal_is_logged_with_what_it_was_about(prepared: OpenDesk) -> None:
    """The references as typed, in the spelling of all others; what is no reference is left away."""
    desk = prepared("tomos")
    for typed, refs in ((F1.lower(), (F1,)), ("lcs1r", (F1,)), ("Llwyd", ())):
        with pytest.raises(RefusedError):
            families.show(desk, typed)
        assert stories.trail(desk)[-1].refs == refs


def test_a_refusal_by_the_gate_names_clause_and_rule(prepared: OpenDesk) -> None:
    """And what was asked for; the family, the referrer, and no purpose that somebody typed."""
    desk = prepared()
    with pytest.raises(RefusedError) as refused:
        exports.export(desk, R1, ExportOrder("Siân's hearing", family=F2), None)
    entry = stories.trail(desk)[-1]
    assert (entry.action, entry.outcome, entry.refs) == ("attendance.export", "refused", (R1, F2))
    assert entry.detail is not None
    assert (entry.detail["clause"], entry.detail["rule"]) == (refused.value.clause, refused.value.rule)
    assert "hearing" not in refused.value.message + refused.value.hint


def test_a_refusal_by_the_schedule_names_clause_and_rule(prepared: OpenDesk) -> None:
    """With the sentence of the clause that is about five years."""
    desk = prepared()
    with pytest.raises(RefusedError) as refused:
        retention.propose(desk, F1, None)
    assert (refused.value.clause, refused.value.rule) == ("4.6", "not-required")
    assert "five years" in refused.value.quote
    assert stories.trail(desk)[-1].refs == (F1,)


def test_a_refusal_quotes_the_policy_that_is_published(tmp_path: Path) -> None:
    """The service's own words, not those of this package."""
    clauses = ("1", "2", "3", "4.1", "4.2", "4.3", "4.4", "4.5", "4.6", "5", "6")
    words = "{0} Heading\nOur own words of {0}.\nPersonal details and attendance, we say in {0}, are not shared."
    own = Secret(passphrase=passphrase("amina"))
    setup.init(
        tmp_path / "vault",
        "amina",
        own,
        policy_text="\n".join(words.format(clause) for clause in clauses),
        policy_effective=TODAY,
        now=moment(TODAY),
        today=TODAY,
        profile=CHEAP,
    )
    desk = setup.open_desk(tmp_path / "vault", "amina", own, now=moment(TODAY), today=TODAY)
    stories.referrer(desk, ReferrerKind.SOLICITOR)
    with pytest.raises(RefusedError) as refused:
        exports.export(desk, R1, ExportOrder("case-management"), None)
    assert refused.value.quote == "Personal details and attendance, we say in 4.2, are not shared."


def test_use_cases_together_are_one_change(prepared: OpenDesk) -> None:
    """A refusal of one undoes them all, and is on the trail afterwards; each of the others leaves nothing."""
    desk = prepared("rhys")

    def both() -> None:
        with desk.together():
            retention.hold(desk, F2, HoldKind.POLICE, "first", None)
            families.edit(desk, F2, "Lloyd", "second")

    before = stories.everything(desk)
    with pytest.raises(RefusedError):
        both()
    after = stories.everything(desk)
    assert after["legal_hold"] == before["legal_hold"]
    (entry,) = stories.trail(desk)[len(before["audit"]) :]
    assert (entry.action, entry.outcome, entry.refs) == ("family.edit", "refused", (F2,))


def test_a_refusal_that_was_caught_is_not_logged_in_place_of_a_later_one(prepared: OpenDesk) -> None:
    """Each refusal is logged as what it was."""
    desk = prepared("rhys")

    def caught() -> None:
        with desk.db.transaction():
            try:
                families.edit(desk, F2, "Lloyd", "second")
            except RefusedError:
                retention.hold(desk, F2, HoldKind.POLICE, "instead", None)

    caught()
    with pytest.raises(RefusedError):
        families.close(desk, F1, TODAY)
    entry = stories.trail(desk)[-1]
    assert (entry.action, entry.refs) == ("family.close", (F1,))


@pytest.mark.clause("4.5", "authorised")
def test_what_is_said_of_records_where_nothing_was_done_is_on_the_trail(prepared: OpenDesk) -> None:
    """A slip, or a reference of nothing, is logged with what it was about: what is said of it may come from records."""
    desk = prepared()
    nobody = reference(Kind.FAMILY, 42)
    for typed, refs in ((nobody, (nobody,)), (F1[:-1] + "X", ()), (P3, ()), ("", ()), ("Llwyd", ())):
        with stories.unchanged(desk), pytest.raises((UsageError, NotFoundError)) as failed:
            families.show(desk, typed)
        entry = stories.trail(desk)[-1]
        assert (entry.action, entry.outcome, entry.refs) == ("family.show", "refused", refs)
        assert entry.detail == {"exit": failed.value.exit_code}


def test_whoever_is_told_of_anothers_session_is_on_the_trail_of_it(prepared: OpenDesk) -> None:
    """That a room or a time is taken tells when another family is there: the entry names that family and session."""
    desk = prepared()
    there, other = stories.family(desk).ref, stories.family(desk).ref
    session = reference(
        Kind.SESSION, contact_sessions.book(desk, there, TODAY, "10:00", "11:00", room="The den").number
    )
    for family, room in ((other, "The den"), (there, None)):
        with stories.unchanged(desk), pytest.raises(UsageError, match="10:00 to 11:00"):
            contact_sessions.check_booking(desk, family, TODAY, "10:30", "11:30", room=room)
        entry = stories.trail(desk)[-1]
        assert (entry.action, entry.outcome, set(entry.refs)) == ("session.book", "refused", {there, session, family})
