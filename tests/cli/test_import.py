"""lcs import: the traps of spreadsheets, the headings that people write, all rows or none, and nothing twice."""

import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from lcs_cli.cli import import_columns
from lcs_cli.cli.commands.import_ import MOST_SHOWN, SheetKind
from lcs_cli.cli.import_cells import Wrong, as_typed
from lcs_cli.cli.import_kinds import sheet_kind
from lcs_cli.errors import UsageError
from lcs_cli.records.family import PersonKind
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.services import families, referrals
from lcs_cli.services.desk import Desk
from lcs_cli.services.people import PersonDraft
from lcs_cli.services.sheet_files import Sheet
from lcs_cli.vault import imports, own_referrers
from lcs_cli.vault.imports import Import
from tests.cli.typed import Ran, Typist, at, lcs
from tests.conftest import TODAY, OpenDesk, open_desk
from tests.services import stories

FAMILIES = (
    "Fam Ref,Family surname,Opened,Type,Forename,D.O.B.,Tel,Address\n"
    "F-1,Okonkwo,1/10/2025,child,Chidi,30/1/2018,,\n"
    "F-1,Okonkwo,1/10/2025,adult,Ada,,01632 960101,7 Xaddress\n"
    "F-2,Llwyd,1/10/2025,child,Sian,27/3/2019,,\n"
)


def typed(vault: Path, *argv: str, looked_at: bool = False, **env: str) -> Ran:
    return lcs(Typist(env=at(vault) | env, looked_at=looked_at), "import", *argv)


def csv(vault: Path, text: str, name: str = "sheet.csv") -> str:
    path = vault.parent / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def problems(ran: Ran) -> list[tuple[int, str | None, str]]:
    return [(one["row"], one["field"], one["code"]) for one in json.loads(ran.out)["problems"]]


def code(cell: str, value: Any) -> str:
    found = as_typed(cell, value)
    return found.code if isinstance(found, Wrong) else found


@pytest.mark.parametrize(
    ("cell", "value", "found"),
    [
        ("telephone", 1632960124.0, "lost-zero"),
        ("day", 46108.0, "date-as-number"),
        ("day", date(2026, 3, 27), "2026-03-27"),
        ("day", datetime(2026, 3, 27, tzinfo=UTC).replace(tzinfo=None), "2026-03-27"),
        ("day", datetime(2026, 3, 27, 10, 30, tzinfo=UTC).replace(tzinfo=None), "day-and-time"),
        ("day", "12/31/2026", "american-date"),
        ("day", "27/3/26", "two-figure-year"),
        ("day", "31/2/2026", "no-such-day"),
        ("day", "2019", "year-alone"),
        ("day", "next Thursday", "no-date"),
        ("day", " 27/3/2026\u00a0", "27/3/2026"),
        ("day", time(10, 30), "time-in-text"),
        ("time", 0.4375, "time-as-number"),
        ("time", 1030.0, "1030"),
        ("time", 10.3, "no-time"),
        ("time", time(10, 29, 59, 999000), "10:30"),
        ("time", timedelta(hours=26), "no-time"),
        ("text", 17.0, "17"),
        ("text", 1.5, "1.5"),
        ("text", date(2026, 2, 1), "date-in-text"),
        ("text", "#N/A", "error-cell"),
        ("text", "=HYPERLINK(1)", "formula"),
        ("text", True, "true-or-false"),
        ("yes-no", True, "yes"),
        ("yes-no", 1.0, "no-answer"),
        ("text", None, ""),
    ],
)
def test_each_trap_of_a_spreadsheet_has_its_own_word(cell: str, value: object, found: str) -> None:
    """What a cell holds is what would be typed for it, or is told apart from everything else that can go wrong."""
    assert code(cell, value) == found


def test_a_plain_number_says_which_day_it_would_be() -> None:
    """As the spreadsheet counts them, so that somebody can see whether that is what was meant."""
    day, clock = as_typed("day", 46108), as_typed("time", 0.4375)
    assert isinstance(day, Wrong)
    assert isinstance(clock, Wrong)
    assert day.meant == "as the spreadsheet counts days: Fri 27 Mar 2026"
    assert clock.meant == "as the spreadsheet counts: 10:30"


