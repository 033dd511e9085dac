"""The rule files: dated values, the clauses they rest on, one hash over all, and the whitelist."""

from datetime import date

import pytest
from msgspec.structs import fields

from lcs_cli.policy.authority import may
from lcs_cli.policy.disclosure import disclosure_rules
from lcs_cli.policy.rules import RULE_FILES, Rules, find_rule, in_force, packaged, topic
from lcs_cli.records.attendance_line import AttendanceLine
from lcs_cli.records.family import ContactField
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.records.user import Role, User, UserKind

PERIODS = (
    {"from": date(2030, 7, 1), "value": 3},
    {"from": date(2025, 1, 1), "value": 5},
    {"from": date(2028, 1, 1), "value": 6},
)


@pytest.mark.parametrize(
    ("today", "value"),
    [
        (date(2024, 12, 31), None),
        (date(2025, 1, 1), 5),
        (date(2027, 12, 31), 5),
        (date(2028, 1, 1), 6),
        (date(2030, 6, 30), 6),
        (date(2030, 7, 1), 3),
        (date(2099, 1, 1), 3),
    ],
)
def test_the_value_in_force_is_the_latest_that_has_begun(today: date, value: int | None) -> None:
    """In whatever order they are written; None before the first, so that nothing is due."""
    assert in_force(PERIODS, today) == value


def test_no_value_is_in_force_where_none_was_written() -> None:
    """An empty list is not a period of nought years."""
    assert in_force((), date(2026, 5, 11)) is None


def hash_with(**changed: bytes) -> str:
    """The hash of the rules if some files had other contents."""
    return Rules({**packaged().contents, **{f"{name}.toml": content for name, content in changed.items()}}).hash


def test_the_hash_of_the_rules_is_the_same_for_the_same_rules() -> None:
    """SHA-256, in hexadecimal."""
    assert hash_with() == packaged().hash
    assert len(bytes.fromhex(packaged().hash)) == 32


@pytest.mark.parametrize("name", RULE_FILES)
def test_the_hash_of_the_rules_changes_with_any_byte_of_any_file(name: str) -> None:
    """Even in a comment, even if the file stays as long as it was: a certificate says exactly which rules decided."""
    was = packaged().contents[name]
    longer, other = was + b"\n", was.replace(b"#", b"##", 1).removesuffix(b"\n")
    assert len(other) == len(was)
    hashes = {hash_with(**{name.removesuffix(".toml"): content}) for content in (longer, other)}
    assert len(hashes - {packaged().hash}) == 2


def test_the_hash_of_the_rules_knows_which_file_says_what() -> None:
    """The same bytes divided otherwise among the files are other rules."""
    one = hash_with(authority=b"a", disclosure_rules=b"bc")
    other = hash_with(authority=b"ab", disclosure_rules=b"c")
    assert one != other


def test_every_clause_that_decides_anything_is_cited() -> None:
    """The clauses of the gate, the schedule, vetting and authority; found however deep they stand in a file."""
    assert packaged().cited_clauses == {"2", "3", "4.1", "4.2", "4.3", "4.4", "4.5", "4.6", "5", "6"}
    assert (
        may(User("U-001-R", "mira", UserKind.PERSON, frozenset(Role)), "flag.show", packaged()).clause
        in packaged().cited_clauses
    )


def test_every_grant_and_every_rule_of_the_schedule_has_its_clause() -> None:
    """A number without its clause is a number that somebody made up."""
    schedule = packaged().file("retention_schedule.toml")
    authority = packaged().file("authority.toml")
    disclosure = packaged().file("disclosure_rules.toml")
    vetting = packaged().file("vetting.toml")
    cited = [
        *vetting.values(),
        *schedule.values(),
        *authority["grant"],
        *packaged().file("governance.toml")["topic"].values(),
        authority["services"],
        *disclosure["ground"],
    ]
    assert all(rule["clause"] in packaged().cited_clauses for rule in cited)
    assert len({rule["id"] for rule in schedule.values()}) == len(schedule)
    assert len({rule["id"] for rule in vetting.values()}) == len(vetting)


