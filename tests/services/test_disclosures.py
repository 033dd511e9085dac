"""The register of disclosures (policy 2, 3, 4.2): what is told, by whose decision, and what is still missing of it."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from lcs_cli.errors import LcsError, NotFoundError, RefusedError, UsageError
from lcs_cli.policy.retention import Outcome
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import ReferralOutcome, ReferrerKind
from lcs_cli.records.user import Role
from lcs_cli.services import consents, disclosures, exports, families, overview, people, referrals, retention, users
from lcs_cli.services.accounts import Account
from lcs_cli.services.consents import ConsentDraft
from lcs_cli.services.desk import Desk
from lcs_cli.services.disclosures import Told
from lcs_cli.services.export_plan import ExportOrder
from lcs_cli.services.telling import Ask
from lcs_cli.vault.secret import Secret
from tests.conftest import CHEAP, TODAY, OpenDesk, passphrase
from tests.services import stories
from tests.services.stories import CLOSED, DUE

WHAT, WHY = "The colour of his car.", "He drove off with her."
URGENT = Account(TODAY, "08:45", words={"what": WHAT, "why": WHY})
TOLD = Account(TODAY, "08:45", "telephone", None, person_told=True, words={"what": WHAT, "why": WHY})
DECIDED = Account(TODAY, words={"why": WHY})
POLICE = Ask("police", "safeguarding", concern="SF-0001-R")
TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)


def ref(told: Told) -> str:
    """The entry's reference."""
    return reference(Kind.DISCLOSURE, told.entry.disclosure.number)


def flagged(desk: Desk) -> stories.Household:
    """A family with a concern about it, SF-0001-R."""
    household = stories.family(desk)
    stories.flag(desk, household.ref, closed=False)
    return household


# --- Urgent ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["amina", "rhys", "tomos"])
@pytest.mark.clause("3", "To keep a child")
def test_anybody_who_works_there_registers_what_could_not_wait(desk: Desk, desk_of: OpenDesk, name: str) -> None:
    """Policy 2, 3: what and why, and not a word more; the lead reads them."""
    household = stories.family(desk)
    there = desk_of(name)
    told = disclosures.urgent(there, household.ref, "police", URGENT)
    entry = told.entry.disclosure
    assert (entry.ground, entry.clause, entry.made_on, entry.purpose) == ("safeguarding", "3", TODAY, "safeguarding")
    assert (entry.made_by, entry.recipient, entry.referrer) == (there.user.reference, "police", None)
    assert told.missing == ("how", "decided_by", "concern", "person_told")
    assert told.entry.parts == {"at": "08:45"}
    assert disclosures.show(desk, ref(told)).words == {"what": WHAT, "why": WHY}


@pytest.mark.clause("2", "never stops")
def test_no_paperwork_holds_an_urgent_disclosure_up(desk: Desk, desk_of: OpenDesk) -> None:
    """Whatever the family is: closed, only referred, disposed of; and told an hour or a week ago."""
    closed = stories.closed_family(stories.on(desk, CLOSED))
    stories.flag(desk, closed.ref)
    stories.disposed(desk_of, closed.ref)
    for household in (closed, stories.family(desk, opened_on=None), stories.family(desk, 0)):
        told = disclosures.urgent(
            desk_of("tomos"), household.ref, "local-authority", replace(URGENT, made_on=YESTERDAY)
        )
        assert told.entry.disclosure.made_on == YESTERDAY


@pytest.mark.parametrize("kind", [ReferrerKind.SOLICITOR, ReferrerKind.FAMILY])
@pytest.mark.clause("3", "child's welfare")
def test_what_could_not_wait_is_told_to_those_who_protect_children(desk: Desk, kind: ReferrerKind) -> None:
    """Policy 3: to nobody else, registered or not; a registered agency is named by its reference."""
    household, other = stories.family(desk), stories.referrer(desk, kind)
    agency = stories.referrer(desk, ReferrerKind.HEALTH)
    for to in (kind.value, other):
        with pytest.raises(RefusedError, match="not a statutory agency") as refused:
            disclosures.urgent(desk, household.ref, to, URGENT)
        assert (refused.value.clause, refused.value.rule) == ("3", "safeguarding")
    with pytest.raises(RefusedError, match="no disclosure without a recipient") as nobody:
        disclosures.urgent(desk, household.ref, "", URGENT)
    assert nobody.value.clause == "2"
    told = disclosures.urgent(desk, household.ref, agency, URGENT)
    assert (told.entry.disclosure.recipient, told.entry.disclosure.referrer) == ("health", 2)
    assert desk.db.value("SELECT count(*) FROM disclosure") == 1


