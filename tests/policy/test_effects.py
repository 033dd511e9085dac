"""What other rules would newly do: found by the functions that decide, and nothing is left out."""

from datetime import date

import pytest

from lcs_cli.policy.effects import NewlyDue, effects
from lcs_cli.policy.retention import Outcome
from lcs_cli.policy.rules import Rules, packaged
from lcs_cli.records.family import Episode
from lcs_cli.records.retention import FamilyFacts, HoldFacts, HoldKind, RecordClass
from tests.services.stories import other_rules

DAY = date(2026, 11, 26)
ELSE, CONCERN = "a former referrer or somebody else", " with a recorded concern"
STATUTORY = "cafcass, court, health, local-authority, police"
SCHEDULE, GATE, AUTHORITY = "retention_schedule.toml", "disclosure_rules.toml", "authority.toml"
REPORTS, REQUESTS, VETTING = "reports.toml", "requests.toml", "vetting.toml"
PERMISSIONS, GOVERNANCE, HANDOVER = "permissions.toml", "governance.toml", "handover.toml"


def rules(file: str, was: str, becomes: str) -> Rules:
    """The rules of lcs with other words in one file."""
    return Rules({**packaged().contents, **other_rules(file, was, becomes)})


def family(closed_on: date | None, last_session: date | None = None, holds: tuple[HoldFacts, ...] = ()) -> FamilyFacts:
    """The facts of a family that was closed on a day, or never."""
    episodes = (Episode(date(2015, 1, 8), closed_on),)
    disposable = {RecordClass.SESSION: 1}
    return FamilyFacts("LCS-0042-L", episodes, last_session, holds=holds, disposable=disposable)


THREE = rules(SCHEDULE, "value = 5", "value = 3")
LATER = rules(SCHEDULE, "value = 5 }", "value = 5 }, { from = 2028-01-01, value = 1 }")


def test_the_same_rules_do_nothing_new() -> None:
    """Whatever the facts are."""
    found = effects(packaged(), packaged(), [family(date(2001, 1, 1)), family(None), FamilyFacts("LCS-0001-R")], DAY)
    kinds = ("due", "shortened", "disclosed", "loosened", "allowed", "keyless")
    assert found.content() == {kind: [] for kind in kinds}
    assert not found.needs_acceptance


PROCEEDINGS = "court or hearing or private-law or proceedings or public-law or report"


@pytest.mark.parametrize(
    ("facts", "due"),
    [
        (family(date(2023, 11, 26)), Outcome.DUE),
        (family(date(2023, 11, 27)), None),
        (family(date(2021, 11, 26)), None),
        (family(date(2021, 11, 27)), Outcome.DUE),
        (family(None, date(2023, 11, 26)), Outcome.DORMANT),
        (family(date(2023, 1, 1), holds=(HoldFacts(HoldKind.POLICE),)), Outcome.REQUIRED),
    ],
)
def test_a_shorter_period_makes_exactly_those_due_whose_period_it_ends(facts: FamilyFacts, due: Outcome | None) -> None:
    """To the day; not what was due before; and also what only a hold still keeps."""
    found = effects(packaged(), THREE, [facts], DAY)
    assert found.due == ((NewlyDue("LCS-0042-L", due, DAY),) if due else ())
    assert found.shortened[0] == "family-file: 5 years become 3 years, by 2026-11-26"
    assert found.needs_acceptance


def test_a_longer_period_makes_nothing_due() -> None:
    """Nothing is to be accepted."""
    longer = rules(SCHEDULE, "value = 5", "value = 6")
    assert not effects(packaged(), longer, [family(date(2020, 1, 1)), family(None)], DAY).needs_acceptance


def test_a_value_that_begins_later_is_found_now() -> None:
    """On the day on which it begins: a list that showed only today would hide it."""
    found = effects(packaged(), LATER, [family(date(2026, 1, 1))], DAY)
    assert found.due == (NewlyDue("LCS-0042-L", Outcome.DUE, date(2028, 1, 1)),)
    assert found.shortened == (
        "family-file: 5 years become 1 year, by 2028-01-01",
        "staff-file: 5 years become 1 year, by 2028-01-01",
        "dormant-episode: 5 years become 1 year, by 2028-01-01",
    )