# --- The whitelist ---------------------------------------------------------------------------------------------------


def test_every_column_of_the_whitelist_is_a_field_of_an_attendance_line_and_there_is_no_other_field() -> None:
    """What cannot be named cannot be exported, in any format."""
    columns = [column.name for column in disclosure_rules(packaged()).columns]
    assert sorted(columns) == sorted(field.name for field in fields(AttendanceLine))
    assert len(set(columns)) == len(columns)


def test_the_whitelist_is_references_dates_times_and_whether_contact_took_place() -> None:
    """No names, addresses, reasons, notes, rooms or staff (policy 4.2)."""
    assert [(column.name, column.type) for column in disclosure_rules(packaged()).columns] == [
        ("family_reference", "string"),
        ("case_reference", "string"),
        ("session_date", "date"),
        ("booked_start", "time"),
        ("booked_end", "time"),
        ("arrived", "time"),
        ("left", "time"),
        ("attended", "boolean"),
    ]
    assert all(column.text for column in disclosure_rules(packaged()).columns)


def test_no_column_of_the_whitelist_is_a_personal_detail() -> None:
    """And every contact detail that the service keeps is one that needs consent."""
    details = set(disclosure_rules(packaged()).details["names"])
    assert details.isdisjoint(column.name for column in disclosure_rules(packaged()).columns)
    assert details >= {field.value for field in ContactField}


def test_the_grounds_are_tried_in_the_order_of_the_policy() -> None:
    """Legal obligation, safeguarding, attendance, consent; the first two by clause 3, the others by 4.2."""
    assert [(ground["id"], ground["clause"]) for ground in disclosure_rules(packaged()).grounds] == [
        ("legal-obligation", "3"),
        ("safeguarding", "3"),
        ("attendance", "4.2"),
        ("consent", "4.2"),
    ]


def test_solicitors_families_and_successors_are_not_statutory() -> None:
    """Every other kind of referrer is."""
    assert set(ReferrerKind) - disclosure_rules(packaged()).statutory == {
        ReferrerKind.SOLICITOR,
        ReferrerKind.FAMILY,
        ReferrerKind.SUCCESSOR,
    }


def test_attendance_is_told_for_two_purposes_and_neither_is_proceedings() -> None:
    """Safeguarding and case management (policy 4.2); anything for proceedings goes another way (policy 4.1)."""
    assert disclosure_rules(packaged()).purposes == {"safeguarding", "case-management"}
    assert disclosure_rules(packaged()).purposes.isdisjoint(disclosure_rules(packaged()).proceedings["words"])


# --- Finding a rule ---------------------------------------------------------------------------------------------------

LISTED = Rules(
    {
        "one.toml": b'[[list]]\nid = "a"\nclause = "1"\n[[list]]\nname = "b"\nclause = "2"\n[[list]]\nclause = "3"\n',
        "two.toml": b'[deep.er]\nid = "a"\nclause = "4"\nabout = "it"\n',
    }
)


def test_a_rule_is_found_by_its_id_however_deep_it_stands() -> None:
    """The one that rests on the clause first of all; else the first; None where no file has it."""
    assert find_rule(LISTED, "a", "4") == ("two.toml", {"id": "a", "clause": "4", "about": "it"})
    assert find_rule(LISTED, "a", "1") == find_rule(LISTED, "a", "9") == ("one.toml", {"id": "a", "clause": "1"})
    assert find_rule(LISTED, "c", "1") is None


def test_a_citation_is_named_by_the_place_where_it_stands() -> None:
    """A table of a list by its id, its name, or its place counted from one."""
    assert [(one.file, one.where, one.clause, one.about) for one in LISTED.citations()] == [
        ("one.toml", "list a", "1", ""),
        ("one.toml", "list b", "2", ""),
        ("one.toml", "list 3", "3", ""),
        ("two.toml", "deep.er", "4", "it"),
    ]


def test_what_the_program_speaks_of_of_its_own_accord_has_its_clause() -> None:
    """By the word that it has for it."""
    assert (topic(packaged(), "staff").id, topic(packaged(), "staff").clause) == ("staff", "4.1")