@pytest.mark.parametrize("kind", [ReferrerKind.COURT, ReferrerKind.CAFCASS])
@pytest.mark.clause("3", "child's welfare")
def test_what_could_not_wait_goes_to_who_can_act_at_once(desk: Desk, kind: ReferrerKind) -> None:
    """A court waits for its hearing: it is told when there is time, on a recorded concern or an order."""
    household, body = flagged(desk), stories.referrer(desk, kind)
    for to in (kind.value, body):
        with pytest.raises(RefusedError, match="does not act at once") as refused:
            disclosures.urgent(desk, household.ref, to, URGENT)
        assert (refused.value.clause, refused.value.rule) == ("3", "safeguarding")
        assert f"lcs disclosure record {household.ref}" in refused.value.hint
    assert disclosures.record(desk, household.ref, replace(POLICE, to=kind.value), TOLD).entry.complete


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("children's services", "local-authority"),
        ("Children\N{RIGHT SINGLE QUOTATION MARK}s Services", "local-authority"),
        ("NHS", "health"),
    ],
)
def test_a_body_is_understood_as_people_call_it(desk: Desk, typed: str, kind: str) -> None:
    """By words of the rule file; another body is entered as a referrer first."""
    household = stories.family(desk)
    assert disclosures.urgent(desk, household.ref, typed, URGENT).entry.disclosure.recipient == kind
    with stories.unchanged(desk), pytest.raises(UsageError) as wrong:
        disclosures.urgent(desk, household.ref, "nspcc", URGENT)
    assert "lcs referrer add" in wrong.value.hint


@pytest.mark.parametrize("purpose", ["report", "court", "hearing", "private-law", "Court", "cour", "HEARING"])
@pytest.mark.clause("4.1", "proceedings")
def test_a_report_for_proceedings_is_not_told_in_words_as_a_concern(desk: Desk, purpose: str) -> None:
    """It would walk around management's agreement; an order that is named still obliges."""
    household = flagged(desk)
    ask = Ask("court", purpose, concern="SF-0001-R")
    with pytest.raises(RefusedError) as refused:
        disclosures.record(desk, household.ref, ask, TOLD)
    assert (refused.value.clause, refused.value.rule) == ("4.1", "reports-for-proceedings")
    assert "lcs report request" in refused.value.hint
    obliged = replace(TOLD, words={"what": WHAT, "why": WHY, "order": "Order of 20 November"})
    told = disclosures.record(desk, household.ref, replace(ask, concern=None, obliged=True), obliged)
    assert told.entry.disclosure.ground == "legal-obligation"


def test_what_may_be_told_in_words_instead_of_a_report_is_said_where_words_were_asked_for(desk: Desk) -> None:
    """On an order, or for somebody's safety; of attendance there is only the report."""
    household = stories.family(desk)
    for ask, said in ((Ask("court", "hearing"), True), (Ask("court", "hearing", attendance=True), False)):
        with pytest.raises(RefusedError, match="nothing is prepared for proceedings") as refused:
            disclosures.check(desk, household.ref, ask)
        for otherwise in ("where an order demands it: --obliged", "at risk: --purpose safeguarding"):
            assert (otherwise in refused.value.hint) is said


@pytest.mark.clause("3", "child's welfare")
def test_who_decided_is_confirmed_by_that_person(desk: Desk, desk_of: OpenDesk) -> None:
    """Somebody else's word for it is only claimed: chased until the one who is named says so."""
    household, manager = flagged(desk), desk_of("rhys")
    told = disclosures.record(manager, household.ref, POLICE, replace(TOLD, decided_by="U-001-R"))
    assert (told.missing, told.entry.complete, waits(desk)) == (("confirmed",), False, [ref(told)])
    with pytest.raises(RefusedError, match="cannot confirm") as refused:
        disclosures.confirm(manager, ref(told))
    assert (refused.value.clause, "ask U-001-R" in refused.value.hint) == ("3", True)
    done = disclosures.confirm(desk, ref(told))
    assert (done.entry.complete, done.entry.parts["confirmed"], waits(desk)) == (True, "U-001-R", [])
    own = disclosures.record(desk, household.ref, POLICE, replace(TOLD, person_told=None))
    with stories.unchanged(desk), pytest.raises(UsageError, match="needs no confirmation"):
        disclosures.confirm(desk, ref(own))


@pytest.mark.clause("3", "child's welfare")
def test_what_was_decided_alone_is_recorded_so_and_looked_at_by_a_lead(desk: Desk, desk_of: OpenDesk) -> None:
    """It names nobody who did not decide; whoever decided alone does not confirm it either."""
    household, manager = flagged(desk), desk_of("rhys")
    told = disclosures.urgent(manager, household.ref, "police", URGENT)
    with stories.unchanged(desk), pytest.raises(UsageError, match="decided alone"):
        disclosures.complete(desk, ref(told), Account(TODAY, decided_by="U-001-R"), decided_alone=True)
    rest = Account(TODAY, how="telephone", person_told=True)
    done = disclosures.complete(manager, ref(told), rest, "SF-0001-R", decided_alone=True)
    assert (done.missing, done.entry.parts["decided_by"], done.entry.parts["alone"]) == (
        ("confirmed",),
        "U-003-A",
        "yes",
    )
    with pytest.raises(RefusedError, match="cannot confirm"):
        disclosures.confirm(manager, ref(told))
    assert disclosures.confirm(desk, ref(told)).entry.complete