def test_a_shortened_period_is_to_be_accepted_even_while_no_file_is_there() -> None:
    """What comes later falls under it."""
    assert effects(packaged(), THREE, [], DAY).needs_acceptance
    fewer_days = effects(packaged(), rules(SCHEDULE, "value = 7", "value = 1"), [], DAY)
    assert fewer_days.shortened == ("cooling-off: 7 days become 1 day, by 2026-11-26",)


def test_another_clock_is_a_shortened_period() -> None:
    """A file that was used long before it was closed comes due by its last use."""
    by_use = rules(SCHEDULE, 'clock = "last-closing"', 'clock = "last-use"')
    found = effects(packaged(), by_use, [family(date(2025, 1, 1), date(2020, 1, 1))], DAY)
    assert found.due == (NewlyDue("LCS-0042-L", Outcome.DUE, DAY),)
    assert "counted from the last use" in found.shortened[0]
    assert not effects(by_use, packaged(), [family(date(2025, 1, 1), date(2020, 1, 1))], DAY).needs_acceptance


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        (
            'purposes = ["safeguarding", ',
            'purposes = ["inspection", "safeguarding", ',
            (f"session_date: to the family's own referrer (of any kind); to {ELSE} ({STATUTORY}), for inspection",),
        ),
        (
            '"police", "health"]',
            '"police", "health", "solicitor"]',
            (
                f"session_date: to {ELSE} (solicitor), for case-management or safeguarding",
                f"{ELSE} (solicitor), for {PROCEEDINGS} with an order or a statute",
                f"{ELSE} (solicitor), for any other purpose{CONCERN}",
                f"what is told in words: to the family's own referrer or {ELSE} (solicitor), for case-management",
                f"{ELSE} (solicitor), for {PROCEEDINGS} with an order or a statute",
            ),
        ),
    ],
)  # fmt: skip
def test_what_may_newly_be_told_is_found_in_words(was: str, becomes: str, told: tuple[str, ...]) -> None:
    """To whom, for what, resting on what: each thing once, with the least it takes."""
    found = effects(packaged(), rules(GATE, was, becomes), [], DAY)
    assert found.needs_acceptance
    assert len(found.disclosed) == len(told)
    for line, expected in zip(found.disclosed, told, strict=True):
        assert expected in line


