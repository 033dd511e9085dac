"""Rule files that another tool spoiled, or an older lcs published: noticed, said in a line, and the way out is open."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from lcs_cli.errors import DamagedVaultError, RefusedError
from lcs_cli.policy.document import restated_policy
from lcs_cli.policy.older import lacking
from lcs_cli.policy.rules import Rules, packaged
from lcs_cli.records.safeguarding import FlagCategory
from lcs_cli.records.staff import Capacity
from lcs_cli.services import (
    accidents,
    audits,
    contact_sessions,
    disclosures,
    doctor,
    flags,
    overview,
    policies,
    publishing,
    retention,
    rule_files,
    staff,
)
from lcs_cli.services.accounts import Account
from lcs_cli.services.desk import Desk
from lcs_cli.services.publishing import PolicyDraft
from lcs_cli.vault import kept, policy_versions
from lcs_cli.vault.policy_versions import PolicyVersion
from tests.cli.typed import Typist, at, lcs
from tests.conftest import TODAY, OpenDesk
from tests.services import stories
from tests.vault.tampering import without_triggers

OLDER = Path(__file__).parents[1] / "policies" / "older"
SPOILED = {
    "a shorter period": "UPDATE policy_rules SET content = replace(content, 'value = 5', 'value = 0')",
    "a grant widened": "UPDATE policy_rules SET content = replace(content, 'to = [\"senior-manager\"]', "
    "'to = [\"senior-manager\", \"worker\"]') WHERE name = 'authority.toml'",
    "a file taken away": "DELETE FROM policy_rules WHERE name = 'authority.toml'",
    "all of them taken away": "DELETE FROM policy_rules",
    "no TOML": "UPDATE policy_rules SET content = 'not = = toml' WHERE name = 'authority.toml'",
    "nothing in it": "UPDATE policy_rules SET content = '' WHERE name = 'retention_schedule.toml'",
    "a clause that is a number": "UPDATE policy_rules SET content = replace(content, '\"4.6\"', '46')",
    "one more": "INSERT INTO policy_rules VALUES (1, 'extra.toml', '')",
}


def spoil(desk: Desk, sql: str, *, to_fit: bool = False) -> None:
    """Change rule files with another tool, and the hash beside them ``to_fit``."""
    before = policy_versions.rules(desk.db, 1)
    with without_triggers(desk) as connection:
        connection.execute(sql)
        found = connection.execute("SELECT name, content FROM policy_rules WHERE version = 1").fetchall()
        after = Rules({name: content.encode() for name, content in found})
        assert after.contents != before
        if to_fit:
            connection.execute("UPDATE policy_version SET rules_hash = ? WHERE number = 1", (after.hash,))


def protecting(desk: Desk, ref: str) -> dict[str, Callable[[], object]]:
    """What goes on whatever becomes of the rules: protecting a child, and looking into it."""
    told = Account(made_on=TODAY, words={"what": "a worry", "why": "danger"})
    return {
        "flag.raise": lambda: flags.raise_flag(desk, ref, FlagCategory.OTHER, "a bruise"),
        "accident.add": lambda: accidents.add(desk, ref, TODAY, "a fall"),
        "disclosure.urgent": lambda: disclosures.urgent(desk, ref, "police", told),
        "status": lambda: overview.status(desk),
        "doctor": lambda: doctor.examine(desk),
        "audit.verify": lambda: audits.verify(desk),
    }


def rules_finding(desk: Desk) -> doctor.Finding:
    """What a check-up says of the rules."""
    return next(one for one in doctor.examine(desk) if one.check == "rules")


@pytest.mark.parametrize("name", SPOILED)
def test_rules_that_another_tool_changed_are_found_and_not_gone_by(
    desk: Desk, desk_of: OpenDesk, vault: Path, name: str
) -> None:
    """By `verify` and by a check-up; everything else stops with a remedy, but protecting a child."""
    ref = stories.family(desk).ref
    spoil(desk, SPOILED[name])
    there = desk_of()
    said = "the rules of version 1 of the policy are not those that it was published with"
    for attempt in (
        lambda: retention.due(there, TODAY),
        lambda: contact_sessions.unsupervised(there),
        lambda: policies.show(there),
    ):
        with stories.unchanged(there), pytest.raises(DamagedVaultError, match=said) as damaged:
            attempt()
        assert "restore a backup" in damaged.value.hint
    assert "the rules of version 1 of the policy are not those that entry 1 tells of" in audits.verify(there).problems
    assert rules_finding(there) == doctor.Finding("rules", False, f"{said}: restore a backup")
    for act in protecting(there, ref).values():
        act()
    there.db.close()
    ran = lcs(Typist(env=at(vault)), "retention", "due")
    assert (ran.code, ran.err.splitlines()[0]) == (13, f"error: {said}")


@pytest.mark.parametrize("name", SPOILED)
def test_rules_whose_hash_was_made_to_fit_are_found_by_their_entry(desk: Desk, desk_of: OpenDesk, name: str) -> None:
    """It is signed; and what cannot be read is said so, and is no traceback."""
    ref = stories.family(desk).ref
    spoil(desk, SPOILED[name], to_fit=True)
    there = desk_of()
    said = "the rules of version 1 of the policy are not those that entry 1 tells of"
    if name == "no TOML":
        with pytest.raises(DamagedVaultError, match=r"^authority.toml of the vault's policy cannot be read") as damaged:
            retention.due(there, TODAY)
        assert "restore a backup" in damaged.value.hint
        there = desk_of()
    assert said in audits.verify(there).problems
    found = {one.check: one for one in doctor.examine(there)}
    assert said in found["audit trail"].found
    assert found["rules"].sound is (name != "no TOML")
    flags.raise_flag(desk_of("tomos"), ref, FlagCategory.OTHER, "a bruise")


@pytest.fixture
def older(desk: Desk, desk_of: OpenDesk) -> Desk:
    """A vault whose rules were published by the first lcs that kept them: three files, frozen as they were."""
    contents = {path.name: path.read_bytes() for path in sorted(OLDER.iterdir())}
    rules, day = Rules(contents), date(2026, 11, 1)
    version = PolicyVersion(2, "An older one", restated_policy(), day, day, "U-001-R", "trustees")
    with desk.together():
        policy_versions.publish(desk.db, version, contents, rules.hash)
        told = {"policy": 2, "text_sha256": version.text_sha256, "rules_hash": rules.hash}
        told |= {"effective_on": day.isoformat(), "version_sha256": str(kept.policy_digest(desk.db, 2))}
        desk.log("policy.publish", "done", [], {**told, "accepted": None})
    return desk_of()


def test_rules_of_an_older_lcs_are_no_damage_and_are_named(older: Desk) -> None:
    """A check-up says what they lack, and what a senior manager runs."""
    assert audits.verify(older).problems == ()
    finding = rules_finding(older)
    assert finding.sound
    assert finding.waits
    assert finding.found.startswith("those of version 2, older than this lcs: they lack ")
    assert finding.found.endswith(": lcs policy publish --rules packaged --dry-run")
    assert lacking(packaged()) == ()


def test_what_older_rules_say_holds_and_what_they_lack_is_as_this_lcs_has_it(older: Desk) -> None:
    """Their own periods and grants, this program's tables: nothing ends in a traceback."""
    household = stories.family(older)
    assert [item.decision.subject for item in retention.due(older, TODAY)] == [household.ref]
    stories.booked(older, household.ref, TODAY)
    contact_sessions.unsupervised(older)
    assert older.rules.hash != packaged().hash
    years = older.rules.file("retention_schedule.toml")["family_file"]["years"]
    assert (
        years
        == Rules({path.name: path.read_bytes() for path in OLDER.iterdir()}).file("retention_schedule.toml")[
            "family_file"
        ]["years"]
    )
    assert older.rules.file("retention_schedule.toml")["documents"]["classes"]