@pytest.mark.clause("3", "child's welfare")
def test_a_lead_who_decided_alone_is_confirmed_by_another_lead(desk: Desk, desk_of: OpenDesk) -> None:
    """Being a lead does not make one's own word a second one."""
    household = flagged(desk)
    users.add_user(desk, "nia", [Role.SAFEGUARDING_LEAD], Secret(passphrase=passphrase("nia")), CHEAP)
    told = disclosures.urgent(desk, household.ref, "police", URGENT)
    disclosures.complete(desk, ref(told), Account(TODAY), decided_alone=True)
    with pytest.raises(RefusedError, match="U-001-R cannot confirm") as refused:
        disclosures.confirm(desk, ref(told))
    assert "ask another safeguarding lead" in refused.value.hint
    assert disclosures.confirm(desk_of("nia"), ref(told)).entry.parts["confirmed"] == "U-005-M"


@pytest.mark.clause("3", "child's welfare")
def test_what_somebody_decided_who_has_left_is_confirmed_by_a_lead(desk: Desk, desk_of: OpenDesk) -> None:
    """Nobody else ever could: the entry would wait for somebody who does not come back."""
    household = flagged(desk)
    users.add_user(desk, "nia", [Role.SAFEGUARDING_LEAD], Secret(passphrase=passphrase("nia")), CHEAP)
    told = disclosures.record(desk_of("rhys"), household.ref, POLICE, replace(TOLD, decided_by="U-005-M"))
    with pytest.raises(RefusedError, match="cannot confirm"):
        disclosures.confirm(desk_of(), ref(told))
    users.remove(desk_of(), "nia")
    with pytest.raises(RefusedError, match="cannot confirm"):
        disclosures.confirm(desk_of("rhys"), ref(told))
    assert disclosures.confirm(desk_of(), ref(told)).entry.parts["confirmed"] == "U-001-R"


@pytest.mark.clause("3", "child's welfare")
def test_nobody_but_a_lead_is_named_as_having_decided_afterwards(desk: Desk) -> None:
    """Completing asks no less than recording; what was typed as a slip is nobody."""
    household = stories.family(desk)
    told = disclosures.urgent(desk, household.ref, "police", URGENT)
    for typed in ("U-003-A", "U-004-G"):
        with pytest.raises(RefusedError, match="may not decide"):
            disclosures.complete(desk, ref(told), Account(TODAY, decided_by=typed))
    with pytest.raises(NotFoundError):
        disclosures.complete(desk, ref(told), Account(TODAY, decided_by="U-042-L"))
    done = disclosures.complete(desk, ref(told), Account(TODAY, decided_by="u-001-r"))
    assert done.entry.parts["decided_by"] == "U-001-R"


@pytest.mark.parametrize(
    ("account", "named"),
    [
        (replace(URGENT, words={"what": WHAT}), "missing: why"),
        (replace(URGENT, words={}), "missing: what was told, why"),
        (replace(URGENT, made_on=TOMORROW), "day: must not be in the future"),
        (replace(URGENT, at="25:00"), "time: must be a time"),
        (replace(URGENT, words={"what": "a\x00b", "why": WHY}), "what was told: holds a control"),
        (replace(URGENT, words={"what": WHAT, "why": WHY, "why_not_told": WHY}), "why the person was not told: only"),
    ],
)
def test_an_urgent_disclosure_says_what_and_why(desk: Desk, account: Account, named: str) -> None:
    """In a few words, about a day that has come; nothing half-written."""
    household = stories.family(desk)
    with stories.unchanged(desk), pytest.raises(UsageError) as wrong:
        disclosures.urgent(desk, household.ref, "police", account)
    assert wrong.value.message.startswith(named)


# --- Completing ------------------------------------------------------------------------------------------------------


def waits(desk: Desk) -> list[str]:
    """The entries that wait for parts, by list, in the day and in the status."""
    found = [ref(one) for one in disclosures.listing(desk, incomplete=True)]
    for shown in (overview.today(desk), overview.status(desk)):
        assert {one.name: one.count for one in shown.waiting}["incomplete_disclosures"] == len(found)
    return found


def test_what_is_missing_is_chased_until_the_last_part_is_there(desk: Desk) -> None:
    """Each part may come by itself, in any order; whether the person was told decides what else is asked."""
    household = flagged(desk)
    told = disclosures.urgent(desk, household.ref, "police", URGENT)
    assert waits(desk) == [ref(told)]
    steps: list[tuple[Account, str | None, tuple[str, ...]]] = [
        (Account(TODAY, how="telephone"), None, ("decided_by", "concern", "person_told")),
        (Account(TODAY), "SF-0001-R", ("decided_by", "person_told")),
        (Account(TODAY, decided_by="U-001-R", person_told=False), None, ("why_not_told",)),
        (Account(TODAY, words={"why_not_told": "It would have warned him."}), None, ()),
    ]
    for account, concern, missing in steps:
        done = disclosures.complete(desk, ref(told), account, concern)
        assert (done.missing, done.entry.complete) == (missing, not missing)
        assert waits(desk) == ([ref(told)] if missing else [])
    assert done.entry.parts == {
        "at": "08:45",
        "how": "telephone",
        "concern": "SF-0001-R",
        "decided_by": "U-001-R",
        "person_told": "no",
    }
    with stories.unchanged(desk), pytest.raises(UsageError, match="is complete"):
        disclosures.complete(desk, ref(told), Account(TODAY, person_told=True))


