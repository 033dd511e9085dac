"""Rules that cannot be published: whatever is wrong with them is named, with its file, its place and its remedy."""

from datetime import date
from pathlib import Path

import pytest

from lcs_cli.policy.document import PolicyDocument, parse_policy, restated_policy
from lcs_cli.policy.rules import RULE_FILES, Rules, packaged
from lcs_cli.policy.soundness import problems, unquotable
from tests.services.stories import other_rules

DAY = date(2026, 11, 26)
SCHEDULE, GATE, AUTHORITY, GOVERNANCE = (
    "retention_schedule.toml", "disclosure_rules.toml", "authority.toml", "governance.toml",
)  # fmt: skip
VETTING, REQUESTS, REPORTS, PERMISSIONS = "vetting.toml", "requests.toml", "reports.toml", "permissions.toml"
WORDS = "word_scan.toml"
HANDOVER = "handover.toml"
SIBLING = Path(__file__).parent.parent / "policies" / "sibling"


def document() -> PolicyDocument:
    """The policy of this package."""
    return parse_policy(restated_policy(), ())


def said_of(contents: dict[str, bytes]) -> list[str]:
    """What is said of the rules of lcs with one file of a service's own."""
    rules = Rules({**packaged().contents, **contents})
    found = problems(rules, document(), contents, DAY)
    assert all(one.remedy for one in found)
    return [str(one) for one in found]