CELLS = st.one_of(
    st.text(),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.none(),
)


@given(CELLS, st.sampled_from(["text", "day", "time", "telephone", "yes-no", "word"]))
def test_any_cell_is_text_or_a_problem(value: object, cell: str) -> None:
    """No traceback, whatever stands in it."""
    found = as_typed(cell, value)
    assert isinstance(found, str | Wrong)
    if isinstance(found, Wrong):
        assert found.code
        assert found.problem
        assert found.remedy


def columns(*rows: Sequence[object], kind: str = "families", ignore: Sequence[str] = ()) -> list[tuple[str, bool]]:
    found = import_columns.find(Sheet(rows), kind, ignore)
    return [(one.field, one.near) for one in found.found]


NEEDED = ("family name", "child or adult", "first name")


def test_headings_are_known_by_the_names_that_people_give_them() -> None:
    """In any order, after a title, with signs and capitals; a near one is taken and marked."""
    row = ("FAM. REF", "Family surname", "Type", "Forename", "D.O.B.", "Tel.", "Adress")
    assert columns(("Families of 2026",), (), row) == [
        ("reference", False),
        ("name", False),
        ("kind", False),
        ("given_name", False),
        ("date_of_birth", False),
        ("telephone", False),
        ("address", True),
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ((*NEEDED, "Smith"), "no field is known for the heading in column D"),
        ((*NEEDED, "Forename"), "first name stands twice, in columns C and D"),
        (NEEDED[:2], "no column is first name"),
        (("x", "y"), "no row of headings"),
    ],
)
def test_headings_that_will_not_do_are_told_by_their_column(row: Sequence[str], said: str) -> None:
    """And never repeated: what stands there may be somebody's name."""
    with pytest.raises(UsageError, match=re.escape(said)) as refused:
        columns(row, ("a", "b", "c", "d"))
    assert "Smith" not in f"{refused.value.message}{refused.value.hint}"


def test_an_unknown_column_is_left_out_where_it_is_named() -> None:
    """By its letter or its heading; one that is not there is a slip."""
    for named in ("D", "Hair colour"):
        assert len(columns((*NEEDED, "Hair colour"), ignore=[named])) == len(NEEDED)
    with pytest.raises(UsageError, match="ignore: no column is called so"):
        columns(NEEDED, ignore=["Hair colour"])


def test_headings_over_several_cells_are_refused() -> None:
    """It could not be said which column each is of."""
    with pytest.raises(UsageError, match="run over several cells"):
        import_columns.find(Sheet([NEEDED], merged=(((0, 0), (0, 1)),)), "families", [])


@pytest.mark.parametrize("kind", SheetKind)
def test_every_column_of_a_kind_is_a_field_of_it(kind: SheetKind) -> None:
    """The file of headings and the forms of typed entry name the same fields."""
    told = import_columns.headings_file()["kinds"][kind]
    assert set(told["fields"]) == set(sheet_kind(kind).fields)
    assert set(told["required"]) <= set(told["fields"])
    assert all(len(row) == len(told["fields"]) for row in told["example"])


@pytest.mark.parametrize("kind", [SheetKind.FAMILIES, SheetKind.REFERRERS, SheetKind.STAFF])
def test_the_example_of_a_template_can_be_imported(vault: Path, kind: SheetKind) -> None:
    """What is shown as right is right; and the sheet to fill in is the one that is read."""
    out = str(vault.parent / "template.xlsx")
    assert typed(vault, "template", kind, "--out", out).code == 0
    assert "no row stands under the headings" in typed(vault, "check", kind, out).err
    ran = typed(vault, "run", kind, out, "--sheet", "Example", "--json")
    assert (ran.code, json.loads(ran.out)["imported"]) == (0, 1)