def test_what_is_recorded_is_not_changed_by_completing(desk: Desk) -> None:
    """Neither a value nor words; and something is to be added."""
    household = flagged(desk)
    told = disclosures.urgent(desk, household.ref, "police", URGENT)
    for account, named in (
        (Account(TODAY, at="09:00"), "time: is on record already"),
        (Account(TODAY, words={"what": "nothing"}), "what was told: is on record already"),
        (Account(TODAY), "missing: how it was told, who decided, the concern"),
        (Account(TODAY, how="pigeon"), "how it was told: must be one of"),
        (Account(TODAY, words={"why_not_told": "because"}), "why the person was not told: only where"),
    ):
        with stories.unchanged(desk), pytest.raises(UsageError) as wrong:
            disclosures.complete(desk, ref(told), account)
        assert wrong.value.message.startswith(named)


def test_the_schema_lets_no_part_be_taken_away_or_added_afterwards(desk: Desk) -> None:
    """What is complete stays as it is; so does each part before that."""
    household = flagged(desk)
    done = disclosures.record(desk, household.ref, POLICE, TOLD)
    part = "(disclosure_id, name, value, added_on, added_at, added_by) VALUES (1, '{}', 'x', '2026-11-26', '', '')"
    for change in (
        "DELETE FROM disclosure_part",
        "UPDATE disclosure_part SET value = 'no' WHERE name = 'person_told'",
        f"REPLACE INTO disclosure_part {part.format('how')}",
        f"INSERT INTO disclosure_part {part.format('consents')}",
        "DELETE FROM disclosure_completion",
        "UPDATE disclosure_completion SET completed_by = 'U-002-W'",
        "REPLACE INTO disclosure_completion SELECT * FROM disclosure_completion",
    ):
        with pytest.raises(RefusedError), desk.db.transaction():
            desk.db.run(change)
    assert done.entry.complete


# --- Who decides -----------------------------------------------------------------------------------------------------


@pytest.mark.clause("3", "child's welfare")
def test_a_safeguarding_lead_decides_on_what_protects_a_child(desk: Desk, desk_of: OpenDesk) -> None:
    """Whoever acts, or somebody named: who holds that role, and not merely another."""
    household = flagged(desk)
    manager = desk_of("rhys")
    for account in (TOLD, replace(TOLD, decided_by="U-003-A"), replace(TOLD, decided_by="U-004-G")):
        with pytest.raises(RefusedError, match="may not decide") as refused:
            disclosures.record(manager, household.ref, POLICE, account)
        assert (refused.value.clause, refused.value.rule) == ("3", "complete-entry")
        assert f"lcs disclosure urgent {household.ref}" in refused.value.hint
    with pytest.raises(NotFoundError, match="no user has the reference U-042-L"):
        disclosures.record(manager, household.ref, POLICE, replace(TOLD, decided_by="U-042-L"))
    for there, account in ((desk, TOLD), (manager, replace(TOLD, decided_by="u-001-r"))):
        assert disclosures.record(there, household.ref, POLICE, account).entry.parts["decided_by"] == "U-001-R"


def test_who_has_left_decides_nothing_any_more(desk: Desk, desk_of: OpenDesk) -> None:
    """Their slot is gone, and with it the role."""
    household = flagged(desk)
    users.remove(desk, "tomos")
    with pytest.raises(NotFoundError, match="U-004-G"):
        disclosures.record(desk_of("rhys"), household.ref, POLICE, replace(TOLD, decided_by="U-004-G"))


@pytest.mark.clause("3", "legal obligations")
def test_a_manager_decides_on_what_the_law_demands(desk: Desk, desk_of: OpenDesk) -> None:
    """The order or statute is named, in words; without it, it is no obligation."""
    household = stories.family(desk)
    ask = Ask("court", "hearing", details=(f"{household.adult}.address",), obliged=True)
    order = {"order": "Order of 20 November", "why": WHY}
    told = disclosures.record(desk_of("rhys"), household.ref, ask, replace(TOLD, words=order))
    entry = told.entry.disclosure
    assert (entry.ground, entry.clause, entry.fields) == ("legal-obligation", "3", (f"{household.adult}.address",))
    assert told.entry.parts["decided_by"] == "U-003-A"
    assert set(told.entry.sealed) == {"order", "why"}
    with stories.unchanged(desk), pytest.raises(UsageError, match="missing: the order or statute"):
        disclosures.record(desk, household.ref, ask, replace(TOLD, words={"why": WHY}))