@pytest.mark.parametrize(
    ("file", "was", "becomes", "said"),
    [
        (SCHEDULE, "[cooling_off]", "[cooling_off", "retention_schedule.toml: is not TOML (at line 4, column 13)"),
        (SCHEDULE, "[cooling_off]", f"x = {'[' * 50_000}", "retention_schedule.toml: is nested too deeply"),
        (SCHEDULE, "[family_file]", "[family_files]", "family_file: is missing, and the program reads it"),
        (SCHEDULE, "[family_file]", "[family_files]", "family_files: is nothing that this lcs reads"),
        (SCHEDULE, 'id = "family-file"\nclause = "4.6"', 'id = "family-file"', "family_file.clause: is missing"),
        (SCHEDULE, 'clock = "last-closing"', 'clock = "first-use"', "family_file.clock: first-use is not a clock"),
        (SCHEDULE, "value = 5 }", 'value = "5" }', "family_file.years 1.value: must be a whole number"),
        (SCHEDULE, "value = 5 }", "value = true }", "family_file.years 1.value: must be a whole number"),
        (SCHEDULE, "from = 2025-01-01, value = 5", "from = 2025-01-01T00:00:00, value = 5", "1.from: must be a day"),
        (SCHEDULE, "value = 5 }", "value = -5 }", "family_file.years: a period is less than nothing"),
        (SCHEDULE, "value = 5 }", "value = 5 }, { from = 2025-01-01, value = 6 }", "years: two values begin on"),
        (SCHEDULE, "years = [{ from = 2025-01-01, value = 5 }]", "years = 5", "family_file.years: must be a list"),
        (SCHEDULE, 'classes = ["safeguarding-file", ', "classes = [", "lacks safeguarding-file, which is never"),
        (SCHEDULE, 'classes = ["safeg', 'classes = ["session", "safeg', "session is not a class that lcs keeps"),
        (SCHEDULE, 'everybody = ["electronic-referral", ', "everybody = [", "lacks electronic-referral: the schema"),
        (SCHEDULE, "value = 5 }", "value = 1001 }", "family_file.years: a period is longer than 1000 years"),
        (GATE, "of_age_years = 18", "of_age_years = 9000", "consent.of_age_years: a period is longer than 1000 years"),
        (REQUESTS, "up_to_years = 18", "up_to_years = 9000", "kind 3.up_to_years: a period is longer than 1000 years"),
        (REQUESTS, "\nmonths = 1\n", "\nmonths = 12001\n", "due.months: a period is longer than 1000 years"),
        (HANDOVER, "value = 14", "value = 365001", "agreement.days: a period is longer than 1000 years"),
        (GOVERNANCE, "value = 1 }", "value = 9000 }", "yearly_review.years: a period is longer than 1000 years"),
        (GOVERNANCE, "value = 1 }", "value = -1 }", "yearly_review.years: a period is less than nothing"),
        (HANDOVER, "column = [\n", "column = [\n  7,\n", "contents.record identity.column 1: must be a table"),
        (WORDS, 'id = "physical"', 'id = "physical"\nabout = 7', "group physical.about: must be text"),
        (GATE, 'statutory = ["local-authority", ', 'statutory = ["landlord", ', "statutory: landlord is not a kind of"),
        (GATE, 'statutory = ["local-authority", ', "statutory = [7, ", "statutory: must be a list, each of them text"),
        (GATE, 'id = "consent"', 'id = "hearsay"', "ground: hearsay is not a ground"),
        (GATE, 'id = "consent"', 'id = "hearsay"', "ground: consent must stand there once"),
        (HANDOVER, 'kinds = ["local', 'kinds = ["landlord", "local', "kinds: landlord is not a kind of"),
        (HANDOVER, 'named_referrers = ["', 'named_referrers = ["landlord", "', "landlord is not a kind of"),
        (HANDOVER, 'id = "concerns"', 'id = "gossip"', "contents.record: gossip is not a part of a handover"),
        (HANDOVER, 'id = "concerns"', 'id = "adults"', "contents.record: one id stands twice"),
        (HANDOVER, 'name = "given_name"', 'name = "address"', "1: address is not a column that a handover can hold"),
        (HANDOVER, 'name = "given_name"', 'name = "family_name"', "contents.record 1: one id stands twice"),
        (HANDOVER, "value = 14", "value = -1", "agreement.days: a period is less than nothing"),
        (GATE, 'name = "arrived"', 'name = "room"', "attendance.column: room is not a column that can be told"),
        (GATE, 'name = "arrived"', 'name = "left"', "attendance.column: a column stands twice"),
        (GATE, 'name = "session_date"\ntype = "date"', 'name = "session_date"\ntype = "string"', "has another type"),
        (GATE, '"date_of_birth", "name"]', '"school"]', "details.names: school is not a detail on record"),
        (GATE, 'purposes = ["safeguarding", ', 'purposes = ["hearing", ', "a purpose is also a word for proceedings"),
        (AUTHORITY, 'to = ["senior-manager"]', 'to = ["caretaker"]', "grant 2.to: caretaker is not a role"),
        (AUTHORITY, '"family.add", ', '"family.burn", ', "family.burn is not a command of lcs"),
        (AUTHORITY, 'actions = ["attendance.list", "a', 'actions = ["x.y", "a', "services.actions: x.y is not a"),
        (AUTHORITY, '"flag.raise", "accident.add", "disclosure.urgent"]\n\n', "]\n\n", "flag.raise is not"),
        (AUTHORITY, 'actions = ["policy.publish"]', "actions = []", "nobody may run policy.publish any more"),
        (AUTHORITY, 'to = ["manager", "recovery"]', 'to = ["administrator"]', "nobody may run vault.user.add any more"),
        (AUTHORITY, '"audit.verify", "audit.accept", "doctor", "flag', '"doctor", "flag', "lacks audit.accept:"),
        (SCHEDULE, 'child-protection = "child-', 'child-protection = "document" #', "child-protection is never"),
        (SCHEDULE, 'order = "document"', 'order = "session"', "documents.classes: session is not a class of documents"),
        (GATE, 'for_children = ["child", ', 'for_children = ["aunt", ', "consent.for_children: aunt is not who may"),
        (GATE, "of_age_years = 18", "of_age_years = -1", "consent.of_age_years: a period is less than nothing"),
        (GATE, 'attendance = ["how"]', 'attendance = ["mood"]', "told.parts.attendance: mood is not a part of an"),
        (GATE, 'safeguarding = ["safeguarding-lead"]', "safeguarding = []", "told.decides.safeguarding: nobody may"),
        (GATE, 'safeguarding = ["safeguarding-lead"]', 'safeguarding = ["aunt"]', "aunt is not a role"),
        (GATE, 'urgent_to = ["police", ', "urgent_to = [", "urgent_to: police could not be told at once"),
        (GATE, '"health", "local-authority"]\n#', '"health"]\n#', "local-authority could not be told at once"),
        (GATE, 'statutory = ["local-authority", "cafcass", "court", "police", ', 'statutory = ["local-authority", ',
         "urgent_to: police could not be told at once"),
        (GATE, 'urgent_purpose = "safeguarding"', 'urgent_purpose = "court"', "police could not be told at once"),
        (GATE, 'urgent_to = ["police", ', 'urgent_to = ["aunt", ', "urgent_to: aunt is not a kind of referrer"),
        (GATE, '"999" = "police"', '"999" = "aunt"', "called: aunt is not a kind of referrer"),
        (GATE, 'id = "not-told"', 'id = "kept-quiet"', "not_told.id: kept-quiet is not its name in told"),
        (VETTING, 'levels = ["enhanced"]', 'levels = ["hearsay"]', "enhanced_check.levels: hearsay is not a level"),
        (VETTING, 'value = "warn"', 'value = "shrug"', "renewal.overdue: shrug is not what an overdue check does"),
        (VETTING, "value = 60", "value = -60", "renewal.notice_days: a period is less than nothing"),
        (REQUESTS, 'id = "own"', 'id = "aunt"', "kind: aunt is not a kind of request"),
        (REQUESTS, 'id = "own"', 'id = "aunt"', "kind: own must stand there once"),
        (REQUESTS, 'id = "hold"', 'id = "grudge"', "class: hold must stand there once"),
        (REQUESTS, 'through = ["local-authority"]', 'through = ["landlord"]', "landlord is not a kind of referrer"),
        (REQUESTS, 'withheld = {}\n\n[[kind]]\nid = "own"', 'withheld = { mood = "x" }\n\n[[kind]]\nid = "own"',
         "kind 1.withheld: mood is not a class"),
        (REQUESTS, 'contact-detail = "childs-own-details"\nf', 'contact-detail = "whim"\nf', "whim is not"),
        (REQUESTS, 'contact-detail = "childs-own-details"\nf', "contact-detail = 7\nf", "must be "),
        (REQUESTS, 'named_to = ["child"]', 'named_to = ["aunt"]', "kind 1.named_to: aunt is not a child or an adult"),
        (REQUESTS, 'id = "withdrawn"', 'id = "mistaken"', "close: one id stands twice"),
        (REQUESTS, "soon_days = 7", "soon_days = -7", "due.soon_days: a period is less than nothing"),
        (REQUESTS, "paused_days = 28", "paused_days = -28", "due.paused_days: a period is less than nothing"),
        (REPORTS, 'agencies = ["court", ', 'agencies = ["landlord", ', "request.agencies: landlord is not a kind of"),
        (REPORTS, 'agrees = ["manager"]', 'agrees = ["aunt"]', "agreement.agrees: aunt is not a role"),
        (REPORTS, "value = 90", "value = -90", "agreement.days: a period is less than nothing"),
        (REPORTS, 'name = "cancelled"', 'name = "note"', "contents.record 2: note is not a column that a report can"),
        (REPORTS, 'name = "opened_on"\ntype = "date"', 'name = "opened_on"\ntype = "text"', "opened_on has another"),
        (REPORTS, 'class = "sessions"', 'class = "flags"', "contents.record: flags is not a class that a report"),
        (REPORTS, 'id = "care"', 'id = "adoption"', "proceedings: one id stands twice"),
        (REPORTS, 'id = "care"\nlaw = "public"', 'id = "care"\nlaw = "martial"', "martial is not private or public"),
        (PERMISSIONS, 'grants = ["senior-manager"]', 'grants = ["aunt"]', "permission.grants: aunt is not a role"),
        (PERMISSIONS, "value = 92", "value = -92", "run.days: a period is less than nothing"),
        (WORDS, '"bruis*", ', '"*", ', "group physical.words 1: has no letter, and nothing would be found"),
        (WORDS, '"bruis*", ', '"", ', "group physical.words 1: has no letter"),
        (WORDS, '"bruis*", ', '"told … that", ', "group physical.words 1: has a word without a letter"),
        (WORDS, '"bruis*", ', '"b*is", ', "group physical.words 1: has a star that does not end a word"),
        (WORDS, '"bruis*", ', '"br*", ', "group physical.words 1: has fewer than 3 letters before a star"),
        (WORDS, '"bruis*", ', "7, ", "group physical.words 1.value: must be a list, each of them text"),
        (WORDS, 'id = "sexual"', 'id = "physical"', "group: one id stands twice"),
        (WORDS, '"marac",\n] }]', '"marac",\n] }, { from = 2025-01-01, value = ["x"] }]', "two values begin on"),
        (WORDS, '"marac",\n] }]', '"marac",\n] }, { from = 2028-01-01, value = [] }]', "abuse.words: is empty"),
        (GOVERNANCE, "[topic.kept]", "[topic.gone]", "topic.kept: is missing, and the program reads it"),
        (GOVERNANCE, 'clause = "6"', 'clause = "66"', "yearly_review: rests on clause 66, which the text"),
        (GOVERNANCE, 'about = "reviewed"', 'about = "rewritten"', "yearly_review: clause 6 does not say what “about”"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(file: str, was: str, becomes: str, said: str) -> None:
    """In a line that begins with the file and the place."""
    found = said_of(other_rules(file, was, becomes))
    assert any(said in line for line in found), found
    assert all(line.startswith(file) for line in found)


def test_a_list_of_wording_that_looks_for_nothing_is_named() -> None:
    """An empty one would let every file through."""
    heading = packaged().contents[WORDS].partition(b"[[group]]")[0]
    group = b'[[group]]\nid = "physical"\nwords = []\n'
    for content, where in ((b"group = []\n" + heading, "group"), (heading + group, "group physical.words")):
        assert said_of({WORDS: content}) == [f"word_scan.toml, {where}: is empty, and nothing would be looked for"]


def test_a_period_may_be_as_long_as_a_thousand_years() -> None:
    """Nor is none at all too short; what can be published can be reckoned with."""
    for length in (0, 1000):
        assert said_of(other_rules(SCHEDULE, "value = 5 }", f"value = {length} }}")) == []
    assert said_of(other_rules(HANDOVER, "value = 14", "value = 365000")) == []


def test_any_table_may_name_the_phrase_that_it_rests_on() -> None:
    """Also one of which the program's own names none; where nothing is made of it, that is said."""
    assert said_of(other_rules(WORDS, 'id = "physical"', 'id = "physical"\nabout = "reviewed"')) == []
    found = said_of(other_rules(REQUESTS, 'id = "identity"\ntext', 'id = "identity"\nabout = "reviewed"\ntext'))
    assert found == ["requests.toml: cannot be read by this lcs"]


def test_a_file_that_the_program_does_not_read_rests_on_the_text_too() -> None:
    """Nothing is known of its shape; what it cites has to be there."""
    assert said_of({"more.toml": b'[house]\nclause = "99"\n'}) == [
        "more.toml, house: rests on clause 99, which the text does not have"
    ]


def test_several_things_are_named_at_once() -> None:
    """So that a service mends them in one go."""
    both = other_rules(SCHEDULE, "value = 5 }", "value = -5 }") | other_rules(
        AUTHORITY, '"family.add"', '"family.burn"'
    )
    assert len(said_of(both)) >= 3


def test_a_file_that_is_not_text_is_named() -> None:
    """Whatever it is."""
    (said,) = said_of({AUTHORITY: b"\xff\xfe"})
    assert said == "authority.toml: is not UTF-8 text"


def test_no_value_that_could_be_a_name_is_repeated() -> None:
    """A rule file holds none, but somebody may have pasted one into it."""
    for becomes in (
        'to = ["senior-manager"]\n[Llwyd]\nSiân = 1\nSiân = 2',
        'to = ["Siân Llwyd"]',
        'to = ["senior-manager"]\nSiân = 1',
        'to = ["senior-manager"]\n"Siân L" = 1',
    ):
        found = said_of(other_rules(AUTHORITY, 'to = ["senior-manager"]', becomes))
        assert found
        assert "Siân" not in "".join(found)


@pytest.mark.parametrize("name", RULE_FILES)
def test_each_file_that_the_program_reads_is_checked_for_what_is_missing(name: str) -> None:
    """Also a file that is added to them later: an empty one lacks everything."""
    assert any("is missing, and the program reads it" in line for line in said_of({name: b""}))


def test_the_rules_of_this_package_can_be_published_with_its_own_text() -> None:
    """Each phrase by which a refusal finds its sentence is in it."""
    assert problems(packaged(), document(), RULE_FILES, DAY) == []


def test_a_phrase_that_a_services_text_lacks_is_a_note_where_the_rules_are_not_its_own() -> None:
    """A refusal then quotes the whole clause."""
    other = parse_policy(restated_policy().replace("is reviewed every year", "is looked at yearly"), ())
    assert problems(packaged(), other, (), DAY) == []
    notes = unquotable(packaged(), other, ())
    assert (
        "governance.toml, yearly_review: clause 6 does not say “reviewed”: a refusal quotes the whole clause" in notes
    )
    assert unquotable(packaged(), document(), ()) == []


def test_a_siblings_rules_rest_on_its_own_numbers_and_words() -> None:
    """And cannot be published with the text of this package, whose numbers are others."""
    rules = Rules({**packaged().contents, **{name: (SIBLING / name).read_bytes() for name in RULE_FILES}})
    own = parse_policy((SIBLING / "policy.txt").read_text(encoding="utf-8"), ())
    assert problems(rules, own, RULE_FILES, DAY) == []
    assert any("rests on clause 5.1" in str(one) for one in problems(rules, document(), RULE_FILES, DAY))


def test_a_remedy_says_where_the_order_matters() -> None:
    """Grounds are tried in theirs; other lists have none."""
    for file, was, remedy in (
        (GATE, 'id = "consent"\n', "give each once; grounds in the order to be tried"),
        (REQUESTS, 'id = "identity"\ntext', "give each once"),
    ):
        contents = other_rules(file, was, was.replace('id = "', 'id = "x-'))
        found = problems(Rules({**packaged().contents, **contents}), document(), (), DAY)
        assert [one.remedy for one in found if "must stand there once" in one.problem] == [remedy]


def test_a_place_in_a_list_is_counted_from_one() -> None:
    """Where what stands there has no name that could be repeated."""
    contents = (
        packaged()
        .contents[WORDS]
        .replace(b'id = "physical"', 'id = "Siân L"'.encode())
        .replace(b'"bruis*", ', b'"*", ')
    )
    assert "word_scan.toml, group 1.words 1: has no letter, and nothing would be found" in said_of({WORDS: contents})
    found = said_of(other_rules(HANDOVER, 'column = [\n  { name = "given_name"', 'column = [\n  { name = "shoe_size"'))
    assert [line for line in found if "shoe_size is not a column" in line] == [
        f"handover.toml, contents.record {place}: shoe_size is not a column that a handover can hold"
        for place in (1, 2)
    ]