def test_a_check_changes_nothing_and_a_run_what_the_check_said(vault: Path) -> None:
    """Not even a number is used up; contact details are sealed as those that are typed."""
    sheet = csv(vault, FAMILIES)
    desk = open_desk(vault)
    counters = desk.db.rows("SELECT * FROM counter ORDER BY 1")
    checked = typed(vault, "check", "families", sheet, "--json")
    assert (checked.code, json.loads(checked.out)["records"]) == (0, 2)
    assert desk.db.rows("SELECT * FROM counter ORDER BY 1") == counters
    assert desk.db.value("SELECT count(*) FROM family") == 0
    ran = typed(vault, "run", "families", sheet, "--json")
    assert json.loads(ran.out)["references"] == ["LCS-0001-R", "LCS-0002-W"]
    shown = lcs(Typist(env=at(vault)), "person", "show", "P-0002-W", "--json")
    assert json.loads(shown.out)["details"] == {"address": "7 Xaddress", "telephone": "01632 960101"}


def test_a_run_has_one_entry_that_names_every_record_and_holds_no_word_of_them(vault: Path) -> None:
    """Counts, references and the kind; a check has counts alone."""
    sheet = csv(vault, FAMILIES)
    typed(vault, "check", "families", sheet)
    typed(vault, "run", "families", sheet)
    *_, checked, ran = (one for one in stories.trail(open_desk(vault)) if one.action.startswith("import."))
    assert (checked.action, checked.refs) == ("import.check", ())
    assert dict(checked.detail or {}) == {"kind": "families", "records": 0, "there": 0, "problems": 0}
    assert ran.refs == ("LCS-0001-R", "P-0001-R", "P-0002-W", "LCS-0002-W", "P-0003-A")
    assert dict(ran.detail or {}) == {"kind": "families", "records": 2, "there": 0, "problems": 0}


def test_one_row_with_a_problem_keeps_all_of_them_out(vault: Path) -> None:
    """A half of a file would have to be looked for by hand."""
    sheet = csv(vault, f"{FAMILIES}F-3,Eze,1/10/2025,child,Obi,31/2/2019,,\n")
    ran = typed(vault, "run", "families", sheet, "--json")
    assert (ran.code, problems(ran)) == (3, [(5, "date of birth", "no-such-day")])
    assert open_desk(vault).db.value("SELECT count(*) FROM family") == 0


def test_a_family_that_is_on_record_is_a_problem_until_somebody_says_it_is_another(vault: Path) -> None:
    """Two of a child's three signs are enough, however they are spelt; a concern on one file is not seen on another."""
    desk = open_desk(vault)
    child = PersonDraft(PersonKind.CHILD, "Chïdi", "Okonkwo", date(2018, 1, 30))
    families.add(desk, families.FamilyDraft("Okafor", TODAY, [child]))
    sheet = csv(vault, FAMILIES)
    for verb in ("check", "run"):
        ran = typed(vault, verb, "families", sheet, "--json")
        assert (ran.code, problems(ran)) == (3, [(2, "family name", "not-valid")])
        assert "LCS-0001-R, which is on record" in ran.out
        assert desk.db.value("SELECT count(*) FROM family") == 1
        assert stories.trail(desk)[-1].refs == ("LCS-0001-R",)  # that it is there was told
    assert typed(vault, "run", "families", sheet, "--also-alike").code == 0
    assert desk.db.value("SELECT count(*) FROM family") == 3


def test_what_only_the_use_case_finds_is_a_problem_of_its_row(vault: Path) -> None:
    """Two sessions at one time, a supervisor whom the policy does not allow: as when they are typed."""
    typed(vault, "run", "families", csv(vault, FAMILIES))
    typed(vault, "run", "staff", csv(vault, "reference,name,capacity,joined on\nW-1,Efa Parry,staff,1/9/2025\n"))
    sheet = csv(
        vault,
        "reference,family,day,start,end,supervisor\n"
        "C-1,F-1,3/12/2026,10:00,11:00,\nC-2,F-1,3/12/2026,10:30,11:30,\n"
        "C-3,F-2,3/12/2026,10:00,11:00,W-1\nC-4,F-9,3/12/2026,10:00,11:00,\n",
    )
    ran = typed(vault, "check", "sessions", sheet, "--json")
    assert problems(ran) == [(3, "time", "not-valid"), (4, None, "refused"), (5, "family", "not-valid")]
    assert "(policy 4.4)" in json.loads(ran.out)["problems"][1]["problem"]