# --- The gate --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ask", "clause", "rule"),
    [
        (Ask("", "safeguarding", concern="SF-0001-R"), "2", "request"),
        (Ask("police", "", concern="SF-0001-R"), "2", "request"),
        (Ask("police", "safeguarding"), "3", "safeguarding"),
        (Ask("REF-0001-R", "safeguarding", concern="SF-0001-R"), "3", "safeguarding"),
        (Ask("REF-0001-R", "case-management", attendance=True), "4.2", "attendance"),
        (Ask("police", "housing", attendance=True), "4.2", "attendance"),
        (Ask("police", "hearing", attendance=True), "4.1", "reports-for-proceedings"),
        (Ask("police", "safeguarding", details=("P-0002-W.address",)), "4.2", "personal-details"),
        (Ask("police", "safeguarding", attendance=True, details=("P-0002-W.address",)), "4.2", "personal-details"),
    ],
)
@pytest.mark.clause("3", "no other exception")
@pytest.mark.clause("2", "not shared")
def test_without_a_ground_nothing_is_told(desk: Desk, ask: Ask, clause: str, rule: str) -> None:
    """Refused alike when it is asked and when it is to be registered: logged, and nothing entered."""
    household = flagged(desk)
    stories.referrer(desk, ReferrerKind.SOLICITOR)
    account = replace(TOLD, words={}, person_told=None)
    for attempt in (
        lambda: disclosures.check(desk, household.ref, ask),
        lambda: disclosures.record(desk, household.ref, ask, account),
        lambda: disclosures.ground_of(desk, household.ref, ask, TODAY),
    ):
        with pytest.raises(RefusedError) as refused:
            attempt()
        assert (refused.value.clause, refused.value.rule) == (clause, rule)
        assert refused.value.hint
        assert stories.trail(desk)[-1].outcome == "refused"
    assert desk.db.value("SELECT count(*) FROM disclosure") == 0


def test_a_purpose_that_no_rule_names_is_no_purpose(desk: Desk) -> None:
    """Else a court hearing would be another purpose than a hearing."""
    household = flagged(desk)
    for purpose in ("court hearing", "tribunal"):
        ask = Ask("police", purpose, concern="SF-0001-R")
        with pytest.raises(UsageError, match=r"^purpose: must be one of "):
            disclosures.check(desk, household.ref, ask)
        with pytest.raises(UsageError, match=r"^purpose: must be one of "):
            disclosures.record(desk, household.ref, ask, TOLD)
    told = disclosures.record(desk, household.ref, Ask("police", "Safeg", concern="SF-0001-R"), TOLD)
    assert told.entry.disclosure.purpose == "safeguarding"


def test_attendance_is_told_to_the_familys_own_referrer_while_the_link_is_live(desk: Desk) -> None:
    """On the day on which it is told; by the columns of the whitelist, and no words."""
    household, solicitor = stories.family(desk), stories.referrer(desk, ReferrerKind.SOLICITOR)
    referral = stories.referred(desk, household.ref, solicitor, YESTERDAY)
    ask = Ask(solicitor, "case-management", attendance=True)
    by_telephone = Account(TODAY, how="telephone")
    told = disclosures.record(desk, household.ref, ask, by_telephone)
    assert (told.entry.disclosure.ground, told.entry.complete) == ("attendance", True)
    assert "session_date" in told.entry.disclosure.fields
    assert disclosures.check(desk, household.ref, ask).verdict.ground == "attendance"
    referrals.decide(desk, referral, ReferralOutcome.ENDED, TODAY)
    with pytest.raises(RefusedError, match="is no longer the referrer"):
        disclosures.record(desk, household.ref, ask, by_telephone)
    disclosures.record(desk, household.ref, ask, replace(by_telephone, made_on=YESTERDAY))
    with pytest.raises(RefusedError, match="is not the referrer"):
        disclosures.record(desk, household.ref, ask, replace(by_telephone, made_on=YESTERDAY - timedelta(days=1)))


@pytest.mark.parametrize(
    "changes",
    [{"words": {"why": WHY}}, {"words": {"what": WHAT}}, {"person_told": True}, {"decided_by": "U-001-R"}],
)
def test_no_words_are_kept_where_nobody_has_to_decide(desk: Desk, changes: Mapping[str, object]) -> None:
    """They would be kept for ever: on the grounds of clause 4.2 there are none."""
    household, council = stories.family(desk), stories.referrer(desk)
    ask = Ask(council, "case-management", attendance=True)
    account = replace(Account(TODAY, how="post"), **changes)
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"is (not )?kept"):
        disclosures.record(desk, household.ref, ask, account)


def test_an_order_is_kept_where_it_is_what_obliges_the_service(desk: Desk) -> None:
    """On a concern it would be sealed away for ever beside an entry that does not rest on it."""
    household = flagged(desk)
    account = replace(TOLD, words={"what": WHAT, "why": WHY, "order": "Order of 20 November"})
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^the order or statute: is not kept on this ground"):
        disclosures.record(desk, household.ref, POLICE, account)