@pytest.mark.parametrize(
    ("file", "was", "becomes", "told"),
    [
        (REPORTS, 'agencies = ["court", ', 'agencies = ["solicitor", "court", ', "who asks for it: solicitor"),
        (REPORTS, "value = 90 }", "value = 120 }", "120 days after it was agreed to and no longer 90, by 2026-11-26"),
        (REPORTS, "value = 90 }", "value = 90 }, { from = 2028-01-01, value = 91 }", "longer 90, by 2028-01-01"),
        (REQUESTS, "up_to_years = 25", "up_to_years = 30", "of the kind young-person: up to the age of 30"),
        (REQUESTS, "up_to_years = 18\n", "", "of the kind parent: whatever the age"),
        (REQUESTS, '"local-authority"]\npur', '"local-authority", "health"]\npur', "that comes through: health"),
        (REQUESTS, 'through = ["local-authority"]\n', "", "young-person: also where it comes through nobody"),
        (REQUESTS, "until_birthday = true", "until_birthday = false", "of the kind parent: on that birthday too"),
        (REQUESTS, "named_to = []", 'named_to = ["child"]', "of the kind parent, bodies by their names, about: child"),
        (REQUESTS, 'contact-detail = "childs-own-details"\nf', "f", "without a decision about each: contact-detail"),
        (REQUESTS, 'concern"\nfree_text = true', 'concern"\nfree_text = false', "being read first: safeguarding-file"),
        (REQUESTS, 'told_openly = ["attend', 'told_openly = ["safeguarding", "attend', "by its ground: safeguarding"),
        (REQUESTS, '"police", "health"]', '"police", "health", "solicitor"]', "on a request: solicitor"),
        (GATE, '"schooling",', '"schooling", "selling",', "personal details with consent, for: selling"),
        (GATE, 'given = ["in-writing", ', 'given = ["in-writing", "by-nod", ', "with consent, given: by-nod"),
        (GATE, "of_age_years = 18", "of_age_years = 21", "a parent's consent, up to the age of 21"),
        (GATE, "own_from_years = 16", "own_from_years = 14", "with its own consent, from the age of 14"),
        (GATE, 'urgent_to = ["police", ', 'urgent_to = ["court", "police", ', "could not wait, in words, to: court"),
        (REQUESTS, '"care", "sup', '"recovery", "care", "sup', "without being read first: recovery"),
        (REQUESTS, 'schedule 3"\ntell = false', 'schedule 3"\ntell = true', "where it is for: serious-harm"),
        (REQUESTS, 'disclosure = "childs-own-affairs"', 'disclosure = "childs-own-details"',
         "that something is withheld, on a request of the kind parent: disclosure"),
        (HANDOVER, 'kinds = ["local-authority", ', 'kinds = ["family", "local-authority", ', "handed over, to: family"),
        (HANDOVER, '"police", "health"]', '"police", "health", "family"]', "in a handover: family"),
    ],
)  # fmt: skip
def test_what_may_newly_be_told_beside_the_gate_is_named(file: str, was: str, becomes: str, told: str) -> None:
    """In reports, on requests and by wider consents; and the other way round nothing is told more."""
    wider = rules(file, was, becomes)
    (line,) = effects(packaged(), wider, [], DAY).disclosed
    assert told in line
    assert effects(wider, packaged(), [], DAY).disclosed == ()


def test_what_a_report_newly_holds_and_who_newly_consents_is_named() -> None:
    """Rules that shut something off are opened again with that accepted."""
    for file, was, becomes, told in (
        (REPORTS, 'name = "cancelled"', 'name = "canceled"', "in a report, of sessions booked: cancelled"),
        (REPORTS, '[[contents.record]]\nclass = "attendance"\ntext = "Attendance"\n', "", "of attendance: arrived"),
        (GATE, 'for_children = ["child", ', "for_children = [", "a child with the consent of: child"),
        (
            HANDOVER,
            '{ name = "outcome", type = "string", text = "What came of it, as it was written." },',
            "",
            "in a handover, of concerns: outcome",
        ),
    ):
        (line,) = effects(rules(file, was, becomes), packaged(), [], DAY).disclosed
        assert told in line


def test_what_is_newly_told_with_consent_is_named_by_the_consent() -> None:
    """Each detail by its name, and what it rests on."""
    wider = rules(GATE, 'names = ["', 'names = ["nickname", "')
    (line,) = effects(packaged(), wider, [], DAY).disclosed
    assert line.startswith("nickname: to ")
    assert line.endswith(" with the person's consent")


def test_a_gate_that_tells_less_is_to_be_accepted_by_nobody() -> None:
    """Neither a purpose that goes nor a body that is no longer statutory."""
    fewer = rules(GATE, 'purposes = ["safeguarding", ', "purposes = [")
    assert effects(packaged(), fewer, [], DAY).disclosed == ()
    assert effects(packaged(), rules(GATE, '"police", "health"]', '"police"]'), [], DAY).disclosed == ()


