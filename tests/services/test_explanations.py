"""What was decided stays explained by the version that decided it (policy 6): its rules and its own words."""

from datetime import date

import pytest

from lcs_cli.errors import NotFoundError, RefusedError, UsageError
from lcs_cli.policy.document import restated_policy
from lcs_cli.policy.rules import packaged
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.services import explanations, exports, permissions, policies, publishing, reports, retention
from lcs_cli.services.desk import Desk
from lcs_cli.services.export_plan import ExportOrder
from lcs_cli.services.publishing import PolicyDraft
from tests.conftest import TODAY, OpenDesk, open_desk
from tests.services import stories
from tests.services.stories import other_rules
from tests.vault.tampering import without_triggers

THEN = "What is no longer needed to serve a family is reviewed, and disposed of confidentially, after five years."
NOW = THEN.replace("five", "three")


def shortened(desk: Desk) -> None:
    """Three years, in the rules and in the text, from today on."""
    rules = other_rules("retention_schedule.toml", "value = 5", "value = 3")
    rules = {name: content.replace(b"five years", b"three years") for name, content in rules.items()}
    governance = {"governance.toml": packaged().contents["governance.toml"].replace(b"five years", b"three years")}
    text = restated_policy().replace("five years", "three years")
    draft = PolicyDraft(desk.today, "trustees, 3 March 2026", text, rules | governance)
    publishing.publish(desk, draft, publishing.plan(desk, draft).hash)


def test_an_old_review_is_explained_by_the_old_rule_and_words(desk: Desk, desk_of: OpenDesk) -> None:
    """Five years, as it stood then; and that the version in force today says otherwise."""
    household = stories.closed_family(desk)
    ref = reference(Kind.REVIEW, retention.propose(desk, household.ref, None).number)
    before = explanations.explain(desk, ref)
    assert (before.decided.version, before.now, before.differs) == (1, 1, False)
    shortened(desk)
    found = explanations.explain(desk_of("rhys"), ref.lower())
    assert (found.decided.version, found.decided.rule, found.decided.clause) == (1, "family-file", "4.6")
    assert (found.values["years"], found.values_now["years"]) == ("5 from 2025-01-01", "3 from 2025-01-01")
    assert (found.sentence, found.sentence_now) == (THEN, NOW)
    assert (found.decided.rules_hash, found.is_as_published, found.differs) == (packaged().hash, True, True)
    assert found.file == "retention_schedule.toml"


def test_what_other_rules_decided_than_those_of_its_version_says_so(desk: Desk) -> None:
    """By the hash that was noted when it was decided: what is quoted is then not what it was decided by."""
    household = stories.closed_family(desk)
    ref = reference(Kind.REVIEW, retention.propose(desk, household.ref, None).number)
    assert explanations.explain(desk, ref).is_as_published
    with without_triggers(desk) as connection:
        connection.execute("UPDATE review SET rules_hash = printf('%064d', 0)")
    assert not explanations.explain(open_desk(desk.vault.folder), ref).is_as_published


def test_the_trail_says_which_versions_were_looked_at(desk: Desk) -> None:
    """The two that were compared, older and newer as asked for; and the one that decided."""
    household = stories.closed_family(desk)
    ref = reference(Kind.REVIEW, retention.propose(desk, household.ref, None).number)
    shortened(desk)
    explanations.difference(desk, None, None)
    explanations.difference(desk, 2, 1)
    explanations.explain(desk, ref)
    found = [(one.action, one.refs, one.detail) for one in stories.trail(desk)[-3:]]
    assert found == [
        ("policy.diff", (), {"policy": [1, 2]}),
        ("policy.diff", (), {"policy": [2, 1]}),
        ("policy.explain", (ref,), {"policy": 1}),
    ]


def test_a_certificate_and_a_disclosure_are_explained_too(desk_of: OpenDesk) -> None:
    """The one by the schedule, the other by the gate."""
    desk = desk_of("amina", stories.APPROVED)
    household, referrer = stories.closed_family(desk), stories.referrer(desk)
    other = stories.family(desk)
    stories.referred(desk, other.ref, referrer)
    stories.held(desk, other.ref, desk.today)
    exports.export(desk, referrer, ExportOrder("case-management"), None)
    desk.db.close()
    stories.disposed(desk_of, household.ref)
    desk = desk_of("amina", date(2026, 2, 2))
    shortened(desk)
    certificate = explanations.explain(desk, "RC-000001-R")
    assert (certificate.decided.version, certificate.decided.rule, certificate.sentence) == (1, "family-file", THEN)
    disclosure = explanations.explain(desk, "EX-000001-R")
    assert (disclosure.decided.rule, disclosure.file) == ("attendance", "disclosure_rules.toml")
    assert disclosure.sentence.startswith("The dates and times of a family's attendance")
    assert (disclosure.now, disclosure.differs) == (2, False)