@pytest.mark.clause("4.2", "explicit consent")
def test_a_detail_is_told_on_the_persons_own_consent(desk: Desk) -> None:
    """The register names the detail and the consent, never what the detail is; a change since shuts the gate."""
    household, solicitor = stories.family(desk), stories.referrer(desk, ReferrerKind.SOLICITOR)
    ask = Ask(solicitor, "legal-advice", details=(f"{household.adult}.address",))
    with pytest.raises(RefusedError, match="no live consent"):
        disclosures.record(desk, household.ref, ask, Account(TODAY, how="post"))
    draft = ConsentDraft(("address",), solicitor, "legal-advice", TODAY, "in-writing", "form")
    consents.record(desk, household.adult, draft)
    told = disclosures.record(desk, household.ref, ask, Account(TODAY, how="post"))
    assert told.entry.parts == {"how": "post", "consents": "CN-0001-R"}
    assert told.answer is not None
    assert told.entry.disclosure.ground == "consent"
    people.edit(desk, household.adult, {"address": "3 Heol Las"}, "moved")
    with pytest.raises(RefusedError, match="changed after the consent was given"):
        disclosures.record(desk, household.ref, ask, Account(TODAY, how="post"))
    consents.record(desk, household.adult, draft)
    again = disclosures.record(desk, household.ref, ask, Account(TODAY, how="post"))
    assert again.entry.parts["consents"] == "CN-0002-W"
    consents.withdraw(desk, "CN-0002-W", TODAY, "in-writing", "no longer")
    with pytest.raises(RefusedError):
        disclosures.record(desk, household.ref, ask, Account(TODAY, how="post"))
    for table in ("disclosure", "disclosure_part", "disclosure_family"):
        assert "Elm Row" not in repr(desk.db.rows(f"SELECT * FROM {table}"))


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"details": ("P-0001-R",)}, "detail: must be a person and a detail"),
        ({"details": ("P-0001-R.note",)}, "detail: must be one of address"),
        ({"details": ("P-0004-G.address",)}, "detail: P-0004-G is not of LCS-0001-R"),
        ({"concern": "SF-0002-W"}, "concern: SF-0002-W is not about LCS-0001-R"),
        ({"concern": "AR-0001-R"}, "concern: AR-0001-R is not about LCS-0001-R"),
        ({"to": "the police station"}, "to: must be a referrer's reference, or one of local-authority"),
        ({"purpose": "to find his aunt"}, "purpose: must be one of"),
    ],
)
def test_what_is_named_belongs_to_the_family_and_to_the_rules(
    desk: Desk, changes: Mapping[str, object], named: str
) -> None:
    """Another family's concern lets nobody be told of this one; a purpose in free words would stay in the register."""
    household = flagged(desk)
    other = stories.family(desk)
    stories.flag(desk, other.ref)
    stories.accident(desk, other.ref)
    ask = replace(POLICE, **changes)
    with stories.unchanged(desk), pytest.raises(UsageError) as wrong:
        disclosures.record(desk, household.ref, ask, TOLD)
    assert wrong.value.message.startswith(named)


@pytest.mark.clause("3", "physically harmed")
def test_it_may_rest_on_an_accident(desk: Desk) -> None:
    """Policy 3: any incident in which somebody may be harmed."""
    household = stories.family(desk)
    accident = stories.accident(desk, household.ref)
    told = disclosures.record(desk, household.ref, replace(POLICE, concern=accident.lower()), TOLD)
    assert told.entry.parts["concern"] == accident


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"how": None}, "how it was told"),
        ({"at": None}, "time"),
        ({"words": {"what": WHAT}}, "why"),
        ({"words": {"why": WHY}}, "what was told"),
        ({"person_told": False}, "why the person was not told"),
    ],
)
def test_an_entry_is_made_with_its_parts(desk: Desk, changes: Mapping[str, object], missing: str) -> None:
    """What can be known when it is recorded is asked for then."""
    household = flagged(desk)
    with stories.unchanged(desk), pytest.raises(UsageError, match=f"^missing: {missing}$"):
        disclosures.record(desk, household.ref, POLICE, replace(TOLD, **changes))


def test_whether_the_person_was_told_may_come_later(desk: Desk) -> None:
    """Not yet is an answer; it is chased."""
    household = flagged(desk)
    told = disclosures.record(desk, household.ref, POLICE, replace(TOLD, person_told=None))
    assert (told.missing, waits(desk)) == (("person_told",), [ref(told)])


# --- Not told --------------------------------------------------------------------------------------------------------


def test_the_decision_not_to_tell_is_recorded_the_same_way(desk: Desk) -> None:
    """Who decided, why, and the concern; it passes no gate, for nothing leaves."""
    household = flagged(desk)
    ask = Ask("solicitor", concern="SF-0001-R")
    told = disclosures.record(desk, household.ref, ask, DECIDED, not_told=True)
    entry = told.entry.disclosure
    assert (entry.kind.value, entry.ground, entry.clause, entry.fields) == ("not-told", "not-told", "3", ())
    assert told.entry.parts == {"concern": "SF-0001-R", "decided_by": "U-001-R"}
    assert disclosures.show(desk, ref(told)).words == {"why": WHY}


@pytest.mark.parametrize(
    ("ask", "account", "named"),
    [
        (Ask("", concern="SF-0001-R"), DECIDED, "missing: to"),
        (Ask("police"), DECIDED, "missing: concern"),
        (Ask("police", concern="SF-0001-R"), Account(TODAY), "missing: why"),
        (Ask("police", concern="SF-0001-R", attendance=True), DECIDED, "not told: nothing leaves"),
        (Ask("police", concern="SF-0001-R", details=("P-0001-R.address",)), DECIDED, "not told: nothing leaves"),
        (Ask("police", concern="SF-0001-R", obliged=True), DECIDED, "not told: nothing leaves"),
        (Ask("police", "to help", concern="SF-0001-R"), DECIDED, "purpose: must be one of"),
    ],
)
def test_a_decision_not_to_tell_is_whole(desk: Desk, ask: Ask, account: Account, named: str) -> None:
    """Whom, about what, and why."""
    household = flagged(desk)
    with stories.unchanged(desk), pytest.raises(UsageError) as wrong:
        disclosures.record(desk, household.ref, ask, account, not_told=True)
    assert wrong.value.message.startswith(named)