def test_a_record_that_is_not_there_yet_is_named_by_its_row(vault: Path) -> None:
    """Two rows of one file in each other's way: neither has a reference that anybody could look up."""
    typed(vault, "run", "families", csv(vault, FAMILIES))
    sessions = "family,day,starts,ends\nF-1,2/10/2025,10:00,11:00\nF-1,2/10/2025,10:30,11:30\n"
    (found,) = json.loads(typed(vault, "check", "sessions", csv(vault, sessions), "--json").out)["problems"]
    assert found["row"] == 3
    assert found["problem"] == "LCS-0001-R has row 2 on that day from 10:00 to 11:00"


@pytest.mark.parametrize("verb", ["check", "run"])
def test_each_row_is_judged_by_the_action_it_stands_for(vault: Path, verb: str) -> None:
    """A manager may enter staff and register no family: such a sheet is refused as a whole, and that is logged."""
    staff = csv(vault, "reference,name,capacity\nW-1,Efa Parry,staff\n", "staff.csv")
    assert typed(vault, verb, "staff", staff, LCS_USER="rhys").code == 0
    ran = typed(vault, verb, "families", csv(vault, FAMILIES), LCS_USER="rhys")
    assert (ran.code, ran.err.splitlines()[0]) == (4, "refused (policy 4.5): U-003-A may not run “family add”")
    desk = open_desk(vault)
    last = stories.trail(desk)[-1]
    assert (last.action, last.outcome, last.refs) == (f"import.{verb}", "refused", ())
    assert desk.db.value("SELECT count(*) FROM family") == 0


def test_nothing_is_brought_in_twice_and_nothing_is_replaced(vault: Path) -> None:
    """The same file again is nothing new; a row that says something else names the record that it was."""
    typed(vault, "run", "families", csv(vault, FAMILIES))
    again = typed(vault, "run", "families", csv(vault, FAMILIES), "--json")
    assert (again.code, json.loads(again.out)["already_there"], json.loads(again.out)["imported"]) == (0, 2, 0)
    changed = typed(vault, "run", "families", csv(vault, FAMILIES.replace("Sian", "Sioned")), "--json")
    (problem,) = json.loads(changed.out)["problems"]
    assert (changed.code, problem["row"], problem["code"]) == (3, 4, "changed")
    assert "LCS-0002-W" in problem["problem"]
    assert open_desk(vault).db.value("SELECT count(*) FROM family") == 2


def test_a_row_without_a_reference_is_known_by_what_it_says(vault: Path) -> None:
    """Another order of columns and other headings make no other row of it."""
    typed(vault, "run", "referrers", csv(vault, "name,kind\nCafcass Anytown,cafcass\n"))
    again = typed(vault, "run", "referrers", csv(vault, "Type,Agency\ncafcass,Cafcass Anytown\n"), "--json")
    assert json.loads(again.out)["already_there"] == 1


def test_rows_that_stand_twice_are_told_apart_by_somebody(vault: Path) -> None:
    """The same reference, the same row, or a family of the same name without a reference."""
    twice = "reference,name,kind\nA,Cafcass,cafcass\nA,Anytown,police\n,Same,court\n,Same,court\n"
    assert problems(typed(vault, "check", "referrers", csv(vault, twice), "--json")) == [
        (3, None, "twice"),
        (5, None, "twice"),
    ]
    same = "family name,child or adult,first name\nEze,child,Obi\nEze,child,Ada\n"
    assert problems(typed(vault, "check", "families", csv(vault, same), "--json")) == [
        (3, "reference", "same-family-name")
    ]


def test_rows_of_one_family_say_the_same_of_it(vault: Path) -> None:
    """Else one of them is a slip in the reference."""
    sheet = csv(vault, FAMILIES.replace("F-2", "F-1"))
    assert problems(typed(vault, "check", "families", sheet, "--json")) == [(4, "family name", "contradicts")]


def test_a_row_with_more_cells_than_headings_is_a_problem(vault: Path) -> None:
    """A comma in an address moves everything after it."""
    ran = typed(vault, "check", "referrers", csv(vault, "name,kind\nA, B and C,police,more\n"), "--json")
    assert (2, None, "too-many-cells") in problems(ran)