@pytest.mark.parametrize(
    ("file", "was", "becomes", "said"),
    [
        (GATE, '\nsafeguarding = ["safeguarding-lead"]', '\nsafeguarding = ["safeguarding-lead", "worker"]',
         "who decides to tell (safeguarding): worker"),
        (GATE, 'attendance = ["how"]', "attendance = []", "left out of the register (attendance): how"),
        (REPORTS, 'agrees = ["manager"]', 'agrees = ["manager", "worker"]', "to a report for proceedings: worker"),
        (PERMISSIONS, 'grants = ["senior-manager"]', 'grants = ["senior-manager", "worker"]', "contact rooms: worker"),
        (PERMISSIONS, "value = 92", "value = 365", "days that one permission may be for: 92 become 365, by 2026-11-26"),
        (VETTING, 'levels = ["enhanced"]', 'levels = ["enhanced", "basic"]', "the check that vets somebody: basic"),
        (VETTING, "barred_list = true", "barred_list = false", "without the children's barred list"),
        (VETTING, "value = 3 }", "value = 5 }", "years until a check is renewed: 3 become 5, by 2026-11-26"),
        (VETTING, "years = [{ from = 2025-01-01, value = 3 }]", "years = []", "3 become unlimited, by 2026-11-26"),
        (GOVERNANCE, "value = 1 }", "value = 2 }", "years until the policy is reviewed: 1 become 2, by 2026-11-26"),
        (SCHEDULE, "own_release = false", "own_release = true", "disposals go on at the word of who stopped them"),
        (SCHEDULE, "value = 45", "value = 90", "days that may pass unseen before a sweep: 45 become 90, by 2026-11-26"),
        (SCHEDULE, "value = 40", "value = 400", "families that one sweep disposes of: 40 become 400, by 2026-11-26"),
        (SCHEDULE, "value = 4 }", "value = 9 }", "those that one sweep disposes of: 4 become 9, by 2026-11-26"),
        (SCHEDULE, "value = 6", "value = 60", "in the smallest vault: 6 become 60, by 2026-11-26"),
        (HANDOVER, "value = 14 }", "value = 90 }", "an agreement to a handover holds: 14 become 90, by 2026-11-26"),
        (REQUESTS, "\nmonths = 1", "\nmonths = 120", "months until a request is answered: 1 become 120"),
    ],
)  # fmt: skip
def test_of_what_less_is_asked_is_named(file: str, was: str, becomes: str, said: str) -> None:
    """And has to be accepted; the other way round more is asked, which nobody has to accept."""
    other = rules(file, was, becomes)
    found = effects(packaged(), other, [], DAY)
    assert found.needs_acceptance
    assert [line for line in found.loosened if said in line] == list(found.loosened)
    assert len(found.loosened) == 1
    assert not effects(other, packaged(), [], DAY).loosened


@pytest.mark.parametrize(
    ("file", "table", "value", "said"),
    [
        (VETTING, "years", 3, "years until a check is renewed: 3 become unlimited"),
        (PERMISSIONS, "days", 92, ""),
        (SCHEDULE, "days", 45, "days that may pass unseen before a sweep: 45 become unlimited"),
        (SCHEDULE, "families", 40, "families that one sweep disposes of: 40 become unlimited"),
        (SCHEDULE, "percent", 4, "those that one sweep disposes of: 4 become unlimited"),
        (SCHEDULE, "always", 6, ""),
        (HANDOVER, "days", 14, ""),
        (GOVERNANCE, "years", 1, "years until the policy is reviewed: 1 become unlimited"),
        (SCHEDULE, "years", 1, "years until the owner of a hold without end is asked: 1 become unlimited"),
        (SCHEDULE, "days", 35, "days that a backup is kept: 35 become unlimited"),
    ],
)
def test_a_number_that_goes_is_looser_where_it_limits_and_not_where_it_allows(
    file: str, table: str, value: int, said: str
) -> None:
    """Without a limit everything is allowed; without what allows it, nothing is; and the other way round."""
    none = rules(file, f"\n{table} = [{{ from = 2025-01-01, value = {value} }}]", f"\n{table} = []")
    goes, comes = effects(packaged(), none, [], DAY).loosened, effects(none, packaged(), [], DAY).loosened
    assert len(goes) == bool(said)
    assert all(said in line for line in goes)
    assert len(comes) == (not said)
    assert all(f": none become {value}, by 2026-11-26" in line for line in comes)