def test_a_lead_decides_not_to_tell(desk: Desk, desk_of: OpenDesk) -> None:
    """As for telling."""
    household = flagged(desk)
    with pytest.raises(RefusedError, match="may not decide"):
        disclosures.record(desk_of("rhys"), household.ref, POLICE, DECIDED, not_told=True)


# --- Reading ---------------------------------------------------------------------------------------------------------


def test_only_leads_read_the_words(desk: Desk, desk_of: OpenDesk) -> None:
    """Whoever wrote them does not; the list has none, for nobody (policy 4.5)."""
    household = flagged(desk)
    told = disclosures.urgent(desk_of("tomos"), household.ref, "police", URGENT)
    for name in ("rhys", "tomos"):
        with pytest.raises(RefusedError):
            disclosures.show(desk_of(name), ref(told))
    (listed,) = disclosures.listing(desk_of("rhys"))
    assert WHY not in repr(listed)
    assert set(listed.entry.sealed) == {"what", "why"}
    assert WHY not in repr(disclosures.show(desk, ref(told)))
    entry = stories.trail(desk)[-1]
    assert (entry.refs, entry.detail) == ((ref(told), household.ref), {"fields": ["what", "why"]})
    with pytest.raises(RefusedError):
        disclosures.listing(desk_of("tomos"))


def test_the_list_is_of_everything_that_left_the_newest_last(desk: Desk) -> None:
    """Exports and what was told alike; by family, by recipient, by day, by what is missing."""
    household = flagged(desk)
    other, council = stories.family(desk), stories.referrer(desk)
    stories.referred(desk, other.ref, council)
    stories.held(desk, other.ref, TODAY)
    exports.export(desk, council, ExportOrder("case-management"), None)
    disclosures.urgent(desk, household.ref, "police", replace(URGENT, made_on=YESTERDAY))
    disclosures.urgent(desk, other.ref, council, URGENT)
    disclosures.record(desk, household.ref, POLICE, DECIDED, not_told=True)

    def numbers(**wanted: object) -> list[int]:
        return [one.entry.disclosure.number for one in disclosures.listing(desk, **wanted)]  # type: ignore[arg-type]

    assert numbers() == [1, 2, 3, 4]
    assert numbers(family=household.ref) == [2, 4]
    assert numbers(to="police") == [2, 4]
    assert numbers(to=council) == [1, 3]
    assert numbers(to="local-authority") == [1, 3]
    assert numbers(to_on=YESTERDAY) == [2]
    assert numbers(from_on=TODAY) == [1, 3, 4]
    assert numbers(incomplete=True) == [2, 3]
    assert numbers(family=other.ref, incomplete=True, from_on=TODAY, to_on=TODAY, to=council) == [3]
    (first, *_) = disclosures.listing(desk)
    assert (first.entry.rows, first.entry.complete, first.entry.families) == (1, True, (2,))
    for wrong in ({"from_on": TODAY, "to_on": YESTERDAY}, {"to": "nobody"}):
        with pytest.raises(UsageError):
            numbers(**wrong)


def test_an_entry_that_comes_while_somebody_reads_is_not_in_their_list(desk: Desk) -> None:
    """The reading is logged before the first is handed out: what it covers is settled then."""
    household = flagged(desk)
    disclosures.urgent(desk, household.ref, "police", URGENT)
    found = disclosures.listing(desk)
    assert stories.trail(desk)[-1].action == "disclosure.list"
    disclosures.urgent(desk, household.ref, "police", URGENT)
    assert len(list(found)) == 1


def test_the_entry_of_an_export_shows_what_it_takes_to_repeat_it(desk: Desk) -> None:
    """And no words."""
    household, council = stories.family(desk), stories.referrer(desk)
    stories.referred(desk, household.ref, council)
    stories.held(desk, household.ref, TODAY)
    exports.export(desk, council, ExportOrder("case-management"), None)
    exports.repeat(desk, "EX-000001-R", None)
    shown = disclosures.show(desk, "EX-000002-W")
    assert shown.export is not None
    assert (shown.export.rows, shown.export.repeats, shown.words, shown.missing) == (1, 1, {}, ())
    with pytest.raises(UsageError, match="EX-000002-W is complete"):
        disclosures.complete(desk, "EX-000002-W", Account(TODAY, how="post"))


def test_the_trail_says_what_was_asked_of_the_gate_and_by_which_rule_it_opened(desk: Desk) -> None:
    """By the names of the fields: whoever looks at it later sees what left and why, and no word of it."""
    household, council = stories.family(desk), stories.referrer(desk)
    phone = f"{household.adult}.telephone"
    consents.record(
        desk, household.adult, ConsentDraft(("telephone",), council, "housing", TODAY, "in-writing", "form")
    )
    disclosures.check(desk, household.ref, Ask(council, "housing", details=(phone,)))
    entry = stories.trail(desk)[-1]
    assert entry.refs == (household.ref, council, household.adult, "CN-0001-R")
    assert entry.detail == {"fields": [phone], "rule": "consent", "clause": "4.2"}