def test_no_more_than_some_problems_are_shown_and_the_rest_is_counted(vault: Path) -> None:
    """A column that is wrong throughout is wrong in every row."""
    sheet = csv(vault, "name,kind\n" + "".join(f"Body {n},nonsense\n" for n in range(MOST_SHOWN + 7)))
    ran = typed(vault, "check", "referrers", sheet)
    assert "\n7 more problems are not shown.\n" in ran.out
    data = json.loads(typed(vault, "check", "referrers", sheet, "--json").out)
    assert (len(data["problems"]), data["more_problems"]) == (MOST_SHOWN, 7)


def test_what_a_cell_holds_is_shown_at_the_screen_alone(vault: Path) -> None:
    """Not in JSON, not where output goes to a file, not in an error, and with nothing that steers a terminal."""
    sheet = csv(vault, FAMILIES.replace("01632 960101", "Xtel\u202e\x1b[2J"))
    shown = typed(vault, "check", "families", sheet, looked_at=True)
    assert "Xtel" in shown.out
    assert not {"\u202e", "\x1b"} & set(shown.out)
    for ran in (typed(vault, "check", "families", sheet), typed(vault, "check", "families", sheet, "--json")):
        assert ran.code == 3
        assert "Xtel" not in ran.out + ran.err
        assert "Xaddress" not in ran.out + ran.err


def test_a_marked_copy_is_private_and_says_what_is_wrong_where(vault: Path) -> None:
    """It holds what the file holds; an existing file is not overwritten."""
    import python_calamine

    out = vault.parent / "marked.xlsx"
    sheet = csv(vault, FAMILIES.replace("30/1/2018", "=1+1"))
    typed(vault, "check", "families", sheet, "--marked", str(out))
    assert out.stat().st_mode & 0o777 == 0o600
    rows = python_calamine.CalamineWorkbook.from_path(str(out)).get_sheet_by_index(0).to_python()
    assert rows[1][5] == "=1+1"
    assert rows[2][7] == "7 Xaddress"
    again = typed(vault, "check", "families", sheet, "--marked", str(out))
    assert (again.code, again.err.splitlines()[0]) == (2, "error: marked: something is there already")


def test_a_family_comes_in_with_its_referral(vault: Path) -> None:
    """The referrer by its name here; an electronic referral is kept for ever, and the run's entry tells of its rows."""
    typed(vault, "run", "referrers", csv(vault, "reference,name,kind\nA-3,Anytown Council,local-authority\n"))
    text = "Fam Ref,Family,Type,Forename,Referred by,Date ref'd,By email\nF-1,Eze,child,Obi,{},{},yes\n"
    wrong = typed(vault, "check", "families", csv(vault, text.format("Anytwon", "1/11/2026")), "--json")
    assert problems(wrong) == [(2, "referrer", "not-valid")]
    typed(vault, "run", "referrers", csv(vault, "reference,name,kind\nA-4,Two of it,police\nA-5,Two of it,health\n"))
    either = typed(vault, "check", "families", csv(vault, text.format("two of it", "1/11/2026")), "--json")
    assert problems(either) == [(2, "referrer", "not-valid")]
    lacking = typed(vault, "check", "families", csv(vault, text.format("A-3", "")), "--json")
    assert problems(lacking) == [(2, "referred on", "not-valid")]
    assert typed(vault, "run", "families", csv(vault, text.format("anytown council", "1/11/2026"))).code == 0
    desk = open_desk(vault)
    assert desk.db.rows("SELECT referrer_id, received_on, electronic FROM referral") == [(1, "2026-11-01", 1)]
    assert list((stories.trail(desk)[-1].detail or {})["kept"]) == ["RL-0001-R"]


def test_attendance_comes_in_by_the_old_systems_names(vault: Path) -> None:
    """A session that was imported is named as the old system named it; a time that has not come is refused."""
    typed(vault, "run", "families", csv(vault, FAMILIES))
    typed(vault, "run", "sessions", csv(vault, "reference,family,day,start,end\nC-1,F-1,20/11/2026,10:00,11:00\n"))
    sheet = csv(vault, "session,attended,arrived,left\nC-1,yes,10:05,10:55\n")
    assert typed(vault, "run", "attendance", sheet).code == 0
    assert open_desk(vault).db.rows("SELECT session_id, arrived FROM attendance") == [(1, "10:05")]
    changed = csv(vault, "session,attended,arrived,left\nC-1,no,,\n")
    assert problems(typed(vault, "run", "attendance", changed, "--json")) == [(2, None, "changed")]