def test_a_command_that_older_rules_do_not_know_says_who_publishes_newer_ones(older: Desk) -> None:
    """It is granted to nobody, and no longer says that nobody ever may."""
    with pytest.raises(RefusedError, match="may not run “staff add”") as refused:
        staff.add(older, "Efa Parry", Capacity.STAFF, TODAY)
    assert refused.value.hint == (
        "these rules are older than this lcs: a senior manager runs: lcs policy publish --rules packaged --dry-run"
    )


def test_what_protects_a_child_goes_on_under_older_rules(older: Desk, desk_of: OpenDesk) -> None:
    """For everybody whose role this lcs grants it to; a worker too raises a concern."""
    ref = stories.family(older).ref
    for act in protecting(older, ref).values():
        act()
    flags.raise_flag(desk_of("tomos"), ref, FlagCategory.OTHER, "a bruise")
    with pytest.raises(RefusedError, match="may not run “policy publish”"):
        publishing.check_publish(desk_of("tomos"))


def test_the_newer_rules_are_published_over_older_ones(older: Desk) -> None:
    """With the list of what they newly do; then every command is granted again."""
    draft = PolicyDraft(TODAY, "trustees", None, rule_files.read_rules(rule_files.PACKAGED, older.vault.folder))
    planned = publishing.plan(older, draft)
    publishing.publish(older, draft, planned.hash if planned.effects.needs_acceptance else None)
    assert rules_finding(older).found == "those that this lcs carries"
    assert staff.add(older, "Efa Parry", Capacity.STAFF, TODAY).member.number == 1
    assert audits.verify(older).problems == ()