def test_the_trail_says_who_decided_and_which_parts_were_added(desk: Desk, desk_of: OpenDesk) -> None:
    """Whoever named a lead, and whoever they named; of what came later the names of the parts."""
    household = flagged(desk)
    disclosures.record(desk_of("rhys"), household.ref, POLICE, replace(TOLD, decided_by="U-001-R"))
    assert "U-001-R" in stories.trail(desk)[-1].refs
    told = disclosures.urgent(desk, household.ref, "police", URGENT)
    disclosures.complete(desk, ref(told), Account(TODAY, how="post", decided_by="U-001-R"), "SF-0001-R")
    entry = stories.trail(desk)[-1]
    assert entry.refs == (ref(told), household.ref, "U-001-R", "SF-0001-R")
    assert stories.detail(entry) == {"fields": ["how", "decided_by", "concern"]}


# --- Retention -------------------------------------------------------------------------------------------------------


def decision(desk: Desk, day: date) -> tuple[Outcome, tuple[str, ...]]:
    """What the schedule says of the first family."""
    item = next(retention.items(desk, day))
    return item.decision.outcome, item.decision.reasons


def test_nothing_of_a_family_is_due_while_a_disclosure_waits_for_parts(desk_of: OpenDesk) -> None:
    """It is an open request, however old; complete, it is not."""
    desk = desk_of("amina", CLOSED)
    household = stories.closed_family(desk)
    stories.flag(desk, household.ref)
    told = disclosures.urgent(desk, household.ref, "police", replace(URGENT, made_on=CLOSED))
    assert decision(desk, DUE) == (Outcome.REQUIRED, (f"open: {ref(told)}",))
    with pytest.raises(RefusedError, match="open: "):
        retention.propose(desk_of("amina", DUE), household.ref, None)
    rest = Account(CLOSED, how="telephone", decided_by="U-001-R", person_told=True)
    disclosures.complete(desk, ref(told), rest, "SF-0001-R")
    assert decision(desk, DUE)[0] is Outcome.DUE


def test_what_was_told_restarts_the_clock_on_the_day_it_was_told(desk_of: OpenDesk) -> None:
    """Not on the day it was written down; and a decision not to tell restarts nothing."""
    desk = desk_of("amina", CLOSED)
    household = stories.closed_family(desk)
    stories.flag(desk, household.ref)
    later = stories.on(desk, CLOSED + timedelta(days=100))
    account = replace(DECIDED, made_on=later.today)
    disclosures.record(later, household.ref, POLICE, account, not_told=True)
    assert decision(later, DUE)[0] is Outcome.DUE
    told_on = CLOSED + timedelta(days=10)
    disclosures.record(later, household.ref, POLICE, replace(TOLD, made_on=told_on))
    item = next(retention.items(later, DUE))
    assert (item.decision.outcome, item.decision.clock_start) == (Outcome.NOT_DUE, told_on)


def test_the_words_of_a_disclosure_outlive_the_family_with_a_stub_of_it(desk_of: OpenDesk) -> None:
    """They name no child, and so are part of every child's file: a stub of all, and the children's own attendance."""
    desk = desk_of("amina", CLOSED)
    household = stories.closed_family(desk, 2)
    came = desk.db.rows("SELECT child_id, arrived FROM attendance ORDER BY session_id, child_id")
    order = {"order": "Order of 2 March", "why": WHY}
    ask = Ask("court", "hearing", attendance=True, obliged=True)
    told = disclosures.record(desk, household.ref, ask, replace(TOLD, made_on=CLOSED, words=order))
    desk.db.close()
    (one,) = stories.disposed(desk_of, household.ref).disposed
    assert one.stayed == {"safeguarding-file": 1, "identity": 4, "attendance": len(came), "session": 2}
    desk = desk_of()
    assert disclosures.show(desk, ref(told)).words == order
    assert desk.db.rows("SELECT kind FROM person") == [("child",), ("child",), ("adult",)]
    assert desk.db.rows("SELECT child_id, arrived FROM attendance ORDER BY session_id, child_id") == came
    assert families.show(desk, household.ref).family.name == "Llwyd"
    assert desk.db.problems() == []
    for attack in ("DELETE FROM person", "DELETE FROM family", "DELETE FROM attendance"):
        with pytest.raises(LcsError), desk.db.transaction():
            desk.db.run(attack)


def test_an_entry_without_words_goes_on_pointing_at_a_family_that_is_gone(desk_of: OpenDesk) -> None:
    """The register keeps its reference, and nothing else of it."""
    desk = desk_of("amina", CLOSED)
    household, council = stories.closed_family(desk), stories.referrer(desk)
    ask = Ask(council, "case-management", attendance=True)
    disclosures.record(desk, household.ref, ask, Account(CLOSED, how="post"))
    desk.db.close()
    assert stories.disposed(desk_of, household.ref).disposed[0].stayed == {}
    (listed,) = disclosures.listing(desk_of())
    assert listed.entry.families == (1,)
