"""Publishing the policy (policy 6): checked, compared with what is in force, accepted by its hash, kept for ever."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec.structs import force_setattr, replace

from lcs_cli.errors import RefusedError, UsageError
from lcs_cli.policy.document import restated_policy
from lcs_cli.policy.effects import NewlyDue
from lcs_cli.policy.program import program_file
from lcs_cli.policy.retention import Outcome
from lcs_cli.policy.rules import packaged
from lcs_cli.records.policy import Asker, CopyGiven, ReviewOfPolicy
from lcs_cli.records.user import KeyName
from lcs_cli.services import (
    audits,
    doctor,
    explanations,
    families,
    overview,
    policies,
    publishing,
    retention,
    rule_files,
    users,
)
from lcs_cli.services.desk import Desk
from lcs_cli.services.publishing import PolicyDraft
from lcs_cli.vault import kept, policy_registers, policy_versions
from lcs_cli.vault.policy_versions import PolicyVersion
from tests.conftest import TODAY, OpenDesk, open_desk
from tests.services import stories
from tests.services.stories import other_rules
from tests.services.use_cases import EVERY, prepare
from tests.vault.tampering import without_triggers

SCHEDULE, AUTHORITY, GATE = "retention_schedule.toml", "authority.toml", "disclosure_rules.toml"
TEXT = restated_policy().replace("Every version is kept.", "Each version is kept, and so is what was said of it.")
THREE_YEARS = other_rules(SCHEDULE, "value = 5", "value = 3")
DRAFT = PolicyDraft(TODAY, "trustees, 3 March 2026", TEXT)
SHORTER = PolicyDraft(TODAY, "trustees, 3 March 2026", None, THREE_YEARS)


def closed_three_years_ago(desk: Desk) -> str:
    """A family whose file comes due after three years, and not after five."""
    there = stories.on(desk, date(2023, 3, 2))
    household = stories.family(there, name="Achebe", opened_on=date(2023, 1, 9))
    families.close(there, household.ref, date(2023, 3, 2))
    return household.ref


def test_a_new_text_is_published_with_the_rules_that_were_in_force(desk: Desk) -> None:
    """By whom, approved by which body, from when on; it asks for no acceptance, and is in force at once."""
    done = publishing.publish(desk, DRAFT)
    assert (done.version.number, done.effects.needs_acceptance) == (2, False)
    copy = policies.show(desk)
    assert (copy.version, copy.text, copy.approved_by) == (2, TEXT, "trustees, 3 March 2026")
    assert policy_versions.rules(desk.db, 2) == policy_versions.rules(desk.db, 1)
    entry = stories.trail(desk)[-2]
    assert (entry.action, entry.actor, entry.outcome) == ("policy.publish", "U-001-R", "done")
    assert entry.detail == {
        "policy": 2,
        "text_sha256": done.version.text_sha256,
        "rules_hash": packaged().hash,
        "effective_on": "2026-11-26",
        "version_sha256": kept.policy_digest(desk.db, 2),
        "accepted": None,
        "files": 0,
    }


def test_a_plan_changes_nothing(desk: Desk) -> None:
    """But that it was looked at is on the trail, with the hash of the list."""
    before = stories.everything(desk)
    planned = publishing.plan(desk, SHORTER)
    assert planned.changed == "retention_schedule.toml: 3 values"
    after = stories.everything(desk)
    assert {name for name, rows in after.items() if rows != before[name]} == {"audit", "audit_detail"}
    assert stories.trail(desk)[-1].detail == {"list": planned.hash}


def test_a_shorter_period_is_refused_until_its_list_is_accepted(desk: Desk) -> None:
    """The list names the families; the very hash that was shown is what accepts it, and the list is kept."""
    stories.closed_family(desk)
    ref = closed_three_years_ago(desk)
    planned = publishing.plan(desk, SHORTER)
    assert planned.effects.due == (NewlyDue(ref, Outcome.DUE, TODAY),)
    for accept, said in ((None, "nobody has accepted"), ("0" * 64, "not the list that was shown")):
        with pytest.raises(RefusedError, match=said) as refused:
            publishing.publish(desk, SHORTER, accept)
        assert (refused.value.clause, refused.value.rule) == ("6", "accepted-list")
        assert "--dry-run" in refused.value.hint
        assert refused.value.quote.startswith("The policy is reviewed every year")
    assert policies.show(desk).version == 1
    publishing.publish(desk, SHORTER, planned.hash)
    assert policies.show(desk).version == 2
    ((list_hash, kept),) = policy_registers.accepted(desk.db).values()
    assert (list_hash, kept["due"]) == (planned.hash, [[ref, "due", "2026-11-26"]])
    assert "Achebe" not in repr(kept)
    assert [item.decision.outcome for item in retention.due(desk, TODAY)] == [Outcome.DUE, Outcome.DUE]


def test_an_acceptance_holds_for_no_other_list(desk: Desk) -> None:
    """A file that came due meanwhile, another day, another text: each is another list."""
    planned = publishing.plan(desk, SHORTER)
    others = (replace(SHORTER, text=TEXT), replace(SHORTER, effective_on=TODAY + timedelta(days=1)))
    for other in others:
        with pytest.raises(RefusedError, match="not the list that was shown"):
            publishing.publish(desk, other, planned.hash)
    closed_three_years_ago(desk)
    with pytest.raises(RefusedError, match="not the list that was shown"):
        publishing.publish(desk, SHORTER, planned.hash)


def test_what_may_newly_be_told_is_to_be_accepted_too(desk: Desk) -> None:
    """With no family in the vault: the gate itself tells."""
    rules = other_rules(GATE, 'purposes = ["safeguarding", ', 'purposes = ["inspection", "safeguarding", ')
    with pytest.raises(RefusedError, match="nobody has accepted"):
        publishing.publish(desk, PolicyDraft(TODAY, "trustees", None, rules))


def test_a_version_never_takes_effect_back_in_time(desk: Desk) -> None:
    """Nor before one that was announced already: what was decided was decided by what was in force then."""
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^effective: must not be in the past"):
        publishing.plan(desk, replace(DRAFT, effective_on=TODAY - timedelta(days=1)))
    publishing.publish(desk, replace(DRAFT, effective_on=TODAY + timedelta(days=9)))
    with stories.unchanged(desk), pytest.raises(UsageError, match="version 2 takes effect on 2026-12-05"):
        publishing.plan(desk, replace(SHORTER, effective_on=TODAY + timedelta(days=8)))


def test_an_announced_version_takes_effect_by_itself(desk: Desk) -> None:
    """Until its day the old one is in force, and says which one comes and when; from then on the new one is."""
    day = TODAY + timedelta(days=9)
    stories.shortened(desk, day)
    copy, status = policies.show(desk), overview.status(desk).policy
    assert (copy.version, copy.announced, copy.until) == (1, 2, day)
    assert (status.announced, status.until) == (2, day)
    years = retention.schedule(stories.on(desk, day - timedelta(days=1))).years, retention.schedule(desk).years
    assert years == (5, 5)
    there = stories.on(desk, day)
    assert retention.schedule(there).years == 3
    assert (policies.show(there).version, policies.show(there).announced) == (2, None)


def test_an_announced_version_is_replaced_by_one_of_the_same_day(desk: Desk) -> None:
    """A mistake is mended before it takes effect."""
    day = TODAY + timedelta(days=9)
    stories.shortened(desk, day)
    five = PolicyDraft(day, "trustees", None, {SCHEDULE: packaged().contents[SCHEDULE]})
    publishing.publish(desk, five)
    assert policies.show(desk).announced == 3
    assert retention.schedule(stories.on(desk, day)).years == 5


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (PolicyDraft(TODAY, "x"), "nothing differs from version 1"),
        (PolicyDraft(TODAY, None, TEXT), "approved by: must not be empty"),
        (PolicyDraft(TODAY, " ", TEXT), "approved by: must not be empty"),
        (PolicyDraft(TODAY, "x", "1. Only this\n"), "it has no clause 2"),
        (PolicyDraft(TODAY, "x", None, other_rules(SCHEDULE, "value = 5", "value = -1")), "less than nothing"),
        (
            PolicyDraft(TODAY, "x", None, other_rules(SCHEDULE, 'classes = ["safeguarding-file", ', "classes = [")),
            "lacks safeguarding-file, which is never deleted",
        ),
        (
            PolicyDraft(TODAY, "x", None, other_rules(AUTHORITY, '"family.add"', '"family.burn", "x.y"')),
            "rules: 2 problems, and nothing was published\n  authority.toml, ",
        ),
    ],
)
def test_what_cannot_be_published_changes_nothing(desk: Desk, draft: PolicyDraft, said: str) -> None:
    """One clear line for each problem."""
    with stories.unchanged(desk), pytest.raises(UsageError) as refused:
        publishing.publish(desk, draft)
    assert said in refused.value.message
    assert refused.value.hint


def test_nobody_locks_everybody_out(desk: Desk, desk_of: OpenDesk) -> None:
    """Rules by which a role might publish that nobody here has are no rules to publish."""
    was = 'to = ["senior-manager"]\nactions = ["policy.publish"]'
    only_workers = other_rules(AUTHORITY, was, was.replace("senior-manager", "worker"))
    draft = PolicyDraft(TODAY, "trustees", None, only_workers)
    publishing.plan(desk, draft)
    users.remove(desk, "tomos")
    with pytest.raises(UsageError, match=r"nobody who is here has a role that may run policy\.publish"):
        publishing.plan(desk_of(), draft)


def test_a_right_that_was_taken_away_by_a_version_is_gone(desk: Desk, desk_of: OpenDesk) -> None:
    """And came when it was given: authority is of the version in force."""
    moved = other_rules(AUTHORITY, 'actions = ["retention.approve"]', 'actions = ["retention.approve", "family.edit"]')
    household = stories.family(desk)
    with pytest.raises(RefusedError):
        families.edit(desk_of("rhys"), household.ref, "Lloyd", "misheard")
    draft = PolicyDraft(TODAY, "trustees", None, moved)
    with pytest.raises(RefusedError, match="nobody has accepted"):
        publishing.publish(desk, draft)
    done = publishing.publish(desk, draft, publishing.plan(desk, draft).hash)
    assert done.effects.allowed == ("manager: lcs family edit",)
    families.edit(desk_of("rhys"), household.ref, "Lloyd", "misheard")


def test_the_rules_that_lcs_carries_take_the_place_of_others(desk: Desk) -> None:
    """A check-up says that they differ, as a note: it is no fault; published, they are the same again."""
    rules = {finding.check: finding for finding in doctor.examine(desk)}["rules"]
    assert (rules.sound, rules.found) == (True, "those that this lcs carries")
    stories.shortened(desk, TODAY)
    rules = {finding.check: finding for finding in doctor.examine(desk)}["rules"]
    assert rules.sound
    assert rules.found == (
        "those of version 2; this lcs carries other rules in retention_schedule.toml: "
        "lcs policy publish --rules packaged --dry-run"
    )
    publishing.publish(
        desk, PolicyDraft(TODAY, "trustees", None, rule_files.read_rules(rule_files.PACKAGED, desk.vault.folder))
    )
    rules = {finding.check: finding for finding in doctor.examine(desk)}["rules"]
    assert rules.found == "those that this lcs carries"


def test_rule_files_are_written_changed_and_published(desk: Desk, tmp_path: Path) -> None:
    """A folder with any of them will do; what is no rule file, or nothing at all, is said."""
    policies.show(desk, rules_into=tmp_path / "rules")
    assert rule_files.read_rules(str(tmp_path / "rules"), desk.vault.folder) == dict(packaged().contents)
    folder = tmp_path / "one"
    folder.mkdir()
    with pytest.raises(UsageError, match="holds no rule file"):
        rule_files.read_rules(str(folder), desk.vault.folder)
    (folder / SCHEDULE).write_bytes(THREE_YEARS[SCHEDULE])
    assert rule_files.read_rules(str(folder), desk.vault.folder) == THREE_YEARS
    (folder / "retention_schedules.toml").write_text("")
    with pytest.raises(UsageError, match=r"holds 1 \.toml that is no rule file"):
        rule_files.read_rules(str(folder), desk.vault.folder)
    with pytest.raises(UsageError, match="cannot be read"):
        rule_files.read_rules(str(tmp_path / "none"), desk.vault.folder)


def test_the_yearly_review_is_recorded_and_counts_from_there(desk_of: OpenDesk) -> None:
    """From the last review, or the day the version took effect, whichever is later; a worker records none."""
    late = desk_of("rhys", date(2027, 1, 8))
    waits = {one.name: one for one in overview.today(late).waiting}["policy_review"]
    assert (waits.count, waits.state, waits.clause) == (1, "Overdue by 3 days", "6")
    policies.review(late, ReviewOfPolicy.UNCHANGED, "nothing new in law", date(2027, 1, 7))
    assert policies.show(late).review_due_on == date(2028, 1, 7)
    assert {one.name: one.count for one in overview.status(late).waiting}["policy_review"] == 0
    later = desk_of("amina", date(2027, 6, 1))
    publishing.publish(later, replace(DRAFT, effective_on=later.today))
    assert policies.show(later).review_due_on == date(2028, 6, 1)
    (one,) = explanations.history(later).reviews
    assert (one.version, one.reviewed_by, one.outcome, one.note) == (1, "U-003-A", "unchanged", "nothing new in law")
    with pytest.raises(UsageError, match=r"^on: must not be in the future"):
        policies.review(later, ReviewOfPolicy.UNCHANGED, None, later.today + timedelta(days=1))
    with pytest.raises(RefusedError):
        policies.review(desk_of("tomos"), ReviewOfPolicy.UNCHANGED, None, TODAY)


def test_each_copy_that_is_given_is_on_record(desk: Desk) -> None:
    """Of which version, to whom, on paper or as a file: so who has an old one is known."""
    ref = stories.referrer(desk)
    policies.give(desk, ref, written=True)
    publishing.publish(desk, DRAFT)
    policies.give(desk, "volunteer")
    assert list(policies.given(desk, None, 10)) == [
        CopyGiven(2, 2, TODAY, "U-001-R", None, Asker.VOLUNTEER, written=False),
        CopyGiven(1, 1, TODAY, "U-001-R", 1, None, written=True),
    ]
    assert [one.number for one in policies.given(desk, 1, 10)] == [1]
    assert [one.number for one in policies.given(desk, None, 1)] == [2]


def test_a_copy_that_could_not_be_logged_is_not_on_record(desk: Desk) -> None:
    """Nobody of that name is entered."""
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^to:"):
        policies.give(desk, "Gwen")


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE policy_version SET text = text || 'x' WHERE number = 1", "the text of version 1 of the policy is not"),
        ("UPDATE policy_version SET text = text || 'x' WHERE number = 2", "the text of version 2 of the policy is not"),
        ("UPDATE policy_rules SET content = content || '#' WHERE version = 2", "the rules of version 2 of the policy"),
        ("DELETE FROM policy_rules WHERE version = 2 AND name = 'authority.toml'", "the rules of version 2 of the"),
        ("UPDATE policy_version SET effective_on = '2026-01-06' WHERE number = 2", "version 2 of the policy takes"),
        ("UPDATE policy_acceptance SET content = '{}'", "what was accepted with version 2 of the policy is not"),
        ("DELETE FROM policy_acceptance", "what was accepted with version 2 of the policy is not"),
        (
            "INSERT INTO policy_version SELECT 3, '', '', '2026-11-26', '2026-11-26', '', NULL, hex(zeroblob(32))",
            "no entry says who published version 3 of the policy",
        ),
    ],
)  # fmt: skip
def test_a_version_that_is_not_as_it_was_published_is_found(desk: Desk, sql: str, said: str) -> None:
    """Its entry is signed, and tells the hashes: another tool that changes a row changes no signature."""
    stories.shortened(desk, TODAY)
    assert audits.verify(desk).problems == ()
    with without_triggers(desk) as connection:
        connection.execute(sql)
    assert any(problem.startswith(said) for problem in audits.verify(desk).problems), audits.verify(desk).problems


def test_who_acted_is_judged_by_the_rules_of_then(desk_of: OpenDesk) -> None:
    """A version that takes a right away makes no liar of who had it and used it before, on that very day."""
    users.remove(desk_of("rhys"), "tomos")
    nobody_removes = other_rules(AUTHORITY, '"vault.user.remove", ', "")
    publishing.publish(desk_of(), PolicyDraft(TODAY, "trustees", None, nobody_removes))
    with pytest.raises(RefusedError):
        users.remove(desk_of(), "rhys")
    assert audits.verify(desk_of()).problems == ()


def test_a_version_that_a_worker_published_with_another_tool_is_found(desk_of: OpenDesk) -> None:
    """They can sign an entry and write the rows, but the trail knows which roles they had."""
    worker = desk_of("tomos")
    version = PolicyVersion(2, "t", TEXT, TODAY, TODAY, "U-004-G")
    told: dict[str, object] = {
        "policy": 2,
        "text_sha256": version.text_sha256,
        "rules_hash": packaged().hash,
        "effective_on": "2026-11-26",
    }
    with worker.db.transaction():
        policy_versions.publish(worker.db, version, packaged().contents, packaged().hash)
        told["version_sha256"] = kept.policy_digest(worker.db, 2)
        head = worker.log("policy.publish", "done", [], told)
    (problem,) = audits.verify(desk_of()).problems
    assert problem == f"entry {head.seq} is by U-004-G, whose roles did not allow it then"


@pytest.mark.no_cover  # the same lines, thousands of times
@pytest.mark.parametrize("key", [KeyName.SAFEGUARDING, KeyName.ADMIN, KeyName.CONTACT])
def test_what_takes_a_key_is_what_the_program_says(desk: Desk, key: KeyName, tmp_path: Path) -> None:
    """Else a plan would promise a role what it is refused all the same, or a version could lock everybody out."""
    prepare(desk)
    desk.db.close()
    refused: set[tuple[str, str, str, str]] = set()
    for number, use_case in enumerate(EVERY):
        copy = shutil.copytree(desk.vault.folder, tmp_path / str(number) / "vault")
        there = open_desk(copy, use_case.by)
        held = {name: value for name, value in there.vault.opened.keys.items() if name is not key}
        force_setattr(there.vault.opened, "keys", held)
        try:
            use_case.first(there)
            use_case.run(there)
        except RefusedError as error:
            refused.add((use_case.action, error.rule, error.clause, error.about))
        there.db.close()
    takes = set(program_file()["authority"]["takes"][key])
    handed_on = {"vault.user.roles"} if key is KeyName.CONTACT else set()
    assert {tuple(cited) for _, *cited in refused} == {("keys", "4.5", "authorised")}
    actions = {action for action, *_ in refused}
    assert actions - handed_on <= takes
    elsewhere = {"vault.restore"}  # opens a backup, with a slot of its own: `test_restores`
    assert takes - actions - elsewhere <= ({"family.add", "person.add"} if key is KeyName.CONTACT else set())


def test_a_plan_shows_what_falls_due_in_each_coming_year_without_it_and_with_it(desk: Desk) -> None:
    """By the decision of the sweep itself: three years instead of five bring a file forward, and none twice."""
    for day in (date(2022, 1, 10), date(2024, 1, 10), date(2026, 1, 12)):
        there = stories.on(desk, day)
        families.close(there, stories.family(there, opened_on=day).ref, day)
    draft = PolicyDraft(desk.today, None, None, stories.other_rules(SCHEDULE, "value = 5", "value = 3"))
    planned = publishing.plan(desk, draft)
    was, becomes = ([(one.day.year, one.files) for one in years if one.files] for years in planned.ahead)
    assert was == [(2027, 1), (2029, 1), (2031, 1)]
    assert becomes == [(2026, 1), (2027, 1), (2029, 1)]
    assert [one.day for one in planned.ahead[0]] == [one.day for one in planned.ahead[1]]