def test_decisions_on_reports_rooms_and_checks_are_explained(desk: Desk) -> None:
    """Each by the rule that laid down who decides; what nobody has decided yet is not."""
    household, court = stories.family(desk), stories.referrer(desk, ReferrerKind.COURT)
    report = stories.report(desk, household.ref, court)
    permission = stories.permission(desk, household.ref, days=(TODAY, TODAY))
    member = stories.staff_member(desk)
    for waiting in (report, permission):
        with pytest.raises(NotFoundError):
            explanations.explain(desk, waiting)
    manager = stories.as_rhys(desk)
    reports.decide(manager, report, "Asked for by the court.", agreed=True)
    permissions.decide(manager, permission, "It helps the child.", granted=True)
    publishing.publish(desk, PolicyDraft(TODAY, "trustees", restated_policy().replace("every year", "each year")))
    for ref, rule, file in (
        (report, "report-agreement", "reports.toml"),
        (permission, "room-permission", "permissions.toml"),
        (member, "enhanced-check", "vetting.toml"),
    ):
        found = explanations.explain(desk, ref)
        assert (found.decided.rule, found.file, found.decided.version, found.now) == (rule, file, 1, 2)
        assert (found.decided.rules_hash, found.is_as_published) == (packaged().hash, True)


def test_only_what_was_decided_is_explained(desk: Desk, desk_of: OpenDesk) -> None:
    """Another kind of reference, a slip, one that is not there; and not to a worker."""
    with stories.unchanged(desk), pytest.raises(UsageError, match="is of nothing that is decided by the policy"):
        explanations.explain(desk, "LCS-0001-R")
    with stories.unchanged(desk), pytest.raises(UsageError, match="has no check letter"):
        explanations.explain(desk, "RV-0001")
    with stories.unchanged(desk), pytest.raises(NotFoundError, match="no review has the reference RV-0042-L"):
        explanations.explain(desk, "RV-0042-L")
    with pytest.raises(RefusedError):
        explanations.explain(desk_of("tomos"), "RV-0042-L")


def test_the_history_names_each_version_and_what_it_changed(desk: Desk) -> None:
    """With the list that was accepted with it."""
    stories.closed_family(desk)
    shortened(desk)
    first, second = explanations.history(desk).versions
    assert (first.changed, first.accepted, first.rules_hash) == ("the first version", None, packaged().hash)
    assert second.changed == "text: +1 -1 line; governance.toml: 1 value; retention_schedule.toml: 10 values"
    assert second.version.approved_by == "trustees, 3 March 2026"
    assert second.accepted is not None
    assert second.accepted["shortened"][0] == "family-file: 5 years become 3 years, by 2026-11-26"


def test_the_difference_is_between_the_last_two_or_any_two(desk: Desk) -> None:
    """In the text and in the rules, in the order asked for."""
    with pytest.raises(UsageError, match="only one version"):
        explanations.difference(desk, None, None)
    shortened(desk)
    found = explanations.difference(desk, None, None)
    assert (found.was, found.becomes) == (1, 2)
    assert f"-- {THEN}" in found.text
    assert f"+- {NOW}" in found.text
    assert ("family_file.years", "3 from 2025-01-01") in [(one.key, one.becomes) for one in found.rules]
    back = explanations.difference(desk, 2, 1)
    assert ("family_file.years", "5 from 2025-01-01") in [(one.key, one.becomes) for one in back.rules]
    assert explanations.difference(desk, 2, 2).text == ()
    with pytest.raises(NotFoundError, match="no version 9"):
        explanations.difference(desk, 1, 9)


def test_an_older_version_is_shown_as_it_stood(desk: Desk) -> None:
    """From when to when it was in force; it is due for no review any more."""
    shortened(desk)
    old = policies.show(desk, 1)
    assert THEN in old.text
    assert (old.until, old.announced, old.review_due_on) == (TODAY, None, None)
    with pytest.raises(NotFoundError, match="the policy has no version 3"):
        policies.show(desk, 3)