def test_staff_that_are_imported_are_kept_as_those_that_are_typed(vault: Path) -> None:
    """Their entry tells of their rows, so that a change by another tool is noticed."""
    typed(vault, "run", "staff", csv(vault, "reference,name,capacity,joined on\nW-1,Efa Parry,staff,1/9/2025\n"))
    desk = open_desk(vault)
    ran = stories.trail(desk)[-1]
    assert list((ran.detail or {})["kept"]) == ["ST-001-R"]
    assert lcs(Typist(env=at(vault)), "audit", "verify").code == 0


def test_where_a_record_came_from_goes_with_the_family(vault: Path, desk_of: OpenDesk) -> None:
    """Digests of what somebody's row said are about them."""
    typed(vault, "run", "families", csv(vault, FAMILIES.replace("1/10/2025", "1/10/2018")))
    families.close(stories.on(open_desk(vault), stories.CLOSED), "LCS-0001-R", stories.CLOSED)
    assert len(stories.disposed(desk_of, "LCS-0001-R").disposed) == 1
    assert open_desk(vault).db.rows("SELECT family_id FROM imported") == [(2,)]


def test_an_own_referrers_import_goes_with_it(desk: Desk) -> None:
    """A family that refers itself is a name, and goes with the family's file."""
    with desk.db.transaction():
        number = referrals.add_referrer(desk, "Gwen Llwyd", ReferrerKind.FAMILY).number
        imports.add(desk.db, Import("referrers", "0" * 64, "0" * 64, number, referrer=number))
        own_referrers.dispose(desk.db, [number])
    assert desk.db.value("SELECT count(*) FROM imported") == 0


def test_a_long_import_says_how_far_it_is_where_somebody_listens(vault: Path) -> None:
    """Lines where no bar can be drawn; nothing where nobody looks."""
    sheet = csv(vault, "name,kind\n" + "".join(f"Body {n},police\n" for n in range(5001)))

    class Watching(Typist):
        """A terminal whose notes are looked at."""

    typist = Watching(env=at(vault) | {"ACCESSIBLE": "1"})
    typist.beside.isatty = lambda: True  # type: ignore[method-assign]
    assert "Checking: 5000 of 5001 rows" in lcs(typist, "import", "check", "referrers", sheet).err
    assert "rows" not in typed(vault, "check", "referrers", sheet).err


def test_without_the_extra_a_workbook_is_refused_and_text_is_read(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names what to install."""
    import sys

    out = str(vault.parent / "families.xlsx")
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet().write(0, 0, "name")
    for name in ("python_calamine", "xlsxwriter"):
        monkeypatch.setitem(sys.modules, name, None)
    assert "pipx install --force '.[xlsx]'" in typed(vault, "check", "families", out).err
    assert "pipx install --force '.[xlsx]'" in typed(vault, "template", "staff", "--out", f"{out}2.xlsx").err
    assert typed(vault, "check", "families", csv(vault, FAMILIES)).code == 0


def test_days_in_what_to_do_are_as_people_write_them(vault: Path) -> None:
    """Not as a machine sorts them."""
    sheet = csv(vault, "reference,family name,first name,child or adult,date of birth\nF,Llwyd,Siân,child,1/1/2030\n")
    assert "give a day up to Thu 26 Nov 2026" in typed(vault, "check", "families", sheet).out


def test_a_telephone_number_that_lost_its_zero_is_a_problem_in_text_too(vault: Path) -> None:
    """A CSV file that a spreadsheet wrote holds no numbers, only their digits."""
    sheet = csv(
        vault,
        "reference,family name,opened on,child or adult,first name,date of birth,telephone\n"
        "F-1,Nasser,1/10/2025,child,Lena,5/5/2019,\nF-1,Nasser,1/10/2025,adult,Omar,,1632960188\n",
    )
    ran = typed(vault, "check", "families", sheet, "--json")
    (problem,) = json.loads(ran.out)["problems"]
    assert (problem["row"], problem["field"], problem["problem"]) == (3, "telephone", "its leading 0 is missing")