@pytest.mark.parametrize(("file", "table", "value"), [(PERMISSIONS, "days", 92), (SCHEDULE, "always", 6)])
def test_where_nothing_is_allowed_without_a_number_one_is_more_and_none_is_not(
    file: str, table: str, value: int
) -> None:
    """A run of no days is none, and so is a sweep of no families."""
    written = f"\n{table} = [{{ from = 2025-01-01, value = {value} }}]"
    none, nought, one = (
        rules(file, written, becomes)
        for becomes in (f"\n{table} = []", written.replace(f" {value} ", " 0 "), written.replace(f" {value} ", " 1 "))
    )
    assert effects(none, nought, [], DAY).loosened == effects(nought, none, [], DAY).loosened == ()
    (line,) = effects(none, one, [], DAY).loosened
    assert line.endswith(": none become 1, by 2026-11-26")


def test_an_agreement_of_no_days_is_more_than_none() -> None:
    """It holds on its own day: a report may be produced, and what is kept may be handed over, that never was."""
    for file, value, said in (
        (REPORTS, 90, "a report, 0 days after it was agreed to and no longer none, by 2026-11-26"),
        (HANDOVER, 14, "days that an agreement to a handover holds: none become 0, by 2026-11-26"),
    ):
        dated = f"\ndays = [{{ from = 2025-01-01, value = {value} }}]"
        none, same_day = rules(file, dated, "\ndays = []"), rules(file, dated, dated.replace(f" {value} ", " 0 "))
        found, back = effects(none, same_day, [], DAY), effects(same_day, none, [], DAY)
        assert found.disclosed + found.loosened == (said,)
        assert back.disclosed + back.loosened == ()


def test_a_value_that_begins_on_the_day_itself_is_named_once() -> None:
    """That day is looked at anyway."""
    more = rules(VETTING, "value = 3 }]", "value = 3 }, { from = 2026-11-26, value = 5 }]")
    assert effects(packaged(), more, [], DAY).loosened == ("years until a check is renewed: 3 become 5, by 2026-11-26",)


def test_an_overdue_check_that_no_longer_bars_is_named() -> None:
    """From the day on which it does not."""
    bars = rules(VETTING, 'value = "warn"', 'value = "block"')
    (line,) = effects(bars, packaged(), [], DAY).loosened
    assert line == "an overdue check no longer bars from supervising alone, by 2026-11-26"
    assert not effects(packaged(), bars, [], DAY).loosened


def test_what_a_role_may_newly_run_is_named() -> None:
    """And where it takes a key that the role does not hold, that it will be refused all the same."""
    more = rules(AUTHORITY, 'actions = ["retention.approve"]', 'actions = ["retention.approve", "flag.show"]')
    found = effects(packaged(), more, [], DAY)
    assert found.allowed == ("manager: lcs flag show",)
    assert found.keyless == (
        "manager: lcs flag show takes the safeguarding key, which that role does not hold",
    )  # fmt: skip
    assert found.needs_acceptance
    for was, becomes, said in (
        (
            'actions = ["attendance.list", ',
            'actions = ["family.list", "attendance.list", ',
            "created for it: lcs family",
        ),
        ('"audit.accept", "doctor", ', '"audit.accept", "doctor", "today", ', "the one that was seen: lcs today"),
    ):
        (line,) = effects(packaged(), rules(AUTHORITY, was, becomes), [], DAY).allowed
        assert said in line


def test_a_file_that_was_due_already_is_not_newly_due() -> None:
    """Also where the new rules have no period yet, so that a person would be asked."""
    none = rules(SCHEDULE, "from = 2025-01-01, value = 5", "from = 2099-01-01, value = 5")
    found = effects(packaged(), none, [family(date(2001, 1, 1)), family(date(2025, 1, 1))], DAY)
    assert [(one.outcome, one.on) for one in found.due] == [(Outcome.ASK, DAY)]
